#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_org.h"

#include "hr_text.h"


/*
 * /api/catalog (api-core.md 2.3): departments by name and their positions.
 * Every answer comes from the snapshot alone, is rendered once per data
 * generation and then served from the response cache.
 */

#define NGX_HTTP_HR_NAME_LIMIT    300       /* D-08 */
#define NGX_HTTP_HR_QUERY_LIMIT   200

typedef enum {
    NGX_HTTP_HR_CATALOG_DEPARTMENTS = 0,
    NGX_HTTP_HR_CATALOG_DEPARTMENT,
    NGX_HTTP_HR_CATALOG_POSITIONS,
    NGX_HTTP_HR_CATALOG_SEARCH,
    NGX_HTTP_HR_CATALOG_SEARCH_POSITIONS,
    NGX_HTTP_HR_CATALOG_STATS
} ngx_http_hr_catalog_view_t;

typedef struct {
    ngx_http_hr_in_str_t         q;
    ngx_http_hr_in_str_t         department;
    ngx_http_hr_in_int_t         limit;
    ngx_http_hr_in_bool_t        force_refresh;
    ngx_http_hr_in_bool_t        ranked;
} ngx_http_hr_catalog_query_t;

typedef struct {
    ngx_http_hr_catalog_view_t   what;
    hr_str_t                     name;      /* of the path */
    hr_str_t                     q;
    hr_str_t                     filter;    /* {0, NULL}: none */
    hr_org_view_t                view;
    ngx_http_hr_look_t           look;      /* before the answer, when asked for */
} ngx_http_hr_catalog_t;


#define NGX_HTTP_HR_CATALOG_ROW(field, type, flags, min, max)                 \
    { #field, NGX_HTTP_HR_IN_##type, flags, min, max,                         \
      offsetof(ngx_http_hr_catalog_query_t, field) }

static const ngx_http_hr_in_row_t  ngx_http_hr_catalog_refresh_rows[] = {
    NGX_HTTP_HR_CATALOG_ROW(force_refresh, BOOL, 0, 0, 0),
    NGX_HTTP_HR_IN_END
};

static const ngx_http_hr_in_row_t  ngx_http_hr_catalog_search_rows[] = {
    NGX_HTTP_HR_CATALOG_ROW(q, STR, NGX_HTTP_HR_IN_REQUIRED, 1,
                            NGX_HTTP_HR_QUERY_LIMIT),
    NGX_HTTP_HR_CATALOG_ROW(department, STR, 0, 0, NGX_HTTP_HR_NAME_LIMIT),
    NGX_HTTP_HR_CATALOG_ROW(limit, INT, 0, 1, 1000),
    NGX_HTTP_HR_CATALOG_ROW(ranked, BOOL, 0, 0, 0),
    NGX_HTTP_HR_IN_END
};


/* "Found: 27" in the language of the request */
static hr_str_t
ngx_http_hr_catalog_message(ngx_http_hr_work_t *w, ngx_http_hr_catalog_t *in,
    size_t total)
{
    bool  ru = w->answer.lang == HR_LANG_RU;

    switch (in->what) {

    case NGX_HTTP_HR_CATALOG_DEPARTMENTS:
        return hr_arena_printf(w->arena, ru ? "Найдено подразделений: %zu"
                                            : "Departments found: %zu", total);

    case NGX_HTTP_HR_CATALOG_DEPARTMENT:
        return hr_arena_printf(w->arena, ru ? "Подразделение «%.*s»"
                                            : "Department \"%.*s\"",
                               (int) in->name.len, in->name.data);

    case NGX_HTTP_HR_CATALOG_STATS:
        return ngx_http_hr_work_text(w, "Статистика каталога",
                                     "Statistics of the catalogue");

    case NGX_HTTP_HR_CATALOG_SEARCH:
        return hr_arena_printf(w->arena, ru ? "По запросу найдено подразделений: %zu"
                                            : "Departments that match: %zu", total);

    default:
        return hr_arena_printf(w->arena, ru ? "Найдено должностей: %zu"
                                            : "Positions found: %zu", total);
    }
}


