#include "ngx_http_hr.h"

#include <sys/resource.h>
#include <time.h>


/*
 * Turns of the event loop: a turn is what runs between two waits for events;
 * while it lasts, no other client of the worker is served.  nginx has no hook for
 * it, so the waiting function is wrapped.
 *
 * How long turns are is always counted, by the time that nginx itself takes when
 * a wait is over, in milliseconds: one look at the clock a turn.
 *
 * The watchdog (hr_watchdog) costs more.  It asks the waiting function to queue
 * the events instead of handling them inside; every handler then runs between
 * its return and its next call, and the watchdog can tell which one was long.
 *
 * A long turn is the worker's own fault when it used the CPU or was blocked (a
 * voluntary switch: a lock, a disk).  One that merely lost the CPU to other
 * processes is told apart and not counted.
 */

typedef struct {
    uint64_t      wall;             /* nanoseconds */
    uint64_t      cpu;
    long          waits;            /* voluntary context switches */
} ngx_http_hr_turn_clock_t;

typedef struct {
    uint64_t                   limit;       /* nanoseconds */
    ngx_uint_t                 running;     /* inside a turn */
    ngx_http_hr_turn_clock_t   begin;
    ngx_uint_t                 steps;
    const char                *step;        /* the one that runs */
    uint64_t                   step_begin;
    const char                *longest;
    uint64_t                   longest_ns;
} ngx_http_hr_turn_t;


/* Since the last telling. */
typedef struct {
    ngx_int_t                (*process)(ngx_cycle_t *cycle, ngx_msec_t timer,
                                        ngx_uint_t flags);
    uint64_t                   woken;       /* ms; 0: no turn yet */
    uint64_t                   usec;        /* sum */
    uint64_t                   count[NGX_HTTP_HR_STAT_BUCKETS];
} ngx_http_hr_turn_lengths_t;


ngx_uint_t  ngx_http_hr_turn_watched;

static ngx_http_hr_turn_t  ngx_http_hr_turn;
static ngx_http_hr_turn_lengths_t  ngx_http_hr_turn_lengths;
static ngx_int_t         (*ngx_http_hr_turn_process)(ngx_cycle_t *cycle,
    ngx_msec_t timer, ngx_uint_t flags);


static uint64_t
ngx_http_hr_turn_time(clockid_t clock)
{
    struct timespec  ts;

    (void) clock_gettime(clock, &ts);

    return (uint64_t) ts.tv_sec * 1000000000 + (uint64_t) ts.tv_nsec;
}


static void
ngx_http_hr_turn_read(ngx_http_hr_turn_clock_t *clock)
{
    struct rusage  usage;

    clock->wall = ngx_http_hr_turn_time(CLOCK_MONOTONIC);
    clock->cpu = ngx_http_hr_turn_time(CLOCK_THREAD_CPUTIME_ID);
    clock->waits = getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}


static void
ngx_http_hr_turn_step_end(uint64_t now)
{
    ngx_http_hr_turn_t  *turn = &ngx_http_hr_turn;

    if (now - turn->step_begin > turn->longest_ns) {
        turn->longest = turn->step;
        turn->longest_ns = now - turn->step_begin;
    }
}


void
ngx_http_hr_turn_step(const char *what)
{
    uint64_t             now;
    ngx_http_hr_turn_t  *turn = &ngx_http_hr_turn;

    if (!turn->running) {
        return;
    }

    now = ngx_http_hr_turn_time(CLOCK_MONOTONIC);
    ngx_http_hr_turn_step_end(now);

    turn->step = what;
    turn->step_begin = now;
    turn->steps++;
}


