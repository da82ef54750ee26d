/*
 * Remarks about skills, tasks and wording that costs nothing (I-09, I-11,
 * I-12).  They change no score and refuse no document.
 */

#include <stdlib.h>

#include "hr_score_doc.h"


#define HR_LINT_QUOTE      120      /* code points of a quoted text */
#define HR_LINT_WORD_MIN   4        /* letters of a word that means something */
#define HR_LINT_STEM       5        /* letters that two forms of a word share */
#define HR_LINT_STEMS_MAX  20000


static hr_str_t
hr_lint_quote(hr_str_t text)
{
    return hr_utf8_cut(text, HR_LINT_QUOTE);
}


static bool
hr_lint_long_word(hr_str_t word)
{
    return hr_utf8_count(hr_utf8_cut(word, HR_LINT_WORD_MIN))
           >= HR_LINT_WORD_MIN;
}


static bool
hr_lint_has_latin(hr_str_t word)
{
    size_t  i;

    for (i = 0; i < word.len; i++) {
        if (word.data[i] >= 'a' && word.data[i] <= 'z') {
            return true;
        }
    }

    return false;
}


static bool
hr_lint_has_digit(hr_str_t word)
{
    size_t  i;

    for (i = 0; i < word.len; i++) {
        if (word.data[i] >= '0' && word.data[i] <= '9') {
            return true;
        }
    }

    return false;
}


/* -- I-09: every area is covered by a category -- */

typedef struct {
    uint64_t  *items;
    size_t     count;
} hr_lint_stems_t;


static uint64_t
hr_lint_stem(hr_str_t word)
{
    size_t    i;
    uint64_t  h;

    word = hr_utf8_cut(word, HR_LINT_STEM);
    h = 0xcbf29ce484222325ULL;

    for (i = 0; i < word.len; i++) {
        h = (h ^ (unsigned char) word.data[i]) * 0x100000001b3ULL;
    }

    return h;
}


static void
hr_lint_add_stems(hr_lint_stems_t *stems, hr_str_t folded)
{
    size_t    pos;
    hr_str_t  word;

    pos = 0;

    while (stems->count < HR_LINT_STEMS_MAX
           && hr_word_next(folded, &pos, &word))
    {
        if (hr_lint_long_word(word)) {
            stems->items[stems->count++] = hr_lint_stem(word);
        }
    }
}


static int
hr_lint_compare_stems(const void *one, const void *two)
{
    uint64_t  a = *(const uint64_t *) one, b = *(const uint64_t *) two;

    return a < b ? -1 : a > b;
}


static bool
hr_lint_covered(const hr_lint_stems_t *stems, hr_str_t folded)
{
    bool      any;
    size_t    pos;
    uint64_t  stem;
    hr_str_t  word;

    any = false;
    pos = 0;

    while (hr_word_next(folded, &pos, &word)) {

        if (!hr_lint_long_word(word)) {
            continue;
        }

        any = true;
        stem = hr_lint_stem(word);

        if (bsearch(&stem, stems->items, stems->count, sizeof(uint64_t),
                    hr_lint_compare_stems) != NULL)
        {
            return true;
        }
    }

    /* a name without a real word cannot be looked for */
    return !any;
}


static void
hr_lint_coverage(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t           i;
    hr_str_t         quote;
    hr_lint_stems_t  stems;

    if (doc->ncategories == 0) {
        return;
    }

    stems.count = 0;
    stems.items = hr_arena_alloc(doc->arena, HR_LINT_STEMS_MAX
                                             * sizeof(uint64_t));
    if (stems.items == NULL) {
        report->remarks.rc = HR_NOMEM;
        return;
    }

    for (i = 0; i < doc->ncategories; i++) {
        hr_lint_add_stems(&stems, doc->categories[i].name.folded);
    }

    for (i = 0; i < doc->nskills; i++) {
        hr_lint_add_stems(&stems, doc->skills[i].name.folded);
    }

    qsort(stems.items, stems.count, sizeof(uint64_t), hr_lint_compare_stems);

    for (i = 0; i < doc->nareas; i++) {

        if (hr_lint_covered(&stems, doc->areas[i].name.folded)) {
            continue;
        }

        quote = hr_lint_quote(doc->areas[i].name.text);

        hr_score_find(doc, &report->remarks, "area_without_skills",
                      doc->areas[i].node,
                      "Для области «%.*s» не указаны навыки", (int) quote.len,
                      quote.data);
    }
}


