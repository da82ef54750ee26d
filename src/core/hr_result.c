#include "hr_result.h"
#include "hr_text.h"


/* Tree building with one sticky error instead of a check for each member. */
typedef struct {
    hr_arena_t               *arena;
    const hr_result_facts_t  *f;
    hr_rc_t                   rc;
} hr_result_t;


static void
hr_result_set(hr_result_t *r, hr_json_t *object, const char *key,
    hr_json_t *value)
{
    if (r->rc != HR_OK) {
        return;
    }

    r->rc = object == NULL || value == NULL
            ? HR_NOMEM : hr_json_set(r->arena, object, key, value);
}


static void
hr_result_str(hr_result_t *r, hr_json_t *object, const char *key,
    hr_str_t text)
{
    hr_result_set(r, object, key,
                  text.data == NULL ? hr_json_new(r->arena, HR_JSON_NULL)
                                    : hr_json_new_str(r->arena, text));
}


static void
hr_result_int(hr_result_t *r, hr_json_t *object, const char *key, int64_t n)
{
    hr_result_set(r, object, key, hr_json_new_int(r->arena, n));
}


static void
hr_result_double(hr_result_t *r, hr_json_t *object, const char *key,
    bool known, double value)
{
    hr_result_set(r, object, key,
                  known ? hr_json_new_double(r->arena, value)
                        : hr_json_new(r->arena, HR_JSON_NULL));
}


static void
hr_result_bool(hr_result_t *r, hr_json_t *object, const char *key, bool value)
{
    hr_result_set(r, object, key, hr_json_new_bool(r->arena, value));
}


static hr_json_t *
hr_result_child(hr_result_t *r, hr_json_t *parent, const char *key,
    hr_json_type_t type)
{
    hr_json_t  *child = hr_json_new(r->arena, type);

    hr_result_set(r, parent, key, child);
    return child;
}


static hr_json_t *
hr_result_entry(hr_result_t *r, hr_json_t *list)
{
    hr_json_t  *entry = hr_json_new(r->arena, HR_JSON_OBJECT);

    if (list == NULL || entry == NULL || hr_json_push(list, entry) != HR_OK) {
        r->rc = HR_NOMEM;
    }

    return entry;
}


/* --- generation ------------------------------------------------------------------- */

static void
hr_result_generation(hr_result_t *r, hr_json_t *root)
{
    hr_json_t                *g;
    const hr_result_facts_t  *f = r->f;

    g = hr_result_child(r, root, "generation", HR_JSON_OBJECT);
    hr_result_str(r, g, "department", f->department);
    hr_result_str(r, g, "position", f->position);
    hr_result_str(r, g, "employee_name", f->employee_name);
    hr_result_str(r, g, "timestamp", f->timestamp);
    hr_result_double(r, g, "duration", true, f->duration);

    if (f->error != HR_GENERR_NONE) {
        hr_result_str(r, g, "error", hr_str_from_c(f->error_text));
        hr_result_str(r, g, "error_code",
                      hr_str_from_c(hr_generr_code(f->error)));

    } else {
        hr_result_double(r, g, "temperature",
                         f->requested_temperature || f->sent_temperature,
                         f->requested_temperature ? f->requested : f->sent);
    }

    if (f->context != NULL) {
        hr_result_str(r, g, "department_path", f->context->unit.path);
        hr_result_int(r, g, "estimated_input_tokens",
                      hr_prompt_tokens(f->context->prompt_chars));
    }
}


/* --- model ------------------------------------------------------------------------ */

static void
hr_result_tokens(hr_result_t *r, hr_json_t *llm)
{
    hr_json_t         *tokens;
    const hr_usage_t  *usage = &r->f->answer->usage;

    tokens = hr_result_child(r, llm, "tokens", HR_JSON_OBJECT);
    hr_result_int(r, tokens, "input", usage->input);
    hr_result_int(r, tokens, "output", usage->output);
    hr_result_int(r, tokens, "total", usage->total);
    hr_result_int(r, tokens, "cached", usage->cached);
    hr_result_int(r, tokens, "reasoning", usage->reasoning);
}