/* The value of "data"; *total is what the message counts. */
static hr_rc_t
ngx_http_hr_catalog_data(ngx_http_hr_work_t *w, ngx_http_hr_catalog_t *in,
    hr_jw_t *jw, size_t *total)
{
    hr_rc_t               rc;
    hr_org_info_t         info;
    const hr_org_t       *org = w->data.image;
    hr_org_department_t   department;

    switch (in->what) {

    case NGX_HTTP_HR_CATALOG_DEPARTMENTS:
        hr_org_info(org, &info);
        *total = info.names;
        return hr_org_write_departments(org, &in->view, jw);

    case NGX_HTTP_HR_CATALOG_DEPARTMENT:
        rc = hr_org_find_department(org, in->name, &department);
        if (rc != HR_OK) {
            return rc;
        }
        return hr_org_write_department(org, &department, &in->view, jw);

    case NGX_HTTP_HR_CATALOG_POSITIONS:
        rc = hr_org_find_department(org, in->name, &department);
        if (rc != HR_OK && rc != HR_NOT_FOUND) {
            return rc;
        }
        return hr_org_write_department_positions(org,
                                                 rc == HR_OK ? &department : NULL,
                                                 in->name, &in->view, jw, total);

    case NGX_HTTP_HR_CATALOG_SEARCH:
        return hr_org_write_search(org, in->q, &in->view, jw, total);

    case NGX_HTTP_HR_CATALOG_SEARCH_POSITIONS:
        return hr_org_write_search_positions(org, in->q, in->filter, &in->view,
                                             jw, total);

    default:
        return hr_org_write_catalog_stats(org, jw);
    }
}


static hr_rc_t
ngx_http_hr_catalog_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                  total;
    hr_jw_t                 jw, data;
    hr_rc_t                 rc;
    hr_buf_t                body;
    ngx_http_hr_catalog_t  *in = w->in;

    /* the message stands before the data that it counts */
    hr_buf_init(&body, NGX_HTTP_HR_WORK_ANSWER);
    hr_jw_init(&data, &body);
    total = 0;
    rc = ngx_http_hr_catalog_data(w, in, &data, &total);

    if (rc == HR_NOT_FOUND) {
        hr_buf_release(&body);
        w->message = hr_arena_printf(w->arena, w->answer.lang == HR_LANG_RU
                                     ? "Подразделение «%.*s» не найдено"
                                     : "Department \"%.*s\" was not found",
                                     (int) in->name.len, in->name.data);
        return ngx_http_hr_work_not_found(w, "department", in->name);
    }

    if (rc == HR_OK) {
        ngx_http_hr_work_json(w, &jw);
        hr_envelope_data(&jw, &w->answer,
                         ngx_http_hr_catalog_message(w, in, total));
        hr_jw_raw(&jw, hr_buf_view(&body));
        hr_envelope_end(&jw);
        rc = w->out.body.err;
    }

    hr_buf_release(&body);

    return rc == HR_OK ? HR_OK : ngx_http_hr_work_error(w, HR_E_INTERNAL, rc);
}


/* A file with an error is told by the log and /health; the answer is of the old data. */
static hr_rc_t
ngx_http_hr_catalog_look(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    (void) ngx_http_hr_data_look(&((ngx_http_hr_catalog_t *) w->in)->look);

    return HR_OK;
}


static ngx_int_t
ngx_http_hr_catalog_looked(ngx_http_hr_work_t *w)
{
    ngx_http_hr_catalog_t  *in = w->in;

    (void) ngx_http_hr_data_take(&in->look);
    ngx_http_hr_data_release(&w->data);

    if (w->r == NULL) {
        return NGX_DONE;
    }

    if (ngx_http_hr_work_hold_data(w) != NGX_OK) {
        w->error = HR_E_UNAVAILABLE;
        return NGX_OK;
    }

    in->view.last_updated = ngx_http_hr_org_loaded(w);

    return ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_CPU, ngx_http_hr_catalog_run,
                                 NULL);
}


