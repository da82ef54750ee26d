/*
 * ZIP writer over libarchive.
 *
 * libarchive sets the UTF-8 flag of a name only when the character set of the
 * calling thread's locale is UTF-8.  A server runs in the "C" locale, and
 * setlocale() would change the whole process; so the calls that write a header
 * run under uselocale(), which is the calling thread's own business.
 *
 * libarchive writes in small pieces; they are gathered so that the sink sees
 * runs of up to HR_ZIP_CHUNK bytes.
 *
 * A sink that refuses is kept from libarchive: it would take the archive for
 * broken, and 3.6.2 then leaks the state of its output.  The bytes are dropped
 * instead, and hr_zip_t remembers why.
 */

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>

#include "hr_text.h"
#include "hr_zip.h"


#define HR_ZIP_CHUNK  32768u
#define HR_ZIP_STEP   (256u << 10)      /* data between two looks at the sink */


struct hr_zip_s {
    struct archive        *archive;
    struct archive_entry  *entry;
    hr_sink_t              sink;
    locale_t               utf8;        /* (locale_t) 0: not needed so far */
    hr_rc_t                err;         /* first failure, sticky */
    uint64_t               bytes;
    size_t                 entries;
    size_t                 used;
    char                   chunk[HR_ZIP_CHUNK];
};


static la_ssize_t hr_zip_callback(struct archive *archive, void *ctx,
    const void *data, size_t len);
static hr_rc_t hr_zip_flush(hr_zip_t *zip);
static void hr_zip_emit(hr_zip_t *zip, const char *data, size_t len);
static hr_rc_t hr_zip_name_check(hr_str_t name, bool *ascii);
static hr_rc_t hr_zip_locale(hr_zip_t *zip);
static hr_rc_t hr_zip_write_entry(hr_zip_t *zip, hr_zip_method_t method,
    hr_str_t data);
static hr_rc_t hr_zip_result(hr_zip_t *zip);
static void hr_zip_free(hr_zip_t *zip);


hr_zip_t *
hr_zip_open(hr_sink_t sink)
{
    hr_zip_t  *zip;

    zip = malloc(sizeof(hr_zip_t));
    if (zip == NULL) {
        return NULL;
    }

    memset(zip, 0, offsetof(hr_zip_t, chunk));
    zip->sink = sink;
    zip->archive = archive_write_new();
    zip->entry = archive_entry_new();

    if (zip->archive == NULL || zip->entry == NULL
        || archive_write_set_format_zip(zip->archive) != ARCHIVE_OK
        || archive_write_add_filter_none(zip->archive) != ARCHIVE_OK
        || archive_write_set_bytes_per_block(zip->archive, 0) != ARCHIVE_OK
        || archive_write_open(zip->archive, zip, NULL, hr_zip_callback, NULL)
           != ARCHIVE_OK)
    {
        hr_zip_abort(zip);
        return NULL;
    }

    return zip;
}


hr_rc_t
hr_zip_add(hr_zip_t *zip, hr_str_t name, hr_instant_t mtime,
    hr_zip_method_t method, hr_str_t data)
{
    char      path[HR_ZIP_NAME_MAX + 1];
    bool      ascii;
    hr_rc_t   rc;
    locale_t  old;

    if (zip->err != HR_OK) {
        return zip->err;
    }

    if (zip->entries == HR_ZIP_ENTRIES_MAX) {
        return HR_LIMIT;
    }

    rc = hr_zip_name_check(name, &ascii);
    if (rc != HR_OK) {
        return rc;
    }

    if (!ascii && hr_zip_locale(zip) != HR_OK) {
        return zip->err;
    }

    memcpy(path, name.data, name.len);
    path[name.len] = '\0';

    archive_entry_clear(zip->entry);
    archive_entry_set_pathname(zip->entry, path);
    archive_entry_set_filetype(zip->entry, AE_IFREG);
    archive_entry_set_perm(zip->entry, 0644);
    archive_entry_set_size(zip->entry, (la_int64_t) data.len);

    if (mtime != HR_ZIP_NO_TIME) {
        /* round down, also before 1970 */
        archive_entry_set_mtime(zip->entry,
                                mtime / 1000000 - (mtime % 1000000 < 0), 0);
    }

    old = (locale_t) 0;
    if (!ascii) {
        old = uselocale(zip->utf8);
    }

    rc = hr_zip_write_entry(zip, method, data);

    if (!ascii) {
        uselocale(old);
    }

    return rc;
}


hr_rc_t
hr_zip_close(hr_zip_t *zip)
{
    hr_rc_t  rc;

    if (zip->err == HR_OK) {
        if (archive_write_close(zip->archive) != ARCHIVE_OK) {
            (void) hr_zip_result(zip);

        } else {
            (void) hr_zip_flush(zip);
        }
    }

    rc = zip->err;
    zip->err = HR_ABORTED;
    hr_zip_free(zip);

    return rc;
}


