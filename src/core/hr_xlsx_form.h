/* What hr_xlsx.c gathers and hr_xlsx_form.c lays out as the corporate form. */

#ifndef HR_XLSX_FORM_H
#define HR_XLSX_FORM_H

#include "hr_section_labels.h"
#include "hr_sheet.h"
#include "hr_xlsx.h"


typedef struct hr_xlsx_item_s  hr_xlsx_item_t;

struct hr_xlsx_item_s {
    hr_xlsx_item_t  *next;
    bool             label;         /* names the items after it */
    hr_str_t         a, b, c;       /* one text per column */
};

typedef struct {
    hr_xlsx_item_t  *first;
    hr_xlsx_item_t  *last;
    size_t           count;
} hr_xlsx_list_t;

typedef enum {
    HR_XLSX_FORM = 0,
    HR_XLSX_CAREER,
    HR_XLSX_WORKPLACE,
    HR_XLSX_METRICS,
    HR_XLSX_ADDITIONAL,
    HR_XLSX_METADATA,
    HR_XLSX_SHEETS
} hr_xlsx_sheet_t;

typedef struct {
    const hr_section_labels_t   *labels;
    const hr_xlsx_vocabulary_t  *vocabulary;        /* NULL: none */
    hr_arena_t                  *arena;
    hr_sheet_t                   sheets[HR_XLSX_SHEETS];
    hr_rc_t                      rc;

    /* values of the form by their role; subordinates also as two numbers */
    hr_xlsx_list_t               roles[HR_ROLE_COUNT];
    hr_xlsx_list_t               departments, people;
    hr_xlsx_list_t               notices;
    hr_str_t                     missing[HR_SECTION_COUNT];
    bool                         steps;             /* there are career steps */
} hr_xlsx_t;

/* Appends an item of the arena; false and x->rc on a full one. */
bool hr_xlsx_push(hr_xlsx_t *x, hr_xlsx_list_t *list, hr_str_t a, hr_str_t b,
    hr_str_t c);
/* The text itself; notes an empty heap when it has none. */
hr_str_t hr_xlsx_kept(hr_xlsx_t *x, hr_str_t text);
/* Texts of column a on lines of their own; a dash before each when several. */
hr_str_t hr_xlsx_lines(hr_xlsx_t *x, const hr_xlsx_list_t *list);

/* Writes the form to its sheet. */
void hr_xlsx_form(hr_xlsx_t *x);

#endif /* HR_XLSX_FORM_H */
