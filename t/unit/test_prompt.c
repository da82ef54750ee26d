/*
 * Prompt bundles and request bodies: generation.md 5.2, 6.1; data-files.md 10;
 * improvements I-30, I-32.
 */

#include "hr_org_fixture.h"
#include "hr_context.h"
#include "hr_hash.h"
#include "hr_models.h"
#include "hr_prompt.h"
#include "hr_prompt_remote.h"
#include "hr_text.h"


static hr_arena_t       *arena;
static hr_vocabulary_t  *voc;

static const hr_prompt_variable_t  variables[] = {
    { "kpi_data", true }, { "position", false }, { "department", false }
};

static hr_prompt_rules_t  rules = { variables, 3, NULL };

#define CONFIG                                                                \
    "{\"model\":\"vendor/model-x\",\"temperature\":0.1,\"max_tokens\":20000,"  \
    "\"response_format\":{\"type\":\"json_schema\"}}"


static const hr_str_t *
test_values(void *ctx, hr_str_t name, size_t *count)
{
    return hr_vocabulary_values(ctx, name, count);
}


static hr_prompt_t *
test_load(const char *text, const char *config, hr_rc_t want, const char *name)
{
    hr_rc_t             rc;
    hr_diag_t           diag = { .text = "" };
    hr_prompt_t        *prompt;
    hr_prompt_source_t  source;

    memset(&source, 0, sizeof(source));
    source.text = hr_str_from_c(text);
    source.config = hr_str_from_c(config);
    source.name = HR_STR("profile_generation");
    source.allow_unverified = true;

    rc = hr_prompt_load(&source, &rules, &prompt, &diag);
    OK(rc == want, name);

    if (rc != HR_OK) {
        printf("#   %s\n", diag.text);
    }

    return prompt;
}


static hr_str_t
test_join(const hr_prompt_body_t *body)
{
    hr_str_t  out = HR_STR("");

    for (size_t i = 0; i < body->count; i++) {
        out = hr_arena_printf(arena, "%.*s%.*s", (int) out.len, out.data,
                              (int) body->segments[i].len,
                              body->segments[i].data);
    }

    IS_INT(out.len, body->length, "the length is that of the segments");
    return out;
}


static hr_json_t *
test_body(const hr_prompt_t *prompt, const hr_prompt_call_t *call)
{
    hr_str_t          text;
    hr_json_t        *root = NULL;
    hr_prompt_body_t  body;

    OK(hr_prompt_body(prompt, call, arena, &body) == HR_OK, "rendered");
    text = test_join(&body);
    OK(hr_json_parse(arena, text, NULL, &root, NULL) == HR_OK,
       "the body is JSON");

    return root;
}


static void
test_text(const hr_json_t *body, const char *want, const char *name)
{
    hr_str_t  text;

    text = hr_json_text(hr_json_get(hr_json_at(hr_json_get(body, "messages"), 0),
                                    "content"));
    IS_STR(text.data, text.len, want, name);
}


static void
test_substitution(void)
{
    hr_str_t          values[3];
    hr_json_t        *body;
    hr_prompt_t      *p;
    hr_prompt_call_t  call = { .values = values, .value_count = 3,
                               .model = HR_STR("vendor/model-x"),
                               .temperature = 0.1, .max_tokens = 20000,
                               .format = HR_FORMAT_NONE };

    p = test_load("«{{position}}» {{ department }}\n\"{{kpi_data}}\"", CONFIG,
                  HR_OK, "a prompt");

    values[0] = HR_STR("{{position}} {{kpi_data}}");
    values[1] = HR_STR("QA/QC \"контролёр\"\\\n\t\x01");
    values[2] = HR_STR_NULL;

    body = test_body(p, &call);
    test_text(body, "«QA/QC \"контролёр\"\\\n\t\x01» [НЕТ ДАННЫХ]\n"
                    "\"{{position}} {{kpi_data}}\"",
              "one pass: text inside a value is no placeholder; null is "
              "\"no data\"");
    IS_INT(hr_prompt_chars(p, values, 3), 64, "characters of the rendered text");
    IS_INT(hr_prompt_tokens(350), 100, "tokens are characters / 3.5");
    OK(hr_prompt_uses(p, 0) && hr_prompt_uses(p, 2), "what the text uses");
    hr_prompt_destroy(p);

    p = test_load("{{position}}{{position}}", CONFIG, HR_OK,
                  "a small value may occur twice");
    OK(!hr_prompt_uses(p, 0), "what the text does not use");
    hr_prompt_destroy(p);
}


