#include "ngx_http_hr.h"

#include "hr_text.h"

#include <math.h>


/* ---- decoding ---- */


static ngx_int_t
ngx_http_hr_hex(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


ngx_int_t
ngx_http_hr_decode(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const u_char *data, size_t len, ngx_uint_t plus, ngx_str_t *out)
{
    u_char        *d;
    hr_str_t       text;
    ngx_int_t      hi, lo;
    hr_arena_t    *arena;
    const u_char  *p, *end;

    d = ngx_pnalloc(r->pool, len + 1);
    if (d == NULL) {
        return NGX_ERROR;
    }

    out->data = d;

    for (p = data, end = data + len; p < end; p++) {

        if (*p == '+' && plus) {
            *d++ = ' ';
            continue;
        }

        if (*p == '%' && end - p > 2) {
            hi = ngx_http_hr_hex(p[1]);
            lo = ngx_http_hr_hex(p[2]);

            if (hi >= 0 && lo >= 0) {
                *d++ = (u_char) (hi << 4 | lo);
                p += 2;
                continue;
            }
        }

        *d++ = *p;
    }

    out->len = d - out->data;
    *d = '\0';

    text = ngx_http_hr_str(out);

    if (!hr_utf8_valid(text)) {
        arena = ngx_http_hr_arena(r, ctx);
        if (arena == NULL) {
            return NGX_ERROR;
        }

        text = hr_utf8_repair(arena, text);
        if (text.data == NULL) {
            return NGX_ERROR;
        }

        out->data = (u_char *) text.data;
        out->len = text.len;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_args_parse(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    u_char             *p, *end, *amp, *eq;
    ngx_uint_t          n;
    ngx_http_hr_arg_t  *arg;

    ctx->args_parsed = 1;

    p = r->args.data;
    end = p + r->args.len;

    /* nginx bounds the request line, and with it their number */
    for (n = r->args.len ? 1 : 0; p < end; p++) {
        n += *p == '&';
    }

    if (n == 0) {
        return NGX_OK;
    }

    ctx->args = ngx_palloc(r->pool, n * sizeof(ngx_http_hr_arg_t));
    if (ctx->args == NULL) {
        return NGX_ERROR;
    }

    for (p = r->args.data; p < end; p = amp + 1) {
        amp = ngx_strlchr(p, end, '&');
        amp = amp ? amp : end;
        eq = ngx_strlchr(p, amp, '=');

        if (amp == p) {
            continue;
        }

        arg = &ctx->args[ctx->nargs++];

        if (ngx_http_hr_decode(r, ctx, p, (eq ? eq : amp) - p, 1, &arg->name)
            != NGX_OK
            || ngx_http_hr_decode(r, ctx, eq ? eq + 1 : amp,
                                  eq ? (size_t) (amp - eq - 1) : 0, 1,
                                  &arg->value)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


bool
ngx_http_hr_arg(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, const char *name,
    hr_str_t *value)
{
    size_t      len;
    ngx_uint_t  i;

    if (!ctx->args_parsed && ngx_http_hr_args_parse(r, ctx) != NGX_OK) {
        return false;
    }

    len = ngx_strlen(name);

    /* the last one wins (api-core.md 1.7) */
    for (i = ctx->nargs; i > 0; i--) {
        if (ctx->args[i - 1].name.len == len
            && ngx_memcmp(ctx->args[i - 1].name.data, name, len) == 0)
        {
            *value = ngx_http_hr_str(&ctx->args[i - 1].value);
            return true;
        }
    }

    return false;
}


/* ---- lenient scalars (api-core.md 1.7, api-profiles.md 1.2) ---- */


bool
ngx_http_hr_parse_int(hr_str_t text, int64_t *value)
{
    bool         negative;
    size_t       i, digits;
    int64_t      n;

    text = hr_trim(text);
    negative = false;
    i = 0;
    n = 0;
    digits = 0;

    if (i < text.len && (text.data[i] == '+' || text.data[i] == '-')) {
        negative = text.data[i++] == '-';
    }

    for ( ; i < text.len; i++) {
        if (text.data[i] == '_' && digits > 0 && i + 1 < text.len
            && text.data[i + 1] >= '0' && text.data[i + 1] <= '9')
        {
            continue;
        }

        if (text.data[i] < '0' || text.data[i] > '9') {
            break;
        }

        n = n * 10 + (text.data[i] - '0');
        digits++;

        if (n > INT32_MAX) {
            return false;
        }
    }

    if (digits == 0) {
        return false;
    }

    /* a fraction of zeros */
    if (i < text.len && text.data[i] == '.') {
        for (i++; i < text.len && text.data[i] == '0'; i++) { /* void */ }
    }

    *value = negative ? -n : n;

    return i == text.len;
}


static bool
ngx_http_hr_parse_bool(hr_str_t text, bool *value)
{
    static const char *const  yes[] = { "true", "1", "yes", "on", "t", "y" };
    static const char *const  no[] = { "false", "0", "no", "off", "f", "n" };

    ngx_uint_t  i;

    for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        if (text.len == ngx_strlen(yes[i])
            && ngx_strncasecmp((u_char *) text.data, (u_char *) yes[i], text.len)
               == 0)
        {
            *value = true;
            return true;
        }

        if (text.len == ngx_strlen(no[i])
            && ngx_strncasecmp((u_char *) text.data, (u_char *) no[i], text.len)
               == 0)
        {
            *value = false;
            return true;
        }
    }

    return false;
}


static bool
ngx_http_hr_parse_double(hr_str_t text, double *value)
{
    char   copy[64];
    char  *end;

    text = hr_trim(text);

    if (text.len == 0 || text.len >= sizeof(copy)) {
        return false;
    }

    ngx_memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';

    if (strpbrk(copy, "xXnNiI") != NULL) {      /* hex, nan, inf */
        return false;
    }

    *value = strtod(copy, &end);

    return *end == '\0';
}


/* ---- one declared value ---- */

typedef struct {
    const ngx_http_hr_in_row_t  *row;
    char                         field[96];
    const hr_json_t             *node;      /* of a body */
    hr_str_t                     text;      /* of a query */
    void                        *target;
} ngx_http_hr_in_value_t;


static void
ngx_http_hr_in_bad(ngx_http_hr_problems_t *p, const ngx_http_hr_in_value_t *v,
    const char *message, const char *type)
{
    if (v->node != NULL) {
        ngx_http_hr_problem(p, v->field, message, type, v->node);
    } else {
        ngx_http_hr_problem_text(p, v->field, message, type, v->text);
    }
}


static void
ngx_http_hr_in_str(ngx_http_hr_problems_t *p, ngx_http_hr_in_value_t *v)
{
    char                   message[80];
    size_t                 n;
    ngx_http_hr_in_str_t  *out;

    if (v->node != NULL) {
        if (v->node->type != HR_JSON_STRING) {
            ngx_http_hr_in_bad(p, v, "Input should be a valid string",
                               "string_type");
            return;
        }

        v->text = v->node->text;
    }

    n = hr_utf8_count(v->text);

    if (n < (size_t) v->row->min) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "String should have at least %L character%s%Z",
                            v->row->min, v->row->min == 1 ? "" : "s");
        ngx_http_hr_in_bad(p, v, message, "string_too_short");
        return;
    }

    if (v->row->max && n > (size_t) v->row->max) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "String should have at most %L characters%Z",
                            v->row->max);
        ngx_http_hr_in_bad(p, v, message, "string_too_long");
        return;
    }

    out = v->target;
    out->set = true;
    out->v = v->text;
}


static void
ngx_http_hr_in_int(ngx_http_hr_problems_t *p, ngx_http_hr_in_value_t *v)
{
    char                   message[80];
    int64_t                n;
    ngx_http_hr_in_int_t  *out;

    if (v->node != NULL) {
        if (v->node->type == HR_JSON_NUMBER) {
            if (!hr_json_int(v->node, &n) || n > INT32_MAX || n < INT32_MIN) {
                ngx_http_hr_in_bad(p, v, "Input should be a valid integer",
                                   "int_parsing");
                return;
            }

        } else if (v->node->type == HR_JSON_STRING) {
            if (!ngx_http_hr_parse_int(v->node->text, &n)) {
                ngx_http_hr_in_bad(p, v, "Input should be a valid integer",
                                   "int_parsing");
                return;
            }

        } else {
            ngx_http_hr_in_bad(p, v, "Input should be a valid integer",
                               "int_type");
            return;
        }

    } else if (!ngx_http_hr_parse_int(v->text, &n)) {
        ngx_http_hr_in_bad(p, v, "Input should be a valid integer, "
                           "unable to parse string as an integer", "int_parsing");
        return;
    }

    if (n < v->row->min) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "Input should be greater than or equal to %L%Z",
                            v->row->min);
        ngx_http_hr_in_bad(p, v, message, "greater_than_equal");
        return;
    }

    if (v->row->max && n > v->row->max) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "Input should be less than or equal to %L%Z",
                            v->row->max);
        ngx_http_hr_in_bad(p, v, message, "less_than_equal");
        return;
    }

    out = v->target;
    out->set = true;
    out->v = n;
}


