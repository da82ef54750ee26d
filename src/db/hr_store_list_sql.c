/*
 * SQL texts of the list of profiles.  They are put together from literals only;
 * which index is walked is said in the text, because the planner cannot know
 * how many rows a search matches and the caller does (hr_store_list.c).
 */

#include <strings.h>

#include "hr_store_list.h"


/* More matching names are not made a set for a page; each walked row is looked
 * at instead. */
#define HR_STORE_PEOPLE_SET  20000


/* "<column> IN (texts of the table that contain parameter n)" */
static void
hr_store_sql_terms(hr_store_query_t *q, const char *column, const char *table,
    int n, bool fts)
{
    if (fts) {
        (void) hr_buf_printf(&q->sql, "%s IN (SELECT rowid FROM %s_fts"
                             " WHERE %s_fts MATCH ?%d)", column, table, table,
                             n);
    } else {
        (void) hr_buf_printf(&q->sql, "%s IN (SELECT id FROM %s"
                             " WHERE instr(fold, ?%d))", column, table, n);
    }
}


/* Conditions on a row s of search_slots; search: also those of the search. */
static void
hr_store_sql_slots(hr_store_query_t *q, bool search)
{
    size_t  i;

    (void) hr_buf_c(&q->sql, "s.id > 0");

    if (q->department.data != NULL) {
        (void) hr_buf_c(&q->sql, " AND ");
        hr_store_sql_terms(q, "s.department_term", "search_terms",
                           HR_STORE_P_DEPARTMENT, q->department_fts);
    }

    if (q->position.data != NULL) {
        (void) hr_buf_c(&q->sql, " AND ");
        hr_store_sql_terms(q, "s.position_term", "search_terms",
                           HR_STORE_P_POSITION, q->position_fts);
    }

    if (q->filter->unit_path.len != 0) {
        (void) hr_buf_printf(&q->sql, " AND substr(CASE s.unit_path WHEN ''"
                             " THEN s.department ELSE s.unit_path END || '/',"
                             " 1, length(?%d) + 1) = ?%d || '/'",
                             HR_STORE_P_UNIT, HR_STORE_P_UNIT);
    }

    for (i = 0; i < q->ndepartments; i++) {
        (void) hr_buf_c(&q->sql, i == 0 ? " AND (" : " OR ");
        hr_store_sql_terms(q, "s.department_term", "search_terms",
                           HR_STORE_P_DEPARTMENTS + (int) i,
                           q->departments_fts[i]);
    }

    if (q->ndepartments != 0) {
        (void) hr_buf_char(&q->sql, ')');
    }

    if (search) {
        (void) hr_buf_c(&q->sql, " AND (");
        hr_store_sql_terms(q, "s.department_term", "search_terms",
                           HR_STORE_P_SEARCH, q->search_fts);
        (void) hr_buf_c(&q->sql, " OR ");
        hr_store_sql_terms(q, "s.position_term", "search_terms",
                           HR_STORE_P_SEARCH, q->search_fts);
        (void) hr_buf_char(&q->sql, ')');
    }
}


static void
hr_store_sql_slot_set(hr_store_query_t *q, const char *column, bool search)
{
    (void) hr_buf_printf(&q->sql, "%s IN (SELECT s.id FROM search_slots s"
                                  " WHERE ", column);
    hr_store_sql_slots(q, search);
    (void) hr_buf_char(&q->sql, ')');
}


/* n0 + n2 + ... for the statuses wanted */
static void
hr_store_sql_counters(hr_store_query_t *q)
{
    unsigned  i;

    (void) hr_buf_c(&q->sql, "0");

    for (i = 0; i < HR_STORE_STATUSES; i++) {
        if (q->mask & (1u << i)) {
            (void) hr_buf_printf(&q->sql, " + s.n%u", i);
        }
    }
}


static bool
hr_store_one_bit(unsigned mask)
{
    return mask != 0 && (mask & (mask - 1)) == 0;
}


