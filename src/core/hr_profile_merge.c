/*
 * Taking an edited document back: a three-way merge of what is stored, the
 * read form that the client was given, and what it sent.
 *
 * Wherever the incoming value equals the read form, the stored form is kept,
 * at every depth; so an area stored as a text stays a text when one of its
 * tasks was edited.  A mistaken pairing of array elements can only choose
 * between two spellings of one value, never change the value.
 */

#include "hr_profile_career.h"
#include "hr_profile_internal.h"
#include "hr_text.h"

#include <stdlib.h>


typedef struct {
    uint64_t          hash;
    size_t            index;
    size_t            taken;        /* of the first slot of a hash: used ones behind it */
    const hr_json_t  *node;
    bool              used;
} hr_profile_slot_t;

/* The elements of the read form, for pairing with incoming ones. */
typedef struct {
    hr_profile_slot_t  *sorted;     /* by hash, then index */
    hr_profile_slot_t **by_index;
    const hr_json_t   **stored;     /* elements of the stored array, in step */
    size_t              count;
    size_t              next;       /* behind the last paired one */
} hr_profile_pairing_t;


hr_json_t *
hr_profile_copy(hr_profile_merger_t *m, const hr_json_t *node)
{
    hr_json_t  *copy;

    copy = hr_json_clone(m->arena, node);

    if (copy == NULL) {
        m->rc = HR_NOMEM;
    }

    return copy;
}


/* -- objects -- */

/*
 * Whether a member that only the read form has may go: not when it stands for
 * an older member that the client did not send back.
 */

static bool
hr_profile_overlay_goes(const hr_json_t *stored, const hr_json_t *incoming,
    hr_str_t key)
{
    size_t            i;
    const hr_json_t  *older;

    for (i = 0; i < hr_profile_nalias; i++) {

        if (!hr_str_eq(hr_profile_aliases[i].canonical, key)) {
            continue;
        }

        older = hr_json_get_str(stored, hr_profile_aliases[i].older);

        return hr_json_missing(older)
               || hr_json_get_str(incoming, hr_profile_aliases[i].older) != NULL;
    }

    return true;
}


static hr_json_t *
hr_profile_merge_object(hr_profile_merger_t *m, const hr_json_t *stored,
    const hr_json_t *read, const hr_json_t *incoming, unsigned depth)
{
    hr_json_t        *result, *value;
    hr_node_index_t   in_stored, in_read;
    const hr_json_t  *member, *s, *r;

    result = hr_json_new(m->arena, HR_JSON_OBJECT);

    if (result == NULL
        || hr_node_index(m->arena, stored, &in_stored) != HR_OK
        || hr_node_index(m->arena, read, &in_read) != HR_OK)
    {
        m->rc = HR_NOMEM;
        return NULL;
    }

    for (member = incoming->first; member != NULL; member = member->next) {

        s = hr_node_find(&in_stored, member->key);
        r = hr_node_find(&in_read, member->key);

        if (s == NULL && r != NULL && hr_json_equal(member, r)
            && hr_profile_overlay_goes(stored, incoming, member->key))
        {
            continue;
        }

        value = s == NULL ? hr_profile_copy(m, member)
                          : hr_profile_merge_value(m, s, r, member, depth);
        if (value == NULL) {
            return NULL;
        }

        hr_node_append(result, member->key, value);
    }

    return result;
}


/* -- arrays -- */

static int
hr_profile_compare_slots(const void *one, const void *two)
{
    const hr_profile_slot_t  *a = one, *b = two;

    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }

    return a->index < b->index ? -1 : a->index > b->index;
}


static hr_rc_t
hr_profile_pairing(hr_profile_merger_t *m, const hr_json_t *stored,
    const hr_json_t *read, hr_profile_pairing_t *p)
{
    size_t            i, n;
    const hr_json_t  *s, *r;

    n = read->count;
    memset(p, 0, sizeof(hr_profile_pairing_t));

    p->sorted = hr_arena_calloc(m->arena, (n + 1) * sizeof(hr_profile_slot_t));
    p->by_index = hr_arena_calloc(m->arena, (n + 1) * sizeof(void *));
    p->stored = hr_arena_calloc(m->arena, (n + 1) * sizeof(void *));

    if (p->sorted == NULL || p->by_index == NULL || p->stored == NULL) {
        return HR_NOMEM;
    }

    s = stored->first;
    i = 0;

    for (r = read->first; r != NULL; r = r->next) {
        p->sorted[i].hash = hr_node_hash(r);
        p->sorted[i].index = i;
        p->sorted[i].node = r;
        p->stored[i++] = s;
        s = s->next;
    }

    qsort(p->sorted, n, sizeof(hr_profile_slot_t), hr_profile_compare_slots);

    for (i = 0; i < n; i++) {
        p->by_index[p->sorted[i].index] = &p->sorted[i];
    }

    p->count = n;

    return HR_OK;
}


