#include "ngx_http_hr_audit.h"


typedef struct {
    hr_store_audit_t  event;
} ngx_http_hr_audit_in_t;


static void
ngx_http_hr_audit_fill(const ngx_http_hr_work_t *w, hr_store_audit_t *event)
{
    event->at = w->now;
    event->user_id = w->user.id;

    if (w->user.id != 0) {
        event->username = hr_str((const char *) w->user.username,
                                 w->user.username_len);
    }

    event->address = w->address;
    event->request_id = hr_str_from_c(w->answer.request_id);
}


hr_rc_t
ngx_http_hr_audit(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    const char *action, const char *object_type, hr_str_t object_id,
    hr_str_t detail)
{
    hr_store_audit_t  event;

    ngx_memzero(&event, sizeof(event));
    ngx_http_hr_audit_fill(w, &event);
    event.action = hr_str_from_c(action);
    event.object_type = hr_str_from_c(object_type);
    event.object_id = object_id;
    event.result = HR_STR("ok");
    event.detail = detail;

    return hr_store_audit_append(conn, &event);
}


static hr_rc_t
ngx_http_hr_audit_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    return hr_store_audit_append(conn, &((ngx_http_hr_audit_in_t *) w->in)->event);
}


static ngx_int_t
ngx_http_hr_audit_done(ngx_http_hr_work_t *w)
{
    if (w->rc != HR_OK) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: audit record was not written: %s", w->op.text);
    }

    return NGX_DONE;
}


static void
ngx_http_hr_audit_post(const ngx_http_hr_work_t *from,
    const hr_store_audit_t *given)
{
    hr_store_audit_t    *event;
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_detached(sizeof(ngx_http_hr_audit_in_t), 64 * 1024);
    if (w == NULL) {
        return;
    }

    event = &((ngx_http_hr_audit_in_t *) w->in)->event;
    ngx_http_hr_audit_fill(from, event);

    if (given->username.data != NULL) {
        event->username = given->username;
    }

    /* the texts of the other work end with it */
    event->username = ngx_http_hr_work_str(w, event->username);
    event->address = ngx_http_hr_work_str(w, event->address);
    event->request_id = ngx_http_hr_work_str(w, event->request_id);
    event->object_id = ngx_http_hr_work_str(w, given->object_id);
    event->detail = ngx_http_hr_work_str(w, given->detail);
    event->action = given->action;
    event->object_type = given->object_type;
    event->result = given->result;

    (void) ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                  ngx_http_hr_audit_run, ngx_http_hr_audit_done);
}


void
ngx_http_hr_audit_later(const ngx_http_hr_work_t *from, const char *action,
    const char *object_type, hr_str_t object_id, hr_str_t name,
    const char *result)
{
    hr_store_audit_t  event;

    ngx_memzero(&event, sizeof(event));
    event.action = hr_str_from_c(action);
    event.object_type = hr_str_from_c(object_type);
    event.object_id = object_id;
    event.username = name;
    event.result = hr_str_from_c(result);

    ngx_http_hr_audit_post(from, &event);
}


void
ngx_http_hr_audit_later_with(const ngx_http_hr_work_t *from, const char *action,
    const char *object_type, const char *result, hr_str_t detail)
{
    hr_store_audit_t  event;

    ngx_memzero(&event, sizeof(event));
    event.action = hr_str_from_c(action);
    event.object_type = hr_str_from_c(object_type);
    event.result = hr_str_from_c(result);
    event.detail = detail;

    ngx_http_hr_audit_post(from, &event);
}
