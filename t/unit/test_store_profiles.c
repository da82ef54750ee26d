/* Profiles and versions of the store. */

#include "hr_store_fixture.h"


static hr_store_card_t      card;
static hr_store_profile_t   profile;


static void
insertion(void)
{
    hr_store_slot_t      slot;
    hr_store_content_t   c;
    hr_store_version_t   v;
    hr_str_t             document;

    memset(&slot, 0, sizeof(slot));
    slot.department = HR_STR("Отдел «А»");
    slot.position = HR_STR("Ведущий аналитик");
    slot.unit_path = HR_STR("Блок/Отдел «А»");

    c = hr_fixture_content("{\"a\":1}");
    c.prompt_version = HR_STR("48");

    IS_INT(WRITE(hr_store_profile_insert(w, hr_fixture_id(1), &slot, &c, AT(0))),
           HR_OK, "a profile is inserted");
    IS_INT(WRITE(hr_store_profile_insert(w, hr_fixture_id(1), &slot, &c, AT(0))),
           HR_CONFLICT, "once");
    IS_INT(hr_fixture_error, HR_STORE_E_CONSTRAINT, "with a reason");
    IS_INT(WRITE(hr_store_profile_insert(w, HR_STR("no-uuid"), &slot, &c, AT(0))),
           HR_INVALID, "an id must be a UUID");

    c.user_id = 77;
    IS_INT(WRITE(hr_store_profile_insert(w, hr_fixture_id(2), &slot, &c, AT(0))),
           HR_CONFLICT, "an unknown author is refused");
    IS_INT(hr_store_profile_card(r, a, hr_fixture_id(2), &card), HR_NOT_FOUND,
           "without a trace");

    IS_INT(hr_store_profile_get(r, a, hr_fixture_id(1), &profile), HR_OK,
           "the profile is read");
    IS_STR(profile.document.data, profile.document.len, "{\"a\":1}", "document");
    IS_STR(profile.metadata.data, profile.metadata.len, "{\"llm\":{}}", "metadata");
    IS_STR(profile.card.unit_path.data, profile.card.unit_path.len,
           "Блок/Отдел «А»", "unit path");
    OK(profile.card.employee_name.data == NULL, "no employee");
    IS_INT(profile.card.status, HR_STORE_COMPLETED, "completed");
    IS_INT(profile.card.current_version, 1, "version 1");
    IS_INT(profile.card.version_count, 1, "one version");
    IS_INT(profile.card.total_tokens, 120, "tokens");
    OK(profile.card.validation_score == 0.8
       && profile.card.completeness_score == 0.9, "scores");
    OK(profile.card.created_at == AT(0) && profile.card.updated_at == AT(0),
       "one instant for both times");
    IS_STR(profile.card.created_at_text.data, profile.card.created_at_text.len,
           "2026-01-01T00:00:00", "stored with the T");
    IS_STR(profile.card.created_by_username.data,
           profile.card.created_by_username.len, "hr", "login name");
    IS_STR(profile.card.created_by_name.data, profile.card.created_by_name.len,
           "Специалист", "full name");
    IS_INT(strlen(profile.card.etag), 16, "a tag");

    IS_INT(hr_store_version_get(r, a, hr_fixture_id(1), 1, &v, NULL), HR_OK,
           "version 1 is there");
    IS_STR(v.document.data, v.document.len, "{\"a\":1}", "with the document");
    IS_STR(v.metadata.data, v.metadata.len, "{\"llm\":{}}", "the metadata");
    OK(v.type == HR_STORE_GENERATED && v.is_current && v.created_at == AT(0),
       "type, mark and the same instant");
    IS_STR(v.created_by_username.data, v.created_by_username.len, "hr",
           "and the author's name");
    IS_INT(hr_store_version_get(r, a, hr_fixture_id(1), 2, &v, &card),
           HR_NOT_FOUND, "an unknown version");
    IS_INT(hr_store_error(r), HR_STORE_E_NO_VERSION, "is told apart");
    IS_INT(hr_store_version_get(r, a, hr_fixture_id(9), 1, &v, NULL),
           HR_NOT_FOUND, "from an unknown profile");
    IS_INT(hr_store_error(r), HR_STORE_E_NO_PROFILE, "by its reason");

    OK(hr_store_version_card(r, a, hr_fixture_id(1), 1, &v) == HR_OK
       && v.type == HR_STORE_GENERATED && v.is_current && v.created_at == AT(0)
       && v.document.data == NULL, "a version without its document");
    OK(hr_store_version_document(r, a, hr_fixture_id(1), 1, &document) == HR_OK
       && hr_str_eq(document, HR_STR("{\"a\":1}")), "and the document alone");
    OK(hr_store_version_card(r, a, hr_fixture_id(1), 2, &v) == HR_NOT_FOUND
       && hr_store_error(r) == HR_STORE_E_NO_VERSION
       && hr_store_version_document(r, a, hr_fixture_id(9), 1, &document)
          == HR_NOT_FOUND
       && hr_store_error(r) == HR_STORE_E_NO_VERSION, "which must be there");
}


