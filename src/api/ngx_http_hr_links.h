/*
 * Which profile stands for which position (api-core.md D-42 to D-45), and which
 * generation runs for it.
 *
 * A look at every slot of the database takes milliseconds, and a change concerns one
 * or two of them.  A worker therefore remembers the rows with the epochs of their
 * stripes (ngx_http_hr_shm_state.h) and reads again only the stripes that have moved.
 */

#ifndef NGX_HTTP_HR_LINKS_H
#define NGX_HTTP_HR_LINKS_H

#include "ngx_http_hr_work.h"

#include "hr_org.h"

typedef struct ngx_http_hr_links_row_s  ngx_http_hr_links_row_t;

/* Never changed once it is made; held by everybody who uses it. */
typedef struct {
    ngx_atomic_t               holders;
    ngx_uint_t                 generation;  /* of the organisation */
    ngx_atomic_uint_t          all;         /* epochs, read before the rows */
    ngx_atomic_uint_t          stripe[NGX_HTTP_HR_EPOCH_STRIPES];
    size_t                     n;
    ngx_http_hr_links_row_t  **rows;        /* what profiles point into */
    hr_org_profile_t          *profiles;
    hr_org_link_t             *links;       /* per slot of the organisation */
    hr_org_link_stats_t        stats;
} ngx_http_hr_links_view_t;

typedef struct {
    ngx_http_hr_links_view_t  *view;        /* NULL: not loaded */
    hr_org_task_t             *tasks;       /* in the arena of the work */
    size_t                     ntasks;
    uint32_t                  *task_of_slot;    /* NULL: no tasks */
} ngx_http_hr_links_t;

/* In run(); release it also after an error, and before run() ends. */
hr_rc_t ngx_http_hr_links_load(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_links_t *links);
void ngx_http_hr_links_release(ngx_http_hr_links_t *links);
/* Lets go of what is kept for the next question. */
void ngx_http_hr_links_exit_process(void);

#endif /* NGX_HTTP_HR_LINKS_H */