/* The first unused element that is equal to an incoming one. */

static hr_profile_slot_t *
hr_profile_find_equal(hr_profile_pairing_t *p, const hr_json_t *incoming)
{
    size_t               low, high, middle;
    uint64_t             hash;
    hr_profile_slot_t   *first;

    hash = hr_node_hash(incoming);
    low = 0;
    high = p->count;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (p->sorted[middle].hash < hash) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    if (low == p->count) {
        return NULL;
    }

    /* a thousand equal elements are not searched a thousand times */

    first = &p->sorted[low];
    low += first->taken;

    while (low < p->count && p->sorted[low].hash == hash) {

        if (!p->sorted[low].used
            && hr_json_equal(p->sorted[low].node, incoming))
        {
            if (&p->sorted[low] == first + first->taken) {
                first->taken++;
            }

            return &p->sorted[low];
        }

        low++;
    }

    return NULL;
}


/*
 * Elements that came back unchanged are found by content first; what remains
 * is paired in order, each with the next free element.
 */

static hr_json_t *
hr_profile_merge_array(hr_profile_merger_t *m, const hr_json_t *stored,
    const hr_json_t *read, const hr_json_t *incoming, unsigned depth)
{
    size_t                 i;
    hr_json_t             *result, *value;
    const hr_json_t       *item;
    hr_profile_slot_t     *slot, **pairs;
    hr_profile_pairing_t   p;

    result = hr_json_new(m->arena, HR_JSON_ARRAY);
    pairs = hr_arena_calloc(m->arena, (incoming->count + 1) * sizeof(void *));

    if (result == NULL || pairs == NULL
        || hr_profile_pairing(m, stored, read, &p) != HR_OK)
    {
        m->rc = HR_NOMEM;
        return NULL;
    }

    i = 0;

    for (item = incoming->first; item != NULL; item = item->next) {

        slot = hr_profile_find_equal(&p, item);

        if (slot != NULL) {
            slot->used = true;
        }

        pairs[i++] = slot;
    }

    i = 0;

    for (item = incoming->first; item != NULL; item = item->next) {

        slot = pairs[i++];

        if (slot == NULL) {
            while (p.next < p.count && p.by_index[p.next]->used) {
                p.next++;
            }

            if (p.next < p.count) {
                slot = p.by_index[p.next++];
                slot->used = true;
            }
        }

        value = slot == NULL
                ? hr_profile_copy(m, item)
                : hr_profile_merge_value(m, p.stored[slot->index], slot->node,
                                         item, depth);
        if (value == NULL) {
            return NULL;
        }

        hr_node_append(result, HR_STR_NULL, value);
    }

    return result;
}


static bool
hr_profile_same_number(const hr_json_t *a, const hr_json_t *b)
{
    double  x, y;

    /* a JavaScript client returns long numbers rounded to a double */

    return hr_json_double(a, &x) && hr_json_double(b, &y) && x == y;
}


hr_json_t *
hr_profile_merge_value(hr_profile_merger_t *m, const hr_json_t *stored,
    const hr_json_t *read, const hr_json_t *incoming, unsigned depth)
{
    if (stored == NULL || depth >= HR_NODE_DEPTH_MAX) {
        return hr_profile_copy(m, incoming);
    }

    if (hr_json_equal(incoming, read) || hr_json_equal(incoming, stored)
        || hr_profile_same_number(incoming, stored))
    {
        return hr_profile_copy(m, stored);
    }

    if (read == NULL || incoming->type != read->type
        || incoming->type != stored->type)
    {
        return hr_profile_copy(m, incoming);
    }

    if (incoming->type == HR_JSON_OBJECT) {
        return hr_profile_merge_object(m, stored, read, incoming, depth + 1);
    }

    if (incoming->type == HR_JSON_ARRAY && read->count == stored->count) {
        return hr_profile_merge_array(m, stored, read, incoming, depth + 1);
    }

    return hr_profile_copy(m, incoming);
}


/* -- the whole document -- */

static bool
hr_profile_one_of(hr_str_t key, const char *const *names)
{
    for ( ; *names != NULL; names++) {
        if (hr_str_eq(key, hr_str_from_c(*names))) {
            return true;
        }
    }

    return false;
}


/* A member of the answer that is no part of the document (7.1, 7.2). */

