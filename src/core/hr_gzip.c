#include "hr_gzip.h"

#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>


#define HR_GZIP_LEVEL    6
/* What a part may look back at: half of what the format allows, so that a change in
 * the middle of a part is none for the next one. */
#define HR_GZIP_WINDOW   16384
#define HR_GZIP_PARTS    (HR_GZIP_CUTS + 1)
/* What deflate may add at a flush, beyond its own bound. */
#define HR_GZIP_FLUSH    64

/* Never changed once others can see it; ends with its last holder. */
typedef struct {
    size_t          holders;
    uint64_t        tail;       /* of its last bytes: others never have the same number */
    uint64_t        after;      /* tail of the part that was the dictionary, 0: none */
    uint64_t        hash;
    uint32_t        crc;
    size_t          len;        /* plain */
    size_t          packed;     /* compressed, behind the plain bytes; 0: not yet */
    unsigned char   data[];
} hr_gzip_part_t;

struct hr_gzip_memo_s {
    pthread_mutex_t   mutex;
    uint64_t          serial;
    size_t            n;
    hr_gzip_part_t   *part[HR_GZIP_PARTS];
};

typedef struct {
    hr_gzip_memo_t   *memo;     /* NULL: nothing is remembered */
    hr_buf_t         *out;      /* NULL: only the sum is wanted */
    hr_gzip_sum_t    *sum;
    z_stream          z;
    bool              open;     /* z is in use */
    unsigned char    *scratch;
    size_t            scratch_size;
    size_t            nold, nnew;
    hr_gzip_part_t   *old[HR_GZIP_PARTS];
    hr_gzip_part_t   *new[HR_GZIP_PARTS];
} hr_gzip_run_t;


hr_gzip_memo_t *
hr_gzip_memo_create(void)
{
    hr_gzip_memo_t  *memo;

    memo = calloc(1, sizeof(hr_gzip_memo_t));

    if (memo != NULL && pthread_mutex_init(&memo->mutex, NULL) != 0) {
        free(memo);
        return NULL;
    }

    return memo;
}


static void
hr_gzip_drop(hr_gzip_part_t *part)
{
    if (__atomic_sub_fetch(&part->holders, 1, __ATOMIC_ACQ_REL) == 0) {
        free(part);
    }
}


static hr_gzip_part_t *
hr_gzip_hold(hr_gzip_part_t *part)
{
    (void) __atomic_add_fetch(&part->holders, 1, __ATOMIC_RELAXED);

    return part;
}


void
hr_gzip_memo_destroy(hr_gzip_memo_t *memo)
{
    size_t  i;

    if (memo == NULL) {
        return;
    }

    for (i = 0; i < memo->n; i++) {
        hr_gzip_drop(memo->part[i]);
    }

    (void) pthread_mutex_destroy(&memo->mutex);
    free(memo);
}


size_t
hr_gzip_memo_bytes(hr_gzip_memo_t *memo)
{
    size_t  i, bytes = 0;

    if (memo == NULL) {
        return 0;
    }

    (void) pthread_mutex_lock(&memo->mutex);

    for (i = 0; i < memo->n; i++) {
        bytes += memo->part[i]->len;
    }

    (void) pthread_mutex_unlock(&memo->mutex);

    return bytes;
}


static uint64_t
hr_gzip_mix(uint64_t hash)
{
    /* of MurmurHash3 */
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);

    return hash ^ (hash >> 33);
}


static uint64_t
hr_gzip_hash(hr_str_t text)
{
    size_t       len = text.len;
    uint64_t     word, hash = UINT64_C(0xcbf29ce484222325) ^ text.len;
    const char  *p = text.data;

    for ( ; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }

    if (len != 0) {
        word = 0;
        memcpy(&word, p, len);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }

    return hr_gzip_mix(hash);
}


/* -- what is remembered -- */


static void
hr_gzip_recall(hr_gzip_run_t *run)
{
    size_t  i;

    if (run->memo == NULL) {
        return;
    }

    (void) pthread_mutex_lock(&run->memo->mutex);

    run->nold = run->memo->n;
    for (i = 0; i < run->nold; i++) {
        run->old[i] = hr_gzip_hold(run->memo->part[i]);
    }

    (void) pthread_mutex_unlock(&run->memo->mutex);
}


/* Of two threads the one that ends last is remembered. */
static void
hr_gzip_remember(hr_gzip_run_t *run)
{
    size_t           i, n;
    hr_gzip_part_t  *before[HR_GZIP_PARTS];

    if (run->memo == NULL) {
        return;
    }

    (void) pthread_mutex_lock(&run->memo->mutex);

    n = run->memo->n;
    memcpy(before, run->memo->part, n * sizeof(hr_gzip_part_t *));
    run->memo->n = run->nnew;

    for (i = 0; i < run->nnew; i++) {
        run->memo->part[i] = hr_gzip_hold(run->new[i]);
    }

    (void) pthread_mutex_unlock(&run->memo->mutex);

    for (i = 0; i < n; i++) {
        hr_gzip_drop(before[i]);
    }
}


