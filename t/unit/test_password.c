/* Password hashing, verification and rules. */

#define _GNU_SOURCE     /* RTLD_NEXT */

#include <dlfcn.h>

#include "hr_test.h"
#include "hr_hash.h"
#include "hr_password.h"

/* api-core.md 1.12 */
#define NEW_HASH     "$2b$12$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgIa"
#define LEGACY_HASH  "$2b$12$abcdefghijklmnopqrstuub2GfIXWzY.sKJFJfFh/XrwDlCVHYH2m"
#define ADMIN_SHA    "240be518fabd2724ddb6f04eeb1da5967448d7e831c08c8fa822809f74c720a9"

static const hr_password_scheme_t  full = { HR_PASSWORD_COST, true };
static const hr_password_scheme_t  strict = { HR_PASSWORD_COST, false };
static const hr_password_scheme_t  quick = { HR_PASSWORD_COST_MIN, true };

static long  units;


static void
test_vectors(void)
{
    bool  rehash;
    char  hex[HR_SHA256_HEX + 1];

    hr_sha256_hex(HR_STR("admin123"), hex);
    IS_STR(hex, strlen(hex), ADMIN_SHA, "SHA-256 of the contract");

    IS_INT(hr_password_verify(&strict, HR_STR("admin123"), HR_STR(NEW_HASH),
                              &rehash), HR_OK, "new scheme");
    OK(!rehash, "needs no new hash");

    IS_INT(hr_password_verify(&full, HR_STR("legacy-pass"), HR_STR(LEGACY_HASH),
                              &rehash), HR_OK, "legacy scheme");
    OK(rehash, "needs one");

    IS_INT(hr_password_verify(&strict, HR_STR("legacy-pass"),
                              HR_STR(LEGACY_HASH), &rehash), HR_INVALID,
           "legacy scheme switched off");
    IS_INT(hr_password_verify(&full, HR_STR(ADMIN_SHA), HR_STR(NEW_HASH),
                              &rehash), HR_INVALID,
           "the SHA-256 of a password is no password (D-24)");
    OK(!rehash, "and rewrites nothing");
}


static void
test_round_trip(void)
{
    int   i, salts;
    bool  rehash;
    char  hash[HR_PASSWORD_HASH + 1], last[HR_PASSWORD_HASH + 1] = "";

    salts = 0;
    for (i = 0; i < 50; i++) {
        if (hr_password_hash(&quick, HR_STR("пароль"), hash) != HR_OK) {
            break;
        }
        salts += strncmp(hash, "$2b$04$", 7) == 0 && strlen(hash) == 60
                 && strchr(".Oeu", hash[28]) != NULL && strcmp(hash, last) != 0;
        memcpy(last, hash, sizeof(hash));
    }
    IS_INT(salts, 50, "prefix, length, the last salt character, fresh salts");

    IS_INT(hr_password_verify(&quick, HR_STR("пароль"), hr_str_from_c(hash),
                              &rehash), HR_OK, "what was hashed verifies");
    OK(!rehash, "and stays");
    IS_INT(hr_password_verify(&quick, HR_STR("Пароль"), hr_str_from_c(hash),
                              NULL), HR_INVALID, "another password does not");
    IS_INT(hr_password_verify(&quick, HR_STR(""), hr_str_from_c(hash), NULL),
           HR_INVALID, "nor an empty one");
    IS_INT(hr_password_verify(&quick, hr_str("пароль\0x", 14),
                              hr_str_from_c(hash), NULL), HR_INVALID,
           "nor one with a NUL");
}


static void
test_prefixes(void)
{
    bool                   rehash;
    char                   hash[HR_PASSWORD_HASH + 1];
    hr_password_scheme_t   six = { 6, false };

    hr_password_hash(&quick, HR_STR("secret"), hash);

    hash[2] = 'a';
    IS_INT(hr_password_verify(&quick, HR_STR("secret"), hr_str_from_c(hash),
                              &rehash), HR_OK, "$2a$ verifies");
    OK(rehash, "and is renewed");
    hash[2] = 'y';
    IS_INT(hr_password_verify(&quick, HR_STR("secret"), hr_str_from_c(hash),
                              &rehash), HR_OK, "$2y$ verifies");
    hash[2] = 'x';
    IS_INT(hr_password_verify(&quick, HR_STR("secret"), hr_str_from_c(hash),
                              &rehash), HR_INVALID, "$2x$ does not");
    hash[2] = 'b';
    IS_INT(hr_password_verify(&six, HR_STR("secret"), hr_str_from_c(hash),
                              &rehash), HR_OK, "any cost verifies");
    OK(rehash, "a lower one is renewed");

    hr_password_hash(&six, HR_STR("secret"), hash);
    IS_INT(hr_password_verify(&quick, HR_STR("secret"), hr_str_from_c(hash),
                              &rehash), HR_OK, "a higher one");
    OK(!rehash, "is not weakened");
}


