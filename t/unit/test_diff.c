/*
 * Comparison of two documents: exact changes of small fixtures, words for
 * people, JSON Patch with its applier, limits.
 */

#include "hr_test_profile.h"

#include "hr_diff.h"
#include "hr_patch.h"


static hr_vocabulary_t  *voc;
static hr_arena_t       *arena;
static uint64_t          seed = 88172645463325252ULL;


static size_t
pick(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return n == 0 ? 0 : (size_t) (seed % n);
}


static void
is_diff(const char *before, const char *after, const char *want,
    const char *name)
{
    hr_diff_t   d;
    hr_json_t  *json;

    if (hr_diff(arena, hr_test_json(arena, before), hr_test_json(arena, after),
                &d) != HR_OK)
    {
        OK(0, name);
        return;
    }

    json = hr_diff_json(arena, &d, voc, HR_LANG_RU);
    hr_json_remove(json, "summary");

    IS_JSON(arena, json, want, name);
}


static void
test_members(void)
{
    is_diff("{'a':1,'b':{'c':'x','d':[1,2]},'e':null}",
            "{'b':{'c':'y','d':[1,2]},'a':1.0,'f':{'g':1}}",
            "{'added':['f'],'removed':['e'],'modified':['b.c']}",
            "members by dotted path; order and spelling of numbers do not count");

    is_diff("{'a':['x','y','z']}", "{'a':['x','новый','y','z']}",
            "{'added':['a[1]'],'removed':[],'modified':[]}",
            "an insertion is one addition");

    is_diff("{'a':['x','y','z','w']}", "{'a':['x','w']}",
            "{'added':[],'removed':['a[1]','a[2]'],'modified':[]}",
            "removals have the index of the old document");

    is_diff("{'t':['Ведение учета договоров','Подготовка отчетов']}",
            "{'t':['Расчет налогов','Ведение учета договоров и актов',"
            "'Подготовка отчетов']}",
            "{'added':['t[0]'],'removed':[],'modified':['t[1]']}",
            "a reworded element is a modification");

    is_diff("{'t':['Лидерство']}", "{'t':['Работа в команде']}",
            "{'added':['t[0]'],'removed':['t[0]'],'modified':[]}",
            "elements that have nothing in common are not paired");

    is_diff("{'t':['а','б','в']}", "{'t':['в','а','б']}",
            "{'added':[],'removed':[],'modified':['t']}",
            "a new order is one modification of the array");

    is_diff("{'t':['а','б','в']}", "{'t':['в','а','г']}",
            "{'added':['t[2]'],'removed':['t[1]'],'modified':['t']}",
            "an order with other changes");

    is_diff("{'s':[{'skill_name':'А','proficiency_level':1},"
            "{'skill_name':'Б','proficiency_level':2}]}",
            "{'s':[{'skill_name':'Б','proficiency_level':3},"
            "{'skill_name':'В','proficiency_level':4}]}",
            "{'added':['s[1]'],'removed':['s[0]'],"
            "'modified':['s[0].proficiency_level']}",
            "objects are recognised by their name");

    is_diff("{'responsibility_areas':[{'area':'А','tasks':[]}]}",
            "{'responsibility_areas':[{'area':['А'],'tasks':['1']}]}",
            "{'added':['responsibility_areas[0].tasks[0]'],'removed':[],"
            "'modified':[]}",
            "two spellings of an area are one content");

    is_diff("{'careerogram':'{\\\"source_positions\\\":[\\\"А\\\"]}'}",
            "{'careerogram':{'source_positions':['А','Б']}}",
            "{'added':['careerogram.source_positions[1]'],'removed':[],"
            "'modified':[]}",
            "and of a careerogram");

    is_diff("{'a':{'x':1}}", "{'a':[1]}",
            "{'added':[],'removed':[],'modified':['a']}", "another type");
    is_diff("{'a':1}", "{'a':1}", "{'added':[],'removed':[],'modified':[]}",
            "equal documents");
    is_diff("[]", "{}", "{'added':[],'removed':[],'modified':['']}",
            "whole values");
}


