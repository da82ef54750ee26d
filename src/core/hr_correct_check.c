/*
 * What is remarked about a document and never changed: KPIs that were not
 * supplied (I-03), career steps outside the structure (I-07), tasks of other
 * units (I-13), missing topics of the role (I-14), category names (I-09), the
 * direct manager (I-41).
 */

#include "hr_correct.h"
#include "hr_node.h"
#include "hr_profile.h"
#include "hr_text.h"
#include "hr_words.h"


#define HR_CHECK_STEM        5          /* letters of a word that are compared */
#define HR_CHECK_WORD_MIN    4
#define HR_CHECK_STEMS_MAX   40
#define HR_CHECK_TEXT_MAX    (1024u * 1024)

typedef struct {
    const hr_correct_input_t   *in;
    const hr_context_rules_t   *rules;
    const hr_org_t             *org;
    const hr_json_t            *document;
    hr_arena_t                 *arena;
    hr_correct_checks_t        *out;
    hr_findings_t              *warnings;
} hr_check_t;


static const hr_json_t *
hr_check_items(const hr_json_t *object, const char *path)
{
    const hr_json_t  *list = hr_json_path(object, path);

    return hr_json_is(list, HR_JSON_ARRAY) ? list->first : NULL;
}


/* --- KPIs ------------------------------------------------------------------------- */

static bool
hr_check_supplied(const hr_check_t *c, hr_str_t entry)
{
    const hr_kpi_selection_t  *kpi = &c->in->context->kpi;

    for (size_t i = 0; i < kpi->count; i++) {
        if (hr_kpi_names(c->arena, kpi->items[i].name, entry)) {
            return true;
        }
    }

    return false;
}


static void
hr_check_kpis(hr_check_t *c)
{
    size_t     i = 0, before;
    bool       specific = c->in->context->kpi.source == HR_KPI_SPECIFIC;
    hr_str_t   text;
    hr_path_t  path;

    hr_path_reset(&path);
    (void) hr_path_member(&path, HR_STR("performance_metrics"));
    (void) hr_path_member(&path, HR_STR("quantitative_kpis"));

    for (const hr_json_t *e = hr_check_items(c->document,
                                  "performance_metrics.quantitative_kpis");
         e != NULL;
         e = e->next, i++)
    {
        if (e->type != HR_JSON_STRING) {
            continue;
        }

        c->out->kpi_total++;

        if (hr_check_supplied(c, e->text)) {
            c->out->kpi_matched++;

        } else if (specific) {
            text = hr_utf8_cut(e->text, 200);
            before = hr_path_index(&path, i);
            hr_findings_add(c->warnings, "kpi_not_supplied",
                            hr_path_str(&path),
                            "Показателя нет среди КПЭ подразделения: %.*s",
                            (int) text.len, text.data);
            hr_path_cut(&path, before);
        }
    }
}


/* --- career ------------------------------------------------------------------------- */

/* True when the reference resolves; a full heap is no "not found". */
static bool
hr_check_resolve(const hr_check_t *c, hr_str_t reference, hr_str_t title,
    hr_org_resolved_t *resolved)
{
    hr_rc_t  rc;

    rc = hr_org_resolve(c->org, reference, title, resolved);

    if (rc == HR_NOMEM) {
        c->warnings->rc = rc;
    }

    return rc == HR_OK;
}


/* Some unit has the title: each block is asked for its whole subtree. */
static bool
hr_check_has_title(const hr_check_t *c, hr_str_t title)
{
    hr_org_resolved_t    resolved;
    const hr_context_t  *context = c->in->context;

    for (size_t i = 0; i < context->block_count && title.len > 0; i++) {
        if (hr_check_resolve(c, context->blocks[i], title, &resolved)
            && resolved.slot != HR_ORG_NONE)
        {
            return true;
        }
    }

    return false;
}


