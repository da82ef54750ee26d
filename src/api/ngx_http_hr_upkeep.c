#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_backup.h"


/*
 * What runs beside requests: noticing writes of other programs, and daily care
 * of the database.  Each worker watches, because each has its own connections;
 * care is taken by one (worker 0).
 */

#define NGX_HTTP_HR_WATCH_MS         500        /* foreign writes are seen within a second */
#define NGX_HTTP_HR_CARE_FIRST_MS    2000
#define NGX_HTTP_HR_CARE_MS          3600000
#define NGX_HTTP_HR_SESSION_KEEP     (30 * 86400ll)     /* D-23, seconds */
#define NGX_HTTP_HR_TASK_KEEP        86400ll            /* P-13 */
#define NGX_HTTP_HR_TASK_CAP         50000              /* ended tasks kept */
#define NGX_HTTP_HR_CARE_ROWS        5000
#define NGX_HTTP_HR_STALE_ROWS       2000

typedef struct {
    unsigned           events;
    unsigned           owed;        /* of them, those of looks that failed */
    hr_store_stale_t   stale;       /* rows whose folded copy is not theirs */
    bool               full;
} ngx_http_hr_watch_t;


static hr_rc_t ngx_http_hr_upkeep_open(hr_diag_t *diag);
static void ngx_http_hr_upkeep_watch(ngx_event_t *ev);
static void ngx_http_hr_upkeep_care(ngx_event_t *ev);


static ngx_connection_t   ngx_http_hr_upkeep_dummy;
static ngx_uint_t         ngx_http_hr_upkeep_watching;
static unsigned           ngx_http_hr_upkeep_owed;  /* changes seen and not yet checked */

/*
 * The watch has a connection of its own: "changed since the last look" is known
 * to one connection only, and the pool gives each look to another thread.  It is
 * opened before the first request, so that nothing was cached before the first
 * look.  Used by one look at a time (watching).
 */
static hr_store_conn_t   *ngx_http_hr_upkeep_conn;
static hr_store_watch_t   ngx_http_hr_upkeep_seen;


static void
ngx_http_hr_upkeep_timer(ngx_event_t *ev, ngx_event_handler_pt handler,
    ngx_log_t *log, ngx_msec_t first)
{
    ngx_memzero(ev, sizeof(ngx_event_t));
    ev->handler = handler;
    ev->log = log;
    ev->data = &ngx_http_hr_upkeep_dummy;
    ev->cancelable = 1;
    ngx_add_timer(ev, first);
}


void
ngx_http_hr_upkeep_start(ngx_cycle_t *cycle, ngx_http_hr_api_t *api)
{
    hr_diag_t  diag;

    ngx_http_hr_upkeep_dummy.fd = (ngx_socket_t) -1;
    ngx_memzero(&diag, sizeof(diag));

    if (ngx_http_hr_upkeep_open(&diag) != HR_OK) {
        ngx_log_error(NGX_LOG_ERR, cycle->log, 0,
                      "hr: database cannot be watched yet: %s", diag.text);
    }

    ngx_http_hr_upkeep_timer(&api->watch_db, ngx_http_hr_upkeep_watch, cycle->log,
                             NGX_HTTP_HR_WATCH_MS);

    if (ngx_worker == 0) {
        ngx_http_hr_upkeep_timer(&api->housekeeping, ngx_http_hr_upkeep_care,
                                 cycle->log, NGX_HTTP_HR_CARE_FIRST_MS);
    }
}


void
ngx_http_hr_upkeep_stop(void)
{
    if (ngx_http_hr_upkeep_conn != NULL) {
        hr_store_close(ngx_http_hr_upkeep_conn);
        ngx_http_hr_upkeep_conn = NULL;
    }
}


/* ---- foreign writers ---- */


/* Opens the connection and takes a first look; HR_OK when both went well. */
static hr_rc_t
ngx_http_hr_upkeep_open(hr_diag_t *diag)
{
    hr_rc_t    rc;
    unsigned   events;

    rc = hr_store_open(&ngx_http_hr_api()->db.store, HR_STORE_READER,
                       &ngx_http_hr_upkeep_conn, diag);
    if (rc != HR_OK) {
        ngx_http_hr_upkeep_conn = NULL;
        return rc;
    }

    return hr_store_watch(ngx_http_hr_upkeep_conn, &ngx_http_hr_upkeep_seen,
                          &events);
}


