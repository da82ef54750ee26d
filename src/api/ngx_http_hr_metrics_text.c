/*
 * The text of /metrics.  Labels come from tables of the program only: never a
 * name, a title or an id of the data, so that the number of series is bounded.
 */

#include "ngx_http_hr_metrics.h"

#include "hr_generr.h"


_Static_assert(HR_GENERR_COUNT <= NGX_HTTP_HR_STAT_ATTEMPTS,
               "NGX_HTTP_HR_STAT_ATTEMPTS is too small");

/* Rows of one family stand together. */
typedef struct {
    const char              *name;
    const char              *help;
    const char              *label;         /* NULL: none */
    const char              *value;
    ngx_http_hr_counter_t    counter;
    double                   scale;         /* counts of one unit; 0: itself */
} ngx_http_hr_counter_row_t;

static const ngx_http_hr_counter_row_t  ngx_http_hr_counter_rows[] = {
    { "hr_session_lookups", "Tokens looked up in the session cache", "result", "hit",
      NGX_HTTP_HR_COUNT_SESSION_HIT, 0 },
    { "hr_session_lookups", NULL, "result", "miss",
      NGX_HTTP_HR_COUNT_SESSION_MISS, 0 },
    { "hr_logins", "Attempts to log in", "result", "ok",
      NGX_HTTP_HR_COUNT_LOGIN_OK, 0 },
    { "hr_logins", NULL, "result", "failed", NGX_HTTP_HR_COUNT_LOGIN_FAILED, 0 },
    { "hr_logins", NULL, "result", "throttled",
      NGX_HTTP_HR_COUNT_LOGIN_THROTTLED, 0 },
    { "hr_rate_limited", "Requests refused by a limit of a user", NULL, NULL,
      NGX_HTTP_HR_COUNT_RATE_LIMITED, 0 },
    { "hr_database_operations", "Operations in the threads of the database",
      "kind", "read", NGX_HTTP_HR_COUNT_DB_READS, 0 },
    { "hr_database_operations", NULL, "kind", "write",
      NGX_HTTP_HR_COUNT_DB_WRITES, 0 },
    { "hr_database_transactions", "Transactions that the writes shared", NULL, NULL,
      NGX_HTTP_HR_COUNT_DB_TRANSACTIONS, 0 },
    { "hr_database_errors", "Operations that failed by the database", NULL, NULL,
      NGX_HTTP_HR_COUNT_DB_ERRORS, 0 },
    { "hr_database_refused", "Operations refused because a queue was full", NULL, NULL,
      NGX_HTTP_HR_COUNT_DB_REFUSED, 0 },
    { "hr_database_busy_seconds", "Time spent in the threads of the database", NULL,
      NULL, NGX_HTTP_HR_COUNT_DB_USEC, 1e6 },
    { "hr_database_foreign_writes", "Changes by other programs that were noticed",
      NULL, NULL, NGX_HTTP_HR_COUNT_FOREIGN_WRITES, 0 },
    { "hr_jobs_started", "Generations that were begun", NULL, NULL,
      NGX_HTTP_HR_COUNT_JOBS_STARTED, 0 },
    { "hr_jobs_finished", "Generations that ended", "result", "completed",
      NGX_HTTP_HR_COUNT_JOBS_COMPLETED, 0 },
    { "hr_jobs_finished", NULL, "result", "failed",
      NGX_HTTP_HR_COUNT_JOBS_FAILED, 0 },
    { "hr_jobs_finished", NULL, "result", "cancelled",
      NGX_HTTP_HR_COUNT_JOBS_CANCELLED, 0 },
    { "hr_model_retries", "Attempts at the model that were repeated", NULL, NULL,
      NGX_HTTP_HR_COUNT_UPSTREAM_RETRIES, 0 },
    { "hr_model_tokens", "Tokens of the model", "direction", "in",
      NGX_HTTP_HR_COUNT_TOKENS_IN, 0 },
    { "hr_model_tokens", NULL, "direction", "out",
      NGX_HTTP_HR_COUNT_TOKENS_OUT, 0 },
    { "hr_model_cost_dollars", "Cost of the model as its service tells it", NULL, NULL,
      NGX_HTTP_HR_COUNT_COST_MICROUSD, 1e6 },
    { "hr_event_loop_slow_turns", "Turns that the watchdog reported (hr_watchdog)",
      NULL, NULL, NGX_HTTP_HR_COUNT_SLOW_TURNS, 0 },
    { "hr_traces", "Events for the tracing service", "result", "sent",
      NGX_HTTP_HR_COUNT_TRACES_SENT, 0 },
    { "hr_traces", NULL, "result", "dropped", NGX_HTTP_HR_COUNT_TRACES_DROPPED, 0 },
    { "hr_trace_failures", "Batches of them that could not be sent", NULL, NULL,
      NGX_HTTP_HR_COUNT_TRACES_FAILED, 0 },
    { "hr_spans", "Spans for the collector (hr_otlp)", "result", "sent",
      NGX_HTTP_HR_COUNT_SPANS_SENT, 0 },
    { "hr_spans", NULL, "result", "dropped", NGX_HTTP_HR_COUNT_SPANS_DROPPED, 0 },
    { "hr_span_failures", "Batches of them that could not be sent", NULL, NULL,
      NGX_HTTP_HR_COUNT_SPANS_FAILED, 0 },
};

