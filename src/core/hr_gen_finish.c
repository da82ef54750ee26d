/* Judging the answer of the model: the document, its checks, its scores. */

#include "hr_gen_judge.h"
#include "hr_text.h"


#define HR_GEN_INVALID_SHOWN  300       /* code points of a parse error */
#define HR_GEN_JUDGE_BLOCK    (64 * 1024)       /* of the job's arena */


/* What the document was made from; names of the rules, never of people. */
static void
hr_gen_data_sources(hr_gen_judge_t *j)
{
    hr_gen_job_t              *job = j->job;
    hr_correct_input_t        *in = &j->input;
    const hr_context_t        *c = &job->context;
    const hr_context_rules_t  *rules = job->gen->sources.rules;

    in->sources[in->source_count++] = rules->source_organization;

    in->sources[in->source_count++] =
        c->kpi.source == HR_KPI_SPECIFIC
        ? hr_arena_printf(job->arena, "%.*s: %.*s",
                          (int) rules->source_kpi_file.len,
                          rules->source_kpi_file.data,
                          (int) c->kpi.file.len, c->kpi.file.data)
        : hr_arena_printf(job->arena, "%.*s: %.*s",
                          (int) rules->source_kpi_template.len,
                          rules->source_kpi_template.data,
                          (int) c->kpi.type.len, c->kpi.type.data);

    if (c->values[HR_VAR_IT_SYSTEMS].data != NULL) {
        in->sources[in->source_count++] = rules->source_it_systems;
    }

    if (c->values[HR_VAR_COMPANY_MAP].data != NULL) {
        in->sources[in->source_count++] = rules->source_company_map;
    }

    in->sources[in->source_count++] =
        hr_arena_printf(job->arena, "Промпт: %.*s",
                        (int) job->prompt.version.len,
                        job->prompt.version.data);
    in->sources[in->source_count++] =
        hr_arena_printf(job->arena, "Модель: %.*s",
                        (int) (j->answer->model.len > 0 ? j->answer->model.len
                                                        : job->sent.model.len),
                        j->answer->model.len > 0 ? j->answer->model.data
                                                 : job->sent.model.data);
}


static hr_rc_t
hr_gen_correct_input(hr_gen_judge_t *j)
{
    char           text[HR_TIME_MAX];
    hr_gen_job_t  *job = j->job;

    (void) hr_time_format(j->timing->at, HR_TIME_WIRE_Z, text);

    j->input.schema = job->gen->sources.schema;
    j->input.vocabulary = job->gen->vocabulary;
    j->input.context = &job->context;
    j->input.legend = job->gen->legend;
    j->input.date = hr_arena_str(job->arena, hr_str(text, 10));
    j->input.updated = hr_gen_time(j, j->timing->at);
    hr_gen_data_sources(j);

    for (size_t i = 0; i < j->input.source_count; i++) {
        if (j->input.sources[i].data == NULL) {
            return HR_NOMEM;
        }
    }

    return j->input.date.data == NULL || j->input.updated.data == NULL
           ? HR_NOMEM : HR_OK;
}


static hr_rc_t
hr_gen_ask_repair(hr_gen_judge_t *j, hr_buf_t *buf)
{
    hr_rc_t  rc;

    rc = buf->err == HR_OK ? hr_gen_copy(j->job, hr_buf_view(buf),
                                         &j->result->repair_text)
                           : buf->err;
    j->result->repair = rc == HR_OK;
    hr_buf_release(buf);

    return rc;
}


/* The text is no usable JSON object. */
static hr_rc_t
hr_gen_bad_content(hr_gen_judge_t *j, bool may_repair)
{
    hr_rc_t   rc;
    hr_buf_t  buf;
    hr_str_t  reason;

    if (j->content.error == HR_GENERR_INVALID_JSON && may_repair) {

        reason = hr_utf8_cut(hr_str_from_c(j->content.diag.text),
                             HR_GEN_INVALID_SHOWN);
        hr_buf_init(&buf, 8192);
        (void) hr_buf_printf(&buf, "Ответ не удалось разобрать как JSON "
                             "(строка %zu, столбец %zu: %.*s). Верни тот же "
                             "ответ одним правильным JSON-объектом по схеме, "
                             "без пояснений.", j->content.diag.line,
                             j->content.diag.column, (int) reason.len,
                             reason.data);
        rc = hr_gen_ask_repair(j, &buf);

        if (rc != HR_OK) {
            return rc;
        }
    }

    return hr_gen_conclude(j, j->content.error, NULL);
}


