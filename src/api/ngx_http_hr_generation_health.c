#include "ngx_http_hr_generation.h"


/* What /health says about generation (I-36, I-60); no other service is asked. */


static const char *const  ngx_http_hr_breaker_words[] = {
    "closed", "open", "half_open", "half_open"  /* as ngx_http_hr_breaker_state_t */
};


/* Model and prompt of the configuration. */
static void
ngx_http_hr_health_model(hr_jw_t *jw, ngx_http_hr_work_t *w, const hr_gen_t *gen)
{
    hr_model_t           model;
    hr_prompt_info_t     info;
    const hr_prompt_t   *prompt = hr_gen_prompt(gen);

    hr_jw_kstr(jw, "rules_version", hr_gen_version(gen));

    if (prompt == NULL) {
        return;
    }

    hr_prompt_info(prompt, &info);
    hr_models_find(hr_gen_models(gen),
                   w->conf->llm_model.len ? ngx_http_hr_str(&w->conf->llm_model)
                                          : info.model, &model);

    hr_jw_kstr(jw, "prompt_version", info.version);
    hr_jw_kbool(jw, "prompt_verified", info.verified);
    hr_jw_kstr(jw, "model", w->conf->llm_model.len
                            ? ngx_http_hr_str(&w->conf->llm_model) : info.model);
    hr_jw_kbool(jw, "model_known", model.known);
    hr_jw_kbool(jw, "model_tested", model.tested);
    hr_jw_key(jw, "price_per_million_usd");

    if (model.priced) {
        hr_jw_object(jw);
        hr_jw_kdouble(jw, "input", model.input);
        hr_jw_kdouble(jw, "output", model.output);
        hr_jw_end_object(jw);

    } else {
        hr_jw_null(jw);
    }
}


ngx_http_hr_generation_state_t
ngx_http_hr_generation_state(void)
{
    time_t                  at;
    ngx_uint_t              wait;
    hr_generr_t             error;
    ngx_http_hr_breaker_t   breaker;

    error = ngx_http_hr_job_refused(&wait);
    ngx_http_hr_breaker(&breaker);

    if (error == HR_GENERR_NOT_CONFIGURED) {
        return NGX_HTTP_HR_GENERATION_OFF;
    }

    if (error != HR_GENERR_NONE && error != HR_GENERR_CIRCUIT_OPEN) {
        return NGX_HTTP_HR_GENERATION_DOWN;
    }

    if (ngx_http_hr_jobs_fault(&at) != HR_GENERR_NONE) {
        return NGX_HTTP_HR_GENERATION_DOWN;
    }

    return breaker.state != NGX_HTTP_HR_BREAKER_CLOSED
           || ngx_http_hr_gen_error()[0] != '\0'
           ? NGX_HTTP_HR_GENERATION_WEAK : NGX_HTTP_HR_GENERATION_GOOD;
}


const char *
ngx_http_hr_generation_word(ngx_http_hr_generation_state_t state)
{
    static const char *const  words[] = {
        "operational", "degraded", "unhealthy", "disabled"
    };

    return words[state];
}


void
ngx_http_hr_generation_health(hr_jw_t *jw, ngx_http_hr_work_t *w)
{
    time_t                  at;
    ngx_uint_t              wait;
    hr_generr_t             error, fault;
    ngx_http_hr_gen_t      *handle;
    ngx_http_hr_breaker_t   breaker;

    error = ngx_http_hr_job_refused(&wait);
    fault = (hr_generr_t) ngx_http_hr_jobs_fault(&at);
    ngx_http_hr_breaker(&breaker);

    hr_jw_key(jw, "generation");
    hr_jw_object(jw);
    hr_jw_kbool(jw, "ready", error == HR_GENERR_NONE);
    hr_jw_kc(jw, "error_code", error == HR_GENERR_NONE ? NULL
                                                       : hr_generr_code(error));
    hr_jw_kint(jw, "running", (int64_t) ngx_http_hr_jobs_running());
    hr_jw_kint(jw, "limit", (int64_t) w->conf->llm_concurrency);
    hr_jw_kc(jw, "breaker", ngx_http_hr_breaker_words[breaker.state]);
    hr_jw_kint(jw, "failures_in_a_row", (int64_t) breaker.failures);
    hr_jw_kc(jw, "last_fault", fault == HR_GENERR_NONE ? NULL
                                                       : hr_generr_code(fault));
    hr_jw_key(jw, "last_fault_at");

    if (fault != HR_GENERR_NONE) {
        hr_envelope_time(jw, &w->answer, (hr_instant_t) at * 1000000);
    } else {
        hr_jw_null(jw);
    }

    hr_jw_kc(jw, "files_error", ngx_http_hr_gen_error()[0] != '\0'
                                ? ngx_http_hr_gen_error() : NULL);

    handle = ngx_http_hr_gen_acquire();

    if (handle != NULL) {
        ngx_http_hr_health_model(jw, w, handle->gen);
        ngx_http_hr_gen_release(handle);
    }

    hr_jw_end_object(jw);
}
