/* Harmless deviations of form; inside of the corrections. */

#ifndef HR_CORRECT_FORM_H
#define HR_CORRECT_FORM_H

#include "hr_fixes.h"
#include "hr_schema.h"
#include "hr_vocabulary.h"


/*
 * One walk: lists for texts and texts for lists, numbers written as texts,
 * objects written as texts, blanks, repeated items, unknown members.  A full
 * arena is fixes->rc.
 */
void hr_correct_form(const hr_schema_t *schema,
    const hr_vocabulary_t *vocabulary, hr_json_t *document, hr_arena_t *arena,
    hr_fixes_t *fixes);

#endif /* HR_CORRECT_FORM_H */
