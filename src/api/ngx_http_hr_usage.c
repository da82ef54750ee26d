#include "ngx_http_hr_generation.h"

#include "hr_text.h"


/*
 * GET /api/generation/usage: what generations have cost, by day, user, unit,
 * model or version of the prompt (then with the quality of its profiles, I-32),
 * and what is left of the month's budget (I-35).
 */

#define NGX_HTTP_HR_USAGE_ROWS   1000
#define NGX_HTTP_HR_USAGE_DAYS   366
#define NGX_HTTP_HR_USAGE_WARN   0.8        /* share of the budget */
#define NGX_HTTP_HR_DAY          (86400 * 1000000ll)

typedef struct {
    ngx_http_hr_in_str_t     from;
    ngx_http_hr_in_str_t     to;
    ngx_http_hr_in_str_t     group;
} ngx_http_hr_usage_query_t;

typedef struct {
    hr_instant_t             from;
    hr_instant_t             to;
    hr_store_usage_group_t   group;
} ngx_http_hr_usage_in_t;


static const char *const  ngx_http_hr_usage_groups[] = {
    "day", "user", "unit", "model", "prompt"    /* in the order of hr_store_usage_group_t */
};


/* What has become of the profiles of a prompt's version: to compare it with another. */
static void
ngx_http_hr_usage_quality(hr_jw_t *jw, hr_str_t version,
    const hr_store_quality_row_t *rows, size_t count)
{
    size_t  i;

    for (i = 0; i < count && !hr_str_eq(rows[i].key, version); i++) {
        /* look for it */
    }

    hr_jw_key(jw, "quality");

    if (i == count || version.data == NULL) {
        hr_jw_null(jw);
        return;
    }

    hr_jw_object(jw);
    hr_jw_kint(jw, "profiles", rows[i].profiles);
    hr_jw_kdouble(jw, "validation_score", hr_round(rows[i].mean_validation, 4));
    hr_jw_kdouble(jw, "completeness_score", hr_round(rows[i].mean_completeness, 4));
    hr_jw_kint(jw, "edited", rows[i].edited_profiles);
    hr_jw_kint(jw, "reviews", rows[i].reviews);
    hr_jw_key(jw, "rating");

    if (rows[i].reviews > 0) {
        hr_jw_double(jw, hr_round(rows[i].mean_rating, 2));
    } else {
        hr_jw_null(jw);
    }

    hr_jw_end_object(jw);
}


static void
ngx_http_hr_usage_figures(hr_jw_t *jw, const hr_store_usage_row_t *row)
{
    hr_jw_kint(jw, "attempts", row->attempts);
    hr_jw_kint(jw, "succeeded", row->succeeded);
    hr_jw_kint(jw, "failed", row->failed);
    hr_jw_kint(jw, "cancelled", row->cancelled);
    hr_jw_kint(jw, "input_tokens", row->tokens_in);
    hr_jw_kint(jw, "output_tokens", row->tokens_out);
    hr_jw_kint(jw, "total_tokens", row->tokens_in + row->tokens_out);
    hr_jw_kdouble(jw, "cost_usd", hr_round(row->cost_usd, 6));
    hr_jw_kdouble(jw, "estimated_cost_usd", hr_round(row->estimated_usd, 6));
    hr_jw_kdouble(jw, "seconds", hr_round(row->seconds, 3));
}


static hr_rc_t
ngx_http_hr_usage_budget(ngx_http_hr_work_t *w, hr_store_conn_t *conn, hr_jw_t *jw)
{
    double        spent, limit;
    hr_rc_t       rc;
    hr_instant_t  month;

    month = ngx_http_hr_generation_month(w->now);
    limit = (double) w->conf->llm_budget;

    rc = hr_store_cost_since(conn, month, 0, &spent);
    if (rc != HR_OK) {
        return rc;
    }

    hr_jw_key(jw, "budget");
    hr_jw_object(jw);
    hr_jw_key(jw, "since");
    hr_envelope_time(jw, &w->answer, month);
    hr_jw_kdouble(jw, "spent_usd", hr_round(spent, 6));
    hr_jw_key(jw, "limit_usd");

    if (w->conf->llm_budget != 0) {
        hr_jw_double(jw, limit);
    } else {
        hr_jw_null(jw);
    }

    hr_jw_kbool(jw, "warning", w->conf->llm_budget != 0
                               && spent >= limit * NGX_HTTP_HR_USAGE_WARN);
    hr_jw_kbool(jw, "exhausted", w->conf->llm_budget != 0 && spent >= limit);
    hr_jw_end_object(jw);

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_usage_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                    i, count, totals, qualities = 0;
    hr_jw_t                   jw;
    hr_rc_t                   rc;
    hr_store_usage_row_t     *rows, *total;
    ngx_http_hr_usage_in_t   *in = w->in;
    hr_store_quality_row_t   *quality = NULL;

    rc = hr_store_usage(conn, w->arena, in->group, in->from, in->to,
                        NGX_HTTP_HR_USAGE_ROWS, &rows, &count);

    if (rc == HR_OK) {
        rc = hr_store_usage(conn, w->arena, HR_STORE_USAGE_TOTAL, in->from, in->to,
                            1, &total, &totals);
    }

    if (rc == HR_OK && in->group == HR_STORE_USAGE_BY_PROMPT) {
        rc = hr_store_quality(conn, w->arena, HR_STORE_QUALITY_BY_PROMPT,
                              NGX_HTTP_HR_USAGE_ROWS, &quality, &qualities);
    }

    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
                      ngx_http_hr_work_text(w, "Расход на генерацию",
                                            "What generations have used"));
    hr_jw_kc(&jw, "group", ngx_http_hr_usage_groups[in->group]);
    hr_jw_key(&jw, "from");
    hr_envelope_time(&jw, &w->answer, in->from);
    hr_jw_key(&jw, "to");
    hr_envelope_time(&jw, &w->answer, in->to);
    hr_jw_key(&jw, "rows");
    hr_jw_array(&jw);

    for (i = 0; i < count; i++) {
        hr_jw_object(&jw);
        hr_jw_kstr(&jw, "key", rows[i].key);
        ngx_http_hr_usage_figures(&jw, &rows[i]);

        if (in->group == HR_STORE_USAGE_BY_PROMPT) {
            ngx_http_hr_usage_quality(&jw, rows[i].key, quality, qualities);
        }

        hr_jw_end_object(&jw);
    }

    hr_jw_end_array(&jw);
    hr_jw_key(&jw, "total");

    if (totals != 0) {
        hr_jw_object(&jw);
        ngx_http_hr_usage_figures(&jw, &total[0]);
        hr_jw_end_object(&jw);
    } else {
        hr_jw_null(&jw);
    }

    rc = ngx_http_hr_usage_budget(w, conn, &jw);
    hr_envelope_end(&jw);

    return rc == HR_OK ? w->out.body.err : rc;
}


