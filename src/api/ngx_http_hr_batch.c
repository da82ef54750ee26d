#include "ngx_http_hr_generation.h"
#include "ngx_http_hr_audit.h"


/* Batches after their start: list, state, items, pause, resume, cancel, retry. */

#define NGX_HTTP_HR_BATCHES_MAX  100
#define NGX_HTTP_HR_ITEMS_PAGE   100
#define NGX_HTTP_HR_ITEMS_MAX    2000

typedef struct {
    hr_str_t                  id;
    const char               *action;       /* of the audit record; NULL: only look */
    hr_store_batch_status_t   status;       /* to set; FINISHED: retry */
    int64_t                   page;
    int64_t                   limit;
} ngx_http_hr_batch_in_t;

typedef struct {
    ngx_http_hr_in_int_t      page;
    ngx_http_hr_in_int_t      limit;
} ngx_http_hr_batch_query_t;


/* ---- JSON ---- */


static void
ngx_http_hr_batch_time(hr_jw_t *jw, const hr_answer_ctx_t *answer, const char *key,
    hr_instant_t at)
{
    hr_jw_key(jw, key);

    if (at == HR_STORE_NO_TIME) {
        hr_jw_null(jw);
    } else {
        hr_envelope_time(jw, answer, at);
    }
}


static void
ngx_http_hr_batch_write(hr_jw_t *jw, const hr_answer_ctx_t *answer,
    const hr_store_batch_t *b)
{
    int64_t  ended = b->total - b->queued - b->processing;

    hr_jw_object(jw);
    hr_jw_kstr(jw, "batch_id", b->id);
    hr_jw_kc(jw, "status", hr_store_batch_status_name(b->status));
    ngx_http_hr_batch_time(jw, answer, "created_at", b->created_at);
    ngx_http_hr_batch_time(jw, answer, "updated_at", b->updated_at);
    ngx_http_hr_batch_time(jw, answer, "completed_at", b->completed_at);
    hr_jw_kstr(jw, "created_by_username", b->created_by_username);
    hr_jw_kint(jw, "total", b->total);
    hr_jw_kint(jw, "queued", b->queued);
    hr_jw_kint(jw, "processing", b->processing);
    hr_jw_kint(jw, "completed", b->completed);
    hr_jw_kint(jw, "failed", b->failed);
    hr_jw_kint(jw, "cancelled", b->cancelled);
    hr_jw_kint(jw, "skipped", b->skipped);
    hr_jw_kint(jw, "progress", b->total > 0 ? ended * 100 / b->total : 100);
    hr_jw_end_object(jw);
}


static void
ngx_http_hr_batch_item_write(hr_jw_t *jw, const hr_store_batch_item_t *item)
{
    hr_jw_object(jw);
    hr_jw_kint(jw, "ordinal", item->ordinal);
    hr_jw_kstr(jw, "department", item->slot.department);
    hr_jw_kstr(jw, "position", item->slot.position);
    hr_jw_kstr(jw, "employee_name", item->slot.employee_name);
    hr_jw_kstr(jw, "unit_path", item->slot.unit_path);
    hr_jw_kstr(jw, "state", item->state);
    hr_jw_kstr(jw, "task_id", item->task_id);
    hr_jw_kstr(jw, "profile_id", item->profile_id);
    hr_jw_kstr(jw, "error_code", item->error_code);
    hr_jw_kstr(jw, "message", item->message);
    hr_jw_end_object(jw);
}


/* ---- reading ---- */


/* Batches are as private as tasks: 404, or 403 for one of somebody else. */
static hr_rc_t
ngx_http_hr_batch_load(ngx_http_hr_work_t *w, hr_store_conn_t *conn, hr_str_t id,
    hr_store_batch_t *batch)
{
    hr_rc_t  rc;

    rc = hr_store_batch_get(conn, w->arena, id, batch);

    if (rc == HR_NOT_FOUND) {
        return ngx_http_hr_work_not_found(w, "batch", id);
    }

    if (rc == HR_OK && batch->created_by != w->user.id) {
        return ngx_http_hr_work_error_with(w, HR_E_FORBIDDEN, HR_CONFLICT,
                   "Это пакет другого пользователя",
                   "The batch belongs to another user", HR_STR_NULL);
    }

    return rc;
}


static hr_rc_t
ngx_http_hr_batch_answer(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_str_t message)
{
    hr_jw_t                  jw;
    hr_rc_t                  rc;
    hr_store_batch_t         batch;
    ngx_http_hr_batch_in_t  *in = w->in;

    rc = ngx_http_hr_batch_load(w, conn, in->id, &batch);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer, message);
    hr_jw_key(&jw, "batch");
    ngx_http_hr_batch_write(&jw, &w->answer, &batch);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_batch_get_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    return ngx_http_hr_batch_answer(w, conn,
               ngx_http_hr_work_text(w, "Состояние пакета", "State of the batch"));
}


