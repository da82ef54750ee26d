/*
 * ZIP writer over zlib (PKWARE APPNOTE 6.3.10; RFC 1951 for the data).
 *
 * zlib compresses and counts; the records around its output are written here.
 * Libraries that write them were tried and do not fit a server: libarchive
 * 3.6 calls exit(1) when a string of its own gets no memory and follows null
 * pointers, needs the locale of the thread for UTF-8 names, and leaks when its
 * output is refused; minizip 1.1 writes to the directory entry before it looks
 * whether there is one; libzip writes nothing before the archive is complete.
 *
 * Deflated entries have their sizes in a data descriptor behind them (4.3.9),
 * so that nothing is held back; those of stored entries are known before.
 */

#include <stdlib.h>
#include <time.h>

#include <zlib.h>

#include "hr_text.h"
#include "hr_zip.h"


#define HR_ZIP_CHUNK        32768u
#define HR_ZIP_STEP         (256u << 10)    /* data between two looks at the sink */
#define HR_ZIP_DIRECTORY    (128u << 20)    /* 65000 entries with the longest names */

#define HR_ZIP_LOCAL        0x04034b50u     /* signatures of the records */
#define HR_ZIP_DESCRIPTOR   0x08074b50u
#define HR_ZIP_CENTRAL      0x02014b50u
#define HR_ZIP_END          0x06054b50u
#define HR_ZIP_END64        0x06064b50u
#define HR_ZIP_LOCATOR64    0x07064b50u

#define HR_ZIP_STORED       0               /* methods, 4.4.5 */
#define HR_ZIP_DEFLATED     8
#define HR_ZIP_SIZES_LATER  0x0008          /* general purpose bits, 4.4.4 */
#define HR_ZIP_UTF8         0x0800
#define HR_ZIP_VERSION      20u             /* 4.4.3: deflate; 45: ZIP64 */
#define HR_ZIP_VERSION64    45u
#define HR_ZIP_UNIX         (3u << 8)       /* made by, 4.4.2 */
#define HR_ZIP_MODE         0100644u        /* a file, rw-r--r-- */
#define HR_ZIP_EPOCH        0x21u           /* 1980-01-01 */
#define HR_ZIP_EXTRA64      0x0001u         /* extra fields, 4.5.2 */
#define HR_ZIP_EXTRA_TIME   0x5455u         /* "UT" of Info-ZIP: seconds of UTC */


typedef struct {
    unsigned  method;
    unsigned  flags;
    unsigned  date;             /* DOS, local time */
    unsigned  time;
    bool      has_mtime;
    uint32_t  mtime;
    uint32_t  crc;
    uint64_t  packed;
    uint64_t  size;
    uint64_t  offset;           /* of the local header */
    hr_str_t  name;
} hr_zip_entry_t;


struct hr_zip_s {
    hr_sink_t     sink;
    hr_rc_t       err;          /* first failure, sticky */
    uint64_t      bytes;        /* handed to the sink */
    uint64_t      offset;       /* bytes of the archive so far */
    size_t        entries;
    hr_buf_t      directory;
    z_stream      deflate;
    bool          deflating;    /* deflate is set up */
    size_t        used;
    char          chunk[HR_ZIP_CHUNK];
};


/* A record that is being put together; the longest has 56 bytes. */
typedef struct {
    size_t  len;
    char    data[64];
} hr_zip_record_t;


static hr_rc_t hr_zip_name_check(hr_str_t name, bool *ascii);
static void hr_zip_times(hr_zip_entry_t *e, hr_instant_t mtime);
static hr_rc_t hr_zip_write(hr_zip_t *zip, const char *data, size_t len);
static hr_rc_t hr_zip_flush(hr_zip_t *zip);
static void hr_zip_local(hr_zip_t *zip, const hr_zip_entry_t *e);
static void hr_zip_store(hr_zip_t *zip, hr_str_t data);
static void hr_zip_deflate(hr_zip_t *zip, hr_zip_entry_t *e, hr_str_t data);
static void hr_zip_descriptor(hr_zip_t *zip, const hr_zip_entry_t *e);
static void hr_zip_central(hr_zip_t *zip, const hr_zip_entry_t *e);
static void hr_zip_ends(hr_zip_t *zip);
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
    hr_buf_init(&zip->directory, HR_ZIP_DIRECTORY);

    return zip;
}


