/*
 * Answers of /api/organization but for the position list (api-core.md 2.4).
 */

#include "hr_org_render.h"


void
hr_org_write_paths(const hr_org_t *org, const uint32_t *units, size_t count,
    hr_jw_t *w)
{
    size_t  i;

    hr_jw_array(w);

    for (i = 0; i < count; i++) {
        hr_jw_str(w, hr_org_text(org, hr_org_units(org)[units[i]].path));
    }

    hr_jw_end_array(w);
}


/* --- members that several answers have -------------------------------------------- */

static void
hr_org_write_titles(const hr_org_t *org, const hr_org_unit_rec_t *unit,
    const char *key, hr_jw_t *w)
{
    uint32_t  i;

    hr_jw_key(w, key);
    hr_jw_array(w);

    for (i = unit->first_slot; i < unit->first_slot + unit->slots; i++) {
        hr_jw_str(w, hr_org_text(org, hr_org_slot_title(org, i)->text));
    }

    hr_jw_end_array(w);
}


/* Names from the block down to the unit. */
static void
hr_org_write_hierarchy(const hr_org_t *org, uint32_t unit, const char *key,
    hr_jw_t *w)
{
    uint32_t  level, top = hr_org_units(org)[unit].level;

    hr_jw_key(w, key);
    hr_jw_array(w);

    for (level = 0; level <= top; level++) {
        hr_jw_str(w, hr_org_unit_name(org, hr_org_ancestor(org, unit, level)));
    }

    hr_jw_end_array(w);
}


static void
hr_org_write_headcount(const hr_org_t *org, const hr_org_unit_rec_t *unit,
    hr_jw_t *w)
{
    if (unit->flags & HR_ORG_HAS_HEADCOUNT) {
        hr_jw_kint(w, "headcount", unit->headcount);
    } else {
        hr_jw_knull(w, "headcount");
    }

    hr_jw_kstr(w, "headcount_source", hr_org_text(org, unit->source));
    hr_jw_kstr(w, "headcount_department", hr_org_text(org, unit->department));
}


/* Additive: whose figure it is (data-files.md 2.2, DEFECT). */
static void
hr_org_write_headcount_kind(const hr_org_unit_rec_t *unit, hr_jw_t *w)
{
    if (unit->flags & HR_ORG_OWN_HEADCOUNT) {
        hr_jw_kint(w, "headcount_own", unit->headcount);
    } else {
        hr_jw_knull(w, "headcount_own");
    }

    hr_jw_kbool(w, "headcount_inherited",
                (unit->flags & HR_ORG_HAS_HEADCOUNT)
                && !(unit->flags & HR_ORG_OWN_HEADCOUNT));
}


/* --- search items ------------------------------------------------------------------ */

static void
hr_org_write_search_item(const hr_org_t *org, uint32_t index, hr_jw_t *w)
{
    const hr_org_unit_rec_t  *unit = &hr_org_units(org)[index];

    hr_jw_object(w);
    hr_jw_kstr(w, "display_name", hr_org_text(org, unit->display));
    hr_jw_kstr(w, "full_path", hr_org_text(org, unit->path));
    hr_jw_kint(w, "positions_count", unit->slots);
    hr_org_write_hierarchy(org, index, "hierarchy", w);
    hr_jw_kstr(w, "name", hr_org_unit_name(org, index));
    hr_org_write_titles(org, unit, "positions", w);

    hr_jw_kint(w, "level", unit->level);
    hr_org_write_headcount(org, unit, w);
    hr_jw_kstr(w, "hierarchy_text", hr_org_text(org, unit->path_text));
    hr_org_write_headcount_kind(unit, w);
    hr_jw_end_object(w);
}


hr_rc_t
hr_org_write_search_items(const hr_org_t *org, hr_jw_t *w)
{
    uint32_t         i, count = hr_org_unit_count(org);
    const uint32_t  *order = hr_org_list(org, HR_ORG_ORDER);

    hr_jw_object(w);
    hr_jw_key(w, "items");
    hr_jw_array(w);

    for (i = 0; i < count && w->out->err == HR_OK; i++) {
        hr_org_write_search_item(org, order[i], w);
    }

    hr_jw_end_array(w);
    hr_jw_kint(w, "total_count", count);
    hr_jw_kc(w, "source", "path_based_indexing");
    hr_jw_kbool(w, "includes_all_business_units", true);
    hr_jw_end_object(w);

    return w->out->err;
}


/* --- structure --------------------------------------------------------------------- */

/*
 * A unit and its siblings.  The target is compared by its place in the tree,
 * so that a sibling whose path is only a prefix of it is not marked (D-47).
 */
