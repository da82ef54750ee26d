/* base64url and bearer tokens. */

#include "hr_test.h"
#include "hr_base64.h"
#include "hr_jwt.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define KEY    "0123456789abcdef0123456789abcdef-test"
#define OTHER  "fedcba9876543210fedcba9876543210"
#define NOW    1893467045

/* api-core.md 1.12 */
#define VECTOR                                                                \
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIiwidXNlcm5hbWUiOiJhZG1" \
    "pbiIsImZ1bGxfbmFtZSI6Ilx1MDQyMlx1MDQzNVx1MDQ0MVx1MDQ0MiIsImV4cCI6MTg5MzU" \
    "1MzQ0NSwiaWF0IjoxODkzNDY3MDQ1LCJ0eXBlIjoiYWNjZXNzX3Rva2VuIn0.Yh9baFS24Mx" \
    "5-cl2NYrhUU6JSAviDOC5TE2CQvQxtSE"

#define HEADER  "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

static hr_arena_t           *arena;
static const hr_jwt_keys_t   keys = {
    HR_STR_INIT(KEY), { 0, NULL }
};


/* A token with any header and payload, properly signed. */
static hr_rc_t
verify(const char *header, const char *payload, hr_jwt_claims_t *claims)
{
    hr_rc_t        rc;
    hr_buf_t       token;
    unsigned       len;
    unsigned char  mac[EVP_MAX_MD_SIZE];

    hr_buf_init(&token, 100000);
    hr_base64url_encode(&token, hr_str_from_c(header));
    hr_buf_char(&token, '.');
    hr_base64url_encode(&token, hr_str_from_c(payload));
    HMAC(EVP_sha256(), KEY, sizeof(KEY) - 1, (unsigned char *) token.data,
         token.len, mac, &len);
    hr_buf_char(&token, '.');
    hr_base64url_encode(&token, hr_str((char *) mac, len));

    rc = hr_jwt_verify(arena, &keys, hr_buf_view(&token), NOW, claims);
    hr_buf_release(&token);

    return rc;
}


static void
test_base64(void)
{
    size_t      i;
    hr_buf_t    out;
    static const struct { const char *bytes, *text; } good[] = {
        { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
        { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" },
        { "\xfb\xff\xfe", "-__-" },
    };
    static const char  *bad[] = {
        "Z", "Zg==", "Zh", "Zm9", "Zm9vY", "Zm9v\n", "Zm 9v", "+//+", "Zm9vYmF.",
        "\xd0\xb0xx",
    };

    hr_buf_init(&out, 100);

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        hr_buf_reset(&out);
        hr_base64url_encode(&out, hr_str_from_c(good[i].bytes));
        IS_STR(out.data, out.len, good[i].text, "RFC 4648 encoding");
        hr_buf_reset(&out);
        hr_base64url_decode(&out, hr_str_from_c(good[i].text));
        IS_STR(out.data, out.len, good[i].bytes, "and decoding");
    }

    hr_buf_reset(&out);
    hr_buf_c(&out, "kept");
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        OK(hr_base64url_decode(&out, hr_str_from_c(bad[i])) == HR_INVALID
           && out.err == HR_OK && strcmp(out.data, "kept") == 0, bad[i]);
    }

    hr_buf_reset(&out);
    IS_INT(hr_base64url_encode(&out, hr_str("x", SIZE_MAX)), HR_LIMIT,
           "an absurd length");
    hr_buf_release(&out);

    hr_buf_init(&out, 4);
    IS_INT(hr_base64url_encode(&out, HR_STR("abcd")), HR_LIMIT,
           "the limit of the buffer");
    hr_buf_release(&out);
}


static void
test_vector(void)
{
    hr_buf_t         out;
    hr_jwt_claims_t  claims = {
        .user_id = 1, .username = HR_STR_INIT("admin"),
        .full_name = HR_STR_INIT("Тест"), .exp = 1893553445, .iat = 1893467045
    };

    hr_buf_init(&out, HR_JWT_MAX);
    IS_INT(hr_jwt_sign(&keys, &claims, &out), HR_OK, "signing");
    IS_STR(out.data, out.len, VECTOR, "gives the token of the contract");
    hr_buf_release(&out);

    IS_INT(hr_jwt_verify(arena, &keys, HR_STR(VECTOR), NOW, &claims), HR_OK,
           "which verifies");
    OK(claims.user_id == 1 && claims.exp == 1893553445
       && claims.iat == 1893467045 && !claims.remember && claims.sid.len == 0,
       "numbers");
    IS_STR(claims.username.data, claims.username.len, "admin", "name");
    IS_STR(claims.full_name.data, claims.full_name.len, "Тест", "full name");
}


