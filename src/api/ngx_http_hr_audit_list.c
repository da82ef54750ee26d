/*
 * The audit trail for its reader (improvements.md I-43): page by page, as a
 * file of JSON lines, and the check of its chain.  There is no way to change
 * it.
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_pump.h"

#include "hr_filename.h"


#define NGX_HTTP_HR_TRAIL_LIMIT   1000      /* records of a page */
#define NGX_HTTP_HR_TRAIL_USUAL   100
#define NGX_HTTP_HR_TRAIL_STEP    500       /* records of one step of the file */
#define NGX_HTTP_HR_TRAIL_DAY     ((hr_instant_t) 86400 * 1000000)


typedef struct {
    ngx_http_hr_in_str_t     cursor;
    ngx_http_hr_in_str_t     user_id;
    ngx_http_hr_in_str_t     action;
    ngx_http_hr_in_str_t     object_id;
    ngx_http_hr_in_str_t     from;
    ngx_http_hr_in_str_t     to;
    ngx_http_hr_in_int_t     limit;
} ngx_http_hr_trail_query_t;

typedef struct {
    ngx_http_hr_pump_t       pump;          /* of the file; first */
    hr_store_audit_filter_t  filter;
    size_t                   limit;
    size_t                   rows;
    int64_t                  last;          /* seq of the last record written */
    hr_jw_t                 *jw;
    ngx_http_hr_work_t      *work;
} ngx_http_hr_trail_t;


#define NGX_HTTP_HR_TRAIL_ROW(field, type, max)                               \
    { #field, NGX_HTTP_HR_IN_##type, 0, 0, max,                               \
      offsetof(ngx_http_hr_trail_query_t, field) }
#define NGX_HTTP_HR_TRAIL_FILTERS                                             \
    NGX_HTTP_HR_TRAIL_ROW(user_id, STR, 20),                                  \
    NGX_HTTP_HR_TRAIL_ROW(action, STR, 100),                                  \
    NGX_HTTP_HR_TRAIL_ROW(object_id, STR, 600),                               \
    NGX_HTTP_HR_TRAIL_ROW(from, STR, 40),                                     \
    NGX_HTTP_HR_TRAIL_ROW(to, STR, 40)

static const ngx_http_hr_in_row_t  ngx_http_hr_trail_list_rows[] = {
    { "limit", NGX_HTTP_HR_IN_INT, 0, 1, NGX_HTTP_HR_TRAIL_LIMIT,
      offsetof(ngx_http_hr_trail_query_t, limit) },
    NGX_HTTP_HR_TRAIL_ROW(cursor, STR, 20),
    NGX_HTTP_HR_TRAIL_FILTERS,
    NGX_HTTP_HR_IN_END
};

static const ngx_http_hr_in_row_t  ngx_http_hr_trail_file_rows[] = {
    { "after", NGX_HTTP_HR_IN_STR, 0, 0, 20,
      offsetof(ngx_http_hr_trail_query_t, cursor) },
    NGX_HTTP_HR_TRAIL_FILTERS,
    NGX_HTTP_HR_IN_END
};


/* ---- a record ---- */


/*
 * The time as it is hashed, whatever layout the answers have, so that the
 * chain can be recomputed from a file.
 */
static void
ngx_http_hr_trail_write(hr_jw_t *jw, const hr_store_audit_t *e)
{
    char  at[HR_TIME_MAX];

    (void) hr_time_format(e->at, HR_TIME_WIRE_Z, at);

    hr_jw_object(jw);
    hr_jw_kint(jw, "seq", e->seq);
    hr_jw_kc(jw, "at", at);
    hr_jw_key(jw, "user_id");

    if (e->user_id != 0) {
        hr_jw_int(jw, e->user_id);
    } else {
        hr_jw_null(jw);
    }

    hr_jw_kstr(jw, "username", e->username);
    hr_jw_kstr(jw, "action", e->action);
    hr_jw_kstr(jw, "object_type", e->object_type);
    hr_jw_kstr(jw, "object_id", e->object_id);
    hr_jw_kstr(jw, "result", e->result);
    hr_jw_kstr(jw, "address", e->address);
    hr_jw_kstr(jw, "request_id", e->request_id);
    hr_jw_kstr(jw, "detail", e->detail);
    hr_jw_kstr(jw, "hash", e->hash);
    hr_jw_end_object(jw);
}


