/* The difference of two organisation images as an answer. */

#include "hr_org_image.h"


static hr_str_t
hr_org_path_of(const hr_org_t *org, uint32_t unit)
{
    return hr_org_text(org, hr_org_units(org)[unit].path);
}


static void
hr_org_write_head(const hr_org_t *org, uint32_t unit, const char *key,
    hr_jw_t *w)
{
    uint32_t  head = hr_org_units(org)[unit].head;

    hr_jw_kstr(w, key, head == HR_ORG_NONE
                       ? HR_STR_NULL
                       : hr_org_text(org, hr_org_slot_title(org, head)->text));
}


static void
hr_org_write_pair(const hr_org_t *before, const hr_org_t *after,
    const hr_org_change_t *change, hr_jw_t *w)
{
    size_t  i;

    static const struct {
        unsigned     field;
        const char  *word;
    } fields[] = {
        { HR_ORG_CHANGED_NUMBER,    "number" },
        { HR_ORG_CHANGED_HEADCOUNT, "headcount" },
        { HR_ORG_CHANGED_HEAD,      "head" },
        { HR_ORG_CHANGED_SPELLING,  "spelling" },
    };

    hr_jw_object(w);
    hr_jw_kstr(w, "before", hr_org_path_of(before, change->before));
    hr_jw_kstr(w, "after", hr_org_path_of(after, change->after));
    hr_jw_key(w, "changes");
    hr_jw_array(w);

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (change->fields & fields[i].field) {
            hr_jw_c(w, fields[i].word);
        }
    }

    hr_jw_end_array(w);

    if (change->fields & HR_ORG_CHANGED_HEAD) {
        hr_org_write_head(before, change->before, "head_before", w);
        hr_org_write_head(after, change->after, "head_after", w);
    }

    hr_jw_end_object(w);
}


static void
hr_org_write_slot(const hr_org_t *org, uint32_t slot, hr_jw_t *w)
{
    hr_jw_object(w);
    hr_jw_kstr(w, "unit_path",
               hr_org_path_of(org, hr_org_slots(org)[slot].unit));
    hr_jw_kstr(w, "position",
               hr_org_text(org, hr_org_slot_title(org, slot)->text));
    hr_jw_end_object(w);
}


static void
hr_org_write_kind(const hr_org_t *before, const hr_org_t *after,
    const hr_org_change_t *changes, size_t count, hr_org_change_kind_t kind,
    const char *key, hr_jw_t *w)
{
    size_t  i;

    hr_jw_key(w, key);
    hr_jw_array(w);

    for (i = 0; i < count; i++) {
        if (changes[i].kind != kind) {
            continue;
        }

        switch (kind) {
        case HR_ORG_UNIT_VANISHED:
            hr_jw_str(w, hr_org_path_of(before, changes[i].before));
            break;
        case HR_ORG_UNIT_ADDED:
            hr_jw_str(w, hr_org_path_of(after, changes[i].after));
            break;
        case HR_ORG_UNIT_MOVED:
        case HR_ORG_UNIT_CHANGED:
            hr_org_write_pair(before, after, &changes[i], w);
            break;
        case HR_ORG_SLOT_VANISHED:
            hr_org_write_slot(before, changes[i].before, w);
            break;
        case HR_ORG_SLOT_ADDED:
            hr_org_write_slot(after, changes[i].after, w);
            break;
        }
    }

    hr_jw_end_array(w);
}


hr_rc_t
hr_org_write_diff(const hr_org_t *before, const hr_org_t *after,
    const hr_org_change_t *changes, size_t count, hr_jw_t *w)
{
    size_t  i;

    static const struct {
        hr_org_change_kind_t   kind;
        const char            *key;
        const char            *group;   /* opens an object of that name */
    } lists[] = {
        { HR_ORG_UNIT_VANISHED, "vanished", "units" },
        { HR_ORG_UNIT_ADDED,    "added",    NULL },
        { HR_ORG_UNIT_MOVED,    "moved",    NULL },
        { HR_ORG_UNIT_CHANGED,  "changed",  NULL },
        { HR_ORG_SLOT_VANISHED, "vanished", "positions" },
        { HR_ORG_SLOT_ADDED,    "added",    NULL },
    };

    hr_jw_object(w);

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (lists[i].group != NULL) {
            if (i > 0) {
                hr_jw_end_object(w);
            }

            hr_jw_key(w, lists[i].group);
            hr_jw_object(w);
        }

        hr_org_write_kind(before, after, changes, count, lists[i].kind,
                          lists[i].key, w);
    }

    hr_jw_end_object(w);
    hr_jw_end_object(w);

    return w->out->err;
}
