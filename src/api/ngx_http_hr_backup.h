/*
 * A copy of the database into the folder of the backups (improvements.md I-62),
 * for the administrator's call and for the daily one.
 */

#ifndef NGX_HTTP_HR_BACKUP_H
#define NGX_HTTP_HR_BACKUP_H

#include "ngx_http_hr_work.h"

/* Kept: the latest of each of so many days, and of so many weeks; of those asked for */
#define NGX_HTTP_HR_BACKUP_DAILY   7
#define NGX_HTTP_HR_BACKUP_WEEKLY  4
#define NGX_HTTP_HR_BACKUP_MANUAL  20

typedef struct {
    char                 name[HR_STORE_BACKUP_NAME];
    hr_store_backup_t    info;
    unsigned             removed;       /* older copies */
    hr_instant_t         ended;
    char                 why[512];      /* for the log: it failed, or the rotation did */
    bool                 scheduled;     /* in: the daily one */
} ngx_http_hr_backup_t;

/*
 * In a pool thread, on connections of its own: seconds, or more for a large
 * file.  HR_BUSY: another process is making one.  A rotation that fails leaves
 * the copy valid and says so in why.
 */
hr_rc_t ngx_http_hr_backup_make(ngx_http_hr_work_t *w, ngx_http_hr_backup_t *b);

/* In a pool thread: the schedule has made no copy on this day (UTC) yet. */
bool ngx_http_hr_backup_due(ngx_http_hr_work_t *w);

/* {"bytes":...,"profiles":...,"removed":...} for the audit trail. */
hr_str_t ngx_http_hr_backup_detail(hr_arena_t *arena,
    const ngx_http_hr_backup_t *b);

#endif /* NGX_HTTP_HR_BACKUP_H */