static void
test_lint(void)
{
    size_t       len = 0;
    char        *text = malloc(40000);

    (void) test_load("{{kpi_data}} {{kpi_data}}", CONFIG, HR_INVALID,
                     "a data placeholder twice");
    (void) test_load("{{salary}}", CONFIG, HR_INVALID,
                     "an unknown placeholder");
    (void) test_load("{{employee_name}}", CONFIG, HR_INVALID,
                     "the name of the employee has no place in a prompt");
    (void) test_load("{{position", CONFIG, HR_INVALID,
                     "a placeholder that is not closed");
    (void) test_load("{{po sition}}", CONFIG, HR_INVALID,
                     "a placeholder with a blank inside");
    (void) test_load("a\n```\n{{position}}", CONFIG, HR_INVALID,
                     "an unbalanced code fence");
    (void) test_load("   \n", CONFIG, HR_INVALID, "an empty text");
    (void) test_load("\xff", CONFIG, HR_INVALID, "broken UTF-8");

    while (len < 2 * HR_PROMPT_INSTRUCTIONS_MAX) {
        memcpy(text + len, "я", 2);
        len += 2;
    }

    text[len] = '\0';
    hr_prompt_destroy(test_load(text, CONFIG, HR_OK,
                                "12,000 characters of instructions"));
    memcpy(text + len, "я", 3);
    (void) test_load(text, CONFIG, HR_LIMIT, "one more is too many");
    free(text);
}


static void
test_config(void)
{
    static const struct {
        const char  *config;
        const char  *name;
    } bad[] = {
        { NULL, "config.json missing" },
        { "{", "config.json is no JSON" },
        { "{\"model\":\"gpt-5-mini\",\"temperature\":0,\"max_tokens\":20000}",
          "a model without its vendor" },
        { "{\"model\":\"v/m\",\"temperature\":3,\"max_tokens\":20000}",
          "a temperature above 2" },
        { "{\"model\":\"v/m\",\"max_tokens\":20000}", "no temperature" },
        { "{\"model\":\"v/m\",\"temperature\":0,\"max_tokens\":4000}",
          "too few tokens for a profile" },
        { "{\"model\":\"v/m\",\"temperature\":0,\"max_tokens\":20000,"
          "\"response_format\":{\"type\":\"xml\"}}", "an unknown format" },
    };

    hr_prompt_t       *p;
    hr_prompt_info_t   info;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        (void) test_load("x", bad[i].config, HR_INVALID, bad[i].name);
    }

    p = test_load("x", "{\"model\":\"v/m\",\"temperature\":0.5,\"max_tokens\":"
                       "9000,\"response_format\":null}", HR_OK,
                  "response_format null");
    hr_prompt_info(p, &info);
    OK(info.format == HR_FORMAT_NONE && info.max_tokens == 9000
       && info.temperature > 0.49 && info.temperature < 0.51, "settings");
    hr_prompt_destroy(p);
}


