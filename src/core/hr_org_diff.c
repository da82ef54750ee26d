/*
 * Reorganisation: what differs between two images (improvements.md I-24).
 */

#include "hr_org_image.h"

#include <stdlib.h>


typedef struct {
    int64_t   number;
    uint32_t  unit;
} hr_org_numbered_t;

typedef struct {
    const hr_org_t   *before;
    const hr_org_t   *after;
    hr_arena_t       *arena;
    uint32_t         *to_after;         /* partner of each old unit, or NONE */
    uint32_t         *to_before;        /* partner of each new unit, or NONE */
    uint8_t          *moved;            /* the old unit was paired by its id */
    hr_org_change_t  *changes;
    size_t            count;
} hr_org_diff_t;


static void
hr_org_change_add(hr_org_diff_t *d, hr_org_change_kind_t kind, uint32_t before,
    uint32_t after, unsigned fields)
{
    hr_org_change_t  *change = &d->changes[d->count++];

    change->kind = kind;
    change->before = before;
    change->after = after;
    change->fields = fields;
}


/* --- pairs ------------------------------------------------------------------------- */

/* Equal paths have equal parents, so one step down from the pair is enough. */
static hr_rc_t
hr_org_pair_paths(hr_org_diff_t *d)
{
    hr_rc_t                   rc;
    uint32_t                  i, parent, key, partner;
    const hr_org_unit_rec_t  *unit = hr_org_units(d->before);

    for (i = 0; i < hr_org_unit_count(d->before); i++, unit++) {
        parent = HR_ORG_NONE;

        if (unit->parent != HR_ORG_NONE) {
            parent = d->to_after[unit->parent];

            if (parent == HR_ORG_NONE) {
                continue;
            }
        }

        rc = hr_org_name_key(d->after, hr_org_unit_name(d->before, i), &key);

        if (rc == HR_NOMEM) {
            return HR_NOMEM;
        }

        if (rc != HR_OK) {
            continue;
        }

        partner = hr_org_child(d->after, parent, key);

        if (partner != HR_ORG_NONE) {
            d->to_after[i] = partner;
            d->to_before[partner] = i;
        }
    }

    return HR_OK;
}


static int
hr_org_number_order(const void *a, const void *b)
{
    const hr_org_numbered_t  *x = a, *y = b;

    if (x->number != y->number) {
        return x->number < y->number ? -1 : 1;
    }

    return x->unit < y->unit ? -1 : x->unit > y->unit;
}


/* Units whose number no other unit of the image has, by number. */
static hr_rc_t
hr_org_unique_numbers(hr_org_diff_t *d, const hr_org_t *org,
    hr_org_numbered_t **out, size_t *count)
{
    size_t                    i, n = 0, kept = 0;
    uint32_t                  u, units = hr_org_unit_count(org);
    hr_org_numbered_t        *list;
    const hr_org_unit_rec_t  *unit = hr_org_units(org);

    list = hr_arena_alloc(d->arena, units * sizeof(hr_org_numbered_t));

    if (list == NULL) {
        return HR_NOMEM;
    }

    for (u = 0; u < units; u++, unit++) {
        if (unit->flags & HR_ORG_HAS_NUMBER) {
            list[n].number = unit->number;
            list[n++].unit = u;
        }
    }

    qsort(list, n, sizeof(hr_org_numbered_t), hr_org_number_order);

    for (i = 0; i < n; i++) {
        if ((i == 0 || list[i - 1].number != list[i].number)
            && (i + 1 == n || list[i + 1].number != list[i].number))
        {
            /* kept never passes i, and the neighbours above are still there */
            list[kept++] = list[i];
        }
    }

    *out = list;
    *count = kept;

    return HR_OK;
}


static hr_rc_t
hr_org_pair_numbers(hr_org_diff_t *d)
{
    size_t              i = 0, j = 0, n, m;
    hr_org_numbered_t  *a, *b;

    if (hr_org_unique_numbers(d, d->before, &a, &n) != HR_OK
        || hr_org_unique_numbers(d, d->after, &b, &m) != HR_OK)
    {
        return HR_NOMEM;
    }

    while (i < n && j < m) {
        if (a[i].number != b[j].number) {
            if (a[i].number < b[j].number) {
                i++;
            } else {
                j++;
            }

            continue;
        }

        if (d->to_after[a[i].unit] == HR_ORG_NONE
            && d->to_before[b[j].unit] == HR_ORG_NONE)
        {
            d->to_after[a[i].unit] = b[j].unit;
            d->to_before[b[j].unit] = a[i].unit;
            d->moved[a[i].unit] = 1;
        }

        i++;
        j++;
    }

    return HR_OK;
}


/* --- differences -------------------------------------------------------------------- */

static hr_str_t
hr_org_head_key(const hr_org_t *org, uint32_t head)
{
    const hr_org_key_rec_t  *keys = hr_org_at(org, HR_ORG_TITLE_KEYS);

    return head == HR_ORG_NONE
           ? HR_STR_NULL
           : hr_org_text(org, keys[hr_org_slot_title(org, head)->key].key);
}


