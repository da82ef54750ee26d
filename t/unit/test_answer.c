/*
 * Answers of the model service: generation.md 6.2, 6.3, 7.2, 10.
 */

#include "hr_test.h"
#include "hr_answer.h"
#include "hr_content.h"


static hr_arena_t  *arena;

#define OK_BODY                                                               \
    "{\"id\":\"gen-1\",\"created\":1700000000,\"model\":\"vendor/model-x\","    \
    "\"provider\":\"P\",\"system_fingerprint\":\"fp\",\"choices\":[{"           \
    "\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":"             \
    "\"assistant\",\"content\":\"{\\\"a\\\":1}\"}}],\"usage\":{"                \
    "\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120,"      \
    "\"cost\":0.0042,\"prompt_tokens_details\":{\"cached_tokens\":64},"         \
    "\"completion_tokens_details\":{\"reasoning_tokens\":7,"                    \
    "\"image_tokens\":1}}}"

#define CHOICE(content, reason)                                               \
    "{\"choices\":[{\"finish_reason\":" reason ",\"message\":{\"content\":"     \
    content "}}]}"


static hr_answer_t
test_parse(int status, const char *body)
{
    hr_answer_t  out;

    OK(hr_answer_parse(arena, status, hr_str_from_c(body), &out) == HR_OK,
       "the reader itself does not fail");
    return out;
}


static void
test_is(int status, const char *body, hr_generr_t want, const char *name)
{
    hr_answer_t  a;

    if (hr_answer_parse(arena, status, hr_str_from_c(body), &a) != HR_OK) {
        OK(0, name);
        return;
    }

    OK(a.error == want, name);

    if (a.error != want) {
        printf("#   got %s, want %s\n", hr_generr_code(a.error),
               hr_generr_code(want));
    }
}


static void
test_whole(void)
{
    hr_answer_t  a = test_parse(200, OK_BODY);

    OK(a.error == HR_GENERR_NONE, "a regular answer is none of the errors");
    IS_STR(a.content.data, a.content.len, "{\"a\":1}", "content");
    IS_STR(a.finish_reason.data, a.finish_reason.len, "stop", "finish reason");
    IS_STR(a.model.data, a.model.len, "vendor/model-x", "answering model");
    IS_STR(a.provider.data, a.provider.len, "P", "provider");
    IS_STR(a.id.data, a.id.len, "gen-1", "id");
    IS_STR(a.fingerprint.data, a.fingerprint.len, "fp", "fingerprint");
    IS_INT(a.created, 1700000000, "created");
    IS_INT(a.usage.input, 100, "prompt tokens");
    IS_INT(a.usage.output, 20, "completion tokens");
    IS_INT(a.usage.total, 120, "total tokens");
    IS_INT(a.usage.cached, 64, "cached tokens");
    IS_INT(a.usage.reasoning, 7, "reasoning tokens");
    OK(a.usage.has_cost && a.usage.cost > 0.0041 && a.usage.cost < 0.0043,
       "cost");
    OK(!a.streamed, "the plain form");
}


/* The padding that was blamed on the schema: LF, nine blanks, LF. */
static void
test_padding(void)
{
    hr_buf_t     buf;
    hr_answer_t  a;

    hr_buf_init(&buf, 8 * 1024 * 1024);

    for (int i = 0; i < 343; i++) {
        (void) hr_buf_c(&buf, "\n         \n");
    }

    IS_INT(buf.len, 3773, "343 pads are the 3773 characters of the report");
    (void) hr_answer_parse(arena, 200, hr_buf_view(&buf), &a);
    OK(a.error == HR_GENERR_UPSTREAM_EMPTY, "padding only is upstream_empty");
    IS_INT(a.padding, 3773, "and is counted");

    (void) hr_buf_c(&buf, OK_BODY);
    (void) hr_answer_parse(arena, 200, hr_buf_view(&buf), &a);
    OK(a.error == HR_GENERR_NONE, "padding in front of JSON is skipped");
    hr_buf_release(&buf);

    test_is(200, "", HR_GENERR_UPSTREAM_EMPTY, "an empty body is upstream_empty");
}


