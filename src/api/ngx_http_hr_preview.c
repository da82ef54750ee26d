#include "ngx_http_hr_generation.h"
#include "ngx_http_hr_remote.h"


/*
 * POST /api/generation/preview, for administrators: the request that the model
 * would get for a position, and what it was made of, with the prompt in use or
 * (?bundle=candidate) with the one that is tried.  Nothing is sent or stored.
 */

typedef struct {
    ngx_http_hr_target_t   target;
    ngx_http_hr_gen_t     *handle;
    ngx_http_hr_remote_t  *remote;          /* NULL: the local prompt */
    bool                   candidate;       /* the bundle that is tried */
    hr_gen_job_t          *job;
} ngx_http_hr_preview_t;


static void
ngx_http_hr_preview_release(const ngx_http_hr_preview_t *in)
{
    ngx_http_hr_remote_release(in->remote);
    ngx_http_hr_gen_release(in->handle);
}


static void
ngx_http_hr_preview_facts(ngx_http_hr_work_t *w, hr_jw_t *jw,
    const hr_gen_facts_t *facts)
{
    size_t                i;
    const hr_findings_t  *warnings = facts->warnings;

    hr_jw_kstr(jw, "unit_path", facts->unit_path);
    hr_jw_kstr(jw, "position", facts->position);
    hr_jw_kstr(jw, "model", facts->model);
    hr_jw_kdouble(jw, "temperature", facts->temperature);
    hr_jw_kint(jw, "max_tokens", facts->max_tokens);
    hr_jw_kstr(jw, "prompt_version", facts->prompt_version);
    hr_jw_kint(jw, "prompt_characters", (int64_t) facts->prompt_chars);
    hr_jw_kint(jw, "estimated_input_tokens", facts->input_tokens);
    hr_jw_key(jw, "warnings");
    hr_jw_array(jw);

    for (i = 0; warnings != NULL && i < warnings->count; i++) {
        hr_jw_object(jw);
        hr_jw_kc(jw, "code", warnings->items[i].code);
        hr_jw_kstr(jw, "message", warnings->items[i].message);
        hr_jw_end_object(jw);
    }

    hr_jw_end_array(jw);
    hr_jw_key(jw, "report");
    hr_jw_node(jw, facts->report);
}


/* The body as it would be sent, a JSON object in the answer. */
static hr_rc_t
ngx_http_hr_preview_body(hr_jw_t *jw, const hr_gen_body_t *body)
{
    char      *p, *text;
    size_t     i;

    text = malloc(body->length + 1);
    if (text == NULL) {
        return HR_NOMEM;
    }

    for (p = text, i = 0; i < body->count; i++) {
        p = (char *) ngx_cpymem(p, body->segments[i].data, body->segments[i].len);
    }

    hr_jw_key(jw, "request");
    hr_jw_raw(jw, hr_str(text, body->length));
    free(text);

    return HR_OK;
}


static const hr_prompt_t *
ngx_http_hr_preview_bundle(const ngx_http_hr_preview_t *in)
{
    if (in->candidate) {
        return hr_gen_candidate(in->handle->gen);
    }

    return in->remote != NULL ? in->remote->prompt : hr_gen_prompt(in->handle->gen);
}


static hr_rc_t
ngx_http_hr_preview_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_jw_t                  jw;
    hr_rc_t                  rc;
    hr_generr_t              error;
    hr_gen_body_t            body;
    hr_gen_attempt_t         attempt;
    hr_gen_request_t         request;
    ngx_http_hr_located_t    located;
    ngx_http_hr_preview_t   *in = w->in;

    rc = ngx_http_hr_generation_locate(w, &in->target, &located);
    if (rc != HR_OK) {
        return rc;
    }

    ngx_memzero(&request, sizeof(request));
    ngx_memzero(&attempt, sizeof(attempt));
    request.department = located.slot.unit_path;
    request.position = located.slot.position;
    request.employee_name = located.slot.employee_name;
    request.has_temperature = in->target.params.has_temperature;
    request.temperature = in->target.params.temperature;
    request.model = in->target.params.model;
    request.task_id = HR_STR("preview");
    request.stream = w->conf->llm_stream;
    request.naive_times = w->conf->naive_times;
    request.now = w->now;

    rc = hr_gen_prepare(in->handle->gen, ngx_http_hr_preview_bundle(in),
                        w->data.image, &request, &in->job,
                        &error);

    if (rc == HR_OK && error != HR_GENERR_NONE) {
        return ngx_http_hr_work_error_with(w, HR_E_UNAVAILABLE, HR_INVALID,
                   hr_generr_text(error, HR_LANG_RU),
                   hr_generr_text(error, HR_LANG_EN),
                   ngx_http_hr_generation_details(w->arena, error));
    }

    if (rc == HR_OK) {
        rc = hr_gen_body(in->job, &attempt, &body);
    }

    if (rc != HR_OK) {
        return rc;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_envelope_begin(&jw, &w->answer,
                      ngx_http_hr_work_text(w, "Запрос, который получит модель",
                                            "The request that the model would get"));
    ngx_http_hr_preview_facts(w, &jw, hr_gen_job_facts(in->job));
    rc = ngx_http_hr_preview_body(&jw, &body);
    hr_envelope_end(&jw);

    return rc == HR_OK ? w->out.body.err : rc;
}