/* Hashes of the plain password, cost 4. */
static void
test_legacy(void)
{
    char            longer[80], upper[HR_PASSWORD_HASH + 1];
    const hr_str_t  text = HR_STR_INIT(
        "$2b$04$abcdefghijklmnopqrstuuEcURSwic20Q66XyIAO.9pxf2gB7Z9F.");
    const hr_str_t  cut = HR_STR_INIT(
        "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe");

    IS_INT(hr_password_verify(&quick, HR_STR("пароль"), text, NULL), HR_OK,
           "Cyrillic");
    IS_INT(hr_password_verify(&quick, hr_str("пароль\0x", 14), text, NULL),
           HR_INVALID, "a NUL does not cut the password");

    memcpy(upper, text.data, sizeof(upper));
    upper[2] = 'a';
    IS_INT(hr_password_verify(&quick, HR_STR("пароль"), hr_str_from_c(upper),
                              NULL), HR_OK, "$2a$ of 8-bit text is the same");

    /* only the first 72 bytes count there */
    memset(longer, 'a', sizeof(longer));
    IS_INT(hr_password_verify(&quick, hr_str(longer, 80), cut, NULL), HR_OK,
           "a password longer than bcrypt's 72 bytes");
    IS_INT(hr_password_verify(&quick, hr_str(longer, 71), cut, NULL),
           HR_INVALID, "and one that is shorter");
}


static void
test_no_hash(void)
{
    size_t  i;
    static const char  *bad[] = {
        "", "x", "$2b$12$", "plain text password",
        "$2b$04$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgI",
        "$2b$04$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgIaa",
        "$2b$03$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgIa",
        "$2b$31$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgIa",
        "$2b$0x$abcdefghijklmnopqrstuuRWTRlIP0pN4IuQpTffQVR9bmcKoMgIa",
        "$2b$04$abcdefghijklmnopqrst:uRWTRlIP0pN4IuQpTffQVR9bmcKoMgIa",
        "$1$abcdefgh$abcdefghijklmnopqrstuv", "$6$salt$hash", "*0", "!",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh",
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        IS_INT(hr_password_verify(&quick, HR_STR("admin123"),
                                  hr_str_from_c(bad[i]), NULL), HR_INVALID,
               "a stored value that is no bcrypt hash");
    }

    IS_INT(hr_password_verify(&quick, HR_STR("x"), HR_STR_NULL, NULL),
           HR_INVALID, "no user");
}


/*
 * Stands in front of the library's function and sums up what its runs cost, in
 * units of 2^cost: exact on any machine, unlike a clock.
 */
char *
crypt_rn(const char *phrase, const char *setting, void *data, int size)
{
    char  *(*next)(const char *, const char *, void *, int);

    *(void **) &next = dlsym(RTLD_NEXT, "crypt_rn");
    units += 1l << atoi(setting + 4);

    return next(phrase, setting, data, size);
}


static long
cost_of(const hr_password_scheme_t *scheme, const char *password,
    const char *stored)
{
    units = 0;
    hr_password_verify(scheme, hr_str_from_c(password), hr_str_from_c(stored),
                       NULL);

    return units;
}


static void
test_equal_time(void)
{
    int                    legacy;
    size_t                 i;
    char                   same[HR_PASSWORD_HASH + 1], low[HR_PASSWORD_HASH + 1];
    hr_password_scheme_t   scheme = { 7, false };

    hr_password_hash(&scheme, HR_STR("right"), same);
    hr_password_hash(&quick, HR_STR("right"), low);

    const struct { const char *password, *stored, *name; } cases[] = {
        { "wrong", NULL, "unknown user" },
        { "wrong", same, "wrong password" },
        { "wrong", low, "wrong password, lower cost stored" },
        { "wrong", "no hash", "stored value is no hash" },
        { ADMIN_SHA, same, "64 hexadecimal characters" },
        { ADMIN_SHA, low, "the same with a lower cost" },
        { ADMIN_SHA, NULL, "64 hexadecimal characters, unknown user" },
        { "", same, "empty password" },
    };

    for (legacy = 0; legacy < 2; legacy++) {
        scheme.legacy = legacy;
        for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            IS_INT(cost_of(&scheme, cases[i].password, cases[i].stored),
                   (legacy + 1) << 7, cases[i].name);
        }
        IS_INT(cost_of(&scheme, "right", same), 1 << 7, "a success is one run");
    }
}


static void
test_cost_range(void)
{
    char                   hash[HR_PASSWORD_HASH + 1];
    hr_password_scheme_t   bad = { 3, false };

    IS_INT(hr_password_hash(&bad, HR_STR("x"), hash), HR_INVALID, "cost 3");
    IS_INT(hash[0], 0, "leaves nothing");
    IS_INT(hr_password_verify(&bad, HR_STR("x"), HR_STR(NEW_HASH), NULL),
           HR_ERROR, "nor can it verify");
    bad.cost = 21;
    IS_INT(hr_password_hash(&bad, HR_STR("x"), hash), HR_INVALID, "cost 21");
}


