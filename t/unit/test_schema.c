/*
 * The validator (generation.md 7.3) and the shipped schema (generation.md 9;
 * improvements I-16: the format of the document is frozen).
 */

#include "hr_org_fixture.h"
#include "hr_schema.h"
#include "hr_text.h"
#include "hr_vocabulary.h"


static hr_arena_t         *arena;
static hr_vocabulary_t    *voc;
static const hr_schema_t  *schema;

static const hr_str_t  blocks[] = {
    HR_STR_INIT("Блок Альфа"), HR_STR_INIT("Блок \"Бета\"")
};


static const hr_str_t *
test_values(void *ctx, hr_str_t name, size_t *count)
{
    return hr_vocabulary_values(ctx, name, count);
}


static const hr_schema_t *
test_load(const char *text, hr_rc_t want, const char *name)
{
    hr_rc_t             rc;
    hr_diag_t           diag;
    const hr_schema_t  *s;

    rc = hr_schema_load(arena, hr_str_from_c(text), test_values, voc, &s, &diag);
    OK(rc == want, name);
    return s;
}


#define FILE_OF(body)                                                         \
    "{\"name\":\"P\",\"strict\":true,\"version\":\"1\",\"schema\":" body "}"


static void
test_found(const hr_schema_t *s, const char *json, const char *rule,
    const char *path, const char *name)
{
    hr_json_t      *doc;
    hr_findings_t   found;

    hr_findings_init(&found, arena);

    if (hr_json_parse(arena, hr_str_from_c(json), NULL, &doc, NULL) != HR_OK
        || hr_schema_check(s, blocks, 2, doc, &found) != HR_OK)
    {
        OK(0, name);
        return;
    }

    if (rule == NULL) {
        IS_INT(found.total, 0, name);
        return;
    }

    OK(found.total == 1 && strcmp(found.items[0].code, rule) == 0
       && hr_str_eq(found.items[0].path, hr_str_from_c(path)), name);

    for (size_t i = 0; i < found.count; i++) {
        printf("# %s %.*s: %.*s\n", found.items[i].code,
               (int) found.items[i].path.len, found.items[i].path.data,
               (int) found.items[i].message.len, found.items[i].message.data);
    }
}


static void
test_keywords(void)
{
    const hr_schema_t  *s;

    s = test_load(FILE_OF("{\"type\":\"object\",\"additionalProperties\":false,"
        "\"required\":[\"a\"],\"properties\":{"
        "\"a\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":4},"
        "\"b\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":2,\"items\":"
        "{\"type\":\"string\",\"minLength\":1}},"
        "\"c\":{\"type\":\"string\",\"enum\":[\"x\",\"y\"]},"
        "\"d\":{\"type\":\"number\"},\"e\":{\"type\":\"boolean\"},"
        "\"f\":{\"type\":\"string\",\"x-vocabulary\":\"blocks\"},"
        "\"g\":{\"type\":\"object\",\"properties\":{\"h\":{\"type\":\"string\"}}}"
        "}}"), HR_OK, "a schema with every keyword");

    test_found(s, "{\"a\":1}", NULL, NULL, "the least document");
    test_found(s, "{\"a\":1,\"b\":[\"t\"],\"c\":\"y\",\"d\":1.5,\"e\":true,"
                  "\"f\":\"Блок Альфа\",\"g\":{\"h\":\"\",\"free\":1}}",
               NULL, NULL, "a full document");
    test_found(s, "[]", "type", "", "the root has the wrong type");
    test_found(s, "{}", "required", "a", "a member is missing");
    test_found(s, "{\"a\":null}", "type", "a", "null is no integer");
    test_found(s, "{\"a\":\"1\"}", "type", "a", "a text is no integer");
    test_found(s, "{\"a\":1.5}", "type", "a", "a fraction is no integer");
    test_found(s, "{\"a\":1.0}", NULL, NULL, "1.0 is an integer");
    test_found(s, "{\"a\":0}", "minimum", "a", "below the minimum");
    test_found(s, "{\"a\":5}", "maximum", "a", "above the maximum");
    test_found(s, "{\"a\":1,\"b\":[]}", "minItems", "b", "too few items");
    test_found(s, "{\"a\":1,\"b\":[\"1\",\"2\",\"3\"]}", "maxItems", "b",
               "too many items");
    test_found(s, "{\"a\":1,\"b\":[\"1\",\" \"]}", "minLength", "b[1]",
               "a blank item");
    test_found(s, "{\"a\":1,\"b\":[\"1\",2]}", "type", "b[1]",
               "an item of the wrong type");
    test_found(s, "{\"a\":1,\"c\":\"z\"}", "enum", "c",
               "a value outside the list");
    test_found(s, "{\"a\":1,\"f\":\"Блок Гамма\"}", "enum", "f",
               "a block that the tree does not have");
    test_found(s, "{\"a\":1,\"z\":1}", "additionalProperties", "z",
               "an unknown member");
    test_found(s, "{\"a\":1,\"g\":{\"h\":1}}", "type", "g.h", "a nested path");
}


