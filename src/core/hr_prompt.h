/*
 * The prompt bundle {text, settings, schema, version, source} and its rendering
 * (generation.md 5, 6.1; data-files.md 10).
 *
 * At load the text is cut at its placeholders and every piece between them is
 * escaped for JSON once.  A rendered prompt is a chain of those pieces and of
 * the values, each value escaped once per job: one pass, so that text inside a
 * value is never taken for a placeholder.
 *
 * The data sections of a prompt begin and end with lines that config.json names
 * (data_marks).  A line of a data value that begins with such a mark is quoted
 * with "> ", so that a text of the company cannot close its own section.
 *
 * A bundle is immutable and shared by threads.
 */

#ifndef HR_PROMPT_H
#define HR_PROMPT_H

#include "hr_hash.h"
#include "hr_json.h"
#include "hr_schema.h"


#define HR_PROMPT_TEXT_MAX          (256u * 1024)   /* bytes */
#define HR_PROMPT_INSTRUCTIONS_MAX  12000           /* code points, placeholders apart */
#define HR_PROMPT_PIECES_MAX        200
#define HR_PROMPT_MESSAGES_MAX      8
#define HR_PROMPT_MARKS_MAX         8
#define HR_PROMPT_MAX_TOKENS_MIN    8000    /* less cannot hold a profile (11) */
#define HR_PROMPT_NO_DATA           "[НЕТ ДАННЫХ]"  /* wire text (5.2) */

typedef enum {
    HR_FORMAT_SCHEMA = 0,       /* response_format json_schema */
    HR_FORMAT_OBJECT,           /* json_object */
    HR_FORMAT_NONE
} hr_prompt_format_t;

/* Names a prompt may use. */
typedef struct {
    const char  *name;
    bool         data;          /* may occur once only (5.2) */
} hr_prompt_variable_t;

typedef struct {
    const hr_prompt_variable_t  *variables;
    size_t                       variable_count;
    const hr_schema_t           *schema;
} hr_prompt_rules_t;

typedef struct {
    hr_str_t  text;             /* prompt.txt; or a JSON array of messages */
    bool      chat;             /* text is such an array (Langfuse "chat") */
    hr_str_t  config;           /* config.json: model, temperature, max_tokens,
                                   response_format, data_marks */
    hr_str_t  metadata;         /* metadata.json; data NULL: none (remote) */
    hr_str_t  name;             /* "profile_generation" or the remote name */
    hr_str_t  version;          /* of a remote prompt; len 0: from the hash */
    bool      remote;           /* fetched, not read from disk */
    bool      allow_unverified; /* a hash that does not match is a note only */
} hr_prompt_source_t;

typedef struct hr_prompt_s  hr_prompt_t;

/*
 * Identity of a bundle (I-30): text, settings and schema, so that a changed byte
 * in any of them is another bundle.  It is the SHA-256 of what "sha256sum
 * prompt.txt config.json ../schema.json" prints in the bundle's folder.
 * HR_ERROR: the crypto library failed.
 */
hr_rc_t hr_prompt_hash(const hr_prompt_source_t *source,
    const hr_schema_t *schema, char hex[HR_SHA256_HEX + 1]);

/*
 * Checks: known placeholders only, data placeholders once, fences balanced,
 * length, settings (model with vendor prefix, temperature 0..2, max_tokens),
 * hash.  HR_INVALID or HR_LIMIT with the reason in diag.
 */
hr_rc_t hr_prompt_load(const hr_prompt_source_t *source,
    const hr_prompt_rules_t *rules, hr_prompt_t **out, hr_diag_t *diag);
void hr_prompt_destroy(hr_prompt_t *prompt);            /* NULL is allowed */

typedef struct {
    hr_str_t            name;
    hr_str_t            version;        /* "local:0123456789ab", or remote "57" */
    bool                version_number; /* the remote version is an integer */
    hr_str_t            hash;           /* hr_prompt_hash() */
    bool                remote;
    bool                verified;       /* metadata.json has this hash */
    bool                mismatch;       /* ... has another one; not: has none */
    hr_str_t            model;
    double              temperature;
    int64_t             max_tokens;
    hr_prompt_format_t  format;
    size_t              instructions;   /* code points */
} hr_prompt_info_t;

void hr_prompt_info(const hr_prompt_t *prompt, hr_prompt_info_t *info);
/* True when the text uses the variable; others need not be computed. */
bool hr_prompt_uses(const hr_prompt_t *prompt, size_t variable);

/* values[i] belongs to rules->variables[i]; data NULL: "[НЕТ ДАННЫХ]". */
typedef struct {
    const hr_str_t      *values;
    size_t               value_count;
    const hr_json_text_t  *parts;           /* pieces of the value of one variable */
    size_t               part_count;        /* ... whose values[] is not NULL; or none */
    size_t               parts_of;
    hr_str_t             model;
    double               temperature;
    bool                 no_temperature;
    int64_t              max_tokens;
    hr_prompt_format_t   format;
    hr_str_t             blocks_json;       /* array for the schema's enum */
    bool                 stream;
    hr_str_t             repair_answer;     /* len 0: no repair */
    hr_str_t             repair_text;
} hr_prompt_call_t;

typedef struct {
    const hr_str_t  *segments;
    size_t           count;
    size_t           length;            /* bytes */
    size_t           unsubstituted;     /* placeholders without a value */
} hr_prompt_body_t;

/* The request body of 6.1; segments live in the bundle and in the arena. */
hr_rc_t hr_prompt_body(const hr_prompt_t *prompt, const hr_prompt_call_t *call,
    hr_arena_t *arena, hr_prompt_body_t *body);

/*
 * Code points of the rendered text (all messages), for budget and estimate; those
 * of a value in parts are the caller's to add.
 */
size_t hr_prompt_chars(const hr_prompt_t *prompt, const hr_str_t *values,
    size_t value_count);
/* chars / 3.5, as the service has always estimated. */
int64_t hr_prompt_tokens(size_t chars);

/*
 * Share of a second bundle (I-32): true for percent of all identifiers, always
 * the same answer for the same one.
 */
bool hr_prompt_share(hr_str_t task_id, unsigned percent);

#endif /* HR_PROMPT_H */
