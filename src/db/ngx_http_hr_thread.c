#include "ngx_http_hr_thread.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>


/*
 * A prompt or a document takes milliseconds of a processor, an event loop needs it
 * for microseconds: a loop that has to wait until a computing thread has used up
 * its slice makes all its clients wait.  Nice lets the loop go first in most cases;
 * since Linux 6.6 a running thread may still keep the processor for its slice, and
 * since 6.12 one that asked for a shorter slice takes it at once.  Older systems
 * ignore the slices.  The idle class would go too far: behind busy event loops a
 * generation would never end.
 */
#define NGX_HTTP_HR_THREAD_SHORT     500000     /* ns; the system's own is some 1.5 ms */
#define NGX_HTTP_HR_THREAD_LONG    20000000
#define NGX_HTTP_HR_THREAD_NICE          10     /* below the event loop */

/* of the system call; no header that can stand beside <sched.h> declares it */
typedef struct {
    uint32_t   size;
    uint32_t   policy;
    uint64_t   flags;
    int32_t    nice;
    uint32_t   priority;
    uint64_t   runtime;
    uint64_t   deadline;
    uint64_t   period;
} ngx_http_hr_thread_attr_t;


static __thread ngx_uint_t  ngx_http_hr_thread_known;


static ngx_int_t
ngx_http_hr_thread_set(uint32_t policy, int nice, uint64_t slice)
{
    ngx_http_hr_thread_attr_t  attr;

    ngx_memzero(&attr, sizeof(attr));
    attr.size = sizeof(attr);
    attr.policy = policy;
    attr.nice = nice;
    attr.runtime = slice;

    return syscall(SYS_sched_setattr, 0, &attr, 0) == 0 ? NGX_OK : NGX_ERROR;
}


/* In Linux nice belongs to the thread, not to the process. */
static int
ngx_http_hr_thread_nice(void)
{
    int  nice;

    errno = 0;
    nice = getpriority(PRIO_PROCESS, 0);

    return errno == 0 ? nice : 0;
}


void
ngx_http_hr_thread_serves(void)
{
    /* what an operator chose for the worker stays */
    if (sched_getscheduler(0) == SCHED_OTHER) {
        (void) ngx_http_hr_thread_set(SCHED_OTHER, ngx_http_hr_thread_nice(),
                                      NGX_HTTP_HR_THREAD_SHORT);
    }
}


void
ngx_http_hr_thread_computes(void)
{
    int  nice;

    if (ngx_http_hr_thread_known) {
        return;
    }

    ngx_http_hr_thread_known = 1;

    if (sched_getscheduler(0) != SCHED_OTHER) {
        return;
    }

    nice = ngx_min(ngx_http_hr_thread_nice() + NGX_HTTP_HR_THREAD_NICE, 19);

    if (ngx_http_hr_thread_set(SCHED_BATCH, nice, NGX_HTTP_HR_THREAD_LONG) != NGX_OK) {
        (void) setpriority(PRIO_PROCESS, 0, nice);
    }
}
