/*
 * Approval of a profile (improvements.md I-39, I-04): a generated document is a
 * draft until people have looked at it.
 *
 *   draft -> hr_review -> head_review -> legal_review -> approved
 *
 * hr_approval_steps names the reviews that an installation has; a step leads
 * to the next of them.  From every review the way also leads to rejected and
 * back to draft, from rejected and approved back to draft.  The state belongs
 * to the version: a new text is a draft again, whatever the old one was.
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_profile.h"

#include "hr_text.h"


#define NGX_HTTP_HR_APPROVAL_COMMENT  2000      /* characters (I-53) */

typedef struct {
    char                     id[37];
    ngx_http_hr_match_t      match;
    hr_store_stage_t        to;
    hr_str_t                 comment;       /* or absent */
    bool                     confirm_kpi;
} ngx_http_hr_approval_in_t;

/* A way out of a state; what is asked of who goes it. */
typedef struct {
    hr_store_stage_t        to;
    ngx_http_hr_role_t       role;
    bool                     comment;       /* a reason is needed */
} ngx_http_hr_approval_way_t;

#define NGX_HTTP_HR_APPROVAL_WAYS  3

typedef char  ngx_http_hr_approval_steps_are_states[
    NGX_HTTP_HR_STEP_HR == HR_STORE_MASK(HR_STORE_HR_REVIEW)
    && NGX_HTTP_HR_STEP_HEAD == HR_STORE_MASK(HR_STORE_HEAD_REVIEW)
    && NGX_HTTP_HR_STEP_LEGAL == HR_STORE_MASK(HR_STORE_LEGAL_REVIEW) ? 1 : -1];


/* ---- which step may follow which ---- */


static hr_store_stage_t
ngx_http_hr_approval_next(ngx_uint_t steps, hr_store_stage_t from)
{
    hr_store_stage_t  to;

    for (to = from + 1; to < HR_STORE_APPROVED; to++) {
        if (steps & HR_STORE_MASK(to)) {
            break;
        }
    }

    return to;
}


/* The ways out of a state, and how many there are. */
static ngx_uint_t
ngx_http_hr_approval_ways(ngx_uint_t steps, hr_store_stage_t from,
    ngx_http_hr_approval_way_t ways[NGX_HTTP_HR_APPROVAL_WAYS])
{
    ngx_uint_t          n;
    ngx_http_hr_role_t  role;

    n = 0;

    if (from == HR_STORE_REJECTED || from == HR_STORE_APPROVED) {
        ways[n++] = (ngx_http_hr_approval_way_t) {
            .to = HR_STORE_DRAFT,
            .role = from == HR_STORE_APPROVED ? NGX_HTTP_HR_HEAD : NGX_HTTP_HR_HR,
            .comment = from == HR_STORE_APPROVED
        };

        return n;
    }

    /* the reviews after the first one are not HR's own */
    role = from <= HR_STORE_HR_REVIEW ? NGX_HTTP_HR_HR : NGX_HTTP_HR_HEAD;

    ways[n].to = ngx_http_hr_approval_next(steps, from);
    ways[n].role = ways[n].to == HR_STORE_APPROVED ? NGX_HTTP_HR_HEAD : role;
    ways[n++].comment = false;

    if (from != HR_STORE_DRAFT) {
        ways[n++] = (ngx_http_hr_approval_way_t) { HR_STORE_REJECTED, role, true };
        ways[n++] = (ngx_http_hr_approval_way_t) {
            HR_STORE_DRAFT, NGX_HTTP_HR_HR, false
        };
    }

    return n;
}


static hr_store_stage_t
ngx_http_hr_approval_state(const hr_store_card_t *card)
{
    hr_store_stage_t  state;

    return hr_store_stage_parse(card->approval_state, &state) ? state
                                                               : HR_STORE_DRAFT;
}


/* ---- telling ---- */


