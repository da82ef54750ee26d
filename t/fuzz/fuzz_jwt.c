/*
 * Tokens: the input is taken as a token, then as a payload that is properly
 * signed, then as the claims of a token to make.
 */

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "hr_base64.h"
#include "hr_fuzz.h"
#include "hr_jwt.h"
#include "hr_text.h"

#define KEY  "0123456789abcdef0123456789abcdef"
#define NOW  1893467045

static const hr_jwt_keys_t  keys = { HR_STR_INIT(KEY), { 0, NULL } };


static void
check_signed(hr_arena_t *arena, hr_str_t payload)
{
    unsigned         len;
    hr_buf_t         token;
    unsigned char    mac[EVP_MAX_MD_SIZE];
    hr_jwt_claims_t  claims;

    hr_buf_init(&token, 16384);
    hr_buf_c(&token, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.");
    hr_base64url_encode(&token, payload);
    HMAC(EVP_sha256(), KEY, sizeof(KEY) - 1, (unsigned char *) token.data,
         token.len, mac, &len);
    hr_buf_char(&token, '.');
    hr_base64url_encode(&token, hr_str((char *) mac, len));

    if (hr_jwt_verify(arena, &keys, hr_buf_view(&token), NOW, &claims) == HR_OK) {
        HR_FUZZ_CHECK(claims.exp >= NOW && claims.user_id >= 0);
        HR_FUZZ_CHECK(claims.sid.len <= HR_JWT_MAX_SID);
        HR_FUZZ_CHECK(claims.username.data != NULL
                      && hr_utf8_valid(claims.username));
    }

    hr_buf_release(&token);
}


static void
check_made(hr_arena_t *arena, hr_str_t text)
{
    hr_rc_t          rc;
    hr_buf_t         token;
    hr_jwt_claims_t  claims = { .user_id = 7, .exp = NOW + 1, .iat = NOW }, back;

    claims.username = text;
    claims.full_name = hr_utf8_cut_bytes(text, text.len / 2);
    claims.remember = text.len & 1;

    hr_buf_init(&token, 16384);
    rc = hr_jwt_sign(&keys, &claims, &token);
    HR_FUZZ_CHECK(rc == HR_OK || rc == HR_LIMIT);

    if (rc == HR_OK) {
        HR_FUZZ_CHECK(hr_jwt_verify(arena, &keys, hr_buf_view(&token), NOW,
                                    &back) == HR_OK);
        HR_FUZZ_CHECK(hr_str_eq(back.username, hr_utf8_repair(arena, text)));
        HR_FUZZ_CHECK(back.remember == claims.remember);
    }

    hr_buf_release(&token);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hr_str_t         text;
    hr_buf_t         bytes, again;
    hr_arena_t      *arena;
    hr_jwt_claims_t  claims;

    text = hr_str((const char *) data, size);
    arena = hr_arena_create(4 << 20);

    /* nobody guesses a signature */
    HR_FUZZ_CHECK(hr_jwt_verify(arena, &keys, text, NOW, &claims) != HR_OK);

    check_signed(arena, text);
    check_made(arena, text);

    /* every value has exactly one text */
    hr_buf_init(&bytes, 8192);
    hr_buf_init(&again, 8192);
    if (hr_base64url_decode(&bytes, text) == HR_OK) {
        hr_base64url_encode(&again, hr_buf_view(&bytes));
        HR_FUZZ_CHECK(hr_str_eq(hr_buf_view(&again), text));
    }
    hr_buf_release(&bytes);
    hr_buf_release(&again);

    hr_arena_destroy(arena);

    return 0;
}
