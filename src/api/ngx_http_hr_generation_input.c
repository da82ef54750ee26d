#include "ngx_http_hr_generation.h"

#include "hr_text.h"


#define NGX_HTTP_HR_IN(name, type, flags, max, field)                         \
    { name, NGX_HTTP_HR_IN_##type, flags, 0, max,                             \
      offsetof(ngx_http_hr_generation_in_t, field) }

/* Lengths are checked after trimming, see ngx_http_hr_generation_read(). */
const ngx_http_hr_in_row_t  ngx_http_hr_generation_rows[] = {
    NGX_HTTP_HR_IN("department", STR, 0, 0, department),
    NGX_HTTP_HR_IN("position", STR, 0, 0, position),
    NGX_HTTP_HR_IN("position_id", STR, NGX_HTTP_HR_IN_NULLABLE, 0, position_id),
    NGX_HTTP_HR_IN("employee_name", STR, NGX_HTTP_HR_IN_NULLABLE, 0, employee_name),
    NGX_HTTP_HR_IN("temperature", DOUBLE, 0, 1, temperature),
    NGX_HTTP_HR_IN("save_result", BOOL, 0, 0, save_result),
    NGX_HTTP_HR_IN("force", BOOL, 0, 0, force),
    NGX_HTTP_HR_IN("model", STR, NGX_HTTP_HR_IN_NULLABLE, 0, model),
    NGX_HTTP_HR_IN_END
};

const ngx_http_hr_in_row_t  ngx_http_hr_regeneration_rows[] = {
    NGX_HTTP_HR_IN("employee_name", STR, NGX_HTTP_HR_IN_NULLABLE, 0, employee_name),
    NGX_HTTP_HR_IN("temperature", DOUBLE, 0, 1, temperature),
    NGX_HTTP_HR_IN("save_result", BOOL, 0, 0, save_result),
    NGX_HTTP_HR_IN("force", BOOL, 0, 0, force),
    NGX_HTTP_HR_IN("model", STR, NGX_HTTP_HR_IN_NULLABLE, 0, model),
    NGX_HTTP_HR_IN("reason", STR, NGX_HTTP_HR_IN_NULLABLE, 0, reason),
    NGX_HTTP_HR_IN_END
};


ngx_uint_t
ngx_http_hr_generation_check(ngx_http_hr_problems_t *p, const char *field,
    hr_str_t *text, size_t min, size_t max)
{
    char    message[96];
    size_t  n;

    *text = hr_trim(*text);
    n = hr_utf8_count(*text);

    if (n < min) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "String should have at least %uz character%s%Z", min,
                            min == 1 ? "" : "s");
        ngx_http_hr_problem_text(p, field, message, "string_too_short", *text);
        return 1;
    }

    if (n > max) {
        (void) ngx_snprintf((u_char *) message, sizeof(message),
                            "String should have at most %uz characters%Z", max);
        ngx_http_hr_problem_text(p, field, message, "string_too_long", *text);
        return 1;
    }

    if (hr_has_control(*text)) {
        ngx_http_hr_problem_text(p, field, "Value error, control characters are "
                                 "not allowed", "value_error", *text);
        return 1;
    }

    if (hr_contains(*text, HR_STR("{{")) || hr_contains(*text, HR_STR("}}"))) {
        ngx_http_hr_problem_text(p, field, "Value error, template braces are not "
                                 "allowed", "value_error", *text);
        return 1;
    }

    return 0;
}


static void
ngx_http_hr_generation_optional(ngx_http_hr_problems_t *p, const char *field,
    ngx_http_hr_in_str_t *in, size_t max)
{
    if (!in->set) {
        return;
    }

    (void) ngx_http_hr_generation_check(p, field, &in->v, 0, max);

    /* blank is absent */
    in->set = in->v.len != 0;
}


static void
ngx_http_hr_generation_required(ngx_http_hr_problems_t *p, const char *field,
    ngx_http_hr_in_str_t *in, size_t max)
{
    if (in->set) {
        (void) ngx_http_hr_generation_check(p, field, &in->v, 2, max);

    } else {
        ngx_http_hr_problem(p, field, "Field required", "missing", NULL);
    }
}


