/* What becomes of an attempt: rows in the database, then figures, traces, the breaker. */

#include "ngx_http_hr_job_run.h"
#include "ngx_http_hr_touch.h"
#include "ngx_http_hr_trace.h"


#define NGX_HTTP_HR_STORE_TRIES    30       /* a second apart, while the database fails */
#define NGX_HTTP_HR_STORE_PAUSE    1000     /* ms */
#define NGX_HTTP_HR_STORE_REFUSED  2        /* tries of a write that is not busy, but refused */


/* ---- results; these run in the writer thread ---- */


/* Tokens, money and time of the last attempt alone: a row of the history each. */
static void
ngx_http_hr_job_usage(ngx_http_hr_job_t *job, hr_store_usage_t *usage)
{
    const hr_gen_facts_t  *facts;

    ngx_memzero(usage, sizeof(hr_store_usage_t));

    if (job->gen == NULL) {
        return;
    }

    facts = hr_gen_job_facts(job->gen);

    usage->model = job->answer.model.len ? job->answer.model : job->asked;
    usage->prompt_version = facts->prompt_version;
    usage->tokens_in = job->answer.usage.input;
    usage->tokens_out = job->answer.usage.output;
    usage->cost_usd = job->result.has_cost
                      ? job->result.cost_usd - (job->earlier.has_cost
                                                ? job->earlier.cost : 0.0)
                      : 0.0;
    usage->seconds = (double) job->call.elapsed / 1e3;

    /* also when there is no result that says so */
    if (job->progress.billed || job->progress.reserved) {
        usage->tokens_in = job->progress.tokens_in;
        usage->tokens_out = job->progress.tokens_out;
        usage->cost_usd = job->progress.cost_usd;
        usage->estimated = !job->progress.billed;
    }
}


static void
ngx_http_hr_job_failure(ngx_http_hr_job_t *job, hr_store_failure_t *failure)
{
    hr_generr_t  error;

    ngx_memzero(failure, sizeof(hr_store_failure_t));

    error = job->result.error != HR_GENERR_NONE ? job->result.error
                                                : job->prepare_error;

    /* an answer that is only to be bettered */
    if (error == HR_GENERR_NONE && job->policy.kept) {
        error = HR_GENERR_SCHEMA_INVALID;
    }

    failure->error_code = hr_str_from_c(hr_generr_code(error));
    failure->error_message = job->result.error_message.len
                             ? job->result.error_message
                             : hr_str_from_c(hr_generr_text(error, HR_LANG_RU));
    failure->result = job->result.result;
    ngx_http_hr_job_usage(job, &failure->usage);
}


static void
ngx_http_hr_job_store(ngx_http_hr_job_t *job, hr_store_conn_t *conn)
{
    hr_store_outcome_t      outcome;
    const hr_gen_result_t  *r = &job->result;

    ngx_memzero(&outcome, sizeof(outcome));
    outcome.new_profile_id = hr_str_from_c(job->profile_id);
    outcome.step = ngx_http_hr_step_text(NGX_HTTP_HR_STEP_DONE);
    outcome.result = r->result;
    outcome.content.document = r->document;
    outcome.content.metadata = r->metadata;
    outcome.content.validation_score = r->has_validation ? r->validation
                                                         : HR_STORE_NO_SCORE;
    outcome.content.completeness_score = r->completeness;
    outcome.content.generation_seconds =
                       (double) (job->finished_at - job->started_at) / 1e6;
    outcome.content.input_tokens = r->input_tokens;
    outcome.content.output_tokens = r->output_tokens;
    outcome.content.total_tokens = r->total_tokens;
    outcome.content.user_id = job->task.created_by;
    outcome.content.username = job->task.created_by_username;
    outcome.content.note = job->params.reason;
    outcome.content.prompt_version = hr_gen_job_facts(job->gen)->prompt_version;
    outcome.content.edited_leaves = -1;
    ngx_http_hr_job_usage(job, &outcome.usage);

    job->op.rc = hr_store_task_complete(conn, job->arena, &job->lease, &outcome,
                                        job->finished_at, &job->stored);

    /* the same transaction gives its place to the next task */
    if (job->op.rc == HR_OK && job->next != NULL) {
        job->op.rc = ngx_http_hr_claim_run(job->next, conn);
    }
}


