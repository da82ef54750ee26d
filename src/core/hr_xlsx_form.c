/*
 * The HR department's master form (exports.md 6): columns A to C, a section row
 * and its rows, one blank row between sections.
 */

#include "hr_text.h"
#include "hr_xlsx_form.h"


#define HR_XLSX_TASK_LINES  24u     /* tasks below one area before a new row */

/* Offsets of labels, so that the rows can stand in a table. */
#define HR_XLSX_LABEL(name)  offsetof(hr_section_labels_t, name)

typedef struct {
    hr_section_role_t  role;
    size_t             label;
    bool               always;      /* the form has the row also when it is empty */
} hr_xlsx_row_t;

static const hr_xlsx_row_t  hr_xlsx_education[] = {
    { HR_ROLE_EDU_PREVIOUS, HR_XLSX_LABEL(form_previous), true },
    { HR_ROLE_EDU_TOTAL, HR_XLSX_LABEL(edu_total), true },
    { HR_ROLE_EDU_RELEVANT, HR_XLSX_LABEL(edu_relevant), false },
    { HR_ROLE_EDU_LEVEL, HR_XLSX_LABEL(edu_level), true },
    { HR_ROLE_EDU_FIELD, HR_XLSX_LABEL(form_field), true },
    { HR_ROLE_EDU_SPECIALTIES, HR_XLSX_LABEL(edu_specialties), false },
    { HR_ROLE_EDU_EXTRA, HR_XLSX_LABEL(form_extra), true }
};

static const hr_xlsx_row_t  hr_xlsx_workplace[] = {
    { HR_ROLE_SOFTWARE, HR_XLSX_LABEL(form_software), true },
    { HR_ROLE_EQUIPMENT, HR_XLSX_LABEL(form_equipment), true }
};

static const hr_xlsx_row_t  hr_xlsx_additional[] = {
    { HR_ROLE_PROMOTION_TERMS, HR_XLSX_LABEL(form_terms), true },
    { HR_ROLE_PROMOTION_DECISION, HR_XLSX_LABEL(form_decision), true }
};

static const hr_xlsx_row_t  hr_xlsx_metadata[] = {
    { HR_ROLE_AUTHOR, HR_XLSX_LABEL(form_author), true },
    { HR_ROLE_CREATED, HR_XLSX_LABEL(form_created), true }
};


static void hr_xlsx_section(hr_xlsx_t *x, hr_str_t title);
static void hr_xlsx_pair(hr_xlsx_t *x, hr_str_t label, hr_str_t text);
static void hr_xlsx_rows(hr_xlsx_t *x, const hr_xlsx_row_t *rows, size_t n);
static bool hr_xlsx_note(hr_xlsx_t *x, hr_section_id_t section);
static void hr_xlsx_basic(hr_xlsx_t *x);
static void hr_xlsx_areas(hr_xlsx_t *x);
static void hr_xlsx_area(hr_xlsx_t *x, hr_str_t name,
    const hr_xlsx_item_t *first, size_t n);
static void hr_xlsx_skills(hr_xlsx_t *x);
static hr_xlsx_list_t hr_xlsx_checks(hr_xlsx_t *x, hr_section_role_t role,
    const hr_str_t *vocabulary, size_t n);
static hr_str_t hr_xlsx_check(hr_xlsx_t *x, bool ticked, hr_str_t name);
static void hr_xlsx_competencies(hr_xlsx_t *x);
static void hr_xlsx_qualities(hr_xlsx_t *x);
static void hr_xlsx_career(hr_xlsx_t *x);


#define HR_XLSX_ROWS(x, rows)                                                 \
    hr_xlsx_rows(x, rows, sizeof(rows) / sizeof((rows)[0]))


