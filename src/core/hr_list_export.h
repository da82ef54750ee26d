/* A table of the profile list (or any list) as CSV or XLSX. */

#ifndef HR_LIST_EXPORT_H
#define HR_LIST_EXPORT_H

#include "hr_base.h"
#include "hr_time.h"


#define HR_CSV_MIME  "text/csv; charset=utf-8"

typedef enum {
    HR_LIST_CSV = 0,        /* RFC 4180, comma, CRLF, with a UTF-8 byte order mark */
    HR_LIST_XLSX
} hr_list_format_t;

typedef enum {
    HR_LIST_TEXT = 0,       /* written as text whatever it looks like */
    HR_LIST_NUMBER          /* a JSON number; anything else falls back to text */
} hr_list_type_t;

typedef struct {
    hr_str_t        title;
    hr_list_type_t  type;
    unsigned        width;      /* XLSX: characters, 1..255 */
} hr_list_column_t;

typedef struct {
    hr_list_format_t         format;
    const hr_list_column_t  *columns;       /* must outlive the export */
    size_t                   ncolumns;      /* 1..64 */
    hr_str_t                 sheet;         /* XLSX: name of the sheet; cut at 31 characters */
    hr_str_t                 product;       /* XLSX: creator */
    hr_instant_t             created_at;    /* XLSX: creation time */
    char                     separator;     /* CSV: 0 means ',' */
} hr_list_opts_t;

#define HR_LIST_ROWS_MAX   1048575u         /* of a sheet, below its header */

typedef struct hr_list_export_s  hr_list_export_t;

/*
 * NULL on a bad option or an empty heap.  The header row is written first.  CSV
 * streams row by row (RFC 4180: comma and CRLF, which every program reads; a
 * Russian Excel asks for ';' when a file is opened by a double click, so the
 * separator can be chosen).  XLSX is kept in memory until the close, at most 64
 * MiB of XML.
 */
hr_list_export_t *hr_list_export_open(const hr_list_opts_t *opts, hr_sink_t sink);
/*
 * One cell per column; {0, NULL} is an empty cell.  In CSV a text that a
 * spreadsheet would take for a formula (= + - @ tab CR) gets an apostrophe in
 * front.  HR_LIMIT after HR_LIST_ROWS_MAX rows.  Errors are sticky.
 */
hr_rc_t hr_list_export_row(hr_list_export_t *x, const hr_str_t *cells);
/* Writes what is left and frees x; returns the first error of the export. */
hr_rc_t hr_list_export_close(hr_list_export_t *x);
/* Frees x without finishing the output. */
void hr_list_export_abort(hr_list_export_t *x);

#endif /* HR_LIST_EXPORT_H */
