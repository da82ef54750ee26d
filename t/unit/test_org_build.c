/* structure.json in, image out: figures, refusals, the image itself, levels. */

#include "hr_org_fixture.h"


/* --- the sample of data-files.md 12 ------------------------------------------------ */

static void
test_sample_figures(const hr_org_t *org)
{
    hr_org_info_t     info;
    hr_org_figures_t  figures;

    hr_org_info(org, &info);

    IS_INT(info.units, 6, "6 paths");
    IS_INT(info.names, 5, "5 names");
    IS_INT(info.slots, 7, "7 slots, counted over paths");
    IS_INT(info.titles, 5, "5 distinct titles");
    IS_INT(info.units_with_positions, 5, "one container");
    IS_INT(info.names_repeated, 1, "one duplicated name");
    IS_INT(info.names_with_positions, 4, "names whose last unit has positions");
    IS_INT(info.names_any_positions, 4, "names with positions anywhere");
    IS_INT(info.depth, 3, "three levels");
    IS_INT(info.units_by_level[0], 2, "two blocks");
    IS_INT(info.units_by_level[1], 2, "two units below");
    IS_INT(info.units_by_level[2], 2, "two groups at the bottom");
    IS_INT(info.leaves, 3, "three leaves");
    IS_INT(info.ambiguous_pairs, 1, "one (name, title) in two units");
    IS_INT(info.ambiguous_slots, 2, "which are two slots");
    IS_INT(info.units_own_headcount, 3, "own headcounts");
    IS_INT(info.units_inherited_headcount, 2, "inherited headcounts");
    IS_INT(info.duplicate_titles, 0, "no title twice in a unit");
    IS_INT(info.duplicate_numbers, 0, "no number twice");
    IS_INT(info.position_id_collisions, 0, "position ids are unique");
    IS_INT(strlen(info.sha256), 64, "the source is identified");

    hr_org_figures(org, &figures);
    IS_INT(figures.departments_total, 5, "dashboard: names");
    IS_INT(figures.positions_total, 7, "dashboard: slots");
    OK(figures.average_positions == 1.4, "dashboard: positions by names");
    OK(figures.average_per_unit == 1.17, "dashboard: positions by units");
    OK(hr_org_percent(1, 3) == 33.3, "percent, one decimal");
    OK(hr_org_percent(0, 0) == 0.0, "percent of nothing");
}


static void
test_sample_units(const hr_org_t *org)
{
    hr_org_slot_t  slot;
    hr_org_unit_t  unit;

    hr_org_unit(org, 3, &unit);
    IS_TEXT(unit.name, "Группа\u00a0учёта", "names keep their spelling");
    IS_TEXT(unit.path, "Блок Альфа/Департамент Берёза/Группа\u00a0учёта", "path");
    IS_TEXT(unit.path_text, "Блок Альфа → Департамент Берёза → Группа\u00a0учёта",
            "path for display");
    IS_TEXT(unit.display_name, "Департамент Берёза → Группа\u00a0учёта [3 чел.]",
            "display name, level 2 and deeper");
    IS_INT(unit.level, 2, "level");
    IS_INT(unit.parent, 1, "parent");
    IS_INT(unit.next_sibling, HR_ORG_NONE, "last sibling");
    IS_INT(unit.number, 90000004, "staff-table id");
    OK(unit.headcount_own, "own headcount");
    IS_TEXT(unit.headcount_source, "Уровень 4", "source of the headcount");

    hr_org_unit(org, 1, &unit);
    IS_TEXT(unit.display_name, "Департамент Берёза (Блок Альфа)",
            "display name, level 1, without a headcount");
    OK(!unit.has_number && !unit.has_headcount, "null figures");
    OK(unit.headcount_source.data == NULL, "null texts");
    IS_INT(unit.slots, 0, "a container has no slots of its own");
    IS_INT(unit.end_slot - unit.first_slot, 3, "but its subtree has three");
    IS_INT(unit.end, 4, "the subtree ends before the next block");
    IS_INT(unit.children, 2, "two children");
    IS_INT(unit.head, HR_ORG_NONE, "no head");

    hr_org_unit(org, 2, &unit);
    OK(unit.has_headcount && !unit.headcount_own, "inherited headcount");
    IS_INT(unit.head, 1, "the head is the first title");

    hr_org_unit(org, 0, &unit);
    IS_TEXT(unit.display_name, "Блок Альфа [42 чел.]", "display name of a block");
    IS_INT(unit.next_sibling, 4, "the next block");

    hr_org_unit(org, 6, &unit);
    IS_INT(unit.index, HR_ORG_NONE, "no such unit");

    hr_org_slot(org, 3, &slot);
    IS_TEXT(slot.title, "QA/QC контролёр", "a title with a slash");
    IS_TEXT(slot.position_id,
            "Блок_Альфа_Департамент_Берёза_Группа\u00a0учёта_QA_QC_контролёр",
            "position id: blanks and slashes replaced, U+00A0 kept");
    hr_org_slot(org, 7, &slot);
    IS_INT(slot.index, HR_ORG_NONE, "no such slot");

    IS_INT(hr_org_ancestor(org, 3, 0), 0, "block of a group");
    IS_INT(hr_org_ancestor(org, 3, 2), 3, "itself");
    IS_INT(hr_org_ancestor(org, 3, 3), HR_ORG_NONE, "nothing below itself");
    OK(hr_org_within(org, 3, 0) && hr_org_within(org, 3, 3), "within");
    OK(!hr_org_within(org, 5, 0) && !hr_org_within(org, 0, 3), "not within");
}


