/*
 * Reviews and quality statistics (improvements.md I-44): what reviewers say,
 * and how much of a generated text had to be edited, per prompt version and
 * unit.
 */

#include "hr_store_sqlite.h"


#define HR_STORE_MAX_REVIEWS  1000


hr_rc_t
hr_store_review_put(hr_store_conn_t *conn, hr_str_t profile_id,
    const hr_store_review_t *review, hr_instant_t now, int64_t *id)
{
    hr_rc_t           rc;
    int64_t           one;
    hr_store_head_t   head;

    rc = hr_store_write(conn, HR_STORE_T_PROFILES);
    if (rc == HR_OK) {
        rc = hr_store_head(conn, profile_id, &head);
    }

    if (rc != HR_OK) {
        return rc;
    }

    if (review->rating < 1 || review->rating > 10 || review->user_id == 0) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    rc = hr_store_int(conn, &one, "SELECT 1 FROM profile_versions WHERE"
                                  " profile_id = ?1 AND version_number = ?2",
                      "ti", profile_id, review->version);
    if (rc != HR_OK) {
        return rc == HR_NOT_FOUND
               ? hr_store_refuse(conn, rc, HR_STORE_E_NO_VERSION) : rc;
    }

    rc = hr_store_run(conn, NULL,
                      "DELETE FROM profile_reviews WHERE profile_id = ?1"
                      " AND version_number = ?2 AND user_id = ?3"
                      " AND section IS ?4", "tiit", profile_id,
                      review->version, review->user_id, review->section);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_store_run(conn, NULL,
                      "INSERT INTO profile_reviews (profile_id,"
                      " version_number, user_id, section, rating, comment,"
                      " created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                      "tiitit3", profile_id, review->version, review->user_id,
                      review->section, review->rating, review->comment, now);
    if (rc == HR_OK) {
        *id = sqlite3_last_insert_rowid(conn->db);
    }

    return rc;
}


static void
hr_store_review_row(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_store_review_t  *review = row;

    review->id = sqlite3_column_int64(stmt, 0);
    review->version = sqlite3_column_int64(stmt, 1);
    review->user_id = sqlite3_column_int64(stmt, 2);
    review->username = hr_store_col(conn, arena, stmt, 3);
    review->section = hr_store_col(conn, arena, stmt, 4);
    review->rating = sqlite3_column_int64(stmt, 5);
    review->comment = hr_store_col(conn, arena, stmt, 6);
    review->created_at = hr_store_col_time(stmt, 7);
}


hr_rc_t
hr_store_reviews_list(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_str_t profile_id, hr_store_review_t **items, size_t *count)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    *items = NULL;
    *count = 0;
    hr_store_read(conn);

    stmt = hr_store_query(conn,
        "SELECT r.id, r.version_number, r.user_id, u.username, r.section,"
        " r.rating, r.comment, r.created_at FROM profile_reviews r"
        " LEFT JOIN users u ON u.id = r.user_id WHERE r.profile_id = ?1"
        " ORDER BY r.id DESC LIMIT ?2", "ti", profile_id,
        (int64_t) HR_STORE_MAX_REVIEWS);
    *items = hr_store_rows(conn, arena, stmt, sizeof(hr_store_review_t),
                           hr_store_review_row, count, &rc);

    return rc;
}


/* One row per profile that is not archived, then one per group. */
#define HR_STORE_QUALITY(key)                                                 \
    "SELECT key, count(*), total(edited), avg(share), total(reviews),"        \
    " total(ratings), avg(coalesce(validation_score, 0)),"                    \
    " avg(coalesce(completeness_score, 0)) FROM (SELECT " key " AS key,"      \
    " p.validation_score, p.completeness_score,"                              \
    " EXISTS (SELECT 1 FROM profile_versions e"                               \
    "  INDEXED BY idx_profile_versions_card WHERE e.profile_id = p.id"        \
    "  AND e.edited_leaves > 0) AS edited,"                                   \
    " (SELECT avg(1.0 * e.edited_leaves / e.total_leaves)"                    \
    "  FROM profile_versions e INDEXED BY idx_profile_versions_card"          \
    "  WHERE e.profile_id = p.id AND e.total_leaves > 0) AS share,"           \
    " (SELECT count(*) FROM profile_reviews r WHERE r.profile_id = p.id)"     \
    "  AS reviews,"                                                           \
    " (SELECT total(r.rating) FROM profile_reviews r"                         \
    "  WHERE r.profile_id = p.id) AS ratings"                                 \
    " FROM profiles p INDEXED BY idx_profiles_card LEFT JOIN profile_versions"\
    " v INDEXED BY idx_profile_versions_card ON v.profile_id = p.id"          \
    " AND v.version_number = coalesce(p.current_version, 1)"                  \
    " WHERE p.status IS NOT 'archived' AND p.id IS NOT NULL)"                 \
    " GROUP BY key ORDER BY key LIMIT ?1"

static const char *const  hr_store_quality_sql[] = {
    HR_STORE_QUALITY("v.prompt_version"),
    HR_STORE_QUALITY("substr(coalesce(p.unit_path, p.department), 1,"
                     " instr(coalesce(p.unit_path, p.department) || '/',"
                     " '/') - 1)"),
    HR_STORE_QUALITY("NULL")
};


static void
hr_store_quality_row(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    void *row)
{
    hr_store_quality_row_t  *q = row;

    q->key = hr_store_col(conn, arena, stmt, 0);
    q->profiles = sqlite3_column_int64(stmt, 1);
    q->edited_profiles = sqlite3_column_int64(stmt, 2);
    q->edited_share = sqlite3_column_double(stmt, 3);
    q->reviews = sqlite3_column_int64(stmt, 4);
    q->mean_rating = q->reviews == 0 ? HR_STORE_NO_SCORE
                       : sqlite3_column_double(stmt, 5)
                         / (double) q->reviews;
    q->mean_validation = sqlite3_column_double(stmt, 6);
    q->mean_completeness = sqlite3_column_double(stmt, 7);
}


hr_rc_t
hr_store_quality(hr_store_conn_t *conn, hr_arena_t *arena,
    hr_store_quality_group_t group, size_t limit, hr_store_quality_row_t **rows,
    size_t *count)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    *rows = NULL;
    *count = 0;
    hr_store_read(conn);

    if (limit == 0 || limit > 10000
        || (unsigned) group > HR_STORE_QUALITY_TOTAL)
    {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    stmt = hr_store_query(conn, hr_store_quality_sql[group], "i",
                          (int64_t) limit);
    *rows = hr_store_rows(conn, arena, stmt, sizeof(hr_store_quality_row_t),
                          hr_store_quality_row, count, &rc);

    return rc;
}
