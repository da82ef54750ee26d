/*
 * Looking into a JSON tree.
 */

#include "hr_json.h"


hr_json_t *
hr_json_get_str(const hr_json_t *object, hr_str_t key)
{
    hr_json_t  *node;

    if (!hr_json_is(object, HR_JSON_OBJECT)) {
        return NULL;
    }

    for (node = object->first; node != NULL; node = node->next) {
        if (hr_str_eq(node->key, key)) {
            return node;
        }
    }

    return NULL;
}


hr_json_t *
hr_json_get(const hr_json_t *object, const char *key)
{
    return hr_json_get_str(object, hr_str_from_c(key));
}


hr_json_t *
hr_json_at(const hr_json_t *array, size_t index)
{
    hr_json_t  *node;

    if (!hr_json_is(array, HR_JSON_ARRAY) || index >= array->count) {
        return NULL;
    }

    for (node = array->first; index > 0; index--) {
        node = node->next;
    }

    return node;
}


hr_json_t *
hr_json_path(const hr_json_t *object, const char *path)
{
    size_t            len;
    const hr_json_t  *node;

    node = object;

    for ( ;; ) {
        len = strcspn(path, ".");
        node = hr_json_get_str(node, hr_str(path, len));
        if (node == NULL || path[len] == '\0') {
            return (hr_json_t *) node;
        }
        path += len + 1;
    }
}


hr_str_t
hr_json_text(const hr_json_t *node)
{
    return hr_json_is(node, HR_JSON_STRING) ? node->text : HR_STR_NULL;
}


bool
hr_json_missing(const hr_json_t *node)
{
    if (node == NULL) {
        return true;
    }

    switch (node->type) {

    case HR_JSON_NULL:
        return true;

    case HR_JSON_STRING:
        return node->text.len == 0;

    case HR_JSON_ARRAY:
    case HR_JSON_OBJECT:
        return node->count == 0;

    default:
        return false;
    }
}
