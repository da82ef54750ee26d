/*
 * The invented company of scripts/demo-data has the statistics of the real
 * file; these are the figures that api-core.md 1.14, 2.3, 2.4 and 4 and
 * data-files.md 3 and 5 expect of it.
 */

#include "hr_org_fixture.h"


static char  folder[] = "/tmp/hr-org-demo-XXXXXX";

static hr_str_t
test_make(void)
{
    char      command[200];
    hr_str_t  json = HR_STR_NULL;

    if (mkdtemp(folder) == NULL) {
        return json;
    }

    snprintf(command, sizeof(command), "perl scripts/demo-data --quiet %s", folder);
    if (system(command) == 0) {
        snprintf(command, sizeof(command), "%s/structure.json", folder);
        json = hr_test_file(command);
    }

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    if (system(command) != 0) {
        printf("# %s is left\n", folder);
    }

    return json;
}


static void
test_figures(const hr_org_t *org)
{
    size_t            i;
    hr_org_info_t     info;
    hr_org_figures_t  f;

    static const unsigned  levels[] = { 9, 27, 91, 177, 171, 92 };

    hr_org_info(org, &info);
    IS_INT(info.units, 567, "units");
    IS_INT(info.names, 510, "distinct names");
    IS_INT(info.names_repeated, 35, "repeated names");
    IS_INT(info.slots, 1689, "positions over units");
    IS_INT(info.titles, 605, "distinct titles");
    IS_INT(info.units_with_positions, 545, "units with positions");
    IS_INT(info.leaves, 403, "leaves");
    IS_INT(info.names_with_positions, 488, "names with positions, legacy figure");
    IS_INT(info.names_any_positions, 489, "names with positions in any unit");
    IS_INT(info.ambiguous_pairs, 69, "ambiguous pairs");
    IS_INT(info.ambiguous_slots, 156, "which concern so many positions");
    IS_INT(info.units_own_headcount, 117, "own headcounts");
    IS_INT(info.units_inherited_headcount, 428, "inherited headcounts");
    IS_INT(info.duplicate_titles, 0, "no title twice in a unit");
    IS_INT(info.position_id_collisions, 0, "position ids are unique");
    IS_INT(info.depth, 6, "levels");

    for (i = 0; i < 6; i++) {
        IS_INT(info.units_by_level[i], levels[i], "units of a level");
    }

    hr_org_figures(org, &f);
    OK(f.average_positions == 3.3, "dashboard average");
    OK(f.average_per_unit == 2.98, "average per unit");
}


static void
test_searches(const hr_org_t *org)
{
    size_t         total;
    hr_jw_t        w;
    hr_buf_t       buf;
    hr_org_view_t  view;

    memset(&view, 0, sizeof(view));
    hr_buf_init(&buf, 16 << 20);
    hr_jw_init(&w, &buf);

    (void) hr_org_write_search(org, HR_STR(" "), &view, &w, &total);
    IS_INT(total, 510, "white space finds every name");
    (void) hr_org_write_search(org, HR_STR("→"), &view, &w, &total);
    IS_INT(total, 0, "the arrow finds none");
    (void) hr_org_write_search_positions(org, HR_STR(" "), HR_STR_NULL, &view, &w, &total);
    IS_INT(total, 1602, "white space finds every title of every name");

    hr_buf_release(&buf);
}


int
main(void)
{
    hr_str_t   json = test_make();
    hr_org_t  *org;

    if (json.data == NULL) {
        printf("1..0 # SKIP scripts/demo-data does not run here\n");
        return 0;
    }

    org = hr_test_org(json);
    test_figures(org);
    test_searches(org);

    free(org);
    free((char *) json.data);

    return hr_test_done();
}
