/*
 * What changed between two documents: by member for programs
 * (api-profiles.md 4.6), as JSON Patch (RFC 6902), and in words for people.
 *
 * Arrays are compared by content (longest common subsequence); elements that
 * remain are paired when they are alike, so that a reworded task is one
 * modification and not an addition and a removal.  The work is bounded: above
 * a limit an array or a member is reported as replaced.
 *
 * Give both documents in the form HR_VIEW_STORED of hr_profile.h.
 */

#ifndef HR_DIFF_H
#define HR_DIFF_H

#include "hr_json.h"
#include "hr_vocabulary.h"


#define HR_DIFF_CHANGES_MAX   2000      /* more: coarse mode, whole members */
#define HR_DIFF_TEXT_MAX      1000      /* code points of a readable value */
#define HR_DIFF_SUMMARY_MAX   20        /* strings of changes_summary */

typedef enum {
    HR_DIFF_ADDED = 0,
    HR_DIFF_REMOVED,
    HR_DIFF_MODIFIED,
    HR_DIFF_MOVED               /* the order of an array, nothing else */
} hr_diff_kind_t;

typedef struct {
    hr_diff_kind_t     kind;
    hr_str_t           path;        /* "responsibility_areas[0].tasks[2]"; removed: in the old */
    hr_str_t           section;     /* top-level member */
    hr_str_t           labels;      /* path without indexes, for hr_vocabulary_label() */
    const hr_json_t   *old_value;   /* NULL: added */
    const hr_json_t   *new_value;   /* NULL: removed */
} hr_diff_change_t;

typedef struct {
    const hr_diff_change_t  *items;     /* in document order of the new one */
    size_t                   count;
    bool                     coarse;    /* a limit made it less exact */
} hr_diff_t;

/* Values point into the documents, which must outlive the result. */
hr_rc_t hr_diff(hr_arena_t *arena, const hr_json_t *old_document,
    const hr_json_t *new_document, hr_diff_t *out);

/*
 * {added, removed, modified, summary: [{type, field, description, old_value?,
 * new_value?}]}: the member "differences" of 4.6.
 */
hr_json_t *hr_diff_json(hr_arena_t *arena, const hr_diff_t *diff,
    const hr_vocabulary_t *voc, hr_lang_t lang);

/*
 * For people: [{section, label, changes: [{type, path, label, old_text,
 * new_text}]}], one entry per changed section; texts are plain, cut at
 * HR_DIFF_TEXT_MAX.
 */
hr_json_t *hr_diff_readable(hr_arena_t *arena, const hr_diff_t *diff,
    const hr_vocabulary_t *voc, hr_lang_t lang);

/* string[] of one line per changed section: changes_summary of 4.2. */
hr_json_t *hr_diff_summary(hr_arena_t *arena, const hr_diff_t *diff,
    const hr_vocabulary_t *voc, hr_lang_t lang);

/* Changed leaves of a document against all of them (I-44). */
size_t hr_diff_leaves(const hr_diff_t *diff);
size_t hr_diff_leaf_count(const hr_json_t *document);

#endif /* HR_DIFF_H */