static void
test_rules(void)
{
    size_t                  i;
    char                    big[HR_PASSWORD_MAX + 1];
    static const hr_str_t   common[] = {
        HR_STR_INIT("password"), HR_STR_INIT("Qwertyuiop12"),
        HR_STR_INIT("123456"), HR_STR_INIT("пароль")
    };
    static const struct {
        const char           *password, *name;
        hr_password_fault_t   fault;
    } cases[] = {
        { "Abcdefgh12-x", "admin", HR_PASSWORD_GOOD },
        { "Abcdefgh12-", "admin", HR_PASSWORD_TOO_SHORT },
        { "", "admin", HR_PASSWORD_TOO_SHORT },
        { "abcdefgh12-x", "admin", HR_PASSWORD_TOO_SIMPLE },
        { "Abcdefghij-x", "admin", HR_PASSWORD_TOO_SIMPLE },
        { "Abcdefgh12xy", "admin", HR_PASSWORD_TOO_SIMPLE },
        { "abcdefghijklmno", "admin", HR_PASSWORD_TOO_SIMPLE },
        { "abcdefghijklmnop", "admin", HR_PASSWORD_GOOD },
        { "Ёлка-и-7-ёжей", "admin", HR_PASSWORD_GOOD },
        { "длинная фраза из слов", "admin", HR_PASSWORD_GOOD },
        { "длинная фраза", "admin", HR_PASSWORD_TOO_SIMPLE },
        { "Xx-ADMIN-1234", "admin", HR_PASSWORD_IS_NAME },
        { "Иванова-и-7-ёжей", "иванова", HR_PASSWORD_IS_NAME },
        { "Three-hr-4567", "hr", HR_PASSWORD_GOOD },
        { "Abcdefgh12-x", "", HR_PASSWORD_GOOD },
        { "Password123!", "admin", HR_PASSWORD_IS_COMMON },
        { "!!2024-PASSWORD-2024!!", "admin", HR_PASSWORD_IS_COMMON },
        { "Пароль-123456", "admin", HR_PASSWORD_IS_COMMON },
        { "qWERTYUIOP12!", "admin", HR_PASSWORD_IS_COMMON },
        { "aaaaaaaaaaaaaaaaaaaa", "admin", HR_PASSWORD_IS_COMMON },
        { "abababababababababab", "admin", HR_PASSWORD_IS_COMMON },
        { "Abcdefgh12-\x01", "admin", HR_PASSWORD_BROKEN },
        { "Abcdefgh12-\xff", "admin", HR_PASSWORD_BROKEN },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        IS_INT(hr_password_check(hr_str_from_c(cases[i].password),
                                 hr_str_from_c(cases[i].name), common, 4),
               cases[i].fault, cases[i].password);
    }

    for (i = 0; i < sizeof(big); i++) {
        big[i] = (char) ('a' + i % 26);
    }
    IS_INT(hr_password_check(hr_str(big, HR_PASSWORD_MAX), HR_STR("admin"),
                             NULL, 0), HR_PASSWORD_GOOD, "the longest");
    IS_INT(hr_password_check(hr_str(big, sizeof(big)), HR_STR("admin"), NULL, 0),
           HR_PASSWORD_TOO_LONG, "and one byte more");
}


static void
test_random(void)
{
    int     i, j, good, seen[256] = { 0 };
    char    a[HR_PASSWORD_RANDOM + 1], b[HR_PASSWORD_RANDOM + 1] = "";

    good = 0;
    for (i = 0; i < 1000; i++) {
        if (hr_password_random(a) != HR_OK) {
            break;
        }
        good += strlen(a) == HR_PASSWORD_RANDOM && strcmp(a, b) != 0
                && strpbrk(a, "0O1lIo") == NULL
                && hr_password_check(hr_str_from_c(a), HR_STR("admin"), NULL, 0)
                   == HR_PASSWORD_GOOD;
        memcpy(b, a, sizeof(a));
        for (j = 0; j < HR_PASSWORD_RANDOM; j++) {
            seen[(unsigned char) a[j]]++;
        }
    }
    IS_INT(good, 1000, "random passwords pass the rules and differ");

    for (i = 0, j = 0, good = 0; i < 256; i++) {
        j += seen[i] > 0;
        good += seen[i] > 0 && (seen[i] < 250 || seen[i] > 470);
    }
    IS_INT(j, 56, "every character occurs");
    IS_INT(good, 0, "about equally often");
}


int
main(void)
{
    test_vectors();
    test_round_trip();
    test_prefixes();
    test_legacy();
    test_no_hash();
    test_equal_time();
    test_cost_range();
    test_rules();
    test_random();

    return hr_test_done();
}
