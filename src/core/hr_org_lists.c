/*
 * The tree of an image and what is listed by it: links between units, tables of
 * children, paths and position ids, titles and search text of each name.
 */

#define _GNU_SOURCE     /* qsort_r */

#include <stdlib.h>

#include "hr_org_build.h"


/* --- tree ----------------------------------------------------------------------- */

/* Parent, children, siblings and the ranges of subtrees. */
static hr_rc_t
hr_org_index_links(hr_org_builder_t *b)
{
    uint32_t            i, parent, *last;
    hr_org_unit_rec_t  *unit, *up;

    last = hr_arena_alloc(b->arena, (b->unit_count + 1) * sizeof(uint32_t));

    if (last == NULL) {
        return HR_NOMEM;
    }

    memset(last, 0xff, (b->unit_count + 1) * sizeof(uint32_t));

    for (i = 0; i < b->unit_count; i++) {
        unit = &b->units[i];
        parent = b->tree.units[i].parent;

        unit->level = b->tree.units[i].level;
        unit->parent = parent;
        unit->first_child = HR_ORG_NONE;
        unit->next_sibling = HR_ORG_NONE;
        unit->end = i + 1;
        unit->end_slot = unit->first_slot + unit->slots;

        /* the blocks are siblings of each other: their list is the last one */
        parent = parent == HR_ORG_NONE ? b->unit_count : parent;

        if (last[parent] != HR_ORG_NONE) {
            b->units[last[parent]].next_sibling = i;
        }

        last[parent] = i;
    }

    /* a child comes after its parent, so going back sees finished subtrees */
    for (i = b->unit_count; i > 0; i--) {
        unit = &b->units[i - 1];

        if (unit->parent == HR_ORG_NONE) {
            continue;
        }

        up = &b->units[unit->parent];
        up->first_child = i - 1;
        up->children++;

        if (up->end < unit->end) {
            up->end = unit->end;
            up->end_slot = unit->end_slot;
        }
    }

    return HR_OK;
}


/* (parent, name key) -> unit; also finds siblings that only look different. */
hr_rc_t
hr_org_index_children(hr_org_builder_t *b)
{
    size_t          pos, mask;
    uint32_t        i, hash, key;
    hr_org_cell_t  *table;

    if (hr_org_index_links(b) != HR_OK) {
        return HR_NOMEM;
    }

    table = hr_org_table_new(b, HR_ORG_HASH_CHILD, b->unit_count);

    if (table == NULL) {
        return HR_NOMEM;
    }

    mask = b->count[HR_ORG_HASH_CHILD] - 1;

    for (i = 0; i < b->unit_count; i++) {
        key = b->names[b->units[i].name].key;
        hash = hr_org_hash_pair(b->units[i].parent, key);

        for (pos = hash & mask; table[pos].value != HR_ORG_NONE;
             pos = (pos + 1) & mask)
        {
            if (table[pos].hash == hash
                && b->units[table[pos].value].parent == b->units[i].parent
                && b->names[b->units[table[pos].value].name].key == key)
            {
                return hr_org_tree_error(b->json, b->tree.units[i].node, true,
                        b->diag, "a name is repeated among its siblings "
                        "(case, blanks and quotes make no difference)");
            }
        }

        hr_org_table_put(b, HR_ORG_HASH_CHILD, hash, i);
    }

    return HR_OK;
}


hr_rc_t
hr_org_index_paths(hr_org_builder_t *b)
{
    size_t          pos, mask;
    uint32_t        i, hash;
    hr_str_t        id;
    hr_org_cell_t  *table;

    if (hr_org_table_new(b, HR_ORG_HASH_PATH, b->unit_count) == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < b->unit_count; i++) {
        hr_org_table_put(b, HR_ORG_HASH_PATH,
                         hr_org_hash32(hr_org_got(b, b->units[i].path)), i);
    }

    table = hr_org_table_new(b, HR_ORG_HASH_POSITION, b->slot_count);

    if (table == NULL) {
        return HR_NOMEM;
    }

    mask = b->count[HR_ORG_HASH_POSITION] - 1;

    for (i = 0; i < b->slot_count; i++) {
        id = hr_org_got(b, b->slots[i].position_id);
        hash = hr_org_hash32(id);

        for (pos = hash & mask; table[pos].value != HR_ORG_NONE;
             pos = (pos + 1) & mask)
        {
            if (table[pos].hash == hash
                && hr_str_eq(id, hr_org_got(b, b->slots[table[pos].value]
                                               .position_id)))
            {
                b->info.position_id_collisions++;
                break;
            }
        }

        if (table[pos].value == HR_ORG_NONE) {
            hr_org_table_put(b, HR_ORG_HASH_POSITION, hash, i);
        }
    }

    return HR_OK;
}


/* --- lists ---------------------------------------------------------------------- */

static int
hr_org_by_level_name(const void *a, const void *b, void *ctx)
{
    uint32_t                  x = *(const uint32_t *) a;
    uint32_t                  y = *(const uint32_t *) b;
    const hr_org_unit_rec_t  *units = ctx;

    if (units[x].level != units[y].level) {
        return units[x].level < units[y].level ? -1 : 1;
    }

    if (units[x].name != units[y].name) {
        return units[x].name < units[y].name ? -1 : 1;
    }

    return x < y ? -1 : x > y;
}


