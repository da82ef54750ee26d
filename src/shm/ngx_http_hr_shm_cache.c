#include "ngx_http_hr_shm_cache.h"
#include "ngx_http_hr_shm_entry.h"


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


static void ngx_http_hr_cache_unpin(void *data);


/* of the event loop only */
static u_char  ngx_http_hr_cache_scratch[NGX_HTTP_HR_CACHE_COPY_MAX];


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
        shm->layout = 3;
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


static ngx_uint_t
ngx_http_hr_cache_shard(ngx_http_hr_cache_t *cache, uint64_t hash)
{
    return (hash >> 48) & (cache->nshards - 1);
}


void
ngx_http_hr_cache_init_worker(ngx_http_hr_cache_t *cache, ngx_uint_t slot)
{
    ngx_uint_t                 i;
    ngx_http_hr_shm_t         *shm;
    ngx_http_hr_cache_root_t  *root;

    cache->slot = slot;

    /* pins and claims of whoever held this slot before died with it */
    for (i = 0; i < cache->nshards; i++) {
        shm = cache->shard[i];
        root = (ngx_http_hr_cache_root_t *) shm->root;

        ngx_http_hr_shm_lock(shm);

        ngx_http_hr_claim_forget_locked(&root->claims, slot);
        ngx_http_hr_cache_unpin_slot_locked(shm, slot);

        ngx_http_hr_shm_unlock(shm);
    }
}


ngx_int_t
ngx_http_hr_cache_put(ngx_http_hr_cache_t *cache,
    const ngx_http_hr_cache_item_t *item)
{
    uint64_t                    hash;
    ngx_atomic_uint_t           resets;
    ngx_http_hr_shm_t          *shm;
    ngx_http_hr_cache_root_t   *root;
    ngx_http_hr_cache_entry_t  *e;

    if (item->key.len > NGX_HTTP_HR_CACHE_KEY_MAX
        || item->etag.len > NGX_HTTP_HR_ETAG_MAX)
    {
        return NGX_DECLINED;
    }

    hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, item->key.data, item->key.len);
    shm = cache->shard[ngx_http_hr_cache_shard(cache, hash)];
    root = (ngx_http_hr_cache_root_t *) shm->root;

    /* one body must not empty a shard */
    if (item->body.len + item->gzip.len > ngx_http_hr_shm_size(shm) / 2) {
        (void) ngx_atomic_fetch_add(&root->failures, 1);
        return NGX_DECLINED;
    }

    ngx_http_hr_shm_lock(shm);
    e = ngx_http_hr_cache_build_locked(shm, cache->slot, item);
    resets = root->root.resets;
    ngx_http_hr_shm_unlock(shm);

    if (e == NULL) {
        (void) ngx_atomic_fetch_add(&root->failures, 1);
        return NGX_DECLINED;
    }

    /* nobody sees the entry yet: fill it without the lock */
    ngx_http_hr_cache_fill(e, hash, item);

    ngx_http_hr_shm_lock(shm);

    root->pins[cache->slot]--;

    if (resets != root->root.resets) {
        /* the shard was emptied meanwhile, and the entry with it */
        ngx_http_hr_shm_unlock(shm);
        return NGX_DECLINED;
    }

    ngx_http_hr_cache_link_locked(shm, cache->slot, e);
    ngx_http_hr_shm_unlock(shm);

    return NGX_OK;
}


static ngx_uint_t
ngx_http_hr_cache_current(const ngx_http_hr_cache_entry_t *e)
{
    return ngx_http_hr_epochs_current(&e->epochs)
           && (e->expires == 0
               || (ngx_msec_int_t) (ngx_current_msec - e->expires) < 0);
}


