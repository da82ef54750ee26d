#include "ngx_http_hr_shm_state.h"

#include <sys/random.h>


static ngx_int_t ngx_http_hr_state_create(ngx_http_hr_shm_t *shm);


/* set when the cycle's zones exist; the workers inherit it */
static ngx_http_hr_shm_t  *ngx_http_hr_state_shm;


const uint64_t  ngx_http_hr_stat_bounds[NGX_HTTP_HR_STAT_BUCKETS - 1] = {
    50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
    1000000, 5000000, 30000000
};


ngx_http_hr_shm_t *
ngx_http_hr_state_add(ngx_conf_t *cf, void *tag)
{
    ngx_http_hr_shm_t  *shm;

    shm = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_shm_t));
    if (shm == NULL) {
        return NULL;
    }

    ngx_str_set(&shm->name, "hr_state");
    shm->root_size = sizeof(ngx_http_hr_state_t);
    shm->layout = 3;
    shm->create = ngx_http_hr_state_create;

    if (ngx_http_hr_shm_add(cf, shm,
                            ngx_align(sizeof(ngx_http_hr_state_t), ngx_pagesize)
                            + 16 * ngx_pagesize, tag)
        != NGX_OK)
    {
        return NULL;
    }

    return shm;
}


static ngx_int_t
ngx_http_hr_state_create(ngx_http_hr_shm_t *shm)
{
    ngx_uint_t            i;
    ngx_http_hr_state_t  *state = (ngx_http_hr_state_t *) shm->root;

    state->start_sec = ngx_time();

    if (getrandom(&state->seed, sizeof(state->seed), 0)
        != (ssize_t) sizeof(state->seed))
    {
        return NGX_ERROR;
    }

    /* 0 is never a valid epoch, so that an unset value never matches */
    for (i = 0; i < NGX_HTTP_HR_EPOCH_FAMILIES; i++) {
        state->epoch[i] = 1;
    }

    for (i = 0; i < NGX_HTTP_HR_EPOCH_SLOTS; i++) {
        state->slot_epoch[i] = 1;
    }

    return NGX_OK;
}


void
ngx_http_hr_state_attach(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_state_shm = shm;
}


ngx_http_hr_state_t *
ngx_http_hr_state(void)
{
    if (ngx_http_hr_state_shm == NULL) {
        return NULL;
    }

    return (ngx_http_hr_state_t *) ngx_http_hr_state_shm->root;
}


ngx_atomic_uint_t
ngx_http_hr_epoch(ngx_http_hr_epoch_t family)
{
    return ngx_http_hr_state()->epoch[family];
}


void
ngx_http_hr_epoch_bump(ngx_http_hr_epoch_t family)
{
    (void) ngx_atomic_fetch_add(&ngx_http_hr_state()->epoch[family], 1);
}


uint64_t
ngx_http_hr_hash(uint64_t hash, const void *data, size_t len)
{
    uint64_t       word;
    const u_char  *p = data;

    /* FNV-1a by words, with the high half folded in, which FNV never does */
    for ( ; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
        ngx_memcpy(&word, p, sizeof(word));
        hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 32;
    }

    for ( ; len > 0; len--) {
        hash = (hash ^ *p++) * 0x100000001b3ull;
    }

    /*
     * The last byte of a word only reaches the top bits above: without this mix
     * (of MurmurHash3) neighbours fall into one cell of the tables.
     */
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdull;
    hash ^= hash >> 33;
    hash *= 0xc4ceb9fe1a85ec53ull;

    return hash ^ (hash >> 33);
}


ngx_uint_t
ngx_http_hr_epoch_slot(u_char kind, const char *id, size_t len)
{
    uint64_t  hash;

    hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, &kind, 1);
    hash = ngx_http_hr_hash(hash, id, len);

    return (ngx_uint_t) ((hash ^ (hash >> 32)) % NGX_HTTP_HR_EPOCH_SLOTS);
}


ngx_atomic_uint_t
ngx_http_hr_epoch_slot_value(ngx_uint_t slot)
{
    return ngx_http_hr_state()->slot_epoch[slot];
}


void
ngx_http_hr_epoch_slot_bump(ngx_uint_t slot)
{
    (void) ngx_atomic_fetch_add(&ngx_http_hr_state()->slot_epoch[slot], 1);
}


void
ngx_http_hr_epoch_stripes(ngx_atomic_uint_t value[NGX_HTTP_HR_EPOCH_STRIPES])
{
    ngx_uint_t            i;
    ngx_http_hr_state_t  *state = ngx_http_hr_state();

    for (i = 0; i < NGX_HTTP_HR_EPOCH_STRIPES; i++) {
        value[i] = state->stripe_epoch[i];
    }

    /* what is read after this is not older */
    ngx_memory_barrier();
}


void
ngx_http_hr_epoch_stripe_bump(ngx_uint_t stripe)
{
    (void) ngx_atomic_fetch_add(&ngx_http_hr_state()->stripe_epoch[stripe], 1);
}


uint64_t
ngx_http_hr_rate_key(u_char kind, const void *data, size_t len)
{
    uint64_t  hash;

    hash = ngx_http_hr_hash(ngx_http_hr_state()->seed, &kind, 1);

    return ngx_http_hr_hash(hash, data, len);
}


