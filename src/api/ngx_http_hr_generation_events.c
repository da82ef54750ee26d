#include "ngx_http_hr_generation.h"
#include "ngx_http_hr_sse.h"

#include "hr_members.h"


/*
 * GET /api/generation/{task_id}/events: progress without polling (I-71).
 *
 *   progress   what the status would say, whenever it changes
 *   section    a part of the document has begun to arrive
 *   end        the task as it ended; the stream closes
 *   bye        this worker quits, or the session may have ended: come back
 *
 * The stream looks at the mirror in shared memory, so it does not matter which
 * worker runs the task; the database is asked when no worker does, and only
 * after some task has changed.  The id of an event is the state that it tells,
 * so that Last-Event-ID says what a client knows already.
 */

#define NGX_HTTP_HR_EVENTS_INTERVAL  200    /* ms */
#define NGX_HTTP_HR_EVENTS_ASK       400    /* ms between questions to the database */
#define NGX_HTTP_HR_EVENTS_ASK_SLOW  3000   /* ... when nothing is known to have changed */

/* What a client knows. */
typedef struct {
    ngx_uint_t               attempt;
    ngx_uint_t               progress;
    ngx_uint_t               state;         /* status * steps + step */
    ngx_uint_t               place;         /* in the queue */
    ngx_uint_t               sections;      /* a bit each */
} ngx_http_hr_events_known_t;

typedef struct ngx_http_hr_ask_s  ngx_http_hr_ask_t;

typedef struct {
    ngx_http_hr_sse_t           *sse;
    char                         id[NGX_HTTP_HR_JOBS_ID + 1];
    hr_answer_ctx_t              answer;
    ngx_http_hr_events_known_t   known;
    ngx_http_hr_ask_t           *ask;       /* a question in a thread, or NULL */
    ngx_msec_t                   asked;
    ngx_atomic_uint_t            epoch;     /* of the tasks, when asked */
} ngx_http_hr_events_t;

/* One question to the database; outlives its stream. */
struct ngx_http_hr_ask_s {
    ngx_http_hr_db_op_t          op;
    ngx_http_hr_events_t        *events;    /* NULL: nobody listens any more */
    hr_arena_t                  *arena;
    char                         id[NGX_HTTP_HR_JOBS_ID + 1];
    hr_store_task_t              task;
};

typedef struct {
    hr_str_t                     id;
    hr_str_t                     last;      /* Last-Event-ID */
    ngx_http_hr_session_watch_t  session;
    hr_store_task_t              task;
} ngx_http_hr_events_in_t;


static void ngx_http_hr_events_tick(ngx_http_hr_sse_t *sse);
static void ngx_http_hr_events_gone(ngx_http_hr_sse_t *sse);


/* ---- ids ---- */


static size_t
ngx_http_hr_events_id(const ngx_http_hr_events_known_t *k, u_char *buf)
{
    return ngx_sprintf(buf, "%ui.%ui.%ui.%ui.%ui", k->attempt, k->state,
                       k->progress, k->place, k->sections) - buf;
}


static bool
ngx_http_hr_events_parse(hr_str_t id, ngx_http_hr_events_known_t *k)
{
    char           text[128];
    unsigned long  attempt, state, progress, place, sections;

    if (id.len == 0 || id.len >= sizeof(text)) {
        return false;
    }

    ngx_memcpy(text, id.data, id.len);
    text[id.len] = '\0';

    if (sscanf(text, "%lu.%lu.%lu.%lu.%lu", &attempt, &state, &progress, &place,
               &sections) != 5)
    {
        return false;
    }

    k->attempt = attempt;
    k->state = state;
    k->progress = progress;
    k->place = place;
    k->sections = sections;

    return true;
}


/* ---- events ---- */


static ngx_int_t
ngx_http_hr_events_put(ngx_http_hr_events_t *e, const char *event, hr_buf_t *data)
{
    u_char     id[128];
    size_t     len;
    ngx_int_t  rc;

    if (data->err != HR_OK) {
        hr_buf_release(data);
        return NGX_OK;                  /* the next state is told again */
    }

    len = ngx_http_hr_events_id(&e->known, id);
    rc = ngx_http_hr_sse_send(e->sse, event, hr_str((char *) id, len),
                              hr_buf_view(data));
    hr_buf_release(data);

    return rc;
}


