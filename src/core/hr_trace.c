#include "hr_trace.h"

#include <stdio.h>


typedef struct {
    const hr_trace_t  *t;
    hr_buf_t          *out;
    hr_jw_t            w;
    unsigned           events;
} hr_trace_writer_t;


static void
hr_trace_time(hr_jw_t *w, const char *key, hr_instant_t at)
{
    char    text[HR_TIME_MAX];
    size_t  len;

    len = hr_time_format(at, HR_TIME_WIRE_Z, text);
    hr_jw_kstr(w, key, hr_str(text, len));
}


/* {"id":...,"timestamp":...,"type":...,"body":{ */
static void
hr_trace_begin(hr_trace_writer_t *tw, const char *type)
{
    char  id[37];

    if (hr_uuid_make(id) != HR_OK) {
        tw->out->err = HR_ERROR;
        return;
    }

    if (tw->events++ != 0) {
        (void) hr_buf_char(tw->out, ',');
    }

    hr_jw_init(&tw->w, tw->out);
    hr_jw_object(&tw->w);
    hr_jw_kc(&tw->w, "id", id);
    hr_trace_time(&tw->w, "timestamp", tw->t->ended);
    hr_jw_kc(&tw->w, "type", type);
    hr_jw_key(&tw->w, "body");
    hr_jw_object(&tw->w);
}


/* "key": "<text><suffix>" */
static void
hr_trace_id(hr_trace_writer_t *tw, const char *key, hr_str_t text,
    const char *suffix)
{
    hr_buf_t  id;

    hr_buf_init(&id, 128);
    (void) hr_buf_str(&id, text);
    (void) hr_buf_c(&id, suffix);
    hr_jw_kstr(&tw->w, key, hr_buf_view(&id));

    if (id.err != HR_OK) {
        tw->out->err = id.err;
    }

    hr_buf_release(&id);
}


static void
hr_trace_end(hr_trace_writer_t *tw)
{
    hr_jw_end_object(&tw->w);
    hr_jw_end_object(&tw->w);
}


/* What was asked, in figures and names that are no one's. */
static void
hr_trace_summary(hr_trace_writer_t *tw, const char *key)
{
    static const struct { const char *name, *path; }  members[] = {
        { "department", "generation.department_path" },
        { "position", "generation.position" },
        { "estimated_input_tokens", "generation.estimated_input_tokens" },
        { "prompt_version", "llm.prompt_version" },
        { "prompt_hash", "llm.prompt_hash" },
        { "kpi_source", "data_sources.kpi_source" },
        { "kpi_match", "data_sources.kpi_match" },
        { "it_detail_level", "data_sources.it_detail_level" },
        { "schema_version", "data_sources.schema_version" },
    };

    size_t            i;
    const hr_json_t  *node;

    hr_jw_key(&tw->w, key);
    hr_jw_object(&tw->w);

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        node = hr_json_path(tw->t->metadata, members[i].path);

        if (node != NULL) {
            hr_jw_key(&tw->w, members[i].name);
            hr_jw_node(&tw->w, node);
        }
    }

    if (tw->t->traceparent.len != 0) {
        hr_jw_kstr(&tw->w, "traceparent", tw->t->traceparent);
    }

    hr_jw_end_object(&tw->w);
}


static void
hr_trace_outcome(hr_trace_writer_t *tw, const char *key)
{
    const hr_json_t  *node;

    hr_jw_key(&tw->w, key);
    hr_jw_object(&tw->w);
    hr_jw_kbool(&tw->w, "success", tw->t->success);

    if (!tw->t->success) {
        hr_jw_kstr(&tw->w, "error_code", tw->t->error_code);
    }

    node = hr_json_path(tw->t->metadata, "llm.finish_reason");
    if (node != NULL) {
        hr_jw_key(&tw->w, "finish_reason");
        hr_jw_node(&tw->w, node);
    }

    node = hr_json_path(tw->t->metadata, "llm.attempts");
    if (node != NULL) {
        hr_jw_key(&tw->w, "attempts");
        hr_jw_node(&tw->w, node);
    }

    hr_jw_end_object(&tw->w);
}


static void
hr_trace_trace(hr_trace_writer_t *tw)
{
    char  user[24];

    hr_trace_begin(tw, "trace-create");
    hr_jw_kstr(&tw->w, "id", tw->t->trace_id);
    hr_jw_kc(&tw->w, "name", "profile_generation");
    hr_trace_time(&tw->w, "timestamp", tw->t->started);

    if (tw->t->user_id != 0) {
        (void) snprintf(user, sizeof(user), "%lld", (long long) tw->t->user_id);
        hr_jw_kc(&tw->w, "userId", user);
    }

    hr_jw_kstr(&tw->w, "sessionId", tw->t->session_id);
    hr_jw_kstr(&tw->w, "environment", tw->t->environment);
    hr_jw_key(&tw->w, "tags");
    hr_jw_array(&tw->w);
    hr_jw_c(&tw->w, "hr");
    hr_jw_c(&tw->w, "profile-generation");
    hr_jw_end_array(&tw->w);
    hr_trace_summary(tw, "metadata");
    hr_trace_end(tw);
}