/* ---- conditions ---- */


/* A whole number from 1; false: it is none. */
static bool
ngx_http_hr_trail_number(const ngx_http_hr_in_str_t *value, int64_t *out)
{
    ngx_int_t  n;

    *out = 0;

    if (!value->set || value->v.len == 0) {
        return true;
    }

    n = ngx_atoi((u_char *) value->v.data, value->v.len);
    *out = n;

    return n > 0;
}


/* A day or an instant; a day as the upper end is included whole. */
static bool
ngx_http_hr_trail_time(const ngx_http_hr_in_str_t *value, bool upper,
    hr_instant_t *at)
{
    char      copy[HR_TIME_MAX];
    bool      day;
    hr_str_t  text = value->v;

    *at = HR_STORE_NO_TIME;

    if (!value->set || text.len == 0) {
        return true;
    }

    day = text.len == sizeof("2025-01-31") - 1;

    if (day) {
        text.len = (size_t) snprintf(copy, sizeof(copy), "%.10sT00:00:00", text.data);
        text.data = copy;
    }

    if (!hr_time_parse(text, at)) {
        return false;
    }

    if (upper) {
        *at += day ? NGX_HTTP_HR_TRAIL_DAY : 1;
    }

    return true;
}


/* NGX_OK, or the 422 was sent (NGX_DECLINED). */
static ngx_int_t
ngx_http_hr_trail_filter(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_trail_query_t *q, const char *cursor,
    hr_store_audit_filter_t *f, ngx_int_t *rc)
{
    const char               *time = "Input should be a day such as 2026-01-31 or"
                                     " an instant";
    const char               *number = "Input should be a whole number from 1";
    ngx_http_hr_problems_t    p;

    ngx_http_hr_problems_init(&p, ctx);

    if (!ngx_http_hr_trail_number(&q->cursor, &f->after)) {
        ngx_http_hr_problem_text(&p, cursor, number, "value_error", q->cursor.v);
    }

    if (!ngx_http_hr_trail_number(&q->user_id, &f->user_id)) {
        ngx_http_hr_problem_text(&p, "query.user_id", number, "value_error",
                                 q->user_id.v);
    }

    if (!ngx_http_hr_trail_time(&q->from, false, &f->from)) {
        ngx_http_hr_problem_text(&p, "query.from", time, "value_error", q->from.v);
    }

    if (!ngx_http_hr_trail_time(&q->to, true, &f->to)) {
        ngx_http_hr_problem_text(&p, "query.to", time, "value_error", q->to.v);
    }

    return ngx_http_hr_problems_end(r, ctx, &p, rc);
}


/* The work with its conditions; NULL: *rc is what the handler returns. */
static ngx_http_hr_work_t *
ngx_http_hr_trail_work(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_in_row_t *rows, const char *cursor, ngx_int_t *rc)
{
    ngx_http_hr_work_t         *w;
    ngx_http_hr_trail_t        *in;
    hr_store_audit_filter_t     filter;
    ngx_http_hr_trail_query_t   q;

    ngx_memzero(&q, sizeof(q));
    ngx_memzero(&filter, sizeof(filter));

    if (ngx_http_hr_read(r, ctx, rows, NULL, &q, rc) != NGX_OK
        || ngx_http_hr_trail_filter(r, ctx, &q, cursor, &filter, rc) != NGX_OK)
    {
        return NULL;
    }

    *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_trail_t), 1024 * 1024);
    if (w == NULL) {
        return NULL;
    }

    in = w->in;
    in->work = w;
    in->filter = filter;
    in->limit = q.limit.set ? (size_t) q.limit.v : NGX_HTTP_HR_TRAIL_USUAL;

    /* an empty condition is none */
    in->filter.action = q.action.v.len ? ngx_http_hr_work_str(w, q.action.v)
                                       : HR_STR_NULL;
    in->filter.object_id = q.object_id.v.len
                           ? ngx_http_hr_work_str(w, q.object_id.v) : HR_STR_NULL;

    if (hr_arena_failed(w->arena)) {
        ngx_http_hr_work_free(w);
        return NULL;
    }

    return w;
}


