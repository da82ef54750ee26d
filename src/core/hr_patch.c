#include "hr_align.h"
#include "hr_node.h"
#include "hr_patch.h"
#include "hr_text.h"


/* -- making -- */

typedef struct {
    hr_arena_t         *arena;
    hr_json_t          *ops;
    hr_buf_t            pointer;
    hr_align_budget_t   budget;
    hr_rc_t             rc;     /* HR_LIMIT: do it more coarsely */
} hr_patcher_t;


static void
hr_patch_node(hr_patcher_t *p, const hr_json_t *old_value,
    const hr_json_t *new_value, unsigned depth);


/* Appends "/token"; returns the length to go back to. */

static size_t
hr_patch_push(hr_patcher_t *p, hr_str_t token)
{
    size_t  i, before;

    before = p->pointer.len;
    hr_buf_char(&p->pointer, '/');

    for (i = 0; i < token.len; i++) {

        if (token.data[i] == '~') {
            hr_buf_c(&p->pointer, "~0");

        } else if (token.data[i] == '/') {
            hr_buf_c(&p->pointer, "~1");

        } else {
            hr_buf_char(&p->pointer, token.data[i]);
        }
    }

    if (p->pointer.err != HR_OK && p->rc == HR_OK) {
        p->rc = p->pointer.err;
    }

    return before;
}


static size_t
hr_patch_push_index(hr_patcher_t *p, size_t index)
{
    size_t  before;

    before = p->pointer.len;

    if (hr_buf_printf(&p->pointer, "/%zu", index) != HR_OK && p->rc == HR_OK) {
        p->rc = p->pointer.err;
    }

    return before;
}


static void
hr_patch_pop(hr_patcher_t *p, size_t before)
{
    p->pointer.len = before;
}


/* value NULL: an operation without one */

static void
hr_patch_emit(hr_patcher_t *p, const char *name, const hr_json_t *value)
{
    hr_rc_t     rc;
    hr_json_t  *op;

    if (p->rc != HR_OK) {
        return;
    }

    if (p->ops->count == HR_PATCH_OPS_MAX) {
        p->rc = HR_LIMIT;
        return;
    }

    op = hr_json_new(p->arena, HR_JSON_OBJECT);

    if (op == NULL) {
        p->rc = HR_NOMEM;
        return;
    }

    rc = hr_json_set(p->arena, op, "op",
                     hr_json_new_str(p->arena, hr_str_from_c(name)));

    if (rc == HR_OK) {
        rc = hr_json_set(p->arena, op, "path",
                         hr_json_new_str(p->arena, p->pointer.len == 0
                                         ? HR_STR("")
                                         : hr_buf_view(&p->pointer)));
    }

    if (rc == HR_OK && value != NULL) {
        rc = hr_json_set(p->arena, op, "value", hr_json_clone(p->arena, value));
    }

    if (rc == HR_OK) {
        rc = hr_json_push(p->ops, op);
    }

    p->rc = rc;
}


static void
hr_patch_object(hr_patcher_t *p, const hr_json_t *old_value,
    const hr_json_t *new_value, unsigned depth)
{
    size_t            before;
    const hr_json_t  *member, *other;
    hr_node_index_t   in_old, in_new;

    if (hr_node_index(p->arena, old_value, &in_old) != HR_OK
        || hr_node_index(p->arena, new_value, &in_new) != HR_OK)
    {
        p->rc = HR_NOMEM;
        return;
    }

    for (member = old_value->first; member != NULL && p->rc == HR_OK;
         member = member->next)
    {
        if (hr_node_find(&in_new, member->key) == NULL) {
            before = hr_patch_push(p, member->key);
            hr_patch_emit(p, "remove", NULL);
            hr_patch_pop(p, before);
        }
    }

    for (member = new_value->first; member != NULL && p->rc == HR_OK;
         member = member->next)
    {
        other = hr_node_find(&in_old, member->key);
        before = hr_patch_push(p, member->key);

        if (other == NULL) {
            hr_patch_emit(p, "add", member);

        } else {
            hr_patch_node(p, other, member, depth + 1);
        }

        hr_patch_pop(p, before);
    }
}


