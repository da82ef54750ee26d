/* Names of downloads and archive entries: exports.md 5. */

#include "hr_test.h"
#include "hr_filename.h"
#include "hr_text.h"


static hr_arena_t  *arena;


static void
clean(const char *in, const char *want, const char *name)
{
    hr_str_t  got;

    got = hr_filename_sanitize(arena, hr_str_from_c(in));
    IS_STR(got.data, got.len, want, name);
}


static void
ascii(const char *in, const char *want, const char *name)
{
    hr_str_t  got;

    got = hr_filename_ascii(arena, hr_str_from_c(in));
    IS_STR(got.data, got.len, want, name);
}


static void
test_sanitize(void)
{
    clean("Ведущий бухгалтер", "Ведущий бухгалтер", "blanks and Cyrillic stay");
    clean("a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j", "what Windows forbids");
    clean("a///___///b", "a_b", "runs of _ collapse");
    clean("x\r\nSet-Cookie: y", "x_Set-Cookie_ y", "line breaks split no header");
    clean("  ..__ a b .. ", "a b", "the ends are stripped");
    clean("", "unnamed", "nothing is unnamed");
    clean("...", "unnamed", "nothing left is unnamed");
    clean("CON", "_CON", "a Windows device");
    clean("nul.txt", "_nul.txt", "with an extension");
    clean("COM1 .x", "_COM1 .x", "with a blank before the dot");
    clean("LPT\xc2\xb9", "_LPT\xc2\xb9", "with a superscript");
    clean("console", "console", "only the whole name is a device");
    clean("COM10", "COM10", "ten is no device");
    clean("../../etc/passwd", "etc_passwd", "no climbing");
    clean("a\xe2\x80\xae" "fdp.exe", "a_fdp.exe", "no direction marks");
    clean("a\xff" "b", "a\xef\xbf\xbd" "b", "broken UTF-8 becomes U+FFFD");
}


static void
test_cut(void)
{
    char      text[2000];
    size_t    i;
    hr_str_t  got;

    for (i = 0; i < 900; i++) {
        memcpy(text + 2 * i, "ж", 2);
    }

    got = hr_filename_sanitize(arena, hr_str(text, 1800));
    IS_INT(hr_utf8_count(got), 90, "180 bytes of Cyrillic are 90 characters");

    memset(text, 'a', sizeof(text));
    got = hr_filename_sanitize(arena, hr_str(text, 2000));
    IS_INT(got.len, 100, "100 characters of ASCII");

    for (i = 0; i < 400; i++) {
        memcpy(text + 4 * i, "🎯", 4);
    }

    got = hr_filename_sanitize(arena, hr_str(text, 1600));
    OK(got.len <= 180 && hr_utf8_valid(got), "the cut is at a character");

    got = hr_filename_ascii(arena, hr_str(text, 1600));
    IS_STR(got.data, got.len, "unnamed", "emoji alone leave no ASCII name");
}


static void
test_ascii(void)
{
    ascii("Щука и Ёж", "Shchuka_i_Yozh", "transliterated");
    ascii("подъезд", "podezd", "signs vanish");
    ascii("A%\"\\'B", "A_B", "no quotes, backslash, percent");
    ascii("Руководитель (IT)", "Rukovoditel_IT", "brackets are one _");
    ascii("日本", "unnamed", "nothing left is unnamed");
    ascii("Київ, Ґ", "Kiyiv_G", "other Cyrillic letters");
    ascii("Aux", "_Aux", "a device stays none");
}


static void
test_header(void)
{
    hr_str_t  got, id;

    id = HR_STR("0f8fad5b-d9cb-469f-a165-70867728950e");

    got = hr_filename_disposition(arena, HR_STR("Ведущий \"бухгалтер\"\r\n"), id, 3,
                                  "md");
    IS_STR(got.data, got.len,
           "attachment; filename=\"profile_Vedushchiy_bukhgalter_0f8fad5b_v3.md\"; "
           "filename*=UTF-8''profile_%D0%92%D0%B5%D0%B4%D1%83%D1%89%D0%B8%D0%B9"
           "%20_%D0%B1%D1%83%D1%85%D0%B3%D0%B0%D0%BB%D1%82%D0%B5%D1%80"
           "_0f8fad5b_v3.md", "both parameters (RFC 6266, RFC 8187)");

    got = hr_filename_disposition(arena, HR_STR("A!#$&+-.^_`|~'()"), id, 0, "json");
    IS_STR(got.data, got.len,
           "attachment; filename=\"profile_A_-_0f8fad5b.json\"; "
           "filename*=UTF-8''profile_A!#$&+-.^_`_~%27%28%29_0f8fad5b.json",
           "the characters that stay, and no version");

    got = hr_filename_disposition_name(arena, HR_STR("profiles_12.zip"));
    IS_STR(got.data, got.len, "attachment; filename=\"profiles_12.zip\"; "
           "filename*=UTF-8''profiles_12.zip", "any other name");

    got = hr_filename_profile(arena, HR_STR("a/b"), id, 0, "docx");
    IS_STR(got.data, got.len, "profile_a_b_0f8fad5b.docx", "an entry name");
}


static void
test_set(void)
{
    int                 i;
    hr_str_t            got;
    hr_filename_set_t  *set;

    set = hr_filename_set_create(arena);

    got = hr_filename_set_add(set, NULL, HR_STR("Отчёт.md"));
    IS_STR(got.data, got.len, "Отчёт.md", "the first keeps its name");
    got = hr_filename_set_add(set, NULL, HR_STR("ОТЧЁТ.md"));
    IS_STR(got.data, got.len, "ОТЧЁТ (2).md", "case does not tell names apart");
    got = hr_filename_set_add(set, "json", HR_STR("Отчёт.md"));
    IS_STR(got.data, got.len, "json/Отчёт.md", "another folder does");
    got = hr_filename_set_add(set, NULL, HR_STR(".md"));
    got = hr_filename_set_add(set, NULL, HR_STR(".md"));
    IS_STR(got.data, got.len, ".md (2)", "a name without a stem");

    for (i = 0; i < 300; i++) {
        got = hr_filename_set_add(set, "x", HR_STR("a.b.json"));
    }

    IS_STR(got.data, got.len, "x/a.b (300).json", "as often as needed");
}


int
main(void)
{
    hr_arena_t  *small;

    arena = hr_arena_create(16 << 20);

    test_sanitize();
    test_cut();
    test_ascii();
    test_header();
    test_set();

    hr_arena_destroy(arena);

    small = hr_arena_create(64);
    OK(hr_filename_disposition(small, HR_STR("Должность с длинным названием"),
                               HR_STR("0f8fad5b"), 1, "md").data == NULL,
       "a full arena gives no name");
    hr_arena_destroy(small);

    return hr_test_done();
}