/* Figures of a shard of the response cache. */
typedef struct {
    const char              *name;
    const char              *help;
    hr_metric_type_t         type;
    size_t                   offset;        /* an ngx_atomic_uint_t or a size_t */
} ngx_http_hr_shard_row_t;

#define NGX_HTTP_HR_SHARD(name, type, field, help)                            \
    { "hr_cache_" name, help, HR_METRIC_##type,                               \
      offsetof(ngx_http_hr_cache_stat_t, field) }

static const ngx_http_hr_shard_row_t  ngx_http_hr_shard_rows[] = {
    NGX_HTTP_HR_SHARD("hits", COUNTER, hits, "Answers from the response cache"),
    NGX_HTTP_HR_SHARD("misses", COUNTER, misses, "Answers that it did not have"),
    NGX_HTTP_HR_SHARD("stale", COUNTER, stale,
                      "Answers that it had from older data, and dropped"),
    NGX_HTTP_HR_SHARD("waits", COUNTER, waits,
                      "Requests that waited for the answer of another one"),
    NGX_HTTP_HR_SHARD("stores", COUNTER, stores, "Answers taken in"),
    NGX_HTTP_HR_SHARD("evictions", COUNTER, evictions, "Answers dropped for room"),
    NGX_HTTP_HR_SHARD("failures", COUNTER, failures,
                      "Answers that found no room"),
    NGX_HTTP_HR_SHARD("resets", COUNTER, resets,
                      "Shards emptied after a worker died in a change"),
    NGX_HTTP_HR_SHARD("entries", GAUGE, entries, "Answers in the response cache"),
    NGX_HTTP_HR_SHARD("body_bytes", GAUGE, bytes, "Their size"),
    NGX_HTTP_HR_SHARD("free_bytes", GAUGE, free, "Memory that is left"),
    NGX_HTTP_HR_SHARD("size_bytes", GAUGE, size, "Memory of the shard"),
    NGX_HTTP_HR_SHARD("pins", GAUGE, pins, "Answers being sent out of the memory"),
};


static hr_metric_label_t
ngx_http_hr_label(const char *name, const char *value)
{
    return (hr_metric_label_t) { name, hr_str_from_c(value) };
}


/* A family of one sample. */
static void
ngx_http_hr_metrics_one(hr_metrics_t *m, const char *name, const char *help,
    double value)
{
    hr_metrics_family(m, name, HR_METRIC_GAUGE, help);
    hr_metrics_double(m, NULL, 0, value);
}


/* finest: microseconds below which the clock tells nothing apart. */
static void
ngx_http_hr_metrics_histogram(hr_metrics_t *m, const hr_metric_label_t *labels,
    size_t n, const ngx_http_hr_times_t *times, uint64_t finest)
{
    double      bounds[NGX_HTTP_HR_STAT_BUCKETS - 1];
    uint64_t    counts[NGX_HTTP_HR_STAT_BUCKETS];
    ngx_uint_t  i, used;

    counts[0] = 0;

    for (i = 0, used = 0; i < NGX_HTTP_HR_STAT_BUCKETS - 1; i++) {
        counts[used] += times->bucket[i];

        if (ngx_http_hr_stat_bounds[i] >= finest) {
            bounds[used++] = (double) ngx_http_hr_stat_bounds[i] / 1e6;
            counts[used] = 0;
        }
    }

    counts[used] = times->bucket[i];
    hr_metrics_histogram(m, labels, n, bounds, used, counts,
                         (double) times->usec / 1e6);
}


