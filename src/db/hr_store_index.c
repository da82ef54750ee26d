/*
 * The folded copy of the profile rows, from which lists are made.
 *
 *   search_terms     every folded text that occurs as a department or position
 *   search_people    every folded employee name
 *   search_*_fts     trigram indexes over both (only texts are entered that are
 *                    new; a text never changes)
 *   search_slots     department, position, unit path as stored, the terms of the
 *                    first two, and how many rows of each status it has
 *   search_profiles  one narrow row per profile: slot, employee term, status,
 *                    instants as integers, scores, state of the approval
 *
 * An organisation has some thousand slots however many profiles there are, so
 * a search looks at terms and slots first, knows the number of matches by
 * adding up counters, and reads profile rows only for the page
 * (hr_store_list.c); the links of the position list are one look per slot.
 *
 * Only this file writes these tables, always in the transaction that changes
 * the profile.  Other programs do not know them: source_hash is a hash of the
 * columns that were copied, and rows whose hash differs from the profile's are
 * found by hr_store_index_check() and entered again.
 */

#include "hr_store_sqlite.h"

#include "hr_profile_meta.h"
#include "hr_section.h"


/* No valid id: counted nowhere, listed nowhere, but known as seen. */
#define HR_STORE_BAD_ID       4
/* Metadata that needs more is nobody's that this service knows. */
#define HR_STORE_META_ARENA   (16 * 1024 * 1024)


typedef struct {
    int64_t       seq;
    int64_t       slot;
    int           status;
    hr_instant_t  created;
    double        validation;
} hr_store_entry_t;

typedef struct {
    int64_t       hash;
    int64_t       slot;
    int64_t       employee;         /* 0: none */
    int           status;
    hr_instant_t  created;
    hr_instant_t  updated;
    double        validation;
    double        completeness;
    int64_t       created_by;
    int           stage;
    bool          kpi_review;
} hr_store_source_t;


static hr_rc_t hr_store_index_remove(hr_store_conn_t *conn,
    hr_str_t profile_id);


#define HR_STORE_TERM_SQL(table)                                              \
    {                                                                         \
        "SELECT id FROM " table " WHERE fold = ?1",                           \
        "INSERT INTO " table " (fold) VALUES (?1)",                           \
        "INSERT INTO " table "_fts (rowid, fold) VALUES (?1, ?2)"             \
    }

static const char *const  hr_store_terms[] = HR_STORE_TERM_SQL("search_terms");
static const char *const  hr_store_people[] = HR_STORE_TERM_SQL("search_people");


int64_t
hr_store_source_hash(hr_store_conn_t *conn, sqlite3_stmt *stmt)
{
    int       i;
    double    d;
    uint64_t  h;

    h = HR_STORE_HASH_INIT;

    /* by value, not by text: 1 and 1.0 are the same score */
    for (i = 1; i < HR_STORE_SOURCE_WIDTH; i++) {
        switch (sqlite3_column_type(stmt, i)) {
        case SQLITE_INTEGER:
        case SQLITE_FLOAT:
            d = sqlite3_column_double(stmt, i);
            h = hr_store_hash(h, &d, sizeof(d));
            break;
        default:
            h = hr_store_hash_str(h, hr_store_col(conn, NULL, stmt, i));
        }
    }

    return (int64_t) h;
}


/* The id of a folded text; a new one enters the full-text index too. */
static hr_rc_t
hr_store_term(hr_store_conn_t *conn, const char *const *sql, hr_str_t fold,
    int64_t *id)
{
    hr_rc_t  rc;

    rc = hr_store_int(conn, id, sql[0], "t", fold);
    if (rc != HR_NOT_FOUND) {
        return rc;
    }

    rc = hr_store_run(conn, NULL, sql[1], "t", fold);
    if (rc != HR_OK) {
        return rc;
    }

    *id = sqlite3_last_insert_rowid(conn->db);

    return hr_store_run(conn, NULL, sql[2], "it", *id, fold);
}


