/*
 * Instants as text and back, in the proleptic Gregorian calendar, and UUIDs.
 */

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "hr_time.h"

#define HR_TIME_SECOND     1000000ll
#define HR_TIME_DAY        (86400 * HR_TIME_SECOND)

/* 0001-01-01T00:00:00 and the last microsecond of 9999, which four digits can say */
#define HR_TIME_FIRST      (-62135596800ll * HR_TIME_SECOND)
#define HR_TIME_LAST       (253402300800ll * HR_TIME_SECOND - 1)


/*
 * Days since 1970-01-01.  Years begin in March, so that the leap day is the
 * last of its year; eras of 400 years have 146097 days.
 */
static int64_t
hr_time_days(int64_t year, int64_t month, int64_t day)
{
    int64_t  era, yoe, doy;

    year -= month <= 2;
    era = (year >= 0 ? year : year - 399) / 400;
    yoe = year - era * 400;
    doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}


static void
hr_time_civil(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    int64_t  era, doe, yoe, doy, mp;

    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    doe = days - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp + (mp < 10 ? 3 : -9);
    *year = yoe + era * 400 + (*month <= 2);
}


static char *
hr_time_digits(char *p, int64_t value, int width)
{
    int  i;

    for (i = width - 1; i >= 0; i--) {
        p[i] = (char) ('0' + value % 10);
        value /= 10;
    }

    return p + width;
}


size_t
hr_time_format(hr_instant_t at, hr_time_layout_t layout,
    char out[HR_TIME_MAX])
{
    char     *p;
    int64_t   days, rest, seconds, micros, year, month, day;

    if (at < HR_TIME_FIRST) {
        at = HR_TIME_FIRST;
    } else if (at > HR_TIME_LAST) {
        at = HR_TIME_LAST;
    }

    days = at / HR_TIME_DAY - (at % HR_TIME_DAY < 0);
    rest = at - days * HR_TIME_DAY;
    seconds = rest / HR_TIME_SECOND;
    micros = rest % HR_TIME_SECOND;

    hr_time_civil(days, &year, &month, &day);

    p = hr_time_digits(out, year, 4);
    *p++ = '-';
    p = hr_time_digits(p, month, 2);
    *p++ = '-';
    p = hr_time_digits(p, day, 2);
    *p++ = layout == HR_TIME_T1 || layout == HR_TIME_T2 ? ' ' : 'T';
    p = hr_time_digits(p, seconds / 3600, 2);
    *p++ = ':';
    p = hr_time_digits(p, seconds / 60 % 60, 2);
    *p++ = ':';
    p = hr_time_digits(p, seconds % 60, 2);

    if (micros != 0 && layout != HR_TIME_T1) {
        *p++ = '.';
        p = hr_time_digits(p, micros, 6);
    }

    if (layout == HR_TIME_WIRE_Z) {
        *p++ = 'Z';
    }

    *p = '\0';

    return (size_t) (p - out);
}


/* Takes exactly width digits off the front of text. */
static bool
hr_time_take(hr_str_t *text, size_t width, int64_t *value)
{
    size_t   i;
    int64_t  v;

    if (text->len < width) {
        return false;
    }

    v = 0;
    for (i = 0; i < width; i++) {
        if (text->data[i] < '0' || text->data[i] > '9') {
            return false;
        }
        v = v * 10 + (text->data[i] - '0');
    }

    *value = v;
    text->data += width;
    text->len -= width;

    return true;
}


static bool
hr_time_take_char(hr_str_t *text, const char *set)
{
    if (text->len == 0 || text->data[0] == '\0'
        || strchr(set, text->data[0]) == NULL)
    {
        return false;
    }

    text->data++;
    text->len--;

    return true;
}


static int64_t
hr_time_month_days(int64_t year, int64_t month)
{
    static const int  days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) {
        return 29;
    }

    return days[month - 1];
}


