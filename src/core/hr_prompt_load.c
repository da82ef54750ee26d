#include "hr_prompt_bundle.h"
#include "hr_hash.h"
#include "hr_text.h"

#include <stdio.h>
#include <stdlib.h>


#define HR_PROMPT_ARENA_MAX   (4u * 1024 * 1024)
#define HR_PROMPT_CONFIG_MAX  (512u * 1024)
#define HR_PROMPT_TOKENS_MAX  200000

typedef struct {
    hr_prompt_t              *prompt;
    const hr_prompt_rules_t  *rules;
    unsigned                  seen[64];     /* times a variable was met */
    hr_diag_t                *diag;
} hr_prompt_loader_t;


/* --- text --------------------------------------------------------------------- */

static hr_rc_t
hr_prompt_piece(hr_prompt_loader_t *loader, hr_str_t text, size_t variable)
{
    hr_prompt_piece_t  *piece;

    if (variable == HR_PROMPT_STATIC && text.len == 0) {
        return HR_OK;
    }

    if (loader->prompt->piece_count == HR_PROMPT_PIECES_MAX) {
        return hr_diag_set(loader->diag, HR_LIMIT,
                           "prompt: more than %d pieces",
                           HR_PROMPT_PIECES_MAX);
    }

    piece = &loader->prompt->pieces[loader->prompt->piece_count++];
    piece->variable = variable;

    if (variable != HR_PROMPT_STATIC) {
        return HR_OK;
    }

    piece->chars = hr_utf8_count(text);
    loader->prompt->info.instructions += piece->chars;

    return hr_json_escaped(loader->prompt->arena, text, &piece->escaped);
}


static bool
hr_prompt_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_';
}


/* text begins with "{{"; the placeholder's whole length, 0: malformed. */
static size_t
hr_prompt_placeholder(hr_str_t text, hr_str_t *name)
{
    size_t  i = 2, start;

    while (i < text.len && text.data[i] == ' ') {
        i++;
    }

    start = i;

    while (i < text.len && hr_prompt_name_char(text.data[i])) {
        i++;
    }

    *name = hr_str(text.data + start, i - start);

    while (i < text.len && text.data[i] == ' ') {
        i++;
    }

    return name->len > 0 && text.len - i >= 2
           && memcmp(text.data + i, "}}", 2) == 0 ? i + 2 : 0;
}


static hr_rc_t
hr_prompt_variable(hr_prompt_loader_t *loader, hr_str_t name, size_t *index)
{
    const hr_prompt_variable_t  *v;

    for (size_t i = 0; i < loader->rules->variable_count; i++) {

        v = &loader->rules->variables[i];

        if (!hr_str_eq(hr_str_from_c(v->name), name)) {
            continue;
        }

        if (loader->seen[i]++ > 0 && v->data) {
            return hr_diag_set(loader->diag, HR_INVALID,
                               "prompt: {{%s}} may occur only once", v->name);
        }

        *index = i;
        return HR_OK;
    }

    return hr_diag_set(loader->diag, HR_INVALID,
                       "prompt: unknown placeholder {{%.*s}}",
                       (int) hr_utf8_cut_bytes(name, 60).len, name.data);
}


/* A code fence that stays open would swallow the data below it. */
static bool
hr_prompt_fences_balanced(hr_str_t text)
{
    size_t       fences = 0;
    const char  *p = text.data, *end = text.data + text.len, *nl;

    while (p < end) {

        nl = memchr(p, '\n', (size_t) (end - p));

        if (end - p >= 3 && memcmp(p, "```", 3) == 0) {
            fences++;
        }

        p = nl == NULL ? end : nl + 1;
    }

    return fences % 2 == 0;
}