static void
hr_result_prompt(hr_result_t *r, hr_json_t *llm)
{
    unsigned                 number = 0;
    const hr_prompt_info_t  *p = r->f->prompt;

    if (p == NULL) {
        return;
    }

    hr_result_str(r, llm, "prompt_name", p->name);

    if (p->version_number) {
        for (size_t i = 0; i < p->version.len; i++) {
            number = number * 10 + (unsigned) (p->version.data[i] - '0');
        }

        hr_result_int(r, llm, "prompt_version", number);

    } else {
        hr_result_str(r, llm, "prompt_version", p->version);
    }

    hr_result_str(r, llm, "prompt_source",
                  p->remote ? HR_STR("langfuse") : HR_STR("local_fallback"));
    hr_result_str(r, llm, "prompt_hash", p->hash);
}


/* A call that gave an answer; the members of 8.1 and its additions. */
static void
hr_result_llm(hr_result_t *r, hr_json_t *root)
{
    hr_json_t                *llm;
    const hr_result_facts_t  *f = r->f;
    const hr_answer_t        *a = f->answer;

    llm = hr_result_child(r, root, "llm", HR_JSON_OBJECT);
    hr_result_str(r, llm, "model", f->model);
    hr_result_double(r, llm, "generation_time", true, f->model_time);
    hr_result_tokens(r, llm);
    hr_result_double(r, llm, "temperature", f->sent_temperature, f->sent);
    hr_result_str(r, llm, "timestamp", f->answered);
    hr_result_bool(r, llm, "success", true);
    hr_result_str(r, llm, "langfuse_trace_id", f->trace_id);
    hr_result_prompt(r, llm);
    hr_result_str(r, llm, "tracing_mode", HR_STR("decorator_based"));
    hr_result_str(r, llm, "department", f->department);
    hr_result_str(r, llm, "position", f->position);
    hr_result_str(r, llm, "actual_model", a->model);
    hr_result_str(r, llm, "provider", a->provider);
    hr_result_str(r, llm, "response_id", a->id);
    hr_result_str(r, llm, "finish_reason", a->finish_reason);
    hr_result_int(r, llm, "attempts", f->attempts);
    hr_result_double(r, llm, "cost_usd", f->has_cost, f->cost_usd);
}


/* A call that failed (8.3). */
static void
hr_result_llm_failed(hr_result_t *r, hr_json_t *root)
{
    hr_json_t                *llm;
    const hr_result_facts_t  *f = r->f;

    llm = hr_result_child(r, root, "llm", HR_JSON_OBJECT);
    hr_result_str(r, llm, "model", HR_STR("unknown"));
    hr_result_double(r, llm, "generation_time", true, f->model_time);
    hr_result_str(r, llm, "error", hr_str_from_c(f->error_text));
    hr_result_str(r, llm, "timestamp", f->answered);
    hr_result_bool(r, llm, "success", false);
    hr_result_str(r, llm, "langfuse_trace_id", f->trace_id);
    hr_result_int(r, llm, "attempts", f->attempts);

    if (f->answer != NULL && f->answer->usage.known) {
        hr_result_tokens(r, llm);
        hr_result_double(r, llm, "cost_usd", f->has_cost, f->cost_usd);
    }
}


/* --- validation --------------------------------------------------------------------- */

static void
hr_result_career(hr_result_t *r, hr_json_t *validation)
{
    hr_json_t               *list, *entry;
    const hr_career_mark_t  *mark;

    list = hr_result_child(r, validation, "career_targets", HR_JSON_ARRAY);

    for (size_t i = 0; i < r->f->checks->career_count && r->rc == HR_OK; i++) {
        mark = &r->f->checks->career[i];
        entry = hr_result_entry(r, list);
        hr_result_str(r, entry, "path", mark->path);
        hr_result_str(r, entry, "target_position", mark->position);
        hr_result_str(r, entry, "target_department", mark->department);
        hr_result_bool(r, entry, "position_known", mark->position_known);
        hr_result_bool(r, entry, "department_known", mark->department_known);
        hr_result_str(r, entry, "in_structure",
                      mark->in_structure ? HR_STR("yes") : HR_STR("no"));
    }
}


