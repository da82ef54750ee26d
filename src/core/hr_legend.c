#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* memmem */
#endif

#include "hr_legend.h"
#include "hr_finding.h"
#include "hr_node.h"
#include "hr_profile.h"
#include "hr_text.h"
#include "hr_unicode.h"

#include <stdlib.h>


#define HR_LEGEND_TEXT_MAX  (256u * 1024)       /* of one text */

typedef struct {
    hr_str_t  name;
    hr_str_t  small;            /* the name with a small first letter */
    hr_str_t  product;
} hr_legend_entry_t;

struct hr_legend_s {
    hr_legend_entry_t  *entries;        /* the longest name first */
    size_t              count;
};

typedef struct {
    const hr_legend_t  *legend;
    hr_arena_t         *arena;
    hr_fixes_t         *fixes;
    hr_path_t           path;
} hr_legend_run_t;


/* --- loading ---------------------------------------------------------------------- */

static int
hr_legend_compare(const void *a, const void *b)
{
    const hr_legend_entry_t  *x = a, *y = b;

    if (x->name.len != y->name.len) {
        return x->name.len > y->name.len ? -1 : 1;
    }

    return memcmp(x->name.data, y->name.data, x->name.len);
}


static hr_str_t
hr_legend_small(hr_arena_t *arena, hr_str_t name)
{
    size_t    first = 0;
    hr_str_t  head;

    if (name.len == 0) {
        return name;
    }

    (void) hr_utf8_next(name, &first);
    head = hr_lower(arena, hr_str(name.data, first));

    return hr_arena_printf(arena, "%.*s%.*s", (int) head.len, head.data,
                           (int) (name.len - first), name.data + first);
}


static hr_rc_t
hr_legend_entry(hr_arena_t *arena, const hr_json_t *member,
    hr_legend_entry_t *entry, hr_diag_t *diag)
{
    entry->name = hr_trim(member->key);
    entry->product = hr_trim(hr_json_text(member));

    if (hr_utf8_count(entry->name) < 3 || entry->product.len == 0) {
        return hr_diag_set(diag, HR_INVALID, "it_legend.json: \"%.*s\" needs a "
                           "name of at least 3 letters and a product",
                           (int) hr_utf8_cut_bytes(member->key, 100).len,
                           member->key.data);
    }

    entry->small = hr_legend_small(arena, entry->name);

    return entry->small.data == NULL ? HR_NOMEM : HR_OK;
}


static hr_rc_t
hr_legend_verify(const hr_legend_t *legend, hr_diag_t *diag)
{
    const hr_legend_entry_t  *a, *b;

    for (size_t i = 0; i < legend->count; i++) {

        a = &legend->entries[i];

        for (size_t k = 0; k < legend->count; k++) {

            b = &legend->entries[k];

            if (hr_contains(a->product, b->name)
                || hr_contains(a->product, b->small))
            {
                return hr_diag_set(diag, HR_INVALID, "it_legend.json: the "
                                   "product of \"%.*s\" contains the name "
                                   "\"%.*s\"", (int) a->name.len, a->name.data,
                                   (int) b->name.len, b->name.data);
            }
        }
    }

    return HR_OK;
}


hr_rc_t
hr_legend_load(hr_arena_t *arena, hr_str_t json, const hr_legend_t **out,
    hr_diag_t *diag)
{
    hr_rc_t          rc;
    hr_json_t       *root;
    hr_legend_t     *legend;
    hr_json_info_t   info;

    *out = NULL;

    if (json.len > HR_LEGEND_BYTES_MAX) {
        return hr_diag_set(diag, HR_LIMIT,
                           "it_legend.json is larger than 512 KiB");
    }

    rc = hr_json_parse(arena, json, NULL, &root, &info);
    if (rc != HR_OK) {
        return hr_diag_set(diag, rc, "it_legend.json: %s (line %zu, column "
                           "%zu)", info.text, info.line, info.column);
    }

    if (root->type != HR_JSON_OBJECT || root->count > HR_LEGEND_MAX) {
        return hr_diag_set(diag, HR_INVALID, "it_legend.json must be an object "
                           "of at most %d members", HR_LEGEND_MAX);
    }

    legend = hr_arena_calloc(arena, sizeof(hr_legend_t));
    if (legend == NULL) {
        return HR_NOMEM;
    }

    legend->entries = hr_arena_calloc(arena, (root->count + 1)
                                             * sizeof(hr_legend_entry_t));
    if (legend->entries == NULL) {
        return HR_NOMEM;
    }

    for (const hr_json_t *m = root->first; m != NULL; m = m->next) {
        rc = hr_legend_entry(arena, m, &legend->entries[legend->count++], diag);
        if (rc != HR_OK) {
            return rc;
        }
    }

    qsort(legend->entries, legend->count, sizeof(legend->entries[0]),
          hr_legend_compare);

    rc = hr_legend_verify(legend, diag);

    if (rc == HR_OK) {
        *out = legend;
    }

    return rc;
}


