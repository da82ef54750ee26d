/*
 * The careerogram bridge (profile-document.md 7.3, decision 27).
 *
 * The client's editor knows two arrays of texts, source_positions and
 * target_positions; generated documents have objects.  Going out, the arrays
 * are derived and the objects kept beside them; coming back, the arrays are
 * compared with what was derived, and only entries whose text differs change.
 */

#ifndef HR_PROFILE_CAREER_H
#define HR_PROFILE_CAREER_H

#include "hr_profile_internal.h"


#define HR_CAREER_STEPS_MAX  1000       /* derived texts; further steps stay underived */

#define HR_CAREER_NAME_MAX   200        /* bytes in front of a text's colon */

#define HR_CAREER_GROWTHS    3
#define HR_CAREER_SOURCES    2

/* The growth lists of target_pathways and the lists of source_positions, in the
 * order of the editor. */
extern const char *const  hr_career_growth[HR_CAREER_GROWTHS];
extern const char *const  hr_career_sources[HR_CAREER_SOURCES];

typedef struct {
    hr_str_t  label[HR_CAREER_GROWTHS];
    hr_str_t  folded[HR_CAREER_GROWTHS][HR_LANG_COUNT];
    hr_str_t  rationale;
} hr_career_labels_t;

/* One entry of the derived target_positions. */
typedef struct {
    hr_str_t          text;         /* as the editor shows it */
    hr_str_t          raw;          /* a step that is a text: as stored */
    const hr_json_t  *step;
    size_t            growth;
    bool              used;
} hr_career_step_t;

typedef struct {
    hr_career_step_t  *items;
    size_t             count;
} hr_career_steps_t;


hr_rc_t hr_career_labels(hr_arena_t *arena, const hr_vocabulary_t *voc,
    hr_career_labels_t *out);
/* The growth type that a text names in front of its colon, or HR_CAREER_GROWTHS. */
hr_rc_t hr_career_named_growth(hr_arena_t *arena,
    const hr_career_labels_t *labels, hr_str_t text, size_t *growth);

/* Replaces the member careerogram of document by its read form. */
hr_rc_t hr_career_read(hr_arena_t *arena, hr_json_t *document,
    const hr_vocabulary_t *voc);

/* What is stored for an incoming careerogram; as hr_profile_merge_value(). */
hr_json_t *hr_career_merge(hr_profile_merger_t *m, const hr_json_t *stored,
    const hr_json_t *read, const hr_json_t *incoming);

/*
 * One step as the editor shows it: "type of growth: position → block →
 * department; rationale: ...".  An empty text: there is nothing to show.
 */
hr_rc_t hr_career_step_text(hr_arena_t *arena, const hr_career_labels_t *labels,
    size_t growth, const hr_json_t *step, hr_str_t *out);

/* A list as readers take it: an array's elements, or the value itself. */
const hr_json_t *hr_career_first(const hr_json_t *list);
const hr_json_t *hr_career_next(const hr_json_t *list, const hr_json_t *item);

/* Derived steps of target_pathways in the editor's order. */
hr_rc_t hr_career_steps(hr_arena_t *arena, const hr_career_labels_t *labels,
    const hr_json_t *pathways, hr_career_steps_t *out);
/* Their texts; source_positions as texts: predecessors, then entrants. */
hr_json_t *hr_career_target_texts(hr_arena_t *arena,
    const hr_career_labels_t *labels, const hr_json_t *pathways);
hr_json_t *hr_career_source_texts(hr_arena_t *arena, const hr_json_t *sources);

#endif /* HR_PROFILE_CAREER_H */
