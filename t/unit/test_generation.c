/*
 * The generation in three calls, end to end: generation.md 3, 7, 8, 10;
 * improvements I-21, I-25, I-35.
 */

#define _GNU_SOURCE             /* memmem */

#include "hr_gen_fixture.h"
#include "hr_text.h"


static hr_gen_fixture_t  f;

#define GROUP  "Блок Альфа/Департамент Берёза/Группа №1"


static hr_gen_job_t *
test_prepare(const char *department, const char *position, hr_generr_t want,
    const char *name)
{
    hr_generr_t       error = HR_GENERR_NONE;
    hr_gen_job_t     *job;
    hr_gen_request_t  r;

    memset(&r, 0, sizeof(r));
    r.department = hr_str_from_c(department);
    r.position = hr_str_from_c(position);
    r.employee_name = HR_STR("Тайнов Тимофей Тимурович");
    r.trace_id = HR_STR("0123456789abcdef0123456789abcdef");
    r.stream = true;
    r.now = 1900000000000000;

    OK(hr_gen_prepare(f.gen, NULL, f.org, &r, &job, &error) == HR_OK
       && error == want, name);

    return job;
}


static hr_buf_t
test_body(hr_gen_job_t *job, const hr_gen_attempt_t *attempt)
{
    hr_buf_t       buf;
    hr_gen_body_t  body;

    hr_buf_init(&buf, 4 * 1024 * 1024);

    if (hr_gen_body(job, attempt, &body) != HR_OK) {
        return buf;
    }

    for (size_t i = 0; i < body.count; i++) {
        (void) hr_buf_str(&buf, body.segments[i]);
    }

    if (buf.len != body.length) {
        hr_buf_reset(&buf);
    }

    return buf;
}


static const hr_gen_timing_t  timing = {
    .duration = 12.5, .model_time = 11.25, .attempts = 1,
    .at = 1900000012500000
};


static hr_gen_result_t
test_finish(hr_gen_job_t *job, hr_str_t content, bool may_repair)
{
    hr_answer_t      a;
    hr_gen_result_t  r;

    memset(&a, 0, sizeof(a));
    a.content = content;
    a.model = HR_STR("google/gemini-2.5-flash");
    a.provider = HR_STR("P");
    a.id = HR_STR("gen-1");
    a.finish_reason = HR_STR("stop");
    a.usage.known = true;
    a.usage.input = 10000;
    a.usage.output = 5000;
    a.usage.total = 15000;

    if (hr_gen_finish(job, f.org, &a, &timing, may_repair, &r) != HR_OK) {
        printf("Bail out! finish\n");
        exit(1);
    }

    return r;
}


static void
test_text(const hr_json_t *tree, const char *path, const char *want)
{
    const hr_json_t  *node = hr_json_path(tree, path);

    IS_STR(node == NULL ? NULL : node->text.data,
           node == NULL ? 0 : node->text.len, want, path);
}


/* A document whose schema errors are none: the production fixture, put right. */
static hr_str_t
test_document(void)
{
    static hr_str_t  text;

    if (text.data == NULL) {
        text = hr_test_file("t/data/profiles/production.json");
    }

    return text;
}


/* The document without the members of a list, as JSON. */
static hr_str_t
test_without(const char *const *members, size_t count)
{
    hr_buf_t     buf;
    hr_str_t     out;
    hr_json_t   *doc;
    hr_arena_t  *arena = hr_arena_create(16u * 1024 * 1024);

    (void) hr_json_parse(arena, test_document(), NULL, &doc, NULL);

    for (size_t i = 0; i < count; i++) {
        hr_json_remove(doc, members[i]);
    }

    hr_buf_init(&buf, 1024 * 1024);
    (void) hr_json_write(doc, HR_JSON_COMPACT, &buf);
    out.data = hr_buf_steal(&buf, &out.len);
    hr_arena_destroy(arena);

    return out;
}


