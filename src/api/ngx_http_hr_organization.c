#include "ngx_http_hr_api.h"
#include "ngx_http_hr_org.h"
#include "ngx_http_hr_links.h"

#include "hr_text.h"


/* /api/organization (api-core.md 2.4): units by path, positions with their profiles. */

#define NGX_HTTP_HR_PATH_LIMIT  1000        /* code points of a unit path in a body */

typedef enum {
    NGX_HTTP_HR_ORG_SEARCH_ITEMS = 0,
    NGX_HTTP_HR_ORG_POSITIONS,
    NGX_HTTP_HR_ORG_STRUCTURE,
    NGX_HTTP_HR_ORG_UNIT,
    NGX_HTTP_HR_ORG_STATS
} ngx_http_hr_org_view_kind_t;

typedef struct {
    ngx_http_hr_org_view_kind_t   what;
    hr_str_t                      path;     /* of a unit */
    hr_org_view_t                 view;
} ngx_http_hr_org_in_t;

typedef struct {
    ngx_http_hr_in_str_t          path;
} ngx_http_hr_org_body_t;


/* Without one everything is compressed each time. */
static hr_gzip_memo_t *
ngx_http_hr_org_memo(void)
{
    static hr_gzip_memo_t  *memo;       /* of this worker, as long as it lives */

    if (memo == NULL) {
        memo = hr_gzip_memo_create();
    }

    return memo;
}


static hr_str_t
ngx_http_hr_org_message(ngx_http_hr_work_t *w, ngx_http_hr_org_in_t *in)
{
    bool      ru = w->answer.lang == HR_LANG_RU;
    uint32_t  units, slots;

    units = hr_org_unit_count(w->data.image);
    slots = hr_org_slot_count(w->data.image);

    switch (in->what) {

    case NGX_HTTP_HR_ORG_SEARCH_ITEMS:
        return hr_arena_printf(w->arena, ru ? "Подразделений для поиска: %u"
                                            : "Units to search in: %u", units);

    case NGX_HTTP_HR_ORG_POSITIONS:
        return hr_arena_printf(w->arena, ru ? "Должностей: %u" : "Positions: %u",
                               slots);

    case NGX_HTTP_HR_ORG_STRUCTURE:
        return ngx_http_hr_work_text(w, "Организационная структура",
                                     "Organisation structure");

    case NGX_HTTP_HR_ORG_UNIT:
        return hr_arena_printf(w->arena, ru ? "Подразделение «%.*s»"
                                            : "Unit \"%.*s\"",
                               (int) in->path.len, in->path.data);

    default:
        return ngx_http_hr_work_text(w, "Статистика организационной структуры",
                                     "Statistics of the organisation");
    }
}


static hr_rc_t
ngx_http_hr_org_no_unit(ngx_http_hr_work_t *w, ngx_http_hr_org_in_t *in)
{
    w->message = hr_arena_printf(w->arena, w->answer.lang == HR_LANG_RU
                                 ? "Подразделение «%.*s» не найдено"
                                 : "Unit \"%.*s\" was not found",
                                 (int) in->path.len, in->path.data);

    return ngx_http_hr_work_not_found(w, "business_unit", in->path);
}


static hr_rc_t
ngx_http_hr_org_positions_data(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_jw_t *jw)
{
    hr_rc_t               rc;
    hr_gzip_cuts_t       *cuts;
    hr_org_positions_t    positions;
    ngx_http_hr_links_t   links;

    cuts = hr_arena_calloc(w->arena, sizeof(hr_gzip_cuts_t));
    if (cuts == NULL) {
        return HR_NOMEM;
    }

    rc = ngx_http_hr_links_load(w, conn, &links);
    if (rc != HR_OK) {
        return rc;
    }

    memset(&positions, 0, sizeof(positions));
    positions.profiles = links.view->profiles;
    positions.links = links.view->links;
    positions.tasks = links.tasks;
    positions.task_of_slot = links.task_of_slot;
    positions.times = w->answer.naive ? HR_TIME_WIRE_NAIVE : HR_TIME_WIRE_Z;
    positions.cuts = cuts;

    w->out.cuts = cuts;

    /* growing by doubling would copy it twice; without the room it still does */
    (void) hr_buf_reserve(&w->out.body, hr_gzip_memo_bytes(w->out.memo) + 4096);

    rc = hr_org_write_positions(w->data.image, &positions, jw);

    ngx_http_hr_links_release(&links);

    return rc;
}


static hr_rc_t
ngx_http_hr_org_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                jw;
    hr_rc_t                rc;
    uint32_t               unit;
    const hr_org_t        *org = w->data.image;
    ngx_http_hr_org_in_t  *in = w->in;

    unit = HR_ORG_NONE;

    if (in->path.len
        && hr_org_find_path(org, in->path, HR_ORG_PATH_FULL, &unit) != HR_OK)
    {
        return ngx_http_hr_org_no_unit(w, in);
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer, ngx_http_hr_org_message(w, in));

    switch (in->what) {

    case NGX_HTTP_HR_ORG_SEARCH_ITEMS:
        rc = hr_org_write_search_items(org, &jw);
        break;

    case NGX_HTTP_HR_ORG_POSITIONS:
        rc = ngx_http_hr_org_positions_data(w, conn, &jw);
        break;

    case NGX_HTTP_HR_ORG_STRUCTURE:
        rc = hr_org_write_structure(org, unit, in->path, &jw);
        break;

    case NGX_HTTP_HR_ORG_UNIT:
        rc = hr_org_write_unit(org, unit, &in->view, &jw);
        break;

    default:
        rc = hr_org_write_stats(org, &jw);
    }

    hr_envelope_end(&jw);

    return rc == HR_OK ? w->out.body.err : rc;
}


