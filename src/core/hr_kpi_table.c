/*
 * Reader of KPI_<CODE>.md: an optional front matter, then one Markdown table.
 * The columns between "Ед. изм." and "Тип показателя" belong to persons; the
 * i-th of them is the i-th entry of positions_map.
 */

#include "hr_kpi_parse.h"
#include "hr_text.h"

#include <stdlib.h>


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
            return hr_kpi_parse_bad(p, "слишком много столбцов");
        }

        cells[(*count)++] = hr_trim(hr_str(line.data + start, i - start));
        start = i + 1;
    }

    return start == line.len ? HR_OK
                             : hr_kpi_parse_bad(p, "строка таблицы не закрыта «|»");
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
    return hr_kpi_parse_scrub(p, hr_trim(hr_str(out, n)));
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
            return hr_kpi_parse_bad(p, "неизвестный столбец вне столбцов должностей");
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
        return hr_kpi_parse_bad(p, "в заголовке таблицы нет обязательных столбцов");
    }

    if (p->front_matter && persons != p->people_count) {
        return hr_kpi_parse_bad(p, "столбцов должностей не столько, сколько записей "
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
        return hr_kpi_parse_bad(p, "у показателя нет названия");
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

    while (hr_kpi_parse_line(p, &line)) {

        rc = hr_kpi_cells(p, line, cells, &count);

        if (rc == HR_NOT_FOUND && hr_trim(line).len == 0) {
            continue;
        }

        if (rc == HR_NOT_FOUND) {
            return hr_kpi_parse_bad(p, "после таблицы стоит посторонний текст");
        }

        if (rc != HR_OK) {
            return rc;
        }

        if (count != p->cell_count) {
            return hr_kpi_parse_bad(p, "число ячеек не совпадает с заголовком");
        }

        if (p->table->row_count == HR_KPI_ROWS_MAX) {
            return hr_kpi_parse_bad(p, "слишком много строк");
        }

        rc = hr_kpi_row(p, cells, &section);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return p->table->row_count > 0 ? HR_OK
                                   : hr_kpi_parse_bad(p, "в таблице нет показателей");
}


static hr_rc_t
hr_kpi_table(hr_kpi_parse_t *p)
{
    size_t    count, rule;
    hr_rc_t   rc;
    hr_str_t  line, cells[HR_KPI_COLUMNS_MAX], rules[HR_KPI_COLUMNS_MAX];

    do {
        if (!hr_kpi_parse_line(p, &line)) {
            return hr_kpi_parse_bad(p, "таблицы нет");
        }
    } while (hr_trim(line).len == 0);

    rc = hr_kpi_cells(p, line, cells, &count);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND ? hr_kpi_parse_bad(p, "ожидается таблица") : rc;
    }

    rc = hr_kpi_header(p, cells, count);
    if (rc != HR_OK) {
        return rc;
    }

    if (!hr_kpi_parse_line(p, &line)
        || hr_kpi_cells(p, line, rules, &rule) != HR_OK || rule != count
        || rules[0].len < 3 || memchr(rules[0].data, '-', rules[0].len) == NULL)
    {
        return hr_kpi_parse_bad(p, "под заголовком таблицы нет строки «| :--- |»");
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
        return hr_kpi_parse_bad(&p, "файл больше 1 МиБ");
    }

    if (!hr_utf8_valid(bytes)) {
        return hr_kpi_parse_bad(&p, "файл не в кодировке UTF-8");
    }

    if (bytes.len >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0) {
        bytes = hr_str(bytes.data + 3, bytes.len - 3);
    }

    p.text = bytes;
    pos = p.pos;
    p.front_matter = hr_kpi_parse_line(&p, &line) && hr_kpi_parse_is_fence(line);

    if (p.front_matter) {
        rc = hr_kpi_parse_front(&p);

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