void
hr_xlsx_form(hr_xlsx_t *x)
{
    hr_cell_t                   cell;
    const hr_xlsx_item_t       *item;
    const hr_section_labels_t  *l = x->labels;

    cell = (hr_cell_t) { HR_CELL_TITLE, l->form_title, false, 3 };
    (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], &cell, 1);

    for (item = x->notices.first; item != NULL; item = item->next) {
        cell = (hr_cell_t) { HR_CELL_NOTICE, item->a, false, 3 };
        (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], &cell, 1);
    }

    hr_xlsx_basic(x);
    hr_xlsx_areas(x);
    hr_xlsx_skills(x);
    hr_xlsx_competencies(x);
    hr_xlsx_qualities(x);

    hr_xlsx_section(x, l->form_education);
    if (!hr_xlsx_note(x, HR_SECTION_EDUCATION)) {
        HR_XLSX_ROWS(x, hr_xlsx_education);
    }

    hr_xlsx_career(x);

    hr_xlsx_section(x, l->form_workplace);
    HR_XLSX_ROWS(x, hr_xlsx_workplace);

    hr_xlsx_section(x, l->form_additional);
    HR_XLSX_ROWS(x, hr_xlsx_additional);

    hr_xlsx_section(x, l->form_metadata);
    HR_XLSX_ROWS(x, hr_xlsx_metadata);
}


static void
hr_xlsx_section(hr_xlsx_t *x, hr_str_t title)
{
    hr_cell_t  cell = { HR_CELL_SECTION, title, false, 3 };

    hr_sheet_skip(&x->sheets[HR_XLSX_FORM]);
    (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], &cell, 1);
}


static void
hr_xlsx_pair(hr_xlsx_t *x, hr_str_t label, hr_str_t text)
{
    hr_cell_t  cells[2] = {
        { HR_CELL_LABEL, label, false, 1 },
        { HR_CELL_BODY, text, false, 2 }
    };

    (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], cells, 2);
}


static void
hr_xlsx_rows(hr_xlsx_t *x, const hr_xlsx_row_t *rows, size_t n)
{
    size_t    i;
    hr_str_t  text;

    for (i = 0; i < n; i++) {
        text = hr_xlsx_lines(x, &x->roles[rows[i].role]);

        if (text.len != 0 || rows[i].always) {
            hr_xlsx_pair(x, *(const hr_str_t *) (const void *)
                            ((const char *) x->labels + rows[i].label), text);
        }
    }
}


/* The notice of a section that has nothing, in place of its rows. */
static bool
hr_xlsx_note(hr_xlsx_t *x, hr_section_id_t section)
{
    hr_cell_t  cell = { HR_CELL_NOTE, x->missing[section], false, 3 };

    if (x->missing[section].len == 0) {
        return false;
    }

    (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], &cell, 1);

    return true;
}


static void
hr_xlsx_basic(hr_xlsx_t *x)
{
    const hr_section_labels_t  *l = x->labels;

    hr_xlsx_section(x, l->form_basic);

    hr_xlsx_pair(x, l->position, hr_xlsx_lines(x, &x->roles[HR_ROLE_POSITION]));
    hr_xlsx_pair(x, l->form_block, hr_xlsx_lines(x, &x->roles[HR_ROLE_BLOCK]));
    hr_xlsx_pair(x, l->form_department,
                 hr_xlsx_lines(x, &x->roles[HR_ROLE_DEPARTMENT]));
    hr_xlsx_pair(x, l->category, hr_xlsx_lines(x, &x->roles[HR_ROLE_CATEGORY]));
    hr_xlsx_pair(x, l->manager, hr_xlsx_lines(x, &x->roles[HR_ROLE_MANAGER]));

    if (x->departments.count != 0) {
        hr_xlsx_pair(x, l->form_departments, hr_xlsx_lines(x, &x->departments));
        hr_xlsx_pair(x, l->form_people, hr_xlsx_lines(x, &x->people));

    } else {
        hr_xlsx_pair(x, l->subordinates,
                     hr_xlsx_lines(x, &x->roles[HR_ROLE_SUBORDINATES]));
    }

    hr_xlsx_pair(x, l->form_activity,
                 hr_xlsx_lines(x, &x->roles[HR_ROLE_ACTIVITY]));
}


