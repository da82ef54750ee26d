#include "ngx_http_hr.h"


/* Who may call: the names of this site, and other origins (CORS). */

#define NGX_HTTP_HR_ALLOW_METHODS  "GET, POST, PUT, DELETE, OPTIONS"
#define NGX_HTTP_HR_ALLOW_HEADERS                                             \
    "Authorization, Content-Type, X-Requested-With, X-Request-ID, If-Match, " \
    "If-None-Match, Idempotency-Key, Last-Event-ID"
#define NGX_HTTP_HR_EXPOSE_HEADERS                                            \
    "X-Request-ID, Content-Disposition, X-Successful-Count, X-Failed-Count, " \
    "Retry-After, ETag"


static ngx_uint_t
ngx_http_hr_origin_allowed(ngx_http_hr_main_conf_t *hmcf, const ngx_str_t *origin)
{
    ngx_str_t   *allowed;
    ngx_uint_t   i;

    if (hmcf->cors_any) {
        return 1;
    }

    allowed = hmcf->cors_origins->elts;

    for (i = 0; i < hmcf->cors_origins->nelts; i++) {
        if (allowed[i].len == origin->len
            && ngx_memcmp(allowed[i].data, origin->data, origin->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_hr_host_exact(const ngx_http_hr_main_conf_t *hmcf, const ngx_str_t *host)
{
    ngx_str_t   *entry;
    ngx_uint_t   i;

    entry = hmcf->trusted_hosts->elts;

    for (i = 0; i < hmcf->trusted_hosts->nelts; i++) {
        if (entry[i].len == host->len
            && ngx_memcmp(entry[i].data, host->data, host->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* "*.suffix" stands for subdomains, not for the name itself */
static ngx_uint_t
ngx_http_hr_host_suffix(const ngx_http_hr_main_conf_t *hmcf, const ngx_str_t *host)
{
    size_t       len;
    ngx_str_t   *entry;
    ngx_uint_t   i;

    entry = hmcf->trusted_hosts->elts;

    for (i = 0; i < hmcf->trusted_hosts->nelts; i++) {
        if (entry[i].len < 3 || entry[i].data[0] != '*') {
            continue;
        }

        len = entry[i].len - 1;

        if (host->len > len
            && ngx_memcmp(host->data + host->len - len, entry[i].data + 1, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* 307 to the same place under "www."; the port of the Host header stays. */
static ngx_int_t
ngx_http_hr_host_redirect(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_str_t             location, *host;
    ngx_http_hr_answer_t  a;

    host = r->headers_in.host ? &r->headers_in.host->value
                              : &r->headers_in.server;

    location.data = ngx_pnalloc(r->pool, sizeof("https://www.") + host->len
                                         + r->unparsed_uri.len);
    if (location.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    location.len = ngx_sprintf(location.data, "%s://www.%V%V",
                               ngx_http_hr_is_tls(r) ? "https" : "http", host,
                               &r->unparsed_uri)
                   - location.data;

    if (ngx_http_hr_header(r, "Location", location) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_hr_answer_init(&a, 1);
    a.status = NGX_HTTP_TEMPORARY_REDIRECT;
    a.type = NGX_HTTP_HR_TYPE_TEXT;

    return ngx_http_hr_answer(r, ctx, &a);
}


ngx_int_t
ngx_http_hr_check_host(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc)
{
    u_char     *p;
    ngx_str_t   host, www;

    if (ctx->conf->trust_any_host) {
        return NGX_OK;
    }

    /* nginx has lower-cased it and cut the port; [::1] keeps its brackets */
    host = r->headers_in.server;

    if (host.len && host.data[host.len - 1] == '.') {
        host.len--;
    }

    if (ngx_http_hr_host_exact(ctx->conf, &host)
        || ngx_http_hr_host_suffix(ctx->conf, &host))
    {
        return NGX_OK;
    }

    www.len = host.len + 4;
    www.data = ngx_pnalloc(r->pool, www.len);
    if (www.data == NULL) {
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    p = ngx_cpymem(www.data, "www.", 4);
    ngx_memcpy(p, host.data, host.len);

    *rc = host.len && ngx_http_hr_host_exact(ctx->conf, &www)
          ? ngx_http_hr_host_redirect(r, ctx)
          : ngx_http_hr_error(r, ctx, HR_E_HOST);

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_hr_cors_headers(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_str_t  origin, yes = ngx_string("true"), vary = ngx_string("Origin");
    ngx_str_t  any = ngx_string("*");
    ngx_str_t  expose = ngx_string(NGX_HTTP_HR_EXPOSE_HEADERS);

    origin = ngx_http_hr_request_header(r, "Origin");
    if (origin.len == 0) {
        return NGX_OK;
    }

    if (ctx->conf->cors_any) {
        /* never together with credentials (D-12) */
        if (ngx_http_hr_header(r, "Access-Control-Allow-Origin", any) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_hr_header(r, "Access-Control-Expose-Headers", expose);
    }

    if (ngx_http_hr_header(r, "Vary", vary) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!ngx_http_hr_origin_allowed(ctx->conf, &origin)) {
        return NGX_OK;
    }

    ctx->cors_allowed = 1;

    if (ngx_http_hr_header(r, "Access-Control-Allow-Origin", origin) != NGX_OK
        || ngx_http_hr_header(r, "Access-Control-Allow-Credentials", yes)
           != NGX_OK
        || ngx_http_hr_header(r, "Access-Control-Expose-Headers", expose)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_preflight(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc)
{
    ngx_str_t             origin, method;
    ngx_str_t             methods = ngx_string(NGX_HTTP_HR_ALLOW_METHODS);
    ngx_str_t             headers = ngx_string(NGX_HTTP_HR_ALLOW_HEADERS);
    ngx_str_t             age = ngx_string("600");
    ngx_http_hr_answer_t  a;

    if (r->method != NGX_HTTP_OPTIONS) {
        return NGX_DECLINED;
    }

    origin = ngx_http_hr_request_header(r, "Origin");
    method = ngx_http_hr_request_header(r, "Access-Control-Request-Method");

    if (origin.len == 0 || method.len == 0) {
        return NGX_DECLINED;
    }

    if (ngx_http_hr_header(r, "Access-Control-Allow-Methods", methods) != NGX_OK
        || ngx_http_hr_header(r, "Access-Control-Allow-Headers", headers)
           != NGX_OK
        || ngx_http_hr_header(r, "Access-Control-Max-Age", age) != NGX_OK)
    {
        *rc = NGX_ERROR;
        return NGX_OK;
    }

    if (!ngx_http_hr_origin_allowed(ctx->conf, &origin)
        || (ngx_strcmp(method.data, "GET") != 0
            && ngx_strcmp(method.data, "POST") != 0
            && ngx_strcmp(method.data, "PUT") != 0
            && ngx_strcmp(method.data, "DELETE") != 0
            && ngx_strcmp(method.data, "HEAD") != 0
            && ngx_strcmp(method.data, "OPTIONS") != 0))
    {
        *rc = ngx_http_hr_error(r, ctx, HR_E_PREFLIGHT);
        return NGX_OK;
    }

    ngx_http_hr_answer_init(&a, 64);
    a.type = NGX_HTTP_HR_TYPE_TEXT;
    (void) hr_buf_c(&a.body, "OK");
    *rc = ngx_http_hr_answer(r, ctx, &a);

    return NGX_OK;
}
