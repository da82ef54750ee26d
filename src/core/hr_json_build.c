/*
 * Making and changing a JSON tree.
 */

#include <math.h>
#include <stdio.h>

#include "hr_json.h"


hr_json_t *
hr_json_new(hr_arena_t *arena, hr_json_type_t type)
{
    hr_json_t  *node;

    node = hr_arena_calloc(arena, sizeof(hr_json_t));
    if (node == NULL) {
        return NULL;
    }

    node->type = type;

    if (type == HR_JSON_STRING) {
        node->text = HR_STR("");

    } else if (type == HR_JSON_NUMBER) {
        node->text = HR_STR("0");
    }

    return node;
}


static hr_json_t *
hr_json_new_text(hr_arena_t *arena, hr_json_type_t type, hr_str_t text)
{
    hr_json_t  *node;

    node = hr_json_new(arena, type);
    if (node == NULL) {
        return NULL;
    }

    node->text = hr_arena_str(arena, text);

    return node->text.data != NULL ? node : NULL;
}


hr_json_t *
hr_json_new_str(hr_arena_t *arena, hr_str_t text)
{
    return hr_json_new_text(arena, HR_JSON_STRING, text);
}


hr_json_t *
hr_json_new_int(hr_arena_t *arena, int64_t value)
{
    int   len;
    char  text[32];

    len = snprintf(text, sizeof(text), "%lld", (long long) value);

    return hr_json_new_text(arena, HR_JSON_NUMBER, hr_str(text, (size_t) len));
}


hr_json_t *
hr_json_new_double(hr_arena_t *arena, double value)
{
    size_t  len;
    char    text[32];

    if (!isfinite(value)) {
        return hr_json_new(arena, HR_JSON_NULL);
    }

    len = hr_double_format(value, text);

    return hr_json_new_text(arena, HR_JSON_NUMBER, hr_str(text, len));
}


hr_json_t *
hr_json_new_bool(hr_arena_t *arena, bool value)
{
    hr_json_t  *node;

    node = hr_json_new(arena, HR_JSON_BOOL);
    if (node != NULL) {
        node->boolean = value;
    }

    return node;
}


static void
hr_json_link(hr_json_t *parent, hr_json_t *node)
{
    node->parent = parent;
    node->next = NULL;

    if (parent->last == NULL) {
        parent->first = node;
    } else {
        parent->last->next = node;
    }

    parent->last = node;
    parent->count++;
}


static hr_json_t *
hr_json_clone_one(hr_arena_t *arena, const hr_json_t *node, bool with_key)
{
    hr_json_t  *copy;

    copy = hr_json_new(arena, node->type);
    if (copy == NULL) {
        return NULL;
    }

    copy->boolean = node->boolean;

    if (node->type == HR_JSON_STRING || node->type == HR_JSON_NUMBER) {
        copy->text = hr_arena_str(arena, node->text);
        if (copy->text.data == NULL) {
            return NULL;
        }
    }

    if (with_key && node->key.data != NULL) {
        copy->key = hr_arena_str(arena, node->key);
        if (copy->key.data == NULL) {
            return NULL;
        }
    }

    return copy;
}


hr_json_t *
hr_json_clone(hr_arena_t *arena, const hr_json_t *node)
{
    hr_json_t        *root, *parent, *copy;
    const hr_json_t  *p;

    if (node == NULL) {
        return NULL;
    }

    root = hr_json_clone_one(arena, node, false);
    parent = root;
    p = node;

    /* parent is the copy of p's parent, except at the start */
    while (parent != NULL) {

        if (p->first != NULL) {
            if (p != node) {
                parent = parent->last;
            }
            p = p->first;

        } else {
            while (p != node && p->next == NULL) {
                p = p->parent;
                if (p != node) {
                    parent = parent->parent;
                }
            }
            if (p == node) {
                return root;
            }
            p = p->next;
        }

        copy = hr_json_clone_one(arena, p, true);
        if (copy == NULL) {
            return NULL;
        }
        hr_json_link(parent, copy);
    }

    return NULL;
}


/* A value may go into container when it is nowhere yet and not above it. */
static hr_rc_t
hr_json_check_new(const hr_json_t *container, hr_json_type_t type,
    const hr_json_t *value)
{
    const hr_json_t  *p;

    if (value == NULL) {
        return HR_NOMEM;            /* of the builder, passed on */
    }

    if (!hr_json_is(container, type) || value->parent != NULL) {
        return HR_INVALID;
    }

    for (p = container; p != NULL; p = p->parent) {
        if (p == value) {
            return HR_INVALID;
        }
    }

    return container->count == UINT32_MAX ? HR_LIMIT : HR_OK;
}


hr_rc_t
hr_json_set_str(hr_arena_t *arena, hr_json_t *object, hr_str_t key,
    hr_json_t *value)
{
    hr_rc_t     rc;
    hr_str_t    copy;
    hr_json_t  *old, **link;

    rc = hr_json_check_new(object, HR_JSON_OBJECT, value);
    if (rc != HR_OK) {
        return rc;
    }

    copy = hr_arena_str(arena, key);
    if (copy.data == NULL) {
        return HR_NOMEM;
    }

    for (link = &object->first; (old = *link) != NULL; link = &old->next) {
        if (hr_str_eq(old->key, key)) {
            break;
        }
    }

    value->key = copy;

    if (old == NULL) {
        hr_json_link(object, value);
        return HR_OK;
    }

    value->parent = object;
    value->next = old->next;
    *link = value;
    if (object->last == old) {
        object->last = value;
    }

    old->parent = NULL;
    old->next = NULL;

    return HR_OK;
}


hr_rc_t
hr_json_set(hr_arena_t *arena, hr_json_t *object, const char *key,
    hr_json_t *value)
{
    return hr_json_set_str(arena, object, hr_str_from_c(key), value);
}


hr_rc_t
hr_json_push(hr_json_t *array, hr_json_t *value)
{
    hr_rc_t  rc;

    rc = hr_json_check_new(array, HR_JSON_ARRAY, value);
    if (rc == HR_OK) {
        value->key = HR_STR_NULL;
        hr_json_link(array, value);
    }

    return rc;
}


void
hr_json_unlink(hr_json_t *node)
{
    hr_json_t  *parent, *previous, *p;

    if (node == NULL || node->parent == NULL) {
        return;
    }

    parent = node->parent;
    previous = NULL;

    for (p = parent->first; p != node; p = p->next) {
        previous = p;
    }

    if (previous == NULL) {
        parent->first = node->next;
    } else {
        previous->next = node->next;
    }

    if (parent->last == node) {
        parent->last = previous;
    }

    parent->count--;
    node->parent = NULL;
    node->next = NULL;
    node->key = HR_STR_NULL;
}


void
hr_json_remove(hr_json_t *object, const char *key)
{
    hr_json_unlink(hr_json_get(object, key));
}
