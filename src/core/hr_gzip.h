/*
 * gzip of an answer that is made again and again with few changes.
 *
 * The answer comes with the places where its parts begin.  Each part is compressed
 * by itself, with the last 16 KB of the one before it as dictionary, and ends on a byte:
 * a part that has not changed is copied from what was compressed before, and the
 * check sum and the tag are put together from those of the parts.  The result is one
 * member of gzip (RFC 1952) that does not depend on what was remembered.
 */

#ifndef HR_GZIP_H
#define HR_GZIP_H

#include "hr_base.h"

#define HR_GZIP_CUTS   255                      /* most places of one answer */
#define HR_GZIP_BYTES  (16u * 1024 * 1024)      /* a longer answer is not remembered */

/* Where parts begin: ascending, each above 0 and below the length. */
typedef struct {
    size_t    n;
    size_t    at[HR_GZIP_CUTS];
} hr_gzip_cuts_t;

/*
 * The parts of the last answer, plain and compressed.  May be used by several
 * threads at once.
 */
typedef struct hr_gzip_memo_s  hr_gzip_memo_t;

typedef struct {
    uint64_t  hash;         /* of the bytes, by parts: other cuts, another hash */
    uint32_t  crc;          /* of the bytes (CRC-32) */
    size_t    fresh;        /* parts that had to be compressed (or looked at) */
} hr_gzip_sum_t;

hr_gzip_memo_t *hr_gzip_memo_create(void);      /* NULL: no memory */
void hr_gzip_memo_destroy(hr_gzip_memo_t *memo);
/* Length of the body that is remembered, so that room can be made at once. */
size_t hr_gzip_memo_bytes(hr_gzip_memo_t *memo);

/*
 * Appends the compressed body to out; out NULL: only *sum is made.  memo may be
 * NULL.  The first part (up to the first cut) is compressed each time and never a
 * dictionary: it is meant for what changes with each answer.  HR_INVALID: the cuts
 * do not ascend.
 */
hr_rc_t hr_gzip_parts(hr_gzip_memo_t *memo, hr_str_t body,
    const hr_gzip_cuts_t *cuts, hr_buf_t *out, hr_gzip_sum_t *sum);

#endif /* HR_GZIP_H */
