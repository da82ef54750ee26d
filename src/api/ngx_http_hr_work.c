#include "ngx_http_hr_work.h"
#include "ngx_http_hr_touch.h"


static void ngx_http_hr_work_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn);
static void ngx_http_hr_work_done(ngx_http_hr_db_op_t *op);
static ngx_int_t ngx_http_hr_work_post(ngx_http_hr_work_t *w);
static void ngx_http_hr_work_client_left(void *data);


ngx_http_hr_work_t *
ngx_http_hr_work_detached(size_t in_size, size_t arena_limit)
{
    ngx_http_hr_work_t  *w;

    w = ngx_calloc(sizeof(ngx_http_hr_work_t), ngx_cycle->log);
    if (w == NULL) {
        return NULL;
    }

    w->arena = hr_arena_create(arena_limit ? arena_limit : 64 * 1024 * 1024);
    if (w->arena == NULL) {
        ngx_free(w);
        return NULL;
    }

    w->in = hr_arena_calloc(w->arena, in_size ? in_size : 1);
    if (w->in == NULL) {
        hr_arena_destroy(w->arena);
        ngx_free(w);
        return NULL;
    }

    ngx_http_hr_answer_init(&w->out, NGX_HTTP_HR_WORK_ANSWER);
    w->conf = ngx_http_hr_main_conf();
    w->now = hr_time_now();
    w->answer.naive = w->conf->naive_times;

    return w;
}


ngx_http_hr_work_t *
ngx_http_hr_work_create(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    size_t in_size, size_t arena_limit)
{
    ngx_str_t            address;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_detached(in_size, arena_limit);
    if (w == NULL) {
        return NULL;
    }

    w->r = r;
    w->ctx = ctx;
    w->conf = ctx->conf;
    w->user = ctx->user;
    w->answer = ctx->answer;
    w->answer.path = hr_arena_str(w->arena, ctx->answer.path);
    address = ngx_http_hr_client_address(r);
    w->address = hr_arena_str(w->arena, ngx_http_hr_str(&address));

    if (w->answer.path.data == NULL || w->address.data == NULL) {
        ngx_http_hr_work_free(w);
        return NULL;
    }

    return w;
}


void
ngx_http_hr_work_free(ngx_http_hr_work_t *w)
{
    if (w->cleanup != NULL) {
        w->cleanup->handler = NULL;
    }

    ngx_http_hr_data_release(&w->data);
    ngx_http_hr_answer_release(&w->out);
    hr_arena_destroy(w->arena);
    ngx_free(w);
}


hr_str_t
ngx_http_hr_work_str(ngx_http_hr_work_t *w, hr_str_t text)
{
    if (text.data == NULL) {
        return HR_STR_NULL;
    }

    return hr_arena_str(w->arena, text);
}


ngx_int_t
ngx_http_hr_work_hold_data(ngx_http_hr_work_t *w)
{
    if (w->data.image != NULL) {
        return NGX_OK;
    }

    return ngx_http_hr_data_acquire(&w->data);
}


/* The client left: the request goes, the work stays until its thread ends. */
static void
ngx_http_hr_work_client_left(void *data)
{
    ngx_http_hr_work_t  *w = data;

    w->r = NULL;
    w->ctx = NULL;
    w->cleanup = NULL;

    /* a read is for nobody now; a write may be half-way and is worth ending */
    if (w->kind == NGX_HTTP_HR_WORK_READ && w->done == NULL) {
        ngx_http_hr_db_cancel(&w->op);
    }
}


ngx_int_t
ngx_http_hr_work_start(ngx_http_hr_work_t *w, ngx_http_hr_work_kind_t kind,
    ngx_http_hr_work_run_pt run, ngx_http_hr_work_done_pt done)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r = w->r;
    ngx_http_hr_ctx_t   *ctx = w->ctx;

    w->kind = kind;
    w->run = run;
    w->done = done;

    if (r != NULL) {
        w->cleanup = ngx_http_cleanup_add(r, 0);
        if (w->cleanup == NULL) {
            ngx_http_hr_work_free(w);
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        w->cleanup->handler = ngx_http_hr_work_client_left;
        w->cleanup->data = w;
    }

    /* a body that is not kept is compressed only for a client that wants it so */
    if (ctx != NULL && w->gzip && !ctx->gzip_ok
        && (ctx->cache_key.len == 0 || !ctx->conf->cache_on))
    {
        w->gzip = false;
        w->out.coded = 1;
    }

    rc = ngx_http_hr_work_post(w);

    if (rc != NGX_OK) {
        ngx_http_hr_work_free(w);

        if (r == NULL) {
            return NGX_ERROR;
        }

        ngx_http_hr_count(NGX_HTTP_HR_COUNT_DB_REFUSED, 1);

        return ngx_http_hr_error(r, ctx, HR_E_OVERLOAD);
    }

    if (r == NULL) {
        return NGX_DONE;
    }

    r->main->count++;
    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    return NGX_DONE;
}


