#include "ngx_http_hr_org.h"

#include "hr_text.h"


ngx_http_hr_work_t *
ngx_http_hr_org_work(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, size_t in_size)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, in_size, 512 * 1024 * 1024);
    if (w == NULL) {
        return NULL;
    }

    if (ngx_http_hr_work_hold_data(w) != NGX_OK) {
        ngx_http_hr_work_free(w);
        return NULL;
    }

    w->gzip = true;
    w->etag = true;

    return w;
}


hr_str_t
ngx_http_hr_org_loaded(ngx_http_hr_work_t *w)
{
    char    text[HR_TIME_MAX];
    size_t  len;

    len = hr_time_format((hr_instant_t) w->data.loaded * 1000000,
                         w->answer.naive ? HR_TIME_WIRE_NAIVE : HR_TIME_WIRE_Z,
                         text);

    return hr_arena_str(w->arena, hr_str(text, len));
}


ngx_int_t
ngx_http_hr_org_param(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t param, const char *name, size_t max, ngx_int_t *rc)
{
    char                    field[80], message[80];
    hr_str_t                text;
    ngx_http_hr_problems_t  p;

    text = ngx_http_hr_str(&ctx->params[param]);

    if (hr_utf8_count(text) <= max) {
        return NGX_OK;
    }

    (void) snprintf(field, sizeof(field), "path.%s", name);
    (void) snprintf(message, sizeof(message),
                    "String should have at most %zu characters", max);

    ngx_http_hr_problems_init(&p, ctx);
    ngx_http_hr_problem_text(&p, field, message, "string_too_long", text);
    *rc = ngx_http_hr_problems_send(r, ctx, &p);

    return NGX_DECLINED;
}
