/*
 * Traces of finished generations to Langfuse (generation.md 13, I-37).  Nothing
 * here can delay or fail a generation: see ngx_http_hr_courier.h.
 */

#ifndef NGX_HTTP_HR_TRACE_H
#define NGX_HTTP_HR_TRACE_H

#include "ngx_http_hr_courier.h"

#include "hr_trace.h"

/* Reads and checks the key file ("pk-...:sk-...", mode 600) when one is named. */
ngx_int_t ngx_http_hr_trace_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf);

/* Starts the thread; nothing is started when Langfuse is not configured. */
void ngx_http_hr_trace_init_process(ngx_http_hr_main_conf_t *hmcf, ngx_log_t *log);
/* Sends what waits, for at most three seconds. */
void ngx_http_hr_trace_exit_process(void);

ngx_uint_t ngx_http_hr_trace_enabled(void);
/* The task's UUID without its hyphens; out holds HR_TRACE_ID characters and a NUL. */
void ngx_http_hr_trace_id(hr_str_t task_id, char out[HR_TRACE_ID + 1]);
/* On the event loop; copies what it needs. */
void ngx_http_hr_trace_push(const hr_trace_t *trace);

ngx_http_hr_courier_stat_t ngx_http_hr_trace_stat(void);

#endif /* NGX_HTTP_HR_TRACE_H */