static void
test_identity(void)
{
    char                hex[HR_SHA256_HEX + 1];
    hr_str_t            meta;
    hr_diag_t           diag;
    hr_prompt_t        *p;
    hr_prompt_info_t    info;
    hr_prompt_source_t  source;

    memset(&source, 0, sizeof(source));
    source.text = HR_STR("текст {{position}}");
    source.config = HR_STR(CONFIG);
    source.name = HR_STR("profile_generation");
    OK(hr_prompt_hash(&source, rules.schema, hex) == HR_OK, "its hash");

    OK(hr_prompt_load(&source, &rules, &p, &diag) == HR_INVALID,
       "a local bundle without metadata.json is refused");

    source.metadata = HR_STR("{\"hash\":\"0123\"}");
    OK(hr_prompt_load(&source, &rules, &p, &diag) == HR_INVALID
       && hr_contains(hr_str_from_c(diag.text), hr_str_from_c(hex)),
       "a hash that does not match is refused, and the right one named");

    source.allow_unverified = true;
    OK(hr_prompt_load(&source, &rules, &p, &diag) == HR_OK,
       "unless it is allowed");
    hr_prompt_info(p, &info);
    OK(!info.verified && info.mismatch, "which is visible");
    hr_prompt_destroy(p);

    source.metadata = HR_STR("{\"version\":1,\"hash\":null}");
    OK(hr_prompt_load(&source, &rules, &p, &diag) == HR_OK,
       "metadata.json need not state a hash");
    hr_prompt_info(p, &info);
    OK(!info.verified && !info.mismatch, "which is no mismatch");
    hr_prompt_destroy(p);

    source.allow_unverified = false;
    meta = hr_arena_printf(arena, "{\"hash\":\"%s\"}", hex);
    source.metadata = meta;
    OK(hr_prompt_load(&source, &rules, &p, &diag) == HR_OK,
       "the right hash is accepted");
    hr_prompt_info(p, &info);
    OK(info.verified && !info.mismatch && info.version.len == 18
       && memcmp(info.version.data, "local:", 6) == 0
       && memcmp(info.version.data + 6, hex, 12) == 0,
       "the version is local: and 12 digits of the hash");
    hr_prompt_destroy(p);

    source.metadata = HR_STR_NULL;
    source.remote = true;
    source.version = HR_STR("57");
    source.chat = true;
    source.text = HR_STR("[{\"role\":\"system\",\"content\":\"Правила\"},"
                         "{\"role\":\"user\",\"content\":\"{{position}}\"}]");
    OK(hr_prompt_load(&source, &rules, &p, &diag) == HR_OK,
       "a remote chat prompt");
    hr_prompt_info(p, &info);
    OK(info.version_number && hr_str_eq(info.version, HR_STR("57")),
       "with the version of its registry");
    hr_prompt_destroy(p);

    source.text = HR_STR("[{\"role\":\"robot\",\"content\":\"x\"}]");
    OK(hr_prompt_load(&source, &rules, &p, &diag) == HR_INVALID,
       "an unknown role");
}


/* I-30: one changed byte of any of the three files is another bundle. */
static void
test_bundle_hash(void)
{
    char                hex[4][HR_SHA256_HEX + 1], list[400], sum[3][HR_SHA256_HEX + 1];
    hr_str_t            file, other;
    hr_diag_t           diag;
    const hr_schema_t  *schema;
    hr_prompt_source_t  source;

    memset(&source, 0, sizeof(source));
    file = hr_test_file("conf/prompts/schema.json");
    other = hr_arena_printf(arena, "%.*s ", (int) file.len, file.data);
    OK(hr_schema_load(arena, other, test_values, voc, &schema, &diag) == HR_OK,
       "a schema with one more blank");

    source.text = HR_STR("{{position}}");
    source.config = HR_STR(CONFIG);
    OK(hr_prompt_hash(&source, rules.schema, hex[0]) == HR_OK
       && hr_prompt_hash(&source, schema, hex[1]) == HR_OK, "two schemas");

    source.config = HR_STR(CONFIG " ");
    (void) hr_prompt_hash(&source, rules.schema, hex[2]);
    source.config = HR_STR(CONFIG);
    source.text = HR_STR("{{position}} ");
    (void) hr_prompt_hash(&source, rules.schema, hex[3]);

    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < i; k++) {
            OK(strcmp(hex[i], hex[k]) != 0,
               "another text, other settings, another schema: another hash");
        }
    }

    (void) hr_sha256_hex(HR_STR("{{position}}"), sum[0]);
    (void) hr_sha256_hex(HR_STR(CONFIG), sum[1]);
    (void) hr_sha256_hex(file, sum[2]);
    (void) snprintf(list, sizeof(list), "%s  prompt.txt\n%s  config.json\n"
                    "%s  ../schema.json\n", sum[0], sum[1], sum[2]);
    (void) hr_sha256_hex(hr_str_from_c(list), hex[1]);
    IS_STR(hex[1], HR_SHA256_HEX, hex[0], "the hash is that of sha256sum's list");

    free((char *) file.data);
}


