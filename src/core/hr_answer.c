/*
 * The reader is a small state machine in front of two buffers:
 *
 *     PADDING --first byte that is no white space--> PLAIN | EVENTS
 *
 * PLAIN keeps the body until the end.  EVENTS cuts lines, joins the data lines
 * of an event and folds every event into the answer at once, so that only the
 * message text grows.
 */

#include "hr_answer.h"
#include "hr_json.h"
#include "hr_text.h"

#include <stdlib.h>


#define HR_ANSWER_ARENA_MAX  (64u * 1024 * 1024)
#define HR_ANSWER_FIELD_MAX  200        /* bytes of id, model, provider, ... */

typedef enum {
    HR_ANSWER_PADDING = 0,
    HR_ANSWER_PLAIN,
    HR_ANSWER_EVENTS
} hr_answer_state_t;

typedef struct {
    size_t  len;
    char    data[HR_ANSWER_FIELD_MAX];
    bool    set;
} hr_answer_field_t;

struct hr_answer_reader_s {
    hr_answer_state_t  state;
    hr_buf_t           body;            /* PLAIN: everything */
    hr_buf_t           line;            /* EVENTS: the line being read */
    hr_buf_t           event;           /* EVENTS: data lines of the event */
    hr_buf_t           content;
    hr_buf_t           refusal;
    hr_rc_t            err;
    bool               event_open;      /* a data line was seen since dispatch */
    bool               after_cr;        /* CR LF is one line end */
    bool               done;            /* [DONE] or an error event */
    bool               broken;          /* an event that is no JSON object */
    bool               choices;         /* some choice was seen */
    bool               has_error;
    int                code;            /* of the error object */
    hr_answer_field_t  finish_reason, id, model, provider, fingerprint;
    hr_buf_t           message;
    bool               no_response_format, no_temperature;
    int64_t            created, index;
    hr_usage_t         usage;
    size_t             bytes, padding;
};


hr_answer_reader_t *
hr_answer_reader_create(void)
{
    hr_answer_reader_t  *r = calloc(1, sizeof(hr_answer_reader_t));

    if (r == NULL) {
        return NULL;
    }

    hr_buf_init(&r->body, HR_ANSWER_BODY_MAX);
    hr_buf_init(&r->line, HR_ANSWER_EVENT_MAX);
    hr_buf_init(&r->event, HR_ANSWER_EVENT_MAX);
    hr_buf_init(&r->content, HR_ANSWER_CONTENT_MAX);
    hr_buf_init(&r->refusal, HR_ANSWER_MESSAGE_MAX * 4);
    hr_buf_init(&r->message, HR_ANSWER_EVENT_MAX);

    return r;
}


void
hr_answer_reader_destroy(hr_answer_reader_t *r)
{
    if (r == NULL) {
        return;
    }

    hr_buf_release(&r->body);
    hr_buf_release(&r->line);
    hr_buf_release(&r->event);
    hr_buf_release(&r->content);
    hr_buf_release(&r->refusal);
    hr_buf_release(&r->message);
    free(r);
}


size_t
hr_answer_reader_content(const hr_answer_reader_t *r)
{
    return r->content.len;
}


bool
hr_answer_reader_done(const hr_answer_reader_t *r)
{
    return r->done;
}


static void
hr_answer_field(hr_answer_field_t *field, const hr_json_t *node)
{
    hr_str_t  text;

    if (!hr_json_is(node, HR_JSON_STRING)) {
        return;
    }

    text = hr_utf8_cut_bytes(node->text, HR_ANSWER_FIELD_MAX);

    if (text.len > 0) {
        memcpy(field->data, text.data, text.len);
    }

    field->len = text.len;
    field->set = true;
}


static void
hr_answer_int(const hr_json_t *object, const char *path, int64_t *value)
{
    int64_t  n;

    if (hr_json_int(hr_json_path(object, path), &n) && n >= 0) {
        *value = n;
    }
}


