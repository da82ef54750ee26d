/*
 * Corrections and checks of a generated document: generation.md 7.2 to 7.4;
 * improvements I-03, I-07, I-09, I-10, I-13, I-14, I-34.
 */

#include "hr_gen_fixture.h"
#include "hr_correct.h"
#include "hr_gen_data.h"
#include "hr_text.h"


static hr_arena_t        *arena;
static hr_gen_fixture_t   f;

typedef struct {
    hr_context_t          context;
    hr_correct_input_t    input;
    hr_fixes_t            fixes;
    hr_findings_t         warnings;
    hr_correct_checks_t   checks;
    hr_json_t            *doc;
    double                right;
} test_run_t;


static void
test_open(test_run_t *t, const char *department, const char *position)
{
    hr_context_request_t  r = { hr_str_from_c(department),
                                hr_str_from_c(position), 0 };

    memset(t, 0, sizeof(*t));

    if (hr_context_build(&f.gen->sources, f.org, f.gen->prompt, &r, arena,
                         &t->context) != HR_OK)
    {
        printf("Bail out! context\n");
        exit(1);
    }

    t->input.schema = f.gen->sources.schema;
    t->input.vocabulary = f.gen->vocabulary;
    t->input.context = &t->context;
    t->input.date = HR_STR("2030-01-02");
    t->input.updated = HR_STR("2030-01-02T03:04:05Z");
    t->input.sources[0] = HR_STR("Организационная структура");
    t->input.source_count = 1;
}


static void
test_apply(test_run_t *t, const char *json)
{
    hr_fixes_init(&t->fixes, arena);
    hr_findings_init(&t->warnings, arena);

    if (hr_json_parse(arena, hr_str_from_c(json), NULL, &t->doc, NULL) != HR_OK
        || hr_correct_apply(&t->input, t->doc, arena, &t->fixes, &t->warnings,
                            &t->right) != HR_OK)
    {
        printf("Bail out! apply\n");
        exit(1);
    }
}


static size_t
test_fixed(const test_run_t *t, const char *rule)
{
    size_t  n = 0;

    for (size_t i = 0; i < t->fixes.count; i++) {
        n += strcmp(t->fixes.items[i].rule, rule) == 0;
    }

    return n;
}


static void
test_json(const test_run_t *t, const char *path, const char *want,
    const char *name)
{
    hr_buf_t  buf;

    hr_buf_init(&buf, 65536);
    (void) hr_json_write(hr_json_path(t->doc, path), HR_JSON_COMPACT, &buf);
    IS_STR(buf.data, buf.len, want, name);
    hr_buf_release(&buf);
}


#define GROUP  "Блок Альфа/Департамент Берёза/Группа №1"


static void
test_form(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Техник 1 категории");
    test_apply(&t, "{\"responsibility_areas\":[{\"area\":[\"Приёмка\"],"
                   "\"tasks\":\"Проверка  образцов\"}],"
                   "\"professional_skills\":[{\"skill_category\":\" Знания \","
                   "\"specific_skills\":[{\"skill_name\":\"x\","
                   "\"proficiency_level\":\"3\"},{\"skill_name\":\"y\","
                   "\"proficiency_level\":2.0},{\"skill_name\":\"z\","
                   "\"proficiency_level\":\"Базовый\"}]}],"
                   "\"personal_qualities\":[\"ответственность\",\"\","
                   "\"Ответственность\"],\"extra\":{\"a\":1},"
                   "\"careerogram\":\"{\\\"source_positions\\\":{}}\"}");

    test_json(&t, "responsibility_areas",
              "[{\"area\":\"Приёмка\",\"tasks\":[\"Проверка образцов\"]}]",
              "a list for a text, a text for a list, runs of blanks");
    IS_INT(test_fixed(&t, "list_to_text"), 1, "recorded");
    IS_INT(test_fixed(&t, "text_to_list"), 1, "recorded");
    IS_INT(test_fixed(&t, "number"), 3, "numbers as texts, 2.0, a label");
    test_json(&t, "personal_qualities", "[\"ответственность\"]",
              "repeated and empty items go");
    IS_INT(test_fixed(&t, "duplicate"), 1, "recorded");
    OK(hr_json_get(t.doc, "extra") == NULL
       && test_fixed(&t, "unknown_member") == 1, "unknown members are dropped");
    test_json(&t, "careerogram", "{\"source_positions\":{}}",
              "an object written as text");
}


