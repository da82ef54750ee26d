/*
 * KPI files, columns, rows, templates: data-files.md 7, 11, 12; improvements
 * I-02, I-03, I-05, I-25.
 */

#include "hr_gen_fixture.h"
#include "hr_context.h"
#include "hr_kpi_catalog.h"
#include "hr_kpi_report.h"
#include "hr_text.h"


static hr_arena_t  *arena;

#define RULES                                                                 \
    "{\"files\":[{\"code\":\"БРЗ\",\"unit\":\"Блок Альфа/Департамент Берёза\"}," \
    "{\"code\":\"НЕТ\",\"unit\":\"Блок Бета\"}],"                             \
    "\"columns\":[{\"title\":\"КПЭ\",\"field\":\"name\"},"                    \
    "{\"title\":\"Целевое значение\",\"field\":\"target\"},"                  \
    "{\"title\":\"Ед. изм.\",\"field\":\"unit\"},"                            \
    "{\"title\":\"Тип показателя\",\"field\":\"direction\"},"                 \
    "{\"title\":\"Min значение\",\"field\":\"min\"},"                         \
    "{\"title\":\"Max значение\",\"field\":\"max\"},"                         \
    "{\"title\":\"Методика\",\"field\":\"method\"},"                          \
    "{\"title\":\"Мотодика\",\"field\":\"method\"},"                          \
    "{\"title\":\"Источник информации\",\"field\":\"source\"},"               \
    "{\"title\":\"Факт\",\"field\":\"ignored\"},"                             \
    "{\"title\":\"Исполнение\",\"field\":\"ignored\"}],"                      \
    "\"sections\":[{\"title\":\"Триггер\",\"kind\":\"trigger\"},"             \
    "{\"title\":\"Корпоративные КПЭ\",\"kind\":\"corporate\"},"               \
    "{\"title\":\"Личные КПЭ\",\"kind\":\"personal\"},"                       \
    "{\"title\":\"Итого вес\",\"kind\":\"total\"}],"                          \
    "\"directions\":[{\"words\":[\"увеличен*\"],\"text\":\"рост\"},"          \
    "{\"words\":[\"уменьшен*\"],\"text\":\"снижение\"}],"                     \
    "\"vacancy\":\"Вакансия\",\"title_match\":{\"ratio\":0.8,\"suffix\":"     \
    "\"(позиция\",\"abbreviations\":[{\"short\":\"рук.\",\"long\":"           \
    "\"руководитель\"},{\"short\":\"зам.\",\"long\":\"заместитель\"}]},"      \
    "\"limits\":[{\"depth\":2,\"min\":3,\"max\":5},{\"depth\":4,\"min\":4,"   \
    "\"max\":6},{\"depth\":10,\"min\":5,\"max\":6}],"                         \
    "\"templates\":[{\"type\":\"IT\",\"words\":[\"дит\",\"цифр*\"]},"         \
    "{\"type\":\"QUALITY\",\"words\":[\"контрол*\"]}]}"

#define HEAD                                                                  \
    "| КПЭ | Целевое значение | Ед. изм. | Анна А | Тип показателя |\n"       \
    "|---|---|---|---|---|\n"

#define TEMPLATE(name)                                                        \
    "---\ndepartment: x\n---\n# Т\n\n## К\n\n### 1. " name " (15 %)\n\n- Цель: 1\n"


static const hr_str_t  units[] = {
    HR_STR_INIT("Блок Альфа"), HR_STR_INIT("Департамент Берёза"),
    HR_STR_INIT("Группа №1")
};

static const hr_str_t  no_heads[HR_KPI_DEPTH_MAX];


static const hr_kpi_t *
test_load(hr_str_t file, bool templates, hr_findings_t *notes)
{
    hr_diag_t         diag = { .text = "" };
    hr_kpi_input_t    t[2];
    hr_kpi_input_t    f[1];
    const hr_kpi_t   *kpi;
    hr_kpi_sources_t  s = { .rules = HR_STR(RULES) };

    f[0].name = HR_STR("KPI_БРЗ.md");
    f[0].bytes = file;
    s.files = f;
    s.file_count = 1;

    t[0].name = HR_STR("IT.md");
    t[0].bytes = HR_STR(TEMPLATE("Доступность"));
    t[1].name = HR_STR("GENERIC.md");
    t[1].bytes = HR_STR(TEMPLATE("Ключевые задачи"));
    s.templates = t;
    s.template_count = templates ? 2 : 0;

    hr_findings_init(notes, arena);

    if (hr_kpi_load(arena, &s, &kpi, notes, &diag) != HR_OK) {
        printf("Bail out! %s\n", diag.text);
        exit(1);
    }

    return kpi;
}


