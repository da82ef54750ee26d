/*
 * What code corrects and checks in a document that a model wrote
 * (generation.md 7.2 to 7.4; improvements I-03, I-07, I-10, I-13, I-14, I-34).
 *
 * Every change is recorded; applying the corrections again changes nothing.
 * Checks only remark.
 */

#ifndef HR_CORRECT_H
#define HR_CORRECT_H

#include "hr_context.h"
#include "hr_fixes.h"
#include "hr_legend.h"


#define HR_MARKS_MAX      100
#define HR_SOURCES_MAX    8

typedef struct {
    const hr_schema_t      *schema;
    const hr_vocabulary_t  *vocabulary;
    const hr_context_t     *context;
    const hr_legend_t      *legend;     /* NULL: none */
    hr_str_t                date;       /* "YYYY-MM-DD" of the generation */
    hr_str_t                updated;    /* instant as text, for last_updated */
    hr_str_t                sources[HR_SOURCES_MAX];    /* metadata.data_sources */
    size_t                  source_count;
} hr_correct_input_t;

/*
 * Corrects the document in place: harmless deviations of form (7.2), canonical
 * names, level texts, span, category, standard package, competencies,
 * repeated items, document metadata (7.4 1 to 6).  levels_right (may be NULL)
 * gets the share of right level texts before correction, -1 without skills.
 */
hr_rc_t hr_correct_apply(const hr_correct_input_t *input, hr_json_t *document,
    hr_arena_t *arena, hr_fixes_t *fixes, hr_findings_t *warnings,
    double *levels_right);

/*
 * The members that the service adds to the document's metadata (7.4):
 * generated_by, generation_method, data_version, last_updated; defaults of the
 * legacy basic_info.  After the schema check, which does not know them.
 */
hr_rc_t hr_correct_stamp(const hr_correct_input_t *input, hr_json_t *document,
    hr_arena_t *arena);


/*
 * Paths of the members that the service adds: unknown to the schema, and yet
 * no foreign members.
 */
bool hr_correct_is_stamp(hr_str_t path);


/* --- checks ------------------------------------------------------------------------ */

typedef struct {
    hr_str_t  path;             /* of the step */
    hr_str_t  position;
    hr_str_t  department;
    bool      position_known;   /* some unit has the title */
    bool      department_known;
    bool      in_structure;     /* that unit or one below it has that title */
} hr_career_mark_t;

typedef struct {
    hr_str_t  path;             /* of the task */
    hr_str_t  unit;             /* name of the unit whose function it is */
} hr_boundary_mark_t;

typedef struct {
    size_t               kpi_total;         /* entries of quantitative_kpis */
    size_t               kpi_matched;
    hr_career_mark_t     career[HR_MARKS_MAX];
    size_t               career_count;
    hr_boundary_mark_t   boundary[HR_MARKS_MAX];
    size_t               boundary_count;
    size_t               topics_total;
    size_t               topics_missing;
    bool                 manager_in_tree;   /* direct_manager is a title of the tree */
    bool                 manager_expected;  /* ... and that of the unit's head (I-41) */
} hr_correct_checks_t;

/*
 * Remarks: kpi_not_supplied (only when kpi_source is specific),
 * career_target_unknown, foreign_task, role_topic_missing,
 * skill_category_prefix.
 */
hr_rc_t hr_correct_check(const hr_correct_input_t *input,
    const hr_context_rules_t *rules, const hr_org_t *org,
    const hr_json_t *document, hr_arena_t *arena, hr_correct_checks_t *out,
    hr_findings_t *warnings);

#endif /* HR_CORRECT_H */