/* Asked before hr_org_resolve(), which would look for suggestions. */
static bool
hr_check_has_unit(const hr_check_t *c, hr_str_t reference)
{
    hr_rc_t              rc;
    uint32_t             unit;
    hr_org_department_t  department;

    rc = hr_org_find_path(c->org, reference, HR_ORG_PATH_SUFFIX, &unit);

    if (rc == HR_NOT_FOUND) {
        rc = hr_org_find_department(c->org, reference, &department);
    }

    if (rc == HR_NOMEM) {
        c->warnings->rc = rc;
    }

    return rc == HR_OK;
}


static void
hr_check_target(hr_check_t *c, hr_str_t path, const hr_json_t *step)
{
    hr_org_resolved_t   resolved;
    hr_career_mark_t   *mark;

    if (c->out->career_count == HR_MARKS_MAX) {
        return;
    }

    mark = &c->out->career[c->out->career_count++];
    mark->path = hr_arena_str(c->arena, path);
    mark->position = hr_json_text(hr_json_get(step, "target_position"));
    mark->department = hr_json_text(hr_json_get(step, "target_department"));

    mark->position_known = hr_check_has_title(c, mark->position);
    mark->department_known = mark->department.len > 0
                             && hr_check_has_unit(c, mark->department);
    mark->in_structure = mark->department_known && mark->position.len > 0
                         && hr_check_resolve(c, mark->department,
                                             mark->position, &resolved)
                         && resolved.slot != HR_ORG_NONE;

    if (!mark->in_structure) {
        hr_findings_add(c->warnings, "career_target_unknown", path,
                        "Карьерный переход не найден в структуре: %.*s — %.*s",
                        (int) hr_utf8_cut(mark->position, 100).len,
                        mark->position.data == NULL ? "" : mark->position.data,
                        (int) hr_utf8_cut(mark->department, 200).len,
                        mark->department.data == NULL ? ""
                                                      : mark->department.data);
    }
}


static void
hr_check_career(hr_check_t *c)
{
    static const char  *lists[] = { "vertical_growth", "horizontal_growth",
                                    "expert_growth" };

    size_t            k, outer, inner;
    hr_path_t         path;
    const hr_json_t  *pathways;

    pathways = hr_json_path(c->document, "careerogram.target_pathways");
    hr_path_reset(&path);
    (void) hr_path_member(&path, HR_STR("careerogram"));
    (void) hr_path_member(&path, HR_STR("target_pathways"));

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {

        outer = hr_path_member(&path, hr_str_from_c(lists[i]));
        k = 0;

        for (const hr_json_t *step = hr_check_items(pathways, lists[i]);
             step != NULL;
             step = step->next)
        {
            inner = hr_path_index(&path, k++);

            if (step->type == HR_JSON_OBJECT) {
                hr_check_target(c, hr_path_str(&path), step);
            }

            hr_path_cut(&path, inner);
        }

        hr_path_cut(&path, outer);
    }
}


/* --- boundaries ---------------------------------------------------------------------- */

typedef struct {
    hr_str_t  stems[HR_CHECK_STEMS_MAX];
    size_t    count;
} hr_check_stems_t;


/* Adds the stems of the words that say something about a function. */
static void
hr_check_stems(const hr_check_t *c, hr_str_t text, bool names,
    hr_check_stems_t *out)
{
    hr_str_t  folded, word;

    folded = hr_fold(c->arena, text);

    for (size_t pos = 0;
         out->count < HR_CHECK_STEMS_MAX && hr_word_next(folded, &pos, &word);
         /* void */ )
    {
        if (hr_utf8_count(word) >= HR_CHECK_WORD_MIN
            && !(names && hr_words_match(&c->rules->unit_words, word)))
        {
            out->stems[out->count++] = hr_utf8_cut(word, HR_CHECK_STEM);
        }
    }
}


static bool
hr_check_has_stem(const hr_check_stems_t *set, hr_str_t stem)
{
    for (size_t i = 0; i < set->count; i++) {
        if (hr_str_eq(set->stems[i], stem)) {
            return true;
        }
    }

    return false;
}


