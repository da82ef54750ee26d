#include "ngx_http_hr_api.h"


/*
 * Counters in the text format of Prometheus.  All of them are read from shared
 * memory without a lock; the labels are shards, never names or ids.
 */

#define NGX_HTTP_HR_METRICS_MAX  (256 * 1024)


static void
ngx_http_hr_metrics_counters(hr_buf_t *b)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_HR_COUNTERS; i++) {
        (void) hr_buf_printf(b, "# TYPE hr_%s_total counter\nhr_%s_total %lu\n",
                             ngx_http_hr_counter_names[i],
                             ngx_http_hr_counter_names[i],
                             (unsigned long) ngx_http_hr_counter_value(i));
    }
}


/* One figure of all shards of the response cache. */
typedef struct {
    const char   *name;
    const char   *type;
    size_t        offset;               /* of a word of ngx_http_hr_cache_stat_t */
} ngx_http_hr_metrics_row_t;

#define NGX_HTTP_HR_METRIC(name, type, field)                                 \
    { name, type, offsetof(ngx_http_hr_cache_stat_t, field) }

static const ngx_http_hr_metrics_row_t  ngx_http_hr_metrics_cache_rows[] = {
    NGX_HTTP_HR_METRIC("hits_total", "counter", hits),
    NGX_HTTP_HR_METRIC("misses_total", "counter", misses),
    NGX_HTTP_HR_METRIC("stale_total", "counter", stale),
    NGX_HTTP_HR_METRIC("waits_total", "counter", waits),
    NGX_HTTP_HR_METRIC("stores_total", "counter", stores),
    NGX_HTTP_HR_METRIC("evictions_total", "counter", evictions),
    NGX_HTTP_HR_METRIC("failures_total", "counter", failures),
    NGX_HTTP_HR_METRIC("resets_total", "counter", resets),
    NGX_HTTP_HR_METRIC("entries", "gauge", entries),
    NGX_HTTP_HR_METRIC("pins", "gauge", pins),
    NGX_HTTP_HR_METRIC("body_bytes", "gauge", bytes),
    NGX_HTTP_HR_METRIC("size_bytes", "gauge", size),
    NGX_HTTP_HR_METRIC("free_bytes", "gauge", free),
};


static void
ngx_http_hr_metrics_cache(hr_buf_t *b, ngx_http_hr_cache_t *cache)
{
    ngx_uint_t                        i, shard, shards;
    const ngx_http_hr_metrics_row_t  *row;
    ngx_http_hr_cache_stat_t          stat[NGX_HTTP_HR_CACHE_SHARDS_MAX];

    shards = ngx_http_hr_cache_shards(cache);

    for (shard = 0; shard < shards; shard++) {
        ngx_http_hr_cache_stat(cache, shard, &stat[shard]);
    }

    for (i = 0; i < sizeof(ngx_http_hr_metrics_cache_rows)
                    / sizeof(ngx_http_hr_metrics_cache_rows[0]); i++)
    {
        row = &ngx_http_hr_metrics_cache_rows[i];
        (void) hr_buf_printf(b, "# TYPE hr_cache_%s %s\n", row->name, row->type);

        for (shard = 0; shard < shards; shard++) {
            (void) hr_buf_printf(b, "hr_cache_%s{shard=\"%u\"} %lu\n", row->name,
                                 (unsigned) shard,
                                 *(unsigned long *) ((char *) &stat[shard]
                                                     + row->offset));
        }
    }
}


static ngx_int_t
ngx_http_hr_metrics(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_answer_t  a;

    ngx_http_hr_answer_init(&a, NGX_HTTP_HR_METRICS_MAX);
    a.type = NGX_HTTP_HR_TYPE_METRICS;

    ngx_http_hr_metrics_counters(&a.body);
    ngx_http_hr_metrics_cache(&a.body, ctx->conf->cache);

    return ngx_http_hr_answer(r, ctx, &a);
}


const ngx_http_hr_route_t  ngx_http_hr_metrics_routes[] = {

    /* a scraper sends the token of an account of its own */
    { "/metrics", NGX_HTTP_GET, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_NO_RATE, 0, ngx_http_hr_metrics, "metrics" },

    NGX_HTTP_HR_ROUTES_END
};
