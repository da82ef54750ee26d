/*
 * The profile document: opening what is stored in any historical shape, the
 * forms in which it leaves, and taking an edited document back without loss
 * (profile-document.md 1, 4, 7, 9; decisions 11, 12, 27).
 *
 *     stored S --hr_profile_view()--> read form R --client--> incoming I
 *     I --hr_profile_merge(S, I)--> what to store
 *
 * The law that holds it together: merge(S, view(S)) == S and "not changed",
 * for every S and every view.
 *
 * No function changes the trees that it is given; results may share nothing
 * with them (they are copies in the arena).
 */

#ifndef HR_PROFILE_H
#define HR_PROFILE_H

#include "hr_json.h"
#include "hr_time.h"
#include "hr_vocabulary.h"


#define HR_PROFILE_BYTES_MAX   (1024u * 1024)   /* P-03 */
#define HR_PROFILE_DEPTH_MAX   64

typedef struct {
    hr_json_t  *root;       /* as stored; an object */
    hr_json_t  *document;   /* the bare document: root, or its member "profile" */
    hr_json_t  *metadata;   /* generation metadata beside it in a wrapper, or NULL */
    bool        wrapped;
} hr_profile_t;

/*
 * Parses a stored document.  HR_INVALID: not JSON, or not an object; HR_LIMIT:
 * above the limits.  Lone surrogates, which old rows may hold, become U+FFFD.
 */
hr_rc_t hr_profile_open(hr_arena_t *arena, hr_str_t json, hr_profile_t *out,
    hr_diag_t *diag);
/* The same for a tree; HR_INVALID when root is no object. */
hr_rc_t hr_profile_from_tree(hr_json_t *root, hr_profile_t *out);

/*
 * A careerogram that a model wrote as JSON text inside a string: the object in
 * it, else the value itself.  NULL only when the arena is full.
 */
const hr_json_t *hr_profile_career(hr_arena_t *arena, const hr_json_t *value);

/* The seven members of a model's deliberation (4), by name. */
bool hr_profile_is_reasoning(hr_str_t member);


/* Forms of a document; 0 is what downloads, renderers, search and diff take. */
#define HR_VIEW_STORED      0u      /* as stored, without reasoning members */
#define HR_VIEW_EDITOR      1u      /* basic_info, area arrays, careerogram bridge (7.1, 7.3) */
#define HR_VIEW_VIEWER      2u      /* responsibilities, skills, ... (7.2) */
#define HR_VIEW_REASONING   4u      /* keep reasoning members: the technical view */
#define HR_VIEW_WRAPPER     8u      /* do not unwrap; drops saved_path of the wrapper */

/* What API answers carry (detail, version detail, status, result). */
#define HR_VIEW_ANSWER      HR_VIEW_EDITOR

/* NULL: the arena is full. */
hr_json_t *hr_profile_view(hr_arena_t *arena, const hr_profile_t *profile,
    const hr_vocabulary_t *voc, unsigned view);


typedef struct {
    const hr_vocabulary_t  *vocabulary;
    unsigned                view;       /* the form that the client was served */
    hr_instant_t            now;        /* metadata.last_updated of a changed document */
    hr_time_layout_t        layout;     /* of last_updated, HR_TIME_WIRE_Z by default */
} hr_profile_edit_t;

typedef struct {
    hr_json_t  *document;   /* bare, complete; equal to the stored one if !changed */
    bool        changed;    /* false: store nothing, make no version (3.5) */
    size_t      members;    /* top-level members that differ, last_updated apart */
} hr_profile_merge_t;

/*
 * Turns what a client sent (an object that passed hr_profile_check()) into what
 * is stored.  Values whose read form came back unchanged keep their stored
 * form at every depth; overlays are dropped; the careerogram is mapped back;
 * hidden reasoning members return to their places; changed top-level members
 * get standard level texts, trimmed strings and no empty texts in string
 * arrays (9).  HR_NOMEM or HR_LIMIT (nesting) otherwise.
 */
hr_rc_t hr_profile_merge(hr_arena_t *arena, const hr_profile_t *stored,
    const hr_json_t *incoming, const hr_profile_edit_t *edit,
    hr_profile_merge_t *out);

/*
 * Standard proficiency texts in a professional_skills value, in place (2.2).
 * Returns how many were set; -1 when the arena is full.
 */
int hr_profile_level_texts(hr_arena_t *arena, hr_json_t *skills,
    const hr_vocabulary_t *voc);

#endif /* HR_PROFILE_H */