static hr_kpi_selection_t
test_select(const hr_kpi_t *kpi, const char *title, size_t depth,
    const hr_str_t *heads, bool manager)
{
    hr_findings_t        warnings;
    hr_kpi_query_t       q;
    hr_kpi_selection_t   out;

    q.units = units;
    q.heads = heads == NULL ? no_heads : heads;
    q.depth = depth;
    q.title = hr_str_from_c(title);
    q.manager = manager;

    hr_findings_init(&warnings, arena);

    if (hr_kpi_select(kpi, &q, arena, &out, &warnings) != HR_OK) {
        printf("Bail out! select\n");
        exit(1);
    }

    return out;
}


static void
test_items(const hr_kpi_selection_t *s, const char *want, const char *name)
{
    hr_str_t  out = HR_STR("");

    for (size_t i = 0; i < s->count; i++) {
        out = hr_arena_printf(arena, "%.*s%s%.*s", (int) out.len, out.data,
                              i == 0 ? "" : ", ", (int) s->items[i].name.len,
                              s->items[i].name.data);
    }

    IS_STR(out.data, out.len, want, name);
}


/* --- the worked example of data-files.md 12 ---------------------------------------- */

static void
test_sample(void)
{
    hr_str_t             file = hr_test_file("t/data/gen/data/KPI/KPI_БРЗ.md");
    hr_str_t             heads[3];
    hr_findings_t        notes;
    const hr_kpi_t      *kpi = test_load(file, true, &notes);
    hr_kpi_selection_t   s;

    IS_INT(notes.total, 0, "the sample is parsed without a note");

    s = test_select(kpi, "Руководитель группы", 3, NULL, true);
    OK(s.source == HR_KPI_SPECIFIC && s.match == HR_KPI_MATCH_AMBIGUOUS,
       "two columns of one title are ambiguous");
    test_items(&s, "Оборот, Срок ответа", "only rows that both have");
    IS_STR(s.type.data, s.type.len, "N/A", "kpi_type of a file");
    IS_STR(s.file.data, s.file.len, "KPI_БРЗ.md", "the file");
    IS_INT(s.rows, 3, "of three KPI rows");

    s = test_select(kpi, "Главный специалист по внедрению вымышленных "
                         "показателей и их проверке", 3, NULL, false);
    OK(s.match == HR_KPI_MATCH_EXACT, "the folded entry has its column");
    test_items(&s, "Доля принятых образцов, Срок ответа",
               "two personal rows, no corporate one");
    OK(hr_contains(s.text, HR_STR("| Доля принятых образцов | 95 | % | 60 | "
                                  "рост | 80 | 120 | первая строка; вторая "
                                  "строка | журнал |")),
       "a compact row with weight in percent");

    s = test_select(kpi, "главный  специалист по внедрению вымышленных "
                         "показателей и проверке", 3, NULL, false);
    OK(s.match == HR_KPI_MATCH_FUZZY && s.similarity > 0.8
       && s.similarity < 1.0, "a title that differs a little is fuzzy");

    s = test_select(kpi, "Рук. группы", 3, NULL, true);
    OK(s.match == HR_KPI_MATCH_AMBIGUOUS, "abbreviations are written out");

    heads[0] = heads[1] = HR_STR("");
    heads[2] = HR_STR("Руководитель группы");
    s = test_select(kpi, "Техник 1 категории", 3, heads, false);
    OK(s.match == HR_KPI_MATCH_INHERITED,
       "without a column that of the unit's head");
    test_items(&s, "Срок ответа", "without corporate rows for a specialist");
    OK(hr_contains(s.text, HR_STR("вносит вклад")),
       "and marked as contributed to");

    s = test_select(kpi, "Заместитель начальника смены", 3, heads, true);
    test_items(&s, "Оборот, Срок ответа", "with them for a manager");

    s = test_select(kpi, "Техник 1 категории", 3, NULL, false);
    OK(s.match == HR_KPI_MATCH_UNFILTERED && s.count == 3,
       "no column anywhere: the whole table");

    free((char *) file.data);
}


