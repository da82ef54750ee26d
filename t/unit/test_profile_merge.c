/*
 * What is stored for an edited document: only what the user changed changes.
 */

#include "hr_test_profile.h"


static hr_vocabulary_t  *voc;
static hr_arena_t       *arena;


/* Merges an incoming tree into a stored one, as the API does. */

static hr_json_t *
merge(const hr_json_t *stored, const hr_json_t *incoming, unsigned view,
    hr_profile_merge_t *out)
{
    hr_profile_t        p;
    hr_profile_edit_t   edit;

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = view;
    edit.now = 1759312800000000;
    edit.layout = HR_TIME_WIRE_Z;

    hr_profile_from_tree(hr_json_clone(arena, stored), &p);

    if (hr_profile_merge(arena, &p, incoming, &edit, out) != HR_OK) {
        return NULL;
    }

    return out->document;
}


static hr_json_t *
read_form(const hr_json_t *stored, unsigned view)
{
    hr_profile_t  p;

    hr_profile_from_tree(hr_json_clone(arena, stored), &p);

    return hr_profile_view(arena, &p, voc, view);
}


static hr_json_t *
load(const char *name)
{
    hr_profile_t  p;

    hr_test_open(arena, name, &p);

    return p.document;
}


static void
test_one_task(void)
{
    hr_json_t           *stored, *form, *tasks, *got, *want;
    hr_profile_merge_t   m;

    stored = load("production");
    form = read_form(stored, HR_VIEW_ANSWER);

    tasks = hr_json_get(hr_json_at(hr_json_get(form, "responsibility_areas"), 1),
                        "tasks");
    hr_json_push(tasks, hr_json_new_str(arena, HR_STR("  Новая задача ")));
    hr_json_push(tasks, hr_json_new_str(arena, HR_STR("   ")));

    got = merge(stored, form, HR_VIEW_ANSWER, &m);

    want = hr_json_clone(arena, stored);
    tasks = hr_json_get(hr_json_at(hr_json_get(want, "responsibility_areas"), 1),
                        "tasks");
    hr_json_push(tasks, hr_json_new_str(arena, HR_STR("Новая задача")));
    hr_json_set(arena, hr_json_get(want, "metadata"), "last_updated",
                hr_json_new_str(arena, HR_STR("2025-10-01T10:00:00Z")));

    OK(m.changed && m.members == 1, "one member differs");
    OK(strcmp(hr_test_text(arena, got), hr_test_text(arena, want)) == 0,
       "a new task is trimmed and stored, an empty one dropped, nothing else "
       "changes, reasoning stays in its places");
    OK(hr_json_is(hr_json_get(hr_json_at(hr_json_get(got,
                              "responsibility_areas"), 1), "area"),
                  HR_JSON_STRING),
       "the area of the edited task is still a text");
}


static void
test_area_forms(void)
{
    hr_json_t           *stored, *got;
    hr_profile_merge_t   m;

    stored = hr_test_json(arena, "{'responsibility_areas':["
                                 "{'area':'А','tasks':['1']},"
                                 "{'area':['Б','В'],'tasks':['2']},"
                                 "{'title':'Г','tasks':['3']}]}");

    got = merge(stored, hr_test_json(arena, "{'responsibility_areas':["
                            "{'area':['А2'],'tasks':['1']},"
                            "{'area':['Б','В'],'tasks':['2','4']},"
                            "{'title':'Г','area':['Г'],'tasks':['3']},"
                            "{'area':'Д','tasks':[]}]}"),
                HR_VIEW_ANSWER, &m);

    IS_JSON(arena, got, "{'responsibility_areas':["
                        "{'area':['А2'],'tasks':['1']},"
                        "{'area':['Б','В'],'tasks':['2','4']},"
                        "{'title':'Г','tasks':['3']},"
                        "{'area':'Д','tasks':[]}]}",
            "a changed area is stored as it arrives, an alias that came back "
            "with its source is dropped");

    got = merge(stored, hr_test_json(arena, "{'responsibility_areas':["
                            "{'area':['А'],'tasks':['1']},"
                            "{'area':['Б','В'],'tasks':['2']},"
                            "{'area':['Г'],'tasks':['5']}]}"),
                HR_VIEW_ANSWER, &m);

    IS_JSON(arena, got, "{'responsibility_areas':["
                        "{'area':'А','tasks':['1']},"
                        "{'area':['Б','В'],'tasks':['2']},"
                        "{'area':['Г'],'tasks':['5']}]}",
            "an alias stays when the client did not send its source back");

    got = merge(stored, hr_test_json(arena, "{'responsibility_areas':["
                            "{'area':['А'],'tasks':['1']},"
                            "{'area':['Б','В'],'tasks':['2']},"
                            "{'title':'Г','area':['Г'],'tasks':['3','6'],"
                            "'note':null}]}"), HR_VIEW_ANSWER, &m);

    IS_JSON(arena, got, "{'responsibility_areas':["
                        "{'area':'А','tasks':['1']},"
                        "{'area':['Б','В'],'tasks':['2']},"
                        "{'title':'Г','tasks':['3','6'],'note':null}]}",
            "an alias goes when its source came back with another edit");

    got = merge(stored, hr_test_json(arena, "{'responsibility_areas':["
                            "{'title':'Г','area':['Г'],'tasks':['3']},"
                            "{'area':['А'],'tasks':['1']}]}"),
                HR_VIEW_ANSWER, &m);

    IS_JSON(arena, got, "{'responsibility_areas':["
                        "{'title':'Г','tasks':['3']},"
                        "{'area':'А','tasks':['1']}]}",
            "elements are found by content after a move and a removal");
}