hr_rc_t
hr_zip_add(hr_zip_t *zip, hr_str_t name, hr_instant_t mtime,
    hr_zip_method_t method, hr_str_t data)
{
    bool            ascii;
    hr_rc_t         rc;
    hr_zip_entry_t  e;

    if (zip->err != HR_OK) {
        return zip->err;
    }

    if (zip->entries == HR_ZIP_ENTRIES_MAX || data.len > HR_ZIP_ENTRY_MAX) {
        return HR_LIMIT;
    }

    rc = hr_zip_name_check(name, &ascii);
    if (rc != HR_OK) {
        return rc;
    }

    memset(&e, 0, sizeof(e));
    e.name = name;
    e.method = HR_ZIP_STORED;
    e.flags = ascii ? 0 : HR_ZIP_UTF8;
    e.offset = zip->offset;
    e.size = data.len;
    hr_zip_times(&e, mtime);

    if (method == HR_ZIP_STORE || data.len == 0) {
        e.packed = data.len;
        e.crc = (uint32_t) crc32_z(0, (const Bytef *) data.data, data.len);
        hr_zip_local(zip, &e);
        hr_zip_store(zip, data);

    } else {
        e.method = HR_ZIP_DEFLATED;
        e.flags |= HR_ZIP_SIZES_LATER;
        hr_zip_local(zip, &e);
        hr_zip_deflate(zip, &e, data);
        hr_zip_descriptor(zip, &e);
    }

    hr_zip_central(zip, &e);
    zip->entries++;

    return hr_zip_flush(zip);
}


hr_rc_t
hr_zip_close(hr_zip_t *zip)
{
    hr_rc_t  rc;

    hr_zip_ends(zip);
    rc = hr_zip_flush(zip);
    hr_zip_free(zip);

    return rc;
}


