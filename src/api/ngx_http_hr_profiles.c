/*
 * Profiles: list, detail, metadata, archive and restore, purge
 * (api-profiles.md 3.2 to 3.4, 3.6, 3.7).
 */

#include "ngx_http_hr_profile_list.h"
#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"

#include "hr_profile_meta.h"
#include "hr_text.h"


#define NGX_HTTP_HR_LIST_LIMIT       20
#define NGX_HTTP_HR_LIST_LIMIT_MAX   100
#define NGX_HTTP_HR_LIST_ARENA       (8 * 1024 * 1024)


/* ---- list ---- */


static void
ngx_http_hr_profiles_pagination(hr_jw_t *jw, const ngx_http_hr_list_in_t *in,
    const hr_store_list_t *list)
{
    bool     cursor;
    int64_t  limit, pages;

    limit = (int64_t) in->filter.limit;
    pages = (list->total + limit - 1) / limit;
    cursor = in->filter.cursor.data != NULL;

    hr_jw_key(jw, "pagination");
    hr_jw_object(jw);
    hr_jw_kint(jw, "page", in->filter.page);
    hr_jw_kint(jw, "limit", limit);
    hr_jw_kint(jw, "total", list->total);
    hr_jw_kint(jw, "total_pages", pages);
    hr_jw_kint(jw, "pages", pages);
    hr_jw_kbool(jw, "has_next", cursor ? list->has_more : in->filter.page < pages);
    hr_jw_kbool(jw, "has_prev", cursor || in->filter.page > 1);
    hr_jw_kstr(jw, "next_cursor", list->next_cursor);
    hr_jw_end_object(jw);
}


static hr_rc_t
ngx_http_hr_profiles_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                  i;
    hr_jw_t                 jw;
    hr_rc_t                 rc;
    hr_store_list_t         list;
    ngx_http_hr_list_in_t  *in = w->in;

    rc = ngx_http_hr_list_page(w, conn, w->arena, in, &list);

    if (rc == HR_INVALID && hr_store_error(conn) == HR_STORE_E_BAD_CURSOR) {
        return ngx_http_hr_work_error_with(w, HR_E_VALUE, rc,
            "Указатель страницы не подходит к этому списку",
            "The cursor does not belong to this list",
            HR_STR("{\"field\":\"cursor\"}"));
    }

    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_key(&jw, "profiles");
    hr_jw_array(&jw);

    for (i = 0; i < list.count; i++) {
        ngx_http_hr_write_card(&jw, &w->answer, &list.items[i]);
    }

    hr_jw_end_array(&jw);
    ngx_http_hr_profiles_pagination(&jw, in, &list);

    hr_jw_key(&jw, "filters_applied");
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "department", in->department);
    hr_jw_kstr(&jw, "position", in->position);
    hr_jw_kstr(&jw, "search", in->search);
    hr_jw_kstr(&jw, "status", in->status);
    hr_jw_end_object(&jw);
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_profiles_list(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "page", NGX_HTTP_HR_IN_INT, 0, 1, 0,
          offsetof(ngx_http_hr_list_query_t, page) },
        { "limit", NGX_HTTP_HR_IN_INT, 0, 1, NGX_HTTP_HR_LIST_LIMIT_MAX,
          offsetof(ngx_http_hr_list_query_t, limit) },
        { "cursor", NGX_HTTP_HR_IN_STR, 0, 0, 4096,
          offsetof(ngx_http_hr_list_query_t, cursor) },
        NGX_HTTP_HR_LIST_ROWS,
        NGX_HTTP_HR_IN_END
    };

    ngx_int_t                  rc, result;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_list_in_t     *in;
    ngx_http_hr_list_query_t   query;

    ngx_memzero(&query, sizeof(query));

    if (ngx_http_hr_read(r, ctx, rows, NULL, &query, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_list_in_t),
                                NGX_HTTP_HR_LIST_ARENA);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->filter.page = query.page.set ? query.page.v : 1;
    in->filter.limit = query.limit.set ? (size_t) query.limit.v
                                       : NGX_HTTP_HR_LIST_LIMIT;

    if (query.cursor.set && query.cursor.v.len != 0) {
        in->filter.cursor = ngx_http_hr_work_str(w, query.cursor.v);
    }

    result = ngx_http_hr_list_filter(r, ctx, w, &query, in, &rc);

    if (result != NGX_OK) {
        ngx_http_hr_work_free(w);
        return result == NGX_DECLINED ? rc : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    w->gzip = true;
    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_profiles_query, NULL);
}


