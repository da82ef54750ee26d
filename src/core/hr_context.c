#include "hr_context.h"
#include "hr_context_org.h"
#include "hr_text.h"
#include "hr_time.h"

#include <stdlib.h>


#define HR_CONTEXT_STEPS_MAX  4         /* of making the company map smaller */

const hr_prompt_variable_t  hr_context_variables[HR_VAR_COUNT] = {
#define HR_CONTEXT_ROW(id, name, data)  { name, data },
    HR_CONTEXT_VARIABLES(HR_CONTEXT_ROW)
#undef HR_CONTEXT_ROW
};

typedef struct {
    const hr_context_sources_t  *sources;
    const hr_org_t              *org;
    const hr_prompt_t           *prompt;
    const hr_context_request_t  *request;
    hr_arena_t                  *arena;
    hr_context_t                *c;
    hr_context_branch_t          branch;
    size_t                       company_budget;
    hr_it_query_t                it_query;
} hr_context_builder_t;


static bool
hr_context_wanted(const hr_context_builder_t *b, hr_context_var_t var)
{
    return b->prompt == NULL || hr_prompt_uses(b->prompt, (size_t) var);
}


/* The buffer's text in the arena, or what to say when it is empty. */
static hr_rc_t
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


/* --- plain values ----------------------------------------------------------------- */

static hr_rc_t
hr_context_number(hr_context_builder_t *b, hr_context_var_t var,
    long long value)
{
    b->c->values[var] = hr_arena_printf(b->arena, "%lld", value);

    return b->c->values[var].data == NULL ? HR_NOMEM : HR_OK;
}


static hr_str_t
hr_context_join(hr_context_builder_t *b, const char *separator)
{
    hr_str_t  out = b->c->names[0];

    for (size_t i = 1; i < b->c->depth && out.data != NULL; i++) {
        out = hr_arena_printf(b->arena, "%.*s%s%.*s", (int) out.len, out.data,
                              separator, (int) b->c->names[i].len,
                              b->c->names[i].data);
    }

    return out;
}


/* 4.1: levels that the path does not have are empty, not "no data". */
static hr_rc_t
hr_context_hierarchy(hr_context_builder_t *b)
{
    static const hr_context_var_t  levels[] = {
        HR_VAR_BUSINESS_BLOCK, HR_VAR_DEPARTMENT_UNIT, HR_VAR_SECTION_UNIT,
        HR_VAR_GROUP_UNIT, HR_VAR_SUB_SECTION_UNIT, HR_VAR_FINAL_GROUP_UNIT
    };

    hr_context_t  *c = b->c;

    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        c->values[levels[i]] = i < c->depth ? c->names[i] : HR_STR("");
    }

    if (c->depth == 1) {
        c->values[HR_VAR_DEPARTMENT_UNIT] = c->names[0];
    }

    c->values[HR_VAR_FULL_PATH] = c->unit.path_text;
    c->values[HR_VAR_LEVELS_LIST] = hr_context_join(b, ", ");
    c->values[HR_VAR_FINAL_UNIT] = c->unit.name;
    c->values[HR_VAR_DEPARTMENT_PATH] = c->unit.path;
    c->values[HR_VAR_ORG_PATH] = c->unit.path;
    c->values[HR_VAR_DEPARTMENT_NAME] = c->unit.name;
    c->values[HR_VAR_LOCATION] = hr_arena_printf(b->arena, "%.*s/%.*s",
                                     (int) c->unit.name.len, c->unit.name.data,
                                     (int) c->title.len, c->title.data);

    if (c->values[HR_VAR_LEVELS_LIST].data == NULL
        || c->values[HR_VAR_LOCATION].data == NULL
        || hr_context_number(b, HR_VAR_LEVEL, (long long) c->depth) != HR_OK)
    {
        return HR_NOMEM;
    }

    c->values[HR_VAR_CURRENT_LEVEL] = c->values[HR_VAR_LEVEL];

    return HR_OK;
}


/*
 * The flat head count is given only when it is the unit's own: an inherited
 * figure is that of an ancestor and misleads (data-files.md 2.2).
 */
