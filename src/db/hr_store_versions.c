/*
 * Versions (database.md 3.4; api-profiles.md 4).  Invariants kept by every
 * write here: the profile's document, metadata and scores equal those of its
 * current version, the current version exists, at least one version exists,
 * and a number is never used twice (profiles.version_counter).
 */

#include "hr_store_sqlite.h"

#include "hr_profile_meta.h"


#define HR_STORE_MAX_VERSIONS  1000

#define HR_STORE_VERSION_COLUMNS                                              \
    "v.version_number, v.version_type, v.created_at, v.created_by_user_id,"   \
    " v.created_by_username, v.validation_score, v.completeness_score,"       \
    " v.version_number = coalesce(p.current_version, 1), v.note,"             \
    " v.changes_summary"
#define HR_STORE_VERSION_WIDTH  10


static hr_rc_t hr_store_version_exists(hr_store_conn_t *conn,
    hr_str_t profile_id, int64_t number);
static hr_rc_t hr_store_copy_current(hr_store_conn_t *conn,
    hr_str_t profile_id, int64_t number, hr_store_kpi_t kpi, hr_instant_t now);
static hr_rc_t hr_store_trim(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_appended_t *appended);


static void
hr_store_version_read(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, hr_store_version_t *version)
{
    hr_str_t  type;

    memset(version, 0, sizeof(*version));

    version->number = sqlite3_column_int64(stmt, 0);

    /* a CHECK of the table allows these three only */
    type = hr_store_col(conn, NULL, stmt, 1);
    version->type = hr_str_eq(type, HR_STR("edited")) ? HR_STORE_EDITED
                    : hr_str_eq(type, HR_STR("regenerated"))
                      ? HR_STORE_REGENERATED : HR_STORE_GENERATED;

    version->created_at = hr_store_col_time(stmt, 2);
    version->created_by = sqlite3_column_int64(stmt, 3);
    version->created_by_username = hr_store_col(conn, arena, stmt, 4);
    version->validation_score = hr_store_col_score(stmt, 5);
    version->completeness_score = hr_store_col_score(stmt, 6);
    version->is_current = sqlite3_column_int(stmt, 7) == 1;
    version->note = hr_store_col(conn, arena, stmt, 8);
    version->changes = hr_store_col(conn, arena, stmt, 9);
}


/* The profile row comes first, so that one without versions is found too. */
hr_rc_t
hr_store_versions_list(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, hr_store_versions_t *list)
{
    bool           found;
    size_t         capacity;
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    memset(list, 0, sizeof(*list));
    hr_store_read(conn);

    stmt = hr_store_query(conn,
        "SELECT " HR_STORE_VERSION_COLUMNS ", coalesce(p.current_version, 1),"
        " (SELECT count(*) FROM profile_versions c WHERE c.profile_id = p.id)"
        " FROM profiles p INDEXED BY idx_profiles_card"
        " LEFT JOIN profile_versions v INDEXED BY idx_profile_versions_card"
        " ON v.profile_id = p.id WHERE p.id = ?1 ORDER BY v.version_number DESC LIMIT ?2",
        "ti", profile_id, (int64_t) HR_STORE_MAX_VERSIONS);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    found = false;
    capacity = 0;

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {

        found = true;
        list->current_version = sqlite3_column_int64(stmt,
                                                     HR_STORE_VERSION_WIDTH);
        list->total = sqlite3_column_int64(stmt, HR_STORE_VERSION_WIDTH + 1);

        if (sqlite3_column_type(stmt, 0) == SQLITE_NULL) {
            continue;
        }

        list->items = hr_store_grow(arena, list->items, list->count,
                                    sizeof(hr_store_version_t), &capacity);
        if (list->items == NULL) {
            rc = hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
            break;
        }

        hr_store_version_read(conn, arena, stmt, &list->items[list->count++]);
    }

    hr_store_end(stmt);

    if (rc == HR_NOT_FOUND) {
        rc = found ? HR_OK : hr_store_refuse(conn, rc, HR_STORE_E_NO_PROFILE);
    }

    return hr_store_copied(conn, rc);
}


