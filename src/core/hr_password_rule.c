/*
 * What a new password must be like (improvements.md I-55), and random ones.
 */

#include <errno.h>
#include <sys/random.h>

#include <openssl/crypto.h>

#include "hr_password.h"
#include "hr_text.h"
#include "hr_unicode.h"

#define HR_PASSWORD_SHORT     12        /* code points, with all classes */
#define HR_PASSWORD_FREE      16        /* code points, of any kind */
#define HR_PASSWORD_DISTINCT  5
#define HR_PASSWORD_NAME      4         /* a shorter name is only compared whole */


/* Without the letters and digits that look like another. */
static const char  hr_password_alphabet[] =
    "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";


static unsigned
hr_password_classes(hr_str_t password)
{
    size_t    pos;
    uint32_t  cp;
    unsigned  seen;

    seen = 0;

    for (pos = 0; pos < password.len; /* void */ ) {
        cp = hr_utf8_next(password, &pos);
        seen |= hr_unicode_is_lower(cp) ? 1u
                : hr_unicode_is_upper(cp) ? 2u
                : hr_unicode_is_digit(cp) ? 4u : 8u;
    }

    return (seen & 1) + (seen >> 1 & 1) + (seen >> 2 & 1) + (seen >> 3);
}


/* True when there are fewer than HR_PASSWORD_DISTINCT different characters. */
static bool
hr_password_is_monotonous(hr_str_t password)
{
    size_t    pos, i, n;
    uint32_t  cp, seen[HR_PASSWORD_DISTINCT];

    n = 0;

    for (pos = 0; pos < password.len; /* void */ ) {
        cp = hr_utf8_next(password, &pos);

        for (i = 0; i < n && seen[i] != cp; i++) { /* void */ }

        if (i == n) {
            seen[n++] = cp;
            if (n == HR_PASSWORD_DISTINCT) {
                return false;
            }
        }
    }

    return true;
}


/* Without the digits and signs at both ends (ASCII ones; others are rare). */
static hr_str_t
hr_password_core(hr_str_t text)
{
    unsigned char  c;

    while (text.len > 0) {
        c = (unsigned char) text.data[0];
        if (c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
            break;
        }
        text.data++;
        text.len--;
    }

    while (text.len > 0) {
        c = (unsigned char) text.data[text.len - 1];
        if (c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
            break;
        }
        text.len--;
    }

    return text;
}


/* text begins with prefix (whole: is it), without regard to case */
static bool
hr_password_starts(hr_str_t text, hr_str_t prefix, bool whole)
{
    size_t  i, j;

    for (i = 0, j = 0; j < prefix.len; /* void */ ) {
        if (i == text.len
            || hr_unicode_lower(hr_utf8_next(text, &i))
               != hr_unicode_lower(hr_utf8_next(prefix, &j)))
        {
            return false;
        }
    }

    return !whole || i == text.len;
}


static bool
hr_password_is_common(hr_str_t password, const hr_str_t *common, size_t n)
{
    size_t    i;
    hr_str_t  core;

    core = hr_password_core(password);

    for (i = 0; i < n; i++) {
        if (hr_password_starts(password, common[i], true)
            || (core.len > 0
                && hr_password_starts(core, hr_password_core(common[i]), true)))
        {
            return true;
        }
    }

    return false;
}


static bool
hr_password_has_name(hr_str_t password, hr_str_t name)
{
    size_t  pos;

    if (name.len == 0 || name.len > HR_PASSWORD_MAX) {
        return false;
    }

    if (hr_utf8_count(name) < HR_PASSWORD_NAME) {
        return hr_password_starts(password, name, true);
    }

    for (pos = 0; pos < password.len; (void) hr_utf8_next(password, &pos)) {
        if (hr_password_starts(hr_str(password.data + pos, password.len - pos),
                               name, false))
        {
            return true;
        }
    }

    return false;
}


hr_password_fault_t
hr_password_check(hr_str_t password, hr_str_t username, const hr_str_t *common,
    size_t n_common)
{
    size_t  len;

    if (password.len > HR_PASSWORD_MAX) {
        return HR_PASSWORD_TOO_LONG;
    }

    if (!hr_utf8_valid(password) || hr_has_control(password)) {
        return HR_PASSWORD_BROKEN;
    }

    len = hr_utf8_count(password);

    if (len < HR_PASSWORD_SHORT) {
        return HR_PASSWORD_TOO_SHORT;
    }

    if (len < HR_PASSWORD_FREE && hr_password_classes(password) < 4) {
        return HR_PASSWORD_TOO_SIMPLE;
    }

    if (hr_password_has_name(password, username)) {
        return HR_PASSWORD_IS_NAME;
    }

    if (hr_password_is_monotonous(password)
        || hr_password_is_common(password, common, n_common))
    {
        return HR_PASSWORD_IS_COMMON;
    }

    return HR_PASSWORD_GOOD;
}


hr_rc_t
hr_password_random(char out[HR_PASSWORD_RANDOM + 1])
{
    size_t         i, n;
    ssize_t        got;
    unsigned char  bytes[64];
    const size_t   letters = sizeof(hr_password_alphabet) - 1;

    n = 0;

    while (n < HR_PASSWORD_RANDOM) {

        got = getrandom(bytes, sizeof(bytes), 0);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            OPENSSL_cleanse(out, n);
            out[0] = '\0';
            return HR_ERROR;
        }

        for (i = 0; i < (size_t) got && n < HR_PASSWORD_RANDOM; i++) {
            /* bytes above the last whole multiple would favour some letters */
            if (bytes[i] < 256 / letters * letters) {
                out[n++] = hr_password_alphabet[bytes[i] % letters];
            }
        }
    }

    out[n] = '\0';
    OPENSSL_cleanse(bytes, sizeof(bytes));

    return HR_OK;
}
