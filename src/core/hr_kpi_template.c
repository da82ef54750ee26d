/*
 * Templates: the generic KPIs that stand in where a unit has no file
 * (data-files.md 7.6).  A template is Markdown; its third-level headings name
 * the KPIs, "### 1. Название (15 %)".
 */

#include "hr_kpi_catalog.h"
#include "hr_text.h"


#define HR_KPI_TEMPLATE_MAX    (64u * 1024)
#define HR_KPI_HEADINGS_MAX    30


static hr_str_t
hr_kpi_body(hr_str_t text)
{
    size_t       end;
    const char  *p;

    if (text.len < 4 || memcmp(text.data, "---\n", 4) != 0) {
        return hr_trim(text);
    }

    for (p = text.data + 3; p != NULL; /* void */ ) {

        p = memchr(p + 1, '\n', (size_t) (text.data + text.len - p - 1));

        if (p == NULL) {
            break;
        }

        end = (size_t) (p - text.data);

        if (text.len - end > 4 && memcmp(p, "\n---\n", 5) == 0) {
            return hr_trim(hr_str(p + 5, text.len - end - 5));
        }
    }

    return hr_trim(text);
}


/* "1. Название (15 %)" -> name and weight */
static void
hr_kpi_heading(hr_str_t text, hr_kpi_item_t *item)
{
    size_t  i = 0, open;
    double  weight = 0.0;

    while (i < text.len && text.data[i] >= '0' && text.data[i] <= '9') {
        i++;
    }

    if (i > 0 && i < text.len && text.data[i] == '.') {
        text = hr_trim(hr_str(text.data + i + 1, text.len - i - 1));
    }

    for (open = text.len; open > 0 && text.data[open - 1] != '('; open--) {
        /* void */
    }

    if (open > 0 && text.data[text.len - 1] == ')') {

        for (i = open; i < text.len && text.data[i] >= '0'
                       && text.data[i] <= '9'; i++)
        {
            weight = weight * 10.0 + (text.data[i] - '0');
        }

        if (i > open && hr_contains(hr_str(text.data + i, text.len - i),
                                    HR_STR("%")))
        {
            item->weight = weight > 100.0 ? 1.0 : weight / 100.0;
            text = hr_trim(hr_str(text.data, open - 1));
        }
    }

    item->name = text;
}


hr_rc_t
hr_kpi_template_parse(hr_arena_t *arena, hr_str_t name, hr_str_t bytes,
    hr_kpi_template_t *out)
{
    size_t          line = 0;
    hr_str_t        text;
    const char     *p, *end, *nl;
    hr_kpi_item_t  *items;

    memset(out, 0, sizeof(*out));

    if (bytes.data == NULL || bytes.len > HR_KPI_TEMPLATE_MAX
        || name.len < 4 || !hr_utf8_valid(bytes)
        || memcmp(name.data + name.len - 3, ".md", 3) != 0)
    {
        return HR_INVALID;
    }

    out->file = hr_arena_str(arena, name);
    out->type = hr_arena_str(arena, hr_str(name.data, name.len - 3));
    text = hr_arena_str(arena, hr_kpi_body(bytes));
    items = hr_arena_calloc(arena, HR_KPI_HEADINGS_MAX * sizeof(hr_kpi_item_t));

    if (out->file.data == NULL || out->type.data == NULL || text.data == NULL
        || items == NULL)
    {
        return HR_NOMEM;
    }

    out->text = text;
    out->items = items;
    end = text.data + text.len;

    for (p = text.data; p < end; p = nl == NULL ? end : nl + 1) {

        line++;
        nl = memchr(p, '\n', (size_t) (end - p));

        if (end - p > 4 && memcmp(p, "### ", 4) == 0
            && out->count < HR_KPI_HEADINGS_MAX)
        {
            items[out->count].line = line;
            items[out->count].section = HR_STR("template");
            hr_kpi_heading(hr_trim(hr_str(p + 4, (size_t) ((nl == NULL ? end : nl)
                                                           - p - 4))),
                           &items[out->count]);
            out->count++;
        }
    }

    return out->count > 0 ? HR_OK : HR_INVALID;
}


static const hr_kpi_template_t *
hr_kpi_template_of_type(const hr_kpi_t *kpi, hr_str_t type)
{
    for (size_t i = 0; i < kpi->template_count; i++) {
        if (hr_str_eq(kpi->templates[i].type, type)) {
            return &kpi->templates[i];
        }
    }

    return NULL;
}


const hr_kpi_template_t *
hr_kpi_template(const hr_kpi_t *kpi, const hr_str_t *units, size_t depth,
    hr_arena_t *arena)
{
    hr_str_t                  name;
    const hr_kpi_template_t  *t;

    while (depth-- > 0) {

        name = hr_fold(arena, units[depth]);

        for (size_t i = 0; i < kpi->rules.template_count; i++) {

            if (!hr_words_match(&kpi->rules.templates[i].words, name)) {
                continue;
            }

            t = hr_kpi_template_of_type(kpi, kpi->rules.templates[i].text);

            if (t != NULL) {
                return t;
            }
        }
    }

    return hr_kpi_template_of_type(kpi, HR_STR("GENERIC"));
}
