/*
 * The list's conditions, shared by GET /api/profiles/ and the export of the list.
 */

#ifndef NGX_HTTP_HR_PROFILE_LIST_H
#define NGX_HTTP_HR_PROFILE_LIST_H

#include "ngx_http_hr_profile.h"


#define NGX_HTTP_HR_FILTER_TEXT_MAX  200    /* characters (api-profiles.md 3.2) */

typedef struct {
    ngx_http_hr_in_int_t      page;
    ngx_http_hr_in_int_t      limit;
    ngx_http_hr_in_str_t      department;
    ngx_http_hr_in_str_t      position;
    ngx_http_hr_in_str_t      search;
    ngx_http_hr_in_str_t      status;
    ngx_http_hr_in_str_t      created_by;
    ngx_http_hr_in_str_t      date_from;
    ngx_http_hr_in_str_t      date_to;
    ngx_http_hr_in_double_t   min_validation;
    ngx_http_hr_in_double_t   min_completeness;
    ngx_http_hr_in_str_t      sort_by;
    ngx_http_hr_in_str_t      sort_order;
    ngx_http_hr_in_str_t      cursor;
    ngx_http_hr_in_str_t      format;           /* of the export */
    ngx_http_hr_in_str_t      approval;
    ngx_http_hr_in_bool_t     needs_kpi_review;
} ngx_http_hr_list_query_t;

/* What run() needs; texts are in the work's arena. */
typedef struct {
    hr_store_filter_t         filter;
    hr_str_t                  creator;          /* login name still to be looked up */
    bool                      nothing;          /* a status that no profile has */
    hr_str_t                  department;       /* as echoed: trimmed, blank = absent */
    hr_str_t                  position;
    hr_str_t                  search;
    hr_str_t                  status;
} ngx_http_hr_list_in_t;

/* Rows of the query table that both endpoints have; page and limit stand apart. */
#define NGX_HTTP_HR_LIST_ROWS                                                 \
    { "department", NGX_HTTP_HR_IN_STR, 0, 0, 0,                              \
      offsetof(ngx_http_hr_list_query_t, department) },                       \
    { "position", NGX_HTTP_HR_IN_STR, 0, 0, 0,                                \
      offsetof(ngx_http_hr_list_query_t, position) },                         \
    { "search", NGX_HTTP_HR_IN_STR, 0, 0, 0,                                  \
      offsetof(ngx_http_hr_list_query_t, search) },                           \
    { "status", NGX_HTTP_HR_IN_STR, 0, 0, 0,                                  \
      offsetof(ngx_http_hr_list_query_t, status) },                           \
    { "created_by", NGX_HTTP_HR_IN_STR, 0, 0, 0,                              \
      offsetof(ngx_http_hr_list_query_t, created_by) },                       \
    { "date_from", NGX_HTTP_HR_IN_STR, 0, 0, 0,                               \
      offsetof(ngx_http_hr_list_query_t, date_from) },                        \
    { "date_to", NGX_HTTP_HR_IN_STR, 0, 0, 0,                                 \
      offsetof(ngx_http_hr_list_query_t, date_to) },                          \
    { "min_validation_score", NGX_HTTP_HR_IN_DOUBLE, 0, 0, 1,                 \
      offsetof(ngx_http_hr_list_query_t, min_validation) },                   \
    { "min_completeness_score", NGX_HTTP_HR_IN_DOUBLE, 0, 0, 1,               \
      offsetof(ngx_http_hr_list_query_t, min_completeness) },                 \
    { "approval", NGX_HTTP_HR_IN_STR, 0, 0, 0,                                \
      offsetof(ngx_http_hr_list_query_t, approval) },                         \
    { "needs_kpi_review", NGX_HTTP_HR_IN_BOOL, 0, 0, 0,                       \
      offsetof(ngx_http_hr_list_query_t, needs_kpi_review) },                 \
    { "sort_by", NGX_HTTP_HR_IN_STR, 0, 0, 0,                                 \
      offsetof(ngx_http_hr_list_query_t, sort_by) },                          \
    { "sort_order", NGX_HTTP_HR_IN_STR, 0, 0, 0,                              \
      offsetof(ngx_http_hr_list_query_t, sort_order) }

/*
 * Copies the query into the work's filter.  NGX_DECLINED: a value breaks a
 * rule, the 400 was sent and its code is in *rc.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_hr_list_filter(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_work_t *w, const ngx_http_hr_list_query_t *query,
    ngx_http_hr_list_in_t *in, ngx_int_t *rc);

/*
 * In run(): one page into the arena, with a creator's name looked up; empty
 * for "nothing".
 */
hr_rc_t ngx_http_hr_list_page(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_arena_t *arena, ngx_http_hr_list_in_t *in, hr_store_list_t *list);

#endif /* NGX_HTTP_HR_PROFILE_LIST_H */
