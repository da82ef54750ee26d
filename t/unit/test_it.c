/* The map of IT systems: data-files.md 8; improvements I-08. */

#include "hr_org_fixture.h"
#include "hr_it.h"
#include "hr_text.h"


static hr_arena_t  *arena;

#define RULES                                                                 \
    "{\"it_units\":[\"Блок Альфа/Департамент ИТ\"],\"it_titles\":["           \
    "\"программист*\",\"системн* администратор*\"],"                          \
    "\"business_technical_titles\":[\"бизнес-аналитик*\"],"                   \
    "\"support_titles\":[\"секретар*\",\"стажер*\"],"                         \
    "\"business_technical_groups\":[\"персонал*\"],"                          \
    "\"always_groups\":[2],\"functions\":[{\"units\":[\"закуп*\"],"           \
    "\"groups\":[\"закуп*\"]}],\"overview_systems\":1,\"always_systems\":1,"  \
    "\"text_max\":2000}"

#define MAP                                                                   \
    "# Пример карты\n> обезличено\n## Системы по функциям\n"                  \
    "### 1. Закупки и снабжение\n- **Система заявок** - приём заявок\n"       \
    "- **Система торгов** - торги\n### 2. Персонал и HR\n"                    \
    "- **Портал** - новости\n- **Кадры** - учёт\n"                            \
    "### 3. Финансы\n- **Казначейство** - платежи\n"


static const hr_it_t *
test_load(const char *map, hr_rc_t want, const char *name)
{
    hr_diag_t       diag = { .text = "" };
    const hr_it_t  *it;

    OK(hr_it_load(arena, HR_STR(RULES), hr_str_from_c(map), &it, &diag) == want,
       name);

    if (it == NULL) {
        printf("#   %s\n", diag.text);
    }

    return it;
}


static hr_it_query_t
test_query(const char *block, const char *unit, const char *title, bool manager)
{
    static hr_str_t  units[2];

    units[0] = hr_str_from_c(block);
    units[1] = hr_str_from_c(unit);

    return (hr_it_query_t) { units, 2, hr_str_from_c(title), manager, false };
}


static void
test_type(const hr_it_t *it, const char *unit, const char *title, bool manager,
    hr_it_type_t want, const char *name)
{
    hr_it_query_t  q = test_query("Блок Альфа", unit, title, manager);

    IS_INT(hr_it_type(it, &q, arena), want, name);
}


static void
test_types(const hr_it_t *it)
{
    test_type(it, "Департамент ИТ", "Ведущий инженер", false, HR_IT_TECHNICAL,
              "an engineer of the IT department");
    test_type(it, "Департамент ИТ", "Руководитель группы", true,
              HR_IT_MANAGEMENT, "a head of the IT department");
    test_type(it, "Департамент ИТ", "Секретарь", false, HR_IT_SUPPORT,
              "support stays support");
    test_type(it, "Управление строительства", "Архитектор", false,
              HR_IT_BUSINESS_GENERAL, "an architect builds houses");
    test_type(it, "Отдел проектирования", "Главный инженер проекта", false,
              HR_IT_BUSINESS_GENERAL, "so does an engineer");
    test_type(it, "Управление строительства", "Руководитель строительства",
              true, HR_IT_BUSINESS_GENERAL,
              "\"ит\" inside \"строительства\" is no IT");
    test_type(it, "Отдел аудита", "Программист", false, HR_IT_TECHNICAL,
              "a programmer is IT wherever he works");
    test_type(it, "Отдел аудита", "Бизнес-аналитик", false,
              HR_IT_BUSINESS_TECHNICAL, "a business analyst");
    test_type(it, "Департамент ИТ и связи", "Инженер", false,
              HR_IT_BUSINESS_GENERAL,
              "a unit whose name only begins like the IT department");
}


static void
test_texts(const hr_it_t *it)
{
    hr_str_t       text;
    hr_it_type_t   type;
    hr_it_query_t  q;

    q = test_query("Блок Альфа", "Департамент ИТ", "Инженер", false);
    (void) hr_it_select(it, &q, arena, &type, &text);
    IS_STR(text.data, text.len, "# Пример карты\n> обезличено\n## Системы по "
           "функциям\n### 1. Закупки и снабжение\n- **Система заявок** - приём "
           "заявок\n- **Система торгов** - торги\n### 2. Персонал и HR\n- "
           "**Портал** - новости\n- **Кадры** - учёт\n### 3. Финансы\n- "
           "**Казначейство** - платежи", "technical: the whole map");

    q = test_query("Блок Альфа", "Департамент ИТ", "Руководитель", true);
    (void) hr_it_select(it, &q, arena, &type, &text);
    OK(hr_contains(text, HR_STR("**Система заявок**"))
       && !hr_contains(text, HR_STR("**Система торгов**"))
       && hr_contains(text, HR_STR("и другие системы этой группы: 1"))
       && hr_contains(text, HR_STR("**Казначейство**")),
       "management: the first systems of every group");

    q = test_query("Блок Альфа", "Отдел закупок", "Специалист", false);
    (void) hr_it_select(it, &q, arena, &type, &text);
    OK(hr_contains(text, HR_STR("**Система торгов**"))
       && hr_contains(text, HR_STR("**Портал**"))
       && !hr_contains(text, HR_STR("**Кадры**"))
       && hr_contains(text, HR_STR("Другие группы систем: Финансы.")),
       "others: the groups of the function, the common ones, the rest by name");
    OK(hr_contains(text, HR_STR("> обезличено")),
       "the text begins with the map's own head");

    q.reduced = true;
    (void) hr_it_select(it, &q, arena, &type, &text);
    OK(!hr_contains(text, HR_STR("**Система торгов**")),
       "over the budget fewer systems are named");

    q = test_query("Блок Альфа", "Отдел продаж", "Бизнес-аналитик", false);
    (void) hr_it_select(it, &q, arena, &type, &text);
    OK(hr_contains(text, HR_STR("**Кадры**")),
       "business technical: its configured groups in full");
    IS_STR(hr_it_type_name(type), strlen(hr_it_type_name(type)),
           "business_technical", "the name of the type");
}


int
main(void)
{
    hr_str_t        text, map;
    hr_it_type_t    type;
    hr_it_query_t   q;
    const hr_it_t  *it;

    arena = hr_arena_create(16u * 1024 * 1024);

    it = test_load(MAP, HR_OK, "a map");
    IS_INT(hr_it_group_count(it), 3, "three groups");
    IS_INT(hr_it_system_count(it), 5, "five systems");
    test_types(it);
    test_texts(it);

    map = hr_test_file("t/data/gen/data/anonymized_digitization_map.md");
    it = test_load(hr_arena_copy(arena, map.data, map.len), HR_OK,
                   "the sample of data-files.md 12");
    IS_INT(hr_it_group_count(it), 2, "two groups");
    free((char *) map.data);

    (void) test_load("# x\n- **A** - b\n", HR_INVALID,
                     "a system before the first group");
    (void) test_load("# x\ntext\n", HR_INVALID, "no group at all");
    (void) test_load("\xff", HR_INVALID, "broken UTF-8");

    it = test_load(NULL, HR_OK, "a map that could not be read");
    q = test_query("Блок Альфа", "Отдел", "Специалист", false);
    OK(!hr_it_available(it)
       && hr_it_select(it, &q, arena, &type, &text) == HR_OK && text.len == 0,
       "gives nothing");

    hr_arena_destroy(arena);
    return hr_test_done();
}
