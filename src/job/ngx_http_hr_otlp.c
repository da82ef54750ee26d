#include "ngx_http_hr_otlp.h"


#define NGX_HTTP_HR_OTLP_BATCH  512                 /* spans sent together */
#define NGX_HTTP_HR_OTLP_BYTES  (1024 * 1024)       /* of them */
#define NGX_HTTP_HR_OTLP_SPAN   (16 * 1024)         /* of one */
#define NGX_HTTP_HR_OTLP_FLUSH  2                   /* seconds */
#define NGX_HTTP_HR_OTLP_KEYS   4096                /* bytes of the key file */

static ngx_http_hr_courier_t  ngx_http_hr_otlp = NGX_HTTP_HR_COURIER_INIT;
static hr_buf_t               ngx_http_hr_otlp_head;    /* open of the courier */


/* "Name: value", a line each; empty lines and those with # are skipped. */
static ngx_int_t
ngx_http_hr_otlp_headers(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    u_char     *p, *end, *colon;
    ngx_str_t   text, *line;

    if (ngx_http_hr_courier_secret(cf, "hr_otlp", &hmcf->otlp_key_file,
                                   NGX_HTTP_HR_OTLP_KEYS, &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    hmcf->otlp_headers = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
    if (hmcf->otlp_headers == NULL) {
        return NGX_ERROR;
    }

    for (p = text.data; p < text.data + text.len; p = end + 1) {
        end = ngx_strlchr(p, text.data + text.len, '\n');
        end = end != NULL ? end : text.data + text.len;
        *end = '\0';

        if (end > p && end[-1] == '\r') {
            end[-1] = '\0';
        }

        if (*p == '\0' || *p == '#') {
            continue;
        }

        colon = (u_char *) ngx_strchr(p, ':');

        if (colon == NULL || colon == p
            || hmcf->otlp_headers->nelts == NGX_HTTP_HR_COURIER_HEADERS)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"hr_otlp\": the key file \"%V\" must hold at most %d "
                               "lines \"<header>: <value>\"", &hmcf->otlp_key_file,
                               NGX_HTTP_HR_COURIER_HEADERS);
            return NGX_ERROR;
        }

        line = ngx_array_push(hmcf->otlp_headers);
        if (line == NULL) {
            return NGX_ERROR;
        }

        line->data = p;
        line->len = ngx_strlen(p);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_otlp_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    if (hmcf->otlp_endpoint.len == 0) {

        if (hmcf->otlp_key_file.len != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"hr_otlp\" needs endpoint=, such as "
                               "http://127.0.0.1:4318/v1/traces");
            return NGX_ERROR;
        }

        return NGX_OK;
    }

    if (ngx_http_hr_courier_address(cf, "hr_otlp", "endpoint", &hmcf->otlp_endpoint)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return hmcf->otlp_key_file.len ? ngx_http_hr_otlp_headers(cf, hmcf) : NGX_OK;
}


void
ngx_http_hr_otlp_init_process(ngx_http_hr_main_conf_t *hmcf, ngx_log_t *log)
{
    ngx_uint_t              i;
    ngx_str_t              *line;
    ngx_http_hr_courier_t  *c = &ngx_http_hr_otlp;

    if (hmcf->otlp_endpoint.len == 0) {
        return;
    }

    hr_buf_init(&ngx_http_hr_otlp_head, 8192);

    if (hr_otlp_open(ngx_http_hr_str(&hmcf->otlp_service), HR_STR(NGX_HTTP_HR_VERSION),
                     ngx_http_hr_str(&hmcf->environment), &ngx_http_hr_otlp_head)
        != HR_OK)
    {
        ngx_log_error(NGX_LOG_ERR, log, 0, "hr: no memory for spans, none are sent");
        return;
    }

    (void) snprintf(c->url, sizeof(c->url), "%.*s", (int) hmcf->otlp_endpoint.len,
                    hmcf->otlp_endpoint.data);

    line = hmcf->otlp_headers != NULL ? hmcf->otlp_headers->elts : NULL;

    for (i = 0; line != NULL && i < hmcf->otlp_headers->nelts; i++) {
        c->headers[i] = (char *) line[i].data;
    }

    c->open = hr_buf_view(&ngx_http_hr_otlp_head);
    c->close = HR_STR(HR_OTLP_CLOSE);
    c->queue = hmcf->otlp_queue;
    c->batch = ngx_min(NGX_HTTP_HR_OTLP_BATCH, hmcf->otlp_queue);
    c->bytes = NGX_HTTP_HR_OTLP_BYTES;
    c->flush = NGX_HTTP_HR_OTLP_FLUSH;

    ngx_http_hr_courier_start(c, "spans", log);
}


void
ngx_http_hr_otlp_exit_process(void)
{
    ngx_http_hr_courier_stop(&ngx_http_hr_otlp);
}


ngx_uint_t
ngx_http_hr_otlp_enabled(void)
{
    return ngx_http_hr_otlp.started;
}


void
ngx_http_hr_otlp_push(const hr_span_t *span)
{
    hr_buf_t  buf;

    if (!ngx_http_hr_otlp.started || !span->context.sampled) {
        return;
    }

    hr_buf_init(&buf, NGX_HTTP_HR_OTLP_SPAN);

    if (hr_otlp_span(span, &buf) == HR_OK) {
        ngx_http_hr_courier_push(&ngx_http_hr_otlp, hr_buf_view(&buf));
    }

    hr_buf_release(&buf);
}


ngx_http_hr_courier_stat_t
ngx_http_hr_otlp_stat(void)
{
    return ngx_http_hr_courier_stat(&ngx_http_hr_otlp);
}
