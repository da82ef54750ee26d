/*
 * Spans of requests, generations and model calls to a collector that speaks
 * OTLP/HTTP ("hr_otlp"; Jaeger, Grafana Tempo, an OpenTelemetry Collector ...).
 * Off without the directive; nothing here can delay anything: see
 * ngx_http_hr_courier.h.
 */

#ifndef NGX_HTTP_HR_OTLP_H
#define NGX_HTTP_HR_OTLP_H

#include "ngx_http_hr_courier.h"

#include "hr_otlp.h"

/* Checks the address and reads the headers of the key file (mode 600). */
ngx_int_t ngx_http_hr_otlp_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf);
void ngx_http_hr_otlp_init_process(ngx_http_hr_main_conf_t *hmcf, ngx_log_t *log);
/* Sends what waits, for at most three seconds. */
void ngx_http_hr_otlp_exit_process(void);

ngx_uint_t ngx_http_hr_otlp_enabled(void);
/* On the event loop; copies what it needs.  A span that is not sampled is none. */
void ngx_http_hr_otlp_push(const hr_span_t *span);

ngx_http_hr_courier_stat_t ngx_http_hr_otlp_stat(void);

#endif /* NGX_HTTP_HR_OTLP_H */
