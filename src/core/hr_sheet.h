/*
 * Worksheets and workbooks (SpreadsheetML), as far as the exports need them:
 * cells of text and numbers, merged ranges, a frozen header row.
 *
 * Written here and not by libxlsxwriter: version 1.1.4 can only write to a named
 * file and puts every part into a temporary one on the way, while this library
 * does no I/O.
 */

#ifndef HR_SHEET_H
#define HR_SHEET_H

#include "hr_base.h"
#include "hr_time.h"


#define HR_SHEET_COLUMNS_MAX  64u
#define HR_SHEET_ROWS_MAX     1048576u

typedef enum {
    HR_CELL_PLAIN = 0,      /* no border; what cells are that nobody wrote */
    HR_CELL_BODY,           /* wrapped, bordered */
    HR_CELL_LABEL,          /* the same in bold */
    HR_CELL_HEAD,           /* column header */
    HR_CELL_FORM_HEAD,      /* column header of the corporate form */
    HR_CELL_TITLE,
    HR_CELL_SECTION,
    HR_CELL_NOTE,           /* italic */
    HR_CELL_NOTICE,         /* bold red */
    HR_CELL_CHECK,          /* body in a font that has the check boxes */
    HR_CELL_STYLES
} hr_cell_style_t;

typedef struct {
    hr_cell_style_t  style;
    hr_str_t         text;
    bool             number;        /* text is a JSON number */
    unsigned         span;          /* columns that the cell takes; 0 means 1 */
} hr_cell_t;

typedef enum {
    HR_SHEET_TABLE = 0,     /* row 1 is the header: frozen, filtered, repeated on paper */
    HR_SHEET_FORM           /* row 1 is the title: frozen */
} hr_sheet_kind_t;

typedef struct {
    hr_sheet_kind_t   kind;
    hr_str_t          name;         /* at most 31 characters without []:*?/\ */
    const unsigned   *widths;       /* of the columns, characters */
    size_t            ncolumns;
    hr_str_t          mark;         /* head of every printed page, or empty */
    hr_buf_t          rows;
    hr_buf_t          merges;
    unsigned          nrows;
    unsigned          nmerges;
} hr_sheet_t;

/* limit: bytes of the sheet's XML. */
void hr_sheet_open(hr_sheet_t *sheet, size_t limit);
void hr_sheet_release(hr_sheet_t *sheet);

/*
 * Appends a row.  A text too long for a cell (32,767 UTF-16 units), or too high
 * for a merged one, goes on in the same column of the row below.  Errors are
 * sticky in sheet->rows.err; HR_LIMIT after HR_SHEET_ROWS_MAX rows.
 */
hr_rc_t hr_sheet_row(hr_sheet_t *sheet, const hr_cell_t *cells, size_t n);
void hr_sheet_skip(hr_sheet_t *sheet);                      /* an empty row */
/* One cell out of those of a column in the rows from..to (from 1). */
void hr_sheet_join(hr_sheet_t *sheet, unsigned column, unsigned from, unsigned to);

/* Whether a cell can hold the text as a number without rounding it. */
bool hr_sheet_is_number(hr_str_t text);

typedef struct {
    hr_str_t      title;
    hr_str_t      creator;
    hr_str_t      language;
    hr_instant_t  created_at;
} hr_sheet_props_t;

/* The whole package; same sheets, same bytes. */
hr_rc_t hr_sheet_write(hr_sink_t sink, hr_sheet_t *sheets, size_t n,
    const hr_sheet_props_t *props);

#endif /* HR_SHEET_H */
