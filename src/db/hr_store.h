/*
 * The store: everything the service keeps.  This header and the four that it
 * includes are the whole interface; no SQL and no SQLite type crosses it, so
 * that another engine can stand behind it later.  Plain C, no nginx.
 *
 * Rules that hold for every function below
 *
 * - A connection belongs to one thread at a time and never crosses a fork.
 * - Readers see the last committed state.  A function in a "write" part works
 *   only on a writer and only between hr_store_begin() and hr_store_commit();
 *   it never begins or commits by itself.  Run each write inside its own
 *   savepoint: after a result other than HR_OK, roll back to it.
 * - HR_OK, or: HR_NOT_FOUND, HR_CONFLICT, HR_INVALID and HR_LIMIT are answers
 *   of the domain, HR_BUSY is a lock that did not become free in time,
 *   HR_ABORTED the cancel flag, HR_NOMEM a full heap or arena, HR_ERROR the
 *   rest.  hr_store_error() tells the exact reason until the next call.
 * - Results are copied into the caller's arena and live as long as it does;
 *   texts that a row callback gets live only during the call.
 * - A text with data == NULL is the absent value (NULL).  Texts that come in
 *   must be valid UTF-8; profile ids must be lower-case UUIDs.
 * - "now" is one clock reading per operation, taken by the caller, so that all
 *   rows of the operation carry the same instant (improvements.md I-59).
 * - Rows of other programs that break rules never break an answer
 *   (database.md 8.6): they are skipped or repaired on reading.
 */

#ifndef HR_STORE_H
#define HR_STORE_H

#include "hr_base.h"
#include "hr_time.h"


typedef struct hr_store_conn_s  hr_store_conn_t;

/* An instant that is not known: NULL, or text that is no time. */
#define HR_STORE_NO_TIME   INT64_MIN
/* A score that is not known (NULL). */
#define HR_STORE_NO_SCORE  (-1.0)

typedef enum {
    HR_STORE_READER,
    HR_STORE_WRITER
} hr_store_mode_t;

/* Roles (improvements.md I-48), weakest first. */
typedef enum {
    HR_STORE_ROLE_VIEWER = 0,
    HR_STORE_ROLE_HR,           /* also: rows of the old service */
    HR_STORE_ROLE_HEAD,
    HR_STORE_ROLE_ADMIN
} hr_store_role_t;

const char *hr_store_role_name(hr_store_role_t role);   /* "viewer", "hr", ... */
bool hr_store_role_parse(hr_str_t text, hr_store_role_t *role);

typedef struct {
    hr_str_t          username;
    hr_str_t          password_hash;
    hr_str_t          full_name;
    hr_store_role_t   role;
} hr_store_seed_t;

#define HR_STORE_MAX_SEEDS  8

typedef struct {
    const char       *path;             /* of the database file */
    unsigned          busy_timeout_ms;  /* 0: 5000 */
    unsigned          cache_kib;        /* page cache of a connection; 0: 8192 */
    size_t            mmap_bytes;       /* 0: no memory map */

    /*
     * Users of an empty database, the administrator first (database.md 6).
     * The call-back is asked only when there are none, because hashing is slow
     * and random passwords are to be shown only once; it fills at most
     * HR_STORE_MAX_SEEDS entries and sets *count.  NULL: seeds[] is taken.
     */
    hr_rc_t         (*seed)(void *ctx, hr_arena_t *arena,
                            hr_store_seed_t *out, size_t *count);
    void             *seed_ctx;
    const hr_store_seed_t  *seeds;
    size_t            nseeds;

    /* Who becomes administrator of a file that had no roles; NULL: "admin".
     * Without such a user it is the one with the least id. */
    const char       *admin_username;

    unsigned          collapse_seconds; /* burst of edits (P-28); 0: 300 */
    unsigned          version_cap;      /* versions per profile; 0: 100 */
    bool              skip_quick_check; /* leave out the start-up page check */
} hr_store_config_t;

