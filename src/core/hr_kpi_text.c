/* The KPI section of the prompt: compact tables without personal names. */

#include "hr_kpi_catalog.h"
#include "hr_text.h"


#define HR_KPI_TEXT_BYTES_MAX  (512u * 1024)


static hr_str_t
hr_kpi_take(hr_buf_t *buf, hr_arena_t *arena)
{
    hr_str_t  out = HR_STR_NULL;

    if (buf->err == HR_OK) {
        out = hr_arena_str(arena, hr_trim(hr_buf_view(buf)));
    }

    hr_buf_release(buf);
    return out;
}


static void
hr_kpi_put(hr_buf_t *buf, hr_str_t text)
{
    (void) hr_buf_c(buf, " ");
    (void) hr_buf_str(buf, text.len == 0 ? HR_STR("-") : text);
    (void) hr_buf_c(buf, " |");
}


/* "На увеличение, чем больше, тем лучше" -> "рост" */
static hr_str_t
hr_kpi_direction(const hr_kpi_rules_t *rules, hr_str_t cell, hr_arena_t *arena)
{
    hr_str_t  folded = hr_fold(arena, cell);

    for (size_t i = 0; i < rules->direction_count; i++) {
        if (hr_words_match(&rules->directions[i].words, folded)) {
            return rules->directions[i].text;
        }
    }

    return cell;
}


static void
hr_kpi_put_percent(hr_buf_t *buf, double weight)
{
    /* a tenth of a percent is the finest that the files have */
    (void) hr_buf_printf(buf, " %g |", (double) (int64_t) (weight * 1000.0 + 0.5)
                                       / 10.0);
}


static void
hr_kpi_put_row(hr_buf_t *buf, const hr_kpi_rules_t *rules,
    const hr_kpi_row_t *row, hr_arena_t *arena)
{
    hr_kpi_put(buf, hr_kpi_direction(rules, row->cells[HR_KPI_FIELD_DIRECTION],
                                     arena));
    hr_kpi_put(buf, row->cells[HR_KPI_FIELD_MIN]);
    hr_kpi_put(buf, row->cells[HR_KPI_FIELD_MAX]);
    hr_kpi_put(buf, row->cells[HR_KPI_FIELD_METHOD]);
    hr_kpi_put(buf, row->cells[HR_KPI_FIELD_SOURCE]);
    (void) hr_buf_c(buf, "\n");
}


static void
hr_kpi_put_intro(hr_buf_t *buf, const hr_kpi_table_t *table,
    const hr_kpi_pick_t *pick, hr_kpi_match_t match)
{
    const hr_str_t  *title = &table->columns[pick->index[0]].title;

    switch (match) {

    case HR_KPI_MATCH_INHERITED:
        (void) hr_buf_printf(buf, "Показатели вышестоящего руководителя "
                             "(%.*s). Должность вносит вклад в эти "
                             "показатели, но не отвечает за них целиком.\n",
                             (int) title->len, title->data);
        break;

    case HR_KPI_MATCH_AMBIGUOUS:
        (void) hr_buf_c(buf, "Показатели, общие для всех должностей с этим "
                             "названием; вес указан наименьший.\n");
        break;

    default:
        (void) hr_buf_c(buf, "Показатели, закреплённые за должностью.\n");
        break;
    }
}


static void
hr_kpi_put_triggers(hr_buf_t *buf, const hr_kpi_row_t *const *rows,
    size_t count)
{
    for (size_t i = 0; i < count; i++) {

        if (rows[i]->section != HR_KPI_ROW_TRIGGER) {
            continue;
        }

        (void) hr_buf_c(buf, "Условие, без которого премия не выплачивается: ");
        (void) hr_buf_str(buf, rows[i]->cells[HR_KPI_FIELD_NAME]);

        if (rows[i]->cells[HR_KPI_FIELD_TARGET].len > 0) {
            (void) hr_buf_c(buf, ", цель ");
            (void) hr_buf_str(buf, rows[i]->cells[HR_KPI_FIELD_TARGET]);
            (void) hr_buf_c(buf, " ");
            (void) hr_buf_str(buf, rows[i]->cells[HR_KPI_FIELD_UNIT]);
        }

        (void) hr_buf_c(buf, "\n");
    }
}


hr_str_t
hr_kpi_text_rows(const hr_kpi_t *kpi, const hr_kpi_table_t *table,
    const hr_kpi_row_t *const *rows, size_t count, const hr_kpi_pick_t *pick,
    hr_kpi_match_t match, hr_arena_t *arena)
{
    hr_buf_t  buf;

    hr_buf_init(&buf, HR_KPI_TEXT_BYTES_MAX);
    hr_kpi_put_intro(&buf, table, pick, match);
    (void) hr_buf_c(&buf, "| КПЭ | Цель | Ед. | Вес, % | Направление | Мин. | "
                          "Макс. | Методика | Источник |\n"
                          "|---|---|---|---|---|---|---|---|---|\n");

    for (size_t i = 0; i < count; i++) {

        if (rows[i]->section == HR_KPI_ROW_TRIGGER) {
            continue;
        }

        (void) hr_buf_c(&buf, "|");
        hr_kpi_put(&buf, rows[i]->cells[HR_KPI_FIELD_NAME]);
        hr_kpi_put(&buf, rows[i]->cells[HR_KPI_FIELD_TARGET]);
        hr_kpi_put(&buf, rows[i]->cells[HR_KPI_FIELD_UNIT]);
        hr_kpi_put_percent(&buf, hr_kpi_row_weight(rows[i], pick));
        hr_kpi_put_row(&buf, &kpi->rules, rows[i], arena);
    }

    hr_kpi_put_triggers(&buf, rows, count);

    return hr_kpi_take(&buf, arena);
}


