#include "ngx_http_hr_rescore.h"
#include "ngx_http_hr_api.h"
#include "ngx_http_hr_profile.h"

#include "hr_profile_meta.h"
#include "hr_score.h"


#define NGX_HTTP_HR_RESCORE_BATCH    50
#define NGX_HTTP_HR_RESCORE_ARENA    (64 * 1024 * 1024)     /* of a batch */
#define NGX_HTTP_HR_RESCORE_ONE      (256 * 1024 * 1024)    /* of a document */

struct ngx_http_hr_rescore_item_s {
    hr_str_t             id;
    char                 etag[17];      /* of the row that was read */
    hr_store_scores_t    scores;
};

typedef enum {
    NGX_HTTP_HR_RESCORE_SAME = 0,
    NGX_HTTP_HR_RESCORE_CHANGED,
    NGX_HTTP_HR_RESCORE_BROKEN
} ngx_http_hr_rescore_result_t;


static hr_rc_t ngx_http_hr_rescore_look(ngx_http_hr_work_t *w,
    hr_store_conn_t *conn);
static ngx_int_t ngx_http_hr_rescore_looked(ngx_http_hr_work_t *w);


/* ---- one profile ---- */


/*
 * item->scores.metadata is set when the record differs and can be stored so that
 * it will be read again; metadata that are no JSON are left as they are.
 */
static hr_rc_t
ngx_http_hr_rescore_record(hr_arena_t *arena, hr_arena_t *keep,
    const hr_json_t *base, const hr_completeness_t *completeness,
    const hr_score_report_t *report, ngx_http_hr_rescore_item_t *item)
{
    hr_rc_t     rc;
    hr_buf_t    buf;
    hr_json_t  *meta;

    meta = hr_json_clone(arena, base);
    if (meta == NULL) {
        return HR_NOMEM;
    }

    meta->key = HR_STR_NULL;

    rc = hr_score_publish(arena, meta, completeness, report);
    if (rc != HR_OK || hr_json_equal(base, meta)) {
        return rc;
    }

    hr_buf_init(&buf, HR_META_BYTES_MAX);
    rc = hr_json_write(meta, HR_JSON_COMPACT, &buf);

    if (rc == HR_OK) {
        item->scores.metadata = hr_arena_str(keep, hr_buf_view(&buf));
        rc = item->scores.metadata.data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&buf);

    return rc == HR_LIMIT ? HR_OK : rc;
}


static bool
ngx_http_hr_rescore_differs(double a, double b)
{
    return a < b || a > b;
}


static hr_rc_t
ngx_http_hr_rescore_compute(hr_arena_t *arena, hr_arena_t *keep,
    const hr_store_profile_t *row, const hr_profile_t *profile,
    ngx_http_hr_rescore_item_t *item, ngx_http_hr_rescore_result_t *result)
{
    double                   validation;
    hr_rc_t                  rc;
    hr_diag_t                diag;
    hr_json_t               *document, *stored, *base;
    hr_score_facts_t         facts;
    hr_completeness_t        completeness;
    hr_score_report_t        report;
    const hr_vocabulary_t   *voc = ngx_http_hr_vocabulary();

    document = hr_profile_view(arena, profile, voc, HR_VIEW_STORED);
    base = ngx_http_hr_profile_meta(arena, row->metadata, profile);

    if (document == NULL || base == NULL) {
        return HR_NOMEM;
    }

    hr_score_facts(base, &facts);

    if ((rc = hr_score_completeness(arena, document, &completeness)) != HR_OK
        || (rc = hr_score_quality(arena, ngx_http_hr_api()->quality, voc,
                                  document, &facts, &report)) != HR_OK)
    {
        return rc;
    }

    item->scores.completeness = completeness.score;
    item->scores.validation = report.evaluated ? report.validation
                                               : HR_STORE_NO_SCORE;
    item->scores.metadata = HR_STR_NULL;

    rc = hr_meta_open(arena, row->metadata, &stored, &diag);

    if (rc == HR_OK) {
        rc = ngx_http_hr_rescore_record(arena, keep, base, &completeness, &report,
                                        item);
    }

    if (rc != HR_OK && rc != HR_INVALID && rc != HR_LIMIT) {
        return rc;
    }

    /* a score that is not known reads as 0 */
    validation = report.evaluated ? report.validation : 0;

    *result = item->scores.metadata.data != NULL
              || ngx_http_hr_rescore_differs(row->card.validation_score, validation)
              || ngx_http_hr_rescore_differs(row->card.completeness_score,
                                             completeness.score)
              ? NGX_HTTP_HR_RESCORE_CHANGED : NGX_HTTP_HR_RESCORE_SAME;

    return HR_OK;
}


