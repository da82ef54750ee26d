#include "ngx_http_hr_job_run.h"
#include "ngx_http_hr_touch.h"
#include "ngx_http_hr_trace.h"


#define NGX_HTTP_HR_JOB_NOTE       300      /* ms in a call until its step is written down */
#define NGX_HTTP_HR_JOB_EXPECTED   24000    /* bytes of a usual answer, for progress */
#define NGX_HTTP_HR_JOB_ANSWER     (64u * 1024 * 1024)  /* arena of an attempt */
#define NGX_HTTP_HR_STORE_TRIES    30       /* a second apart, while the database fails */
#define NGX_HTTP_HR_STORE_PAUSE    1000     /* ms */


static void ngx_http_hr_job_prepare(ngx_http_hr_job_t *job,
    hr_store_conn_t *conn);
static void ngx_http_hr_job_prepared(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_go(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_rendered(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_call(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_called(ngx_http_hr_call_t *call);
static void ngx_http_hr_job_judge(ngx_http_hr_job_t *job, hr_store_conn_t *conn);
static void ngx_http_hr_job_judged(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_store(ngx_http_hr_job_t *job, hr_store_conn_t *conn);
static void ngx_http_hr_job_stored(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_fail(ngx_http_hr_job_t *job, hr_store_conn_t *conn);
static void ngx_http_hr_job_failed(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_attempt(ngx_http_hr_job_t *job,
    hr_store_conn_t *conn);
static void ngx_http_hr_job_attempted(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_release(ngx_http_hr_job_t *job,
    hr_store_conn_t *conn);


/* ---- steps and their operations ---- */


static void
ngx_http_hr_job_op_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    ngx_http_hr_job_t  *job = op->data;

    job->run(job, conn);
}


static void
ngx_http_hr_job_finish(ngx_http_hr_job_t *job)
{
    job->gone = 1;

    if (job->timer.timer_set) {
        ngx_del_timer(&job->timer);
    }

    if (!job->busy && !job->noting) {
        ngx_http_hr_job_ended(job);
    }
}


static void
ngx_http_hr_job_op_done(ngx_http_hr_db_op_t *op)
{
    hr_rc_t               rc = op->rc;
    ngx_http_hr_job_t    *job = op->data;
    ngx_http_hr_claim_t  *next = job->next;

    job->busy = 0;
    job->next = NULL;
    job->followed = next != NULL && rc == HR_OK;

    if (rc == HR_OK && op->touched != 0) {
        ngx_http_hr_touched(op->touched);
    }

    /* a job that is gone still hears of what it has stored */
    if (job->gone && job->done != ngx_http_hr_job_stored) {
        ngx_http_hr_job_finish(job);

    } else {
        job->done(job);
    }

    ngx_http_hr_claim_end(next, rc);
}


/* Runs in the cpu pool or, when done writes, in the writer. */
static void
ngx_http_hr_job_post(ngx_http_hr_job_t *job, bool write,
    void (*run)(ngx_http_hr_job_t *job, hr_store_conn_t *conn),
    void (*done)(ngx_http_hr_job_t *job))
{
    ngx_int_t  rc;

    job->run = run;
    job->done = done;
    job->op.run = ngx_http_hr_job_op_run;
    job->op.done = ngx_http_hr_job_op_done;
    job->op.data = job;
    job->op.rc = HR_OK;
    job->busy = 1;

    rc = write ? ngx_http_hr_db_write(&job->op) : ngx_http_hr_db_cpu(&job->op);

    if (rc == NGX_OK) {
        return;
    }

    /* the pool's queue is full: the same step again a little later */
    job->busy = 0;
    job->waiting_write = write;
    job->waiting = 1;
    ngx_add_timer(&job->timer, 50);
}


static void
ngx_http_hr_job_show(ngx_http_hr_job_t *job, ngx_http_hr_step_t step)
{
    job->progress.step = step;
    job->progress.progress = ngx_max(job->progress.progress,
                                     ngx_http_hr_step_progress(step));
    ngx_http_hr_jobs_set(job->entry, &job->progress);
}


/* ---- beginning ---- */


static void
ngx_http_hr_job_timer_handler(ngx_event_t *ev)
{
    ngx_http_hr_job_t  *job = ev->data;

    ngx_http_hr_turn_note("timer of a job");

    if (job->waiting) {
        job->waiting = 0;
        ngx_http_hr_job_post(job, job->waiting_write, job->run, job->done);
        return;
    }

    if (job->pausing) {
        job->pausing = 0;
        job->progress.waiting = 0;

        if (job->storing) {
            job->storing = 0;
            ngx_http_hr_job_post(job, true, job->run, job->done);
            return;
        }

        ngx_http_hr_job_go(job);
        return;
    }

    if (job->calling) {
        /* the deadline of the attempt */
        ngx_http_hr_call_abort(&job->call);
        job->call.error = HR_GENERR_UPSTREAM_TIMEOUT;
        job->call.elapsed = ngx_current_msec - job->call.started;
        ngx_http_hr_job_called(&job->call);
    }
}


void
ngx_http_hr_job_begin(ngx_http_hr_job_t *job)
{
    job->started = ngx_current_msec;
    job->started_at = hr_time_now();
    job->entry = ngx_http_hr_jobs_take(job->task.id.data);
    job->progress.attempt = (ngx_uint_t) job->lease.attempt;
    job->handle = ngx_http_hr_gen_acquire();
    job->remote = ngx_http_hr_remote_acquire(job->handle);

    job->timer.handler = ngx_http_hr_job_timer_handler;
    job->timer.data = job;
    job->timer.log = ngx_cycle->log;

    ngx_http_hr_job_trace_begin(job);

    ngx_http_hr_job_show(job, NGX_HTTP_HR_STEP_INIT);

    if (ngx_exiting) {
        ngx_http_hr_job_quit(job);
        return;
    }

    if (job->handle == NULL || ngx_http_hr_data_acquire(&job->data) != NGX_OK) {
        job->prepare_error = HR_GENERR_NOT_CONFIGURED;
        ngx_http_hr_job_post(job, true, ngx_http_hr_job_fail,
                             ngx_http_hr_job_failed);
        return;
    }

    ngx_http_hr_job_show(job, NGX_HTTP_HR_STEP_PREPARE);
    ngx_http_hr_job_post(job, false, ngx_http_hr_job_prepare,
                         ngx_http_hr_job_prepared);
}


/* In a cpu thread. */
static void
ngx_http_hr_job_prepare(ngx_http_hr_job_t *job, hr_store_conn_t *conn)
{
    char                            trace_id[HR_TRACE_ID + 1];
    hr_rc_t                         rc;
    hr_gen_timing_t                 timing;
    hr_gen_request_t                request;
    const ngx_http_hr_main_conf_t  *hmcf = ngx_http_hr_main_conf();

    ngx_memzero(&request, sizeof(request));
    request.department = job->task.slot.unit_path.data != NULL
                         ? job->task.slot.unit_path : job->task.slot.department;
    request.position = job->task.slot.position;
    request.employee_name = job->task.slot.employee_name;
    request.has_temperature = job->params.has_temperature;
    request.temperature = job->params.temperature;
    request.model = job->params.model;
    request.task_id = job->task.id;

    if (ngx_http_hr_trace_enabled()) {
        ngx_http_hr_trace_id(job->task.id, trace_id);
        request.trace_id = hr_arena_str(job->arena, hr_str_from_c(trace_id));
    }

    request.stream = hmcf->llm_stream;
    request.naive_times = hmcf->naive_times;
    request.now = job->started_at;

    rc = hr_gen_prepare(job->handle->gen,
                        job->remote != NULL ? job->remote->prompt : NULL,
                        job->data.image, &request, &job->gen,
                        &job->prepare_error);

    if (rc == HR_OK && job->prepare_error == HR_GENERR_NONE) {
        rc = hr_gen_body(job->gen, &job->policy.attempt, &job->body);

    } else if (rc == HR_OK) {
        ngx_memzero(&timing, sizeof(timing));
        timing.at = hr_time_now();
        timing.duration = (double) (timing.at - job->started_at) / 1e6;
        rc = hr_gen_fail(job->gen, job->prepare_error, &timing, &job->result);
    }

    if (rc == HR_OK) {
        rc = hr_uuid_make(job->profile_id);
    }

    job->op.rc = rc;
}


/* Something of ours went wrong; rc for the log, the user sees storage_failed. */
static void
ngx_http_hr_job_broken(ngx_http_hr_job_t *job, const char *what)
{
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "hr: generation task %*s: %s (%d)", job->task.id.len,
                  job->task.id.data, what, (int) job->op.rc);

    ngx_memzero(&job->result, sizeof(job->result));
    job->prepare_error = HR_GENERR_STORAGE_FAILED;
    ngx_http_hr_job_post(job, true, ngx_http_hr_job_fail, ngx_http_hr_job_failed);
}


static void
ngx_http_hr_job_rendered(ngx_http_hr_job_t *job)
{
    if (job->op.rc == HR_OK) {
        ngx_http_hr_job_call(job);

    } else {
        ngx_http_hr_job_broken(job, "the prompt cannot be built");
    }
}


static void
ngx_http_hr_job_prepared(ngx_http_hr_job_t *job)
{
    if (job->op.rc != HR_OK) {
        ngx_http_hr_job_broken(job, "the prompt cannot be built");
        return;
    }

    if (job->prepare_error != HR_GENERR_NONE) {
        ngx_http_hr_job_post(job, true, ngx_http_hr_job_fail,
                             ngx_http_hr_job_failed);
        return;
    }

    ngx_http_hr_job_first_attempt(job);
    ngx_http_hr_job_go(job);
}


/* In a cpu thread: the body of an attempt that differs from the one before. */
static void
ngx_http_hr_job_render(ngx_http_hr_job_t *job, hr_store_conn_t *conn)
{
    job->op.rc = hr_gen_body(job->gen, &job->policy.attempt, &job->body);
}


/* The next attempt, as the policy describes it. */
static void
ngx_http_hr_job_go(ngx_http_hr_job_t *job)
{
    if (job->render) {
        job->render = 0;
        ngx_http_hr_job_post(job, false, ngx_http_hr_job_render,
                             ngx_http_hr_job_rendered);
        return;
    }

    ngx_http_hr_job_call(job);
}


/* ---- the call ---- */


/* Progress between the start of the call and its end, by the text so far. */
static void
ngx_http_hr_job_progress(ngx_http_hr_call_t *call)
{
    size_t              chars;
    hr_str_t            text;
    ngx_uint_t          from, progress;
    ngx_http_hr_job_t  *job = call->data;

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


static void
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
    ngx_http_hr_job_trace_call(job);

    if (job->answer_arena == NULL || call->reader == NULL
        || ngx_http_hr_call_start(call) != NGX_OK)
    {
        /* this machine is full, which is no fault of the upstream */
        call->error = HR_GENERR_UPSTREAM_CONNECT;
        job->starved = 1;
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
    ngx_http_hr_job_t  *job = call->data;

    job->calling = 0;
    job->model_ms += call->elapsed;

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
    ngx_http_hr_job_post(job, false, ngx_http_hr_job_judge,
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

    hr_answer_reader_destroy(job->call.reader);
    job->call.reader = NULL;

    if (job->op.rc != HR_OK) {
        ngx_http_hr_job_broken(job, "the answer cannot be judged");
        return;
    }

    ngx_http_hr_count_attempt(job->result.error);
    ngx_http_hr_job_trace_called(job, hr_generr_code(job->result.error));

    switch (ngx_http_hr_job_next(job, &pause)) {

    case NGX_HTTP_HR_NEXT_STORE:
        ngx_http_hr_job_show(job, NGX_HTTP_HR_STEP_STORE);
        job->next = ngx_http_hr_claim_begin(1);
        ngx_http_hr_job_post(job, true, ngx_http_hr_job_store,
                             ngx_http_hr_job_stored);
        return;

    case NGX_HTTP_HR_NEXT_TRY:
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_UPSTREAM_RETRIES, 1);
        job->pause = pause;
        job->judged = ngx_current_msec;
        job->progress.waiting = pause;
        ngx_http_hr_jobs_set(job->entry, &job->progress);
        ngx_http_hr_job_post(job, true, ngx_http_hr_job_attempt,
                             ngx_http_hr_job_attempted);
        return;

    default: /* NGX_HTTP_HR_NEXT_FAIL */
        ngx_http_hr_job_post(job, true, ngx_http_hr_job_fail,
                             ngx_http_hr_job_failed);
    }
}


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
}


static void
ngx_http_hr_job_failure(ngx_http_hr_job_t *job, hr_store_failure_t *failure)
{
    hr_generr_t  error;

    ngx_memzero(failure, sizeof(hr_store_failure_t));

    error = job->result.error != HR_GENERR_NONE ? job->result.error
                                                : job->prepare_error;
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


static void
ngx_http_hr_job_stored(ngx_http_hr_job_t *job)
{
    switch (ngx_http_hr_job_written(job)) {

    case NGX_AGAIN:
        return;

    case NGX_OK:
        if (job->stored.profile_id.data != NULL) {
            ngx_http_hr_touched_profile(job->stored.profile_id);
        }

        ngx_http_hr_count(NGX_HTTP_HR_COUNT_JOBS_COMPLETED, 1);
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


static void
ngx_http_hr_job_released(ngx_http_hr_job_t *job)
{
    ngx_http_hr_job_finish(job);
}


/* ---- from outside ---- */


void
ngx_http_hr_job_stop(ngx_http_hr_job_t *job)
{
    if (job->calling) {
        job->calling = 0;
        ngx_http_hr_call_abort(&job->call);
        job->call.elapsed = ngx_current_msec - job->call.started;
    }

    job->waiting = 0;
    job->pausing = 0;

    if (!job->gone) {
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_JOBS_CANCELLED, 1);
        ngx_http_hr_job_trace_stopped(job);
    }

    ngx_http_hr_job_finish(job);
}


void
ngx_http_hr_job_quit(ngx_http_hr_job_t *job)
{
    /* a call that runs may end, and so may a write */
    if (job->busy || job->noting || job->calling || job->storing || job->gone) {
        return;
    }

    job->waiting = 0;
    job->pausing = 0;

    if (job->timer.timer_set) {
        ngx_del_timer(&job->timer);
    }

    ngx_http_hr_job_post(job, true, ngx_http_hr_job_release,
                         ngx_http_hr_job_released);
}


static void
ngx_http_hr_job_note_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    ngx_http_hr_job_t  *job = op->data;

    op->rc = hr_store_task_progress(conn, &job->note_lease,
                                    ngx_http_hr_step_progress(
                                        NGX_HTTP_HR_STEP_MODEL),
                                    ngx_http_hr_step_text(NGX_HTTP_HR_STEP_MODEL),
                                    hr_time_now() + NGX_HTTP_HR_JOB_LEASE * 1000);
}


static void
ngx_http_hr_job_note_done(ngx_http_hr_db_op_t *op)
{
    ngx_http_hr_job_t  *job = op->data;

    job->noting = 0;

    if (op->rc == HR_OK) {
        ngx_http_hr_touched(op->touched);
    }

    if (job->gone && !job->busy) {
        ngx_http_hr_job_finish(job);
    }
}


/* The mirror has the exact progress; the table is told once, when there is time. */
void
ngx_http_hr_job_tick(ngx_http_hr_job_t *job)
{
    if (!job->calling || job->noted
        || ngx_current_msec - job->call.started < NGX_HTTP_HR_JOB_NOTE)
    {
        return;
    }

    job->noted = 1;
    job->note_lease = job->lease;
    job->note.run = ngx_http_hr_job_note_run;
    job->note.done = ngx_http_hr_job_note_done;
    job->note.data = job;

    if (ngx_http_hr_db_write(&job->note) == NGX_OK) {
        job->noting = 1;
    }
}


void
ngx_http_hr_job_free(ngx_http_hr_job_t *job)
{
    ngx_http_hr_claim_end(job->next, HR_ABORTED);

    if (job->probe) {
        ngx_http_hr_breaker_give_back();
    }

    ngx_http_hr_jobs_drop(job->entry);
    hr_answer_reader_destroy(job->call.reader);
    hr_gen_job_destroy(job->gen);
    hr_arena_destroy(job->answer_arena);
    hr_arena_destroy(job->kept_arena);
    ngx_http_hr_data_release(&job->data);
    ngx_http_hr_remote_release(job->remote);
    ngx_http_hr_gen_release(job->handle);
    hr_arena_destroy(job->arena);
    free(job);
}