static void
ngx_http_hr_turn_end(ngx_log_t *log)
{
    uint64_t                   wall, cpu;
    ngx_uint_t                 own, level;
    ngx_http_hr_turn_t        *turn = &ngx_http_hr_turn;
    ngx_http_hr_turn_clock_t   now;

    turn->running = 0;

    now.wall = ngx_http_hr_turn_time(CLOCK_MONOTONIC);
    wall = now.wall - turn->begin.wall;

    if (wall < turn->limit) {
        return;
    }

    ngx_http_hr_turn_step_end(now.wall);
    ngx_http_hr_turn_read(&now);

    cpu = now.cpu - turn->begin.cpu;
    own = cpu >= turn->limit || now.waits != turn->begin.waits;

    level = own ? NGX_LOG_WARN : NGX_LOG_INFO;

    if (own) {
        ngx_http_hr_count(NGX_HTTP_HR_COUNT_SLOW_TURNS, 1);
    }

    ngx_log_error(level, log, 0,
                  "hr: %s turn of the event loop: %uL us, %uL us of CPU, blocked "
                  "%l times, %ui steps, the longest %s %uL us",
                  own ? "slow" : "preempted", wall / 1000, cpu / 1000,
                  now.waits - turn->begin.waits, turn->steps, turn->longest,
                  turn->longest_ns / 1000);
}


static ngx_int_t
ngx_http_hr_turn_wait(ngx_cycle_t *cycle, ngx_msec_t timer, ngx_uint_t flags)
{
    ngx_int_t            rc;
    ngx_http_hr_turn_t  *turn = &ngx_http_hr_turn;

    if (turn->running) {
        ngx_http_hr_turn_end(cycle->log);
    }

    rc = ngx_http_hr_turn_process(cycle, timer, flags | NGX_POST_EVENTS);

    ngx_http_hr_turn_read(&turn->begin);
    turn->running = 1;
    turn->steps = 0;
    turn->step = "nginx";
    turn->step_begin = turn->begin.wall;
    turn->longest = turn->step;
    turn->longest_ns = 0;

    return rc;
}


/* ---- how long turns are ---- */


static ngx_int_t
ngx_http_hr_turn_measure(ngx_cycle_t *cycle, ngx_msec_t timer, ngx_uint_t flags)
{
    uint64_t                     now, usec;
    ngx_int_t                    rc;
    ngx_time_t                  *tp;
    struct timeval               tv;
    ngx_http_hr_turn_lengths_t  *lengths = &ngx_http_hr_turn_lengths;

    if (lengths->woken != 0) {
        ngx_gettimeofday(&tv);
        now = (uint64_t) tv.tv_sec * 1000 + (uint64_t) tv.tv_usec / 1000;

        /* the clock may have been set back */
        usec = now > lengths->woken ? (now - lengths->woken) * 1000 : 0;
        lengths->count[ngx_http_hr_stat_bucket(usec)]++;
        lengths->usec += usec;
    }

    rc = lengths->process(cycle, timer, flags);

    tp = ngx_timeofday();
    lengths->woken = (uint64_t) tp->sec * 1000 + tp->msec;

    return rc;
}


void
ngx_http_hr_turn_tell(void)
{
    ngx_uint_t                   i;
    ngx_http_hr_stat_times_t    *all = &ngx_http_hr_state()->turns;
    ngx_http_hr_turn_lengths_t  *lengths = &ngx_http_hr_turn_lengths;

    for (i = 0; i < NGX_HTTP_HR_STAT_BUCKETS; i++) {
        if (lengths->count[i] != 0) {
            (void) ngx_atomic_fetch_add(&all->bucket[i],
                                        (ngx_atomic_int_t) lengths->count[i]);
            lengths->count[i] = 0;
        }
    }

    (void) ngx_atomic_fetch_add(&all->usec, (ngx_atomic_int_t) lengths->usec);
    lengths->usec = 0;
}


/* ---- start ---- */


void
ngx_http_hr_turn_init(ngx_cycle_t *cycle, ngx_msec_t limit)
{
    ngx_core_conf_t  *ccf;

    if (limit != 0) {
        ngx_http_hr_turn.limit = (uint64_t) limit * 1000000;
        ngx_http_hr_turn_process = ngx_event_actions.process_events;
        ngx_event_actions.process_events = ngx_http_hr_turn_wait;
        ngx_http_hr_turn_watched = 1;
    }

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    /* with timer_resolution nginx does not look at the clock after each wait */
    if (ccf->timer_resolution == 0) {
        ngx_http_hr_turn_lengths.woken = 0;
        ngx_http_hr_turn_lengths.process = ngx_event_actions.process_events;
        ngx_event_actions.process_events = ngx_http_hr_turn_measure;
    }
}