static ngx_int_t
ngx_http_hr_preview_done(ngx_http_hr_work_t *w)
{
    ngx_http_hr_preview_t  *in = w->in;

    hr_gen_job_destroy(in->job);
    ngx_http_hr_preview_release(in);

    return NGX_OK;
}


/*
 * ?bundle=candidate: NGX_DECLINED with *rc when there is none or it is another
 * word.
 */
static ngx_int_t
ngx_http_hr_preview_choice(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_preview_t *in, ngx_int_t *rc)
{
    hr_str_t                  name;
    ngx_http_hr_problems_t    p;

    if (!ngx_http_hr_arg(r, ctx, "bundle", &name)
        || hr_str_eq(name, HR_STR("production")))
    {
        return NGX_OK;
    }

    in->candidate = hr_str_eq(name, HR_STR("candidate"));

    if (in->candidate && hr_gen_candidate(in->handle->gen) != NULL) {
        return NGX_OK;
    }

    ngx_http_hr_problems_init(&p, ctx);
    ngx_http_hr_problem_text(&p, "bundle", in->candidate
                             ? "There is no candidate bundle"
                             : "Input should be 'production' or 'candidate'",
                             in->candidate ? "missing_bundle" : "enum", name);
    *rc = ngx_http_hr_problems_send(r, ctx, &p);

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_hr_preview(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_hr_work_t          *w;
    ngx_http_hr_preview_t       *in, hold;
    ngx_http_hr_generation_in_t  body;

    if (ngx_http_hr_generation_read(r, ctx, false, &body, &rc) != NGX_OK) {
        return rc;
    }

    ngx_memzero(&hold, sizeof(hold));
    hold.handle = ngx_http_hr_gen_acquire();

    if (hold.handle == NULL) {
        return ngx_http_hr_error(r, ctx, HR_E_UNAVAILABLE);
    }

    hold.remote = ngx_http_hr_remote_acquire(hold.handle);

    if (ngx_http_hr_preview_choice(r, ctx, &hold, &rc) != NGX_OK) {
        ngx_http_hr_preview_release(&hold);
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_preview_t), 0);
    if (w == NULL) {
        ngx_http_hr_preview_release(&hold);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    *in = hold;
    w->gzip = ctx->gzip_ok;

    if (ngx_http_hr_generation_target(w, &body, &in->target) != NGX_OK) {
        ngx_http_hr_preview_release(&hold);
        ngx_http_hr_work_free(w);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_hr_work_hold_data(w) != NGX_OK) {
        ngx_http_hr_preview_release(&hold);
        ngx_http_hr_work_free(w);
        return ngx_http_hr_error(r, ctx, HR_E_UNAVAILABLE);
    }

    rc = ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_CPU, ngx_http_hr_preview_run,
                                ngx_http_hr_preview_done);
    if (rc != NGX_DONE) {
        ngx_http_hr_preview_release(&hold);     /* the work is gone */
    }

    return rc;
}


const ngx_http_hr_route_t  ngx_http_hr_preview_routes[] = {

    { "/api/generation/preview", NGX_HTTP_POST, NGX_HTTP_HR_ADMIN,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, 64 * 1024,
      ngx_http_hr_preview, "preview_prompt" },

    NGX_HTTP_HR_ROUTES_END
};
