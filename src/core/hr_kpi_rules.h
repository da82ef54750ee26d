/* Rules of conf/company/kpi.json in compiled form; inside of the KPI module. */

#ifndef HR_KPI_RULES_H
#define HR_KPI_RULES_H

#include "hr_kpi.h"
#include "hr_words.h"


typedef enum {
    HR_KPI_FIELD_NAME = 0,
    HR_KPI_FIELD_TARGET,
    HR_KPI_FIELD_UNIT,
    HR_KPI_FIELD_DIRECTION,
    HR_KPI_FIELD_MIN,
    HR_KPI_FIELD_MAX,
    HR_KPI_FIELD_METHOD,
    HR_KPI_FIELD_SOURCE,
    HR_KPI_FIELDS,              /* the ones that are kept */
    HR_KPI_FIELD_IGNORED = HR_KPI_FIELDS
} hr_kpi_field_t;

typedef enum {
    HR_KPI_ROW_KPI = 0,
    HR_KPI_ROW_TRIGGER,         /* section rows; the value names the section */
    HR_KPI_ROW_CORPORATE,
    HR_KPI_ROW_BUDGET,
    HR_KPI_ROW_PERSONAL,
    HR_KPI_ROW_TOTAL
} hr_kpi_row_kind_t;

typedef struct {
    hr_str_t  key;              /* match key of a header or of a first cell */
    unsigned  value;            /* hr_kpi_field_t or hr_kpi_row_kind_t */
} hr_kpi_word_t;

typedef struct {
    hr_str_t  code;
    hr_str_t  unit_key;         /* match keys of the names, joined with "/" */
} hr_kpi_alias_t;

typedef struct {
    hr_str_t  text;
    hr_str_t  other;
} hr_kpi_pair_t;

typedef struct {
    hr_words_t  words;
    hr_str_t    text;           /* direction text, or template type */
} hr_kpi_phrase_t;

typedef struct {
    size_t  depth;              /* holds up to this depth */
    size_t  min;                /* fewer KPIs are reported */
    size_t  max;                /* more are not offered */
} hr_kpi_limit_t;

typedef struct {
    const hr_kpi_alias_t   *aliases;
    size_t                  alias_count;
    const hr_kpi_word_t    *columns;
    size_t                  column_count;
    const hr_kpi_word_t    *sections;
    size_t                  section_count;
    const hr_kpi_phrase_t  *directions;
    size_t                  direction_count;
    const hr_kpi_phrase_t  *templates;      /* in order of precedence */
    size_t                  template_count;
    const hr_kpi_pair_t    *abbreviations;  /* match keys */
    size_t                  abbreviation_count;
    const hr_kpi_limit_t   *limits;
    size_t                  limit_count;
    hr_str_t                suffix;         /* "(позиция", match key */
    hr_str_t                vacancy;        /* match key */
    double                  ratio;          /* of similarity, 0..1 */
    size_t                  text_max;       /* code points */
} hr_kpi_rules_t;

hr_rc_t hr_kpi_rules_load(hr_arena_t *arena, hr_str_t json,
    hr_kpi_rules_t *rules, hr_diag_t *diag);

/* Match keys of the names joined with "/"; {0, NULL}: no memory. */
hr_str_t hr_kpi_path_key(hr_arena_t *arena, const hr_str_t *units, size_t depth);
/* The same for a path text "A/B". */
hr_str_t hr_kpi_path_text_key(hr_arena_t *arena, hr_str_t path);
/* Match key of a title without the suffix, abbreviations written out. */
hr_str_t hr_kpi_title_key(const hr_kpi_rules_t *rules, hr_arena_t *arena,
    hr_str_t title);

#endif /* HR_KPI_RULES_H */
