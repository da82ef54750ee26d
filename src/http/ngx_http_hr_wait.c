#include "ngx_http_hr.h"


/*
 * Requests that wait for an answer which somebody else renders, in this worker
 * or another one.  One queue and one timer for all of them: the end of a claim
 * in this worker wakes them at once, one in another worker is seen by the timer.
 */

#define NGX_HTTP_HR_WAIT_TICK    5          /* milliseconds between two looks */
#define NGX_HTTP_HR_WAIT_MAX     2000       /* then a request renders itself */
#define NGX_HTTP_HR_WAIT_ROUNDS  3          /* ... as after as many claims without a body */
#define NGX_HTTP_HR_WAIT_BATCH   64         /* resumed in one turn of the event loop */

typedef struct {
    ngx_queue_t           queue;
    ngx_http_request_t   *r;
    ngx_http_hr_ctx_t    *ctx;
    ngx_http_cleanup_t   *cleanup;
} ngx_http_hr_waiter_t;


static void ngx_http_hr_wait_tick(ngx_event_t *ev);


static ngx_queue_t        ngx_http_hr_waiters;
static ngx_event_t        ngx_http_hr_wait_event;
static ngx_connection_t   ngx_http_hr_wait_dummy;   /* for debug lines about the timer */


void
ngx_http_hr_wait_init(ngx_log_t *log)
{
    ngx_queue_init(&ngx_http_hr_waiters);
    ngx_memzero(&ngx_http_hr_wait_event, sizeof(ngx_event_t));

    ngx_http_hr_wait_dummy.fd = (ngx_socket_t) -1;
    ngx_http_hr_wait_event.data = &ngx_http_hr_wait_dummy;
    ngx_http_hr_wait_event.handler = ngx_http_hr_wait_tick;
    ngx_http_hr_wait_event.log = log;
}


void
ngx_http_hr_wait_end(ngx_http_hr_ctx_t *ctx)
{
    if (ctx->claim.ticket == 0) {
        return;
    }

    ngx_http_hr_cache_claim_end(&ctx->claim);

    if (!ngx_queue_empty(&ngx_http_hr_waiters)) {
        ngx_post_event(&ngx_http_hr_wait_event, &ngx_posted_events);
    }
}


/* The request that renders ends, with an answer or without one. */
static void
ngx_http_hr_wait_cleanup_claim(void *data)
{
    ngx_http_hr_wait_end(data);
}


/* The client of a waiting request left. */
static void
ngx_http_hr_wait_cleanup(void *data)
{
    ngx_http_hr_waiter_t  *waiter = data;

    ngx_queue_remove(&waiter->queue);
}


static ngx_int_t
ngx_http_hr_wait_add(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_waiter_t  *waiter;

    waiter = ngx_palloc(r->pool, sizeof(ngx_http_hr_waiter_t));
    if (waiter == NULL) {
        return NGX_ERROR;
    }

    waiter->cleanup = ngx_http_cleanup_add(r, 0);
    if (waiter->cleanup == NULL) {
        return NGX_ERROR;
    }

    waiter->r = r;
    waiter->ctx = ctx;
    waiter->cleanup->handler = ngx_http_hr_wait_cleanup;
    waiter->cleanup->data = waiter;

    if (ctx->wait_rounds++ == 0) {
        ctx->wait_until = ngx_current_msec + NGX_HTTP_HR_WAIT_MAX;
    }

    ngx_queue_insert_tail(&ngx_http_hr_waiters, &waiter->queue);

    if (!ngx_http_hr_wait_event.timer_set) {
        ngx_add_timer(&ngx_http_hr_wait_event, NGX_HTTP_HR_WAIT_TICK);
    }

    r->main->count++;
    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    return NGX_DONE;
}