static void
test_raw_nodes(void)
{
    hr_org_t       *org;
    hr_org_unit_t   unit;

    org = hr_test_org(HR_STR(
        "\xef\xbb\xbf{\"A\":{\"note\":[1.0,{\"x\":null}],\"positions\":null,"
        "\"children\":{\"skipped\":7,\"B\":{\"headcount\":12,\"b\":\"\\u0451\"},"
        "\"organization\":{}}},\"metadata\":{\"n\":1},\"word\":\"x\"}"));

    IS_INT(hr_org_unit_count(org), 2, "without a wrapper the root is the map");
    hr_org_unit(org, 0, &unit);
    IS_TEXT(unit.json, "{\"note\":[1.0,{\"x\":null}],\"positions\":null,"
            "\"children\":{\"skipped\":7,\"B\":{\"headcount\":12,\"b\":\"ё\"},"
            "\"organization\":{}}}", "the raw node keeps what is not understood");
    hr_org_unit(org, 1, &unit);
    IS_TEXT(unit.json, "{\"headcount\":12,\"b\":\"ё\"}", "and so does a child");
    OK(!unit.headcount_own, "nobody says that the figure is its own");
    free(org);

    org = hr_test_org(HR_STR("{\"organization\":{},\"A\":{}}"));
    IS_INT(hr_org_unit_count(org), 1, "an empty wrapper counts as none");
    free(org);
}


/* --- refusals ---------------------------------------------------------------------- */

