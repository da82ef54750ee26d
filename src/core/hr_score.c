/*
 * The quality score (profile-document.md 6.4):
 *
 *     3 * valid tasks + 2 * valid skills + 2 * [P0.3] + 3 * [P0.4]     (0..10)
 *
 * with words found at word borders, as the contract's corrections demand.  The
 * formula itself is that of the reference, so that its figures stay comparable.
 */

#define _GNU_SOURCE     /* memmem */

#include <stdio.h>
#include <string.h>

#include "hr_score_doc.h"


#define HR_SCORE_QUOTE   160        /* code points of a quoted text */
#define HR_SCORE_LEVELS  64         /* distinct levels looked at */

typedef struct {
    hr_str_t   text;
    uint64_t   hash;
    size_t     level;       /* index into levels */
} hr_score_description_t;


static hr_str_t
hr_score_quote(hr_str_t text)
{
    return hr_utf8_cut(text, HR_SCORE_QUOTE);
}


/* -- P0.1 concreteness of tasks -- */

static size_t
hr_score_pieces(hr_str_t text)
{
    size_t    i, start, n;
    hr_str_t  piece;

    n = 0;

    for (start = i = 0; i <= text.len; i++) {

        if (i < text.len && text.data[i] != ',') {
            continue;
        }

        piece = hr_trim(hr_str(text.data + start, i - start));
        n += hr_utf8_count(hr_utf8_cut(piece, 3)) > 2;
        start = i + 1;
    }

    return n;
}


static size_t
hr_score_occurrences(hr_str_t text, hr_str_t part)
{
    size_t       n;
    const char  *at, *end;

    if (text.len < part.len) {
        return 0;
    }

    n = 0;
    at = text.data;
    end = text.data + text.len;

    while (at != NULL && (size_t) (end - at) >= part.len) {
        at = memmem(at, (size_t) (end - at), part.data, part.len);

        if (at != NULL) {
            n++;
            at += part.len;
        }
    }

    return n;
}


static size_t
hr_score_blank_words(hr_str_t folded)
{
    size_t  i, n;

    /* folded texts have single blanks between words and none at the ends */

    n = folded.len != 0;

    for (i = 0; i < folded.len; i++) {
        n += folded.data[i] == ' ';
    }

    return n;
}


static void
hr_score_task(const hr_score_doc_t *doc, const hr_score_text_t *task,
    hr_score_report_t *report, double *elements_sum, double *filler_sum)
{
    double                     ratio;
    size_t                     i, elements, words;
    hr_str_t                   quote;
    const hr_words_t          *phrases;
    const hr_quality_texts_t  *connectives;

    elements = hr_score_pieces(task->text);

    if (elements <= 1) {
        connectives = &doc->quality->tasks.connectives;

        for (i = 0; i < connectives->count; i++) {
            elements += hr_score_occurrences(task->node->text,
                                             connectives->items[i]);
        }
    }

    words = hr_score_blank_words(task->folded);
    phrases = &doc->quality->tasks.filler_phrases;
    ratio = hr_score_may_hit(phrases, task)
            ? (double) hr_words_distinct(phrases, task->folded)
              / (double) (words == 0 ? 1 : words)
            : 0.0;

    *elements_sum += (double) elements;
    *filler_sum += ratio;
    report->tasks.total++;

    if ((int64_t) elements >= doc->quality->tasks.min_elements
        && ratio < doc->quality->tasks.max_filler)
    {
        report->tasks.valid++;
        return;
    }

    quote = hr_score_quote(task->text);

    hr_score_find(doc, &report->critical, "task_not_concrete", task->node,
                  "Задача «%.*s» недостаточно конкретна: элементов %zu, доля "
                  "общих фраз %.0f %%", (int) quote.len, quote.data, elements,
                  ratio * 100.0);
}


