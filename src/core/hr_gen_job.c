/* From a request to the body that is sent to the model. */

#include "hr_gen_job.h"


#define HR_GEN_JOB_MAX      (96u * 1024 * 1024)
#define HR_GEN_JOB_WAITING  (4 * 1024)          /* block of the arena */


hr_rc_t
hr_gen_copy(hr_gen_job_t *job, hr_str_t from, hr_str_t *to)
{
    if (from.data == NULL) {
        *to = HR_STR_NULL;
        return HR_OK;
    }

    *to = hr_arena_str(job->arena, from);

    return to->data == NULL ? HR_NOMEM : HR_OK;
}


static hr_rc_t
hr_gen_copy_request(hr_gen_job_t *job, const hr_gen_request_t *request)
{
    job->request = *request;

    if (hr_gen_copy(job, request->department, &job->request.department) != HR_OK
        || hr_gen_copy(job, request->position, &job->request.position) != HR_OK
        || hr_gen_copy(job, request->employee_name,
                       &job->request.employee_name) != HR_OK
        || hr_gen_copy(job, request->model, &job->request.model) != HR_OK
        || hr_gen_copy(job, request->task_id, &job->request.task_id) != HR_OK
        || hr_gen_copy(job, request->trace_id, &job->request.trace_id) != HR_OK)
    {
        return HR_NOMEM;
    }

    return HR_OK;
}


/* request > setting > bundle (generation.md 3) */
static void
hr_gen_settings(hr_gen_job_t *job)
{
    hr_model_t       model;
    hr_gen_facts_t  *facts = &job->facts;

    if (job->bundle == NULL) {
        return;
    }

    hr_prompt_info(job->bundle, &job->prompt);

    facts->model = job->request.model.len > 0 ? job->request.model
                   : job->gen->model.len > 0 ? job->gen->model
                                             : job->prompt.model;
    facts->temperature = job->request.has_temperature
                         ? job->request.temperature : job->prompt.temperature;
    facts->max_tokens = job->prompt.max_tokens;
    facts->prompt_version = job->prompt.version;

    hr_models_find(job->gen->models, facts->model, &model);
    job->model_temperature = model.temperature;
    job->format = model.format > job->prompt.format ? model.format
                                                    : job->prompt.format;
    job->sent.model = facts->model;
    job->sent.has_temperature = model.temperature;
    job->sent.temperature = facts->temperature;
}


static hr_rc_t
hr_gen_context(hr_gen_job_t *job, const hr_org_t *org)
{
    hr_rc_t               rc;
    hr_org_info_t         info;
    hr_context_request_t  request;

    request.department = job->request.department;
    request.position = job->request.position;
    request.now = job->request.now;

    rc = hr_context_build(&job->gen->sources, org, job->bundle, &request,
                          job->arena, &job->context);

    job->facts.resolved = &job->context.resolved;
    job->facts.warnings = &job->context.warnings;

    if (rc == HR_NOT_FOUND) {
        job->error = HR_GENERR_DEPARTMENT_NOT_FOUND;
        return HR_OK;
    }

    if (rc != HR_OK) {
        return rc;
    }

    hr_org_info(org, &info);
    job->org_sha256 = hr_arena_str(job->arena, hr_str_from_c(info.sha256));
    job->facts.report = hr_context_report(&job->gen->sources, &job->context,
                                          job->arena);

    if (job->org_sha256.data == NULL || job->facts.report == NULL) {
        return HR_NOMEM;
    }

    job->prepared = true;
    job->facts.unit_path = job->context.unit.path;
    job->facts.position = job->context.title;
    job->facts.unit = job->context.unit.index;
    job->facts.slot = job->context.resolved.slot;
    job->facts.kpi_source =
        hr_str_from_c(hr_kpi_source_name(job->context.kpi.source));
    job->facts.kpi_type = job->context.kpi.type;
    job->facts.prompt_chars = job->context.prompt_chars;
    job->facts.input_tokens = hr_prompt_tokens(job->context.prompt_chars);

    return HR_OK;
}


