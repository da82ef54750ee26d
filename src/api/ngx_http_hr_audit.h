/* The audit trail (improvements.md I-43): one record per action, no bodies, no secrets. */

#ifndef NGX_HTTP_HR_AUDIT_H
#define NGX_HTTP_HR_AUDIT_H

#include "ngx_http_hr_work.h"

/*
 * In run() of a write: the record stands or falls with the write itself.
 * object texts may be {0, NULL}; detail is a JSON object or {0, NULL}.
 */
hr_rc_t ngx_http_hr_audit(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    const char *action, const char *object_type, hr_str_t object_id,
    hr_str_t detail);

/*
 * On the event loop, for what writes nothing else (a failed login, a
 * download): a write of its own that nobody waits for.  name: who, when
 * nobody is logged in.
 */
void ngx_http_hr_audit_later(const ngx_http_hr_work_t *w, const char *action,
    const char *object_type, hr_str_t object_id, hr_str_t name,
    const char *result);
/* The same with a detail, a JSON object; by whom the work is. */
void ngx_http_hr_audit_later_with(const ngx_http_hr_work_t *w,
    const char *action, const char *object_type, const char *result,
    hr_str_t detail);

#endif /* NGX_HTTP_HR_AUDIT_H */
