/*
 * The one scan that the JSON reader and both writers share: how far a run of
 * string bytes goes that need no escape and are sound UTF-8.
 */

#ifndef HR_JSON_SCAN_H
#define HR_JSON_SCAN_H

#include "hr_utf8.h"


/* True when any of 8 bytes is a control, '"', '\\' or not ASCII. */
static inline bool
hr_json_word_special(uint64_t w)
{
    const uint64_t  ones = 0x0101010101010101ull;
    const uint64_t  tops = 0x8080808080808080ull;
    uint64_t        quote, slash;

    quote = w ^ ones * '"';
    slash = w ^ ones * '\\';

    /* for bytes below 0x80, (b - n) has the top bit exactly when b < n */
    return ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & tops) != 0;
}


/*
 * The end of the run that starts at p: the first control, '"', '\\' or broken
 * sequence, or end.
 */
static inline const unsigned char *
hr_json_run_end(const unsigned char *p, const unsigned char *end)
{
    size_t    n;
    uint64_t  w, pairs, pairs_mask;
    uint32_t  cp;

    /* 1101000x 10xxxxxx four times, in either order of bytes */
    memcpy(&pairs, "\xd0\x80\xd0\x80\xd0\x80\xd0\x80", 8);
    memcpy(&pairs_mask, "\xfe\xc0\xfe\xc0\xfe\xc0\xfe\xc0", 8);

    while (p < end) {

        while (end - p >= 8) {
            memcpy(&w, p, 8);
            if (hr_json_word_special(w)) {
                break;
            }
            p += 8;
        }

        while (p < end && *p < 0x80) {
            if (*p < 0x20 || *p == '"' || *p == '\\') {
                return p;
            }
            p++;
        }

        /* Cyrillic comes in runs of two-byte sequences, here four at a time */
        while (end - p >= 8) {
            memcpy(&w, p, 8);
            if ((w & pairs_mask) != pairs) {
                break;
            }
            p += 8;
        }

        while (end - p >= 2 && p[0] >= 0xc2 && p[0] <= 0xdf
               && (p[1] & 0xc0) == 0x80)
        {
            p += 2;
        }

        if (p < end && *p >= 0x80) {
            n = hr_utf8_decode(p, (size_t) (end - p), &cp);
            if (cp == HR_UTF8_BAD) {
                return p;
            }
            p += n;
        }
    }

    return p;
}

#endif /* HR_JSON_SCAN_H */
