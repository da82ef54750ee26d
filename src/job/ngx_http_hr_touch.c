#include "ngx_http_hr_touch.h"


/* Before the family: who sees that one moved must not find the stripe as it was. */
static void
ngx_http_hr_touched_links(const hr_store_stripes_t *stripes)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_HR_EPOCH_STRIPES; i++) {
        if (stripes == NULL || (stripes->bits[i / 64] >> i % 64 & 1)) {
            ngx_http_hr_epoch_stripe_bump(i);
        }
    }

    ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_LINKS);
}


void
ngx_http_hr_touched(unsigned touched, const hr_store_stripes_t *stripes)
{
    if (touched & HR_STORE_T_LINKS) {
        ngx_http_hr_touched_links(stripes);
    }

    if (touched & (HR_STORE_T_PROFILES|HR_STORE_T_USERS)) {
        ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_PROFILES);
    }

    if (touched & (HR_STORE_T_TASKS|HR_STORE_T_BATCHES)) {
        ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_TASKS);
    }

    /* a login ends no list: those show names of accounts, not their logins */
    if (touched & (HR_STORE_T_USERS|HR_STORE_T_LOGINS)) {
        ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_USERS);
    }
}


void
ngx_http_hr_touched_profile(hr_str_t id)
{
    ngx_http_hr_epoch_slot_bump(ngx_http_hr_epoch_slot('p', id.data, id.len));
}
