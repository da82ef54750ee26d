/*
 * One status for many profiles: archive, restore, any status.  One transaction
 * for all of them and a line in the trail for each that changed; what cannot
 * be changed is told and keeps nobody else from it.
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_ids.h"
#include "ngx_http_hr_profile.h"


#define NGX_HTTP_HR_BULK_BODY  (128 * 1024)

typedef struct {
    const char               *route;        /* name of the operation */
    const char               *action;       /* in the trail */
    hr_rc_t                 (*change)(hr_store_conn_t *conn, hr_str_t id,
                                      hr_instant_t now, hr_store_status_t *status);
} ngx_http_hr_bulk_kind_t;

typedef struct {
    const ngx_http_hr_bulk_kind_t  *kind;
    hr_str_t                       *ids;
    hr_rc_t                        *results;
    size_t                          count;
    hr_store_status_t               status; /* of bulk-status */
    hr_store_status_t              *states; /* of each, as it is after the call */
} ngx_http_hr_bulk_t;


static const ngx_http_hr_bulk_kind_t  ngx_http_hr_bulk_kinds[] = {
    { "bulk_archive", "profile.archive", hr_store_profile_archive },
    { "bulk_restore", "profile.restore", hr_store_profile_restore },
    { "bulk_status", "profile.update", NULL },
};


