#include "ngx_http_hr.h"


/*
 * Values in one body.  A batch of 2,000 positions has 20,000, a real document
 * 1,000.  A megabyte of brackets would be 300,000: 30 MB of tree, as much again
 * with each of its copies, and a document that no reader has the memory for.
 */
#define NGX_HTTP_HR_BODY_VALUES  65536


static u_char *ngx_http_hr_log_request(ngx_http_request_t *r,
    ngx_http_request_t *sr, u_char *buf, size_t len);

static void ngx_http_hr_body_ready(ngx_http_request_t *r);
static ngx_int_t ngx_http_hr_body_parse(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, ngx_int_t *rc);
static void ngx_http_hr_ctx_cleanup(void *data);


/*
 * An internal redirect to an error page takes the context away; the pool still
 * knows it, so that one request has one id (as nginx's realip module does).
 */
static ngx_http_hr_ctx_t *
ngx_http_hr_ctx_lost(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    if (!r->internal) {
        return NULL;
    }

    for (cln = r->pool->cleanup; cln != NULL; cln = cln->next) {
        if (cln->handler == ngx_http_hr_ctx_cleanup) {
            ngx_http_set_ctx(r, cln->data, ngx_http_hr_module);
            return cln->data;
        }
    }

    return NULL;
}
static void
ngx_http_hr_ctx_cleanup(void *data)
{
    ngx_http_hr_ctx_t  *ctx = data;

    if (ctx->arena != NULL) {
        hr_arena_destroy(ctx->arena);
        ctx->arena = NULL;
    }
}


ngx_http_hr_ctx_t *
ngx_http_hr_ctx(ngx_http_request_t *r)
{
    ngx_http_hr_ctx_t   *ctx;
    ngx_pool_cleanup_t  *cln;

    ctx = ngx_http_get_module_ctx(r, ngx_http_hr_module);
    if (ctx == NULL) {
        ctx = ngx_http_hr_ctx_lost(r);
    }

    if (ctx != NULL) {
        return ctx;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_hr_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_hr_ctx_t));
    cln->handler = ngx_http_hr_ctx_cleanup;

    ctx->conf = ngx_http_get_module_main_conf(r, ngx_http_hr_module);

    if (ngx_http_hr_headers_init(r, ctx) != NGX_OK) {
        return NULL;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_hr_module);
    r->log_handler = ngx_http_hr_log_request;

    return ctx;
}


/*
 * What a line of the error log says about its request.  nginx itself writes the
 * whole request line and the referrer: searches for people by name stand in there.
 */
static u_char *
ngx_http_hr_log_request(ngx_http_request_t *r, ngx_http_request_t *sr, u_char *buf,
    size_t len)
{
    u_char     *p, *args;
    ngx_str_t   path;

    path = r->unparsed_uri;
    args = path.data ? ngx_strlchr(path.data, path.data + path.len, '?') : NULL;

    if (args != NULL) {
        path.len = args - path.data;
    }

    p = ngx_snprintf(buf, len, ", request: \"%V %V\"", &r->method_name, &path);
    len -= p - buf;
    buf = p;

    if (sr->upstream != NULL && sr->upstream->peer.name != NULL) {
        p = ngx_snprintf(buf, len, ", upstream: \"%V\"", sr->upstream->peer.name);
    }

    return p;
}


hr_arena_t *
ngx_http_hr_arena(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    if (ctx->arena == NULL) {
        /* a 1 MiB body parses into at most some 20 MiB of tree */
        ctx->arena = hr_arena_create(64 * 1024 * 1024);
    }

    return ctx->arena;
}


ngx_int_t
ngx_http_hr_handler(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_http_hr_ctx_t         *ctx;
    ngx_http_hr_error_args_t   args;

    ctx = ngx_http_hr_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_hr_check_host(r, ctx, &rc) != NGX_OK) {
        return rc;
    }

    if (ngx_http_hr_preflight(r, ctx, &rc) == NGX_OK) {
        return rc;
    }

    ngx_memzero(&args, sizeof(args));

    switch (ngx_http_hr_route_match(r, ctx, &args.allow)) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        return ngx_http_hr_error(r, ctx, HR_E_NOT_FOUND);

    case NGX_ABORT:
        return ngx_http_hr_error_with(r, ctx, HR_E_METHOD, &args);

    default:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_hr_turn_note(ctx->route->name);

    if (ctx->route->body_limit == 0) {
        rc = ngx_http_discard_request_body(r);
        if (rc != NGX_OK) {
            return rc;
        }

    } else if (r->headers_in.content_length_n > (off_t) ctx->route->body_limit) {
        return ngx_http_hr_error(r, ctx, HR_E_TOO_LARGE);
    }

    rc = ngx_http_hr_guard(r, ctx);
    if (rc != NGX_OK) {
        return rc == NGX_ABORT ? NGX_OK : rc;
    }

    return ngx_http_hr_continue(r, ctx);
}


