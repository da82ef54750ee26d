/* What the endpoints of the organisation share: works over the snapshot, links. */

#ifndef NGX_HTTP_HR_ORG_H
#define NGX_HTTP_HR_ORG_H

#include "ngx_http_hr_work.h"

#include "hr_org.h"

/*
 * A work that holds the organisation and whose answer is compressed and tagged
 * in the thread; NULL: no memory, or no organisation is loaded.
 */
ngx_http_hr_work_t *ngx_http_hr_org_work(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, size_t in_size);
/* Wire text of the instant when the held organisation was loaded. */
hr_str_t ngx_http_hr_org_loaded(ngx_http_hr_work_t *w);

/* Path parameter of at most max code points; else 422 was sent (NGX_DECLINED). */
ngx_int_t ngx_http_hr_org_param(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t param, const char *name, size_t max, ngx_int_t *rc);

/* Profiles and running tasks of every slot, from the database. */
typedef struct {
    hr_org_profile_t     *profiles;
    size_t                n, capacity;
    hr_org_link_t        *links;            /* per slot */
    hr_org_link_stats_t   stats;
    hr_org_task_t        *tasks;
    size_t                ntasks;
    uint32_t             *task_of_slot;     /* NULL: no tasks */
} ngx_http_hr_links_t;

/* In run(): fills links from the arena of the work. */
hr_rc_t ngx_http_hr_links_load(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_links_t *links);

#endif /* NGX_HTTP_HR_ORG_H */
