/*
 * Editing the document (api-profiles.md 3.5, P-28, P-30; profile-document.md 9).
 *
 * The expensive part (taking the document back, scores, what changed) is made
 * on a reader against the row as it is then; the writer stores it only if the
 * row is still that one.  Otherwise the work starts again, and after a few
 * losses everything is made under the write lock, so that it ends.
 */

#include "ngx_http_hr_profile.h"
#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"

#include "hr_diff.h"
#include "hr_profile_check.h"
#include "hr_profile_meta.h"
#include "hr_section.h"
#include "hr_text.h"


#define NGX_HTTP_HR_CONTENT_BODY     (1024 * 1024)      /* P-03 */
#define NGX_HTTP_HR_CONTENT_TRIES    3
#define NGX_HTTP_HR_CONTENT_ARENA    (256 * 1024 * 1024)
#define NGX_HTTP_HR_CONTENT_BURST    300                /* s, default of the store */
#define NGX_HTTP_HR_CONTENT_META     (1024 * 1024)

typedef struct {
    ngx_http_hr_in_node_t    profile_data;
    ngx_http_hr_in_int_t     base_version;
    ngx_http_hr_in_str_t     note;
} ngx_http_hr_content_body_t;

typedef struct {
    char                     id[37];
    ngx_http_hr_match_t      match;
    hr_json_t               *incoming;      /* in the work's arena */
    hr_str_t                 note;

    ngx_uint_t               tries;
    bool                     again;         /* the row moved under the preparation */

    /* of one preparation; everything is in scratch */
    hr_arena_t              *scratch;
    hr_store_card_t          card;
    bool                     changed;
    hr_store_content_t       content;
    hr_findings_t            warnings;
} ngx_http_hr_content_t;


static ngx_int_t ngx_http_hr_content_prepared(ngx_http_hr_work_t *w);
static ngx_int_t ngx_http_hr_content_stored(ngx_http_hr_work_t *w);


/* ---- preparation ---- */


static hr_rc_t
ngx_http_hr_content_text(hr_arena_t *arena, const hr_json_t *node,
    unsigned flags, size_t limit, hr_str_t *out)
{
    hr_rc_t   rc;
    hr_buf_t  buf;

    hr_buf_init(&buf, limit);
    rc = hr_json_write(node, flags, &buf);

    if (rc == HR_OK) {
        *out = hr_arena_str(arena, hr_buf_view(&buf));
        rc = out->data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&buf);

    return rc;
}


/* Indented as the old service writes it, compact when that would be too long to read back. */
static hr_rc_t
ngx_http_hr_content_document(ngx_http_hr_work_t *w, ngx_http_hr_content_t *in,
    const hr_json_t *document)
{
    hr_rc_t  rc;

    rc = ngx_http_hr_content_text(in->scratch, document, HR_JSON_INDENT,
                                  HR_PROFILE_BYTES_MAX, &in->content.document);

    if (rc == HR_LIMIT) {
        rc = ngx_http_hr_content_text(in->scratch, document, HR_JSON_COMPACT,
                                      HR_PROFILE_BYTES_MAX, &in->content.document);
    }

    return rc == HR_LIMIT ? ngx_http_hr_work_error(w, HR_E_TOO_LARGE, rc) : rc;
}


/*
 * The document and the version that the coming version is compared with: of
 * an edit that will go into the author's running burst those before the burst.
 */