size_t
hr_legend_count(const hr_legend_t *legend)
{
    return legend == NULL ? 0 : legend->count;
}


/* --- applying --------------------------------------------------------------------- */

/* No letter or digit touches the piece on either side. */
static bool
hr_legend_is_word(hr_str_t text, size_t start, size_t end)
{
    size_t  pos;

    if (end < text.len) {
        pos = end;

        if (hr_unicode_is_word(hr_utf8_next(text, &pos))) {
            return false;
        }
    }

    if (start == 0) {
        return true;
    }

    for (pos = start - 1; pos > 0 && ((unsigned char) text.data[pos] & 0xc0)
                                     == 0x80; pos--)
    {
        /* void */
    }

    return !hr_unicode_is_word(hr_utf8_next(text, &pos));
}


static hr_str_t
hr_legend_replace(hr_arena_t *arena, hr_str_t text, hr_str_t name,
    hr_str_t product)
{
    size_t       start, end;
    hr_str_t     out;
    const char  *at;

    for (size_t pos = 0; pos < text.len && text.len < HR_LEGEND_TEXT_MAX;
         /* void */ )
    {
        at = memmem(text.data + pos, text.len - pos, name.data, name.len);
        if (at == NULL) {
            break;
        }

        start = (size_t) (at - text.data);
        end = start + name.len;

        if (!hr_legend_is_word(text, start, end)) {
            pos = end;
            continue;
        }

        out = hr_arena_printf(arena, "%.*s%.*s%.*s", (int) start, text.data,
                              (int) product.len, product.data,
                              (int) (text.len - end), text.data + end);
        if (out.data == NULL) {
            break;                  /* the arena says so to its owner */
        }

        text = out;
        pos = start + product.len;
    }

    return text;
}


static void
hr_legend_text(hr_legend_run_t *run, hr_json_t *node)
{
    hr_str_t                  text = node->text;
    const hr_legend_entry_t  *entry;

    for (size_t i = 0; i < run->legend->count; i++) {
        entry = &run->legend->entries[i];
        text = hr_legend_replace(run->arena, text, entry->name, entry->product);
        text = hr_legend_replace(run->arena, text, entry->small,
                                 entry->product);
    }

    if (text.data != node->text.data) {
        hr_fixes_add(run->fixes, "legend", hr_path_str(&run->path), node->text,
                     text);
        node->text = text;
    }
}


static void
hr_legend_node(hr_legend_run_t *run, hr_json_t *node, unsigned depth)
{
    size_t  index = 0, before;

    if (node->type == HR_JSON_STRING) {
        hr_legend_text(run, node);
        return;
    }

    if (depth > HR_NODE_DEPTH_MAX) {
        return;
    }

    for (hr_json_t *child = node->first; child != NULL; child = child->next) {

        if (depth == 0 && hr_profile_is_reasoning(child->key)) {
            continue;
        }

        before = node->type == HR_JSON_OBJECT
                 ? hr_path_member(&run->path, child->key)
                 : hr_path_index(&run->path, index++);
        hr_legend_node(run, child, depth + 1);
        hr_path_cut(&run->path, before);
    }
}


void
hr_legend_apply(const hr_legend_t *legend, hr_json_t *document,
    hr_arena_t *arena, hr_fixes_t *fixes)
{
    hr_legend_run_t  run = { .legend = legend, .arena = arena, .fixes = fixes };

    if (hr_legend_count(legend) > 0) {
        hr_path_reset(&run.path);
        hr_legend_node(&run, document, 0);
    }
}
