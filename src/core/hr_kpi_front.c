/*
 * Front matter of a KPI file: a small subset of YAML (one nested level, plain,
 * single-quoted and folded scalars), see data-files.md 7.3.
 */

#include "hr_kpi_parse.h"
#include "hr_text.h"


hr_rc_t
hr_kpi_parse_bad(hr_kpi_parse_t *p, const char *what)
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


bool
hr_kpi_parse_line(hr_kpi_parse_t *p, hr_str_t *line)
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
        return hr_kpi_parse_bad(p, "кавычка не закрыта");
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
            return hr_kpi_parse_bad(p, "после имени поля нет двоеточия");
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
            return hr_kpi_parse_bad(p, "ожидается «имя: значение»");
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

        if (!hr_kpi_parse_line(p, &line) || hr_trim(line).len == 0
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

        if (!hr_kpi_parse_line(p, &line) || hr_kpi_indent(line) == 0) {
            p->pos = pos;
            p->line = number;
            return HR_OK;
        }

        if (hr_trim(line).len == 0) {
            continue;
        }

        if (*count == max) {
            return hr_kpi_parse_bad(p, "слишком много должностей");
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


bool
hr_kpi_parse_is_fence(hr_str_t line)
{
    return hr_str_eq(hr_trim(line), HR_STR("---"));
}


hr_rc_t
hr_kpi_parse_front(hr_kpi_parse_t *p)
{
    hr_rc_t   rc = HR_OK;
    hr_str_t  line, key, value;

    while (rc == HR_OK) {

        if (!hr_kpi_parse_line(p, &line)) {
            return hr_kpi_parse_bad(p, "заголовок файла не закрыт строкой «---»");
        }

        if (hr_kpi_parse_is_fence(line)) {
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
