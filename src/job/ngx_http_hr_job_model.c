/* The call of the model: its start, its progress, the judgement of its answer. */

#include "ngx_http_hr_job_run.h"

#include "hr_text.h"


#define NGX_HTTP_HR_JOB_EXPECTED   24000    /* bytes of a usual answer, for progress */
#define NGX_HTTP_HR_JOB_ANSWER     (64u * 1024 * 1024)  /* arena of an attempt */


static void ngx_http_hr_job_called(ngx_http_hr_call_t *call);
static void ngx_http_hr_job_judge(ngx_http_hr_job_t *job, hr_store_conn_t *conn);
static void ngx_http_hr_job_judged(ngx_http_hr_job_t *job);


static void
ngx_http_hr_job_price(ngx_http_hr_job_t *job, hr_str_t model, hr_usage_t *usage)
{
    size_t                   n;
    ngx_http_hr_progress_t  *p = &job->progress;

    hr_models_price(hr_gen_models(job->handle->gen), model, job->asked, usage);

    model = model.len ? model : job->asked;
    n = ngx_min(model.len, NGX_HTTP_HR_JOBS_MODEL - 1);
    ngx_memcpy(p->model, model.data, n);
    p->model[n] = '\0';
    p->tokens_in = usage->input;
    p->tokens_out = usage->output;
    p->cost_usd = usage->has_cost ? usage->cost : 0.0;
}


/* What a call may cost at most, until something better is known. */
static void
ngx_http_hr_job_reserve(ngx_http_hr_job_t *job)
{
    hr_usage_t               usage;
    const hr_gen_facts_t    *facts = hr_gen_job_facts(job->gen);
    const hr_gen_attempt_t  *attempt = &job->policy.attempt;

    ngx_memzero(&usage, sizeof(usage));
    usage.known = true;
    usage.input = facts->input_tokens
                  + hr_prompt_tokens(hr_utf8_count(attempt->repair_answer));
    usage.output = attempt->max_tokens ? attempt->max_tokens : facts->max_tokens;
    ngx_http_hr_job_price(job, HR_STR_NULL, &usage);
    job->progress.billed = 0;
    job->progress.reserved = 1;
}


/* The upstream will not say what this text has cost. */
static void
ngx_http_hr_job_estimate(ngx_http_hr_job_t *job, hr_str_t text)
{
    hr_usage_t               usage;
    ngx_http_hr_progress_t  *p = &job->progress;

    ngx_memzero(&usage, sizeof(usage));
    usage.known = true;
    usage.input = p->tokens_in;
    usage.output = hr_prompt_tokens(hr_utf8_count(text));
    ngx_http_hr_job_price(job, HR_STR_NULL, &usage);
}


/*
 * As soon as the upstream tells what the call costs it stands in the mirror, so
 * that whoever takes the task over has it for the ledger.
 */
static void
ngx_http_hr_job_bill(ngx_http_hr_job_t *job)
{
    hr_str_t                 model;
    hr_usage_t               usage;
    ngx_http_hr_progress_t  *p = &job->progress;

    if (p->billed || !hr_answer_reader_usage(job->call.reader, &usage, &model)) {
        return;
    }

    ngx_http_hr_job_price(job, model, &usage);
    p->billed = 1;

    ngx_http_hr_jobs_set(job->entry, p);
}


/* Progress between the start of the call and its end, by the text so far. */
static void
ngx_http_hr_job_progress(ngx_http_hr_call_t *call)
{
    size_t              chars;
    hr_str_t            text;
    ngx_uint_t          from, progress;
    ngx_http_hr_job_t  *job = call->data;

    ngx_http_hr_job_bill(job);

    text = hr_answer_reader_text(call->reader);
    chars = text.len;

    if (chars == job->scanned) {
        return;
    }

    hr_members_feed(&job->members, hr_str(text.data + job->scanned,
                                          chars - job->scanned));
    job->scanned = chars;
    job->progress.sections = job->members.seen;

    if (job->progress.first_token == 0) {
        job->progress.first_token = ngx_max(ngx_current_msec - call->started, 1);
    }

    from = ngx_http_hr_step_progress(NGX_HTTP_HR_STEP_MODEL);
    progress = from + (NGX_HTTP_HR_PROGRESS_ANSWER - from)
                      * ngx_min(chars, NGX_HTTP_HR_JOB_EXPECTED)
                      / NGX_HTTP_HR_JOB_EXPECTED;

    job->progress.chars = chars;
    job->progress.progress = ngx_max(job->progress.progress, progress);
    ngx_http_hr_jobs_set(job->entry, &job->progress);
}


