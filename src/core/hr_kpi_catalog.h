/* The loaded catalogue and the renderer of a choice; inside of the KPI module. */

#ifndef HR_KPI_CATALOG_H
#define HR_KPI_CATALOG_H

#include "hr_kpi_table.h"


typedef struct {
    hr_str_t               name;        /* "KPI_ДИТ.md" */
    hr_str_t               code;
    hr_str_t               code_key;    /* match key */
    const hr_kpi_table_t  *table;       /* NULL: unreadable or malformed */
    bool                   unreadable;
    size_t                 line;        /* malformed: where */
    hr_str_t               reason;      /* malformed: why, with the line */
} hr_kpi_file_t;

typedef struct {
    hr_str_t               type;        /* "IT" */
    hr_str_t               file;        /* "IT.md" */
    hr_str_t               text;        /* without front matter */
    const hr_kpi_item_t   *items;       /* names of its headings */
    size_t                 count;
} hr_kpi_template_t;

struct hr_kpi_s {
    hr_kpi_rules_t       rules;
    hr_kpi_file_t       *files;
    size_t               file_count;
    hr_kpi_template_t   *templates;
    size_t               template_count;
};

/* Columns of a table that were chosen together. */
typedef struct {
    size_t  index[HR_KPI_COLUMNS_MAX];
    size_t  count;
    double  similarity;
} hr_kpi_pick_t;

/* Least weight of the row in the chosen columns; 0 when one of them has none. */
double hr_kpi_row_weight(const hr_kpi_row_t *row, const hr_kpi_pick_t *pick);

/* Texts for the prompt, in the arena; data NULL: no memory. */
hr_str_t hr_kpi_text_rows(const hr_kpi_t *kpi, const hr_kpi_table_t *table,
    const hr_kpi_row_t *const *rows, size_t count, const hr_kpi_pick_t *pick,
    hr_kpi_match_t match, hr_arena_t *arena);
hr_str_t hr_kpi_text_all(const hr_kpi_t *kpi, const hr_kpi_table_t *table,
    hr_arena_t *arena);
/* items: those of t->items that are kept, in their order. */
hr_str_t hr_kpi_text_template(const hr_kpi_template_t *t,
    const hr_kpi_item_t *items, size_t count, hr_arena_t *arena);
hr_str_t hr_kpi_text_builtin(void);

/* The template of a path: type by the words of its units, deepest first. */
const hr_kpi_template_t *hr_kpi_template(const hr_kpi_t *kpi,
    const hr_str_t *units, size_t depth, hr_arena_t *arena);
/* Reads a template file; HR_INVALID when it has no heading of a KPI. */
hr_rc_t hr_kpi_template_parse(hr_arena_t *arena, hr_str_t name,
    hr_str_t bytes, hr_kpi_template_t *out);

const char *hr_kpi_section_name(hr_kpi_row_kind_t section);

#endif /* HR_KPI_CATALOG_H */
