/*
 * The profile document: opening every historical shape, the forms in which it
 * leaves, and the law that sending back what was read changes nothing.
 */

#include <math.h>

#include "hr_test_profile.h"


static hr_vocabulary_t  *voc;


static void
test_open(void)
{
    hr_diag_t      diag;
    hr_arena_t    *a;
    hr_profile_t   p;

    a = hr_arena_create(4 * 1024 * 1024);

    OK(hr_profile_open(a, HR_STR("{\"a\":1}"), &p, &diag) == HR_OK
       && !p.wrapped && p.document == p.root && p.metadata == NULL,
       "a bare document is opened as it is");

    OK(hr_profile_open(a, HR_STR("{\"success\":true,\"profile\":{\"a\":1},"
                                 "\"metadata\":{\"b\":2}}"), &p, &diag) == HR_OK
       && p.wrapped && hr_json_get(p.document, "a") != NULL
       && hr_json_get(p.metadata, "b") != NULL,
       "a wrapper gives its document and metadata");

    OK(hr_profile_open(a, HR_STR("{\"profile\":\"text\"}"), &p, &diag) == HR_OK
       && !p.wrapped && p.document == p.root,
       "a text named profile is an unknown member");

    OK(hr_profile_open(a, HR_STR("[]"), &p, &diag) == HR_INVALID,
       "an array is no document");
    OK(hr_profile_open(a, HR_STR("{\"a\":"), &p, &diag) == HR_INVALID
       && diag.line == 1, "broken JSON is refused with its place");
    OK(hr_profile_open(a, HR_STR("{\"a\":\"\\ud800\"}"), &p, &diag) == HR_OK,
       "a lone surrogate of an old row is no reason to refuse");

    hr_arena_destroy(a);
}


static void
test_answer_form(void)
{
    hr_arena_t    *a;
    hr_json_t     *v;
    hr_profile_t   p;

    a = hr_arena_create(8 * 1024 * 1024);

    hr_test_open(a, "production", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER);

    OK(hr_json_get(v, "reasoning_context_analysis") == NULL
       && hr_json_get(v, "quality_verification") == NULL
       && hr_json_get(v, "careerogram_reasoning") == NULL,
       "an answer has no reasoning members");
    IS_INT(v->count, 17 + 1, "17 members and basic_info remain");

    IS_JSON(a, hr_json_get(v, "basic_info"),
            "{'direct_manager':'Начальник отдела финансового учета',"
            "'primary_activity_type':'Ведение бухгалтерского и налогового учета "
            "для достоверной отчетности компании',"
            "'position_title':'Ведущий бухгалтер',"
            "'department':'Отдел финансового учета'}",
            "basic_info is laid over the document");

    IS_JSON(a, hr_json_get(hr_json_at(hr_json_get(v, "responsibility_areas"), 0),
                           "area"),
            "['Бухгалтерский учет']", "an area stored as a text is sent as array");

    IS_JSON(a, hr_json_path(v, "careerogram.source_positions"),
            "['Бухгалтер','Экономист','Аудитор']",
            "source positions are predecessors, then entrants");
    OK(hr_json_equal(hr_json_path(v, "careerogram.source_positions_detail"),
                     hr_json_path(p.document, "careerogram.source_positions")),
       "the original object stands beside them");
    OK(hr_json_equal(hr_json_path(v, "careerogram.target_pathways"),
                     hr_json_path(p.document, "careerogram.target_pathways")),
       "target_pathways are kept");
    IS_JSON(a, hr_json_path(v, "careerogram.target_positions"),
            "['Вертикальный рост: Заместитель главного бухгалтера → Тестовый "
            "блок → Управление учета; обоснование: Опыт закрытия периода',"
            "'Вертикальный рост: Главный бухгалтер → Тестовый блок → Управление "
            "учета; обоснование: Полная ответственность за отчетность',"
            "'Горизонтальный рост: Специалист по МСФО → Тестовый блок → Отдел "
            "отчетности; обоснование: Близкие стандарты учета',"
            "'Горизонтальный рост: Налоговый консультант → Тестовый блок → Отдел "
            "налогов; обоснование: Общие знания НК РФ',"
            "'Экспертный рост: Ведущий эксперт по учету → Тестовый блок → "
            "Управление учета; обоснование: Методология учета']",
            "target positions are one text for each step");

    v = hr_profile_view(a, &p, voc, HR_VIEW_STORED);
    IS_INT(v->count, 17, "the stored form has the 17 members and nothing else");
    OK(hr_json_is(hr_json_get(hr_json_at(hr_json_get(v, "responsibility_areas"),
                                         0), "area"), HR_JSON_STRING),
       "the stored form keeps the area as it is stored");

    v = hr_profile_view(a, &p, voc, HR_VIEW_STORED | HR_VIEW_REASONING);
    OK(hr_json_equal(v, p.document), "the technical view is the whole document");

    hr_arena_destroy(a);
}