static void
ngx_http_hr_job_fail(ngx_http_hr_job_t *job, hr_store_conn_t *conn)
{
    hr_store_failure_t  failure;

    ngx_http_hr_job_failure(job, &failure);

    /* the model was asked: the pipeline ended; anything before it is an error */
    if (job->policy.tries != 0 && job->prepare_error == HR_GENERR_NONE) {
        failure.progress = 100;
        failure.step = ngx_http_hr_step_text(NGX_HTTP_HR_STEP_DONE);

    } else {
        failure.step = ngx_http_hr_step_text(NGX_HTTP_HR_STEP_ERROR);
    }

    job->op.rc = hr_store_task_fail(conn, &job->lease, &failure, hr_time_now());
}


static void
ngx_http_hr_job_attempt(ngx_http_hr_job_t *job, hr_store_conn_t *conn)
{
    hr_instant_t        now = hr_time_now();
    hr_store_failure_t  failure;

    ngx_http_hr_job_failure(job, &failure);
    failure.progress = (int64_t) job->progress.progress;
    failure.step = ngx_http_hr_step_text(NGX_HTTP_HR_STEP_MODEL);

    job->op.rc = hr_store_task_attempt(conn, &job->lease, &failure,
                                       now + NGX_HTTP_HR_JOB_LEASE * 1000, now);
}


static void
ngx_http_hr_job_release(ngx_http_hr_job_t *job, hr_store_conn_t *conn)
{
    job->op.rc = hr_store_task_release(conn, &job->lease,
                                       ngx_http_hr_step_text(
                                           NGX_HTTP_HR_STEP_QUEUED),
                                       hr_time_now());
}


/* ---- after the writes ---- */


/*
 * NGX_OK: written.  NGX_DONE: the task is somebody else's or has ended.
 * NGX_AGAIN: the database fails, the same write follows in a second.
 */
static ngx_int_t
ngx_http_hr_job_written(ngx_http_hr_job_t *job)
{
    if (job->op.rc == HR_OK) {
        job->progress.billed = 0;       /* the row has it */
        job->progress.reserved = 0;
        return NGX_OK;
    }

    if (job->op.rc == HR_CONFLICT || job->op.rc == HR_NOT_FOUND || job->gone) {
        return NGX_DONE;
    }

    if (job->store_tries++ == 0) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: generation task %*s: the result cannot be stored: %s; "
                      "trying again", job->task.id.len, job->task.id.data,
                      job->op.text);
    }

    if (job->store_tries > NGX_HTTP_HR_STORE_TRIES) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: generation task %*s: given up, it is taken again when "
                      "its lease has run out", job->task.id.len, job->task.id.data);
        return NGX_DONE;
    }

    job->pausing = 1;
    job->storing = 1;
    ngx_add_timer(&job->timer, NGX_HTTP_HR_STORE_PAUSE);

    return NGX_AGAIN;
}


static void
ngx_http_hr_job_account(const ngx_http_hr_job_t *job)
{
    ngx_http_hr_count(NGX_HTTP_HR_COUNT_TOKENS_IN,
                      (ngx_atomic_int_t) job->result.input_tokens);
    ngx_http_hr_count(NGX_HTTP_HR_COUNT_TOKENS_OUT,
                      (ngx_atomic_int_t) job->result.output_tokens);

    if (job->result.has_cost) {
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_COST_MICROUSD,
                          (ngx_atomic_int_t) (job->result.cost_usd * 1e6));
    }
}