static void
ngx_http_hr_approval_write_ways(hr_jw_t *jw, const ngx_http_hr_work_t *w,
    hr_store_stage_t from)
{
    ngx_uint_t                  i, n;
    ngx_http_hr_approval_way_t  ways[NGX_HTTP_HR_APPROVAL_WAYS];

    n = ngx_http_hr_approval_ways(w->conf->approval_steps, from, ways);

    hr_jw_key(jw, "allowed");
    hr_jw_array(jw);

    for (i = 0; i < n; i++) {
        hr_jw_object(jw);
        hr_jw_kc(jw, "state", hr_store_stage_name(ways[i].to));
        hr_jw_kc(jw, "role", ways[i].role == NGX_HTTP_HR_HR ? "hr" : "head");
        hr_jw_kbool(jw, "comment_required", ways[i].comment);
        hr_jw_end_object(jw);
    }

    hr_jw_end_array(jw);
}


/* Members of the answer from "profile_id" on. */
static hr_rc_t
ngx_http_hr_approval_tell(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_jw_t *jw, const hr_store_card_t *card)
{
    size_t                i, count;
    hr_rc_t               rc;
    hr_store_approval_t  *items;

    rc = hr_store_approvals_list(conn, w->arena, card->id, &items, &count);
    if (rc != HR_OK) {
        return rc;
    }

    hr_jw_kstr(jw, "profile_id", card->id);
    hr_jw_kint(jw, "version_number", card->current_version);
    hr_jw_kc(jw, "state", hr_store_stage_name(ngx_http_hr_approval_state(card)));
    hr_jw_kbool(jw, "needs_kpi_review", card->kpi_review);
    ngx_http_hr_approval_write_ways(jw, w, ngx_http_hr_approval_state(card));

    hr_jw_key(jw, "history");
    hr_jw_array(jw);

    for (i = 0; i < count; i++) {
        hr_jw_object(jw);
        hr_jw_kint(jw, "version_number", items[i].version);
        hr_jw_kc(jw, "from_state", hr_store_stage_name(items[i].from));
        hr_jw_kc(jw, "to_state", hr_store_stage_name(items[i].to));
        hr_jw_kstr(jw, "comment", items[i].comment);
        hr_jw_kstr(jw, "username", items[i].username);
        ngx_http_hr_write_instant(jw, &w->answer, "at", items[i].at, HR_STR_NULL);
        hr_jw_end_object(jw);
    }

    hr_jw_end_array(jw);

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_approval_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                     jw;
    hr_rc_t                     rc;
    hr_str_t                    id;
    hr_store_card_t             card;
    ngx_http_hr_approval_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = hr_store_profile_card(conn, w->arena, id, &card);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, 0);
    }

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    rc = ngx_http_hr_approval_tell(w, conn, &jw, &card);
    hr_jw_end_object(&jw);

    return rc == HR_OK ? w->out.body.err : rc;
}


/* ---- change ---- */


/* 409 with what is the matter; the store has not been written to. */
static hr_rc_t
ngx_http_hr_approval_refuse(ngx_http_hr_work_t *w, const hr_store_card_t *card,
    const char *reason, const char *ru, const char *en)
{
    hr_jw_t                     jw;
    hr_str_t                    details;
    hr_buf_t                    buf;
    hr_store_stage_t           state;
    ngx_http_hr_approval_in_t  *in = w->in;

    state = ngx_http_hr_approval_state(card);

    hr_buf_init(&buf, 2048);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "reason", reason);
    hr_jw_kc(&jw, "current_state", hr_store_stage_name(state));
    hr_jw_kc(&jw, "requested_state", hr_store_stage_name(in->to));
    ngx_http_hr_approval_write_ways(&jw, w, state);
    hr_jw_kc(&jw, "field", "state");
    hr_jw_end_object(&jw);

    details = buf.err == HR_OK ? hr_arena_str(w->arena, hr_buf_view(&buf))
                               : HR_STR_NULL;
    hr_buf_release(&buf);

    return details.data == NULL
           ? HR_NOMEM
           : ngx_http_hr_work_error_with(w, HR_E_CONFLICT, HR_CONFLICT, ru, en,
                                         details);
}


