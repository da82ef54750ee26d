/* The legend of IT systems: improvements I-15. */

#include "hr_org_fixture.h"
#include "hr_legend.h"


static hr_arena_t  *arena;


static void
test_apply(const hr_legend_t *legend, const char *json, const char *want,
    size_t fixed, const char *name)
{
    hr_buf_t     buf;
    hr_json_t   *doc;
    hr_fixes_t   fixes;

    hr_fixes_init(&fixes, arena);
    (void) hr_json_parse(arena, hr_str_from_c(json), NULL, &doc, NULL);
    hr_legend_apply(legend, doc, arena, &fixes);

    hr_buf_init(&buf, 65536);
    (void) hr_json_write(doc, HR_JSON_COMPACT, &buf);
    IS_STR(buf.data, buf.len, want, name);
    IS_INT(fixes.total, fixed, "recorded");
    hr_buf_release(&buf);
}


static const hr_legend_t *
test_load(const char *json, hr_rc_t want, const char *name)
{
    hr_diag_t           diag = { .text = "" };
    const hr_legend_t  *legend;

    OK(hr_legend_load(arena, hr_str_from_c(json), &legend, &diag) == want, name);

    if (want != HR_OK) {
        printf("#   %s\n", diag.text);
    }

    return legend;
}


int
main(void)
{
    const hr_legend_t  *legend;

    arena = hr_arena_create(16u * 1024 * 1024);

    legend = test_load("{\"Система торгов\":\"Торги Плюс\",\"Система торгов и "
                       "заявок\":\"Заявки 7\",\"Портал\":\"Доска\"}", HR_OK,
                       "a legend");
    IS_INT(hr_legend_count(legend), 3, "its entries");

    test_apply(legend, "{\"a\":[\"Система торгов, портал\",\"Система торгов и "
                       "заявок\"]}",
               "{\"a\":[\"Торги Плюс, Доска\",\"Заявки 7\"]}", 2,
               "the longest name first, small letters too");
    test_apply(legend, "{\"a\":\"Порталы и суперпортал\"}",
               "{\"a\":\"Порталы и суперпортал\"}", 0, "whole words only");
    test_apply(legend, "{\"careerogram_reasoning\":\"Портал\",\"n\":1}",
               "{\"careerogram_reasoning\":\"Портал\",\"n\":1}", 0,
               "reasoning is left alone");
    test_apply(legend, "{\"a\":\"Торги Плюс, Доска\"}",
               "{\"a\":\"Торги Плюс, Доска\"}", 0, "once is enough");
    test_apply(NULL, "{\"a\":\"Портал\"}", "{\"a\":\"Портал\"}", 0,
               "without a legend the generic name stays");

    (void) test_load("[]", HR_INVALID, "no object");
    (void) test_load("{", HR_INVALID, "no JSON");
    (void) test_load("{\"Портал\":\"\"}", HR_INVALID, "an empty product");
    (void) test_load("{\"я\":\"Доска\"}", HR_INVALID, "a name of one letter");
    (void) test_load("{\"Портал\":\"Новый портал\"}", HR_INVALID,
                     "a product that contains a name");

    hr_arena_destroy(arena);
    return hr_test_done();
}
