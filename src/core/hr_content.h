/*
 * From the text of a model's message to a JSON object (generation.md 7.2).
 * Only the frame around the object is removed; nothing inside is repaired.
 */

#ifndef HR_CONTENT_H
#define HR_CONTENT_H

#include "hr_json.h"
#include "hr_generr.h"


#define HR_CONTENT_MAX        (2u * 1024 * 1024)    /* bytes */
#define HR_CONTENT_DEPTH_MAX  32

typedef struct {
    hr_generr_t  error;         /* NONE, truncated, refused, invalid_json */
    hr_json_t   *document;      /* an object, when error is NONE */
    hr_str_t     reason;        /* refused: what the model gave as reason */
    hr_diag_t    diag;          /* invalid_json: where and why */
    bool         framed;        /* a fence or prose was cut off */
    size_t       duplicates;    /* repeated member names; the last one won */
    bool         surrogates;    /* lone surrogates were replaced by U+FFFD */
} hr_content_t;

/* HR_NOMEM is the only failure; a bad text is out->error. */
hr_rc_t hr_content_parse(hr_arena_t *arena, hr_str_t text, hr_content_t *out);

#endif /* HR_CONTENT_H */
