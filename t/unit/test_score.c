/*
 * Scores: completeness by the exact formula, the quality metrics with the
 * contract's worked example, the measures beside them, and one failing fixture
 * for each remark.
 */

#include <math.h>

#include "hr_test_profile.h"

#include "hr_quality.h"


static hr_vocabulary_t  *voc;
static hr_quality_t     *quality;
static hr_arena_t       *arena;


static void
show(const hr_findings_t *list)
{
    size_t  i;

    for (i = 0; i < list->count; i++) {
        printf("#   %s %.*s: %.*s\n", list->items[i].code,
               (int) list->items[i].path.len, list->items[i].path.data,
               (int) list->items[i].message.len, list->items[i].message.data);
    }
}


static hr_json_t *
load(const char *name)
{
    hr_profile_t  p;

    hr_test_open(arena, name, &p);

    return p.document;
}


static hr_score_report_t
score(const hr_json_t *document)
{
    hr_score_report_t  r;

    if (hr_score_quality(arena, quality, voc, document, NULL, &r) != HR_OK) {
        printf("# scoring failed\n");
    }

    return r;
}


static hr_score_report_t
score_text(const char *json)
{
    return score(hr_test_json(arena, json));
}


/* -- completeness (6.1) -- */

static void
is_complete(const char *name, unsigned filled, size_t missing, size_t warnings)
{
    char               title[200];
    hr_completeness_t  c;

    hr_score_completeness(arena, load(name), &c);

    snprintf(title, sizeof(title), "%s: %u of 17, %zu missing, %zu warnings",
             name, filled, missing, warnings);

    OK(c.filled == filled && c.score == filled / 17.0
       && c.errors.count == missing && c.warnings.count == warnings
       && c.is_valid == (missing == 0), title);

    if (c.filled != filled || c.errors.count != missing
        || c.warnings.count != warnings)
    {
        printf("# %u\n", c.filled);
        show(&c.errors);
        show(&c.warnings);
    }
}


static void
test_completeness(void)
{
    hr_completeness_t  c;

    is_complete("production", 17, 0, 0);
    is_complete("perfect", 17, 0, 0);
    is_complete("career_text", 17, 0, 0);
    is_complete("sixteen", 16, 1, 0);
    is_complete("editor", 17, 0, 3);
    is_complete("career_pathways", 17, 0, 0);
    is_complete("career_donors", 17, 0, 0);
    is_complete("universal", 13, 4, 1);
    is_complete("empty", 0, 17, 0);

    hr_score_completeness(arena, load("sixteen"), &c);
    OK(c.score == 0.9411764705882353, "16 of 17 is 0.9411764705882353");
    IS_JSON(arena, hr_findings_messages(arena, &c.errors),
            "['Missing required field: performance_metrics']",
            "the missing member is named");

    hr_score_completeness(arena, hr_test_json(arena,
        "{'position_title':'','subordinates':{},'direct_manager':0,"
        "'department_broad':false,'position_category':null,'category':'К',"
        "'primary_activity_type':'','primary_activity':'Д','education':{'a':''},"
        "'careerogram':[],'career_path':{'x':1},'metadata':{'x':null}}"), &c);
    IS_INT(c.filled, 3, "null looks at the older name, an empty value does not, "
                        "contents are not looked into");
    IS_JSON(arena, hr_findings_json(arena, &c.warnings),
            "[{'code':'empty_field','path':'position_title','message':"
            "'Empty required field: position_title'},"
            "{'code':'empty_field','path':'department_broad','message':"
            "'Empty required field: department_broad'},"
            "{'code':'empty_field','path':'direct_manager','message':"
            "'Empty required field: direct_manager'},"
            "{'code':'empty_field','path':'subordinates','message':"
            "'Empty required field: subordinates'},"
            "{'code':'empty_field','path':'primary_activity_type','message':"
            "'Empty required field: primary_activity_type'},"
            "{'code':'empty_field','path':'careerogram','message':"
            "'Empty required field: careerogram'},"
            "{'code':'structure_subordinates','path':'subordinates','message':"
            "'subordinates: нет поля departments'},"
            "{'code':'structure_subordinates','path':'subordinates','message':"
            "'subordinates: нет поля direct_reports'}]",
            "empty members are warnings");
}


