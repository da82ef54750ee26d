/*
 * The list of profiles (api-profiles.md 3.2, 8) at any size.
 *
 * Texts are matched against the terms of the folded copy (hr_store_index.c):
 * three letters and more by the trigram index, fewer by a look at all terms,
 * which are thousands where rows are millions.  From the terms follow the
 * slots, and from the counters of the slots the number M of matching rows out
 * of N, before any row was read.  The page is then taken in the cheaper way:
 *
 *   ordered   walk the index of the sort order and test each row; meets a match
 *             every N / M rows, so it suits common words and early pages
 *   gathered  fetch the M rows through the slot index and sort them; suits rare
 *             words
 *
 * Row columns come from idx_profiles_card by id, for the page only.  Everything
 * is read in one snapshot, so total and page belong together.
 */

#include "hr_store_list.h"


#define HR_STORE_TEXT_MAX     2000      /* bytes of a search text */
#define HR_STORE_SQL_MAX      16384
#define HR_STORE_GATHER_COST  3         /* of a fetched row, in walked rows */


static const hr_store_order_t  hr_store_orders[] = {
    { HR_STORE_KEY_INT, "x.created_us", "idx_search_created", NULL },
    { HR_STORE_KEY_INT, "x.updated_us", "idx_search_updated", NULL },
    { HR_STORE_KEY_TEXT, "d.fold", "idx_search_slot", "department_term" },
    { HR_STORE_KEY_TEXT, "d.fold", "idx_search_slot", "position_term" },
    { HR_STORE_KEY_REAL, "x.validation", "idx_search_validation", NULL },
    { HR_STORE_KEY_REAL, "x.completeness", "idx_search_completeness", NULL }
};


static hr_rc_t hr_store_list_filter(hr_store_query_t *q);
static hr_rc_t hr_store_list_probe(hr_store_query_t *q);
static hr_rc_t hr_store_list_total(hr_store_query_t *q, int64_t *total);
static hr_rc_t hr_store_list_page(hr_store_query_t *q, hr_store_list_t *list);


