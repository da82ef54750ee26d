#include "hr_test.h"
#include "hr_trace.h"


static const char  hr_test_metadata[] =
    "{\"generation\":{\"department\":\"A\",\"position\":\"Тестировщик\","
    "\"employee_name\":\"Образцов Олег\",\"department_path\":\"A/B\","
    "\"estimated_input_tokens\":1200},"
    "\"llm\":{\"model\":\"m\",\"actual_model\":\"m-1\",\"temperature\":0.1,"
    "\"tokens\":{\"input\":10,\"output\":20,\"total\":30},\"cost_usd\":0.5,"
    "\"prompt_name\":\"profile_generation\",\"prompt_version\":7,"
    "\"finish_reason\":\"stop\",\"attempts\":2},"
    "\"data_sources\":{\"kpi_source\":\"specific\"}}";


int
main(void)
{
    hr_buf_t         out, wrapped;
    hr_json_t       *list, *e;
    hr_arena_t      *arena;
    hr_trace_t       t;
    hr_json_t       *metadata;

    arena = hr_arena_create(1024 * 1024);
    OK(hr_json_parse(arena, HR_STR(hr_test_metadata), NULL, &metadata, NULL) == HR_OK,
       "fixture");

    memset(&t, 0, sizeof(t));
    t.trace_id = HR_STR("0123456789abcdef0123456789abcdef");
    t.user_id = 42;
    t.session_id = HR_STR("task-1");
    t.environment = HR_STR("test");
    t.started = 1000000;
    t.ended = 3000000;
    t.success = true;
    t.metadata = metadata;
    t.completeness = 1.0;
    t.has_quality = true;
    t.quality = 0.75;
    t.schema_valid = true;

    hr_buf_init(&out, 65536);
    hr_buf_init(&wrapped, 65536);
    OK(hr_trace_events(&t, &out) == HR_OK, "a success gives events");
    (void) hr_buf_printf(&wrapped, "[%.*s]", (int) out.len, out.data);
    OK(hr_json_parse(arena, hr_buf_view(&wrapped), NULL, &list, NULL) == HR_OK,
       "the events are JSON");
    IS_INT(list->count, 6, "trace, generation, four scores");

    e = hr_json_at(list, 0);
    IS_STR(hr_json_text(hr_json_get(e, "type")).data, 12, "trace-create",
           "the trace comes first");
    IS_STR(hr_json_text(hr_json_path(e, "body.userId")).data, 2, "42",
           "the user is the account's number");
    e = hr_json_at(list, 1);
    IS_STR(hr_json_text(hr_json_path(e, "body.model")).data, 3, "m-1",
           "the answering model is named");
    OK(hr_json_path(e, "body.promptVersion") != NULL,
       "a prompt of the registry is linked");
    OK(hr_json_path(e, "body.usageDetails.total") != NULL, "usage is told");
    OK(strstr(wrapped.data, "Образцов") == NULL,
       "no name of an employee leaves the service (I-25)");
    OK(strstr(wrapped.data, "\"quality\",\"value\":7.5") != NULL,
       "quality is sent on the scale of ten");

    hr_buf_reset(&out);
    t.success = false;
    t.error_code = HR_STR("upstream_timeout");
    OK(hr_trace_events(&t, &out) == HR_OK, "a failure gives events");
    OK(strstr(out.data, "\"level\":\"ERROR\"") != NULL
       && strstr(out.data, "upstream_timeout") != NULL
       && strstr(out.data, "score-create") == NULL,
       "a failure has its code and no scores");

    t.metadata = NULL;
    hr_buf_reset(&out);
    OK(hr_trace_events(&t, &out) == HR_OK, "works without metadata");
    t.trace_id = HR_STR("short");
    OK(hr_trace_events(&t, &out) == HR_INVALID, "a trace id has 32 digits");

    hr_buf_release(&out);
    hr_buf_release(&wrapped);
    hr_arena_destroy(arena);

    return hr_test_done();
}