static hr_rc_t
ngx_http_hr_content_base(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_content_t *in, const hr_json_t *meta, hr_profile_t *stored,
    int64_t *number)
{
    hr_rc_t              rc;
    int64_t              base;
    unsigned             burst;
    hr_str_t             document;
    hr_diag_t            diag;
    hr_profile_t         before;
    hr_store_version_t   version;

    *number = in->card.current_version;

    if (!hr_json_int(hr_json_path(meta, "edit.based_on_version"), &base)) {
        return HR_OK;
    }

    rc = hr_store_version_card(conn, in->scratch, in->card.id, *number, &version);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND ? HR_OK : rc;
    }

    burst = ngx_http_hr_api()->db.store.collapse_seconds;
    burst = burst == 0 ? NGX_HTTP_HR_CONTENT_BURST : burst;

    if (version.type != HR_STORE_EDITED || version.created_by != w->user.id
        || version.created_at == HR_STORE_NO_TIME
        || w->now - version.created_at >= (hr_instant_t) burst * 1000000)
    {
        return HR_OK;
    }

    rc = hr_store_version_document(conn, in->scratch, in->card.id, base, &document);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND ? HR_OK : rc;
    }

    *number = base;

    if (hr_profile_open(in->scratch, document, &before, &diag) == HR_OK) {
        *stored = before;
    }

    return HR_OK;
}


/* The time that every save writes is no change to tell anybody. */
static void
ngx_http_hr_content_timeless(hr_json_t *document)
{
    hr_json_t  *meta;

    meta = hr_json_get(document, "metadata");

    if (hr_json_is(meta, HR_JSON_OBJECT)) {
        hr_json_remove(meta, "last_updated");

        if (meta->count == 0) {
            hr_json_remove(document, "metadata");
        }
    }
}


/* changes_summary and the measure of the edit (I-44); new is changed. */
static hr_rc_t
ngx_http_hr_content_changes(ngx_http_hr_content_t *in, const hr_profile_t *before,
    hr_json_t *new)
{
    hr_rc_t                  rc;
    hr_diff_t                diff;
    hr_json_t               *old, *summary;
    const hr_vocabulary_t   *voc = ngx_http_hr_vocabulary();

    old = hr_profile_view(in->scratch, before, voc, HR_VIEW_STORED);

    if (old == NULL) {
        return HR_NOMEM;
    }

    ngx_http_hr_content_timeless(old);
    ngx_http_hr_content_timeless(new);

    rc = hr_diff(in->scratch, old, new, &diff);
    if (rc != HR_OK) {
        return rc;
    }

    in->content.edited_leaves = (int64_t) hr_diff_leaves(&diff);
    in->content.total_leaves = (int64_t) hr_diff_leaf_count(new);

    summary = hr_diff_summary(in->scratch, &diff, voc, HR_LANG_RU);

    return summary == NULL
           ? HR_NOMEM
           : ngx_http_hr_content_text(in->scratch, summary, HR_JSON_COMPACT,
                                      NGX_HTTP_HR_CONTENT_META,
                                      &in->content.changes);
}


/* Scores of the new document, and its metadata: the base's with both inside. */
static hr_rc_t
ngx_http_hr_content_scores(ngx_http_hr_work_t *w, ngx_http_hr_content_t *in,
    const hr_json_t *document, const hr_json_t *base, int64_t number)
{
    hr_rc_t                  rc;
    hr_str_t                 user;
    hr_json_t               *meta;
    hr_completeness_t        completeness;
    hr_score_report_t        report;
    hr_section_input_t       section;
    const hr_vocabulary_t   *voc = ngx_http_hr_vocabulary();

    user = hr_arena_str(w->arena, hr_str((char *) w->user.username,
                                         w->user.username_len));

    if (user.data == NULL) {
        return HR_NOMEM;
    }

    rc = hr_score_completeness(in->scratch, document, &completeness);

    if (rc == HR_OK) {
        rc = hr_score_quality(in->scratch, ngx_http_hr_api()->quality, voc,
                              document, NULL, &report);
    }

    if (rc != HR_OK) {
        return rc;
    }

    in->content.completeness_score = completeness.score;
    in->content.validation_score = report.evaluated ? report.validation
                                                    : HR_STORE_NO_SCORE;
    in->content.user_id = w->user.id;
    in->content.username = user;
    in->content.note = in->note;

    meta = hr_meta_edit(in->scratch, base, user, w->now,
                        w->answer.naive ? HR_TIME_WIRE_NAIVE : HR_TIME_WIRE_Z,
                        number);
    if (meta == NULL) {
        return HR_NOMEM;
    }

    rc = hr_score_publish(in->scratch, meta, &completeness, &report);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_memzero(&section, sizeof(section));
    section.generation = meta;
    in->content.kpi = hr_section_kpi_generic(&section) ? HR_STORE_KPI_GENERIC
                                                       : HR_STORE_KPI_OWN;

    hr_findings_init(&in->warnings, in->scratch);

    rc = hr_profile_advise(voc, document, &in->warnings);

    return rc != HR_OK ? rc
           : ngx_http_hr_content_text(in->scratch, meta, HR_JSON_COMPACT,
                                      NGX_HTTP_HR_CONTENT_META,
                                      &in->content.metadata);
}


