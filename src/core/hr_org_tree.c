/*
 * structure.json: reading and validation (data-files.md 2.1 and 11).
 *
 * Accepted: absent optional members (null, empty), unknown members, a file
 * without the "organization" wrapper, members of a unit map that are no
 * objects (skipped).  Refused: everything that would make two units or a path
 * ambiguous, and wrong types, because a silently emptier organisation is worse
 * than none.
 */

#include "hr_org_image.h"


#define HR_ORG_MAX_BYTES   (16u * 1024 * 1024)
#define HR_ORG_MAX_UNITS   20000u
#define HR_ORG_MAX_SLOTS   200000u
#define HR_ORG_MAX_NODES   4000000u
#define HR_ORG_SHOWN       360u     /* bytes of a path or name in a message */

typedef struct {
    hr_arena_t     *arena;
    hr_str_t        json;
    hr_org_tree_t  *tree;
    hr_diag_t      *diag;
    uint32_t        max_units;
    uint32_t        max_slots;
    bool            root_is_map;
} hr_org_reader_t;


/* Appends text for a log line: no control characters. */
static void
hr_org_show(hr_buf_t *out, hr_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        hr_buf_char(out, (unsigned char) text.data[i] < 0x20 || text.data[i] == 0x7f
                         ? '?' : text.data[i]);
    }
}


/* Sets "what: "shown"", cut to fit. */
static void
hr_org_set_fault(hr_diag_t *diag, const char *what, const hr_buf_t *shown)
{
    hr_str_t  cut = hr_utf8_cut_bytes(hr_buf_view(shown), HR_ORG_SHOWN);

    hr_diag_set(diag, HR_INVALID, "%s: \"%.*s%s\"", what, (int) cut.len,
                cut.data == NULL ? "" : cut.data, cut.len < shown->len ? "..." : "");
}


/* "Block/Department" of a unit node, from its ancestors' member names. */
static void
hr_org_node_path(const hr_json_t *node, hr_buf_t *out)
{
    const hr_json_t  *chain[HR_ORG_MAX_DEPTH * 2 + 8];
    size_t            n = 0, total;

    for ( /* void */ ; node != NULL; node = node->parent) {
        if (node->key.data == NULL
            || hr_str_eq(node->key, HR_STR("children"))
            || (node->parent != NULL && node->parent->parent == NULL
                && hr_str_eq(node->key, HR_STR("organization"))))
        {
            continue;
        }

        if (n == sizeof(chain) / sizeof(chain[0])) {
            break;
        }

        chain[n++] = node;
    }

    for (total = n; n > 0; n--) {
        if (n != total) {
            hr_buf_char(out, '/');
        }

        hr_org_show(out, chain[n - 1]->key);
    }
}


hr_rc_t
hr_org_tree_error(hr_str_t json, const hr_json_t *node, bool at_key,
    hr_diag_t *diag, const char *what)
{
    hr_buf_t  path;

    if (diag == NULL) {
        return HR_INVALID;
    }

    hr_buf_init(&path, 64 * 1024);
    hr_org_node_path(node, &path);

    hr_org_set_fault(diag, what, &path);
    hr_org_locate(json, node, at_key, diag);
    hr_buf_release(&path);

    return HR_INVALID;
}


static hr_rc_t
hr_org_refuse(hr_org_reader_t *r, const hr_json_t *node, bool at_key,
    const char *what)
{
    return hr_org_tree_error(r->json, node, at_key, r->diag, what);
}


/* The member of a unit map is a unit, and not one to be skipped. */
static bool
hr_org_is_unit(const hr_json_t *member, bool root_is_map)
{
    if (member->type != HR_JSON_OBJECT
        || hr_str_eq(member->key, HR_STR("organization")))
    {
        return false;
    }

    /* without the wrapper the informational metadata stands among the units */
    return !root_is_map || member->parent->parent != NULL
           || !hr_str_eq(member->key, HR_STR("metadata"));
}


static const char *
hr_org_name_fault(hr_str_t name)
{
    if (hr_trim(name).len == 0) {
        return "a unit has an empty name";
    }

    if (memchr(name.data, '/', name.len) != NULL) {
        return "a unit name contains \"/\", which separates units in a path";
    }

    if (hr_contains(name, HR_STR(HR_ORG_ARROW))) {
        return "a unit name contains an arrow between blanks, "
               "which separates units in a path";
    }

    if (hr_has_control(name)) {
        return "a unit name contains a control character";
    }

    if (hr_utf8_count(name) > HR_ORG_MAX_NAME) {
        return "a unit name is longer than 300 characters";
    }

    return NULL;
}