static void
editing(void)
{
    char                  tag[17], later[17];
    hr_str_t              id = hr_fixture_id(1);
    hr_store_expect_t     expect;
    hr_store_content_t    c;
    hr_store_version_t    v;
    hr_store_versions_t   list;
    hr_store_appended_t   done;

    hr_store_profile_card(r, a, id, &card);
    memcpy(tag, card.etag, 17);

    memset(&expect, 0, sizeof(expect));
    expect.etag = hr_str(tag, 16);

    c = hr_fixture_content("{\"a\":2}");
    c.metadata = HR_STR_NULL;
    c.validation_score = 0.5;
    c.total_tokens = 999;
    c.edited_leaves = 3;
    c.total_leaves = 100;

    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, &expect,
                                         AT(10), &done)), HR_OK,
           "an edit with the current tag");
    OK(done.number == 2 && !done.collapsed && done.version_count == 2,
       "appends version 2");
    OK(strcmp(done.etag, tag) != 0, "and changes the tag");
    memcpy(later, done.etag, 17);

    hr_store_profile_get(r, a, id, &profile);
    IS_STR(profile.document.data, profile.document.len, "{\"a\":2}",
           "the profile has the new document");
    IS_STR(profile.metadata.data, profile.metadata.len, "{\"llm\":{}}",
           "keeps its metadata");
    OK(profile.card.validation_score == 0.5, "has the new score");
    IS_INT(profile.card.total_tokens, 120, "and keeps the generation's tokens");
    IS_STR(profile.card.etag, 16, later, "the tag is the one that was answered");

    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, &expect,
                                         AT(11), &done)), HR_CONFLICT,
           "an edit with the old tag is refused");
    IS_INT(hr_fixture_error, HR_STORE_E_STALE, "as stale");

    memset(&expect, 0, sizeof(expect));
    expect.base_version = 1;
    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, &expect,
                                         AT(11), &done)), HR_CONFLICT,
           "and one with an old base version");
    expect.base_version = 2;
    c.document = HR_STR("{\"a\":3}");
    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, &expect,
                                         AT(309), &done)), HR_OK,
           "an edit within five minutes of the first");
    OK(done.collapsed && done.number == 2 && done.version_count == 2,
       "overwrites it");
    OK(strcmp(done.etag, later) != 0, "and changes the tag all the same");

    c.user_id = 1;
    c.username = HR_STR("admin");
    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, NULL,
                                         AT(309), &done)), HR_OK,
           "another user's edit");
    OK(!done.collapsed && done.number == 3, "is a version of its own");

    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, NULL,
                                         AT(609), &done)), HR_OK,
           "an edit five minutes after the first of the burst");
    OK(!done.collapsed && done.number == 4, "as well");

    c.metadata = HR_STR("{\"new\":1}");
    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_REGENERATED, &c, NULL,
                                         AT(610), &done)), HR_OK,
           "a regeneration");
    IS_INT(done.number, 5, "is version 5");
    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, NULL,
                                         AT(611), &done)), HR_OK,
           "an edit after it");
    OK(!done.collapsed && done.number == 6, "never overwrites a generation");

    IS_INT(hr_store_versions_list(r, a, id, &list), HR_OK, "versions");
    OK(list.count == 6 && list.total == 6 && list.current_version == 6,
       "are counted");
    OK(list.items[0].number == 6 && list.items[0].is_current
       && list.items[5].number == 1 && !list.items[5].is_current,
       "and sorted, the newest first");
    OK(list.items[0].document.data == NULL, "without documents");
    IS_INT(hr_store_versions_list(r, a, hr_fixture_id(9), &list), HR_NOT_FOUND,
           "of an unknown profile there are none");

    IS_INT(hr_store_version_get(r, a, id, 4, &v, NULL), HR_OK,
           "an edit without metadata");
    IS_STR(v.metadata.data, v.metadata.len, "{\"llm\":{}}",
           "carries those of the profile");
}


