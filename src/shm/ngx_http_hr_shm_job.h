/*
 * What workers share about running generations: a mirror of their progress,
 * cancel marks, the wake-up counter of the queue and the circuit breaker.
 *
 * The database decides about a task (hr_store_task.h); what is here is only
 * faster, and may be lost.  Everything is atomics: an entry has one writer, its
 * worker, and readers check a sequence number, so that no lock can be left
 * behind by a worker that dies.
 */

#ifndef NGX_HTTP_HR_SHM_JOB_H
#define NGX_HTTP_HR_SHM_JOB_H

#include "ngx_http_hr_shm_state.h"

#include "hr_base.h"

#define NGX_HTTP_HR_JOBS_ENTRIES   4096     /* running at once, all workers */
#define NGX_HTTP_HR_JOBS_ID        36       /* a UUID */
#define NGX_HTTP_HR_JOBS_MODEL     64

/* How far a generation is; plain data, copied as a whole. */
typedef struct {
    ngx_uint_t      attempt;        /* the fencing token of the claim */
    ngx_uint_t      tries;          /* calls of the model, from 1 */
    ngx_uint_t      step;           /* of the job layer */
    ngx_uint_t      progress;       /* 0..100 */
    ngx_uint_t      chars;          /* bytes of the answer's text so far */
    uint32_t        sections;       /* members of the document that have begun, a bit each */
    ngx_uint_t      first_token;    /* ms from the call; 0: none yet */
    ngx_uint_t      waiting;        /* ms of the pause before the next call; 0: none */

    /*
     * What the call has cost, as soon as the upstream says so: a worker that is
     * killed before it has stored the attempt leaves it here for the ledger.  Until
     * then what it may cost at most, so that a budget is never counted too low.
     */
    ngx_uint_t      billed;         /* 1: the rest is known */
    ngx_uint_t      reserved;       /* 1: it is estimated, unless billed */
    int64_t         tokens_in, tokens_out;
    double          cost_usd;
    char            model[NGX_HTTP_HR_JOBS_MODEL];  /* NUL-terminated, may be cut */
} ngx_http_hr_progress_t;

typedef struct ngx_http_hr_job_entry_s  ngx_http_hr_job_entry_t;

ngx_http_hr_shm_t *ngx_http_hr_jobs_add(ngx_conf_t *cf, void *tag);
void ngx_http_hr_jobs_attach(ngx_http_hr_shm_t *shm);

/*
 * The entry of a task that this worker has claimed; id has NGX_HTTP_HR_JOBS_ID
 * characters.  NULL: the table is full, the job runs without a mirror.
 */
ngx_http_hr_job_entry_t *ngx_http_hr_jobs_take(const char *id);
void ngx_http_hr_jobs_drop(ngx_http_hr_job_entry_t *entry);     /* NULL is allowed */
/* Frees the entries of workers that are dead. */
void ngx_http_hr_jobs_collect(void);

/* Writer's side; entry may be NULL. */
void ngx_http_hr_jobs_set(ngx_http_hr_job_entry_t *entry,
    const ngx_http_hr_progress_t *progress);
ngx_uint_t ngx_http_hr_jobs_cancelled(const ngx_http_hr_job_entry_t *entry);

/*
 * NGX_OK: *progress is filled.  NGX_DECLINED: no worker runs the task.  Takes no
 * lock, so pool threads may ask too.
 */
ngx_int_t ngx_http_hr_jobs_get(hr_str_t id, ngx_http_hr_progress_t *progress);
/* Marks the task as cancelled for whoever runs it; NGX_DECLINED: nobody. */
ngx_int_t ngx_http_hr_jobs_cancel(hr_str_t id);
/* Entries in use. */
ngx_uint_t ngx_http_hr_jobs_running(void);

/*
 * The queue may have something to do: counts up.  Every worker compares the
 * value with the one it saw last.
 */
void ngx_http_hr_jobs_wake(void);
ngx_atomic_uint_t ngx_http_hr_jobs_wakes(void);
/* Some running tasks were ended in the database: every worker asks about its own. */
void ngx_http_hr_jobs_recheck(void);
ngx_atomic_uint_t ngx_http_hr_jobs_rechecks(void);


/* ---- circuit breaker (generation.md 6.3) ---- */

#define NGX_HTTP_HR_BREAKER_FAILURES  3         /* jobs in a row */

typedef enum {
    NGX_HTTP_HR_BREAKER_CLOSED = 0,
    NGX_HTTP_HR_BREAKER_OPEN,       /* nothing starts */
    NGX_HTTP_HR_BREAKER_READY,      /* the pause is over: one probe may start */
    NGX_HTTP_HR_BREAKER_PROBING     /* a probe runs */
} ngx_http_hr_breaker_state_t;

typedef struct {
    ngx_http_hr_breaker_state_t  state;
    ngx_uint_t                   failures;  /* in a row */
    ngx_msec_t                   wait;      /* until the probe, ms */
    ngx_msec_t                   open_for;  /* ms since it opened; 0: closed */
} ngx_http_hr_breaker_t;

void ngx_http_hr_breaker(ngx_http_hr_breaker_t *breaker);
/* READY becomes PROBING for exactly one caller: NGX_OK.  NGX_DECLINED: not now. */
ngx_int_t ngx_http_hr_breaker_probe(void);
/*
 * The end of a job.  probe: it was the probe.  pause: ms until the next probe.
 * Returns 1 when the breaker opened just now.
 */
ngx_uint_t ngx_http_hr_breaker_report(ngx_uint_t success, ngx_uint_t probe,
    ngx_msec_t pause);
/* The probe ended without saying anything about the upstream (cancelled, ...). */
void ngx_http_hr_breaker_give_back(void);


/* ---- what health tells ---- */

/* Last error of the model service that a person must look at; 0: none. */
void ngx_http_hr_jobs_set_fault(ngx_uint_t error);
ngx_uint_t ngx_http_hr_jobs_fault(time_t *at);

#endif /* NGX_HTTP_HR_SHM_JOB_H */
