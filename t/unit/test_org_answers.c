/* Answers of the catalogue and the organisation on the sample, byte by byte. */

#include "hr_org_fixture.h"


static const hr_org_t  *org;
static hr_buf_t         buf;
static hr_jw_t          w;
static hr_org_view_t    view;

#define AT  "\"last_updated\":\"T\""

static void
test_begin(void)
{
    hr_buf_reset(&buf);
    hr_jw_init(&w, &buf);
}

#define IS_ANSWER(rc, want, name)                                             \
    do {                                                                      \
        IS_INT(rc, HR_OK, "written: " name);                                  \
        IS_STR(buf.data, buf.len, want, name);                                \
    } while (0)


/* --- catalogue -------------------------------------------------------------------- */

#define ALPHA   "\"name\":\"Блок Альфа\",\"display_name\":\"Блок Альфа\","    \
                "\"path\":\"Блок Альфа\",\"positions_count\":1"
#define ALPHA_  "\"id\":\"Блок Альфа\",\"paths\":[\"Блок Альфа\"]}"
#define BETA    "\"name\":\"Блок Бета\",\"display_name\":\"Блок Бета\","      \
                "\"path\":\"Блок Бета\",\"positions_count\":1"
#define BETA_   "\"id\":\"Блок Бета\",\"paths\":[\"Блок Бета\"]}"
#define GROUP   "\"name\":\"Группа №1\",\"display_name\":\"Группа №1\","      \
                "\"path\":\"Блок Бета → Группа №1\",\"positions_count\":3"
#define GROUP_  "\"id\":\"Блок Бета/Группа №1\",\"paths\":["                  \
                "\"Блок Альфа/Департамент Берёза/Группа №1\",\"Блок Бета/Группа №1\"]}"
#define STAFF   "\"name\":\"Группа\u00a0учёта\",\"display_name\":\"Группа\u00a0учёта\"," \
                "\"path\":\"Блок Альфа → Департамент Берёза → Группа\u00a0учёта\"," \
                "\"positions_count\":1"
#define STAFF_  "\"id\":\"Блок Альфа/Департамент Берёза/Группа\u00a0учёта\","  \
                "\"paths\":[\"Блок Альфа/Департамент Берёза/Группа\u00a0учёта\"]}"
#define BIRCH   "\"name\":\"Департамент Берёза\",\"display_name\":\"Департамент Берёза\"," \
                "\"path\":\"Блок Альфа → Департамент Берёза\",\"positions_count\":0"
#define BIRCH_  "\"id\":\"Блок Альфа/Департамент Берёза\","                   \
                "\"paths\":[\"Блок Альфа/Департамент Берёза\"]}"

#define POSITION(name, level, category, department)                           \
    "{\"name\":\"" name "\",\"level\":" level ",\"category\":\"" category     \
    "\",\"department\":\"" department "\"," AT "}"


static void
test_departments(void)
{
    test_begin();
    IS_ANSWER(hr_org_write_departments(org, &view, &w),
        "{\"departments\":["
        "{" ALPHA "," AT "," ALPHA_ ",{" BETA "," AT "," BETA_ ","
        "{" GROUP "," AT "," GROUP_ ",{" STAFF "," AT "," STAFF_ ","
        "{" BIRCH "," AT "," BIRCH_
        "],\"total_count\":5,\"cached\":true," AT "}",
        "departments by code point, all units of a name, U+00A0 after blank");
}


static void
test_department(void)
{
    hr_org_department_t  d;

    (void) hr_org_find_department(org, HR_STR("группа №1"), &d);
    test_begin();
    IS_ANSWER(hr_org_write_department(org, &d, &view, &w),
        "{" GROUP ",\"positions\":["
        POSITION("Руководитель группы", "1", "management", "Группа №1") ","
        POSITION("Логист", "4", "specialist", "Группа №1") ","
        POSITION("Техник 1 категории", "4", "technical", "Группа №1")
        "],\"statistics\":{\"levels\":{\"1\":1,\"4\":2},\"categories\":"
        "{\"management\":1,\"specialist\":1,\"technical\":1}}," GROUP_,
        "one department by name");

    (void) hr_org_find_department(org, HR_STR("Блок Альфа/Департамент Берёза/Группа №1"),
                                  &d);
    test_begin();
    IS_ANSWER(hr_org_write_department(org, &d, &view, &w),
        "{\"name\":\"Группа №1\",\"display_name\":\"Группа №1\","
        "\"path\":\"Блок Альфа → Департамент Берёза → Группа №1\",\"positions_count\":2,"
        "\"positions\":["
        POSITION("Руководитель группы", "1", "management", "Группа №1") ","
        POSITION("Техник 1 категории", "4", "technical", "Группа №1")
        "],\"statistics\":{\"levels\":{\"1\":1,\"4\":1},\"categories\":"
        "{\"management\":1,\"technical\":1}},"
        "\"id\":\"Блок Альфа/Департамент Берёза/Группа №1\","
        "\"paths\":[\"Блок Альфа/Департамент Берёза/Группа №1\"]}",
        "one department by its full path");
}


