#include "hr_schema_node.h"
#include "hr_text.h"


typedef struct {
    hr_findings_t   *issues;
    const hr_str_t  *blocks;
    size_t           block_count;
    hr_path_t        path;
} hr_schema_check_t;

#define hr_schema_issue(check, rule, ...)                                     \
    hr_findings_add((check)->issues, rule, hr_path_str(&(check)->path),       \
                    __VA_ARGS__)


static void  hr_schema_check_value(hr_schema_check_t *check,
    const hr_schema_node_t *node, const hr_json_t *value);


static unsigned
hr_schema_type_of(const hr_json_t *value)
{
    int64_t  n;

    switch (value->type) {

    case HR_JSON_STRING:
        return HR_SCHEMA_STRING;

    case HR_JSON_NUMBER:
        return hr_json_int(value, &n) ? HR_SCHEMA_INTEGER | HR_SCHEMA_NUMBER
                                      : HR_SCHEMA_NUMBER;

    case HR_JSON_BOOL:
        return HR_SCHEMA_BOOLEAN;

    case HR_JSON_OBJECT:
        return HR_SCHEMA_OBJECT;

    case HR_JSON_ARRAY:
        return HR_SCHEMA_ARRAY;

    default:
        return 0;
    }
}


static const char *
hr_schema_type_name(unsigned type)
{
    static const char  *names[] = { "строка", "целое число", "число",
                                    "true или false", "объект", "массив" };

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((type & (1u << i)) != 0) {  /* the order of hr_schema_type_t */
            return names[i];
        }
    }

    return "null";
}


static bool
hr_schema_in(const hr_str_t *values, size_t count, hr_str_t text)
{
    for (size_t i = 0; i < count; i++) {
        if (hr_str_eq(values[i], text)) {
            return true;
        }
    }

    return false;
}


static void
hr_schema_check_string(hr_schema_check_t *check, const hr_schema_node_t *node,
    const hr_json_t *value)
{
    size_t           count = node->value_count;
    hr_str_t         shown;
    const hr_str_t  *values = node->values;

    if (node->blocks) {
        values = check->blocks;
        count = check->block_count;
    }

    if (count > 0 && !hr_schema_in(values, count, value->text)) {
        shown = hr_utf8_cut(value->text, 60);
        hr_schema_issue(check, "enum",
                        "значение «%.*s» не входит в список допустимых",
                        (int) shown.len, shown.data);
    }

    if (node->min_length > 0
        && hr_utf8_count(hr_trim(value->text)) < node->min_length)
    {
        hr_schema_issue(check, "minLength",
                        "текст пуст или короче %zu знаков",
                        node->min_length);
    }
}


static void
hr_schema_check_number(hr_schema_check_t *check, const hr_schema_node_t *node,
    const hr_json_t *value)
{
    double  n;

    if (!hr_json_double(value, &n)) {
        return;
    }

    if (node->has_minimum && n < node->minimum) {
        hr_schema_issue(check, "minimum", "число меньше %g", node->minimum);
    }

    if (node->has_maximum && n > node->maximum) {
        hr_schema_issue(check, "maximum", "число больше %g", node->maximum);
    }
}


static void
hr_schema_check_array(hr_schema_check_t *check, const hr_schema_node_t *node,
    const hr_json_t *value)
{
    size_t  index = 0, before;

    if (value->count < node->min_items) {
        hr_schema_issue(check, "minItems",
                        "элементов %u, нужно не меньше %zu",
                        value->count, node->min_items);
    }

    if (node->has_max_items && value->count > node->max_items) {
        hr_schema_issue(check, "maxItems",
                        "элементов %u, можно не больше %zu",
                        value->count, node->max_items);
    }

    if (node->items == NULL) {
        return;
    }

    for (const hr_json_t *v = value->first; v != NULL; v = v->next) {
        before = hr_path_index(&check->path, index++);
        hr_schema_check_value(check, node->items, v);
        hr_path_cut(&check->path, before);
    }
}


