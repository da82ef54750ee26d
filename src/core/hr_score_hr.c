/*
 * Remarks of a personnel officer (I-06, I-40, I-41, generation.md 7.5): career,
 * KPIs, subordination, education, wording, duties of other units.
 */

#include <stdio.h>

#include "hr_profile.h"
#include "hr_score_doc.h"


#define HR_CHECK_QUOTE  120


static hr_str_t
hr_check_quote(hr_str_t text)
{
    return hr_utf8_cut(text, HR_CHECK_QUOTE);
}


static size_t
hr_check_count(const hr_json_t *list)
{
    size_t            n;
    const hr_json_t  *item;

    n = 0;

    for (item = hr_score_first(list); item != NULL;
         item = hr_score_next(list, item))
    {
        n += !hr_json_missing(item);
    }

    return n;
}


/* -- career (I-06) -- */

static const struct {
    const char  *member;
    const char  *list;
} hr_check_career_lists[] = {
    { "source_positions", "direct_predecessors" },
    { "source_positions", "cross_functional_entrants" },
    { "target_pathways", "vertical_growth" },
    { "target_pathways", "horizontal_growth" },
    { "target_pathways", "expert_growth" },
};


static void
hr_check_step(const hr_score_doc_t *doc, const hr_json_t *step,
    hr_score_report_t *report)
{
    size_t            i;
    const hr_json_t  *bridge;

    static const char *const  members[] = {
        "target_position", "target_department", "rationale"
    };

    if (step->type != HR_JSON_OBJECT) {
        return;
    }

    for (i = 0; i < sizeof(members) / sizeof(char *); i++) {
        if (hr_json_missing(hr_json_get(step, members[i]))) {
            hr_score_find(doc, &report->remarks, "career_step", step,
                          "Карьерный шаг не заполнен: нет поля %s", members[i]);
            return;
        }
    }

    bridge = hr_json_get(step, "competency_bridge");

    if (hr_check_count(hr_json_get(bridge, "strengthen_skills"))
        + hr_check_count(hr_json_get(bridge, "acquire_skills")) == 0)
    {
        hr_score_find(doc, &report->remarks, "career_step", step,
                      "Карьерный шаг не заполнен: не названы навыки для "
                      "перехода");
    }
}


static void
hr_check_pathways(const hr_score_doc_t *doc, const hr_json_t *career,
    hr_score_report_t *report)
{
    char              path[128];
    size_t            i, n, satisfied;
    int64_t           minimum;
    const hr_json_t  *list, *item;

    satisfied = 0;
    n = sizeof(hr_check_career_lists) / sizeof(hr_check_career_lists[0]);

    for (i = 0; i < n; i++) {
        list = hr_json_get(hr_json_get(career, hr_check_career_lists[i].member),
                           hr_check_career_lists[i].list);
        minimum = hr_vocabulary_career_minimum(doc->voc,
                                               hr_check_career_lists[i].list);

        if ((int64_t) hr_check_count(list) >= minimum) {
            satisfied++;

        } else {
            /* the list may be absent: its path is known all the same */

            snprintf(path, sizeof(path), "careerogram.%s.%s",
                     hr_check_career_lists[i].member,
                     hr_check_career_lists[i].list);
            hr_findings_add(&report->remarks, "career_minimum",
                            hr_str_from_c(path),
                            "Карьерограмма: в списке %s позиций %zu, "
                            "рекомендуется не меньше %lld",
                            hr_check_career_lists[i].list, hr_check_count(list),
                            (long long) minimum);
        }

        if (i < 2) {
            continue;
        }

        for (item = hr_score_first(list); item != NULL;
             item = hr_score_next(list, item))
        {
            hr_check_step(doc, item, report);
        }
    }

    report->measures.career_minima = (double) satisfied / (double) n;
}


