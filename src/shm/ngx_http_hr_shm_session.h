/*
 * Session cache: verified token -> user, so that a warm request costs neither
 * an HMAC nor SQL (design.md 4).
 *
 * A fixed table of sets with four entries each.  Readers take no lock: every
 * entry has a sequence number that is odd while it is written; a reader copies
 * what it needs and believes it only when the number did not move.  Writers
 * hold the zone's mutex.  A writer that died leaves one odd entry, which the
 * next writer of that set overwrites.
 *
 * An entry ends by time, by the user's epoch slot (logout, deactivation,
 * password or role change: at once in every worker) and by the epoch of
 * foreign writes.
 */

#ifndef NGX_HTTP_HR_SHM_SESSION_H
#define NGX_HTTP_HR_SHM_SESSION_H

#include "ngx_http_hr_shm_state.h"

#define NGX_HTTP_HR_TOKEN_MAX      1280     /* longer tokens are never cached */
#define NGX_HTTP_HR_NAME_MAX       256
#define NGX_HTTP_HR_ME_MAX         1024

typedef enum {
    NGX_HTTP_HR_ROLE_NONE = 0,
    NGX_HTTP_HR_ROLE_VIEWER,
    NGX_HTTP_HR_ROLE_HR,
    NGX_HTTP_HR_ROLE_HEAD,
    NGX_HTTP_HR_ROLE_ADMIN
} ngx_http_hr_role_t;

/* What a request knows about who sent it.  Texts are not NUL-terminated. */
typedef struct {
    int64_t                 id;
    ngx_http_hr_role_t      role;
    time_t                  expires;        /* wall clock: of token and session */
    unsigned                remember:1;
    u_char                  sid[37];        /* empty: token of the old service */
    u_short                 username_len;
    u_short                 full_name_len;
    u_char                  username[NGX_HTTP_HR_NAME_MAX];
    u_char                  full_name[NGX_HTTP_HR_NAME_MAX];
} ngx_http_hr_user_t;

/* size: bytes of the zone, at least ngx_http_hr_session_min_size(). */
ngx_http_hr_shm_t *ngx_http_hr_session_add(ngx_conf_t *cf, size_t size, void *tag);
size_t ngx_http_hr_session_min_size(void);
void ngx_http_hr_session_attach(ngx_http_hr_shm_t *shm);

/* The epochs to capture BEFORE the session is read from the database. */
typedef struct {
    ngx_atomic_uint_t   all;
    ngx_atomic_uint_t   sessions;
    ngx_atomic_uint_t   users;
} ngx_http_hr_session_epochs_t;

void ngx_http_hr_session_epochs(ngx_http_hr_session_epochs_t *epochs);

/*
 * NGX_OK: *user is filled, and me (the ready body of /api/auth/me, at most
 * NGX_HTTP_HR_ME_MAX bytes) when me is not NULL.  NGX_DECLINED: not cached.
 */
ngx_int_t ngx_http_hr_session_get(const ngx_str_t *token,
    ngx_http_hr_user_t *user, u_char *me, size_t *me_len);

/* Stores; too long texts are not cached.  me may be empty. */
void ngx_http_hr_session_put(const ngx_str_t *token,
    const ngx_http_hr_user_t *user, const u_char *me, size_t me_len,
    const ngx_http_hr_session_epochs_t *epochs);

/* Ends every cached session of the user in all workers. */
void ngx_http_hr_session_drop_user(int64_t user_id);

/* For requests that last: what was known of the user's sessions when one began. */
typedef struct {
    ngx_uint_t          slot;
    ngx_atomic_uint_t   epoch;
    time_t              expires;
} ngx_http_hr_session_watch_t;

void ngx_http_hr_session_watch(ngx_http_hr_session_watch_t *watch,
    const ngx_http_hr_user_t *user);
/*
 * The session has ended or may have: by time, by logout, deactivation, password,
 * role, or a new login of the user.  Whether it has, the next request learns.
 */
ngx_int_t ngx_http_hr_session_moved(const ngx_http_hr_session_watch_t *watch);

#endif /* NGX_HTTP_HR_SHM_SESSION_H */
