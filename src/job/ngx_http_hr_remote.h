/*
 * The prompt of the registry (Langfuse, generation.md 5.1, 13).  A thread of its
 * own fetches it every five minutes; a new version is checked by the same rules
 * as the local bundle in a pool thread and then used by every later job.  While
 * it is fetched, and whenever the registry cannot be reached, the last good
 * version stays; it is kept in a file beside the database, so that a restart
 * without the registry has it, too.  Without any, the local bundle is used.
 */

#ifndef NGX_HTTP_HR_REMOTE_H
#define NGX_HTTP_HR_REMOTE_H

#include "ngx_http_hr_gen.h"

/* Counted, event loop only; the prompt itself may be read by any thread. */
typedef struct {
    hr_prompt_t         *prompt;
    ngx_http_hr_gen_t   *handle;        /* whose rules it was checked by; held */
    ngx_uint_t           refs;
} ngx_http_hr_remote_t;

ngx_int_t ngx_http_hr_remote_init_process(ngx_http_hr_main_conf_t *hmcf,
    ngx_log_t *log);
void ngx_http_hr_remote_exit_process(void);

/* The current prompt when it fits the handle, held; NULL: use the local bundle. */
ngx_http_hr_remote_t *ngx_http_hr_remote_acquire(const ngx_http_hr_gen_t *handle);
/*
 * What a generation takes: in its share the candidate (I-32), else the registry's
 * prompt, else the local one.  remote may be NULL; so is the result when there is
 * no prompt at all.  Any thread.
 */
const hr_prompt_t *ngx_http_hr_remote_bundle(const ngx_http_hr_gen_t *handle,
    const ngx_http_hr_remote_t *remote, hr_str_t task_id);
void ngx_http_hr_remote_release(ngx_http_hr_remote_t *remote);  /* NULL is allowed */

#endif /* NGX_HTTP_HR_REMOTE_H */
