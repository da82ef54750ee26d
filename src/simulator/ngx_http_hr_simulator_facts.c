/*
 * What the prompt says about the position.  The production prompt has lines
 * "Label: value" and sections between "НАЧАЛО: name" and "КОНЕЦ: name"; a
 * prompt without them gives no facts, and the document is then made up.
 */

#include "ngx_http_hr_simulator.h"


typedef enum {
    NGX_HTTP_HR_SIM_SECTION_NONE = 0,
    NGX_HTTP_HR_SIM_SECTION_KPI,
    NGX_HTTP_HR_SIM_SECTION_SYSTEMS,
    NGX_HTTP_HR_SIM_SECTION_CAREER
} ngx_http_hr_sim_section_t;

typedef struct {
    const char  *text;
    size_t       offset;
} ngx_http_hr_sim_label_t;

#define ngx_http_hr_sim_fact(member)  offsetof(ngx_http_hr_sim_facts_t, member)


static const ngx_http_hr_sim_label_t  ngx_http_hr_sim_labels[] = {
    { "Должность: ", ngx_http_hr_sim_fact(position) },
    { "Название должности: ", ngx_http_hr_sim_fact(position) },
    { "Подразделение: ", ngx_http_hr_sim_fact(unit) },
    { "Путь подразделения: ", ngx_http_hr_sim_fact(path) },
    { "Блок: ", ngx_http_hr_sim_fact(block) },
    { "Непосредственный руководитель: ", ngx_http_hr_sim_fact(manager) },
    { "Категория: ", ngx_http_hr_sim_fact(category) },
};

static const ngx_http_hr_sim_label_t  ngx_http_hr_sim_numbers[] = {
    { "Подчинённых подразделений: ", ngx_http_hr_sim_fact(departments) },
    { "Прямых подчинённых: ", ngx_http_hr_sim_fact(reports) },
};

static const struct {
    const char                 *name;
    ngx_http_hr_sim_section_t   section;
} ngx_http_hr_sim_sections[] = {
    { "Показатели", NGX_HTTP_HR_SIM_SECTION_KPI },
    { "ИТ-системы", NGX_HTTP_HR_SIM_SECTION_SYSTEMS },
    { "Карьерные кандидаты", NGX_HTTP_HR_SIM_SECTION_CAREER },
};


static ngx_str_t
ngx_http_hr_sim_trim(const u_char *from, const u_char *to)
{
    ngx_str_t  text;

    while (from < to && *from <= ' ') {
        from++;
    }

    while (to > from && to[-1] <= ' ') {
        to--;
    }

    text.data = (u_char *) from;
    text.len = to - from;

    return text;
}


/* Cuts prefix off the line; 0: the line does not begin with it. */
static ngx_uint_t
ngx_http_hr_sim_begins(ngx_str_t *line, const char *prefix, ngx_str_t *rest)
{
    size_t  len = ngx_strlen(prefix);

    if (line->len < len || ngx_memcmp(line->data, prefix, len) != 0) {
        return 0;
    }

    *rest = ngx_http_hr_sim_trim(line->data + len, line->data + line->len);

    return 1;
}


static void
ngx_http_hr_sim_add(ngx_http_hr_sim_list_t *list, ngx_str_t item)
{
    if (item.len > 0 && list->count < NGX_HTTP_HR_SIM_LIST_MAX) {
        list->items[list->count++] = item;
    }
}