static void
test_own_claims(void)
{
    hr_buf_t         out;
    hr_jwt_claims_t  claims = {
        .user_id = 42, .username = HR_STR_INIT("a\"b"),
        .full_name = HR_STR_INIT("\xff"), .exp = NOW + 60, .iat = NOW,
        .sid = HR_STR_INIT("00000000-0000-4000-8000-000000000001"),
        .remember = true
    };

    hr_buf_init(&out, 10000);
    hr_jwt_sign(&keys, &claims, &out);
    memset(&claims, 0, sizeof(claims));
    IS_INT(hr_jwt_verify(arena, &keys, hr_buf_view(&out), NOW, &claims), HR_OK,
           "a token with sid and rem");
    IS_STR(claims.sid.data, claims.sid.len,
           "00000000-0000-4000-8000-000000000001", "sid");
    OK(claims.remember, "rem");
    IS_STR(claims.username.data, claims.username.len, "a\"b", "escaped name");
    IS_STR(claims.full_name.data, claims.full_name.len, "\xef\xbf\xbd",
           "broken UTF-8 is repaired");
    hr_buf_release(&out);
}


static void
test_sign_limits(void)
{
    char             big[4000];
    hr_buf_t         out;
    hr_jwt_keys_t    weak = { HR_STR_INIT("short"), { 0, NULL } };
    hr_jwt_claims_t  claims = { .user_id = 1 };

    hr_buf_init(&out, 10000);
    IS_INT(hr_jwt_sign(&weak, &claims, &out), HR_INVALID, "a short key");

    memset(big, 'x', sizeof(big));
    claims.username = hr_str(big, sizeof(big));
    IS_INT(hr_jwt_sign(&keys, &claims, &out), HR_LIMIT, "a name too long");
    claims.username = HR_STR("");
    claims.sid = hr_str(big, 65);
    IS_INT(hr_jwt_sign(&keys, &claims, &out), HR_INVALID, "a sid too long");
    OK(out.len == 0 && out.err == HR_OK, "leave the buffer alone");
    hr_buf_release(&out);
}


static void
test_keys(void)
{
    hr_jwt_claims_t  claims;
    hr_jwt_keys_t    pair = { HR_STR_INIT(OTHER), HR_STR_INIT(KEY) };
    hr_jwt_keys_t    foreign = { HR_STR_INIT(OTHER), { 0, NULL } };
    hr_jwt_keys_t    none = { { 0, NULL }, { 0, NULL } };
    hr_jwt_keys_t    weak = { HR_STR_INIT("short"), { 0, NULL } };

    IS_INT(hr_jwt_verify(arena, &pair, HR_STR(VECTOR), NOW, &claims), HR_OK,
           "the previous key still verifies");
    IS_INT(hr_jwt_verify(arena, &foreign, HR_STR(VECTOR), NOW, &claims),
           HR_INVALID, "another key does not");
    OK(claims.user_id == 0 && claims.username.data == NULL,
       "and no claim is given away");
    IS_INT(hr_jwt_verify(arena, &none, HR_STR(VECTOR), NOW, &claims),
           HR_INVALID, "no key verifies nothing");
    IS_INT(hr_jwt_verify(arena, &weak, HR_STR(VECTOR), NOW, &claims),
           HR_INVALID, "nor does a short one");
}


static void
test_tampered(void)
{
    size_t           i, accepted;
    char             token[sizeof(VECTOR)];
    hr_jwt_claims_t  claims;
    static const char  *bad[] = {
        "", ".", "..", "...", "a.b", "a.b.c", VECTOR ".", VECTOR "=",
        "." VECTOR, VECTOR "A", " " VECTOR,
    };

    accepted = 0;
    for (i = 0; i < sizeof(VECTOR) - 1; i++) {
        memcpy(token, VECTOR, sizeof(VECTOR));
        token[i] = token[i] == 'A' ? 'B' : 'A';
        accepted += hr_jwt_verify(arena, &keys, hr_str_from_c(token), NOW,
                                  &claims) == HR_OK;
        accepted += hr_jwt_verify(arena, &keys, hr_str(VECTOR, i), NOW,
                                  &claims) == HR_OK;
    }
    IS_INT(accepted, 0, "no changed character, no cut token is accepted");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        IS_INT(hr_jwt_verify(arena, &keys, hr_str_from_c(bad[i]), NOW, &claims),
               HR_INVALID, "no token");
    }
}