/* ---- requests ---- */


static const char *
ngx_http_hr_metrics_method(ngx_uint_t method)
{
    return method == NGX_HTTP_GET ? "GET" : method == NGX_HTTP_POST ? "POST"
           : method == NGX_HTTP_PUT ? "PUT" : "DELETE";
}


/* What the label "operation" of the other families stands for. */
static void
ngx_http_hr_metrics_routes_info(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    static const char *const  access[] = { "public", "viewer", "hr", "head",
                                           "admin" };

    ngx_uint_t                  i;
    hr_metric_label_t           labels[4];
    const ngx_http_hr_route_t  *route;

    hr_metrics_family(m, "hr_route", HR_METRIC_INFO,
                      "Operations of the API and who may call them");

    for (i = 0; i < f->nroutes; i++) {
        route = ngx_http_hr_route_at(i);
        labels[0] = ngx_http_hr_label("operation", route->name);
        labels[1] = ngx_http_hr_label("method",
                                      ngx_http_hr_metrics_method(route->method));
        labels[2] = ngx_http_hr_label("route", route->pattern);
        labels[3] = ngx_http_hr_label("access", access[route->access]);
        hr_metrics_int(m, labels, 4, 1);
    }
}


/* Every class from the beginning, so that the first error shows in a rate. */
static void
ngx_http_hr_metrics_requests(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    static const char *const  classes[] = { "other", "1xx", "2xx", "3xx", "4xx",
                                            "5xx" };

    ngx_uint_t         i, n;
    hr_metric_label_t  labels[2];

    hr_metrics_family(m, "hr_http_requests", HR_METRIC_COUNTER,
                      "Requests by operation and class of the status");

    for (i = 0; i < f->nroutes; i++) {
        labels[0] = ngx_http_hr_label("operation", ngx_http_hr_route_at(i)->name);

        for (n = 0; n < 6; n++) {
            if (n >= 2 || f->route[i].requests[n] != 0) {
                labels[1] = ngx_http_hr_label("code", classes[n]);
                hr_metrics_int(m, labels, 2, f->route[i].requests[n]);
            }
        }
    }

    hr_metrics_family(m, "hr_http_sent_bytes", HR_METRIC_COUNTER,
                      "Bytes sent, with headers");

    for (i = 0; i < f->nroutes; i++) {
        labels[0] = ngx_http_hr_label("operation", ngx_http_hr_route_at(i)->name);
        hr_metrics_int(m, labels, 1, f->route[i].bytes);
    }
}


static void
ngx_http_hr_metrics_durations(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    ngx_uint_t         i, n;
    uint64_t           all;
    hr_metric_label_t  label;

    hr_metrics_family(m, "hr_http_request_duration_seconds", HR_METRIC_HISTOGRAM,
                      "Time from the head of a request to the end of its answer");

    for (i = 0; i < f->nroutes; i++) {

        for (n = 0, all = 0; n < NGX_HTTP_HR_STAT_BUCKETS; n++) {
            all += f->route[i].times.bucket[n];
        }

        if (all != 0) {
            label = ngx_http_hr_label("operation", ngx_http_hr_route_at(i)->name);
            ngx_http_hr_metrics_histogram(m, &label, 1, &f->route[i].times, 0);
        }
    }
}


/* ---- tables ---- */


static void
ngx_http_hr_metrics_counters(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    ngx_uint_t                        i;
    hr_metric_label_t                 label;
    const ngx_http_hr_counter_row_t  *row;

    for (i = 0; i < sizeof(ngx_http_hr_counter_rows)
                    / sizeof(ngx_http_hr_counter_rows[0]); i++)
    {
        row = &ngx_http_hr_counter_rows[i];

        if (row->help != NULL) {
            hr_metrics_family(m, row->name, HR_METRIC_COUNTER, row->help);
        }

        if (row->label != NULL) {
            label = ngx_http_hr_label(row->label, row->value);
        }

        if (row->scale > 0) {
            hr_metrics_double(m, &label, row->label != NULL,
                              (double) f->counter[row->counter] / row->scale);
        } else {
            hr_metrics_int(m, &label, row->label != NULL, f->counter[row->counter]);
        }
    }
}


