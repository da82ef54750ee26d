/* Names of downloads and of archive entries (exports.md 4, 5). */

#ifndef HR_FILENAME_H
#define HR_FILENAME_H

#include "hr_base.h"


#define HR_FILENAME_CHARS_MAX  100u     /* of the position part: code points */
#define HR_FILENAME_BYTES_MAX  180u     /* of the position part: bytes of UTF-8 */

/*
 * All functions return {0, NULL} when the arena is full.  Broken UTF-8 in the
 * input becomes U+FFFD first.
 */

/*
 * exports.md 5.3: control and bidi characters, / \ : * ? " < > | become '_',
 * runs of '_' collapse, blanks, dots and '_' at the ends go, Windows device
 * names get a '_' in front, nothing left is "unnamed".  Cut at
 * HR_FILENAME_CHARS_MAX and HR_FILENAME_BYTES_MAX.
 */
hr_str_t hr_filename_sanitize(hr_arena_t *arena, hr_str_t part);

/*
 * The same as plain ASCII: Cyrillic is transliterated by a fixed table, a run of
 * anything else is one '_'.  Only A-Z a-z 0-9 . - _ remain.
 */
hr_str_t hr_filename_ascii(hr_arena_t *arena, hr_str_t part);

/* profile_{position}_{id8}[_v{version}].{ext}; version 0: none. */
hr_str_t hr_filename_profile(hr_arena_t *arena, hr_str_t position, hr_str_t id,
    int64_t version, const char *ext);

/*
 * Value of Content-Disposition for that name (RFC 6266, RFC 8187):
 * attachment; filename="<ascii>"; filename*=UTF-8''<percent-encoded>
 */
hr_str_t hr_filename_disposition(hr_arena_t *arena, hr_str_t position,
    hr_str_t id, int64_t version, const char *ext);
/* The same for any other name, extension included ("profiles_3.zip"). */
hr_str_t hr_filename_disposition_name(hr_arena_t *arena, hr_str_t name);

/*
 * Names inside one archive: hands out each name once, whatever the case of its
 * letters; the second "a.md" becomes "a (2).md".  folder ("json", "markdown",
 * "docx") may be NULL; then the name stands at the top.
 */
typedef struct hr_filename_set_s  hr_filename_set_t;

hr_filename_set_t *hr_filename_set_create(hr_arena_t *arena);
hr_str_t hr_filename_set_add(hr_filename_set_t *set, const char *folder,
    hr_str_t name);

#endif /* HR_FILENAME_H */
