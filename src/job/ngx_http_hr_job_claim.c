#include "ngx_http_hr_job_claim.h"
#include "ngx_http_hr_job_run.h"
#include "ngx_http_hr_touch.h"


#define NGX_HTTP_HR_CLAIM_MAX    8      /* tasks taken in one transaction */
#define NGX_HTTP_HR_CLAIM_QUIET  1000   /* ms between complaints about the database */

struct ngx_http_hr_claim_s {
    ngx_http_hr_db_op_t      op;        /* of a claim that is a write of its own */
    hr_store_run_limits_t    limits;
    hr_str_t                 owner;
    hr_instant_t             now;
    ngx_uint_t               want;
    ngx_uint_t               count;
    ngx_http_hr_job_t       *job[NGX_HTTP_HR_CLAIM_MAX];
    unsigned                 probe:1;
};


static void ngx_http_hr_claim_own(void);


/* of this process */
static const char          *ngx_http_hr_claim_owner;
static ngx_uint_t           ngx_http_hr_claim_workers;
static ngx_atomic_uint_t    ngx_http_hr_claim_seen;     /* wake-ups answered */
static ngx_uint_t           ngx_http_hr_claim_busy;     /* a claim of its own is under way */
static ngx_msec_t           ngx_http_hr_claim_told;     /* of a database that fails */


void
ngx_http_hr_claim_init(const char *owner, ngx_cycle_t *cycle)
{
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    ngx_http_hr_claim_owner = owner;
    ngx_http_hr_claim_workers = ngx_max(ccf->worker_processes, 1);

    /* older wake-ups count as unseen: the queue may hold something */
    ngx_http_hr_claim_seen = ngx_http_hr_jobs_wakes() - 1;
}


/* Places under the limit of all workers, before the database is asked. */
static ngx_uint_t
ngx_http_hr_claim_room(ngx_uint_t more)
{
    ngx_uint_t                running;
    ngx_http_hr_main_conf_t  *hmcf = ngx_http_hr_main_conf();

    if (hmcf->llm_location.len == 0 || ngx_http_hr_job_conf(hmcf)->gen == NULL
        || ngx_exiting || ngx_quit || ngx_terminate)
    {
        return 0;
    }

    running = ngx_http_hr_jobs_running();
    running -= ngx_min(running, more);

    return running < hmcf->llm_concurrency ? hmcf->llm_concurrency - running : 0;
}


static ngx_http_hr_claim_t *
ngx_http_hr_claim_create(ngx_uint_t want)
{
    ngx_http_hr_claim_t  *claim;

    claim = ngx_calloc(sizeof(ngx_http_hr_claim_t), ngx_cycle->log);

    if (claim != NULL) {
        claim->limits.max_running =
                            (int64_t) ngx_http_hr_main_conf()->llm_concurrency;
        claim->owner = hr_str_from_c(ngx_http_hr_claim_owner);
        claim->now = hr_time_now();
        claim->want = ngx_min(want, NGX_HTTP_HR_CLAIM_MAX);
    }

    return claim;
}


ngx_http_hr_claim_t *
ngx_http_hr_claim_begin(ngx_uint_t more)
{
    ngx_uint_t              share;
    ngx_http_hr_breaker_t   breaker;

    ngx_http_hr_breaker(&breaker);

    share = (ngx_http_hr_main_conf()->llm_concurrency
             + ngx_http_hr_claim_workers - 1) / ngx_http_hr_claim_workers;

    if (breaker.state != NGX_HTTP_HR_BREAKER_CLOSED
        || ngx_http_hr_claim_room(more) == 0
        || ngx_http_hr_job_count() >= share + more)
    {
        return NULL;
    }

    return ngx_http_hr_claim_create(1);
}


/* A job in the heap for each task; in the writer thread. */
hr_rc_t
ngx_http_hr_claim_run(ngx_http_hr_claim_t *claim, hr_store_conn_t *conn)
{
    hr_rc_t             rc;
    ngx_http_hr_job_t  *job;

    while (claim->count < claim->want) {

        job = calloc(1, sizeof(ngx_http_hr_job_t));
        if (job == NULL) {
            break;
        }

        job->arena = hr_arena_create(8 * 1024 * 1024);

        if (job->arena == NULL) {
            free(job);
            break;
        }

        rc = hr_store_task_claim(conn, job->arena, claim->owner, &claim->limits,
                                 claim->now,
                                 claim->now + NGX_HTTP_HR_JOB_LEASE * 1000,
                                 &job->task);

        if (rc == HR_OK) {
            ngx_http_hr_job_params_read(job->arena, job->task.params,
                                        &job->params);
            job->lease.id = job->task.id;
            job->lease.owner = claim->owner;
            job->lease.attempt = job->task.attempt;
            claim->job[claim->count++] = job;
            continue;
        }

        hr_arena_destroy(job->arena);
        free(job);

        return rc == HR_NOT_FOUND ? HR_OK : rc;
    }

    return HR_OK;
}