static void
test_header(void)
{
    size_t           i;
    hr_jwt_claims_t  claims;
    const char      *payload = "{\"sub\":\"1\",\"exp\":1893467045,\"iat\":1,"
                               "\"type\":\"access_token\"}";
    static const char  *bad[] = {
        "{\"alg\":\"none\"}", "{\"alg\":\"HS512\"}", "{\"alg\":\"RS256\"}",
        "{\"alg\":\"hs256\"}", "{}", "[]", "{\"alg\":[\"HS256\"]}", "x", "",
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
    };

    IS_INT(verify("{\"typ\":\"x\",\"alg\":\"HS256\"}", payload, &claims), HR_OK,
           "typ is not looked at");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        IS_INT(verify(bad[i], payload, &claims), HR_INVALID, bad[i]);
    }
}


#define CLAIMS(rest)  "{\"sub\":\"1\",\"type\":\"access_token\"," rest "}"

static void
test_claims(void)
{
    size_t           i;
    hr_jwt_claims_t  claims;
    static const char  *good[] = {
        CLAIMS("\"exp\":1893467045,\"iat\":1"),
        CLAIMS("\"exp\":\"1893467045\",\"iat\":\"1\""),
        CLAIMS("\"exp\":1893467045.9,\"iat\":9999999999"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"nbf\":1893467045"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"unknown\":{\"a\":[1]}"),
    };
    static const char  *bad[] = {
        CLAIMS("\"exp\":1893467044,\"iat\":1"),
        CLAIMS("\"iat\":1"),
        CLAIMS("\"exp\":1893467045"),
        CLAIMS("\"exp\":null,\"iat\":1"),
        CLAIMS("\"exp\":1e300,\"iat\":1"),
        CLAIMS("\"exp\":\"\",\"iat\":1"),
        CLAIMS("\"exp\":\"1e10\",\"iat\":1"),
        CLAIMS("\"exp\":\"99999999999999999999\",\"iat\":1"),
        CLAIMS("\"exp\":true,\"iat\":1"),
        CLAIMS("\"exp\":1893467045,\"iat\":{}"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"nbf\":1893467046"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"nbf\":null"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"aud\":\"x\""),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"aud\":[]"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"aud\":null"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"username\":1"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"full_name\":null"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"sid\":1"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"sid\":\"aaaaaaaaaaaaaaaaaaaaaaaa"
               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"rem\":1"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"type\":\"refresh_token\""),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"type\":null"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"sub\":1"),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"sub\":\"\""),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"sub\":\"-1\""),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"sub\":\"1x\""),
        CLAIMS("\"exp\":1893467045,\"iat\":1,\"a\":[[[[[[[[1]]]]]]]]"),
        "{\"exp\":1893467045,\"iat\":1,\"type\":\"access_token\"}",
        "{\"exp\":1893467045,\"iat\":1,\"sub\":\"1\"}",
        "[]", "null", "", "{", "\xff",
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        IS_INT(verify(HEADER, good[i], &claims), HR_OK, good[i]);
        IS_INT(claims.exp, NOW, "exp equal to now is valid");
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        IS_INT(verify(HEADER, bad[i], &claims), HR_INVALID, bad[i]);
        OK(claims.user_id == 0 && claims.exp == 0, "and the claims are cleared");
    }
}


static void
test_length(void)
{
    char             name[4000];
    hr_buf_t         payload;
    hr_jwt_claims_t  claims;

    memset(name, 'n', sizeof(name));
    hr_buf_init(&payload, 10000);

    hr_buf_printf(&payload, CLAIMS("\"exp\":1893467045,\"iat\":1,"
                                   "\"username\":\"%.*s\""), 2900, name);
    IS_INT(verify(HEADER, payload.data, &claims), HR_OK, "a long token");
    hr_buf_reset(&payload);
    hr_buf_printf(&payload, CLAIMS("\"exp\":1893467045,\"iat\":1,"
                                   "\"username\":\"%.*s\""), 3000, name);
    IS_INT(verify(HEADER, payload.data, &claims), HR_INVALID,
           "one above 4096 bytes");
    hr_buf_release(&payload);
}


int
main(void)
{
    arena = hr_arena_create(16 << 20);

    test_base64();
    test_vector();
    test_own_claims();
    test_sign_limits();
    test_keys();
    test_tampered();
    test_header();
    test_claims();
    test_length();

    hr_arena_destroy(arena);

    return hr_test_done();
}
