/*
 * Counters of all workers, in one small shared zone; every access holds the
 * zone's mutex, so that max_open is exact.
 *
 * Open requests are counted per process: a worker that is killed takes its
 * open requests with it, and its place is recognised by its dead pid.
 */

#include "ngx_http_hr_simulator.h"

#include <signal.h>


#define NGX_HTTP_HR_SIM_MAGIC      0x53494d31           /* layout of the zone */
#define NGX_HTTP_HR_SIM_PROCESSES  128

typedef struct {
    ngx_pid_t   pid;                    /* 0: free */
    ngx_uint_t  open;
} ngx_http_hr_sim_process_t;

typedef struct {
    uint32_t                   magic;
    ngx_http_hr_sim_process_t  processes[NGX_HTTP_HR_SIM_PROCESSES];

    /* since the last reset */
    uint64_t                   requests;
    uint64_t                   completed;
    uint64_t                   broken;          /* ended early, as asked */
    uint64_t                   aborted;         /* the client left */
    uint64_t                   max_open;
    uint64_t                   input;           /* tokens of completed answers */
    uint64_t                   output;
    uint64_t                   words[NGX_HTTP_HR_SIM_WORDS];
    uint64_t                   good;            /* requests without a word */
    uint64_t                   turns[NGX_HTTP_HR_SIM_WORDS];
} ngx_http_hr_sim_shared_t;

#define ngx_http_hr_sim_counters  offsetof(ngx_http_hr_sim_shared_t, requests)


static ngx_int_t ngx_http_hr_sim_init_zone(ngx_shm_zone_t *zone, void *data);


/*
 * Of this worker's cycle.  Set when the worker starts, not while the
 * configuration is read: a reload that fails leaves nothing behind.
 */
static ngx_shm_zone_t             *ngx_http_hr_sim_shm_zone;
static ngx_http_hr_sim_process_t  *ngx_http_hr_sim_process;


static ngx_http_hr_sim_shared_t *
ngx_http_hr_sim_lock(void)
{
    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) ngx_http_hr_sim_shm_zone->shm.addr;
    ngx_shmtx_lock(&shpool->mutex);

    return ngx_http_hr_sim_shm_zone->data;
}


static void
ngx_http_hr_sim_unlock(void)
{
    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) ngx_http_hr_sim_shm_zone->shm.addr;
    ngx_shmtx_unlock(&shpool->mutex);
}


ngx_int_t
ngx_http_hr_sim_zone(ngx_conf_t *cf)
{
    ngx_str_t                     name = ngx_string("hr_llm_simulator");
    ngx_shm_zone_t               *zone;
    ngx_http_hr_sim_main_conf_t  *mcf;

    zone = ngx_shared_memory_add(cf, &name, 16 * ngx_pagesize,
                                 &ngx_http_hr_simulator_module);
    if (zone == NULL) {
        return NGX_ERROR;
    }

    zone->init = ngx_http_hr_sim_init_zone;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_hr_simulator_module);
    mcf->zone = zone;

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_sim_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_slab_pool_t           *shpool = (ngx_slab_pool_t *) zone->shm.addr;
    ngx_http_hr_sim_shared_t  *shared;

    shared = data != NULL ? data : zone->shm.exists ? shpool->data : NULL;

    if (shared != NULL) {
        if (shared->magic != NGX_HTTP_HR_SIM_MAGIC) {
            ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                          "the shared zone \"%V\" has another layout, "
                          "restart nginx", &zone->shm.name);
            return NGX_ERROR;
        }

        zone->data = shared;
        return NGX_OK;
    }

    shared = ngx_slab_calloc(shpool, sizeof(ngx_http_hr_sim_shared_t));
    if (shared == NULL) {
        return NGX_ERROR;
    }

    shared->magic = NGX_HTTP_HR_SIM_MAGIC;
    shpool->data = shared;
    zone->data = shared;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_hr_sim_is_dead(ngx_pid_t pid)
{
    return kill(pid, 0) == -1 && ngx_errno == NGX_ESRCH;
}


/* Takes a place; a process without one is left out of open and max_open. */
ngx_int_t
ngx_http_hr_sim_stats_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                    i;
    ngx_http_hr_sim_shared_t     *shared;
    ngx_http_hr_sim_process_t    *p;
    ngx_http_hr_sim_main_conf_t  *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle,
                                              ngx_http_hr_simulator_module);

    if (mcf == NULL || mcf->zone == NULL
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    ngx_http_hr_sim_shm_zone = mcf->zone;
    shared = ngx_http_hr_sim_lock();

    for (i = 0; i < NGX_HTTP_HR_SIM_PROCESSES; i++) {
        p = &shared->processes[i];

        if (p->pid == 0 || p->pid == ngx_pid || ngx_http_hr_sim_is_dead(p->pid)) {
            p->pid = ngx_pid;
            p->open = 0;
            ngx_http_hr_sim_process = p;
            break;
        }
    }

    ngx_http_hr_sim_unlock();

    return NGX_OK;
}


void
ngx_http_hr_sim_stats_exit(ngx_cycle_t *cycle)
{
    if (ngx_http_hr_sim_process == NULL) {
        return;
    }

    (void) ngx_http_hr_sim_lock();
    ngx_http_hr_sim_process->pid = 0;
    ngx_http_hr_sim_process->open = 0;
    ngx_http_hr_sim_unlock();

    ngx_http_hr_sim_process = NULL;
}


