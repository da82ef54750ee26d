/* Lookups and resolution by the matching rules of data-files.md 4.4. */

#include "hr_org_fixture.h"


/*
 * Two groups "Группа" of block A hold a title each of their own and one in
 * common; "Сектор" exists below both; "Общий" is a name inside another one.
 */
static const char  hr_test_tree[] =
    "{\"organization\":{"
    "\"А\":{\"positions\":[\"Директор\"],\"children\":{"
      "\"Отдел\":{\"children\":{"
        "\"Группа\":{\"positions\":[\"Техник\",\"Общая\"],\"children\":{"
          "\"Сектор\":{\"positions\":[\"Сварщик\"]}}}}}}},"
    "\"Б\":{\"children\":{"
      "\"Отдел\":{\"positions\":[\"Общая\"],\"children\":{"
        "\"Группа\":{\"positions\":[\"Логист\",\"Общая\"],\"children\":{"
          "\"Сектор\":{\"positions\":[\"Кладовщик\",\"Резчик\"]}}}}},"
      "\"Отдел \u00abТ\u2013Н\u00bb\":{\"positions\":[\"Мастер\"]}}},"
    "\"Отдел\":{\"positions\":[\"Секретарь\"]}"
    "}}";


static void
test_paths(const hr_org_t *org)
{
    size_t    i;
    uint32_t  unit;

    static const struct {
        const char  *path;
        uint32_t     full, suffix;
    } cases[] = {
        { "Блок Альфа/Департамент Берёза/Группа №1", 2, 2 },
        { "блок альфа/ДЕПАРТАМЕНТ БЕРЕЗА/группа №1", 2, 2 },
        { "Блок Альфа → Департамент Берёза → Группа №1", 2, 2 },
        { "Блок Альфа / Департамент Берёза / Группа №1", 2, 2 },
        { "//Блок Альфа//Департамент  Берёза/", 1, 1 },
        { "Блок Альфа/Департамент Берёза/Группа учета", 3, 3 },
        { "Блок Альфа/Департамент Берёза/Группа\u00a0учёта", 3, 3 },
        { "Департамент Берёза/Группа №1", HR_ORG_NONE, 2 },
        { "Блок Бета/Группа №1", 5, 5 },
        { "Группа №1", HR_ORG_NONE, HR_ORG_NONE },
        { "Блок Альфа", 0, 0 },
        { "Блок Альфа/", 0, 0 },
        { "Блок Альфа/Группа №1", HR_ORG_NONE, HR_ORG_NONE },
        { "Блок Альфа/Нет такого/Группа №1", HR_ORG_NONE, HR_ORG_NONE },
        { "Блок Альфа/Департамент Берёза/Группа №1/Руководитель группы",
          HR_ORG_NONE, HR_ORG_NONE },
        { "", HR_ORG_NONE, HR_ORG_NONE },
        { "/", HR_ORG_NONE, HR_ORG_NONE },
        { " → ", HR_ORG_NONE, HR_ORG_NONE },
        { "a/a/a/a/a/a/a/a/a/a/a/a", HR_ORG_NONE, HR_ORG_NONE },
        { "\xff/\xff", HR_ORG_NONE, HR_ORG_NONE },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void) hr_org_find_path(org, hr_str_from_c(cases[i].path),
                                HR_ORG_PATH_FULL, &unit);
        IS_INT(unit, cases[i].full, cases[i].path);
        (void) hr_org_find_path(org, hr_str_from_c(cases[i].path),
                                HR_ORG_PATH_SUFFIX, &unit);
        IS_INT(unit, cases[i].suffix, "the same as the end of a path");
    }

    IS_INT(hr_org_find_path(org, HR_STR_NULL, HR_ORG_PATH_FULL, &unit),
           HR_NOT_FOUND, "no text at all");
}


static void
test_ambiguous_suffix(void)
{
    uint32_t   unit;
    hr_org_t  *org = hr_test_org(HR_STR(hr_test_tree));

    IS_INT(hr_org_find_path(org, HR_STR("Отдел/Группа"), HR_ORG_PATH_SUFFIX, &unit),
           HR_NOT_FOUND, "the end of two paths is the end of none");
    (void) hr_org_find_path(org, HR_STR("Б/Отдел \"т-н\""), HR_ORG_PATH_FULL, &unit);
    IS_INT(unit, 8, "quotes and dashes of all kinds are equal");
    free(org);
}