static void
ngx_http_hr_in_bool(ngx_http_hr_problems_t *p, ngx_http_hr_in_value_t *v)
{
    bool                    b;
    double                  d;
    hr_str_t                text;
    ngx_http_hr_in_bool_t  *out;

    out = v->target;
    text = v->text;
    b = false;

    if (v->node != NULL) {
        switch (v->node->type) {

        case HR_JSON_BOOL:
            out->set = true;
            out->v = v->node->boolean;
            return;

        case HR_JSON_NUMBER:
            if (hr_json_double(v->node, &d) && (d == 0.0 || d == 1.0)) {
                out->set = true;
                out->v = d == 1.0;
                return;
            }
            break;

        case HR_JSON_STRING:
            text = v->node->text;
            break;

        default:
            ngx_http_hr_in_bad(p, v, "Input should be a valid boolean",
                               "bool_type");
            return;
        }
    }

    if (!ngx_http_hr_parse_bool(text, &b)) {
        ngx_http_hr_in_bad(p, v, "Input should be a valid boolean, "
                           "unable to interpret input", "bool_parsing");
        return;
    }

    out->set = true;
    out->v = b;
}


static void
ngx_http_hr_in_double(ngx_http_hr_problems_t *p, ngx_http_hr_in_value_t *v)
{
    char                      message[80];
    double                    d;
    ngx_http_hr_in_double_t  *out;

    d = 0.0;

    if (v->node != NULL && v->node->type == HR_JSON_NUMBER) {
        if (!hr_json_double(v->node, &d)) {         /* 1e400 */
            d = v->node->text.data[0] == '-' ? -HUGE_VAL : HUGE_VAL;
        }

    } else if (v->node != NULL && v->node->type == HR_JSON_BOOL) {
        d = v->node->boolean ? 1.0 : 0.0;

    } else if (v->node != NULL && v->node->type != HR_JSON_STRING) {
        ngx_http_hr_in_bad(p, v, "Input should be a valid number", "float_type");
        return;

    } else if (!ngx_http_hr_parse_double(v->node ? v->node->text : v->text, &d))
    {
        ngx_http_hr_in_bad(p, v, "Input should be a valid number, unable to "
                           "parse string as a number", "float_parsing");
        return;
    }

    if (d < (double) v->row->min) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "Input should be greater than or equal to %L%Z",
                            v->row->min);
        ngx_http_hr_in_bad(p, v, message, "greater_than_equal");
        return;
    }

    if (v->row->max && d > (double) v->row->max) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "Input should be less than or equal to %L%Z",
                            v->row->max);
        ngx_http_hr_in_bad(p, v, message, "less_than_equal");
        return;
    }

    out = v->target;
    out->set = true;
    out->v = d;
}