static void
test_structure(void)
{
    hr_completeness_t  c;

    hr_score_completeness(arena, hr_test_json(arena,
        "{'responsibility_areas':['текст',{},{'title':'А','tasks':[]}],"
        "'professional_skills':[5,{'specific_skills':[{'skill_name':'а'},'б',7]},"
        "{'category':'К','skills':['в']}],"
        "'careerogram':{'source_positions':{'direct_predecessors':[]},"
        "'target_pathways':{'vertical_growth':[{'target_position':'Г',"
        "'target_department':'Д','rationale':'р','competency_bridge':{}},'текст'],"
        "'horizontal_growth':[]}},"
        "'performance_metrics':{'quantitative_kpis':[]}}"), &c);

    IS_JSON(arena, hr_findings_messages(arena, &c.warnings),
        "["
        "'responsibility_areas[0]: должно быть объектом',"
        "'responsibility_areas[1]: нет поля area',"
        "'responsibility_areas[1]: нет поля tasks',"
        "'professional_skills[0]: должно быть объектом',"
        "'professional_skills[1]: нет поля skill_category',"
        "'professional_skills[1].specific_skills[0]: нет поля proficiency_level',"
        "'professional_skills[1].specific_skills[0]: нет поля proficiency_description',"
        "'performance_metrics: нет поля qualitative_indicators',"
        "'performance_metrics: нет поля evaluation_frequency',"
        "'careerogram.source_positions: нет поля cross_functional_entrants',"
        "'careerogram.target_pathways.vertical_growth[0]: нет поля strengthen_skills',"
        "'careerogram.target_pathways.vertical_growth[0]: нет поля acquire_skills',"
        "'careerogram.target_pathways.expert_growth: поле отсутствует'"
        "]",
        "structural warnings, each entry on its own");

    hr_score_completeness(arena, hr_test_json(arena,
        "{'responsibility_areas':'текст','professional_skills':{},"
        "'careerogram':{'career_pathways':[1,{'pathway_type':'В'}]}}"), &c);
    IS_INT(hr_findings_count(&c.warnings, "structure_area")
           + hr_findings_count(&c.warnings, "structure_skill"), 0,
           "a wrong outer type is passed");
    IS_INT(hr_findings_count(&c.warnings, "structure_career"), 3,
           "older pathways have members of their own");
}


/* -- quality (6.4) -- */

static void
test_worked_example(void)
{
    size_t              i;
    hr_buf_t            buf;
    hr_score_report_t   r;

    hr_buf_init(&buf, 100000);
    hr_buf_c(&buf, "{'department_specific':'Отдел разработки',"
                   "'responsibility_areas':[{'area':'Все','tasks':[");

    for (i = 0; i < 21; i++) {
        hr_buf_c(&buf, i == 0 ? "" : ",");
        hr_buf_c(&buf, i < 18 ? "'Разработка модулей, тестов, сборок'"
                              : "'Разработка'");
    }

    hr_buf_c(&buf, "]}],'professional_skills':[{'skill_category':'К',"
                   "'specific_skills':[");

    for (i = 0; i < 11; i++) {
        hr_buf_printf(&buf, "%s{'skill_name':'Архитектурные решения %zu',"
                      "'proficiency_level':%zu,'proficiency_description':"
                      "'Текст %zu'}", i == 0 ? "" : ",", i, i % 3 + 1, i % 3 + 1);
    }

    hr_buf_c(&buf, "]}]}");
    r = score_text(buf.data);
    hr_buf_release(&buf);

    OK(fabs(r.quality - 9.571428571428571) < 1e-12,
       "21 tasks, 18 valid, 11 hard skills, one framework, three levels: 9.5714...");
    OK(fabs(r.validation - 0.9571428571428571) < 1e-12,
       "the validation score is a tenth of it");
    OK(r.evaluated && !r.valid && r.critical.total == 3,
       "three tasks are critical issues");
    OK(r.tasks.total == 21 && r.tasks.valid == 18 && r.skills.total == 11
       && r.skills.soft == 0 && r.domain.nfound == 1 && r.levels.nlevels == 3
       && r.levels.unique == 3, "the figures behind it");
}


static void
test_perfect(void)
{
    hr_score_report_t  r;

    r = score(load("perfect"));
    OK(r.quality == 10.0 && r.validation == 1.0 && r.valid, "a perfect document has 10");
    OK(r.warnings.total == 0 && r.remarks.total == 0,
       "and nothing to remark on");
    show(&r.critical);
    show(&r.warnings);
    show(&r.remarks);
    OK(r.measures.career_minima == 1.0 && r.measures.right_levels == 1.0
       && r.measures.prefixed_categories == 1.0 && r.measures.markers == 0
       && r.measures.kpis == 3, "all measures are full");

    r = score(load("production"));
    OK(r.quality == 10.0 && r.measures.right_levels == 1.0,
       "reasoning and the double blank cost nothing");
    IS_INT(r.measures.markers, 0, "markers in reasoning are not counted");

    r = score(load("empty"));
    OK(!r.evaluated && r.tasks.ratio == 0.0 && r.skills.ratio == 1.0,
       "no tasks and no skills: nothing to evaluate");
}


static void
is_task(const char *task, size_t valid, double elements, double filler,
    const char *name)
{
    char               json[1000];
    hr_score_report_t  r;

    snprintf(json, sizeof(json), "{'responsibility_areas':[{'tasks':['%s']}]}",
             task);
    r = score_text(json);

    OK(r.tasks.valid == valid && r.tasks.avg_elements == elements
       && fabs(r.tasks.avg_filler_ratio - filler) < 1e-12, name);

    if (r.tasks.avg_elements != elements || r.tasks.valid != valid) {
        printf("# %zu %g %g\n", r.tasks.valid, r.tasks.avg_elements,
               r.tasks.avg_filler_ratio);
    }
}


