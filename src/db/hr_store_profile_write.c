/*
 * Profiles: insertion, metadata, status, removal (database.md 3.3, 7.3, 7.4;
 * api-profiles.md 3).  Every write ends by entering the row into the folded
 * copy, inside the same transaction.
 */

#include "hr_store_sqlite.h"


static hr_rc_t
hr_store_check_content(hr_store_conn_t *conn, const hr_store_content_t *content)
{
    if (content->document.len == 0 || content->username.len == 0
        || content->validation_score > 1 || content->completeness_score > 1)
    {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    return HR_OK;
}


hr_rc_t
hr_store_profile_insert(hr_store_conn_t *conn, hr_str_t id,
    const hr_store_slot_t *slot, const hr_store_content_t *content,
    hr_instant_t now)
{
    hr_rc_t   rc;
    hr_str_t  metadata;

    rc = hr_store_write(conn, HR_STORE_T_PROFILES | HR_STORE_T_LINKS);
    if (rc == HR_OK) {
        rc = hr_store_check_content(conn, content);
    }

    if (rc != HR_OK) {
        return rc;
    }

    if (!hr_store_is_uuid(id) || slot->department.len == 0
        || slot->position.len == 0)
    {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    metadata = content->metadata.len == 0 ? HR_STR("{}") : content->metadata;

    rc = hr_store_run(conn, NULL,
        "INSERT INTO profiles (id, department, position, employee_name,"
        " unit_path, profile_data, metadata_json, generation_time_seconds,"
        " input_tokens, output_tokens, total_tokens, validation_score,"
        " completeness_score, created_by, created_at, updated_at,"
        " current_version, version_counter, revision)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
        " ?14, ?15, ?15, 1, 1, 1)", "tttttttdiiissi3",
        id, slot->department, slot->position, slot->employee_name,
        slot->unit_path, content->document, metadata,
        content->generation_seconds, content->input_tokens,
        content->output_tokens, content->total_tokens,
        content->validation_score, content->completeness_score,
        content->user_id, now);

    if (rc == HR_OK) {
        rc = hr_store_run(conn, NULL,
            "INSERT INTO profile_versions (profile_id, version_number,"
            " created_at, created_by_user_id, created_by_username,"
            " version_type, profile_content, validation_score,"
            " completeness_score, generation_metadata, note, changes_summary,"
            " prompt_version)"
            " VALUES (?1, 1, ?2, ?3, ?4, 'generated', ?5, ?6, ?7, ?8, ?9, ?10,"
            " ?11)", "t3ittsstttt",
            id, now, content->user_id, content->username, content->document,
            content->validation_score, content->completeness_score, metadata,
            content->note, content->changes, content->prompt_version);
    }

    return rc == HR_OK ? hr_store_index_put(conn, id) : rc;
}


hr_rc_t
hr_store_profile_update(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    const hr_store_meta_t *meta, const hr_store_expect_t *expect,
    hr_instant_t now, hr_store_card_t *card)
{
    hr_rc_t           rc;
    hr_store_head_t   head;

    /* the name of an employee stands in no link */
    rc = hr_store_write(conn, (meta->fields & (HR_STORE_SET_STATUS
                                               | HR_STORE_SET_UNIT))
                              ? HR_STORE_T_PROFILES | HR_STORE_T_LINKS
                              : HR_STORE_T_PROFILES);
    if (rc != HR_OK) {
        return rc;
    }

    if (meta->fields == 0) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    rc = hr_store_head(conn, id, &head);
    if (rc == HR_OK) {
        rc = hr_store_expected(conn, &head, expect);
    }

    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, NULL,
        "UPDATE profiles SET"
        " employee_name = CASE WHEN ?2 THEN ?3 ELSE employee_name END,"
        " status = CASE WHEN ?4 THEN ?5 ELSE status END,"
        " unit_path = CASE WHEN ?6 THEN ?7 ELSE unit_path END,"
        " updated_at = ?8, revision = coalesce(revision, 0) + 1"
        " WHERE id = ?1", "titicit3", id,
        (int64_t) (meta->fields & HR_STORE_SET_EMPLOYEE), meta->employee_name,
        (int64_t) (meta->fields & HR_STORE_SET_STATUS),
        hr_store_status_name(meta->status),
        (int64_t) (meta->fields & HR_STORE_SET_UNIT), meta->unit_path, now);

    if (rc == HR_OK) {
        rc = hr_store_index_put(conn, id);
    }

    return rc == HR_OK && card != NULL
           ? hr_store_profile_card(conn, arena, id, card) : rc;
}


/* archive: any other status -> archived; otherwise archived -> completed */
static hr_rc_t
hr_store_flip(hr_store_conn_t *conn, hr_str_t id, bool archive,
    hr_instant_t now, hr_store_status_t *status)
{
    hr_rc_t           rc;
    int64_t           changed;
    hr_store_head_t   head;

    rc = hr_store_write(conn, HR_STORE_T_PROFILES | HR_STORE_T_LINKS);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, &changed,
        "UPDATE profiles SET status = CASE WHEN ?2 THEN 'archived'"
        " ELSE 'completed' END, updated_at = ?3,"
        " revision = coalesce(revision, 0) + 1"
        " WHERE id = ?1 AND (status IS 'archived') != ?2",
        "ti3", id, (int64_t) archive, now);
    if (rc != HR_OK) {
        return rc;
    }

    if (changed == 0) {
        rc = hr_store_head(conn, id, &head);
        if (rc != HR_OK) {
            return rc;
        }

        *status = head.status;
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_STATUS);
    }

    *status = archive ? HR_STORE_ARCHIVED : HR_STORE_COMPLETED;

    return hr_store_index_put(conn, id);
}