static void
ngx_http_hr_in_strings(ngx_http_hr_problems_t *p, ngx_http_hr_in_value_t *v)
{
    char                    field[128], message[96];
    ngx_uint_t              i, bad;
    const hr_json_t        *item;
    ngx_http_hr_in_node_t  *out;

    if (v->node == NULL || v->node->type != HR_JSON_ARRAY) {
        ngx_http_hr_in_bad(p, v, "Input should be a valid list", "list_type");
        return;
    }

    bad = 0;

    for (item = v->node->first, i = 0; item; item = item->next, i++) {
        if (item->type != HR_JSON_STRING) {
            (void) ngx_snprintf((u_char *) field, sizeof(field), "%s.%ui%Z",
                                v->field, i);
            ngx_http_hr_problem(p, field, "Input should be a valid string",
                                "string_type", item);
            bad = 1;
        }
    }

    if (v->node->count < (size_t) v->row->min) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "List should have at least %L item%s%Z",
                            v->row->min, v->row->min == 1 ? "" : "s");
        ngx_http_hr_in_bad(p, v, message, "too_short");
        return;
    }

    if (v->row->max && v->node->count > (size_t) v->row->max) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "List should have at most %L items%Z", v->row->max);
        ngx_http_hr_in_bad(p, v, message, "too_long");
        return;
    }

    if (!bad) {
        out = v->target;
        out->set = true;
        out->v = (hr_json_t *) v->node;
    }
}


static void
ngx_http_hr_in_node(ngx_http_hr_problems_t *p, ngx_http_hr_in_value_t *v)
{
    ngx_http_hr_in_node_t  *out;

    if (v->row->type == NGX_HTTP_HR_IN_OBJECT
        && !hr_json_is(v->node, HR_JSON_OBJECT))
    {
        ngx_http_hr_in_bad(p, v, "Input should be a valid dictionary",
                           "dict_type");
        return;
    }

    out = v->target;
    out->set = true;
    out->v = (hr_json_t *) v->node;
}


