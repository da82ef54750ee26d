/*
 * Properties of single code points; the common scripts are answered inline,
 * the rest by utf8proc.
 */

#ifndef HR_UNICODE_H
#define HR_UNICODE_H

#include "hr_base.h"


/* The Unicode property White_Space. */
bool hr_unicode_is_space(uint32_t cp);
/* Letter, mark or number: what words are made of. */
bool hr_unicode_is_word_any(uint32_t cp);

static inline bool
hr_unicode_is_word(uint32_t cp)
{
    if (cp < 0x80) {
        return (cp >= '0' && cp <= '9')
               || ((cp | 0x20) >= 'a' && (cp | 0x20) <= 'z');
    }

    return (cp >= 0x400 && cp <= 0x481) || hr_unicode_is_word_any(cp);
}

bool hr_unicode_is_upper(uint32_t cp);      /* general category Lu */
bool hr_unicode_is_lower(uint32_t cp);      /* Ll */
bool hr_unicode_is_digit(uint32_t cp);      /* Nd */
/* Simple lower case. */
uint32_t hr_unicode_lower(uint32_t cp);

#endif /* HR_UNICODE_H */
