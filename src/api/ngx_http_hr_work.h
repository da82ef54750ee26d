/*
 * The one idiom for everything that blocks (design.md 3): an endpoint copies
 * its input into a work object on the heap, run() works in a pool thread
 * (database, rendering, hashing, compression) and fills the answer, then the
 * event loop sends it.  A client that left drops the request; the work ends
 * by itself.
 */

#ifndef NGX_HTTP_HR_WORK_H
#define NGX_HTTP_HR_WORK_H

#include "ngx_http_hr.h"
#include "ngx_http_hr_db.h"

#define NGX_HTTP_HR_WORK_SLOTS   8
#define NGX_HTTP_HR_WORK_ANSWER  (64 * 1024 * 1024)     /* most bytes of an answer */

typedef struct ngx_http_hr_work_s  ngx_http_hr_work_t;

typedef enum {
    NGX_HTTP_HR_WORK_READ = 0,      /* conn is a reader */
    NGX_HTTP_HR_WORK_WRITE,         /* conn is the writer, inside a savepoint */
    NGX_HTTP_HR_WORK_CPU,           /* conn is NULL */
    NGX_HTTP_HR_WORK_SLOW,          /* the same, for what takes a tenth of a second or more */
    NGX_HTTP_HR_WORK_BULK           /* there too, conn is a reader: archives, tables */
} ngx_http_hr_work_kind_t;

/*
 * In a pool thread: no nginx call, no request, no shared memory.  Fills w->out
 * or sets an error (ngx_http_hr_work_error(), or the code of the store, which
 * is mapped to 404/409/500/503 unless an error was set).  The result says
 * whether a write stands: anything but HR_OK undoes it.
 */
typedef hr_rc_t (*ngx_http_hr_work_run_pt)(ngx_http_hr_work_t *w,
    hr_store_conn_t *conn);

/*
 * On the event loop after run(), also when it failed (w->rc) and when the
 * client has left (w->r == NULL).  NGX_OK: send what is in w.  NGX_AGAIN: it
 * started the next step with ngx_http_hr_work_next().  NGX_DONE: it has taken
 * over the request itself.  Any other value ends the request with it.
 */
typedef ngx_int_t (*ngx_http_hr_work_done_pt)(ngx_http_hr_work_t *w);

struct ngx_http_hr_work_s {
    ngx_http_hr_db_op_t        op;          /* private */

    ngx_http_request_t        *r;           /* NULL: the client left */
    ngx_http_hr_ctx_t         *ctx;         /* valid while r is */

    /* plain copies that a thread may read */
    hr_arena_t                *arena;       /* for input and results; freed with the work */
    hr_answer_ctx_t            answer;
    ngx_http_hr_user_t         user;
    hr_str_t                   address;     /* of the client */
    const ngx_http_hr_main_conf_t  *conf;
    void                      *in;          /* of the endpoint, zeroed, in the arena */
    ngx_http_hr_data_ref_t     data;        /* held snapshot, see work_hold_data() */
    hr_instant_t               now;         /* one clock reading for the whole operation */

    ngx_http_hr_work_run_pt    run;
    ngx_http_hr_work_done_pt   done;        /* may be NULL */
    ngx_http_hr_work_kind_t    kind;

    /* results */
    hr_rc_t                    rc;          /* of run(), or of the commit */
    ngx_http_hr_answer_t       out;
    hr_error_kind_t            error;       /* HR_E_NONE: out is the answer */
    hr_str_t                   message;     /* of an error; in the arena or static */
    hr_str_t                   detail;
    hr_str_t                   details;     /* ready JSON object */
    ngx_uint_t                 retry_after;
    bool                       gzip;        /* compress the answer in the thread */
    bool                       etag;        /* a strong ETag of the body */

    char                       job[37];     /* for $hr_job: the task or batch; "": none */
    int64_t                    tokens;      /* for $hr_tokens; 0: none are known */

    /* objects whose cached answers end with this write (after the commit) */
    ngx_uint_t                 nslots;
    ngx_uint_t                 slots[NGX_HTTP_HR_WORK_SLOTS];
    bool                       touched_many;    /* more than that: all of them */

    ngx_http_cleanup_t        *cleanup;     /* private */
};

/*
 * in_size bytes are zeroed at w->in; arena_limit 0: 64 MiB.  NULL: no memory.
 * Ends with the answer; ngx_http_hr_work_free() only when it was never started.
 */
ngx_http_hr_work_t *ngx_http_hr_work_create(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, size_t in_size, size_t arena_limit);
/* For jobs without a client: r and ctx stay NULL, nothing is sent. */
ngx_http_hr_work_t *ngx_http_hr_work_detached(size_t in_size, size_t arena_limit);
void ngx_http_hr_work_free(ngx_http_hr_work_t *w);

/* Copies text into the work's arena; {0, NULL} for {0, NULL} and without memory. */
hr_str_t ngx_http_hr_work_str(ngx_http_hr_work_t *w, hr_str_t text);

/* Holds the organisation for the work: w->data.image is a hr_org_t. */
ngx_int_t ngx_http_hr_work_hold_data(ngx_http_hr_work_t *w);

/*
 * Returns what a handler returns: NGX_DONE, or the code of a 503 that was sent
 * (the work is freed then).
 */
ngx_int_t ngx_http_hr_work_start(ngx_http_hr_work_t *w,
    ngx_http_hr_work_kind_t kind, ngx_http_hr_work_run_pt run,
    ngx_http_hr_work_done_pt done);
/*
 * The next step of a work whose done() returned NGX_AGAIN without having started
 * one: it waited for another.  NGX_ERROR: the queue is full, a 503 was sent and
 * the work freed.
 */
ngx_int_t ngx_http_hr_work_resume(ngx_http_hr_work_t *w,
    ngx_http_hr_work_kind_t kind, ngx_http_hr_work_run_pt run,
    ngx_http_hr_work_done_pt done);
/*
 * From done(): the next step of the same work; return what it returns
 * (NGX_AGAIN, or NGX_OK with w->error set when the queue is full).
 */
ngx_int_t ngx_http_hr_work_next(ngx_http_hr_work_t *w,
    ngx_http_hr_work_kind_t kind, ngx_http_hr_work_run_pt run,
    ngx_http_hr_work_done_pt done);

/* In run(): sets the error and returns rc (HR_INVALID when rc is HR_OK). */
hr_rc_t ngx_http_hr_work_error(ngx_http_hr_work_t *w, hr_error_kind_t kind,
    hr_rc_t rc);
/* With own texts: message in the language of the request; details a JSON object. */
hr_rc_t ngx_http_hr_work_error_with(ngx_http_hr_work_t *w, hr_error_kind_t kind,
    hr_rc_t rc, const char *ru, const char *en, hr_str_t details);
/* 404 with {"resource": ..., "resource_id": ...} */
hr_rc_t ngx_http_hr_work_not_found(ngx_http_hr_work_t *w, const char *resource,
    hr_str_t id);
/* The text of the request's language. */
hr_str_t ngx_http_hr_work_text(const ngx_http_hr_work_t *w, const char *ru,
    const char *en);

/* Notes that the profile's cached answers end with this write. */
void ngx_http_hr_work_touch_profile(ngx_http_hr_work_t *w, hr_str_t id);

/* Opens a JSON writer on the answer's body. */
void ngx_http_hr_work_json(ngx_http_hr_work_t *w, hr_jw_t *jw);

#endif /* NGX_HTTP_HR_WORK_H */
