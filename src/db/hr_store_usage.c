/*
 * History of attempts and what they used (improvements.md I-35; generation.md
 * 12): one generation_history row for every attempt that ended, in the old
 * service's columns and some of our own.
 */

#include <stdlib.h>

#include "hr_store_sqlite.h"


#define HR_STORE_ESTIMATE_RUNS  20


hr_rc_t
hr_store_history_add(hr_store_conn_t *conn, hr_str_t task_id,
    const char *status, hr_str_t profile_id, hr_str_t error_code,
    const hr_store_usage_t *usage, hr_instant_t now)
{
    static const hr_store_usage_t  none;

    if (usage == NULL) {
        usage = &none;
    }

    conn->touched |= HR_STORE_T_HISTORY;

    return hr_store_run(conn, NULL,
        "INSERT INTO generation_history (department, position, employee_name,"
        " unit_path, task_id, batch_id, attempt, created_by, generation_type,"
        " status, generation_time_seconds, tokens_used, profile_id,"
        " error_type, error_code, created_at, model, prompt_version,"
        " tokens_in, tokens_out, cost_usd, cost_estimated)"
        " SELECT department, position, employee_name, unit_path, id, batch_id,"
        " attempt, created_by, 'async', ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9,"
        " ?10, ?11, ?12, ?13 FROM generation_tasks WHERE id = ?1",
        "tcditt1ttiidi", task_id, status, usage->seconds,
        usage->tokens_in + usage->tokens_out, profile_id, error_code,
        now, usage->model, usage->prompt_version, usage->tokens_in,
        usage->tokens_out, usage->cost_usd, (int64_t) usage->estimated);
}


hr_rc_t
hr_store_task_spent(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    const hr_store_usage_t *usage, hr_instant_t since)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_write(conn, HR_STORE_T_HISTORY);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed,
        "UPDATE generation_history SET model = ?3, tokens_in = ?4,"
        " tokens_out = ?5, tokens_used = ?4 + ?5, cost_usd = ?6,"
        " generation_time_seconds = ?7, prompt_version = ?8,"
        " cost_estimated = ?10"
        " WHERE created_at >= ?9 AND task_id = ?1 AND attempt = ?2"
        " AND coalesce(tokens_used, 0) = 0", "titiiddt1i", lease->id,
        lease->attempt, usage->model, usage->tokens_in, usage->tokens_out,
        usage->cost_usd, usage->seconds, usage->prompt_version,
        since - 1000000, (int64_t) usage->estimated);

    return rc == HR_OK && changed == 0 ? HR_NOT_FOUND : rc;
}


#define HR_STORE_USAGE_SUMS                                                   \
    ", count(*), total(h.status = 'success'), total(h.status = 'failed'),"    \
    " total(h.status = 'cancelled'), total(h.tokens_in),"                     \
    " total(h.tokens_out), total(h.cost_usd),"                                \
    " total(h.generation_time_seconds),"                                      \
    " total(CASE WHEN h.cost_estimated THEN h.cost_usd END)"                  \
    " FROM generation_history h"                                              \
    " INDEXED BY idx_history_created_at"
#define HR_STORE_USAGE_RANGE                                                  \
    " WHERE h.created_at >= ?1 AND h.created_at < ?2"
#define HR_STORE_USAGE_ORDER  " GROUP BY 1 ORDER BY 1 LIMIT ?3"

