/*
 * Corrections by meaning (generation.md 7.4 rules 1 to 4 and 6).  Members that
 * the model left out stay out: they are missing for the completeness score and
 * for the repair request, and must not be covered up here.
 */

#include "hr_correct_form.h"
#include "hr_correct_run.h"


/* --- members ---------------------------------------------------------------------- */

void
hr_correct_put(hr_correct_t *c, hr_json_t *object, const char *key,
    hr_json_t *value)
{
    hr_rc_t  rc;

    rc = value == NULL ? HR_NOMEM : hr_json_set(c->arena, object, key, value);

    if (rc != HR_OK) {
        c->fixes->rc = rc;
    }
}


/* Sets a text that is there already in some form; absent and null are left. */
static void
hr_correct_text(hr_correct_t *c, hr_json_t *object, const char *key,
    const char *path, hr_str_t text, const char *rule)
{
    hr_json_t  *old = hr_json_get(object, key);

    if (text.data == NULL || old == NULL || old->type == HR_JSON_NULL
        || (old->type == HR_JSON_STRING && hr_str_eq(old->text, text)))
    {
        return;
    }

    hr_fixes_add(c->fixes, rule, hr_str_from_c(path),
                 hr_fixes_value(c->fixes, old), text);
    hr_correct_put(c, object, key, hr_json_new_str(c->arena, text));
}


/* --- rule 1: names ------------------------------------------------------------------ */

static void
hr_correct_names(hr_correct_t *c)
{
    const hr_context_t  *context = c->in->context;

    hr_correct_text(c, c->document, "position_title", "position_title",
                    context->title, "canonical_name");
    hr_correct_text(c, c->document, "department_broad", "department_broad",
                    context->names[0], "canonical_name");
    hr_correct_text(c, c->document, "department_specific",
                    "department_specific", context->unit.name,
                    "canonical_name");
}


/* --- rule 2: level texts -------------------------------------------------------------- */

static void
hr_correct_skill(hr_correct_t *c, hr_json_t *skill, hr_path_t *path,
    size_t *total, size_t *right)
{
    size_t      before;
    int64_t     level;
    hr_str_t    text;
    hr_json_t  *number, *description;

    if (skill->type != HR_JSON_OBJECT) {
        return;
    }

    number = hr_json_get(skill, "proficiency_level");
    description = hr_json_get(skill, "proficiency_description");

    if (!hr_json_int(number, &level)) {
        return;
    }

    text = hr_vocabulary_level_text(c->in->vocabulary, level);
    if (text.data == NULL) {
        return;
    }

    (*total)++;

    if (hr_str_eq(hr_json_text(description), text)) {
        (*right)++;
        return;
    }

    before = hr_path_member(path, HR_STR("proficiency_description"));
    hr_fixes_add(c->fixes, "level_text", hr_path_str(path),
                 hr_fixes_value(c->fixes, description), text);
    hr_path_cut(path, before);

    hr_correct_put(c, skill, "proficiency_description",
                   hr_json_new_str(c->arena, text));
}


static void
hr_correct_levels(hr_correct_t *c, double *levels_right)
{
    size_t            i = 0, k, total = 0, right = 0, outer, inner;
    hr_path_t         path;
    const hr_json_t  *groups, *skills;

    groups = hr_json_get(c->document, "professional_skills");
    hr_path_reset(&path);
    (void) hr_path_member(&path, HR_STR("professional_skills"));

    for (const hr_json_t *group = hr_json_is(groups, HR_JSON_ARRAY)
                                  ? groups->first : NULL;
         group != NULL;
         group = group->next)
    {
        outer = hr_path_index(&path, i++);
        (void) hr_path_member(&path, HR_STR("specific_skills"));
        skills = hr_json_get(group, "specific_skills");
        k = 0;

        for (hr_json_t *skill = hr_json_is(skills, HR_JSON_ARRAY)
                                ? skills->first : NULL;
             skill != NULL;
             skill = skill->next)
        {
            inner = hr_path_index(&path, k++);
            hr_correct_skill(c, skill, &path, &total, &right);
            hr_path_cut(&path, inner);
        }

        hr_path_cut(&path, outer);
    }

    if (levels_right != NULL) {
        *levels_right = total == 0 ? -1.0 : (double) right / (double) total;
    }
}


/* --- rule 3: span, category, competencies ----------------------------------------------- */

static void
hr_correct_span_member(hr_correct_t *c, hr_json_t *span, const char *key,
    const char *path, uint32_t value)
{
    int64_t     n;
    hr_str_t    text;
    hr_json_t  *old = hr_json_get(span, key);

    if (hr_json_int(old, &n) && n == (int64_t) value) {
        return;
    }

    text = hr_arena_printf(c->arena, "%u", value);
    hr_fixes_add(c->fixes, "span_of_control", hr_str_from_c(path),
                 hr_fixes_value(c->fixes, old), text);
    hr_findings_add(c->warnings, "span_of_control", hr_str_from_c(path),
                    "Число подчинённых исправлено по структуре: %u", value);
    hr_correct_put(c, span, key, hr_json_new_int(c->arena, value));
}