static void
test_units_of_positions(void)
{
    static const char  file[] =
        "---\npositions_map:\n  Руководитель группы: Анна А\n"
        "  Руководитель группы (позиция 2): Борис Б\n"
        "positions_units:\n  Руководитель группы: Блок Альфа/Департамент "
        "Берёза/Группа №1\n"
        "  'Руководитель группы (позиция 2)': Блок Альфа/Департамент "
        "Берёза/Группа №2\n---\n\n"
        "| КПЭ | Ед. изм. | Анна А | Борис Б | Тип показателя |\n"
        "|---|---|---|---|---|\n"
        "| Первый | шт. | 0,6 | - | рост |\n"
        "| Второй | шт. | 40 % | 100% | рост |\n";

    hr_str_t             heads[3] = { HR_STR_NULL, HR_STR_NULL,
                                      HR_STR("Руководитель группы") };
    hr_findings_t        notes;
    const hr_kpi_t      *kpi = test_load(HR_STR(file), true, &notes);
    hr_kpi_selection_t   s;

    s = test_select(kpi, "Руководитель группы", 3, NULL, true);
    OK(s.match == HR_KPI_MATCH_EXACT, "the unit decides between equal titles");
    test_items(&s, "Первый, Второй", "its column");
    OK(s.items[0].weight > 0.59 && s.items[0].weight < 0.61
       && s.items[1].weight > 0.39 && s.items[1].weight < 0.41,
       "decimal comma and percent");

    s = test_select(kpi, "Стажёр", 3, heads, false);
    OK(s.match == HR_KPI_MATCH_INHERITED, "also for what is inherited");
    test_items(&s, "Первый, Второй", "the column of that unit's head");

    s = test_select(kpi, "Руководитель группы", 2, NULL, true);
    OK(s.match == HR_KPI_MATCH_UNFILTERED,
       "columns of other units are not taken");
}


/* --- names -------------------------------------------------------------------------- */

static void
test_names(void)
{
    static const char  file[] =
        "---\nresponsible: Планов П\npositions_map:\n"
        "  Директор: Подставнов Пётр Петрович\n---\n"
        "| КПЭ | Подставнов Пётр Петрович | Тип показателя | Методика | "
        "Источник информации |\n|---|---|---|---|---|\n"
        "| Отчёт | 1 | рост | считает Подставнов Пётр Петрович | Планов П, "
        "Подставновы, Подставновщина, журнал Подставнова |\n";

    static const char  *names[] = { "Подставнов ", "Пётр", "Петрович",
                                    "Планов П" };

    hr_findings_t        notes;
    const hr_kpi_t      *kpi = test_load(HR_STR(file), true, &notes);
    hr_kpi_selection_t   s = test_select(kpi, "Директор", 2, NULL, true);

    OK(s.match == HR_KPI_MATCH_EXACT, "the column is found by its title");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        OK(!hr_contains(s.text, hr_str_from_c(names[i])), names[i]);
    }

    OK(hr_contains(s.text, HR_STR("считает [сотрудник]"))
       && hr_contains(s.text, HR_STR("журнал [сотрудник]")),
       "names in cells are replaced, the surname alone too");
    OK(!hr_contains(s.text, HR_STR("Подставновы")),
       "in its other cases as well");
    OK(hr_contains(s.text, HR_STR("Подставновщина")),
       "a longer word is not touched");
}


/* --- malformed files ------------------------------------------------------------------ */

static void
test_bad(const char *file, int line, const char *name)
{
    char                 text[32];
    hr_findings_t        notes, warnings;
    hr_kpi_query_t       q = { units, no_heads, 3, HR_STR("Директор"), true };
    const hr_kpi_t      *kpi = test_load(hr_str_from_c(file), true, &notes);
    hr_kpi_selection_t   s;

    snprintf(text, sizeof(text), "строка %d:", line);
    hr_findings_init(&warnings, arena);
    (void) hr_kpi_select(kpi, &q, arena, &s, &warnings);

    OK(hr_findings_count(&notes, "kpi_parse_error") == 1
       && hr_contains(notes.items[0].message, hr_str_from_c(text))
       && s.source == HR_KPI_TEMPLATE
       && hr_findings_count(&warnings, "kpi_parse_error") == 1, name);

    if (notes.count > 0) {
        printf("#   %.*s\n", (int) notes.items[0].message.len,
               notes.items[0].message.data);
    }
}