/* What the row holds now; a damaged document is mended by the edit. */
static hr_rc_t
ngx_http_hr_content_open(ngx_http_hr_content_t *in,
    const hr_store_profile_t *row, hr_profile_t *stored)
{
    hr_rc_t     rc;
    hr_diag_t   diag;
    hr_json_t  *empty;

    rc = hr_profile_open(in->scratch, row->document, stored, &diag);
    if (rc != HR_INVALID && rc != HR_LIMIT) {
        return rc;
    }

    empty = hr_json_new(in->scratch, HR_JSON_OBJECT);

    return empty == NULL ? HR_NOMEM : hr_profile_from_tree(empty, stored);
}


static hr_rc_t
ngx_http_hr_content_merge(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_content_t *in, const hr_store_profile_t *row)
{
    hr_rc_t               rc;
    int64_t               number;
    hr_json_t            *meta, *view;
    hr_profile_t          stored, after;
    hr_profile_edit_t     edit;
    hr_profile_merge_t    merge;

    rc = ngx_http_hr_content_open(in, row, &stored);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_memzero(&edit, sizeof(edit));
    edit.vocabulary = ngx_http_hr_vocabulary();
    edit.view = ngx_http_hr_detail_view(w->conf);
    edit.now = w->now;
    edit.layout = w->answer.naive ? HR_TIME_WIRE_NAIVE : HR_TIME_WIRE_Z;

    rc = hr_profile_merge(in->scratch, &stored, in->incoming, &edit, &merge);
    if (rc != HR_OK) {
        return rc == HR_LIMIT ? ngx_http_hr_work_error(w, HR_E_VALIDATION, rc) : rc;
    }

    in->changed = merge.changed;

    if (!merge.changed) {
        return HR_OK;
    }

    meta = ngx_http_hr_profile_meta(in->scratch, row->metadata, &stored);

    if (meta == NULL) {
        return HR_NOMEM;
    }

    rc = hr_profile_from_tree(merge.document, &after);
    if (rc != HR_OK) {
        return rc;
    }

    view = hr_profile_view(in->scratch, &after, edit.vocabulary, HR_VIEW_STORED);
    if (view == NULL) {
        return HR_NOMEM;
    }

    if ((rc = ngx_http_hr_content_document(w, in, merge.document)) != HR_OK
        || (rc = ngx_http_hr_content_base(w, conn, in, meta, &stored, &number))
           != HR_OK
        || (rc = ngx_http_hr_content_scores(w, in, view, meta, number)) != HR_OK)
    {
        return rc;
    }

    return ngx_http_hr_content_changes(in, &stored, view);
}


static hr_rc_t
ngx_http_hr_content_prepare(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                 rc;
    hr_store_profile_t      row;
    ngx_http_hr_content_t  *in = w->in;

    hr_arena_destroy(in->scratch);
    in->scratch = hr_arena_create(NGX_HTTP_HR_CONTENT_ARENA);

    if (in->scratch == NULL) {
        return HR_NOMEM;
    }

    w->now = hr_time_now();         /* each attempt is an operation of its own */
    ngx_memzero(&in->content, sizeof(in->content));

    rc = hr_store_profile_get(conn, in->scratch, hr_str_from_c(in->id), &row);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, hr_str_from_c(in->id), 0);
    }

    in->card = row.card;

    rc = ngx_http_hr_match_card(w, &in->match, &in->card);

    return rc != HR_OK ? rc : ngx_http_hr_content_merge(w, conn, in, &row);
}


