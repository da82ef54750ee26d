/*
 * Carries out a plan: a timer per step, no step before the client has taken
 * the one before, the client's leaving noticed at once.
 */

#include "ngx_http_hr_simulator.h"


#define NGX_HTTP_HR_SIM_STALL_TICK  250                 /* ms */
#define NGX_HTTP_HR_SIM_STALL_MAX   (600 * 1000)


static void ngx_http_hr_sim_timer(ngx_event_t *ev);
static void ngx_http_hr_sim_writer(ngx_http_request_t *r);
static void ngx_http_hr_sim_next(ngx_http_hr_sim_ctx_t *ctx);


void
ngx_http_hr_sim_send(ngx_http_hr_sim_ctx_t *ctx)
{
    ngx_http_request_t  *r = ctx->request;

    ctx->timer.handler = ngx_http_hr_sim_timer;
    ctx->timer.data = ctx;
    ctx->timer.log = r->connection->log;

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_hr_sim_writer;

    ngx_http_hr_sim_next(ctx);
}


/*
 * Arms the timer for the next step, or ends the request.  Without a wait the
 * timer fires in the same turn of the event loop, not inside the caller.
 */
static void
ngx_http_hr_sim_next(ngx_http_hr_sim_ctx_t *ctx)
{
    ngx_msec_t               wait;
    ngx_http_hr_sim_plan_t  *plan = &ctx->plan;

    if (ctx->step < plan->count) {
        wait = plan->steps[ctx->step].wait;

    } else {
        wait = plan->end == NGX_HTTP_HR_SIM_STALL ? NGX_HTTP_HR_SIM_STALL_TICK
                                                  : 0;
    }

    ngx_add_timer(&ctx->timer, wait);
}


static ngx_int_t
ngx_http_hr_sim_extra_header(ngx_http_request_t *r, const char *name,
    const char *value, ngx_int_t number)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 0;
    ngx_str_set(&h->key, "");

    if (value == NULL) {
        h->value.data = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
        if (h->value.data == NULL) {
            return NGX_ERROR;
        }

        h->value.len = ngx_sprintf(h->value.data, "%i", number)
                       - h->value.data;
    } else {
        h->value.data = (u_char *) value;
        h->value.len = ngx_strlen(value);
    }

    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->hash = 1;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_sim_send_header(ngx_http_hr_sim_ctx_t *ctx)
{
    ngx_http_request_t      *r = ctx->request;
    ngx_http_hr_sim_plan_t  *plan = &ctx->plan;

    ctx->header = 1;

    r->headers_out.status = plan->status;

    if (plan->events) {
        ngx_str_set(&r->headers_out.content_type, "text/event-stream");

        if (ngx_http_hr_sim_extra_header(r, "Cache-Control", "no-cache", 0)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

    } else {
        ngx_str_set(&r->headers_out.content_type, "application/json");
    }

    r->headers_out.content_type_len = r->headers_out.content_type.len;

    if (plan->retry_after >= 0
        && ngx_http_hr_sim_extra_header(r, "Retry-After", NULL,
                                        plan->retry_after)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* A body that is cut still promises all of it. */
    if (!plan->events && !plan->chunked) {
        r->headers_out.content_length_n = (off_t) plan->text.len;
    }

    return ngx_http_send_header(r);
}


/* Sends the bytes of the step; last: the response ends with them. */
static ngx_int_t
ngx_http_hr_sim_output(ngx_http_hr_sim_ctx_t *ctx, size_t upto, ngx_uint_t last)
{
    ngx_int_t            rc;
    ngx_buf_t           *b;
    ngx_chain_t          out;
    ngx_http_request_t  *r = ctx->request;

    if (!ctx->header) {
        rc = ngx_http_hr_sim_send_header(ctx);

        if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
            return rc == NGX_OK ? NGX_ERROR : rc;
        }
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    if (upto > ctx->sent) {
        b->memory = 1;
        b->pos = ctx->plan.text.data + ctx->sent;
        b->last = ctx->plan.text.data + upto;
        ctx->sent = upto;
    }

    b->flush = 1;
    b->last_buf = last != 0;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/* Waits for the client when it is slow; NGX_AGAIN: the writer goes on. */
static ngx_int_t
ngx_http_hr_sim_wait_write(ngx_http_hr_sim_ctx_t *ctx)
{
    ngx_event_t               *wev;
    ngx_http_request_t        *r = ctx->request;
    ngx_http_core_loc_conf_t  *clcf;

    wev = r->connection->write;

    if (!r->connection->buffered) {

        if (wev->timer_set) {
            ngx_del_timer(wev);
        }

        return NGX_OK;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!wev->timer_set) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
        return NGX_ERROR;
    }

    return NGX_AGAIN;
}


/* Ends in the middle: closed, or reset. */
static void
ngx_http_hr_sim_break(ngx_http_hr_sim_ctx_t *ctx)
{
    struct linger        linger;
    ngx_http_request_t  *r = ctx->request;
    ngx_connection_t    *c = r->connection;

    ctx->finished = 1;

    if (ctx->plan.end == NGX_HTTP_HR_SIM_RST
#if (NGX_HTTP_V2)
        && r->stream == NULL
#endif
        )
    {
        linger.l_onoff = 1;
        linger.l_linger = 0;

        if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, (const void *) &linger,
                       sizeof(struct linger))
            == -1)
        {
            ngx_log_error(NGX_LOG_ERR, c->log, ngx_socket_errno,
                          "simulator: setsockopt(SO_LINGER) failed");
        }
    }

    ngx_http_hr_sim_stats_close(ctx);
    ngx_http_finalize_request(r, NGX_ERROR);
}


