/*
 * Taking tasks from the queue.  A claim is part of a write: of one of its own
 * after a wake-up, or, to save a transaction, of the write that queued the task
 * (a start) or that made room (the end of a job).
 *
 * A worker takes at once up to its share of the limit, and leaves the rest to
 * the others, who look at the wake-up counter ten times a second; what they do
 * not take either it takes then.
 */

#ifndef NGX_HTTP_HR_JOB_CLAIM_H
#define NGX_HTTP_HR_JOB_CLAIM_H

#include "ngx_http_hr_job.h"

typedef struct ngx_http_hr_claim_s  ngx_http_hr_claim_t;

/*
 * Event loop.  room: places that the write itself will make free.  NULL: nothing
 * may be taken here and now; the caller wakes the others after its commit.
 */
ngx_http_hr_claim_t *ngx_http_hr_claim_begin(ngx_uint_t room);
/* In the writer thread, as the last part of the write. */
hr_rc_t ngx_http_hr_claim_run(ngx_http_hr_claim_t *claim, hr_store_conn_t *conn);
/*
 * Event loop, after the commit (rc of the whole write): begins what was taken
 * and frees the claim, which may be NULL.
 */
void ngx_http_hr_claim_end(ngx_http_hr_claim_t *claim, hr_rc_t rc);

/* Of the job layer: once per process, ten times a second. */
void ngx_http_hr_claim_init(const char *owner, ngx_cycle_t *cycle);
void ngx_http_hr_claim_tick(void);

#endif /* NGX_HTTP_HR_JOB_CLAIM_H */
