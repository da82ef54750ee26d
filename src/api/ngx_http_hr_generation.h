/*
 * Generation of profiles, what its files share:
 *
 *   ngx_http_hr_generation.c          start and regenerate
 *   ngx_http_hr_generation_task.c     status, result, cancel, lists, clean-up
 *   ngx_http_hr_generation_events.c   progress as server-sent events
 *   ngx_http_hr_generation_input.c    checks and look-up of what is to be generated
 *   ngx_http_hr_generation_write.c    tasks as JSON
 *   ngx_http_hr_generation_health.c   what /health says
 *   ngx_http_hr_usage.c               tokens, money, time
 *   ngx_http_hr_preview.c             the prompt of a position
 *   ngx_http_hr_batch_start.c         many at once
 *   ngx_http_hr_batch.c               batches after their start
 */

#ifndef NGX_HTTP_HR_GENERATION_H
#define NGX_HTTP_HR_GENERATION_H

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_work.h"
#include "ngx_http_hr_job.h"

#define NGX_HTTP_HR_PRIORITY_SINGLE  10     /* goes before the items of a batch */
#define NGX_HTTP_HR_PRIORITY_BATCH   0
#define NGX_HTTP_HR_ESTIMATE         45     /* seconds, before there is a median */

/* Members of a start (api-profiles.md 2.3), as the client sent them. */
typedef struct {
    ngx_http_hr_in_str_t     department;
    ngx_http_hr_in_str_t     position;
    ngx_http_hr_in_str_t     position_id;
    ngx_http_hr_in_str_t     employee_name;
    ngx_http_hr_in_double_t  temperature;
    ngx_http_hr_in_bool_t    save_result;
    ngx_http_hr_in_bool_t    force;
    ngx_http_hr_in_str_t     model;
    ngx_http_hr_in_str_t     reason;        /* regenerate only */
} ngx_http_hr_generation_in_t;

/* What is to be generated; texts are in the work's arena. */
typedef struct {
    hr_str_t                  department;   /* trimmed, as given; data NULL: none */
    hr_str_t                  position;
    hr_str_t                  position_id;  /* instead of both; data NULL: none */
    hr_str_t                  employee_name;
    ngx_http_hr_job_params_t  params;
    bool                      save_result;
} ngx_http_hr_target_t;

extern const ngx_http_hr_in_row_t  ngx_http_hr_generation_rows[];
/* Without department and position. */
extern const ngx_http_hr_in_row_t  ngx_http_hr_regeneration_rows[];

/*
 * Reads and checks the body (P-14).  NGX_OK, or NGX_DECLINED with the code of
 * the answer that was sent in *rc.  The texts of *in are trimmed.
 */
ngx_int_t ngx_http_hr_generation_read(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, bool regenerate, ngx_http_hr_generation_in_t *in,
    ngx_int_t *rc);
/* Trims a text in place and reports what is wrong with it; 0: nothing. */
ngx_uint_t ngx_http_hr_generation_check(ngx_http_hr_problems_t *p,
    const char *field, hr_str_t *text, size_t min, size_t max);
/* Copies it into the work; NGX_ERROR: no memory. */
ngx_int_t ngx_http_hr_generation_target(ngx_http_hr_work_t *w,
    const ngx_http_hr_generation_in_t *in, ngx_http_hr_target_t *target);

/*
 * In run(): finds unit and title (P-15, P-17).  Slot texts are in the arena.
 * HR_NOT_FOUND: the 404 with suggestions is set in w.
 */
typedef struct {
    hr_store_slot_t     slot;
    hr_org_resolved_t   resolved;
} ngx_http_hr_located_t;

hr_rc_t ngx_http_hr_generation_locate(ngx_http_hr_work_t *w,
    const ngx_http_hr_target_t *target, ngx_http_hr_located_t *located);