/* ---- one profile ---- */

typedef struct {
    char                     id[37];
    ngx_http_hr_match_t      match;
    bool                     technical;     /* with reasoning members (decisions.md 12) */
    hr_store_meta_t          meta;
    bool                     archive;       /* else restore */
} ngx_http_hr_profile_in_t;


/* A work for the profile of the path; NULL: answered, code in *rc. */
static ngx_http_hr_work_t *
ngx_http_hr_profile_work(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc)
{
    char                       id[37];
    ngx_http_hr_work_t        *w;
    ngx_http_hr_profile_in_t  *in;

    if (ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, rc) != NGX_OK) {
        return NULL;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_profile_in_t), 0);

    if (w != NULL) {
        in = w->in;
        ngx_memcpy(in->id, id, sizeof(id));

        if (ngx_http_hr_match_read(r, w, &in->match) == NGX_OK) {
            return w;
        }

        ngx_http_hr_work_free(w);
    }

    *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    return NULL;
}


static void
ngx_http_hr_profile_rest(hr_jw_t *jw, const hr_answer_ctx_t *answer,
    const hr_store_card_t *card)
{
    hr_jw_kstr(jw, "department", card->department);
    hr_jw_kstr(jw, "position", card->position);
    hr_jw_kstr(jw, "employee_name", card->employee_name);
    hr_jw_kstr(jw, "unit_path", card->unit_path);
    hr_jw_kc(jw, "status", hr_store_status_name(card->status));
    hr_jw_kdouble(jw, "validation_score", card->validation_score);
    hr_jw_kdouble(jw, "completeness_score", card->completeness_score);
    hr_jw_kint(jw, "current_version", card->current_version);
    hr_jw_kint(jw, "version_count", ngx_http_hr_version_count(card));
    ngx_http_hr_write_instant(jw, answer, "updated_at", card->updated_at,
                              HR_STR_NULL);
    hr_jw_kstr(jw, "created_by_name", card->created_by_name);
    ngx_http_hr_write_approval(jw, card);
}


static hr_rc_t
ngx_http_hr_profile_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_json_t                 *document, *meta;
    hr_profile_t               profile;
    hr_store_card_t           *card;
    hr_store_profile_t         row;
    ngx_http_hr_profile_in_t  *in = w->in;

    rc = hr_store_profile_get(conn, w->arena, hr_str_from_c(in->id), &row);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, hr_str_from_c(in->id), 0);
    }

    card = &row.card;

    rc = ngx_http_hr_profile_open(w, row.document, &profile);
    if (rc != HR_OK) {
        return rc;
    }

    document = hr_profile_view(w->arena, &profile, ngx_http_hr_vocabulary(),
                               ngx_http_hr_detail_view(w->conf)
                               | (in->technical ? HR_VIEW_REASONING : 0));
    meta = ngx_http_hr_profile_meta(w->arena, row.metadata, &profile);
    meta = meta == NULL ? NULL : hr_meta_answer(w->arena, meta, false);

    if (document == NULL || meta == NULL) {
        return HR_NOMEM;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "profile_id", card->id);
    hr_jw_key(&jw, "profile");
    hr_jw_node(&jw, document);
    hr_jw_key(&jw, "metadata");
    hr_jw_node(&jw, meta);
    ngx_http_hr_write_instant(&jw, &w->answer, "created_at",
                              card->created_at, card->created_at_text);
    hr_jw_kstr(&jw, "created_by_username", card->created_by_username);
    ngx_http_hr_write_actions(&jw, card->id);
    ngx_http_hr_profile_rest(&jw, &w->answer, card);
    hr_jw_end_object(&jw);

    ngx_http_hr_profile_etag(card, w->out.etag);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_profile_get(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    hr_str_t                   view;
    ngx_int_t                  rc;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_profile_in_t  *in;

    w = ngx_http_hr_profile_work(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    in = w->in;

    if (ngx_http_hr_arg(r, ctx, "view", &view)
        && hr_str_eq(view, HR_STR("technical")))
    {
        /* the same address has another answer for others: never from the cache */
        in->technical = ctx->user.role == NGX_HTTP_HR_ROLE_ADMIN;
        ctx->cache_key.len = 0;
    }

    w->gzip = true;
    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_profile_query, NULL);
}