/* Items: an area in column a, its tasks after it in column b. */
static void
hr_xlsx_areas(hr_xlsx_t *x)
{
    size_t                 n;
    hr_str_t               name;
    hr_cell_t              head[2] = {
        { HR_CELL_FORM_HEAD, x->labels->form_area, false, 1 },
        { HR_CELL_FORM_HEAD, x->labels->form_tasks, false, 2 }
    };
    const hr_xlsx_item_t  *item, *first;

    hr_xlsx_section(x, x->labels->form_areas);

    if (hr_xlsx_note(x, HR_SECTION_AREAS)) {
        return;
    }

    (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], head, 2);

    for (item = x->roles[HR_ROLE_AREA].first; item != NULL; /* void */) {
        name = item->a;
        first = item->next;

        for (n = 0, item = first; item != NULL && item->a.len == 0;
             item = item->next)
        {
            n++;
        }

        hr_xlsx_area(x, name, first, n);
    }
}


/*
 * One row per area, tasks on lines of their own; when there are more lines than
 * a row can be high, on further rows without a name.
 */
static void
hr_xlsx_area(hr_xlsx_t *x, hr_str_t name, const hr_xlsx_item_t *first, size_t n)
{
    size_t          lines;
    hr_cell_t       cells[2] = {
        { HR_CELL_LABEL, name, false, 1 },
        { HR_CELL_BODY, HR_STR_NULL, false, 2 }
    };
    hr_xlsx_list_t  tasks;

    do {
        tasks = (hr_xlsx_list_t) { NULL, NULL, 0 };

        for (lines = 0; n != 0 && lines < HR_XLSX_TASK_LINES;
             n--, first = first->next)
        {
            lines += 1 + hr_utf8_count(first->b) / 52;
            (void) hr_xlsx_push(x, &tasks, first->b, HR_STR_NULL, HR_STR_NULL);
        }

        cells[1].text = hr_xlsx_lines(x, &tasks);
        (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], cells, 2);
        cells[0].text = HR_STR_NULL;

    } while (n != 0);
}


/* Items: a category in column a, its skills after it in b with the level in c. */
static void
hr_xlsx_skills(hr_xlsx_t *x)
{
    unsigned               from;
    hr_cell_t              cells[3] = {
        { HR_CELL_FORM_HEAD, x->labels->form_category, false, 1 },
        { HR_CELL_FORM_HEAD, x->labels->form_skill, false, 1 },
        { HR_CELL_FORM_HEAD, x->labels->form_level, false, 1 }
    };
    hr_sheet_t            *sheet = &x->sheets[HR_XLSX_FORM];
    const hr_xlsx_item_t  *item;

    hr_xlsx_section(x, x->labels->form_skills);

    if (hr_xlsx_note(x, HR_SECTION_SKILLS)) {
        return;
    }

    (void) hr_sheet_row(sheet, cells, 3);

    cells[0].style = HR_CELL_LABEL;
    cells[1].style = HR_CELL_BODY;
    cells[2].style = HR_CELL_BODY;
    cells[0].text = HR_STR_NULL;
    from = sheet->nrows;

    for (item = x->roles[HR_ROLE_SKILL].first; item != NULL; item = item->next) {

        if (item->a.len != 0) {
            hr_sheet_join(sheet, 0, from, sheet->nrows);

            cells[0].text = item->a;
            from = sheet->nrows + 1;

            if (item->next != NULL && item->next->a.len == 0) {
                continue;
            }
        }

        cells[1].text = item->b;
        cells[2].text = item->c;
        (void) hr_sheet_row(sheet, cells, 3);
        cells[0].text = HR_STR_NULL;
    }

    hr_sheet_join(sheet, 0, from, sheet->nrows);
}