/* ".d" to ".dddddd", or nothing */
static bool
hr_time_take_fraction(hr_str_t *text, int64_t *micros)
{
    int      n;
    int64_t  digit;

    *micros = 0;

    if (!hr_time_take_char(text, ".")) {
        return true;
    }

    for (n = 0; n < 6 && hr_time_take(text, 1, &digit); n++) {
        *micros = *micros * 10 + digit;
    }

    if (n == 0) {
        return false;
    }

    for ( /* void */ ; n < 6; n++) {
        *micros *= 10;
    }

    return true;
}


/* "Z", "+hh:mm", "+hhmm", "+hh", or nothing; seconds east of Greenwich */
static bool
hr_time_take_zone(hr_str_t *text, int64_t *offset)
{
    bool     west;
    int64_t  hours, minutes;

    *offset = 0;

    if (text->len == 0 || hr_time_take_char(text, "Z")) {
        return true;
    }

    west = text->data[0] == '-';
    if (!hr_time_take_char(text, "+-") || !hr_time_take(text, 2, &hours)) {
        return false;
    }

    minutes = 0;
    if (text->len > 0) {
        (void) hr_time_take_char(text, ":");
        if (!hr_time_take(text, 2, &minutes)) {
            return false;
        }
    }

    if (hours > 23 || minutes > 59) {
        return false;
    }

    *offset = hours * 3600 + minutes * 60;
    if (west) {
        *offset = -*offset;
    }

    return true;
}


bool
hr_time_parse(hr_str_t text, hr_instant_t *at)
{
    int64_t  year, month, day, hour, minute, second, micros, offset;

    if (!hr_time_take(&text, 4, &year) || !hr_time_take_char(&text, "-")
        || !hr_time_take(&text, 2, &month) || !hr_time_take_char(&text, "-")
        || !hr_time_take(&text, 2, &day) || !hr_time_take_char(&text, " T")
        || !hr_time_take(&text, 2, &hour) || !hr_time_take_char(&text, ":")
        || !hr_time_take(&text, 2, &minute) || !hr_time_take_char(&text, ":")
        || !hr_time_take(&text, 2, &second)
        || !hr_time_take_fraction(&text, &micros)
        || !hr_time_take_zone(&text, &offset) || text.len > 0)
    {
        return false;
    }

    if (year < 1 || month < 1 || month > 12 || day < 1
        || day > hr_time_month_days(year, month)
        || hour > 23 || minute > 59 || second > 59)
    {
        return false;
    }

    *at = (hr_time_days(year, month, day) * 86400 + hour * 3600 + minute * 60
           + second - offset) * HR_TIME_SECOND + micros;

    return true;
}


hr_instant_t
hr_time_now(void)
{
    struct timespec  now;

    /* cannot fail: the clock exists and the address is good */
    (void) clock_gettime(CLOCK_REALTIME, &now);

    return now.tv_sec * HR_TIME_SECOND + now.tv_nsec / 1000;
}


hr_rc_t
hr_uuid_make(char out[37])
{
    int                i;
    char              *p;
    ssize_t            n;
    unsigned char      bytes[16];
    static const char  hex[] = "0123456789abcdef";

    /* up to 256 bytes come whole or not at all */
    do {
        n = getrandom(bytes, sizeof(bytes), 0);
    } while (n < 0 && errno == EINTR);

    if (n != (ssize_t) sizeof(bytes)) {
        return HR_ERROR;
    }

    bytes[6] = (unsigned char) ((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char) ((bytes[8] & 0x3f) | 0x80);

    p = out;
    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *p++ = '-';
        }
        *p++ = hex[bytes[i] >> 4];
        *p++ = hex[bytes[i] & 15];
    }
    *p = '\0';

    return HR_OK;
}


bool
hr_uuid_normalize(hr_str_t text, char out[37])
{
    int   i;
    char  c;

    if (text.len != 36) {
        return false;
    }

    for (i = 0; i < 36; i++) {
        c = text.data[i];

        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') {
                return false;
            }

        } else if (c >= 'A' && c <= 'F') {
            c = (char) (c + 0x20);

        } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }

        out[i] = c;
    }

    out[36] = '\0';

    return true;
}
