#include "ngx_http_hr.h"


#define NGX_HTTP_HR_ROUTES_MAX     NGX_HTTP_HR_STAT_ROUTES
#define NGX_HTTP_HR_SEGMENTS_MAX   10

typedef struct {
    const char   *data;
    size_t        len;
    ngx_uint_t    param;                /* 1: {name} */
} ngx_http_hr_segment_t;

typedef struct {
    const ngx_http_hr_route_t  *route;
    ngx_uint_t                  nsegments;
    ngx_uint_t                  literals;   /* of them, those that are no {name} */
    ngx_uint_t                  next;       /* of as many segments: index + 1; 0: none */
    ngx_http_hr_segment_t       segment[NGX_HTTP_HR_SEGMENTS_MAX];
} ngx_http_hr_compiled_t;


/* built once in the master from constant tables, read-only afterwards */
static ngx_http_hr_compiled_t  ngx_http_hr_compiled[NGX_HTTP_HR_ROUTES_MAX];
static ngx_uint_t              ngx_http_hr_nroutes;
static ngx_uint_t              ngx_http_hr_by_length[NGX_HTTP_HR_SEGMENTS_MAX + 1];


static ngx_uint_t
ngx_http_hr_route_split(const char *pattern, ngx_http_hr_segment_t *seg)
{
    size_t       len;
    ngx_uint_t   n;
    const char  *p;

    n = 0;

    for (p = pattern; *p == '/' && n < NGX_HTTP_HR_SEGMENTS_MAX; p += len) {
        p++;
        len = strcspn(p, "/");

        if (len == 0) {
            continue;               /* "/" itself, or a trailing slash */
        }

        seg[n].data = p;
        seg[n].len = len;
        seg[n].param = p[0] == '{';
        n++;
    }

    return n;
}


/* More literal parts first: /versions/compare beats /versions/{n}. */
static ngx_uint_t
ngx_http_hr_route_literals(const ngx_http_hr_compiled_t *c)
{
    ngx_uint_t  i, n;

    for (i = 0, n = 0; i < c->nsegments; i++) {
        n += !c->segment[i].param;
    }

    return n;
}


ngx_int_t
ngx_http_hr_routes_init(ngx_conf_t *cf)
{
    ngx_uint_t                         i;
    ngx_http_hr_compiled_t            *c;
    const ngx_http_hr_route_t         *row;
    const ngx_http_hr_route_t *const  *table;

    ngx_http_hr_nroutes = 0;
    ngx_memzero(ngx_http_hr_by_length, sizeof(ngx_http_hr_by_length));

    for (table = ngx_http_hr_route_tables; *table != NULL; table++) {
        for (row = *table; row->pattern != NULL; row++) {

            if (ngx_http_hr_nroutes == NGX_HTTP_HR_ROUTES_MAX) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "too many HR routes");
                return NGX_ERROR;
            }

            c = &ngx_http_hr_compiled[ngx_http_hr_nroutes++];
            c->route = row;
            c->nsegments = ngx_http_hr_route_split(row->pattern, c->segment);
            c->literals = ngx_http_hr_route_literals(c);
            c->next = ngx_http_hr_by_length[c->nsegments];
            ngx_http_hr_by_length[c->nsegments] = ngx_http_hr_nroutes;

            for (i = 0; i + 1 < ngx_http_hr_nroutes; i++) {
                if (ngx_http_hr_compiled[i].route->method == row->method
                    && ngx_strcmp(ngx_http_hr_compiled[i].route->pattern,
                                  row->pattern) == 0)
                {
                    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                       "HR route \"%s\" is declared twice",
                                       row->pattern);
                    return NGX_ERROR;
                }
            }
        }
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_hr_route_count(void)
{
    return ngx_http_hr_nroutes;
}


const ngx_http_hr_route_t *
ngx_http_hr_route_at(ngx_uint_t index)
{
    return index < ngx_http_hr_nroutes ? ngx_http_hr_compiled[index].route : NULL;
}


const ngx_http_hr_route_t *
ngx_http_hr_route_flagged(ngx_uint_t flag, ngx_uint_t *index)
{
    for (*index = 0; *index < ngx_http_hr_nroutes; (*index)++) {
        if (ngx_http_hr_compiled[*index].route->flags & flag) {
            return ngx_http_hr_compiled[*index].route;
        }
    }

    return NULL;
}


/*
 * Raw parts of the request path: split before decoding, so that %2F stays
 * inside its part (D-29).  NGX_DECLINED: more parts than any route has.
 */
static ngx_int_t
ngx_http_hr_path_split(ngx_http_request_t *r, ngx_str_t *part, ngx_uint_t *n)
{
    u_char  *p, *end, *start;

    p = r->unparsed_uri.data;
    end = p + r->unparsed_uri.len;
    *n = 0;

    for ( ;; ) {
        while (p < end && *p == '/') {
            p++;
        }

        start = p;

        while (p < end && *p != '/' && *p != '?' && *p != '#') {
            p++;
        }

        if (p > start) {
            if (*n == NGX_HTTP_HR_SEGMENTS_MAX) {
                return NGX_DECLINED;
            }

            part[*n].data = start;
            part[(*n)++].len = p - start;
        }

        if (p == end || *p != '/') {
            return NGX_OK;
        }
    }
}