static void
test_department_positions(void)
{
    size_t               total = 99;
    hr_org_department_t  d;

    (void) hr_org_find_department(org, HR_STR("Группа учета"), &d);
    test_begin();
    IS_ANSWER(hr_org_write_department_positions(org, &d, HR_STR("Группа учета"),
                                                &view, &w, &total),
        "{\"department\":\"Группа учета\",\"positions\":["
        POSITION("QA/QC контролёр", "4", "specialist", "Группа\u00a0учёта")
        "],\"total_count\":1,\"statistics\":{\"levels\":{\"4\":1},"
        "\"categories\":{\"specialist\":1}},\"cached\":true," AT "}",
        "positions of a department, the name as it was asked for");
    IS_INT(total, 1, "their number");

    test_begin();
    IS_ANSWER(hr_org_write_department_positions(org, NULL, HR_STR("Нет"), &view,
                                                &w, &total),
        "{\"department\":\"Нет\",\"positions\":[],\"total_count\":0,"
        "\"statistics\":{\"levels\":{},\"categories\":{}},\"cached\":true,"
        "\"last_updated\":null}",
        "an unknown department is an empty list");
    IS_INT(total, 0, "of nothing");
}


static void
test_catalog_stats(void)
{
    test_begin();
    IS_ANSWER(hr_org_write_catalog_stats(org, &w),
        "{\"departments\":{\"total_count\":5,\"with_positions\":4},"
        "\"positions\":{\"total_count\":7,\"average_per_department\":1.4,"
        "\"levels_distribution\":{\"1\":4,\"4\":3},"
        "\"categories_distribution\":{\"management\":4,\"technical\":1,\"specialist\":2},"
        "\"average_per_unit\":1.17},"
        "\"cache_status\":{\"departments_cached\":true,\"positions_cached_count\":6,"
        "\"centralized_cache\":true,\"cache_type\":\"organization_cache (path-based)\"}}",
        "catalogue figures over all units");
}


/* --- searches ---------------------------------------------------------------------- */

/* Number of departments, and their names in one line. */
static const char *
test_names(const char *query, const hr_org_view_t *how, size_t *total)
{
    static char  names[1000];

    size_t       used = 0;
    hr_arena_t  *arena = hr_arena_create(1 << 20);
    hr_json_t   *root, *item;

    test_begin();
    names[0] = '\0';

    if (hr_org_write_search(org, hr_str_from_c(query), how, &w, total) == HR_OK
        && hr_json_parse(arena, hr_buf_view(&buf), NULL, &root, NULL) == HR_OK)
    {
        item = hr_json_get(root, "departments")->first;
        for ( /* void */ ; item != NULL; item = item->next) {
            used += (size_t) snprintf(names + used, sizeof(names) - used, "%s%s",
                        used > 0 ? "|" : "", hr_json_get(item, "name")->text.data);
        }
    }

    hr_arena_destroy(arena);

    return names;
}