/* What hr_store_prepare() did, for the start-up log. */
typedef struct {
    bool       created;             /* the file was new */
    bool       wal;                 /* write-ahead log is on */
    unsigned   migrations;          /* applied now */
    unsigned   seeded;              /* users */
    unsigned   versions_added;      /* profiles that had none (database.md 6.4) */
    unsigned   rows_skipped;        /* rows that break rules and were left alone */
    unsigned   rows_indexed;        /* rows (re)entered into the search index */
} hr_store_report_t;

/*
 * Creates or migrates and verifies the file under an exclusive lock; called
 * once in one process before anybody serves.  Safe to repeat.  On failure
 * diag->text says what is wrong and what to do (damaged file, read-only
 * folder, disk full, file of a newer release).  report may be NULL.
 */
hr_rc_t hr_store_prepare(const hr_store_config_t *config,
    hr_store_report_t *report, hr_diag_t *diag);

/*
 * Opens a prepared file.  config is copied as far as needed.  *conn is NULL on
 * failure; diag may be NULL.
 */
hr_rc_t hr_store_open(const hr_store_config_t *config, hr_store_mode_t mode,
    hr_store_conn_t **conn, hr_diag_t *diag);
void hr_store_close(hr_store_conn_t *conn);             /* NULL is allowed */

/*
 * While *flag is not zero every running statement ends with HR_ABORTED within
 * about a millisecond.  NULL: never.  The flag is read with relaxed atomics.
 */
void hr_store_cancel_flag(hr_store_conn_t *conn, const int *flag);

/* Time limit of the following statements in milliseconds; 0: none. */
void hr_store_deadline(hr_store_conn_t *conn, unsigned ms);


/* Why the last call on the connection did not return HR_OK. */
typedef enum {
    HR_STORE_E_NONE = 0,

    /* the engine: 503 with Retry-After, or 500 */
    HR_STORE_E_BUSY,
    HR_STORE_E_FULL,                /* disk full */
    HR_STORE_E_READONLY,
    HR_STORE_E_CORRUPT,
    HR_STORE_E_IO,
    HR_STORE_E_CONSTRAINT,
    HR_STORE_E_ABORTED,             /* cancelled or deadline passed */
    HR_STORE_E_NOMEM,
    HR_STORE_E_NOT_PREPARED,        /* missing or foreign schema */
    HR_STORE_E_NOT_IN_TRANSACTION,  /* a write outside begin/commit */
    HR_STORE_E_OTHER,

    /* the domain */
    HR_STORE_E_NO_USER = 100,
    HR_STORE_E_NAME_TAKEN,
    HR_STORE_E_LAST_ADMIN,
    HR_STORE_E_NO_SESSION,
    HR_STORE_E_NO_PROFILE,
    HR_STORE_E_NO_VERSION,
    HR_STORE_E_VERSION_CURRENT,     /* the current version cannot be deleted */
    HR_STORE_E_VERSION_LAST,        /* nor the only one */
    HR_STORE_E_STALE,               /* ETag or base version is not the current one */
    HR_STORE_E_STATUS,              /* the status does not allow it */
    HR_STORE_E_OPEN_TASK,           /* a task of this profile is queued or running */
    HR_STORE_E_KEY_REUSED,          /* an idempotency key of another request */
    HR_STORE_E_NO_TASK,
    HR_STORE_E_TERMINAL,            /* the task has ended already */
    HR_STORE_E_FENCED,              /* the lease belongs to somebody else now */
    HR_STORE_E_QUEUE_FULL,
    HR_STORE_E_USER_LIMIT,
    HR_STORE_E_NO_BATCH,
    HR_STORE_E_BAD_CURSOR,
    HR_STORE_E_BAD_VALUE
} hr_store_error_t;

hr_store_error_t hr_store_error(const hr_store_conn_t *conn);
/* For the log, never for users: the engine's message, without SQL text. */
const char *hr_store_error_text(const hr_store_conn_t *conn);
/* True for the engine's temporary troubles: answer 503 with Retry-After. */
bool hr_store_error_is_temporary(hr_store_error_t error);


