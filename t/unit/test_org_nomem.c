/* Failing allocations: building, asking and answering of the organisation. */

#include "hr_test_nomem.h"
#include "hr_org_fixture.h"


static hr_str_t       sample, levels;
static hr_org_t      *org;
static hr_org_view_t  view;


static hr_rc_t
step_build(void)
{
    size_t          size;
    hr_rc_t         rc;
    hr_org_t       *image;
    hr_diag_t       diag;
    hr_org_opts_t   opts;

    memset(&opts, 0, sizeof(opts));
    opts.levels = levels;
    rc = hr_org_build(sample, &opts, &diag, &image, &size);

    if (rc != HR_OK && (image != NULL || size != 0 || diag.text[0] == '\0')) {
        return HR_ERROR;
    }

    free(image);

    return rc;
}


static hr_rc_t
step_find(void)
{
    hr_rc_t              rc;
    uint32_t             unit, slot;
    hr_org_class_t       class;
    hr_org_department_t  department;

    if ((rc = hr_org_find_path(org, HR_STR("блок бета/группа №1"), HR_ORG_PATH_FULL,
                               &unit)) != HR_OK
        || (rc = hr_org_find_slot(org, unit, HR_STR("логист"), &slot)) != HR_OK
        || (rc = hr_org_find_department(org, HR_STR("блок альфа"), &department)) != HR_OK)
    {
        return rc;
    }

    return hr_org_classify(org, HR_STR("Логист"), &class);
}


static hr_rc_t
step_resolve(void)
{
    hr_rc_t            rc;
    hr_org_resolved_t  r;

    rc = hr_org_resolve(org, HR_STR("группа №1"), HR_STR("логист"), &r);

    if (rc == HR_OK) {
        rc = hr_org_resolve(org, HR_STR("Блок Альфа/Департамент Берёза"),
                            HR_STR("qa/qc контролер"), &r);
    }

    return rc == HR_OK && r.position_unit != 3 ? HR_ERROR : rc;
}


static hr_rc_t
step_link(void)
{
    hr_rc_t           rc;
    uint32_t          by_slot[7];
    hr_org_link_t     links[7];
    hr_org_task_t     task;
    hr_org_profile_t  row;

    memset(&row, 0, sizeof(row));
    row.id = HR_STR("00000000-0000-4000-8000-000000000001");
    row.department = HR_STR("департамент береза");
    row.position = HR_STR("qa/qc контролер");
    row.status = HR_STR("completed");

    memset(&task, 0, sizeof(task));
    task.department = HR_STR("x");
    task.position = HR_STR("директор блока");
    task.unit_path = HR_STR("блок бета");

    rc = hr_org_link(org, &row, 1, links, NULL);

    if (rc == HR_OK) {
        rc = hr_org_link_tasks(org, &task, 1, by_slot);
    }

    return rc == HR_OK && (links[3].profile != 0 || by_slot[4] != 0) ? HR_ERROR : rc;
}


/* One writer after the other; the buffer is a new one each time. */
static hr_rc_t
step_answer(int which)
{
    hr_rc_t              rc = HR_ERROR;
    size_t               total;
    hr_jw_t              w;
    hr_buf_t             buf;
    hr_org_department_t  unit = { HR_ORG_NONE, 2 };

    hr_buf_init(&buf, 1 << 20);
    hr_jw_init(&w, &buf);

    switch (which) {
    case 0:
        rc = hr_org_write_department(org, &unit, &view, &w);
        break;
    case 1:
        rc = hr_org_write_department_positions(org, &unit, HR_STR("x"), &view, &w, &total);
        break;
    case 2:
        rc = hr_org_write_search(org, HR_STR("а"), &view, &w, &total);
        break;
    case 3:
        rc = hr_org_write_search_positions(org, HR_STR("о"), HR_STR("группа"), &view, &w,
                                           &total);
        break;
    case 4:
        rc = hr_org_write_search_positions(org, HR_STR("о"),
                 HR_STR("блок альфа/департамент берёза/группа №1"), &view, &w, &total);
        break;
    case 5:
        rc = hr_org_write_positions(org, NULL, &w);
        break;
    }

    hr_buf_release(&buf);

    return rc;
}


static hr_rc_t step_answer_0(void) { return step_answer(0); }
static hr_rc_t step_answer_1(void) { return step_answer(1); }
static hr_rc_t step_answer_2(void) { return step_answer(2); }
static hr_rc_t step_answer_3(void) { return step_answer(3); }
static hr_rc_t step_answer_4(void) { return step_answer(4); }
static hr_rc_t step_answer_5(void) { return step_answer(5); }


static hr_rc_t
step_diff(void)
{
    size_t            count;
    hr_rc_t           rc = HR_NOMEM;
    hr_arena_t       *arena = hr_arena_create(1 << 20);
    hr_org_change_t  *changes;

    if (arena != NULL) {
        rc = hr_org_diff(org, org, arena, &changes, &count);
    }

    hr_arena_destroy(arena);

    return rc;
}


int
main(void)
{
    sample = hr_test_file("t/data/org/sample.json");
    levels = hr_test_file("conf/company/levels.json");
    org = hr_test_sample();

    every_allocation(step_build, "build");
    every_allocation(step_find, "look-ups");
    every_allocation(step_resolve, "resolution");
    every_allocation(step_link, "links");
    every_allocation(step_answer_0, "department");
    every_allocation(step_answer_1, "positions of a department");
    every_allocation(step_answer_2, "search");
    every_allocation(step_answer_3, "search of positions");
    every_allocation(step_answer_4, "search of positions of a unit");
    every_allocation(step_answer_5, "position list");
    every_allocation(step_diff, "comparison");

    free(org);
    free((char *) sample.data);
    free((char *) levels.data);

    return hr_test_done();
}
