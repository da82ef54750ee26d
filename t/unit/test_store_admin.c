/* Audit trail, reviews, backup and upkeep of the store. */

#include <pthread.h>

#include "hr_store_fixture.h"


static int
sql(const char *text)
{
    int       rc;
    sqlite3  *db;

    sqlite3_open(hr_fixture_path, &db);
    sqlite3_busy_timeout(db, 5000);
    rc = sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_close(db);

    return rc;
}


static hr_store_audit_t
event(const char *action, int64_t user, hr_instant_t at)
{
    hr_store_audit_t  e;

    memset(&e, 0, sizeof(e));
    e.at = at;
    e.user_id = user;
    e.username = HR_STR("admin");
    e.action = hr_str_from_c(action);
    e.object_id = HR_STR("o1");
    e.result = HR_STR("ok");
    e.detail = HR_STR("{\"n\":1}");

    return e;
}


static hr_rc_t
collect(void *ctx, const hr_store_audit_t *e)
{
    hr_buf_t  *out = ctx;

    hr_buf_printf(out, "%lld%.*s ", (long long) e->seq, (int) e->action.len,
                  e->action.data);

    return HR_OK;
}


static void
audit(void)
{
    char                      large[5000];
    hr_buf_t                  out;
    int64_t                   checked, bad;
    unsigned                  i;
    hr_store_audit_t          e;
    hr_store_audit_filter_t   f;

    IS_INT(hr_store_audit_verify(r, &checked, &bad), HR_OK, "an empty trail");
    OK(checked == 0 && bad == 0, "is whole");

    for (i = 0; i < 5; i++) {
        e = event(i % 2 ? "edit" : "login", 1 + i % 2, AT(i));
        IS_INT(WRITE(hr_store_audit_append(w, &e)), HR_OK, "a record");
    }

    e.action = HR_STR("");
    IS_INT(WRITE(hr_store_audit_append(w, &e)), HR_INVALID, "an action is needed");

    memset(large, 'x', sizeof(large));
    e = event("big", 0, AT(9));
    e.detail = hr_str(large, sizeof(large));
    e.username = HR_STR_NULL;
    IS_INT(WRITE(hr_store_audit_append(w, &e)), HR_OK, "a large one is cut");

    IS_INT(hr_store_audit_verify(r, &checked, &bad), HR_OK, "the trail");
    OK(checked == 6 && bad == 0, "is whole");

    memset(&f, 0, sizeof(f));
    f.from = f.to = HR_STORE_NO_TIME;
    f.limit = 10;
    hr_buf_init(&out, 1000);
    IS_INT(hr_store_audit_each(r, &f, collect, &out), HR_OK, "records are listed");
    IS_STR(out.data, out.len, "1login 2edit 3login 4edit 5login 6big ", "in order");
    hr_buf_reset(&out);
    f.newest_first = true;
    f.after = 5;
    f.action = HR_STR("edit");
    hr_store_audit_each(r, &f, collect, &out);
    IS_STR(out.data, out.len, "4edit 2edit ", "or the newest first, filtered");
    hr_buf_reset(&out);
    f = (hr_store_audit_filter_t) { .after = 1, .from = AT(1), .to = AT(4),
                                    .user_id = 1, .limit = 10 };
    hr_store_audit_each(r, &f, collect, &out);
    IS_STR(out.data, out.len, "3login ", "by time and user");
    hr_buf_release(&out);

    OK(sql("UPDATE audit_log SET result = 'x' WHERE seq = 3") != SQLITE_OK,
       "a record cannot be changed");
    OK(sql("DELETE FROM audit_log WHERE seq = 3") != SQLITE_OK, "nor deleted");

    IS_INT(sql("DROP TRIGGER audit_log_no_update; UPDATE audit_log SET result ="
               " 'denied' WHERE seq = 3"), SQLITE_OK, "by force");
    hr_store_audit_verify(r, &checked, &bad);
    OK(checked == 2 && bad == 3, "it is noticed");
    sql("UPDATE audit_log SET result = 'ok' WHERE seq = 3");
    hr_store_audit_verify(r, &checked, &bad);
    IS_INT(bad, 0, "and repaired by the right value only");

    sql("DROP TRIGGER audit_log_no_delete; DELETE FROM audit_log WHERE seq = 6");
    hr_store_audit_verify(r, &checked, &bad);
    OK(checked == 5 && bad == 6, "records taken off the end are noticed");
    e = event("later", 1, AT(20));
    WRITE(hr_store_audit_append(w, &e));
    hr_store_audit_verify(r, &checked, &bad);
    OK(checked == 5 && bad == 6, "also after the next one");
}


