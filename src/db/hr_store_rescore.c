/*
 * Scores of stored documents, written anew after a change of the rules
 * (improvements.md I-33): the text, its version and its times stay.
 */

#include "hr_store_sqlite.h"


static void
hr_store_rescore_id(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    *(hr_str_t *) row = hr_store_col(conn, arena, stmt, 0);
}


hr_rc_t
hr_store_profile_ids(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t after,
    size_t limit, hr_str_t **ids, size_t *count)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    *ids = NULL;
    *count = 0;
    hr_store_read(conn);

    if (limit == 0 || limit > HR_STORE_MAX_EACH) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    /* in the order of the ids; a row without a valid one has another status */
    stmt = hr_store_query(conn,
        "SELECT profile_id FROM search_profiles WHERE profile_id >"
        " coalesce(?1, '') AND +status BETWEEN 0 AND 3 ORDER BY profile_id"
        " LIMIT ?2", "ti", after, (int64_t) limit);
    *ids = hr_store_rows(conn, arena, stmt, sizeof(hr_str_t),
                         hr_store_rescore_id, count, &rc);

    return rc;
}


hr_rc_t
hr_store_rescore(hr_store_conn_t *conn, hr_str_t profile_id,
    const hr_store_scores_t *scores, const hr_store_expect_t *expect)
{
    hr_rc_t           rc;
    hr_store_head_t   head;

    rc = hr_store_write(conn, HR_STORE_T_PROFILES | HR_STORE_T_LINKS);
    if (rc != HR_OK) {
        return rc;
    }

    if (scores->validation > 1 || scores->completeness > 1) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    if ((rc = hr_store_head(conn, profile_id, &head)) != HR_OK
        || (rc = hr_store_expected(conn, &head, expect)) != HR_OK)
    {
        return rc;
    }

    rc = hr_store_run(conn, NULL,
        "UPDATE profile_versions SET validation_score = ?3,"
        " completeness_score = ?4,"
        " generation_metadata = coalesce(?5, generation_metadata)"
        " WHERE profile_id = ?1 AND version_number = ?2", "tisst", profile_id,
        head.current_version, scores->validation, scores->completeness,
        scores->metadata);

    /* the tag changes, for the detail shows the scores; updated_at is the text's */
    if (rc == HR_OK) {
        rc = hr_store_run(conn, NULL,
            "UPDATE profiles SET validation_score = ?2, completeness_score = ?3,"
            " metadata_json = coalesce(?4, metadata_json),"
            " revision = coalesce(revision, 0) + 1 WHERE id = ?1", "tsst",
            profile_id, scores->validation, scores->completeness,
            scores->metadata);
    }

    return rc == HR_OK ? hr_store_index_put(conn, profile_id) : rc;
}
