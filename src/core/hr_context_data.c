/* Data blocks of the context: KPIs, systems, company, branch, neighbours, topics. */

#include "hr_context_builder.h"
#include "hr_text.h"


hr_rc_t
hr_context_kpi(hr_context_builder_t *b)
{
    hr_rc_t          rc;
    hr_context_t    *c = b->c;
    hr_kpi_query_t   query;

    query.units = c->names;
    query.heads = c->heads;
    query.depth = c->depth;
    query.title = c->title;
    query.manager = c->class.manager;

    rc = hr_kpi_select(b->sources->kpi, &query, b->arena, &c->kpi,
                       &c->warnings);
    if (rc != HR_OK) {
        return rc;
    }

    c->values[HR_VAR_KPI_DATA] = c->kpi.text;
    c->values[HR_VAR_KPI_TYPE] = c->kpi.type;
    c->values[HR_VAR_KPI_SOURCE] =
        hr_str_from_c(hr_kpi_source_name(c->kpi.source));
    c->values[HR_VAR_KPI_MATCH] = hr_str_from_c(hr_kpi_match_name(c->kpi.match));

    return HR_OK;
}


hr_rc_t
hr_context_it(hr_context_builder_t *b)
{
    hr_rc_t   rc;
    hr_str_t  text;

    b->it_query.units = b->c->names;
    b->it_query.depth = b->c->depth;
    b->it_query.title = b->c->title;
    b->it_query.manager = b->c->class.manager;

    rc = hr_it_select(b->sources->it, &b->it_query, b->arena, &b->c->it_type,
                      &text);

    b->c->values[HR_VAR_IT_DETAIL] =
        hr_str_from_c(hr_it_type_name(b->c->it_type));
    b->c->values[HR_VAR_IT_SYSTEMS] = text.len > 0 ? text : HR_STR_NULL;

    return rc;
}


hr_rc_t
hr_context_company(hr_context_builder_t *b)
{
    hr_rc_t  rc;

    rc = hr_company_select(b->sources->company, b->c->names, b->c->depth,
                           b->company_budget, b->arena, &b->c->company);

    /* the text is in the pieces */
    b->c->values[HR_VAR_COMPANY_MAP] = b->c->company.chars > 0 ? HR_STR("")
                                                               : HR_STR_NULL;
    return rc;
}


/* Smaller branches until the hard budget holds; the last resort is a cut. */
hr_rc_t
hr_context_org_structure(hr_context_builder_t *b)
{
    hr_str_t             text;
    hr_context_branch_t  whole = b->branch;

    whole.chars = SIZE_MAX / 2;

    for ( ;; ) {
        text = hr_context_branch(b->org, b->c, &whole, b->arena);

        if (text.data == NULL) {
            return HR_NOMEM;
        }

        if (whole.depth == 0 || hr_utf8_count(text) <= b->branch.chars) {
            break;
        }

        whole.depth--;
    }

    b->branch.depth = whole.depth;

    if (hr_utf8_count(text) > b->branch.chars) {
        text = hr_context_branch(b->org, b->c, &b->branch, b->arena);
    }

    b->c->values[HR_VAR_ORG_STRUCTURE] = text;

    return text.data == NULL ? HR_NOMEM : HR_OK;
}


hr_rc_t
hr_context_foreign_text(hr_context_builder_t *b)
{
    hr_buf_t       buf;
    hr_context_t  *c = b->c;
    hr_org_unit_t  unit;

    hr_context_foreign(b->org, c, b->sources->rules->foreign_units);

    hr_buf_init(&buf, 64 * 1024);

    for (size_t i = 0; i < c->foreign_count; i++) {
        hr_org_unit(b->org, c->foreign[i], &unit);
        (void) hr_buf_c(&buf, i == 0 ? "- " : "\n- ");
        (void) hr_buf_str(&buf, unit.name);
    }

    return hr_context_take(b, &buf, "соседних подразделений нет",
                           &c->values[HR_VAR_FOREIGN_FUNCTIONS]);
}


static bool
hr_context_role_applies(const hr_context_builder_t *b, const hr_role_t *role,
    hr_str_t title, const hr_str_t *folded)
{
    if ((role->managers && b->c->span.head && b->c->class.manager)
        || hr_words_match(&role->titles, title))
    {
        return true;
    }

    for (size_t i = 0; i < b->c->depth; i++) {
        if (hr_words_match(&role->units, folded[i])) {
            return true;
        }
    }

    return false;
}


hr_rc_t
hr_context_roles(hr_context_builder_t *b)
{
    bool              methods = false;
    hr_buf_t          buf;
    hr_str_t          title, folded[HR_ORG_MAX_DEPTH];
    hr_context_t     *c = b->c;
    const hr_role_t  *role;

    title = hr_fold(b->arena, c->title);

    for (size_t i = 0; i < c->depth; i++) {
        folded[i] = hr_fold(b->arena, c->names[i]);
    }

    hr_buf_init(&buf, 64 * 1024);

    for (size_t i = 0; i < b->sources->rules->role_count; i++) {

        role = &b->sources->rules->roles[i];

        if (c->role_count == HR_CONTEXT_ROLES_MAX
            || !hr_context_role_applies(b, role, title, folded))
        {
            continue;
        }

        c->roles[c->role_count++] = role;
        methods = methods || role->soft_skill_methods;

        for (size_t k = 0; k < role->topic_count; k++) {
            (void) hr_buf_c(&buf, buf.len == 0 ? "- " : "\n- ");
            (void) hr_buf_str(&buf, role->topics[k].name);
        }
    }

    if (methods && b->sources->rules->soft_skill_text.len > 0) {
        (void) hr_buf_c(&buf, buf.len == 0 ? "- " : "\n- ");
        (void) hr_buf_str(&buf, b->sources->rules->soft_skill_text);
    }

    return hr_context_take(b, &buf, "обязательных тем нет",
                           &c->values[HR_VAR_ROLE_TOPICS]);
}