static void
test_request(void)
{
    hr_buf_t               body;
    hr_json_t             *root;
    hr_arena_t            *arena = hr_arena_create(16u * 1024 * 1024);
    hr_gen_job_t          *job;
    hr_gen_attempt_t       attempt;
    const hr_gen_facts_t  *facts;

    job = test_prepare(GROUP, "Руководитель группы", HR_GENERR_NONE,
                       "a job is prepared");
    facts = hr_gen_job_facts(job);
    IS_STR(facts->unit_path.data, facts->unit_path.len, GROUP, "canonical path");
    OK(facts->slot != HR_ORG_NONE && facts->max_tokens == 20000
       && facts->input_tokens == hr_prompt_tokens(facts->prompt_chars),
       "facts of the job");
    IS_STR(facts->model.data, facts->model.len, "google/gemini-2.5-flash",
           "the model of the bundle");

    memset(&attempt, 0, sizeof(attempt));
    body = test_body(job, &attempt);
    OK(body.len > 0 && hr_json_parse(arena, hr_buf_view(&body), NULL, &root,
                                     NULL) == HR_OK, "its request is JSON");
    OK(!hr_contains(hr_buf_view(&body), HR_STR("Тайнов")),
       "without the employee's name");
    OK(!hr_contains(hr_buf_view(&body), HR_STR("Образцов"))
       && !hr_contains(hr_buf_view(&body), HR_STR("Полина")),
       "without the names of the KPI file");
    OK(!hr_contains(hr_buf_view(&body), HR_STR("{{")),
       "without a placeholder that was left over");
    hr_buf_release(&body);

    attempt.model = HR_STR("other/model");
    attempt.max_tokens = 30000;
    attempt.no_temperature = true;
    attempt.no_response_format = true;
    attempt.no_stream = true;
    body = test_body(job, &attempt);
    (void) hr_json_parse(arena, hr_buf_view(&body), NULL, &root, NULL);
    test_text(root, "model", "other/model");
    test_text(root, "max_tokens", "30000");
    OK(hr_json_get(root, "temperature") == NULL
       && hr_json_get(root, "response_format") == NULL
       && hr_json_get(root, "stream") == NULL, "an attempt may leave out");
    hr_buf_release(&body);

    attempt = (hr_gen_attempt_t) { .repair_answer = HR_STR("{}"),
                                   .repair_text = HR_STR("исправь") };
    body = test_body(job, &attempt);
    (void) hr_json_parse(arena, hr_buf_view(&body), NULL, &root, NULL);
    test_text(root, "temperature", "0.0");
    IS_INT(hr_json_get(root, "messages")->count, 3,
           "a repair attempt at temperature 0");
    hr_buf_release(&body);

    hr_gen_job_destroy(job);
    hr_arena_destroy(arena);
}