static void
activation(void)
{
    char                    sql[400];
    hr_str_t                id = hr_fixture_id(1);
    hr_store_deleted_t      gone;
    hr_store_appended_t     done;
    hr_store_activated_t    act;
    hr_store_content_t      c;

    IS_INT(WRITE(hr_store_version_activate(w, id, 1, NULL, AT(700), &act)),
           HR_OK, "version 1 is activated");
    OK(act.previous == 6 && act.current == 1, "instead of 6");
    hr_store_profile_get(r, a, id, &profile);
    IS_STR(profile.document.data, profile.document.len, "{\"a\":1}",
           "the document follows");
    OK(profile.card.validation_score == 0.8, "the score too");
    IS_INT(profile.card.current_version, 1, "and the pointer");
    OK(profile.card.updated_at == AT(700), "and the time");

    IS_INT(WRITE(hr_store_version_activate(w, id, 1, NULL, AT(701), &act)),
           HR_OK, "again is allowed");
    OK(act.previous == 1 && act.current == 1, "with equal numbers");
    IS_INT(WRITE(hr_store_version_activate(w, id, 77, NULL, AT(701), &act)),
           HR_NOT_FOUND, "an unknown version is not");
    IS_INT(hr_fixture_error, HR_STORE_E_NO_VERSION, "with a reason");

    snprintf(sql, sizeof(sql), "sqlite3 '%s' \"UPDATE profile_versions SET"
             " generation_metadata = NULL, validation_score = NULL"
             " WHERE version_number = 5\"", hr_fixture_path);
    IS_INT(system(sql), 0, "a version without metadata and score");
    IS_INT(WRITE(hr_store_version_activate(w, id, 5, NULL, AT(702), &act)),
           HR_OK, "is activated");
    hr_store_profile_get(r, a, id, &profile);
    IS_STR(profile.metadata.data, profile.metadata.len, "{\"llm\":{}}",
           "the profile keeps its metadata");
    OK(profile.card.validation_score == 0, "and a missing score reads as 0");

    IS_INT(WRITE(hr_store_version_delete(w, id, 5, AT(710), &gone)),
           HR_CONFLICT, "the current version cannot be deleted");
    IS_INT(hr_fixture_error, HR_STORE_E_VERSION_CURRENT, "with a reason");
    IS_INT(gone.current_version, 5, "and the number of it");
    IS_INT(WRITE(hr_store_version_delete(w, id, 55, AT(710), &gone)),
           HR_NOT_FOUND, "nor an unknown one");

    hr_store_profile_card(r, a, id, &card);
    IS_INT(WRITE(hr_store_version_delete(w, id, 6, AT(710), &gone)), HR_OK,
           "another one can");
    IS_INT(gone.remaining, 5, "five remain");
    char  tag[17];
    memcpy(tag, card.etag, 17);
    hr_store_profile_card(r, a, id, &card);
    IS_STR(card.etag, 16, tag, "and the stored version keeps its tag");

    c = hr_fixture_content("{\"a\":7}");
    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_REGENERATED, &c, NULL,
                                         AT(720), &done)), HR_OK,
           "the next version");
    IS_INT(done.number, 7, "does not reuse the number");
}


static void
trimming(void)
{
    unsigned              i;
    hr_store_content_t    c;
    hr_store_versions_t   list;
    hr_store_appended_t   done;

    WRITE(hr_fixture_profile(20, "Отдел", "Роль", NULL, AT(0)));
    c = hr_fixture_content("{}");

    for (i = 0; i < 100; i++) {
        if (WRITE(hr_store_version_append(w, hr_fixture_id(20),
                                          HR_STORE_REGENERATED, &c, NULL,
                                          AT(i), &done)) != HR_OK)
        {
            OK(0, "append");
        }
    }

    IS_INT(done.number, 101, "101 versions were made");
    OK(done.trimmed == 1 && done.version_count == 100,
       "the oldest one above the cap is removed");
    hr_store_versions_list(r, a, hr_fixture_id(20), &list);
    OK(list.items[list.count - 1].number == 2, "it was number 1");
}


