#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"


/* The own sessions (additive): everybody sees and ends them. */

#define NGX_HTTP_HR_SESSIONS_LIMIT  100

typedef struct {
    hr_str_t   sid;
} ngx_http_hr_account_t;


static hr_rc_t
ngx_http_hr_account_sessions_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                     i;
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_store_sessions_t        list;
    const hr_store_session_t  *s;

    rc = hr_store_sessions_of_user(conn, w->arena, w->user.id, w->now,
                                   NGX_HTTP_HR_SESSIONS_LIMIT, &list);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer, HR_STR_NULL);
    hr_jw_object(&jw);
    hr_jw_key(&jw, "sessions");
    hr_jw_array(&jw);

    for (i = 0; i < list.count; i++) {
        s = &list.items[i];
        hr_jw_object(&jw);
        hr_jw_kstr(&jw, "id", s->id);
        hr_jw_key(&jw, "created_at");
        if (s->created_at == HR_STORE_NO_TIME) {
            hr_jw_null(&jw);
        } else {
            hr_envelope_time(&jw, &w->answer, s->created_at);
        }
        hr_jw_key(&jw, "expires_at");
        if (s->expires_at == HR_STORE_NO_TIME) {
            hr_jw_null(&jw);
        } else {
            hr_envelope_time(&jw, &w->answer, s->expires_at);
        }
        hr_jw_kstr(&jw, "user_agent", s->user_agent);
        hr_jw_kstr(&jw, "ip_address", s->ip_address);
        hr_jw_kbool(&jw, "current",
                    hr_str_eq(s->id, hr_str_from_c((char *) w->user.sid)));
        hr_jw_end_object(&jw);
    }

    hr_jw_end_array(&jw);
    hr_jw_kint(&jw, "total_count", (int64_t) list.count);
    hr_jw_end_object(&jw);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_account_sessions(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, 0, 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_account_sessions_run, NULL);
}


static hr_rc_t
ngx_http_hr_account_end_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                  i;
    hr_jw_t                 jw;
    hr_rc_t                 rc;
    hr_store_sessions_t     list;
    ngx_http_hr_account_t  *in = w->in;

    /* only the own ones: others are not told apart from unknown ones */
    rc = hr_store_sessions_of_user(conn, w->arena, w->user.id, w->now,
                                   NGX_HTTP_HR_SESSIONS_LIMIT, &list);
    if (rc != HR_OK) {
        return rc;
    }

    for (i = 0; i < list.count && !hr_str_eq(list.items[i].id, in->sid); i++) {
        /* void */
    }

    if (i == list.count) {
        return ngx_http_hr_work_not_found(w, "session", in->sid);
    }

    rc = hr_store_session_end(conn, in->sid);

    if (rc == HR_OK) {
        rc = ngx_http_hr_audit(w, conn, "session.end", "session", in->sid,
                               HR_STR_NULL);
    }

    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
                      ngx_http_hr_work_text(w, "Сеанс завершён", "Session ended"));
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_account_ended(ngx_http_hr_work_t *w)
{
    if (w->rc == HR_OK) {
        ngx_http_hr_session_drop_user(w->user.id);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_account_end_session(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_account_t), 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ((ngx_http_hr_account_t *) w->in)->sid =
        ngx_http_hr_work_str(w, ngx_http_hr_str(&ctx->params[0]));

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_account_end_run,
                                  ngx_http_hr_account_ended);
}


const ngx_http_hr_route_t  ngx_http_hr_account_routes[] = {

    { "/api/auth/sessions", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_account_sessions, "list_own_sessions" },

    { "/api/auth/sessions/{session_id}", NGX_HTTP_DELETE, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_account_end_session,
      "end_own_session" },

    NGX_HTTP_HR_ROUTES_END
};
