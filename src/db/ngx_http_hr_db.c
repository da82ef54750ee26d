#include "ngx_http_hr_db.h"
#include "ngx_http_hr_thread.h"

#include <pthread.h>
#include <time.h>

#include <openssl/crypto.h>


#define NGX_HTTP_HR_DB_STUCK       60000    /* ms until a slow task is reported */
#define NGX_HTTP_HR_DB_BATCH_MAX   256

/* A connection of one pool thread; listed so that exit_process can close it. */
typedef struct ngx_http_hr_db_link_s  ngx_http_hr_db_link_t;

struct ngx_http_hr_db_link_s {
    hr_store_conn_t         *conn;
    ngx_http_hr_db_link_t   *next;
};

typedef struct {
    ngx_http_hr_db_op_t     *op;
} ngx_http_hr_db_single_t;

/* One transaction of the writer thread; there is at most one per worker. */
typedef struct {
    ngx_uint_t               n;
    ngx_http_hr_db_op_t     *op[NGX_HTTP_HR_DB_BATCH_MAX];
} ngx_http_hr_db_batch_t;


static ngx_thread_task_t *ngx_http_hr_db_task(size_t size,
    void (*work)(void *data, ngx_log_t *log), ngx_event_handler_pt done);
static void ngx_http_hr_db_write_next(void);
static void ngx_http_hr_db_batch_work(void *data, ngx_log_t *log);
static void ngx_http_hr_db_batch_run(ngx_http_hr_db_batch_t *batch);
static void ngx_http_hr_db_batch_done(ngx_event_t *ev);


static ngx_http_hr_db_conf_t   *ngx_http_hr_db_conf;
static ngx_http_hr_db_stat_t    ngx_http_hr_db_stats;
static ngx_log_t               *ngx_http_hr_db_log;

static ngx_queue_t              ngx_http_hr_db_waiting;
static ngx_thread_task_t       *ngx_http_hr_db_batch;   /* reused */
static ngx_uint_t               ngx_http_hr_db_batch_busy;

static pthread_mutex_t          ngx_http_hr_db_links_mutex =
                                                    PTHREAD_MUTEX_INITIALIZER;
static ngx_http_hr_db_link_t   *ngx_http_hr_db_links;
static __thread hr_store_conn_t  *ngx_http_hr_db_reader;
static __thread hr_store_conn_t  *ngx_http_hr_db_writer;


ngx_int_t
ngx_http_hr_db_init_process(ngx_http_hr_db_conf_t *conf, ngx_log_t *log)
{
    ngx_http_hr_db_conf = conf;
    ngx_http_hr_db_log = log;
    ngx_queue_init(&ngx_http_hr_db_waiting);
    ngx_memzero(&ngx_http_hr_db_stats, sizeof(ngx_http_hr_db_stats));

    conf->batch = ngx_min(conf->batch, NGX_HTTP_HR_DB_BATCH_MAX);

    ngx_http_hr_db_batch = ngx_http_hr_db_task(sizeof(ngx_http_hr_db_batch_t),
                                               ngx_http_hr_db_batch_work,
                                               ngx_http_hr_db_batch_done);
    return ngx_http_hr_db_batch == NULL ? NGX_ERROR : NGX_OK;
}


void
ngx_http_hr_db_exit_process(void)
{
    ngx_http_hr_db_link_t  *link;

    /* the thread pool module has stopped the threads before */
    pthread_mutex_lock(&ngx_http_hr_db_links_mutex);

    while ((link = ngx_http_hr_db_links) != NULL) {
        ngx_http_hr_db_links = link->next;
        hr_store_close(link->conn);
        ngx_free(link);
    }

    pthread_mutex_unlock(&ngx_http_hr_db_links_mutex);

    ngx_free(ngx_http_hr_db_batch);
    ngx_http_hr_db_batch = NULL;
}


static ngx_thread_task_t *
ngx_http_hr_db_task(size_t size, void (*work)(void *data, ngx_log_t *log),
    ngx_event_handler_pt done)
{
    ngx_thread_task_t  *task;

    task = ngx_calloc(sizeof(ngx_thread_task_t) + size, ngx_http_hr_db_log);
    if (task == NULL) {
        return NULL;
    }

    task->ctx = task + 1;
    task->handler = work;
    task->event.handler = done;
    task->event.data = task;
    task->event.log = ngx_http_hr_db_log;

    return task;
}


static uint64_t
ngx_http_hr_db_clock(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}


