/*
 * Streaming ZIP writer over zlib: bytes go to the sink while entries are added,
 * in pieces of at most 256 KiB; nothing is kept but the directory (about 100
 * bytes an entry and its name).
 *
 * Names are UTF-8 (general purpose bit 11 when not plain ASCII), sizes of
 * compressed entries stand in data descriptors, ZIP64 appears only behind 4 GiB.
 * Same calls, same bytes (per time zone of the process, when entries have
 * times: DOS times are local times).
 *
 * Thread-safe: an archive belongs to one thread at a time and may move between
 * threads from call to call.  The caller that adds one entry per step has
 * natural back-pressure.
 */

#ifndef HR_ZIP_H
#define HR_ZIP_H

#include "hr_base.h"
#include "hr_time.h"


#define HR_ZIP_MIME  "application/zip"

#define HR_ZIP_ENTRIES_MAX  65000u
#define HR_ZIP_ENTRY_MAX    (1024u << 20)   /* bytes of an entry */
#define HR_ZIP_NAME_MAX     1024u           /* bytes of an entry name */

/* No time at all: the format's epoch, 1980-01-01, in every time zone. */
#define HR_ZIP_NO_TIME      INT64_MIN

typedef enum {
    HR_ZIP_DEFLATE = 0,
    HR_ZIP_STORE                            /* for bytes that are compressed already */
} hr_zip_method_t;

typedef struct hr_zip_s  hr_zip_t;

/* NULL: empty heap. */
hr_zip_t *hr_zip_open(hr_sink_t sink);
/*
 * Adds one whole entry and hands its bytes to the sink before it returns.
 * HR_INVALID: empty, absolute, climbing ("..") or broken name; HR_LIMIT: too
 * long a name, too large or too many entries; these two leave the archive usable.  Others
 * (HR_NOMEM, HR_ERROR, what the sink returned) are sticky: after them only
 * hr_zip_close() or hr_zip_abort() make sense.
 */
hr_rc_t hr_zip_add(hr_zip_t *zip, hr_str_t name, hr_instant_t mtime,
    hr_zip_method_t method, hr_str_t data);
/* Writes the directory and frees zip (also on failure). */
hr_rc_t hr_zip_close(hr_zip_t *zip);
/* Frees zip; nothing more reaches the sink.  NULL is allowed. */
void hr_zip_abort(hr_zip_t *zip);

uint64_t hr_zip_bytes(const hr_zip_t *zip);     /* handed to the sink so far */
size_t hr_zip_entries(const hr_zip_t *zip);

#endif /* HR_ZIP_H */