/* {"message", "profile_id", ...}: writes the common beginning. */
static void
ngx_http_hr_profile_said(ngx_http_hr_work_t *w, hr_jw_t *jw, const char *ru,
    const char *en)
{
    ngx_http_hr_profile_in_t  *in = w->in;

    ngx_http_hr_work_json(w, jw);
    hr_jw_object(jw);
    hr_jw_kstr(jw, "message", ngx_http_hr_work_text(w, ru, en));
    hr_jw_kc(jw, "profile_id", in->id);
}


/* ---- metadata (3.4) ---- */

typedef struct {
    ngx_http_hr_in_str_t     employee_name;
    ngx_http_hr_in_str_t     status;
    ngx_http_hr_in_int_t     base_version;
} ngx_http_hr_profile_body_t;


static hr_rc_t
ngx_http_hr_profile_update_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_str_t                   id, detail;
    hr_store_card_t            card;
    ngx_http_hr_profile_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = ngx_http_hr_match_check(w, conn, id, &in->match, &card);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_profile_update(conn, w->arena, id, &in->meta, NULL, w->now,
                                 &card);
    if (rc != HR_OK) {
        return rc;
    }

    /* names of people stay out of the trail, which lives longer than they do */
    detail = hr_arena_printf(w->arena, "{\"employee_name\":%s,\"status\":%s%s%s}",
        in->meta.fields & HR_STORE_SET_EMPLOYEE ? "true" : "false",
        in->meta.fields & HR_STORE_SET_STATUS ? "\"" : "null",
        in->meta.fields & HR_STORE_SET_STATUS
        ? hr_store_status_name(in->meta.status) : "",
        in->meta.fields & HR_STORE_SET_STATUS ? "\"" : "");

    rc = ngx_http_hr_audit(w, conn, "profile.update", "profile", id, detail);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_touch_profile(w, id);

    ngx_http_hr_profile_said(w, &jw, "Профиль обновлён", "The profile was updated");
    hr_jw_key(&jw, "profile");
    ngx_http_hr_write_card(&jw, &w->answer, &card);
    hr_jw_end_object(&jw);
    ngx_http_hr_profile_etag(&card, w->out.etag);

    return w->out.body.err;
}


/* 400 with ready details; frees the work. */
static ngx_int_t
ngx_http_hr_profile_refuse(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, const char *ru, const char *en, hr_str_t details)
{
    ngx_int_t                  rc;
    ngx_http_hr_error_args_t   args;

    ngx_memzero(&args, sizeof(args));
    args.message = ngx_http_hr_work_text(w, ru, en);
    args.details = details;
    rc = ngx_http_hr_error_with(r, ctx, HR_E_VALUE, &args);
    ngx_http_hr_work_free(w);

    return rc;
}


