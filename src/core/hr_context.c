#include "hr_context_builder.h"
#include "hr_text.h"


const hr_prompt_variable_t  hr_context_variables[HR_VAR_COUNT] = {
#define HR_CONTEXT_ROW(id, name, data)  { name, data },
    HR_CONTEXT_VARIABLES(HR_CONTEXT_ROW)
#undef HR_CONTEXT_ROW
};


bool
hr_context_wanted(const hr_context_builder_t *b, hr_context_var_t var)
{
    return b->prompt == NULL || hr_prompt_uses(b->prompt, (size_t) var);
}


hr_rc_t
hr_context_take(hr_context_builder_t *b, hr_buf_t *buf, const char *empty,
    hr_str_t *out)
{
    hr_rc_t  rc = buf->err;

    if (rc == HR_OK) {
        *out = buf->len == 0 ? hr_str_from_c(empty)
                             : hr_arena_str(b->arena, hr_buf_view(buf));
        rc = out->data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(buf);
    return rc;
}


static void
hr_context_warn(hr_context_builder_t *b)
{
    hr_context_t             *c = b->c;
    const hr_org_resolved_t  *r = &c->resolved;

    if (r->ambiguous_department) {
        hr_findings_add(&c->warnings, "ambiguous_department", HR_STR(""),
                        "Подразделений с таким названием несколько (%zu); "
                        "выбрано: %.*s", r->candidates_total,
                        (int) c->unit.path_text.len, c->unit.path_text.data);
    }

    if (r->position_not_in_structure) {
        hr_findings_add(&c->warnings, "position_not_in_structure", HR_STR(""),
                        "Должности «%.*s» нет в структуре подразделения "
                        "«%.*s»", (int) c->title.len, c->title.data,
                        (int) c->unit.name.len, c->unit.name.data);
    }

    if (!hr_company_available(b->sources->company)) {
        hr_findings_add(&c->warnings, "company_map_unavailable", HR_STR(""),
                        "Карта компании недоступна, профиль составлен без неё");
    }

    if (!hr_it_available(b->sources->it)) {
        hr_findings_add(&c->warnings, "it_systems_unavailable", HR_STR(""),
                        "Карта ИТ-систем недоступна, профиль составлен без "
                        "неё");
    }
}


static hr_rc_t
hr_context_resolve(hr_context_builder_t *b)
{
    hr_rc_t        rc;
    hr_org_slot_t  slot;
    hr_context_t  *c = b->c;

    rc = hr_org_resolve(b->org, b->request->department, b->request->position,
                        &c->resolved);
    if (rc != HR_OK) {
        return rc;
    }

    hr_org_unit(b->org, c->resolved.position_unit, &c->unit);

    if (c->resolved.slot != HR_ORG_NONE) {
        hr_org_slot(b->org, c->resolved.slot, &slot);
        c->title = slot.title;
        c->class = slot.class;
        return HR_OK;
    }

    c->title = hr_arena_str(b->arena, hr_trim(b->request->position));

    return c->title.data == NULL ? HR_NOMEM
                                 : hr_org_classify(b->org, c->title, &c->class);
}


static hr_rc_t
hr_context_fill(hr_context_builder_t *b)
{
    static hr_rc_t  (*const steps[])(hr_context_builder_t *) = {
        hr_context_blocks,
        hr_context_hierarchy,
        hr_context_headcount,
        hr_context_position,
        hr_context_kpi,
        hr_context_it,
        hr_context_company,
        hr_context_org_structure,
        hr_context_foreign_text,
        hr_context_roles,
        hr_context_schema,
        hr_context_trim
    };

    hr_rc_t  rc = HR_OK;

    hr_context_place(b->org, b->sources, b->c, b->arena);

    if (hr_context_wanted(b, HR_VAR_CAREER_CANDIDATES)) {
        b->c->values[HR_VAR_CAREER_CANDIDATES] =
            hr_context_career(b->org, b->c,
                              b->sources->rules->career_candidates, b->arena);

        if (b->c->values[HR_VAR_CAREER_CANDIDATES].data == NULL) {
            return HR_NOMEM;
        }
    }

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && rc == HR_OK; i++)
    {
        rc = steps[i](b);
    }

    return rc;
}


hr_rc_t
hr_context_build(const hr_context_sources_t *sources, const hr_org_t *org,
    const hr_prompt_t *prompt, const hr_context_request_t *request,
    hr_arena_t *arena, hr_context_t *out)
{
    hr_rc_t               rc;
    hr_context_builder_t  b;

    memset(out, 0, sizeof(*out));
    memset(&b, 0, sizeof(b));
    hr_findings_init(&out->warnings, arena);

    b.sources = sources;
    b.org = org;
    b.prompt = prompt;
    b.request = request;
    b.arena = arena;
    b.c = out;
    b.company_budget = hr_company_budget(sources->company);
    b.branch.depth = sources->rules->branch_depth;
    b.branch.siblings = sources->rules->siblings;
    b.branch.titles = sources->rules->titles;
    b.branch.chars = sources->rules->org_chars;

    rc = hr_context_resolve(&b);

    if (rc == HR_OK) {
        rc = hr_context_fill(&b);
    }

    if (rc == HR_OK) {
        hr_context_warn(&b);
        rc = out->warnings.rc;
    }

    /* folded texts are taken without a look at each of them */
    return rc == HR_OK && hr_arena_failed(arena) ? HR_NOMEM : rc;
}
