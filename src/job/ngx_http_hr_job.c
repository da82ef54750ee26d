#include "ngx_http_hr_job_run.h"
#include "ngx_http_hr_job_claim.h"
#include "ngx_http_hr_touch.h"
#include "ngx_http_hr_trace.h"
#include "ngx_http_hr_otlp.h"


#define NGX_HTTP_HR_JOB_TICK     100        /* ms */
#define NGX_HTTP_HR_JOB_SWEEP    20000      /* ms between looks for dead leases */

/* Renewal of all leases of this worker. */
typedef struct {
    ngx_http_hr_job_t       *job;
    hr_store_lease_t         lease;         /* texts in the arena */
    hr_rc_t                  rc;
} ngx_http_hr_renewal_t;

typedef struct {
    ngx_http_hr_db_op_t      op;
    hr_arena_t              *arena;
    hr_instant_t             now;
    ngx_uint_t               count;
    ngx_http_hr_renewal_t   *item;
} ngx_http_hr_renew_t;

/* Return of what dead workers held. */
typedef struct {
    ngx_http_hr_db_op_t      op;
    hr_instant_t             now;
    uint64_t                 seed;
    ngx_uint_t               dead;          /* also by the owner, not only by time */
    int64_t                  requeued;
    int64_t                  failed;
} ngx_http_hr_recovery_t;


static void ngx_http_hr_job_timer(ngx_event_t *ev);
static void ngx_http_hr_job_renew_all(void);
static void ngx_http_hr_job_recover(ngx_uint_t dead);


static const struct {
    unsigned   progress;
    hr_str_t   text;
} ngx_http_hr_steps[NGX_HTTP_HR_STEPS] = {
    { 0, HR_STR_INIT("В очереди на обработку") },
    { 5, HR_STR_INIT("Инициализация генератора профилей") },
    { 15, HR_STR_INIT("Подготовка данных компании") },
    { 30, HR_STR_INIT("Генерация профиля через LLM") },
    { 90, HR_STR_INIT("Сохранение результата") },
    { 100, HR_STR_INIT("Завершено") },
    { 0, HR_STR_INIT("Ошибка генерации") },
    { 0, HR_STR_INIT("Отменено пользователем") },
};

/* of this process */
static ngx_queue_t          ngx_http_hr_job_list;
static ngx_uint_t           ngx_http_hr_job_running;
static ngx_event_t          ngx_http_hr_job_event;
static ngx_connection_t     ngx_http_hr_job_dummy;  /* debug logging reads its fd */
static char                 ngx_http_hr_job_owner[64];
static ngx_uint_t           ngx_http_hr_job_recovering;
static ngx_msec_t           ngx_http_hr_job_swept;
static ngx_msec_t           ngx_http_hr_job_renewed;
static ngx_uint_t           ngx_http_hr_job_renewing;
static ngx_atomic_uint_t    ngx_http_hr_job_checked;    /* rechecks answered */


unsigned
ngx_http_hr_step_progress(ngx_http_hr_step_t step)
{
    return ngx_http_hr_steps[step].progress;
}


hr_str_t
ngx_http_hr_step_text(ngx_http_hr_step_t step)
{
    return ngx_http_hr_steps[step].text;
}


/* ---- life of the process ---- */


ngx_int_t
ngx_http_hr_job_postconfiguration(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    hmcf->job = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_job_conf_t));
    if (hmcf->job == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_hr_trace_conf(cf, hmcf) != NGX_OK
        || ngx_http_hr_otlp_conf(cf, hmcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (hmcf->llm_location.len != 0 && hmcf->llm_location.data[0] != '/') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_llm location=%V\" is not the name of a location: it "
                           "must begin with \"/\"", &hmcf->llm_location);
        return NGX_ERROR;
    }

    return ngx_http_hr_gen_load_conf(cf, hmcf);
}


ngx_int_t
ngx_http_hr_job_init_process(ngx_cycle_t *cycle, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_event_t  *ev = &ngx_http_hr_job_event;

    ngx_http_hr_gen_start_watch(cycle, hmcf);
    ngx_http_hr_call_init_process();
    ngx_queue_init(&ngx_http_hr_job_list);

    (void) ngx_snprintf((u_char *) ngx_http_hr_job_owner,
                        sizeof(ngx_http_hr_job_owner), "%ui:%P:%016xL%Z",
                        hmcf->worker_slot, ngx_pid, ngx_http_hr_state()->seed);

    ngx_http_hr_job_checked = ngx_http_hr_jobs_rechecks();

    ngx_http_hr_claim_init(ngx_http_hr_job_owner, cycle);
    ngx_http_hr_job_swept = ngx_current_msec;
    ngx_http_hr_job_renewed = ngx_current_msec;

    ngx_memzero(ev, sizeof(ngx_event_t));
    ngx_http_hr_job_dummy.fd = (ngx_socket_t) -1;
    ev->handler = ngx_http_hr_job_timer;
    ev->log = cycle->log;
    ev->data = &ngx_http_hr_job_dummy;
    ev->cancelable = 1;
    ngx_add_timer(ev, 1);

    ngx_http_hr_job_recover(1);

    ngx_http_hr_trace_init_process(hmcf, cycle->log);
    ngx_http_hr_otlp_init_process(hmcf, cycle->log);

    return ngx_http_hr_remote_init_process(hmcf, cycle->log);
}