static void
test_search(void)
{
    size_t         i, total;
    const char    *got;
    hr_org_view_t  some = view;

    static const struct {
        const char  *query, *names;
        size_t       total;
    } cases[] = {
        { "бета", "Блок Бета|Группа №1", 2 },
        { "  БЛОК   альфа ", "Блок Альфа|Группа №1|Группа\u00a0учёта|Департамент Берёза", 4 },
        { "берез", "Группа №1|Группа\u00a0учёта|Департамент Берёза", 3 },
        { "БЕРЁЗ", "Группа №1|Группа\u00a0учёта|Департамент Берёза", 3 },
        { "группа у", "Группа\u00a0учёта", 1 },
        { "→", "", 0 },
        { "альфа департамент", "", 0 },
        { "Альфа/Департамент", "", 0 },
        { " \u00a0\t", "Блок Альфа|Блок Бета|Группа №1|Группа\u00a0учёта|"
          "Департамент Берёза", 5 },
        { "ничего", "", 0 },
        { "\xff", "", 0 },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        got = test_names(cases[i].query, &view, &total);
        IS_STR(got, strlen(got), cases[i].names, cases[i].query);
        IS_INT(total, cases[i].total, "total");
    }

    some.limit = 2;
    got = test_names("альфа", &some, &total);
    IS_STR(got, strlen(got), "Блок Альфа|Группа №1", "limit");
    IS_INT(total, 4, "the total counts what the limit hides");

    some.limit = 0;
    some.ranked = true;
    got = test_names("а", &some, &total);
    IS_STR(got, strlen(got), "Блок Альфа|Блок Бета|Группа №1|Группа\u00a0учёта|"
           "Департамент Берёза", "ranked: word starts before parts");
    got = test_names("департамент", &some, &total);
    IS_STR(got, strlen(got), "Департамент Берёза|Группа №1|Группа\u00a0учёта",
           "ranked: own names before those of units above");
    got = test_names("группа №1", &some, &total);
    IS_STR(got, strlen(got), "Группа №1", "ranked: exact");

    test_begin();
    IS_ANSWER(hr_org_write_search(org, HR_STR(" Бета"), &view, &w, NULL),
        "{\"query\":\" Бета\",\"departments\":[{" BETA "," AT "," BETA_ ",{" GROUP ","
        AT "," GROUP_ "],\"positions\":null,\"total_count\":2,\"breakdown\":null,"
        "\"department_filter\":null}",
        "the shape of a search");
}


static void
test_search_positions(void)
{
    size_t         i, total;
    hr_org_view_t  some = view;

    static const struct {
        const char  *query, *filter;
        size_t       total;
    } cases[] = {
        { " ", NULL, 6 },
        { " ", "", 6 },
        { "руководитель", NULL, 1 },
        { "ДИРЕКТОР", NULL, 2 },
        { "контролер", NULL, 1 },
        { "группа", NULL, 4 },
        { "4", NULL, 3 },
        { "1", NULL, 5 },       /* level 1, "Группа №1", "Техник 1 категории" */
        { "management", NULL, 3 },
        { "tech", NULL, 1 },
        { " ", "БЛОК", 2 },
        { " ", "учета", 1 },
        { " ", "Блок Альфа/Департамент Берёза/Группа №1", 2 },
        { "логист", "Блок Альфа/Департамент Берёза/Группа №1", 0 },
        { " ", "Блок Гамма/Группа №1", 0 },
        { " ", "нет", 0 },
        { "→", NULL, 0 },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_begin();
        IS_INT(hr_org_write_search_positions(org, hr_str_from_c(cases[i].query),
                                             hr_str_from_c(cases[i].filter), &view,
                                             &w, &total), HR_OK, cases[i].query);
        IS_INT(total, cases[i].total, cases[i].filter == NULL ? "-" : cases[i].filter);
    }

    test_begin();
    IS_INT(hr_org_write_search_positions(org, HR_STR_NULL, HR_STR_NULL, &view, &w, &total),
           HR_OK, "no query at all");
    IS_INT(total, 6, "finds everything");

    test_begin();
    some.limit = 2;
    IS_ANSWER(hr_org_write_search_positions(org, HR_STR("группа"), HR_STR("№1"),
                                            &some, &w, &total),
        "{\"query\":\"группа\",\"departments\":null,\"positions\":["
        POSITION("Руководитель группы", "1", "management", "Группа №1") ","
        POSITION("Логист", "4", "specialist", "Группа №1")
        "],\"total_count\":3,\"breakdown\":{\"departments\":{\"Группа №1\":3},"
        "\"levels\":{\"1\":1,\"4\":2},"
        "\"categories\":{\"management\":1,\"specialist\":1,\"technical\":1}},"
        "\"department_filter\":\"№1\"}",
        "the shape of a position search; its counts do not stop at the limit");

    test_begin();
    some.limit = 0;
    some.ranked = true;
    IS_INT(hr_org_write_search_positions(org, HR_STR("Л"), HR_STR_NULL, &some, &w,
                                         NULL), HR_OK, "ranked");
    OK(strstr(buf.data, "\"positions\":[{\"name\":\"Логист\"") != NULL,
       "a beginning comes before a part of a word");
}


