/*
 * Leases: claiming a task, reporting on it, giving it back.
 *
 * Every statement that reports carries {id, owner, attempt} in its WHERE
 * clause.  The attempt is raised by each claim, so a report of somebody whose
 * lease ran out meanwhile changes nothing and is refused as FENCED; a task
 * that was cancelled meanwhile is TERMINAL.  A result is therefore stored
 * exactly once, whatever dies.
 */

#include "hr_store_sqlite.h"


#define HR_STORE_LEASED                                                       \
    " WHERE id = ?1 AND status = 'processing' AND lease_owner = ?2"           \
    " AND attempt = ?3"


static hr_rc_t hr_store_task_back(hr_store_conn_t *conn,
    const hr_store_lease_t *lease, hr_instant_t not_before, hr_str_t step,
    bool uncount);


/*
 * Users are ranked by how much they get already: fewest running tasks first,
 * then who was served longest ago.  A batch of one user can therefore not hold
 * up the single start of another.
 */
static hr_rc_t
hr_store_claim_pick(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_run_limits_t *limits, hr_instant_t now, hr_str_t *id)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn,
        "WITH waiting(uid) AS MATERIALIZED (SELECT DISTINCT created_by"
        "  FROM generation_tasks WHERE status IN " HR_STORE_WAIT_STATES "),"
        " ranked(uid, running, served) AS MATERIALIZED (SELECT uid,"
        "  (SELECT count(*) FROM generation_tasks r WHERE r.created_by IS uid"
        "   AND r.status = 'processing'),"
        "  (SELECT max(s.started_at) FROM generation_tasks s"
        "   WHERE s.created_by IS uid) FROM waiting)"
        " SELECT t.id FROM generation_tasks t JOIN ranked k"
        "  ON k.uid IS t.created_by"
        " WHERE t.status IN " HR_STORE_WAIT_STATES
        " AND coalesce(t.paused, 0) = 0"
        " AND (t.not_before IS NULL OR t.not_before <= ?1)"
        " AND (?2 = 0 OR k.running < ?2)"
        " AND NOT EXISTS (SELECT 1 FROM generation_tasks same"
        "  WHERE same.slot_key = t.slot_key AND same.status = 'processing')"
        " ORDER BY t.priority DESC, k.running, k.served, t.created_at, t.rowid"
        " LIMIT 1", "ui", now, limits->max_running_per_user);
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


hr_rc_t
hr_store_task_claim(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t owner,
    const hr_store_run_limits_t *limits, hr_instant_t now,
    hr_instant_t lease_until, hr_store_task_t *task)
{
    hr_rc_t   rc;
    int64_t   running;
    hr_str_t  id;

    rc = hr_store_write(conn, HR_STORE_T_TASKS | HR_STORE_T_BATCHES);
    if (rc != HR_OK) {
        return rc;
    }

    if (owner.len == 0 || lease_until <= now) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    if (limits->max_running != 0) {
        rc = hr_store_int(conn, &running, "SELECT count(*) FROM"
                          " generation_tasks WHERE status = 'processing'", "");
        if (rc != HR_OK) {
            return rc;
        }

        if (running >= limits->max_running) {
            return HR_NOT_FOUND;
        }
    }

    rc = hr_store_claim_pick(conn, arena, limits, now, &id);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, NULL,
        "UPDATE generation_tasks SET status = 'processing',"
        " attempt = coalesce(attempt, 0) + 1, lease_owner = ?2,"
        " lease_until = ?3, started_at = ?4, not_before = NULL,"
        " error_message = NULL, error_code = NULL WHERE id = ?1",
        "ttu3", id, owner, lease_until, now);

    if (rc == HR_OK) {
        rc = hr_store_batch_note(conn, id, "processing", HR_STR_NULL,
                                 HR_STR_NULL, HR_STR_NULL, now);
    }

    return rc == HR_OK ? hr_store_task_get(conn, arena, id, 0, task) : rc;
}


/* Why a report changed nothing. */
static hr_rc_t
hr_store_lease_lost(hr_store_conn_t *conn, const hr_store_lease_t *lease)
{
    hr_rc_t  rc;
    int64_t  ended;

    rc = hr_store_int(conn, &ended, "SELECT status NOT IN "
                                    HR_STORE_OPEN_STATES
                                    " FROM generation_tasks WHERE id = ?1",
                      "t", lease->id);

    if (rc == HR_NOT_FOUND) {
        return hr_store_refuse(conn, rc, HR_STORE_E_NO_TASK);
    }

    if (rc != HR_OK) {
        return rc;
    }

    return hr_store_refuse(conn, HR_CONFLICT, ended ? HR_STORE_E_TERMINAL
                                                    : HR_STORE_E_FENCED);
}


