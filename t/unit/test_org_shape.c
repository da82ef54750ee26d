/*
 * An organisation of the real shape: every figure is counted a second time in
 * the simplest way, every slot is found by its path, and the speed is told
 * (data-files.md 3, 5, 13; improvements.md I-18).
 */

#include <time.h>

#include "hr_org_fixture.h"
#include "hr_text.h"
#include "hr_org_shape.h"


static double
hr_test_ms(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec * 1000.0 + (double) ts.tv_nsec / 1e6;
}


static void
test_counts(const hr_org_t *org)
{
    size_t         i, j, names = 0, repeated = 0, with = 0, any = 0, ambiguous = 0;
    hr_org_info_t  info;
    hr_org_unit_t  a, b;

    hr_org_info(org, &info);

    IS_INT(info.units, 567, "567 units");
    IS_INT(info.names, 510, "510 names");
    IS_INT(info.slots, 1689, "1689 slots");
    IS_INT(info.titles, 605, "605 titles");
    IS_INT(info.units_with_positions, 545, "545 units with positions");
    IS_INT(info.leaves, 403, "403 leaves");
    IS_INT(info.depth, 6, "6 levels");
    IS_INT(info.names_repeated, 35, "35 repeated names");
    IS_INT(info.duplicate_titles, 0, "no title twice in a unit");
    IS_INT(info.position_id_collisions, 0, "position ids are unique");
    IS_INT(info.units_own_headcount + info.units_inherited_headcount, 545,
           "545 headcounts");

    static const unsigned  levels[] = { 9, 27, 91, 177, 171, 92 };

    for (i = 0; i < 6; i++) {
        IS_INT(info.units_by_level[i], levels[i], "units of a level");
    }

    for (i = 0; i < info.units; i++) {
        size_t  before = 0, after = 0, slots = 0;

        hr_org_unit(org, (uint32_t) i, &a);
        for (j = 0; j < info.units; j++) {
            hr_org_unit(org, (uint32_t) j, &b);
            if (hr_str_eq(a.name, b.name)) {
                before += j < i;
                after += j > i;
                slots += b.slots;
            }
        }

        if (before == 0) {
            names++;
            repeated += after > 0;
            any += slots > 0;
        }
        with += after == 0 && a.slots > 0;
    }

    IS_INT(names, info.names, "names counted one by one");
    IS_INT(repeated, info.names_repeated, "repeated ones");
    IS_INT(with, info.names_with_positions, "names whose last unit has positions");
    IS_INT(any, info.names_any_positions, "names with positions in any unit");

    for (i = 0; i < info.slots; i++) {
        hr_org_slot_t  x, y;

        hr_org_slot(org, (uint32_t) i, &x);
        hr_org_unit(org, x.unit, &a);
        for (j = 0; j < info.slots; j++) {
            hr_org_slot(org, (uint32_t) j, &y);
            if (x.unit != y.unit && hr_str_eq(x.title, y.title)) {
                hr_org_unit(org, y.unit, &b);
                if (hr_str_eq(a.name, b.name)) {
                    ambiguous++;
                    break;
                }
            }
        }
    }

    OK(ambiguous > 0, "there are ambiguous (name, title) pairs");
    IS_INT(ambiguous, info.ambiguous_slots, "their slots counted one by one");
    printf("# %u ambiguous pairs, %u slots\n", info.ambiguous_pairs,
           info.ambiguous_slots);
}


static void
test_every_slot(const hr_org_t *org)
{
    size_t              by_path = 0, by_id = 0, by_display = 0;
    uint32_t            i, slot;
    hr_org_slot_t       s;
    hr_org_unit_t       u;
    hr_org_resolved_t   r;

    for (i = 0; i < hr_org_slot_count(org); i++) {
        hr_org_slot(org, i, &s);
        hr_org_unit(org, s.unit, &u);

        by_path += hr_org_resolve(org, u.path, s.title, &r) == HR_OK && r.slot == i
                   && r.position_unit == s.unit && !r.ambiguous_department;
        by_display += hr_org_slot_of(org, u.path_text, s.title, HR_STR_NULL) == i
                      || u.level == 0;
        by_id += hr_org_find_position_id(org, s.position_id, &slot) == HR_OK
                 && slot == i;
    }

    /* a block has no slash: its path is a name, which is unique here */
    IS_INT(by_path, 1689, "every slot is found by its own path");
    IS_INT(by_display, 1689, "and by the path as it is shown");
    IS_INT(by_id, 1689, "and by its position id");
}