void
hr_score_check_career(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t            i;
    const hr_json_t  *value, *career;

    static const char *const  lists[] = { "source_positions", "target_positions" };

    value = hr_json_get(doc->root, "careerogram");
    career = value == NULL ? NULL : hr_profile_career(doc->arena, value);

    if (value != NULL && career == NULL) {
        report->remarks.rc = HR_NOMEM;
        return;
    }

    report->measures.career_minima = -1.0;

    if (hr_json_missing(career)) {

        /* an older document tells its career under another name */

        if (hr_json_missing(hr_json_get(doc->root, "career_path"))
            && hr_json_missing(hr_json_get(doc->root, "career_development")))
        {
            report->measures.career_minima = 0.0;
            hr_findings_add(&report->remarks, "career_minimum",
                            HR_STR("careerogram"), "Карьерограмма не заполнена");
        }

        return;
    }

    if (hr_json_is(hr_json_get(career, "source_positions"), HR_JSON_OBJECT)
        || hr_json_is(hr_json_get(career, "target_pathways"), HR_JSON_OBJECT))
    {
        hr_check_pathways(doc, career, report);
        return;
    }

    /* the editor's shape: branches cannot be told apart */

    if (hr_json_get(career, "source_positions") == NULL) {
        return;
    }

    for (i = 0; i < 2; i++) {
        if (hr_check_count(hr_json_get(career, lists[i])) == 0) {
            hr_findings_add(&report->remarks, "career_minimum",
                            HR_STR("careerogram"),
                            "Карьерограмма: список %s пуст", lists[i]);
        }
    }
}


/* -- KPIs -- */

static bool
hr_check_has_digit(hr_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9') {
            return true;
        }
    }

    return false;
}


static bool
hr_check_has_sign(const hr_quality_texts_t *signs, hr_str_t text)
{
    size_t  i;

    for (i = 0; i < signs->count; i++) {
        if (hr_contains(text, signs->items[i])) {
            return true;
        }
    }

    return false;
}


static void
hr_check_kpi(const hr_score_doc_t *doc, const hr_json_t *kpi, bool frequency,
    hr_score_report_t *report)
{
    bool              value, unit, period;
    hr_str_t          quote;
    hr_score_text_t   text;

    if (!hr_score_text(doc, kpi, &text)) {
        report->remarks.rc = HR_NOMEM;
        return;
    }

    if (text.text.len == 0) {
        return;
    }

    value = hr_check_has_digit(text.text);
    unit = hr_check_has_sign(&doc->quality->kpis.signs, text.text)
           || hr_score_hit(&doc->quality->kpis.units, &text);
    period = frequency || hr_score_hit(&doc->quality->kpis.periods, &text);

    if (value && unit && period) {
        return;
    }

    quote = hr_check_quote(text.text);

    hr_score_find(doc, &report->remarks, "kpi_not_measurable", kpi,
                  "Показатель «%.*s» нельзя измерить, не указано:%s%s%s",
                  (int) quote.len, quote.data, value ? "" : " значение",
                  unit ? "" : " единица", period ? "" : " период");
}


void
hr_score_check_kpis(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    bool              frequency;
    const hr_json_t  *metrics, *list, *item;

    metrics = hr_json_get(doc->root, "performance_metrics");
    list = hr_json_get(metrics, "quantitative_kpis");
    report->measures.kpis = hr_check_count(list);

    if (hr_json_missing(metrics)) {
        return;
    }

    if ((int64_t) report->measures.kpis < doc->quality->kpis.min
        || (int64_t) report->measures.kpis > doc->quality->kpis.max)
    {
        hr_score_find(doc, &report->remarks, "kpi_count",
                      list == NULL ? metrics : list,
                      "Количественных показателей %zu, рекомендуется от %lld до "
                      "%lld", report->measures.kpis,
                      (long long) doc->quality->kpis.min,
                      (long long) doc->quality->kpis.max);
    }

    frequency = !hr_json_missing(hr_json_get(metrics, "evaluation_frequency"));

    for (item = hr_score_first(list); item != NULL;
         item = hr_score_next(list, item))
    {
        hr_check_kpi(doc, item, frequency, report);
    }
}


/* -- superiors and subordinates -- */

