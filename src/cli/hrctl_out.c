#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <utf8proc.h>

#include "hrctl.h"


#define HRCTL_COLUMNS     16
#define HRCTL_CELLS_MAX   1000000
#define HRCTL_LINE_NAME   18
#define HRCTL_GAP         2

struct hrctl_table_s {
    char     *titles;           /* cut at the "|" */
    char     *title[HRCTL_COLUMNS];
    bool      number[HRCTL_COLUMNS];
    bool      whole[HRCTL_COLUMNS];
    unsigned  columns;
    char    **cells;
    size_t    count, capacity;
    bool      failed;
};


/* One character at text; its width, and its length in bytes. */
static unsigned
hrctl_character(const char *text, size_t *len)
{
    int                  width;
    utf8proc_int32_t     cp;
    utf8proc_ssize_t     n;

    n = utf8proc_iterate((const utf8proc_uint8_t *) text, -1, &cp);

    if (n <= 0) {
        *len = 1;
        return 1;               /* printed as "?" */
    }

    *len = (size_t) n;
    width = utf8proc_charwidth(cp);

    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ? 1 : (unsigned) width;
}


size_t
hrctl_width(const char *text)
{
    size_t  len, width;

    for (width = 0; *text != '\0'; text += len) {
        width += hrctl_character(text, &len);
    }

    return width;
}


/* At most max columns; returns how many. */
static size_t
hrctl_put_cut(FILE *out, const char *text, size_t max)
{
    size_t               len, width, w;
    utf8proc_int32_t     cp;

    for (width = 0; *text != '\0'; text += len) {
        w = hrctl_character(text, &len);

        if (width + w > max) {
            break;
        }

        width += w;

        /* a server must not drive the terminal: no escapes, no bidi controls */
        if (utf8proc_iterate((const utf8proc_uint8_t *) text, -1, &cp) <= 0
            || cp < 0x20 || (cp >= 0x7f && cp < 0xa0)
            || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
        {
            (void) fputc(cp == '\n' || cp == '\t' ? ' ' : '?', out);
            continue;
        }

        (void) fwrite(text, 1, len, out);
    }

    return width;
}


void
hrctl_put(FILE *out, const char *text)
{
    (void) hrctl_put_cut(out, text, SIZE_MAX);
}


hrctl_table_t *
hrctl_table(const char *titles)
{
    char           *p;
    hrctl_table_t  *t;

    t = calloc(1, sizeof(hrctl_table_t));
    if (t == NULL) {
        (void) hrctl_no_memory();
        return NULL;
    }

    t->titles = strdup(titles);
    if (t->titles == NULL) {
        (void) hrctl_no_memory();
        free(t);
        return NULL;
    }

    for (p = t->titles; p != NULL && t->columns < HRCTL_COLUMNS; t->columns++) {
        t->number[t->columns] = *p == '#';
        t->whole[t->columns] = *p == '=';
        t->title[t->columns] = p + (*p == '#' || *p == '=');

        p = strchr(p, '|');
        if (p != NULL) {
            *p++ = '\0';
        }
    }

    return t;
}


void
hrctl_cell(hrctl_table_t *t, const char *text)
{
    char  **grown;

    if (t->count == t->capacity) {
        t->capacity = t->capacity == 0 ? 256 : t->capacity * 2;
        grown = t->capacity > HRCTL_CELLS_MAX
                ? NULL : realloc(t->cells, t->capacity * sizeof(char *));

        if (grown == NULL) {
            t->capacity = t->count;
            t->failed = true;
            return;
        }

        t->cells = grown;
    }

    t->cells[t->count] = strdup(text == NULL ? "" : text);

    if (t->cells[t->count] == NULL) {
        t->failed = true;
        return;
    }

    t->count++;
}


void
hrctl_cell_printf(hrctl_table_t *t, const char *format, ...)
{
    char     text[512];
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    hrctl_cell(t, text);
}


/* Columns of the terminal; 0: not a terminal, nothing is cut. */
static size_t
hrctl_screen(void)
{
    struct winsize  size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        return 0;
    }

    return size.ws_col;
}