static hr_rc_t
hr_prompt_cut(hr_prompt_loader_t *loader, hr_str_t text)
{
    size_t    start = 0, len, variable = 0;
    hr_rc_t   rc;
    hr_str_t  name;

    if (!hr_prompt_fences_balanced(text)) {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "prompt: a code fence is not closed");
    }

    for (size_t i = 0; i + 1 < text.len; /* void */ ) {

        if (text.data[i] != '{' || text.data[i + 1] != '{') {
            i++;
            continue;
        }

        len = hr_prompt_placeholder(hr_str(text.data + i, text.len - i),
                                    &name);
        if (len == 0) {
            return hr_diag_set(loader->diag, HR_INVALID,
                               "prompt: \"{{\" opens no placeholder "
                               "(byte %zu)", i);
        }

        rc = hr_prompt_variable(loader, name, &variable);

        if (rc == HR_OK) {
            rc = hr_prompt_piece(loader, hr_str(text.data + start, i - start),
                                 HR_PROMPT_STATIC);
        }

        if (rc == HR_OK) {
            rc = hr_prompt_piece(loader, HR_STR_NULL, variable);
        }

        if (rc != HR_OK) {
            return rc;
        }

        i += len;
        start = i;
    }

    return hr_prompt_piece(loader, hr_str(text.data + start, text.len - start),
                           HR_PROMPT_STATIC);
}


static hr_rc_t
hr_prompt_message(hr_prompt_loader_t *loader, const char *role, hr_str_t text)
{
    hr_rc_t               rc;
    hr_prompt_t          *prompt = loader->prompt;
    hr_prompt_message_t  *message;

    if (prompt->message_count == HR_PROMPT_MESSAGES_MAX) {
        return hr_diag_set(loader->diag, HR_LIMIT,
                           "prompt: more than %d messages",
                           HR_PROMPT_MESSAGES_MAX);
    }

    message = &prompt->messages[prompt->message_count++];
    message->opening = hr_arena_printf(prompt->arena,
                                       "{\"role\":\"%s\",\"content\":\"", role);
    if (message->opening.data == NULL) {
        return HR_NOMEM;
    }

    message->first = prompt->piece_count;
    rc = hr_prompt_cut(loader, text);
    message->last = prompt->piece_count;

    return rc;
}


/* Langfuse "chat": [{"role": .., "content": ..}] */
static hr_rc_t
hr_prompt_chat(hr_prompt_loader_t *loader, hr_str_t text)
{
    static const char  *roles[] = { "system", "user", "assistant" };

    size_t      i;
    hr_rc_t     rc;
    hr_json_t  *root;

    rc = hr_json_parse(loader->prompt->arena, text, NULL, &root, NULL);

    if (rc != HR_OK || root->type != HR_JSON_ARRAY || root->count == 0) {
        return hr_diag_set(loader->diag, rc == HR_NOMEM ? rc : HR_INVALID,
                           "prompt: a chat prompt must be an array of "
                           "messages");
    }

    for (const hr_json_t *m = root->first; m != NULL; m = m->next) {

        for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
            if (hr_str_eq(hr_json_text(hr_json_get(m, "role")),
                          hr_str_from_c(roles[i])))
            {
                break;
            }
        }

        if (i == sizeof(roles) / sizeof(roles[0])
            || !hr_json_is(hr_json_get(m, "content"), HR_JSON_STRING))
        {
            return hr_diag_set(loader->diag, HR_INVALID,
                               "prompt: a message needs role and content");
        }

        rc = hr_prompt_message(loader, roles[i], hr_json_get(m, "content")->text);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_prompt_load_text(hr_prompt_loader_t *loader,
    const hr_prompt_source_t *source)
{
    hr_rc_t   rc;
    hr_str_t  text = source->text;

    if (text.data == NULL || hr_trim(text).len == 0) {
        return hr_diag_set(loader->diag, HR_INVALID, "prompt: the text is empty");
    }

    if (text.len > HR_PROMPT_TEXT_MAX) {
        return hr_diag_set(loader->diag, HR_LIMIT,
                           "prompt: the text is larger than 256 KiB");
    }

    if (!hr_utf8_valid(text)) {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "prompt: the text is not valid UTF-8");
    }

    rc = source->chat ? hr_prompt_chat(loader, text)
                      : hr_prompt_message(loader, "user", text);
    if (rc != HR_OK) {
        return rc;
    }

    if (loader->prompt->info.instructions > HR_PROMPT_INSTRUCTIONS_MAX) {
        return hr_diag_set(loader->diag, HR_LIMIT,
                           "prompt: %zu characters of instructions, at most "
                           "%d are allowed", loader->prompt->info.instructions,
                           HR_PROMPT_INSTRUCTIONS_MAX);
    }

    return HR_OK;
}


/* --- settings ------------------------------------------------------------------- */