/* --- organisation ------------------------------------------------------------------ */

static void
test_search_items(void)
{
    test_begin();
    IS_INT(hr_org_write_search_items(org, &w), HR_OK, "search items");
    OK(strncmp(buf.data,
        "{\"items\":[{\"display_name\":\"Блок Альфа [42 чел.]\",\"full_path\":\"Блок Альфа\","
        "\"positions_count\":1,\"hierarchy\":[\"Блок Альфа\"],\"name\":\"Блок Альфа\","
        "\"positions\":[\"Директор блока\"],\"level\":0,\"headcount\":42,"
        "\"headcount_source\":\"Уровень 2\",\"headcount_department\":\"Блок Альфа\","
        "\"hierarchy_text\":\"Блок Альфа\",\"headcount_own\":42,"
        "\"headcount_inherited\":false},{\"display_name\":\"Блок Бета [7 чел.]\"", 200)
       == 0, "begin with the blocks");
    OK(strstr(buf.data,
        ",{\"display_name\":\"Департамент Берёза → Группа №1 [42 чел.]\","
        "\"full_path\":\"Блок Альфа/Департамент Берёза/Группа №1\",\"positions_count\":2,"
        "\"hierarchy\":[\"Блок Альфа\",\"Департамент Берёза\",\"Группа №1\"],"
        "\"name\":\"Группа №1\",\"positions\":[\"Руководитель группы\","
        "\"Техник 1 категории\"],\"level\":2,\"headcount\":42,"
        "\"headcount_source\":\"Уровень 2\",\"headcount_department\":\"Блок Альфа\","
        "\"hierarchy_text\":\"Блок Альфа → Департамент Берёза → Группа №1\","
        "\"headcount_own\":null,\"headcount_inherited\":true},"
        "{\"display_name\":\"Департамент Берёза → Группа\u00a0учёта [3 чел.]\",")
       != NULL, "by (level, name); an inherited headcount is marked");
    OK(strstr(buf.data, "\"headcount_own\":3,\"headcount_inherited\":false}],"
        "\"total_count\":6,\"source\":\"path_based_indexing\","
        "\"includes_all_business_units\":true}") != NULL, "and end with the figures");
    OK(strstr(buf.data, "\"level\":1,\"headcount\":null,\"headcount_source\":null,"
              "\"headcount_department\":null,") != NULL, "nulls are sent");
}


static void
test_structure(void)
{
    hr_org_t  *prefix;

    test_begin();
    IS_ANSWER(hr_org_write_structure(org, 2, HR_STR("echo"), &w),
        "{\"target_path\":\"echo\",\"total_business_units\":6,\"structure\":{"
        "\"Блок Альфа\":{\"name\":\"Блок Альфа\",\"positions\":[\"Директор блока\"],"
        "\"is_target\":true,\"is_target_exact\":false,\"children\":{"
        "\"Департамент Берёза\":{\"name\":\"Департамент Берёза\",\"positions\":[],"
        "\"is_target\":true,\"is_target_exact\":false,\"children\":{"
        "\"Группа №1\":{\"name\":\"Группа №1\",\"positions\":[\"Руководитель группы\","
        "\"Техник 1 категории\"],\"is_target\":true,\"is_target_exact\":true,"
        "\"children\":null},"
        "\"Группа\u00a0учёта\":{\"name\":\"Группа\u00a0учёта\","
        "\"positions\":[\"QA/QC контролёр\"],\"is_target\":false,"
        "\"is_target_exact\":false,\"children\":null}}}}},"
        "\"Блок Бета\":{\"name\":\"Блок Бета\",\"positions\":[\"Директор блока\"],"
        "\"is_target\":false,\"is_target_exact\":false,\"children\":{"
        "\"Группа №1\":{\"name\":\"Группа №1\",\"positions\":[\"Руководитель группы\","
        "\"Логист\"],\"is_target\":false,\"is_target_exact\":false,"
        "\"children\":null}}}}}",
        "the whole tree, the target and what is above it marked");
    IS_INT(hr_org_write_structure(org, 6, HR_STR(""), &w), HR_NOT_FOUND, "no unit");

    prefix = hr_test_org(HR_STR("{\"A\":{},\"A B\":{\"children\":{\"C\":{}}}}"));
    test_begin();
    (void) hr_org_write_structure(prefix, 2, HR_STR("x"), &w);
    OK(strstr(buf.data, "{\"name\":\"A\",\"positions\":[],\"is_target\":false") != NULL,
       "a unit whose path is a prefix is not above the target");
    free(prefix);
}


