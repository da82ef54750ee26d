#include "ngx_http_hr_shm_job.h"


/* The longest that a probe may take before another one is let through, ms. */
#define NGX_HTTP_HR_BREAKER_PROBE  (10 * 60 * 1000)

struct ngx_http_hr_job_entry_s {
    ngx_atomic_t             sequence;  /* odd while the entry is written */
    ngx_atomic_t             pid;
    ngx_atomic_t             cancel;    /* hash of the task to stop; 0: none */
    char                     id[NGX_HTTP_HR_JOBS_ID];
    ngx_http_hr_progress_t   progress;
};

typedef struct {
    ngx_http_hr_shm_root_t   root;
    ngx_atomic_t             wakes;
    ngx_atomic_t             rechecks;
    ngx_atomic_t             fault;             /* (time << 8) + error */

    /* breaker: failures in a row, and when it opened (0: closed) */
    ngx_atomic_t             failures;
    ngx_atomic_t             opened;            /* ms, of the first opening */
    ngx_atomic_t             until;             /* ms, end of the pause */
    ngx_atomic_t             probe;             /* ms, start of the probe; 0: none */

    /* apart from the entries, so that a look-up walks few cache lines; 0: free */
    ngx_atomic_t             hash[NGX_HTTP_HR_JOBS_ENTRIES];
    ngx_http_hr_job_entry_t  entry[NGX_HTTP_HR_JOBS_ENTRIES];
} ngx_http_hr_jobs_t;


static ngx_http_hr_shm_t  *ngx_http_hr_jobs_shm;


ngx_http_hr_shm_t *
ngx_http_hr_jobs_add(ngx_conf_t *cf, void *tag)
{
    ngx_http_hr_shm_t  *shm;

    shm = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_shm_t));
    if (shm == NULL) {
        return NULL;
    }

    ngx_str_set(&shm->name, "hr_jobs");
    shm->root_size = sizeof(ngx_http_hr_jobs_t);
    shm->layout = 3;

    if (ngx_http_hr_shm_add(cf, shm,
                            ngx_align(sizeof(ngx_http_hr_jobs_t), ngx_pagesize)
                            + 16 * ngx_pagesize, tag)
        != NGX_OK)
    {
        return NULL;
    }

    return shm;
}


void
ngx_http_hr_jobs_attach(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_jobs_shm = shm;
}


static ngx_http_hr_jobs_t *
ngx_http_hr_jobs_root(void)
{
    return (ngx_http_hr_jobs_t *) ngx_http_hr_jobs_shm->root;
}


static ngx_atomic_uint_t
ngx_http_hr_jobs_hash(const char *id)
{
    return (ngx_atomic_uint_t) ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, id,
                                                NGX_HTTP_HR_JOBS_ID) | 1;
}


ngx_http_hr_job_entry_t *
ngx_http_hr_jobs_take(const char *id)
{
    ngx_uint_t                i, k;
    ngx_atomic_uint_t         hash = ngx_http_hr_jobs_hash(id);
    ngx_http_hr_jobs_t       *jobs = ngx_http_hr_jobs_root();
    ngx_http_hr_job_entry_t  *e;

    for (i = 0; i < NGX_HTTP_HR_JOBS_ENTRIES; i++) {
        k = (hash + i) % NGX_HTTP_HR_JOBS_ENTRIES;

        if (jobs->hash[k] != 0) {
            continue;
        }

        e = &jobs->entry[k];

        /* the pid is the owner's mark, the hash makes the entry visible */
        if (!ngx_atomic_cmp_set(&e->pid, 0, (ngx_atomic_uint_t) ngx_pid)) {
            continue;
        }

        e->sequence |= 1;
        ngx_memory_barrier();

        e->cancel = 0;
        ngx_memcpy(e->id, id, NGX_HTTP_HR_JOBS_ID);
        ngx_memzero(&e->progress, sizeof(ngx_http_hr_progress_t));

        ngx_memory_barrier();
        e->sequence++;
        jobs->hash[k] = hash;

        return e;
    }

    return NULL;
}


