/*
 * Generation tasks: reading, adding, cancelling, clean-up (api-profiles.md 2;
 * generation.md 2, 11).  What the owner of a lease does is in hr_store_lease.c.
 *
 * The queue is the table itself.  "pending" is written, "queued" is read as
 * the same (database.md B-04).
 */

#include "hr_store_sqlite.h"


#define HR_STORE_TASK_COLUMNS                                                 \
    "t.id, t.unit_path, t.department, t.position, t.employee_name, t.status," \
    " t.progress, t.current_step, t.error_message, t.error_code,"             \
    " t.generation_params, t.target_profile_id, t.result_profile_id,"         \
    " t.result_version, t.save_result, t.created_by, u.username, t.batch_id," \
    " t.priority, t.attempt, t.estimated_seconds, t.created_at,"              \
    " t.started_at, t.completed_at, t.not_before, t.lease_until,"             \
    " t.lease_owner"
#define HR_STORE_TASK_WIDTH  27

/* Tasks that stand before t in the order of the queue, without fairness. */
#define HR_STORE_TASK_AHEAD                                                   \
    "CASE WHEN t.status IN " HR_STORE_WAIT_STATES " THEN 1 +"                 \
    " (SELECT count(*) FROM generation_tasks q"                               \
    "  WHERE q.status IN " HR_STORE_WAIT_STATES                               \
    "  AND (-q.priority, q.created_at, q.rowid)"                              \
    "      < (-t.priority, t.created_at, t.rowid)) ELSE 0 END"


static hr_store_task_status_t
hr_store_task_status_col(hr_store_conn_t *conn, sqlite3_stmt *stmt, int i)
{
    unsigned  s;
    hr_str_t  text;

    text = hr_store_col(conn, NULL, stmt, i);

    for (s = HR_STORE_TASK_PROCESSING; s <= HR_STORE_TASK_CANCELLED; s++) {
        if (hr_str_eq(text, hr_str_from_c(hr_store_task_status_name(
                                              (hr_store_task_status_t) s))))
        {
            return (hr_store_task_status_t) s;
        }
    }

    if (text.data == NULL || hr_str_eq(text, HR_STR("pending"))
        || hr_str_eq(text, HR_STR("queued")))
    {
        return HR_STORE_TASK_QUEUED;
    }

    return HR_STORE_TASK_FAILED;
}


static void
hr_store_task_read(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_store_task_t  *task = row;

    memset(task, 0, sizeof(*task));

    task->id = hr_store_col(conn, arena, stmt, 0);
    task->slot.unit_path = hr_store_col(conn, arena, stmt, 1);
    task->slot.department = hr_store_col(conn, arena, stmt, 2);
    task->slot.position = hr_store_col(conn, arena, stmt, 3);
    task->slot.employee_name = hr_store_col(conn, arena, stmt, 4);
    task->status = hr_store_task_status_col(conn, stmt, 5);
    task->progress = sqlite3_column_int64(stmt, 6);
    task->step = hr_store_col(conn, arena, stmt, 7);
    task->error_message = hr_store_col(conn, arena, stmt, 8);
    task->error_code = hr_store_col(conn, arena, stmt, 9);
    task->params = hr_store_col(conn, arena, stmt, 10);
    task->target_profile = hr_store_col(conn, arena, stmt, 11);
    task->profile_id = hr_store_col(conn, arena, stmt, 12);
    task->profile_version = sqlite3_column_int64(stmt, 13);
    task->save_result = sqlite3_column_type(stmt, 14) == SQLITE_NULL
                        || sqlite3_column_int(stmt, 14) != 0;
    task->created_by = sqlite3_column_int64(stmt, 15);
    task->created_by_username = hr_store_col(conn, arena, stmt, 16);
    task->batch_id = hr_store_col(conn, arena, stmt, 17);
    task->priority = sqlite3_column_int64(stmt, 18);
    task->attempt = sqlite3_column_int64(stmt, 19);
    task->estimated_seconds = sqlite3_column_int64(stmt, 20);
    task->created_at = hr_store_col_time(stmt, 21);
    task->started_at = hr_store_col_time(stmt, 22);
    task->completed_at = hr_store_col_time(stmt, 23);
    task->not_before = hr_store_col_us(stmt, 24);
    task->lease_until = hr_store_col_us(stmt, 25);
    task->lease_owner = hr_store_col(conn, arena, stmt, 26);
    task->queue_position = sqlite3_column_int64(stmt, HR_STORE_TASK_WIDTH);
    task->visible = sqlite3_column_int(stmt, HR_STORE_TASK_WIDTH + 1) == 1;
}


