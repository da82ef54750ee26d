/* A table of a list as CSV or XLSX. */

#include <stdlib.h>

#include "hr_list_export.h"
#include "hr_ooxml.h"
#include "hr_sheet.h"
#include "hr_text.h"


#define HR_LIST_LINE_MAX   (16u << 20)      /* bytes of one CSV row */
#define HR_LIST_NAME_MAX   31u              /* characters of a sheet's name */


struct hr_list_export_s {
    hr_list_opts_t   opts;
    hr_sink_t        sink;
    hr_rc_t          err;
    size_t           rows;
    hr_buf_t         line;                  /* CSV: the row in the making */
    hr_buf_t         name;                  /* XLSX: name of the sheet */
    hr_sheet_t       sheet;
    unsigned         widths[HR_SHEET_COLUMNS_MAX];
};


static void hr_list_row(hr_list_export_t *x, const hr_str_t *cells, bool header);
static void hr_list_csv_row(hr_list_export_t *x, const hr_str_t *cells,
    bool header);
static void hr_list_csv_cell(hr_list_export_t *x, hr_str_t text, bool number);
static void hr_list_sheet_row(hr_list_export_t *x, const hr_str_t *cells,
    bool header);
static void hr_list_name(hr_list_export_t *x);


hr_list_export_t *
hr_list_export_open(const hr_list_opts_t *opts, hr_sink_t sink)
{
    size_t             i;
    hr_str_t           titles[HR_SHEET_COLUMNS_MAX];
    hr_list_export_t  *x;

    if (opts->ncolumns == 0 || opts->ncolumns > HR_SHEET_COLUMNS_MAX) {
        return NULL;
    }

    x = calloc(1, sizeof(hr_list_export_t));
    if (x == NULL) {
        return NULL;
    }

    x->opts = *opts;
    x->sink = sink;
    hr_buf_init(&x->line, HR_LIST_LINE_MAX);
    hr_buf_init(&x->name, 4 * HR_LIST_NAME_MAX);

    for (i = 0; i < opts->ncolumns; i++) {
        titles[i] = opts->columns[i].title;
        x->widths[i] = opts->columns[i].width;

        if (x->widths[i] == 0 || x->widths[i] > 255) {
            x->widths[i] = 20;
        }
    }

    if (opts->format == HR_LIST_XLSX) {
        hr_list_name(x);
        x->sheet = (hr_sheet_t) {
            .kind = HR_SHEET_TABLE,
            .name = hr_buf_view(&x->name),
            .widths = x->widths,
            .ncolumns = opts->ncolumns,
            .mark = HR_STR("")
        };
        hr_sheet_open(&x->sheet, HR_OOXML_PART_MAX);

    } else {
        x->opts.separator = opts->separator == '\0' ? ',' : opts->separator;
        hr_buf_c(&x->line, "\xef\xbb\xbf");
    }

    hr_list_row(x, titles, true);

    if (x->err != HR_OK || x->name.err != HR_OK) {
        hr_list_export_abort(x);
        return NULL;
    }

    return x;
}


hr_rc_t
hr_list_export_row(hr_list_export_t *x, const hr_str_t *cells)
{
    if (x->err == HR_OK && x->rows == HR_LIST_ROWS_MAX) {
        x->err = HR_LIMIT;
    }

    if (x->err == HR_OK) {
        x->rows++;
        hr_list_row(x, cells, false);
    }

    return x->err;
}


hr_rc_t
hr_list_export_close(hr_list_export_t *x)
{
    hr_rc_t           rc;
    hr_sheet_props_t  props;

    if (x->err == HR_OK && x->opts.format == HR_LIST_XLSX) {
        props = (hr_sheet_props_t) {
            .title = x->opts.sheet,
            .creator = x->opts.product,
            .language = HR_STR("ru-RU"),
            .created_at = x->opts.created_at
        };

        x->err = hr_sheet_write(x->sink, &x->sheet, 1, &props);
    }

    rc = x->err;
    hr_list_export_abort(x);

    return rc;
}


