/*
 * Batches of generations (improvements.md I-69).  An item's state is a copy of
 * its task's, noted in the same transaction as each change of the task, so that
 * the result of a batch outlives the clean-up of its tasks.
 */

#include "hr_store_sqlite.h"


#define HR_STORE_MAX_ITEMS  10000

#define HR_STORE_BATCH_COLUMNS                                                \
    "b.id, b.created_by, u.username, b.params, b.status, b.created_at,"       \
    " b.updated_at, b.completed_at"
#define HR_STORE_BATCH_SUMS                                                   \
    ", count(i.state), total(i.state = 'queued'),"                            \
    " total(i.state = 'processing'), total(i.state = 'completed'),"           \
    " total(i.state = 'failed'), total(i.state = 'cancelled'),"               \
    " total(i.state IN ('skipped', 'rejected'))"                              \
    " FROM generation_batches b LEFT JOIN users u ON u.id = b.created_by"     \
    " LEFT JOIN generation_batch_items i ON i.batch_id = b.id"


static hr_rc_t hr_store_batch_settle(hr_store_conn_t *conn, hr_str_t task_id,
    hr_instant_t now);


static void
hr_store_batch_read(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, void *row)
{
    unsigned           s;
    hr_str_t           status;
    hr_store_batch_t  *batch = row;

    memset(batch, 0, sizeof(*batch));

    batch->id = hr_store_col(conn, arena, stmt, 0);
    batch->created_by = sqlite3_column_int64(stmt, 1);
    batch->created_by_username = hr_store_col(conn, arena, stmt, 2);
    batch->params = hr_store_col(conn, arena, stmt, 3);

    status = hr_store_col(conn, NULL, stmt, 4);

    for (s = HR_STORE_BATCH_ACTIVE; s <= HR_STORE_BATCH_FINISHED; s++) {
        if (hr_str_eq(status, hr_str_from_c(hr_store_batch_status_name(
                                             (hr_store_batch_status_t) s))))
        {
            batch->status = (hr_store_batch_status_t) s;
        }
    }

    batch->created_at = hr_store_col_time(stmt, 5);
    batch->updated_at = hr_store_col_time(stmt, 6);
    batch->completed_at = hr_store_col_time(stmt, 7);
    batch->total = sqlite3_column_int64(stmt, 8);
    batch->queued = sqlite3_column_int64(stmt, 9);
    batch->processing = sqlite3_column_int64(stmt, 10);
    batch->completed = sqlite3_column_int64(stmt, 11);
    batch->failed = sqlite3_column_int64(stmt, 12);
    batch->cancelled = sqlite3_column_int64(stmt, 13);
    batch->skipped = sqlite3_column_int64(stmt, 14);
}


hr_rc_t
hr_store_batch_get(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    hr_store_batch_t *batch)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    hr_store_read(conn);

    stmt = hr_store_query(conn, "SELECT " HR_STORE_BATCH_COLUMNS
                                HR_STORE_BATCH_SUMS
                                " WHERE b.id = ?1 GROUP BY b.id", "t", id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        hr_store_batch_read(conn, arena, stmt, batch);
        rc = hr_store_copied(conn, rc);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_refuse(conn, rc, HR_STORE_E_NO_BATCH);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_batches_list(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t user_id, size_t limit, hr_store_batch_t **items, size_t *count)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    *items = NULL;
    *count = 0;
    hr_store_read(conn);

    if (limit == 0 || limit > 1000) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    stmt = hr_store_query(conn, "SELECT " HR_STORE_BATCH_COLUMNS
                                HR_STORE_BATCH_SUMS
                                " WHERE b.id IN (SELECT id FROM"
                                "  generation_batches WHERE ?1 = 0"
                                "  OR created_by = ?1"
                                "  ORDER BY created_at DESC LIMIT ?2)"
                                " GROUP BY b.id"
                                " ORDER BY b.created_at DESC, b.rowid DESC",
                          "ii", user_id, (int64_t) limit);
    *items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_batch_t),
                           hr_store_batch_read, count, &rc);

    return rc;
}


static void
hr_store_batch_item_row(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_store_batch_item_t  *item = row;

    item->ordinal = sqlite3_column_int64(stmt, 0);
    item->slot.unit_path = hr_store_col(conn, arena, stmt, 1);
    item->slot.department = hr_store_col(conn, arena, stmt, 2);
    item->slot.position = hr_store_col(conn, arena, stmt, 3);
    item->slot.employee_name = hr_store_col(conn, arena, stmt, 4);
    item->state = hr_store_col(conn, arena, stmt, 5);
    item->task_id = hr_store_col(conn, arena, stmt, 6);
    item->profile_id = hr_store_col(conn, arena, stmt, 7);
    item->error_code = hr_store_col(conn, arena, stmt, 8);
    item->message = hr_store_col(conn, arena, stmt, 9);
}


