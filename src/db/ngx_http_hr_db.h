/*
 * The bridge between the event loop and the store: blocking work runs in
 * nginx thread pools, its completion on the event loop.
 *
 * Three kinds of work:
 *   read    a pool of several threads, each with its own reading connection
 *   write   one thread per worker.  Writes that wait together share one
 *           transaction and one fsync (group commit), each inside its own
 *           savepoint; done() is called after the commit
 *   cpu     no connection: hashing of passwords, rendering, compression
 *
 * An operation lives on the heap and belongs to whoever made it; it must stay
 * alive until done() was called.  run() is in a pool thread: no nginx call, no
 * pool memory.  A worker that quits waits for its operations.
 */

#ifndef NGX_HTTP_HR_DB_H
#define NGX_HTTP_HR_DB_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_thread_pool.h>

#include "hr_store.h"

typedef struct ngx_http_hr_db_op_s  ngx_http_hr_db_op_t;

struct ngx_http_hr_db_op_s {
    /*
     * conn is NULL for cpu work.  Sets op->rc; on a write anything but HR_OK
     * undoes what the operation changed.
     */
    void                  (*run)(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn);
    void                  (*done)(ngx_http_hr_db_op_t *op);
    void                   *data;

    hr_rc_t                 rc;
    hr_store_error_t        error;      /* of the store, when rc is not HR_OK */
    unsigned                touched;    /* HR_STORE_T_* of a committed write */
    int                     cancelled;  /* set by the loop: stop soon */
    uint64_t                usec;       /* time in the thread, without waiting */
    char                    text[256];  /* for the log, when rc is not HR_OK */

    /* private to the bridge */
    ngx_queue_t             queue;
    ngx_thread_task_t      *task;
};

typedef struct {
    hr_store_config_t       store;
    ngx_thread_pool_t      *read;
    ngx_thread_pool_t      *write;
    ngx_thread_pool_t      *cpu;        /* milliseconds: prompts, answers, documents */
    ngx_thread_pool_t      *slow;       /* more: password hashes, backups */
    ngx_uint_t              batch;      /* most writes in one transaction */
    ngx_uint_t              queue;      /* most writes that may wait */

    /*
     * Called in the writer's thread right after each commit, before anybody of
     * this worker hears of it: whoever reads the database sees the rows already.
     * Atomics only.
     */
    void                  (*committed)(unsigned touched,
                                const hr_store_stripes_t *stripes);
} ngx_http_hr_db_conf_t;

/* Called in init_process; conf must outlive the process. */
ngx_int_t ngx_http_hr_db_init_process(ngx_http_hr_db_conf_t *conf, ngx_log_t *log);
void ngx_http_hr_db_exit_process(void);

/* NGX_OK: done() will be called.  NGX_ERROR: it will not (queue full, no memory). */
ngx_int_t ngx_http_hr_db_read(ngx_http_hr_db_op_t *op);
ngx_int_t ngx_http_hr_db_write(ngx_http_hr_db_op_t *op);
ngx_int_t ngx_http_hr_db_cpu(ngx_http_hr_db_op_t *op);
ngx_int_t ngx_http_hr_db_slow(ngx_http_hr_db_op_t *op);
/* In the slow pool with a reader: for what computes much over what it reads. */
ngx_int_t ngx_http_hr_db_bulk(ngx_http_hr_db_op_t *op);

void ngx_http_hr_db_cancel(ngx_http_hr_db_op_t *op);

/* For /metrics: of this worker. */
typedef struct {
    ngx_uint_t   reads, writes, cpus;       /* in flight or waiting */
    ngx_uint_t   waiting;                   /* writes not yet in a transaction */
    uint64_t     ended;                     /* reads */
    uint64_t     commits, committed;        /* transactions; writes in them */
    uint64_t     usec;                      /* of reads and writes in their threads */
    uint64_t     largest;                   /* most writes in one transaction */
} ngx_http_hr_db_stat_t;

const ngx_http_hr_db_stat_t *ngx_http_hr_db_stat(void);

#endif /* NGX_HTTP_HR_DB_H */
