/*
 * Answers of /api/catalog (api-core.md 2.3) but for the searches: one entry per
 * distinct unit name, with the positions of all its units (D-29).
 */

#define _GNU_SOURCE     /* qsort_r */

#include <stdlib.h>

#include "hr_org_render.h"


/* --- counts ----------------------------------------------------------------------- */

static void
hr_org_tally_add(hr_org_tally_t *tally, hr_str_t text)
{
    size_t  i;

    for (i = 0; i < tally->count; i++) {
        if (hr_str_eq(tally->text[i], text)) {
            tally->number[i]++;
            return;
        }
    }

    /* levels.json cannot have more categories than there is room for */
    if (i < HR_ORG_MAX_CATEGORIES) {
        tally->text[i] = text;
        tally->number[i] = 1;
        tally->count++;
    }
}


void
hr_org_tally_title(const hr_org_t *org, const hr_org_title_rec_t *title,
    hr_org_tallies_t *tallies)
{
    static const char  digits[] = "0123456789";

    hr_org_tally_add(&tallies->levels, hr_str(digits + title->level, 1));
    hr_org_tally_add(&tallies->categories, hr_org_text(org, title->category));
}


void
hr_org_write_tally(hr_jw_t *w, const char *key, const hr_org_tally_t *tally)
{
    size_t  i;

    hr_jw_key(w, key);
    hr_jw_object(w);

    for (i = 0; i < tally->count; i++) {
        hr_jw_key_str(w, tally->text[i]);
        hr_jw_int(w, tally->number[i]);
    }

    hr_jw_end_object(w);
}


/* --- entries ---------------------------------------------------------------------- */

hr_org_department_t
hr_org_entry_of(const hr_org_t *org, uint32_t name)
{
    hr_org_department_t       entry;
    const hr_org_name_rec_t  *rec = &hr_org_names(org)[name];

    entry.name = name;
    entry.unit = hr_org_list(org, HR_ORG_NAME_UNITS)
                 [rec->first_unit + rec->units - 1];

    return entry;
}


static int
hr_org_slot_order(const void *a, const void *b, void *ctx)
{
    uint32_t                   x, y;
    const hr_org_t            *org = ctx;
    const hr_org_slot_rec_t   *slots = hr_org_slots(org);
    const hr_org_title_rec_t  *titles = hr_org_titles(org);

    x = slots[*(const uint32_t *) a].title;
    y = slots[*(const uint32_t *) b].title;

    if (titles[x].level != titles[y].level) {
        return titles[x].level < titles[y].level ? -1 : 1;
    }

    return x < y ? -1 : x > y;
}


hr_rc_t
hr_org_department_slots(const hr_org_t *org,
    const hr_org_department_t *department, const uint32_t **list,
    uint32_t *count, uint32_t **owned)
{
    uint32_t                  i, n, *copy;
    const hr_org_name_rec_t  *name;
    const hr_org_unit_rec_t  *unit;

    *owned = NULL;

    if (department->name != HR_ORG_NONE) {
        name = &hr_org_names(org)[department->name];
        *list = hr_org_list(org, HR_ORG_NAME_SLOTS) + name->first_slot;
        *count = name->slots;
        return HR_OK;
    }

    unit = &hr_org_units(org)[department->unit];
    copy = malloc((unit->slots + 1) * sizeof(uint32_t));

    if (copy == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < unit->slots; i++) {
        copy[i] = unit->first_slot + i;
    }

    qsort_r(copy, unit->slots, sizeof(uint32_t), hr_org_slot_order, (void *) org);

    for (i = 0, n = 0; i < unit->slots; i++) {
        if (n == 0 || hr_org_slots(org)[copy[n - 1]].title
                      != hr_org_slots(org)[copy[i]].title)
        {
            copy[n++] = copy[i];
        }
    }

    *list = copy;
    *count = n;
    *owned = copy;

    return HR_OK;
}


