/*
 * Versions of a profile: list, one, pointer move, deletion, comparison
 * (api-profiles.md 4).
 */

#include "ngx_http_hr_profile.h"
#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"

#include "hr_diff.h"
#include "hr_patch.h"
#include "hr_profile_meta.h"


typedef struct {
    char                     id[37];
    int64_t                  number;
    int64_t                  other;         /* comparison: the second side */
    bool                     patch;         /* comparison as JSON Patch alone */
    ngx_http_hr_match_t      match;
} ngx_http_hr_version_in_t;


static ngx_http_hr_work_t *
ngx_http_hr_version_work(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const char *id, ngx_int_t *rc)
{
    ngx_http_hr_work_t        *w;
    ngx_http_hr_version_in_t  *in;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_version_in_t), 0);

    if (w != NULL) {
        in = w->in;
        ngx_memcpy(in->id, id, sizeof(in->id));

        if (ngx_http_hr_match_read(r, w, &in->match) == NGX_OK) {
            return w;
        }

        ngx_http_hr_work_free(w);
    }

    *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    return NULL;
}


/*
 * Version number of the path.  No integer: 422; one that does not fit 32 bits
 * names no version: 404 (P-04); below 1: 400.  NGX_DECLINED: answered.
 */
static ngx_int_t
ngx_http_hr_version_number(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    int64_t *number, ngx_int_t *rc)
{
    u_char                     details[128];
    hr_str_t                   text;
    ngx_uint_t                 i, digits;
    ngx_http_hr_problems_t     p;
    ngx_http_hr_error_args_t   args;

    text = ngx_http_hr_str(&ctx->params[1]);

    if (!ngx_http_hr_parse_int(text, number)) {

        for (i = 0, digits = 0; i < text.len; i++) {
            digits += text.data[i] >= '0' && text.data[i] <= '9';
        }

        if (digits == text.len && digits > 9) {
            *number = INT64_MAX;
            return NGX_OK;
        }

        ngx_http_hr_problems_init(&p, ctx);
        ngx_http_hr_problem_text(&p, "path.version_number",
                                 "Input should be a valid integer, unable to parse "
                                 "string as an integer", "int_parsing", text);
        *rc = ngx_http_hr_problems_send(r, ctx, &p);
        return NGX_DECLINED;
    }

    if (*number >= 1) {
        return NGX_OK;
    }

    ngx_memzero(&args, sizeof(args));
    args.details.data = (char *) details;
    args.details.len = ngx_snprintf(details, sizeof(details),
                                    "{\"provided_value\":%L,"
                                    "\"field\":\"version_number\"}", *number)
                       - details;
    args.message = ctx->answer.lang == HR_LANG_RU
                   ? HR_STR("Номер версии начинается с 1")
                   : HR_STR("Version numbers start at 1");
    *rc = ngx_http_hr_error_with(r, ctx, HR_E_VALUE, &args);

    return NGX_DECLINED;
}


/* Profile id and version number of the path, 422 before 400; NULL: answered. */
static ngx_http_hr_work_t *
ngx_http_hr_version_path(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc)
{
    char                 id[37];
    int64_t              number;
    ngx_http_hr_work_t  *w;

    if (ngx_http_hr_version_number(r, ctx, &number, rc) != NGX_OK
        || ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, rc) != NGX_OK)
    {
        return NULL;
    }

    w = ngx_http_hr_version_work(r, ctx, id, rc);

    if (w != NULL) {
        ((ngx_http_hr_version_in_t *) w->in)->number = number;
    }

    return w;
}


/* ---- list (4.2) ---- */


static void
ngx_http_hr_version_score(hr_jw_t *jw, const char *key, double score)
{
    if (score < 0) {
        hr_jw_knull(jw, key);
    } else {
        hr_jw_kdouble(jw, key, score);
    }
}


