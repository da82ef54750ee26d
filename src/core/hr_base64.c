/* base64url: six bits a character, the first ones on top. */

#include "hr_base64.h"


static const char  hr_base64url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";


hr_rc_t
hr_base64url_encode(hr_buf_t *out, hr_str_t bytes)
{
    char                 *p;
    size_t                left;
    uint32_t              v;
    const unsigned char  *s;

    /* four characters for three bytes, at most */
    if (bytes.len > SIZE_MAX / 2 - 2) {
        return hr_buf_reserve(out, SIZE_MAX);
    }

    if (hr_buf_reserve(out, (bytes.len * 4 + 2) / 3) != HR_OK) {
        return out->err;
    }

    p = out->data + out->len;
    s = (const unsigned char *) bytes.data;

    for (left = bytes.len; left >= 3; left -= 3) {
        v = (uint32_t) s[0] << 16 | (uint32_t) s[1] << 8 | s[2];
        s += 3;
        *p++ = hr_base64url_alphabet[v >> 18];
        *p++ = hr_base64url_alphabet[v >> 12 & 63];
        *p++ = hr_base64url_alphabet[v >> 6 & 63];
        *p++ = hr_base64url_alphabet[v & 63];
    }

    if (left > 0) {
        v = (uint32_t) s[0] << 16 | (left == 2 ? (uint32_t) s[1] << 8 : 0);
        *p++ = hr_base64url_alphabet[v >> 18];
        *p++ = hr_base64url_alphabet[v >> 12 & 63];
        if (left == 2) {
            *p++ = hr_base64url_alphabet[v >> 6 & 63];
        }
    }

    *p = '\0';
    out->len = (size_t) (p - out->data);

    return HR_OK;
}


/* 64 for a character that is none of the alphabet. */
static uint32_t
hr_base64url_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (uint32_t) (c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint32_t) (c - 'a' + 26);
    }
    if (c >= '0' && c <= '9') {
        return (uint32_t) (c - '0' + 52);
    }

    return c == '-' ? 62 : c == '_' ? 63 : 64;
}


hr_rc_t
hr_base64url_decode(hr_buf_t *out, hr_str_t text)
{
    char      *p;
    size_t     i;
    uint32_t   v, value;

    /* one character alone holds no byte */
    if (text.len % 4 == 1) {
        return HR_INVALID;
    }

    if (hr_buf_reserve(out, text.len / 4 * 3 + text.len % 4 * 3 / 4) != HR_OK) {
        return out->err;
    }

    v = 0;
    p = out->data + out->len;

    for (i = 0; i < text.len; i++) {

        value = hr_base64url_value(text.data[i]);
        if (value == 64) {
            break;
        }

        v = v << 6 | value;

        if (i % 4 == 3) {
            *p++ = (char) (v >> 16);
            *p++ = (char) (v >> 8);
            *p++ = (char) v;
            v = 0;
        }
    }

    if (i < text.len
        || (text.len % 4 == 2 && (v & 0x0f) != 0)
        || (text.len % 4 == 3 && (v & 0x03) != 0))
    {
        out->data[out->len] = '\0';
        return HR_INVALID;
    }

    if (text.len % 4 == 2) {
        *p++ = (char) (v >> 4);

    } else if (text.len % 4 == 3) {
        *p++ = (char) (v >> 10);
        *p++ = (char) (v >> 2);
    }

    *p = '\0';
    out->len = (size_t) (p - out->data);

    return HR_OK;
}
