/*
 * What every request meets: settings, routes, request context.  The parts:
 *
 *   ngx_http_hr_handler.c   the way of a request: host, CORS, route, guard, body
 *   ngx_http_hr_route.c     route table and its matching
 *   ngx_http_hr_guard.c     token -> user, roles, general rate limit
 *   ngx_http_hr_input.c     query, path and body values, typed and checked
 *   ngx_http_hr_problems.c  what is wrong with them, in one answer
 *   ngx_http_hr_answer.c    the one writer of answers
 *   ngx_http_hr_wait.c      waiting for an answer that somebody else renders
 *   ngx_http_hr_headers.c   request id, what every answer carries
 *   ngx_http_hr_origin.c    trusted hosts, CORS
 *   ngx_http_hr_negotiate.c language and content coding
 *   ngx_http_hr_turn.c      lengths of the event loop's turns, watchdog
 *   ngx_http_hr_conf.c      directives
 *   ngx_http_hr_file.c      a file of the company as a whole
 *   ngx_http_hr_traced.c    the trace that a request belongs to
 *   ngx_http_hr_sse.c       server-sent events
 */

#ifndef NGX_HTTP_HR_H
#define NGX_HTTP_HR_H

#include "ngx_http_hr_compat.h"
#include "ngx_http_hr_shm_cache.h"
#include "ngx_http_hr_shm_data.h"
#include "ngx_http_hr_shm_job.h"
#include "ngx_http_hr_shm_session.h"

#include "hr_envelope.h"
#include "hr_gzip.h"
#include "hr_jwt.h"
#include "hr_tracecontext.h"

#define NGX_HTTP_HR_VERSION  "1.0.0"


extern ngx_module_t  ngx_http_hr_module;

typedef struct ngx_http_hr_ctx_s  ngx_http_hr_ctx_t;
typedef struct ngx_http_hr_route_s  ngx_http_hr_route_t;


/* ---- settings ---- */

typedef struct {
    ngx_uint_t               login_pair;    /* failures a minute, account + address */
    ngx_uint_t               login_address; /* failures a minute, address */
    ngx_uint_t               login_account; /* failures a minute, account */
    ngx_uint_t               api;           /* requests a minute and user; 0: off */
    ngx_uint_t               starts;        /* single generations a minute and user */
} ngx_http_hr_limits_t;

/* Reviews that an approval goes through. */
#define NGX_HTTP_HR_STEP_HR      0x02
#define NGX_HTTP_HR_STEP_HEAD    0x04
#define NGX_HTTP_HR_STEP_LEGAL   0x08

