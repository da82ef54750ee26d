/*
 * A stream of events: it does not matter where the network cuts the bytes.
 * The first byte of the input says how long the pieces are.
 */

#include "hr_fuzz.h"
#include "hr_answer.h"


static void
check_read(hr_arena_t *arena, const char *data, size_t size, size_t piece,
    hr_answer_t *out)
{
    size_t               n;
    hr_answer_reader_t  *r = hr_answer_reader_create();

    HR_FUZZ_CHECK(r != NULL);

    for (size_t i = 0; i < size; i += n) {

        n = size - i < piece ? size - i : piece;

        if (hr_answer_reader_feed(r, data + i, n) != HR_OK) {
            break;
        }
    }

    HR_FUZZ_CHECK(hr_answer_reader_finish(r, arena, 200, out) == HR_OK);
    hr_answer_reader_destroy(r);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char   *text = (const char *) data + 1;
    hr_arena_t   *arena = hr_arena_create(256 << 20);
    hr_answer_t   whole, cut;

    if (size > 1) {
        check_read(arena, text, size - 1, size, &whole);
        check_read(arena, text, size - 1, (size_t) data[0] % 16 + 1, &cut);

        HR_FUZZ_CHECK(whole.error == cut.error);
        HR_FUZZ_CHECK(whole.streamed == cut.streamed);
        HR_FUZZ_CHECK(hr_str_eq(whole.content, cut.content));
        HR_FUZZ_CHECK(hr_str_eq(whole.finish_reason, cut.finish_reason));
        HR_FUZZ_CHECK(whole.usage.total == cut.usage.total);
    }

    hr_arena_destroy(arena);
    return 0;
}
