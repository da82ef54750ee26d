/*
 * Emoji sequences (UTS #51), as far as a choice of font needs them: characters
 * shown as emoji by default, others followed by U+FE0F, and what U+200D joins.
 */

#include "hr_emoji.h"
#include "hr_text.h"


#define HR_EMOJI_VARIATION  0xfe0fu
#define HR_EMOJI_JOINER     0x200du
#define HR_EMOJI_KEYCAP     0x20e3u

/* Emoji_Presentation below U+1F000 */
static const uint16_t  hr_emoji_ranges[][2] = {
    { 0x231a, 0x231b }, { 0x23e9, 0x23ec }, { 0x23f0, 0x23f0 },
    { 0x23f3, 0x23f3 }, { 0x25fd, 0x25fe }, { 0x2614, 0x2615 },
    { 0x2648, 0x2653 }, { 0x267f, 0x267f }, { 0x2693, 0x2693 },
    { 0x26a1, 0x26a1 }, { 0x26aa, 0x26ab }, { 0x26bd, 0x26be },
    { 0x26c4, 0x26c5 }, { 0x26ce, 0x26ce }, { 0x26d4, 0x26d4 },
    { 0x26ea, 0x26ea }, { 0x26f2, 0x26f3 }, { 0x26f5, 0x26f5 },
    { 0x26fa, 0x26fa }, { 0x26fd, 0x26fd }, { 0x2705, 0x2705 },
    { 0x270a, 0x270b }, { 0x2728, 0x2728 }, { 0x274c, 0x274c },
    { 0x274e, 0x274e }, { 0x2753, 0x2755 }, { 0x2757, 0x2757 },
    { 0x2795, 0x2797 }, { 0x27b0, 0x27b0 }, { 0x27bf, 0x27bf },
    { 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 }, { 0x2b55, 0x2b55 }
};


static bool
hr_emoji_is(uint32_t cp)
{
    size_t  i;

    if (cp >= 0x1f000) {
        return cp <= 0x1faff;
    }

    for (i = 0; i < sizeof(hr_emoji_ranges) / sizeof(hr_emoji_ranges[0]); i++) {
        if (cp >= hr_emoji_ranges[i][0] && cp <= hr_emoji_ranges[i][1]) {
            return true;
        }
    }

    return false;
}


size_t
hr_emoji_len(hr_str_t text, size_t pos)
{
    size_t    next, end;
    uint32_t  cp, after;

    /* nothing below U+2000 but digits and (c) can be one; those stay text */
    if ((unsigned char) text.data[pos] < 0xe2) {
        return 0;
    }

    next = pos;
    cp = hr_utf8_next(text, &next);
    end = next;
    after = next < text.len ? hr_utf8_next(text, &next) : 0;

    if (!hr_emoji_is(cp) && after != HR_EMOJI_VARIATION) {
        return 0;
    }

    while (after == HR_EMOJI_VARIATION || after == HR_EMOJI_KEYCAP
           || after == HR_EMOJI_JOINER || hr_emoji_is(after))
    {
        end = next;

        if (after == HR_EMOJI_JOINER && next < text.len) {
            (void) hr_utf8_next(text, &next);
            end = next;
        }

        after = next < text.len ? hr_utf8_next(text, &next) : 0;
    }

    return end - pos;
}