static const char *const  hr_store_usage_sql[] = {

    "SELECT substr(h.created_at, 1, 10)" HR_STORE_USAGE_SUMS
    HR_STORE_USAGE_RANGE HR_STORE_USAGE_ORDER,

    "SELECT u.username" HR_STORE_USAGE_SUMS
    " LEFT JOIN users u ON u.id = h.created_by" HR_STORE_USAGE_RANGE
    HR_STORE_USAGE_ORDER,

    "SELECT coalesce(h.unit_path, h.department)" HR_STORE_USAGE_SUMS
    HR_STORE_USAGE_RANGE HR_STORE_USAGE_ORDER,

    "SELECT h.model" HR_STORE_USAGE_SUMS HR_STORE_USAGE_RANGE
    HR_STORE_USAGE_ORDER,

    "SELECT h.prompt_version" HR_STORE_USAGE_SUMS HR_STORE_USAGE_RANGE
    HR_STORE_USAGE_ORDER,

    "SELECT NULL" HR_STORE_USAGE_SUMS HR_STORE_USAGE_RANGE " LIMIT ?3"
};


static void
hr_store_usage_row(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_store_usage_row_t  *u = row;

    u->key = hr_store_col(conn, arena, stmt, 0);
    u->attempts = sqlite3_column_int64(stmt, 1);
    u->succeeded = sqlite3_column_int64(stmt, 2);
    u->failed = sqlite3_column_int64(stmt, 3);
    u->cancelled = sqlite3_column_int64(stmt, 4);
    u->tokens_in = sqlite3_column_int64(stmt, 5);
    u->tokens_out = sqlite3_column_int64(stmt, 6);
    u->cost_usd = sqlite3_column_double(stmt, 7);
    u->seconds = sqlite3_column_double(stmt, 8);
    u->estimated_usd = sqlite3_column_double(stmt, 9);
}


hr_rc_t
hr_store_usage(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_store_usage_group_t group, hr_instant_t from, hr_instant_t to,
    size_t limit, hr_store_usage_row_t **rows, size_t *count)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    *rows = NULL;
    *count = 0;
    hr_store_read(conn);

    if (limit == 0 || limit > 10000 || (unsigned) group > HR_STORE_USAGE_TOTAL)
    {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    stmt = hr_store_query(conn, hr_store_usage_sql[group], "11i", from, to,
                          (int64_t) limit);
    *rows = hr_store_rows(conn, arena, stmt, sizeof(hr_store_usage_row_t),
                          hr_store_usage_row, count, &rc);

    return rc;
}


hr_rc_t
hr_store_cost_since(hr_store_conn_t *conn, hr_instant_t from, int64_t user_id,
    double *cost_usd)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    *cost_usd = 0;
    hr_store_read(conn);

    stmt = hr_store_query(conn, "SELECT total(cost_usd) FROM generation_history"
                                " INDEXED BY idx_history_usage"
                                " WHERE created_at >= ?1"
                                " AND (?2 = 0 OR created_by = ?2)",
                          "1i", from, user_id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);
    if (rc == HR_OK) {
        *cost_usd = sqlite3_column_double(stmt, 0);
    }

    hr_store_end(stmt);

    return rc;
}


static int
hr_store_compare_doubles(const void *a, const void *b)
{
    double  x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}


hr_rc_t
hr_store_estimate(hr_store_conn_t *conn, hr_str_t model, double *seconds)
{
    size_t         n;
    double         runs[HR_STORE_ESTIMATE_RUNS];
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    hr_store_read(conn);

    /* by id: the latest finished stand last */
    stmt = hr_store_query(conn,
        "SELECT generation_time_seconds FROM generation_history"
        " WHERE status = 'success' AND generation_time_seconds > 0"
        " AND (?1 IS NULL OR model = ?1) ORDER BY id DESC LIMIT ?2",
        "ti", model, (int64_t) HR_STORE_ESTIMATE_RUNS);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    n = 0;

    while ((rc = hr_store_step(conn, stmt)) == HR_OK
           && n < HR_STORE_ESTIMATE_RUNS)
    {
        runs[n++] = sqlite3_column_double(stmt, 0);
    }

    hr_store_end(stmt);

    if (rc != HR_NOT_FOUND || n == 0) {
        return rc;
    }

    qsort(runs, n, sizeof(double), hr_store_compare_doubles);

    *seconds = (runs[(n - 1) / 2] + runs[n / 2]) / 2;

    return HR_OK;
}