static void
hr_answer_usage(hr_usage_t *usage, const hr_json_t *node)
{
    double  cost;

    if (!hr_json_is(node, HR_JSON_OBJECT)) {
        return;
    }

    usage->known = true;
    hr_answer_int(node, "prompt_tokens", &usage->input);
    hr_answer_int(node, "completion_tokens", &usage->output);
    hr_answer_int(node, "total_tokens", &usage->total);
    hr_answer_int(node, "prompt_tokens_details.cached_tokens", &usage->cached);
    hr_answer_int(node, "completion_tokens_details.reasoning_tokens",
                  &usage->reasoning);
    hr_answer_int(node, "completion_tokens_details.image_tokens",
                  &usage->image);

    if (usage->total == 0) {
        usage->total = usage->input + usage->output;
    }

    if (hr_json_double(hr_json_get(node, "cost"), &cost) && cost >= 0.0) {
        usage->has_cost = true;
        usage->cost = cost;
    }
}


static const struct {
    const char  *name;
    int          status;
} hr_answer_error_names[] = {
    { "rate_limit", 429 },
    { "insufficient_quota", 402 },
    { "insufficient_credit", 402 },
    { "invalid_api_key", 401 },
    { "authentication", 401 },
    { "permission", 403 },
    { "overloaded", 503 },
    { "server_error", 500 },
    { "timeout", 408 },
    { "context_length", 400 },
    { "unsupported", 400 },
    { "invalid_request", 400 },
    { "invalid_value", 400 },
    { "model_not_found", 404 },
};


/* A code is a number, a number as text, or a name such as "rate_limit_exceeded". */
static int
hr_answer_error_code(const hr_json_t *node)
{
    int64_t  n = 0;

    if (hr_json_int(node, &n)) {
        return n >= 300 && n <= 599 ? (int) n : 0;
    }

    if (!hr_json_is(node, HR_JSON_STRING)) {
        return 0;
    }

    if (node->text.len == 3) {
        for (size_t i = 0; i < 3; i++) {
            n = n * 10 + (node->text.data[i] - '0');
        }

        return n >= 300 && n <= 599 ? (int) n : 0;
    }

    for (size_t i = 0;
         i < sizeof(hr_answer_error_names) / sizeof(hr_answer_error_names[0]);
         i++)
    {
        if (hr_contains(node->text,
                        hr_str_from_c(hr_answer_error_names[i].name)))
        {
            return hr_answer_error_names[i].status;
        }
    }

    return 0;
}


static bool
hr_answer_mentions(const hr_json_t *error, const hr_json_t *message,
    const char *word)
{
    return hr_contains(hr_json_text(message), hr_str_from_c(word))
           || hr_contains(hr_json_text(hr_json_get(error, "param")),
                          hr_str_from_c(word))
           || hr_contains(hr_json_text(hr_json_path(error, "metadata.raw")),
                          hr_str_from_c(word));
}


/* error: the object, or a bare text as some gateways send it. */
static void
hr_answer_take_error(hr_answer_reader_t *r, const hr_json_t *error)
{
    const hr_json_t  *message;

    message = error->type == HR_JSON_STRING ? error
                                            : hr_json_get(error, "message");

    r->has_error = true;
    r->done = true;
    r->code = hr_answer_error_code(hr_json_get(error, "code"));

    if (r->code == 0) {
        r->code = hr_answer_error_code(hr_json_get(error, "type"));
    }

    hr_buf_reset(&r->message);

    if (hr_buf_str(&r->message, hr_utf8_cut(hr_json_text(message),
                                            HR_ANSWER_MESSAGE_MAX)) != HR_OK)
    {
        r->err = HR_NOMEM;
    }

    r->no_response_format = hr_answer_mentions(error, message, "response_format")
                            || hr_answer_mentions(error, message, "json_schema")
                            || hr_answer_mentions(error, message, "json mode");
    r->no_temperature = hr_answer_mentions(error, message, "temperature");
}