static void
hr_score_tasks(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t  i;
    double  elements, filler;

    elements = 0.0;
    filler = 0.0;

    for (i = 0; i < doc->ntasks; i++) {
        hr_score_task(doc, &doc->tasks[i], report, &elements, &filler);
    }

    if (report->tasks.total != 0) {
        report->tasks.ratio = (double) report->tasks.valid
                              / (double) report->tasks.total;
        report->tasks.avg_elements = elements / (double) report->tasks.total;
        report->tasks.avg_filler_ratio = filler / (double) report->tasks.total;
    }
}


/* -- P0.2 a method for soft skills -- */

static bool
hr_score_skill_has(const hr_score_skill_t *skill, const hr_words_t *words)
{
    if (hr_score_hit(words, &skill->name)) {
        return true;
    }

    /* a standard text says nothing about the skill */

    return skill->description.text.len != 0 && skill->standard == 0
           && hr_score_hit(words, &skill->description);
}


static void
hr_score_skills(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t                   i, valid;
    hr_str_t                 quote;
    const hr_score_skill_t  *skill;

    valid = 0;

    for (i = 0; i < doc->nskills; i++) {
        skill = &doc->skills[i];
        report->skills.total++;

        if (!hr_score_skill_has(skill, &doc->quality->skills.soft)) {
            valid++;
            continue;
        }

        report->skills.soft++;

        if (hr_score_skill_has(skill, &doc->quality->skills.methods)) {
            report->skills.with_method++;
            valid++;
            continue;
        }

        quote = hr_score_quote(skill->name.text);

        hr_score_find(doc, &report->warnings, "soft_skill_without_method",
                      skill->name.node,
                      "Для навыка «%.*s» не названа методика", (int) quote.len,
                      quote.data);
    }

    report->skills.ratio = report->skills.total == 0
                           ? 1.0
                           : (double) valid / (double) report->skills.total;
}


/* -- P0.3 regulatory framework of the domain -- */

static bool
hr_score_any_leaf(const hr_score_doc_t *doc, const hr_words_t *words)
{
    size_t  i;

    for (i = 0; i < doc->nleaves; i++) {
        if (hr_score_hit(words, &doc->leaves[i].text)) {
            return true;
        }
    }

    return false;
}


static hr_rc_t
hr_score_domain(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t                      i;
    hr_str_t                   *found;
    hr_score_domain_t          *result;
    const hr_quality_domain_t  *domain;

    domain = NULL;
    result = &report->domain;
    result->domain = HR_STR("unknown");
    result->valid = true;

    for (i = 0; i < doc->quality->ndomains && domain == NULL; i++) {
        if (hr_score_hit(&doc->quality->domains[i].department, &doc->department)) {
            domain = &doc->quality->domains[i];
        }
    }

    if (domain == NULL) {
        return HR_OK;
    }

    found = hr_arena_calloc(doc->arena, domain->count * sizeof(hr_str_t));
    if (found == NULL) {
        return HR_NOMEM;
    }

    /* names are copied: the report may outlive a reload of the rules */

    result->required = true;
    result->domain = hr_arena_str(doc->arena, domain->name);
    result->found = found;

    for (i = 0; i < domain->count; i++) {
        if (hr_score_any_leaf(doc, &domain->frameworks[i].words)) {
            found[result->nfound++] = hr_arena_str(doc->arena,
                                                   domain->labels[i]);
        }
    }

    found = hr_arena_calloc(doc->arena, domain->count * sizeof(hr_str_t));
    if (found == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < domain->count; i++) {
        found[i] = hr_arena_str(doc->arena, domain->labels[i]);
    }

    result->expected = found;
    result->nexpected = domain->count;
    result->valid = result->nfound != 0;

    if (!result->valid) {
        hr_score_find(doc, &report->critical, "regulation_missing",
                      hr_json_get(doc->root, "department_specific"),
                      "В профиле не названо ни одного норматива области «%.*s»",
                      (int) result->domain.len, result->domain.data);
    }

    return HR_OK;
}