/* All words of the other unit's name, at least one of which is not ours. */
static bool
hr_check_is_foreign(const hr_check_stems_t *task,
    const hr_check_stems_t *other, const hr_check_stems_t *own)
{
    bool  strange = false;

    for (size_t i = 0; i < other->count; i++) {

        if (!hr_check_has_stem(task, other->stems[i])) {
            return false;
        }

        strange = strange || !hr_check_has_stem(own, other->stems[i]);
    }

    return strange;
}


/* "Согласование …", "Передача …": working with others is no foreign task. */
static bool
hr_check_is_cooperation(const hr_check_t *c, hr_str_t task)
{
    size_t    pos = 0;
    hr_str_t  word;

    return hr_word_next(hr_fold(c->arena, task), &pos, &word)
           && hr_words_match(&c->rules->cooperation, word);
}


static void
hr_check_task(hr_check_t *c, hr_str_t path, hr_str_t task,
    const hr_check_stems_t *others, const hr_check_stems_t *own)
{
    hr_org_unit_t        unit;
    hr_check_stems_t     words = { .count = 0 };
    const hr_context_t  *context = c->in->context;

    if (hr_check_is_cooperation(c, task)) {
        return;
    }

    hr_check_stems(c, task, false, &words);

    for (size_t i = 0; i < context->foreign_count; i++) {

        if (others[i].count == 0
            || !hr_check_is_foreign(&words, &others[i], own))
        {
            continue;
        }

        hr_org_unit(c->org, context->foreign[i], &unit);

        if (c->out->boundary_count < HR_MARKS_MAX) {
            c->out->boundary[c->out->boundary_count].path =
                hr_arena_str(c->arena, path);
            c->out->boundary[c->out->boundary_count++].unit = unit.name;
        }

        hr_findings_add(c->warnings, "foreign_task", path,
                        "Задача похожа на функцию подразделения «%.*s»",
                        (int) unit.name.len, unit.name.data);
        return;
    }
}


static void
hr_check_boundaries(hr_check_t *c)
{
    size_t               i = 0, k, outer, inner;
    hr_path_t            path;
    hr_org_unit_t        unit;
    hr_check_stems_t     own = { .count = 0 }, *others;
    const hr_context_t  *context = c->in->context;

    others = hr_arena_calloc(c->arena, (context->foreign_count + 1)
                                       * sizeof(hr_check_stems_t));
    if (others == NULL) {
        c->warnings->rc = HR_NOMEM;
        return;
    }

    for (k = 0; k < context->foreign_count; k++) {
        hr_org_unit(c->org, context->foreign[k], &unit);
        hr_check_stems(c, unit.name, true, &others[k]);
    }

    for (k = 0; k < context->depth; k++) {
        hr_check_stems(c, context->names[k], true, &own);
    }

    hr_check_stems(c, context->title, true, &own);

    hr_path_reset(&path);
    (void) hr_path_member(&path, HR_STR("responsibility_areas"));

    for (const hr_json_t *area = hr_check_items(c->document,
                                                "responsibility_areas");
         area != NULL;
         area = area->next)
    {
        outer = hr_path_index(&path, i++);
        (void) hr_path_member(&path, HR_STR("tasks"));
        k = 0;

        for (const hr_json_t *task = hr_check_items(area, "tasks");
             task != NULL;
             task = task->next)
        {
            inner = hr_path_index(&path, k++);

            if (task->type == HR_JSON_STRING) {
                hr_check_task(c, hr_path_str(&path), task->text, others, &own);
            }

            hr_path_cut(&path, inner);
        }

        hr_path_cut(&path, outer);
    }
}


/* --- topics ---------------------------------------------------------------------------- */

static void
hr_check_collect(const hr_json_t *node, unsigned depth, hr_buf_t *buf)
{
    if (depth > HR_NODE_DEPTH_MAX) {
        return;
    }

    if (node->type == HR_JSON_STRING) {
        (void) hr_buf_str(buf, node->text);
        (void) hr_buf_c(buf, " \n ");
        return;
    }

    for (const hr_json_t *child = node->first; child != NULL;
         child = child->next)
    {
        if (depth > 0 || !hr_profile_is_reasoning(child->key)) {
            hr_check_collect(child, depth + 1, buf);
        }
    }
}


