/* A committed write ends the cached answers that were made of what it touched. */

#ifndef NGX_HTTP_HR_TOUCH_H
#define NGX_HTTP_HR_TOUCH_H

#include "ngx_http_hr.h"
#include "ngx_http_hr_db.h"

/* touched: HR_STORE_T_* bits of the transaction; call it before acknowledging. */
void ngx_http_hr_touched(unsigned touched);
/* The slot of one profile, beside its family. */
void ngx_http_hr_touched_profile(hr_str_t id);

#endif /* NGX_HTTP_HR_TOUCH_H */
