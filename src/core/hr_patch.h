/*
 * JSON Patch (RFC 6902): making one from two documents, and applying one.
 */

#ifndef HR_PATCH_H
#define HR_PATCH_H

#include "hr_json.h"


#define HR_PATCH_OPS_MAX      2000
#define HR_PATCH_POINTER_MAX  2048      /* bytes of a JSON Pointer */

/*
 * Operations add, remove and replace that turn old into new, member order
 * apart.  More than HR_PATCH_OPS_MAX: one replace per differing top-level
 * member.
 */
hr_rc_t hr_patch_make(hr_arena_t *arena, const hr_json_t *old_document,
    const hr_json_t *new_document, hr_json_t **out);

/*
 * All six operations.  Applies everything or nothing: *out is a new tree,
 * document stays as it is.  HR_INVALID: malformed patch; HR_NOT_FOUND: a path
 * that does not exist; HR_CONFLICT: a test that failed; diag says which.
 */
hr_rc_t hr_patch_apply(hr_arena_t *arena, const hr_json_t *document,
    const hr_json_t *patch, hr_json_t **out, hr_diag_t *diag);

#endif /* HR_PATCH_H */
