/*
 * What /metrics counts about this process: requests, turns of the event loop,
 * work in hand.  Requests are counted with atomics as they end; the rest is kept
 * by the process and told to the others twice a second.
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_job.h"
#include "ngx_http_hr_otlp.h"
#include "ngx_http_hr_trace.h"


#define NGX_HTTP_HR_STAT_MS    500
#define NGX_HTTP_HR_STAT_TOLD  10

static ngx_event_t                 ngx_http_hr_stat_event;
static ngx_connection_t            ngx_http_hr_stat_dummy;  /* debug logging reads its fd */
static ngx_uint_t                  ngx_http_hr_stat_slot;

/* what the other workers know already, in the order of the table below */
static uint64_t                    ngx_http_hr_stat_told[NGX_HTTP_HR_STAT_TOLD];


/* ---- requests ---- */


static void
ngx_http_hr_stat_add(ngx_http_hr_stat_times_t *times, uint64_t usec)
{
    (void) ngx_atomic_fetch_add(&times->bucket[ngx_http_hr_stat_bucket(usec)], 1);
    (void) ngx_atomic_fetch_add(&times->usec, (ngx_atomic_int_t) usec);
}


static ngx_int_t
ngx_http_hr_stat_request(ngx_http_request_t *r)
{
    uint64_t                   took;
    ngx_uint_t                 class;
    ngx_http_hr_ctx_t         *ctx;
    ngx_http_hr_route_stat_t  *stat;

    ctx = ngx_http_get_module_ctx(r, ngx_http_hr_module);

    if (ctx == NULL || ctx->route == NULL || ctx->counted) {
        return NGX_OK;
    }

    ctx->counted = 1;
    stat = &ngx_http_hr_state()->route[ctx->route_index];
    class = r->headers_out.status / 100;

    (void) ngx_atomic_fetch_add(&stat->requests[class < 6 ? class : 0], 1);
    (void) ngx_atomic_fetch_add(&stat->bytes, r->connection->sent);
    took = ngx_http_hr_clock() - ctx->started;
    ngx_http_hr_stat_add(&stat->times, took);

    if (ngx_http_hr_otlp_enabled()) {
        ngx_http_hr_span(r, ctx, took);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_stat_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_hr_stat_request;

    return NGX_OK;
}


/* ---- telling ---- */


static void
ngx_http_hr_stat_tell(void)
{
    ngx_uint_t                    i;
    ngx_http_hr_worker_slot_t    *slot;
    ngx_http_hr_courier_stat_t    spans = ngx_http_hr_otlp_stat();
    ngx_http_hr_courier_stat_t    trace = ngx_http_hr_trace_stat();
    const ngx_http_hr_db_stat_t  *db = ngx_http_hr_db_stat();

    const struct {
        ngx_http_hr_counter_t     counter;
        uint64_t                  now;
    } sums[NGX_HTTP_HR_STAT_TOLD] = {
        { NGX_HTTP_HR_COUNT_DB_READS, db->ended },
        { NGX_HTTP_HR_COUNT_DB_WRITES, db->committed },
        { NGX_HTTP_HR_COUNT_DB_TRANSACTIONS, db->commits },
        { NGX_HTTP_HR_COUNT_DB_USEC, db->usec },
        { NGX_HTTP_HR_COUNT_TRACES_SENT, trace.sent },
        { NGX_HTTP_HR_COUNT_TRACES_DROPPED, trace.dropped },
        { NGX_HTTP_HR_COUNT_TRACES_FAILED, trace.failed },
        { NGX_HTTP_HR_COUNT_SPANS_SENT, spans.sent },
        { NGX_HTTP_HR_COUNT_SPANS_DROPPED, spans.dropped },
        { NGX_HTTP_HR_COUNT_SPANS_FAILED, spans.failed },
    };

    ngx_http_hr_turn_tell();
    slot = &ngx_http_hr_state()->worker[ngx_http_hr_stat_slot];

    for (i = 0; i < NGX_HTTP_HR_STAT_TOLD; i++) {
        ngx_http_hr_count(sums[i].counter,
                          (ngx_atomic_int_t) (sums[i].now - ngx_http_hr_stat_told[i]));
        ngx_http_hr_stat_told[i] = sums[i].now;
    }

    slot->load[NGX_HTTP_HR_LOAD_READS] = db->reads;
    slot->load[NGX_HTTP_HR_LOAD_WRITES] = db->writes;
    slot->load[NGX_HTTP_HR_LOAD_CPUS] = db->cpus;
    slot->load[NGX_HTTP_HR_LOAD_WAITING] = db->waiting;
    slot->load[NGX_HTTP_HR_LOAD_JOBS] = ngx_http_hr_job_count();
    slot->load[NGX_HTTP_HR_LOAD_TRACE_FAILURES] = trace.failing + spans.failing;
}


static void
ngx_http_hr_stat_timer(ngx_event_t *ev)
{
    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_HR_STAT_MS);
    ngx_http_hr_stat_tell();
}


void
ngx_http_hr_stat_init_process(ngx_cycle_t *cycle, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_http_hr_stat_slot = hmcf->worker_slot;
    ngx_http_hr_stat_dummy.fd = (ngx_socket_t) -1;
    ngx_memzero(&ngx_http_hr_stat_event, sizeof(ngx_event_t));
    ngx_memzero(ngx_http_hr_stat_told, sizeof(ngx_http_hr_stat_told));
    ngx_http_hr_stat_event.handler = ngx_http_hr_stat_timer;
    ngx_http_hr_stat_event.log = cycle->log;
    ngx_http_hr_stat_event.data = &ngx_http_hr_stat_dummy;
    ngx_http_hr_stat_event.cancelable = 1;
    /* between the looks of upkeep.c, which would always show as a read */
    ngx_add_timer(&ngx_http_hr_stat_event, NGX_HTTP_HR_STAT_MS / 2);
}


/* What is not told yet must not be lost with the worker. */
void
ngx_http_hr_stat_exit_process(void)
{
    ngx_http_hr_stat_tell();
}