static int
hr_org_by_title(const void *a, const void *b, void *ctx)
{
    uint32_t                  x = *(const uint32_t *) a;
    uint32_t                  y = *(const uint32_t *) b;
    const hr_org_slot_rec_t  *slots = ctx;

    if (slots[x].title != slots[y].title) {
        return slots[x].title < slots[y].title ? -1 : 1;
    }

    return x < y ? -1 : x > y;
}


/* (level, name) of api-core.md 2.3 */
static int
hr_org_by_level_title(const void *a, const void *b, void *ctx)
{
    const hr_org_builder_t  *builder = ctx;
    uint32_t                 x, y;

    x = builder->slots[*(const uint32_t *) a].title;
    y = builder->slots[*(const uint32_t *) b].title;

    if (builder->titles[x].level != builder->titles[y].level) {
        return builder->titles[x].level < builder->titles[y].level ? -1 : 1;
    }

    return x < y ? -1 : x > y;
}


/* Runs of equal titles in list (sorted by title): keeps the first of each. */
static uint32_t
hr_org_distinct_titles(hr_org_builder_t *b, uint32_t *list, uint32_t n)
{
    uint32_t  i, run, kept = 0, units;

    for (i = 0; i < n; i += run) {
        units = 1;

        for (run = 1; i + run < n
                      && b->slots[list[i + run]].title == b->slots[list[i]].title;
             run++)
        {
            if (b->slots[list[i + run]].unit == b->slots[list[i + run - 1]].unit) {
                b->info.duplicate_titles++;
            } else {
                units++;
            }
        }

        if (units > 1) {
            b->info.ambiguous_pairs++;
            b->info.ambiguous_slots += units;
        }

        list[kept++] = list[i];
    }

    return kept;
}


/* Distinct titles of all units of each name (api-core.md D-29). */
static hr_rc_t
hr_org_index_name_slots(hr_org_builder_t *b)
{
    uint32_t             i, j, k, n, total = 0;
    uint32_t            *list;
    const uint32_t      *units = b->data[HR_ORG_NAME_UNITS];
    hr_org_name_rec_t   *name;
    hr_org_unit_rec_t   *unit;

    list = hr_org_section_new(b, HR_ORG_NAME_SLOTS, b->slot_count);

    if (list == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < b->name_count; i++) {
        name = &b->names[i];
        name->first_slot = total;
        n = 0;

        for (j = 0; j < name->units; j++) {
            unit = &b->units[units[name->first_unit + j]];

            for (k = 0; k < unit->slots; k++) {
                list[total + n++] = unit->first_slot + k;
            }
        }

        qsort_r(list + total, n, sizeof(uint32_t), hr_org_by_title, b->slots);
        name->slots = hr_org_distinct_titles(b, list + total, n);
        qsort_r(list + total, name->slots, sizeof(uint32_t),
                hr_org_by_level_title, b);

        total += name->slots;
    }

    b->count[HR_ORG_NAME_SLOTS] = total;

    return HR_OK;
}


/* Folded path parts of all units of each name, each part once (D-39). */
static hr_rc_t
hr_org_index_search(hr_org_builder_t *b)
{
    size_t               start;
    uint32_t             i, j, unit, *seen, part;
    hr_org_ref_t         folded;
    const uint32_t      *units = b->data[HR_ORG_NAME_UNITS];
    hr_org_name_rec_t   *name;

    seen = hr_arena_calloc(b->arena, b->name_count * sizeof(uint32_t));

    if (seen == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < b->name_count; i++) {
        name = &b->names[i];
        start = b->text.len;

        for (j = 0; j < name->units; j++) {
            unit = units[name->first_unit + j];

            for ( /* void */ ; unit != HR_ORG_NONE; unit = b->units[unit].parent) {
                part = b->units[unit].name;

                if (seen[part] == i + 1) {
                    continue;
                }

                seen[part] = i + 1;
                folded = b->names[part].folded;

                if (hr_buf_reserve(&b->text, folded.len + 1) != HR_OK) {
                    return b->text.err;
                }

                if (b->text.len != start) {
                    hr_buf_char(&b->text, '\n');
                }

                hr_buf_append(&b->text, b->text.data + folded.off, folded.len);
            }
        }

        name->search = hr_org_since(b, start);
    }

    return b->text.err;
}


hr_rc_t
hr_org_index_lists(hr_org_builder_t *b)
{
    uint32_t   i, *order;

    order = hr_org_section_new(b, HR_ORG_ORDER, b->unit_count);

    if (order == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < b->unit_count; i++) {
        order[i] = i;
    }

    qsort_r(order, b->unit_count, sizeof(uint32_t), hr_org_by_level_name,
            b->units);

    if (hr_org_index_name_slots(b) != HR_OK) {
        return HR_NOMEM;
    }

    return hr_org_index_search(b);
}