static ngx_int_t
ngx_http_hr_catalog_start(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_catalog_view_t what, const ngx_http_hr_catalog_query_t *query)
{
    ngx_http_hr_work_t     *w;
    ngx_http_hr_catalog_t  *in;

    w = ngx_http_hr_org_work(r, ctx, sizeof(ngx_http_hr_catalog_t));
    if (w == NULL) {
        return ngx_http_hr_error(r, ctx, HR_E_UNAVAILABLE);
    }

    in = w->in;
    in->what = what;
    in->name = ngx_http_hr_work_str(w, ngx_http_hr_str(&ctx->params[0]));
    in->q = ngx_http_hr_work_str(w, query->q.v);
    /* an empty filter filters nothing, but is echoed */
    in->filter = query->department.set
                 ? ngx_http_hr_work_str(w, query->department.v) : HR_STR_NULL;
    in->view.last_updated = ngx_http_hr_org_loaded(w);
    in->view.cached = !query->force_refresh.v;
    in->view.ranked = query->ranked.v;
    in->view.limit = query->limit.set ? (size_t) query->limit.v : 0;

    if (in->view.cached || ctx->user.role < NGX_HTTP_HR_ROLE_ADMIN) {
        return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_CPU,
                                      ngx_http_hr_catalog_run, NULL);
    }

    /* an administrator's force_refresh looks at the file first (D-30) */
    ngx_http_hr_data_look_init(&in->look, ctx->conf, true);

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_CPU,
                                  ngx_http_hr_catalog_look,
                                  ngx_http_hr_catalog_looked);
}


static ngx_int_t
ngx_http_hr_catalog_list(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_catalog_view_t what)
{
    ngx_int_t                     rc;
    ngx_http_hr_catalog_query_t   query;

    ngx_memzero(&query, sizeof(query));

    if (ngx_http_hr_org_param(r, ctx, 0, what == NGX_HTTP_HR_CATALOG_DEPARTMENT
                                         ? "department_name" : "department",
                              NGX_HTTP_HR_NAME_LIMIT, &rc)
        != NGX_OK
        || ngx_http_hr_read(r, ctx, ngx_http_hr_catalog_refresh_rows, NULL, &query,
                            &rc)
           != NGX_OK)
    {
        return rc;
    }

    if (query.force_refresh.v) {
        ctx->cache_key.len = 0;
    }

    return ngx_http_hr_catalog_start(r, ctx, what, &query);
}


static ngx_int_t
ngx_http_hr_catalog_departments(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_catalog_list(r, ctx, NGX_HTTP_HR_CATALOG_DEPARTMENTS);
}


static ngx_int_t
ngx_http_hr_catalog_department(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_catalog_list(r, ctx, NGX_HTTP_HR_CATALOG_DEPARTMENT);
}


static ngx_int_t
ngx_http_hr_catalog_positions(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_catalog_list(r, ctx, NGX_HTTP_HR_CATALOG_POSITIONS);
}


static ngx_int_t
ngx_http_hr_catalog_find(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_catalog_view_t what)
{
    ngx_int_t                     rc;
    ngx_http_hr_catalog_query_t   query;

    ngx_memzero(&query, sizeof(query));

    if (ngx_http_hr_read(r, ctx, ngx_http_hr_catalog_search_rows, NULL, &query, &rc)
        != NGX_OK)
    {
        return rc;
    }

    return ngx_http_hr_catalog_start(r, ctx, what, &query);
}


static ngx_int_t
ngx_http_hr_catalog_search(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_catalog_find(r, ctx, NGX_HTTP_HR_CATALOG_SEARCH);
}