static void
test_malformed(void)
{
    hr_findings_t        notes, warnings;
    hr_kpi_query_t       q = { units, no_heads, 3, HR_STR("Директор"), true };
    const hr_kpi_t      *kpi;
    hr_kpi_selection_t   s;

    test_bad("", 0, "an empty file");
    test_bad("---\npositions_map:\n", 2, "a front matter without its end");
    test_bad("---\nno pair here\n---\n", 2, "a line that is no pair");
    test_bad("---\npositions_map:\n  'Дир: Анна А\n---\n", 3,
             "an open quotation mark");
    test_bad("текст\n", 1, "text instead of a table");
    test_bad("| КПЭ | Анна А |\n|---|---|\n", 1, "columns missing");
    test_bad("| КПЭ | Анна А | Тип показателя |\n| Оборот | 1 | рост |\n", 2,
             "the rule below the header is missing");
    test_bad(HEAD "| Оборот | 1 | шт. | 1 |\n", 3, "a cell is missing");
    test_bad(HEAD "| Оборот | 1 | шт. | 1 | рост\n", 3, "an open row");
    test_bad(HEAD "|  | 1 | шт. | 1 | рост |\n", 3, "a KPI without a name");
    test_bad(HEAD "| А | 1 | шт. | 1 | рост |\n\nтекст\n", 5,
             "text behind the table");
    test_bad(HEAD, 2, "a table without rows");
    test_bad("---\npositions_map:\n  А: Анна А\n  Б: Борис Б\n---\n"
             HEAD "| Оборот | 1 | шт. | 1 | рост |\n", 6,
             "fewer columns than positions");
    test_bad("| КПЭ | Анна А | Тип показателя | Борис Б |\n", 1,
             "person columns in two places");
    kpi = test_load(HR_STR("\xff\xfe"), true, &notes);
    IS_INT(hr_findings_count(&notes, "kpi_file_unreadable"), 1,
           "broken UTF-8 is unreadable");

    kpi = test_load(HR_STR(HEAD "| Оборот | 1 | шт. | много | рост |\n"
                           "| Прибыль | 1 | шт. | 1 | рост |\n"), true, &notes);
    IS_INT(hr_findings_count(&notes, "kpi_weight_unreadable"), 1,
           "a weight that is no number is noted, the file stays in use");

    kpi = test_load(HR_STR_NULL, true, &notes);
    hr_findings_init(&warnings, arena);
    (void) hr_kpi_select(kpi, &q, arena, &s, &warnings);
    OK(s.source == HR_KPI_TEMPLATE
       && hr_findings_count(&warnings, "kpi_file_unreadable") == 1,
       "an unreadable file gives a template and a warning");

    kpi = test_load(HR_STR_NULL, false, &notes);
    (void) hr_kpi_select(kpi, &q, arena, &s, &warnings);
    OK(s.source == HR_KPI_FALLBACK && hr_str_eq(s.type, HR_STR("GENERIC"))
       && s.text.len > 0, "without templates the built-in text is a fallback");

    q.depth = 1;
    (void) hr_kpi_select(kpi, &q, arena, &s, &warnings);
    OK(s.source == HR_KPI_NONE && hr_str_eq(s.type, HR_STR("N/A"))
       && s.text.len > 0, "no file expected, no templates: none");
}


/* --- the legacy form --------------------------------------------------------------------- */

static void
test_legacy(void)
{
    static const char  file[] =
        "\n| КПЭ        | Целевое значение | Ед. изм. | Директор | Руководитель "
        "отдела | Руководитель отдела | Тип показателя | Мотодика |\n"
        "| :--- | :--- | :--- | :--- | :--- | :--- | :--- | :--- |\n"
        "| **Корпоративные КПЭ** | - | - | 1 | 1 | 1 | - | - |\n"
        "| Выручка    | 126 041          | млн. руб. | 15% | 20%  | 10% | На "
        "увеличение, чем блольше, тем лучше | считать |\n"
        "| **Личные КПЭ** | - | - | 1 | 1 | 1 | - | - |\n"
        "| Срок | 4,5 | дн. | 85% | 80% | 90% | На уменьшение | - |\n"
        "| **Итого вес** | - | - | 100% | 100% | 100% | - | - |\n";

    hr_findings_t        notes;
    const hr_kpi_t      *kpi = test_load(HR_STR(file), true, &notes);
    hr_kpi_selection_t   s;

    IS_INT(notes.total, 0, "a file without front matter is read");
    s = test_select(kpi, "Директор", 2, NULL, true);
    OK(s.match == HR_KPI_MATCH_EXACT && s.count == 2, "its header has titles");
    OK(hr_contains(s.text, HR_STR("| Выручка | 126 041 | млн. руб. | 15 | рост "
                                  "| - | - | считать | - |")),
       "percent, thousands, the misspelt column and direction");

    s = test_select(kpi, "Руководитель отдела", 2, NULL, true);
    OK(s.match == HR_KPI_MATCH_AMBIGUOUS && s.count == 2,
       "equal titles are ambiguous");
    OK(s.items[0].weight > 0.09 && s.items[0].weight < 0.11,
       "the least weight counts");
}


/* --- limits and triggers ------------------------------------------------------------------- */

