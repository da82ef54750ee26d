/*
 * What is wrong with a request, all of it in one 422 (api-core.md 1.6).
 */

#include "ngx_http_hr.h"

#include "hr_text.h"


#define NGX_HTTP_HR_INPUT_ECHO     200      /* characters of a value echoed back */
#define NGX_HTTP_HR_PROBLEMS_MAX   100


void
ngx_http_hr_problems_init(ngx_http_hr_problems_t *p, const ngx_http_hr_ctx_t *ctx)
{
    ngx_memzero(p, sizeof(ngx_http_hr_problems_t));

    hr_buf_init(&p->list, 256 * 1024);
    hr_jw_init(&p->w, &p->list);
    hr_jw_object(&p->w);
    hr_jw_key(&p->w, "validation_errors");
    hr_jw_array(&p->w);

    p->lang = ctx->answer.lang;
    p->hide_input = ctx->route != NULL
                    && (ctx->route->flags & NGX_HTTP_HR_SECRET_BODY);
}


void
ngx_http_hr_problems_release(ngx_http_hr_problems_t *p)
{
    hr_buf_release(&p->list);
}


static ngx_uint_t
ngx_http_hr_problem_head(ngx_http_hr_problems_t *p, const char *field,
    const char *message, const char *type)
{
    const char  *text;

    if (p->n == NGX_HTTP_HR_PROBLEMS_MAX) {
        return 0;
    }

    if (p->n++ == 0) {
        text = hr_problem_text(type, p->lang);
        (void) snprintf(p->first, sizeof(p->first), "%s: %s", field,
                        text != NULL ? text : message);
    }

    hr_jw_object(&p->w);
    hr_jw_kc(&p->w, "field", field);
    hr_jw_kc(&p->w, "message", message);
    hr_jw_kc(&p->w, "type", type);
    hr_jw_key(&p->w, "input");

    return 1;
}


void
ngx_http_hr_problem(ngx_http_hr_problems_t *p, const char *field,
    const char *message, const char *type, const hr_json_t *input)
{
    if (!ngx_http_hr_problem_head(p, field, message, type)) {
        return;
    }

    if (p->hide_input || input == NULL) {
        hr_jw_null(&p->w);

    } else if (input->type == HR_JSON_STRING || input->type == HR_JSON_NUMBER) {
        if (input->type == HR_JSON_STRING) {
            hr_jw_str(&p->w, hr_utf8_cut(input->text, NGX_HTTP_HR_INPUT_ECHO));
        } else if (input->text.len <= NGX_HTTP_HR_INPUT_ECHO) {
            hr_jw_node(&p->w, input);
        } else {
            hr_jw_null(&p->w);
        }

    } else if (input->type == HR_JSON_BOOL) {
        hr_jw_bool(&p->w, input->boolean);

    } else if (input->type == HR_JSON_OBJECT && input->count == 0) {
        /* the reader's mark for a body that is no JSON */
        hr_jw_object(&p->w);
        hr_jw_end_object(&p->w);

    } else {
        hr_jw_null(&p->w);
    }

    hr_jw_end_object(&p->w);
}


void
ngx_http_hr_problem_text(ngx_http_hr_problems_t *p, const char *field,
    const char *message, const char *type, hr_str_t input)
{
    if (!ngx_http_hr_problem_head(p, field, message, type)) {
        return;
    }

    if (p->hide_input || input.data == NULL) {
        hr_jw_null(&p->w);
    } else {
        hr_jw_str(&p->w, hr_utf8_cut(input, NGX_HTTP_HR_INPUT_ECHO));
    }

    hr_jw_end_object(&p->w);
}


ngx_int_t
ngx_http_hr_problems_send(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_problems_t *p)
{
    ngx_int_t                 rc;
    ngx_http_hr_error_args_t  args;

    hr_jw_end_array(&p->w);
    hr_jw_end_object(&p->w);

    if (p->list.err != HR_OK) {
        ngx_http_hr_problems_release(p);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&args, sizeof(args));
    args.details = hr_buf_view(&p->list);
    /* a long field name may have been cut inside a character */
    args.message = hr_utf8_cut_bytes(hr_str_from_c(p->first),
                                     sizeof(p->first) - 4);

    rc = ngx_http_hr_error_with(r, ctx, HR_E_VALIDATION, &args);
    ngx_http_hr_problems_release(p);

    return rc;
}


ngx_int_t
ngx_http_hr_problems_end(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_problems_t *p, ngx_int_t *rc)
{
    if (p->n != 0) {
        *rc = ngx_http_hr_problems_send(r, ctx, p);
        return NGX_DECLINED;
    }

    ngx_http_hr_problems_release(p);

    return NGX_OK;
}