static void
reviews(void)
{
    size_t                    n;
    int64_t                   id;
    hr_store_review_t         review, *list;
    hr_store_content_t        c;
    hr_store_slot_t           slot;
    hr_store_appended_t       done;
    hr_store_quality_row_t   *rows;

    memset(&slot, 0, sizeof(slot));
    slot.department = HR_STR("Отдел");
    slot.position = HR_STR("Роль");
    slot.unit_path = HR_STR("Блок А/Отдел");
    c = hr_fixture_content("{}");
    c.prompt_version = HR_STR("48");
    WRITE(hr_store_profile_insert(w, hr_fixture_id(1), &slot, &c, AT(0)));
    slot.unit_path = HR_STR("Блок Б");
    WRITE(hr_store_profile_insert(w, hr_fixture_id(2), &slot, &c, AT(0)));
    c.prompt_version = HR_STR_NULL;
    c.edited_leaves = 5;
    c.total_leaves = 50;
    WRITE(hr_store_version_append(w, hr_fixture_id(2), HR_STORE_EDITED, &c, NULL,
                                  AT(1), &done));

    memset(&review, 0, sizeof(review));
    review.version = 1;
    review.user_id = 1;
    review.rating = 4;
    IS_INT(WRITE(hr_store_review_put(w, hr_fixture_id(1), &review, AT(2), &id)),
           HR_OK, "a review");
    review.rating = 8;
    IS_INT(WRITE(hr_store_review_put(w, hr_fixture_id(1), &review, AT(3), &id)),
           HR_OK, "of the same user again");
    review.section = HR_STR("professional_skills");
    review.comment = HR_STR("Хорошо");
    review.rating = 10;
    IS_INT(WRITE(hr_store_review_put(w, hr_fixture_id(1), &review, AT(4), &id)),
           HR_OK, "and of a section");
    IS_INT(hr_store_reviews_list(r, a, hr_fixture_id(1), &list, &n), HR_OK, "reviews");
    OK(n == 2 && list[0].rating == 10 && list[1].rating == 8,
       "one per user and section, newest first");
    IS_STR(list[0].username.data, list[0].username.len, "admin", "with the name");

    review.rating = 11;
    IS_INT(WRITE(hr_store_review_put(w, hr_fixture_id(1), &review, AT(4), &id)),
           HR_INVALID, "11 is no rating");
    review.rating = 1;
    review.version = 7;
    IS_INT(WRITE(hr_store_review_put(w, hr_fixture_id(1), &review, AT(4), &id)),
           HR_NOT_FOUND, "an unknown version");
    IS_INT(WRITE(hr_store_review_put(w, hr_fixture_id(9), &review, AT(4), &id)),
           HR_NOT_FOUND, "an unknown profile");

    IS_INT(hr_store_quality(r, a, HR_STORE_QUALITY_BY_PROMPT, 10, &rows, &n), HR_OK,
           "quality by prompt");
    OK(n == 1 && rows[0].profiles == 2 && rows[0].edited_profiles == 1
       && rows[0].edited_share == 0.1 && rows[0].reviews == 2
       && rows[0].mean_rating == 9, "an edit counts for the prompt of its base");
    hr_store_quality(r, a, HR_STORE_QUALITY_BY_UNIT, 10, &rows, &n);
    OK(n == 2 && rows[1].reviews == 0 && rows[1].mean_rating == HR_STORE_NO_SCORE,
       "by unit");
    IS_STR(rows[0].key.data, rows[0].key.len, "Блок А", "the first part of the path");
    hr_store_quality(r, a, HR_STORE_QUALITY_TOTAL, 10, &rows, &n);
    OK(n == 1 && rows[0].profiles == 2, "in all");
}


