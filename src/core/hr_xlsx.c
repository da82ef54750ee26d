/*
 * XLSX visitor: sorts what the walk tells into the rows of the corporate form
 * (by role) and the sheets of the areas (everything else), so that nothing can
 * get lost and nothing is written twice.
 */

#include "hr_emoji.h"
#include "hr_text.h"
#include "hr_ooxml.h"
#include "hr_xlsx.h"
#include "hr_xlsx_form.h"


#define HR_XLSX_ARENA  (64u << 20)

typedef struct {
    size_t    name;                 /* label of the sheet */
    unsigned  widths[6];
    size_t    ncolumns;
    size_t    columns[6];           /* labels of the header */
} hr_xlsx_layout_t;

#define HR_XLSX_LABEL(label)  offsetof(hr_section_labels_t, label)

static const hr_xlsx_layout_t  hr_xlsx_layouts[HR_XLSX_SHEETS] = {
    [HR_XLSX_FORM] = {
        HR_XLSX_LABEL(form_sheet), { 30, 35, 25 }, 3, { 0 }
    },
    [HR_XLSX_CAREER] = {
        HR_XLSX_LABEL(sheet_career), { 20, 28, 30, 38, 28, 28 }, 6,
        { HR_XLSX_LABEL(column_branch), HR_XLSX_LABEL(column_position),
          HR_XLSX_LABEL(step_department), HR_XLSX_LABEL(step_rationale),
          HR_XLSX_LABEL(step_strengthen), HR_XLSX_LABEL(step_acquire) }
    },
    [HR_XLSX_WORKPLACE] = {
        HR_XLSX_LABEL(sheet_workplace), { 32, 32, 64 }, 3,
        { HR_XLSX_LABEL(column_section), HR_XLSX_LABEL(column_item),
          HR_XLSX_LABEL(value) }
    },
    [HR_XLSX_METRICS] = {
        HR_XLSX_LABEL(sheet_metrics), { 34, 90 }, 2,
        { HR_XLSX_LABEL(column_item), HR_XLSX_LABEL(value) }
    },
    [HR_XLSX_ADDITIONAL] = {
        HR_XLSX_LABEL(sheet_additional), { 32, 32, 64 }, 3,
        { HR_XLSX_LABEL(column_section), HR_XLSX_LABEL(column_item),
          HR_XLSX_LABEL(value) }
    },
    [HR_XLSX_METADATA] = {
        HR_XLSX_LABEL(sheet_metadata), { 34, 60 }, 2,
        { HR_XLSX_LABEL(parameter), HR_XLSX_LABEL(value) }
    }
};


/* The visitor's own state beside what it gathers. */
typedef struct {
    hr_xlsx_t           x;
    hr_xlsx_sheet_t     sheet;          /* where rows of the section go */
    hr_section_id_t     section;
    hr_str_t            heading;        /* of level 3 or 4 */
    bool                once;           /* it is a value: to be written once */
    hr_str_t            label;
    hr_xlsx_list_t      step[6];        /* columns of the open career step */
    bool                open;
    hr_str_t            made;           /* line that names the product */
} hr_xlsx_walk_t;


static hr_rc_t hr_xlsx_event(void *ctx, const hr_section_event_t *event);
static void hr_xlsx_begin_section(hr_xlsx_walk_t *w,
    const hr_section_event_t *event);
static bool hr_xlsx_form_event(hr_xlsx_walk_t *w,
    const hr_section_event_t *event);
static void hr_xlsx_skill(hr_xlsx_walk_t *w, const hr_section_event_t *event);
static bool hr_xlsx_step_event(hr_xlsx_walk_t *w,
    const hr_section_event_t *event);
static void hr_xlsx_step_end(hr_xlsx_walk_t *w);
static void hr_xlsx_area_event(hr_xlsx_walk_t *w,
    const hr_section_event_t *event);
static void hr_xlsx_put(hr_xlsx_walk_t *w, hr_str_t label, hr_str_t text,
    hr_cell_style_t style);
static hr_str_t hr_xlsx_plain(hr_str_t heading);
static void hr_xlsx_open(hr_xlsx_t *x, hr_str_t mark);
static hr_str_t hr_xlsx_label(const hr_xlsx_t *x, size_t offset);