hr_rc_t
hr_store_task_get(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    int64_t viewer, hr_store_task_t *task)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    hr_store_read(conn);

    stmt = hr_store_query(conn,
        "SELECT " HR_STORE_TASK_COLUMNS ", " HR_STORE_TASK_AHEAD ","
        " ?2 = 0 OR t.created_by IS ?2 OR EXISTS (SELECT 1 FROM"
        "  generation_task_watchers w WHERE w.task_id = t.id"
        "  AND w.user_id = ?2), t.result_json"
        " FROM generation_tasks t LEFT JOIN users u ON u.id = t.created_by"
        " WHERE t.id = ?1", "ti", id, viewer);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        hr_store_task_read(conn, arena, stmt, task);
        task->result = hr_store_col(conn, arena, stmt, HR_STORE_TASK_WIDTH + 2);
        rc = hr_store_copied(conn, rc);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_refuse(conn, rc, HR_STORE_E_NO_TASK);
    }

    hr_store_end(stmt);

    return rc;
}


static hr_rc_t
hr_store_tasks_read(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, hr_store_tasks_t *list)
{
    hr_rc_t  rc;

    list->items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_task_t),
                                hr_store_task_read, &list->count, &rc);

    return rc;
}


hr_rc_t
hr_store_tasks_of_user(hr_store_conn_t *conn, hr_arena_t *arena,
    int64_t user_id, hr_instant_t since, size_t limit, hr_store_tasks_t *list)
{
    memset(list, 0, sizeof(*list));
    hr_store_read(conn);

    if (limit == 0 || limit > 1000) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    /* one pass numbers the queue; the newest are kept when there are more than
     * limit */
    return hr_store_tasks_read(conn, arena,
        hr_store_query(conn,
            "SELECT * FROM (SELECT * FROM (SELECT " HR_STORE_TASK_COLUMNS ","
            " CASE WHEN t.status IN " HR_STORE_WAIT_STATES " THEN row_number()"
            "  OVER (PARTITION BY t.status IN " HR_STORE_WAIT_STATES
            "  ORDER BY t.priority DESC, t.created_at, t.rowid) ELSE 0 END,"
            " t.created_by IS ?1 OR EXISTS (SELECT 1 FROM"
            "  generation_task_watchers w WHERE w.task_id = t.id"
            "  AND w.user_id = ?1) AS mine, t.rowid AS inserted"
            " FROM generation_tasks t LEFT JOIN users u ON u.id = t.created_by"
            " WHERE t.status IN " HR_STORE_OPEN_STATES
            " OR t.completed_at > ?2)"
            " WHERE mine ORDER BY created_at DESC, inserted DESC LIMIT ?3)"
            " ORDER BY created_at, inserted", "i3i", user_id, since, (int64_t) limit),
        list);
}


hr_rc_t
hr_store_tasks_open(hr_store_conn_t *conn, hr_arena_t *arena, size_t limit,
    hr_store_tasks_t *list)
{
    memset(list, 0, sizeof(*list));
    hr_store_read(conn);

    if (limit == 0 || limit > 1000) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    /* no queue positions: for each row they are a count over the queue */
    return hr_store_tasks_read(conn, arena,
        hr_store_query(conn, "SELECT " HR_STORE_TASK_COLUMNS ", 0, 1"
            " FROM generation_tasks t LEFT JOIN users u ON u.id = t.created_by"
            " WHERE t.status IN " HR_STORE_OPEN_STATES
            " ORDER BY t.created_at, t.rowid LIMIT ?1", "i", (int64_t) limit),
        list);
}


