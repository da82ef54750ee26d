#include "ngx_http_hr_shm_data.h"


#define NGX_HTTP_HR_DATA_KEEP  3

typedef struct {
    ngx_uint_t              generation;     /* 0: free */
    void                   *image;
    size_t                  size;
    time_t                  loaded;
    uint32_t                pins[NGX_HTTP_HR_WORKER_SLOTS];
} ngx_http_hr_data_entry_t;

typedef struct {
    ngx_http_hr_shm_root_t    root;
    ngx_atomic_t              generation;   /* of the current entry */
    ngx_uint_t                current;      /* its index */
    ngx_http_hr_data_entry_t  entry[NGX_HTTP_HR_DATA_KEEP];
    char                      sha256[65];
    time_t                    error_at;
    size_t                    error_len;
    char                      error[NGX_HTTP_HR_DATA_ERROR_MAX];
} ngx_http_hr_data_root_t;


static ngx_http_hr_shm_t  *ngx_http_hr_data_shm;
static ngx_uint_t          ngx_http_hr_data_slot;


ngx_http_hr_shm_t *
ngx_http_hr_data_add(ngx_conf_t *cf, size_t size, void *tag)
{
    ngx_http_hr_shm_t  *shm;

    shm = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_shm_t));
    if (shm == NULL) {
        return NULL;
    }

    ngx_str_set(&shm->name, "hr_data");
    shm->root_size = sizeof(ngx_http_hr_data_root_t);
    shm->layout = 1;

    /*
     * No reset: images are immutable, and a death inside a change leaves at
     * worst an entry that is neither current nor free until restart.
     */

    if (ngx_http_hr_shm_add(cf, shm, size, tag) != NGX_OK) {
        return NULL;
    }

    return shm;
}


void
ngx_http_hr_data_attach(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_data_shm = shm;
}


static ngx_http_hr_data_root_t *
ngx_http_hr_data_root(void)
{
    return (ngx_http_hr_data_root_t *) ngx_http_hr_data_shm->root;
}


void
ngx_http_hr_data_init_worker(ngx_uint_t slot)
{
    ngx_uint_t  i;

    ngx_http_hr_data_slot = slot;

    ngx_http_hr_shm_lock(ngx_http_hr_data_shm);

    for (i = 0; i < NGX_HTTP_HR_DATA_KEEP; i++) {
        ngx_http_hr_data_root()->entry[i].pins[slot] = 0;
    }

    ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);
}


/* Called with the mutex held. */
static void
ngx_http_hr_data_collect_locked(ngx_http_hr_data_root_t *root)
{
    ngx_uint_t                 i, k, held;
    ngx_http_hr_data_entry_t  *e;

    ngx_http_hr_shm_held(ngx_http_hr_data_shm);

    for (i = 0; i < NGX_HTTP_HR_DATA_KEEP; i++) {
        e = &root->entry[i];

        if (e->generation == 0 || e->generation == root->generation) {
            continue;
        }

        held = 0;

        for (k = 0; k < NGX_HTTP_HR_WORKER_SLOTS; k++) {
            held |= e->pins[k];
        }

        if (!held) {
            ngx_slab_free_locked(ngx_http_hr_data_shm->pool, e->image);
            e->image = NULL;
            e->generation = 0;
        }
    }
}


ngx_int_t
ngx_http_hr_data_publish(const void *image, size_t size, const char sha256[65],
    ngx_uint_t *generation)
{
    void                      *copy;
    ngx_uint_t                 i;
    ngx_http_hr_data_root_t   *root = ngx_http_hr_data_root();
    ngx_http_hr_data_entry_t  *e;

    ngx_http_hr_shm_lock(ngx_http_hr_data_shm);
    ngx_http_hr_data_collect_locked(root);

    for (i = 0; i < NGX_HTTP_HR_DATA_KEEP; i++) {
        if (root->entry[i].generation == 0) {
            break;
        }
    }

    if (i == NGX_HTTP_HR_DATA_KEEP) {
        ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);
        return NGX_BUSY;
    }

    copy = ngx_slab_alloc_locked(ngx_http_hr_data_shm->pool, size);
    if (copy == NULL) {
        ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);
        return NGX_ERROR;
    }

    /* a few megabytes once per data generation; readers wait a millisecond */
    ngx_memcpy(copy, image, size);

    e = &root->entry[i];
    ngx_memzero(e, sizeof(ngx_http_hr_data_entry_t));
    e->image = copy;
    e->size = size;
    e->loaded = ngx_time();
    e->generation = root->generation + 1;

    root->current = i;
    root->generation = e->generation;
    ngx_memcpy(root->sha256, sha256, 65);
    *generation = e->generation;

    ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);

    ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_DATA);

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_data_acquire(ngx_http_hr_data_ref_t *ref)
{
    ngx_http_hr_data_root_t   *root = ngx_http_hr_data_root();
    ngx_http_hr_data_entry_t  *e;

    ngx_http_hr_shm_lock(ngx_http_hr_data_shm);

    if (root->generation == 0) {
        ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);
        ngx_memzero(ref, sizeof(ngx_http_hr_data_ref_t));
        return NGX_DECLINED;
    }

    e = &root->entry[root->current];
    e->pins[ngx_http_hr_data_slot]++;

    ref->image = e->image;
    ref->size = e->size;
    ref->generation = e->generation;
    ref->loaded = e->loaded;
    ref->index = root->current;

    ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);

    return NGX_OK;
}


void
ngx_http_hr_data_release(ngx_http_hr_data_ref_t *ref)
{
    if (ref->image == NULL) {
        return;
    }

    ngx_http_hr_shm_lock(ngx_http_hr_data_shm);
    ngx_http_hr_data_root()->entry[ref->index].pins[ngx_http_hr_data_slot]--;
    ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);

    ref->image = NULL;
}


ngx_uint_t
ngx_http_hr_data_generation(void)
{
    return ngx_http_hr_data_root()->generation;
}


void
ngx_http_hr_data_describe(char sha256[65], time_t *loaded, size_t *bytes)
{
    ngx_http_hr_data_root_t  *root = ngx_http_hr_data_root();

    ngx_http_hr_shm_lock(ngx_http_hr_data_shm);
    ngx_memcpy(sha256, root->sha256, 65);
    *loaded = root->generation ? root->entry[root->current].loaded : 0;
    *bytes = root->generation ? root->entry[root->current].size : 0;
    ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);
}


void
ngx_http_hr_data_set_error(const char *text, size_t len)
{
    ngx_http_hr_data_root_t  *root = ngx_http_hr_data_root();

    ngx_http_hr_shm_lock(ngx_http_hr_data_shm);
    root->error_len = ngx_min(len, NGX_HTTP_HR_DATA_ERROR_MAX);
    ngx_memcpy(root->error, text, root->error_len);
    root->error_at = len ? ngx_time() : 0;
    ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);
}


size_t
ngx_http_hr_data_error(char text[NGX_HTTP_HR_DATA_ERROR_MAX], time_t *at)
{
    size_t                    len;
    ngx_http_hr_data_root_t  *root = ngx_http_hr_data_root();

    ngx_http_hr_shm_lock(ngx_http_hr_data_shm);
    len = root->error_len;
    ngx_memcpy(text, root->error, len);
    *at = root->error_at;
    ngx_http_hr_shm_unlock(ngx_http_hr_data_shm);

    return len;
}