static hr_rc_t
hr_store_leased(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    hr_rc_t rc, int64_t changed)
{
    return rc == HR_OK && changed == 0 ? hr_store_lease_lost(conn, lease) : rc;
}


hr_rc_t
hr_store_task_renew(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    hr_instant_t lease_until)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_write(conn, 0);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed, "UPDATE generation_tasks SET lease_until"
                                      " = ?4" HR_STORE_LEASED, "ttiu",
                      lease->id, lease->owner, lease->attempt, lease_until);

    return hr_store_leased(conn, lease, rc, changed);
}


hr_rc_t
hr_store_task_progress(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    int64_t progress, hr_str_t step, hr_instant_t lease_until)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_write(conn, HR_STORE_T_TASKS);
    if (rc != HR_OK) {
        return rc;
    }

    if (progress < 0 || progress > 100) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    rc = hr_store_run(conn, &changed,
                      "UPDATE generation_tasks SET lease_until = ?4,"
                      " progress = ?5, current_step = coalesce(?6,"
                      " current_step)" HR_STORE_LEASED, "ttiuit", lease->id,
                      lease->owner, lease->attempt, lease_until, progress,
                      step);

    return hr_store_leased(conn, lease, rc, changed);
}


/* The task of a lease that still holds. */
static hr_rc_t
hr_store_lease_task(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_lease_t *lease, hr_store_task_t *task)
{
    hr_rc_t  rc;

    rc = hr_store_task_get(conn, arena, lease->id, 0, task);
    if (rc != HR_OK) {
        return rc;
    }

    if (task->status != HR_STORE_TASK_PROCESSING
        || task->attempt != lease->attempt
        || !hr_str_eq(task->lease_owner, lease->owner))
    {
        return hr_store_lease_lost(conn, lease);
    }

    return HR_OK;
}


/* A new version of the profile that the task continues, or a new profile. */
static hr_rc_t
hr_store_task_store(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_task_t *task, const hr_store_outcome_t *outcome,
    hr_instant_t now, hr_store_stored_t *stored)
{
    hr_rc_t               rc;
    hr_store_card_t       card;
    hr_store_appended_t   appended;

    if (task->target_profile.data != NULL) {
        rc = hr_store_profile_card(conn, arena, task->target_profile, &card);
    } else {
        rc = hr_store_profile_find(conn, arena, &task->slot, &card);
    }

    if (rc == HR_OK) {
        stored->profile_id = card.id;

        rc = hr_store_version_append(conn, card.id, HR_STORE_REGENERATED,
                                     &outcome->content, NULL, now, &appended);
        stored->version = appended.number;

        return rc;
    }

    if (rc != HR_NOT_FOUND) {
        return rc;
    }

    /* also when the profile to regenerate was removed meanwhile */
    stored->profile_id = hr_arena_str(arena, outcome->new_profile_id);
    stored->version = 1;
    stored->created = true;

    if (stored->profile_id.data == NULL) {
        return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    return hr_store_profile_insert(conn, stored->profile_id, &task->slot,
                                   &outcome->content, now);
}


hr_rc_t
hr_store_task_complete(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_lease_t *lease, const hr_store_outcome_t *outcome,
    hr_instant_t now, hr_store_stored_t *stored)
{
    hr_rc_t           rc;
    int64_t           changed;
    hr_store_task_t   task;

    memset(stored, 0, sizeof(*stored));

    rc = hr_store_write(conn, HR_STORE_T_TASKS | HR_STORE_T_HISTORY
                              | HR_STORE_T_BATCHES);
    if (rc == HR_OK) {
        rc = hr_store_lease_task(conn, arena, lease, &task);
    }

    if (rc == HR_OK && task.save_result) {
        rc = hr_store_task_store(conn, arena, &task, outcome, now, stored);
    }

    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed,
        "UPDATE generation_tasks SET status = 'completed', progress = 100,"
        " current_step = ?4, completed_at = ?5, result_profile_id = ?6,"
        " result_version = ?7, result_json = ?8, error_message = NULL,"
        " error_code = NULL, lease_owner = NULL, lease_until = NULL"
        HR_STORE_LEASED, "ttit3tot", lease->id, lease->owner, lease->attempt,
        outcome->step, now, stored->profile_id, stored->version,
        task.save_result ? HR_STR_NULL : outcome->result);

    rc = hr_store_leased(conn, lease, rc, changed);

    if (rc == HR_OK) {
        rc = hr_store_history_add(conn, lease->id, "success",
                                  stored->profile_id, HR_STR_NULL,
                                  &outcome->usage, now);
    }

    if (rc == HR_OK) {
        rc = hr_store_batch_note(conn, lease->id, "completed",
                                 stored->profile_id, HR_STR_NULL, HR_STR_NULL,
                                 now);
    }

    return rc;
}


