/* Parts of the list of profiles; included by src/db/hr_store_list*.c only. */

#ifndef HR_STORE_LIST_H
#define HR_STORE_LIST_H

#include "hr_store_sqlite.h"


/* Parameters have fixed numbers in all texts; values never enter a text. */
enum {
    HR_STORE_P_LIMIT = 1,
    HR_STORE_P_OFFSET,
    HR_STORE_P_SEARCH,
    HR_STORE_P_FOLD,                    /* the search as a plain text */
    HR_STORE_P_DEPARTMENT,
    HR_STORE_P_POSITION,
    HR_STORE_P_UNIT,
    HR_STORE_P_FROM,
    HR_STORE_P_TO,
    HR_STORE_P_VALIDATION,
    HR_STORE_P_COMPLETENESS,
    HR_STORE_P_CREATOR,
    HR_STORE_P_KEY,
    HR_STORE_P_KEY_CREATED,
    HR_STORE_P_KEY_SEQ,
    HR_STORE_P_DEPARTMENTS              /* and those after it */
};

typedef enum {
    HR_STORE_KEY_INT,
    HR_STORE_KEY_REAL,
    HR_STORE_KEY_TEXT
} hr_store_key_type_t;

typedef struct {
    hr_store_key_type_t   type;
    const char           *key;          /* expression of the first sort key */
    const char           *index;        /* of search_profiles */
    const char           *term;         /* text sorts: column of search_slots */
} hr_store_order_t;

typedef struct {
    int64_t    number;
    double     real;
    hr_str_t   text;
    int64_t    created;
    int64_t    seq;
} hr_store_key_t;

typedef struct {
    hr_store_conn_t          *conn;
    hr_arena_t               *arena;
    const hr_store_filter_t  *filter;
    const hr_store_order_t   *order;
    hr_buf_t                  sql;

    hr_str_t                  search;       /* what is bound; absent: no filter */
    hr_str_t                  fold;         /* the search, never a phrase */
    hr_str_t                  department;
    hr_str_t                  position;
    hr_str_t                  departments[HR_STORE_MAX_DEPARTMENTS];
    size_t                    ndepartments;
    bool                      search_fts, department_fts, position_fts;
    bool                      departments_fts[HR_STORE_MAX_DEPARTMENTS];

    bool                      slots;        /* a filter on department or position */
    bool                      extra;        /* a filter that no counter knows */
    unsigned                  mask;
    bool                      gather;
    bool                      has_cursor;
    hr_store_key_t            cursor;
    int64_t                   all;          /* N: rows of these statuses */
    int64_t                   matches;      /* M: of them by text */
    int64_t                   people;       /* of those by the employee alone */
} hr_store_query_t;


/* -- hr_store_list_sql.c: writes into q->sql -- */

/* N: a number of all rows of the wanted statuses. */
void hr_store_list_sql_all(hr_store_query_t *q);
/* M: of them by text, in two parts: by unit or position, by employee alone. */
void hr_store_list_sql_matches(hr_store_query_t *q);
/* The rows that fulfil everything. */
void hr_store_list_sql_total(hr_store_query_t *q);
/* Cards, then sort key, created_us and seq. */
void hr_store_list_sql_page(hr_store_query_t *q);


/* -- hr_store_list_cursor.c -- */

/* HR_INVALID / BAD_CURSOR; without a cursor HR_OK. */
hr_rc_t hr_store_cursor_read(hr_store_query_t *q);
hr_rc_t hr_store_cursor_write(hr_store_query_t *q, const hr_store_key_t *key,
    hr_str_t *out);

#endif /* HR_STORE_LIST_H */