hr_rc_t
hr_store_version_get(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, int64_t number, hr_store_version_t *version,
    hr_store_card_t *card)
{
    hr_rc_t           rc;
    sqlite3_stmt     *stmt;
    hr_store_card_t   own;

    rc = hr_store_profile_card(conn, arena, profile_id,
                               card == NULL ? &own : card);
    if (rc != HR_OK) {
        return rc;
    }

    stmt = hr_store_query(conn,
        "SELECT " HR_STORE_VERSION_COLUMNS ", v.profile_content,"
        " v.generation_metadata FROM profile_versions v"
        " JOIN profiles p INDEXED BY idx_profiles_card ON p.id = v.profile_id"
        " WHERE v.profile_id = ?1 AND v.version_number = ?2",
        "ti", profile_id, number);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        hr_store_version_read(conn, arena, stmt, version);
        version->document = hr_store_col(conn, arena, stmt,
                                         HR_STORE_VERSION_WIDTH);
        version->metadata = hr_store_col(conn, arena, stmt,
                                         HR_STORE_VERSION_WIDTH + 1);
        rc = hr_store_copied(conn, rc);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_refuse(conn, rc, HR_STORE_E_NO_VERSION);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_version_card(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, int64_t number, hr_store_version_t *version)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    hr_store_read(conn);

    stmt = hr_store_query(conn,
        "SELECT " HR_STORE_VERSION_COLUMNS " FROM profile_versions v"
        " INDEXED BY idx_profile_versions_card"
        " JOIN profiles p INDEXED BY idx_profiles_card ON p.id = v.profile_id"
        " WHERE v.profile_id = ?1 AND v.version_number = ?2",
        "ti", profile_id, number);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        hr_store_version_read(conn, arena, stmt, version);
        rc = hr_store_copied(conn, rc);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_refuse(conn, rc, HR_STORE_E_NO_VERSION);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_version_document(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, int64_t number, hr_str_t *document)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    hr_store_read(conn);

    stmt = hr_store_query(conn, "SELECT profile_content FROM profile_versions"
                                " WHERE profile_id = ?1 AND version_number = ?2",
                          "ti", profile_id, number);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        *document = hr_store_col(conn, arena, stmt, 0);
        rc = hr_store_copied(conn, rc);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_refuse(conn, rc, HR_STORE_E_NO_VERSION);
    }

    hr_store_end(stmt);

    return rc;
}


/* -- write -- */

/*
 * P-28: the current version may take the new text when it is an edit by the
 * same user, begun less than the configured time ago.
 */
static hr_rc_t
hr_store_may_collapse(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number, int64_t user_id, hr_instant_t now, bool *may)
{
    hr_rc_t        rc;
    hr_instant_t   created;
    sqlite3_stmt  *stmt;

    *may = false;

    stmt = hr_store_query(conn, "SELECT created_at FROM profile_versions"
                                " WHERE profile_id = ?1 AND version_number = ?2"
                                " AND version_type = 'edited'"
                                " AND created_by_user_id = ?3",
                          "tii", profile_id, number, user_id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        created = hr_store_col_time(stmt, 0);
        *may = created != HR_STORE_NO_TIME && created <= now
               && now - created
                  < (int64_t) conn->collapse_seconds * 1000000;
    }

    hr_store_end(stmt);

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}


static hr_rc_t
hr_store_version_insert(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number, hr_store_version_type_t type,
    const hr_store_content_t *content, int64_t base, hr_instant_t now)
{
    /* without own metadata the profile's goes with the text, and an edit
     * stays counted for the prompt that made its base */
    return hr_store_run(conn, NULL,
        "INSERT INTO profile_versions (profile_id, version_number, created_at,"
        " created_by_user_id, created_by_username, version_type,"
        " profile_content, validation_score, completeness_score,"
        " generation_metadata, note, changes_summary, prompt_version,"
        " edited_leaves, total_leaves) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
        " ?9, coalesce(?10, (SELECT metadata_json FROM profiles WHERE id ="
        " ?1)), ?11, ?12, coalesce(?13, (SELECT prompt_version FROM"
        " profile_versions WHERE profile_id = ?1 AND version_number = ?16)),"
        " CASE WHEN ?14 >= 0 THEN ?14 END, CASE WHEN ?14 >= 0 THEN ?15 END)",
        "ti3itctssttttiii", profile_id, number, now, content->user_id,
        content->username, hr_store_version_type_name(type), content->document,
        content->validation_score, content->completeness_score,
        content->metadata, content->note, content->changes,
        content->prompt_version, content->edited_leaves, content->total_leaves,
        base);
}


