/*
 * An answer that is made piece by piece, with the client's pace as the only
 * one: a piece is made when the one before has left.  Memory stays that of one
 * piece however long the answer is.
 */

#ifndef NGX_HTTP_HR_STREAM_H
#define NGX_HTTP_HR_STREAM_H

#include "ngx_http_hr.h"

typedef struct ngx_http_hr_stream_s  ngx_http_hr_stream_t;

struct ngx_http_hr_stream_s {
    ngx_http_request_t       *r;
    void                    (*ready)(ngx_http_hr_stream_t *s);
    void                     *data;         /* the caller's */

    ngx_buf_t                 buf;          /* private */
    ngx_chain_t               chain;
};

/*
 * Sends the head, chunked, and pushes it out.  s must live as long as the
 * request or until the caller finalizes it.  ready() is called on the event
 * loop when a piece that did not leave at once has left; a client that goes
 * away or is too slow (send_timeout) ends the request, its cleanups tell.
 * NGX_OK or NGX_AGAIN as stream_write().  NGX_DONE: HEAD, nothing follows,
 * finalize with NGX_OK.  NGX_ERROR: finalize with it.
 */
ngx_int_t ngx_http_hr_stream_open(ngx_http_hr_stream_t *s,
    ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, ngx_http_hr_type_t type);

/*
 * NGX_OK: the bytes have left, go on.  NGX_AGAIN: keep them unchanged until
 * ready().  NGX_ERROR: finalize with it.
 */
ngx_int_t ngx_http_hr_stream_write(ngx_http_hr_stream_t *s, char *data,
    size_t len);

/*
 * The last piece: takes the malloc'ed bytes over, also on failure.  Returns
 * what the caller finalizes the request with.
 */
ngx_int_t ngx_http_hr_stream_end(ngx_http_hr_stream_t *s, char *data, size_t len);

#endif /* NGX_HTTP_HR_STREAM_H */
