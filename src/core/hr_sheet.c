/* Rows and cells of a worksheet. */

#include "hr_sheet.h"
#include "hr_text.h"
#include "hr_xml.h"


/* limits of the spreadsheet programs */
#define HR_SHEET_CELL_UNITS   32000u        /* of 32,767, for escapes */
#define HR_SHEET_LINES        28u           /* of a merged cell: 409 points */
#define HR_SHEET_LINE_POINTS  13u


typedef struct {
    hr_str_t  rest;             /* what is still to be written */
    hr_str_t  piece;            /* what goes into this row */
    unsigned  lines;            /* height of the piece, estimated */
} hr_sheet_piece_t;


static void hr_sheet_line(hr_sheet_t *sheet, const hr_cell_t *cells, size_t n,
    const hr_sheet_piece_t *pieces, bool first);
static void hr_sheet_cell(hr_sheet_t *sheet, const hr_cell_t *cell,
    const hr_sheet_piece_t *piece, unsigned column, bool first);
static void hr_sheet_cut(hr_sheet_piece_t *piece, unsigned width, bool merged);
static unsigned hr_sheet_width(const hr_sheet_t *sheet, unsigned column,
    const hr_cell_t *cell);
static void hr_sheet_ref(hr_buf_t *out, unsigned column, unsigned row);
static void hr_sheet_text(hr_buf_t *out, hr_str_t text);


void
hr_sheet_open(hr_sheet_t *sheet, size_t limit)
{
    hr_buf_init(&sheet->rows, limit);
    hr_buf_init(&sheet->merges, limit);
    sheet->nrows = 0;
    sheet->nmerges = 0;
}


void
hr_sheet_release(hr_sheet_t *sheet)
{
    hr_buf_release(&sheet->rows);
    hr_buf_release(&sheet->merges);
}


hr_rc_t
hr_sheet_row(hr_sheet_t *sheet, const hr_cell_t *cells, size_t n)
{
    bool              more, first;
    size_t            i;
    unsigned          column, span;
    hr_sheet_piece_t  pieces[HR_SHEET_COLUMNS_MAX];

    if (n > HR_SHEET_COLUMNS_MAX || n > sheet->ncolumns) {
        return HR_INVALID;
    }

    for (i = 0; i < n; i++) {
        pieces[i].rest = cells[i].text.len == 0 ? HR_STR("") : cells[i].text;
    }

    first = true;

    do {
        more = false;

        for (i = 0, column = 0; i < n; i++, column += span) {
            span = cells[i].span == 0 ? 1 : cells[i].span;

            hr_sheet_cut(&pieces[i], hr_sheet_width(sheet, column, &cells[i]),
                         span > 1);

            more = more || pieces[i].rest.len != 0;
        }

        hr_sheet_line(sheet, cells, n, pieces, first);
        first = false;

    } while (more && sheet->rows.err == HR_OK);

    return sheet->rows.err;
}


void
hr_sheet_skip(hr_sheet_t *sheet)
{
    sheet->nrows++;
}


void
hr_sheet_join(hr_sheet_t *sheet, unsigned column, unsigned from, unsigned to)
{
    if (from >= to) {
        return;
    }

    hr_buf_c(&sheet->merges, "<mergeCell ref=\"");
    hr_sheet_ref(&sheet->merges, column, from);
    hr_buf_char(&sheet->merges, ':');
    hr_sheet_ref(&sheet->merges, column, to);
    hr_buf_c(&sheet->merges, "\"/>");
    sheet->nmerges++;
}


static void
hr_sheet_line(hr_sheet_t *sheet, const hr_cell_t *cells, size_t n,
    const hr_sheet_piece_t *pieces, bool first)
{
    bool      merged;
    size_t    i;
    unsigned  column, span, lines, points;

    if (sheet->nrows >= HR_SHEET_ROWS_MAX) {
        sheet->rows.err = sheet->rows.err == HR_OK ? HR_LIMIT : sheet->rows.err;
        return;
    }

    sheet->nrows++;

    for (i = 0, merged = false, lines = 1; i < n; i++) {
        merged = merged || cells[i].span > 1;
        lines = pieces[i].lines > lines ? pieces[i].lines : lines;
    }

    points = lines * HR_SHEET_LINE_POINTS + 5;
    if (cells[0].style == HR_CELL_TITLE || cells[0].style == HR_CELL_SECTION) {
        points += 6;
    }

    /* programs fit rows by themselves, but not around merged cells */
    hr_buf_printf(&sheet->rows, "<row r=\"%u\" ht=\"%u\"%s>", sheet->nrows,
                  points, merged ? " customHeight=\"1\"" : "");

    for (i = 0, column = 0; i < n; i++, column += span) {
        span = cells[i].span == 0 ? 1 : cells[i].span;
        hr_sheet_cell(sheet, &cells[i], &pieces[i], column, first);
    }

    hr_buf_c(&sheet->rows, "</row>");
}


