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

#include "hr_json.h"
#include "hr_json_scan.h"
#include "hr_text.h"

#define HR_JSON_DEPTH        64
#define HR_JSON_NODES        1000000
#define HR_JSON_FEW_MEMBERS  16     /* up to here, compare each with each */


typedef enum {
    HR_JSON_AT_VALUE,
    HR_JSON_AT_FIRST_VALUE,         /* or ']' */
    HR_JSON_AT_KEY,
    HR_JSON_AT_FIRST_KEY,           /* or '}' */
    HR_JSON_AFTER_VALUE
} hr_json_state_t;

typedef struct {
    hr_json_t  *node;
    uint32_t    index;
} hr_json_member_t;

typedef struct {
    hr_arena_t            *arena;
    const unsigned char   *text;        /* the original, without its BOM */
    const unsigned char   *end;
    const unsigned char   *pos;
    char                  *copy;        /* same offsets as text */
    hr_json_t             *root;
    hr_json_t             *open;        /* innermost container, NULL at the top */
    hr_str_t               key;         /* of the member being read */
    hr_json_state_t        state;
    size_t                 depth;
    size_t                 max_depth;
    size_t                 nodes;       /* how many may still be made */
    bool                   replace;
    hr_json_member_t      *members;     /* scratch of the duplicate check */
    size_t                 members_size;
    const char            *error;
    const unsigned char   *error_at;
    hr_json_info_t        *info;
} hr_json_reader_t;


static hr_rc_t
hr_json_fail(hr_json_reader_t *r, const char *error, const unsigned char *at)
{
    r->error = error;
    r->error_at = at;

    return HR_INVALID;
}


static hr_rc_t
hr_json_fail_cut(hr_json_reader_t *r, const char *error,
    const unsigned char *at)
{
    r->info->truncated = true;

    return hr_json_fail(r, error, at);
}


static hr_rc_t
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


/* Makes a node and hangs it into the open container. */
static hr_rc_t
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


/* Reads up to 4 hexadecimal digits and returns how many there are. */
static size_t
hr_json_hex(const unsigned char *p, const unsigned char *end, uint32_t *value)
{
    size_t    n;
    uint32_t  c;

    *value = 0;

    for (n = 0; n < 4 && p < end; n++, p++) {
        c = *p;
        if (c >= '0' && c <= '9') {
            c -= '0';
        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            c = (c | 0x20) - 'a' + 10;
        } else {
            break;
        }
        *value = *value << 4 | c;
    }

    return n;
}


/* p is behind "\u"; decodes one or (a pair) two escapes to out. */
static hr_rc_t
hr_json_unicode(hr_json_reader_t *r, const unsigned char **p, char **out)
{
    size_t                n;
    uint32_t              cp, low;
    const unsigned char  *s;

    s = *p;

    n = hr_json_hex(s, r->end, &cp);
    if (s + n == r->end) {
        /* also of a whole escape at the very end Python says so */
        return hr_json_fail_cut(r, "Invalid \\uXXXX escape", s - 1);
    }
    if (n < 4) {
        return hr_json_fail(r, "Invalid \\uXXXX escape", s - 1);
    }
    s += 4;

    if (cp >= 0xd800 && cp <= 0xdfff) {

        if (cp <= 0xdbff && r->end - s > 6 && s[0] == '\\' && s[1] == 'u'
            && hr_json_hex(s + 2, r->end, &low) == 4 && low >= 0xdc00 && low <= 0xdfff)
        {
            cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
            s += 6;

        } else if (cp <= 0xdbff && r->end - s <= 6 && s[0] == '\\'
                   && (r->end - s == 1 || s[1] == 'u'))
        {
            /* cut in the second half, which is refused in the next step */
            cp = HR_UTF8_REPLACE;

        } else if (r->replace) {
            cp = HR_UTF8_REPLACE;
            r->info->replaced++;

        } else {
            return hr_json_fail(r, "Lone surrogate escape", s - 6);
        }
    }

    n = hr_utf8_encode(cp, (unsigned char *) *out);
    *out += n;
    *p = s;

    return HR_OK;
}


/* p is at a backslash. */
static hr_rc_t
hr_json_unescape(hr_json_reader_t *r, const unsigned char **p, char **out)
{
    const char  *found;
    static const char  names[] = "\"\\/bfnrt";
    static const char  values[] = "\"\\/\b\f\n\r\t";

    if (r->end - *p < 2) {
        return hr_json_fail_cut(r, "Unterminated string starting at", r->pos);
    }

    if ((*p)[1] == 'u') {
        *p += 2;
        return hr_json_unicode(r, p, out);
    }

    found = memchr(names, (*p)[1], sizeof(names) - 1);
    if (found == NULL) {
        return hr_json_fail(r, "Invalid \\escape", *p);
    }

    *(*out)++ = values[found - names];
    *p += 2;

    return HR_OK;
}