static unsigned
hr_org_changed_fields(const hr_org_diff_t *d, uint32_t before, uint32_t after,
    bool moved)
{
    unsigned                  fields = 0;
    const hr_org_unit_rec_t  *a = &hr_org_units(d->before)[before];
    const hr_org_unit_rec_t  *b = &hr_org_units(d->after)[after];

    /* unset figures are 0 in both images */
    if (a->number != b->number
        || (a->flags & HR_ORG_HAS_NUMBER) != (b->flags & HR_ORG_HAS_NUMBER))
    {
        fields |= HR_ORG_CHANGED_NUMBER;
    }

    if (a->headcount != b->headcount
        || (a->flags & (HR_ORG_HAS_HEADCOUNT | HR_ORG_OWN_HEADCOUNT))
           != (b->flags & (HR_ORG_HAS_HEADCOUNT | HR_ORG_OWN_HEADCOUNT)))
    {
        fields |= HR_ORG_CHANGED_HEADCOUNT;
    }

    if (!hr_str_eq(hr_org_head_key(d->before, a->head),
                   hr_org_head_key(d->after, b->head)))
    {
        fields |= HR_ORG_CHANGED_HEAD;
    }

    if (!moved && !hr_str_eq(hr_org_unit_name(d->before, before),
                             hr_org_unit_name(d->after, after)))
    {
        fields |= HR_ORG_CHANGED_SPELLING;
    }

    return fields;
}


static void
hr_org_diff_units(hr_org_diff_t *d)
{
    uint32_t  i, n = hr_org_unit_count(d->before);
    unsigned  fields;

    for (i = 0; i < n; i++) {
        if (d->to_after[i] == HR_ORG_NONE) {
            hr_org_change_add(d, HR_ORG_UNIT_VANISHED, i, HR_ORG_NONE, 0);
        }
    }

    for (i = 0; i < hr_org_unit_count(d->after); i++) {
        if (d->to_before[i] == HR_ORG_NONE) {
            hr_org_change_add(d, HR_ORG_UNIT_ADDED, HR_ORG_NONE, i, 0);
        }
    }

    for (i = 0; i < n; i++) {
        if (d->moved[i]) {
            hr_org_change_add(d, HR_ORG_UNIT_MOVED, i, d->to_after[i],
                hr_org_changed_fields(d, i, d->to_after[i], true));
        }
    }

    for (i = 0; i < n; i++) {
        if (d->to_after[i] == HR_ORG_NONE || d->moved[i]) {
            continue;
        }

        fields = hr_org_changed_fields(d, i, d->to_after[i], false);

        if (fields != 0) {
            hr_org_change_add(d, HR_ORG_UNIT_CHANGED, i, d->to_after[i], fields);
        }
    }
}


/* Slots of a that have no title of the same key in the paired unit of b. */
static hr_rc_t
hr_org_diff_slots(hr_org_diff_t *d, const hr_org_t *a, const hr_org_t *b,
    const uint32_t *partner, hr_org_change_kind_t kind)
{
    hr_rc_t                   rc;
    uint32_t                  i, unit, found;
    const hr_org_slot_rec_t  *slot = hr_org_slots(a);

    for (i = 0; i < hr_org_slot_count(a); i++, slot++) {
        unit = partner[slot->unit];
        rc = HR_NOT_FOUND;

        if (unit != HR_ORG_NONE) {
            rc = hr_org_find_slot(b, unit,
                     hr_org_text(a, hr_org_titles(a)[slot->title].text), &found);
        }

        if (rc == HR_NOMEM) {
            return HR_NOMEM;
        }

        if (rc == HR_OK) {
            continue;
        }

        if (kind == HR_ORG_SLOT_VANISHED) {
            hr_org_change_add(d, kind, i, HR_ORG_NONE, 0);
        } else {
            hr_org_change_add(d, kind, HR_ORG_NONE, i, 0);
        }
    }

    return HR_OK;
}


hr_rc_t
hr_org_diff(const hr_org_t *before, const hr_org_t *after, hr_arena_t *arena,
    hr_org_change_t **changes, size_t *count)
{
    size_t         n = hr_org_unit_count(before), m = hr_org_unit_count(after);
    hr_org_diff_t  d;

    *changes = NULL;
    *count = 0;

    memset(&d, 0, sizeof(d));
    d.before = before;
    d.after = after;
    d.arena = arena;
    d.to_after = hr_arena_alloc(arena, n * sizeof(uint32_t));
    d.to_before = hr_arena_alloc(arena, m * sizeof(uint32_t));
    d.moved = hr_arena_calloc(arena, n);
    d.changes = hr_arena_alloc(arena, (n + m + hr_org_slot_count(before)
                                       + hr_org_slot_count(after))
                                      * sizeof(hr_org_change_t));

    if (d.to_after == NULL || d.to_before == NULL || d.moved == NULL
        || d.changes == NULL)
    {
        return HR_NOMEM;
    }

    memset(d.to_after, 0xff, n * sizeof(uint32_t));
    memset(d.to_before, 0xff, m * sizeof(uint32_t));

    if (hr_org_pair_paths(&d) != HR_OK || hr_org_pair_numbers(&d) != HR_OK) {
        return HR_NOMEM;
    }

    hr_org_diff_units(&d);

    if (hr_org_diff_slots(&d, before, after, d.to_after, HR_ORG_SLOT_VANISHED)
        != HR_OK
        || hr_org_diff_slots(&d, after, before, d.to_before, HR_ORG_SLOT_ADDED)
           != HR_OK)
    {
        return HR_NOMEM;
    }

    *changes = d.changes;
    *count = d.count;

    return HR_OK;
}
