/*
 * The JSON tree: lookups, builders, numbers by value, equality.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "hr_json.h"

#define HR_JSON_EQUAL_DEPTH  1000
#define HR_JSON_FEW_MEMBERS  16


/*
 * A number as 0.d1d2d3... * 10^exponent without leading and trailing zero
 * digits; zero has no digits.  first..end is the part of the text that holds
 * the digits (and perhaps the point).
 */
typedef struct {
    const char  *first;
    const char  *end;
    int64_t      exponent;
    size_t       digits;
    bool         negative;
} hr_json_decimal_t;


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


/* The exponent part of a number, kept where it still decides. */
static int64_t
hr_json_exponent(const char *p, const char *end)
{
    bool     negative;
    int64_t  value;

    negative = *p == '-';
    if (*p == '-' || *p == '+') {
        p++;
    }

    for (value = 0; p < end; p++) {
        if (value < INT64_MAX / 100) {
            value = value * 10 + (*p - '0');
        }
    }

    return negative ? -value : value;
}


static void
hr_json_decimal(hr_str_t text, hr_json_decimal_t *d)
{
    bool         seen, point;
    int64_t      before;
    const char  *p, *end;

    memset(d, 0, sizeof(hr_json_decimal_t));

    p = text.data;
    end = p + text.len;
    seen = false;
    point = false;
    before = 0;             /* digits in front of the point, behind leading 0s */

    if (p < end && *p == '-') {
        d->negative = true;
        p++;
    }

    for ( /* void */ ; p < end && (*p | 0x20) != 'e'; p++) {

        if (*p == '.') {
            point = true;
            continue;
        }

        seen = seen || *p != '0';

        if (!seen) {
            before -= point;
            continue;
        }

        if (d->first == NULL) {
            d->first = p;
        }
        before += !point;

        /* counts up to the last digit that is not 0 */
        if (*p != '0') {
            d->end = p + 1;
        }
    }

    if (d->first == NULL) {
        d->negative = false;
        return;
    }

    d->digits = (size_t) (d->end - d->first)
                - (memchr(d->first, '.', (size_t) (d->end - d->first)) != NULL);
    d->exponent = before;

    if (p < end) {
        d->exponent += hr_json_exponent(p + 1, end);
    }
}


bool
hr_json_int(const hr_json_t *node, int64_t *value)
{
    int                digit;
    int64_t            i, v;
    const char        *p;
    hr_json_decimal_t  d;

    if (!hr_json_is(node, HR_JSON_NUMBER)) {
        return false;
    }

    hr_json_decimal(node->text, &d);

    /* 19 digits are the most that fit */
    if (d.digits > 0
        && (d.exponent < (int64_t) d.digits || d.exponent > 19))
    {
        return false;
    }

    v = 0;
    p = d.first;

    /* summed up below zero, where there is one value more */
    for (i = 0; d.digits > 0 && i < d.exponent; i++) {
        digit = 0;
        if (p < d.end) {
            p += *p == '.';
            digit = *p++ - '0';
        }
        if (__builtin_mul_overflow(v, 10, &v)
            || __builtin_sub_overflow(v, digit, &v))
        {
            return false;
        }
    }

    if (!d.negative) {
        if (v == INT64_MIN) {
            return false;
        }
        v = -v;
    }

    *value = v;

    return true;
}


bool
hr_json_is_integer_literal(const hr_json_t *node)
{
    size_t  i;

    if (!hr_json_is(node, HR_JSON_NUMBER)) {
        return false;
    }

    for (i = 0; i < node->text.len; i++) {
        if (node->text.data[i] != '-'
            && (node->text.data[i] < '0' || node->text.data[i] > '9'))
        {
            return false;
        }
    }

    return true;
}