static void
test_levels(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Техник 1 категории");
    test_apply(&t, "{\"professional_skills\":[{\"specific_skills\":["
        "{\"proficiency_level\":1,\"proficiency_description\":\"как-то\"},"
        "{\"proficiency_level\":2,\"proficiency_description\":\"Существенные "
        "знания  и регулярный опыт применения знаний на практике\"},"
        "{\"proficiency_level\":3},"
        "{\"proficiency_level\":4,\"proficiency_description\":\"Экспертные "
        "знания, должность подразумевает передачу знаний и опыта другим\"},"
        "{\"proficiency_level\":5,\"proficiency_description\":\"свой\"}]}]}");

    test_json(&t, "professional_skills",
        "[{\"specific_skills\":["
        "{\"proficiency_level\":1,\"proficiency_description\":\"Знание основ, "
        "опыт применения знаний и навыков на практике необязателен\"},"
        "{\"proficiency_level\":2,\"proficiency_description\":\"Существенные "
        "знания и регулярный опыт применения знаний на практике\"},"
        "{\"proficiency_level\":3,\"proficiency_description\":\"Существенные "
        "знания и опыт применения знаний в ситуациях повышенной сложности, в "
        "т.ч. в кризисных ситуациях\"},"
        "{\"proficiency_level\":4,\"proficiency_description\":\"Экспертные "
        "знания, должность подразумевает передачу знаний и опыта другим\"},"
        "{\"proficiency_level\":5,\"proficiency_description\":\"свой\"}]}]",
        "the four texts of the levels, byte for byte");
    OK(t.right > 0.49 && t.right < 0.51, "two of four were right before");
}


static void
test_facts(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Руководитель группы");
    test_apply(&t, "{\"position_title\":\"руководитель группы\","
        "\"department_broad\":\"Блок 'Альфа'\",\"department_specific\":\"\","
        "\"position_category\":\"Специалист\",\"subordinates\":{\"departments\":"
        "3,\"direct_reports\":\"12\"},\"corporate_competencies\":[\"лидерство\","
        "\"Клиентоориентированность\"],\"workplace_provisioning\":{\"software\":"
        "{\"standard_package\":[\"MS Office\"]}},\"metadata\":{"
        "\"profile_author\":\"я\",\"creation_date\":\"2024-01-01\","
        "\"data_sources\":[\"практика отрасли\"]}}");

    test_json(&t, "position_title", "\"Руководитель группы\"", "the title");
    test_json(&t, "department_broad", "\"Блок Альфа\"", "the block");
    test_json(&t, "department_specific", "\"Группа №1\"", "the unit");
    test_json(&t, "position_category",
              "\"Линейный руководитель (группа, направление)\"",
              "the category by the place in the tree");
    test_json(&t, "subordinates", "{\"departments\":0,\"direct_reports\":1}",
              "the span of the tree");
    test_json(&t, "corporate_competencies",
              "[\"Лидерство\",\"Клиентоориентированность\",\"Инновационность и "
              "развитие\",\"Ориентация на результат и эффективность\","
              "\"Эффективная коммуникация\",\"Работа в команде\"]",
              "spelling of the list, and what belongs to everybody");
    test_json(&t, "workplace_provisioning.software.standard_package",
              "[\"Стандартный пакет MS Office (Word, Excel, Outlook, "
              "PowerPoint)\",\"Корпоративный мессенджер\",\"Веб-браузер\"]",
              "the standard package");
    test_json(&t, "metadata",
              "{\"profile_author\":\"ИИ (Иван Иванов)\",\"creation_date\":"
              "\"2030-01-02\",\"data_sources\":[\"Организационная структура\"]}",
              "the metadata of the document");
    IS_INT(hr_findings_count(&t.warnings, "span_of_control"), 2,
           "a wrong span is a warning");
    IS_INT(hr_findings_count(&t.warnings, "position_category"), 1,
           "so is a wrong category");

    test_open(&t, GROUP, "Техник 1 категории");
    test_apply(&t, "{\"corporate_competencies\":[\"Лидерство\"],"
                   "\"metadata\":\"нет\",\"subordinates\":0}");
    OK(test_fixed(&t, "competency_without_subordinates") == 1,
       "leadership only with subordinates");
    OK(hr_json_is(hr_json_get(t.doc, "metadata"), HR_JSON_OBJECT)
       && hr_findings_count(&t.warnings, "metadata_replaced") == 1,
       "metadata that is no object is replaced");
    test_json(&t, "subordinates", "{\"departments\":0,\"direct_reports\":0}",
              "so is a span that is no object");

    test_apply(&t, "{}");
    IS_INT(hr_json_get(t.doc, "position_title") == NULL && t.doc->count == 0, 1,
           "what the model left out stays out");
    OK(t.right < 0.0, "without skills there is no share of right levels");
}


