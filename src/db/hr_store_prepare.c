/*
 * Start-up of the store (database.md 6): create what is missing, add our own
 * columns and tables, seed the users of an empty file, give version 1 to
 * profiles that have none, and enter rows into the search index.  Everything
 * is one transaction under the write lock, so that two programs that start at
 * once do it one after the other, and a crash leaves the file as it was.
 */

#include <stdio.h>

#include "hr_store_sqlite.h"


/* Raised only by a change that an older program must not meet. */
#define HR_STORE_SCHEMA        1
/* Larger files are checked on command only: the check reads every page. */
#define HR_STORE_CHECK_BYTES   (64 * 1024 * 1024)


static hr_rc_t hr_store_check_pages(hr_store_conn_t *conn, hr_diag_t *diag);
static hr_rc_t hr_store_migrate(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report,
    hr_diag_t *diag);


hr_rc_t
hr_store_explain(hr_store_conn_t *conn, hr_rc_t rc, hr_diag_t *diag,
    const char *doing)
{
    const char  *advice;

    switch (conn->error) {

    case HR_STORE_E_CORRUPT:
        advice = "the file is damaged or is no database: stop every program "
                 "that uses it, keep a copy of it with its -wal file, and "
                 "restore the last backup (or try \"sqlite3 FILE .recover\")";
        break;

    case HR_STORE_E_READONLY:
        advice = "the file or its folder is read-only for this user: the "
                 "database, its -wal and its -shm file must be writable";
        break;

    case HR_STORE_E_FULL:
        advice = "the disk is full: free space and start again";
        break;

    case HR_STORE_E_IO:
        advice = "the file cannot be opened, read or written: check that the "
                 "folder exists, its rights and the disk";
        break;

    case HR_STORE_E_BUSY:
        advice = "another program holds the lock for too long: find it with "
                 "\"fuser FILE\", or raise the busy time-out";
        break;

    case HR_STORE_E_NOT_PREPARED:
        advice = "the file has not been prepared by this program";
        break;

    default:
        advice = "see the message of the engine";
        break;
    }

    return hr_diag_set(diag, rc, "cannot %s the database: %s [%s]", doing,
                       advice, conn->text);
}


hr_rc_t
hr_store_prepare(const hr_store_config_t *config, hr_store_report_t *out,
    hr_diag_t *diag)
{
    hr_rc_t             rc;
    int64_t             tables;
    hr_store_conn_t    *conn;
    hr_store_report_t   report;

    memset(&report, 0, sizeof(report));

    rc = hr_store_open_raw(config, HR_STORE_WRITER, true, &conn, diag);
    if (rc != HR_OK) {
        return rc;
    }

    /* the first statement that reads the file */
    rc = hr_store_int(conn, &tables, "SELECT count(*) FROM sqlite_master", "");
    if (rc != HR_OK) {
        rc = hr_store_explain(conn, rc, diag, "read");
        goto done;
    }

    report.created = tables == 0;

    if (!report.created && !config->skip_quick_check) {
        rc = hr_store_check_pages(conn, diag);
        if (rc != HR_OK) {
            goto done;
        }
    }

    /* needs a moment without other users; without it the old journal stays */
    report.wal = hr_store_script(conn, "PRAGMA journal_mode = WAL") == HR_OK;

    rc = hr_store_begin(conn);
    if (rc != HR_OK) {
        rc = hr_store_explain(conn, rc, diag, "lock");
        goto done;
    }

    if (diag != NULL) {
        diag->text[0] = '\0';
    }

    rc = hr_store_migrate(conn, config, &report, diag);

    if (rc == HR_OK) {
        rc = hr_store_commit(conn);
    }

    if (rc != HR_OK && (diag == NULL || diag->text[0] == '\0')) {
        rc = hr_store_explain(conn, rc, diag, "prepare");
    }

done:

    hr_store_close(conn);

    if (rc == HR_OK && out != NULL) {
        *out = report;
    }

    return rc;
}