static void
test_tasks(void)
{
    is_task("Учет договоров, актов, счетов", 1, 3.0, 0.0, "comma-separated parts");
    is_task("Учет, А, ББ, ВВВ", 1, 2.0, 0.0, "parts of more than two characters");
    is_task("Учет договоров и актов или счетов", 1, 3.0, 0.0,
            "one part: joining words are added");
    is_task("Учет: договоры", 1, 2.0, 0.0, "a colon joins, too");
    is_task("Учет договоров И актов", 0, 1.0, 0.0, "joining words mind the case");
    is_task("Учет договоров", 0, 1.0, 0.0, "one element is not enough");
    is_task("Обеспечение выполнения плана, сметы, графика", 0, 3.0, 1.0 / 5,
            "one filler phrase in five words is too much");
    is_task("Учет в соответствии с планом счетов, сметой, графиком, договором", 1,
            4.0, 1.0 / 9, "one in nine is not");
    is_task("Контроль необеспечение выполнения плана, сметы", 1, 2.0, 0.0,
            "a phrase inside a longer word is none");
    is_task("", 0, 0.0, 0.0, "an empty task");
}


static void
is_skill(const char *skill, size_t soft, size_t with, const char *name)
{
    char               json[1000];
    hr_score_report_t  r;

    snprintf(json, sizeof(json), "{'professional_skills':[{'specific_skills':[%s]}]}",
             skill);
    r = score_text(json);

    OK(r.skills.soft == soft && r.skills.with_method == with
       && r.skills.ratio == (soft == with ? 1.0 : 0.0)
       && r.warnings.total == soft - with, name);
}


static void
test_skills(void)
{
    is_skill("{'skill_name':'Деловая коммуникация'}", 1, 0, "a soft skill");
    is_skill("{'skill_name':'Ведение переговоров (BATNA)'}", 1, 1,
             "a soft skill with a known method");
    is_skill("{'skill_name':'Управление изменениями по модели Коттера'}", 1, 1,
             "a method in Russian");
    is_skill("{'skill_name':'Презентация, матрица влияния'}", 1, 1,
             "another one");
    is_skill("{'skill_name':'Телекоммуникации'}", 0, 0,
             "a soft word inside another word");
    is_skill("{'skill_name':'Командировки'}", 0, 0, "an exception");
    is_skill("{'skill_name':'Работа в команде','proficiency_description':"
             "'По методике Белбина'}", 1, 1, "the description counts");
    is_skill("{'skill_name':'Прокладка сетей','proficiency_description':'Экспертные "
             "знания, должность подразумевает передачу знаний и опыта другим'}",
             0, 0, "unless it is a standard text");
    is_skill("'Коммуникация'", 1, 0, "an older skill is a text");
    is_skill("{'skill_name':'Коммуникация, methodist'}", 1, 0,
             "a method inside another word");
}


static void
is_domain(const char *department, const char *text, const char *domain,
    bool valid, size_t found, const char *name)
{
    char               json[1000];
    hr_score_report_t  r;

    snprintf(json, sizeof(json), "{'department_specific':'%s','x':['%s'],"
             "'quality_verification':'ГОСТ МСФО OWASP'}", department, text);
    r = score_text(json);

    OK(hr_str_eq(r.domain.domain, hr_str_from_c(domain))
       && r.domain.valid == valid && r.domain.nfound == found, name);
}


static void
test_domains(void)
{
    is_domain("Финансовый отдел", "по МСФО и налоговому учету", "finance", true, 2,
              "finance");
    is_domain("Отдел рефинансирования", "", "unknown", true, 0,
              "a domain word inside another word");
    is_domain("Управление персоналом", "Трудового права", "hr", true, 1, "hr");
    is_domain("Юридический отдел", "АПК", "legal", true, 1, "legal");
    is_domain("Отдел проектирования", "специалист", "construction", false, 0,
              "construction: СП is not found inside a word");
    is_domain("Бюро архитектуры", "СП 70", "construction", true, 1,
              "but as a word");
    is_domain("Бюро архитектуры", "гостиница", "construction", false, 0,
              "nor ГОСТ in a hotel");
    is_domain("Отдел information", "", "unknown", true, 0,
              "it is not found inside a Latin word");
    is_domain("Отдел IT", "OWASP security", "it", true, 2, "it");
    is_domain("Блок/Департамент персонала/Отдел разработки обучения", "ТК РФ",
              "hr", true, 1, "the first match of a path");
    is_domain("Канцелярия", "", "unknown", true, 0, "no domain passes");
}


