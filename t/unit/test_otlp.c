#include "hr_test.h"
#include "hr_otlp.h"


#define HR_TEST_TRACE   "4bf92f3577b34da6a3ce929d0e0e4736"
#define HR_TEST_SPAN    "00f067aa0ba902b7"
#define HR_TEST_PARENT  "00-" HR_TEST_TRACE "-" HR_TEST_SPAN


static void
hr_test_headers(void)
{
    size_t             i;
    char               text[HR_TRACEPARENT + 1];
    hr_tracecontext_t  c;

    static const char *const  good[] = {
        HR_TEST_PARENT "-01", HR_TEST_PARENT "-00", HR_TEST_PARENT "-ff",
        "cc-" HR_TEST_TRACE "-" HR_TEST_SPAN "-01",
        "01-" HR_TEST_TRACE "-" HR_TEST_SPAN "-01-what-comes-later",
    };

    /* the cases of the specification, 2.2.2 to 2.2.5 and 4.3 */
    static const char *const  bad[] = {
        "", "00", HR_TEST_PARENT, HR_TEST_PARENT "-0", HR_TEST_PARENT "-0g",
        HR_TEST_PARENT "-01-more", HR_TEST_PARENT "-011",
        "ff-" HR_TEST_TRACE "-" HR_TEST_SPAN "-01",
        "0x-" HR_TEST_TRACE "-" HR_TEST_SPAN "-01",
        "01-" HR_TEST_TRACE "-" HR_TEST_SPAN "-01.more",
        "00-00000000000000000000000000000000-" HR_TEST_SPAN "-01",
        "00-" HR_TEST_TRACE "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" HR_TEST_SPAN "-01",
        "00_" HR_TEST_TRACE "-" HR_TEST_SPAN "-01",
        "00-" HR_TEST_TRACE "_" HR_TEST_SPAN "-01",
        "00-" HR_TEST_TRACE "-" HR_TEST_SPAN "_01",
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        OK(hr_traceparent_parse(hr_str_from_c(good[i]), &c), good[i]);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        OK(!hr_traceparent_parse(hr_str_from_c(bad[i]), &c) && c.trace_id[0] == '\0',
           bad[i]);
    }

    OK(hr_traceparent_parse(HR_STR(HR_TEST_PARENT "-01"), &c) && c.sampled, "sampled");
    IS_STR(c.trace_id, strlen(c.trace_id), HR_TEST_TRACE, "the trace");
    IS_STR(c.span_id, strlen(c.span_id), HR_TEST_SPAN, "the span");
    hr_traceparent_format(&c, text);
    IS_STR(text, strlen(text), HR_TEST_PARENT "-01", "written as it was read");

    OK(hr_traceparent_parse(HR_STR(HR_TEST_PARENT "-00"), &c) && !c.sampled,
       "not sampled");
    hr_traceparent_format(&c, text);
    IS_STR(text, strlen(text), HR_TEST_PARENT "-00", "which stays");
    OK(hr_traceparent_parse(HR_STR(HR_TEST_PARENT "-0b"), &c) && c.sampled,
       "the lowest bit of a letter");
    OK(hr_traceparent_parse(HR_STR(HR_TEST_PARENT "-0c"), &c) && !c.sampled,
       "and of another one");
}


static void
hr_test_states(void)
{
    char  state[HR_TRACESTATE_MAX + 2];

    memset(state, 'a', sizeof(state));
    OK(hr_tracestate_valid(HR_STR("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")),
       "a state is passed on");
    OK(hr_tracestate_valid(hr_str(state, HR_TRACESTATE_MAX)), "a long one, too");
    OK(!hr_tracestate_valid(hr_str(state, HR_TRACESTATE_MAX + 1)), "not longer");
    OK(!hr_tracestate_valid(HR_STR("")), "none");
    OK(!hr_tracestate_valid(HR_STR("a=1\r\nX: y")), "no line end");
    OK(!hr_tracestate_valid(HR_STR("a=\xd0\x96")), "ASCII only");
}


static void
hr_test_ids(void)
{
    char               a[HR_TRACE_ID + 1], b[HR_SPAN_ID + 1], d[HR_SPAN_ID + 1];
    char               text[80];
    hr_tracecontext_t  c;

    OK(hr_trace_id_make(a) == HR_OK && hr_span_id_make(b) == HR_OK
       && hr_span_id_make(d) == HR_OK && strcmp(b, d) != 0, "ids are made and differ");
    (void) snprintf(text, sizeof(text), "00-%s-%s-01", a, b);
    OK(hr_traceparent_parse(hr_str_from_c(text), &c), "and are valid");
}


