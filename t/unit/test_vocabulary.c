/* The words of the document, the patterns of word lists, broken data files. */

#include "hr_test_profile.h"

#include "hr_finding.h"
#include "hr_node.h"
#include "hr_words.h"


static hr_vocabulary_t  *voc;
static hr_arena_t       *arena;


static void
test_values(void)
{
    size_t                        i, n;
    const hr_str_t               *values;
    hr_vocabulary_marks_t         marks;

    static const struct {
        const char  *list;
        size_t       count;
    } lists[] = {
        { "position_category", 4 }, { "corporate_competencies", 7 },
        { "personal_qualities", 25 }, { "education_level", 3 },
        { "standard_package", 3 }, { "evaluation_frequency", 4 },
        { "confidence_level", 3 }, { "proficiency_description", 4 },
    };

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        hr_vocabulary_values(voc, hr_str_from_c(lists[i].list), &n);
        IS_INT(n, lists[i].count, lists[i].list);
    }

    OK(hr_vocabulary_values(voc, HR_STR("unknown"), &n) == NULL && n == 0,
       "an unknown list");

    values = hr_vocabulary_values(voc, HR_STR("standard_package"), &n);
    IS_STR(values[0].data, values[0].len,
           "Стандартный пакет MS Office (Word, Excel, Outlook, PowerPoint)",
           "values are spelt as in the contract");

    OK(hr_vocabulary_accepts(voc, "education_level", HR_STR("Высшее"))
       && hr_vocabulary_accepts(voc, "education_level", HR_STR("Кандидат наук"))
       && hr_vocabulary_accepts(voc, "education_level", HR_STR(" ВЫСШЕЕ "))
       && !hr_vocabulary_accepts(voc, "education_level", HR_STR("Курсы"))
       && !hr_vocabulary_accepts(voc, "nothing", HR_STR("Высшее")),
       "listed, accepted and unknown values");

    values = hr_vocabulary_values(voc, HR_STR("corporate_competencies"), &n);
    OK(hr_str_eq(hr_vocabulary_canonical(voc, "corporate_competencies",
                                         HR_STR("РАБОТА  В  КОМАНДЕ")),
                 values[6])
       && hr_vocabulary_canonical(voc, "corporate_competencies",
                                  HR_STR("Работа")).data == NULL,
       "the list's own spelling of a value");

    OK(hr_vocabulary_marks(voc, "corporate_competencies", HR_STR("Лидерство"),
                           &marks)
       && marks.manager && !marks.common && marks.rank == 4,
       "leadership is for those who lead");
    OK(hr_vocabulary_marks(voc, "position_category", HR_STR("Специалист"), &marks)
       && !marks.manager && marks.min_skills == 8 && marks.rank == 0,
       "a specialist leads nobody");
}


static void
test_levels(void)
{
    hr_str_t  text;

    text = hr_vocabulary_level_text(voc, 2);
    IS_STR(text.data, text.len,
           "Существенные знания и регулярный опыт применения знаний на практике",
           "level 2 has a single blank");
    OK(hr_vocabulary_level_text(voc, 0).data == NULL
       && hr_vocabulary_level_text(voc, 5).data == NULL,
       "there are four levels");

    IS_INT(hr_vocabulary_level_of_text(voc, HR_STR(
           "Существенные знания  и регулярный опыт применения знаний на "
           "практике ")), 2, "the double blank is the same text");
    IS_INT(hr_vocabulary_level_of_text(voc, HR_STR("Существенные знания")), 0,
           "a part of a text is another text");
    IS_INT(hr_vocabulary_level_of_label(voc, HR_STR("экспертный")), 4,
           "labels in any case");
    IS_INT(hr_vocabulary_level_of_label(voc, HR_STR("Basic")), 1,
           "labels in any language");
}


static void
test_labels(void)
{
    hr_str_t  label;

    label = hr_vocabulary_label(voc, HR_LANG_RU,
                                HR_STR("professional_skills.specific_skills."
                                       "skill_name"));
    IS_STR(label.data, label.len, "Навык", "the label of a path");

    label = hr_vocabulary_label(voc, HR_LANG_EN, HR_STR("a.b.rationale"));
    IS_STR(label.data, label.len, "Rationale", "the label of a path's last part");

    label = hr_vocabulary_label(voc, HR_LANG_RU, HR_STR("a.x_unknown"));
    IS_STR(label.data, label.len, "x_unknown", "a name without label");
}


