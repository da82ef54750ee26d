/*
 * The generation handle (hr_generation.h) of this process: rules, vocabularies,
 * KPI files, prompt bundle.  Read in the master while the configuration is
 * read, so that nginx -t names a bad file and its line; read again by each
 * worker, in a pool thread, when a file changes.  A bad new state keeps the
 * old one.
 */

#ifndef NGX_HTTP_HR_GEN_H
#define NGX_HTTP_HR_GEN_H

#include "ngx_http_hr.h"

#include "hr_generation.h"

/* Counted, event loop only; gen itself may be read by any thread. */
typedef struct {
    hr_gen_t     *gen;
    ngx_uint_t    refs;
    uint64_t      fingerprint;      /* of the files: names, sizes, times */
} ngx_http_hr_gen_t;

/* Without "hr_prompts" there is no handle and no generation. */
ngx_int_t ngx_http_hr_gen_load_conf(ngx_conf_t *cf,
    ngx_http_hr_main_conf_t *hmcf);
void ngx_http_hr_gen_start_watch(ngx_cycle_t *cycle,
    ngx_http_hr_main_conf_t *hmcf);

/* The current handle, held until it is released; NULL: there is none. */
ngx_http_hr_gen_t *ngx_http_hr_gen_acquire(void);
void ngx_http_hr_gen_release(ngx_http_hr_gen_t *handle);    /* NULL is allowed */

/*
 * Why the last reading of changed files failed, or which prompt bundle in use is
 * not the one that its metadata.json states; "" when all is well.
 */
const char *ngx_http_hr_gen_error(void);

#endif /* NGX_HTTP_HR_GEN_H */