static hr_rc_t
hr_prompt_load_format(hr_prompt_loader_t *loader, const hr_json_t *config)
{
    hr_str_t          type;
    const hr_json_t  *format = hr_json_get(config, "response_format");

    loader->prompt->info.format = HR_FORMAT_NONE;

    if (format == NULL || format->type == HR_JSON_NULL) {
        return HR_OK;
    }

    type = hr_json_text(hr_json_get(format, "type"));

    if (hr_str_eq(type, HR_STR("json_schema"))) {
        loader->prompt->info.format = HR_FORMAT_SCHEMA;
        return HR_OK;
    }

    if (hr_str_eq(type, HR_STR("json_object"))) {
        loader->prompt->info.format = HR_FORMAT_OBJECT;
        return HR_OK;
    }

    if (hr_str_eq(type, HR_STR("none")) || hr_str_eq(type, HR_STR("text"))) {
        return HR_OK;
    }

    return hr_diag_set(loader->diag, HR_INVALID,
                       "config.json: response_format.type must be json_schema, "
                       "json_object or none");
}


static hr_rc_t
hr_prompt_load_marks(hr_prompt_loader_t *loader, const hr_json_t *config)
{
    hr_prompt_t      *prompt = loader->prompt;
    const hr_json_t  *list = hr_json_get(config, "data_marks");

    if (list == NULL) {
        return HR_OK;
    }

    if (list->type != HR_JSON_ARRAY || list->count > HR_PROMPT_MARKS_MAX) {
        return hr_diag_set(loader->diag, HR_INVALID, "config.json: data_marks "
                           "must be an array of at most %d texts",
                           HR_PROMPT_MARKS_MAX);
    }

    for (const hr_json_t *m = list->first; m != NULL; m = m->next) {

        if (hr_json_text(m).len == 0) {
            return hr_diag_set(loader->diag, HR_INVALID,
                               "config.json: an empty entry of data_marks");
        }

        prompt->marks[prompt->mark_count++] = m->text;
    }

    return HR_OK;
}


static hr_rc_t
hr_prompt_load_config(hr_prompt_loader_t *loader, hr_str_t json)
{
    hr_rc_t            rc;
    hr_json_t         *config;
    hr_json_info_t     info;
    hr_prompt_info_t  *out = &loader->prompt->info;

    if (json.data == NULL || json.len > HR_PROMPT_CONFIG_MAX) {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "config.json is missing or larger than 512 KiB");
    }

    rc = hr_json_parse(loader->prompt->arena, json, NULL, &config, &info);
    if (rc != HR_OK) {
        return hr_diag_set(loader->diag, rc,
                           "config.json: %s (line %zu, column %zu)",
                           info.text, info.line, info.column);
    }

    out->model = hr_json_text(hr_json_get(config, "model"));

    if (out->model.len == 0 || out->model.len > 200
        || memchr(out->model.data, '/', out->model.len) == NULL)
    {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "config.json: model must carry the vendor prefix "
                           "(\"vendor/model\")");
    }

    if (!hr_json_double(hr_json_get(config, "temperature"), &out->temperature)
        || out->temperature < 0.0 || out->temperature > 2.0)
    {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "config.json: temperature must be 0..2");
    }

    if (!hr_json_int(hr_json_get(config, "max_tokens"), &out->max_tokens)
        || out->max_tokens < HR_PROMPT_MAX_TOKENS_MIN
        || out->max_tokens > HR_PROMPT_TOKENS_MAX)
    {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "config.json: max_tokens must be %d..%d: a profile "
                           "does not fit into less", HR_PROMPT_MAX_TOKENS_MIN,
                           HR_PROMPT_TOKENS_MAX);
    }

    rc = hr_prompt_load_marks(loader, config);

    return rc == HR_OK ? hr_prompt_load_format(loader, config) : rc;
}


/* --- identity ------------------------------------------------------------------- */

hr_rc_t
hr_prompt_hash(const hr_prompt_source_t *source, const hr_schema_t *schema,
    char hex[HR_SHA256_HEX + 1])
{
    int      len;
    char     text[HR_SHA256_HEX + 1], config[HR_SHA256_HEX + 1];
    char     list[3 * (HR_SHA256_HEX + 32)];
    hr_rc_t  rc;

    rc = hr_sha256_hex(source->text, text);

    if (rc == HR_OK) {
        rc = hr_sha256_hex(source->config, config);
    }

    if (rc != HR_OK) {
        return rc;
    }

    len = snprintf(list, sizeof(list),
                   "%s  prompt.txt\n%s  config.json\n%.*s  ../schema.json\n",
                   text, config, (int) hr_schema_hash(schema).len,
                   hr_schema_hash(schema).data);

    return hr_sha256_hex(hr_str(list, (size_t) len), hex);
}


