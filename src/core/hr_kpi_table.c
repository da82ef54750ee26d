/*
 * Reader of KPI_<CODE>.md: an optional front matter in a small subset of YAML
 * (one nested level, plain, single-quoted and folded scalars), then one
 * Markdown table.  The columns between "Ед. изм." and "Тип показателя" belong
 * to persons; the i-th of them is the i-th entry of positions_map.
 *
 * Personal names are read only in order to be removed: they are needed to find
 * them in the cells, and do not survive the parse.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* memmem */
#endif

#include "hr_kpi_table.h"
#include "hr_text.h"

#include <stdlib.h>


#define HR_KPI_PEOPLE_MAX  (HR_KPI_COLUMNS_MAX + 1)
#define HR_KPI_REMOVED     "[сотрудник]"

typedef struct {
    hr_str_t  title;
    hr_str_t  value;            /* the person, or the unit of positions_units */
} hr_kpi_entry_t;

typedef struct {
    hr_arena_t            *arena;
    const hr_kpi_rules_t  *rules;
    hr_findings_t         *notes;
    hr_diag_t             *diag;
    hr_str_t               text;
    size_t                 pos;         /* start of the next line */
    size_t                 line;        /* number of the line read last */
    hr_kpi_entry_t         people[HR_KPI_PEOPLE_MAX];
    size_t                 people_count;
    hr_kpi_entry_t         units[HR_KPI_COLUMNS_MAX];
    size_t                 unit_count;
    hr_str_t               responsible;
    hr_str_t               headers[HR_KPI_COLUMNS_MAX]; /* persons, as in the table */
    size_t                 header_count;
    unsigned               fields[HR_KPI_COLUMNS_MAX];  /* of each cell */
    size_t                 cell_count;
    size_t                 first_person;
    hr_kpi_table_t        *table;
    bool                   front_matter;
} hr_kpi_parse_t;


static hr_rc_t
hr_kpi_bad(hr_kpi_parse_t *p, const char *what)
{
    hr_rc_t  rc;

    rc = hr_diag_set(p->diag, HR_INVALID, "%.*s: строка %zu: %s",
                     (int) p->table->file.len, p->table->file.data, p->line,
                     what);

    if (p->diag != NULL) {
        p->diag->line = p->line;
    }

    return rc;
}


/* --- front matter ------------------------------------------------------------ */

static bool
hr_kpi_line(hr_kpi_parse_t *p, hr_str_t *line)
{
    size_t       len;
    const char  *start, *nl;

    if (p->pos >= p->text.len) {
        return false;
    }

    start = p->text.data + p->pos;
    nl = memchr(start, '\n', p->text.len - p->pos);
    len = nl == NULL ? p->text.len - p->pos : (size_t) (nl - start);

    p->pos += len + (nl == NULL ? 0 : 1);
    p->line++;

    if (len > 0 && start[len - 1] == '\r') {
        len--;
    }

    *line = hr_str(start, len);
    return true;
}


static size_t
hr_kpi_indent(hr_str_t line)
{
    size_t  n = 0;

    while (n < line.len && line.data[n] == ' ') {
        n++;
    }

    return n;
}


/* Takes one single-quoted or plain scalar from the start of *rest. */
static hr_rc_t
hr_kpi_quoted(hr_kpi_parse_t *p, hr_str_t *rest, hr_str_t *out)
{
    char    *copy;
    size_t   i, n = 0;

    copy = hr_arena_alloc(p->arena, rest->len + 1);
    if (copy == NULL) {
        return HR_NOMEM;
    }

    for (i = 1; i < rest->len; i++) {

        if (rest->data[i] == '\'') {

            if (i + 1 == rest->len || rest->data[i + 1] != '\'') {
                break;
            }

            i++;                        /* '' stands for ' */
        }

        copy[n++] = rest->data[i];
    }

    if (i >= rest->len) {
        return hr_kpi_bad(p, "кавычка не закрыта");
    }

    copy[n] = '\0';
    *out = hr_str(copy, n);
    *rest = hr_str(rest->data + i + 1, rest->len - i - 1);

    return HR_OK;
}


