/*
 * A copy comes back (improvements.md I-62, database.md B-15).
 *
 * The database may be damaged, so nothing here asks the engine about it.  The
 * engine's locks are POSIX locks on bytes behind 1 GiB, and every connection to
 * a file with a write-ahead log holds a shared one: who gets all of those bytes
 * exclusively knows that nobody has the file open, and keeps others out.
 *
 * Order: the copy is brought beside the file, synced and checked; the old file
 * gets its second name; its log goes (it must never be replayed into another
 * file); one rename puts the new file in place.  Whatever happens in between,
 * the old file with its log is whole under the kept name.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hr_store_sqlite.h"


#define HR_STORE_LOCK_FIRST   0x40000000    /* PENDING_BYTE of the engine */
#define HR_STORE_LOCK_LENGTH  512
#define HR_STORE_COPY_BLOCK   (64 * 1024)

typedef struct {
    char          partial[HR_STORE_RESTORE_PATH];
    char          folder[HR_STORE_RESTORE_PATH];
    int           fd;           /* of the old file, locked; -1: there is none */
    struct stat   st;           /* whose owner and mode the new file gets */
} hr_store_restore_t;


/* path + suffix into out; false: too long. */
static bool
hr_store_restore_name(char out[HR_STORE_RESTORE_PATH], const char *path,
    const char *suffix)
{
    int  n;

    n = snprintf(out, HR_STORE_RESTORE_PATH, "%s%s", path, suffix);

    return n > 0 && n < HR_STORE_RESTORE_PATH;
}


static hr_rc_t
hr_store_restore_begin(hr_store_restore_t *r, const char *path,
    hr_instant_t now, char kept[HR_STORE_RESTORE_PATH], hr_diag_t *diag)
{
    char   suffix[64], stamp[HR_STORE_BACKUP_NAME];
    char  *slash;

    r->fd = -1;

    /* hr-20260131-040000.db */
    hr_store_backup_name(now, false, stamp);
    (void) snprintf(suffix, sizeof(suffix), ".before-restore-%.15s", stamp + 3);

    if (!hr_store_restore_name(r->partial, path, ".restore")
        || !hr_store_restore_name(r->folder, path, "")
        || !hr_store_restore_name(kept, path, suffix))
    {
        return hr_diag_set(diag, HR_INVALID, "the path of the database is too "
                                             "long");
    }

    slash = strrchr(r->folder, '/');

    if (slash == NULL) {
        (void) snprintf(r->folder, sizeof(r->folder), ".");
    } else {
        slash[slash == r->folder] = '\0';
    }

    r->fd = open(path, O_RDWR | O_CLOEXEC);

    if (r->fd == -1 && errno == ENOENT) {
        kept[0] = '\0';

        if (stat(r->folder, &r->st) != 0) {
            return hr_diag_set(diag, HR_ERROR, "the folder of the database "
                                               "cannot be read (error %d)", errno);
        }

        r->st.st_mode = S_IRUSR | S_IWUSR;
        return HR_OK;
    }

    if (r->fd == -1 || fstat(r->fd, &r->st) != 0) {
        return hr_diag_set(diag, HR_ERROR, "the database cannot be opened: run "
                           "this as the owner of the file or as root (error %d)",
                           errno);
    }

    return HR_OK;
}


static hr_rc_t
hr_store_restore_lock(hr_store_restore_t *r, hr_diag_t *diag)
{
    struct flock  lock;

    if (r->fd == -1) {
        return HR_OK;
    }

    memset(&lock, 0, sizeof(lock));
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = HR_STORE_LOCK_FIRST;
    lock.l_len = HR_STORE_LOCK_LENGTH;

    if (fcntl(r->fd, F_SETLK, &lock) == 0) {
        return HR_OK;
    }

    return hr_diag_set(diag, HR_BUSY, "the database is in use: stop the server "
                                      "first");
}


