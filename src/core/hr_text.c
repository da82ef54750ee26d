/*
 * UTF-8 without knowledge of characters: validity, counting, cutting,
 * containment.
 */

#define _GNU_SOURCE     /* memmem */

#include <string.h>

#include "hr_text.h"
#include "hr_unicode.h"
#include "hr_utf8.h"


bool
hr_utf8_valid(hr_str_t text)
{
    uint32_t              cp;
    const unsigned char  *p, *end;

    if (text.len == 0) {
        return true;
    }

    p = (const unsigned char *) text.data;
    end = p + text.len;

    for ( ;; ) {
        p = hr_utf8_ascii_end(p, end);
        if (p == end) {
            return true;
        }

        while (p < end && *p >= 0x80) {
            p += hr_utf8_decode(p, (size_t) (end - p), &cp);
            if (cp == HR_UTF8_BAD) {
                return false;
            }
        }
    }
}


size_t
hr_utf8_count(hr_str_t text)
{
    size_t    n;
    uint64_t  w;
    const unsigned char  *p, *end;

    n = text.len;
    if (n == 0) {
        return 0;
    }

    p = (const unsigned char *) text.data;
    end = p + text.len;

    /* every byte but the continuations (10xxxxxx) starts a character */
    for ( /* void */ ; end - p >= 8; p += 8) {
        memcpy(&w, p, 8);
        w = w >> 7 & ~w >> 6 & 0x0101010101010101ull;
        n -= (size_t) (w * 0x0101010101010101ull >> 56);    /* the sum of its bytes */
    }

    for ( /* void */ ; p < end; p++) {
        n -= (*p & 0xc0) == 0x80;
    }

    return n;
}


uint32_t
hr_utf8_next_any(hr_str_t text, size_t *pos)
{
    uint32_t  cp;

    *pos += hr_utf8_decode((const unsigned char *) text.data + *pos,
                           text.len - *pos, &cp);

    return cp == HR_UTF8_BAD ? HR_UTF8_REPLACE : cp;
}


hr_rc_t
hr_utf8_append(hr_buf_t *buf, uint32_t cp)
{
    size_t         len;
    unsigned char  bytes[4];

    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
        cp = HR_UTF8_REPLACE;
    }

    len = hr_utf8_encode(cp, bytes);

    return hr_buf_append(buf, (const char *) bytes, len);
}


hr_str_t
hr_utf8_repair(hr_arena_t *arena, hr_str_t text)
{
    char                 *out, *copy;
    size_t                n, broken;
    uint32_t              cp;
    const unsigned char  *p, *end;

    if (text.len == 0) {
        return hr_arena_str(arena, text);
    }

    broken = 0;
    p = (const unsigned char *) text.data;
    end = p + text.len;

    while (p < end) {
        p += hr_utf8_decode(p, (size_t) (end - p), &cp);
        broken += cp == HR_UTF8_BAD;
    }

    if (broken == 0 || broken > (SIZE_MAX - text.len) / 2 - 1) {
        return broken == 0 ? hr_arena_str(arena, text) : HR_STR_NULL;
    }

    /* a broken part has at least one byte, its replacement three */
    copy = hr_arena_alloc(arena, text.len + 2 * broken + 1);
    if (copy == NULL) {
        return HR_STR_NULL;
    }

    out = copy;
    p = (const unsigned char *) text.data;

    while (p < end) {
        n = hr_utf8_decode(p, (size_t) (end - p), &cp);
        if (cp == HR_UTF8_BAD) {
            memcpy(out, "\xef\xbf\xbd", 3);
            out += 3;
        } else {
            memcpy(out, p, n);
            out += n;
        }
        p += n;
    }

    *out = '\0';

    return hr_str(copy, (size_t) (out - copy));
}


hr_str_t
hr_utf8_cut_bytes(hr_str_t text, size_t max_bytes)
{
    if (text.len <= max_bytes) {
        return text;
    }

    while (max_bytes > 0
           && ((unsigned char) text.data[max_bytes] & 0xc0) == 0x80)
    {
        max_bytes--;
    }

    text.len = max_bytes;

    return text;
}


hr_str_t
hr_utf8_cut(hr_str_t text, size_t max_code_points)
{
    size_t  pos;

    /* no more bytes than that: nothing to count */
    if (text.len <= max_code_points) {
        return text;
    }

    for (pos = 0; pos < text.len && max_code_points > 0; max_code_points--) {
        (void) hr_utf8_next(text, &pos);
    }

    text.len = pos;

    return text;
}


/*
 * The character that ends at pos (> 0); *start is where it begins.  A byte
 * that ends no character counts as one by itself.
 */
static uint32_t
hr_text_before(hr_str_t text, size_t pos, size_t *start)
{
    size_t    i, at;
    uint32_t  cp;

    for (i = pos - 1; i > 0 && pos - i < 4; i--) {
        if (((unsigned char) text.data[i] & 0xc0) != 0x80) {
            break;
        }
    }

    at = i;
    cp = hr_utf8_next(hr_str(text.data, pos), &at);

    if (at != pos) {
        *start = pos - 1;
        return HR_UTF8_REPLACE;
    }

    *start = i;

    return cp;
}


hr_str_t
hr_trim(hr_str_t text)
{
    size_t  pos, start;

    for (start = 0; start < text.len; start = pos) {
        pos = start;
        if (!hr_unicode_is_space(hr_utf8_next(text, &pos))) {
            break;
        }
    }

    text.data = text.len > 0 ? text.data + start : text.data;
    text.len -= start;

    while (text.len > 0) {
        if (!hr_unicode_is_space(hr_text_before(text, text.len, &pos))) {
            break;
        }
        text.len = pos;
    }

    return text;
}


bool
hr_has_control(hr_str_t text)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < text.len; i++) {
        c = (unsigned char) text.data[i];
        if (c < 0x20 || c == 0x7f) {
            return true;
        }
    }

    return false;
}


bool
hr_contains(hr_str_t haystack, hr_str_t needle)
{
    if (needle.len == 0) {
        return true;
    }

    return haystack.len >= needle.len
           && memmem(haystack.data, haystack.len, needle.data, needle.len)
              != NULL;
}


bool
hr_contains_word_start(hr_str_t text, hr_str_t needle)
{
    size_t       at, start;
    const char  *p, *from;

    if (needle.len == 0) {
        return true;
    }

    from = text.data;

    while (needle.len <= text.len - (size_t) (from - text.data)) {

        p = memmem(from, text.len - (size_t) (from - text.data),
                   needle.data, needle.len);
        if (p == NULL) {
            return false;
        }

        at = (size_t) (p - text.data);
        if (at == 0 || !hr_unicode_is_word(hr_text_before(text, at, &start))) {
            return true;
        }

        from = p + 1;
    }

    return false;
}