static void
test_limits(void)
{
    hr_buf_t             buf;
    hr_findings_t        notes;
    const hr_kpi_t      *kpi;
    hr_kpi_selection_t   s;

    hr_buf_init(&buf, 65536);
    (void) hr_buf_c(&buf, "---\npositions_map:\n  Директор: Анна А\n---\n" HEAD
                          "| Триггер | - | - | 1 | - |\n"
                          "| Нет аварий | 0 | шт. | 1 | снижение |\n"
                          "| Личные КПЭ | - | - | 9 | - |\n");

    for (int i = 1; i <= 9; i++) {
        (void) hr_buf_printf(&buf, "| П%d | 1 | шт. | 0.%02d | рост |\n", i, i);
    }

    (void) hr_buf_c(&buf, "| Нулевой | 1 | шт. | 0 | рост |\n");
    kpi = test_load(hr_buf_view(&buf), true, &notes);

    s = test_select(kpi, "Директор", 2, NULL, true);
    OK(!s.few, "five are enough for a director");
    test_items(&s, "Нет аварий, П5, П6, П7, П8, П9",
               "a director gets the 5 heaviest, and the condition beside them");
    OK(hr_contains(s.text, HR_STR("Условие, без которого премия не "
                                  "выплачивается: Нет аварий, цель 0 шт.")),
       "a trigger is a condition, not a row");
    OK(!hr_contains(s.text, HR_STR("Нулевой")), "weight 0 is never sent");

    s = test_select(kpi, "Директор", 3, NULL, true);
    IS_INT(s.count, 7, "deeper levels get 6, the schema's limit");
    hr_buf_release(&buf);
}


static void
test_few(void)
{
    hr_findings_t        notes;
    const hr_kpi_t      *kpi;
    hr_kpi_selection_t   s;

    kpi = test_load(HR_STR("---\npositions_map:\n  Директор: Анна А\n---\n" HEAD
                           "| Триггер | - | - | 1 | - |\n"
                           "| Нет аварий | 0 | шт. | 1 | снижение |\n"
                           "| Личные КПЭ | - | - | 3 | - |\n"
                           "| П1 | 1 | шт. | 0.5 | рост |\n"
                           "| П2 | 1 | шт. | 0.3 | рост |\n"
                           "| П3 | 1 | шт. | 0.2 | рост |\n"), true, &notes);

    s = test_select(kpi, "Директор", 2, NULL, true);
    OK(s.count == 4 && !s.few, "three KPIs are the least of a director");

    s = test_select(kpi, "Директор", 3, NULL, true);
    OK(s.count == 4 && s.few,
       "deeper they are too few, a condition is not counted");
}


/* --- templates ------------------------------------------------------------------------------ */

#define ITEM(name, percent)                                                   \
    "### " name " (" percent " %)\n\n- Цель: " name "\n\n"

static hr_kpi_selection_t
test_template(const char *text, size_t depth)
{
    hr_diag_t            diag = { .text = "" };
    hr_findings_t        notes;
    hr_kpi_input_t       t = { HR_STR("GENERIC.md"), hr_str_from_c(text) };
    const hr_kpi_t      *kpi;
    hr_kpi_query_t       q = { units, no_heads, depth, HR_STR("x"), false };
    hr_kpi_sources_t     sources = { .rules = HR_STR(RULES), .templates = &t,
                                     .template_count = 1 };
    hr_kpi_selection_t   s;

    hr_findings_init(&notes, arena);

    if (hr_kpi_load(arena, &sources, &kpi, &notes, &diag) != HR_OK
        || hr_kpi_select(kpi, &q, arena, &s, &notes) != HR_OK)
    {
        printf("Bail out! template: %s\n", diag.text);
        exit(1);
    }

    return s;
}


/* improvements.md 11: at most min(level limit, 6), of a template as of a file. */
static void
test_template_limits(void)
{
    static const char  text[] =
        "# Т\n\nВступление\n\n## Корпоративные\n\n"
        ITEM("1. Выручка", "15") ITEM("2. Ввод", "15") ITEM("3. Планы", "10")
        "## Личные\n\n"
        ITEM("1. Задачи", "20") ITEM("2. Качество", "20")
        ITEM("3. Процессы", "10") ITEM("4. Бюджет", "5")
        ITEM("5. Оценка", "5");

    hr_kpi_selection_t  s;

    s = test_template(text, 2);
    test_items(&s, "Выручка, Ввод, Планы, Задачи, Качество",
               "the 5 heaviest of a template, of equal ones the first");
    OK(s.rows == 8 && s.count == 5 && !s.few, "5 of 8");
    OK(s.items[0].weight > 0.14 && s.items[0].weight < 0.16,
       "the weights stay as given");
    OK(hr_contains(s.text, HR_STR("5 из 8"))
       && hr_contains(s.text, HR_STR("Вступление"))
       && hr_contains(s.text, HR_STR("## Личные\n\n### 1. Задачи (20 %)\n\n"
                                     "- Цель: 1. Задачи")),
       "the text says so and has what is kept");
    OK(!hr_contains(s.text, HR_STR("Процессы"))
       && !hr_contains(s.text, HR_STR("Бюджет"))
       && !hr_contains(s.text, HR_STR("Оценка")),
       "and nothing of what is left out");

    s = test_template(text, 3);
    test_items(&s, "Выручка, Ввод, Планы, Задачи, Качество, Процессы",
               "deeper levels get 6, the schema's limit");

    s = test_template("# Т\n\n## Первый\n\n" ITEM("А", "1") "## Слова\n\nтекст\n\n"
                      "## Второй\n\n" ITEM("Б", "20") ITEM("В", "20")
                      ITEM("Г", "20") ITEM("Д", "20") ITEM("Е", "19"), 1);
    test_items(&s, "Б, В, Г, Д, Е", "a section may lose all of its KPIs");
    OK(!hr_contains(s.text, HR_STR("## Первый"))
       && hr_contains(s.text, HR_STR("## Слова\n\nтекст\n\n## Второй")),
       "and then its heading too, text without KPIs stays");

    s = test_template("# Т\n\n" ITEM("А", "60") ITEM("Б", "40"), 1);
    OK(s.count == 2 && s.rows == 2 && s.few && !hr_contains(s.text, HR_STR(" из 2")),
       "a short template is whole, and too short");
}