/* The same without an answer. */
hr_rc_t ngx_http_hr_generation_find(const hr_org_t *org, hr_arena_t *arena,
    const ngx_http_hr_target_t *target, ngx_http_hr_located_t *located);
/* "warnings": [{code, message}] of decision 25. */
void ngx_http_hr_generation_warnings(ngx_http_hr_work_t *w, hr_jw_t *jw,
    const ngx_http_hr_located_t *located);

/*
 * Refuses a start while there can be none: model or prompt not configured,
 * breaker open (503), too many starts (429).  NGX_OK: go on.
 */
ngx_int_t ngx_http_hr_generation_allowed(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, ngx_uint_t counted, ngx_int_t *rc);
/* The tasks of this request belong to its trace. */
void ngx_http_hr_generation_trace(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, ngx_http_hr_job_params_t *params);
/* {"error_code": ...} in the arena */
hr_str_t ngx_http_hr_generation_details(hr_arena_t *arena, hr_generr_t error);
/*
 * The budget of the month, on a reader; sets the error when it does not allow
 * more money (US dollars) to be spent.
 */
hr_rc_t ngx_http_hr_generation_budget(ngx_http_hr_work_t *w,
    hr_store_conn_t *conn, double more);
/* Seconds that a generation takes (median of the last ones), at least 1. */
hr_rc_t ngx_http_hr_generation_estimate(hr_store_conn_t *conn, int64_t *seconds);
/* The first instant of the month of now, UTC. */
hr_instant_t ngx_http_hr_generation_month(hr_instant_t now);
/* Limits of the queue as the store wants them. */
void ngx_http_hr_generation_limits(const ngx_http_hr_work_t *w,
    hr_store_queue_limits_t *limits);
/* Maps QUEUE_FULL and USER_LIMIT to 429, OPEN_TASK to 409; returns rc. */
hr_rc_t ngx_http_hr_generation_refused(ngx_http_hr_work_t *w,
    hr_store_conn_t *conn, hr_rc_t rc);

/*
 * In a pool thread, before a row that was read is shown to anybody.  Between a
 * commit and the end of the cached answers lies an instant in which the row says
 * "completed" already, and who has read it must not be answered from before
 * afterwards: a worker that still has the task's entry may not have ended them.
 */
void ngx_http_hr_task_announce(const hr_store_task_t *task);

/*
 * In run(): the task, when the caller may see it: own, or joined (api-profiles.md
 * 2.2).  404 and 403 are set in w.
 */
hr_rc_t ngx_http_hr_task_load(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_str_t id, hr_store_task_t *task);

/* In run(): what the access log says of the task; metadata NULL: none. */
void ngx_http_hr_task_logged(ngx_http_hr_work_t *w, hr_str_t id,
    const hr_json_t *metadata);

/* The task object of api-profiles.md 2.1; progress NULL: no worker runs it. */
void ngx_http_hr_task_write(hr_jw_t *jw, const hr_answer_ctx_t *answer,
    const hr_store_task_t *task, const ngx_http_hr_progress_t *progress);
/* Current step and progress of a running task: the mirror is ahead of the table. */
void ngx_http_hr_task_overlay(hr_store_task_t *task,
    const ngx_http_hr_progress_t *progress);


/* For /health. */
typedef enum {
    NGX_HTTP_HR_GENERATION_GOOD = 0,
    NGX_HTTP_HR_GENERATION_WEAK,        /* breaker open, or bad new files */
    NGX_HTTP_HR_GENERATION_DOWN,        /* a person must act */
    NGX_HTTP_HR_GENERATION_OFF          /* not configured */
} ngx_http_hr_generation_state_t;

ngx_http_hr_generation_state_t ngx_http_hr_generation_state(void);
const char *ngx_http_hr_generation_word(ngx_http_hr_generation_state_t state);
/* "generation": {...} */
void ngx_http_hr_generation_health(hr_jw_t *jw, ngx_http_hr_work_t *w);

#endif /* NGX_HTTP_HR_GENERATION_H */
