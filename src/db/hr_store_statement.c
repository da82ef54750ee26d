/*
 * Prepared statements of the SQLite store.
 *
 * Each SQL text is a string literal that is prepared once per connection; the
 * cache is an open-addressing table keyed by the address of the literal.  Only
 * the list builds texts at run time; those sit in a small table of their own.
 */

#include <stdarg.h>
#include <stdlib.h>

#include "hr_store_sqlite.h"


static sqlite3_stmt *
hr_store_prepare_text(hr_store_conn_t *conn, const char *sql)
{
    int            rc;
    sqlite3_stmt  *stmt;

    rc = sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt,
                            NULL);
    if (rc != SQLITE_OK) {
        (void) hr_store_fail(conn, rc);
        return NULL;
    }

    return stmt;
}


static sqlite3_stmt *
hr_store_cached(hr_store_conn_t *conn, const char *sql)
{
    size_t                  i;
    uintptr_t               key;
    hr_store_slot_entry_t  *entry;

    key = (uintptr_t) sql;
    i = (size_t) ((key ^ (key >> 7)) * 2654435761u) % HR_STORE_MAX_STATEMENTS;

    for ( ;; ) {
        entry = &conn->statements[i];

        if (entry->sql == sql) {
            return entry->stmt;
        }

        if (entry->sql == NULL) {
            break;
        }

        i = (i + 1) % HR_STORE_MAX_STATEMENTS;
    }

    /* a quarter stays free, so that the search above always ends */
    if (conn->nstatements >= HR_STORE_MAX_STATEMENTS / 4 * 3) {
        (void) hr_store_refuse(conn, HR_LIMIT, HR_STORE_E_OTHER);
        return NULL;
    }

    entry->stmt = hr_store_prepare_text(conn, sql);
    if (entry->stmt == NULL) {
        return NULL;
    }

    entry->sql = sql;
    conn->nstatements++;

    return entry->stmt;
}


sqlite3_stmt *
hr_store_variant(hr_store_conn_t *conn, const char *sql)
{
    size_t               i;
    char                *copy;
    sqlite3_stmt        *stmt;
    hr_store_variant_t  *v, *oldest;

    oldest = &conn->variants[0];

    for (i = 0; i < HR_STORE_MAX_VARIANTS; i++) {
        v = &conn->variants[i];

        if (v->sql != NULL && strcmp(v->sql, sql) == 0) {
            v->used = ++conn->variant_clock;
            return v->stmt;
        }

        if (v->used < oldest->used) {
            oldest = v;
        }
    }

    copy = strdup(sql);
    if (copy == NULL) {
        (void) hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
        return NULL;
    }

    stmt = hr_store_prepare_text(conn, sql);
    if (stmt == NULL) {
        free(copy);
        return NULL;
    }

    sqlite3_finalize(oldest->stmt);
    free(oldest->sql);

    oldest->sql = copy;
    oldest->stmt = stmt;
    oldest->used = ++conn->variant_clock;

    return stmt;
}


static int
hr_store_bind_time(sqlite3_stmt *stmt, int i, hr_instant_t at,
    hr_time_layout_t layout)
{
    size_t  len;
    char    text[HR_TIME_MAX];

    if (at == HR_STORE_NO_TIME) {
        return sqlite3_bind_null(stmt, i);
    }

    len = hr_time_format(at, layout, text);

    return sqlite3_bind_text(stmt, i, text, (int) len, SQLITE_TRANSIENT);
}


