/*
 * Start-up of the store: an empty file, a file of the old service in both its
 * ages, files that cannot be used; and what the old service may expect to find
 * afterwards (database.md 8).
 */

#include <sys/stat.h>

#include "hr_store_fixture.h"
#include "hr_password.h"


static const char *const  tables[] = {
    "users", "user_sessions", "profiles", "profile_versions", "generation_tasks",
    "generation_history", "organization_cache"
};

static const char *const  indexes[] = {
    "idx_profiles_department", "idx_profiles_position", "idx_profiles_created_at",
    "idx_profiles_status", "idx_profiles_created_by", "idx_tasks_status",
    "idx_tasks_created_at", "idx_tasks_created_by", "idx_history_department",
    "idx_history_created_at", "idx_history_status", "idx_sessions_user_id",
    "idx_sessions_expires_at", "idx_sessions_is_active", "idx_cache_key",
    "idx_cache_type", "idx_cache_expires_at", "idx_profile_versions_profile",
    "idx_profile_versions_created"
};


static sqlite3 *
shell(const char *path)
{
    sqlite3  *db;

    if (sqlite3_open(path, &db) != SQLITE_OK) {
        printf("Bail out! cannot open %s\n", path);
        exit(1);
    }

    sqlite3_busy_timeout(db, 5000);

    return db;
}


/* All rows of a statement as one text: columns by '|', rows by newline. */
static hr_str_t
rows(sqlite3 *db, const char *sql)
{
    int            i;
    hr_buf_t       out;
    hr_str_t       text;
    sqlite3_stmt  *stmt;

    hr_buf_init(&out, 1024 * 1024);

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        hr_buf_printf(&out, "error: %s", sqlite3_errmsg(db));
    }

    while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
        for (i = 0; i < sqlite3_column_count(stmt); i++) {
            const char  *c = (const char *) sqlite3_column_text(stmt, i);

            hr_buf_printf(&out, "%s%s", i ? "|" : "", c == NULL ? "NULL" : c);
        }
        hr_buf_char(&out, '\n');
    }

    sqlite3_finalize(stmt);

    text = hr_arena_str(a, out.data == NULL ? HR_STR("") : hr_buf_view(&out));
    hr_buf_release(&out);

    return text;
}


static hr_str_t
rowsf(sqlite3 *db, const char *format, const char *name)
{
    char  sql[400];

    snprintf(sql, sizeof(sql), format, name);

    return rows(db, sql);
}


static void
load(const char *path, const char *extra)
{
    char      *text, *message = NULL;
    long       size;
    FILE      *in;
    sqlite3   *db = shell(path);

    in = fopen("t/data/old-service.sql", "r");
    if (in == NULL) {
        printf("Bail out! run it in the top folder\n");
        exit(1);
    }

    fseek(in, 0, SEEK_END);
    size = ftell(in);
    rewind(in);

    text = calloc(1, (size_t) size + 1);
    if (fread(text, 1, (size_t) size, in) != (size_t) size
        || sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK
        || sqlite3_exec(db, extra, NULL, NULL, &message) != SQLITE_OK)
    {
        printf("Bail out! %s\n", message);
        exit(1);
    }

    fclose(in);
    free(text);
    sqlite3_close(db);
}


static bool
starts(hr_str_t text, hr_str_t prefix)
{
    return text.len >= prefix.len && memcmp(text.data, prefix.data, prefix.len) == 0;
}