static void
test_request(void)
{
    hr_str_t           value = HR_STR("Логист");
    hr_str_t           values[3] = { HR_STR_NULL, value, HR_STR_NULL };
    hr_json_t         *body;
    hr_prompt_t       *p;
    hr_prompt_call_t   call = { .values = values, .value_count = 3,
                                .model = HR_STR("vendor/model-x"),
                                .temperature = 0.1, .max_tokens = 20000,
                                .format = HR_FORMAT_SCHEMA, .stream = true,
                                .blocks_json = HR_STR("[\"Б\"]") };

    p = test_load("{{position}}", CONFIG, HR_OK, "a prompt");
    body = test_body(p, &call);

    OK(hr_str_eq(hr_json_text(hr_json_get(body, "model")), call.model),
       "model");
    OK(hr_json_path(body, "stream")->boolean
       && hr_json_path(body, "stream_options.include_usage")->boolean
       && hr_json_path(body, "usage.include")->boolean, "stream and usage");
    IS_STR(hr_json_get(body, "temperature")->text.data,
           hr_json_get(body, "temperature")->text.len, "0.1", "temperature");
    IS_STR(hr_json_get(body, "max_tokens")->text.data,
           hr_json_get(body, "max_tokens")->text.len, "20000", "max_tokens");
    IS_STR(hr_json_path(body, "response_format.type")->text.data,
           hr_json_path(body, "response_format.type")->text.len, "json_schema",
           "response format");
    IS_INT(hr_json_path(body, "response_format.json_schema.schema.properties."
                              "department_broad.enum")->count, 1,
           "the blocks are in the schema");

    call.no_temperature = true;
    call.stream = false;
    call.format = HR_FORMAT_OBJECT;
    call.repair_answer = HR_STR("{\"плохой\": \"ответ\"}");
    call.repair_text = HR_STR("исправь");
    body = test_body(p, &call);

    OK(hr_json_get(body, "temperature") == NULL
       && hr_json_get(body, "stream") == NULL
       && hr_json_get(body, "stream_options") == NULL,
       "members can be left out");
    IS_STR(hr_json_path(body, "response_format.type")->text.data,
           hr_json_path(body, "response_format.type")->text.len, "json_object",
           "json_object");
    IS_INT(hr_json_get(body, "messages")->count, 3,
           "a repair request shows the answer and the errors");

    call.format = HR_FORMAT_NONE;
    body = test_body(p, &call);
    OK(hr_json_get(body, "response_format") == NULL, "no response format");
    hr_prompt_destroy(p);
}


/* Of 23 placeholders and the texts between them. */
static void
test_short_segments(void)
{
    char               text[600];
    size_t             i, small = 0;
    hr_str_t           values[3] = { HR_STR_NULL, HR_STR("Логист \"1\""), HR_STR_NULL };
    hr_prompt_t       *p;
    hr_prompt_body_t   body;
    hr_prompt_call_t   call = { .values = values, .value_count = 3,
                                .model = HR_STR("vendor/model-x"),
                                .max_tokens = 9000, .format = HR_FORMAT_NONE };

    text[0] = '\0';
    for (i = 0; i < 23; i++) {
        strcat(text, "текст {{position}} ");
    }

    p = test_load(text, CONFIG, HR_OK, "a prompt of many pieces");
    OK(hr_prompt_body(p, &call, arena, &body) == HR_OK && body.count == 1,
       "short neighbours are sent as one segment");
    OK(body.count == 1 && body.length == body.segments[0].len
       && hr_contains(body.segments[0], HR_STR("текст Логист \\\"1\\\" текст")),
       "in their order");
    hr_prompt_destroy(p);

    memset(text, 'x', 300);
    strcpy(text + 300, " {{position}} a {{position}}");
    p = test_load(text, CONFIG, HR_OK, "a prompt with a long piece");
    OK(hr_prompt_body(p, &call, arena, &body) == HR_OK && body.count == 3,
       "a long one is not copied");
    for (i = 0; i < body.count; i++) {
        small += body.segments[i].len;
    }
    IS_INT(small, body.length, "the length is that of all");

    hr_prompt_destroy(p);
}


