#include "hr_schema_node.h"
#include "hr_hash.h"
#include "hr_text.h"


#define HR_SCHEMA_ENUM_MAX   256
#define HR_SCHEMA_PROPS_MAX  64
#define HR_SCHEMA_JSON_MAX   (256u * 1024)
/* takes the place of the block names while the schema is written */
#define HR_SCHEMA_MARK       "@@blocks@@"

typedef struct {
    hr_arena_t               *arena;
    hr_schema_vocabulary_pt   vocabulary;
    void                     *ctx;
    hr_diag_t                *diag;
} hr_schema_loader_t;


static hr_rc_t  hr_schema_compile(hr_schema_loader_t *loader,
    const hr_json_t *json, hr_schema_node_t *node, unsigned depth);


static hr_rc_t
hr_schema_size(hr_schema_loader_t *loader, const hr_json_t *value, size_t *out)
{
    int64_t  n;

    if (!hr_json_int(value, &n) || n < 0 || n > 1000000) {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "schema: \"%.*s\" is no size",
                           (int) value->key.len, value->key.data);
    }

    *out = (size_t) n;
    return HR_OK;
}


static hr_rc_t
hr_schema_load_type(hr_schema_loader_t *loader, const hr_json_t *value,
    hr_schema_node_t *node)
{
    static const char  *names[] = { "string", "integer", "number", "boolean",
                                    "object", "array" };

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (hr_str_eq(hr_json_text(value), hr_str_from_c(names[i]))) {
            node->type = 1u << i;       /* the order of hr_schema_type_t */
            return HR_OK;
        }
    }

    return hr_diag_set(loader->diag, HR_INVALID, "schema: unknown type");
}


static hr_rc_t
hr_schema_load_enum(hr_schema_loader_t *loader, const hr_json_t *value,
    hr_schema_node_t *node)
{
    hr_str_t  *values;

    if (!hr_json_is(value, HR_JSON_ARRAY) || value->count == 0
        || value->count > HR_SCHEMA_ENUM_MAX)
    {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "schema: enum must be an array of 1..256 texts");
    }

    values = hr_arena_alloc(loader->arena, value->count * sizeof(hr_str_t));
    if (values == NULL) {
        return HR_NOMEM;
    }

    for (const hr_json_t *v = value->first; v != NULL; v = v->next) {

        if (v->type != HR_JSON_STRING) {
            return hr_diag_set(loader->diag, HR_INVALID,
                               "schema: enum holds something else than texts");
        }

        values[node->value_count++] = v->text;
    }

    node->values = values;
    return HR_OK;
}


static hr_rc_t
hr_schema_load_vocabulary(hr_schema_loader_t *loader, const hr_json_t *value,
    hr_schema_node_t *node)
{
    hr_str_t  name = hr_json_text(value);

    if (hr_str_eq(name, HR_STR(HR_SCHEMA_BLOCKS))) {
        node->blocks = true;
        return HR_OK;
    }

    if (loader->vocabulary != NULL) {
        node->values = loader->vocabulary(loader->ctx, name,
                                          &node->value_count);
    }

    if (node->values == NULL || node->value_count == 0
        || node->value_count > HR_SCHEMA_ENUM_MAX)
    {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "schema: vocabulary \"%.*s\" is unknown or empty",
                           (int) name.len, name.data == NULL ? "" : name.data);
    }

    return HR_OK;
}


static hr_rc_t
hr_schema_load_properties(hr_schema_loader_t *loader, const hr_json_t *value,
    hr_schema_node_t *node, unsigned depth)
{
    hr_rc_t            rc;
    hr_schema_node_t  *prop;

    if (!hr_json_is(value, HR_JSON_OBJECT)
        || value->count > HR_SCHEMA_PROPS_MAX)
    {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "schema: properties must be an object of at most "
                           "%d members", HR_SCHEMA_PROPS_MAX);
    }

    node->props = hr_arena_calloc(loader->arena, (value->count + 1)
                                                 * sizeof(hr_schema_node_t));
    if (node->props == NULL) {
        return HR_NOMEM;
    }

    for (const hr_json_t *p = value->first; p != NULL; p = p->next) {
        prop = &node->props[node->prop_count++];
        prop->name = p->key;

        rc = hr_schema_compile(loader, p, prop, depth + 1);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_schema_load_required(hr_schema_loader_t *loader, const hr_json_t *json,
    hr_schema_node_t *node)
{
    const hr_json_t   *list;
    hr_schema_node_t  *prop;

    list = hr_json_get(json, "required");

    if (list == NULL) {
        return HR_OK;
    }

    if (list->type != HR_JSON_ARRAY) {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "schema: required must be an array");
    }

    for (const hr_json_t *v = list->first; v != NULL; v = v->next) {

        prop = hr_schema_prop(node, hr_json_text(v));

        if (prop == NULL) {
            return hr_diag_set(loader->diag, HR_INVALID,
                               "schema: required names a member that "
                               "properties does not have: \"%.*s\"",
                               (int) hr_json_text(v).len, v->text.data);
        }

        prop->required = true;
    }

    return HR_OK;
}


