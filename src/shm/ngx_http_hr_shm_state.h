/*
 * The state zone: worker slots, epochs and counters.  Atomics only, no lock on
 * any path of a request.
 *
 * Epochs make cached answers coherent.  A committed write bumps the epochs of
 * what it touched before it is acknowledged; a cached body carries the epoch
 * values that were read BEFORE its data was read, and is valid while they are
 * unchanged.
 */

#ifndef NGX_HTTP_HR_SHM_STATE_H
#define NGX_HTTP_HR_SHM_STATE_H

#include "ngx_http_hr_shm.h"

/* Whole families of data. */
typedef enum {
    NGX_HTTP_HR_EPOCH_ALL = 0,      /* foreign write: everything from the database */
    NGX_HTTP_HR_EPOCH_DATA,         /* organisation and company files */
    NGX_HTTP_HR_EPOCH_PROFILES,     /* any profile or version */
    NGX_HTTP_HR_EPOCH_TASKS,        /* any generation task changed its state */
    NGX_HTTP_HR_EPOCH_USERS,        /* any account */
    NGX_HTTP_HR_EPOCH_LINKS,        /* which profile stands for which position */
    NGX_HTTP_HR_EPOCH_SESSIONS,     /* perhaps a foreign write: look at sessions again */
    NGX_HTTP_HR_EPOCH_FAMILIES
} ngx_http_hr_epoch_t;

/* Single objects share hashed slots: a collision costs a re-render, never a stale answer. */
#define NGX_HTTP_HR_EPOCH_SLOTS    4096
#define NGX_HTTP_HR_EPOCH_STRIPES  256      /* of the links, as the store counts them */
#define NGX_HTTP_HR_WORKER_SLOTS   256
#define NGX_HTTP_HR_RATE_SLOTS     65536
#define NGX_HTTP_HR_STAT_ROUTES    128
#define NGX_HTTP_HR_STAT_BUCKETS   16
#define NGX_HTTP_HR_STAT_ATTEMPTS  32       /* at least HR_GENERR_COUNT */

/* What a worker has in hand; it tells twice a second. */
typedef enum {
    NGX_HTTP_HR_LOAD_READS = 0,     /* database reads, running or waiting */
    NGX_HTTP_HR_LOAD_WRITES,
    NGX_HTTP_HR_LOAD_CPUS,
    NGX_HTTP_HR_LOAD_WAITING,       /* writes that are in no transaction yet */
    NGX_HTTP_HR_LOAD_JOBS,
    NGX_HTTP_HR_LOAD_TRACE_FAILURES,    /* batches of traces since one was taken */
    NGX_HTTP_HR_LOADS
} ngx_http_hr_load_kind_t;

/* A worker that lives or died; slot indexes are what per-worker columns use. */
typedef struct {
    ngx_atomic_t    pid;            /* 0: free */
    ngx_atomic_t    generation;     /* grows each time the slot is taken */
    ngx_atomic_t    data_generation;  /* oldest organisation snapshot in use */
    ngx_atomic_t    load[NGX_HTTP_HR_LOADS];    /* written by the worker alone */
} ngx_http_hr_worker_slot_t;

/* Durations by ngx_http_hr_stat_bounds[]; the last bucket: longer ones. */
typedef struct {
    ngx_atomic_t    usec;           /* sum */
    ngx_atomic_t    bucket[NGX_HTTP_HR_STAT_BUCKETS];
} ngx_http_hr_stat_times_t;

typedef struct {
    ngx_atomic_t    requests[6];    /* by status class, [0] = others */
    ngx_atomic_t    bytes;
    ngx_http_hr_stat_times_t  times;
} ngx_http_hr_route_stat_t;

/* Free-standing counters. */
typedef enum {
    NGX_HTTP_HR_COUNT_SESSION_HIT = 0,
    NGX_HTTP_HR_COUNT_SESSION_MISS,
    NGX_HTTP_HR_COUNT_DB_READS,
    NGX_HTTP_HR_COUNT_DB_WRITES,        /* that were in a transaction */
    NGX_HTTP_HR_COUNT_DB_TRANSACTIONS,  /* that they shared */
    NGX_HTTP_HR_COUNT_DB_ERRORS,
    NGX_HTTP_HR_COUNT_DB_REFUSED,
    NGX_HTTP_HR_COUNT_DB_USEC,
    NGX_HTTP_HR_COUNT_LOGIN_OK,
    NGX_HTTP_HR_COUNT_LOGIN_FAILED,
    NGX_HTTP_HR_COUNT_LOGIN_THROTTLED,
    NGX_HTTP_HR_COUNT_RATE_LIMITED,
    NGX_HTTP_HR_COUNT_JOBS_STARTED,
    NGX_HTTP_HR_COUNT_JOBS_COMPLETED,
    NGX_HTTP_HR_COUNT_JOBS_FAILED,
    NGX_HTTP_HR_COUNT_JOBS_CANCELLED,
    NGX_HTTP_HR_COUNT_UPSTREAM_RETRIES,
    NGX_HTTP_HR_COUNT_TOKENS_IN,
    NGX_HTTP_HR_COUNT_TOKENS_OUT,
    NGX_HTTP_HR_COUNT_COST_MICROUSD,
    NGX_HTTP_HR_COUNT_FOREIGN_WRITES,
    NGX_HTTP_HR_COUNT_SLOW_TURNS,
    NGX_HTTP_HR_COUNT_TRACES_SENT,
    NGX_HTTP_HR_COUNT_TRACES_DROPPED,
    NGX_HTTP_HR_COUNT_TRACES_FAILED,
    NGX_HTTP_HR_COUNT_SPANS_SENT,
    NGX_HTTP_HR_COUNT_SPANS_DROPPED,
    NGX_HTTP_HR_COUNT_SPANS_FAILED,
    NGX_HTTP_HR_COUNTERS
} ngx_http_hr_counter_t;