static hr_store_status_t  flipped;

static void
status(void)
{
    int64_t           changed;
    hr_rc_t           results[4];
    hr_str_t          ids[4];
    hr_store_meta_t   meta;

    WRITE(hr_fixture_profile(30, "Отдел", "Архивная", NULL, AT(0)));
    hr_str_t  id = hr_fixture_id(30);

    IS_INT(WRITE(hr_store_profile_restore(w, id, AT(1), &flipped)), HR_CONFLICT,
           "a completed profile cannot be restored");
    IS_INT(flipped, HR_STORE_COMPLETED, "its status is told");
    IS_INT(WRITE(hr_store_profile_archive(w, id, AT(1), &flipped)), HR_OK,
           "it is archived");
    IS_INT(WRITE(hr_store_profile_archive(w, id, AT(2), &flipped)), HR_CONFLICT,
           "once");
    IS_INT(flipped, HR_STORE_ARCHIVED, "its status is told");
    hr_store_profile_card(r, a, id, &card);
    OK(card.status == HR_STORE_ARCHIVED && card.updated_at == AT(1), "stored");
    IS_INT(WRITE(hr_store_profile_restore(w, id, AT(3), &flipped)), HR_OK,
           "and restored");
    IS_INT(WRITE(hr_store_profile_archive(w, hr_fixture_id(31), AT(1), &flipped)),
           HR_NOT_FOUND, "an unknown profile is not found");

    memset(&meta, 0, sizeof(meta));
    meta.fields = HR_STORE_SET_STATUS | HR_STORE_SET_EMPLOYEE;
    meta.status = HR_STORE_PROCESSING;
    meta.employee_name = HR_STR("Сотрудник Первый");
    IS_INT(WRITE(hr_store_profile_update(w, a, id, &meta, NULL, AT(5), &card)),
           HR_OK, "metadata are changed");
    OK(card.status == HR_STORE_PROCESSING && card.updated_at == AT(5)
       && card.employee_name.len != 0 && card.current_version == 1,
       "without a new version");
    meta.fields = HR_STORE_SET_EMPLOYEE;
    meta.employee_name = HR_STR_NULL;
    IS_INT(WRITE(hr_store_profile_update(w, a, id, &meta, NULL, AT(6), &card)),
           HR_OK, "the employee is taken out");
    OK(card.employee_name.data == NULL && card.status == HR_STORE_PROCESSING,
       "and nothing else");

    WRITE(hr_fixture_profile(32, "Отдел", "Архивная", NULL, AT(0)));
    ids[0] = id;
    ids[1] = hr_fixture_id(33);
    ids[2] = hr_fixture_id(32);
    ids[3] = HR_STR("x");
    WRITE(hr_store_profile_archive(w, ids[2], AT(7), &flipped));
    IS_INT(WRITE(hr_store_profiles_set_status(w, ids, 4, HR_STORE_ARCHIVED, AT(8),
                                              results, &changed)), HR_OK,
           "a status for many");
    OK(results[0] == HR_OK && results[1] == HR_NOT_FOUND
       && results[2] == HR_CONFLICT && results[3] == HR_NOT_FOUND,
       "answers each");
    IS_INT(changed, 1, "and counts the changed");
}


static hr_rc_t
collect(void *ctx, const hr_store_profile_t *p)
{
    hr_buf_t  *out = ctx;

    hr_buf_str(out, p->card.id);
    hr_buf_char(out, p->document.data == NULL ? '-' : '+');

    return out->len > 37 * 2 ? HR_ABORTED : HR_OK;
}


static hr_rc_t
count_links(void *ctx, const hr_store_link_t *link)
{
    hr_store_link_t  *last = ctx;

    if (hr_str_eq(link->position, HR_STR("Связь"))) {
        last->id = hr_arena_str(a, link->id);
        last->created_at = link->created_at;
        last->version_count++;
    }

    return HR_OK;
}


