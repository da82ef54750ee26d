#include "ngx_http_hr_job_run.h"


#define NGX_HTTP_HR_RETRY_MAX       30000   /* ms, of a pause that we choose */
#define NGX_HTTP_HR_RETRY_TOKENS    64000   /* most max_tokens of a larger attempt */
#define NGX_HTTP_HR_RETRY_PRIMARY   2       /* failures until a spare model is asked */
#define NGX_HTTP_HR_RETRY_MODELS    16

/* Models that refuse a member of the request (6.3: remembered per model). */
typedef struct {
    char      model[200];
    unsigned  no_temperature:1;
    unsigned  no_response_format:1;
} ngx_http_hr_refusal_t;


/* of this process: another one learns it by itself */
static ngx_http_hr_refusal_t  ngx_http_hr_refusals[NGX_HTTP_HR_RETRY_MODELS];
static ngx_uint_t             ngx_http_hr_refusal_next;


static hr_str_t
ngx_http_hr_retry_model(const ngx_http_hr_job_t *job)
{
    return job->policy.attempt.model.len ? job->policy.attempt.model
                                         : hr_gen_job_facts(job->gen)->model;
}


static ngx_http_hr_refusal_t *
ngx_http_hr_retry_refusal(hr_str_t model)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_HR_RETRY_MODELS; i++) {
        if (ngx_http_hr_refusals[i].model[0] != '\0'
            && hr_str_eq(hr_str_from_c(ngx_http_hr_refusals[i].model), model))
        {
            return &ngx_http_hr_refusals[i];
        }
    }

    return NULL;
}


static void
ngx_http_hr_retry_remember(hr_str_t model, bool temperature, bool format)
{
    ngx_http_hr_refusal_t  *refusal;

    refusal = ngx_http_hr_retry_refusal(model);

    if (refusal == NULL) {
        if (model.len >= sizeof(refusal->model)) {
            return;
        }

        refusal = &ngx_http_hr_refusals[ngx_http_hr_refusal_next++
                                        % NGX_HTTP_HR_RETRY_MODELS];
        ngx_memzero(refusal, sizeof(ngx_http_hr_refusal_t));
        ngx_memcpy(refusal->model, model.data, model.len);
    }

    refusal->no_temperature |= temperature;
    refusal->no_response_format |= format;
}


/* Leaves out what the model of the next attempt is known to refuse. */
static void
ngx_http_hr_retry_apply(ngx_http_hr_job_t *job)
{
    ngx_http_hr_refusal_t  *refusal;

    refusal = ngx_http_hr_retry_refusal(ngx_http_hr_retry_model(job));

    job->policy.attempt.no_temperature = refusal && refusal->no_temperature;
    job->policy.attempt.no_response_format = refusal
                                             && refusal->no_response_format;
}


void
ngx_http_hr_job_first_attempt(ngx_http_hr_job_t *job)
{
    ngx_http_hr_retry_apply(job);

    job->may_repair = ngx_http_hr_main_conf()->llm_attempts > 1;
    job->render = job->policy.attempt.no_temperature
                  || job->policy.attempt.no_response_format;
}


/* A member that this model does not accept is left out, now and later. */
static ngx_uint_t
ngx_http_hr_retry_strip(ngx_http_hr_job_t *job)
{
    ngx_http_hr_job_policy_t  *p = &job->policy;

    if (job->result.error != HR_GENERR_UPSTREAM_REJECTED || p->stripped
        || (!job->answer.no_response_format && !job->answer.no_temperature))
    {
        return 0;
    }

    p->stripped = 1;
    ngx_http_hr_retry_remember(ngx_http_hr_retry_model(job),
                               job->answer.no_temperature,
                               job->answer.no_response_format);
    ngx_http_hr_retry_apply(job);
    job->render = 1;

    return 1;
}


/* Once: the model gets its own answer and the list of what is wrong with it. */
static ngx_uint_t
ngx_http_hr_retry_repair(ngx_http_hr_job_t *job)
{
    ngx_http_hr_job_policy_t  *p = &job->policy;

    if (p->repaired || !job->result.repair) {
        return 0;
    }

    /* the text must outlive its attempt */
    hr_arena_destroy(job->kept_arena);
    job->kept_arena = job->answer_arena;
    job->answer_arena = NULL;

    p->repaired = 1;
    p->attempt.repair_answer = job->answer.content;
    p->attempt.repair_text = job->result.repair_text;
    job->may_repair = false;
    job->render = 1;

    return 1;
}