typedef struct {
    ngx_http_hr_shm_root_t      root;
    uint64_t                    seed;           /* so that nobody can aim at a cell */
    ngx_atomic_t                start_sec;      /* of the service, not the worker */
    ngx_atomic_t                prepared;       /* hash of the database path that was checked */
    ngx_atomic_t                epoch[NGX_HTTP_HR_EPOCH_FAMILIES];
    ngx_atomic_t                slot_epoch[NGX_HTTP_HR_EPOCH_SLOTS];
    ngx_atomic_t                stripe_epoch[NGX_HTTP_HR_EPOCH_STRIPES];
    ngx_atomic_t                rate[NGX_HTTP_HR_RATE_SLOTS];
    ngx_atomic_t                counter[NGX_HTTP_HR_COUNTERS];
    ngx_atomic_t                attempt[NGX_HTTP_HR_STAT_ATTEMPTS]; /* by hr_generr_t */
    ngx_http_hr_stat_times_t    turns;          /* of the event loops */
    ngx_http_hr_worker_slot_t   worker[NGX_HTTP_HR_WORKER_SLOTS];
    ngx_http_hr_route_stat_t    route[NGX_HTTP_HR_STAT_ROUTES];
} ngx_http_hr_state_t;

/* Declares the zone; NULL on error.  The shm becomes current by attach(). */
ngx_http_hr_shm_t *ngx_http_hr_state_add(ngx_conf_t *cf, void *tag);

/* Which cycle's zone this process uses (init_module); NULL before that. */
void ngx_http_hr_state_attach(ngx_http_hr_shm_t *shm);
ngx_http_hr_state_t *ngx_http_hr_state(void);

ngx_atomic_uint_t ngx_http_hr_epoch(ngx_http_hr_epoch_t family);
void ngx_http_hr_epoch_bump(ngx_http_hr_epoch_t family);
/* Slot of one object, by kind ('p' profile, 'u' user, 't' task) and its id. */
ngx_uint_t ngx_http_hr_epoch_slot(u_char kind, const char *id, size_t len);
ngx_atomic_uint_t ngx_http_hr_epoch_slot_value(ngx_uint_t slot);
void ngx_http_hr_epoch_slot_bump(ngx_uint_t slot);
/* All stripes; and one of them.  In any thread. */
void ngx_http_hr_epoch_stripes(ngx_atomic_uint_t value[NGX_HTTP_HR_EPOCH_STRIPES]);
void ngx_http_hr_epoch_stripe_bump(ngx_uint_t stripe);

/*
 * One request more in the current window; returns how many it has had.  The
 * windows are fixed and window seconds long; colliding keys share a count.
 */
ngx_uint_t ngx_http_hr_rate_count(uint64_t key, time_t window);
/* The count without adding to it. */
ngx_uint_t ngx_http_hr_rate_peek(uint64_t key, time_t window);
/* Takes n back (a success); not below zero. */
void ngx_http_hr_rate_undo(uint64_t key, time_t window, ngx_uint_t n);
/* Key of a rate: kind tells families apart, seeded per start of the service. */
uint64_t ngx_http_hr_rate_key(u_char kind, const void *data, size_t len);

void ngx_http_hr_count(ngx_http_hr_counter_t counter, ngx_atomic_int_t n);
ngx_atomic_uint_t ngx_http_hr_counter_value(ngx_http_hr_counter_t counter);
/* An attempt at the model ended so (hr_generr_t). */
void ngx_http_hr_count_attempt(ngx_uint_t error);

/* Upper bounds of the buckets but the last one, microseconds. */
extern const uint64_t  ngx_http_hr_stat_bounds[NGX_HTTP_HR_STAT_BUCKETS - 1];
/* The bucket of a duration. */
ngx_uint_t ngx_http_hr_stat_bucket(uint64_t usec);

/*
 * Takes a worker slot for this process (in init_process) and gives it back
 * (in exit_process).  A slot whose pid is dead is free.  NGX_ERROR: all taken.
 * *taken_over is the dead pid that held the slot, or 0.
 */
ngx_int_t ngx_http_hr_worker_slot_take(ngx_uint_t *slot, ngx_pid_t *taken_over);
void ngx_http_hr_worker_slot_release(ngx_uint_t slot);
ngx_int_t ngx_http_hr_worker_alive(ngx_uint_t slot);
/* Sum over the workers that live, at most half a second old. */
ngx_atomic_uint_t ngx_http_hr_load(ngx_http_hr_load_kind_t kind);

/* 64-bit hash of byte runs, for keys that an attacker gains nothing from. */
uint64_t ngx_http_hr_hash(uint64_t seed, const void *data, size_t len);
#define NGX_HTTP_HR_HASH_SEED  0xcbf29ce484222325ull

#endif /* NGX_HTTP_HR_SHM_STATE_H */
