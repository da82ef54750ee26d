/*
 * What the parts of the JSON reader share: its state, and how it refuses.
 */

#ifndef HR_JSON_READER_H
#define HR_JSON_READER_H

#include "hr_json.h"


typedef enum {
    HR_JSON_AT_VALUE,
    HR_JSON_AT_FIRST_VALUE,         /* or ']' */
    HR_JSON_AT_KEY,
    HR_JSON_AT_FIRST_KEY,           /* or '}' */
    HR_JSON_AFTER_VALUE
} hr_json_state_t;

typedef struct {
    hr_json_t  *node;
    uint32_t    index;
} hr_json_member_t;

typedef struct {
    hr_arena_t            *arena;
    const unsigned char   *text;        /* the original, without its BOM */
    const unsigned char   *end;
    const unsigned char   *pos;
    char                  *copy;        /* same offsets as text */
    hr_json_t             *root;
    hr_json_t             *open;        /* innermost container, NULL at the top */
    hr_str_t               key;         /* of the member being read */
    hr_json_state_t        state;
    size_t                 depth;
    size_t                 max_depth;
    size_t                 nodes;       /* how many may still be made */
    bool                   replace;
    hr_json_member_t      *members;     /* scratch of the duplicate check */
    size_t                 members_size;
    const char            *error;
    const unsigned char   *error_at;
    hr_json_info_t        *info;
} hr_json_reader_t;


/* Refuse the text: something is wrong at that place. */
hr_rc_t hr_json_fail(hr_json_reader_t *r, const char *error,
    const unsigned char *at);
/* The same, and the text ended too early. */
hr_rc_t hr_json_fail_cut(hr_json_reader_t *r, const char *error,
    const unsigned char *at);
/* A limit, at the present place; returns rc. */
hr_rc_t hr_json_fail_limit(hr_json_reader_t *r, hr_rc_t rc, const char *error);

/* Makes a node and hangs it into the open container. */
hr_rc_t hr_json_add(hr_json_reader_t *r, hr_json_type_t type, hr_json_t **out);

/* Tokens: r->pos is at their first character and moves behind them. */
hr_rc_t hr_json_string(hr_json_reader_t *r, hr_str_t *text);
hr_rc_t hr_json_number(hr_json_reader_t *r);
hr_rc_t hr_json_literal(hr_json_reader_t *r, const char *word, size_t len,
    hr_json_type_t type);

/* Lets the last of repeated members win; adds their number to r->info. */
hr_rc_t hr_json_dedup(hr_json_reader_t *r, hr_json_t *object);

#endif /* HR_JSON_READER_H */