static void
test_success(void)
{
    hr_gen_job_t      *job;
    hr_gen_attempt_t   attempt = { .max_tokens = 0 };
    hr_gen_result_t    r;
    const hr_json_t   *m;
    hr_buf_t           body;

    job = test_prepare(GROUP, "Руководитель группы", HR_GENERR_NONE, "a job");
    body = test_body(job, &attempt);
    hr_buf_release(&body);
    r = test_finish(job, test_document(), true);

    OK(r.success && r.error == HR_GENERR_NONE && !r.repair, "a good answer");
    OK(r.completeness >= 1.0 && r.has_validation && r.validation > 0.5
       && r.schema_valid, "its scores");
    IS_INT(r.input_tokens, 10000, "input tokens");
    IS_INT(r.total_tokens, 15000, "total tokens");
    OK(r.has_cost && r.cost_usd > 0.00224 && r.cost_usd < 0.00226,
       "cost by the price table");
    test_text(r.document_tree, "position_title", "Руководитель группы");
    test_text(r.document_tree, "department_broad", "Блок Альфа");
    test_text(r.document_tree, "metadata.creation_date", "2030-03-17");
    test_text(r.document_tree, "metadata.generated_by",
              "A101 HR Profile Generator v1.0");

    m = r.metadata_tree;
    test_text(m, "generation.department", GROUP);
    test_text(m, "generation.position", "Руководитель группы");
    test_text(m, "generation.employee_name", "Тайнов Тимофей Тимурович");
    test_text(m, "generation.timestamp", "2030-03-17T17:46:40Z");
    test_text(m, "generation.duration", "12.5");
    test_text(m, "generation.temperature", "0.1");
    test_text(m, "generation.department_path", GROUP);
    test_text(m, "llm.model", "google/gemini-2.5-flash");
    test_text(m, "llm.generation_time", "11.25");
    test_text(m, "llm.tokens.input", "10000");
    test_text(m, "llm.tokens.output", "5000");
    test_text(m, "llm.tokens.total", "15000");
    test_text(m, "llm.temperature", "0.1");
    test_text(m, "llm.langfuse_trace_id", "0123456789abcdef0123456789abcdef");
    test_text(m, "llm.prompt_name", "profile_generation");
    test_text(m, "llm.prompt_source", "local_fallback");
    test_text(m, "llm.actual_model", "google/gemini-2.5-flash");
    test_text(m, "llm.provider", "P");
    test_text(m, "llm.response_id", "gen-1");
    test_text(m, "llm.finish_reason", "stop");
    test_text(m, "llm.attempts", "1");
    test_text(m, "validation.completeness_score", "1.0");
    test_text(m, "data_sources.kpi_source", "specific");
    test_text(m, "data_sources.kpi_type", "N/A");
    test_text(m, "data_sources.kpi_file", "KPI_БРЗ.md");
    test_text(m, "data_sources.kpi_match", "ambiguous");
    test_text(m, "data_sources.it_detail_level", "business_general");
    test_text(m, "data_sources.schema_version", "1");
    IS_INT(hr_json_path(m, "data_sources.org_sha256")->text.len, 64,
           "hash of the structure");
    OK(hr_json_path(m, "validation.fixes")->count > 0
       && hr_json_path(m, "validation.quality.quality_score") != NULL
       && hr_json_path(m, "context.flags") != NULL, "what was found out");
    OK(hr_contains(r.result, HR_STR("{\"success\":true,\"profile\":{"))
       && hr_contains(r.result, HR_STR("\"errors\":[]")), "the wrapper");

    hr_gen_job_destroy(job);
}


static void
test_incomplete(void)
{
    static const char  *six[] = {
        "primary_activity_type", "direct_manager", "additional_information",
        "performance_metrics", "workplace_provisioning", "personal_qualities"
    };

    hr_str_t          text;
    hr_gen_job_t     *job;
    hr_gen_result_t   r;

    job = test_prepare(GROUP, "Техник 1 категории", HR_GENERR_NONE, "a job");

    text = test_without(six, 5);
    r = test_finish(job, text, false);
    OK(r.success && r.completeness > 0.7058 && r.completeness < 0.7059,
       "12 of 17 members are enough");
    OK(!r.schema_valid, "though the schema is not kept");
    OK(!hr_json_path(r.metadata_tree, "validation.is_valid")->boolean
       && hr_json_path(r.metadata_tree, "validation.errors")->count == 5,
       "and every missing member is an error");
    r = test_finish(job, text, true);
    OK(r.success && r.repair
       && hr_contains(r.repair_text, HR_STR("- direct_manager: поле "
                                            "отсутствует\n")),
       "it is worth a repair attempt");
    r = test_finish(job, HR_STR("{}"), false);
    OK(r.success && r.completeness > 0.7058 && r.completeness < 0.7059
       && r.total_tokens == 15000, "a worse repair does not lose it, and is paid");
    test_text(r.metadata_tree, "validation.repair", "rejected");
    OK(hr_json_path(r.metadata_tree, "validation.needs_review")->boolean,
       "and it is marked for a review");
    free((char *) text.data);

    text = test_without(six, 6);
    r = test_finish(job, text, false);
    OK(!r.success && r.error == HR_GENERR_INCOMPLETE, "11 of 17 are not");
    OK(hr_contains(r.error_message, HR_STR("direct_manager"))
       && hr_contains(r.error_message, HR_STR("; ")),
       "the task's message lists the missing members");
    OK(r.document.data == NULL
       && hr_contains(r.result, HR_STR("{\"success\":false,\"profile\":null"))
       && hr_contains(r.result, HR_STR("\"error_code\":\"incomplete\"")),
       "the failure result");
    test_text(r.metadata_tree, "llm.tokens.total", "15000");
    free((char *) text.data);

    r = test_finish(job, HR_STR("{}"), false);
    OK(!r.success && r.error == HR_GENERR_INCOMPLETE, "0 of 17");

    hr_gen_job_destroy(job);
}