hr_rc_t
hr_store_task_counts(hr_store_conn_t *conn, int64_t user_id,
    hr_store_task_counts_t *counts)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    memset(counts, 0, sizeof(*counts));
    hr_store_read(conn);

    stmt = hr_store_query(conn,
        "SELECT (SELECT count(*) FROM generation_tasks WHERE status IN "
        HR_STORE_WAIT_STATES "), (SELECT count(*) FROM generation_tasks"
        " WHERE status = 'processing'), (SELECT count(*) FROM"
        " generation_tasks), (SELECT count(*) FROM generation_tasks"
        " WHERE created_by = ?1 AND status IN " HR_STORE_OPEN_STATES "),"
        " (SELECT count(*) FROM generation_tasks WHERE batch_id IS NOT NULL"
        " AND status IN " HR_STORE_OPEN_STATES ")", "i", user_id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        counts->queued = sqlite3_column_int64(stmt, 0);
        counts->processing = sqlite3_column_int64(stmt, 1);
        counts->total = sqlite3_column_int64(stmt, 2);
        counts->user_open = sqlite3_column_int64(stmt, 3);
        counts->batch_open = sqlite3_column_int64(stmt, 4);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_task_next_at(hr_store_conn_t *conn, hr_instant_t *at)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    hr_store_read(conn);

    stmt = hr_store_query(conn,
        "SELECT min(at) FROM (SELECT coalesce(not_before, 0) AS at"
        "  FROM generation_tasks WHERE status IN " HR_STORE_WAIT_STATES
        "  AND coalesce(paused, 0) = 0"
        " UNION ALL SELECT lease_until FROM generation_tasks"
        "  WHERE status = 'processing')", "");
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        *at = hr_store_col_us(stmt, 0);

        if (*at == HR_STORE_NO_TIME) {
            rc = HR_NOT_FOUND;
        }
    }

    hr_store_end(stmt);

    return rc;
}


/* -- write -- */

hr_str_t
hr_store_slot_key(hr_arena_t *arena, const hr_store_slot_t *slot)
{
    hr_str_t  unit, position;

    /* a unit is known by its path; the bare name is only a last resort */
    unit = hr_fold(arena, slot->unit_path.data != NULL ? slot->unit_path
                                                       : slot->department);
    position = hr_fold(arena, slot->position);

    if (unit.data == NULL || position.data == NULL) {
        return HR_STR_NULL;
    }

    return hr_arena_printf(arena, "%.*s\n%.*s", (int) unit.len, unit.data,
                           (int) position.len, position.data);
}