ngx_msec_t
ngx_http_hr_job_left(const ngx_http_hr_job_t *job)
{
    ngx_msec_t  spent = ngx_current_msec - job->started;
    ngx_msec_t  total = ngx_http_hr_main_conf()->llm_total_timeout;

    return spent < total ? total - spent : 0;
}


void
ngx_http_hr_job_call_stop(ngx_http_hr_job_t *job)
{
    /* an answer that comes as a whole may have been finished over there */
    if (!job->progress.billed && ngx_http_hr_main_conf()->llm_stream) {
        ngx_http_hr_job_estimate(job, hr_answer_reader_text(job->call.reader));
    }

    ngx_http_hr_call_abort(&job->call);
    job->call.elapsed = ngx_current_msec - job->call.started;
}


void
ngx_http_hr_job_call_expired(ngx_http_hr_job_t *job)
{
    ngx_http_hr_call_abort(&job->call);
    job->call.error = HR_GENERR_UPSTREAM_TIMEOUT;
    job->call.elapsed = ngx_current_msec - job->call.started;
    ngx_http_hr_job_called(&job->call);
}


void
ngx_http_hr_job_call(ngx_http_hr_job_t *job)
{
    ngx_http_hr_call_t             *call = &job->call;
    const ngx_http_hr_main_conf_t  *hmcf = ngx_http_hr_main_conf();

    job->asked = job->policy.attempt.model.len ? job->policy.attempt.model
                                               : hr_gen_job_facts(job->gen)->model;
    job->policy.tries++;
    job->progress.tries = job->policy.tries;
    job->progress.chars = 0;
    job->progress.sections = 0;
    job->progress.first_token = 0;
    ngx_http_hr_job_reserve(job);
    job->scanned = 0;
    ngx_memzero(&job->members, sizeof(job->members));
    ngx_http_hr_job_show(job, NGX_HTTP_HR_STEP_MODEL);

    hr_arena_destroy(job->answer_arena);
    job->answer_arena = hr_arena_create(NGX_HTTP_HR_JOB_ANSWER);
    ngx_memzero(&job->answer, sizeof(job->answer));

    hr_answer_reader_destroy(call->reader);
    ngx_memzero(call, sizeof(ngx_http_hr_call_t));
    call->location = hmcf->llm_location;
    call->id.data = (u_char *) job->task.id.data;
    call->id.len = job->task.id.len;
    call->segments = job->body.segments;
    call->count = job->body.count;
    call->length = job->body.length;
    call->answer_max = hmcf->llm_answer_max;
    call->reader = hr_answer_reader_create();
    call->progress = ngx_http_hr_job_progress;
    call->done = ngx_http_hr_job_called;
    call->data = job;
    job->posted = ngx_http_hr_clock();
    ngx_http_hr_job_trace_call(job);

    if (job->answer_arena == NULL || call->reader == NULL
        || ngx_http_hr_call_start(call) != NGX_OK)
    {
        /* this machine is full, which is no fault of the upstream */
        call->error = HR_GENERR_UPSTREAM_CONNECT;
        job->starved = 1;
        job->progress.reserved = 0;
        ngx_http_hr_job_called(call);
        return;
    }

    job->calling = 1;
    ngx_add_timer(&job->timer, ngx_max(ngx_min(hmcf->llm_timeout,
                                               ngx_http_hr_job_left(job)), 1));
}