/* NGX_OK, or the 400 was sent (NGX_DECLINED, *rc); the work is freed then. */
static ngx_int_t
ngx_http_hr_profile_employee(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, hr_str_t name, ngx_int_t *rc)
{
    static const char  banned[] = "<>{}()[]|\"'`@#$%^&*";

    char                       found[sizeof(banned)];
    size_t                     i, n;
    hr_jw_t                    jw;
    hr_buf_t                   buf;
    const char                *p;
    ngx_http_hr_profile_in_t  *in = w->in;

    name = hr_trim(name);
    in->meta.fields |= HR_STORE_SET_EMPLOYEE;

    if (name.len == 0) {
        return NGX_OK;              /* stored as NULL */
    }

    if (hr_utf8_count(name) < 2) {
        *rc = ngx_http_hr_profile_refuse(r, ctx, w,
            "Имя сотрудника слишком короткое: нужно не меньше двух символов",
            "The employee name is too short, at least two characters are needed",
            HR_STR("{\"min_length\":2,\"field\":\"employee_name\"}"));
        return NGX_DECLINED;
    }

    for (n = 0, p = banned; *p != '\0'; p++) {
        if (memchr(name.data, *p, name.len) != NULL) {
            found[n++] = *p;
        }
    }

    if (n == 0 && !hr_has_control(name)) {
        in->meta.employee_name = ngx_http_hr_work_str(w, name);

        if (in->meta.employee_name.data != NULL) {
            return NGX_OK;
        }

        ngx_http_hr_work_free(w);
        *rc = ngx_http_hr_error(r, ctx, HR_E_OVERLOAD);
        return NGX_DECLINED;
    }

    hr_buf_init(&buf, 1024);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_key(&jw, "invalid_chars");
    hr_jw_array(&jw);

    for (i = 0; i < n; i++) {
        hr_jw_str(&jw, hr_str(&found[i], 1));
    }

    hr_jw_end_array(&jw);
    hr_jw_kc(&jw, "field", "employee_name");
    hr_jw_end_object(&jw);

    *rc = ngx_http_hr_profile_refuse(r, ctx, w,
        "Имя сотрудника содержит недопустимые символы",
        "The employee name has characters that are not allowed",
        hr_arena_str(w->arena, hr_buf_view(&buf)));
    hr_buf_release(&buf);

    return NGX_DECLINED;
}


/* The four words and their aliases; anything else is 422. */
static ngx_int_t
ngx_http_hr_profile_body(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_profile_body_t *body, hr_store_status_t *status, ngx_int_t *rc)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "employee_name", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_NULLABLE, 0, 200,
          offsetof(ngx_http_hr_profile_body_t, employee_name) },
        { "status", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_NULLABLE, 0, 0,
          offsetof(ngx_http_hr_profile_body_t, status) },
        { "base_version", NGX_HTTP_HR_IN_INT, NGX_HTTP_HR_IN_NULLABLE, 1, 0,
          offsetof(ngx_http_hr_profile_body_t, base_version) },
        NGX_HTTP_HR_IN_END
    };

    ngx_http_hr_problems_t  p;

    ngx_http_hr_problems_init(&p, ctx);

    if (ngx_http_hr_read_body(r, ctx, rows, body, &p) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    if (body->status.set
        && ngx_http_hr_status_word(body->status.v, status)
           != NGX_HTTP_HR_STATUS_ONE)
    {
        ngx_http_hr_problem_text(&p, "body.status",
                                 "Value error, status must be one of: completed, "
                                 "failed, processing, archived",
                                 "value_error", body->status.v);
    }

    return ngx_http_hr_problems_end(r, ctx, &p, rc);
}


static ngx_int_t
ngx_http_hr_profile_update(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                    rc;
    hr_store_status_t            status;
    ngx_http_hr_work_t          *w;
    ngx_http_hr_profile_in_t    *in;
    ngx_http_hr_profile_body_t   body;

    ngx_memzero(&body, sizeof(body));
    status = HR_STORE_COMPLETED;

    if (ngx_http_hr_profile_body(r, ctx, &body, &status, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_profile_work(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    in = w->in;
    in->match.base_version = body.base_version.v;

    if (!body.employee_name.set && !body.status.set) {
        return ngx_http_hr_profile_refuse(r, ctx, w,
            "Нет полей для изменения", "Nothing to change was given",
            HR_STR("{\"valid_fields\":[\"employee_name\",\"status\"]}"));
    }

    if (body.employee_name.set
        && ngx_http_hr_profile_employee(r, ctx, w, body.employee_name.v, &rc)
           != NGX_OK)
    {
        return rc;
    }

    if (body.status.set) {
        in->meta.fields |= HR_STORE_SET_STATUS;
        in->meta.status = status;
    }

    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_profile_update_run, NULL);
}


/* ---- archive and restore (3.6, 3.7): one conditional update each ---- */


static hr_rc_t
ngx_http_hr_profile_status_refused(ngx_http_hr_work_t *w,
    hr_store_status_t status)
{
    hr_str_t                   details;
    ngx_http_hr_profile_in_t  *in = w->in;

    details = hr_arena_printf(w->arena,
        "{\"current_status\":\"%s\",\"operation\":\"%s\",\"field\":\"status\"}",
        hr_store_status_name(status), in->archive ? "delete" : "restore");

    return in->archive
           ? ngx_http_hr_work_error_with(w, HR_E_VALUE, HR_CONFLICT,
                 "Профиль уже в архиве", "The profile is archived already",
                 details)
           : ngx_http_hr_work_error_with(w, HR_E_VALUE, HR_CONFLICT,
                 "Профиль не в архиве", "The profile is not archived", details);
}


static hr_rc_t
ngx_http_hr_profile_status_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_str_t                   id;
    hr_store_card_t            card;
    hr_store_status_t          status;
    ngx_http_hr_profile_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    if (in->match.tags.data != NULL) {
        rc = ngx_http_hr_match_check(w, conn, id, &in->match, &card);
        if (rc != HR_OK) {
            return rc;
        }
    }

    rc = in->archive ? hr_store_profile_archive(conn, id, w->now, &status)
                     : hr_store_profile_restore(conn, id, w->now, &status);

    if (rc == HR_CONFLICT) {
        return ngx_http_hr_profile_status_refused(w, status);
    }

    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, 0);
    }

    rc = ngx_http_hr_audit(w, conn, in->archive ? "profile.archive"
                                                : "profile.restore",
                           "profile", id, HR_STR_NULL);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_touch_profile(w, id);

    if (in->archive) {
        ngx_http_hr_profile_said(w, &jw, "Профиль отправлен в архив",
                                 "The profile was archived");
    } else {
        ngx_http_hr_profile_said(w, &jw, "Профиль восстановлен из архива",
                                 "The profile was restored");
    }

    hr_jw_kc(&jw, "status", hr_store_status_name(status));
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_profile_flip(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    bool archive)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_profile_work(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    ((ngx_http_hr_profile_in_t *) w->in)->archive = archive;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_profile_status_run, NULL);
}