/* -- I-09: numbers and names of categories -- */

static bool
hr_lint_prefixed(hr_str_t folded, hr_str_t prefix)
{
    return folded.len >= prefix.len
           && memcmp(folded.data, prefix.data, prefix.len) == 0
           && (folded.len == prefix.len || folded.data[prefix.len] == ' ');
}


static void
hr_lint_categories(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t                   i, prefixed;
    int64_t                  n;
    hr_str_t                 prefix, folded, quote;
    const hr_score_group_t  *category;

    prefix = hr_vocabulary_constant(doc->voc, "skill_category_prefix");
    folded = hr_fold(doc->arena, prefix);

    if (folded.data == NULL) {
        report->remarks.rc = HR_NOMEM;
        return;
    }

    prefixed = 0;

    for (i = 0; i < doc->ncategories; i++) {
        category = &doc->categories[i];
        quote = hr_lint_quote(category->name.text);
        n = (int64_t) category->count;

        if (hr_lint_prefixed(category->name.folded, folded)) {
            prefixed++;

        } else {
            hr_score_find(doc, &report->remarks, "skill_category_prefix",
                          category->node,
                          "Название категории «%.*s» не начинается со слов "
                          "«%.*s»", (int) quote.len, quote.data,
                          (int) prefix.len, prefix.data);
        }

        if (n < doc->quality->skills.min_per_category
            || n > doc->quality->skills.max_per_category)
        {
            hr_score_find(doc, &report->remarks, "skills_per_category",
                          category->node,
                          "В категории «%.*s» навыков %lld, рекомендуется от "
                          "%lld до %lld", (int) quote.len, quote.data,
                          (long long) n,
                          (long long) doc->quality->skills.min_per_category,
                          (long long) doc->quality->skills.max_per_category);
        }
    }

    report->measures.prefixed_categories = doc->ncategories == 0
                             ? -1.0 : (double) prefixed
                                      / (double) doc->ncategories;
}


static void
hr_lint_skill_totals(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    int64_t           n;
    const hr_json_t  *section;

    section = hr_json_get(doc->root, "professional_skills");

    if (section == NULL) {
        return;
    }

    n = (int64_t) doc->ncategories;

    if (n < doc->quality->skills.min_categories
        || n > doc->quality->skills.max_categories)
    {
        hr_score_find(doc, &report->remarks, "skill_categories_count", section,
                      "Категорий навыков %lld, рекомендуется от %lld до %lld",
                      (long long) n,
                      (long long) doc->quality->skills.min_categories,
                      (long long) doc->quality->skills.max_categories);
    }

    if (doc->category_known && (int64_t) doc->nskills < doc->marks.min_skills) {
        hr_score_find(doc, &report->remarks, "skills_total", section,
                      "Навыков всего %zu, для этой категории должности "
                      "рекомендуется не меньше %lld", doc->nskills,
                      (long long) doc->marks.min_skills);
    }
}


/* A lead masters the first, the core category. */

static void
hr_lint_lead_level(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t                   i;
    int64_t                  level, best;
    const hr_score_group_t  *core;

    if (!doc->leads || doc->ncategories == 0) {
        return;
    }

    core = &doc->categories[0];
    best = 0;

    for (i = 0; i < core->count; i++) {

        const hr_score_skill_t  *skill = &doc->skills[core->first + i];

        if (!hr_json_int(skill->level, &level)) {
            level = hr_vocabulary_level_of_label(doc->voc,
                                                 hr_json_text(skill->level));
        }

        best = level > best ? level : best;
    }

    if (best != 0 && best < doc->quality->skills.lead_level) {
        hr_score_find(doc, &report->remarks, "lead_core_level", core->node,
                      "Уровень ключевых навыков руководителя — %lld, "
                      "рекомендуется не ниже %lld", (long long) best,
                      (long long) doc->quality->skills.lead_level);
    }
}


/*
 * A skill can be verified when it names a tool, norm, method or object: a
 * Latin word, an abbreviation, a number, a method, or enough words that are
 * not vague.
 */