/* -- transactions of the writer (group commit) -- */

/* Takes the write lock (waits up to the busy time-out: HR_BUSY). */
hr_rc_t hr_store_begin(hr_store_conn_t *conn);
hr_rc_t hr_store_commit(hr_store_conn_t *conn);     /* failed: rolled back */
void hr_store_rollback(hr_store_conn_t *conn);      /* allowed outside as well */
bool hr_store_in_transaction(const hr_store_conn_t *conn);

/* One level: savepoint, then release or rollback_to. */
hr_rc_t hr_store_savepoint(hr_store_conn_t *conn);
hr_rc_t hr_store_release(hr_store_conn_t *conn);
/*
 * HR_ERROR: the engine gave up the whole transaction (disk full, I/O error);
 * everything since begin is undone and must be answered with an error.
 */
hr_rc_t hr_store_rollback_to(hr_store_conn_t *conn);

/* What the transaction has changed so far; read it before commit, bump the
 * epochs after it.  A rollback to the savepoint takes bits back. */
#define HR_STORE_T_USERS     0x01u
#define HR_STORE_T_SESSIONS  0x02u
#define HR_STORE_T_PROFILES  0x04u      /* rows, documents, versions */
#define HR_STORE_T_TASKS     0x08u
#define HR_STORE_T_BATCHES   0x10u
#define HR_STORE_T_HISTORY   0x20u
#define HR_STORE_T_AUDIT     0x40u
#define HR_STORE_T_LOGINS    0x80u      /* of an account: only the time of its last login */
/* With PROFILES: what hr_store_links_each() tells, more than a name or an approval. */
#define HR_STORE_T_LINKS    0x100u

unsigned hr_store_touched(const hr_store_conn_t *conn);

/*
 * Where LINKS were touched: slots of the folded copy, by their number modulo 256,
 * a bit each.  More may be set than have changed.
 */
#define HR_STORE_STRIPES  256

typedef struct {
    uint64_t  bits[HR_STORE_STRIPES / 64];
} hr_store_stripes_t;

const hr_store_stripes_t *hr_store_touched_stripes(const hr_store_conn_t *conn);

/* Several reads of one snapshot; end it soon, it holds back the checkpoint. */
hr_rc_t hr_store_snapshot(hr_store_conn_t *conn);
void hr_store_snapshot_end(hr_store_conn_t *conn);


/* -- changes made by others -- */

/* Changes whenever another connection (of any process) has committed. */
hr_rc_t hr_store_data_version(hr_store_conn_t *conn, int64_t *version);

typedef struct {
    int64_t  data_version;      /* 0 before the first call */
    int64_t  own_commits;
} hr_store_watch_t;

#define HR_STORE_CHANGED         1u     /* somebody committed */
#define HR_STORE_FOREIGN         2u     /* certainly not (only) this service */
#define HR_STORE_MAYBE_FOREIGN   4u     /* this service, and perhaps others */

/*
 * Compares with the state of the last call on the same (kept open) connection.
 * Every commit of the store counts itself, so that a change without a count
 * is somebody else's.
 */
hr_rc_t hr_store_watch(hr_store_conn_t *conn, hr_store_watch_t *state,
    unsigned *events);

/*
 * The list and the search read a folded copy of the profile rows.  Finds rows
 * whose copy is missing or stale (reader or writer; full = false looks only at
 * rows changed lately and at the number of rows), at most limit of them.
 * Then repair them on the writer; repeat while *more.
 */
typedef struct {
    hr_str_t   *ids;
    size_t      count;
    bool        more;
} hr_store_stale_t;

hr_rc_t hr_store_index_check(hr_store_conn_t *conn, hr_arena_t *arena,
    bool full, size_t limit, hr_store_stale_t *stale);
/* write */
hr_rc_t hr_store_index_repair(hr_store_conn_t *conn, const hr_str_t *ids,
    size_t count);


#include "hr_store_user.h"
#include "hr_store_profile.h"
#include "hr_store_task.h"
#include "hr_store_admin.h"

#endif /* HR_STORE_H */