/* The address as the client sent it, without the query; "" when it is unreadable. */
static ngx_int_t
ngx_http_hr_error_path(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    u_char     *p, *end;
    ngx_str_t   path;

    p = r->unparsed_uri.data;
    end = p + r->unparsed_uri.len;

    while (p < end && *p != '?') {
        p++;
    }

    if (ngx_http_hr_decode(r, ctx, r->unparsed_uri.data,
                           p - r->unparsed_uri.data, 0, &path)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->answer.path = ngx_http_hr_str(&path);

    return NGX_OK;
}


/*
 * hr_metrics: the figures without a token and under any name of the host; who
 * may see them is the business of the location (allow, deny, auth_basic, ...).
 */
ngx_int_t
ngx_http_hr_metrics_handler(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_http_hr_ctx_t         *ctx;
    ngx_http_hr_error_args_t   args;

    ctx = ngx_http_hr_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        ngx_memzero(&args, sizeof(args));
        ngx_str_set(&args.allow, "GET, HEAD");
        return ngx_http_hr_error_with(r, ctx, HR_E_METHOD, &args);
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    ctx->route = ngx_http_hr_route_flagged(NGX_HTTP_HR_FIGURES, &ctx->route_index);

    return ctx->route == NULL ? NGX_HTTP_NOT_FOUND : ctx->route->handler(r, ctx);
}


/*
 * What was said before the refusal (a file's headers) is taken back; only 416
 * keeps the length that it names.
 */
static ngx_int_t
ngx_http_hr_error_headers(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_str_t         range;
    ngx_table_elt_t  *h = r->headers_out.content_range;

    ngx_str_null(&range);

    if (status == NGX_HTTP_RANGE_NOT_SATISFIABLE && h != NULL && h->hash) {
        range = h->value;
    }

    ngx_http_clean_header(r);

    return range.len ? ngx_http_hr_header(r, "Content-Range", range) : NGX_OK;
}


/* nginx's own refusals (413, 414, 494 ...) in the one envelope. */
ngx_int_t
ngx_http_hr_error_page_handler(ngx_http_request_t *r)
{
    ngx_uint_t                 status;
    ngx_http_hr_ctx_t         *ctx;
    ngx_http_hr_error_args_t   args;

    ctx = ngx_http_hr_ctx(r);

    if (ctx == NULL || ngx_http_hr_error_path(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    status = r->err_status ? r->err_status : NGX_HTTP_NOT_FOUND;
    r->err_status = 0;

    if (ngx_http_hr_error_headers(r, status) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* files: nothing is wrong with the connection */
    if (status != NGX_HTTP_NOT_FOUND && status != NGX_HTTP_FORBIDDEN
        && status != NGX_HTTP_RANGE_NOT_SATISFIABLE)
    {
        r->keepalive = 0;
    }

    ngx_memzero(&args, sizeof(args));

    if (status == NGX_HTTP_NOT_ALLOWED) {
        ngx_str_set(&args.allow, "GET, HEAD");
    }

    return ngx_http_hr_error_with(r, ctx, hr_error_from_status((unsigned) status),
                                  &args);
}


/* "api/profiles/..." + language + query, as far as the route's answer depends on it */
static ngx_int_t
ngx_http_hr_cache_key(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    u_char      *p;
    size_t       len;
    ngx_uint_t   i, flags;

    flags = ctx->route->flags;
    len = 8;

    for (i = 0; i < NGX_HTTP_HR_PARAMS_MAX; i++) {
        len += ctx->params[i].len + 1;
    }

    len += (flags & NGX_HTTP_HR_CACHE_QUERY) ? r->args.len : 0;

    if (len > NGX_HTTP_HR_CACHE_KEY_MAX) {
        return NGX_OK;
    }

    ctx->cache_key.data = ngx_pnalloc(r->pool, len);
    if (ctx->cache_key.data == NULL) {
        return NGX_ERROR;
    }

    p = ctx->cache_key.data;
    *p++ = (u_char) (ctx->route_index & 0xff);
    *p++ = (u_char) (ctx->route_index >> 8);
    *p++ = (u_char) ctx->answer.lang;

    for (i = 0; i < NGX_HTTP_HR_PARAMS_MAX; i++) {
        p = ngx_cpymem(p, ctx->params[i].data, ctx->params[i].len);
        *p++ = 0;
    }

    if (flags & NGX_HTTP_HR_CACHE_QUERY) {
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    ctx->cache_key.len = p - ctx->cache_key.data;

    ngx_http_hr_epochs_add_family(&ctx->epochs, NGX_HTTP_HR_EPOCH_ALL);

    if (flags & NGX_HTTP_HR_CACHE_DATA) {
        ngx_http_hr_epochs_add_family(&ctx->epochs, NGX_HTTP_HR_EPOCH_DATA);
    }

    if (flags & NGX_HTTP_HR_CACHE_PROFILES) {
        ngx_http_hr_epochs_add_family(&ctx->epochs, NGX_HTTP_HR_EPOCH_PROFILES);
    }

    if (flags & NGX_HTTP_HR_CACHE_LINKS) {
        ngx_http_hr_epochs_add_family(&ctx->epochs, NGX_HTTP_HR_EPOCH_LINKS);
    }

    if (flags & NGX_HTTP_HR_CACHE_TASKS) {
        ngx_http_hr_epochs_add_family(&ctx->epochs, NGX_HTTP_HR_EPOCH_TASKS);
    }

    if (flags & NGX_HTTP_HR_CACHE_USERS) {
        ngx_http_hr_epochs_add_family(&ctx->epochs, NGX_HTTP_HR_EPOCH_USERS);
    }

    if (flags & NGX_HTTP_HR_CACHE_PROFILE) {
        ngx_http_hr_epochs_add_slot(&ctx->epochs,
            ngx_http_hr_epoch_slot('p', (char *) ctx->params[0].data,
                                   ctx->params[0].len));
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_continue_cached(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_uint_t  look;

    /* twice at most: an entry may be there and still be of no use */
    for (look = 0; look < 2; look++) {
        rc = ngx_http_hr_answer_cached(r, ctx);
        if (rc != NGX_DECLINED) {
            return rc;
        }

        rc = ngx_http_hr_wait(r, ctx);

        if (rc == NGX_OK) {
            break;
        }

        if (rc != NGX_AGAIN) {
            return rc == NGX_DONE ? NGX_DONE : NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ctx->route->handler(r, ctx);
}


ngx_int_t
ngx_http_hr_continue(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ctx->route->flags & NGX_HTTP_HR_CACHED) {
        if (ngx_http_hr_cache_key(r, ctx) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_hr_continue_cached(r, ctx);
    }

    if (ctx->route->body_limit == 0) {
        return ctx->route->handler(r, ctx);
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, ngx_http_hr_body_ready);

    if (rc == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE) {
        return ngx_http_hr_error(r, ctx, HR_E_TOO_LARGE);
    }

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static void
ngx_http_hr_body_ready(ngx_http_request_t *r)
{
    ngx_int_t           rc;
    ngx_http_hr_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_hr_module);
    ngx_http_hr_turn_note(ctx->route->name);

    if (!(ctx->route->flags & NGX_HTTP_HR_BODY_JSON)
        || ngx_http_hr_body_parse(r, ctx, &rc) == NGX_OK)
    {
        rc = ctx->route->handler(r, ctx);
    }

    ngx_http_finalize_request(r, rc);
}


/* application/json, application/ *+json, or no type at all (api-core.md 1.7) */
static ngx_uint_t
ngx_http_hr_is_json(ngx_http_request_t *r)
{
    size_t      len;
    ngx_str_t  *v;

    if (r->headers_in.content_type == NULL) {
        return 1;
    }

    v = &r->headers_in.content_type->value;

    for (len = 0; len < v->len && v->data[len] != ';' && v->data[len] != ' ';
         len++)
    {
        /* void */
    }

    if (len == 0) {
        return 1;
    }

    if (len == 16
        && ngx_strncasecmp(v->data, (u_char *) "application/json", 16) == 0)
    {
        return 1;
    }

    return len > 17
           && ngx_strncasecmp(v->data, (u_char *) "application/", 12) == 0
           && ngx_strncasecmp(v->data + len - 5, (u_char *) "+json", 5) == 0;
}


/* The whole body in one piece; NGX_DECLINED: longer than the route allows. */
static ngx_int_t
ngx_http_hr_body_collect(ngx_http_request_t *r, size_t limit, hr_str_t *body)
{
    off_t         size;
    u_char       *p;
    ssize_t       n;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    *body = HR_STR("");

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    size = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    if (size > (off_t) limit) {
        return NGX_DECLINED;
    }

    cl = r->request_body->bufs;

    if (cl->next == NULL && !cl->buf->in_file) {
        *body = hr_str((char *) cl->buf->pos, (size_t) size);
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, (size_t) size + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    *body = hr_str((char *) p, (size_t) size);

    for (; cl; cl = cl->next) {
        b = cl->buf;

        if (b->in_file) {
            n = ngx_read_file(b->file, p, (size_t) (b->file_last - b->file_pos),
                              b->file_pos);
            if (n != (ssize_t) (b->file_last - b->file_pos)) {
                return NGX_ERROR;
            }

            p += n;
            continue;
        }

        p = ngx_cpymem(p, b->pos, b->last - b->pos);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_body_json_error(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const hr_json_info_t *info)
{
    char                     field[64];
    hr_json_t                empty;
    ngx_http_hr_problems_t   p;

    (void) ngx_snprintf((u_char *) field, sizeof(field), "body.%uz%Z",
                        info->char_offset);

    ngx_memzero(&empty, sizeof(empty));
    empty.type = HR_JSON_OBJECT;

    ngx_http_hr_problems_init(&p, ctx);
    ngx_http_hr_problem(&p, field,
                        info->text[0] ? info->text : "JSON decode error",
                        "json_invalid", &empty);

    return ngx_http_hr_problems_send(r, ctx, &p);
}


/* NGX_OK: ctx->body is set (or stays NULL); NGX_DECLINED: answered, code in *rc */
static ngx_int_t
ngx_http_hr_body_parse(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc)
{
    hr_rc_t                  parsed;
    hr_str_t                 text;
    hr_arena_t              *arena;
    hr_json_info_t           info;
    hr_json_opts_t           opts;
    ngx_http_hr_problems_t   p;

    switch (ngx_http_hr_body_collect(r, ctx->route->body_limit, &text)) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        *rc = ngx_http_hr_error(r, ctx, HR_E_TOO_LARGE);
        return NGX_DECLINED;

    default:
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    if (text.len == 0) {
        if (ctx->route->flags & NGX_HTTP_HR_BODY_OPTIONAL) {
            return NGX_OK;
        }

        ngx_http_hr_problems_init(&p, ctx);
        ngx_http_hr_problem(&p, "body", "Field required", "missing", NULL);
        *rc = ngx_http_hr_problems_send(r, ctx, &p);
        return NGX_DECLINED;
    }

    if (!ngx_http_hr_is_json(r)) {
        *rc = ngx_http_hr_error(r, ctx, HR_E_MEDIA_TYPE);
        return NGX_DECLINED;
    }

    arena = ngx_http_hr_arena(r, ctx);
    if (arena == NULL) {
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    ngx_memzero(&opts, sizeof(opts));
    ngx_memzero(&info, sizeof(info));
    opts.max_depth = 64;
    opts.max_nodes = NGX_HTTP_HR_BODY_VALUES;

    parsed = hr_json_parse(arena, text, &opts, &ctx->body, &info);

    if (parsed == HR_NOMEM) {
        *rc = ngx_http_hr_error(r, ctx, HR_E_OVERLOAD);
        return NGX_DECLINED;
    }

    if (parsed != HR_OK) {
        ctx->body = NULL;
        /* bytes that are no text at all: 400 (api-core.md 1.4, E3) */
        *rc = info.bad_utf8 ? ngx_http_hr_error(r, ctx, HR_E_BAD_REQUEST)
                            : ngx_http_hr_body_json_error(r, ctx, &info);
        return NGX_DECLINED;
    }

    if (ctx->body->type == HR_JSON_NULL
        && !(ctx->route->flags & NGX_HTTP_HR_BODY_OPTIONAL))
    {
        ngx_http_hr_problems_init(&p, ctx);
        ngx_http_hr_problem(&p, "body", "Field required", "missing", NULL);
        *rc = ngx_http_hr_problems_send(r, ctx, &p);
        return NGX_DECLINED;
    }

    return NGX_OK;
}
