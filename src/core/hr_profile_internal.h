/* What the parts of the profile document share. */

#ifndef HR_PROFILE_INTERNAL_H
#define HR_PROFILE_INTERNAL_H

#include "hr_node.h"
#include "hr_profile.h"


typedef struct {
    hr_str_t  canonical;
    hr_str_t  older;
} hr_profile_alias_t;

extern const hr_profile_alias_t  hr_profile_aliases[];
extern const size_t              hr_profile_nalias;

/* Read-only overlays of the two views; NULL-terminated. */
extern const char *const  hr_profile_basic_members[];
extern const char *const  hr_profile_viewer_members[];

/* Makes the read form of document in place. */
hr_rc_t hr_profile_read(hr_arena_t *arena, hr_json_t *document,
    const hr_vocabulary_t *voc, unsigned view);


/* One merge; incoming and read are trimmed copies. */
typedef struct {
    hr_arena_t             *arena;
    const hr_vocabulary_t  *voc;
    unsigned                view;
    hr_rc_t                 rc;     /* sticky */
} hr_profile_merger_t;

/*
 * Three-way merge of one value: what is stored for an incoming value, given
 * the stored value and its read form (either may be NULL: absent).  The result
 * is a copy without parent; NULL: nothing is stored, when rc is HR_OK.
 */
hr_json_t *hr_profile_merge_value(hr_profile_merger_t *m,
    const hr_json_t *stored, const hr_json_t *read, const hr_json_t *incoming,
    unsigned depth);
/* Copies; failures set m->rc. */
hr_json_t *hr_profile_copy(hr_profile_merger_t *m, const hr_json_t *node);

#endif /* HR_PROFILE_INTERNAL_H */
