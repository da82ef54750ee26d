/*
 * Inside of the SQLite store: the connection, prepared statements, binding and
 * reading of columns, errors.  Included by src/db/hr_store_*.c only.
 */

#ifndef HR_STORE_SQLITE_H
#define HR_STORE_SQLITE_H

#include <sqlite3.h>

#include "hr_store.h"
#include "hr_text.h"


#define HR_STORE_MAX_STATEMENTS  512    /* distinct texts, a power of two */
#define HR_STORE_MAX_VARIANTS    64     /* texts built at run time (the list) */

typedef struct {
    const char    *sql;         /* a literal: the address is the key */
    sqlite3_stmt  *stmt;
} hr_store_slot_entry_t;

typedef struct {
    char          *sql;
    sqlite3_stmt  *stmt;
    uint64_t       used;
} hr_store_variant_t;

struct hr_store_conn_s {
    sqlite3                *db;
    sqlite3_stmt           *undo;           /* ROLLBACK, made while there is memory */
    hr_store_mode_t         mode;
    unsigned                version_cap;
    unsigned                collapse_seconds;

    hr_store_error_t        error;
    char                    text[256];

    const int              *cancel;
    int64_t                 deadline_ms;    /* CLOCK_MONOTONIC, 0: none */
    int64_t                 busy_timeout;   /* ms */
    int64_t                 busy_since;     /* ms: the wait for the lock began */

    unsigned                touched;
    unsigned                touched_before; /* at the open savepoint */
    hr_store_stripes_t      stripes;
    hr_store_stripes_t      stripes_before;
    int64_t                 changes_before; /* total changes at begin */
    bool                    in_transaction;
    bool                    in_savepoint;
    bool                    in_snapshot;
    bool                    nomem;          /* a column copy failed */

    size_t                  nstatements;
    hr_store_slot_entry_t   statements[HR_STORE_MAX_STATEMENTS];
    hr_store_variant_t      variants[HR_STORE_MAX_VARIANTS];
    uint64_t                variant_clock;
};


/* -- errors -- */

/* Notes the engine's last error; returns the matching rc. */
hr_rc_t hr_store_fail(hr_store_conn_t *conn, int sqlite_rc);
/* Notes a reason of the domain. */
hr_rc_t hr_store_refuse(hr_store_conn_t *conn, hr_rc_t rc,
    hr_store_error_t error);
/* Every write begins with it: resets the error, checks for a transaction. */
hr_rc_t hr_store_write(hr_store_conn_t *conn, unsigned touches);
/* Every read begins with it. */
void hr_store_read(hr_store_conn_t *conn);
/* Notes that what is linked in the slot may have changed; slot below 0: in all. */
void hr_store_touch_slot(hr_store_conn_t *conn, int64_t slot);


/*
 * -- statements --
 *
 * Formats, one letter per parameter:
 *   t  hr_str_t (absent: NULL)      c  const char * (NULL: NULL)
 *   i  int64_t                      o  int64_t (0: NULL)
 *   d  double                       s  double score (negative: NULL)
 *   1 2 3  hr_instant_t in layout T1, T2, T3 (NO_TIME: NULL)
 *   u  hr_instant_t as microseconds (NO_TIME: NULL)
 * Texts must live until hr_store_end().
 */

/* Prepared and bound, or NULL with the error noted. */
sqlite3_stmt *hr_store_query(hr_store_conn_t *conn, const char *sql,
    const char *format, ...);
/* The same for a text that is built at run time (least recently used go). */
sqlite3_stmt *hr_store_variant(hr_store_conn_t *conn, const char *sql);
/* HR_OK: a row; HR_NOT_FOUND: no more rows; else an error (noted). */
hr_rc_t hr_store_step(hr_store_conn_t *conn, sqlite3_stmt *stmt);
void hr_store_end(sqlite3_stmt *stmt);
/* Runs to the end; *changes (may be NULL): rows changed. */
hr_rc_t hr_store_run(hr_store_conn_t *conn, int64_t *changes, const char *sql,
    const char *format, ...);