hr_rc_t
hr_store_batch_items(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    size_t offset, size_t limit, hr_store_batch_items_t *list)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    memset(list, 0, sizeof(*list));
    hr_store_read(conn);

    if (limit == 0 || limit > HR_STORE_MAX_ITEMS) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    rc = hr_store_int(conn, &list->total,
                      "SELECT (SELECT count(*) FROM generation_batch_items"
                      " WHERE batch_id = ?1) FROM generation_batches"
                      " WHERE id = ?1", "t", id);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND
               ? hr_store_refuse(conn, rc, HR_STORE_E_NO_BATCH) : rc;
    }

    stmt = hr_store_query(conn,
        "SELECT ordinal, unit_path, department, position, employee_name, state,"
        " task_id, profile_id, error_code, message FROM generation_batch_items"
        " WHERE batch_id = ?1 ORDER BY ordinal LIMIT ?2 OFFSET ?3", "tii", id,
        (int64_t) limit, (int64_t) offset);
    list->items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_batch_item_t),
                                hr_store_batch_item_row, &list->count, &rc);

    return rc;
}


/* -- write -- */

hr_rc_t
hr_store_batch_create(hr_store_conn_t *conn, hr_str_t id, int64_t user_id,
    hr_str_t params, hr_instant_t now)
{
    hr_rc_t  rc;

    rc = hr_store_write(conn, HR_STORE_T_BATCHES);
    if (rc != HR_OK) {
        return rc;
    }

    if (!hr_store_is_uuid(id)) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    return hr_store_run(conn, NULL,
                        "INSERT INTO generation_batches (id, created_by,"
                        " params, status, created_at, updated_at)"
                        " VALUES (?1, ?2, ?3, 'active', ?4, ?4)", "tit3", id,
                        user_id, params, now);
}


hr_rc_t
hr_store_batch_add(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t batch_id,
    const hr_store_new_task_t *add, const hr_store_queue_limits_t *limits,
    const hr_store_batch_item_t *item, hr_instant_t now,
    hr_store_task_added_t *added)
{
    hr_rc_t           rc;
    int64_t           count;
    hr_str_t          state, task_id;
    hr_store_task_t   task;

    rc = hr_store_write(conn, HR_STORE_T_BATCHES);
    if (rc == HR_OK) {
        rc = hr_store_int(conn, &count,
                          "SELECT (SELECT count(*) FROM generation_batch_items"
                          " WHERE batch_id = ?1) FROM generation_batches"
                          " WHERE id = ?1", "t", batch_id);
    }

    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND
               ? hr_store_refuse(conn, rc, HR_STORE_E_NO_BATCH) : rc;
    }

    if (count >= HR_STORE_MAX_ITEMS) {
        return hr_store_refuse(conn, HR_LIMIT, HR_STORE_E_BAD_VALUE);
    }

    state = item->state;
    task_id = HR_STR_NULL;

    if (add != NULL) {
        rc = hr_store_task_add(conn, arena, add, limits, now, &task, added);
        if (rc != HR_OK) {
            return rc;
        }

        task_id = task.id;
        state = hr_str_from_c(hr_store_task_status_name(task.status));
    }

    return hr_store_run(conn, NULL,
        "INSERT INTO generation_batch_items (batch_id, ordinal, unit_path,"
        " department, position, employee_name, state, task_id, profile_id,"
        " error_code, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
        " ?10, ?11)", "tittttttttt", batch_id, count + 1, item->slot.unit_path,
        item->slot.department, item->slot.position, item->slot.employee_name,
        state, task_id, item->profile_id, item->error_code, item->message);
}


hr_rc_t
hr_store_batch_added(hr_store_conn_t *conn, hr_str_t id, hr_instant_t now)
{
    hr_rc_t  rc;

    rc = hr_store_write(conn, HR_STORE_T_BATCHES);
    if (rc != HR_OK) {
        return rc;
    }

    return hr_store_run(conn, NULL,
        "UPDATE generation_batches SET status = 'finished', completed_at = ?2"
        " WHERE id = ?1 AND status = 'active' AND NOT EXISTS (SELECT 1 FROM"
        "  generation_batch_items WHERE batch_id = ?1"
        "  AND state IN ('queued', 'processing'))", "t3", id, now);
}