static hr_rc_t
hr_store_slot_id(hr_store_conn_t *conn, const hr_str_t names[4],
    const int64_t terms[3], int64_t *id)
{
    hr_rc_t  rc;

    rc = hr_store_int(conn, id, "SELECT id FROM search_slots WHERE position ="
                                " ?1 AND department = ?2 AND unit_path ="
                                " coalesce(?3, '')", "ttt", names[1], names[0],
                      names[3]);
    if (rc != HR_NOT_FOUND) {
        return rc;
    }

    rc = hr_store_run(conn, NULL,
                      "INSERT INTO search_slots (position, department,"
                      " unit_path, department_term, position_term)"
                      " VALUES (?1, ?2, coalesce(?3, ''), ?4, ?5)", "tttii",
                      names[1], names[0], names[3], terms[0], terms[1]);
    if (rc == HR_OK) {
        *id = sqlite3_last_insert_rowid(conn->db);
    }

    return rc;
}


/* slot 0 is the sum; rows without a valid id are counted nowhere */
static hr_rc_t
hr_store_slot_count(hr_store_conn_t *conn, int64_t slot, int status,
    int64_t step)
{
    static const char  sql[] =
        "UPDATE search_slots SET n0 = n0 + (?2 = 0) * ?3,"
        " n1 = n1 + (?2 = 1) * ?3, n2 = n2 + (?2 = 2) * ?3,"
        " n3 = n3 + (?2 = 3) * ?3 WHERE id = ?1";

    hr_rc_t  rc;

    rc = hr_store_run(conn, NULL, sql, "iii", slot, (int64_t) status, step);

    return rc == HR_OK ? hr_store_run(conn, NULL, sql, "iii", (int64_t) 0,
                                      (int64_t) status, step)
                       : rc;
}


/* Folds the names of the current row and finds their ids. */
static hr_rc_t
hr_store_source_names(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_str_t names[4], hr_store_source_t *source)
{
    int       i;
    hr_rc_t   rc;
    int64_t   terms[3];
    hr_str_t  fold;

    for (i = 0; i < 3; i++) {
        terms[i] = 0;

        /* most profiles name no employee */
        if (i == 2 && names[i].len == 0) {
            break;
        }

        fold = HR_STR("");

        if (names[i].len != 0) {
            fold = hr_fold(arena, names[i]);
            if (fold.data == NULL) {
                return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
            }
        }

        rc = hr_store_term(conn, i == 2 ? hr_store_people : hr_store_terms,
                           fold, &terms[i]);
        if (rc != HR_OK) {
            return rc;
        }
    }

    source->employee = terms[2];

    return hr_store_slot_id(conn, names, terms, &source->slot);
}


static hr_rc_t
hr_store_source_read(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, hr_store_source_t *source)
{
    hr_rc_t              rc;
    hr_str_t             names[4], status;
    sqlite3_stmt        *stmt;
    hr_store_status_t    known;

    stmt = hr_store_query(conn, "SELECT " HR_STORE_SOURCE " FROM profiles p"
                                " INDEXED BY idx_profiles_card"
                                " WHERE p.id = ?1", "t", profile_id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        names[0] = hr_store_col(conn, arena, stmt, 1);
        names[1] = hr_store_col(conn, arena, stmt, 2);
        names[2] = hr_store_col(conn, arena, stmt, 3);
        names[3] = hr_store_col(conn, arena, stmt, 10);

        status = hr_store_col(conn, NULL, stmt, 4);

        if (!hr_store_is_uuid(profile_id)) {
            source->status = HR_STORE_BAD_ID;

        } else if (status.data == NULL) {
            source->status = HR_STORE_COMPLETED;

        } else {
            source->status = hr_store_status_parse(status, &known)
                             ? (int) known : HR_STORE_FAILED;
        }

        source->validation = hr_store_col_unit(stmt, 5);
        source->completeness = hr_store_col_unit(stmt, 6);
        source->created_by = sqlite3_column_int64(stmt, 7);
        source->created = hr_store_col_time(stmt, 8);
        source->updated = hr_store_col_time(stmt, 9);
        source->hash = hr_store_source_hash(conn, stmt);

        if (source->updated == HR_STORE_NO_TIME) {
            source->updated = source->created;
        }

        /* D-50: a row without creation time is as old as its last change */
        if (source->created == HR_STORE_NO_TIME) {
            source->created = source->updated;
        }

        if (source->created == HR_STORE_NO_TIME) {
            source->created = source->updated = 0;
        }

        rc = hr_store_copied(conn, rc);
    }

    hr_store_end(stmt);

    return rc == HR_OK ? hr_store_source_names(conn, arena, names, source) : rc;
}