static void
test_templates(void)
{
    hr_str_t             it[2] = { HR_STR("Управление цифровизации"),
                                   HR_STR("Группа №2") };
    hr_str_t             credit[1] = { HR_STR("Отдел ипотечного кредитования") };
    hr_str_t             control[1] = { HR_STR("Отдел контроля") };
    hr_findings_t        notes;
    hr_kpi_query_t       q = { it, no_heads, 2, HR_STR("x"), false };
    const hr_kpi_t      *kpi = test_load(HR_STR_NULL, true, &notes);
    hr_kpi_selection_t   s;

    (void) hr_kpi_select(kpi, &q, arena, &s, &notes);
    IS_STR(s.type.data, s.type.len, "IT",
           "the type comes from the ancestors when the unit's name says nothing");
    test_items(&s, "Доступность", "the headings name the KPIs");
    OK(s.items[0].weight > 0.14 && s.items[0].weight < 0.16, "with weights");
    OK(!hr_contains(s.text, HR_STR("department:")), "without front matter");

    q.units = credit;
    q.depth = 1;
    (void) hr_kpi_select(kpi, &q, arena, &s, &notes);
    IS_STR(s.type.data, s.type.len, "GENERIC",
           "\"дит\" inside \"кредитования\" is no IT");

    q.units = control;
    (void) hr_kpi_select(kpi, &q, arena, &s, &notes);
    IS_STR(s.type.data, s.type.len, "GENERIC",
           "a type without a template is not announced");
}


static void
test_honesty(void)
{
    OK(hr_kpi_names(arena, HR_STR("Доля принятых образцов"),
                    HR_STR("доля ПРИНЯТЫХ образцов — 95 %")), "all words");
    OK(hr_kpi_names(arena, HR_STR("Срок ответа на запрос клиента в целом"),
                    HR_STR("Срок ответа на запрос клиента")),
       "four of five words are 80 %");
    OK(!hr_kpi_names(arena, HR_STR("Срок ответа клиента"),
                     HR_STR("Срок ответа: 3 дня")), "two of three are not");
    OK(!hr_kpi_names(arena, HR_STR("Оборот"), HR_STR("Прибыль")), "no word");
    OK(hr_kpi_names(arena, HR_STR("NPS"), HR_STR("NPS не ниже 40")),
       "a name of short words only");
    OK(!hr_kpi_names(arena, HR_STR(""), HR_STR("x")), "an empty name");
}


/* --- the invented company --------------------------------------------------------------------- */

static void
test_alias_counts(const hr_gen_fixture_t *f, const hr_kpi_t *kpi)
{
    static const struct {
        const char  *code;
        int          units, slots;
    } want[] = {
        { "ДИТ", 26, 95 }, { "ДРР", 23, 61 }, { "ДПУ", 40, 107 },
        { "Закупки", 8, 20 }, { "ПРП", 4, 11 }, { "УВАиК", 3, 5 },
        { "Цифра", 1, 2 }, { "АС", 1, 7 },
    };

    char            name[64];
    int             units_of[8] = { 0 }, slots_of[8] = { 0 };
    int             total = 0, slots = 0;
    hr_str_t        code, names[HR_ORG_MAX_DEPTH];
    hr_org_unit_t   u, up;

    for (uint32_t i = 0; i < hr_org_unit_count(f->org); i++) {

        hr_org_unit(f->org, i, &u);

        for (uint32_t k = 0; k <= u.level; k++) {
            hr_org_unit(f->org, hr_org_ancestor(f->org, i, k), &up);
            names[k] = up.name;
        }

        code = hr_kpi_code(kpi, names, u.level + 1, arena);

        for (size_t k = 0; k < 8; k++) {
            if (hr_str_eq(code, hr_str_from_c(want[k].code))) {
                units_of[k]++;
                slots_of[k] += (int) u.slots;
                total++;
                slots += (int) u.slots;
            }
        }
    }

    for (size_t k = 0; k < 8; k++) {
        snprintf(name, sizeof(name), "units of %s", want[k].code);
        IS_INT(units_of[k], want[k].units, name);
        snprintf(name, sizeof(name), "slots of %s", want[k].code);
        IS_INT(slots_of[k], want[k].slots, name);
    }

    IS_INT(total, 106, "106 units have a file");
    IS_INT(slots, 308, "which are 308 slots");
}