static void
test_levels(void)
{
    hr_score_report_t  r;

#define SKILLS(list)  "{'professional_skills':[{'specific_skills':[" list "]}]}"
#define SKILL(l, d)   "{'skill_name':'н','proficiency_level':" l                 \
                      ",'proficiency_description':'" d "'}"

    r = score_text(SKILLS(SKILL("1", "а") "," SKILL("1", "а ") ","
                          SKILL("2", "б  в") "," SKILL("2", "б в")));
    OK(r.levels.valid && r.levels.unique == 2 && r.levels.nlevels == 2,
       "one text for each level, blanks collapsed");

    r = score_text(SKILLS(SKILL("1", "а") "," SKILL("1", "б")));
    OK(!r.levels.valid && r.critical.total == 1
       && strcmp(r.critical.items[0].code, "level_texts_differ") == 0,
       "two texts for one level");

    r = score_text(SKILLS(SKILL("1", "а") "," SKILL("2", "а")));
    OK(!r.levels.valid && r.levels.nduplicates == 1
       && strcmp(r.critical.items[0].code, "level_texts_shared") == 0,
       "one text for two levels");

    r = score_text(SKILLS(SKILL("1", "а") "," SKILL("2", "б") ","
                          SKILL("2", "а")));
    OK(!r.levels.valid && r.critical.total == 1 && r.levels.unique == 2,
       "levels are compared by their first text");

    r = score_text(SKILLS(SKILL("0", "а") "," SKILL("1", "") ","
                          SKILL("null", "а")));
    OK(r.levels.valid && r.levels.nlevels == 0,
       "pairs with an empty half are not looked at");
}


static void
test_report(void)
{
    hr_json_t          *json, *meta;
    hr_score_facts_t    facts;
    hr_completeness_t   c;
    hr_score_report_t   r;

    memset(&facts, 0, sizeof(facts));
    facts.schema_known = true;
    facts.schema_valid = true;
    facts.kpis_known = true;
    facts.kpis_matched = 0.75;
    facts.levels_known = true;
    facts.levels_right = 0.5;

    hr_score_quality(arena, quality, voc, load("perfect"), &facts, &r);
    json = hr_score_json(arena, &r);

    IS_JSON(arena, json,
        "{'valid':true,'quality_score':10.0,'metrics':{"
        "'p0_1_tasks':{'total_tasks':15,'valid_tasks':15,'valid_ratio':1.0,"
        "'avg_concrete_elements':2.8666666666666667,'avg_filler_ratio':0.0},"
        "'p0_2_soft_skills':{'total_skills':12,'soft_skills_count':0,"
        "'with_methodology':0,'valid_ratio':1.0},"
        "'p0_3_regulatory':{'valid':true,'domain':'finance','required':true,"
        "'has_framework':true,'found_frameworks':['МСФО','РСБУ','налоговый'],"
        "'expected_frameworks':['МСФО','IFRS','РСБУ','налоговый','GAAP'],"
        "'issues':[]},"
        "'p0_4_levels':{'valid':true,'levels_found':[3,2,1],"
        "'unique_descriptions':3,'should_be_unique':3,"
        "'duplicate_descriptions':[],'issues':[]}},"
        "'summary':{'total_issues':0,'total_warnings':0,'total_remarks':0,"
        "'critical_issues':[],'warnings':[]},"
        "'measures':{'schema_valid':true,'matched_kpis':0.75,'career_minima':1.0,"
        "'right_levels':0.5,'prefixed_categories':1.0,'filler_markers':0,"
        "'filler_markers_strict':0,'kpi_count':3},"
        "'remarks':[],'rule_version':'1/1'}", "the result object");

    meta = hr_test_json(arena, "{'llm':{'model':'м'},'validation':{'fixes':[1],"
                               "'completeness_score':0.1,'is_valid':false}}");
    hr_score_completeness(arena, load("sixteen"), &c);
    OK(hr_score_publish(arena, meta, &c, &r) == HR_OK
       && hr_json_path(meta, "validation.quality.quality_score") != NULL
       && hr_json_path(meta, "validation.fixes") != NULL
       && hr_json_path(meta, "llm.model") != NULL, "published beside the rest");
    IS_JSON(arena, hr_json_path(meta, "validation.completeness_score"),
            "0.9411764705882353", "with the completeness of this document");
    IS_JSON(arena, hr_json_path(meta, "validation.errors"),
            "['Missing required field: performance_metrics']", "and its errors");

    meta = hr_test_json(arena, "{'validation':7}");
    OK(hr_score_publish(arena, meta, &c, &r) == HR_OK
       && hr_json_path(meta, "validation.quality") != NULL,
       "a malformed member is replaced");

    r = score(load("empty"));
    json = hr_score_json(arena, &r);
    OK(hr_json_is(hr_json_get(json, "quality_score"), HR_JSON_NULL)
       && hr_json_is(hr_json_path(json, "measures.schema_valid"), HR_JSON_NULL)
       && hr_json_is(hr_json_path(json, "measures.right_levels"), HR_JSON_NULL),
       "what cannot be measured is null");
}


/* -- remarks: one failing fixture for each -- */

