#include "ngx_http_hr_links.h"

#include <pthread.h>


#define NGX_HTTP_HR_LINK_TASKS   1000       /* running tasks shown at most */
#define NGX_HTTP_HR_LINK_ROWS    100000     /* more are read each time */
#define NGX_HTTP_HR_LINK_STALE   64         /* stripes; more: everything is read again */
#define NGX_HTTP_HR_LINK_TRIES   3

#define NGX_HTTP_HR_LINK_MASK                                                 \
    (HR_STORE_MASK(HR_STORE_COMPLETED) | HR_STORE_MASK(HR_STORE_ARCHIVED))

/* One row of the database, with its texts; shared by views, never changed. */
struct ngx_http_hr_links_row_s {
    ngx_atomic_t       holders;
    ngx_uint_t         stripe;
    hr_org_profile_t   profile;
    char               text[];
};

typedef struct {
    ngx_http_hr_links_view_t  *view;        /* that is made */
    const hr_org_t            *org;
    size_t                     capacity;
} ngx_http_hr_links_build_t;


/* of this worker */
static pthread_mutex_t            ngx_http_hr_links_mutex = PTHREAD_MUTEX_INITIALIZER;
static ngx_http_hr_links_view_t  *ngx_http_hr_links_last;


/* ---- holding ---- */


static void
ngx_http_hr_links_row_drop(ngx_http_hr_links_row_t *row)
{
    if (__atomic_sub_fetch(&row->holders, 1, __ATOMIC_ACQ_REL) == 0) {
        free(row);
    }
}


static void
ngx_http_hr_links_drop(ngx_http_hr_links_view_t *view)
{
    size_t  i;

    if (view == NULL || __atomic_sub_fetch(&view->holders, 1, __ATOMIC_ACQ_REL) != 0) {
        return;
    }

    for (i = 0; i < view->n; i++) {
        ngx_http_hr_links_row_drop(view->rows[i]);
    }

    free(view->rows);
    free(view->profiles);
    free(view->links);
    free(view);
}


static ngx_http_hr_links_view_t *
ngx_http_hr_links_hold_last(void)
{
    ngx_http_hr_links_view_t  *view;

    (void) pthread_mutex_lock(&ngx_http_hr_links_mutex);

    view = ngx_http_hr_links_last;
    if (view != NULL) {
        (void) __atomic_add_fetch(&view->holders, 1, __ATOMIC_RELAXED);
    }

    (void) pthread_mutex_unlock(&ngx_http_hr_links_mutex);

    return view;
}


/* Epochs only grow: the greater sum has seen more. */
static ngx_atomic_uint_t
ngx_http_hr_links_age(const ngx_http_hr_links_view_t *view)
{
    ngx_uint_t         i;
    ngx_atomic_uint_t  sum = view->all;

    for (i = 0; i < NGX_HTTP_HR_EPOCH_STRIPES; i++) {
        sum += view->stripe[i];
    }

    return sum;
}


static void
ngx_http_hr_links_remember(ngx_http_hr_links_view_t *view)
{
    ngx_http_hr_links_view_t  *old;

    if (view->n > NGX_HTTP_HR_LINK_ROWS) {
        return;
    }

    (void) pthread_mutex_lock(&ngx_http_hr_links_mutex);

    old = ngx_http_hr_links_last;

    if (old != NULL
        && (old->generation > view->generation
            || (old->generation == view->generation
                && ngx_http_hr_links_age(old) > ngx_http_hr_links_age(view))))
    {
        old = NULL;

    } else {
        (void) __atomic_add_fetch(&view->holders, 1, __ATOMIC_RELAXED);
        ngx_http_hr_links_last = view;
    }

    (void) pthread_mutex_unlock(&ngx_http_hr_links_mutex);

    ngx_http_hr_links_drop(old);
}


void
ngx_http_hr_links_exit_process(void)
{
    ngx_http_hr_links_view_t  *last;

    (void) pthread_mutex_lock(&ngx_http_hr_links_mutex);
    last = ngx_http_hr_links_last;
    ngx_http_hr_links_last = NULL;
    (void) pthread_mutex_unlock(&ngx_http_hr_links_mutex);

    ngx_http_hr_links_drop(last);
}


void
ngx_http_hr_links_release(ngx_http_hr_links_t *links)
{
    ngx_http_hr_links_drop(links->view);
    links->view = NULL;
}


