/*
 * Who renders what: a miss claims the key, and whoever misses the same key
 * meanwhile waits for the claim's end instead of rendering it again.
 *
 * A table belongs to a shard of the response cache and is changed under its
 * mutex; only the ticket of a claim is also read without it (by those who
 * wait).  A claim ends with the stored body, with the request that holds it,
 * with the worker that held it, or when data that it was made from changes: a
 * body from before a write must not be waited for after it.
 */

#ifndef NGX_HTTP_HR_SHM_CLAIM_H
#define NGX_HTTP_HR_SHM_CLAIM_H

#include "ngx_http_hr_shm_epochs.h"

#define NGX_HTTP_HR_CLAIMS  64          /* of a shard; more render without one */

typedef struct {
    uint64_t                hash;       /* of the key; two keys of one hash wait for each other */
    ngx_uint_t              slot;       /* of the worker that renders */
    ngx_atomic_uint_t       pid;        /* its process */
    ngx_atomic_t            ticket;     /* 0: free */
    ngx_http_hr_epochs_t    epochs;
} ngx_http_hr_claim_entry_t;

typedef struct {
    ngx_atomic_uint_t          tickets; /* given out */
    ngx_atomic_t               waits;   /* times that somebody had to wait */
    ngx_http_hr_claim_entry_t  entry[NGX_HTTP_HR_CLAIMS];
} ngx_http_hr_claims_t;

/* All with the mutex of the shard held. */

/*
 * NGX_OK: *index is the caller's claim.  NGX_BUSY: it is somebody else's.
 * NGX_DECLINED: no room, render without one.
 */
ngx_int_t ngx_http_hr_claim_take_locked(ngx_http_hr_claims_t *claims,
    uint64_t hash, const ngx_http_hr_epochs_t *epochs, ngx_uint_t slot,
    ngx_uint_t *index);
/* Ends the claim if it is still that of the ticket. */
void ngx_http_hr_claim_end_locked(ngx_http_hr_claims_t *claims, ngx_uint_t index,
    ngx_atomic_uint_t ticket);
/* Ends all claims of a worker slot that starts anew. */
void ngx_http_hr_claim_forget_locked(ngx_http_hr_claims_t *claims,
    ngx_uint_t slot);

/* Without the mutex: does the claim of the ticket still stand? */
ngx_uint_t ngx_http_hr_claim_stands(const ngx_http_hr_claims_t *claims,
    ngx_uint_t index, ngx_atomic_uint_t ticket);

#endif /* NGX_HTTP_HR_SHM_CLAIM_H */
