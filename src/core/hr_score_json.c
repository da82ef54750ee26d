/*
 * A quality report as JSON (profile-document.md 6.4) and its place in the
 * generation metadata.
 */

#include "hr_score.h"


/* An object under construction: the first failure sticks. */
typedef struct {
    hr_arena_t  *arena;
    hr_json_t   *object;
    hr_rc_t      rc;
} hr_score_object_t;


static void
hr_score_object(hr_score_object_t *o, hr_arena_t *arena)
{
    o->arena = arena;
    o->object = hr_json_new(arena, HR_JSON_OBJECT);
    o->rc = o->object == NULL ? HR_NOMEM : HR_OK;
}


/* value NULL: a failed allocation */

static void
hr_score_put(hr_score_object_t *o, const char *name, hr_json_t *value)
{
    if (o->rc == HR_OK) {
        o->rc = hr_json_set(o->arena, o->object, name, value);
    }
}


static void
hr_score_put_count(hr_score_object_t *o, const char *name, size_t value)
{
    hr_score_put(o, name, hr_json_new_int(o->arena, (int64_t) value));
}


static void
hr_score_put_bool(hr_score_object_t *o, const char *name, bool value)
{
    hr_score_put(o, name, hr_json_new_bool(o->arena, value));
}


/* A share; below 0 there is nothing to measure: null. */

static void
hr_score_put_share(hr_score_object_t *o, const char *name, double value)
{
    hr_score_put(o, name, value < 0.0 ? hr_json_new(o->arena, HR_JSON_NULL)
                                      : hr_json_new_double(o->arena, value));
}


static void
hr_score_put_texts(hr_score_object_t *o, const char *name,
    const hr_str_t *texts, size_t n)
{
    size_t      i;
    hr_json_t  *array;

    array = hr_json_new(o->arena, HR_JSON_ARRAY);

    for (i = 0; i < n && array != NULL; i++) {
        if (hr_json_push(array, hr_json_new_str(o->arena, texts[i])) != HR_OK) {
            array = NULL;
        }
    }

    hr_score_put(o, name, array);
}


/* Levels are numbers, except in documents that have texts for them. */

static void
hr_score_put_levels(hr_score_object_t *o, const char *name,
    const hr_str_t *levels, size_t n)
{
    size_t      i;
    int64_t     number;
    hr_json_t  *array, *value;

    array = hr_json_new(o->arena, HR_JSON_ARRAY);

    for (i = 0; i < n && array != NULL; i++) {

        number = levels[i].len == 1 ? levels[i].data[0] - '0' : 0;

        value = number >= 1 && number <= 9 ? hr_json_new_int(o->arena, number)
                                           : hr_json_new_str(o->arena, levels[i]);

        if (hr_json_push(array, value) != HR_OK) {
            array = NULL;
        }
    }

    hr_score_put(o, name, array);
}


/* Messages of the findings whose code begins so: the issues of one metric. */

static void
hr_score_put_issues(hr_score_object_t *o, const hr_findings_t *list,
    const char *prefix)
{
    size_t      i;
    hr_json_t  *array;

    array = hr_json_new(o->arena, HR_JSON_ARRAY);

    for (i = 0; i < list->count && array != NULL; i++) {
        if (strncmp(list->items[i].code, prefix, strlen(prefix)) == 0
            && hr_json_push(array, hr_json_new_str(o->arena,
                                                   list->items[i].message))
               != HR_OK)
        {
            array = NULL;
        }
    }

    hr_score_put(o, "issues", array);
}


static hr_json_t *
hr_score_metrics(hr_arena_t *arena, const hr_score_report_t *r)
{
    hr_score_object_t  all, o;

    hr_score_object(&all, arena);

    hr_score_object(&o, arena);
    hr_score_put_count(&o, "total_tasks", r->tasks.total);
    hr_score_put_count(&o, "valid_tasks", r->tasks.valid);
    hr_score_put_share(&o, "valid_ratio", r->tasks.ratio);
    hr_score_put_share(&o, "avg_concrete_elements", r->tasks.avg_elements);
    hr_score_put_share(&o, "avg_filler_ratio", r->tasks.avg_filler_ratio);
    hr_score_put(&all, "p0_1_tasks", o.rc == HR_OK ? o.object : NULL);

    hr_score_object(&o, arena);
    hr_score_put_count(&o, "total_skills", r->skills.total);
    hr_score_put_count(&o, "soft_skills_count", r->skills.soft);
    hr_score_put_count(&o, "with_methodology", r->skills.with_method);
    hr_score_put_share(&o, "valid_ratio", r->skills.ratio);
    hr_score_put(&all, "p0_2_soft_skills", o.rc == HR_OK ? o.object : NULL);

    hr_score_object(&o, arena);
    hr_score_put_bool(&o, "valid", r->domain.valid);
    hr_score_put(&o, "domain", hr_json_new_str(arena, r->domain.domain));
    hr_score_put_bool(&o, "required", r->domain.required);
    hr_score_put_bool(&o, "has_framework", r->domain.nfound != 0);
    hr_score_put_texts(&o, "found_frameworks", r->domain.found, r->domain.nfound);
    hr_score_put_texts(&o, "expected_frameworks", r->domain.expected,
                       r->domain.nexpected);
    hr_score_put_issues(&o, &r->critical, "regulation_");
    hr_score_put(&all, "p0_3_regulatory", o.rc == HR_OK ? o.object : NULL);

    hr_score_object(&o, arena);
    hr_score_put_bool(&o, "valid", r->levels.valid);
    hr_score_put_levels(&o, "levels_found", r->levels.levels, r->levels.nlevels);
    hr_score_put_count(&o, "unique_descriptions", r->levels.unique);
    hr_score_put_count(&o, "should_be_unique", r->levels.nlevels);
    hr_score_put_texts(&o, "duplicate_descriptions", r->levels.duplicates,
                       r->levels.nduplicates);
    hr_score_put_issues(&o, &r->critical, "level_texts_");
    hr_score_put(&all, "p0_4_levels", o.rc == HR_OK ? o.object : NULL);

    return all.rc == HR_OK ? all.object : NULL;
}