hr_rc_t
hr_xlsx_render(const hr_section_input_t *in,
    const hr_xlsx_vocabulary_t *vocabulary, hr_sink_t sink)
{
    size_t                 i;
    hr_rc_t                rc;
    hr_xlsx_walk_t         w = { .sheet = HR_XLSX_FORM };
    hr_sheet_props_t       props;
    hr_section_visitor_t   visitor = {
        .event = hr_xlsx_event,
        .ctx = &w,
        .stamp_label = HR_STR("XLSX создан")
    };

    w.x.labels = in->labels == NULL ? &hr_section_labels_ru : in->labels;
    w.x.vocabulary = vocabulary;
    w.x.rc = HR_OK;
    w.x.arena = hr_arena_create(HR_XLSX_ARENA);
    if (w.x.arena == NULL) {
        return HR_NOMEM;
    }

    hr_xlsx_open(&w.x, in->draft ? w.x.labels->page_draft : HR_STR(""));

    rc = hr_section_walk(in, &visitor, w.x.arena);

    if (rc == HR_OK) {
        hr_xlsx_form(&w.x);
        rc = w.x.rc;
    }

    if (rc == HR_OK) {
        props = (hr_sheet_props_t) {
            .title = hr_section_title(in, w.x.arena),
            .creator = in->product.len == 0 ? w.x.labels->product : in->product,
            .language = w.x.labels->language,
            .created_at = in->created_at
        };

        rc = hr_sheet_write(sink, w.x.sheets, HR_XLSX_SHEETS, &props);
    }

    for (i = 0; i < HR_XLSX_SHEETS; i++) {
        hr_sheet_release(&w.x.sheets[i]);
    }

    hr_arena_destroy(w.x.arena);

    return rc;
}


bool
hr_xlsx_push(hr_xlsx_t *x, hr_xlsx_list_t *list, hr_str_t a, hr_str_t b,
    hr_str_t c)
{
    hr_xlsx_item_t  *item;

    item = hr_arena_calloc(x->arena, sizeof(hr_xlsx_item_t));
    if (item == NULL) {
        x->rc = x->rc == HR_OK ? HR_NOMEM : x->rc;
        return false;
    }

    item->a = a;
    item->b = b;
    item->c = c;

    if (list->last == NULL) {
        list->first = item;

    } else {
        list->last->next = item;
    }

    list->last = item;
    list->count++;

    return true;
}


hr_str_t
hr_xlsx_kept(hr_xlsx_t *x, hr_str_t text)
{
    if (text.data == NULL) {
        x->rc = x->rc == HR_OK ? HR_NOMEM : x->rc;
        return HR_STR("");
    }

    return text;
}


hr_str_t
hr_xlsx_lines(hr_xlsx_t *x, const hr_xlsx_list_t *list)
{
    char                  *out, *p;
    size_t                 len;
    const hr_xlsx_item_t  *item;

    if (list->count <= 1) {
        return list->first == NULL ? HR_STR("") : list->first->a;
    }

    for (len = 0, item = list->first; item != NULL; item = item->next) {
        len += item->a.len + sizeof("\n– ");
    }

    out = hr_arena_alloc(x->arena, len);
    if (out == NULL) {
        x->rc = x->rc == HR_OK ? HR_NOMEM : x->rc;
        return HR_STR("");
    }

    for (p = out, item = list->first; item != NULL; item = item->next) {
        if (p != out) {
            *p++ = '\n';
        }

        if (!item->label) {
            memcpy(p, "– ", sizeof("– ") - 1);
            p += sizeof("– ") - 1;
        }

        memcpy(p, item->a.data, item->a.len);
        p += item->a.len;
    }

    return hr_str(out, (size_t) (p - out));
}