/* ---- GET /api/admin/audit ---- */


static hr_rc_t
ngx_http_hr_trail_list_row(void *data, const hr_store_audit_t *event)
{
    ngx_http_hr_trail_t  *in = data;

    /* one more than asked for: there is a next page */
    if (in->rows++ < in->limit) {
        ngx_http_hr_trail_write(in->jw, event);
        in->last = event->seq;
    }

    return in->jw->out->err;
}


static hr_rc_t
ngx_http_hr_trail_list_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t               jw;
    hr_rc_t               rc;
    ngx_http_hr_trail_t  *in = w->in;

    in->jw = &jw;
    in->filter.limit = in->limit + 1;
    in->filter.newest_first = true;

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer, HR_STR_NULL);
    hr_jw_object(&jw);
    hr_jw_key(&jw, "records");
    hr_jw_array(&jw);

    rc = hr_store_audit_each(conn, &in->filter, ngx_http_hr_trail_list_row, in);
    if (rc != HR_OK) {
        return rc;
    }

    hr_jw_end_array(&jw);
    hr_jw_key(&jw, "next_cursor");

    if (in->rows > in->limit) {
        hr_jw_str(&jw, hr_arena_printf(w->arena, "%lld", (long long) in->last));
    } else {
        hr_jw_null(&jw);
    }

    hr_jw_kint(&jw, "limit", (int64_t) in->limit);
    hr_jw_end_object(&jw);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_trail_list(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_trail_work(r, ctx, ngx_http_hr_trail_list_rows,
                               "query.cursor", &rc);
    if (w == NULL) {
        return rc;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_trail_list_run, NULL);
}


/* ---- GET /api/admin/audit/export ---- */


static hr_rc_t
ngx_http_hr_trail_file_row(void *data, const hr_store_audit_t *event)
{
    ngx_http_hr_trail_t  *in = data;

    if (ngx_http_hr_pump_cancelled(in->work)) {
        return HR_ABORTED;
    }

    hr_jw_init(in->jw, &in->pump.piece);
    ngx_http_hr_trail_write(in->jw, event);
    (void) hr_buf_char(&in->pump.piece, '\n');
    in->filter.after = event->seq;
    in->rows++;

    return in->pump.piece.err;
}


static hr_rc_t
ngx_http_hr_trail_file_fill(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                before;
    hr_jw_t               jw;
    hr_rc_t               rc;
    ngx_http_hr_trail_t  *in = w->in;

    in->jw = &jw;
    in->filter.limit = NGX_HTTP_HR_TRAIL_STEP;
    before = in->rows;

    rc = hr_store_audit_each(conn, &in->filter, ngx_http_hr_trail_file_row, in);
    in->pump.closed = in->rows - before < NGX_HTTP_HR_TRAIL_STEP;

    return rc;
}


static void
ngx_http_hr_trail_file_end(ngx_http_hr_work_t *w, const char *result)
{
    u_char                text[64], *p;
    ngx_http_hr_trail_t  *in = w->in;

    p = ngx_snprintf(text, sizeof(text), "{\"records\":%uz}", in->rows);
    ngx_http_hr_audit_later_with(w, "audit.export", "audit", result,
                                 hr_str((char *) text, (size_t) (p - text)));
}


static ngx_int_t
ngx_http_hr_trail_file_begun(ngx_http_hr_work_t *w)
{
    hr_str_t  name, now;
    char      day[HR_TIME_MAX];

    now = hr_str(day, hr_time_format(w->now, HR_TIME_T1, day));
    name = hr_arena_printf(w->arena, "audit_%.10s.jsonl", now.data);

    return ngx_http_hr_pump_start(w, NGX_HTTP_HR_TYPE_NDJSON,
                                  hr_filename_disposition_name(w->arena, name));
}