/* Every object of the old schema, in what has become of the file. */
static void
same_schema(const char *old_path, const char *new_path)
{
    size_t    i;
    unsigned  bad = 0;
    sqlite3  *old = shell(old_path), *now = shell(new_path);

    for (i = 0; i < 7; i++) {
        static const char  info[] = "PRAGMA table_info(%s)";
        static const char  keys[] = "SELECT \"table\", \"from\", \"to\", on_update,"
                                    " on_delete FROM pragma_foreign_key_list('%s')"
                                    " ORDER BY 2";
        static const char  list[] = "SELECT name, sql FROM sqlite_master WHERE type ="
                                    " 'index' AND tbl_name = '%s' ORDER BY 1";

        bad += !starts(rowsf(now, info, tables[i]), rowsf(old, info, tables[i]));
        bad += !hr_str_eq(rowsf(now, keys, tables[i]), rowsf(old, keys, tables[i]));
        bad += rowsf(now, list, tables[i]).len < rowsf(old, list, tables[i]).len;
    }

    IS_INT(bad, 0, "tables: the old columns come first and unchanged, keys are the same");

    for (i = 0, bad = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
        static const char  sql[] = "SELECT seqno, cid, name, \"desc\" FROM"
                                   " pragma_index_xinfo('%s') WHERE key = 1";

        if (rowsf(now, sql, indexes[i]).len == 0
            || !hr_str_eq(rowsf(now, sql, indexes[i]), rowsf(old, sql, indexes[i])))
        {
            printf("# %s\n", indexes[i]);
            bad++;
        }
    }

    IS_INT(bad, 0, "indexes: all 19 are there, on the same columns");

    OK(hr_str_eq(rowsf(now, "SELECT cid, name FROM pragma_table_info('%s')",
                       "generation_stats"),
                 rowsf(old, "SELECT cid, name FROM pragma_table_info('%s')",
                       "generation_stats")), "the view of statistics has its columns");
    OK(rows(now, "SELECT created_by_username, created_by_full_name"
                 " FROM profile_details").len > 0, "the view of details works");
    IS_STR(rows(now, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
                     " AND tbl_name NOT LIKE 'audit%'").data, 2, "0\n",
           "no trigger concerns a table of the old service");
    IS_STR(rows(now, "PRAGMA integrity_check").data, 3, "ok\n", "integrity");
    IS_INT(rows(now, "PRAGMA foreign_key_check").len, 0, "references");
    IS_STR(rows(now, "PRAGMA user_version").data, 2, "0\n", "user_version stays 0");

    sqlite3_close(old);
    sqlite3_close(now);
}


static int  asked;

static hr_rc_t
seed(void *ctx, hr_arena_t *arena, hr_store_seed_t *out, size_t *n)
{
    asked++;
    out[0] = hr_fixture_seeds[0];
    out[0].password_hash = hr_arena_str(arena, HR_STR("made on demand"));
    *n = *(int *) ctx;

    return HR_OK;
}


static void
empty_file(void)
{
    int                  one = 1;
    sqlite3             *db;
    hr_diag_t            diag;
    struct stat          st;
    hr_store_user_t      user;
    hr_store_report_t    report;

    IS_INT(hr_store_open(&hr_fixture_config, HR_STORE_READER, &r, &diag), HR_ERROR,
           "a missing file is not opened");
    OK(strstr(diag.text, "folder exists") != NULL, "with advice");

    hr_fixture_config.seed = seed;
    hr_fixture_config.seed_ctx = &one;
    IS_INT(hr_store_prepare(&hr_fixture_config, &report, &diag), HR_OK,
           "it is created");
    OK(report.created && report.wal && report.migrations == 6 && report.seeded == 1
       && asked == 1, "seeded by the call-back");
    OK(stat(hr_fixture_path, &st) == 0 && (st.st_mode & 0777) == 0600,
       "and is its owner's alone");
    IS_INT(hr_store_prepare(&hr_fixture_config, &report, &diag), HR_OK,
           "a second start");
    OK(!report.created && report.migrations == 0 && report.seeded == 0
       && report.rows_indexed == 0 && asked == 1, "has nothing to do");
    hr_fixture_config.seed = NULL;

    hr_fixture_open();
    IS_INT(hr_store_user_by_id(r, a, 1, &user), HR_OK, "the administrator has id 1");
    IS_STR(user.password_hash.data, user.password_hash.len, "made on demand",
           "and the given hash");
    OK(user.role == HR_STORE_ROLE_ADMIN, "and the role");

    db = shell(hr_fixture_path);
    IS_STR(rows(db, "PRAGMA journal_mode").data, 4, "wal\n", "write-ahead log");
    IS_STR(rows(db, "SELECT typeof(is_active), typeof(created_at), typeof(last_login)"
                    " FROM users").data, 18, "integer|text|null\n", "stored types");
    sqlite3_close(db);

    hr_store_close(w);
    hr_store_close(r);
    w = r = NULL;
}


