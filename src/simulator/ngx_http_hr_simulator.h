/*
 * A language model for tests and demonstrations: answers OpenAI
 * chat-completions requests with a profile that fits the request, and fails in
 * every way that a real gateway was seen to fail (generation.md 6.3, 15).
 *
 *   location = /simulator {
 *       hr_llm_simulator on;
 *       hr_llm_simulator_delay 1.5s;
 *   }
 *
 *   location = /simulator/stats { hr_llm_simulator_stats; }
 *
 * A request's way: read the body (request), take the facts out of the prompt
 * (facts), choose what goes wrong (behaviour), write the document (profile,
 * fault), put it into an envelope or into events (answer), and send it step by
 * step (send).  Everything is decided before the first byte is sent: a plan is
 * one text, the times at which its parts go out, and how it ends.
 *
 * The answer to a request depends on the request alone.  Only `fail-rate`,
 * `chaos` and `first` count requests, in the shared zone, because they have to.
 *
 * For a ledger of one line for each request there are the variables
 * $hr_llm_simulator_input, _output (tokens) and _cost (US dollars) of an answer
 * that was sent whole, 0 otherwise, and _words: what went wrong.
 */

#ifndef NGX_HTTP_HR_SIMULATOR_H
#define NGX_HTTP_HR_SIMULATOR_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <cjson/cJSON.h>


#define NGX_HTTP_HR_SIM_BODY_MAX     (8u * 1024 * 1024)     /* of a request */
#define NGX_HTTP_HR_SIM_ANSWER_MAX   (64u * 1024 * 1024)    /* of a planned answer */
#define NGX_HTTP_HR_SIM_STEPS_MAX    200
#define NGX_HTTP_HR_SIM_DELAY_MAX    (600 * 1000)           /* ms */


/* --- behaviour: what a request asked to go wrong --------------------------- */

typedef enum {
    NGX_HTTP_HR_SIM_SLOW = 0,
    NGX_HTTP_HR_SIM_STATUS,
    NGX_HTTP_HR_SIM_RETRY_AFTER,
    NGX_HTTP_HR_SIM_TRUNCATE,
    NGX_HTTP_HR_SIM_RESET,
    NGX_HTTP_HR_SIM_HANG,
    NGX_HTTP_HR_SIM_MALFORMED,
    NGX_HTTP_HR_SIM_EMPTY,
    NGX_HTTP_HR_SIM_PADDING,
    NGX_HTTP_HR_SIM_PADDED,
    NGX_HTTP_HR_SIM_ERROR_OBJECT,
    NGX_HTTP_HR_SIM_NO_CHOICES,
    NGX_HTTP_HR_SIM_NO_CONTENT,
    NGX_HTTP_HR_SIM_NO_USAGE,
    NGX_HTTP_HR_SIM_FINISH,
    NGX_HTTP_HR_SIM_REFUSAL,
    NGX_HTTP_HR_SIM_INVALID_JSON,
    NGX_HTTP_HR_SIM_FENCED,
    NGX_HTTP_HR_SIM_PROSE,
    NGX_HTTP_HR_SIM_AREA_ARRAY,
    NGX_HTTP_HR_SIM_WRONG_LEVELS,
    NGX_HTTP_HR_SIM_WRONG_TYPES,
    NGX_HTTP_HR_SIM_SHORT_CAREER,
    NGX_HTTP_HR_SIM_MISSING,
    NGX_HTTP_HR_SIM_DUPLICATE_KEYS,
    NGX_HTTP_HR_SIM_SURROGATE,
    NGX_HTTP_HR_SIM_ERROR_CONTENT,
    NGX_HTTP_HR_SIM_DEEP,
    NGX_HTTP_HR_SIM_HUGE,
    NGX_HTTP_HR_SIM_PLAIN,
    NGX_HTTP_HR_SIM_UNKNOWN_FORMAT,
    NGX_HTTP_HR_SIM_UNKNOWN_TEMPERATURE,
    NGX_HTTP_HR_SIM_FAIL_RATE,
    NGX_HTTP_HR_SIM_CHAOS,
    NGX_HTTP_HR_SIM_FIRST,
    NGX_HTTP_HR_SIM_WORDS
} ngx_http_hr_sim_word_t;

#define NGX_HTTP_HR_SIM_FINISH_LENGTH  1
#define NGX_HTTP_HR_SIM_FINISH_FILTER  2

typedef struct {
    uint64_t   set;                             /* bit per word */
    ngx_int_t  arg[NGX_HTTP_HR_SIM_WORDS];
} ngx_http_hr_sim_behaviour_t;