/* "| name | target | unit | weight |..." -> "name: цель target unit, вес n %" */
static ngx_int_t
ngx_http_hr_sim_kpi_row(ngx_pool_t *pool, ngx_str_t *line,
    ngx_http_hr_sim_list_t *kpis)
{
    u_char     *p, *start = line->data + 1, *end = line->data + line->len;
    ngx_str_t   cells[4], item;
    ngx_uint_t  n = 0;

    for (p = start; p < end && n < 4; p++) {
        if (*p == '|') {
            cells[n++] = ngx_http_hr_sim_trim(start, p);
            start = p + 1;
        }
    }

    if (n < 4 || cells[0].len == 0 || cells[0].data[0] == '-'
        || cells[0].data[0] == ':'
        || ngx_strncmp(cells[0].data, "КПЭ", sizeof("КПЭ") - 1) == 0)
    {
        return NGX_OK;
    }

    item = cells[0];

    if (cells[2].len == 1 && cells[2].data[0] == '-') {
        cells[2].len = 0;
    }

    if (cells[1].len > 1 || (cells[1].len == 1 && cells[1].data[0] != '-')) {
        item.len = cells[0].len + cells[1].len + cells[2].len
                   + sizeof(": цель  ") - 1;
        item.data = ngx_pnalloc(pool, item.len);
        if (item.data == NULL) {
            return NGX_ERROR;
        }

        item.len = ngx_sprintf(item.data, "%V: цель %V%s%V", &cells[0],
                               &cells[1], cells[2].len > 0 ? " " : "",
                               &cells[2])
                   - item.data;
    }

    ngx_http_hr_sim_add(kpis, item);

    return NGX_OK;
}


/* Templates have no table: "### 1. name" or "- **name**". */
static ngx_int_t
ngx_http_hr_sim_kpi_line(ngx_pool_t *pool, ngx_str_t *line,
    ngx_http_hr_sim_list_t *kpis)
{
    u_char  *p = line->data, *end = p + line->len;

    if (line->len > 0 && *p == '|') {
        return ngx_http_hr_sim_kpi_row(pool, line, kpis);
    }

    while (p < end && (*p == '#' || *p == ' ')) {
        p++;
    }

    if (p == line->data || p == end || *p < '0' || *p > '9') {
        return NGX_OK;
    }

    while (p < end && ((*p >= '0' && *p <= '9') || *p == '.')) {
        p++;
    }

    ngx_http_hr_sim_add(kpis, ngx_http_hr_sim_trim(p, end));

    return NGX_OK;
}


/* "- **name** - purpose" */
static void
ngx_http_hr_sim_system(ngx_str_t *line, ngx_http_hr_sim_list_t *systems)
{
    u_char     *p, *end;
    ngx_str_t   rest;

    if (!ngx_http_hr_sim_begins(line, "- **", &rest)) {
        return;
    }

    end = rest.data + rest.len;

    for (p = rest.data; p + 1 < end; p++) {
        if (p[0] == '*' && p[1] == '*') {
            ngx_http_hr_sim_add(systems, ngx_http_hr_sim_trim(rest.data, p));
            return;
        }
    }
}