static void
test_bad_schemas(void)
{
    (void) test_load("{", HR_INVALID, "no JSON");
    (void) test_load("{\"schema\":{}}", HR_INVALID, "no name and version");
    (void) test_load(FILE_OF("{\"type\":\"text\"}"), HR_INVALID,
                     "an unknown type");
    (void) test_load(FILE_OF("{\"pattern\":\"^a\"}"), HR_INVALID,
                     "a keyword that would not be checked");
    (void) test_load(FILE_OF("{\"enum\":[1]}"), HR_INVALID,
                     "an enum of numbers");
    (void) test_load(FILE_OF("{\"x-vocabulary\":\"colours\"}"), HR_INVALID,
                     "an unknown vocabulary");
    (void) test_load(FILE_OF("{\"properties\":{},\"required\":[\"a\"]}"),
                     HR_INVALID, "a required member without a property");
    (void) test_load(FILE_OF("{\"minItems\":-1}"), HR_INVALID,
                     "a negative size");
    (void) test_load(FILE_OF("3"), HR_INVALID, "a schema that is no object");
}


/* --- the shipped schema ----------------------------------------------------------- */

typedef struct {
    size_t  nodes;
    size_t  depth;
    size_t  open;               /* objects that accept unknown members */
    size_t  optional;           /* members that are not required */
    size_t  foreign;            /* keywords that services may refuse */
} test_shape_t;


static void
test_walk(const hr_json_t *node, size_t depth, test_shape_t *shape)
{
    const hr_json_t  *props = hr_json_get(node, "properties");
    const hr_json_t  *more = hr_json_get(node, "additionalProperties");

    shape->nodes++;
    shape->depth = depth > shape->depth ? depth : shape->depth;
    shape->foreign += hr_json_get(node, "minLength") != NULL;
    shape->foreign += hr_json_get(node, "x-vocabulary") != NULL;

    if (props != NULL) {
        shape->open += more == NULL || more->boolean;
        shape->optional += props->count
                           != hr_json_get(node, "required")->count;

        for (const hr_json_t *p = props->first; p != NULL; p = p->next) {
            test_walk(p, depth + 1, shape);
        }
    }

    if (hr_json_get(node, "items") != NULL) {
        test_walk(hr_json_get(node, "items"), depth + 1, shape);
    }
}