static void
test_unit(void)
{
    test_begin();
    IS_ANSWER(hr_org_write_unit(org, 4, &view, &w),
        "{\"name\":\"Блок Бета\",\"path\":\"Блок Бета\",\"data\":"
        "{\"number\":90000005,\"positions\":[\"Директор блока\"],\"headcount\":7,"
        "\"headcount_source\":\"Уровень 2\",\"headcount_department\":\"Блок Бета\","
        "\"children\":{\"Группа №1\":{\"number\":90000006,\"positions\":"
        "[\"Руководитель группы\",\"Логист\"],\"headcount\":7,\"headcount_source\":"
        "\"Уровень 2\",\"headcount_department\":\"Блок Бета\"}}},"
        "\"level\":0,\"positions\":[\"Директор блока\"],\"headcount\":7,"
        "\"headcount_source\":\"Уровень 2\",\"headcount_department\":\"Блок Бета\","
        "\"hierarchy_path\":[\"Блок Бета\"],\"parent_path\":null,"
        "\"enriched_positions\":[{\"name\":\"Директор блока\",\"level\":1,"
        "\"category\":\"management\",\"department\":\"Блок Бета\","
        "\"full_path\":\"Блок Бета\"," AT "}],"
        "\"headcount_own\":7,\"headcount_inherited\":false}",
        "a block with its raw node");

    test_begin();
    IS_ANSWER(hr_org_write_unit(org, 1, &view, &w),
        "{\"name\":\"Департамент Берёза\",\"path\":\"Блок Альфа/Департамент Берёза\","
        "\"data\":{\"number\":null,\"positions\":[],\"headcount\":null,"
        "\"headcount_source\":null,\"headcount_department\":null,\"children\":{"
        "\"Группа №1\":{\"number\":90000003,\"positions\":[\"Руководитель группы\","
        "\"Техник 1 категории\"],\"headcount\":42,\"headcount_source\":\"Уровень 2\","
        "\"headcount_department\":\"Блок Альфа\"},\"Группа\u00a0учёта\":{"
        "\"number\":90000004,\"positions\":[\"QA/QC контролёр\"],\"headcount\":3,"
        "\"headcount_source\":\"Уровень 4\",\"headcount_department\":"
        "\"Группа\u00a0учёта\"}}},\"level\":1,\"positions\":[],\"headcount\":null,"
        "\"headcount_source\":null,\"headcount_department\":null,"
        "\"hierarchy_path\":[\"Блок Альфа\",\"Департамент Берёза\"],"
        "\"parent_path\":\"Блок Альфа\",\"enriched_positions\":[],"
        "\"headcount_own\":null,\"headcount_inherited\":false}",
        "a container");
    IS_INT(hr_org_write_unit(org, 6, &view, &w), HR_NOT_FOUND, "no unit");
}


static void
test_stats(void)
{
    test_begin();
    IS_ANSWER(hr_org_write_stats(org, &w),
        "{\"business_units\":{\"total_count\":6,\"with_positions\":5,"
        "\"by_levels\":{\"0\":2,\"1\":2,\"2\":2}},"
        "\"positions\":{\"total_count\":7,\"average_per_unit\":1.17},"
        "\"indexing_method\":\"path_based\",\"data_completeness\":\"100%\","
        "\"source\":\"organization_cache\"}",
        "organisation figures");
}


int
main(void)
{
    hr_org_t  *sample = hr_test_sample();

    org = sample;
    hr_buf_init(&buf, 1 << 20);
    view.last_updated = HR_STR("T");
    view.cached = true;

    test_departments();
    test_department();
    test_department_positions();
    test_catalog_stats();
    test_search();
    test_search_positions();
    test_search_items();
    test_structure();
    test_unit();
    test_stats();

    hr_buf_release(&buf);
    free(sample);

    return hr_test_done();
}