/* r->pos is at the opening quote; afterwards behind the closing one. */
static hr_rc_t
hr_json_string(hr_json_reader_t *r, hr_str_t *text)
{
    char                 *start, *out;
    uint32_t              cp;
    const unsigned char  *p, *run;

    p = r->pos + 1;
    start = r->copy + (p - r->text);
    out = start;

    for ( ;; ) {

        run = p;
        p = hr_json_run_end(p, r->end);

        /* nothing to do before the first escape: it stands there already */
        if (out != r->copy + (run - r->text)) {
            memcpy(out, run, (size_t) (p - run));
        }
        out += p - run;

        if (p == r->end) {
            return hr_json_fail_cut(r, "Unterminated string starting at",
                                    r->pos);
        }

        if (*p == '"') {
            break;
        }

        if (*p == '\\') {
            if (hr_json_unescape(r, &p, &out) != HR_OK) {
                return HR_INVALID;
            }

        } else if (*p < 0x20) {
            return hr_json_fail(r, "Invalid control character at", p);

        } else {
            if (hr_utf8_decode(p, (size_t) (r->end - p), &cp)
                == (size_t) (r->end - p))
            {
                r->info->truncated = true;
            }
            return hr_json_fail(r, "Invalid UTF-8", p);
        }
    }

    *out = '\0';
    *text = hr_str(start, (size_t) (out - start));
    r->pos = p + 1;

    return HR_OK;
}


static const unsigned char *
hr_json_digits(const unsigned char *p, const unsigned char *end)
{
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }

    return p;
}


/*
 * Takes the longest number, as Python does: of "1.x" it takes "1" and the dot
 * is what is wrong then.
 */
static hr_rc_t
hr_json_number(hr_json_reader_t *r)
{
    char                 *start;
    hr_rc_t               rc;
    hr_json_t            *node;
    const unsigned char  *p, *q, *end;

    end = r->end;
    p = r->pos;
    if (*p == '-') {
        p++;
    }

    if (p == end) {
        return hr_json_fail_cut(r, "Expecting value", r->pos);
    }
    if (*p < '0' || *p > '9') {
        return hr_json_fail(r, "Expecting value", r->pos);
    }

    p = *p == '0' ? p + 1 : hr_json_digits(p, end);

    if (p < end && *p == '.') {
        q = hr_json_digits(p + 1, end);
        if (q > p + 1) {
            p = q;
        } else if (q == end) {
            r->info->truncated = true;
        }
    }

    if (p < end && (*p | 0x20) == 'e') {
        q = p + 1;
        if (q < end && (*q == '+' || *q == '-')) {
            q++;
        }
        if (hr_json_digits(q, end) > q) {
            p = hr_json_digits(q, end);
        } else if (q == end) {
            r->info->truncated = true;
        }
    }

    rc = hr_json_add(r, HR_JSON_NUMBER, &node);
    if (rc != HR_OK) {
        return rc;
    }

    start = r->copy + (r->pos - r->text);
    start[p - r->pos] = '\0';
    node->text = hr_str(start, (size_t) (p - r->pos));
    r->pos = p;

    return HR_OK;
}


static hr_rc_t
hr_json_literal(hr_json_reader_t *r, const char *word, size_t len,
    hr_json_type_t type)
{
    size_t      left;
    hr_rc_t     rc;
    hr_json_t  *node;

    left = (size_t) (r->end - r->pos);

    if (left < len && memcmp(r->pos, word, left) == 0) {
        return hr_json_fail_cut(r, "Expecting value", r->pos);
    }
    if (left < len || memcmp(r->pos, word, len) != 0) {
        return hr_json_fail(r, "Expecting value", r->pos);
    }

    rc = hr_json_add(r, type, &node);
    if (rc != HR_OK) {
        return rc;
    }

    node->boolean = word[0] == 't';
    r->pos += len;

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


static hr_rc_t
hr_json_close(hr_json_reader_t *r)
{
    size_t      found;
    hr_json_t  *node;

    node = r->open;
    found = 0;

    if (node->type == HR_JSON_OBJECT && node->count > 1) {

        if (node->count <= HR_JSON_FEW_MEMBERS) {
            found = hr_json_dedup_few(node);

        } else if (hr_json_dedup_many(r, node, &found) != HR_OK) {
            return HR_NOMEM;
        }

        if (found > 0) {
            hr_json_drop_replaced(node);
            r->info->duplicates += found;
        }
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


static void
hr_json_locate(hr_json_reader_t *r, hr_str_t text, hr_rc_t rc)
{
    size_t                bom;
    hr_json_info_t       *info;
    const unsigned char  *p, *line;

    info = r->info;
    bom = text.len - (size_t) (r->end - r->text);

    if (rc == HR_OK) {
        r->error = "";
        r->error_at = r->end;
        info->truncated = false;

    } else if (rc == HR_INVALID) {
        info->bad_utf8 = !hr_utf8_valid(text);
    }

    info->line = 1;
    line = r->text;
    for (p = r->text; p < r->error_at; p++) {
        if (*p == '\n') {
            info->line++;
            line = p + 1;
        }
    }

    info->offset = bom + (size_t) (r->error_at - r->text);
    info->char_offset = hr_utf8_count(hr_str((const char *) r->text,
                                             (size_t) (r->error_at - r->text)));
    info->column = 1 + hr_utf8_count(hr_str((const char *) line,
                                            (size_t) (r->error_at - line)));
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
