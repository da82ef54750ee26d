#include <stdlib.h>

#include "hr_node.h"
#include "hr_text.h"


#define HR_NODE_FEW_MEMBERS  16
#define HR_NODE_TEXT_MAX     (1024u * 1024)


void
hr_node_append(hr_json_t *container, hr_str_t key, hr_json_t *value)
{
    value->key = key;
    value->parent = container;
    value->next = NULL;

    if (container->last == NULL) {
        container->first = value;

    } else {
        container->last->next = value;
    }

    container->last = value;
    container->count++;
}


void
hr_node_insert(hr_json_t *object, hr_json_t *after, hr_str_t key,
    hr_json_t *value)
{
    if (after == object->last) {
        hr_node_append(object, key, value);
        return;
    }

    value->key = key;
    value->parent = object;

    if (after == NULL) {
        value->next = object->first;
        object->first = value;

    } else {
        value->next = after->next;
        after->next = value;
    }

    object->count++;
}


void
hr_node_replace(hr_json_t *old, hr_json_t *value)
{
    hr_json_t  *parent, **link;

    parent = old->parent;

    for (link = &parent->first; *link != old; link = &(*link)->next) {
        /* void */
    }

    value->key = old->key;
    value->parent = parent;
    value->next = old->next;
    *link = value;

    if (parent->last == old) {
        parent->last = value;
    }

    old->parent = NULL;
    old->next = NULL;
}


static int
hr_node_compare_keys(hr_str_t a, hr_str_t b)
{
    if (a.len != b.len) {
        return a.len < b.len ? -1 : 1;
    }

    return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}


static int
hr_node_compare(const void *one, const void *two)
{
    const hr_json_t  *a = *(const hr_json_t *const *) one;
    const hr_json_t  *b = *(const hr_json_t *const *) two;

    return hr_node_compare_keys(a->key, b->key);
}


hr_rc_t
hr_node_index(hr_arena_t *arena, const hr_json_t *object, hr_node_index_t *index)
{
    size_t            i;
    const hr_json_t  *member;

    index->object = object;
    index->sorted = NULL;
    index->count = 0;

    if (!hr_json_is(object, HR_JSON_OBJECT)
        || object->count <= HR_NODE_FEW_MEMBERS)
    {
        return HR_OK;
    }

    index->sorted = hr_arena_alloc(arena, object->count * sizeof(hr_json_t *));
    if (index->sorted == NULL) {
        return HR_NOMEM;
    }

    i = 0;

    for (member = object->first; member != NULL; member = member->next) {
        index->sorted[i++] = member;
    }

    index->count = i;
    qsort(index->sorted, i, sizeof(hr_json_t *), hr_node_compare);

    return HR_OK;
}


const hr_json_t *
hr_node_find(const hr_node_index_t *index, hr_str_t key)
{
    int     cmp;
    size_t  low, high, middle;

    if (index->sorted == NULL) {
        return hr_json_get_str(index->object, key);
    }

    low = 0;
    high = index->count;

    while (low < high) {
        middle = low + (high - low) / 2;
        cmp = hr_node_compare_keys(key, index->sorted[middle]->key);

        if (cmp == 0) {
            return index->sorted[middle];
        }

        if (cmp < 0) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return NULL;
}


static uint64_t
hr_node_mix(uint64_t h)
{
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdULL;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53ULL;

    return h ^ (h >> 33);
}


static uint64_t
hr_node_hash_text(hr_str_t text)
{
    size_t    i;
    uint64_t  h, eight;

    h = 0xcbf29ce484222325ULL ^ text.len;

    for (i = 0; text.len - i >= sizeof(eight); i += sizeof(eight)) {
        memcpy(&eight, text.data + i, sizeof(eight));
        h = (h ^ eight) * 0x9e3779b97f4a7c15ULL;
        h ^= h >> 32;
    }

    for ( /* void */ ; i < text.len; i++) {
        h = (h ^ (unsigned char) text.data[i]) * 0x100000001b3ULL;
    }

    return hr_node_mix(h);
}


static uint64_t
hr_node_hash_number(const hr_json_t *node)
{
    double    value;
    uint64_t  bits;

    /* numbers are equal by value, whatever their spelling */

    if (!hr_json_double(node, &value)) {
        return 1;
    }

    value += 0.0;
    memcpy(&bits, &value, sizeof(bits));

    return value == 0.0 ? 2 : hr_node_mix(bits);
}


static uint64_t
hr_node_hash_at(const hr_json_t *node, unsigned depth)
{
    uint64_t          h;
    const hr_json_t  *child;

    if (depth == 0) {
        return 0;
    }

    switch (node->type) {

    case HR_JSON_BOOL:
        return hr_node_mix(node->boolean ? 11 : 12);

    case HR_JSON_NUMBER:
        return hr_node_mix(hr_node_hash_number(node) + 13);

    case HR_JSON_STRING:
        return hr_node_mix(hr_node_hash_text(node->text) + 14);

    case HR_JSON_ARRAY:
        h = 15;

        for (child = node->first; child != NULL; child = child->next) {
            h = hr_node_mix(h * 31 + hr_node_hash_at(child, depth - 1));
        }

        return h;

    case HR_JSON_OBJECT:
        h = 16;

        /* a sum, because members are equal in any order */

        for (child = node->first; child != NULL; child = child->next) {
            h += hr_node_mix(hr_node_hash_text(child->key) * 31
                             + hr_node_hash_at(child, depth - 1));
        }

        return hr_node_mix(h);

    default:
        return 17;
    }
}


uint64_t
hr_node_hash(const hr_json_t *node)
{
    return node == NULL ? 0 : hr_node_hash_at(node, HR_NODE_DEPTH_MAX);
}


static void
hr_node_trim_at(hr_json_t *node, unsigned depth)
{
    hr_json_t  *child;

    if (node->type == HR_JSON_STRING) {
        node->text = hr_trim(node->text);
        return;
    }

    if (depth == 0) {
        return;
    }

    for (child = node->first; child != NULL; child = child->next) {
        hr_node_trim_at(child, depth - 1);
    }
}


void
hr_node_trim(hr_json_t *node)
{
    hr_node_trim_at(node, HR_NODE_DEPTH_MAX);
}


static hr_str_t
hr_node_compact(hr_arena_t *arena, const hr_json_t *node)
{
    hr_buf_t  buf;
    hr_str_t  text;

    hr_buf_init(&buf, HR_NODE_TEXT_MAX);

    text = HR_STR_NULL;

    if (hr_json_write(node, HR_JSON_COMPACT, &buf) == HR_OK) {
        text = hr_arena_str(arena, hr_buf_view(&buf));
    }

    hr_buf_release(&buf);

    return text;
}


hr_str_t
hr_node_text(hr_arena_t *arena, const hr_json_t *node)
{
    int64_t   number;

    if (node == NULL) {
        return HR_STR("");
    }

    switch (node->type) {

    case HR_JSON_NULL:
        return HR_STR("");

    case HR_JSON_BOOL:
        return node->boolean ? HR_STR("true") : HR_STR("false");

    case HR_JSON_STRING:
        return node->text.data == NULL ? HR_STR("") : node->text;

    case HR_JSON_NUMBER:
        if (!hr_json_is_integer_literal(node) && hr_json_int(node, &number)) {
            return hr_arena_printf(arena, "%lld", (long long) number);
        }

        return node->text;

    default:
        return hr_node_compact(arena, node);
    }
}