static void
test_words(void)
{
    hr_diff_t   d;
    hr_json_t  *before, *after;

    before = hr_test_json(arena, "{'position_title':'А','subordinates':"
        "{'departments':0},'professional_skills':[{'skill_category':'К',"
        "'specific_skills':[{'skill_name':'Н','proficiency_level':2}]}],"
        "'personal_qualities':['а','б'],'x':true}");
    after = hr_test_json(arena, "{'position_title':'Б','subordinates':"
        "{'departments':3},'professional_skills':[{'skill_category':'К',"
        "'specific_skills':[{'skill_name':'Н','proficiency_level':3},"
        "{'skill_name':'М','proficiency_level':4,'proficiency_description':''}]}],"
        "'personal_qualities':['б','а'],'direct_manager':''}");

    hr_diff(arena, before, after, &d);

    IS_JSON(arena, hr_json_get(hr_diff_json(arena, &d, voc, HR_LANG_RU),
                               "summary"),
        "[{'type':'modified','field':'position_title','description':"
        "'Название должности: «А» → «Б»','old_value':'А','new_value':'Б'},"
        "{'type':'modified','field':'subordinates.departments','description':"
        "'Подчиненные → Подразделений в подчинении: «0» → «3»','old_value':0,"
        "'new_value':3},"
        "{'type':'modified','field':'professional_skills[0].specific_skills[0]."
        "proficiency_level','description':'Профессиональные навыки → Уровень: "
        "«2 (Средний)» → «3 (Продвинутый)»','old_value':2,'new_value':3},"
        "{'type':'added','field':'professional_skills[0].specific_skills[1]',"
        "'description':'Профессиональные навыки → Навыки: добавлено «Навык: М; "
        "Уровень: 4 (Экспертный)»','new_value':{'skill_name':'М',"
        "'proficiency_level':4,'proficiency_description':''}},"
        "{'type':'modified','field':'personal_qualities','description':"
        "'Личностные качества: изменён порядок'},"
        "{'type':'added','field':'direct_manager','description':"
        "'Непосредственный руководитель: добавлено «пусто»','new_value':''},"
        "{'type':'removed','field':'x','description':'x: удалено «да»',"
        "'old_value':true}]", "summary items of 4.6");

    IS_JSON(arena, hr_diff_summary(arena, &d, voc, HR_LANG_RU),
        "['Название должности: изменено','Подчиненные: изменено 1',"
        "'Профессиональные навыки: добавлено 1, изменено 1',"
        "'Личностные качества: изменён порядок',"
        "'Непосредственный руководитель: добавлено','x: удалено']",
        "changes_summary has a line for each section");

    IS_JSON(arena, hr_json_at(hr_diff_readable(arena, &d, voc, HR_LANG_EN), 2),
        "{'section':'professional_skills','label':'Professional skills',"
        "'changes':[{'type':'modified','path':'professional_skills[0]."
        "specific_skills[0].proficiency_level','label':'Level','old_text':"
        "'2 (Intermediate)','new_text':'3 (Advanced)'},"
        "{'type':'added','path':'professional_skills[0].specific_skills[1]',"
        "'label':'Skills','old_text':null,'new_text':'Skill: М; Level: 4 "
        "(Expert)'}]}", "readable form by section");

    IS_INT(hr_diff_leaves(&d), 8, "changed leaves");
    IS_INT(hr_diff_leaf_count(before), 8, "leaves of a document");
}


static void
test_long_words(void)
{
    size_t      i;
    hr_buf_t    buf;
    hr_diff_t   d;
    hr_json_t  *before, *after, *list;
    hr_str_t    text;

    hr_buf_init(&buf, 1000000);
    for (i = 0; i < 3000; i++) {
        hr_buf_c(&buf, "щ");
    }

    before = hr_test_json(arena, "{'a':{}}");
    after = hr_test_json(arena, "{'a':{'b':''}}");
    hr_json_set(arena, hr_json_get(after, "a"), "b",
                hr_json_new_str(arena, hr_buf_view(&buf)));
    hr_buf_release(&buf);

    hr_diff(arena, before, after, &d);
    list = hr_diff_readable(arena, &d, voc, HR_LANG_RU);
    text = hr_json_text(hr_json_get(hr_json_at(hr_json_get(hr_json_at(list, 0),
                                    "changes"), 0), "new_text"));
    IS_INT(text.len, 1000 * 2 + 3, "long texts are cut with an ellipsis");

    before = hr_test_json(arena, "{}");
    after = hr_test_json(arena, "{}");

    for (i = 0; i < 30; i++) {
        char  name[16];

        snprintf(name, sizeof(name), "m%zu", i);
        hr_json_set(arena, after, name, hr_json_new_int(arena, 1));
    }

    hr_diff(arena, before, after, &d);
    list = hr_diff_summary(arena, &d, voc, HR_LANG_RU);
    IS_INT(list->count, HR_DIFF_SUMMARY_MAX, "a bounded number of lines");
    IS_JSON(arena, hr_json_at(list, HR_DIFF_SUMMARY_MAX - 1),
            "'и ещё разделов: 11'", "the last one counts the rest");
}


