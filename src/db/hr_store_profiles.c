/*
 * Profiles: reading one and several, links of the position list (database.md
 * 3.3, 7.3; api-profiles.md 3).
 */

#include <stdio.h>

#include "hr_store_sqlite.h"


#define HR_STORE_PROFILE_COLUMNS                                              \
    HR_STORE_CARD_COLUMNS ", p.profile_data, p.metadata_json,"                \
    " (SELECT v.created_at FROM profile_versions v WHERE v.profile_id = p.id" \
    "  AND v.version_number = coalesce(p.current_version, 1))"


static void
hr_store_etag(hr_store_conn_t *conn, sqlite3_stmt *stmt, int revision,
    int updated, int version, int status, char etag[17])
{
    uint64_t  h;

    /* updated_at stands for the changes of programs that know no revision */
    h = hr_store_hash_int(HR_STORE_HASH_INIT,
                          sqlite3_column_int64(stmt, revision));
    h = hr_store_hash_str(h, hr_store_col(conn, NULL, stmt, updated));
    h = hr_store_hash_int(h, sqlite3_column_int64(stmt, version));
    h = hr_store_hash_str(h, hr_store_col(conn, NULL, stmt, status));

    snprintf(etag, 17, "%016llx", (unsigned long long) h);
}


static hr_store_status_t
hr_store_status_col(hr_store_conn_t *conn, sqlite3_stmt *stmt, int i)
{
    hr_str_t            text;
    hr_store_status_t   status;

    text = hr_store_col(conn, NULL, stmt, i);

    if (text.data == NULL) {
        return HR_STORE_COMPLETED;
    }

    return hr_store_status_parse(text, &status) ? status : HR_STORE_FAILED;
}


static int64_t
hr_store_version_col(sqlite3_stmt *stmt, int i)
{
    return sqlite3_column_type(stmt, i) == SQLITE_NULL
           ? 1 : sqlite3_column_int64(stmt, i);
}


void
hr_store_card_read(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    int first, hr_store_card_t *card)
{
    int  i;

    i = first;

    card->id = hr_store_col(conn, arena, stmt, i);
    card->department = hr_store_col(conn, arena, stmt, i + 1);
    card->position = hr_store_col(conn, arena, stmt, i + 2);
    card->employee_name = hr_store_col(conn, arena, stmt, i + 3);
    card->unit_path = hr_store_col(conn, arena, stmt, i + 4);
    card->status = hr_store_status_col(conn, stmt, i + 5);
    card->validation_score = hr_store_col_unit(stmt, i + 6);
    card->completeness_score = hr_store_col_unit(stmt, i + 7);
    card->generation_seconds = sqlite3_column_double(stmt, i + 8);
    card->input_tokens = sqlite3_column_int64(stmt, i + 9);
    card->output_tokens = sqlite3_column_int64(stmt, i + 10);
    card->total_tokens = sqlite3_column_int64(stmt, i + 11);
    card->current_version = hr_store_version_col(stmt, i + 12);
    card->revision = sqlite3_column_int64(stmt, i + 13);
    card->created_by = sqlite3_column_int64(stmt, i + 14);
    card->created_at = hr_store_col_time(stmt, i + 15);
    card->created_at_text = hr_store_col(conn, arena, stmt, i + 15);
    card->updated_at = hr_store_col_time(stmt, i + 16);
    card->approval_state = hr_store_col(conn, arena, stmt, i + 17);
    card->created_by_username = hr_store_col(conn, arena, stmt, i + 18);
    card->created_by_name = hr_store_col(conn, arena, stmt, i + 19);
    card->version_count = sqlite3_column_int64(stmt, i + 20);
    card->kpi_review = sqlite3_column_int(stmt, i + 21) == 1;

    hr_store_etag(conn, stmt, i + 13, i + 16, i + 12, i + 5, card->etag);
}