static hr_rc_t
hr_store_version_overwrite(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number, const hr_store_content_t *content)
{
    /* the instant stays: it is the beginning of the burst */
    return hr_store_run(conn, NULL,
        "UPDATE profile_versions SET profile_content = ?3,"
        " validation_score = ?4, completeness_score = ?5,"
        " generation_metadata = coalesce(?6, generation_metadata),"
        " note = coalesce(?7, note), changes_summary = coalesce(?8,"
        " changes_summary), created_by_username = ?9,"
        " edited_leaves = CASE WHEN ?10 >= 0 THEN"
        "  max(?10, coalesce(edited_leaves, 0)) ELSE edited_leaves END,"
        " total_leaves = CASE WHEN ?10 >= 0 THEN ?11 ELSE total_leaves END"
        " WHERE profile_id = ?1 AND version_number = ?2", "titssttttii",
        profile_id, number, content->document, content->validation_score,
        content->completeness_score, content->metadata, content->note,
        content->changes, content->username, content->edited_leaves,
        content->total_leaves);
}


hr_rc_t
hr_store_version_append(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_version_type_t type, const hr_store_content_t *content,
    const hr_store_expect_t *expect, hr_instant_t now,
    hr_store_appended_t *appended)
{
    bool              collapse;
    hr_rc_t           rc;
    hr_store_head_t   head;

    memset(appended, 0, sizeof(*appended));

    rc = hr_store_write(conn, HR_STORE_T_PROFILES | HR_STORE_T_LINKS);
    if (rc != HR_OK) {
        return rc;
    }

    if (content->document.len == 0 || content->username.len == 0) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    collapse = false;

    if ((rc = hr_store_head(conn, profile_id, &head)) != HR_OK
        || (rc = hr_store_expected(conn, &head, expect)) != HR_OK
        /* a text that somebody is asked about, or has approved, stays */
        || (type == HR_STORE_EDITED && head.stage == HR_STORE_DRAFT
            && (rc = hr_store_may_collapse(conn, profile_id,
                                           head.current_version,
                                           content->user_id, now, &collapse))
               != HR_OK))
    {
        return rc;
    }

    if (collapse) {
        appended->number = head.current_version;
        rc = hr_store_version_overwrite(conn, profile_id, appended->number,
                                        content);
    } else {
        appended->number = head.counter + 1;
        rc = hr_store_version_insert(conn, profile_id, appended->number, type,
                                     content, head.current_version, now);
    }

    appended->collapsed = collapse;

    if (rc == HR_OK && type != HR_STORE_EDITED) {
        rc = hr_store_run(conn, NULL,
            "UPDATE profiles SET generation_time_seconds = ?2,"
            " input_tokens = ?3, output_tokens = ?4, total_tokens = ?5"
            " WHERE id = ?1", "tdiii", profile_id, content->generation_seconds,
            content->input_tokens, content->output_tokens,
            content->total_tokens);
    }

    if (rc == HR_OK) {
        rc = hr_store_copy_current(conn, profile_id, appended->number,
                                   content->metadata.data != NULL
                                   && content->metadata.len <= HR_META_BYTES_MAX
                                   ? content->kpi : HR_STORE_KPI_UNREAD, now);
    }

    if (rc == HR_OK) {
        rc = hr_store_trim(conn, profile_id, appended);
    }

    return rc == HR_OK ? hr_store_etag_now(conn, profile_id, appended->etag)
                       : rc;
}


/*
 * Makes the version current and copies what belongs to it to the profile: the
 * state of its approval too, so that a new text is a draft (I-39).
 */
static hr_rc_t
hr_store_copy_current(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number, hr_store_kpi_t kpi, hr_instant_t now)
{
    hr_rc_t  rc;

    rc = hr_store_run(conn, NULL,
        "UPDATE profiles SET current_version = ?2,"
        " profile_data = v.profile_content,"
        " metadata_json = coalesce(v.generation_metadata, metadata_json),"
        " validation_score = v.validation_score,"
        " completeness_score = v.completeness_score,"
        " updated_at = ?3, revision = coalesce(revision, 0) + 1,"
        " approval_state = (SELECT a.to_state FROM profile_approvals a"
        "  WHERE a.profile_id = ?1 AND a.version_number = ?2"
        "  ORDER BY a.id DESC LIMIT 1),"
        " version_counter = max(?2, coalesce(version_counter, 0),"
        "  (SELECT max(m.version_number) FROM profile_versions m"
        "   WHERE m.profile_id = ?1))"
        " FROM profile_versions v WHERE v.profile_id = ?1"
        " AND v.version_number = ?2 AND profiles.id = ?1",
        "ti3", profile_id, number, now);

    return rc == HR_OK ? hr_store_index_put_known(conn, profile_id, kpi) : rc;
}


