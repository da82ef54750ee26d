#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_session.h"
#include "ngx_http_hr_throttle.h"

#include "hr_password.h"
#include "hr_text.h"


#define NGX_HTTP_HR_REMEMBER_FACTOR   7         /* api-core.md 1.12 */
#define NGX_HTTP_HR_COOKIE            "hr_download"
#define NGX_HTTP_HR_LOGIN_TRIES       3


/* ---- login ---- */

typedef struct {
    ngx_http_hr_in_str_t     username;
    ngx_http_hr_in_str_t     password;
    ngx_http_hr_in_bool_t    remember_me;
} ngx_http_hr_login_in_t;

typedef struct {
    hr_str_t                 username;
    hr_str_t                 password;
    bool                     remember;
    bool                     tls;
    bool                     refresh;
    hr_str_t                 user_agent;

    hr_store_user_t          user;
    bool                     known;         /* exists and is active */
    bool                     rehash;
    char                     new_hash[HR_PASSWORD_HASH + 1];
    char                     sid[37];
    time_t                   lifetime;
    hr_str_t                 token;

    ngx_http_hr_throttle_t   throttle;
    ngx_uint_t               tries;
    ngx_http_hr_work_t      *work;
    ngx_queue_t              turn;          /* of the passwords of its account */
} ngx_http_hr_login_t;


static hr_rc_t ngx_http_hr_login_find(ngx_http_hr_work_t *w,
    hr_store_conn_t *conn);
static hr_rc_t ngx_http_hr_login_check(ngx_http_hr_work_t *w,
    hr_store_conn_t *conn);
static hr_rc_t ngx_http_hr_login_store(ngx_http_hr_work_t *w,
    hr_store_conn_t *conn);
static ngx_int_t ngx_http_hr_login_checked(ngx_http_hr_work_t *w);
static ngx_int_t ngx_http_hr_login_found(ngx_http_hr_work_t *w);
static ngx_int_t ngx_http_hr_login_stored(ngx_http_hr_work_t *w);


/* Logins of this worker whose password is being checked, or waits for that. */
static ngx_queue_t  ngx_http_hr_login_turns =
                        { &ngx_http_hr_login_turns, &ngx_http_hr_login_turns };


static ngx_int_t
ngx_http_hr_login(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "username", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_REQUIRED, 1, 50,
          offsetof(ngx_http_hr_login_in_t, username) },
        { "password", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_REQUIRED, 1, 200,
          offsetof(ngx_http_hr_login_in_t, password) },
        { "remember_me", NGX_HTTP_HR_IN_BOOL, 0, 0, 0,
          offsetof(ngx_http_hr_login_in_t, remember_me) },
        NGX_HTTP_HR_IN_END
    };

    ngx_int_t                  rc;
    ngx_str_t                  agent;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_login_t       *in;
    ngx_http_hr_login_in_t     body;
    ngx_http_hr_throttle_t     throttle;

    ngx_memzero(&body, sizeof(body));

    if (ngx_http_hr_read(r, ctx, NULL, rows, &body, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_login_t), 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->username = ngx_http_hr_work_str(w, body.username.v);
    in->password = ngx_http_hr_work_str(w, body.password.v);
    in->remember = body.remember_me.v;
    in->tls = ngx_http_hr_is_tls(r);
    agent = ngx_http_hr_request_header(r, "User-Agent");
    in->user_agent = hr_utf8_cut_bytes(ngx_http_hr_str(&agent), 512);
    in->user_agent = ngx_http_hr_work_str(w, in->user_agent);

    if (in->username.data == NULL || in->password.data == NULL) {
        ngx_http_hr_work_free(w);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_hr_throttle_init(&in->throttle, &ctx->conf->limits, w->address,
                              in->username);
    throttle = in->throttle;

    if (ngx_http_hr_throttle_take(&throttle) != NGX_OK) {
        ngx_http_hr_work_free(w);
        return ngx_http_hr_throttle_refuse(r, ctx);
    }

    rc = ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_login_find,
                                ngx_http_hr_login_found);

    if (rc != NGX_DONE) {
        ngx_http_hr_throttle_forgive(&throttle);
    }

    return rc;
}