ngx_int_t
ngx_http_hr_work_next(ngx_http_hr_work_t *w, ngx_http_hr_work_kind_t kind,
    ngx_http_hr_work_run_pt run, ngx_http_hr_work_done_pt done)
{
    w->kind = kind;
    w->run = run;
    w->done = done;

    if (ngx_http_hr_work_post(w) != NGX_OK) {
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_DB_REFUSED, 1);
        w->error = HR_E_OVERLOAD;
        return NGX_OK;
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_hr_work_post(ngx_http_hr_work_t *w)
{
    w->op.run = ngx_http_hr_work_run;
    w->op.done = ngx_http_hr_work_done;
    w->op.data = w;
    w->op.usec = 0;

    switch (w->kind) {

    case NGX_HTTP_HR_WORK_READ:
        return ngx_http_hr_db_read(&w->op);

    case NGX_HTTP_HR_WORK_WRITE:
        return ngx_http_hr_db_write(&w->op);

    case NGX_HTTP_HR_WORK_SLOW:
        return ngx_http_hr_db_slow(&w->op);

    case NGX_HTTP_HR_WORK_BULK:
        return ngx_http_hr_db_bulk(&w->op);

    default:
        return ngx_http_hr_db_cpu(&w->op);
    }
}


/* In the pool thread. */
static void
ngx_http_hr_work_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    ngx_http_hr_work_t  *w = op->data;

    op->rc = w->run(w, conn);

    if (op->rc == HR_OK && w->error == HR_E_NONE && (w->gzip || w->etag)
        && w->out.body.len != 0)
    {
        ngx_http_hr_answer_seal(&w->out, w->gzip);

        if (!w->etag) {
            w->out.etag[0] = '\0';
        }
    }
}


/* The store's reason as an error of the API; nothing internal reaches the client. */
static hr_error_kind_t
ngx_http_hr_work_map(const ngx_http_hr_work_t *w)
{
    switch (w->op.error) {

    case HR_STORE_E_BUSY:
    case HR_STORE_E_ABORTED:
        return HR_E_DB_BUSY;

    case HR_STORE_E_FULL:
    case HR_STORE_E_READONLY:
    case HR_STORE_E_IO:
    case HR_STORE_E_CORRUPT:
    case HR_STORE_E_NOT_PREPARED:
        return HR_E_UNAVAILABLE;

    case HR_STORE_E_NOMEM:
        return HR_E_OVERLOAD;

    case HR_STORE_E_STALE:
    case HR_STORE_E_STATUS:
    case HR_STORE_E_TERMINAL:
    case HR_STORE_E_OPEN_TASK:
    case HR_STORE_E_NAME_TAKEN:
    case HR_STORE_E_LAST_ADMIN:
        return HR_E_CONFLICT;

    case HR_STORE_E_NO_USER:
    case HR_STORE_E_NO_SESSION:
    case HR_STORE_E_NO_PROFILE:
    case HR_STORE_E_NO_VERSION:
    case HR_STORE_E_NO_TASK:
    case HR_STORE_E_NO_BATCH:
        return HR_E_NOT_FOUND;

    default:
        break;
    }

    switch (w->rc) {

    case HR_BUSY:
        return HR_E_DB_BUSY;
    case HR_NOMEM:
    case HR_LIMIT:
        return HR_E_OVERLOAD;
    case HR_NOT_FOUND:
        return HR_E_NOT_FOUND;
    case HR_CONFLICT:
        return HR_E_CONFLICT;
    default:
        return HR_E_DATABASE;
    }
}


/* A committed write ends the cached answers of the profiles that it touched. */
static void
ngx_http_hr_work_epochs(ngx_http_hr_work_t *w)
{
    ngx_uint_t  i;

    if (w->touched_many) {
        for (i = 0; i < NGX_HTTP_HR_EPOCH_SLOTS; i++) {
            ngx_http_hr_epoch_slot_bump(i);
        }
    }

    for (i = 0; i < w->nslots; i++) {
        ngx_http_hr_epoch_slot_bump(w->slots[i]);
    }
}


