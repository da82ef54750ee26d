/*
 * The context of a position: generation.md 4; improvements I-07, I-13, I-14,
 * I-18 to I-20, I-23, I-25.
 */

#include "hr_gen_fixture.h"
#include "hr_context.h"
#include "hr_gen_data.h"
#include "hr_text.h"

#include <time.h>


static hr_arena_t  *arena;


static hr_rc_t
test_build(const hr_gen_fixture_t *f, const char *department,
    const char *position, hr_context_t *c)
{
    hr_context_request_t  r = { hr_str_from_c(department),
                                hr_str_from_c(position), 1000000 };

    return hr_context_build(&f->gen->sources, f->org, f->gen->prompt, &r, arena,
                            c);
}


static void
test_value(const hr_context_t *c, hr_context_var_t var, const char *want)
{
    if (want == NULL) {
        OK(c->values[var].data == NULL, hr_context_variables[var].name);
        return;
    }

    IS_STR(c->values[var].data, c->values[var].len, want,
           hr_context_variables[var].name);
}


/* 4.1 and 4.2 on the sample of data-files.md 12. */
static void
test_hierarchy(const hr_gen_fixture_t *f)
{
    hr_context_t  c;

    OK(test_build(f, "Блок Альфа/Департамент Береза/Группа №1",
                  "техник 1 категории", &c) == HR_OK,
       "a path, spelt with another letter");
    test_value(&c, HR_VAR_BUSINESS_BLOCK, "Блок Альфа");
    test_value(&c, HR_VAR_DEPARTMENT_UNIT, "Департамент Берёза");
    test_value(&c, HR_VAR_SECTION_UNIT, "Группа №1");
    test_value(&c, HR_VAR_GROUP_UNIT, "");
    test_value(&c, HR_VAR_SUB_SECTION_UNIT, "");
    test_value(&c, HR_VAR_FINAL_GROUP_UNIT, "");
    test_value(&c, HR_VAR_LEVEL, "3");
    test_value(&c, HR_VAR_CURRENT_LEVEL, "3");
    test_value(&c, HR_VAR_FULL_PATH, "Блок Альфа → Департамент Берёза → "
                                     "Группа №1");
    test_value(&c, HR_VAR_LEVELS_LIST, "Блок Альфа, Департамент Берёза, "
                                       "Группа №1");
    test_value(&c, HR_VAR_DEPARTMENT_PATH, "Блок Альфа/Департамент Берёза/"
                                           "Группа №1");
    test_value(&c, HR_VAR_FINAL_UNIT, "Группа №1");
    test_value(&c, HR_VAR_LOCATION, "Группа №1/Техник 1 категории");
    test_value(&c, HR_VAR_POSITION, "Техник 1 категории");
    test_value(&c, HR_VAR_POSITION_CATEGORY, "Специалист");
    test_value(&c, HR_VAR_DIRECT_MANAGER, "Руководитель группы (Группа №1)");
    test_value(&c, HR_VAR_SPAN_DEPARTMENTS, "0");
    test_value(&c, HR_VAR_SPAN_REPORTS, "0");
    test_value(&c, HR_VAR_HEADCOUNT, NULL);
    test_value(&c, HR_VAR_TIMESTAMP, "1970-01-01T00:00:01Z");
    test_value(&c, HR_VAR_DATA_VERSION, "v1.0");
    test_value(&c, HR_VAR_KPI_SOURCE, "specific");
    test_value(&c, HR_VAR_KPI_MATCH, "inherited");
    OK(c.warnings.total == 0, "no warnings");
}