static void
test_errors(void)
{
    static const struct {
        int          status;
        hr_generr_t  want;
    } statuses[] = {
        { 400, HR_GENERR_UPSTREAM_REJECTED },
        { 404, HR_GENERR_UPSTREAM_REJECTED },
        { 422, HR_GENERR_UPSTREAM_REJECTED },
        { 401, HR_GENERR_AUTH },
        { 403, HR_GENERR_AUTH },
        { 402, HR_GENERR_NO_CREDIT },
        { 408, HR_GENERR_UPSTREAM_TIMEOUT },
        { 409, HR_GENERR_UPSTREAM_5XX },
        { 425, HR_GENERR_RATE_LIMITED },
        { 429, HR_GENERR_RATE_LIMITED },
        { 500, HR_GENERR_UPSTREAM_5XX },
        { 502, HR_GENERR_UPSTREAM_5XX },
        { 503, HR_GENERR_UPSTREAM_5XX },
        { 504, HR_GENERR_UPSTREAM_5XX },
        { 301, HR_GENERR_UPSTREAM_REJECTED },
    };

    char         name[64], body[200];
    hr_answer_t  a;

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        snprintf(name, sizeof(name), "status %d", statuses[i].status);
        test_is(statuses[i].status, "<html>", statuses[i].want, name);

        snprintf(name, sizeof(name), "code %d inside 200", statuses[i].status);
        snprintf(body, sizeof(body), "{\"error\":{\"code\":%d,\"message\":"
                 "\"m\"}}", statuses[i].status);
        test_is(200, body, statuses[i].want, name);
    }

    test_is(200, "{\"error\":{\"code\":\"rate_limit_exceeded\"}}",
            HR_GENERR_RATE_LIMITED, "a code that is a name");
    test_is(200, "{\"error\":{\"code\":null,\"type\":\"insufficient_quota\"}}",
            HR_GENERR_NO_CREDIT, "the type where the code says nothing");
    test_is(200, "{\"error\":{\"message\":\"x\"}}", HR_GENERR_UPSTREAM_5XX,
            "an error without a code may be retried");
    test_is(200, "{\"error\":\"overloaded\"}", HR_GENERR_UPSTREAM_5XX,
            "an error that is a bare text");
    test_is(200, "{\"choices\":[]}", HR_GENERR_UPSTREAM_MALFORMED,
            "no choices");
    test_is(200, "{}", HR_GENERR_UPSTREAM_MALFORMED, "choices missing");
    test_is(200, "{\"choices\":[{\"error\":{\"code\":429}}]}",
            HR_GENERR_RATE_LIMITED, "an error inside the choice");
    test_is(200, "{\"choices\":[{\"mess", HR_GENERR_UPSTREAM_MALFORMED,
            "a body that was cut");
    test_is(200, "<html>busy</html>", HR_GENERR_UPSTREAM_MALFORMED,
            "HTML with status 200");
    test_is(200, CHOICE("\"{}\"", "\"length\""), HR_GENERR_TRUNCATED,
            "finish_reason length");
    test_is(200, CHOICE("null", "\"length\""), HR_GENERR_TRUNCATED,
            "all tokens went into reasoning");
    test_is(200, CHOICE("\"x\"", "\"content_filter\""), HR_GENERR_REFUSED,
            "finish_reason content_filter");
    test_is(200, CHOICE("null", "\"stop\""), HR_GENERR_UPSTREAM_EMPTY,
            "content null");
    test_is(200, CHOICE("\"  \"", "\"stop\""), HR_GENERR_UPSTREAM_EMPTY,
            "content blank");
    test_is(200, CHOICE("\"{}\"", "\"error\""), HR_GENERR_UPSTREAM_5XX,
            "finish_reason error");
    test_is(200, CHOICE("[{\"type\":\"text\",\"text\":\"{}\"}]", "\"stop\""),
            HR_GENERR_NONE, "content in parts");
    test_is(200, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":"
            "{\"content\":null,\"refusal\":\"no\"}}]}", HR_GENERR_REFUSED,
            "a refusal");

    a = test_parse(400, "{\"error\":{\"code\":400,\"message\":\"response_format "
                        "is not supported\"}}");
    OK(a.no_response_format && !a.no_temperature,
       "400 about response_format says so");
    a = test_parse(400, "{\"error\":{\"code\":400,\"param\":\"temperature\","
                        "\"message\":\"Unsupported value\"}}");
    OK(!a.no_response_format && a.no_temperature,
       "400 about temperature says so");
    a = test_parse(500, "{\"error\":{\"message\":\"temperature of the rack\"}}");
    OK(!a.no_temperature, "only a rejected request tells about its members");
}


static void
test_message_limit(void)
{
    hr_buf_t     buf;
    hr_answer_t  a;

    hr_buf_init(&buf, 100000);
    (void) hr_buf_c(&buf, "{\"error\":{\"code\":500,\"message\":\"");

    for (int i = 0; i < 2000; i++) {
        (void) hr_buf_c(&buf, "я");
    }

    (void) hr_buf_c(&buf, "\"}}");
    (void) hr_answer_parse(arena, 200, hr_buf_view(&buf), &a);
    IS_INT(a.message.len, 1000, "an error message is cut at 500 characters");
    hr_buf_release(&buf);
}