/* "2025-10-01" or a whole instant; a date as the end includes its day. */
static ngx_uint_t
ngx_http_hr_usage_time(ngx_http_hr_problems_t *p, const char *field,
    const ngx_http_hr_in_str_t *in, bool end, hr_instant_t *at)
{
    char  text[32];

    if (!in->set || in->v.len == 0) {
        return 0;
    }

    if (in->v.len == 10) {
        ngx_memcpy(text, in->v.data, 10);
        ngx_memcpy(text + 10, "T00:00:00", 10);

        if (hr_time_parse(hr_str_from_c(text), at)) {
            *at += end ? NGX_HTTP_HR_DAY : 0;
            return 1;
        }

    } else if (hr_time_parse(in->v, at)) {
        return 1;
    }

    ngx_http_hr_problem_text(p, field, "Input should be a valid date",
                             "date_parsing", in->v);

    return 0;
}


static void
ngx_http_hr_usage_read(ngx_http_hr_problems_t *p,
    const ngx_http_hr_usage_query_t *query, ngx_http_hr_usage_in_t *in)
{
    ngx_uint_t    i;
    hr_instant_t  now = hr_time_now();

    in->from = ngx_http_hr_generation_month(now);
    in->to = now + 1000000;

    (void) ngx_http_hr_usage_time(p, "query.from", &query->from, false, &in->from);
    (void) ngx_http_hr_usage_time(p, "query.to", &query->to, true, &in->to);

    if (p->n == 0 && (in->to <= in->from
                      || in->to - in->from > NGX_HTTP_HR_USAGE_DAYS
                                             * NGX_HTTP_HR_DAY))
    {
        ngx_http_hr_problem_text(p, "query.to", "Value error, a range of one day to "
                                 "one year is needed", "value_error",
                                 query->to.set ? query->to.v : HR_STR_NULL);
    }

    for (i = 0; i < sizeof(ngx_http_hr_usage_groups) / sizeof(char *); i++) {
        if (query->group.set
            && hr_str_eq(query->group.v, hr_str_from_c(ngx_http_hr_usage_groups[i])))
        {
            in->group = (hr_store_usage_group_t) i;
            return;
        }
    }

    if (query->group.set && query->group.v.len != 0) {
        ngx_http_hr_problem_text(p, "query.group", "Input should be 'day', 'user', "
                                 "'unit', 'model' or 'prompt'", "enum", query->group.v);
    }
}


static ngx_int_t
ngx_http_hr_usage(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "from", NGX_HTTP_HR_IN_STR, 0, 0, 40,
          offsetof(ngx_http_hr_usage_query_t, from) },
        { "to", NGX_HTTP_HR_IN_STR, 0, 0, 40,
          offsetof(ngx_http_hr_usage_query_t, to) },
        { "group", NGX_HTTP_HR_IN_STR, 0, 0, 20,
          offsetof(ngx_http_hr_usage_query_t, group) },
        NGX_HTTP_HR_IN_END
    };

    ngx_int_t                   rc;
    ngx_http_hr_work_t         *w;
    ngx_http_hr_usage_in_t      in;
    ngx_http_hr_problems_t      p;
    ngx_http_hr_usage_query_t   query;

    ngx_memzero(&query, sizeof(query));
    ngx_memzero(&in, sizeof(in));
    ngx_http_hr_problems_init(&p, ctx);

    if (ngx_http_hr_read_query(r, ctx, rows, &query, &p) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_hr_usage_read(&p, &query, &in);

    if (ngx_http_hr_problems_end(r, ctx, &p, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_usage_in_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    *(ngx_http_hr_usage_in_t *) w->in = in;
    w->gzip = ctx->gzip_ok;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_usage_run,
                                  NULL);
}


const ngx_http_hr_route_t  ngx_http_hr_usage_routes[] = {

    { "/api/generation/usage", NGX_HTTP_GET, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_usage, "get_usage" },

    NGX_HTTP_HR_ROUTES_END
};
