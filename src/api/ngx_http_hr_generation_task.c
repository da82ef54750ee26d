#include "ngx_http_hr_generation.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_profile.h"
#include "ngx_http_hr_touch.h"

#include "hr_profile_meta.h"


#define NGX_HTTP_HR_TASKS_MAX      1000
#define NGX_HTTP_HR_TASKS_RECENT   (3600 * 1000000ll)       /* us, of the list */
#define NGX_HTTP_HR_TASKS_OLD      (24 * 3600 * 1000000ll)  /* us, of the clean-up */
#define NGX_HTTP_HR_TASKS_CLEANED  100000
#define NGX_HTTP_HR_POLL_AGAIN     2                        /* s, Retry-After of 202 */

typedef struct {
    hr_str_t           id;
    hr_store_task_t    task;
} ngx_http_hr_task_in_t;


/* ---- what status and result share ---- */


static hr_rc_t
ngx_http_hr_task_unknown(ngx_http_hr_work_t *w)
{
    return ngx_http_hr_work_error_with(w, HR_E_NOT_FOUND, HR_NOT_FOUND,
                                       "Задача не найдена", "Task not found",
                                       HR_STR_NULL);
}


void
ngx_http_hr_task_logged(ngx_http_hr_work_t *w, hr_str_t id, const hr_json_t *metadata)
{
    if (id.len == sizeof(w->job) - 1) {
        ngx_memcpy(w->job, id.data, sizeof(w->job) - 1);
    }

    (void) hr_json_int(hr_json_path(metadata, "llm.tokens.total"), &w->tokens);
}


void
ngx_http_hr_task_announce(const hr_store_task_t *task)
{
    ngx_http_hr_progress_t  progress;

    if (task->status != HR_STORE_TASK_COMPLETED
        || ngx_http_hr_jobs_get(task->id, &progress) != NGX_OK)
    {
        return;
    }

    if (task->profile_id.data != NULL) {
        ngx_http_hr_touched_profile(task->profile_id);
    }

    ngx_http_hr_touched(HR_STORE_T_PROFILES|HR_STORE_T_LINKS|HR_STORE_T_TASKS, NULL);
}


hr_rc_t
ngx_http_hr_task_load(ngx_http_hr_work_t *w, hr_store_conn_t *conn, hr_str_t id,
    hr_store_task_t *task)
{
    hr_rc_t  rc;

    rc = hr_store_task_get(conn, w->arena, id, w->user.id, task);

    if (rc == HR_OK) {
        ngx_http_hr_task_logged(w, task->id, NULL);
        ngx_http_hr_task_announce(task);
    }

    if (rc == HR_NOT_FOUND) {
        return ngx_http_hr_task_unknown(w);
    }

    if (rc == HR_OK && !task->visible) {
        return ngx_http_hr_work_error_with(w, HR_E_FORBIDDEN, HR_CONFLICT,
                   "Это задача другого пользователя",
                   "The task belongs to another user", HR_STR_NULL);
    }

    return rc;
}


static void
ngx_http_hr_task_current(ngx_http_hr_task_in_t *in)
{
    ngx_http_hr_progress_t  progress;

    if (ngx_http_hr_jobs_get(in->id, &progress) == NGX_OK) {
        ngx_http_hr_task_overlay(&in->task, &progress);
    }
}


/* What a task has made; NULL where there is nothing. */
typedef struct {
    hr_json_t   *document;      /* read form */
    hr_json_t   *metadata;
    hr_json_t   *errors;        /* of a result that was not stored */
    hr_json_t   *warnings;
} ngx_http_hr_outcome_t;


static hr_rc_t
ngx_http_hr_task_view(ngx_http_hr_work_t *w, const hr_profile_t *profile,
    ngx_http_hr_outcome_t *out)
{
    out->document = hr_profile_view(w->arena, profile, ngx_http_hr_vocabulary(),
                                    HR_VIEW_ANSWER);

    return out->document == NULL ? HR_NOMEM : HR_OK;
}


