/*
 * Online copy of the database (improvements.md I-62, database.md B-15).
 *
 * The source is read in one transaction, so the copy is the state of one
 * instant and does not start anew when somebody writes meanwhile; in WAL mode
 * writers are not held up by it.  The copy grows as path.partial, is switched
 * to a single file without a log, checked, synced, and only then renamed: a
 * file called path is always whole.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hr_store_sqlite.h"


#define HR_STORE_BACKUP_PAGES  256
#define HR_STORE_BACKUP_TRIES  500      /* of 10 ms each, for a busy source */


static hr_rc_t hr_store_backup_copy(hr_store_conn_t *source, sqlite3 *copy,
    unsigned step_pages, const int *cancel, hr_diag_t *diag);
static hr_rc_t hr_store_backup_place(const char *partial, const char *path,
    hr_diag_t *diag);


hr_rc_t
hr_store_backup(const hr_store_config_t *config, const char *path,
    unsigned step_pages, const int *cancel, hr_store_backup_t *info,
    hr_diag_t *diag)
{
    int               n, fd;
    char              partial[4096];
    hr_rc_t           rc;
    sqlite3          *copy;
    hr_store_conn_t  *source;

    memset(info, 0, sizeof(*info));

    n = snprintf(partial, sizeof(partial), "%s.partial", path);
    if (n < 0 || (size_t) n >= sizeof(partial)) {
        return hr_diag_set(diag, HR_INVALID, "the path of the backup is too "
                                             "long");
    }

    rc = hr_store_open(config, HR_STORE_READER, &source, diag);
    if (rc != HR_OK) {
        return rc;
    }

    /* a copy that an earlier run did not finish */
    (void) unlink(partial);

    /* the engine would make it readable for everybody */
    fd = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd != -1) {
        (void) close(fd);
    }

    if (sqlite3_open_v2(partial, &copy, SQLITE_OPEN_READWRITE
                        | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)
        != SQLITE_OK)
    {
        rc = hr_diag_set(diag, HR_ERROR, "cannot create the backup file: check "
                         "that its folder exists and is writable [%s]",
                         copy == NULL ? "out of memory" : sqlite3_errmsg(copy));
    } else {
        rc = hr_store_backup_copy(source, copy, step_pages, cancel, diag);
    }

    sqlite3_close(copy);
    hr_store_close(source);

    if (rc == HR_OK) {
        rc = hr_store_backup_verify(partial, info, diag);
    }

    if (rc == HR_OK) {
        rc = hr_store_backup_place(partial, path, diag);
    }

    if (rc != HR_OK) {
        (void) unlink(partial);
    }

    return rc;
}


static hr_rc_t
hr_store_backup_copy(hr_store_conn_t *source, sqlite3 *copy,
    unsigned step_pages, const int *cancel, hr_diag_t *diag)
{
    int              rc, tries;
    hr_rc_t          result;
    sqlite3_backup  *backup;

    result = hr_store_snapshot(source);
    if (result != HR_OK) {
        return hr_store_explain(source, result, diag, "read");
    }

    /* one fsync at the end does for all pages */
    sqlite3_exec(copy, "PRAGMA synchronous = OFF", NULL, NULL, NULL);

    backup = sqlite3_backup_init(copy, "main", source->db, "main");
    if (backup == NULL) {
        return hr_diag_set(diag, HR_ERROR, "cannot start the backup [%s]",
                           sqlite3_errmsg(copy));
    }

    tries = 0;

    do {
        if (cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0) {
            rc = SQLITE_INTERRUPT;
            break;
        }

        rc = sqlite3_backup_step(backup, step_pages == 0
                                         ? HR_STORE_BACKUP_PAGES
                                         : (int) step_pages);

        if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
            sqlite3_sleep(10);
            rc = ++tries < HR_STORE_BACKUP_TRIES ? SQLITE_OK : rc;
        }

    } while (rc == SQLITE_OK);

    sqlite3_backup_finish(backup);
    hr_store_snapshot_end(source);

    if (rc != SQLITE_DONE) {
        return hr_diag_set(diag, rc == SQLITE_INTERRUPT ? HR_ABORTED : HR_ERROR,
                           rc == SQLITE_INTERRUPT
                           ? "the backup was cancelled"
                           : "the backup failed: is the disk full? [%s]",
                           sqlite3_errmsg(copy));
    }

    /* one file that may be moved about, without a log beside it */
    if (sqlite3_exec(copy, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL)
        != SQLITE_OK)
    {
        return hr_diag_set(diag, HR_ERROR, "cannot finish the backup [%s]",
                           sqlite3_errmsg(copy));
    }

    return HR_OK;
}