/* In a pool thread: the thread's own connection, opened at its first use. */
static hr_store_conn_t *
ngx_http_hr_db_connection(hr_store_mode_t mode, ngx_http_hr_db_op_t *op)
{
    hr_diag_t               diag;
    hr_store_conn_t       **conn;
    ngx_http_hr_db_link_t  *link;

    conn = mode == HR_STORE_READER ? &ngx_http_hr_db_reader
                                   : &ngx_http_hr_db_writer;
    if (*conn != NULL) {
        return *conn;
    }

    link = malloc(sizeof(ngx_http_hr_db_link_t));
    if (link == NULL) {
        op->rc = HR_NOMEM;
        return NULL;
    }

    ngx_memzero(&diag, sizeof(diag));
    op->rc = hr_store_open(&ngx_http_hr_db_conf->store, mode, conn, &diag);

    if (op->rc != HR_OK) {
        op->error = op->rc == HR_BUSY ? HR_STORE_E_BUSY : HR_STORE_E_OTHER;
        (void) ngx_cpystrn((u_char *) op->text, (u_char *) diag.text,
                           sizeof(op->text));
        free(link);
        *conn = NULL;
        return NULL;
    }

    link->conn = *conn;

    pthread_mutex_lock(&ngx_http_hr_db_links_mutex);
    link->next = ngx_http_hr_db_links;
    ngx_http_hr_db_links = link;
    pthread_mutex_unlock(&ngx_http_hr_db_links_mutex);

    return *conn;
}


static void
ngx_http_hr_db_note_error(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    op->error = hr_store_error(conn);
    (void) ngx_cpystrn((u_char *) op->text,
                       (u_char *) hr_store_error_text(conn), sizeof(op->text));
}


static void
ngx_http_hr_db_single_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    uint64_t  start;

    start = ngx_http_hr_db_clock();

    if (conn != NULL) {
        hr_store_cancel_flag(conn, &op->cancelled);
    }

    op->rc = HR_OK;
    op->run(op, conn);

    if (conn != NULL) {
        hr_store_cancel_flag(conn, NULL);

        if (op->rc != HR_OK && op->error == HR_STORE_E_NONE) {
            ngx_http_hr_db_note_error(op, conn);
        }
    }

    op->usec = ngx_http_hr_db_clock() - start;
}


/*
 * At the exit nginx does not join its pool threads: LeakSanitizer may look
 * after a thread's memory is gone and before the key destructors of OpenSSL
 * have run.  With it a thread therefore keeps nothing between two tasks.
 */
static void
ngx_http_hr_db_thread_idle(void)
{
#if defined(__SANITIZE_ADDRESS__)
    OPENSSL_thread_stop();
#endif
}


static void
ngx_http_hr_db_read_work(void *data, ngx_log_t *log)
{
    hr_store_conn_t          *conn;
    ngx_http_hr_db_single_t  *s = data;

    conn = ngx_http_hr_db_connection(HR_STORE_READER, s->op);
    if (conn != NULL) {
        ngx_http_hr_db_single_run(s->op, conn);
    }

    ngx_http_hr_db_thread_idle();
}


static void
ngx_http_hr_db_cpu_work(void *data, ngx_log_t *log)
{
    ngx_http_hr_db_single_t  *s = data;

    ngx_http_hr_thread_computes();
    ngx_http_hr_db_single_run(s->op, NULL);
    ngx_http_hr_db_thread_idle();
}


static void
ngx_http_hr_db_bulk_work(void *data, ngx_log_t *log)
{
    ngx_http_hr_thread_computes();
    ngx_http_hr_db_read_work(data, log);
}


/*
 * The timer keeps a quitting worker alive until the task ends (nginx 1.22
 * would exit under it) and reports a task that hangs.
 */
static ngx_int_t
ngx_http_hr_db_timer(ngx_event_t *ev)
{
    if (ev->timedout) {
        ngx_log_error(NGX_LOG_ERR, ev->log, 0,
                      "a database task runs for more than a minute");
        ev->timedout = 0;
        ngx_add_timer(ev, NGX_HTTP_HR_DB_STUCK);
        return NGX_AGAIN;
    }

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    return NGX_OK;
}


static void
ngx_http_hr_db_single_done(ngx_event_t *ev)
{
    ngx_thread_task_t        *task = ev->data;
    ngx_http_hr_db_op_t      *op;
    ngx_http_hr_db_single_t  *s = task->ctx;

    if (ngx_http_hr_db_timer(ev) == NGX_AGAIN) {
        return;
    }

    op = s->op;

    if (task->handler == ngx_http_hr_db_read_work) {
        ngx_http_hr_db_stats.reads--;
        ngx_http_hr_db_stats.ended++;
        ngx_http_hr_db_stats.usec += op->usec;
    } else {
        ngx_http_hr_db_stats.cpus--;
    }

    ngx_free(task);
    op->task = NULL;
    op->done(op);
}


