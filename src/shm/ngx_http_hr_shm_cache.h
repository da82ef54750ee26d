/*
 * Response cache: rendered bodies in shared memory, plain and gzip'ed once.
 *
 * A cache is a set of zones ("shards"), each with its own mutex; the shard is
 * chosen by the high bits of the key's hash.  Inside a shard: a red-black tree
 * by hash, a queue by last use, bodies as runs of page-size chunks (a slab page
 * each, so that no allocation needs contiguous pages).
 *
 *   get   one short critical section.  Bodies up to 16 KB are copied out under
 *         the lock; bigger ones are pinned by a count in the worker's own
 *         column and sent without copying; the pin ends with the pool.
 *   put   chunks are taken under the lock, filled without it while the entry is
 *         still invisible, then linked under the lock.
 *   evict at most 30 entries per insert, at most 16 pinned ones skipped; then
 *         the answer just stays uncached.
 *   miss  one renders, the others wait for it (ngx_http_hr_shm_claim.h).
 *
 * A worker that takes over the slot of a dead one zeroes that column, so that
 * pins never leak, and frees what the dead one was filling.  A shard whose
 * holder died in a change is emptied: at once as far as answers go, its memory
 * as soon as nobody sends from it any more.
 */

#ifndef NGX_HTTP_HR_SHM_CACHE_H
#define NGX_HTTP_HR_SHM_CACHE_H

#include "ngx_http_hr_shm_claim.h"

#define NGX_HTTP_HR_CACHE_SHARDS_MAX   32
#define NGX_HTTP_HR_CACHE_KEY_MAX      1024
#define NGX_HTTP_HR_CACHE_COPY_MAX     (16 * 1024)
#define NGX_HTTP_HR_ETAG_MAX           40

typedef struct {
    ngx_str_t               key;
    ngx_str_t               body;
    ngx_str_t               gzip;       /* empty: none */
    ngx_str_t               etag;       /* without the gzip suffix, quoted */
    ngx_uint_t              content_type;   /* an index of the caller */
    time_t                  modified;
    ngx_http_hr_epochs_t    epochs;
    ngx_msec_t              ttl;        /* milliseconds; 0: until an epoch moves */
} ngx_http_hr_cache_item_t;

typedef struct {
    ngx_chain_t            *out;        /* memory bufs, last_buf not set; NULL when headers only */
    size_t                  len;        /* of the chosen form */
    size_t                  plain_len;
    unsigned                gzip:1;     /* the chosen form is gzip */
    unsigned                has_gzip:1;
    ngx_uint_t              content_type;
    time_t                  modified;
    size_t                  etag_len;
    u_char                  etag[NGX_HTTP_HR_ETAG_MAX];
} ngx_http_hr_cache_hit_t;

typedef struct {
    ngx_atomic_uint_t       hits, misses, stale, stores, evictions, failures, resets;
    ngx_atomic_uint_t       waits;      /* for a body that somebody else rendered */
    ngx_uint_t              pins;       /* bodies being sent or filled, all workers */
    size_t                  size, free, entries, bytes;
} ngx_http_hr_cache_stat_t;

typedef struct ngx_http_hr_cache_s  ngx_http_hr_cache_t;

/* A claim, one's own or the one to wait for; ticket 0: none. */
typedef struct {
    ngx_http_hr_cache_t    *cache;
    ngx_uint_t              shard;
    ngx_uint_t              index;
    ngx_atomic_uint_t       ticket;
} ngx_http_hr_cache_claim_t;

/* size is that of all shards together; shards a power of two. */
ngx_http_hr_cache_t *ngx_http_hr_cache_add(ngx_conf_t *cf, ngx_str_t *name,
    size_t size, ngx_uint_t shards, void *tag);

/* slot: the worker's own; call once in init_process, before any other call. */
void ngx_http_hr_cache_init_worker(ngx_http_hr_cache_t *cache, ngx_uint_t slot);

/*
 * NGX_OK: *hit is filled, memory comes from pool.  headers_only: the body is
 * not fetched (the caller judges If-None-Match first).  NGX_DECLINED: not there
 * or no longer current.
 */
ngx_int_t ngx_http_hr_cache_get(ngx_http_hr_cache_t *cache,
    const ngx_str_t *key, ngx_uint_t want_gzip, ngx_uint_t headers_only,
    ngx_pool_t *pool, ngx_http_hr_cache_hit_t *hit);

/*
 * After a miss.  NGX_OK: the caller renders, *claim is its own (or none, when
 * the table is full) and must be ended.  NGX_BUSY: somebody else renders the
 * same from current data; *claim is what to wait for.  NGX_AGAIN: it has just
 * been stored.
 */
ngx_int_t ngx_http_hr_cache_claim(ngx_http_hr_cache_t *cache,
    const ngx_str_t *key, const ngx_http_hr_epochs_t *epochs,
    ngx_http_hr_cache_claim_t *claim);
/* Without a lock. */
ngx_uint_t ngx_http_hr_cache_claim_stands(const ngx_http_hr_cache_claim_t *claim);
/* Ends an own claim; nothing happens when there is none. */
void ngx_http_hr_cache_claim_end(ngx_http_hr_cache_claim_t *claim);

/* NGX_DECLINED: no room or no longer current; never an error of the request. */
ngx_int_t ngx_http_hr_cache_put(ngx_http_hr_cache_t *cache,
    const ngx_http_hr_cache_item_t *item);

ngx_uint_t ngx_http_hr_cache_shards(const ngx_http_hr_cache_t *cache);
void ngx_http_hr_cache_stat(ngx_http_hr_cache_t *cache, ngx_uint_t shard,
    ngx_http_hr_cache_stat_t *stat);

#endif /* NGX_HTTP_HR_SHM_CACHE_H */
