/*
 * Places in JSON text, for error messages about a file that is well-formed but
 * breaks a rule.  The tree of hr_json.h keeps no offsets (nobody else needs
 * them), therefore the text is walked once more, only when there is an error.
 *
 * Every function expects text that hr_json_parse() has accepted; it still
 * never reads past the end.
 */

#include "hr_org_image.h"

#include <stdlib.h>


typedef struct {
    hr_str_t  raw;              /* between the quotes */
    hr_str_t  text;             /* decoded */
    size_t    offset;
} hr_org_member_t;

typedef struct {
    hr_arena_t       *arena;
    hr_str_t          json;
    size_t            pos;
    hr_org_member_t  *members;  /* a stack: the keys of all open objects */
    size_t            count;
    size_t            capacity;
    hr_str_t          key;
    size_t            offset;
    bool              found;
    bool              failed;   /* out of memory: give up quietly */
} hr_org_scan_t;


static void hr_org_scan_value(hr_org_scan_t *s, unsigned depth);


static size_t
hr_org_skip_blank(hr_str_t json, size_t pos)
{
    while (pos < json.len) {
        switch (json.data[pos]) {
        case ' ': case '\t': case '\r': case '\n': case ',': case ':':
            pos++;
            continue;
        default:
            return pos;
        }
    }

    return pos;
}


/* pos is at the opening quote; the result is behind the closing one. */
static size_t
hr_org_skip_string(hr_str_t json, size_t pos)
{
    for (pos++; pos < json.len; pos++) {
        if (json.data[pos] == '\\') {
            pos++;
            continue;
        }

        if (json.data[pos] == '"') {
            return pos + 1;
        }
    }

    return json.len;
}


static size_t
hr_org_skip_value(hr_str_t json, size_t pos)
{
    size_t  depth = 0;

    while (pos < json.len) {
        pos = hr_org_skip_blank(json, pos);

        if (pos == json.len) {
            break;
        }

        switch (json.data[pos]) {
        case '"':
            pos = hr_org_skip_string(json, pos);
            break;
        case '{': case '[':
            depth++;
            pos++;
            continue;
        case '}': case ']':
            depth--;
            pos++;
            break;
        default:
            while (pos < json.len && strchr(" \t\r\n,]}", json.data[pos]) == NULL) {
                pos++;
            }
            break;
        }

        if (depth == 0) {
            break;
        }
    }

    return pos;
}


static void
hr_org_place(hr_str_t json, size_t offset, hr_diag_t *diag)
{
    size_t  i, start = 0, line = 1;

    for (i = 0; i < offset && i < json.len; i++) {
        if (json.data[i] == '\n') {
            line++;
            start = i + 1;
        }
    }

    diag->line = line;
    diag->column = hr_utf8_count(hr_str(json.data + start, i - start)) + 1;
    diag->offset = offset;
}


/* Steps into a container at *pos to child number n: its key, or its value. */
static size_t
hr_org_enter(hr_str_t json, size_t pos, const hr_json_t *parent, size_t n,
    bool at_key)
{
    pos = hr_org_skip_blank(json, pos) + 1;

    for ( ;; ) {
        pos = hr_org_skip_blank(json, pos);

        if (parent->type == HR_JSON_OBJECT) {
            if (n == 0 && at_key) {
                return pos;
            }

            pos = hr_org_skip_blank(json, hr_org_skip_string(json, pos));
        }

        if (n-- == 0 || pos >= json.len) {
            return pos;
        }

        pos = hr_org_skip_value(json, pos);
    }
}