ngx_int_t
ngx_http_hr_wait(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_cleanup_t  *cln;

    if (!ctx->conf->cache_on || ctx->cache_key.len == 0) {
        return NGX_OK;
    }

    rc = ngx_http_hr_cache_claim(ctx->conf->cache, &ctx->cache_key, &ctx->epochs,
                                 &ctx->claim);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_BUSY) {
        if (ctx->wait_rounds == NGX_HTTP_HR_WAIT_ROUNDS
            || (ctx->wait_rounds
                && (ngx_msec_int_t) (ctx->wait_until - ngx_current_msec) <= 0)
            || (rc = ngx_http_hr_wait_add(r, ctx)) != NGX_DONE)
        {
            /* patience is over, or no memory: it is not its claim */
            ctx->claim.ticket = 0;
            return NGX_OK;
        }

        return NGX_DONE;
    }

    if (ctx->claim.ticket == 0) {
        return NGX_OK;
    }

    cln = ngx_http_cleanup_add(r, 0);

    if (cln == NULL) {
        ngx_http_hr_wait_end(ctx);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_hr_wait_cleanup_claim;
    cln->data = ctx;

    return NGX_OK;
}


static void
ngx_http_hr_wait_resume(ngx_http_hr_waiter_t *waiter)
{
    ngx_int_t            rc;
    ngx_connection_t    *c;
    ngx_http_request_t  *r = waiter->r;
    ngx_http_hr_ctx_t   *ctx = waiter->ctx;

    ngx_http_hr_turn_note(ctx->route->name);

    waiter->cleanup->handler = NULL;
    ctx->claim.ticket = 0;          /* was that of the one who rendered */

    c = r->connection;
    ngx_http_set_log_request(c->log, r);

    /* what is rendered from here on is made from what is committed now */
    ngx_http_hr_epochs_renew(&ctx->epochs);

    rc = ngx_http_hr_continue_cached(r, ctx);

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


/* Waiters stand together by claim mostly: one look serves a run of them. */
static ngx_uint_t
ngx_http_hr_wait_over(ngx_http_hr_ctx_t *ctx, ngx_http_hr_cache_claim_t *last,
    ngx_uint_t *last_stands)
{
    if ((ngx_msec_int_t) (ctx->wait_until - ngx_current_msec) <= 0) {
        return 1;
    }

    if (last->ticket != ctx->claim.ticket || last->shard != ctx->claim.shard
        || last->index != ctx->claim.index)
    {
        *last = ctx->claim;
        *last_stands = ngx_http_hr_cache_claim_stands(last);
    }

    return !*last_stands;
}


static void
ngx_http_hr_wait_tick(ngx_event_t *ev)
{
    ngx_uint_t                  n, stands;
    ngx_queue_t                *q, queue;
    ngx_http_hr_waiter_t       *waiter;
    ngx_http_hr_cache_claim_t   last;

    if (ngx_queue_empty(&ngx_http_hr_waiters)) {
        return;
    }

    ngx_memzero(&last, sizeof(last));
    stands = 0;
    n = 0;

    /* a resumed request may wait again, or its end may take others out */
    ngx_queue_init(&queue);
    ngx_queue_add(&queue, &ngx_http_hr_waiters);
    ngx_queue_init(&ngx_http_hr_waiters);

    while (!ngx_queue_empty(&queue)) {
        q = ngx_queue_head(&queue);
        ngx_queue_remove(q);
        waiter = ngx_queue_data(q, ngx_http_hr_waiter_t, queue);

        if (n < NGX_HTTP_HR_WAIT_BATCH
            && ngx_http_hr_wait_over(waiter->ctx, &last, &stands))
        {
            n++;
            ngx_http_hr_wait_resume(waiter);
            continue;
        }

        ngx_queue_insert_tail(&ngx_http_hr_waiters, q);
    }

    if (ngx_queue_empty(&ngx_http_hr_waiters)) {
        return;
    }

    if (n == NGX_HTTP_HR_WAIT_BATCH) {
        ngx_post_event(ev, &ngx_posted_next_events);
    }

    if (!ev->timer_set) {
        ngx_add_timer(ev, NGX_HTTP_HR_WAIT_TICK);
    }
}
