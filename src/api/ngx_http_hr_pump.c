#include "ngx_http_hr_pump.h"


static ngx_int_t ngx_http_hr_pump_filled(ngx_http_hr_work_t *w);


void
ngx_http_hr_pump_init(ngx_http_hr_pump_t *p, ngx_http_hr_work_run_pt fill,
    void (*end)(ngx_http_hr_work_t *w, const char *result))
{
    p->fill = fill;
    p->end = end;
    hr_buf_init(&p->piece, NGX_HTTP_HR_PUMP_PIECE_MAX);
}


bool
ngx_http_hr_pump_cancelled(const ngx_http_hr_work_t *w)
{
    return __atomic_load_n(&w->op.cancelled, __ATOMIC_RELAXED) != 0;
}


/* Everything but the work itself, which its owner frees. */
static void
ngx_http_hr_pump_release(ngx_http_hr_work_t *w, const char *result)
{
    ngx_http_hr_pump_t  *p = w->in;

    if (p->cleanup != NULL) {
        p->cleanup->handler = NULL;
        p->cleanup = NULL;
    }

    if (p->end != NULL) {
        p->end(w, result);
        p->end = NULL;
    }

    hr_buf_release(&p->piece);
}


/* The request goes: the work with it, unless a thread still has it. */
static void
ngx_http_hr_pump_left(void *data)
{
    ngx_http_hr_work_t  *w = data;
    ngx_http_hr_pump_t  *p = w->in;

    p->cleanup = NULL;

    if (p->idle) {
        ngx_http_hr_pump_release(w, "aborted");
        ngx_http_hr_work_free(w);
        return;
    }

    ngx_http_hr_db_cancel(&w->op);
}


/* Ends the request with rc; the work stays the caller's. */
static void
ngx_http_hr_pump_finalize(ngx_http_hr_work_t *w, ngx_int_t rc,
    const char *result)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r = w->r;

    c = r->connection;
    ngx_http_hr_pump_release(w, result);
    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_hr_pump_next(ngx_http_hr_work_t *w)
{
    ngx_http_hr_pump_t  *p = w->in;

    p->idle = false;

    if (p->handed) {
        hr_buf_reset(&p->piece);
        p->handed = false;
    }

    if (ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_BULK, p->fill,
                              ngx_http_hr_pump_filled)
        == NGX_AGAIN)
    {
        return NGX_AGAIN;
    }

    p->idle = true;
    ngx_log_error(NGX_LOG_ERR, w->r->connection->log, 0,
                  "hr: a download ends early: the queue of slow work is full");

    return NGX_ERROR;
}


/* The client has taken a piece that had to wait. */
static void
ngx_http_hr_pump_ready(ngx_http_hr_stream_t *s)
{
    ngx_http_hr_work_t  *w = s->data;

    if (ngx_http_hr_pump_next(w) != NGX_AGAIN) {
        ngx_http_hr_pump_finalize(w, NGX_ERROR, "failed");
        ngx_http_hr_work_free(w);
    }
}


/* Goes on after a piece was handed to the client. */
static ngx_int_t
ngx_http_hr_pump_pushed(ngx_http_hr_work_t *w, ngx_int_t rc)
{
    ngx_http_hr_pump_t  *p = w->in;

    p->idle = true;

    if (rc == NGX_OK) {
        rc = ngx_http_hr_pump_next(w);
    }

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_DONE) {           /* HEAD */
        ngx_http_hr_pump_finalize(w, NGX_OK, "ok");
    } else {
        ngx_http_hr_pump_finalize(w, NGX_ERROR, "failed");
    }

    return NGX_DONE;
}


static ngx_int_t
ngx_http_hr_pump_filled(ngx_http_hr_work_t *w)
{
    char                *data;
    size_t               len;
    ngx_int_t            rc;
    ngx_http_hr_pump_t  *p = w->in;

    if (w->r == NULL) {
        ngx_http_hr_pump_release(w, "aborted");
        return NGX_DONE;
    }

    ngx_http_set_log_request(w->r->connection->log, w->r);

    if (w->rc != HR_OK || p->piece.err != HR_OK) {
        /* the head has gone: a cut connection is the only way to say it */
        ngx_log_error(NGX_LOG_ERR, w->r->connection->log, 0,
                      "hr: a download ends early: error %d: %s", (int) w->rc,
                      w->op.text);
        ngx_http_hr_pump_finalize(w, NGX_ERROR, "failed");
        return NGX_DONE;
    }

    if (!p->closed) {
        p->handed = true;
        return ngx_http_hr_pump_pushed(w, ngx_http_hr_stream_write(&p->stream,
                                              p->piece.data, p->piece.len));
    }

    data = hr_buf_steal(&p->piece, &len);
    rc = ngx_http_hr_stream_end(&p->stream, data, len);
    ngx_http_hr_pump_finalize(w, rc, "ok");

    return NGX_DONE;
}


static ngx_int_t
ngx_http_hr_pump_disposition(ngx_http_request_t *r, hr_str_t disposition)
{
    ngx_str_t  value;

    value.len = disposition.len;
    value.data = disposition.data == NULL ? NULL
                                          : ngx_pnalloc(r->pool, disposition.len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(value.data, disposition.data, disposition.len);

    return ngx_http_hr_header(r, "Content-Disposition", value);
}


ngx_int_t
ngx_http_hr_pump_start(ngx_http_hr_work_t *w, ngx_http_hr_type_t type,
    hr_str_t disposition)
{
    ngx_http_request_t  *r = w->r;
    ngx_http_hr_pump_t  *p = w->in;

    if (r == NULL || w->rc != HR_OK) {
        ngx_http_hr_pump_release(w, r == NULL ? "aborted" : "failed");
        return NGX_OK;
    }

    ngx_http_set_log_request(r->connection->log, r);

    p->cleanup = ngx_http_cleanup_add(r, 0);

    if (p->cleanup == NULL
        || ngx_http_hr_pump_disposition(r, disposition) != NGX_OK)
    {
        ngx_http_hr_pump_release(w, "failed");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p->cleanup->handler = ngx_http_hr_pump_left;
    p->cleanup->data = w;
    p->stream.ready = ngx_http_hr_pump_ready;
    p->stream.data = w;

    return ngx_http_hr_pump_pushed(w, ngx_http_hr_stream_open(&p->stream, r, w->ctx,
                                                              type));
}