static void
hr_store_profile_read(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, hr_store_profile_t *profile)
{
    hr_store_card_read(conn, arena, stmt, 0, &profile->card);

    profile->document = hr_store_col(conn, arena, stmt, HR_STORE_CARD_WIDTH);
    profile->metadata = hr_store_col(conn, arena, stmt, HR_STORE_CARD_WIDTH + 1);
    profile->version_at = hr_store_col_time(stmt, HR_STORE_CARD_WIDTH + 2);
}


/* One row or HR_NOT_FOUND / NO_PROFILE; document: with the document. */
static hr_rc_t
hr_store_profile_one(hr_store_conn_t *conn, hr_arena_t *arena,
    sqlite3_stmt *stmt, hr_store_card_t *card, hr_store_profile_t *profile)
{
    hr_rc_t  rc;

    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        if (profile != NULL) {
            hr_store_profile_read(conn, arena, stmt, profile);
        } else {
            hr_store_card_read(conn, arena, stmt, 0, card);
        }

        rc = hr_store_copied(conn, rc);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_refuse(conn, rc, HR_STORE_E_NO_PROFILE);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_profile_get(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    hr_store_profile_t *profile)
{
    hr_store_read(conn);

    return hr_store_profile_one(conn, arena,
        hr_store_query(conn, "SELECT " HR_STORE_PROFILE_COLUMNS
                             " FROM profiles p LEFT JOIN users u"
                             " ON u.id = p.created_by WHERE p.id = ?1",
                       "t", id),
        NULL, profile);
}


hr_rc_t
hr_store_profile_card(hr_store_conn_t *conn, hr_arena_t *arena, hr_str_t id,
    hr_store_card_t *card)
{
    hr_store_read(conn);

    return hr_store_profile_one(conn, arena,
        hr_store_query(conn, "SELECT " HR_STORE_CARD_COLUMNS
                             " FROM profiles p INDEXED BY idx_profiles_card"
                             " LEFT JOIN users u ON u.id = p.created_by"
                             " WHERE p.id = ?1", "t", id),
        card, NULL);
}


/*
 * Names are compared exactly: the caller has resolved them.  A row that has a
 * path is the path's; one without (the old service's) goes by department,
 * which may hold the bare name or the path.
 */
hr_rc_t
hr_store_profile_find(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_slot_t *slot, hr_store_card_t *card)
{
    hr_store_read(conn);

    return hr_store_profile_one(conn, arena,
        hr_store_query(conn, "SELECT " HR_STORE_CARD_COLUMNS
            " FROM profiles p LEFT JOIN users u ON u.id = p.created_by"
            " WHERE p.id = (SELECT c.id FROM search_slots s"
            "   JOIN search_profiles x ON x.slot = s.id"
            "   JOIN profiles c INDEXED BY idx_profiles_card"
            "   ON c.id = x.profile_id"
            "   WHERE s.position = ?3 AND x.status IN (0, 2, 3)"
            "   AND CASE WHEN s.unit_path != '' AND ?1 IS NOT NULL"
            "            THEN s.unit_path = ?1"
            "            ELSE s.department IN (?2, ?1) END"
            "   AND c.employee_name IS ?4 AND c.status IS NOT 'archived'"
            "   ORDER BY x.created_us DESC, x.seq DESC LIMIT 1)",
            "tttt", slot->unit_path, slot->department, slot->position,
            slot->employee_name),
        card, NULL);
}


/* -- several -- */

/* The ids as a JSON array of texts: one parameter whatever their number. */
static hr_rc_t
hr_store_id_array(hr_store_conn_t *conn, const hr_str_t *ids, size_t count,
    hr_buf_t *out)
{
    size_t  i;

    (void) hr_buf_char(out, '[');

    for (i = 0; i < count; i++) {
        /* anything that is no UUID names no profile and needs no escaping */
        if (!hr_store_is_uuid(ids[i])) {
            continue;
        }

        if (out->len > 1) {
            (void) hr_buf_char(out, ',');
        }

        (void) hr_buf_char(out, '"');
        (void) hr_buf_str(out, ids[i]);
        (void) hr_buf_char(out, '"');
    }

    (void) hr_buf_char(out, ']');

    return out->err == HR_OK ? HR_OK
           : hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
}


#define HR_STORE_EACH(columns)                                                \
    "SELECT " columns " FROM (SELECT value AS id, min(key) AS at"             \
    " FROM json_each(?1) GROUP BY value) wanted"                              \
    " JOIN profiles p ON p.id = wanted.id"                                    \
    " LEFT JOIN users u ON u.id = p.created_by ORDER BY wanted.at"

hr_rc_t
hr_store_profiles_each(hr_store_conn_t *conn, const hr_str_t *ids, size_t count,
    bool without_documents,
    hr_rc_t (*row)(void *ctx, const hr_store_profile_t *profile), void *ctx)
{
    hr_rc_t              rc;
    hr_buf_t             array;
    sqlite3_stmt        *stmt;
    hr_store_profile_t   profile;

    hr_store_read(conn);

    if (count > HR_STORE_MAX_EACH) {
        return hr_store_refuse(conn, HR_LIMIT, HR_STORE_E_BAD_VALUE);
    }

    hr_buf_init(&array, HR_STORE_MAX_EACH * 40);

    rc = hr_store_id_array(conn, ids, count, &array);
    if (rc != HR_OK) {
        goto done;
    }

    stmt = without_documents
           ? hr_store_query(conn, HR_STORE_EACH(HR_STORE_CARD_COLUMNS), "t",
                            hr_buf_view(&array))
           : hr_store_query(conn, HR_STORE_EACH(HR_STORE_PROFILE_COLUMNS), "t",
                            hr_buf_view(&array));
    if (stmt == NULL) {
        rc = HR_ERROR;
        goto done;
    }

    memset(&profile, 0, sizeof(profile));

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {

        if (without_documents) {
            hr_store_card_read(conn, NULL, stmt, 0, &profile.card);
        } else {
            hr_store_profile_read(conn, NULL, stmt, &profile);
        }

        rc = row(ctx, &profile);
        if (rc != HR_OK) {
            break;
        }
    }

    hr_store_end(stmt);

    rc = rc == HR_NOT_FOUND ? HR_OK : rc;

done:

    hr_buf_release(&array);

    return rc;
}


static void
hr_store_link_read(hr_store_conn_t *conn, sqlite3_stmt *stmt,
    hr_store_link_t *link)
{
    link->id = hr_store_col(conn, NULL, stmt, 0);
    link->department = hr_store_col(conn, NULL, stmt, 1);
    link->position = hr_store_col(conn, NULL, stmt, 2);
    link->unit_path = hr_store_col(conn, NULL, stmt, 3);
    link->status = (hr_store_status_t) sqlite3_column_int(stmt, 4);
    link->employee_name = hr_store_col(conn, NULL, stmt, 5);
    link->created_at = hr_store_col_us(stmt, 6);
    link->validation_score = hr_store_col_unit(stmt, 7);
    link->completeness_score = hr_store_col_unit(stmt, 8);
    link->current_version = hr_store_version_col(stmt, 9);
    link->version_count = sqlite3_column_int64(stmt, 10);
    link->slot = sqlite3_column_int64(stmt, 11);
    link->seq = sqlite3_column_int64(stmt, 12);
}


static hr_rc_t
hr_store_links_rows(hr_store_conn_t *conn, sqlite3_stmt *stmt,
    hr_rc_t (*row)(void *ctx, const hr_store_link_t *link), void *ctx)
{
    hr_rc_t           rc;
    hr_store_link_t   link;

    if (stmt == NULL) {
        return HR_ERROR;
    }

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {
        hr_store_link_read(conn, stmt, &link);

        rc = row(ctx, &link);
        if (rc != HR_OK) {
            break;
        }
    }

    hr_store_end(stmt);

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}


/* One look per slot and status, however many profiles there are. */
#define HR_STORE_LINKS_SQL                                                    \
    "SELECT p.id, p.department, p.position, p.unit_path, x.status,"           \
    " p.employee_name, x.created_us, p.validation_score,"                     \
    " p.completeness_score, p.current_version,"                               \
    " (SELECT count(*) FROM profile_versions v WHERE v.profile_id = p.id),"   \
    " s.id, x.seq"                                                            \
    " FROM (SELECT 0 AS status UNION ALL SELECT 1 UNION ALL SELECT 2"         \
    "       UNION ALL SELECT 3) wanted"                                       \
    " CROSS JOIN search_slots s"                                              \
    " CROSS JOIN search_profiles x ON x.seq ="                                \
    "  (SELECT newest.seq FROM search_profiles newest"                        \
    "   INDEXED BY idx_search_slot"                                           \
    "   WHERE newest.slot = s.id AND newest.status = wanted.status"           \
    "   ORDER BY newest.created_us DESC, newest.seq DESC LIMIT 1)"            \
    " CROSS JOIN profiles p INDEXED BY idx_profiles_card"                     \
    " ON p.id = x.profile_id"                                                 \
    " WHERE (?1 >> wanted.status) & 1"


hr_rc_t
hr_store_links_each(hr_store_conn_t *conn, unsigned mask,
    hr_rc_t (*row)(void *ctx, const hr_store_link_t *link), void *ctx)
{
    hr_store_read(conn);

    return hr_store_links_rows(conn,
                               hr_store_query(conn, HR_STORE_LINKS_SQL, "i",
                                              (int64_t) mask), row, ctx);
}


hr_rc_t
hr_store_links_stripe(hr_store_conn_t *conn, unsigned mask, unsigned stripe,
    hr_rc_t (*row)(void *ctx, const hr_store_link_t *link), void *ctx)
{
    hr_rc_t  rc;
    int64_t  slot, last;

    hr_store_read(conn);

    rc = hr_store_int(conn, &last, "SELECT coalesce(max(id), 0)"
                                   " FROM search_slots", "");

    for (slot = stripe; rc == HR_OK && slot <= last; slot += HR_STORE_STRIPES) {
        rc = hr_store_links_rows(conn,
                                 hr_store_query(conn, HR_STORE_LINKS_SQL
                                                " AND s.id = ?2", "ii",
                                                (int64_t) mask, slot), row, ctx);
    }

    return rc;
}


/* -- what writes decide upon -- */

hr_rc_t
hr_store_head(hr_store_conn_t *conn, hr_str_t id, hr_store_head_t *head)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn,
        "SELECT p.status, p.current_version, p.revision, p.updated_at,"
        " p.approval_state, max(coalesce(p.version_counter, 0), coalesce(p.current_version, 1),"
        "     coalesce((SELECT max(v.version_number) FROM profile_versions v"
        "               WHERE v.profile_id = p.id), 0))"
        " FROM profiles p INDEXED BY idx_profiles_card WHERE p.id = ?1", "t", id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        head->status = hr_store_status_col(conn, stmt, 0);
        head->current_version = hr_store_version_col(stmt, 1);
        head->revision = sqlite3_column_int64(stmt, 2);
        head->counter = sqlite3_column_int64(stmt, 5);

        if (!hr_store_stage_parse(hr_store_col(conn, NULL, stmt, 4),
                                   &head->stage))
        {
            head->stage = HR_STORE_DRAFT;
        }

        hr_store_etag(conn, stmt, 2, 3, 1, 0, head->etag);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_refuse(conn, rc, HR_STORE_E_NO_PROFILE);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_expected(hr_store_conn_t *conn, const hr_store_head_t *head,
    const hr_store_expect_t *expect)
{
    if (expect == NULL) {
        return HR_OK;
    }

    if ((expect->base_version > 0
         && expect->base_version != head->current_version)
        || (expect->etag.data != NULL
            && !hr_str_eq(expect->etag, hr_str_from_c(head->etag))))
    {
        return hr_store_refuse(conn, HR_CONFLICT, HR_STORE_E_STALE);
    }

    return HR_OK;
}


hr_rc_t
hr_store_etag_now(hr_store_conn_t *conn, hr_str_t id, char etag[17])
{
    hr_rc_t           rc;
    hr_store_head_t   head;

    rc = hr_store_head(conn, id, &head);
    if (rc == HR_OK) {
        memcpy(etag, head.etag, 17);
    }

    return rc;
}
