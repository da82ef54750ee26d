/*
 * The epoch values that a body was made from: read before its data was, and
 * compared with the current ones before the body is used again.
 */

#ifndef NGX_HTTP_HR_SHM_EPOCHS_H
#define NGX_HTTP_HR_SHM_EPOCHS_H

#include "ngx_http_hr_shm_state.h"

#define NGX_HTTP_HR_EPOCHS_MAX  4

typedef struct {
    ngx_uint_t              n;
    struct {
        ngx_uint_t          slot;       /* index into slot_epoch, or family */
        ngx_uint_t          family;     /* 1: slot is a ngx_http_hr_epoch_t */
        ngx_atomic_uint_t   value;
    } e[NGX_HTTP_HR_EPOCHS_MAX];
} ngx_http_hr_epochs_t;

void ngx_http_hr_epochs_add_family(ngx_http_hr_epochs_t *epochs,
    ngx_http_hr_epoch_t family);
void ngx_http_hr_epochs_add_slot(ngx_http_hr_epochs_t *epochs, ngx_uint_t slot);
ngx_int_t ngx_http_hr_epochs_current(const ngx_http_hr_epochs_t *epochs);
/* Reads all values again, for a body that is still to be made. */
void ngx_http_hr_epochs_renew(ngx_http_hr_epochs_t *epochs);

#endif /* NGX_HTTP_HR_SHM_EPOCHS_H */
