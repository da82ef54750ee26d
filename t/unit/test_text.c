/* UTF-8, folding, match keys, edit distance. */

#include "hr_test.h"
#include "hr_text.h"

static hr_arena_t  *arena;

#define IS_TEXT(got, want, name)                                              \
    do {                                                                      \
        hr_str_t  s__ = (got);                                                \
        IS_STR(s__.data, s__.len, want, name);                                \
    } while (0)


static void
test_utf8(void)
{
    size_t  i;
    static const struct { const char *text; bool valid; } cases[] = {
        { "", true }, { "abcdefghi", true }, { "ё", true }, { "€", true },
        { "😀", true }, { "\xf4\x8f\xbf\xbf", true },
        { "\xf4\x90\x80\x80", false }, { "\xc0\x80", false },
        { "\xc1\xbf", false }, { "\xe0\x9f\xbf", false },
        { "\xed\xa0\x80", false }, { "\xf0\x8f\xbf\xbf", false },
        { "\x80", false }, { "abcdefgh\xd0", false }, { "\xd0z", false },
        { "\xe2\x82", false }, { "\xf0\x9f\x98", false }, { "\xff", false },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        OK(hr_utf8_valid(hr_str_from_c(cases[i].text)) == cases[i].valid,
           "validity of UTF-8");
    }

    OK(hr_utf8_valid(HR_STR_NULL), "nothing is valid");
    IS_INT(hr_utf8_count(HR_STR("абвгд ёж 😀€x")), 12, "code points");
    IS_INT(hr_utf8_count(HR_STR_NULL), 0, "none");
}


static void
test_next(void)
{
    size_t    pos;
    hr_buf_t  buf;

    pos = 0;
    IS_INT(hr_utf8_next(HR_STR("\xf0\x9f\x98\x80"), &pos), 0x1f600, "a code point");
    IS_INT(pos, 4, "and how far it goes");

    pos = 0;
    IS_INT(hr_utf8_next(HR_STR("\xf0\x9f\x98z"), &pos), 0xfffd, "a broken one");
    IS_INT(pos, 3, "takes its maximal part");

    hr_buf_init(&buf, 100);
    hr_utf8_append(&buf, 'a');
    hr_utf8_append(&buf, 0x451);
    hr_utf8_append(&buf, 0x20ac);
    hr_utf8_append(&buf, 0x1f600);
    hr_utf8_append(&buf, 0xd800);
    hr_utf8_append(&buf, 0x110000);
    IS_STR(buf.data, buf.len, "aё€😀\xef\xbf\xbd\xef\xbf\xbd", "hr_utf8_append");
    hr_buf_release(&buf);

    IS_TEXT(hr_utf8_repair(arena, HR_STR("a\xffб\xe2\x82" "c\xed\xa0\x80")),
            "a\xef\xbf\xbdб\xef\xbf\xbd" "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
            "repair as Python's decoder does");
    IS_TEXT(hr_utf8_repair(arena, HR_STR("цел")), "цел", "nothing to repair");
    OK(hr_utf8_repair(arena, HR_STR_NULL).data != NULL, "repair of nothing");
}


static void
test_cut(void)
{
    IS_TEXT(hr_utf8_cut_bytes(HR_STR("абв"), 5), "аб", "cut at a character");
    IS_TEXT(hr_utf8_cut_bytes(HR_STR("абв"), 6), "абв", "no need to cut");
    IS_TEXT(hr_utf8_cut_bytes(HR_STR("😀"), 3), "", "not even one");
    IS_TEXT(hr_utf8_cut(HR_STR("абв"), 2), "аб", "cut by code points");
    IS_TEXT(hr_utf8_cut(HR_STR("абв"), 3), "абв", "exactly");
    IS_TEXT(hr_utf8_cut(HR_STR("абв"), 0), "", "to nothing");
}


static void
test_trim(void)
{
    IS_TEXT(hr_trim(HR_STR(" \t\n\xc2\xa0x y\xe2\x80\xaf\xe3\x80\x80 ")), "x y",
            "Unicode white space");
    IS_TEXT(hr_trim(HR_STR("я")), "я", "nothing to trim");
    IS_TEXT(hr_trim(HR_STR(" \xc2\xa0 ")), "", "only blanks");
    IS_INT(hr_trim(HR_STR_NULL).len, 0, "nothing");
    IS_TEXT(hr_trim(HR_STR("a\xc2\xa0\xa0")), "a\xc2\xa0\xa0",
            "a stray byte behind a blank stays");

    OK(hr_has_control(HR_STR("a\nb")) && hr_has_control(HR_STR("\x7f"))
       && hr_has_control(hr_str("\0", 1)) && !hr_has_control(HR_STR("я ~")),
       "control characters");
}


