/* Accounts (database.md 3.1; roles: improvements.md I-48). */

#include "hr_store_sqlite.h"


#define HR_STORE_USER_COLUMNS                                                 \
    "id, username, full_name, password_hash, role, is_active, created_at,"    \
    " last_login"


static void
hr_store_user_read(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_str_t          role;
    hr_store_user_t  *user = row;

    user->id = sqlite3_column_int64(stmt, 0);
    user->username = hr_store_col(conn, arena, stmt, 1);
    user->full_name = hr_store_col(conn, arena, stmt, 2);
    user->password_hash = hr_store_col(conn, arena, stmt, 3);

    /* a row that the old service made has none */
    role = hr_store_col(conn, NULL, stmt, 4);
    if (!hr_store_role_parse(role, &user->role)) {
        user->role = HR_STORE_ROLE_HR;
    }

    user->active = sqlite3_column_int(stmt, 5) == 1;
    user->created_at = hr_store_col_time(stmt, 6);
    user->last_login = hr_store_col_time(stmt, 7);
}


static hr_rc_t
hr_store_user_one(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    hr_store_user_t *user)
{
    hr_rc_t  rc;

    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        hr_store_user_read(conn, arena, stmt, user);
        rc = hr_store_copied(conn, rc);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_refuse(conn, rc, HR_STORE_E_NO_USER);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_user_by_name(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t username, hr_store_user_t *user)
{
    hr_store_read(conn);

    return hr_store_user_one(conn, arena,
        hr_store_query(conn, "SELECT " HR_STORE_USER_COLUMNS
                             " FROM users WHERE username = ?1", "t", username),
        user);
}


hr_rc_t
hr_store_user_by_id(hr_store_conn_t *conn, hr_arena_t *arena, int64_t id,
    hr_store_user_t *user)
{
    hr_store_read(conn);

    return hr_store_user_one(conn, arena,
        hr_store_query(conn, "SELECT " HR_STORE_USER_COLUMNS
                             " FROM users WHERE id = ?1", "i", id),
        user);
}


hr_rc_t
hr_store_users_list(hr_store_conn_t *conn, hr_arena_t *arena, size_t offset,
    size_t limit, hr_store_users_t *list)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    memset(list, 0, sizeof(*list));
    hr_store_read(conn);

    if (limit == 0 || limit > 1000) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    rc = hr_store_int(conn, &list->total, "SELECT count(*) FROM users", "");
    if (rc != HR_OK) {
        return rc;
    }

    stmt = hr_store_query(conn, "SELECT " HR_STORE_USER_COLUMNS
                                " FROM users ORDER BY id LIMIT ?1 OFFSET ?2",
                          "ii", (int64_t) limit, (int64_t) offset);
    list->items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_user_t),
                                hr_store_user_read, &list->count, &rc);

    return rc;
}


hr_rc_t
hr_store_admin_count(hr_store_conn_t *conn, int64_t *count)
{
    hr_store_read(conn);

    return hr_store_int(conn, count, "SELECT count(*) FROM users WHERE role ="
                                     " 'admin' AND is_active = 1", "");
}


/* -- write -- */

hr_rc_t
hr_store_user_create(hr_store_conn_t *conn, const hr_store_seed_t *user,
    hr_instant_t now, int64_t *id)
{
    hr_rc_t  rc;
    int64_t  taken;

    rc = hr_store_write(conn, HR_STORE_T_USERS);
    if (rc != HR_OK) {
        return rc;
    }

    if (user->username.len == 0 || user->password_hash.len == 0
        || user->full_name.len == 0)
    {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    rc = hr_store_int(conn, &taken, "SELECT id FROM users WHERE username = ?1",
                      "t", user->username);
    if (rc != HR_NOT_FOUND) {
        return rc == HR_OK ? hr_store_refuse(conn, HR_CONFLICT,
                                             HR_STORE_E_NAME_TAKEN)
                           : rc;
    }

    rc = hr_store_run(conn, NULL,
                      "INSERT INTO users (username, password_hash, full_name,"
                      " is_active, created_at, role)"
                      " VALUES (?1, ?2, ?3, 1, ?4, ?5)", "ttt1c",
                      user->username, user->password_hash, user->full_name,
                      now, hr_store_role_name(user->role));
    if (rc == HR_OK) {
        *id = sqlite3_last_insert_rowid(conn->db);
    }

    return rc;
}


hr_rc_t
hr_store_user_update(hr_store_conn_t *conn, int64_t id,
    const hr_store_user_change_t *change, hr_str_t keep_sid, int64_t *ended)
{
    bool      out;
    hr_rc_t   rc;
    unsigned  f;
    int64_t   changed, admins;

    if (ended != NULL) {
        *ended = 0;
    }

    rc = hr_store_write(conn, HR_STORE_T_USERS);
    if (rc != HR_OK) {
        return rc;
    }

    f = change->fields;

    if (f == 0
        || ((f & HR_STORE_USER_PASSWORD) && change->password_hash.len == 0)
        || ((f & HR_STORE_USER_NAME) && change->full_name.len == 0))
    {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    rc = hr_store_run(conn, &changed,
        "UPDATE users SET"
        " role = CASE WHEN ?2 THEN ?3 ELSE role END,"
        " is_active = CASE WHEN ?4 THEN ?5 ELSE is_active END,"
        " password_hash = CASE WHEN ?6 THEN ?7 ELSE password_hash END,"
        " full_name = CASE WHEN ?8 THEN ?9 ELSE full_name END"
        " WHERE id = ?1", "iiciiitit", id,
        (int64_t) (f & HR_STORE_USER_ROLE), hr_store_role_name(change->role),
        (int64_t) (f & HR_STORE_USER_ACTIVE), (int64_t) change->active,
        (int64_t) (f & HR_STORE_USER_PASSWORD), change->password_hash,
        (int64_t) (f & HR_STORE_USER_NAME), change->full_name);

    if (rc != HR_OK) {
        return rc;
    }

    if (changed == 0) {
        return hr_store_refuse(conn, HR_NOT_FOUND, HR_STORE_E_NO_USER);
    }

    out = (f & HR_STORE_USER_ACTIVE) && !change->active;

    if (out || ((f & HR_STORE_USER_ROLE)
                && change->role != HR_STORE_ROLE_ADMIN))
    {
        /* looked at after the change: the caller's savepoint takes it back */
        rc = hr_store_admin_count(conn, &admins);
        if (rc != HR_OK) {
            return rc;
        }

        if (admins == 0) {
            return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_LAST_ADMIN);
        }
    }

    if (out || (f & HR_STORE_USER_PASSWORD)) {
        return hr_store_sessions_end_user(conn, id,
                                          out ? HR_STR_NULL : keep_sid, ended);
    }

    return HR_OK;
}