static void
hr_org_write_entry_paths(const hr_org_t *org,
    const hr_org_department_t *department, hr_jw_t *w)
{
    const hr_org_name_rec_t  *name;

    hr_jw_key(w, "paths");

    if (department->name == HR_ORG_NONE) {
        hr_org_write_paths(org, &department->unit, 1, w);
        return;
    }

    name = &hr_org_names(org)[department->name];
    hr_org_write_paths(org, hr_org_list(org, HR_ORG_NAME_UNITS)
                            + name->first_unit, name->units, w);
}


static void
hr_org_write_entry_head(const hr_org_t *org,
    const hr_org_department_t *department, uint32_t positions, hr_jw_t *w)
{
    hr_str_t  name = hr_org_unit_name(org, department->unit);

    hr_jw_kstr(w, "name", name);
    hr_jw_kstr(w, "display_name", name);
    hr_jw_kstr(w, "path", hr_org_text(org, hr_org_units(org)[department->unit]
                                           .path_text));
    hr_jw_kint(w, "positions_count", positions);
}


static void
hr_org_write_entry_tail(const hr_org_t *org,
    const hr_org_department_t *department, hr_jw_t *w)
{
    hr_jw_kstr(w, "id", hr_org_text(org, hr_org_units(org)[department->unit]
                                         .path));
    hr_org_write_entry_paths(org, department, w);
}


void
hr_org_write_entry(const hr_org_t *org, const hr_org_department_t *department,
    uint32_t positions, const hr_org_view_t *view, hr_jw_t *w)
{
    hr_jw_object(w);
    hr_org_write_entry_head(org, department, positions, w);
    hr_jw_kstr(w, "last_updated", view->last_updated);
    hr_org_write_entry_tail(org, department, w);
    hr_jw_end_object(w);
}


void
hr_org_write_position(const hr_org_t *org, uint32_t slot,
    const hr_org_view_t *view, hr_jw_t *w)
{
    const hr_org_title_rec_t  *title = hr_org_slot_title(org, slot);

    hr_jw_object(w);
    hr_jw_kstr(w, "name", hr_org_text(org, title->text));
    hr_jw_kint(w, "level", title->level);
    hr_jw_kstr(w, "category", hr_org_text(org, title->category));
    hr_jw_kstr(w, "department",
               hr_org_unit_name(org, hr_org_slots(org)[slot].unit));
    hr_jw_kstr(w, "last_updated", view->last_updated);
    hr_jw_end_object(w);
}


/* "positions" and "statistics" of one catalogue entry */
static void
hr_org_write_position_list(const hr_org_t *org, const uint32_t *list,
    uint32_t count, const hr_org_view_t *view, hr_org_tallies_t *tallies,
    hr_jw_t *w)
{
    uint32_t  i;

    memset(tallies, 0, sizeof(hr_org_tallies_t));

    hr_jw_key(w, "positions");
    hr_jw_array(w);

    for (i = 0; i < count; i++) {
        hr_org_write_position(org, list[i], view, w);
        hr_org_tally_title(org, hr_org_slot_title(org, list[i]), tallies);
    }

    hr_jw_end_array(w);
}


static void
hr_org_write_statistics(const hr_org_tallies_t *tallies, hr_jw_t *w)
{
    hr_jw_key(w, "statistics");
    hr_jw_object(w);
    hr_org_write_tally(w, "levels", &tallies->levels);
    hr_org_write_tally(w, "categories", &tallies->categories);
    hr_jw_end_object(w);
}


/* --- answers ---------------------------------------------------------------------- */

hr_rc_t
hr_org_write_departments(const hr_org_t *org, const hr_org_view_t *view,
    hr_jw_t *w)
{
    uint32_t             i, count = hr_org_count(org, HR_ORG_NAMES);
    hr_org_department_t  entry;

    hr_jw_object(w);
    hr_jw_key(w, "departments");
    hr_jw_array(w);

    for (i = 0; i < count; i++) {
        entry = hr_org_entry_of(org, i);
        hr_org_write_entry(org, &entry, hr_org_names(org)[i].slots, view, w);
    }

    hr_jw_end_array(w);
    hr_jw_kint(w, "total_count", count);
    hr_jw_kbool(w, "cached", view->cached);
    hr_jw_kstr(w, "last_updated", view->last_updated);
    hr_jw_end_object(w);

    return w->out->err;
}