static void
old_file(const char *name, const char *extra, unsigned versions)
{
    char                   old[120], path[120];
    sqlite3               *db;
    hr_diag_t              diag;
    hr_store_config_t      config = hr_fixture_config;
    hr_store_report_t      report;
    hr_store_list_t        list;
    hr_store_filter_t      f;
    hr_store_profile_t     p;
    hr_store_counts_t      counts;
    hr_store_card_t       *recent;
    hr_store_user_t        user;
    hr_store_versions_t    vers;
    hr_store_status_t      status;
    size_t                 n;

    snprintf(old, sizeof(old), "%s/%s-old.db", hr_fixture_dir, name);
    snprintf(path, sizeof(path), "%s/%s.db", hr_fixture_dir, name);
    load(old, extra);
    load(path, extra);
    config.path = path;

    printf("# %s\n", name);
    IS_INT(hr_store_prepare(&config, &report, &diag), HR_OK,
           "a file of the old service is prepared");
    IS_INT(report.versions_added, versions, "profiles without a version get one");
    IS_INT(report.rows_skipped, 0, "all that can have one");
    IS_INT(report.seeded, 0, "nobody is seeded");
    IS_INT(report.rows_indexed, 8, "rows with an id enter the search index");

    hr_fixture_config.path = path;
    hr_fixture_open();
    hr_fixture_config.path = hr_fixture_path;

    hr_store_user_by_name(r, a, HR_STR("admin"), &user);
    IS_INT(user.role, HR_STORE_ROLE_ADMIN, "admin becomes an administrator");
    hr_store_user_by_name(r, a, HR_STR("hr"), &user);
    IS_INT(user.role, HR_STORE_ROLE_HR, "others work as HR");

    hr_password_scheme_t  scheme = { 4, true };
    IS_INT(hr_password_verify(&scheme, HR_STR("legacy-pass"), user.password_hash,
                              NULL), HR_OK, "the legacy hash verifies");
    hr_store_user_by_name(r, a, HR_STR("admin"), &user);
    IS_INT(hr_password_verify(&scheme, HR_STR("admin123"), user.password_hash, NULL),
           HR_OK, "the new one too");

    IS_INT(hr_store_session_live(r, a, HR_STR("11111111-0000-4000-8000-000000000001"),
                                 AT(0), NULL, &user), HR_OK, "a live session");
    IS_INT(hr_store_session_live(r, a, HR_STR("11111111-0000-4000-8000-000000000002"),
                                 AT(0), NULL, &user), HR_NOT_FOUND, "an expired one");
    IS_INT(hr_store_session_live(r, a, HR_STR("11111111-0000-4000-8000-000000000003"),
                                 AT(0), NULL, &user), HR_NOT_FOUND, "an ended one");
    IS_INT(hr_store_session_live(r, a, HR_STR("11111111-0000-4000-8000-000000000004"),
                                 AT(0), NULL, &user), HR_NOT_FOUND,
           "one of an inactive user");
    IS_INT(hr_store_session_legacy(r, a, 1, AT(0), &user), HR_OK, "the old rule");
    IS_INT(hr_store_user_by_name(r, a, HR_STR("timeless"), &user), HR_OK,
           "a user without creation time");
    OK(user.created_at == HR_STORE_NO_TIME, "is no error");

    memset(&f, 0, sizeof(f));
    f.page = 1;
    f.limit = 100;
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_OK, "the list");
    OK(list.total == 6 && list.count == 6, "has all rows with a valid id");
    IS_STR(list.items[0].id.data + 35, 1, "5",
           "a row without creation time stands where it was changed");
    IS_STR(list.items[1].id.data + 35, 1, "2", "then by instant");
    IS_STR(list.items[2].id.data + 35, 1, "3", "whatever the layout");
    IS_STR(list.items[3].id.data + 35, 1, "4", "of the text");
    OK(list.items[0].status == HR_STORE_FAILED, "an unknown status reads as failed");
    OK(list.items[0].completeness_score == 1, "a score above 1 as 1");
    OK(list.items[2].validation_score == 0 && list.items[2].current_version == 1
       && list.items[2].created_by == 0 && list.items[2].version_count == 1,
       "NULL scores, version and creator as their defaults");
    f.search = HR_STR("АНАЛИТИК");
    hr_store_profiles_list(r, a, &f, &list);
    IS_INT(list.total, 2, "Cyrillic search finds any case");

    IS_INT(hr_store_profile_get(r, a, HR_STR("aaaaaaaa-0000-4000-8000-000000000001"),
                                &p), HR_OK, "a profile");
    IS_INT(p.card.total_tokens, 49000, "has the tokens of its metadata");
    IS_INT(hr_store_profile_get(r, a, HR_STR("aaaaaaaa-0000-4000-8000-000000000005"),
                                &p), HR_OK, "one with broken documents");
    IS_STR(p.document.data, p.document.len, "{broken json", "is given as it is");
    IS_INT(hr_store_versions_list(r, a, HR_STR("aaaaaaaa-0000-4000-8000-000000000004"),
                                  &vers), HR_OK, "versions");
    OK(vers.count == 1 && vers.items[0].is_current == (versions != 5),
       "of a profile whose current version points nowhere");

    IS_INT(hr_store_counts(r, &counts), HR_OK, "figures");
    OK(counts.rows_total == 6 && counts.by_status[HR_STORE_COMPLETED] == 2
       && counts.by_status[HR_STORE_ARCHIVED] == 1
       && counts.by_status[HR_STORE_FAILED] == 2
       && counts.by_status[HR_STORE_PROCESSING] == 1, "by status");
    IS_INT(hr_store_recent(r, a, 10, &recent, &n), HR_OK, "recent profiles");
    OK(n == 6 && recent[0].created_at == recent[0].updated_at
       && recent[2].created_by_username.data == NULL,
       "without creator or time are no error");

    /* writes of ours, then of theirs */
    hr_store_content_t   c = hr_fixture_content("{\"edited\":true}");
    hr_store_appended_t  done;
    IS_INT(WRITE(hr_store_version_append(w,
               HR_STR("aaaaaaaa-0000-4000-8000-000000000002"), HR_STORE_EDITED, &c,
               NULL, AT(0), &done)), HR_OK, "an edit");
    IS_INT(done.number, versions == 5 ? 6 : 2,
           "gets a number above all that were");
    IS_INT(WRITE(hr_store_profile_archive(w,
               HR_STR("aaaaaaaa-0000-4000-8000-000000000003"), AT(1), &status)),
           HR_OK, "an archiving");
    IS_INT(WRITE(hr_fixture_profile(77, "Отдел", "Роль", NULL, AT(2))), HR_OK,
           "a new profile");

    db = shell(path);
    sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
    IS_INT(sqlite3_exec(db,
        "INSERT INTO profiles (id, department, position, employee_name, profile_data,"
        " metadata_json, generation_time_seconds, input_tokens, output_tokens,"
        " total_tokens, validation_score, completeness_score, created_by, created_at,"
        " updated_at, current_version) VALUES ('bbbbbbbb-0000-4000-8000-000000000001',"
        " 'Отдел', 'Роль', NULL, '{}', '{}', 1.5, 0, 0, 0, 0.0, 1.0, 1,"
        " '2026-01-02T00:00:00.000001', '2026-01-02T00:00:00.000001', 1);"
        "INSERT INTO profile_versions (profile_id, version_number, created_at,"
        " created_by_user_id, created_by_username, version_type, profile_content,"
        " validation_score, completeness_score, generation_metadata) VALUES"
        " ('bbbbbbbb-0000-4000-8000-000000000001', 1, '2026-01-02T00:00:00.000001', 1,"
        " 'System', 'generated', '{}', 0.0, 1.0, '{}');"
        "UPDATE user_sessions SET is_active = 0 WHERE user_id = 1;"
        "UPDATE profiles SET status = 'completed', updated_at ="
        " '2026-01-02T00:00:01' WHERE id = 'aaaaaaaa-0000-4000-8000-000000000003';"
        "INSERT INTO user_sessions (id, user_id, expires_at, is_active, user_agent,"
        " ip_address) VALUES ('x', 1, '2026-01-02 00:00:00.5', 1, 'a', 'b')",
        NULL, NULL, NULL), SQLITE_OK, "the old service goes on with its statements");
    IS_STR(rows(db, "SELECT DISTINCT typeof(created_at), typeof(updated_at),"
                    " typeof(current_version) FROM profiles WHERE id LIKE '0000%'").data,
           18, "text|text|integer\n", "and finds the types it expects");
    sqlite3_close(db);

    hr_store_close(w);
    hr_store_close(r);
    w = r = NULL;

    IS_INT(hr_store_prepare(&config, &report, &diag), HR_OK, "the next start");
    IS_INT(report.rows_indexed, 2, "enters what the old service wrote");

    if (versions == 5) {
        same_schema(old, path);
    }
}


