#include "ngx_http_hr_stream.h"


static void ngx_http_hr_stream_writer(ngx_http_request_t *r);


static ngx_uint_t
ngx_http_hr_stream_buffered(ngx_http_request_t *r)
{
    return r->out != NULL || r->buffered || r->postponed
           || (r == r->main && r->connection->buffered);
}


/* Waits for the client; NGX_AGAIN, or NGX_ERROR. */
static ngx_int_t
ngx_http_hr_stream_wait(ngx_http_hr_stream_t *s)
{
    ngx_event_t               *wev;
    ngx_http_request_t        *r = s->r;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r->main, ngx_http_core_module);
    wev = r->connection->write;

    r->write_event_handler = ngx_http_hr_stream_writer;

    if (!wev->delayed) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    return ngx_handle_write_event(wev, clcf->send_lowat) == NGX_OK ? NGX_AGAIN
                                                                   : NGX_ERROR;
}


static ngx_int_t
ngx_http_hr_stream_pushed(ngx_http_hr_stream_t *s, ngx_int_t rc)
{
    if (rc == NGX_ERROR || rc > NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_hr_stream_buffered(s->r)) {
        return ngx_http_hr_stream_wait(s);
    }

    if (s->r->connection->write->timer_set && !s->r->connection->write->delayed) {
        ngx_del_timer(s->r->connection->write);
    }

    s->r->write_event_handler = ngx_http_request_empty_handler;

    return NGX_OK;
}


static void
ngx_http_hr_stream_writer(ngx_http_request_t *r)
{
    ngx_int_t              rc;
    ngx_event_t           *wev;
    ngx_http_hr_ctx_t     *ctx;
    ngx_http_hr_stream_t  *s;

    ctx = ngx_http_get_module_ctx(r, ngx_http_hr_module);
    s = ctx->stream;
    wev = r->connection->write;

    if (wev->timedout) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, NGX_ETIMEDOUT,
                      "hr: client is too slow for a streamed answer");
        r->connection->timedout = 1;
        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (wev->delayed || r->aio) {
        rc = ngx_http_hr_stream_wait(s);

    } else {
        rc = ngx_http_hr_stream_pushed(s, ngx_http_output_filter(r, NULL));
    }

    if (rc == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);

    } else if (rc == NGX_OK) {
        s->ready(s);
    }
}


ngx_int_t
ngx_http_hr_stream_open(ngx_http_hr_stream_t *s, ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, ngx_http_hr_type_t type)
{
    ngx_int_t  rc;

    s->r = r;
    ctx->stream = s;

    if (ngx_http_hr_answer_head(r, ctx, NGX_HTTP_OK, type) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK) {
        return NGX_ERROR;
    }

    if (r->header_only) {
        return NGX_DONE;
    }

    return ngx_http_hr_stream_pushed(s, ngx_http_send_special(r, NGX_HTTP_FLUSH));
}


static ngx_int_t
ngx_http_hr_stream_push(ngx_http_hr_stream_t *s, char *data, size_t len,
    ngx_uint_t last)
{
    ngx_buf_t  *b = &s->buf;

    ngx_memzero(b, sizeof(ngx_buf_t));
    b->start = b->pos = (u_char *) data;
    b->end = b->last = b->pos + len;
    b->memory = len != 0;
    b->flush = 1;
    b->last_buf = last != 0;
    b->last_in_chain = last != 0;

    s->chain.buf = b;
    s->chain.next = NULL;

    return ngx_http_output_filter(s->r, &s->chain);
}


ngx_int_t
ngx_http_hr_stream_write(ngx_http_hr_stream_t *s, char *data, size_t len)
{
    if (len == 0) {
        return NGX_OK;
    }

    return ngx_http_hr_stream_pushed(s, ngx_http_hr_stream_push(s, data, len, 0));
}


static void
ngx_http_hr_stream_free(void *data)
{
    free(data);
}


ngx_int_t
ngx_http_hr_stream_end(ngx_http_hr_stream_t *s, char *data, size_t len)
{
    ngx_pool_cleanup_t    *cln;
    ngx_http_hr_stream_t  *own;

    /* both outlive the caller from here on */
    cln = ngx_pool_cleanup_add(s->r->pool, 0);
    own = ngx_palloc(s->r->pool, sizeof(ngx_http_hr_stream_t));

    if (cln == NULL || own == NULL) {
        free(data);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_hr_stream_free;
    cln->data = data;
    *own = *s;

    return ngx_http_hr_stream_push(own, data, len, 1);
}
