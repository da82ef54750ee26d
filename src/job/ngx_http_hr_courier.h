/*
 * What is told to a service somewhere else and may never hold up anything here
 * (traces, spans): texts wait in a bounded queue of the worker, a thread of its own
 * sends them in batches by libcurl.  A full queue drops its oldest text; a service
 * that is dead or hangs costs its thread only.
 */

#ifndef NGX_HTTP_HR_COURIER_H
#define NGX_HTTP_HR_COURIER_H

#include "ngx_http_hr.h"

#include <pthread.h>

#define NGX_HTTP_HR_COURIER_HEADERS  8
#define NGX_HTTP_HR_COURIER_URL      600

typedef struct ngx_http_hr_courier_item_s  ngx_http_hr_courier_item_t;

typedef struct {
    uint64_t    queued, sent, dropped, failed;      /* texts; batches failed */
    uint64_t    failing;                            /* of them since one was taken */
} ngx_http_hr_courier_stat_t;

/*
 * One for each service and process; static, zeroed but for the first part, which
 * never changes once the thread runs.
 */
typedef struct {
    char                         url[NGX_HTTP_HR_COURIER_URL];
    const char                  *userpwd;       /* "name:password"; NULL: none */
    const char                  *headers[NGX_HTTP_HR_COURIER_HEADERS + 1];
    hr_str_t                     open;          /* before the texts of a batch */
    hr_str_t                     close;         /* behind them */
    size_t                       queue;         /* texts that may wait */
    size_t                       batch;         /* sent together */
    size_t                       bytes;         /* of a batch */
    time_t                       flush;         /* seconds */

    /* mutex guards the rest, but for started, which is the event loop's */
    pthread_mutex_t              mutex;
    pthread_cond_t               cond;
    pthread_t                    thread;
    ngx_http_hr_courier_item_t  *head, *tail;
    size_t                       n;
    bool                         started;
    bool                         stopping;
    ngx_http_hr_courier_stat_t   stat;
} ngx_http_hr_courier_t;

#define NGX_HTTP_HR_COURIER_INIT                                              \
    { .mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER }

/* Starts the thread; what is missing is logged and leaves started false. */
void ngx_http_hr_courier_start(ngx_http_hr_courier_t *c, const char *what,
    ngx_log_t *log);
/* Sends what waits, for at most three seconds. */
void ngx_http_hr_courier_stop(ngx_http_hr_courier_t *c);
/* On the event loop; copies the text. */
void ngx_http_hr_courier_push(ngx_http_hr_courier_t *c, hr_str_t text);
ngx_http_hr_courier_stat_t ngx_http_hr_courier_stat(ngx_http_hr_courier_t *c);

/*
 * For configuration: a file of secrets that nobody but its owner (and group) may
 * read; its text in the pool, without the last line end.  NGX_ERROR: told.
 */
ngx_int_t ngx_http_hr_courier_secret(ngx_conf_t *cf, const char *directive,
    ngx_str_t *file, size_t limit, ngx_str_t *out);
/* Is it an address of HTTP that fits?  NGX_ERROR: told, with the parameter's name. */
ngx_int_t ngx_http_hr_courier_address(ngx_conf_t *cf, const char *directive,
    const char *param, const ngx_str_t *url);

#endif /* NGX_HTTP_HR_COURIER_H */