typedef struct {
    ngx_flag_t               enabled;       /* some location has hr_api */

    /* files */
    ngx_str_t                data_dir;      /* structure.json, KPI/, ... */
    ngx_str_t                company_dir;   /* vocabularies and rules */
    ngx_str_t                prompts_dir;
    ngx_str_t                docs_dir;      /* API description; empty: off */
    ngx_str_t                database;
    ngx_str_t                backup_dir;
    ngx_str_t                secret_file;
    ngx_str_t                old_secret_file;
    ngx_str_t                admin_password_file;
    ngx_str_t                admin_name;
    ngx_str_t                admin_full_name;
    ngx_msec_t               busy_timeout;
    ngx_msec_t               watch_interval;
    ngx_msec_t               watchdog;      /* longest turn of the event loop; 0: off */

    /* secrets: read at configuration time, kept out of every log */
    ngx_str_t                secret;
    ngx_str_t                old_secret;    /* accepted, never signs */

    /* pools */
    ngx_str_t                pool_read;
    ngx_str_t                pool_write;
    ngx_str_t                pool_cpu;
    ngx_str_t                pool_slow;
    ngx_uint_t               write_batch;
    ngx_uint_t               write_queue;

    /* zones */
    size_t                   cache_size;
    ngx_uint_t               cache_shards;
    size_t                   session_size;
    size_t                   data_size;
    ngx_flag_t               cache_on;
    ngx_http_hr_shm_t       *state_shm;
    ngx_http_hr_shm_t       *session_shm;
    ngx_http_hr_shm_t       *data_shm;
    ngx_http_hr_shm_t       *jobs_shm;
    ngx_http_hr_cache_t     *cache;

    /* accounts and tokens */
    time_t                   token_ttl;
    ngx_uint_t               bcrypt_cost;
    ngx_flag_t               legacy_passwords;
    ngx_flag_t               legacy_tokens;

    /* answers */
    ngx_uint_t               language;      /* hr_lang_t */
    ngx_flag_t               naive_times;
    ngx_flag_t               viewer_overlay;    /* members that the old viewer shows */
    ngx_uint_t               approval_steps;    /* NGX_HTTP_HR_STEP_* bits */
    ngx_str_t                environment;
    ngx_str_t                product;
    ngx_array_t             *cors_origins;  /* ngx_str_t */
    ngx_flag_t               cors_any;
    ngx_array_t             *trusted_hosts; /* ngx_str_t, lower case */
    ngx_flag_t               trust_any_host;
    ngx_array_t             *trusted_proxies;   /* ngx_cidr_t */
    ngx_http_hr_limits_t     limits;
    ngx_uint_t               bulk_max;      /* profiles of one ZIP */

    /* generation */
    ngx_str_t                llm_location;  /* internal URI with proxy_pass */
    ngx_str_t                llm_model;     /* empty: the prompt bundle's */
    ngx_array_t             *llm_fallback_models;   /* ngx_str_t */
    ngx_flag_t               llm_stream;
    ngx_flag_t               llm_key_configured;    /* shown by /health */
    ngx_uint_t               llm_concurrency;       /* all workers together */
    ngx_uint_t               llm_queue;
    ngx_uint_t               llm_user_tasks;
    ngx_uint_t               llm_attempts;
    ngx_msec_t               llm_timeout;           /* of one attempt */
    ngx_msec_t               llm_total_timeout;     /* of a task */
    ngx_msec_t               llm_breaker;           /* pause of the open breaker */
    ngx_msec_t               llm_retry;             /* base of the pauses between attempts */
    size_t                   llm_answer_max;
    ngx_uint_t               llm_budget;            /* US dollars a month; 0: none */
    ngx_uint_t               llm_candidate;         /* percent for the second bundle */
    ngx_str_t                langfuse_host;
    ngx_str_t                langfuse_key_file;
    ngx_str_t                langfuse_prompt;       /* of the registry; empty: local only */
    ngx_str_t                langfuse_key;          /* "public:secret", NUL-terminated */

    /* spans */
    ngx_str_t                otlp_endpoint;         /* empty: off */
    ngx_str_t                otlp_key_file;         /* headers of the collector */
    ngx_str_t                otlp_service;
    ngx_uint_t               otlp_sample;           /* percent of our own traces */
    ngx_uint_t               otlp_queue;            /* spans that may wait, a worker */
    ngx_array_t             *otlp_headers;          /* ngx_str_t, NUL-terminated */

    /* the server of the first hr_api: where llm_location is looked up */
    ngx_http_core_srv_conf_t  *server;

    ngx_uint_t               worker_slot;   /* of this process */

    /*
     * What another layer hangs in: the loader of sessions (api) and further
     * objects that http must not know the types of.
     */
    void                    *api;
    void                    *job;
} ngx_http_hr_main_conf_t;

typedef struct {
    ngx_flag_t               api;           /* hr_api */
    ngx_flag_t               error_page;    /* hr_error_page */
    ngx_flag_t               metrics;       /* hr_metrics */
} ngx_http_hr_loc_conf_t;

extern ngx_command_t  ngx_http_hr_commands[];
void *ngx_http_hr_create_main_conf(ngx_conf_t *cf);
char *ngx_http_hr_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_hr_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_hr_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);

/* The running configuration of this process. */
ngx_http_hr_main_conf_t *ngx_http_hr_main_conf(void);
void ngx_http_hr_main_conf_attach(ngx_http_hr_main_conf_t *hmcf);


/*
 * Whole file into malloc'ed memory with a NUL behind it, at most limit bytes;
 * errno is set on failure.
 */
ngx_int_t ngx_http_hr_read_file(const char *path, size_t limit, char **data,
    size_t *len);