static void
hr_result_boundaries(hr_result_t *r, hr_json_t *validation)
{
    hr_json_t                 *list, *entry;
    const hr_boundary_mark_t  *mark;

    list = hr_result_child(r, validation, "foreign_tasks", HR_JSON_ARRAY);

    for (size_t i = 0; i < r->f->checks->boundary_count && r->rc == HR_OK; i++)
    {
        mark = &r->f->checks->boundary[i];
        entry = hr_result_entry(r, list);
        hr_result_str(r, entry, "path", mark->path);
        hr_result_str(r, entry, "unit", mark->unit);
    }
}


static void
hr_result_kpis(hr_result_t *r, hr_json_t *validation)
{
    hr_json_t                  *kpis;
    const hr_correct_checks_t  *c = r->f->checks;

    kpis = hr_result_child(r, validation, "kpis", HR_JSON_OBJECT);
    hr_result_int(r, kpis, "supplied", (int64_t) r->f->context->kpi.count);
    hr_result_int(r, kpis, "returned", (int64_t) c->kpi_total);
    hr_result_int(r, kpis, "matched", (int64_t) c->kpi_matched);
    hr_result_double(r, kpis, "share", c->kpi_total > 0,
                     c->kpi_total == 0 ? 0.0 : (double) c->kpi_matched
                                               / (double) c->kpi_total);
}


static void
hr_result_validation(hr_result_t *r, hr_json_t *root)
{
    hr_json_t                *validation, *errors;
    const hr_result_facts_t  *f = r->f;

    validation = hr_result_child(r, root, "validation", HR_JSON_OBJECT);

    if (f->completeness == NULL) {
        hr_result_bool(r, validation, "is_valid", false);
        errors = hr_result_child(r, validation, "errors", HR_JSON_ARRAY);

        if (errors != NULL
            && hr_json_push(errors,
                            hr_json_new_str(r->arena,
                                            HR_STR("LLM generation failed")))
               != HR_OK)
        {
            r->rc = HR_NOMEM;
        }

        return;
    }

    if (r->rc == HR_OK) {
        r->rc = hr_score_publish(r->arena, root, f->completeness, f->score);
    }

    hr_result_bool(r, validation, "schema_valid", f->schema_valid);
    hr_result_set(r, validation, "schema_issues",
                  hr_findings_json(r->arena, f->schema_issues));
    hr_result_bool(r, validation, "needs_review", !f->schema_valid);

    if (f->repair != HR_REPAIR_NONE) {
        hr_result_str(r, validation, "repair", f->repair == HR_REPAIR_TAKEN
                                               ? HR_STR("taken")
                                               : HR_STR("rejected"));
    }

    hr_result_set(r, validation, "fixes", hr_fixes_json(f->fixes, r->arena));
    hr_result_int(r, validation, "fixes_total", (int64_t) f->fixes->total);
    hr_result_kpis(r, validation);
    hr_result_career(r, validation);
    hr_result_boundaries(r, validation);
    hr_result_int(r, validation, "role_topics",
                  (int64_t) f->checks->topics_total);
    hr_result_int(r, validation, "role_topics_missing",
                  (int64_t) f->checks->topics_missing);
}


/* --- sources and warnings -------------------------------------------------------------- */

static void
hr_result_sources(hr_result_t *r, hr_json_t *root)
{
    hr_json_t           *sources;
    const hr_context_t  *c = r->f->context;

    if (c == NULL) {
        return;
    }

    sources = hr_result_child(r, root, "data_sources", HR_JSON_OBJECT);
    hr_result_str(r, sources, "org_sha256", r->f->org_sha256);
    hr_result_str(r, sources, "kpi_source",
                  hr_str_from_c(hr_kpi_source_name(c->kpi.source)));
    hr_result_str(r, sources, "kpi_type", c->kpi.type);
    hr_result_str(r, sources, "kpi_file", c->kpi.file);
    hr_result_str(r, sources, "kpi_match",
                  hr_str_from_c(hr_kpi_match_name(c->kpi.match)));
    hr_result_str(r, sources, "it_detail_level",
                  hr_str_from_c(hr_it_type_name(c->it_type)));
    hr_result_int(r, sources, "company_map_chars", (int64_t) c->company.chars);
    hr_result_str(r, sources, "schema_version", r->f->schema_version);
}