/*
 * Nothing more comes.  The timer ticks, because a worker that is asked to quit
 * waits for timers: it would wait for ever for one that is far away, and not at
 * all for none.
 */
static void
ngx_http_hr_sim_stall(ngx_http_hr_sim_ctx_t *ctx)
{
    ctx->stalled += NGX_HTTP_HR_SIM_STALL_TICK;

    if (ngx_exiting || ctx->stalled >= NGX_HTTP_HR_SIM_STALL_MAX) {
        ngx_http_hr_sim_break(ctx);
        return;
    }

    ngx_http_hr_sim_next(ctx);
}


static void
ngx_http_hr_sim_run(ngx_http_hr_sim_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_uint_t               last;
    ngx_http_request_t      *r = ctx->request;
    ngx_http_hr_sim_plan_t  *plan = &ctx->plan;

    if (ctx->step >= plan->count && plan->end != NGX_HTTP_HR_SIM_END) {

        if (plan->end == NGX_HTTP_HR_SIM_STALL) {
            ngx_http_hr_sim_stall(ctx);

        } else {
            ngx_http_hr_sim_break(ctx);
        }

        return;
    }

    /* A plan without steps (padding:0) is an empty body. */
    last = plan->end == NGX_HTTP_HR_SIM_END && ctx->step + 1 >= plan->count;

    rc = ngx_http_hr_sim_output(ctx, plan->count == 0 ? 0
                                     : plan->steps[ctx->step].upto, last);
    ctx->step++;

    if (rc == NGX_ERROR || last) {
        ctx->finished = rc != NGX_ERROR;

        /* A lingering close is no longer this request's matter. */
        if (!r->connection->buffered) {
            ngx_http_hr_sim_stats_close(ctx);
        }

        ngx_http_finalize_request(r, rc);
        return;
    }

    switch (ngx_http_hr_sim_wait_write(ctx)) {

    case NGX_OK:
        ngx_http_hr_sim_next(ctx);
        return;

    case NGX_AGAIN:
        ctx->waiting = 1;
        return;

    default:
        ngx_http_finalize_request(r, NGX_ERROR);
    }
}


static void
ngx_http_hr_sim_timer(ngx_event_t *ev)
{
    ngx_connection_t       *c;
    ngx_http_hr_sim_ctx_t  *ctx = ev->data;

    c = ctx->request->connection;
    ngx_http_set_log_request(c->log, ctx->request);

    ngx_http_hr_sim_run(ctx);
    ngx_http_run_posted_requests(c);
}


static void
ngx_http_hr_sim_writer(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ngx_http_hr_sim_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_hr_simulator_module);

    if (r->connection->write->timedout) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, NGX_ETIMEDOUT,
                      "simulator: the client does not read");
        r->connection->timedout = 1;
        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (!ctx->header) {
        return;
    }

    if (ngx_http_output_filter(r, NULL) == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }

    rc = ngx_http_hr_sim_wait_write(ctx);

    if (rc == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);

    } else if (rc == NGX_OK && ctx->waiting) {
        ctx->waiting = 0;
        ngx_http_hr_sim_next(ctx);
    }
}