static ngx_int_t
ngx_http_hr_db_post(ngx_http_hr_db_op_t *op, ngx_thread_pool_t *pool,
    void (*work)(void *data, ngx_log_t *log), ngx_uint_t *count)
{
    ngx_thread_task_t  *task;

    task = ngx_http_hr_db_task(sizeof(ngx_http_hr_db_single_t), work,
                               ngx_http_hr_db_single_done);
    if (task == NULL) {
        return NGX_ERROR;
    }

    ((ngx_http_hr_db_single_t *) task->ctx)->op = op;
    op->task = task;
    op->error = HR_STORE_E_NONE;
    op->touched = 0;
    op->text[0] = '\0';

    if (ngx_thread_task_post(pool, task) != NGX_OK) {
        ngx_free(task);
        op->task = NULL;
        return NGX_ERROR;
    }

    (*count)++;
    ngx_add_timer(&task->event, NGX_HTTP_HR_DB_STUCK);

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_db_read(ngx_http_hr_db_op_t *op)
{
    return ngx_http_hr_db_post(op, ngx_http_hr_db_conf->read,
                               ngx_http_hr_db_read_work,
                               &ngx_http_hr_db_stats.reads);
}


ngx_int_t
ngx_http_hr_db_cpu(ngx_http_hr_db_op_t *op)
{
    return ngx_http_hr_db_post(op, ngx_http_hr_db_conf->cpu,
                               ngx_http_hr_db_cpu_work,
                               &ngx_http_hr_db_stats.cpus);
}


ngx_int_t
ngx_http_hr_db_slow(ngx_http_hr_db_op_t *op)
{
    return ngx_http_hr_db_post(op, ngx_http_hr_db_conf->slow,
                               ngx_http_hr_db_cpu_work,
                               &ngx_http_hr_db_stats.cpus);
}


ngx_int_t
ngx_http_hr_db_bulk(ngx_http_hr_db_op_t *op)
{
    return ngx_http_hr_db_post(op, ngx_http_hr_db_conf->slow,
                               ngx_http_hr_db_bulk_work,
                               &ngx_http_hr_db_stats.cpus);
}


void
ngx_http_hr_db_cancel(ngx_http_hr_db_op_t *op)
{
    __atomic_store_n(&op->cancelled, 1, __ATOMIC_RELAXED);
}


/* ---- writes: group commit ---- */


ngx_int_t
ngx_http_hr_db_write(ngx_http_hr_db_op_t *op)
{
    if (ngx_http_hr_db_stats.waiting >= ngx_http_hr_db_conf->queue) {
        return NGX_ERROR;
    }

    op->error = HR_STORE_E_NONE;
    op->touched = 0;
    op->text[0] = '\0';

    ngx_queue_insert_tail(&ngx_http_hr_db_waiting, &op->queue);
    ngx_http_hr_db_stats.waiting++;
    ngx_http_hr_db_stats.writes++;

    ngx_http_hr_db_write_next();

    return NGX_OK;
}


/* Hands all that wait (up to the batch size) to the writer thread, if it is idle. */
static void
ngx_http_hr_db_write_next(void)
{
    ngx_queue_t             *q;
    ngx_http_hr_db_op_t     *op;
    ngx_http_hr_db_batch_t  *batch = ngx_http_hr_db_batch->ctx;

    if (ngx_http_hr_db_batch_busy || ngx_queue_empty(&ngx_http_hr_db_waiting)) {
        return;
    }

    batch->n = 0;

    while (!ngx_queue_empty(&ngx_http_hr_db_waiting)
           && batch->n < ngx_http_hr_db_conf->batch)
    {
        q = ngx_queue_head(&ngx_http_hr_db_waiting);
        ngx_queue_remove(q);
        batch->op[batch->n++] = ngx_queue_data(q, ngx_http_hr_db_op_t, queue);
        ngx_http_hr_db_stats.waiting--;
    }

    ngx_http_hr_db_batch->event.complete = 0;
    ngx_http_hr_db_batch_busy = 1;

    if (ngx_thread_task_post(ngx_http_hr_db_conf->write, ngx_http_hr_db_batch)
        == NGX_OK)
    {
        ngx_add_timer(&ngx_http_hr_db_batch->event, NGX_HTTP_HR_DB_STUCK);
        return;
    }

    /* only when the pool is shared with somebody who filled its queue */
    while (batch->n > 0) {
        op = batch->op[--batch->n];
        op->rc = HR_BUSY;
        op->error = HR_STORE_E_BUSY;
        ngx_queue_insert_head(&ngx_http_hr_db_waiting, &op->queue);
        ngx_http_hr_db_stats.waiting++;
    }

    /* try again from the event loop, not in a tight circle */
    ngx_add_timer(&ngx_http_hr_db_batch->event, 10);
}


static void
ngx_http_hr_db_batch_fail(ngx_http_hr_db_batch_t *batch, ngx_uint_t n,
    hr_store_conn_t *conn, hr_rc_t rc)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        batch->op[i]->rc = rc;
        batch->op[i]->touched = 0;

        if (conn != NULL) {
            ngx_http_hr_db_note_error(batch->op[i], conn);
        }
    }
}


