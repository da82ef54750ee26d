/*
 * Answer of a chat-completions service (generation.md 6.2, 6.3): one reader for
 * both forms, the whole JSON envelope and server-sent events.  The form is
 * recognised from the bytes, not from what was asked for, because gateways
 * answer a streamed request with plain JSON when they fail.
 *
 * Leading white space (keep-alive padding) is skipped without being stored.
 * Memory is bounded by the limits below whatever the upstream sends.
 */

#ifndef HR_ANSWER_H
#define HR_ANSWER_H

#include "hr_base.h"
#include "hr_generr.h"


#define HR_ANSWER_BODY_MAX     (16u * 1024 * 1024)  /* envelope, padding apart */
#define HR_ANSWER_EVENT_MAX    (1024u * 1024)       /* one SSE line or event */
#define HR_ANSWER_CONTENT_MAX  (4u * 1024 * 1024)   /* text of the message */
#define HR_ANSWER_MESSAGE_MAX  500                  /* code points of an error message */

typedef struct {
    bool      known;            /* the answer had a usage object */
    int64_t   input;            /* prompt_tokens */
    int64_t   output;           /* completion_tokens */
    int64_t   total;
    int64_t   cached;           /* of the input */
    int64_t   reasoning;        /* of the output */
    int64_t   image;
    bool      has_cost;
    double    cost;             /* US dollars */
} hr_usage_t;

typedef struct {
    hr_generr_t  error;         /* HR_GENERR_NONE: content holds a text */
    int          upstream_code; /* status or error.code that decided; 0: none */
    hr_str_t     message;       /* of the error, for the log only, never for a client */
    bool         no_response_format;    /* 400: repeat without that member */
    bool         no_temperature;        /* 400: repeat without that member */
    hr_str_t     content;
    hr_str_t     finish_reason; /* data == NULL: the upstream sent none */
    hr_str_t     id;
    hr_str_t     model;         /* the model that answered */
    hr_str_t     provider;
    hr_str_t     fingerprint;   /* system_fingerprint */
    int64_t      created;
    int64_t      index;         /* of the choice used */
    hr_usage_t   usage;
    bool         streamed;      /* the upstream sent events */
    size_t       bytes;         /* received, padding included */
    size_t       padding;       /* white space in front */
} hr_answer_t;

typedef struct hr_answer_reader_s  hr_answer_reader_t;

hr_answer_reader_t *hr_answer_reader_create(void);      /* NULL: no memory */
void hr_answer_reader_destroy(hr_answer_reader_t *reader);  /* NULL is allowed */

/*
 * Takes the next bytes of the body as they arrive, split anywhere.  HR_LIMIT
 * or HR_NOMEM: stop reading and call finish, which reports it as
 * upstream_malformed.
 */
hr_rc_t hr_answer_reader_feed(hr_answer_reader_t *reader, const char *data,
    size_t len);

/* Bytes of message text so far, for progress; 0 while in the plain form. */
size_t hr_answer_reader_content(const hr_answer_reader_t *reader);
/* That text; valid until the next feed. */
hr_str_t hr_answer_reader_text(const hr_answer_reader_t *reader);
/*
 * What the upstream has said of tokens and money so far, and by which model;
 * false: nothing yet.  In the plain form only after finish.  model is valid until
 * the next feed, len 0: not said.
 */
bool hr_answer_reader_usage(const hr_answer_reader_t *reader, hr_usage_t *usage,
    hr_str_t *model);
/* The stream said [DONE] or sent an error: nothing more is worth waiting for. */
bool hr_answer_reader_done(const hr_answer_reader_t *reader);

/*
 * Judges everything received; status is the HTTP status of the upstream.  A
 * body that was cut shows by itself: half an envelope, or a stream without an
 * end, is upstream_malformed.  All texts of *out are in the arena.  HR_NOMEM is
 * the only failure; bad bodies are out->error.
 */
hr_rc_t hr_answer_reader_finish(hr_answer_reader_t *reader, hr_arena_t *arena,
    int status, hr_answer_t *out);

/* The same for a body that is already whole. */
hr_rc_t hr_answer_parse(hr_arena_t *arena, int status, hr_str_t body,
    hr_answer_t *out);

#endif /* HR_ANSWER_H */