void
hr_zip_abort(hr_zip_t *zip)
{
    if (zip == NULL) {
        return;
    }

    if (zip->err == HR_OK) {
        zip->err = HR_ABORTED;
    }

    hr_zip_free(zip);
}


uint64_t
hr_zip_bytes(const hr_zip_t *zip)
{
    return zip->bytes;
}


size_t
hr_zip_entries(const hr_zip_t *zip)
{
    return zip->entries;
}


static hr_rc_t
hr_zip_write_entry(hr_zip_t *zip, hr_zip_method_t method, hr_str_t data)
{
    int         rc;
    size_t      done, step;
    la_ssize_t  n;

    rc = method == HR_ZIP_STORE
         ? archive_write_zip_set_compression_store(zip->archive)
         : archive_write_zip_set_compression_deflate(zip->archive);

    if (rc != ARCHIVE_OK
        || archive_write_header(zip->archive, zip->entry) != ARCHIVE_OK)
    {
        return hr_zip_result(zip);
    }

    for (done = 0; done < data.len && zip->err == HR_OK; done += (size_t) n) {
        step = data.len - done < HR_ZIP_STEP ? data.len - done : HR_ZIP_STEP;

        n = archive_write_data(zip->archive, data.data + done, step);
        if (n <= 0) {
            return hr_zip_result(zip);
        }
    }

    if (zip->err == HR_OK
        && archive_write_finish_entry(zip->archive) != ARCHIVE_OK)
    {
        return hr_zip_result(zip);
    }

    zip->entries++;

    return hr_zip_flush(zip);
}


/* Turns a failure that libarchive reported into a sticky result. */
static hr_rc_t
hr_zip_result(hr_zip_t *zip)
{
    if (zip->err == HR_OK) {
        zip->err = archive_errno(zip->archive) == ENOMEM ? HR_NOMEM : HR_ERROR;
    }

    return zip->err;
}


/*
 * Names end up in somebody's file system: relative, no climbing, no characters
 * that cut the name short (exports.md 5.3 has the rules for good names).
 */
static hr_rc_t
hr_zip_name_check(hr_str_t name, bool *ascii)
{
    size_t  i, start;

    *ascii = true;

    if (name.len > HR_ZIP_NAME_MAX) {
        return HR_LIMIT;
    }

    if (name.len == 0 || name.data[0] == '/' || name.data[name.len - 1] == '/'
        || hr_has_control(name) || !hr_utf8_valid(name))
    {
        return HR_INVALID;
    }

    for (i = 0, start = 0; i <= name.len; i++) {

        if (i == name.len || name.data[i] == '/') {
            if (i - start == 0
                || hr_str_eq(hr_str(name.data + start, i - start), HR_STR("."))
                || hr_str_eq(hr_str(name.data + start, i - start), HR_STR("..")))
            {
                return HR_INVALID;
            }

            start = i + 1;
            continue;
        }

        if (name.data[i] == '\\') {
            return HR_INVALID;
        }

        if ((unsigned char) name.data[i] >= 0x80) {
            *ascii = false;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_zip_locale(hr_zip_t *zip)
{
    if (zip->utf8 != (locale_t) 0) {
        return HR_OK;
    }

    zip->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0);

    if (zip->utf8 == (locale_t) 0
        || strcmp(nl_langinfo_l(CODESET, zip->utf8), "UTF-8") != 0)
    {
        zip->err = errno == ENOMEM ? HR_NOMEM : HR_ERROR;
    }

    return zip->err;
}


static la_ssize_t
hr_zip_callback(struct archive *archive, void *ctx, const void *data, size_t len)
{
    hr_zip_t  *zip = ctx;

    (void) archive;

    if (len > HR_ZIP_CHUNK - zip->used) {
        (void) hr_zip_flush(zip);
    }

    if (zip->err != HR_OK) {
        return (la_ssize_t) len;
    }

    if (len >= HR_ZIP_CHUNK) {
        hr_zip_emit(zip, data, len);

    } else {
        memcpy(zip->chunk + zip->used, data, len);
        zip->used += len;
    }

    return (la_ssize_t) len;
}


static hr_rc_t
hr_zip_flush(hr_zip_t *zip)
{
    size_t  n;

    n = zip->used;
    zip->used = 0;

    if (n != 0 && zip->err == HR_OK) {
        hr_zip_emit(zip, zip->chunk, n);
    }

    return zip->err;
}


static void
hr_zip_emit(hr_zip_t *zip, const char *data, size_t len)
{
    if (zip->err != HR_OK) {
        return;
    }

    zip->err = zip->sink.write(zip->sink.ctx, data, len);

    if (zip->err == HR_OK) {
        zip->bytes += len;
    }
}


static void
hr_zip_free(hr_zip_t *zip)
{
    /* it ends an unfinished archive; the callback drops those bytes */
    if (zip->archive != NULL) {
        (void) archive_write_free(zip->archive);
    }

    archive_entry_free(zip->entry);

    if (zip->utf8 != (locale_t) 0) {
        freelocale(zip->utf8);
    }

    free(zip);
}
