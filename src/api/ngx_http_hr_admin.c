/*
 * What an administrator does with the database: copies of it and its care.
 *
 * A copy and a check of all pages take seconds on a large file, so none of
 * this runs on the only writer thread: each opens connections of its own in a
 * thread of the pool for what is slow.  Only the record of it in the audit trail is
 * a write, and the scores of a batch of profiles.
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_backup.h"
#include "ngx_http_hr_rescore.h"


/* ---- POST /api/admin/backup ---- */


static hr_rc_t
ngx_http_hr_admin_backup_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t  rc;

    rc = ngx_http_hr_backup_make(w, w->in);

    if (rc == HR_OK) {
        return HR_OK;
    }

    if (rc == HR_BUSY) {
        return ngx_http_hr_work_error_with(w, HR_E_CONFLICT, rc,
                   "Другая копия ещё создаётся, дождитесь её",
                   "Another backup is being made, wait for it", HR_STR_NULL);
    }

    w->retry_after = 60;

    return ngx_http_hr_work_error_with(w, HR_E_UNAVAILABLE, rc,
               "Копию сделать не удалось: проверьте место на диске и папку копий,"
               " причина записана в журнал сервера",
               "The backup failed: check the disk and the folder of the backups,"
               " the log of the server has the reason", HR_STR_NULL);
}


static hr_rc_t
ngx_http_hr_admin_backup_told(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                jw;
    hr_rc_t                rc;
    ngx_http_hr_backup_t  *b = w->in;

    rc = ngx_http_hr_audit(w, conn, "backup.create", "backup",
                           hr_str_from_c(b->name),
                           ngx_http_hr_backup_detail(w->arena, b));
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer,
                     ngx_http_hr_work_text(w, "Копия создана и проверена",
                                           "The backup was made and verified"));
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "name", b->name);
    hr_jw_key(&jw, "created_at");
    hr_envelope_time(&jw, &w->answer, w->now);
    hr_jw_kint(&jw, "bytes", b->info.bytes);
    hr_jw_key(&jw, "rows");
    hr_jw_object(&jw);
    hr_jw_kint(&jw, "users", b->info.users);
    hr_jw_kint(&jw, "profiles", b->info.profiles);
    hr_jw_kint(&jw, "versions", b->info.versions);
    hr_jw_kint(&jw, "tasks", b->info.tasks);
    hr_jw_end_object(&jw);
    hr_jw_kint(&jw, "removed", b->removed);
    hr_jw_kdouble(&jw, "seconds", (double) (b->ended - w->now) / 1000000);
    hr_jw_end_object(&jw);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_admin_backup_done(ngx_http_hr_work_t *w)
{
    ngx_http_hr_backup_t  *b = w->in;

    if (b->why[0] != '\0' && w->rc != HR_BUSY) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "hr: backup to \"%V\": %s",
                      &w->conf->backup_dir, b->why);
    }

    if (w->rc != HR_OK) {
        ngx_http_hr_audit_later(w, "backup.create", "backup", HR_STR_NULL,
                                HR_STR_NULL, "failed");
        return NGX_OK;
    }

    return ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE,
                                 ngx_http_hr_admin_backup_told, NULL);
}


