/*
 * JSON (RFC 8259) without loss: members keep their order, numbers keep their
 * text, strings may hold U+0000, positions of errors are exact.
 *
 * cJSON cannot hold what the contract asks for here (a number that was "1.0"
 * or has 20 digits, a string with \u0000, the character offset of an error),
 * so the documents that users own go through this reader and writer.
 */

#ifndef HR_JSON_H
#define HR_JSON_H

#include "hr_base.h"


typedef enum {
    HR_JSON_NULL = 0,
    HR_JSON_BOOL,
    HR_JSON_NUMBER,
    HR_JSON_STRING,
    HR_JSON_ARRAY,
    HR_JSON_OBJECT
} hr_json_type_t;

typedef struct hr_json_s  hr_json_t;

struct hr_json_s {
    hr_json_type_t  type;
    bool            boolean;
    uint32_t        count;      /* children of an array or object */
    hr_str_t        key;        /* member name, when the parent is an object */
    hr_str_t        text;       /* STRING: decoded UTF-8; NUMBER: as written */
    hr_json_t      *first;      /* children in document order */
    hr_json_t      *last;
    hr_json_t      *next;
    hr_json_t      *parent;
};

typedef struct {
    size_t   max_depth;         /* 0: 64 */
    size_t   max_nodes;         /* 0: 1,000,000 */
    bool     replace_surrogates; /* lone \uD800..: U+FFFD instead of an error */
} hr_json_opts_t;

typedef struct {
    size_t   offset;            /* bytes from 0 where the reader stopped */
    /* of an error; 0 when there was none */
    size_t   char_offset;       /* the same in code points, a BOM not counted */
    size_t   line, column;      /* from 1; column in code points */
    size_t   duplicates;        /* repeated member names seen (the last one won) */
    size_t   replaced;          /* lone surrogates that became U+FFFD */
    bool     too_deep;
    bool     truncated;         /* the text ended inside a value that had begun */
    bool     bad_utf8;          /* refused, and the text is not UTF-8 throughout */
    char     text[128];         /* what was expected, in Python's words */
} hr_json_info_t;

/*
 * Parses one value; a leading BOM and surrounding white space are accepted.
 * The tree and all its texts are copied into the arena.  Duplicate member: the
 * last value wins at the place of the first.  NaN, Infinity, lone surrogates
 * (unless replaced) and broken UTF-8 are HR_INVALID; depth and nodes: HR_LIMIT;
 * arena: HR_NOMEM.  opts and info may be NULL.  The position of an error is the
 * one that Python's json module reports (the clients of api-core.md 1.6 see it):
 * of an unterminated string its opening quote, of a wrong token its first
 * character.  Time is O(n log n) in the members of one object.
 */
hr_rc_t hr_json_parse(hr_arena_t *arena, hr_str_t text,
    const hr_json_opts_t *opts, hr_json_t **out, hr_json_info_t *info);

/* Sets offset (at most the length of the text), char_offset, line and column. */
void hr_json_place(hr_str_t text, size_t offset, hr_json_info_t *info);

/* Lookups return NULL when absent or when node is NULL or no object/array. */
hr_json_t *hr_json_get(const hr_json_t *object, const char *key);
hr_json_t *hr_json_get_str(const hr_json_t *object, hr_str_t key);
hr_json_t *hr_json_at(const hr_json_t *array, size_t index);
/* Dotted path of object members: "llm.tokens.total" */
hr_json_t *hr_json_path(const hr_json_t *object, const char *path);

static inline bool
hr_json_is(const hr_json_t *node, hr_json_type_t type)
{
    return node != NULL && node->type == type;
}

/* Text of a STRING; {0, NULL} for everything else. */
hr_str_t hr_json_text(const hr_json_t *node);
/* True when NUMBER is an integer that fits ("1", "1.0", "1e2"; not "1.5"). */
bool hr_json_int(const hr_json_t *node, int64_t *value);
bool hr_json_is_integer_literal(const hr_json_t *node);     /* no '.', no exponent */
/* False for everything but a NUMBER and for one too big for a double. */
bool hr_json_double(const hr_json_t *node, double *value);
/* Absent, null, "", [], {} (exports.md 1); numbers and booleans never are. */
bool hr_json_missing(const hr_json_t *node);
/*
 * Deep equality: members in any order, numbers by decimal value (1 = 1.0 =
 * 10e-1, exact at any length).  Trees deeper than 1,000 levels are unequal.
 */
bool hr_json_equal(const hr_json_t *a, const hr_json_t *b);