void
hr_zip_abort(hr_zip_t *zip)
{
    if (zip != NULL) {
        hr_zip_free(zip);
    }
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


static void
hr_zip_free(hr_zip_t *zip)
{
    if (zip->deflating) {
        (void) deflateEnd(&zip->deflate);
    }

    hr_buf_release(&zip->directory);
    free(zip);
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


/* DOS knows local times from 1980 to 2107, in steps of two seconds (4.4.6). */
static void
hr_zip_times(hr_zip_entry_t *e, hr_instant_t mtime)
{
    time_t     seconds;
    struct tm  tm;

    e->date = HR_ZIP_EPOCH;

    if (mtime == HR_ZIP_NO_TIME) {
        return;
    }

    /* round down, also before 1970 */
    seconds = (time_t) (mtime / 1000000 - (mtime % 1000000 < 0));

    if (seconds >= INT32_MIN && seconds <= INT32_MAX) {
        e->has_mtime = true;
        e->mtime = (uint32_t) (int32_t) seconds;
    }

    if (localtime_r(&seconds, &tm) == NULL || tm.tm_year < 80) {
        return;
    }

    if (tm.tm_year > 207) {
        e->date = (127u << 9) | (12u << 5) | 31u;
        return;
    }

    e->date = (unsigned) (tm.tm_year - 80) << 9 | (unsigned) (tm.tm_mon + 1) << 5
              | (unsigned) tm.tm_mday;
    e->time = (unsigned) tm.tm_hour << 11 | (unsigned) tm.tm_min << 5
              | (unsigned) tm.tm_sec / 2;
}


/* ---- records: little-endian ---- */


static void
hr_zip_put(hr_zip_record_t *rec, uint64_t value, unsigned bytes)
{
    for (/* void */; bytes > 0; bytes--, value >>= 8) {
        rec->data[rec->len++] = (char) (unsigned char) (value & 0xff);
    }
}


/* What the local header and the directory have in common, from the flags on. */
static void
hr_zip_put_common(hr_zip_record_t *rec, const hr_zip_entry_t *e, bool sizes)
{
    hr_zip_put(rec, e->flags, 2);
    hr_zip_put(rec, e->method, 2);
    hr_zip_put(rec, e->time, 2);
    hr_zip_put(rec, e->date, 2);
    hr_zip_put(rec, sizes ? e->crc : 0, 4);
    hr_zip_put(rec, sizes ? e->packed : 0, 4);
    hr_zip_put(rec, sizes ? e->size : 0, 4);
    hr_zip_put(rec, e->name.len, 2);
}


static size_t
hr_zip_extra_length(const hr_zip_entry_t *e)
{
    return e->has_mtime ? 9 : 0;
}


static void
hr_zip_put_extra(hr_zip_record_t *rec, const hr_zip_entry_t *e)
{
    if (e->has_mtime) {
        hr_zip_put(rec, HR_ZIP_EXTRA_TIME, 2);
        hr_zip_put(rec, 5, 2);
        hr_zip_put(rec, 1, 1);                  /* the time of the change alone */
        hr_zip_put(rec, e->mtime, 4);
    }
}


static void
hr_zip_local(hr_zip_t *zip, const hr_zip_entry_t *e)
{
    hr_zip_record_t  head = { .len = 0 }, extra = { .len = 0 };

    hr_zip_put(&head, HR_ZIP_LOCAL, 4);
    hr_zip_put(&head, HR_ZIP_VERSION, 2);
    hr_zip_put_common(&head, e, !(e->flags & HR_ZIP_SIZES_LATER));
    hr_zip_put(&head, hr_zip_extra_length(e), 2);
    hr_zip_put_extra(&extra, e);

    (void) hr_zip_write(zip, head.data, head.len);
    (void) hr_zip_write(zip, e->name.data, e->name.len);
    (void) hr_zip_write(zip, extra.data, extra.len);
}


static void
hr_zip_descriptor(hr_zip_t *zip, const hr_zip_entry_t *e)
{
    hr_zip_record_t  rec = { .len = 0 };

    hr_zip_put(&rec, HR_ZIP_DESCRIPTOR, 4);
    hr_zip_put(&rec, e->crc, 4);
    hr_zip_put(&rec, e->packed, 4);
    hr_zip_put(&rec, e->size, 4);
    (void) hr_zip_write(zip, rec.data, rec.len);
}


/* The entry of the directory is kept until the end. */
static void
hr_zip_central(hr_zip_t *zip, const hr_zip_entry_t *e)
{
    bool             far;
    hr_buf_t        *to = &zip->directory;
    hr_zip_record_t  head = { .len = 0 }, extra = { .len = 0 };

    far = e->offset >= UINT32_MAX;

    hr_zip_put(&head, HR_ZIP_CENTRAL, 4);
    hr_zip_put(&head, HR_ZIP_UNIX | (far ? HR_ZIP_VERSION64 : HR_ZIP_VERSION), 2);
    hr_zip_put(&head, far ? HR_ZIP_VERSION64 : HR_ZIP_VERSION, 2);
    hr_zip_put_common(&head, e, true);
    hr_zip_put(&head, hr_zip_extra_length(e) + (far ? 12 : 0), 2);
    hr_zip_put(&head, 0, 2);                    /* comment */
    hr_zip_put(&head, 0, 2);                    /* disk */
    hr_zip_put(&head, 0, 2);                    /* internal attributes */
    hr_zip_put(&head, (uint32_t) HR_ZIP_MODE << 16, 4);
    hr_zip_put(&head, far ? UINT32_MAX : e->offset, 4);

    hr_zip_put_extra(&extra, e);

    if (far) {
        hr_zip_put(&extra, HR_ZIP_EXTRA64, 2);
        hr_zip_put(&extra, 8, 2);
        hr_zip_put(&extra, e->offset, 8);
    }

    (void) hr_buf_append(to, head.data, head.len);
    (void) hr_buf_str(to, e->name);
    (void) hr_buf_append(to, extra.data, extra.len);

    if (to->err != HR_OK && zip->err == HR_OK) {
        zip->err = to->err;
    }
}


/* The directory and what tells where it is; in ZIP64 when 32 bits do not do. */
static void
hr_zip_ends(hr_zip_t *zip)
{
    bool             far;
    uint64_t         at = zip->offset, size = zip->directory.len;
    hr_zip_record_t  rec = { .len = 0 };

    hr_zip_store(zip, hr_buf_view(&zip->directory));

    far = at >= UINT32_MAX;

    if (far) {
        hr_zip_put(&rec, HR_ZIP_END64, 4);
        hr_zip_put(&rec, 44, 8);                /* bytes that follow */
        hr_zip_put(&rec, HR_ZIP_UNIX | HR_ZIP_VERSION64, 2);
        hr_zip_put(&rec, HR_ZIP_VERSION64, 2);
        hr_zip_put(&rec, 0, 8);                 /* disks */
        hr_zip_put(&rec, zip->entries, 8);
        hr_zip_put(&rec, zip->entries, 8);
        hr_zip_put(&rec, size, 8);
        hr_zip_put(&rec, at, 8);
        (void) hr_zip_write(zip, rec.data, rec.len);

        rec.len = 0;
        hr_zip_put(&rec, HR_ZIP_LOCATOR64, 4);
        hr_zip_put(&rec, 0, 4);
        hr_zip_put(&rec, at + size, 8);
        hr_zip_put(&rec, 1, 4);
        (void) hr_zip_write(zip, rec.data, rec.len);
        rec.len = 0;
    }

    hr_zip_put(&rec, HR_ZIP_END, 4);
    hr_zip_put(&rec, 0, 4);                     /* disks */
    hr_zip_put(&rec, zip->entries, 2);
    hr_zip_put(&rec, zip->entries, 2);
    hr_zip_put(&rec, size, 4);
    hr_zip_put(&rec, far ? UINT32_MAX : at, 4);
    hr_zip_put(&rec, 0, 2);                     /* comment */
    (void) hr_zip_write(zip, rec.data, rec.len);
}


/* ---- data ---- */


static void
hr_zip_store(hr_zip_t *zip, hr_str_t data)
{
    size_t  done, step;

    for (done = 0; done < data.len && zip->err == HR_OK; done += step) {
        step = data.len - done < HR_ZIP_STEP ? data.len - done : HR_ZIP_STEP;
        (void) hr_zip_write(zip, data.data + done, step);
    }
}


/* Raw (no zlib header); one state for all entries. */
static bool
hr_zip_deflate_begin(hr_zip_t *zip)
{
    int  rc;

    if (zip->deflating) {
        rc = deflateReset(&zip->deflate);

    } else {
        rc = deflateInit2(&zip->deflate, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                          -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
        zip->deflating = rc == Z_OK;
    }

    if (rc != Z_OK && zip->err == HR_OK) {
        zip->err = rc == Z_MEM_ERROR ? HR_NOMEM : HR_ERROR;
    }

    return zip->err == HR_OK;
}


static void
hr_zip_deflate(hr_zip_t *zip, hr_zip_entry_t *e, hr_str_t data)
{
    int        rc;
    size_t     done;
    char       out[8192];
    z_stream  *z = &zip->deflate;

    if (!hr_zip_deflate_begin(zip)) {
        return;
    }

    done = 0;

    do {
        if (z->avail_in == 0 && done < data.len) {
            z->next_in = (z_const Bytef *) (uintptr_t) (data.data + done);
            z->avail_in = (uInt) (data.len - done < HR_ZIP_STEP ? data.len - done
                                                                : HR_ZIP_STEP);
            e->crc = (uint32_t) crc32(e->crc, z->next_in, z->avail_in);
            done += z->avail_in;
        }

        z->next_out = (Bytef *) out;
        z->avail_out = sizeof(out);
        rc = deflate(z, done < data.len ? Z_NO_FLUSH : Z_FINISH);

        if (rc == Z_STREAM_ERROR && zip->err == HR_OK) {
            zip->err = HR_ERROR;
        }

        e->packed += sizeof(out) - z->avail_out;
        (void) hr_zip_write(zip, out, sizeof(out) - z->avail_out);

    } while (rc != Z_STREAM_END && zip->err == HR_OK);

    z->avail_in = 0;
}


/* Small pieces are gathered, so that the sink sees runs of HR_ZIP_CHUNK bytes. */
static hr_rc_t
hr_zip_write(hr_zip_t *zip, const char *data, size_t len)
{
    if (len > HR_ZIP_CHUNK - zip->used) {
        (void) hr_zip_flush(zip);
    }

    if (zip->err != HR_OK || len == 0) {
        return zip->err;
    }

    zip->offset += len;

    if (len < HR_ZIP_CHUNK) {
        memcpy(zip->chunk + zip->used, data, len);
        zip->used += len;
        return HR_OK;
    }

    zip->err = zip->sink.write(zip->sink.ctx, data, len);

    if (zip->err == HR_OK) {
        zip->bytes += len;
    }

    return zip->err;
}


static hr_rc_t
hr_zip_flush(hr_zip_t *zip)
{
    size_t  n = zip->used;

    zip->used = 0;

    if (n > 0 && zip->err == HR_OK) {
        zip->err = zip->sink.write(zip->sink.ctx, zip->chunk, n);

        if (zip->err == HR_OK) {
            zip->bytes += n;
        }
    }

    return zip->err;
}