void
hr_list_export_abort(hr_list_export_t *x)
{
    if (x == NULL) {
        return;
    }

    if (x->opts.format == HR_LIST_XLSX) {
        hr_sheet_release(&x->sheet);
    }

    hr_buf_release(&x->line);
    hr_buf_release(&x->name);
    free(x);
}


static void
hr_list_row(hr_list_export_t *x, const hr_str_t *cells, bool header)
{
    if (x->opts.format == HR_LIST_XLSX) {
        hr_list_sheet_row(x, cells, header);

    } else {
        hr_list_csv_row(x, cells, header);
    }
}


static void
hr_list_csv_row(hr_list_export_t *x, const hr_str_t *cells, bool header)
{
    size_t  i;

    for (i = 0; i < x->opts.ncolumns; i++) {
        if (i != 0) {
            hr_buf_char(&x->line, x->opts.separator);
        }

        hr_list_csv_cell(x, cells[i], !header && x->opts.columns[i].type
                                                 == HR_LIST_NUMBER);
    }

    hr_buf_c(&x->line, "\r\n");

    x->err = x->line.err;
    if (x->err == HR_OK) {
        x->err = x->sink.write(x->sink.ctx, x->line.data, x->line.len);
    }

    hr_buf_reset(&x->line);
}


static void
hr_list_csv_cell(hr_list_export_t *x, hr_str_t text, bool number)
{
    bool       quoted;
    size_t     pos;
    uint32_t   cp;
    hr_buf_t  *out = &x->line;

    if (number && hr_sheet_is_number(text)) {
        hr_buf_str(out, text);
        return;
    }

    for (quoted = false, pos = 0; pos < text.len; pos++) {
        if (text.data[pos] == x->opts.separator
            || strchr("\"\r\n\t ", text.data[pos]) != NULL)
        {
            quoted = true;
            break;
        }
    }

    hr_buf_c(out, quoted ? "\"" : "");

    if (text.len != 0 && strchr("=+-@\t\r", text.data[0]) != NULL
        && text.data[0] != '\0')
    {
        hr_buf_char(out, '\'');
    }

    for (pos = 0; pos < text.len; /* void */) {
        cp = hr_utf8_next(text, &pos);

        if (cp == '"') {
            hr_buf_c(out, "\"\"");

        } else if (cp != 0) {
            hr_utf8_append(out, cp);
        }
    }

    hr_buf_c(out, quoted ? "\"" : "");
}


static void
hr_list_sheet_row(hr_list_export_t *x, const hr_str_t *cells, bool header)
{
    size_t     i;
    hr_cell_t  row[HR_SHEET_COLUMNS_MAX];

    for (i = 0; i < x->opts.ncolumns; i++) {
        row[i] = (hr_cell_t) {
            .style = header ? HR_CELL_HEAD : HR_CELL_BODY,
            .text = cells[i],
            .number = !header && x->opts.columns[i].type == HR_LIST_NUMBER,
            .span = 1
        };
    }

    x->err = hr_sheet_row(&x->sheet, row, x->opts.ncolumns);
}


/* Excel refuses a file whose sheet is called "A/B" or "" or 'x'. */
static void
hr_list_name(hr_list_export_t *x)
{
    size_t    pos;
    uint32_t  cp;
    hr_str_t  name;

    name = hr_trim(hr_utf8_cut(hr_trim(x->opts.sheet), HR_LIST_NAME_MAX));

    for (pos = 0; pos < name.len; /* void */) {
        cp = hr_utf8_next(name, &pos);

        if (cp < 0x20 || cp > 0xffff
            || (cp < 0x80 && strchr("[]:*?/\\'", (int) cp) != NULL))
        {
            cp = '_';
        }

        hr_utf8_append(&x->name, cp);
    }

    if (x->name.len == 0) {
        hr_buf_c(&x->name, "Sheet1");
    }
}
