/*
 * The queue of generation tasks, batches, history and usage (generation.md 2,
 * 8, 11, 12; api-profiles.md 2; improvements.md I-28, I-35, I-69).
 *
 * A task is claimed with a lease {owner, attempt, until}.  Whoever reports a
 * result shows the attempt as a fencing token: a claim after the lease ran out
 * raises it, and the late report of the earlier owner is refused with FENCED.
 * A terminal state never changes.
 */

#ifndef HR_STORE_TASK_H
#define HR_STORE_TASK_H

#ifndef HR_STORE_H
#error "include hr_store.h"
#endif


/* Stored: pending ("queued" is read as well), processing, ... */
typedef enum {
    HR_STORE_TASK_QUEUED = 0,
    HR_STORE_TASK_PROCESSING,
    HR_STORE_TASK_COMPLETED,
    HR_STORE_TASK_FAILED,
    HR_STORE_TASK_CANCELLED
} hr_store_task_status_t;

/* The wire word: "queued", "processing", ... */
const char *hr_store_task_status_name(hr_store_task_status_t status);

typedef struct {
    hr_str_t                id;
    hr_store_slot_t         slot;           /* unit, department, position, employee */
    hr_store_task_status_t  status;
    int64_t                 progress;       /* 0..100 */
    hr_str_t                step;           /* current_step, or absent */
    hr_str_t                error_message;  /* for users, or absent */
    hr_str_t                error_code;     /* generation.md 10, or absent */
    hr_str_t                params;         /* JSON, or absent */
    hr_str_t                target_profile; /* regenerate this one, or absent */
    hr_str_t                profile_id;     /* the result, or absent */
    int64_t                 profile_version;        /* of the result; 0: none */
    hr_str_t                result;         /* JSON of a result that is not stored
                                               as a profile (failed, not saved);
                                               only from hr_store_task_get() */
    bool                    save_result;
    int64_t                 created_by;
    hr_str_t                created_by_username;    /* or absent */
    hr_str_t                batch_id;       /* or absent */
    int64_t                 priority;
    int64_t                 attempt;        /* claims so far */
    int64_t                 estimated_seconds;
    int64_t                 queue_position; /* from 1 while queued, else 0 */
    hr_instant_t            created_at, started_at, completed_at;
    hr_instant_t            not_before;     /* waits for a retry, or NO_TIME */
    hr_instant_t            lease_until;    /* or NO_TIME */
    hr_str_t                lease_owner;    /* or absent */
    bool                    visible;        /* to the viewer: own or joined */
} hr_store_task_t;

typedef struct {
    hr_store_task_t  *items;
    size_t            count;
} hr_store_tasks_t;

/* NO_TASK.  viewer: user id for `visible`, 0: everything is. */
hr_rc_t hr_store_task_get(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    int64_t viewer, hr_store_task_t *task);
/* Own and joined tasks: open ones, and those that ended after `since`; oldest
 * first, at most limit (1..1000). */
hr_rc_t hr_store_tasks_of_user(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t user_id, hr_instant_t since, size_t limit, hr_store_tasks_t *list);
/* Open tasks of all users, oldest first. */
hr_rc_t hr_store_tasks_open(hr_store_conn_t *conn, hr_arena_t *arena,
    size_t limit, hr_store_tasks_t *list);

typedef struct {
    int64_t   queued, processing;
    int64_t   total;            /* rows of any state and owner */
    int64_t   user_open;        /* of the given user */
    int64_t   batch_open;       /* items of batches, queued or running */
} hr_store_task_counts_t;

hr_rc_t hr_store_task_counts(hr_store_conn_t *conn, int64_t user_id,
    hr_store_task_counts_t *counts);
/* When a task could next be claimed: a past instant, a retry's or a lease's
 * end; HR_NOT_FOUND when the queue is empty. */
hr_rc_t hr_store_task_next_at(hr_store_conn_t *conn, hr_instant_t *at);


/* -- write -- */

