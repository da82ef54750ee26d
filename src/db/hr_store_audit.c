/*
 * Audit trail (improvements.md I-43).  Each record carries the SHA-256 of the
 * record before it and of its own fields, and its number is one above that of
 * the record before; the engine remembers the last number given.  A record that
 * was changed, taken out (also the last ones) or put in breaks the chain.
 * Triggers refuse UPDATE and DELETE.  Whoever owns the file can still write a
 * new chain: keep exported records, or the last hash, somewhere else.
 */

#include "hr_hash.h"
#include "hr_store_sqlite.h"


#define HR_STORE_AUDIT_TEXT    2000

#define HR_STORE_AUDIT_COLUMNS                                                \
    "seq, at, user_id, username, action, object_type, object_id, result,"     \
    " address, request_id, detail, hash"


static void
hr_store_audit_field(hr_buf_t *buf, hr_str_t text)
{
    if (text.data == NULL) {
        (void) hr_buf_c(buf, "-;");
        return;
    }

    /* the length in front, so that neighbours cannot trade bytes */
    (void) hr_buf_printf(buf, "%zu:", text.len);
    (void) hr_buf_str(buf, text);
    (void) hr_buf_char(buf, ';');
}


static hr_rc_t
hr_store_audit_hash(hr_str_t before, hr_str_t at, const hr_store_audit_t *e,
    char hash[HR_SHA256_HEX + 1])
{
    hr_rc_t   rc;
    hr_buf_t  buf;

    hr_buf_init(&buf, 64 * 1024);

    (void) hr_buf_str(&buf, before);
    (void) hr_buf_printf(&buf, ";%lld;%lld;", (long long) e->seq,
                         (long long) e->user_id);
    hr_store_audit_field(&buf, at);
    hr_store_audit_field(&buf, e->username);
    hr_store_audit_field(&buf, e->action);
    hr_store_audit_field(&buf, e->object_type);
    hr_store_audit_field(&buf, e->object_id);
    hr_store_audit_field(&buf, e->result);
    hr_store_audit_field(&buf, e->address);
    hr_store_audit_field(&buf, e->request_id);
    hr_store_audit_field(&buf, e->detail);

    rc = buf.err != HR_OK ? buf.err : hr_sha256_hex(hr_buf_view(&buf), hash);

    hr_buf_release(&buf);

    return rc;
}


/* The last record: its number and hash, 0 and nothing when there is none. */
static hr_rc_t
hr_store_audit_last(hr_store_conn_t *conn, int64_t *seq,
    char hash[HR_SHA256_HEX + 1])
{
    hr_rc_t        rc;
    hr_str_t       text;
    sqlite3_stmt  *stmt;

    *seq = 0;
    hash[0] = '\0';

    /* the number comes from the engine: it also counts records taken out */
    rc = hr_store_int(conn, seq, "SELECT seq FROM sqlite_sequence"
                                 " WHERE name = 'audit_log'", "");
    if (rc != HR_OK && rc != HR_NOT_FOUND) {
        return rc;
    }

    stmt = hr_store_query(conn, "SELECT hash FROM audit_log"
                                " ORDER BY seq DESC LIMIT 1", "");
    if (stmt == NULL) {
        return HR_ERROR;
    }

    rc = hr_store_step(conn, stmt);

    if (rc == HR_OK) {
        text = hr_store_col(conn, NULL, stmt, 0);

        if (text.len == HR_SHA256_HEX) {
            memcpy(hash, text.data, HR_SHA256_HEX);
            hash[HR_SHA256_HEX] = '\0';
        }
    }

    hr_store_end(stmt);

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}


hr_rc_t
hr_store_audit_append(hr_store_conn_t *conn, const hr_store_audit_t *event)
{
    char               at[HR_TIME_MAX];
    char               before[HR_SHA256_HEX + 1], hash[HR_SHA256_HEX + 1];
    hr_rc_t            rc;
    hr_str_t           when;
    hr_store_audit_t   e;

    rc = hr_store_write(conn, HR_STORE_T_AUDIT);
    if (rc != HR_OK) {
        return rc;
    }

    if (event->action.len == 0 || event->result.len == 0) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    e = *event;
    e.username = hr_utf8_cut_bytes(e.username, HR_STORE_AUDIT_TEXT);
    e.action = hr_utf8_cut_bytes(e.action, HR_STORE_AUDIT_TEXT);
    e.object_type = hr_utf8_cut_bytes(e.object_type, HR_STORE_AUDIT_TEXT);
    e.object_id = hr_utf8_cut_bytes(e.object_id, HR_STORE_AUDIT_TEXT);
    e.result = hr_utf8_cut_bytes(e.result, HR_STORE_AUDIT_TEXT);
    e.address = hr_utf8_cut_bytes(e.address, HR_STORE_AUDIT_TEXT);
    e.request_id = hr_utf8_cut_bytes(e.request_id, HR_STORE_AUDIT_TEXT);
    e.detail = hr_utf8_cut_bytes(e.detail, HR_STORE_AUDIT_DETAIL);

    rc = hr_store_audit_last(conn, &e.seq, before);
    if (rc != HR_OK) {
        return rc;
    }

    e.seq++;
    when = hr_str(at, hr_time_format(e.at, HR_TIME_T3, at));

    rc = hr_store_audit_hash(hr_str_from_c(before), when, &e, hash);
    if (rc != HR_OK) {
        return hr_store_refuse(conn, rc, HR_STORE_E_OTHER);
    }

    return hr_store_run(conn, NULL,
        "INSERT INTO audit_log (" HR_STORE_AUDIT_COLUMNS ") VALUES (?1, ?2,"
        " ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", "itottttttttc", e.seq,
        when, e.user_id, e.username, e.action, e.object_type, e.object_id,
        e.result, e.address, e.request_id, e.detail, hash);
}