static void
ngx_http_hr_job_called(ngx_http_hr_call_t *call)
{
    hr_str_t            text = HR_STR_NULL;
    ngx_http_hr_job_t  *job = call->data;

    /* a text that has begun is paid for, however it ended; a failure is not */
    if (!job->progress.billed && job->progress.reserved) {
        text = hr_answer_reader_text(call->reader);
        job->progress.reserved = text.len != 0;
        ngx_http_hr_job_estimate(job, text);
    }

    job->calling = 0;
    job->model_ms += call->elapsed;
    job->spent[NGX_HTTP_HR_TIME_MODEL] += ngx_http_hr_clock() - job->posted;

    if (job->timer.timer_set) {
        ngx_del_timer(&job->timer);
    }

    ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0,
                  "hr: generation task %*s: attempt %ui: status %ui, %uz bytes, "
                  "first after %M ms, %M ms in all%s%s", job->task.id.len,
                  job->task.id.data, job->policy.tries, call->status,
                  call->received, call->first_byte, call->elapsed,
                  call->error ? ", " : "", hr_generr_code(call->error));

    ngx_http_hr_job_show(job, NGX_HTTP_HR_STEP_MODEL);
    ngx_http_hr_job_post(job, NGX_HTTP_HR_TIME_ANSWER, ngx_http_hr_job_judge,
                         ngx_http_hr_job_judged);
}


/* In a cpu thread. */
static void
ngx_http_hr_job_judge(ngx_http_hr_job_t *job, hr_store_conn_t *conn)
{
    hr_rc_t           rc;
    hr_gen_timing_t   timing;

    ngx_memzero(&timing, sizeof(timing));
    timing.at = hr_time_now();
    timing.duration = (double) (timing.at - job->started_at) / 1e6;
    timing.model_time = (double) job->model_ms / 1e3;
    timing.attempts = (unsigned) job->policy.tries;
    timing.earlier = job->earlier;
    rc = HR_OK;

    if (job->call.error == HR_GENERR_NONE) {
        rc = hr_answer_reader_finish(job->call.reader, job->answer_arena,
                                     (int) job->call.status, &job->answer);

    } else {
        job->answer.error = job->call.error;
    }

    if (rc == HR_OK) {
        rc = hr_gen_finish(job->gen, job->data.image, &job->answer, &timing,
                           job->may_repair, &job->result);
    }

    job->finished_at = timing.at;
    job->op.rc = rc;
}


static void
ngx_http_hr_job_judged(ngx_http_hr_job_t *job)
{
    ngx_msec_t  pause;

    /* the plain form tells it only at its end, if it does */
    ngx_http_hr_job_bill(job);

    if (!job->progress.billed && !job->progress.reserved
        && job->answer.content.len != 0)
    {
        job->progress.reserved = 1;
        ngx_http_hr_job_estimate(job, job->answer.content);
    }

    hr_answer_reader_destroy(job->call.reader);
    job->call.reader = NULL;

    if (job->op.rc != HR_OK) {
        ngx_http_hr_job_broken(job, "the answer cannot be judged",
                               HR_GENERR_STORAGE_FAILED);
        return;
    }

    ngx_http_hr_count_attempt(job->result.error);
    ngx_http_hr_job_trace_called(job, hr_generr_code(job->result.error));

    switch (ngx_http_hr_job_next(job, &pause)) {

    case NGX_HTTP_HR_NEXT_STORE:
        ngx_http_hr_job_show(job, NGX_HTTP_HR_STEP_STORE);
        ngx_http_hr_job_end_store(job);
        return;

    case NGX_HTTP_HR_NEXT_TRY:
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_UPSTREAM_RETRIES, 1);
        job->pause = pause;
        job->judged = ngx_current_msec;
        job->progress.waiting = pause;
        ngx_http_hr_jobs_set(job->entry, &job->progress);
        ngx_http_hr_job_end_attempt(job);
        return;

    default: /* NGX_HTTP_HR_NEXT_FAIL */
        ngx_http_hr_job_end_fail(job);
    }
}