/* "key: value", where the key may be quoted and the value empty. */
static hr_rc_t
hr_kpi_pair(hr_kpi_parse_t *p, hr_str_t line, hr_str_t *key, hr_str_t *value)
{
    size_t   i;
    hr_rc_t  rc;

    line = hr_trim(line);

    if (line.len > 0 && line.data[0] == '\'') {

        rc = hr_kpi_quoted(p, &line, key);
        if (rc != HR_OK) {
            return rc;
        }

        if (line.len == 0 || line.data[0] != ':') {
            return hr_kpi_bad(p, "после имени поля нет двоеточия");
        }

        line = hr_str(line.data + 1, line.len - 1);

    } else {

        for (i = 0; i < line.len; i++) {
            if (line.data[i] == ':'
                && (i + 1 == line.len || line.data[i + 1] == ' '))
            {
                break;
            }
        }

        if (i == line.len) {
            return hr_kpi_bad(p, "ожидается «имя: значение»");
        }

        *key = hr_trim(hr_str(line.data, i));
        line = hr_str(line.data + i + 1, line.len - i - 1);
    }

    *value = hr_trim(line);

    if (value->len > 0 && value->data[0] == '\'') {
        line = *value;
        return hr_kpi_quoted(p, &line, value);
    }

    return HR_OK;
}


/* A deeper indented line goes on with the scalar above it. */
static hr_rc_t
hr_kpi_folded(hr_kpi_parse_t *p, size_t indent, hr_str_t *value)
{
    size_t    pos, number;
    hr_str_t  line;

    for ( ;; ) {
        pos = p->pos;
        number = p->line;

        if (!hr_kpi_line(p, &line) || hr_trim(line).len == 0
            || hr_kpi_indent(line) <= indent)
        {
            p->pos = pos;
            p->line = number;
            return HR_OK;
        }

        line = hr_trim(line);
        *value = hr_arena_printf(p->arena, "%.*s%s%.*s", (int) value->len,
                                 value->len == 0 ? "" : value->data,
                                 value->len == 0 ? "" : " ",
                                 (int) line.len, line.data);
        if (value->data == NULL) {
            return HR_NOMEM;
        }
    }
}


static hr_rc_t
hr_kpi_mapping(hr_kpi_parse_t *p, hr_kpi_entry_t *entries, size_t max,
    size_t *count)
{
    size_t    pos, number, indent;
    hr_rc_t   rc;
    hr_str_t  line;

    for ( ;; ) {
        pos = p->pos;
        number = p->line;

        if (!hr_kpi_line(p, &line) || hr_kpi_indent(line) == 0) {
            p->pos = pos;
            p->line = number;
            return HR_OK;
        }

        if (hr_trim(line).len == 0) {
            continue;
        }

        if (*count == max) {
            return hr_kpi_bad(p, "слишком много должностей");
        }

        indent = hr_kpi_indent(line);
        rc = hr_kpi_pair(p, line, &entries[*count].title,
                         &entries[*count].value);

        if (rc == HR_OK) {
            rc = hr_kpi_folded(p, indent, &entries[*count].value);
        }

        if (rc != HR_OK) {
            return rc;
        }

        (*count)++;
    }
}


static bool
hr_kpi_is_fence(hr_str_t line)
{
    return hr_str_eq(hr_trim(line), HR_STR("---"));
}


static hr_rc_t
hr_kpi_front_matter(hr_kpi_parse_t *p)
{
    hr_rc_t   rc = HR_OK;
    hr_str_t  line, key, value;

    while (rc == HR_OK) {

        if (!hr_kpi_line(p, &line)) {
            return hr_kpi_bad(p, "заголовок файла не закрыт строкой «---»");
        }

        if (hr_kpi_is_fence(line)) {
            return HR_OK;
        }

        if (hr_trim(line).len == 0) {
            continue;
        }

        rc = hr_kpi_pair(p, line, &key, &value);

        if (rc == HR_OK && hr_str_eq(key, HR_STR("positions_map"))) {
            rc = hr_kpi_mapping(p, p->people, HR_KPI_COLUMNS_MAX,
                                &p->people_count);

        } else if (rc == HR_OK && hr_str_eq(key, HR_STR("positions_units"))) {
            rc = hr_kpi_mapping(p, p->units, HR_KPI_COLUMNS_MAX,
                                &p->unit_count);

        } else if (rc == HR_OK) {
            rc = hr_kpi_folded(p, 0, &value);

            if (hr_str_eq(key, HR_STR("responsible"))) {
                p->responsible = value;
            }
        }
    }

    return rc;
}


/* --- names -------------------------------------------------------------------- */

