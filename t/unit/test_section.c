/*
 * The section model: what is told for which shape (exports.md 1, 2 and the
 * defects X-01..X-10), as a list of events.
 */

#include "hr_test_render.h"


static hr_buf_t  told;


static hr_rc_t
tell(void *ctx, const hr_section_event_t *e)
{
    static const char *const  names[] = {
        "title", "subtitle", "notice", "rule", "h", "label", "field", "p", "-",
        "table", "row", "end", "missing", "footer"
    };

    size_t  i;

    (void) ctx;

    if (e->section == HR_SECTION_HEADER || e->type == HR_SECTION_RULE
        || e->type == HR_SECTION_FOOTER)
    {
        return HR_OK;
    }

    hr_buf_printf(&told, "%s", names[e->type]);

    if (e->type == HR_SECTION_HEADING) {
        hr_buf_printf(&told, "%u", e->level);
    }

    if (e->number != 0) {
        hr_buf_printf(&told, " %u.", e->number);
    }

    if (e->label.len != 0) {
        hr_buf_printf(&told, " %.*s:", (int) e->label.len, e->label.data);
    }

    if (e->text.len != 0) {
        hr_buf_printf(&told, " %.*s", (int) e->text.len, e->text.data);
    }

    for (i = 0; i < e->ncells; i++) {
        hr_buf_printf(&told, "%s%.*s", i == 0 ? " " : " | ",
                      (int) e->cells[i].len,
                      e->cells[i].data == NULL ? "" : e->cells[i].data);
    }

    return hr_buf_char(&told, '\n');
}


/* The events below the heading of one section of a document. */
static void
section(const char *json, const char *heading, const char *want, const char *name)
{
    char                 *from, *to;
    char                  head[200];
    hr_arena_t           *arena;
    hr_section_input_t    in;
    hr_section_visitor_t  visitor = { .event = tell, .stamp_label = HR_STR("x") };

    arena = hr_arena_create(16 << 20);
    in = hr_test_input(hr_test_parse(arena, json, strlen(json)));
    in.version = 0;

    hr_buf_init(&told, 16 << 20);
    OK(hr_section_walk(&in, &visitor, arena) == HR_OK, name);

    snprintf(head, sizeof(head), "h2 %s\n", heading);
    from = strstr(told.data, head);
    from = from == NULL ? told.data : from + strlen(head);
    to = strstr(from, "\nh2 ");
    to = to == NULL ? told.data + told.len : to + 1;

    IS_STR(from, (size_t) (to - from), want, heading);

    hr_buf_release(&told);
    hr_arena_destroy(arena);
}

#define BASIC         "📊 Основная информация"
#define AREAS         "🎯 Области ответственности"
#define SKILLS        "🛠️ Профессиональные навыки"
#define QUALITIES     "👤 Личностные качества"
#define COMPETENCIES  "🏢 Корпоративные компетенции"
#define EDUCATION     "🎓 Образование и опыт работы"
#define CAREER        "📈 Карьерограмма"
#define WORKPLACE     "💻 Обеспечение рабочего места"
#define METRICS       "📊 Показатели эффективности"
#define ADDITIONAL    "ℹ️ Дополнительная информация"
#define METADATA      "📋 Метаданные"