/* The first column of the first row; HR_NOT_FOUND without a row. */
hr_rc_t hr_store_int(hr_store_conn_t *conn, int64_t *value, const char *sql,
    const char *format, ...);
/* Unprepared text, several statements. */
hr_rc_t hr_store_script(hr_store_conn_t *conn, const char *sql);


/* -- columns; arena == NULL: a view that lives until the next step -- */

hr_str_t hr_store_col(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, int i);
hr_instant_t hr_store_col_time(sqlite3_stmt *stmt, int i);      /* any layout */
hr_instant_t hr_store_col_us(sqlite3_stmt *stmt, int i);
double hr_store_col_score(sqlite3_stmt *stmt, int i);           /* NULL: NO_SCORE */
double hr_store_col_unit(sqlite3_stmt *stmt, int i);            /* 0..1; NULL: 0 */

/* HR_NOMEM when a column copy failed since the read began, else rc. */
hr_rc_t hr_store_copied(hr_store_conn_t *conn, hr_rc_t rc);

/* Fills a zeroed element from the row that the statement stands on. */
typedef void (*hr_store_row_pt)(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, void *row);

/*
 * All rows of a statement of hr_store_query() (NULL: it failed) as an array of *count
 * elements in the arena, NULL without rows.  Ends the statement; *rc says how it went,
 * and after a failure there are no elements.
 */
void *hr_store_rows(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    size_t size, hr_store_row_pt read, size_t *count, hr_rc_t *rc);

/* A zeroed array for results, grown by doubling inside the arena. */
void *hr_store_grow(hr_arena_t *arena, void *items, size_t count, size_t size,
    size_t *capacity);


/* 64-bit FNV-1a, for tags and for comparing rows, not for security. */
#define HR_STORE_HASH_INIT  UINT64_C(0xcbf29ce484222325)
uint64_t hr_store_hash(uint64_t h, const void *data, size_t len);
uint64_t hr_store_hash_str(uint64_t h, hr_str_t text);
uint64_t hr_store_hash_int(uint64_t h, int64_t value);

/* Lower-case canonical UUID; anything else is nobody's id. */
bool hr_store_is_uuid(hr_str_t text);


/* -- schema (hr_store_schema.c) -- */

typedef struct {
    const char  *table;
    const char  *column;
    const char  *type;
} hr_store_column_t;

extern const char *const         hr_store_base_schema[];    /* database.md 3-5 */
extern const char *const         hr_store_own_schema[];
extern const hr_store_column_t   hr_store_base_columns[];   /* must be there */
extern const hr_store_column_t   hr_store_added_columns[];

/* -- migrations (hr_store_migrate.c) -- */

hr_rc_t hr_store_has_column(hr_store_conn_t *conn, const char *table,
    const char *column, bool *found);
/* Nothing when it is there. */
hr_rc_t hr_store_add_column(hr_store_conn_t *conn,
    const hr_store_column_t *column);
hr_rc_t hr_store_apply_columns(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);
/* Those that the file has not had yet. */
hr_rc_t hr_store_apply_all(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);


/* -- opening (hr_store_sqlite.c, hr_store_prepare.c) -- */

/* Opens without any check of the schema. */
hr_rc_t hr_store_open_raw(const hr_store_config_t *config, hr_store_mode_t mode,
    bool create, hr_store_conn_t **conn, hr_diag_t *diag);
/* A text for the operator about an engine error of opening or preparing. */
hr_rc_t hr_store_explain(hr_store_conn_t *conn, hr_rc_t rc, hr_diag_t *diag,
    const char *doing);


/* -- the folded copy (hr_store_index.c, hr_store_stale.c) -- */