static ngx_int_t
ngx_http_hr_catalog_search_positions(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_catalog_find(r, ctx, NGX_HTTP_HR_CATALOG_SEARCH_POSITIONS);
}


static ngx_int_t
ngx_http_hr_catalog_stats(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_catalog_query_t  query;

    ngx_memzero(&query, sizeof(query));

    return ngx_http_hr_catalog_start(r, ctx, NGX_HTTP_HR_CATALOG_STATS, &query);
}


/* ---- cache/clear: the file is read again, every prepared answer ends (D-30) ---- */

typedef struct {
    hr_str_t             type;      /* as asked for, only repeated */
    ngx_http_hr_look_t   look;
} ngx_http_hr_clear_t;


static hr_rc_t
ngx_http_hr_clear_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    (void) ngx_http_hr_data_look(&((ngx_http_hr_clear_t *) w->in)->look);

    return HR_OK;
}


static ngx_int_t
ngx_http_hr_clear_done(ngx_http_hr_work_t *w)
{
    char                  error[NGX_HTTP_HR_DATA_ERROR_MAX];
    size_t                len;
    time_t                at;
    hr_jw_t               jw;
    ngx_http_hr_clear_t  *in = w->in;

    (void) ngx_http_hr_data_take(&in->look);
    ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_ALL);

    if (w->r == NULL) {
        return NGX_DONE;
    }

    ngx_http_hr_audit_later(w, "cache.clear", NULL, HR_STR_NULL, HR_STR_NULL, "ok");

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
                      hr_arena_printf(w->arena, w->answer.lang == HR_LANG_RU
                                      ? "Кеш очищен (%.*s)" : "Cache cleared (%.*s)",
                                      (int) in->type.len, in->type.data));

    len = ngx_http_hr_data_error(error, &at);
    if (len != 0) {
        /* additive: the file was not taken */
        hr_jw_kstr(&jw, "data_error", hr_str(error, len));
    }

    hr_envelope_end(&jw);

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_catalog_clear(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    hr_str_t              type;
    ngx_http_hr_work_t   *w;
    ngx_http_hr_clear_t  *in;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_clear_t), 256 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ngx_http_hr_arg(r, ctx, "cache_type", &type)) {
        type = HR_STR("all");
    }

    in = w->in;
    in->type = ngx_http_hr_work_str(w, hr_utf8_cut(type, 100));
    ngx_http_hr_data_look_init(&in->look, ctx->conf, true);

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_CPU, ngx_http_hr_clear_run,
                                  ngx_http_hr_clear_done);
}


#define NGX_HTTP_HR_CATALOG_FLAGS                                             \
    (NGX_HTTP_HR_REVALIDATE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_DATA         \
     |NGX_HTTP_HR_CACHE_QUERY)

const ngx_http_hr_route_t  ngx_http_hr_catalog_routes[] = {

    { "/api/catalog/departments", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_CATALOG_FLAGS, 0, ngx_http_hr_catalog_departments,
      "get_departments" },

    { "/api/catalog/departments/{department_name}", NGX_HTTP_GET,
      NGX_HTTP_HR_VIEWER, NGX_HTTP_HR_CATALOG_FLAGS, 0,
      ngx_http_hr_catalog_department, "get_department_details" },

    { "/api/catalog/positions/{department}", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_CATALOG_FLAGS, 0, ngx_http_hr_catalog_positions,
      "get_positions" },

    { "/api/catalog/search", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_CATALOG_FLAGS, 0, ngx_http_hr_catalog_search,
      "search_departments" },

    { "/api/catalog/search/positions", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_CATALOG_FLAGS, 0, ngx_http_hr_catalog_search_positions,
      "search_positions" },

    { "/api/catalog/stats", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_REVALIDATE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_DATA, 0,
      ngx_http_hr_catalog_stats, "get_catalog_stats" },

    { "/api/catalog/cache/clear", NGX_HTTP_POST, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_catalog_clear, "clear_cache" },

    NGX_HTTP_HR_ROUTES_END
};