static ngx_inline ngx_uint_t
ngx_http_hr_sim_has(const ngx_http_hr_sim_behaviour_t *b,
    ngx_http_hr_sim_word_t word)
{
    return (b->set >> word) & 1;
}

extern const char *const  ngx_http_hr_sim_word_names[NGX_HTTP_HR_SIM_WORDS];

/*
 * Reads "word[:argument]" parts joined with '+', ',' or blanks into *b, which
 * is kept when already filled.  NGX_DECLINED: *bad is the first part that is
 * unknown or has an argument out of its range.
 */
ngx_int_t ngx_http_hr_sim_behaviour_parse(ngx_str_t *text,
    ngx_http_hr_sim_behaviour_t *b, ngx_str_t *bad);

/* Replaces `first`, `fail-rate` and `chaos` by what they stand for in this turn. */
void ngx_http_hr_sim_behaviour_draw(ngx_http_hr_sim_behaviour_t *b);

/* "1.5s", "250ms", "2" (seconds) in ms; NGX_ERROR: no time or too long. */
ngx_int_t ngx_http_hr_sim_parse_time(ngx_str_t *text);


/* --- the request ------------------------------------------------------------ */

typedef struct {
    cJSON       *root;
    ngx_str_t    model;                 /* without the /sim/ suffix */
    ngx_str_t    words;                 /* the suffix */
    ngx_str_t    prompt;                /* texts of all messages, joined */
    uint32_t     hash;                  /* of model and prompt */
    ngx_int_t    max_tokens;            /* 0: not given */
    unsigned     stream:1;
    unsigned     include_usage:1;
    unsigned     include_cost:1;
    unsigned     temperature:1;         /* the member is there */
    unsigned     response_format:1;
} ngx_http_hr_sim_request_t;

/*
 * Reads a chat-completions body; texts are in the pool or in the tree, which
 * the caller deletes.  NGX_DECLINED: *message says what is wrong with it.
 */
ngx_int_t ngx_http_hr_sim_request_parse(ngx_pool_t *pool, ngx_str_t *body,
    ngx_http_hr_sim_request_t *out, const char **message);
/* The whole body of the HTTP request as one text; NGX_DECLINED: too large. */
ngx_int_t ngx_http_hr_sim_request_body(ngx_http_request_t *r, ngx_str_t *body);


/* --- facts: what the prompt says about the position -------------------------- */

#define NGX_HTTP_HR_SIM_LIST_MAX  12

typedef struct {
    ngx_uint_t  count;
    ngx_str_t   items[NGX_HTTP_HR_SIM_LIST_MAX];
} ngx_http_hr_sim_list_t;

/* Empty strings and lists: the prompt does not say. */
typedef struct {
    ngx_str_t               position;
    ngx_str_t               unit;
    ngx_str_t               path;
    ngx_str_t               block;
    ngx_str_t               manager;
    ngx_str_t               category;
    ngx_int_t               departments;        /* -1: unknown */
    ngx_int_t               reports;
    ngx_http_hr_sim_list_t  kpis;
    ngx_http_hr_sim_list_t  systems;
    ngx_http_hr_sim_list_t  above;              /* "title<TAB>path" */
    ngx_http_hr_sim_list_t  aside;
    ngx_http_hr_sim_list_t  below;
} ngx_http_hr_sim_facts_t;

/* Texts point into the prompt or are copied into the pool. */
ngx_int_t ngx_http_hr_sim_facts_read(ngx_pool_t *pool, ngx_str_t *prompt,
    ngx_http_hr_sim_facts_t *facts);


/* --- the document ------------------------------------------------------------ */

/* A tree of all 24 members that satisfies generation.md 9; NULL: no memory. */
cJSON *ngx_http_hr_sim_profile(ngx_http_hr_sim_request_t *request,
    ngx_http_hr_sim_facts_t *facts);

/*
 * The text of the message: the document, spoilt as asked.  malloc'ed (cJSON);
 * NULL: no memory.
 */
char *ngx_http_hr_sim_content(cJSON *document,
    const ngx_http_hr_sim_behaviour_t *b);


/* --- the plan ---------------------------------------------------------------- */

/* Growable text; the first failure is remembered in err. */
typedef struct {
    u_char      *data;
    size_t       len;
    size_t       capacity;
    ngx_log_t   *log;
    unsigned     err:1;
} ngx_http_hr_sim_text_t;