typedef struct {
    hr_str_t          id;               /* a new UUID by the caller */
    hr_store_slot_t   slot;
    hr_str_t          params;           /* JSON, or absent */
    hr_str_t          target_profile;   /* or absent */
    hr_str_t          idempotency_key;  /* per user, or absent */
    hr_str_t          batch_id;         /* or absent */
    hr_str_t          step;             /* first current_step */
    int64_t           user_id;
    int64_t           priority;         /* greater goes first */
    int64_t           estimated_seconds;
    bool              save_result;
    bool              force;            /* do not join an open task */
    bool              exclusive;        /* an open one is HR_CONFLICT / OPEN_TASK */
} hr_store_new_task_t;

/* Tasks of batches do not count. */
typedef struct {
    int64_t   max_queued;           /* 0: no limit */
    int64_t   max_open_per_user;    /* 0: no limit */
} hr_store_queue_limits_t;

typedef enum {
    HR_STORE_TASK_CREATED = 0,
    HR_STORE_TASK_JOINED,           /* an open task of the same unit, position, employee */
    HR_STORE_TASK_REPEATED          /* same idempotency key: that task, any state */
} hr_store_task_added_t;

/*
 * HR_LIMIT / QUEUE_FULL or USER_LIMIT, HR_CONFLICT / OPEN_TASK, HR_INVALID /
 * KEY_REUSED: the key came with another request before.  A joined task becomes
 * visible to the user.  task is what the client gets to see.
 */
hr_rc_t hr_store_task_add(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_new_task_t *add, const hr_store_queue_limits_t *limits,
    hr_instant_t now, hr_store_task_t *task, hr_store_task_added_t *added);

typedef struct {
    int64_t   max_running;          /* 0: no limit */
    int64_t   max_running_per_user; /* 0: no limit */
} hr_store_run_limits_t;

/*
 * Takes the next task: greatest priority, then the user with the fewest
 * running tasks, then the one served longest ago, then the oldest.  Skips
 * paused batches, retries that are not due, and positions that run already.
 * Sets processing, started_at, attempt + 1, the lease.  HR_NOT_FOUND: nothing
 * can start now.
 */
hr_rc_t hr_store_task_claim(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t owner, const hr_store_run_limits_t *limits, hr_instant_t now,
    hr_instant_t lease_until, hr_store_task_t *task);

typedef struct {
    hr_str_t   id;
    hr_str_t   owner;
    int64_t    attempt;
} hr_store_lease_t;

/* All four: HR_CONFLICT / FENCED or TERMINAL (cancelled meanwhile); NO_TASK. */
hr_rc_t hr_store_task_renew(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    hr_instant_t lease_until);
hr_rc_t hr_store_task_progress(hr_store_conn_t *conn,
    const hr_store_lease_t *lease, int64_t progress, hr_str_t step,
    hr_instant_t lease_until);

/* What an attempt has used; one generation_history row per finished attempt. */
typedef struct {
    hr_str_t   model;               /* or absent */
    hr_str_t   prompt_version;      /* or absent */
    int64_t    tokens_in, tokens_out;
    double     cost_usd;
    double     seconds;
    bool       estimated;           /* tokens and cost: nobody was told the real ones */
} hr_store_usage_t;

/*
 * Success: profile (a new one with new_profile_id, or a regenerated version of
 * target_profile or of the profile found by the slot), history row, task
 * state, batch item; all or nothing.  With save_result off only result (JSON)
 * is kept in the task.
 */
typedef struct {
    hr_str_t             new_profile_id;    /* a fresh UUID */
    hr_store_content_t   content;           /* user and name: of the starter */
    hr_store_usage_t     usage;
    hr_str_t             result;            /* only with save_result off */
    hr_str_t             step;
} hr_store_outcome_t;

typedef struct {
    hr_str_t   profile_id;      /* in the arena; absent when not saved */
    int64_t    version;
    bool       created;         /* a new profile, not a new version */
} hr_store_stored_t;