/* Time from the start's request to here, and its parts, in ms. */
static void
ngx_http_hr_job_tell(const ngx_http_hr_job_t *job)
{
    const uint64_t  *t = job->spent;

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "hr: generation task %*s: stored after %.3f ms: prompt %.3f, "
                  "model %.3f, answer %.3f, database %.3f",
                  job->task.id.len, job->task.id.data,
                  (double) (hr_time_now() - job->task.created_at) / 1e3,
                  (double) t[NGX_HTTP_HR_TIME_PROMPT] / 1e3,
                  (double) t[NGX_HTTP_HR_TIME_MODEL] / 1e3,
                  (double) t[NGX_HTTP_HR_TIME_ANSWER] / 1e3,
                  (double) t[NGX_HTTP_HR_TIME_WRITE] / 1e3);
}


/*
 * The database takes writes, only not this one: the task fails instead of being
 * generated, and paid, again.
 */
static ngx_uint_t
ngx_http_hr_job_unstorable(ngx_http_hr_job_t *job)
{
    if (job->op.rc == HR_OK || job->gone) {
        return 0;
    }

    /* a constraint is a conflict, too, but not one of the lease */
    if (job->op.error != HR_STORE_E_CONSTRAINT
        && (job->op.rc == HR_CONFLICT || job->op.rc == HR_NOT_FOUND
            || job->store_tries < NGX_HTTP_HR_STORE_REFUSED
            || hr_store_error_is_temporary(job->op.error)))
    {
        return 0;
    }

    ngx_http_hr_job_broken(job, "the profile cannot be stored",
                           HR_GENERR_DB_FAILED);
    return 1;
}


static void
ngx_http_hr_job_stored(ngx_http_hr_job_t *job)
{
    if (ngx_http_hr_job_unstorable(job)) {
        return;
    }

    switch (ngx_http_hr_job_written(job)) {

    case NGX_AGAIN:
        return;

    case NGX_OK:
        if (job->stored.profile_id.data != NULL) {
            ngx_http_hr_touched_profile(job->stored.profile_id);
        }

        ngx_http_hr_count(NGX_HTTP_HR_COUNT_JOBS_COMPLETED, 1);
        ngx_http_hr_job_tell(job);
        ngx_http_hr_job_traced(job, hr_generr_code(HR_GENERR_NONE));
        ngx_http_hr_job_account(job);
        (void) ngx_http_hr_breaker_report(1, job->probe, 0);
        ngx_http_hr_jobs_set_fault(HR_GENERR_NONE);
        job->probe = 0;

        /* fall through */

    default:
        ngx_http_hr_job_finish(job);
    }
}


/* The breaker counts what the upstream did; a person is told what only he can mend. */
static void
ngx_http_hr_job_report(ngx_http_hr_job_t *job, hr_generr_t error)
{
    const ngx_msec_t  pause = ngx_http_hr_main_conf()->llm_breaker;

    if (hr_generr_trips_breaker(error) && !job->starved) {

        if (ngx_http_hr_breaker_report(0, job->probe, pause)) {
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "hr: the language model failed %d generations in a row "
                          "(%s): none is started for %M ms",
                          NGX_HTTP_HR_BREAKER_FAILURES, hr_generr_code(error),
                          pause);
        }

        job->probe = 0;

    } else if (job->call.status == NGX_HTTP_OK && !job->starved) {
        /* it answered, only not well */
        (void) ngx_http_hr_breaker_report(1, job->probe, 0);
        job->probe = 0;
    }

    if (error == HR_GENERR_AUTH || error == HR_GENERR_NO_CREDIT) {
        ngx_http_hr_jobs_set_fault(error);
    }
}


static void
ngx_http_hr_job_failed(ngx_http_hr_job_t *job)
{
    hr_generr_t  error;

    switch (ngx_http_hr_job_written(job)) {

    case NGX_AGAIN:
        return;

    case NGX_OK:
        error = job->result.error != HR_GENERR_NONE ? job->result.error
                                                    : job->prepare_error;
        /* the service's own words may repeat the key or the prompt: not logged */
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "hr: generation task %*s failed: %s", job->task.id.len,
                      job->task.id.data, hr_generr_code(error));
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_JOBS_FAILED, 1);
        ngx_http_hr_job_traced(job, hr_generr_code(error));
        ngx_http_hr_job_account(job);
        ngx_http_hr_job_report(job, error);

        /* fall through */

    default:
        ngx_http_hr_job_finish(job);
    }
}