void
ngx_http_hr_jobs_drop(ngx_http_hr_job_entry_t *entry)
{
    ngx_http_hr_jobs_t  *jobs = ngx_http_hr_jobs_root();

    if (entry == NULL) {
        return;
    }

    jobs->hash[entry - jobs->entry] = 0;
    ngx_memory_barrier();
    entry->pid = 0;
}


void
ngx_http_hr_jobs_collect(void)
{
    ngx_uint_t           i;
    ngx_atomic_uint_t    pid;
    ngx_http_hr_jobs_t  *jobs = ngx_http_hr_jobs_root();

    for (i = 0; i < NGX_HTTP_HR_JOBS_ENTRIES; i++) {
        pid = jobs->entry[i].pid;

        if (pid == 0 || kill((ngx_pid_t) pid, 0) == 0 || ngx_errno != NGX_ESRCH) {
            continue;
        }

        /* several workers may notice at once: one of them frees it */
        if (!ngx_atomic_cmp_set(&jobs->entry[i].pid, pid,
                                (ngx_atomic_uint_t) ngx_pid))
        {
            continue;
        }

        if (jobs->hash[i] != 0) {
            ngx_http_hr_jobs_drop(&jobs->entry[i]);

        } else {
            jobs->entry[i].pid = 0;
        }
    }
}


void
ngx_http_hr_jobs_set(ngx_http_hr_job_entry_t *entry,
    const ngx_http_hr_progress_t *progress)
{
    if (entry == NULL) {
        return;
    }

    entry->sequence++;
    ngx_memory_barrier();
    entry->progress = *progress;
    ngx_memory_barrier();
    entry->sequence++;
}


ngx_uint_t
ngx_http_hr_jobs_cancelled(const ngx_http_hr_job_entry_t *entry)
{
    /* the hash, because the entry may have changed hands under the marker */
    return entry != NULL && entry->cancel != 0
           && entry->cancel == ngx_http_hr_jobs_hash(entry->id);
}


