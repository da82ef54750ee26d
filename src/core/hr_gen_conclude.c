/* From a judgement to the result: accounting, metadata, wrapper, texts. */

#include "hr_gen_judge.h"
#include "hr_text.h"


#define HR_GEN_DOCUMENT_MAX  (4u * 1024 * 1024)


hr_str_t
hr_gen_time(hr_gen_judge_t *j, hr_instant_t at)
{
    char    text[HR_TIME_MAX];
    size_t  len;

    len = hr_time_format(at, j->job->request.naive_times
                             ? HR_TIME_WIRE_NAIVE : HR_TIME_WIRE_Z, text);

    return hr_arena_str(j->job->arena, hr_str(text, len));
}


/* Tokens and cost of all attempts; the price table where no cost was sent. */
static void
hr_gen_account(hr_gen_judge_t *j, hr_usage_t *usage)
{
    const hr_usage_t  *earlier = &j->timing->earlier;

    if (j->answer != NULL) {
        *usage = j->answer->usage;
        hr_models_price(j->job->gen->models, j->answer->model,
                        j->job->sent.model, usage);
    }

    usage->known = usage->known || earlier->known;
    usage->input += earlier->input;
    usage->output += earlier->output;
    usage->total += earlier->total;
    usage->cached += earlier->cached;
    usage->reasoning += earlier->reasoning;

    if (earlier->has_cost) {
        usage->has_cost = true;
        usage->cost += earlier->cost;
    }
}


static void
hr_gen_fill_facts(hr_gen_judge_t *j)
{
    hr_gen_job_t       *job = j->job;
    hr_result_facts_t  *f = &j->facts;

    f->department = job->request.department;
    f->position = job->request.position;
    f->employee_name = job->request.employee_name;
    f->timestamp = hr_gen_time(j, job->request.now);
    f->answered = hr_gen_time(j, j->timing->at);
    f->duration = j->timing->duration;
    f->model_time = j->timing->model_time;
    f->attempts = j->timing->attempts;
    f->requested_temperature = job->request.has_temperature;
    f->requested = job->request.temperature;
    f->sent_temperature = job->sent.has_temperature;
    f->sent = job->sent.temperature;
    f->model = job->sent.model;
    f->trace_id = job->request.trace_id;
    f->org_sha256 = job->org_sha256;
    f->schema_version = hr_schema_version(job->gen->sources.schema);
    f->prompt = job->bundle == NULL ? NULL : &job->prompt;
    f->context = job->prepared ? &job->context : NULL;
    f->report = job->facts.report;
    f->answer = j->answer;
    f->repair = j->repair;
}


static hr_rc_t
hr_gen_serialize(hr_gen_job_t *job, const hr_json_t *tree, hr_str_t *out)
{
    hr_rc_t   rc;
    hr_buf_t  buf;

    hr_buf_init(&buf, HR_GEN_DOCUMENT_MAX);
    rc = hr_json_write(tree, HR_JSON_COMPACT, &buf);

    if (rc == HR_OK) {
        rc = hr_gen_copy(job, hr_buf_view(&buf), out);
    }

    hr_buf_release(&buf);
    return rc;
}


static hr_rc_t
hr_gen_join_errors(hr_gen_judge_t *j)
{
    hr_rc_t               rc;
    hr_buf_t              buf;
    const hr_findings_t  *errors = &j->completeness.errors;

    if (j->result->error != HR_GENERR_INCOMPLETE || errors->count == 0) {
        j->result->error_message = hr_str_from_c(j->facts.error_text);
        return HR_OK;
    }

    hr_buf_init(&buf, 64 * 1024);

    for (size_t i = 0; i < errors->count; i++) {
        (void) hr_buf_c(&buf, i == 0 ? "" : "; ");
        (void) hr_buf_str(&buf, errors->items[i].message);
    }

    rc = buf.err == HR_OK ? hr_gen_copy(j->job, hr_buf_view(&buf),
                                        &j->result->error_message)
                          : buf.err;
    hr_buf_release(&buf);

    return rc;
}


hr_rc_t
hr_gen_conclude(hr_gen_judge_t *j, hr_generr_t error, hr_json_t *document)
{
    hr_rc_t           rc;
    hr_json_t        *metadata, *wrapper;
    hr_usage_t        usage = { .known = false };
    hr_answer_t       accounted;
    hr_gen_result_t  *r = j->result;

    hr_gen_fill_facts(j);
    hr_gen_account(j, &usage);

    if (j->answer != NULL) {
        accounted = *j->answer;
        accounted.usage = usage;
        j->facts.answer = &accounted;
    }

    r->error = error;
    r->success = error == HR_GENERR_NONE;
    r->input_tokens = usage.input;
    r->output_tokens = usage.output;
    r->total_tokens = usage.total;
    r->has_cost = j->facts.has_cost = usage.has_cost;
    r->cost_usd = j->facts.cost_usd = usage.cost;

    j->facts.error = error;
    j->facts.error_text = hr_generr_text(error, HR_LANG_RU);

    metadata = hr_result_metadata(&j->facts, j->job->arena);
    if (metadata == NULL) {
        return HR_NOMEM;
    }

    wrapper = hr_result_wrapper(&j->facts, r->success ? document : NULL,
                                metadata, j->job->arena);
    if (wrapper == NULL) {
        return HR_NOMEM;
    }

    rc = hr_gen_serialize(j->job, metadata, &r->metadata);

    if (rc == HR_OK) {
        rc = hr_gen_serialize(j->job, wrapper, &r->result);
    }

    if (rc == HR_OK && r->success) {
        r->document_tree = document;
        rc = hr_gen_serialize(j->job, document, &r->document);
    }

    r->metadata_tree = metadata;

    if (rc == HR_OK && !r->success) {
        rc = hr_gen_join_errors(j);
    }

    return rc == HR_OK && hr_arena_failed(j->job->arena) ? HR_NOMEM : rc;
}
