#include "ngx_http_hr_profile_list.h"
#include "ngx_http_hr_api.h"

#include "hr_text.h"


#define NGX_HTTP_HR_DAY  (24 * 3600 * (hr_instant_t) 1000000)


static const struct {
    hr_str_t          word;
    hr_store_sort_t   sort;
} ngx_http_hr_sorts[] = {
    { HR_STR_INIT("created_at"), HR_STORE_BY_CREATED },
    { HR_STR_INIT("updated_at"), HR_STORE_BY_UPDATED },
    { HR_STR_INIT("department"), HR_STORE_BY_DEPARTMENT },
    { HR_STR_INIT("position"), HR_STORE_BY_POSITION },
    { HR_STR_INIT("validation_score"), HR_STORE_BY_VALIDATION },
    { HR_STR_INIT("completeness_score"), HR_STORE_BY_COMPLETENESS },
};


/* 400 with {..., "provided_value": value, "field": field}; extra: JSON members in front. */
static ngx_int_t
ngx_http_hr_list_refuse(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const char *field, hr_str_t value, const char *extra)
{
    char                       message[160];
    hr_jw_t                    jw;
    hr_buf_t                   buf;
    ngx_int_t                  rc;
    ngx_http_hr_error_args_t   args;

    hr_buf_init(&buf, 8192);
    hr_jw_init(&jw, &buf);
    (void) hr_buf_c(&buf, "{");
    (void) hr_buf_c(&buf, extra);
    (void) hr_buf_c(&buf, "\"provided_value\":");
    hr_jw_str(&jw, hr_utf8_cut(value, NGX_HTTP_HR_FILTER_TEXT_MAX));
    (void) hr_buf_printf(&buf, ",\"field\":\"%s\"}", field);

    ngx_memzero(&args, sizeof(args));
    args.details = buf.err == HR_OK ? hr_buf_view(&buf) : HR_STR_NULL;
    (void) snprintf(message, sizeof(message), ctx->answer.lang == HR_LANG_RU
                                              ? "Недопустимое значение параметра %s"
                                              : "The value of %s is not allowed",
                    field);
    args.message = hr_str_from_c(message);

    rc = ngx_http_hr_error_with(r, ctx, HR_E_VALUE, &args);
    hr_buf_release(&buf);

    return rc;
}