/* The answer of the registry, and the files that keep it (5.1). */
static void
test_remote(void)
{
    static const char  body[] =
        "{\"name\":\"a101-hr-profile-gemini-v3-simple\",\"version\":57,"
        "\"type\":\"chat\",\"labels\":[\"production\"],\"prompt\":["
        "{\"role\":\"system\",\"content\":\"Правила\"},"
        "{\"role\":\"user\",\"content\":\"{{position}}\"}],"
        "\"config\":{\"model\":\"v/m\",\"temperature\":0.2,"
        "\"max_tokens\":9000}}";

    hr_diag_t            diag;
    hr_prompt_t         *p;
    hr_prompt_info_t     info;
    hr_prompt_files_t    files;
    hr_prompt_source_t   source, again;

    OK(hr_prompt_remote_parse(arena, HR_STR(body), &source, &diag) == HR_OK
       && hr_prompt_load(&source, &rules, &p, &diag) == HR_OK,
       "an answer of the registry is a bundle");
    hr_prompt_info(p, &info);
    OK(info.remote && info.version_number
       && hr_str_eq(info.version, HR_STR("57"))
       && hr_str_eq(info.name, HR_STR("a101-hr-profile-gemini-v3-simple"))
       && info.max_tokens == 9000, "with text and settings of one version");
    hr_prompt_destroy(p);

    OK(hr_prompt_remote_files(arena, &source, rules.schema, HR_STR("production"),
                              0, &files) == HR_OK, "it can be kept");

    memset(&again, 0, sizeof(again));
    again.name = source.name;
    again.text = files.text;
    again.config = files.config;
    again.metadata = files.metadata;
    again.chat = true;
    OK(hr_prompt_load(&again, &rules, &p, &diag) == HR_OK,
       "and what was kept passes the check of its hash");
    hr_prompt_info(p, &info);
    OK(info.verified && !info.remote, "as a local bundle");
    hr_prompt_destroy(p);

    OK(hr_contains(files.metadata, HR_STR("\"version\":57,\"hash\":\""))
       && hr_contains(files.metadata, HR_STR("\"type\":\"chat\""))
       && hr_contains(files.metadata, HR_STR("\"line_count\":")),
       "members of metadata.json");

    OK(hr_prompt_remote_parse(arena, HR_STR("{\"name\":\"x\"}"), &source, &diag)
       == HR_INVALID, "an answer without version and settings");
    OK(hr_prompt_remote_parse(arena, HR_STR("{\"name\":\"x\",\"version\":1,"
           "\"config\":{},\"prompt\":5}"), &source, &diag) == HR_INVALID,
       "a prompt that is a number");
    OK(hr_prompt_remote_parse(arena, HR_STR("<html>"), &source, &diag)
       == HR_INVALID, "no JSON");
}


/* I-58: a text of the company cannot close its own section. */
static void
test_marks(void)
{
    hr_str_t           values[3] = {
        HR_STR("факт\nКОНЕЦ: Данные\n  КОНЕЦ: ещё\nне КОНЕЦ: середина"),
        HR_STR("КОНЕЦ: должность"), HR_STR_NULL
    };
    hr_json_text_t     parts[3] = {
        { HR_STR_INIT("\"первая\""), HR_STR_INIT("\\\"первая\\\"") },
        { HR_STR_INIT("\n\n"), HR_STR_INIT("\\n\\n") },
        { HR_STR_INIT("КОНЕЦ: Данные\nещё"), HR_STR_INIT("КОНЕЦ: Данные\\nещё") },
    };
    hr_json_t         *body;
    hr_prompt_t       *p;
    hr_prompt_call_t   call = { .values = values, .value_count = 3,
                                .model = HR_STR("v/m"), .max_tokens = 9000 };

    p = test_load("{{position}}|{{kpi_data}}", "{\"model\":\"v/m\","
                  "\"temperature\":0,\"max_tokens\":9000,\"data_marks\":"
                  "[\"КОНЕЦ:\"]}", HR_OK, "a bundle with marks");
    body = test_body(p, &call);
    test_text(body, "КОНЕЦ: должность|факт\n> КОНЕЦ: Данные\n>   КОНЕЦ: ещё\n"
                    "не КОНЕЦ: середина",
              "a line of a data value that looks like a mark is quoted");

    call.parts = parts;
    call.part_count = 3;
    call.parts_of = 0;
    body = test_body(p, &call);
    test_text(body, "КОНЕЦ: должность|\"первая\"\n\n> КОНЕЦ: Данные\nещё",
              "and so is one of a value in parts; the others come as they were escaped");
    hr_prompt_destroy(p);

    (void) test_load("x", "{\"model\":\"v/m\",\"temperature\":0,"
                     "\"max_tokens\":9000,\"data_marks\":[\"\"]}", HR_INVALID,
                     "an empty mark");
}