/* Stripes together tell what one look at everything tells. */
static hr_rc_t
sum_links(void *ctx, const hr_store_link_t *link)
{
    uint64_t  *sum = ctx;

    sum[0]++;
    sum[1] += (uint64_t) link->seq * 31 + (uint64_t) link->created_at;
    sum[2] |= (uint64_t) link->slot % HR_STORE_STRIPES == sum[3] ? 0 : 1;

    return HR_OK;
}


static int
stripes_of(void)
{
    int       n = 0;
    unsigned  i;

    for (i = 0; i < HR_STORE_STRIPES; i++) {
        n += (int) (hr_store_touched_stripes(w)->bits[i / 64] >> i % 64 & 1);
    }

    return n;
}


static void
stripes(void)
{
    uint64_t             all[4] = { 0 }, parts[4] = { 0 };
    unsigned             i, mask;
    hr_store_meta_t      meta;
    hr_store_deleted_t   deleted;

    mask = HR_STORE_MASK(HR_STORE_COMPLETED) | HR_STORE_MASK(HR_STORE_ARCHIVED);
    IS_INT(hr_store_links_each(r, mask, sum_links, all), HR_OK, "all links");

    for (i = 0; i < HR_STORE_STRIPES; i++) {
        parts[3] = i;
        if (hr_store_links_stripe(r, mask, i, sum_links, parts) != HR_OK) {
            OK(0, "a stripe");
        }
    }

    OK(all[0] >= 5 && parts[0] == all[0] && parts[1] == all[1],
       "the stripes together have the same links");
    OK(parts[2] == 0, "each the slots of its number");

    memset(&meta, 0, sizeof(meta));
    meta.fields = HR_STORE_SET_EMPLOYEE;
    meta.employee_name = HR_STR("Сотрудник Новый");
    hr_store_begin(w);
    hr_store_profile_update(w, NULL, hr_fixture_id(41), &meta, NULL, AT(500), NULL);
    IS_INT(hr_store_touched(w), HR_STORE_T_PROFILES, "a name touches no link");

    IS_INT(hr_store_savepoint(w), HR_OK, "savepoint");
    hr_store_script(w, "UPDATE profiles SET status = 'archived' WHERE position = 'Связь'");
    hr_store_profile_update(w, NULL, hr_fixture_id(41), &meta, NULL, AT(500), NULL);
    IS_INT(hr_store_touched(w), HR_STORE_T_PROFILES | HR_STORE_T_LINKS,
           "a name with which another program's change is entered does");
    hr_store_rollback_to(w);

    IS_INT(hr_store_savepoint(w), HR_OK, "savepoint");
    meta.fields = HR_STORE_SET_STATUS;
    meta.status = HR_STORE_FAILED;
    hr_store_profile_update(w, NULL, hr_fixture_id(1), &meta, NULL, AT(500), NULL);
    IS_INT(hr_store_touched(w), HR_STORE_T_PROFILES | HR_STORE_T_LINKS, "a status does");
    IS_INT(stripes_of(), 2, "two slots were touched");
    hr_store_rollback_to(w);
    IS_INT(hr_store_touched(w), HR_STORE_T_PROFILES, "taken back");
    IS_INT(stripes_of(), 1, "with its stripe");
    hr_store_rollback(w);

    hr_store_begin(w);
    IS_INT(stripes_of(), 0, "none at the beginning");
    meta.fields = HR_STORE_SET_UNIT;
    meta.unit_path = HR_STR("Блок/Узел");
    hr_store_profile_update(w, NULL, hr_fixture_id(41), &meta, NULL, AT(500), NULL);
    IS_INT(stripes_of(), 2, "a move touches the old slot and the new one");
    hr_store_rollback(w);

    hr_store_begin(w);
    hr_store_version_delete(w, hr_fixture_id(41), 1, AT(500), &deleted);
    IS_INT(stripes_of(), 0, "a refused removal touches none");
    hr_store_rollback(w);
}


