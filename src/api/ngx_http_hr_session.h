/* Users on the wire and in a request; shared by accounts and sessions. */

#ifndef NGX_HTTP_HR_SESSION_H
#define NGX_HTTP_HR_SESSION_H

#include "ngx_http_hr_work.h"

/* USER of api-core.md 2.2; with_role adds "role" (additive). */
void ngx_http_hr_write_user(hr_jw_t *w, const hr_answer_ctx_t *answer,
    const hr_store_user_t *user, bool with_role);

ngx_http_hr_role_t ngx_http_hr_role_of(hr_store_role_t role);
/* NGX_ERROR: the name is longer than a request keeps. */
ngx_int_t ngx_http_hr_fill_user(ngx_http_hr_user_t *out,
    const hr_store_user_t *user);

#endif /* NGX_HTTP_HR_SESSION_H */
