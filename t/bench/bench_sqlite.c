/*
 * What SQLite itself can do, for the ratios of scripts/bench:
 *
 *   bench_sqlite list FILE THREADS SECONDS       pages 1 of the list, as a bare loop
 *   bench_sqlite write FILE BATCH SECONDS        content updates, BATCH to a transaction,
 *                                                synchronous=FULL: the columns that an
 *                                                edit writes, with the bytes they have
 *
 * The statements are those of the store; nothing is rendered.  Prints queries or
 * updates a second.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hr_store_sqlite.h"


#define STATEMENTS  4
#define ROWS        64

typedef struct {
    char   id[37];
    char  *document, *metadata;
} row_t;

static const char  *path;
static double       seconds;
static atomic_long  total;


static double
now_s(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static sqlite3 *
open_db(void)
{
    sqlite3  *db;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
            != SQLITE_OK
        || sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000",
                        NULL, NULL, NULL) != SQLITE_OK)
    {
        fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(db));
        exit(1);
    }

    return db;
}


static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt  *stmt;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s\n%s\n", sqlite3_errmsg(db), sql);
        exit(1);
    }

    return stmt;
}


static void
run(sqlite3 *db, sqlite3_stmt *stmt)
{
    int                      rc, i;
    volatile const void     *value;

    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (i = 0; i < sqlite3_column_count(stmt); i++) {
            value = sqlite3_column_text(stmt, i);
            (void) value;
        }
    }

    if (rc != SQLITE_DONE) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        exit(1);
    }

    sqlite3_reset(stmt);
}


static void *
list(void *data)
{
    long           n = 0;
    double         end = now_s() + seconds;
    sqlite3       *db = open_db();
    sqlite3_stmt  *page, *count;

    (void) data;
    page = prepare(db,
        "SELECT " HR_STORE_CARD_COLUMNS ", k.key, k.created_us, k.seq FROM (SELECT"
        " x.profile_id, x.seq, x.created_us, x.created_us AS key FROM search_profiles x"
        " INDEXED BY idx_search_created WHERE x.status < 4 ORDER BY x.created_us DESC,"
        " x.seq DESC LIMIT 20 OFFSET 0) k CROSS JOIN profiles p INDEXED BY"
        " idx_profiles_card ON p.id = k.profile_id LEFT JOIN users u ON"
        " u.id = p.created_by ORDER BY k.key DESC, k.seq DESC");
    count = prepare(db, "SELECT n0 + n1 + n2 + n3 FROM search_slots WHERE id = 0");

    while (now_s() < end) {
        sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
        run(db, count);
        run(db, page);
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        n++;
    }

    atomic_fetch_add(&total, n);
    sqlite3_finalize(page);
    sqlite3_finalize(count);
    sqlite3_close(db);

    return NULL;
}


/* The rows that an edit changes: the version, the profile, its row of the index, the audit. */
static void
write_loop(long batch)
{
    static const char *const  sql[] = {
        "UPDATE profile_versions SET profile_content = ?2, generation_metadata = ?3,"
        " validation_score = 0.5, completeness_score = 0.9, created_by_username ="
        " 'admin', changes_summary = '[\"Название должности: изменено\"]',"
        " edited_leaves = 1, total_leaves = 300"
        " WHERE profile_id = ?1 AND version_number = (SELECT current_version FROM"
        " profiles WHERE id = ?1)",
        "UPDATE profiles SET profile_data = ?2, metadata_json = ?3,"
        " validation_score = 0.5, completeness_score = 0.9,"
        " updated_at = strftime('%Y-%m-%d %H:%M:%f'), revision = coalesce(revision, 0)"
        " + 1 WHERE id = ?1",
        "UPDATE search_profiles SET updated_us = updated_us + 1, source_hash ="
        " random(), validation = 0.5 WHERE profile_id = ?1",
        "INSERT INTO audit_log (at, user_id, username, action, object_type, object_id,"
        " result, address, request_id, detail, hash) VALUES"
        " (strftime('%Y-%m-%d %H:%M:%f'), 1, 'admin', 'profile.edit', 'profile', ?1,"
        " 'ok', '127.0.0.1', lower(hex(randomblob(16))), '{\"version\":2,"
        "\"collapsed\":true,\"edited_leaves\":1}', lower(hex(randomblob(32))))",
    };

    long           i, n = 0, nrows = 0;
    double         end;
    size_t         k;
    row_t         *rows, *row;
    sqlite3       *db = open_db();
    sqlite3_stmt  *stmt[STATEMENTS], *each;

    rows = calloc(ROWS, sizeof(row_t));
    each = prepare(db, "SELECT id, profile_data, metadata_json FROM profiles"
                       " WHERE length(profile_data) > 5000 ORDER BY updated_at DESC LIMIT 64");
    while (nrows < ROWS && sqlite3_step(each) == SQLITE_ROW) {
        row = &rows[nrows++];
        snprintf(row->id, sizeof(row->id), "%s", sqlite3_column_text(each, 0));
        row->document = strdup((const char *) sqlite3_column_text(each, 1));
        row->metadata = strdup((const char *) sqlite3_column_text(each, 2));
    }
    sqlite3_finalize(each);

    /* foreign keys are looked up as in the store */
    sqlite3_exec(db, "PRAGMA foreign_keys = ON; PRAGMA cache_size = -8192", NULL, NULL, NULL);

    for (k = 0; k < STATEMENTS; k++) {
        stmt[k] = prepare(db, sql[k]);
    }

    for (end = now_s() + seconds; nrows != 0 && now_s() < end; ) {
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

        for (i = 0; i < batch; i++, n++) {
            row = &rows[n % nrows];
            row->document[0] = (char) (row->document[0] == '{' ? ' ' : '{');

            for (k = 0; k < STATEMENTS; k++) {
                sqlite3_bind_text(stmt[k], 1, row->id, 36, SQLITE_STATIC);
                if (k < 2) {
                    sqlite3_bind_text(stmt[k], 2, row->document, -1, SQLITE_STATIC);
                    sqlite3_bind_text(stmt[k], 3, row->metadata, -1, SQLITE_STATIC);
                }
                run(db, stmt[k]);
            }
        }

        if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
            fprintf(stderr, "%s\n", sqlite3_errmsg(db));
            exit(1);
        }
    }

    atomic_fetch_add(&total, n);

    for (k = 0; k < STATEMENTS; k++) {
        sqlite3_finalize(stmt[k]);
    }

    sqlite3_close(db);

    while (nrows-- > 0) {
        free(rows[nrows].document);
        free(rows[nrows].metadata);
    }
    free(rows);
}


int
main(int argc, char **argv)
{
    long       i, n;
    pthread_t  threads[64];

    if (argc != 5) {
        fprintf(stderr, "usage: bench_sqlite list|write FILE THREADS|BATCH SECONDS\n");
        return 2;
    }

    path = argv[2];
    n = strtol(argv[3], NULL, 10);
    seconds = strtod(argv[4], NULL);

    if (strcmp(argv[1], "write") == 0) {
        write_loop(n);

    } else {
        for (i = 0; i < n && i < 64; i++) {
            pthread_create(&threads[i], NULL, list, NULL);
        }
        while (i-- > 0) {
            pthread_join(threads[i], NULL);
        }
    }

    printf("%.1f\n", (double) atomic_load(&total) / seconds);

    return 0;
}
