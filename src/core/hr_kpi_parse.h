/* State of the KPI file reader, shared by its three parts. */

#ifndef HR_KPI_PARSE_H
#define HR_KPI_PARSE_H

#include "hr_kpi_table.h"


#define HR_KPI_PEOPLE_MAX  (HR_KPI_COLUMNS_MAX + 1)

typedef struct {
    hr_str_t  title;
    hr_str_t  value;            /* the person, or the unit of positions_units */
} hr_kpi_entry_t;

typedef struct {
    hr_arena_t            *arena;
    const hr_kpi_rules_t  *rules;
    hr_findings_t         *notes;
    hr_diag_t             *diag;
    hr_str_t               text;
    size_t                 pos;         /* start of the next line */
    size_t                 line;        /* number of the line read last */
    hr_kpi_entry_t         people[HR_KPI_PEOPLE_MAX];
    size_t                 people_count;
    hr_kpi_entry_t         units[HR_KPI_COLUMNS_MAX];
    size_t                 unit_count;
    hr_str_t               responsible;
    hr_str_t               headers[HR_KPI_COLUMNS_MAX]; /* persons, as in the table */
    size_t                 header_count;
    unsigned               fields[HR_KPI_COLUMNS_MAX];  /* of each cell */
    size_t                 cell_count;
    size_t                 first_person;
    hr_kpi_table_t        *table;
    bool                   front_matter;
} hr_kpi_parse_t;

/* HR_INVALID with the number of the line that was read last. */
hr_rc_t hr_kpi_parse_bad(hr_kpi_parse_t *p, const char *what);
/* The next line without its end; false at the end of the file. */
bool hr_kpi_parse_line(hr_kpi_parse_t *p, hr_str_t *line);
/* The line that opens and closes the front matter. */
bool hr_kpi_parse_is_fence(hr_str_t line);
/* Reads the front matter behind its first line, up to its last one. */
hr_rc_t hr_kpi_parse_front(hr_kpi_parse_t *p);
/* A cell without the names of the file's own list; data NULL: no memory. */
hr_str_t hr_kpi_parse_scrub(const hr_kpi_parse_t *p, hr_str_t cell);

#endif /* HR_KPI_PARSE_H */