static hr_rc_t
hr_schema_load_bound(hr_schema_loader_t *loader, const hr_json_t *value,
    bool *has, double *out)
{
    if (!hr_json_double(value, out)) {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "schema: minimum and maximum must be numbers");
    }

    *has = true;
    return HR_OK;
}


static hr_rc_t
hr_schema_keyword(hr_schema_loader_t *loader, const hr_json_t *value,
    hr_schema_node_t *node, unsigned depth)
{
    hr_str_t  key = value->key;

#define HR_SCHEMA_IS(name)  hr_str_eq(key, HR_STR(name))

    if (HR_SCHEMA_IS("type")) {
        return hr_schema_load_type(loader, value, node);
    }

    if (HR_SCHEMA_IS("enum")) {
        return hr_schema_load_enum(loader, value, node);
    }

    if (HR_SCHEMA_IS("x-vocabulary")) {
        return hr_schema_load_vocabulary(loader, value, node);
    }

    if (HR_SCHEMA_IS("properties")) {
        return hr_schema_load_properties(loader, value, node, depth);
    }

    if (HR_SCHEMA_IS("items")) {
        node->items = hr_arena_calloc(loader->arena, sizeof(hr_schema_node_t));

        return node->items == NULL
               ? HR_NOMEM
               : hr_schema_compile(loader, value, node->items, depth + 1);
    }

    if (HR_SCHEMA_IS("minItems")) {
        return hr_schema_size(loader, value, &node->min_items);
    }

    if (HR_SCHEMA_IS("maxItems")) {
        node->has_max_items = true;
        return hr_schema_size(loader, value, &node->max_items);
    }

    if (HR_SCHEMA_IS("minLength")) {
        return hr_schema_size(loader, value, &node->min_length);
    }

    if (HR_SCHEMA_IS("minimum")) {
        return hr_schema_load_bound(loader, value, &node->has_minimum,
                                    &node->minimum);
    }

    if (HR_SCHEMA_IS("maximum")) {
        return hr_schema_load_bound(loader, value, &node->has_maximum,
                                    &node->maximum);
    }

    if (HR_SCHEMA_IS("additionalProperties")) {
        node->closed = value->type == HR_JSON_BOOL && !value->boolean;
        return HR_OK;
    }

    if (HR_SCHEMA_IS("description") || HR_SCHEMA_IS("title")
        || HR_SCHEMA_IS("$schema") || HR_SCHEMA_IS("required"))
    {
        return HR_OK;
    }

#undef HR_SCHEMA_IS

    return hr_diag_set(loader->diag, HR_INVALID,
                       "schema: keyword \"%.*s\" is not supported",
                       (int) key.len, key.data);
}


