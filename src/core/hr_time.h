/*
 * Instants in the three stored layouts of database.md 2 and on the wire.
 * All are UTC; an instant is microseconds since 1970-01-01T00:00:00Z.
 */

#ifndef HR_TIME_H
#define HR_TIME_H

#include "hr_base.h"

typedef int64_t  hr_instant_t;

#define HR_TIME_MAX  40         /* longest text below, with its NUL */

typedef enum {
    HR_TIME_T1,                 /* 2025-09-07 14:38:37 */
    HR_TIME_T2,                 /* 2025-09-08 14:38:37.194483 (blank) */
    HR_TIME_T3,                 /* 2025-09-09T18:47:26.337714 */
    HR_TIME_WIRE_NAIVE,         /* T3; the fraction left out when it is 0 */
    HR_TIME_WIRE_Z              /* the same with Z */
} hr_time_layout_t;

/* T2 and T3 also leave the fraction out when it is 0.  Returns the length. */
size_t hr_time_format(hr_instant_t at, hr_time_layout_t layout, char out[HR_TIME_MAX]);
/* Accepts all layouts, 1 to 6 fractional digits, Z or an offset. */
bool hr_time_parse(hr_str_t text, hr_instant_t *at);
hr_instant_t hr_time_now(void);             /* CLOCK_REALTIME */

/* Version 4 UUID, lower case; out holds 36 characters and a NUL. */
hr_rc_t hr_uuid_make(char out[37]);
/* 36-character form in any case; writes the lower-case form (api-profiles 1.4). */
bool hr_uuid_normalize(hr_str_t text, char out[37]);

#endif /* HR_TIME_H */
