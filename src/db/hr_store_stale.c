/*
 * Rows of the folded copy (hr_store_index.c) that other programs have left
 * behind, and rows that are not in it yet.
 */

#include "hr_store_sqlite.h"


#define HR_STORE_QUICK_ROWS   64
#define HR_STORE_SYNC_BATCH   100000


typedef struct {
    hr_arena_t        *arena;
    hr_store_stale_t  *stale;
    size_t             capacity;
    size_t             limit;
} hr_store_scan_t;


/* Takes the id in column 0; HR_ABORTED when there is no room for more. */
static hr_rc_t
hr_store_scan_add(hr_store_conn_t *conn, hr_store_scan_t *scan,
    sqlite3_stmt *stmt)
{
    hr_store_stale_t  *stale;

    stale = scan->stale;

    if (stale->count == scan->limit) {
        stale->more = true;
        return HR_ABORTED;
    }

    stale->ids = hr_store_grow(scan->arena, stale->ids, stale->count,
                               sizeof(hr_str_t), &scan->capacity);
    if (stale->ids == NULL) {
        stale->count = 0;
        return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    stale->ids[stale->count++] = hr_store_col(conn, scan->arena, stmt, 0);

    return hr_store_copied(conn, HR_OK);
}


/* Rows of profiles without a copy, or with another hash than the copy's. */
static hr_rc_t
hr_store_scan_rows(hr_store_conn_t *conn, hr_store_scan_t *scan,
    sqlite3_stmt *stmt)
{
    hr_rc_t  rc;

    if (stmt == NULL) {
        return HR_ERROR;
    }

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {

        if (sqlite3_column_type(stmt, HR_STORE_SOURCE_WIDTH) != SQLITE_NULL
            && sqlite3_column_int64(stmt, HR_STORE_SOURCE_WIDTH)
               == hr_store_source_hash(conn, stmt))
        {
            continue;
        }

        rc = hr_store_scan_add(conn, scan, stmt);
        if (rc != HR_OK) {
            break;
        }
    }

    hr_store_end(stmt);

    return rc == HR_NOT_FOUND || rc == HR_ABORTED ? HR_OK : rc;
}


/* Copies whose profile is gone. */
static hr_rc_t
hr_store_scan_orphans(hr_store_conn_t *conn, hr_store_scan_t *scan)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn, "SELECT s.profile_id FROM search_profiles s"
                                " WHERE NOT EXISTS (SELECT 1 FROM profiles p"
                                " WHERE p.id = s.profile_id)", "");
    if (stmt == NULL) {
        return HR_ERROR;
    }

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {
        rc = hr_store_scan_add(conn, scan, stmt);
        if (rc != HR_OK) {
            break;
        }
    }

    hr_store_end(stmt);

    return rc == HR_NOT_FOUND || rc == HR_ABORTED ? HR_OK : rc;
}


static hr_rc_t
hr_store_scan_full(hr_store_conn_t *conn, hr_store_scan_t *scan)
{
    hr_rc_t  rc;

    rc = hr_store_scan_rows(conn, scan,
        hr_store_query(conn, "SELECT " HR_STORE_SOURCE ", s.source_hash"
                             " FROM profiles p INDEXED BY idx_profiles_card"
                             " LEFT JOIN search_profiles s"
                             " ON s.profile_id = p.id"
                             " WHERE p.id IS NOT NULL", ""));

    if (rc == HR_OK && !scan->stale->more) {
        rc = hr_store_scan_orphans(conn, scan);
    }

    return rc;
}


/*
 * The old service sets updated_at with every change of a row, so a change of
 * its stands among the latest; insertions and deletions show in the counts.
 */
static hr_rc_t
hr_store_scan_quick(hr_store_conn_t *conn, hr_store_scan_t *scan)
{
    hr_rc_t  rc;
    int64_t  rows, copies;

    rc = hr_store_int(conn, &rows,
                      "SELECT (SELECT count(*) FROM profiles)"
                      " - (SELECT count(*) FROM profiles WHERE id IS NULL)",
                      "");
    if (rc == HR_OK) {
        rc = hr_store_int(conn, &copies,
                          "SELECT count(*) FROM search_profiles", "");
    }

    if (rc != HR_OK || rows != copies) {
        return rc == HR_OK ? hr_store_scan_full(conn, scan) : rc;
    }

    rc = hr_store_scan_rows(conn, scan,
        hr_store_query(conn, "SELECT " HR_STORE_SOURCE ", s.source_hash FROM"
                             " (SELECT id FROM profiles"
                             "  ORDER BY updated_at DESC LIMIT ?1) latest"
                             " JOIN profiles p INDEXED BY idx_profiles_card"
                             " ON p.id = latest.id"
                             " LEFT JOIN search_profiles s"
                             " ON s.profile_id = p.id",
                       "i", (int64_t) HR_STORE_QUICK_ROWS));

    /* one foreign change that was seen may hide others that were not */
    if (rc == HR_OK && scan->stale->count != 0) {
        scan->stale->count = 0;
        scan->stale->more = false;
        rc = hr_store_scan_full(conn, scan);
    }

    return rc;
}


hr_rc_t
hr_store_index_check(hr_store_conn_t *conn, hr_arena_t *arena, bool full,
    size_t limit, hr_store_stale_t *stale)
{
    hr_rc_t           rc;
    bool              own;
    hr_store_scan_t   scan;

    memset(stale, 0, sizeof(*stale));

    if (limit == 0 || limit > 100000) {
        hr_store_read(conn);
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    own = !conn->in_snapshot;

    rc = hr_store_snapshot(conn);
    if (rc != HR_OK) {
        return rc;
    }

    scan.arena = arena;
    scan.stale = stale;
    scan.capacity = 0;
    scan.limit = limit;

    rc = full ? hr_store_scan_full(conn, &scan)
              : hr_store_scan_quick(conn, &scan);

    if (own) {
        hr_store_snapshot_end(conn);
    }

    return rc;
}


/* Fills an empty copy; in order of creation, so that seq follows it. */
static hr_rc_t
hr_store_index_fill(hr_store_conn_t *conn, int64_t *changed)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn, "SELECT p.id FROM profiles p"
                                " INDEXED BY idx_profiles_card"
                                " WHERE p.id IS NOT NULL"
                                " ORDER BY p.created_at, p.rowid", "");
    if (stmt == NULL) {
        return HR_ERROR;
    }

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {
        rc = hr_store_index_put(conn, hr_store_col(conn, NULL, stmt, 0));
        if (rc != HR_OK) {
            break;
        }

        (*changed)++;
    }

    hr_store_end(stmt);

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}


hr_rc_t
hr_store_index_sync(hr_store_conn_t *conn, int64_t *changed)
{
    hr_rc_t            rc;
    int64_t            copies;
    hr_arena_t        *arena;
    hr_store_stale_t   stale;

    *changed = 0;

    rc = hr_store_int(conn, &copies, "SELECT count(*) FROM search_profiles",
                      "");
    if (rc != HR_OK) {
        return rc;
    }

    if (copies == 0) {
        return hr_store_index_fill(conn, changed);
    }

    do {
        arena = hr_arena_create(32 * 1024 * 1024);
        if (arena == NULL) {
            return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
        }

        rc = hr_store_index_check(conn, arena, true, HR_STORE_SYNC_BATCH,
                                  &stale);
        if (rc == HR_OK) {
            rc = hr_store_index_repair(conn, stale.ids, stale.count);
            *changed += (int64_t) stale.count;
        }

        hr_arena_destroy(arena);

    } while (rc == HR_OK && stale.more);

    return rc;
}
