/*
 * The list of profiles as a table, with the conditions of the list: CSV or
 * XLSX.  Read by keyset pages; CSV goes out as it is made, XLSX when it is
 * complete, which is why it has a lower limit.
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_profile_list.h"
#include "ngx_http_hr_pump.h"

#include "hr_filename.h"
#include "hr_list_export.h"


#define NGX_HTTP_HR_TABLE_PAGE      500
#define NGX_HTTP_HR_TABLE_ARENA     (16 * 1024 * 1024)      /* of one page */
#define NGX_HTTP_HR_TABLE_XLSX_MAX  100000                  /* rows */

typedef enum {
    NGX_HTTP_HR_CELL_ID = 0,
    NGX_HTTP_HR_CELL_DEPARTMENT,
    NGX_HTTP_HR_CELL_UNIT,
    NGX_HTTP_HR_CELL_POSITION,
    NGX_HTTP_HR_CELL_EMPLOYEE,
    NGX_HTTP_HR_CELL_STATUS,
    NGX_HTTP_HR_CELL_QUALITY,
    NGX_HTTP_HR_CELL_COMPLETENESS,
    NGX_HTTP_HR_CELL_VERSION,
    NGX_HTTP_HR_CELL_VERSIONS,
    NGX_HTTP_HR_CELL_CREATED,
    NGX_HTTP_HR_CELL_UPDATED,
    NGX_HTTP_HR_CELL_AUTHOR,
    NGX_HTTP_HR_CELL_AUTHOR_NAME,
    NGX_HTTP_HR_CELLS
} ngx_http_hr_cell_t;

typedef struct {
    ngx_http_hr_pump_t       pump;

    ngx_http_hr_list_in_t    list;
    hr_list_format_t         format;
    hr_list_column_t         columns[NGX_HTTP_HR_CELLS];
    hr_list_export_t        *table;
    hr_str_t                 cursor;        /* of the next page, in cursor_text */
    char                     cursor_text[4096];
    bool                     more;
    int64_t                  rows;
} ngx_http_hr_table_t;


static const struct {
    hr_str_t         title[HR_LANG_COUNT];
    hr_list_type_t   type;
    unsigned         width;
} ngx_http_hr_cells[NGX_HTTP_HR_CELLS] = {
    { { HR_STR_INIT("Идентификатор"), HR_STR_INIT("Id") }, HR_LIST_TEXT, 38 },
    { { HR_STR_INIT("Подразделение"), HR_STR_INIT("Department") },
      HR_LIST_TEXT, 40 },
    { { HR_STR_INIT("Путь подразделения"), HR_STR_INIT("Unit path") },
      HR_LIST_TEXT, 50 },
    { { HR_STR_INIT("Должность"), HR_STR_INIT("Position") }, HR_LIST_TEXT, 40 },
    { { HR_STR_INIT("Сотрудник"), HR_STR_INIT("Employee") }, HR_LIST_TEXT, 30 },
    { { HR_STR_INIT("Статус"), HR_STR_INIT("Status") }, HR_LIST_TEXT, 14 },
    { { HR_STR_INIT("Качество"), HR_STR_INIT("Quality") }, HR_LIST_NUMBER, 12 },
    { { HR_STR_INIT("Полнота"), HR_STR_INIT("Completeness") },
      HR_LIST_NUMBER, 12 },
    { { HR_STR_INIT("Версия"), HR_STR_INIT("Version") }, HR_LIST_NUMBER, 10 },
    { { HR_STR_INIT("Всего версий"), HR_STR_INIT("Versions") },
      HR_LIST_NUMBER, 14 },
    { { HR_STR_INIT("Создан"), HR_STR_INIT("Created") }, HR_LIST_TEXT, 20 },
    { { HR_STR_INIT("Изменён"), HR_STR_INIT("Updated") }, HR_LIST_TEXT, 20 },
    { { HR_STR_INIT("Автор"), HR_STR_INIT("Author") }, HR_LIST_TEXT, 16 },
    { { HR_STR_INIT("Имя автора"), HR_STR_INIT("Author name") },
      HR_LIST_TEXT, 30 },
};


/* ---- in a pool thread ---- */


static hr_str_t
ngx_http_hr_table_status(hr_lang_t lang, hr_store_status_t status)
{
    static const hr_str_t  words[HR_STORE_STATUSES][HR_LANG_COUNT] = {
        { HR_STR_INIT("Готов"), HR_STR_INIT("completed") },
        { HR_STR_INIT("В архиве"), HR_STR_INIT("archived") },
        { HR_STR_INIT("Создаётся"), HR_STR_INIT("processing") },
        { HR_STR_INIT("Ошибка"), HR_STR_INIT("failed") },
    };

    return words[status][lang];
}


static hr_str_t
ngx_http_hr_table_number(hr_arena_t *arena, double value)
{
    char    text[32];
    size_t  len;

    len = hr_double_format(value, text);

    return hr_arena_str(arena, hr_str(text, len));
}


