/*
 * Lower case, search fold and match key.  One pass over the code points with
 * the rules as flags.
 *
 * Text that may not be in NFC takes a longer way: decomposed, the same pass,
 * composed.  Composing first would not do: a small letter can have a composed
 * form that the capital lacks (T with diaeresis), so that the fold of a fold
 * would differ.
 */

#include <stdlib.h>

#include <utf8proc.h>

#include "hr_text.h"
#include "hr_unicode.h"
#include "hr_utf8.h"

#define HR_FOLD_NFC      1u
#define HR_FOLD_YO       2u     /* U+0451 -> U+0435 */
#define HR_FOLD_SPACES   4u     /* all white space -> blank, runs collapsed, trimmed */
#define HR_FOLD_BLANKS   8u     /* the same for the blanks of the match key only */
#define HR_FOLD_MARKS   16u     /* quotes and dashes of the match key */
#define HR_FOLD_APART   32u     /* the text is in NFD */

#define HR_FOLD_SMALL   512


bool
hr_unicode_is_space(uint32_t cp)
{
    if (cp < 0x80) {
        return cp == ' ' || (cp >= 0x09 && cp <= 0x0d);
    }

    if (cp < 0x1680) {
        return cp == 0x85 || cp == 0xa0;
    }

    return cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028
           || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}


bool
hr_unicode_is_word_any(uint32_t cp)
{
    switch (utf8proc_category((utf8proc_int32_t) cp)) {

    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;

    default:
        return false;
    }
}


bool
hr_unicode_is_upper(uint32_t cp)
{
    return utf8proc_category((utf8proc_int32_t) cp) == UTF8PROC_CATEGORY_LU;
}


bool
hr_unicode_is_lower(uint32_t cp)
{
    return utf8proc_category((utf8proc_int32_t) cp) == UTF8PROC_CATEGORY_LL;
}


bool
hr_unicode_is_digit(uint32_t cp)
{
    return utf8proc_category((utf8proc_int32_t) cp) == UTF8PROC_CATEGORY_ND;
}


uint32_t
hr_unicode_lower(uint32_t cp)
{
    if (cp < 0x80) {
        return cp >= 'A' && cp <= 'Z' ? cp + 0x20 : cp;
    }

    if (cp >= 0x400 && cp < 0x460) {
        return cp < 0x410 ? cp + 0x50 : cp < 0x430 ? cp + 0x20 : cp;
    }

    return (uint32_t) utf8proc_tolower((utf8proc_int32_t) cp);
}


/* What a code point becomes under the rules; a blank is ' '. */
static uint32_t
hr_fold_cp(uint32_t cp, unsigned rules)
{
    if ((rules & HR_FOLD_SPACES) && hr_unicode_is_space(cp)) {
        return ' ';
    }

    if ((rules & HR_FOLD_BLANKS)
        && (cp == '\t' || cp == 0xa0 || cp == 0x2007 || cp == 0x202f))
    {
        return ' ';
    }

    if (rules & HR_FOLD_MARKS) {
        switch (cp) {
        case '\'':
        case 0xab:
        case 0xbb:
        case 0x201c:
        case 0x201d:
        case 0x201e:
            return '"';

        case 0x2013:
        case 0x2014:
            return '-';
        }
    }

    cp = hr_unicode_lower(cp);

    return (rules & HR_FOLD_YO) && cp == 0x451 ? 0x435 : cp;
}


/*
 * A text of such characters only is sound and surely in NFC: below U+0300 and
 * in the blocks named here nothing composes with what stands before it and
 * nothing has a singleton mapping (U+2000 and U+2001 have one).
 */
static bool
hr_fold_is_plain(uint32_t cp)
{
    return cp < 0x300 || (cp >= 0x400 && cp <= 0x482)
           || (cp >= 0x48a && cp <= 0x52f) || (cp >= 0x2002 && cp <= 0x2063)
           || cp == 0x2116 || (cp >= 0x2190 && cp <= 0x21ff);
}


/* U+0400 to U+047F: letters only. */
static inline uint32_t
hr_fold_cyrillic(uint32_t cp, unsigned rules)
{
    cp = hr_unicode_lower(cp);

    return (rules & HR_FOLD_YO) && cp == 0x451 ? 0x435 : cp;
}


/* A normal form, malloc'ed; NULL on failure. */
static char *
hr_fold_normal(hr_str_t text, utf8proc_option_t form, size_t *len)
{
    size_t             pos;
    hr_buf_t           sound;
    utf8proc_ssize_t   n;
    utf8proc_uint8_t  *out;

    /* utf8proc refuses broken UTF-8, and its lengths are signed */
    hr_buf_init(&sound, text.len < SIZE_MAX / 16 ? text.len * 3 : 0);
    for (pos = 0; pos < text.len && sound.err == HR_OK; /* void */ ) {
        hr_utf8_append(&sound, hr_utf8_next(text, &pos));
    }

    out = NULL;
    n = -1;

    if (hr_buf_reserve(&sound, 0) == HR_OK) {
        n = utf8proc_map((const utf8proc_uint8_t *) sound.data,
                         (utf8proc_ssize_t) sound.len, &out,
                         UTF8PROC_STABLE | form);
    }

    hr_buf_release(&sound);

    if (n < 0) {
        free(out);
        return NULL;
    }

    *len = (size_t) n;

    return (char *) out;
}


/*
 * The pass itself; out has room for three times the text.  Returns the length.
 * Blanks are held back until something follows, which collapses and trims.
 */
