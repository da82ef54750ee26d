/*
 * Legend of IT systems (improvements I-15): the model sees the generic names of
 * the map; a file that never leaves the installation says which products they
 * stand for, and the finished document names the products.
 *
 * data/it_legend.json: {"<name in the map>": "<product>", ...}.  Without it the
 * generic names stay.  Immutable after load.
 */

#ifndef HR_LEGEND_H
#define HR_LEGEND_H

#include "hr_fixes.h"


#define HR_LEGEND_MAX        2000       /* entries */
#define HR_LEGEND_BYTES_MAX  (512u * 1024)

typedef struct hr_legend_s  hr_legend_t;

/*
 * Refuses a product that contains a generic name: replacing would not end, and
 * a document would change with every pass.  HR_INVALID with the entry in diag.
 */
hr_rc_t hr_legend_load(hr_arena_t *arena, hr_str_t json,
    const hr_legend_t **out, hr_diag_t *diag);

size_t hr_legend_count(const hr_legend_t *legend);      /* NULL: 0 */

/*
 * Replaces the names in every text of the document outside the reasoning
 * members, as whole words, also with a small first letter; longer names first.
 * One fix "legend" for each text.  legend NULL: nothing.
 */
void hr_legend_apply(const hr_legend_t *legend, hr_json_t *document,
    hr_arena_t *arena, hr_fixes_t *fixes);

#endif /* HR_LEGEND_H */
