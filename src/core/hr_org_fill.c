/*
 * Texts and figures of the units and slots of an image: paths, display names,
 * ready pieces of the position list, raw nodes, totals.
 */

#include "hr_org_build.h"

#include <stdlib.h>


/* Appends bytes of the pool to the pool, which may move on the way. */
static void
hr_org_repeat(hr_org_builder_t *b, hr_org_ref_t ref)
{
    if (hr_buf_reserve(&b->text, ref.len) == HR_OK) {
        hr_buf_append(&b->text, b->text.data + ref.off, ref.len);
    }
}


/* The same as the inside of a JSON string: six bytes at most for each one. */
static void
hr_org_repeat_escaped(hr_org_builder_t *b, hr_org_ref_t ref)
{
    if (hr_buf_reserve(&b->text, (size_t) ref.len * 6) == HR_OK) {
        hr_json_escape(&b->text, hr_str(b->text.data + ref.off, ref.len),
                       HR_JSON_COMPACT);
    }
}


static hr_org_ref_t
hr_org_join(hr_org_builder_t *b, hr_org_ref_t parent, const char *separator,
    hr_org_ref_t name)
{
    size_t  start = b->text.len;

    hr_org_repeat(b, parent);
    hr_buf_c(&b->text, separator);
    hr_org_repeat(b, name);

    return hr_org_since(b, start);
}


/* --- units ---------------------------------------------------------------------- */

/* data-files.md 6.1 */
static hr_org_ref_t
hr_org_display_name(hr_org_builder_t *b, const hr_org_unit_rec_t *unit)
{
    size_t        start = b->text.len;
    hr_org_ref_t  name = b->names[unit->name].text, above;

    if (unit->level == 0) {
        hr_org_repeat(b, name);

    } else {
        above = b->names[b->units[unit->parent].name].text;

        if (unit->level == 1) {
            hr_org_repeat(b, name);
            hr_buf_c(&b->text, " (");
            hr_org_repeat(b, above);
            hr_buf_c(&b->text, ")");

        } else {
            hr_org_repeat(b, above);
            hr_buf_c(&b->text, HR_ORG_ARROW);
            hr_org_repeat(b, name);
        }
    }

    if (unit->flags & HR_ORG_HAS_HEADCOUNT) {
        hr_buf_printf(&b->text, " [%lld чел.]", (long long) unit->headcount);
    }

    return hr_org_since(b, start);
}


static hr_org_ref_t
hr_org_put_optional(hr_org_builder_t *b, const hr_json_t *node, const char *key)
{
    const hr_json_t  *member = hr_json_get(node, key);

    if (!hr_json_is(member, HR_JSON_STRING)) {
        return (hr_org_ref_t) { HR_ORG_REF_NULL, 0 };
    }

    return hr_org_put(b, member->text);
}


/* True when the figure is the unit's own (data-files.md 2.2, DEFECT). */
static bool
hr_org_headcount_is_own(hr_org_builder_t *b, const hr_org_unit_rec_t *unit,
    const hr_json_t *node)
{
    hr_str_t          key;
    const hr_json_t  *owner = hr_json_get(node, "headcount_department");
    hr_org_key_rec_t *keys = b->data[HR_ORG_NAME_KEYS];

    if (!hr_json_is(owner, HR_JSON_STRING)) {
        return false;
    }

    if (hr_str_eq(owner->text, node->key)) {
        return true;
    }

    key = hr_match_key(b->arena, owner->text);

    return hr_str_eq(key, hr_org_got(b, keys[b->names[unit->name].key].key));
}


static void
hr_org_fill_headcount(hr_org_builder_t *b, hr_org_unit_rec_t *unit,
    const hr_json_t *node)
{
    if (hr_json_int(hr_json_get(node, "number"), &unit->number)) {
        unit->flags |= HR_ORG_HAS_NUMBER;
    }

    if (hr_json_int(hr_json_get(node, "headcount"), &unit->headcount)) {
        unit->flags |= HR_ORG_HAS_HEADCOUNT;

        if (hr_org_headcount_is_own(b, unit, node)) {
            unit->flags |= HR_ORG_OWN_HEADCOUNT;
        }
    }

    unit->source = hr_org_put_optional(b, node, "headcount_source");
    unit->department = hr_org_put_optional(b, node, "headcount_department");
}