/* -- P0.4 texts of levels -- */

static hr_str_t
hr_score_level_name(const hr_score_doc_t *doc, const hr_json_t *level)
{
    int64_t  number;

    if (hr_json_int(level, &number)) {
        return number == 0 ? HR_STR_NULL
                           : hr_arena_printf(doc->arena, "%lld",
                                             (long long) number);
    }

    return hr_trim(hr_json_text(level));
}


/* Hash of a text with its blanks collapsed: prefilter of hr_words_same(). */

static uint64_t
hr_score_text_hash(hr_str_t text)
{
    size_t    pos;
    uint64_t  h;
    hr_str_t  word;

    h = 0xcbf29ce484222325ULL;
    pos = 0;

    while (hr_word_next(text, &pos, &word)) {
        for ( ; word.len != 0; word.data++, word.len--) {
            h = (h ^ (unsigned char) *word.data) * 0x100000001b3ULL;
        }

        h = (h ^ ' ') * 0x100000001b3ULL;
    }

    return h;
}


static void
hr_score_level_conflicts(const hr_score_doc_t *doc, hr_score_report_t *report,
    const hr_str_t *levels, const hr_str_t *first, const size_t *texts)
{
    size_t            i, j;
    hr_str_t         *duplicates;
    const hr_json_t  *section;

    section = hr_json_get(doc->root, "professional_skills");
    duplicates = (hr_str_t *) report->levels.duplicates;

    for (i = 0; i < report->levels.nlevels; i++) {

        if (texts[i] > 1) {
            report->levels.valid = false;
            hr_score_find(doc, &report->critical, "level_texts_differ", section,
                          "Уровень %.*s описан разными текстами: %zu",
                          (int) levels[i].len, levels[i].data, texts[i]);
        }

        for (j = 0; j < i; j++) {

            if (!hr_words_same(first[i], first[j])) {
                continue;
            }

            report->levels.valid = false;
            duplicates[report->levels.nduplicates++] = first[i];
            hr_score_find(doc, &report->critical, "level_texts_shared", section,
                          "Уровни %.*s и %.*s описаны одним текстом",
                          (int) levels[j].len, levels[j].data,
                          (int) levels[i].len, levels[i].data);
            break;
        }
    }
}


static size_t
hr_score_level_index(hr_str_t *levels, size_t *n, hr_str_t name)
{
    size_t  i;

    for (i = 0; i < *n; i++) {
        if (hr_str_eq(levels[i], name)) {
            return i;
        }
    }

    if (*n < HR_SCORE_LEVELS) {
        levels[(*n)++] = name;
    }

    return i;
}


static hr_rc_t
hr_score_levels(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    bool                      known, known_here;
    size_t                    i, k, n, level, texts[HR_SCORE_LEVELS];
    hr_str_t                 *levels, *first, name;
    const hr_score_skill_t   *skill;
    hr_score_description_t   *seen;

    report->levels.valid = true;

    levels = hr_arena_calloc(doc->arena, HR_SCORE_LEVELS * sizeof(hr_str_t));
    first = hr_arena_calloc(doc->arena, HR_SCORE_LEVELS * sizeof(hr_str_t));
    report->levels.duplicates = hr_arena_calloc(doc->arena, HR_SCORE_LEVELS
                                                            * sizeof(hr_str_t));
    seen = hr_arena_calloc(doc->arena, (doc->nskills + 1)
                                       * sizeof(hr_score_description_t));

    if (levels == NULL || first == NULL || report->levels.duplicates == NULL
        || seen == NULL)
    {
        return HR_NOMEM;
    }

    memset(texts, 0, sizeof(texts));
    report->levels.levels = levels;
    n = 0;

    for (i = 0; i < doc->nskills; i++) {
        skill = &doc->skills[i];
        name = hr_score_level_name(doc, skill->level);

        if (name.len == 0 || skill->description.text.len == 0) {
            continue;
        }

        level = hr_score_level_index(levels, &report->levels.nlevels, name);

        if (level == HR_SCORE_LEVELS) {
            continue;
        }

        seen[n].text = skill->description.text;
        seen[n].hash = hr_score_text_hash(seen[n].text);
        seen[n].level = level;
        known = false;
        known_here = false;

        for (k = 0; k < n && !known_here; k++) {
            if (seen[k].hash == seen[n].hash
                && hr_words_same(seen[k].text, seen[n].text))
            {
                known = true;
                known_here = seen[k].level == level;
            }
        }

        if (texts[level] == 0) {
            first[level] = seen[n].text;
        }

        report->levels.unique += !known;
        texts[level] += !known_here;

        /* only different (level, text) pairs need to be looked at again */
        n += !known_here;
    }

    hr_score_level_conflicts(doc, report, levels, first, texts);

    return HR_OK;
}