static void
hr_sheet_cell(hr_sheet_t *sheet, const hr_cell_t *cell,
    const hr_sheet_piece_t *piece, unsigned column, bool first)
{
    bool       formula;
    unsigned   style, i;
    hr_buf_t  *out = &sheet->rows;

    /* programs must not take the text for a formula when somebody edits it */
    formula = piece->piece.len != 0
              && strchr("=+-@\t", piece->piece.data[0]) != NULL;

    style = (unsigned) cell->style + (formula ? HR_CELL_STYLES : 0);

    hr_buf_c(out, "<c r=\"");
    hr_sheet_ref(out, column, sheet->nrows);
    hr_buf_printf(out, "\" s=\"%u\"", style);

    if (piece->piece.len == 0) {
        hr_buf_c(out, "/>");

    } else if (cell->number && first && hr_sheet_is_number(piece->piece)) {
        hr_buf_c(out, "><v>");
        hr_buf_str(out, piece->piece);
        hr_buf_c(out, "</v></c>");

    } else {
        hr_buf_c(out, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        hr_sheet_text(out, piece->piece);
        hr_buf_c(out, "</t></is></c>");
    }

    if (cell->span > 1) {
        for (i = 1; i < cell->span; i++) {
            hr_buf_c(out, "<c r=\"");
            hr_sheet_ref(out, column + i, sheet->nrows);
            hr_buf_printf(out, "\" s=\"%u\"/>", (unsigned) cell->style);
        }

        hr_buf_c(&sheet->merges, "<mergeCell ref=\"");
        hr_sheet_ref(&sheet->merges, column, sheet->nrows);
        hr_buf_char(&sheet->merges, ':');
        hr_sheet_ref(&sheet->merges, column + cell->span - 1, sheet->nrows);
        hr_buf_c(&sheet->merges, "\"/>");
        sheet->nmerges++;
    }
}


/*
 * Takes the next piece off the rest: as much as a cell holds, ending after a
 * line or a word where there is one.  Lines are counted as the programs wrap
 * them, at blanks.
 */
static void
hr_sheet_cut(hr_sheet_piece_t *piece, unsigned width, bool merged)
{
    size_t    pos, end, stop;
    unsigned  units, column, blank, lines;
    uint32_t  cp;

    stop = 0;
    units = 0;
    column = 0;
    blank = 0;
    lines = 1;

    for (pos = 0; pos < piece->rest.len; pos = end) {
        end = pos;
        cp = hr_utf8_next(piece->rest, &end);

        units += cp > 0xffff ? 2 : 1;
        column++;

        if (cp == '\n') {
            lines++;
            column = 0;
            blank = 0;

        } else if (column > width) {
            lines++;
            column -= blank == 0 ? width : blank;
            blank = 0;
        }

        if (units > HR_SHEET_CELL_UNITS || (merged && lines > HR_SHEET_LINES)) {
            lines--;
            break;
        }

        if (cp == '\n' || cp == ' ') {
            stop = end;
            blank = column;
        }
    }

    if (pos == piece->rest.len || stop == 0) {
        stop = pos;
    }

    piece->piece = hr_str(piece->rest.data, stop);
    piece->rest = hr_str(piece->rest.data + stop, piece->rest.len - stop);
    piece->lines = lines < HR_SHEET_LINES ? lines : HR_SHEET_LINES;

    if (piece->rest.len != 0) {
        while (piece->piece.len != 0
               && (piece->piece.data[piece->piece.len - 1] == '\n'
                   || piece->piece.data[piece->piece.len - 1] == ' '))
        {
            piece->piece.len--;
        }
    }
}


/* Characters that fit beside each other: less the indent, and bold is wider. */
static unsigned
hr_sheet_width(const hr_sheet_t *sheet, unsigned column, const hr_cell_t *cell)
{
    unsigned  i, span, width;

    span = cell->span == 0 ? 1 : cell->span;

    for (i = 0, width = 0; i < span && column + i < sheet->ncolumns; i++) {
        width += sheet->widths[column + i];
    }

    if (cell->style != HR_CELL_BODY && cell->style != HR_CELL_NOTE) {
        width -= width / 10;
    }

    return width < 6 ? 4 : width - 2;
}


static void
hr_sheet_ref(hr_buf_t *out, unsigned column, unsigned row)
{
    if (column >= 26) {
        hr_buf_char(out, (char) ('A' + column / 26 - 1));
    }

    hr_buf_printf(out, "%c%u", 'A' + column % 26, row);
}


/*
 * "_x0041_" in a cell is read as "A": the underscore of such a text has to be
 * written as "_x005F_" itself (ECMA-376 part 1, 22.9.2.19).
 */
static void
hr_sheet_text(hr_buf_t *out, hr_str_t text)
{
    size_t  i, n, from;

    for (i = 0, from = 0; i + 6 < text.len; i++) {

        if (text.data[i] != '_' || text.data[i + 1] != 'x'
            || text.data[i + 6] != '_')
        {
            continue;
        }

        for (n = 2; n < 6; n++) {
            if (strchr("0123456789abcdefABCDEF", text.data[i + n]) == NULL) {
                break;
            }
        }

        if (n == 6) {
            hr_xml_escape(out, hr_str(text.data + from, i - from));
            hr_buf_c(out, "_x005F_");
            from = i + 1;
        }
    }

    hr_xml_escape(out, hr_str(text.data + from, text.len - from));
}


bool
hr_sheet_is_number(hr_str_t text)
{
    size_t  i, digits, dots;

    digits = 0;
    dots = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9') {
            digits++;

        } else if (text.data[i] == '.' && digits != 0 && dots == 0) {
            dots++;

        } else if (text.data[i] != '-' || i != 0) {
            return false;
        }
    }

    return digits != 0 && digits <= 15 && text.data[text.len - 1] != '.';
}
