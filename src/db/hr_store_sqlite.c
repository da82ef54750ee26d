/*
 * Connections, transactions and errors of the SQLite store.
 *
 * Group commit: the bridge's writer calls begin, then for each queued write
 * savepoint / release or rollback_to, then commit.  Every commit that changed
 * something raises store_meta.commits, so that hr_store_watch() can tell
 * commits of this service from those of other programs.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hr_store_sqlite.h"


#define HR_STORE_BUSY_TIMEOUT    5000
#define HR_STORE_CACHE_KIB       8192
#define HR_STORE_VERSION_CAP     100
#define HR_STORE_COLLAPSE        300
/* VM steps between two looks at the cancel flag: some tens of microseconds */
#define HR_STORE_PROGRESS_STEPS  1000


static int hr_store_progress(void *data);
static hr_rc_t hr_store_settings(hr_store_conn_t *conn,
    const hr_store_config_t *config);


static int64_t
hr_store_monotonic_ms(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


/* -- errors -- */

static hr_store_error_t
hr_store_classify(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return HR_STORE_E_BUSY;
    case SQLITE_FULL:
        return HR_STORE_E_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return HR_STORE_E_READONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return HR_STORE_E_CORRUPT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return HR_STORE_E_IO;
    case SQLITE_CONSTRAINT:
        return HR_STORE_E_CONSTRAINT;
    case SQLITE_INTERRUPT:
        return HR_STORE_E_ABORTED;
    case SQLITE_NOMEM:
        return HR_STORE_E_NOMEM;
    case SQLITE_SCHEMA:
        return HR_STORE_E_NOT_PREPARED;
    default:
        return HR_STORE_E_OTHER;
    }
}


hr_rc_t
hr_store_fail(hr_store_conn_t *conn, int rc)
{
    conn->error = hr_store_classify(rc);

    /* the engine's text of a missing table or column quotes SQL names only */
    if ((rc & 0xff) == SQLITE_ERROR
        && strncmp(sqlite3_errmsg(conn->db), "no such", 7) == 0)
    {
        conn->error = HR_STORE_E_NOT_PREPARED;
    }

    snprintf(conn->text, sizeof(conn->text), "%s (%d)",
             sqlite3_errmsg(conn->db), sqlite3_extended_errcode(conn->db));

    switch (conn->error) {
    case HR_STORE_E_BUSY:
        return HR_BUSY;
    case HR_STORE_E_ABORTED:
        return HR_ABORTED;
    case HR_STORE_E_NOMEM:
        return HR_NOMEM;
    case HR_STORE_E_CONSTRAINT:
        return HR_CONFLICT;
    default:
        return HR_ERROR;
    }
}


hr_rc_t
hr_store_refuse(hr_store_conn_t *conn, hr_rc_t rc, hr_store_error_t error)
{
    conn->error = error;
    conn->text[0] = '\0';

    return rc;
}


void
hr_store_read(hr_store_conn_t *conn)
{
    conn->error = HR_STORE_E_NONE;
    conn->text[0] = '\0';
    conn->nomem = false;
}


hr_rc_t
hr_store_write(hr_store_conn_t *conn, unsigned touches)
{
    hr_store_read(conn);

    if (conn->mode != HR_STORE_WRITER || !conn->in_transaction) {
        return hr_store_refuse(conn, HR_ERROR, HR_STORE_E_NOT_IN_TRANSACTION);
    }

    conn->touched |= touches;

    return HR_OK;
}


hr_rc_t
hr_store_copied(hr_store_conn_t *conn, hr_rc_t rc)
{
    if (!conn->nomem) {
        return rc;
    }

    return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
}


hr_store_error_t
hr_store_error(const hr_store_conn_t *conn)
{
    return conn->error;
}


const char *
hr_store_error_text(const hr_store_conn_t *conn)
{
    return conn->text;
}


bool
hr_store_error_is_temporary(hr_store_error_t error)
{
    return error == HR_STORE_E_BUSY || error == HR_STORE_E_FULL
           || error == HR_STORE_E_READONLY || error == HR_STORE_E_IO
           || error == HR_STORE_E_ABORTED || error == HR_STORE_E_NOMEM;
}


/* -- connections -- */

/*
 * A new database is nobody else's business: hashes of passwords, names of employees.
 * SQLite gives its log and index the mode of the file.  When this fails, so does the
 * opening, which says why; what exists keeps its mode.
 */
static void
hr_store_create_private(const char *path)
{
    int  fd;

    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd != -1) {
        (void) close(fd);
    }
}