/* -- JSON Patch -- */

static void
is_patch(const char *before, const char *after, const char *want,
    const char *name)
{
    hr_diag_t   diag;
    hr_json_t  *a, *b, *patch, *result;

    a = hr_test_json(arena, before);
    b = hr_test_json(arena, after);
    patch = NULL;

    OK(hr_patch_make(arena, a, b, &patch) == HR_OK
       && hr_patch_apply(arena, a, patch, &result, &diag) == HR_OK
       && hr_json_equal(result, b), name);

    if (want != NULL) {
        IS_JSON(arena, patch, want, "  its operations");
    }
}


static void
test_patch(void)
{
    is_patch("{'a':1,'b':[1,2,3],'c':{'d':'e'}}",
             "{'a':2,'b':[1,3,4],'c':{'d':'e','f':null}}",
             "[{'op':'replace','path':'/a','value':2},"
             "{'op':'remove','path':'/b/1'},"
             "{'op':'add','path':'/b/2','value':4},"
             "{'op':'add','path':'/c/f','value':null}]",
             "replace, remove and add");
    is_patch("{'a/b':1,'m~n':2,'':3}", "{'a/b':2,'m~n':3,'':4}",
             "[{'op':'replace','path':'/a~1b','value':2},"
             "{'op':'replace','path':'/m~0n','value':3},"
             "{'op':'replace','path':'/','value':4}]", "escaped names");
    is_patch("{'a':1}", "[1]", "[{'op':'replace','path':'','value':[1]}]",
             "another whole");
    is_patch("{'a':[{'skill_name':'А','x':1},{'skill_name':'Б','x':1}]}",
             "{'a':[{'skill_name':'Б','x':2},{'skill_name':'А','x':1}]}", NULL,
             "moved and changed objects");
    is_patch("{'a':1.0}", "{'a':1}", "[]", "numbers by value");
}


static void
is_applied(const char *document, const char *patch, hr_rc_t rc, const char *want,
    const char *name)
{
    hr_rc_t     got;
    hr_diag_t   diag;
    hr_json_t  *a, *result;
    const char *before;

    a = hr_test_json(arena, document);
    before = hr_test_text(arena, a);
    got = hr_patch_apply(arena, a, hr_test_json(arena, patch), &result, &diag);

    OK(got == rc && (rc == HR_OK) == (result != NULL)
       && strcmp(before, hr_test_text(arena, a)) == 0, name);

    if (rc == HR_OK) {
        IS_JSON(arena, result, want, "  its result");
    }
}


/* Appendix A of RFC 6902. */