/* ---- answer ---- */


static hr_rc_t
ngx_http_hr_content_answer(ngx_http_hr_work_t *w, const hr_store_card_t *card,
    double validation)
{
    hr_jw_t                 jw;
    hr_json_t              *warnings;
    ngx_http_hr_content_t  *in = w->in;

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "message",
               in->changed ? ngx_http_hr_work_text(w, "Профиль сохранён",
                                                   "The profile was saved")
                           : ngx_http_hr_work_text(w, "Профиль не изменился",
                                                   "Nothing has changed"));
    hr_jw_kstr(&jw, "profile_id", card->id);
    hr_jw_kint(&jw, "version_number", card->current_version);

    if (validation < 0) {
        hr_jw_knull(&jw, "validation_score");
    } else {
        hr_jw_kdouble(&jw, "validation_score", validation);
    }

    hr_jw_kdouble(&jw, "completeness_score", card->completeness_score);
    ngx_http_hr_write_instant(&jw, &w->answer, "updated_at", card->updated_at,
                              HR_STR_NULL);
    hr_jw_kbool(&jw, "changed", in->changed);

    if (in->changed) {
        warnings = hr_findings_json(in->scratch, &in->warnings);
        if (warnings == NULL) {
            return HR_NOMEM;
        }

        hr_jw_key(&jw, "warnings");
        hr_jw_node(&jw, warnings);
    }

    hr_jw_end_object(&jw);
    ngx_http_hr_profile_etag(card, w->out.etag);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_content_read(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                 rc;
    ngx_http_hr_content_t  *in = w->in;

    rc = ngx_http_hr_content_prepare(w, conn);

    if (rc != HR_OK || in->changed) {
        return rc;
    }

    return ngx_http_hr_content_answer(w, &in->card, in->card.validation_score);
}


static hr_rc_t
ngx_http_hr_content_write(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                 rc;
    hr_str_t                id;
    hr_store_card_t         card;
    hr_store_expect_t       expect;
    hr_store_appended_t     appended;
    ngx_http_hr_content_t  *in = w->in;

    id = hr_str_from_c(in->id);
    ngx_memzero(&expect, sizeof(expect));
    expect.etag = hr_str_from_c(in->card.etag);

    if (in->tries == NGX_HTTP_HR_CONTENT_TRIES) {
        rc = ngx_http_hr_content_prepare(w, conn);

        if (rc != HR_OK) {
            return rc;
        }

        if (!in->changed) {
            return ngx_http_hr_content_answer(w, &in->card,
                                              in->card.validation_score);
        }

        expect.etag = hr_str_from_c(in->card.etag);
    }

    rc = hr_store_version_append(conn, id, HR_STORE_EDITED, &in->content, &expect,
                                 w->now, &appended);

    if (rc == HR_CONFLICT) {
        in->again = true;
        return rc;
    }

    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, 0);
    }

    rc = ngx_http_hr_audit(w, conn, "profile.edit", "profile", id,
             hr_arena_printf(w->arena,
                             "{\"version\":%lld,\"collapsed\":%s,"
                             "\"edited_leaves\":%lld}",
                             (long long) appended.number,
                             appended.collapsed ? "true" : "false",
                             (long long) in->content.edited_leaves));

    if (rc != HR_OK
        || (rc = hr_store_profile_card(conn, w->arena, id, &card)) != HR_OK)
    {
        return rc;
    }

    ngx_http_hr_work_touch_profile(w, id);

    return ngx_http_hr_content_answer(w, &card, in->content.validation_score);
}


/* ---- event loop ---- */