static hr_rc_t
hr_org_check_number(hr_org_reader_t *r, const hr_json_t *unit,
    const char *key, const char *fault)
{
    int64_t           value;
    const hr_json_t  *node = hr_json_get(unit, key);

    if (node == NULL || node->type == HR_JSON_NULL) {
        return HR_OK;
    }

    if (!hr_json_int(node, &value) || value < 0) {
        return hr_org_refuse(r, node, false, fault);
    }

    return HR_OK;
}


static hr_rc_t
hr_org_check_string(hr_org_reader_t *r, const hr_json_t *unit,
    const char *key, const char *fault)
{
    const hr_json_t  *node = hr_json_get(unit, key);

    if (node == NULL || node->type == HR_JSON_NULL
        || node->type == HR_JSON_STRING)
    {
        return HR_OK;
    }

    return hr_org_refuse(r, node, false, fault);
}


static hr_rc_t
hr_org_check_titles(hr_org_reader_t *r, const hr_json_t *unit, uint32_t *count)
{
    const hr_json_t  *title, *list = hr_json_get(unit, "positions");

    *count = 0;

    if (list == NULL || list->type == HR_JSON_NULL) {
        return HR_OK;
    }

    if (list->type != HR_JSON_ARRAY) {
        return hr_org_refuse(r, list, false, "positions is not a list");
    }

    for (title = list->first; title != NULL; title = title->next) {
        if (title->type != HR_JSON_STRING) {
            return hr_org_refuse(r, title, false, "a title is not a string");
        }

        if (hr_trim(title->text).len == 0) {
            return hr_org_refuse(r, title, false, "a title is empty");
        }

        if (hr_has_control(title->text)) {
            return hr_org_refuse(r, title, false,
                                 "a title contains a control character");
        }

        if (hr_utf8_count(title->text) > HR_ORG_MAX_NAME) {
            return hr_org_refuse(r, title, false,
                                 "a title is longer than 300 characters");
        }
    }

    *count = list->count;

    return HR_OK;
}


static hr_rc_t
hr_org_check_unit(hr_org_reader_t *r, const hr_json_t *unit, uint32_t *slots)
{
    hr_rc_t           rc;
    const char       *fault = hr_org_name_fault(unit->key);
    const hr_json_t  *children;

    if (fault != NULL) {
        return hr_org_refuse(r, unit, true, fault);
    }

    rc = hr_org_check_titles(r, unit, slots);

    if (rc == HR_OK) {
        rc = hr_org_check_number(r, unit, "number",
                                 "number is not a whole number or null");
    }

    if (rc == HR_OK) {
        rc = hr_org_check_number(r, unit, "headcount",
                                 "headcount is not a whole number or null");
    }

    if (rc == HR_OK) {
        rc = hr_org_check_string(r, unit, "headcount_source",
                                 "headcount_source is not a string or null");
    }

    if (rc == HR_OK) {
        rc = hr_org_check_string(r, unit, "headcount_department",
                                 "headcount_department is not a string or null");
    }

    if (rc != HR_OK) {
        return rc;
    }

    children = hr_json_get(unit, "children");

    if (children != NULL && children->type != HR_JSON_NULL
        && children->type != HR_JSON_OBJECT)
    {
        return hr_org_refuse(r, children, false, "children is not an object");
    }

    return HR_OK;
}


/* Checks the units of a map and all below, and counts them. */
static hr_rc_t
hr_org_check_map(hr_org_reader_t *r, const hr_json_t *map, uint32_t level)
{
    hr_rc_t           rc;
    uint32_t          slots = 0;
    const hr_json_t  *unit, *children;

    for (unit = map->first; unit != NULL; unit = unit->next) {
        if (!hr_org_is_unit(unit, r->root_is_map)) {
            continue;
        }

        if (level == HR_ORG_MAX_DEPTH) {
            return hr_org_refuse(r, unit, true, "more than 10 levels of units");
        }

        rc = hr_org_check_unit(r, unit, &slots);

        if (rc != HR_OK) {
            return rc;
        }

        if (++r->tree->unit_count > r->max_units) {
            return hr_diag_set(r->diag, HR_LIMIT, "more than %u units",
                               r->max_units);
        }

        if (slots > r->max_slots - r->tree->slot_count) {
            return hr_diag_set(r->diag, HR_LIMIT, "more than %u positions",
                               r->max_slots);
        }

        r->tree->slot_count += slots;
        children = hr_json_get(unit, "children");

        if (hr_json_is(children, HR_JSON_OBJECT)) {
            rc = hr_org_check_map(r, children, level + 1);

            if (rc != HR_OK) {
                return rc;
            }
        }
    }

    return HR_OK;
}