/* The vocabulary, ticked where the document has it, then the rest of it. */
static hr_xlsx_list_t
hr_xlsx_checks(hr_xlsx_t *x, hr_section_role_t role, const hr_str_t *vocabulary,
    size_t n)
{
    size_t           i;
    hr_str_t         known, name;
    hr_xlsx_list_t   list = { NULL, NULL, 0 };
    hr_xlsx_item_t  *item;

    for (item = x->roles[role].first; n != 0 && item != NULL; item = item->next) {
        item->b = hr_match_key(x->arena, item->a);
    }

    for (i = 0; i < n; i++) {
        known = hr_match_key(x->arena, vocabulary[i]);

        for (item = x->roles[role].first; item != NULL; item = item->next) {
            if (!item->label && hr_str_eq(item->b, known)) {
                break;
            }
        }

        name = item != NULL ? item->a : hr_section_raise(x->arena, vocabulary[i]);

        (void) hr_xlsx_push(x, &list, hr_xlsx_check(x, item != NULL, name),
                            HR_STR_NULL, HR_STR_NULL);

        if (item != NULL) {
            item->label = true;         /* told */
        }
    }

    for (item = x->roles[role].first; item != NULL; item = item->next) {
        if (!item->label) {
            (void) hr_xlsx_push(x, &list, hr_xlsx_check(x, true, item->a),
                                HR_STR_NULL, HR_STR_NULL);
        }
    }

    return list;
}


static hr_str_t
hr_xlsx_check(hr_xlsx_t *x, bool ticked, hr_str_t name)
{
    return hr_xlsx_kept(x, hr_arena_printf(x->arena, "%s %.*s",
                                           ticked ? "☑" : "☐", (int) name.len,
                                           name.data == NULL ? "" : name.data));
}


static void
hr_xlsx_competencies(hr_xlsx_t *x)
{
    hr_cell_t                    cell = { HR_CELL_CHECK, HR_STR_NULL, false, 3 };
    hr_xlsx_list_t               list;
    const hr_xlsx_item_t        *item;
    const hr_xlsx_vocabulary_t  *v = x->vocabulary;

    hr_xlsx_section(x, x->labels->form_competencies);
    (void) hr_xlsx_note(x, HR_SECTION_COMPETENCIES);

    list = hr_xlsx_checks(x, HR_ROLE_COMPETENCY,
                          v == NULL ? NULL : v->competencies,
                          v == NULL ? 0 : v->ncompetencies);

    for (item = list.first; item != NULL; item = item->next) {
        cell.text = item->a;
        (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], &cell, 1);
    }
}


static void
hr_xlsx_qualities(hr_xlsx_t *x)
{
    hr_cell_t                    cells[2] = {
        { HR_CELL_CHECK, HR_STR_NULL, false, 1 },
        { HR_CELL_CHECK, HR_STR_NULL, false, 2 }
    };
    hr_xlsx_list_t               list;
    const hr_xlsx_item_t        *item;
    const hr_xlsx_vocabulary_t  *v = x->vocabulary;

    hr_xlsx_section(x, x->labels->form_qualities);
    (void) hr_xlsx_note(x, HR_SECTION_QUALITIES);

    list = hr_xlsx_checks(x, HR_ROLE_QUALITY, v == NULL ? NULL : v->qualities,
                          v == NULL ? 0 : v->nqualities);

    for (item = list.first; item != NULL; item = item->next) {
        cells[0].text = item->a;
        cells[1].text = HR_STR_NULL;

        if (item->next != NULL) {
            item = item->next;
            cells[1].text = item->a;
        }

        (void) hr_sheet_row(&x->sheets[HR_XLSX_FORM], cells, 2);
    }
}


static void
hr_xlsx_career(hr_xlsx_t *x)
{
    hr_str_t                    targets, see;
    const hr_section_labels_t  *l = x->labels;

    hr_xlsx_section(x, l->form_career);

    hr_xlsx_pair(x, l->form_donors, hr_xlsx_lines(x, &x->roles[HR_ROLE_SOURCE]));

    if (x->steps) {
        /* the steps have a table of their own; here only where to look */
        see = hr_arena_printf(x->arena, "%.*s «%.*s»", (int) l->form_see.len,
                              l->form_see.data, (int) l->sheet_career.len,
                              l->sheet_career.data);
        (void) hr_xlsx_push(x, &x->roles[HR_ROLE_TARGET], hr_xlsx_kept(x, see),
                            HR_STR_NULL, HR_STR_NULL);
    }

    targets = hr_xlsx_lines(x, &x->roles[HR_ROLE_TARGET]);
    hr_xlsx_pair(x, l->form_targets, targets);
}
