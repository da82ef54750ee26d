/* One pass of corrections; inside of the corrections. */

#ifndef HR_CORRECT_RUN_H
#define HR_CORRECT_RUN_H

#include "hr_correct.h"


typedef struct {
    const hr_correct_input_t  *in;
    hr_arena_t                *arena;
    hr_fixes_t                *fixes;
    hr_findings_t             *warnings;
    hr_json_t                 *document;
} hr_correct_t;

/* Sets a member; a full arena is c->fixes->rc. */
void hr_correct_put(hr_correct_t *c, hr_json_t *object, const char *key,
    hr_json_t *value);
/* A list of texts; NULL: no memory. */
hr_json_t *hr_correct_list(hr_correct_t *c, const hr_str_t *values,
    size_t count);

#endif /* HR_CORRECT_RUN_H */