#define EVENT(text)  "data: {\"choices\":[{\"delta\":{\"content\":" text "}}]}\n\n"

static const char  stream[] =
    "\n         \n"
    ": OPENROUTER PROCESSING\n\n"
    "data: {\"id\":\"gen-2\",\"model\":\"vendor/model-y\",\"choices\":[{\"delta\":"
    "{\"role\":\"assistant\",\"content\":\"\"}}]}\r\n\r\n"
    EVENT("\"{\\\"имя\\\":\"")
    ": OPENROUTER PROCESSING\n\n"
    "event: chunk\n"
    EVENT("\"\\\"да\\\"}\"")
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":"
    "6,\"cost\":0}}\n\n"
    "data: [DONE]\n\n";


static void
test_stream(void)
{
    bool                 same = true;
    hr_answer_t          a, whole;
    hr_answer_reader_t  *r;

    whole = test_parse(200, stream);
    OK(whole.error == HR_GENERR_NONE && whole.streamed, "a stream of events");
    IS_STR(whole.content.data, whole.content.len, "{\"имя\":\"да\"}",
           "the deltas are joined");
    IS_STR(whole.model.data, whole.model.len, "vendor/model-y", "model");
    IS_INT(whole.usage.input, 5, "usage of the last event");
    IS_INT(whole.usage.total, 11, "a total that is missing is the sum");
    OK(whole.usage.has_cost, "a cost of 0 is a cost");

    for (size_t cut = 0; cut < sizeof(stream) - 1 && same; cut++) {

        r = hr_answer_reader_create();
        (void) hr_answer_reader_feed(r, stream, cut);
        (void) hr_answer_reader_feed(r, stream + cut, sizeof(stream) - 1 - cut);
        (void) hr_answer_reader_finish(r, arena, 200, &a);
        hr_answer_reader_destroy(r);
        same = a.error == HR_GENERR_NONE
               && hr_str_eq(a.content, whole.content)
               && a.usage.total == 11;
    }

    OK(same, "it does not matter where the bytes are split");

    r = hr_answer_reader_create();
    (void) hr_answer_reader_feed(r, stream, sizeof(stream) - 1);
    OK(hr_answer_reader_done(r), "[DONE] is the end");
    IS_INT(hr_answer_reader_content(r), whole.content.len,
           "the length of the text so far");
    hr_answer_reader_destroy(r);
}


static void
test_bad_streams(void)
{
    test_is(200, EVENT("\"{\""), HR_GENERR_UPSTREAM_MALFORMED,
            "a stream without an end");
    test_is(200, EVENT("\"{}\"") "data: {\"error\":{\"code\":502}}\n\n",
            HR_GENERR_UPSTREAM_5XX, "an error in the middle of a stream");
    test_is(200, "data: {\"choices\":[{\"delta\":{\"content\":\"{}\"},"
            "\"finish_reason\":\"stop\"}]}", HR_GENERR_NONE,
            "the last event without an empty line");
    test_is(200, "data: {broken\n\ndata: [DONE]\n\n",
            HR_GENERR_UPSTREAM_MALFORMED, "an event that is no JSON");
    test_is(200, ": keep-alive\n\n: keep-alive\n\n",
            HR_GENERR_UPSTREAM_MALFORMED, "comments only");
    test_is(200, "data: [DONE]\n\n", HR_GENERR_UPSTREAM_MALFORMED,
            "an end without anything before it");
    test_is(200, EVENT("\"{\"") "data: {\"choices\":[{\"delta\":{},"
            "\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n",
            HR_GENERR_TRUNCATED, "length in a stream");
    test_is(200, "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\"{}\"},"
            "\"finish_reason\":\"stop\"}]}\n\n", HR_GENERR_NONE,
            "an event in two data lines");
}