void
hr_score_check_people(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    hr_str_t                quote;
    const hr_json_t        *manager, *list, *item;
    hr_vocabulary_marks_t   marks;

    manager = hr_json_get(doc->root, "direct_manager");
    quote = hr_check_quote(hr_json_text(manager));

    if (report->facts.manager_known && !report->facts.manager_in_tree) {
        hr_findings_add(&report->remarks, "manager_not_in_tree",
                        HR_STR("direct_manager"),
                        "Руководителя «%.*s» нет в структуре организации",
                        (int) quote.len, quote.data);

    } else if (report->facts.manager_rank_known
               && !report->facts.manager_one_above)
    {
        hr_findings_add(&report->remarks, "manager_rank",
                        HR_STR("direct_manager"),
                        "Руководитель «%.*s» не на одну ступень выше должности",
                        (int) quote.len, quote.data);
    }

    if (doc->category_known && doc->reports >= 0
        && doc->marks.manager != (doc->reports > 0))
    {
        hr_findings_add(&report->remarks, "subordinates_inconsistent",
                        HR_STR("subordinates"),
                        doc->marks.manager
                        ? "Руководящая категория без подчинённых"
                        : "Подчинённые у должности без руководящей категории");
    }

    list = hr_json_get(doc->root, "corporate_competencies");

    for (item = hr_score_first(list); item != NULL;
         item = hr_score_next(list, item))
    {
        if (doc->leads || doc->reports > 0
            || !hr_vocabulary_marks(doc->voc, "corporate_competencies",
                                    hr_json_text(item), &marks)
            || !marks.manager)
        {
            continue;
        }

        hr_score_find(doc, &report->remarks, "leadership_without_subordinates",
                      item, "Компетенция «%.*s» указана без подчинённых",
                      (int) item->text.len, item->text.data);
    }
}


/* -- education and experience -- */

/* Classifier codes "38.03.01" in a text. */

static int64_t
hr_check_codes(hr_str_t text)
{
    size_t   i, k;
    int64_t  n;

    static const char  pattern[] = "99.99.99";

    n = 0;

    for (i = 0; i + sizeof(pattern) - 1 <= text.len; i++) {

        for (k = 0; k < sizeof(pattern) - 1; k++) {
            if (pattern[k] == '9' ? text.data[i + k] < '0'
                                    || text.data[i + k] > '9'
                                  : text.data[i + k] != pattern[k])
            {
                break;
            }
        }

        if (k == sizeof(pattern) - 1) {
            n++;
            i += k - 1;
        }
    }

    return n;
}


/* The first whole number of a text; -1: none. */

static int64_t
hr_check_number(hr_str_t text)
{
    size_t   i;
    int64_t  n;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            continue;
        }

        for (n = 0; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'
                    && n < 1000; i++)
        {
            n = n * 10 + (text.data[i] - '0');
        }

        return n;
    }

    return -1;
}


static void
hr_check_experience(const hr_score_doc_t *doc, const hr_json_t *value,
    hr_score_report_t *report)
{
    bool             none;
    int64_t          years;
    hr_str_t         quote;
    hr_score_text_t  text;

    if (hr_json_missing(value)) {
        return;
    }

    if (!hr_score_text(doc, value, &text)) {
        report->remarks.rc = HR_NOMEM;
        return;
    }

    none = hr_score_hit(&doc->quality->education.no_experience, &text);
    years = none ? 0 : hr_check_number(text.text);
    quote = hr_check_quote(text.text);

    if (years < 0) {
        hr_score_find(doc, &report->remarks, "experience_general", value,
                      "Требование к опыту «%.*s» слишком общее: нет срока",
                      (int) quote.len, quote.data);
        return;
    }

    if (!doc->category_known) {
        return;
    }

    if (doc->marks.manager
        ? years < doc->quality->education.manager_min_years
        : doc->marks.rank == 0
          && years > doc->quality->education.specialist_max_years)
    {
        hr_score_find(doc, &report->remarks, "experience_implausible", value,
                      "Требование к опыту «%.*s» не подходит категории должности",
                      (int) quote.len, quote.data);
    }
}