/* Every column of every file: the rows are those of the column, the heaviest. */
static bool
test_column(const hr_kpi_t *kpi, const hr_kpi_table_t *table, size_t column)
{
    size_t              kept = 0, depth = 1;
    hr_str_t            path, unit[HR_KPI_DEPTH_MAX];
    hr_findings_t       warnings;
    hr_kpi_query_t      q = { unit, no_heads, 0, table->columns[column].title,
                              true };
    hr_kpi_selection_t  s;

    path = table->columns[column].unit_key;

    for (size_t i = 0; path.data == NULL && i < kpi->rules.alias_count; i++) {
        if (hr_str_eq(kpi->rules.aliases[i].code, table->code)) {
            path = kpi->rules.aliases[i].unit_key;
        }
    }

    if (path.data == NULL) {
        return true;                    /* the legacy file belongs to no unit */
    }

    unit[0] = path;

    for (size_t i = 0; i < path.len; i++) {
        if (path.data[i] == '/') {
            unit[depth - 1].len = (size_t) (path.data + i
                                            - unit[depth - 1].data);
            unit[depth++] = hr_str(path.data + i + 1, path.len - i - 1);
        }
    }

    q.depth = depth;
    hr_findings_init(&warnings, arena);

    if (hr_kpi_select(kpi, &q, arena, &s, &warnings) != HR_OK) {
        return false;
    }

    if (s.match == HR_KPI_MATCH_UNFILTERED) {

        /* several columns of the title that have no row in common */
        for (size_t i = 0; i < table->column_count; i++) {
            kept += hr_str_eq(table->columns[i].key,
                              table->columns[column].key);
        }

        return kept > 1;
    }

    if (s.match > HR_KPI_MATCH_AMBIGUOUS || s.count > 6) {
        return false;
    }

    for (size_t i = 0; i < s.count; i++) {
        for (size_t k = 0; k < table->row_count; k++) {
            if (table->rows[k].line == s.items[i].line) {
                kept += table->rows[k].weights[column] > 0.0;
            }
        }
    }

    return kept == s.count && s.count > 0;
}


static int64_t
test_number(const hr_json_t *root, const char *path)
{
    int64_t  n = -1;

    (void) hr_json_int(hr_json_path(root, path), &n);
    return n;
}


/* I-22: the report has the numbers of data-files.md 7. */
static void
test_report(const hr_gen_fixture_t *f, const size_t *classes)
{
    int64_t           owned = 0, positions = 0;
    hr_jw_t           w;
    hr_buf_t          buf;
    hr_json_t        *root = NULL;
    const hr_json_t  *files;

    hr_buf_init(&buf, 4 * 1024 * 1024);
    hr_jw_init(&w, &buf);
    OK(hr_kpi_report_write(hr_gen_kpi(f->gen), f->org, &w) == HR_OK
       && hr_json_parse(arena, hr_buf_view(&buf), NULL, &root, NULL) == HR_OK,
       "the coverage report is JSON");
    hr_buf_release(&buf);

    IS_INT(test_number(root, "units.with_file"), 106, "units with a file");
    IS_INT(test_number(root, "units.without_file"), 461, "units without");
    IS_INT(test_number(root, "positions.with_file"), 308, "positions with");
    IS_INT(test_number(root, "positions.without_file"), 1381,
           "positions without");
    IS_INT(test_number(root, "positions.classes.exact"), classes[1],
           "the classes are those of the requests");
    IS_INT(test_number(root, "positions.classes.inherited"), classes[3],
           "inherited too");

    files = hr_json_get(root, "files");
    IS_INT(files->count, 8, "eight mapped files");

    for (const hr_json_t *e = files->first; e != NULL; e = e->next) {
        owned += test_number(e, "units");
        positions += test_number(e, "positions");
    }

    IS_INT(owned, 106, "they sum up to the units");
    IS_INT(positions, 308, "and to the positions");
    IS_INT(hr_json_get(root, "unmapped_files")->count, 1, "one is unmapped");
    IS_INT(hr_json_get(root, "missing")->count, 461, "what is missing, by unit");
    OK(hr_json_get(root, "templates")->count > 3, "what stands in");
}