static bool
hr_profile_is_overlay(const hr_profile_merger_t *m, const hr_json_t *member)
{
    const hr_json_t  *part;

    if ((m->view & HR_VIEW_VIEWER)
        && hr_profile_one_of(member->key, hr_profile_viewer_members))
    {
        return true;
    }

    if (!(m->view & HR_VIEW_EDITOR)
        || !hr_str_eq(member->key, HR_STR("basic_info"))
        || member->type != HR_JSON_OBJECT)
    {
        return false;
    }

    for (part = member->first; part != NULL; part = part->next) {
        if (!hr_profile_one_of(part->key, hr_profile_basic_members)) {
            return false;
        }
    }

    return true;
}


/* Drops empty texts from arrays that hold only texts (9). */

static void
hr_profile_drop_empty(hr_json_t *node, unsigned depth)
{
    bool        texts, empty;
    hr_json_t  *child, *next;

    if (depth == 0) {
        return;
    }

    texts = node->type == HR_JSON_ARRAY;
    empty = false;

    for (child = node->first; child != NULL; child = child->next) {

        if (child->type != HR_JSON_STRING) {
            texts = false;
            hr_profile_drop_empty(child, depth - 1);

        } else if (child->text.len == 0) {
            empty = true;
        }
    }

    if (!texts || !empty) {
        return;
    }

    child = node->first;
    node->first = NULL;
    node->last = NULL;
    node->count = 0;

    for ( ; child != NULL; child = next) {
        next = child->next;

        if (child->text.len != 0) {
            hr_node_append(node, HR_STR_NULL, child);
        }
    }
}


/* What is stored for one top-level member; NULL with rc HR_OK: nothing. */

static hr_json_t *
hr_profile_merge_member(hr_profile_merger_t *m, const hr_json_t *stored,
    const hr_json_t *read, const hr_json_t *incoming)
{
    hr_json_t  *value;

    if (stored == NULL && hr_profile_is_overlay(m, incoming)) {
        return NULL;
    }

    if (stored != NULL && stored->type == HR_JSON_NULL
        && hr_profile_is_overlay(m, incoming))
    {
        return hr_profile_copy(m, stored);
    }

    if ((m->view & HR_VIEW_EDITOR)
        && hr_str_eq(incoming->key, HR_STR("careerogram")))
    {
        value = hr_career_merge(m, stored, read, incoming);

    } else {
        value = hr_profile_merge_value(m, stored, read, incoming, 1);
    }

    if (value == NULL || hr_json_equal(value, stored)) {
        return value;
    }

    hr_node_trim(value);

    if (hr_str_eq(incoming->key, HR_STR("professional_skills"))
        && hr_profile_level_texts(m->arena, value, m->voc) < 0)
    {
        m->rc = HR_NOMEM;
        return NULL;
    }

    hr_profile_drop_empty(value, HR_NODE_DEPTH_MAX);

    return hr_json_equal(value, stored) ? hr_profile_copy(m, stored) : value;
}


static hr_json_t *
hr_profile_merge_members(hr_profile_merger_t *m, const hr_json_t *stored,
    const hr_json_t *read, const hr_json_t *incoming)
{
    hr_json_t        *result, *value;
    hr_node_index_t   in_stored, in_read;
    const hr_json_t  *member;

    result = hr_json_new(m->arena, HR_JSON_OBJECT);

    if (result == NULL
        || hr_node_index(m->arena, stored, &in_stored) != HR_OK
        || hr_node_index(m->arena, read, &in_read) != HR_OK)
    {
        m->rc = HR_NOMEM;
        return NULL;
    }

    for (member = incoming->first; member != NULL; member = member->next) {

        value = hr_profile_merge_member(m,
                                        hr_node_find(&in_stored, member->key),
                                        hr_node_find(&in_read, member->key),
                                        member);
        if (m->rc != HR_OK) {
            return NULL;
        }

        if (value != NULL) {
            hr_node_append(result, member->key, value);
        }
    }

    return result;
}


/* Hidden reasoning members return behind their stored neighbour (4). */

static void
hr_profile_restore_reasoning(hr_profile_merger_t *m, const hr_json_t *stored,
    hr_json_t *result)
{
    hr_json_t        *copy, *before, *present;
    hr_node_index_t   in_result;
    const hr_json_t  *member;

    if (m->view & HR_VIEW_REASONING) {
        return;
    }

    if (hr_node_index(m->arena, result, &in_result) != HR_OK) {
        m->rc = HR_NOMEM;
        return;
    }

    before = NULL;

    for (member = stored->first; member != NULL; member = member->next) {

        present = (hr_json_t *) hr_node_find(&in_result, member->key);

        if (present != NULL) {
            before = present;

        } else if (hr_profile_is_reasoning(member->key)) {

            copy = hr_profile_copy(m, member);
            if (copy == NULL) {
                return;
            }

            hr_node_insert(result, before, member->key, copy);
            before = copy;
        }
    }
}


