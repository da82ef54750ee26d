/* The value rules of exports.md 1: what is missing, and what text a value is. */

#include <stdarg.h>

#include <utf8proc.h>

#include "hr_section_walk.h"
#include "hr_text.h"


#define HR_SECTION_JSON_MAX  (8u << 20)


static bool hr_section_blank(hr_str_t text);
static bool hr_section_dirty(hr_str_t text);
static hr_str_t hr_section_number(hr_str_t text);
static hr_str_t hr_section_compact(hr_section_walk_t *w, const hr_json_t *node);
static hr_str_t hr_section_joined(hr_section_walk_t *w, const hr_json_t *array);


bool
hr_section_absent(const hr_json_t *node)
{
    const hr_json_t  *child;

    if (node == NULL || hr_json_missing(node)) {
        return true;
    }

    if (node->type == HR_JSON_STRING) {
        return hr_section_blank(node->text);
    }

    if (node->type != HR_JSON_ARRAY && node->type != HR_JSON_OBJECT) {
        return false;
    }

    for (child = node->first; child != NULL; child = child->next) {
        if (!hr_section_absent(child)) {
            return false;
        }
    }

    return true;
}


hr_str_t
hr_section_text(hr_section_walk_t *w, const hr_json_t *node)
{
    const hr_json_t  *child;

    if (hr_section_absent(node)) {
        return HR_STR("");
    }

    switch (node->type) {

    case HR_JSON_STRING:
        return hr_section_clean(w, node->text);

    case HR_JSON_NUMBER:
        return hr_section_number(node->text);

    case HR_JSON_BOOL:
        return node->boolean ? w->labels->yes : w->labels->no;

    case HR_JSON_ARRAY:
        for (child = node->first; child != NULL; child = child->next) {
            if (child->type == HR_JSON_ARRAY || child->type == HR_JSON_OBJECT) {
                return hr_section_compact(w, node);
            }
        }

        return hr_section_joined(w, node);

    default:
        return hr_section_compact(w, node);
    }
}


hr_str_t
hr_section_clean(hr_section_walk_t *w, hr_str_t text)
{
    char      *out;
    size_t     pos, start, len;
    uint32_t   cp;

    if (!hr_section_dirty(text)) {
        return hr_trim(text);
    }

    /* a broken byte becomes a character of three */
    out = hr_arena_alloc(w->arena, 3 * text.len + 1);
    if (out == NULL) {
        w->rc = w->rc == HR_OK ? HR_NOMEM : w->rc;
        return HR_STR("");
    }

    for (pos = 0, len = 0; pos < text.len; ) {
        start = pos;
        cp = hr_utf8_next(text, &pos);

        if (cp == '\r' || cp == '\n' || cp == 0x0b || cp == 0x0c || cp == 0x85
            || cp == 0x2028 || cp == 0x2029)
        {
            if (cp == '\r' && pos < text.len && text.data[pos] == '\n') {
                pos++;
            }
            out[len++] = '\n';

        } else if ((cp < 0x20 && cp != '\t') || cp == 0xfffe || cp == 0xffff) {
            continue;

        } else if (cp == 0xfffd) {
            memcpy(out + len, "\xef\xbf\xbd", 3);
            len += 3;

        } else {
            memcpy(out + len, text.data + start, pos - start);
            len += pos - start;
        }
    }

    return hr_trim(hr_str(out, len));
}


hr_str_t
hr_section_raise(hr_arena_t *arena, hr_str_t text)
{
    char             *out;
    size_t            pos, n;
    uint32_t          cp;
    utf8proc_uint8_t  upper[4];

    if (text.len == 0) {
        return text;
    }

    pos = 0;
    cp = hr_utf8_next(text, &pos);
    n = (size_t) utf8proc_encode_char(utf8proc_toupper((utf8proc_int32_t) cp),
                                      upper);

    out = hr_arena_alloc(arena, n + text.len - pos + 1);
    if (out == NULL) {
        return HR_STR_NULL;
    }

    memcpy(out, upper, n);
    memcpy(out + n, text.data + pos, text.len - pos);

    return hr_str(out, n + text.len - pos);
}


hr_str_t
hr_section_concat(hr_section_walk_t *w, const hr_str_t *texts, size_t n)
{
    char    *out, *p;
    size_t   i, len;

    for (i = 0, len = 0; i < n; i++) {
        len += texts[i].len;
    }

    out = hr_arena_alloc(w->arena, len + 1);
    if (out == NULL) {
        w->rc = w->rc == HR_OK ? HR_NOMEM : w->rc;
        return HR_STR("");
    }

    for (i = 0, p = out; i < n; i++) {
        if (texts[i].len != 0) {
            memcpy(p, texts[i].data, texts[i].len);
            p += texts[i].len;
        }
    }

    return hr_str(out, len);
}


const hr_json_t *
hr_section_first(const hr_json_t *object, ...)
{
    va_list           names;
    const char       *name;
    const hr_json_t  *found;

    found = NULL;
    va_start(names, object);

    while (found == NULL && (name = va_arg(names, const char *)) != NULL) {
        found = hr_json_get(object, name);
        if (hr_section_absent(found)) {
            found = NULL;
        }
    }

    va_end(names);

    return found;
}


