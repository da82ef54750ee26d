/*
 * File names: whatever the position is called, the name is one that Windows and
 * a ZIP archive take, and the header is one line of ASCII with two quotes.
 */

#include "hr_filename.h"
#include "hr_fuzz.h"
#include "hr_text.h"
#include "hr_zip.h"


static hr_rc_t
drop(void *ctx, const char *data, size_t len)
{
    (void) ctx;
    (void) data;
    (void) len;

    return HR_OK;
}


static void
check_name(hr_str_t name)
{
    size_t  i;

    HR_FUZZ_CHECK(name.len != 0 && hr_utf8_valid(name));
    HR_FUZZ_CHECK(name.len <= HR_FILENAME_BYTES_MAX + 1);
    HR_FUZZ_CHECK(hr_utf8_count(name) <= HR_FILENAME_CHARS_MAX + 1);
    HR_FUZZ_CHECK(name.data[0] != '.' && name.data[0] != ' ');
    HR_FUZZ_CHECK(name.data[name.len - 1] != '.' && name.data[name.len - 1] != ' ');

    for (i = 0; i < name.len; i++) {
        HR_FUZZ_CHECK((unsigned char) name.data[i] >= 0x20 && name.data[i] != 0x7f);
        HR_FUZZ_CHECK(strchr("/\\:*?\"<>|", name.data[i]) == NULL);
    }
}


static void
check_header(hr_str_t header)
{
    size_t  i, quotes;

    for (i = 0, quotes = 0; i < header.len; i++) {
        HR_FUZZ_CHECK(header.data[i] >= 0x20 && header.data[i] < 0x7f);
        HR_FUZZ_CHECK(header.data[i] != '\\');
        quotes += header.data[i] == '"';
    }

    HR_FUZZ_CHECK(quotes == 2);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hr_str_t            text, name;
    hr_zip_t           *zip;
    hr_arena_t         *arena;
    hr_filename_set_t  *set;

    text = hr_str((const char *) data, size);

    arena = hr_arena_create(16 << 20);
    if (arena == NULL) {
        return 0;
    }

    check_name(hr_filename_sanitize(arena, text));
    check_name(hr_filename_ascii(arena, text));
    check_header(hr_filename_disposition(arena, text, text, 1, "md"));
    check_header(hr_filename_disposition_name(arena, text));

    set = hr_filename_set_create(arena);
    zip = hr_zip_open((hr_sink_t) { drop, NULL });

    if (set != NULL && zip != NULL) {
        name = hr_filename_profile(arena, text, text, 0, "json");
        HR_FUZZ_CHECK(hr_zip_add(zip, hr_filename_set_add(set, "json", name), 0,
                                 HR_ZIP_STORE, text) == HR_OK);
        HR_FUZZ_CHECK(hr_zip_add(zip, hr_filename_set_add(set, "json", name), 0,
                                 HR_ZIP_DEFLATE, text) == HR_OK);
        HR_FUZZ_CHECK(hr_zip_close(zip) == HR_OK);
        zip = NULL;
    }

    hr_zip_abort(zip);
    hr_arena_destroy(arena);

    return 0;
}