/* Is there a way from here to there, for this user, with this reason? */
static hr_rc_t
ngx_http_hr_approval_check(ngx_http_hr_work_t *w, const hr_store_card_t *card)
{
    ngx_uint_t                  i, n;
    ngx_http_hr_approval_in_t  *in = w->in;
    ngx_http_hr_approval_way_t  ways[NGX_HTTP_HR_APPROVAL_WAYS];

    n = ngx_http_hr_approval_ways(w->conf->approval_steps,
                                  ngx_http_hr_approval_state(card), ways);

    for (i = 0; i < n && ways[i].to != in->to; i++) {
        /* void */
    }

    if (i == n) {
        return ngx_http_hr_approval_refuse(w, card, "transition",
            "Из текущего состояния согласования так перейти нельзя",
            "The approval cannot go there from its state");
    }

    if (card->status != HR_STORE_COMPLETED) {
        return ngx_http_hr_approval_refuse(w, card, "status",
            "Согласуются только готовые профили, не архивные",
            "Only completed profiles that are not archived are approved");
    }

    if (w->user.role < ways[i].role) {
        return ngx_http_hr_work_error_with(w, HR_E_FORBIDDEN, HR_INVALID,
            "Этот шаг согласования выполняет руководитель",
            "This step of the approval is for heads", HR_STR("{}"));
    }

    if (ways[i].comment && in->comment.len == 0) {
        return ngx_http_hr_work_error_with(w, HR_E_VALUE, HR_INVALID,
            "Укажите причину в комментарии", "Give the reason in the comment",
            HR_STR("{\"field\":\"comment\"}"));
    }

    if (in->to == HR_STORE_APPROVED && card->kpi_review && !in->confirm_kpi) {
        return ngx_http_hr_approval_refuse(w, card, "kpi_review",
            "Показатели эффективности типовые: проверьте их и подтвердите"
            " утверждение (confirm_kpi)",
            "The KPIs are generic: review them and confirm the approval"
            " (confirm_kpi)");
    }

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_approval_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                     jw;
    hr_rc_t                     rc;
    hr_str_t                    id, detail;
    hr_store_card_t             card;
    hr_store_stage_t           from;
    ngx_http_hr_approval_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = ngx_http_hr_match_check(w, conn, id, &in->match, &card);
    if (rc != HR_OK || (rc = ngx_http_hr_approval_check(w, &card)) != HR_OK) {
        return rc;
    }

    from = ngx_http_hr_approval_state(&card);

    /* comments may name people: they stay with the profile, out of the trail */
    detail = hr_arena_printf(w->arena, "{\"version\":%lld,\"from\":\"%s\","
                             "\"to\":\"%s\",\"confirm_kpi\":%s}",
                             (long long) card.current_version,
                             hr_store_stage_name(from),
                             hr_store_stage_name(in->to),
                             in->confirm_kpi ? "true" : "false");

    if ((rc = hr_store_approval_set(conn, id, from, in->to, w->user.id,
                                    in->comment, w->now)) != HR_OK
        || (rc = ngx_http_hr_audit(w, conn, "profile.approval", "profile", id,
                                   detail)) != HR_OK
        || (rc = hr_store_profile_card(conn, w->arena, id, &card)) != HR_OK)
    {
        return rc;
    }

    ngx_http_hr_work_touch_profile(w, id);

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "message", ngx_http_hr_work_text(w,
                   in->to == HR_STORE_APPROVED ? "Профиль утверждён"
                   : in->to == HR_STORE_REJECTED ? "Профиль отклонён"
                   : "Состояние согласования изменено",
                   in->to == HR_STORE_APPROVED ? "The profile was approved"
                   : in->to == HR_STORE_REJECTED ? "The profile was rejected"
                   : "The state of the approval was changed"));
    rc = ngx_http_hr_approval_tell(w, conn, &jw, &card);
    hr_jw_end_object(&jw);
    ngx_http_hr_profile_etag(&card, w->out.etag);

    return rc == HR_OK ? w->out.body.err : rc;
}


/* ---- requests ---- */

typedef struct {
    ngx_http_hr_in_str_t     state;
    ngx_http_hr_in_str_t     comment;
    ngx_http_hr_in_bool_t    confirm_kpi;
    ngx_http_hr_in_int_t     base_version;
} ngx_http_hr_approval_body_t;


