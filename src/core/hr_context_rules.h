/*
 * Rules of the context: conf/company/generation.json (sizes, categories, names
 * of sources) and conf/company/role-rules.json (topics a role must cover,
 * I-14).  Immutable after load.
 */

#ifndef HR_CONTEXT_RULES_H
#define HR_CONTEXT_RULES_H

#include "hr_json.h"
#include "hr_words.h"


#define HR_ROLES_MAX       100
#define HR_TOPICS_MAX      20           /* of one role */
#define HR_CATEGORIES_MAX  20

typedef struct {
    hr_str_t    name;
    hr_words_t  words;
} hr_topic_t;

typedef struct {
    hr_str_t     name;
    bool         managers;              /* for everybody who leads people */
    bool         soft_skill_methods;
    hr_words_t   units;
    hr_words_t   titles;
    hr_topic_t  *topics;
    size_t       topic_count;
} hr_role_t;

typedef struct {
    hr_words_t  words;                  /* of the first word of a unit's name */
    size_t      rank;                   /* place in position_category, from 0 */
} hr_category_rule_t;

typedef struct {
    size_t               total_chars;       /* rendered prompt */
    size_t               org_chars;         /* organisation branch */
    size_t               branch_depth;      /* levels below the unit */
    size_t               siblings;
    size_t               titles;            /* of one unit in the branch */
    size_t               career_candidates;
    size_t               foreign_units;
    hr_category_rule_t   categories[HR_CATEGORIES_MAX];
    size_t               category_count;
    size_t               category_by_depth[16];
    size_t               depth_count;
    hr_words_t           unit_words;        /* say nothing about a function */
    const hr_json_t     *files_company_map;     /* names in the data folder, */
    const hr_json_t     *files_it_systems;      /* the first one found counts */
    hr_str_t             source_organization;   /* names in data_sources */
    hr_str_t             source_company_map;
    hr_str_t             source_it_systems;
    hr_str_t             source_kpi_file;
    hr_str_t             source_kpi_template;
    hr_role_t           *roles;
    size_t               role_count;
    hr_str_t             soft_skill_text;
    hr_words_t           cooperation;       /* first words of tasks done with others */
} hr_context_rules_t;

/* Texts are copied into the arena.  HR_INVALID: diag names file and member. */
hr_rc_t hr_context_rules_load(hr_arena_t *arena, hr_str_t generation,
    hr_str_t roles, const hr_context_rules_t **out, hr_diag_t *diag);

#endif /* HR_CONTEXT_RULES_H */
