/*
 * The comparison itself: a walk over both documents that records changes with
 * their paths.  How they are told is in hr_diff_text.c.
 */

#include "hr_align.h"
#include "hr_diff.h"
#include "hr_finding.h"
#include "hr_node.h"
#include "hr_profile.h"


typedef struct {
    hr_arena_t         *arena;
    hr_diff_change_t   *items;
    size_t              count;
    size_t              capacity;
    hr_path_t           old_path, new_path;
    hr_path_t           labels;
    hr_str_t            section;
    unsigned            top;        /* depth at which the walk begins */
    hr_align_budget_t   budget;
    hr_rc_t             rc;         /* HR_LIMIT: do it more coarsely */
} hr_differ_t;


static void
hr_diff_node(hr_differ_t *d, const hr_json_t *old_value,
    const hr_json_t *new_value, unsigned depth);


static bool
hr_diff_grow(hr_differ_t *d)
{
    size_t             capacity;
    hr_diff_change_t  *items;

    if (d->count == HR_DIFF_CHANGES_MAX) {
        d->rc = HR_LIMIT;
        return false;
    }

    if (d->count < d->capacity) {
        return true;
    }

    capacity = d->capacity == 0 ? 32 : d->capacity * 2;
    items = hr_arena_alloc(d->arena, capacity * sizeof(hr_diff_change_t));

    if (items == NULL) {
        d->rc = HR_NOMEM;
        return false;
    }

    if (d->count != 0) {
        memcpy(items, d->items, d->count * sizeof(hr_diff_change_t));
    }

    d->items = items;
    d->capacity = capacity;

    return true;
}


static void
hr_diff_record(hr_differ_t *d, hr_diff_kind_t kind, const hr_json_t *old_value,
    const hr_json_t *new_value)
{
    hr_diff_change_t  *change;

    if (d->rc != HR_OK || !hr_diff_grow(d)) {
        return;
    }

    change = &d->items[d->count];
    change->kind = kind;
    change->path = hr_arena_str(d->arena, hr_path_str(kind == HR_DIFF_REMOVED
                                                      ? &d->old_path
                                                      : &d->new_path));
    change->labels = hr_arena_str(d->arena, hr_path_str(&d->labels));
    change->section = d->section;
    change->old_value = old_value;
    change->new_value = new_value;

    if (change->path.data == NULL || change->labels.data == NULL) {
        d->rc = HR_NOMEM;
        return;
    }

    d->count++;
}


/* -- paths: all three go down and up together -- */

typedef struct {
    size_t  old_len, new_len, labels_len;
} hr_diff_mark_t;


static hr_diff_mark_t
hr_diff_enter_member(hr_differ_t *d, hr_str_t name)
{
    hr_diff_mark_t  mark;

    mark.old_len = hr_path_member(&d->old_path, name);
    mark.new_len = hr_path_member(&d->new_path, name);
    mark.labels_len = hr_path_member(&d->labels, name);

    return mark;
}


static hr_diff_mark_t
hr_diff_enter_index(hr_differ_t *d, size_t old_index, size_t new_index)
{
    hr_diff_mark_t  mark;

    mark.old_len = hr_path_index(&d->old_path, old_index);
    mark.new_len = hr_path_index(&d->new_path, new_index);
    mark.labels_len = d->labels.len;

    return mark;
}


static void
hr_diff_leave(hr_differ_t *d, hr_diff_mark_t mark)
{
    hr_path_cut(&d->old_path, mark.old_len);
    hr_path_cut(&d->new_path, mark.new_len);
    hr_path_cut(&d->labels, mark.labels_len);
}