static void
unusable(void)
{
    char                path[120];
    FILE               *out;
    sqlite3            *db;
    hr_diag_t           diag;
    hr_store_config_t   config = hr_fixture_config;

    snprintf(path, sizeof(path), "%s/garbage.db", hr_fixture_dir);
    config.path = path;
    out = fopen(path, "w");
    fprintf(out, "%s", "this is no database at all, but long enough to be read as one "
            "by a careless program, so that its header is looked at");
    fclose(out);
    IS_INT(hr_store_prepare(&config, NULL, &diag), HR_ERROR, "no database");
    OK(strstr(diag.text, "restore the last backup") != NULL, "says what to do");
    OK(strstr(diag.text, path) == NULL, "and no path");

    snprintf(path, sizeof(path), "%s/other.db", hr_fixture_dir);
    db = shell(path);
    sqlite3_exec(db, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)", NULL,
                 NULL, NULL);
    sqlite3_close(db);
    IS_INT(hr_store_prepare(&config, NULL, &diag), HR_ERROR,
           "a database of another program");
    OK(strstr(diag.text, "table \"users\" has no column") != NULL, "is named");
    db = shell(path);
    IS_STR(rows(db, "SELECT count(*) FROM sqlite_master").data, 2, "1\n",
           "and left as it was");
    sqlite3_close(db);

    snprintf(path, sizeof(path), "%s/newer.db", hr_fixture_dir);
    hr_store_prepare(&config, NULL, &diag);
    db = shell(path);
    sqlite3_exec(db, "UPDATE store_meta SET value = 99 WHERE key = 'schema'", NULL,
                 NULL, NULL);
    sqlite3_close(db);
    IS_INT(hr_store_prepare(&config, NULL, &diag), HR_ERROR, "a newer release's file");
    OK(strstr(diag.text, "newer release") != NULL, "says so");

    snprintf(path, sizeof(path), "%s/damaged.db", hr_fixture_dir);
    load(path, "");
    out = fopen(path, "r+");
    fseek(out, 4096 * 3 + 8, SEEK_SET);
    for (int i = 0; i < 3000; i++) {
        fputc(0x5a, out);
    }
    fclose(out);
    IS_INT(hr_store_prepare(&config, NULL, &diag), HR_ERROR, "a damaged file");
    OK(strstr(diag.text, "damaged") != NULL && strstr(diag.text, "backup") != NULL,
       "says what to do");

    snprintf(path, sizeof(path), "%s/missing/x.db", hr_fixture_dir);
    IS_INT(hr_store_prepare(&config, NULL, &diag), HR_ERROR, "a missing folder");
    OK(strstr(diag.text, "folder") != NULL, "says what to do");
    config.path = NULL;
    IS_INT(hr_store_prepare(&config, NULL, &diag), HR_INVALID, "no path");

    snprintf(path, sizeof(path), "%s/locked.db", hr_fixture_dir);
    config.path = path;
    config.busy_timeout_ms = 50;
    hr_store_prepare(&config, NULL, &diag);
    db = shell(path);
    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    IS_INT(hr_store_prepare(&config, NULL, &diag), HR_BUSY, "a locked file");
    OK(strstr(diag.text, "lock") != NULL, "says what to do");
    IS_INT(hr_store_open(&config, HR_STORE_WRITER, &w, &diag), HR_OK, "a writer");
    IS_INT(hr_store_begin(w), HR_BUSY, "cannot begin");
    IS_INT(hr_store_error(w), HR_STORE_E_BUSY, "with a reason");
    OK(hr_store_error_is_temporary(hr_store_error(w)), "that passes");
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    IS_INT(hr_store_begin(w), HR_OK, "and can when the lock is gone");
    hr_store_rollback(w);

    /* a full disk: no page may be added */
    sqlite3_exec(w->db, "PRAGMA max_page_count = 1", NULL, NULL, NULL);
    hr_store_begin(w);
    hr_store_savepoint(w);
    hr_store_seed_t  s = { HR_STR("user"), HR_STR("hash"), HR_STR_NULL,
                           HR_STORE_ROLE_HR };
    char  *big = calloc(1, 100000);
    memset(big, 'x', 99999);
    s.full_name = hr_str(big, 99999);
    int64_t  id;
    hr_rc_t  rc = hr_store_user_create(w, &s, AT(0), &id);
    IS_INT(rc, HR_ERROR, "a full disk fails the write");
    IS_INT(hr_store_error(w), HR_STORE_E_FULL, "with a reason");
    hr_store_rollback_to(w);
    hr_store_rollback(w);
    free(big);
    IS_INT(hr_store_begin(w), HR_OK, "and the connection lives on");
    hr_store_rollback(w);
    sqlite3_close(db);
    hr_store_close(w);
    w = NULL;
}