static hr_rc_t
hr_store_check_pages(hr_store_conn_t *conn, hr_diag_t *diag)
{
    hr_rc_t        rc;
    int64_t        pages, size;
    hr_str_t       text;
    sqlite3_stmt  *stmt;

    if (hr_store_int(conn, &pages, "PRAGMA page_count", "") != HR_OK
        || hr_store_int(conn, &size, "PRAGMA page_size", "") != HR_OK)
    {
        return hr_store_explain(conn, HR_ERROR, diag, "read");
    }

    if (pages * size > HR_STORE_CHECK_BYTES) {
        return HR_OK;
    }

    stmt = hr_store_query(conn, "PRAGMA quick_check(1)", "");
    rc = stmt == NULL ? HR_ERROR : hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        text = hr_store_col(conn, NULL, stmt, 0);

        if (!hr_str_eq(text, HR_STR("ok"))) {
            conn->error = HR_STORE_E_CORRUPT;
            snprintf(conn->text, sizeof(conn->text), "%.*s",
                     (int) (text.len < 200 ? text.len : 200), text.data);
            rc = HR_ERROR;
        }
    }

    if (stmt != NULL) {
        hr_store_end(stmt);
    }

    return rc == HR_OK ? HR_OK : hr_store_explain(conn, rc, diag, "use");
}