/* What list item and detail have in common, from created_at on. */
static void
ngx_http_hr_version_rest(hr_jw_t *jw, const hr_answer_ctx_t *answer,
    const hr_store_version_t *version)
{
    ngx_http_hr_write_instant(jw, answer, "created_at", version->created_at,
                              HR_STR_NULL);
    hr_jw_kstr(jw, "created_by_username", version->created_by_username);
    hr_jw_kc(jw, "version_type", hr_store_version_type_name(version->type));
    ngx_http_hr_version_score(jw, "validation_score", version->validation_score);
    ngx_http_hr_version_score(jw, "completeness_score",
                              version->completeness_score);
    hr_jw_kbool(jw, "is_current", version->is_current);
    hr_jw_key(jw, "changes_summary");
    hr_jw_raw(jw, version->changes.len ? version->changes : HR_STR("[]"));
    hr_jw_kstr(jw, "note", version->note);
}


static hr_rc_t
ngx_http_hr_versions_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                     i;
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_str_t                   id;
    hr_store_versions_t        list;
    ngx_http_hr_version_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = hr_store_versions_list(conn, w->arena, id, &list);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, 0);
    }

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_key(&jw, "versions");
    hr_jw_array(&jw);

    for (i = 0; i < list.count; i++) {
        hr_jw_object(&jw);
        hr_jw_kint(&jw, "version_number", list.items[i].number);
        ngx_http_hr_version_rest(&jw, &w->answer, &list.items[i]);
        hr_jw_end_object(&jw);
    }

    hr_jw_end_array(&jw);
    hr_jw_kint(&jw, "current_version", list.current_version);
    hr_jw_kint(&jw, "total_versions", list.total);
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_versions(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    char                 id[37];
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    if (ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_version_work(r, ctx, id, &rc);
    if (w == NULL) {
        return rc;
    }

    w->gzip = true;
    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_versions_query, NULL);
}


/* ---- one (4.3) ---- */


static hr_rc_t
ngx_http_hr_version_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_str_t                   id;
    hr_diag_t                  diag;
    hr_json_t                 *document, *meta;
    hr_profile_t               profile;
    hr_store_version_t         version;
    ngx_http_hr_version_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = hr_store_version_get(conn, w->arena, id, in->number, &version, NULL);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, in->number);
    }

    rc = ngx_http_hr_profile_open(w, version.document, &profile);
    if (rc != HR_OK) {
        return rc;
    }

    /* decisions.md 11: read form, but not unwrapped (1) */
    document = hr_profile_view(w->arena, &profile, ngx_http_hr_vocabulary(),
                               HR_VIEW_ANSWER|HR_VIEW_WRAPPER);
    meta = NULL;

    if (document != NULL && version.metadata.len != 0
        && hr_meta_open(w->arena, version.metadata, &meta, &diag) == HR_OK)
    {
        meta = hr_meta_answer(w->arena, meta, false);
        document = meta == NULL ? NULL : document;
    }

    if (document == NULL) {
        return HR_NOMEM;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kint(&jw, "version_number", version.number);
    hr_jw_key(&jw, "profile_content");
    hr_jw_node(&jw, document);
    hr_jw_key(&jw, "generation_metadata");
    hr_jw_node(&jw, meta);
    ngx_http_hr_version_rest(&jw, &w->answer, &version);
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_version_get(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_version_path(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    w->gzip = true;
    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_version_query, NULL);
}


/* ---- pointer move (4.4) ---- */


static hr_rc_t
ngx_http_hr_version_activate_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_str_t                   id;
    hr_store_card_t            card;
    hr_store_activated_t       activated;
    ngx_http_hr_version_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = ngx_http_hr_match_check(w, conn, id, &in->match, &card);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_version_activate(conn, id, in->number, NULL, w->now, &activated);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, in->number);
    }

    rc = ngx_http_hr_audit(w, conn, "version.activate", "profile", id,
             hr_arena_printf(w->arena, "{\"version\":%lld,\"previous\":%lld}",
                             (long long) activated.current,
                             (long long) activated.previous));
    if (rc != HR_OK
        || (rc = hr_store_profile_card(conn, w->arena, id, &card)) != HR_OK)
    {
        return rc;
    }

    ngx_http_hr_work_touch_profile(w, id);

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "message",
               ngx_http_hr_work_text(w, "Версия сделана текущей",
                                     "The version is current now"));
    hr_jw_kstr(&jw, "profile_id", id);
    hr_jw_kint(&jw, "previous_version", activated.previous);
    hr_jw_kint(&jw, "current_version", activated.current);
    hr_jw_end_object(&jw);
    ngx_http_hr_profile_etag(&card, w->out.etag);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_version_activate(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_version_path(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_version_activate_run, NULL);
}