/* I-34: applying the corrections to a corrected document changes nothing. */
static void
test_idempotent(const char *file)
{
    hr_str_t    text = hr_test_file(file);
    hr_buf_t    first, second;
    test_run_t  t;

    hr_buf_init(&first, 1024 * 1024);
    hr_buf_init(&second, 1024 * 1024);

    test_open(&t, GROUP, "Руководитель группы");
    test_apply(&t, text.data == NULL ? "{}" : hr_arena_copy(arena, text.data,
                                                            text.len));
    (void) hr_correct_stamp(&t.input, t.doc, arena);
    (void) hr_json_write(t.doc, HR_JSON_COMPACT, &first);

    test_apply(&t, first.data);
    IS_INT(t.fixes.total, 0, "a corrected document needs no correction");

    for (size_t i = 0; i < t.fixes.count; i++) {
        printf("#   %s %.*s\n", t.fixes.items[i].rule,
               (int) t.fixes.items[i].path.len, t.fixes.items[i].path.data);
    }

    (void) hr_correct_stamp(&t.input, t.doc, arena);
    (void) hr_json_write(t.doc, HR_JSON_COMPACT, &second);
    OK(hr_str_eq(hr_buf_view(&first), hr_buf_view(&second)),
       "and stays the same byte for byte");

    hr_buf_release(&first);
    hr_buf_release(&second);
    free((char *) text.data);
}


static void
test_stamp(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Техник 1 категории");
    test_apply(&t, "{\"metadata\":{\"profile_author\":\"x\"}}");
    (void) hr_correct_stamp(&t.input, t.doc, arena);
    test_json(&t, "metadata",
              "{\"profile_author\":\"ИИ (Иван Иванов)\",\"generated_by\":"
              "\"A101 HR Profile Generator v1.0\",\"generation_method\":\"LLM + "
              "Deterministic Logic\",\"data_version\":\"v1.0\","
              "\"last_updated\":\"2030-01-02T03:04:05Z\"}",
              "the members that the service adds");

    test_apply(&t, "{\"basic_info\":{\"salary_from\":100000}}");
    (void) hr_correct_stamp(&t.input, t.doc, arena);
    test_json(&t, "basic_info",
              "{\"salary_from\":100000,\"employment_type\":\"Полная "
              "занятость\",\"salary_range\":\"100,000 - 130,000 руб.\"}",
              "defaults of the legacy basic_info");
}


/* --- checks -------------------------------------------------------------------------- */

