#include "ngx_http_hr_shm.h"

#if (NGX_HTTP_HR_LOCK_CHECK)
#include <sys/syscall.h>
#endif


#define NGX_HTTP_HR_SHM_MAGIC  0x68727a31   /* "hrz1" */


static ngx_int_t ngx_http_hr_shm_init(ngx_shm_zone_t *zone, void *odata);


ngx_int_t
ngx_http_hr_shm_add(ngx_conf_t *cf, ngx_http_hr_shm_t *shm, size_t size,
    void *tag)
{
    shm->zone = ngx_shared_memory_add(cf, &shm->name, size, tag);
    if (shm->zone == NULL) {
        return NGX_ERROR;
    }

    if (shm->zone->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "shared zone \"%V\" is declared twice", &shm->name);
        return NGX_ERROR;
    }

    shm->zone->init = ngx_http_hr_shm_init;
    shm->zone->data = shm;

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_shm_init(ngx_shm_zone_t *zone, void *odata)
{
    ngx_http_hr_shm_t       *old = odata;
    ngx_http_hr_shm_t       *shm = zone->data;
    ngx_http_hr_shm_root_t  *root;

    shm->pool = (ngx_slab_pool_t *) zone->shm.addr;

    if (old != NULL || zone->shm.exists) {
        root = old ? old->root : shm->pool->data;

        if (root->magic != NGX_HTTP_HR_SHM_MAGIC || root->layout != shm->layout)
        {
            ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                          "shared zone \"%V\" has another layout (%uD, need %uD):"
                          " restart nginx instead of reloading it",
                          &shm->name, root->layout, shm->layout);
            return NGX_ERROR;
        }

        shm->root = root;
        return NGX_OK;
    }

    root = ngx_slab_calloc(shm->pool, shm->root_size);
    if (root == NULL) {
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "shared zone \"%V\" is too small for its root of %uz bytes",
                      &shm->name, shm->root_size);
        return NGX_ERROR;
    }

    root->magic = NGX_HTTP_HR_SHM_MAGIC;
    root->layout = shm->layout;
    shm->root = root;
    shm->pool->data = root;

    /* the owner reports exhaustion itself, once, with its own words */
    shm->pool->log_nomem = 0;

    return shm->create ? shm->create(shm) : NGX_OK;
}


#if (NGX_HTTP_HR_LOCK_CHECK)

static __thread ngx_http_hr_shm_t  *ngx_http_hr_shm_mine;


static void
ngx_http_hr_shm_broken(ngx_http_hr_shm_t *shm, const char *what, const char *where)
{
    ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                  "lock of the zone \"%V\": %s (%s), held: \"%s\"", &shm->name, what,
                  where, ngx_http_hr_shm_mine ? (char *) ngx_http_hr_shm_mine->name.data
                                              : "");
}


static void
ngx_http_hr_shm_taken(ngx_http_hr_shm_t *shm)
{
    if (ngx_http_hr_shm_mine != NULL) {
        ngx_http_hr_shm_broken(shm, "taken while another is held", "lock");
    }

    if (syscall(SYS_gettid) != getpid()) {
        ngx_http_hr_shm_broken(shm, "taken by a thread of a pool", "lock");
    }

    ngx_http_hr_shm_mine = shm;
}


static void
ngx_http_hr_shm_given(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_shm_must_hold(shm, "unlock");
    ngx_http_hr_shm_mine = NULL;
}


void
ngx_http_hr_shm_must_hold(ngx_http_hr_shm_t *shm, const char *where)
{
    if (ngx_http_hr_shm_mine != shm) {
        ngx_http_hr_shm_broken(shm, "needed and not held", where);
    }
}

#else

#define ngx_http_hr_shm_taken(shm)
#define ngx_http_hr_shm_given(shm)

#endif


void
ngx_http_hr_shm_lock(ngx_http_hr_shm_t *shm)
{
    ngx_shmtx_lock(&shm->pool->mutex);
    ngx_http_hr_shm_taken(shm);

    if (shm->root->busy) {
        /* the former holder died in the middle of a change */
        (void) ngx_atomic_fetch_add(&shm->root->resets, 1);

        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "shared zone \"%V\" was left half-changed by a dead worker,"
                      " its content is dropped", &shm->name);

        if (shm->reset) {
            shm->reset(shm);
        }
    }

    shm->root->busy = 1;
    ngx_memory_barrier();
}


void
ngx_http_hr_shm_unlock(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_shm_given(shm);
    ngx_memory_barrier();
    shm->root->busy = 0;
    ngx_shmtx_unlock(&shm->pool->mutex);
}


size_t
ngx_http_hr_shm_free_bytes(ngx_http_hr_shm_t *shm)
{
    return shm->pool->pfree * ngx_pagesize;
}


size_t
ngx_http_hr_shm_size(ngx_http_hr_shm_t *shm)
{
    return shm->zone->shm.size;
}
