#include "ngx_http_hr_call.h"


/* A connection that has no peer: what nginx needs to find in it. */
typedef struct {
    ngx_http_connection_t   hc;
    ngx_http_conf_ctx_t     conf_ctx;
    ngx_http_log_ctx_t      log_ctx;
    ngx_http_hr_call_t     *call;
} ngx_http_hr_call_base_t;


static ngx_int_t ngx_http_hr_call_finished(ngx_http_request_t *sr, void *data,
    ngx_int_t rc);
static void ngx_http_hr_call_done(ngx_event_t *ev);
static void ngx_http_hr_call_free(ngx_http_hr_call_t *call);
static ngx_int_t ngx_http_hr_call_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);


static ngx_http_output_body_filter_pt  ngx_http_hr_call_next_body_filter;
static ngx_connection_t                ngx_http_hr_call_dummy;

/* No peer address: an unnamed UNIX socket, which every variable can print. */
static struct sockaddr_un  ngx_http_hr_call_address = { .sun_family = AF_UNIX };
static ngx_str_t           ngx_http_hr_call_address_text = ngx_string("unix:");


static void
ngx_http_hr_call_nothing(ngx_http_request_t *r)
{
    /* nobody writes to or reads from this request */
}


static void
ngx_http_hr_call_no_event(ngx_event_t *ev)
{
    /* no socket, no events */
}


static u_char *
ngx_http_hr_call_log(ngx_log_t *log, u_char *buf, size_t len)
{
    u_char                   *p;
    ngx_http_log_ctx_t       *ctx = log->data;
    ngx_http_hr_call_base_t  *base;

    base = (ngx_http_hr_call_base_t *)
           ((u_char *) ctx - offsetof(ngx_http_hr_call_base_t, log_ctx));

    p = buf;

    if (log->action) {
        p = ngx_snprintf(p, len, " while %s", log->action);
        len -= p - buf;
    }

    return ngx_snprintf(p, len, ", generation task: %V", &base->call->id);
}


/* ---- setting up ---- */


