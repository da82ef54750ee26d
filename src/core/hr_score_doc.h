/*
 * A document laid out for scoring: areas, tasks, skill categories, skills and
 * text leaves in flat arrays, with the older names resolved once
 * (profile-document.md 8).  Inside of hr_score.
 */

#ifndef HR_SCORE_DOC_H
#define HR_SCORE_DOC_H

#include "hr_quality.h"


#define HR_SCORE_ITEMS_MAX   2000       /* tasks, skills, areas, categories */
#define HR_SCORE_LEAVES_MAX  20000
#define HR_SCORE_KNOWN_BITS  9          /* places for texts that were folded */

typedef struct {
    const hr_json_t  *node;     /* for the path */
    hr_str_t          text;     /* as written; {0, NULL}: absent */
    hr_str_t          folded;
    uint64_t          lists;    /* bits of word lists that can have a hit in it */
} hr_score_text_t;

typedef struct {
    const hr_json_t  *node;
    hr_score_text_t   name;
    size_t            first;    /* of its tasks or skills */
    size_t            count;
} hr_score_group_t;

typedef struct {
    hr_score_text_t   name;
    hr_score_text_t   description;
    const hr_json_t  *level;    /* NULL: none */
    int               standard; /* level whose standard text describes it; 0: none */
} hr_score_skill_t;

typedef struct {
    hr_score_text_t   text;
    const hr_json_t  *section;  /* top-level member */
} hr_score_leaf_t;

typedef struct {
    hr_arena_t             *arena;
    const hr_quality_t     *quality;
    const hr_vocabulary_t  *voc;
    const hr_json_t        *root;

    hr_score_group_t       *areas;
    size_t                  nareas;
    hr_score_text_t        *tasks;
    size_t                  ntasks;
    hr_score_group_t       *categories;
    size_t                  ncategories;
    hr_score_skill_t       *skills;
    size_t                  nskills;
    hr_score_leaf_t        *leaves;     /* texts outside reasoning members */
    size_t                  nleaves;

    hr_score_text_t         department; /* department_specific */
    hr_vocabulary_marks_t   marks;      /* of the category, when it is known */
    bool                    category_known;
    int64_t                 reports;    /* people and units below, -1: unknown */
    bool                    leads;

    hr_score_text_t        *known;      /* texts by node: tasks are leaves too */
} hr_score_doc_t;

hr_rc_t hr_score_doc_load(hr_arena_t *arena, const hr_quality_t *quality,
    const hr_vocabulary_t *voc, const hr_json_t *document, hr_score_doc_t *out);

/* The member of that name, else of the older one when it is absent or null. */
const hr_json_t *hr_score_member(const hr_json_t *object, const char *name,
    const char *older);
/* A list as readers take it: an array's elements, or the value itself. */
const hr_json_t *hr_score_first(const hr_json_t *list);
const hr_json_t *hr_score_next(const hr_json_t *list, const hr_json_t *item);
/* Text and folded text of a node; false: the arena is full. */
bool hr_score_text(const hr_score_doc_t *doc, const hr_json_t *node,
    hr_score_text_t *out);

/* False: no word of the list is in the text. */
static inline bool
hr_score_may_hit(const hr_words_t *words, const hr_score_text_t *text)
{
    return (words->bit & text->lists) != 0;
}

static inline bool
hr_score_hit(const hr_words_t *words, const hr_score_text_t *text)
{
    return hr_score_may_hit(words, text) && hr_words_match(words, text->folded);
}

/* Adds a finding at a node; text is quoted in the message (%.*s, cut). */
void hr_score_find(const hr_score_doc_t *doc, hr_findings_t *list,
    const char *code, const hr_json_t *node, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Remarks (report only) and the measures of I-33. */
void hr_score_lint_skills(const hr_score_doc_t *doc, hr_score_report_t *report);
void hr_score_lint_tasks(const hr_score_doc_t *doc, hr_score_report_t *report);
void hr_score_lint_markers(const hr_score_doc_t *doc, hr_score_report_t *report);
void hr_score_check_career(const hr_score_doc_t *doc, hr_score_report_t *report);
void hr_score_check_kpis(const hr_score_doc_t *doc, hr_score_report_t *report);
void hr_score_check_people(const hr_score_doc_t *doc, hr_score_report_t *report);
void hr_score_check_education(const hr_score_doc_t *doc,
    hr_score_report_t *report);
void hr_score_check_wording(const hr_score_doc_t *doc, hr_score_report_t *report);
void hr_score_check_boundaries(const hr_score_doc_t *doc,
    hr_score_report_t *report);

#endif /* HR_SCORE_DOC_H */