static void
ngx_http_hr_metrics_cache(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    char                            number[NGX_INT_T_LEN + 1];
    ngx_uint_t                      i, shard;
    hr_metric_label_t               label;
    const ngx_http_hr_shard_row_t  *row;

    for (i = 0; i < sizeof(ngx_http_hr_shard_rows)
                    / sizeof(ngx_http_hr_shard_rows[0]); i++)
    {
        row = &ngx_http_hr_shard_rows[i];
        hr_metrics_family(m, row->name, row->type, row->help);

        for (shard = 0; shard < f->nshards; shard++) {
            (void) snprintf(number, sizeof(number), "%lu", (unsigned long) shard);
            label = ngx_http_hr_label("shard", number);
            hr_metrics_int(m, &label, 1,
                           *(const size_t *) ((const char *) &f->shard[shard]
                                              + row->offset));
        }
    }
}


static void
ngx_http_hr_metrics_zones(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    ngx_uint_t         i;
    hr_metric_label_t  label;

    hr_metrics_family(m, "hr_zone_size_bytes", HR_METRIC_GAUGE,
                      "Shared memory by zone");

    for (i = 0; i < f->nzones; i++) {
        label = ngx_http_hr_label("zone", f->zone[i].name);
        hr_metrics_int(m, &label, 1, f->zone[i].size);
    }

    hr_metrics_family(m, "hr_zone_free_bytes", HR_METRIC_GAUGE,
                      "Shared memory that is left");

    for (i = 0; i < f->nzones; i++) {
        label = ngx_http_hr_label("zone", f->zone[i].name);
        hr_metrics_int(m, &label, 1, f->zone[i].free);
    }
}


/* ---- generation ---- */


static void
ngx_http_hr_metrics_jobs(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    static const char *const  states[] = { "closed", "open", "ready", "probing" };

    ngx_uint_t         i;
    hr_metric_label_t  label;

    hr_metrics_family(m, "hr_model_attempts", HR_METRIC_COUNTER,
                      "Attempts at the model by what became of them");

    for (i = 0; i < HR_GENERR_COUNT; i++) {
        if (i == HR_GENERR_NONE || i == HR_GENERR_INCOMPLETE
            || i == HR_GENERR_SCHEMA_INVALID || f->attempt[i] != 0
            || hr_generr_is_model((hr_generr_t) i))
        {
            label = ngx_http_hr_label("result", i == HR_GENERR_NONE
                                      ? "ok" : hr_generr_code((hr_generr_t) i));
            hr_metrics_int(m, &label, 1, f->attempt[i]);
        }
    }

    hr_metrics_family(m, "hr_model_breaker", HR_METRIC_GAUGE,
                      "State of the circuit breaker: 1 for the one it is in");

    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        label = ngx_http_hr_label("state", states[i]);
        hr_metrics_int(m, &label, 1, f->breaker == i);
    }

    hr_metrics_family(m, "hr_jobs", HR_METRIC_GAUGE,
                      "Generations that are open, by state");
    label = ngx_http_hr_label("state", "queued");
    hr_metrics_int(m, &label, 1, (uint64_t) f->counts.tasks_queued);
    label = ngx_http_hr_label("state", "processing");
    hr_metrics_int(m, &label, 1, (uint64_t) f->counts.tasks_processing);

    ngx_http_hr_metrics_one(m, "hr_jobs_running",
                            "Generations that a worker has in hand",
                            (double) f->jobs_running);
}


/* ---- database and data ---- */


static void
ngx_http_hr_metrics_database(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    ngx_uint_t         i;
    hr_metric_label_t  label;

    ngx_http_hr_metrics_one(m, "hr_database_up", "The database answers", f->database);
    ngx_http_hr_metrics_one(m, "hr_database_probe_seconds",
                            "Time of the query behind these figures",
                            (double) f->database_usec / 1e6);
    ngx_http_hr_metrics_one(m, "hr_database_size_bytes", "The file",
                            (double) f->disk.file);
    ngx_http_hr_metrics_one(m, "hr_database_log_bytes", "The write-ahead log",
                            (double) f->disk.log);
    ngx_http_hr_metrics_one(m, "hr_database_disk_free_bytes",
                            "Room on the disk of the database",
                            (double) f->disk.free);
    ngx_http_hr_metrics_one(m, "hr_database_disk_size_bytes", "Size of that disk",
                            (double) f->disk.size);

    if (f->database) {
        hr_metrics_family(m, "hr_profiles", HR_METRIC_GAUGE, "Profiles by status");

        for (i = 0; i < HR_STORE_STATUSES; i++) {
            label = ngx_http_hr_label("status",
                                      hr_store_status_name((hr_store_status_t) i));
            hr_metrics_int(m, &label, 1, (uint64_t) f->counts.by_status[i]);
        }
    }
}