static ngx_uint_t
ngx_http_hr_sim_open_locked(ngx_http_hr_sim_shared_t *shared)
{
    ngx_uint_t                  i, sum = 0;
    ngx_http_hr_sim_process_t  *p;

    for (i = 0; i < NGX_HTTP_HR_SIM_PROCESSES; i++) {
        p = &shared->processes[i];

        if (p->open > 0 && p->pid != ngx_pid && ngx_http_hr_sim_is_dead(p->pid)) {
            p->open = 0;
            p->pid = 0;
        }

        sum += p->open;
    }

    return sum;
}


void
ngx_http_hr_sim_stats_open(void)
{
    ngx_uint_t                 open;
    ngx_http_hr_sim_shared_t  *shared;

    shared = ngx_http_hr_sim_lock();

    shared->requests++;

    if (ngx_http_hr_sim_process != NULL) {
        ngx_http_hr_sim_process->open++;
    }

    open = ngx_http_hr_sim_open_locked(shared);
    shared->max_open = ngx_max(shared->max_open, open);

    ngx_http_hr_sim_unlock();
}


void
ngx_http_hr_sim_stats_close(ngx_http_hr_sim_ctx_t *ctx)
{
    ngx_http_hr_sim_plan_t    *plan = &ctx->plan;
    ngx_http_hr_sim_shared_t  *shared;

    if (ctx->closed) {
        return;
    }

    ctx->closed = 1;
    shared = ngx_http_hr_sim_lock();

    if (ngx_http_hr_sim_process != NULL && ngx_http_hr_sim_process->open > 0) {
        ngx_http_hr_sim_process->open--;
    }

    if (!ctx->finished) {
        shared->aborted++;

    } else if (plan->end != NGX_HTTP_HR_SIM_END) {
        shared->broken++;

    } else {
        shared->completed++;

        if (plan->answered) {
            shared->input += plan->input;
            shared->output += plan->output;
        }
    }

    ngx_http_hr_sim_unlock();
}


void
ngx_http_hr_sim_stats_behaviour(const ngx_http_hr_sim_behaviour_t *b)
{
    ngx_uint_t                 i;
    ngx_http_hr_sim_shared_t  *shared;

    shared = ngx_http_hr_sim_lock();

    shared->good += b->set == 0;

    for (i = 0; i < NGX_HTTP_HR_SIM_WORDS; i++) {
        shared->words[i] += ngx_http_hr_sim_has(b, i);
    }

    ngx_http_hr_sim_unlock();
}


uint64_t
ngx_http_hr_sim_stats_turn(ngx_http_hr_sim_word_t word)
{
    uint64_t                   turn;
    ngx_http_hr_sim_shared_t  *shared;

    shared = ngx_http_hr_sim_lock();
    turn = ++shared->turns[word];
    ngx_http_hr_sim_unlock();

    return turn;
}


/* --- the endpoint ------------------------------------------------------------ */

static ngx_chain_t *
ngx_http_hr_sim_stats_body(ngx_pool_t *pool, ngx_http_hr_sim_shared_t *s,
    ngx_uint_t open)
{
    size_t        size;
    uint64_t      cost;
    ngx_buf_t    *b;
    ngx_uint_t    i;
    ngx_chain_t  *out;

    size = 512 + 12 * NGX_INT64_LEN
           + NGX_HTTP_HR_SIM_WORDS * (32 + NGX_INT64_LEN);

    b = ngx_create_temp_buf(pool, size);
    out = ngx_alloc_chain_link(pool);

    if (b == NULL || out == NULL) {
        return NULL;
    }

    cost = s->input * NGX_HTTP_HR_SIM_INPUT_PRICE
           + s->output * NGX_HTTP_HR_SIM_OUTPUT_PRICE;

    b->last = ngx_slprintf(b->last, b->end,
                  "{\"requests\":%uL,\"completed\":%uL,\"broken\":%uL,"
                  "\"aborted\":%uL,\"open\":%ui,\"max_open\":%uL,"
                  "\"tokens\":{\"input\":%uL,\"output\":%uL,\"total\":%uL},"
                  "\"cost\":%uL.%09uL,\"behaviours\":{\"good\":%uL",
                  s->requests, s->completed, s->broken, s->aborted, open,
                  s->max_open, s->input, s->output, s->input + s->output,
                  cost / 1000000000, cost % 1000000000, s->good);

    for (i = 0; i < NGX_HTTP_HR_SIM_WORDS; i++) {
        if (s->words[i] > 0) {
            b->last = ngx_slprintf(b->last, b->end, ",\"%s\":%uL",
                                   ngx_http_hr_sim_word_names[i], s->words[i]);
        }
    }

    b->last = ngx_slprintf(b->last, b->end, "}}\n");
    b->last_buf = 1;
    b->last_in_chain = 1;

    out->buf = b;
    out->next = NULL;

    return out;
}


ngx_int_t
ngx_http_hr_sim_stats_handler(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_uint_t                 open;
    ngx_chain_t               *out;
    ngx_http_hr_sim_shared_t  *shared, copy;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    shared = ngx_http_hr_sim_lock();

    open = ngx_http_hr_sim_open_locked(shared);

    if (r->method == NGX_HTTP_POST) {
        ngx_memzero((u_char *) shared + ngx_http_hr_sim_counters,
                    sizeof(ngx_http_hr_sim_shared_t)
                    - ngx_http_hr_sim_counters);
        shared->max_open = open;
    }

    copy = *shared;

    ngx_http_hr_sim_unlock();

    out = ngx_http_hr_sim_stats_body(r->pool, &copy, open);
    if (out == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = out->buf->last - out->buf->pos;
    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, out);
}
