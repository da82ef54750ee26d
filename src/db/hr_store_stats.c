/* Figures of the dashboard (api-core.md 2.5), by counters and indexes only. */

#include "hr_store_sqlite.h"


hr_rc_t
hr_store_counts(hr_store_conn_t *conn, hr_store_counts_t *counts)
{
    int            i;
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    memset(counts, 0, sizeof(*counts));
    hr_store_read(conn);

    stmt = hr_store_query(conn,
        "SELECT s.n0, s.n1, s.n2, s.n3,"
        " (SELECT count(*) FROM search_slots d WHERE d.id > 0 AND d.n0 > 0),"
        " (SELECT count(*) FROM generation_tasks WHERE status IN "
        HR_STORE_WAIT_STATES "),"
        " (SELECT count(*) FROM generation_tasks WHERE status = 'processing'),"
        " (SELECT count(*) FROM profiles INDEXED BY idx_profiles_approval"
        "  WHERE approval_state = 'approved')"
        " FROM search_slots s WHERE s.id = 0", "");
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        for (i = 0; i < HR_STORE_STATUSES; i++) {
            counts->by_status[i] = sqlite3_column_int64(stmt, i);
            counts->rows_total += counts->by_status[i];
        }

        counts->slots_completed = sqlite3_column_int64(stmt, 4);
        counts->tasks_queued = sqlite3_column_int64(stmt, 5);
        counts->tasks_processing = sqlite3_column_int64(stmt, 6);
        counts->approved = sqlite3_column_int64(stmt, 7);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_recent(hr_store_conn_t *conn, hr_arena_t *arena, size_t limit,
    hr_store_card_t **items, size_t *count)
{
    hr_rc_t           rc;
    sqlite3_stmt     *stmt;
    hr_store_card_t  *card;

    *items = NULL;
    *count = 0;
    hr_store_read(conn);

    if (limit == 0 || limit > 100) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    *items = hr_arena_calloc(arena, limit * sizeof(hr_store_card_t));
    if (*items == NULL) {
        return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    stmt = hr_store_query(conn, "SELECT " HR_STORE_CARD_COLUMNS ", k.created_us"
        " FROM (SELECT x.profile_id, x.created_us, x.seq"
        "  FROM search_profiles x INDEXED BY idx_search_created"
        "  WHERE x.status < 4 ORDER BY x.created_us DESC, x.seq DESC"
        "  LIMIT ?1) k CROSS JOIN profiles p INDEXED BY idx_profiles_card"
        " ON p.id = k.profile_id LEFT JOIN users u ON u.id = p.created_by"
        " ORDER BY k.created_us DESC, k.seq DESC", "i", (int64_t) limit);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {
        card = &(*items)[(*count)++];
        hr_store_card_read(conn, arena, stmt, 0, card);

        if (card->created_at == HR_STORE_NO_TIME) {
            card->created_at = card->updated_at;
        }
    }

    hr_store_end(stmt);

    return hr_store_copied(conn, rc == HR_NOT_FOUND ? HR_OK : rc);
}
