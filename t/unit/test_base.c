/* Diagnostics, arenas, buffers. */

#include "hr_test.h"
#include "hr_base.h"


static void
test_strings(void)
{
    OK(hr_str_eq(HR_STR("ab"), hr_str("abc", 2)), "equal bytes are equal");
    OK(!hr_str_eq(HR_STR("ab"), HR_STR("ac")), "other bytes are not");
    OK(!hr_str_eq(HR_STR("ab"), HR_STR("a")), "another length is not");
    OK(hr_str_eq(HR_STR_NULL, HR_STR("")), "no bytes equal no bytes");
    IS_INT(hr_str_from_c(NULL).len, 0, "a NULL C string is empty");
}


static void
test_diag(void)
{
    hr_diag_t  diag;
    char       big[2000];

    memset(&diag, 0, sizeof(diag));
    diag.line = 7;

    IS_INT(hr_diag_set(&diag, HR_INVALID, "%s: %d", "limit", 5), HR_INVALID,
           "hr_diag_set returns the code");
    IS_STR(diag.text, strlen(diag.text), "limit: 5", "and formats the text");
    IS_INT(diag.line, 7, "and leaves the place alone");

    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    hr_diag_set(&diag, HR_ERROR, "%s", big);
    IS_INT(strlen(diag.text), sizeof(diag.text) - 1, "a long text is cut");

    IS_INT(hr_diag_set(NULL, HR_LIMIT, "x"), HR_LIMIT, "diag may be NULL");
}