static bool
hr_kpi_letter(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z');
}


/* Bytes of a case ending behind a surname: up to three Cyrillic letters. */
static size_t
hr_kpi_ending(hr_str_t cell, size_t pos)
{
    size_t    end = pos, letters = 0;
    uint32_t  cp;

    while (end < cell.len && letters < 4) {

        size_t  next = end;

        cp = hr_utf8_next(cell, &next);

        if (cp < 0x430 || cp > 0x44f) {
            break;
        }

        end = next;
        letters++;
    }

    return letters <= 3 ? end - pos : 0;
}


/*
 * Replaces every occurrence of name that stands at the borders of words; of a
 * surname also in its other cases.
 */
static hr_str_t
hr_kpi_scrub_name(hr_arena_t *arena, hr_str_t cell, hr_str_t name,
    bool surname)
{
    size_t       start, end;
    hr_str_t     tail;
    const char  *at;

    for (size_t pos = 0; name.len > 0 && pos < cell.len; /* void */ ) {

        at = memmem(cell.data + pos, cell.len - pos, name.data, name.len);
        if (at == NULL) {
            break;
        }

        start = (size_t) (at - cell.data);
        end = start + name.len;
        end += surname ? hr_kpi_ending(cell, end) : 0;

        if ((start > 0 && hr_kpi_letter((unsigned char) cell.data[start - 1]))
            || (end < cell.len
                && hr_kpi_letter((unsigned char) cell.data[end])))
        {
            pos = end;
            continue;
        }

        tail = hr_str(cell.data + end, cell.len - end);
        cell = hr_arena_printf(arena, "%.*s" HR_KPI_REMOVED "%.*s",
                               (int) start, cell.data,
                               (int) tail.len, tail.data);
        pos = start + sizeof(HR_KPI_REMOVED) - 1;
    }

    return cell;
}


static bool
hr_kpi_is_person(const hr_kpi_parse_t *p, hr_str_t value)
{
    hr_str_t  key = hr_match_key(p->arena, value);

    return key.len > 0 && !hr_str_eq(key, p->rules->vacancy)
           && !hr_str_eq(key, HR_STR("-"));
}


/* The name as written, then its first word alone: the surname. */
static hr_str_t
hr_kpi_scrub_person(const hr_kpi_parse_t *p, hr_str_t cell, hr_str_t person)
{
    size_t    len = 0;
    hr_str_t  surname;

    if (!hr_kpi_is_person(p, person)) {
        return cell;
    }

    cell = hr_kpi_scrub_name(p->arena, cell, person, false);

    while (len < person.len && person.data[len] != ' ') {
        len++;
    }

    surname = hr_str(person.data, len);

    return hr_utf8_count(surname) >= 3
           ? hr_kpi_scrub_name(p->arena, cell, surname, true) : cell;
}


static hr_str_t
hr_kpi_scrub(const hr_kpi_parse_t *p, hr_str_t cell)
{
    for (size_t i = 0; i < p->people_count && cell.data != NULL; i++) {
        cell = hr_kpi_scrub_person(p, cell, p->people[i].value);
    }

    for (size_t i = 0; i < p->header_count && cell.data != NULL; i++) {
        cell = hr_kpi_scrub_person(p, cell, p->headers[i]);
    }

    return cell.data == NULL ? cell
                             : hr_kpi_scrub_person(p, cell, p->responsible);
}


/* --- table -------------------------------------------------------------------- */

/* Cells of a table line, trimmed; HR_NOT_FOUND when it is none. */
static hr_rc_t
hr_kpi_cells(hr_kpi_parse_t *p, hr_str_t line, hr_str_t *cells, size_t *count)
{
    size_t  start = 1;

    line = hr_trim(line);
    *count = 0;

    if (line.len < 2 || line.data[0] != '|') {
        return HR_NOT_FOUND;
    }

    for (size_t i = 1; i < line.len; i++) {

        if (line.data[i] == '\\') {
            i++;                            /* "\|" belongs to the cell */
            continue;
        }

        if (line.data[i] != '|') {
            continue;
        }

        if (*count == HR_KPI_COLUMNS_MAX) {
            return hr_kpi_bad(p, "слишком много столбцов");
        }

        cells[(*count)++] = hr_trim(hr_str(line.data + start, i - start));
        start = i + 1;
    }

    return start == line.len ? HR_OK
                             : hr_kpi_bad(p, "строка таблицы не закрыта «|»");
}