static hr_rc_t
hr_schema_compile(hr_schema_loader_t *loader, const hr_json_t *json,
    hr_schema_node_t *node, unsigned depth)
{
    hr_rc_t  rc;

    if (depth > HR_SCHEMA_DEPTH_MAX) {
        return hr_diag_set(loader->diag, HR_LIMIT,
                           "schema: deeper than %d levels",
                           HR_SCHEMA_DEPTH_MAX);
    }

    if (!hr_json_is(json, HR_JSON_OBJECT)) {
        return hr_diag_set(loader->diag, HR_INVALID,
                           "schema: a schema must be an object");
    }

    for (const hr_json_t *v = json->first; v != NULL; v = v->next) {
        rc = hr_schema_keyword(loader, v, node, depth);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return hr_schema_load_required(loader, json, node);
}


/*
 * Rewrites a schema for the request: vocabularies become enums, what services
 * may refuse is left out.
 */
static hr_rc_t
hr_schema_externalize(hr_schema_loader_t *loader, hr_json_t *json,
    const hr_schema_node_t *node)
{
    hr_rc_t            rc = HR_OK;
    hr_json_t         *values, *props;
    hr_schema_node_t  *prop;

    hr_json_remove(json, "minLength");

    if (hr_json_get(json, "x-vocabulary") != NULL) {

        hr_json_remove(json, "x-vocabulary");
        values = node->blocks
                 ? hr_json_new_str(loader->arena, HR_STR(HR_SCHEMA_MARK))
                 : hr_json_new(loader->arena, HR_JSON_ARRAY);

        for (size_t i = 0; i < node->value_count && values != NULL; i++) {
            rc = hr_json_push(values, hr_json_new_str(loader->arena,
                                                      node->values[i]));
            if (rc != HR_OK) {
                return rc;
            }
        }

        rc = values == NULL ? HR_NOMEM
                            : hr_json_set(loader->arena, json, "enum", values);
    }

    props = hr_json_get(json, "properties");

    for (hr_json_t *p = props == NULL ? NULL : props->first;
         p != NULL && rc == HR_OK;
         p = p->next)
    {
        prop = hr_schema_prop(node, p->key);
        rc = hr_schema_externalize(loader, p, prop);
    }

    if (rc == HR_OK && node->items != NULL) {
        rc = hr_schema_externalize(loader, hr_json_get(json, "items"),
                                   node->items);
    }

    return rc;
}


/* {"name":..,"strict":..,"schema":..}, cut where the blocks belong */
static hr_rc_t
hr_schema_render(hr_schema_loader_t *loader, const hr_json_t *file,
    hr_schema_t *schema)
{
    size_t       len;
    hr_rc_t      rc;
    hr_jw_t      w;
    hr_buf_t     buf;
    hr_json_t   *copy;
    const char  *mark;

    copy = hr_json_clone(loader->arena, hr_json_get(file, "schema"));
    if (copy == NULL) {
        return HR_NOMEM;
    }

    rc = hr_schema_externalize(loader, copy, &schema->root);
    if (rc != HR_OK) {
        return rc;
    }

    hr_buf_init(&buf, HR_SCHEMA_JSON_MAX);
    hr_jw_init(&w, &buf);
    hr_jw_object(&w);
    hr_jw_kstr(&w, "name", schema->name);
    hr_jw_kbool(&w, "strict", true);
    hr_jw_key(&w, "schema");
    hr_jw_node(&w, copy);
    hr_jw_end_object(&w);

    if (buf.err != HR_OK) {
        rc = hr_diag_set(loader->diag, buf.err, "schema: larger than 256 KiB");
        hr_buf_release(&buf);
        return rc;
    }

    mark = strstr(buf.data, "\"" HR_SCHEMA_MARK "\"");
    len = mark == NULL ? buf.len : (size_t) (mark - buf.data);

    schema->head = hr_arena_str(loader->arena, hr_str(buf.data, len));
    schema->tail = HR_STR("");

    if (mark != NULL) {
        mark += sizeof("\"" HR_SCHEMA_MARK "\"") - 1;
        schema->tail = hr_arena_str(loader->arena,
                                    hr_str(mark, buf.len - (size_t) (mark
                                                                 - buf.data)));
    }

    hr_buf_release(&buf);

    return schema->head.data == NULL || schema->tail.data == NULL ? HR_NOMEM
                                                                  : HR_OK;
}


hr_rc_t
hr_schema_load(hr_arena_t *arena, hr_str_t json,
    hr_schema_vocabulary_pt vocabulary, void *ctx, const hr_schema_t **out,
    hr_diag_t *diag)
{
    char                hex[HR_SHA256_HEX + 1];
    hr_rc_t             rc;
    hr_json_t          *file;
    hr_schema_t        *schema;
    hr_json_info_t      info;
    hr_schema_loader_t  loader = { arena, vocabulary, ctx, diag };

    *out = NULL;

    rc = hr_json_parse(arena, json, NULL, &file, &info);
    if (rc != HR_OK) {
        return hr_diag_set(diag, rc, "schema: %s (line %zu, column %zu)",
                           info.text, info.line, info.column);
    }

    schema = hr_arena_calloc(arena, sizeof(hr_schema_t));
    if (schema == NULL) {
        return HR_NOMEM;
    }

    schema->name = hr_json_text(hr_json_get(file, "name"));
    schema->version = hr_json_text(hr_json_get(file, "version"));

    if (schema->name.len == 0 || schema->version.len == 0) {
        return hr_diag_set(diag, HR_INVALID,
                           "schema: \"name\" and \"version\" are required");
    }

    rc = hr_schema_compile(&loader, hr_json_get(file, "schema"),
                           &schema->root, 1);

    if (rc == HR_OK) {
        rc = hr_schema_render(&loader, file, schema);
    }

    if (rc == HR_OK) {
        rc = hr_sha256_hex(json, hex);
    }

    if (rc == HR_OK) {
        schema->hash = hr_arena_str(arena, hr_str(hex, HR_SHA256_HEX));
        rc = schema->hash.data == NULL ? HR_NOMEM : HR_OK;
    }

    if (rc == HR_OK) {
        *out = schema;
    }

    return rc;
}


hr_schema_node_t *
hr_schema_prop(const hr_schema_node_t *node, hr_str_t name)
{
    for (size_t i = 0; i < node->prop_count; i++) {
        if (hr_str_eq(node->props[i].name, name)) {
            return &node->props[i];
        }
    }

    return NULL;
}


hr_str_t
hr_schema_name(const hr_schema_t *schema)
{
    return schema->name;
}


hr_str_t
hr_schema_version(const hr_schema_t *schema)
{
    return schema->version;
}


hr_str_t
hr_schema_hash(const hr_schema_t *schema)
{
    return schema->hash;
}


hr_str_t
hr_schema_head(const hr_schema_t *schema)
{
    return schema->head;
}


hr_str_t
hr_schema_tail(const hr_schema_t *schema)
{
    return schema->tail;
}
