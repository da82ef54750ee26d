/* Streaming ZIP writer: exports.md 4. */

#include <locale.h>

#include "hr_test_render.h"
#include "hr_zip.h"


typedef struct {
    hr_buf_t  buf;
    size_t    calls;
    size_t    largest;
    size_t    refuse_at;        /* bytes; 0: never */
} sink_t;


static hr_rc_t
sink_write(void *ctx, const char *data, size_t len)
{
    sink_t  *s = ctx;

    if (s->refuse_at != 0 && s->buf.len + len > s->refuse_at) {
        return HR_BUSY;
    }

    s->calls++;
    s->largest = len > s->largest ? len : s->largest;

    return hr_buf_append(&s->buf, data, len);
}


static hr_sink_t
sink_open(sink_t *s)
{
    memset(s, 0, sizeof(sink_t));
    hr_buf_init(&s->buf, 256u << 20);

    return (hr_sink_t) { sink_write, s };
}


static unsigned
u16(const char *p)
{
    return (unsigned) (unsigned char) p[0] | (unsigned) (unsigned char) p[1] << 8;
}


static unsigned
u32(const char *p)
{
    return u16(p) | u16(p + 2) << 16;
}


/* The directory entry of a name, or NULL. */
static const char *
directory_entry(const hr_buf_t *zip, const char *name)
{
    size_t       i, n, len;
    const char  *p;

    n = u16(zip->data + zip->len - 12);
    p = zip->data + u32(zip->data + zip->len - 6);
    len = strlen(name);

    for (i = 0; i < n; i++) {
        if (u32(p) != 0x02014b50) {
            return NULL;
        }

        if (u16(p + 28) == len && memcmp(p + 46, name, len) == 0) {
            return p;
        }

        p += 46 + u16(p + 28) + u16(p + 30) + u16(p + 32);
    }

    return NULL;
}