static void
hr_correct_span(hr_correct_t *c)
{
    hr_json_t                *span = hr_json_get(c->document, "subordinates");
    const hr_context_span_t  *right = &c->in->context->span;

    if (span == NULL || span->type == HR_JSON_NULL) {
        return;
    }

    if (span->type != HR_JSON_OBJECT) {
        hr_fixes_add(c->fixes, "span_of_control", HR_STR("subordinates"),
                     hr_fixes_value(c->fixes, span), HR_STR("{…}"));
        span = hr_json_new(c->arena, HR_JSON_OBJECT);
        hr_correct_put(c, c->document, "subordinates", span);

        if (span == NULL) {
            return;
        }
    }

    hr_correct_span_member(c, span, "departments", "subordinates.departments",
                           right->departments);
    hr_correct_span_member(c, span, "direct_reports",
                           "subordinates.direct_reports", right->reports);
}


static void
hr_correct_category(hr_correct_t *c)
{
    hr_json_t  *old = hr_json_get(c->document, "position_category");
    hr_str_t    right = c->in->context->category;

    if (hr_json_is(old, HR_JSON_STRING) && !hr_str_eq(old->text, right)) {
        hr_findings_add(c->warnings, "position_category",
                        HR_STR("position_category"),
                        "Категория исправлена по структуре: %.*s",
                        (int) right.len, right.data);
    }

    hr_correct_text(c, c->document, "position_category", "position_category",
                    right, "position_category");
}


static hr_json_t *
hr_correct_find(hr_json_t *list, hr_str_t value)
{
    for (hr_json_t *item = list->first; item != NULL; item = item->next) {
        if (hr_str_eq(hr_json_text(item), value)) {
            return item;
        }
    }

    return NULL;
}


/*
 * Competencies for those who lead people only with people to lead; those that
 * belong to everybody always.
 */
static void
hr_correct_competencies(hr_correct_t *c)
{
    bool                    leads;
    size_t                  count;
    hr_json_t              *list, *item;
    const hr_str_t         *values;
    const hr_str_t          path = HR_STR("corporate_competencies");
    hr_vocabulary_marks_t   marks;

    list = hr_json_get(c->document, "corporate_competencies");

    if (!hr_json_is(list, HR_JSON_ARRAY)) {
        return;
    }

    leads = c->in->context->span.departments + c->in->context->span.reports > 0;
    values = hr_vocabulary_values(c->in->vocabulary, path, &count);

    for (size_t i = 0; i < count; i++) {

        if (!hr_vocabulary_marks(c->in->vocabulary, "corporate_competencies",
                                 values[i], &marks))
        {
            continue;
        }

        item = hr_correct_find(list, values[i]);

        if (marks.manager && !leads && item != NULL) {
            hr_fixes_add(c->fixes, "competency_without_subordinates", path,
                         values[i], HR_STR_NULL);
            hr_json_unlink(item);
        }

        if (marks.common && item == NULL) {
            hr_fixes_add(c->fixes, "competency_for_all", path, HR_STR_NULL,
                         values[i]);
            item = hr_json_new_str(c->arena, values[i]);

            if (item == NULL || hr_json_push(list, item) != HR_OK) {
                c->fixes->rc = HR_NOMEM;
                return;
            }
        }
    }
}


/* --- rule 4: standard package ------------------------------------------------------------ */

static bool
hr_correct_same_list(const hr_json_t *list, const hr_str_t *values,
    size_t count)
{
    size_t  i = 0;

    if (list->type != HR_JSON_ARRAY || list->count != count) {
        return false;
    }

    for (const hr_json_t *item = list->first; item != NULL; item = item->next) {
        if (!hr_str_eq(hr_json_text(item), values[i++])) {
            return false;
        }
    }

    return true;
}


hr_json_t *
hr_correct_list(hr_correct_t *c, const hr_str_t *values, size_t count)
{
    hr_json_t  *list, *item;

    list = hr_json_new(c->arena, HR_JSON_ARRAY);

    for (size_t i = 0; i < count && list != NULL; i++) {

        item = hr_json_new_str(c->arena, values[i]);

        if (item == NULL || hr_json_push(list, item) != HR_OK) {
            return NULL;
        }
    }

    return list;
}


static void
hr_correct_whole_list(hr_correct_t *c, hr_json_t *object, const char *key,
    const char *path, const hr_str_t *values, size_t count, const char *rule)
{
    hr_json_t  *old = hr_json_get(object, key), *list;

    if (old == NULL || count == 0 || hr_correct_same_list(old, values, count)) {
        return;
    }

    list = hr_correct_list(c, values, count);
    hr_fixes_add(c->fixes, rule, hr_str_from_c(path),
                 hr_fixes_value(c->fixes, old),
                 hr_fixes_value(c->fixes, list));
    hr_correct_put(c, object, key, list);
}