/* Complete, but below the minima of the career map (I-06). */
static void
test_short_career(void)
{
    hr_str_t          text, repaired = test_document();
    hr_buf_t          buf;
    hr_json_t        *doc, *career;
    hr_arena_t       *arena = hr_arena_create(16u * 1024 * 1024);
    hr_gen_job_t     *job;
    hr_gen_result_t   r;

    job = test_prepare(GROUP, "Техник 1 категории", HR_GENERR_NONE, "a job");

    (void) hr_json_parse(arena, repaired, NULL, &doc, NULL);
    career = (hr_json_t *) hr_json_path(doc, "careerogram.target_pathways");
    hr_json_remove(career, "vertical_growth");
    (void) hr_json_set(arena, career, "vertical_growth",
                       hr_json_new(arena, HR_JSON_ARRAY));
    hr_buf_init(&buf, 1024 * 1024);
    (void) hr_json_write(doc, HR_JSON_COMPACT, &buf);
    text = hr_buf_view(&buf);

    r = test_finish(job, text, true);
    OK(r.success && r.completeness >= 1.0 && !r.schema_valid && r.repair
       && hr_contains(r.repair_text,
                      HR_STR("- careerogram.target_pathways.vertical_growth: ")),
       "a career map below its minima is worth a repair attempt");

    r = test_finish(job, repaired, false);
    OK(r.success && r.schema_valid && !r.repair, "the repaired one is taken");
    test_text(r.metadata_tree, "validation.repair", "taken");

    r = test_finish(job, text, true);
    r = test_finish(job, text, false);
    OK(r.success && !r.schema_valid && !r.repair
       && hr_contains(r.metadata, HR_STR("\"repair\":\"taken\""))
       && hr_contains(r.metadata, HR_STR("\"needs_review\":true")),
       "one that is no better is stored with a mark");

    r = test_finish(job, repaired, true);
    OK(r.success && !r.repair
       && !hr_contains(r.metadata, HR_STR("\"repair\":"))
       && hr_contains(r.metadata, HR_STR("\"needs_review\":false")),
       "a good answer needs neither");

    hr_buf_release(&buf);
    hr_gen_job_destroy(job);
    hr_arena_destroy(arena);
}


static void
test_unusable(void)
{
    hr_gen_job_t     *job;
    hr_gen_result_t   r;

    job = test_prepare(GROUP, "Техник 1 категории", HR_GENERR_NONE, "a job");

    r = test_finish(job, HR_STR("{\"a\":1,}"), true);
    OK(!r.success && r.error == HR_GENERR_INVALID_JSON && r.repair
       && hr_contains(r.repair_text, HR_STR("JSON")),
       "text that is no JSON is worth a repair attempt");
    r = test_finish(job, HR_STR("{\"a\":1,}"), false);
    OK(r.error == HR_GENERR_INVALID_JSON && !r.repair, "once");
    OK(!hr_contains(r.result, HR_STR("double quotes")),
       "the reason does not reach the client");

    r = test_finish(job, HR_STR("{\"a\":"), true);
    OK(r.error == HR_GENERR_TRUNCATED && !r.repair,
       "an object that is not closed is truncated");
    r = test_finish(job, HR_STR("{\"error\":\"нет данных\"}"), true);
    OK(r.error == HR_GENERR_REFUSED && !r.repair, "a refusal");

    r = test_finish(job, HR_STR("{\"position_title\":\"x\",\"department_broad\":"
        "\"x\",\"department_specific\":\"x\",\"position_category\":\"x\","
        "\"direct_manager\":\"x\",\"subordinates\":{},\"primary_activity_type\":"
        "\"x\",\"responsibility_areas\":17,\"professional_skills\":[1],"
        "\"corporate_competencies\":[\"x\"],\"personal_qualities\":[\"x\"],"
        "\"experience_and_education\":{\"a\":1},\"careerogram\":{\"a\":1},"
        "\"workplace_provisioning\":{\"a\":1},\"performance_metrics\":{\"a\":1},"
        "\"additional_information\":{\"a\":1},\"metadata\":{\"a\":1}}"), false);
    OK(!r.success && r.error == HR_GENERR_SCHEMA_INVALID,
       "a mandatory member of an unusable type blocks success");

    hr_gen_job_destroy(job);
}


