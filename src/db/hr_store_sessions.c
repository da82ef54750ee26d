/*
 * Sessions (database.md 3.2, 7.1; api-core.md 1.12).  expires_at keeps the
 * layout with the blank, because the old service compares it as text with
 * CURRENT_TIMESTAMP; so do the statements here, with the same rule: live while
 * expires_at is greater than the current second.
 */

#include "hr_store_sqlite.h"


#define HR_STORE_AGENT_MAX    512
#define HR_STORE_ADDRESS_MAX  64

#define HR_STORE_SESSION_COLUMNS                                              \
    "s.id, s.user_id, s.created_at, s.expires_at, s.last_seen, s.is_active,"  \
    " s.remember, s.user_agent, s.ip_address"
#define HR_STORE_SESSION_WIDTH  9


static void
hr_store_session_read(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, void *row)
{
    hr_store_session_t  *session = row;

    session->id = hr_store_col(conn, arena, stmt, 0);
    session->user_id = sqlite3_column_int64(stmt, 1);
    session->created_at = hr_store_col_time(stmt, 2);
    session->expires_at = hr_store_col_time(stmt, 3);
    session->last_seen = hr_store_col_time(stmt, 4);
    session->active = sqlite3_column_int(stmt, 5) == 1;
    session->remember = sqlite3_column_int(stmt, 6) == 1;
    session->user_agent = hr_store_col(conn, arena, stmt, 7);
    session->ip_address = hr_store_col(conn, arena, stmt, 8);
}


hr_rc_t
hr_store_session_live(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t sid,
    hr_instant_t now, hr_store_session_t *session, hr_store_user_t *user)
{
    hr_rc_t              rc;
    sqlite3_stmt        *stmt;
    hr_store_session_t   row;

    hr_store_read(conn);

    stmt = hr_store_query(conn, "SELECT " HR_STORE_SESSION_COLUMNS
                                " FROM user_sessions s WHERE s.id = ?1"
                                " AND s.is_active = 1 AND s.expires_at > ?2",
                          "t1", sid, now);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);
    if (rc == HR_OK) {
        hr_store_session_read(conn, arena, stmt, &row);
        rc = hr_store_copied(conn, rc);
    }

    hr_store_end(stmt);

    if (rc == HR_OK) {
        rc = hr_store_user_by_id(conn, arena, row.user_id, user);
    }

    if (rc == HR_NOT_FOUND || (rc == HR_OK && !user->active)) {
        return hr_store_refuse(conn, HR_NOT_FOUND, HR_STORE_E_NO_SESSION);
    }

    if (rc == HR_OK && session != NULL) {
        *session = row;
    }

    return rc;
}


hr_rc_t
hr_store_session_legacy(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t user_id, hr_instant_t now, hr_store_user_t *user)
{
    hr_rc_t  rc;
    int64_t  one;

    hr_store_read(conn);

    rc = hr_store_int(conn, &one,
                      "SELECT 1 FROM user_sessions WHERE user_id = ?1"
                      " AND is_active = 1 AND expires_at > ?2 LIMIT 1",
                      "i1", user_id, now);

    if (rc == HR_OK) {
        rc = hr_store_user_by_id(conn, arena, user_id, user);
    }

    if (rc == HR_NOT_FOUND || (rc == HR_OK && !user->active)) {
        return hr_store_refuse(conn, HR_NOT_FOUND, HR_STORE_E_NO_SESSION);
    }

    return rc;
}


hr_rc_t
hr_store_sessions_of_user(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t user_id, hr_instant_t now, size_t limit, hr_store_sessions_t *list)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    memset(list, 0, sizeof(*list));
    hr_store_read(conn);

    if (limit == 0 || limit > 1000) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    stmt = hr_store_query(conn, "SELECT " HR_STORE_SESSION_COLUMNS
                                " FROM user_sessions s WHERE s.user_id = ?1"
                                " AND s.is_active = 1 AND s.expires_at > ?2"
                                " ORDER BY s.created_at DESC, s.rowid DESC"
                                " LIMIT ?3",
                          "i1i", user_id, now, (int64_t) limit);
    list->items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_session_t),
                                hr_store_session_read, &list->count, &rc);

    return rc;
}


/* -- write -- */