/* The searches counted in the simplest way. */
static void
test_searches(const hr_org_t *org)
{
    size_t         q, total, want, want_positions;
    uint32_t       i, j, k;
    hr_jw_t        w;
    hr_buf_t       buf;
    hr_arena_t    *arena = hr_arena_create(64 << 20);
    hr_org_view_t  view;
    hr_org_unit_t  a, b, c;

    static const char  *queries[] = { "групп", "УЧЕТА", "№1", "→", " ", "7", "блок", "4",
                                      "management", "инженер", "образца 10", "zz" };

    memset(&view, 0, sizeof(view));
    hr_buf_init(&buf, 16 << 20);

    for (q = 0; q < sizeof(queries) / sizeof(queries[0]); q++) {
        hr_str_t  query = hr_fold(arena, hr_str_from_c(queries[q]));

        want = 0;
        want_positions = 0;

        for (i = 0; i < hr_org_unit_count(org); i++) {
            bool           hit = false, first = true;
            hr_org_slot_t  s, t;

            hr_org_unit(org, i, &a);
            for (j = 0; j < hr_org_unit_count(org); j++) {
                hr_org_unit(org, j, &b);
                if (!hr_str_eq(a.name, b.name)) {
                    continue;
                }
                first = first && j >= i;
                for (k = 0; k <= b.level; k++) {
                    hr_org_unit(org, hr_org_ancestor(org, j, k), &c);
                    hit = hit || hr_contains(hr_fold(arena, c.name), query);
                }
            }
            want += hit && first;

            for (j = 0; j < a.slots; j++) {
                bool  once = true;

                hr_org_slot(org, a.first_slot + j, &s);
                for (k = 0; k < a.first_slot; k++) {
                    hr_org_slot(org, k, &t);
                    hr_org_unit(org, t.unit, &b);
                    once = once && !(hr_str_eq(s.title, t.title)
                                     && hr_str_eq(a.name, b.name));
                }
                want_positions += once
                    && (hr_contains(hr_fold(arena, s.title), query)
                        || hr_contains(hr_fold(arena, a.name), query)
                        || hr_contains(s.class.category, query)
                        || (query.len == 1
                            && query.data[0] == (char) ('0' + s.class.level)));
            }

            hr_arena_destroy(arena);
            arena = hr_arena_create(64 << 20);
            query = hr_fold(arena, hr_str_from_c(queries[q]));
        }

        hr_buf_reset(&buf);
        hr_jw_init(&w, &buf);
        (void) hr_org_write_search(org, hr_str_from_c(queries[q]), &view, &w, &total);
        IS_INT(total, want, queries[q]);

        hr_buf_reset(&buf);
        hr_jw_init(&w, &buf);
        (void) hr_org_write_search_positions(org, hr_str_from_c(queries[q]), HR_STR_NULL,
                                             &view, &w, &total);
        IS_INT(total, want_positions, "and its positions");
    }

    hr_arena_destroy(arena);
    hr_buf_release(&buf);
}


static void
test_answer_sizes(const hr_org_t *org)
{
    hr_jw_t        w;
    hr_buf_t       buf;
    hr_json_t     *root;
    hr_arena_t    *arena = hr_arena_create(64 << 20);

    hr_buf_init(&buf, 16 << 20);

    hr_jw_init(&w, &buf);
    IS_INT(hr_org_write_positions(org, NULL, &w), HR_OK, "positions");
    printf("# positions: %zu bytes\n", buf.len);
    IS_INT(hr_json_parse(arena, hr_buf_view(&buf), NULL, &root, NULL), HR_OK,
           "are JSON");
    IS_INT(hr_json_get(root, "items")->count, 1689, "1689 items");

    hr_buf_reset(&buf);
    hr_jw_init(&w, &buf);
    IS_INT(hr_org_write_search_items(org, &w), HR_OK, "search items");
    printf("# search items: %zu bytes\n", buf.len);
    IS_INT(hr_json_parse(arena, hr_buf_view(&buf), NULL, &root, NULL), HR_OK,
           "are JSON");
    IS_INT(hr_json_get(root, "items")->count, 567, "567 items");

    hr_arena_destroy(arena);
    hr_buf_release(&buf);
}


/* --- speed (told, not judged: the machine may be busy, or the build checked) --------- */