static void
test_layout(void)
{
    sink_t       s;
    hr_zip_t    *zip;
    const char  *e, *local;

    zip = hr_zip_open(sink_open(&s));

    OK(hr_zip_add(zip, HR_STR("profile_Бухгалтер_1.md"), HR_TEST_CREATED,
                  HR_ZIP_DEFLATE, HR_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")) == HR_OK,
       "a name in Cyrillic");
    OK(s.buf.len > 30 && hr_zip_bytes(zip) == s.buf.len,
       "an entry is with the sink when the call returns");
    OK(hr_zip_add(zip, HR_STR("docx/b.docx"), HR_ZIP_NO_TIME, HR_ZIP_STORE,
                  HR_STR("stored bytes")) == HR_OK, "a stored entry in a folder");
    OK(hr_zip_add(zip, HR_STR("empty"), 0, HR_ZIP_DEFLATE, HR_STR("")) == HR_OK,
       "an empty entry");
    IS_INT(hr_zip_entries(zip), 3, "entries are counted");
    OK(hr_zip_close(zip) == HR_OK, "closed");

    e = directory_entry(&s.buf, "profile_Бухгалтер_1.md");
    OK(e != NULL && (u16(e + 8) & 0x0800) != 0, "bit 11 for a UTF-8 name");
    OK(e != NULL && (u16(e + 8) & 0x0008) != 0, "sizes in a data descriptor");
    OK(e != NULL && u16(e + 10) == 8 && u32(e + 24) == 30, "deflated");
    OK(e != NULL && u16(e + 6) < 45, "no ZIP64 where none is needed");

    local = s.buf.data;
    OK(u32(local) == 0x04034b50 && (u16(local + 6) & 0x0808) == 0x0808,
       "the same flags in front of the data");

    e = directory_entry(&s.buf, "docx/b.docx");
    OK(e != NULL && u16(e + 10) == 0 && u32(e + 20) == 12, "stored");
    OK(e != NULL && (u16(e + 8) & 0x0800) == 0, "no bit 11 for ASCII");
    OK(e != NULL && u16(e + 12) == 0 && u16(e + 14) == 0x21,
       "no time is 1980-01-01");

    hr_buf_release(&s.buf);
}


static void
test_names(void)
{
    static const char *const  bad[] = {
        "", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".", "a/./b", "a\\b",
        "a\nb", "a\x7f", "\xff\xfe"
    };

    char       name[HR_ZIP_NAME_MAX + 2];
    sink_t     s;
    size_t     i, refused;
    hr_zip_t  *zip;

    zip = hr_zip_open(sink_open(&s));

    for (i = 0, refused = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        refused += hr_zip_add(zip, hr_str_from_c(bad[i]), 0, HR_ZIP_STORE,
                              HR_STR("x")) == HR_INVALID;
    }

    IS_INT(refused, i, "names that climb or hide something are refused");

    memset(name, 'n', sizeof(name));
    IS_INT(hr_zip_add(zip, hr_str(name, sizeof(name)), 0, HR_ZIP_STORE,
                      HR_STR("x")), HR_LIMIT, "a name has a limit");
    IS_INT(hr_zip_add(zip, HR_STR("good"), 0, HR_ZIP_STORE, HR_STR("x")), HR_OK,
           "a refused name leaves the archive usable");
    IS_INT(hr_zip_close(zip), HR_OK, "closed");
    OK(directory_entry(&s.buf, "good") != NULL, "and the archive is whole");

    hr_buf_release(&s.buf);
}


static void
test_refusing_sink(void)
{
    char      *data;
    size_t     len;
    sink_t     s;
    hr_zip_t  *zip;

    data = malloc(1 << 20);
    for (len = 0; len < 1 << 20; len++) {
        data[len] = (char) (rand() & 0xff);
    }

    zip = hr_zip_open(sink_open(&s));
    s.refuse_at = 100000;

    IS_INT(hr_zip_add(zip, HR_STR("a"), 0, HR_ZIP_STORE, hr_str(data, len)),
           HR_BUSY, "the sink's result comes back");
    IS_INT(hr_zip_add(zip, HR_STR("b"), 0, HR_ZIP_STORE, HR_STR("x")), HR_BUSY,
           "and sticks");
    len = s.buf.len;
    IS_INT(hr_zip_close(zip), HR_BUSY, "also at the end");
    IS_INT(s.buf.len, len, "nothing more is written");
    hr_buf_release(&s.buf);

    zip = hr_zip_open(sink_open(&s));
    hr_zip_add(zip, HR_STR("a"), 0, HR_ZIP_STORE, HR_STR("x"));
    len = s.buf.len;
    hr_zip_abort(zip);
    IS_INT(s.buf.len, len, "an aborted archive writes nothing more");
    hr_zip_abort(NULL);
    hr_buf_release(&s.buf);

    free(data);
}


static void
test_many(void)
{
    int        i, bad;
    char       name[64];
    char      *data;
    sink_t     s;
    hr_zip_t  *zip;

    data = malloc(300000);
    memset(data, 'x', 300000);

    zip = hr_zip_open(sink_open(&s));

    for (bad = 0, i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "json/профиль_%d.json", i);
        bad += hr_zip_add(zip, hr_str_from_c(name), HR_TEST_CREATED,
                          HR_ZIP_DEFLATE, hr_str(data, 300000)) != HR_OK;
    }

    bad += hr_zip_add(zip, HR_STR("big"), 0, HR_ZIP_STORE, hr_str(data, 300000))
           != HR_OK;
    bad += hr_zip_close(zip) != HR_OK;

    IS_INT(bad, 0, "a thousand entries");
    OK(s.largest <= 256 << 10, "the sink sees pieces of bounded size");
    OK(directory_entry(&s.buf, "json/профиль_999.json") != NULL, "the last is there");

    hr_buf_release(&s.buf);
    free(data);
}


static void
test_locale(void)
{
    char     before[64];
    sink_t   s;

    snprintf(before, sizeof(before), "%s", setlocale(LC_ALL, NULL));
    hr_zip_t  *zip = hr_zip_open(sink_open(&s));
    hr_zip_add(zip, HR_STR("я"), 0, HR_ZIP_STORE, HR_STR("x"));
    OK(strcmp(before, setlocale(LC_ALL, NULL)) == 0
       && uselocale((locale_t) 0) == LC_GLOBAL_LOCALE,
       "the locale of process and thread is left alone");
    hr_zip_close(zip);
    hr_buf_release(&s.buf);
}


int
main(void)
{
    test_layout();
    test_names();
    test_refusing_sink();
    test_many();
    test_locale();

    return hr_test_done();
}
