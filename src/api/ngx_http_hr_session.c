#include "ngx_http_hr_session.h"
#include "ngx_http_hr_api.h"


/*
 * From a verified token to a user: the session row (or, for tokens of the old
 * service, any live session of the user), then the session cache.
 */

typedef struct {
    hr_str_t                       token;
    hr_str_t                       sid;
    int64_t                        user_id;
    time_t                         exp;
    bool                           remember;
    bool                           legacy;
    ngx_http_hr_session_epochs_t   epochs;

    hr_store_user_t                user;
    hr_store_session_t             session;
    hr_buf_t                       me;
} ngx_http_hr_load_t;


static ngx_int_t ngx_http_hr_session_load(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, const hr_jwt_claims_t *claims);


void
ngx_http_hr_session_init(void)
{
    ngx_http_hr_guard_set_loader(ngx_http_hr_session_load);
}


void
ngx_http_hr_write_user(hr_jw_t *w, const hr_answer_ctx_t *answer,
    const hr_store_user_t *user, bool with_role)
{
    hr_jw_object(w);
    hr_jw_kint(w, "id", user->id);
    hr_jw_kstr(w, "username", user->username);
    hr_jw_kstr(w, "full_name", user->full_name);
    hr_jw_kbool(w, "is_active", user->active);

    hr_jw_key(w, "created_at");
    if (user->created_at == HR_STORE_NO_TIME) {
        hr_jw_null(w);
    } else {
        hr_envelope_time(w, answer, user->created_at);
    }

    hr_jw_key(w, "last_login");
    if (user->last_login == HR_STORE_NO_TIME) {
        hr_jw_null(w);
    } else {
        hr_envelope_time(w, answer, user->last_login);
    }

    if (with_role) {
        hr_jw_kc(w, "role", hr_store_role_name(user->role));
    }

    hr_jw_end_object(w);
}


ngx_http_hr_role_t
ngx_http_hr_role_of(hr_store_role_t role)
{
    switch (role) {
    case HR_STORE_ROLE_ADMIN:
        return NGX_HTTP_HR_ROLE_ADMIN;
    case HR_STORE_ROLE_HEAD:
        return NGX_HTTP_HR_ROLE_HEAD;
    case HR_STORE_ROLE_VIEWER:
        return NGX_HTTP_HR_ROLE_VIEWER;
    default:
        return NGX_HTTP_HR_ROLE_HR;
    }
}


ngx_int_t
ngx_http_hr_fill_user(ngx_http_hr_user_t *out, const hr_store_user_t *user)
{
    if (user->username.len > NGX_HTTP_HR_NAME_MAX) {
        return NGX_ERROR;
    }

    out->id = user->id;
    out->role = ngx_http_hr_role_of(user->role);
    out->username_len = (u_short) user->username.len;
    ngx_memcpy(out->username, user->username.data, user->username.len);
    out->full_name_len = (u_short) ngx_min(user->full_name.len,
                                           NGX_HTTP_HR_NAME_MAX);
    ngx_memcpy(out->full_name, user->full_name.data, out->full_name_len);

    return NGX_OK;
}


static hr_rc_t
ngx_http_hr_session_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t              jw;
    hr_rc_t              rc;
    ngx_http_hr_load_t  *load = w->in;

    if (load->sid.len) {
        rc = hr_store_session_live(conn, w->arena, load->sid, w->now,
                                   &load->session, &load->user);
    } else if (load->legacy) {
        rc = hr_store_session_legacy(conn, w->arena, load->user_id, w->now,
                                     &load->user);
    } else {
        rc = HR_NOT_FOUND;
    }

    /* never grant on a failed query (D-22, B-16) */
    if (rc != HR_OK) {
        w->error = rc == HR_NOT_FOUND ? HR_E_TOKEN : HR_E_NONE;
        return rc;
    }

    /* the row must belong to whom the token was made for */
    if (!load->user.active || load->user.id != load->user_id) {
        return ngx_http_hr_work_error(w, HR_E_TOKEN, HR_NOT_FOUND);
    }

    hr_buf_init(&load->me, NGX_HTTP_HR_ME_MAX + 1);
    hr_jw_init(&jw, &load->me);
    ngx_http_hr_write_user(&jw, &w->answer, &load->user, true);

    return HR_OK;
}


static ngx_int_t
ngx_http_hr_session_loaded(ngx_http_hr_work_t *w)
{
    hr_error_kind_t       error;
    ngx_connection_t     *c;
    ngx_http_hr_load_t   *load = w->in;
    ngx_http_request_t   *r = w->r;
    ngx_http_hr_ctx_t    *ctx = w->ctx;
    ngx_http_hr_user_t   *user;

    if (r == NULL) {
        hr_buf_release(&load->me);
        return NGX_DONE;
    }

    error = HR_E_NONE;

    if (w->rc != HR_OK) {
        error = w->error != HR_E_NONE ? w->error : HR_E_DB_BUSY;

        if (w->error == HR_E_NONE) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "hr: request id %s: session query failed: %s",
                          w->answer.request_id, w->op.text);
        }

    } else {
        user = &ctx->user;
        ngx_memzero(user, sizeof(ngx_http_hr_user_t));

        if (ngx_http_hr_fill_user(user, &load->user) != NGX_OK) {
            error = HR_E_TOKEN;

        } else {
            user->expires = load->exp;
            user->remember = load->remember;

            if (load->sid.len && load->sid.len < sizeof(user->sid)) {
                ngx_memcpy(user->sid, load->sid.data, load->sid.len);
                user->expires = ngx_min(user->expires, (time_t)
                                    (load->session.expires_at / 1000000));

            } else {
                /* the old rule depends on rows that anybody may change */
                user->expires = ngx_min(user->expires, ngx_time() + 5);
            }

            ngx_http_hr_session_put(&ctx->token, user, (u_char *) load->me.data,
                                    load->me.err == HR_OK ? load->me.len : 0,
                                    &load->epochs);
        }
    }

    hr_buf_release(&load->me);

    /* the request goes on with its next step: it is no longer this work's */
    w->cleanup->handler = NULL;
    w->cleanup = NULL;
    w->r = NULL;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);
    ngx_http_hr_guard_loaded(r, ctx, error);
    ngx_http_run_posted_requests(c);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_hr_session_load(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const hr_jwt_claims_t *claims)
{
    ngx_int_t            rc;
    ngx_http_hr_load_t  *load;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_load_t), 256 * 1024);
    if (w == NULL) {
        return NGX_BUSY;
    }

    load = w->in;
    load->sid = ngx_http_hr_work_str(w, claims->sid);
    load->user_id = claims->user_id;
    load->exp = (time_t) claims->exp;
    load->remember = claims->remember;
    load->legacy = ctx->conf->legacy_tokens;
    ngx_http_hr_session_epochs(&load->epochs);

    rc = ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                ngx_http_hr_session_query,
                                ngx_http_hr_session_loaded);

    /* a refused work has answered already */
    return rc == NGX_OK ? NGX_ABORT : rc;
}
