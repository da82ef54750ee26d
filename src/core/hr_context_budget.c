/*
 * The size of the prompt (improvements I-19).  Over the budget the blocks become
 * smaller in a fixed order: depth of the branch, sections of the company map,
 * detail of the IT systems, names of neighbours.  Nothing fails; what was cut is
 * reported.
 */

#include "hr_context_builder.h"
#include "hr_text.h"


#define HR_CONTEXT_STEPS_MAX  4         /* of making the company map smaller */


static size_t
hr_context_size(hr_context_builder_t *b)
{
    b->c->prompt_chars = b->prompt == NULL ? 0
                         : hr_prompt_chars(b->prompt, b->c->values,
                                           HR_VAR_COUNT);

    /* a data variable stands in a prompt once */
    if (b->prompt != NULL && hr_prompt_uses(b->prompt, HR_VAR_COMPANY_MAP)) {
        b->c->prompt_chars += b->c->company.chars;
    }

    return b->c->prompt_chars;
}


static size_t
hr_context_chars(const hr_context_builder_t *b, hr_context_var_t var)
{
    if (var == HR_VAR_COMPANY_MAP) {
        return b->c->company.chars;
    }

    return b->c->values[var].data == NULL ? 0
                                          : hr_utf8_count(b->c->values[var]);
}


/* One block was made smaller; what counts is the first size and the last. */
static void
hr_context_trimmed(hr_context_builder_t *b, hr_context_var_t var, size_t before)
{
    size_t              after = hr_context_chars(b, var);
    const char         *what = hr_context_variables[var].name;
    hr_context_trim_t  *trim;

    if (after >= before) {
        return;
    }

    for (size_t i = 0; i < b->c->trim_count; i++) {
        if (strcmp(b->c->trims[i].what, what) == 0) {
            b->c->trims[i].after = after;
            return;
        }
    }

    if (b->c->trim_count < HR_CONTEXT_TRIMS_MAX) {
        trim = &b->c->trims[b->c->trim_count++];
        trim->what = what;
        trim->before = before;
        trim->after = after;
    }
}


static hr_rc_t
hr_context_trim_branch(hr_context_builder_t *b)
{
    size_t   before;
    hr_rc_t  rc = HR_OK;

    while (rc == HR_OK && b->branch.depth > 0
           && hr_context_size(b) > b->sources->rules->total_chars)
    {
        before = hr_context_chars(b, HR_VAR_ORG_STRUCTURE);
        b->branch.depth--;
        rc = hr_context_org_structure(b);
        hr_context_trimmed(b, HR_VAR_ORG_STRUCTURE, before);
    }

    return rc;
}


static hr_rc_t
hr_context_trim_company(hr_context_builder_t *b)
{
    size_t   over, before;
    hr_rc_t  rc = HR_OK;

    for (int i = 0; i < HR_CONTEXT_STEPS_MAX && rc == HR_OK; i++) {

        before = hr_context_chars(b, HR_VAR_COMPANY_MAP);
        over = hr_context_size(b);

        if (over <= b->sources->rules->total_chars || before == 0) {
            break;
        }

        over -= b->sources->rules->total_chars;
        b->company_budget = before > over ? before - over : 0;
        rc = hr_context_company(b);
        hr_context_trimmed(b, HR_VAR_COMPANY_MAP, before);
    }

    return rc;
}


hr_rc_t
hr_context_trim(hr_context_builder_t *b)
{
    size_t   before, max = b->sources->rules->total_chars;
    hr_rc_t  rc;

    if (hr_context_size(b) <= max) {
        return HR_OK;
    }

    rc = hr_context_trim_branch(b);

    if (rc == HR_OK) {
        rc = hr_context_trim_company(b);
    }

    if (rc == HR_OK && hr_context_size(b) > max) {
        before = hr_context_chars(b, HR_VAR_IT_SYSTEMS);
        b->it_query.reduced = true;
        rc = hr_context_it(b);
        hr_context_trimmed(b, HR_VAR_IT_SYSTEMS, before);
    }

    if (rc == HR_OK && hr_context_size(b) > max) {
        before = hr_context_chars(b, HR_VAR_ORG_STRUCTURE);
        b->branch.siblings = 0;
        rc = hr_context_org_structure(b);
        hr_context_trimmed(b, HR_VAR_ORG_STRUCTURE, before);
    }

    (void) hr_context_size(b);

    return rc;
}