static hr_rc_t
ngx_http_hr_login_find(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t               rc;
    ngx_http_hr_login_t  *in = w->in;

    in->known = false;
    rc = hr_store_user_by_name(conn, w->arena, in->username, &in->user);

    if (rc == HR_NOT_FOUND) {
        return HR_OK;               /* the same way on, with nothing to compare */
    }

    in->known = rc == HR_OK && in->user.active;

    return rc;
}


/* The first login of the account in the list; NULL: there is none. */
static ngx_http_hr_login_t *
ngx_http_hr_login_first(uint64_t account)
{
    ngx_queue_t          *q;
    ngx_http_hr_login_t  *in;

    for (q = ngx_queue_head(&ngx_http_hr_login_turns);
         q != ngx_queue_sentinel(&ngx_http_hr_login_turns);
         q = ngx_queue_next(q))
    {
        in = ngx_queue_data(q, ngx_http_hr_login_t, turn);

        if (in->throttle.key[2] == account) {
            return in;
        }
    }

    return NULL;
}


/*
 * One password of an account at a time: whoever guesses at one account holds up
 * that account's logins, and not everybody's, in the threads that hash.
 */
static void
ngx_http_hr_login_turn_end(ngx_http_hr_login_t *in)
{
    uint64_t                account = in->throttle.key[2];
    ngx_http_hr_throttle_t  throttle;

    ngx_queue_remove(&in->turn);

    while ((in = ngx_http_hr_login_first(account)) != NULL) {
        ngx_queue_remove(&in->turn);
        throttle = in->throttle;

        if (ngx_http_hr_work_resume(in->work, NGX_HTTP_HR_WORK_SLOW,
                                    ngx_http_hr_login_check,
                                    ngx_http_hr_login_checked)
            == NGX_OK)
        {
            ngx_queue_insert_head(&ngx_http_hr_login_turns, &in->turn);
            return;
        }

        ngx_http_hr_throttle_forgive(&throttle);
    }
}


static ngx_int_t
ngx_http_hr_login_found(ngx_http_hr_work_t *w)
{
    ngx_int_t             rc;
    ngx_http_hr_login_t  *in = w->in;

    rc = NGX_OK;

    if (w->rc == HR_OK) {
        rc = ngx_http_hr_login_first(in->throttle.key[2]) != NULL
             ? NGX_AGAIN
             : ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_SLOW,
                                     ngx_http_hr_login_check,
                                     ngx_http_hr_login_checked);
    }

    if (rc == NGX_AGAIN) {
        in->work = w;
        ngx_queue_insert_tail(&ngx_http_hr_login_turns, &in->turn);

    } else {
        ngx_http_hr_throttle_forgive(&in->throttle);
    }

    return rc;
}


/* Unknown, inactive and wrong cost the same (D-25). */
static hr_rc_t
ngx_http_hr_login_check(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                rc;
    ngx_http_hr_login_t   *in = w->in;
    hr_password_scheme_t   scheme;

    scheme.cost = (unsigned) w->conf->bcrypt_cost;
    scheme.legacy = w->conf->legacy_passwords;

    rc = hr_password_verify(&scheme, in->password,
                            in->known ? in->user.password_hash : HR_STR_NULL,
                            &in->rehash);

    if (rc == HR_OK && in->rehash) {
        rc = hr_password_hash(&scheme, in->password, in->new_hash);
    }

    if (rc != HR_OK) {
        ngx_explicit_memzero((char *) in->password.data, in->password.len);
    }

    if (rc == HR_INVALID) {
        return ngx_http_hr_work_error(w, HR_E_CREDENTIALS, HR_INVALID);
    }

    return rc == HR_OK ? hr_uuid_make(in->sid) : rc;
}


