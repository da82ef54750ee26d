/*
 * How the threads of a worker share the processors: event loops first.
 *
 * Both calls are hints; a system that refuses them is no error.
 */

#ifndef NGX_HTTP_HR_THREAD_H
#define NGX_HTTP_HR_THREAD_H

#include <ngx_config.h>
#include <ngx_core.h>

/* In the event loop, once, at the start of a worker. */
void ngx_http_hr_thread_serves(void);

/*
 * In a pool thread that computes: from now on it gives way to whatever else is
 * ready to run.  A system call the first time in a thread, nothing later.
 */
void ngx_http_hr_thread_computes(void);

#endif /* NGX_HTTP_HR_THREAD_H */