/* Conditions on a row x of search_profiles but those of texts and cursor. */
static void
hr_store_sql_row(hr_store_query_t *q)
{
    const hr_store_filter_t  *f = q->filter;

    /* 4 is a row without a valid id, which no list shows */
    if (q->mask == (1u << HR_STORE_STATUSES) - 1) {
        (void) hr_buf_c(&q->sql, "x.status < 4");

    } else if (hr_store_one_bit(q->mask)) {
        (void) hr_buf_printf(&q->sql, "x.status = %d", ffs((int) q->mask) - 1);

    } else {
        (void) hr_buf_printf(&q->sql, "x.status < 4 AND (%u >> x.status) & 1",
                             q->mask);
    }

    if (f->has_created_from) {
        (void) hr_buf_printf(&q->sql, " AND x.created_us >= ?%d",
                             HR_STORE_P_FROM);
    }

    if (f->has_created_to) {
        (void) hr_buf_printf(&q->sql, " AND x.created_us < ?%d",
                             HR_STORE_P_TO);
    }

    if (f->min_validation > 0) {
        (void) hr_buf_printf(&q->sql, " AND x.validation >= ?%d",
                             HR_STORE_P_VALIDATION);
    }

    if (f->min_completeness > 0) {
        (void) hr_buf_printf(&q->sql, " AND x.completeness >= ?%d",
                             HR_STORE_P_COMPLETENESS);
    }

    if (f->created_by != 0) {
        (void) hr_buf_printf(&q->sql, " AND x.created_by = ?%d",
                             HR_STORE_P_CREATOR);
    }

    if (f->kpi_review) {
        (void) hr_buf_c(&q->sql, " AND x.kpi_review = 1");
    }

    if (hr_store_one_bit(f->stage_mask)) {
        (void) hr_buf_printf(&q->sql, " AND x.stage = %d",
                             ffs((int) f->stage_mask) - 1);

    } else if (f->stage_mask != 0) {
        (void) hr_buf_printf(&q->sql, " AND (%u >> x.stage) & 1",
                             f->stage_mask);
    }
}


/* Text conditions on x, to be tested row by row. */
static void
hr_store_sql_tested(hr_store_query_t *q)
{
    if (q->search.data == NULL) {
        if (q->slots) {
            (void) hr_buf_c(&q->sql, " AND ");
            hr_store_sql_slot_set(q, "+x.slot", false);
        }

        return;
    }

    (void) hr_buf_c(&q->sql, " AND (");
    hr_store_sql_slot_set(q, "+x.slot", true);

    if (q->people != 0) {
        (void) hr_buf_c(&q->sql, " OR (");

        if (q->people <= HR_STORE_PEOPLE_SET) {
            hr_store_sql_terms(q, "+x.employee", "search_people",
                               HR_STORE_P_SEARCH, q->search_fts);
        } else {
            (void) hr_buf_printf(&q->sql, "(SELECT instr(n.fold, ?%d) FROM"
                                 " search_people n WHERE n.id = x.employee) > 0",
                                 HR_STORE_P_FOLD);
        }

        if (q->slots) {
            (void) hr_buf_c(&q->sql, " AND ");
            hr_store_sql_slot_set(q, "+x.slot", false);
        }

        (void) hr_buf_char(&q->sql, ')');
    }

    (void) hr_buf_char(&q->sql, ')');
}


/* What follows the cursor in the order of a number. */
static void
hr_store_sql_after(hr_store_query_t *q, const char *row, const char *key)
{
    const char  *than;

    than = q->filter->ascending ? ">" : "<";

    (void) hr_buf_printf(&q->sql, " AND %s %s= ?%d AND (%s, %s.seq) %s (?%d, ?%d)",
                         key, than, HR_STORE_P_KEY, key, row, than, HR_STORE_P_KEY,
                         HR_STORE_P_KEY_SEQ);
}


/* The same, as the set of matching rows. */
static void
hr_store_sql_gathered(hr_store_query_t *q)
{
    (void) hr_buf_c(&q->sql, " AND x.seq IN (SELECT g.seq FROM search_profiles"
                             " g INDEXED BY idx_search_slot WHERE ");
    hr_store_sql_slot_set(q, "g.slot", q->search.data != NULL);

    if (q->people != 0) {
        (void) hr_buf_c(&q->sql, " UNION ALL SELECT e.seq FROM search_profiles"
                                 " e INDEXED BY idx_search_employee WHERE ");
        hr_store_sql_terms(q, "e.employee", "search_people",
                           HR_STORE_P_SEARCH, q->search_fts);

        if (q->slots) {
            (void) hr_buf_c(&q->sql, " AND ");
            hr_store_sql_slot_set(q, "+e.slot", false);
        }
    }

    (void) hr_buf_char(&q->sql, ')');
}