/* Parts of the document that began since the last look. */
static ngx_int_t
ngx_http_hr_events_sections(ngx_http_hr_events_t *e, ngx_uint_t sections)
{
    hr_jw_t     jw;
    hr_buf_t    buf;
    ngx_uint_t  i, n;

    for (i = 0, n = 0; i < HR_MEMBERS_COUNT; i++) {

        n += (sections >> i) & 1;

        if (!((sections >> i) & 1) || ((e->known.sections >> i) & 1)) {
            continue;
        }

        e->known.sections |= (ngx_uint_t) 1 << i;

        hr_buf_init(&buf, 1024);
        hr_jw_init(&jw, &buf);
        hr_jw_object(&jw);
        hr_jw_kc(&jw, "section", hr_members_names[i]);
        hr_jw_kint(&jw, "count", (int64_t) n);
        hr_jw_kint(&jw, "total", HR_MEMBERS_COUNT);
        hr_jw_end_object(&jw);

        if (ngx_http_hr_events_put(e, "section", &buf) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_events_running(ngx_http_hr_events_t *e,
    const ngx_http_hr_progress_t *p)
{
    hr_jw_t                      jw;
    hr_buf_t                     buf;
    ngx_http_hr_events_known_t   now;

    now = e->known;
    now.attempt = p->attempt;
    now.progress = p->progress;
    now.state = HR_STORE_TASK_PROCESSING * NGX_HTTP_HR_STEPS + p->step;
    now.place = 0;

    if (p->attempt != e->known.attempt) {
        now.sections = 0;               /* another answer begins from nothing */
    }

    if (ngx_memcmp(&now, &e->known, sizeof(now)) != 0) {
        e->known = now;

        hr_buf_init(&buf, 4096);
        hr_jw_init(&jw, &buf);
        hr_jw_object(&jw);
        hr_jw_kc(&jw, "task_id", e->id);
        hr_jw_kc(&jw, "status",
                 hr_store_task_status_name(HR_STORE_TASK_PROCESSING));
        hr_jw_kint(&jw, "progress", (int64_t) p->progress);
        hr_jw_kstr(&jw, "current_step", ngx_http_hr_step_text(p->step));
        hr_jw_kint(&jw, "attempt", (int64_t) p->attempt);
        hr_jw_kint(&jw, "tries", (int64_t) p->tries);
        hr_jw_kint(&jw, "characters", (int64_t) p->chars);
        hr_jw_kint(&jw, "first_token_ms", (int64_t) p->first_token);
        hr_jw_kint(&jw, "retry_in_ms", (int64_t) p->waiting);
        hr_jw_end_object(&jw);

        if (ngx_http_hr_events_put(e, "progress", &buf) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_hr_events_sections(e, p->sections);
}


/* NGX_DONE: the stream was closed. */
static ngx_int_t
ngx_http_hr_events_row(ngx_http_hr_events_t *e, const hr_store_task_t *task)
{
    hr_jw_t                      jw;
    hr_buf_t                     buf;
    ngx_uint_t                   ended;
    ngx_http_hr_events_known_t   now;

    ended = task->status > HR_STORE_TASK_PROCESSING;

    now = e->known;
    now.attempt = (ngx_uint_t) task->attempt;
    now.progress = (ngx_uint_t) task->progress;
    now.state = (ngx_uint_t) task->status * NGX_HTTP_HR_STEPS;
    now.place = (ngx_uint_t) task->queue_position;

    /* a running task without a mirror is between two workers: nothing to tell */
    if (!ended && (task->status == HR_STORE_TASK_PROCESSING
                   || ngx_memcmp(&now, &e->known, sizeof(now)) == 0))
    {
        return NGX_OK;
    }

    e->known = now;

    hr_buf_init(&buf, 256 * 1024);
    hr_jw_init(&jw, &buf);
    ngx_http_hr_task_write(&jw, &e->answer, task, NULL);

    if (ngx_http_hr_events_put(e, ended ? "end" : "progress", &buf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ended) {
        ngx_http_hr_sse_close(e->sse);
        return NGX_DONE;
    }

    return NGX_OK;
}


/* ---- questions to the database ---- */


static void
ngx_http_hr_ask_run(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    ngx_http_hr_ask_t  *ask = op->data;

    op->rc = hr_store_task_get(conn, ask->arena, hr_str_from_c(ask->id), 0,
                               &ask->task);

    if (op->rc == HR_OK) {
        ask->task.result = HR_STR_NULL;
        ngx_http_hr_task_announce(&ask->task);
    }
}


static void
ngx_http_hr_ask_done(ngx_http_hr_db_op_t *op)
{
    ngx_http_hr_ask_t     *ask = op->data;
    ngx_http_hr_events_t  *e = ask->events;

    if (e != NULL) {
        e->ask = NULL;

        if (op->rc == HR_OK) {
            (void) ngx_http_hr_events_row(e, &ask->task);

        } else if (op->rc == HR_NOT_FOUND) {
            ngx_http_hr_sse_close(e->sse);      /* cleaned up meanwhile */
        }
    }

    hr_arena_destroy(ask->arena);
    ngx_free(ask);
}


static void
ngx_http_hr_events_ask(ngx_http_hr_events_t *e)
{
    ngx_msec_t           since = ngx_current_msec - e->asked;
    ngx_atomic_uint_t    epoch;
    ngx_http_hr_ask_t   *ask;

    epoch = ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_TASKS)
            + ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_ALL);

    if (e->ask != NULL || since < NGX_HTTP_HR_EVENTS_ASK
        || (epoch == e->epoch && since < NGX_HTTP_HR_EVENTS_ASK_SLOW))
    {
        return;
    }

    ask = ngx_calloc(sizeof(ngx_http_hr_ask_t), ngx_cycle->log);
    if (ask == NULL) {
        return;
    }

    ask->arena = hr_arena_create(4 * 1024 * 1024);
    if (ask->arena == NULL) {
        ngx_free(ask);
        return;
    }

    ngx_memcpy(ask->id, e->id, sizeof(ask->id));
    ask->events = e;
    ask->op.run = ngx_http_hr_ask_run;
    ask->op.done = ngx_http_hr_ask_done;
    ask->op.data = ask;

    if (ngx_http_hr_db_read(&ask->op) != NGX_OK) {
        hr_arena_destroy(ask->arena);
        ngx_free(ask);
        return;
    }

    e->ask = ask;
    e->asked = ngx_current_msec;
    e->epoch = epoch;
}


/* ---- the stream ---- */


static void
ngx_http_hr_events_tick(ngx_http_hr_sse_t *sse)
{
    ngx_http_hr_events_t    *e = sse->data;
    ngx_http_hr_progress_t   progress;

    if (ngx_http_hr_jobs_get(hr_str_from_c(e->id), &progress) == NGX_OK) {
        (void) ngx_http_hr_events_running(e, &progress);
        return;
    }

    ngx_http_hr_events_ask(e);
}


static void
ngx_http_hr_events_gone(ngx_http_hr_sse_t *sse)
{
    ngx_http_hr_events_t  *e = sse->data;

    if (e->ask != NULL) {
        e->ask->events = NULL;
        ngx_http_hr_db_cancel(&e->ask->op);
        e->ask = NULL;
    }
}


/* The task is known and may be seen: the answer becomes a stream. */
static ngx_int_t
ngx_http_hr_events_begin(ngx_http_hr_work_t *w)
{
    ngx_http_request_t       *r = w->r;
    ngx_http_hr_events_t     *e;
    ngx_http_hr_events_in_t  *in = w->in;

    if (w->rc != HR_OK || r == NULL) {
        return NGX_OK;
    }

    e = ngx_pcalloc(r->pool, sizeof(ngx_http_hr_events_t));
    if (e == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memcpy(e->id, in->task.id.data,
               ngx_min(in->task.id.len, NGX_HTTP_HR_JOBS_ID));
    e->answer = w->answer;
    e->answer.path = w->ctx->answer.path;
    e->known.state = NGX_MAX_INT_T_VALUE;       /* nothing is known yet */

    if (ngx_http_hr_events_parse(in->last, &e->known)
        && in->task.status > HR_STORE_TASK_PROCESSING
        && e->known.state == (ngx_uint_t) in->task.status * NGX_HTTP_HR_STEPS)
    {
        /* the end was told already: 204 keeps the client from coming back */
        w->out.status = NGX_HTTP_NO_CONTENT;
        return NGX_OK;
    }

    e->sse = ngx_http_hr_sse_open(r, w->ctx, &in->session,
                                  NGX_HTTP_HR_EVENTS_INTERVAL,
                                  ngx_http_hr_events_tick, ngx_http_hr_events_gone,
                                  e);

    /* what the look-up has found needs no second question */
    if (e->sse != NULL) {
        e->asked = ngx_current_msec;
        e->epoch = ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_TASKS)
                   + ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_ALL);
        (void) ngx_http_hr_events_row(e, &in->task);
    }

    return NGX_DONE;
}


static hr_rc_t
ngx_http_hr_events_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    ngx_http_hr_events_in_t  *in = w->in;

    return ngx_http_hr_task_load(w, conn, in->id, &in->task);
}


static ngx_int_t
ngx_http_hr_events(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_str_t                 last;
    ngx_http_hr_work_t       *w;
    ngx_http_hr_events_in_t  *in;

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_events_in_t),
                                8 * 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    last = ngx_http_hr_request_header(r, "Last-Event-ID");
    in->id = ngx_http_hr_work_str(w, ngx_http_hr_str(&ctx->params[0]));
    in->last = ngx_http_hr_work_str(w, ngx_http_hr_str(&last));
    ngx_http_hr_session_watch(&in->session, &ctx->user);

    if (in->id.data == NULL) {
        ngx_http_hr_work_free(w);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_events_run,
                                  ngx_http_hr_events_begin);
}


const ngx_http_hr_route_t  ngx_http_hr_events_routes[] = {

    { "/api/generation/{task_id}/events", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_events, "stream_task_events" },

    NGX_HTTP_HR_ROUTES_END
};