static void
is_remark(const char *json, const char *code, size_t count, const char *path,
    const char *name)
{
    size_t              i, n;
    hr_score_report_t   r;

    r = score_text(json);
    n = hr_findings_count(&r.remarks, code);

    for (i = 0; i < r.remarks.count; i++) {
        if (strcmp(r.remarks.items[i].code, code) == 0) {
            break;
        }
    }

    OK(n == count && (count == 0 || hr_str_eq(r.remarks.items[i].path,
                                              hr_str_from_c(path))), name);

    if (n != count || (count != 0 && !hr_str_eq(r.remarks.items[i].path,
                                                hr_str_from_c(path))))
    {
        printf("# %s: got %zu\n", code, n);
        show(&r.remarks);
    }
}


#define CATEGORY(name, skills)                                                \
    "{'skill_category':'" name "','specific_skills':[" skills "]}"
#define DOC_SKILLS(rest, list)  "{" rest "'professional_skills':[" list "]}"
#define TASKS(list)  "{'responsibility_areas':[{'area':'А','tasks':[" list "]}]}"
#define SPECIALIST   "'position_category':'Специалист',"
#define LEAD                                                                  \
    "'position_category':'Линейный руководитель (группа, направление)',"


static void
test_skill_remarks(void)
{
    is_remark(DOC_SKILLS("", CATEGORY("Учет", "")), "skill_category_prefix", 1,
              "professional_skills[0]", "I-09: a category without the prefix");
    is_remark(DOC_SKILLS("", CATEGORY("знания и умения в области учета", "")),
              "skill_category_prefix", 0, "", "in any case");
    is_remark(DOC_SKILLS("", CATEGORY("Учет", "")), "skill_categories_count", 1,
              "professional_skills", "I-09: too few categories");
    is_remark(DOC_SKILLS("", CATEGORY("Учет", "'а'")), "skills_per_category", 1,
              "professional_skills[0]", "I-09: too few skills in a category");
    is_remark(DOC_SKILLS(SPECIALIST, CATEGORY("Учет", "'а'")), "skills_total", 1,
              "professional_skills", "I-09: too few skills for the category");
    is_remark(DOC_SKILLS("'responsibility_areas':[{'area':'Закупка материалов'},"
                         "{'area':['Учет','активов']}],",
                         CATEGORY("Учетная политика", "'Оценка активов'")),
              "area_without_skills", 1, "responsibility_areas[0]",
              "I-09: an area without skills");
    is_remark(DOC_SKILLS(LEAD, CATEGORY("Учет", SKILL("2", "а") ","
                                                SKILL("1", "б"))),
              "lead_core_level", 1, "professional_skills[0]",
              "I-09: a lead's core skills below level 3");
    is_remark(DOC_SKILLS(LEAD, CATEGORY("Учет", SKILL("3", "а"))),
              "lead_core_level", 0, "", "level 3 is enough");
    is_remark(DOC_SKILLS(SPECIALIST, CATEGORY("Учет", SKILL("1", "а"))),
              "lead_core_level", 0, "", "a specialist is no lead");
    is_remark(DOC_SKILLS("", CATEGORY("Учет",
              "'Уверенное владение компьютером','Хорошие знания','AutoCAD',"
              "'Сметное нормирование','СНиП','Базовые знания МСФО',"
              "'Методика оценки','Допуск 5 группы'")), "skill_not_verifiable", 2,
              "professional_skills[0].specific_skills[0]",
              "I-09: skills that nobody can verify");
}


static void
test_task_remarks(void)
{
    is_remark(TASKS("'Ведение дел'"), "task_elements", 1,
              "responsibility_areas[0].tasks[0]", "I-11: nothing concrete");
    is_remark(TASKS("'Ведение реестра договоров','Сверка 15 актов',"
                    "'Ведение базы ERP по ГОСТ','Сверка счетов и актов',"
                    "'Ведение учета смет, графиков'"), "task_elements", 0, "",
              "documents, numbers, systems, norms, enumerations are concrete");
    is_remark(TASKS("'Осуществление необходимых мероприятий в рамках целей'"),
              "task_filler", 1, "responsibility_areas[0].tasks[0]",
              "I-11: filler words");
    is_remark(TASKS("'Вести учет','Готовить отчеты','Ведение учета',"
                    "'Подготовка отчетов','Контроль сроков','Отчеты по сметам'"),
              "task_start", 3, "responsibility_areas[0].tasks[0]",
              "I-11: tasks that begin with no action");
    is_remark(TASKS("'Ведение учета'"), "tasks_total", 1, "responsibility_areas",
              "I-11: too few tasks in total");
}