static bool
hr_store_sync(const char *path, int flags)
{
    int   fd;
    bool  ok;

    fd = open(path, flags | O_CLOEXEC);
    if (fd == -1) {
        return false;
    }

    ok = fsync(fd) == 0;
    (void) close(fd);

    return ok;
}


static hr_rc_t
hr_store_backup_place(const char *partial, const char *path, hr_diag_t *diag)
{
    char   folder[4096];
    char  *slash;

    if (!hr_store_sync(partial, O_RDONLY) || rename(partial, path) != 0) {
        return hr_diag_set(diag, HR_ERROR, "cannot put the backup in its place "
                                           "(error %d)", errno);
    }

    snprintf(folder, sizeof(folder), "%s", path);
    slash = strrchr(folder, '/');

    if (slash == NULL) {
        snprintf(folder, sizeof(folder), ".");
    } else {
        slash[slash == folder] = '\0';
    }

    if (!hr_store_sync(folder, O_RDONLY | O_DIRECTORY)) {
        return hr_diag_set(diag, HR_ERROR, "cannot sync the folder of the "
                                           "backup (error %d)", errno);
    }

    return HR_OK;
}


/* -- checking -- */

/* The first column of the first row as a text in out; false: no row. */
static bool
hr_store_verify_text(sqlite3 *db, const char *sql, char *out, size_t size)
{
    bool           found;
    const char    *text;
    sqlite3_stmt  *stmt;

    out[0] = '\0';

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        snprintf(out, size, "%s", sqlite3_errmsg(db));
        return true;
    }

    found = sqlite3_step(stmt) == SQLITE_ROW;

    if (found) {
        text = (const char *) sqlite3_column_text(stmt, 0);
        snprintf(out, size, "%s", text == NULL ? "" : text);

    } else if (sqlite3_errcode(db) != SQLITE_DONE) {
        snprintf(out, size, "%s", sqlite3_errmsg(db));
        found = true;
    }

    sqlite3_finalize(stmt);

    return found;
}


static bool
hr_store_verify_count(sqlite3 *db, const char *sql, int64_t *value)
{
    bool           ok;
    sqlite3_stmt  *stmt;

    *value = 0;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        return false;
    }

    ok = sqlite3_step(stmt) == SQLITE_ROW;
    if (ok) {
        *value = sqlite3_column_int64(stmt, 0);
    }

    sqlite3_finalize(stmt);

    return ok;
}


static hr_rc_t
hr_store_verify(sqlite3 *db, hr_store_backup_t *info, hr_diag_t *diag)
{
    char     text[256];
    int64_t  size;

    (void) hr_store_verify_text(db, "PRAGMA integrity_check(1)", text,
                                sizeof(text));
    if (strcmp(text, "ok") != 0) {
        return hr_diag_set(diag, HR_ERROR, "the file is damaged: %s", text);
    }

    if (hr_store_verify_text(db, "PRAGMA foreign_key_check", text,
                             sizeof(text)))
    {
        return hr_diag_set(diag, HR_ERROR, "a row of table %s refers to a row "
                                           "that is not there", text);
    }

    if (!hr_store_verify_count(db, "SELECT count(*) FROM users", &info->users)
        || !hr_store_verify_count(db, "SELECT count(*) FROM profiles",
                                  &info->profiles)
        || !hr_store_verify_count(db, "SELECT count(*) FROM profile_versions",
                                  &info->versions)
        || !hr_store_verify_count(db, "SELECT count(*) FROM generation_tasks",
                                  &info->tasks)
        || !hr_store_verify_count(db, "PRAGMA page_count", &info->pages)
        || !hr_store_verify_count(db, "PRAGMA page_size", &size))
    {
        return hr_diag_set(diag, HR_ERROR, "a table is missing: the file is no "
                                           "database of this service");
    }

    info->bytes = info->pages * size;

    return HR_OK;
}


hr_rc_t
hr_store_backup_verify(const char *path, hr_store_backup_t *info,
    hr_diag_t *diag)
{
    int       rc;
    hr_rc_t   result;
    sqlite3  *db;

    memset(info, 0, sizeof(*info));

    rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                         NULL);

    result = rc == SQLITE_OK
             ? hr_store_verify(db, info, diag)
             : hr_diag_set(diag, HR_ERROR, "cannot open the file [%s]",
                           db == NULL ? "out of memory" : sqlite3_errmsg(db));

    sqlite3_close(db);

    return result;
}


hr_rc_t
hr_store_check(hr_store_conn_t *conn, hr_diag_t *diag)
{
    hr_rc_t             rc;
    hr_store_backup_t   info;

    hr_store_read(conn);

    rc = hr_store_verify(conn->db, &info, diag);

    return rc == HR_OK ? HR_OK
           : hr_store_refuse(conn, rc, HR_STORE_E_CORRUPT);
}
