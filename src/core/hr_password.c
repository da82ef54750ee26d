/*
 * Password hashing and verification.
 *
 * Time: a bcrypt run of cost c takes 2^c units.  Every failed verification of
 * one scheme setting runs the same number of units whatever the reason: one
 * run at scheme->cost, two when the legacy scheme is on.  A stored hash of a
 * lower cost c is topped up with runs at c, c+1, ..., cost-1, which sum up to
 * exactly what is missing.
 */

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "hr_hash.h"
#include "hr_password.h"

#define HR_PASSWORD_PREFIX    7         /* $2b$12$ */
#define HR_PASSWORD_SALT      22
#define HR_PASSWORD_SALT_RAW  16

/* bcrypt looks at the first 72 bytes only */
#define HR_PASSWORD_LEGACY    72

static const char  hr_password_dummy_salt[] = "abcdefghijklmnopqrstuu";


/* Everything that has to be wiped, in one allocation (crypt's own is 32 KiB). */
typedef struct {
    struct crypt_data  crypt;
    char               hex[HR_SHA256_HEX + 1];
    char               plain[HR_PASSWORD_LEGACY + 1];
} hr_password_work_t;

typedef struct {
    char      setting[HR_PASSWORD_HASH + 1];    /* with the prefix $2b$ */
    unsigned  cost;
    bool      good;             /* false: no hash, setting is the dummy's */
    bool      old_prefix;
} hr_password_stored_t;


static hr_password_work_t *
hr_password_work_create(hr_str_t password)
{
    hr_password_work_t  *work;

    work = calloc(1, sizeof(hr_password_work_t));
    if (work == NULL) {
        return NULL;
    }

    if (hr_sha256_hex(password, work->hex) != HR_OK) {
        free(work);
        return NULL;
    }

    return work;
}


static void
hr_password_work_destroy(hr_password_work_t *work)
{
    OPENSSL_cleanse(work, sizeof(hr_password_work_t));
    free(work);
}


static void
hr_password_dummy(char setting[HR_PASSWORD_HASH + 1], unsigned cost)
{
    snprintf(setting, HR_PASSWORD_HASH + 1, "$2b$%02u$%s", cost,
             hr_password_dummy_salt);
}


static bool
hr_password_is_bcrypt_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '.' || c == '/';
}


/*
 * $2a$, $2b$ and $2y$ are the same function in the library of the old service;
 * here $2a$ would differ for some passwords, so all are computed as $2b$.
 */
static void
hr_password_read(hr_str_t stored, unsigned cost, hr_password_stored_t *out)
{
    size_t       i;
    const char  *s;

    out->good = false;
    out->old_prefix = false;
    out->cost = cost;
    hr_password_dummy(out->setting, cost);

    s = stored.data;

    if (stored.len != HR_PASSWORD_HASH || s[0] != '$' || s[1] != '2'
        || (s[2] != 'a' && s[2] != 'b' && s[2] != 'y') || s[3] != '$'
        || s[4] < '0' || s[4] > '9' || s[5] < '0' || s[5] > '9' || s[6] != '$')
    {
        return;
    }

    for (i = HR_PASSWORD_PREFIX; i < HR_PASSWORD_HASH; i++) {
        if (!hr_password_is_bcrypt_char(s[i])) {
            return;
        }
    }

    cost = (unsigned) ((s[4] - '0') * 10 + (s[5] - '0'));
    if (cost < HR_PASSWORD_COST_MIN || cost > HR_PASSWORD_COST_MAX) {
        return;
    }

    memcpy(out->setting, s, HR_PASSWORD_HASH);
    out->setting[2] = 'b';
    out->setting[HR_PASSWORD_HASH] = '\0';
    out->old_prefix = s[2] != 'b';
    out->cost = cost;
    out->good = true;
}


/* HR_INVALID: the phrase gives another hash. */
static hr_rc_t
hr_password_run(hr_password_work_t *work, const char *phrase,
    const char *setting)
{
    const char  *hash;

    hash = crypt_rn(phrase, setting, &work->crypt, sizeof(work->crypt));

    if (hash == NULL || strlen(hash) != HR_PASSWORD_HASH) {
        return HR_ERROR;
    }

    /* a dummy setting has no hash and so is never equal */
    if (strlen(setting) != HR_PASSWORD_HASH
        || CRYPTO_memcmp(hash, setting, HR_PASSWORD_HASH) != 0)
    {
        return HR_INVALID;
    }

    return HR_OK;
}


