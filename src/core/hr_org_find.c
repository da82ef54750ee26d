/*
 * Lookups by the matching rules of data-files.md 4.4.  Every one tries the
 * exact text in a table first, which needs no memory; only when that misses is
 * the match key of the text made.
 */

#include "hr_org_image.h"


#define HR_ORG_FIND_BYTES  (HR_ORG_MAX_NAME * 4)    /* longer is never found */
#define HR_ORG_KEY_ARENA   (64u * 1024)

typedef hr_str_t (*hr_org_text_pt)(const hr_org_t *org, uint32_t index);


static hr_str_t
hr_org_text_of_name(const hr_org_t *org, uint32_t index)
{
    return hr_org_text(org, hr_org_names(org)[index].text);
}


static hr_str_t
hr_org_text_of_title(const hr_org_t *org, uint32_t index)
{
    return hr_org_text(org, hr_org_titles(org)[index].text);
}


static hr_str_t
hr_org_text_of_name_key(const hr_org_t *org, uint32_t index)
{
    const hr_org_key_rec_t  *keys = hr_org_at(org, HR_ORG_NAME_KEYS);

    return hr_org_text(org, keys[index].key);
}


static hr_str_t
hr_org_text_of_title_key(const hr_org_t *org, uint32_t index)
{
    const hr_org_key_rec_t  *keys = hr_org_at(org, HR_ORG_TITLE_KEYS);

    return hr_org_text(org, keys[index].key);
}


static hr_str_t
hr_org_text_of_path(const hr_org_t *org, uint32_t index)
{
    return hr_org_text(org, hr_org_units(org)[index].path);
}


static hr_str_t
hr_org_text_of_position(const hr_org_t *org, uint32_t index)
{
    return hr_org_text(org, hr_org_slots(org)[index].position_id);
}


static uint32_t
hr_org_probe(const hr_org_t *org, hr_org_section_t table, hr_str_t text,
    hr_org_text_pt text_of)
{
    uint32_t              i, hash, mask = hr_org_count(org, table) - 1;
    const hr_org_cell_t  *cell = hr_org_at(org, table);

    hash = hr_org_hash32(text);

    for (i = hash & mask; cell[i].value != HR_ORG_NONE; i = (i + 1) & mask) {
        if (cell[i].hash == hash && hr_str_eq(text, text_of(org, cell[i].value)))
        {
            return cell[i].value;
        }
    }

    return HR_ORG_NONE;
}


static hr_rc_t
hr_org_probe_key(const hr_org_t *org, hr_org_section_t table, hr_str_t text,
    hr_org_text_pt text_of, uint32_t *found)
{
    hr_str_t     key;
    hr_arena_t  *arena;

    *found = HR_ORG_NONE;

    if (text.len == 0 || text.len > HR_ORG_FIND_BYTES) {
        return HR_NOT_FOUND;
    }

    arena = hr_arena_create(HR_ORG_KEY_ARENA);

    if (arena == NULL) {
        return HR_NOMEM;
    }

    key = hr_match_key(arena, text);

    if (key.data == NULL) {
        hr_arena_destroy(arena);
        return HR_NOMEM;
    }

    *found = hr_org_probe(org, table, key, text_of);
    hr_arena_destroy(arena);

    return *found == HR_ORG_NONE ? HR_NOT_FOUND : HR_OK;
}


static uint32_t
hr_org_name_exact(const hr_org_t *org, hr_str_t name)
{
    return hr_org_probe(org, HR_ORG_HASH_NAME, name, hr_org_text_of_name);
}


static uint32_t
hr_org_title_exact(const hr_org_t *org, hr_str_t title)
{
    return hr_org_probe(org, HR_ORG_HASH_TITLE, title, hr_org_text_of_title);
}


uint32_t
hr_org_path_exact(const hr_org_t *org, hr_str_t path)
{
    return hr_org_probe(org, HR_ORG_HASH_PATH, path, hr_org_text_of_path);
}


hr_rc_t
hr_org_name_key(const hr_org_t *org, hr_str_t name, uint32_t *key)
{
    uint32_t  exact = hr_org_name_exact(org, name);

    if (exact != HR_ORG_NONE) {
        *key = hr_org_names(org)[exact].key;
        return HR_OK;
    }

    return hr_org_probe_key(org, HR_ORG_HASH_NAME_KEY, name,
                            hr_org_text_of_name_key, key);
}


hr_rc_t
hr_org_title_key(const hr_org_t *org, hr_str_t title, uint32_t *key)
{
    uint32_t  exact = hr_org_title_exact(org, title);

    if (exact != HR_ORG_NONE) {
        *key = hr_org_titles(org)[exact].key;
        return HR_OK;
    }

    return hr_org_probe_key(org, HR_ORG_HASH_TITLE_KEY, title,
                            hr_org_text_of_title_key, key);
}


