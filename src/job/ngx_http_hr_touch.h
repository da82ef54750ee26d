/* A committed write ends the cached answers that were made of what it touched. */

#ifndef NGX_HTTP_HR_TOUCH_H
#define NGX_HTTP_HR_TOUCH_H

#include "ngx_http_hr.h"
#include "ngx_http_hr_db.h"

/*
 * touched: HR_STORE_T_* bits of the transaction; stripes: where LINKS were, NULL:
 * anywhere.  The bridge calls it in the writer's thread, right after the commit
 * (ngx_http_hr_db_conf_t).
 */
void ngx_http_hr_touched(unsigned touched, const hr_store_stripes_t *stripes);
/* The slot of one profile, beside its family; before the change is acknowledged. */
void ngx_http_hr_touched_profile(hr_str_t id);

#endif /* NGX_HTTP_HR_TOUCH_H */
