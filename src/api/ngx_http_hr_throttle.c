#include "ngx_http_hr_throttle.h"


#define NGX_HTTP_HR_THROTTLE_WINDOW  60         /* seconds */
#define NGX_HTTP_HR_THROTTLE_NAME    800        /* bytes of a name that tell it apart */


/* The bytes of an address that count; returns their number, at most 64. */
static size_t
ngx_http_hr_throttle_network(hr_str_t address, u_char out[64])
{
    size_t           len;
    u_char           v6[16];
    static u_char    mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

    if (ngx_inet6_addr((u_char *) address.data, address.len, v6) == NGX_OK) {

        if (ngx_memcmp(v6, mapped, 12) == 0) {
            len = (size_t) snprintf((char *) out, 64, "%u.%u.%u.%u", v6[12], v6[13],
                                    v6[14], v6[15]);
            return len;
        }

        ngx_memcpy(out, v6, 8);
        return 8;
    }

    len = ngx_min(address.len, 64);
    ngx_memcpy(out, address.data, len);

    return len;
}


void
ngx_http_hr_throttle_init(ngx_http_hr_throttle_t *t,
    const ngx_http_hr_limits_t *limits, hr_str_t address, hr_str_t username)
{
    u_char  pair[64 + 1 + NGX_HTTP_HR_THROTTLE_NAME], *p;
    size_t  len;

    len = ngx_http_hr_throttle_network(address, pair);
    t->key[1] = ngx_http_hr_rate_key('a', pair, len);

    p = pair + len;
    *p++ = '\0';
    username.len = ngx_min(username.len, NGX_HTTP_HR_THROTTLE_NAME);
    p = ngx_cpymem(p, username.data, username.len);
    t->key[0] = ngx_http_hr_rate_key('p', pair, p - pair);

    t->key[2] = ngx_http_hr_rate_key('n', username.data, username.len);

    t->limit[0] = limits->login_pair;
    t->limit[1] = limits->login_address;
    t->limit[2] = limits->login_account;
}


ngx_int_t
ngx_http_hr_throttle_take(const ngx_http_hr_throttle_t *t)
{
    ngx_uint_t  i, n, refused;

    /* a refused attempt does not count: the limits are those of failures */
    for (i = 0; i < 3; i++) {
        if (t->limit[i]
            && ngx_http_hr_rate_peek(t->key[i], NGX_HTTP_HR_THROTTLE_WINDOW)
               >= t->limit[i])
        {
            return NGX_DECLINED;
        }
    }

    refused = 0;

    /* other workers may have counted since: what counting says decides */
    for (i = 0; i < 3; i++) {
        n = ngx_http_hr_rate_count(t->key[i], NGX_HTTP_HR_THROTTLE_WINDOW);
        refused |= t->limit[i] && n > t->limit[i];
    }

    if (refused) {
        ngx_http_hr_throttle_forgive(t);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


void
ngx_http_hr_throttle_forgive(const ngx_http_hr_throttle_t *t)
{
    ngx_uint_t  i;

    for (i = 0; i < 3; i++) {
        ngx_http_hr_rate_undo(t->key[i], NGX_HTTP_HR_THROTTLE_WINDOW, 1);
    }
}


void
ngx_http_hr_throttle_clear(const ngx_http_hr_throttle_t *t)
{
    ngx_http_hr_rate_undo(t->key[0], NGX_HTTP_HR_THROTTLE_WINDOW,
                          NGX_MAX_INT_T_VALUE);
    ngx_http_hr_rate_undo(t->key[1], NGX_HTTP_HR_THROTTLE_WINDOW, 1);
    ngx_http_hr_rate_undo(t->key[2], NGX_HTTP_HR_THROTTLE_WINDOW,
                          NGX_MAX_INT_T_VALUE);
}


ngx_int_t
ngx_http_hr_throttle_refuse(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_error_args_t  args;

    ngx_http_hr_count(NGX_HTTP_HR_COUNT_LOGIN_THROTTLED, 1);

    ngx_memzero(&args, sizeof(args));
    args.retry_after = NGX_HTTP_HR_THROTTLE_WINDOW
                       - ngx_time() % NGX_HTTP_HR_THROTTLE_WINDOW;
    args.message = ctx->answer.lang == HR_LANG_RU
                   ? HR_STR("Слишком много попыток входа, повторите через минуту")
                   : HR_STR("Too many login attempts, try again in a minute");

    return ngx_http_hr_error_with(r, ctx, HR_E_TOO_MANY, &args);
}
