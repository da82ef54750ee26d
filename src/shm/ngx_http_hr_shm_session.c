#include "ngx_http_hr_shm_session.h"


#define NGX_HTTP_HR_SESSION_WAYS  4

typedef struct {
    ngx_atomic_t          seq;          /* odd: being written */
    uint64_t              hash;
    time_t                used;         /* approximate; chooses the victim */
    ngx_uint_t            user_slot;
    ngx_atomic_uint_t     user_epoch;   /* of the user's own slot */
    ngx_http_hr_session_epochs_t  epochs;
    size_t                token_len;    /* 0: empty */
    size_t                me_len;
    ngx_http_hr_user_t    user;
    u_char                token[NGX_HTTP_HR_TOKEN_MAX];
    u_char                me[NGX_HTTP_HR_ME_MAX];
} ngx_http_hr_session_entry_t;

typedef struct {
    ngx_http_hr_shm_root_t        root;
    ngx_uint_t                    nsets;
    ngx_http_hr_session_entry_t  *entries;   /* nsets * NGX_HTTP_HR_SESSION_WAYS */
} ngx_http_hr_session_root_t;


static ngx_int_t ngx_http_hr_session_create(ngx_http_hr_shm_t *shm);
static ngx_uint_t ngx_http_hr_session_user_slot(int64_t user_id);


static ngx_http_hr_shm_t  *ngx_http_hr_session_shm;


size_t
ngx_http_hr_session_min_size(void)
{
    return 64 * sizeof(ngx_http_hr_session_entry_t) + 16 * ngx_pagesize;
}


ngx_http_hr_shm_t *
ngx_http_hr_session_add(ngx_conf_t *cf, size_t size, void *tag)
{
    ngx_http_hr_shm_t  *shm;

    shm = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_shm_t));
    if (shm == NULL) {
        return NULL;
    }

    ngx_str_set(&shm->name, "hr_sessions");
    shm->root_size = sizeof(ngx_http_hr_session_root_t);
    shm->layout = 3;
    shm->create = ngx_http_hr_session_create;

    if (ngx_http_hr_shm_add(cf, shm, size, tag) != NGX_OK) {
        return NULL;
    }

    return shm;
}


static ngx_int_t
ngx_http_hr_session_create(ngx_http_hr_shm_t *shm)
{
    size_t                       room, set;
    ngx_http_hr_session_root_t  *root;

    root = (ngx_http_hr_session_root_t *) shm->root;

    /* one allocation takes nearly all pages; two stay for the slab itself */
    set = NGX_HTTP_HR_SESSION_WAYS * sizeof(ngx_http_hr_session_entry_t);
    room = (shm->pool->pfree - 2) * ngx_pagesize;
    root->nsets = room / set;

    if (root->nsets == 0) {
        return NGX_ERROR;
    }

    root->entries = ngx_slab_calloc(shm->pool, root->nsets * set);

    return root->entries == NULL ? NGX_ERROR : NGX_OK;
}


void
ngx_http_hr_session_attach(ngx_http_hr_shm_t *shm)
{
    ngx_http_hr_session_shm = shm;
}


void
ngx_http_hr_session_epochs(ngx_http_hr_session_epochs_t *epochs)
{
    epochs->all = ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_ALL);
    epochs->sessions = ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_SESSIONS);
    epochs->users = ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_USERS);
}


static ngx_http_hr_session_entry_t *
ngx_http_hr_session_set(uint64_t hash)
{
    ngx_http_hr_session_root_t  *root;

    root = (ngx_http_hr_session_root_t *) ngx_http_hr_session_shm->root;

    return &root->entries[((hash ^ (hash >> 32)) % root->nsets)
                          * NGX_HTTP_HR_SESSION_WAYS];
}


/* Is the entry's owner still who it was when it was cached? */
static ngx_int_t
ngx_http_hr_session_current(const ngx_http_hr_session_entry_t *e)
{
    return e->user_epoch == ngx_http_hr_epoch_slot_value(e->user_slot)
           && e->epochs.all == ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_ALL)
           && e->epochs.sessions == ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_SESSIONS)
           && e->user.expires > ngx_time();
}


