#include "ngx_http_hr_shm_cache.h"


#define NGX_HTTP_HR_CACHE_CHUNK       4096
#define NGX_HTTP_HR_CACHE_EVICT_MAX   30
#define NGX_HTTP_HR_CACHE_SKIP_MAX    16

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
    ngx_uint_t                dead;     /* unlinked, waits for its last pin */
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
    ngx_queue_t               dead;     /* unlinked but pinned */
    ngx_uint_t                entries;
    size_t                    bytes;
    ngx_atomic_t              hits, misses, stale, stores, evictions, failures;
} ngx_http_hr_cache_root_t;

struct ngx_http_hr_cache_s {
    ngx_uint_t                nshards;
    ngx_uint_t                slot;
    ngx_http_hr_shm_t        *shard[NGX_HTTP_HR_CACHE_SHARDS_MAX];
};

typedef struct {
    ngx_http_hr_cache_t        *cache;
    ngx_http_hr_shm_t          *shm;
    ngx_http_hr_cache_entry_t  *entry;
    ngx_atomic_uint_t           resets;
} ngx_http_hr_cache_pin_t;


static ngx_int_t ngx_http_hr_cache_create(ngx_http_hr_shm_t *shm);
static void ngx_http_hr_cache_reset(ngx_http_hr_shm_t *shm);
static void ngx_http_hr_cache_unpin(void *data);


/* of the event loop only */
static u_char  ngx_http_hr_cache_scratch[NGX_HTTP_HR_CACHE_COPY_MAX];


void
ngx_http_hr_epochs_add_family(ngx_http_hr_epochs_t *epochs,
    ngx_http_hr_epoch_t family)
{
    if (epochs->n < NGX_HTTP_HR_CACHE_EPOCHS) {
        epochs->e[epochs->n].slot = family;
        epochs->e[epochs->n].family = 1;
        epochs->e[epochs->n++].value = ngx_http_hr_epoch(family);
    }
}


void
ngx_http_hr_epochs_add_slot(ngx_http_hr_epochs_t *epochs, ngx_uint_t slot)
{
    if (epochs->n < NGX_HTTP_HR_CACHE_EPOCHS) {
        epochs->e[epochs->n].slot = slot;
        epochs->e[epochs->n].family = 0;
        epochs->e[epochs->n++].value = ngx_http_hr_epoch_slot_value(slot);
    }
}


ngx_int_t
ngx_http_hr_epochs_current(const ngx_http_hr_epochs_t *epochs)
{
    ngx_uint_t         i;
    ngx_atomic_uint_t  now;

    for (i = 0; i < epochs->n; i++) {
        now = epochs->e[i].family ? ngx_http_hr_epoch(epochs->e[i].slot)
                                  : ngx_http_hr_epoch_slot_value(epochs->e[i].slot);

        if (now != epochs->e[i].value) {
            return 0;
        }
    }

    return 1;
}


ngx_http_hr_cache_t *
ngx_http_hr_cache_add(ngx_conf_t *cf, ngx_str_t *name, size_t size,
    ngx_uint_t shards, void *tag)
{
    u_char               *p;
    ngx_uint_t            i;
    ngx_http_hr_shm_t    *shm;
    ngx_http_hr_cache_t  *cache;

    cache = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_cache_t));
    if (cache == NULL) {
        return NULL;
    }

    cache->nshards = shards;

    for (i = 0; i < shards; i++) {
        shm = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_shm_t));
        p = ngx_pnalloc(cf->pool, name->len + 1 + NGX_INT_T_LEN);
        if (shm == NULL || p == NULL) {
            return NULL;
        }

        shm->name.data = p;
        shm->name.len = ngx_sprintf(p, "%V/%ui", name, i) - p;
        shm->root_size = sizeof(ngx_http_hr_cache_root_t);
        shm->layout = 1;
        shm->create = ngx_http_hr_cache_create;
        shm->reset = ngx_http_hr_cache_reset;
        shm->data = cache;

        if (ngx_http_hr_shm_add(cf, shm, ngx_align(size / shards, ngx_pagesize),
                                tag)
            != NGX_OK)
        {
            return NULL;
        }

        cache->shard[i] = shm;
    }

    return cache;
}


static ngx_int_t
ngx_http_hr_cache_create(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    ngx_rbtree_init(&root->rbtree, &root->sentinel, ngx_rbtree_insert_value);
    ngx_queue_init(&root->lru);
    ngx_queue_init(&root->dead);

    return NGX_OK;
}