static void
ngx_http_hr_metrics_organisation(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    ngx_http_hr_metrics_one(m, "hr_data_generation",
                            "Generation of the organisation; 0: none is loaded",
                            (double) f->generation);
    ngx_http_hr_metrics_one(m, "hr_data_loaded_timestamp_seconds",
                            "When it was loaded", (double) f->loaded);
    ngx_http_hr_metrics_one(m, "hr_data_refused",
                            "1: a newer file was refused, see /health",
                            f->data_error);
    ngx_http_hr_metrics_one(m, "hr_data_units", "Units of the organisation",
                            f->units);
    ngx_http_hr_metrics_one(m, "hr_data_positions", "Their positions",
                            f->positions);
}


/* ---- process ---- */


static void
ngx_http_hr_metrics_process(hr_metrics_t *m, const ngx_http_hr_figures_t *f)
{
    static const struct {
        const char               *name;
        ngx_http_hr_load_kind_t   kind;
    } loads[] = {
        { "read", NGX_HTTP_HR_LOAD_READS },
        { "write", NGX_HTTP_HR_LOAD_WRITES },
        { "cpu", NGX_HTTP_HR_LOAD_CPUS },
        { "write_waiting", NGX_HTTP_HR_LOAD_WAITING },
        { "generation", NGX_HTTP_HR_LOAD_JOBS },
    };

    static const char *const  states[] = { "reading", "writing", "waiting" };

    ngx_uint_t         i;
    hr_metric_label_t  labels[2];

    labels[0] = ngx_http_hr_label("version", NGX_HTTP_HR_VERSION);
    labels[1] = ngx_http_hr_label("nginx", NGINX_VERSION);
    hr_metrics_family(m, "hr_build", HR_METRIC_INFO, "What runs");
    hr_metrics_int(m, labels, 2, 1);

    ngx_http_hr_metrics_one(m, "hr_start_time_seconds",
                            "Start of the service", (double) f->started);
    ngx_http_hr_metrics_one(m, "hr_uptime_seconds", "Time since then",
                            (double) (f->now - f->started));
    ngx_http_hr_metrics_one(m, "hr_workers", "Worker processes",
                            (double) f->workers);

    hr_metrics_family(m, "hr_work_in_hand", HR_METRIC_GAUGE,
                      "Work running or waiting in the threads, half a second old");

    for (i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
        labels[0] = ngx_http_hr_label("kind", loads[i].name);
        hr_metrics_int(m, labels, 1, f->load[loads[i].kind]);
    }

    hr_metrics_family(m, "hr_event_loop_turn_seconds", HR_METRIC_HISTOGRAM,
                      "Turns of the event loops without their waiting, by the "
                      "millisecond");
    ngx_http_hr_metrics_histogram(m, NULL, 0, &f->turns, 1000);

    if (!f->has_connections) {
        return;
    }

    hr_metrics_family(m, "hr_connections", HR_METRIC_GAUGE,
                      "Connections of clients, all of nginx");

    for (i = 0; i < 3; i++) {
        labels[0] = ngx_http_hr_label("state", states[i]);
        hr_metrics_int(m, labels, 1, f->connections[i]);
    }
}


void
ngx_http_hr_metrics_write(const ngx_http_hr_figures_t *f, hr_buf_t *out)
{
    hr_metrics_t  m;

    hr_metrics_init(&m, out, f->form);

    ngx_http_hr_metrics_process(&m, f);
    ngx_http_hr_metrics_routes_info(&m, f);
    ngx_http_hr_metrics_requests(&m, f);
    ngx_http_hr_metrics_durations(&m, f);
    ngx_http_hr_metrics_counters(&m, f);
    ngx_http_hr_metrics_cache(&m, f);
    ngx_http_hr_metrics_zones(&m, f);
    ngx_http_hr_metrics_database(&m, f);
    ngx_http_hr_metrics_organisation(&m, f);
    ngx_http_hr_metrics_jobs(&m, f);

    hr_metrics_end(&m);
}
