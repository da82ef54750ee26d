/*
 * Levenshtein distance by bit vectors: a column of the table is two bits per
 * row, 64 rows to a word, and one column follows from the one before in a few
 * instructions per word (G. Myers, J. ACM 46(3), 1999; in blocks: H. Hyyrö,
 * Nordic J. Computing 10(1), 2003).
 */

#include "hr_text.h"

#define HR_EDIT_MAX     512         /* code points; keeps the vectors on the stack */
#define HR_EDIT_WORDS   (HR_EDIT_MAX / 64)
#define HR_EDIT_DIRECT  256         /* ASCII and U+0400..U+047F */

/* In which rows of the table a code point stands. */
typedef struct {
    size_t     words;                       /* of one vector */
    uint16_t   direct[HR_EDIT_DIRECT];      /* number of the vector; 0: no row */
    size_t     nothers;
    uint32_t   others[HR_EDIT_MAX];         /* any other code points, */
    uint16_t   numbers[HR_EDIT_MAX];        /* and their vectors */
    uint64_t   rows[(HR_EDIT_MAX + 1) * HR_EDIT_WORDS];
} hr_edit_rows_t;


/* SIZE_MAX when the text has more than HR_EDIT_MAX code points. */
static size_t
hr_edit_decode(hr_str_t text, uint32_t out[HR_EDIT_MAX])
{
    size_t  n, pos;

    for (n = 0, pos = 0; pos < text.len; n++) {
        if (n == HR_EDIT_MAX) {
            return SIZE_MAX;
        }
        out[n] = hr_utf8_next(text, &pos);
    }

    return n;
}


static uint16_t *
hr_edit_number(hr_edit_rows_t *r, uint32_t cp)
{
    size_t  i;

    if (cp < 0x80) {
        return &r->direct[cp];
    }

    if (cp >= 0x400 && cp < 0x480) {
        return &r->direct[cp - 0x400 + 0x80];
    }

    for (i = 0; i < r->nothers; i++) {
        if (r->others[i] == cp) {
            return &r->numbers[i];
        }
    }

    return NULL;
}


static void
hr_edit_rows(hr_edit_rows_t *r, const uint32_t *text, size_t n)
{
    size_t     i;
    uint16_t  *number, vectors;

    r->words = (n + 63) / 64;
    r->nothers = 0;
    memset(r->direct, 0, sizeof(r->direct));
    memset(r->rows, 0, r->words * sizeof(uint64_t));    /* vector 0: no row */
    vectors = 1;

    for (i = 0; i < n; i++) {
        number = hr_edit_number(r, text[i]);

        if (number == NULL) {
            r->others[r->nothers] = text[i];
            number = &r->numbers[r->nothers++];
            *number = 0;
        }

        if (*number == 0) {
            memset(&r->rows[vectors * r->words], 0, r->words * sizeof(uint64_t));
            *number = vectors++;
        }

        r->rows[*number * r->words + i / 64] |= 1ull << (i % 64);
    }
}


/* n rows (1 and more), m columns. */
static size_t
hr_edit_columns(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t           i, w, score;
    uint64_t         plus[HR_EDIT_WORDS], minus[HR_EDIT_WORDS];
    uint64_t         eq, xv, xh, ph, mh, up, down, last;
    uint16_t        *number;
    hr_edit_rows_t   r;
    const uint64_t  *rows;

    hr_edit_rows(&r, a, n);

    for (w = 0; w < r.words; w++) {
        plus[w] = ~0ull;
        minus[w] = 0;
    }

    score = n;
    last = 1ull << ((n - 1) % 64);

    for (i = 0; i < m; i++) {
        number = hr_edit_number(&r, b[i]);
        rows = &r.rows[(number == NULL ? 0 : *number) * r.words];

        /* the step to the right in the row above: the first row counts columns */
        up = 1;
        down = 0;

        for (w = 0; w < r.words; w++) {
            eq = rows[w];
            xv = eq | minus[w];
            eq |= down;
            xh = (((eq & plus[w]) + plus[w]) ^ plus[w]) | eq;
            ph = minus[w] | ~(xh | plus[w]);
            mh = plus[w] & xh;

            if (w == r.words - 1) {
                score += (ph & last) != 0;
                score -= (mh & last) != 0;
            }

            eq = ph >> 63;
            ph = ph << 1 | up;
            up = eq;
            eq = mh >> 63;
            mh = mh << 1 | down;
            down = eq;

            plus[w] = mh | ~(xv | ph);
            minus[w] = ph & xv;
        }
    }

    return score;
}


static size_t
hr_edit_measure(hr_str_t a, hr_str_t b, size_t *longest)
{
    size_t    n, m;
    uint32_t  x[HR_EDIT_MAX], y[HR_EDIT_MAX], *p, *q;

    n = hr_edit_decode(a, x);
    m = hr_edit_decode(b, y);
    if (n == SIZE_MAX || m == SIZE_MAX) {
        return SIZE_MAX;
    }

    *longest = n > m ? n : m;

    /* common ends never cost anything */
    for (p = x, q = y; n > 0 && m > 0 && *p == *q; n--, m--) {
        p++;
        q++;
    }
    while (n > 0 && m > 0 && p[n - 1] == q[m - 1]) {
        n--;
        m--;
    }

    if (n == 0 || m == 0) {
        return n + m;
    }

    return n < m ? hr_edit_columns(p, n, q, m) : hr_edit_columns(q, m, p, n);
}


size_t
hr_edit_distance(hr_str_t a, hr_str_t b)
{
    size_t  longest;

    return hr_edit_measure(a, b, &longest);
}


double
hr_similarity(hr_str_t a, hr_str_t b)
{
    size_t  distance, longest;

    distance = hr_edit_measure(a, b, &longest);
    if (distance == SIZE_MAX) {
        return hr_str_eq(a, b) ? 1.0 : 0.0;
    }

    return longest == 0 ? 1.0 : 1.0 - (double) distance / (double) longest;
}