static void
test_empty(void)
{
    section("{}", BASIC,
            "table Параметр | Значение\n"
            "row Название должности | Не указано\n"
            "row Блок | Не указано\n"
            "row Департамент/Отдел | Не указано\n"
            "row Категория должности | Не указано\n"
            "row Непосредственный руководитель | Не указано\n"
            "row Тип деятельности | Не указано\n"
            "row Подчиненные | Не указано\n"
            "end\n", "an empty document has its table");
    section("{\"responsibility_areas\": [null, \"\", {}, []]}", AREAS,
            "missing Области ответственности не определены\n",
            "a list of nothing is missing (X-02)");
    section("{\"professional_skills\": null}", SKILLS,
            "missing Профессиональные навыки не определены\n", "null is missing");
    section("{\"personal_qualities\": \"  \"}", QUALITIES,
            "missing Личностные качества не определены\n", "blanks are missing");
    section("{}", COMPETENCIES,
            "missing Корпоративные компетенции не определены\n", "absent is missing");
    section("{\"experience_and_education\": {\"education_level\": \"\"}}", EDUCATION,
            "missing Требования к образованию не определены\n",
            "an object of nothing is missing");
    section("{\"careerogram\": {\"source_positions\": {\"direct_predecessors\": []},"
            "\"target_pathways\": {}}}", CAREER,
            "missing Информация о карьерном развитии не определена\n",
            "no heading without a list below (X-07)");
    section("{\"workplace_provisioning\": {\"unknown\": 1}}", WORKPLACE,
            "missing Требования к обеспечению рабочего места не определены\n",
            "unknown members alone are missing");
    section("{}", METRICS, "missing Показатели эффективности не определены\n",
            "no metrics");
    section("{}", ADDITIONAL, "missing Дополнительная информация отсутствует\n",
            "nothing additional");
    section("{}", METADATA, "missing Метаданные отсутствуют\n", "no metadata");
}


static void
test_person(void)
{
    section("{\"position_title\": 7.0, \"department_broad\": [\"a\", 1, true],"
            "\"category\": \"старая\", \"primary_activity\": {\"a\": [1.50]},"
            "\"subordinates\": {\"departments\": 2.0, \"people\": \"до 5\"}}", BASIC,
            "table Параметр | Значение\n"
            "row Название должности | 7\n"
            "row Блок | a, 1, да\n"
            "row Департамент/Отдел | Не указано\n"
            "row Категория должности | старая\n"
            "row Непосредственный руководитель | Не указано\n"
            "row Тип деятельности | {\"a\":[1.50]}\n"
            "row Подчиненные | Департаментов: 2, Человек: до 5\n"
            "end\n", "any type becomes a text (X-03), older names are read");
    section("{\"responsibility_areas\": [{\"area\": [\"A\", \"B\"], \"tasks\": [\"t\"]},"
            "{\"title\": \"C\", \"tasks\": \"one\"}, [\"x\", \"y\"], \"D\","
            "{\"area\": [], \"tasks\": [1]}]}", AREAS,
            "h3 1. A, B\n- t\nh3 2. C\n- one\nh3 3. Область 3\n- x\n- y\n"
            "h3 4. D\nh3 5. Область 5\n- 1\n", "areas of every shape (X-04)");
    section("{\"professional_skills\": [{\"skill_category\": \"K\", \"specific_skills\": ["
            "{\"skill_name\": \"a\", \"proficiency_level\": 1,"
            " \"proficiency_description\": \"d\"},"
            "\"text\", {\"proficiency_level\": 9}, {\"skill_name\": \"b\","
            " \"target_level\": \"Базовый\"}]},"
            "{\"category\": \"L\", \"skills\": [\"x\"], \"target_level\": \"Экспертный\"},"
            "[\"y\"], \"M\", {\"specific_skills\": {\"skill_name\": \"z\"}}]}", SKILLS,
            "h3 K\ntable Навык | Уровень | Описание\nrow a | Базовый | d\nend\n- text\n"
            "table Навык | Уровень | Описание\n"
            "row Неизвестный навык | Уровень 9 | Описание отсутствует\n"
            "row b | Базовый | Описание отсутствует\nend\n"
            "h3 L\nfield Уровень: Экспертный\n- x\nh3 Навыки\n- y\nh3 M\n"
            "h3 Неизвестная категория\ntable Навык | Уровень | Описание\n"
            "row z | Не указан | Описание отсутствует\nend\n",
            "skills are decided one by one, categories of every shape");
    section("{\"personal_qualities\": [\"знание SQL\", {\"quality\": \"ёмкость\"},"
            "{\"name\": \"n\"}, {\"x\": 1}, null]}", QUALITIES,
            "- Знание SQL\n- Ёмкость\n- N\n- Качество\n",
            "only the first letter is raised (X-05)");
    section("{\"corporate_competencies\": {\"competency\": \"одна\"}}", COMPETENCIES,
            "- одна\n", "an object in place of a list is one element");
    section("{\"education\": {\"total_experience\": \"5\", \"specialties\": [\"a\", \"b\"],"
            "\"additional_certifications\": [\"c\"], \"additional_education\": \"d\"}}",
            EDUCATION,
            "label Дополнительные сертификаты и курсы\n- c\n"
            "table Требование | Описание\nrow Общий опыт работы | 5\n"
            "row Предпочтительные специальности | a, b\n"
            "row Дополнительное образование | d\nend\n", "older education");
    section("{\"experience_and_education\": \"Высшее\"}", EDUCATION, "p Высшее\n",
            "education as a text");
}


