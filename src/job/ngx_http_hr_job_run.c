#include "ngx_http_hr_job_run.h"
#include "ngx_http_hr_touch.h"
#include "ngx_http_hr_trace.h"


#define NGX_HTTP_HR_JOB_NOTE       300      /* ms in a call until its step is written down */


static void ngx_http_hr_job_prepare(ngx_http_hr_job_t *job,
    hr_store_conn_t *conn);
static void ngx_http_hr_job_prepared(ngx_http_hr_job_t *job);
static void ngx_http_hr_job_go(ngx_http_hr_job_t *job);


/* ---- steps and their operations ---- */


static void
ngx_http_hr_job_op_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    ngx_http_hr_job_t  *job = op->data;

    job->run(job, conn);
}


void
ngx_http_hr_job_finish(ngx_http_hr_job_t *job)
{
    job->gone = 1;

    if (job->timer.timer_set) {
        ngx_del_timer(&job->timer);
    }

    if (!job->busy && !job->noting && !ngx_http_hr_job_end_spent(job)) {
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
    job->spent[job->time] += ngx_http_hr_clock() - job->posted;
    job->next = NULL;
    job->followed = next != NULL && rc == HR_OK;

    /* a job that is gone still hears of what it has stored */
    if (job->gone && !ngx_http_hr_job_end_storing(job)) {
        ngx_http_hr_job_finish(job);

    } else {
        job->done(job);
    }

    ngx_http_hr_claim_end(next, rc);
}


void
ngx_http_hr_job_post(ngx_http_hr_job_t *job, ngx_http_hr_job_time_t time,
    ngx_http_hr_job_run_pt run, ngx_http_hr_job_done_pt done)
{
    ngx_int_t  rc;

    job->time = time;
    job->posted = ngx_http_hr_clock();
    job->run = run;
    job->done = done;
    job->op.run = ngx_http_hr_job_op_run;
    job->op.done = ngx_http_hr_job_op_done;
    job->op.data = job;
    job->op.rc = HR_OK;
    job->busy = 1;

    rc = time == NGX_HTTP_HR_TIME_WRITE ? ngx_http_hr_db_write(&job->op)
                                        : ngx_http_hr_db_cpu(&job->op);

    if (rc == NGX_OK) {
        return;
    }

    /* the pool's queue is full: the same step again a little later */
    job->busy = 0;
    job->waiting = 1;
    ngx_add_timer(&job->timer, 50);
}


void
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
        ngx_http_hr_job_post(job, job->time, job->run, job->done);
        return;
    }

    if (job->pausing) {
        job->pausing = 0;
        job->progress.waiting = 0;

        if (job->storing) {
            job->storing = 0;
            ngx_http_hr_job_post(job, job->time, job->run, job->done);
            return;
        }

        ngx_http_hr_job_go(job);
        return;
    }

    if (job->calling) {
        ngx_http_hr_job_call_expired(job);
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
        ngx_http_hr_job_end_fail(job);
        return;
    }

    ngx_http_hr_job_show(job, NGX_HTTP_HR_STEP_PREPARE);
    ngx_http_hr_job_post(job, NGX_HTTP_HR_TIME_PROMPT, ngx_http_hr_job_prepare,
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
                        ngx_http_hr_remote_bundle(job->handle, job->remote,
                                                  job->task.id),
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


void
ngx_http_hr_job_broken(ngx_http_hr_job_t *job, const char *what, hr_generr_t error)
{
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "hr: generation task %*s: %s (%d)", job->task.id.len,
                  job->task.id.data, what, (int) job->op.rc);

    ngx_memzero(&job->result, sizeof(job->result));
    job->prepare_error = error;
    ngx_http_hr_job_end_fail(job);
}


static void
ngx_http_hr_job_rendered(ngx_http_hr_job_t *job)
{
    if (job->op.rc == HR_OK) {
        ngx_http_hr_job_call(job);

    } else {
        ngx_http_hr_job_broken(job, "the prompt cannot be built",
                               HR_GENERR_STORAGE_FAILED);
    }
}


static void
ngx_http_hr_job_prepared(ngx_http_hr_job_t *job)
{
    if (job->op.rc != HR_OK) {
        ngx_http_hr_job_broken(job, "the prompt cannot be built",
                               HR_GENERR_STORAGE_FAILED);
        return;
    }

    if (job->prepare_error != HR_GENERR_NONE) {
        ngx_http_hr_job_end_fail(job);
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
        ngx_http_hr_job_post(job, NGX_HTTP_HR_TIME_PROMPT, ngx_http_hr_job_render,
                             ngx_http_hr_job_rendered);
        return;
    }

    ngx_http_hr_job_call(job);
}


/* ---- from outside ---- */


void
ngx_http_hr_job_stop(ngx_http_hr_job_t *job)
{
    if (job->calling) {
        job->calling = 0;
        ngx_http_hr_job_call_stop(job);
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
    /* a call that runs may end, and so may a write; a document is not thrown away */
    if (job->busy || job->noting || job->calling || job->storing || job->gone
        || job->policy.kept)
    {
        return;
    }

    job->waiting = 0;
    job->pausing = 0;

    if (job->timer.timer_set) {
        ngx_del_timer(&job->timer);
    }

    ngx_http_hr_job_end_release(job);
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