static hr_rc_t
ngx_http_hr_upkeep_look(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t               rc;
    hr_diag_t             diag;
    ngx_http_hr_watch_t  *in = w->in;

    if (ngx_http_hr_upkeep_conn == NULL) {
        ngx_memzero(&diag, sizeof(diag));
        rc = ngx_http_hr_upkeep_open(&diag);
        /* nobody knows what happened meanwhile */
        in->events = HR_STORE_FOREIGN;

    } else {
        rc = hr_store_watch(ngx_http_hr_upkeep_conn, &ngx_http_hr_upkeep_seen,
                            &in->events);
    }

    if (rc != HR_OK) {
        return rc;
    }

    in->events |= in->owed;

    if (!(in->events & (HR_STORE_FOREIGN | HR_STORE_MAYBE_FOREIGN))) {
        return HR_OK;
    }

    return hr_store_index_check(conn, w->arena,
                                (in->events & HR_STORE_FOREIGN) != 0,
                                NGX_HTTP_HR_STALE_ROWS, &in->stale);
}


static hr_rc_t
ngx_http_hr_upkeep_repair(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    ngx_http_hr_watch_t  *in = w->in;

    return hr_store_index_repair(conn, in->stale.ids, in->stale.count);
}


static ngx_int_t
ngx_http_hr_upkeep_repaired(ngx_http_hr_work_t *w)
{
    if (w->rc != HR_OK) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: search index was not repaired: %s", w->op.text);
        ngx_http_hr_upkeep_owed |= HR_STORE_FOREIGN;
    }

    /* what was rendered while the index was behind */
    ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_ALL);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_hr_upkeep_looked(ngx_http_hr_work_t *w)
{
    ngx_http_hr_watch_t  *in = w->in;

    ngx_http_hr_upkeep_watching = 0;

    if (w->rc != HR_OK) {
        if (in->events & ~in->owed) {
            /* what is older than the change ends now, the next look checks again */
            ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_ALL);
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "hr: a change by another program was not checked: %s",
                          w->op.text);
        }

        ngx_http_hr_upkeep_owed |= in->events;
        return NGX_DONE;
    }

    ngx_http_hr_upkeep_owed = 0;

    /* own commits alone leave no row behind; anything else is somebody else's */
    if ((in->events & HR_STORE_FOREIGN) || in->stale.count) {
        ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_ALL);
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_FOREIGN_WRITES, 1);

    } else if (in->events & HR_STORE_MAYBE_FOREIGN) {
        /* cheap to load again, and an account may have been locked by hand */
        ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_SESSIONS);
    }

    if (in->stale.count == 0) {
        return NGX_DONE;
    }

    return ngx_http_hr_work_next(w, NGX_HTTP_HR_WORK_WRITE,
                                 ngx_http_hr_upkeep_repair,
                                 ngx_http_hr_upkeep_repaired);
}


/*
 * Workers of a master that was killed serve on, and hold the ports: said once, as
 * nothing else shows it before the next start is refused.
 */
static void
ngx_http_hr_upkeep_orphan(ngx_log_t *log)
{
    static ngx_uint_t  told;

    if (told || ngx_process != NGX_PROCESS_WORKER || getppid() == ngx_parent) {
        return;
    }

    told = 1;
    ngx_log_error(NGX_LOG_ERR, log, 0,
                  "hr: the master process %P is gone: this worker serves on, without"
                  " reloads and successors; end it (kill -QUIT %P) and start nginx",
                  ngx_parent, ngx_pid);
}