static uint64_t
hr_gzip_serial(hr_gzip_run_t *run, size_t index)
{
    return run->memo != NULL
           ? __atomic_add_fetch(&run->memo->serial, 1, __ATOMIC_RELAXED)
           : (uint64_t) index + 1;
}


/* -- one part -- */


/* One stream for all parts: what each of them needs is only reset. */
static hr_rc_t
hr_gzip_open(hr_gzip_run_t *run)
{
    if (run->open) {
        if (deflateReset(&run->z) != Z_OK) {
            return HR_ERROR;
        }

    } else if (deflateInit2(&run->z, HR_GZIP_LEVEL, Z_DEFLATED, -15, 8,
                            Z_DEFAULT_STRATEGY) != Z_OK)
    {
        return HR_NOMEM;
    }

    run->open = true;

    /* as the level has it, but looking for the longest: the parts repeat much */
    return deflateTune(&run->z, 8, 16, 258, 128) == Z_OK ? HR_OK : HR_ERROR;
}


static hr_str_t
hr_gzip_tail(const char *data, size_t len)
{
    size_t  tail = len < HR_GZIP_WINDOW ? len : HR_GZIP_WINDOW;

    return hr_str(data + len - tail, tail);
}


/* Into the scratch; *packed: how many bytes it came to. */
static hr_rc_t
hr_gzip_deflate(hr_gzip_run_t *run, hr_str_t text, const hr_gzip_part_t *before,
    size_t *packed)
{
    size_t          room;
    hr_rc_t         rc;
    hr_str_t        tail;
    unsigned char  *p;

    rc = hr_gzip_open(run);
    if (rc != HR_OK) {
        return rc;
    }

    room = deflateBound(&run->z, text.len) + HR_GZIP_FLUSH;

    if (room > run->scratch_size) {
        p = realloc(run->scratch, room);
        if (p == NULL) {
            return HR_NOMEM;
        }

        run->scratch = p;
        run->scratch_size = room;
    }

    if (before != NULL) {
        tail = hr_gzip_tail((const char *) before->data, before->len);

        if (deflateSetDictionary(&run->z, (const Bytef *) tail.data,
                                 (uInt) tail.len) != Z_OK)
        {
            return HR_ERROR;
        }
    }

    run->z.next_in = (Bytef *) (uintptr_t) text.data;
    run->z.avail_in = (uInt) text.len;
    run->z.next_out = run->scratch;
    run->z.avail_out = (uInt) room;

    /* a full output would mean that the flush is not complete */
    if (deflate(&run->z, Z_SYNC_FLUSH) != Z_OK || run->z.avail_in != 0
        || run->z.avail_out == 0)
    {
        return HR_ERROR;
    }

    *packed = room - run->z.avail_out;

    return HR_OK;
}


/* The old part of this number, if its plain bytes are the same. */
static hr_gzip_part_t *
hr_gzip_old(const hr_gzip_run_t *run, size_t index, hr_str_t text)
{
    hr_gzip_part_t  *old;

    if (index == 0 || index >= run->nold) {
        return NULL;
    }

    old = run->old[index];

    return old->len == text.len && memcmp(old->data, text.data, text.len) == 0
           ? old : NULL;
}


/* The part behind it depends on these bytes alone. */
static uint64_t
hr_gzip_tail_number(hr_gzip_run_t *run, size_t index, hr_str_t text)
{
    hr_str_t               tail, before;
    const hr_gzip_part_t  *old;

    if (index < run->nold) {
        old = run->old[index];
        tail = hr_gzip_tail(text.data, text.len);
        before = hr_gzip_tail((const char *) old->data, old->len);

        if (hr_str_eq(tail, before)) {
            return old->tail;
        }
    }

    return hr_gzip_serial(run, index);
}


/* Parts are counted, and dropped by the list that has them: clang-tidy loses count. */
/* NOLINTBEGIN(clang-analyzer-unix.Malloc) */

static hr_rc_t
hr_gzip_make(hr_gzip_run_t *run, size_t index, hr_str_t text,
    const hr_gzip_part_t *before)
{
    size_t           packed = 0;
    hr_rc_t          rc;
    hr_gzip_part_t  *part;

    if (run->out != NULL) {
        rc = hr_gzip_deflate(run, text, before, &packed);
        if (rc != HR_OK) {
            return rc;
        }
    }

    part = malloc(sizeof(hr_gzip_part_t) + text.len + packed);
    if (part == NULL) {
        return HR_NOMEM;
    }

    part->holders = 1;
    part->tail = hr_gzip_tail_number(run, index, text);
    part->after = before != NULL ? before->tail : 0;
    part->hash = hr_gzip_hash(text);
    part->crc = (uint32_t) crc32(0, (const Bytef *) text.data, (uInt) text.len);
    part->len = text.len;
    part->packed = packed;
    memcpy(part->data, text.data, text.len);

    if (packed != 0) {
        memcpy(part->data + text.len, run->scratch, packed);
    }

    run->new[run->nnew++] = part;
    run->sum->fresh++;

    return HR_OK;
}