static void
test_limits(void)
{
    char                *block = malloc(1024 * 1024);
    hr_rc_t              rc = HR_OK;
    hr_answer_t          a;
    hr_answer_reader_t  *r = hr_answer_reader_create();

    memset(block, ' ', 1024 * 1024);

    for (int i = 0; i < 64 && rc == HR_OK; i++) {
        rc = hr_answer_reader_feed(r, block, 1024 * 1024);
    }

    OK(rc == HR_OK, "64 MiB of padding cost nothing");
    (void) hr_answer_reader_finish(r, arena, 200, &a);
    OK(a.error == HR_GENERR_UPSTREAM_EMPTY, "and are an empty answer");
    hr_answer_reader_destroy(r);

    r = hr_answer_reader_create();
    memset(block, 'x', 1024 * 1024);
    rc = hr_answer_reader_feed(r, "{", 1);

    for (int i = 0; i < 64 && rc == HR_OK; i++) {
        rc = hr_answer_reader_feed(r, block, 1024 * 1024);
    }

    OK(rc == HR_LIMIT, "a body above 16 MiB is stopped");
    (void) hr_answer_reader_finish(r, arena, 200, &a);
    OK(a.error == HR_GENERR_UPSTREAM_MALFORMED, "and is malformed");
    hr_answer_reader_destroy(r);

    r = hr_answer_reader_create();
    rc = hr_answer_reader_feed(r, "data: ", 6);

    for (int i = 0; i < 8 && rc == HR_OK; i++) {
        rc = hr_answer_reader_feed(r, block, 1024 * 1024);
    }

    OK(rc == HR_LIMIT, "a line above 1 MiB is stopped");
    hr_answer_reader_destroy(r);
    free(block);
}


/* --- content ---------------------------------------------------------------------- */

static void
test_text(const char *text, hr_generr_t want, const char *name)
{
    hr_content_t  c;

    if (hr_content_parse(arena, hr_str_from_c(text), &c) != HR_OK) {
        OK(0, name);
        return;
    }

    OK(c.error == want && (want != HR_GENERR_NONE || c.document != NULL), name);

    if (c.error != want) {
        printf("#   got %s: %s\n", hr_generr_code(c.error), c.diag.text);
    }
}


static void
test_content(void)
{
    hr_content_t  c;

    test_text("{\"a\":1}", HR_GENERR_NONE, "plain JSON");
    test_text("\xef\xbb\xbf \n{\"a\":1}\n", HR_GENERR_NONE, "BOM and blanks");
    test_text("```json\n{\"a\":1}\n```", HR_GENERR_NONE, "fenced with a tag");
    test_text("```\n{\"a\":\"x ``` y\"}\n```\n", HR_GENERR_NONE,
              "a fence inside a string value");
    test_text("```json\n{\"a\":\"\\n```\\n\"}\n```", HR_GENERR_NONE,
              "an escaped fence line inside a string value");
    test_text("```json\n{\"a\":1}", HR_GENERR_NONE, "no closing fence");
    test_text("Вот профиль:\n{\"a\":\"}\\\"{\"}\nГотово.", HR_GENERR_NONE,
              "prose around the object; braces in strings");
    test_text("{\"a\":1", HR_GENERR_TRUNCATED, "not closed");
    test_text("```json\n{\"a\":[1,2\n```", HR_GENERR_TRUNCATED,
              "not closed inside a fence");
    test_text("{\"a\":\"unfinished", HR_GENERR_TRUNCATED,
              "ends inside a string");
    test_text("нет данных", HR_GENERR_INVALID_JSON, "no object at all");
    test_text("{\"a\":1,}", HR_GENERR_INVALID_JSON,
              "a trailing comma is not repaired");
    test_text("{'a':1}", HR_GENERR_INVALID_JSON, "quotes are not repaired");
    test_text("{\"a\":NaN}", HR_GENERR_INVALID_JSON, "NaN");
    test_text("{\"a\":Infinity}", HR_GENERR_INVALID_JSON, "Infinity");
    test_text("[1]", HR_GENERR_INVALID_JSON, "an array");
    test_text("\"text\"", HR_GENERR_INVALID_JSON, "a string");
    test_text("{\"a\":\"\xff\"}", HR_GENERR_INVALID_JSON, "broken UTF-8");
    test_text("{\"error\":\"мало данных\"}", HR_GENERR_REFUSED,
              "only an error member");

    (void) hr_content_parse(arena, HR_STR("{\"error\":\"мало данных\"}"), &c);
    IS_STR(c.reason.data, c.reason.len, "мало данных", "with its reason");

    (void) hr_content_parse(arena, HR_STR("{\"a\":1,\"a\":2}"), &c);
    OK(c.error == HR_GENERR_NONE && c.duplicates == 1, "a repeated member");
    IS_STR(hr_json_get(c.document, "a")->text.data,
           hr_json_get(c.document, "a")->text.len, "2", "the last one wins");

    (void) hr_content_parse(arena, HR_STR("{\"a\":\"x\\ud800y\"}"), &c);
    OK(c.error == HR_GENERR_NONE && c.surrogates,
       "a lone surrogate is replaced and reported");

    (void) hr_content_parse(arena, HR_STR("{\"a\":\"\\ud83d\\ude00 \\\\ud800\"}"),
                            &c);
    OK(c.error == HR_GENERR_NONE && !c.surrogates,
       "a pair and an escaped backslash are not lone surrogates");
}


