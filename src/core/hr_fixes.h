/* The list of automatic corrections, metadata.validation.fixes (I-34). */

#ifndef HR_FIXES_H
#define HR_FIXES_H

#include "hr_json.h"


#define HR_FIXES_MAX      300           /* recorded; more are only counted */
#define HR_FIX_TEXT_MAX   200           /* code points of before and after */

typedef struct {
    hr_str_t     path;
    const char  *rule;
    hr_str_t     before;        /* data NULL: there was no value */
    hr_str_t     after;         /* data NULL: the value was removed */
} hr_fix_t;

typedef struct {
    hr_arena_t  *arena;
    hr_fix_t    *items;
    size_t       count;
    size_t       total;
    size_t       capacity;
    hr_rc_t      rc;            /* sticky */
} hr_fixes_t;

void hr_fixes_init(hr_fixes_t *fixes, hr_arena_t *arena);
/* Texts are copied and cut; rule is static. */
void hr_fixes_add(hr_fixes_t *fixes, const char *rule, hr_str_t path,
    hr_str_t before, hr_str_t after);
/* A value as text for "before"; NULL and null: {0, NULL}. */
hr_str_t hr_fixes_value(hr_fixes_t *fixes, const hr_json_t *value);
/* [{path, rule, before, after}]; NULL: no memory. */
hr_json_t *hr_fixes_json(const hr_fixes_t *fixes, hr_arena_t *arena);

#endif /* HR_FIXES_H */
