#include "ngx_http_hr_generation.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_job_claim.h"

#include "hr_text.h"

#include <math.h>


#define NGX_HTTP_HR_START_WINDOW   60       /* s, of the limit of starts */
#define NGX_HTTP_HR_QUEUE_RETRY    30       /* s, Retry-After of a full queue */
#define NGX_HTTP_HR_KEY_MAX        255      /* of an Idempotency-Key */

typedef struct {
    ngx_http_hr_target_t      target;
    ngx_http_hr_located_t     located;
    hr_str_t                  idempotency_key;  /* or {0, NULL} */
    char                      task_id[37];
    char                      profile_id[37];   /* of regenerate; "": a start */
    int64_t                   estimate;         /* seconds */
    hr_store_task_t           task;
    hr_store_task_added_t     added;
    ngx_http_hr_claim_t      *claim;            /* begins it in the same transaction */
} ngx_http_hr_start_t;


/* ---- what may refuse a start ---- */


hr_str_t
ngx_http_hr_generation_details(hr_arena_t *arena, hr_generr_t error)
{
    return hr_arena_printf(arena, "{\"error_code\":\"%s\"}", hr_generr_code(error));
}


ngx_int_t
ngx_http_hr_generation_allowed(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t counted, ngx_int_t *rc)
{
    uint64_t                   key;
    hr_arena_t                *arena;
    ngx_uint_t                 limit, retry_after;
    hr_generr_t                error;
    ngx_http_hr_error_args_t   args;

    ngx_memzero(&args, sizeof(args));
    error = ngx_http_hr_job_refused(&retry_after);

    if (error != HR_GENERR_NONE) {
        arena = ngx_http_hr_arena(r, ctx);
        if (arena == NULL) {
            *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
            return NGX_DECLINED;
        }

        args.message = hr_str_from_c(hr_generr_text(error, ctx->answer.lang));
        args.details = ngx_http_hr_generation_details(arena, error);
        args.retry_after = retry_after;
        *rc = ngx_http_hr_error_with(r, ctx, HR_E_UNAVAILABLE, &args);
        return NGX_DECLINED;
    }

    limit = ctx->conf->limits.starts;
    key = ngx_http_hr_rate_key('g', &ctx->user.id, sizeof(ctx->user.id));

    if (counted && limit != 0
        && ngx_http_hr_rate_count(key, NGX_HTTP_HR_START_WINDOW) > limit)
    {
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_RATE_LIMITED, 1);
        args.message = ctx->answer.lang == HR_LANG_RU
            ? HR_STR("Слишком много запусков генерации, повторите через минуту")
            : HR_STR("Too many generations were started, try again in a minute");
        args.retry_after = NGX_HTTP_HR_START_WINDOW
                           - ngx_time() % NGX_HTTP_HR_START_WINDOW;
        *rc = ngx_http_hr_error_with(r, ctx, HR_E_TOO_MANY, &args);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


hr_instant_t
ngx_http_hr_generation_month(hr_instant_t now)
{
    char          text[HR_TIME_MAX];
    hr_instant_t  at;

    (void) hr_time_format(now, HR_TIME_T1, text);
    ngx_memcpy(text + 8, "01 00:00:00", 12);

    return hr_time_parse(hr_str_from_c(text), &at) ? at : now;
}


hr_rc_t
ngx_http_hr_generation_budget(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    double more)
{
    double   spent;
    hr_rc_t  rc;

    if (w->conf->llm_budget == 0) {
        return HR_OK;
    }

    rc = hr_store_cost_since(conn, ngx_http_hr_generation_month(w->now), 0, &spent);

    if (rc != HR_OK || (spent < (double) w->conf->llm_budget
                        && spent + more <= (double) w->conf->llm_budget))
    {
        return rc;
    }

    return ngx_http_hr_work_error_with(w, HR_E_UNAVAILABLE, HR_LIMIT,
               hr_generr_text(HR_GENERR_NO_CREDIT, HR_LANG_RU),
               hr_generr_text(HR_GENERR_NO_CREDIT, HR_LANG_EN),
               ngx_http_hr_generation_details(w->arena, HR_GENERR_NO_CREDIT));
}


hr_rc_t
ngx_http_hr_generation_estimate(hr_store_conn_t *conn, int64_t *estimate)
{
    double   seconds;
    hr_rc_t  rc;

    rc = hr_store_estimate(conn, HR_STR_NULL, &seconds);

    *estimate = rc == HR_OK ? (int64_t) ceil(seconds) : NGX_HTTP_HR_ESTIMATE;
    *estimate = *estimate > 0 ? *estimate : 1;

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}


void
ngx_http_hr_generation_limits(const ngx_http_hr_work_t *w,
    hr_store_queue_limits_t *limits)
{
    limits->max_queued = (int64_t) w->conf->llm_queue;
    limits->max_open_per_user = (int64_t) w->conf->llm_user_tasks;
}


hr_rc_t
ngx_http_hr_generation_refused(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_rc_t rc)
{
    switch (hr_store_error(conn)) {

    case HR_STORE_E_QUEUE_FULL:
        w->retry_after = NGX_HTTP_HR_QUEUE_RETRY;
        return ngx_http_hr_work_error_with(w, HR_E_TOO_MANY, rc,
                   hr_generr_text(HR_GENERR_QUEUE_FULL, HR_LANG_RU),
                   hr_generr_text(HR_GENERR_QUEUE_FULL, HR_LANG_EN),
                   ngx_http_hr_generation_details(w->arena, HR_GENERR_QUEUE_FULL));

    case HR_STORE_E_USER_LIMIT:
        w->retry_after = NGX_HTTP_HR_QUEUE_RETRY;
        return ngx_http_hr_work_error_with(w, HR_E_TOO_MANY, rc,
                   "У вас слишком много незавершённых генераций, дождитесь их "
                   "окончания",
                   "You have too many unfinished generations, wait for them to end",
                   ngx_http_hr_generation_details(w->arena, HR_GENERR_QUEUE_FULL));

    case HR_STORE_E_KEY_REUSED:
        /* draft-ietf-httpapi-idempotency-key-header 2.7 */
        return ngx_http_hr_work_error_with(w, HR_E_VALIDATION, rc,
                   "Этот Idempotency-Key уже использован с другим запросом",
                   "This Idempotency-Key was used with another request before",
                   HR_STR("{\"field\":\"Idempotency-Key\",\"reason\":\"reused\"}"));

    case HR_STORE_E_OPEN_TASK:
        return ngx_http_hr_work_error_with(w, HR_E_CONFLICT, rc,
                   "Генерация этого профиля уже идёт",
                   "This profile is being generated already", HR_STR_NULL);

    default:
        return rc;
    }
}


void
ngx_http_hr_generation_trace(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, ngx_http_hr_job_params_t *params)
{
    char                            text[HR_TRACEPARENT + 1];
    const ngx_http_hr_trace_ctx_t  *trace = ngx_http_hr_traced(r, ctx);

    if (trace == NULL) {
        return;
    }

    hr_traceparent_format(&trace->own, text);
    params->traceparent = ngx_http_hr_work_str(w, hr_str_from_c(text));

    if (trace->state.len != 0) {
        params->tracestate = ngx_http_hr_work_str(w, ngx_http_hr_str(&trace->state));
    }
}


/* ---- start ---- */


/* On a reader: everything that needs no lock. */
static hr_rc_t
ngx_http_hr_start_look(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                rc;
    hr_store_card_t        card;
    ngx_http_hr_start_t   *in = w->in;

    if (in->profile_id[0] != '\0') {
        rc = hr_store_profile_card(conn, w->arena, hr_str_from_c(in->profile_id),
                                   &card);

        if (rc == HR_NOT_FOUND) {
            return ngx_http_hr_work_not_found(w, "profile",
                                              hr_str_from_c(in->profile_id));
        }

        if (rc != HR_OK) {
            return rc;
        }

        in->target.department = card.unit_path.data != NULL ? card.unit_path
                                                            : card.department;
        in->target.position = card.position;

        if (in->target.employee_name.data == NULL) {
            in->target.employee_name = card.employee_name;
        }
    }

    rc = ngx_http_hr_generation_locate(w, &in->target, &in->located);

    if (rc == HR_OK) {
        rc = ngx_http_hr_generation_budget(w, conn, 0);
    }

    return rc == HR_OK ? ngx_http_hr_generation_estimate(conn, &in->estimate) : rc;
}


static hr_rc_t
ngx_http_hr_start_body(ngx_http_hr_work_t *w)
{
    hr_jw_t               jw;
    hr_str_t              message;
    ngx_http_hr_start_t  *in = w->in;
    const bool            ru = w->answer.lang == HR_LANG_RU;

    message = hr_arena_printf(w->arena,
        in->added == HR_STORE_TASK_CREATED
        ? (ru ? "Генерация профиля для должности «%.*s» запущена"
              : "The generation of a profile for \"%.*s\" has been started")
        : (ru ? "Генерация профиля для должности «%.*s» уже идёт"
              : "A profile for \"%.*s\" is being generated already"),
        (int) in->task.slot.position.len, in->task.slot.position.data);

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer, message);
    hr_jw_kstr(&jw, "task_id", in->task.id);
    hr_jw_kc(&jw, "status", hr_store_task_status_name(in->task.status));
    hr_jw_kint(&jw, "estimated_duration", in->estimate);
    hr_jw_kbool(&jw, "joined", in->added != HR_STORE_TASK_CREATED);
    hr_jw_key(&jw, "queue_position");

    if (in->task.queue_position > 0) {
        hr_jw_int(&jw, in->task.queue_position);
    } else {
        hr_jw_null(&jw);
    }

    hr_jw_kstr(&jw, "department", in->task.slot.department);
    hr_jw_kstr(&jw, "unit_path", in->task.slot.unit_path);
    hr_jw_kstr(&jw, "position", in->task.slot.position);
    hr_jw_key(&jw, "warnings");
    ngx_http_hr_generation_warnings(w, &jw, &in->located);
    hr_envelope_end(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_start_add(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                   rc;
    hr_store_new_task_t       add;
    ngx_http_hr_start_t      *in = w->in;
    hr_store_queue_limits_t   limits;

    ngx_memzero(&add, sizeof(add));
    add.id = hr_str_from_c(in->task_id);
    add.slot = in->located.slot;
    add.params = ngx_http_hr_job_params_write(w->arena, &in->target.params);
    add.idempotency_key = in->idempotency_key;
    add.step = ngx_http_hr_step_text(NGX_HTTP_HR_STEP_QUEUED);
    add.user_id = w->user.id;
    add.priority = NGX_HTTP_HR_PRIORITY_SINGLE;
    add.estimated_seconds = in->estimate;
    add.save_result = in->target.save_result;
    add.force = in->target.params.force;

    if (in->profile_id[0] != '\0') {
        add.target_profile = hr_str_from_c(in->profile_id);
        add.exclusive = true;
    }

    if (add.params.data == NULL) {
        return HR_NOMEM;
    }

    ngx_http_hr_generation_limits(w, &limits);

    rc = hr_store_task_add(conn, w->arena, &add, &limits, w->now, &in->task,
                           &in->added);
    if (rc != HR_OK) {
        return ngx_http_hr_generation_refused(w, conn, rc);
    }

    ngx_http_hr_task_logged(w, in->task.id, NULL);

    rc = ngx_http_hr_audit(w, conn, in->profile_id[0] ? "profile.regenerate"
                                                      : "generation.start",
                           "task", in->task.id, HR_STR_NULL);

    if (rc == HR_OK) {
        rc = ngx_http_hr_start_body(w);
    }

    if (rc == HR_OK && in->claim != NULL && in->added == HR_STORE_TASK_CREATED) {
        rc = ngx_http_hr_claim_run(in->claim, conn);
    }

    return rc;
}


static ngx_int_t
ngx_http_hr_start_added(ngx_http_hr_work_t *w)
{
    ngx_http_hr_start_t  *in = w->in;

    if (in->claim != NULL) {
        ngx_http_hr_claim_end(in->claim, w->rc);

    } else if (w->rc == HR_OK && in->added == HR_STORE_TASK_CREATED) {
        ngx_http_hr_job_wake();
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_start_looked(ngx_http_hr_work_t *w)
{
    ngx_int_t             rc;
    ngx_http_hr_start_t  *in = w->in;

    if (w->rc != HR_OK) {
        return NGX_OK;
    }

    in->claim = ngx_http_hr_claim_begin(0);

    rc = ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE, ngx_http_hr_start_add,
                               ngx_http_hr_start_added);
    if (rc != NGX_AGAIN) {
        ngx_http_hr_claim_end(in->claim, HR_BUSY);
    }

    return rc;
}


/* NGX_OK: in->idempotency_key is set or absent; NGX_DECLINED: answered. */
static ngx_int_t
ngx_http_hr_start_key(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, ngx_int_t *rc)
{
    ngx_str_t                  key;
    ngx_http_hr_start_t       *in = w->in;
    ngx_http_hr_error_args_t   args;

    key = ngx_http_hr_request_header(r, "Idempotency-Key");

    if (key.len == 0) {
        return NGX_OK;
    }

    if (key.len > NGX_HTTP_HR_KEY_MAX
        || !hr_utf8_valid(ngx_http_hr_str(&key))
        || hr_has_control(ngx_http_hr_str(&key)))
    {
        ngx_memzero(&args, sizeof(args));
        args.details = HR_STR("{\"field\":\"Idempotency-Key\",\"max_length\":255}");
        *rc = ngx_http_hr_error_with(r, ctx, HR_E_VALUE, &args);
        return NGX_DECLINED;
    }

    in->idempotency_key = ngx_http_hr_work_str(w, ngx_http_hr_str(&key));

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_start_go(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_generation_in_t *body, const char *profile_id)
{
    ngx_int_t             rc;
    ngx_http_hr_work_t   *w;
    ngx_http_hr_start_t  *in;

    if (ngx_http_hr_generation_allowed(r, ctx, 1, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_start_t),
                                8 * 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;

    if (ngx_http_hr_start_key(r, ctx, w, &rc) != NGX_OK) {
        ngx_http_hr_work_free(w);
        return rc;
    }

    if (profile_id != NULL) {
        ngx_memcpy(in->profile_id, profile_id, sizeof(in->profile_id));
    }

    if (ngx_http_hr_generation_target(w, body, &in->target) != NGX_OK
        || hr_uuid_make(in->task_id) != HR_OK)
    {
        ngx_http_hr_work_free(w);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_hr_generation_trace(r, ctx, w, &in->target.params);

    if (ngx_http_hr_work_hold_data(w) != NGX_OK) {
        ngx_http_hr_work_free(w);
        return ngx_http_hr_error(r, ctx, HR_E_UNAVAILABLE);
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_start_look,
                                  ngx_http_hr_start_looked);
}


static ngx_int_t
ngx_http_hr_start(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_hr_generation_in_t  body;

    if (ngx_http_hr_generation_read(r, ctx, false, &body, &rc) != NGX_OK) {
        return rc;
    }

    return ngx_http_hr_start_go(r, ctx, &body, NULL);
}


/* api-profiles.md 3.8: a new version of the profile itself */
static ngx_int_t
ngx_http_hr_regenerate(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    char                         id[37];
    ngx_int_t                    rc;
    ngx_http_hr_generation_in_t  body;

    if (ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, &rc) != NGX_OK
        || ngx_http_hr_generation_read(r, ctx, true, &body, &rc) != NGX_OK)
    {
        return rc;
    }

    return ngx_http_hr_start_go(r, ctx, &body, id);
}


const ngx_http_hr_route_t  ngx_http_hr_generation_routes[] = {

    { "/api/generation/start", NGX_HTTP_POST, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, 64 * 1024,
      ngx_http_hr_start, "start_generation" },

    { "/api/profiles/{profile_id}/regenerate", NGX_HTTP_POST, NGX_HTTP_HR_HR,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_BODY_OPTIONAL|NGX_HTTP_HR_NO_STORE,
      64 * 1024, ngx_http_hr_regenerate, "regenerate_profile" },

    NGX_HTTP_HR_ROUTES_END
};