ngx_uint_t
ngx_http_hr_job_count(void)
{
    return ngx_http_hr_job_running;
}


hr_generr_t
ngx_http_hr_job_refused(ngx_uint_t *retry_after)
{
    hr_generr_t               error;
    ngx_http_hr_gen_t        *handle;
    ngx_http_hr_breaker_t     breaker;
    ngx_http_hr_main_conf_t  *hmcf = ngx_http_hr_main_conf();

    *retry_after = 0;

    if (hmcf->llm_location.len == 0) {
        return HR_GENERR_NOT_CONFIGURED;
    }

    handle = ngx_http_hr_gen_acquire();
    if (handle == NULL) {
        return HR_GENERR_PROMPT_UNAVAILABLE;
    }

    error = hr_gen_ready(handle->gen);
    ngx_http_hr_gen_release(handle);

    if (error != HR_GENERR_NONE) {
        return error;
    }

    ngx_http_hr_breaker(&breaker);

    if (breaker.state == NGX_HTTP_HR_BREAKER_OPEN) {
        *retry_after = breaker.wait / 1000 + 1;
        return HR_GENERR_CIRCUIT_OPEN;
    }

    return HR_GENERR_NONE;
}


/* ---- the running ones ---- */


static ngx_http_hr_job_t *
ngx_http_hr_job_find(hr_str_t id)
{
    ngx_queue_t        *q;
    ngx_http_hr_job_t  *job;

    for (q = ngx_queue_head(&ngx_http_hr_job_list);
         q != ngx_queue_sentinel(&ngx_http_hr_job_list);
         q = ngx_queue_next(q))
    {
        job = ngx_queue_data(q, ngx_http_hr_job_t, queue);

        if (hr_str_eq(job->task.id, id)) {
            return job;
        }
    }

    return NULL;
}


void
ngx_http_hr_job_cancel(hr_str_t id)
{
    ngx_http_hr_job_t  *job;

    job = ngx_http_hr_job_find(id);

    if (job != NULL) {
        ngx_http_hr_job_stop(job);

    } else {
        (void) ngx_http_hr_jobs_cancel(id);
    }

    ngx_http_hr_job_wake();
}


void
ngx_http_hr_job_cancel_many(void)
{
    ngx_http_hr_jobs_recheck();
    ngx_http_hr_job_renew_all();
    ngx_http_hr_job_wake();
}


void
ngx_http_hr_job_enter(ngx_http_hr_job_t *job)
{
    ngx_queue_insert_tail(&ngx_http_hr_job_list, &job->queue);
    ngx_http_hr_job_running++;
    ngx_http_hr_job_event.cancelable = 0;

    if (!ngx_http_hr_job_event.timer_set) {
        ngx_add_timer(&ngx_http_hr_job_event, NGX_HTTP_HR_JOB_TICK);
    }

    ngx_http_hr_count(NGX_HTTP_HR_COUNT_JOBS_STARTED, 1);
    ngx_http_hr_job_begin(job);
}


void
ngx_http_hr_job_ended(ngx_http_hr_job_t *job)
{
    ngx_uint_t  followed = job->followed;

    ngx_queue_remove(&job->queue);
    ngx_http_hr_job_running--;
    ngx_http_hr_job_event.cancelable = ngx_http_hr_job_running == 0;
    ngx_http_hr_job_free(job);

    /* its place is free for the next one, here or elsewhere */
    if (!followed) {
        ngx_http_hr_job_wake();
    }
}