hr_rc_t
hr_store_batch_note(hr_store_conn_t *conn, hr_str_t task_id, const char *state,
    hr_str_t profile_id, hr_str_t error_code, hr_str_t message,
    hr_instant_t now)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_run(conn, &changed,
                      "UPDATE generation_batch_items SET state = ?2,"
                      " profile_id = ?3, error_code = ?4, message = ?5"
                      " WHERE task_id = ?1", "tcttt", task_id, state,
                      profile_id, error_code, message);

    if (rc != HR_OK || changed == 0) {
        return rc;
    }

    conn->touched |= HR_STORE_T_BATCHES;

    return hr_store_batch_settle(conn, task_id, now);
}


/* A batch is finished when none of its items is open any more. */
static hr_rc_t
hr_store_batch_settle(hr_store_conn_t *conn, hr_str_t task_id, hr_instant_t now)
{
    return hr_store_run(conn, NULL,
        "UPDATE generation_batches SET updated_at = ?2,"
        " status = CASE WHEN open.n = 0 AND status IN ('active', 'paused')"
        "  THEN 'finished' ELSE status END,"
        " completed_at = CASE WHEN open.n = 0 THEN ?2 END"
        " FROM (SELECT w.batch_id AS batch, (SELECT count(*)"
        "   FROM generation_batch_items o WHERE o.batch_id = w.batch_id"
        "   AND o.state IN ('queued', 'processing')) AS n"
        "  FROM generation_batch_items w WHERE w.task_id = ?1) open"
        " WHERE generation_batches.id = open.batch", "t3", task_id, now);
}


static hr_rc_t
hr_store_batch_cancel_tasks(hr_store_conn_t *conn, hr_str_t id, hr_str_t step,
    hr_str_t error_message, hr_instant_t now, int64_t *cancelled)
{
    hr_rc_t           rc;
    hr_str_t          task_id;
    hr_arena_t       *arena;
    sqlite3_stmt     *stmt;
    hr_store_task_t   task;

    for ( ;; ) {
        arena = hr_arena_create(1024 * 1024);
        if (arena == NULL) {
            return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
        }

        /* a task that another user started and the batch only joined goes on */
        stmt = hr_store_query(conn, "SELECT id FROM generation_tasks WHERE"
                                    " batch_id = ?1 AND status IN "
                                    HR_STORE_OPEN_STATES " LIMIT 1", "t", id);
        rc = stmt == NULL ? HR_ERROR : hr_store_step(conn, stmt);

        if (rc == HR_OK) {
            task_id = hr_store_col(conn, arena, stmt, 0);
            hr_store_end(stmt);

            rc = hr_store_copied(conn, rc);
            if (rc == HR_OK) {
                rc = hr_store_task_cancel(conn, arena, task_id, step,
                                          error_message, now, &task);
            }

            *cancelled += rc == HR_OK;

        } else if (stmt != NULL) {
            hr_store_end(stmt);
        }

        hr_arena_destroy(arena);

        if (rc != HR_OK) {
            return rc == HR_NOT_FOUND ? HR_OK : rc;
        }
    }
}


hr_rc_t
hr_store_batch_set_status(hr_store_conn_t *conn, hr_str_t id,
    hr_store_batch_status_t status, hr_str_t step, hr_str_t error_message,
    hr_instant_t now, int64_t *changed)
{
    hr_rc_t  rc;
    int64_t  found;

    *changed = 0;

    rc = hr_store_write(conn, HR_STORE_T_BATCHES | HR_STORE_T_TASKS);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &found, "SELECT 1 FROM generation_batches"
                                    " WHERE id = ?1", "t", id);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND
               ? hr_store_refuse(conn, rc, HR_STORE_E_NO_BATCH) : rc;
    }

    if (status == HR_STORE_BATCH_FINISHED) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    /* active <-> paused, both -> cancelled */
    rc = hr_store_run(conn, &found,
        "UPDATE generation_batches SET status = ?2, updated_at = ?3,"
        " completed_at = CASE WHEN ?2 = 'cancelled' THEN ?3 END"
        " WHERE id = ?1 AND status IN ('active', 'paused') AND status != ?2",
        "tc3", id, hr_store_batch_status_name(status), now);
    if (rc != HR_OK) {
        return rc;
    }

    if (found == 0) {
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_STATUS);
    }

    if (status == HR_STORE_BATCH_CANCELLED) {
        return hr_store_batch_cancel_tasks(conn, id, step, error_message, now,
                                           changed);
    }

    return hr_store_run(conn, NULL,
                        "UPDATE generation_tasks SET paused = ?2"
                        " WHERE batch_id = ?1 AND status IN "
                        HR_STORE_OPEN_STATES, "ti", id,
                        (int64_t) (status == HR_STORE_BATCH_PAUSED));
}