/* An existing task that answers the request: repeated, joined or in the way. */
static hr_rc_t
hr_store_task_existing(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_new_task_t *add, hr_str_t key, hr_store_task_t *task,
    hr_store_task_added_t *added)
{
    bool           same;
    hr_rc_t        rc;
    hr_str_t       id;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn,
        "SELECT id, 0, slot_key IS ?4 AND generation_params IS ?7"
        "  AND coalesce(employee_name, '') = coalesce(?6, '')"
        "  AND save_result IS ?8 AND target_profile_id IS ?9"
        "  FROM generation_tasks WHERE ?1 IS NOT NULL"
        "  AND idempotency_key = ?1 AND created_by = ?2"
        " UNION ALL SELECT id, 1, 1 FROM (SELECT id FROM generation_tasks"
        "  WHERE ?3 AND slot_key = ?4 AND status IN " HR_STORE_OPEN_STATES
        "  AND coalesce(employee_name, '') = coalesce(?6, '')"
        "  ORDER BY created_at LIMIT 1)"
        " UNION ALL SELECT id, 2, 1 FROM generation_tasks WHERE ?5 IS NOT NULL"
        "  AND target_profile_id = ?5 AND status IN " HR_STORE_OPEN_STATES
        " LIMIT 1", "tiittttit", add->idempotency_key, add->user_id,
        (int64_t) (!add->force || add->exclusive), key,
        add->exclusive ? add->target_profile : HR_STR_NULL,
        add->slot.employee_name, add->params, (int64_t) add->save_result,
        add->target_profile);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    id = HR_STR_NULL;
    same = true;

    rc = hr_store_step(conn, stmt);
    if (rc == HR_OK) {
        id = hr_store_col(conn, arena, stmt, 0);
        *added = sqlite3_column_int(stmt, 1) == 0 ? HR_STORE_TASK_REPEATED
                                                  : HR_STORE_TASK_JOINED;
        same = sqlite3_column_int(stmt, 2) == 1;
        rc = hr_store_copied(conn, rc);
    }

    hr_store_end(stmt);

    if (rc != HR_OK) {
        return rc;
    }

    if (!same) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_KEY_REUSED);
    }

    if (*added == HR_STORE_TASK_JOINED && add->exclusive) {
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_OPEN_TASK);
    }

    if (*added == HR_STORE_TASK_JOINED) {
        rc = hr_store_run(conn, NULL,
                          "INSERT OR IGNORE INTO generation_task_watchers"
                          " (task_id, user_id) VALUES (?1, ?2)", "ti", id,
                          add->user_id);
    }

    return rc == HR_OK ? hr_store_task_get(conn, arena, id, add->user_id, task)
                       : rc;
}


/* The items of batches have a limit of their own: whoever makes a batch keeps it. */
static hr_rc_t
hr_store_task_limits(hr_store_conn_t *conn, int64_t user_id,
    const hr_store_queue_limits_t *limits)
{
    hr_rc_t        rc;
    int64_t        queued, open;
    sqlite3_stmt  *stmt;

    if (limits == NULL
        || (limits->max_queued == 0 && limits->max_open_per_user == 0))
    {
        return HR_OK;
    }

    stmt = hr_store_query(conn,
        "SELECT (SELECT count(*) FROM generation_tasks WHERE status IN "
        HR_STORE_WAIT_STATES " AND batch_id IS NULL), (SELECT count(*) FROM"
        " generation_tasks WHERE created_by = ?1 AND status IN "
        HR_STORE_OPEN_STATES " AND batch_id IS NULL)", "i", user_id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    queued = 0;
    open = 0;
    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        queued = sqlite3_column_int64(stmt, 0);
        open = sqlite3_column_int64(stmt, 1);
    }

    hr_store_end(stmt);

    if (rc != HR_OK) {
        return rc;
    }

    if (limits->max_queued != 0 && queued >= limits->max_queued) {
        return hr_store_refuse(conn, HR_LIMIT, HR_STORE_E_QUEUE_FULL);
    }

    if (limits->max_open_per_user != 0 && open >= limits->max_open_per_user) {
        return hr_store_refuse(conn, HR_LIMIT, HR_STORE_E_USER_LIMIT);
    }

    return HR_OK;
}