hr_rc_t hr_store_task_complete(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_lease_t *lease, const hr_store_outcome_t *outcome,
    hr_instant_t now, hr_store_stored_t *stored);

typedef struct {
    hr_str_t           error_code;      /* generation.md 10 */
    hr_str_t           error_message;   /* for users */
    hr_str_t           step;
    int64_t            progress;
    hr_str_t           result;          /* JSON of the failure, or absent */
    hr_store_usage_t   usage;
} hr_store_failure_t;

hr_rc_t hr_store_task_fail(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    const hr_store_failure_t *failure, hr_instant_t now);
/*
 * The attempt is over, the owner goes on with the next one: a history row, and
 * the number of the attempt is raised in the table; in the lease by the caller,
 * after the commit.
 */
hr_rc_t hr_store_task_attempt(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    const hr_store_failure_t *failure, hr_instant_t lease_until,
    hr_instant_t now);
/* The attempt is over, the task goes back to the queue until not_before. */
hr_rc_t hr_store_task_retry(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    const hr_store_failure_t *failure, hr_instant_t not_before, hr_instant_t now);
/* Gives an unused lease back (shutdown): no attempt counted, no history. */
hr_rc_t hr_store_task_release(hr_store_conn_t *conn,
    const hr_store_lease_t *lease, hr_str_t step, hr_instant_t now);

/* Queued or running; otherwise HR_CONFLICT / TERMINAL.  NO_TASK. */
hr_rc_t hr_store_task_cancel(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t id, hr_str_t step, hr_str_t error_message, hr_instant_t now,
    hr_store_task_t *task);

/*
 * Running tasks whose lease ran out at now, or (owner given) that belong to
 * this owner, go back to the queue; with max_attempts claims behind them they
 * fail with `failure` (code "interrupted").  One history row each, with what
 * spent (may be NULL) knows of the attempt's usage; texts that it sets must live
 * until its next call.
 */
typedef void (*hr_store_spent_pt)(void *data, const hr_store_lease_t *lease,
    hr_store_usage_t *usage);

hr_rc_t hr_store_tasks_requeue(hr_store_conn_t *conn, hr_str_t owner,
    int64_t max_attempts, const hr_store_failure_t *failure,
    hr_store_spent_pt spent, void *data, hr_instant_t now, int64_t *requeued,
    int64_t *failed);

/*
 * The usage of an attempt that was ended by somebody else (cancelled, given up)
 * while its answer was on the way: completes the row of the history unless it has
 * a usage.  since: when the attempt began, or before.  HR_NOT_FOUND: there is no
 * such row to complete.
 */
hr_rc_t hr_store_task_spent(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    const hr_store_usage_t *usage, hr_instant_t since);

/* Who holds leases now: at most 1,000 owners in the arena. */
hr_rc_t hr_store_lease_owners(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t **owners, size_t *count);

/* Deletes ended tasks: completed before `before`, and the oldest above `keep`
 * (0: no cap).  left: rows that remain. */
hr_rc_t hr_store_tasks_cleanup(hr_store_conn_t *conn, hr_instant_t before,
    int64_t keep, size_t limit, int64_t *deleted, int64_t *left);


/* -- batches (I-69) -- */

typedef enum {
    HR_STORE_BATCH_ACTIVE = 0,
    HR_STORE_BATCH_PAUSED,
    HR_STORE_BATCH_CANCELLED,
    HR_STORE_BATCH_FINISHED
} hr_store_batch_status_t;

const char *hr_store_batch_status_name(hr_store_batch_status_t status);

typedef struct {
    hr_str_t                 id;
    int64_t                  created_by;
    hr_str_t                 created_by_username;
    hr_str_t                 params;        /* JSON, or absent */
    hr_store_batch_status_t  status;
    hr_instant_t             created_at, updated_at, completed_at;
    int64_t                  total;         /* items */
    int64_t                  queued, processing, completed, failed, cancelled;
    int64_t                  skipped;       /* profile existed, refused, ... */
} hr_store_batch_t;

