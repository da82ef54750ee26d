/*
 * Dashboard figures, audit trail, reviews, backup and maintenance (api-core.md
 * 2.5; improvements.md I-43, I-44, I-62; database.md 9).
 */

#ifndef HR_STORE_ADMIN_H
#define HR_STORE_ADMIN_H

#ifndef HR_STORE_H
#error "include hr_store.h"
#endif


typedef struct {
    int64_t   rows_total;
    int64_t   by_status[HR_STORE_STATUSES];
    int64_t   slots_completed;      /* distinct department + position */
    int64_t   tasks_queued, tasks_processing;
    int64_t   approved;             /* approval_state = "approved" */
} hr_store_counts_t;

hr_rc_t hr_store_counts(hr_store_conn_t *conn, hr_store_counts_t *counts);

/* Newest by instant, then by insertion (D-51); limit 1..100.  created_at falls
 * back to updated_at (D-50). */
hr_rc_t hr_store_recent(hr_store_conn_t *conn, hr_arena_t *arena, size_t limit,
    hr_store_card_t **items, size_t *count);


/* -- room; needs no connection -- */

/* Bytes; 0: unknown. */
typedef struct {
    uint64_t  file;             /* the database */
    uint64_t  log;              /* its write-ahead log */
    uint64_t  free;             /* of the disk, for this user */
    uint64_t  size;
} hr_store_disk_t;

void hr_store_disk(const char *path, hr_store_disk_t *disk);
/* So little room that writes will fail soon: below 256 MiB and a twentieth of the disk. */
bool hr_store_disk_low(const hr_store_disk_t *disk);


/* -- audit: append-only, chained by SHA-256 -- */

#define HR_STORE_AUDIT_DETAIL  4000     /* bytes; what is longer is cut */

typedef struct {
    int64_t        seq;             /* from the store */
    hr_instant_t   at;
    int64_t        user_id;         /* 0: nobody */
    hr_str_t       username;        /* or absent */
    hr_str_t       action;          /* "login", "profile.edit", ... */
    hr_str_t       object_type;     /* or absent */
    hr_str_t       object_id;       /* or absent */
    hr_str_t       result;          /* "ok", "denied", "failed", ... */
    hr_str_t       address;         /* peer, or absent */
    hr_str_t       request_id;      /* or absent */
    hr_str_t       detail;          /* JSON without documents and secrets, or absent */
    hr_str_t       hash;            /* 64 hex digits; from the store */
} hr_store_audit_t;

/* write; texts are cut at 2,000 bytes, detail at 4,000 */
hr_rc_t hr_store_audit_append(hr_store_conn_t *conn, const hr_store_audit_t *event);

/* Records after seq `after` in order; filters: absent, 0 or NO_TIME = any.
 * row() may stop with another code than HR_OK. */
typedef struct {
    int64_t        after;
    hr_instant_t   from, to;
    int64_t        user_id;
    hr_str_t       action;
    hr_str_t       object_id;
    size_t         limit;           /* 1..100,000 */
    bool           newest_first;    /* after is then an upper bound; 0: none */
} hr_store_audit_filter_t;

hr_rc_t hr_store_audit_each(hr_store_conn_t *conn,
    const hr_store_audit_filter_t *filter,
    hr_rc_t (*row)(void *ctx, const hr_store_audit_t *event), void *ctx);

/* Recomputes the chain.  HR_OK and bad_seq 0: whole; otherwise bad_seq is the
 * first record that was changed, removed or put in. */
hr_rc_t hr_store_audit_verify(hr_store_conn_t *conn, int64_t *checked,
    int64_t *bad_seq);


/* -- reviews and quality statistics (I-44) -- */

typedef struct {
    int64_t        id;
    int64_t        version;
    int64_t        user_id;
    hr_str_t       username;        /* or absent */
    hr_str_t       section;         /* absent: the whole document */
    int64_t        rating;          /* 1..10 */
    hr_str_t       comment;         /* or absent */
    hr_instant_t   created_at;
} hr_store_review_t;

/* write; replaces the same user's review of that version and section.
 * NO_PROFILE, NO_VERSION, HR_INVALID for a rating outside 1..10. */
hr_rc_t hr_store_review_put(hr_store_conn_t *conn, hr_str_t profile_id,
    const hr_store_review_t *review, hr_instant_t now, int64_t *id);
/* read; newest first, at most 1,000 */
hr_rc_t hr_store_reviews_list(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, hr_store_review_t **items, size_t *count);

typedef enum {
    HR_STORE_QUALITY_BY_PROMPT = 0,     /* prompt version of the generation */
    HR_STORE_QUALITY_BY_UNIT,           /* first part of the unit path */
    HR_STORE_QUALITY_TOTAL
} hr_store_quality_group_t;

