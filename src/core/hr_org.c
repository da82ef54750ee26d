/*
 * Reading the organisation image: check, figures, units and slots.
 */

#include "hr_org_image.h"

#include <stddef.h>


#define HR_ORG_HASHED  offsetof(hr_org_t, sections)     /* what the checksum covers */


uint64_t
hr_org_hash(const void *data, size_t len, uint64_t seed)
{
    size_t                i;
    uint64_t              word, h = seed ^ (len * 0x9e3779b97f4a7c15ull);
    const unsigned char  *p = data;

    for (i = 0; i + 8 <= len; i += 8) {
        memcpy(&word, p + i, 8);
        h = (h ^ word) * 0xff51afd7ed558ccdull;
        h ^= h >> 32;
    }

    for (word = 0; i < len; i++) {
        word = (word << 8) | p[i];
    }

    h = (h ^ word) * 0xc4ceb9fe1a85ec53ull;

    return h ^ (h >> 33);
}


int
hr_org_compare(hr_str_t a, hr_str_t b)
{
    int     rc;
    size_t  n = a.len < b.len ? a.len : b.len;

    rc = n == 0 ? 0 : memcmp(a.data, b.data, n);

    if (rc != 0) {
        return rc;
    }

    return a.len < b.len ? -1 : a.len > b.len;
}


uint64_t
hr_org_checksum(const hr_org_t *org)
{
    return hr_org_hash((const char *) org + HR_ORG_HASHED,
                       org->size - HR_ORG_HASHED, HR_ORG_MAGIC);
}


hr_rc_t
hr_org_check(const void *image, size_t size, hr_diag_t *diag)
{
    unsigned              i;
    const hr_org_t       *org = image;
    const hr_org_span_t  *span;

    if (diag != NULL) {
        memset(diag, 0, sizeof(hr_diag_t));
    }

    if (image == NULL || (uintptr_t) image % 8 != 0 || size < sizeof(hr_org_t)
        || org->magic != HR_ORG_MAGIC)
    {
        return hr_diag_set(diag, HR_INVALID, "not an organisation image");
    }

    if (org->layout != HR_ORG_LAYOUT || org->header != sizeof(hr_org_t)) {
        return hr_diag_set(diag, HR_INVALID,
                           "organisation image of layout %u, wanted %u",
                           org->layout, HR_ORG_LAYOUT);
    }

    if (org->size != size) {
        return hr_diag_set(diag, HR_INVALID,
                           "organisation image of %llu bytes in %zu bytes",
                           (unsigned long long) org->size, size);
    }

    if (org->checksum != hr_org_checksum(org)) {
        return hr_diag_set(diag, HR_INVALID,
                           "organisation image with a wrong checksum");
    }

    for (i = 0; i < HR_ORG_SECTIONS; i++) {
        span = &org->sections[i];

        if (span->off > size || span->off % 8 != 0
            || span->count > (size - span->off) / hr_org_element_size[i])
        {
            return hr_diag_set(diag, HR_INVALID,
                               "organisation image with a bad section %u", i);
        }
    }

    return HR_OK;
}


void
hr_org_info(const hr_org_t *org, hr_org_info_t *info)
{
    *info = org->info;
}


uint32_t
hr_org_unit_count(const hr_org_t *org)
{
    return hr_org_count(org, HR_ORG_UNITS);
}


uint32_t
hr_org_slot_count(const hr_org_t *org)
{
    return hr_org_count(org, HR_ORG_SLOTS);
}


double
hr_org_percent(size_t part, size_t total)
{
    return total == 0 ? 0.0
                      : hr_round((double) part * 100.0 / (double) total, 1);
}


void
hr_org_figures(const hr_org_t *org, hr_org_figures_t *figures)
{
    const hr_org_info_t  *info = &org->info;

    figures->departments_total = info->names;
    figures->departments_with_positions = info->names_with_positions;
    figures->units_total = info->units;
    figures->positions_total = info->slots;
    figures->average_positions = hr_round((double) info->slots / info->names, 1);
    figures->average_per_unit = hr_round((double) info->slots / info->units, 2);
}


void
hr_org_unit(const hr_org_t *org, uint32_t index, hr_org_unit_t *unit)
{
    const hr_org_unit_rec_t  *rec;

    memset(unit, 0, sizeof(hr_org_unit_t));
    unit->index = HR_ORG_NONE;
    unit->parent = HR_ORG_NONE;
    unit->first_child = HR_ORG_NONE;
    unit->next_sibling = HR_ORG_NONE;
    unit->head = HR_ORG_NONE;

    if (index >= hr_org_unit_count(org)) {
        return;
    }

    rec = &hr_org_units(org)[index];

    unit->name = hr_org_unit_name(org, index);
    unit->path = hr_org_text(org, rec->path);
    unit->path_text = hr_org_text(org, rec->path_text);
    unit->display_name = hr_org_text(org, rec->display);
    unit->json = hr_org_text(org, rec->json);
    unit->index = index;
    unit->level = rec->level;
    unit->parent = rec->parent;
    unit->first_child = rec->first_child;
    unit->next_sibling = rec->next_sibling;
    unit->children = rec->children;
    unit->end = rec->end;
    unit->first_slot = rec->first_slot;
    unit->slots = rec->slots;
    unit->end_slot = rec->end_slot;
    unit->head = rec->head;
    unit->has_number = (rec->flags & HR_ORG_HAS_NUMBER) != 0;
    unit->has_headcount = (rec->flags & HR_ORG_HAS_HEADCOUNT) != 0;
    unit->headcount_own = (rec->flags & HR_ORG_OWN_HEADCOUNT) != 0;
    unit->number = rec->number;
    unit->headcount = rec->headcount;
    unit->headcount_source = hr_org_text(org, rec->source);
    unit->headcount_department = hr_org_text(org, rec->department);
}


void
hr_org_slot(const hr_org_t *org, uint32_t index, hr_org_slot_t *slot)
{
    const hr_org_slot_rec_t   *rec;
    const hr_org_title_rec_t  *title;

    memset(slot, 0, sizeof(hr_org_slot_t));
    slot->index = HR_ORG_NONE;
    slot->unit = HR_ORG_NONE;

    if (index >= hr_org_slot_count(org)) {
        return;
    }

    rec = &hr_org_slots(org)[index];
    title = &hr_org_titles(org)[rec->title];

    slot->title = hr_org_text(org, title->text);
    slot->position_id = hr_org_text(org, rec->position_id);
    slot->index = index;
    slot->unit = rec->unit;
    slot->class.level = title->level;
    slot->class.category = hr_org_text(org, title->category);
    slot->class.rank = title->rank;
    slot->class.rank_name = hr_org_text(org, title->rank_name);
    slot->class.rank_category = hr_org_text(org, title->rank_category);
    slot->class.manager = title->manager;
}


uint32_t
hr_org_ancestor(const hr_org_t *org, uint32_t unit, uint32_t level)
{
    const hr_org_unit_rec_t  *units = hr_org_units(org);

    if (unit >= hr_org_unit_count(org) || level > units[unit].level) {
        return HR_ORG_NONE;
    }

    while (units[unit].level > level) {
        unit = units[unit].parent;
    }

    return unit;
}


bool
hr_org_within(const hr_org_t *org, uint32_t inner, uint32_t outer)
{
    uint32_t  count = hr_org_unit_count(org);

    return inner < count && outer < count && inner >= outer
           && inner < hr_org_units(org)[outer].end;
}