/* HR_NOT_FOUND: it is gone. */
static hr_rc_t
ngx_http_hr_rescore_one(hr_store_conn_t *conn, hr_arena_t *keep, hr_str_t id,
    ngx_http_hr_rescore_item_t *item, ngx_http_hr_rescore_result_t *result)
{
    hr_rc_t              rc;
    hr_diag_t            diag;
    hr_arena_t          *arena;
    hr_profile_t         profile;
    hr_store_profile_t   row;

    arena = hr_arena_create(NGX_HTTP_HR_RESCORE_ONE);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    rc = hr_store_profile_get(conn, arena, id, &row);

    if (rc == HR_OK) {
        item->id = id;
        ngx_memcpy(item->etag, row.card.etag, sizeof(item->etag));

        rc = hr_profile_open(arena, row.document, &profile, &diag);

        if (rc == HR_OK) {
            rc = ngx_http_hr_rescore_compute(arena, keep, &row, &profile, item,
                                             result);

        } else if (rc == HR_INVALID || rc == HR_LIMIT) {
            *result = NGX_HTTP_HR_RESCORE_BROKEN;
            rc = HR_OK;
        }
    }

    hr_arena_destroy(arena);

    return rc;
}


/* ---- a batch ---- */


static hr_rc_t
ngx_http_hr_rescore_note(ngx_http_hr_rescore_t *job, hr_store_conn_t *conn,
    hr_str_t id)
{
    hr_rc_t                        rc;
    ngx_http_hr_rescore_result_t   result;

    rc = ngx_http_hr_rescore_one(conn, job->batch, id, &job->items[job->count],
                                 &result);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND ? HR_OK : rc;
    }

    job->seen++;
    job->count += result == NGX_HTTP_HR_RESCORE_CHANGED;

    if (result == NGX_HTTP_HR_RESCORE_BROKEN && job->skipped++ == 0) {
        (void) ngx_snprintf((u_char *) job->broken, sizeof(job->broken), "%*s%Z",
                            id.len, id.data);
    }

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_rescore_look(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                  i, n;
    hr_rc_t                 rc;
    hr_str_t               *ids;
    ngx_http_hr_rescore_t  *job = w->in;

    hr_arena_destroy(job->batch);
    job->count = 0;
    job->batch = hr_arena_create(NGX_HTTP_HR_RESCORE_ARENA);

    if (job->batch == NULL) {
        return HR_NOMEM;
    }

    rc = hr_store_profile_ids(conn, job->batch, hr_str_from_c(job->after),
                              NGX_HTTP_HR_RESCORE_BATCH, &ids, &n);
    if (rc != HR_OK) {
        return rc;
    }

    job->last = n < NGX_HTTP_HR_RESCORE_BATCH;

    if (n == 0) {
        return HR_OK;
    }

    job->items = hr_arena_calloc(job->batch,
                                 n * sizeof(ngx_http_hr_rescore_item_t));
    if (job->items == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < n; i++) {
        rc = ngx_http_hr_rescore_note(job, conn, ids[i]);
        if (rc != HR_OK) {
            return rc;
        }
    }

    (void) ngx_snprintf((u_char *) job->after, sizeof(job->after), "%*s%Z",
                        ids[n - 1].len, ids[n - 1].data);

    return HR_OK;
}