void ngx_http_hr_sim_put(ngx_http_hr_sim_text_t *t, const void *data, size_t len);
void ngx_http_hr_sim_put_c(ngx_http_hr_sim_text_t *t, const char *text);
void ngx_http_hr_sim_put_int(ngx_http_hr_sim_text_t *t, uint64_t n);
/* The inside of a JSON string. */
void ngx_http_hr_sim_put_json(ngx_http_hr_sim_text_t *t, const u_char *data,
    size_t len);

typedef struct {
    size_t      upto;           /* bytes of the text sent after this step */
    ngx_msec_t  wait;           /* before it */
} ngx_http_hr_sim_step_t;

typedef enum {
    NGX_HTTP_HR_SIM_END = 0,    /* as it should */
    NGX_HTTP_HR_SIM_CUT,        /* the connection is closed in the middle */
    NGX_HTTP_HR_SIM_RST,        /* ... with a reset */
    NGX_HTTP_HR_SIM_STALL       /* nothing more comes */
} ngx_http_hr_sim_end_t;

typedef struct {
    ngx_uint_t               status;
    ngx_int_t                retry_after;       /* s; -1: no header */
    ngx_http_hr_sim_text_t   text;
    ngx_uint_t               count;
    ngx_http_hr_sim_step_t   steps[NGX_HTTP_HR_SIM_STEPS_MAX];
    ngx_http_hr_sim_end_t    end;
    unsigned                 events:1;          /* server-sent events */
    unsigned                 chunked:1;         /* without Content-Length */
    unsigned                 answered:1;        /* a model's answer: it is billed */
    uint64_t                 input;             /* tokens */
    uint64_t                 output;
} ngx_http_hr_sim_plan_t;

/* Prices of a token in 10^-9 dollars (generation.md 12). */
#define NGX_HTTP_HR_SIM_INPUT_PRICE   75
#define NGX_HTTP_HR_SIM_OUTPUT_PRICE  300

/*
 * Builds the whole answer; delay (ms) is spread over a stream.  NGX_ERROR: no
 * memory.  plan->text is freed by the caller.
 */
ngx_int_t ngx_http_hr_sim_plan(ngx_http_hr_sim_request_t *request,
    ngx_http_hr_sim_facts_t *facts, const ngx_http_hr_sim_behaviour_t *b,
    ngx_msec_t delay, ngx_http_hr_sim_plan_t *plan);
/* {"error": {"message", "code"}} with a status. */
void ngx_http_hr_sim_plan_error(ngx_http_hr_sim_plan_t *plan, ngx_uint_t status,
    const char *message, ngx_str_t *detail);


/* --- sending ------------------------------------------------------------------ */

typedef struct {
    ngx_http_request_t      *request;
    ngx_http_hr_sim_plan_t   plan;
    uint64_t                 words;             /* of the behaviour */
    ngx_event_t              timer;
    ngx_uint_t               step;              /* the next one */
    size_t                   sent;
    ngx_msec_t               stalled;           /* since */
    unsigned                 header:1;          /* was sent */
    unsigned                 waiting:1;         /* the step waits for the client */
    unsigned                 finished:1;        /* ended as planned */
    unsigned                 closed:1;          /* was counted */
} ngx_http_hr_sim_ctx_t;

/* Begins to carry out ctx->plan; owns the request from here on. */
void ngx_http_hr_sim_send(ngx_http_hr_sim_ctx_t *ctx);


/* --- counters ------------------------------------------------------------------ */

typedef struct {
    ngx_shm_zone_t  *zone;              /* NULL: no directive wants it */
} ngx_http_hr_sim_main_conf_t;

/* Adds the shared zone; called by the directives, once is enough. */
ngx_int_t ngx_http_hr_sim_zone(ngx_conf_t *cf);
ngx_int_t ngx_http_hr_sim_stats_process(ngx_cycle_t *cycle);
void ngx_http_hr_sim_stats_exit(ngx_cycle_t *cycle);

void ngx_http_hr_sim_stats_open(void);
/* Only the first call for a request counts. */
void ngx_http_hr_sim_stats_close(ngx_http_hr_sim_ctx_t *ctx);
void ngx_http_hr_sim_stats_behaviour(const ngx_http_hr_sim_behaviour_t *b);
/* Turns counted from the last reset, from 1. */
uint64_t ngx_http_hr_sim_stats_turn(ngx_http_hr_sim_word_t word);
ngx_int_t ngx_http_hr_sim_stats_handler(ngx_http_request_t *r);
/* In preconfiguration. */
ngx_int_t ngx_http_hr_sim_variables(ngx_conf_t *cf);

extern ngx_module_t  ngx_http_hr_simulator_module;

#endif /* NGX_HTTP_HR_SIMULATOR_H */
