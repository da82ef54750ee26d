/* What the endpoints of the organisation share: works over the snapshot. */

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

#endif /* NGX_HTTP_HR_ORG_H */
