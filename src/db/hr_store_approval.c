/*
 * Approval (improvements.md I-39, I-04): the state belongs to a version, is
 * kept with who, when and why, and stands in the profile's row for the current
 * version.
 */

#include "hr_store_sqlite.h"


#define HR_STORE_MAX_APPROVALS  1000


static const char *const  hr_store_stages[HR_STORE_STAGES] = {
    "draft", "hr_review", "head_review", "legal_review", "approved", "rejected"
};


const char *
hr_store_stage_name(hr_store_stage_t stage)
{
    return hr_store_stages[(unsigned) stage < HR_STORE_STAGES ? stage
                                                                 : HR_STORE_DRAFT];
}


bool
hr_store_stage_parse(hr_str_t text, hr_store_stage_t *stage)
{
    unsigned  i;

    for (i = 0; i < HR_STORE_STAGES; i++) {
        if (hr_str_eq(text, hr_str_from_c(hr_store_stages[i]))) {
            *stage = (hr_store_stage_t) i;
            return true;
        }
    }

    return false;
}


hr_rc_t
hr_store_approval_set(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_stage_t from, hr_store_stage_t to, int64_t user_id,
    hr_str_t comment, hr_instant_t now)
{
    hr_rc_t           rc;
    hr_store_head_t   head;

    rc = hr_store_write(conn, HR_STORE_T_PROFILES);
    if (rc == HR_OK) {
        rc = hr_store_head(conn, profile_id, &head);
    }

    if (rc != HR_OK) {
        return rc;
    }

    if (head.stage != from) {
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_STATUS);
    }

    rc = hr_store_run(conn, NULL,
        "UPDATE profiles SET approval_state = ?2, updated_at = ?3,"
        " revision = coalesce(revision, 0) + 1 WHERE id = ?1", "tc3", profile_id,
        hr_store_stage_name(to), now);

    if (rc == HR_OK) {
        rc = hr_store_run(conn, NULL,
            "INSERT INTO profile_approvals (profile_id, version_number,"
            " from_state, to_state, user_id, comment, created_at)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", "ticcot3", profile_id,
            head.current_version, hr_store_stage_name(from),
            hr_store_stage_name(to), user_id, comment, now);
    }

    return rc == HR_OK ? hr_store_index_put(conn, profile_id) : rc;
}


static hr_store_stage_t
hr_store_stage_col(hr_store_conn_t *conn, sqlite3_stmt *stmt, int i)
{
    hr_store_stage_t  stage;

    return hr_store_stage_parse(hr_store_col(conn, NULL, stmt, i), &stage)
           ? stage : HR_STORE_DRAFT;
}


static void
hr_store_approval_row(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_store_approval_t  *a = row;

    a->version = sqlite3_column_int64(stmt, 0);
    a->from = hr_store_stage_col(conn, stmt, 1);
    a->to = hr_store_stage_col(conn, stmt, 2);
    a->comment = hr_store_col(conn, arena, stmt, 3);
    a->username = hr_store_col(conn, arena, stmt, 4);
    a->user_id = sqlite3_column_int64(stmt, 5);
    a->at = hr_store_col_time(stmt, 6);
}


hr_rc_t
hr_store_approvals_list(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, hr_store_approval_t **items, size_t *count)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    *items = NULL;
    *count = 0;
    hr_store_read(conn);

    stmt = hr_store_query(conn,
        "SELECT a.version_number, a.from_state, a.to_state, a.comment,"
        " u.username, a.user_id, a.created_at FROM profile_approvals a"
        " LEFT JOIN users u ON u.id = a.user_id WHERE a.profile_id = ?1"
        " ORDER BY a.id DESC LIMIT ?2", "ti", profile_id,
        (int64_t) HR_STORE_MAX_APPROVALS);
    *items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_approval_t),
                           hr_store_approval_row, count, &rc);

    return rc;
}