hr_rc_t
hr_store_task_add(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_new_task_t *add, const hr_store_queue_limits_t *limits,
    hr_instant_t now, hr_store_task_t *task, hr_store_task_added_t *added)
{
    hr_rc_t   rc;
    hr_str_t  key;

    rc = hr_store_write(conn, HR_STORE_T_TASKS);
    if (rc != HR_OK) {
        return rc;
    }

    if (!hr_store_is_uuid(add->id) || add->slot.department.len == 0
        || add->slot.position.len == 0)
    {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    key = hr_store_slot_key(arena, &add->slot);
    if (key.data == NULL) {
        return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    rc = hr_store_task_existing(conn, arena, add, key, task, added);
    if (rc != HR_NOT_FOUND) {
        return rc;
    }

    rc = hr_store_task_limits(conn, add->user_id, limits);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, NULL,
        "INSERT INTO generation_tasks (id, unit_path, department, position,"
        " employee_name, slot_key, generation_params, target_profile_id,"
        " idempotency_key, batch_id, current_step, created_by, priority,"
        " estimated_seconds, save_result, status, progress, created_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
        " ?14, ?15, 'pending', 0, ?16)", "tttttttttttiiii3",
        add->id, add->slot.unit_path, add->slot.department, add->slot.position,
        add->slot.employee_name, key, add->params, add->target_profile,
        add->idempotency_key, add->batch_id, add->step, add->user_id,
        add->priority, add->estimated_seconds, (int64_t) add->save_result, now);
    if (rc != HR_OK) {
        return rc;
    }

    *added = HR_STORE_TASK_CREATED;

    return hr_store_task_get(conn, arena, add->id, add->user_id, task);
}


hr_rc_t
hr_store_task_cancel(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    hr_str_t step, hr_str_t error_message, hr_instant_t now,
    hr_store_task_t *task)
{
    hr_rc_t  rc;

    rc = hr_store_write(conn, HR_STORE_T_TASKS | HR_STORE_T_HISTORY
                              | HR_STORE_T_BATCHES);
    if (rc == HR_OK) {
        rc = hr_store_task_get(conn, arena, id, 0, task);
    }

    if (rc != HR_OK) {
        return rc;
    }

    if (task->status > HR_STORE_TASK_PROCESSING) {
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_TERMINAL);
    }

    /* progress stays as it is (api-profiles.md 2.2) */
    rc = hr_store_run(conn, NULL,
        "UPDATE generation_tasks SET status = 'cancelled', current_step = ?2,"
        " error_message = ?3, error_code = 'cancelled', completed_at = ?4,"
        " lease_owner = NULL, lease_until = NULL, not_before = NULL"
        " WHERE id = ?1", "ttt3", id, step, error_message, now);

    if (rc == HR_OK) {
        rc = hr_store_history_add(conn, id, "cancelled", HR_STR_NULL,
                                  HR_STR("cancelled"), NULL, now);
    }

    if (rc == HR_OK) {
        rc = hr_store_batch_note(conn, id, "cancelled", HR_STR_NULL,
                                 HR_STR("cancelled"), error_message, now);
    }

    return rc == HR_OK ? hr_store_task_get(conn, arena, id, 0, task) : rc;
}


hr_rc_t
hr_store_tasks_cleanup(hr_store_conn_t *conn, hr_instant_t before, int64_t keep,
    size_t limit, int64_t *deleted, int64_t *left)
{
    hr_rc_t  rc;
    int64_t  over;

    *deleted = 0;

    rc = hr_store_write(conn, 0);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, deleted,
        "DELETE FROM generation_tasks WHERE rowid IN (SELECT rowid FROM"
        " generation_tasks WHERE completed_at < ?1 AND status IN"
        " ('completed', 'failed', 'cancelled') LIMIT ?2)", "3i", before,
        (int64_t) limit);

    if (rc == HR_OK && keep != 0) {
        rc = hr_store_run(conn, &over,
            "DELETE FROM generation_tasks WHERE rowid IN (SELECT rowid FROM"
            " generation_tasks WHERE completed_at IS NOT NULL AND status IN"
            " ('completed', 'failed', 'cancelled')"
            " ORDER BY completed_at DESC LIMIT ?2 OFFSET ?1)", "ii", keep,
            (int64_t) limit);
        *deleted += over;
    }

    if (rc == HR_OK && *deleted != 0) {
        conn->touched |= HR_STORE_T_TASKS;

        rc = hr_store_run(conn, NULL,
                          "DELETE FROM generation_task_watchers WHERE NOT"
                          " EXISTS (SELECT 1 FROM generation_tasks t"
                          " WHERE t.id = task_id)", "");
    }

    if (rc != HR_OK) {
        return rc;
    }

    return hr_store_int(conn, left, "SELECT count(*) FROM generation_tasks",
                        "");
}