static void
test_older_shapes(void)
{
    hr_arena_t       *a;
    hr_json_t        *v;
    hr_profile_t      p;
    const hr_json_t  *skills;

    a = hr_arena_create(8 * 1024 * 1024);

    hr_test_open(a, "career_text", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER);
    OK(hr_json_is(hr_json_get(p.document, "careerogram"), HR_JSON_STRING)
       && hr_json_path(v, "careerogram.target_positions") != NULL,
       "a careerogram that is JSON in a text is read as an object");

    hr_test_open(a, "editor", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER);
    OK(hr_json_equal(hr_json_get(v, "careerogram"),
                     hr_json_get(p.document, "careerogram")),
       "the editor's own careerogram needs no bridge");

    hr_test_open(a, "universal", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER);
    skills = hr_json_get(v, "professional_skills");
    IS_JSON(a, hr_json_at(skills, 0),
            "{'category':'Бухгалтерский учет','skills':['РСБУ','1С'],"
            "'proficiency_level':'Продвинутый',"
            "'skill_category':'Бухгалтерский учет','specific_skills':["
            "{'skill_name':'РСБУ','proficiency_level':3},"
            "{'skill_name':'1С','proficiency_level':3}]}",
            "older skills are shown to the editor under its names");
    IS_JSON(a, hr_json_get(hr_json_at(hr_json_get(v, "responsibility_areas"), 1),
                           "area"),
            "['Отчетность']", "an older area title is shown as area");
    IS_JSON(a, hr_json_get(v, "basic_info"),
            "{'primary_activity_type':'Ведение учета','position_title':'Ведущий "
            "бухгалтер','department':'Отдел финансового учета'}",
            "basic_info takes the older name of the activity");

    hr_test_open(a, "career_pathways", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER);
    IS_JSON(a, hr_json_path(v, "careerogram.source_positions"),
            "['Бухгалтер','Экономист']", "entry positions of older pathways");
    IS_JSON(a, hr_json_path(v, "careerogram.target_positions"),
            "['Главный бухгалтер','Аналитик']",
            "advancement positions of older pathways");

    hr_test_open(a, "odd", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER);
    IS_JSON(a, hr_json_get(v, "basic_info"),
            "{'position_title':'Старое название','salary_from':100000}",
            "a stored basic_info is not laid over");
    skills = hr_json_get(v, "professional_skills");
    IS_JSON(a, hr_json_get(hr_json_at(skills, 3), "specific_skills"), "[]",
            "missing specific_skills are sent as an empty array");
    IS_JSON(a, hr_json_get(hr_json_at(hr_json_get(v, "responsibility_areas"), 6),
                           "area"),
            "['7']", "an area of another type is sent as texts");

    hr_arena_destroy(a);
}


static void
test_viewer(void)
{
    hr_arena_t    *a;
    hr_json_t     *v;
    hr_profile_t   p;

    a = hr_arena_create(8 * 1024 * 1024);

    hr_test_open(a, "production", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER | HR_VIEW_VIEWER);

    IS_JSON(a, hr_json_at(hr_json_get(v, "skills"), 0),
            "'Стандарты РСБУ и план счетов — Продвинутый'",
            "the viewer's skills are name and level");
    IS_JSON(a, hr_json_get(hr_json_at(hr_json_get(v, "responsibilities"), 1),
                           "title"),
            "'Налоговая отчетность'", "the viewer's responsibilities are areas");
    IS_JSON(a, hr_json_path(v, "competencies.Личностные качества"),
            "['аналитическое мышление','внимательность к деталям',"
            "'ответственность','исполнительность','стрессоустойчивость']",
            "the viewer's competencies are two groups");
    IS_JSON(a, hr_json_path(v, "requirements.Уровень образования"),
            "['Высшее']", "the viewer's requirements have a group for each member");

    hr_test_open(a, "wrapped", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER | HR_VIEW_WRAPPER);
    OK(hr_json_path(v, "profile.basic_info") != NULL
       && hr_json_path(v, "metadata.saved_path") == NULL
       && hr_json_path(v, "metadata.llm.model") != NULL,
       "a wrapper that is kept loses its server path only");

    hr_arena_destroy(a);
}


