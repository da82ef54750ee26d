/*
 * The careerogram bridge on its way back (profile-document.md 7.3): what the
 * editor did not change keeps its stored step, what it changed becomes a text
 * step of the growth type it names.
 */

#include "hr_test_profile.h"


#define STORED                                                                \
    "{'careerogram':{"                                                        \
    "'source_positions':{'direct_predecessors':['А','Б'],"                    \
    "'cross_functional_entrants':['В']},"                                     \
    "'target_pathways':{"                                                     \
    "'vertical_growth':[{'target_position':'Г','target_department':'Х/У',"    \
    "'rationale':'р','competency_bridge':{'strengthen_skills':['с'],"         \
    "'acquire_skills':[]}},{'target_position':'Д'}],"                         \
    "'horizontal_growth':['Е'],"                                              \
    "'expert_growth':[{'target_position':'Ж'}]}}}"

#define G  "'Вертикальный рост: Г → Х → У; обоснование: р'"
#define D  "'Вертикальный рост: Д'"
#define E  "'Горизонтальный рост: Е'"
#define J  "'Экспертный рост: Ж'"

#define STEP_G                                                                \
    "{'target_position':'Г','target_department':'Х/У','rationale':'р',"       \
    "'competency_bridge':{'strengthen_skills':['с'],'acquire_skills':[]}}"
#define STEP_D  "{'target_position':'Д'}"
#define STEP_J  "{'target_position':'Ж'}"

#define SOURCES                                                               \
    "'source_positions':{'direct_predecessors':['А','Б'],"                    \
    "'cross_functional_entrants':['В']}"


static hr_vocabulary_t  *voc;
static hr_arena_t       *arena;


static void
is_merged(const char *stored, const char *incoming, const char *want,
    const char *name)
{
    hr_profile_t         p;
    hr_profile_edit_t    edit;
    hr_profile_merge_t   m;

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = HR_VIEW_ANSWER;
    edit.layout = HR_TIME_WIRE_Z;

    hr_profile_from_tree(hr_test_json(arena, stored), &p);

    if (hr_profile_merge(arena, &p, hr_test_json(arena, incoming), &edit, &m)
        != HR_OK)
    {
        OK(0, name);
        return;
    }

    IS_JSON(arena, hr_json_get(m.document, "careerogram"), want, name);
}


static void
test_targets(void)
{
    is_merged(STORED, "{'careerogram':{'source_positions':['А','Б','В'],"
              "'target_positions':[" G "," D "," E "," J "]}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':[" STEP_G ","
              STEP_D "],'horizontal_growth':['Е'],'expert_growth':[" STEP_J "]}}",
              "the editor's two arrays, unchanged, give the stored objects");

    is_merged(STORED, "{'careerogram':{'source_positions':['А','Б','В'],"
              "'target_positions':[' " "Вертикальный рост: Г → Х → У; "
              "обоснование: р ','Вертикальный рост: Д2'," E "," J "]}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':[" STEP_G ","
              "'Вертикальный рост: Д2'],'horizontal_growth':['Е'],"
              "'expert_growth':[" STEP_J "]}}",
              "a changed text becomes a text step, texts are compared trimmed");

    is_merged(STORED, "{'careerogram':{'source_positions':['А','Б','В'],"
              "'target_positions':[" J ",'горизонтальный рост : З'," D ",'И',"
              E "," G "]}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':[" STEP_D ","
              STEP_G "],'horizontal_growth':['горизонтальный рост : З','Е'],"
              "'expert_growth':[" STEP_J ",'И']}}",
              "moved steps stay steps, a text without a type takes its place's "
              "type");

    is_merged(STORED, "{'careerogram':{'source_positions':['А','Б','В'],"
              "'target_positions':[]}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':[],"
              "'horizontal_growth':[],'expert_growth':[]}}",
              "removed texts are removed steps");

    is_merged(STORED, "{'careerogram':{'source_positions':['А','Б','В'],"
              "'target_positions':[" G "," D ",'Е'," J "]}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':[" STEP_G ","
              STEP_D "],'horizontal_growth':['Е'],'expert_growth':[" STEP_J "]}}",
              "a stored text step is found by its bare text as well");

    is_merged("{'careerogram':{'target_pathways':{'vertical_growth':"
              "[7,{'x':1},null,'А'],'other_growth':['Б']}}}",
              "{'careerogram':{'source_positions':[],"
              "'target_positions':['Вертикальный рост: В']}}",
              "{'target_pathways':{'vertical_growth':['Вертикальный рост: В',7,"
              "{'x':1}],'other_growth':['Б']}}",
              "what the editor was never shown is not lost");
}