/* Text of a message: a string, or the "text" parts of an array. */
static void
hr_answer_text(hr_answer_reader_t *r, hr_buf_t *out, const hr_json_t *node)
{
    hr_rc_t  rc = HR_OK;

    if (hr_json_is(node, HR_JSON_STRING)) {
        rc = hr_buf_str(out, node->text);

    } else if (hr_json_is(node, HR_JSON_ARRAY)) {

        for (const hr_json_t *part = node->first;
             part != NULL && rc == HR_OK;
             part = part->next)
        {
            rc = hr_buf_str(out, hr_json_text(hr_json_get(part, "text")));
        }
    }

    if (rc != HR_OK && r->err == HR_OK) {
        r->err = rc;
    }
}


static void
hr_answer_take_choice(hr_answer_reader_t *r, const hr_json_t *choice)
{
    hr_str_t          refusal;
    const hr_json_t  *message, *error;

    if (!hr_json_is(choice, HR_JSON_OBJECT)) {
        return;
    }

    r->choices = true;

    message = hr_json_get(choice, "delta");

    if (!hr_json_is(message, HR_JSON_OBJECT)) {
        message = hr_json_get(choice, "message");
    }

    hr_answer_text(r, &r->content, hr_json_get(message, "content"));

    /* the reason is cut to the buffer; a refusal is one whatever its length */
    refusal = hr_json_text(hr_json_get(message, "refusal"));
    refusal = hr_utf8_cut_bytes(refusal, r->refusal.limit - r->refusal.len);

    if (refusal.len > 0 && hr_buf_str(&r->refusal, refusal) != HR_OK) {
        r->err = HR_NOMEM;
    }

    hr_answer_field(&r->finish_reason, hr_json_get(choice, "finish_reason"));
    hr_answer_int(choice, "index", &r->index);

    error = hr_json_get(choice, "error");

    if (hr_json_is(error, HR_JSON_OBJECT)) {
        hr_answer_take_error(r, error);
    }
}


/* One envelope: the whole plain body, or the data of one event. */
static void
hr_answer_take(hr_answer_reader_t *r, const hr_json_t *root)
{
    const hr_json_t  *error, *choices;

    error = hr_json_get(root, "error");

    if (hr_json_is(error, HR_JSON_OBJECT)
        || (hr_json_is(error, HR_JSON_STRING) && error->text.len > 0))
    {
        hr_answer_take_error(r, error);
    }

    hr_answer_field(&r->id, hr_json_get(root, "id"));
    hr_answer_field(&r->model, hr_json_get(root, "model"));
    hr_answer_field(&r->provider, hr_json_get(root, "provider"));
    hr_answer_field(&r->fingerprint, hr_json_get(root, "system_fingerprint"));
    hr_answer_int(root, "created", &r->created);
    hr_answer_usage(&r->usage, hr_json_get(root, "usage"));

    choices = hr_json_get(root, "choices");

    if (hr_json_is(choices, HR_JSON_ARRAY)) {
        hr_answer_take_choice(r, choices->first);
    }
}


/* Parses text and folds it in; false when it is no JSON object. */
static bool
hr_answer_take_text(hr_answer_reader_t *r, hr_str_t text)
{
    static const hr_json_opts_t  opts = { .max_depth = 64, .max_nodes = 200000,
                                          .replace_surrogates = true };

    hr_rc_t      rc;
    hr_json_t   *root;
    hr_arena_t  *arena;

    arena = hr_arena_create(HR_ANSWER_ARENA_MAX);
    if (arena == NULL) {
        r->err = HR_NOMEM;
        return false;
    }

    rc = hr_json_parse(arena, text, &opts, &root, NULL);

    if (rc == HR_OK && root->type == HR_JSON_OBJECT) {
        hr_answer_take(r, root);
    }

    if (rc == HR_NOMEM) {
        r->err = HR_NOMEM;
    }

    rc = rc == HR_OK && root->type != HR_JSON_OBJECT ? HR_INVALID : rc;
    hr_arena_destroy(arena);

    return rc == HR_OK;
}