static ngx_int_t
ngx_http_hr_org_start(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_org_view_kind_t what, hr_str_t path)
{
    ngx_http_hr_work_t    *w;
    ngx_http_hr_org_in_t  *in;

    w = ngx_http_hr_org_work(r, ctx, sizeof(ngx_http_hr_org_in_t));
    if (w == NULL) {
        return ngx_http_hr_error(r, ctx, HR_E_UNAVAILABLE);
    }

    in = w->in;
    in->what = what;
    in->path = ngx_http_hr_work_str(w, path);
    in->view.last_updated = ngx_http_hr_org_loaded(w);

    if (what == NGX_HTTP_HR_ORG_POSITIONS) {
        w->out.memo = ngx_http_hr_org_memo();
    }

    return ngx_http_hr_work_start(w, what == NGX_HTTP_HR_ORG_POSITIONS
                                     ? NGX_HTTP_HR_WORK_READ
                                     : NGX_HTTP_HR_WORK_CPU,
                                  ngx_http_hr_org_run, NULL);
}


static ngx_int_t
ngx_http_hr_org_search_items(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_org_start(r, ctx, NGX_HTTP_HR_ORG_SEARCH_ITEMS, HR_STR_NULL);
}


static ngx_int_t
ngx_http_hr_org_positions(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_org_start(r, ctx, NGX_HTTP_HR_ORG_POSITIONS, HR_STR_NULL);
}


static ngx_int_t
ngx_http_hr_org_stats(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_org_start(r, ctx, NGX_HTTP_HR_ORG_STATS, HR_STR_NULL);
}


/*
 * Both bodies are plain objects whose every value must be a string, also of
 * keys that mean nothing (api-core.md 2.4).
 */
static ngx_int_t
ngx_http_hr_org_body(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_org_view_kind_t what, const char *key)
{
    char                          field[160];
    hr_str_t                      key_cut;
    ngx_int_t                     rc;
    const hr_json_t              *item;
    ngx_http_hr_org_body_t        body;
    ngx_http_hr_problems_t        p;
    ngx_http_hr_error_args_t      args;
    const ngx_http_hr_in_row_t    rows[] = {
        { key, NGX_HTTP_HR_IN_STR, 0, 0, NGX_HTTP_HR_PATH_LIMIT,
          offsetof(ngx_http_hr_org_body_t, path) },
        NGX_HTTP_HR_IN_END
    };

    ngx_memzero(&body, sizeof(body));
    ngx_http_hr_problems_init(&p, ctx);

    if (ctx->body->type != HR_JSON_OBJECT) {
        ngx_http_hr_problem(&p, "body", "Input should be a valid dictionary",
                            "dict_type", ctx->body);
        return ngx_http_hr_problems_send(r, ctx, &p);
    }

    for (item = ctx->body->first; item != NULL; item = item->next) {
        if (item->type != HR_JSON_STRING) {
            key_cut = hr_utf8_cut_bytes(item->key, 100);
            (void) snprintf(field, sizeof(field), "body.%.*s",
                            (int) key_cut.len, key_cut.data);
            ngx_http_hr_problem(&p, field, "Input should be a valid string",
                                "string_type", item);
        }
    }

    if (ngx_http_hr_problems_end(r, ctx, &p, &rc) != NGX_OK) {
        return rc;
    }

    if (ngx_http_hr_read(r, ctx, NULL, rows, &body, &rc) != NGX_OK) {
        return rc;
    }

    if (body.path.v.len == 0) {
        ngx_memzero(&args, sizeof(args));
        args.message = ctx->answer.lang == HR_LANG_RU
                       ? HR_STR("Укажите путь подразделения")
                       : HR_STR("The path of a unit is needed");
        return ngx_http_hr_error_with(r, ctx, HR_E_BAD_REQUEST, &args);
    }

    return ngx_http_hr_org_start(r, ctx, what, body.path.v);
}


static ngx_int_t
ngx_http_hr_org_structure(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_org_body(r, ctx, NGX_HTTP_HR_ORG_STRUCTURE, "target_path");
}


static ngx_int_t
ngx_http_hr_org_unit(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_org_body(r, ctx, NGX_HTTP_HR_ORG_UNIT, "unit_path");
}


#define NGX_HTTP_HR_ORG_FLAGS                                                 \
    (NGX_HTTP_HR_REVALIDATE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_DATA)

const ngx_http_hr_route_t  ngx_http_hr_organization_routes[] = {

    { "/api/organization/search-items", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_ORG_FLAGS, 0, ngx_http_hr_org_search_items,
      "get_search_items" },

    { "/api/organization/positions", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_ORG_FLAGS|NGX_HTTP_HR_CACHE_LINKS|NGX_HTTP_HR_CACHE_TASKS,
      0, ngx_http_hr_org_positions, "get_all_positions" },

    { "/api/organization/structure", NGX_HTTP_POST, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, 1024 * 1024,
      ngx_http_hr_org_structure, "get_organization_structure_with_target" },

    { "/api/organization/unit", NGX_HTTP_POST, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, 1024 * 1024,
      ngx_http_hr_org_unit, "get_business_unit_details" },

    { "/api/organization/stats", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_ORG_FLAGS, 0, ngx_http_hr_org_stats,
      "get_organization_stats" },

    NGX_HTTP_HR_ROUTES_END
};