static void
test_arena(void)
{
    size_t        i;
    hr_str_t      s;
    hr_arena_t   *arena;
    char         *p, big[1000];

    arena = hr_arena_create(1 << 20);

    for (i = 0; i < 1000; i++) {
        p = hr_arena_alloc(arena, i);
        if (p == NULL || ((uintptr_t) p & 15) != 0) {
            break;
        }
        memset(p, 0xaa, i);
    }
    IS_INT(i, 1000, "every allocation is aligned to 16 and writable");

    p = hr_arena_calloc(arena, 100);
    for (i = 0; i < 100 && p[i] == 0; i++) { /* void */ }
    IS_INT(i, 100, "hr_arena_calloc clears");

    p = hr_arena_copy(arena, "a\0b", 3);
    OK(p != NULL && memcmp(p, "a\0b", 4) == 0, "a copy ends in NUL");

    s = hr_arena_str(arena, HR_STR_NULL);
    OK(s.data != NULL && s.len == 0 && s.data[0] == '\0',
       "the copy of nothing is not NULL");

    s = hr_arena_printf(arena, "%d-%s", 42, "x");
    IS_STR(s.data, s.len, "42-x", "hr_arena_printf formats");

    memset(big, 'y', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    s = hr_arena_printf(arena, "<%s>", big);
    OK(s.len == sizeof(big) + 1 && s.data[0] == '<' && s.data[s.len - 1] == '>'
       && s.data[s.len] == '\0', "also long texts");

    hr_arena_destroy(arena);
    hr_arena_destroy(NULL);
}


static void
test_arena_limit(void)
{
    size_t       n;
    hr_arena_t  *arena;

    arena = hr_arena_create(1024);

    OK(hr_arena_alloc(arena, 1025) == NULL, "more than the limit is refused");
    IS_INT(hr_arena_used(arena), 0, "and costs nothing");
    OK(hr_arena_alloc(arena, 1024) != NULL, "the limit itself fits");
    OK(hr_arena_alloc(arena, 1) == NULL, "then nothing more");
    OK(hr_arena_alloc(arena, SIZE_MAX) == NULL, "SIZE_MAX does not overflow");
    OK(hr_arena_copy(arena, "", SIZE_MAX) == NULL, "nor does a copy of it");
    IS_INT(hr_arena_printf(arena, "x").len, 0, "hr_arena_printf fails clean");
    hr_arena_destroy(arena);

    arena = hr_arena_create(1024);
    for (n = 0; hr_arena_alloc(arena, 1) != NULL; n++) { /* void */ }
    IS_INT(n, 64, "small allocations count as 16 bytes each");
    IS_INT(hr_arena_used(arena), 1024, "hr_arena_used tells the sum");
    hr_arena_destroy(arena);

    arena = hr_arena_create(1024 * 1024);
    hr_arena_blocks(arena, 0);
    for (n = 0; n < 100 && hr_arena_alloc(arena, 700) != NULL; n++) { /* void */ }
    hr_arena_blocks(arena, 64 * 1024);
    OK(n == 100 && hr_arena_alloc(arena, 100000) != NULL,
       "blocks of a size of one's own hold whatever is asked for");
    hr_arena_destroy(arena);

    arena = hr_arena_create(SIZE_MAX);
    OK(hr_arena_alloc(arena, SIZE_MAX - 3) == NULL,
       "an arena without limit survives an absurd size");
    hr_arena_destroy(arena);
}


static void
test_buf(void)
{
    size_t      len;
    char       *p, big[1000];
    hr_buf_t    buf;
    hr_sink_t   sink;

    hr_buf_init(&buf, 100000);
    OK(buf.data == NULL && buf.len == 0, "a new buffer has no memory");

    hr_buf_append(&buf, NULL, 0);
    IS_INT(buf.err, HR_OK, "nothing can be appended");
    hr_buf_c(&buf, "ab");
    hr_buf_char(&buf, 'c');
    hr_buf_str(&buf, HR_STR("de"));
    hr_buf_printf(&buf, "%03d", 7);
    IS_STR(buf.data, buf.len, "abcde007", "appends add up");
    IS_INT(buf.data[buf.len], 0, "a NUL follows");

    sink = hr_buf_sink(&buf);
    IS_INT(sink.write(sink.ctx, "!", 1), HR_OK, "a buffer is a sink");
    IS_STR(hr_buf_view(&buf).data, hr_buf_view(&buf).len, "abcde007!",
           "the view shows what is there");

    memset(big, 'z', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    hr_buf_printf(&buf, "%s", big);
    IS_INT(buf.len, 9 + 999, "a long printf fits");

    hr_buf_reset(&buf);
    OK(buf.len == 0 && buf.data[0] == '\0', "reset empties");

    hr_buf_c(&buf, "mine");
    p = hr_buf_steal(&buf, &len);
    IS_STR(p, len, "mine", "steal hands the memory over");
    OK(buf.data == NULL && buf.len == 0, "and leaves an empty buffer");
    free(p);

    p = hr_buf_steal(&buf, NULL);
    OK(p != NULL && p[0] == '\0', "an empty buffer gives an empty string");
    free(p);

    hr_buf_c(&buf, "x");
    hr_buf_release(&buf);
    hr_buf_release(&buf);
    hr_buf_c(&buf, "y");
    IS_STR(buf.data, buf.len, "y", "a released buffer is usable");
    hr_buf_release(&buf);
}


static void
test_buf_limit(void)
{
    size_t    len;
    hr_buf_t  buf;

    hr_buf_init(&buf, 5);
    IS_INT(hr_buf_c(&buf, "12345"), HR_OK, "the limit itself fits");
    IS_INT(hr_buf_char(&buf, '6'), HR_LIMIT, "one byte more is refused");
    IS_STR(buf.data, buf.len, "12345", "what was there stays");
    IS_INT(hr_buf_append(&buf, NULL, 0), HR_LIMIT, "the error is sticky");
    IS_INT(hr_buf_printf(&buf, "x"), HR_LIMIT, "for printf too");
    OK(hr_buf_steal(&buf, &len) == NULL && len == 0,
       "nothing partial can be stolen");
    IS_INT(buf.err, HR_OK, "after which the buffer is usable again");

    IS_INT(hr_buf_printf(&buf, "%0300d", 1), HR_LIMIT,
           "a long printf respects the limit");
    hr_buf_reset(&buf);
    IS_INT(hr_buf_reserve(&buf, SIZE_MAX), HR_LIMIT, "SIZE_MAX is refused");
    hr_buf_release(&buf);

    hr_buf_init(&buf, SIZE_MAX);
    hr_buf_c(&buf, "abc");
    IS_INT(hr_buf_reserve(&buf, SIZE_MAX - 1), HR_LIMIT,
           "without a limit it does not overflow either");
    hr_buf_release(&buf);
}


int
main(void)
{
    test_strings();
    test_diag();
    test_arena();
    test_arena_limit();
    test_buf();
    test_buf_limit();

    return hr_test_done();
}