static void
test_failures(void)
{
    hr_answer_t       a;
    hr_gen_job_t     *job;
    hr_gen_result_t   r;
    hr_gen_timing_t   t = timing;

    job = test_prepare(GROUP, "Техник 1 категории", HR_GENERR_NONE, "a job");

    memset(&a, 0, sizeof(a));
    a.error = HR_GENERR_UPSTREAM_5XX;
    a.message = HR_STR("secret internals of the upstream");
    t.earlier.known = true;
    t.earlier.input = 7;
    t.earlier.total = 7;
    t.earlier.has_cost = true;
    t.earlier.cost = 0.5;
    OK(hr_gen_finish(job, f.org, &a, &t, true, &r) == HR_OK && !r.success
       && r.error == HR_GENERR_UPSTREAM_5XX && !r.repair, "a failed call");
    test_text(r.metadata_tree, "llm.model", "unknown");
    test_text(r.metadata_tree, "generation.error_code", "upstream_5xx");
    OK(!hr_json_path(r.metadata_tree, "llm.success")->boolean
       && !hr_json_path(r.metadata_tree, "validation.is_valid")->boolean,
       "success and is_valid are false");
    OK(hr_str_eq(hr_json_text(hr_json_at(hr_json_path(r.metadata_tree,
                                                      "validation.errors"), 0)),
                 HR_STR("LLM generation failed")), "the error of the contract");
    OK(!hr_contains(r.result, HR_STR("secret")),
       "internal texts never reach the client");
    OK(r.total_tokens == 7 && r.has_cost && r.cost_usd > 0.49,
       "attempts that failed are paid for too");

    OK(hr_gen_fail(job, HR_GENERR_CANCELLED, &timing, &r) == HR_OK
       && !r.success, "an error without an answer");
    IS_STR(r.error_message.data, r.error_message.len,
           "Задача отменена пользователем", "its message");
    OK(hr_contains(r.result, HR_STR("\"errors\":[\"Generation failed: Задача "
                                    "отменена пользователем\"]")),
       "errors of everything but the call have the prefix of 8.3");
    hr_gen_job_destroy(job);

    job = test_prepare("Блок Гамма", "Директор", HR_GENERR_DEPARTMENT_NOT_FOUND,
                       "an unknown unit is known before the call");
    OK(hr_gen_job_facts(job)->resolved->suggestions_count > 0,
       "with suggestions");
    OK(hr_gen_fail(job, HR_GENERR_DEPARTMENT_NOT_FOUND, &timing, &r) == HR_OK
       && hr_contains(r.metadata, HR_STR("department_not_found")),
       "and has a failure result");
    hr_gen_job_destroy(job);

    job = test_prepare(GROUP, "Новая должность", HR_GENERR_NONE,
                       "an unknown title is allowed");
    OK(hr_findings_count(hr_gen_job_facts(job)->warnings,
                         "position_not_in_structure") == 1, "with a warning");
    r = test_finish(job, test_document(), false);
    OK(r.success && hr_contains(r.metadata, HR_STR(
           "\"warnings\":[{\"code\":\"position_not_in_structure\"")),
       "that is stored");
    hr_gen_job_destroy(job);
}


/* I-15: the request has the generic name, the document the product. */
static void
test_legend(void)
{
    size_t            n = f.count;
    hr_buf_t          body;
    hr_str_t          text;
    hr_gen_t         *kept = f.gen;
    hr_diag_t         diag;
    hr_gen_job_t     *job;
    hr_gen_result_t   r;
    hr_gen_attempt_t  attempt = { .max_tokens = 0 };

    f.files[n].path = HR_STR("data/it_legend.json");
    f.files[n].bytes = HR_STR("{\"Система заявок\":\"Секретный Продукт\"}");
    OK(hr_gen_load(f.files, n + 1, NULL, &f.gen, &diag) == HR_OK,
       "a legend is loaded");

    job = test_prepare("Блок Альфа", "Директор блока", HR_GENERR_NONE, "a job");
    body = test_body(job, &attempt);
    OK(!hr_contains(hr_buf_view(&body), HR_STR("Секретный")),
       "no product leaves the installation");
    hr_buf_release(&body);

    text = HR_STR("{\"workplace_provisioning\":{\"software\":{"
                  "\"specialized_tools\":[\"Система заявок\"]}}}");
    r = test_finish(job, text, false);
    OK(hr_contains(r.metadata, HR_STR("\"rule\":\"legend\"")),
       "the replacement is a fix");
    hr_gen_job_destroy(job);
    hr_gen_destroy(f.gen);
    f.gen = kept;
}


