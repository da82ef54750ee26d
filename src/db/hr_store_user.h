/* Accounts and sessions (database.md 3.1, 3.2, 7.1; api-core.md 1.12). */

#ifndef HR_STORE_USER_H
#define HR_STORE_USER_H

#ifndef HR_STORE_H
#error "include hr_store.h"
#endif


typedef struct {
    int64_t           id;
    hr_str_t          username;
    hr_str_t          full_name;
    hr_str_t          password_hash;
    hr_store_role_t   role;             /* NULL or unknown: HR */
    bool              active;
    hr_instant_t      created_at;       /* may be HR_STORE_NO_TIME */
    hr_instant_t      last_login;
} hr_store_user_t;

typedef struct {
    hr_store_user_t  *items;
    size_t            count;
    int64_t           total;
} hr_store_users_t;

/* Inactive users are returned too; the caller looks at active. */
hr_rc_t hr_store_user_by_name(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t username, hr_store_user_t *user);
hr_rc_t hr_store_user_by_id(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t id, hr_store_user_t *user);
/* By id; limit 1..1000. */
hr_rc_t hr_store_users_list(hr_store_conn_t *conn, hr_arena_t *arena,
    size_t offset, size_t limit, hr_store_users_t *list);
/* Active administrators. */
hr_rc_t hr_store_admin_count(hr_store_conn_t *conn, int64_t *count);

/* -- write -- */

/* HR_CONFLICT / NAME_TAKEN; HR_INVALID for an empty name, hash or full name. */
hr_rc_t hr_store_user_create(hr_store_conn_t *conn, const hr_store_seed_t *user,
    hr_instant_t now, int64_t *id);

#define HR_STORE_USER_ROLE      1u
#define HR_STORE_USER_ACTIVE    2u
#define HR_STORE_USER_PASSWORD  4u
#define HR_STORE_USER_NAME      8u

typedef struct {
    unsigned          fields;           /* HR_STORE_USER_*, at least one */
    hr_store_role_t   role;
    bool              active;
    hr_str_t          password_hash;
    hr_str_t          full_name;
} hr_store_user_change_t;

/*
 * HR_CONFLICT / LAST_ADMIN when nobody active would be left with the role.
 * Deactivation and a new password also end all sessions of the user, except
 * keep_sid (may be absent); *ended may be NULL.
 */
hr_rc_t hr_store_user_update(hr_store_conn_t *conn, int64_t id,
    const hr_store_user_change_t *change, hr_str_t keep_sid, int64_t *ended);


typedef struct {
    hr_str_t          id;               /* UUID, the claim "sid" */
    int64_t           user_id;
    hr_instant_t      created_at;
    hr_instant_t      expires_at;
    hr_instant_t      last_seen;        /* HR_STORE_NO_TIME: never noted */
    bool              active;
    bool              remember;
    hr_str_t          user_agent;       /* cut to 512 bytes when written */
    hr_str_t          ip_address;
} hr_store_session_t;

typedef struct {
    hr_store_session_t  *items;
    size_t               count;
} hr_store_sessions_t;

/*
 * The session when it is active, not expired at now, and its user exists and
 * is active; otherwise HR_NOT_FOUND / NO_SESSION.  session may be NULL.
 */
hr_rc_t hr_store_session_live(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t sid, hr_instant_t now, hr_store_session_t *session,
    hr_store_user_t *user);
/* The old rule for tokens without sid: any live session of the user will do. */
hr_rc_t hr_store_session_legacy(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t user_id, hr_instant_t now, hr_store_user_t *user);
/* Live sessions of a user, newest first; limit 1..1000. */
hr_rc_t hr_store_sessions_of_user(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t user_id, hr_instant_t now, size_t limit, hr_store_sessions_t *list);

/* -- write -- */

/*
 * A login in one step: the session row, users.last_login, and the password
 * hash when new_hash is given (migration of the old scheme).  Uses id,
 * user_id, expires_at, remember, user_agent and ip_address of the session.
 * checked is the hash that the password was compared with: HR_NOT_FOUND when the
 * account has another one by now, is switched off, or gone.
 */
hr_rc_t hr_store_login(hr_store_conn_t *conn, const hr_store_session_t *session,
    hr_str_t checked, hr_str_t new_hash, hr_instant_t now);
/* The session row alone (a token of the old service gets one of its own). */
hr_rc_t hr_store_session_create(hr_store_conn_t *conn,
    const hr_store_session_t *session, hr_instant_t now);
/* Refresh (D-20): moves the expiry of a live session. */
hr_rc_t hr_store_session_extend(hr_store_conn_t *conn, hr_str_t sid,
    hr_instant_t expires_at, hr_instant_t now);
hr_rc_t hr_store_session_touch(hr_store_conn_t *conn, hr_str_t sid,
    hr_instant_t now);
/* HR_NOT_FOUND when it was not active. */
hr_rc_t hr_store_session_end(hr_store_conn_t *conn, hr_str_t sid);
/* Logout: all sessions of the user but keep_sid (may be absent). */
hr_rc_t hr_store_sessions_end_user(hr_store_conn_t *conn, int64_t user_id,
    hr_str_t keep_sid, int64_t *ended);
/* Deletes rows that expired before the instant, at most limit (D-23: 30 days). */
hr_rc_t hr_store_sessions_cleanup(hr_store_conn_t *conn, hr_instant_t before,
    size_t limit, int64_t *deleted);

#endif /* HR_STORE_USER_H */