static void
hr_test_span(void)
{
    int64_t      code;
    hr_buf_t     out;
    hr_json_t   *root, *span, *attr;
    hr_span_t    s;
    hr_arena_t  *arena = hr_arena_create(1024 * 1024);

    const hr_attr_t  attrs[] = {
        { "http.route", HR_ATTR_STR, HR_STR("/api/\"x\""), 0, 0.0 },
        { "none", HR_ATTR_STR, HR_STR(""), 0, 0.0 },
        { "http.response.status_code", HR_ATTR_INT, HR_STR(""), 9007199254740993, 0.0 },
        { "hr.db_time", HR_ATTR_DOUBLE, HR_STR(""), 0, 0.25 },
    };

    memset(&s, 0, sizeof(s));
    OK(hr_traceparent_parse(HR_STR(HR_TEST_PARENT "-01"), &s.context), "a context");
    s.name = HR_STR("GET /api");
    s.kind = HR_SPAN_SERVER;
    s.parent = HR_STR("b7ad6b7169203331");
    s.tracestate = HR_STR("a=1");
    s.started = 1700000000123456;
    s.ended = 1700000000223456;
    s.attrs = attrs;
    s.count = sizeof(attrs) / sizeof(attrs[0]);
    s.failed = true;
    s.message = HR_STR("DATABASE_ERROR");

    hr_buf_init(&out, 65536);
    OK(hr_otlp_open(HR_STR("hr"), HR_STR("1.0"), HR_STR("test"), &out) == HR_OK, "opened");
    OK(hr_otlp_span(&s, &out) == HR_OK, "a span");
    (void) hr_buf_char(&out, ',');
    s.ended = 5;
    s.failed = false;
    s.parent = HR_STR("");
    s.count = 0;
    OK(hr_otlp_span(&s, &out) == HR_OK, "another one");
    (void) hr_buf_c(&out, HR_OTLP_CLOSE);
    OK(hr_json_parse(arena, hr_buf_view(&out), NULL, &root, NULL) == HR_OK, "JSON");

    root = hr_json_at(hr_json_get(root, "resourceSpans"), 0);
    attr = hr_json_at(hr_json_path(root, "resource.attributes"), 0);
    IS_STR(hr_json_text(hr_json_path(attr, "value.stringValue")).data, 2, "hr",
           "the service");
    root = hr_json_at(hr_json_get(root, "scopeSpans"), 0);
    IS_INT(hr_json_get(root, "spans")->count, 2, "both spans");

    span = hr_json_at(hr_json_get(root, "spans"), 0);
    IS_STR(hr_json_text(hr_json_get(span, "startTimeUnixNano")).data, 19,
           "1700000000123456000", "nanoseconds in a string");
    IS_INT(hr_json_get(span, "attributes")->count, 3, "an empty text is left out");
    attr = hr_json_at(hr_json_get(span, "attributes"), 1);
    IS_STR(hr_json_text(hr_json_path(attr, "value.intValue")).data, 16,
           "9007199254740993", "integers keep every digit");
    IS_STR(hr_json_text(hr_json_get(span, "parentSpanId")).data, 16,
           "b7ad6b7169203331", "the parent");
    OK(hr_json_int(hr_json_path(span, "status.code"), &code) && code == 2, "an error");

    span = hr_json_at(hr_json_get(root, "spans"), 1);
    OK(hr_json_get(span, "parentSpanId") == NULL, "a root has no parent");
    OK(hr_json_path(span, "status.code") == NULL, "no error, no code");
    OK(hr_str_eq(hr_json_text(hr_json_get(span, "endTimeUnixNano")),
                 hr_json_text(hr_json_get(span, "startTimeUnixNano"))),
       "a clock that was set back gives no negative length");

    hr_buf_release(&out);
    hr_buf_init(&out, 40);
    OK(hr_otlp_span(&s, &out) == HR_LIMIT, "a full buffer is told");
    hr_buf_release(&out);
    hr_arena_destroy(arena);
}


int
main(void)
{
    hr_test_headers();
    hr_test_states();
    hr_test_ids();
    hr_test_span();

    return hr_test_done();
}
