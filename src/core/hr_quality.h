/*
 * The rules of the quality score, as parsed from conf/company/quality.json:
 * inside of hr_score.  Immutable after load.
 */

#ifndef HR_QUALITY_H
#define HR_QUALITY_H

#include "hr_score.h"
#include "hr_words_index.h"


#define HR_QUALITY_DOMAINS_MAX     32
#define HR_QUALITY_FRAMEWORKS_MAX  32       /* of one domain */
#define HR_QUALITY_WORDINGS_MAX    32
#define HR_QUALITY_BOUNDARIES_MAX  32
#define HR_QUALITY_TEXTS_MAX       500      /* plain texts of one list */
#define HR_QUALITY_LISTS_MAX       1200     /* of word patterns, by the limits above */

/* Plain texts: endings, signs, names of members. */
typedef struct {
    const hr_str_t  *items;
    size_t           count;
} hr_quality_texts_t;

typedef struct {
    hr_str_t     label;
    hr_words_t   words;
} hr_quality_framework_t;

typedef struct {
    hr_str_t                 name;
    hr_words_t               department;
    hr_quality_framework_t  *frameworks;
    hr_str_t                *labels;        /* of the frameworks, for the report */
    size_t                   count;
} hr_quality_domain_t;

typedef struct {                            /* I-40 */
    hr_str_t     label;
    hr_str_t     severity;
    hr_words_t   words;
} hr_quality_wording_t;

typedef struct {                            /* boundary verbs, generation.md 7.5 */
    hr_str_t     label;
    hr_words_t   actions;
    hr_words_t   objects;
    hr_words_t   owners;
} hr_quality_boundary_t;

struct hr_quality_s {
    hr_arena_t             *arena;
    hr_json_t              *root;
    hr_str_t                version;

    hr_words_index_t        index;          /* over all lists of patterns */
    hr_words_t            **lists;
    size_t                  nlists;

    struct {
        int64_t             min_elements;
        double              max_filler;
        int64_t             min_total;
        int64_t             max_total;
        hr_quality_texts_t  connectives;    /* exact, case matters (P0.1) */
        hr_words_t          filler_phrases; /* P0.1 */
        hr_words_t          filler_words;   /* I-11 */
        hr_words_t          norms;
        hr_words_t          documents;
        hr_words_t          systems;
        hr_words_t          units;
        hr_words_t          action_nouns;
        hr_quality_texts_t  action_endings;
        hr_quality_texts_t  infinitive_endings;
    } tasks;

    struct {
        int64_t             min_categories;
        int64_t             max_categories;
        int64_t             min_per_category;
        int64_t             max_per_category;
        int64_t             lead_level;
        int64_t             min_content_words;
        hr_words_t          soft;
        hr_words_t          methods;
        hr_words_t          vague;
    } skills;

    hr_words_t              markers;

    struct {
        int64_t             min;
        int64_t             max;
        hr_quality_texts_t  signs;
        hr_words_t          units;
        hr_words_t          periods;
    } kpis;

    struct {
        int64_t             max_codes;
        int64_t             specialist_max_years;
        int64_t             manager_min_years;
        hr_words_t          manager_levels;
        hr_words_t          no_experience;
    } education;

    hr_quality_texts_t      wording_members;
    hr_quality_wording_t   *wordings;
    size_t                  nwordings;
    hr_quality_domain_t    *domains;
    size_t                  ndomains;
    hr_quality_boundary_t  *boundaries;
    size_t                  nboundaries;
};

#endif /* HR_QUALITY_H */
