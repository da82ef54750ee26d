/*
 * Passwords (api-core.md 1.12): bcrypt over the lower-case hex SHA-256 of the
 * password; the legacy scheme, bcrypt over the password itself, for reading
 * only.  Hashing takes some 0.2 s at cost 12: never on an event loop.
 */

#ifndef HR_PASSWORD_H
#define HR_PASSWORD_H

#include "hr_base.h"

#define HR_PASSWORD_COST      12    /* what the contract asks for */
#define HR_PASSWORD_COST_MIN  4
#define HR_PASSWORD_COST_MAX  20    /* about a minute; a stored higher one never matches */
#define HR_PASSWORD_HASH      60    /* bytes of a stored hash, without the NUL */
#define HR_PASSWORD_RANDOM    20    /* characters of a random password */
#define HR_PASSWORD_MAX       1024  /* bytes of a new password */


typedef struct {
    unsigned  cost;                 /* of new hashes, and what every failure costs */
    bool      legacy;               /* accept hashes of the legacy scheme */
} hr_password_scheme_t;


/* HR_INVALID: cost out of range. */
hr_rc_t hr_password_hash(const hr_password_scheme_t *scheme, hr_str_t password,
    char out[HR_PASSWORD_HASH + 1]);

/*
 * HR_OK: the password matches; *rehash tells that the stored hash should be
 * replaced (legacy scheme, lower cost, old prefix) and may be NULL.
 * HR_INVALID: it does not, or stored is no bcrypt hash.  HR_ERROR, HR_NOMEM:
 * could not be checked.
 *
 * Pass {0, NULL} as stored for an unknown or inactive user: a failure takes the
 * same time with every kind of stored value whose cost is not above
 * scheme->cost (D-25), and with and without the exception of D-24 (64
 * hexadecimal characters are never tried with the legacy scheme).
 */
hr_rc_t hr_password_verify(const hr_password_scheme_t *scheme,
    hr_str_t password, hr_str_t stored, bool *rehash);


/* What is wrong with a new password; the texts belong to the caller. */
typedef enum {
    HR_PASSWORD_GOOD = 0,
    HR_PASSWORD_BROKEN,             /* not UTF-8, or has control characters */
    HR_PASSWORD_TOO_LONG,           /* above HR_PASSWORD_MAX bytes */
    HR_PASSWORD_TOO_SHORT,          /* below 12 code points */
    HR_PASSWORD_TOO_SIMPLE,         /* below 16 and not of all 4 classes */
    HR_PASSWORD_IS_NAME,            /* has the account name in it */
    HR_PASSWORD_IS_COMMON           /* of the list, or fewer than 5 characters repeated */
} hr_password_fault_t;

/*
 * improvements.md I-55: at least 12 characters with lower case, upper case,
 * digit and other, or at least 16 of any kind.  Compared without case; an
 * account name below 4 characters only as a whole, a common password also with
 * digits and signs put around it.
 */
hr_password_fault_t hr_password_check(hr_str_t password, hr_str_t username,
    const hr_str_t *common, size_t n_common);

/* Letters and digits that cannot be mistaken for others; 116 bits. */
hr_rc_t hr_password_random(char out[HR_PASSWORD_RANDOM + 1]);

#endif /* HR_PASSWORD_H */