/* Line breaks become "; ", bold marks go, "-" is no value. */
static hr_str_t
hr_kpi_cell(hr_kpi_parse_t *p, hr_str_t cell)
{
    char    *out;
    size_t   n = 0;

    if (hr_str_eq(cell, HR_STR("-"))) {
        return HR_STR("");
    }

    out = hr_arena_alloc(p->arena, cell.len * 2 + 1);
    if (out == NULL) {
        return HR_STR_NULL;
    }

    for (size_t i = 0; i < cell.len; i++) {

        if (cell.len - i >= 4 && memcmp(cell.data + i, "<br", 3) == 0
            && memchr(cell.data + i, '>', cell.len - i) != NULL)
        {
            while (cell.data[i] != '>') {
                i++;
            }

            memcpy(out + n, "; ", 2);
            n += 2;

        } else if (cell.len - i >= 2 && memcmp(cell.data + i, "**", 2) == 0) {
            i++;

        } else if (cell.data[i] == '\\' && i + 1 < cell.len
                   && cell.data[i + 1] == '|')
        {
            out[n++] = '/';                 /* must not split our own table */
            i++;

        } else {
            out[n++] = cell.data[i];
        }
    }

    out[n] = '\0';
    return hr_kpi_scrub(p, hr_trim(hr_str(out, n)));
}


static bool
hr_kpi_lookup(const hr_kpi_word_t *words, size_t count, hr_str_t key,
    unsigned *value)
{
    for (size_t i = 0; i < count; i++) {
        if (hr_str_eq(words[i].key, key)) {
            *value = words[i].value;
            return true;
        }
    }

    return false;
}


/* Which cell is what: known titles around one run of person columns. */
static hr_rc_t
hr_kpi_header(hr_kpi_parse_t *p, const hr_str_t *cells, size_t count)
{
    bool      seen[HR_KPI_FIELDS + 1] = { false };
    size_t    persons = 0, first = 0;
    hr_str_t  key;

    for (size_t i = 0; i < count; i++) {

        key = hr_match_key(p->arena, cells[i]);
        p->fields[i] = HR_KPI_FIELD_IGNORED;

        if (hr_kpi_lookup(p->rules->columns, p->rules->column_count, key,
                          &p->fields[i]))
        {
            seen[p->fields[i]] = true;
            continue;
        }

        if (persons > 0 && first + persons != i) {
            return hr_kpi_bad(p, "неизвестный столбец вне столбцов должностей");
        }

        first = persons == 0 ? i : first;
        persons++;

        if (p->front_matter) {
            p->headers[p->header_count++] = cells[i];
        }
    }

    if (!seen[HR_KPI_FIELD_NAME] || !seen[HR_KPI_FIELD_DIRECTION]
        || persons == 0)
    {
        return hr_kpi_bad(p, "в заголовке таблицы нет обязательных столбцов");
    }

    if (p->front_matter && persons != p->people_count) {
        return hr_kpi_bad(p, "столбцов должностей не столько, сколько записей "
                             "в positions_map");
    }

    p->first_person = first;
    p->cell_count = count;
    p->table->column_count = persons;

    return HR_OK;
}


static hr_str_t
hr_kpi_unit_key(hr_kpi_parse_t *p, hr_str_t title)
{
    for (size_t i = 0; i < p->unit_count; i++) {
        if (hr_str_eq(p->units[i].title, title)) {
            return hr_kpi_path_text_key(p->arena, p->units[i].value);
        }
    }

    return HR_STR_NULL;
}


/*
 * The columns get the titles of positions_map.  A file without front matter
 * has the titles in its header; equal ones are numbered as the map does.
 */
static hr_rc_t
hr_kpi_columns(hr_kpi_parse_t *p, const hr_str_t *cells)
{
    size_t            same;
    hr_kpi_column_t  *column;

    p->table->columns = hr_arena_calloc(p->arena, p->table->column_count
                                                  * sizeof(hr_kpi_column_t));
    if (p->table->columns == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < p->table->column_count; i++) {

        column = &p->table->columns[i];
        column->title = p->front_matter
                        ? p->people[i].title
                        : hr_kpi_cell(p, cells[p->first_person + i]);
        column->key = hr_kpi_title_key(p->rules, p->arena, column->title);

        if (column->key.data == NULL) {
            return HR_NOMEM;
        }

        same = 1;

        for (size_t k = 0; k < i && !p->front_matter; k++) {
            same += hr_str_eq(p->table->columns[k].key, column->key);
        }

        if (same > 1) {
            column->title = hr_arena_printf(p->arena, "%.*s (позиция %zu)",
                                            (int) column->title.len,
                                            column->title.data, same);
        }

        column->unit_key = hr_kpi_unit_key(p, column->title);
        column->title = hr_arena_str(p->arena, column->title);

        if (column->title.data == NULL) {
            return HR_NOMEM;
        }
    }

    return HR_OK;
}


