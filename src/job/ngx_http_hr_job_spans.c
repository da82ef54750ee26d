/*
 * What tracing hears of a job: a span of the whole generation, one of each model
 * call, and the trace of Langfuse.  The span of the generation belongs to the request
 * that started it (its traceparent lies in the task), whichever worker runs it and
 * however much later.
 */

#include "ngx_http_hr_job_run.h"
#include "ngx_http_hr_otlp.h"
#include "ngx_http_hr_trace.h"


void
ngx_http_hr_job_trace_begin(ngx_http_hr_job_t *job)
{
    hr_tracecontext_t  parent;

    if (hr_traceparent_parse(job->params.traceparent, &parent)) {
        job->trace = parent;
        ngx_memcpy(job->trace_parent, parent.span_id, sizeof(job->trace_parent));

    } else if (ngx_http_hr_otlp_enabled() || ngx_http_hr_trace_enabled()) {
        ngx_http_hr_trace_id(job->task.id, job->trace.trace_id);
        job->trace.sampled = true;
        job->params.tracestate.len = 0;

    } else {
        return;
    }

    /* without spans of our own the model's call belongs to the client's span */
    if ((ngx_http_hr_otlp_enabled() || job->trace_parent[0] == '\0')
        && hr_span_id_make(job->trace.span_id) != HR_OK)
    {
        job->trace.trace_id[0] = '\0';
    }
}


void
ngx_http_hr_job_trace_call(ngx_http_hr_job_t *job)
{
    hr_tracecontext_t  c = job->trace;

    job->called_at = hr_time_now();

    if (c.trace_id[0] == '\0') {
        return;
    }

    if (ngx_http_hr_otlp_enabled()) {

        if (hr_span_id_make(c.span_id) != HR_OK) {
            return;
        }

        ngx_memcpy(job->call_span, c.span_id, sizeof(job->call_span));
    }

    hr_traceparent_format(&c, job->traceparent);
    job->call.traceparent.data = (u_char *) job->traceparent;
    job->call.traceparent.len = HR_TRACEPARENT;

    if (hr_tracestate_valid(job->params.tracestate)) {
        job->call.tracestate.data = (u_char *) job->params.tracestate.data;
        job->call.tracestate.len = job->params.tracestate.len;
    }
}


static void
ngx_http_hr_job_span(const ngx_http_hr_job_t *job, hr_span_t *span, const char *error)
{
    span->context = job->trace;
    span->tracestate = hr_tracestate_valid(job->params.tracestate)
                       ? job->params.tracestate : HR_STR("");
    span->failed = error[0] != '\0';
    span->message = hr_str_from_c(error);
}


void
ngx_http_hr_job_trace_called(ngx_http_hr_job_t *job, const char *error)
{
    char                       name[160];
    hr_span_t                  span;
    const hr_usage_t          *usage = &job->answer.usage;
    const ngx_http_hr_call_t  *call = &job->call;

    const hr_attr_t  attrs[] = {
        { "gen_ai.operation.name", HR_ATTR_STR, HR_STR("chat"), 0, 0.0 },
        { "gen_ai.request.model", HR_ATTR_STR, job->asked, 0, 0.0 },
        { "gen_ai.response.model", HR_ATTR_STR, job->answer.model, 0, 0.0 },
        { "gen_ai.usage.input_tokens", HR_ATTR_INT, HR_STR(""), usage->input, 0.0 },
        { "gen_ai.usage.output_tokens", HR_ATTR_INT, HR_STR(""), usage->output, 0.0 },
        { "http.response.status_code", HR_ATTR_INT, HR_STR(""),
          (int64_t) call->status, 0.0 },
        { "hr.attempt", HR_ATTR_INT, HR_STR(""), (int64_t) job->policy.tries, 0.0 },
        { "hr.first_byte_ms", HR_ATTR_INT, HR_STR(""), (int64_t) call->first_byte, 0.0 },
        { "hr.task_id", HR_ATTR_STR, job->task.id, 0, 0.0 },
        { "error.type", HR_ATTR_STR, hr_str_from_c(error), 0, 0.0 },
    };

    if (!ngx_http_hr_otlp_enabled() || job->call_span[0] == '\0') {
        return;
    }

    ngx_memzero(&span, sizeof(span));
    ngx_http_hr_job_span(job, &span, error);
    (void) snprintf(name, sizeof(name), "chat %.*s", (int) ngx_min(job->asked.len, 120),
                    job->asked.data != NULL ? job->asked.data : "");
    span.name = hr_str_from_c(name);
    span.kind = HR_SPAN_CLIENT;
    span.parent = hr_str_from_c(job->trace.span_id);
    ngx_memcpy(span.context.span_id, job->call_span, sizeof(span.context.span_id));
    span.started = job->called_at;
    span.ended = job->called_at + (hr_instant_t) call->elapsed * 1000;
    span.attrs = attrs;
    span.count = sizeof(attrs) / sizeof(attrs[0]);

    ngx_http_hr_otlp_push(&span);
    job->call_span[0] = '\0';
}


