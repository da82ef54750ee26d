#include "ngx_http_hr.h"

#include <sys/random.h>


#define NGX_HTTP_HR_ALLOW_METHODS  "GET, POST, PUT, DELETE, OPTIONS"
#define NGX_HTTP_HR_ALLOW_HEADERS                                             \
    "Authorization, Content-Type, X-Requested-With, X-Request-ID, If-Match, " \
    "If-None-Match, Idempotency-Key, Last-Event-ID"
#define NGX_HTTP_HR_EXPOSE_HEADERS                                            \
    "X-Request-ID, Content-Disposition, X-Successful-Count, X-Failed-Count, " \
    "Retry-After, ETag"


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


/* q of the language range that starts with tag, in thousandths; -1: not named */
static ngx_int_t
ngx_http_hr_language_weight(const ngx_str_t *header, const char *tag)
{
    u_char      *p, *end, *q;
    ngx_int_t    weight;

    p = header->data;
    end = p + header->len;

    while (p < end) {
        while (p < end && (*p == ' ' || *p == ',')) {
            p++;
        }

        if (end - p >= 2 && ngx_strncasecmp(p, (u_char *) tag, 2) == 0
            && (p + 2 == end || p[2] == '-' || p[2] == ';' || p[2] == ','
                || p[2] == ' '))
        {
            weight = 1000;

            while (p < end && *p != ',' && *p != ';') {
                p++;
            }

            if (p < end && *p == ';') {
                for (q = p; q + 2 < end && *q != ','; q++) {
                    if (q[0] == 'q' && q[1] == '=') {
                        weight = ngx_atofp(q + 2,
                                     ngx_min((size_t) (end - q - 2),
                                             strcspn((char *) q + 2, ", ;")), 3);
                        break;
                    }
                }
            }

            return weight == NGX_ERROR ? 0 : weight;
        }

        while (p < end && *p != ',') {
            p++;
        }
    }

    return -1;
}


static hr_lang_t
ngx_http_hr_language(ngx_http_request_t *r, hr_lang_t fallback)
{
    ngx_int_t   ru, en;
    ngx_str_t  *header;

    if (r->headers_in.accept_language == NULL) {
        return fallback;
    }

    header = &r->headers_in.accept_language->value;
    ru = ngx_http_hr_language_weight(header, "ru");
    en = ngx_http_hr_language_weight(header, "en");

    if (ru <= 0 && en <= 0) {
        return fallback;
    }

    if (ru == en) {
        return fallback;
    }

    return ru > en ? HR_LANG_RU : HR_LANG_EN;
}


static ngx_uint_t
ngx_http_hr_accepts_gzip(ngx_http_request_t *r)
{
    u_char     *p;
    ngx_str_t  *v;

    if (r->headers_in.accept_encoding == NULL) {
        return 0;
    }

    v = &r->headers_in.accept_encoding->value;
    p = ngx_strlcasestrn(v->data, v->data + v->len, (u_char *) "gzip", 4 - 1);

    if (p == NULL) {
        return 0;
    }

    p += 4;

    /* "gzip;q=0" refuses it */
    while (p < v->data + v->len && *p == ' ') {
        p++;
    }

    if (p + 3 < v->data + v->len && p[0] == ';') {
        p++;

        while (p < v->data + v->len && *p == ' ') {
            p++;
        }

        if (v->data + v->len - p >= 3 && p[0] == 'q' && p[1] == '='
            && p[2] == '0')
        {
            for (p += 3; p < v->data + v->len && *p != ','; p++) {
                if (*p >= '1' && *p <= '9') {
                    return 1;
                }
            }

            return 0;
        }
    }

    return 1;
}


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


ngx_int_t
ngx_http_hr_headers_init(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_request_id(r, ctx);

    ctx->answer.lang = ngx_http_hr_language(r, ctx->conf->language);
    ctx->answer.naive = ctx->conf->naive_times;
    ctx->answer.path = ngx_http_hr_str(&r->uri);
    ctx->gzip_ok = ngx_http_hr_accepts_gzip(r);

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_check_host(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_str_t   *entry, host;
    ngx_uint_t   i;

    if (ctx->conf->trust_any_host) {
        return NGX_OK;
    }

    /* nginx has lower-cased it and cut the port; [::1] keeps its brackets */
    host = r->headers_in.server;

    if (host.len && host.data[host.len - 1] == '.') {
        host.len--;
    }

    entry = ctx->conf->trusted_hosts->elts;

    for (i = 0; i < ctx->conf->trusted_hosts->nelts; i++) {
        if (entry[i].len > 2 && entry[i].data[0] == '*') {
            if (host.len > entry[i].len - 1
                && ngx_memcmp(host.data + host.len - (entry[i].len - 1),
                              entry[i].data + 1, entry[i].len - 1) == 0)
            {
                return NGX_OK;
            }
            continue;
        }

        if (entry[i].len == host.len
            && ngx_memcmp(entry[i].data, host.data, host.len) == 0)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
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


/* Seconds since the request began; nginx knows milliseconds. */
static ngx_int_t
ngx_http_hr_process_time(ngx_http_request_t *r)
{
    ngx_str_t        value;
    ngx_time_t      *tp;
    ngx_msec_int_t   ms;

    tp = ngx_timeofday();
    ms = (ngx_msec_int_t) ((tp->sec - r->start_sec) * 1000
                           + (tp->msec - r->start_msec));
    ms = ngx_max(ms, 0);

    if (ms == 0) {
        ngx_str_set(&value, "0.0");
        return ngx_http_hr_header(r, "X-Process-Time", value);
    }

    value.data = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 4);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%T.%03M", (time_t) ms / 1000, ms % 1000)
                - value.data;

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
        || ngx_http_hr_process_time(r) != NGX_OK)
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
