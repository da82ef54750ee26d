/* base64url without padding (RFC 4648, 5): tokens and cursors. */

#ifndef HR_BASE64_H
#define HR_BASE64_H

#include "hr_base.h"


hr_rc_t hr_base64url_encode(hr_buf_t *out, hr_str_t bytes);
/*
 * Strict: no padding, no white space, unused bits zero, so that one value has
 * one text.  HR_INVALID leaves the buffer as it was (and without an error).
 */
hr_rc_t hr_base64url_decode(hr_buf_t *out, hr_str_t text);

#endif /* HR_BASE64_H */
