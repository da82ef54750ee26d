#include "ngx_http_hr_api.h"
#include "ngx_http_hr_otlp.h"


/* Health checks and readings of figures come by the second and would be all there is. */
static ngx_uint_t
ngx_http_hr_span_wanted(const ngx_http_hr_route_t *route)
{
    return ngx_strncmp(route->pattern, "/api/", 5) == 0;
}


/*
 * No path, no query, no name: searches for people stand in them.  What was asked is
 * told by the route, who asked by the number of the account.
 */
void
ngx_http_hr_span(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, uint64_t took)
{
    char                       name[160], user[24];
    hr_str_t                   method;
    hr_span_t                  span;
    ngx_http_hr_trace_ctx_t   *trace;
    const ngx_http_hr_route_t *route = ctx->route;

    if (!ngx_http_hr_span_wanted(route)) {
        return;
    }

    trace = ngx_http_hr_traced(r, ctx);

    if (trace == NULL || !trace->own.sampled) {
        return;
    }

    method = ngx_http_hr_str(&r->method_name);
    user[0] = '\0';

    if (ctx->user.id != 0) {
        (void) snprintf(user, sizeof(user), "%lld", (long long) ctx->user.id);
    }

    const hr_attr_t  attrs[] = {
        { "http.request.method", HR_ATTR_STR, method, 0, 0.0 },
        { "http.route", HR_ATTR_STR, hr_str_from_c(route->pattern), 0, 0.0 },
        { "http.response.status_code", HR_ATTR_INT, HR_STR(""),
          (int64_t) r->headers_out.status, 0.0 },
        { "url.scheme", HR_ATTR_STR,
          ngx_http_hr_is_tls(r) ? HR_STR("https") : HR_STR("http"), 0, 0.0 },
        { "user.id", HR_ATTR_STR, hr_str_from_c(user), 0, 0.0 },
        { "hr.operation", HR_ATTR_STR, hr_str_from_c(route->name), 0, 0.0 },
        { "hr.request_id", HR_ATTR_STR, hr_str_from_c(ctx->answer.request_id), 0, 0.0 },
        { "hr.cache", HR_ATTR_STR, hr_str_from_c(ngx_http_hr_cache_word(ctx)), 0, 0.0 },
        { "hr.db_seconds", HR_ATTR_DOUBLE, HR_STR(""), 0, (double) ctx->db_usec / 1e6 },
        { "hr.task_id", HR_ATTR_STR, hr_str_from_c(ctx->job), 0, 0.0 },
    };

    (void) snprintf(name, sizeof(name), "%.*s %s", (int) method.len, method.data,
                    route->pattern);

    ngx_memzero(&span, sizeof(span));
    span.name = hr_str_from_c(name);
    span.kind = HR_SPAN_SERVER;
    span.context = trace->own;
    span.parent = hr_str_from_c(trace->parent);
    span.tracestate = ngx_http_hr_str(&trace->state);
    span.ended = hr_time_now();
    span.started = span.ended - (hr_instant_t) took;
    span.attrs = attrs;
    span.count = sizeof(attrs) / sizeof(attrs[0]);
    span.failed = r->headers_out.status >= NGX_HTTP_INTERNAL_SERVER_ERROR;

    ngx_http_hr_otlp_push(&span);
}