static ngx_int_t
ngx_http_hr_profile_archive(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_profile_flip(r, ctx, true);
}


static ngx_int_t
ngx_http_hr_profile_restore(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    return ngx_http_hr_profile_flip(r, ctx, false);
}


/* ---- purge: for good, by an administrator, with a line in the trail ---- */


static hr_rc_t
ngx_http_hr_profile_purge_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_str_t                   id, detail;
    hr_store_card_t            card;
    ngx_http_hr_profile_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = ngx_http_hr_match_check(w, conn, id, &in->match, &card);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_profile_purge(conn, id);

    if (rc == HR_CONFLICT) {
        return ngx_http_hr_work_error_with(w, HR_E_CONFLICT, rc,
            "Для профиля выполняется генерация, сначала отмените её",
            "A generation of this profile is running, cancel it first",
            HR_STR("{\"reason\":\"open_task\"}"));
    }

    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, 0);
    }

    detail = hr_arena_printf(w->arena, "{\"versions\":%lld}",
                             (long long) card.version_count);
    rc = ngx_http_hr_audit(w, conn, "profile.purge", "profile", id, detail);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_touch_profile(w, id);

    ngx_http_hr_profile_said(w, &jw, "Профиль удалён безвозвратно",
                             "The profile was removed for good");
    hr_jw_kint(&jw, "deleted_versions", card.version_count);
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_profile_purge(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_profile_work(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_profile_purge_run, NULL);
}


const ngx_http_hr_route_t  ngx_http_hr_profile_routes[] = {

    { "/api/profiles/", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_QUERY
      |NGX_HTTP_HR_CACHE_PROFILES,
      0, ngx_http_hr_profiles_list, "list_profiles" },

    { "/api/profiles/{profile_id}", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_QUERY
      |NGX_HTTP_HR_CACHE_PROFILE|NGX_HTTP_HR_CACHE_USERS,
      0, ngx_http_hr_profile_get, "get_profile" },

    { "/api/profiles/{profile_id}", NGX_HTTP_PUT, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE,
      1024 * 1024, ngx_http_hr_profile_update, "update_profile" },

    { "/api/profiles/{profile_id}", NGX_HTTP_DELETE, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_profile_archive, "archive_profile" },

    { "/api/profiles/{profile_id}/restore", NGX_HTTP_POST, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_profile_restore, "restore_profile" },

    { "/api/profiles/{profile_id}/purge", NGX_HTTP_POST, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_profile_purge, "purge_profile" },

    NGX_HTTP_HR_ROUTES_END
};
