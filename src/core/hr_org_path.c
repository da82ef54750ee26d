/*
 * References that are paths (data-files.md 4.4 rule 2): the list of their
 * elements is followed down from the blocks, one key at a time.
 */

#include "hr_org_image.h"


#define HR_ORG_PATH_BYTES  (8u * 1024)  /* longer is never found */


/* Length of the separator at pos: "/" or " → "; 0 for none. */
static size_t
hr_org_separator(hr_str_t text, size_t pos)
{
    size_t  arrow = sizeof(HR_ORG_ARROW) - 1;

    if (text.data[pos] == '/') {
        return 1;
    }

    if (text.data[pos] == ' ' && text.len - pos >= arrow
        && memcmp(text.data + pos, HR_ORG_ARROW, arrow) == 0)
    {
        return arrow;
    }

    return 0;
}


bool
hr_org_is_path(hr_str_t reference)
{
    size_t  i;

    for (i = 0; i < reference.len; i++) {
        if (hr_org_separator(reference, i) != 0) {
            return true;
        }
    }

    return false;
}


void
hr_org_split(hr_str_t reference, hr_org_parts_t *parts)
{
    size_t    i, start = 0, width;
    hr_str_t  part;

    parts->count = 0;
    parts->too_many = false;

    if (reference.len == 0) {
        return;
    }

    for (i = 0; i <= reference.len; i += width == 0 ? 1 : width) {
        width = i < reference.len ? hr_org_separator(reference, i) : 1;

        if (width == 0) {
            continue;
        }

        part = hr_trim(hr_str(reference.data + start, i - start));
        start = i + width;

        if (part.len == 0) {
            continue;
        }

        if (parts->count == HR_ORG_MAX_DEPTH) {
            parts->too_many = true;
            return;
        }

        parts->part[parts->count++] = part;
    }
}


/* The one unit whose path ends with these name keys, or NONE. */
static uint32_t
hr_org_find_suffix(const hr_org_t *org, const uint32_t *keys, size_t count)
{
    size_t                    n;
    uint32_t                  i, unit, found = HR_ORG_NONE;
    const uint32_t           *list;
    const hr_org_key_rec_t   *last;
    const hr_org_unit_rec_t  *units = hr_org_units(org);
    const hr_org_name_rec_t  *names = hr_org_names(org);

    last = (const hr_org_key_rec_t *) hr_org_at(org, HR_ORG_NAME_KEYS)
           + keys[count - 1];
    list = hr_org_list(org, HR_ORG_KEY_UNITS) + last->first;

    for (i = 0; i < last->count; i++) {
        unit = list[i];
        n = count;

        while (n > 0 && unit != HR_ORG_NONE
               && names[units[unit].name].key == keys[n - 1])
        {
            unit = units[unit].parent;
            n--;
        }

        if (n > 0) {
            continue;
        }

        if (found != HR_ORG_NONE) {
            return HR_ORG_NONE;
        }

        found = list[i];
    }

    return found;
}


hr_rc_t
hr_org_find_path(const hr_org_t *org, hr_str_t path, hr_org_path_mode_t mode,
    uint32_t *unit)
{
    size_t          i;
    hr_rc_t         rc;
    uint32_t        keys[HR_ORG_MAX_DEPTH], at;
    hr_org_parts_t  parts;

    *unit = HR_ORG_NONE;

    if (path.len == 0 || path.len > HR_ORG_PATH_BYTES) {
        return HR_NOT_FOUND;
    }

    *unit = hr_org_path_exact(org, path);

    if (*unit != HR_ORG_NONE) {
        return HR_OK;
    }

    hr_org_split(path, &parts);

    if (parts.count == 0 || parts.too_many) {
        return HR_NOT_FOUND;
    }

    for (i = 0; i < parts.count; i++) {
        rc = hr_org_name_key(org, parts.part[i], &keys[i]);

        if (rc != HR_OK) {
            return rc;
        }
    }

    at = HR_ORG_NONE;

    for (i = 0; i < parts.count; i++) {
        at = hr_org_child(org, at, keys[i]);

        if (at == HR_ORG_NONE) {
            break;
        }
    }

    if (at == HR_ORG_NONE && mode == HR_ORG_PATH_SUFFIX && parts.count > 1) {
        at = hr_org_find_suffix(org, keys, parts.count);
    }

    *unit = at;

    return at == HR_ORG_NONE ? HR_NOT_FOUND : HR_OK;
}
