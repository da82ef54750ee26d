#include "ngx_http_hr.h"

#include <zlib.h>


#define NGX_HTTP_HR_GZIP_MIN      1024
#define NGX_HTTP_HR_GZIP_SUFFIX   "-gz"


static ngx_int_t ngx_http_hr_send(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t status, ngx_http_hr_type_t type, ngx_chain_t *out, size_t len);


static const struct {
    ngx_str_t    name;
    size_t       bare;          /* length without parameters */
    ngx_uint_t   gzip;          /* worth compressing */
} ngx_http_hr_types[NGX_HTTP_HR_TYPES] = {
    { ngx_string("application/json"), 16, 1 },
    { ngx_string("text/markdown; charset=utf-8"), 13, 1 },
    { ngx_string("application/vnd.openxmlformats-officedocument"
                 ".wordprocessingml.document"), 71, 0 },
    { ngx_string("application/vnd.openxmlformats-officedocument"
                 ".spreadsheetml.sheet"), 65, 0 },
    { ngx_string("application/zip"), 15, 0 },
    { ngx_string("text/csv; charset=utf-8"), 8, 1 },
    { ngx_string("text/html; charset=utf-8"), 9, 1 },
    { ngx_string("text/plain; charset=utf-8"), 10, 1 },
    { ngx_string("text/css; charset=utf-8"), 8, 1 },
    { ngx_string("text/javascript; charset=utf-8"), 15, 1 },
    { ngx_string("application/yaml"), 16, 1 },
    { ngx_string("text/plain; version=0.0.4; charset=utf-8"), 10, 1 },
    { ngx_string("application/openmetrics-text; version=1.0.0; charset=utf-8"),
      28, 1 },
    { ngx_string("text/event-stream"), 17, 0 },
    { ngx_string("application/json-patch+json"), 27, 1 },
    { ngx_string("application/x-ndjson"), 20, 1 },
};


const ngx_str_t *
ngx_http_hr_type_name(ngx_http_hr_type_t type)
{
    return &ngx_http_hr_types[type].name;
}


void
ngx_http_hr_answer_init(ngx_http_hr_answer_t *a, size_t limit)
{
    ngx_memzero(a, sizeof(ngx_http_hr_answer_t));

    a->status = NGX_HTTP_OK;
    hr_buf_init(&a->body, limit);
    hr_buf_init(&a->gzip, limit);
}


void
ngx_http_hr_answer_release(ngx_http_hr_answer_t *a)
{
    hr_buf_release(&a->body);
    hr_buf_release(&a->gzip);
}


static void
ngx_http_hr_answer_gzip(ngx_http_hr_answer_t *a)
{
    z_stream  z;

    ngx_memzero(&z, sizeof(z));

    /* 15 + 16: a gzip wrapper with a zero time, so that equal bodies stay equal */
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    {
        return;
    }

    if (hr_buf_reserve(&a->gzip, deflateBound(&z, a->body.len)) == HR_OK) {
        z.next_in = (Bytef *) a->body.data;
        z.avail_in = (uInt) a->body.len;
        z.next_out = (Bytef *) a->gzip.data;
        z.avail_out = (uInt) a->gzip.capacity - 1;

        if (deflate(&z, Z_FINISH) == Z_STREAM_END
            && z.total_out < a->body.len)
        {
            a->gzip.len = z.total_out;

        } else {
            hr_buf_release(&a->gzip);
        }
    }

    (void) deflateEnd(&z);
}


static void
ngx_http_hr_answer_tag(ngx_http_hr_answer_t *a, uint64_t h1, uint32_t h2)
{
    (void) ngx_snprintf((u_char *) a->etag, sizeof(a->etag), "\"%016xL%08xL\"%Z",
                        (int64_t) h1, (int64_t) h2);
}


/* A big body of which little has changed since the last time. */
static ngx_int_t
ngx_http_hr_answer_seal_parts(ngx_http_hr_answer_t *a, bool gzip)
{
    hr_gzip_sum_t  sum;

    if (hr_gzip_parts(a->memo, hr_buf_view(&a->body), a->cuts,
                      gzip ? &a->gzip : NULL, &sum)
        != HR_OK)
    {
        hr_buf_release(&a->gzip);
        return NGX_DECLINED;
    }

    if (a->etag[0] == '\0') {
        ngx_http_hr_answer_tag(a, sum.hash, sum.crc);
    }

    return NGX_OK;
}