const hr_json_t *
hr_section_pick(const hr_section_sources_t *sources, ...)
{
    size_t            i;
    va_list           names;
    const char       *name;
    const hr_json_t  *found;

    found = NULL;
    va_start(names, sources);

    while (found == NULL && (name = va_arg(names, const char *)) != NULL) {

        for (i = 0; i < sources->count; i++) {
            found = hr_json_get(sources->objects[i], name);
            if (!hr_section_absent(found)) {
                break;
            }
            found = NULL;
        }
    }

    va_end(names);

    return found;
}


const hr_json_t *
hr_section_source(hr_section_walk_t *w, hr_section_sources_t *sources,
    const hr_json_t *node)
{
    hr_rc_t     rc;
    hr_json_t  *inner;

    if (hr_section_absent(node)) {
        return NULL;
    }

    if (node->type == HR_JSON_STRING && hr_trim(node->text).data[0] == '{') {
        rc = hr_json_parse(w->arena, node->text, NULL, &inner, NULL);

        if (rc == HR_NOMEM) {
            w->rc = w->rc == HR_OK ? rc : w->rc;
            return NULL;
        }

        if (rc == HR_OK && inner->type == HR_JSON_OBJECT) {
            if (hr_section_absent(inner)) {
                return NULL;
            }

            node = inner;
        }
    }

    if (node->type != HR_JSON_OBJECT || sources->count == HR_SECTION_SOURCES) {
        return node;
    }

    sources->objects[sources->count++] = node;

    return NULL;
}


static bool
hr_section_blank(hr_str_t text)
{
    size_t    pos;
    uint32_t  cp;

    text = hr_trim(text);

    for (pos = 0; pos < text.len; ) {
        cp = hr_utf8_next(text, &pos);
        if (cp >= 0x20 && cp != 0xfffe && cp != 0xffff) {
            return false;
        }
    }

    return true;
}


/*
 * Whether hr_section_clean() would change more than the ends.  Only two lead
 * bytes matter beside controls: E2 80 A8/A9 are line separators, EF BF BE/BF no
 * characters; C2 85 is a line break.
 */
static bool
hr_section_dirty(hr_str_t text)
{
    size_t                i;
    const unsigned char  *p = (const unsigned char *) text.data;

    for (i = 0; i < text.len; i++) {

        if (p[i] < 0x20 && p[i] != '\t' && p[i] != '\n') {
            return true;
        }

        if (i + 1 < text.len && p[i] == 0xc2 && p[i + 1] == 0x85) {
            return true;
        }

        if (i + 2 < text.len
            && ((p[i] == 0xe2 && p[i + 1] == 0x80 && p[i + 2] >= 0xa8
                 && p[i + 2] <= 0xa9)
                || (p[i] == 0xef && p[i + 1] == 0xbf && p[i + 2] >= 0xbe)))
        {
            return true;
        }
    }

    return !hr_utf8_valid(text);
}


/* "1.0" is 1 for a reader; anything else stays as it was written. */
static hr_str_t
hr_section_number(hr_str_t text)
{
    size_t  i, dot;

    dot = text.len;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] == '.') {
            dot = i;

        } else if (text.data[i] == 'e' || text.data[i] == 'E'
                   || (i > dot && text.data[i] != '0'))
        {
            return text;
        }
    }

    return hr_str(text.data, dot);
}


static hr_str_t
hr_section_compact(hr_section_walk_t *w, const hr_json_t *node)
{
    hr_rc_t   rc;
    hr_buf_t  buf;
    hr_str_t  text;

    hr_buf_init(&buf, HR_SECTION_JSON_MAX);

    rc = hr_json_write(node, HR_JSON_COMPACT, &buf);
    text = HR_STR_NULL;

    if (rc == HR_OK) {
        text = hr_section_clean(w, hr_arena_str(w->arena, hr_buf_view(&buf)));
        rc = text.len == 0 ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&buf);

    if (rc != HR_OK) {
        w->rc = w->rc == HR_OK ? rc : w->rc;
        return HR_STR("");
    }

    return text;
}


static hr_str_t
hr_section_joined(hr_section_walk_t *w, const hr_json_t *array)
{
    size_t            n;
    hr_str_t         *texts;
    const hr_json_t  *child;

    texts = hr_arena_alloc(w->arena, 2 * array->count * sizeof(hr_str_t));
    if (texts == NULL) {
        w->rc = w->rc == HR_OK ? HR_NOMEM : w->rc;
        return HR_STR("");
    }

    for (n = 0, child = array->first; child != NULL; child = child->next) {
        if (hr_section_absent(child)) {
            continue;
        }

        if (n != 0) {
            texts[n++] = HR_STR(", ");
        }

        texts[n++] = hr_section_text(w, child);
    }

    return n == 1 ? texts[0] : hr_section_concat(w, texts, n);
}