static void
test_share(void)
{
    char      id[40];
    size_t    hits[3] = { 0, 0, 0 };
    hr_str_t  text;

    static const unsigned  shares[] = { 0, 30, 100 };

    for (int i = 0; i < 10000; i++) {

        snprintf(id, sizeof(id), "%08x-0000-4000-8000-%012x", i * 7, i);
        text = hr_str_from_c(id);

        for (size_t k = 0; k < 3; k++) {
            hits[k] += hr_prompt_share(text, shares[k]);
        }
    }

    IS_INT(hits[0], 0, "a share of 0 % is never drawn");
    OK(hits[1] >= 2800 && hits[1] <= 3200, "30 % within 2 % of 10,000 draws");
    IS_INT(hits[2], 10000, "100 % always");
    OK(hr_prompt_share(HR_STR("abc"), 50) == hr_prompt_share(HR_STR("abc"), 50),
       "the same task always gets the same bundle");
}


/* The bundle that is shipped passes its own lint, with its own hash. */
static void
test_shipped(void)
{
    bool                once = true;
    hr_diag_t           diag = { .text = "" };
    hr_prompt_t        *p;
    hr_prompt_info_t    info;
    hr_prompt_rules_t   all = rules;
    hr_prompt_source_t  source;

    memset(&source, 0, sizeof(source));
    source.name = HR_STR("profile_generation");
    source.text = hr_test_file("conf/prompts/production/prompt.txt");
    source.config = hr_test_file("conf/prompts/production/config.json");
    source.metadata = hr_test_file("conf/prompts/production/metadata.json");
    all.variables = hr_context_variables;
    all.variable_count = HR_VAR_COUNT;

    OK(hr_prompt_load(&source, &all, &p, &diag) == HR_OK,
       "the production bundle passes");
    printf("# %s\n", diag.text);

    if (p != NULL) {
        hr_prompt_info(p, &info);
        OK(info.verified, "its hash is right");
        OK(info.instructions <= HR_PROMPT_INSTRUCTIONS_MAX,
           "it is short enough");
        printf("# %zu characters of instructions\n", info.instructions);

        for (size_t i = 0; i < HR_VAR_COUNT; i++) {
            if (hr_context_variables[i].data && i != HR_VAR_JSON_SCHEMA) {
                once = once && hr_prompt_uses(p, i);
            }
        }

        OK(once, "it uses every data block");
        hr_prompt_destroy(p);
    }

    free((char *) source.text.data);
    free((char *) source.config.data);
    free((char *) source.metadata.data);
}


static void
test_models(void)
{
    double              cost;
    hr_str_t            text;
    hr_diag_t           diag;
    hr_model_t          m;
    const hr_models_t  *models;

    text = hr_test_file("conf/prompts/models.json");
    OK(hr_models_load(arena, text, &models, &diag) == HR_OK, "models.json");
    free((char *) text.data);

    hr_models_find(models, HR_STR("google/gemini-2.5-flash"), &m);
    OK(m.known && m.tested && m.recommended && m.temperature
       && m.format == HR_FORMAT_SCHEMA, "the recommended model");
    OK(hr_models_cost(&m, 1000000, 1000000, &cost) && cost > 0.3749
       && cost < 0.3751, "its price");

    hr_models_find(models, HR_STR("openai/gpt-5-mini"), &m);
    OK(m.known && !m.temperature, "a model that refuses a temperature");

    hr_models_find(models, HR_STR("some/other"), &m);
    OK(!m.known && m.temperature && !hr_models_cost(&m, 1, 1, &cost),
       "an unknown model gets the defaults and has no price");

    OK(hr_models_load(arena, HR_STR("{\"models\":[{\"id\":\"a/b\",\"input\":1}]}"),
                      &models, &diag) == HR_INVALID, "half a price");
    OK(hr_models_load(arena, HR_STR("{\"models\":[{}]}"), &models, &diag)
       == HR_INVALID, "a row without an id");
}


int
main(void)
{
    hr_str_t   text;
    hr_diag_t  diag;

    arena = hr_arena_create(64u * 1024 * 1024);

    text = hr_test_file("conf/company/document.json");
    OK(hr_vocabulary_load(text, &voc, &diag) == HR_OK, "document.json");
    free((char *) text.data);

    text = hr_test_file("conf/prompts/schema.json");
    OK(hr_schema_load(arena, text, test_values, voc, &rules.schema, &diag)
       == HR_OK, "schema.json");
    free((char *) text.data);

    test_substitution();
    test_lint();
    test_config();
    test_identity();
    test_bundle_hash();
    test_request();
    test_short_segments();
    test_marks();
    test_remote();
    test_share();
    test_shipped();
    test_models();

    hr_vocabulary_destroy(voc);
    hr_arena_destroy(arena);
    return hr_test_done();
}
