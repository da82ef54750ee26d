/*
 * Decoding of one UTF-8 sequence, inline, for the scanners of this library.
 * Callers outside of them use hr_text.h.
 */

#ifndef HR_UTF8_H
#define HR_UTF8_H

#include "hr_base.h"

#define HR_UTF8_BAD      0xffffffffu    /* never a code point */
#define HR_UTF8_REPLACE  0xfffdu


/*
 * Decodes the sequence at p (left >= 1) and returns how many bytes it took.
 * Broken: *cp is HR_UTF8_BAD and the return value is the length of the maximal
 * subpart (Unicode 15, 3.9, table 3-8), which is what one U+FFFD stands for.
 */
static inline size_t
hr_utf8_decode(const unsigned char *p, size_t left, uint32_t *cp)
{
    size_t    i, need;
    uint32_t  c, low, high, value;

    c = p[0];
    low = 0x80;
    high = 0xbf;

    if (c < 0x80) {
        *cp = c;
        return 1;
    }

    *cp = HR_UTF8_BAD;

    if (c < 0xc2 || c > 0xf4) {
        return 1;
    }

    if (c < 0xe0) {
        need = 1;
        value = c & 0x1f;

    } else if (c < 0xf0) {
        need = 2;
        value = c & 0x0f;
        low = c == 0xe0 ? 0xa0 : 0x80;      /* overlong */
        high = c == 0xed ? 0x9f : 0xbf;     /* surrogates */

    } else {
        need = 3;
        value = c & 0x07;
        low = c == 0xf0 ? 0x90 : 0x80;      /* overlong */
        high = c == 0xf4 ? 0x8f : 0xbf;     /* above U+10FFFF */
    }

    for (i = 1; i <= need; i++) {
        if (i >= left || p[i] < low || p[i] > high) {
            return i;
        }
        value = (value << 6) | (p[i] & 0x3fu);
        low = 0x80;
        high = 0xbf;
    }

    *cp = value;

    return i;
}


/* Writes cp (a valid scalar value) to out and returns the number of bytes. */
static inline size_t
hr_utf8_encode(uint32_t cp, unsigned char out[4])
{
    if (cp < 0x80) {
        out[0] = (unsigned char) cp;
        return 1;
    }

    if (cp < 0x800) {
        out[0] = (unsigned char) (0xc0 | cp >> 6);
        out[1] = (unsigned char) (0x80 | (cp & 0x3f));
        return 2;
    }

    if (cp < 0x10000) {
        out[0] = (unsigned char) (0xe0 | cp >> 12);
        out[1] = (unsigned char) (0x80 | (cp >> 6 & 0x3f));
        out[2] = (unsigned char) (0x80 | (cp & 0x3f));
        return 3;
    }

    out[0] = (unsigned char) (0xf0 | cp >> 18);
    out[1] = (unsigned char) (0x80 | (cp >> 12 & 0x3f));
    out[2] = (unsigned char) (0x80 | (cp >> 6 & 0x3f));
    out[3] = (unsigned char) (0x80 | (cp & 0x3f));

    return 4;
}


/* The first byte of [p, end) that is not ASCII; 8 bytes at a time. */
static inline const unsigned char *
hr_utf8_ascii_end(const unsigned char *p, const unsigned char *end)
{
    uint64_t  w;

    while (end - p >= 8) {
        memcpy(&w, p, 8);
        if ((w & 0x8080808080808080ull) != 0) {
            break;
        }
        p += 8;
    }

    while (p < end && *p < 0x80) {
        p++;
    }

    return p;
}

#endif /* HR_UTF8_H */