/* I-04: does the metadata say that the KPIs are not the unit's own? */
static bool
hr_store_source_generic(hr_str_t metadata)
{
    bool                 generic;
    hr_diag_t            diag;
    hr_json_t           *meta;
    hr_arena_t          *arena;
    hr_section_input_t   in;

    /* rows of the old service have no such facts */
    if (!hr_contains(metadata, HR_STR(HR_STORE_KPI_SOURCE))) {
        return false;
    }

    arena = hr_arena_create(HR_STORE_META_ARENA);
    generic = false;

    if (arena != NULL && hr_meta_open(arena, metadata, &meta, &diag) == HR_OK) {
        memset(&in, 0, sizeof(in));
        in.generation = meta;
        generic = hr_section_kpi_generic(&in);
    }

    hr_arena_destroy(arena);

    return generic;
}


/* Both stand behind the document in the row, which the card index spares others. */
static hr_rc_t
hr_store_source_stage(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_kpi_t kpi, hr_store_source_t *source)
{
    bool                generic;
    hr_rc_t             rc;
    sqlite3_stmt       *stmt;
    hr_store_stage_t    stage;

    stmt = kpi == HR_STORE_KPI_UNREAD
           ? hr_store_query(conn, "SELECT approval_state, metadata_json FROM"
                                  " profiles WHERE id = ?1", "t", profile_id)
           : hr_store_query(conn, "SELECT approval_state FROM profiles"
                                  " INDEXED BY idx_profiles_card"
                                  " WHERE id = ?1", "t", profile_id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        if (!hr_store_stage_parse(hr_store_col(conn, NULL, stmt, 0), &stage)) {
            stage = HR_STORE_DRAFT;
        }

        generic = kpi == HR_STORE_KPI_GENERIC;

        if (kpi == HR_STORE_KPI_UNREAD && stage != HR_STORE_APPROVED) {
            generic = hr_store_source_generic(hr_store_col(conn, NULL, stmt, 1));
        }

        source->stage = (int) stage;
        source->kpi_review = stage != HR_STORE_APPROVED && generic;
    }

    hr_store_end(stmt);

    return rc;
}


static hr_rc_t
hr_store_entry(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_entry_t *entry)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_query(conn, "SELECT seq, slot, status, created_us,"
                                " validation FROM search_profiles"
                                " WHERE profile_id = ?1", "t", profile_id);
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        entry->seq = sqlite3_column_int64(stmt, 0);
        entry->slot = sqlite3_column_int64(stmt, 1);
        entry->status = sqlite3_column_int(stmt, 2);
        entry->created = sqlite3_column_int64(stmt, 3);
        entry->validation = sqlite3_column_double(stmt, 4);
    }

    hr_store_end(stmt);

    return rc;
}