/*
 * Operations are applied one after the other, so an index is that of the
 * array as the operations before have left it.
 */

static void
hr_patch_array(hr_patcher_t *p, const hr_json_t *old_value,
    const hr_json_t *new_value, unsigned depth)
{
    size_t            i, index, before;
    hr_align_t        align;
    hr_align_step_t  *step;

    if (hr_align(p->arena, old_value, new_value, &p->budget, &align) != HR_OK) {
        p->rc = HR_NOMEM;
        return;
    }

    index = 0;

    for (i = 0; i < align.count && p->rc == HR_OK; i++) {
        step = &align.steps[i];

        if (step->op == HR_ALIGN_KEEP) {
            index++;
            continue;
        }

        before = hr_patch_push_index(p, index);

        switch (step->op) {

        case HR_ALIGN_CHANGE:
            hr_patch_node(p, step->old_value, step->new_value, depth + 1);
            index++;
            break;

        case HR_ALIGN_ADD:
            hr_patch_emit(p, "add", step->new_value);
            index++;
            break;

        default:
            hr_patch_emit(p, "remove", NULL);
            break;
        }

        hr_patch_pop(p, before);
    }
}


static void
hr_patch_node(hr_patcher_t *p, const hr_json_t *old_value,
    const hr_json_t *new_value, unsigned depth)
{
    if (p->rc != HR_OK || hr_json_equal(old_value, new_value)) {
        return;
    }

    if (old_value->type != new_value->type || depth >= HR_NODE_DEPTH_MAX) {
        hr_patch_emit(p, "replace", new_value);

    } else if (new_value->type == HR_JSON_OBJECT) {
        hr_patch_object(p, old_value, new_value, depth);

    } else if (new_value->type == HR_JSON_ARRAY) {
        hr_patch_array(p, old_value, new_value, depth);

    } else {
        hr_patch_emit(p, "replace", new_value);
    }
}


/* depth: that at which values are replaced instead of looked into */

static hr_rc_t
hr_patch_try(hr_arena_t *arena, const hr_json_t *old_document,
    const hr_json_t *new_document, unsigned levels, hr_json_t **out)
{
    hr_patcher_t  p;

    p.arena = arena;
    p.rc = HR_OK;
    p.ops = hr_json_new(arena, HR_JSON_ARRAY);

    if (p.ops == NULL) {
        return HR_NOMEM;
    }

    hr_align_budget(&p.budget);
    hr_buf_init(&p.pointer, HR_PATCH_POINTER_MAX);
    hr_patch_node(&p, old_document, new_document, HR_NODE_DEPTH_MAX - levels);
    hr_buf_release(&p.pointer);

    *out = p.ops;

    return p.rc;
}


hr_rc_t
hr_patch_make(hr_arena_t *arena, const hr_json_t *old_document,
    const hr_json_t *new_document, hr_json_t **out)
{
    hr_rc_t  rc;
    size_t   i;

    /* in full; one operation for a top-level member; one for the document */

    static const unsigned  levels[] = { HR_NODE_DEPTH_MAX, 1, 0 };

    rc = HR_LIMIT;

    for (i = 0; i < 3 && rc == HR_LIMIT; i++) {
        rc = hr_patch_try(arena, old_document, new_document, levels[i], out);
    }

    if (rc != HR_OK) {
        *out = NULL;
    }

    return rc;
}


/* -- applying -- */

typedef struct {
    hr_arena_t  *arena;
    hr_json_t   *root;
    hr_diag_t   *diag;
    size_t       number;        /* of the operation, for the diagnostic */
} hr_applier_t;

/* Where a pointer leads: parent == NULL is the whole document. */
typedef struct {
    hr_json_t  *parent;
    hr_str_t    token;
    hr_json_t  *node;           /* NULL: not there (yet) */
    size_t      index;          /* in an array; count for "-" */
} hr_place_t;