static hr_str_t
ngx_http_hr_table_time(hr_arena_t *arena, hr_instant_t at)
{
    char    text[HR_TIME_MAX];
    size_t  len;

    if (at == HR_STORE_NO_TIME) {
        return HR_STR_NULL;
    }

    len = hr_time_format(at, HR_TIME_T1, text);

    return hr_arena_str(arena, hr_str(text, len));
}


static hr_rc_t
ngx_http_hr_table_row(ngx_http_hr_work_t *w, hr_arena_t *arena,
    const hr_store_card_t *card)
{
    hr_str_t              cells[NGX_HTTP_HR_CELLS];
    ngx_http_hr_table_t  *in = w->in;

    cells[NGX_HTTP_HR_CELL_ID] = card->id;
    cells[NGX_HTTP_HR_CELL_DEPARTMENT] = card->department;
    cells[NGX_HTTP_HR_CELL_UNIT] = card->unit_path;
    cells[NGX_HTTP_HR_CELL_POSITION] = card->position;
    cells[NGX_HTTP_HR_CELL_EMPLOYEE] = card->employee_name;
    cells[NGX_HTTP_HR_CELL_STATUS] = ngx_http_hr_table_status(w->answer.lang,
                                                              card->status);
    cells[NGX_HTTP_HR_CELL_QUALITY] =
        ngx_http_hr_table_number(arena, card->validation_score);
    cells[NGX_HTTP_HR_CELL_COMPLETENESS] =
        ngx_http_hr_table_number(arena, card->completeness_score);
    cells[NGX_HTTP_HR_CELL_VERSION] =
        hr_arena_printf(arena, "%lld", (long long) card->current_version);
    cells[NGX_HTTP_HR_CELL_VERSIONS] =
        hr_arena_printf(arena, "%lld", (long long) card->version_count);
    cells[NGX_HTTP_HR_CELL_CREATED] = ngx_http_hr_table_time(arena,
                                                             card->created_at);
    cells[NGX_HTTP_HR_CELL_UPDATED] = ngx_http_hr_table_time(arena,
                                                             card->updated_at);
    cells[NGX_HTTP_HR_CELL_AUTHOR] = card->created_by_username;
    cells[NGX_HTTP_HR_CELL_AUTHOR_NAME] = card->created_by_name;
    in->rows++;

    return hr_list_export_row(in->table, cells);
}