/* ---- turns of the event loop ---- */

extern ngx_uint_t  ngx_http_hr_turn_watched;

/*
 * In init_process, once nginx has chosen its way to wait for events; turns of at
 * least limit milliseconds are reported; 0: none are.
 */
void ngx_http_hr_turn_init(ngx_cycle_t *cycle, ngx_msec_t limit);
/* Adds the lengths of the turns since the last call to those of all workers. */
void ngx_http_hr_turn_tell(void);
void ngx_http_hr_turn_step(const char *what);

/* What runs from here on, for the report; a static text. */
static inline void
ngx_http_hr_turn_note(const char *what)
{
    if (ngx_http_hr_turn_watched) {
        ngx_http_hr_turn_step(what);
    }
}


/* ---- routes ---- */

#define NGX_HTTP_HR_PARAMS_MAX   3

/* Who may call.  Roles above include those below. */
#define NGX_HTTP_HR_PUBLIC       NGX_HTTP_HR_ROLE_NONE
#define NGX_HTTP_HR_VIEWER       NGX_HTTP_HR_ROLE_VIEWER
#define NGX_HTTP_HR_HR           NGX_HTTP_HR_ROLE_HR
#define NGX_HTTP_HR_HEAD         NGX_HTTP_HR_ROLE_HEAD
#define NGX_HTTP_HR_ADMIN        NGX_HTTP_HR_ROLE_ADMIN

#define NGX_HTTP_HR_BODY_JSON      0x0001   /* parsed into ctx->body */
#define NGX_HTTP_HR_BODY_OPTIONAL  0x0002   /* an empty one is ctx->body == NULL */
#define NGX_HTTP_HR_SECRET_BODY    0x0004   /* never echoed: input is null */
#define NGX_HTTP_HR_NO_STORE       0x0008   /* Cache-Control: no-store */
#define NGX_HTTP_HR_REVALIDATE     0x0010   /* private, no-cache + ETag + 304 */
#define NGX_HTTP_HR_COOKIE_OK      0x0020   /* the download cookie counts as a token */
#define NGX_HTTP_HR_PAGE           0x0040   /* an HTML page: its own CSP */
#define NGX_HTTP_HR_NO_RATE        0x0080   /* outside of the general limit */
#define NGX_HTTP_HR_CACHED         0x0100   /* body from the response cache */
#define NGX_HTTP_HR_CACHE_QUERY    0x0200   /* ... one per query string */
#define NGX_HTTP_HR_CACHE_PROFILE  0x0400   /* ... ends with the profile {0} */
#define NGX_HTTP_HR_CACHE_DATA     0x0800   /* ... ends with the data generation */
#define NGX_HTTP_HR_CACHE_PROFILES 0x1000   /* ... ends with any profile change */
#define NGX_HTTP_HR_CACHE_TASKS    0x2000   /* ... ends with any task change */
#define NGX_HTTP_HR_CACHE_USERS    0x4000   /* ... ends with any account change */
#define NGX_HTTP_HR_CACHE_SECOND   0x8000   /* ... lives one second */
#define NGX_HTTP_HR_FIGURES       0x10000   /* what a location with hr_metrics answers */
#define NGX_HTTP_HR_CACHE_LINKS   0x20000   /* ... ends with what positions tell of profiles */

/*
 * NGX_OK or another code of the answer writer: answered.  NGX_DONE: it will be
 * (r->main->count was raised).  NGX_ERROR or an HTTP status: nginx ends it.
 */
typedef ngx_int_t (*ngx_http_hr_handler_pt)(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx);

struct ngx_http_hr_route_s {
    const char               *pattern;      /* "/api/profiles/{profile_id}" */
    ngx_uint_t                method;       /* NGX_HTTP_GET ... (GET also serves HEAD) */
    ngx_http_hr_role_t        access;
    ngx_uint_t                flags;
    size_t                    body_limit;   /* bytes; 0: no body is read */
    ngx_http_hr_handler_pt    handler;
    const char               *name;         /* operation, for metrics and OpenAPI */
};

#define NGX_HTTP_HR_ROUTES_END  { NULL, 0, 0, 0, 0, NULL, NULL }