/* NGX_OK, or the answer was sent (NGX_DECLINED) because no folder is set. */
static ngx_int_t
ngx_http_hr_admin_has_folder(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc)
{
    ngx_http_hr_error_args_t  args;

    if (ctx->conf->backup_dir.len != 0) {
        return NGX_OK;
    }

    ngx_memzero(&args, sizeof(args));
    args.message = ctx->answer.lang == HR_LANG_RU
        ? HR_STR("Папка копий не задана: укажите её параметром backups= директивы"
                 " hr_database")
        : HR_STR("No folder of backups: name it by backups= of the directive"
                 " hr_database");
    *rc = ngx_http_hr_error_with(r, ctx, HR_E_CONFLICT, &args);

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_hr_admin_backup(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    if (ngx_http_hr_admin_has_folder(r, ctx, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_backup_t), 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_SLOW,
                                  ngx_http_hr_admin_backup_run,
                                  ngx_http_hr_admin_backup_done);
}


/* ---- GET /api/admin/backups ---- */

typedef struct {
    char  why[512];
} ngx_http_hr_admin_list_t;


static hr_rc_t
ngx_http_hr_admin_list_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                     i, count;
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_diag_t                  diag;
    hr_store_copy_t           *copies;
    ngx_http_hr_admin_list_t  *in = w->in;

    rc = hr_store_backup_list((const char *) w->conf->backup_dir.data, &copies,
                              &count, &diag);
    if (rc != HR_OK) {
        (void) ngx_cpystrn((u_char *) in->why, (u_char *) diag.text,
                           sizeof(in->why));
        return ngx_http_hr_work_error_with(w, HR_E_UNAVAILABLE, rc,
                   "Папка копий недоступна, причина записана в журнал сервера",
                   "The folder of the backups cannot be read, the log of the"
                   " server has the reason", HR_STR_NULL);
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer, HR_STR_NULL);
    hr_jw_object(&jw);
    hr_jw_key(&jw, "backups");
    hr_jw_array(&jw);

    for (i = 0; i < count; i++) {
        hr_jw_object(&jw);
        hr_jw_kc(&jw, "name", copies[i].name);
        hr_jw_key(&jw, "created_at");
        hr_envelope_time(&jw, &w->answer, copies[i].at);
        hr_jw_kint(&jw, "bytes", copies[i].bytes);
        hr_jw_kbool(&jw, "manual", copies[i].manual);
        hr_jw_end_object(&jw);
    }

    hr_jw_end_array(&jw);
    hr_jw_kint(&jw, "total_count", (int64_t) count);
    hr_jw_key(&jw, "kept");
    hr_jw_object(&jw);
    hr_jw_kint(&jw, "daily", NGX_HTTP_HR_BACKUP_DAILY);
    hr_jw_kint(&jw, "weekly", NGX_HTTP_HR_BACKUP_WEEKLY);
    hr_jw_kint(&jw, "manual", NGX_HTTP_HR_BACKUP_MANUAL);
    hr_jw_end_object(&jw);
    hr_jw_end_object(&jw);
    hr_envelope_end(&jw);
    free(copies);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_admin_list_done(ngx_http_hr_work_t *w)
{
    ngx_http_hr_admin_list_t  *in = w->in;

    if (in->why[0] != '\0') {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "hr: backups in \"%V\": %s",
                      &w->conf->backup_dir, in->why);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_admin_backups(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    if (ngx_http_hr_admin_has_folder(r, ctx, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_admin_list_t),
                                1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_CPU,
                                  ngx_http_hr_admin_list_run,
                                  ngx_http_hr_admin_list_done);
}


/* ---- POST /api/admin/maintenance ---- */

typedef enum {
    NGX_HTTP_HR_CARE_CHECKPOINT = 0,
    NGX_HTTP_HR_CARE_OPTIMIZE,
    NGX_HTTP_HR_CARE_CHECK,
    NGX_HTTP_HR_CARE_VACUUM,
    NGX_HTTP_HR_CARE_RESCORE,
    NGX_HTTP_HR_CARES
} ngx_http_hr_care_t;

typedef struct {
    ngx_http_hr_rescore_t       scores;     /* first: see ngx_http_hr_rescore.h */
    ngx_http_hr_care_t          care;
    const hr_store_config_t    *store;
    bool                        ok;
    hr_instant_t                ended;
    hr_diag_t                   diag;       /* what the check found */
} ngx_http_hr_care_work_t;


/*
 * Of this worker, on the event loop: more than one at a time in a worker would
 * keep its threads from everybody else.
 */
static ngx_uint_t  ngx_http_hr_care_running;

static const char *const  ngx_http_hr_care_names[NGX_HTTP_HR_CARES] = {
    "checkpoint", "optimize", "integrity_check", "vacuum", "rescore"
};


static hr_rc_t
ngx_http_hr_care_run(ngx_http_hr_work_t *w, hr_store_conn_t *none)
{
    hr_rc_t                   rc;
    hr_store_conn_t          *conn;
    ngx_http_hr_care_work_t  *in = w->in;

    rc = hr_store_open(in->store, in->care == NGX_HTTP_HR_CARE_CHECK
                                  ? HR_STORE_READER : HR_STORE_WRITER,
                       &conn, &in->diag);
    if (rc != HR_OK) {
        w->op.error = rc == HR_BUSY ? HR_STORE_E_BUSY : HR_STORE_E_OTHER;
        return rc;
    }

    hr_store_cancel_flag(conn, &w->op.cancelled);

    switch (in->care) {

    case NGX_HTTP_HR_CARE_CHECKPOINT:
        rc = hr_store_checkpoint(conn, true);
        break;

    case NGX_HTTP_HR_CARE_OPTIMIZE:
        rc = hr_store_optimize(conn);
        break;

    case NGX_HTTP_HR_CARE_VACUUM:
        rc = hr_store_vacuum(conn);
        break;

    default: /* NGX_HTTP_HR_CARE_CHECK */
        rc = hr_store_check(conn, &in->diag);
    }

    in->ok = rc == HR_OK;
    in->ended = hr_time_now();

    if (rc != HR_OK && in->diag.text[0] == '\0') {
        (void) hr_diag_set(&in->diag, rc, "%s", hr_store_error_text(conn));
    }

    /* a log in use and a damaged page are findings, not failures of the call */
    if (((in->care == NGX_HTTP_HR_CARE_CHECKPOINT
          || in->care == NGX_HTTP_HR_CARE_VACUUM) && rc == HR_BUSY)
        || (in->care == NGX_HTTP_HR_CARE_CHECK
            && hr_store_error(conn) == HR_STORE_E_CORRUPT))
    {
        rc = HR_OK;
    }

    if (rc != HR_OK) {
        w->op.error = hr_store_error(conn);
    }

    hr_store_close(conn);

    return rc;
}


static hr_str_t
ngx_http_hr_care_text(ngx_http_hr_work_t *w, const ngx_http_hr_care_work_t *in)
{
    static const char *const  text[NGX_HTTP_HR_CARES][2][HR_LANG_COUNT] = {
        { { "Журнал перенесён не целиком: база занята, повторите позже",
            "The log was not moved as a whole: the database is in use, try later" },
          { "Журнал перенесён в файл базы", "The log was moved into the file" } },
        { { "", "" },
          { "Статистика обновлена", "Statistics were updated" } },
        { { "Файл базы повреждён: остановите сервер и восстановите копию",
            "The file is damaged: stop the server and restore a backup" },
          { "Файл базы цел", "The file is whole" } },
        { { "Файл не сжат: база занята, повторите позже",
            "The file was not compacted: the database is in use, try later" },
          { "Файл базы сжат", "The file was compacted" } },
        { { "Оценки пересчитаны, но часть документов не читается",
            "The scores were computed anew, but some documents cannot be read" },
          { "Оценки пересчитаны", "The scores were computed anew" } }
    };

    return ngx_http_hr_work_text(w, text[in->care][in->ok][HR_LANG_RU],
                                 text[in->care][in->ok][HR_LANG_EN]);
}


static hr_str_t
ngx_http_hr_care_detail(ngx_http_hr_work_t *w, const ngx_http_hr_care_work_t *in)
{
    if (in->care != NGX_HTTP_HR_CARE_RESCORE) {
        return in->ok ? HR_STR("{\"ok\":true}") : HR_STR("{\"ok\":false}");
    }

    return hr_arena_printf(w->arena,
                           "{\"ok\":%s,\"looked_at\":%lld,\"changed\":%lld,"
                           "\"skipped\":%lld}", in->ok ? "true" : "false",
                           (long long) in->scores.seen,
                           (long long) in->scores.changed,
                           (long long) in->scores.skipped);
}


static hr_rc_t
ngx_http_hr_care_told(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                   jw;
    hr_rc_t                   rc;
    ngx_http_hr_care_work_t  *in = w->in;

    rc = ngx_http_hr_audit(w, conn, "maintenance", "database",
                           hr_str_from_c(ngx_http_hr_care_names[in->care]),
                           ngx_http_hr_care_detail(w, in));
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_data(&jw, &w->answer, ngx_http_hr_care_text(w, in));
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "action", ngx_http_hr_care_names[in->care]);
    hr_jw_kbool(&jw, "ok", in->ok);
    hr_jw_key(&jw, "finding");
    hr_jw_c(&jw, in->ok ? NULL : in->diag.text);
    hr_jw_kdouble(&jw, "seconds", (double) (in->ended - w->now) / 1000000);

    if (in->care == NGX_HTTP_HR_CARE_RESCORE) {
        hr_jw_key(&jw, "profiles");
        hr_jw_object(&jw);
        hr_jw_kint(&jw, "looked_at", in->scores.seen);
        hr_jw_kint(&jw, "changed", in->scores.changed);
        hr_jw_kint(&jw, "skipped", in->scores.skipped);
        hr_jw_end_object(&jw);
    }

    hr_jw_end_object(&jw);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_care_done(ngx_http_hr_work_t *w)
{
    ngx_http_hr_care_work_t  *in = w->in;

    ngx_http_hr_care_running = 0;

    if (!in->ok) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "hr: maintenance: %s: %s",
                      ngx_http_hr_care_names[in->care], in->diag.text);
    }

    if (w->rc != HR_OK) {
        ngx_http_hr_audit_later(w, "maintenance", "database",
                                hr_str_from_c(ngx_http_hr_care_names[in->care]),
                                HR_STR_NULL, "failed");
        return NGX_OK;
    }

    return ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE,
                                 ngx_http_hr_care_told, NULL);
}