/*
 * A terminal state never changes: the failed task stays as it is, and a new
 * one with its parameters takes its place in the batch.
 */
typedef struct {
    int64_t               ordinal;
    hr_store_new_task_t   add;
} hr_store_again_t;


static void
hr_store_again_row(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_store_again_t  *a = row;

    a->ordinal = sqlite3_column_int64(stmt, 0);
    a->add.slot.unit_path = hr_store_col(conn, arena, stmt, 1);
    a->add.slot.department = hr_store_col(conn, arena, stmt, 2);
    a->add.slot.position = hr_store_col(conn, arena, stmt, 3);
    a->add.slot.employee_name = hr_store_col(conn, arena, stmt, 4);
    a->add.params = hr_store_col(conn, arena, stmt, 5);
    a->add.target_profile = hr_store_col(conn, arena, stmt, 6);
    a->add.user_id = sqlite3_column_int64(stmt, 7);
    a->add.priority = sqlite3_column_int64(stmt, 8);
    a->add.estimated_seconds = sqlite3_column_int64(stmt, 9);
    a->add.save_result = sqlite3_column_int(stmt, 10) != 0;
}


static hr_rc_t
hr_store_batch_ended(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    hr_str_t step, hr_store_again_t **items, size_t *count)
{
    size_t         i;
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn,
        "SELECT i.ordinal, i.unit_path, i.department, i.position,"
        " i.employee_name, coalesce(t.generation_params, b.params),"
        " t.target_profile_id, b.created_by, t.priority, t.estimated_seconds,"
        " coalesce(t.save_result, 1) FROM generation_batch_items i"
        " JOIN generation_batches b ON b.id = i.batch_id"
        " LEFT JOIN generation_tasks t ON t.id = i.task_id"
        " WHERE i.batch_id = ?1 AND i.state IN ('failed', 'cancelled')"
        " ORDER BY i.ordinal", "t", id);
    *items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_again_t),
                           hr_store_again_row, count, &rc);

    for (i = 0; i < *count; i++) {
        (*items)[i].add.batch_id = id;
        (*items)[i].add.step = step;
    }

    return rc;
}


static hr_rc_t
hr_store_batch_again(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_store_again_t *again, hr_instant_t now)
{
    char                    uuid[37];
    hr_rc_t                 rc;
    hr_store_task_t         task;
    hr_store_task_added_t   added;

    rc = hr_uuid_make(uuid);
    if (rc != HR_OK) {
        return hr_store_refuse(conn, rc, HR_STORE_E_OTHER);
    }

    again->add.id = hr_str(uuid, 36);

    rc = hr_store_task_add(conn, arena, &again->add, NULL, now, &task, &added);
    if (rc != HR_OK) {
        return rc;
    }

    return hr_store_run(conn, NULL,
        "UPDATE generation_batch_items SET task_id = ?3, state = ?4,"
        " profile_id = NULL, error_code = NULL, message = NULL"
        " WHERE batch_id = ?1 AND ordinal = ?2", "titc", again->add.batch_id,
        again->ordinal, task.id, hr_store_task_status_name(task.status));
}


hr_rc_t
hr_store_batch_retry(hr_store_conn_t *conn, hr_str_t id, hr_str_t step,
    hr_instant_t now, int64_t *queued)
{
    size_t             i, count;
    hr_rc_t            rc;
    int64_t            found;
    hr_arena_t        *arena;
    hr_store_again_t  *items;

    *queued = 0;

    rc = hr_store_write(conn, HR_STORE_T_BATCHES | HR_STORE_T_TASKS);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &found, "SELECT 1 FROM generation_batches"
                                    " WHERE id = ?1", "t", id);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND
               ? hr_store_refuse(conn, rc, HR_STORE_E_NO_BATCH) : rc;
    }

    arena = hr_arena_create(64 * 1024 * 1024);
    if (arena == NULL) {
        return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    items = NULL;
    count = 0;

    rc = hr_store_batch_ended(conn, arena, id, step, &items, &count);

    for (i = 0; i < count && rc == HR_OK; i++) {
        rc = hr_store_batch_again(conn, arena, &items[i], now);
        *queued += rc == HR_OK;
    }

    hr_arena_destroy(arena);

    if (rc == HR_OK && *queued != 0) {
        rc = hr_store_run(conn, NULL,
                          "UPDATE generation_batches SET status = 'active',"
                          " completed_at = NULL, updated_at = ?2"
                          " WHERE id = ?1", "t3", id, now);
    }

    return rc;
}