/* All tables of src/api, ended by NULL; defined in src/api/ngx_http_hr_api.c. */
extern const ngx_http_hr_route_t *const ngx_http_hr_route_tables[];

/* Checks the tables and builds the matcher; at configuration time. */
ngx_int_t ngx_http_hr_routes_init(ngx_conf_t *cf);
ngx_uint_t ngx_http_hr_route_count(void);
const ngx_http_hr_route_t *ngx_http_hr_route_at(ngx_uint_t index);
/* The first route with the flag; NULL: there is none. */
const ngx_http_hr_route_t *ngx_http_hr_route_flagged(ngx_uint_t flag,
    ngx_uint_t *index);

/*
 * Splits the raw request path, decodes its parts into ctx->params and sets
 * ctx->route.  NGX_DECLINED: unknown path.  NGX_ABORT: known path, wrong
 * method; *allow lists the right ones.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_hr_route_match(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, ngx_str_t *allow);


/* ---- a request ---- */

typedef struct {
    ngx_str_t                 name;         /* decoded */
    ngx_str_t                 value;
} ngx_http_hr_arg_t;

/* The trace that a request belongs to (W3C Trace Context). */
typedef struct {
    hr_tracecontext_t         own;          /* span of the request; the client's when
                                               none are exported */
    char                      parent[HR_SPAN_ID + 1];   /* "": a root */
    ngx_str_t                 state;        /* tracestate, to be handed on */
} ngx_http_hr_trace_ctx_t;

struct ngx_http_hr_ctx_s {
    const ngx_http_hr_route_t *route;
    ngx_uint_t                route_index;
    ngx_http_hr_main_conf_t  *conf;

    hr_answer_ctx_t           answer;       /* language, request id, path */
    ngx_str_t                 params[NGX_HTTP_HR_PARAMS_MAX];
    ngx_str_t                 token;        /* as sent; empty: none */
    ngx_http_hr_user_t        user;         /* id 0: anonymous */

    ngx_http_hr_arg_t        *args;         /* parsed on demand */
    ngx_uint_t                nargs;
    hr_arena_t               *arena;        /* made on demand, ends with the request */
    hr_json_t                *body;         /* arena; NULL: none */

    /* response cache */
    ngx_str_t                 cache_key;    /* empty: do not store */
    ngx_http_hr_epochs_t      epochs;       /* captured before the data is read */
    ngx_http_hr_cache_claim_t claim;        /* own, or the one that is waited for */
    ngx_uint_t                wait_rounds;
    ngx_msec_t                wait_until;

    ngx_uint_t                error_status; /* hr_error_page: what nginx decided */
    unsigned                  authenticated:1;
    unsigned                  by_cookie:1;
    unsigned                  gzip_ok:1;
    unsigned                  cors_allowed:1;
    unsigned                  args_parsed:1;
    unsigned                  cache_hit:1;
    unsigned                  counted:1;
    unsigned                  trace_known:1;
    ngx_http_hr_trace_ctx_t  *trace;        /* by ngx_http_hr_traced() */
    char                      job[37];      /* for $hr_job; "": none */
    int64_t                   tokens;       /* for $hr_tokens; 0: none are known */
    uint64_t                  db_usec;      /* for $hr_db_time */
    struct ngx_http_hr_stream_s  *stream;   /* stream.c */
    uint64_t                  started;      /* monotonic, microseconds */
};

ngx_int_t ngx_http_hr_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_hr_error_page_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_hr_metrics_handler(ngx_http_request_t *r);
/*
 * Creates or finds the context of the request, also after nginx has redirected
 * it to an error page; NULL: no memory.
 */
ngx_http_hr_ctx_t *ngx_http_hr_ctx(ngx_http_request_t *r);
/* The request's arena, freed with the request; NULL: no memory. */
hr_arena_t *ngx_http_hr_arena(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx);

/*
 * The trace of the request: the client's (traceparent), or one of our own when spans
 * are exported.  NULL: neither, or no memory.  Found once, on demand.
 */
ngx_http_hr_trace_ctx_t *ngx_http_hr_traced(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx);

/* Microseconds of a clock that is never set; for ctx->started and durations. */
uint64_t ngx_http_hr_clock(void);