hr_rc_t
hr_store_profile_archive(hr_store_conn_t *conn, hr_str_t id, hr_instant_t now,
    hr_store_status_t *status)
{
    return hr_store_flip(conn, id, true, now, status);
}


hr_rc_t
hr_store_profile_restore(hr_store_conn_t *conn, hr_str_t id, hr_instant_t now,
    hr_store_status_t *status)
{
    return hr_store_flip(conn, id, false, now, status);
}


hr_rc_t
hr_store_profiles_set_status(hr_store_conn_t *conn, const hr_str_t *ids,
    size_t count, hr_store_status_t status, hr_instant_t now, hr_rc_t *results,
    int64_t *changed)
{
    size_t            i;
    hr_rc_t           rc;
    hr_store_head_t   head;
    hr_store_meta_t   meta;

    *changed = 0;

    rc = hr_store_write(conn, HR_STORE_T_PROFILES | HR_STORE_T_LINKS);
    if (rc != HR_OK) {
        return rc;
    }

    if (count > HR_STORE_MAX_EACH) {
        return hr_store_refuse(conn, HR_LIMIT, HR_STORE_E_BAD_VALUE);
    }

    memset(&meta, 0, sizeof(meta));
    meta.fields = HR_STORE_SET_STATUS;
    meta.status = status;

    for (i = 0; i < count; i++) {

        rc = hr_store_head(conn, ids[i], &head);

        if (rc == HR_OK && head.status == status) {
            rc = HR_CONFLICT;

        } else if (rc == HR_OK) {
            rc = hr_store_profile_update(conn, NULL, ids[i], &meta, NULL, now,
                                         NULL);
            *changed += rc == HR_OK;
        }

        results[i] = rc;

        if (rc != HR_OK && rc != HR_CONFLICT && rc != HR_NOT_FOUND) {
            return rc;
        }
    }

    hr_store_read(conn);

    return HR_OK;
}


hr_rc_t
hr_store_profile_purge(hr_store_conn_t *conn, hr_str_t id)
{
    static const char *const  statements[] = {
        "UPDATE generation_tasks SET result_profile_id = NULL"
        " WHERE result_profile_id = ?1",
        "UPDATE generation_tasks SET target_profile_id = NULL"
        " WHERE target_profile_id = ?1 AND status NOT IN"
        " ('pending', 'queued', 'processing')",
        "UPDATE generation_history SET profile_id = NULL WHERE profile_id = ?1",
        "UPDATE generation_batch_items SET profile_id = NULL"
        " WHERE profile_id = ?1",
        "DELETE FROM profile_reviews WHERE profile_id = ?1",
        "DELETE FROM profile_approvals WHERE profile_id = ?1",
        "DELETE FROM profile_versions WHERE profile_id = ?1"
    };

    size_t   i;
    hr_rc_t  rc;
    int64_t  changed, open;

    rc = hr_store_write(conn, HR_STORE_T_PROFILES | HR_STORE_T_LINKS
                              | HR_STORE_T_TASKS | HR_STORE_T_HISTORY | HR_STORE_T_BATCHES);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_int(conn, &open, "SELECT count(*) FROM generation_tasks WHERE"
                                   " target_profile_id = ?1 AND status IN"
                                   " ('pending', 'queued', 'processing')",
                      "t", id);
    if (rc != HR_OK) {
        return rc;
    }

    if (open != 0) {
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_OPEN_TASK);
    }

    for (i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        rc = hr_store_run(conn, NULL, statements[i], "t", id);
        if (rc != HR_OK) {
            return rc;
        }
    }

    rc = hr_store_run(conn, &changed, "DELETE FROM profiles WHERE id = ?1", "t",
                      id);
    if (rc == HR_OK && changed == 0) {
        return hr_store_refuse(conn, HR_NOT_FOUND, HR_STORE_E_NO_PROFILE);
    }

    return rc == HR_OK ? hr_store_index_put(conn, id) : rc;
}
