#include "ngx_http_hr.h"

#include <sys/random.h>
#include <time.h>


ngx_int_t
ngx_http_hr_header(ngx_http_request_t *r, const char *name, ngx_str_t value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value = value;
    ngx_http_hr_header_end(h);

    return NGX_OK;
}


ngx_str_t
ngx_http_hr_request_header(ngx_http_request_t *r, const char *name)
{
    size_t            len;
    ngx_str_t         none = ngx_null_string;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len
                && ngx_strncasecmp(h[i].key.data, (u_char *) name, len) == 0)
            {
                return h[i].value;
            }
        }
    }

    return none;
}


/* Version 4 UUID from a buffer of random bytes, so that most cost no system call. */
static void
ngx_http_hr_request_uuid(char *out)
{
    static u_char       pool[4096];
    static size_t       left;
    static const char   hex[] = "0123456789abcdef";

    u_char             *p;
    ngx_uint_t          i;

    if (left < 16) {
        if (getrandom(pool, sizeof(pool), 0) != (ssize_t) sizeof(pool)) {
            /* ids only need to be different here; this cannot really happen */
            for (i = 0; i < sizeof(pool); i++) {
                pool[i] = (u_char) ngx_random();
            }
        }

        left = sizeof(pool);
    }

    left -= 16;
    p = &pool[left];
    p[6] = (u_char) ((p[6] & 0x0f) | 0x40);
    p[8] = (u_char) ((p[8] & 0x3f) | 0x80);

    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *out++ = '-';
        }

        *out++ = hex[p[i] >> 4];
        *out++ = hex[p[i] & 15];
    }

    *out = '\0';
}


/* D-10: a client's id is taken over when it is 8..64 of [A-Za-z0-9._-]. */
static void
ngx_http_hr_request_id(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    size_t     i;
    ngx_str_t  id;

    id = ngx_http_hr_request_header(r, "X-Request-ID");

    if (id.len < 8 || id.len > 64) {
        ngx_http_hr_request_uuid(ctx->answer.request_id);
        return;
    }

    for (i = 0; i < id.len; i++) {
        if (!((id.data[i] >= 'a' && id.data[i] <= 'z')
              || (id.data[i] >= 'A' && id.data[i] <= 'Z')
              || (id.data[i] >= '0' && id.data[i] <= '9')
              || id.data[i] == '.' || id.data[i] == '_' || id.data[i] == '-'))
        {
            ngx_http_hr_request_uuid(ctx->answer.request_id);
            return;
        }
    }

    ngx_memcpy(ctx->answer.request_id, id.data, id.len);
    ctx->answer.request_id[id.len] = '\0';
}


uint64_t
ngx_http_hr_clock(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}


ngx_int_t
ngx_http_hr_headers_init(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ctx->started = ngx_http_hr_clock();
    ngx_http_hr_request_id(r, ctx);

    ctx->answer.lang = ngx_http_hr_language(r, ctx->conf->language);
    ctx->answer.naive = ctx->conf->naive_times;
    ctx->answer.path = ngx_http_hr_str(&r->uri);
    ctx->gzip_ok = ngx_http_hr_accepts_gzip(r) != 0;

    return NGX_OK;
}


/* Seconds with six digits; nearly every answer takes less than one. */
static size_t
ngx_http_hr_write_seconds(u_char *p, uint64_t usec)
{
    ngx_uint_t  i;

    if (usec >= 1000000) {
        return (size_t) (ngx_sprintf(p, "%uL.%06uL", usec / 1000000,
                                     usec % 1000000) - p);
    }

    p[0] = '0';
    p[1] = '.';

    for (i = 7; i > 1; i--) {
        p[i] = (u_char) ('0' + usec % 10);
        usec /= 10;
    }

    return 8;
}


/* Seconds from the end of the request's head to the answer, to the microsecond. */
static ngx_int_t
ngx_http_hr_process_time(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_str_t  value;

    value.data = ngx_pnalloc(r->pool, NGX_INT64_LEN + 8);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_http_hr_write_seconds(value.data,
                                          ngx_http_hr_clock() - ctx->started);

    return ngx_http_hr_header(r, "X-Process-Time", value);
}


typedef struct {
    const char   *name;
    ngx_str_t     value;
} ngx_http_hr_fixed_header_t;


ngx_int_t
ngx_http_hr_common_headers(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    static const ngx_http_hr_fixed_header_t  fixed[] = {
        { "X-Content-Type-Options", ngx_string("nosniff") },
        { "X-Frame-Options", ngx_string("DENY") },
        { "X-XSS-Protection", ngx_string("1; mode=block") },
        { "Referrer-Policy", ngx_string("strict-origin-when-cross-origin") },
    };

    static ngx_str_t  api_csp =
        ngx_string("default-src 'none'; frame-ancestors 'none'");
    static ngx_str_t  page_csp =
        ngx_string("default-src 'none'; script-src 'self'; style-src 'self'; "
                   "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
                   "base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    static ngx_str_t  permissions =
        ngx_string("camera=(), geolocation=(), microphone=()");
    static ngx_str_t  hsts = ngx_string("max-age=31536000; includeSubDomains");

    ngx_str_t   id, csp;
    ngx_uint_t  i, page;

    for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        if (ngx_http_hr_header(r, fixed[i].name, fixed[i].value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    page = ctx->route != NULL && (ctx->route->flags & NGX_HTTP_HR_PAGE);
    csp = page ? page_csp : api_csp;

    id.data = (u_char *) ctx->answer.request_id;
    id.len = ngx_strlen(id.data);

    if (ngx_http_hr_header(r, "Content-Security-Policy", csp) != NGX_OK
        || ngx_http_hr_header(r, "Permissions-Policy", permissions) != NGX_OK
        || ngx_http_hr_header(r, "X-Request-ID", id) != NGX_OK
        || ngx_http_hr_process_time(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_hr_is_tls(r)
        && ngx_http_hr_header(r, "Strict-Transport-Security", hsts) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_hr_cors_headers(r, ctx);
}