bool
hr_json_double(const hr_json_t *node, double *value)
{
    double  v;

    if (!hr_json_is(node, HR_JSON_NUMBER)) {
        return false;
    }

    /* the texts of numbers end in NUL, see hr_json_number() and the builders */
    v = strtod(node->text.data, NULL);
    if (!isfinite(v)) {
        return false;
    }

    *value = v;

    return true;
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


static bool
hr_json_number_equal(hr_str_t a, hr_str_t b)
{
    size_t             i;
    const char        *p, *q;
    hr_json_decimal_t  x, y;

    if (hr_str_eq(a, b)) {
        return true;
    }

    hr_json_decimal(a, &x);
    hr_json_decimal(b, &y);

    if (x.negative != y.negative || x.digits != y.digits
        || x.exponent != y.exponent)
    {
        return false;
    }

    p = x.first;
    q = y.first;

    for (i = 0; i < x.digits; i++) {
        p += *p == '.';
        q += *q == '.';
        if (*p++ != *q++) {
            return false;
        }
    }

    return true;
}


static bool  hr_json_equal_at(const hr_json_t *a, const hr_json_t *b,
    unsigned depth);


static int
hr_json_key_cmp(const void *one, const void *two)
{
    const hr_json_t  *a = *(const hr_json_t *const *) one;
    const hr_json_t  *b = *(const hr_json_t *const *) two;

    if (a->key.len != b->key.len) {
        return a->key.len < b->key.len ? -1 : 1;
    }

    return a->key.len == 0 ? 0 : memcmp(a->key.data, b->key.data, a->key.len);
}


/* Both objects have count members, in any order. */
static bool
hr_json_equal_sorted(const hr_json_t *a, const hr_json_t *b, unsigned depth)
{
    bool              equal;
    size_t            i, n;
    const hr_json_t  *p, *q, **nodes;

    n = a->count;
    nodes = malloc(2 * n * sizeof(hr_json_t *));
    if (nodes == NULL) {
        return false;
    }

    i = 0;
    for (p = a->first, q = b->first; p != NULL; p = p->next, q = q->next) {
        nodes[i] = p;
        nodes[n + i] = q;
        i++;
    }

    qsort(nodes, n, sizeof(hr_json_t *), hr_json_key_cmp);
    qsort(nodes + n, n, sizeof(hr_json_t *), hr_json_key_cmp);

    equal = true;
    for (i = 0; i < n && equal; i++) {
        equal = hr_str_eq(nodes[i]->key, nodes[n + i]->key)
                && hr_json_equal_at(nodes[i], nodes[n + i], depth);
    }

    free(nodes);

    return equal;
}


static bool
hr_json_equal_members(const hr_json_t *a, const hr_json_t *b, unsigned depth)
{
    const hr_json_t  *p, *q, *other;

    /* versions of one document mostly keep the order */
    q = b->first;
    for (p = a->first; p != NULL; p = p->next, q = q->next) {
        if (!hr_str_eq(p->key, q->key)) {
            break;
        }
    }

    if (p != NULL && a->count > HR_JSON_FEW_MEMBERS) {
        return hr_json_equal_sorted(a, b, depth);
    }

    q = b->first;
    for (p = a->first; p != NULL; p = p->next, q = q->next) {
        other = hr_str_eq(p->key, q->key) ? q : hr_json_get_str(b, p->key);
        if (other == NULL || !hr_json_equal_at(p, other, depth)) {
            return false;
        }
    }

    return true;
}


static bool
hr_json_equal_at(const hr_json_t *a, const hr_json_t *b, unsigned depth)
{
    const hr_json_t  *p, *q;

    if (a->type != b->type || a->count != b->count || depth == 0) {
        return false;
    }

    switch (a->type) {

    case HR_JSON_NULL:
        return true;

    case HR_JSON_BOOL:
        return a->boolean == b->boolean;

    case HR_JSON_NUMBER:
        return hr_json_number_equal(a->text, b->text);

    case HR_JSON_STRING:
        return hr_str_eq(a->text, b->text);

    case HR_JSON_OBJECT:
        return hr_json_equal_members(a, b, depth - 1);

    default:
        q = b->first;
        for (p = a->first; p != NULL; p = p->next, q = q->next) {
            if (!hr_json_equal_at(p, q, depth - 1)) {
                return false;
            }
        }
        return true;
    }
}


bool
hr_json_equal(const hr_json_t *a, const hr_json_t *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }

    return hr_json_equal_at(a, b, HR_JSON_EQUAL_DEPTH);
}


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
