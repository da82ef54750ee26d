/*
 * Scores of all current versions by the rules of today (improvements.md I-33):
 * a batch is computed on a reader, then written in a transaction of its own, so
 * that other writes wait for one batch at most.
 */

#ifndef NGX_HTTP_HR_RESCORE_H
#define NGX_HTTP_HR_RESCORE_H

#include "ngx_http_hr_work.h"


typedef struct ngx_http_hr_rescore_item_s  ngx_http_hr_rescore_item_t;

/* Zeroed; w->in begins with it.  end() reads the first four. */
typedef struct {
    int64_t                      seen;      /* profiles looked at */
    int64_t                      changed;
    int64_t                      skipped;   /* their document cannot be read */
    char                         broken[37];    /* the first of those */

    /* private */
    char                         after[37]; /* the last id of the batch */
    bool                         last;      /* nothing follows the batch */
    int64_t                      written;   /* of the batch, not committed yet */
    hr_arena_t                  *batch;
    ngx_http_hr_rescore_item_t  *items;
    size_t                       count;
    ngx_http_hr_work_done_pt     end;
} ngx_http_hr_rescore_t;

/*
 * As ngx_http_hr_work_start(); end() is called as the last step's done() with
 * w->rc.  After a failure the batches before it stand.
 */
ngx_int_t ngx_http_hr_rescore(ngx_http_hr_work_t *w, ngx_http_hr_work_done_pt end);

#endif /* NGX_HTTP_HR_RESCORE_H */
