#include "ngx_http_hr_api.h"
#include "ngx_http_hr_org.h"
#include "ngx_http_hr_links.h"


/*
 * /api/dashboard (api-core.md 2.5).  Coverage is counted by the same links as
 * the list of positions (D-49), so that both always agree.
 */

#define NGX_HTTP_HR_RECENT  10

typedef enum {
    NGX_HTTP_HR_DASHBOARD_FULL = 0,
    NGX_HTTP_HR_DASHBOARD_MINIMAL,
    NGX_HTTP_HR_DASHBOARD_ACTIVITY
} ngx_http_hr_dashboard_kind_t;

typedef struct {
    ngx_http_hr_dashboard_kind_t  what;
} ngx_http_hr_dashboard_in_t;

/* Everything the three answers are made of. */
typedef struct {
    hr_org_figures_t       org;
    ngx_http_hr_links_t    links;
    hr_store_counts_t      counts;
    hr_store_tasks_t       active;
    hr_store_card_t       *recent;
    size_t                 nrecent;
} ngx_http_hr_dashboard_t;


static void
ngx_http_hr_dashboard_now(hr_jw_t *jw, ngx_http_hr_work_t *w)
{
    hr_jw_key(jw, "last_updated");
    hr_envelope_time(jw, &w->answer, w->now);
}


static void
ngx_http_hr_dashboard_tasks(hr_jw_t *jw, ngx_http_hr_work_t *w,
    const hr_store_tasks_t *active)
{
    size_t                  i;
    const hr_store_task_t  *task;

    hr_jw_key(jw, "active_tasks");
    hr_jw_array(jw);

    for (i = 0; i < active->count; i++) {
        task = &active->items[i];

        hr_jw_object(jw);
        hr_jw_kstr(jw, "task_id", task->id);
        hr_jw_kstr(jw, "position", task->slot.position);
        hr_jw_kstr(jw, "department", task->slot.department);
        hr_jw_kc(jw, "status", hr_store_task_status_name(task->status));
        hr_jw_kint(jw, "progress", task->progress);
        hr_jw_key(jw, "created_at");
        if (task->created_at == HR_STORE_NO_TIME) {
            hr_jw_null(jw);
        } else {
            hr_envelope_time(jw, &w->answer, task->created_at);
        }
        hr_jw_end_object(jw);
    }

    hr_jw_end_array(jw);
}


static void
ngx_http_hr_dashboard_by_status(hr_jw_t *jw, const hr_store_counts_t *counts)
{
    unsigned  i;

    hr_jw_kint(jw, "rows_total", counts->rows_total);
    hr_jw_key(jw, "by_status");
    hr_jw_object(jw);

    for (i = 0; i < HR_STORE_STATUSES; i++) {
        hr_jw_kint(jw, hr_store_status_name((hr_store_status_t) i),
                   counts->by_status[i]);
    }

    hr_jw_end_object(jw);
}