static ngx_int_t
ngx_http_hr_trail_file(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t             rc;
    ngx_http_hr_work_t   *w;
    ngx_http_hr_trail_t  *in;

    w = ngx_http_hr_trail_work(r, ctx, ngx_http_hr_trail_file_rows, "query.after",
                               &rc);
    if (w == NULL) {
        return rc;
    }

    in = w->in;
    ngx_http_hr_pump_init(&in->pump, ngx_http_hr_trail_file_fill,
                          ngx_http_hr_trail_file_end);

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_trail_file_fill,
                                  ngx_http_hr_trail_file_begun);
}


/* ---- GET /api/admin/audit/verify ---- */

typedef struct {
    int64_t   checked;
    int64_t   bad;              /* seq; 0: none */
    int64_t   last;             /* seq */
    char      hash[65];
} ngx_http_hr_trail_verify_t;


static hr_rc_t
ngx_http_hr_trail_verify_last(void *data, const hr_store_audit_t *event)
{
    ngx_http_hr_trail_verify_t  *in = data;

    in->last = event->seq;
    (void) snprintf(in->hash, sizeof(in->hash), "%.*s", (int) event->hash.len,
                    event->hash.data);

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_trail_verify_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                      jw;
    hr_rc_t                      rc;
    hr_store_audit_filter_t      newest;
    ngx_http_hr_trail_verify_t  *in = w->in;

    ngx_memzero(&newest, sizeof(newest));
    newest.limit = 1;
    newest.newest_first = true;
    newest.from = HR_STORE_NO_TIME;
    newest.to = HR_STORE_NO_TIME;

    /* one state for both, whatever is written meanwhile */
    rc = hr_store_snapshot(conn);

    if (rc == HR_OK) {
        rc = hr_store_audit_verify(conn, &in->checked, &in->bad);
    }

    if (rc == HR_OK) {
        rc = hr_store_audit_each(conn, &newest, ngx_http_hr_trail_verify_last, in);
    }

    hr_store_snapshot_end(conn);

    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer, in->bad == 0
        ? ngx_http_hr_work_text(w, "Журнал действий цел", "The trail is whole")
        : ngx_http_hr_work_text(w, "Журнал действий изменён: сравните его с"
                                " сохранёнными выгрузками",
                                "The trail was tampered with: compare it with"
                                " exported files"));
    hr_jw_object(&jw);
    hr_jw_kbool(&jw, "valid", in->bad == 0);
    hr_jw_kint(&jw, "checked", in->checked);
    hr_jw_key(&jw, "first_bad_seq");

    if (in->bad != 0) {
        hr_jw_int(&jw, in->bad);
    } else {
        hr_jw_null(&jw);
    }

    hr_jw_kint(&jw, "last_seq", in->last);
    hr_jw_kc(&jw, "last_hash", in->hash[0] != '\0' ? in->hash : NULL);
    hr_jw_end_object(&jw);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_trail_verify_done(ngx_http_hr_work_t *w)
{
    ngx_http_hr_trail_verify_t  *in = w->in;

    if (w->rc == HR_OK && in->bad != 0) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: the audit trail was changed from outside: record %L is "
                      "not the one that was written", in->bad);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_trail_verify(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_trail_verify_t),
                                1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_trail_verify_run,
                                  ngx_http_hr_trail_verify_done);
}


const ngx_http_hr_route_t  ngx_http_hr_trail_routes[] = {

    { "/api/admin/audit", NGX_HTTP_GET, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_trail_list, "list_audit" },

    { "/api/admin/audit/verify", NGX_HTTP_GET, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_trail_verify, "verify_audit" },

    { "/api/admin/audit/export", NGX_HTTP_GET, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_trail_file, "export_audit" },

    NGX_HTTP_HR_ROUTES_END
};
