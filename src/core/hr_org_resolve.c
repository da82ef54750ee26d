/*
 * From a unit reference and a title to one unit and one slot (data-files.md
 * 4.4 rules 2 to 5), and the suggestions when there is none.
 */

#include "hr_org_image.h"


#define HR_ORG_SUGGEST_ARENA  (64u * 1024)
#define HR_ORG_SUGGEST_BYTES  4096
#define HR_ORG_SUGGEST_CHARS  120       /* bounds the cost of the distances */

typedef struct {
    uint32_t  unit;
    uint32_t  distance;         /* of the last element */
    uint32_t  above;            /* ancestors of the reference that it lacks */
    bool      contains;
} hr_org_suggestion_t;


/* --- bare names ------------------------------------------------------------------ */

static bool
hr_org_qualifies(const hr_org_t *org, const hr_org_choice_t *choice,
    uint32_t unit, uint32_t title_key)
{
    const hr_org_unit_rec_t  *rec = &hr_org_units(org)[unit];

    if (choice->direct) {
        return hr_org_slot_in(org, title_key, rec->first_slot,
                              rec->first_slot + rec->slots) != HR_ORG_NONE;
    }

    if (choice->below) {
        return hr_org_slot_in(org, title_key, rec->first_slot, rec->end_slot)
               != HR_ORG_NONE;
    }

    return true;
}


static bool
hr_org_choose_try(const hr_org_t *org, uint32_t title_key,
    hr_org_choice_t *choice)
{
    uint32_t  i;

    choice->qualified = 0;
    choice->first = HR_ORG_NONE;

    for (i = 0; i < choice->total; i++) {
        if (hr_org_qualifies(org, choice, choice->units[i], title_key)
            && choice->qualified++ == 0)
        {
            choice->first = choice->units[i];
        }
    }

    return choice->qualified > 0;
}


/*
 * Units that hold the title themselves; else those that have it below; else
 * all of that name.
 */
void
hr_org_choose(const hr_org_t *org, uint32_t name_key, uint32_t title_key,
    hr_org_choice_t *choice)
{
    const hr_org_key_rec_t  *rec;

    rec = (const hr_org_key_rec_t *) hr_org_at(org, HR_ORG_NAME_KEYS) + name_key;

    memset(choice, 0, sizeof(hr_org_choice_t));
    choice->units = hr_org_list(org, HR_ORG_KEY_UNITS) + rec->first;
    choice->total = rec->count;

    if (title_key != HR_ORG_NONE) {
        choice->direct = true;

        if (hr_org_choose_try(org, title_key, choice)) {
            return;
        }

        choice->direct = false;
        choice->below = true;

        if (hr_org_choose_try(org, title_key, choice)) {
            return;
        }

        choice->below = false;
    }

    (void) hr_org_choose_try(org, title_key, choice);
}


static void
hr_org_resolve_name(const hr_org_t *org, uint32_t name_key, uint32_t title_key,
    hr_org_resolved_t *out)
{
    uint32_t         i;
    hr_org_choice_t  choice;

    hr_org_choose(org, name_key, title_key, &choice);

    out->unit = choice.first;
    out->ambiguous_department = choice.qualified > 1;
    out->candidates_total = choice.qualified;

    for (i = 0; i < choice.total
                && out->candidates_count < HR_ORG_CANDIDATES; i++)
    {
        if (hr_org_qualifies(org, &choice, choice.units[i], title_key)) {
            out->candidates[out->candidates_count++] = choice.units[i];
        }
    }
}


hr_rc_t
hr_org_resolve(const hr_org_t *org, hr_str_t department, hr_str_t position,
    hr_org_resolved_t *resolved)
{
    hr_rc_t                   rc;
    uint32_t                  name_key, title_key;
    const hr_org_unit_rec_t  *unit;

    memset(resolved, 0, sizeof(hr_org_resolved_t));
    resolved->unit = HR_ORG_NONE;
    resolved->position_unit = HR_ORG_NONE;
    resolved->slot = HR_ORG_NONE;

    if (hr_org_title_key(org, position, &title_key) == HR_NOMEM) {
        return HR_NOMEM;
    }

    if (hr_org_is_path(department)) {
        rc = hr_org_find_path(org, department, HR_ORG_PATH_SUFFIX,
                              &resolved->unit);

        if (rc == HR_OK) {
            resolved->candidates_total = 1;
            resolved->candidates_count = 1;
            resolved->candidates[0] = resolved->unit;
        }

    } else {
        rc = hr_org_name_key(org, department, &name_key);

        if (rc == HR_OK) {
            hr_org_resolve_name(org, name_key, title_key, resolved);
        }
    }

    if (rc == HR_NOMEM) {
        return HR_NOMEM;
    }

    if (rc != HR_OK) {
        resolved->suggestions_count = hr_org_suggest(org, department,
                                                     resolved->suggestions);
        return HR_NOT_FOUND;
    }

    resolved->position_unit = resolved->unit;

    if (hr_trim(position).len == 0) {
        return HR_OK;
    }

    /* the unit's own slots come first in the range of its subtree */
    unit = &hr_org_units(org)[resolved->unit];

    rc = hr_org_find_slot(org, resolved->unit, position, &resolved->slot);

    if (rc == HR_NOMEM) {
        return HR_NOMEM;
    }

    if (rc != HR_OK) {
        resolved->slot = hr_org_slot_in(org, title_key, unit->first_slot,
                                        unit->end_slot);
    }

    if (resolved->slot == HR_ORG_NONE) {
        resolved->position_not_in_structure = true;
    } else {
        resolved->position_unit = hr_org_slots(org)[resolved->slot].unit;
    }

    return HR_OK;
}