static hr_rc_t
hr_patch_fail(hr_applier_t *ap, hr_rc_t rc, const char *text)
{
    return hr_diag_set(ap->diag, rc, "operation %zu: %s", ap->number, text);
}


/* Decodes "~1" and "~0"; data == NULL: a bad escape or no memory. */

static hr_str_t
hr_patch_token(hr_arena_t *arena, hr_str_t raw)
{
    char    *data;
    size_t   i, n;

    data = hr_arena_alloc(arena, raw.len + 1);
    if (data == NULL) {
        return HR_STR_NULL;
    }

    for (n = i = 0; i < raw.len; i++) {

        if (raw.data[i] != '~') {
            data[n++] = raw.data[i];
            continue;
        }

        if (++i == raw.len || (raw.data[i] != '0' && raw.data[i] != '1')) {
            return HR_STR_NULL;
        }

        data[n++] = raw.data[i] == '0' ? '~' : '/';
    }

    return hr_str(data, n);
}


/* RFC 6901: digits without a leading zero; "-" is behind the last element. */

static bool
hr_patch_index(hr_str_t token, size_t count, size_t *index)
{
    size_t  i, n;

    if (hr_str_eq(token, HR_STR("-"))) {
        *index = count;
        return true;
    }

    if (token.len == 0 || token.len > 9
        || (token.len > 1 && token.data[0] == '0'))
    {
        return false;
    }

    n = 0;

    for (i = 0; i < token.len; i++) {
        if (token.data[i] < '0' || token.data[i] > '9') {
            return false;
        }

        n = n * 10 + (size_t) (token.data[i] - '0');
    }

    *index = n;

    return true;
}


static bool
hr_patch_step(hr_json_t *parent, hr_str_t token, hr_place_t *place)
{
    place->parent = parent;
    place->token = token;
    place->node = NULL;
    place->index = 0;

    if (parent->type == HR_JSON_OBJECT) {
        place->node = hr_json_get_str(parent, token);
        return true;
    }

    if (parent->type != HR_JSON_ARRAY
        || !hr_patch_index(token, parent->count, &place->index)
        || place->index > parent->count)
    {
        return false;
    }

    place->node = hr_json_at(parent, place->index);

    return true;
}


static hr_rc_t
hr_patch_resolve(hr_applier_t *ap, const hr_json_t *path, hr_place_t *place)
{
    size_t      i, end;
    hr_str_t    text, token;
    hr_json_t  *node;

    text = hr_json_text(path);

    if (!hr_json_is(path, HR_JSON_STRING) || text.len > HR_PATCH_POINTER_MAX
        || (text.len != 0 && text.data[0] != '/'))
    {
        return hr_patch_fail(ap, HR_INVALID, "a JSON Pointer is expected");
    }

    memset(place, 0, sizeof(hr_place_t));
    place->node = ap->root;
    node = ap->root;

    for (i = 0; i < text.len; i = end) {

        for (end = i + 1; end < text.len && text.data[end] != '/'; end++) {
            /* void */
        }

        if (node == NULL) {
            return hr_patch_fail(ap, HR_NOT_FOUND, "the path does not exist");
        }

        token = hr_patch_token(ap->arena, hr_str(text.data + i + 1, end - i - 1));

        if (token.data == NULL) {
            return hr_patch_fail(ap, HR_INVALID, "a bad escape in the path");
        }

        if (!hr_patch_step(node, token, place)) {
            return hr_patch_fail(ap, HR_NOT_FOUND, "the path does not exist");
        }

        node = place->node;
    }

    return HR_OK;
}


static unsigned
hr_patch_depth(const hr_json_t *node, unsigned limit)
{
    unsigned          depth, deepest;
    const hr_json_t  *child;

    deepest = 0;

    for (child = node->first; child != NULL && limit > 0; child = child->next) {
        depth = hr_patch_depth(child, limit - 1);
        deepest = depth > deepest ? depth : deepest;
    }

    return deepest + 1;
}


/* Operations could nest values into each other without end. */