static inline hr_str_t
ngx_http_hr_str(const ngx_str_t *s)
{
    return hr_str((const char *) s->data, s->len);
}


/* ---- guard ---- */

/*
 * Loads the session of ctx->token from the database: fills ctx->user and
 * returns NGX_OK, or NGX_DONE and calls ngx_http_hr_guard_loaded() later.
 * NGX_BUSY: no memory, nothing was answered; anything else: it has answered.
 * Set once by the api layer.
 */
typedef ngx_int_t (*ngx_http_hr_session_loader_pt)(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, const hr_jwt_claims_t *claims);

void ngx_http_hr_guard_set_loader(ngx_http_hr_session_loader_pt loader);

/*
 * NGX_OK: go on, ctx->user is set when a token was needed or valid.  NGX_DONE:
 * the loader works.  Anything else: the answer was sent.
 */
ngx_int_t ngx_http_hr_guard(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx);

/* Its second half: general rate limit and role.  NGX_ABORT: answered. */
ngx_int_t ngx_http_hr_guard_rights(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx);

/* The loader's end.  error HR_E_NONE: ctx->user is filled.  Finalizes the request. */
void ngx_http_hr_guard_loaded(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    hr_error_kind_t error);
/* What follows the guard: rate limit, role, cache, body, handler. */
ngx_int_t ngx_http_hr_continue(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx);
/* Its part with a key: the cached answer, or waiting for it, or the handler. */
ngx_int_t ngx_http_hr_continue_cached(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx);

/* Address of the client, behind trusted proxies: text form in the pool. */
ngx_str_t ngx_http_hr_client_address(ngx_http_request_t *r);
ngx_uint_t ngx_http_hr_is_tls(ngx_http_request_t *r);


/* ---- headers ---- */

ngx_int_t ngx_http_hr_headers_init(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx);
/* NGX_OK; NGX_DECLINED: the host is not trusted, answered, its code in *rc */
ngx_int_t ngx_http_hr_check_host(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc);
ngx_int_t ngx_http_hr_cors_headers(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx);
/* From Accept-Language and Accept-Encoding. */
hr_lang_t ngx_http_hr_language(ngx_http_request_t *r, hr_lang_t fallback);
ngx_uint_t ngx_http_hr_accepts_gzip(ngx_http_request_t *r);
/*
 * Weight of a token in a list such as Accept-Encoding, in thousandths; -1: not
 * named.  prefix: "ru" also stands for "ru-RU".
 */
ngx_int_t ngx_http_hr_weight(const ngx_str_t *list, const char *token,
    ngx_uint_t prefix);
/* NGX_OK: the preflight was answered (its code in *rc); NGX_DECLINED: it is none */
ngx_int_t ngx_http_hr_preflight(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_int_t *rc);
/* Everything that each answer carries. */
ngx_int_t ngx_http_hr_common_headers(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx);
/* Adds one header; value must live in the pool or for ever. */
ngx_int_t ngx_http_hr_header(ngx_http_request_t *r, const char *name,
    ngx_str_t value);
/* First request header of that name (case-insensitive) or {0, NULL}. */
ngx_str_t ngx_http_hr_request_header(ngx_http_request_t *r, const char *name);


/* ---- answers ---- */

typedef enum {
    NGX_HTTP_HR_TYPE_JSON = 0,
    NGX_HTTP_HR_TYPE_MARKDOWN,
    NGX_HTTP_HR_TYPE_DOCX,
    NGX_HTTP_HR_TYPE_XLSX,
    NGX_HTTP_HR_TYPE_ZIP,
    NGX_HTTP_HR_TYPE_CSV,
    NGX_HTTP_HR_TYPE_HTML,
    NGX_HTTP_HR_TYPE_TEXT,
    NGX_HTTP_HR_TYPE_CSS,
    NGX_HTTP_HR_TYPE_JS,
    NGX_HTTP_HR_TYPE_YAML,
    NGX_HTTP_HR_TYPE_METRICS,
    NGX_HTTP_HR_TYPE_OPENMETRICS,
    NGX_HTTP_HR_TYPE_SSE,
    NGX_HTTP_HR_TYPE_PATCH,
    NGX_HTTP_HR_TYPE_NDJSON,
    NGX_HTTP_HR_TYPES
} ngx_http_hr_type_t;