static ngx_int_t
ngx_http_hr_login_checked(ngx_http_hr_work_t *w)
{
    ngx_http_hr_login_t  *in = w->in;

    ngx_http_hr_login_turn_end(in);

    if (w->rc != HR_OK) {
        if (w->error == HR_E_CREDENTIALS) {
            ngx_http_hr_count(NGX_HTTP_HR_COUNT_LOGIN_FAILED, 1);
            ngx_http_hr_audit_later(w, "login", NULL, HR_STR_NULL,
                                    in->username, "denied");
        } else {
            ngx_http_hr_throttle_forgive(&in->throttle);
            w->error = HR_E_INTERNAL;
        }

        return NGX_OK;
    }

    ngx_http_hr_throttle_clear(&in->throttle);

    in->lifetime = w->conf->token_ttl
                   * (in->remember ? NGX_HTTP_HR_REMEMBER_FACTOR : 1);

    return ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE,
                                 ngx_http_hr_login_store,
                                 ngx_http_hr_login_stored);
}


/* Token for a session; its text is in the arena. */
static hr_rc_t
ngx_http_hr_login_token(ngx_http_hr_work_t *w, ngx_http_hr_login_t *in)
{
    hr_rc_t          rc;
    hr_buf_t         buf;
    hr_jwt_keys_t    keys;
    hr_jwt_claims_t  claims;

    ngx_memzero(&claims, sizeof(claims));
    claims.user_id = in->user.id;
    claims.username = in->user.username;
    claims.full_name = in->user.full_name;
    claims.iat = w->now / 1000000;
    claims.exp = claims.iat + in->lifetime;
    claims.sid = hr_str_from_c(in->sid);
    claims.remember = in->remember;

    keys.current = ngx_http_hr_str(&w->conf->secret);
    keys.previous = HR_STR_NULL;

    hr_buf_init(&buf, HR_JWT_MAX);
    rc = hr_jwt_sign(&keys, &claims, &buf);

    if (rc == HR_OK) {
        in->token = hr_arena_str(w->arena, hr_buf_view(&buf));
        rc = in->token.data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&buf);

    return rc;
}


/* The answer of login and refresh. */
static hr_rc_t
ngx_http_hr_login_body(ngx_http_hr_work_t *w, ngx_http_hr_login_t *in,
    hr_str_t message)
{
    hr_jw_t  jw;

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer, message);
    hr_jw_kstr(&jw, "access_token", in->token);
    hr_jw_kc(&jw, "token_type", "bearer");
    hr_jw_kint(&jw, "expires_in", in->lifetime);
    hr_jw_key(&jw, "user_info");
    ngx_http_hr_write_user(&jw, &w->answer, &in->user, true);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_login_store(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t               rc;
    hr_str_t              message;
    hr_store_session_t    session;
    ngx_http_hr_login_t  *in = w->in;

    ngx_memzero(&session, sizeof(session));
    session.id = hr_str_from_c(in->sid);
    session.user_id = in->user.id;
    session.expires_at = w->now + (hr_instant_t) in->lifetime * 1000000;
    session.remember = in->remember;
    session.user_agent = in->user_agent;
    session.ip_address = w->address;

    rc = hr_store_login(conn, &session, in->user.password_hash,
                        in->rehash ? hr_str_from_c(in->new_hash) : HR_STR_NULL,
                        w->now);
    if (rc != HR_OK) {
        return rc;
    }

    w->user.id = in->user.id;
    (void) ngx_http_hr_fill_user(&w->user, &in->user);

    rc = ngx_http_hr_audit(w, conn, "login", "session", session.id, HR_STR_NULL);
    if (rc != HR_OK) {
        return rc;
    }

    rc = ngx_http_hr_login_token(w, in);
    if (rc != HR_OK) {
        return ngx_http_hr_work_error(w, HR_E_INTERNAL, rc);
    }

    message = hr_arena_printf(w->arena, w->answer.lang == HR_LANG_RU
                                        ? "Добро пожаловать, %.*s!"
                                        : "Welcome, %.*s!",
                              (int) in->user.full_name.len,
                              in->user.full_name.data);

    return ngx_http_hr_login_body(w, in, message);
}