static void
hr_org_flatten(hr_org_tree_t *tree, bool root_is_map, hr_json_t *map,
    uint32_t level, uint32_t parent)
{
    uint32_t          index;
    hr_json_t        *unit, *children;
    const hr_json_t  *titles;

    for (unit = map->first; unit != NULL; unit = unit->next) {
        if (!hr_org_is_unit(unit, root_is_map)) {
            continue;
        }

        index = tree->unit_count++;
        titles = hr_json_get(unit, "positions");

        tree->units[index].node = unit;
        tree->units[index].level = level;
        tree->units[index].parent = parent;
        tree->units[index].slots = hr_json_is(titles, HR_JSON_ARRAY)
                                   ? titles->count : 0;

        children = hr_json_get(unit, "children");

        if (hr_json_is(children, HR_JSON_OBJECT)) {
            hr_org_flatten(tree, root_is_map, children, level + 1, index);
        }
    }
}


static hr_rc_t
hr_org_refuse_duplicate(hr_org_reader_t *r)
{
    hr_buf_t  shown;
    hr_str_t  key;

    if (!hr_org_locate_duplicate(r->arena, r->json, &key, r->diag)) {
        return HR_NOMEM;
    }

    if (r->diag != NULL) {
        hr_buf_init(&shown, 64 * 1024);
        hr_org_show(&shown, hr_utf8_cut_bytes(key, HR_ORG_SHOWN + 4));
        hr_org_set_fault(r->diag, "a name is repeated among its siblings", &shown);
        hr_buf_release(&shown);
    }

    return HR_INVALID;
}


static hr_rc_t
hr_org_read_json(hr_org_reader_t *r, hr_json_t **root)
{
    hr_rc_t         rc;
    hr_json_opts_t  opts;
    hr_json_info_t  info;

    memset(&opts, 0, sizeof(opts));
    memset(&info, 0, sizeof(info));
    opts.max_nodes = HR_ORG_MAX_NODES;

    rc = hr_json_parse(r->arena, r->json, &opts, root, &info);

    if (rc != HR_OK) {
        hr_diag_set(r->diag, rc, "%s", info.text);

        if (r->diag != NULL) {
            r->diag->line = info.line;
            r->diag->column = info.column;
            r->diag->offset = info.offset;
        }

        return rc;
    }

    if ((*root)->type != HR_JSON_OBJECT) {
        return hr_org_refuse(r, *root, false, "the file is not an object");
    }

    return info.duplicates > 0 ? hr_org_refuse_duplicate(r) : HR_OK;
}


static hr_rc_t
hr_org_find_map(hr_org_reader_t *r, hr_json_t *root)
{
    hr_json_t  *wrapped = hr_json_get(root, "organization");

    if (wrapped != NULL && wrapped->type != HR_JSON_OBJECT
        && wrapped->type != HR_JSON_NULL)
    {
        return hr_org_refuse(r, wrapped, false, "organization is not an object");
    }

    r->root_is_map = wrapped == NULL || wrapped->count == 0;
    r->tree->map = r->root_is_map ? root : wrapped;

    return HR_OK;
}


hr_rc_t
hr_org_tree_parse(hr_arena_t *arena, hr_str_t json, const hr_org_opts_t *opts,
    hr_org_tree_t *tree, hr_diag_t *diag)
{
    hr_rc_t          rc;
    size_t           max_bytes;
    hr_json_t       *root;
    hr_org_reader_t  r;

    memset(tree, 0, sizeof(hr_org_tree_t));
    memset(&r, 0, sizeof(r));

    r.arena = arena;
    r.json = json;
    r.tree = tree;
    r.diag = diag;
    r.max_units = opts->max_units == 0 || opts->max_units > HR_ORG_MAX_UNITS
                  ? HR_ORG_MAX_UNITS : (uint32_t) opts->max_units;
    r.max_slots = opts->max_slots == 0 || opts->max_slots > HR_ORG_MAX_SLOTS
                  ? HR_ORG_MAX_SLOTS : (uint32_t) opts->max_slots;

    max_bytes = opts->max_bytes == 0 ? HR_ORG_MAX_BYTES : opts->max_bytes;

    if (json.len > max_bytes || json.len > UINT32_MAX / 2) {
        return hr_diag_set(diag, HR_LIMIT,
                           "the file has %zu bytes, at most %zu are read",
                           json.len, max_bytes);
    }

    rc = hr_org_read_json(&r, &root);

    if (rc == HR_OK) {
        rc = hr_org_find_map(&r, root);
    }

    if (rc == HR_OK) {
        rc = hr_org_check_map(&r, tree->map, 0);
    }

    if (rc != HR_OK) {
        return rc;
    }

    if (tree->unit_count == 0) {
        return hr_org_refuse(&r, root, false, "the file has no units");
    }

    tree->units = hr_arena_alloc(arena, tree->unit_count * sizeof(hr_org_node_t));

    if (tree->units == NULL) {
        return HR_NOMEM;
    }

    tree->unit_count = 0;
    hr_org_flatten(tree, r.root_is_map, tree->map, 0, HR_ORG_NONE);

    return HR_OK;
}
