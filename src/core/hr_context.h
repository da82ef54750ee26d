/*
 * Everything that a position's prompt is filled with, computed from the
 * organisation and the data files (generation.md 4; improvements I-07, I-13,
 * I-14, I-18 to I-20, I-23).  Pure computation, no personal data: the
 * employee's name is no part of it.
 */

#ifndef HR_CONTEXT_H
#define HR_CONTEXT_H

#include "hr_company.h"
#include "hr_context_rules.h"
#include "hr_finding.h"
#include "hr_it.h"
#include "hr_kpi.h"
#include "hr_org.h"
#include "hr_prompt.h"
#include "hr_vocabulary.h"


/* X(id, name in the prompt, a data block that may occur once only) */
#define HR_CONTEXT_VARIABLES(X)                                               \
    X(COMPANY_MAP, "company_map", true)                                       \
    X(JSON_SCHEMA, "json_schema", true)                                       \
    X(ORG_STRUCTURE, "org_structure", true)                                   \
    X(KPI_DATA, "kpi_data", true)                                             \
    X(IT_SYSTEMS, "it_systems", true)                                         \
    X(CAREER_CANDIDATES, "career_candidates", true)                           \
    X(FOREIGN_FUNCTIONS, "foreign_functions", true)                           \
    X(ROLE_TOPICS, "role_topics", true)                                       \
    X(POSITION, "position", false)                                            \
    X(DEPARTMENT, "department", false)                                        \
    X(DEPARTMENT_NAME, "department_name", false)                              \
    X(DEPARTMENT_PATH, "department_path", false)                              \
    X(ORG_PATH, "OrgStructure", false)                                        \
    X(POSITION_CATEGORY, "position_category", false)                          \
    X(DIRECT_MANAGER, "direct_manager", false)                                \
    X(KPI_SOURCE, "kpi_source", false)                                        \
    X(KPI_TYPE, "kpi_type", false)                                            \
    X(KPI_MATCH, "kpi_match", false)                                          \
    X(IT_DETAIL, "it_systems_detail_level", false)                            \
    X(HEADCOUNT_INFO, "headcount_info", false)                                \
    X(HEADCOUNT, "department_headcount", false)                               \
    X(HEADCOUNT_SOURCE, "headcount_source", false)                            \
    X(SPAN, "subordinates_calculation", false)                                \
    X(SPAN_DEPARTMENTS, "subordinates_departments", false)                    \
    X(SPAN_REPORTS, "subordinates_direct_reports", false)                     \
    X(BUSINESS_BLOCK, "business_block", false)                                \
    X(DEPARTMENT_UNIT, "department_unit", false)                              \
    X(SECTION_UNIT, "section_unit", false)                                    \
    X(GROUP_UNIT, "group_unit", false)                                        \
    X(SUB_SECTION_UNIT, "sub_section_unit", false)                            \
    X(FINAL_GROUP_UNIT, "final_group_unit", false)                            \
    X(LEVEL, "hierarchy_level", false)                                        \
    X(CURRENT_LEVEL, "hierarchy_current_level", false)                        \
    X(FULL_PATH, "full_hierarchy_path", false)                                \
    X(LEVELS_LIST, "hierarchy_levels_list", false)                            \
    X(FINAL_UNIT, "hierarchy_final_unit", false)                              \
    X(LOCATION, "position_location", false)                                   \
    X(TIMESTAMP, "generation_timestamp", false)                               \
    X(DATA_VERSION, "data_version", false)

typedef enum {
#define HR_CONTEXT_ID(id, name, data)  HR_VAR_##id,
    HR_CONTEXT_VARIABLES(HR_CONTEXT_ID)
#undef HR_CONTEXT_ID
    HR_VAR_COUNT
} hr_context_var_t;

extern const hr_prompt_variable_t  hr_context_variables[HR_VAR_COUNT];

#define HR_CONTEXT_BLOCKS_MAX    64
#define HR_CONTEXT_FOREIGN_MAX   50
#define HR_CONTEXT_ROLES_MAX     16
#define HR_CONTEXT_TRIMS_MAX     8

typedef struct {
    const hr_context_rules_t  *rules;
    const hr_vocabulary_t     *vocabulary;
    const hr_schema_t         *schema;
    const hr_kpi_t            *kpi;
    const hr_it_t             *it;
    const hr_company_t        *company;
} hr_context_sources_t;

typedef struct {
    hr_str_t      department;   /* as requested */
    hr_str_t      position;
    hr_instant_t  now;
} hr_context_request_t;

/* Span of control by the tree (4.2). */
typedef struct {
    bool      head;             /* the title heads its unit */
    uint32_t  departments;      /* direct child units */
    uint32_t  reports;          /* other titles of the unit + heads of child units */
} hr_context_span_t;

typedef struct {
    const char  *what;          /* "org_structure", "company_map", ... */
    size_t       before;        /* code points */
    size_t       after;
} hr_context_trim_t;

typedef struct {
    hr_str_t                values[HR_VAR_COUNT];   /* data NULL: no data */
    hr_org_resolved_t       resolved;
    hr_org_unit_t           unit;           /* of the position */
    hr_org_class_t          class;          /* of the title */
    hr_str_t                title;          /* canonical */
    hr_str_t                names[HR_ORG_MAX_DEPTH];    /* of the path */
    hr_str_t                heads[HR_ORG_MAX_DEPTH];    /* titles; len 0: none */
    size_t                  depth;
    hr_context_span_t       span;
    hr_str_t                category;       /* value of position_category */
    hr_str_t                manager;        /* title of the direct manager; data NULL: none */
    hr_str_t                manager_unit;
    hr_str_t                blocks[HR_CONTEXT_BLOCKS_MAX];
    size_t                  block_count;
    hr_str_t                blocks_json;
    uint32_t                foreign[HR_CONTEXT_FOREIGN_MAX];    /* units "not ours" */
    size_t                  foreign_count;
    const hr_role_t        *roles[HR_CONTEXT_ROLES_MAX];
    size_t                  role_count;
    hr_kpi_selection_t      kpi;
    hr_it_type_t            it_type;
    hr_company_part_t       company;
    hr_context_trim_t       trims[HR_CONTEXT_TRIMS_MAX];
    size_t                  trim_count;
    size_t                  prompt_chars;   /* rendered */
    hr_findings_t           warnings;       /* for the user, decision 25 */
} hr_context_t;

/*
 * Resolves the unit and the title (data-files.md 4.4) and fills everything.
 * prompt decides which variables are computed and what the size is.
 * HR_NOT_FOUND: unknown unit, out->resolved has suggestions.  HR_NOMEM and
 * HR_LIMIT are the other failures.  Texts live in the arena, the image and the
 * sources.
 */
hr_rc_t hr_context_build(const hr_context_sources_t *sources,
    const hr_org_t *org, const hr_prompt_t *prompt,
    const hr_context_request_t *request, hr_arena_t *arena, hr_context_t *out);

/*
 * The advisory context report (I-20): KPI class, head count own, inherited or
 * none, title known, IT detail, sizes, what was trimmed.  It blocks nothing.
 */
hr_json_t *hr_context_report(const hr_context_sources_t *sources,
    const hr_context_t *context, hr_arena_t *arena);

#endif /* HR_CONTEXT_H */