static void
test_slots(const hr_org_t *org)
{
    uint32_t  slot;

    IS_INT(hr_org_find_slot(org, 2, HR_STR("Техник 1 категории"), &slot), HR_OK,
           "a title by its text");
    IS_INT(slot, 2, "is that slot");
    IS_INT(hr_org_find_slot(org, 3, HR_STR("qa/qc  КОНТРОЛЕР"), &slot), HR_OK,
           "a title by its key");
    IS_INT(slot, 3, "is that slot");
    IS_INT(hr_org_find_slot(org, 1, HR_STR("Руководитель группы"), &slot),
           HR_NOT_FOUND, "a title of a unit below is not the unit's");
    IS_INT(slot, HR_ORG_NONE, "no slot");
    IS_INT(hr_org_find_slot(org, 99, HR_STR("x"), &slot), HR_NOT_FOUND,
           "no such unit");

    IS_INT(hr_org_find_position_id(org, HR_STR("Блок_Бета_Группа_№1_Логист"),
                                   &slot), HR_OK, "a position id");
    IS_INT(slot, 6, "is the slot");
    IS_INT(hr_org_find_position_id(org, HR_STR("блок_бета_группа_№1_логист"),
                                   &slot), HR_NOT_FOUND, "exactly that text only");
}


static void
test_departments(const hr_org_t *org)
{
    uint32_t             units[4];
    hr_org_department_t  d;

    IS_INT(hr_org_find_department(org, HR_STR("Группа №1"), &d), HR_OK, "a name");
    IS_INT(d.unit, 5, "stands for the last unit of it");
    OK(d.name != HR_ORG_NONE, "and for all of them");
    IS_INT(hr_org_find_department(org, HR_STR(" группа  №1"), &d), HR_OK,
           "a name by its key");
    IS_INT(d.unit, 5, "is the same");
    IS_INT(hr_org_find_department(org, HR_STR("Блок Альфа/Департамент Берёза/"
                                              "Группа №1"), &d), HR_OK, "a path");
    OK(d.unit == 2 && d.name == HR_ORG_NONE, "stands for one unit alone");
    IS_INT(hr_org_find_department(org, HR_STR("Департамент Берёза/Группа №1"), &d),
           HR_NOT_FOUND, "which must be a full path");
    IS_INT(hr_org_find_department(org, HR_STR("Группа"), &d), HR_NOT_FOUND,
           "a part of a name is no name");
    IS_INT(hr_org_find_department(org, HR_STR(""), &d), HR_NOT_FOUND, "nothing");

    IS_INT(hr_org_units_of_name(org, HR_STR("ГРУППА №1"), units, 4), 2, "two units");
    OK(units[0] == 2 && units[1] == 5, "in file order");
    IS_INT(hr_org_units_of_name(org, HR_STR("Группа №1"), units, 1), 2,
           "counted beyond the room");
    IS_INT(hr_org_units_of_name(org, HR_STR("x"), units, 4), 0, "none");
}


