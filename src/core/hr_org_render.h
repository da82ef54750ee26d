/*
 * Pieces that several answers of the organisation share; for the hr_org_*.c
 * files only.
 */

#ifndef HR_ORG_RENDER_H
#define HR_ORG_RENDER_H

#include "hr_org_image.h"


/* Counts by text in the order of first occurrence (levels, categories). */
typedef struct {
    size_t      count;
    hr_str_t    text[HR_ORG_MAX_CATEGORIES];
    uint32_t    number[HR_ORG_MAX_CATEGORIES];
} hr_org_tally_t;

typedef struct {
    hr_org_tally_t  levels;
    hr_org_tally_t  categories;
} hr_org_tallies_t;

void hr_org_tally_title(const hr_org_t *org, const hr_org_title_rec_t *title,
    hr_org_tallies_t *tallies);
void hr_org_write_tally(hr_jw_t *w, const char *key,
    const hr_org_tally_t *tally);

/*
 * Distinct titles of a catalogue entry by (level, title), as slots.  list
 * points into the image or to *owned, which the caller free()s.
 */
hr_rc_t hr_org_department_slots(const hr_org_t *org,
    const hr_org_department_t *department, const uint32_t **list,
    uint32_t *count, uint32_t **owned);

/* DEPARTMENT and POSITION of api-core.md 2.3 */
void hr_org_write_entry(const hr_org_t *org,
    const hr_org_department_t *department, uint32_t positions,
    const hr_org_view_t *view, hr_jw_t *w);
void hr_org_write_position(const hr_org_t *org, uint32_t slot,
    const hr_org_view_t *view, hr_jw_t *w);

/* The entry of distinct name number name. */
hr_org_department_t hr_org_entry_of(const hr_org_t *org, uint32_t name);

#endif /* HR_ORG_RENDER_H */