/* One conditional update for each, or the store's own loop. */
static hr_rc_t
ngx_http_hr_bulk_change(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t               i;
    hr_rc_t              rc;
    int64_t              changed;
    ngx_http_hr_bulk_t  *in = w->in;

    if (in->kind->change == NULL) {
        for (i = 0; i < in->count; i++) {
            in->states[i] = in->status;
        }

        return hr_store_profiles_set_status(conn, in->ids, in->count, in->status,
                                            w->now, in->results, &changed);
    }

    for (i = 0; i < in->count; i++) {
        rc = in->kind->change(conn, in->ids[i], w->now, &in->states[i]);
        in->results[i] = rc;

        if (rc != HR_OK && rc != HR_CONFLICT && rc != HR_NOT_FOUND) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_bulk_trail(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t               i;
    hr_rc_t              rc;
    hr_str_t             detail;
    ngx_http_hr_bulk_t  *in = w->in;

    for (i = 0; i < in->count; i++) {

        if (in->results[i] != HR_OK) {
            continue;
        }

        detail = hr_arena_printf(w->arena, "{\"bulk\":true,\"status\":\"%s\"}",
                                 hr_store_status_name(in->states[i]));
        rc = ngx_http_hr_audit(w, conn, in->kind->action, "profile", in->ids[i],
                               detail);
        if (rc != HR_OK) {
            return rc;
        }

        ngx_http_hr_work_touch_profile(w, in->ids[i]);
    }

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_bulk_answer(ngx_http_hr_work_t *w, const size_t *n)
{
    size_t               i;
    hr_jw_t              jw;
    const char          *result;
    ngx_http_hr_bulk_t  *in = w->in;

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kbool(&jw, "success", true);
    hr_jw_kstr(&jw, "message",
               hr_arena_printf(w->arena, w->answer.lang == HR_LANG_RU
                                         ? "Изменено профилей: %zu из %zu"
                                         : "Profiles changed: %zu of %zu",
                               n[0], in->count));
    hr_jw_kint(&jw, "total", (int64_t) in->count);
    hr_jw_kint(&jw, "changed", (int64_t) n[0]);
    hr_jw_kint(&jw, "unchanged", (int64_t) n[1]);
    hr_jw_kint(&jw, "not_found", (int64_t) n[2]);
    hr_jw_key(&jw, "results");
    hr_jw_array(&jw);

    for (i = 0; i < in->count; i++) {
        result = in->results[i] == HR_OK ? "changed"
                 : in->results[i] == HR_CONFLICT ? "unchanged" : "not_found";

        hr_jw_object(&jw);
        hr_jw_kstr(&jw, "profile_id", in->ids[i]);
        hr_jw_kc(&jw, "result", result);
        hr_jw_kc(&jw, "status", in->results[i] == HR_NOT_FOUND
                                ? NULL : hr_store_status_name(in->states[i]));
        hr_jw_end_object(&jw);
    }

    hr_jw_end_array(&jw);
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_bulk_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t               i, n[3];
    hr_rc_t              rc;
    ngx_http_hr_bulk_t  *in = w->in;

    rc = ngx_http_hr_bulk_change(w, conn);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_memzero(n, sizeof(n));

    for (i = 0; i < in->count; i++) {
        n[in->results[i] == HR_OK ? 0 : in->results[i] == HR_CONFLICT ? 1 : 2]++;
    }

    if (n[2] == in->count) {
        return ngx_http_hr_ids_not_found(w, in->ids, in->count);
    }

    rc = ngx_http_hr_bulk_trail(w, conn);

    return rc == HR_OK ? ngx_http_hr_bulk_answer(w, n) : rc;
}


/* ---- request ---- */

typedef struct {
    ngx_http_hr_in_node_t    ids;
    ngx_http_hr_in_str_t     status;
} ngx_http_hr_bulk_body_t;


/* Ids and, for bulk-status, the status; NGX_DECLINED: answered. */
static ngx_int_t
ngx_http_hr_bulk_body(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t with_status, ngx_http_hr_bulk_body_t *body,
    hr_store_status_t *status, ngx_int_t *rc)
{
    const ngx_http_hr_in_row_t  rows[] = {
        { "profile_ids", NGX_HTTP_HR_IN_STRINGS, NGX_HTTP_HR_IN_REQUIRED, 1,
          (int64_t) ctx->conf->bulk_max, offsetof(ngx_http_hr_bulk_body_t, ids) },
        { with_status ? "status" : NULL, NGX_HTTP_HR_IN_STR,
          NGX_HTTP_HR_IN_REQUIRED, 0, 0,
          offsetof(ngx_http_hr_bulk_body_t, status) },
        NGX_HTTP_HR_IN_END
    };

    ngx_http_hr_problems_t  p;

    ngx_http_hr_problems_init(&p, ctx);

    if (ngx_http_hr_read_body(r, ctx, rows, body, &p) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    ngx_http_hr_ids_check(&p, body->ids.set ? body->ids.v : NULL);

    if (body->status.set
        && ngx_http_hr_status_word(body->status.v, status)
           != NGX_HTTP_HR_STATUS_ONE)
    {
        ngx_http_hr_problem_text(&p, "body.status",
                                 "Value error, status must be one of: completed, "
                                 "failed, processing, archived",
                                 "value_error", body->status.v);
    }

    return ngx_http_hr_problems_end(r, ctx, &p, rc);
}


static ngx_int_t
ngx_http_hr_bulk(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                       rc;
    hr_store_status_t               status;
    ngx_http_hr_bulk_t             *in;
    ngx_http_hr_work_t             *w;
    ngx_http_hr_bulk_body_t         body;
    const ngx_http_hr_bulk_kind_t  *kind;

    for (kind = ngx_http_hr_bulk_kinds;
         ngx_strcmp(kind->route, ctx->route->name) != 0; kind++)
    {
        /* void */
    }

    ngx_memzero(&body, sizeof(body));
    status = HR_STORE_COMPLETED;

    if (ngx_http_hr_bulk_body(r, ctx, kind->change == NULL, &body, &status, &rc)
        != NGX_OK)
    {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_bulk_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->kind = kind;
    in->status = status;
    rc = ngx_http_hr_ids_copy(w, body.ids.v, &in->ids, &in->count);

    if (rc == NGX_OK) {
        in->results = hr_arena_calloc(w->arena, in->count * sizeof(hr_rc_t));
        in->states = hr_arena_calloc(w->arena,
                                     in->count * sizeof(hr_store_status_t));
    }

    if (in->results == NULL || in->states == NULL) {
        ngx_http_hr_work_free(w);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE, ngx_http_hr_bulk_run,
                                  NULL);
}


/* a status says more than the archive: who sets many answers for the unit */
#define NGX_HTTP_HR_BULK(path, role, name)                                    \
    { "/api/profiles/" path, NGX_HTTP_POST, role,                             \
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, NGX_HTTP_HR_BULK_BODY,      \
      ngx_http_hr_bulk, name }

const ngx_http_hr_route_t  ngx_http_hr_bulk_routes[] = {
    NGX_HTTP_HR_BULK("bulk-archive", NGX_HTTP_HR_HR, "bulk_archive"),
    NGX_HTTP_HR_BULK("bulk-restore", NGX_HTTP_HR_HR, "bulk_restore"),
    NGX_HTTP_HR_BULK("bulk-status", NGX_HTTP_HR_HEAD, "bulk_status"),
    NGX_HTTP_HR_ROUTES_END
};
