/*
 * JWT with HS256.  The algorithm is not read from the token to choose how to
 * verify; it only has to say what is done anyway.
 */

#include <math.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "hr_base64.h"
#include "hr_json.h"
#include "hr_jwt.h"

/* {"alg":"HS256","typ":"JWT"} */
#define HR_JWT_HEADER  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

#define HR_JWT_TYPE    "access_token"
#define HR_JWT_MAC     32
#define HR_JWT_DEPTH   8
#define HR_JWT_NODES   256


static hr_rc_t
hr_jwt_mac(hr_str_t key, hr_str_t text, unsigned char mac[EVP_MAX_MD_SIZE])
{
    unsigned int  len;

    if (key.len > INT32_MAX
        || HMAC(EVP_sha256(), key.data, (int) key.len,
                (const unsigned char *) text.data, text.len, mac, &len) == NULL
        || len != HR_JWT_MAC)
    {
        return HR_ERROR;
    }

    return HR_OK;
}


/* The claims in the order of the contract, then those of this service. */
static hr_rc_t
hr_jwt_payload(const hr_jwt_claims_t *claims, hr_buf_t *out)
{
    hr_buf_printf(out, "{\"sub\":\"%lld\",\"username\":",
                  (long long) claims->user_id);
    hr_json_quote(out, claims->username, HR_JSON_ASCII);
    hr_buf_c(out, ",\"full_name\":");
    hr_json_quote(out, claims->full_name, HR_JSON_ASCII);
    hr_buf_printf(out, ",\"exp\":%lld,\"iat\":%lld,\"type\":\"" HR_JWT_TYPE
                  "\"", (long long) claims->exp, (long long) claims->iat);

    if (claims->sid.len > 0) {
        hr_buf_c(out, ",\"sid\":");
        hr_json_quote(out, claims->sid, HR_JSON_ASCII);
    }

    if (claims->remember) {
        hr_buf_c(out, ",\"rem\":true");
    }

    return hr_buf_char(out, '}');
}


hr_rc_t
hr_jwt_sign(const hr_jwt_keys_t *keys, const hr_jwt_claims_t *claims,
    hr_buf_t *out)
{
    hr_rc_t        rc;
    hr_buf_t       payload, token;
    unsigned char  mac[EVP_MAX_MD_SIZE];

    if (keys->current.len < HR_JWT_MIN_KEY || claims->sid.len > HR_JWT_MAX_SID) {
        return HR_INVALID;
    }

    hr_buf_init(&payload, HR_JWT_MAX);
    hr_buf_init(&token, HR_JWT_MAX);

    rc = hr_jwt_payload(claims, &payload);

    if (rc == HR_OK) {
        hr_buf_c(&token, HR_JWT_HEADER ".");
        rc = hr_base64url_encode(&token, hr_buf_view(&payload));
    }

    if (rc == HR_OK) {
        rc = hr_jwt_mac(keys->current, hr_buf_view(&token), mac);
    }

    if (rc == HR_OK) {
        hr_buf_char(&token, '.');
        rc = hr_base64url_encode(&token, hr_str((char *) mac, HR_JWT_MAC));
    }

    if (rc == HR_OK) {
        rc = hr_buf_str(out, hr_buf_view(&token));
    }

    hr_buf_release(&payload);
    hr_buf_release(&token);

    return rc;
}


/* Cuts the token at its two dots. */
static bool
hr_jwt_split(hr_str_t token, hr_str_t part[3])
{
    size_t       i;
    const char  *dot;

    for (i = 0; i < 2; i++) {
        dot = memchr(token.data, '.', token.len);
        if (dot == NULL) {
            return false;
        }

        part[i] = hr_str(token.data, (size_t) (dot - token.data));
        token.len -= part[i].len + 1;
        token.data = dot + 1;
    }

    part[2] = token;

    return memchr(token.data, '.', token.len) == NULL;
}


/* HR_OK when one of the keys made the signature. */
static hr_rc_t
hr_jwt_check_mac(const hr_jwt_keys_t *keys, hr_str_t text, hr_str_t signature)
{
    hr_rc_t         rc;
    size_t          i;
    hr_buf_t        given;
    hr_str_t        key;
    unsigned char   mac[EVP_MAX_MD_SIZE];

    hr_buf_init(&given, HR_JWT_MAX);

    rc = hr_base64url_decode(&given, signature);
    if (rc != HR_OK || given.len != HR_JWT_MAC) {
        hr_buf_release(&given);
        return rc != HR_OK ? rc : HR_INVALID;
    }

    rc = HR_INVALID;

    for (i = 0; i < 2 && rc == HR_INVALID; i++) {

        key = i == 0 ? keys->current : keys->previous;
        if (key.len < HR_JWT_MIN_KEY) {
            continue;
        }

        if (hr_jwt_mac(key, text, mac) != HR_OK) {
            rc = HR_ERROR;

        } else if (CRYPTO_memcmp(mac, given.data, HR_JWT_MAC) == 0) {
            rc = HR_OK;
        }
    }

    OPENSSL_cleanse(mac, sizeof(mac));
    hr_buf_release(&given);

    return rc;
}