static void
ngx_http_hr_job_attempted(ngx_http_hr_job_t *job)
{
    ngx_msec_t  spent;

    switch (ngx_http_hr_job_written(job)) {

    case NGX_AGAIN:
        return;

    case NGX_DONE:
        ngx_http_hr_job_finish(job);
        return;

    default:
        break;
    }

    job->store_tries = 0;
    job->lease.attempt++;
    job->progress.attempt = (ngx_uint_t) job->lease.attempt;

    /* all attempts so far, for the result's sums */
    job->earlier.known = true;
    job->earlier.input = job->result.input_tokens;
    job->earlier.output = job->result.output_tokens;
    job->earlier.total = job->result.total_tokens;
    job->earlier.has_cost = job->result.has_cost;
    job->earlier.cost = job->result.cost_usd;

    if (ngx_exiting) {
        ngx_http_hr_job_quit(job);
        return;
    }

    spent = ngx_current_msec - job->judged;
    job->pausing = 1;
    ngx_add_timer(&job->timer, job->pause > spent ? job->pause - spent : 1);
}


/* ---- entrances ---- */


void
ngx_http_hr_job_end_store(ngx_http_hr_job_t *job)
{
    job->next = ngx_http_hr_claim_begin(1);
    ngx_http_hr_job_post(job, NGX_HTTP_HR_TIME_WRITE, ngx_http_hr_job_store,
                         ngx_http_hr_job_stored);
}


bool
ngx_http_hr_job_end_storing(const ngx_http_hr_job_t *job)
{
    return job->done == ngx_http_hr_job_stored;
}


void
ngx_http_hr_job_end_fail(ngx_http_hr_job_t *job)
{
    ngx_http_hr_job_post(job, NGX_HTTP_HR_TIME_WRITE, ngx_http_hr_job_fail,
                         ngx_http_hr_job_failed);
}


void
ngx_http_hr_job_end_attempt(ngx_http_hr_job_t *job)
{
    ngx_http_hr_job_post(job, NGX_HTTP_HR_TIME_WRITE, ngx_http_hr_job_attempt,
                         ngx_http_hr_job_attempted);
}


void
ngx_http_hr_job_end_release(ngx_http_hr_job_t *job)
{
    ngx_http_hr_job_post(job, NGX_HTTP_HR_TIME_WRITE, ngx_http_hr_job_release,
                         ngx_http_hr_job_finish);
}


static void
ngx_http_hr_job_spent(ngx_http_hr_job_t *job, hr_store_conn_t *conn)
{
    hr_store_usage_t               usage;
    const ngx_http_hr_progress_t  *p = &job->progress;

    ngx_memzero(&usage, sizeof(usage));
    usage.model = hr_str_from_c(p->model);
    usage.prompt_version = hr_gen_job_facts(job->gen)->prompt_version;
    usage.tokens_in = p->tokens_in;
    usage.tokens_out = p->tokens_out;
    usage.cost_usd = p->cost_usd;
    usage.estimated = !p->billed;
    usage.seconds = (double) job->model_ms / 1e3;

    job->op.rc = hr_store_task_spent(conn, &job->lease, &usage, job->started_at);
}


bool
ngx_http_hr_job_end_spent(ngx_http_hr_job_t *job)
{
    if (job->spent_told || (!job->progress.billed && !job->progress.reserved)) {
        return false;
    }

    job->spent_told = 1;                /* once; without the database it is lost */
    ngx_http_hr_job_post(job, NGX_HTTP_HR_TIME_WRITE, ngx_http_hr_job_spent,
                         ngx_http_hr_job_finish);

    return true;
}
