/*
 * Health (D-33, I-60).  Three questions:
 *
 *   /health         how is everything: each component with its state and figures
 *   /health/live    does this process answer; nothing is asked
 *   /health/ready   can requests be served: database and organisation
 *
 * The database is asked for a row; everything else is in memory.  No other
 * service is called.
 */

#include "ngx_http_hr_generation.h"
#include "ngx_http_hr_otlp.h"
#include "ngx_http_hr_trace.h"


typedef struct {
    uint64_t             usec;          /* of the question to the database */
    hr_store_disk_t      disk;
} ngx_http_hr_health_t;


static hr_rc_t
ngx_http_hr_health_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                rc;
    int64_t                count;
    uint64_t               began;
    ngx_http_hr_health_t  *in = w->in;

    hr_store_disk((const char *) w->conf->database.data, &in->disk);

    began = ngx_http_hr_clock();

    /* a row, not only the header of the file */
    rc = hr_store_admin_count(conn, &count);
    in->usec = ngx_http_hr_clock() - began;

    return rc;
}


static ngx_int_t
ngx_http_hr_health_start(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_done_pt done)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_health_t), 256 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_health_query, done);
}


/* Turns a failed question into an answer; what is wrong, NULL: nothing. */
static const char *
ngx_http_hr_health_judge(ngx_http_hr_work_t *w, bool *database, bool *data)
{
    *database = w->rc == HR_OK;
    *data = ngx_http_hr_data_generation() != 0;

    if (!*database) {
        ngx_log_error(NGX_LOG_ERR, w->r->connection->log, 0,
                      "hr: health: database: %s", w->op.text);
    }

    w->rc = HR_OK;
    w->error = HR_E_NONE;
    w->out.status = NGX_HTTP_OK;

    if (*database && *data) {
        return NULL;
    }

    w->out.status = NGX_HTTP_SERVICE_UNAVAILABLE;
    w->out.retry_after = 5;

    return *database ? "the organisation is not loaded"
                     : "the database cannot be used";
}


/* ---- everything ---- */


static void
ngx_http_hr_health_data(hr_jw_t *jw, ngx_http_hr_work_t *w)
{
    char                    error[NGX_HTTP_HR_DATA_ERROR_MAX];
    size_t                  len;
    time_t                  at;
    hr_org_info_t           info;
    ngx_http_hr_data_ref_t  ref;

    hr_jw_key(jw, "data");
    hr_jw_object(jw);

    if (ngx_http_hr_data_acquire(&ref) == NGX_OK) {
        hr_org_info(ref.image, &info);
        hr_jw_kint(jw, "generation", (int64_t) ref.generation);
        hr_jw_key(jw, "loaded_at");
        hr_envelope_time(jw, &w->answer, (hr_instant_t) ref.loaded * 1000000);
        hr_jw_kc(jw, "sha256", info.sha256);
        hr_jw_kint(jw, "business_units", info.units);
        hr_jw_kint(jw, "positions", info.slots);
        ngx_http_hr_data_release(&ref);
    }

    len = ngx_http_hr_data_error(error, &at);

    if (len != 0) {
        hr_jw_kstr(jw, "last_error", hr_str(error, len));
        hr_jw_key(jw, "last_error_at");
        hr_envelope_time(jw, &w->answer, (hr_instant_t) at * 1000000);
    }

    hr_jw_end_object(jw);
}


static void
ngx_http_hr_health_figures(hr_jw_t *jw, const ngx_http_hr_health_t *in)
{
    hr_jw_key(jw, "database");
    hr_jw_object(jw);
    hr_jw_kdouble(jw, "latency_ms", (double) in->usec / 1000);
    hr_jw_kint(jw, "file_bytes", (int64_t) in->disk.file);
    hr_jw_kint(jw, "log_bytes", (int64_t) in->disk.log);
    hr_jw_end_object(jw);

    hr_jw_key(jw, "disk");
    hr_jw_object(jw);
    hr_jw_kint(jw, "free_bytes", (int64_t) in->disk.free);
    hr_jw_kint(jw, "total_bytes", (int64_t) in->disk.size);
    hr_jw_end_object(jw);

    hr_jw_key(jw, "tracing");
    hr_jw_object(jw);
    hr_jw_kint(jw, "sent",
               (int64_t) ngx_http_hr_counter_value(NGX_HTTP_HR_COUNT_TRACES_SENT));
    hr_jw_kint(jw, "dropped",
               (int64_t) ngx_http_hr_counter_value(NGX_HTTP_HR_COUNT_TRACES_DROPPED));
    hr_jw_kint(jw, "failures_in_a_row",
               (int64_t) ngx_http_hr_load(NGX_HTTP_HR_LOAD_TRACE_FAILURES));
    hr_jw_end_object(jw);
}