static hr_rc_t
hr_store_restore_bytes(int from, int to, hr_diag_t *diag)
{
    char     *block;
    hr_rc_t   rc;
    ssize_t   n, written, k;

    block = malloc(HR_STORE_COPY_BLOCK);
    if (block == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    rc = HR_OK;

    while (rc == HR_OK && (n = read(from, block, HR_STORE_COPY_BLOCK)) != 0) {
        for (written = 0; n > 0 && written < n; written += k) {
            k = write(to, block + written, (size_t) (n - written));

            if (k <= 0) {
                rc = hr_diag_set(diag, HR_ERROR, "the new file cannot be "
                                 "written: is the disk full? (error %d)", errno);
                break;
            }
        }

        if (n < 0) {
            rc = hr_diag_set(diag, HR_ERROR, "the backup cannot be read "
                                             "(error %d)", errno);
        }
    }

    free(block);

    return rc;
}


/* The copy beside the database, on disk and checked. */
static hr_rc_t
hr_store_restore_copy(hr_store_restore_t *r, const char *copy,
    hr_store_backup_t *info, hr_diag_t *diag)
{
    int      from, to;
    hr_rc_t  rc;

    from = open(copy, O_RDONLY | O_CLOEXEC);
    if (from == -1) {
        return hr_diag_set(diag, HR_ERROR, "the backup cannot be opened "
                                           "(error %d)", errno);
    }

    (void) unlink(r->partial);
    to = open(r->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (to == -1) {
        rc = hr_diag_set(diag, HR_ERROR, "the folder of the database is not "
                                         "writable (error %d)", errno);
        (void) close(from);
        return rc;
    }

    rc = hr_store_restore_bytes(from, to, diag);

    /* only root may give files away; anybody else keeps his own */
    if (rc == HR_OK && geteuid() == 0
        && fchown(to, r->st.st_uid, r->st.st_gid) != 0)
    {
        rc = hr_diag_set(diag, HR_ERROR, "the owner of the new file cannot be "
                                         "set (error %d)", errno);
    }

    if (rc == HR_OK
        && (fchmod(to, r->st.st_mode & 0660) != 0 || fsync(to) != 0))
    {
        rc = hr_diag_set(diag, HR_ERROR, "the new file cannot be synced "
                                         "(error %d)", errno);
    }

    (void) close(from);
    (void) close(to);

    return rc == HR_OK ? hr_store_backup_verify(r->partial, info, diag) : rc;
}


static hr_rc_t
hr_store_restore_sync(const hr_store_restore_t *r, hr_diag_t *diag)
{
    int   fd;
    bool  ok;

    fd = open(r->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = fd != -1 && fsync(fd) == 0;

    if (fd != -1) {
        (void) close(fd);
    }

    return ok ? HR_OK
           : hr_diag_set(diag, HR_ERROR, "the folder of the database cannot be "
                                         "synced (error %d)", errno);
}


/* The old file and its log get a second name. */
static hr_rc_t
hr_store_restore_keep(const char *path, const char *kept, hr_diag_t *diag)
{
    static const char *const  suffixes[] = { "", "-wal", "-journal" };

    char    from[HR_STORE_RESTORE_PATH], to[HR_STORE_RESTORE_PATH];
    size_t  i;

    for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (!hr_store_restore_name(from, path, suffixes[i])
            || !hr_store_restore_name(to, kept, suffixes[i]))
        {
            return hr_diag_set(diag, HR_INVALID, "the path of the database is "
                                                 "too long");
        }

        if (link(from, to) != 0 && !(errno == ENOENT && i > 0)) {
            return hr_diag_set(diag, HR_ERROR, "the old file cannot be kept "
                                               "(error %d)", errno);
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_store_restore_place(hr_store_restore_t *r, const char *path,
    const char *kept, hr_diag_t *diag)
{
    static const char *const  logs[] = { "-wal", "-shm", "-journal" };

    char     name[HR_STORE_RESTORE_PATH];
    size_t   i;
    hr_rc_t  rc;

    rc = kept[0] == '\0' ? HR_OK : hr_store_restore_keep(path, kept, diag);
    if (rc == HR_OK) {
        rc = hr_store_restore_sync(r, diag);
    }

    if (rc != HR_OK) {
        return rc;
    }

    for (i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
        if (hr_store_restore_name(name, path, logs[i]) && unlink(name) != 0
            && errno != ENOENT)
        {
            return hr_diag_set(diag, HR_ERROR, "the log of the old file cannot "
                                               "be removed (error %d)", errno);
        }
    }

    if (rename(r->partial, path) != 0) {
        return hr_diag_set(diag, HR_ERROR, "the new file cannot be put in its "
                                           "place (error %d)", errno);
    }

    return hr_store_restore_sync(r, diag);
}


hr_rc_t
hr_store_restore(const char *copy, const char *path, hr_instant_t now,
    char kept[HR_STORE_RESTORE_PATH], hr_store_backup_t *info, hr_diag_t *diag)
{
    hr_rc_t              rc;
    hr_store_restore_t   r;

    memset(&r, 0, sizeof(r));

    /* before anything is touched */
    rc = hr_store_backup_verify(copy, info, diag);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_restore_begin(&r, path, now, kept, diag);
    if (rc == HR_OK) {
        rc = hr_store_restore_lock(&r, diag);
    }

    if (rc == HR_OK) {
        rc = hr_store_restore_copy(&r, copy, info, diag);

        if (rc == HR_OK) {
            rc = hr_store_restore_place(&r, path, kept, diag);
        }

        if (rc != HR_OK) {
            (void) unlink(r.partial);
        }
    }

    /* lets go of the lock */
    if (r.fd != -1) {
        (void) close(r.fd);
    }

    return rc;
}