static void
test_fold(void)
{
    IS_TEXT(hr_fold(arena, HR_STR("  Ёлка\xc2\xa0\t ÀБВ  ")), "елка àбв",
            "search fold");
    IS_TEXT(hr_fold(arena, HR_STR("АЯЁЂЏѢABCZ09")), "аяеђџѣabcz09",
            "all of Cyrillic and Latin");
    IS_TEXT(hr_fold(arena, HR_STR("и\xcc\x86 \xd0\x95\xcc\x88")), "й е",
            "composed before folding");
    IS_TEXT(hr_fold(arena, HR_STR("T\xcc\x88")), "\xe1\xba\x97",
            "a small letter that composes where the capital does not");
    IS_TEXT(hr_fold(arena, HR_STR("Ё\xcc\x88\xcc\xa3")), "е\xcc\xa3",
            "no diaeresis comes back by composing");
    IS_TEXT(hr_fold(arena, HR_STR("\xff\xd0")), "\xef\xbf\xbd\xef\xbf\xbd",
            "broken UTF-8");
    IS_TEXT(hr_fold(arena, HR_STR("\xc8\xba")), "\xe2\xb1\xa5",
            "a letter that grows");
    IS_TEXT(hr_lower(arena, HR_STR(" ЁЖ\xc2\xa0 «X»")), " ёж\xc2\xa0 «x»",
            "plain lower case");
    IS_TEXT(hr_lower(arena, HR_STR("ΑΩ İ ẞ")), "αω i ß", "other scripts");
    IS_TEXT(hr_fold(arena, HR_STR_NULL), "", "nothing");
}


static void
test_match_key(void)
{
    IS_TEXT(hr_match_key(arena, HR_STR("  Отдел\xc2\xa0 \t\xe2\x80\x87\xe2\x80\xaf"
                                       "Учёта ")), "отдел учета", "blanks");
    IS_TEXT(hr_match_key(arena, HR_STR("«А» “Б” „В' – —")),
            "\"а\" \"б\" \"в\" - -", "quotes and dashes");
    IS_TEXT(hr_match_key(arena, HR_STR("И\xcc\x86ОД")), "йод", "NFC");
    IS_TEXT(hr_match_key(arena, HR_STR("a\nb\xe2\x80\x83" "c")),
            "a\nb\xe2\x80\x83" "c", "no other blank is touched");
    IS_TEXT(hr_match_key(arena, HR_STR("A/B → № 5")), "a/b → № 5", "signs stay");
}


static void
test_long_fold(void)
{
    size_t    i;
    hr_buf_t  in, want;
    hr_str_t  got;

    hr_buf_init(&in, 1 << 20);
    hr_buf_init(&want, 1 << 20);
    for (i = 0; i < 5000; i++) {
        hr_buf_c(&in, "\xffЁ ");
        hr_buf_c(&want, i ? " \xef\xbf\xbdе" : "\xef\xbf\xbdе");
    }
    got = hr_fold(arena, hr_buf_view(&in));
    OK(hr_str_eq(got, hr_buf_view(&want)), "a long text with the worst growth");
    hr_buf_release(&in);
    hr_buf_release(&want);
}


static void
test_contains(void)
{
    OK(hr_contains(HR_STR("отдел учета"), HR_STR("учет"))
       && !hr_contains(HR_STR("отдел"), HR_STR("отделы"))
       && hr_contains(HR_STR_NULL, HR_STR_NULL), "substring");

    OK(hr_contains_word_start(HR_STR("отдел учета"), HR_STR("учет"))
       && hr_contains_word_start(HR_STR("отдел"), HR_STR("отд"))
       && hr_contains_word_start(HR_STR("it-отдел"), HR_STR("отд")),
       "start of a word");
    OK(!hr_contains_word_start(HR_STR("подотдел"), HR_STR("отдел"))
       && !hr_contains_word_start(HR_STR("a1"), HR_STR("1"))
       && !hr_contains_word_start(HR_STR_NULL, HR_STR("1")), "not inside one");
    OK(hr_contains_word_start(HR_STR("подотдел, отдел"), HR_STR("отдел")),
       "a later place counts");
}


