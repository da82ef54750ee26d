/*
 * /metrics in two parts: the event loop copies what is in shared memory, a pool
 * thread asks the database and writes the text.
 */

#ifndef NGX_HTTP_HR_METRICS_H
#define NGX_HTTP_HR_METRICS_H

#include "ngx_http_hr_api.h"

#include "hr_metrics.h"

#define NGX_HTTP_HR_ZONES_MAX  8

typedef struct {
    uint64_t                  usec;
    uint64_t                  bucket[NGX_HTTP_HR_STAT_BUCKETS];
} ngx_http_hr_times_t;

typedef struct {
    uint64_t                  requests[6];
    uint64_t                  bytes;
    ngx_http_hr_times_t       times;
} ngx_http_hr_route_figures_t;

/* A copy of everything; names are constant or live as long as the configuration. */
typedef struct {
    hr_metrics_form_t         form;
    time_t                    started;      /* of the service */
    time_t                    now;
    ngx_uint_t                workers;      /* that live */
    uint64_t                  load[NGX_HTTP_HR_LOADS];
    uint64_t                  counter[NGX_HTTP_HR_COUNTERS];
    uint64_t                  attempt[NGX_HTTP_HR_STAT_ATTEMPTS];
    ngx_http_hr_times_t       turns;
    bool                      has_connections;  /* nginx counts them */
    uint64_t                  connections[3];   /* reading, writing, waiting */

    ngx_uint_t                nroutes;
    ngx_http_hr_route_figures_t  route[NGX_HTTP_HR_STAT_ROUTES];

    ngx_uint_t                nshards;
    ngx_http_hr_cache_stat_t  shard[NGX_HTTP_HR_CACHE_SHARDS_MAX];

    ngx_uint_t                nzones;
    struct {
        const char           *name;
        size_t                size, free;
    } zone[NGX_HTTP_HR_ZONES_MAX];

    ngx_uint_t                generation;   /* of the organisation; 0: none */
    time_t                    loaded;
    bool                      data_error;   /* a newer file was refused */
    uint32_t                  units, positions;

    unsigned                  breaker;      /* ngx_http_hr_breaker_state_t */
    ngx_uint_t                jobs_running; /* all workers */

    /* from the thread */
    bool                      database;     /* it answers */
    uint64_t                  database_usec;
    hr_store_counts_t         counts;
    hr_store_disk_t           disk;
} ngx_http_hr_figures_t;

/* metrics_text.c; any thread */
void ngx_http_hr_metrics_write(const ngx_http_hr_figures_t *f, hr_buf_t *out);

#endif /* NGX_HTTP_HR_METRICS_H */