static hr_rc_t
hr_context_headcount(hr_context_builder_t *b)
{
    hr_jw_t         w;
    hr_buf_t        buf;
    hr_context_t   *c = b->c;
    hr_org_unit_t  *u = &c->unit;

    if (u->has_headcount && u->headcount_own) {
        c->values[HR_VAR_HEADCOUNT_SOURCE] = u->headcount_source;

        if (hr_context_number(b, HR_VAR_HEADCOUNT, u->headcount) != HR_OK) {
            return HR_NOMEM;
        }
    }

    if (!hr_context_wanted(b, HR_VAR_HEADCOUNT_INFO)) {
        return HR_OK;
    }

    hr_buf_init(&buf, 4096);
    hr_jw_init(&w, &buf);
    hr_jw_object(&w);
    hr_jw_key(&w, "headcount");

    if (u->has_headcount) {
        hr_jw_int(&w, u->headcount);

    } else {
        hr_jw_null(&w);
    }

    hr_jw_kstr(&w, "headcount_source", u->headcount_source);
    hr_jw_kstr(&w, "headcount_department", u->headcount_department);
    hr_jw_kbool(&w, "headcount_inherited",
                u->has_headcount && !u->headcount_own);
    hr_jw_kbool(&w, "has_data", u->has_headcount);
    hr_jw_end_object(&w);

    return hr_context_take(b, &buf, "", &c->values[HR_VAR_HEADCOUNT_INFO]);
}


static hr_rc_t
hr_context_position(hr_context_builder_t *b)
{
    char           time[HR_TIME_MAX];
    size_t         len;
    hr_context_t  *c = b->c;

    c->values[HR_VAR_POSITION] = c->title;
    c->values[HR_VAR_DEPARTMENT] = c->unit.path;
    c->values[HR_VAR_POSITION_CATEGORY] = c->category;
    c->values[HR_VAR_DATA_VERSION] =
        hr_vocabulary_constant(b->sources->vocabulary, "data_version");

    c->values[HR_VAR_DIRECT_MANAGER] = c->manager.data == NULL
        ? HR_STR_NULL
        : hr_arena_printf(b->arena, "%.*s (%.*s)", (int) c->manager.len,
                          c->manager.data, (int) c->manager_unit.len,
                          c->manager_unit.data);

    len = hr_time_format(b->request->now, HR_TIME_WIRE_Z, time);
    c->values[HR_VAR_TIMESTAMP] = hr_arena_str(b->arena, hr_str(time, len));

    c->values[HR_VAR_SPAN] = hr_arena_printf(b->arena,
        "{\"departments\":%u,\"direct_reports\":%u}", c->span.departments,
        c->span.reports);

    if (hr_context_number(b, HR_VAR_SPAN_DEPARTMENTS, c->span.departments)
        != HR_OK
        || hr_context_number(b, HR_VAR_SPAN_REPORTS, c->span.reports) != HR_OK
        || c->values[HR_VAR_TIMESTAMP].data == NULL
        || c->values[HR_VAR_SPAN].data == NULL)
    {
        return HR_NOMEM;
    }

    return HR_OK;
}


/* --- data blocks ------------------------------------------------------------------ */

static hr_rc_t
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


static hr_rc_t
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


static hr_rc_t
hr_context_company(hr_context_builder_t *b)
{
    hr_rc_t  rc;

    rc = hr_company_select(b->sources->company, b->c->names, b->c->depth,
                           b->company_budget, b->arena, &b->c->company);

    b->c->values[HR_VAR_COMPANY_MAP] = b->c->company.chars > 0
                                       ? b->c->company.text : HR_STR_NULL;
    return rc;
}


/* Smaller branches until the hard budget holds; the last resort is a cut. */
static hr_rc_t
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


static hr_rc_t
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


static hr_rc_t
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


/* --- blocks ----------------------------------------------------------------------- */

static hr_rc_t
hr_context_blocks(hr_context_builder_t *b)
{
    hr_jw_t        w;
    hr_buf_t       buf;
    hr_context_t  *c = b->c;
    hr_org_unit_t  unit;

    hr_buf_init(&buf, 256 * 1024);
    hr_jw_init(&w, &buf);
    hr_jw_array(&w);

    for (uint32_t i = hr_org_unit_count(b->org) > 0 ? 0 : HR_ORG_NONE;
         i != HR_ORG_NONE && c->block_count < HR_CONTEXT_BLOCKS_MAX;
         i = unit.next_sibling)
    {
        hr_org_unit(b->org, i, &unit);
        c->blocks[c->block_count++] = unit.name;
        hr_jw_str(&w, unit.name);
    }

    hr_jw_end_array(&w);

    return hr_context_take(b, &buf, "", &c->blocks_json);
}


