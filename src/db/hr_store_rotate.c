/*
 * Which copies of the database are kept (improvements.md I-62).  A copy is known
 * by its name alone, so that a touched or restored file keeps its place.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hr_store_sqlite.h"


#define HR_STORE_MAX_COPIES  10000
#define HR_STORE_DAY         ((int64_t) 86400 * 1000000)
#define HR_STORE_LOCK        ".lock"


/* #: a digit */
static const char  hr_store_copy_scheduled[] = "hr-########-######.db";
static const char  hr_store_copy_manual[] = "hr-manual-########-######.db";

#define HR_STORE_STAMP_SCHEDULED  3     /* where the time stands in a name */
#define HR_STORE_STAMP_MANUAL     10


void
hr_store_backup_name(hr_instant_t now, bool manual,
    char out[HR_STORE_BACKUP_NAME])
{
    char  t[HR_TIME_MAX];

    /* 2026-01-31 04:00:00 */
    (void) hr_time_format(now, HR_TIME_T1, t);
    (void) snprintf(out, HR_STORE_BACKUP_NAME,
                    "hr-%s%.4s%.2s%.2s-%.2s%.2s%.2s.db", manual ? "manual-" : "",
                    t, t + 5, t + 8, t + 11, t + 14, t + 17);
}


static bool
hr_store_copy_has(const char *name, const char *shape)
{
    size_t  i;

    for (i = 0; shape[i] != '\0'; i++) {
        if (shape[i] == '#') {
            if (name[i] < '0' || name[i] > '9') {
                return false;
            }

        } else if (name[i] != shape[i]) {
            return false;
        }
    }

    return name[i] == '\0';
}


static bool
hr_store_copy_parse(const char *name, hr_store_copy_t *copy)
{
    char    text[HR_TIME_MAX];
    size_t  at;

    if (hr_store_copy_has(name, hr_store_copy_scheduled)) {
        at = HR_STORE_STAMP_SCHEDULED;

    } else if (hr_store_copy_has(name, hr_store_copy_manual)) {
        at = HR_STORE_STAMP_MANUAL;

    } else {
        return false;
    }

    memcpy(copy->name, name, strlen(name) + 1);
    copy->manual = at == HR_STORE_STAMP_MANUAL;

    name += at;
    (void) snprintf(text, sizeof(text), "%.4s-%.2s-%.2s %.2s:%.2s:%.2s",
                    name, name + 4, name + 6, name + 9, name + 11, name + 13);

    return hr_time_parse(hr_str_from_c(text), &copy->at);
}


static int
hr_store_copy_newer(const void *a, const void *b)
{
    const hr_store_copy_t  *x = a, *y = b;

    return (x->at < y->at) - (x->at > y->at);
}


static hr_rc_t
hr_store_copies(const char *folder, hr_store_copy_t *copies, size_t *count,
    hr_diag_t *diag)
{
    DIR            *dir;
    struct stat     st;
    struct dirent  *entry;

    *count = 0;

    dir = opendir(folder);
    if (dir == NULL) {
        return hr_diag_set(diag, HR_ERROR, "cannot read the folder of the "
                                           "backups (error %d)", errno);
    }

    while (*count < HR_STORE_MAX_COPIES && (entry = readdir(dir)) != NULL) {
        if (!hr_store_copy_parse(entry->d_name, &copies[*count])
            || fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0
            || !S_ISREG(st.st_mode))
        {
            continue;
        }

        copies[*count].bytes = (int64_t) st.st_size;
        (*count)++;
    }

    (void) closedir(dir);

    qsort(copies, *count, sizeof(hr_store_copy_t), hr_store_copy_newer);

    return HR_OK;
}


hr_rc_t
hr_store_backup_list(const char *folder, hr_store_copy_t **copies,
    size_t *count, hr_diag_t *diag)
{
    hr_rc_t  rc;

    *count = 0;
    *copies = calloc(HR_STORE_MAX_COPIES, sizeof(hr_store_copy_t));

    if (*copies == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    rc = hr_store_copies(folder, *copies, count, diag);

    if (rc != HR_OK) {
        free(*copies);
        *copies = NULL;
    }

    return rc;
}


/* flock() belongs to the open file: two threads of one process exclude each other. */
hr_rc_t
hr_store_backup_lock(const char *folder, int *lock, hr_diag_t *diag)
{
    int   n;
    char  path[4096];

    n = snprintf(path, sizeof(path), "%s/" HR_STORE_LOCK, folder);
    if (n < 0 || (size_t) n >= sizeof(path)) {
        return hr_diag_set(diag, HR_INVALID, "the path of the backups is too "
                                             "long");
    }

    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*lock == -1) {
        return hr_diag_set(diag, HR_ERROR, "cannot write into the folder of the "
                           "backups: it must exist and belong to the user of "
                           "the workers (error %d)", errno);
    }

    if (flock(*lock, LOCK_EX | LOCK_NB) == 0) {
        return HR_OK;
    }

    n = errno;
    (void) close(*lock);
    *lock = -1;

    return n == EWOULDBLOCK
           ? hr_diag_set(diag, HR_BUSY, "another backup is being made")
           : hr_diag_set(diag, HR_ERROR, "cannot lock the folder of the backups "
                                         "(error %d)", n);
}


void
hr_store_backup_unlock(int lock)
{
    (void) close(lock);
}


/* Day 0, 1970-01-01, was a Thursday. */
static int64_t
hr_store_copy_period(hr_instant_t at, bool week)
{
    int64_t  day;

    day = at / HR_STORE_DAY;

    return week ? (day + 3) / 7 : day;
}


/* Takes a copy, newest first, off what is to be kept; true: it stays. */
static bool
hr_store_copy_stays(const hr_store_copy_t *copy, hr_store_keep_t *keep,
    int64_t *last_day, int64_t *last_week)
{
    bool     stays;
    int64_t  day, week;

    stays = false;

    if (copy->manual) {
        if (keep->manual > 0) {
            keep->manual--;
            stays = true;
        }

        return stays;
    }

    day = hr_store_copy_period(copy->at, false);
    week = hr_store_copy_period(copy->at, true);

    if (day != *last_day && keep->daily > 0) {
        keep->daily--;
        stays = true;
    }

    if (week != *last_week && keep->weekly > 0) {
        keep->weekly--;
        stays = true;
    }

    *last_day = day;
    *last_week = week;

    return stays;
}


hr_rc_t
hr_store_backup_rotate(const char *folder, const hr_store_keep_t *keep,
    unsigned *removed, hr_diag_t *diag)
{
    int               n;
    char              path[4096];
    size_t            i, count;
    hr_rc_t           rc;
    int64_t           last_day, last_week;
    hr_store_keep_t   left;
    hr_store_copy_t  *copies;

    if (removed != NULL) {
        *removed = 0;
    }

    rc = hr_store_backup_list(folder, &copies, &count, diag);

    left = *keep;
    last_day = last_week = INT64_MAX;

    /* newest first, so the first of a period is its latest */
    for (i = 0; i < count && rc == HR_OK; i++) {
        if (hr_store_copy_stays(&copies[i], &left, &last_day, &last_week)) {
            continue;
        }

        n = snprintf(path, sizeof(path), "%s/%s", folder, copies[i].name);

        if (n < 0 || (size_t) n >= sizeof(path) || unlink(path) != 0) {
            rc = hr_diag_set(diag, HR_ERROR, "cannot remove the old backup %s "
                             "(error %d)", copies[i].name, errno);

        } else if (removed != NULL) {
            (*removed)++;
        }
    }

    free(copies);

    return rc;
}
