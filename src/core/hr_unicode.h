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
bool hr_unicode_is_word(uint32_t cp);
/* Simple lower case. */
uint32_t hr_unicode_lower(uint32_t cp);

#endif /* HR_UNICODE_H */
