/* The list of profile ids that every bulk endpoint takes. */

#ifndef NGX_HTTP_HR_IDS_H
#define NGX_HTTP_HR_IDS_H

#include "ngx_http_hr_work.h"

/* Adds a value_error that names the first entry that is no UUID; ids may be NULL. */
void ngx_http_hr_ids_check(ngx_http_hr_problems_t *p, const hr_json_t *ids);

/* Normalised copies in the work's arena, each once, in the order given (P-38). */
ngx_int_t ngx_http_hr_ids_copy(ngx_http_hr_work_t *w, const hr_json_t *ids,
    hr_str_t **out, size_t *count);

/* In run(): 404 for a list of which nothing exists. */
hr_rc_t ngx_http_hr_ids_not_found(ngx_http_hr_work_t *w, const hr_str_t *ids,
    size_t count);

#endif /* NGX_HTTP_HR_IDS_H */