static void
ngx_http_hr_upkeep_watch(ngx_event_t *ev)
{
    ngx_http_hr_work_t  *w;

    ngx_http_hr_turn_note("watch of the database");

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_HR_WATCH_MS);
    ngx_http_hr_upkeep_orphan(ev->log);

    if (ngx_http_hr_upkeep_watching) {
        return;
    }

    w = ngx_http_hr_work_detached(sizeof(ngx_http_hr_watch_t), 4 * 1024 * 1024);

    if (w != NULL) {
        ((ngx_http_hr_watch_t *) w->in)->owed = ngx_http_hr_upkeep_owed;
    }

    if (w != NULL
        && ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_upkeep_look,
                                  ngx_http_hr_upkeep_looked)
           == NGX_DONE)
    {
        ngx_http_hr_upkeep_watching = 1;
    }
}


/* ---- daily care (B-14, D-23, P-13) ---- */


static hr_rc_t
ngx_http_hr_upkeep_clean(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t  rc;
    int64_t  removed, left;

    rc = hr_store_sessions_cleanup(conn,
                                   w->now - NGX_HTTP_HR_SESSION_KEEP * 1000000,
                                   NGX_HTTP_HR_CARE_ROWS, &removed);
    if (rc == HR_OK) {
        rc = hr_store_tasks_cleanup(conn, w->now - NGX_HTTP_HR_TASK_KEEP * 1000000,
                                    NGX_HTTP_HR_TASK_CAP, NGX_HTTP_HR_CARE_ROWS,
                                    &removed, &left);
    }

    return rc;
}


static ngx_int_t
ngx_http_hr_upkeep_cleaned(ngx_http_hr_work_t *w)
{
    if (w->rc != HR_OK) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "hr: clean-up of old sessions and tasks failed: %s",
                      w->op.text);
    }

    return NGX_DONE;
}


/* ---- the daily copy (I-62): at the first care of a day, UTC ---- */

typedef struct {
    ngx_http_hr_backup_t   backup;
    bool                   made;
} ngx_http_hr_upkeep_copy_t;


static hr_rc_t
ngx_http_hr_upkeep_copy(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    ngx_http_hr_upkeep_copy_t  *in = w->in;

    if (!ngx_http_hr_backup_due(w)) {
        return HR_OK;
    }

    in->made = true;
    in->backup.scheduled = true;

    return ngx_http_hr_backup_make(w, &in->backup);
}


static ngx_int_t
ngx_http_hr_upkeep_copied(ngx_http_hr_work_t *w)
{
    hr_str_t                    detail;
    ngx_http_hr_upkeep_copy_t  *in = w->in;

    /* busy: somebody makes one right now */
    if (!in->made || w->rc == HR_BUSY) {
        return NGX_DONE;
    }

    if (in->backup.why[0] != '\0') {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: daily backup to \"%V\": %s", &w->conf->backup_dir,
                      in->backup.why);
    }

    if (w->rc == HR_OK) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "hr: daily backup %s: %L bytes, %L profiles",
                      in->backup.name, in->backup.info.bytes,
                      in->backup.info.profiles);
    }

    detail = ngx_http_hr_backup_detail(w->arena, &in->backup);
    ngx_http_hr_audit_later_with(w, "backup.daily", "backup",
                                 w->rc == HR_OK ? "ok" : "failed", detail);

    return NGX_DONE;
}


static void
ngx_http_hr_upkeep_backup(void)
{
    ngx_http_hr_work_t  *w;

    if (ngx_http_hr_main_conf()->backup_dir.len == 0) {
        return;
    }

    w = ngx_http_hr_work_detached(sizeof(ngx_http_hr_upkeep_copy_t), 1024 * 1024);

    if (w != NULL) {
        (void) ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_SLOW,
                                      ngx_http_hr_upkeep_copy,
                                      ngx_http_hr_upkeep_copied);
    }
}


static void
ngx_http_hr_upkeep_care(ngx_event_t *ev)
{
    ngx_http_hr_work_t  *w;

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_HR_CARE_MS);
    ngx_http_hr_upkeep_backup();

    w = ngx_http_hr_work_detached(0, 1024 * 1024);

    if (w != NULL) {
        (void) ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_WRITE,
                                      ngx_http_hr_upkeep_clean,
                                      ngx_http_hr_upkeep_cleaned);
    }
}
