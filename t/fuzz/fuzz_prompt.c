/*
 * Prompt bundles, schemas and maps.  What is accepted as a prompt renders to a
 * request body that is JSON, with every value in it byte for byte, whatever
 * the values are.
 */

#include "hr_fuzz.h"
#include "hr_company.h"
#include "hr_it.h"
#include "hr_models.h"
#include "hr_prompt.h"
#include "hr_text.h"

static const hr_prompt_variable_t  variables[] = {
    { "a", false }, { "b", true }, { "position", false }
};

static const char  schema[] =
    "{\"name\":\"S\",\"version\":\"1\",\"schema\":{\"type\":\"object\","
    "\"properties\":{\"x\":{\"type\":\"string\",\"x-vocabulary\":\"blocks\"}}}}";

static const char  config[] =
    "{\"model\":\"v/m\",\"temperature\":0.1,\"max_tokens\":9000,"
    "\"response_format\":{\"type\":\"json_schema\"}}";


static void
check_body(hr_arena_t *arena, const hr_prompt_t *p, hr_str_t text)
{
    hr_str_t           values[3] = { text, HR_STR("{{a}}\"\\"), HR_STR_NULL };
    hr_buf_t           buf;
    hr_json_t         *root;
    hr_prompt_body_t   body;
    hr_prompt_call_t   call = { .values = values, .value_count = 3,
                                .model = HR_STR("v/\"m"), .max_tokens = 9000,
                                .blocks_json = HR_STR("[\"x\"]"),
                                .stream = true, .repair_answer = text,
                                .repair_text = HR_STR("r") };

    HR_FUZZ_CHECK(hr_prompt_body(p, &call, arena, &body) == HR_OK);

    hr_buf_init(&buf, 64 << 20);

    for (size_t i = 0; i < body.count; i++) {
        (void) hr_buf_str(&buf, body.segments[i]);
    }

    HR_FUZZ_CHECK(buf.err == HR_OK && buf.len == body.length);
    HR_FUZZ_CHECK(hr_json_parse(arena, hr_buf_view(&buf), NULL, &root, NULL)
                  == HR_OK);
    HR_FUZZ_CHECK(hr_json_get(root, "messages")->count >= 3);

    if (hr_utf8_valid(text)) {
        HR_FUZZ_CHECK(hr_str_eq(hr_json_text(hr_json_get(
                          hr_json_at(hr_json_get(root, "messages"),
                                     hr_json_get(root, "messages")->count - 2),
                          "content")), text));
    }

    (void) hr_prompt_chars(p, values, 3);
    hr_buf_release(&buf);
}


static void
check_prompt(hr_arena_t *arena, hr_str_t text, bool chat,
    const hr_schema_t *s)
{
    hr_diag_t            diag;
    hr_prompt_t         *p;
    hr_prompt_rules_t    rules = { variables, 3, s };
    hr_prompt_source_t   source = { .text = text, .chat = chat,
                                    .config = HR_STR(config),
                                    .metadata = text, .name = HR_STR("n"),
                                    .allow_unverified = true };

    if (hr_prompt_load(&source, &rules, &p, &diag) == HR_OK) {
        check_body(arena, p, text);
        hr_prompt_destroy(p);
    }

    source.text = HR_STR("{{a}}");
    source.chat = false;
    source.config = text;
    source.metadata = HR_STR_NULL;

    if (hr_prompt_load(&source, &rules, &p, &diag) == HR_OK) {
        check_body(arena, p, text);
        hr_prompt_destroy(p);
    }
}


static void
check_maps(hr_arena_t *arena, hr_str_t text)
{
    hr_str_t              units[2] = { HR_STR("a b"), HR_STR("c") }, out;
    hr_diag_t             diag;
    hr_it_type_t          type;
    const hr_it_t        *it;
    hr_it_query_t         q = { units, 2, HR_STR("t"), true, false };
    hr_company_part_t     part;
    const hr_company_t   *c;

    if (hr_it_load(arena, HR_STR("{\"it_titles\":[\"t*\"],"
                                 "\"business_technical_titles\":[\"x\"],"
                                 "\"support_titles\":[\"y\"],"
                                 "\"business_technical_groups\":[\"z\"]}"),
                   text, &it, &diag) == HR_OK)
    {
        HR_FUZZ_CHECK(hr_it_select(it, &q, arena, &type, &out) == HR_OK
                      && hr_utf8_valid(out));
    }

    if (hr_company_load(arena, HR_STR("{\"always\":[\"a*\"],\"never\":[\"n\"],"
                                      "\"by_unit\":[\"b*\"],"
                                      "\"generic_words\":[\"g\"]}"),
                        text, &c, &diag) == HR_OK)
    {
        HR_FUZZ_CHECK(hr_company_select(c, units, 2, 500, arena, &part) == HR_OK);
        HR_FUZZ_CHECK(part.chars <= 500);

        for (size_t i = 0; i < part.count; i++) {
            HR_FUZZ_CHECK(hr_utf8_valid(part.pieces[i].text)
                          && hr_utf8_valid(part.pieces[i].escaped));
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hr_str_t            text = hr_str((const char *) data, size);
    hr_diag_t           diag;
    hr_arena_t         *arena = hr_arena_create(512 << 20);
    hr_findings_t       found;
    const hr_schema_t  *s, *other;
    const hr_models_t  *models;
    hr_json_t          *doc;

    HR_FUZZ_CHECK(hr_schema_load(arena, HR_STR(schema), NULL, NULL, &s, &diag)
                  == HR_OK);

    check_prompt(arena, text, false, s);
    check_prompt(arena, text, true, s);
    check_maps(arena, text);
    (void) hr_models_load(arena, text, &models, &diag);

    /* any JSON is checked against any schema */
    if (hr_schema_load(arena, text, NULL, NULL, &other, &diag) == HR_OK) {
        s = other;
    }

    if (hr_json_parse(arena, text, NULL, &doc, NULL) == HR_OK) {
        hr_findings_init(&found, arena);
        HR_FUZZ_CHECK(hr_schema_check(s, NULL, 0, doc, &found) == HR_OK);
    }

    hr_arena_destroy(arena);
    return 0;
}