static ngx_atomic_t *
ngx_http_hr_rate_cell(uint64_t key, time_t window, ngx_atomic_uint_t *stamp)
{
    *stamp = ((ngx_atomic_uint_t) (ngx_time() / window)) & 0xffffffff;

    return &ngx_http_hr_state()->rate[(key ^ (key >> 32))
                                      % NGX_HTTP_HR_RATE_SLOTS];
}


/* The high half of a cell names the window, the low half counts in it. */
ngx_uint_t
ngx_http_hr_rate_count(uint64_t key, time_t window)
{
    ngx_atomic_t       *cell;
    ngx_atomic_uint_t   old, fresh, stamp;

    cell = ngx_http_hr_rate_cell(key, window, &stamp);

    for ( ;; ) {
        old = *cell;
        fresh = (old >> 32) == stamp ? old + 1 : (stamp << 32) + 1;

        if (ngx_atomic_cmp_set(cell, old, fresh)) {
            return (ngx_uint_t) (fresh & 0xffffffff);
        }
    }
}


ngx_uint_t
ngx_http_hr_rate_peek(uint64_t key, time_t window)
{
    ngx_atomic_uint_t  value, stamp;

    value = *ngx_http_hr_rate_cell(key, window, &stamp);

    return (value >> 32) == stamp ? (ngx_uint_t) (value & 0xffffffff) : 0;
}


void
ngx_http_hr_rate_undo(uint64_t key, time_t window, ngx_uint_t n)
{
    ngx_atomic_t       *cell;
    ngx_atomic_uint_t   old, count, stamp;

    cell = ngx_http_hr_rate_cell(key, window, &stamp);

    for ( ;; ) {
        old = *cell;

        if ((old >> 32) != stamp) {
            return;
        }

        count = old & 0xffffffff;
        count = count > n ? count - n : 0;

        if (ngx_atomic_cmp_set(cell, old, (stamp << 32) + count)) {
            return;
        }
    }
}


void
ngx_http_hr_count(ngx_http_hr_counter_t counter, ngx_atomic_int_t n)
{
    (void) ngx_atomic_fetch_add(&ngx_http_hr_state()->counter[counter], n);
}


void
ngx_http_hr_count_attempt(ngx_uint_t error)
{
    if (error < NGX_HTTP_HR_STAT_ATTEMPTS) {
        (void) ngx_atomic_fetch_add(&ngx_http_hr_state()->attempt[error], 1);
    }
}


ngx_uint_t
ngx_http_hr_stat_bucket(uint64_t usec)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_HR_STAT_BUCKETS - 1
                && usec > ngx_http_hr_stat_bounds[i]; i++)
    {
        /* void */
    }

    return i;
}


ngx_atomic_uint_t
ngx_http_hr_counter_value(ngx_http_hr_counter_t counter)
{
    return ngx_http_hr_state()->counter[counter];
}


static ngx_int_t
ngx_http_hr_pid_alive(ngx_atomic_uint_t pid)
{
    return pid != 0 && (kill((ngx_pid_t) pid, 0) == 0 || ngx_errno != NGX_ESRCH);
}


ngx_int_t
ngx_http_hr_worker_slot_take(ngx_uint_t *slot, ngx_pid_t *taken_over)
{
    ngx_uint_t                  i;
    ngx_atomic_uint_t           old;
    ngx_http_hr_worker_slot_t  *w;

    for (i = 0; i < NGX_HTTP_HR_WORKER_SLOTS; i++) {
        w = &ngx_http_hr_state()->worker[i];
        old = w->pid;

        if (ngx_http_hr_pid_alive(old)) {
            continue;
        }

        if (ngx_atomic_cmp_set(&w->pid, old, (ngx_atomic_uint_t) ngx_pid)) {
            (void) ngx_atomic_fetch_add(&w->generation, 1);
            w->data_generation = 0;
            ngx_memzero((void *) w->load, sizeof(w->load));
            *slot = i;
            *taken_over = (ngx_pid_t) old;
            return NGX_OK;
        }
    }

    return NGX_ERROR;
}


void
ngx_http_hr_worker_slot_release(ngx_uint_t slot)
{
    ngx_http_hr_worker_slot_t  *w = &ngx_http_hr_state()->worker[slot];

    w->data_generation = 0;
    (void) ngx_atomic_cmp_set(&w->pid, (ngx_atomic_uint_t) ngx_pid, 0);
}


ngx_int_t
ngx_http_hr_worker_alive(ngx_uint_t slot)
{
    return ngx_http_hr_pid_alive(ngx_http_hr_state()->worker[slot].pid);
}


ngx_atomic_uint_t
ngx_http_hr_load(ngx_http_hr_load_kind_t kind)
{
    ngx_uint_t         i;
    ngx_atomic_uint_t  sum;

    for (i = 0, sum = 0; i < NGX_HTTP_HR_WORKER_SLOTS; i++) {
        if (ngx_http_hr_state()->worker[i].load[kind] != 0
            && ngx_http_hr_worker_alive(i))
        {
            sum += ngx_http_hr_state()->worker[i].load[kind];
        }
    }

    return sum;
}