ngx_int_t
ngx_http_hr_cache_claim(ngx_http_hr_cache_t *cache, const ngx_str_t *key,
    const ngx_http_hr_epochs_t *epochs, ngx_http_hr_cache_claim_t *claim)
{
    uint64_t                    hash;
    ngx_int_t                   rc;
    ngx_http_hr_shm_t          *shm;
    ngx_http_hr_cache_root_t   *root;
    ngx_http_hr_cache_entry_t  *e;

    hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, key->data, key->len);

    claim->cache = cache;
    claim->shard = ngx_http_hr_cache_shard(cache, hash);
    claim->ticket = 0;

    shm = cache->shard[claim->shard];
    root = (ngx_http_hr_cache_root_t *) shm->root;

    ngx_http_hr_shm_lock(shm);

    /* stored between the miss and this lock */
    e = ngx_http_hr_cache_find_locked(root, hash, key);
    if (e != NULL && ngx_http_hr_cache_current(e)) {
        ngx_http_hr_shm_unlock(shm);
        return NGX_AGAIN;
    }

    rc = ngx_http_hr_claim_take_locked(&root->claims, hash, epochs, cache->slot,
                                       &claim->index);
    if (rc != NGX_DECLINED) {
        claim->ticket = root->claims.entry[claim->index].ticket;
    }

    ngx_http_hr_shm_unlock(shm);

    return rc == NGX_BUSY ? NGX_BUSY : NGX_OK;
}


ngx_uint_t
ngx_http_hr_cache_claim_stands(const ngx_http_hr_cache_claim_t *claim)
{
    ngx_http_hr_cache_root_t  *root;

    root = (ngx_http_hr_cache_root_t *) claim->cache->shard[claim->shard]->root;

    return ngx_http_hr_claim_stands(&root->claims, claim->index, claim->ticket);
}


void
ngx_http_hr_cache_claim_end(ngx_http_hr_cache_claim_t *claim)
{
    ngx_http_hr_shm_t         *shm;
    ngx_http_hr_cache_root_t  *root;

    if (claim->ticket == 0) {
        return;
    }

    shm = claim->cache->shard[claim->shard];
    root = (ngx_http_hr_cache_root_t *) shm->root;

    ngx_http_hr_shm_lock(shm);
    ngx_http_hr_claim_end_locked(&root->claims, claim->index, claim->ticket);
    ngx_http_hr_shm_unlock(shm);

    claim->ticket = 0;
}


static void
ngx_http_hr_cache_unpin(void *data)
{
    ngx_http_hr_cache_pin_t    *pin = data;
    ngx_http_hr_cache_root_t   *root;

    root = (ngx_http_hr_cache_root_t *) pin->shm->root;

    ngx_http_hr_shm_lock(pin->shm);

    root->pins[pin->cache->slot]--;

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
    shm = cache->shard[ngx_http_hr_cache_shard(cache, hash)];
    root = (ngx_http_hr_cache_root_t *) shm->root;

    ngx_http_hr_shm_lock(shm);

    e = ngx_http_hr_cache_find_locked(root, hash, key);
    if (e == NULL) {
        root->misses++;
        ngx_http_hr_shm_unlock(shm);
        return NGX_DECLINED;
    }

    if (!ngx_http_hr_cache_current(e)) {
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
    root->pins[cache->slot]++;
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
    ngx_uint_t                 i;
    ngx_http_hr_shm_t         *shm = cache->shard[shard];
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    stat->hits = root->hits;
    stat->misses = root->misses;
    stat->stale = root->stale;
    stat->stores = root->stores;
    stat->evictions = root->evictions;
    stat->failures = root->failures;
    stat->resets = root->root.resets;
    stat->waits = root->claims.waits;
    stat->pins = 0;

    for (i = 0; i < NGX_HTTP_HR_WORKER_SLOTS; i++) {
        stat->pins += root->pins[i];
    }

    stat->size = ngx_http_hr_shm_size(shm);
    stat->free = ngx_http_hr_shm_free_bytes(shm);
    stat->entries = root->entries;
    stat->bytes = root->bytes;
}
