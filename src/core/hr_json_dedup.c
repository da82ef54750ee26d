/*
 * Repeated members of an object, looked for when it is closed: the last value
 * wins at the place of the first.
 */

#include <stdlib.h>

#include "hr_json_reader.h"

#define HR_JSON_FEW_MEMBERS  16     /* up to here, compare each with each */


/* The later of two members of one name goes into the node of the earlier. */
static void
hr_json_replace(hr_json_t *node, hr_json_t *later)
{
    hr_json_t  *child;

    node->type = later->type;
    node->boolean = later->boolean;
    node->count = later->count;
    node->text = later->text;
    node->first = later->first;
    node->last = later->last;

    for (child = node->first; child != NULL; child = child->next) {
        child->parent = node;
    }

    later->parent = NULL;           /* to be dropped */
}


static void
hr_json_drop_replaced(hr_json_t *object)
{
    hr_json_t  *node, **link;

    link = &object->first;
    object->last = NULL;
    object->count = 0;

    while ((node = *link) != NULL) {
        if (node->parent == NULL) {
            *link = node->next;
            continue;
        }
        object->last = node;
        object->count++;
        link = &node->next;
    }
}


static size_t
hr_json_dedup_few(hr_json_t *object)
{
    size_t      found;
    hr_json_t  *a, *b;

    found = 0;

    for (b = object->first; b != NULL; b = b->next) {
        for (a = object->first; a != b; a = a->next) {
            if (a->parent != NULL && hr_str_eq(a->key, b->key)) {
                hr_json_replace(a, b);
                found++;
                break;
            }
        }
    }

    return found;
}


static int
hr_json_member_cmp(const void *one, const void *two)
{
    int                      rc;
    const hr_json_member_t  *a = one, *b = two;

    if (a->node->key.len != b->node->key.len) {
        return a->node->key.len < b->node->key.len ? -1 : 1;
    }

    rc = memcmp(a->node->key.data, b->node->key.data, a->node->key.len);
    if (rc != 0) {
        return rc;
    }

    return a->index < b->index ? -1 : a->index > b->index;
}


/* Sorting has no bad case that a sender could choose, unlike a hash table. */
static hr_rc_t
hr_json_dedup_many(hr_json_reader_t *r, hr_json_t *object, size_t *found)
{
    size_t             i, first, n;
    hr_json_t         *node;
    hr_json_member_t  *members;

    n = object->count;

    if (r->members_size < n) {
        members = realloc(r->members, n * sizeof(hr_json_member_t));
        if (members == NULL) {
            return hr_json_fail_limit(r, HR_NOMEM, "Out of memory");
        }
        r->members = members;
        r->members_size = n;
    }

    members = r->members;
    i = 0;
    for (node = object->first; node != NULL; node = node->next) {
        members[i].node = node;
        members[i].index = (uint32_t) i;
        i++;
    }

    qsort(members, n, sizeof(hr_json_member_t), hr_json_member_cmp);

    first = 0;
    for (i = 1; i < n; i++) {
        if (hr_str_eq(members[first].node->key, members[i].node->key)) {
            hr_json_replace(members[first].node, members[i].node);
            (*found)++;
        } else {
            first = i;
        }
    }

    return HR_OK;
}


hr_rc_t
hr_json_dedup(hr_json_reader_t *r, hr_json_t *object)
{
    size_t   found;
    hr_rc_t  rc;

    found = 0;

    if (object->count <= HR_JSON_FEW_MEMBERS) {
        found = hr_json_dedup_few(object);

    } else {
        rc = hr_json_dedup_many(r, object, &found);
        if (rc != HR_OK) {
            return rc;
        }
    }

    if (found > 0) {
        hr_json_drop_replaced(object);
        r->info->duplicates += found;
    }

    return HR_OK;
}