static void
ngx_http_hr_job_timer(ngx_event_t *ev)
{
    ngx_queue_t        *q, *next;
    ngx_http_hr_job_t  *job;

    ngx_http_hr_turn_note("timer of the jobs");

    if (ngx_terminate || (ngx_exiting && ngx_http_hr_job_running == 0)) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_HR_JOB_TICK);

    for (q = ngx_queue_head(&ngx_http_hr_job_list);
         q != ngx_queue_sentinel(&ngx_http_hr_job_list);
         q = next)
    {
        next = ngx_queue_next(q);
        job = ngx_queue_data(q, ngx_http_hr_job_t, queue);

        if (ngx_http_hr_jobs_cancelled(job->entry)) {
            ngx_http_hr_job_stop(job);

        } else if (ngx_exiting) {
            ngx_http_hr_job_quit(job);

        } else {
            ngx_http_hr_job_tick(job);
        }
    }

    if (ngx_current_msec - ngx_http_hr_job_renewed > NGX_HTTP_HR_JOB_LEASE / 3
        || ngx_http_hr_jobs_rechecks() != ngx_http_hr_job_checked)
    {
        ngx_http_hr_job_renew_all();
    }

    if (ngx_exiting) {
        return;
    }

    if (ngx_current_msec - ngx_http_hr_job_swept > NGX_HTTP_HR_JOB_SWEEP) {
        ngx_http_hr_job_recover(0);
    }

    ngx_http_hr_claim_tick();
}


/* ---- leases ---- */


static void
ngx_http_hr_job_renew_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    ngx_uint_t              i;
    ngx_http_hr_renewal_t  *item;
    ngx_http_hr_renew_t    *renew = op->data;

    for (i = 0; i < renew->count; i++) {
        item = &renew->item[i];
        item->rc = hr_store_task_renew(conn, &item->lease,
                                       renew->now
                                       + NGX_HTTP_HR_JOB_LEASE * 1000);
    }

    op->rc = HR_OK;
}


static void
ngx_http_hr_job_renew_done(ngx_http_hr_db_op_t *op)
{
    ngx_uint_t              i;
    ngx_http_hr_job_t      *job;
    ngx_http_hr_renewal_t  *item;
    ngx_http_hr_renew_t    *renew = op->data;

    ngx_http_hr_job_renewing = 0;

    for (i = 0; i < renew->count && op->rc == HR_OK; i++) {
        item = &renew->item[i];

        if (item->rc != HR_CONFLICT && item->rc != HR_NOT_FOUND) {
            continue;
        }

        /* by its id: the job may have ended meanwhile, or begun a new attempt */
        job = ngx_http_hr_job_find(item->lease.id);

        if (job == item->job && job->lease.attempt == item->lease.attempt
            && !job->busy)
        {
            ngx_http_hr_job_stop(job);
        }
    }

    hr_arena_destroy(renew->arena);
    ngx_free(renew);
}


static void
ngx_http_hr_job_renew_all(void)
{
    ngx_queue_t            *q;
    ngx_http_hr_job_t      *job;
    ngx_http_hr_renew_t    *renew;
    ngx_http_hr_renewal_t  *item;

    if (ngx_http_hr_job_renewing) {
        return;
    }

    ngx_http_hr_job_renewed = ngx_current_msec;
    ngx_http_hr_job_checked = ngx_http_hr_jobs_rechecks();

    if (ngx_http_hr_job_running == 0) {
        return;
    }

    renew = ngx_calloc(sizeof(ngx_http_hr_renew_t), ngx_cycle->log);
    if (renew == NULL) {
        return;
    }

    renew->arena = hr_arena_create(16 * 1024 * 1024);
    renew->item = renew->arena == NULL ? NULL
                  : hr_arena_calloc(renew->arena, ngx_http_hr_job_running
                                                  * sizeof(ngx_http_hr_renewal_t));
    if (renew->item == NULL) {
        hr_arena_destroy(renew->arena);
        ngx_free(renew);
        return;
    }

    for (q = ngx_queue_head(&ngx_http_hr_job_list);
         q != ngx_queue_sentinel(&ngx_http_hr_job_list);
         q = ngx_queue_next(q))
    {
        job = ngx_queue_data(q, ngx_http_hr_job_t, queue);
        item = &renew->item[renew->count];
        item->job = job;
        item->lease = job->lease;
        item->lease.id = hr_arena_str(renew->arena, job->lease.id);

        if (item->lease.id.data != NULL) {
            renew->count++;
        }
    }

    renew->now = hr_time_now();
    renew->op.run = ngx_http_hr_job_renew_run;
    renew->op.done = ngx_http_hr_job_renew_done;
    renew->op.data = renew;

    if (ngx_http_hr_db_write(&renew->op) != NGX_OK) {
        hr_arena_destroy(renew->arena);
        ngx_free(renew);
        return;
    }

    ngx_http_hr_job_renewing = 1;
}


/* ---- recovery ---- */


/* "slot:pid:seed": does the worker that wrote it still live? */
static bool
ngx_http_hr_job_owner_lives(const ngx_http_hr_recovery_t *r, hr_str_t owner)
{
    char                 text[64];
    unsigned             slot;
    unsigned long        pid;
    unsigned long long   seed;

    if (owner.len >= sizeof(text)) {
        return false;
    }

    ngx_memcpy(text, owner.data, owner.len);
    text[owner.len] = '\0';

    if (sscanf(text, "%u:%lu:%llx", &slot, &pid, &seed) != 3
        || slot >= NGX_HTTP_HR_WORKER_SLOTS || pid == 0)
    {
        return false;
    }

    /* read now, not before: a worker may have started and claimed meanwhile */
    if (seed == r->seed && ngx_http_hr_state()->worker[slot].pid != pid) {
        return false;
    }

    return kill((ngx_pid_t) pid, 0) == 0 || ngx_errno != NGX_ESRCH;
}


