/*
 * Tokens of the JSON reader: strings, numbers, literals.
 */

#include "hr_json_reader.h"
#include "hr_json_scan.h"


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


hr_rc_t
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
hr_rc_t
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


hr_rc_t
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