static void
test_patterns(void)
{
    size_t      pos;
    hr_str_t    text, hit;
    hr_diag_t   diag;
    hr_words_t  words;

    OK(hr_words_load(arena, hr_test_json(arena,
           "['СП','коммуникац*','трудов* прав*','win-win','152-фз','C++',"
           "'команд*','!командиров*','!машинн* команд*']"), &words, &diag)
       == HR_OK && words.exceptions, "a list of patterns");

#define MATCHES(t)  hr_words_match(&words, hr_fold(arena, HR_STR(t)))

    OK(!MATCHES("специалист") && MATCHES("по СП 70.13330") && MATCHES("СП"),
       "a word without star is a whole word");
    OK(MATCHES("Деловая коммуникация") && !MATCHES("телекоммуникации"),
       "a star takes the end of a word, not its beginning");
    OK(MATCHES("нормы трудового права") && MATCHES("Трудовое  право")
       && !MATCHES("трудовое и право"), "several words");
    OK(MATCHES("модель Win-Win!") && !MATCHES("win-winner") && MATCHES("№152-ФЗ"),
       "words with signs inside");
    OK(MATCHES("язык C++") && MATCHES("C++20"), "a word that ends in a sign");
    OK(!MATCHES("командировки") && MATCHES("команда и командировки")
       && !MATCHES("машинная команда"), "exceptions");

    IS_INT(hr_words_count(&words, hr_fold(arena, HR_STR("СП, сп; командировка "
           "команды, коммуникации"))), 4, "hits are counted");
    IS_INT(hr_words_distinct(&words, hr_fold(arena, HR_STR("СП, сп; команды"))),
           2, "patterns are counted");

    text = hr_fold(arena, HR_STR("о трудовом праве"));
    pos = 0;
    OK(hr_words_next(&words, text, &pos, &hit), "a hit");
    IS_STR(hit.data, hit.len, "трудовом праве", "  and its place");

    OK(hr_words_load(arena, hr_test_json(arena, "['']"), &words, &diag)
       == HR_INVALID, "an empty pattern");
    OK(hr_words_load(arena, hr_test_json(arena, "['а*б']"), &words, &diag)
       == HR_INVALID, "a star inside a word");
    OK(hr_words_load(arena, hr_test_json(arena, "['*']"), &words, &diag)
       == HR_INVALID, "a star alone");
    OK(hr_words_load(arena, hr_test_json(arena, "{}"), &words, &diag)
       == HR_INVALID, "no array");

    OK(hr_words_same(HR_STR(" а  б\xC2\xA0" "в"), HR_STR("а б в "))
       && !hr_words_same(HR_STR("а б"), HR_STR("аб"))
       && hr_words_same(HR_STR(""), HR_STR("  ")), "texts with blanks collapsed");
    OK(!hr_words_same(HR_STR("а б"), HR_STR("а бв"))
       && !hr_words_same(HR_STR("ав"), HR_STR("а в"))
       && !hr_words_same(HR_STR("а  в"), HR_STR("а  б"))
       && hr_words_same(HR_STR("а\t\nв"), HR_STR("а в")),
       "  and where they differ");
    OK(hr_words_same(HR_STR("a\xd0"), HR_STR("a\xff"))
       && hr_words_same(HR_STR("\xe2\x80 b"), HR_STR("\xe2 b"))
       && !hr_words_same(HR_STR("\xd0\xb0"), HR_STR("\xd0")),
       "  broken bytes are U+FFFD");
}


static void
is_text(const char *json, const char *want, const char *name)
{
    hr_str_t  text;

    text = hr_node_text(arena, hr_test_json(arena, json));
    IS_STR(text.data, text.len, want, name);
}