static void
ngx_http_hr_in_value(ngx_http_hr_problems_t *p, ngx_http_hr_in_value_t *v)
{
    static void (*const  read[])(ngx_http_hr_problems_t *p,
                                 ngx_http_hr_in_value_t *v) = {
        ngx_http_hr_in_str,         /* in the order of ngx_http_hr_in_type_t */
        ngx_http_hr_in_int,
        ngx_http_hr_in_bool,
        ngx_http_hr_in_double,
        ngx_http_hr_in_node,
        ngx_http_hr_in_strings,
        ngx_http_hr_in_node
    };

    read[v->row->type](p, v);
}


ngx_int_t
ngx_http_hr_read_query(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_in_row_t *row, void *target, ngx_http_hr_problems_t *p)
{
    ngx_http_hr_in_value_t  v;

    if (!ctx->args_parsed && ngx_http_hr_args_parse(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    for ( ; row->name != NULL; row++) {
        ngx_memzero(&v, sizeof(v));
        v.row = row;
        v.target = (u_char *) target + row->offset;
        (void) ngx_snprintf((u_char *) v.field, sizeof(v.field), "query.%s%Z",
                            row->name);

        if (!ngx_http_hr_arg(r, ctx, row->name, &v.text)) {
            if (row->flags & NGX_HTTP_HR_IN_REQUIRED) {
                ngx_http_hr_problem(p, v.field, "Field required", "missing",
                                    NULL);
            }
            continue;
        }

        ngx_http_hr_in_value(p, &v);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_read_body(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_in_row_t *row, void *target, ngx_http_hr_problems_t *p)
{
    ngx_http_hr_in_value_t  v;

    if (ctx->body != NULL && ctx->body->type != HR_JSON_OBJECT
        && !(ctx->body->type == HR_JSON_NULL
             && (ctx->route->flags & NGX_HTTP_HR_BODY_OPTIONAL)))
    {
        ngx_http_hr_problem(p, "body", "Input should be a valid dictionary or "
                            "object to extract fields from",
                            "model_attributes_type", ctx->body);
        return NGX_OK;
    }

    for ( ; row->name != NULL; row++) {
        ngx_memzero(&v, sizeof(v));
        v.row = row;
        v.target = (u_char *) target + row->offset;
        (void) ngx_snprintf((u_char *) v.field, sizeof(v.field), "body.%s%Z",
                            row->name);
        v.node = hr_json_get(ctx->body, row->name);

        if (v.node != NULL && v.node->type == HR_JSON_NULL
            && (row->flags & NGX_HTTP_HR_IN_NULLABLE))
        {
            continue;
        }

        if (v.node == NULL) {
            if (row->flags & NGX_HTTP_HR_IN_REQUIRED) {
                ngx_http_hr_problem(p, v.field, "Field required", "missing",
                                    NULL);
            }
            continue;
        }

        ngx_http_hr_in_value(p, &v);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_read(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_in_row_t *query, const ngx_http_hr_in_row_t *body,
    void *target, ngx_int_t *rc)
{
    ngx_http_hr_problems_t  p;

    ngx_http_hr_problems_init(&p, ctx);

    if ((query != NULL
         && ngx_http_hr_read_query(r, ctx, query, target, &p) != NGX_OK)
        || (body != NULL
            && ngx_http_hr_read_body(r, ctx, body, target, &p) != NGX_OK))
    {
        ngx_http_hr_problems_release(&p);
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    return ngx_http_hr_problems_end(r, ctx, &p, rc);
}


ngx_int_t
ngx_http_hr_param_uuid(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t param, const char *field, char id[37], ngx_int_t *rc)
{
    u_char                    details[192];
    ngx_http_hr_error_args_t  args;

    /* the route has turned it into lower case */
    if (hr_uuid_normalize(ngx_http_hr_str(&ctx->params[param]), id)) {
        return NGX_OK;
    }

    ngx_memzero(&args, sizeof(args));
    args.details.data = (char *) details;
    args.details.len = ngx_snprintf(details, sizeof(details),
        "{\"format\":\"UUID4\","
        "\"example\":\"123e4567-e89b-42d3-a456-426614174000\","
        "\"field\":\"%s\"}", field) - details;
    args.message = ctx->answer.lang == HR_LANG_RU
                   ? HR_STR("Идентификатор должен быть UUID")
                   : HR_STR("The identifier must be a UUID");

    *rc = ngx_http_hr_error_with(r, ctx, HR_E_VALUE, &args);

    return NGX_DECLINED;
}