static hr_rc_t
hr_xlsx_event(void *ctx, const hr_section_event_t *event)
{
    hr_xlsx_walk_t  *w = ctx;

    /* page furniture of the other formats; the form has its own */
    if (event->type == HR_SECTION_TITLE || event->type == HR_SECTION_SUBTITLE
        || event->type == HR_SECTION_RULE || event->type == HR_SECTION_TABLE
        || event->type == HR_SECTION_TABLE_END)
    {
        return w->x.rc;
    }

    if (event->type == HR_SECTION_HEADING && event->level == 2) {
        hr_xlsx_begin_section(w, event);
        return w->x.rc;
    }

    if (!hr_xlsx_form_event(w, event) && !hr_xlsx_step_event(w, event)) {
        hr_xlsx_area_event(w, event);
    }

    return w->x.rc;
}


static void
hr_xlsx_begin_section(hr_xlsx_walk_t *w, const hr_section_event_t *event)
{
    static const hr_xlsx_sheet_t  sheets[HR_SECTION_COUNT] = {
        [HR_SECTION_CAREER] = HR_XLSX_CAREER,
        [HR_SECTION_WORKPLACE] = HR_XLSX_WORKPLACE,
        [HR_SECTION_METRICS] = HR_XLSX_METRICS,
        [HR_SECTION_ADDITIONAL] = HR_XLSX_ADDITIONAL,
        [HR_SECTION_METADATA] = HR_XLSX_METADATA
    };

    hr_xlsx_step_end(w);

    w->section = event->section;
    w->sheet = sheets[event->section];
    w->heading = HR_STR_NULL;
    w->label = HR_STR_NULL;
}


/* Whether the value has a place in the form; then it is put there. */
static bool
hr_xlsx_form_event(hr_xlsx_walk_t *w, const hr_section_event_t *event)
{
    hr_str_t         text;
    hr_xlsx_t       *x = &w->x;
    hr_xlsx_list_t  *list;

    if (event->type == HR_SECTION_NOTICE && event->section == HR_SECTION_HEADER) {
        (void) hr_xlsx_push(x, &x->notices, event->text, HR_STR_NULL,
                            HR_STR_NULL);
        return true;
    }

    if (event->type == HR_SECTION_MISSING && w->sheet == HR_XLSX_FORM) {
        x->missing[event->section] = event->text;
        return true;
    }

    if (event->section == HR_SECTION_SKILLS) {
        hr_xlsx_skill(w, event);
        return true;
    }

    switch (event->role) {

    case HR_ROLE_NONE:
    case HR_ROLE_BRANCH:
    case HR_ROLE_TRACK:
    case HR_ROLE_STEP:
    case HR_ROLE_STEP_DEPARTMENT:
    case HR_ROLE_STEP_RATIONALE:
    case HR_ROLE_STEP_STRENGTHEN:
    case HR_ROLE_STEP_ACQUIRE:
        return false;

    case HR_ROLE_AREA:
        text = event->number == 0 ? event->text
               : hr_xlsx_kept(x, hr_arena_printf(x->arena, "%u. %.*s",
                                                 event->number,
                                                 (int) event->text.len,
                                                 event->text.data));
        (void) hr_xlsx_push(x, &x->roles[HR_ROLE_AREA], text, HR_STR_NULL,
                            HR_STR_NULL);
        return true;

    case HR_ROLE_TASK:
        (void) hr_xlsx_push(x, &x->roles[HR_ROLE_AREA], HR_STR_NULL, event->text,
                            HR_STR_NULL);
        return true;

    case HR_ROLE_SUBORDINATES:
        if (event->nparts == 2) {
            (void) hr_xlsx_push(x, &x->departments, event->parts[0], HR_STR_NULL,
                                HR_STR_NULL);
            (void) hr_xlsx_push(x, &x->people, event->parts[1], HR_STR_NULL,
                                HR_STR_NULL);
            return true;
        }
        break;

    default:
        break;
    }

    text = event->type == HR_SECTION_ROW ? event->cells[1] : event->text;

    if (event->type == HR_SECTION_LABEL) {
        /* elsewhere it would only repeat the label of the row */
        if (event->role != HR_ROLE_SOURCE) {
            return true;
        }

        text = hr_xlsx_kept(x, hr_arena_printf(x->arena, "%.*s:", (int) text.len,
                                               text.data));
    }

    list = &x->roles[event->role];

    if (hr_xlsx_push(x, list, text, HR_STR_NULL, HR_STR_NULL)
        && event->type == HR_SECTION_LABEL)
    {
        list->last->label = true;
    }

    return true;
}