static void
test_skills(void)
{
    hr_json_t           *stored, *form, *skill, *got;
    hr_profile_merge_t   m;

    stored = load("production");
    form = read_form(stored, HR_VIEW_ANSWER);
    skill = hr_json_at(hr_json_get(hr_json_at(hr_json_get(form,
                       "professional_skills"), 0), "specific_skills"), 0);

    hr_json_set(arena, skill, "proficiency_level", hr_json_new_int(arena, 4));

    got = merge(stored, form, HR_VIEW_ANSWER, &m);
    skill = hr_json_at(hr_json_get(hr_json_at(hr_json_get(got,
                       "professional_skills"), 0), "specific_skills"), 0);

    IS_JSON(arena, hr_json_get(skill, "proficiency_description"),
            "'Экспертные знания, должность подразумевает передачу знаний и опыта "
            "другим'", "a changed level gets its standard text");

    skill = hr_json_at(hr_json_get(hr_json_at(hr_json_get(got,
                       "professional_skills"), 0), "specific_skills"), 2);
    IS_JSON(arena, hr_json_get(skill, "proficiency_description"),
            "'Существенные знания и регулярный опыт применения знаний на "
            "практике'", "the double blank goes in the changed member");

    form = read_form(stored, HR_VIEW_ANSWER);
    hr_json_set(arena, form, "direct_manager",
                hr_json_new_str(arena, HR_STR("Другой")));
    got = merge(stored, form, HR_VIEW_ANSWER, &m);
    OK(hr_json_equal(hr_json_get(got, "professional_skills"),
                     hr_json_get(stored, "professional_skills")),
       "skills that were not edited keep their stored texts");

    stored = hr_test_json(arena, "{'professional_skills':[]}");
    got = merge(stored, hr_test_json(arena, "{'professional_skills':[{"
                "'skill_category':'К','specific_skills':["
                "{'skill_name':'а','proficiency_level':2},"
                "{'skill_name':'б','proficiency_level':1,'proficiency_description':' '},"
                "{'skill_name':'в','proficiency_level':3,'proficiency_description':'Свой текст'},"
                "{'skill_name':'г','proficiency_level':5},"
                "{'skill_name':'д','proficiency_level':'2'},"
                "'е']}]}"), HR_VIEW_ANSWER, &m);

    IS_JSON(arena, got, "{'professional_skills':[{"
            "'skill_category':'К','specific_skills':["
            "{'skill_name':'а','proficiency_level':2,'proficiency_description':"
            "'Существенные знания и регулярный опыт применения знаний на практике'},"
            "{'skill_name':'б','proficiency_level':1,'proficiency_description':"
            "'Знание основ, опыт применения знаний и навыков на практике необязателен'},"
            "{'skill_name':'в','proficiency_level':3,'proficiency_description':'Свой текст'},"
            "{'skill_name':'г','proficiency_level':5},"
            "{'skill_name':'д','proficiency_level':'2'},"
            "'е']}]}",
            "only absent, empty and standard texts are set, and only for levels "
            "1 to 4");

    stored = load("universal");
    form = read_form(stored, HR_VIEW_ANSWER);
    skill = hr_json_at(hr_json_get(form, "professional_skills"), 0);
    hr_json_remove(skill, "skills");
    hr_json_remove(skill, "category");
    hr_json_remove(skill, "proficiency_level");
    hr_json_set(arena, skill, "skill_category",
                hr_json_new_str(arena, HR_STR("Учет")));
    got = merge(stored, form, HR_VIEW_ANSWER, &m);

    IS_JSON(arena, hr_json_at(hr_json_get(got, "professional_skills"), 0),
            "{'skill_category':'Учет','specific_skills':["
            "{'skill_name':'РСБУ','proficiency_level':3,'proficiency_description':"
            "'Существенные знания и опыт применения знаний в ситуациях повышенной "
            "сложности, в т.ч. в кризисных ситуациях'},"
            "{'skill_name':'1С','proficiency_level':3,'proficiency_description':"
            "'Существенные знания и опыт применения знаний в ситуациях повышенной "
            "сложности, в т.ч. в кризисных ситуациях'}]}",
            "older skills that the editor rebuilt lose nothing");
}