/* ---- deletion (4.5) ---- */


/* The client finds these two by an English word of detail. */
static hr_rc_t
ngx_http_hr_version_refused(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    const hr_store_deleted_t *deleted)
{
    hr_str_t                   hint;
    ngx_http_hr_version_in_t  *in = w->in;

    if (hr_store_error(conn) == HR_STORE_E_VERSION_CURRENT) {
        hint = ngx_http_hr_work_text(w, "Сначала сделайте текущей другую версию",
                                     "Make another version current first");
        w->detail = HR_STR("Cannot delete the current active version");

        return ngx_http_hr_work_error_with(w, HR_E_VALUE, HR_CONFLICT,
            "Нельзя удалить текущую версию профиля",
            "The version in use cannot be deleted",
            hr_arena_printf(w->arena, "{\"current_version\":%lld,"
                            "\"requested_version\":%lld,\"hint\":\"%.*s\","
                            "\"field\":\"version_number\"}",
                            (long long) deleted->current_version,
                            (long long) in->number, (int) hint.len, hint.data));
    }

    hint = ngx_http_hr_work_text(w, "У профиля должна остаться хотя бы одна версия",
                                 "A profile keeps at least one version");
    w->detail = HR_STR("Cannot delete the last remaining version");

    return ngx_http_hr_work_error_with(w, HR_E_VALUE, HR_CONFLICT,
        "Нельзя удалить единственную версию профиля",
        "The only version cannot be deleted",
        hr_arena_printf(w->arena, "{\"total_versions\":%lld,\"hint\":\"%.*s\","
                        "\"field\":\"version_number\"}",
                        (long long) deleted->remaining, (int) hint.len, hint.data));
}


static hr_rc_t
ngx_http_hr_version_delete_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_str_t                   id;
    hr_store_card_t            card;
    hr_store_deleted_t         deleted;
    ngx_http_hr_version_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = ngx_http_hr_match_check(w, conn, id, &in->match, &card);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_version_delete(conn, id, in->number, w->now, &deleted);

    if (rc == HR_CONFLICT) {
        return ngx_http_hr_version_refused(w, conn, &deleted);
    }

    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, in->number);
    }

    rc = ngx_http_hr_audit(w, conn, "version.delete", "profile", id,
             hr_arena_printf(w->arena, "{\"version\":%lld}",
                             (long long) in->number));
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_touch_profile(w, id);

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "message", ngx_http_hr_work_text(w, "Версия удалена",
                                                     "The version was deleted"));
    hr_jw_kstr(&jw, "profile_id", id);
    hr_jw_kint(&jw, "deleted_version", in->number);
    hr_jw_kint(&jw, "remaining_versions", deleted.remaining);
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static ngx_int_t
ngx_http_hr_version_delete(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_version_path(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_version_delete_run, NULL);
}


/* ---- comparison (4.6) ---- */

typedef struct {
    ngx_http_hr_in_int_t     v1;
    ngx_http_hr_in_int_t     v2;
    ngx_http_hr_in_str_t     format;
} ngx_http_hr_compare_query_t;


static hr_rc_t
ngx_http_hr_compare_side(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    int64_t number, hr_json_t **document)
{
    hr_rc_t                    rc;
    hr_str_t                   id;
    hr_profile_t               profile;
    hr_store_version_t         version;
    ngx_http_hr_version_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = hr_store_version_get(conn, w->arena, id, number, &version, NULL);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, number);
    }

    rc = ngx_http_hr_profile_open(w, version.document, &profile);
    if (rc != HR_OK) {
        return rc;
    }

    *document = hr_profile_view(w->arena, &profile, ngx_http_hr_vocabulary(),
                                HR_VIEW_STORED);

    return *document == NULL ? HR_NOMEM : HR_OK;
}


