/*
 * Doubles as decimal text, and decimal rounding, both as Python has them.
 */

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "hr_json.h"

#define HR_ROUND_DECIMALS  22


/* Adds one unit in the last digit of a "d.ddde+XX" text; false when it carries. */
static bool
hr_double_bump(char *text)
{
    char  *last;

    last = strchr(text, 'e') - 1;
    if (*last == '9') {
        return false;
    }

    (*last)++;

    return true;
}


/*
 * The shortest "d.ddde+XX" text that reads back as value (> 0, finite).  The
 * decimal nearest to the value is tried at each length; only where the gap
 * below the value is half of the one above (powers of two) the next higher
 * decimal can be one of the shortest instead.
 */
static void
hr_double_shortest(double value, char text[32])
{
    int  digits;

    /* every decimal of 15 digits survives the way through a normal double */
    digits = value < DBL_MIN ? 1 : DBL_DIG;

    for ( /* void */ ; digits < 17; digits++) {

        snprintf(text, 32, "%.*e", digits - 1, value);
        if (strtod(text, NULL) == value) {
            return;
        }

        if (hr_double_bump(text) && strtod(text, NULL) == value) {
            return;
        }
    }

    snprintf(text, 32, "%.16e", value);
}


size_t
hr_double_format(double value, char out[32])
{
    int    exponent, n, i;
    char   text[32], digits[20], *p;

    if (!isfinite(value)) {
        memcpy(out, "null", 5);
        return 4;
    }

    p = out;
    if (signbit(value)) {
        *p++ = '-';
        value = -value;
    }

    if (value == 0) {
        memcpy(p, "0.0", 4);
        return (size_t) (p - out) + 3;
    }

    hr_double_shortest(value, text);

    exponent = (int) strtol(strchr(text, 'e') + 1, NULL, 10);
    n = 0;
    for (i = 0; text[i] != 'e'; i++) {
        if (text[i] != '.') {
            digits[n++] = text[i];
        }
    }
    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }

    if (exponent < -4 || exponent >= 16) {
        *p++ = digits[0];
        if (n > 1) {
            *p++ = '.';
            memcpy(p, digits + 1, (size_t) n - 1);
            p += n - 1;
        }
        p += snprintf(p, sizeof("e-308"), "e%c%02d",
                      exponent < 0 ? '-' : '+', abs(exponent));
        return (size_t) (p - out);
    }

    if (exponent < 0) {
        *p++ = '0';
        *p++ = '.';
        for (i = -1; i > exponent; i--) {
            *p++ = '0';
        }
    }

    for (i = 0; i < n || i <= exponent; i++) {
        *p++ = i < n ? digits[i] : '0';
        if (i == exponent) {
            *p++ = '.';
        }
    }

    if (p[-1] == '.') {
        *p++ = '0';
    }
    *p = '\0';

    return (size_t) (p - out);
}


double
hr_round(double value, int decimals)
{
    char  text[64];

    /* from 2^52 on there are no fractions; NaN and infinities stay */
    if (!(fabs(value) < 4503599627370496.0)) {
        return value;
    }

    if (decimals < 0) {
        decimals = 0;
    } else if (decimals > HR_ROUND_DECIMALS) {
        decimals = HR_ROUND_DECIMALS;
    }

    /* exact: printf rounds the binary value itself, ties to even */
    snprintf(text, sizeof(text), "%.*f", decimals, value);

    return strtod(text, NULL);
}