static ngx_int_t
ngx_http_hr_session_read(ngx_http_hr_session_entry_t *e, uint64_t hash,
    const ngx_str_t *token, ngx_http_hr_user_t *user, u_char *me,
    size_t *me_len)
{
    ngx_atomic_uint_t  seq;

    seq = e->seq;
    ngx_memory_barrier();

    if ((seq & 1) || e->hash != hash || e->token_len != token->len
        || e->user_slot >= NGX_HTTP_HR_EPOCH_SLOTS
        || ngx_memcmp(e->token, token->data, token->len) != 0
        || !ngx_http_hr_session_current(e))
    {
        return NGX_DECLINED;
    }

    *user = e->user;

    if (me != NULL) {
        *me_len = ngx_min(e->me_len, NGX_HTTP_HR_ME_MAX);
        ngx_memcpy(me, e->me, *me_len);
    }

    ngx_memory_barrier();

    if (e->seq != seq) {
        return NGX_DECLINED;
    }

    if (e->used != ngx_time()) {
        e->used = ngx_time();
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_session_get(const ngx_str_t *token, ngx_http_hr_user_t *user,
    u_char *me, size_t *me_len)
{
    uint64_t                      hash;
    ngx_uint_t                    i;
    ngx_http_hr_session_entry_t  *set;

    if (token->len > NGX_HTTP_HR_TOKEN_MAX) {
        return NGX_DECLINED;
    }

    /* the signature at the end is what tells tokens apart: hash that */
    if (token->len > 64) {
        hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED,
                                token->data + token->len - 43, 43);
    } else {
        hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, token->data, token->len);
    }

    set = ngx_http_hr_session_set(hash);

    for (i = 0; i < NGX_HTTP_HR_SESSION_WAYS; i++) {
        if (ngx_http_hr_session_read(&set[i], hash, token, user, me, me_len)
            == NGX_OK)
        {
            ngx_http_hr_count(NGX_HTTP_HR_COUNT_SESSION_HIT, 1);
            return NGX_OK;
        }
    }

    ngx_http_hr_count(NGX_HTTP_HR_COUNT_SESSION_MISS, 1);

    return NGX_DECLINED;
}


/* Called with the mutex held. */
static ngx_http_hr_session_entry_t *
ngx_http_hr_session_victim_locked(ngx_http_hr_session_entry_t *set,
    uint64_t hash, const ngx_str_t *token)
{
    ngx_uint_t                    i;
    ngx_http_hr_session_entry_t  *e, *victim;

    ngx_http_hr_shm_held(ngx_http_hr_session_shm);
    victim = NULL;

    for (i = 0; i < NGX_HTTP_HR_SESSION_WAYS; i++) {
        e = &set[i];

        if (e->hash == hash && e->token_len == token->len
            && ngx_memcmp(e->token, token->data, token->len) == 0)
        {
            return e;
        }

        if (e->token_len == 0 || (e->seq & 1)
            || !ngx_http_hr_session_current(e))
        {
            victim = e;
            continue;
        }

        if (victim == NULL || (victim->token_len && e->used < victim->used)) {
            victim = e;
        }
    }

    return victim;
}


void
ngx_http_hr_session_put(const ngx_str_t *token, const ngx_http_hr_user_t *user,
    const u_char *me, size_t me_len, const ngx_http_hr_session_epochs_t *epochs)
{
    uint64_t                      hash;
    ngx_http_hr_session_entry_t  *e;

    if (token->len > NGX_HTTP_HR_TOKEN_MAX || token->len == 0
        || me_len > NGX_HTTP_HR_ME_MAX)
    {
        return;
    }

    /* a user changed while the session was read: leave it to the next request */
    if (epochs->users != ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_USERS)
        || epochs->all != ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_ALL))
    {
        return;
    }

    if (token->len > 64) {
        hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED,
                                token->data + token->len - 43, 43);
    } else {
        hash = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, token->data, token->len);
    }

    ngx_http_hr_shm_lock(ngx_http_hr_session_shm);

    e = ngx_http_hr_session_victim_locked(ngx_http_hr_session_set(hash), hash,
                                          token);

    e->seq |= 1;
    ngx_memory_barrier();

    e->hash = hash;
    e->used = ngx_time();
    e->epochs = *epochs;
    e->user = *user;
    e->user_slot = ngx_http_hr_session_user_slot(user->id);
    e->user_epoch = ngx_http_hr_epoch_slot_value(e->user_slot);
    e->token_len = token->len;
    ngx_memcpy(e->token, token->data, token->len);
    e->me_len = me_len;
    ngx_memcpy(e->me, me, me_len);

    /*
     * The slot's epoch was read after the check above: a drop in between makes
     * the two differ from what the database said, so look once more.
     */
    if (epochs->users != ngx_http_hr_epoch(NGX_HTTP_HR_EPOCH_USERS)) {
        e->token_len = 0;
    }

    ngx_memory_barrier();
    e->seq++;

    ngx_http_hr_shm_unlock(ngx_http_hr_session_shm);
}


static ngx_uint_t
ngx_http_hr_session_user_slot(int64_t user_id)
{
    return ngx_http_hr_epoch_slot('u', (char *) &user_id, sizeof(user_id));
}


void
ngx_http_hr_session_drop_user(int64_t user_id)
{
    /*
     * Family first.  put() above reads the slot and then the family: whoever
     * finds the new slot finds the new family, too, and takes its entry back;
     * the entry of whoever found the old slot ends with the second line.
     */
    ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_USERS);
    ngx_http_hr_epoch_slot_bump(ngx_http_hr_session_user_slot(user_id));
}


void
ngx_http_hr_session_watch(ngx_http_hr_session_watch_t *watch,
    const ngx_http_hr_user_t *user)
{
    watch->slot = ngx_http_hr_session_user_slot(user->id);
    watch->epoch = ngx_http_hr_epoch_slot_value(watch->slot);
    watch->expires = user->expires;
}


ngx_int_t
ngx_http_hr_session_moved(const ngx_http_hr_session_watch_t *watch)
{
    return watch->epoch != ngx_http_hr_epoch_slot_value(watch->slot)
           || watch->expires <= ngx_time();
}