static hr_json_t *
hr_score_measures(hr_arena_t *arena, const hr_score_report_t *r)
{
    hr_score_object_t  o;

    hr_score_object(&o, arena);
    hr_score_put(&o, "schema_valid", r->facts.schema_known
                 ? hr_json_new_bool(arena, r->facts.schema_valid)
                 : hr_json_new(arena, HR_JSON_NULL));
    hr_score_put_share(&o, "matched_kpis",
                       r->facts.kpis_known ? r->facts.kpis_matched : -1.0);
    hr_score_put_share(&o, "career_minima", r->measures.career_minima);
    hr_score_put_share(&o, "right_levels", r->measures.right_levels);
    hr_score_put_share(&o, "prefixed_categories",
                       r->measures.prefixed_categories);
    hr_score_put_count(&o, "filler_markers", r->measures.markers);
    hr_score_put_count(&o, "filler_markers_strict", r->measures.markers_strict);
    hr_score_put_count(&o, "kpi_count", r->measures.kpis);

    return o.rc == HR_OK ? o.object : NULL;
}


static hr_json_t *
hr_score_summary(hr_arena_t *arena, const hr_score_report_t *r)
{
    hr_score_object_t  o;

    hr_score_object(&o, arena);
    hr_score_put_count(&o, "total_issues", r->critical.total);
    hr_score_put_count(&o, "total_warnings", r->warnings.total);
    hr_score_put_count(&o, "total_remarks", r->remarks.total);
    hr_score_put(&o, "critical_issues", hr_findings_messages(arena, &r->critical));
    hr_score_put(&o, "warnings", hr_findings_messages(arena, &r->warnings));

    return o.rc == HR_OK ? o.object : NULL;
}


hr_json_t *
hr_score_json(hr_arena_t *arena, const hr_score_report_t *report)
{
    hr_score_object_t  o;

    hr_score_object(&o, arena);
    hr_score_put_bool(&o, "valid", report->valid);
    hr_score_put_share(&o, "quality_score",
                       report->evaluated ? report->quality : -1.0);
    hr_score_put(&o, "metrics", hr_score_metrics(arena, report));
    hr_score_put(&o, "summary", hr_score_summary(arena, report));
    hr_score_put(&o, "measures", hr_score_measures(arena, report));
    hr_score_put(&o, "remarks", hr_findings_json(arena, &report->remarks));
    hr_score_put(&o, "rule_version", hr_json_new_str(arena, report->rules));

    return o.rc == HR_OK ? o.object : NULL;
}


hr_rc_t
hr_score_publish(hr_arena_t *arena, hr_json_t *meta,
    const hr_completeness_t *completeness, const hr_score_report_t *report)
{
    hr_score_object_t  o;

    o.arena = arena;
    o.object = hr_json_get(meta, "validation");
    o.rc = HR_OK;

    if (!hr_json_is(o.object, HR_JSON_OBJECT)) {

        hr_score_object(&o, arena);

        if (o.rc == HR_OK) {
            o.rc = hr_json_set(arena, meta, "validation", o.object);
        }

        if (o.rc != HR_OK) {
            return o.rc;
        }
    }

    hr_score_put_bool(&o, "is_valid", completeness->is_valid);
    hr_score_put(&o, "errors", hr_findings_messages(arena, &completeness->errors));
    hr_score_put(&o, "warnings",
                 hr_findings_messages(arena, &completeness->warnings));
    hr_score_put(&o, "completeness_score",
                 hr_json_new_double(arena, completeness->score));
    hr_score_put(&o, "quality", hr_score_json(arena, report));

    return o.rc;
}


static void
hr_score_facts_remark(hr_str_t code, hr_score_facts_t *facts)
{
    if (hr_str_eq(code, HR_STR("manager_not_in_tree"))) {
        facts->manager_known = true;

    } else if (hr_str_eq(code, HR_STR("manager_rank"))) {
        facts->manager_known = true;
        facts->manager_in_tree = true;
        facts->manager_rank_known = true;
    }
}


void
hr_score_facts(const hr_json_t *meta, hr_score_facts_t *facts)
{
    const hr_json_t  *quality, *measures, *schema, *remark;

    memset(facts, 0, sizeof(hr_score_facts_t));

    quality = hr_json_get(hr_json_get(meta, "validation"), "quality");
    measures = hr_json_get(quality, "measures");
    schema = hr_json_get(measures, "schema_valid");

    /* null after an edit: what was measured was another document */
    if (!hr_json_is(schema, HR_JSON_BOOL)) {
        return;
    }

    facts->schema_known = true;
    facts->schema_valid = schema->boolean;
    facts->kpis_known = hr_json_double(hr_json_get(measures, "matched_kpis"),
                                       &facts->kpis_matched);
    facts->levels_known = hr_json_double(hr_json_get(measures, "right_levels"),
                                         &facts->levels_right);

    remark = hr_json_get(quality, "remarks");
    remark = hr_json_is(remark, HR_JSON_ARRAY) ? remark->first : NULL;

    for ( /* void */ ; remark != NULL; remark = remark->next) {
        hr_score_facts_remark(hr_json_text(hr_json_get(remark, "code")), facts);
    }
}