/* The version that the task made; the current one when that was deleted. */
static hr_rc_t
ngx_http_hr_task_stored(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    const hr_store_task_t *task, ngx_http_hr_outcome_t *out)
{
    hr_rc_t              rc;
    hr_str_t             document, metadata;
    hr_profile_t         profile;
    hr_store_profile_t   row;
    hr_store_version_t   version;

    rc = hr_store_version_get(conn, w->arena, task->profile_id,
                              task->profile_version, &version, NULL);
    document = version.document;
    metadata = version.metadata;

    if (rc == HR_NOT_FOUND) {
        rc = hr_store_profile_get(conn, w->arena, task->profile_id, &row);

        if (rc == HR_NOT_FOUND) {
            return HR_OK;               /* removed meanwhile: nothing to show */
        }

        document = row.document;
        metadata = row.metadata;
    }

    if (rc == HR_OK) {
        rc = ngx_http_hr_profile_open(w, document, &profile);
    }

    if (rc != HR_OK) {
        return rc;
    }

    out->metadata = ngx_http_hr_profile_meta(w->arena, metadata, &profile);

    return out->metadata == NULL ? HR_NOMEM : ngx_http_hr_task_view(w, &profile, out);
}


/* A result that is kept in the task: failed, or not to be saved. */
static hr_rc_t
ngx_http_hr_task_kept(ngx_http_hr_work_t *w, const hr_store_task_t *task,
    ngx_http_hr_outcome_t *out)
{
    hr_rc_t        rc;
    hr_json_t     *root, *document;
    hr_profile_t   profile;

    if (task->result.data == NULL) {
        return HR_OK;
    }

    rc = hr_json_parse(w->arena, task->result, NULL, &root, NULL);

    if (rc == HR_NOMEM) {
        return rc;
    }

    if (rc != HR_OK) {
        return HR_OK;                   /* a row of another program */
    }

    out->metadata = hr_json_get(root, "metadata");
    out->errors = hr_json_get(root, "errors");
    out->warnings = hr_json_get(root, "warnings");
    document = hr_json_get(root, "profile");

    if (!hr_json_is(document, HR_JSON_OBJECT)
        || hr_profile_from_tree(document, &profile) != HR_OK)
    {
        return HR_OK;
    }

    return ngx_http_hr_task_view(w, &profile, out);
}


static hr_rc_t
ngx_http_hr_task_outcome(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    const hr_store_task_t *task, ngx_http_hr_outcome_t *out)
{
    hr_rc_t  rc;

    ngx_memzero(out, sizeof(ngx_http_hr_outcome_t));

    rc = task->profile_id.data != NULL
         ? ngx_http_hr_task_stored(w, conn, task, out)
         : ngx_http_hr_task_kept(w, task, out);

    ngx_http_hr_task_logged(w, task->id, out->metadata);

    return rc;
}