static void
hr_org_write_nodes(const hr_org_t *org, uint32_t first, uint32_t target,
    hr_jw_t *w)
{
    uint32_t                  i;
    const hr_org_unit_rec_t  *unit;

    hr_jw_object(w);

    for (i = first; i != HR_ORG_NONE; i = unit->next_sibling) {
        unit = &hr_org_units(org)[i];

        hr_jw_key_str(w, hr_org_unit_name(org, i));
        hr_jw_object(w);
        hr_jw_kstr(w, "name", hr_org_unit_name(org, i));
        hr_org_write_titles(org, unit, "positions", w);
        hr_jw_kbool(w, "is_target", hr_org_within(org, target, i));
        hr_jw_kbool(w, "is_target_exact", target == i);
        hr_jw_key(w, "children");

        if (unit->first_child == HR_ORG_NONE) {
            hr_jw_null(w);
        } else {
            hr_org_write_nodes(org, unit->first_child, target, w);
        }

        hr_jw_end_object(w);
    }

    hr_jw_end_object(w);
}


hr_rc_t
hr_org_write_structure(const hr_org_t *org, uint32_t unit, hr_str_t echo,
    hr_jw_t *w)
{
    if (unit >= hr_org_unit_count(org)) {
        return HR_NOT_FOUND;
    }

    hr_jw_object(w);
    hr_jw_kstr(w, "target_path", echo);
    hr_jw_kint(w, "total_business_units", hr_org_unit_count(org));
    hr_jw_key(w, "structure");
    hr_org_write_nodes(org, 0, unit, w);
    hr_jw_end_object(w);

    return w->out->err;
}


/* --- one unit ---------------------------------------------------------------------- */

static void
hr_org_write_enriched(const hr_org_t *org, const hr_org_unit_rec_t *unit,
    hr_str_t name, const hr_org_view_t *view, hr_jw_t *w)
{
    uint32_t                   i;
    const hr_org_title_rec_t  *title;

    hr_jw_key(w, "enriched_positions");
    hr_jw_array(w);

    for (i = unit->first_slot; i < unit->first_slot + unit->slots; i++) {
        title = hr_org_slot_title(org, i);

        hr_jw_object(w);
        hr_jw_kstr(w, "name", hr_org_text(org, title->text));
        hr_jw_kint(w, "level", title->level);
        hr_jw_kstr(w, "category", hr_org_text(org, title->category));
        hr_jw_kstr(w, "department", name);
        hr_jw_kstr(w, "full_path", hr_org_text(org, unit->path));
        hr_jw_kstr(w, "last_updated", view->last_updated);
        hr_jw_end_object(w);
    }

    hr_jw_end_array(w);
}


hr_rc_t
hr_org_write_unit(const hr_org_t *org, uint32_t unit, const hr_org_view_t *view,
    hr_jw_t *w)
{
    hr_str_t                  name;
    const hr_org_unit_rec_t  *rec;

    if (unit >= hr_org_unit_count(org)) {
        return HR_NOT_FOUND;
    }

    rec = &hr_org_units(org)[unit];
    name = hr_org_unit_name(org, unit);

    hr_jw_object(w);
    hr_jw_kstr(w, "name", name);
    hr_jw_kstr(w, "path", hr_org_text(org, rec->path));
    hr_jw_key(w, "data");
    hr_jw_raw(w, hr_org_text(org, rec->json));
    hr_jw_kint(w, "level", rec->level);
    hr_org_write_titles(org, rec, "positions", w);
    hr_org_write_headcount(org, rec, w);
    hr_org_write_hierarchy(org, unit, "hierarchy_path", w);
    hr_jw_kstr(w, "parent_path", rec->parent == HR_ORG_NONE ? HR_STR_NULL
               : hr_org_text(org, hr_org_units(org)[rec->parent].path));
    hr_org_write_enriched(org, rec, name, view, w);
    hr_org_write_headcount_kind(rec, w);
    hr_jw_end_object(w);

    return w->out->err;
}


/* --- totals ------------------------------------------------------------------------ */

/*
 * The levels appear as a depth-first walk meets them, which is 0, 1, 2, ...:
 * a unit is met after its parent.
 */
hr_rc_t
hr_org_write_stats(const hr_org_t *org, hr_jw_t *w)
{
    uint32_t              level;
    const hr_org_info_t  *info = &org->info;
    static const char     digits[] = "0123456789";

    hr_jw_object(w);

    hr_jw_key(w, "business_units");
    hr_jw_object(w);
    hr_jw_kint(w, "total_count", info->units);
    hr_jw_kint(w, "with_positions", info->units_with_positions);
    hr_jw_key(w, "by_levels");
    hr_jw_object(w);

    for (level = 0; level < info->depth; level++) {
        hr_jw_key_str(w, hr_str(digits + level, 1));
        hr_jw_int(w, info->units_by_level[level]);
    }

    hr_jw_end_object(w);
    hr_jw_end_object(w);

    hr_jw_key(w, "positions");
    hr_jw_object(w);
    hr_jw_kint(w, "total_count", info->slots);
    hr_jw_kdouble(w, "average_per_unit",
                  hr_round((double) info->slots / info->units, 2));
    hr_jw_end_object(w);

    hr_jw_kc(w, "indexing_method", "path_based");
    hr_jw_kc(w, "data_completeness", "100%");
    hr_jw_kc(w, "source", "organization_cache");
    hr_jw_end_object(w);

    return w->out->err;
}