static void
ngx_http_hr_dashboard_full(hr_jw_t *jw, ngx_http_hr_work_t *w,
    const ngx_http_hr_dashboard_t *d)
{
    int64_t  active = d->counts.tasks_queued + d->counts.tasks_processing;
    int64_t  with = d->links.view->stats.with_profiles;
    int64_t  total = d->org.positions_total;
    double   percent = hr_org_percent((size_t) with, (size_t) total);

    hr_jw_object(jw);

    hr_jw_key(jw, "summary");
    hr_jw_object(jw);
    hr_jw_kint(jw, "departments_count", d->org.departments_total);
    hr_jw_kint(jw, "positions_count", total);
    hr_jw_kint(jw, "profiles_count", with);
    hr_jw_kdouble(jw, "completion_percentage", percent);
    hr_jw_kint(jw, "active_tasks_count", active);
    hr_jw_end_object(jw);

    hr_jw_key(jw, "departments");
    hr_jw_object(jw);
    hr_jw_kint(jw, "total", d->org.departments_total);
    hr_jw_kint(jw, "with_positions", d->org.departments_with_positions);
    hr_jw_kdouble(jw, "average_positions", d->org.average_positions);
    hr_jw_kdouble(jw, "average_per_unit", d->org.average_per_unit);
    hr_jw_kint(jw, "units_total", d->org.units_total);
    hr_jw_end_object(jw);

    hr_jw_key(jw, "positions");
    hr_jw_object(jw);
    hr_jw_kint(jw, "total", total);
    hr_jw_kint(jw, "with_profiles", with);
    hr_jw_kint(jw, "without_profiles", total - with);
    hr_jw_kdouble(jw, "coverage_percent", percent);
    hr_jw_end_object(jw);

    hr_jw_key(jw, "profiles");
    hr_jw_object(jw);
    hr_jw_kint(jw, "total", with);
    hr_jw_kdouble(jw, "percentage_complete", percent);
    ngx_http_hr_dashboard_by_status(jw, &d->counts);
    hr_jw_end_object(jw);

    ngx_http_hr_dashboard_tasks(jw, w, &d->active);

    hr_jw_key(jw, "metadata");
    hr_jw_object(jw);
    ngx_http_hr_dashboard_now(jw, w);
    hr_jw_key(jw, "data_sources");
    hr_jw_object(jw);
    hr_jw_kc(jw, "catalog", "cached");
    hr_jw_kc(jw, "profiles", "database");
    hr_jw_kc(jw, "tasks", "memory");
    hr_jw_end_object(jw);
    hr_jw_end_object(jw);

    hr_jw_end_object(jw);
}


static void
ngx_http_hr_dashboard_minimal(hr_jw_t *jw, ngx_http_hr_work_t *w,
    const ngx_http_hr_dashboard_t *d)
{
    hr_jw_object(jw);
    hr_jw_kint(jw, "positions_count", d->org.positions_total);
    hr_jw_kint(jw, "profiles_count", d->links.view->stats.with_profiles);
    hr_jw_kdouble(jw, "completion_percentage",
                  hr_org_percent(d->links.view->stats.with_profiles,
                                 d->org.positions_total));
    hr_jw_kint(jw, "active_tasks_count",
               d->counts.tasks_queued + d->counts.tasks_processing);
    ngx_http_hr_dashboard_now(jw, w);
    hr_jw_end_object(jw);
}


static void
ngx_http_hr_dashboard_activity(hr_jw_t *jw, ngx_http_hr_work_t *w,
    const ngx_http_hr_dashboard_t *d)
{
    size_t                  i;
    const hr_store_card_t  *card;

    hr_jw_object(jw);
    ngx_http_hr_dashboard_tasks(jw, w, &d->active);

    hr_jw_key(jw, "recent_profiles");
    hr_jw_array(jw);

    for (i = 0; i < d->nrecent; i++) {
        card = &d->recent[i];

        hr_jw_object(jw);
        hr_jw_kstr(jw, "department", card->department);
        hr_jw_kstr(jw, "position", card->position);
        hr_jw_kstr(jw, "employee_name", card->employee_name);
        hr_jw_key(jw, "created_at");
        if (card->created_at != HR_STORE_NO_TIME) {
            hr_envelope_time(jw, &w->answer, card->created_at);
        } else {
            hr_jw_str_or_null(jw, card->created_at_text);
        }
        hr_jw_kc(jw, "status", hr_store_status_name(card->status));
        hr_jw_kstr(jw, "created_by", card->created_by_username);
        hr_jw_end_object(jw);
    }

    hr_jw_end_array(jw);

    hr_jw_key(jw, "summary");
    hr_jw_object(jw);
    hr_jw_kint(jw, "active_tasks_count",
               d->counts.tasks_queued + d->counts.tasks_processing);
    hr_jw_kint(jw, "recent_profiles_count", (int64_t) d->nrecent);
    hr_jw_kbool(jw, "has_activity", d->nrecent > 0 || d->active.count > 0);
    hr_jw_end_object(jw);

    ngx_http_hr_dashboard_now(jw, w);
    hr_jw_end_object(jw);
}