/* Makes a run at the lower cost from as long as one at the cost to. */
static void
hr_password_top_up(hr_password_work_t *work, unsigned from, unsigned to)
{
    unsigned  cost;
    char      setting[HR_PASSWORD_HASH + 1];

    for (cost = from; cost < to; cost++) {
        hr_password_dummy(setting, cost);
        (void) hr_password_run(work, work->hex, setting);
    }
}


static bool
hr_password_is_hex64(hr_str_t password)
{
    size_t  i;
    char    c;

    if (password.len != HR_SHA256_HEX) {
        return false;
    }

    for (i = 0; i < password.len; i++) {
        c = password.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
              || (c >= 'A' && c <= 'F')))
        {
            return false;
        }
    }

    return true;
}


/*
 * The legacy check.  Where it must not be made, it is run for its time only:
 * with 64 hexadecimal characters (D-24), with an empty password and with a NUL
 * inside, which bcrypt's C string would cut.
 */
static hr_rc_t
hr_password_run_legacy(hr_password_work_t *work, hr_str_t password,
    const hr_password_stored_t *stored)
{
    size_t   len;
    hr_rc_t  rc;

    if (password.len == 0 || hr_password_is_hex64(password)
        || memchr(password.data, '\0', password.len) != NULL)
    {
        rc = hr_password_run(work, work->hex, stored->setting);
        return rc == HR_OK ? HR_INVALID : rc;
    }

    len = password.len < HR_PASSWORD_LEGACY ? password.len
                                            : HR_PASSWORD_LEGACY;
    memcpy(work->plain, password.data, len);
    work->plain[len] = '\0';

    return hr_password_run(work, work->plain, stored->setting);
}


hr_rc_t
hr_password_verify(const hr_password_scheme_t *scheme, hr_str_t password,
    hr_str_t stored_text, bool *rehash)
{
    bool                   legacy;
    hr_rc_t                rc;
    hr_password_work_t    *work;
    hr_password_stored_t   stored;

    if (rehash != NULL) {
        *rehash = false;
    }

    if (scheme->cost < HR_PASSWORD_COST_MIN
        || scheme->cost > HR_PASSWORD_COST_MAX)
    {
        return HR_ERROR;
    }

    work = hr_password_work_create(password);
    if (work == NULL) {
        return HR_NOMEM;
    }

    hr_password_read(stored_text, scheme->cost, &stored);

    legacy = false;
    rc = hr_password_run(work, work->hex, stored.setting);

    if (rc == HR_INVALID) {
        hr_password_top_up(work, stored.cost, scheme->cost);

        if (scheme->legacy) {
            legacy = true;
            rc = hr_password_run_legacy(work, password, &stored);

            if (rc == HR_INVALID) {
                hr_password_top_up(work, stored.cost, scheme->cost);
            }
        }
    }

    hr_password_work_destroy(work);

    if (rc == HR_OK && rehash != NULL) {
        *rehash = legacy || stored.old_prefix || stored.cost < scheme->cost;
    }

    return rc;
}


hr_rc_t
hr_password_hash(const hr_password_scheme_t *scheme, hr_str_t password,
    char out[HR_PASSWORD_HASH + 1])
{
    char                 setting[CRYPT_GENSALT_OUTPUT_SIZE];
    const char          *hash;
    hr_password_work_t  *work;

    out[0] = '\0';

    if (scheme->cost < HR_PASSWORD_COST_MIN
        || scheme->cost > HR_PASSWORD_COST_MAX)
    {
        return HR_INVALID;
    }

    work = hr_password_work_create(password);
    if (work == NULL) {
        return HR_NOMEM;
    }

    /*
     * Without bytes given, they come from the system's generator.  The library
     * writes the 128 bits as 22 characters whose last one is . O e or u, which
     * the old service insists on.
     */
    hash = NULL;
    if (crypt_gensalt_rn("$2b$", scheme->cost, NULL, 0, setting, sizeof(setting))
        != NULL)
    {
        hash = crypt_rn(work->hex, setting, &work->crypt, sizeof(work->crypt));
    }

    if (hash != NULL && strlen(hash) == HR_PASSWORD_HASH) {
        memcpy(out, hash, HR_PASSWORD_HASH + 1);
    }

    hr_password_work_destroy(work);

    return out[0] != '\0' ? HR_OK : HR_ERROR;
}
