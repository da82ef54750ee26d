#include "hr_hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>


hr_rc_t
hr_sha256_hex(hr_str_t bytes, char out[HR_SHA256_HEX + 1])
{
    static const char  digits[] = "0123456789abcdef";

    unsigned char  hash[EVP_MAX_MD_SIZE];
    unsigned int   len = 0;

    out[0] = '\0';

    if (EVP_Digest(bytes.len == 0 ? "" : bytes.data, bytes.len, hash, &len,
                   EVP_sha256(), NULL) != 1
        || len != HR_SHA256_HEX / 2)
    {
        return HR_ERROR;
    }

    for (unsigned i = 0; i < len; i++) {
        out[i * 2] = digits[hash[i] >> 4];
        out[i * 2 + 1] = digits[hash[i] & 15];
    }

    out[HR_SHA256_HEX] = '\0';
    OPENSSL_cleanse(hash, sizeof(hash));        /* it may be a password's */

    return HR_OK;
}


uint32_t
hr_hash32(hr_str_t bytes)
{
    uint32_t  h = 2166136261u;

    for (size_t i = 0; i < bytes.len; i++) {
        h = (h ^ (unsigned char) bytes.data[i]) * 16777619u;
    }

    /* without the mix the low bits of similar identifiers are alike */
    h ^= h >> 16;
    h *= 0x7feb352du;
    h ^= h >> 15;
    h *= 0x846ca68bu;
    h ^= h >> 16;

    return h;
}