static void
test_edit(void)
{
    char  big[1100];

    IS_INT(hr_edit_distance(HR_STR("kitten"), HR_STR("sitting")), 3, "kitten");
    IS_INT(hr_edit_distance(HR_STR("отдел"), HR_STR("отдел")), 0, "equal");
    IS_INT(hr_edit_distance(HR_STR("отдел"), HR_STR("оттдел")), 1, "one letter");
    IS_INT(hr_edit_distance(HR_STR("абв"), HR_STR("")), 3, "to nothing");
    IS_INT(hr_edit_distance(HR_STR("абвг"), HR_STR("гвба")), 4, "reversed");
    IS_INT(hr_edit_distance(HR_STR("ab"), HR_STR("ba")), 2,
           "a swap is two edits");

    memset(big, 'x', sizeof(big));
    IS_INT(hr_edit_distance(hr_str(big, 512), HR_STR("y")), 512, "512 are enough");
    OK(hr_edit_distance(hr_str(big, 513), HR_STR("y")) == SIZE_MAX,
       "513 are too many");

    OK(hr_similarity(HR_STR(""), HR_STR("")) == 1.0
       && hr_similarity(HR_STR("абвг"), HR_STR("абвд")) == 0.75
       && hr_similarity(HR_STR("а"), HR_STR("б")) == 0.0, "similarity");
    OK(hr_similarity(hr_str(big, 513), hr_str(big, 513)) == 1.0
       && hr_similarity(hr_str(big, 513), hr_str(big, 514)) == 0.0,
       "similarity beyond the limit");
}


/* -- the distance against its definition -- */

#define PLAIN_MAX  512

static size_t
plain_distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t         i, j, best, diagonal, above;
    static size_t  row[PLAIN_MAX + 1];

    for (j = 0; j <= m; j++) {
        row[j] = j;
    }

    for (i = 0; i < n; i++) {
        diagonal = row[0];
        row[0] = i + 1;

        for (j = 0; j < m; j++) {
            above = row[j + 1];
            best = diagonal + (a[i] != b[j]);
            best = above + 1 < best ? above + 1 : best;
            best = row[j] + 1 < best ? row[j] + 1 : best;
            diagonal = above;
            row[j + 1] = best;
        }
    }

    return row[m];
}


static uint64_t
next_random(void)
{
    static uint64_t  state = 88172645463325252ull;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;

    return state;
}


/* A text of n characters out of so many; some are in no table of the library. */
static size_t
random_text(uint32_t *out, size_t n, uint32_t letters)
{
    size_t                 i;
    static const uint32_t  first[] = { 'a', 0x430, 0x4e00, 0x1f600, 0x47d };

    for (i = 0; i < n; i++) {
        out[i] = first[next_random() % 5] + (uint32_t) (next_random() % letters);
    }

    return n;
}


static hr_str_t
encoded(const uint32_t *text, size_t n, hr_buf_t *buf)
{
    size_t  i;

    hr_buf_init(buf, PLAIN_MAX * 4);
    for (i = 0; i < n; i++) {
        hr_utf8_append(buf, text[i]);
    }

    return n == 0 ? HR_STR("") : hr_buf_view(buf);
}


static void
compare_distances(size_t rounds, size_t max, uint32_t letters, const char *name)
{
    size_t           i, k, n, m, wrong, want;
    hr_buf_t         x, y;
    hr_str_t         s, t;
    static uint32_t  a[PLAIN_MAX], b[PLAIN_MAX];

    wrong = 0;

    for (i = 0; i < rounds; i++) {
        n = random_text(a, next_random() % (max + 1), letters);

        if (i % 2 == 0) {
            m = random_text(b, next_random() % (max + 1), letters);

        } else {
            /* an edited copy: the ends agree */
            memcpy(b, a, n * sizeof(uint32_t));
            m = n;
            for (k = next_random() % 4; n > 8 && k > 0; k--) {
                random_text(b + next_random() % (n - 4), 4, letters);
            }
            m -= n > 8 ? next_random() % 4 : 0;
        }

        want = plain_distance(a, n, b, m);
        s = encoded(a, n, &x);
        t = encoded(b, m, &y);
        wrong += hr_edit_distance(s, t) != want || hr_edit_distance(t, s) != want;
        hr_buf_release(&x);
        hr_buf_release(&y);
    }

    IS_INT(wrong, 0, name);
}


int
main(void)
{
    arena = hr_arena_create(1 << 20);

    test_utf8();
    test_next();
    test_cut();
    test_trim();
    test_fold();
    test_match_key();
    test_long_fold();
    test_contains();
    test_edit();
    compare_distances(3000, 10, 1, "the distance of short texts of five letters");
    compare_distances(2000, 70, 30, "and of longer ones");
    compare_distances(300, 130, 2, "over several words of bits");
    compare_distances(60, PLAIN_MAX, 200, "as its definition says, up to 512");

    hr_arena_destroy(arena);

    return hr_test_done();
}