static void
test_marker_remarks(void)
{
    hr_score_report_t  r;

    r = score_text("{'professional_skills':[{'specific_skills':[{'skill_name':"
        "'Системы учета, например 1С, или аналоги'}]}],"
        "'workplace_provisioning':{'software':{'specialized_tools':"
        "['CAD (НАПРИМЕР, AutoCAD)']},'hardware':{'standard_workstation':"
        "'Обычно ноутбук'}},'x':['как правило; необычно','Например, как  правило'],"
        "'careerogram_reasoning':'например'}");

    IS_INT(r.measures.markers, 7, "I-12: markers of all leaves but reasoning");
    IS_INT(r.measures.markers_strict, 3, "  and those in skills and software");
    IS_INT(hr_findings_count(&r.remarks, "marker"), 3, "  each with its place");
}


static void
test_hr_remarks(void)
{
    hr_score_facts_t    facts;
    hr_score_report_t   r;

    is_remark("{'subordinates':{'departments':0,'direct_reports':0}," LEAD
              "'x':1}", "subordinates_inconsistent", 1, "subordinates",
              "I-41: a lead without subordinates");
    is_remark("{'subordinates':{'departments':0,'direct_reports':3}," SPECIALIST
              "'x':1}", "subordinates_inconsistent", 1, "subordinates",
              "I-41: a specialist with subordinates");
    is_remark("{'subordinates':{'departments':1,'direct_reports':0}," LEAD
              "'corporate_competencies':['Лидерство']}",
              "subordinates_inconsistent", 0, "", "units are subordinates");
    is_remark("{'subordinates':{'departments':0,'direct_reports':0}," SPECIALIST
              "'corporate_competencies':['Работа в команде','Лидерство']}",
              "leadership_without_subordinates", 1, "corporate_competencies[1]",
              "I-41: leadership without subordinates");

    is_remark("{'performance_metrics':{'quantitative_kpis':['Рост на 5 % за год',"
              "'Качество работы','Срок 3 дня']}}", "kpi_not_measurable", 2,
              "performance_metrics.quantitative_kpis[1]",
              "I-41: KPIs without value, unit or period");
    is_remark("{'performance_metrics':{'quantitative_kpis':['Срок 3 дня'],"
              "'evaluation_frequency':'Ежемесячно'}}", "kpi_not_measurable", 0,
              "", "the frequency is the period of all");
    is_remark("{'performance_metrics':{'quantitative_kpis':['5 % за год']}}",
              "kpi_count", 1, "performance_metrics.quantitative_kpis",
              "three to seven KPIs");

    is_remark("{'experience_and_education':{'field_of_study':'01.03.01, 02.03.02, "
              "03.03.03, 04.03.04, 05.03.05, 06.03.06'}}", "education_codes", 1,
              "experience_and_education.field_of_study",
              "I-41: a long list of codes");
    is_remark("{'experience_and_education':{'total_work_experience':'Большой'}}",
              "experience_general", 1,
              "experience_and_education.total_work_experience",
              "I-41: experience without a number");
    is_remark("{" SPECIALIST "'experience_and_education':{'total_work_experience':"
              "'От 15 лет'}}", "experience_implausible", 1,
              "experience_and_education.total_work_experience",
              "I-41: fifteen years for a specialist");
    is_remark("{" LEAD "'experience_and_education':{'total_work_experience':"
              "'Не требуется'}}", "experience_implausible", 1,
              "experience_and_education.total_work_experience",
              "I-41: a lead without experience");
    is_remark("{" LEAD "'experience_and_education':{'education_level':"
              "'Неоконченное высшее'}}", "education_implausible", 1,
              "experience_and_education.education_level",
              "I-41: a lead without a degree");
    is_remark("{" LEAD "'experience_and_education':{'education_level':'Высшее'}}",
              "education_implausible", 0, "", "a degree is enough");

    memset(&facts, 0, sizeof(facts));
    facts.manager_known = true;
    facts.manager_in_tree = false;
    hr_score_quality(arena, quality, voc, load("perfect"), &facts, &r);
    IS_INT(hr_findings_count(&r.remarks, "manager_not_in_tree"), 1,
           "I-41: a superior whom the tree does not know");
    facts.manager_in_tree = true;
    facts.manager_rank_known = true;
    hr_score_quality(arena, quality, voc, load("perfect"), &facts, &r);
    IS_INT(hr_findings_count(&r.remarks, "manager_rank"), 1,
           "I-41: a superior of the wrong rank");
}


static void
test_career_remarks(void)
{
    hr_score_report_t  r;

    is_remark("{}", "career_minimum", 1, "careerogram", "no career at all");
    is_remark("{'careerogram':{'source_positions':{'direct_predecessors':['А']},"
              "'target_pathways':{'vertical_growth':['Б','В']}}}",
              "career_minimum", 4,
              "careerogram.source_positions.direct_predecessors",
              "I-06: lists below their minimum");
    r = score_text("{'careerogram':{'source_positions':{'direct_predecessors':"
                   "['А']},'target_pathways':{'vertical_growth':['Б','В']}}}");
    OK(fabs(r.measures.career_minima - 0.2) < 1e-12, "  one of five is satisfied");

    is_remark("{'careerogram':{'target_pathways':{'vertical_growth':["
              "{'target_position':'А'},{'target_position':'Б','target_department':"
              "'В','rationale':'р','competency_bridge':{}}]}}}", "career_step", 2,
              "careerogram.target_pathways.vertical_growth[0]",
              "I-06: steps without their keys or a bridge");
    is_remark("{'careerogram':'{\\\"target_pathways\\\":{\\\"expert_growth\\\":"
              "[{}]}}'}", "career_step", 1,
              "careerogram.target_pathways.expert_growth[0]",
              "the same in a JSON text");
    is_remark("{'careerogram':{'source_positions':[],'target_positions':['А']}}",
              "career_minimum", 1, "careerogram", "an empty list of the editor");
    is_remark("{'career_path':{'donor_positions':['А']}}", "career_minimum", 0, "",
              "an older name is a career, too");
}