static void
test_nodes(void)
{
    size_t           before;
    hr_path_t        path;
    hr_json_t       *root;
    hr_findings_t    list, more;

    is_text("'а'", "а", "a text as it is");
    is_text("5.0", "5", "a whole number without .0");
    is_text("5.50", "5.50", "another number as written");
    is_text("true", "true", "a boolean");
    is_text("null", "", "null is no text");
    is_text("{'a':[1, 2]}", "{\"a\":[1,2]}", "the rest as compact JSON");

    OK(hr_node_hash(hr_test_json(arena, "{'a':1.0,'b':[true,null,'x']}"))
       == hr_node_hash(hr_test_json(arena, "{'b':[true,null,'x'],'a':1}"))
       && hr_node_hash(hr_test_json(arena, "[1,2]"))
          != hr_node_hash(hr_test_json(arena, "[2,1]")),
       "equal values have equal hashes");

    root = hr_test_json(arena, "{'a':[0,{'b':'x'}]}");
    hr_path_of(&path, hr_json_get(hr_json_at(hr_json_get(root, "a"), 1), "b"),
               root);
    IS_STR(path.text, path.len, "a[1].b", "the path of a node");

    hr_path_reset(&path);
    while (path.len < sizeof(path.text) - 8) {
        hr_path_index(&path, 123456);
    }

    before = path.len;
    hr_path_index(&path, 1234567890);
    hr_path_member(&path, HR_STR("another_member"));
    OK(path.len == before && path.text[path.len] == '\0',
       "a part that has no room is left out");

    hr_findings_init(&list, arena);
    hr_findings_init(&more, arena);
    for (before = 0; before < HR_FINDINGS_MAX + 5; before++) {
        hr_findings_add(&list, "code", HR_STR("p"), "%s %zu", "текст", before);
    }

    hr_findings_add(&more, "other", HR_STR("p"), "%03000d", 1);
    IS_INT(list.count, HR_FINDINGS_MAX, "findings are kept up to a limit");
    IS_INT(list.total, HR_FINDINGS_MAX + 5, "  and counted beyond it");
    IS_INT(more.items[0].message.len, HR_FINDING_TEXT_MAX,
           "a message is cut at its limit");

    hr_findings_append(&more, &list);
    OK(more.count == HR_FINDINGS_MAX && more.total == HR_FINDINGS_MAX + 6,
       "two lists together have one limit");
}


static void
test_broken(void)
{
    size_t            i, len;
    char             *data, *cut;
    hr_rc_t           rc;
    hr_diag_t         diag;
    hr_vocabulary_t  *other;

    static const struct {
        const char  *find, *replace, *diag;
    } changes[] = {
        { "\"version\": \"1\"", "\"version\": 1", "version" },
        { "\"levels\": [", "\"levels\": [ {},", "levels must have 4" },
        { "\"level\": 2", "\"level\": 3", "levels[1]" },
        { "\"Корпоративный мессенджер\"", "\"веб-браузер\"",
          "values.standard_package[2] is a duplicate" },
        { "\"career_minima\": {", "\"career_minima\": { \"x\": -1,",
          "career_minima.x" },
        { "\"unit\": \"characters\"", "\"unit\": \"bytes\"", "bounds[0]" },
        { "\"values\": \"position_category\"", "\"values\": \"no\"", "enums[0]" },
        { "\"en\": \"Job title\"", "\"de\": \"Stelle\"", "labels.position_title" },
        { "\"accepted\": {", "\"accepted\": { \"no\": [],", "accepted.no" },
        { "\"gap_text\": \"", "\"gap_text\": 1, \"x\": \"", "constants.gap_text" },
        { "\"values\": {", "\"values\": [], \"x\": {", "must be an object" },
        { "\"labels\": {", "\"labels\": {{", "" },
    };

    data = hr_test_file("conf/company/document.json", &len);

    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        hr_buf_t  buf;

        hr_buf_init(&buf, 1024 * 1024);
        cut = strstr(data, changes[i].find);
        hr_buf_append(&buf, data, (size_t) (cut - data));
        hr_buf_c(&buf, changes[i].replace);
        hr_buf_c(&buf, cut + strlen(changes[i].find));

        memset(&diag, 0, sizeof(diag));
        rc = hr_vocabulary_load(hr_buf_view(&buf), &other, &diag);
        OK(rc == HR_INVALID && other == NULL
           && strstr(diag.text, changes[i].diag) != NULL, changes[i].replace);

        if (rc != HR_INVALID || strstr(diag.text, changes[i].diag) == NULL) {
            printf("# %d %s\n", rc, diag.text);
        }

        hr_buf_release(&buf);
    }

    free(data);
}


int
main(void)
{
    voc = hr_test_vocabulary();
    arena = hr_arena_create(16 * 1024 * 1024);

    test_values();
    test_levels();
    test_labels();
    test_patterns();
    test_nodes();
    test_broken();

    hr_arena_destroy(arena);
    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
