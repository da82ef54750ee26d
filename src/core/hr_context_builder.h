/* The context while it is built; inside of the context module. */

#ifndef HR_CONTEXT_BUILDER_H
#define HR_CONTEXT_BUILDER_H

#include "hr_context.h"
#include "hr_context_org.h"


typedef struct {
    const hr_context_sources_t  *sources;
    const hr_org_t              *org;
    const hr_prompt_t           *prompt;
    const hr_context_request_t  *request;
    hr_arena_t                  *arena;
    hr_context_t                *c;
    hr_context_branch_t          branch;
    size_t                       company_budget;
    hr_it_query_t                it_query;
} hr_context_builder_t;

/* The prompt has the variable; without a prompt all are wanted. */
bool hr_context_wanted(const hr_context_builder_t *b, hr_context_var_t var);
/* The buffer's text in the arena, or what to say when it is empty. */
hr_rc_t hr_context_take(hr_context_builder_t *b, hr_buf_t *buf,
    const char *empty, hr_str_t *out);

/* Steps, each of which fills the values that it is called after. */
hr_rc_t hr_context_blocks(hr_context_builder_t *b);
hr_rc_t hr_context_hierarchy(hr_context_builder_t *b);
hr_rc_t hr_context_headcount(hr_context_builder_t *b);
hr_rc_t hr_context_position(hr_context_builder_t *b);
hr_rc_t hr_context_schema(hr_context_builder_t *b);
hr_rc_t hr_context_kpi(hr_context_builder_t *b);
hr_rc_t hr_context_it(hr_context_builder_t *b);
hr_rc_t hr_context_company(hr_context_builder_t *b);
hr_rc_t hr_context_org_structure(hr_context_builder_t *b);
hr_rc_t hr_context_foreign_text(hr_context_builder_t *b);
hr_rc_t hr_context_roles(hr_context_builder_t *b);
/* Over the budget: makes blocks smaller in the order of I-19. */
hr_rc_t hr_context_trim(hr_context_builder_t *b);

#endif /* HR_CONTEXT_BUILDER_H */