/* NGX_DECLINED: answered, code in *rc. */
static ngx_int_t
ngx_http_hr_approval_body(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_approval_body_t *body, hr_store_stage_t *to, ngx_int_t *rc)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "state", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_REQUIRED, 0, 0,
          offsetof(ngx_http_hr_approval_body_t, state) },
        { "comment", NGX_HTTP_HR_IN_STR, NGX_HTTP_HR_IN_NULLABLE, 0,
          NGX_HTTP_HR_APPROVAL_COMMENT,
          offsetof(ngx_http_hr_approval_body_t, comment) },
        { "confirm_kpi", NGX_HTTP_HR_IN_BOOL, NGX_HTTP_HR_IN_NULLABLE, 0, 0,
          offsetof(ngx_http_hr_approval_body_t, confirm_kpi) },
        { "base_version", NGX_HTTP_HR_IN_INT, NGX_HTTP_HR_IN_NULLABLE, 1, 0,
          offsetof(ngx_http_hr_approval_body_t, base_version) },
        NGX_HTTP_HR_IN_END
    };

    ngx_http_hr_problems_t  p;

    ngx_http_hr_problems_init(&p, ctx);

    if (ngx_http_hr_read_body(r, ctx, rows, body, &p) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    if (body->state.set && !hr_store_stage_parse(body->state.v, to)) {
        ngx_http_hr_problem_text(&p, "body.state",
                                 "Value error, state must be one of: draft, "
                                 "hr_review, head_review, legal_review, approved, "
                                 "rejected",
                                 "value_error", body->state.v);
    }

    return ngx_http_hr_problems_end(r, ctx, &p, rc);
}


/* NULL: answered, code in *rc. */
static ngx_http_hr_work_t *
ngx_http_hr_approval_work(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc)
{
    char                        id[37];
    ngx_http_hr_work_t         *w;
    ngx_http_hr_approval_in_t  *in;

    if (ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, rc) != NGX_OK) {
        return NULL;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_approval_in_t), 0);
    if (w == NULL) {
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NULL;
    }

    in = w->in;
    ngx_memcpy(in->id, id, sizeof(id));

    if (ngx_http_hr_match_read(r, w, &in->match) != NGX_OK) {
        ngx_http_hr_work_free(w);
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NULL;
    }

    w->etag = true;

    return w;
}


static ngx_int_t
ngx_http_hr_approval_get(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_approval_work(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    w->gzip = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_approval_query, NULL);
}


static ngx_int_t
ngx_http_hr_approval_put(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                     rc;
    hr_store_stage_t             to;
    ngx_http_hr_work_t           *w;
    ngx_http_hr_approval_in_t    *in;
    ngx_http_hr_approval_body_t   body;

    ngx_memzero(&body, sizeof(body));
    to = HR_STORE_DRAFT;

    if (ngx_http_hr_approval_body(r, ctx, &body, &to, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_approval_work(r, ctx, &rc);
    if (w == NULL) {
        return rc;
    }

    in = w->in;
    in->to = to;
    in->match.base_version = body.base_version.v;
    in->confirm_kpi = body.confirm_kpi.v;
    body.comment.v = hr_trim(body.comment.v);

    if (body.comment.v.len != 0) {
        in->comment = ngx_http_hr_work_str(w, body.comment.v);

        if (in->comment.data == NULL) {
            ngx_http_hr_work_free(w);
            return ngx_http_hr_error(r, ctx, HR_E_OVERLOAD);
        }
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_approval_run, NULL);
}


const ngx_http_hr_route_t  ngx_http_hr_approval_routes[] = {

    { "/api/profiles/{profile_id}/approval", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_PROFILE
      |NGX_HTTP_HR_CACHE_USERS,
      0, ngx_http_hr_approval_get, "get_approval" },

    { "/api/profiles/{profile_id}/approval", NGX_HTTP_PUT, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, 64 * 1024,
      ngx_http_hr_approval_put, "set_approval" },

    NGX_HTTP_HR_ROUTES_END
};
