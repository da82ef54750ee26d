#include "ngx_http_hr_org.h"

#include "hr_text.h"


#define NGX_HTTP_HR_LINK_TASKS  1000        /* running tasks shown at most */


ngx_http_hr_work_t *
ngx_http_hr_org_work(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, size_t in_size)
{
    ngx_http_hr_work_t  *w;

    w = ngx_http_hr_work_create(r, ctx, in_size, 512 * 1024 * 1024);
    if (w == NULL) {
        return NULL;
    }

    if (ngx_http_hr_work_hold_data(w) != NGX_OK) {
        ngx_http_hr_work_free(w);
        return NULL;
    }

    w->gzip = true;
    w->etag = true;

    return w;
}


hr_str_t
ngx_http_hr_org_loaded(ngx_http_hr_work_t *w)
{
    char    text[HR_TIME_MAX];
    size_t  len;

    len = hr_time_format((hr_instant_t) w->data.loaded * 1000000,
                         w->answer.naive ? HR_TIME_WIRE_NAIVE : HR_TIME_WIRE_Z,
                         text);

    return hr_arena_str(w->arena, hr_str(text, len));
}


ngx_int_t
ngx_http_hr_org_param(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t param, const char *name, size_t max, ngx_int_t *rc)
{
    char                    field[80], message[80];
    hr_str_t                text;
    ngx_http_hr_problems_t  p;

    text = ngx_http_hr_str(&ctx->params[param]);

    if (hr_utf8_count(text) <= max) {
        return NGX_OK;
    }

    (void) snprintf(field, sizeof(field), "path.%s", name);
    (void) snprintf(message, sizeof(message),
                    "String should have at most %zu characters", max);

    ngx_http_hr_problems_init(&p, ctx);
    ngx_http_hr_problem_text(&p, field, message, "string_too_long", text);
    *rc = ngx_http_hr_problems_send(r, ctx, &p);

    return NGX_DECLINED;
}


/* ---- links ---- */

typedef struct {
    ngx_http_hr_work_t   *w;
    ngx_http_hr_links_t  *links;
} ngx_http_hr_links_row_t;


static hr_str_t
ngx_http_hr_links_copy(ngx_http_hr_work_t *w, hr_str_t text)
{
    return text.data == NULL ? HR_STR_NULL : hr_arena_str(w->arena, text);
}


static hr_rc_t
ngx_http_hr_links_grow(ngx_http_hr_work_t *w, ngx_http_hr_links_t *links)
{
    size_t             capacity;
    hr_org_profile_t  *profiles;

    if (links->n < links->capacity) {
        return HR_OK;
    }

    capacity = links->capacity ? links->capacity * 2 : 1024;
    profiles = hr_arena_alloc(w->arena, capacity * sizeof(hr_org_profile_t));

    if (profiles == NULL) {
        return HR_NOMEM;
    }

    if (links->n) {
        memcpy(profiles, links->profiles, links->n * sizeof(hr_org_profile_t));
    }

    links->profiles = profiles;
    links->capacity = capacity;

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_links_row(void *ctx, const hr_store_link_t *link)
{
    char                      text[HR_TIME_MAX];
    size_t                    len;
    hr_org_profile_t         *p;
    ngx_http_hr_links_row_t  *row = ctx;

    if (ngx_http_hr_links_grow(row->w, row->links) != HR_OK) {
        return HR_NOMEM;
    }

    p = &row->links->profiles[row->links->n];
    memset(p, 0, sizeof(hr_org_profile_t));

    p->id = ngx_http_hr_links_copy(row->w, link->id);
    p->department = ngx_http_hr_links_copy(row->w, link->department);
    p->position = ngx_http_hr_links_copy(row->w, link->position);
    p->unit_path = ngx_http_hr_links_copy(row->w, link->unit_path);
    p->status = hr_str_from_c(hr_store_status_name(link->status));

    if (link->created_at != HR_STORE_NO_TIME) {
        len = hr_time_format(link->created_at, HR_TIME_T3, text);
        p->created_at = hr_arena_str(row->w->arena, hr_str(text, len));
    }

    /* the store gives rows in the order of insertion where times are equal */
    p->rowid = (int64_t) row->links->n;
    p->has_quality_score = link->validation_score != HR_STORE_NO_SCORE;
    p->quality_score = link->validation_score;
    p->current_version = (int32_t) link->current_version;
    p->version_count = (int32_t) link->version_count;

    if (p->id.data == NULL || p->department.data == NULL
        || p->position.data == NULL)
    {
        return HR_NOMEM;
    }

    row->links->n++;

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_links_tasks(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_links_t *links)
{
    size_t                  i;
    hr_rc_t                 rc;
    hr_store_tasks_t        open;
    const hr_store_task_t  *task;

    rc = hr_store_tasks_open(conn, w->arena, NGX_HTTP_HR_LINK_TASKS, &open);

    if (rc != HR_OK || open.count == 0) {
        return rc;
    }

    links->tasks = hr_arena_calloc(w->arena, open.count * sizeof(hr_org_task_t));
    links->task_of_slot = hr_arena_alloc(w->arena,
                                         hr_org_slot_count(w->data.image)
                                         * sizeof(uint32_t));

    if (links->tasks == NULL || links->task_of_slot == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < open.count; i++) {
        task = &open.items[i];
        links->tasks[i].task_id = task->id;
        links->tasks[i].department = task->slot.department;
        links->tasks[i].position = task->slot.position;
        links->tasks[i].unit_path = task->slot.unit_path;
        links->tasks[i].status =
            hr_str_from_c(hr_store_task_status_name(task->status));
        links->tasks[i].current_step = task->step;
        links->tasks[i].progress = (int) task->progress;
    }

    links->ntasks = open.count;

    return hr_org_link_tasks(w->data.image, links->tasks, links->ntasks,
                             links->task_of_slot);
}


hr_rc_t
ngx_http_hr_links_load(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_links_t *links)
{
    hr_rc_t                   rc;
    ngx_http_hr_links_row_t   row;

    memset(links, 0, sizeof(ngx_http_hr_links_t));
    row.w = w;
    row.links = links;

    rc = hr_store_snapshot(conn);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_links_each(conn, HR_STORE_MASK(HR_STORE_COMPLETED)
                                   | HR_STORE_MASK(HR_STORE_ARCHIVED),
                             ngx_http_hr_links_row, &row);

    if (rc == HR_OK) {
        rc = ngx_http_hr_links_tasks(w, conn, links);
    }

    hr_store_snapshot_end(conn);

    if (rc != HR_OK) {
        return rc;
    }

    links->links = hr_arena_alloc(w->arena, hr_org_slot_count(w->data.image)
                                            * sizeof(hr_org_link_t));
    if (links->links == NULL) {
        return HR_NOMEM;
    }

    return hr_org_link(w->data.image, links->profiles, links->n, links->links,
                       &links->stats);
}
