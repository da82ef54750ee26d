/* A running job; inside of the job layer. */

#ifndef NGX_HTTP_HR_JOB_RUN_H
#define NGX_HTTP_HR_JOB_RUN_H

#include "ngx_http_hr_job.h"
#include "ngx_http_hr_job_claim.h"
#include "ngx_http_hr_call.h"
#include "ngx_http_hr_remote.h"

#include "hr_members.h"
#include "hr_tracecontext.h"

#define NGX_HTTP_HR_JOB_LEASE   (60 * 1000)     /* ms; renewed at a third */
#define NGX_HTTP_HR_JOB_CLAIMS  5               /* of one task, then "interrupted" */

typedef struct ngx_http_hr_job_s  ngx_http_hr_job_t;

typedef void (*ngx_http_hr_job_run_pt)(ngx_http_hr_job_t *job,
    hr_store_conn_t *conn);
typedef void (*ngx_http_hr_job_done_pt)(ngx_http_hr_job_t *job);

/* Where the time of a job goes. */
typedef enum {
    NGX_HTTP_HR_TIME_PROMPT = 0,
    NGX_HTTP_HR_TIME_MODEL,
    NGX_HTTP_HR_TIME_ANSWER,
    NGX_HTTP_HR_TIME_WRITE,
    NGX_HTTP_HR_TIMES
} ngx_http_hr_job_time_t;

/* What the next attempt is, and what has been used up. */
typedef struct {
    hr_gen_attempt_t     attempt;
    ngx_uint_t           tries;         /* attempts begun */
    ngx_uint_t           primary;       /* failures of the first model */
    ngx_uint_t           fallback;      /* fallback models used */
    unsigned             repaired:1;
    unsigned             larger:1;
    unsigned             stripped:1;    /* a member was left out */
    unsigned             kept:1;        /* there is a document to store already */
} ngx_http_hr_job_policy_t;

struct ngx_http_hr_job_s {
    ngx_queue_t               queue;
    hr_arena_t               *arena;        /* task and params */
    hr_store_task_t           task;
    hr_store_lease_t          lease;
    ngx_http_hr_job_params_t  params;

    ngx_http_hr_gen_t        *handle;
    ngx_http_hr_remote_t     *remote;       /* NULL: the local prompt */
    ngx_http_hr_data_ref_t    data;
    hr_gen_job_t             *gen;
    hr_generr_t               prepare_error;
    hr_gen_body_t             body;

    ngx_http_hr_call_t        call;
    hr_str_t                  asked;        /* model of the call */
    hr_members_t              members;      /* of the text so far */
    size_t                    scanned;      /* bytes of it */
    hr_arena_t               *answer_arena;     /* of the attempt */
    hr_answer_t               answer;
    hr_gen_result_t           result;
    bool                      may_repair;
    hr_arena_t               *kept_arena;   /* of the answer that is to be repaired */
    hr_usage_t                earlier;      /* of the attempts before */
    ngx_msec_t                model_ms;     /* in calls */
    ngx_http_hr_job_policy_t  policy;

    hr_store_stored_t         stored;
    ngx_http_hr_claim_t      *next;         /* the task that takes this one's place */
    char                      profile_id[37];

    hr_tracecontext_t         trace;        /* of its span; trace_id "": none */
    char                      trace_parent[HR_SPAN_ID + 1];
    char                      call_span[HR_SPAN_ID + 1];    /* of the running call */
    char                      traceparent[HR_TRACEPARENT + 1];  /* header of the call */
    hr_instant_t              called_at;

    ngx_http_hr_progress_t    progress;
    ngx_http_hr_job_entry_t  *entry;        /* NULL: no mirror */
    ngx_msec_t                started;
    hr_instant_t              started_at;
    ngx_uint_t                store_tries;

    uint64_t                  spent[NGX_HTTP_HR_TIMES];     /* us */
    uint64_t                  posted;       /* us; of the operation or the call */

    ngx_event_t               timer;        /* deadline of a call, or a pause */
    ngx_http_hr_db_op_t       op;           /* one at a time */
    ngx_http_hr_job_run_pt    run;
    ngx_http_hr_job_done_pt   done;
    ngx_http_hr_job_time_t    time;         /* that op counts as */
    ngx_http_hr_db_op_t       note;         /* progress into the database */
    hr_store_lease_t          note_lease;
    hr_instant_t              finished_at;  /* of the answer judged last */
    ngx_msec_t                judged;
    ngx_msec_t                pause;        /* before the next attempt */