static void
test_rfc(void)
{
    is_applied("{'foo':'bar'}", "[{'op':'add','path':'/baz','value':'qux'}]", HR_OK,
               "{'foo':'bar','baz':'qux'}", "A.1 adding a member");
    is_applied("{'foo':['bar','baz']}",
               "[{'op':'add','path':'/foo/1','value':'qux'}]", HR_OK,
               "{'foo':['bar','qux','baz']}", "A.2 adding an element");
    is_applied("{'baz':'qux','foo':'bar'}", "[{'op':'remove','path':'/baz'}]",
               HR_OK, "{'foo':'bar'}", "A.3 removing a member");
    is_applied("{'foo':['bar','qux','baz']}", "[{'op':'remove','path':'/foo/1'}]",
               HR_OK, "{'foo':['bar','baz']}", "A.4 removing an element");
    is_applied("{'baz':'qux','foo':'bar'}",
               "[{'op':'replace','path':'/baz','value':'boo'}]", HR_OK,
               "{'baz':'boo','foo':'bar'}", "A.5 replacing a value");
    is_applied("{'foo':{'bar':'baz','waldo':'fred'},'qux':{'corge':'grault'}}",
               "[{'op':'move','from':'/foo/waldo','path':'/qux/thud'}]", HR_OK,
               "{'foo':{'bar':'baz'},'qux':{'corge':'grault','thud':'fred'}}",
               "A.6 moving a value");
    is_applied("{'foo':['all','grass','cows','eat']}",
               "[{'op':'move','from':'/foo/1','path':'/foo/3'}]", HR_OK,
               "{'foo':['all','cows','eat','grass']}", "A.7 moving an element");
    is_applied("{'baz':'qux','foo':['a',2,'c']}",
               "[{'op':'test','path':'/baz','value':'qux'},"
               "{'op':'test','path':'/foo/1','value':2}]", HR_OK,
               "{'baz':'qux','foo':['a',2,'c']}", "A.8 a test that holds");
    is_applied("{'baz':'qux'}", "[{'op':'test','path':'/baz','value':'bar'}]",
               HR_CONFLICT, NULL, "A.9 a test that fails");
    is_applied("{'foo':'bar'}",
               "[{'op':'add','path':'/child','value':{'grandchild':{}}}]", HR_OK,
               "{'foo':'bar','child':{'grandchild':{}}}", "A.10 a nested member");
    is_applied("{'foo':'bar'}",
               "[{'op':'add','path':'/baz','value':'qux','xyz':123}]", HR_OK,
               "{'foo':'bar','baz':'qux'}", "A.11 an unknown member is ignored");
    is_applied("{'foo':'bar'}", "[{'op':'add','path':'/baz/bat','value':'qux'}]",
               HR_NOT_FOUND, NULL, "A.12 a target that does not exist");
    is_applied("{'/':9,'~1':10}", "[{'op':'test','path':'/~01','value':10}]",
               HR_OK, "{'/':9,'~1':10}", "A.14 the order of escapes");
    is_applied("{'/':9,'~1':10}", "[{'op':'test','path':'/~01','value':'10'}]",
               HR_CONFLICT, NULL, "A.15 a text is no number");
    is_applied("{'foo':['bar']}",
               "[{'op':'add','path':'/foo/-','value':['abc','def']}]", HR_OK,
               "{'foo':['bar',['abc','def']]}", "A.16 behind the last element");

    is_applied("{'a':1}", "[{'op':'copy','from':'/a','path':'/b'}]", HR_OK,
               "{'a':1,'b':1}", "copying");
    is_applied("{'a':1}", "[{'op':'replace','path':'','value':[2]}]", HR_OK,
               "[2]", "replacing the document");
    is_applied("{'a':{'b':1}}", "[{'op':'move','from':'/a','path':'/a/c'}]",
               HR_INVALID, NULL, "a value does not move into itself");
    is_applied("{'a':1}", "[{'op':'remove','path':''}]", HR_INVALID, NULL,
               "the document cannot be removed");
    is_applied("{'a':[1]}", "[{'op':'remove','path':'/a/01'}]", HR_NOT_FOUND, NULL,
               "an index has no leading zero");
    is_applied("{'a':[1]}", "[{'op':'add','path':'/a/2','value':1}]",
               HR_NOT_FOUND, NULL, "an index beyond the end");
    is_applied("{'a':[1]}", "[{'op':'remove','path':'/a/-'}]", HR_NOT_FOUND, NULL,
               "nothing is behind the last element");
    is_applied("{'a':1}", "[{'op':'spam','path':'/a'}]", HR_INVALID, NULL,
               "an unknown operation");
    is_applied("{'a':1}", "[{'op':'add','path':'b','value':1}]", HR_INVALID, NULL,
               "a path without slash");
    is_applied("{'a':1}", "[{'op':'add','path':'/~2','value':1}]", HR_INVALID,
               NULL, "a bad escape");
    is_applied("{'a':1}", "[{'op':'add','path':'/b'}]", HR_INVALID, NULL,
               "a missing value");
    is_applied("{'a':1}", "[{'op':'replace','path':'/b','value':1}]",
               HR_NOT_FOUND, NULL, "replacing what is not there");
    is_applied("{'a':1}", "[{'op':'add','path':'/b','value':2},"
               "{'op':'remove','path':'/c'}]", HR_NOT_FOUND, NULL,
               "all or nothing");
    is_applied("{'a':1}", "{}", HR_INVALID, NULL, "no array");
    is_applied("{'a':1}", "[5]", HR_INVALID, NULL, "no operation");
}


