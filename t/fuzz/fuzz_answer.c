/*
 * The answer of a model service as one body: whatever it is, it is judged, and
 * what is accepted has a text.  The same bytes as the text of a message: what
 * is accepted is an object that can be written and read again.
 */

#include "hr_fuzz.h"
#include "hr_answer.h"
#include "hr_content.h"


static void
check_content(hr_arena_t *arena, hr_str_t text)
{
    hr_buf_t       buf;
    hr_json_t     *again;
    hr_content_t   c;

    HR_FUZZ_CHECK(hr_content_parse(arena, text, &c) == HR_OK);
    HR_FUZZ_CHECK((c.error == HR_GENERR_NONE) == (c.document != NULL));

    if (c.error != HR_GENERR_NONE) {
        HR_FUZZ_CHECK(c.error == HR_GENERR_TRUNCATED
                      || c.error == HR_GENERR_REFUSED
                      || c.error == HR_GENERR_INVALID_JSON);
        return;
    }

    HR_FUZZ_CHECK(c.document->type == HR_JSON_OBJECT);

    hr_buf_init(&buf, 8 << 20);
    HR_FUZZ_CHECK(hr_json_write(c.document, HR_JSON_COMPACT, &buf) == HR_OK);
    HR_FUZZ_CHECK(hr_json_parse(arena, hr_buf_view(&buf), NULL, &again, NULL)
                  == HR_OK);
    HR_FUZZ_CHECK(hr_json_equal(c.document, again));
    hr_buf_release(&buf);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int  statuses[] = { 200, 400, 429, 500 };

    unsigned      seconds;
    hr_str_t      text = hr_str((const char *) data, size);
    hr_arena_t   *arena = hr_arena_create(256 << 20);
    hr_answer_t   a;

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {

        HR_FUZZ_CHECK(hr_answer_parse(arena, statuses[i], text, &a) == HR_OK);
        HR_FUZZ_CHECK(a.bytes == size && a.padding <= size);
        HR_FUZZ_CHECK(a.usage.input >= 0 && a.usage.output >= 0);

        if (a.error == HR_GENERR_NONE) {
            HR_FUZZ_CHECK(statuses[i] == 200 && a.content.len > 0);
            check_content(arena, a.content);
        }

        if (statuses[i] != 200) {
            HR_FUZZ_CHECK(a.error == hr_generr_from_status(statuses[i]));
        }
    }

    check_content(arena, text);

    if (hr_retry_after_parse(text, 0, &seconds)) {
        HR_FUZZ_CHECK(seconds <= HR_RETRY_AFTER_MAX);
    }

    hr_arena_destroy(arena);
    return 0;
}