/* A row that moved since it was read is computed again, now under the lock. */
static hr_rc_t
ngx_http_hr_rescore_store(ngx_http_hr_rescore_t *job, hr_store_conn_t *conn,
    ngx_http_hr_rescore_item_t *item, ngx_http_hr_rescore_result_t *result)
{
    hr_rc_t             rc;
    hr_store_expect_t   expect;

    ngx_memzero(&expect, sizeof(expect));
    expect.etag = hr_str_from_c(item->etag);
    *result = NGX_HTTP_HR_RESCORE_CHANGED;

    rc = hr_store_rescore(conn, item->id, &item->scores, &expect);

    if (rc == HR_CONFLICT) {
        rc = ngx_http_hr_rescore_one(conn, job->batch, item->id, item, result);

        if (rc == HR_OK && *result == NGX_HTTP_HR_RESCORE_CHANGED) {
            rc = hr_store_rescore(conn, item->id, &item->scores, NULL);
        }
    }

    if (rc == HR_NOT_FOUND) {
        *result = NGX_HTTP_HR_RESCORE_SAME;
        rc = HR_OK;
    }

    return rc;
}


static hr_rc_t
ngx_http_hr_rescore_write(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t                         i;
    hr_rc_t                        rc;
    ngx_http_hr_rescore_t         *job = w->in;
    ngx_http_hr_rescore_result_t   result;

    job->written = 0;
    w->nslots = 0;
    w->touched_many = false;

    for (i = 0; i < job->count; i++) {
        rc = ngx_http_hr_rescore_store(job, conn, &job->items[i], &result);
        if (rc != HR_OK) {
            return rc;
        }

        if (result == NGX_HTTP_HR_RESCORE_CHANGED) {
            job->written++;
            ngx_http_hr_work_touch_profile(w, job->items[i].id);
        }
    }

    return HR_OK;
}


/* ---- event loop ---- */


static ngx_int_t
ngx_http_hr_rescore_end(ngx_http_hr_work_t *w)
{
    ngx_http_hr_rescore_t  *job = w->in;

    hr_arena_destroy(job->batch);
    job->batch = NULL;

    /* the step that follows touches no profile */
    w->nslots = 0;
    w->touched_many = false;

    return job->end(w);
}


static ngx_int_t
ngx_http_hr_rescore_step(ngx_http_hr_work_t *w, ngx_http_hr_work_kind_t kind,
    ngx_http_hr_work_run_pt run, ngx_http_hr_work_done_pt done)
{
    if (ngx_http_hr_work_next(w, kind, run, done) == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    /* the queue is full */
    w->rc = HR_BUSY;

    return ngx_http_hr_rescore_end(w);
}


static ngx_int_t
ngx_http_hr_rescore_following(ngx_http_hr_work_t *w)
{
    ngx_http_hr_rescore_t  *job = w->in;

    return job->last
           ? ngx_http_hr_rescore_end(w)
           : ngx_http_hr_rescore_step(w, NGX_HTTP_HR_WORK_BULK,
                                      ngx_http_hr_rescore_look,
                                      ngx_http_hr_rescore_looked);
}


static ngx_int_t
ngx_http_hr_rescore_written(ngx_http_hr_work_t *w)
{
    ngx_http_hr_rescore_t  *job = w->in;

    if (w->rc != HR_OK) {
        return ngx_http_hr_rescore_end(w);
    }

    job->changed += job->written;

    return ngx_http_hr_rescore_following(w);
}


static ngx_int_t
ngx_http_hr_rescore_looked(ngx_http_hr_work_t *w)
{
    ngx_http_hr_rescore_t  *job = w->in;

    if (w->rc != HR_OK) {
        return ngx_http_hr_rescore_end(w);
    }

    return job->count == 0
           ? ngx_http_hr_rescore_following(w)
           : ngx_http_hr_rescore_step(w, NGX_HTTP_HR_WORK_WRITE,
                                      ngx_http_hr_rescore_write,
                                      ngx_http_hr_rescore_written);
}


ngx_int_t
ngx_http_hr_rescore(ngx_http_hr_work_t *w, ngx_http_hr_work_done_pt end)
{
    ngx_http_hr_rescore_t  *job = w->in;

    job->end = end;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_BULK,
                                  ngx_http_hr_rescore_look,
                                  ngx_http_hr_rescore_looked);
}
