/*
 * Alignment of two JSON arrays by content, for hr_diff and hr_patch: the
 * longest common subsequence, then the remaining elements of each gap paired
 * when they are alike.
 */

#ifndef HR_ALIGN_H
#define HR_ALIGN_H

#include "hr_json.h"


/* Work for one comparison of documents; spent by all its arrays together. */
#define HR_ALIGN_CELLS_MAX   1000000u       /* of the subsequence tables */
#define HR_ALIGN_PAIRS_MAX   20000u         /* likenesses of two elements */
#define HR_ALIGN_GAP_MAX     64u            /* elements of a gap that are paired */
#define HR_ALIGN_LIKE        0.4            /* least likeness of a pair, 0..1 */

typedef struct {
    size_t  cells;
    size_t  pairs;
    bool    coarse;         /* a limit was hit: a result is less exact */
} hr_align_budget_t;

void hr_align_budget(hr_align_budget_t *budget);

typedef enum {
    HR_ALIGN_KEEP = 0,      /* equal */
    HR_ALIGN_CHANGE,        /* the same element, edited */
    HR_ALIGN_REMOVE,
    HR_ALIGN_ADD
} hr_align_op_t;

typedef struct {
    hr_align_op_t     op;
    const hr_json_t  *old_value;    /* NULL: ADD */
    const hr_json_t  *new_value;    /* NULL: REMOVE */
    size_t            old_index;
    size_t            new_index;
} hr_align_step_t;

typedef struct {
    hr_align_step_t  *steps;        /* old and new indexes both rise */
    size_t            count;
} hr_align_t;

/* HR_NOMEM is the only failure. */
hr_rc_t hr_align(hr_arena_t *arena, const hr_json_t *old_array,
    const hr_json_t *new_array, hr_align_budget_t *budget, hr_align_t *out);

/* How alike two values are, 0..1; different types: 0. */
double hr_align_likeness(const hr_json_t *a, const hr_json_t *b);

#endif /* HR_ALIGN_H */
