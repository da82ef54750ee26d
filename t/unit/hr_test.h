/* A few lines of TAP for unit tests; one program per source file under test. */

#ifndef HR_TEST_H
#define HR_TEST_H

#include <stdio.h>
#include <string.h>
#include <stdlib.h>

static int  hr_test_count;
static int  hr_test_failed;

#define OK(cond, name)                                                        \
    do {                                                                      \
        int  hr_ok_ = !!(cond);                                               \
        hr_test_count++;                                                      \
        if (!hr_ok_) { hr_test_failed++; }                                    \
        printf("%sok %d - %s\n", hr_ok_ ? "" : "not ", hr_test_count, name);  \
        if (!hr_ok_) {                                                        \
            printf("#   %s:%d: %s\n", __FILE__, __LINE__, #cond);             \
        }                                                                     \
    } while (0)

#define IS_INT(got, want, name)                                               \
    do {                                                                      \
        long long  g_ = (long long) (got), w_ = (long long) (want);           \
        OK(g_ == w_, name);                                                   \
        if (g_ != w_) { printf("#   got %lld, want %lld\n", g_, w_); }        \
    } while (0)

#define IS_STR(got, got_len, want, name)                                      \
    do {                                                                      \
        const char  *g_ = (got), *w_ = (want);                                \
        size_t       n_ = (got_len);                                          \
        int          s_ = g_ != NULL && n_ == strlen(w_)                      \
                          && memcmp(g_, w_, n_) == 0;                         \
        OK(s_, name);                                                         \
        if (!s_) {                                                            \
            printf("#   got  \"%.*s\"\n#   want \"%s\"\n", (int) n_,          \
                   g_ ? g_ : "(null)", w_);                                   \
        }                                                                     \
    } while (0)

static inline int
hr_test_done(void)
{
    printf("1..%d\n", hr_test_count);
    return hr_test_failed == 0 ? 0 : 1;
}

#endif /* HR_TEST_H */