/* "- direction: title — path" -> "title<TAB>path" */
static ngx_int_t
ngx_http_hr_sim_career(ngx_pool_t *pool, ngx_str_t *line,
    ngx_http_hr_sim_facts_t *facts)
{
    static const char        dash[] = " — ";

    u_char                  *p, *end;
    ngx_str_t                rest, title, path, item;
    ngx_http_hr_sim_list_t  *list;

    if (ngx_http_hr_sim_begins(line, "- вверх: ", &rest)) {
        list = &facts->above;

    } else if (ngx_http_hr_sim_begins(line, "- в сторону: ", &rest)) {
        list = &facts->aside;

    } else if (ngx_http_hr_sim_begins(line, "- откуда приходят: ", &rest)) {
        list = &facts->below;

    } else {
        return NGX_OK;
    }

    end = rest.data + rest.len;
    p = memmem(rest.data, rest.len, dash, sizeof(dash) - 1);

    if (p == NULL) {
        return NGX_OK;
    }

    title = ngx_http_hr_sim_trim(rest.data, p);
    path = ngx_http_hr_sim_trim(p + sizeof(dash) - 1, end);

    item.len = title.len + 1 + path.len;
    item.data = ngx_pnalloc(pool, item.len);
    if (item.data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(item.data, "%V\t%V", &title, &path);
    ngx_http_hr_sim_add(list, item);

    return NGX_OK;
}


/* The first line with a label wins: later ones may be part of the data. */
static void
ngx_http_hr_sim_label_line(ngx_str_t *line, ngx_http_hr_sim_facts_t *facts)
{
    ngx_int_t    n, *number;
    ngx_str_t    value, *text;
    ngx_uint_t   i;

    for (i = 0; i < sizeof(ngx_http_hr_sim_labels)
                    / sizeof(ngx_http_hr_sim_labels[0]); i++)
    {
        text = (ngx_str_t *) ((u_char *) facts
                              + ngx_http_hr_sim_labels[i].offset);

        if (text->len == 0
            && ngx_http_hr_sim_begins(line, ngx_http_hr_sim_labels[i].text,
                                      &value))
        {
            *text = value;
        }
    }

    for (i = 0; i < sizeof(ngx_http_hr_sim_numbers)
                    / sizeof(ngx_http_hr_sim_numbers[0]); i++)
    {
        number = (ngx_int_t *) ((u_char *) facts
                                + ngx_http_hr_sim_numbers[i].offset);

        if (*number < 0
            && ngx_http_hr_sim_begins(line, ngx_http_hr_sim_numbers[i].text,
                                      &value))
        {
            n = ngx_atoi(value.data, value.len);
            *number = n == NGX_ERROR ? -1 : n;
        }
    }
}


/* Enters or leaves a section; 0: the line is no border. */
static ngx_uint_t
ngx_http_hr_sim_border(ngx_str_t *line, ngx_http_hr_sim_section_t *section)
{
    ngx_str_t   name, rest;
    ngx_uint_t  i;

    if (ngx_http_hr_sim_begins(line, "КОНЕЦ: ", &name)) {
        *section = NGX_HTTP_HR_SIM_SECTION_NONE;
        return 1;
    }

    if (!ngx_http_hr_sim_begins(line, "НАЧАЛО: ", &name)) {
        return 0;
    }

    *section = NGX_HTTP_HR_SIM_SECTION_NONE;

    for (i = 0; i < sizeof(ngx_http_hr_sim_sections)
                    / sizeof(ngx_http_hr_sim_sections[0]); i++)
    {
        if (ngx_http_hr_sim_begins(&name, ngx_http_hr_sim_sections[i].name,
                                   &rest)
            && rest.len == 0)
        {
            *section = ngx_http_hr_sim_sections[i].section;
        }
    }

    return 1;
}


static ngx_int_t
ngx_http_hr_sim_line(ngx_pool_t *pool, ngx_str_t *line,
    ngx_http_hr_sim_section_t *section, ngx_http_hr_sim_facts_t *facts)
{
    if (ngx_http_hr_sim_border(line, section)) {
        return NGX_OK;
    }

    switch (*section) {

    case NGX_HTTP_HR_SIM_SECTION_KPI:
        return ngx_http_hr_sim_kpi_line(pool, line, &facts->kpis);

    case NGX_HTTP_HR_SIM_SECTION_SYSTEMS:
        ngx_http_hr_sim_system(line, &facts->systems);
        return NGX_OK;

    case NGX_HTTP_HR_SIM_SECTION_CAREER:
        return ngx_http_hr_sim_career(pool, line, facts);

    default:
        ngx_http_hr_sim_label_line(line, facts);
        return NGX_OK;
    }
}


ngx_int_t
ngx_http_hr_sim_facts_read(ngx_pool_t *pool, ngx_str_t *prompt,
    ngx_http_hr_sim_facts_t *facts)
{
    u_char                     *p = prompt->data, *end = p + prompt->len, *nl;
    ngx_str_t                   line;
    ngx_http_hr_sim_section_t   section = NGX_HTTP_HR_SIM_SECTION_NONE;

    ngx_memzero(facts, sizeof(ngx_http_hr_sim_facts_t));
    facts->departments = -1;
    facts->reports = -1;

    while (p < end) {
        nl = ngx_strlchr(p, end, '\n');
        nl = nl == NULL ? end : nl;

        line = ngx_http_hr_sim_trim(p, nl);

        if (ngx_http_hr_sim_line(pool, &line, &section, facts) != NGX_OK) {
            return NGX_ERROR;
        }

        p = nl + 1;
    }

    return NGX_OK;
}