/* Everything that is no object within the limits is HR_INVALID. */
static hr_rc_t
hr_jwt_json(hr_arena_t *arena, hr_str_t part, hr_json_t **object)
{
    hr_rc_t                      rc;
    hr_buf_t                     text;
    static const hr_json_opts_t  opts = {
        .max_depth = HR_JWT_DEPTH, .max_nodes = HR_JWT_NODES
    };

    hr_buf_init(&text, HR_JWT_MAX);

    rc = hr_base64url_decode(&text, part);
    if (rc == HR_OK) {
        rc = hr_json_parse(arena, hr_buf_view(&text), &opts, object, NULL);
    }

    hr_buf_release(&text);

    if (rc == HR_OK && (*object)->type == HR_JSON_OBJECT) {
        return HR_OK;
    }

    return rc == HR_NOMEM ? HR_NOMEM : HR_INVALID;
}


static hr_rc_t
hr_jwt_check_header(hr_arena_t *arena, hr_str_t part)
{
    hr_rc_t     rc;
    hr_json_t  *header;

    if (hr_str_eq(part, HR_STR(HR_JWT_HEADER))) {
        return HR_OK;
    }

    rc = hr_jwt_json(arena, part, &header);
    if (rc != HR_OK) {
        return rc;
    }

    /* RFC 7515, 4.1.11: extensions that must be understood, and are not */
    if (!hr_str_eq(hr_json_text(hr_json_get(header, "alg")), HR_STR("HS256"))
        || hr_json_get(header, "crit") != NULL)
    {
        return HR_INVALID;
    }

    return HR_OK;
}


/* A decimal number of at most 18 digits, which always fits. */
static bool
hr_jwt_decimal(hr_str_t text, int64_t *value)
{
    size_t   i;
    int64_t  v;

    if (text.len == 0 || text.len > 18) {
        return false;
    }

    for (v = 0, i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        v = v * 10 + (text.data[i] - '0');
    }

    *value = v;

    return true;
}


/* RFC 7519 NumericDate; the old service also takes it as a string. */
static bool
hr_jwt_date(const hr_json_t *node, int64_t *value)
{
    double  d;

    if (hr_json_is(node, HR_JSON_STRING)) {
        return hr_jwt_decimal(node->text, value);
    }

    if (hr_json_int(node, value)) {
        return true;
    }

    if (!hr_json_double(node, &d) || fabs(d) >= 9e18) {
        return false;
    }

    *value = (int64_t) d;       /* the fraction is cut */

    return true;
}


/* An optional claim of at most max bytes; wrong type: false. */
static bool
hr_jwt_text(const hr_json_t *payload, const char *name, size_t max,
    hr_str_t *text)
{
    hr_json_t  *node;

    node = hr_json_get(payload, name);
    if (node == NULL) {
        *text = HR_STR("");
        return true;
    }

    *text = hr_json_text(node);

    return text->data != NULL && text->len <= max;
}


static bool
hr_jwt_check_claims(const hr_json_t *payload, int64_t now,
    hr_jwt_claims_t *claims)
{
    int64_t     nbf;
    hr_json_t  *node;

    if (!hr_jwt_date(hr_json_get(payload, "exp"), &claims->exp)
        || !hr_jwt_date(hr_json_get(payload, "iat"), &claims->iat)
        || claims->exp < now)
    {
        return false;
    }

    node = hr_json_get(payload, "nbf");
    if (node != NULL && (!hr_jwt_date(node, &nbf) || nbf > now)) {
        return false;
    }

    if (hr_json_get(payload, "aud") != NULL
        || !hr_str_eq(hr_json_text(hr_json_get(payload, "type")),
                      HR_STR(HR_JWT_TYPE)))
    {
        return false;
    }

    node = hr_json_get(payload, "rem");
    if (node != NULL && node->type != HR_JSON_BOOL) {
        return false;
    }
    claims->remember = node != NULL && node->boolean;

    return hr_jwt_decimal(hr_json_text(hr_json_get(payload, "sub")),
                          &claims->user_id)
           && hr_jwt_text(payload, "username", HR_JWT_MAX, &claims->username)
           && hr_jwt_text(payload, "full_name", HR_JWT_MAX, &claims->full_name)
           && hr_jwt_text(payload, "sid", HR_JWT_MAX_SID, &claims->sid);
}


hr_rc_t
hr_jwt_verify(hr_arena_t *arena, const hr_jwt_keys_t *keys, hr_str_t token,
    int64_t now, hr_jwt_claims_t *claims)
{
    hr_rc_t     rc;
    hr_str_t    part[3], text;
    hr_json_t  *payload;

    memset(claims, 0, sizeof(hr_jwt_claims_t));

    if (token.len == 0 || token.len > HR_JWT_MAX || !hr_jwt_split(token, part)) {
        return HR_INVALID;
    }

    /* nothing of the token is looked into before its signature is good */
    text = hr_str(token.data, part[0].len + 1 + part[1].len);
    rc = hr_jwt_check_mac(keys, text, part[2]);

    if (rc == HR_OK) {
        rc = hr_jwt_check_header(arena, part[0]);
    }

    if (rc == HR_OK) {
        rc = hr_jwt_json(arena, part[1], &payload);
    }

    if (rc == HR_OK && !hr_jwt_check_claims(payload, now, claims)) {
        memset(claims, 0, sizeof(hr_jwt_claims_t));
        rc = HR_INVALID;
    }

    return rc;
}