/* By member for programs, as JSON Patch, and in words for people. */
static hr_rc_t
ngx_http_hr_compare_body(ngx_http_hr_work_t *w, const hr_json_t *old,
    const hr_json_t *new)
{
    hr_jw_t                    jw;
    hr_rc_t                    rc;
    hr_diff_t                  diff;
    hr_json_t                 *differences, *readable, *patch;
    const hr_vocabulary_t     *voc = ngx_http_hr_vocabulary();
    ngx_http_hr_version_in_t  *in = w->in;

    rc = hr_patch_make(w->arena, old, new, &patch);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);

    if (in->patch) {
        w->out.type = NGX_HTTP_HR_TYPE_PATCH;
        hr_jw_node(&jw, patch);
        return w->out.body.err;
    }

    rc = hr_diff(w->arena, old, new, &diff);
    if (rc != HR_OK) {
        return rc;
    }

    differences = hr_diff_json(w->arena, &diff, voc, w->answer.lang);
    readable = hr_diff_readable(w->arena, &diff, voc, w->answer.lang);

    if (differences == NULL || readable == NULL) {
        return HR_NOMEM;
    }

    hr_jw_object(&jw);
    hr_jw_kint(&jw, "v1", in->number);
    hr_jw_kint(&jw, "v2", in->other);
    hr_jw_key(&jw, "differences");
    hr_jw_node(&jw, differences);
    hr_jw_key(&jw, "readable");
    hr_jw_node(&jw, readable);
    hr_jw_key(&jw, "patch");
    hr_jw_node(&jw, patch);
    hr_jw_kbool(&jw, "coarse", diff.coarse);
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_compare_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                    rc;
    hr_json_t                 *old, *new;
    ngx_http_hr_version_in_t  *in = w->in;

    rc = ngx_http_hr_compare_side(w, conn, in->number, &old);

    if (rc == HR_OK) {
        rc = ngx_http_hr_compare_side(w, conn, in->other, &new);
    }

    return rc == HR_OK ? ngx_http_hr_compare_body(w, old, new) : rc;
}


static ngx_int_t
ngx_http_hr_compare(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "v1", NGX_HTTP_HR_IN_INT, NGX_HTTP_HR_IN_REQUIRED, 1, 0,
          offsetof(ngx_http_hr_compare_query_t, v1) },
        { "v2", NGX_HTTP_HR_IN_INT, NGX_HTTP_HR_IN_REQUIRED, 1, 0,
          offsetof(ngx_http_hr_compare_query_t, v2) },
        { "format", NGX_HTTP_HR_IN_STR, 0, 0, 16,
          offsetof(ngx_http_hr_compare_query_t, format) },
        NGX_HTTP_HR_IN_END
    };

    char                          id[37];
    ngx_int_t                     rc;
    ngx_http_hr_work_t           *w;
    ngx_http_hr_version_in_t     *in;
    ngx_http_hr_compare_query_t   query;

    ngx_memzero(&query, sizeof(query));

    if (ngx_http_hr_read(r, ctx, rows, NULL, &query, &rc) != NGX_OK
        || ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, &rc) != NGX_OK)
    {
        return rc;
    }

    w = ngx_http_hr_version_work(r, ctx, id, &rc);
    if (w == NULL) {
        return rc;
    }

    in = w->in;
    in->number = query.v1.v;
    in->other = query.v2.v;
    in->patch = hr_str_eq(query.format.v, HR_STR("patch"));
    w->gzip = true;
    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_compare_query, NULL);
}


const ngx_http_hr_route_t  ngx_http_hr_version_routes[] = {

    { "/api/profiles/{profile_id}/versions/compare", NGX_HTTP_GET,
      NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_QUERY
      |NGX_HTTP_HR_CACHE_PROFILE,
      0, ngx_http_hr_compare, "compare_versions" },

    { "/api/profiles/{profile_id}/versions", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_PROFILE,
      0, ngx_http_hr_versions, "list_versions" },

    { "/api/profiles/{profile_id}/versions/{version_number}", NGX_HTTP_GET,
      NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_PROFILE,
      0, ngx_http_hr_version_get, "get_version" },

    { "/api/profiles/{profile_id}/versions/{version_number}", NGX_HTTP_DELETE,
      NGX_HTTP_HR_HR, NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_version_delete,
      "delete_version" },

    { "/api/profiles/{profile_id}/versions/{version_number}/set-active",
      NGX_HTTP_PUT, NGX_HTTP_HR_HR, NGX_HTTP_HR_NO_STORE, 0,
      ngx_http_hr_version_activate, "activate_version" },

    NGX_HTTP_HR_ROUTES_END
};