static void
hr_correct_package(hr_correct_t *c)
{
    size_t           count;
    hr_json_t       *software;
    const hr_str_t  *values;

    software = hr_json_path(c->document, "workplace_provisioning.software");
    values = hr_vocabulary_values(c->in->vocabulary, HR_STR("standard_package"),
                                  &count);

    if (hr_json_is(software, HR_JSON_OBJECT)) {
        hr_correct_whole_list(c, software, "standard_package",
                              "workplace_provisioning.software."
                              "standard_package", values, count,
                              "standard_package");
    }
}


/* --- spelling of listed values ------------------------------------------------------------- */

static void
hr_correct_spelling(hr_correct_t *c, hr_json_t *value, const char *list,
    const char *path)
{
    hr_str_t  canonical;

    if (!hr_json_is(value, HR_JSON_STRING)) {
        return;
    }

    canonical = hr_vocabulary_canonical(c->in->vocabulary, list, value->text);

    if (canonical.data != NULL && !hr_str_eq(canonical, value->text)) {
        hr_fixes_add(c->fixes, "spelling", hr_str_from_c(path), value->text,
                     canonical);
        value->text = canonical;
    }
}


static void
hr_correct_spellings(hr_correct_t *c)
{
    static const struct {
        const char  *path;
        const char  *list;
    } members[] = {
        { "corporate_competencies", "corporate_competencies" },
        { "personal_qualities", "personal_qualities" },
        { "experience_and_education.education_level", "education_level" },
        { "performance_metrics.evaluation_frequency", "evaluation_frequency" },
        { "quality_verification.confidence_level", "confidence_level" },
    };

    hr_json_t  *value;

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {

        value = hr_json_path(c->document, members[i].path);

        if (!hr_json_is(value, HR_JSON_ARRAY)) {
            hr_correct_spelling(c, value, members[i].list, members[i].path);
            continue;
        }

        for (hr_json_t *item = value->first; item != NULL; item = item->next) {
            hr_correct_spelling(c, item, members[i].list, members[i].path);
        }
    }
}


/* --- rule 6: document metadata --------------------------------------------------------------- */

static void
hr_correct_metadata(hr_correct_t *c)
{
    hr_json_t  *metadata = hr_json_get(c->document, "metadata");

    if (metadata == NULL || metadata->type == HR_JSON_NULL) {
        return;
    }

    if (metadata->type != HR_JSON_OBJECT) {
        hr_fixes_add(c->fixes, "metadata_replaced", HR_STR("metadata"),
                     hr_fixes_value(c->fixes, metadata), HR_STR("{…}"));
        hr_findings_add(c->warnings, "metadata_replaced", HR_STR("metadata"),
                        "Поле metadata не было объектом и заменено");

        /* empty texts first, so that the rule below has something to set */
        metadata = hr_json_new(c->arena, HR_JSON_OBJECT);
        hr_correct_put(c, c->document, "metadata", metadata);

        if (metadata == NULL) {
            return;
        }

        hr_correct_put(c, metadata, "profile_author",
                       hr_json_new_str(c->arena, HR_STR("")));
        hr_correct_put(c, metadata, "creation_date",
                       hr_json_new_str(c->arena, HR_STR("")));
        hr_correct_put(c, metadata, "data_sources",
                       hr_json_new(c->arena, HR_JSON_ARRAY));
    }

    hr_correct_text(c, metadata, "profile_author", "metadata.profile_author",
                    hr_vocabulary_constant(c->in->vocabulary,
                                           "profile_author"),
                    "document_metadata");
    hr_correct_text(c, metadata, "creation_date", "metadata.creation_date",
                    c->in->date, "document_metadata");
    hr_correct_whole_list(c, metadata, "data_sources", "metadata.data_sources",
                          c->in->sources, c->in->source_count,
                          "document_metadata");
}


hr_rc_t
hr_correct_apply(const hr_correct_input_t *input, hr_json_t *document,
    hr_arena_t *arena, hr_fixes_t *fixes, hr_findings_t *warnings,
    double *levels_right)
{
    hr_correct_t  c = { input, arena, fixes, warnings, document };

    hr_correct_form(input->schema, input->vocabulary, document, arena, fixes);
    hr_correct_spellings(&c);
    hr_correct_names(&c);
    hr_correct_levels(&c, levels_right);
    hr_correct_span(&c);
    hr_correct_category(&c);
    hr_correct_competencies(&c);
    hr_correct_package(&c);
    hr_correct_metadata(&c);
    hr_legend_apply(input->legend, document, arena, fixes);

    return fixes->rc != HR_OK ? fixes->rc : warnings->rc;
}