static void
test_content_limits(void)
{
    hr_buf_t      buf;
    hr_content_t  c;

    hr_buf_init(&buf, 8 * 1024 * 1024);
    (void) hr_buf_c(&buf, "{\"a\":");

    for (int i = 0; i < 32; i++) {
        (void) hr_buf_c(&buf, "[");
    }

    for (int i = 0; i < 32; i++) {
        (void) hr_buf_c(&buf, "]");
    }

    (void) hr_buf_c(&buf, "}");
    (void) hr_content_parse(arena, hr_buf_view(&buf), &c);
    OK(c.error == HR_GENERR_INVALID_JSON, "33 levels are too deep");

    hr_buf_reset(&buf);
    (void) hr_buf_c(&buf, "{\"a\":\"");

    while (buf.len < 3 * 1024 * 1024) {
        (void) hr_buf_c(&buf, "0123456789");
    }

    (void) hr_buf_c(&buf, "\"}");
    (void) hr_content_parse(arena, hr_buf_view(&buf), &c);
    OK(c.error == HR_GENERR_INVALID_JSON, "3 MB are too long");
    hr_buf_release(&buf);
}


/* --- error classes ---------------------------------------------------------------- */

static void
test_classes(void)
{
    bool  all = true;

    for (hr_generr_t e = 1; e < HR_GENERR_COUNT; e++) {
        all = all && hr_generr_from_code(hr_str_from_c(hr_generr_code(e))) == e
              && strlen(hr_generr_text(e, HR_LANG_RU)) > 10
              && strlen(hr_generr_text(e, HR_LANG_EN)) > 10;
    }

    OK(all, "every class has a code and two texts");
    IS_INT(HR_GENERR_COUNT - 1, 24, "24 codes");
    OK(hr_generr_from_code(HR_STR("nonsense")) == HR_GENERR_NONE,
       "an unknown code");
    OK(hr_generr_retry(HR_GENERR_RATE_LIMITED) == HR_RETRY_BACKOFF
       && hr_generr_retry(HR_GENERR_TRUNCATED) == HR_RETRY_ONCE_LARGER
       && hr_generr_retry(HR_GENERR_INVALID_JSON) == HR_RETRY_ONCE_REPAIR
       && hr_generr_retry(HR_GENERR_SCHEMA_INVALID) == HR_RETRY_ONCE_REPAIR
       && hr_generr_retry(HR_GENERR_AUTH) == HR_RETRY_NEVER
       && hr_generr_retry(HR_GENERR_REFUSED) == HR_RETRY_NEVER,
       "how a retry makes sense");
    OK(hr_generr_is_unhealthy(HR_GENERR_AUTH)
       && hr_generr_is_unhealthy(HR_GENERR_NO_CREDIT)
       && !hr_generr_is_unhealthy(HR_GENERR_UPSTREAM_5XX),
       "what turns health unhealthy");
}


static void
test_after(const char *value, int want)
{
    char          name[100];
    unsigned      seconds = 0;
    hr_instant_t  now = (hr_instant_t) 784111777 * 1000000;
                                    /* Sun, 06 Nov 1994 08:49:37 GMT */

    snprintf(name, sizeof(name), "Retry-After: %s", value);

    if (!hr_retry_after_parse(hr_str_from_c(value), now, &seconds)) {
        OK(want < 0, name);
        return;
    }

    IS_INT(seconds, want, name);
}


static void
test_retry_after(void)
{
    test_after("0", 0);
    test_after(" 7 ", 7);
    test_after("60", 60);
    test_after("3600", 60);
    test_after("99999999999999999999", 60);
    test_after("Sun, 06 Nov 1994 08:49:57 GMT", 20);
    test_after("Sunday, 06-Nov-94 08:49:57 GMT", 20);
    test_after("Sun Nov  6 08:49:57 1994", 20);
    test_after("Sun, 06 Nov 1994 08:49:07 GMT", 0);
    test_after("Sun, 06 Nov 1994 10:49:37 GMT", 60);
    test_after("", -1);
    test_after("soon", -1);
    test_after("-5", -1);
    test_after("1.5", -1);
    test_after("Sun, 99 Foo 1994 08:49:37 GMT", -1);
}


int
main(void)
{
    arena = hr_arena_create(256u * 1024 * 1024);

    test_whole();
    test_padding();
    test_errors();
    test_message_limit();
    test_stream();
    test_bad_streams();
    test_limits();
    test_content();
    test_content_limits();
    test_classes();
    test_retry_after();

    hr_arena_destroy(arena);
    return hr_test_done();
}