/* The entry of a task and, when progress is given, a copy that is no mixture. */
static ngx_http_hr_job_entry_t *
ngx_http_hr_jobs_find(hr_str_t id, ngx_http_hr_progress_t *progress)
{
    ngx_uint_t                i, tries;
    ngx_uint_t                same;
    ngx_atomic_uint_t         hash, before;
    ngx_http_hr_jobs_t       *jobs = ngx_http_hr_jobs_root();
    ngx_http_hr_job_entry_t  *e;

    if (id.len != NGX_HTTP_HR_JOBS_ID) {
        return NULL;
    }

    hash = ngx_http_hr_jobs_hash(id.data);

    for (i = 0; i < NGX_HTTP_HR_JOBS_ENTRIES; i++) {

        if (jobs->hash[i] != hash) {
            continue;
        }

        e = &jobs->entry[i];

        for (tries = 0; tries < 1000; tries++) {
            before = e->sequence;
            ngx_memory_barrier();

            same = ngx_memcmp(e->id, id.data, NGX_HTTP_HR_JOBS_ID) == 0;

            if (progress != NULL) {
                *progress = e->progress;
            }

            ngx_memory_barrier();

            if ((before & 1) == 0 && e->sequence == before) {
                break;
            }

            ngx_cpu_pause();
        }

        if (tries < 1000 && same && jobs->hash[i] == hash) {
            return e;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_hr_jobs_get(hr_str_t id, ngx_http_hr_progress_t *progress)
{
    return ngx_http_hr_jobs_find(id, progress) == NULL ? NGX_DECLINED : NGX_OK;
}


ngx_int_t
ngx_http_hr_jobs_cancel(hr_str_t id)
{
    ngx_http_hr_job_entry_t  *e;

    e = ngx_http_hr_jobs_find(id, NULL);
    if (e == NULL) {
        return NGX_DECLINED;
    }

    e->cancel = ngx_http_hr_jobs_hash(id.data);

    return NGX_OK;
}


ngx_uint_t
ngx_http_hr_jobs_running(void)
{
    ngx_uint_t           i, n;
    ngx_http_hr_jobs_t  *jobs = ngx_http_hr_jobs_root();

    /* counted, not kept: a worker that dies between two stores cannot bend it */
    for (i = 0, n = 0; i < NGX_HTTP_HR_JOBS_ENTRIES; i++) {
        n += jobs->hash[i] != 0;
    }

    return n;
}


void
ngx_http_hr_jobs_wake(void)
{
    (void) ngx_atomic_fetch_add(&ngx_http_hr_jobs_root()->wakes, 1);
}


ngx_atomic_uint_t
ngx_http_hr_jobs_wakes(void)
{
    return ngx_http_hr_jobs_root()->wakes;
}


void
ngx_http_hr_jobs_recheck(void)
{
    (void) ngx_atomic_fetch_add(&ngx_http_hr_jobs_root()->rechecks, 1);
}


ngx_atomic_uint_t
ngx_http_hr_jobs_rechecks(void)
{
    return ngx_http_hr_jobs_root()->rechecks;
}


/* ---- circuit breaker ---- */


void
ngx_http_hr_breaker(ngx_http_hr_breaker_t *breaker)
{
    ngx_atomic_uint_t    until, probe, opened;
    ngx_http_hr_jobs_t  *jobs = ngx_http_hr_jobs_root();

    ngx_memzero(breaker, sizeof(ngx_http_hr_breaker_t));
    breaker->failures = jobs->failures;

    until = jobs->until;
    opened = jobs->opened;
    probe = jobs->probe;

    if (until == 0) {
        return;
    }

    breaker->open_for = opened ? ngx_max(ngx_current_msec - opened, 1) : 1;

    if (probe != 0
        && (ngx_msec_int_t) (ngx_current_msec - probe) < NGX_HTTP_HR_BREAKER_PROBE)
    {
        breaker->state = NGX_HTTP_HR_BREAKER_PROBING;

    } else if ((ngx_msec_int_t) (until - ngx_current_msec) > 0) {
        breaker->state = NGX_HTTP_HR_BREAKER_OPEN;
        breaker->wait = until - ngx_current_msec;

    } else {
        breaker->state = NGX_HTTP_HR_BREAKER_READY;
    }
}


ngx_int_t
ngx_http_hr_breaker_probe(void)
{
    ngx_atomic_uint_t       probe;
    ngx_http_hr_jobs_t     *jobs = ngx_http_hr_jobs_root();
    ngx_http_hr_breaker_t   b;

    probe = jobs->probe;
    ngx_http_hr_breaker(&b);

    return b.state == NGX_HTTP_HR_BREAKER_READY
           && ngx_atomic_cmp_set(&jobs->probe, probe,
                                 ngx_max((ngx_atomic_uint_t) ngx_current_msec, 1))
           ? NGX_OK : NGX_DECLINED;
}


void
ngx_http_hr_breaker_give_back(void)
{
    ngx_http_hr_jobs_root()->probe = 0;
}


ngx_uint_t
ngx_http_hr_breaker_report(ngx_uint_t success, ngx_uint_t probe,
    ngx_msec_t pause)
{
    ngx_uint_t           opens;
    ngx_atomic_uint_t    n;
    ngx_http_hr_jobs_t  *jobs = ngx_http_hr_jobs_root();

    if (success) {
        jobs->failures = 0;
        jobs->until = 0;
        jobs->opened = 0;
        jobs->probe = 0;
        return 0;
    }

    n = ngx_atomic_fetch_add(&jobs->failures, 1) + 1;

    if (n < NGX_HTTP_HR_BREAKER_FAILURES && !probe) {
        return 0;
    }

    opens = jobs->until == 0;

    if (opens) {
        jobs->opened = ngx_max((ngx_atomic_uint_t) ngx_current_msec, 1);
    }

    if (opens || probe) {
        jobs->until = ngx_current_msec + pause;
        jobs->probe = 0;
    }

    return opens;
}


void
ngx_http_hr_jobs_set_fault(ngx_uint_t error)
{
    ngx_http_hr_jobs_root()->fault = error == 0
        ? 0 : ((ngx_atomic_uint_t) ngx_time() << 8) + (error & 0xff);
}


ngx_uint_t
ngx_http_hr_jobs_fault(time_t *at)
{
    ngx_atomic_uint_t  fault = ngx_http_hr_jobs_root()->fault;

    *at = (time_t) (fault >> 8);

    return fault & 0xff;
}
