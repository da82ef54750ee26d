/* Generation metadata: what is stored, what an answer carries. */

#include "hr_test_profile.h"

#include "hr_profile_meta.h"


static hr_arena_t  *arena;


static void
test_open(void)
{
    hr_diag_t   diag;
    hr_json_t  *meta;

    OK(hr_meta_open(arena, HR_STR_NULL, &meta, &diag) == HR_OK
       && meta->count == 0, "an SQL NULL is {}");
    OK(hr_meta_open(arena, HR_STR("null"), &meta, &diag) == HR_OK
       && meta->type == HR_JSON_OBJECT, "a JSON null is {}");
    OK(hr_meta_open(arena, HR_STR("[1]"), &meta, &diag) == HR_OK
       && meta->type == HR_JSON_OBJECT && meta->count == 0,
       "anything but an object is {}");
    OK(hr_meta_open(arena, HR_STR("{"), &meta, &diag) == HR_INVALID,
       "what is no JSON is an error");
    OK(hr_meta_answer(arena, NULL, false)->count == 0, "no metadata is sent as {}");
}


static void
test_answer(void)
{
    hr_json_t        *answer;
    hr_profile_t      p;
    hr_meta_facts_t   facts;

    hr_test_open(arena, "wrapped", &p);

    answer = hr_meta_answer(arena, p.metadata, true);
    OK(hr_json_get(answer, "saved_path") == NULL
       && hr_json_get(p.metadata, "saved_path") != NULL,
       "the server path is left out, the stored metadata is not touched");
    hr_json_remove(answer, "generation");
    hr_json_remove(answer, "llm");
    IS_JSON(arena, answer, "{'validation':{'is_valid':true,'errors':[],"
            "'warnings':['Тестовое предупреждение'],'completeness_score':1.0},"
            "'data_sources':45000,'generation_time_seconds':31.25,"
            "'input_tokens':45000,'output_tokens':4000,'total_tokens':49000,"
            "'model_name':'test/model','temperature':0.1}",
            "the flat members of a result");

    answer = hr_meta_answer(arena, hr_test_json(arena, "{'a':{'saved_path':'/x',"
                                                       "'b':[{'saved_path':1}]}}"),
                            false);
    IS_JSON(arena, answer, "{'a':{'b':[{}]}}", "paths go wherever they are");

    IS_JSON(arena, hr_meta_answer(arena, hr_test_json(arena, "{'llm':{'tokens':"
            "{'input':3,'output':4},'model':'a','actual_model':'b'},'generation':"
            "{'temperature':0.5}}"), true),
            "{'llm':{'tokens':{'input':3,'output':4},'model':'a',"
            "'actual_model':'b'},'generation':{'temperature':0.5},"
            "'generation_time_seconds':0.0,'input_tokens':3,'output_tokens':4,"
            "'total_tokens':7,'model_name':'b','temperature':0.5}",
            "absent facts are 0, a total is added up");

    hr_meta_facts(hr_test_json(arena, "{'llm':{'cost_usd':0.01,'prompt_version':"
                                      "48},'data_sources':{'kpi_source':'t'}}"),
                  &facts);
    OK(facts.has_cost && facts.cost_usd > 0.009
       && hr_str_eq(facts.kpi_source, HR_STR("t"))
       && hr_str_eq(facts.prompt_version, HR_STR("48")),
       "cost, KPI source and prompt version");

    hr_meta_facts(hr_test_json(arena, "{'llm':5,'generation':[],'data_sources':7}"),
                  &facts);
    OK(facts.total_tokens == 0 && facts.model.data == NULL && !facts.has_cost,
       "facts of malformed metadata are empty");
}


static void
test_lists(void)
{
    hr_json_t  *meta;

    meta = hr_test_json(arena, "{'validation':{'errors':['а',1,{'code':'x',"
            "'message':'б'}],'warnings':['в']},'warnings':[{'code':'y',"
            "'message':'г'}],'saved_path':'/p'}");

    IS_JSON(arena, hr_meta_errors(arena, meta), "['а','б']", "errors are texts");
    IS_JSON(arena, hr_meta_warnings(arena, meta), "['в','г']",
            "warnings of the check and of the start");

    IS_JSON(arena, hr_meta_wrapper(arena, hr_test_json(arena, "{'a':1}"), meta),
            "{'success':true,'profile':{'a':1},'metadata':{'validation':"
            "{'errors':['а',1,{'code':'x','message':'б'}],'warnings':['в']},"
            "'warnings':[{'code':'y','message':'г'}]},'errors':['а','б'],"
            "'warnings':['в','г']}",
            "the wrapper of a JSON download");

    IS_JSON(arena, hr_meta_edit(arena, hr_test_json(arena, "{'a':1,'edit':2}"),
                                HR_STR("hr.user"), 1759312800000000,
                                HR_TIME_WIRE_Z, 7),
            "{'a':1,'edit':{'user':'hr.user','timestamp':'2025-10-01T10:00:00Z',"
            "'based_on_version':7}}", "metadata of an edited version");
}


int
main(void)
{
    arena = hr_arena_create(16 * 1024 * 1024);

    test_open();
    test_answer();
    test_lists();

    hr_arena_destroy(arena);

    return hr_test_done();
}