static void
hr_diff_object(hr_differ_t *d, const hr_json_t *old_value,
    const hr_json_t *new_value, unsigned depth)
{
    hr_diff_mark_t    mark;
    const hr_json_t  *member, *other;
    hr_node_index_t   in_old, in_new;

    if (hr_node_index(d->arena, old_value, &in_old) != HR_OK
        || hr_node_index(d->arena, new_value, &in_new) != HR_OK)
    {
        d->rc = HR_NOMEM;
        return;
    }

    for (member = new_value->first; member != NULL && d->rc == HR_OK;
         member = member->next)
    {
        if (depth == d->top) {
            d->section = member->key;
        }

        other = hr_node_find(&in_old, member->key);
        mark = hr_diff_enter_member(d, member->key);

        if (other == NULL) {
            hr_diff_record(d, HR_DIFF_ADDED, NULL, member);

        } else {
            hr_diff_node(d, other, member, depth + 1);
        }

        hr_diff_leave(d, mark);
    }

    for (member = old_value->first; member != NULL && d->rc == HR_OK;
         member = member->next)
    {
        if (hr_node_find(&in_new, member->key) != NULL) {
            continue;
        }

        if (depth == d->top) {
            d->section = member->key;
        }

        mark = hr_diff_enter_member(d, member->key);
        hr_diff_record(d, HR_DIFF_REMOVED, member, NULL);
        hr_diff_leave(d, mark);
    }
}


/*
 * An element that is removed in one place and added in another was moved.
 * Marks both steps as kept; true when there was one.
 */

static bool
hr_diff_find_moved(const hr_align_t *align, hr_align_budget_t *budget)
{
    bool              moved;
    size_t            i, k;
    hr_align_step_t  *removed, *added;

    moved = false;

    for (i = 0; i < align->count; i++) {
        removed = &align->steps[i];

        if (removed->op != HR_ALIGN_REMOVE) {
            continue;
        }

        for (k = 0; k < align->count && budget->pairs > 0; k++) {
            added = &align->steps[k];

            if (added->op != HR_ALIGN_ADD) {
                continue;
            }

            budget->pairs--;

            if (hr_json_equal(removed->old_value, added->new_value)) {
                removed->op = HR_ALIGN_KEEP;
                added->op = HR_ALIGN_KEEP;
                moved = true;
                break;
            }
        }
    }

    return moved;
}


static void
hr_diff_array(hr_differ_t *d, const hr_json_t *old_value,
    const hr_json_t *new_value, unsigned depth)
{
    size_t            i;
    hr_align_t        align;
    hr_diff_mark_t    mark;
    hr_align_step_t  *step;

    if (hr_align(d->arena, old_value, new_value, &d->budget, &align) != HR_OK) {
        d->rc = HR_NOMEM;
        return;
    }

    if (hr_diff_find_moved(&align, &d->budget)) {
        hr_diff_record(d, HR_DIFF_MOVED, old_value, new_value);
    }

    for (i = 0; i < align.count && d->rc == HR_OK; i++) {
        step = &align.steps[i];

        if (step->op == HR_ALIGN_KEEP) {
            continue;
        }

        mark = hr_diff_enter_index(d, step->old_index, step->new_index);

        if (step->op == HR_ALIGN_CHANGE) {
            hr_diff_node(d, step->old_value, step->new_value, depth + 1);

        } else {
            hr_diff_record(d, step->op == HR_ALIGN_ADD ? HR_DIFF_ADDED
                                                       : HR_DIFF_REMOVED,
                           step->old_value, step->new_value);
        }

        hr_diff_leave(d, mark);
    }
}


/* A text against an array of texts (area, 2.1): the text is its one element. */

static const hr_json_t *
hr_diff_as_array(hr_differ_t *d, const hr_json_t *value)
{
    hr_json_t  *array, *copy;

    if (value->type == HR_JSON_ARRAY) {
        return value;
    }

    array = hr_json_new(d->arena, HR_JSON_ARRAY);
    copy = hr_json_clone(d->arena, value);

    if (array == NULL || copy == NULL) {
        d->rc = HR_NOMEM;
        return NULL;
    }

    hr_node_append(array, HR_STR_NULL, copy);

    return array;
}