static void
hr_schema_check_object(hr_schema_check_t *check, const hr_schema_node_t *node,
    const hr_json_t *value)
{
    size_t                   before;
    const hr_json_t         *member;
    const hr_schema_node_t  *prop;

    for (size_t i = 0; i < node->prop_count; i++) {

        prop = &node->props[i];
        member = hr_json_get_str(value, prop->name);
        before = hr_path_member(&check->path, prop->name);

        if (member != NULL) {
            hr_schema_check_value(check, prop, member);

        } else if (prop->required) {
            hr_schema_issue(check, "required", "поле отсутствует");
        }

        hr_path_cut(&check->path, before);
    }

    for (const hr_json_t *m = value->first;
         node->closed && m != NULL;
         m = m->next)
    {
        if (hr_schema_prop(node, m->key) == NULL) {
            before = hr_path_member(&check->path, m->key);
            hr_schema_issue(check, "additionalProperties",
                            "поле не предусмотрено");
            hr_path_cut(&check->path, before);
        }
    }
}


static void
hr_schema_check_value(hr_schema_check_t *check, const hr_schema_node_t *node,
    const hr_json_t *value)
{
    unsigned  type = hr_schema_type_of(value);

    if (node->type != 0 && (type & node->type) == 0) {
        hr_schema_issue(check, "type", "ожидается %s, получено: %s",
                        hr_schema_type_name(node->type),
                        hr_schema_type_name(type));
        return;
    }

    switch (value->type) {

    case HR_JSON_STRING:
        hr_schema_check_string(check, node, value);
        break;

    case HR_JSON_NUMBER:
        hr_schema_check_number(check, node, value);
        break;

    case HR_JSON_ARRAY:
        hr_schema_check_array(check, node, value);
        break;

    case HR_JSON_OBJECT:
        hr_schema_check_object(check, node, value);
        break;

    default:
        break;
    }
}


hr_rc_t
hr_schema_check(const hr_schema_t *schema, const hr_str_t *blocks,
    size_t block_count, const hr_json_t *document, hr_findings_t *out)
{
    hr_schema_check_t  check;

    check.issues = out;
    check.blocks = blocks;
    check.block_count = block_count;
    hr_path_reset(&check.path);

    hr_schema_check_value(&check, &schema->root, document);

    return out->rc;
}


typedef struct {
    hr_schema_visit_pt   visit;
    void                *ctx;
    hr_path_t            path;
} hr_schema_walk_t;


static void
hr_schema_walk_value(hr_schema_walk_t *walk, const hr_schema_node_t *node,
    hr_json_t *value)
{
    size_t             index = 0, before;
    hr_json_t         *next;
    hr_schema_node_t  *prop;

    value = walk->visit(walk->ctx, hr_path_str(&walk->path),
                        node->type, value);

    if (value == NULL) {
        return;
    }

    if (value->type == HR_JSON_ARRAY && node->items != NULL) {

        for (hr_json_t *v = value->first; v != NULL; v = next) {
            next = v->next;
            before = hr_path_index(&walk->path, index++);
            hr_schema_walk_value(walk, node->items, v);
            hr_path_cut(&walk->path, before);
        }
    }

    if (value->type == HR_JSON_OBJECT) {

        for (hr_json_t *m = value->first; m != NULL; m = next) {
            next = m->next;
            prop = hr_schema_prop(node, m->key);
            before = hr_path_member(&walk->path, m->key);

            if (prop != NULL) {
                hr_schema_walk_value(walk, prop, m);

            } else if (node->closed) {
                (void) walk->visit(walk->ctx,
                                   hr_path_str(&walk->path),
                                   0, m);
            }

            hr_path_cut(&walk->path, before);
        }
    }
}


void
hr_schema_walk(const hr_schema_t *schema, hr_json_t *document,
    hr_schema_visit_pt visit, void *ctx)
{
    hr_schema_walk_t  walk;

    walk.visit = visit;
    walk.ctx = ctx;
    hr_path_reset(&walk.path);

    hr_schema_walk_value(&walk, &schema->root, document);
}


hr_rc_t
hr_schema_repair_text(const hr_findings_t *issues, hr_buf_t *out)
{
    size_t  count = issues->count;

    if (count > HR_SCHEMA_REPAIR_MAX) {
        count = HR_SCHEMA_REPAIR_MAX;
    }

    (void) hr_buf_c(out, "Ответ не соответствует схеме. Верни тот же объект "
                         "целиком, исправив только перечисленные места, без "
                         "пояснений.\n");

    for (size_t i = 0; i < count; i++) {
        (void) hr_buf_printf(out, "- %.*s: %.*s\n",
                             (int) issues->items[i].path.len,
                             issues->items[i].path.data,
                             (int) issues->items[i].message.len,
                             issues->items[i].message.data);
    }

    if (issues->total > count) {
        (void) hr_buf_printf(out, "- и ещё мест: %zu\n",
                             issues->total - count);
    }

    return out->err;
}
