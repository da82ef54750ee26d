#include "ngx_http_hr.h"


#define NGX_HTTP_HR_COOKIE_NAME  "hr_download"

static ngx_http_hr_session_loader_pt  ngx_http_hr_guard_loader;


void
ngx_http_hr_guard_set_loader(ngx_http_hr_session_loader_pt loader)
{
    ngx_http_hr_guard_loader = loader;
}


/* "Bearer <token>": the scheme in any case, exactly one blank (api-core.md 1.12) */
static ngx_int_t
ngx_http_hr_bearer(ngx_http_request_t *r, ngx_str_t *token)
{
    ngx_str_t  *v;

    if (r->headers_in.authorization == NULL) {
        return NGX_DECLINED;
    }

    v = &r->headers_in.authorization->value;

    if (v->len < 8 || ngx_strncasecmp(v->data, (u_char *) "Bearer ", 7) != 0
        || v->data[7] == ' ')
    {
        return NGX_DECLINED;
    }

    token->data = v->data + 7;
    token->len = v->len - 7;

    return NGX_OK;
}


/* The download cookie stands in for the header on GET downloads only (P-31). */
static ngx_int_t
ngx_http_hr_guard_cookie(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_str_t  name = ngx_string(NGX_HTTP_HR_COOKIE_NAME);

    if (!(ctx->route->flags & NGX_HTTP_HR_COOKIE_OK)
        || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
        || !ngx_http_hr_has_cookie(r)
        || !ngx_http_hr_cookie(r, &name, &ctx->token)
        || ctx->token.len == 0)
    {
        return NGX_DECLINED;
    }

    ctx->by_cookie = 1;

    return NGX_OK;
}


ngx_uint_t
ngx_http_hr_is_tls(ngx_http_request_t *r)
{
    ngx_str_t                 proto;
    ngx_http_hr_main_conf_t  *hmcf;

#if (NGX_HTTP_SSL)
    if (r->connection->ssl) {
        return 1;
    }
#endif

    hmcf = ngx_http_get_module_main_conf(r, ngx_http_hr_module);

    if (hmcf->trusted_proxies == NULL
        || ngx_cidr_match(r->connection->sockaddr, hmcf->trusted_proxies)
           != NGX_OK)
    {
        return 0;
    }

    proto = ngx_http_hr_request_header(r, "X-Forwarded-Proto");

    return proto.len == 5 && ngx_strncasecmp(proto.data, (u_char *) "https", 5) == 0;
}


ngx_str_t
ngx_http_hr_client_address(ngx_http_request_t *r)
{
    u_char                   *p;
    ngx_str_t                 forwarded, address;
    ngx_http_hr_main_conf_t  *hmcf;

    hmcf = ngx_http_get_module_main_conf(r, ngx_http_hr_module);
    address = r->connection->addr_text;

    if (hmcf->trusted_proxies == NULL
        || ngx_cidr_match(r->connection->sockaddr, hmcf->trusted_proxies)
           != NGX_OK)
    {
        return address;
    }

    /* the last element is what the trusted proxy itself has seen */
    forwarded = ngx_http_hr_request_header(r, "X-Forwarded-For");
    if (forwarded.len == 0) {
        return address;
    }

    for (p = forwarded.data + forwarded.len; p > forwarded.data; p--) {
        if (p[-1] == ',' || p[-1] == ' ') {
            break;
        }
    }

    forwarded.len -= p - forwarded.data;
    forwarded.data = p;

    return forwarded.len > 0 && forwarded.len <= NGX_SOCKADDR_STRLEN ? forwarded
                                                                     : address;
}


static ngx_int_t
ngx_http_hr_guard_verify(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    hr_rc_t           rc;
    hr_arena_t       *arena;
    hr_jwt_keys_t     keys;
    hr_jwt_claims_t   claims;

    if (ctx->token.len > HR_JWT_MAX) {
        return NGX_DECLINED;
    }

    arena = ngx_http_hr_arena(r, ctx);
    if (arena == NULL) {
        return NGX_BUSY;
    }

    keys.current = ngx_http_hr_str(&ctx->conf->secret);
    keys.previous = ngx_http_hr_str(&ctx->conf->old_secret);

    rc = hr_jwt_verify(arena, &keys, ngx_http_hr_str(&ctx->token), ngx_time(),
                       &claims);

    if (rc != HR_OK) {
        /* without memory nothing is known about the token: it stays good */
        return rc == HR_NOMEM || rc == HR_ERROR ? NGX_BUSY : NGX_DECLINED;
    }

    return ngx_http_hr_guard_loader(r, ctx, &claims);
}


ngx_int_t
ngx_http_hr_guard(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ctx->route->access == NGX_HTTP_HR_PUBLIC) {
        return NGX_OK;
    }

    if (ngx_http_hr_bearer(r, &ctx->token) != NGX_OK
        && ngx_http_hr_guard_cookie(r, ctx) != NGX_OK)
    {
        rc = ngx_http_hr_error(r, ctx, HR_E_UNAUTHORIZED);
        return rc == NGX_OK ? NGX_ABORT : rc;
    }

    if (ngx_http_hr_session_get(&ctx->token, &ctx->user, NULL, NULL) == NGX_OK) {
        ctx->authenticated = 1;
        return ngx_http_hr_guard_rights(r, ctx);
    }

    rc = ngx_http_hr_guard_verify(r, ctx);

    if (rc == NGX_DECLINED) {
        rc = ngx_http_hr_error(r, ctx, HR_E_TOKEN);
        return rc == NGX_OK ? NGX_ABORT : rc;
    }

    if (rc == NGX_BUSY) {
        rc = ngx_http_hr_error(r, ctx, HR_E_OVERLOAD);
        return rc == NGX_OK ? NGX_ABORT : rc;
    }

    return rc;
}


/* Rate and role; NGX_ABORT: answered. */
ngx_int_t
ngx_http_hr_guard_rights(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 n;
    ngx_http_hr_error_args_t   args;

    if (ctx->conf->limits.api && !(ctx->route->flags & NGX_HTTP_HR_NO_RATE)) {
        n = ngx_http_hr_rate_count(
                ngx_http_hr_rate_key('r', &ctx->user.id, sizeof(ctx->user.id)),
                60);

        if (n > ctx->conf->limits.api) {
            ngx_http_hr_count(NGX_HTTP_HR_COUNT_RATE_LIMITED, 1);
            ngx_memzero(&args, sizeof(args));
            args.retry_after = 60 - ngx_time() % 60;
            rc = ngx_http_hr_error_with(r, ctx, HR_E_TOO_MANY, &args);
            return rc == NGX_OK ? NGX_ABORT : rc;
        }
    }

    if (ctx->user.role < ctx->route->access) {
        rc = ngx_http_hr_error(r, ctx, HR_E_FORBIDDEN);
        return rc == NGX_OK ? NGX_ABORT : rc;
    }

    return NGX_OK;
}


void
ngx_http_hr_guard_loaded(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    hr_error_kind_t error)
{
    ngx_int_t  rc;

    if (error != HR_E_NONE) {
        rc = ngx_http_hr_error(r, ctx, error);

    } else {
        ctx->authenticated = 1;
        rc = ngx_http_hr_guard_rights(r, ctx);

        if (rc == NGX_OK) {
            rc = ngx_http_hr_continue(r, ctx);

        } else if (rc == NGX_ABORT) {
            rc = NGX_OK;
        }
    }

    ngx_http_finalize_request(r, rc);
}