hr_rc_t
hr_store_task_fail(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    const hr_store_failure_t *failure, hr_instant_t now)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_write(conn, HR_STORE_T_TASKS | HR_STORE_T_HISTORY
                              | HR_STORE_T_BATCHES);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed,
        "UPDATE generation_tasks SET status = 'failed', progress = ?4,"
        " current_step = ?5, completed_at = ?6, error_message = ?7,"
        " error_code = ?8, result_json = ?9, lease_owner = NULL,"
        " lease_until = NULL" HR_STORE_LEASED, "ttiit3ttt", lease->id,
        lease->owner, lease->attempt, failure->progress, failure->step, now,
        failure->error_message, failure->error_code, failure->result);

    rc = hr_store_leased(conn, lease, rc, changed);

    if (rc == HR_OK) {
        rc = hr_store_history_add(conn, lease->id, "failed", HR_STR_NULL,
                                  failure->error_code, &failure->usage, now);
    }

    if (rc == HR_OK) {
        rc = hr_store_batch_note(conn, lease->id, "failed", HR_STR_NULL,
                                 failure->error_code, failure->error_message,
                                 now);
    }

    return rc;
}


hr_rc_t
hr_store_task_attempt(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    const hr_store_failure_t *failure, hr_instant_t lease_until,
    hr_instant_t now)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_write(conn, HR_STORE_T_TASKS | HR_STORE_T_HISTORY);

    /* the row first: it takes the number of the attempt from the task */
    if (rc == HR_OK) {
        rc = hr_store_history_add(conn, lease->id, "failed", HR_STR_NULL,
                                  failure->error_code, &failure->usage, now);
    }

    if (rc == HR_OK) {
        rc = hr_store_run(conn, &changed,
            "UPDATE generation_tasks SET attempt = attempt + 1,"
            " released = coalesce(released, 0) + 1,"
            " lease_until = ?4, progress = ?5, current_step = coalesce(?6,"
            " current_step)" HR_STORE_LEASED, "ttiuit", lease->id, lease->owner,
            lease->attempt, lease_until, failure->progress, failure->step);

        rc = hr_store_leased(conn, lease, rc, changed);
    }

    return rc;
}


hr_rc_t
hr_store_task_retry(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    const hr_store_failure_t *failure, hr_instant_t not_before,
    hr_instant_t now)
{
    hr_rc_t  rc;

    rc = hr_store_write(conn, HR_STORE_T_TASKS | HR_STORE_T_HISTORY
                              | HR_STORE_T_BATCHES);
    if (rc == HR_OK) {
        rc = hr_store_task_back(conn, lease, not_before, failure->step, false);
    }

    if (rc == HR_OK) {
        rc = hr_store_history_add(conn, lease->id, "failed", HR_STR_NULL,
                                  failure->error_code, &failure->usage, now);
    }

    if (rc == HR_OK) {
        rc = hr_store_batch_note(conn, lease->id, "queued", HR_STR_NULL,
                                 HR_STR_NULL, HR_STR_NULL, now);
    }

    return rc;
}


hr_rc_t
hr_store_task_release(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    hr_str_t step, hr_instant_t now)
{
    hr_rc_t  rc;

    rc = hr_store_write(conn, HR_STORE_T_TASKS | HR_STORE_T_BATCHES);
    if (rc == HR_OK) {
        rc = hr_store_task_back(conn, lease, HR_STORE_NO_TIME, step, true);
    }

    if (rc == HR_OK) {
        rc = hr_store_batch_note(conn, lease->id, "queued", HR_STR_NULL,
                                 HR_STR_NULL, HR_STR_NULL, now);
    }

    return rc;
}


/*
 * The number of an attempt is a fencing token and must never come twice, so
 * "not counted" is kept beside it: a released task may be claimed once more
 * before the cap of attempts strikes.
 */