static hr_rc_t
hr_store_index_write(hr_store_conn_t *conn, hr_str_t profile_id,
    const hr_store_source_t *source)
{
    hr_rc_t            rc;
    hr_store_entry_t   old;

    rc = hr_store_entry(conn, profile_id, &old);

    hr_store_touch_slot(conn, source->slot);

    if (rc == HR_OK) {
        hr_store_touch_slot(conn, old.slot);

        /* by this write, or by another program whose change nobody has seen yet */
        if (old.slot != source->slot || old.status != source->status
            || old.created != source->created
            || old.validation < source->validation
            || old.validation > source->validation)
        {
            conn->touched |= HR_STORE_T_LINKS;
        }

        if (old.slot != source->slot || old.status != source->status) {
            rc = hr_store_slot_count(conn, old.slot, old.status, -1);
            if (rc == HR_OK) {
                rc = hr_store_slot_count(conn, source->slot, source->status, 1);
            }
        }

    } else if (rc == HR_NOT_FOUND) {
        conn->touched |= HR_STORE_T_LINKS;
        rc = hr_store_slot_count(conn, source->slot, source->status, 1);
    }

    if (rc != HR_OK) {
        return rc;
    }

    /* seq stays with the profile: it is the order of insertion */
    return hr_store_run(conn, NULL,
        "INSERT INTO search_profiles (profile_id, source_hash, slot, employee,"
        " status, created_us, updated_us, validation, completeness,"
        " created_by, stage, kpi_review)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT (profile_id) DO UPDATE SET"
        " source_hash = excluded.source_hash, slot = excluded.slot,"
        " employee = excluded.employee, status = excluded.status,"
        " created_us = excluded.created_us, updated_us = excluded.updated_us,"
        " validation = excluded.validation,"
        " completeness = excluded.completeness,"
        " created_by = excluded.created_by, stage = excluded.stage,"
        " kpi_review = excluded.kpi_review",
        "tiioiiiddoii", profile_id, source->hash, source->slot, source->employee,
        (int64_t) source->status, source->created, source->updated,
        source->validation, source->completeness, source->created_by,
        (int64_t) source->stage, (int64_t) source->kpi_review);
}


hr_rc_t
hr_store_index_put(hr_store_conn_t *conn, hr_str_t profile_id)
{
    return hr_store_index_put_known(conn, profile_id, HR_STORE_KPI_UNREAD);
}


hr_rc_t
hr_store_index_put_known(hr_store_conn_t *conn, hr_str_t profile_id,
    hr_store_kpi_t kpi)
{
    hr_rc_t             rc;
    hr_arena_t         *arena;
    hr_store_source_t   source;

    arena = hr_arena_create(1024 * 1024);
    if (arena == NULL) {
        return hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    rc = hr_store_source_read(conn, arena, profile_id, &source);

    if (rc == HR_OK) {
        rc = hr_store_source_stage(conn, profile_id, kpi, &source);
    }

    if (rc == HR_OK) {
        rc = hr_store_index_write(conn, profile_id, &source);

    } else if (rc == HR_NOT_FOUND) {
        rc = hr_store_index_remove(conn, profile_id);
    }

    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
hr_store_index_remove(hr_store_conn_t *conn, hr_str_t profile_id)
{
    hr_rc_t            rc;
    hr_store_entry_t   old;

    rc = hr_store_entry(conn, profile_id, &old);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND ? HR_OK : rc;
    }

    hr_store_touch_slot(conn, old.slot);

    rc = hr_store_slot_count(conn, old.slot, old.status, -1);
    if (rc != HR_OK) {
        return rc;
    }

    return hr_store_run(conn, NULL, "DELETE FROM search_profiles"
                                    " WHERE profile_id = ?1", "t", profile_id);
}


hr_rc_t
hr_store_index_repair(hr_store_conn_t *conn, const hr_str_t *ids, size_t count)
{
    size_t   i;
    hr_rc_t  rc;

    rc = hr_store_write(conn, count == 0 ? 0 : HR_STORE_T_PROFILES
                                             | HR_STORE_T_LINKS);

    for (i = 0; i < count && rc == HR_OK; i++) {
        rc = hr_store_index_put(conn, ids[i]);
    }

    return rc;
}
