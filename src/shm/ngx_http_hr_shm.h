/*
 * Shared memory of the module, part 1: how a zone is declared, locked and
 * re-used over a reload.
 *
 * Only this folder takes a zone lock.  A zone has exactly one mutex, that of
 * its slab pool, because nginx releases only that one when a worker dies
 * holding it.  Every mutation happens between ngx_http_hr_shm_lock() and
 * ngx_http_hr_shm_unlock(), which set and clear a busy mark: whoever locks and
 * finds the mark set knows that the former holder died in the middle, and
 * calls the zone's reset.
 */

#ifndef NGX_HTTP_HR_SHM_H
#define NGX_HTTP_HR_SHM_H

#include <ngx_config.h>
#include <ngx_core.h>


/* First field of every zone's root object. */
typedef struct {
    uint32_t        magic;
    uint32_t        layout;         /* a reload with another layout is refused */
    ngx_uint_t      busy;           /* guarded by the mutex; 1 inside a mutation */
    ngx_atomic_t    resets;         /* times a half-made change was dropped */
} ngx_http_hr_shm_root_t;

typedef struct ngx_http_hr_shm_s  ngx_http_hr_shm_t;

struct ngx_http_hr_shm_s {
    ngx_shm_zone_t           *zone;
    ngx_slab_pool_t          *pool;
    ngx_http_hr_shm_root_t   *root;

    ngx_str_t                 name;
    size_t                    root_size;    /* bytes of the root object */
    uint32_t                  layout;
    /* fills a fresh root (zeroed); called in the master */
    ngx_int_t               (*create)(ngx_http_hr_shm_t *shm);
    /* called with the mutex held after a holder died; makes the root usable again */
    void                    (*reset)(ngx_http_hr_shm_t *shm);
    void                     *data;         /* of the owner */
};

/*
 * Declares the zone at configuration time.  size is in bytes and at least 8
 * pages (the caller checks the real minimum).  shm must live in cf->pool with
 * name, root_size, layout, create and reset filled.
 */
ngx_int_t ngx_http_hr_shm_add(ngx_conf_t *cf, ngx_http_hr_shm_t *shm,
    size_t size, void *tag);

void ngx_http_hr_shm_lock(ngx_http_hr_shm_t *shm);
void ngx_http_hr_shm_unlock(ngx_http_hr_shm_t *shm);

/*
 * With NGX_HTTP_HR_LOCK_CHECK (scripts/build --san) the rules of the locks are checked,
 * and a broken one is an alert: a process holds one lock at a time, so that no order of
 * locks can be wrong; only the event loop takes them; what needs the lock has it.
 */
#if (NGX_HTTP_HR_LOCK_CHECK)
void ngx_http_hr_shm_must_hold(ngx_http_hr_shm_t *shm, const char *where);
#define ngx_http_hr_shm_held(shm)  ngx_http_hr_shm_must_hold(shm, __func__)
#else
#define ngx_http_hr_shm_held(shm)
#endif

/* Bytes of free pages; needs no lock, may be a moment old. */
size_t ngx_http_hr_shm_free_bytes(ngx_http_hr_shm_t *shm);
size_t ngx_http_hr_shm_size(ngx_http_hr_shm_t *shm);

#endif /* NGX_HTTP_HR_SHM_H */