static int  stop;

/* Writes pairs of profiles, each pair in one transaction. */
static void *
writer(void *data)
{
    unsigned  i;

    (void) data;

    for (i = 1000; __atomic_load_n(&stop, __ATOMIC_RELAXED) == 0 && i < 9000; i += 2) {
        hr_store_begin(w);
        hr_fixture_profile(i, "Отдел", "Пара", NULL, AT(i));
        hr_fixture_profile(i + 1, "Отдел", "Пара", NULL, AT(i));
        hr_store_commit(w);
    }

    return NULL;
}


static void
backup(void)
{
    char                 path[120];
    int                  cancel = 1, i;
    unsigned             odd;
    hr_diag_t            diag;
    pthread_t            thread;
    hr_store_backup_t    info, again;

    snprintf(path, sizeof(path), "%s/copy.db", hr_fixture_dir);

    IS_INT(hr_store_backup(&hr_fixture_config, path, 0, &cancel, &info, &diag),
           HR_ABORTED, "a backup can be cancelled");
    OK(access(path, F_OK) != 0, "and leaves nothing");
    cancel = 0;

    /* the thread takes ids from the arena; this one allocates nothing there */
    pthread_create(&thread, NULL, writer, NULL);

    for (i = 0, odd = 0; i < 5; i++) {
        if (hr_store_backup(&hr_fixture_config, path, 4, &cancel, &info, &diag)
            != HR_OK)
        {
            printf("# %s\n", diag.text);
            odd++;
        }

        odd += info.profiles % 2 != 0 || info.profiles != info.versions - 1;
    }

    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);

    IS_INT(odd, 0, "a copy made while others write is the state of one instant");
    IS_INT(hr_store_backup_verify(path, &again, &diag), HR_OK, "it verifies");
    OK(again.profiles == info.profiles && again.users == 2 && again.bytes > 0,
       "with the same counts");

    hr_store_config_t  config = hr_fixture_config;
    config.path = path;
    hr_store_report_t  report;
    IS_INT(hr_store_prepare(&config, &report, &diag), HR_OK, "it is a database");
    OK(!report.created && report.rows_indexed == 0, "complete");

    snprintf(path, sizeof(path), "%s/none/copy.db", hr_fixture_dir);
    IS_INT(hr_store_backup(&hr_fixture_config, path, 0, NULL, &info, &diag), HR_ERROR,
           "a missing folder");
    OK(strstr(diag.text, "folder") != NULL, "is told");
    IS_INT(hr_store_backup_verify(path, &info, &diag), HR_ERROR, "as is a missing file");
}