/*
 * Of the matching slots only the rows that can be on the page: no later one of
 * a slot and a status is among the first n of all.  For the order of creation,
 * which the slot index has, and without conditions that it has not.
 */
static void
hr_store_sql_nearest(hr_store_query_t *q)
{
    unsigned     i;
    const char  *dir, *sep;

    dir = q->filter->ascending ? "ASC" : "DESC";
    sep = "";

    (void) hr_buf_c(&q->sql, " AND x.seq IN (SELECT g.seq FROM search_slots s"
                             " CROSS JOIN (SELECT column1 AS status FROM"
                             " (VALUES ");

    for (i = 0; i < HR_STORE_STATUSES; i++) {
        if (q->mask & (1u << i)) {
            (void) hr_buf_printf(&q->sql, "%s(%u)", sep, i);
            sep = ", ";
        }
    }

    (void) hr_buf_c(&q->sql, ")) v CROSS JOIN search_profiles g ON g.seq IN"
                             " (SELECT y.seq FROM search_profiles y"
                             " INDEXED BY idx_search_slot WHERE y.slot = s.id"
                             " AND y.status = v.status");

    if (q->has_cursor) {
        hr_store_sql_after(q, "y", "y.created_us");
    }

    (void) hr_buf_printf(&q->sql, " ORDER BY y.created_us %s, y.seq %s"
                         " LIMIT ?%d + ?%d) WHERE CASE v.status WHEN 0 THEN s.n0"
                         " WHEN 1 THEN s.n1 WHEN 2 THEN s.n2 ELSE s.n3 END > 0"
                         " AND ", dir, dir, HR_STORE_P_LIMIT, HR_STORE_P_OFFSET);
    hr_store_sql_slots(q, q->search.data != NULL);
    (void) hr_buf_char(&q->sql, ')');
}


/* -- statements -- */

void
hr_store_list_sql_all(hr_store_query_t *q)
{
    hr_buf_reset(&q->sql);
    (void) hr_buf_c(&q->sql, "SELECT ");
    hr_store_sql_counters(q);
    (void) hr_buf_c(&q->sql, " FROM search_slots s WHERE s.id = 0");
}


void
hr_store_list_sql_matches(hr_store_query_t *q)
{
    hr_buf_reset(&q->sql);
    (void) hr_buf_c(&q->sql, "SELECT (SELECT coalesce(sum(");
    hr_store_sql_counters(q);
    (void) hr_buf_c(&q->sql, "), 0) FROM search_slots s WHERE ");
    hr_store_sql_slots(q, q->search.data != NULL);
    (void) hr_buf_char(&q->sql, ')');

    if (q->search.data == NULL) {
        (void) hr_buf_c(&q->sql, ", 0");

    } else {
        (void) hr_buf_c(&q->sql, ", (SELECT count(*) FROM search_profiles x"
                                 " INDEXED BY idx_search_employee WHERE ");
        hr_store_sql_terms(q, "x.employee", "search_people",
                           HR_STORE_P_SEARCH, q->search_fts);
        (void) hr_buf_c(&q->sql, " AND NOT ");
        hr_store_sql_slot_set(q, "+x.slot", true);

        if (q->slots) {
            (void) hr_buf_c(&q->sql, " AND ");
            hr_store_sql_slot_set(q, "+x.slot", false);
        }

        (void) hr_buf_printf(&q->sql, " AND (%u >> x.status) & 1)", q->mask);
    }
}