static hr_rc_t
ngx_http_hr_batch_list_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t             i, count;
    hr_jw_t            jw;
    hr_rc_t            rc;
    hr_store_batch_t  *list;

    rc = hr_store_batches_list(conn, w->arena, w->user.id, NGX_HTTP_HR_BATCHES_MAX,
                               &list, &count);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
                      ngx_http_hr_work_text(w, "Пакеты генерации",
                                            "Batches of generations"));
    hr_jw_key(&jw, "batches");
    hr_jw_array(&jw);

    for (i = 0; i < count; i++) {
        ngx_http_hr_batch_write(&jw, &w->answer, &list[i]);
    }

    hr_jw_end_array(&jw);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_batch_items_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                    i;
    hr_jw_t                   jw;
    hr_rc_t                   rc;
    int64_t                   pages;
    hr_store_batch_t          batch;
    ngx_http_hr_batch_in_t   *in = w->in;
    hr_store_batch_items_t    list;

    rc = ngx_http_hr_batch_load(w, conn, in->id, &batch);

    if (rc == HR_OK) {
        rc = hr_store_batch_items(conn, w->arena, in->id,
                                  (size_t) ((in->page - 1) * in->limit),
                                  (size_t) in->limit, &list);
    }

    if (rc != HR_OK) {
        return rc;
    }

    pages = (list.total + in->limit - 1) / in->limit;

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
                      ngx_http_hr_work_text(w, "Позиции пакета",
                                            "Items of the batch"));
    hr_jw_key(&jw, "items");
    hr_jw_array(&jw);

    for (i = 0; i < list.count; i++) {
        ngx_http_hr_batch_item_write(&jw, &list.items[i]);
    }

    hr_jw_end_array(&jw);
    hr_jw_key(&jw, "pagination");
    hr_jw_object(&jw);
    hr_jw_kint(&jw, "page", in->page);
    hr_jw_kint(&jw, "limit", in->limit);
    hr_jw_kint(&jw, "total", list.total);
    hr_jw_kint(&jw, "total_pages", pages);
    hr_jw_kbool(&jw, "has_next", in->page < pages);
    hr_jw_kbool(&jw, "has_prev", in->page > 1);
    hr_jw_end_object(&jw);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


/* ---- changing ---- */


static hr_str_t
ngx_http_hr_batch_done_text(ngx_http_hr_work_t *w, hr_store_batch_status_t status,
    int64_t changed)
{
    static const struct {
        const char  *ru;
        const char  *en;
    } texts[] = {               /* in the order of hr_store_batch_status_t */
        { "Пакет продолжен", "The batch goes on" },
        { "Пакет приостановлен", "The batch is paused" },
        { "Пакет отменён, остановлено задач: %lld",
          "The batch is cancelled, tasks stopped: %lld" },
        { "Снова в очереди: %lld", "Queued again: %lld" },
    };

    return hr_arena_printf(w->arena,
                           w->answer.lang == HR_LANG_RU ? texts[status].ru
                                                        : texts[status].en,
                           (long long) changed);
}


static hr_rc_t
ngx_http_hr_batch_change_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                  rc;
    int64_t                  changed;
    hr_store_batch_t         batch;
    ngx_http_hr_batch_in_t  *in = w->in;

    rc = ngx_http_hr_batch_load(w, conn, in->id, &batch);
    if (rc != HR_OK) {
        return rc;
    }

    if (in->status == HR_STORE_BATCH_FINISHED) {
        rc = hr_store_batch_retry(conn, in->id,
                                  ngx_http_hr_step_text(NGX_HTTP_HR_STEP_QUEUED),
                                  w->now, &changed);
    } else {
        rc = hr_store_batch_set_status(conn, in->id, in->status,
                 ngx_http_hr_step_text(NGX_HTTP_HR_STEP_CANCELLED),
                 NGX_HTTP_HR_CANCELLED_TEXT, w->now, &changed);
    }

    if (rc == HR_CONFLICT) {
        return ngx_http_hr_work_error_with(w, HR_E_CONFLICT, rc,
                   "Состояние пакета этого не допускает",
                   "The state of the batch does not allow this",
                   hr_arena_printf(w->arena, "{\"current_status\":\"%s\"}",
                                   hr_store_batch_status_name(batch.status)));
    }

    if (rc == HR_OK) {
        rc = ngx_http_hr_audit(w, conn, in->action, "batch", in->id, HR_STR_NULL);
    }

    return rc == HR_OK
           ? ngx_http_hr_batch_answer(w, conn,
                 ngx_http_hr_batch_done_text(w, in->status, changed))
           : rc;
}


static ngx_int_t
ngx_http_hr_batch_changed(ngx_http_hr_work_t *w)
{
    ngx_http_hr_batch_in_t  *in = w->in;

    if (w->rc != HR_OK) {
        return NGX_OK;
    }

    if (in->status == HR_STORE_BATCH_CANCELLED) {
        ngx_http_hr_job_cancel_many();

    } else {
        ngx_http_hr_job_wake();
    }

    return NGX_OK;
}