static ngx_uint_t
ngx_http_hr_retry_larger(ngx_http_hr_job_t *job)
{
    int64_t                    tokens;
    ngx_http_hr_job_policy_t  *p = &job->policy;

    tokens = hr_gen_job_facts(job->gen)->max_tokens;

    if (p->larger || tokens >= NGX_HTTP_HR_RETRY_TOKENS) {
        return 0;
    }

    p->larger = 1;
    p->attempt.max_tokens = ngx_min(tokens + tokens / 2,
                                    NGX_HTTP_HR_RETRY_TOKENS);
    job->render = 1;

    return 1;
}


/* After two failures of the first model the configured others, one by one. */
static void
ngx_http_hr_retry_fallback(ngx_http_hr_job_t *job)
{
    ngx_str_t                 *model;
    ngx_array_t               *models;
    ngx_http_hr_job_policy_t  *p = &job->policy;

    models = ngx_http_hr_main_conf()->llm_fallback_models;

    if (models == NULL || p->primary < NGX_HTTP_HR_RETRY_PRIMARY
        || p->fallback >= models->nelts)
    {
        return;
    }

    model = (ngx_str_t *) models->elts + p->fallback++;
    p->attempt.model = ngx_http_hr_str(model);
    ngx_http_hr_retry_apply(job);
    job->render = 1;

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "hr: generation task %*s goes on with the model \"%V\"",
                  job->task.id.len, job->task.id.data, model);
}


/* Exponential with full jitter, so that many jobs do not come back together. */
static ngx_msec_t
ngx_http_hr_retry_pause(const ngx_http_hr_job_t *job)
{
    ngx_msec_t  most;

    if (job->call.has_retry_after) {
        return (ngx_msec_t) job->call.retry_after * 1000 + ngx_random() % 250;
    }

    most = ngx_http_hr_main_conf()->llm_retry << ngx_min(job->policy.tries - 1, 5);
    most = ngx_max(ngx_min(most, NGX_HTTP_HR_RETRY_MAX), 1);

    return 1 + (ngx_msec_t) ngx_random() % most;
}


/*
 * A document that can be stored, but breaks the schema (I-06), is asked for once
 * more when there is time for an answer that takes as long.  Whatever comes of
 * that, the better one of the two is stored.
 */
static ngx_uint_t
ngx_http_hr_retry_better(ngx_http_hr_job_t *job)
{
    ngx_http_hr_job_policy_t  *p = &job->policy;

    if (ngx_exiting || p->tries >= ngx_http_hr_main_conf()->llm_attempts
        || ngx_http_hr_job_left(job) <= job->call.elapsed
        || !ngx_http_hr_retry_repair(job))
    {
        return 0;
    }

    p->kept = 1;

    return 1;
}


ngx_http_hr_next_t
ngx_http_hr_job_next(ngx_http_hr_job_t *job, ngx_msec_t *pause)
{
    ngx_uint_t                 again;
    ngx_http_hr_job_policy_t  *p = &job->policy;

    *pause = 0;

    if (job->result.success) {
        return ngx_http_hr_retry_better(job) ? NGX_HTTP_HR_NEXT_TRY
                                             : NGX_HTTP_HR_NEXT_STORE;
    }

    if (p->attempt.model.len == 0) {
        p->primary++;
    }

    if (p->tries >= ngx_http_hr_main_conf()->llm_attempts) {
        return NGX_HTTP_HR_NEXT_FAIL;
    }

    switch (hr_generr_retry(job->result.error)) {

    case HR_RETRY_BACKOFF:
        *pause = ngx_http_hr_retry_pause(job);
        ngx_http_hr_retry_fallback(job);
        again = 1;
        break;

    case HR_RETRY_ONCE_LARGER:
        again = ngx_http_hr_retry_larger(job);
        break;

    default:
        again = ngx_http_hr_retry_repair(job) || ngx_http_hr_retry_strip(job);
    }

    return again && *pause < ngx_http_hr_job_left(job)
           ? NGX_HTTP_HR_NEXT_TRY : NGX_HTTP_HR_NEXT_FAIL;
}