/* "0.3", "0,3", "15%", "15 %"; empty is 0.  False: something else. */
static bool
hr_kpi_weight(hr_str_t cell, double *weight)
{
    char     text[32], *end;
    bool     percent = false;
    size_t   n = 0;

    *weight = 0.0;

    if (cell.len == 0) {
        return true;
    }

    for (size_t i = 0; i < cell.len; i++) {

        if (cell.data[i] == ' ') {
            continue;
        }

        if (cell.data[i] == '%') {
            percent = true;
            continue;
        }

        if (n + 1 == sizeof(text) || percent
            || ((cell.data[i] < '0' || cell.data[i] > '9')
                && cell.data[i] != '.' && cell.data[i] != ','))
        {
            return false;
        }

        text[n++] = cell.data[i] == ',' ? '.' : cell.data[i];
    }

    text[n] = '\0';
    *weight = strtod(text, &end);

    if (n == 0 || *end != '\0') {
        *weight = 0.0;
        return false;
    }

    if (percent || *weight > 1.0) {
        *weight /= 100.0;
    }

    if (*weight > 1.0) {
        *weight = 1.0;
    }

    return true;
}


static hr_rc_t
hr_kpi_row_weights(hr_kpi_parse_t *p, const hr_str_t *cells, hr_kpi_row_t *row)
{
    double  *weights;

    weights = hr_arena_calloc(p->arena, p->table->column_count
                                        * sizeof(double));
    if (weights == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < p->table->column_count; i++) {
        hr_str_t  cell = hr_kpi_cell(p, cells[p->first_person + i]);

        if (cell.data == NULL) {
            return HR_NOMEM;
        }

        if (!hr_kpi_weight(cell, &weights[i])) {
            hr_findings_add(p->notes, "kpi_weight_unreadable", p->table->file,
                            "строка %zu: вес в столбце «%.*s» не число и "
                            "считается нулём", p->line,
                            (int) p->table->columns[i].title.len,
                            p->table->columns[i].title.data);
        }
    }

    row->weights = weights;
    return HR_OK;
}


static hr_rc_t
hr_kpi_row(hr_kpi_parse_t *p, const hr_str_t *cells, unsigned *section)
{
    hr_rc_t        rc;
    unsigned       kind;
    hr_str_t       value;
    hr_kpi_row_t  *row;

    row = &p->table->rows[p->table->row_count];
    memset(row, 0, sizeof(*row));
    row->line = p->line;

    for (size_t i = 0; i < p->cell_count; i++) {

        if (p->fields[i] >= HR_KPI_FIELDS) {
            continue;
        }

        value = hr_kpi_cell(p, cells[i]);
        if (value.data == NULL) {
            return HR_NOMEM;
        }

        /* two spellings of a column: the one that has a value */
        if (row->cells[p->fields[i]].len == 0) {
            row->cells[p->fields[i]] = value;
        }
    }

    value = hr_match_key(p->arena, row->cells[HR_KPI_FIELD_NAME]);

    if (value.len == 0) {
        return hr_kpi_bad(p, "у показателя нет названия");
    }

    if (hr_kpi_lookup(p->rules->sections, p->rules->section_count, value,
                      &kind))
    {
        *section = kind;
        return HR_OK;
    }

    if (*section == HR_KPI_ROW_TOTAL) {
        *section = HR_KPI_ROW_PERSONAL;     /* rows behind the total row */
    }

    row->section = *section;
    rc = hr_kpi_row_weights(p, cells, row);
    p->table->row_count += rc == HR_OK;

    return rc;
}