static void
rotation(void)
{
    char        folder[100], path[200], name[HR_STORE_BACKUP_NAME];
    int         i, kept;
    FILE       *out;
    unsigned    removed;
    hr_diag_t   diag;

    hr_store_keep_t  keep = { .daily = 7, .weekly = 4, .manual = 20 };

    snprintf(folder, sizeof(folder), "%s/backups", hr_fixture_dir);
    snprintf(path, sizeof(path), "mkdir '%s'", folder);
    IS_INT(system(path), 0, "a folder of backups");

    /* two a day for 60 days, up to Sunday 2026-03-01 */
    for (i = 0; i < 120; i++) {
        hr_store_backup_name(AT(i * 43200), false, name);
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        out = fopen(path, "w");
        fclose(out);
    }

    hr_store_backup_name(AT(3600 * 4 + 61), false, name);
    IS_STR(name, strlen(name), "hr-20260101-040101.db", "copies have names");

    /* five by hand, older than what the schedule keeps */
    for (i = 0; i < 5; i++) {
        hr_store_backup_name(AT(3600 * i), true, name);
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        out = fopen(path, "w");
        fclose(out);
    }
    IS_STR(name, strlen(name), "hr-manual-20260101-040000.db", "and those by hand too");

    snprintf(path, sizeof(path), "%s/hr-20200101-000000.db.partial", folder);
    out = fopen(path, "w");
    fclose(out);

    IS_INT(hr_store_backup_rotate(folder, &keep, &removed, &diag), HR_OK, "rotation");
    IS_INT(removed, 110, "keeps seven days and three weeks more");
    IS_INT(hr_store_backup_rotate(folder, &keep, &removed, &diag), HR_OK, "again");
    IS_INT(removed, 0, "removes nothing");

    kept = 0;
    static const char *const  names[] = {
        "20260301-120000", "20260223-120000", "20260222-120000", "20260215-120000",
        "20260208-120000"
    };
    for (i = 0; i < 5; i++) {
        snprintf(path, sizeof(path), "%s/hr-%s.db", folder, names[i]);
        kept += access(path, F_OK) == 0;
    }
    IS_INT(kept, 5, "the latest of each day and week");
    snprintf(path, sizeof(path), "%s/hr-20200101-000000.db.partial", folder);
    OK(access(path, F_OK) == 0, "other files are left alone");

    keep.manual = 2;
    IS_INT(hr_store_backup_rotate(folder, &keep, &removed, &diag), HR_OK, "by hand");
    IS_INT(removed, 3, "has a count of its own, and takes none of the schedule's");
    snprintf(path, sizeof(path), "%s/hr-manual-20260101-030000.db", folder);
    OK(access(path, F_OK) == 0, "the latest stay");

    snprintf(path, sizeof(path), "%s/none", folder);
    IS_INT(hr_store_backup_rotate(path, &keep, &removed, &diag), HR_ERROR,
           "a missing folder is told");
}


static void
upkeep(void)
{
    unsigned            events;
    hr_diag_t           diag;
    hr_store_watch_t    watch;
    sqlite3_stmt       *stmt;
    int64_t             n;

    memset(&watch, 0, sizeof(watch));
    hr_store_watch(r, &watch, &events);

    IS_INT(hr_store_ping(w), HR_OK, "the write path works");
    IS_INT(WRITE(hr_store_profile_purge(w, hr_fixture_id(1))), HR_OK, "a purge");
    IS_INT(WRITE(hr_store_profile_purge(w, hr_fixture_id(2))), HR_OK, "and another");
    IS_INT(hr_store_optimize(w), HR_OK, "upkeep");

    stmt = hr_store_query(r, "SELECT (SELECT count(*) FROM search_slots WHERE id > 0),"
                             " (SELECT count(*) FROM search_terms)", "");
    hr_store_step(r, stmt);
    IS_INT(sqlite3_column_int64(stmt, 0), 1, "forgets slots that nobody uses");
    IS_INT(sqlite3_column_int64(stmt, 1), 2, "and their words");
    hr_store_end(stmt);

    hr_store_begin(w);
    IS_INT(hr_store_int(w, &n, "INSERT INTO search_terms_fts (search_terms_fts)"
                               " VALUES ('integrity-check') RETURNING 1", ""), HR_OK,
           "the full-text index agrees with its words");
    hr_store_rollback(w);

    hr_store_watch(r, &watch, &events);
    IS_INT(events, HR_STORE_CHANGED | HR_STORE_MAYBE_FOREIGN,
           "all of it is known for our own");

    IS_INT(hr_store_checkpoint(w, true), HR_OK, "the log is emptied");
    IS_INT(hr_store_check(w, &diag), HR_OK, "and the file is sound");
}


int
main(void)
{
    hr_fixture_init();
    hr_fixture_open();

    audit();
    reviews();
    backup();
    rotation();
    upkeep();

    IS_INT(hr_fixture_scans(r) + hr_fixture_scans(w), 0,
           "no statement walks a table that grows");

    hr_fixture_done();

    return hr_test_done();
}