    unsigned                  busy:1;       /* op is in a thread */
    unsigned                  noting:1;     /* note is */
    unsigned                  noted:1;
    unsigned                  calling:1;
    unsigned                  pausing:1;
    unsigned                  gone:1;       /* cancelled or fenced: end without a word */
    unsigned                  probe:1;      /* of the circuit breaker */
    unsigned                  render:1;     /* the body must be made anew */
    unsigned                  followed:1;   /* the queue was asked for the next task */
    unsigned                  storing:1;    /* the pause is before a write */
    unsigned                  waiting:1;    /* for room in a pool's queue */
    unsigned                  starved:1;    /* no connection or memory here */
    unsigned                  spent_told:1; /* what a stopped call has used */
};

/*
 * job_run.c: the steps of a job and their operations
 */

/* Takes the job over. */
void ngx_http_hr_job_begin(ngx_http_hr_job_t *job);
/* The task is not ours any more: stops and frees the job as soon as possible. */
void ngx_http_hr_job_stop(ngx_http_hr_job_t *job);
/* While the worker quits: a job that only waits gives its lease back. */
void ngx_http_hr_job_quit(ngx_http_hr_job_t *job);
/* Once in a while: writes the step down when a call takes long. */
void ngx_http_hr_job_tick(ngx_http_hr_job_t *job);
/* For a job that was never begun. */
void ngx_http_hr_job_free(ngx_http_hr_job_t *job);

/*
 * Runs in the cpu pool (prompt, answer) or in the writer; then done.  What it
 * takes, the waits included, counts as `time`.
 */
void ngx_http_hr_job_post(ngx_http_hr_job_t *job, ngx_http_hr_job_time_t time,
    ngx_http_hr_job_run_pt run, ngx_http_hr_job_done_pt done);
void ngx_http_hr_job_show(ngx_http_hr_job_t *job, ngx_http_hr_step_t step);
/* Nothing follows: the job is freed as soon as its threads have let it go. */
void ngx_http_hr_job_finish(ngx_http_hr_job_t *job);
/* Something of ours went wrong; what and op.rc for the log, error for the user. */
void ngx_http_hr_job_broken(ngx_http_hr_job_t *job, const char *what,
    hr_generr_t error);

/* job_model.c: the call of the model and the judgement of its answer */

void ngx_http_hr_job_call(ngx_http_hr_job_t *job);
/* Closes the call that runs; what it has cost so far is estimated. */
void ngx_http_hr_job_call_stop(ngx_http_hr_job_t *job);
/* The deadline of the attempt has come. */
void ngx_http_hr_job_call_expired(ngx_http_hr_job_t *job);
/* What is left of the time that the task may take, in ms; 0: nothing. */
ngx_msec_t ngx_http_hr_job_left(const ngx_http_hr_job_t *job);

/* job_end.c: each writes and goes on from there */

void ngx_http_hr_job_end_store(ngx_http_hr_job_t *job);
void ngx_http_hr_job_end_fail(ngx_http_hr_job_t *job);
/* The next attempt follows after job->pause. */
void ngx_http_hr_job_end_attempt(ngx_http_hr_job_t *job);
/* The lease is given back. */
void ngx_http_hr_job_end_release(ngx_http_hr_job_t *job);
/*
 * Somebody else has ended the attempt, and its answer has cost something: that is
 * written.  false: there is nothing to write.
 */
bool ngx_http_hr_job_end_spent(ngx_http_hr_job_t *job);
/* op.done is that of end_store(): it must be told even when the job is gone. */
bool ngx_http_hr_job_end_storing(const ngx_http_hr_job_t *job);

/* job.c: a claimed task becomes one of the running jobs. */
void ngx_http_hr_job_enter(ngx_http_hr_job_t *job);
/* The job leaves the list of the running ones and is freed. */
void ngx_http_hr_job_ended(ngx_http_hr_job_t *job);

/* job_spans.c */
void ngx_http_hr_job_trace_begin(ngx_http_hr_job_t *job);
/* A call is about to start: its headers. */
void ngx_http_hr_job_trace_call(ngx_http_hr_job_t *job);
/* It has ended; error "": well. */
void ngx_http_hr_job_trace_called(ngx_http_hr_job_t *job, const char *error);
/* So has the job. */
void ngx_http_hr_job_traced(ngx_http_hr_job_t *job, const char *error);
/* The job, and a call if there is one, was stopped from outside. */
void ngx_http_hr_job_trace_stopped(ngx_http_hr_job_t *job);

/* job_retry.c */
typedef enum {
    NGX_HTTP_HR_NEXT_STORE = 0,     /* the result is good */
    NGX_HTTP_HR_NEXT_FAIL,
    NGX_HTTP_HR_NEXT_TRY            /* policy.attempt after *pause ms */
} ngx_http_hr_next_t;

ngx_http_hr_next_t ngx_http_hr_job_next(ngx_http_hr_job_t *job,
    ngx_msec_t *pause);
/* Leaves out of it what the model is known to refuse. */
void ngx_http_hr_job_first_attempt(ngx_http_hr_job_t *job);

#endif /* NGX_HTTP_HR_JOB_RUN_H */