static hr_rc_t
ngx_http_hr_dashboard_load(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_dashboard_kind_t what, ngx_http_hr_dashboard_t *d)
{
    hr_rc_t  rc;

    hr_org_figures(w->data.image, &d->org);

    rc = hr_store_counts(conn, &d->counts);

    if (rc == HR_OK && what != NGX_HTTP_HR_DASHBOARD_MINIMAL) {
        rc = hr_store_tasks_open(conn, w->arena, 1000, &d->active);
    }

    if (rc == HR_OK && what == NGX_HTTP_HR_DASHBOARD_ACTIVITY) {
        return hr_store_recent(conn, w->arena, NGX_HTTP_HR_RECENT, &d->recent,
                               &d->nrecent);
    }

    return rc == HR_OK ? ngx_http_hr_links_load(w, conn, &d->links) : rc;
}


static hr_rc_t
ngx_http_hr_dashboard_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    static void (*const  write[])(hr_jw_t *jw, ngx_http_hr_work_t *w,
                                  const ngx_http_hr_dashboard_t *d) = {
        ngx_http_hr_dashboard_full,     /* in the order of the kinds */
        ngx_http_hr_dashboard_minimal,
        ngx_http_hr_dashboard_activity
    };

    hr_jw_t                       jw;
    hr_rc_t                       rc;
    ngx_http_hr_dashboard_t       d;
    ngx_http_hr_dashboard_in_t   *in = w->in;

    memset(&d, 0, sizeof(d));

    rc = ngx_http_hr_dashboard_load(w, conn, in->what, &d);
    if (rc != HR_OK) {
        ngx_http_hr_links_release(&d.links);
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer,
                     ngx_http_hr_work_text(w, "Статистика получена",
                                           "Statistics"));
    write[in->what](&jw, w, &d);
    hr_envelope_end(&jw);

    ngx_http_hr_links_release(&d.links);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_dashboard_start(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_dashboard_kind_t what)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_org_work(r, ctx, sizeof(ngx_http_hr_dashboard_in_t));
    if (w == NULL) {
        return ngx_http_hr_error(r, ctx, HR_E_UNAVAILABLE);
    }

    ((ngx_http_hr_dashboard_in_t *) w->in)->what = what;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_dashboard_run, NULL);
}


static ngx_int_t
ngx_http_hr_dashboard_stats(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_dashboard_start(r, ctx, NGX_HTTP_HR_DASHBOARD_FULL);
}


static ngx_int_t
ngx_http_hr_dashboard_short(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_dashboard_start(r, ctx, NGX_HTTP_HR_DASHBOARD_MINIMAL);
}


static ngx_int_t
ngx_http_hr_dashboard_recent(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_dashboard_start(r, ctx, NGX_HTTP_HR_DASHBOARD_ACTIVITY);
}


#define NGX_HTTP_HR_DASHBOARD_FLAGS                                           \
    (NGX_HTTP_HR_REVALIDATE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_DATA         \
     |NGX_HTTP_HR_CACHE_TASKS)

const ngx_http_hr_route_t  ngx_http_hr_dashboard_routes[] = {

    { "/api/dashboard/stats", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_DASHBOARD_FLAGS|NGX_HTTP_HR_CACHE_LINKS, 0,
      ngx_http_hr_dashboard_stats, "get_dashboard_stats" },

    { "/api/dashboard/stats/minimal", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_DASHBOARD_FLAGS|NGX_HTTP_HR_CACHE_LINKS, 0,
      ngx_http_hr_dashboard_short, "get_minimal_stats" },

    { "/api/dashboard/stats/activity", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_DASHBOARD_FLAGS|NGX_HTTP_HR_CACHE_PROFILES, 0,
      ngx_http_hr_dashboard_recent, "get_activity_stats" },

    NGX_HTTP_HR_ROUTES_END
};
