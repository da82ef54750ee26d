/*
 * Judging an edited document: the checks that refuse it (api-profiles.md 3.5)
 * and the remarks that do not (profile-document.md 6.5).
 */

#ifndef HR_PROFILE_CHECK_H
#define HR_PROFILE_CHECK_H

#include "hr_finding.h"
#include "hr_vocabulary.h"


typedef enum {
    HR_PROFILE_GOOD = 0,
    HR_PROFILE_NOT_OBJECT,      /* the body member is no object: type dict_type */
    HR_PROFILE_MISSING,         /* member: all that are missing, joined by ", " */
    HR_PROFILE_EMPTY_TEXT,      /* member must be a non-empty string */
    HR_PROFILE_NO_ARRAY,        /* member must be an array */
    HR_PROFILE_NO_OBJECT        /* member must be an object */
} hr_profile_fault_kind_t;

typedef struct {
    hr_profile_fault_kind_t  kind;
    char                     member[256];
} hr_profile_fault_t;

/*
 * The five checks in the contract's order, the first failure wins.  All are
 * 422 value_error on body.profile_data, except HR_PROFILE_NOT_OBJECT.
 */
bool hr_profile_check(const hr_json_t *document, hr_profile_fault_t *fault);

/* The user's text of a fault; always NUL-terminated, cut on a character boundary. */
size_t hr_profile_fault_text(const hr_profile_fault_t *fault, hr_lang_t lang,
    char *out, size_t size);

/*
 * Advisory remarks on a document as it will be stored: bounds, enumerations,
 * repeated values.  Codes: bounds, enum, duplicate, type.  The list must be
 * initialised; HR_NOMEM is its only failure.
 */
hr_rc_t hr_profile_advise(const hr_vocabulary_t *voc, const hr_json_t *document,
    hr_findings_t *out);

#endif /* HR_PROFILE_CHECK_H */