static hr_rc_t
hr_store_create(hr_store_conn_t *conn, const char *const *statements)
{
    hr_rc_t  rc;

    for ( /* void */ ; *statements != NULL; statements++) {
        rc = hr_store_script(conn, *statements);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


/* A database of some other program fails here instead of somewhere later. */
static hr_rc_t
hr_store_check_columns(hr_store_conn_t *conn, hr_diag_t *diag)
{
    bool                      found;
    hr_rc_t                   rc;
    const hr_store_column_t  *c;

    for (c = hr_store_base_columns; c->table != NULL; c++) {
        rc = hr_store_has_column(conn, c->table, c->column, &found);
        if (rc != HR_OK) {
            return rc;
        }

        if (!found) {
            conn->error = HR_STORE_E_NOT_PREPARED;
            return hr_diag_set(diag, HR_ERROR,
                               "the file is no database of this service: "
                               "table \"%s\" has no column \"%s\"; check the "
                               "configured path, or restore a backup",
                               c->table, c->column);
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_store_check_schema(hr_store_conn_t *conn, hr_diag_t *diag)
{
    hr_rc_t  rc;
    int64_t  schema;

    rc = hr_store_run(conn, NULL, "INSERT OR IGNORE INTO store_meta (key,"
                                  " value) VALUES ('commits', 0)", "");
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &schema, "SELECT value FROM store_meta"
                                     " WHERE key = 'schema'", "");
    if (rc == HR_NOT_FOUND) {
        return hr_store_run(conn, NULL, "INSERT INTO store_meta (key, value)"
                                        " VALUES ('schema', ?1)",
                            "i", (int64_t) HR_STORE_SCHEMA);
    }

    if (rc == HR_OK && schema > HR_STORE_SCHEMA) {
        return hr_diag_set(diag, HR_ERROR,
                           "the database was written by a newer release "
                           "(schema %lld, this program knows %d): install "
                           "that release, or restore an older backup",
                           (long long) schema, HR_STORE_SCHEMA);
    }

    return rc;
}


static hr_rc_t
hr_store_seed_users(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    size_t            i, count;
    hr_rc_t           rc;
    int64_t           users, id;
    hr_arena_t       *arena;
    hr_store_seed_t   seeds[HR_STORE_MAX_SEEDS];

    rc = hr_store_int(conn, &users, "SELECT count(*) FROM users", "");
    if (rc != HR_OK || users != 0) {
        return rc;
    }

    arena = hr_arena_create(64 * 1024);
    if (arena == NULL) {
        return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    count = 0;

    if (config->seed != NULL) {
        rc = config->seed(config->seed_ctx, arena, seeds, &count);

    } else {
        count = config->nseeds < HR_STORE_MAX_SEEDS ? config->nseeds
                                                    : HR_STORE_MAX_SEEDS;
        if (count != 0) {
            memcpy(seeds, config->seeds, count * sizeof(hr_store_seed_t));
        }
    }

    for (i = 0; i < count && i < HR_STORE_MAX_SEEDS && rc == HR_OK; i++) {
        rc = hr_store_user_create(conn, &seeds[i], hr_time_now(), &id);
        report->seeded += rc == HR_OK;
    }

    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
hr_store_add_version(hr_store_conn_t *conn, hr_str_t id)
{
    hr_rc_t  rc;

    rc = hr_store_run(conn, NULL,
        "INSERT INTO profile_versions (profile_id, version_number,"
        " created_at, created_by_user_id, created_by_username,"
        " version_type, profile_content, validation_score,"
        " completeness_score, generation_metadata)"
        " SELECT id, 1, created_at, coalesce(created_by, 1), 'System',"
        " 'generated', profile_data, validation_score,"
        " completeness_score, metadata_json FROM profiles WHERE id = ?1",
        "t", id);

    return rc != HR_OK ? rc
           : hr_store_run(conn, NULL, "UPDATE profiles SET current_version = 1"
                                      " WHERE id = ?1", "t", id);
}


/* The next id after the given one that has no version, in the arena. */
static hr_rc_t
hr_store_next_bare(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t *id)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn,
        "SELECT p.id FROM profiles p INDEXED BY idx_profiles_card"
        " WHERE p.id > ?1 AND NOT EXISTS (SELECT 1 FROM profile_versions v"
        " WHERE v.profile_id = p.id) ORDER BY p.id LIMIT 1", "t", *id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        *id = hr_store_col(conn, arena, stmt, 0);
        rc = hr_store_copied(conn, rc);
    }

    hr_store_end(stmt);

    return rc;
}


/*
 * Profiles without any version get version 1 (database.md 6.4).  A row that
 * cannot have one (no user to be its author) is left alone.
 */
static hr_rc_t
hr_store_add_versions(hr_store_conn_t *conn, hr_store_report_t *report)
{
    hr_rc_t      rc;
    hr_str_t     id;
    hr_arena_t  *arena, *last;

    id = HR_STR("");
    last = NULL;

    for ( ;; ) {
        arena = hr_arena_create(1024 * 1024);
        if (arena == NULL) {
            rc = hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
            break;
        }

        rc = hr_store_next_bare(conn, arena, &id);

        hr_arena_destroy(last);
        last = arena;

        if (rc != HR_OK) {
            break;
        }

        rc = hr_store_add_version(conn, id);

        if (rc == HR_OK) {
            report->versions_added++;

        } else if (conn->error == HR_STORE_E_CONSTRAINT) {
            report->rows_skipped++;

        } else {
            break;
        }
    }

    hr_arena_destroy(last);

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}


static hr_rc_t
hr_store_migrate(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report, hr_diag_t *diag)
{
    static const hr_store_column_t  current = {
        "profiles", "current_version", "INTEGER DEFAULT 1"
    };

    hr_rc_t  rc;
    int64_t  indexed;

    if ((rc = hr_store_create(conn, hr_store_base_schema)) != HR_OK
        || (rc = hr_store_check_columns(conn, diag)) != HR_OK
        || (rc = hr_store_add_column(conn, &current)) != HR_OK
        || (rc = hr_store_script(conn,
                "CREATE TABLE IF NOT EXISTS schema_migrations ("
                "name TEXT PRIMARY KEY, applied_at DATETIME)")) != HR_OK

        /* also those that a shell user dropped */
        || (rc = hr_store_apply_columns(conn, config, report)) != HR_OK
        || (rc = hr_store_create(conn, hr_store_own_schema)) != HR_OK
        || (rc = hr_store_check_schema(conn, diag)) != HR_OK
        || (rc = hr_store_seed_users(conn, config, report)) != HR_OK
        || (rc = hr_store_add_versions(conn, report)) != HR_OK
        || (rc = hr_store_apply_all(conn, config, report)) != HR_OK
        || (rc = hr_store_index_sync(conn, &indexed)) != HR_OK)
    {
        return rc;
    }

    report->rows_indexed = (unsigned) indexed;

    /* an index is worth nothing to a planner without statistics */
    return hr_store_script(conn, "PRAGMA analysis_limit = 1000;"
                                 "PRAGMA optimize");
}