static ngx_int_t
ngx_http_hr_task_begin(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_kind_t kind, ngx_http_hr_work_run_pt run,
    ngx_http_hr_work_done_pt done)
{
    ngx_http_hr_work_t     *w;
    ngx_http_hr_task_in_t  *in;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_task_in_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->id = ngx_http_hr_work_str(w, ngx_http_hr_str(&ctx->params[0]));

    if (in->id.data == NULL) {
        ngx_http_hr_work_free(w);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    w->gzip = ctx->gzip_ok;

    return ngx_http_hr_work_start(w, kind, run, done);
}


/* ---- status ---- */


static hr_str_t
ngx_http_hr_task_told(ngx_http_hr_work_t *w, const hr_store_task_t *task)
{
    static const struct {
        const char  *ru;
        const char  *en;
    } texts[] = {               /* in the order of hr_store_task_status_t */
        { "Задача ждёт своей очереди", "The task is waiting in the queue" },
        { "Профиль создаётся", "The profile is being generated" },
        { "Профиль создан", "The profile has been generated" },
        { "Не удалось создать профиль", "The profile could not be generated" },
        { "Генерация отменена", "The generation has been cancelled" },
    };

    return ngx_http_hr_work_text(w, texts[task->status].ru, texts[task->status].en);
}


static hr_rc_t
ngx_http_hr_status_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                  jw;
    hr_rc_t                  rc;
    ngx_http_hr_task_in_t   *in = w->in;
    ngx_http_hr_outcome_t    out;

    rc = ngx_http_hr_task_load(w, conn, in->id, &in->task);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_task_current(in);
    ngx_memzero(&out, sizeof(out));

    if (in->task.status == HR_STORE_TASK_COMPLETED) {
        rc = ngx_http_hr_task_outcome(w, conn, &in->task, &out);
        if (rc != HR_OK) {
            return rc;
        }
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer, ngx_http_hr_task_told(w, &in->task));
    hr_jw_key(&jw, "task");
    ngx_http_hr_task_write(&jw, &w->answer, &in->task, NULL);
    hr_jw_key(&jw, "result");
    hr_jw_node(&jw, out.document);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_status(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_task_begin(r, ctx, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_status_run, NULL);
}


/* ---- result ---- */


/* Not there yet: 202, which clients poll for (P-20). */
static hr_rc_t
ngx_http_hr_result_early(ngx_http_hr_work_t *w, ngx_http_hr_task_in_t *in)
{
    hr_jw_t   jw;
    hr_str_t  message = ngx_http_hr_task_told(w, &in->task);

    w->out.status = NGX_HTTP_ACCEPTED;
    w->out.retry_after = NGX_HTTP_HR_POLL_AGAIN;

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_outcome(&jw, &w->answer, false, message);
    hr_jw_kstr(&jw, "detail", message);
    hr_jw_key(&jw, "task");
    ngx_http_hr_task_write(&jw, &w->answer, &in->task, NULL);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


/* "errors": those of the result, else the task's own text. */
static hr_rc_t
ngx_http_hr_result_errors(ngx_http_hr_work_t *w, hr_jw_t *jw,
    const hr_store_task_t *task, const ngx_http_hr_outcome_t *out)
{
    hr_json_t  *errors;

    hr_jw_key(jw, "errors");

    if (hr_json_is(out->errors, HR_JSON_ARRAY) && out->errors->count != 0) {
        hr_jw_node(jw, out->errors);
        return HR_OK;
    }

    if (task->status == HR_STORE_TASK_FAILED) {
        hr_jw_array(jw);

        if (task->error_message.data != NULL) {
            hr_jw_str(jw, task->error_message);
        }

        hr_jw_end_array(jw);
        return HR_OK;
    }

    errors = hr_meta_errors(w->arena, out->metadata);
    if (errors == NULL) {
        return HR_NOMEM;
    }

    hr_jw_node(jw, errors);

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_result_body(ngx_http_hr_work_t *w, ngx_http_hr_task_in_t *in,
    const ngx_http_hr_outcome_t *out)
{
    hr_jw_t                 jw;
    hr_json_t              *metadata, *warnings;
    const hr_store_task_t  *task = &in->task;

    metadata = hr_meta_answer(w->arena, out->metadata, true);
    warnings = hr_json_is(out->warnings, HR_JSON_ARRAY)
               ? out->warnings : hr_meta_warnings(w->arena, out->metadata);

    if (metadata == NULL || warnings == NULL) {
        return HR_NOMEM;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_outcome(&jw, &w->answer, task->status == HR_STORE_TASK_COMPLETED,
                        task->status == HR_STORE_TASK_FAILED
                        && task->error_message.data != NULL
                        ? task->error_message : ngx_http_hr_task_told(w, task));
    hr_jw_key(&jw, "profile");
    hr_jw_node(&jw, out->document);
    hr_jw_key(&jw, "metadata");
    hr_jw_node(&jw, metadata);

    if (ngx_http_hr_result_errors(w, &jw, task, out) != HR_OK) {
        return HR_NOMEM;
    }

    hr_jw_key(&jw, "warnings");
    hr_jw_node(&jw, warnings);
    hr_jw_kstr(&jw, "profile_id", task->profile_id);
    hr_jw_key(&jw, "profile_version");

    if (task->profile_version > 0) {
        hr_jw_int(&jw, task->profile_version);
    } else {
        hr_jw_null(&jw);
    }

    hr_jw_kstr(&jw, "error_code", task->error_code);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_result_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                  rc;
    ngx_http_hr_task_in_t   *in = w->in;
    ngx_http_hr_outcome_t    out;

    rc = ngx_http_hr_task_load(w, conn, in->id, &in->task);
    if (rc != HR_OK) {
        return rc;
    }

    switch (in->task.status) {

    case HR_STORE_TASK_QUEUED:
    case HR_STORE_TASK_PROCESSING:
        ngx_http_hr_task_current(in);
        return ngx_http_hr_result_early(w, in);

    case HR_STORE_TASK_CANCELLED:
        return ngx_http_hr_work_error_with(w, HR_E_CONFLICT, HR_CONFLICT,
                   "Генерация отменена, результата нет",
                   "The generation was cancelled, there is no result",
                   HR_STR_NULL);

    default:
        rc = ngx_http_hr_task_outcome(w, conn, &in->task, &out);
        return rc == HR_OK ? ngx_http_hr_result_body(w, in, &out) : rc;
    }
}


static ngx_int_t
ngx_http_hr_result(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_task_begin(r, ctx, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_result_run, NULL);
}


/* ---- cancel ---- */


static hr_rc_t
ngx_http_hr_cancel_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                 jw;
    hr_rc_t                 rc;
    ngx_http_hr_task_in_t  *in = w->in;

    rc = ngx_http_hr_task_load(w, conn, in->id, &in->task);
    if (rc != HR_OK) {
        return rc;
    }

    /* who only joined may look, not stop */
    if (in->task.created_by != w->user.id) {
        return ngx_http_hr_work_error_with(w, HR_E_FORBIDDEN, HR_CONFLICT,
                   "Отменить задачу может только тот, кто её запустил",
                   "Only the user who started the task may cancel it", HR_STR_NULL);
    }

    rc = hr_store_task_cancel(conn, w->arena, in->id,
                              ngx_http_hr_step_text(NGX_HTTP_HR_STEP_CANCELLED),
                              NGX_HTTP_HR_CANCELLED_TEXT, w->now, &in->task);

    if (rc == HR_CONFLICT) {
        return ngx_http_hr_work_error_with(w, HR_E_BAD_REQUEST, rc,
                   "Задача уже завершена, отменить её нельзя",
                   "The task has ended already and cannot be cancelled",
                   HR_STR_NULL);
    }

    if (rc == HR_OK) {
        rc = ngx_http_hr_audit(w, conn, "generation.cancel", "task", in->id,
                               HR_STR_NULL);
    }

    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer, ngx_http_hr_task_told(w, &in->task));
    hr_jw_key(&jw, "task");
    ngx_http_hr_task_write(&jw, &w->answer, &in->task, NULL);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_cancelled(ngx_http_hr_work_t *w)
{
    if (w->rc == HR_OK) {
        ngx_http_hr_job_cancel(((ngx_http_hr_task_in_t *) w->in)->id);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_cancel(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_task_begin(r, ctx, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_cancel_run, ngx_http_hr_cancelled);
}


/* ---- lists and clean-up ---- */


static hr_rc_t
ngx_http_hr_active_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                   i;
    hr_jw_t                  jw;
    hr_rc_t                  rc;
    hr_store_tasks_t         list;
    ngx_http_hr_progress_t   progress;

    rc = hr_store_tasks_of_user(conn, w->arena, w->user.id,
                                w->now - NGX_HTTP_HR_TASKS_RECENT,
                                NGX_HTTP_HR_TASKS_MAX, &list);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_jw_array(&jw);

    for (i = 0; i < list.count; i++) {
        ngx_http_hr_task_announce(&list.items[i]);
        ngx_http_hr_task_write(&jw, &w->answer, &list.items[i],
                               list.items[i].status == HR_STORE_TASK_PROCESSING
                               && ngx_http_hr_jobs_get(list.items[i].id, &progress)
                                  == NGX_OK ? &progress : NULL);
    }

    hr_jw_end_array(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_active(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, 0, 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    w->gzip = ctx->gzip_ok;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_active_run,
                                  NULL);
}


static hr_rc_t
ngx_http_hr_cleanup_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t   jw;
    hr_rc_t   rc;
    int64_t   deleted, left;

    rc = hr_store_tasks_cleanup(conn, w->now - NGX_HTTP_HR_TASKS_OLD, 0,
                                NGX_HTTP_HR_TASKS_CLEANED, &deleted, &left);

    if (rc == HR_OK) {
        rc = ngx_http_hr_audit(w, conn, "generation.cleanup", "task", HR_STR_NULL,
                               hr_arena_printf(w->arena, "{\"removed\":%lld}",
                                               (long long) deleted));
    }

    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
                      hr_arena_printf(w->arena, w->answer.lang == HR_LANG_RU
                                                ? "Удалено завершённых задач: %lld"
                                                : "Finished tasks removed: %lld",
                                      (long long) deleted));
    hr_jw_kint(&jw, "active_tasks", left);
    hr_jw_kint(&jw, "removed", deleted);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_cleanup(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, 0, 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_cleanup_run, NULL);
}


const ngx_http_hr_route_t  ngx_http_hr_task_routes[] = {

    { "/api/generation/tasks/active", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_active, "list_active_tasks" },

    { "/api/generation/cleanup", NGX_HTTP_POST, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_cleanup, "cleanup_tasks" },

    { "/api/generation/{task_id}/status", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_status, "get_task_status" },

    { "/api/generation/{task_id}/result", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_result, "get_task_result" },

    { "/api/generation/{task_id}", NGX_HTTP_DELETE, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_cancel, "cancel_task" },

    NGX_HTTP_HR_ROUTES_END
};
