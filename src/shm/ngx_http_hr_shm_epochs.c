#include "ngx_http_hr_shm_epochs.h"


static ngx_atomic_uint_t
ngx_http_hr_epochs_value(ngx_uint_t slot, ngx_uint_t family)
{
    return family ? ngx_http_hr_epoch(slot) : ngx_http_hr_epoch_slot_value(slot);
}


static void
ngx_http_hr_epochs_add(ngx_http_hr_epochs_t *epochs, ngx_uint_t slot,
    ngx_uint_t family)
{
    if (epochs->n < NGX_HTTP_HR_EPOCHS_MAX) {
        epochs->e[epochs->n].slot = slot;
        epochs->e[epochs->n].family = family;
        epochs->e[epochs->n++].value = ngx_http_hr_epochs_value(slot, family);
    }
}


void
ngx_http_hr_epochs_add_family(ngx_http_hr_epochs_t *epochs,
    ngx_http_hr_epoch_t family)
{
    ngx_http_hr_epochs_add(epochs, family, 1);
}


void
ngx_http_hr_epochs_add_slot(ngx_http_hr_epochs_t *epochs, ngx_uint_t slot)
{
    ngx_http_hr_epochs_add(epochs, slot, 0);
}


ngx_int_t
ngx_http_hr_epochs_current(const ngx_http_hr_epochs_t *epochs)
{
    ngx_uint_t  i;

    for (i = 0; i < epochs->n; i++) {
        if (ngx_http_hr_epochs_value(epochs->e[i].slot, epochs->e[i].family)
            != epochs->e[i].value)
        {
            return 0;
        }
    }

    return 1;
}


void
ngx_http_hr_epochs_renew(ngx_http_hr_epochs_t *epochs)
{
    ngx_uint_t  i;

    for (i = 0; i < epochs->n; i++) {
        epochs->e[i].value = ngx_http_hr_epochs_value(epochs->e[i].slot,
                                                      epochs->e[i].family);
    }
}
