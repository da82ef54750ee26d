/* Small values of the context: hierarchy, head count, position, blocks. */

#include "hr_context_builder.h"
#include "hr_time.h"


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
hr_rc_t
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
hr_rc_t
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


hr_rc_t
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


hr_rc_t
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


hr_rc_t
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