static void
hr_trace_usage(hr_trace_writer_t *tw)
{
    static const char *const  names[] = { "input", "output", "total" };

    double            cost;
    size_t            i;
    const hr_json_t  *tokens;

    tokens = hr_json_path(tw->t->metadata, "llm.tokens");

    if (tokens != NULL) {
        hr_jw_key(&tw->w, "usageDetails");
        hr_jw_object(&tw->w);

        for (i = 0; i < 3; i++) {
            if (hr_json_get(tokens, names[i]) != NULL) {
                hr_jw_key(&tw->w, names[i]);
                hr_jw_node(&tw->w, hr_json_get(tokens, names[i]));
            }
        }

        hr_jw_end_object(&tw->w);
    }

    if (hr_json_double(hr_json_path(tw->t->metadata, "llm.cost_usd"), &cost)) {
        hr_jw_key(&tw->w, "costDetails");
        hr_jw_object(&tw->w);
        hr_jw_kdouble(&tw->w, "total", cost);
        hr_jw_end_object(&tw->w);
    }
}


static void
hr_trace_generation(hr_trace_writer_t *tw)
{
    int64_t           version;
    hr_str_t          model;
    const hr_json_t  *node;

    hr_trace_begin(tw, "generation-create");

    hr_trace_id(tw, "id", tw->t->trace_id, "-call");
    hr_jw_kstr(&tw->w, "traceId", tw->t->trace_id);
    hr_jw_kc(&tw->w, "name", "profile_generation");
    hr_trace_time(&tw->w, "startTime", tw->t->started);
    hr_trace_time(&tw->w, "endTime", tw->t->ended);

    model = hr_json_text(hr_json_path(tw->t->metadata, "llm.actual_model"));
    if (model.len == 0) {
        model = hr_json_text(hr_json_path(tw->t->metadata, "llm.model"));
    }
    hr_jw_kstr(&tw->w, "model", model);

    node = hr_json_path(tw->t->metadata, "llm.temperature");
    if (node != NULL) {
        hr_jw_key(&tw->w, "modelParameters");
        hr_jw_object(&tw->w);
        hr_jw_key(&tw->w, "temperature");
        hr_jw_node(&tw->w, node);
        hr_jw_end_object(&tw->w);
    }

    hr_trace_summary(tw, "input");
    hr_trace_outcome(tw, "output");
    hr_trace_usage(tw);

    /* only a prompt of the registry has a number there */
    if (hr_json_int(hr_json_path(tw->t->metadata, "llm.prompt_version"), &version)) {
        hr_jw_kstr(&tw->w, "promptName",
                   hr_json_text(hr_json_path(tw->t->metadata, "llm.prompt_name")));
        hr_jw_kint(&tw->w, "promptVersion", version);
    }

    hr_jw_kstr(&tw->w, "environment", tw->t->environment);
    hr_jw_kc(&tw->w, "level", tw->t->success ? "DEFAULT" : "ERROR");

    if (!tw->t->success) {
        hr_jw_kstr(&tw->w, "statusMessage", tw->t->error_code);
    }

    hr_trace_end(tw);
}


static void
hr_trace_score(hr_trace_writer_t *tw, const char *name, double value,
    const char *type)
{
    char  suffix[40];

    (void) snprintf(suffix, sizeof(suffix), "-%s", name);
    hr_trace_begin(tw, "score-create");
    hr_trace_id(tw, "id", tw->t->trace_id, suffix);
    hr_jw_kstr(&tw->w, "traceId", tw->t->trace_id);
    hr_jw_kc(&tw->w, "name", name);
    hr_jw_kdouble(&tw->w, "value", value);
    hr_jw_kc(&tw->w, "dataType", type);
    hr_jw_kstr(&tw->w, "environment", tw->t->environment);
    hr_trace_end(tw);
}


hr_rc_t
hr_trace_events(const hr_trace_t *trace, hr_buf_t *out)
{
    hr_str_t           kpi;
    hr_trace_writer_t  tw;

    if (trace->trace_id.len != HR_TRACE_ID) {
        return HR_INVALID;
    }

    memset(&tw, 0, sizeof(tw));
    tw.t = trace;
    tw.out = out;

    hr_trace_trace(&tw);
    hr_trace_generation(&tw);

    if (trace->success) {
        kpi = hr_json_text(hr_json_path(trace->metadata, "data_sources.kpi_source"));

        hr_trace_score(&tw, "completeness", trace->completeness, "NUMERIC");

        if (trace->has_quality) {
            hr_trace_score(&tw, "quality", trace->quality * 10, "NUMERIC");
        }

        hr_trace_score(&tw, "schema_valid", trace->schema_valid ? 1 : 0, "BOOLEAN");
        hr_trace_score(&tw, "kpi_specific",
                       hr_str_eq(kpi, HR_STR("specific")) ? 1 : 0, "BOOLEAN");
    }

    return out->err;
}
