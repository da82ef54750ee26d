#include "ngx_http_hr_sse.h"


#define NGX_HTTP_HR_SSE_HEARTBEAT  15000    /* ms of silence */


static void ngx_http_hr_sse_timer(ngx_event_t *ev);
static void ngx_http_hr_sse_writer(ngx_http_request_t *r);
static void ngx_http_hr_sse_cleanup(void *data);
static ngx_int_t ngx_http_hr_sse_write(ngx_http_hr_sse_t *sse, ngx_str_t *parts,
    ngx_uint_t n, ngx_uint_t last);
static void ngx_http_hr_sse_end(ngx_http_hr_sse_t *sse, ngx_int_t rc);


/*
 * What little a stream sends fits into the socket's buffer for many minutes, so
 * that send_timeout never begins when packets of the client are lost.  The kernel
 * gives up instead when something sent was not confirmed for as long (RFC 5482).
 */
static void
ngx_http_hr_sse_lost(ngx_http_request_t *r)
{
#ifdef TCP_USER_TIMEOUT
    unsigned                   ms;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    ms = (unsigned) ngx_min(clcf->send_timeout, NGX_MAX_INT32_VALUE);

    /* refused by what is no TCP: nothing is lost there */
    (void) setsockopt(r->connection->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms,
                      sizeof(ms));
#endif
}


ngx_http_hr_sse_t *
ngx_http_hr_sse_open(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_session_watch_t *session, ngx_msec_t interval,
    void (*tick)(ngx_http_hr_sse_t *sse), void (*gone)(ngx_http_hr_sse_t *sse),
    void *data)
{
    ngx_int_t            rc;
    ngx_str_t            no = ngx_string("no");
    ngx_str_t            hello = ngx_string(": ok\n\nretry: 2000\n\n");
    ngx_connection_t    *c = r->connection;
    ngx_pool_cleanup_t  *cln;
    ngx_http_hr_sse_t   *sse;

    sse = ngx_pcalloc(r->pool, sizeof(ngx_http_hr_sse_t));
    cln = ngx_pool_cleanup_add(r->pool, 0);

    if (sse == NULL || cln == NULL
        || ngx_http_hr_answer_head(r, ctx, NGX_HTTP_OK, NGX_HTTP_HR_TYPE_SSE)
           != NGX_OK
        || ngx_http_hr_header(r, "X-Accel-Buffering", no) != NGX_OK)
    {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        ngx_http_run_posted_requests(c);
        return NULL;
    }

    sse->r = r;
    sse->data = data;
    sse->tick = tick;
    sse->gone = gone;
    sse->session = *session;
    sse->interval = interval;

    sse->timer.handler = ngx_http_hr_sse_timer;
    sse->timer.data = sse;
    sse->timer.log = c->log;

    ngx_http_hr_sse_lost(r);
    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        ngx_http_finalize_request(r, rc);
        ngx_http_run_posted_requests(c);
        return NULL;
    }

    cln->handler = ngx_http_hr_sse_cleanup;
    cln->data = sse;

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_hr_sse_writer;
    ngx_http_set_ctx(r, ctx, ngx_http_hr_module);

    /* over HTTP/2 the headers alone would wait for data */
    if (ngx_http_hr_sse_write(sse, &hello, 1, 0) != NGX_OK) {
        return NULL;
    }

    ngx_add_timer(&sse->timer, 1);

    return sse;
}


static void
ngx_http_hr_sse_cleanup(void *data)
{
    ngx_http_hr_sse_t  *sse = data;

    if (sse->timer.timer_set) {
        ngx_del_timer(&sse->timer);
    }

    sse->closed = 1;

    if (sse->gone != NULL) {
        sse->gone(sse);
    }
}


