/*
 * Server-sent events: a stream over the client's own request.
 *
 * The owner is asked at a fixed interval what there is to say; nothing is asked
 * while the client has not yet taken what was sent, so that a slow reader costs
 * no memory: it gets fewer, newer events.  Comments keep proxies from closing a
 * silent stream.  A worker that quits says "bye" and closes, and so does a stream
 * whose session may have ended; the client comes back with Last-Event-ID, and is
 * asked for its token like everybody.
 */

#ifndef NGX_HTTP_HR_SSE_H
#define NGX_HTTP_HR_SSE_H

#include "ngx_http_hr.h"

typedef struct ngx_http_hr_sse_s  ngx_http_hr_sse_t;

struct ngx_http_hr_sse_s {
    ngx_http_request_t       *r;
    void                     *data;         /* of the owner */
    /* sends what there is, or closes; the stream may be gone when it returns */
    void                    (*tick)(ngx_http_hr_sse_t *sse);
    /* the request ends, whoever ended it; may be NULL */
    void                    (*gone)(ngx_http_hr_sse_t *sse);

    /* private */
    ngx_http_hr_session_watch_t  session;
    ngx_event_t               timer;
    ngx_msec_t                interval;
    ngx_msec_t                last;         /* something was sent */
    ngx_chain_t              *free;
    ngx_chain_t              *busy;
    unsigned                  closed:1;
};

/*
 * Sends the headers and a first comment.  session was taken when the request's
 * token had been found good.  The request's count must have been
 * raised for the stream (a handler that returned NGX_DONE).  NULL: the request
 * has been finalized.
 */
ngx_http_hr_sse_t *ngx_http_hr_sse_open(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, const ngx_http_hr_session_watch_t *session,
    ngx_msec_t interval, void (*tick)(ngx_http_hr_sse_t *sse),
    void (*gone)(ngx_http_hr_sse_t *sse), void *data);

/*
 * One event; data has no line ends (JSON).  id may be {0, NULL}.  NGX_ERROR: the
 * stream is gone.
 */
ngx_int_t ngx_http_hr_sse_send(ngx_http_hr_sse_t *sse, const char *event,
    hr_str_t id, hr_str_t data);
/* Ends the stream in order; it is gone afterwards. */
void ngx_http_hr_sse_close(ngx_http_hr_sse_t *sse);

#endif /* NGX_HTTP_HR_SSE_H */
