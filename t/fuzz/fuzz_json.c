/*
 * JSON: what is read, written in any form and read again is equal; positions
 * of errors lie inside the text.
 */

#include "hr_fuzz.h"
#include "hr_json.h"
#include "hr_text.h"


static void
check_form(hr_arena_t *arena, const hr_json_t *node, unsigned flags)
{
    size_t      i;
    hr_buf_t    text, again;
    hr_json_t  *copy;

    hr_buf_init(&text, 16 << 20);
    hr_buf_init(&again, 16 << 20);

    HR_FUZZ_CHECK(hr_json_write(node, flags, &text) == HR_OK);
    HR_FUZZ_CHECK(hr_utf8_valid(hr_buf_view(&text)));

    for (i = 0; (flags & HR_JSON_ASCII) && i < text.len; i++) {
        HR_FUZZ_CHECK((unsigned char) text.data[i] < 0x7f);
    }

    HR_FUZZ_CHECK(hr_json_parse(arena, hr_buf_view(&text), NULL, &copy, NULL)
                  == HR_OK);
    HR_FUZZ_CHECK(hr_json_equal(node, copy));

    HR_FUZZ_CHECK(hr_json_write(copy, flags, &again) == HR_OK);
    HR_FUZZ_CHECK(hr_str_eq(hr_buf_view(&text), hr_buf_view(&again)));

    hr_buf_release(&text);
    hr_buf_release(&again);
}


static void
check_numbers(const hr_json_t *node)
{
    int64_t  i;
    double   d;

    for (node = node->first; node != NULL; node = node->next) {
        if (hr_json_int(node, &i) && hr_json_double(node, &d)) {
            HR_FUZZ_CHECK((double) i == d);
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hr_rc_t          rc;
    hr_str_t         text;
    hr_json_t       *node, *copy;
    hr_arena_t      *arena;
    hr_json_info_t   info;
    hr_json_opts_t   opts = { .max_nodes = 10000 };

    text = hr_str((const char *) data, size);
    opts.replace_surrogates = size > 0 && (data[size - 1] & 1);

    arena = hr_arena_create(64 << 20);
    rc = hr_json_parse(arena, text, &opts, &node, &info);

    HR_FUZZ_CHECK((rc == HR_OK) == (node != NULL));
    HR_FUZZ_CHECK(info.offset <= size && info.char_offset <= info.offset);
    HR_FUZZ_CHECK(rc == HR_OK || (info.line >= 1 && info.column >= 1));

    if (rc == HR_OK) {
        check_form(arena, node, HR_JSON_COMPACT);
        check_form(arena, node, HR_JSON_INDENT);
        check_form(arena, node, HR_JSON_ASCII | HR_JSON_INDENT);
        check_numbers(node);

        copy = hr_json_clone(arena, node);
        HR_FUZZ_CHECK(copy != NULL && hr_json_equal(copy, node));

    } else {
        HR_FUZZ_CHECK(info.text[0] != '\0');
        /* a cut text is refused at its end or in what began before it */
        HR_FUZZ_CHECK(!info.truncated || rc == HR_INVALID);
    }

    hr_arena_destroy(arena);

    return 0;
}