void
ngx_http_hr_claim_end(ngx_http_hr_claim_t *claim, hr_rc_t rc)
{
    ngx_uint_t  i;

    if (claim == NULL) {
        return;
    }

    for (i = 0; i < claim->count; i++) {

        if (rc != HR_OK) {
            ngx_http_hr_job_free(claim->job[i]);
            continue;
        }

        claim->job[i]->probe = claim->probe;
        ngx_http_hr_job_enter(claim->job[i]);
    }

    if (claim->probe && (rc != HR_OK || claim->count == 0)) {
        ngx_http_hr_breaker_give_back();
    }

    ngx_free(claim);
}


/* ---- a claim that is a write of its own ---- */


void
ngx_http_hr_job_wake(void)
{
    ngx_http_hr_jobs_wake();
    ngx_http_hr_claim_own();
}


void
ngx_http_hr_claim_tick(void)
{
    if (ngx_http_hr_jobs_wakes() != ngx_http_hr_claim_seen) {
        ngx_http_hr_claim_own();
    }
}


static void
ngx_http_hr_claim_own_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    ngx_http_hr_claim_t  *claim = op->data;

    op->rc = ngx_http_hr_claim_run(claim, conn);

    if (op->rc == HR_OK && claim->count == 0) {
        op->rc = HR_NOT_FOUND;          /* nothing to commit */
    }
}


static void
ngx_http_hr_claim_own_done(ngx_http_hr_db_op_t *op)
{
    ngx_uint_t            again;
    ngx_http_hr_claim_t  *claim = op->data;

    ngx_http_hr_claim_busy = 0;
    again = op->rc == HR_OK && claim->count == claim->want;

    if (op->rc != HR_OK && op->rc != HR_NOT_FOUND) {

        if (ngx_current_msec - ngx_http_hr_claim_told > NGX_HTTP_HR_CLAIM_QUIET) {
            ngx_http_hr_claim_told = ngx_current_msec;
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "hr: no generation task can be taken: %s", op->text);
        }

        /* the next tick tries again */
        ngx_http_hr_claim_seen = ngx_http_hr_jobs_wakes() - 1;
    }

    ngx_http_hr_claim_end(claim, op->rc);

    if (again) {
        ngx_http_hr_claim_own();
    }
}


static void
ngx_http_hr_claim_own(void)
{
    ngx_uint_t              want, probe;
    ngx_atomic_uint_t       wakes;
    ngx_http_hr_claim_t    *claim;
    ngx_http_hr_breaker_t   breaker;

    if (ngx_http_hr_claim_busy) {
        return;
    }

    wakes = ngx_http_hr_jobs_wakes();
    want = ngx_http_hr_claim_room(0);

    /*
     * Without room nothing is asked.  Whoever makes room wakes again; a breaker
     * that becomes ready by time does not, so the wake-up stays unseen.
     */
    if (want == 0) {
        return;
    }

    ngx_http_hr_breaker(&breaker);
    probe = 0;

    if (breaker.state != NGX_HTTP_HR_BREAKER_CLOSED) {

        if (ngx_http_hr_breaker_probe() != NGX_OK) {
            return;
        }

        probe = 1;
        want = 1;
    }

    claim = ngx_http_hr_claim_create(want);

    if (claim != NULL) {
        claim->probe = probe != 0;
        claim->op.run = ngx_http_hr_claim_own_run;
        claim->op.done = ngx_http_hr_claim_own_done;
        claim->op.data = claim;

        if (ngx_http_hr_db_write(&claim->op) == NGX_OK) {
            ngx_http_hr_claim_seen = wakes;
            ngx_http_hr_claim_busy = 1;
            return;
        }

        ngx_free(claim);
    }

    if (probe) {
        ngx_http_hr_breaker_give_back();
    }
}