static void
hr_answer_dispatch(hr_answer_reader_t *r)
{
    hr_str_t  data;

    if (!r->event_open) {
        return;
    }

    data = hr_trim(hr_buf_view(&r->event));

    if (hr_str_eq(data, HR_STR("[DONE]"))) {
        r->done = true;

    } else if (data.len > 0 && !hr_answer_take_text(r, data)) {
        r->broken = true;
    }

    hr_buf_reset(&r->event);
    r->event_open = false;
}


/* One line of an event stream (WHATWG HTML 9.2.6), without its end. */
static hr_rc_t
hr_answer_line(hr_answer_reader_t *r, hr_str_t line)
{
    hr_rc_t  rc = HR_OK;

    if (line.len == 0) {
        hr_answer_dispatch(r);
        return r->err;
    }

    if (line.len < 5 || memcmp(line.data, "data:", 5) != 0) {
        return HR_OK;               /* comment, "event:", "id:", "retry:" */
    }

    line = hr_str(line.data + 5, line.len - 5);

    if (line.len > 0 && line.data[0] == ' ') {
        line = hr_str(line.data + 1, line.len - 1);
    }

    if (r->event_open) {
        rc = hr_buf_char(&r->event, '\n');
    }

    r->event_open = true;

    return rc != HR_OK ? rc : hr_buf_str(&r->event, line);
}


static hr_rc_t
hr_answer_events(hr_answer_reader_t *r, const char *data, size_t len)
{
    size_t   start = 0;
    hr_rc_t  rc;

    for (size_t i = 0; i < len; i++) {

        if (data[i] != '\n' && data[i] != '\r') {
            r->after_cr = false;
            continue;
        }

        if (data[i] == '\n' && r->after_cr && i == start) {
            r->after_cr = false;
            start = i + 1;
            continue;
        }

        rc = hr_buf_append(&r->line, data + start, i - start);

        if (rc == HR_OK) {
            rc = hr_answer_line(r, hr_buf_view(&r->line));
        }

        if (rc != HR_OK) {
            return rc;
        }

        hr_buf_reset(&r->line);
        r->after_cr = data[i] == '\r';
        start = i + 1;
    }

    return hr_buf_append(&r->line, data + start, len - start);
}


static bool
hr_answer_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}


/* The first byte tells the form: JSON, or a field name or comment of an event. */
static hr_answer_state_t
hr_answer_form(char c)
{
    return c == ':' || c == 'd' || c == 'e' || c == 'i' || c == 'r'
           ? HR_ANSWER_EVENTS : HR_ANSWER_PLAIN;
}


hr_rc_t
hr_answer_reader_feed(hr_answer_reader_t *r, const char *data, size_t len)
{
    hr_rc_t  rc;

    if (r->err != HR_OK || len == 0) {
        return r->err;
    }

    r->bytes += len;

    if (r->state == HR_ANSWER_PADDING) {

        while (len > 0 && hr_answer_blank(*data)) {
            data++;
            len--;
            r->padding++;
        }

        if (len == 0) {
            return HR_OK;
        }

        r->state = hr_answer_form(*data);
    }

    rc = r->state == HR_ANSWER_PLAIN ? hr_buf_append(&r->body, data, len)
                                     : hr_answer_events(r, data, len);
    if (rc != HR_OK) {
        r->err = rc;
    }

    return r->err;
}


static void
hr_answer_end(hr_answer_reader_t *r)
{
    if (r->err != HR_OK) {
        return;
    }

    if (r->state == HR_ANSWER_PLAIN) {
        r->broken = !hr_answer_take_text(r, hr_buf_view(&r->body));
        return;
    }

    if (r->state == HR_ANSWER_EVENTS) {
        /* services that leave out the last empty line are common */
        r->err = hr_answer_line(r, hr_buf_view(&r->line));
        hr_buf_reset(&r->line);

        if (r->err == HR_OK) {
            hr_answer_dispatch(r);
        }
    }
}


