/*
 * KPIs for a position (data-files.md 7): the files KPI_<CODE>.md, the table
 * that says which unit a file belongs to, the choice of the column and of the
 * rows for a title, and the template that stands in where there is no file.
 *
 * What leaves this module carries no personal name: the headers of the tables
 * are replaced by titles, and every name that the file's own list mentions is
 * removed from its cells.
 *
 * The catalogue is immutable after load and shared by threads.
 */

#ifndef HR_KPI_H
#define HR_KPI_H

#include "hr_finding.h"
#include "hr_json.h"


#define HR_KPI_FILE_MAX      (1024u * 1024)     /* bytes of a KPI file */
#define HR_KPI_COLUMNS_MAX   64                 /* cells of a row */
#define HR_KPI_ROWS_MAX      500
#define HR_KPI_FILES_MAX     200
#define HR_KPI_DEPTH_MAX     10                 /* levels of units */

typedef struct hr_kpi_s  hr_kpi_t;

/* A file as read; name without folders.  bytes.data == NULL: it was not readable. */
typedef struct {
    hr_str_t  name;             /* "KPI_ДИТ.md", "IT.md" */
    hr_str_t  bytes;
} hr_kpi_input_t;

typedef struct {
    hr_str_t               rules;           /* conf/company/kpi.json */
    const hr_kpi_input_t  *files;           /* KPI_*.md */
    size_t                 file_count;
    const hr_kpi_input_t  *templates;       /* kpi-templates/<TYPE>.md */
    size_t                 template_count;
} hr_kpi_sources_t;

/*
 * Everything is copied into the arena, which must outlive the catalogue.  Bad
 * rules are HR_INVALID; a bad KPI file is no error: it is noted, and its units
 * fall back to a template.  notes (initialised) gets kpi_parse_error,
 * kpi_file_unreadable, kpi_file_unused and kpi_weight_unreadable.
 */
hr_rc_t hr_kpi_load(hr_arena_t *arena, const hr_kpi_sources_t *sources,
    const hr_kpi_t **out, hr_findings_t *notes, hr_diag_t *diag);


typedef enum {
    HR_KPI_NONE = 0,            /* no file, no templates: the built-in text */
    HR_KPI_SPECIFIC,            /* file found and readable */
    HR_KPI_TEMPLATE,
    HR_KPI_FALLBACK             /* a file should be there, no templates either */
} hr_kpi_source_t;

typedef enum {
    HR_KPI_MATCH_NONE = 0,      /* not from a file */
    HR_KPI_MATCH_EXACT,
    HR_KPI_MATCH_FUZZY,
    HR_KPI_MATCH_INHERITED,     /* column of an enclosing unit's head */
    HR_KPI_MATCH_AMBIGUOUS,     /* several columns of the title, common rows only */
    HR_KPI_MATCH_UNFILTERED     /* no column: the whole table without names */
} hr_kpi_match_t;

const char *hr_kpi_source_name(hr_kpi_source_t source);     /* "specific" */
const char *hr_kpi_match_name(hr_kpi_match_t match);        /* NONE: NULL */

typedef struct {
    const hr_str_t  *units;     /* names of the path, block first */
    const hr_str_t  *heads;     /* title of each unit's head; len 0: none */
    size_t           depth;     /* 1..HR_KPI_DEPTH_MAX */
    hr_str_t         title;
    bool             manager;   /* the title leads people */
} hr_kpi_query_t;

typedef struct {
    hr_str_t  name;
    hr_str_t  target;
    hr_str_t  unit;
    hr_str_t  section;          /* "corporate", "budget", "personal", "trigger" */
    double    weight;           /* 0..1; the least of several columns */
    size_t    line;             /* in the file */
} hr_kpi_item_t;

typedef struct {
    hr_kpi_source_t       source;
    hr_kpi_match_t        match;
    hr_str_t              type;         /* "N/A", template type, "GENERIC" */
    hr_str_t              file;         /* name of the file used; data NULL: none */
    hr_str_t              column;       /* title of the column; data NULL: none */
    double                similarity;   /* of title and column, 0..1 */
    size_t                rows;         /* KPIs of the file or template */
    const hr_kpi_item_t  *items;        /* what text names, in its order */
    size_t                count;
    bool                  few;          /* less than the level should have */
    hr_str_t              text;         /* for the prompt, never empty */
} hr_kpi_selection_t;

/*
 * Selects and renders.  All results are in the arena or in the catalogue;
 * warnings (initialised) gets kpi_file_unreadable and kpi_parse_error.
 * HR_NOMEM and HR_LIMIT (depth) are the only failures.
 */
hr_rc_t hr_kpi_select(const hr_kpi_t *kpi, const hr_kpi_query_t *query,
    hr_arena_t *arena, hr_kpi_selection_t *out, hr_findings_t *warnings);

/* The code of the file that the path belongs to; data NULL: none. */
hr_str_t hr_kpi_code(const hr_kpi_t *kpi, const hr_str_t *units, size_t depth,
    hr_arena_t *arena);

/*
 * I-03: true when at least 80 % of the words (4 letters or more) of the KPI's
 * name occur in the entry of the answer.
 */
bool hr_kpi_names(hr_arena_t *arena, hr_str_t name, hr_str_t entry);

#endif /* HR_KPI_H */