static hr_rc_t
hr_profile_count_changes(hr_arena_t *arena, const hr_json_t *stored,
    const hr_json_t *result, size_t *changed)
{
    size_t            common;
    hr_node_index_t   in_stored;
    const hr_json_t  *member, *old;

    if (hr_node_index(arena, stored, &in_stored) != HR_OK) {
        return HR_NOMEM;
    }

    common = 0;
    *changed = 0;

    for (member = result->first; member != NULL; member = member->next) {
        old = hr_node_find(&in_stored, member->key);
        common += old != NULL;
        *changed += old == NULL || !hr_json_equal(old, member);
    }

    *changed += stored->count - common;

    return HR_OK;
}


static hr_rc_t
hr_profile_stamp(hr_arena_t *arena, hr_json_t *document,
    const hr_profile_edit_t *edit)
{
    char        text[HR_TIME_MAX];
    size_t      len;
    hr_json_t  *metadata;

    metadata = hr_json_get(document, "metadata");

    /* a member made for the stamp alone would change the completeness score */

    if (!hr_json_is(metadata, HR_JSON_OBJECT)) {
        return HR_OK;
    }

    len = hr_time_format(edit->now, edit->layout, text);

    return hr_json_set(arena, metadata, "last_updated",
                       hr_json_new_str(arena, hr_str(text, len)));
}


/*
 * The time stamp is the server's: a client that saves twice without reading in
 * between sends the old one back, which is no edit.
 */

static hr_rc_t
hr_profile_keep_stamp(hr_arena_t *arena, const hr_json_t *stored,
    hr_json_t *incoming)
{
    hr_json_t        *metadata;
    const hr_json_t  *stamp;

    metadata = hr_json_get(incoming, "metadata");
    stamp = hr_json_path(stored, "metadata.last_updated");

    if (stamp == NULL || !hr_json_is(metadata, HR_JSON_OBJECT)) {
        return HR_OK;
    }

    return hr_json_set(arena, metadata, "last_updated",
                       hr_json_clone(arena, stamp));
}


/*
 * What came, as a copy.  A wrapper is taken for what is in it: stored as it is,
 * it would hide everything else from the next reader.
 */
static hr_json_t *
hr_profile_incoming(hr_arena_t *arena, const hr_json_t *incoming)
{
    hr_json_t     *copy;
    hr_profile_t   came;

    copy = hr_json_clone(arena, incoming);

    if (copy == NULL || hr_profile_from_tree(copy, &came) != HR_OK
        || !came.wrapped)
    {
        return copy;
    }

    copy = hr_json_clone(arena, came.document);

    if (copy != NULL) {
        copy->key = HR_STR_NULL;
    }

    return copy;
}


hr_rc_t
hr_profile_merge(hr_arena_t *arena, const hr_profile_t *stored,
    const hr_json_t *incoming, const hr_profile_edit_t *edit,
    hr_profile_merge_t *out)
{
    hr_rc_t               rc;
    hr_json_t            *read, *copy;
    hr_profile_merger_t   m;

    memset(out, 0, sizeof(hr_profile_merge_t));

    m.arena = arena;
    m.voc = edit->vocabulary;
    m.view = edit->view & ~HR_VIEW_WRAPPER;
    m.rc = HR_OK;

    if (!hr_json_is(incoming, HR_JSON_OBJECT)) {
        return HR_INVALID;
    }

    read = hr_profile_view(arena, stored, m.voc, m.view);
    copy = hr_profile_incoming(arena, incoming);

    if (read == NULL || copy == NULL
        || hr_profile_keep_stamp(arena, stored->document, copy) != HR_OK)
    {
        return HR_NOMEM;
    }

    hr_node_trim(read);
    hr_node_trim(copy);

    out->document = hr_profile_merge_members(&m, stored->document, read, copy);

    if (out->document != NULL) {
        hr_profile_restore_reasoning(&m, stored->document, out->document);
    }

    if (m.rc != HR_OK) {
        out->document = NULL;
        return m.rc;
    }

    rc = hr_profile_count_changes(arena, stored->document, out->document,
                                  &out->members);

    if (rc == HR_OK && out->members != 0) {
        out->changed = true;
        rc = hr_profile_stamp(arena, out->document, edit);
    }

    return rc;
}
