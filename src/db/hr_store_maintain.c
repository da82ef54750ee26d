/* Upkeep of the file (database.md 9, B-14), outside of requests. */

#include "hr_store_sqlite.h"


#define HR_STORE_UNUSED_TERM                                                  \
    " WHERE NOT EXISTS (SELECT 1 FROM search_slots s WHERE s.department_term" \
    " = search_terms.id) AND NOT EXISTS (SELECT 1 FROM search_slots s WHERE"  \
    " s.position_term = search_terms.id)"
#define HR_STORE_UNUSED_PERSON                                                \
    " WHERE NOT EXISTS (SELECT 1 FROM search_profiles x"                      \
    " INDEXED BY idx_search_employee WHERE x.employee = search_people.id)"


/* Slots, terms and names that no profile uses any more. */
static hr_rc_t
hr_store_index_gc(hr_store_conn_t *conn)
{
    /* a full-text index is told the texts it forgets: out of it first */
    static const char *const  statements[] = {
        "DELETE FROM search_slots WHERE id > 0 AND NOT EXISTS"
        " (SELECT 1 FROM search_profiles x INDEXED BY idx_search_slot"
        "  WHERE x.slot = search_slots.id)",
        "INSERT INTO search_terms_fts (search_terms_fts, rowid, fold)"
        " SELECT 'delete', id, fold FROM search_terms" HR_STORE_UNUSED_TERM,
        "DELETE FROM search_terms" HR_STORE_UNUSED_TERM,
        "INSERT INTO search_people_fts (search_people_fts, rowid, fold)"
        " SELECT 'delete', id, fold FROM search_people" HR_STORE_UNUSED_PERSON,
        "DELETE FROM search_people" HR_STORE_UNUSED_PERSON
    };

    size_t   i;
    hr_rc_t  rc;

    for (i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        rc = hr_store_run(conn, NULL, statements[i], "");
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


hr_rc_t
hr_store_optimize(hr_store_conn_t *conn)
{
    hr_rc_t  rc;

    rc = hr_store_begin(conn);
    if (rc != HR_OK) {
        return rc;
    }

    /* the statistics alone would look like another program's commit */
    rc = hr_store_run(conn, NULL, "INSERT OR REPLACE INTO store_meta (key,"
                                  " value) VALUES ('optimized', ?1)", "i",
                      hr_time_now());

    if (rc == HR_OK) {
        rc = hr_store_index_gc(conn);
    }

    if (rc == HR_OK) {
        rc = hr_store_script(conn, "PRAGMA analysis_limit = 1000;"
                                   "PRAGMA optimize");
    }

    if (rc != HR_OK) {
        hr_store_rollback(conn);
        return rc;
    }

    return hr_store_commit(conn);
}


hr_rc_t
hr_store_checkpoint(hr_store_conn_t *conn, bool truncate)
{
    int  rc;

    hr_store_read(conn);

    rc = sqlite3_wal_checkpoint_v2(conn->db, "main",
                                   truncate ? SQLITE_CHECKPOINT_TRUNCATE
                                            : SQLITE_CHECKPOINT_PASSIVE,
                                   NULL, NULL);

    return rc == SQLITE_OK ? HR_OK : hr_store_fail(conn, rc);
}


hr_rc_t
hr_store_vacuum(hr_store_conn_t *conn)
{
    hr_rc_t  rc;

    hr_store_read(conn);

    rc = hr_store_script(conn, "VACUUM");
    if (rc != HR_OK) {
        return rc;
    }

    /* the new file is in the log as a whole; a reader may hold it there for a while */
    rc = hr_store_checkpoint(conn, true);

    return rc == HR_BUSY ? HR_OK : rc;
}


hr_rc_t
hr_store_ping(hr_store_conn_t *conn)
{
    hr_rc_t  rc;
    int64_t  before, after;

    rc = hr_store_begin(conn);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &before, "SELECT coalesce(max(value), 0)"
                                     " FROM store_meta WHERE key = 'ping'", "");
    if (rc == HR_OK) {
        rc = hr_store_run(conn, NULL, "INSERT OR REPLACE INTO store_meta (key,"
                                      " value) VALUES ('ping', ?1)", "i",
                          before + 1);
    }

    if (rc == HR_OK) {
        rc = hr_store_commit(conn);

    } else {
        hr_store_rollback(conn);
    }

    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &after, "SELECT value FROM store_meta"
                                    " WHERE key = 'ping'", "");

    /* another worker may have pinged in between, but never backwards */
    return rc == HR_OK && after <= before
           ? hr_store_refuse(conn, HR_ERROR, HR_STORE_E_CORRUPT) : rc;
}
