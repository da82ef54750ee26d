/*
 * Bearer tokens (api-core.md 1.12): JWT with HS256 and nothing else.
 */

#ifndef HR_JWT_H
#define HR_JWT_H

#include "hr_base.h"

#define HR_JWT_MAX      4096        /* bytes of a token, made or accepted */
#define HR_JWT_MIN_KEY  32          /* bytes of a key; a shorter one is not used */
#define HR_JWT_MAX_SID  64          /* bytes of a session id */


/* current signs; both verify, so that a key can be changed without a logout. */
typedef struct {
    hr_str_t  current;
    hr_str_t  previous;             /* {0, NULL}: none */
} hr_jwt_keys_t;

typedef struct {
    int64_t   user_id;
    hr_str_t  username;             /* at issue time: for logs, not for rights */
    hr_str_t  full_name;
    int64_t   exp;                  /* UTC seconds */
    int64_t   iat;
    hr_str_t  sid;                  /* empty: a token of the old service */
    bool      remember;             /* keep the long lifetime at refresh */
} hr_jwt_claims_t;


/*
 * Appends a token.  HR_INVALID: current is shorter than HR_JWT_MIN_KEY or sid
 * longer than HR_JWT_MAX_SID; HR_LIMIT: the token would be longer than
 * HR_JWT_MAX; then nothing is appended.
 */
hr_rc_t hr_jwt_sign(const hr_jwt_keys_t *keys, const hr_jwt_claims_t *claims,
    hr_buf_t *out);

/*
 * Checks the signature (in constant time) and the claims at now (UTC seconds):
 * exp and iat must be there (D-15), exp not be before now, nbf not after it,
 * no aud, type "access_token", sub a decimal user id.  HR_INVALID whatever is
 * wrong with the token; the reasons must not be told apart to a client.
 * HR_NOMEM, HR_ERROR: could not be checked.  The texts of claims lie in the
 * arena (give it some 64 KiB); claims is cleared on failure.
 */
hr_rc_t hr_jwt_verify(hr_arena_t *arena, const hr_jwt_keys_t *keys,
    hr_str_t token, int64_t now, hr_jwt_claims_t *claims);

#endif /* HR_JWT_H */
