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


typedef struct {
    const char  *name;
    hr_rc_t    (*apply)(hr_store_conn_t *conn, const hr_store_config_t *config,
                        hr_store_report_t *report);
} hr_store_migration_t;


static hr_rc_t hr_store_check_pages(hr_store_conn_t *conn, hr_diag_t *diag);
static hr_rc_t hr_store_migrate(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report,
    hr_diag_t *diag);
static hr_rc_t hr_store_apply_columns(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);
static hr_rc_t hr_store_apply_roles(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);
static hr_rc_t hr_store_apply_counters(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);
static hr_rc_t hr_store_apply_tokens(hr_store_conn_t *conn,
    const hr_store_config_t *config, hr_store_report_t *report);


/* In order; each is recorded by its name and applied once. */
static const hr_store_migration_t  hr_store_migrations[] = {
    { "0001-additive-columns", hr_store_apply_columns },
    { "0002-roles", hr_store_apply_roles },
    { "0003-version-counters", hr_store_apply_counters },
    { "0004-tokens-from-metadata", hr_store_apply_tokens },
    { NULL, NULL }
};


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
hr_store_has_column(hr_store_conn_t *conn, const char *table,
    const char *column, bool *found)
{
    hr_rc_t  rc;
    int64_t  n;

    rc = hr_store_int(conn, &n, "SELECT count(*) FROM pragma_table_info(?1)"
                                " WHERE name = ?2", "cc", table, column);
    *found = n != 0;

    return rc;
}


static hr_rc_t
hr_store_add_column(hr_store_conn_t *conn, const hr_store_column_t *column)
{
    bool     found;
    char     text[256];
    hr_rc_t  rc;

    rc = hr_store_has_column(conn, column->table, column->column, &found);
    if (rc != HR_OK || found) {
        return rc;
    }

    snprintf(text, sizeof(text), "ALTER TABLE %s ADD COLUMN %s %s",
             column->table, column->column, column->type);

    return hr_store_script(conn, text);
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
hr_store_apply_all(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    hr_rc_t                      rc;
    int64_t                      n;
    const hr_store_migration_t  *m;

    for (m = hr_store_migrations; m->name != NULL; m++) {

        rc = hr_store_int(conn, &n, "SELECT count(*) FROM schema_migrations"
                                    " WHERE name = ?1", "c", m->name);
        if (rc != HR_OK) {
            return rc;
        }

        if (n != 0) {
            continue;
        }

        rc = m->apply(conn, config, report);
        if (rc != HR_OK) {
            return rc;
        }

        rc = hr_store_run(conn, NULL, "INSERT INTO schema_migrations (name,"
                                      " applied_at) VALUES (?1, ?2)",
                          "c1", m->name, hr_time_now());
        if (rc != HR_OK) {
            return rc;
        }

        report->migrations++;
    }

    return HR_OK;
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


/* Profiles without any version get version 1 (database.md 6.4). */
static hr_rc_t
hr_store_add_versions(hr_store_conn_t *conn, hr_store_report_t *report)
{
    hr_rc_t        rc;
    int64_t        rowid;
    sqlite3_stmt  *stmt;

    rowid = INT64_MIN;

    for ( ;; ) {
        stmt = hr_store_query(conn,
            "SELECT p.rowid FROM profiles p WHERE p.rowid > ?1 AND NOT EXISTS"
            " (SELECT 1 FROM profile_versions v WHERE v.profile_id = p.id)"
            " ORDER BY p.rowid LIMIT 1", "i", rowid);
        if (stmt == NULL) {
            return HR_ERROR;
        }

        rc = hr_store_step(conn, stmt);
        if (rc == HR_OK) {
            rowid = sqlite3_column_int64(stmt, 0);
        }

        hr_store_end(stmt);

        if (rc != HR_OK) {
            return rc == HR_NOT_FOUND ? HR_OK : rc;
        }

        rc = hr_store_run(conn, NULL,
            "INSERT INTO profile_versions (profile_id, version_number,"
            " created_at, created_by_user_id, created_by_username,"
            " version_type, profile_content, validation_score,"
            " completeness_score, generation_metadata)"
            " SELECT id, 1, created_at, coalesce(created_by, 1), 'System',"
            " 'generated', profile_data, validation_score,"
            " completeness_score, metadata_json"
            " FROM profiles WHERE rowid = ?1", "i", rowid);

        if (rc == HR_OK) {
            rc = hr_store_run(conn, NULL, "UPDATE profiles SET current_version"
                                          " = 1 WHERE rowid = ?1", "i", rowid);
        }

        if (rc == HR_OK) {
            report->versions_added++;

        } else if (conn->error == HR_STORE_E_CONSTRAINT) {
            /* NULL id, or no user to be the author: the row is left alone */
            report->rows_skipped++;

        } else {
            return rc;
        }
    }
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


static hr_rc_t
hr_store_apply_columns(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    hr_rc_t                   rc;
    const hr_store_column_t  *c;

    (void) config;
    (void) report;

    for (c = hr_store_added_columns; c->table != NULL; c++) {
        rc = hr_store_add_column(conn, c);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


/*
 * The old service knows no roles: whoever is called like its administrator is
 * one, everybody else works as HR did.
 */
static hr_rc_t
hr_store_apply_roles(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    hr_rc_t  rc;
    int64_t  admins;

    (void) report;

    rc = hr_store_run(conn, NULL, "UPDATE users SET role = CASE WHEN username"
                                  " = ?1 THEN 'admin' ELSE 'hr' END"
                                  " WHERE role IS NULL",
                      "c", config->admin_username == NULL
                           ? "admin" : config->admin_username);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &admins, "SELECT count(*) FROM users"
                                     " WHERE role = 'admin'", "");
    if (rc != HR_OK || admins != 0) {
        return rc;
    }

    return hr_store_run(conn, NULL,
                        "UPDATE users SET role = 'admin' WHERE id ="
                        " (SELECT min(id) FROM users WHERE is_active = 1)", "");
}


/* Numbers are never reused (decisions.md 9): remember the greatest. */
static hr_rc_t
hr_store_apply_counters(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    (void) config;
    (void) report;

    return hr_store_run(conn, NULL,
        "UPDATE profiles SET version_counter = max(coalesce(current_version,"
        " 1), coalesce((SELECT max(version_number) FROM profile_versions v"
        " WHERE v.profile_id = profiles.id), 1))"
        " WHERE version_counter IS NULL", "");
}


/*
 * The old service stored 0 tokens always (P-43); the true figures stand in the
 * metadata.  Rows with broken metadata stay as they are.
 */
static hr_rc_t
hr_store_apply_tokens(hr_store_conn_t *conn, const hr_store_config_t *config,
    hr_store_report_t *report)
{
    (void) config;
    (void) report;

    return hr_store_run(conn, NULL,
        "UPDATE profiles SET"
        " input_tokens = coalesce(CAST(json_extract(metadata_json,"
        "  '$.llm.tokens.input') AS INTEGER), 0),"
        " output_tokens = coalesce(CAST(json_extract(metadata_json,"
        "  '$.llm.tokens.output') AS INTEGER), 0),"
        " total_tokens = coalesce(CAST(json_extract(metadata_json,"
        "  '$.llm.tokens.total') AS INTEGER), 0)"
        " WHERE coalesce(total_tokens, 0) = 0 AND"
        " CASE WHEN json_valid(metadata_json) THEN"
        "  json_type(metadata_json, '$.llm.tokens.total') IN"
        "  ('integer', 'real') ELSE 0 END", "");
}