void
hr_score_check_education(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    int64_t           codes;
    hr_score_text_t   level;
    const hr_json_t  *section, *value;

    section = hr_score_member(doc->root, "experience_and_education", "education");

    if (!hr_json_is(section, HR_JSON_OBJECT)) {
        return;
    }

    hr_check_experience(doc, hr_score_member(section, "total_work_experience",
                                             "total_experience"), report);

    value = hr_json_get(section, "field_of_study");
    codes = hr_check_codes(hr_json_text(value));

    if (codes > doc->quality->education.max_codes) {
        hr_score_find(doc, &report->remarks, "education_codes", value,
                      "Кодов специальностей %lld, рекомендуется не больше %lld",
                      (long long) codes,
                      (long long) doc->quality->education.max_codes);
    }

    value = hr_json_get(section, "education_level");

    if (!doc->category_known || !doc->marks.manager || hr_json_missing(value)) {
        return;
    }

    if (!hr_score_text(doc, value, &level)) {
        report->remarks.rc = HR_NOMEM;
        return;
    }

    if (!hr_score_hit(&doc->quality->education.manager_levels, &level)) {
        hr_score_find(doc, &report->remarks, "education_implausible", value,
                      "Уровень образования «%.*s» не подходит категории "
                      "должности", (int) level.text.len, level.text.data);
    }
}


/* -- wording (I-40) -- */

static bool
hr_check_worded(const hr_score_doc_t *doc, const hr_score_leaf_t *leaf)
{
    size_t                     i;
    const hr_quality_texts_t  *members;

    members = &doc->quality->wording_members;

    for (i = 0; i < members->count; i++) {
        if (hr_str_eq(members->items[i], leaf->section->key)) {
            return true;
        }
    }

    return false;
}


void
hr_score_check_wording(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t                       i, k, pos;
    uint64_t                     all;
    hr_str_t                     hit;
    const hr_score_leaf_t       *leaf;
    const hr_quality_wording_t  *wording;

    for (k = 0, all = 0; k < doc->quality->nwordings; k++) {
        all |= doc->quality->wordings[k].words.bit;
    }

    for (i = 0; i < doc->nleaves; i++) {
        leaf = &doc->leaves[i];

        if ((leaf->text.lists & all) == 0 || !hr_check_worded(doc, leaf)) {
            continue;
        }

        for (k = 0; k < doc->quality->nwordings; k++) {
            wording = &doc->quality->wordings[k];

            if (!hr_score_may_hit(&wording->words, &leaf->text)) {
                continue;
            }

            pos = 0;

            while (hr_words_next(&wording->words, leaf->text.folded, &pos, &hit))
            {
                hr_score_find(doc, &report->remarks, "wording", leaf->text.node,
                              "Возможная дискриминация (%.*s, важность: %.*s): "
                              "«%.*s»", (int) wording->label.len,
                              wording->label.data, (int) wording->severity.len,
                              wording->severity.data, (int) hit.len, hit.data);
            }
        }
    }
}


/* -- duties of other units -- */

void
hr_score_check_boundaries(const hr_score_doc_t *doc, hr_score_report_t *report)
{
    size_t                        i, k;
    hr_str_t                      quote;
    const hr_score_text_t        *task;
    const hr_quality_boundary_t  *boundary;

    for (k = 0; k < doc->quality->nboundaries; k++) {
        boundary = &doc->quality->boundaries[k];

        if (hr_score_hit(&boundary->owners, &doc->department)) {
            continue;
        }

        for (i = 0; i < doc->ntasks; i++) {
            task = &doc->tasks[i];

            if (!hr_score_hit(&boundary->actions, task)
                || !hr_score_hit(&boundary->objects, task))
            {
                continue;
            }

            quote = hr_check_quote(task->text);

            hr_score_find(doc, &report->remarks, "boundary", task->node,
                          "Задача «%.*s» похожа на обязанность другого "
                          "подразделения (%.*s)", (int) quote.len, quote.data,
                          (int) boundary->label.len, boundary->label.data);
        }
    }
}
