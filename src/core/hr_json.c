/*
 * JSON reader.  It keeps its place in the tree itself (parent links), so the
 * depth of the input costs no stack.
 *
 * The text is copied into the arena once, as a whole.  Strings and numbers are
 * views into that copy: a string without escapes already stands there, one
 * with escapes is decoded to the place where it began (decoding never makes it
 * longer), and both get their NUL over the delimiter that follows, because the
 * reader itself only looks at the original.
 */

#include <stdio.h>
#include <stdlib.h>

#include "hr_json_reader.h"
#include "hr_text.h"

#define HR_JSON_DEPTH  64
#define HR_JSON_NODES  1000000


hr_rc_t
hr_json_fail(hr_json_reader_t *r, const char *error, const unsigned char *at)
{
    r->error = error;
    r->error_at = at;

    return HR_INVALID;
}


hr_rc_t
hr_json_fail_cut(hr_json_reader_t *r, const char *error,
    const unsigned char *at)
{
    r->info->truncated = true;

    return hr_json_fail(r, error, at);
}


hr_rc_t
hr_json_fail_limit(hr_json_reader_t *r, hr_rc_t rc, const char *error)
{
    hr_json_fail(r, error, r->pos);

    return rc;
}


static void
hr_json_skip_space(hr_json_reader_t *r)
{
    const unsigned char  *p;

    for (p = r->pos; p < r->end; p++) {
        if (*p != ' ' && *p != '\n' && *p != '\t' && *p != '\r') {
            break;
        }
    }

    r->pos = p;
}


hr_rc_t
hr_json_add(hr_json_reader_t *r, hr_json_type_t type, hr_json_t **out)
{
    hr_json_t  *node, *open;

    if (r->nodes == 0) {
        return hr_json_fail_limit(r, HR_LIMIT, "Too many values");
    }
    r->nodes--;

    node = hr_arena_calloc(r->arena, sizeof(hr_json_t));
    if (node == NULL) {
        return hr_json_fail_limit(r, HR_NOMEM, "Out of memory");
    }

    node->type = type;
    node->key = r->key;
    r->key = HR_STR_NULL;

    open = r->open;
    if (open == NULL) {
        r->root = node;

    } else {
        node->parent = open;
        if (open->last == NULL) {
            open->first = node;
        } else {
            open->last->next = node;
        }
        open->last = node;
        open->count++;
    }

    *out = node;

    return HR_OK;
}


static hr_rc_t
hr_json_open(hr_json_reader_t *r, hr_json_type_t type)
{
    hr_rc_t     rc;
    hr_json_t  *node;

    if (r->depth == r->max_depth) {
        r->info->too_deep = true;
        return hr_json_fail_limit(r, HR_LIMIT, "Nested too deeply");
    }

    rc = hr_json_add(r, type, &node);
    if (rc != HR_OK) {
        return rc;
    }

    r->open = node;
    r->depth++;
    r->pos++;
    r->state = type == HR_JSON_OBJECT ? HR_JSON_AT_FIRST_KEY
                                      : HR_JSON_AT_FIRST_VALUE;
    return HR_OK;
}


static hr_rc_t
hr_json_close(hr_json_reader_t *r)
{
    hr_json_t  *node;

    node = r->open;

    if (node->type == HR_JSON_OBJECT && node->count > 1
        && hr_json_dedup(r, node) != HR_OK)
    {
        return HR_NOMEM;
    }

    r->open = node->parent;
    r->depth--;
    r->pos++;
    r->state = HR_JSON_AFTER_VALUE;

    return HR_OK;
}


static hr_rc_t
hr_json_value(hr_json_reader_t *r)
{
    hr_rc_t     rc;
    hr_str_t    text;
    hr_json_t  *node;

    r->state = HR_JSON_AFTER_VALUE;

    switch (*r->pos) {

    case '{':
        return hr_json_open(r, HR_JSON_OBJECT);

    case '[':
        return hr_json_open(r, HR_JSON_ARRAY);

    case '"':
        rc = hr_json_string(r, &text);
        if (rc == HR_OK) {
            rc = hr_json_add(r, HR_JSON_STRING, &node);
        }
        if (rc == HR_OK) {
            node->text = text;
        }
        return rc;

    case 't':
        return hr_json_literal(r, "true", 4, HR_JSON_BOOL);

    case 'f':
        return hr_json_literal(r, "false", 5, HR_JSON_BOOL);

    case 'n':
        return hr_json_literal(r, "null", 4, HR_JSON_NULL);

    default:
        if (*r->pos == '-' || (*r->pos >= '0' && *r->pos <= '9')) {
            return hr_json_number(r);
        }
        return hr_json_fail(r, "Expecting value", r->pos);
    }
}


static hr_rc_t
hr_json_key(hr_json_reader_t *r)
{
    if (*r->pos != '"') {
        return hr_json_fail(r, "Expecting property name enclosed in"
                            " double quotes", r->pos);
    }

    if (hr_json_string(r, &r->key) != HR_OK) {
        return HR_INVALID;
    }

    hr_json_skip_space(r);
    if (r->pos == r->end) {
        return hr_json_fail_cut(r, "Expecting ':' delimiter", r->pos);
    }
    if (*r->pos != ':') {
        return hr_json_fail(r, "Expecting ':' delimiter", r->pos);
    }

    r->pos++;
    r->state = HR_JSON_AT_VALUE;

    return HR_OK;
}