static bool
hr_store_bind(sqlite3_stmt *stmt, const char *format, va_list args)
{
    int           i, rc;
    double        d;
    int64_t       n;
    hr_str_t      text;
    const char   *c;

    rc = SQLITE_OK;

    for (i = 1; format[i - 1] != '\0' && rc == SQLITE_OK; i++) {

        switch (format[i - 1]) {

        case 't':
            text = va_arg(args, hr_str_t);
            rc = text.data == NULL
                 ? sqlite3_bind_null(stmt, i)
                 : sqlite3_bind_text64(stmt, i, text.data, text.len,
                                       SQLITE_STATIC, SQLITE_UTF8);
            break;

        case 'c':
            c = va_arg(args, const char *);
            rc = c == NULL ? sqlite3_bind_null(stmt, i)
                           : sqlite3_bind_text(stmt, i, c, -1, SQLITE_STATIC);
            break;

        case 'i':
            rc = sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
            break;

        case 'o':
            n = va_arg(args, int64_t);
            rc = n == 0 ? sqlite3_bind_null(stmt, i)
                        : sqlite3_bind_int64(stmt, i, n);
            break;

        case 'd':
            rc = sqlite3_bind_double(stmt, i, va_arg(args, double));
            break;

        case 's':
            d = va_arg(args, double);
            rc = d < 0 ? sqlite3_bind_null(stmt, i)
                       : sqlite3_bind_double(stmt, i, d);
            break;

        case '1':
            rc = hr_store_bind_time(stmt, i, va_arg(args, hr_instant_t),
                                    HR_TIME_T1);
            break;

        case '2':
            rc = hr_store_bind_time(stmt, i, va_arg(args, hr_instant_t),
                                    HR_TIME_T2);
            break;

        case '3':
            rc = hr_store_bind_time(stmt, i, va_arg(args, hr_instant_t),
                                    HR_TIME_T3);
            break;

        case 'u':
            n = va_arg(args, hr_instant_t);
            rc = n == HR_STORE_NO_TIME ? sqlite3_bind_null(stmt, i)
                                       : sqlite3_bind_int64(stmt, i, n);
            break;

        default:
            rc = SQLITE_MISUSE;
            break;
        }
    }

    return rc == SQLITE_OK;
}


static sqlite3_stmt *
hr_store_vquery(hr_store_conn_t *conn, const char *sql, const char *format,
    va_list args)
{
    sqlite3_stmt  *stmt;

    stmt = hr_store_cached(conn, sql);
    if (stmt == NULL) {
        return NULL;
    }

    if (!hr_store_bind(stmt, format, args)) {
        (void) hr_store_fail(conn, sqlite3_errcode(conn->db));
        hr_store_end(stmt);
        return NULL;
    }

    return stmt;
}


sqlite3_stmt *
hr_store_query(hr_store_conn_t *conn, const char *sql, const char *format, ...)
{
    va_list        args;
    sqlite3_stmt  *stmt;

    va_start(args, format);
    stmt = hr_store_vquery(conn, sql, format, args);
    va_end(args);

    return stmt;
}


hr_rc_t
hr_store_step(hr_store_conn_t *conn, sqlite3_stmt *stmt)
{
    int  rc;

    rc = sqlite3_step(stmt);

    if (rc == SQLITE_ROW) {
        return HR_OK;
    }

    return rc == SQLITE_DONE ? HR_NOT_FOUND : hr_store_fail(conn, rc);
}


void
hr_store_end(sqlite3_stmt *stmt)
{
    /* errors were reported by step */
    (void) sqlite3_reset(stmt);
    (void) sqlite3_clear_bindings(stmt);
}


/* The rc of a statement that could not be prepared or bound. */
static hr_rc_t
hr_store_noted(hr_store_conn_t *conn)
{
    switch (conn->error) {
    case HR_STORE_E_BUSY:
        return HR_BUSY;
    case HR_STORE_E_ABORTED:
        return HR_ABORTED;
    case HR_STORE_E_NOMEM:
        return HR_NOMEM;
    default:
        return HR_ERROR;
    }
}


hr_rc_t
hr_store_run(hr_store_conn_t *conn, int64_t *changes, const char *sql,
    const char *format, ...)
{
    hr_rc_t        rc;
    va_list        args;
    sqlite3_stmt  *stmt;

    va_start(args, format);
    stmt = hr_store_vquery(conn, sql, format, args);
    va_end(args);

    if (stmt == NULL) {
        return hr_store_noted(conn);
    }

    do {
        rc = hr_store_step(conn, stmt);
    } while (rc == HR_OK);

    hr_store_end(stmt);

    if (changes != NULL) {
        *changes = rc == HR_NOT_FOUND ? sqlite3_changes64(conn->db) : 0;
    }

    return rc == HR_NOT_FOUND ? HR_OK : rc;
}


hr_rc_t
hr_store_int(hr_store_conn_t *conn, int64_t *value, const char *sql,
    const char *format, ...)
{
    hr_rc_t        rc;
    va_list        args;
    sqlite3_stmt  *stmt;

    *value = 0;

    va_start(args, format);
    stmt = hr_store_vquery(conn, sql, format, args);
    va_end(args);

    if (stmt == NULL) {
        return hr_store_noted(conn);
    }

    rc = hr_store_step(conn, stmt);
    if (rc == HR_OK) {
        *value = sqlite3_column_int64(stmt, 0);
    }

    hr_store_end(stmt);

    return rc;
}


hr_rc_t
hr_store_script(hr_store_conn_t *conn, const char *sql)
{
    int  rc;

    rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? HR_OK : hr_store_fail(conn, rc);
}
