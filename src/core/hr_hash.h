/* SHA-256 of bytes, as text: identity of prompts, schemas and data files. */

#ifndef HR_HASH_H
#define HR_HASH_H

#include "hr_base.h"

#define HR_SHA256_HEX   64      /* digits, without the NUL */
#define HR_HASH_SHORT   12      /* digits of a short identity ("local:...") */

/* Lower-case hex.  HR_ERROR: the crypto library failed; out is then empty. */
hr_rc_t hr_sha256_hex(hr_str_t bytes, char out[HR_SHA256_HEX + 1]);

/*
 * Evenly spread 32-bit number of an identifier (FNV-1a with a final mix), for
 * shares and tables; not for secrets.
 */
uint32_t hr_hash32(hr_str_t bytes);

#endif /* HR_HASH_H */
