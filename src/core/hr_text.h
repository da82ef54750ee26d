/*
 * Unicode text: UTF-8, case folding, the match key of data-files.md 4.4,
 * trimming, lengths in code points, edit distance.
 */

#ifndef HR_TEXT_H
#define HR_TEXT_H

#include "hr_base.h"


bool hr_utf8_valid(hr_str_t text);          /* RFC 3629: no surrogates, no overlong */
size_t hr_utf8_count(hr_str_t text);        /* code points of valid UTF-8 */

/*
 * Reads one code point at *pos (< text.len) and advances *pos.  Broken bytes
 * give U+FFFD and advance by the maximal broken part.
 */
uint32_t hr_utf8_next_any(hr_str_t text, size_t *pos);

/* The same; ASCII and the Cyrillic letters are answered here. */
static inline uint32_t
hr_utf8_next(hr_str_t text, size_t *pos)
{
    size_t                at = *pos;
    const unsigned char  *p = (const unsigned char *) text.data + at;

    if (p[0] < 0x80) {
        *pos = at + 1;
        return p[0];
    }

    if ((p[0] == 0xd0 || p[0] == 0xd1) && text.len - at > 1
        && (p[1] & 0xc0) == 0x80)
    {
        *pos = at + 2;
        return (uint32_t) (p[0] & 0x1f) << 6 | (p[1] & 0x3f);
    }

    return hr_utf8_next_any(text, pos);
}
/* Appends one code point; surrogates and values above U+10FFFF become U+FFFD. */
hr_rc_t hr_utf8_append(hr_buf_t *buf, uint32_t cp);
/* Copy in which every broken sequence became U+FFFD (api-core.md 1.7). */
hr_str_t hr_utf8_repair(hr_arena_t *arena, hr_str_t text);
/* The longest prefix of at most max_bytes that ends on a character boundary. */
hr_str_t hr_utf8_cut_bytes(hr_str_t text, size_t max_bytes);
hr_str_t hr_utf8_cut(hr_str_t text, size_t max_code_points);

hr_str_t hr_trim(hr_str_t text);            /* Unicode white space at both ends */
bool hr_has_control(hr_str_t text);         /* U+0000..U+001F or U+007F */

/*
 * The three below return a copy in the arena, {0, NULL} when it is full;
 * broken UTF-8 becomes U+FFFD.
 *
 * Search fold: NFC, Unicode lower case, ё -> е, every kind of blank -> one
 * blank, runs of blanks collapsed, trimmed.
 */
hr_str_t hr_fold(hr_arena_t *arena, hr_str_t text);
/* Plain Unicode lower case, nothing else changed. */
hr_str_t hr_lower(hr_arena_t *arena, hr_str_t text);
/* Match key of data-files.md 4.4 rule 1 (NFC, blanks, lower case, ё, quotes, dashes). */
hr_str_t hr_match_key(hr_arena_t *arena, hr_str_t text);

bool hr_contains(hr_str_t haystack, hr_str_t needle);   /* bytes; empty needle: true */
/* needle occurs in text at the start of a word (both already folded). */
bool hr_contains_word_start(hr_str_t text, hr_str_t needle);

/* Levenshtein distance in code points; inputs above 512 code points: HR_LIMIT as SIZE_MAX. */
size_t hr_edit_distance(hr_str_t a, hr_str_t b);
/*
 * 1 - distance / max length; two empty texts: 1.0; above the limit of
 * hr_edit_distance() 1.0 for equal texts and 0.0 for all others.
 */
double hr_similarity(hr_str_t a, hr_str_t b);

#endif /* HR_TEXT_H */