/* What the mirror still knows of an attempt whose worker is gone. */
static void
ngx_http_hr_job_recover_spent(void *data, const hr_store_lease_t *lease,
    hr_store_usage_t *usage)
{
    ngx_http_hr_progress_t  *progress = data;

    if (ngx_http_hr_jobs_get(lease->id, progress) != NGX_OK
        || (!progress->billed && !progress->reserved)
        || (int64_t) progress->attempt != lease->attempt)
    {
        return;
    }

    progress->model[NGX_HTTP_HR_JOBS_MODEL - 1] = '\0';
    usage->model = hr_str_from_c(progress->model);
    usage->tokens_in = progress->tokens_in;
    usage->tokens_out = progress->tokens_out;
    usage->cost_usd = progress->cost_usd;
    usage->estimated = !progress->billed;
}


static void
ngx_http_hr_job_recover_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    size_t                    i, count;
    int64_t                   requeued, failed;
    hr_str_t                 *owners;
    hr_arena_t               *arena;
    hr_store_failure_t        failure;
    ngx_http_hr_progress_t    progress;
    ngx_http_hr_recovery_t   *r = op->data;

    ngx_memzero(&failure, sizeof(failure));
    failure.error_code = hr_str_from_c(hr_generr_code(HR_GENERR_INTERRUPTED));
    failure.error_message = hr_str_from_c(hr_generr_text(HR_GENERR_INTERRUPTED,
                                                         HR_LANG_RU));
    failure.step = ngx_http_hr_step_text(NGX_HTTP_HR_STEP_QUEUED);

    arena = hr_arena_create(1024 * 1024);
    if (arena == NULL) {
        op->rc = HR_NOMEM;
        return;
    }

    op->rc = hr_store_tasks_requeue(conn, HR_STR_NULL, NGX_HTTP_HR_JOB_CLAIMS,
                                    &failure, ngx_http_hr_job_recover_spent,
                                    &progress, r->now, &r->requeued, &r->failed);

    if (op->rc == HR_OK && r->dead) {
        op->rc = hr_store_lease_owners(conn, arena, &owners, &count);

        for (i = 0; op->rc == HR_OK && i < count; i++) {
            if (ngx_http_hr_job_owner_lives(r, owners[i])) {
                continue;
            }

            op->rc = hr_store_tasks_requeue(conn, owners[i],
                                            NGX_HTTP_HR_JOB_CLAIMS, &failure,
                                            ngx_http_hr_job_recover_spent,
                                            &progress, r->now, &requeued,
                                            &failed);
            r->requeued += requeued;
            r->failed += failed;
        }
    }

    hr_arena_destroy(arena);

    if (op->rc == HR_OK && r->requeued + r->failed == 0) {
        op->rc = HR_NOT_FOUND;          /* nothing to commit */
    }
}


static void
ngx_http_hr_job_recover_done(ngx_http_hr_db_op_t *op)
{
    ngx_http_hr_recovery_t  *r = op->data;

    ngx_http_hr_job_recovering = 0;

    /* the ledger has what the entries of the dead knew */
    ngx_http_hr_jobs_collect();

    if (op->rc == HR_OK) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "hr: generation tasks of dead workers: %L queued again, %L "
                      "given up", r->requeued, r->failed);
        ngx_http_hr_job_wake();

    } else if (op->rc != HR_NOT_FOUND) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: generation tasks of dead workers cannot be taken back: %s",
                      op->text);
    }

    ngx_free(r);
}


static void
ngx_http_hr_job_recover(ngx_uint_t dead)
{
    ngx_http_hr_recovery_t  *r;

    ngx_http_hr_job_swept = ngx_current_msec;

    if (ngx_http_hr_job_recovering) {
        return;
    }

    r = ngx_calloc(sizeof(ngx_http_hr_recovery_t), ngx_cycle->log);
    if (r == NULL) {
        return;
    }

    r->now = hr_time_now();
    r->seed = ngx_http_hr_state()->seed;
    r->dead = dead;
    r->op.run = ngx_http_hr_job_recover_run;
    r->op.done = ngx_http_hr_job_recover_done;
    r->op.data = r;

    if (ngx_http_hr_db_write(&r->op) != NGX_OK) {
        ngx_http_hr_jobs_collect();
        ngx_free(r);
        return;
    }

    ngx_http_hr_job_recovering = 1;
}
