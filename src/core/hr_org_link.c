/*
 * Which profile belongs to which slot (api-core.md D-42 to D-44).  The stored
 * text is exact in nearly all rows, so that a row costs two or three table
 * look-ups and no memory.
 */

#include "hr_org_image.h"

#include <stdlib.h>


typedef struct {
    hr_instant_t  completed;    /* of the rows linked so far */
    hr_instant_t  archived;
} hr_org_newest_t;


static uint32_t
hr_org_slot_by_path(const hr_org_t *org, hr_str_t path, hr_str_t position,
    bool below)
{
    uint32_t                  unit, slot;
    const hr_org_unit_rec_t  *rec;

    if (hr_org_find_path(org, path, HR_ORG_PATH_SUFFIX, &unit) != HR_OK) {
        return HR_ORG_NONE;
    }

    if (hr_org_find_slot(org, unit, position, &slot) == HR_OK || !below) {
        return slot;
    }

    rec = &hr_org_units(org)[unit];

    return hr_org_slot_in(org, hr_org_title_key(org, position),
                          rec->first_slot, rec->end_slot);
}


static uint32_t
hr_org_slot_by_name(const hr_org_t *org, hr_str_t department,
    hr_str_t position)
{
    uint32_t                  slot, name_key, title_key;
    hr_org_choice_t           choice;
    const hr_org_unit_rec_t  *rec;

    name_key = hr_org_name_key(org, department);
    title_key = name_key == HR_ORG_NONE ? HR_ORG_NONE
                                        : hr_org_title_key(org, position);

    if (title_key == HR_ORG_NONE) {
        return HR_ORG_NONE;
    }

    hr_org_choose(org, name_key, title_key, &choice);

    if (choice.direct) {
        (void) hr_org_find_slot(org, choice.first, position, &slot);
        return slot;
    }

    if (!choice.below) {
        return HR_ORG_NONE;
    }

    rec = &hr_org_units(org)[choice.first];

    return hr_org_slot_in(org, title_key, rec->first_slot, rec->end_slot);
}


/*
 * unit_path is what generation stored: it names the very unit of the title, so
 * that a title that has left the unit is not looked for anywhere else.
 */
uint32_t
hr_org_slot_of(const hr_org_t *org, hr_str_t department, hr_str_t position,
    hr_str_t unit_path)
{
    if (unit_path.data != NULL && unit_path.len > 0) {
        return hr_org_slot_by_path(org, unit_path, position, false);
    }

    if (hr_org_is_path(department)) {
        return hr_org_slot_by_path(org, department, position, true);
    }

    return hr_org_slot_by_name(org, department, position);
}


/* Takes row into *link when it is newer than what is there. */
static void
hr_org_link_newer(const hr_org_profile_t *rows, uint32_t row,
    hr_instant_t created, uint32_t *link, hr_instant_t *newest)
{
    if (*link != HR_ORG_NONE
        && (created < *newest
            || (created == *newest && rows[row].rowid <= rows[*link].rowid)))
    {
        return;
    }

    *link = row;
    *newest = created;
}


static void
hr_org_link_row(const hr_org_t *org, const hr_org_profile_t *rows,
    uint32_t row, hr_org_link_t *links, hr_org_newest_t *newest,
    hr_org_link_stats_t *stats)
{
    bool                     completed;
    char                     uuid[37];
    uint32_t                 slot;
    hr_instant_t             created;
    const hr_org_profile_t  *p = &rows[row];

    completed = hr_str_eq(p->status, HR_STR("completed"));

    if (!completed && !hr_str_eq(p->status, HR_STR("archived"))) {
        return;
    }

    if (!hr_uuid_normalize(p->id, uuid)) {
        stats->skipped++;
        return;
    }

    slot = hr_org_slot_of(org, p->department, p->position, p->unit_path);

    if (slot == HR_ORG_NONE) {
        stats->unplaced++;
        return;
    }

    if (p->created_at.data == NULL || !hr_time_parse(p->created_at, &created)) {
        created = INT64_MIN;
    }

    if (completed) {
        hr_org_link_newer(rows, row, created, &links[slot].profile,
                          &newest[slot].completed);
    } else {
        hr_org_link_newer(rows, row, created, &links[slot].archived,
                          &newest[slot].archived);
    }
}


hr_rc_t
hr_org_link(const hr_org_t *org, const hr_org_profile_t *rows, size_t count,
    hr_org_link_t *links, hr_org_link_stats_t *stats)
{
    uint32_t              i, slots = hr_org_slot_count(org);
    hr_org_newest_t      *newest;
    hr_org_link_stats_t   counted;

    memset(&counted, 0, sizeof(counted));
    memset(links, 0xff, slots * sizeof(hr_org_link_t));    /* HR_ORG_NONE */

    if (count >= HR_ORG_NONE) {
        return HR_LIMIT;
    }

    newest = malloc((slots + 1) * sizeof(hr_org_newest_t));

    if (newest == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < count; i++) {
        hr_org_link_row(org, rows, i, links, newest, &counted);
    }

    free(newest);

    for (i = 0; i < slots; i++) {
        counted.with_profiles += links[i].profile != HR_ORG_NONE;
        counted.archived_only += links[i].profile == HR_ORG_NONE
                                 && links[i].archived != HR_ORG_NONE;
    }

    if (stats != NULL) {
        *stats = counted;
    }

    return HR_OK;
}


hr_rc_t
hr_org_link_tasks(const hr_org_t *org, const hr_org_task_t *tasks,
    size_t count, uint32_t *by_slot)
{
    uint32_t  i, slot;

    memset(by_slot, 0xff, hr_org_slot_count(org) * sizeof(uint32_t));

    if (count >= HR_ORG_NONE) {
        return HR_LIMIT;
    }

    for (i = 0; i < count; i++) {
        slot = hr_org_slot_of(org, tasks[i].department, tasks[i].position,
                              tasks[i].unit_path);

        if (slot != HR_ORG_NONE && by_slot[slot] == HR_ORG_NONE) {
            by_slot[slot] = i;
        }
    }

    return HR_OK;
}