/* Numbers as JavaScript writes them back. */

static void
like_javascript(hr_arena_t *a, hr_json_t *node)
{
    double      d;
    hr_json_t  *child;

    if (node->type == HR_JSON_NUMBER && hr_json_double(node, &d)) {
        node->text = floor(d) == d && fabs(d) < 1e15
                     ? hr_arena_printf(a, "%.0f", d)
                     : hr_arena_printf(a, "%.17g", d);
    }

    for (child = node->first; child != NULL; child = child->next) {
        like_javascript(a, child);
    }
}


static void
round_trip(const char *name, unsigned view, bool javascript)
{
    char                 title[200];
    hr_rc_t              rc;
    hr_arena_t          *a;
    hr_json_t           *v, *back;
    const char          *text, *before;
    hr_profile_t         p;
    hr_profile_edit_t    edit;
    hr_profile_merge_t   merge;

    a = hr_arena_create(32 * 1024 * 1024);

    hr_test_open(a, name, &p);
    before = hr_test_text(a, p.document);

    v = hr_profile_view(a, &p, voc, view);

    if (javascript) {
        v = hr_json_clone(a, v);
        like_javascript(a, v);
    }

    text = hr_test_text(a, v);
    back = NULL;
    hr_json_parse(a, hr_str(text, strlen(text)), NULL, &back, NULL);

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = view;
    edit.layout = HR_TIME_WIRE_Z;

    rc = hr_profile_merge(a, &p, back, &edit, &merge);

    snprintf(title, sizeof(title), "%s, view %u%s: what was read changes nothing",
             name, view, javascript ? ", JavaScript numbers" : "");

    OK(rc == HR_OK && !merge.changed && merge.members == 0
       && strcmp(hr_test_text(a, merge.document), before) == 0
       && strcmp(hr_test_text(a, p.document), before) == 0, title);

    if (rc == HR_OK && strcmp(hr_test_text(a, merge.document), before) != 0) {
        printf("# got  %s\n# want %s\n", hr_test_text(a, merge.document), before);
    }

    hr_arena_destroy(a);
}


static void
test_round_trip(void)
{
    size_t  i, k;

    static const unsigned  views[] = {
        HR_VIEW_ANSWER,
        HR_VIEW_ANSWER | HR_VIEW_VIEWER,
        HR_VIEW_ANSWER | HR_VIEW_REASONING,
        HR_VIEW_STORED,
        HR_VIEW_STORED | HR_VIEW_REASONING,
    };

    for (i = 0; i < HR_TEST_CORPUS; i++) {
        for (k = 0; k < sizeof(views) / sizeof(views[0]); k++) {
            round_trip(hr_test_corpus[i], views[k], false);
        }

        round_trip(hr_test_corpus[i], HR_VIEW_ANSWER, true);
    }
}


/* Every allocation fails once: an error, no crash, no partial result. */

static void
test_no_memory(void)
{
    size_t               limit;
    hr_rc_t              rc;
    hr_arena_t          *a, *b;
    hr_json_t           *v;
    hr_profile_t         p;
    hr_profile_edit_t    edit;
    hr_profile_merge_t   merge;
    bool                 clean;

    a = hr_arena_create(8 * 1024 * 1024);
    hr_test_open(a, "odd", &p);
    v = hr_profile_view(a, &p, voc, HR_VIEW_ANSWER);
    hr_json_set(a, v, "position_title", hr_json_new_str(a, HR_STR("Другая")));
    hr_json_remove(hr_json_get(v, "careerogram"), "target_pathways");
    hr_json_push(hr_json_path(v, "careerogram.target_positions"),
                 hr_json_new_str(a, HR_STR("Новая")));

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = HR_VIEW_ANSWER;
    edit.layout = HR_TIME_WIRE_Z;

    clean = true;
    rc = HR_NOMEM;

    for (limit = 64; limit < 8 * 1024 * 1024 && rc != HR_OK; limit += 4096) {
        b = hr_arena_create(limit);
        rc = b == NULL ? HR_NOMEM : hr_profile_merge(b, &p, v, &edit, &merge);
        clean &= rc == HR_OK || (rc == HR_NOMEM && merge.document == NULL);
        hr_arena_destroy(b);
    }

    OK(clean && rc == HR_OK, "a merge without memory fails as a whole");

    hr_arena_destroy(a);
}


int
main(void)
{
    voc = hr_test_vocabulary();

    test_open();
    test_answer_form();
    test_older_shapes();
    test_viewer();
    test_round_trip();
    test_no_memory();

    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
