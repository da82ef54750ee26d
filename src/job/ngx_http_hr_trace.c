#include "ngx_http_hr_trace.h"
#include "ngx_http_hr_courier.h"


#define NGX_HTTP_HR_TRACE_QUEUE     1000            /* generations that may wait */
#define NGX_HTTP_HR_TRACE_BATCH     50              /* sent together */
#define NGX_HTTP_HR_TRACE_BYTES     (3 * 1024 * 1024)   /* Langfuse takes 3.5 MB */
#define NGX_HTTP_HR_TRACE_EVENT     (64 * 1024)     /* of one generation */
#define NGX_HTTP_HR_TRACE_FLUSH     5               /* seconds */
#define NGX_HTTP_HR_TRACE_KEY_MAX   512

static ngx_http_hr_courier_t  ngx_http_hr_trace = NGX_HTTP_HR_COURIER_INIT;


ngx_int_t
ngx_http_hr_trace_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_str_t  *host = &hmcf->langfuse_host;
    ngx_str_t  *file = &hmcf->langfuse_key_file;

    if (host->len == 0 && file->len == 0) {
        return NGX_OK;
    }

    if (host->len == 0 || file->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_langfuse\" needs both host= and key_file=");
        return NGX_ERROR;
    }

    if (ngx_http_hr_courier_address(cf, "hr_langfuse", "host", host) != NGX_OK
        || ngx_http_hr_courier_secret(cf, "hr_langfuse", file,
                                      NGX_HTTP_HR_TRACE_KEY_MAX, &hmcf->langfuse_key)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_strlchr(hmcf->langfuse_key.data,
                    hmcf->langfuse_key.data + hmcf->langfuse_key.len, ':') == NULL)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_langfuse\": the key file \"%V\" must hold one line "
                           "\"<public key>:<secret key>\"", file);
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_hr_trace_init_process(ngx_http_hr_main_conf_t *hmcf, ngx_log_t *log)
{
    ngx_http_hr_courier_t  *c = &ngx_http_hr_trace;

    if (hmcf->langfuse_key.len == 0) {
        return;
    }

    (void) snprintf(c->url, sizeof(c->url), "%.*s/api/public/ingestion",
                    (int) hmcf->langfuse_host.len, hmcf->langfuse_host.data);
    c->userpwd = (char *) hmcf->langfuse_key.data;
    c->open = HR_STR("{\"batch\":[");
    c->close = HR_STR("]}");
    c->queue = NGX_HTTP_HR_TRACE_QUEUE;
    c->batch = NGX_HTTP_HR_TRACE_BATCH;
    c->bytes = NGX_HTTP_HR_TRACE_BYTES;
    c->flush = NGX_HTTP_HR_TRACE_FLUSH;

    ngx_http_hr_courier_start(c, "traces", log);
}


void
ngx_http_hr_trace_exit_process(void)
{
    ngx_http_hr_courier_stop(&ngx_http_hr_trace);
}


ngx_uint_t
ngx_http_hr_trace_enabled(void)
{
    return ngx_http_hr_trace.started;
}


void
ngx_http_hr_trace_id(hr_str_t task_id, char out[HR_TRACE_ID + 1])
{
    size_t  i, n;

    for (i = 0, n = 0; i < task_id.len && n < HR_TRACE_ID; i++) {
        if (task_id.data[i] != '-') {
            out[n++] = task_id.data[i];
        }
    }

    out[n] = '\0';
}


void
ngx_http_hr_trace_push(const hr_trace_t *trace)
{
    hr_buf_t  buf;

    if (!ngx_http_hr_trace.started) {
        return;
    }

    hr_buf_init(&buf, NGX_HTTP_HR_TRACE_EVENT);

    if (hr_trace_events(trace, &buf) == HR_OK) {
        ngx_http_hr_courier_push(&ngx_http_hr_trace, hr_buf_view(&buf));
    }

    hr_buf_release(&buf);
}


ngx_http_hr_courier_stat_t
ngx_http_hr_trace_stat(void)
{
    return ngx_http_hr_courier_stat(&ngx_http_hr_trace);
}
