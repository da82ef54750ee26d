#include "ngx_http_hr_backup.h"
#include "ngx_http_hr_api.h"


static const hr_store_keep_t  ngx_http_hr_backup_keep = {
    .daily = NGX_HTTP_HR_BACKUP_DAILY,
    .weekly = NGX_HTTP_HR_BACKUP_WEEKLY,
    .manual = NGX_HTTP_HR_BACKUP_MANUAL
};


static hr_rc_t
ngx_http_hr_backup_copy(ngx_http_hr_work_t *w, const char *folder,
    ngx_http_hr_backup_t *b, hr_diag_t *diag)
{
    hr_str_t                  path;
    const ngx_http_hr_api_t  *api = w->conf->api;

    hr_store_backup_name(w->now, !b->scheduled, b->name);

    path = hr_arena_printf(w->arena, "%s/%s", folder, b->name);
    if (path.data == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    return hr_store_backup(&api->db.store, path.data, 0, &w->op.cancelled,
                           &b->info, diag);
}


hr_rc_t
ngx_http_hr_backup_make(ngx_http_hr_work_t *w, ngx_http_hr_backup_t *b)
{
    int          lock;
    hr_rc_t      rc;
    hr_diag_t    diag;
    const char  *folder = (const char *) w->conf->backup_dir.data;

    ngx_memzero(&diag, sizeof(diag));

    rc = hr_store_backup_lock(folder, &lock, &diag);

    if (rc == HR_OK) {
        rc = ngx_http_hr_backup_copy(w, folder, b, &diag);

        /* the new copy is whole: an old one too many is no reason to fail */
        if (rc == HR_OK) {
            (void) hr_store_backup_rotate(folder, &ngx_http_hr_backup_keep,
                                          &b->removed, &diag);
        }

        hr_store_backup_unlock(lock);
    }

    b->ended = hr_time_now();
    (void) ngx_cpystrn((u_char *) b->why, (u_char *) diag.text, sizeof(b->why));

    return rc;
}


bool
ngx_http_hr_backup_due(ngx_http_hr_work_t *w)
{
    bool              due;
    size_t            i, count;
    hr_diag_t         diag;
    hr_store_copy_t  *copies;
    const int64_t     day = (int64_t) 86400 * 1000000;

    /* a folder that cannot be read: the copy itself says what is wrong */
    if (hr_store_backup_list((const char *) w->conf->backup_dir.data, &copies,
                             &count, &diag)
        != HR_OK)
    {
        return true;
    }

    /* newest first; one that was asked for is gone sooner, or stays longer */
    for (i = 0; i < count && copies[i].manual; i++) { /* void */ }

    due = i == count || copies[i].at / day < w->now / day;
    free(copies);

    return due;
}


hr_str_t
ngx_http_hr_backup_detail(hr_arena_t *arena, const ngx_http_hr_backup_t *b)
{
    return hr_arena_printf(arena, "{\"bytes\":%lld,\"profiles\":%lld,"
                           "\"removed\":%u}", (long long) b->info.bytes,
                           (long long) b->info.profiles, b->removed);
}