static void
test_span(const hr_gen_fixture_t *f)
{
    hr_context_t  c;

    (void) test_build(f, "Блок Альфа/Департамент Берёза/Группа №1",
                      "Руководитель группы", &c);
    OK(c.span.head && c.span.departments == 0 && c.span.reports == 1,
       "the head of a group leads the other title");
    test_value(&c, HR_VAR_POSITION_CATEGORY,
               "Линейный руководитель (группа, направление)");
    test_value(&c, HR_VAR_DIRECT_MANAGER, "Директор блока (Блок Альфа)");

    (void) test_build(f, "Блок Альфа", "Директор блока", &c);
    OK(c.span.head && c.span.departments == 1 && c.span.reports == 1,
       "the head of a block leads the heads of its child units");
    test_value(&c, HR_VAR_POSITION_CATEGORY,
               "Руководитель высшего уровня (департамент, блок)");
    test_value(&c, HR_VAR_DIRECT_MANAGER, NULL);
    test_value(&c, HR_VAR_HEADCOUNT, "42");
    test_value(&c, HR_VAR_DEPARTMENT_UNIT, "Блок Альфа");
}


static void
test_resolution(const hr_gen_fixture_t *f)
{
    hr_context_t  c;

    OK(test_build(f, "Группа №1", "Логист", &c) == HR_OK
       && hr_str_eq(c.unit.path, HR_STR("Блок Бета/Группа №1")),
       "of two units of a name the one with the title");
    OK(test_build(f, "Блок Альфа", "Техник 1 категории", &c) == HR_OK
       && c.depth == 3, "a title is looked up below the unit");
    OK(test_build(f, "Группа №1", "Новая должность", &c) == HR_OK
       && hr_findings_count(&c.warnings, "position_not_in_structure") == 1
       && hr_findings_count(&c.warnings, "ambiguous_department") == 1,
       "an unknown title and an ambiguous name are warnings");
    test_value(&c, HR_VAR_POSITION, "Новая должность");
    test_value(&c, HR_VAR_POSITION_CATEGORY, "Специалист");
    (void) test_build(f, "Блок Бета", "Заместитель директора блока", &c);
    test_value(&c, HR_VAR_POSITION_CATEGORY,
               "Руководитель среднего уровня (отдел, управление)");
    OK(test_build(f, "Группа учёта", "QA/QC контролер", &c) == HR_OK
       && c.resolved.slot != HR_ORG_NONE,
       "a name with a no-break space, a title with a slash");
    OK(test_build(f, "Блок Гамма", "Директор", &c) == HR_NOT_FOUND,
       "an unknown unit is not found");
    OK(test_build(f, "Блок Альфа/Группа №1", "Логист", &c) == HR_NOT_FOUND,
       "an unknown path is never shortened to its last element");
}


static bool
has_company(const hr_context_t *c, const char *word)
{
    for (size_t i = 0; i < c->company.count; i++) {
        if (hr_contains(c->company.pieces[i].text, hr_str_from_c(word))) {
            return true;
        }
    }

    return false;
}


static void
test_texts(const hr_gen_fixture_t *f)
{
    hr_context_t  c;

    (void) test_build(f, "Блок Альфа/Департамент Берёза/Группа №1",
                      "Руководитель группы", &c);
    test_value(&c, HR_VAR_ORG_STRUCTURE,
               "Вышестоящие подразделения:\n"
               "- Блок Альфа: Директор блока\n"
               "- Департамент Берёза: нет\n"
               "Подразделение должности: Группа №1\n"
               "- должности: Руководитель группы; Техник 1 категории\n"
               "Соседние подразделения: Группа\xc2\xa0учёта\n"
               "Вся организация: подразделений 6, должностей 7, блоков 2.");
    test_value(&c, HR_VAR_FOREIGN_FUNCTIONS, "- Группа\xc2\xa0учёта\n- Блок Бета");
    test_value(&c, HR_VAR_CAREER_CANDIDATES,
               "- вверх: Директор блока — Блок Альфа\n"
               "- откуда приходят: Техник 1 категории — Блок Альфа/Департамент "
               "Берёза/Группа №1");
    OK(hr_contains(c.values[HR_VAR_ROLE_TOPICS], HR_STR("развитие сотрудников")),
       "topics of everybody who leads people");
    OK(has_company(&c, "Приёмка образцов") && !has_company(&c, "Продажи"),
       "sections of the company map");
    IS_STR(c.blocks_json.data, c.blocks_json.len,
           "[\"Блок Альфа\",\"Блок Бета\"]", "blocks for the schema");

    (void) test_build(f, "Блок Альфа", "Директор блока", &c);
    OK(hr_contains(c.values[HR_VAR_ORG_STRUCTURE],
                   HR_STR("- численность: 42\nПодчинённые подразделения (1):\n"
                          "- Департамент Берёза: нет (подразделений внутри: 2, "
                          "должностей: 3)\n  - Группа №1: Руководитель группы; "
                          "Техник 1 категории\n")),
       "two levels down with titles and counts");
}