hr_rc_t
hr_store_open_raw(const hr_store_config_t *config, hr_store_mode_t mode,
    bool create, hr_store_conn_t **out, hr_diag_t *diag)
{
    int               rc, flags;
    hr_rc_t           result;
    hr_store_conn_t  *conn;

    *out = NULL;

    if (config->path == NULL || config->path[0] == '\0') {
        return hr_diag_set(diag, HR_INVALID, "no database file is configured");
    }

    conn = calloc(1, sizeof(hr_store_conn_t));
    if (conn == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    conn->mode = mode;
    conn->version_cap = config->version_cap == 0 ? HR_STORE_VERSION_CAP
                                                 : config->version_cap;
    conn->collapse_seconds = config->collapse_seconds == 0
                             ? HR_STORE_COLLAPSE : config->collapse_seconds;

    /* readers need write access too: to the log's index file */
    flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
            | (create ? SQLITE_OPEN_CREATE : 0);

    if (create) {
        hr_store_create_private(config->path);
    }

    rc = sqlite3_open_v2(config->path, &conn->db, flags, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(conn->db, 1);
        result = hr_store_settings(conn, config);

    } else if (conn->db == NULL) {
        free(conn);
        return hr_diag_set(diag, HR_NOMEM, "out of memory");

    } else {
        result = hr_store_fail(conn, rc);
    }

    if (result != HR_OK) {
        result = hr_store_explain(conn, result, diag, "open");
        hr_store_close(conn);
        return result;
    }

    *out = conn;

    return HR_OK;
}


/*
 * Another process holds the write lock, for about the time of an fsync.
 * SQLite's own handler sleeps 1, 2, 5, 10 ... 100 ms, so that writers of two
 * workers would mostly wait for nothing; this one looks again within a
 * millisecond, at uneven times, so that the waiting ones take turns.
 */
static int
hr_store_busy(void *ctx, int tries)
{
    int64_t           now;
    struct timespec   pause = { .tv_sec = 0 };
    hr_store_conn_t  *conn = ctx;

    now = hr_store_monotonic_ms();

    if (tries == 0) {
        conn->busy_since = now;
    }

    if (now - conn->busy_since >= conn->busy_timeout) {
        return 0;
    }

    if (conn->cancel != NULL && __atomic_load_n(conn->cancel, __ATOMIC_RELAXED)) {
        return 0;
    }

    pause.tv_nsec = (tries < 20 ? 200000 : 1000000)
                    + (long) ((uintptr_t) conn >> 6 & 0xff) * 1000
                    + (tries * 37 % 16) * 10000;
    (void) nanosleep(&pause, NULL);

    return 1;
}


static hr_rc_t
hr_store_settings(hr_store_conn_t *conn, const hr_store_config_t *config)
{
    char     text[256];
    int      value;

    conn->busy_timeout = config->busy_timeout_ms == 0
                         ? HR_STORE_BUSY_TIMEOUT : config->busy_timeout_ms;
    sqlite3_busy_handler(conn->db, hr_store_busy, conn);
    sqlite3_progress_handler(conn->db, HR_STORE_PROGRESS_STEPS,
                             hr_store_progress, conn);

    /* a hostile or damaged file must not run code of its schema */
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &value);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &value);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DML, 0, &value);

    snprintf(text, sizeof(text),
             "PRAGMA foreign_keys = ON;"
             "PRAGMA synchronous = FULL;"
             "PRAGMA temp_store = MEMORY;"
             "PRAGMA cell_size_check = ON;"
             "PRAGMA journal_size_limit = 67108864;"
             "PRAGMA cache_size = -%u;"
             "PRAGMA mmap_size = %llu;",
             config->cache_kib == 0 ? HR_STORE_CACHE_KIB : config->cache_kib,
             (unsigned long long) config->mmap_bytes);

    return hr_store_script(conn, text);
}


hr_rc_t
hr_store_open(const hr_store_config_t *config, hr_store_mode_t mode,
    hr_store_conn_t **out, hr_diag_t *diag)
{
    hr_rc_t           rc;
    int64_t           value;
    hr_store_conn_t  *conn;

    rc = hr_store_open_raw(config, mode, false, &conn, diag);
    if (rc != HR_OK) {
        *out = NULL;
        return rc;
    }

    rc = hr_store_int(conn, &value,
                      "SELECT value FROM store_meta WHERE key = 'schema'", "");

    if (rc == HR_OK && mode == HR_STORE_READER) {
        rc = hr_store_script(conn, "PRAGMA query_only = ON");
    }

    /* last: a PRAGMA makes the engine compile again what is compiled */
    if (rc == HR_OK
        && sqlite3_prepare_v3(conn->db, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT,
                              &conn->undo, NULL)
           != SQLITE_OK)
    {
        rc = hr_store_fail(conn, sqlite3_errcode(conn->db));
    }

    if (rc != HR_OK) {
        if (rc == HR_NOT_FOUND) {
            rc = hr_store_refuse(conn, HR_ERROR, HR_STORE_E_NOT_PREPARED);
        }

        rc = hr_store_explain(conn, rc, diag, "open");
        hr_store_close(conn);
        conn = NULL;
    }

    *out = conn;

    return rc;
}