/*
 * Called with the mutex held.  The tree may be half-linked, so nothing of it
 * is walked: the shard starts empty.  Its old blocks are lost until restart,
 * because somebody may still send from them; a death inside the few
 * instructions of a change is rare enough for that.
 */
static void
ngx_http_hr_cache_reset(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    (void) ngx_http_hr_cache_create(shm);
    root->entries = 0;
    root->bytes = 0;
}


void
ngx_http_hr_cache_init_worker(ngx_http_hr_cache_t *cache, ngx_uint_t slot)
{
    ngx_uint_t                  i, k;
    ngx_queue_t                *q, *list[2];
    ngx_http_hr_cache_root_t   *root;
    ngx_http_hr_cache_entry_t  *e;

    cache->slot = slot;

    /* pins of whoever held this slot before died with it */
    for (i = 0; i < cache->nshards; i++) {
        root = (ngx_http_hr_cache_root_t *) cache->shard[i]->root;
        ngx_http_hr_shm_lock(cache->shard[i]);

        list[0] = &root->lru;
        list[1] = &root->dead;

        for (k = 0; k < 2; k++) {
            for (q = ngx_queue_head(list[k]); q != ngx_queue_sentinel(list[k]);
                 q = ngx_queue_next(q))
            {
                e = ngx_queue_data(q, ngx_http_hr_cache_entry_t, lru);
                e->pins[slot] = 0;
            }
        }

        ngx_http_hr_shm_unlock(cache->shard[i]);
    }
}


static ngx_http_hr_shm_t *
ngx_http_hr_cache_shard(ngx_http_hr_cache_t *cache, uint64_t hash)
{
    return cache->shard[(hash >> 48) & (cache->nshards - 1)];
}


/* Called with the mutex held, as all functions named _locked. */
static ngx_http_hr_cache_entry_t *
ngx_http_hr_cache_find_locked(ngx_http_hr_cache_root_t *root, uint64_t hash,
    const ngx_str_t *key)
{
    ngx_rbtree_node_t          *node, *sentinel;
    ngx_http_hr_cache_entry_t  *e;

    node = root->rbtree.root;
    sentinel = root->rbtree.sentinel;

    while (node != sentinel) {
        if ((ngx_rbtree_key_t) hash != node->key) {
            node = (ngx_rbtree_key_t) hash < node->key ? node->left : node->right;
            continue;
        }

        e = (ngx_http_hr_cache_entry_t *) node;

        /* two keys of one 64-bit hash: the second is simply never found */
        if (e->key_len == key->len
            && ngx_memcmp(e->key, key->data, key->len) == 0)
        {
            return e;
        }

        return NULL;
    }

    return NULL;
}


static void
ngx_http_hr_cache_free_body_locked(ngx_http_hr_shm_t *shm,
    ngx_http_hr_cache_body_t *body)
{
    ngx_uint_t  i;

    if (body->chunk == NULL) {
        return;
    }

    for (i = 0; i < body->n; i++) {
        if (body->chunk[i] != NULL) {
            ngx_slab_free_locked(shm->pool, body->chunk[i]);
        }
    }

    ngx_slab_free_locked(shm->pool, body->chunk);
    body->chunk = NULL;
}