static bool
test_flag(const hr_json_t *report, const char *code)
{
    const hr_json_t  *flags = hr_json_get(report, "flags");

    for (const hr_json_t *e = flags->first; e != NULL; e = e->next) {
        if (hr_str_eq(hr_json_text(hr_json_get(e, "code")),
                      hr_str_from_c(code)))
        {
            return true;
        }
    }

    return false;
}


static void
test_report(hr_gen_fixture_t *f)
{
    hr_context_t               c;
    const hr_json_t           *report;
    hr_context_sources_t      *sources = &f->gen->sources;
    hr_context_rules_t         rules = *sources->rules;
    const hr_context_rules_t  *kept = sources->rules;

    (void) test_build(f, "Блок Альфа/Департамент Берёза/Группа №1",
                      "Техник 1 категории", &c);
    report = hr_context_report(sources, &c, arena);
    OK(test_flag(report, "headcount_inherited")
       && test_flag(report, "kpi_inherited")
       && !test_flag(report, "kpi_not_specific")
       && !test_flag(report, "title_not_in_structure")
       && !test_flag(report, "context_trimmed"), "flags of a technician");

    (void) test_build(f, "Блок Альфа/Департамент Берёза", "Новая", &c);
    report = hr_context_report(sources, &c, arena);
    OK(test_flag(report, "headcount_missing")
       && test_flag(report, "title_not_in_structure")
       && test_flag(report, "kpi_unfiltered"), "flags of a container");

    (void) test_build(f, "Группа №1", "Руководитель группы", &c);
    report = hr_context_report(sources, &c, arena);
    OK(test_flag(report, "department_ambiguous"), "an ambiguous name");

    (void) test_build(f, "Блок Альфа/Департамент Берёза/Группа №1",
                      "Руководитель группы", &c);
    report = hr_context_report(sources, &c, arena);
    OK(test_flag(report, "kpi_ambiguous"), "ambiguous columns");

    (void) test_build(f, "Блок Бета", "Директор блока", &c);
    report = hr_context_report(sources, &c, arena);
    OK(test_flag(report, "kpi_not_specific")
       && hr_json_path(report, "kpi.needs_review")->boolean,
       "generic KPIs need a review");
    OK(c.kpi.rows > 5 && c.kpi.count == 5 && !test_flag(report, "kpi_few"),
       "a director gets 5 of them");
    OK(!test_flag(report, "headcount_inherited")
       && hr_str_eq(hr_json_text(hr_json_path(report, "headcount.state")),
                    HR_STR("own")), "an own head count");

    /* far too small a budget: everything is trimmed, nothing fails */
    rules.total_chars = 100;
    rules.org_chars = 200;
    sources->rules = &rules;
    (void) test_build(f, "Блок Альфа", "Директор блока", &c);
    report = hr_context_report(sources, &c, arena);
    OK(test_flag(report, "context_trimmed")
       && hr_json_get(report, "context_trimmed")->count >= 2,
       "what was trimmed is reported");
    OK(hr_utf8_count(c.values[HR_VAR_ORG_STRUCTURE]) <= 200,
       "the budget of the branch is hard");
    sources->rules = kept;
}


/* --- the whole invented company ------------------------------------------------------- */

static double
test_now(void)
{
    struct timespec  t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}


static int
test_by_value(const void *a, const void *b)
{
    double  x = *(const double *) a, y = *(const double *) b;

    return x < y ? -1 : x > y;
}


