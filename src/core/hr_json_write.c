/*
 * Escaping, and writing a JSON tree: compact, indented, ASCII.
 */

#include "hr_json.h"
#include "hr_json_scan.h"


static void
hr_json_escape_unit(hr_buf_t *out, uint32_t unit)
{
    char               text[6] = { '\\', 'u' };
    static const char  hex[] = "0123456789abcdef";

    text[2] = hex[unit >> 12 & 15];
    text[3] = hex[unit >> 8 & 15];
    text[4] = hex[unit >> 4 & 15];
    text[5] = hex[unit & 15];

    hr_buf_append(out, text, sizeof(text));
}


static void
hr_json_escape_cp(hr_buf_t *out, uint32_t cp)
{
    if (cp > 0xffff) {
        cp -= 0x10000;
        hr_json_escape_unit(out, 0xd800 + (cp >> 10));
        cp = 0xdc00 + (cp & 0x3ff);
    }

    hr_json_escape_unit(out, cp);
}


static void
hr_json_escape_ascii(hr_buf_t *out, unsigned char c)
{
    const char         *found;
    static const char   values[] = "\"\\\b\f\n\r\t";
    static const char   names[] = "\"\\bfnrt";

    found = memchr(values, c, sizeof(values) - 1);
    if (found == NULL) {
        hr_json_escape_unit(out, c);
        return;
    }

    hr_buf_append(out, (char[]) { '\\', names[found - values] }, 2);
}


/* With HR_JSON_ASCII the run also ends at DEL and at everything not ASCII. */
static const unsigned char *
hr_json_escape_run(const unsigned char *p, const unsigned char *end,
    unsigned flags)
{
    const unsigned char  *stop;

    if (!(flags & HR_JSON_ASCII)) {
        return hr_json_run_end(p, end);
    }

    stop = hr_json_run_end(p, hr_utf8_ascii_end(p, end));
    end = memchr(p, 0x7f, (size_t) (stop - p));

    return end != NULL ? end : stop;
}


hr_rc_t
hr_json_escape(hr_buf_t *out, hr_str_t text, unsigned flags)
{
    uint32_t              cp;
    const unsigned char  *p, *run, *end;

    if (text.len == 0) {
        return out->err;
    }

    p = (const unsigned char *) text.data;
    end = p + text.len;

    for ( ;; ) {
        run = p;
        p = hr_json_escape_run(p, end, flags);
        hr_buf_append(out, (const char *) run, (size_t) (p - run));

        if (p == end || out->err != HR_OK) {
            return out->err;
        }

        if (*p < 0x7f) {
            hr_json_escape_ascii(out, *p++);
            continue;
        }

        p += hr_utf8_decode(p, (size_t) (end - p), &cp);
        if (cp == HR_UTF8_BAD) {
            cp = HR_UTF8_REPLACE;
        }

        if (flags & HR_JSON_ASCII) {
            hr_json_escape_cp(out, cp);
        } else {
            /* sound sequences are part of the run */
            hr_buf_append(out, "\xef\xbf\xbd", 3);
        }
    }
}


hr_rc_t
hr_json_quote(hr_buf_t *out, hr_str_t text, unsigned flags)
{
    hr_buf_char(out, '"');
    hr_json_escape(out, text, flags);

    return hr_buf_char(out, '"');
}


static void
hr_json_write_break(hr_buf_t *out, size_t depth, unsigned flags)
{
    if (!(flags & HR_JSON_INDENT)) {
        return;
    }

    hr_buf_char(out, '\n');
    while (depth-- > 0) {
        hr_buf_append(out, "  ", 2);
    }
}


/* A scalar, an empty container, or the opening bracket of another one. */
static void
hr_json_write_head(const hr_json_t *node, unsigned flags, hr_buf_t *out)
{
    switch (node->type) {

    case HR_JSON_NULL:
        hr_buf_append(out, "null", 4);
        break;

    case HR_JSON_BOOL:
        hr_buf_c(out, node->boolean ? "true" : "false");
        break;

    case HR_JSON_NUMBER:
        hr_buf_str(out, node->text);
        break;

    case HR_JSON_STRING:
        hr_json_quote(out, node->text, flags);
        break;

    case HR_JSON_ARRAY:
        hr_buf_c(out, node->first == NULL ? "[]" : "[");
        break;

    case HR_JSON_OBJECT:
        hr_buf_c(out, node->first == NULL ? "{}" : "{");
        break;
    }
}


hr_rc_t
hr_json_write(const hr_json_t *node, unsigned flags, hr_buf_t *out)
{
    size_t            depth;
    const hr_json_t  *p;

    p = node;
    depth = 0;

    while (out->err == HR_OK) {

        if (p != node && p->parent->type == HR_JSON_OBJECT) {
            hr_json_quote(out, p->key, flags);
            hr_buf_append(out, ": ", flags & HR_JSON_INDENT ? 2 : 1);
        }

        hr_json_write_head(p, flags, out);

        if (p->first != NULL) {
            p = p->first;
            hr_json_write_break(out, ++depth, flags);
            continue;
        }

        while (p != node && p->next == NULL) {
            p = p->parent;
            hr_json_write_break(out, --depth, flags);
            hr_buf_char(out, p->type == HR_JSON_OBJECT ? '}' : ']');
        }

        if (p == node) {
            break;
        }

        p = p->next;
        hr_buf_char(out, ',');
        hr_json_write_break(out, depth, flags);
    }

    return out->err;
}


hr_rc_t
hr_json_escaped(hr_arena_t *arena, hr_str_t text, hr_str_t *out)
{
    hr_rc_t   rc;
    hr_buf_t  buf;

    hr_buf_init(&buf, text.len * 6 + 16);
    rc = hr_json_escape(&buf, text, HR_JSON_COMPACT);
    *out = rc == HR_OK ? hr_arena_str(arena, hr_str(buf.data == NULL ? ""
                                                    : buf.data, buf.len))
                       : HR_STR_NULL;
    hr_buf_release(&buf);

    return rc != HR_OK ? rc : out->data == NULL ? HR_NOMEM : HR_OK;
}
