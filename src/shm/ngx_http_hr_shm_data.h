/*
 * Organisation snapshots in shared memory: immutable images, one per data
 * generation.  A new one is stored beside the old one and made current; an old
 * one is freed when no worker holds it.  Holders count in a column per worker,
 * so that a worker that dies holds nothing.
 */

#ifndef NGX_HTTP_HR_SHM_DATA_H
#define NGX_HTTP_HR_SHM_DATA_H

#include "ngx_http_hr_shm_state.h"

#define NGX_HTTP_HR_DATA_ERROR_MAX  512

/* A held snapshot; data is valid until it is released. */
typedef struct {
    const void   *image;
    size_t        size;
    ngx_uint_t    generation;
    time_t        loaded;
    ngx_uint_t    index;            /* of the holder's entry */
} ngx_http_hr_data_ref_t;

ngx_http_hr_shm_t *ngx_http_hr_data_add(ngx_conf_t *cf, size_t size, void *tag);
void ngx_http_hr_data_attach(ngx_http_hr_shm_t *shm);
/* The worker's own slot; drops what a dead holder of it left. */
void ngx_http_hr_data_init_worker(ngx_uint_t slot);

/*
 * Copies the image in and makes it current; sha256 is that of its source.
 * NGX_BUSY: three generations are in use, try again later.  NGX_ERROR: the
 * zone is too small.
 */
ngx_int_t ngx_http_hr_data_publish(const void *image, size_t size,
    const char sha256[65], ngx_uint_t *generation);

/* NGX_DECLINED: nothing is loaded.  Event loop only. */
ngx_int_t ngx_http_hr_data_acquire(ngx_http_hr_data_ref_t *ref);
void ngx_http_hr_data_release(ngx_http_hr_data_ref_t *ref);     /* idempotent */
/* Current generation without holding it; 0: nothing is loaded. */
ngx_uint_t ngx_http_hr_data_generation(void);

/*
 * Size and hash of the current image's source, so that a reload of the same
 * file is not a new generation.  sha256 must hold 65 bytes.
 */
void ngx_http_hr_data_describe(char sha256[65], time_t *loaded, size_t *bytes);

/* The last reload that failed, for /health; len 0 clears it. */
void ngx_http_hr_data_set_error(const char *text, size_t len);
size_t ngx_http_hr_data_error(char text[NGX_HTTP_HR_DATA_ERROR_MAX], time_t *at);

#endif /* NGX_HTTP_HR_SHM_DATA_H */