static void
hr_xlsx_skill(hr_xlsx_walk_t *w, const hr_section_event_t *event)
{
    hr_str_t         level, c;
    hr_xlsx_t       *x = &w->x;
    hr_xlsx_list_t  *list = &x->roles[HR_ROLE_SKILL];

    switch (event->type) {

    case HR_SECTION_HEADING:
        (void) hr_xlsx_push(x, list, event->text, HR_STR_NULL, HR_STR_NULL);
        break;

    case HR_SECTION_ROW:
        level = event->cells[1];

        /* the filled forms carry the number and the standard text */
        if (event->nparts == 1 && event->parts[0].len != 0) {
            level = hr_arena_printf(x->arena, "%.*s – %.*s",
                                    (int) event->parts[0].len,
                                    event->parts[0].data,
                                    (int) level.len, level.data);
        }

        c = hr_arena_printf(x->arena, "%.*s\n%.*s", (int) level.len, level.data,
                            (int) event->cells[2].len, event->cells[2].data);
        (void) hr_xlsx_push(x, list, HR_STR_NULL, event->cells[0],
                            hr_xlsx_kept(x, c));
        break;

    case HR_SECTION_FIELD:
        (void) hr_xlsx_push(x, list, HR_STR_NULL, event->label, event->text);
        break;

    default:
        (void) hr_xlsx_push(x, list, HR_STR_NULL, event->text, HR_STR_NULL);
    }
}


/* Columns of the career table: branch, position, then the particulars. */
static bool
hr_xlsx_step_event(hr_xlsx_walk_t *w, const hr_section_event_t *event)
{
    size_t      column;
    hr_xlsx_t  *x = &w->x;

    switch (event->role) {

    case HR_ROLE_STEP:
        hr_xlsx_step_end(w);
        (void) hr_xlsx_push(x, &w->step[0], w->heading, HR_STR_NULL, HR_STR_NULL);
        w->open = true;
        x->steps = true;
        column = 1;
        break;

    case HR_ROLE_STEP_DEPARTMENT:
        column = 2;
        break;

    case HR_ROLE_STEP_RATIONALE:
        column = 3;
        break;

    case HR_ROLE_STEP_STRENGTHEN:
        column = 4;
        break;

    case HR_ROLE_STEP_ACQUIRE:
        column = 5;
        break;

    default:
        hr_xlsx_step_end(w);
        return false;
    }

    if (event->type != HR_SECTION_LABEL) {
        (void) hr_xlsx_push(x, &w->step[column], event->text, HR_STR_NULL,
                            HR_STR_NULL);
    }

    return true;
}


static void
hr_xlsx_step_end(hr_xlsx_walk_t *w)
{
    size_t     i;
    hr_cell_t  cells[6];

    if (!w->open) {
        return;
    }

    for (i = 0; i < 6; i++) {
        cells[i] = (hr_cell_t) {
            i == 1 ? HR_CELL_LABEL : HR_CELL_BODY,
            hr_xlsx_lines(&w->x, &w->step[i]), false, 1
        };
        w->step[i] = (hr_xlsx_list_t) { NULL, NULL, 0 };
    }

    (void) hr_sheet_row(&w->x.sheets[HR_XLSX_CAREER], cells, 6);
    w->open = false;
}


