/*
 * The runner of generations (design.md 6): every worker takes tasks from the
 * queue in the database with a lease, prepares the prompt and judges the answer
 * in the cpu pool, calls the model by a subrequest, and stores the result with
 * the lease's fencing token.
 *
 *   ngx_http_hr_job.c         the running jobs: timer, leases, recovery, quit
 *   ngx_http_hr_job_claim.c   taking tasks from the queue
 *   ngx_http_hr_job_run.c     the steps of one job
 *   ngx_http_hr_job_model.c   its call of the model, the judgement of the answer
 *   ngx_http_hr_job_end.c     what is written of an attempt
 *   ngx_http_hr_job_retry.c   what follows a failed attempt
 *   ngx_http_hr_call.c        one call of the model
 *   ngx_http_hr_job_spans.c   what tracing hears of a job
 *   ngx_http_hr_gen.c         rules and prompts of this process
 */

#ifndef NGX_HTTP_HR_JOB_H
#define NGX_HTTP_HR_JOB_H

#include "ngx_http_hr_job_conf.h"

/* Texts of current_step are part of the contract (generation.md 2). */
typedef enum {
    NGX_HTTP_HR_STEP_QUEUED = 0,
    NGX_HTTP_HR_STEP_INIT,
    NGX_HTTP_HR_STEP_PREPARE,
    NGX_HTTP_HR_STEP_MODEL,
    NGX_HTTP_HR_STEP_STORE,
    NGX_HTTP_HR_STEP_DONE,
    NGX_HTTP_HR_STEP_ERROR,
    NGX_HTTP_HR_STEP_CANCELLED,
    NGX_HTTP_HR_STEPS
} ngx_http_hr_step_t;

/* Progress while the answer arrives: from that of STEP_MODEL up to this. */
#define NGX_HTTP_HR_PROGRESS_ANSWER  85

unsigned ngx_http_hr_step_progress(ngx_http_hr_step_t step);
hr_str_t ngx_http_hr_step_text(ngx_http_hr_step_t step);
/* error_message of a cancelled task */
#define NGX_HTTP_HR_CANCELLED_TEXT  HR_STR("Задача отменена пользователем")

/* Parameters of a task as they stand in the database: one JSON object. */
typedef struct {
    bool      has_temperature;
    double    temperature;
    hr_str_t  model;            /* len 0: none asked for */
    hr_str_t  reason;           /* note of the version; len 0: none */
    hr_str_t  traceparent;      /* of the request that started it; len 0: none */
    hr_str_t  tracestate;
    bool      force;
} ngx_http_hr_job_params_t;

/* {0, NULL}: no memory. */
hr_str_t ngx_http_hr_job_params_write(hr_arena_t *arena,
    const ngx_http_hr_job_params_t *params);
/* Whatever is unreadable counts as absent; texts are in the arena. */
void ngx_http_hr_job_params_read(hr_arena_t *arena, hr_str_t json,
    ngx_http_hr_job_params_t *params);

/* ngx_http_hr_gen_load_conf() and what belongs to it. */
ngx_int_t ngx_http_hr_job_postconfiguration(ngx_conf_t *cf,
    ngx_http_hr_main_conf_t *hmcf);
ngx_int_t ngx_http_hr_job_init_process(ngx_cycle_t *cycle,
    ngx_http_hr_main_conf_t *hmcf);

/*
 * Something was queued, or room was made: this worker looks at once, the
 * others within a tenth of a second.  A write that can take the task itself
 * needs no wake-up (ngx_http_hr_job_claim.h).
 */
void ngx_http_hr_job_wake(void);
/* The task was cancelled in the database: whoever runs it stops at once. */
void ngx_http_hr_job_cancel(hr_str_t id);
/* Some tasks were, nobody knows which (a batch). */
void ngx_http_hr_job_cancel_many(void);

/*
 * Why no generation can be started now; HR_GENERR_NONE: it can.  *retry_after:
 * seconds after which it is worth trying again, 0: a person must act.
 */
hr_generr_t ngx_http_hr_job_refused(ngx_uint_t *retry_after);

/* Jobs of this worker, for /metrics. */
ngx_uint_t ngx_http_hr_job_count(void);

#endif /* NGX_HTTP_HR_JOB_H */