static void
test_speed(hr_str_t json, const hr_org_t *org)
{
    size_t             i, total, rows_count = 100000;
    char              *ids;
    double             start;
    hr_jw_t            w;
    hr_buf_t           buf;
    hr_rc_t            rc;
    hr_org_t          *again;
    hr_org_info_t      info;
    uint32_t           s[HR_ORG_SUGGESTIONS];
    hr_org_link_t     *links;
    hr_org_view_t      view;
    hr_org_slot_t      slot;
    hr_org_unit_t      unit;
    hr_org_profile_t  *rows;
    hr_org_positions_t positions;
    hr_org_link_stats_t stats;

    memset(&view, 0, sizeof(view));
    hr_buf_init(&buf, 16 << 20);

    start = hr_test_ms();
    for (i = 0; i < 5; i++) {
        again = hr_test_org(json);
        free(again);
    }
    printf("# load and all indexes: %.2f ms\n", (hr_test_ms() - start) / 5);

    hr_org_info(org, &info);
    start = hr_test_ms();
    for (i = 0; i < 20; i++) {
        OK(hr_org_check(org, info.bytes, NULL) == HR_OK, "sound");
    }
    printf("# check of %zu bytes: %.2f ms\n", info.bytes, (hr_test_ms() - start) / 20);

    links = calloc(hr_org_slot_count(org), sizeof(hr_org_link_t));
    rows = calloc(rows_count, sizeof(hr_org_profile_t));
    ids = malloc(rows_count * 40);

    for (i = 0; i < rows_count; i++) {
        hr_org_slot(org, (uint32_t) (i * 7919 % hr_org_slot_count(org)), &slot);
        hr_org_unit(org, slot.unit, &unit);
        snprintf(ids + i * 40, 40, "00000000-0000-4000-8000-%012zu", i);
        rows[i].id = hr_str(ids + i * 40, 36);
        rows[i].department = unit.name;
        rows[i].position = slot.title;
        rows[i].unit_path = i % 2 ? unit.path : HR_STR_NULL;
        rows[i].status = i % 5 ? HR_STR("completed") : HR_STR("archived");
        rows[i].created_at = HR_STR("2025-09-09T18:47:26.337714");
        rows[i].rowid = (int64_t) i;
    }

    start = hr_test_ms();
    rc = hr_org_link(org, rows, rows_count, links, &stats);
    printf("# link of 100,000 rows: %.1f ms\n", hr_test_ms() - start);
    IS_INT(rc, HR_OK, "100,000 rows are linked");
    IS_INT(stats.unplaced, 0, "all of them");

    memset(&positions, 0, sizeof(positions));
    positions.profiles = rows;
    positions.links = links;
    positions.times = HR_TIME_WIRE_Z;

    start = hr_test_ms();
    for (i = 0; i < 20; i++) {
        hr_buf_reset(&buf);
        hr_jw_init(&w, &buf);
        (void) hr_org_write_positions(org, &positions, &w);
    }
    printf("# position list with profiles, %zu bytes: %.2f ms\n", buf.len,
           (hr_test_ms() - start) / 20);

    start = hr_test_ms();
    for (i = 0; i < 200; i++) {
        hr_buf_reset(&buf);
        hr_jw_init(&w, &buf);
        (void) hr_org_write_search(org, HR_STR("поставок №3"), &view, &w, &total);
    }
    printf("# search, %zu of 510: %.3f ms\n", total, (hr_test_ms() - start) / 200);

    start = hr_test_ms();
    for (i = 0; i < 200; i++) {
        hr_buf_reset(&buf);
        hr_jw_init(&w, &buf);
        (void) hr_org_write_search_positions(org, HR_STR("образца 77"), HR_STR_NULL, &view,
                                             &w, &total);
    }
    printf("# search of positions, %zu hits: %.3f ms\n", total,
           (hr_test_ms() - start) / 200);

    start = hr_test_ms();
    for (i = 0; i < 20; i++) {
        (void) hr_org_suggest(org, HR_STR("Отдел неизвестных образцов №100"), s);
    }
    printf("# suggestions: %.3f ms\n", (hr_test_ms() - start) / 20);

    free(ids);
    free(rows);
    free(links);
    hr_buf_release(&buf);
}


int
main(void)
{
    hr_buf_t   json;
    hr_org_t  *org;

    hr_buf_init(&json, 1 << 20);
    hr_shape_make(&json);
    printf("# structure.json: %zu bytes\n", json.len);
    org = hr_test_org(hr_buf_view(&json));

    test_counts(org);
    test_every_slot(org);
    test_searches(org);
    test_answer_sizes(org);
    test_speed(hr_buf_view(&json), org);

    free(org);
    hr_buf_release(&json);

    return hr_test_done();
}