/* Design 7.8: for GET downloads in a new tab, and for nothing else. */
static ngx_int_t
ngx_http_hr_login_cookie(ngx_http_request_t *r, const ngx_http_hr_login_t *in)
{
    ngx_str_t  value;

    value.data = ngx_pnalloc(r->pool, in->token.len + 160);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, NGX_HTTP_HR_COOKIE "=%*s; Max-Age=%T; "
                            "Path=/api/profiles; HttpOnly; SameSite=Strict%s",
                            in->token.len, in->token.data, in->lifetime,
                            in->tls ? "; Secure" : "")
                - value.data;

    return ngx_http_hr_header(r, "Set-Cookie", value);
}


/*
 * The account changed while its password was checked (a new password, a login
 * that brought the hash to the new scheme, a deactivation): what was right for
 * the old hash opens nothing, the check begins again.
 */
static ngx_int_t
ngx_http_hr_login_stored(ngx_http_hr_work_t *w)
{
    ngx_http_hr_login_t  *in = w->in;

    if (w->rc == HR_NOT_FOUND) {

        if (++in->tries < NGX_HTTP_HR_LOGIN_TRIES) {
            return ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_READ,
                                         ngx_http_hr_login_find,
                                         ngx_http_hr_login_found);
        }

        w->error = HR_E_OVERLOAD;
    }

    ngx_explicit_memzero((char *) in->password.data, in->password.len);

    if (w->rc == HR_OK) {
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_LOGIN_OK, 1);

        /* /me shows the time of the last login */
        ngx_http_hr_session_drop_user(in->user.id);

        if (w->r != NULL) {
            return ngx_http_hr_login_cookie(w->r, in);
        }
    }

    return NGX_OK;
}


/* ---- refresh: the session lives on as long as its token (D-19, D-20) ---- */


static hr_rc_t
ngx_http_hr_refresh_store(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t               rc;
    hr_store_session_t    session;
    ngx_http_hr_login_t  *in = w->in;

    rc = hr_store_user_by_id(conn, w->arena, w->user.id, &in->user);

    if (rc == HR_NOT_FOUND || (rc == HR_OK && !in->user.active)) {
        return ngx_http_hr_work_error(w, HR_E_TOKEN, HR_NOT_FOUND);
    }

    if (rc != HR_OK) {
        return rc;
    }

    if (in->sid[0] != '\0') {
        rc = hr_store_session_extend(conn, hr_str_from_c(in->sid),
                                     w->now + (hr_instant_t) in->lifetime * 1000000,
                                     w->now);
        if (rc == HR_NOT_FOUND) {
            return ngx_http_hr_work_error(w, HR_E_TOKEN, HR_NOT_FOUND);
        }

    } else {
        /* a token of the old service becomes one with a session of its own */
        rc = hr_uuid_make(in->sid);

        if (rc == HR_OK) {
            ngx_memzero(&session, sizeof(session));
            session.id = hr_str_from_c(in->sid);
            session.user_id = in->user.id;
            session.expires_at = w->now + (hr_instant_t) in->lifetime * 1000000;
            session.user_agent = in->user_agent;
            session.ip_address = w->address;
            rc = hr_store_session_create(conn, &session, w->now);
        }
    }

    if (rc != HR_OK) {
        return rc;
    }

    rc = ngx_http_hr_login_token(w, in);
    if (rc != HR_OK) {
        return ngx_http_hr_work_error(w, HR_E_INTERNAL, rc);
    }

    return ngx_http_hr_login_body(w, in,
                                  ngx_http_hr_work_text(w, "Токен обновлён",
                                                        "Token renewed"));
}


static ngx_int_t
ngx_http_hr_refresh_stored(ngx_http_hr_work_t *w)
{
    if (w->rc == HR_OK && w->r != NULL) {
        return ngx_http_hr_login_cookie(w->r, w->in);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_refresh(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_str_t             agent;
    ngx_http_hr_work_t   *w;
    ngx_http_hr_login_t  *in;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_login_t), 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->remember = ctx->user.remember;
    in->tls = ngx_http_hr_is_tls(r);
    in->lifetime = ctx->conf->token_ttl
                   * (in->remember ? NGX_HTTP_HR_REMEMBER_FACTOR : 1);
    ngx_memcpy(in->sid, ctx->user.sid, sizeof(in->sid));
    agent = ngx_http_hr_request_header(r, "User-Agent");
    in->user_agent = ngx_http_hr_work_str(w,
                         hr_utf8_cut_bytes(ngx_http_hr_str(&agent), 512));

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_refresh_store,
                                  ngx_http_hr_refresh_stored);
}