static void
several(void)
{
    hr_buf_t             out;
    hr_str_t             ids[4] = {
        hr_fixture_id(30), HR_STR("'); DROP"), hr_fixture_id(1), hr_fixture_id(30)
    };
    hr_store_link_t      link;
    hr_store_slot_t      slot;

    hr_buf_init(&out, 1000);
    IS_INT(hr_store_profiles_each(r, ids, 4, false, collect, &out), HR_OK,
           "several profiles are read");
    IS_STR(out.data, out.len, "00000000-0000-4000-8000-00000000001e+"
           "00000000-0000-4000-8000-000000000001+",
           "in the order asked for, each once, unknown ones skipped");
    hr_buf_reset(&out);
    IS_INT(hr_store_profiles_each(r, ids, 0, true, collect, &out), HR_OK,
           "none may be asked for");
    ids[1] = hr_fixture_id(20);
    hr_buf_reset(&out);
    IS_INT(hr_store_profiles_each(r, ids, 4, true, collect, &out), HR_ABORTED,
           "the callback may stop");
    hr_buf_release(&out);

    WRITE(hr_fixture_profile(40, "Узел", "Связь", NULL, AT(100)));
    WRITE(hr_fixture_profile(41, "Узел", "Связь", NULL, AT(300)));
    WRITE(hr_fixture_profile(42, "Узел", "Связь", NULL, AT(300)));
    WRITE(hr_fixture_profile(43, "Узел", "Связь", NULL, AT(200)));

    memset(&link, 0, sizeof(link));
    IS_INT(hr_store_links_each(r, HR_STORE_MASK(HR_STORE_COMPLETED), count_links,
                               &link), HR_OK, "links");
    IS_INT(link.version_count, 1, "one per position and unit");
    OK(hr_str_eq(link.id, hr_fixture_id(42)),
       "the newest, and of equals the latest inserted");

    WRITE(hr_store_profile_archive(w, hr_fixture_id(42), AT(400), &flipped));
    memset(&link, 0, sizeof(link));
    hr_store_links_each(r, HR_STORE_MASK(HR_STORE_COMPLETED)
                           | HR_STORE_MASK(HR_STORE_ARCHIVED), count_links, &link);
    IS_INT(link.version_count, 2, "and one per status");

    memset(&slot, 0, sizeof(slot));
    slot.department = HR_STR("Узел");
    slot.position = HR_STR("Связь");
    IS_INT(hr_store_profile_find(r, a, &slot, &card), HR_OK,
           "the profile to regenerate is found");
    OK(hr_str_eq(card.id, hr_fixture_id(41)), "the newest that is not archived");
    slot.unit_path = HR_STR("Блок/Узел");
    IS_INT(hr_store_profile_find(r, a, &slot, &card), HR_OK,
           "a row without a path goes by its department");
    slot.employee_name = HR_STR("Сотрудник Второй");
    IS_INT(hr_store_profile_find(r, a, &slot, &card), HR_NOT_FOUND,
           "the employee must be the same");
    slot.department = HR_STR("Отдел «А»");
    slot.position = HR_STR("Ведущий аналитик");
    slot.employee_name = HR_STR_NULL;
    slot.unit_path = HR_STR("Другой блок/Отдел «А»");
    IS_INT(hr_store_profile_find(r, a, &slot, &card), HR_NOT_FOUND,
           "a row with a path belongs to that path only");
    slot.unit_path = HR_STR("Блок/Отдел «А»");
    IS_INT(hr_store_profile_find(r, a, &slot, &card), HR_OK, "its own");
}


static void
approval_and_purge(void)
{
    size_t                count;
    hr_str_t              id = hr_fixture_id(1);
    hr_store_approval_t  *items;

    IS_INT(WRITE(hr_store_approval_set(w, id, HR_STORE_DRAFT, HR_STORE_HR_REVIEW,
                                       1, HR_STR("к проверке"), AT(800))), HR_OK,
           "a draft goes to review");
    IS_INT(WRITE(hr_store_approval_set(w, id, HR_STORE_DRAFT, HR_STORE_APPROVED,
                                       1, HR_STR_NULL, AT(801))), HR_CONFLICT,
           "a step from another state is refused");
    IS_INT(hr_fixture_error, HR_STORE_E_STATUS, "with a reason");
    hr_store_profile_card(r, a, id, &card);
    IS_STR(card.approval_state.data, card.approval_state.len, "hr_review",
           "the state is stored");
    IS_INT(hr_store_approvals_list(r, a, id, &items, &count), HR_OK, "history");
    OK(count == 1 && items[0].user_id == 1 && items[0].version == 7,
       "with who and which version");

    IS_INT(WRITE(hr_store_profile_purge(w, id)), HR_OK, "a profile is purged");
    IS_INT(hr_store_profile_card(r, a, id, &card), HR_NOT_FOUND, "and gone");
    IS_INT(WRITE(hr_store_profile_purge(w, id)), HR_NOT_FOUND, "once");
    hr_store_approvals_list(r, a, id, &items, &count);
    IS_INT(count, 0, "with its history");
}


