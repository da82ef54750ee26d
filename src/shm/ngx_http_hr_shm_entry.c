#include "ngx_http_hr_shm_entry.h"


#define NGX_HTTP_HR_CACHE_EVICT_MAX   30
#define NGX_HTTP_HR_CACHE_SKIP_MAX    16


ngx_int_t
ngx_http_hr_cache_create(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    ngx_rbtree_init(&root->rbtree, &root->sentinel, ngx_rbtree_insert_value);
    ngx_queue_init(&root->lru);
    ngx_queue_init(&root->dead);

    return NGX_OK;
}


/*
 * Called with the mutex held.  The tree may be half-linked and the slab's own
 * lists as well, so nothing of either is walked: the shard has no entries from
 * now on, and takes none until its memory can be made anew.
 */
void
ngx_http_hr_cache_reset(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    (void) ngx_http_hr_cache_create(shm);
    root->entries = 0;
    root->bytes = 0;
    root->broken = 1;
    ngx_memzero(root->claims.entry, sizeof(root->claims.entry));
}


/*
 * Makes the slab of a reset shard anew, unless somebody alive still sends from
 * it or fills a part of it.  Its first allocation is the root, as it was at the
 * beginning, so that the root keeps its place.  NGX_DECLINED: not yet.
 */
static ngx_int_t
ngx_http_hr_cache_repair_locked(ngx_http_hr_shm_t *shm)
{
    ngx_uint_t                 i;
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;
    ngx_http_hr_cache_root_t   saved;

    if (!root->broken) {
        return NGX_OK;
    }

    for (i = 0; i < NGX_HTTP_HR_WORKER_SLOTS; i++) {
        if (root->pins[i] != 0) {
            if (ngx_http_hr_worker_alive(i)) {
                return NGX_DECLINED;
            }

            root->pins[i] = 0;
        }
    }

    saved = *root;
    ngx_slab_init(shm->pool);

    if (ngx_slab_calloc_locked(shm->pool, sizeof(ngx_http_hr_cache_root_t))
        != (void *) root)
    {
        /* cannot be: the same first allocation in the same empty slab */
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "shared zone \"%V\" stays empty until nginx is restarted",
                      &shm->name);
        return NGX_DECLINED;
    }

    *root = saved;
    shm->pool->log_nomem = 0;
    (void) ngx_http_hr_cache_create(shm);
    root->broken = 0;

    return NGX_OK;
}


ngx_http_hr_cache_entry_t *
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

    ngx_http_hr_shm_held(shm);

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


ngx_uint_t
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


void
ngx_http_hr_cache_free_locked(ngx_http_hr_shm_t *shm,
    ngx_http_hr_cache_entry_t *e)
{
    ngx_http_hr_cache_free_body_locked(shm, &e->body);
    ngx_http_hr_cache_free_body_locked(shm, &e->gzip);
    ngx_slab_free_locked(shm->pool, e);
}


void
ngx_http_hr_cache_unlink_locked(ngx_http_hr_shm_t *shm,
    ngx_http_hr_cache_entry_t *e)
{
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    ngx_http_hr_shm_held(shm);
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


/* Entries of one list: what the former holder of the slot had pinned is free. */
static void
ngx_http_hr_cache_unpin_list_locked(ngx_http_hr_shm_t *shm, ngx_queue_t *list,
    ngx_uint_t slot)
{
    ngx_queue_t                *q, *next;
    ngx_http_hr_cache_entry_t  *e;

    for (q = ngx_queue_head(list); q != ngx_queue_sentinel(list); q = next) {
        next = ngx_queue_next(q);
        e = ngx_queue_data(q, ngx_http_hr_cache_entry_t, lru);
        e->pins[slot] = 0;

        if (e->dead && !ngx_http_hr_cache_pinned(e)) {
            ngx_queue_remove(&e->lru);
            ngx_http_hr_cache_free_locked(shm, e);
        }
    }
}


void
ngx_http_hr_cache_unpin_slot_locked(ngx_http_hr_shm_t *shm, ngx_uint_t slot)
{
    ngx_http_hr_cache_root_t  *root = (ngx_http_hr_cache_root_t *) shm->root;

    root->pins[slot] = 0;
    ngx_http_hr_cache_unpin_list_locked(shm, &root->lru, slot);
    ngx_http_hr_cache_unpin_list_locked(shm, &root->dead, slot);
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

    ngx_http_hr_shm_held(shm);

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


/*
 * An entry with room for the item, among the dead and pinned by this worker:
 * should it die while it fills it, whoever takes its slot frees it.
 */
ngx_http_hr_cache_entry_t *
ngx_http_hr_cache_build_locked(ngx_http_hr_shm_t *shm, ngx_uint_t slot,
    const ngx_http_hr_cache_item_t *item)
{
    ngx_uint_t                  evicted;
    ngx_http_hr_cache_root_t   *root = (ngx_http_hr_cache_root_t *) shm->root;
    ngx_http_hr_cache_entry_t  *e;

    if (ngx_http_hr_cache_repair_locked(shm) != NGX_OK) {
        return NULL;
    }

    evicted = 0;

    e = ngx_http_hr_cache_alloc_locked(shm, sizeof(ngx_http_hr_cache_entry_t)
                                            + item->key.len, &evicted);
    if (e == NULL) {
        return NULL;
    }

    ngx_memzero(e, sizeof(ngx_http_hr_cache_entry_t));

    if (ngx_http_hr_cache_body_alloc_locked(shm, &e->body, item->body.len,
                                            &evicted) != NGX_OK
        || ngx_http_hr_cache_body_alloc_locked(shm, &e->gzip, item->gzip.len,
                                               &evicted) != NGX_OK)
    {
        ngx_http_hr_cache_free_locked(shm, e);
        return NULL;
    }

    e->dead = 1;
    e->pins[slot] = 1;
    root->pins[slot]++;
    ngx_queue_insert_head(&root->dead, &e->lru);

    return e;
}


void
ngx_http_hr_cache_fill(ngx_http_hr_cache_entry_t *e, uint64_t hash,
    const ngx_http_hr_cache_item_t *item)
{
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
}


void
ngx_http_hr_cache_link_locked(ngx_http_hr_shm_t *shm, ngx_uint_t slot,
    ngx_http_hr_cache_entry_t *e)
{
    ngx_str_t                   key;
    ngx_http_hr_cache_root_t   *root = (ngx_http_hr_cache_root_t *) shm->root;
    ngx_http_hr_cache_entry_t  *old;

    ngx_queue_remove(&e->lru);
    e->pins[slot] = 0;
    e->dead = 0;

    key.data = e->key;
    key.len = e->key_len;

    old = ngx_http_hr_cache_find_locked(root, e->hash, &key);
    if (old != NULL) {
        ngx_http_hr_cache_unlink_locked(shm, old);
    }

    ngx_rbtree_insert(&root->rbtree, &e->node);
    ngx_queue_insert_head(&root->lru, &e->lru);
    root->entries++;
    root->bytes += e->body.len + e->gzip.len;
    root->stores++;
}


void
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