/* ---- rows ---- */


static hr_str_t
ngx_http_hr_links_text(char **p, hr_str_t text)
{
    hr_str_t  copy = HR_STR_NULL;

    if (text.data != NULL) {
        copy = hr_str(*p, text.len);
        ngx_memcpy(*p, text.data, text.len);
        *p += text.len;
    }

    return copy;
}


static ngx_http_hr_links_row_t *
ngx_http_hr_links_row_make(const hr_org_t *org, const hr_store_link_t *link)
{
    char                     *p, created[HR_TIME_MAX];
    size_t                    len;
    hr_org_profile_t         *profile;
    ngx_http_hr_links_row_t  *row;

    len = link->created_at != HR_STORE_NO_TIME
          ? hr_time_format(link->created_at, HR_TIME_T3, created) : 0;

    row = malloc(sizeof(ngx_http_hr_links_row_t) + link->id.len
                 + link->department.len + link->position.len
                 + link->unit_path.len + len);
    if (row == NULL) {
        return NULL;
    }

    row->holders = 1;
    row->stripe = (ngx_uint_t) (link->slot % NGX_HTTP_HR_EPOCH_STRIPES);
    p = row->text;

    profile = &row->profile;
    ngx_memzero(profile, sizeof(hr_org_profile_t));
    profile->id = ngx_http_hr_links_text(&p, link->id);
    profile->department = ngx_http_hr_links_text(&p, link->department);
    profile->position = ngx_http_hr_links_text(&p, link->position);
    profile->unit_path = ngx_http_hr_links_text(&p, link->unit_path);
    profile->status = hr_str_from_c(hr_store_status_name(link->status));

    if (len != 0) {
        profile->created_at = ngx_http_hr_links_text(&p, hr_str(created, len));
    }

    profile->rowid = link->seq;
    profile->has_quality_score = link->validation_score != HR_STORE_NO_SCORE;
    profile->quality_score = link->validation_score;
    profile->current_version = (int32_t) link->current_version;
    profile->version_count = (int32_t) link->version_count;

    if (hr_org_place_profile(org, profile) != HR_OK) {
        free(row);
        return NULL;
    }

    return row;
}