static void
cancelling(void)
{
    int               flag = 1;
    hr_rc_t           rc;
    sqlite3_stmt     *stmt;

    hr_fixture_open();
    stmt = hr_store_query(r, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT"
                             " i + 1 FROM n) SELECT max(i) FROM n", "");
    hr_store_cancel_flag(r, &flag);
    rc = hr_store_step(r, stmt);
    hr_store_end(stmt);
    IS_INT(rc, HR_ABORTED, "the cancel flag ends an endless statement");
    IS_INT(hr_store_error(r), HR_STORE_E_ABORTED, "with a reason");
    hr_store_cancel_flag(r, NULL);
    hr_store_deadline(r, 20);
    rc = hr_store_step(r, stmt);
    hr_store_end(stmt);
    IS_INT(rc, HR_ABORTED, "the deadline as well");
    hr_store_deadline(r, 0);
}


/* A folded copy that knew nothing of approvals learns it at the next start (I-04). */
static void
copy_of_before(void)
{
    sqlite3              *db;
    hr_diag_t             diag;
    hr_store_list_t       list;
    hr_store_slot_t       slot = { .department = HR_STR("Отдел"),
                                   .position = HR_STR("Роль") };
    hr_store_filter_t     f = { .page = 1, .limit = 10, .kpi_review = true };
    hr_store_report_t     report;
    hr_store_content_t    c = hr_fixture_content("{}");

    hr_fixture_open();
    c.user_id = 1;
    c.metadata = HR_STR("{\"data_sources\":{\"kpi_source\":\"template\"}}");
    WRITE(hr_store_profile_insert(w, hr_fixture_id(1), &slot, &c, AT(0)));
    WRITE(hr_store_profile_insert(w, hr_fixture_id(2), &slot, &c, AT(0)));
    WRITE(hr_store_approval_set(w, hr_fixture_id(2), HR_STORE_DRAFT,
                                HR_STORE_APPROVED, 1, HR_STR_NULL, AT(1)));
    c.metadata = HR_STR("{}");
    WRITE(hr_store_profile_insert(w, hr_fixture_id(3), &slot, &c, AT(0)));
    hr_store_close(w);
    hr_store_close(r);

    db = shell(hr_fixture_path);
    IS_INT(sqlite3_exec(db, "DROP INDEX idx_search_stage; DROP INDEX idx_search_kpi;"
                            "ALTER TABLE search_profiles DROP COLUMN stage;"
                            "ALTER TABLE search_profiles DROP COLUMN kpi_review;"
                            "DELETE FROM schema_migrations WHERE name LIKE '0005%'",
                        NULL, NULL, NULL), SQLITE_OK, "a file of before");
    sqlite3_close(db);

    IS_INT(hr_store_prepare(&hr_fixture_config, &report, &diag), HR_OK, "starts");
    OK(report.migrations == 1 && report.rows_indexed == 2,
       "rows that may need a look are entered again");

    hr_fixture_open();
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_OK, "the list");
    OK(list.total == 1 && list.count == 1
       && hr_str_eq(list.items[0].id, hr_fixture_id(1)), "knows who needs a look");

    f.kpi_review = false;
    f.stage_mask = HR_STORE_MASK(HR_STORE_APPROVED);
    IS_INT(hr_store_profiles_list(r, a, &f, &list), HR_OK, "the list");
    OK(list.total == 1 && hr_str_eq(list.items[0].id, hr_fixture_id(2)),
       "knows what is approved");

    hr_store_close(w);
    hr_store_close(r);
    w = r = NULL;
}


int
main(void)
{
    hr_fixture_init();

    empty_file();
    copy_of_before();
    old_file("current", "", 5);
    old_file("older", "DROP VIEW profile_details; DROP VIEW generation_stats;"
                      "DROP TABLE profile_versions;"
                      "ALTER TABLE profiles DROP COLUMN current_version", 8);
    unusable();
    cancelling();

    hr_fixture_done();

    return hr_test_done();
}