static void
test_demo(void)
{
    int64_t                  most, all, selected;
    size_t                   columns = 0, good = 0, rows = 0, kept = 0;
    size_t                   templates = 0, within = 0;
    size_t                   classes[6] = { 0 };
    hr_gen_job_t            *job;
    hr_org_slot_t            slot;
    hr_org_unit_t            unit;
    hr_kpi_match_t           m;
    hr_gen_request_t         r;
    hr_generr_t              e;
    static hr_gen_fixture_t  f;
    const hr_kpi_t          *kpi;
    const hr_json_t         *report;
    hr_kpi_sources_t         sources = { .file_count = 0 };
    hr_kpi_input_t           files[64];
    hr_findings_t            notes;
    hr_diag_t                diag;

    hr_test_gen_demo(&f);

    for (size_t i = 0; i < f.count; i++) {

        if (hr_str_eq(f.files[i].path, HR_STR("conf/company/kpi.json"))) {
            sources.rules = f.files[i].bytes;
        }

        if (f.files[i].path.len > 9
            && memcmp(f.files[i].path.data, "data/KPI/", 9) == 0)
        {
            files[sources.file_count].name = hr_str(f.files[i].path.data + 9,
                                                    f.files[i].path.len - 9);
            files[sources.file_count++].bytes = f.files[i].bytes;
        }
    }

    sources.files = files;
    hr_findings_init(&notes, arena);
    OK(hr_kpi_load(arena, &sources, &kpi, &notes, &diag) == HR_OK,
       "the files of the invented company");
    IS_INT(sources.file_count, 9, "nine files");
    IS_INT(hr_findings_count(&notes, "kpi_parse_error"), 0,
           "none is malformed");
    IS_INT(hr_findings_count(&notes, "kpi_file_unused"), 1,
           "the legacy one belongs to no unit");

    test_alias_counts(&f, kpi);

    for (size_t i = 0; i < kpi->file_count; i++) {
        for (size_t k = 0; k < kpi->files[i].table->column_count; k++) {
            columns++;
            good += test_column(kpi, kpi->files[i].table, k);
        }
    }

    IS_INT(good, columns, "every column of every file gives its own rows");

    for (uint32_t i = 0; i < hr_org_slot_count(f.org); i++) {

        hr_org_slot(f.org, i, &slot);
        hr_org_unit(f.org, slot.unit, &unit);
        memset(&r, 0, sizeof(r));
        r.department = unit.path;
        r.position = slot.title;

        if (hr_gen_prepare(f.gen, NULL, f.org, &r, &job, &e) != HR_OK) {
            continue;
        }

        report = hr_json_get(hr_gen_job_facts(job)->report, "kpi");
        all = test_number(report, "rows");
        selected = test_number(report, "selected");

        if (hr_str_eq(hr_json_text(hr_json_get(report, "source")),
                      HR_STR("template")))
        {
            most = unit.level < 2 ? 5 : 6;
            templates++;
            within += selected > 0 && selected == (all < most ? all : most);
        }

        for (m = HR_KPI_MATCH_EXACT; m <= HR_KPI_MATCH_UNFILTERED; m++) {
            if (hr_str_eq(hr_json_text(hr_json_get(report, "match")),
                          hr_str_from_c(hr_kpi_match_name(m))))
            {
                classes[m]++;

                if (m != HR_KPI_MATCH_UNFILTERED) {
                    rows += (size_t) all;
                    kept += (size_t) selected;
                }
            }
        }

        hr_gen_job_destroy(job);
    }

    printf("# exact %zu, fuzzy %zu, inherited %zu, ambiguous %zu, unfiltered "
           "%zu; rows %zu of %zu\n", classes[1], classes[2], classes[3],
           classes[4], classes[5], kept, rows);
    IS_INT(classes[1] + classes[2] + classes[3] + classes[4] + classes[5], 308,
           "the classes of all slots sum up to 308");
    OK(kept * 10 <= rows * 4, "at least 60 % of the rows are left out");
    IS_INT(templates, 1381, "the other slots get a template");
    IS_INT(within, templates, "none of them more than its level may have");
    test_report(&f, classes);

    hr_test_gen_free(&f);
}


int
main(void)
{
    arena = hr_arena_create(256u * 1024 * 1024);

    test_sample();
    test_units_of_positions();
    test_names();
    test_malformed();
    test_legacy();
    test_limits();
    test_few();
    test_templates();
    test_template_limits();
    test_honesty();
    test_demo();

    hr_arena_destroy(arena);
    return hr_test_done();
}