/* Is the part, decoded, this literal?  /api/%61uth is /api/auth (api-core.md 1.7). */
static ngx_uint_t
ngx_http_hr_literal_equal(const ngx_http_hr_segment_t *seg, const ngx_str_t *part)
{
    u_char      *p, *end;
    size_t       i;
    ngx_int_t    c;

    /* most are told apart by their first byte */
    if (part->data[0] != (u_char) seg->data[0] && part->data[0] != '%') {
        return 0;
    }

    if (part->len == seg->len) {
        return ngx_memcmp(part->data, seg->data, seg->len) == 0;
    }

    if (part->len < seg->len || part->len > 3 * seg->len) {
        return 0;
    }

    p = part->data;
    end = p + part->len;

    for (i = 0; p < end; i++) {
        c = *p++;

        if (c == '%' && end - p >= 2) {
            c = ngx_hextoi(p, 2);
            p += 2;
        }

        if (i == seg->len || c != (u_char) seg->data[i]) {
            return 0;
        }
    }

    return i == seg->len;
}


static ngx_uint_t
ngx_http_hr_route_fits(const ngx_http_hr_compiled_t *c, const ngx_str_t *part)
{
    ngx_uint_t  i;

    /* from behind: nearly all begin with "api" */
    for (i = c->nsegments; i-- > 0; ) {
        if (!c->segment[i].param
            && !ngx_http_hr_literal_equal(&c->segment[i], &part[i]))
        {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_http_hr_route_params(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_compiled_t *c, ngx_str_t *part)
{
    char        id[37];
    ngx_uint_t  i, n;
    ngx_str_t  *param;

    for (i = 0, n = 0; i < c->nsegments; i++) {
        if (!c->segment[i].param) {
            continue;
        }

        param = &ctx->params[n++];

        if (ngx_http_hr_decode(r, ctx, part[i].data, part[i].len, 0, param)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        /* one spelling of a profile, for cache keys and epochs (P-06) */
        if (param->len == 36
            && hr_uuid_normalize(ngx_http_hr_str(param), id))
        {
            ngx_memcpy(param->data, id, 36);
        }
    }

    return NGX_OK;
}


static const char *
ngx_http_hr_method_name(ngx_uint_t method)
{
    switch (method) {
    case NGX_HTTP_GET:
        return "GET, HEAD";
    case NGX_HTTP_POST:
        return "POST";
    case NGX_HTTP_PUT:
        return "PUT";
    case NGX_HTTP_DELETE:
        return "DELETE";
    default:
        return "";
    }
}


/* The methods of all routes that share the best pattern. */
static ngx_int_t
ngx_http_hr_route_allow(ngx_http_request_t *r,
    const ngx_http_hr_compiled_t *best, ngx_str_t *allow)
{
    u_char      *p;
    ngx_uint_t   i;

    allow->data = ngx_pnalloc(r->pool, 64);
    if (allow->data == NULL) {
        return NGX_ERROR;
    }

    p = allow->data;

    for (i = 0; i < ngx_http_hr_nroutes; i++) {
        if (ngx_strcmp(ngx_http_hr_compiled[i].route->pattern,
                       best->route->pattern) == 0)
        {
            p = ngx_slprintf(p, allow->data + 64, "%s%s",
                             p == allow->data ? "" : ", ",
                             ngx_http_hr_method_name(
                                 ngx_http_hr_compiled[i].route->method));
        }
    }

    allow->len = p - allow->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_route_match(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_str_t *allow)
{
    ngx_str_t                      part[NGX_HTTP_HR_SEGMENTS_MAX];
    ngx_uint_t                     i, n, method;
    const ngx_http_hr_compiled_t  *c, *best, *other;

    if (ngx_http_hr_path_split(r, part, &n) != NGX_OK) {
        return NGX_DECLINED;
    }

    method = r->method == NGX_HTTP_HEAD ? NGX_HTTP_GET : r->method;
    best = NULL;
    other = NULL;

    for (i = ngx_http_hr_by_length[n]; i != 0; i = c->next) {
        c = &ngx_http_hr_compiled[i - 1];

        if (!ngx_http_hr_route_fits(c, part)) {
            continue;
        }

        if (c->route->method != method) {
            if (other == NULL || c->literals > other->literals) {
                other = c;
            }
            continue;
        }

        if (best == NULL || c->literals > best->literals) {
            best = c;
        }
    }

    /* a more literal pattern without this method hides a general one with it */
    if (best == NULL || (other != NULL && other->literals > best->literals)) {
        if (other == NULL) {
            return NGX_DECLINED;
        }

        return ngx_http_hr_route_allow(r, other, allow) == NGX_OK ? NGX_ABORT
                                                                  : NGX_ERROR;
    }

    ctx->route = best->route;
    ctx->route_index = (ngx_uint_t) (best - ngx_http_hr_compiled);

    return ngx_http_hr_route_params(r, ctx, best, part);
}