/* On a terminal the widest columns give until a row fits on a line. */
static void
hrctl_table_fit(const hrctl_table_t *t, size_t width[HRCTL_COLUMNS])
{
    size_t    sum, screen;
    unsigned  i, widest;

    screen = hrctl_screen();

    for (;;) {
        for (i = 0, sum = 0, widest = HRCTL_COLUMNS; i < t->columns; i++) {
            sum += width[i] + (i > 0 ? HRCTL_GAP : 0);

            if (!t->whole[i] && (widest == HRCTL_COLUMNS || width[i] > width[widest])) {
                widest = i;
            }
        }

        if (screen == 0 || sum <= screen || widest == HRCTL_COLUMNS
            || width[widest] <= 12)
        {
            return;
        }

        width[widest]--;
    }
}


static void
hrctl_table_cell(const hrctl_table_t *t, const char *text, unsigned column,
    size_t width)
{
    size_t  pad, w;

    w = hrctl_width(text);
    pad = w < width ? width - w : 0;

    if (column > 0) {
        (void) printf("%*s", HRCTL_GAP, "");
    }

    if (t->number[column]) {
        (void) printf("%*s", (int) pad, "");
    }

    if (w <= width) {
        hrctl_put(stdout, text);

    } else {
        w = hrctl_put_cut(stdout, text, width - 1);
        (void) fputs("…", stdout);
        pad = width - 1 - w;
    }

    if (!t->number[column] && column + 1 < t->columns) {
        (void) printf("%*s", (int) pad, "");
    }
}


void
hrctl_table_free(hrctl_table_t *t)
{
    size_t  i;

    for (i = 0; i < t->count; i++) {
        free(t->cells[i]);
    }

    free(t->cells);
    free(t->titles);
    free(t);
}


int
hrctl_table_end(hrctl_table_t *t)
{
    bool      failed;
    size_t    i, w, width[HRCTL_COLUMNS];
    unsigned  column;

    for (column = 0; column < t->columns; column++) {
        width[column] = hrctl_width(t->title[column]);
    }

    for (i = 0; i < t->count; i++) {
        w = hrctl_width(t->cells[i]);
        column = (unsigned) (i % t->columns);
        width[column] = w > width[column] ? w : width[column];
    }

    hrctl_table_fit(t, width);

    for (column = 0; column < t->columns && !t->failed; column++) {
        hrctl_table_cell(t, t->title[column], column, width[column]);
    }

    for (i = 0; i < t->count; i++) {
        column = (unsigned) (i % t->columns);

        if (!t->failed) {
            (void) (column == 0 ? fputc('\n', stdout) : 0);
            hrctl_table_cell(t, t->cells[i], column, width[column]);
        }
    }

    if (!t->failed) {
        (void) fputc('\n', stdout);
    }

    failed = t->failed;
    hrctl_table_free(t);

    return failed ? hrctl_no_memory() : HRCTL_OK;
}


void
hrctl_line(const char *name, const char *value)
{
    size_t  w;

    if (value == NULL || *value == '\0') {
        return;
    }

    w = hrctl_width(name);
    (void) printf("%s%*s", name, (int) (w < HRCTL_LINE_NAME ? HRCTL_LINE_NAME - w : 1),
                  "");
    hrctl_put(stdout, value);
    (void) fputc('\n', stdout);
}


void
hrctl_line_printf(const char *name, const char *format, ...)
{
    char     text[1024];
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    hrctl_line(name, text);
}


int
hrctl_put_json(const hrctl_answer_t *answer)
{
    (void) fwrite(answer->body, 1, answer->len, stdout);

    if (answer->len == 0 || answer->body[answer->len - 1] != '\n') {
        (void) fputc('\n', stdout);
    }

    return HRCTL_OK;
}


const char *
hrctl_bytes(double bytes, char out[16])
{
    static const char *const  units[] = { "B", "KB", "MB", "GB", "TB" };

    unsigned  i;

    for (i = 0; bytes >= 1000 && i < 4; i++) {
        bytes /= 1000;
    }

    (void) snprintf(out, 16, i == 0 ? "%.0f %s" : "%.1f %s", bytes, units[i]);

    return out;
}