/* Whatever happens in here, the request may not exist afterwards. */
static void
ngx_http_hr_sse_end(ngx_http_hr_sse_t *sse, ngx_int_t rc)
{
    ngx_connection_t    *c = sse->r->connection;
    ngx_http_request_t  *r = sse->r;

    if (sse->closed) {
        return;
    }

    sse->closed = 1;

    if (sse->timer.timer_set) {
        ngx_del_timer(&sse->timer);
    }

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


/* NGX_OK; NGX_ERROR: the stream was ended. */
static ngx_int_t
ngx_http_hr_sse_write(ngx_http_hr_sse_t *sse, ngx_str_t *parts, ngx_uint_t n,
    ngx_uint_t last)
{
    size_t                     size;
    ngx_int_t                  rc;
    ngx_buf_t                 *b;
    ngx_uint_t                 i;
    ngx_chain_t               *cl;
    ngx_connection_t          *c;
    ngx_http_request_t        *r = sse->r;
    ngx_http_core_loc_conf_t  *clcf;

    for (size = 0, i = 0; i < n; i++) {
        size += parts[i].len;
    }

    cl = ngx_chain_get_free_buf(r->pool, &sse->free);
    if (cl == NULL) {
        ngx_http_hr_sse_end(sse, NGX_ERROR);
        return NGX_ERROR;
    }

    b = cl->buf;

    /* a buffer of the stream's own pool of buffers is used again and again */
    if ((size_t) (b->end - b->start) < size) {
        size_t  room = ngx_max(size, 1024);

        b->start = ngx_palloc(r->pool, room);
        if (b->start == NULL) {
            ngx_http_hr_sse_end(sse, NGX_ERROR);
            return NGX_ERROR;
        }

        b->end = b->start + room;
    }

    b->pos = b->last = b->start;

    for (i = 0; i < n; i++) {
        b->last = ngx_cpymem(b->last, parts[i].data, parts[i].len);
    }

    b->temporary = size != 0;
    b->memory = 0;
    b->flush = !last;
    b->last_buf = last != 0;
    b->last_in_chain = 1;
    b->tag = (ngx_buf_tag_t) &ngx_http_hr_module;

    sse->last = ngx_current_msec;

    rc = ngx_http_output_filter(r, cl);
    ngx_chain_update_chains(r->pool, &sse->free, &sse->busy, &cl,
                            (ngx_buf_tag_t) &ngx_http_hr_module);

    if (rc == NGX_ERROR) {
        ngx_http_hr_sse_end(sse, NGX_ERROR);
        return NGX_ERROR;
    }

    c = r->connection;
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (c->buffered && !c->write->timer_set) {
        ngx_add_timer(c->write, clcf->send_timeout);
    }

    if (ngx_handle_write_event(c->write, clcf->send_lowat) != NGX_OK) {
        ngx_http_hr_sse_end(sse, NGX_ERROR);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* The client takes what waited for it. */
static void
ngx_http_hr_sse_writer(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_event_t               *wev;
    ngx_connection_t          *c = r->connection;
    ngx_http_core_loc_conf_t  *clcf;

    wev = c->write;
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (wev->timedout) {
        c->timedout = 1;
        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    rc = ngx_http_output_filter(r, NULL);

    if (rc == NGX_ERROR) {
        ngx_http_finalize_request(r, rc);
        return;
    }

    if (c->buffered) {
        if (!wev->timer_set) {
            ngx_add_timer(wev, clcf->send_timeout);
        }

    } else if (wev->timer_set) {
        ngx_del_timer(wev);
    }

    if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_ERROR);
    }
}


static void
ngx_http_hr_sse_timer(ngx_event_t *ev)
{
    ngx_str_t           comment = ngx_string(": \n\n");
    ngx_http_hr_sse_t  *sse = ev->data;

    ngx_http_hr_turn_note("timer of a stream");

    ngx_http_set_log_request(sse->r->connection->log, sse->r);

    if (ngx_exiting || ngx_quit || ngx_http_hr_session_moved(&sse->session)) {
        if (ngx_http_hr_sse_send(sse, "bye", HR_STR_NULL, HR_STR("{}")) == NGX_OK) {
            ngx_http_hr_sse_close(sse);
        }

        return;
    }

    ngx_add_timer(ev, sse->interval);

    if (sse->r->connection->buffered) {
        return;
    }

    if (ngx_current_msec - sse->last >= NGX_HTTP_HR_SSE_HEARTBEAT
        && ngx_http_hr_sse_write(sse, &comment, 1, 0) != NGX_OK)
    {
        return;
    }

    sse->tick(sse);
}


ngx_int_t
ngx_http_hr_sse_send(ngx_http_hr_sse_t *sse, const char *event, hr_str_t id,
    hr_str_t data)
{
    ngx_str_t   parts[8];
    ngx_uint_t  n = 0;

    if (sse->closed) {
        return NGX_ERROR;
    }

    if (id.len != 0) {
        ngx_str_set(&parts[n], "id: ");
        n++;
        parts[n].data = (u_char *) id.data;
        parts[n++].len = id.len;
        ngx_str_set(&parts[n], "\n");
        n++;
    }

    ngx_str_set(&parts[n], "event: ");
    n++;
    parts[n].data = (u_char *) event;
    parts[n].len = ngx_strlen(event);
    n++;
    ngx_str_set(&parts[n], "\ndata: ");
    n++;
    parts[n].data = (u_char *) data.data;
    parts[n++].len = data.len;
    ngx_str_set(&parts[n], "\n\n");
    n++;

    return ngx_http_hr_sse_write(sse, parts, n, 0);
}


void
ngx_http_hr_sse_close(ngx_http_hr_sse_t *sse)
{
    if (!sse->closed && ngx_http_hr_sse_write(sse, NULL, 0, 1) == NGX_OK) {
        ngx_http_hr_sse_end(sse, NGX_OK);
    }
}