static hr_rc_t
hr_store_task_back(hr_store_conn_t *conn, const hr_store_lease_t *lease,
    hr_instant_t not_before, hr_str_t step, bool uncount)
{
    hr_rc_t  rc;
    int64_t  changed;

    rc = hr_store_run(conn, &changed,
        "UPDATE generation_tasks SET status = 'pending', progress = 0,"
        " not_before = ?4, current_step = coalesce(?5, current_step),"
        " released = coalesce(released, 0) + ?6, lease_owner = NULL,"
        " lease_until = NULL" HR_STORE_LEASED, "ttiuti", lease->id,
        lease->owner, lease->attempt, not_before, step, (int64_t) uncount);

    return hr_store_leased(conn, lease, rc, changed);
}


/* -- leases of the dead -- */

typedef struct {
    hr_store_lease_t   lease;
    bool               spent;       /* no attempt is left */
} hr_store_dead_t;

typedef struct {
    hr_store_dead_t   *items;
    size_t             count;
} hr_store_dead_list_t;


static void
hr_store_dead_row(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_store_dead_t  *dead = row;

    dead->lease.id = hr_store_col(conn, arena, stmt, 0);
    dead->lease.owner = hr_store_col(conn, arena, stmt, 1);
    dead->lease.attempt = sqlite3_column_int64(stmt, 2);
    dead->spent = sqlite3_column_int(stmt, 3) == 1;
}


static hr_rc_t
hr_store_dead_leases(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t owner,
    hr_instant_t now, int64_t max_attempts, hr_store_dead_list_t *list)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn,
        "SELECT id, lease_owner, attempt,"
        " ?3 > 0 AND attempt - coalesce(released, 0) >= ?3"
        " FROM generation_tasks WHERE status = 'processing'"
        " AND (coalesce(lease_until, 0) < ?2 OR lease_owner = ?1)"
        " ORDER BY created_at LIMIT 1000", "tui", owner, now, max_attempts);
    list->items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_dead_t),
                                hr_store_dead_row, &list->count, &rc);

    return rc;
}


static void
hr_store_owner_row(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_str_t  *owner = row;

    *owner = hr_store_col(conn, arena, stmt, 0);
}


hr_rc_t
hr_store_lease_owners(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t **owners, size_t *count)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    *owners = NULL;
    *count = 0;
    hr_store_read(conn);

    stmt = hr_store_query(conn, "SELECT DISTINCT lease_owner FROM generation_tasks"
                                " WHERE status = 'processing'"
                                " AND lease_owner IS NOT NULL LIMIT 1000", "");
    *owners = hr_store_rows(conn, arena, stmt, sizeof(hr_str_t),
                            hr_store_owner_row, count, &rc);

    return rc;
}


hr_rc_t
hr_store_tasks_requeue(hr_store_conn_t *conn, hr_str_t owner,
    int64_t max_attempts, const hr_store_failure_t *failure,
    hr_store_spent_pt spent, void *data, hr_instant_t now, int64_t *requeued,
    int64_t *failed)
{
    size_t                  i;
    hr_rc_t                 rc;
    hr_arena_t             *arena;
    hr_store_dead_t        *dead;
    hr_store_failure_t      end = *failure;
    hr_store_dead_list_t    list;

    *requeued = 0;
    *failed = 0;

    /* the tasks found set their own marks of change */
    rc = hr_store_write(conn, 0);
    if (rc != HR_OK) {
        return rc;
    }

    arena = hr_arena_create(1024 * 1024);
    if (arena == NULL) {
        return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    memset(&list, 0, sizeof(list));

    /* rows that some other program left without an owner get one */
    rc = hr_store_run(conn, NULL, "UPDATE generation_tasks SET lease_owner = '',"
                                  " attempt = coalesce(attempt, 0)"
                                  " WHERE status = 'processing'"
                                  " AND lease_owner IS NULL", "");
    if (rc == HR_OK) {
        rc = hr_store_dead_leases(conn, arena, owner, now, max_attempts, &list);
    }

    for (i = 0; i < list.count && rc == HR_OK; i++) {
        dead = &list.items[i];
        end.usage = failure->usage;

        if (spent != NULL) {
            spent(data, &dead->lease, &end.usage);
        }

        if (dead->spent) {
            rc = hr_store_task_fail(conn, &dead->lease, &end, now);
            *failed += rc == HR_OK;

        } else {
            rc = hr_store_task_retry(conn, &dead->lease, &end,
                                     HR_STORE_NO_TIME, now);
            *requeued += rc == HR_OK;
        }
    }

    hr_arena_destroy(arena);

    return rc;
}