static ngx_int_t
ngx_http_hr_care_rescored(ngx_http_hr_work_t *w)
{
    ngx_http_hr_care_work_t  *in = w->in;

    in->ok = w->rc == HR_OK && in->scores.skipped == 0;
    in->ended = hr_time_now();

    if (w->rc != HR_OK) {
        (void) hr_diag_set(&in->diag, w->rc, "%s", w->op.text[0] != '\0'
                           ? w->op.text : "no memory, or too much is waiting");

    } else if (!in->ok) {
        (void) hr_diag_set(&in->diag, HR_INVALID,
                           "documents that cannot be read: %lld, the first is that of"
                           " profile %s", (long long) in->scores.skipped,
                           in->scores.broken);
    }

    return ngx_http_hr_care_done(w);
}


/* The action of the body; NGX_DECLINED: the answer was sent. */
static ngx_int_t
ngx_http_hr_care_read(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_care_t *care, ngx_int_t *rc)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "action", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_REQUIRED, 1, 50, 0 },
        NGX_HTTP_HR_IN_END
    };

    ngx_uint_t               i;
    ngx_http_hr_in_str_t     action;
    ngx_http_hr_problems_t   p;

    ngx_memzero(&action, sizeof(action));

    if (ngx_http_hr_read(r, ctx, NULL, rows, &action, rc) != NGX_OK) {
        return NGX_DECLINED;
    }

    for (i = 0; i < NGX_HTTP_HR_CARES; i++) {
        if (hr_str_eq(action.v, hr_str_from_c(ngx_http_hr_care_names[i]))) {
            *care = i;
            return NGX_OK;
        }
    }

    ngx_http_hr_problems_init(&p, ctx);
    ngx_http_hr_problem_text(&p, "body.action", "Input should be 'checkpoint', "
                             "'optimize', 'integrity_check', 'vacuum' or 'rescore'",
                             "value_error", action.v);
    *rc = ngx_http_hr_problems_send(r, ctx, &p);

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_hr_admin_maintenance(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_hr_care_t         care;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_care_work_t   *in;
    ngx_http_hr_error_args_t   args;

    if (ngx_http_hr_care_read(r, ctx, &care, &rc) != NGX_OK) {
        return rc;
    }

    if (ngx_http_hr_care_running) {
        ngx_memzero(&args, sizeof(args));
        args.message = ctx->answer.lang == HR_LANG_RU
                       ? HR_STR("Обслуживание базы уже идёт, дождитесь его окончания")
                       : HR_STR("Maintenance is running already, wait for its end");
        return ngx_http_hr_error_with(r, ctx, HR_E_CONFLICT, &args);
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_care_work_t),
                                1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->care = care;
    in->store = &((ngx_http_hr_api_t *) ctx->conf->api)->db.store;

    rc = care == NGX_HTTP_HR_CARE_RESCORE
         ? ngx_http_hr_rescore(w, ngx_http_hr_care_rescored)
         : ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_SLOW, ngx_http_hr_care_run,
                                  ngx_http_hr_care_done);
    if (rc == NGX_DONE) {
        ngx_http_hr_care_running = 1;
    }

    return rc;
}


const ngx_http_hr_route_t  ngx_http_hr_admin_routes[] = {

    { "/api/admin/backup", NGX_HTTP_POST, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_admin_backup, "create_backup" },

    { "/api/admin/backups", NGX_HTTP_GET, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_admin_backups, "list_backups" },

    { "/api/admin/maintenance", NGX_HTTP_POST, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, 4096,
      ngx_http_hr_admin_maintenance, "maintain_database" },

    NGX_HTTP_HR_ROUTES_END
};
