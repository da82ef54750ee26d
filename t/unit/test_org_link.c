/* Profiles and tasks of slots (api-core.md D-42 to D-44), the position list. */

#include "hr_org_fixture.h"


#define UUID(n)  "00000000-0000-4000-8000-0000000000" n

/* slots of the sample: 0 director; 1, 2 first group; 3 U+00A0; 4; 5, 6 second group */

static hr_org_profile_t
hr_test_row(const char *id, const char *department, const char *position,
    const char *unit_path, const char *status, const char *created, int64_t rowid)
{
    hr_org_profile_t  row;

    memset(&row, 0, sizeof(row));
    row.id = hr_str_from_c(id);
    row.department = hr_str_from_c(department);
    row.position = hr_str_from_c(position);
    row.unit_path = hr_str_from_c(unit_path);
    row.status = hr_str_from_c(status);
    row.created_at = hr_str_from_c(created);
    row.rowid = rowid;

    return row;
}


static void
test_places(const hr_org_t *org)
{
    size_t            i;
    uint32_t          slot;
    hr_org_profile_t  row;

    static const struct {
        const char  *department, *position, *unit_path;
        uint32_t     slot;
        const char  *name;
    } cases[] = {
        { "Группа №1", "Руководитель группы", "Блок Бета/Группа №1", 5,
          "the unit path decides" },
        { "Группа №1", "Руководитель группы",
          "блок альфа / департамент береза / группа №1", 1, "by match keys" },
        { "Группа №1", "Логист", "Блок Альфа/Департамент Берёза/Группа №1",
          HR_ORG_NONE, "a title that left its unit is not looked for elsewhere" },
        { "Группа №1", "Логист", "Блок Гамма/Группа №1", HR_ORG_NONE,
          "nor a unit that is gone" },
        { "x", "Директор блока", "Блок Бета", 4, "path of a block" },
        { "x", "Руководитель группы", "Группа №1", HR_ORG_NONE,
          "a lone name is no end of a path" },
        { "x", "Логист", "Бывший блок/Группа №1", HR_ORG_NONE, "wrong block" },
        { "Блок Бета/Группа №1", "Руководитель группы", NULL, 5,
          "a department with a slash is a path" },
        { "Блок Бета → Группа №1", "Руководитель группы", NULL, 5, "arrows, too" },
        { "Берёза/Группа №1", "Руководитель группы", NULL, HR_ORG_NONE,
          "a wrong path is not cut to its last name" },
        { "Департамент Берёза/Группа №1", "Руководитель группы", NULL, 1,
          "the end of one path" },
        { "Блок Альфа/Департамент Берёза", "Техник 1 категории", NULL, 2,
          "the title in a unit below the path" },
        { "Группа №1", "Руководитель группы", NULL, 1,
          "several units qualify: the first in file order" },
        { "Группа №1", "Логист", NULL, 6, "the one that has the title" },
        { "Группа №1", "Логист", "", 6, "an empty unit path is none" },
        { "Департамент Берёза", "QA/QC контролёр", NULL, 3, "below the name" },
        { "Группа учета", "qa/qc контролер", NULL, 3, "name and title by key" },
        { "Группа №1", "Сторож", NULL, HR_ORG_NONE, "unknown title" },
        { "Группа №9", "Логист", NULL, HR_ORG_NONE, "unknown name" },
        { "", "", NULL, HR_ORG_NONE, "nothing" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        slot = hr_org_slot_of(org, hr_str_from_c(cases[i].department),
                              hr_str_from_c(cases[i].position),
                              hr_str_from_c(cases[i].unit_path));
        IS_INT(slot, cases[i].slot, cases[i].name);

        memset(&row, 0, sizeof(row));
        row.department = hr_str_from_c(cases[i].department);
        row.position = hr_str_from_c(cases[i].position);
        row.unit_path = hr_str_from_c(cases[i].unit_path);
        OK(hr_org_place_profile(org, &row) == HR_OK && row.placed && row.slot == slot,
           "... noted in the row");
    }
}


static void
test_links(const hr_org_t *org)
{
    uint32_t              i;
    hr_org_link_t         links[7];
    hr_org_link_stats_t   stats;

    hr_org_profile_t  rows[] = {
        hr_test_row(UUID("01"), "Группа №1", "Руководитель группы", NULL,
                    "completed", "2025-09-08T10:00:00.000001", 1),
        hr_test_row(UUID("02"), "Группа №1", "Руководитель группы", NULL,
                    "completed", "2025-09-08 12:00:00", 2),
        hr_test_row(UUID("03"), "Группа №1", "Руководитель группы", NULL,
                    "completed", "2025-09-08T11:59:59.999999", 3),
        hr_test_row("17", "Блок Альфа", "Директор блока", NULL,
                    "completed", "2025-09-08T10:00:00", 4),
        hr_test_row(UUID("05"), "Блок Бета", "Директор блока", NULL,
                    "completed", "2025-09-08T10:00:00", 9),
        hr_test_row(UUID("06"), "Блок Бета", "Директор блока", NULL,
                    "completed", "2025-09-08 10:00:00", 6),
        hr_test_row(UUID("07"), "Группа учёта", "QA/QC контролёр", NULL,
                    "archived", "2025-09-08T10:00:00", 7),
        hr_test_row(UUID("08"), "Группа учёта", "QA/QC контролёр", NULL,
                    "archived", "2025-09-09T10:00:00", 8),
        hr_test_row(UUID("09"), "Группа №1", "Руководитель группы", NULL,
                    "archived", "2026-01-01T00:00:00", 10),
        hr_test_row(UUID("10"), "Группа №1", "Логист", NULL,
                    "failed", "2026-01-01T00:00:00", 11),
        hr_test_row(UUID("11"), "Группа №1", "Логист", NULL,
                    NULL, "2026-01-01T00:00:00", 12),
        hr_test_row(UUID("12"), "Группа №7", "Логист", NULL,
                    "completed", "2026-01-01T00:00:00", 13),
        hr_test_row(UUID("13"), "Группа №1", "Техник 1 категории", NULL,
                    "completed", "not a time", 14),
        hr_test_row(UUID("14"), "Группа №1", "Техник 1 категории", NULL,
                    "completed", "1999-01-01T00:00:00", 3),
        hr_test_row(UUID("15"), "Группа №1", "Техник 1 категории", NULL,
                    "completed", NULL, 99),
    };

    IS_INT(hr_org_link(org, rows, sizeof(rows) / sizeof(rows[0]), links, &stats),
           HR_OK, "linked");

    IS_INT(links[1].profile, 1, "the newest, whatever layout its time has");
    IS_INT(links[5].profile, HR_ORG_NONE, "only one of the equally named units");
    IS_INT(links[0].profile, HR_ORG_NONE, "an id that is no UUID is skipped");
    IS_INT(links[4].profile, 4, "equal times: the greater rowid");
    IS_INT(links[3].profile, HR_ORG_NONE, "archived is not completed");
    IS_INT(links[3].archived, 7, "the newest archived one");
    IS_INT(links[1].archived, 8, "beside a completed one, too");
    IS_INT(links[6].profile, HR_ORG_NONE, "other states do not count");
    IS_INT(links[2].profile, 13, "an unreadable time is older than any");

    IS_INT(stats.with_profiles, 3, "slots with a profile");
    IS_INT(stats.archived_only, 1, "slots with archived ones only");
    IS_INT(stats.skipped, 1, "skipped");
    IS_INT(stats.unplaced, 1, "without a slot");

    IS_INT(hr_org_link(org, NULL, 0, links, NULL), HR_OK, "no rows");
    for (i = 0; i < 7; i++) {
        OK(links[i].profile == HR_ORG_NONE && links[i].archived == HR_ORG_NONE,
           "no link");
    }
}


static void
test_positions(const hr_org_t *org)
{
    uint32_t            by_slot[7];
    hr_jw_t             w;
    hr_buf_t            buf;
    hr_org_link_t       links[7];
    hr_org_positions_t  p = { 0 };

    hr_org_profile_t  rows[] = {
        hr_test_row(UUID("01"), "Блок Бета", "Директор блока", NULL,
                    "completed", "2025-09-08 10:00:00", 1),
        hr_test_row(UUID("02"), "Группа учёта", "QA/QC контролёр", NULL,
                    "archived", "2025-09-08T10:00:00", 2),
    };
    hr_org_task_t  tasks[] = {
        { HR_STR("t1"), HR_STR("Группа №1"), HR_STR("Логист"), HR_STR_NULL,
          HR_STR("processing"), HR_STR("шаг \"1\""), 40 },
        { HR_STR("t2"), HR_STR("Группа №1"), HR_STR("Логист"), HR_STR_NULL,
          HR_STR("queued"), HR_STR_NULL, -1 },
        { HR_STR("t3"), HR_STR("x"), HR_STR("Директор блока"), HR_STR("Блок Бета"),
          HR_STR("queued"), HR_STR_NULL, -1 },
        { HR_STR("t4"), HR_STR("x"), HR_STR("x"), HR_STR_NULL,
          HR_STR("queued"), HR_STR_NULL, -1 },
    };

    rows[0].has_quality_score = true;
    rows[0].quality_score = 0.95;
    rows[0].current_version = 2;
    rows[0].version_count = 3;

    (void) hr_org_link(org, rows, 2, links, NULL);
    IS_INT(hr_org_link_tasks(org, tasks, 4, by_slot), HR_OK, "tasks linked");
    IS_INT(by_slot[6], 0, "the first of several tasks");
    IS_INT(by_slot[4], 2, "by unit path");
    IS_INT(by_slot[0], HR_ORG_NONE, "none");

    p.profiles = rows;
    p.links = links;
    p.tasks = tasks;
    p.task_of_slot = by_slot;
    p.times = HR_TIME_WIRE_Z;

    hr_buf_init(&buf, 100000);
    hr_jw_init(&w, &buf);
    IS_INT(hr_org_write_positions(org, &p, &w), HR_OK, "written");

#define UNIT(path, name, text)                                                \
    "\"business_unit_id\":\"" path "\",\"business_unit_name\":\"" name        \
    "\",\"department_id\":null,\"department_name\":\"" name                   \
    "\",\"department_path\":\"" text "\","
#define NOTHING  "\"profile_exists\":false,\"profile_id\":null"

    IS_STR(buf.data, buf.len,
        "{\"items\":["
        "{\"position_id\":\"Блок_Альфа_Директор_блока\","
        "\"position_name\":\"Директор блока\","
        UNIT("Блок Альфа", "Блок Альфа", "Блок Альфа") NOTHING "},"
        "{\"position_id\":\"Блок_Бета_Директор_блока\","
        "\"position_name\":\"Директор блока\","
        UNIT("Блок Бета", "Блок Бета", "Блок Бета")
        "\"profile_exists\":true,\"profile_id\":\"" UUID("01") "\","
        "\"quality_score\":0.95,\"created_at\":\"2025-09-08T10:00:00Z\","
        "\"current_version\":2,\"version_count\":3,"
        "\"task_id\":\"t3\",\"task_status\":\"queued\"},"
        "{\"position_id\":\"Блок_Бета_Группа_№1_Руководитель_группы\","
        "\"position_name\":\"Руководитель группы\","
        UNIT("Блок Бета/Группа №1", "Группа №1", "Блок Бета → Группа №1") NOTHING "},"
        "{\"position_id\":\"Блок_Бета_Группа_№1_Логист\",\"position_name\":\"Логист\","
        UNIT("Блок Бета/Группа №1", "Группа №1", "Блок Бета → Группа №1") NOTHING ","
        "\"task_id\":\"t1\",\"task_status\":\"processing\",\"progress\":40,"
        "\"current_step\":\"шаг \\\"1\\\"\"},"
        "{\"position_id\":\"Блок_Альфа_Департамент_Берёза_Группа_№1_Руководитель_группы\","
        "\"position_name\":\"Руководитель группы\","
        UNIT("Блок Альфа/Департамент Берёза/Группа №1", "Группа №1",
             "Блок Альфа → Департамент Берёза → Группа №1") NOTHING "},"
        "{\"position_id\":\"Блок_Альфа_Департамент_Берёза_Группа_№1_Техник_1_категории\","
        "\"position_name\":\"Техник 1 категории\","
        UNIT("Блок Альфа/Департамент Берёза/Группа №1", "Группа №1",
             "Блок Альфа → Департамент Берёза → Группа №1") NOTHING "},"
        "{\"position_id\":\"Блок_Альфа_Департамент_Берёза_Группа\u00a0учёта_QA_QC_контролёр\","
        "\"position_name\":\"QA/QC контролёр\","
        UNIT("Блок Альфа/Департамент Берёза/Группа\u00a0учёта", "Группа\u00a0учёта",
             "Блок Альфа → Департамент Берёза → Группа\u00a0учёта") NOTHING ","
        "\"archived\":true,\"archived_profile_id\":\"" UUID("02") "\"}"
        "],\"total_count\":7,\"positions_with_profiles\":1,"
        "\"coverage_percentage\":14.3}",
        "units by (level, name), slots in file order, additive members only where set");

    hr_buf_reset(&buf);
    hr_jw_init(&w, &buf);
    IS_INT(hr_org_write_positions(org, NULL, &w), HR_OK, "without any profile");
    OK(strstr(buf.data, "\"positions_with_profiles\":0,"
                        "\"coverage_percentage\":0.0}") != NULL,
       "zero coverage is 0.0");
    hr_buf_release(&buf);

    hr_buf_init(&buf, 300);
    hr_jw_init(&w, &buf);
    IS_INT(hr_org_write_positions(org, &p, &w), HR_LIMIT, "a full buffer is told");
    hr_buf_release(&buf);
}


int
main(void)
{
    hr_org_t  *org = hr_test_sample();

    test_places(org);
    test_links(org);
    test_positions(org);

    free(org);

    return hr_test_done();
}
