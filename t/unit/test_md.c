/* Markdown: layout of exports.md 2, escaping of X-10 and I-50. */

#include "hr_test_render.h"
#include "hr_md_escape.h"


static void
escaped(const char *in, hr_md_place_t place, bool start, const char *want,
    const char *name)
{
    hr_buf_t  out;

    hr_buf_init(&out, 1 << 20);
    hr_md_escape(&out, hr_str_from_c(in), place, start, 2);
    IS_STR(out.data == NULL ? "" : out.data, out.len, want, name);
    hr_buf_release(&out);
}


static void
test_escape(void)
{
    escaped("1C_ERP и SQL", HR_MD_TEXT, true, "1C_ERP и SQL", "plain text stays");
    escaped("<script>", HR_MD_TEXT, true, "&lt;script>", "no HTML");
    escaped("&lt; & AT&T &copy;", HR_MD_TEXT, true, "&amp;lt; & AT&T &amp;copy;",
            "what looks like an entity is none");
    escaped("*a* _b_ `c` [d](e)", HR_MD_TEXT, true,
            "\\*a\\* \\_b\\_ \\`c\\` \\[d](e)", "no emphasis, code or link");
    escaped("a | b", HR_MD_CELL, false, "a \\| b", "a cell is one cell");
    escaped("a\nb\n\nc\td", HR_MD_CELL, false, "a b c d", "a cell is one line");
    escaped("a\nb", HR_MD_TEXT, true, "a  \n  b", "a line break stays one");
    escaped("a\n\n\n# b", HR_MD_TEXT, true, "a  \n  \\# b", "no block inside");
    escaped("- a", HR_MD_TEXT, true, "\\- a", "no list");
    escaped("- a", HR_MD_TEXT, false, "- a", "which needs the start of a line");
    escaped("12. a", HR_MD_TEXT, true, "12\\. a", "no numbered list");
    escaped("1) a", HR_MD_TEXT, true, "1\\) a", "of neither kind");
    escaped("1.5 года", HR_MD_TEXT, true, "1.5 года", "a number stays");
    escaped("> a", HR_MD_TEXT, true, "\\> a", "no quote");
    escaped("~~~", HR_MD_TEXT, true, "\\~\\~\\~", "no fence");
    escaped("    code", HR_MD_TEXT, true, "code", "no code by indent");
    escaped("===", HR_MD_TEXT, true, "\\===", "no underlined heading");
    escaped("C# ##", HR_MD_HEADING, false, "C\\# \\#\\#", "a heading keeps its end");
    escaped("C:\\temp\\*", HR_MD_TEXT, true, "C:\\temp\\\\\\*", "backslashes count");
    escaped("\\", HR_MD_TEXT, true, "\\\\", "also the last");
    escaped(" \n \n", HR_MD_TEXT, true, "", "blanks are nothing");
}


static void
test_layout(void)
{
    static const char  json[] =
        "{\"position_title\": \"Бухгалтер\", \"department_specific\": \"Отдел | 1\","
        " \"responsibility_areas\": [{\"area\": \"Учёт\", \"tasks\": [\"а\", \"б\"]}],"
        " \"personal_qualities\": [\"внимательность\"],"
        " \"corporate_competencies\": [\"Лидерство\"],"
        " \"careerogram\": {\"target_pathways\": {\"vertical_growth\": ["
        "{\"target_position\": \"П\", \"target_department\": \"Д\", \"rationale\": \"О\","
        " \"competency_bridge\": {\"strengthen_skills\": [\"с\"],"
        " \"acquire_skills\": [\"н\"]}}]}},"
        " \"performance_metrics\": {\"evaluation_methodology\": \"м\","
        " \"quantitative_kpis\": [\"к\"]}}";

    static const char  want[] =
        "# 📋 Бухгалтер\n\n**Подразделение:** Отдел | 1\n\n"
        "> ⚠️ **ЧЕРНОВИК. Документ не согласован и не может служить основанием для"
        " кадровых решений.**\n\n"
        "---\n*Профиль должности создан системой Продукт*\n\n"
        "## 📊 Основная информация\n\n"
        "| Параметр | Значение |\n|----------|----------|\n"
        "| **Название должности** | Бухгалтер |\n"
        "| **Блок** | Не указано |\n"
        "| **Департамент/Отдел** | Отдел \\| 1 |\n"
        "| **Категория должности** | Не указано |\n"
        "| **Непосредственный руководитель** | Не указано |\n"
        "| **Тип деятельности** | Не указано |\n"
        "| **Подчиненные** | Не указано |\n\n"
        "## 🎯 Области ответственности\n\n### 1. Учёт\n- а\n- б\n\n"
        "## 🛠️ Профессиональные навыки\n\n*Профессиональные навыки не определены*\n\n"
        "## 👤 Личностные качества\n\n- 🔹 **Внимательность**\n\n"
        "## 🏢 Корпоративные компетенции\n\n- 🎯 **Лидерство**\n\n"
        "## 🎓 Образование и опыт работы\n\n"
        "*Требования к образованию не определены*\n\n"
        "## 📈 Карьерограмма\n\n### 🚀 Карьерные пути\n\n#### ⬆️ Вертикальный рост\n\n"
        "**П**\n- *Департамент:* Д\n- *Обоснование:* О\n"
        "- *Навыки для развития:*\n  - с\n- *Новые навыки:*\n  - н\n\n"
        "## 💻 Обеспечение рабочего места\n\n"
        "*Требования к обеспечению рабочего места не определены*\n\n"
        "## 📊 Показатели эффективности\n\n**Методология оценки:** м\n\n"
        "### 📈 Количественные показатели\n- к\n\n"
        "## ℹ️ Дополнительная информация\n\n*Дополнительная информация отсутствует*\n\n"
        "## 📋 Метаданные\n\n| Параметр | Значение |\n|----------|----------|\n"
        "| **Версия профиля** | v3 |\n\n"
        "---\n*MD документ сгенерирован: 2025-09-08 14:38:37*";

    hr_buf_t            out;
    hr_arena_t         *arena;
    hr_section_input_t  in;

    arena = hr_arena_create(1 << 20);
    in = hr_test_input(hr_test_parse(arena, json, sizeof(json) - 1));
    in.draft = true;
    in.product = HR_STR("Продукт");

    OK(hr_test_render(HR_TEST_MD, &in, &out) == HR_OK, "rendered");
    IS_STR(out.data, out.len, want, "every blank line as the contract has it");

    hr_buf_release(&out);
    hr_arena_destroy(arena);
}


int
main(void)
{
    test_escape();
    test_layout();

    return hr_test_done();
}