void
hr_store_close(hr_store_conn_t *conn)
{
    size_t  i;

    if (conn == NULL) {
        return;
    }

    conn->cancel = NULL;
    conn->deadline_ms = 0;

    hr_store_rollback(conn);
    sqlite3_finalize(conn->undo);

    for (i = 0; i < HR_STORE_MAX_STATEMENTS; i++) {
        sqlite3_finalize(conn->statements[i].stmt);
    }

    for (i = 0; i < HR_STORE_MAX_VARIANTS; i++) {
        sqlite3_finalize(conn->variants[i].stmt);
        free(conn->variants[i].sql);
    }

    sqlite3_close_v2(conn->db);
    free(conn);
}


static int
hr_store_progress(void *data)
{
    hr_store_conn_t  *conn = data;

    if (conn->cancel != NULL
        && __atomic_load_n(conn->cancel, __ATOMIC_RELAXED) != 0)
    {
        return 1;
    }

    return conn->deadline_ms != 0
           && hr_store_monotonic_ms() >= conn->deadline_ms;
}


void
hr_store_cancel_flag(hr_store_conn_t *conn, const int *flag)
{
    conn->cancel = flag;
}


void
hr_store_deadline(hr_store_conn_t *conn, unsigned ms)
{
    conn->deadline_ms = ms == 0 ? 0 : hr_store_monotonic_ms() + ms;
}


/* -- transactions -- */

/*
 * Ends whatever transaction the engine is in.  A ROLLBACK that has to be compiled may
 * fail for want of memory, and the connection would hold the write lock, or a
 * snapshot, for ever: so it is compiled at the opening.
 */
static void
hr_store_undo(hr_store_conn_t *conn)
{
    if (sqlite3_get_autocommit(conn->db)) {
        return;
    }

    if (conn->undo != NULL) {
        (void) sqlite3_step(conn->undo);
        (void) sqlite3_reset(conn->undo);
    }

    if (!sqlite3_get_autocommit(conn->db)) {
        (void) sqlite3_exec(conn->db, "ROLLBACK", NULL, NULL, NULL);
    }
}


hr_rc_t
hr_store_begin(hr_store_conn_t *conn)
{
    hr_rc_t  rc;

    hr_store_read(conn);

    if (conn->mode != HR_STORE_WRITER || conn->in_transaction) {
        return hr_store_refuse(conn, HR_ERROR, HR_STORE_E_NOT_IN_TRANSACTION);
    }

    hr_store_undo(conn);
    rc = hr_store_run(conn, NULL, "BEGIN IMMEDIATE", "");

    if (rc == HR_OK) {
        conn->in_transaction = true;
        conn->in_savepoint = false;
        conn->touched = 0;
        memset(&conn->stripes, 0, sizeof(conn->stripes));
        conn->changes_before = sqlite3_total_changes64(conn->db);
    }

    return rc;
}


hr_rc_t
hr_store_commit(hr_store_conn_t *conn)
{
    hr_rc_t  rc;

    hr_store_read(conn);

    if (!conn->in_transaction) {
        return hr_store_refuse(conn, HR_ERROR, HR_STORE_E_NOT_IN_TRANSACTION);
    }

    rc = HR_OK;

    if (sqlite3_total_changes64(conn->db) != conn->changes_before) {
        rc = hr_store_run(conn, NULL,
                          "UPDATE store_meta SET value = value + 1"
                          " WHERE key = 'commits'", "");
    }

    if (rc == HR_OK) {
        rc = hr_store_run(conn, NULL, "COMMIT", "");
    }

    if (rc != HR_OK) {
        hr_store_rollback(conn);
        return rc;
    }

    conn->in_transaction = false;

    return HR_OK;
}


/* Keeps the error of the failure that led here. */
void
hr_store_rollback(hr_store_conn_t *conn)
{
    hr_store_snapshot_end(conn);

    hr_store_undo(conn);

    conn->in_transaction = false;
    conn->in_savepoint = false;
    conn->touched = 0;
    memset(&conn->stripes, 0, sizeof(conn->stripes));
}


bool
hr_store_in_transaction(const hr_store_conn_t *conn)
{
    return conn->in_transaction;
}