static ngx_int_t
ngx_http_hr_health_done(ngx_http_hr_work_t *w)
{
    bool                             database, data, low, tracing, refused;
    char                             error[NGX_HTTP_HR_DATA_ERROR_MAX];
    time_t                           at;
    hr_jw_t                          jw;
    const char                      *wrong, *status;
    ngx_http_hr_health_t            *in = w->in;
    ngx_http_hr_generation_state_t   generation;

    if (w->r == NULL) {
        return NGX_DONE;
    }

    wrong = ngx_http_hr_health_judge(w, &database, &data);
    generation = ngx_http_hr_generation_state();
    low = hr_store_disk_low(&in->disk);
    refused = ngx_http_hr_data_error(error, &at) != 0;
    tracing = ngx_http_hr_load(NGX_HTTP_HR_LOAD_TRACE_FAILURES) == 0;

    /* everything else works without the model: no reason to send users away */
    status = wrong != NULL ? "unhealthy"
             : refused || low || !tracing
               || generation == NGX_HTTP_HR_GENERATION_WEAK
               || generation == NGX_HTTP_HR_GENERATION_DOWN
             ? "degraded" : "healthy";

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "status", status);
    hr_jw_key(&jw, "timestamp");
    hr_envelope_time(&jw, &w->answer, w->now);
    hr_jw_kint(&jw, "uptime_seconds",
               (int64_t) (ngx_time() - (time_t) ngx_http_hr_state()->start_sec));
    hr_jw_kc(&jw, "version", NGX_HTTP_HR_VERSION);
    hr_jw_kstr(&jw, "environment", ngx_http_hr_str(&w->conf->environment));

    hr_jw_key(&jw, "components");
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "api", "operational");
    hr_jw_kc(&jw, "core_modules", data ? "initialized" : "pending");
    hr_jw_kc(&jw, "database", database ? "operational" : "unavailable");
    hr_jw_kc(&jw, "organization_data", !data ? "unavailable"
                                       : refused ? "degraded" : "operational");
    hr_jw_kc(&jw, "generation", ngx_http_hr_generation_word(generation));
    hr_jw_kc(&jw, "disk", low ? "degraded" : "operational");
    hr_jw_kc(&jw, "tracing", !ngx_http_hr_trace_enabled()
                             && !ngx_http_hr_otlp_enabled() ? "disabled"
                             : tracing ? "operational" : "degraded");
    hr_jw_end_object(&jw);

    hr_jw_key(&jw, "external_services");
    hr_jw_object(&jw);
    hr_jw_kbool(&jw, "openrouter_configured", w->conf->llm_key_configured);
    hr_jw_kbool(&jw, "langfuse_configured",
                w->conf->langfuse_host.len && w->conf->langfuse_key_file.len);
    hr_jw_end_object(&jw);

    ngx_http_hr_health_data(&jw, w);
    ngx_http_hr_generation_health(&jw, w);
    ngx_http_hr_health_figures(&jw, in);

    if (wrong != NULL) {
        hr_jw_kc(&jw, "error", wrong);
    }

    hr_jw_end_object(&jw);

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_health(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_health_start(r, ctx, ngx_http_hr_health_done);
}


/* ---- for load balancers and supervisors ---- */


static ngx_int_t
ngx_http_hr_health_ready_done(ngx_http_hr_work_t *w)
{
    bool         database, data;
    hr_jw_t      jw;
    const char  *wrong;

    if (w->r == NULL) {
        return NGX_DONE;
    }

    wrong = ngx_http_hr_health_judge(w, &database, &data);

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "status", wrong == NULL ? "ready" : "not_ready");
    hr_jw_key(&jw, "timestamp");
    hr_envelope_time(&jw, &w->answer, w->now);
    hr_jw_key(&jw, "components");
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "database", database ? "operational" : "unavailable");
    hr_jw_kc(&jw, "organization_data", data ? "operational" : "unavailable");
    hr_jw_end_object(&jw);

    if (wrong != NULL) {
        hr_jw_kc(&jw, "error", wrong);
    }

    hr_jw_end_object(&jw);

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_health_ready(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_health_start(r, ctx, ngx_http_hr_health_ready_done);
}


static ngx_int_t
ngx_http_hr_health_live(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    hr_jw_t                w;
    ngx_http_hr_answer_t   a;

    ngx_http_hr_answer_init(&a, 1024);
    hr_jw_init(&w, &a.body);
    hr_jw_object(&w);
    hr_jw_kc(&w, "status", "alive");
    hr_jw_key(&w, "timestamp");
    hr_envelope_time(&w, &ctx->answer, hr_time_now());
    hr_jw_end_object(&w);

    return ngx_http_hr_answer(r, ctx, &a);
}


/* load balancers ask often: the database is probed once a second */
#define NGX_HTTP_HR_PROBED                                                    \
    (NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_SECOND)

const ngx_http_hr_route_t  ngx_http_hr_health_routes[] = {

    { "/health", NGX_HTTP_GET, NGX_HTTP_HR_PUBLIC, NGX_HTTP_HR_PROBED, 0,
      ngx_http_hr_health, "health_check" },

    { "/health/live", NGX_HTTP_GET, NGX_HTTP_HR_PUBLIC, NGX_HTTP_HR_NO_STORE, 0,
      ngx_http_hr_health_live, "health_live" },

    { "/health/ready", NGX_HTTP_GET, NGX_HTTP_HR_PUBLIC, NGX_HTTP_HR_PROBED, 0,
      ngx_http_hr_health_ready, "health_ready" },

    NGX_HTTP_HR_ROUTES_END
};