hr_rc_t
hr_gen_prepare(const hr_gen_t *gen, const hr_prompt_t *bundle,
    const hr_org_t *org, const hr_gen_request_t *request, hr_gen_job_t **out,
    hr_generr_t *error)
{
    hr_rc_t        rc;
    hr_arena_t    *arena;
    hr_gen_job_t  *job;

    *out = NULL;

    arena = hr_arena_create(HR_GEN_JOB_MAX);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    /* it waits for minutes: little of its last block shall be unused */
    hr_arena_blocks(arena, HR_GEN_JOB_WAITING);

    job = hr_arena_calloc(arena, sizeof(hr_gen_job_t));

    if (job == NULL) {
        hr_arena_destroy(arena);
        return HR_NOMEM;
    }

    job->arena = arena;
    job->gen = gen;
    job->bundle = bundle != NULL ? bundle : gen->prompt;
    job->facts.unit = HR_ORG_NONE;
    job->facts.slot = HR_ORG_NONE;

    rc = hr_gen_copy_request(job, request);

    if (rc == HR_OK) {
        hr_gen_settings(job);
        rc = hr_gen_context(job, org);
    }

    if (rc != HR_OK) {
        hr_arena_destroy(arena);
        return rc;
    }

    if (job->error == HR_GENERR_NONE && gen->ready != HR_GENERR_NONE) {
        job->error = gen->ready;
    }

    if (job->error == HR_GENERR_NONE && job->bundle == NULL) {
        job->error = HR_GENERR_PROMPT_UNAVAILABLE;
    }

    *error = job->error;
    *out = job;

    return HR_OK;
}


void
hr_gen_job_destroy(hr_gen_job_t *job)
{
    if (job != NULL) {
        hr_arena_destroy(job->arena);
    }
}


const hr_gen_facts_t *
hr_gen_job_facts(const hr_gen_job_t *job)
{
    return &job->facts;
}


hr_rc_t
hr_gen_body(hr_gen_job_t *job, const hr_gen_attempt_t *attempt,
    hr_gen_body_t *body)
{
    hr_rc_t            rc;
    hr_model_t         model;
    hr_prompt_call_t   call;
    hr_prompt_body_t   rendered;

    if (job->error != HR_GENERR_NONE) {
        return HR_CONFLICT;
    }

    memset(&call, 0, sizeof(call));
    call.values = job->context.values;
    call.value_count = HR_VAR_COUNT;
    call.parts = job->context.company.pieces;
    call.part_count = job->context.company.count;
    call.parts_of = HR_VAR_COMPANY_MAP;
    call.model = attempt->model.len > 0 ? attempt->model : job->facts.model;
    call.max_tokens = attempt->max_tokens > 0 ? attempt->max_tokens
                                              : job->facts.max_tokens;
    call.blocks_json = job->context.blocks_json;
    call.stream = job->request.stream && !attempt->no_stream;
    call.repair_answer = attempt->repair_answer;
    call.repair_text = attempt->repair_text;
    call.temperature = call.repair_text.len > 0 ? 0.0 : job->facts.temperature;

    hr_models_find(job->gen->models, call.model, &model);
    call.no_temperature = attempt->no_temperature || !model.temperature;
    call.format = attempt->no_response_format ? HR_FORMAT_NONE
                  : model.format > job->prompt.format ? model.format
                                                      : job->prompt.format;

    rc = hr_prompt_body(job->bundle, &call, job->arena, &rendered);

    if (rc == HR_OK) {
        rc = hr_gen_copy(job, call.model, &job->sent.model);
    }

    job->sent.has_temperature = !call.no_temperature;
    job->sent.temperature = call.temperature;

    body->segments = rendered.segments;
    body->count = rendered.count;
    body->length = rendered.length;

    return rc;
}