/* One page; its cards live in an arena of their own. */
static hr_rc_t
ngx_http_hr_table_page(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    int64_t *total)
{
    size_t                i;
    hr_rc_t               rc;
    hr_arena_t           *arena;
    hr_store_list_t       list;
    ngx_http_hr_table_t  *in = w->in;

    arena = hr_arena_create(NGX_HTTP_HR_TABLE_ARENA);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    in->list.filter.cursor = in->cursor;
    rc = ngx_http_hr_list_page(w, conn, arena, &in->list, &list);

    if (rc == HR_OK && total != NULL) {
        *total = list.total;
    }

    for (i = 0; rc == HR_OK && total == NULL && i < list.count; i++) {
        rc = ngx_http_hr_table_row(w, arena, &list.items[i]);
    }

    if (rc == HR_OK && total == NULL) {
        in->more = list.has_more;
        in->cursor = hr_str(in->cursor_text, list.next_cursor.len);

        /* a name of thousands of letters has no cursor: no half table */
        if (list.has_more && (list.next_cursor.len == 0
                              || list.next_cursor.len > sizeof(in->cursor_text)))
        {
            rc = HR_LIMIT;

        } else {
            ngx_memcpy(in->cursor_text, list.next_cursor.data, in->cursor.len);
        }
    }

    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
ngx_http_hr_table_open(ngx_http_hr_work_t *w)
{
    ngx_uint_t            i;
    hr_list_opts_t        opts;
    ngx_http_hr_table_t  *in = w->in;

    for (i = 0; i < NGX_HTTP_HR_CELLS; i++) {
        in->columns[i].title = ngx_http_hr_cells[i].title[w->answer.lang];
        in->columns[i].type = ngx_http_hr_cells[i].type;
        in->columns[i].width = ngx_http_hr_cells[i].width;
    }

    ngx_memzero(&opts, sizeof(opts));
    opts.format = in->format;
    opts.columns = in->columns;
    opts.ncolumns = NGX_HTTP_HR_CELLS;
    opts.sheet = ngx_http_hr_work_text(w, "Профили", "Profiles");
    opts.product = ngx_http_hr_str(&w->conf->product);
    opts.created_at = w->now;

    in->table = hr_list_export_open(&opts, hr_buf_sink(&in->pump.piece));

    return in->table == NULL ? HR_NOMEM : HR_OK;
}


/* How many rows there are, before anything is promised. */
static hr_rc_t
ngx_http_hr_table_count(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t               rc;
    int64_t               total, limit;
    ngx_http_hr_table_t  *in = w->in;

    in->list.filter.limit = 1;
    rc = ngx_http_hr_table_page(w, conn, &total);

    if (rc != HR_OK) {
        return rc;
    }

    limit = in->format == HR_LIST_XLSX ? NGX_HTTP_HR_TABLE_XLSX_MAX
                                       : HR_LIST_ROWS_MAX;
    if (total > limit) {
        return ngx_http_hr_work_error_with(w, HR_E_VALUE, HR_LIMIT,
            "Слишком много профилей для одной таблицы, уточните условия",
            "Too many profiles for one table, narrow the conditions",
            hr_arena_printf(w->arena, "{\"total\":%lld,\"limit\":%lld}",
                            (long long) total, (long long) limit));
    }

    in->list.filter.limit = NGX_HTTP_HR_TABLE_PAGE;
    in->list.filter.no_total = true;
    in->more = true;

    return ngx_http_hr_table_open(w);
}


static hr_rc_t
ngx_http_hr_table_fill(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t               rc;
    ngx_http_hr_table_t  *in = w->in;

    do {
        if (ngx_http_hr_pump_cancelled(w)) {
            return HR_ABORTED;
        }

        rc = ngx_http_hr_table_page(w, conn, NULL);

        if (rc != HR_OK) {
            return rc;
        }

    } while (in->more && in->format == HR_LIST_CSV
             && in->pump.piece.len < NGX_HTTP_HR_PUMP_PIECE);

    if (in->more) {
        return HR_OK;
    }

    rc = hr_list_export_close(in->table);
    in->table = NULL;
    in->pump.closed = true;

    return rc;
}


/* ---- on the event loop ---- */


static void
ngx_http_hr_table_end(ngx_http_hr_work_t *w, const char *result)
{
    u_char                text[128], *p;
    ngx_http_hr_table_t  *in = w->in;

    if (in->table == NULL && !in->pump.closed) {
        return;                     /* nothing was promised */
    }

    if (in->table != NULL) {
        hr_list_export_abort(in->table);
        in->table = NULL;
    }

    p = ngx_snprintf(text, sizeof(text), "{\"format\":\"%s\",\"rows\":%L}",
                     in->format == HR_LIST_XLSX ? "xlsx" : "csv", in->rows);
    ngx_http_hr_audit_later_with(w, "profile.list_export", "profiles", result,
                                 hr_str((char *) text, (size_t) (p - text)));
}


static ngx_int_t
ngx_http_hr_table_counted(ngx_http_hr_work_t *w)
{
    char                  day[HR_TIME_MAX];
    hr_str_t              name;
    ngx_http_hr_table_t  *in = w->in;

    (void) hr_time_format(w->now, HR_TIME_T1, day);
    name = hr_arena_printf(w->arena, "profiles_%.10s.%s", day,
                           in->format == HR_LIST_XLSX ? "xlsx" : "csv");

    return ngx_http_hr_pump_start(w, in->format == HR_LIST_XLSX
                                     ? NGX_HTTP_HR_TYPE_XLSX : NGX_HTTP_HR_TYPE_CSV,
                                  hr_filename_disposition_name(w->arena, name));
}


static ngx_int_t
ngx_http_hr_table_query(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_list_query_t *query, hr_list_format_t *format, ngx_int_t *rc)
{
    static const ngx_http_hr_in_row_t  rows[] = {
        { "format", NGX_HTTP_HR_IN_STR, 0, 0, 0,
          offsetof(ngx_http_hr_list_query_t, format) },
        NGX_HTTP_HR_LIST_ROWS,
        NGX_HTTP_HR_IN_END
    };

    ngx_http_hr_problems_t  p;

    ngx_http_hr_problems_init(&p, ctx);

    if (ngx_http_hr_read_query(r, ctx, rows, query, &p) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    *format = HR_LIST_CSV;

    if (hr_str_eq(query->format.v, HR_STR("xlsx"))) {
        *format = HR_LIST_XLSX;

    } else if (query->format.set && !hr_str_eq(query->format.v, HR_STR("csv"))) {
        ngx_http_hr_problem_text(&p, "query.format",
                                 "Value error, format must be one of: csv, xlsx",
                                 "value_error", query->format.v);
    }

    return ngx_http_hr_problems_end(r, ctx, &p, rc);
}


static ngx_int_t
ngx_http_hr_table(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    ngx_int_t                  rc, result;
    hr_list_format_t           format;
    ngx_http_hr_work_t        *w;
    ngx_http_hr_table_t       *in;
    ngx_http_hr_list_query_t   query;

    ngx_memzero(&query, sizeof(query));

    if (ngx_http_hr_table_query(r, ctx, &query, &format, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_table_t), 1024 * 1024);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    in->format = format;
    in->list.filter.page = 1;
    ngx_http_hr_pump_init(&in->pump, ngx_http_hr_table_fill, ngx_http_hr_table_end);

    result = ngx_http_hr_list_filter(r, ctx, w, &query, &in->list, &rc);

    if (result != NGX_OK) {
        ngx_http_hr_work_free(w);
        return result == NGX_DECLINED ? rc : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_table_count,
                                  ngx_http_hr_table_counted);
}


const ngx_http_hr_route_t  ngx_http_hr_list_export_routes[] = {

    { "/api/profiles/export", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE, 0, ngx_http_hr_table, "export_profiles" },

    NGX_HTTP_HR_ROUTES_END
};
