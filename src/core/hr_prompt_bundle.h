/* The cut and escaped prompt, shared by its loader and its renderer. */

#ifndef HR_PROMPT_BUNDLE_H
#define HR_PROMPT_BUNDLE_H

#include "hr_prompt.h"


#define HR_PROMPT_STATIC  SIZE_MAX

/* Either escaped static text or a variable. */
typedef struct {
    hr_str_t  escaped;
    size_t    variable;         /* HR_PROMPT_STATIC, or an index of the rules */
    size_t    chars;            /* of the static text */
} hr_prompt_piece_t;

typedef struct {
    hr_str_t  opening;          /* {"role":"user","content":" */
    size_t    first;            /* pieces first..last-1 */
    size_t    last;
} hr_prompt_message_t;

struct hr_prompt_s {
    hr_arena_t           *arena;
    hr_prompt_info_t      info;
    const hr_schema_t    *schema;
    hr_prompt_message_t   messages[HR_PROMPT_MESSAGES_MAX];
    size_t                message_count;
    hr_prompt_piece_t     pieces[HR_PROMPT_PIECES_MAX];
    size_t                piece_count;
    hr_str_t              marks[HR_PROMPT_MARKS_MAX];   /* of data sections */
    size_t                mark_count;
    const hr_prompt_variable_t  *variables;
    size_t                variable_count;
};

/* text as the inside of a JSON string, in the arena */

#endif /* HR_PROMPT_BUNDLE_H */