/* Changes a document at random. */

static void
mutate(hr_json_t *node, unsigned depth)
{
    size_t      n;
    hr_json_t  *child;

    if (node->count == 0 || depth > 12) {
        return;
    }

    n = pick(node->count);

    for (child = node->first; n-- > 0; child = child->next) {
        /* void */
    }

    if (child->count != 0 && pick(4) != 0) {
        mutate(child, depth + 1);
        return;
    }

    switch (pick(4)) {

    case 0:
        hr_json_unlink(child);
        break;

    case 1:
        if (node->type == HR_JSON_ARRAY) {
            hr_json_push(node, hr_json_clone(arena, child));

        } else {
            hr_json_set(arena, node, "новый/~", hr_json_new_int(arena, 5));
        }

        break;

    case 2:
        if (child->type == HR_JSON_STRING) {
            child->text = hr_arena_printf(arena, "%.*s и новое",
                                          (int) child->text.len,
                                          child->text.data);
        }

        break;

    default:
        if (node->type == HR_JSON_ARRAY) {
            hr_json_unlink(child);
            hr_json_push(node, child);
        }

        break;
    }
}


static void
check_pair(const hr_json_t *a, const hr_json_t *b, size_t *bad, const char *what)
{
    hr_diff_t    d;
    hr_diag_t    diag;
    hr_arena_t  *kept, *own;
    hr_json_t   *patch, *result;

    kept = arena;
    own = hr_arena_create(64 * 1024 * 1024);
    diag.text[0] = '\0';

    if (hr_patch_make(own, a, b, &patch) != HR_OK
        || hr_patch_apply(own, a, patch, &result, &diag) != HR_OK
        || !hr_json_equal(result, b)
        || hr_diff(own, a, b, &d) != HR_OK
        || (patch->count == 0 && d.count != 0)
        || hr_diff_json(own, &d, voc, HR_LANG_RU) == NULL
        || hr_diff_readable(own, &d, voc, HR_LANG_EN) == NULL
        || hr_diff_summary(own, &d, voc, HR_LANG_RU) == NULL)
    {
        printf("# %s: %s\n", what, diag.text);
        (*bad)++;
    }

    hr_arena_destroy(own);
    arena = kept;
}


static void
test_property(void)
{
    size_t         i, k, m, bad;
    hr_json_t     *copy;
    hr_profile_t   one, two;

    bad = 0;

    for (i = 0; i < HR_TEST_CORPUS; i++) {
        hr_test_open(arena, hr_test_corpus[i], &one);

        for (k = 0; k < HR_TEST_CORPUS; k++) {
            hr_test_open(arena, hr_test_corpus[k], &two);

            check_pair(one.root, two.root, &bad, hr_test_corpus[k]);
        }
    }

    IS_INT(bad, 0, "every two documents: the patch leads from one to the other");

    bad = 0;

    for (i = 0; i < 400; i++) {
        hr_test_open(arena, hr_test_corpus[i % HR_TEST_CORPUS], &one);
        copy = hr_json_clone(arena, one.root);

        for (m = pick(8); m-- > 0; ) {
            mutate(copy, 0);
        }

        check_pair(one.root, copy, &bad, hr_test_corpus[i % HR_TEST_CORPUS]);
    }

    IS_INT(bad, 0, "400 random edits: the patch leads to the edited document");
}


/* Arrays and objects far above the limits. */