static hr_rc_t
hr_json_after_value(hr_json_reader_t *r)
{
    bool  object;

    object = r->open->type == HR_JSON_OBJECT;

    if (*r->pos == ',') {
        r->pos++;
        r->state = object ? HR_JSON_AT_KEY : HR_JSON_AT_VALUE;
        return HR_OK;
    }

    if (*r->pos == (object ? '}' : ']')) {
        return hr_json_close(r);
    }

    return hr_json_fail(r, "Expecting ',' delimiter", r->pos);
}


static hr_rc_t
hr_json_step(hr_json_reader_t *r)
{
    switch (r->state) {

    case HR_JSON_AT_FIRST_VALUE:
        return *r->pos == ']' ? hr_json_close(r) : hr_json_value(r);

    case HR_JSON_AT_VALUE:
        return hr_json_value(r);

    case HR_JSON_AT_FIRST_KEY:
        return *r->pos == '}' ? hr_json_close(r) : hr_json_key(r);

    case HR_JSON_AT_KEY:
        return hr_json_key(r);

    default:
        return hr_json_after_value(r);
    }
}


static hr_rc_t
hr_json_end(hr_json_reader_t *r)
{
    switch (r->state) {

    case HR_JSON_AT_FIRST_KEY:
    case HR_JSON_AT_KEY:
        return hr_json_fail_cut(r, "Expecting property name enclosed in"
                                " double quotes", r->pos);

    case HR_JSON_AFTER_VALUE:
        return hr_json_fail_cut(r, "Expecting ',' delimiter", r->pos);

    default:
        r->info->truncated = r->root != NULL;
        return hr_json_fail(r, "Expecting value", r->pos);
    }
}


static hr_rc_t
hr_json_read(hr_json_reader_t *r)
{
    hr_rc_t  rc;

    for ( ;; ) {
        hr_json_skip_space(r);

        if (r->state == HR_JSON_AFTER_VALUE && r->open == NULL) {
            return r->pos == r->end ? HR_OK
                                    : hr_json_fail(r, "Extra data", r->pos);
        }

        if (r->pos == r->end) {
            return hr_json_end(r);
        }

        rc = hr_json_step(r);
        if (rc != HR_OK) {
            return rc;
        }
    }
}


void
hr_json_place(hr_str_t text, size_t offset, hr_json_info_t *info)
{
    const char  *p, *start, *line, *end;

    start = text.data;
    end = text.data + offset;

    if (offset >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) {
        start += 3;
    }

    info->offset = offset;
    info->line = 1;
    line = start;

    while (line < end && (p = memchr(line, '\n', (size_t) (end - line))) != NULL) {
        info->line++;
        line = p + 1;
    }

    info->char_offset = hr_utf8_count(hr_str(start, (size_t) (end - start)));
    info->column = 1 + hr_utf8_count(hr_str(line, (size_t) (end - line)));
}


static void
hr_json_locate(hr_json_reader_t *r, hr_str_t text, hr_rc_t rc)
{
    hr_json_info_t  *info;

    info = r->info;

    if (rc != HR_INVALID) {
        info->truncated = false;
    }

    if (rc == HR_OK) {
        info->offset = text.len;
        return;
    }

    if (rc == HR_INVALID) {
        info->bad_utf8 = !hr_utf8_valid(text);
    }

    hr_json_place(text, text.len - (size_t) (r->end - r->error_at), info);
    snprintf(info->text, sizeof(info->text), "%s", r->error);
}


hr_rc_t
hr_json_parse(hr_arena_t *arena, hr_str_t text, const hr_json_opts_t *opts,
    hr_json_t **out, hr_json_info_t *info)
{
    hr_rc_t           rc;
    hr_json_info_t    unused;
    hr_json_reader_t  r;

    memset(&r, 0, sizeof(hr_json_reader_t));
    r.info = info != NULL ? info : &unused;
    memset(r.info, 0, sizeof(hr_json_info_t));

    r.arena = arena;
    r.text = (const unsigned char *) (text.data != NULL ? text.data : "");
    r.end = r.text + text.len;
    r.max_depth = HR_JSON_DEPTH;
    r.nodes = HR_JSON_NODES;

    if (opts != NULL) {
        r.max_depth = opts->max_depth != 0 ? opts->max_depth : HR_JSON_DEPTH;
        r.nodes = opts->max_nodes != 0 ? opts->max_nodes : HR_JSON_NODES;
        r.replace = opts->replace_surrogates;
    }

    if (text.len >= 3 && memcmp(r.text, "\xef\xbb\xbf", 3) == 0) {
        r.text += 3;
    }
    r.pos = r.text;

    *out = NULL;

    r.copy = hr_arena_copy(arena, (const char *) r.text,
                           (size_t) (r.end - r.text));
    if (r.copy == NULL) {
        rc = hr_json_fail_limit(&r, HR_NOMEM, "Out of memory");

    } else {
        rc = hr_json_read(&r);
    }

    if (info != NULL) {
        hr_json_locate(&r, text, rc);
    }

    free(r.members);

    if (rc == HR_OK) {
        *out = r.root;
    }

    return rc;
}
