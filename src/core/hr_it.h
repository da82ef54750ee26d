/*
 * Map of IT systems (data-files.md 8): groups of systems, and the part of them
 * that a position gets by its type and by the function of its unit.
 *
 * Immutable after load, shared by threads.
 */

#ifndef HR_IT_H
#define HR_IT_H

#include "hr_json.h"


#define HR_IT_MAP_MAX      (512u * 1024)    /* bytes */
#define HR_IT_GROUPS_MAX   64
#define HR_IT_SYSTEMS_MAX  2000

typedef struct hr_it_s  hr_it_t;

typedef enum {
    HR_IT_TECHNICAL = 0,
    HR_IT_MANAGEMENT,
    HR_IT_BUSINESS_TECHNICAL,
    HR_IT_BUSINESS_GENERAL,
    HR_IT_SUPPORT
} hr_it_type_t;

/* "it_technical", ...: the prompt variable and metadata. */
const char *hr_it_type_name(hr_it_type_t type);

/*
 * rules: conf/company/it-systems.json; map: the Markdown file, data NULL when
 * it could not be read: selections are then empty.  HR_INVALID: diag has the
 * line of the map or the place of the rules.
 */
hr_rc_t hr_it_load(hr_arena_t *arena, hr_str_t rules, hr_str_t map,
    const hr_it_t **out, hr_diag_t *diag);

bool hr_it_available(const hr_it_t *it);
size_t hr_it_group_count(const hr_it_t *it);
size_t hr_it_system_count(const hr_it_t *it);

typedef struct {
    const hr_str_t  *units;         /* names of the path, block first */
    size_t           depth;
    hr_str_t         title;
    bool             manager;       /* the title leads people */
    bool             reduced;       /* over budget: fewer systems of a group */
} hr_it_query_t;

hr_it_type_t hr_it_type(const hr_it_t *it, const hr_it_query_t *query,
    hr_arena_t *arena);

/* text.data NULL: no memory; empty: the map is not available. */
hr_rc_t hr_it_select(const hr_it_t *it, const hr_it_query_t *query,
    hr_arena_t *arena, hr_it_type_t *type, hr_str_t *text);

#endif /* HR_IT_H */