/* --- loading ---------------------------------------------------------------------------- */

static hr_rc_t
test_load(const char *path, hr_str_t bytes, bool remove, hr_gen_t **gen,
    hr_diag_t *diag)
{
    size_t         n = 0;
    hr_gen_file_t  files[HR_GEN_FILES_MAX];

    for (size_t i = 0; i < f.count; i++) {

        files[n] = f.files[i];

        if (hr_str_eq(files[n].path, hr_str_from_c(path))) {

            if (remove) {
                continue;
            }

            files[n].bytes = bytes;
        }

        n++;
    }

    return hr_gen_load(files, n, NULL, gen, diag);
}


static void
test_loading(void)
{
    hr_gen_t    *gen;
    hr_diag_t    diag;

    OK(hr_gen_ready(f.gen) == HR_GENERR_NONE, "the sample is ready");
    IS_INT(hr_gen_version(f.gen).len, 12, "its version is a short hash");

    for (size_t i = 0; i < hr_gen_input_count; i++) {

        char  path[200];

        if (!hr_gen_inputs[i].required) {
            continue;
        }

        snprintf(path, sizeof(path), "conf/%s", hr_gen_inputs[i].pattern);
        OK(test_load(path, HR_STR_NULL, true, &gen, &diag) == HR_NOT_FOUND
           && hr_contains(hr_str_from_c(diag.text), hr_str_from_c(path)),
           path);
        OK(test_load(path, HR_STR("{"), false, &gen, &diag) == HR_INVALID,
           "and malformed");
    }

    OK(test_load("conf/prompts/production/prompt.txt", HR_STR("{{x}}"), false,
                 &gen, &diag) == HR_INVALID, "a bad prompt refuses the load");

    OK(test_load("conf/prompts/production/prompt.txt", HR_STR_NULL, true, &gen,
                 &diag) == HR_OK
       && hr_gen_ready(gen) == HR_GENERR_PROMPT_UNAVAILABLE, "no prompt");
    hr_gen_destroy(gen);

    OK(test_load("data/company_map.md", HR_STR_NULL, true, &gen, &diag) == HR_OK
       && hr_gen_ready(gen) == HR_GENERR_DATA_SOURCE_MISSING,
       "a map that is missing stops generations");
    hr_gen_destroy(gen);

    OK(test_load("data/company_map.md", HR_STR_NULL, false, &gen, &diag)
       == HR_OK && hr_gen_ready(gen) == HR_GENERR_NONE
       && hr_findings_count(hr_gen_notes(gen), "company_map_unavailable") == 1,
       "one that is unreadable is only noted");
    hr_gen_destroy(gen);

    OK(test_load("data/anonymized_digitization_map.md", HR_STR("- x\n"), false,
                 &gen, &diag) == HR_OK
       && hr_findings_count(hr_gen_notes(gen), "it_systems_unavailable") == 1,
       "so is a malformed one");
    hr_gen_destroy(gen);

    OK(test_load("data/KPI/KPI_БРЗ.md", HR_STR("text"), false, &gen, &diag)
       == HR_OK
       && hr_findings_count(hr_gen_notes(gen), "kpi_parse_error") == 1,
       "so is a malformed KPI file");
    hr_gen_destroy(gen);

    OK(test_load("conf/company/generation.json",
                 HR_STR("{\"budget\":{\"total_chars\":1}}"), false, &gen, &diag)
       == HR_INVALID, "a budget that cannot be meant is refused");
}


