/*
 * Scores of a profile document (profile-document.md 6): completeness, the
 * quality metrics P0.1 to P0.4, the measures published beside them (I-33) and
 * remarks that change no score.
 *
 * Word lists are data, conf/company/quality.json, parsed once into a handle
 * that is immutable and may be used by any number of threads.
 *
 * Documents are given as stored (any view without overlays); reasoning members
 * never count.  Nothing here refuses a document.
 */

#ifndef HR_SCORE_H
#define HR_SCORE_H

#include "hr_finding.h"
#include "hr_vocabulary.h"


#define HR_QUALITY_BYTES_MAX  (256u * 1024)
#define HR_SCORE_MEMBERS      17            /* of completeness (6.1) */

typedef struct hr_quality_s  hr_quality_t;

/* HR_INVALID: diag names the member and what is wrong with it. */
hr_rc_t hr_quality_load(hr_str_t json, hr_quality_t **out, hr_diag_t *diag);
void hr_quality_destroy(hr_quality_t *quality);         /* NULL is allowed */
/* Stored beside every score, so that a change of rules shows. */
hr_str_t hr_quality_version(const hr_quality_t *quality);


/* 6.1 and 6.2; errors: missing_field; warnings: empty_field and structure_*. */
typedef struct {
    unsigned       filled;          /* 0..17 */
    double         score;           /* filled / 17, unrounded */
    bool           is_valid;        /* nothing is missing; success is score >= 0.7 */
    hr_findings_t  errors;
    hr_findings_t  warnings;
} hr_completeness_t;

#define HR_COMPLETENESS_MIN  0.7    /* success of a generation: at least 12 of 17 */

hr_rc_t hr_score_completeness(hr_arena_t *arena, const hr_json_t *document,
    hr_completeness_t *out);


/*
 * What only the caller can know; zero-initialise, then set.  A "known" flag
 * that is false publishes null and makes no remark.
 */
typedef struct {
    bool      schema_known;         /* hr_schema ran */
    bool      schema_valid;
    bool      kpis_known;           /* I-03: share of KPIs that were supplied */
    double    kpis_matched;         /* 0..1 */
    bool      levels_known;         /* I-10: share before correction */
    double    levels_right;         /* 0..1; unknown: counted in the document */
    bool      manager_known;        /* I-41: the tree was asked */
    bool      manager_in_tree;
    bool      manager_rank_known;
    bool      manager_one_above;
} hr_score_facts_t;

typedef struct {
    size_t    total;
    size_t    valid;
    double    ratio;                /* 0 without tasks */
    double    avg_elements;
    double    avg_filler_ratio;
} hr_score_tasks_t;                 /* P0.1 */

typedef struct {
    size_t    total;
    size_t    soft;
    size_t    with_method;          /* of the soft ones */
    double    ratio;                /* 1 without skills */
} hr_score_skills_t;                /* P0.2 */

typedef struct {
    bool             valid;
    hr_str_t         domain;        /* "unknown" when none matches */
    bool             required;
    const hr_str_t  *expected;
    size_t           nexpected;
    const hr_str_t  *found;
    size_t           nfound;
} hr_score_domain_t;                /* P0.3 */

typedef struct {
    bool             valid;
    const hr_str_t  *levels;        /* "1".."4" or a legacy text, in order of first use */
    size_t           nlevels;
    size_t           unique;        /* distinct descriptions */
    const hr_str_t  *duplicates;    /* texts shared by levels */
    size_t           nduplicates;
} hr_score_levels_t;                /* P0.4 */

typedef struct {                    /* I-33; shares are 0..1, < 0: nothing to measure */
    double    career_minima;        /* satisfied of five (I-06) */
    double    right_levels;         /* standard text of their level (I-10) */
    double    prefixed_categories;  /* I-09 */
    size_t    markers;              /* I-12, all leaves outside reasoning */
    size_t    markers_strict;       /* of them in skills and software */
    size_t    kpis;                 /* quantitative KPIs */
} hr_score_measures_t;

typedef struct {
    bool                  evaluated;    /* false: no tasks and no skills, both scores NULL */
    bool                  valid;        /* no critical issue */
    double                quality;      /* 0..10, unrounded */
    double                validation;   /* quality / 10: the column validation_score */
    hr_score_tasks_t      tasks;
    hr_score_skills_t     skills;
    hr_score_domain_t     domain;
    hr_score_levels_t     levels;
    hr_score_measures_t   measures;
    hr_score_facts_t      facts;
    /*
     * task_not_concrete (P0.1), regulation_missing (P0.3), level_texts_differ
     * and level_texts_shared (P0.4).
     */
    hr_findings_t         critical;
    hr_findings_t         warnings;     /* soft_skill_without_method (P0.2) */
    /*
     * Report only.  I-09: skill_category_prefix, skill_categories_count,
     * skills_per_category, skills_total, lead_core_level, area_without_skills,
     * skill_not_verifiable.  I-11: task_elements, task_filler, task_start,
     * tasks_total.  I-12: marker.  I-06: career_minimum, career_step.  I-40:
     * wording.  I-41: manager_not_in_tree, manager_rank,
     * subordinates_inconsistent, leadership_without_subordinates,
     * kpi_not_measurable, education_codes, education_implausible,
     * experience_general, experience_implausible.  generation.md 7.5:
     * kpi_count, boundary.
     */
    hr_findings_t         remarks;
    hr_str_t              rules;        /* versions of the data files */
} hr_score_report_t;

/* facts may be NULL.  HR_NOMEM is the only failure. */
hr_rc_t hr_score_quality(hr_arena_t *arena, const hr_quality_t *quality,
    const hr_vocabulary_t *voc, const hr_json_t *document,
    const hr_score_facts_t *facts, hr_score_report_t *out);

/*
 * The result object of 6.4 {valid, quality_score, metrics, summary} with
 * measures, remarks and rule_version beside it: validation.quality of the
 * generation metadata and the answer of GET /api/profiles/{id}/quality.
 */
hr_json_t *hr_score_json(hr_arena_t *arena, const hr_score_report_t *report);

/*
 * Sets validation.{is_valid, errors, warnings, completeness_score, quality} in
 * generation metadata, keeping its other members: after a generation, and for
 * an edited version, whose base describes another document.
 */
hr_rc_t hr_score_publish(hr_arena_t *arena, hr_json_t *meta,
    const hr_completeness_t *completeness, const hr_score_report_t *report);

/*
 * The facts that a generation recorded in its metadata, for computing the scores
 * of the same document anew.  Nothing is known of an edited document, nor
 * when meta has no such record.  meta may be NULL.
 */
void hr_score_facts(const hr_json_t *meta, hr_score_facts_t *facts);

#endif /* HR_SCORE_H */
