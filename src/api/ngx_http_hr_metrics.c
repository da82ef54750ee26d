#include "ngx_http_hr_metrics.h"
#include "ngx_http_hr_work.h"

#include "ngx_http_hr_shm_job.h"


#define NGX_HTTP_HR_METRICS_MAX  (8 * 1024 * 1024)


/* ---- what is in shared memory ---- */


static void
ngx_http_hr_metrics_times(ngx_http_hr_times_t *to, const ngx_http_hr_stat_times_t *from)
{
    ngx_uint_t  i;

    to->usec = from->usec;

    for (i = 0; i < NGX_HTTP_HR_STAT_BUCKETS; i++) {
        to->bucket[i] = from->bucket[i];
    }
}


static void
ngx_http_hr_metrics_state(ngx_http_hr_figures_t *f)
{
    ngx_uint_t            i, n;
    ngx_http_hr_state_t  *state = ngx_http_hr_state();

    f->started = (time_t) state->start_sec;
    f->now = ngx_time();
    ngx_http_hr_metrics_times(&f->turns, &state->turns);

#if (NGX_STAT_STUB)
    f->has_connections = true;
    f->connections[0] = *ngx_stat_reading;
    f->connections[1] = *ngx_stat_writing;
    f->connections[2] = *ngx_stat_waiting;
#endif

    for (i = 0; i < NGX_HTTP_HR_COUNTERS; i++) {
        f->counter[i] = state->counter[i];
    }

    for (i = 0; i < NGX_HTTP_HR_STAT_ATTEMPTS; i++) {
        f->attempt[i] = state->attempt[i];
    }

    f->nroutes = ngx_http_hr_route_count();

    for (i = 0; i < f->nroutes; i++) {
        for (n = 0; n < 6; n++) {
            f->route[i].requests[n] = state->route[i].requests[n];
        }

        f->route[i].bytes = state->route[i].bytes;
        ngx_http_hr_metrics_times(&f->route[i].times, &state->route[i].times);
    }

    for (i = 0; i < NGX_HTTP_HR_WORKER_SLOTS; i++) {
        f->workers += ngx_http_hr_worker_alive(i) ? 1 : 0;
    }

    for (n = 0; n < NGX_HTTP_HR_LOADS; n++) {
        f->load[n] = ngx_http_hr_load(n);
    }
}


static void
ngx_http_hr_metrics_zone(ngx_http_hr_figures_t *f, const char *name,
    ngx_http_hr_shm_t *shm)
{
    f->zone[f->nzones].name = name;
    f->zone[f->nzones].size = ngx_http_hr_shm_size(shm);
    f->zone[f->nzones++].free = ngx_http_hr_shm_free_bytes(shm);
}


static void
ngx_http_hr_metrics_memory(ngx_http_hr_figures_t *f,
    const ngx_http_hr_main_conf_t *conf)
{
    ngx_uint_t  i;

    f->nshards = ngx_http_hr_cache_shards(conf->cache);

    for (i = 0; i < f->nshards; i++) {
        ngx_http_hr_cache_stat(conf->cache, i, &f->shard[i]);
    }

    ngx_http_hr_metrics_zone(f, "state", conf->state_shm);
    ngx_http_hr_metrics_zone(f, "sessions", conf->session_shm);
    ngx_http_hr_metrics_zone(f, "data", conf->data_shm);
    ngx_http_hr_metrics_zone(f, "jobs", conf->jobs_shm);
}


static void
ngx_http_hr_metrics_data(ngx_http_hr_figures_t *f)
{
    char                     error[NGX_HTTP_HR_DATA_ERROR_MAX];
    time_t                   at;
    hr_org_info_t            info;
    ngx_http_hr_breaker_t    breaker;
    ngx_http_hr_data_ref_t   ref;

    f->data_error = ngx_http_hr_data_error(error, &at) != 0;

    if (ngx_http_hr_data_acquire(&ref) == NGX_OK) {
        hr_org_info(ref.image, &info);
        f->generation = ref.generation;
        f->loaded = ref.loaded;
        f->units = info.units;
        f->positions = info.slots;
        ngx_http_hr_data_release(&ref);
    }

    ngx_http_hr_breaker(&breaker);
    f->breaker = (unsigned) breaker.state;
    f->jobs_running = ngx_http_hr_jobs_running();
}


/* ---- in a pool thread ---- */


/* A database that fails is a figure, not an error of the answer. */
static hr_rc_t
ngx_http_hr_metrics_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    uint64_t                began;
    ngx_http_hr_figures_t  *f = w->in;

    began = ngx_http_hr_clock();
    f->database = hr_store_counts(conn, &f->counts) == HR_OK;
    f->database_usec = ngx_http_hr_clock() - began;

    hr_store_disk((const char *) w->conf->database.data, &f->disk);

    w->out.type = f->form == HR_METRICS_OPEN ? NGX_HTTP_HR_TYPE_OPENMETRICS
                                             : NGX_HTTP_HR_TYPE_METRICS;
    ngx_http_hr_metrics_write(f, &w->out.body);

    return w->out.body.err;
}


/* ---- request ---- */


/* The older format, unless OpenMetrics is wanted more. */
static hr_metrics_form_t
ngx_http_hr_metrics_form(ngx_http_request_t *r)
{
    ngx_int_t  open;
    ngx_str_t  accept;

    accept = ngx_http_hr_request_header(r, "Accept");
    open = ngx_http_hr_weight(&accept, "application/openmetrics-text", 0);

    return open > 0 && open >= ngx_http_hr_weight(&accept, "text/plain", 0)
           ? HR_METRICS_OPEN : HR_METRICS_TEXT;
}


static ngx_int_t
ngx_http_hr_metrics(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_work_t     *w;
    ngx_http_hr_figures_t  *f;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_figures_t),
                                NGX_HTTP_HR_METRICS_MAX);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    f = w->in;
    f->form = ngx_http_hr_metrics_form(r);
    ngx_http_hr_metrics_state(f);
    ngx_http_hr_metrics_memory(f, ctx->conf);
    ngx_http_hr_metrics_data(f);
    w->gzip = ctx->gzip_ok;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_metrics_run,
                                  NULL);
}


const ngx_http_hr_route_t  ngx_http_hr_metrics_routes[] = {

    { "/metrics", NGX_HTTP_GET, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_NO_RATE|NGX_HTTP_HR_FIGURES, 0,
      ngx_http_hr_metrics, "metrics" },

    NGX_HTTP_HR_ROUTES_END
};