static void
test_all_slots(void)
{
    bool                     paths = true, once = true, budget = true;
    bool                     building = true, same = true;
    size_t                   n = 0, most = 0, technical = 0;
    double                   start, *took, *tokens;
    hr_buf_t                 one, two;
    hr_context_t             c;
    hr_org_slot_t            slot;
    hr_org_unit_t            unit;
    static hr_gen_fixture_t  f;
    hr_arena_t              *job;

    hr_test_gen_demo(&f);
    took = calloc(hr_org_slot_count(f.org), sizeof(double));
    tokens = calloc(hr_org_slot_count(f.org), sizeof(double));
    hr_buf_init(&one, 1024 * 1024);
    hr_buf_init(&two, 1024 * 1024);

    for (uint32_t i = 0; i < hr_org_slot_count(f.org); i++) {

        hr_context_request_t  r = { HR_STR_NULL, HR_STR_NULL, 0 };

        hr_org_slot(f.org, i, &slot);
        hr_org_unit(f.org, slot.unit, &unit);
        r.department = unit.path;
        r.position = slot.title;

        start = test_now();
        job = hr_arena_create(64u * 1024 * 1024);

        if (hr_context_build(&f.gen->sources, f.org, f.gen->prompt, &r, job, &c)
            != HR_OK)
        {
            hr_arena_destroy(job);
            break;
        }

        took[n] = test_now() - start;
        tokens[n++] = (double) hr_prompt_tokens(c.prompt_chars);

        paths = paths && hr_str_eq(c.values[HR_VAR_DEPARTMENT_PATH], unit.path)
                && c.resolved.slot == i;
        budget = budget && c.prompt_chars <= 80000
                 && hr_utf8_count(c.values[HR_VAR_ORG_STRUCTURE]) <= 20000
                 && c.values[HR_VAR_KPI_DATA].len > 0;
        once = once && c.trim_count <= HR_CONTEXT_TRIMS_MAX;
        most = c.prompt_chars > most ? c.prompt_chars : most;
        technical += c.it_type == HR_IT_TECHNICAL;

        if (c.it_type == HR_IT_TECHNICAL || c.it_type == HR_IT_MANAGEMENT) {
            building = building
                       && !hr_contains(unit.path, HR_STR("проектирование"));
        }

        /* the same input gives the same text */
        if (i % 200 == 0) {
            hr_buf_reset(&one);
            hr_buf_reset(&two);

            for (size_t k = 0; k < HR_VAR_COUNT; k++) {
                (void) hr_buf_str(&one, c.values[k]);
            }

            (void) hr_context_build(&f.gen->sources, f.org, f.gen->prompt, &r,
                                    job, &c);

            for (size_t k = 0; k < HR_VAR_COUNT; k++) {
                (void) hr_buf_str(&two, c.values[k]);
            }

            same = same && hr_str_eq(hr_buf_view(&one), hr_buf_view(&two));
        }

        hr_arena_destroy(job);
    }

    qsort(took, n, sizeof(double), test_by_value);
    qsort(tokens, n, sizeof(double), test_by_value);

    IS_INT(n, 1689, "every slot has a context");
    OK(paths, "each yields its own full path");
    OK(budget, "no prompt is above 80,000 characters, no branch above 20,000");
    OK(tokens[n * 95 / 100] <= 66000, "95 % are at most 66,000 tokens");
    OK(once, "trims are reported once for each block");
    OK(building, "nobody in construction is in an IT class");
    OK(same, "the same input gives the same text");
    printf("# %zu technical; tokens: median %.0f, p95 %.0f, max %.0f; most "
           "characters %zu\n", technical, tokens[n / 2], tokens[n * 95 / 100],
           tokens[n - 1], most);
    printf("# building a context: median %.3f ms, p99 %.3f ms, max %.3f ms\n",
           took[n / 2], took[n * 99 / 100], took[n - 1]);

    free(took);
    free(tokens);
    hr_buf_release(&one);
    hr_buf_release(&two);
    hr_test_gen_free(&f);
}


int
main(void)
{
    static hr_gen_fixture_t  f;

    arena = hr_arena_create(64u * 1024 * 1024);
    hr_test_gen_sample(&f);

    test_hierarchy(&f);
    test_span(&f);
    test_resolution(&f);
    test_texts(&f);
    test_report(&f);
    test_all_slots();

    hr_test_gen_free(&f);
    hr_arena_destroy(arena);
    return hr_test_done();
}