uint32_t
hr_org_child(const hr_org_t *org, uint32_t parent, uint32_t name_key)
{
    uint32_t                  i, hash, unit;
    uint32_t                  mask = hr_org_count(org, HR_ORG_HASH_CHILD) - 1;
    const hr_org_cell_t      *cell = hr_org_at(org, HR_ORG_HASH_CHILD);
    const hr_org_unit_rec_t  *units = hr_org_units(org);
    const hr_org_name_rec_t  *names = hr_org_names(org);

    hash = hr_org_hash_pair(parent, name_key);

    for (i = hash & mask; cell[i].value != HR_ORG_NONE; i = (i + 1) & mask) {
        unit = cell[i].value;

        if (cell[i].hash == hash && units[unit].parent == parent
            && names[units[unit].name].key == name_key)
        {
            return unit;
        }
    }

    return HR_ORG_NONE;
}


uint32_t
hr_org_slot_in(const hr_org_t *org, uint32_t title_key, uint32_t from,
    uint32_t to)
{
    uint32_t                 low, high, middle;
    const uint32_t          *list;
    const hr_org_key_rec_t  *key;

    if (title_key == HR_ORG_NONE) {
        return HR_ORG_NONE;
    }

    key = (const hr_org_key_rec_t *) hr_org_at(org, HR_ORG_TITLE_KEYS) + title_key;
    list = hr_org_list(org, HR_ORG_KEY_SLOTS) + key->first;
    low = 0;
    high = key->count;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (list[middle] < from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }

    return low < key->count && list[low] < to ? list[low] : HR_ORG_NONE;
}


/* --- slots ---------------------------------------------------------------------- */

hr_rc_t
hr_org_find_slot(const hr_org_t *org, uint32_t unit, hr_str_t title,
    uint32_t *slot)
{
    hr_rc_t                   rc;
    uint32_t                  i, exact, key;
    const hr_org_unit_rec_t  *rec;

    *slot = HR_ORG_NONE;

    if (unit >= hr_org_unit_count(org)) {
        return HR_NOT_FOUND;
    }

    rec = &hr_org_units(org)[unit];
    exact = hr_org_title_exact(org, title);

    if (exact != HR_ORG_NONE) {
        for (i = rec->first_slot; i < rec->first_slot + rec->slots; i++) {
            if (hr_org_slots(org)[i].title == exact) {
                *slot = i;
                return HR_OK;
            }
        }
    }

    rc = hr_org_title_key(org, title, &key);

    if (rc != HR_OK) {
        return rc;
    }

    *slot = hr_org_slot_in(org, key, rec->first_slot,
                           rec->first_slot + rec->slots);

    return *slot == HR_ORG_NONE ? HR_NOT_FOUND : HR_OK;
}


hr_rc_t
hr_org_find_position_id(const hr_org_t *org, hr_str_t position_id,
    uint32_t *slot)
{
    *slot = hr_org_probe(org, HR_ORG_HASH_POSITION, position_id,
                         hr_org_text_of_position);

    return *slot == HR_ORG_NONE ? HR_NOT_FOUND : HR_OK;
}


/* --- catalogue ------------------------------------------------------------------ */

hr_rc_t
hr_org_find_department(const hr_org_t *org, hr_str_t reference,
    hr_org_department_t *department)
{
    hr_rc_t                   rc;
    uint32_t                  name, key;
    const uint32_t           *units;
    const hr_org_key_rec_t   *keys = hr_org_at(org, HR_ORG_NAME_KEYS);
    const hr_org_name_rec_t  *rec;

    department->name = HR_ORG_NONE;
    department->unit = HR_ORG_NONE;

    if (hr_org_is_path(reference)) {
        return hr_org_find_path(org, reference, HR_ORG_PATH_FULL,
                                &department->unit);
    }

    name = hr_org_name_exact(org, reference);

    if (name == HR_ORG_NONE) {
        rc = hr_org_name_key(org, reference, &key);

        if (rc != HR_OK) {
            return rc;
        }

        units = hr_org_list(org, HR_ORG_KEY_UNITS) + keys[key].first;
        name = hr_org_units(org)[units[0]].name;
    }

    rec = &hr_org_names(org)[name];
    department->name = name;
    department->unit = hr_org_list(org, HR_ORG_NAME_UNITS)
                       [rec->first_unit + rec->units - 1];

    return HR_OK;
}


size_t
hr_org_units_of_name(const hr_org_t *org, hr_str_t name, uint32_t *units,
    size_t max)
{
    uint32_t                 key;
    const hr_org_key_rec_t  *rec;

    if (hr_org_name_key(org, name, &key) != HR_OK) {
        return 0;
    }

    rec = (const hr_org_key_rec_t *) hr_org_at(org, HR_ORG_NAME_KEYS) + key;

    if (max > rec->count) {
        max = rec->count;
    }

    if (max > 0) {
        memcpy(units, hr_org_list(org, HR_ORG_KEY_UNITS) + rec->first,
               max * sizeof(uint32_t));
    }

    return rec->count;
}
