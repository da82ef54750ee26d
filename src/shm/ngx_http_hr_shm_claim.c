#include "ngx_http_hr_shm_claim.h"


static ngx_uint_t
ngx_http_hr_claim_alive(const ngx_http_hr_claim_entry_t *e)
{
    ngx_pid_t  pid;

    pid = (ngx_pid_t) e->pid;

    return pid == ngx_pid || kill(pid, 0) == 0 || ngx_errno != NGX_ESRCH;
}


ngx_int_t
ngx_http_hr_claim_take_locked(ngx_http_hr_claims_t *claims, uint64_t hash,
    const ngx_http_hr_epochs_t *epochs, ngx_uint_t slot, ngx_uint_t *index)
{
    ngx_uint_t                  i, n;
    ngx_http_hr_claim_entry_t  *e;

    n = NGX_HTTP_HR_CLAIMS;

    for (i = 0; i < NGX_HTTP_HR_CLAIMS; i++) {
        e = &claims->entry[i];

        if (e->ticket == 0) {
            if (n == NGX_HTTP_HR_CLAIMS) {
                n = i;
            }
            continue;
        }

        if (e->hash != hash) {
            continue;
        }

        if (ngx_http_hr_epochs_current(&e->epochs) && ngx_http_hr_claim_alive(e)) {
            *index = i;
            claims->waits++;
            return NGX_BUSY;
        }

        /* what is rendered there is no longer wanted, or never comes */
        n = i;
        break;
    }

    if (n == NGX_HTTP_HR_CLAIMS) {
        return NGX_DECLINED;
    }

    e = &claims->entry[n];
    e->hash = hash;
    e->slot = slot;
    e->pid = (ngx_atomic_uint_t) ngx_pid;
    e->epochs = *epochs;
    ngx_memory_barrier();
    e->ticket = ++claims->tickets;
    *index = n;

    return NGX_OK;
}


void
ngx_http_hr_claim_end_locked(ngx_http_hr_claims_t *claims, ngx_uint_t index,
    ngx_atomic_uint_t ticket)
{
    if (claims->entry[index].ticket == ticket) {
        claims->entry[index].ticket = 0;
    }
}


void
ngx_http_hr_claim_forget_locked(ngx_http_hr_claims_t *claims, ngx_uint_t slot)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_HR_CLAIMS; i++) {
        if (claims->entry[i].ticket && claims->entry[i].slot == slot) {
            claims->entry[i].ticket = 0;
        }
    }
}


ngx_uint_t
ngx_http_hr_claim_stands(const ngx_http_hr_claims_t *claims, ngx_uint_t index,
    ngx_atomic_uint_t ticket)
{
    const ngx_http_hr_claim_entry_t  *e = &claims->entry[index];

    return e->ticket == ticket && ngx_http_hr_claim_alive(e);
}