/* ---- logout: all sessions of the user, in every worker at once ---- */


static hr_rc_t
ngx_http_hr_logout_store(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t   jw;
    hr_rc_t   rc;
    int64_t   ended;

    rc = hr_store_sessions_end_user(conn, w->user.id, HR_STR_NULL, &ended);

    if (rc == HR_OK) {
        rc = ngx_http_hr_audit(w, conn, "logout", NULL, HR_STR_NULL, HR_STR_NULL);
    }

    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
                      ngx_http_hr_work_text(w, "Вы вышли из системы",
                                            "You are logged out"));
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_logout_stored(ngx_http_hr_work_t *w)
{
    ngx_str_t  gone = ngx_string(NGX_HTTP_HR_COOKIE "=; Max-Age=0; "
                                 "Path=/api/profiles; HttpOnly; SameSite=Strict");

    if (w->rc == HR_OK) {
        ngx_http_hr_session_drop_user(w->user.id);

        if (w->r != NULL) {
            return ngx_http_hr_header(w->r, "Set-Cookie", gone);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_logout(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, 0, 256 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_logout_store,
                                  ngx_http_hr_logout_stored);
}


/* ---- me and validate: from the session cache ---- */


static hr_rc_t
ngx_http_hr_me_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t          jw;
    hr_rc_t          rc;
    hr_store_user_t  user;

    rc = hr_store_user_by_id(conn, w->arena, w->user.id, &user);

    if (rc != HR_OK) {
        w->error = rc == HR_NOT_FOUND ? HR_E_TOKEN : HR_E_NONE;
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    ngx_http_hr_write_user(&jw, &w->answer, &user, true);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_me(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    u_char                 me[NGX_HTTP_HR_ME_MAX];
    size_t                 len;
    ngx_http_hr_user_t     user;
    ngx_http_hr_work_t    *w;
    ngx_http_hr_answer_t   a;

    if (ngx_http_hr_session_get(&ctx->token, &user, me, &len) == NGX_OK && len) {
        ngx_http_hr_answer_init(&a, NGX_HTTP_HR_ME_MAX + 1);
        (void) hr_buf_append(&a.body, (char *) me, len);
        return ngx_http_hr_answer(r, ctx, &a);
    }

    w = ngx_http_hr_work_create(r, ctx, 0, 256 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_me_query,
                                  NULL);
}


static ngx_int_t
ngx_http_hr_validate(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    hr_jw_t                w;
    hr_str_t               message;
    hr_arena_t            *arena;
    ngx_http_hr_answer_t   a;

    arena = ngx_http_hr_arena(r, ctx);
    if (arena == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    message = hr_arena_printf(arena, ctx->answer.lang == HR_LANG_RU
                                     ? "Токен пользователя %.*s действителен"
                                     : "The token of user %.*s is valid",
                              (int) ctx->user.username_len, ctx->user.username);

    ngx_http_hr_answer_init(&a, 4096);
    hr_jw_init(&w, &a.body);
    hr_envelope_begin(&w, &ctx->answer, message);
    hr_envelope_end(&w);

    return ngx_http_hr_answer(r, ctx, &a);
}


const ngx_http_hr_route_t  ngx_http_hr_auth_routes[] = {

    { "/api/auth/login", NGX_HTTP_POST, NGX_HTTP_HR_PUBLIC,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_SECRET_BODY|NGX_HTTP_HR_NO_STORE,
      64 * 1024, ngx_http_hr_login, "login" },

    { "/api/auth/logout", NGX_HTTP_POST, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_logout, "logout" },

    { "/api/auth/refresh", NGX_HTTP_POST, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_refresh, "refresh_token" },

    { "/api/auth/me", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_me, "get_current_user_info" },

    { "/api/auth/validate", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_validate, "validate_token" },

    NGX_HTTP_HR_ROUTES_END
};
