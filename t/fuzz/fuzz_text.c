/*
 * Text functions on any bytes: results are sound UTF-8, folding a second time
 * changes nothing, cuts end on boundaries; times and UUIDs that are read are
 * written back the same.
 */

#include "hr_fuzz.h"
#include "hr_password.h"
#include "hr_text.h"
#include "hr_time.h"


static void
check_folds(hr_arena_t *arena, hr_str_t text)
{
    size_t    i;
    hr_str_t  once, twice;
    static hr_str_t  (*const folds[])(hr_arena_t *, hr_str_t) = {
        hr_fold, hr_match_key, hr_lower
    };

    for (i = 0; i < 3; i++) {
        once = folds[i](arena, text);
        HR_FUZZ_CHECK(once.data != NULL && hr_utf8_valid(once));
        HR_FUZZ_CHECK(once.data[once.len] == '\0');
        twice = folds[i](arena, once);
        HR_FUZZ_CHECK(hr_str_eq(once, twice));
    }
}


static void
check_parts(hr_arena_t *arena, hr_str_t text)
{
    size_t    n, pos;
    hr_str_t  sound, part;

    sound = hr_utf8_repair(arena, text);
    HR_FUZZ_CHECK(hr_utf8_valid(sound));
    HR_FUZZ_CHECK(hr_utf8_valid(text) == hr_str_eq(text, sound));

    for (n = 0, pos = 0; pos < sound.len; n++) {
        (void) hr_utf8_next(sound, &pos);
    }
    HR_FUZZ_CHECK(pos == sound.len && n == hr_utf8_count(sound));

    part = hr_utf8_cut_bytes(sound, text.len / 2);
    HR_FUZZ_CHECK(hr_utf8_valid(part) && part.len <= text.len / 2);
    part = hr_utf8_cut(sound, n / 2);
    HR_FUZZ_CHECK(hr_utf8_count(part) == n / 2);
    HR_FUZZ_CHECK(hr_contains(sound, part));
    HR_FUZZ_CHECK(hr_contains_word_start(sound, part));

    HR_FUZZ_CHECK(hr_str_eq(hr_trim(hr_trim(text)), hr_trim(text)));
    HR_FUZZ_CHECK(hr_utf8_valid(hr_trim(sound)));
}


static void
check_distance(hr_str_t text)
{
    size_t    there, back;
    double    similarity;
    hr_str_t  a, b;

    a = hr_str(text.data, text.len / 2);
    b = hr_str(text.data + text.len / 2, text.len - text.len / 2);

    there = hr_edit_distance(a, b);
    back = hr_edit_distance(b, a);
    HR_FUZZ_CHECK(there == back);

    similarity = hr_similarity(a, b);
    HR_FUZZ_CHECK(similarity >= 0.0 && similarity <= 1.0);
    HR_FUZZ_CHECK(hr_similarity(a, a) == 1.0);

    (void) hr_has_control(text);
    (void) hr_password_check(a, b, &b, 1);
}


static void
check_time(hr_str_t text)
{
    int            i;
    char           out[HR_TIME_MAX], uuid[37], again[37];
    size_t         len;
    hr_instant_t   at, back;

    if (hr_time_parse(text, &at)
        && at >= -62135596800000000ll && at < 253402300800000000ll)
    {
        for (i = HR_TIME_T2; i <= HR_TIME_WIRE_Z; i++) {
            len = hr_time_format(at, (hr_time_layout_t) i, out);
            HR_FUZZ_CHECK(len < HR_TIME_MAX
                          && hr_time_parse(hr_str(out, len), &back)
                          && back == at);
        }
    }

    if (hr_uuid_normalize(text, uuid)) {
        HR_FUZZ_CHECK(hr_uuid_normalize(hr_str(uuid, 36), again)
                      && memcmp(uuid, again, 37) == 0);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hr_str_t     text;
    hr_arena_t  *arena;

    text = hr_str(size == 0 ? "" : (const char *) data, size);
    arena = hr_arena_create(16 << 20);

    check_folds(arena, text);
    check_parts(arena, text);
    check_distance(text);
    check_time(text);

    hr_arena_destroy(arena);

    return 0;
}