static void
test_shipped(void)
{
    static const char  *members[] = {
        "reasoning_context_analysis", "position_title", "department_broad",
        "department_specific", "position_classification_reasoning",
        "position_category", "direct_manager", "subordinates",
        "primary_activity_type", "responsibility_areas_reasoning",
        "responsibility_areas", "professional_skills_reasoning",
        "professional_skills", "corporate_competencies", "personal_qualities",
        "experience_and_education", "careerogram_reasoning", "careerogram",
        "workplace_provisioning", "performance_metrics_reasoning",
        "performance_metrics", "additional_information",
        "quality_verification", "metadata"
    };

    bool              same = true;
    size_t            i = 0;
    hr_str_t          text;
    hr_json_t        *root;
    test_shape_t      shape;
    const hr_json_t  *body, *props;

    text = hr_arena_printf(arena, "%.*s[\"Б1\",\"Б2\"]%.*s",
                           (int) hr_schema_head(schema).len,
                           hr_schema_head(schema).data,
                           (int) hr_schema_tail(schema).len,
                           hr_schema_tail(schema).data);

    OK(hr_json_parse(arena, text, NULL, &root, NULL) == HR_OK,
       "head, blocks and tail are JSON");
    IS_STR(hr_json_get(root, "name")->text.data,
           hr_json_get(root, "name")->text.len, "UniversalCorporateJobProfile",
           "name");
    OK(hr_json_get(root, "strict")->boolean, "strict");

    body = hr_json_get(root, "schema");
    props = hr_json_get(body, "properties");
    IS_INT(props->count, 24, "24 members");

    for (const hr_json_t *p = props->first; p != NULL && i < 24; p = p->next) {
        same = same && hr_str_eq(p->key, hr_str_from_c(members[i++]));
    }

    OK(same, "in the order of the contract");

    memset(&shape, 0, sizeof(shape));
    test_walk(body, 1, &shape);
    IS_INT(shape.nodes, 123, "123 nodes");
    IS_INT(shape.depth, 8, "8 levels");
    IS_INT(shape.open, 0, "no object accepts unknown members");
    IS_INT(shape.optional, 0, "every member is required");
    IS_INT(shape.foreign, 0, "no keyword of our own goes out");
    IS_INT(hr_json_path(props, "department_broad.enum")->count, 2,
           "the blocks come from the caller");
    IS_INT(hr_json_path(props, "corporate_competencies.items.enum")->count, 7,
           "7 competencies");
    IS_INT(hr_json_path(props, "personal_qualities.items.enum")->count, 25,
           "25 qualities");
    OK(!hr_contains(text, HR_STR("{{")), "descriptions hold no placeholders");
    OK(!hr_contains(text, HR_STR("знания  и")),
       "the second level text has a single blank");
}


static void
test_document(void)
{
    hr_str_t        text;
    hr_buf_t        buf;
    hr_json_t      *doc, *list;
    hr_findings_t   found;

    text = hr_test_file("t/data/profiles/production.json");
    OK(hr_json_parse(arena, text, NULL, &doc, NULL) == HR_OK,
       "a production document");
    free((char *) text.data);

    /* a career list below its minimum (I-06) */
    list = hr_json_path(doc, "careerogram.target_pathways.horizontal_growth");
    hr_json_unlink(list->last);

    hr_findings_init(&found, arena);
    (void) hr_schema_check(schema, NULL, 0, doc, &found);
    OK(hr_findings_count(&found, "minItems") == 1,
       "a career list below its minimum fails the schema");

    hr_buf_init(&buf, 65536);
    OK(hr_schema_repair_text(&found, &buf) == HR_OK
       && hr_contains(hr_buf_view(&buf),
                      HR_STR("careerogram.target_pathways.horizontal_growth: "
                             "элементов 1, нужно не меньше 2")),
       "the repair request names the place and the reason");
    hr_buf_release(&buf);
}


static void
test_bounded(void)
{
    hr_buf_t            buf;
    hr_json_t          *doc;
    hr_findings_t       found;
    const hr_schema_t  *s;

    s = test_load(FILE_OF("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"),
                  HR_OK, "an array of texts");

    hr_buf_init(&buf, 1024 * 1024);
    (void) hr_buf_c(&buf, "[0");

    for (int i = 1; i < 10000; i++) {
        (void) hr_buf_c(&buf, ",0");
    }

    (void) hr_buf_c(&buf, "]");
    hr_findings_init(&found, arena);
    (void) hr_json_parse(arena, hr_buf_view(&buf), NULL, &doc, NULL);
    (void) hr_schema_check(s, NULL, 0, doc, &found);
    IS_INT(found.total, 10000, "all errors are counted");
    OK(found.count <= HR_FINDINGS_MAX, "a limited number is kept");

    hr_buf_reset(&buf);
    OK(hr_schema_repair_text(&found, &buf) == HR_OK && buf.len < 16384,
       "the repair request stays short");
    hr_buf_release(&buf);
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
    OK(hr_schema_load(arena, text, test_values, voc, &schema, &diag) == HR_OK,
       "schema.json");
    free((char *) text.data);

    test_keywords();
    test_bad_schemas();
    test_shipped();
    test_document();
    test_bounded();

    hr_vocabulary_destroy(voc);
    hr_arena_destroy(arena);
    return hr_test_done();
}
