/* Reading of columns and small helpers shared by the store's files. */

#include <stdio.h>

#include "hr_store_sqlite.h"


hr_str_t
hr_store_col(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt, int i)
{
    hr_str_t  text;

    if (sqlite3_column_type(stmt, i) == SQLITE_NULL) {
        return HR_STR_NULL;
    }

    text.data = (const char *) sqlite3_column_text(stmt, i);
    text.len = (size_t) sqlite3_column_bytes(stmt, i);

    if (text.data == NULL) {
        /* an empty blob, or a conversion that ran out of memory */
        conn->nomem = text.len != 0;
        return HR_STR("");
    }

    if (arena != NULL) {
        text = hr_arena_str(arena, text);

        if (text.data == NULL) {
            conn->nomem = true;
        }
    }

    return text;
}


hr_instant_t
hr_store_col_time(sqlite3_stmt *stmt, int i)
{
    hr_str_t      text;
    hr_instant_t  at;

    if (sqlite3_column_type(stmt, i) != SQLITE_TEXT) {
        return HR_STORE_NO_TIME;
    }

    text.data = (const char *) sqlite3_column_text(stmt, i);
    text.len = (size_t) sqlite3_column_bytes(stmt, i);

    if (text.data == NULL || !hr_time_parse(text, &at)) {
        return HR_STORE_NO_TIME;
    }

    return at;
}


hr_instant_t
hr_store_col_us(sqlite3_stmt *stmt, int i)
{
    return sqlite3_column_type(stmt, i) == SQLITE_NULL
           ? HR_STORE_NO_TIME : sqlite3_column_int64(stmt, i);
}


double
hr_store_col_score(sqlite3_stmt *stmt, int i)
{
    return sqlite3_column_type(stmt, i) == SQLITE_NULL
           ? HR_STORE_NO_SCORE : hr_store_col_unit(stmt, i);
}


double
hr_store_col_unit(sqlite3_stmt *stmt, int i)
{
    double  value;

    value = sqlite3_column_double(stmt, i);

    /* also for a NaN, which compares as false */
    return value >= 0 ? (value > 1 ? 1 : value) : 0;
}


void *
hr_store_grow(hr_arena_t *arena, void *items, size_t count, size_t size,
    size_t *capacity)
{
    void    *grown;
    size_t   wanted;

    if (count < *capacity) {
        return items;
    }

    wanted = *capacity == 0 ? 16 : *capacity * 2;

    grown = hr_arena_calloc(arena, wanted * size);
    if (grown == NULL) {
        return NULL;
    }

    if (count != 0) {
        memcpy(grown, items, count * size);
    }

    *capacity = wanted;

    return grown;
}


void *
hr_store_rows(hr_store_conn_t *conn, hr_arena_t *arena, sqlite3_stmt *stmt,
    size_t size, hr_store_row_pt read, size_t *count, hr_rc_t *rc)
{
    char    *rows;
    size_t   capacity;

    rows = NULL;
    capacity = 0;
    *count = 0;

    if (stmt == NULL) {
        *rc = HR_ERROR;
        return NULL;
    }

    while ((*rc = hr_store_step(conn, stmt)) == HR_OK) {

        rows = hr_store_grow(arena, rows, *count, size, &capacity);
        if (rows == NULL) {
            *rc = hr_store_refuse(conn, HR_NOMEM, HR_STORE_E_NOMEM);
            break;
        }

        read(conn, arena, stmt, rows + (*count)++ * size);
    }

    hr_store_end(stmt);

    *rc = hr_store_copied(conn, *rc == HR_NOT_FOUND ? HR_OK : *rc);

    if (*rc != HR_OK) {
        *count = 0;
        return NULL;
    }

    return rows;
}


uint64_t
hr_store_hash(uint64_t h, const void *data, size_t len)
{
    size_t                i;
    const unsigned char  *p = data;

    for (i = 0; i < len; i++) {
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    }

    return h;
}


/* The length goes in too, so that neighbours cannot trade bytes. */
uint64_t
hr_store_hash_str(uint64_t h, hr_str_t text)
{
    h = hr_store_hash_int(h, text.data == NULL ? -1 : (int64_t) text.len);

    return text.len == 0 ? h : hr_store_hash(h, text.data, text.len);
}


uint64_t
hr_store_hash_int(uint64_t h, int64_t value)
{
    return hr_store_hash(h, &value, sizeof(value));
}


bool
hr_store_is_uuid(hr_str_t text)
{
    char  normal[37];

    return text.data != NULL && text.len == 36
           && hr_uuid_normalize(text, normal)
           && memcmp(normal, text.data, 36) == 0;
}


static const char *const  hr_store_role_names[] = {
    "viewer", "hr", "head", "admin"
};


const char *
hr_store_role_name(hr_store_role_t role)
{
    return hr_store_role_names[role];
}


bool
hr_store_role_parse(hr_str_t text, hr_store_role_t *role)
{
    unsigned  i;

    for (i = 0; i < 4; i++) {
        if (hr_str_eq(text, hr_str_from_c(hr_store_role_names[i]))) {
            *role = (hr_store_role_t) i;
            return true;
        }
    }

    return false;
}


static const char *const  hr_store_status_names[HR_STORE_STATUSES] = {
    "completed", "archived", "processing", "failed"
};


const char *
hr_store_status_name(hr_store_status_t status)
{
    return hr_store_status_names[status];
}


bool
hr_store_status_parse(hr_str_t text, hr_store_status_t *status)
{
    unsigned  i;

    for (i = 0; i < HR_STORE_STATUSES; i++) {
        if (hr_str_eq(text, hr_str_from_c(hr_store_status_names[i]))) {
            *status = (hr_store_status_t) i;
            return true;
        }
    }

    return false;
}


static const char *const  hr_store_version_type_names[] = {
    "generated", "regenerated", "edited"
};


const char *
hr_store_version_type_name(hr_store_version_type_t type)
{
    return hr_store_version_type_names[type];
}


static const char *const  hr_store_task_status_names[] = {
    "queued", "processing", "completed", "failed", "cancelled"
};


const char *
hr_store_task_status_name(hr_store_task_status_t status)
{
    return hr_store_task_status_names[status];
}


static const char *const  hr_store_batch_status_names[] = {
    "active", "paused", "cancelled", "finished"
};


const char *
hr_store_batch_status_name(hr_store_batch_status_t status)
{
    return hr_store_batch_status_names[status];
}