void
ngx_http_hr_answer_seal(ngx_http_hr_answer_t *a, bool gzip)
{
    uint64_t  h1, h2;

    if (a->body.err != HR_OK) {
        return;
    }

    if (a->cuts != NULL && a->cuts->n != 0
        && ngx_http_hr_answer_seal_parts(a, gzip) == NGX_OK)
    {
        return;
    }

    if (a->etag[0] == '\0') {
        /* two independent 64-bit hashes of the bytes: strong enough to compare by */
        h1 = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, a->body.data, a->body.len);
        h2 = (uint64_t) crc32(0, (Bytef *) a->body.data, (uInt) a->body.len);
        ngx_http_hr_answer_tag(a, h1, (uint32_t) h2);
    }

    if (gzip && a->body.len >= NGX_HTTP_HR_GZIP_MIN
        && ngx_http_hr_types[a->type].gzip)
    {
        ngx_http_hr_answer_gzip(a);
    }
}


/* One tag of If-None-Match at *p; moves *p behind it. */
static ngx_uint_t
ngx_http_hr_tag_equal(u_char **p, u_char *end, const ngx_str_t *etag)
{
    size_t   len;
    u_char  *start;

    if (end - *p >= 2 && (*p)[0] == 'W' && (*p)[1] == '/') {
        *p += 2;
    }

    start = *p;

    if (start < end && *start == '"') {
        (*p)++;

        while (*p < end && **p != '"') {
            (*p)++;
        }

        if (*p < end) {
            (*p)++;
        }

    } else {
        while (*p < end && **p != ',') {
            (*p)++;
        }
    }

    len = *p - start;

    if (len == etag->len && ngx_memcmp(start, etag->data, len) == 0) {
        return 1;
    }

    /* the gzip form of the same bytes: "tag-gz" */
    return len == etag->len + sizeof(NGX_HTTP_HR_GZIP_SUFFIX) - 1
           && ngx_memcmp(start, etag->data, etag->len - 1) == 0
           && ngx_memcmp(start + etag->len - 1, NGX_HTTP_HR_GZIP_SUFFIX "\"",
                         sizeof(NGX_HTTP_HR_GZIP_SUFFIX)) == 0;
}


