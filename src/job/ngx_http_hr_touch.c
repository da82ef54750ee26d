#include "ngx_http_hr_touch.h"


void
ngx_http_hr_touched(unsigned touched)
{
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