static void
test_overlays(void)
{
    hr_json_t           *stored, *got;
    hr_profile_merge_t   m;

    stored = hr_test_json(arena, "{'position_title':'А','direct_manager':'Р'}");

    got = merge(stored, hr_test_json(arena, "{'position_title':'А',"
                "'direct_manager':'Н','basic_info':{'direct_manager':'Р',"
                "'position_title':'А'}}"), HR_VIEW_ANSWER, &m);
    IS_JSON(arena, got, "{'position_title':'А','direct_manager':'Н'}",
            "a basic_info of overlay members goes, the top level wins");

    got = merge(hr_test_json(arena, "{'position_title':'А','basic_info':null}"),
                hr_test_json(arena, "{'position_title':'Б','basic_info':"
                                    "{'position_title':'В'}}"),
                HR_VIEW_ANSWER, &m);
    IS_JSON(arena, got, "{'position_title':'Б','basic_info':null}",
            "a stored null is laid over and stays null");

    got = merge(stored, hr_test_json(arena, "{'position_title':'А',"
                "'direct_manager':'Р','basic_info':{'salary_from':1}}"),
                HR_VIEW_ANSWER, &m);
    IS_JSON(arena, got, "{'position_title':'А','direct_manager':'Р',"
                        "'basic_info':{'salary_from':1}}",
            "a basic_info with members of its own is stored");

    got = merge(stored, hr_test_json(arena, "{'position_title':'А',"
                "'direct_manager':'Р','skills':['Б'],'requirements':{}}"),
                HR_VIEW_ANSWER | HR_VIEW_VIEWER, &m);
    OK(!m.changed, "the viewer's members never reach storage");

    got = merge(stored, hr_test_json(arena, "{'position_title':'А',"
                "'direct_manager':'Р','skills':['Б']}"), HR_VIEW_ANSWER, &m);
    OK(m.changed && hr_json_get(got, "skills") != NULL,
       "without the viewer's setting they are unknown members");
}


static void
test_reasoning(void)
{
    hr_json_t           *stored, *got;
    hr_profile_merge_t   m;

    stored = hr_test_json(arena, "{'reasoning_context_analysis':{'a':1},"
                "'position_title':'А','position_classification_reasoning':'b',"
                "'careerogram_reasoning':'c','z':1,'quality_verification':{}}");

    got = merge(stored, hr_test_json(arena, "{'z':2,'new':3,"
                                            "'position_title':'Б'}"),
                HR_VIEW_ANSWER, &m);

    IS_JSON(arena, got, "{'reasoning_context_analysis':{'a':1},"
            "'z':2,'quality_verification':{},'new':3,'position_title':'Б',"
            "'position_classification_reasoning':'b','careerogram_reasoning':'c'}",
            "hidden members return behind their neighbours");

    got = merge(stored, hr_test_json(arena, "{'position_title':'А','z':1,"
                "'careerogram_reasoning':'d'}"), HR_VIEW_ANSWER, &m);
    IS_JSON(arena, hr_json_get(got, "careerogram_reasoning"), "'d'",
            "one that the client sent is its own");

    got = merge(stored, hr_test_json(arena, "{'position_title':'А','z':1}"),
                HR_VIEW_ANSWER | HR_VIEW_REASONING, &m);
    IS_JSON(arena, got, "{'position_title':'А','z':1}",
            "in the technical view leaving out means removing");
}