static size_t
hr_fold_run(hr_str_t text, unsigned rules, unsigned char *out)
{
    bool                  blanks, blank, any, ye;
    uint32_t              cp;
    unsigned char        *start;
    const unsigned char  *p, *end;

    p = (const unsigned char *) text.data;
    end = p + text.len;
    start = out;
    blanks = (rules & (HR_FOLD_SPACES | HR_FOLD_BLANKS)) != 0;
    blank = false;
    any = false;
    ye = false;

    while (p < end) {

        p += hr_utf8_decode(p, (size_t) (end - p), &cp);
        cp = cp == HR_UTF8_BAD ? HR_UTF8_REPLACE : hr_fold_cp(cp, rules);

        if (rules & HR_FOLD_APART) {
            /* the diaeresis that makes a U+0451 of the letter before it */
            if (cp == 0x308 && ye) {
                continue;
            }
            if (utf8proc_get_property((utf8proc_int32_t) cp)->combining_class
                == 0)
            {
                ye = cp == 0x435;
            }
        }

        if (blanks && cp == ' ') {
            blank = any;
            continue;
        }

        if (blank) {
            *out++ = ' ';
            blank = false;
        }

        any = true;
        out += hr_utf8_encode(cp, out);
    }

    return (size_t) (out - start);
}


/*
 * The same for a text that is sound and surely in NFC, in which nearly all
 * characters are ASCII or Cyrillic; SIZE_MAX: it is not, or not surely.
 */
static size_t
hr_fold_run_plain(hr_str_t text, unsigned rules, unsigned char *out)
{
    size_t                n;
    bool                  blank;
    uint32_t              cp;
    unsigned char        *start;
    const unsigned char  *p, *end;

    p = (const unsigned char *) text.data;
    end = p + text.len;
    start = out;
    blank = false;

    while (p < end) {

        if ((p[0] | 1) == 0xd1 && end - p > 1 && (p[1] & 0xc0) == 0x80) {
            cp = hr_fold_cyrillic((uint32_t) (p[0] & 0x1f) << 6 | (p[1] & 0x3f),
                                  rules);
            p += 2;

        } else if (*p < 0x80) {
            cp = hr_fold_cp(*p++, rules);

        } else {
            n = hr_utf8_decode(p, (size_t) (end - p), &cp);

            if (!hr_fold_is_plain(cp)) {
                return SIZE_MAX;
            }

            cp = hr_fold_cp(cp, rules);
            p += n;
        }

        if (cp == ' ') {
            blank = out != start;
            continue;
        }

        if (blank) {
            *out++ = ' ';
            blank = false;
        }

        out += hr_utf8_encode(cp, out);
    }

    return (size_t) (out - start);
}


/*
 * Room for the worst growth, which is threefold: a broken byte becomes U+FFFD.
 * Short texts, which nearly all are, take it from the stack, so that the arena
 * is charged for the result only.  *plain is set false, and nothing made, when
 * it was asked for and the text is not so.
 */
static hr_str_t
hr_fold_pass(hr_arena_t *arena, hr_str_t text, unsigned rules, bool *plain)
{
    char           *composed;
    size_t          len;
    hr_str_t        result;
    unsigned char   small[HR_FOLD_SMALL * 3], *out;

    if (text.len <= HR_FOLD_SMALL) {
        out = small;

    } else {
        out = text.len < SIZE_MAX / 3 ? malloc(text.len * 3) : NULL;
        if (out == NULL) {
            *plain = true;
            return HR_STR_NULL;
        }
    }

    len = text.len == 0 ? 0
          : *plain ? hr_fold_run_plain(text, rules, out)
                   : hr_fold_run(text, rules, out);
    result = hr_str((char *) out, len);

    if (len == SIZE_MAX) {
        *plain = false;
        result = HR_STR_NULL;

    } else if (rules & HR_FOLD_APART) {
        composed = hr_fold_normal(result, UTF8PROC_COMPOSE, &len);
        result = composed == NULL ? HR_STR_NULL
                                  : hr_arena_str(arena, hr_str(composed, len));
        free(composed);

    } else {
        result = hr_arena_str(arena, result);
    }

    if (out != small) {
        free(out);
    }

    return result;
}


static hr_str_t
hr_fold_apply(hr_arena_t *arena, hr_str_t text, unsigned rules)
{
    bool       plain;
    char      *apart;
    size_t     len;
    hr_str_t   result;

    plain = (rules & HR_FOLD_NFC) != 0;
    result = hr_fold_pass(arena, text, rules, &plain);

    if ((rules & HR_FOLD_NFC) && !plain) {
        apart = hr_fold_normal(text, UTF8PROC_DECOMPOSE, &len);
        result = apart == NULL ? HR_STR_NULL
                               : hr_fold_pass(arena, hr_str(apart, len),
                                              rules | HR_FOLD_APART, &plain);
        free(apart);
    }

    if (result.data == NULL) {
        hr_arena_fail(arena);       /* also when it was the heap */
    }

    return result;
}


hr_str_t
hr_fold(hr_arena_t *arena, hr_str_t text)
{
    return hr_fold_apply(arena, text,
                         HR_FOLD_NFC | HR_FOLD_YO | HR_FOLD_SPACES);
}


hr_str_t
hr_lower(hr_arena_t *arena, hr_str_t text)
{
    return hr_fold_apply(arena, text, 0);
}


hr_str_t
hr_match_key(hr_arena_t *arena, hr_str_t text)
{
    return hr_fold_apply(arena, text,
                         HR_FOLD_NFC | HR_FOLD_YO | HR_FOLD_BLANKS
                         | HR_FOLD_MARKS);
}