static ngx_int_t
ngx_http_hr_content_end(ngx_http_hr_work_t *w)
{
    ngx_http_hr_content_t  *in = w->in;

    hr_arena_destroy(in->scratch);
    in->scratch = NULL;

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_content_prepared(ngx_http_hr_work_t *w)
{
    ngx_http_hr_content_t  *in = w->in;

    if (w->rc != HR_OK || !in->changed
        || ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE,
                                 ngx_http_hr_content_write,
                                 ngx_http_hr_content_stored)
           != NGX_AGAIN)
    {
        return ngx_http_hr_content_end(w);
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_hr_content_stored(ngx_http_hr_work_t *w)
{
    ngx_int_t               rc;
    ngx_http_hr_content_t  *in = w->in;

    if (!in->again) {
        return ngx_http_hr_content_end(w);
    }

    in->again = false;
    in->tries++;

    /* under the lock nothing can move: the last attempt goes straight there */
    rc = in->tries < NGX_HTTP_HR_CONTENT_TRIES
         ? ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_READ,
                                 ngx_http_hr_content_read,
                                 ngx_http_hr_content_prepared)
         : ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE,
                                 ngx_http_hr_content_write,
                                 ngx_http_hr_content_stored);

    return rc == NGX_AGAIN ? NGX_AGAIN : ngx_http_hr_content_end(w);
}


/* Body rows and the five checks of 3.5; NGX_DECLINED: answered. */
static ngx_int_t
ngx_http_hr_content_body(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_content_body_t *body, ngx_int_t *rc)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "profile_data", NGX_HTTP_HR_IN_OBJECT, NGX_HTTP_HR_IN_REQUIRED, 0, 0,
          offsetof(ngx_http_hr_content_body_t, profile_data) },
        { "base_version", NGX_HTTP_HR_IN_INT, NGX_HTTP_HR_IN_NULLABLE, 1, 0,
          offsetof(ngx_http_hr_content_body_t, base_version) },
        { "note", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_NULLABLE, 0, 500,
          offsetof(ngx_http_hr_content_body_t, note) },
        NGX_HTTP_HR_IN_END
    };

    char                     text[512];
    hr_profile_fault_t       fault;
    ngx_http_hr_problems_t   p;

    ngx_http_hr_problems_init(&p, ctx);

    if (ngx_http_hr_read_body(r, ctx, rows, body, &p) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    if (body->profile_data.set
        && !hr_profile_check(body->profile_data.v, &fault))
    {
        (void) hr_profile_fault_text(&fault, ctx->answer.lang, text, sizeof(text));
        ngx_http_hr_problem(&p, "body.profile_data", text, "value_error", NULL);
    }

    return ngx_http_hr_problems_end(r, ctx, &p, rc);
}


static ngx_int_t
ngx_http_hr_content_put(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    char                         id[37];
    ngx_int_t                    rc;
    ngx_http_hr_work_t          *w;
    ngx_http_hr_content_t       *in;
    ngx_http_hr_content_body_t   body;

    ngx_memzero(&body, sizeof(body));

    if (ngx_http_hr_content_body(r, ctx, &body, &rc) != NGX_OK
        || ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, &rc) != NGX_OK)
    {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_content_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    ngx_memcpy(in->id, id, sizeof(id));
    in->match.base_version = body.base_version.v;
    body.note.v = hr_trim(body.note.v);
    in->note = body.note.v.len ? ngx_http_hr_work_str(w, body.note.v) : HR_STR_NULL;
    in->incoming = hr_json_clone(w->arena, body.profile_data.v);

    if (in->incoming == NULL || (body.note.v.len != 0 && in->note.data == NULL)
        || ngx_http_hr_match_read(r, w, &in->match) != NGX_OK)
    {
        ngx_http_hr_work_free(w);
        return ngx_http_hr_error(r, ctx, HR_E_OVERLOAD);
    }

    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_content_read,
                                  ngx_http_hr_content_prepared);
}


const ngx_http_hr_route_t  ngx_http_hr_content_routes[] = {

    { "/api/profiles/{profile_id}/content", NGX_HTTP_PUT, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, NGX_HTTP_HR_CONTENT_BODY,
      ngx_http_hr_content_put, "update_profile_content" },

    NGX_HTTP_HR_ROUTES_END
};