static void
test_check(test_run_t *t, const char *json)
{
    test_apply(t, json);
    hr_findings_init(&t->warnings, arena);

    if (hr_correct_check(&t->input, f.gen->sources.rules, f.org, t->doc, arena,
                         &t->checks, &t->warnings) != HR_OK)
    {
        printf("Bail out! check\n");
        exit(1);
    }
}


/* I-03: five KPIs, two invented, exactly two warnings that name them. */
static void
test_kpis(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Руководитель группы");
    test_check(&t, "{\"performance_metrics\":{\"quantitative_kpis\":["
        "\"Оборот: 100 млн. руб., вес 30 %\",\"Срок ответа — снижение\","
        "\"Оборот за квартал\",\"Число улыбок\",\"Индекс счастья\"]}}");

    IS_INT(t.checks.kpi_total, 5, "five KPIs");
    IS_INT(t.checks.kpi_matched, 3, "three of them were supplied");
    IS_INT(hr_findings_count(&t.warnings, "kpi_not_supplied"), 2,
           "exactly two warnings");
    OK(hr_contains(t.warnings.items[0].message, HR_STR("Число улыбок"))
       && hr_contains(t.warnings.items[1].message, HR_STR("Индекс счастья")),
       "which name them");

    test_open(&t, "Блок Бета", "Директор блока");
    test_check(&t, "{\"performance_metrics\":{\"quantitative_kpis\":["
                   "\"Число улыбок\"]}}");
    OK(t.checks.kpi_total == 1 && t.checks.kpi_matched == 0
       && hr_findings_count(&t.warnings, "kpi_not_supplied") == 0,
       "with a template there is no warning, only the share");
}


#define STEP(position, department)                                            \
    "{\"target_position\":\"" position "\",\"target_department\":\""          \
    department "\"}"

static void
test_career(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Техник 1 категории");
    test_check(&t, "{\"careerogram\":{\"target_pathways\":{"
        "\"vertical_growth\":[" STEP("руководитель группы", GROUP) ","
        STEP("Директор блока", "Блок Альфа") "],"
        "\"horizontal_growth\":[" STEP("Логист", "Группа №1") ","
        STEP("Логист", GROUP) "],"
        "\"expert_growth\":[" STEP("Космонавт", "Блок Бета") ","
        STEP("Логист", "Отдел мечты") ",\"Логист\"]}}}");

    IS_INT(t.checks.career_count, 6, "every step that is an object has a mark");
    OK(t.checks.career[0].in_structure && t.checks.career[1].in_structure,
       "title and path, in any spelling");
    OK(t.checks.career[2].in_structure, "a name of a unit that has the title");
    OK(!t.checks.career[3].in_structure && t.checks.career[3].position_known
       && t.checks.career[3].department_known,
       "title and unit exist, but not together");
    OK(!t.checks.career[4].position_known && t.checks.career[4].department_known,
       "an unknown title");
    OK(t.checks.career[5].position_known && !t.checks.career[5].department_known,
       "an unknown unit");
    IS_INT(hr_findings_count(&t.warnings, "career_target_unknown"), 3,
           "three warnings");
}


/* I-13: one foreign task of five, exactly that one is marked. */
static void
test_boundaries(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Техник 1 категории");
    test_check(&t, "{\"responsibility_areas\":[{\"area\":\"x\",\"tasks\":["
        "\"Проверка образцов по журналу\",\"Ведение учёта поступлений\","
        "\"Согласование учёта с соседней группой\",\"Подготовка отчёта\","
        "\"Разметка площадки\"]}]}");

    IS_INT(t.checks.boundary_count, 1, "one task is marked");
    OK(hr_str_eq(t.checks.boundary[0].path,
                 HR_STR("responsibility_areas[0].tasks[1]")),
       "exactly the foreign one");
    OK(hr_findings_count(&t.warnings, "foreign_task") == 1,
       "working together is no foreign task");
}


