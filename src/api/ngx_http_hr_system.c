#include "ngx_http_hr_api.h"
#include "ngx_http_hr_work.h"
#include "ngx_http_hr_generation.h"


static ngx_int_t
ngx_http_hr_root(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    bool                   ru = ctx->answer.lang == HR_LANG_RU;
    hr_jw_t                w;
    ngx_http_hr_answer_t   a;

    ngx_http_hr_answer_init(&a, 4096);
    hr_jw_init(&w, &a.body);
    hr_jw_object(&w);
    hr_jw_kc(&w, "service", "HR Profile Generator API");
    hr_jw_kc(&w, "version", NGX_HTTP_HR_VERSION);
    hr_jw_kc(&w, "description",
             ru ? "Система создания профилей должностей"
                : "Generates and keeps profiles of positions");
    hr_jw_kc(&w, "docs", "/docs");
    hr_jw_kc(&w, "health", "/health");
    hr_jw_key(&w, "timestamp");
    hr_envelope_time(&w, &ctx->answer, hr_time_now());
    hr_jw_kc(&w, "message", ru ? "Добро пожаловать в HR Profile Generator API"
                               : "Welcome to the HR Profile Generator API");
    hr_jw_end_object(&w);

    return ngx_http_hr_answer(r, ctx, &a);
}


/* ---- health (D-33, I-60): the database is asked, everything else is in memory ---- */


static hr_rc_t
ngx_http_hr_health_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    int64_t  count;

    /* a row, not only the header of the file */
    return hr_store_admin_count(conn, &count);
}


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


static ngx_int_t
ngx_http_hr_health_done(ngx_http_hr_work_t *w)
{
    bool         database, data;
    char         error[NGX_HTTP_HR_DATA_ERROR_MAX];
    time_t       at;
    hr_jw_t      jw;
    const char  *status;

    ngx_http_hr_generation_state_t  generation;

    if (w->r == NULL) {
        return NGX_DONE;
    }

    database = w->rc == HR_OK;
    data = ngx_http_hr_data_generation() != 0;
    generation = ngx_http_hr_generation_state();

    /* everything else works without the model: no reason to send users away */
    status = !database || !data ? "unhealthy"
             : ngx_http_hr_data_error(error, &at)
               || generation == NGX_HTTP_HR_GENERATION_WEAK
               || generation == NGX_HTTP_HR_GENERATION_DOWN
             ? "degraded" : "healthy";

    if (!database) {
        ngx_log_error(NGX_LOG_ERR, w->r->connection->log, 0,
                      "hr: health: database: %s", w->op.text);
    }

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
    hr_jw_kc(&jw, "organization_data", data ? "operational" : "unavailable");
    hr_jw_kc(&jw, "generation", ngx_http_hr_generation_word(generation));
    hr_jw_end_object(&jw);

    hr_jw_key(&jw, "external_services");
    hr_jw_object(&jw);
    hr_jw_kbool(&jw, "openrouter_configured", w->conf->llm_key_configured);
    hr_jw_kbool(&jw, "langfuse_configured",
                w->conf->langfuse_host.len && w->conf->langfuse_key_file.len);
    hr_jw_end_object(&jw);

    ngx_http_hr_health_data(&jw, w);
    ngx_http_hr_generation_health(&jw, w);

    if (!database || !data) {
        hr_jw_kc(&jw, "error", database ? "the organisation is not loaded"
                                        : "the database cannot be used");
    }

    hr_jw_end_object(&jw);

    w->rc = HR_OK;
    w->error = HR_E_NONE;
    w->out.status = database && data ? NGX_HTTP_OK : NGX_HTTP_SERVICE_UNAVAILABLE;
    w->out.retry_after = database && data ? 0 : 5;

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_health(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, 0, 256 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_health_query,
                                  ngx_http_hr_health_done);
}


const ngx_http_hr_route_t  ngx_http_hr_system_routes[] = {

    { "/", NGX_HTTP_GET, NGX_HTTP_HR_PUBLIC, 0, 0, ngx_http_hr_root, "root" },

    /* load balancers ask often: the database is probed once a second */
    { "/health", NGX_HTTP_GET, NGX_HTTP_HR_PUBLIC,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_SECOND, 0,
      ngx_http_hr_health, "health_check" },

    NGX_HTTP_HR_ROUTES_END
};