typedef struct {
    hr_str_t   key;                 /* or absent */
    int64_t    profiles;
    int64_t    edited_profiles;     /* with at least one edited leaf */
    double     edited_share;        /* mean of edited / all leaves of edits */
    int64_t    reviews;
    double     mean_rating;         /* HR_STORE_NO_SCORE: no reviews */
    double     mean_validation;     /* of the current versions */
    double     mean_completeness;
} hr_store_quality_row_t;

hr_rc_t hr_store_quality(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_store_quality_group_t group, size_t limit, hr_store_quality_row_t **rows,
    size_t *count);


/* -- backup (I-62) -- */

typedef struct {
    int64_t    pages;
    int64_t    bytes;
    int64_t    users, profiles, versions, tasks;    /* rows in the copy */
} hr_store_backup_t;

/*
 * Copies the database as it is at one instant, in steps of `step_pages`
 * (0: 256) while writers go on; checks the copy, then renames path.partial to
 * path and syncs both.  An existing path is replaced.  cancel may be NULL.
 */
hr_rc_t hr_store_backup(const hr_store_config_t *config, const char *path,
    unsigned step_pages, const int *cancel, hr_store_backup_t *info,
    hr_diag_t *diag);
/* integrity_check, foreign_key_check, and the tables that must be there. */
hr_rc_t hr_store_backup_verify(const char *path, hr_store_backup_t *info,
    hr_diag_t *diag);

/*
 * Copies kept in a folder: those of the schedule are "hr-20260131-040000.db"
 * (UTC), those that somebody asked for "hr-manual-20260131-040000.db".
 */
#define HR_STORE_BACKUP_NAME  32

typedef struct {
    unsigned  daily;        /* days that keep their latest copy of the schedule */
    unsigned  weekly;       /* weeks, Monday to Sunday, the same */
    unsigned  manual;       /* latest copies that were asked for */
} hr_store_keep_t;

typedef struct {
    char           name[HR_STORE_BACKUP_NAME];
    hr_instant_t   at;                  /* from the name */
    int64_t        bytes;
    bool           manual;
} hr_store_copy_t;

void hr_store_backup_name(hr_instant_t now, bool manual,
    char out[HR_STORE_BACKUP_NAME]);
/* Newest first, at most 10,000; *copies is free()d by the caller, NULL on failure. */
hr_rc_t hr_store_backup_list(const char *folder, hr_store_copy_t **copies,
    size_t *count, hr_diag_t *diag);
/*
 * Removes copies that are not to be kept; neither kind counts for the other.
 * Other files are left alone.  removed may be NULL.
 */
hr_rc_t hr_store_backup_rotate(const char *folder, const hr_store_keep_t *keep,
    unsigned *removed, hr_diag_t *diag);
/*
 * At most one backup at a time, whichever process makes it: locks a file in
 * the folder.  HR_BUSY: another one is being made.  unlock takes *lock; a
 * process that ends lets go of it.
 */
hr_rc_t hr_store_backup_lock(const char *folder, int *lock, hr_diag_t *diag);
void hr_store_backup_unlock(int lock);

/*
 * Puts a copy in the place of a database that nobody has open (HR_BUSY: a
 * server still runs).  The copy is verified before and after; the old file is
 * kept as `kept` (path.before-restore-20260131-040000, in a buffer of at least
 * HR_STORE_RESTORE_PATH bytes; "": there was none).  The new file gets the owner
 * and mode of the old one, or the owner of its folder.
 */
#define HR_STORE_RESTORE_PATH  4096

hr_rc_t hr_store_restore(const char *copy, const char *path, hr_instant_t now,
    char kept[HR_STORE_RESTORE_PATH], hr_store_backup_t *info, hr_diag_t *diag);


/* -- maintenance; outside a transaction, on the writer -- */

/* Statistics for the query planner; daily. */
hr_rc_t hr_store_optimize(hr_store_conn_t *conn);
/* Moves the log into the file; truncate: also shortens it.  HR_BUSY: partly. */
hr_rc_t hr_store_checkpoint(hr_store_conn_t *conn, bool truncate);
/*
 * Gives the room of deleted rows back to the file system (B-14).  The file is written
 * anew: it needs as much free room as it has, and writers wait meanwhile.  HR_BUSY:
 * somebody writes.
 */
hr_rc_t hr_store_vacuum(hr_store_conn_t *conn);
/* Writes a small row and reads it back: health check of the write path. */
hr_rc_t hr_store_ping(hr_store_conn_t *conn);
/* Full check of pages, indexes, references; HR_ERROR / CORRUPT with a text. */
hr_rc_t hr_store_check(hr_store_conn_t *conn, hr_diag_t *diag);

#endif /* HR_STORE_ADMIN_H */