static hr_rc_t
hr_store_trim(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_appended_t *appended)
{
    hr_rc_t  rc;

    rc = hr_store_int(conn, &appended->version_count,
                      "SELECT count(*) FROM profile_versions"
                      " WHERE profile_id = ?1", "t", profile_id);

    if (rc != HR_OK || appended->version_count <= conn->version_cap) {
        return rc;
    }

    rc = hr_store_run(conn, &appended->trimmed,
        "DELETE FROM profile_versions WHERE version_id IN (SELECT version_id"
        " FROM profile_versions WHERE profile_id = ?1 AND version_number != ?2"
        " ORDER BY version_number LIMIT ?3)", "tii", profile_id,
        appended->number, appended->version_count - conn->version_cap);

    appended->version_count -= appended->trimmed;

    return rc;
}


static hr_rc_t
hr_store_version_exists(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number)
{
    hr_rc_t  rc;
    int64_t  one;

    rc = hr_store_int(conn, &one, "SELECT 1 FROM profile_versions WHERE"
                                  " profile_id = ?1 AND version_number = ?2",
                      "ti", profile_id, number);

    return rc == HR_NOT_FOUND
           ? hr_store_refuse(conn, rc, HR_STORE_E_NO_VERSION) : rc;
}


hr_rc_t
hr_store_version_activate(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number, const hr_store_expect_t *expect, hr_instant_t now,
    hr_store_activated_t *activated)
{
    hr_rc_t           rc;
    hr_store_head_t   head;

    memset(activated, 0, sizeof(*activated));

    rc = hr_store_write(conn, HR_STORE_T_PROFILES | HR_STORE_T_LINKS);
    if (rc != HR_OK) {
        return rc;
    }

    if ((rc = hr_store_head(conn, profile_id, &head)) != HR_OK
        || (rc = hr_store_version_exists(conn, profile_id, number)) != HR_OK
        || (rc = hr_store_expected(conn, &head, expect)) != HR_OK
        || (rc = hr_store_copy_current(conn, profile_id, number,
                                       HR_STORE_KPI_UNREAD, now))
           != HR_OK)
    {
        return rc;
    }

    activated->previous = head.current_version;
    activated->current = number;

    return hr_store_etag_now(conn, profile_id, activated->etag);
}


hr_rc_t
hr_store_version_delete(hr_store_conn_t *conn, hr_str_t profile_id,
    int64_t number, hr_instant_t now, hr_store_deleted_t *deleted)
{
    hr_rc_t           rc;
    hr_store_head_t   head;

    memset(deleted, 0, sizeof(*deleted));

    rc = hr_store_write(conn, HR_STORE_T_PROFILES | HR_STORE_T_LINKS);
    if (rc == HR_OK) {
        rc = hr_store_head(conn, profile_id, &head);
    }

    if (rc != HR_OK) {
        return rc;
    }

    deleted->current_version = head.current_version;

    rc = hr_store_int(conn, &deleted->remaining,
                      "SELECT count(*) FROM profile_versions"
                      " WHERE profile_id = ?1", "t", profile_id);
    if (rc != HR_OK) {
        return rc;
    }

    if (number == head.current_version) {
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_VERSION_CURRENT);
    }

    rc = hr_store_version_exists(conn, profile_id, number);
    if (rc != HR_OK) {
        return rc;
    }

    if (deleted->remaining <= 1) {
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_VERSION_LAST);
    }

    rc = hr_store_run(conn, NULL, "DELETE FROM profile_versions WHERE"
                                  " profile_id = ?1 AND version_number = ?2",
                      "ti", profile_id, number);
    if (rc != HR_OK) {
        return rc;
    }

    /* a link tells how many there are, and the copy does not change */
    hr_store_touch_slot(conn, -1);
    deleted->remaining--;

    /* the document did not change, so neither does its tag; the number stays
     * used */
    (void) now;

    return hr_store_run(conn, NULL, "UPDATE profiles SET version_counter = ?2"
                                    " WHERE id = ?1", "ti", profile_id,
                        head.counter);
}