static bool
hr_lint_verifiable(const hr_score_doc_t *doc, const hr_score_skill_t *skill)
{
    bool      vague;
    size_t    pos, part, folded_pos;
    int64_t   content;
    hr_str_t  word, folded;

    if (hr_score_hit(&doc->quality->skills.methods, &skill->name)
        || hr_score_hit(&doc->quality->tasks.norms, &skill->name))
    {
        return true;
    }

    pos = 0;
    content = 0;
    vague = hr_score_may_hit(&doc->quality->skills.vague, &skill->name);

    while (hr_word_next(skill->name.folded, &pos, &folded)) {

        if (hr_lint_has_latin(folded) || hr_lint_has_digit(folded)) {
            return true;
        }

        folded_pos = 0;

        if (hr_lint_long_word(folded)
            && !(vague && hr_words_next(&doc->quality->skills.vague, folded,
                                        &folded_pos, &word)))
        {
            content++;
        }
    }

    if (content >= doc->quality->skills.min_content_words) {
        return true;
    }

    /* two capitals in a row: an abbreviation */

    pos = 0;

    while (hr_word_next(skill->name.text, &pos, &word)) {
        part = 0;
        hr_utf8_next(word, &part);

        if (part < word.len) {
            folded = hr_lower(doc->arena, word);

            if (folded.data != NULL && folded.len == word.len
                && memcmp(folded.data + part, word.data + part,
                          word.len - part) != 0)
            {
                return true;
            }
        }
    }

    return false;
}


static void
hr_lint_skill_names(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t                   i;
    hr_str_t                 quote;
    const hr_score_skill_t  *skill;

    for (i = 0; i < doc->nskills; i++) {
        skill = &doc->skills[i];

        if (skill->name.text.len == 0 || hr_lint_verifiable(doc, skill)) {
            continue;
        }

        quote = hr_lint_quote(skill->name.text);

        hr_score_find(doc, &report->remarks, "skill_not_verifiable",
                      skill->name.node,
                      "Навык «%.*s» нельзя проверить: не названы инструмент, "
                      "норматив, метод или предмет", (int) quote.len,
                      quote.data);
    }
}


void
hr_score_lint_skills(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    hr_lint_categories(doc, report);
    hr_lint_skill_totals(doc, report);
    hr_lint_lead_level(doc, report);
    hr_lint_coverage(doc, report);
    hr_lint_skill_names(doc, report);
}


/* -- I-11: tasks -- */

static size_t
hr_lint_hits(const hr_words_t *words, const hr_score_text_t *text)
{
    size_t    pos, n;
    hr_str_t  hit;

    if (!hr_score_may_hit(words, text)) {
        return 0;
    }

    pos = 0;
    n = 0;

    while (hr_words_next(words, text->folded, &pos, &hit)) {

        /* Latin words and numbers are counted as such */
        n += (unsigned char) hit.data[0] >= 0x80;
    }

    return n;
}


/* Enumerated parts: commas, and the words that join two. */

static size_t
hr_lint_enumerated(const hr_score_doc_t *doc, hr_str_t text)
{
    size_t                     i, k, n;
    hr_str_t                   part;
    const hr_quality_texts_t  *connectives;

    n = 0;
    connectives = &doc->quality->tasks.connectives;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] == ',') {
            n++;
            continue;
        }

        for (k = 0; k < connectives->count; k++) {
            part = connectives->items[k];

            if (text.data[i] == part.data[0] && i + part.len <= text.len
                && memcmp(text.data + i, part.data, part.len) == 0)
            {
                n++;
            }
        }
    }

    return n == 0 ? 0 : n + 1;
}


static size_t
hr_lint_elements(const hr_score_doc_t *doc, const hr_score_text_t *task)
{
    size_t    pos, n;
    hr_str_t  word;

    n = hr_lint_enumerated(doc, task->text)
        + hr_lint_hits(&doc->quality->tasks.norms, task)
        + hr_lint_hits(&doc->quality->tasks.documents, task)
        + hr_lint_hits(&doc->quality->tasks.systems, task)
        + hr_lint_hits(&doc->quality->tasks.units, task);

    pos = 0;

    while (hr_word_next(task->folded, &pos, &word)) {
        n += hr_lint_has_latin(word) || hr_lint_has_digit(word);
    }

    return n;
}


static bool
hr_lint_ends_with(const hr_quality_texts_t *endings, hr_str_t word)
{
    size_t    i;
    hr_str_t  ending;

    for (i = 0; i < endings->count; i++) {
        ending = endings->items[i];

        if (word.len > ending.len
            && memcmp(word.data + word.len - ending.len, ending.data, ending.len)
               == 0)
        {
            return true;
        }
    }

    return false;
}