static void
test_sources(void)
{
    is_merged(STORED, "{'careerogram':{'source_positions':['А','Н','В','К'],"
              "'target_positions':[" G "," D "," E "," J "]}}",
              "{'source_positions':{'direct_predecessors':['А','Н'],"
              "'cross_functional_entrants':['В','К']},"
              "'target_pathways':{'vertical_growth':[" STEP_G "," STEP_D "],"
              "'horizontal_growth':['Е'],'expert_growth':[" STEP_J "]}}",
              "a new source goes to the list of the one before it");

    is_merged("{'careerogram':{'source_positions':{'direct_predecessors':['А',"
              "{'p':1}],'note':'п'}}}",
              "{'careerogram':{'source_positions':['Б'],'target_positions':[]}}",
              "{'source_positions':{'direct_predecessors':['Б',{'p':1}],"
              "'note':'п'}}",
              "objects among the sources and unknown members stay");
}


static void
test_whole_answer(void)
{
    is_merged(STORED, "{'careerogram':{'source_positions':['А','Б','В'],"
              "'target_pathways':{'vertical_growth':[{'target_position':'Новая'}]},"
              "'target_positions':[" G "," D "," E "," J "],"
              "'source_positions_detail':{'direct_predecessors':['А','Б'],"
              "'cross_functional_entrants':['В']}}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':["
              "{'target_position':'Новая'}]}}",
              "a client that edits the steps themselves is obeyed");

    is_merged(STORED, "{'careerogram':{'source_positions':['А','Б','В'],"
              "'source_positions_detail':{'direct_predecessors':['А'],"
              "'cross_functional_entrants':['В','Б']},'target_positions':["
              G "," D "," E "," J "]}}",
              "{'source_positions':{'direct_predecessors':['А'],"
              "'cross_functional_entrants':['В','Б']},'target_pathways':{"
              "'vertical_growth':[" STEP_G "," STEP_D "],'horizontal_growth':"
              "['Е'],'expert_growth':[" STEP_J "]}}",
              "and one that edits the detail of the sources, too");

    /* somebody else saved in between: the answer holds all it needs */

    is_merged("{'careerogram':{'source_positions':['Я'],'target_positions':['Ю']}}",
              "{'careerogram':{'source_positions':['А','Б','В'],"
              "'target_pathways':{'vertical_growth':[" STEP_D "]},"
              "'target_positions':[" D "],"
              "'source_positions_detail':{'direct_predecessors':['А','Б'],"
              "'cross_functional_entrants':['В']}}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':[" STEP_D "]}}",
              "an answer of an older version is mapped back by what it carries");

    is_merged(STORED, "{'careerogram':{" SOURCES ",'target_pathways':{"
              "'vertical_growth':['П']}}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':['П']}}",
              "the stored form itself is accepted");

    is_merged("{'careerogram':{'target_positions':[],'target_pathways':{"
              "'vertical_growth':[" STEP_D "]}}}",
              "{'careerogram':{'source_positions':['А'],'target_positions':[" D
              "],'target_pathways':{'vertical_growth':[" STEP_D "]}}}",
              "{'source_positions':['А'],'target_positions':[],"
              "'target_pathways':{'vertical_growth':[" STEP_D "]}}",
              "an empty stored array does not hide the steps");

    is_merged(STORED, "{'careerogram':'текст'}", "'текст'",
              "another type is stored as it arrives");

    is_merged("{}", "{'careerogram':{'source_positions':['А'],"
              "'target_positions':['Б']}}",
              "{'source_positions':['А'],'target_positions':['Б']}",
              "the editor's own shape is stored where there was none");
}


/* The same request sent twice: the second one is no edit. */

static void
test_twice(void)
{
    hr_json_t           *incoming;
    hr_profile_t         p;
    hr_profile_edit_t    edit;
    hr_profile_merge_t   m;

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = HR_VIEW_ANSWER;
    edit.layout = HR_TIME_WIRE_Z;

    hr_profile_from_tree(hr_test_json(arena, STORED), &p);
    incoming = hr_profile_view(arena, &p, voc, HR_VIEW_ANSWER);
    hr_json_set(arena, hr_json_get(incoming, "careerogram"), "target_positions",
                hr_test_json(arena, "[" G ",'Новая'," E "," J "]"));
    hr_json_set(arena, hr_json_get(incoming, "careerogram"), "source_positions",
                hr_test_json(arena, "['А','Новая','В']"));

    OK(hr_profile_merge(arena, &p, incoming, &edit, &m) == HR_OK && m.changed,
       "texts edited in an answer that still has its objects");
    IS_JSON(arena, hr_json_get(m.document, "careerogram"),
            "{'source_positions':{'direct_predecessors':['А','Новая'],"
            "'cross_functional_entrants':['В']},'target_pathways':{"
            "'vertical_growth':[" STEP_G ",'Новая'],'horizontal_growth':['Е'],"
            "'expert_growth':[" STEP_J "]}}", "  the texts are stored");

    hr_profile_from_tree(hr_json_clone(arena, m.document), &p);
    OK(hr_profile_merge(arena, &p, incoming, &edit, &m) == HR_OK && !m.changed,
       "  and once more changes nothing");
}


