/*
 * Helpers on JSON trees that document code shares: building without a search
 * per member, looking members up in large objects, hashing by content.
 */

#ifndef HR_NODE_H
#define HR_NODE_H

#include "hr_json.h"


#define HR_NODE_DEPTH_MAX  200      /* of every recursion over a tree */

/*
 * Appends a member or an element without looking for an equal name, which the
 * caller knows to be absent.  key is not copied.  value must have no parent.
 */
void hr_node_append(hr_json_t *container, hr_str_t key, hr_json_t *value);
/* Puts a member behind another one; after == NULL: in front. */
void hr_node_insert(hr_json_t *object, hr_json_t *after, hr_str_t key,
    hr_json_t *value);
/* Puts value in the place of old, which then has no parent. */
void hr_node_replace(hr_json_t *old, hr_json_t *value);

/*
 * Member lookup by name in O(log n) after O(n log n), for objects of any size
 * that somebody else wrote.  object may be NULL.
 */
typedef struct {
    const hr_json_t   *object;
    const hr_json_t  **sorted;      /* NULL: few members, searched one by one */
    size_t             count;       /* of sorted; members added later are not found */
} hr_node_index_t;

hr_rc_t hr_node_index(hr_arena_t *arena, const hr_json_t *object,
    hr_node_index_t *index);
const hr_json_t *hr_node_find(const hr_node_index_t *index, hr_str_t key);

/* Equal trees (hr_json_equal) have equal hashes. */
uint64_t hr_node_hash(const hr_json_t *node);

/* Trims every string of a tree in place. */
void hr_node_trim(hr_json_t *node);

/*
 * A value as plain text: a string as it is, a number as written without a
 * trailing ".0", "true"/"false", "" for null and NULL, else compact JSON.
 * {0, NULL}: the arena is full.
 */
hr_str_t hr_node_text(hr_arena_t *arena, const hr_json_t *node);

#endif /* HR_NODE_H */