void
hr_org_locate(hr_str_t json, const hr_json_t *node, bool at_key,
    hr_diag_t *diag)
{
    size_t            pos, n, depth = 0;
    size_t            steps[80];
    const hr_json_t  *p, *c;

    if (diag == NULL || node == NULL) {
        return;
    }

    for (p = node; p->parent != NULL && depth < 80; p = p->parent) {
        for (n = 0, c = p->parent->first; c != NULL && c != p; c = c->next) {
            n++;
        }

        steps[depth++] = n;
    }

    pos = json.len >= 3 && memcmp(json.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (depth > 0) {
        depth--;
        pos = hr_org_enter(json, pos, p, steps[depth], at_key && depth == 0);

        c = p->first;

        for (n = steps[depth]; n > 0 && c != NULL; n--) {
            c = c->next;
        }

        if (c == NULL) {
            break;
        }

        p = c;
    }

    hr_org_place(json, hr_org_skip_blank(json, pos), diag);
}


/* --- repeated member names --------------------------------------------------- */

static bool
hr_org_scan_push(hr_org_scan_t *s, hr_str_t raw, size_t offset)
{
    size_t            capacity;
    hr_json_t        *decoded;
    hr_org_member_t  *m;

    if (s->count == s->capacity) {
        capacity = s->capacity == 0 ? 256 : s->capacity * 2;
        m = realloc(s->members, capacity * sizeof(hr_org_member_t));

        if (m == NULL) {
            return false;
        }

        s->members = m;
        s->capacity = capacity;
    }

    m = &s->members[s->count];
    m->raw = raw;
    m->text = raw;
    m->offset = offset;

    if (raw.len > 0 && memchr(raw.data, '\\', raw.len) != NULL) {
        /* with its quotes the name is a JSON text of its own */
        if (hr_json_parse(s->arena, hr_str(raw.data - 1, raw.len + 2), NULL,
                          &decoded, NULL)
            != HR_OK)
        {
            return false;
        }

        m->text = hr_json_text(decoded);
    }

    s->count++;

    return true;
}


static int
hr_org_member_order(const void *a, const void *b)
{
    const hr_org_member_t  *x = a, *y = b;
    int                     rc = hr_org_compare(x->text, y->text);

    if (rc != 0) {
        return rc;
    }

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}


static void
hr_org_scan_repeats(hr_org_scan_t *s, size_t from)
{
    size_t            i;
    hr_org_member_t  *m = s->members + from;

    if (s->count - from < 2) {
        return;
    }

    qsort(m, s->count - from, sizeof(hr_org_member_t), hr_org_member_order);

    for (i = 1; i < s->count - from; i++) {
        if (hr_str_eq(m[i - 1].text, m[i].text)
            && (!s->found || m[i].offset < s->offset))
        {
            s->found = true;
            s->key = m[i].text;
            s->offset = m[i].offset;
        }
    }
}


static void
hr_org_scan_members(hr_org_scan_t *s, unsigned depth, bool object)
{
    size_t  from = s->count, start, end;

    s->pos++;

    for ( ;; ) {
        s->pos = hr_org_skip_blank(s->json, s->pos);

        if (s->failed || s->pos >= s->json.len) {
            return;
        }

        if (s->json.data[s->pos] == '}' || s->json.data[s->pos] == ']') {
            s->pos++;
            break;
        }

        if (object) {
            start = s->pos;
            end = hr_org_skip_string(s->json, start);

            if (end < start + 2
                || !hr_org_scan_push(s, hr_str(s->json.data + start + 1,
                                               end - start - 2), start))
            {
                s->failed = true;
                return;
            }

            s->pos = end;
        }

        hr_org_scan_value(s, depth + 1);
    }

    hr_org_scan_repeats(s, from);
    s->count = from;
}


static void
hr_org_scan_value(hr_org_scan_t *s, unsigned depth)
{
    s->pos = hr_org_skip_blank(s->json, s->pos);

    if (s->pos >= s->json.len || depth > 80) {
        s->failed = true;
        return;
    }

    if (s->json.data[s->pos] == '{' || s->json.data[s->pos] == '[') {
        hr_org_scan_members(s, depth, s->json.data[s->pos] == '{');
        return;
    }

    s->pos = hr_org_skip_value(s->json, s->pos);
}


bool
hr_org_locate_duplicate(hr_arena_t *arena, hr_str_t json, hr_str_t *key,
    hr_diag_t *diag)
{
    hr_org_scan_t  s;

    memset(&s, 0, sizeof(s));
    s.arena = arena;
    s.json = json;

    if (json.len >= 3 && memcmp(json.data, "\xef\xbb\xbf", 3) == 0) {
        s.pos = 3;
    }

    hr_org_scan_value(&s, 0);
    free(s.members);

    if (!s.found) {
        return false;
    }

    *key = s.key;

    if (diag != NULL) {
        hr_org_place(json, s.offset, diag);
    }

    return true;
}