ngx_uint_t
ngx_http_hr_tag_listed(const ngx_str_t *list, const ngx_str_t *etag)
{
    u_char  *p, *end;

    if (etag->len < 2) {
        return 0;
    }

    if (list->len == 1 && list->data[0] == '*') {
        return 1;
    }

    p = list->data;
    end = p + list->len;

    while (p < end) {
        while (p < end && (*p == ' ' || *p == ',' || *p == '\t')) {
            p++;
        }

        if (p < end && ngx_http_hr_tag_equal(&p, end, etag)) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_http_hr_none_match(ngx_http_request_t *r, const ngx_str_t *etag)
{
    return r->headers_in.if_none_match != NULL
           && ngx_http_hr_tag_listed(&r->headers_in.if_none_match->value, etag);
}


static ngx_int_t
ngx_http_hr_cache_headers(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t status)
{
    ngx_str_t  no_store = ngx_string("no-store");
    ngx_str_t  revalidate = ngx_string("private, no-cache");

    if (status < 400 && ctx->route != NULL
        && (ctx->route->flags & NGX_HTTP_HR_REVALIDATE))
    {
        return ngx_http_hr_header(r, "Cache-Control", revalidate);
    }

    if (status >= 400 || ctx->route == NULL
        || (ctx->route->flags & NGX_HTTP_HR_NO_STORE))
    {
        return ngx_http_hr_header(r, "Cache-Control", no_store);
    }

    return NGX_OK;
}


/* What a kept copy depends on: its coding, and the language of its texts. */
static ngx_int_t
ngx_http_hr_vary_header(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t has_gzip)
{
    ngx_uint_t  kept;
    ngx_str_t   coding = ngx_string("Accept-Encoding");
    ngx_str_t   language = ngx_string("Accept-Language");
    ngx_str_t   both = ngx_string("Accept-Encoding, Accept-Language");

    kept = ctx->route != NULL && (ctx->route->flags & NGX_HTTP_HR_REVALIDATE);

    if (!kept) {
        return has_gzip ? ngx_http_hr_header(r, "Vary", coding) : NGX_OK;
    }

    return ngx_http_hr_header(r, "Vary", has_gzip ? both : language);
}


static ngx_int_t
ngx_http_hr_etag_header(ngx_http_request_t *r, const u_char *etag, size_t len,
    ngx_uint_t gzip)
{
    u_char           *p;
    ngx_table_elt_t  *h;

    if (len < 2) {
        return NGX_OK;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 0;
    h->value.data = ngx_pnalloc(r->pool, len + sizeof(NGX_HTTP_HR_GZIP_SUFFIX));
    if (h->value.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(h->value.data, etag, len);

    if (gzip) {
        p = ngx_cpymem(p - 1, NGX_HTTP_HR_GZIP_SUFFIX "\"",
                       sizeof(NGX_HTTP_HR_GZIP_SUFFIX));
    }

    h->value.len = p - h->value.data;
    h->hash = 1;
    ngx_str_set(&h->key, "ETag");
    ngx_http_hr_header_end(h);

    r->headers_out.etag = h;        /* the range filter compares If-Range with it */

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_not_modified(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_str_t *etag, ngx_uint_t has_gzip)
{
    /* the headers that the 200 would have had (RFC 9110, 15.4.5) */
    if (ngx_http_hr_vary_header(r, ctx, has_gzip) != NGX_OK
        || ngx_http_hr_etag_header(r, etag->data, etag->len,
                                   ctx->gzip_ok && has_gzip)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_hr_send(r, ctx, NGX_HTTP_NOT_MODIFIED,
                            NGX_HTTP_HR_TYPE_JSON, NULL, 0);
}


/*
 * A body that nobody has read would be taken for the next request of the
 * connection: it is thrown away, or the connection ends with this answer.
 */
static void
ngx_http_hr_drop_body(ngx_http_request_t *r)
{
    if (r->request_body != NULL || r->discard_body
        || (r->headers_in.content_length_n <= 0 && !r->headers_in.chunked))
    {
        return;
    }

    if (r->headers_in.expect != NULL && !r->expect_tested) {
        /* the client may now send its body or not: nobody can tell */
        r->expect_tested = 1;
        r->keepalive = 0;
        return;
    }

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        r->keepalive = 0;
    }
}


/* Everything of the head but the length. */
ngx_int_t
ngx_http_hr_answer_head(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t status, ngx_http_hr_type_t type)
{
    ngx_http_hr_drop_body(r);

    if (ngx_http_hr_common_headers(r, ctx) != NGX_OK
        || ngx_http_hr_cache_headers(r, ctx, status) != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->headers_out.status = status;
    r->headers_out.last_modified_time = -1;

    /* conditions are judged here, before a change; nginx would do it after it */
    r->disable_not_modified = 1;

    /* nginx has no reason phrase for these */
    if (status == 422) {
        ngx_str_set(&r->headers_out.status_line, "422 Unprocessable Entity");

    } else if (status == 431) {
        ngx_str_set(&r->headers_out.status_line,
                    "431 Request Header Fields Too Large");
    }

    if (status != NGX_HTTP_NOT_MODIFIED) {
        r->headers_out.content_length_n = -1;
        r->headers_out.content_type = ngx_http_hr_types[type].name;
        r->headers_out.content_type_len = ngx_http_hr_types[type].bare;
        r->headers_out.content_type_lowcase = NULL;
    }

    return NGX_OK;
}


/* The header and the body; the one place where a whole answer leaves. */
static ngx_int_t
ngx_http_hr_send(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t status, ngx_http_hr_type_t type, ngx_chain_t *out, size_t len)
{
    ngx_int_t     rc;
    ngx_chain_t  *cl;

    if (ngx_http_hr_answer_head(r, ctx, status, type) != NGX_OK) {
        return NGX_ERROR;
    }

    if (status != NGX_HTTP_NOT_MODIFIED) {
        r->headers_out.content_length_n = (off_t) len;
    }

    if (status == NGX_HTTP_NOT_MODIFIED || len == 0) {
        r->header_only = 1;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    for (cl = out; cl->next != NULL; cl = cl->next) { /* void */ }

    cl->buf->last_buf = (r == r->main) ? 1 : 0;
    cl->buf->last_in_chain = 1;

    return ngx_http_output_filter(r, out);
}


static void
ngx_http_hr_free(void *data)
{
    free(data);
}


/* A chain over malloc'ed bytes that are freed with the request. */
static ngx_chain_t *
ngx_http_hr_answer_chain(ngx_http_request_t *r, hr_buf_t *buf, size_t *len)
{
    char                *data;
    ngx_buf_t           *b;
    ngx_chain_t         *cl;
    ngx_pool_cleanup_t  *cln;

    b = ngx_calloc_buf(r->pool);
    cl = ngx_alloc_chain_link(r->pool);
    cln = ngx_pool_cleanup_add(r->pool, 0);

    if (b == NULL || cl == NULL || cln == NULL) {
        return NULL;
    }

    data = hr_buf_steal(buf, len);
    cln->handler = ngx_http_hr_free;
    cln->data = data;

    b->pos = (u_char *) data;
    b->last = b->pos + *len;
    b->start = b->pos;
    b->end = b->last;
    b->memory = 1;
    cl->buf = b;
    cl->next = NULL;

    return cl;
}


static void
ngx_http_hr_answer_store(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_answer_t *a)
{
    ngx_http_hr_cache_item_t  item;

    if (ctx->cache_key.len == 0 || a->status != NGX_HTTP_OK
        || !ctx->conf->cache_on
        || !ngx_http_hr_epochs_current(&ctx->epochs))
    {
        return;
    }

    ngx_memzero(&item, sizeof(item));
    item.key = ctx->cache_key;
    item.body.data = (u_char *) a->body.data;
    item.body.len = a->body.len;
    item.gzip.data = (u_char *) a->gzip.data;
    item.gzip.len = a->gzip.len;
    item.etag.data = (u_char *) a->etag;
    item.etag.len = ngx_strlen(a->etag);
    item.content_type = a->type;
    item.modified = ngx_time();
    item.epochs = ctx->epochs;
    item.ttl = (ctx->route->flags & NGX_HTTP_HR_CACHE_SECOND) ? 1000 : 0;

    (void) ngx_http_hr_cache_put(ctx->conf->cache, &item);
}


static ngx_int_t
ngx_http_hr_encoding_headers(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t has_gzip, ngx_uint_t gzip)
{
    ngx_table_elt_t  *h;

    if (ngx_http_hr_vary_header(r, ctx, has_gzip) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!gzip) {
        return NGX_OK;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    ngx_str_set(&h->key, "Content-Encoding");
    ngx_str_set(&h->value, "gzip");
    ngx_http_hr_header_end(h);
    r->headers_out.content_encoding = h;

    return NGX_OK;
}


/* Is there a gzip form, for this client or for another one? */
static ngx_uint_t
ngx_http_hr_answer_codes(const ngx_http_hr_answer_t *a)
{
    return a->gzip.len != 0
           || (a->coded && a->body.len >= NGX_HTTP_HR_GZIP_MIN
               && ngx_http_hr_types[a->type].gzip);
}


static ngx_int_t
ngx_http_hr_answer_headers(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_answer_t *a, ngx_uint_t gzip)
{
    ngx_str_t  retry;

    if (ngx_http_hr_encoding_headers(r, ctx, ngx_http_hr_answer_codes(a), gzip) != NGX_OK
        || ngx_http_hr_etag_header(r, (u_char *) a->etag, ngx_strlen(a->etag),
                                   gzip)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (a->disposition.len
        && ngx_http_hr_header(r, "Content-Disposition", a->disposition)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (a->retry_after) {
        retry.data = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
        if (retry.data == NULL) {
            return NGX_ERROR;
        }

        retry.len = ngx_sprintf(retry.data, "%ui", a->retry_after) - retry.data;

        return ngx_http_hr_header(r, "Retry-After", retry);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_answer(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_answer_t *a)
{
    size_t        len;
    ngx_int_t     rc;
    ngx_str_t     etag;
    ngx_uint_t    gzip;
    ngx_chain_t  *out;

    if (a->body.err == HR_OK) {
        ngx_http_hr_answer_store(r, ctx, a);
    }

    /* those who wait for this body find it now, or see that there is none */
    ngx_http_hr_wait_end(ctx);

    if (a->body.err != HR_OK) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "hr: answer not complete (%i)", (ngx_int_t) a->body.err);
        ngx_http_hr_answer_release(a);
        return ngx_http_hr_error(r, ctx, HR_E_INTERNAL);
    }

    etag.data = (u_char *) a->etag;
    etag.len = ngx_strlen(a->etag);

    if (a->status == NGX_HTTP_OK && etag.len
        && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
        && ngx_http_hr_none_match(r, &etag))
    {
        rc = ngx_http_hr_not_modified(r, ctx, &etag, ngx_http_hr_answer_codes(a));
        ngx_http_hr_answer_release(a);
        return rc;
    }

    gzip = ctx->gzip_ok && a->gzip.len != 0;

    if (ngx_http_hr_answer_headers(r, ctx, a, gzip) != NGX_OK) {
        ngx_http_hr_answer_release(a);
        return NGX_ERROR;
    }

    out = NULL;
    len = gzip ? a->gzip.len : a->body.len;

    if (len != 0) {
        out = ngx_http_hr_answer_chain(r, gzip ? &a->gzip : &a->body, &len);
        if (out == NULL) {
            ngx_http_hr_answer_release(a);
            return NGX_ERROR;
        }
    }

    rc = ngx_http_hr_send(r, ctx, a->status, a->type, out, len);
    ngx_http_hr_answer_release(a);

    return rc;
}


ngx_int_t
ngx_http_hr_answer_constant(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_answer_t *a)
{
    ngx_buf_t       *b;
    ngx_str_t        etag;
    ngx_uint_t       gzip;
    ngx_chain_t     *cl;
    const hr_buf_t  *form;

    etag.data = (u_char *) a->etag;
    etag.len = ngx_strlen(a->etag);

    if (ngx_http_hr_none_match(r, &etag)) {
        return ngx_http_hr_not_modified(r, ctx, &etag, a->gzip.len != 0);
    }

    gzip = ctx->gzip_ok && a->gzip.len != 0;
    form = gzip ? &a->gzip : &a->body;

    b = ngx_calloc_buf(r->pool);
    cl = ngx_alloc_chain_link(r->pool);

    if (b == NULL || cl == NULL
        || ngx_http_hr_answer_headers(r, ctx, a, gzip) != NGX_OK)
    {
        return NGX_ERROR;
    }

    b->pos = (u_char *) form->data;
    b->last = b->pos + form->len;
    b->memory = 1;
    cl->buf = b;
    cl->next = NULL;

    return ngx_http_hr_send(r, ctx, a->status, a->type, cl, form->len);
}


ngx_int_t
ngx_http_hr_answer_cached(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_str_t                 etag;
    ngx_http_hr_cache_hit_t   hit;

    if (!ctx->conf->cache_on || ctx->cache_key.len == 0) {
        return NGX_DECLINED;
    }

    if (ngx_http_hr_cache_get(ctx->conf->cache, &ctx->cache_key, ctx->gzip_ok,
                              r->method == NGX_HTTP_HEAD
                              || r->headers_in.if_none_match != NULL,
                              r->pool, &hit)
        != NGX_OK)
    {
        return NGX_DECLINED;
    }

    etag.data = hit.etag;
    etag.len = hit.etag_len;

    if (ngx_http_hr_none_match(r, &etag)) {
        ctx->cache_hit = 1;
        return ngx_http_hr_not_modified(r, ctx, &etag, hit.has_gzip);
    }

    if (hit.out == NULL && hit.len != 0 && r->method != NGX_HTTP_HEAD) {
        /* the client's tag is an old one: now the body is wanted after all */
        rc = ngx_http_hr_cache_get(ctx->conf->cache, &ctx->cache_key,
                                   ctx->gzip_ok, 0, r->pool, &hit);
        if (rc != NGX_OK) {
            return NGX_DECLINED;
        }
    }

    ctx->cache_hit = 1;

    if (ngx_http_hr_encoding_headers(r, ctx, hit.has_gzip, hit.gzip) != NGX_OK
        || ngx_http_hr_etag_header(r, hit.etag, hit.etag_len, hit.gzip)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_hr_send(r, ctx, NGX_HTTP_OK, hit.content_type, hit.out,
                            hit.len);
}


ngx_int_t
ngx_http_hr_error(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    hr_error_kind_t kind)
{
    ngx_http_hr_error_args_t  args;

    ngx_memzero(&args, sizeof(args));

    return ngx_http_hr_error_with(r, ctx, kind, &args);
}


ngx_int_t
ngx_http_hr_error_with(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    hr_error_kind_t kind, const ngx_http_hr_error_args_t *args)
{
    ngx_str_t             bearer = ngx_string("Bearer");
    ngx_uint_t            level;
    ngx_http_hr_answer_t  a;

    ngx_http_hr_answer_init(&a, 256 * 1024);
    a.status = hr_error_status(kind);
    a.retry_after = args->retry_after;
    ctx->cache_key.len = 0;

    if (a.retry_after == 0 && (a.status == 503 || a.status == 429)) {
        a.retry_after = a.status == 503 ? 2 : 60;
    }

    if (a.status == NGX_HTTP_UNAUTHORIZED
        && ngx_http_hr_header(r, "WWW-Authenticate", bearer) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (args->allow.len
        && ngx_http_hr_header(r, "Allow", args->allow) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (hr_envelope_error(&a.body, &ctx->answer, kind, args->message,
                          args->detail, args->details)
        != HR_OK)
    {
        ngx_http_hr_answer_release(&a);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    level = a.status >= 500 ? NGX_LOG_ERR : NGX_LOG_INFO;
    ngx_log_error(level, r->connection->log, 0, "hr: %ui %s, request id %s", a.status,
                  hr_error_code(kind), ctx->answer.request_id);

    return ngx_http_hr_answer(r, ctx, &a);
}