hr_rc_t
hr_store_profiles_list(hr_store_conn_t *conn, hr_arena_t *arena,
    const hr_store_filter_t *filter, hr_store_list_t *list)
{
    bool               own;
    hr_rc_t            rc;
    hr_store_query_t   q;

    memset(list, 0, sizeof(*list));
    list->total = -1;

    memset(&q, 0, sizeof(q));
    q.conn = conn;
    q.arena = arena;
    q.filter = filter;

    hr_store_read(conn);

    if (filter->limit == 0 || filter->limit > 1000
        || (filter->cursor.data == NULL
            && (filter->page < 1 || filter->page > INT32_MAX))
        || filter->ndepartments > HR_STORE_MAX_DEPARTMENTS
        || (unsigned) filter->sort > HR_STORE_BY_COMPLETENESS)
    {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    q.order = &hr_store_orders[filter->sort];
    q.mask = filter->status_mask & ((1u << HR_STORE_STATUSES) - 1);
    q.mask = q.mask == 0 ? (1u << HR_STORE_STATUSES) - 1 : q.mask;
    q.extra = filter->has_created_from || filter->has_created_to
              || filter->min_validation > 0 || filter->min_completeness > 0
              || filter->created_by != 0 || filter->stage_mask != 0
              || filter->kpi_review;

    rc = hr_store_list_filter(&q);
    if (rc == HR_OK) {
        rc = hr_store_cursor_read(&q);
    }

    if (rc != HR_OK) {
        return rc;
    }

    hr_buf_init(&q.sql, HR_STORE_SQL_MAX);

    own = !conn->in_snapshot;
    rc = hr_store_snapshot(conn);

    if (rc == HR_OK) {
        rc = hr_store_list_probe(&q);
    }

    if (rc == HR_OK && !filter->no_total) {
        rc = hr_store_list_total(&q, &list->total);
    }

    if (rc == HR_OK && q.matches > 0) {
        rc = hr_store_list_page(&q, list);
    }

    if (own) {
        hr_store_snapshot_end(conn);
    }

    hr_buf_release(&q.sql);

    return hr_store_copied(conn, rc);
}


/* -- filters -- */

/* The folded text, as a phrase when the trigram index can take it. */
static hr_rc_t
hr_store_list_text(hr_store_query_t *q, hr_str_t text, hr_str_t *plain,
    hr_str_t *out, bool *fts)
{
    size_t    i;
    hr_buf_t  phrase;
    hr_str_t  fold;

    *out = HR_STR_NULL;

    if (text.len == 0) {
        return HR_OK;
    }

    if (text.len > HR_STORE_TEXT_MAX || !hr_utf8_valid(text)) {
        return hr_store_refuse(q->conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    fold = hr_fold(q->arena, text);
    if (fold.data == NULL) {
        return hr_store_refuse(q->conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    if (fold.len == 0) {
        return HR_OK;
    }

    if (plain != NULL) {
        *plain = fold;
    }

    /* the tokenizer stops at U+0000 */
    *fts = hr_utf8_count(fold) >= 3 && memchr(fold.data, 0, fold.len) == NULL;

    if (!*fts) {
        *out = fold;
        return HR_OK;
    }

    hr_buf_init(&phrase, HR_STORE_TEXT_MAX * 8);
    (void) hr_buf_char(&phrase, '"');

    for (i = 0; i < fold.len; i++) {
        if (fold.data[i] == '"') {
            (void) hr_buf_char(&phrase, '"');
        }

        (void) hr_buf_char(&phrase, fold.data[i]);
    }

    (void) hr_buf_char(&phrase, '"');

    *out = phrase.err == HR_OK ? hr_arena_str(q->arena, hr_buf_view(&phrase))
                               : HR_STR_NULL;
    hr_buf_release(&phrase);

    return out->data != NULL ? HR_OK
           : hr_store_refuse(q->conn, HR_NOMEM, HR_STORE_E_NOMEM);
}


static hr_rc_t
hr_store_list_filter(hr_store_query_t *q)
{
    size_t                    i;
    hr_rc_t                   rc;
    const hr_store_filter_t  *f = q->filter;

    if ((rc = hr_store_list_text(q, f->search, &q->fold, &q->search,
                                 &q->search_fts)) != HR_OK
        || (rc = hr_store_list_text(q, f->department, NULL, &q->department,
                                    &q->department_fts)) != HR_OK
        || (rc = hr_store_list_text(q, f->position, NULL, &q->position,
                                    &q->position_fts)) != HR_OK)
    {
        return rc;
    }

    for (i = 0; i < f->ndepartments; i++) {
        rc = hr_store_list_text(q, f->departments[i], NULL,
                                &q->departments[q->ndepartments],
                                &q->departments_fts[q->ndepartments]);
        if (rc != HR_OK) {
            return rc;
        }

        q->ndepartments += q->departments[q->ndepartments].data != NULL;
    }

    if (f->unit_path.len > HR_STORE_TEXT_MAX || !hr_utf8_valid(f->unit_path)) {
        return hr_store_refuse(q->conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    q->slots = q->department.data != NULL || q->position.data != NULL
               || q->ndepartments != 0 || f->unit_path.len != 0;

    return HR_OK;
}


/* -- running -- */

static void
hr_store_list_bind_text(sqlite3_stmt *stmt, int i, hr_str_t text)
{
    (void) sqlite3_bind_text64(stmt, i, text.data, text.len, SQLITE_STATIC,
                               SQLITE_UTF8);
}


/*
 * Binds every parameter.  The numbers above the greatest of the text are out of
 * range, which is no error; an unbound parameter is NULL and finds nothing.
 */
static sqlite3_stmt *
hr_store_list_prepare(hr_store_query_t *q)
{
    size_t                    i;
    sqlite3_stmt             *stmt;
    const hr_store_filter_t  *f = q->filter;

    if (q->sql.err != HR_OK) {
        (void) hr_store_refuse(q->conn, HR_NOMEM, HR_STORE_E_NOMEM);
        return NULL;
    }

    stmt = hr_store_variant(q->conn, q->sql.data);
    if (stmt == NULL) {
        return NULL;
    }

    (void) sqlite3_bind_int64(stmt, HR_STORE_P_LIMIT, (int64_t) f->limit + 1);
    (void) sqlite3_bind_int64(stmt, HR_STORE_P_OFFSET, q->has_cursor ? 0
                              : (f->page - 1) * (int64_t) f->limit);
    hr_store_list_bind_text(stmt, HR_STORE_P_SEARCH, q->search);
    hr_store_list_bind_text(stmt, HR_STORE_P_FOLD, q->fold);
    hr_store_list_bind_text(stmt, HR_STORE_P_DEPARTMENT, q->department);
    hr_store_list_bind_text(stmt, HR_STORE_P_POSITION, q->position);
    hr_store_list_bind_text(stmt, HR_STORE_P_UNIT, f->unit_path);
    (void) sqlite3_bind_int64(stmt, HR_STORE_P_FROM, f->created_from);
    (void) sqlite3_bind_int64(stmt, HR_STORE_P_TO, f->created_to);
    (void) sqlite3_bind_double(stmt, HR_STORE_P_VALIDATION, f->min_validation);
    (void) sqlite3_bind_double(stmt, HR_STORE_P_COMPLETENESS,
                               f->min_completeness);
    (void) sqlite3_bind_int64(stmt, HR_STORE_P_CREATOR, f->created_by);

    switch (q->order->type) {
    case HR_STORE_KEY_INT:
        (void) sqlite3_bind_int64(stmt, HR_STORE_P_KEY, q->cursor.number);
        break;
    case HR_STORE_KEY_REAL:
        (void) sqlite3_bind_double(stmt, HR_STORE_P_KEY, q->cursor.real);
        break;
    case HR_STORE_KEY_TEXT:
        hr_store_list_bind_text(stmt, HR_STORE_P_KEY, q->cursor.text);
        break;
    }

    (void) sqlite3_bind_int64(stmt, HR_STORE_P_KEY_CREATED, q->cursor.created);
    (void) sqlite3_bind_int64(stmt, HR_STORE_P_KEY_SEQ, q->cursor.seq);

    for (i = 0; i < q->ndepartments; i++) {
        hr_store_list_bind_text(stmt, HR_STORE_P_DEPARTMENTS + (int) i,
                                q->departments[i]);
    }

    return stmt;
}


static hr_rc_t
hr_store_list_int(hr_store_query_t *q, int64_t *value, int64_t *second)
{
    hr_rc_t        rc;
    sqlite3_stmt  *stmt;

    stmt = hr_store_list_prepare(q);
    if (stmt == NULL) {
        return q->conn->error == HR_STORE_E_NOMEM ? HR_NOMEM : HR_ERROR;
    }

    rc = hr_store_step(q->conn, stmt);
    if (rc == HR_OK) {
        *value = sqlite3_column_int64(stmt, 0);

        if (second != NULL) {
            *second = sqlite3_column_int64(stmt, 1);
        }
    }

    hr_store_end(stmt);

    return rc;
}


/* N and M, and from them the way to the page. */
static hr_rc_t
hr_store_list_probe(hr_store_query_t *q)
{
    double   walked, wanted;
    hr_rc_t  rc;

    hr_store_list_sql_all(q);

    rc = hr_store_list_int(q, &q->all, NULL);
    if (rc != HR_OK) {
        return rc;
    }

    if (!q->slots && q->search.data == NULL) {
        q->matches = q->all;
        return HR_OK;
    }

    hr_store_list_sql_matches(q);

    rc = hr_store_list_int(q, &q->matches, &q->people);
    if (rc != HR_OK) {
        return rc;
    }

    q->matches += q->people;

    wanted = q->has_cursor ? (double) q->filter->limit
             : (double) q->filter->page * (double) q->filter->limit;
    walked = wanted * (double) q->all / ((double) q->matches + 1);

    if (walked > (double) q->all || q->extra) {
        walked = (double) q->all;
    }

    q->gather = (double) q->matches * HR_STORE_GATHER_COST < walked;

    return HR_OK;
}


static hr_rc_t
hr_store_list_total(hr_store_query_t *q, int64_t *total)
{
    /* the counters know it already */
    if (!q->extra || q->matches == 0) {
        *total = q->matches;
        return HR_OK;
    }

    hr_store_list_sql_total(q);

    return hr_store_list_int(q, total, NULL);
}


static void
hr_store_key_read(hr_store_query_t *q, sqlite3_stmt *stmt, hr_store_key_t *key)
{
    int  i = HR_STORE_CARD_WIDTH;

    switch (q->order->type) {
    case HR_STORE_KEY_INT:
        key->number = sqlite3_column_int64(stmt, i);
        break;
    case HR_STORE_KEY_REAL:
        key->real = sqlite3_column_double(stmt, i);
        break;
    case HR_STORE_KEY_TEXT:
        key->text = hr_store_col(q->conn, q->arena, stmt, i);
        break;
    }

    key->created = sqlite3_column_int64(stmt, i + 1);
    key->seq = sqlite3_column_int64(stmt, i + 2);
}


static hr_rc_t
hr_store_list_page(hr_store_query_t *q, hr_store_list_t *list)
{
    hr_rc_t         rc;
    sqlite3_stmt   *stmt;
    hr_store_key_t  last;

    list->items = hr_arena_calloc(q->arena, q->filter->limit
                                            * sizeof(hr_store_card_t));
    if (list->items == NULL) {
        return hr_store_refuse(q->conn, HR_NOMEM, HR_STORE_E_NOMEM);
    }

    hr_store_list_sql_page(q);

    stmt = hr_store_list_prepare(q);
    if (stmt == NULL) {
        return q->conn->error == HR_STORE_E_NOMEM ? HR_NOMEM : HR_ERROR;
    }

    memset(&last, 0, sizeof(last));

    while ((rc = hr_store_step(q->conn, stmt)) == HR_OK) {

        if (list->count == q->filter->limit) {
            list->has_more = true;
            rc = HR_NOT_FOUND;
            break;
        }

        hr_store_card_read(q->conn, q->arena, stmt, 0,
                           &list->items[list->count++]);
        hr_store_key_read(q, stmt, &last);
    }

    hr_store_end(stmt);

    if (rc != HR_NOT_FOUND) {
        return rc;
    }

    return list->has_more ? hr_store_cursor_write(q, &last, &list->next_cursor)
                          : HR_OK;
}