static void
test_career(void)
{
    section("{\"careerogram\": {\"source_positions\": [\"a\"],"
            "\"target_positions\": [\"b\"]}}", CAREER,
            "h3 🚪 Входные позиции\nlabel Предшествующие позиции\n- a\n"
            "h3 🚀 Карьерный рост\n- b\n", "targets are told beside sources (X-08)");
    section("{\"careerogram\": \"{\\\"source_positions\\\": \\\"s\\\"}\"}", CAREER,
            "h3 🚪 Входные позиции\nlabel Предшествующие позиции\n- s\n",
            "an object inside a string");
    section("{\"careerogram\": \"просто текст\"}", CAREER, "p просто текст\n",
            "a text that is none");
    section("{\"careerogram\": [\"x\", \"y\"]}", CAREER, "- x\n- y\n", "a list");
    section("{\"careerogram\": {\"target_pathways\": {\"expert_growth\": [\"t\", {"
            "\"target_department\": \"d\", \"competency_bridge\": {"
            "\"strengthen_skills\": [\"s\"], \"acquire_skills\": \"a\"}}]}}}", CAREER,
            "h3 🚀 Карьерные пути\nh4 🎯 Экспертный рост\n- t\np Не указано\n"
            "field Департамент: d\nlabel Навыки для развития\n- s\n"
            "label Новые навыки\n- a\n", "steps as objects and as texts");
    section("{\"career_path\": {\"donor_positions\": [\"d\"], \"target_positions\": [\"t\"],"
            "\"development_plan\": \"p\"}}", CAREER,
            "h3 🚪 Входные позиции\n- d\nh3 🚀 Карьерный рост\n- t\n"
            "h3 📋 План развития\n- p\n", "the first schema");
    section("{\"career_development\": {\"career_entry_positions\": [\"e\"],"
            "\"career_growth_positions\": [\"g\"], \"development_priorities\": [\"p\"],"
            "\"mentoring_opportunities\": \"m\"}}", CAREER,
            "h3 🚪 Входные позиции\n- e\nh3 🚀 Карьерный рост\n- g\n"
            "h3 🎯 Приоритеты развития\n- p\nh3 👥 Возможности менторства\np m\n",
            "the universal schema");
    section("{\"careerogram\": {\"career_pathways\": [{\"pathway_type\": \"T\","
            "\"entry_positions\": [\"e\"], \"advancement_positions\": [\"a\"]}, {"
            "\"entry_positions\": [\"f\"]}, \"text\"]}}", CAREER,
            "h3 🛤️ T\nlabel Входные позиции\n- e\nlabel Позиции продвижения\n- a\n"
            "h3 🛤️ Карьерный путь\nlabel Входные позиции\n- f\n- text\n",
            "pathways of the older schema");
    section("{\"careerogram\": {\"source_positions\": [\"new\"]},"
            "\"career_path\": {\"source_positions\": [\"old\"],"
            "\"target_positions\": [\"kept\"]}}", CAREER,
            "h3 🚪 Входные позиции\nlabel Предшествующие позиции\n- new\n"
            "h3 🚀 Карьерный рост\n- kept\n",
            "older names are merged, the canonical one wins");
}