/* A finished body on its way out; bytes are malloc'ed and free'd by the writer. */
typedef struct {
    ngx_uint_t                status;
    ngx_http_hr_type_t        type;
    hr_buf_t                  body;
    hr_buf_t                  gzip;         /* empty: none was made */
    ngx_uint_t                coded;        /* others who ask may get a gzip form */
    const hr_gzip_cuts_t     *cuts;         /* read by seal(): the body's parts; may be NULL */
    hr_gzip_memo_t           *memo;         /* ... and the parts of the last such body */
    char                      etag[NGX_HTTP_HR_ETAG_MAX];   /* quoted; "": none */
    ngx_str_t                 disposition;  /* pool; empty: none */
    ngx_uint_t                retry_after;  /* seconds; 0: no header */
} ngx_http_hr_answer_t;

void ngx_http_hr_answer_init(ngx_http_hr_answer_t *a, size_t limit);
void ngx_http_hr_answer_release(ngx_http_hr_answer_t *a);

/*
 * Strong ETag and gzip form of a body (1 KiB and more); may run in a pool
 * thread.  gzip is skipped when it would not get smaller.
 */
void ngx_http_hr_answer_seal(ngx_http_hr_answer_t *a, bool gzip);

/*
 * Sends and takes the bytes over (also on failure).  Stores the body in the
 * response cache when ctx->cache_key is set and the status is 200.
 */
ngx_int_t ngx_http_hr_answer(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_http_hr_answer_t *a);

/* For answers that are sent in pieces: the head without its length, not yet sent. */
ngx_int_t ngx_http_hr_answer_head(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, ngx_uint_t status, ngx_http_hr_type_t type);

/* Sends a sealed answer that outlives the request, without copying or releasing it. */
ngx_int_t ngx_http_hr_answer_constant(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, const ngx_http_hr_answer_t *a);

/* Does If-None-Match name the tag (weak comparison, RFC 9110 13.1.2)? */
ngx_uint_t ngx_http_hr_none_match(ngx_http_request_t *r, const ngx_str_t *etag);
/* The same for a value of If-None-Match; for pool threads too. */
ngx_uint_t ngx_http_hr_tag_listed(const ngx_str_t *list, const ngx_str_t *etag);
/* NGX_DECLINED: nothing cached */
ngx_int_t ngx_http_hr_answer_cached(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx);

/*
 * After a miss.  NGX_OK: render.  NGX_DONE: the request waits (at most two
 * seconds) for somebody who does.  NGX_AGAIN: look into the cache once more.
 * NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_hr_wait(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx);
/* The request has rendered, or will not: those who wait are woken. */
void ngx_http_hr_wait_end(ngx_http_hr_ctx_t *ctx);
/* In init_process. */
void ngx_http_hr_wait_init(ngx_log_t *log);

ngx_int_t ngx_http_hr_error(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    hr_error_kind_t kind);
typedef struct {
    hr_str_t                  message;      /* {0, NULL}: the catalogue's */
    hr_str_t                  detail;
    hr_str_t                  details;      /* ready JSON object */
    ngx_uint_t                retry_after;
    ngx_str_t                 allow;        /* 405 */
} ngx_http_hr_error_args_t;
ngx_int_t ngx_http_hr_error_with(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    hr_error_kind_t kind, const ngx_http_hr_error_args_t *args);

const ngx_str_t *ngx_http_hr_type_name(ngx_http_hr_type_t type);


/* ---- input ---- */

typedef enum {
    NGX_HTTP_HR_IN_STR = 0,
    NGX_HTTP_HR_IN_INT,
    NGX_HTTP_HR_IN_BOOL,
    NGX_HTTP_HR_IN_DOUBLE,
    NGX_HTTP_HR_IN_OBJECT,
    NGX_HTTP_HR_IN_STRINGS,         /* array of strings */
    NGX_HTTP_HR_IN_NODE             /* any JSON, unchecked */
} ngx_http_hr_in_type_t;

