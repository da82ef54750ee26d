/*
 * Preloaded into the server by the fault laboratory.  What fails stands in the control
 * file, which is mapped into every process, so that all change at once:
 *
 *   write, sync   error numbers for writes and for syncs of files named "profiles.db*"
 *   clock         microseconds added to the wall clock
 *   nth           the allocation that fails, counted from when it was set; 0: none
 *   last          the last one that fails (nth alone: the same number)
 *   pid           the process whose allocations count; negative: its threads alone,
 *                 not its event loop
 *   seen, failed  allocations counted, failures given out (written by this program)
 *   live          blocks of that process that are not freed yet (written by it)
 *
 * HR_FAULT_CONTROL is the path of the control file, which must exist.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>


typedef struct {
    _Atomic int32_t  write;
    _Atomic int32_t  sync;
    _Atomic int64_t  clock;
    _Atomic int32_t  nth;
    _Atomic int32_t  last;
    _Atomic int32_t  pid;
    _Atomic int32_t  seen;
    _Atomic int32_t  failed;
    _Atomic int64_t  live;
} hr_fault_control_t;


static hr_fault_control_t   hr_fault_nothing;
static hr_fault_control_t  *hr_fault = &hr_fault_nothing;
static int32_t              hr_fault_pid;
static _Atomic int64_t      hr_fault_live;


/* Where it happened, to the standard error; then the signal as it would have been. */
static void
hr_fault_trace(int signal)
{
    void  *frame[64];

    atomic_store(&hr_fault->nth, 0);
    backtrace_symbols_fd(frame, backtrace(frame, 64), STDERR_FILENO);
    raise(signal);
}


static void
hr_fault_catch(int signal)
{
    struct sigaction  sa;

    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = hr_fault_trace;
    sa.sa_flags = SA_RESETHAND | SA_NODEFER;
    (void) sigaction(signal, &sa, NULL);
}


static void
hr_fault_forked(void)
{
    hr_fault_pid = getpid();
}


/* At once: nginx takes the environment away from its workers. */
__attribute__((constructor)) static void
hr_fault_init(void)
{
    int          fd;
    void        *p;
    const char  *name = getenv("HR_FAULT_CONTROL");

    if (name == NULL) {
        return;
    }

    hr_fault_forked();
    (void) pthread_atfork(NULL, NULL, hr_fault_forked);

    (void) backtrace((void *[1]) { NULL }, 1);     /* loads what it needs */
    hr_fault_catch(SIGSEGV);
    hr_fault_catch(SIGBUS);
    hr_fault_catch(SIGFPE);
    hr_fault_catch(SIGABRT);

    fd = open(name, O_RDWR|O_CLOEXEC);
    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(hr_fault_control_t), PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);

    if (p != MAP_FAILED) {
        hr_fault = p;
    }
}


/* ---- the disk ---- */

static int
hr_fault_of(int fd, int error)
{
    char     link[64], path[512];
    ssize_t  n;

    if (error == 0) {
        return 0;
    }

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    if (n <= 0) {
        return 0;
    }

    path[n] = '\0';

    return strstr(path, "/profiles.db") != NULL ? error : 0;
}


#define HR_FAULT_NEXT(name)                                                   \
        if (next == NULL) {                                                   \
            *(void **) &next = dlsym(RTLD_NEXT, #name);                       \
        }

#define HR_FAULT_CALL(type, name, params, args, what)                         \
    type                                                                      \
    name params                                                               \
    {                                                                         \
        static type  (*next) params;                                          \
        int            e = hr_fault_of(fd, hr_fault->what);                   \
                                                                              \
        if (e != 0) {                                                         \
            errno = e;                                                        \
            return -1;                                                        \
        }                                                                     \
                                                                              \
        HR_FAULT_NEXT(name)                                                   \
        return next args;                                                     \
    }

HR_FAULT_CALL(ssize_t, pwrite, (int fd, const void *p, size_t n, off_t o),
              (fd, p, n, o), write)
HR_FAULT_CALL(ssize_t, pwrite64, (int fd, const void *p, size_t n, off64_t o),
              (fd, p, n, o), write)
HR_FAULT_CALL(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), write)
HR_FAULT_CALL(int, fsync, (int fd), (fd), sync)
HR_FAULT_CALL(int, fdatasync, (int fd), (fd), sync)
HR_FAULT_CALL(int, ftruncate, (int fd, off_t n), (fd, n), write)
HR_FAULT_CALL(int, ftruncate64, (int fd, off64_t n), (fd, n), write)


/* ---- the clock ---- */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
    int64_t      us;
    static int  (*next)(clockid_t, struct timespec *);

    HR_FAULT_NEXT(clock_gettime)
    if (next(id, ts) != 0) {
        return -1;
    }

    if ((id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) && hr_fault->clock != 0) {
        us = (int64_t) ts->tv_sec * 1000000 + ts->tv_nsec / 1000 + hr_fault->clock;
        ts->tv_sec = us / 1000000;
        ts->tv_nsec = us % 1000000 * 1000;
    }

    return 0;
}


int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    struct timespec  ts;

    (void) zone;
    if (clock_gettime(CLOCK_REALTIME, &ts) != 0) {
        return -1;
    }

    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;

    return 0;
}


time_t
time(time_t *out)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    if (out != NULL) {
        *out = ts.tv_sec;
    }

    return ts.tv_sec;
}


/* ---- memory ---- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t k, size_t n);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t a, size_t n);
void __libc_free(void *p);


static int
hr_fault_memory(void)
{
    int32_t  n;

    if (hr_fault->nth == 0
        || (hr_fault->pid != hr_fault_pid
            && (hr_fault->pid != -hr_fault_pid || gettid() == hr_fault_pid)))
    {
        return 0;
    }

    n = ++hr_fault->seen;
    if (n < hr_fault->nth || n > hr_fault->last) {
        return 0;
    }

    hr_fault->failed++;
    errno = ENOMEM;

    return 1;
}


static void *
hr_fault_count(void *p, int step)
{
    int64_t  live;

    live = step + atomic_fetch_add_explicit(&hr_fault_live, step, memory_order_relaxed);

    if (hr_fault->pid == hr_fault_pid) {
        hr_fault->live = live;
    }

    return p;
}


void *
malloc(size_t n)
{
    void  *p = hr_fault_memory() ? NULL : __libc_malloc(n);

    return p == NULL ? NULL : hr_fault_count(p, 1);
}


void *
calloc(size_t k, size_t n)
{
    void  *p = hr_fault_memory() ? NULL : __libc_calloc(k, n);

    return p == NULL ? NULL : hr_fault_count(p, 1);
}


void *
realloc(void *p, size_t n)
{
    void  *q;

    if (n > 0 && hr_fault_memory()) {
        return NULL;
    }

    q = __libc_realloc(p, n);

    if (p == NULL && q != NULL) {
        return hr_fault_count(q, 1);
    }

    return p != NULL && n == 0 ? hr_fault_count(q, -1) : q;
}


void
free(void *p)
{
    if (p != NULL) {
        hr_fault_count(NULL, -1);
        __libc_free(p);
    }
}


int
posix_memalign(void **p, size_t a, size_t n)
{
    if (hr_fault_memory() || (*p = __libc_memalign(a, n)) == NULL) {
        return ENOMEM;
    }

    (void) hr_fault_count(*p, 1);

    return 0;
}