/* May the old part be copied, with its compressed bytes? */
static bool
hr_gzip_same(const hr_gzip_run_t *run, const hr_gzip_part_t *old,
    const hr_gzip_part_t *before)
{
    return old != NULL
           && (run->out == NULL
               || (old->packed != 0
                   && old->after == (before != NULL ? before->tail : 0)));
}


static hr_rc_t
hr_gzip_part(hr_gzip_run_t *run, size_t index, hr_str_t text)
{
    hr_rc_t          rc;
    hr_gzip_part_t  *part, *old;

    /* the first one is no dictionary */
    part = index > 1 ? run->new[index - 1] : NULL;

    old = hr_gzip_old(run, index, text);

    if (hr_gzip_same(run, old, part)) {
        run->new[run->nnew++] = hr_gzip_hold(old);

    } else {
        rc = hr_gzip_make(run, index, text, part);
        if (rc != HR_OK) {
            return rc;
        }
    }

    part = run->new[index];
    run->sum->hash = hr_gzip_mix(run->sum->hash
                                 * UINT64_C(0x9e3779b97f4a7c15) + part->hash);
    run->sum->crc = (uint32_t) crc32_combine(run->sum->crc, part->crc,
                                             (z_off_t) part->len);

    return run->out != NULL
           ? hr_buf_append(run->out, (char *) part->data + part->len, part->packed)
           : HR_OK;
}


/* -- the whole -- */


static hr_rc_t
hr_gzip_walk(hr_gzip_run_t *run, hr_str_t body, const hr_gzip_cuts_t *cuts)
{
    size_t   i, from, to;
    hr_rc_t  rc;

    for (i = 0, from = 0; i <= cuts->n; i++, from = to) {
        to = i < cuts->n ? cuts->at[i] : body.len;

        if (to <= from || to > body.len) {
            return HR_INVALID;
        }

        rc = hr_gzip_part(run, i, hr_str(body.data + from, to - from));
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static void
hr_gzip_le32(char *p, uint32_t value)
{
    p[0] = (char) (value & 0xff);
    p[1] = (char) (value >> 8 & 0xff);
    p[2] = (char) (value >> 16 & 0xff);
    p[3] = (char) (value >> 24 & 0xff);
}


hr_rc_t
hr_gzip_parts(hr_gzip_memo_t *memo, hr_str_t body, const hr_gzip_cuts_t *cuts,
    hr_buf_t *out, hr_gzip_sum_t *sum)
{
    /* no name, no time: equal bodies stay equal; made on Unix */
    static const char  head[10] = { 0x1f, (char) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };

    char            tail[10] = { 3, 0 };    /* an empty last block */
    size_t          i;
    hr_rc_t         rc;
    hr_gzip_run_t   run;

    memset(sum, 0, sizeof(hr_gzip_sum_t));

    /* the library counts in 32 bits */
    if (cuts->n > HR_GZIP_CUTS || body.len > INT32_MAX) {
        return HR_INVALID;
    }

    run.memo = body.len <= HR_GZIP_BYTES ? memo : NULL;
    run.out = out;
    run.sum = sum;
    memset(&run.z, 0, sizeof(run.z));
    run.open = false;
    run.scratch = NULL;
    run.scratch_size = 0;
    run.nold = 0;
    run.nnew = 0;

    hr_gzip_recall(&run);

    rc = out != NULL ? hr_buf_append(out, head, sizeof(head)) : HR_OK;

    if (rc == HR_OK) {
        rc = hr_gzip_walk(&run, body, cuts);
    }

    if (rc == HR_OK && out != NULL) {
        hr_gzip_le32(tail + 2, sum->crc);
        hr_gzip_le32(tail + 6, (uint32_t) body.len);
        rc = hr_buf_append(out, tail, sizeof(tail));
    }

    if (rc == HR_OK) {
        hr_gzip_remember(&run);
    }

    for (i = 0; i < run.nold; i++) {
        hr_gzip_drop(run.old[i]);
    }

    for (i = 0; i < run.nnew; i++) {
        hr_gzip_drop(run.new[i]);
    }

    if (run.open) {
        (void) deflateEnd(&run.z);
    }

    free(run.scratch);

    return rc;
}

/* NOLINTEND(clang-analyzer-unix.Malloc) */