static void
test_wording_remarks(void)
{
    size_t  i;

    static const struct {
        const char  *bad, *good;
    } words[] = {
        { "Возраст до 35 лет", "Опыт от 3 лет" },
        { "Предпочтительно мужчина", "Мужество" },
        { "Без детей", "Разработка детей классов" },
        { "Хорошее состояние здоровья", "Охрана здоровья на производстве" },
        { "Славянская внешность", "Православский проект" },
        { "Вероисповедание", "Переверующий" },
        { "Приятная внешность", "Внешние заказчики" },
        { "Политические взгляды", "Политика закупок" },
    };

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        char               json[500];
        hr_score_report_t  r;

        snprintf(json, sizeof(json), "{'additional_information':"
                 "{'special_requirements':['%s']}}", words[i].bad);
        r = score_text(json);
        OK(hr_findings_count(&r.remarks, "wording") >= 1, words[i].bad);

        snprintf(json, sizeof(json), "{'additional_information':"
                 "{'special_requirements':['%s']},'metadata':{'x':'%s'}}",
                 words[i].good, words[i].bad);
        r = score_text(json);
        OK(hr_findings_count(&r.remarks, "wording") == 0, words[i].good);
    }

    is_remark("{'department_specific':'Отдел учета','responsibility_areas':["
              "{'tasks':['Организация обучения персонала','Ведение учета',"
              "'Проведение закупочных процедур']}]}", "boundary", 2,
              "responsibility_areas[0].tasks[0]", "duties of other units");
    is_remark("{'department_specific':'Отдел обучения персонала',"
              "'responsibility_areas':[{'tasks':['Организация обучения "
              "персонала']}]}", "boundary", 0, "", "one's own duty is none");
}


static void
test_broken(void)
{
    size_t         i, len;
    char          *data, *cut;
    hr_rc_t        rc;
    hr_buf_t       buf;
    hr_diag_t      diag;
    hr_quality_t  *other;

    static const struct {
        const char  *find, *replace, *diag;
    } changes[] = {
        { "\"version\": \"1\"", "\"version\": 1", "version" },
        { "\"max_filler\": 0.15", "\"max_filler\": 15", "tasks.max_filler" },
        { "\"min_total\": 15", "\"min_total\": \"15\"", "tasks.min_total" },
        { "\"coaching*\"", "\"co*aching\"", "skills.soft" },
        { "\"ать\"", "5", "tasks.infinitive_endings[0]" },
        { "\"name\": \"finance\"", "\"name\": \"\"", "domains[]" },
        { "\"markers\": [", "\"markers\": {}, \"x\": [", "markers" },
        { "\"boundaries\": [", "\"boundaries\": [ 1,", "boundaries" },
        { "\"severity\": \"high\"", "\"x\": 1", "wording.lists[]" },
        { "\"owners\": [", "\"x\": [", "boundaries[].owners" },
        { "\"frameworks\": [", "\"x\": [", "domains[].frameworks" },
    };

    data = hr_test_file("conf/company/quality.json", &len);

    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        hr_buf_init(&buf, 1024 * 1024);
        cut = strstr(data, changes[i].find);
        hr_buf_append(&buf, data, (size_t) (cut - data));
        hr_buf_c(&buf, changes[i].replace);
        hr_buf_c(&buf, cut + strlen(changes[i].find));

        memset(&diag, 0, sizeof(diag));
        rc = hr_quality_load(hr_buf_view(&buf), &other, &diag);
        OK(rc == HR_INVALID && other == NULL
           && strstr(diag.text, changes[i].diag) != NULL, changes[i].replace);

        if (rc != HR_INVALID || strstr(diag.text, changes[i].diag) == NULL) {
            printf("# %d %s\n", rc, diag.text);
        }

        hr_buf_release(&buf);
    }

    free(data);
}