/* Members of a position item that are the same for all slots of the unit. */
static hr_org_ref_t
hr_org_unit_item(hr_org_builder_t *b, const hr_org_unit_rec_t *unit)
{
    size_t        start = b->text.len;
    hr_org_ref_t  name = b->names[unit->name].text;

    hr_buf_c(&b->text, "\"business_unit_id\":\"");
    hr_org_repeat_escaped(b, unit->path);
    hr_buf_c(&b->text, "\",\"business_unit_name\":\"");
    hr_org_repeat_escaped(b, name);
    hr_buf_c(&b->text, "\",\"department_id\":null,\"department_name\":\"");
    hr_org_repeat_escaped(b, name);
    hr_buf_c(&b->text, "\",\"department_path\":\"");
    hr_org_repeat_escaped(b, unit->path_text);
    hr_buf_c(&b->text, "\"");

    return hr_org_since(b, start);
}


/* Highest-ranked manager title of the unit; ties: the first (generation.md 4.2). */
static uint32_t
hr_org_find_head(const hr_org_builder_t *b, const hr_org_unit_rec_t *unit)
{
    uint32_t                   i, head = HR_ORG_NONE;
    const hr_org_title_rec_t  *title;

    for (i = unit->first_slot; i < unit->first_slot + unit->slots; i++) {
        title = &b->titles[b->slots[i].title];

        if (title->manager
            && (head == HR_ORG_NONE
                || title->rank < b->titles[b->slots[head].title].rank))
        {
            head = i;
        }
    }

    return head;
}


hr_rc_t
hr_org_fill_units(hr_org_builder_t *b)
{
    uint32_t            i;
    hr_org_ref_t        name;
    hr_org_unit_rec_t  *unit, *up;

    for (i = 0; i < b->unit_count && b->text.err == HR_OK; i++) {
        unit = &b->units[i];
        name = b->names[unit->name].text;

        if (unit->parent == HR_ORG_NONE) {
            unit->path = name;
            unit->path_text = name;

        } else {
            up = &b->units[unit->parent];
            unit->path = hr_org_join(b, up->path, "/", name);
            unit->path_text = hr_org_join(b, up->path_text, HR_ORG_ARROW, name);
        }

        hr_org_fill_headcount(b, unit, b->tree.units[i].node);
        unit->display = hr_org_display_name(b, unit);
        unit->item = hr_org_unit_item(b, unit);
        unit->head = hr_org_find_head(b, unit);
    }

    return b->text.err;
}


/* --- raw nodes ------------------------------------------------------------------ */

static void hr_org_raw_map(hr_org_builder_t *b, const hr_json_t *map,
    uint32_t *next);


static void
hr_org_raw_unit(hr_org_builder_t *b, const hr_json_t *node, uint32_t *next)
{
    size_t            start = b->text.len;
    uint32_t          index = (*next)++;
    const hr_json_t  *member;

    hr_buf_char(&b->text, '{');

    for (member = node->first; member != NULL; member = member->next) {
        if (member != node->first) {
            hr_buf_char(&b->text, ',');
        }

        hr_buf_char(&b->text, '"');
        hr_json_escape(&b->text, member->key, HR_JSON_COMPACT);
        hr_buf_c(&b->text, "\":");

        if (member->type == HR_JSON_OBJECT
            && hr_str_eq(member->key, HR_STR("children")))
        {
            hr_org_raw_map(b, member, next);
        } else {
            hr_json_write(member, HR_JSON_COMPACT, &b->text);
        }
    }

    hr_buf_char(&b->text, '}');

    b->units[index].json = hr_org_since(b, start);
}


static void
hr_org_raw_map(hr_org_builder_t *b, const hr_json_t *map, uint32_t *next)
{
    const hr_json_t  *member;

    hr_buf_char(&b->text, '{');

    for (member = map->first; member != NULL; member = member->next) {
        if (member != map->first) {
            hr_buf_char(&b->text, ',');
        }

        hr_buf_char(&b->text, '"');
        hr_json_escape(&b->text, member->key, HR_JSON_COMPACT);
        hr_buf_c(&b->text, "\":");

        if (*next < b->unit_count && b->tree.units[*next].node == member) {
            hr_org_raw_unit(b, member, next);
        } else {
            hr_json_write(member, HR_JSON_COMPACT, &b->text);
        }
    }

    hr_buf_char(&b->text, '}');
}