static ngx_int_t
ngx_http_hr_work_answer(ngx_http_hr_work_t *w)
{
    ngx_http_hr_error_args_t  args;

    if (w->rc != HR_OK && w->error == HR_E_NONE) {
        w->error = ngx_http_hr_work_map(w);
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_DB_ERRORS, 1);

        if (hr_error_status(w->error) >= 500) {
            ngx_log_error(NGX_LOG_ERR, w->r->connection->log, 0,
                          "hr: request id %s: store error %d (%d): %s",
                          w->answer.request_id, (int) w->op.error, (int) w->rc,
                          w->op.text);
        }
    }

    if (w->error == HR_E_NONE) {
        return ngx_http_hr_answer(w->r, w->ctx, &w->out);
    }

    ngx_memzero(&args, sizeof(args));
    args.message = w->message;
    args.detail = w->detail;
    args.details = w->details;
    args.retry_after = w->retry_after;

    return ngx_http_hr_error_with(w->r, w->ctx, w->error, &args);
}


/* rc: NGX_OK answers with what w has, NGX_DONE says that this was done already. */
static void
ngx_http_hr_work_end(ngx_http_hr_work_t *w, ngx_int_t rc)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r = w->r;

    if (r == NULL || rc == NGX_DONE) {
        ngx_http_hr_work_free(w);
        return;
    }

    c = r->connection;
    ngx_http_set_log_request(c->log, r);

    if (rc == NGX_OK) {
        rc = ngx_http_hr_work_answer(w);
    }

    ngx_http_hr_work_free(w);
    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


ngx_int_t
ngx_http_hr_work_resume(ngx_http_hr_work_t *w, ngx_http_hr_work_kind_t kind,
    ngx_http_hr_work_run_pt run, ngx_http_hr_work_done_pt done)
{
    if (ngx_http_hr_work_next(w, kind, run, done) == NGX_AGAIN) {
        return NGX_OK;
    }

    ngx_http_hr_work_end(w, NGX_OK);

    return NGX_ERROR;
}


static void
ngx_http_hr_work_done(ngx_http_hr_db_op_t *op)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w = op->data;

    w->rc = op->rc;
    ngx_http_hr_turn_note(w->ctx != NULL ? w->ctx->route->name : "work without a client");

    if (w->kind == NGX_HTTP_HR_WORK_WRITE && op->rc == HR_OK) {
        ngx_http_hr_work_epochs(w);
    }

    if (w->ctx != NULL) {
        w->ctx->db_usec += op->usec;
        w->ctx->tokens = w->tokens;
        ngx_memcpy(w->ctx->job, w->job, sizeof(w->ctx->job));
    }

    rc = w->done ? w->done(w) : NGX_OK;

    if (rc != NGX_AGAIN) {
        ngx_http_hr_work_end(w, rc);
    }
}


hr_str_t
ngx_http_hr_work_text(const ngx_http_hr_work_t *w, const char *ru, const char *en)
{
    return hr_str_from_c(w->answer.lang == HR_LANG_RU ? ru : en);
}


hr_rc_t
ngx_http_hr_work_error(ngx_http_hr_work_t *w, hr_error_kind_t kind, hr_rc_t rc)
{
    w->error = kind;

    return rc == HR_OK ? HR_INVALID : rc;
}


hr_rc_t
ngx_http_hr_work_error_with(ngx_http_hr_work_t *w, hr_error_kind_t kind,
    hr_rc_t rc, const char *ru, const char *en, hr_str_t details)
{
    w->error = kind;
    w->message = ngx_http_hr_work_text(w, ru, en);
    w->details = details;

    return rc == HR_OK ? HR_INVALID : rc;
}


hr_rc_t
ngx_http_hr_work_not_found(ngx_http_hr_work_t *w, const char *resource,
    hr_str_t id)
{
    hr_jw_t   jw;
    hr_buf_t  buf;

    hr_buf_init(&buf, 64 * 1024);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "resource", resource);
    hr_jw_kstr(&jw, "resource_id", id);
    hr_jw_end_object(&jw);

    w->error = HR_E_NOT_FOUND;

    if (buf.err == HR_OK) {
        w->details = hr_arena_str(w->arena, hr_buf_view(&buf));
    }

    hr_buf_release(&buf);

    return HR_NOT_FOUND;
}


void
ngx_http_hr_work_touch_profile(ngx_http_hr_work_t *w, hr_str_t id)
{
    if (w->nslots == NGX_HTTP_HR_WORK_SLOTS) {
        w->touched_many = true;
        return;
    }

    w->slots[w->nslots++] = ngx_http_hr_epoch_slot('p', id.data, id.len);
}


void
ngx_http_hr_work_json(ngx_http_hr_work_t *w, hr_jw_t *jw)
{
    w->out.type = NGX_HTTP_HR_TYPE_JSON;
    hr_jw_init(jw, &w->out.body);
}
