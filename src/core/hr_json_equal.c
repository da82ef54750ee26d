/*
 * Deep equality of JSON trees.
 */

#include <stdlib.h>

#include "hr_json.h"
#include "hr_json_number.h"

#define HR_JSON_EQUAL_DEPTH  1000
#define HR_JSON_FEW_MEMBERS  16


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