/* One operation inside its savepoint; HR_ERROR: the whole transaction is lost. */
static hr_rc_t
ngx_http_hr_db_batch_one(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    hr_rc_t   rc;
    uint64_t  start;

    start = ngx_http_hr_db_clock();
    op->rc = hr_store_savepoint(conn);

    if (op->rc != HR_OK) {
        ngx_http_hr_db_note_error(op, conn);
        return HR_ERROR;
    }

    op->run(op, conn);

    if (op->rc == HR_OK) {
        op->rc = hr_store_release(conn);
        if (op->rc != HR_OK) {
            ngx_http_hr_db_note_error(op, conn);
            return HR_ERROR;
        }

    } else {
        if (op->error == HR_STORE_E_NONE) {
            ngx_http_hr_db_note_error(op, conn);
        }

        rc = hr_store_rollback_to(conn);
        if (rc != HR_OK) {
            return HR_ERROR;
        }
    }

    op->usec = ngx_http_hr_db_clock() - start;

    return HR_OK;
}


static void
ngx_http_hr_db_batch_work(void *data, ngx_log_t *log)
{
    ngx_http_hr_db_batch_t  *batch = data;

    if (batch->n != 0) {
        ngx_http_hr_db_batch_run(batch);
    }

    ngx_http_hr_db_thread_idle();
}


static void
ngx_http_hr_db_batch_run(ngx_http_hr_db_batch_t *batch)
{
    hr_rc_t           rc;
    unsigned            touched;
    ngx_uint_t          i, changed;
    hr_store_conn_t    *conn;
    hr_store_stripes_t  stripes;

    conn = ngx_http_hr_db_connection(HR_STORE_WRITER, batch->op[0]);
    if (conn == NULL) {
        for (i = 1; i < batch->n; i++) {
            batch->op[i]->rc = batch->op[0]->rc;
            batch->op[i]->error = batch->op[0]->error;
        }
        return;
    }

    rc = hr_store_begin(conn);
    if (rc != HR_OK) {
        ngx_http_hr_db_batch_fail(batch, batch->n, conn, rc);
        return;
    }

    changed = 0;

    for (i = 0; i < batch->n; i++) {
        if (ngx_http_hr_db_batch_one(batch->op[i], conn) != HR_OK) {
            ngx_http_hr_db_batch_fail(batch, batch->n, conn, HR_ERROR);
            hr_store_rollback(conn);
            return;
        }

        changed |= batch->op[i]->rc == HR_OK;
    }

    if (!changed) {
        hr_store_rollback(conn);
        return;
    }

    touched = hr_store_touched(conn);
    stripes = *hr_store_touched_stripes(conn);
    rc = hr_store_commit(conn);

    if (rc == HR_OK) {
        ngx_http_hr_db_conf->committed(touched, &stripes);
    }

    for (i = 0; i < batch->n; i++) {
        if (batch->op[i]->rc != HR_OK) {
            continue;           /* its own answer stands: it changed nothing */
        }

        if (rc != HR_OK) {
            batch->op[i]->rc = rc;
            ngx_http_hr_db_note_error(batch->op[i], conn);
            continue;
        }

        batch->op[i]->touched = touched;
    }
}


static void
ngx_http_hr_db_batch_done(ngx_event_t *ev)
{
    ngx_uint_t               i, n;
    ngx_http_hr_db_op_t     *op[NGX_HTTP_HR_DB_BATCH_MAX];
    ngx_http_hr_db_batch_t  *batch = ngx_http_hr_db_batch->ctx;

    if (batch->n == 0) {
        /* the retry timer of write_next() */
        ev->timedout = 0;
        ngx_http_hr_db_batch_busy = 0;
        ngx_http_hr_db_write_next();
        return;
    }

    if (ngx_http_hr_db_timer(ev) == NGX_AGAIN) {
        return;
    }

    n = batch->n;
    ngx_memcpy(op, batch->op, n * sizeof(ngx_http_hr_db_op_t *));
    batch->n = 0;
    ngx_http_hr_db_batch_busy = 0;

    ngx_http_hr_db_stats.writes -= n;
    ngx_http_hr_db_stats.commits++;
    ngx_http_hr_db_stats.committed += n;
    ngx_http_hr_db_stats.largest = ngx_max(ngx_http_hr_db_stats.largest, n);

    /* the writer starts on what came meanwhile before anybody is answered */
    ngx_http_hr_db_write_next();

    for (i = 0; i < n; i++) {
        ngx_http_hr_db_stats.usec += op[i]->usec;
        op[i]->done(op[i]);
    }
}


const ngx_http_hr_db_stat_t *
ngx_http_hr_db_stat(void)
{
    return &ngx_http_hr_db_stats;
}