/* I-14: also management writes a method in parentheses. */
static void
test_methods(void)
{
    test_run_t  t;

    const hr_str_t  method = HR_STR("указывай в скобках метод");

    test_open(&t, GROUP, "Руководитель группы");
    OK(hr_contains(t.context.values[HR_VAR_ROLE_TOPICS], method)
       && hr_contains(t.context.values[HR_VAR_ROLE_TOPICS], HR_STR("развитие сотрудников")),
       "a leader is asked for methods, beside the topics");

    test_open(&t, GROUP, "Техник 1 категории");
    OK(!hr_contains(t.context.values[HR_VAR_ROLE_TOPICS], method),
       "a technician is not");
}


static void
test_topics(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Руководитель группы");
    test_check(&t, "{\"responsibility_areas\":[{\"area\":\"x\",\"tasks\":["
                   "\"Контроль исполнения\"]}],\"careerogram_reasoning\":"
                   "\"наставничество\"}");
    OK(t.checks.topics_total == 2 && t.checks.topics_missing == 1
       && hr_findings_count(&t.warnings, "role_topic_missing") == 1
       && hr_contains(t.warnings.items[t.warnings.count - 1].message,
                      HR_STR("развитие сотрудников")),
       "a topic that is missing is named once; reasoning does not count");

    test_check(&t, "{\"professional_skills\":[{\"skill_category\":\"Знания и "
        "умения в области учёта\"},{\"skill_category\":\"Учёт\"}]}");
    IS_INT(hr_findings_count(&t.warnings, "skill_category_prefix"), 1,
           "a category without its prefix");
}


static void
test_manager(void)
{
    test_run_t  t;

    test_open(&t, GROUP, "Техник 1 категории");
    test_check(&t, "{\"direct_manager\":\"Руководитель группы (Группа №1)\"}");
    OK(t.checks.manager_in_tree && t.checks.manager_expected,
       "the head of the unit");
    test_check(&t, "{\"direct_manager\":\"Логист\"}");
    OK(t.checks.manager_in_tree && !t.checks.manager_expected,
       "somebody else of the tree");
    test_check(&t, "{\"direct_manager\":\"Император\"}");
    OK(!t.checks.manager_in_tree, "nobody of the tree");
}


/* Nothing that a model may send makes the corrections fail. */
static void
test_wild(void)
{
    static const char  *docs[] = {
        "{}", "{\"professional_skills\":[[],1,\"x\",{\"specific_skills\":1}]}",
        "{\"careerogram\":{\"target_pathways\":{\"vertical_growth\":[1,null]}}}",
        "{\"responsibility_areas\":{\"tasks\":[]}}",
        "{\"metadata\":[1],\"subordinates\":[],\"performance_metrics\":\"x\"}",
        "{\"workplace_provisioning\":{\"software\":[]}}",
        "{\"corporate_competencies\":{\"a\":[1]},\"direct_manager\":5}",
        "{\"position_title\":null,\"department_broad\":{\"a\":1}}",
    };

    test_run_t  t;

    test_open(&t, GROUP, "Руководитель группы");

    for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
        test_check(&t, docs[i]);
        OK(t.fixes.rc == HR_OK && t.warnings.rc == HR_OK, docs[i]);
    }
}


int
main(void)
{
    arena = hr_arena_create(256u * 1024 * 1024);
    hr_test_gen_sample(&f);

    test_form();
    test_levels();
    test_facts();
    test_idempotent("t/data/profiles/production.json");
    test_idempotent("t/data/profiles/odd.json");
    test_idempotent("t/data/profiles/sixteen.json");
    test_idempotent("t/data/profiles/perfect.json");
    test_stamp();
    test_kpis();
    test_career();
    test_boundaries();
    test_methods();
    test_topics();
    test_manager();
    test_wild();

    hr_test_gen_free(&f);
    hr_arena_destroy(arena);
    return hr_test_done();
}