static hr_rc_t
hr_patch_fits(hr_applier_t *ap, const hr_place_t *place, const hr_json_t *value)
{
    unsigned          depth;
    const hr_json_t  *node;

    depth = 0;

    for (node = place->parent; node != NULL; node = node->parent) {
        depth++;
    }

    if (depth + hr_patch_depth(value, HR_NODE_DEPTH_MAX) > HR_NODE_DEPTH_MAX) {
        return hr_patch_fail(ap, HR_LIMIT, "the result is nested too deeply");
    }

    return HR_OK;
}


/* Puts value, which has no parent, where place says. */

static hr_rc_t
hr_patch_add(hr_applier_t *ap, const hr_place_t *place, hr_json_t *value)
{
    hr_rc_t     rc;
    hr_json_t  *before, *child;

    rc = hr_patch_fits(ap, place, value);

    if (rc != HR_OK) {
        return rc;
    }

    if (place->parent == NULL) {
        value->key = HR_STR_NULL;
        ap->root = value;
        return HR_OK;
    }

    if (place->parent->type == HR_JSON_OBJECT) {
        return hr_json_set_str(ap->arena, place->parent, place->token, value);
    }

    before = NULL;

    for (child = place->parent->first; child != place->node;
         child = child->next)
    {
        before = child;
    }

    hr_node_insert(place->parent, before, HR_STR_NULL, value);

    return HR_OK;
}


static hr_rc_t
hr_patch_op_add(hr_applier_t *ap, const hr_json_t *op, hr_place_t *place)
{
    hr_json_t        *copy;
    const hr_json_t  *value;

    value = hr_json_get(op, "value");

    if (value == NULL) {
        return hr_patch_fail(ap, HR_INVALID, "the value is missing");
    }

    copy = hr_json_clone(ap->arena, value);

    return copy == NULL ? HR_NOMEM : hr_patch_add(ap, place, copy);
}


static hr_rc_t
hr_patch_op_remove(hr_applier_t *ap, const hr_json_t *op, hr_place_t *place)
{
    (void) op;

    if (place->node == NULL) {
        return hr_patch_fail(ap, HR_NOT_FOUND, "the path does not exist");
    }

    if (place->parent == NULL) {
        return hr_patch_fail(ap, HR_INVALID, "the document cannot be removed");
    }

    hr_json_unlink(place->node);

    return HR_OK;
}


static hr_rc_t
hr_patch_op_replace(hr_applier_t *ap, const hr_json_t *op, hr_place_t *place)
{
    hr_rc_t           rc;
    hr_json_t        *copy;
    const hr_json_t  *value;

    value = hr_json_get(op, "value");

    if (place->node == NULL) {
        return hr_patch_fail(ap, HR_NOT_FOUND, "the path does not exist");
    }

    if (value == NULL) {
        return hr_patch_fail(ap, HR_INVALID, "the value is missing");
    }

    copy = hr_json_clone(ap->arena, value);

    if (copy == NULL) {
        return HR_NOMEM;
    }

    if (place->parent == NULL) {
        return hr_patch_add(ap, place, copy);
    }

    rc = hr_patch_fits(ap, place, copy);

    if (rc == HR_OK) {
        hr_node_replace(place->node, copy);
    }

    return rc;
}


static hr_rc_t
hr_patch_op_copy(hr_applier_t *ap, const hr_json_t *op, hr_place_t *place)
{
    hr_rc_t      rc;
    hr_json_t   *copy;
    hr_place_t   from;

    rc = hr_patch_resolve(ap, hr_json_get(op, "from"), &from);

    if (rc != HR_OK) {
        return rc;
    }

    if (from.node == NULL) {
        return hr_patch_fail(ap, HR_NOT_FOUND, "\"from\" does not exist");
    }

    copy = hr_json_clone(ap->arena, from.node);

    return copy == NULL ? HR_NOMEM : hr_patch_add(ap, place, copy);
}


