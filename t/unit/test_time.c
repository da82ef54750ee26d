/* Layouts of instants, parsing, UUIDs. */

#include "hr_test.h"
#include "hr_time.h"


static void
is_time(hr_instant_t at, hr_time_layout_t layout, const char *want,
    const char *name)
{
    size_t  len;
    char    text[HR_TIME_MAX];

    len = hr_time_format(at, layout, text);
    IS_STR(text, len, want, name);
}


static void
test_format(void)
{
    hr_instant_t  at;

    at = 1757342317194483ll;
    is_time(at, HR_TIME_T1, "2025-09-08 14:38:37", "T1 cuts the fraction");
    is_time(at, HR_TIME_T2, "2025-09-08 14:38:37.194483", "T2");
    is_time(at, HR_TIME_T3, "2025-09-08T14:38:37.194483", "T3");
    is_time(at, HR_TIME_WIRE_NAIVE, "2025-09-08T14:38:37.194483", "naive");
    is_time(at, HR_TIME_WIRE_Z, "2025-09-08T14:38:37.194483Z", "Z");

    at = 1757342317000000ll;
    is_time(at, HR_TIME_T2, "2025-09-08 14:38:37", "T2 without a fraction");
    is_time(at, HR_TIME_T3, "2025-09-08T14:38:37", "T3 without a fraction");
    is_time(at, HR_TIME_WIRE_Z, "2025-09-08T14:38:37Z", "Z without a fraction");
    is_time(at + 7, HR_TIME_T3, "2025-09-08T14:38:37.000007", "leading zeros");

    is_time(0, HR_TIME_T1, "1970-01-01 00:00:00", "the epoch");
    is_time(-1, HR_TIME_T3, "1969-12-31T23:59:59.999999", "before it");
    is_time(951782400000000ll, HR_TIME_T1, "2000-02-29 00:00:00", "a leap day");
    is_time(INT64_MIN, HR_TIME_T1, "0001-01-01 00:00:00", "clamped below");
    is_time(INT64_MAX, HR_TIME_T3, "9999-12-31T23:59:59.999999", "and above");
}


static void
test_parse(void)
{
    size_t        i;
    hr_instant_t  at;
    static const struct { const char *text; int64_t at; } good[] = {
        { "2025-09-08 14:38:37", 1757342317000000ll },
        { "2025-09-08T14:38:37", 1757342317000000ll },
        { "2025-09-08 14:38:37.194483", 1757342317194483ll },
        { "2025-09-08T14:38:37.5", 1757342317500000ll },
        { "2025-09-08T14:38:37.000007Z", 1757342317000007ll },
        { "2025-09-08T17:38:37+03:00", 1757342317000000ll },
        { "2025-09-08T17:38:37+0300", 1757342317000000ll },
        { "2025-09-08T06:08:37.25-08:30", 1757342317250000ll },
        { "2025-09-08T17:38:37+03", 1757342317000000ll },
        { "2000-02-29T00:00:00", 951782400000000ll },
        { "1969-12-31T23:59:59.999999", -1 },
        { "0001-01-01 00:00:00", -62135596800000000ll },
    };
    static const char  *bad[] = {
        "", "2025-09-08", "2025-09-08 14:38", "2025-13-08 14:38:37",
        "2025-00-08 14:38:37", "2025-02-29 14:38:37", "2025-09-31 14:38:37",
        "1900-02-29 00:00:00", "2025-09-08 24:00:00", "2025-09-08 14:60:37",
        "2025-09-08 14:38:60", "2025-09-08 14:38:37.", "2025-09-08 14:38:37x",
        "2025-09-08 14:38:37.1234567", "2025-09-08 14:38:37+3",
        "2025-09-08 14:38:37+24:00", "2025-09-08 14:38:37+03:60",
        "2025-09-08 14:38:37+03:", "2025-09-08 14:38:37ZZ", "0000-01-01 00:00:00",
        "2025-09-08_14:38:37", " 2025-09-08 14:38:37", "2025-9-08 14:38:37",
        "+025-09-08 14:38:37", "2025-09-08 14:38:37 ",
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        at = 0;
        OK(hr_time_parse(hr_str_from_c(good[i].text), &at), good[i].text);
        IS_INT(at, good[i].at, "to the microsecond");
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        OK(!hr_time_parse(hr_str_from_c(bad[i]), &at), bad[i]);
    }

    OK(!hr_time_parse(HR_STR("2025\0" "09-08 14:38:37"), &at), "a NUL inside");
}


static void
test_every_day(void)
{
    size_t        len;
    int64_t       day;
    char          text[HR_TIME_MAX], last[HR_TIME_MAX] = "";
    hr_instant_t  at;

    for (day = -719162; day <= 2932896; day++) {
        len = hr_time_format(day * 86400000000ll + 1, HR_TIME_T3, text);
        if (strcmp(last, text) >= 0
            || !hr_time_parse(hr_str(text, len), &at)
            || at != day * 86400000000ll + 1)
        {
            break;
        }
        memcpy(last, text, sizeof(text));
    }

    IS_INT(day, 2932897, "every day from 0001 to 9999, in order, there and back");
}


static void
test_uuid(void)
{
    char  a[37], b[37], out[37];

    OK(hr_uuid_make(a) == HR_OK && hr_uuid_make(b) == HR_OK, "two UUIDs");
    OK(strlen(a) == 36 && strcmp(a, b) != 0, "which differ");
    OK(a[14] == '4' && strchr("89ab", a[19]) != NULL, "of version 4");
    OK(hr_uuid_normalize(hr_str_from_c(a), out) && strcmp(a, out) == 0,
       "in the form that is read back");

    OK(hr_uuid_normalize(HR_STR("ABCDEF01-2345-6789-ABCD-EF0123456789"), out),
       "upper case");
    IS_STR(out, strlen(out), "abcdef01-2345-6789-abcd-ef0123456789",
           "becomes lower case");
    OK(!hr_uuid_normalize(HR_STR("abcdef0123456789abcdef0123456789"), out),
       "no hyphens");
    OK(!hr_uuid_normalize(HR_STR("{bcdef01-2345-6789-abcd-ef012345678}"), out),
       "braces");
    OK(!hr_uuid_normalize(HR_STR("gbcdef01-2345-6789-abcd-ef0123456789"), out),
       "no hex digit");
    OK(!hr_uuid_normalize(HR_STR("abcdef0-12345-6789-abcd-ef0123456789"), out),
       "a hyphen elsewhere");
    OK(!hr_uuid_normalize(HR_STR(""), out), "nothing");
}


static void
test_now(void)
{
    hr_instant_t  a, b;

    a = hr_time_now();
    b = hr_time_now();
    OK(a > 1700000000000000ll && b >= a && b - a < 10000000, "the clock");
}


int
main(void)
{
    test_format();
    test_parse();
    test_every_day();
    test_uuid();
    test_now();

    return hr_test_done();
}