static void
hr_kpi_put_weights(hr_buf_t *buf, const hr_kpi_table_t *table,
    const hr_kpi_row_t *row)
{
    bool  some = false;

    (void) hr_buf_c(buf, " ");

    for (size_t i = 0; i < table->column_count; i++) {

        if (row->weights[i] <= 0.0) {
            continue;
        }

        (void) hr_buf_printf(buf, "%s%.*s: %g", some ? "; " : "",
                             (int) table->columns[i].title.len,
                             table->columns[i].title.data,
                             row->weights[i] * 100.0);
        some = true;
    }

    (void) hr_buf_c(buf, some ? " |" : "- |");
}


hr_str_t
hr_kpi_text_all(const hr_kpi_t *kpi, const hr_kpi_table_t *table,
    hr_arena_t *arena)
{
    hr_str_t  text, cut;
    hr_buf_t  buf;

    hr_buf_init(&buf, HR_KPI_TEXT_BYTES_MAX);
    (void) hr_buf_c(&buf, "Столбца для этой должности в файле КПЭ нет. Ниже "
                          "все показатели подразделения; выбери те, на "
                          "которые должность влияет.\n"
                          "| КПЭ | Цель | Ед. | Вес по должностям, % | "
                          "Направление | Мин. | Макс. | Методика | "
                          "Источник |\n"
                          "|---|---|---|---|---|---|---|---|---|\n");

    for (size_t i = 0; i < table->row_count; i++) {
        (void) hr_buf_c(&buf, "|");
        hr_kpi_put(&buf, table->rows[i].cells[HR_KPI_FIELD_NAME]);
        hr_kpi_put(&buf, table->rows[i].cells[HR_KPI_FIELD_TARGET]);
        hr_kpi_put(&buf, table->rows[i].cells[HR_KPI_FIELD_UNIT]);
        hr_kpi_put_weights(&buf, table, &table->rows[i]);
        hr_kpi_put_row(&buf, &kpi->rules, &table->rows[i], arena);
    }

    text = hr_kpi_take(&buf, arena);
    cut = hr_utf8_cut(text, kpi->rules.text_max);

    if (cut.len == text.len) {
        return text;
    }

    return hr_arena_printf(arena, "%.*s\n[таблица сокращена]", (int) cut.len,
                           cut.data);
}


/*
 * The template's lines without the KPIs that are not kept, and without the
 * headings of sections that lose all of theirs.
 */
static void
hr_kpi_put_template(hr_buf_t *buf, const hr_kpi_template_t *t,
    const hr_kpi_item_t *items, size_t count)
{
    bool         kept = true;           /* the KPI at hand; before them, text */
    bool         open = false;          /* a section before its first KPI */
    size_t       line = 0, next = 0;
    hr_str_t     text, section = HR_STR("");
    const char  *p, *nl, *end = t->text.data + t->text.len;

    for (p = t->text.data; p < end; p += text.len) {

        line++;
        nl = memchr(p, '\n', (size_t) (end - p));
        text = hr_str(p, (size_t) ((nl == NULL ? end : nl + 1) - p));

        if (text.len > 4 && memcmp(p, "### ", 4) == 0) {

            open = false;
            kept = next < count && items[next].line == line;

            if (kept) {
                (void) hr_buf_str(buf, section);
                section = HR_STR("");
                next++;
            }

        } else if (text.len > 3 && memcmp(p, "## ", 3) == 0) {

            if (open) {
                (void) hr_buf_str(buf, section);
            }

            section = hr_str(p, 0);
            open = true;
        }

        if (open) {
            section.len += text.len;

        } else if (kept) {
            (void) hr_buf_str(buf, text);
        }
    }

    if (open) {
        (void) hr_buf_str(buf, section);
    }
}


hr_str_t
hr_kpi_text_template(const hr_kpi_template_t *t, const hr_kpi_item_t *items,
    size_t count, hr_arena_t *arena)
{
    hr_buf_t  buf;

    hr_buf_init(&buf, HR_KPI_TEXT_BYTES_MAX);
    (void) hr_buf_printf(&buf, "Файла КПЭ у подразделения нет. Ниже типовые "
                         "показатели (шаблон %.*s); возьми из них те, что "
                         "подходят должности.",
                         (int) t->type.len, t->type.data);

    if (count < t->count) {
        (void) hr_buf_printf(&buf, " Оставлены самые весомые, %zu из %zu; веса "
                             "указаны как в полном шаблоне.", count, t->count);
    }

    (void) hr_buf_c(&buf, "\n\n");
    hr_kpi_put_template(&buf, t, items, count);

    return hr_kpi_take(&buf, arena);
}


hr_str_t
hr_kpi_text_builtin(void)
{
    return HR_STR("Внимание: для подразделения нет ни файла КПЭ, ни шаблона; "
                  "показатели требуют проверки.\n"
                  "Корпоративные КПЭ, 40 %: выручка компании; ввод объектов "
                  "в срок.\n"
                  "Личные КПЭ, 60 %: выполнение ключевых задач в срок, 30 %, "
                  "цель не менее 90 %; качество результатов работы, 30 %, "
                  "цель не менее 85 %.");
}