hr_rc_t
hr_store_session_create(hr_store_conn_t *conn, const hr_store_session_t *session,
    hr_instant_t now)
{
    hr_rc_t  rc;

    rc = hr_store_write(conn, HR_STORE_T_SESSIONS);
    if (rc != HR_OK) {
        return rc;
    }

    if (!hr_store_is_uuid(session->id)) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    return hr_store_run(conn, NULL,
        "INSERT INTO user_sessions (id, user_id, created_at, expires_at,"
        " is_active, user_agent, ip_address, remember)"
        " VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7)", "ti12tti",
        session->id, session->user_id, now, session->expires_at,
        hr_utf8_cut_bytes(session->user_agent, HR_STORE_AGENT_MAX),
        hr_utf8_cut_bytes(session->ip_address, HR_STORE_ADDRESS_MAX),
        (int64_t) session->remember);
}


hr_rc_t
hr_store_login(hr_store_conn_t *conn, const hr_store_session_t *session,
    hr_str_t checked, hr_str_t new_hash, hr_instant_t now)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_write(conn, HR_STORE_T_SESSIONS | HR_STORE_T_LOGINS);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed,
                      "UPDATE users SET last_login = ?2,"
                      " password_hash = coalesce(?3, password_hash)"
                      " WHERE id = ?1 AND is_active = 1"
                      " AND password_hash IS ?4",
                      "i1tt", session->user_id, now, new_hash, checked);
    if (rc != HR_OK) {
        return rc;
    }

    if (changed == 0) {
        return hr_store_refuse(conn, HR_NOT_FOUND, HR_STORE_E_NO_USER);
    }

    return hr_store_session_create(conn, session, now);
}


/* A session that is gone is HR_NOT_FOUND for all changes of one session. */
static hr_rc_t
hr_store_session_changed(hr_store_conn_t *conn, hr_rc_t rc, int64_t changed)
{
    return rc == HR_OK && changed == 0
           ? hr_store_refuse(conn, HR_NOT_FOUND, HR_STORE_E_NO_SESSION) : rc;
}


hr_rc_t
hr_store_session_extend(hr_store_conn_t *conn, hr_str_t sid,
    hr_instant_t expires_at, hr_instant_t now)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_write(conn, HR_STORE_T_SESSIONS);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed,
                      "UPDATE user_sessions SET expires_at = ?2,"
                      " last_seen = ?3 WHERE id = ?1 AND is_active = 1"
                      " AND expires_at > ?4", "t211", sid, expires_at, now,
                      now);

    return hr_store_session_changed(conn, rc, changed);
}


hr_rc_t
hr_store_session_touch(hr_store_conn_t *conn, hr_str_t sid, hr_instant_t now)
{
    hr_rc_t  rc;
    int64_t  changed;

    /* no T bit: nothing that is answered from a cache depends on it */
    rc = hr_store_write(conn, 0);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed, "UPDATE user_sessions SET last_seen = ?2"
                                      " WHERE id = ?1", "t1", sid, now);

    return hr_store_session_changed(conn, rc, changed);
}


hr_rc_t
hr_store_session_end(hr_store_conn_t *conn, hr_str_t sid)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_write(conn, HR_STORE_T_SESSIONS);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed, "UPDATE user_sessions SET is_active = 0"
                                      " WHERE id = ?1 AND is_active = 1",
                      "t", sid);

    return hr_store_session_changed(conn, rc, changed);
}


hr_rc_t
hr_store_sessions_end_user(hr_store_conn_t *conn, int64_t user_id,
    hr_str_t keep_sid, int64_t *ended)
{
    hr_rc_t  rc;

    rc = hr_store_write(conn, HR_STORE_T_SESSIONS);
    if (rc != HR_OK) {
        return rc;
    }

    return hr_store_run(conn, ended,
                        "UPDATE user_sessions SET is_active = 0 WHERE user_id"
                        " = ?1 AND is_active = 1 AND id IS NOT ?2",
                        "it", user_id, keep_sid);
}


hr_rc_t
hr_store_sessions_cleanup(hr_store_conn_t *conn, hr_instant_t before,
    size_t limit, int64_t *deleted)
{
    hr_rc_t  rc;

    rc = hr_store_write(conn, 0);
    if (rc != HR_OK) {
        return rc;
    }

    return hr_store_run(conn, deleted,
                        "DELETE FROM user_sessions WHERE rowid IN (SELECT rowid"
                        " FROM user_sessions WHERE expires_at < ?1 LIMIT ?2)",
                        "1i", before, (int64_t) limit);
}