/* Members without which a document is of no use (7.3: blocks success). */
static bool
hr_gen_is_mandatory(hr_str_t path)
{
    static const char  *members[] = {
        "", "position_title", "department_specific", "responsibility_areas",
        "professional_skills", "corporate_competencies", "personal_qualities",
        "experience_and_education"
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (hr_str_eq(path, hr_str_from_c(members[i]))) {
            return true;
        }
    }

    return false;
}


/* A mandatory member that is there in a type that nothing can be made of. */
static bool
hr_gen_unusable(const hr_json_t *document, const hr_findings_t *issues)
{
    const hr_json_t  *value;

    for (size_t i = 0; i < issues->count; i++) {

        if (strcmp(issues->items[i].code, "type") != 0
            || !hr_gen_is_mandatory(issues->items[i].path))
        {
            continue;
        }

        value = hr_json_get_str(document, issues->items[i].path);

        if (value == NULL || value->type != HR_JSON_NULL) {
            return true;
        }
    }

    return false;
}


static void
hr_gen_content_remarks(hr_gen_judge_t *j)
{
    if (j->content.duplicates > 0) {
        hr_findings_add(&j->remarks, "duplicate_members", HR_STR(""),
                        "Повторённые поля ответа: %zu; взято последнее "
                        "значение", j->content.duplicates);
    }

    if (j->content.surrogates) {
        hr_findings_add(&j->remarks, "replaced_characters", HR_STR(""),
                        "В ответе были недопустимые знаки, они заменены");
    }
}


/*
 * The schema describes what the model writes.  What the service adds is not in
 * it; a document that has those members (one that was corrected before) is not
 * worse for them.
 */
static hr_rc_t
hr_gen_check_schema(hr_gen_judge_t *j, const hr_json_t *document)
{
    size_t               kept = 0;
    hr_rc_t              rc;
    hr_findings_t       *issues = &j->issues;
    const hr_context_t  *c = &j->job->context;

    rc = hr_schema_check(j->input.schema, c->blocks, c->block_count, document,
                         issues);

    for (size_t i = 0; i < issues->count; i++) {

        if (hr_correct_is_stamp(issues->items[i].path)) {
            issues->total--;
            continue;
        }

        issues->items[kept++] = issues->items[i];
    }

    issues->count = kept;

    return rc;
}


static hr_rc_t
hr_gen_inspect(hr_gen_judge_t *j, hr_json_t *document)
{
    hr_rc_t               rc;
    hr_gen_job_t         *job = j->job;

    rc = hr_correct_apply(&j->input, document, job->arena, &j->fixes,
                          &j->remarks, &j->levels_right);

    if (rc == HR_OK) {
        rc = hr_gen_check_schema(j, document);
    }

    if (rc == HR_OK) {
        rc = hr_correct_check(&j->input, job->gen->sources.rules, j->org,
                              document, job->arena, &j->checks, &j->remarks);
    }

    if (rc == HR_OK) {
        rc = hr_score_completeness(job->arena, document, &j->completeness);
    }

    return rc;
}


static hr_rc_t
hr_gen_score(hr_gen_judge_t *j, const hr_json_t *document)
{
    hr_rc_t           rc;
    hr_score_facts_t  facts = { .schema_known = true };

    facts.schema_valid = j->issues.total == 0;
    facts.kpis_known = j->checks.kpi_total > 0;
    facts.kpis_matched = facts.kpis_known ? (double) j->checks.kpi_matched
                                            / (double) j->checks.kpi_total
                                          : 0.0;
    facts.levels_known = j->levels_right >= 0.0;
    facts.levels_right = facts.levels_known ? j->levels_right : 0.0;
    facts.manager_known = j->job->context.manager.len > 0;
    facts.manager_in_tree = j->checks.manager_in_tree;
    facts.manager_rank_known = facts.manager_known;
    facts.manager_one_above = j->checks.manager_expected;

    rc = hr_score_quality(j->job->arena, j->job->gen->quality,
                          j->job->gen->vocabulary, document, &facts,
                          &j->score);
    if (rc != HR_OK) {
        return rc;
    }

    j->result->completeness = j->completeness.score;
    j->result->has_validation = j->score.evaluated;
    j->result->validation = j->score.validation;
    j->result->schema_valid = facts.schema_valid;

    j->facts.completeness = &j->completeness;
    j->facts.score = &j->score;
    j->facts.checks = &j->checks;
    j->facts.fixes = &j->fixes;
    j->facts.schema_valid = facts.schema_valid;
    j->facts.schema_issues = &j->issues;

    return HR_OK;
}