/* I-30: a changed byte of a file without a changed hash is reported. */
static void
test_bundle(void)
{
    static const struct {
        const char  *path;
        const char  *name;
    } files[] = {
        { "conf/prompts/production/prompt.txt", "a changed text is reported" },
        { "conf/prompts/production/config.json", "so are changed settings" },
        { "conf/prompts/schema.json", "and a changed schema" },
        { "conf/prompts/production/metadata.json", "no hash, nothing to report" },
    };

    bool           wrong;
    hr_gen_t      *gen;
    hr_str_t       kept, changed;
    hr_diag_t      diag;
    hr_arena_t    *arena = hr_arena_create(16u * 1024 * 1024);
    hr_gen_opts_t  opts = { .allow_unverified = true };

    OK(hr_gen_prompt_fault(f.gen) == NULL, "the sample is the one it states");

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        for (size_t k = 0; k < f.count; k++) {

            if (!hr_str_eq(f.files[k].path, hr_str_from_c(files[i].path))) {
                continue;
            }

            kept = f.files[k].bytes;
            changed = hr_arena_printf(arena, "%.*s\n", (int) kept.len, kept.data);
            wrong = strstr(files[i].path, "metadata") == NULL;
            f.files[k].bytes = wrong ? changed : HR_STR("{\"version\":1}");

            OK(hr_gen_load(f.files, f.count, &opts, &gen, &diag) == HR_OK,
               "it is used");
            OK((hr_gen_prompt_fault(gen) != NULL) == wrong, files[i].name);
            hr_gen_destroy(gen);
            f.files[k].bytes = kept;
        }
    }

    hr_arena_destroy(arena);
}


/* --- personal data ------------------------------------------------------------------------ */

/* Every name of the KPI files' own lists, in none of the 1,689 requests. */
static void
test_personal_data(void)
{
    size_t             names = 0, hits = 0;
    hr_buf_t           body;
    hr_str_t           list[300], line;
    hr_generr_t        e;
    hr_org_slot_t      slot;
    hr_org_unit_t      unit;
    hr_gen_job_t      *job;
    hr_gen_request_t   r;
    hr_gen_attempt_t   attempt = { .max_tokens = 0 };
    hr_gen_fixture_t  *demo = calloc(1, sizeof(hr_gen_fixture_t));

    hr_test_gen_demo(demo);

    for (size_t i = 0; i < demo->count; i++) {

        const char  *p, *end, *colon;

        if (!hr_contains(demo->files[i].path, HR_STR("data/KPI/"))) {
            continue;
        }

        p = memmem(demo->files[i].bytes.data, demo->files[i].bytes.len,
                   "positions_map:\n", 15);

        for (p = p == NULL ? NULL : strchr(p, '\n') + 1;
             p != NULL && strncmp(p, "  ", 2) == 0 && names < 300;
             p = end + 1)
        {
            end = strchr(p, '\n');
            line = hr_str(p, (size_t) (end - p));
            colon = memchr(p, ':', line.len);

            if (colon != NULL && colon + 2 < end) {
                list[names] = hr_str(colon + 2, (size_t) (end - colon - 2));
                names += !hr_str_eq(list[names], HR_STR("Вакансия"));
            }
        }
    }

    OK(names > 20, "names are planted in the KPI files");

    for (uint32_t i = 0; i < hr_org_slot_count(demo->org); i += 3) {

        hr_org_slot(demo->org, i, &slot);
        hr_org_unit(demo->org, slot.unit, &unit);
        memset(&r, 0, sizeof(r));
        r.department = unit.path;
        r.position = slot.title;

        if (hr_gen_prepare(demo->gen, NULL, demo->org, &r, &job, &e) != HR_OK) {
            break;
        }

        body = test_body(job, &attempt);

        for (size_t k = 0; k < names; k++) {
            hits += hr_contains(hr_buf_view(&body), list[k]);
        }

        hr_buf_release(&body);
        hr_gen_job_destroy(job);
    }

    IS_INT(hits, 0, "none of them is in any request");
    hr_test_gen_free(demo);
    free(demo);
}


int
main(void)
{
    hr_test_gen_sample(&f);

    test_request();
    test_success();
    test_incomplete();
    test_short_career();
    test_unusable();
    test_failures();
    test_legend();
    test_loading();
    test_bundle();
    test_personal_data();

    free((char *) test_document().data);
    hr_test_gen_free(&f);
    return hr_test_done();
}
