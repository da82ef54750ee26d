/*
 * Numbers of a JSON tree by value.  Their texts are as written, of any length.
 */

#include <math.h>
#include <stdlib.h>

#include "hr_json.h"
#include "hr_json_number.h"


/*
 * A number as 0.d1d2d3... * 10^exponent without leading and trailing zero
 * digits; zero has no digits.  first..end is the part of the text that holds
 * the digits (and perhaps the point).
 */
typedef struct {
    const char  *first;
    const char  *end;
    int64_t      exponent;
    size_t       digits;
    bool         negative;
} hr_json_decimal_t;


/* The exponent part of a number, kept where it still decides. */
static int64_t
hr_json_exponent(const char *p, const char *end)
{
    bool     negative;
    int64_t  value;

    negative = *p == '-';
    if (*p == '-' || *p == '+') {
        p++;
    }

    for (value = 0; p < end; p++) {
        if (value < INT64_MAX / 100) {
            value = value * 10 + (*p - '0');
        }
    }

    return negative ? -value : value;
}


static void
hr_json_decimal(hr_str_t text, hr_json_decimal_t *d)
{
    bool         seen, point;
    int64_t      before;
    const char  *p, *end;

    memset(d, 0, sizeof(hr_json_decimal_t));

    p = text.data;
    end = p + text.len;
    seen = false;
    point = false;
    before = 0;             /* digits in front of the point, behind leading 0s */

    if (p < end && *p == '-') {
        d->negative = true;
        p++;
    }

    for ( /* void */ ; p < end && (*p | 0x20) != 'e'; p++) {

        if (*p == '.') {
            point = true;
            continue;
        }

        seen = seen || *p != '0';

        if (!seen) {
            before -= point;
            continue;
        }

        if (d->first == NULL) {
            d->first = p;
        }
        before += !point;

        /* counts up to the last digit that is not 0 */
        if (*p != '0') {
            d->end = p + 1;
        }
    }

    if (d->first == NULL) {
        d->negative = false;
        return;
    }

    d->digits = (size_t) (d->end - d->first)
                - (memchr(d->first, '.', (size_t) (d->end - d->first)) != NULL);
    d->exponent = before;

    if (p < end) {
        d->exponent += hr_json_exponent(p + 1, end);
    }
}


bool
hr_json_int(const hr_json_t *node, int64_t *value)
{
    int                digit;
    int64_t            i, v;
    const char        *p;
    hr_json_decimal_t  d;

    if (!hr_json_is(node, HR_JSON_NUMBER)) {
        return false;
    }

    hr_json_decimal(node->text, &d);

    /* 19 digits are the most that fit */
    if (d.digits > 0
        && (d.exponent < (int64_t) d.digits || d.exponent > 19))
    {
        return false;
    }

    v = 0;
    p = d.first;

    /* summed up below zero, where there is one value more */
    for (i = 0; d.digits > 0 && i < d.exponent; i++) {
        digit = 0;
        if (p < d.end) {
            p += *p == '.';
            digit = *p++ - '0';
        }
        if (__builtin_mul_overflow(v, 10, &v)
            || __builtin_sub_overflow(v, digit, &v))
        {
            return false;
        }
    }

    if (!d.negative) {
        if (v == INT64_MIN) {
            return false;
        }
        v = -v;
    }

    *value = v;

    return true;
}


bool
hr_json_is_integer_literal(const hr_json_t *node)
{
    size_t  i;

    if (!hr_json_is(node, HR_JSON_NUMBER)) {
        return false;
    }

    for (i = 0; i < node->text.len; i++) {
        if (node->text.data[i] != '-'
            && (node->text.data[i] < '0' || node->text.data[i] > '9'))
        {
            return false;
        }
    }

    return true;
}


bool
hr_json_double(const hr_json_t *node, double *value)
{
    double  v;

    if (!hr_json_is(node, HR_JSON_NUMBER)) {
        return false;
    }

    /* the texts of numbers end in NUL, see hr_json_number() and the builders */
    v = strtod(node->text.data, NULL);
    if (!isfinite(v)) {
        return false;
    }

    *value = v;

    return true;
}


bool
hr_json_number_equal(hr_str_t a, hr_str_t b)
{
    size_t             i;
    const char        *p, *q;
    hr_json_decimal_t  x, y;

    if (hr_str_eq(a, b)) {
        return true;
    }

    hr_json_decimal(a, &x);
    hr_json_decimal(b, &y);

    if (x.negative != y.negative || x.digits != y.digits
        || x.exponent != y.exponent)
    {
        return false;
    }

    p = x.first;
    q = y.first;

    for (i = 0; i < x.digits; i++) {
        p += *p == '.';
        q += *q == '.';
        if (*p++ != *q++) {
            return false;
        }
    }

    return true;
}
