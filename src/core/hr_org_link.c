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


static hr_rc_t
hr_org_place_by_path(const hr_org_t *org, hr_str_t path, hr_str_t position,
    bool below, uint32_t *slot)
{
    hr_rc_t                   rc;
    uint32_t                  unit, key;
    const hr_org_unit_rec_t  *rec;

    rc = hr_org_find_path(org, path, HR_ORG_PATH_SUFFIX, &unit);

    if (rc == HR_OK) {
        rc = hr_org_find_slot(org, unit, position, slot);
    }

    if (rc != HR_NOT_FOUND || unit == HR_ORG_NONE || !below) {
        return rc;
    }

    rc = hr_org_title_key(org, position, &key);

    if (rc != HR_OK) {
        return rc;
    }

    rec = &hr_org_units(org)[unit];
    *slot = hr_org_slot_in(org, key, rec->first_slot, rec->end_slot);

    return *slot == HR_ORG_NONE ? HR_NOT_FOUND : HR_OK;
}


static hr_rc_t
hr_org_place_by_name(const hr_org_t *org, hr_str_t department,
    hr_str_t position, uint32_t *slot)
{
    hr_rc_t                   rc;
    uint32_t                  name_key, title_key;
    hr_org_choice_t           choice;
    const hr_org_unit_rec_t  *rec;

    rc = hr_org_name_key(org, department, &name_key);

    if (rc == HR_OK) {
        rc = hr_org_title_key(org, position, &title_key);
    }

    if (rc != HR_OK) {
        return rc;
    }

    hr_org_choose(org, name_key, title_key, &choice);

    if (choice.direct) {
        return hr_org_find_slot(org, choice.first, position, slot);
    }

    if (!choice.below) {
        return HR_NOT_FOUND;
    }

    rec = &hr_org_units(org)[choice.first];
    *slot = hr_org_slot_in(org, title_key, rec->first_slot, rec->end_slot);

    return HR_OK;
}


/*
 * unit_path is what generation stored: it names the very unit of the title, so
 * that a title that has left the unit is not looked for anywhere else.
 */
static hr_rc_t
hr_org_place(const hr_org_t *org, hr_str_t department, hr_str_t position,
    hr_str_t unit_path, uint32_t *slot)
{
    *slot = HR_ORG_NONE;

    if (unit_path.data != NULL && unit_path.len > 0) {
        return hr_org_place_by_path(org, unit_path, position, false, slot);
    }

    if (hr_org_is_path(department)) {
        return hr_org_place_by_path(org, department, position, true, slot);
    }

    return hr_org_place_by_name(org, department, position, slot);
}


uint32_t
hr_org_slot_of(const hr_org_t *org, hr_str_t department, hr_str_t position,
    hr_str_t unit_path)
{
    uint32_t  slot;

    (void) hr_org_place(org, department, position, unit_path, &slot);

    return slot;
}


hr_rc_t
hr_org_place_profile(const hr_org_t *org, hr_org_profile_t *profile)
{
    hr_rc_t  rc;

    rc = hr_org_place(org, profile->department, profile->position,
                      profile->unit_path, &profile->slot);

    if (rc == HR_NOMEM) {
        return rc;
    }

    if (rc != HR_OK) {
        profile->slot = HR_ORG_NONE;
    }

    profile->placed = true;

    return HR_OK;
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


static hr_rc_t
hr_org_link_row(const hr_org_t *org, const hr_org_profile_t *rows,
    uint32_t row, hr_org_link_t *links, hr_org_newest_t *newest,
    hr_org_link_stats_t *stats)
{
    bool                     completed;
    char                     uuid[37];
    hr_rc_t                  rc;
    uint32_t                 slot;
    hr_instant_t             created;
    const hr_org_profile_t  *p = &rows[row];

    completed = hr_str_eq(p->status, HR_STR("completed"));

    if (!completed && !hr_str_eq(p->status, HR_STR("archived"))) {
        return HR_OK;
    }

    if (!hr_uuid_normalize(p->id, uuid)) {
        stats->skipped++;
        return HR_OK;
    }

    if (p->placed) {
        slot = p->slot;
        rc = slot < hr_org_slot_count(org) ? HR_OK : HR_NOT_FOUND;

    } else {
        rc = hr_org_place(org, p->department, p->position, p->unit_path, &slot);
    }

    if (rc == HR_NOMEM) {
        return HR_NOMEM;
    }

    if (rc != HR_OK) {
        stats->unplaced++;
        return HR_OK;
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

    return HR_OK;
}


hr_rc_t
hr_org_link(const hr_org_t *org, const hr_org_profile_t *rows, size_t count,
    hr_org_link_t *links, hr_org_link_stats_t *stats)
{
    hr_rc_t               rc = HR_OK;
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

    for (i = 0; i < count && rc == HR_OK; i++) {
        rc = hr_org_link_row(org, rows, i, links, newest, &counted);
    }

    free(newest);

    if (rc != HR_OK) {
        return rc;
    }

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
        if (hr_org_place(org, tasks[i].department, tasks[i].position,
                         tasks[i].unit_path, &slot) == HR_NOMEM)
        {
            return HR_NOMEM;
        }

        if (slot != HR_ORG_NONE && by_slot[slot] == HR_ORG_NONE) {
            by_slot[slot] = i;
        }
    }

    return HR_OK;
}