hr_rc_t
hr_org_write_department(const hr_org_t *org,
    const hr_org_department_t *department, const hr_org_view_t *view,
    hr_jw_t *w)
{
    hr_rc_t           rc;
    uint32_t          count, *owned;
    const uint32_t   *list;
    hr_org_tallies_t  tallies;

    rc = hr_org_department_slots(org, department, &list, &count, &owned);

    if (rc != HR_OK) {
        return rc;
    }

    hr_jw_object(w);
    hr_org_write_entry_head(org, department, count, w);
    hr_org_write_position_list(org, list, count, view, &tallies, w);
    hr_org_write_statistics(&tallies, w);
    hr_org_write_entry_tail(org, department, w);
    hr_jw_end_object(w);

    free(owned);

    return w->out->err;
}


hr_rc_t
hr_org_write_department_positions(const hr_org_t *org,
    const hr_org_department_t *department, hr_str_t echo,
    const hr_org_view_t *view, hr_jw_t *w, size_t *total)
{
    hr_rc_t           rc;
    uint32_t          count = 0, *owned = NULL;
    const uint32_t   *list = NULL;
    hr_org_tallies_t  tallies;

    if (department != NULL) {
        rc = hr_org_department_slots(org, department, &list, &count, &owned);

        if (rc != HR_OK) {
            return rc;
        }
    }

    hr_jw_object(w);
    hr_jw_kstr(w, "department", echo);
    hr_org_write_position_list(org, list, count, view, &tallies, w);
    hr_jw_kint(w, "total_count", count);
    hr_org_write_statistics(&tallies, w);
    hr_jw_kbool(w, "cached", view->cached);
    hr_jw_kstr(w, "last_updated", count == 0 ? HR_STR_NULL : view->last_updated);
    hr_jw_end_object(w);

    free(owned);

    if (total != NULL) {
        *total = count;
    }

    return w->out->err;
}


hr_rc_t
hr_org_write_catalog_stats(const hr_org_t *org, hr_jw_t *w)
{
    uint32_t              i;
    hr_org_tallies_t      tallies;
    const hr_org_info_t  *info = &org->info;

    memset(&tallies, 0, sizeof(tallies));

    for (i = 0; i < info->slots; i++) {
        hr_org_tally_title(org, hr_org_slot_title(org, i), &tallies);
    }

    hr_jw_object(w);

    hr_jw_key(w, "departments");
    hr_jw_object(w);
    hr_jw_kint(w, "total_count", info->names);
    hr_jw_kint(w, "with_positions", info->names_with_positions);
    hr_jw_end_object(w);

    hr_jw_key(w, "positions");
    hr_jw_object(w);
    hr_jw_kint(w, "total_count", info->slots);
    hr_jw_kdouble(w, "average_per_department",
                  hr_round((double) info->slots / info->names, 2));
    hr_org_write_tally(w, "levels_distribution", &tallies.levels);
    hr_org_write_tally(w, "categories_distribution", &tallies.categories);
    hr_jw_kdouble(w, "average_per_unit",
                  hr_round((double) info->slots / info->units, 2));
    hr_jw_end_object(w);

    hr_jw_key(w, "cache_status");
    hr_jw_object(w);
    hr_jw_kbool(w, "departments_cached", true);
    hr_jw_kint(w, "positions_cached_count", info->units);
    hr_jw_kbool(w, "centralized_cache", true);
    hr_jw_kc(w, "cache_type", "organization_cache (path-based)");
    hr_jw_end_object(w);

    hr_jw_end_object(w);

    return w->out->err;
}
