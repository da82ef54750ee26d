/*
 * structure.json: what is accepted makes a sound image in which every unit and
 * slot is found by what names it, and whose answers are JSON; what is refused
 * has a reason with a place inside the text.
 */

#include "hr_fuzz.h"
#include "hr_org.h"
#include "hr_text.h"

static const char  levels[] =
    "{\"legacy\":{\"levels\":[{\"level\":1,\"contains\":[\"a\"]},{\"level\":4}],"
    "\"categories\":[{\"category\":\"b\",\"contains\":[\"b\"]},{\"category\":\"c\"}]},"
    "\"ranking\":{\"levels\":[{\"level\":1,\"name\":\"x\",\"words\":[\"a*\"]},"
    "{\"level\":4,\"name\":\"y\"}],\"categories\":[{\"category\":\"d\",\"manager\":true,"
    "\"words\":[\"d\"]},{\"category\":\"e\"}]}}";


static void
check_json(hr_jw_t *w)
{
    hr_buf_t        *buf = w->out;
    hr_json_t       *root;
    hr_arena_t      *arena = hr_arena_create(256 << 20);
    hr_json_info_t   info;

    HR_FUZZ_CHECK(hr_json_parse(arena, hr_buf_view(buf), NULL, &root, &info) == HR_OK);
    hr_arena_destroy(arena);
    hr_buf_reset(buf);
    hr_jw_init(w, buf);
}


static void
check_units(const hr_org_t *org)
{
    uint32_t             i, found, slots = 0;
    hr_org_unit_t        unit;
    hr_org_slot_t        slot;
    hr_org_resolved_t    r;
    hr_org_department_t  d;

    for (i = 0; i < hr_org_unit_count(org); i++) {
        hr_org_unit(org, i, &unit);

        HR_FUZZ_CHECK(unit.end > i && unit.end <= hr_org_unit_count(org));
        HR_FUZZ_CHECK(unit.first_slot == slots);
        slots += unit.slots;

        HR_FUZZ_CHECK(hr_org_find_path(org, unit.path, HR_ORG_PATH_FULL, &found) == HR_OK
                      && found == i);
        HR_FUZZ_CHECK(hr_org_find_path(org, unit.path_text, HR_ORG_PATH_FULL, &found) == HR_OK
                      && found == i);
        HR_FUZZ_CHECK(hr_org_find_department(org, unit.name, &d) == HR_OK && d.unit >= i);
        HR_FUZZ_CHECK(hr_org_resolve(org, unit.name, HR_STR(""), &r) == HR_OK);
    }

    HR_FUZZ_CHECK(slots == hr_org_slot_count(org));

    for (i = 0; i < slots; i++) {
        hr_org_slot(org, i, &slot);
        hr_org_unit(org, slot.unit, &unit);

        /* a title may stand twice in its unit, exactly or nearly */
        HR_FUZZ_CHECK(hr_org_find_slot(org, slot.unit, slot.title, &found) == HR_OK
                      && found <= i && found >= unit.first_slot);
        HR_FUZZ_CHECK(hr_org_slot_of(org, HR_STR(""), slot.title, unit.path) == found);
        HR_FUZZ_CHECK(hr_org_find_position_id(org, slot.position_id, &found) == HR_OK
                      && found <= i);
    }
}


static void
check_answers(const hr_org_t *org)
{
    size_t         total;
    hr_jw_t        w;
    hr_buf_t       buf;
    hr_org_view_t  view = { .last_updated = HR_STR("T") };
    hr_org_info_t  info;

    hr_org_info(org, &info);
    hr_buf_init(&buf, 64 << 20);
    hr_jw_init(&w, &buf);

    HR_FUZZ_CHECK(hr_org_write_positions(org, NULL, &w) == HR_OK);
    check_json(&w);
    HR_FUZZ_CHECK(hr_org_write_departments(org, &view, &w) == HR_OK);
    check_json(&w);
    HR_FUZZ_CHECK(hr_org_write_search_items(org, &w) == HR_OK);
    check_json(&w);
    HR_FUZZ_CHECK(hr_org_write_structure(org, 0, HR_STR("x"), &w) == HR_OK);
    check_json(&w);
    HR_FUZZ_CHECK(hr_org_write_unit(org, 0, &view, &w) == HR_OK);
    check_json(&w);
    HR_FUZZ_CHECK(hr_org_write_catalog_stats(org, &w) == HR_OK);
    check_json(&w);

    view.ranked = true;
    HR_FUZZ_CHECK(hr_org_write_search(org, HR_STR(" "), &view, &w, &total) == HR_OK);
    HR_FUZZ_CHECK(total == info.names);
    check_json(&w);
    HR_FUZZ_CHECK(hr_org_write_search_positions(org, HR_STR("A"), HR_STR_NULL, &view, &w,
                                                &total) == HR_OK);
    HR_FUZZ_CHECK(total <= info.slots);
    check_json(&w);

    hr_buf_release(&buf);
}


/* The text itself as a reference: whatever it is, it is looked up safely. */
static void
check_query(const hr_org_t *org, hr_str_t text)
{
    hr_org_class_t     class;
    hr_org_resolved_t  r;

    (void) hr_org_resolve(org, text, text, &r);
    HR_FUZZ_CHECK(r.suggestions_count <= HR_ORG_SUGGESTIONS);
    HR_FUZZ_CHECK(hr_org_classify(org, text, &class) == HR_OK && class.level > 0);
}


static void
check_itself(const hr_org_t *org)
{
    size_t            count;
    hr_arena_t       *arena = hr_arena_create(64 << 20);
    hr_org_change_t  *changes;

    HR_FUZZ_CHECK(hr_org_diff(org, org, arena, &changes, &count) == HR_OK && count == 0);
    hr_arena_destroy(arena);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          bytes;
    hr_rc_t         rc;
    hr_str_t        text = hr_str((const char *) data, size);
    hr_org_t       *org;
    hr_diag_t       diag;
    hr_org_opts_t   opts = { .max_units = 200, .max_slots = 400 };

    opts.levels = HR_STR(levels);
    rc = hr_org_build(text, &opts, &diag, &org, &bytes);
    HR_FUZZ_CHECK((rc == HR_OK) == (org != NULL));

    if (rc == HR_OK) {
        HR_FUZZ_CHECK(hr_org_check(org, bytes, NULL) == HR_OK);
        check_units(org);
        check_answers(org);
        check_query(org, text);
        check_itself(org);

    } else {
        HR_FUZZ_CHECK(diag.text[0] != '\0' && diag.offset <= size);
        HR_FUZZ_CHECK(hr_utf8_valid(hr_str_from_c(diag.text)));
    }

    free(org);

    /* the rules of levels.json are a parser of their own */
    (void) hr_org_check_levels(text, &diag);

    return 0;
}
