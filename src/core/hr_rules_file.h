/* The beginning of every rules file: one JSON object that lives as long as what is
 * made of it. */

#ifndef HR_RULES_FILE_H
#define HR_RULES_FILE_H

#include "hr_json.h"


typedef struct {
    hr_arena_t  *arena;
    hr_json_t   *root;          /* an object */
    void        *made;          /* zeroed, in the arena */
} hr_rules_file_t;

/*
 * max: bytes of the file; memory: of the arena; size: of what is made of it.
 * HR_LIMIT, HR_INVALID, HR_NOMEM: diag says why and where, nothing is left.  The
 * arena is the caller's.
 */
hr_rc_t hr_rules_file_open(hr_str_t json, size_t max, size_t memory, size_t size,
    hr_rules_file_t *out, hr_diag_t *diag);

#endif /* HR_RULES_FILE_H */