/* The columns that are copied, by hash: a change of one makes the copy stale. */
#define HR_STORE_SOURCE                                                       \
    "p.id, p.department, p.position, p.employee_name, p.status,"              \
    " p.validation_score, p.completeness_score, p.created_by, p.created_at,"  \
    " p.updated_at, p.unit_path"
#define HR_STORE_SOURCE_WIDTH  11

/* What metadata with facts about the KPIs contains (generation.md 8.1). */
#define HR_STORE_KPI_SOURCE  "\"kpi_source\""

int64_t hr_store_source_hash(hr_store_conn_t *conn, sqlite3_stmt *stmt);

/* Enters, updates or removes the copy of one profile row. */
hr_rc_t hr_store_index_put(hr_store_conn_t *conn, hr_str_t profile_id);
/* The same when the caller knows what the metadata say. */
hr_rc_t hr_store_index_put_known(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_kpi_t kpi);
/* All rows that are missing or stale. */
hr_rc_t hr_store_index_sync(hr_store_conn_t *conn, int64_t *changed);


/* -- shared by the profile files -- */

/* kpi_review: an expression, because a list has the row of the copy at hand */
#define HR_STORE_CARD_COLUMNS_WITH(kpi_review)                                \
    "p.id, p.department, p.position, p.employee_name, p.unit_path, p.status," \
    " p.validation_score, p.completeness_score, p.generation_time_seconds,"   \
    " p.input_tokens, p.output_tokens, p.total_tokens, p.current_version,"    \
    " p.revision, p.created_by, p.created_at, p.updated_at,"                  \
    " p.approval_state, u.username, u.full_name,"                             \
    " (SELECT count(*) FROM profile_versions v WHERE v.profile_id = p.id), "  \
    kpi_review
#define HR_STORE_CARD_COLUMNS                                                 \
    HR_STORE_CARD_COLUMNS_WITH("(SELECT s.kpi_review FROM search_profiles s"  \
                               " WHERE s.profile_id = p.id)")
#define HR_STORE_CARD_WIDTH  22

#define HR_STORE_MAX_EACH    10000      /* ids in one call */

void hr_store_card_read(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, int first, hr_store_card_t *card);

/* The columns of a profile that writes decide upon. */
typedef struct {
    hr_store_status_t   status;
    int64_t             current_version;
    int64_t             counter;        /* greatest version number ever used */
    int64_t             revision;
    hr_store_stage_t    stage;
    char                etag[17];
} hr_store_head_t;

/* HR_NOT_FOUND / NO_PROFILE */
hr_rc_t hr_store_head(hr_store_conn_t *conn, hr_str_t id, hr_store_head_t *head);
hr_rc_t hr_store_expected(hr_store_conn_t *conn, const hr_store_head_t *head,
    const hr_store_expect_t *expect);
hr_rc_t hr_store_etag_now(hr_store_conn_t *conn, hr_str_t id, char etag[17]);


/* -- shared by the task files -- */

#define HR_STORE_OPEN_STATES  "('pending', 'queued', 'processing')"
#define HR_STORE_WAIT_STATES  "('pending', 'queued')"

/* Key of "same unit and position"; {0, NULL}: out of memory. */
hr_str_t hr_store_slot_key(hr_arena_t *arena, const hr_store_slot_t *slot);

/* Notes the state of a task in the batches that wait for it. */
hr_rc_t hr_store_batch_note(hr_store_conn_t *conn, hr_str_t task_id,
    const char *state, hr_str_t profile_id, hr_str_t error_code,
    hr_str_t message, hr_instant_t now);

/* One row of generation_history for a finished attempt of the task.  status:
 * "success", "failed" or "cancelled"; usage may be NULL. */
hr_rc_t hr_store_history_add(hr_store_conn_t *conn, hr_str_t task_id,
    const char *status, hr_str_t profile_id, hr_str_t error_code,
    const hr_store_usage_t *usage, hr_instant_t now);

#endif /* HR_STORE_SQLITE_H */