/* --- suggestions ------------------------------------------------------------------ */

static int
hr_org_suggestion_order(const hr_org_suggestion_t *x,
    const hr_org_suggestion_t *y)
{
    if (x->contains != y->contains) {
        return x->contains ? -1 : 1;
    }

    if (x->distance != y->distance) {
        return x->distance < y->distance ? -1 : 1;
    }

    if (x->above != y->above) {
        return x->above < y->above ? -1 : 1;
    }

    return x->unit < y->unit ? -1 : x->unit > y->unit;
}


/* Elements of the reference, the last one left out, that no ancestor is. */
static uint32_t
hr_org_missing_above(const hr_org_t *org, uint32_t unit, const uint32_t *keys,
    size_t count)
{
    size_t                    i;
    uint32_t                  missing = 0, up;
    const hr_org_unit_rec_t  *units = hr_org_units(org);
    const hr_org_name_rec_t  *names = hr_org_names(org);

    for (i = 0; i + 1 < count; i++) {
        for (up = units[unit].parent; up != HR_ORG_NONE; up = units[up].parent) {
            if (names[units[up].name].key == keys[i]) {
                break;
            }
        }

        missing += up == HR_ORG_NONE;
    }

    return missing;
}


/* Keeps the best ones in order; the list is short, so insertion is enough. */
static void
hr_org_suggestion_add(hr_org_suggestion_t *best, size_t *count,
    const hr_org_suggestion_t *candidate)
{
    size_t  i = *count;

    if (i == HR_ORG_SUGGESTIONS) {
        if (hr_org_suggestion_order(&best[i - 1], candidate) <= 0) {
            return;
        }

        i--;

    } else {
        (*count)++;
    }

    for ( /* void */ ; i > 0 && hr_org_suggestion_order(&best[i - 1], candidate)
                                > 0; i--)
    {
        best[i] = best[i - 1];
    }

    best[i] = *candidate;
}


/*
 * Names are compared, not paths: the last element of a path is what is
 * misspelt or misplaced, and the distances of whole paths would cost 20 times
 * as much.  Containment is by key, distance in code points of the keys.
 */
static size_t
hr_org_suggest_by(const hr_org_t *org, hr_str_t last, const uint32_t *above,
    size_t depth, hr_org_suggestion_t *best)
{
    size_t                   count = 0, distance;
    uint32_t                 i, j;
    hr_str_t                 key;
    const uint32_t          *units;
    hr_org_suggestion_t      candidate;
    const hr_org_key_rec_t  *keys = hr_org_at(org, HR_ORG_NAME_KEYS);

    for (i = 0; i < hr_org_count(org, HR_ORG_NAME_KEYS); i++) {
        key = hr_org_text(org, keys[i].key);
        units = hr_org_list(org, HR_ORG_KEY_UNITS) + keys[i].first;

        candidate.contains = last.len > 0 && hr_contains(key, last);
        distance = hr_edit_distance(key, last);
        candidate.distance = distance > UINT32_MAX ? UINT32_MAX
                                                   : (uint32_t) distance;

        for (j = 0; j < keys[i].count; j++) {
            candidate.unit = units[j];
            candidate.above = hr_org_missing_above(org, units[j], above, depth);
            hr_org_suggestion_add(best, &count, &candidate);
        }
    }

    return count;
}


size_t
hr_org_suggest(const hr_org_t *org, hr_str_t reference,
    uint32_t suggestions[HR_ORG_SUGGESTIONS])
{
    size_t               i, count;
    uint32_t             above[HR_ORG_MAX_DEPTH];
    hr_str_t             last;
    hr_arena_t          *arena;
    hr_org_parts_t       parts;
    hr_org_suggestion_t  best[HR_ORG_SUGGESTIONS];

    reference = hr_utf8_cut_bytes(reference, HR_ORG_SUGGEST_BYTES);
    hr_org_split(reference, &parts);

    if (parts.count == 0) {
        return 0;
    }

    arena = hr_arena_create(HR_ORG_SUGGEST_ARENA);

    if (arena == NULL) {
        return 0;
    }

    last = hr_match_key(arena, hr_utf8_cut(parts.part[parts.count - 1],
                                           HR_ORG_SUGGEST_CHARS));

    for (i = 0; i + 1 < parts.count; i++) {
        (void) hr_org_name_key(org, parts.part[i], &above[i]);
    }

    if (last.data == NULL) {
        hr_arena_destroy(arena);
        return 0;
    }

    count = hr_org_suggest_by(org, last, above, parts.count, best);
    hr_arena_destroy(arena);

    for (i = 0; i < count; i++) {
        suggestions[i] = best[i].unit;
    }

    return count;
}