/* Trimmed into the arena; blank is absent; NGX_DECLINED: too long. */
static ngx_int_t
ngx_http_hr_list_text(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, const char *field, const ngx_http_hr_in_str_t *value,
    hr_str_t *out, ngx_int_t *rc)
{
    hr_str_t  text;

    *out = HR_STR_NULL;
    text = hr_trim(value->v);

    if (!value->set || text.len == 0) {
        return NGX_OK;
    }

    if (hr_utf8_count(text) > NGX_HTTP_HR_FILTER_TEXT_MAX) {
        *rc = ngx_http_hr_list_refuse(r, ctx, field, text, "\"max_length\":200,");
        return NGX_DECLINED;
    }

    *out = ngx_http_hr_work_str(w, text);

    return out->data == NULL ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_hr_list_status(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_list_query_t *query, ngx_http_hr_list_in_t *in,
    ngx_int_t *rc)
{
    hr_store_status_t  status;

    if (in->status.data == NULL) {
        return NGX_OK;
    }

    switch (ngx_http_hr_status_word(in->status, &status)) {

    case NGX_HTTP_HR_STATUS_ONE:
        in->filter.status_mask = HR_STORE_MASK(status);
        return NGX_OK;

    case NGX_HTTP_HR_STATUS_ALL:
        in->status = HR_STR_NULL;
        return NGX_OK;

    case NGX_HTTP_HR_STATUS_NOTHING:
        in->nothing = true;
        return NGX_OK;

    default:
        *rc = ngx_http_hr_list_refuse(r, ctx, "status", query->status.v,
            "\"valid_values\":[\"completed\",\"archived\",\"processing\","
            "\"failed\"],");
        return NGX_DECLINED;
    }
}


/* A day or an instant; a day as the upper end is included whole. */
static ngx_int_t
ngx_http_hr_list_date(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const char *field, const ngx_http_hr_in_str_t *value, bool upper, bool *has,
    hr_instant_t *at, ngx_int_t *rc)
{
    char      copy[32];
    bool      day;
    hr_str_t  text;

    text = hr_trim(value->v);

    if (!value->set || text.len == 0) {
        return NGX_OK;
    }

    day = text.len == sizeof("2025-01-31") - 1;

    if (day) {
        ngx_memcpy(copy, text.data, text.len);
        ngx_memcpy(copy + text.len, "T00:00:00", sizeof("T00:00:00"));
        text = hr_str_from_c(copy);
    }

    if (!hr_time_parse(text, at)) {
        *rc = ngx_http_hr_list_refuse(r, ctx, field, value->v,
                                      "\"format\":\"YYYY-MM-DD\",");
        return NGX_DECLINED;
    }

    *has = true;

    if (upper) {
        *at += day ? NGX_HTTP_HR_DAY : 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_list_sort(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_list_query_t *query, ngx_http_hr_list_in_t *in,
    ngx_int_t *rc)
{
    hr_str_t    text;
    ngx_uint_t  i, n;

    text = hr_trim(query->sort_by.v);
    n = sizeof(ngx_http_hr_sorts) / sizeof(ngx_http_hr_sorts[0]);

    if (query->sort_by.set && text.len != 0) {
        for (i = 0; i < n && !hr_str_eq(text, ngx_http_hr_sorts[i].word); i++) {
            /* void */
        }

        if (i == n) {
            *rc = ngx_http_hr_list_refuse(r, ctx, "sort_by", text,
                "\"valid_values\":[\"created_at\",\"updated_at\",\"department\","
                "\"position\",\"validation_score\",\"completeness_score\"],");
            return NGX_DECLINED;
        }

        in->filter.sort = ngx_http_hr_sorts[i].sort;
    }

    text = hr_trim(query->sort_order.v);

    if (!query->sort_order.set || text.len == 0
        || hr_str_eq(text, HR_STR("desc")))
    {
        return NGX_OK;
    }

    if (hr_str_eq(text, HR_STR("asc"))) {
        in->filter.ascending = true;
        return NGX_OK;
    }

    *rc = ngx_http_hr_list_refuse(r, ctx, "sort_order", text,
                                  "\"valid_values\":[\"asc\",\"desc\"],");
    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_hr_list_approval(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_list_query_t *query, ngx_http_hr_list_in_t *in,
    ngx_int_t *rc)
{
    hr_str_t           text;
    hr_store_stage_t  state;

    in->filter.kpi_review = query->needs_kpi_review.v;
    text = hr_trim(query->approval.v);

    if (!query->approval.set || text.len == 0) {
        return NGX_OK;
    }

    if (hr_store_stage_parse(text, &state)) {
        in->filter.stage_mask = HR_STORE_MASK(state);
        return NGX_OK;
    }

    *rc = ngx_http_hr_list_refuse(r, ctx, "approval", text,
        "\"valid_values\":[\"draft\",\"hr_review\",\"head_review\","
        "\"legal_review\",\"approved\",\"rejected\"],");

    return NGX_DECLINED;
}


/* Several departments: the parameter repeated. */
static ngx_int_t
ngx_http_hr_list_departments(ngx_http_hr_ctx_t *ctx, ngx_http_hr_work_t *w,
    ngx_http_hr_list_in_t *in)
{
    hr_str_t    text;
    hr_str_t   *items;
    ngx_uint_t  i;

    items = NULL;

    for (i = 0; i < ctx->nargs
                && in->filter.ndepartments < HR_STORE_MAX_DEPARTMENTS; i++)
    {
        if (ctx->args[i].name.len != sizeof("departments") - 1
            || ngx_memcmp(ctx->args[i].name.data, "departments",
                          sizeof("departments") - 1) != 0)
        {
            continue;
        }

        text = hr_utf8_cut(hr_trim(ngx_http_hr_str(&ctx->args[i].value)),
                           NGX_HTTP_HR_FILTER_TEXT_MAX);
        if (text.len == 0) {
            continue;
        }

        if (items == NULL) {
            items = hr_arena_calloc(w->arena,
                                    HR_STORE_MAX_DEPARTMENTS * sizeof(hr_str_t));
            if (items == NULL) {
                return NGX_ERROR;
            }
        }

        items[in->filter.ndepartments] = ngx_http_hr_work_str(w, text);

        if (items[in->filter.ndepartments++].data == NULL) {
            return NGX_ERROR;
        }
    }

    in->filter.departments = items;

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_list_creator(ngx_http_hr_work_t *w,
    const ngx_http_hr_list_query_t *query, ngx_http_hr_list_in_t *in)
{
    int64_t   id;
    hr_str_t  text;

    text = hr_trim(query->created_by.v);

    if (!query->created_by.set || text.len == 0) {
        return NGX_OK;
    }

    if (ngx_http_hr_parse_int(text, &id) && id > 0) {
        in->filter.created_by = id;
        return NGX_OK;
    }

    in->creator = ngx_http_hr_work_str(w, text);

    return in->creator.data == NULL ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_http_hr_list_filter(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, const ngx_http_hr_list_query_t *query,
    ngx_http_hr_list_in_t *in, ngx_int_t *rc)
{
    const struct {
        const char                  *field;
        const ngx_http_hr_in_str_t  *value;
        hr_str_t                    *out;
    } texts[] = {
        { "department", &query->department, &in->department },
        { "position", &query->position, &in->position },
        { "search", &query->search, &in->search },
        { "status", &query->status, &in->status },
    };

    ngx_int_t   result;
    ngx_uint_t  i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        result = ngx_http_hr_list_text(r, ctx, w, texts[i].field, texts[i].value,
                                       texts[i].out, rc);
        if (result != NGX_OK) {
            return result;
        }
    }

    if ((result = ngx_http_hr_list_status(r, ctx, query, in, rc)) != NGX_OK
        || (result = ngx_http_hr_list_date(r, ctx, "date_from", &query->date_from,
                                           false, &in->filter.has_created_from,
                                           &in->filter.created_from, rc))
           != NGX_OK
        || (result = ngx_http_hr_list_date(r, ctx, "date_to", &query->date_to,
                                           true, &in->filter.has_created_to,
                                           &in->filter.created_to, rc))
           != NGX_OK
        || (result = ngx_http_hr_list_approval(r, ctx, query, in, rc)) != NGX_OK
        || (result = ngx_http_hr_list_sort(r, ctx, query, in, rc)) != NGX_OK
        || (result = ngx_http_hr_list_departments(ctx, w, in)) != NGX_OK
        || (result = ngx_http_hr_list_creator(w, query, in)) != NGX_OK)
    {
        return result;
    }

    in->filter.department = in->department;
    in->filter.position = in->position;
    in->filter.search = in->search;
    in->filter.min_validation = query->min_validation.v;
    in->filter.min_completeness = query->min_completeness.v;

    return NGX_OK;
}


hr_rc_t
ngx_http_hr_list_page(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_arena_t *arena, ngx_http_hr_list_in_t *in, hr_store_list_t *list)
{
    hr_rc_t          rc;
    hr_store_user_t  user;

    ngx_memzero(list, sizeof(hr_store_list_t));

    if (in->creator.data != NULL) {
        rc = hr_store_user_by_name(conn, w->arena, in->creator, &user);

        if (rc == HR_OK) {
            in->filter.created_by = user.id;
            in->creator = HR_STR_NULL;

        } else if (rc == HR_NOT_FOUND) {
            in->nothing = true;

        } else {
            return rc;
        }
    }

    if (in->nothing) {
        return HR_OK;
    }

    return hr_store_profiles_list(conn, arena, &in->filter, list);
}