static void
test_resolve(void)
{
    size_t              i;
    hr_rc_t             rc;
    hr_org_t           *org = hr_test_org(HR_STR(hr_test_tree));
    hr_org_resolved_t   r;

    static const struct {
        const char  *department, *position;
        uint32_t     unit, position_unit;
        bool         missing, ambiguous;
        size_t       candidates;
    } cases[] = {
        /* a unique name */
        { "А", "Директор", 0, 0, false, false, 1 },
        { "А", "Сварщик", 0, 3, false, false, 1 },
        { "А", "Лётчик", 0, 0, true, false, 1 },
        { "А", "", 0, 0, false, false, 1 },
        /* several: the one that holds the title */
        { "Группа", "Техник", 2, 2, false, false, 1 },
        { "группа", "ЛОГИСТ", 6, 6, false, false, 1 },
        /* several: the one whose subtree has it */
        { "Группа", "Сварщик", 2, 3, false, false, 1 },
        { "Отдел", "Резчик", 5, 7, false, false, 1 },
        /* a unit that holds it goes before one that has it below */
        { "Отдел", "Общая", 5, 5, false, false, 1 },
        { "Отдел", "Секретарь", 9, 9, false, false, 1 },
        /* several qualify: the first in file order, with a warning */
        { "Группа", "Общая", 2, 2, false, true, 2 },
        { "Сектор", "", 3, 3, false, true, 2 },
        { "Отдел", "Лётчик", 1, 1, true, true, 3 },
        /* paths */
        { "Б/Отдел/Группа", "Общая", 6, 6, false, false, 1 },
        { "Б → Отдел", "Кладовщик", 5, 7, false, false, 1 },
        { "Б/Отдел", "Сварщик", 5, 5, true, false, 1 },
        { "Группа/Сектор", "Сварщик", HR_ORG_NONE, HR_ORG_NONE, false, false, 0 },
        { "А/Группа", "Техник", HR_ORG_NONE, HR_ORG_NONE, false, false, 0 },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rc = hr_org_resolve(org, hr_str_from_c(cases[i].department),
                            hr_str_from_c(cases[i].position), &r);
        IS_INT(rc, cases[i].unit == HR_ORG_NONE ? HR_NOT_FOUND : HR_OK,
               cases[i].department);
        IS_INT(r.unit, cases[i].unit, cases[i].position);
        IS_INT(r.position_unit, cases[i].position_unit, "unit of the title");
        OK(r.position_not_in_structure == cases[i].missing, "unknown title");
        OK(r.ambiguous_department == cases[i].ambiguous, "ambiguous name");
        IS_INT(r.candidates_total, cases[i].candidates, "candidates");
        IS_INT(r.candidates_count, cases[i].candidates, "all listed");
        OK((r.slot != HR_ORG_NONE)
           == (rc == HR_OK && !cases[i].missing && cases[i].position[0] != '\0'),
           "a slot when there is one");
    }

    IS_INT(hr_org_resolve(org, HR_STR_NULL, HR_STR_NULL, &r), HR_NOT_FOUND,
           "no reference at all");
    IS_INT(r.suggestions_count, 0, "suggests nothing");

    (void) hr_org_resolve(org, HR_STR("Группа"), HR_STR("Общая"), &r);
    OK(r.candidates[0] == 2 && r.candidates[1] == 6, "candidates in file order");
    IS_INT(r.slot, 2, "the slot of the first one");

    free(org);
}


static void
test_suggestions(const hr_org_t *org)
{
    uint32_t            s[HR_ORG_SUGGESTIONS];
    hr_org_t           *tree = hr_test_org(HR_STR(hr_test_tree));
    hr_org_resolved_t   r;

    IS_INT(hr_org_resolve(org, HR_STR("Департамент Берёзы"), HR_STR("x"), &r),
           HR_NOT_FOUND, "no substitution by similarity");
    OK(r.suggestions_count > 0 && r.suggestions[0] == 1, "but a suggestion");

    OK(hr_org_suggest(org, HR_STR("БЛОК"), s) == 6 && s[0] == 4 && s[1] == 0,
       "names that contain the query first, the nearest of them before");
    OK(hr_org_suggest(org, HR_STR("учета"), s) > 0 && s[0] == 3, "by match key");
    OK(hr_org_suggest(org, HR_STR("Блок Бета/Группа №2"), s) > 0 && s[0] == 5,
       "of equally near names the one below the given units");
    OK(hr_org_suggest(org, HR_STR("Блок Альфа/Группа №1"), s) > 0 && s[0] == 2,
       "a left out level");
    IS_INT(hr_org_suggest(org, HR_STR(""), s), 0, "nothing for nothing");
    IS_INT(hr_org_suggest(tree, HR_STR("xyz"), s), 10, "ten at most");
    free(tree);
}


int
main(void)
{
    hr_org_t  *org = hr_test_sample();

    test_paths(org);
    test_ambiguous_suffix();
    test_slots(org);
    test_departments(org);
    test_resolve();
    test_suggestions(org);

    free(org);

    return hr_test_done();
}