static void
ngx_http_hr_job_trace_span(ngx_http_hr_job_t *job, const char *error)
{
    hr_span_t        span;
    const hr_attr_t  attrs[] = {
        { "hr.task_id", HR_ATTR_STR, job->task.id, 0, 0.0 },
        { "hr.batch_id", HR_ATTR_STR, job->task.batch_id, 0, 0.0 },
        { "hr.profile_id", HR_ATTR_STR, job->stored.profile_id, 0, 0.0 },
        { "hr.attempts", HR_ATTR_INT, HR_STR(""), (int64_t) job->policy.tries, 0.0 },
        { "hr.queue_seconds", HR_ATTR_DOUBLE, HR_STR(""), 0,
          (double) (job->started_at - job->task.created_at) / 1e6 },
        { "hr.cost_usd", HR_ATTR_DOUBLE, HR_STR(""), 0,
          job->result.has_cost ? job->result.cost_usd : 0.0 },
        { "gen_ai.usage.input_tokens", HR_ATTR_INT, HR_STR(""),
          job->result.input_tokens, 0.0 },
        { "gen_ai.usage.output_tokens", HR_ATTR_INT, HR_STR(""),
          job->result.output_tokens, 0.0 },
        { "error.type", HR_ATTR_STR, hr_str_from_c(error), 0, 0.0 },
    };

    if (!ngx_http_hr_otlp_enabled() || job->trace.trace_id[0] == '\0') {
        return;
    }

    ngx_memzero(&span, sizeof(span));
    ngx_http_hr_job_span(job, &span, error);
    span.name = HR_STR("generate profile");
    span.kind = HR_SPAN_CONSUMER;
    span.parent = hr_str_from_c(job->trace_parent);
    span.started = job->started_at;
    span.ended = hr_time_now();
    span.attrs = attrs;
    span.count = sizeof(attrs) / sizeof(attrs[0]);

    ngx_http_hr_otlp_push(&span);
}


/* Langfuse knows a generation by its task. */
static void
ngx_http_hr_job_trace_langfuse(ngx_http_hr_job_t *job, const char *error)
{
    char                      id[HR_TRACE_ID + 1], traceparent[HR_TRACEPARENT + 1];
    hr_trace_t                trace;
    ngx_http_hr_main_conf_t  *hmcf = ngx_http_hr_main_conf();

    if (!ngx_http_hr_trace_enabled()) {
        return;
    }

    ngx_http_hr_trace_id(job->task.id, id);

    ngx_memzero(&trace, sizeof(trace));
    trace.trace_id = hr_str_from_c(id);

    if (job->trace_parent[0] != '\0') {
        hr_traceparent_format(&job->trace, traceparent);
        trace.traceparent = hr_str_from_c(traceparent);
    }

    trace.user_id = job->task.created_by;
    trace.session_id = job->task.batch_id.data != NULL ? job->task.batch_id
                                                       : job->task.id;
    trace.environment = ngx_http_hr_str(&hmcf->environment);
    trace.started = job->started_at;
    trace.ended = hr_time_now();
    trace.success = error[0] == '\0';
    trace.error_code = hr_str_from_c(error);
    trace.metadata = job->result.metadata_tree;
    trace.completeness = job->result.completeness;
    trace.has_quality = job->result.has_validation;
    trace.quality = job->result.validation;
    trace.schema_valid = job->result.schema_valid;

    ngx_http_hr_trace_push(&trace);
}


void
ngx_http_hr_job_traced(ngx_http_hr_job_t *job, const char *error)
{
    ngx_http_hr_job_trace_span(job, error);
    ngx_http_hr_job_trace_langfuse(job, error);
}


void
ngx_http_hr_job_trace_stopped(ngx_http_hr_job_t *job)
{
    ngx_http_hr_job_trace_called(job, "cancelled");
    ngx_http_hr_job_trace_span(job, "cancelled");
}
