/*
 * A download that is made in steps: a pool thread fills a piece, the event
 * loop hands it to the client, and the next step starts when the client has
 * taken it.  A slow client holds one piece; one that leaves ends the work at
 * its next step.
 */

#ifndef NGX_HTTP_HR_PUMP_H
#define NGX_HTTP_HR_PUMP_H

#include "ngx_http_hr_stream.h"
#include "ngx_http_hr_work.h"


#define NGX_HTTP_HR_PUMP_PIECE      (48 * 1024)         /* a step ends above it */
#define NGX_HTTP_HR_PUMP_PIECE_MAX  (256 * 1024 * 1024)

/* The first member of the work's input. */
typedef struct {
    /*
     * In a pool thread, with a reader: appends to piece (the step before the
     * first fill may do so too), sets closed with the last one.  Looks at
     * ngx_http_hr_pump_cancelled() now and then.  Anything but HR_OK cuts the
     * connection: the head has gone by then.
     */
    ngx_http_hr_work_run_pt    fill;
    /*
     * On the event loop, once, whatever happened: "ok", "failed" or "aborted".
     * Frees what the work has on the heap.
     */
    void                     (*end)(ngx_http_hr_work_t *w, const char *result);

    hr_buf_t                   piece;
    bool                       closed;

    /* private */
    ngx_http_hr_stream_t       stream;
    ngx_http_cleanup_t        *cleanup;
    bool                       idle;            /* no thread works for it */
    bool                       handed;          /* the piece went to the stream */
} ngx_http_hr_pump_t;

/* Before the work is started. */
void ngx_http_hr_pump_init(ngx_http_hr_pump_t *p, ngx_http_hr_work_run_pt fill,
    void (*end)(ngx_http_hr_work_t *w, const char *result));

/*
 * In done() of the step before, whether it failed or not; returns what done()
 * returns.  disposition: arena.  Further headers are set before.
 */
ngx_int_t ngx_http_hr_pump_start(ngx_http_hr_work_t *w, ngx_http_hr_type_t type,
    hr_str_t disposition);

/* In a pool thread: nobody waits any more. */
bool ngx_http_hr_pump_cancelled(const ngx_http_hr_work_t *w);

#endif /* NGX_HTTP_HR_PUMP_H */