/* What has no place in the form: a row on the sheet of its area. */
static void
hr_xlsx_area_event(hr_xlsx_walk_t *w, const hr_section_event_t *event)
{
    switch (event->type) {

    case HR_SECTION_HEADING:
        w->heading = hr_xlsx_plain(event->text);
        w->once = event->role == HR_ROLE_TRACK;
        w->label = HR_STR_NULL;
        break;

    case HR_SECTION_LABEL:
        w->label = event->text;
        break;

    case HR_SECTION_FIELD:
        hr_xlsx_put(w, event->label, event->text, HR_CELL_BODY);
        w->label = HR_STR_NULL;
        break;

    case HR_SECTION_ROW:
        hr_xlsx_put(w, event->cells[0], event->cells[1], HR_CELL_BODY);
        break;

    case HR_SECTION_NOTICE:
        hr_xlsx_put(w, HR_STR_NULL, event->text, HR_CELL_NOTICE);
        break;

    case HR_SECTION_FOOTER:
        if (event->section == HR_SECTION_HEADER) {
            w->made = event->text;
            break;
        }

        hr_xlsx_put(w, HR_STR_NULL, w->made, HR_CELL_NOTE);
        hr_xlsx_put(w, HR_STR_NULL, event->text, HR_CELL_NOTE);
        break;

    case HR_SECTION_MISSING:
        hr_xlsx_put(w, HR_STR_NULL, event->text, HR_CELL_NOTE);
        break;

    default:
        hr_xlsx_put(w, w->label, event->text, HR_CELL_BODY);
    }
}


/*
 * Two columns hold a name and a value, three the heading as well; the career
 * table has the name of a list in the column of the branches.
 */
static void
hr_xlsx_put(hr_xlsx_walk_t *w, hr_str_t label, hr_str_t text,
    hr_cell_style_t style)
{
    size_t            i, n;
    hr_cell_t         cells[6];
    hr_xlsx_sheet_t   sheet;

    sheet = w->sheet == HR_XLSX_FORM ? HR_XLSX_ADDITIONAL : w->sheet;
    n = w->x.sheets[sheet].ncolumns;

    for (i = 0; i < n; i++) {
        cells[i] = (hr_cell_t) { HR_CELL_BODY, HR_STR_NULL, false, 1 };
    }

    if (n != 3) {
        cells[0].text = label.len == 0 ? w->heading : label;

        if (n != 2 && label.len != 0 && w->heading.len != 0) {
            cells[0].text = hr_xlsx_kept(&w->x, hr_arena_printf(w->x.arena,
                                         "%.*s: %.*s", (int) w->heading.len,
                                         w->heading.data, (int) label.len,
                                         label.data));
        }

        cells[1].text = text;
        cells[1].style = style;

    } else {
        cells[0].text = w->heading;
        cells[1].text = label;
        cells[2].text = text;
        cells[2].style = style;
    }

    cells[0].style = HR_CELL_LABEL;

    (void) hr_sheet_row(&w->x.sheets[sheet], cells, n);

    if (w->once) {
        w->heading = HR_STR_NULL;
        w->once = false;
    }
}


/* Headings without the emoji in front: here they are values of a column. */
static hr_str_t
hr_xlsx_plain(hr_str_t heading)
{
    size_t  n;

    if (heading.len == 0) {
        return heading;
    }

    n = hr_emoji_len(heading, 0);

    return hr_trim(hr_str(heading.data + n, heading.len - n));
}


static void
hr_xlsx_open(hr_xlsx_t *x, hr_str_t mark)
{
    size_t                   i, k;
    hr_cell_t                cells[6];
    hr_sheet_t              *sheet;
    const hr_xlsx_layout_t  *layout;

    for (i = 0; i < HR_XLSX_SHEETS; i++) {
        layout = &hr_xlsx_layouts[i];
        sheet = &x->sheets[i];

        *sheet = (hr_sheet_t) {
            .kind = i == HR_XLSX_FORM ? HR_SHEET_FORM : HR_SHEET_TABLE,
            .name = hr_xlsx_label(x, layout->name),
            .widths = layout->widths,
            .ncolumns = layout->ncolumns,
            .mark = mark
        };

        hr_sheet_open(sheet, HR_OOXML_PART_MAX / 2);

        if (i == HR_XLSX_FORM) {
            continue;
        }

        for (k = 0; k < layout->ncolumns; k++) {
            cells[k] = (hr_cell_t) {
                HR_CELL_HEAD, hr_xlsx_label(x, layout->columns[k]), false, 1
            };
        }

        (void) hr_sheet_row(sheet, cells, layout->ncolumns);
    }
}


static hr_str_t
hr_xlsx_label(const hr_xlsx_t *x, size_t offset)
{
    return *(const hr_str_t *) (const void *) ((const char *) x->labels + offset);
}