/* I-33: scores by other rules */
static void
scores_anew(void)
{
    size_t                n;
    hr_str_t             *ids, id = hr_fixture_id(90);
    hr_store_scores_t     s = { .validation = 0.25, .completeness = 0.5,
                                .metadata = HR_STR_INIT("{\"a\":1}") };
    hr_store_expect_t     expect = { .etag = HR_STR_INIT("0000000000000000") };
    hr_store_version_t    v;

    WRITE(hr_fixture_profile(90, "Отдел", "Роль", NULL, AT(950)));
    hr_store_profile_get(r, a, id, &profile);

    IS_INT(WRITE(hr_store_rescore(w, id, &s, &expect)), HR_CONFLICT,
           "a row that moved keeps its scores");
    IS_INT(hr_fixture_error, HR_STORE_E_STALE, "with a reason");

    expect.etag = hr_str_from_c(profile.card.etag);
    IS_INT(WRITE(hr_store_rescore(w, id, &s, &expect)), HR_OK, "scores");
    hr_store_profile_card(r, a, id, &card);
    OK(card.validation_score == 0.25 && card.completeness_score == 0.5
       && card.version_count == 1 && card.updated_at == profile.card.updated_at
       && strcmp(card.etag, profile.card.etag) != 0,
       "are in the row, without a version; the tag tells");
    hr_store_version_get(r, a, id, 1, &v, NULL);
    OK(v.validation_score == 0.25 && hr_str_eq(v.metadata, s.metadata),
       "and in its version");

    s.validation = HR_STORE_NO_SCORE;
    s.metadata = HR_STR_NULL;
    IS_INT(WRITE(hr_store_rescore(w, id, &s, NULL)), HR_OK, "no score");
    hr_store_version_get(r, a, id, 1, &v, NULL);
    OK(v.validation_score < 0 && hr_str_eq(v.metadata, HR_STR("{\"a\":1}")),
       "is none, and metadata that are not given stay");

    s.validation = 1.5;
    IS_INT(WRITE(hr_store_rescore(w, id, &s, NULL)), HR_INVALID, "1 is the most");
    s.validation = 1;
    IS_INT(WRITE(hr_store_rescore(w, hr_fixture_id(91), &s, NULL)), HR_NOT_FOUND,
           "a profile that there is not");

    IS_INT(hr_store_profile_ids(r, a, HR_STR_NULL, 1, &ids, &n), HR_OK, "ids");
    IS_INT(n, 1, "no more than asked for");
    IS_INT(hr_store_profile_ids(r, a, hr_fixture_id(89), 2, &ids, &n), HR_OK,
           "from a place on");
    OK(n >= 1 && hr_str_eq(ids[0], id), "in their order");
    IS_INT(hr_store_profile_ids(r, a, HR_STR_NULL, 0, &ids, &n), HR_INVALID,
           "none is no number");
}