static void
test_rest(void)
{
    hr_json_t           *stored, *got;
    hr_profile_merge_t   m;

    stored = hr_test_json(arena, "{'a':[1.0,2],'b':' x ','c':{'d':null},"
                                 "'big':12345678901234567890,'e':['','y']}");

    got = merge(stored, hr_test_json(arena, "{'a':[1,2,3],'b':'x',"
                "'c':{'d':null,'f':' z '},'big':12345678901234567000,"
                "'e':['','y']}"), HR_VIEW_ANSWER, &m);

    IS_JSON(arena, got, "{'a':[1.0,2,3],'b':' x ','c':{'d':null,'f':'z'},"
                        "'big':12345678901234567890,'e':['','y']}",
            "numbers keep their spelling, blanks alone are no change, members "
            "that were not edited are not normalised");
    IS_INT(m.members, 2, "two members changed");

    got = merge(stored, hr_test_json(arena, "{'e':['','y'],'c':{'d':null},"
                "'big':12345678901234567890,'b':' x ','a':[1.0,2]}"),
                HR_VIEW_ANSWER, &m);
    OK(!m.changed, "the order of members is no change");

    stored = hr_test_json(arena, "{'a':1}");
    got = merge(stored, hr_test_json(arena, "{'a':2}"), HR_VIEW_ANSWER, &m);
    IS_JSON(arena, got, "{'a':2}", "no metadata is made for a time stamp");

    stored = hr_test_json(arena, "{'a':1,'metadata':{'creation_date':'d'}}");
    got = merge(stored, hr_test_json(arena, "{'a':2,'metadata':"
                                            "{'creation_date':'d'}}"),
                HR_VIEW_ANSWER, &m);
    IS_JSON(arena, got, "{'a':2,'metadata':{'creation_date':'d',"
                        "'last_updated':'2025-10-01T10:00:00Z'}}",
            "a changed document gets its time");

    stored = hr_test_json(arena, "{'a':1,'metadata':{'last_updated':'t2'}}");
    got = merge(stored, hr_test_json(arena, "{'a':1,'metadata':"
                                            "{'last_updated':'t1'}}"),
                HR_VIEW_ANSWER, &m);
    OK(!m.changed, "the stamp of an earlier answer is no edit");

    stored = load("wrapped");
    got = read_form(stored, HR_VIEW_ANSWER);
    hr_json_set(arena, got, "position_title",
                hr_json_new_str(arena, HR_STR("Другая")));
    got = merge(stored, got, HR_VIEW_ANSWER, &m);
    OK(m.changed && hr_json_get(got, "profile") == NULL
       && hr_json_get(got, "reasoning_context_analysis") != NULL,
       "an edited wrapper is stored as a bare document");
}


/* Objects and arrays of any size: the work stays far from quadratic. */

static void
test_large(void)
{
    size_t               i;
    char                 name[32];
    hr_buf_t             buf;
    hr_json_t           *stored, *incoming;
    hr_profile_merge_t   m;

    hr_buf_init(&buf, HR_PROFILE_BYTES_MAX);
    hr_buf_char(&buf, '{');

    for (i = 0; i < 40000; i++) {
        snprintf(name, sizeof(name), "%s\"k%zu\":%zu", i == 0 ? "" : ",", i, i);
        hr_buf_c(&buf, name);
    }

    hr_buf_char(&buf, '}');
    hr_json_parse(arena, hr_buf_view(&buf), NULL, &stored, NULL);

    hr_buf_reset(&buf);
    hr_buf_char(&buf, '{');

    for (i = 40000; i > 0; i--) {
        snprintf(name, sizeof(name), "%s\"k%zu\":%zu", i == 40000 ? "" : ",",
                 i - 1, i);
        hr_buf_c(&buf, name);
    }

    hr_buf_char(&buf, '}');
    hr_json_parse(arena, hr_buf_view(&buf), NULL, &incoming, NULL);
    hr_buf_release(&buf);

    OK(merge(stored, incoming, HR_VIEW_ANSWER, &m) != NULL && m.members == 40000,
       "40,000 members in another order");
}


/* Found by fuzzing: what was stored must be what the next reader sees. */
static void
test_twice(void)
{
    hr_json_t           *stored, *incoming;
    hr_profile_merge_t   m;

    stored = hr_test_json(arena, "{'position_title':'А'}");
    incoming = hr_test_json(arena, "{'success':true,'profile':{'position_title':'Б'}}");
    merge(stored, incoming, HR_VIEW_ANSWER, &m);
    IS_STR(hr_test_text(arena, hr_json_get(m.document, "position_title")), 4,
           "\"Б\"", "a wrapper that comes is taken for what is in it");
    OK(hr_json_get(m.document, "profile") == NULL && hr_json_get(m.document, "success") == NULL,
       "and hides nothing of what is stored");
    merge(m.document, incoming, HR_VIEW_ANSWER, &m);
    OK(!m.changed, "the same once more is no edit");

    stored = hr_test_json(arena, "{'careerogram':{'target_pathways':{'vertical_growth':"
                          "[{'target_position':'А'},4]}}}");
    incoming = hr_test_json(arena, "{'careerogram':{'target_positions':[4]}}");
    merge(stored, incoming, HR_VIEW_ANSWER, &m);
    merge(m.document, incoming, HR_VIEW_ANSWER, &m);
    OK(!m.changed, "a step that is no text comes back once");
}


int
main(void)
{
    voc = hr_test_vocabulary();
    arena = hr_arena_create(256 * 1024 * 1024);

    test_one_task();
    test_area_forms();
    test_skills();
    test_overlays();
    test_reasoning();
    test_rest();
    test_large();
    test_twice();

    hr_arena_destroy(arena);
    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
