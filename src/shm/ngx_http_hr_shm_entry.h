/*
 * Inside of a shard of the response cache: entries, their bodies in page-size
 * chunks, eviction, repair.  For ngx_http_hr_shm_cache.c only; everything is
 * called with the mutex of the shard held unless it says otherwise.
 */

#ifndef NGX_HTTP_HR_SHM_ENTRY_H
#define NGX_HTTP_HR_SHM_ENTRY_H

#include "ngx_http_hr_shm_cache.h"

#define NGX_HTTP_HR_CACHE_CHUNK       4096

typedef struct {
    size_t               len;
    ngx_uint_t           n;
    u_char             **chunk;         /* slab block of n pointers */
} ngx_http_hr_cache_body_t;

typedef struct {
    ngx_rbtree_node_t         node;     /* guarded by the mutex, as is all below */
    ngx_queue_t               lru;
    uint64_t                  hash;
    ngx_http_hr_cache_body_t  body;
    ngx_http_hr_cache_body_t  gzip;
    ngx_http_hr_epochs_t      epochs;
    ngx_msec_t                expires;  /* ngx_current_msec; 0: never */
    time_t                    used;
    time_t                    modified;
    ngx_uint_t                content_type;
    ngx_uint_t                dead;     /* in the queue of the dead */
    size_t                    etag_len;
    size_t                    key_len;
    u_char                    etag[NGX_HTTP_HR_ETAG_MAX];
    uint16_t                  pins[NGX_HTTP_HR_WORKER_SLOTS];
    u_char                    key[1];
} ngx_http_hr_cache_entry_t;

typedef struct {
    ngx_http_hr_shm_root_t    root;
    ngx_rbtree_t              rbtree;
    ngx_rbtree_node_t         sentinel;
    ngx_queue_t               lru;      /* head: most recently used */
    ngx_queue_t               dead;     /* not in the tree but pinned: sent or filled */
    ngx_uint_t                entries;
    size_t                    bytes;
    ngx_uint_t                broken;   /* the slab itself may be half-changed */
    uint32_t                  pins[NGX_HTTP_HR_WORKER_SLOTS];   /* of all entries */
    ngx_http_hr_claims_t      claims;
    ngx_atomic_t              hits, misses, stale, stores, evictions, failures;
} ngx_http_hr_cache_root_t;

/* The shard's hooks: an empty root; one whose former holder died in a change. */
ngx_int_t ngx_http_hr_cache_create(ngx_http_hr_shm_t *shm);
void ngx_http_hr_cache_reset(ngx_http_hr_shm_t *shm);

ngx_http_hr_cache_entry_t *ngx_http_hr_cache_find_locked(
    ngx_http_hr_cache_root_t *root, uint64_t hash, const ngx_str_t *key);
ngx_uint_t ngx_http_hr_cache_pinned(const ngx_http_hr_cache_entry_t *e);
void ngx_http_hr_cache_free_locked(ngx_http_hr_shm_t *shm,
    ngx_http_hr_cache_entry_t *e);
/* Out of the tree; freed now or with its last pin. */
void ngx_http_hr_cache_unlink_locked(ngx_http_hr_shm_t *shm,
    ngx_http_hr_cache_entry_t *e);
/* Forgets the pins of a worker slot, and frees the dead that had no others. */
void ngx_http_hr_cache_unpin_slot_locked(ngx_http_hr_shm_t *shm, ngx_uint_t slot);

/*
 * An invisible entry with room for the item, pinned by the slot: filled without
 * the lock, then linked.  NULL: no room.
 */
ngx_http_hr_cache_entry_t *ngx_http_hr_cache_build_locked(ngx_http_hr_shm_t *shm,
    ngx_uint_t slot, const ngx_http_hr_cache_item_t *item);
/* Without the lock. */
void ngx_http_hr_cache_fill(ngx_http_hr_cache_entry_t *e, uint64_t hash,
    const ngx_http_hr_cache_item_t *item);
/* Replaces what had the same key; the pin of the slot is given up. */
void ngx_http_hr_cache_link_locked(ngx_http_hr_shm_t *shm, ngx_uint_t slot,
    ngx_http_hr_cache_entry_t *e);
/* body->len bytes to p. */
void ngx_http_hr_cache_copy_locked(ngx_http_hr_cache_body_t *body, u_char *p);

#endif /* NGX_HTTP_HR_SHM_ENTRY_H */