static void
hr_diff_node(hr_differ_t *d, const hr_json_t *old_value,
    const hr_json_t *new_value, unsigned depth)
{
    const hr_json_t  *one, *two;

    /* two spellings of a careerogram are one content (2.4) */

    if (depth == d->top + 1
        && hr_str_eq(d->section, HR_STR("careerogram"))) {
        old_value = hr_profile_career(d->arena, old_value);
        new_value = hr_profile_career(d->arena, new_value);

        if (old_value == NULL || new_value == NULL) {
            d->rc = HR_NOMEM;
            return;
        }
    }

    if (d->rc != HR_OK || hr_json_equal(old_value, new_value)) {
        return;
    }

    if (depth < HR_NODE_DEPTH_MAX) {

        if (old_value->type == HR_JSON_OBJECT
            && new_value->type == HR_JSON_OBJECT)
        {
            hr_diff_object(d, old_value, new_value, depth);
            return;
        }

        if (old_value->type == HR_JSON_ARRAY && new_value->type == HR_JSON_ARRAY)
        {
            hr_diff_array(d, old_value, new_value, depth);
            return;
        }

        if ((old_value->type == HR_JSON_STRING
             && new_value->type == HR_JSON_ARRAY)
            || (old_value->type == HR_JSON_ARRAY
                && new_value->type == HR_JSON_STRING))
        {
            one = hr_diff_as_array(d, old_value);
            two = hr_diff_as_array(d, new_value);

            if (d->rc == HR_OK && !hr_json_equal(one, two)) {
                hr_diff_array(d, one, two, depth);
            }

            return;
        }
    }

    hr_diff_record(d, HR_DIFF_MODIFIED, old_value, new_value);
}


static void
hr_diff_run(hr_differ_t *d, hr_arena_t *arena, unsigned top,
    const hr_json_t *old_document, const hr_json_t *new_document)
{
    memset(d, 0, sizeof(hr_differ_t));
    d->arena = arena;
    d->top = top;
    d->section = HR_STR("");
    hr_align_budget(&d->budget);
    hr_path_reset(&d->old_path);
    hr_path_reset(&d->new_path);
    hr_path_reset(&d->labels);

    hr_diff_node(d, old_document, new_document, top);
}


hr_rc_t
hr_diff(hr_arena_t *arena, const hr_json_t *old_document,
    const hr_json_t *new_document, hr_diff_t *out)
{
    hr_differ_t  d;

    memset(out, 0, sizeof(hr_diff_t));

    hr_diff_run(&d, arena, 0, old_document, new_document);

    if (d.rc == HR_LIMIT) {

        /* top-level members at the limit of depth: none is looked into */

        hr_diff_run(&d, arena, HR_NODE_DEPTH_MAX - 1, old_document,
                    new_document);
        d.budget.coarse = true;

        /* thousands of unknown members: the first ones stand for all */

        if (d.rc == HR_LIMIT) {
            d.rc = HR_OK;
        }
    }

    if (d.rc != HR_OK) {
        return d.rc;
    }

    out->items = d.items;
    out->count = d.count;
    out->coarse = d.budget.coarse;

    return HR_OK;
}


static size_t
hr_diff_count_leaves(const hr_json_t *node, unsigned depth)
{
    size_t            n;
    const hr_json_t  *child;

    if (node == NULL) {
        return 0;
    }

    if ((node->type != HR_JSON_OBJECT && node->type != HR_JSON_ARRAY)
        || depth == 0)
    {
        return 1;
    }

    n = 0;

    for (child = node->first; child != NULL; child = child->next) {
        n += hr_diff_count_leaves(child, depth - 1);
    }

    return n;
}


size_t
hr_diff_leaf_count(const hr_json_t *document)
{
    return hr_diff_count_leaves(document, HR_NODE_DEPTH_MAX);
}


size_t
hr_diff_leaves(const hr_diff_t *diff)
{
    size_t                   i, n, before, after;
    const hr_diff_change_t  *change;

    n = 0;

    for (i = 0; i < diff->count; i++) {
        change = &diff->items[i];

        if (change->kind == HR_DIFF_MOVED) {
            continue;
        }

        before = hr_diff_leaf_count(change->old_value);
        after = hr_diff_leaf_count(change->new_value);
        n += before > after ? before : after;
    }

    return n;
}
