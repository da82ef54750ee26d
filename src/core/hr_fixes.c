#include "hr_fixes.h"
#include "hr_node.h"
#include "hr_text.h"


void
hr_fixes_init(hr_fixes_t *fixes, hr_arena_t *arena)
{
    memset(fixes, 0, sizeof(*fixes));
    fixes->arena = arena;
}


static bool
hr_fixes_grow(hr_fixes_t *fixes)
{
    size_t     capacity = fixes->capacity == 0 ? 32 : fixes->capacity * 2;
    hr_fix_t  *items;

    items = hr_arena_alloc(fixes->arena, capacity * sizeof(hr_fix_t));
    if (items == NULL) {
        fixes->rc = HR_NOMEM;
        return false;
    }

    if (fixes->count > 0) {
        memcpy(items, fixes->items, fixes->count * sizeof(hr_fix_t));
    }

    fixes->items = items;
    fixes->capacity = capacity;

    return true;
}


static hr_str_t
hr_fixes_text(hr_fixes_t *fixes, hr_str_t text)
{
    hr_str_t  copy;

    if (text.data == NULL) {
        return text;
    }

    copy = hr_arena_str(fixes->arena, hr_utf8_cut(text, HR_FIX_TEXT_MAX));

    if (copy.data == NULL) {
        fixes->rc = HR_NOMEM;
    }

    return copy;
}


void
hr_fixes_add(hr_fixes_t *fixes, const char *rule, hr_str_t path,
    hr_str_t before, hr_str_t after)
{
    hr_fix_t  *fix;

    fixes->total++;

    if (fixes->count == HR_FIXES_MAX || fixes->rc != HR_OK
        || (fixes->count == fixes->capacity && !hr_fixes_grow(fixes)))
    {
        return;
    }

    fix = &fixes->items[fixes->count++];
    fix->rule = rule;
    fix->path = hr_fixes_text(fixes, path);
    fix->before = hr_fixes_text(fixes, before);
    fix->after = hr_fixes_text(fixes, after);
}


hr_str_t
hr_fixes_value(hr_fixes_t *fixes, const hr_json_t *value)
{
    hr_str_t  text;

    if (value == NULL || value->type == HR_JSON_NULL) {
        return HR_STR_NULL;
    }

    text = hr_node_text(fixes->arena, value);

    if (text.data == NULL) {
        fixes->rc = HR_NOMEM;
    }

    return text;
}


static hr_rc_t
hr_fixes_member(hr_arena_t *arena, hr_json_t *object, const char *key,
    hr_str_t text)
{
    hr_json_t  *value;

    value = text.data == NULL ? hr_json_new(arena, HR_JSON_NULL)
                              : hr_json_new_str(arena, text);

    return value == NULL ? HR_NOMEM : hr_json_set(arena, object, key, value);
}


hr_json_t *
hr_fixes_json(const hr_fixes_t *fixes, hr_arena_t *arena)
{
    hr_json_t       *list, *entry;
    const hr_fix_t  *fix;

    list = hr_json_new(arena, HR_JSON_ARRAY);

    for (size_t i = 0; i < fixes->count && list != NULL; i++) {

        fix = &fixes->items[i];
        entry = hr_json_new(arena, HR_JSON_OBJECT);

        if (entry == NULL || hr_json_push(list, entry) != HR_OK
            || hr_fixes_member(arena, entry, "path", fix->path) != HR_OK
            || hr_fixes_member(arena, entry, "rule",
                               hr_str_from_c(fix->rule)) != HR_OK
            || hr_fixes_member(arena, entry, "before", fix->before) != HR_OK
            || hr_fixes_member(arena, entry, "after", fix->after) != HR_OK)
        {
            return NULL;
        }
    }

    return list;
}