static void
hr_lint_task_start(const hr_score_doc_t *doc, const hr_score_text_t *task,
    hr_score_report_t *report)
{
    bool      verb;
    size_t    pos;
    hr_str_t  word, quote;

    pos = 0;

    if (!hr_word_next(task->folded, &pos, &word)) {
        return;
    }

    if (hr_score_may_hit(&doc->quality->tasks.action_nouns, task)
        && hr_words_match(&doc->quality->tasks.action_nouns, word))
    {
        return;
    }

    verb = hr_lint_ends_with(&doc->quality->tasks.infinitive_endings, word);

    if (!verb && hr_lint_ends_with(&doc->quality->tasks.action_endings, word)) {
        return;
    }

    quote = hr_lint_quote(task->text);

    hr_score_find(doc, &report->remarks, "task_start", task->node,
                  verb ? "Задача «%.*s» начинается с глагола, а не с названия "
                         "действия"
                       : "Задача «%.*s» не начинается с названия действия",
                  (int) quote.len, quote.data);
}


static void
hr_lint_task(const hr_score_doc_t *doc, const hr_score_text_t *task,
    hr_score_report_t *report)
{
    size_t    words, elements, pos;
    double    filler;
    hr_str_t  word, quote;

    quote = hr_lint_quote(task->text);
    elements = hr_lint_elements(doc, task);

    if ((int64_t) elements < doc->quality->tasks.min_elements) {
        hr_score_find(doc, &report->remarks, "task_elements", task->node,
                      "В задаче «%.*s» конкретных элементов %zu, рекомендуется "
                      "не меньше %lld", (int) quote.len, quote.data, elements,
                      (long long) doc->quality->tasks.min_elements);
    }

    words = 0;
    pos = 0;

    while (hr_word_next(task->folded, &pos, &word)) {
        words++;
    }

    filler = words == 0
             || !hr_score_may_hit(&doc->quality->tasks.filler_words, task)
             ? 0.0
             : (double) hr_words_count(&doc->quality->tasks.filler_words,
                                       task->folded) / (double) words;

    if (filler >= doc->quality->tasks.max_filler) {
        hr_score_find(doc, &report->remarks, "task_filler", task->node,
                      "В задаче «%.*s» доля общих слов %.0f %%",
                      (int) quote.len, quote.data, filler * 100.0);
    }

    hr_lint_task_start(doc, task, report);
}


void
hr_score_lint_tasks(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t            i;
    const hr_json_t  *section;

    for (i = 0; i < doc->ntasks; i++) {
        hr_lint_task(doc, &doc->tasks[i], report);
    }

    section = hr_json_get(doc->root, "responsibility_areas");

    if (section != NULL
        && ((int64_t) doc->ntasks < doc->quality->tasks.min_total
            || (int64_t) doc->ntasks > doc->quality->tasks.max_total))
    {
        hr_score_find(doc, &report->remarks, "tasks_total", section,
                      "Задач всего %zu, рекомендуется от %lld до %lld",
                      doc->ntasks, (long long) doc->quality->tasks.min_total,
                      (long long) doc->quality->tasks.max_total);
    }
}


/* -- I-12: markers of filled gaps -- */

static bool
hr_lint_is_strict(const hr_score_leaf_t *leaf)
{
    const hr_json_t  *node;

    if (hr_str_eq(leaf->section->key, HR_STR("professional_skills"))) {
        return true;
    }

    for (node = leaf->text.node; node != NULL; node = node->parent) {
        if (hr_str_eq(node->key, HR_STR("software"))
            || hr_str_eq(node->key, HR_STR("software_systems")))
        {
            return true;
        }
    }

    return false;
}


void
hr_score_lint_markers(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    bool                    strict;
    size_t                  i, pos;
    hr_str_t                hit;
    const hr_score_leaf_t  *leaf;

    for (i = 0; i < doc->nleaves; i++) {
        leaf = &doc->leaves[i];

        if (!hr_score_may_hit(&doc->quality->markers, &leaf->text)) {
            continue;
        }

        strict = hr_lint_is_strict(leaf);
        pos = 0;

        while (hr_words_next(&doc->quality->markers, leaf->text.folded, &pos,
                             &hit))
        {
            report->measures.markers++;

            if (!strict) {
                continue;
            }

            report->measures.markers_strict++;
            hr_score_find(doc, &report->remarks, "marker", leaf->text.node,
                          "Неопределённое «%.*s» в навыках или программном "
                          "обеспечении", (int) hit.len, hit.data);
        }
    }
}