static void
hr_store_audit_read(hr_store_conn_t *conn, sqlite3_stmt *stmt,
    hr_store_audit_t *e)
{
    e->seq = sqlite3_column_int64(stmt, 0);
    e->at = hr_store_col_time(stmt, 1);
    e->user_id = sqlite3_column_int64(stmt, 2);
    e->username = hr_store_col(conn, NULL, stmt, 3);
    e->action = hr_store_col(conn, NULL, stmt, 4);
    e->object_type = hr_store_col(conn, NULL, stmt, 5);
    e->object_id = hr_store_col(conn, NULL, stmt, 6);
    e->result = hr_store_col(conn, NULL, stmt, 7);
    e->address = hr_store_col(conn, NULL, stmt, 8);
    e->request_id = hr_store_col(conn, NULL, stmt, 9);
    e->detail = hr_store_col(conn, NULL, stmt, 10);
    e->hash = hr_store_col(conn, NULL, stmt, 11);
}


#define HR_STORE_AUDIT_WHERE                                                  \
    " AND (?3 IS NULL OR at >= ?3) AND (?4 IS NULL OR at < ?4)"               \
    " AND (?5 = 0 OR user_id = ?5) AND (?6 IS NULL OR action = ?6)"           \
    " AND (?7 IS NULL OR object_id = ?7)"

hr_rc_t
hr_store_audit_each(hr_store_conn_t *conn,
    const hr_store_audit_filter_t *filter,
    hr_rc_t (*row)(void *ctx, const hr_store_audit_t *event), void *ctx)
{
    hr_rc_t                         rc;
    sqlite3_stmt                   *stmt;
    hr_store_audit_t                event;
    const hr_store_audit_filter_t  *f = filter;

    hr_store_read(conn);

    if (f->limit == 0 || f->limit > 100000) {
        return hr_store_refuse(conn, HR_INVALID, HR_STORE_E_BAD_VALUE);
    }

    if (f->newest_first) {
        stmt = hr_store_query(conn,
            "SELECT " HR_STORE_AUDIT_COLUMNS " FROM audit_log WHERE seq < ?1"
            HR_STORE_AUDIT_WHERE " ORDER BY seq DESC LIMIT ?2", "ii33itt",
            f->after > 0 ? f->after : INT64_MAX, (int64_t) f->limit, f->from,
            f->to, f->user_id, f->action, f->object_id);
    } else {
        stmt = hr_store_query(conn,
            "SELECT " HR_STORE_AUDIT_COLUMNS " FROM audit_log WHERE seq > ?1"
            HR_STORE_AUDIT_WHERE " ORDER BY seq LIMIT ?2", "ii33itt", f->after,
            (int64_t) f->limit, f->from, f->to, f->user_id, f->action,
            f->object_id);
    }

    if (stmt == NULL) {
        return HR_ERROR;
    }

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {
        hr_store_audit_read(conn, stmt, &event);

        rc = row(ctx, &event);
        if (rc != HR_OK) {
            break;
        }
    }

    hr_store_end(stmt);

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}


hr_rc_t
hr_store_audit_verify(hr_store_conn_t *conn, int64_t *checked,
    int64_t *bad_seq)
{
    char               before[HR_SHA256_HEX + 1], hash[HR_SHA256_HEX + 1];
    hr_rc_t            rc;
    int64_t            last;
    sqlite3_stmt      *stmt;
    hr_store_audit_t   e;

    *checked = 0;
    *bad_seq = 0;
    before[0] = '\0';
    hr_store_read(conn);

    rc = hr_store_int(conn, &last, "SELECT seq FROM sqlite_sequence"
                                   " WHERE name = 'audit_log'", "");
    if (rc != HR_OK && rc != HR_NOT_FOUND) {
        return rc;
    }

    stmt = hr_store_query(conn, "SELECT " HR_STORE_AUDIT_COLUMNS
                                " FROM audit_log ORDER BY seq", "");
    if (stmt == NULL) {
        return HR_ERROR;
    }

    while ((rc = hr_store_step(conn, stmt)) == HR_OK) {
        hr_store_audit_read(conn, stmt, &e);

        rc = hr_store_audit_hash(hr_str_from_c(before),
                                 hr_store_col(conn, NULL, stmt, 1), &e, hash);
        if (rc != HR_OK) {
            break;
        }

        if (e.seq != *checked + 1 || !hr_str_eq(e.hash, hr_str_from_c(hash))) {
            *bad_seq = *checked + 1;
            rc = HR_NOT_FOUND;
            break;
        }

        memcpy(before, hash, sizeof(before));
        (*checked)++;
    }

    hr_store_end(stmt);

    /* the last records were taken out */
    if (rc == HR_NOT_FOUND && *bad_seq == 0 && *checked != last) {
        *bad_seq = *checked + 1;
    }

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}