static hr_str_t
hr_answer_copy(hr_arena_t *arena, const hr_answer_field_t *field)
{
    return field->set ? hr_arena_str(arena, hr_str(field->data, field->len))
                      : HR_STR_NULL;
}


static bool
hr_answer_finished(const hr_answer_reader_t *r, const char *reason)
{
    return r->finish_reason.set
           && hr_str_eq(hr_str(r->finish_reason.data, r->finish_reason.len),
                        hr_str_from_c(reason));
}


static hr_generr_t
hr_answer_judge(const hr_answer_reader_t *r, int status, int *code)
{
    hr_generr_t  error;

    *code = status;
    error = hr_generr_from_status(status);

    if (error != HR_GENERR_NONE) {
        return error;
    }

    if (r->has_error) {
        *code = r->code;
        return r->code == 0 ? HR_GENERR_UPSTREAM_5XX
                            : hr_generr_from_status(r->code);
    }

    *code = 0;

    if (r->state == HR_ANSWER_PADDING) {
        return HR_GENERR_UPSTREAM_EMPTY;
    }

    if (r->err != HR_OK || !r->choices
        || (r->broken && !r->finish_reason.set))
    {
        return HR_GENERR_UPSTREAM_MALFORMED;
    }

    if (hr_answer_finished(r, "length")) {
        return HR_GENERR_TRUNCATED;
    }

    if (r->refusal.len > 0 || hr_answer_finished(r, "content_filter")) {
        return HR_GENERR_REFUSED;
    }

    if (hr_answer_finished(r, "error")) {
        return HR_GENERR_UPSTREAM_5XX;
    }

    /* a stream that ends without saying so was cut */
    if (r->state == HR_ANSWER_EVENTS && !r->done && !r->finish_reason.set) {
        return HR_GENERR_UPSTREAM_MALFORMED;
    }

    return hr_trim(hr_buf_view(&r->content)).len == 0
           ? HR_GENERR_UPSTREAM_EMPTY : HR_GENERR_NONE;
}


hr_rc_t
hr_answer_reader_finish(hr_answer_reader_t *r, hr_arena_t *arena, int status,
    hr_answer_t *out)
{
    bool      rejected;
    hr_buf_t  *message;

    hr_answer_end(r);

    memset(out, 0, sizeof(*out));
    out->error = hr_answer_judge(r, status, &out->upstream_code);

    rejected = out->upstream_code == 400 || out->upstream_code == 404
               || out->upstream_code == 422;
    out->no_response_format = rejected && r->no_response_format;
    out->no_temperature = rejected && r->no_temperature;

    message = r->refusal.len > 0 ? &r->refusal : &r->message;

    out->message = hr_arena_str(arena, hr_buf_view(message));
    out->content = hr_arena_str(arena, hr_buf_view(&r->content));
    out->finish_reason = hr_answer_copy(arena, &r->finish_reason);
    out->id = hr_answer_copy(arena, &r->id);
    out->model = hr_answer_copy(arena, &r->model);
    out->provider = hr_answer_copy(arena, &r->provider);
    out->fingerprint = hr_answer_copy(arena, &r->fingerprint);
    out->created = r->created;
    out->index = r->index;
    out->usage = r->usage;
    out->streamed = r->state == HR_ANSWER_EVENTS;
    out->bytes = r->bytes;
    out->padding = r->padding;

    return r->err == HR_NOMEM || hr_arena_failed(arena) ? HR_NOMEM : HR_OK;
}


hr_rc_t
hr_answer_parse(hr_arena_t *arena, int status, hr_str_t body, hr_answer_t *out)
{
    hr_rc_t              rc;
    hr_answer_reader_t  *r;

    r = hr_answer_reader_create();
    if (r == NULL) {
        return HR_NOMEM;
    }

    (void) hr_answer_reader_feed(r, body.data, body.len);   /* kept in r->err */
    rc = hr_answer_reader_finish(r, arena, status, out);
    hr_answer_reader_destroy(r);

    return rc;
}
