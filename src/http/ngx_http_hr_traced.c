#include "ngx_http_hr.h"


/* A trace of our own: a part of them (sample=) is exported, all are passed on. */
static ngx_int_t
ngx_http_hr_traced_root(const ngx_http_hr_main_conf_t *hmcf, ngx_http_hr_trace_ctx_t *t)
{
    ngx_int_t  part;

    if (hr_trace_id_make(t->own.trace_id) != HR_OK) {
        return NGX_ERROR;
    }

    part = ngx_hextoi((u_char *) t->own.trace_id, 7);
    t->own.sampled = (ngx_uint_t) part % 100 < hmcf->otlp_sample;

    return NGX_OK;
}


/* The state of the other side, and whether there is one to hand on. */
static void
ngx_http_hr_traced_state(ngx_http_request_t *r, ngx_http_hr_trace_ctx_t *t)
{
    ngx_str_t  state = ngx_http_hr_request_header(r, "tracestate");

    if (hr_tracestate_valid(ngx_http_hr_str(&state))) {
        t->state = state;
    }
}


ngx_http_hr_trace_ctx_t *
ngx_http_hr_traced(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_str_t                 header;
    ngx_uint_t                given, spans;
    hr_tracecontext_t         parent;
    ngx_http_hr_trace_ctx_t  *t;

    if (ctx->trace_known) {
        return ctx->trace;
    }

    ctx->trace_known = 1;
    header = ngx_http_hr_request_header(r, "traceparent");
    given = hr_traceparent_parse(ngx_http_hr_str(&header), &parent);
    spans = ctx->conf->otlp_endpoint.len != 0;

    if (!given && !spans) {
        return NULL;
    }

    t = ngx_pcalloc(r->pool, sizeof(ngx_http_hr_trace_ctx_t));
    if (t == NULL) {
        return NULL;
    }

    if (given) {
        t->own = parent;
        ngx_memcpy(t->parent, parent.span_id, sizeof(t->parent));
        ngx_http_hr_traced_state(r, t);

    } else if (ngx_http_hr_traced_root(ctx->conf, t) != NGX_OK) {
        return NULL;
    }

    /* without spans of our own the client's is what the model call belongs to */
    if (spans && hr_span_id_make(t->own.span_id) != HR_OK) {
        return NULL;
    }

    ctx->trace = t;

    return t;
}
