/*
 * The checks of PUT .../content in their order, their texts, and the remarks
 * that refuse nothing.
 */

#include "hr_test_profile.h"

#include "hr_profile_check.h"


#define REST                                                                  \
    "'responsibility_areas':[],'professional_skills':[],"                     \
    "'corporate_competencies':[],'personal_qualities':[]"


static hr_vocabulary_t  *voc;
static hr_arena_t       *arena;


static void
is_fault(const char *json, hr_profile_fault_kind_t kind, const char *text,
    const char *name)
{
    bool                good;
    char                got[512];
    size_t              n;
    hr_profile_fault_t  fault;

    good = hr_profile_check(hr_test_json(arena, json), &fault);
    n = hr_profile_fault_text(&fault, HR_LANG_RU, got, sizeof(got));

    OK(good == (kind == HR_PROFILE_GOOD) && fault.kind == kind, name);
    IS_STR(got, n, text, "  its text");
}


static void
test_checks(void)
{
    char                text[40];
    size_t              n;
    hr_profile_fault_t  fault;

    is_fault("[]", HR_PROFILE_NOT_OBJECT,
             "Поле profile_data должно быть объектом", "no object");

    is_fault("{}", HR_PROFILE_MISSING,
             "В профиле нет обязательных полей: position_title, "
             "department_specific, responsibility_areas, professional_skills, "
             "corporate_competencies, personal_qualities, "
             "experience_and_education", "all seven members are missing");

    is_fault("{'position_title':1,'department_specific':'','personal_qualities':"
             "1,'professional_skills':[],'experience_and_education':1}",
             HR_PROFILE_MISSING,
             "В профиле нет обязательных полей: responsibility_areas, "
             "corporate_competencies",
             "missing members come before wrong ones, in the contract's order");

    is_fault("{'position_title':' ','department_specific':'','personal_qualities':"
             "1,'responsibility_areas':1,'professional_skills':[],"
             "'corporate_competencies':[],'experience_and_education':1}",
             HR_PROFILE_EMPTY_TEXT,
             "Поле position_title должно быть непустой строкой",
             "the title is checked first");

    is_fault("{'position_title':'А','department_specific':5," REST ","
             "'experience_and_education':{}}", HR_PROFILE_EMPTY_TEXT,
             "Поле department_specific должно быть непустой строкой",
             "then the unit");

    is_fault("{'position_title':'А','department_specific':'Б',"
             "'responsibility_areas':[],'professional_skills':{},"
             "'corporate_competencies':null,'personal_qualities':[],"
             "'experience_and_education':[]}", HR_PROFILE_NO_ARRAY,
             "Поле professional_skills должно быть массивом",
             "then the arrays");

    is_fault("{'position_title':'А','department_specific':'Б'," REST ","
             "'experience_and_education':[]}", HR_PROFILE_NO_OBJECT,
             "Поле experience_and_education должно быть объектом",
             "then the object");

    is_fault("{'position_title':'А','department_specific':'Б'," REST ","
             "'experience_and_education':{},'x':[1]}", HR_PROFILE_GOOD, "",
             "empty arrays and an empty object are good");

    hr_profile_check(hr_test_json(arena, "{}"), &fault);
    n = hr_profile_fault_text(&fault, HR_LANG_EN, text, sizeof(text));
    IS_STR(text, n, "Required fields are missing in the prof",
           "English, cut to the room there is");

    n = hr_profile_fault_text(&fault, HR_LANG_RU, text, 4);
    IS_STR(text, n, "В ", "a text is cut between characters");
}


static void
test_advice(void)
{
    size_t          i;
    hr_profile_t    p;
    hr_findings_t   list;

    hr_test_open(arena, "perfect", &p);
    hr_findings_init(&list, arena);
    OK(hr_profile_advise(voc, p.document, &list) == HR_OK && list.count == 0,
       "a good document needs no remark");

    for (i = 0; i < list.count; i++) {
        printf("# %s %.*s\n", list.items[i].code,
               (int) list.items[i].message.len, list.items[i].message.data);
    }

    hr_findings_init(&list, arena);
    hr_profile_advise(voc, hr_test_json(arena,
        "{'direct_manager':'Я','position_category':'Ведущий специалист',"
        "'responsibility_areas':[{'tasks':[]},{'tasks':'х'}],"
        "'corporate_competencies':['Лидерство','лидерство','Работа в команде',"
        "'Работа в команде','Неизвестная'],"
        "'experience_and_education':{'education_level':'Доктор наук'},"
        "'performance_metrics':{'evaluation_frequency':'Иногда'}}"), &list);

    IS_JSON(arena, hr_findings_json(arena, &list),
        "[{'code':'bounds','path':'direct_manager','message':"
        "'Непосредственный руководитель: знаков — 1, рекомендуется от 5 до 200'},"
        "{'code':'bounds','path':'responsibility_areas[0].tasks','message':"
        "'Задачи: элементов — 0, рекомендуется не меньше 1'},"
        "{'code':'type','path':'responsibility_areas[1].tasks','message':"
        "'Задачи: ожидается список'},"
        "{'code':'duplicate','path':'corporate_competencies','message':"
        "'Корпоративные компетенции: значение «Работа в команде» указано дважды'},"
        "{'code':'enum','path':'corporate_competencies[4]','message':"
        "'Корпоративные компетенции: значения «Неизвестная» нет в справочнике'},"
        "{'code':'enum','path':'performance_metrics.evaluation_frequency',"
        "'message':'Частота оценки: значения «Иногда» нет в справочнике'}]",
        "bounds, types, repetitions and unknown values are named with their "
        "place; older and other accepted values are not");
}


int
main(void)
{
    voc = hr_test_vocabulary();
    arena = hr_arena_create(64 * 1024 * 1024);

    test_checks();
    test_advice();

    hr_arena_destroy(arena);
    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