#define NGX_HTTP_HR_IN_REQUIRED  1u
#define NGX_HTTP_HR_IN_NULLABLE  2u     /* a JSON null counts as absent */

/*
 * One declared value; rows are in the order of the contract, which is the
 * order of the problems in an answer.  min and max: for STR code points, for
 * INT and DOUBLE the value, for STRINGS the number of elements; max 0: none.
 */
typedef struct {
    const char               *name;
    ngx_http_hr_in_type_t     type;
    unsigned                  flags;
    int64_t                   min;
    int64_t                   max;
    size_t                    offset;       /* into the target */
} ngx_http_hr_in_row_t;

/* What a row fills; set tells absent from given. */
typedef struct { bool set; hr_str_t v; }   ngx_http_hr_in_str_t;
typedef struct { bool set; int64_t v; }    ngx_http_hr_in_int_t;
typedef struct { bool set; bool v; }       ngx_http_hr_in_bool_t;
typedef struct { bool set; double v; }     ngx_http_hr_in_double_t;
typedef struct { bool set; hr_json_t *v; } ngx_http_hr_in_node_t;

/* Problems of one request, all reported together (api-core.md 1.6). */
typedef struct {
    hr_buf_t                  list;         /* JSON array under construction */
    hr_jw_t                   w;
    ngx_uint_t                n;
    char                      first[256];   /* one-line summary of the first */
    hr_lang_t                 lang;
    bool                      hide_input;
} ngx_http_hr_problems_t;

void ngx_http_hr_problems_init(ngx_http_hr_problems_t *p,
    const ngx_http_hr_ctx_t *ctx);
void ngx_http_hr_problems_release(ngx_http_hr_problems_t *p);
/* input NULL: null; scalars are cut at 200 characters (D-06, P-07) */
void ngx_http_hr_problem(ngx_http_hr_problems_t *p, const char *field,
    const char *message, const char *type, const hr_json_t *input);
void ngx_http_hr_problem_text(ngx_http_hr_problems_t *p, const char *field,
    const char *message, const char *type, hr_str_t input);
/* Sends 422 with all problems and releases them. */
ngx_int_t ngx_http_hr_problems_send(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, ngx_http_hr_problems_t *p);
/* NGX_OK: there is none; NGX_DECLINED: 422 was sent, its code is in *rc.  Releases. */
ngx_int_t ngx_http_hr_problems_end(ngx_http_request_t *r,
    ngx_http_hr_ctx_t *ctx, ngx_http_hr_problems_t *p, ngx_int_t *rc);

/* NGX_ERROR: no memory; problems are added to p. */
ngx_int_t ngx_http_hr_read_query(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_in_row_t *rows, void *target, ngx_http_hr_problems_t *p);
ngx_int_t ngx_http_hr_read_body(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_in_row_t *rows, void *target, ngx_http_hr_problems_t *p);
#define NGX_HTTP_HR_IN_END  { NULL, 0, 0, 0, 0, 0 }

/*
 * Both at once: NGX_OK, or the 422 was sent and its code is in *rc
 * (NGX_DECLINED).  Either table may be NULL.
 */
ngx_int_t ngx_http_hr_read(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const ngx_http_hr_in_row_t *query, const ngx_http_hr_in_row_t *body,
    void *target, ngx_int_t *rc);

/* Last value of a query parameter; false: absent. */
bool ngx_http_hr_arg(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const char *name, hr_str_t *value);
/* Percent-decodes (plus: '+' is a blank); broken UTF-8 becomes U+FFFD. */
ngx_int_t ngx_http_hr_decode(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    const u_char *data, size_t len, ngx_uint_t plus, ngx_str_t *out);
/* Path parameter as a UUID (P-06): NGX_OK, or 400 was sent (NGX_DECLINED, *rc). */
ngx_int_t ngx_http_hr_param_uuid(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx,
    ngx_uint_t param, const char *field, char id[37], ngx_int_t *rc);
/* Lenient integer of api-profiles.md 1.2; false: not an integer of 32 bits. */
bool ngx_http_hr_parse_int(hr_str_t text, int64_t *value);

#endif /* NGX_HTTP_HR_H */