/* The shortest stretch of an index, by creation, that has all rows wanted. */
static const char *
hr_store_list_stretch(hr_store_query_t *q)
{
    if (q->filter->kpi_review) {
        return "idx_search_kpi";
    }

    if (q->filter->created_by != 0) {
        return "idx_search_creator";
    }

    if (hr_store_one_bit(q->filter->stage_mask)) {
        return "idx_search_stage";
    }

    /* one status, when nothing else is asked */
    return hr_store_one_bit(q->mask) && !q->extra ? "idx_search_status"
                                                  : "idx_search_created";
}


void
hr_store_list_sql_total(hr_store_query_t *q)
{
    hr_buf_reset(&q->sql);
    (void) hr_buf_printf(&q->sql, "SELECT count(*) FROM search_profiles x"
                                  "%s%s WHERE ",
                         q->gather ? "" : " INDEXED BY ",
                         q->gather ? "" : hr_store_list_stretch(q));
    hr_store_sql_row(q);

    if (q->gather) {
        hr_store_sql_gathered(q);
    } else {
        hr_store_sql_tested(q);
    }
}


/* The index to walk in the order of the list. */
static const char *
hr_store_list_index(hr_store_query_t *q)
{
    return q->filter->sort == HR_STORE_BY_CREATED ? hr_store_list_stretch(q)
                                                  : q->order->index;
}


void
hr_store_list_sql_page(hr_store_query_t *q)
{
    bool         text;
    const char  *dir, *than, *key;

    text = q->order->type == HR_STORE_KEY_TEXT;
    key = q->order->key;
    dir = q->filter->ascending ? "ASC" : "DESC";
    than = q->filter->ascending ? ">" : "<";

    hr_buf_reset(&q->sql);
    (void) hr_buf_c(&q->sql, "SELECT " HR_STORE_CARD_COLUMNS_WITH("k.kpi_review")
                             ", k.key, k.created_us, k.seq FROM (SELECT"
                             " x.profile_id, x.seq, x.created_us, x.kpi_review, ");
    (void) hr_buf_printf(&q->sql, "%s AS key FROM ", key);

    if (text) {
        /* from term to slot to rows: the outer loop has the order already */
        (void) hr_buf_printf(&q->sql, "search_terms d CROSS JOIN search_slots"
                             " o ON o.%s = d.id CROSS JOIN ", q->order->term);
    }

    (void) hr_buf_c(&q->sql, "search_profiles x");

    if (text) {
        (void) hr_buf_c(&q->sql, " INDEXED BY idx_search_slot ON x.slot = o.id");

    } else if (!q->gather) {
        (void) hr_buf_printf(&q->sql, " INDEXED BY %s", hr_store_list_index(q));
    }

    (void) hr_buf_c(&q->sql, " WHERE ");
    hr_store_sql_row(q);

    if (q->gather && q->filter->sort == HR_STORE_BY_CREATED && !q->extra
        && q->people == 0)
    {
        hr_store_sql_nearest(q);

    } else if (q->gather && !text) {
        hr_store_sql_gathered(q);

    } else {
        hr_store_sql_tested(q);
    }

    if (q->has_cursor && text) {
        (void) hr_buf_printf(&q->sql, " AND d.fold %s= ?%d AND (d.fold,"
                             " x.created_us, x.seq) %s (?%d, ?%d, ?%d)", than,
                             HR_STORE_P_KEY, than, HR_STORE_P_KEY,
                             HR_STORE_P_KEY_CREATED, HR_STORE_P_KEY_SEQ);

    } else if (q->has_cursor) {
        hr_store_sql_after(q, "x", key);
    }

    (void) hr_buf_printf(&q->sql, " ORDER BY %s %s", key, dir);

    if (text) {
        (void) hr_buf_printf(&q->sql, ", x.created_us %s", dir);
    }

    (void) hr_buf_printf(&q->sql, ", x.seq %s LIMIT ?%d OFFSET ?%d) k"
                         " CROSS JOIN profiles p INDEXED BY idx_profiles_card"
                         " ON p.id = k.profile_id"
                         " LEFT JOIN users u ON u.id = p.created_by"
                         " ORDER BY k.key %s%s%s, k.seq %s",
                         dir, HR_STORE_P_LIMIT, HR_STORE_P_OFFSET, dir,
                         text ? ", k.created_us " : "", text ? dir : "", dir);
}