/* I-39: the state is the version's; I-04: who needs a look at the KPIs */
static void
approval_of_versions(void)
{
    int64_t                first;
    hr_str_t               id = hr_fixture_id(70);
    hr_store_content_t     c = hr_fixture_content("{\"position_title\":\"А\"}");
    hr_store_appended_t    appended;
    hr_store_activated_t   activated;

    WRITE(hr_fixture_profile(70, "Отдел", "Роль", NULL, AT(890)));
    c.metadata = HR_STR("{\"data_sources\":{\"kpi_source\":\"template\"}}");
    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, NULL, AT(900),
                                         &appended)), HR_OK, "a text");
    first = appended.number;
    hr_store_profile_card(r, a, id, &card);
    OK(card.kpi_review && card.approval_state.data == NULL,
       "generic KPIs need a look");

    WRITE(hr_store_approval_set(w, id, HR_STORE_DRAFT, HR_STORE_APPROVED, 1,
                                HR_STR_NULL, AT(901)));
    hr_store_profile_card(r, a, id, &card);
    OK(!card.kpi_review, "until the profile is approved");

    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, NULL, AT(902),
                                         &appended)), HR_OK, "another text");
    OK(appended.number != first && !appended.collapsed,
       "an approved text is not overwritten by a burst of saves");
    hr_store_profile_card(r, a, id, &card);
    OK(card.kpi_review && card.approval_state.data == NULL, "the new one is a draft");

    IS_INT(WRITE(hr_store_version_activate(w, id, first, NULL, AT(903),
                                           &activated)), HR_OK, "the old one again");
    hr_store_profile_card(r, a, id, &card);
    OK(hr_str_eq(card.approval_state, HR_STR("approved")) && !card.kpi_review,
       "it is still approved");

    /* a caller that has read the metadata tells; the store believes it */
    c.kpi = HR_STORE_KPI_OWN;
    IS_INT(WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, NULL, AT(904),
                                         &appended)), HR_OK, "metadata that were read");
    hr_store_profile_card(r, a, id, &card);
    OK(!card.kpi_review, "are not read again");

    c.kpi = HR_STORE_KPI_GENERIC;
    c.metadata = HR_STR_NULL;
    WRITE(hr_store_version_append(w, id, HR_STORE_EDITED, &c, NULL, AT(905), &appended));
    hr_store_profile_card(r, a, id, &card);
    OK(card.kpi_review, "those of the profile are");
}


/* Every read with every small arena: an answer or HR_NOMEM, nothing else. */
static void
exhaustion(void)
{
    size_t                limit;
    unsigned              bad = 0, full = 0;
    hr_rc_t               rc[4];
    hr_arena_t           *small;
    hr_store_list_t       list;
    hr_store_filter_t     f;
    hr_store_versions_t   versions;
    hr_store_slot_t       slot;

    memset(&f, 0, sizeof(f));
    f.page = 1;
    f.limit = 5;
    f.search = HR_STR("роль");
    memset(&slot, 0, sizeof(slot));
    slot.department = HR_STR("Узел");
    slot.position = HR_STR("Связь");

    for (limit = 1; limit < 6000; limit += 37) {
        small = hr_arena_create(limit);
        rc[0] = hr_store_profiles_list(r, small, &f, &list);
        hr_arena_destroy(small);
        small = hr_arena_create(limit);
        rc[1] = hr_store_profile_get(r, small, hr_fixture_id(30), &profile);
        hr_arena_destroy(small);
        small = hr_arena_create(limit);
        rc[2] = hr_store_versions_list(r, small, hr_fixture_id(20), &versions);
        hr_arena_destroy(small);
        small = hr_arena_create(limit);
        rc[3] = hr_store_profile_find(r, small, &slot, &card);
        hr_arena_destroy(small);

        for (int i = 0; i < 4; i++) {
            bad += rc[i] != HR_OK && rc[i] != HR_NOMEM;
            full += rc[i] == HR_NOMEM;
        }
    }

    IS_INT(bad, 0, "a full arena is HR_NOMEM and nothing else");
    OK(full > 50, "it was full often");
    IS_INT(hr_store_profile_get(r, a, hr_fixture_id(30), &profile), HR_OK,
           "and the connection lives on");
}


int
main(void)
{
    hr_fixture_init();
    hr_fixture_open();

    insertion();
    editing();
    activation();
    trimming();
    status();
    several();
    stripes();
    exhaustion();
    scores_anew();
    approval_of_versions();
    approval_and_purge();

    hr_store_stale_t  stale;
    IS_INT(hr_store_index_check(r, a, true, 100, &stale), HR_OK,
           "the folded copy is compared");
    IS_INT(stale.count, 0, "and is right after all of it");

    IS_INT(hr_fixture_scans(r) + hr_fixture_scans(w), 0,
           "no statement walks a table that grows");

    hr_fixture_done();

    return hr_test_done();
}