/* decision 25: {code, message} */
static void
hr_result_warnings(hr_result_t *r, hr_json_t *root)
{
    hr_json_t            *list, *entry;
    const hr_findings_t  *w;

    if (r->f->context == NULL) {
        return;
    }

    w = &r->f->context->warnings;
    list = hr_result_child(r, root, "warnings", HR_JSON_ARRAY);

    for (size_t i = 0; i < w->count && r->rc == HR_OK; i++) {
        entry = hr_result_entry(r, list);
        hr_result_str(r, entry, "code", hr_str_from_c(w->items[i].code));
        hr_result_str(r, entry, "message", w->items[i].message);
    }
}


hr_json_t *
hr_result_metadata(const hr_result_facts_t *facts, hr_arena_t *arena)
{
    hr_json_t    *root;
    hr_result_t   r = { arena, facts, HR_OK };

    root = hr_json_new(arena, HR_JSON_OBJECT);
    if (root == NULL) {
        return NULL;
    }

    hr_result_generation(&r, root);

    /* incomplete and schema_invalid are judgements about a call that worked */
    if (facts->completeness != NULL) {
        hr_result_llm(&r, root);
        hr_result_validation(&r, root);

    } else if (hr_generr_is_model(facts->error) || facts->attempts > 0) {
        hr_result_llm_failed(&r, root);
        hr_result_validation(&r, root);
    }

    hr_result_sources(&r, root);
    hr_result_warnings(&r, root);

    if (facts->report != NULL) {
        hr_result_set(&r, root, "context", hr_json_clone(arena, facts->report));
    }

    return r.rc == HR_OK ? root : NULL;
}


static void
hr_result_errors(hr_result_t *r, hr_json_t *root)
{
    hr_str_t                  text;
    hr_json_t                *list;
    const hr_result_facts_t  *f = r->f;

    if (f->error == HR_GENERR_NONE || f->error == HR_GENERR_INCOMPLETE) {
        hr_result_set(r, root, "errors",
                      hr_findings_messages(r->arena,
                                           &f->completeness->errors));
        return;
    }

    list = hr_result_child(r, root, "errors", HR_JSON_ARRAY);
    text = hr_generr_is_model(f->error)
           ? hr_str_from_c(f->error_text)
           : hr_arena_printf(r->arena, "Generation failed: %s", f->error_text);

    if (list == NULL || text.data == NULL
        || hr_json_push(list, hr_json_new_str(r->arena, text)) != HR_OK)
    {
        r->rc = HR_NOMEM;
    }
}


hr_json_t *
hr_result_wrapper(const hr_result_facts_t *facts, const hr_json_t *document,
    const hr_json_t *metadata, hr_arena_t *arena)
{
    hr_json_t    *root;
    hr_result_t   r = { arena, facts, HR_OK };

    root = hr_json_new(arena, HR_JSON_OBJECT);
    if (root == NULL) {
        return NULL;
    }

    hr_result_bool(&r, root, "success", facts->error == HR_GENERR_NONE);
    hr_result_set(&r, root, "profile",
                  document == NULL ? hr_json_new(arena, HR_JSON_NULL)
                                   : hr_json_clone(arena, document));
    hr_result_set(&r, root, "metadata", hr_json_clone(arena, metadata));
    hr_result_errors(&r, root);

    if (facts->completeness != NULL && facts->error == HR_GENERR_NONE) {
        hr_result_set(&r, root, "warnings",
                      hr_findings_messages(arena,
                                           &facts->completeness->warnings));

    } else {
        (void) hr_result_child(&r, root, "warnings", HR_JSON_ARRAY);
    }

    return r.rc == HR_OK ? root : NULL;
}