/* ---- handlers ---- */


static ngx_int_t
ngx_http_hr_batch_begin(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_batch_in_t *what, ngx_http_hr_work_kind_t kind,
    ngx_http_hr_work_run_pt run, ngx_http_hr_work_done_pt done)
{
    ngx_http_hr_work_t      *w;
    ngx_http_hr_batch_in_t  *in;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_batch_in_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    *in = *what;
    in->id = ngx_http_hr_work_str(w, ngx_http_hr_str(&ctx->params[0]));
    w->gzip = ctx->gzip_ok;

    return ngx_http_hr_work_start(w, kind, run, done);
}


static ngx_int_t
ngx_http_hr_batch_list(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_batch_in_t  what;

    ngx_memzero(&what, sizeof(what));

    return ngx_http_hr_batch_begin(r, ctx, &what, NGX_HTTP_HR_WORK_READ,
                                   ngx_http_hr_batch_list_run, NULL);
}


static ngx_int_t
ngx_http_hr_batch_get(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_batch_in_t  what;

    ngx_memzero(&what, sizeof(what));

    return ngx_http_hr_batch_begin(r, ctx, &what, NGX_HTTP_HR_WORK_READ,
                                   ngx_http_hr_batch_get_run, NULL);
}


static ngx_int_t
ngx_http_hr_batch_items(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "page", NGX_HTTP_HR_IN_INT, 0, 1, 1000000,
          offsetof(ngx_http_hr_batch_query_t, page) },
        { "limit", NGX_HTTP_HR_IN_INT, 0, 1, NGX_HTTP_HR_ITEMS_MAX,
          offsetof(ngx_http_hr_batch_query_t, limit) },
        NGX_HTTP_HR_IN_END
    };

    ngx_int_t                  rc;
    ngx_http_hr_batch_in_t     what;
    ngx_http_hr_batch_query_t  query;

    ngx_memzero(&query, sizeof(query));
    ngx_memzero(&what, sizeof(what));

    if (ngx_http_hr_read(r, ctx, rows, NULL, &query, &rc) != NGX_OK) {
        return rc;
    }

    what.page = query.page.set ? query.page.v : 1;
    what.limit = query.limit.set ? query.limit.v : NGX_HTTP_HR_ITEMS_PAGE;

    return ngx_http_hr_batch_begin(r, ctx, &what, NGX_HTTP_HR_WORK_READ,
                                   ngx_http_hr_batch_items_run, NULL);
}


static ngx_int_t
ngx_http_hr_batch_change(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    hr_store_batch_status_t status, const char *action)
{
    ngx_http_hr_batch_in_t  what;

    ngx_memzero(&what, sizeof(what));
    what.status = status;
    what.action = action;

    return ngx_http_hr_batch_begin(r, ctx, &what, NGX_HTTP_HR_WORK_WRITE,
                                   ngx_http_hr_batch_change_run,
                                   ngx_http_hr_batch_changed);
}


static ngx_int_t
ngx_http_hr_batch_pause(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_batch_change(r, ctx, HR_STORE_BATCH_PAUSED, "batch.pause");
}


static ngx_int_t
ngx_http_hr_batch_resume(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_batch_change(r, ctx, HR_STORE_BATCH_ACTIVE, "batch.resume");
}


static ngx_int_t
ngx_http_hr_batch_cancel(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_batch_change(r, ctx, HR_STORE_BATCH_CANCELLED,
                                    "batch.cancel");
}


static ngx_int_t
ngx_http_hr_batch_retry(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ngx_http_hr_generation_allowed(r, ctx, 1, &rc) != NGX_OK) {
        return rc;
    }

    return ngx_http_hr_batch_change(r, ctx, HR_STORE_BATCH_FINISHED, "batch.retry");
}


const ngx_http_hr_route_t  ngx_http_hr_batch_routes[] = {

    { "/api/generation/batch", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_batch_list, "list_batches" },

    { "/api/generation/batch/{batch_id}", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_batch_get, "get_batch" },

    { "/api/generation/batch/{batch_id}/items", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_batch_items, "list_batch_items" },

    { "/api/generation/batch/{batch_id}/pause", NGX_HTTP_POST, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_batch_pause, "pause_batch" },

    { "/api/generation/batch/{batch_id}/resume", NGX_HTTP_POST, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_batch_resume, "resume_batch" },

    { "/api/generation/batch/{batch_id}/cancel", NGX_HTTP_POST, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_batch_cancel, "cancel_batch" },

    { "/api/generation/batch/{batch_id}/retry", NGX_HTTP_POST, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_batch_retry, "retry_batch" },

    NGX_HTTP_HR_ROUTES_END
};