static void
test_work(void)
{
    section("{\"technical_requirements\": {\"software\": [\"s\"], \"software_systems\":"
            "[\"y\"], \"equipment\": [\"e\"], \"access_permissions\": \"a\"}}", WORKPLACE,
            "h3 📱 Программное обеспечение\n- s\n- y\nh3 🖥️ Оборудование\n- e\n"
            "h3 🔐 Права доступа\n- a\n", "older workplace, nothing dropped");
    section("{\"technical_requirements\": {\"software_hardware\": {\"software_systems\":"
            "[\"s\"], \"hardware_equipment\": [\"h\"]}}}", WORKPLACE,
            "h3 📱 Программное обеспечение\n- s\nh3 🖥️ Аппаратное обеспечение\n- h\n",
            "software and hardware together");
    section("{\"performance_metrics\": {\"quantitative_kpis\": \"one\","
            "\"evaluation_frequency\": \"f\"}}", METRICS,
            "field Частота оценки: f\nh3 📈 Количественные показатели\n- one\n",
            "a scalar in place of a list");
    section("{\"performance_metrics\": [\"k\"]}", METRICS, "- k\n",
            "a list in place of the object");
    section("{\"additional_info\": {\"working_conditions\": \"офис\","
            "\"promotion_conditions\": \"p\"}}", ADDITIONAL,
            "h3 🏢 Условия работы\np офис\nh3 📈 Условия повышения\n- p\n",
            "older additional information");
    section("{\"additional_information\": {\"working_conditions\": {\"work_schedule\":"
            " \"a\\r\\n\\u0001b\"}}}", ADDITIONAL,
            "h3 🏢 Условия работы\nfield График работы: a\nb\n",
            "line breaks are \\n, controls are gone (X-15)");
}


static void
test_wrapper(void)
{
    section("{\"success\": true, \"profile\": {\"metadata\": {\"creation_date\": \"d\","
            "\"version\": 2, \"prepared_by\": \"p\"}},"
            "\"metadata\": {\"generation\": {\"timestamp\": \"t\", \"duration\": 12.345},"
            "\"llm\": {\"model\": \"m\", \"tokens\": {\"total\": 1234567}},"
            "\"validation\": {\"is_valid\": false, \"completeness_score\": 0.9411}}}",
            METADATA,
            "table Параметр | Значение\nrow Дата создания профиля | d\n"
            "row Версия профиля | 2\nrow Автор профиля | p\nrow Дата генерации | t\n"
            "row Время генерации | 12.35 сек\nrow Модель LLM | m\nrow Токены | 1,234,567\n"
            "row Статус валидации | ❌ Есть ошибки\nrow Полнота профиля | 94%\nend\n",
            "a wrapper is opened, its metadata are used (X-01)");
    section("{\"profile\": {}, \"metadata\": {\"generation\": {\"duration\": \"скоро\"},"
            "\"llm\": {\"tokens\": {\"total\": 1.5}},"
            "\"validation\": {\"is_valid\": \"?\", \"completeness_score\": 1e300}}}",
            METADATA,
            "table Параметр | Значение\nrow Время генерации | скоро\nrow Токены | 1.5\n"
            "row Статус валидации | ?\nrow Полнота профиля | 1e300\nend\n",
            "odd metadata are told as they are");
}


static bool
kpi_generic(const char *generation)
{
    bool                 generic;
    hr_arena_t          *arena;
    hr_section_input_t   in;

    arena = hr_arena_create(1 << 20);
    in = hr_test_input(hr_test_parse(arena, "{}", 2));
    in.generation = hr_test_parse(arena, generation, strlen(generation));
    generic = hr_section_kpi_generic(&in);
    hr_arena_destroy(arena);

    return generic;
}


static void
test_kpi(void)
{
    OK(!kpi_generic("{}"), "nothing known: no notice");
    OK(kpi_generic("{\"data_sources\":{\"kpi_source\":\"template\"}}"),
       "a template is told (I-04)");
    OK(kpi_generic("{\"kpi_source\":\"fallback\"}"), "wherever it stands");
    OK(!kpi_generic("{\"data_sources\":{\"kpi_source\":\"specific\"}}"),
       "own KPIs are not");
    OK(!kpi_generic("{\"data_sources\":41000}"), "older rows know nothing");
}


int
main(void)
{
    test_empty();
    test_person();
    test_career();
    test_work();
    test_wrapper();
    test_kpi();

    return hr_test_done();
}
