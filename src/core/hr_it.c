#include "hr_it_map.h"
#include "hr_text.h"


#define HR_IT_TEXT_MAX  (512u * 1024)


const char *
hr_it_type_name(hr_it_type_t type)
{
    static const char  *names[] = { "it_technical", "it_management",
                                    "business_technical", "business_general",
                                    "support" };

    return names[type];
}


bool
hr_it_available(const hr_it_t *it)
{
    return it->map.len > 0;
}


size_t
hr_it_group_count(const hr_it_t *it)
{
    return it->group_count;
}


size_t
hr_it_system_count(const hr_it_t *it)
{
    return it->system_count;
}


static bool
hr_it_in_it(const hr_it_t *it, const hr_it_query_t *query, hr_arena_t *arena)
{
    hr_str_t  key, unit;

    key = hr_it_path_key(arena, query->units, query->depth);

    for (size_t i = 0; i < it->it_unit_count && key.data != NULL; i++) {

        unit = it->it_units[i];

        if (key.len >= unit.len && memcmp(key.data, unit.data, unit.len) == 0
            && (key.len == unit.len || key.data[unit.len] == '/'))
        {
            return true;
        }
    }

    return false;
}


hr_it_type_t
hr_it_type(const hr_it_t *it, const hr_it_query_t *query, hr_arena_t *arena)
{
    hr_str_t  title = hr_fold(arena, query->title);

    if (hr_words_match(&it->support_titles, title)) {
        return HR_IT_SUPPORT;
    }

    if (hr_it_in_it(it, query, arena)
        || hr_words_match(&it->it_titles, title))
    {
        return query->manager ? HR_IT_MANAGEMENT : HR_IT_TECHNICAL;
    }

    return hr_words_match(&it->business_titles, title)
           ? HR_IT_BUSINESS_TECHNICAL : HR_IT_BUSINESS_GENERAL;
}


static bool
hr_it_is_always(const hr_it_t *it, const hr_it_group_t *group)
{
    for (size_t i = 0; i < it->always_count; i++) {
        if (it->always[i] == group->number) {
            return true;
        }
    }

    return false;
}


/* The deepest units say what the function is; the block says it for all. */
static bool
hr_it_is_relevant(const hr_it_t *it, const hr_it_group_t *group,
    const hr_str_t *folded, size_t depth)
{
    for (size_t i = 0; i < it->function_count; i++) {

        if (!hr_words_match(&it->functions[i].groups, group->folded)) {
            continue;
        }

        for (size_t k = 0; k < depth; k++) {
            if (hr_words_match(&it->functions[i].units, folded[k])) {
                return true;
            }
        }
    }

    return false;
}


static void
hr_it_put_group(const hr_it_t *it, const hr_it_group_t *group, size_t limit,
    hr_buf_t *buf)
{
    size_t  count = group->count < limit ? group->count : limit;

    (void) hr_buf_c(buf, "\n");
    (void) hr_buf_str(buf, group->heading);
    (void) hr_buf_c(buf, "\n");

    for (size_t i = 0; i < count; i++) {
        (void) hr_buf_str(buf, it->systems[group->first + i]);
        (void) hr_buf_c(buf, "\n");
    }

    if (count < group->count) {
        (void) hr_buf_printf(buf, "- и другие системы этой группы: %zu\n",
                             group->count - count);
    }
}


static void
hr_it_put_selected(const hr_it_t *it, const hr_it_query_t *query,
    hr_it_type_t type, hr_arena_t *arena, hr_buf_t *buf)
{
    bool                  rest = false, chosen[HR_IT_GROUPS_MAX];
    size_t                depth, limit;
    hr_str_t              folded[HR_IT_DEPTH_MAX];
    const hr_it_group_t  *group;

    depth = query->depth < HR_IT_DEPTH_MAX ? query->depth : HR_IT_DEPTH_MAX;

    for (size_t i = 0; i < depth; i++) {
        folded[i] = hr_fold(arena, query->units[i]);
    }

    for (size_t i = 0; i < it->group_count; i++) {

        group = &it->groups[i];
        limit = query->reduced ? it->overview : HR_IT_SYSTEMS_MAX;
        chosen[i] = type == HR_IT_MANAGEMENT
                    || hr_it_is_relevant(it, group, folded, depth)
                    || (type == HR_IT_BUSINESS_TECHNICAL
                        && hr_words_match(&it->business_groups, group->folded));

        if (type == HR_IT_MANAGEMENT) {
            limit = it->overview;

        } else if (!chosen[i] && hr_it_is_always(it, group)) {
            chosen[i] = true;
            limit = query->reduced ? it->overview : it->always_systems;
        }

        if (chosen[i]) {
            hr_it_put_group(it, group, limit, buf);
        }
    }

    for (size_t i = 0; i < it->group_count; i++) {

        if (chosen[i]) {
            continue;
        }

        (void) hr_buf_c(buf, rest ? "; " : "\nДругие группы систем: ");
        (void) hr_buf_str(buf, it->groups[i].name);
        rest = true;
    }

    (void) hr_buf_c(buf, rest ? ".\n" : "");
}


hr_rc_t
hr_it_select(const hr_it_t *it, const hr_it_query_t *query,
    hr_arena_t *arena, hr_it_type_t *type, hr_str_t *text)
{
    hr_rc_t   rc;
    hr_buf_t  buf;

    *type = hr_it_type(it, query, arena);
    *text = HR_STR("");

    if (!hr_it_available(it)) {
        return HR_OK;
    }

    if (*type == HR_IT_TECHNICAL && !query->reduced) {
        *text = it->map;
        return HR_OK;
    }

    hr_buf_init(&buf, HR_IT_TEXT_MAX);
    (void) hr_buf_str(&buf, it->head);
    (void) hr_buf_c(&buf, "\n");
    hr_it_put_selected(it, query, *type == HR_IT_TECHNICAL ? HR_IT_MANAGEMENT
                                                           : *type,
                       arena, &buf);

    rc = buf.err;

    if (rc == HR_OK) {
        *text = hr_arena_str(arena, hr_utf8_cut(hr_trim(hr_buf_view(&buf)),
                                                it->text_max));
        rc = text->data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&buf);
    return rc;
}
