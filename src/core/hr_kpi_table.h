/* One KPI file in parsed form (data-files.md 7.3); inside of the KPI module. */

#ifndef HR_KPI_TABLE_H
#define HR_KPI_TABLE_H

#include "hr_kpi_rules.h"


typedef struct {
    hr_str_t  title;            /* with its suffix, for people */
    hr_str_t  key;              /* hr_kpi_title_key() */
    hr_str_t  unit_key;         /* positions_units; data NULL: not given */
} hr_kpi_column_t;

typedef struct {
    hr_kpi_row_kind_t   section;        /* the section that the row stands in */
    hr_str_t            cells[HR_KPI_FIELDS];   /* without names; len 0: no value */
    const double       *weights;        /* one for each column, 0..1 */
    size_t              line;
} hr_kpi_row_t;

typedef struct {
    hr_str_t                file;       /* "KPI_ДИТ.md" */
    hr_str_t                code;       /* "ДИТ" */
    hr_kpi_column_t        *columns;
    size_t                  column_count;
    hr_kpi_row_t           *rows;       /* KPI rows only */
    size_t                  row_count;
} hr_kpi_table_t;

/*
 * Parses a file.  HR_INVALID: diag->line and text say what is malformed.
 * notes gets kpi_weight_unreadable for weights that are no numbers.
 */
hr_rc_t hr_kpi_table_parse(hr_arena_t *arena, const hr_kpi_rules_t *rules,
    hr_str_t file, hr_str_t code, hr_str_t bytes, const hr_kpi_table_t **out,
    hr_findings_t *notes, hr_diag_t *diag);

/* "KPI_<code>.md" -> code; {0, NULL} for any other name. */
hr_str_t hr_kpi_file_code(hr_str_t name);

#endif /* HR_KPI_TABLE_H */