/* Builders; all copy their texts into the arena; NULL on a full arena. */
hr_json_t *hr_json_new(hr_arena_t *arena, hr_json_type_t type);
hr_json_t *hr_json_new_str(hr_arena_t *arena, hr_str_t text);
hr_json_t *hr_json_new_int(hr_arena_t *arena, int64_t value);
hr_json_t *hr_json_new_double(hr_arena_t *arena, double value);
hr_json_t *hr_json_new_bool(hr_arena_t *arena, bool value);
hr_json_t *hr_json_clone(hr_arena_t *arena, const hr_json_t *node);
/* Sets or replaces a member (keeping its place); value must have no parent. */
hr_rc_t hr_json_set(hr_arena_t *arena, hr_json_t *object, const char *key,
    hr_json_t *value);
hr_rc_t hr_json_set_str(hr_arena_t *arena, hr_json_t *object, hr_str_t key,
    hr_json_t *value);
hr_rc_t hr_json_push(hr_json_t *array, hr_json_t *value);
void hr_json_remove(hr_json_t *object, const char *key);    /* absent: nothing */
void hr_json_unlink(hr_json_t *node);                       /* from its parent */

#define HR_JSON_COMPACT  0u
#define HR_JSON_INDENT   1u     /* two blanks, as Python's indent=2 */
#define HR_JSON_ASCII    2u     /* \uXXXX for non-ASCII */

hr_rc_t hr_json_write(const hr_json_t *node, unsigned flags, hr_buf_t *out);


/*
 * Streaming writer for answers: compact, UTF-8 raw, '/' not escaped, commas by
 * itself.  Errors are sticky in the buffer.
 */
typedef struct {
    hr_buf_t  *out;
    uint64_t   more;            /* bit per depth: a value was written already */
    unsigned   depth;
    bool       after_key;
} hr_jw_t;

void hr_jw_init(hr_jw_t *w, hr_buf_t *out);
void hr_jw_object(hr_jw_t *w);              /* { */
void hr_jw_end_object(hr_jw_t *w);
void hr_jw_array(hr_jw_t *w);
void hr_jw_end_array(hr_jw_t *w);
void hr_jw_key(hr_jw_t *w, const char *key);        /* key is escaped */
void hr_jw_key_str(hr_jw_t *w, hr_str_t key);
void hr_jw_str(hr_jw_t *w, hr_str_t text);          /* broken UTF-8 becomes U+FFFD */
void hr_jw_str_or_null(hr_jw_t *w, hr_str_t text);  /* data == NULL: null */
void hr_jw_c(hr_jw_t *w, const char *text);         /* NULL: null */
void hr_jw_int(hr_jw_t *w, int64_t value);
void hr_jw_double(hr_jw_t *w, double value);        /* shortest that round-trips, "0.0" */
void hr_jw_bool(hr_jw_t *w, bool value);
void hr_jw_null(hr_jw_t *w);
void hr_jw_node(hr_jw_t *w, const hr_json_t *node); /* NULL: null */
void hr_jw_raw(hr_jw_t *w, hr_str_t json);          /* a ready JSON value */

/* "key": value in one call */
void hr_jw_kstr(hr_jw_t *w, const char *key, hr_str_t text);   /* data NULL: null */
void hr_jw_kc(hr_jw_t *w, const char *key, const char *text);
void hr_jw_kint(hr_jw_t *w, const char *key, int64_t value);
void hr_jw_kdouble(hr_jw_t *w, const char *key, double value);
void hr_jw_kbool(hr_jw_t *w, const char *key, bool value);
void hr_jw_knull(hr_jw_t *w, const char *key);

/* Appends the escaped inside of a JSON string, without quotes; or with them. */
hr_rc_t hr_json_escape(hr_buf_t *out, hr_str_t text, unsigned flags);
hr_rc_t hr_json_quote(hr_buf_t *out, hr_str_t text, unsigned flags);

/* A text that is written often, with what it is inside of a JSON string. */
typedef struct {
    hr_str_t  text;
    hr_str_t  escaped;
} hr_json_text_t;

/* That form, in the arena. */
hr_rc_t hr_json_escaped(hr_arena_t *arena, hr_str_t text, hr_str_t *out);

/*
 * Shortest round-trip form, as Python prints floats ("0.0", "9.5e-05",
 * "1e+16"), NUL-terminated; returns the length.  NaN and infinities, which
 * JSON does not have, give "null".
 */
size_t hr_double_format(double value, char out[32]);
/*
 * Rounds the binary double half to even at n decimals (api-core.md 1.1), as
 * Python's round() does; n is clamped to 0..22.
 */
double hr_round(double value, int decimals);

#endif /* HR_JSON_H */