static hr_rc_t
hr_patch_op_move(hr_applier_t *ap, const hr_json_t *op, hr_place_t *place)
{
    hr_rc_t           rc;
    hr_place_t        from;
    const hr_json_t  *node;

    rc = hr_patch_resolve(ap, hr_json_get(op, "from"), &from);

    if (rc != HR_OK) {
        return rc;
    }

    if (from.node == NULL || from.parent == NULL) {
        return hr_patch_fail(ap, HR_NOT_FOUND, "\"from\" does not exist");
    }

    if (from.node == place->node) {
        return HR_OK;
    }

    for (node = place->parent; node != NULL; node = node->parent) {
        if (node == from.node) {
            return hr_patch_fail(ap, HR_INVALID,
                                 "a value cannot be moved into itself");
        }
    }

    /* the target is looked up again: the removal may have shifted it */

    hr_json_unlink(from.node);
    rc = hr_patch_resolve(ap, hr_json_get(op, "path"), place);

    return rc == HR_OK ? hr_patch_add(ap, place, from.node) : rc;
}


static hr_rc_t
hr_patch_op_test(hr_applier_t *ap, const hr_json_t *op, hr_place_t *place)
{
    const hr_json_t  *value;

    value = hr_json_get(op, "value");

    if (value == NULL) {
        return hr_patch_fail(ap, HR_INVALID, "the value is missing");
    }

    if (place->node == NULL) {
        return hr_patch_fail(ap, HR_NOT_FOUND, "the path does not exist");
    }

    return hr_json_equal(place->node, value)
           ? HR_OK : hr_patch_fail(ap, HR_CONFLICT, "the test failed");
}


typedef hr_rc_t (*hr_patch_op_pt)(hr_applier_t *ap, const hr_json_t *op,
    hr_place_t *place);

static const struct {
    const char      *name;
    hr_patch_op_pt   apply;
} hr_patch_ops[] = {
    { "add", hr_patch_op_add },
    { "remove", hr_patch_op_remove },
    { "replace", hr_patch_op_replace },
    { "move", hr_patch_op_move },
    { "copy", hr_patch_op_copy },
    { "test", hr_patch_op_test },
};


static hr_rc_t
hr_patch_apply_one(hr_applier_t *ap, const hr_json_t *op)
{
    size_t      i;
    hr_rc_t     rc;
    hr_str_t    name;
    hr_place_t  place;

    name = hr_json_text(hr_json_get(op, "op"));

    for (i = 0; i < sizeof(hr_patch_ops) / sizeof(hr_patch_ops[0]); i++) {

        if (!hr_str_eq(name, hr_str_from_c(hr_patch_ops[i].name))) {
            continue;
        }

        rc = hr_patch_resolve(ap, hr_json_get(op, "path"), &place);

        return rc == HR_OK ? hr_patch_ops[i].apply(ap, op, &place) : rc;
    }

    return hr_patch_fail(ap, HR_INVALID, "unknown operation");
}


hr_rc_t
hr_patch_apply(hr_arena_t *arena, const hr_json_t *document,
    const hr_json_t *patch, hr_json_t **out, hr_diag_t *diag)
{
    hr_rc_t           rc;
    hr_applier_t      ap;
    const hr_json_t  *op;

    *out = NULL;
    memset(&ap, 0, sizeof(ap));
    ap.arena = arena;
    ap.diag = diag;

    if (!hr_json_is(patch, HR_JSON_ARRAY)) {
        return hr_diag_set(diag, HR_INVALID, "a patch is an array of operations");
    }

    if (patch->count > HR_PATCH_OPS_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "more than %d operations",
                           HR_PATCH_OPS_MAX);
    }

    ap.root = hr_json_clone(arena, document);

    if (ap.root == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    ap.root->key = HR_STR_NULL;

    for (op = patch->first; op != NULL; op = op->next) {

        rc = hr_patch_apply_one(&ap, op);

        if (rc == HR_NOMEM) {
            return hr_diag_set(diag, rc, "out of memory");
        }

        if (rc != HR_OK) {
            return rc;
        }

        ap.number++;
    }

    *out = ap.root;

    return HR_OK;
}