static void
test_corpus(void)
{
    size_t              i, limit;
    hr_rc_t             rc;
    hr_arena_t         *small;
    hr_json_t          *document;
    hr_score_report_t   r;
    hr_completeness_t   c;

    for (i = 0; i < HR_TEST_CORPUS; i++) {
        document = load(hr_test_corpus[i]);
        r = score(document);

        OK(r.quality >= 0.0 && r.quality <= 10.0
           && hr_score_json(arena, &r) != NULL
           && hr_score_completeness(arena, document, &c) == HR_OK,
           hr_test_corpus[i]);
    }

    rc = HR_NOMEM;
    document = load("odd");

    for (limit = 256; limit < 4 * 1024 * 1024 && rc == HR_NOMEM; limit += 2048) {
        small = hr_arena_create(limit);

        if (small != NULL) {
            rc = hr_score_quality(small, quality, voc, document, NULL, &r);
        }

        hr_arena_destroy(small);
    }

    OK(rc == HR_OK, "scoring without memory fails as a whole");
}


/* -- the index over all lists of words -- */

static uint64_t
next_random(void)
{
    static uint64_t  state = 88172645463325252ull;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;

    return state;
}


/* Words of the lists and others, whole, with other ends and run together. */
static hr_str_t
text_of_words(char *out, size_t size)
{
    size_t                    n, k;
    const hr_words_t         *words;
    const hr_word_pattern_t  *pattern;

    static const char *const  others[] = {
        "специалист ", "и ", "ов ", "а", "+", "-2 ", "1с", ", ", "g", "по"
    };

    for (n = 0, k = next_random() % 8; k > 0 && n + 300 < size; k--) {
        words = quality->lists[next_random() % quality->nlists];

        if (words->count != 0 && next_random() % 3 != 0) {
            pattern = &words->items[next_random() % words->count];
            memcpy(out + n, pattern->text.data, pattern->text.len);
            n += pattern->text.len;
            n -= out[n - 1] == '*';
            out[n++] = ' ';
            n -= next_random() % 3 == 0;
        }

        n += (size_t) sprintf(out + n, "%s", others[next_random() % 10]);
    }

    return hr_fold(arena, hr_str(out, n));
}


static void
test_index(void)
{
    char               buf[4096];
    size_t             i, k, missed, hits, idle;
    hr_str_t           text;
    uint64_t           found;
    const hr_words_t  *words;

    missed = 0;
    hits = 0;
    idle = 0;

    for (i = 0; i < 5000; i++) {
        text = text_of_words(buf, sizeof(buf));
        found = hr_words_index_find(&quality->index, text);

        for (k = 0; k < quality->nlists; k++) {
            words = quality->lists[k];

            if (hr_words_match(words, text)) {
                hits++;
                missed += (found & words->bit) == 0;

            } else {
                idle += (found & words->bit) != 0;
            }
        }
    }

    OK(hits > 10000, "texts with words of the lists");
    IS_INT(missed, 0, "the index tells every list that has a hit");
    OK(idle < hits / 20, "and hardly any other");

    IS_INT((int) hr_words_index_find(&quality->index, HR_STR("")), 0,
           "nothing in nothing");
}


static void
test_index_of_many(void)
{
    size_t             i, missed;
    char               text[32];
    hr_str_t           folded;
    hr_words_t         lists[150], *pointers[150];
    hr_words_index_t   index;

    /* more lists than bits, and words with a beginning of each length */
    for (i = 0; i < 150; i++) {
        snprintf(text, sizeof(text), "['%.*s%zu*']", (int) (i % 6), "abcdef", i);
        (void) hr_words_load(arena, hr_test_json(arena, text), &lists[i], NULL);
        pointers[i] = &lists[i];
    }

    OK(hr_words_index(arena, pointers, 150, &index) == HR_OK, "150 lists");

    for (i = 0, missed = 0; i < 150; i++) {
        snprintf(text, sizeof(text), "%.*s%zu", (int) (i % 6), "abcdef", i);
        folded = hr_str_from_c(text);
        missed += !hr_words_match(&lists[i], folded)
                  || (hr_words_index_find(&index, folded) & lists[i].bit) == 0;
    }

    IS_INT(missed, 0, "lists that share a bit are all found");
    OK(hr_words_index(arena, pointers, 0, &index) == HR_OK
       && hr_words_index_find(&index, HR_STR("a1")) == 0, "no list at all");
}


int
main(void)
{
    char       *data;
    size_t      len;
    hr_diag_t   diag;

    voc = hr_test_vocabulary();
    arena = hr_arena_create(256 * 1024 * 1024);
    data = hr_test_file("conf/company/quality.json", &len);

    if (hr_quality_load(hr_str(data, len), &quality, &diag) != HR_OK) {
        printf("Bail out! quality.json: %s\n", diag.text);
        return 1;
    }

    free(data);

    test_completeness();
    test_structure();
    test_worked_example();
    test_perfect();
    test_tasks();
    test_skills();
    test_domains();
    test_levels();
    test_report();
    test_skill_remarks();
    test_task_remarks();
    test_marker_remarks();
    test_hr_remarks();
    test_career_remarks();
    test_wording_remarks();
    test_broken();
    test_corpus();
    test_index();
    test_index_of_many();

    hr_arena_destroy(arena);
    hr_quality_destroy(quality);
    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