static void
is_read(const char *stored, const char *want, const char *name)
{
    hr_profile_t         p;
    hr_json_t           *read;
    hr_profile_edit_t    edit;
    hr_profile_merge_t   m;

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = HR_VIEW_ANSWER;
    edit.layout = HR_TIME_WIRE_Z;

    hr_profile_from_tree(hr_test_json(arena, stored), &p);
    read = hr_profile_view(arena, &p, voc, HR_VIEW_ANSWER);
    IS_JSON(arena, hr_json_get(read, "careerogram"), want, name);
    OK(hr_profile_merge(arena, &p, read, &edit, &m) == HR_OK && !m.changed,
       "  and it goes back");
}


static void
test_read(void)
{
    is_read("{'careerogram':{'source_positions':' А ','target_pathways':{"
            "'vertical_growth':['Вертикальный рост: Б',' Карьерный рост: В '],"
            "'horizontal_growth':'Г','expert_growth':{'rationale':'р'}}}}",
            "{'source_positions':[' А '],'target_pathways':{"
            "'vertical_growth':['Вертикальный рост: Б',' Карьерный рост: В '],"
            "'horizontal_growth':'Г','expert_growth':{'rationale':'р'}},"
            "'target_positions':['Вертикальный рост: Б',"
            "'Вертикальный рост: Карьерный рост: В',"
            "'Горизонтальный рост: Г','Экспертный рост: обоснование: р']}",
            "texts, single values and half-filled steps");

    is_read("{'careerogram':{'source_positions':{'direct_predecessors':'А'},"
            "'source_positions_detail':7,'target_positions':null}}",
            "{'source_positions':['А'],'source_positions_detail':7,"
            "'target_positions':[]}",
            "a member that has the overlay's name is not touched");

    is_read("{'careerogram':{}}",
            "{'source_positions':[],'target_positions':[]}",
            "an empty object can be edited");

    is_read("{'careerogram':null}", "null", "nothing stays nothing");

    is_merged(STORED, "{'careerogram':{'target_positions':[" G "," D "," E "," J
              "],'source_positions_detail':{'direct_predecessors':['А'],"
              "'cross_functional_entrants':['В']}}}",
              "{'target_pathways':{'vertical_growth':[" STEP_G "," STEP_D "],"
              "'horizontal_growth':['Е'],'expert_growth':[" STEP_J "]},"
              "'source_positions':{'direct_predecessors':['А'],"
              "'cross_functional_entrants':['В']}}",
              "the detail stands for sources that were left out");

    is_merged(STORED, "{'careerogram':{'source_positions':['А','',null,'Б','В'],"
              "'target_positions':['',null," G "," D "," E "," J "]}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':[" STEP_G ","
              STEP_D "],'horizontal_growth':['Е'],'expert_growth':[" STEP_J "]}}",
              "empty rows of the form are nothing");

    is_merged(STORED, "{'careerogram':{'source_positions':['А','Б','В'],"
              "'target_positions':[" G ",{'target_position':'Объект'}]}}",
              "{" SOURCES ",'target_pathways':{'vertical_growth':[" STEP_G ","
              "{'target_position':'Объект'}],'horizontal_growth':[],"
              "'expert_growth':[]}}",
              "a step that the client sent as an object is one");
}


static void
test_other_shapes(void)
{
    is_merged("{'careerogram':'{\\\"source_positions\\\":{"
              "\\\"direct_predecessors\\\":[\\\"А\\\"]}}'}",
              "{'careerogram':{'source_positions':['А','Б'],"
              "'target_positions':[]}}",
              "{'source_positions':{'direct_predecessors':['А','Б']}}",
              "an edited JSON text becomes an object");

    is_merged("{'careerogram':{'career_pathways':[{'pathway_type':'В',"
              "'entry_positions':['А'],'advancement_positions':['Б']}]}}",
              "{'careerogram':{'source_positions':['А','Н'],"
              "'target_positions':['Б']}}",
              "{'source_positions':['А','Н'],'target_positions':['Б']}",
              "an older shape that the editor rebuilt keeps its texts");

    is_merged("{'careerogram':{'career_pathways':[{'pathway_type':'В',"
              "'entry_positions':['А'],'advancement_positions':['Б']}],'n':1}}",
              "{'careerogram':{'career_pathways':[{'pathway_type':'В',"
              "'entry_positions':['А'],'advancement_positions':['Б']}],'n':2,"
              "'source_positions':['А'],'target_positions':['Б']}}",
              "{'career_pathways':[{'pathway_type':'В',"
              "'entry_positions':['А'],'advancement_positions':['Б']}],'n':2}",
              "derived arrays of an older shape go when the shape came back");
}


int
main(void)
{
    voc = hr_test_vocabulary();
    arena = hr_arena_create(64 * 1024 * 1024);

    test_targets();
    test_sources();
    test_whole_answer();
    test_twice();
    test_read();
    test_other_shapes();

    hr_arena_destroy(arena);
    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
