#include "ngx_http_hr_api.h"


/* Variables for log_format: numbers and ids, never a name (docs/directives.md). */

/* The text in buf or a constant one; {0, NULL}: there is none, which is "-" in a log. */
typedef ngx_str_t (*ngx_http_hr_variable_pt)(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, u_char *buf);

#define NGX_HTTP_HR_VARIABLE_BUF  64

typedef struct {
    ngx_str_t                  name;
    ngx_uint_t                 routed;      /* only where a route was found */
    ngx_http_hr_variable_pt    text;
} ngx_http_hr_variable_t;


static ngx_str_t
ngx_http_hr_variable_c(const char *text)
{
    ngx_str_t  s;

    s.data = (u_char *) text;
    s.len = ngx_strlen(text);

    return s;
}


static ngx_str_t
ngx_http_hr_variable_to(u_char *buf, u_char *end)
{
    ngx_str_t  s;

    s.data = buf;
    s.len = end - buf;

    return s;
}


const char *
ngx_http_hr_cache_word(const ngx_http_hr_ctx_t *ctx)
{
    return ctx->cache_hit ? "HIT"
           : (ctx->route->flags & NGX_HTTP_HR_CACHED) ? "MISS" : "-";
}


static ngx_str_t
ngx_http_hr_variable_route(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, u_char *buf)
{
    return ngx_http_hr_variable_c(ctx->route->name);
}


/* the number of the account */
static ngx_str_t
ngx_http_hr_variable_user(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, u_char *buf)
{
    ngx_str_t  none = ngx_null_string;

    return ctx->user.id != 0
           ? ngx_http_hr_variable_to(buf, ngx_sprintf(buf, "%L", ctx->user.id)) : none;
}


/* seconds in the threads of the database */
static ngx_str_t
ngx_http_hr_variable_db_time(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, u_char *buf)
{
    return ngx_http_hr_variable_to(buf, ngx_sprintf(buf, "%uL.%06uL",
                                                    ctx->db_usec / 1000000,
                                                    ctx->db_usec % 1000000));
}


static ngx_str_t
ngx_http_hr_variable_cache(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, u_char *buf)
{
    return ngx_http_hr_variable_c(ngx_http_hr_cache_word(ctx));
}


static ngx_str_t
ngx_http_hr_variable_request_id(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    u_char *buf)
{
    return ngx_http_hr_variable_c(ctx->answer.request_id);
}


static ngx_str_t
ngx_http_hr_variable_job(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, u_char *buf)
{
    ngx_str_t  none = ngx_null_string;

    return ctx->job[0] != '\0' ? ngx_http_hr_variable_c(ctx->job) : none;
}


static ngx_str_t
ngx_http_hr_variable_tokens(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, u_char *buf)
{
    ngx_str_t  none = ngx_null_string;

    return ctx->tokens > 0
           ? ngx_http_hr_variable_to(buf, ngx_sprintf(buf, "%L", ctx->tokens)) : none;
}


static ngx_str_t
ngx_http_hr_variable_trace_id(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    u_char *buf)
{
    ngx_str_t                 none = ngx_null_string;
    ngx_http_hr_trace_ctx_t  *trace = ngx_http_hr_traced(r, ctx);

    return trace != NULL ? ngx_http_hr_variable_c(trace->own.trace_id) : none;
}


static ngx_http_hr_variable_t  ngx_http_hr_variables[] = {
    { ngx_string("hr_route"), 1, ngx_http_hr_variable_route },
    { ngx_string("hr_user"), 1, ngx_http_hr_variable_user },
    { ngx_string("hr_db_time"), 1, ngx_http_hr_variable_db_time },
    { ngx_string("hr_cache"), 1, ngx_http_hr_variable_cache },
    { ngx_string("hr_request_id"), 0, ngx_http_hr_variable_request_id },
    { ngx_string("hr_job"), 1, ngx_http_hr_variable_job },
    { ngx_string("hr_tokens"), 1, ngx_http_hr_variable_tokens },
    { ngx_string("hr_trace_id"), 1, ngx_http_hr_variable_trace_id },
};


static ngx_int_t
ngx_http_hr_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    u_char                        *buf;
    ngx_str_t                      text;
    ngx_http_hr_ctx_t             *ctx;
    const ngx_http_hr_variable_t  *var = &ngx_http_hr_variables[data];

    ctx = ngx_http_get_module_ctx(r, ngx_http_hr_module);

    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;

    /* a location of plain files has no context before its headers are made */
    if (ctx == NULL && !var->routed) {
        ctx = ngx_http_hr_ctx(r);
    }

    if (ctx == NULL || (var->routed && ctx->route == NULL)) {
        v->not_found = 1;
        return NGX_OK;
    }

    buf = ngx_pnalloc(r->pool, NGX_HTTP_HR_VARIABLE_BUF);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    text = var->text(r, ctx, buf);

    v->not_found = text.data == NULL;
    v->data = text.data;
    v->len = (unsigned) text.len & 0xfffffff;

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_add_variables(ngx_conf_t *cf)
{
    ngx_uint_t            i;
    ngx_http_variable_t  *var;

    for (i = 0; i < sizeof(ngx_http_hr_variables) / sizeof(ngx_http_hr_variables[0]);
         i++)
    {
        var = ngx_http_add_variable(cf, &ngx_http_hr_variables[i].name,
                                    NGX_HTTP_VAR_NOCACHEABLE);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = ngx_http_hr_variable;
        var->data = i;
    }

    return NGX_OK;
}