/* A member that failed by its type is reported already, and is there. */
static bool
ngx_http_hr_generation_absent(const ngx_http_hr_ctx_t *ctx, const char *name)
{
    return !hr_json_is(ctx->body, HR_JSON_OBJECT)
           || hr_json_get(ctx->body, name) == NULL;
}


ngx_int_t
ngx_http_hr_generation_read(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    bool regenerate, ngx_http_hr_generation_in_t *in, ngx_int_t *rc)
{
    ngx_http_hr_problems_t  p;

    ngx_memzero(in, sizeof(ngx_http_hr_generation_in_t));
    ngx_http_hr_problems_init(&p, ctx);

    if (ngx_http_hr_read_body(r, ctx, regenerate ? ngx_http_hr_regeneration_rows
                                                 : ngx_http_hr_generation_rows,
                              in, &p)
        != NGX_OK)
    {
        ngx_http_hr_problems_release(&p);
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    if (!regenerate && (ctx->body == NULL || ctx->body->type == HR_JSON_OBJECT)) {

        ngx_http_hr_generation_optional(&p, "body.position_id", &in->position_id,
                                        900);

        if (!in->position_id.set) {
            if (in->department.set
                || ngx_http_hr_generation_absent(ctx, "department"))
            {
                ngx_http_hr_generation_required(&p, "body.department",
                                                &in->department, 600);
            }

            if (in->position.set || ngx_http_hr_generation_absent(ctx, "position"))
            {
                ngx_http_hr_generation_required(&p, "body.position", &in->position,
                                                200);
            }

        } else {
            /* names beside the id are how the caller calls it; a blank one is none */
            ngx_http_hr_generation_optional(&p, "body.department", &in->department,
                                            600);
            ngx_http_hr_generation_optional(&p, "body.position", &in->position, 200);
        }
    }

    ngx_http_hr_generation_optional(&p, "body.employee_name", &in->employee_name,
                                    200);
    ngx_http_hr_generation_optional(&p, "body.model", &in->model, 200);
    ngx_http_hr_generation_optional(&p, "body.reason", &in->reason, 500);

    return ngx_http_hr_problems_end(r, ctx, &p, rc);
}


ngx_int_t
ngx_http_hr_generation_target(ngx_http_hr_work_t *w,
    const ngx_http_hr_generation_in_t *in, ngx_http_hr_target_t *target)
{
    ngx_uint_t  i;

    const struct {
        const ngx_http_hr_in_str_t  *from;
        hr_str_t                    *to;
    } texts[] = {
        { &in->department, &target->department },
        { &in->position, &target->position },
        { &in->position_id, &target->position_id },
        { &in->employee_name, &target->employee_name },
        { &in->model, &target->params.model },
        { &in->reason, &target->params.reason },
    };

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {

        if (!texts[i].from->set) {
            continue;
        }

        *texts[i].to = ngx_http_hr_work_str(w, texts[i].from->v);

        if (texts[i].to->data == NULL) {
            return NGX_ERROR;
        }
    }

    target->params.has_temperature = in->temperature.set;
    target->params.temperature = in->temperature.v;
    target->params.force = in->force.v;
    target->save_result = !in->save_result.set || in->save_result.v;

    return NGX_OK;
}


/* 404 with {"resource", "resource_id", "suggestions"} */
static hr_rc_t
ngx_http_hr_generation_unknown(ngx_http_hr_work_t *w, const char *resource,
    hr_str_t id, const ngx_http_hr_located_t *located)
{
    hr_jw_t   jw;
    hr_buf_t  buf;
    hr_str_t  details;

    hr_buf_init(&buf, 64 * 1024);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_kc(&jw, "resource", resource);
    hr_jw_kstr(&jw, "resource_id", id);
    hr_jw_key(&jw, "suggestions");
    hr_org_write_paths(w->data.image, located->resolved.suggestions,
                       located->resolved.suggestions_count, &jw);
    hr_jw_kc(&jw, "error_code", hr_generr_code(HR_GENERR_DEPARTMENT_NOT_FOUND));
    hr_jw_end_object(&jw);

    details = buf.err == HR_OK ? hr_arena_str(w->arena, hr_buf_view(&buf))
                               : HR_STR_NULL;
    hr_buf_release(&buf);

    return ngx_http_hr_work_error_with(w, HR_E_NOT_FOUND, HR_NOT_FOUND,
               hr_generr_text(HR_GENERR_DEPARTMENT_NOT_FOUND, HR_LANG_RU),
               hr_generr_text(HR_GENERR_DEPARTMENT_NOT_FOUND, HR_LANG_EN), details);
}


hr_rc_t
ngx_http_hr_generation_find(const hr_org_t *org, hr_arena_t *arena,
    const ngx_http_hr_target_t *target, ngx_http_hr_located_t *located)
{
    hr_rc_t              rc;
    hr_org_slot_t        slot;
    hr_org_unit_t        unit;
    hr_org_resolved_t   *r = &located->resolved;

    ngx_memzero(located, sizeof(ngx_http_hr_located_t));
    r->slot = HR_ORG_NONE;

    if (target->position_id.data != NULL) {
        r->candidates_total = 1;
        rc = hr_org_find_position_id(org, target->position_id, &r->slot);

        if (rc == HR_OK) {
            hr_org_slot(org, r->slot, &slot);
            r->unit = r->position_unit = slot.unit;
        }

    } else {
        rc = hr_org_resolve(org, target->department, target->position, r);
    }

    if (rc != HR_OK) {
        return rc;
    }

    hr_org_unit(org, r->position_unit, &unit);
    hr_org_slot(org, r->slot, &slot);

    located->slot.unit_path = hr_arena_str(arena, unit.path);
    located->slot.department = target->department.len != 0
                               ? target->department
                               : hr_arena_str(arena, unit.name);
    located->slot.position = r->slot != HR_ORG_NONE
                             ? hr_arena_str(arena, slot.title)
                             : target->position;
    located->slot.employee_name = target->employee_name;

    return located->slot.unit_path.data == NULL
           || located->slot.department.data == NULL
           || located->slot.position.data == NULL ? HR_NOMEM : HR_OK;
}


hr_rc_t
ngx_http_hr_generation_locate(ngx_http_hr_work_t *w,
    const ngx_http_hr_target_t *target, ngx_http_hr_located_t *located)
{
    hr_rc_t  rc;

    rc = ngx_http_hr_generation_find(w->data.image, w->arena, target, located);

    if (rc != HR_NOT_FOUND) {
        return rc;
    }

    return target->position_id.data != NULL
           ? ngx_http_hr_generation_unknown(w, "position", target->position_id,
                                            located)
           : ngx_http_hr_generation_unknown(w, "department", target->department,
                                            located);
}


static void
ngx_http_hr_generation_warning(hr_jw_t *jw, const char *code, hr_str_t message)
{
    hr_jw_object(jw);
    hr_jw_kc(jw, "code", code);
    hr_jw_kstr(jw, "message", message);
    hr_jw_end_object(jw);
}


void
ngx_http_hr_generation_warnings(ngx_http_hr_work_t *w, hr_jw_t *jw,
    const ngx_http_hr_located_t *located)
{
    hr_org_unit_t  unit;
    const bool     ru = w->answer.lang == HR_LANG_RU;

    hr_org_unit(w->data.image, located->resolved.position_unit, &unit);

    hr_jw_array(jw);

    if (located->resolved.ambiguous_department) {
        ngx_http_hr_generation_warning(jw, "ambiguous_department",
            hr_arena_printf(w->arena,
                            ru ? "Подразделений с таким названием несколько (%zu); "
                                 "выбрано: %.*s"
                               : "Several departments have this name (%zu); "
                                 "taken: %.*s", located->resolved.candidates_total,
                            (int) unit.path_text.len, unit.path_text.data));
    }

    if (located->resolved.position_not_in_structure) {
        ngx_http_hr_generation_warning(jw, "position_not_in_structure",
            hr_arena_printf(w->arena,
                            ru ? "Должности «%.*s» нет в структуре подразделения "
                                 "«%.*s»"
                               : "The position \"%.*s\" is not in the structure of "
                                 "the department \"%.*s\"",
                            (int) located->slot.position.len,
                            located->slot.position.data, (int) unit.name.len,
                            unit.name.data));
    }

    hr_jw_end_array(jw);
}