static hr_rc_t
hr_kpi_rows(hr_kpi_parse_t *p)
{
    size_t    count;
    hr_rc_t   rc;
    unsigned  section = HR_KPI_ROW_PERSONAL;
    hr_str_t  line, cells[HR_KPI_COLUMNS_MAX];

    p->table->rows = hr_arena_alloc(p->arena, HR_KPI_ROWS_MAX
                                              * sizeof(hr_kpi_row_t));
    if (p->table->rows == NULL) {
        return HR_NOMEM;
    }

    while (hr_kpi_line(p, &line)) {

        rc = hr_kpi_cells(p, line, cells, &count);

        if (rc == HR_NOT_FOUND && hr_trim(line).len == 0) {
            continue;
        }

        if (rc == HR_NOT_FOUND) {
            return hr_kpi_bad(p, "после таблицы стоит посторонний текст");
        }

        if (rc != HR_OK) {
            return rc;
        }

        if (count != p->cell_count) {
            return hr_kpi_bad(p, "число ячеек не совпадает с заголовком");
        }

        if (p->table->row_count == HR_KPI_ROWS_MAX) {
            return hr_kpi_bad(p, "слишком много строк");
        }

        rc = hr_kpi_row(p, cells, &section);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return p->table->row_count > 0 ? HR_OK
                                   : hr_kpi_bad(p, "в таблице нет показателей");
}


static hr_rc_t
hr_kpi_table(hr_kpi_parse_t *p)
{
    size_t    count, rule;
    hr_rc_t   rc;
    hr_str_t  line, cells[HR_KPI_COLUMNS_MAX], rules[HR_KPI_COLUMNS_MAX];

    do {
        if (!hr_kpi_line(p, &line)) {
            return hr_kpi_bad(p, "таблицы нет");
        }
    } while (hr_trim(line).len == 0);

    rc = hr_kpi_cells(p, line, cells, &count);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND ? hr_kpi_bad(p, "ожидается таблица") : rc;
    }

    rc = hr_kpi_header(p, cells, count);
    if (rc != HR_OK) {
        return rc;
    }

    if (!hr_kpi_line(p, &line)
        || hr_kpi_cells(p, line, rules, &rule) != HR_OK || rule != count
        || rules[0].len < 3 || memchr(rules[0].data, '-', rules[0].len) == NULL)
    {
        return hr_kpi_bad(p, "под заголовком таблицы нет строки «| :--- |»");
    }

    rc = hr_kpi_columns(p, cells);

    return rc == HR_OK ? hr_kpi_rows(p) : rc;
}


hr_rc_t
hr_kpi_table_parse(hr_arena_t *arena, const hr_kpi_rules_t *rules,
    hr_str_t file, hr_str_t code, hr_str_t bytes, const hr_kpi_table_t **out,
    hr_findings_t *notes, hr_diag_t *diag)
{
    size_t          pos;
    hr_rc_t         rc;
    hr_str_t        line;
    hr_kpi_parse_t  p;

    *out = NULL;
    memset(&p, 0, sizeof(p));

    p.arena = arena;
    p.rules = rules;
    p.notes = notes;
    p.diag = diag;
    p.table = hr_arena_calloc(arena, sizeof(hr_kpi_table_t));

    if (p.table == NULL) {
        return HR_NOMEM;
    }

    p.table->file = file;
    p.table->code = code;

    if (bytes.len > HR_KPI_FILE_MAX) {
        return hr_kpi_bad(&p, "файл больше 1 МиБ");
    }

    if (!hr_utf8_valid(bytes)) {
        return hr_kpi_bad(&p, "файл не в кодировке UTF-8");
    }

    if (bytes.len >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0) {
        bytes = hr_str(bytes.data + 3, bytes.len - 3);
    }

    p.text = bytes;
    pos = p.pos;
    p.front_matter = hr_kpi_line(&p, &line) && hr_kpi_is_fence(line);

    if (p.front_matter) {
        rc = hr_kpi_front_matter(&p);

        if (rc != HR_OK) {
            return rc;
        }

    } else {
        p.pos = pos;
        p.line = 0;
    }

    rc = hr_kpi_table(&p);

    if (rc == HR_OK) {
        *out = p.table;
    }

    return rc;
}


hr_str_t
hr_kpi_file_code(hr_str_t name)
{
    if (name.len <= 7 || memcmp(name.data, "KPI_", 4) != 0
        || memcmp(name.data + name.len - 3, ".md", 3) != 0)
    {
        return HR_STR_NULL;
    }

    return hr_str(name.data + 4, name.len - 7);
}