static hr_rc_t
hr_context_schema(hr_context_builder_t *b)
{
    hr_str_t            head, tail;
    const hr_schema_t  *schema = b->sources->schema;

    if (b->prompt == NULL || !hr_prompt_uses(b->prompt, HR_VAR_JSON_SCHEMA)) {
        return HR_OK;
    }

    head = hr_schema_head(schema);
    tail = hr_schema_tail(schema);

    b->c->values[HR_VAR_JSON_SCHEMA] =
        hr_arena_printf(b->arena, "%.*s%.*s%.*s", (int) head.len, head.data,
                        tail.len > 0 ? (int) b->c->blocks_json.len : 0,
                        b->c->blocks_json.data, (int) tail.len, tail.data);

    return b->c->values[HR_VAR_JSON_SCHEMA].data == NULL ? HR_NOMEM : HR_OK;
}


/* --- budget (I-19) ------------------------------------------------------------------ */

static size_t
hr_context_size(hr_context_builder_t *b)
{
    b->c->prompt_chars = b->prompt == NULL ? 0
                         : hr_prompt_chars(b->prompt, b->c->values,
                                           HR_VAR_COUNT);
    return b->c->prompt_chars;
}


static size_t
hr_context_chars(const hr_context_builder_t *b, hr_context_var_t var)
{
    return b->c->values[var].data == NULL ? 0
                                          : hr_utf8_count(b->c->values[var]);
}


/* One block was made smaller; what counts is the first size and the last. */
static void
hr_context_trimmed(hr_context_builder_t *b, hr_context_var_t var, size_t before)
{
    size_t              after = hr_context_chars(b, var);
    const char         *what = hr_context_variables[var].name;
    hr_context_trim_t  *trim;

    if (after >= before) {
        return;
    }

    for (size_t i = 0; i < b->c->trim_count; i++) {
        if (strcmp(b->c->trims[i].what, what) == 0) {
            b->c->trims[i].after = after;
            return;
        }
    }

    if (b->c->trim_count < HR_CONTEXT_TRIMS_MAX) {
        trim = &b->c->trims[b->c->trim_count++];
        trim->what = what;
        trim->before = before;
        trim->after = after;
    }
}


static hr_rc_t
hr_context_trim_branch(hr_context_builder_t *b)
{
    size_t   before;
    hr_rc_t  rc = HR_OK;

    while (rc == HR_OK && b->branch.depth > 0
           && hr_context_size(b) > b->sources->rules->total_chars)
    {
        before = hr_context_chars(b, HR_VAR_ORG_STRUCTURE);
        b->branch.depth--;
        rc = hr_context_org_structure(b);
        hr_context_trimmed(b, HR_VAR_ORG_STRUCTURE, before);
    }

    return rc;
}


static hr_rc_t
hr_context_trim_company(hr_context_builder_t *b)
{
    size_t   over, before;
    hr_rc_t  rc = HR_OK;

    for (int i = 0; i < HR_CONTEXT_STEPS_MAX && rc == HR_OK; i++) {

        before = hr_context_chars(b, HR_VAR_COMPANY_MAP);
        over = hr_context_size(b);

        if (over <= b->sources->rules->total_chars || before == 0) {
            break;
        }

        over -= b->sources->rules->total_chars;
        b->company_budget = before > over ? before - over : 0;
        rc = hr_context_company(b);
        hr_context_trimmed(b, HR_VAR_COMPANY_MAP, before);
    }

    return rc;
}


static hr_rc_t
hr_context_trim(hr_context_builder_t *b)
{
    size_t   before, max = b->sources->rules->total_chars;
    hr_rc_t  rc;

    if (hr_context_size(b) <= max) {
        return HR_OK;
    }

    rc = hr_context_trim_branch(b);

    if (rc == HR_OK) {
        rc = hr_context_trim_company(b);
    }

    if (rc == HR_OK && hr_context_size(b) > max) {
        before = hr_context_chars(b, HR_VAR_IT_SYSTEMS);
        b->it_query.reduced = true;
        rc = hr_context_it(b);
        hr_context_trimmed(b, HR_VAR_IT_SYSTEMS, before);
    }

    if (rc == HR_OK && hr_context_size(b) > max) {
        before = hr_context_chars(b, HR_VAR_ORG_STRUCTURE);
        b->branch.siblings = 0;
        rc = hr_context_org_structure(b);
        hr_context_trimmed(b, HR_VAR_ORG_STRUCTURE, before);
    }

    (void) hr_context_size(b);

    return rc;
}


/* --- building ----------------------------------------------------------------------- */

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