static ngx_uint_t
ngx_http_hr_cache_pinned(const ngx_http_hr_cache_entry_t *e)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_HR_WORKER_SLOTS; i++) {
        if (e->pins[i] != 0) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_hr_cache_free_locked(ngx_http_hr_shm_t *shm,
    ngx_http_hr_cache_entry_t *e)
{
    ngx_http_hr_cache_free_body_locked(shm, &e->body);
    ngx_http_hr_cache_free_body_locked(shm, &e->gzip);
    ngx_slab_free_locked(shm->pool, e);
}


static void
ngx_http_hr_cache_unlink_locked(ngx_http_hr_shm_t *shm,
    ngx_http_hr_cache_entry_t *e)
{
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    ngx_rbtree_delete(&root->rbtree, &e->node);
    ngx_queue_remove(&e->lru);
    root->entries--;
    root->bytes -= e->body.len + e->gzip.len;

    if (ngx_http_hr_cache_pinned(e)) {
        e->dead = 1;
        ngx_queue_insert_head(&root->dead, &e->lru);
        return;
    }

    ngx_http_hr_cache_free_locked(shm, e);
}


/* Frees the least recently used entry; NGX_DECLINED when there is none to free. */
static ngx_int_t
ngx_http_hr_cache_evict_locked(ngx_http_hr_shm_t *shm)
{
    ngx_uint_t                  skipped;
    ngx_queue_t                *q;
    ngx_http_hr_cache_root_t   *root = (ngx_http_hr_cache_root_t *) shm->root;
    ngx_http_hr_cache_entry_t  *e;

    skipped = 0;

    for (q = ngx_queue_last(&root->lru);
         q != ngx_queue_sentinel(&root->lru)
             && skipped < NGX_HTTP_HR_CACHE_SKIP_MAX;
         q = ngx_queue_prev(q))
    {
        e = ngx_queue_data(q, ngx_http_hr_cache_entry_t, lru);

        if (ngx_http_hr_cache_pinned(e)) {
            skipped++;
            continue;
        }

        ngx_http_hr_cache_unlink_locked(shm, e);
        root->evictions++;

        return NGX_OK;
    }

    return NGX_DECLINED;
}


static void *
ngx_http_hr_cache_alloc_locked(ngx_http_hr_shm_t *shm, size_t size,
    ngx_uint_t *evicted)
{
    void  *p;

    for ( ;; ) {
        p = ngx_slab_alloc_locked(shm->pool, size);
        if (p != NULL) {
            return p;
        }

        if (*evicted >= NGX_HTTP_HR_CACHE_EVICT_MAX
            || ngx_http_hr_cache_evict_locked(shm) != NGX_OK)
        {
            return NULL;
        }

        (*evicted)++;
    }
}


static ngx_int_t
ngx_http_hr_cache_body_alloc_locked(ngx_http_hr_shm_t *shm,
    ngx_http_hr_cache_body_t *body, size_t len, ngx_uint_t *evicted)
{
    ngx_uint_t  i;

    body->len = len;
    body->n = (len + NGX_HTTP_HR_CACHE_CHUNK - 1) / NGX_HTTP_HR_CACHE_CHUNK;

    if (body->n == 0) {
        body->chunk = NULL;
        return NGX_OK;
    }

    body->chunk = ngx_http_hr_cache_alloc_locked(shm,
                                                 body->n * sizeof(u_char *),
                                                 evicted);
    if (body->chunk == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(body->chunk, body->n * sizeof(u_char *));

    for (i = 0; i < body->n; i++) {
        body->chunk[i] = ngx_http_hr_cache_alloc_locked(shm,
                             (i + 1 < body->n) ? NGX_HTTP_HR_CACHE_CHUNK
                                 : len - i * NGX_HTTP_HR_CACHE_CHUNK,
                             evicted);
        if (body->chunk[i] == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static void
ngx_http_hr_cache_body_fill(ngx_http_hr_cache_body_t *body, const u_char *data)
{
    size_t      left, n;
    ngx_uint_t  i;

    left = body->len;

    for (i = 0; i < body->n; i++) {
        n = ngx_min(left, NGX_HTTP_HR_CACHE_CHUNK);
        ngx_memcpy(body->chunk[i], data, n);
        data += n;
        left -= n;
    }
}


static ngx_http_hr_cache_entry_t *
ngx_http_hr_cache_build(ngx_http_hr_shm_t *shm,
    const ngx_http_hr_cache_item_t *item)
{
    ngx_uint_t                  evicted;
    ngx_http_hr_cache_entry_t  *e;

    evicted = 0;
    ngx_http_hr_shm_lock(shm);

    e = ngx_http_hr_cache_alloc_locked(shm, sizeof(ngx_http_hr_cache_entry_t)
                                            + item->key.len, &evicted);
    if (e == NULL) {
        ngx_http_hr_shm_unlock(shm);
        return NULL;
    }

    ngx_memzero(e, sizeof(ngx_http_hr_cache_entry_t));

    if (ngx_http_hr_cache_body_alloc_locked(shm, &e->body, item->body.len,
                                            &evicted) != NGX_OK
        || ngx_http_hr_cache_body_alloc_locked(shm, &e->gzip, item->gzip.len,
                                               &evicted) != NGX_OK)
    {
        ngx_http_hr_cache_free_locked(shm, e);
        ngx_http_hr_shm_unlock(shm);
        return NULL;
    }

    ngx_http_hr_shm_unlock(shm);

    return e;
}


ngx_int_t
ngx_http_hr_cache_put(ngx_http_hr_cache_t *cache,
    const ngx_http_hr_cache_item_t *item)
{
    uint64_t                    hash;
    ngx_http_hr_shm_t          *shm;
    ngx_http_hr_cache_root_t   *root;
    ngx_http_hr_cache_entry_t  *e, *old;

    if (item->key.len > NGX_HTTP_HR_CACHE_KEY_MAX
        || item->etag.len > NGX_HTTP_HR_ETAG_MAX)
    {
        return NGX_DECLINED;
    }

    hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, item->key.data, item->key.len);
    shm = ngx_http_hr_cache_shard(cache, hash);
    root = (ngx_http_hr_cache_root_t *) shm->root;

    /* one body must not empty a shard */
    if (item->body.len + item->gzip.len > ngx_http_hr_shm_size(shm) / 2) {
        (void) ngx_atomic_fetch_add(&root->failures, 1);
        return NGX_DECLINED;
    }

    e = ngx_http_hr_cache_build(shm, item);
    if (e == NULL) {
        (void) ngx_atomic_fetch_add(&root->failures, 1);
        return NGX_DECLINED;
    }

    /* nobody sees the entry yet: fill it without the lock */
    ngx_http_hr_cache_body_fill(&e->body, item->body.data);
    ngx_http_hr_cache_body_fill(&e->gzip, item->gzip.data);
    e->node.key = (ngx_rbtree_key_t) hash;
    e->hash = hash;
    e->epochs = item->epochs;
    e->expires = item->ttl ? ngx_current_msec + item->ttl : 0;
    e->used = ngx_time();
    e->modified = item->modified;
    e->content_type = item->content_type;
    e->etag_len = item->etag.len;
    ngx_memcpy(e->etag, item->etag.data, item->etag.len);
    e->key_len = item->key.len;
    ngx_memcpy(e->key, item->key.data, item->key.len);

    ngx_http_hr_shm_lock(shm);

    old = ngx_http_hr_cache_find_locked(root, hash, &item->key);
    if (old != NULL) {
        ngx_http_hr_cache_unlink_locked(shm, old);
    }

    ngx_rbtree_insert(&root->rbtree, &e->node);
    ngx_queue_insert_head(&root->lru, &e->lru);
    root->entries++;
    root->bytes += e->body.len + e->gzip.len;
    root->stores++;

    ngx_http_hr_shm_unlock(shm);

    return NGX_OK;
}


static void
ngx_http_hr_cache_unpin(void *data)
{
    ngx_http_hr_cache_pin_t    *pin = data;

    ngx_http_hr_shm_lock(pin->shm);

    /* after a reset the entry belongs to nobody any more */
    if (pin->resets == pin->shm->root->resets) {
        pin->entry->pins[pin->cache->slot]--;

        if (pin->entry->dead && !ngx_http_hr_cache_pinned(pin->entry)) {
            ngx_queue_remove(&pin->entry->lru);
            ngx_http_hr_cache_free_locked(pin->shm, pin->entry);
        }
    }

    ngx_http_hr_shm_unlock(pin->shm);
}


static void
ngx_http_hr_cache_copy_locked(ngx_http_hr_cache_body_t *body, u_char *p)
{
    size_t      left, n;
    ngx_uint_t  i;

    left = body->len;

    for (i = 0; i < body->n; i++) {
        n = ngx_min(left, NGX_HTTP_HR_CACHE_CHUNK);
        p = ngx_cpymem(p, body->chunk[i], n);
        left -= n;
    }
}


/* A chain of one temporary buf with a copy of the bytes. */
static ngx_chain_t *
ngx_http_hr_cache_buf(ngx_pool_t *pool, const u_char *data, size_t len)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = ngx_create_temp_buf(pool, len);
    cl = ngx_alloc_chain_link(pool);
    if (b == NULL || cl == NULL) {
        return NULL;
    }

    b->last = ngx_cpymem(b->last, data, len);
    cl->buf = b;
    cl->next = NULL;

    return cl;
}


/* The pinned chunks as a chain of read-only bufs. */
static ngx_chain_t *
ngx_http_hr_cache_chain(ngx_http_hr_cache_body_t *body, ngx_pool_t *pool)
{
    size_t        left, n;
    ngx_buf_t    *b;
    ngx_uint_t    i;
    ngx_chain_t  *cl;

    b = ngx_pcalloc(pool, body->n * sizeof(ngx_buf_t));
    cl = ngx_palloc(pool, body->n * sizeof(ngx_chain_t));
    if (b == NULL || cl == NULL) {
        return NULL;
    }

    left = body->len;

    for (i = 0; i < body->n; i++) {
        n = ngx_min(left, NGX_HTTP_HR_CACHE_CHUNK);
        b[i].pos = body->chunk[i];
        b[i].last = body->chunk[i] + n;
        b[i].start = b[i].pos;
        b[i].end = b[i].last;
        b[i].memory = 1;
        cl[i].buf = &b[i];
        cl[i].next = &cl[i + 1];
        left -= n;
    }

    cl[body->n - 1].next = NULL;

    return cl;
}


static void
ngx_http_hr_cache_describe(ngx_http_hr_cache_entry_t *e, ngx_uint_t want_gzip,
    ngx_http_hr_cache_hit_t *hit)
{
    hit->has_gzip = e->gzip.len != 0;
    hit->gzip = want_gzip && hit->has_gzip;
    hit->len = hit->gzip ? e->gzip.len : e->body.len;
    hit->plain_len = e->body.len;
    hit->content_type = e->content_type;
    hit->modified = e->modified;
    hit->etag_len = e->etag_len;
    ngx_memcpy(hit->etag, e->etag, e->etag_len);
    hit->out = NULL;
}


ngx_int_t
ngx_http_hr_cache_get(ngx_http_hr_cache_t *cache, const ngx_str_t *key,
    ngx_uint_t want_gzip, ngx_uint_t headers_only, ngx_pool_t *pool,
    ngx_http_hr_cache_hit_t *hit)
{
    uint64_t                    hash;
    ngx_http_hr_shm_t          *shm;
    ngx_pool_cleanup_t         *cln;
    ngx_http_hr_cache_pin_t    *pin;
    ngx_http_hr_cache_root_t   *root;
    ngx_http_hr_cache_body_t   *body;
    ngx_http_hr_cache_entry_t  *e;

    hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, key->data, key->len);
    shm = ngx_http_hr_cache_shard(cache, hash);
    root = (ngx_http_hr_cache_root_t *) shm->root;

    ngx_http_hr_shm_lock(shm);

    e = ngx_http_hr_cache_find_locked(root, hash, key);
    if (e == NULL) {
        root->misses++;
        ngx_http_hr_shm_unlock(shm);
        return NGX_DECLINED;
    }

    if (!ngx_http_hr_epochs_current(&e->epochs)
        || (e->expires && (ngx_msec_int_t) (ngx_current_msec - e->expires) >= 0))
    {
        root->stale++;
        ngx_http_hr_cache_unlink_locked(shm, e);
        ngx_http_hr_shm_unlock(shm);
        return NGX_DECLINED;
    }

    root->hits++;

    if (e->used != ngx_time()) {
        e->used = ngx_time();
        ngx_queue_remove(&e->lru);
        ngx_queue_insert_head(&root->lru, &e->lru);
    }

    ngx_http_hr_cache_describe(e, want_gzip, hit);

    if (headers_only || hit->len == 0) {
        ngx_http_hr_shm_unlock(shm);
        return NGX_OK;
    }

    body = hit->gzip ? &e->gzip : &e->body;

    if (body->len <= NGX_HTTP_HR_CACHE_COPY_MAX) {
        /* twice copied, so that nothing is allocated under the lock */
        ngx_http_hr_cache_copy_locked(body, ngx_http_hr_cache_scratch);
        ngx_http_hr_shm_unlock(shm);

        hit->out = ngx_http_hr_cache_buf(pool, ngx_http_hr_cache_scratch, hit->len);
        return hit->out ? NGX_OK : NGX_ERROR;
    }

    if (e->pins[cache->slot] == 0xffff) {
        ngx_http_hr_shm_unlock(shm);
        return NGX_DECLINED;
    }

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_http_hr_cache_pin_t));
    if (cln == NULL) {
        ngx_http_hr_shm_unlock(shm);
        return NGX_ERROR;
    }

    pin = cln->data;
    pin->cache = cache;
    pin->shm = shm;
    pin->entry = e;
    pin->resets = root->root.resets;
    e->pins[cache->slot]++;
    cln->handler = ngx_http_hr_cache_unpin;

    ngx_http_hr_shm_unlock(shm);

    hit->out = ngx_http_hr_cache_chain(body, pool);

    return hit->out ? NGX_OK : NGX_ERROR;
}


ngx_uint_t
ngx_http_hr_cache_shards(const ngx_http_hr_cache_t *cache)
{
    return cache->nshards;
}


void
ngx_http_hr_cache_stat(ngx_http_hr_cache_t *cache, ngx_uint_t shard,
    ngx_http_hr_cache_stat_t *stat)
{
    ngx_http_hr_shm_t         *shm = cache->shard[shard];
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    stat->hits = root->hits;
    stat->misses = root->misses;
    stat->stale = root->stale;
    stat->stores = root->stores;
    stat->evictions = root->evictions;
    stat->failures = root->failures;
    stat->resets = root->root.resets;
    stat->size = ngx_http_hr_shm_size(shm);
    stat->free = ngx_http_hr_shm_free_bytes(shm);
    stat->entries = root->entries;
    stat->bytes = root->bytes;
}
