/* The company map: data-files.md 9; improvements I-19. */

#include "hr_org_fixture.h"
#include "hr_company.h"
#include "hr_text.h"


static hr_arena_t  *arena;

#define RULES(extra)                                                          \
    "{\"always\":[\"мисси*\",\"ценност*\"],\"never\":[\"содержани*\"],"       \
    "\"by_unit\":[\"okr\",\"процесс*\"],\"generic_words\":[\"блок*\","        \
    "\"отдел*\",\"директор*\",\"операционн*\"]," extra "}"

static const char  map[] =
    "Вступление.\n\n"
    "# Компания\n\nОбщий текст.\n\n"
    "## Содержание\n\nМиссия и продажи\n\n"
    "## Миссия\n\nСтроить дома.\n\n"
    "### Ценности\n\nЧестность.\n\n"
    "## Процессы\n\n"
    "### Закупки\n\nОтдел закупок выбирает поставщиков.\n\n"
    "### Продажи\n\nПродажами занимается отдел продаж.\n\n"
    "```\n## это не заголовок\n```\n\n"
    "### Операции\n\nБлок операционного директора согласует.\n\n"
    "## Разное\n\nСлово закупок здесь не считается.\n";


static const hr_company_t *
test_load(const char *rules, const char *text)
{
    hr_diag_t            diag = { .text = "" };
    const hr_company_t  *c;

    if (hr_company_load(arena, hr_str_from_c(rules), hr_str_from_c(text), &c,
                        &diag) != HR_OK)
    {
        printf("#   %s\n", diag.text);
    }

    return c;
}


static hr_str_t  text;          /* of the last part */


/* The pieces together, which is what the prompt gets; escaped they are the same. */
static void
test_join(const hr_company_part_t *part)
{
    hr_buf_t  raw, escaped;
    hr_str_t  whole;

    hr_buf_init(&raw, 1 << 20);
    hr_buf_init(&escaped, 1 << 20);

    for (size_t i = 0; i < part->count; i++) {
        hr_buf_str(&raw, part->pieces[i].text);
        hr_buf_str(&escaped, part->pieces[i].escaped);
    }

    text = hr_arena_str(arena, raw.len == 0 ? HR_STR("") : hr_buf_view(&raw));
    hr_json_escaped(arena, text, &whole);
    OK(hr_str_eq(whole, escaped.len == 0 ? HR_STR("") : hr_buf_view(&escaped))
       && hr_utf8_count(text) == part->chars, "pieces are escaped and counted");

    hr_buf_release(&raw);
    hr_buf_release(&escaped);
}


static hr_company_part_t
test_select(const hr_company_t *c, const char *block, const char *unit,
    size_t budget)
{
    hr_str_t           units[2];
    hr_company_part_t  part;

    units[0] = hr_str_from_c(block);
    units[1] = hr_str_from_c(unit);

    if (hr_company_select(c, units, unit == NULL ? 1 : 2, budget, arena, &part)
        != HR_OK)
    {
        printf("Bail out! select\n");
        exit(1);
    }

    test_join(&part);

    return part;
}


int
main(void)
{
    hr_company_part_t    part;
    const hr_company_t  *c;

    arena = hr_arena_create(64u * 1024 * 1024);

    c = test_load(RULES("\"budget_chars\":5000"), map);
    IS_INT(hr_company_section_count(c), 10, "sections by headings; a fence hides them");
    IS_INT(hr_company_budget(c), 5000, "the budget");

    part = test_select(c, "Блок Альфа", "Отдел закупок", 5000);
    IS_STR(text.data, text.len,
           "# Компания\n\n## Миссия\n\nСтроить дома.\n\n### Ценности\n\n"
           "Честность.\n\n## Процессы\n\n### Закупки\n\nОтдел закупок выбирает "
           "поставщиков.",
           "general sections, then those that mention the unit, with their "
           "headings");
    IS_INT(part.sections, 3, "three sections");
    IS_INT(part.dropped, 0, "nothing was dropped");
    IS_INT(part.chars, hr_utf8_count(text), "its size");

    part = test_select(c, "Блок Альфа", "Отдел продаж", 5000);
    OK(hr_contains(text, HR_STR("Продажами занимается"))
       && !hr_contains(text, HR_STR("поставщиков"))
       && !hr_contains(text, HR_STR("Содержание")),
       "case endings do not matter; a table of contents is never sent");

    part = test_select(c, "Блок операционного директора", NULL, 5000);
    OK(hr_contains(text, HR_STR("### Операции"))
       && !hr_contains(text, HR_STR("### Закупки")),
       "a name of generic words is known by all of them");

    part = test_select(c, "Блок Альфа", "Отдел закупок", 70);
    OK(part.chars <= 70 && part.dropped > 0
       && hr_contains(text, HR_STR("Миссия")),
       "the budget is hard, general sections first");

    part = test_select(c, "Блок Альфа", "Отдел закупок", 0);
    IS_INT(part.chars, 0, "a budget of nothing");

    c = test_load(RULES("\"full\":true"), map);
    part = test_select(c, "Блок Альфа", "Отдел закупок", 40000);
    OK(part.chars == hr_utf8_count(hr_trim(HR_STR(map))),
       "the full text on request");

    c = test_load(RULES("\"full\":false"), NULL);
    part = test_select(c, "Блок Альфа", "Отдел", 40000);
    OK(!hr_company_available(c) && part.chars == 0,
       "a map that could not be read gives nothing");

    OK(test_load(RULES("\"budget_chars\":10"), map) == NULL,
       "a budget that cannot be meant");
    OK(test_load("{", map) == NULL, "rules that are no JSON");
    OK(test_load(RULES("\"full\":false"), "\xff") == NULL, "broken UTF-8");

    c = test_load(RULES("\"full\":false"), "## Миссия");
    part = test_select(c, "Блок", NULL, 100);
    IS_STR(text.data, text.len, "## Миссия", "a heading alone");

    hr_arena_destroy(arena);
    return hr_test_done();
}
