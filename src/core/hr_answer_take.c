/* One envelope of a chat-completions service, folded into what is known so far. */

#include "hr_answer_reader.h"
#include "hr_text.h"


#define HR_ANSWER_ARENA_MAX  (64u * 1024 * 1024)


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


bool
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
