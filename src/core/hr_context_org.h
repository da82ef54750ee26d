/* The organisation's share of the context; inside of the context module. */

#ifndef HR_CONTEXT_ORG_H
#define HR_CONTEXT_ORG_H

#include "hr_context.h"


typedef struct {
    size_t  depth;              /* levels below the unit */
    size_t  siblings;           /* names of neighbours */
    size_t  titles;             /* of one unit */
    size_t  chars;              /* hard budget */
} hr_context_branch_t;

/* The relevant branch as text; data NULL: no memory. */
hr_str_t hr_context_branch(const hr_org_t *org, const hr_context_t *c,
    const hr_context_branch_t *limits, hr_arena_t *arena);
/* Candidates for career steps, one a line, best first (I-07). */
hr_str_t hr_context_career(const hr_org_t *org, const hr_context_t *c,
    size_t max, hr_arena_t *arena);
/* Units whose functions are not ours (I-13): siblings, then those of the parents. */
void hr_context_foreign(const hr_org_t *org, hr_context_t *c, size_t max);
/* Head, span, direct manager, category. */
void hr_context_place(const hr_org_t *org, const hr_context_sources_t *sources,
    hr_context_t *c, hr_arena_t *arena);

/* The first unit of the list that the unit stands in. */
uint32_t hr_context_first_sibling(const hr_org_t *org,
    const hr_org_unit_t *unit);

#endif /* HR_CONTEXT_ORG_H */
