/*
 * Company map (data-files.md 9): free Markdown, cut at its headings when it is
 * loaded; a position gets the general sections and those that mention its
 * units, within a budget.
 *
 * Immutable after load, shared by threads.
 */

#ifndef HR_COMPANY_H
#define HR_COMPANY_H

#include "hr_json.h"


#define HR_COMPANY_MAP_MAX       (2u * 1024 * 1024) /* bytes */
#define HR_COMPANY_SECTIONS_MAX  512

typedef struct hr_company_s  hr_company_t;

/*
 * rules: conf/company/company-map.json; map: the Markdown file, data NULL when
 * it could not be read: selections are then empty.
 */
hr_rc_t hr_company_load(hr_arena_t *arena, hr_str_t rules, hr_str_t map,
    const hr_company_t **out, hr_diag_t *diag);

bool hr_company_available(const hr_company_t *company);
size_t hr_company_section_count(const hr_company_t *company);
/* Default budget of the rules, code points. */
size_t hr_company_budget(const hr_company_t *company);

typedef struct {
    const hr_json_text_t  *pieces;  /* their texts belong to the company map */
    size_t    count;
    size_t    chars;            /* of all pieces */
    size_t    sections;         /* sent */
    size_t    dropped;          /* wanted, but over the budget */
} hr_company_part_t;

/*
 * The pieces one after the other are the text.  Nothing of it is copied: a
 * generation that waits for its model holds no text of the map.
 *
 * budget in code points; less than the general sections cuts those too.
 */
hr_rc_t hr_company_select(const hr_company_t *company, const hr_str_t *units,
    size_t depth, size_t budget, hr_arena_t *arena, hr_company_part_t *out);

#endif /* HR_COMPANY_H */