/* -- measures of I-33 that are neither score nor remark -- */

static void
hr_score_right_levels(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t    i, right, all;
    int64_t   level;

    if (report->facts.levels_known) {
        report->measures.right_levels = report->facts.levels_right;
        return;
    }

    right = 0;
    all = 0;

    for (i = 0; i < doc->nskills; i++) {

        if (!hr_json_int(doc->skills[i].level, &level) || level < 1 || level > 4)
        {
            continue;
        }

        all++;
        right += doc->skills[i].standard == level;
    }

    report->measures.right_levels = all == 0 ? -1.0
                                             : (double) right / (double) all;
}


static hr_rc_t
hr_score_run(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    hr_rc_t  rc;

    hr_score_tasks(doc, report);
    hr_score_skills(doc, report);

    rc = hr_score_domain(doc, report);

    if (rc == HR_OK) {
        rc = hr_score_levels(doc, report);
    }

    if (rc != HR_OK) {
        return rc;
    }

    report->valid = report->critical.total == 0;
    report->evaluated = doc->ntasks != 0 || doc->nskills != 0;
    report->quality = 3.0 * report->tasks.ratio + 2.0 * report->skills.ratio
                      + (report->domain.valid ? 2.0 : 0.0)
                      + (report->levels.valid ? 3.0 : 0.0);
    report->validation = report->quality / 10.0;

    hr_score_right_levels(doc, report);
    hr_score_lint_skills(doc, report);
    hr_score_lint_tasks(doc, report);
    hr_score_lint_markers(doc, report);
    hr_score_check_career(doc, report);
    hr_score_check_kpis(doc, report);
    hr_score_check_people(doc, report);
    hr_score_check_education(doc, report);
    hr_score_check_wording(doc, report);
    hr_score_check_boundaries(doc, report);

    return report->critical.rc != HR_OK ? report->critical.rc
           : report->warnings.rc != HR_OK ? report->warnings.rc
           : report->remarks.rc;
}


hr_rc_t
hr_score_quality(hr_arena_t *arena, const hr_quality_t *quality,
    const hr_vocabulary_t *voc, const hr_json_t *document,
    const hr_score_facts_t *facts, hr_score_report_t *out)
{
    hr_rc_t         rc;
    hr_str_t        rules, words;
    hr_score_doc_t  doc;

    memset(out, 0, sizeof(hr_score_report_t));
    hr_findings_init(&out->critical, arena);
    hr_findings_init(&out->warnings, arena);
    hr_findings_init(&out->remarks, arena);

    if (facts != NULL) {
        out->facts = *facts;
    }

    words = hr_vocabulary_version(voc);
    rules = hr_quality_version(quality);
    out->rules = hr_arena_printf(arena, "%.*s/%.*s", (int) rules.len, rules.data,
                                 (int) words.len, words.data);
    if (out->rules.data == NULL) {
        return HR_NOMEM;
    }

    rc = hr_score_doc_load(arena, quality, voc, document, &doc);

    return rc == HR_OK ? hr_score_run(&doc, out) : rc;
}