static void
test_limits(void)
{
    size_t       i;
    char         text[64];
    hr_diff_t    d;
    hr_diag_t    diag;
    hr_json_t   *a, *b, *list_a, *list_b, *patch, *result;

    a = hr_test_json(arena, "{'t':[],'x':1}");
    b = hr_test_json(arena, "{'t':[],'x':2}");
    list_a = hr_json_get(a, "t");
    list_b = hr_json_get(b, "t");

    for (i = 0; i < 5000; i++) {
        snprintf(text, sizeof(text), "элемент %zu", i);
        hr_json_push(list_a, hr_json_new_str(arena, hr_str_from_c(text)));
        snprintf(text, sizeof(text), "другой %zu", i * 7 % 5000);
        hr_json_push(list_b, hr_json_new_str(arena, hr_str_from_c(text)));
    }

    OK(hr_diff(arena, a, b, &d) == HR_OK && d.coarse && d.count == 2,
       "5,000 changed elements are reported as members");
    OK(hr_patch_make(arena, a, b, &patch) == HR_OK && patch->count == 2
       && hr_patch_apply(arena, a, patch, &result, &diag) == HR_OK
       && hr_json_equal(result, b), "and patched as members");

    a = hr_json_new(arena, HR_JSON_OBJECT);
    b = hr_json_new(arena, HR_JSON_OBJECT);

    for (i = 0; i < 3000; i++) {
        snprintf(text, sizeof(text), "m%zu", i);
        hr_json_set(arena, a, text, hr_json_new_int(arena, 1));
        hr_json_set(arena, b, text, hr_json_new_int(arena, 2));
    }

    OK(hr_diff(arena, a, b, &d) == HR_OK && d.coarse
       && d.count == HR_DIFF_CHANGES_MAX, "3,000 members: the first ones stand for all");
    OK(hr_patch_make(arena, a, b, &patch) == HR_OK && patch->count == 1
       && hr_patch_apply(arena, a, patch, &result, &diag) == HR_OK
       && hr_json_equal(result, b), "and one operation replaces the document");

    a = hr_json_new(arena, HR_JSON_OBJECT);
    b = hr_json_new(arena, HR_JSON_OBJECT);
    hr_json_set_str(arena, a, hr_str(hr_test_text(arena, list_a), 5000),
                    hr_json_new_int(arena, 1));
    hr_json_set_str(arena, b, hr_str(hr_test_text(arena, list_a), 5000),
                    hr_json_new_int(arena, 2));
    OK(hr_patch_make(arena, a, b, &patch) == HR_OK
       && hr_patch_apply(arena, a, patch, &result, &diag) == HR_OK
       && hr_json_equal(result, b), "a name longer than a pointer may be");

    /* a patch that nests and doubles */

    patch = hr_json_new(arena, HR_JSON_ARRAY);
    for (i = 0; i < 300; i++) {
        hr_json_push(patch, hr_test_json(arena,
                     "{'op':'copy','from':'','path':'/a'}"));
    }

    OK(hr_patch_apply(arena, hr_test_json(arena, "{}"), patch, &result, &diag)
       == HR_LIMIT, "nesting without end is refused");
}


static void
test_no_memory(void)
{
    size_t         limit;
    hr_rc_t        rc;
    hr_diff_t      d;
    hr_json_t     *patch;
    hr_arena_t    *small;
    hr_profile_t   one, two;

    hr_test_open(arena, "production", &one);
    hr_test_open(arena, "odd", &two);

    rc = HR_NOMEM;

    for (limit = 64; limit < 8 * 1024 * 1024 && rc == HR_NOMEM; limit += 3000) {
        small = hr_arena_create(limit);

        if (small != NULL) {
            rc = hr_diff(small, one.root, two.root, &d);

            if (rc == HR_OK && (hr_diff_json(small, &d, voc, HR_LANG_RU) == NULL
                || hr_diff_readable(small, &d, voc, HR_LANG_RU) == NULL
                || hr_patch_make(small, one.root, two.root, &patch) != HR_OK))
            {
                rc = HR_NOMEM;
            }
        }

        hr_arena_destroy(small);
    }

    OK(rc == HR_OK, "comparing without memory fails as a whole");
}


int
main(void)
{
    voc = hr_test_vocabulary();
    arena = hr_arena_create(512 * 1024 * 1024);

    test_members();
    test_words();
    test_long_words();
    test_patch();
    test_rfc();
    test_property();
    test_limits();
    test_no_memory();

    hr_arena_destroy(arena);
    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