typedef struct {
    int64_t           ordinal;      /* from 1 */
    hr_store_slot_t   slot;
    hr_str_t          state;        /* task status word, "skipped" or "rejected" */
    hr_str_t          task_id;      /* or absent */
    hr_str_t          profile_id;   /* or absent */
    hr_str_t          error_code;   /* or absent */
    hr_str_t          message;      /* or absent */
} hr_store_batch_item_t;

typedef struct {
    hr_store_batch_item_t  *items;
    size_t                  count;
    int64_t                 total;
} hr_store_batch_items_t;

/* -- read -- */

hr_rc_t hr_store_batch_get(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    hr_store_batch_t *batch);
/* Newest first; user_id 0: of everybody. */
hr_rc_t hr_store_batches_list(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t user_id, size_t limit, hr_store_batch_t **items, size_t *count);
hr_rc_t hr_store_batch_items(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t id, size_t offset, size_t limit, hr_store_batch_items_t *list);

/* -- write -- */

hr_rc_t hr_store_batch_create(hr_store_conn_t *conn, hr_str_t id,
    int64_t user_id, hr_str_t params, hr_instant_t now);
/*
 * One item: with add a task is queued (or joined) for it, otherwise it is
 * noted as skipped or rejected (state) with profile_id or message.
 */
hr_rc_t hr_store_batch_add(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t batch_id, const hr_store_new_task_t *add,
    const hr_store_queue_limits_t *limits, const hr_store_batch_item_t *item,
    hr_instant_t now, hr_store_task_added_t *added);
/* After the last item: a batch without an open item is finished. */
hr_rc_t hr_store_batch_added(hr_store_conn_t *conn, hr_str_t id,
    hr_instant_t now);
/*
 * Pause and resume act on queued tasks only, cancel on queued and running
 * ones; HR_CONFLICT / STATUS when the state does not allow it.  changed:
 * tasks that were cancelled.
 */
hr_rc_t hr_store_batch_set_status(hr_store_conn_t *conn, hr_str_t id,
    hr_store_batch_status_t status, hr_str_t step, hr_str_t error_message,
    hr_instant_t now, int64_t *changed);
/* Queues the failed and cancelled items again. */
hr_rc_t hr_store_batch_retry(hr_store_conn_t *conn, hr_str_t id, hr_str_t step,
    hr_instant_t now, int64_t *queued);


/* -- usage (I-35); read -- */

typedef enum {
    HR_STORE_USAGE_BY_DAY = 0,
    HR_STORE_USAGE_BY_USER,
    HR_STORE_USAGE_BY_UNIT,
    HR_STORE_USAGE_BY_MODEL,
    HR_STORE_USAGE_BY_PROMPT,
    HR_STORE_USAGE_TOTAL
} hr_store_usage_group_t;

typedef struct {
    hr_str_t   key;             /* day, login name, unit or model; absent: none */
    int64_t    attempts, succeeded, failed, cancelled;
    int64_t    tokens_in, tokens_out;
    double     cost_usd;
    double     estimated_usd;   /* of it: nobody confirmed */
    double     seconds;         /* sum */
} hr_store_usage_row_t;

/* from included, to excluded; by key, at most limit (1..10,000). */
hr_rc_t hr_store_usage(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_store_usage_group_t group, hr_instant_t from, hr_instant_t to,
    size_t limit, hr_store_usage_row_t **rows, size_t *count);
/* Money spent since an instant (budget of a month); user_id 0: everybody. */
hr_rc_t hr_store_cost_since(hr_store_conn_t *conn, hr_instant_t from,
    int64_t user_id, double *cost_usd);
/* Median duration of the last 20 successes (of the model, when given);
 * HR_NOT_FOUND before there is one. */
hr_rc_t hr_store_estimate(hr_store_conn_t *conn, hr_str_t model,
    double *seconds);

#endif /* HR_STORE_TASK_H */