static hr_rc_t
hr_gen_judge(hr_gen_judge_t *j, bool may_repair)
{
    hr_rc_t       rc;
    hr_buf_t      buf;
    hr_json_t    *document = j->content.document;
    hr_generr_t   error = HR_GENERR_NONE;

    hr_gen_content_remarks(j);

    rc = hr_gen_correct_input(j);

    if (rc == HR_OK) {
        rc = hr_gen_inspect(j, document);
    }

    if (rc != HR_OK) {
        return rc;
    }

    if (may_repair && j->issues.total > 0) {
        hr_buf_init(&buf, 64 * 1024);
        (void) hr_schema_repair_text(&j->issues, &buf);
        rc = hr_gen_ask_repair(j, &buf);
    }

    if (rc == HR_OK) {
        rc = hr_gen_score(j, document);
    }

    if (rc != HR_OK) {
        return rc;
    }

    hr_findings_append(&j->completeness.warnings, &j->remarks);

    if (hr_gen_unusable(document, &j->issues)) {
        error = HR_GENERR_SCHEMA_INVALID;

    } else if (j->completeness.score < HR_COMPLETENESS_MIN) {
        error = HR_GENERR_INCOMPLETE;
    }

    rc = hr_correct_stamp(&j->input, document, j->job->arena);

    return rc == HR_OK ? hr_gen_conclude(j, error, document) : rc;
}


static void
hr_gen_open(hr_gen_judge_t *j, hr_gen_job_t *job, const hr_gen_timing_t *timing,
    hr_gen_result_t *result)
{
    memset(j, 0, sizeof(*j));
    memset(result, 0, sizeof(*result));

    j->job = job;
    j->timing = timing;
    j->result = result;
    hr_fixes_init(&j->fixes, job->arena);
    hr_findings_init(&j->remarks, job->arena);
    hr_findings_init(&j->issues, job->arena);
}


/* Judges one answer, whatever was known before. */
static hr_rc_t
hr_gen_verdict(hr_gen_judge_t *j, const hr_answer_t *answer, bool may_repair)
{
    hr_rc_t        rc;
    hr_gen_job_t  *job = j->job;

    j->answer = answer;

    if (answer->error != HR_GENERR_NONE) {
        return hr_gen_conclude(j, answer->error, NULL);
    }

    if (!job->prepared) {
        return HR_CONFLICT;
    }

    rc = hr_content_parse(job->arena, answer->content, &j->content);
    if (rc != HR_OK) {
        return rc;
    }

    return j->content.error == HR_GENERR_NONE
           ? hr_gen_judge(j, may_repair) : hr_gen_bad_content(j, may_repair);
}


/*
 * The repair was no better: the answer that was to be repaired is the result.
 * Its tokens are among those of the attempts before, and so are the repair's.
 */
static hr_rc_t
hr_gen_fall_back(hr_gen_judge_t *j, const hr_org_t *org,
    const hr_gen_timing_t *timing, hr_gen_result_t *result)
{
    hr_gen_job_t     *job = j->job;
    hr_gen_timing_t   again = *timing;

    again.earlier = (hr_usage_t) {
        .known = true, .input = result->input_tokens,
        .output = result->output_tokens, .total = result->total_tokens,
        .has_cost = result->has_cost, .cost = result->cost_usd
    };

    job->kept.answer.usage = (hr_usage_t) { .known = false };
    job->sent = job->kept.sent;
    job->kept.set = false;

    hr_gen_open(j, job, &again, result);
    j->org = org;
    j->repair = HR_REPAIR_REJECTED;

    return hr_gen_verdict(j, &job->kept.answer, false);
}


hr_rc_t
hr_gen_finish(hr_gen_job_t *job, const hr_org_t *org,
    const hr_answer_t *answer, const hr_gen_timing_t *timing, bool may_repair,
    hr_gen_result_t *result)
{
    hr_rc_t         rc;
    hr_gen_judge_t  j;

    hr_arena_blocks(job->arena, HR_GEN_JUDGE_BLOCK);

    if (may_repair) {
        job->kept.set = false;
    }

    hr_gen_open(&j, job, timing, result);
    j.org = org;
    j.repair = job->kept.set ? HR_REPAIR_TAKEN : HR_REPAIR_NONE;

    rc = hr_gen_verdict(&j, answer, may_repair);

    if (rc != HR_OK) {
        return rc;
    }

    if (job->kept.set
        && (!result->success || j.issues.total > job->kept.issues))
    {
        return hr_gen_fall_back(&j, org, timing, result);
    }

    job->kept.set = result->success && result->repair;

    if (job->kept.set) {
        job->kept.answer = *answer;
        job->kept.sent = job->sent;
        job->kept.issues = j.issues.total;
    }

    return HR_OK;
}


hr_rc_t
hr_gen_fail(hr_gen_job_t *job, hr_generr_t error,
    const hr_gen_timing_t *timing, hr_gen_result_t *result)
{
    hr_gen_judge_t  j;

    hr_gen_open(&j, job, timing, result);

    return hr_gen_conclude(&j, error, NULL);
}