static ngx_connection_t *
ngx_http_hr_call_connection(ngx_http_hr_call_t *call)
{
    ngx_pool_t               *pool;
    ngx_connection_t         *c;
    ngx_http_hr_call_base_t  *base;

    call->log = *ngx_cycle->log;

    pool = ngx_create_pool(2048, &call->log);
    if (pool == NULL) {
        return NULL;
    }

    base = ngx_pcalloc(pool, sizeof(ngx_http_hr_call_base_t));
    if (base == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    c = ngx_get_connection(0, &call->log);
    if (c == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    c->fd = (ngx_socket_t) -1;
    c->pool = pool;
    c->log = &call->log;
    c->log_error = NGX_ERROR_INFO;
    c->sockaddr = (struct sockaddr *) &ngx_http_hr_call_address;
    c->socklen = sizeof(sa_family_t);
    c->local_sockaddr = c->sockaddr;
    c->local_socklen = c->socklen;
    c->addr_text = ngx_http_hr_call_address_text;

    /* no setsockopt() on it either */
    c->tcp_nodelay = NGX_TCP_NODELAY_DISABLED;
    c->tcp_nopush = NGX_TCP_NOPUSH_DISABLED;

    /* "active": nobody asks epoll about fd -1; "ready": output never waits */
    c->read->log = &call->log;
    c->write->log = &call->log;
    c->read->handler = ngx_http_hr_call_no_event;
    c->write->handler = ngx_http_hr_call_no_event;
    c->read->active = 1;
    c->write->active = 1;
    c->write->ready = 1;

    base->call = call;
    base->log_ctx.connection = c;
    base->conf_ctx = *ngx_http_hr_main_conf()->server->ctx;
    base->hc.conf_ctx = &base->conf_ctx;
    c->data = &base->hc;

    call->log.data = &base->log_ctx;
    call->log.handler = ngx_http_hr_call_log;
    call->log.action = "asking the language model";
    call->log.connection = c->number = ngx_atomic_fetch_add(ngx_connection_counter,
                                                            1);

    return c;
}


/* The connection and its pool, when there is no request in it. */
static void
ngx_http_hr_call_close(ngx_connection_t *c)
{
    ngx_pool_t  *pool = c->pool;

    c->destroyed = 1;
    c->fd = 0;                          /* an index that ngx_free_connection() reads */
    ngx_free_connection(c);
    c->fd = (ngx_socket_t) -1;

    ngx_destroy_pool(pool);
}


static ngx_int_t
ngx_http_hr_call_request(ngx_http_hr_call_t *call, ngx_connection_t *c)
{
    ngx_http_request_t  *r;

    r = ngx_http_create_request(c);
    if (r == NULL) {
        return NGX_ERROR;
    }

#if (NGX_STAT_STUB)
    /* not a request of a client */
    (void) ngx_atomic_fetch_add(ngx_stat_reading, -1);
    (void) ngx_atomic_fetch_add(ngx_stat_requests, -1);
    r->stat_reading = 0;
#endif

    c->data = r;
    call->request = r;

    ngx_str_set(&r->request_line, "POST");
    ngx_str_set(&r->uri, "/");
    r->unparsed_uri = r->uri;
    r->valid_unparsed_uri = 1;
    ngx_str_set(&r->http_protocol, "HTTP/1.1");
    ngx_str_set(&r->method_name, "POST");
    r->method = NGX_HTTP_POST;
    r->http_version = NGX_HTTP_VERSION_11;
    r->http_major = 1;
    r->http_minor = 1;
    r->headers_in.content_length_n = -1;
    r->read_event_handler = ngx_http_hr_call_nothing;
    r->write_event_handler = ngx_http_hr_call_nothing;

    if (ngx_list_init(&r->headers_in.headers, r->pool, 4, sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /*
     * nginx must never free this request by itself: neither when the
     * subrequest ends (count), nor when it breaks off (blocked).
     */
    r->count++;
    r->blocked = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_call_header(ngx_http_request_t *r, const char *name, ngx_str_t value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_in.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value = value;
    h->hash = 1;
    ngx_http_hr_header_end(h);

    h->lowcase_key = ngx_pnalloc(r->pool, h->key.len);
    if (h->lowcase_key == NULL) {
        return NGX_ERROR;
    }

    ngx_strlow(h->lowcase_key, h->key.data, h->key.len);

    return NGX_OK;
}


/* The body as a chain over the caller's segments: nothing is copied. */
static ngx_int_t
ngx_http_hr_call_set_body(ngx_http_request_t *sr, ngx_http_hr_call_t *call)
{
    size_t                    i;
    ngx_buf_t                *b;
    ngx_chain_t              *cl, **ll;
    ngx_http_request_body_t  *rb;

    rb = ngx_pcalloc(sr->pool, sizeof(ngx_http_request_body_t));
    if (rb == NULL) {
        return NGX_ERROR;
    }

    ll = &rb->bufs;
    b = NULL;

    for (i = 0; i < call->count; i++) {

        if (call->segments[i].len == 0) {
            continue;
        }

        b = ngx_calloc_buf(sr->pool);
        cl = ngx_alloc_chain_link(sr->pool);

        if (b == NULL || cl == NULL) {
            return NGX_ERROR;
        }

        b->start = b->pos = (u_char *) call->segments[i].data;
        b->end = b->last = b->pos + call->segments[i].len;
        b->memory = 1;

        cl->buf = b;
        cl->next = NULL;
        *ll = cl;
        ll = &cl->next;
    }

    if (b != NULL) {
        b->last_buf = 1;
    }

    rb->rest = 0;
    sr->request_body = rb;
    sr->headers_in.content_length_n = (off_t) call->length;

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_call_subrequest(ngx_http_hr_call_t *call)
{
    ngx_str_t                    type = ngx_string("application/json");
    ngx_str_t                    accept = ngx_string("application/json, "
                                                     "text/event-stream");
    ngx_http_request_t          *r = call->request, *sr;
    ngx_http_post_subrequest_t  *ps;

    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));
    if (ps == NULL) {
        return NGX_ERROR;
    }

    ps->handler = ngx_http_hr_call_finished;
    ps->data = call;

    if (ngx_http_subrequest(r, &call->location, NULL, &sr, ps,
                            NGX_HTTP_SUBREQUEST_IN_MEMORY
                            |NGX_HTTP_SUBREQUEST_WAITED)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    call->sub = sr;
    sr->method = NGX_HTTP_POST;
    ngx_str_set(&sr->method_name, "POST");

    /* a list of its own: the copy of the parent's points into the parent */
    if (ngx_list_init(&sr->headers_in.headers, sr->pool, 4,
                      sizeof(ngx_table_elt_t))
        != NGX_OK
        || ngx_http_hr_call_header(sr, "Content-Type", type) != NGX_OK
        || ngx_http_hr_call_header(sr, "Accept", accept) != NGX_OK
        || ngx_http_hr_call_header(sr, "X-Request-ID", call->id) != NGX_OK
        || (call->traceparent.len
            && ngx_http_hr_call_header(sr, "traceparent", call->traceparent) != NGX_OK)
        || (call->tracestate.len
            && ngx_http_hr_call_header(sr, "tracestate", call->tracestate) != NGX_OK))
    {
        return NGX_ERROR;
    }

    return ngx_http_hr_call_set_body(sr, call);
}


ngx_int_t
ngx_http_hr_call_start(ngx_http_hr_call_t *call)
{
    ngx_connection_t  *c;

    call->status = 0;
    call->error = HR_GENERR_NONE;
    call->has_retry_after = 0;
    call->first_byte = 0;
    call->elapsed = 0;
    call->received = 0;
    call->finished = 0;
    call->overflow = 0;
    call->request = NULL;
    call->sub = NULL;
    call->started = ngx_current_msec;
    call->last_byte = ngx_current_msec;

    ngx_memzero(&call->event, sizeof(ngx_event_t));
    call->event.handler = ngx_http_hr_call_done;
    call->event.data = call;
    call->event.log = ngx_cycle->log;

    c = ngx_http_hr_call_connection(call);
    if (c == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_hr_call_request(call, c) != NGX_OK
        || ngx_http_hr_call_subrequest(call) != NGX_OK)
    {
        if (call->request == NULL) {
            ngx_http_hr_call_close(c);
        } else {
            ngx_http_hr_call_free(call);
        }

        return NGX_ERROR;
    }

    ngx_http_run_posted_requests(c);

    return NGX_OK;
}


/* ---- the end ---- */


/* Whatever is left of the call: the upstream connection is closed with it. */
static void
ngx_http_hr_call_free(ngx_http_hr_call_t *call)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r = call->request;

    if (r == NULL) {
        return;
    }

    c = r->connection;
    call->request = NULL;
    call->sub = NULL;

    r->blocked = 0;
    r->logged = 1;
    ngx_http_free_request(r, 0);        /* runs the cleanups, frees r->pool */

    ngx_http_hr_call_close(c);
}


void
ngx_http_hr_call_abort(ngx_http_hr_call_t *call)
{
    call->finished = 1;                 /* what the cleanups report is not news */

    if (call->event.posted) {
        ngx_delete_posted_event(&call->event);
    }

    ngx_http_hr_call_free(call);
}


static void
ngx_http_hr_call_retry_after(ngx_http_hr_call_t *call, ngx_http_upstream_t *u)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &u->headers_in.headers.part;
    h = part->elts;

    for (i = 0; part != NULL; i++) {

        if (i >= part->nelts) {
            part = part->next;

            if (part == NULL) {
                return;
            }

            h = part->elts;
            i = 0;
        }

        if (h[i].key.len == sizeof("Retry-After") - 1
            && ngx_strncasecmp(h[i].key.data, (u_char *) "Retry-After",
                               sizeof("Retry-After") - 1) == 0)
        {
            call->has_retry_after =
                hr_retry_after_parse(ngx_http_hr_str(&h[i].value), hr_time_now(),
                                     &call->retry_after);
            return;
        }
    }
}


/*
 * What rc says when it is no answer of the upstream.  nginx makes a 502 of
 * every way not to get a response and a 504 of a time-out before it.
 */
static void
ngx_http_hr_call_judge(ngx_http_hr_call_t *call, ngx_http_request_t *sr,
    ngx_int_t rc)
{
    ngx_http_upstream_t  *u = sr->upstream;

    if (u == NULL) {
        /* a location that answers by itself, or none at all */
        call->status = rc >= NGX_HTTP_SPECIAL_RESPONSE
                       ? (ngx_uint_t) rc : sr->headers_out.status;

        if (call->status == NGX_HTTP_NOT_FOUND || call->status == 0) {
            call->error = HR_GENERR_NOT_CONFIGURED;
        }

        return;
    }

    /* an error answer that proxy_intercept_errors took counts as well */
    if (u->headers_in.status_n >= NGX_HTTP_SPECIAL_RESPONSE
        || (u->headers_in.status_n != 0 && sr->header_sent))
    {
        call->status = u->headers_in.status_n;
        ngx_http_hr_call_retry_after(call, u);

        /* cut in the middle: by silence, or by the other side */
        if (rc != NGX_OK && call->status == NGX_HTTP_OK
            && ngx_current_msec - call->last_byte + 50 >= u->conf->read_timeout
            && !hr_answer_reader_done(call->reader))
        {
            call->error = HR_GENERR_UPSTREAM_TIMEOUT;
        }

        return;
    }

    call->error = rc == NGX_HTTP_GATEWAY_TIME_OUT
                  || rc == NGX_HTTP_REQUEST_TIME_OUT
                  ? HR_GENERR_UPSTREAM_TIMEOUT : HR_GENERR_UPSTREAM_CONNECT;
}


/*
 * Called each time that nginx ends the subrequest, which may be more than
 * once; only the first tells what happened.  Returning NGX_OK keeps nginx from
 * running an error page through the subrequest.
 */
static ngx_int_t
ngx_http_hr_call_finished(ngx_http_request_t *sr, void *data, ngx_int_t rc)
{
    ngx_http_hr_call_t  *call = data;

    if (call->finished) {
        return NGX_OK;
    }

    call->finished = 1;
    call->elapsed = ngx_current_msec - call->started;

    if (call->overflow) {
        /* the reader says so when it is asked for its verdict */
        call->status = sr->upstream ? sr->upstream->headers_in.status_n : 0;

    } else {
        ngx_http_hr_call_judge(call, sr, rc);
    }

    /* nginx still walks over this request: it is freed when it is done */
    ngx_post_event(&call->event, &ngx_posted_events);

    return NGX_OK;
}


static void
ngx_http_hr_call_done(ngx_event_t *ev)
{
    ngx_http_hr_call_t  *call = ev->data;

    ngx_http_hr_turn_note("end of a model call");

    ngx_http_hr_call_free(call);
    call->done(call);
}


/* ---- the answer as it arrives ---- */


void
ngx_http_hr_call_init_process(void)
{
    ngx_http_hr_call_dummy.fd = (ngx_socket_t) -1;

    ngx_http_hr_call_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_hr_call_body_filter;
}


/* A piece that nginx put into a temporary file: as rare as an output that waits. */
static ngx_int_t
ngx_http_hr_call_feed_file(ngx_http_hr_call_t *call, ngx_buf_t *b)
{
    u_char    piece[8192];
    ssize_t   n;
    off_t     at;

    for (at = b->file_pos; at < b->file_last; at += n) {
        n = ngx_read_file(b->file, piece,
                          (size_t) ngx_min((off_t) sizeof(piece),
                                           b->file_last - at), at);
        if (n <= 0
            || hr_answer_reader_feed(call->reader, (char *) piece, (size_t) n)
               != HR_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_call_feed(ngx_http_hr_call_t *call, ngx_buf_t *b)
{
    off_t  size = ngx_buf_size(b);

    if (size == 0) {
        return NGX_OK;
    }

    if (call->first_byte == 0) {
        call->first_byte = ngx_max(ngx_current_msec - call->started, 1);
    }

    call->last_byte = ngx_current_msec;
    call->received += (size_t) size;

    if (call->received > call->answer_max) {
        return NGX_ERROR;
    }

    if (ngx_buf_in_memory(b)) {
        return hr_answer_reader_feed(call->reader, (char *) b->pos, (size_t) size)
               == HR_OK ? NGX_OK : NGX_ERROR;
    }

    return b->in_file ? ngx_http_hr_call_feed_file(call, b) : NGX_OK;
}


/*
 * Takes everything: the filters behind, which would collect the answer in
 * memory, see nothing of it.
 */
static ngx_int_t
ngx_http_hr_call_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_int_t            rc;
    ngx_buf_t           *b;
    ngx_chain_t         *cl;
    ngx_http_hr_call_t  *call;

    if (r == r->main || r->post_subrequest == NULL
        || r->post_subrequest->handler != ngx_http_hr_call_finished)
    {
        return ngx_http_hr_call_next_body_filter(r, in);
    }

    call = r->post_subrequest->data;

    for (cl = in; cl; cl = cl->next) {
        b = cl->buf;

        rc = call->finished || call->overflow ? NGX_OK
                                              : ngx_http_hr_call_feed(call, b);
        b->pos = b->last;
        b->file_pos = b->file_last;

        if (rc != NGX_OK) {
            /* ends the upstream; the reader is asked for the reason later */
            call->overflow = 1;
        }
    }

    if (call->overflow) {
        return NGX_ERROR;
    }

    if (in != NULL && call->progress != NULL && !call->finished) {
        call->progress(call);
    }

    return NGX_OK;
}