static hr_rc_t
hr_prompt_verify(hr_prompt_loader_t *loader, const hr_prompt_source_t *source)
{
    hr_rc_t            rc;
    hr_json_t         *metadata;
    const hr_json_t   *stated;
    hr_prompt_info_t  *out = &loader->prompt->info;

    if (source->remote) {
        out->verified = true;               /* text and settings came together */
        return HR_OK;
    }

    if (source->metadata.data != NULL) {

        rc = hr_json_parse(loader->prompt->arena, source->metadata, NULL,
                           &metadata, NULL);
        if (rc != HR_OK) {
            return hr_diag_set(loader->diag, rc, "metadata.json is no JSON");
        }

        stated = hr_json_get(metadata, "hash");
        out->verified = hr_str_eq(hr_json_text(stated), out->hash);
        out->mismatch = !out->verified && stated != NULL
                        && stated->type != HR_JSON_NULL;
    }

    if (out->verified || source->allow_unverified) {
        return HR_OK;
    }

    return hr_diag_set(loader->diag, HR_INVALID,
                       "metadata.json does not have the hash of prompt.txt, "
                       "config.json and schema.json, which is %.*s",
                       (int) out->hash.len, out->hash.data);
}


static bool
hr_prompt_is_number(hr_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }

    return text.len > 0 && text.len < 10;
}


static hr_rc_t
hr_prompt_identify(hr_prompt_loader_t *loader, const hr_prompt_source_t *source)
{
    char               hex[HR_SHA256_HEX + 1];
    hr_rc_t            rc;
    hr_arena_t        *arena = loader->prompt->arena;
    hr_prompt_info_t  *out = &loader->prompt->info;

    rc = hr_prompt_hash(source, loader->prompt->schema, hex);
    if (rc != HR_OK) {
        return rc;
    }

    out->hash = hr_arena_str(arena, hr_str(hex, HR_SHA256_HEX));
    out->name = hr_arena_str(arena, source->name);
    out->remote = source->remote;
    out->version_number = source->remote && hr_prompt_is_number(source->version);
    out->version = source->version.len > 0
                   ? hr_arena_str(arena, source->version)
                   : hr_arena_printf(arena, "local:%.*s", HR_HASH_SHORT, hex);

    if (out->hash.data == NULL || out->version.data == NULL) {
        return HR_NOMEM;
    }

    return hr_prompt_verify(loader, source);
}


hr_rc_t
hr_prompt_load(const hr_prompt_source_t *source,
    const hr_prompt_rules_t *rules, hr_prompt_t **out, hr_diag_t *diag)
{
    hr_rc_t             rc;
    hr_arena_t         *arena;
    hr_prompt_loader_t  loader;

    *out = NULL;

    if (rules->variable_count > sizeof(loader.seen) / sizeof(loader.seen[0])) {
        return HR_LIMIT;
    }

    arena = hr_arena_create(HR_PROMPT_ARENA_MAX);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    memset(&loader, 0, sizeof(loader));
    loader.rules = rules;
    loader.diag = diag;
    loader.prompt = hr_arena_calloc(arena, sizeof(hr_prompt_t));

    if (loader.prompt == NULL) {
        hr_arena_destroy(arena);
        return HR_NOMEM;
    }

    loader.prompt->arena = arena;
    loader.prompt->schema = rules->schema;
    loader.prompt->variables = rules->variables;
    loader.prompt->variable_count = rules->variable_count;

    rc = hr_prompt_load_text(&loader, source);

    if (rc == HR_OK) {
        rc = hr_prompt_load_config(&loader, source->config);
    }

    if (rc == HR_OK) {
        rc = hr_prompt_identify(&loader, source);
    }

    if (rc != HR_OK) {
        hr_arena_destroy(arena);
        return rc;
    }

    *out = loader.prompt;
    return HR_OK;
}


void
hr_prompt_destroy(hr_prompt_t *prompt)
{
    if (prompt != NULL) {
        hr_arena_destroy(prompt->arena);
    }
}