hr_rc_t
hr_store_savepoint(hr_store_conn_t *conn)
{
    hr_rc_t  rc;

    hr_store_read(conn);

    if (!conn->in_transaction || conn->in_savepoint) {
        return hr_store_refuse(conn, HR_ERROR, HR_STORE_E_NOT_IN_TRANSACTION);
    }

    rc = hr_store_run(conn, NULL, "SAVEPOINT step", "");

    if (rc == HR_OK) {
        conn->in_savepoint = true;
        conn->touched_before = conn->touched;
        conn->stripes_before = conn->stripes;
    }

    return rc;
}


hr_rc_t
hr_store_release(hr_store_conn_t *conn)
{
    hr_rc_t  rc;

    hr_store_read(conn);

    if (!conn->in_savepoint) {
        return hr_store_refuse(conn, HR_ERROR, HR_STORE_E_NOT_IN_TRANSACTION);
    }

    rc = hr_store_run(conn, NULL, "RELEASE step", "");

    if (rc == HR_OK) {
        conn->in_savepoint = false;
    }

    return rc;
}


hr_rc_t
hr_store_rollback_to(hr_store_conn_t *conn)
{
    int               rc;
    hr_store_error_t  error;

    error = conn->error;

    /* some failures (disk full, I/O) make the engine roll back everything */
    if (!conn->in_savepoint || sqlite3_get_autocommit(conn->db)) {
        hr_store_rollback(conn);
        return HR_ERROR;
    }

    rc = sqlite3_exec(conn->db, "ROLLBACK TO step; RELEASE step", NULL, NULL,
                      NULL);
    if (rc != SQLITE_OK) {
        (void) hr_store_fail(conn, rc);
        hr_store_rollback(conn);
        return HR_ERROR;
    }

    conn->in_savepoint = false;
    conn->touched = conn->touched_before;
    conn->stripes = conn->stripes_before;
    conn->error = error;

    return HR_OK;
}


unsigned
hr_store_touched(const hr_store_conn_t *conn)
{
    return conn->touched;
}


const hr_store_stripes_t *
hr_store_touched_stripes(const hr_store_conn_t *conn)
{
    return &conn->stripes;
}


void
hr_store_touch_slot(hr_store_conn_t *conn, int64_t slot)
{
    unsigned  stripe = (unsigned) (slot % HR_STORE_STRIPES);

    if (slot < 0) {
        memset(&conn->stripes, 0xff, sizeof(conn->stripes));
        return;
    }

    conn->stripes.bits[stripe / 64] |= UINT64_C(1) << stripe % 64;
}


hr_rc_t
hr_store_snapshot(hr_store_conn_t *conn)
{
    hr_rc_t  rc;
    int64_t  value;

    hr_store_read(conn);

    /* inside a transaction or a snapshot everything is one state already */
    if (conn->in_transaction || conn->in_snapshot) {
        return HR_OK;
    }

    hr_store_undo(conn);
    rc = hr_store_run(conn, NULL, "BEGIN", "");
    if (rc != HR_OK) {
        return rc;
    }

    conn->in_snapshot = true;

    /* a deferred transaction takes its snapshot at the first read */
    rc = hr_store_int(conn, &value,
                      "SELECT value FROM store_meta WHERE key = 'schema'", "");
    if (rc != HR_OK) {
        hr_store_snapshot_end(conn);
    }

    return rc;
}


void
hr_store_snapshot_end(hr_store_conn_t *conn)
{
    if (conn->in_snapshot) {
        conn->in_snapshot = false;
        hr_store_undo(conn);
    }
}


/* -- changes made by others -- */

hr_rc_t
hr_store_data_version(hr_store_conn_t *conn, int64_t *version)
{
    hr_store_read(conn);

    return hr_store_int(conn, version, "PRAGMA data_version", "");
}


hr_rc_t
hr_store_watch(hr_store_conn_t *conn, hr_store_watch_t *state, unsigned *events)
{
    hr_rc_t           rc;
    hr_store_watch_t  now;

    *events = 0;

    rc = hr_store_snapshot(conn);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &now.data_version, "PRAGMA data_version", "");
    if (rc == HR_OK) {
        rc = hr_store_int(conn, &now.own_commits,
                          "SELECT value FROM store_meta WHERE key = 'commits'",
                          "");
    }

    hr_store_snapshot_end(conn);

    if (rc != HR_OK) {
        return rc;
    }

    if (state->data_version != 0 && state->data_version != now.data_version) {
        *events = HR_STORE_CHANGED
                  | (state->own_commits == now.own_commits
                     ? HR_STORE_FOREIGN : HR_STORE_MAYBE_FOREIGN);
    }

    *state = now;

    return HR_OK;
}
