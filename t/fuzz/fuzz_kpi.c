/*
 * A KPI file, a template and the rules: whatever they are, a position gets a
 * text, and weights are shares.
 */

#include "hr_fuzz.h"
#include "hr_kpi_catalog.h"
#include "hr_text.h"

static const char  rules[] =
    "{\"files\":[{\"code\":\"A\",\"unit\":\"B/C\"}],\"columns\":["
    "{\"title\":\"k\",\"field\":\"name\"},{\"title\":\"t\",\"field\":\"target\"},"
    "{\"title\":\"d\",\"field\":\"direction\"},{\"title\":\"m\",\"field\":"
    "\"method\"}],\"sections\":[{\"title\":\"corp\",\"kind\":\"corporate\"},"
    "{\"title\":\"trig\",\"kind\":\"trigger\"},{\"title\":\"sum\",\"kind\":"
    "\"total\"}],\"vacancy\":\"none\",\"title_match\":{\"suffix\":\"(pos\","
    "\"abbreviations\":[{\"short\":\"h.\",\"long\":\"head\"}]},\"limits\":["
    "{\"depth\":10,\"min\":1,\"max\":3}],\"templates\":[{\"type\":\"IT\","
    "\"words\":[\"c*\"]}]}";


static void
check_select(hr_arena_t *arena, const hr_kpi_t *kpi)
{
    static const char  *titles[] = { "Head", "h.", "Clerk", "" };

    hr_str_t             units[3] = { HR_STR("B"), HR_STR("C"), HR_STR("D") };
    hr_str_t             heads[3] = { HR_STR("Boss"), HR_STR("Head"),
                                      HR_STR("") };
    hr_findings_t        warnings;
    hr_kpi_query_t       q = { units, heads, 3, HR_STR_NULL, false };
    hr_kpi_selection_t   s;

    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {

        q.title = hr_str_from_c(titles[i]);
        q.manager = i % 2 == 0;
        hr_findings_init(&warnings, arena);

        HR_FUZZ_CHECK(hr_kpi_select(kpi, &q, arena, &s, &warnings) == HR_OK);
        HR_FUZZ_CHECK(s.text.len > 0 && hr_utf8_valid(s.text));
        HR_FUZZ_CHECK((s.source == HR_KPI_SPECIFIC)
                      == (s.match != HR_KPI_MATCH_NONE));

        for (size_t k = 0; k < s.count; k++) {
            HR_FUZZ_CHECK(s.items[k].weight >= 0.0 && s.items[k].weight <= 1.0);
            (void) hr_kpi_names(arena, s.items[k].name, s.text);
        }
    }
}


static void
check_weights(const hr_kpi_t *kpi)
{
    const hr_kpi_table_t  *t = kpi->files[0].table;

    for (size_t i = 0; t != NULL && i < t->row_count; i++) {
        for (size_t k = 0; k < t->column_count; k++) {
            HR_FUZZ_CHECK(t->rows[i].weights[k] >= 0.0
                          && t->rows[i].weights[k] <= 1.0);
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hr_str_t           text = hr_str((const char *) data, size);
    hr_diag_t          diag;
    hr_arena_t        *arena = hr_arena_create(256 << 20);
    hr_findings_t      notes;
    hr_kpi_input_t     file = { HR_STR("KPI_A.md"), text };
    hr_kpi_input_t     template = { HR_STR("IT.md"), text };
    const hr_kpi_t    *kpi;
    hr_kpi_sources_t   s = { HR_STR(rules), &file, 1, &template, 1 };

    hr_findings_init(&notes, arena);
    HR_FUZZ_CHECK(hr_kpi_load(arena, &s, &kpi, &notes, &diag) == HR_OK);
    check_select(arena, kpi);
    check_weights(kpi);

    s.rules = text;

    if (hr_kpi_load(arena, &s, &kpi, &notes, &diag) == HR_OK) {
        check_select(arena, kpi);
    }

    hr_arena_destroy(arena);
    return 0;
}