static void
test_refusals(void)
{
    size_t      i, size;
    hr_rc_t     rc;
    hr_org_t   *org;
    hr_diag_t   diag;

    static const struct {
        const char  *json;
        size_t       line, column;
        const char  *text;
    } cases[] = {
        { "{\"organization\":\n {\"A\":{},\n  \"A\":{}}}", 3, 3,
          "a name is repeated among its siblings: \"A\"" },
        { "{\"organization\":{\"A\":{\"children\":\n{\"\\u0041\":{},\"A\":{}}}}}",
          2, 14, "a name is repeated among its siblings: \"A\"" },
        { "{\"A b\":{},\n\"a\u00a0B\":{}}", 2, 1,
          "a name is repeated among its siblings (case, blanks and quotes make "
          "no difference): \"a\u00a0B\"" },
        { "{\"A\":{\"children\":{\"\":{}}}}", 1, 19,
          "a unit has an empty name: \"A/\"" },
        { "{\"A\":{\"children\":{\" \u00a0\":{}}}}", 1, 19,
          "a unit has an empty name: \"A/ \u00a0\"" },
        { "{\"A\":{},\n  \"B/C\":{}}", 2, 3,
          "a unit name contains \"/\", which separates units in a path: \"B/C\"" },
        { "{\"A → B\":{}}", 1, 2, "a unit name contains an arrow between blanks, "
          "which separates units in a path: \"A → B\"" },
        { "{\"A\\n\":{}}", 1, 2, "a unit name contains a control character: \"A?\"" },
        { "{\"A\":{\"positions\":[\"x\",\n 5]}}", 2, 2,
          "a title is not a string: \"A/positions\"" },
        { "{\"A\":{\"positions\":[\"x\",\" \"]}}", 1, 24,
          "a title is empty: \"A/positions\"" },
        { "{\"A\":{\"positions\":{}}}", 1, 19,
          "positions is not a list: \"A/positions\"" },
        { "{\"A\":{\"number\":1.5}}", 1, 16,
          "number is not a whole number or null: \"A/number\"" },
        { "{\"A\":{\"headcount\":\"5\"}}", 1, 19,
          "headcount is not a whole number or null: \"A/headcount\"" },
        { "{\"A\":{\"headcount\":-1}}", 1, 19,
          "headcount is not a whole number or null: \"A/headcount\"" },
        { "{\"A\":{\"headcount_source\":2}}", 1, 26,
          "headcount_source is not a string or null: \"A/headcount_source\"" },
        { "{\"A\":{\"headcount_department\":[]}}", 1, 30,
          "headcount_department is not a string or null: "
          "\"A/headcount_department\"" },
        { "{\"A\":{\"children\":[]}}", 1, 18, "children is not an object: \"A\"" },
        { "{\"organization\":[]}", 1, 17, "organization is not an object: \"\"" },
        { "[]", 1, 1, "the file is not an object: \"\"" },
        { "{}", 1, 1, "the file has no units: \"\"" },
        { "{\"organization\":{},\"metadata\":{\"units\":1}}", 1, 1,
          "the file has no units: \"\"" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rc = hr_test_try(hr_str_from_c(cases[i].json), &diag, &org, &size);
        IS_INT(rc, HR_INVALID, "refused");
        OK(org == NULL && size == 0, "no image");
        IS_STR(diag.text, strlen(diag.text), cases[i].text, "the reason");
        IS_INT(diag.line, cases[i].line, "its line");
        IS_INT(diag.column, cases[i].column, "its column");
    }

    rc = hr_test_try(HR_STR("{\"A\":{\n\"positions\":[\"x\"}}"), &diag, &org, &size);
    IS_INT(rc, HR_INVALID, "broken JSON");
    IS_INT(diag.line, 2, "the line where it breaks");
    OK(diag.text[0] != '\0', "with a reason");
}


static void
test_limits(void)
{
    size_t          i, size;
    hr_buf_t        json;
    hr_org_t       *org;
    hr_diag_t       diag;
    hr_org_opts_t   opts;

    hr_buf_init(&json, 100000);

    for (i = 0; i < 10; i++) {
        hr_buf_printf(&json, "{\"U%zu\":{\"children\":", i);
    }
    hr_buf_c(&json, "{}");
    for (i = 0; i < 10; i++) {
        hr_buf_c(&json, "}}");
    }

    IS_INT(hr_test_try(hr_buf_view(&json), &diag, &org, &size), HR_OK,
           "10 levels are accepted");
    free(org);

    hr_buf_reset(&json);
    for (i = 0; i < 11; i++) {
        hr_buf_printf(&json, "{\"U%zu\":{\"children\":", i);
    }
    hr_buf_c(&json, "{}");
    for (i = 0; i < 11; i++) {
        hr_buf_c(&json, "}}");
    }

    IS_INT(hr_test_try(hr_buf_view(&json), &diag, &org, &size), HR_INVALID,
           "11 levels are not");
    OK(strstr(diag.text, "more than 10 levels of units: \"U0/U1/") != NULL,
       "and the path is told");

    memset(&opts, 0, sizeof(opts));
    opts.levels = hr_test_file("conf/company/levels.json");
    opts.max_units = 1;
    IS_INT(hr_org_build(HR_STR("{\"A\":{},\"B\":{}}"), &opts, &diag, &org, &size),
           HR_LIMIT, "limit of units");
    opts.max_units = 0;
    opts.max_slots = 1;
    IS_INT(hr_org_build(HR_STR("{\"A\":{\"positions\":[\"x\",\"y\"]}}"), &opts,
                        &diag, &org, &size), HR_LIMIT, "limit of slots");
    opts.max_slots = 0;
    opts.max_bytes = 8;
    IS_INT(hr_org_build(HR_STR("{\"A\":{}  }"), &opts, &diag, &org, &size),
           HR_LIMIT, "limit of bytes");
    opts.max_bytes = 0;
    IS_INT(hr_org_build(HR_STR("{\"A\":{}  }"), &opts, NULL, &org, &size),
           HR_OK, "no diagnostic wanted");
    free(org);
    IS_INT(hr_org_build(HR_STR("{\"A\":7}"), &opts, NULL, &org, &size),
           HR_INVALID, "also when there is one");

    hr_buf_reset(&json);
    hr_buf_c(&json, "{\"");
    for (i = 0; i < 301; i++) {
        hr_buf_c(&json, "я");
    }
    hr_buf_c(&json, "\":{}}");
    IS_INT(hr_test_try(hr_buf_view(&json), &diag, &org, &size), HR_INVALID,
           "a name of 301 characters");

    free((char *) opts.levels.data);
    hr_buf_release(&json);
}


static void
test_oddities(void)
{
    hr_org_t       *org;
    hr_org_info_t   info;
    hr_org_unit_t   unit;

    org = hr_test_org(HR_STR("{\"A\":{\"number\":7,\"positions\":[\"x\",\"x\",\"X\"],"
        "\"children\":{\"B_x\":{\"number\":7},\"B\":{\"positions\":[\"x_y\",\"x y\"]}}}}"));
    hr_org_info(org, &info);
    IS_INT(info.slots, 4 + 1, "a repeated title counts as often as it stands there");
    IS_INT(info.duplicate_titles, 1, "and is reported");
    IS_INT(info.duplicate_numbers, 1, "as is a repeated number");
    IS_INT(info.position_id_collisions, 2, "and ids that are not unique");
    IS_INT(info.titles, 4, "titles are told apart by their text");
    free(org);

    org = hr_test_org(HR_STR("{\"Отдел \u00abА\u00bb\":{\"headcount\":5,"
        "\"headcount_department\":\"отдел \\\"а\\\"\"}}"));
    hr_org_unit(org, 0, &unit);
    OK(unit.headcount_own, "whose headcount it is goes by match keys");
    free(org);
}


/* --- the image ---------------------------------------------------------------------- */

static void
test_image(void)
{
    char           *copy;
    size_t          i, size, caught = 0;
    hr_str_t        json = hr_test_file("t/data/org/sample.json");
    hr_org_t       *org;
    hr_diag_t       diag;
    hr_org_unit_t   unit;

    IS_INT(hr_test_try(json, &diag, &org, &size), HR_OK, "the sample is accepted");
    IS_INT(hr_org_check(org, size, &diag), HR_OK, "a fresh image is sound");

    copy = malloc(size + 8);
    memcpy(copy + 8, org, size);
    free(org);
    free((char *) json.data);

    IS_INT(hr_org_check(copy + 8, size, &diag), HR_OK,
           "it is sound at another address");
    hr_org_unit((hr_org_t *) (copy + 8), 2, &unit);
    IS_TEXT(unit.name, "Группа №1", "and works there");

    IS_INT(hr_org_check(copy + 8, size - 8, &diag), HR_INVALID, "cut");
    IS_INT(hr_org_check(copy + 9, size - 8, &diag), HR_INVALID, "at an odd address");
    IS_INT(hr_org_check(copy + 8, 16, &diag), HR_INVALID, "too short for a header");
    IS_INT(hr_org_check(NULL, 0, NULL), HR_INVALID, "nothing");

    for (i = 0; i < size; i++) {
        copy[8 + i] ^= 0x10;
        caught += hr_org_check(copy + 8, size, NULL) == HR_INVALID;
        copy[8 + i] ^= 0x10;
    }

    IS_INT(caught, size, "every changed byte is noticed");
    free(copy);
}


/* --- levels --------------------------------------------------------------------------- */

static void
test_classes(const hr_org_t *org)
{
    size_t          i;
    hr_org_class_t  class;

    static const struct {
        const char  *title;
        int          level;
        const char  *category;
        int          rank;
        const char  *rank_category;
        bool         manager;
    } cases[] = {
        { "Руководитель группы", 1, "management", 1, "management", true },
        { "ЗАМЕСТИТЕЛЬ директора", 1, "management", 2, "management", true },
        { "Заместитель руководителя отдела", 2, "specialist", 2, "management", true },
        { "Зам. начальника отдела", 1, "management", 2, "management", true },
        { "Помощник директора", 1, "management", 5, "specialist", false },
        { "Младший специалист", 4, "specialist", 5, "specialist", false },
        { "Ведущий инженер", 3, "technical", 3, "technical", false },
        { "Старший аналитик", 3, "analytical", 3, "analytical", false },
        { "Менеджер", 4, "sales", 4, "sales", false },
        { "Менеджер проекта", 4, "sales", 4, "specialist", false },
        { "Менеджер продукта (product)", 4, "sales", 4, "sales", false },
        { "Product owner", 4, "marketing", 4, "specialist", false },
        { "PR-специалист", 4, "marketing", 4, "marketing", false },
        { "Юрисконсульт", 4, "specialist", 4, "legal", false },
        { "Правовой советник", 4, "legal", 4, "legal", false },
        { "HR-партнёр", 4, "hr", 4, "hr", false },
        { "Стажёр", 4, "specialist", 5, "specialist", false },
        { "Стажер", 5, "specialist", 5, "specialist", false },
        { "Главный бухгалтер", 3, "finance", 3, "finance", false },
        { "Замерщик", 2, "specialist", 4, "specialist", false },
        { "", 4, "specialist", 4, "specialist", false },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        IS_INT(hr_org_classify(org, hr_str_from_c(cases[i].title), &class), HR_OK,
               cases[i].title);
        IS_INT(class.level, cases[i].level, "legacy level");
        IS_TEXT(class.category, cases[i].category, "legacy category");
        IS_INT(class.rank, cases[i].rank, "rank");
        IS_TEXT(class.rank_category, cases[i].rank_category, "new category");
        OK(class.manager == cases[i].manager, "leads people");
    }
}


static void
test_level_files(void)
{
    size_t      i, size;
    hr_org_t   *org;
    hr_diag_t   diag;
    hr_org_opts_t  opts;

    static const char  *refused[] = {
        "", "{}", "[1]",
        "{\"legacy\":{\"levels\":[{\"level\":1}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":0}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":1,\"contains\":[\"a\"]}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":1},{\"level\":2}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":1,\"contains\":[]},{\"level\":2}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":1,\"words\":[\"a\"]},{\"level\":2}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":1,\"contains\":[5]},{\"level\":2}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":1}],\"categories\":[{\"level\":1}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":1}],\"categories\":[{\"category\":\"c\"}]},"
        "\"ranking\":{\"levels\":[{\"level\":1,\"name\":\"n\",\"words\":[\"!a\"]},"
        "{\"level\":1,\"name\":\"n\"}],\"categories\":[{\"category\":\"c\"}]}}",
        "{\"legacy\":{\"levels\":[{\"level\":1}],\"categories\":[{\"category\":\"c\"}]},"
        "\"ranking\":{\"levels\":[{\"level\":1,\"name\":\"n\"}],\"categories\":"
        "[{\"category\":\"c\",\"manager\":1}]}}",
    };

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        IS_INT(hr_org_check_levels(hr_str_from_c(refused[i]), &diag), HR_INVALID,
               refused[i]);
        OK(diag.text[0] != '\0', "with a reason");
    }

    memset(&opts, 0, sizeof(opts));
    opts.levels = hr_test_file("conf/company/levels.json");
    IS_INT(hr_org_check_levels(opts.levels, NULL), HR_OK, "the company's own file");
    free((char *) opts.levels.data);

    opts.levels = HR_STR("{\"legacy\":{\"levels\":[{\"level\":1}]}}");
    IS_INT(hr_org_build(HR_STR("{\"A\":{}}"), &opts, &diag, &org, &size), HR_INVALID,
           "bad rules refuse the build");
    OK(strncmp(diag.text, "level rules: legacy.categories", 30) == 0,
       "and name the table");
}


int
main(void)
{
    hr_org_t  *org = hr_test_sample();

    test_sample_figures(org);
    test_sample_units(org);
    test_raw_nodes();
    test_refusals();
    test_limits();
    test_oddities();
    test_image();
    test_classes(org);
    test_level_files();

    free(org);

    return hr_test_done();
}