/* Takes the reference. */
static hr_rc_t
ngx_http_hr_links_push(ngx_http_hr_links_build_t *build, ngx_http_hr_links_row_t *row)
{
    size_t                     capacity;
    ngx_http_hr_links_row_t  **rows;

    if (row == NULL) {
        return HR_NOMEM;
    }

    if (build->view->n == build->capacity) {
        capacity = build->capacity * 2 + 64;
        rows = realloc(build->view->rows, capacity * sizeof(ngx_http_hr_links_row_t *));

        if (rows == NULL) {
            ngx_http_hr_links_row_drop(row);
            return HR_NOMEM;
        }

        build->view->rows = rows;
        build->capacity = capacity;
    }

    build->view->rows[build->view->n++] = row;

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_links_row(void *ctx, const hr_store_link_t *link)
{
    ngx_http_hr_links_build_t  *build = ctx;

    return ngx_http_hr_links_push(build, ngx_http_hr_links_row_make(build->org, link));
}


/* ---- a view ---- */


static ngx_uint_t
ngx_http_hr_links_stale(const ngx_http_hr_links_view_t *base,
    const ngx_http_hr_links_view_t *view)
{
    ngx_uint_t  i, n;

    for (i = 0, n = 0; i < NGX_HTTP_HR_EPOCH_STRIPES; i++) {
        n += base->stripe[i] != view->stripe[i];
    }

    return n;
}


/* What has not moved from base, the rest from the database. */
static hr_rc_t
ngx_http_hr_links_renew(ngx_http_hr_links_build_t *build, hr_store_conn_t *conn,
    const ngx_http_hr_links_view_t *base)
{
    size_t                     i;
    hr_rc_t                    rc = HR_OK;
    ngx_http_hr_links_row_t   *row;
    ngx_http_hr_links_view_t  *view = build->view;

    for (i = 0; i < base->n && rc == HR_OK; i++) {
        row = base->rows[i];

        if (base->stripe[row->stripe] == view->stripe[row->stripe]) {
            (void) __atomic_add_fetch(&row->holders, 1, __ATOMIC_RELAXED);
            rc = ngx_http_hr_links_push(build, row);
        }
    }

    for (i = 0; i < NGX_HTTP_HR_EPOCH_STRIPES && rc == HR_OK; i++) {
        if (base->stripe[i] != view->stripe[i]) {
            rc = hr_store_links_stripe(conn, NGX_HTTP_HR_LINK_MASK, (unsigned) i,
                                       ngx_http_hr_links_row, build);
        }
    }

    return rc;
}


/* Rows to slots. */
static hr_rc_t
ngx_http_hr_links_place(ngx_http_hr_links_view_t *view, const hr_org_t *org)
{
    size_t  i;

    view->profiles = malloc((view->n + 1) * sizeof(hr_org_profile_t));
    view->links = malloc((hr_org_slot_count(org) + 1) * sizeof(hr_org_link_t));

    if (view->profiles == NULL || view->links == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < view->n; i++) {
        view->profiles[i] = view->rows[i]->profile;
    }

    return hr_org_link(org, view->profiles, view->n, view->links, &view->stats);
}


/*
 * Opens the snapshot of the connection.  The epochs of the view are from before it,
 * so that what is read is not older than they say.  They should also be those after
 * it: what is taken from the last view would else not be of the same moment as the
 * tasks, which are always read.
 */
static hr_rc_t
ngx_http_hr_links_begin(ngx_http_hr_links_view_t *view, hr_store_conn_t *conn)
{
    hr_rc_t            rc;
    ngx_uint_t         i;
    ngx_atomic_uint_t  after[NGX_HTTP_HR_EPOCH_STRIPES];

    for (i = 0; i < NGX_HTTP_HR_LINK_TRIES; i++) {
        hr_store_snapshot_end(conn);

        view->all = ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_ALL);
        ngx_http_hr_epoch_stripes(view->stripe);

        rc = hr_store_snapshot(conn);
        if (rc != HR_OK) {
            return rc;
        }

        ngx_http_hr_epoch_stripes(after);

        if (ngx_memcmp(after, view->stripe, sizeof(after)) == 0) {
            break;
        }
    }

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_links_fill(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_links_view_t *view, const ngx_http_hr_links_view_t *base)
{
    hr_rc_t                     rc;
    ngx_http_hr_links_build_t   build = { view, w->data.image, 0 };

    if (base != NULL && base->generation == view->generation
        && base->all == view->all
        && ngx_http_hr_links_stale(base, view) <= NGX_HTTP_HR_LINK_STALE)
    {
        rc = ngx_http_hr_links_renew(&build, conn, base);

    } else {
        rc = hr_store_links_each(conn, NGX_HTTP_HR_LINK_MASK, ngx_http_hr_links_row,
                                 &build);
    }

    return rc == HR_OK ? ngx_http_hr_links_place(view, w->data.image) : rc;
}


static hr_rc_t
ngx_http_hr_links_view(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_links_t *links)
{
    hr_rc_t                    rc;
    ngx_http_hr_links_view_t  *view, *base;

    view = calloc(1, sizeof(ngx_http_hr_links_view_t));
    if (view == NULL) {
        return HR_NOMEM;
    }

    view->holders = 1;
    view->generation = w->data.generation;

    rc = ngx_http_hr_links_begin(view, conn);
    if (rc != HR_OK) {
        ngx_http_hr_links_drop(view);
        return rc;
    }

    base = ngx_http_hr_links_hold_last();

    if (base != NULL && base->generation == view->generation
        && base->all == view->all && ngx_http_hr_links_stale(base, view) == 0)
    {
        ngx_http_hr_links_drop(view);
        links->view = base;
        return HR_OK;
    }

    rc = ngx_http_hr_links_fill(w, conn, view, base);
    ngx_http_hr_links_drop(base);

    if (rc != HR_OK) {
        ngx_http_hr_links_drop(view);
        return rc;
    }

    ngx_http_hr_links_remember(view);
    links->view = view;

    return HR_OK;
}


/* ---- tasks ---- */


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
    hr_rc_t  rc;

    ngx_memzero(links, sizeof(ngx_http_hr_links_t));

    rc = ngx_http_hr_links_view(w, conn, links);

    if (rc == HR_OK) {
        rc = ngx_http_hr_links_tasks(w, conn, links);
    }

    hr_store_snapshot_end(conn);

    if (rc != HR_OK) {
        ngx_http_hr_links_release(links);
    }

    return rc;
}