/*
 * The file is written once, compactly; the node of a unit is a part of that of
 * its parent.  The walk meets the units in their own order.
 */
hr_rc_t
hr_org_fill_json(hr_org_builder_t *b)
{
    uint32_t  next = 0;

    hr_org_raw_map(b, b->tree.map, &next);

    return b->text.err;
}


/* --- slots ---------------------------------------------------------------------- */

/* path, "_", title; every blank and every "/" becomes "_" (data-files.md 6.6) */
static hr_org_ref_t
hr_org_position_id(hr_org_builder_t *b, hr_org_ref_t path, hr_org_ref_t title)
{
    size_t        i;
    hr_org_ref_t  id = hr_org_join(b, path, "_", title);

    if (b->text.err == HR_OK) {
        for (i = id.off; i < (size_t) id.off + id.len; i++) {
            if (b->text.data[i] == ' ' || b->text.data[i] == '/') {
                b->text.data[i] = '_';
            }
        }
    }

    return id;
}


hr_rc_t
hr_org_fill_slots(hr_org_builder_t *b)
{
    size_t              start;
    uint32_t            i;
    hr_org_ref_t        title;
    hr_org_slot_rec_t  *slot;

    for (i = 0; i < b->slot_count && b->text.err == HR_OK; i++) {
        slot = &b->slots[i];
        title = b->titles[slot->title].text;
        slot->position_id = hr_org_position_id(b, b->units[slot->unit].path,
                                               title);
        start = b->text.len;

        hr_buf_c(&b->text, "{\"position_id\":\"");
        hr_org_repeat_escaped(b, slot->position_id);
        hr_buf_c(&b->text, "\",\"position_name\":\"");
        hr_org_repeat_escaped(b, title);
        hr_buf_c(&b->text, "\",");

        slot->item = hr_org_since(b, start);
    }

    return b->text.err;
}


/* --- totals --------------------------------------------------------------------- */

static int
hr_org_by_number(const void *a, const void *b)
{
    int64_t  x = *(const int64_t *) a, y = *(const int64_t *) b;

    return x < y ? -1 : x > y;
}


static hr_rc_t
hr_org_count_numbers(hr_org_builder_t *b)
{
    size_t    n = 0;
    int64_t  *numbers;
    uint32_t  i;

    numbers = hr_arena_alloc(b->arena, b->unit_count * sizeof(int64_t));

    if (numbers == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < b->unit_count; i++) {
        if (b->units[i].flags & HR_ORG_HAS_NUMBER) {
            numbers[n++] = b->units[i].number;
        }
    }

    qsort(numbers, n, sizeof(int64_t), hr_org_by_number);

    for (i = 1; i < n; i++) {
        b->info.duplicate_numbers += numbers[i] == numbers[i - 1];
    }

    return HR_OK;
}


static void
hr_org_count_names(hr_org_builder_t *b)
{
    uint32_t                  i, last;
    const uint32_t           *units = b->data[HR_ORG_NAME_UNITS];
    const hr_org_name_rec_t  *name;

    for (i = 0; i < b->name_count; i++) {
        name = &b->names[i];
        last = units[name->first_unit + name->units - 1];

        b->info.names_repeated += name->units > 1;
        b->info.names_any_positions += name->slots > 0;
        b->info.names_with_positions += b->units[last].slots > 0;
    }
}


hr_rc_t
hr_org_fill_info(hr_org_builder_t *b)
{
    uint32_t                  i;
    hr_org_info_t            *info = &b->info;
    const hr_org_unit_rec_t  *unit;

    info->units = b->unit_count;
    info->slots = b->slot_count;
    info->names = b->name_count;
    info->titles = b->title_count;

    for (i = 0; i < b->unit_count; i++) {
        unit = &b->units[i];

        info->units_by_level[unit->level]++;
        info->units_with_positions += unit->slots > 0;
        info->leaves += unit->children == 0;

        if (info->depth < unit->level + 1) {
            info->depth = unit->level + 1;
        }

        if (unit->flags & HR_ORG_OWN_HEADCOUNT) {
            info->units_own_headcount++;

        } else if (unit->flags & HR_ORG_HAS_HEADCOUNT) {
            info->units_inherited_headcount++;
        }
    }

    hr_org_count_names(b);

    return hr_org_count_numbers(b);
}