static void
hr_check_topics(hr_check_t *c)
{
    hr_buf_t           buf;
    hr_str_t           folded;
    const hr_role_t   *role;
    const hr_topic_t  *topic;

    hr_buf_init(&buf, HR_CHECK_TEXT_MAX);
    hr_check_collect(c->document, 0, &buf);
    folded = hr_fold(c->arena, hr_utf8_cut_bytes(hr_buf_view(&buf), buf.len));

    /* a document above the limit is searched as far as it fits */
    if (folded.data == NULL || buf.err == HR_NOMEM) {
        c->warnings->rc = HR_NOMEM;
    }

    hr_buf_release(&buf);

    if (c->warnings->rc != HR_OK) {
        return;
    }

    for (size_t i = 0; i < c->in->context->role_count; i++) {

        role = c->in->context->roles[i];

        for (size_t k = 0; k < role->topic_count; k++) {

            topic = &role->topics[k];
            c->out->topics_total++;

            if (hr_words_match(&topic->words, folded)) {
                continue;
            }

            c->out->topics_missing++;
            hr_findings_add(c->warnings, "role_topic_missing", HR_STR(""),
                            "Не раскрыта обязательная тема: %.*s",
                            (int) topic->name.len, topic->name.data);
        }
    }
}


/* --- categories of skills ---------------------------------------------------------------- */

static void
hr_check_prefixes(hr_check_t *c)
{
    size_t     i = 0, before;
    hr_str_t   prefix, name, cut;
    hr_path_t  path;

    prefix = hr_vocabulary_constant(c->in->vocabulary, "skill_category_prefix");
    hr_path_reset(&path);
    (void) hr_path_member(&path, HR_STR("professional_skills"));

    for (const hr_json_t *group = hr_check_items(c->document,
                                                 "professional_skills");
         group != NULL;
         group = group->next)
    {
        before = hr_path_index(&path, i++);
        name = hr_json_text(hr_json_get(group, "skill_category"));

        if (name.len > 0
            && (name.len < prefix.len
                || memcmp(name.data, prefix.data, prefix.len) != 0))
        {
            cut = hr_utf8_cut(name, 100);
            hr_findings_add(c->warnings, "skill_category_prefix",
                            hr_path_str(&path),
                            "Название группы навыков не начинается со слов "
                            "«%.*s»: %.*s", (int) prefix.len, prefix.data,
                            (int) cut.len, cut.data);
        }

        hr_path_cut(&path, before);
    }
}


/* --- manager ------------------------------------------------------------------------------- */

/* The field may hold the title alone or with the unit behind it. */
static void
hr_check_manager(hr_check_t *c)
{
    size_t    end = 0;
    hr_str_t  text, title;

    text = hr_json_text(hr_json_get(c->document, "direct_manager"));

    while (end < text.len && text.data[end] != '(' && text.data[end] != ',') {
        end++;
    }

    title = hr_trim(hr_str(text.data, end));

    if (title.len == 0) {
        return;
    }

    c->out->manager_in_tree = hr_check_has_title(c, title);
    c->out->manager_expected =
        c->in->context->manager.len > 0
        && hr_str_eq(hr_match_key(c->arena, title),
                     hr_match_key(c->arena, c->in->context->manager));
}


hr_rc_t
hr_correct_check(const hr_correct_input_t *input,
    const hr_context_rules_t *rules, const hr_org_t *org,
    const hr_json_t *document, hr_arena_t *arena, hr_correct_checks_t *out,
    hr_findings_t *warnings)
{
    hr_check_t  c = { input, rules, org, document, arena, out, warnings };

    memset(out, 0, sizeof(*out));

    hr_check_kpis(&c);
    hr_check_career(&c);
    hr_check_boundaries(&c);
    hr_check_topics(&c);
    hr_check_prefixes(&c);
    hr_check_manager(&c);

    return warnings->rc;
}
