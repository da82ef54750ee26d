/*
 * hrctl: the service from a terminal.  The parts:
 *
 *   hrctl.c            command line, messages
 *   hrctl_commands.c   table of commands and options, help
 *   hrctl_http.c       requests (libcurl); hrctl_download.c, hrctl_events.c
 *   hrctl_token.c      address, token and passwords: files and prompts
 *   hrctl_out.c        tables for people
 *   hrctl_json.c       reading answers (cJSON)
 *   hrctl_<topic>.c    commands
 *
 * What programs read goes to stdout, everything else to stderr.  A function that
 * can fail returns one of the exit codes and has said why by then.
 */

#ifndef HRCTL_H
#define HRCTL_H

#include <stdbool.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "hr_base.h"


/* Exit codes; hrctl(1) has the same list. */
#define HRCTL_OK          0
#define HRCTL_FAILED      1     /* the server could not do it */
#define HRCTL_USAGE       2
#define HRCTL_LOGIN       3     /* no token, or not a valid one */
#define HRCTL_FORBIDDEN   4
#define HRCTL_NOT_FOUND   5
#define HRCTL_CONFLICT    6
#define HRCTL_REFUSED     7     /* the input is not acceptable */
#define HRCTL_NETWORK     8     /* no answer */
#define HRCTL_GENERATION  9     /* a generation failed or was cancelled */
#define HRCTL_FINDINGS    10    /* a check found something */
#define HRCTL_STOPPED     130   /* by Ctrl-C */

#define HRCTL_OPTIONS     12    /* most options of one command */
#define HRCTL_ARGS        1100  /* most arguments (ids of an archive) */
#define HRCTL_URL         "http://127.0.0.1:8022"


typedef struct hrctl_s  hrctl_t;

typedef struct {
    const char  *name;          /* without the dashes */
    const char  *value;         /* what stands for its value; NULL: a switch */
    const char  *help;
} hrctl_option_t;

typedef struct {
    const char             *name;           /* "profiles list" */
    const char             *args;           /* shown in the help */
    unsigned                min, max;       /* number of arguments */
    int                   (*run)(hrctl_t *ctl);
    const hrctl_option_t   *options;        /* ended by an empty one; NULL: none */
    const char             *help;
} hrctl_command_t;

struct hrctl_s {
    const hrctl_command_t  *command;
    unsigned                argc;
    const char             *argv[HRCTL_ARGS];
    const char             *given[HRCTL_OPTIONS];   /* beside command->options */

    bool                    json;
    bool                    quiet;
    bool                    plain;          /* plain HTTP to other machines is fine */
    const char             *cacert;
    unsigned                timeout;        /* seconds without a byte */

    const char             *url_option;     /* --url or $HRCTL_URL; NULL: neither */
    char                   *url;            /* without "/" at the end */
    char                   *token;          /* read on demand */
    char                   *token_file;
    bool                    russian;        /* texts of the server */
};

/* ---- hrctl_commands.c ---- */

extern const hrctl_command_t  hrctl_commands[];         /* ended by an empty one */
extern const hrctl_option_t   hrctl_global_options[];

int hrctl_help(const hrctl_command_t *command);         /* NULL: of all */
/* For the completion of shells and the tests: "command<tab>option<tab>value". */
int hrctl_list_words(void);


/* ---- hrctl.c ---- */

/* The value of an option of the command ("" for a switch); NULL: not given. */
const char *hrctl_option(const hrctl_t *ctl, const char *name);
/* A whole number; HRCTL_USAGE when it is none or out of bounds. */
int hrctl_option_int(const hrctl_t *ctl, const char *name, long min, long max,
    long *value);
/* Says what is wrong with the arguments; returns HRCTL_USAGE. */
int hrctl_usage(const hrctl_t *ctl, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Says it on stderr, behind the program's name; returns code. */
int hrctl_fail(int code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A remark on stderr unless --quiet. */
void hrctl_note(const hrctl_t *ctl, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Ctrl-C was pressed. */
bool hrctl_stopped(void);
int hrctl_no_memory(void);


/* ---- hrctl_http.c, hrctl_download.c, hrctl_events.c ---- */

typedef struct {
    long       status;
    char      *body;            /* NUL-terminated, never NULL after HRCTL_OK */
    size_t     len;
    char       type[128];       /* Content-Type without parameters */
    char       file[256];       /* name of Content-Disposition, safe as a file name */
    long       retry_after;     /* seconds; 0: none */
} hrctl_answer_t;

int hrctl_http_init(void);
void hrctl_http_done(void);

/*
 * One request with the token (anonymous: without); json NULL: no body.  Says so
 * and returns HRCTL_NETWORK when there is no answer; any answer is HRCTL_OK.
 */
int hrctl_request(hrctl_t *ctl, const char *method, const char *path,
    const char *json, hrctl_answer_t *answer);
int hrctl_request_anonymous(hrctl_t *ctl, const char *method,
    const char *path, const char *json, hrctl_answer_t *answer);
void hrctl_answer_free(hrctl_answer_t *answer);

/* The same, and an error status is told and becomes its exit code. */
int hrctl_call(hrctl_t *ctl, const char *method, const char *path,
    const char *json, hrctl_answer_t *answer);
/* The exit code of a status; says what the server said. */
int hrctl_status(const hrctl_answer_t *answer);
/* The same in silence. */
int hrctl_status_code(long status);

/*
 * Streams a body into file ("-": stdout; NULL: the name that the server gives,
 * in the current folder).  An existing file is replaced when it is complete.
 * *name (malloc'ed, may be NULL) is what was written.
 */
int hrctl_download(hrctl_t *ctl, const char *method, const char *path,
    const char *json, const char *file, char **name);

/*
 * Server-sent events: calls each for every event until it returns true.
 * HRCTL_NOT_FOUND: there is no such stream.  *last is the id of the last event
 * and is sent as Last-Event-ID (malloc'ed, may be NULL).
 */
int hrctl_events(hrctl_t *ctl, const char *path, char **last,
    bool (*each)(void *data, const char *event, const char *text), void *data);

/* Percent-encoded for a path or a query; malloc'ed; NULL: no memory. */
char *hrctl_encode(const char *text);


/* ---- hrctl_token.c ---- */

/* Address and token: options, environment, file. */
int hrctl_connect(hrctl_t *ctl);
/* The token of the file; HRCTL_LOGIN with a hint when there is none. */
int hrctl_token(hrctl_t *ctl);
int hrctl_token_save(hrctl_t *ctl, const char *token);
int hrctl_token_remove(hrctl_t *ctl);
/*
 * A password: from the file, or typed without echo, or the next line of a
 * stdin that is no terminal.  Wipe and free() it with hrctl_secret_free().
 */
int hrctl_password(hrctl_t *ctl, const char *file, const char *prompt,
    char **password);
/* The same, typed twice. */
int hrctl_password_new(hrctl_t *ctl, const char *file, char **password);
void hrctl_secret_free(char *secret);


/* ---- hrctl_out.c ---- */

typedef struct hrctl_table_s  hrctl_table_t;

/*
 * titles are separated by "|"; a title that begins with "#" is a column of
 * numbers, one that begins with "=" is never cut (ids are copied from a screen).
 * NULL: no memory.
 */
hrctl_table_t *hrctl_table(const char *titles);
/* Copies; NULL is an empty cell.  Control characters do not reach the terminal. */
void hrctl_cell(hrctl_table_t *table, const char *text);
void hrctl_cell_printf(hrctl_table_t *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints and frees; HRCTL_FAILED: no memory on the way. */
int hrctl_table_end(hrctl_table_t *table);
void hrctl_table_free(hrctl_table_t *table);

/* "name   value" lines that belong together; value NULL: left out. */
void hrctl_line(const char *name, const char *value);
void hrctl_line_printf(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Text of a server on a terminal: control characters become "?". */
void hrctl_put(FILE *out, const char *text);
/* The body as it is, with a line end. */
int hrctl_put_json(const hrctl_answer_t *answer);
/* "12.3 MB" into out (16 bytes) */
const char *hrctl_bytes(double bytes, char out[16]);
/* Width on the terminal in columns. */
size_t hrctl_width(const char *text);


/* ---- hrctl_json.c ---- */

/* The parsed body; NULL was told.  cJSON_Delete() it. */
cJSON *hrctl_parse(const hrctl_answer_t *answer);
/*
 * Ends a call whose code is rc: with --json the body goes out, otherwise show makes
 * of it what people read.  good names a member that must be true, else the result is
 * HRCTL_FINDINGS; NULL: none.  Frees the answer.
 */
int hrctl_show(hrctl_t *ctl, int rc, hrctl_answer_t *answer,
    int (*show)(hrctl_t *ctl, const cJSON *root), const char *good);
/* A member by its path ("data.users"); NULL: not there. */
const cJSON *hrctl_get(const cJSON *node, const char *path);
/* Its text; "" when it is absent or null; numbers and booleans as text. */
const char *hrctl_text(const cJSON *node, const char *path);
double hrctl_number(const cJSON *node, const char *path, double absent);
bool hrctl_true(const cJSON *node, const char *path);
/* "2026-01-31 10:20:30" of an ISO time; in a buffer of the caller. */
const char *hrctl_time(const cJSON *node, const char *path, char out[32]);
/* Printed compact, malloc'ed; frees the node; NULL: no memory. */
char *hrctl_print(cJSON *node);
/* Whole file into malloc'ed memory with a NUL; says what is wrong. */
int hrctl_read_file(const char *path, size_t limit, char **data, size_t *len);


/* ---- commands ---- */

int hrctl_login(hrctl_t *ctl);
int hrctl_logout(hrctl_t *ctl);
int hrctl_whoami(hrctl_t *ctl);

int hrctl_users_list(hrctl_t *ctl);
int hrctl_users_create(hrctl_t *ctl);
int hrctl_users_set(hrctl_t *ctl);
int hrctl_users_passwd(hrctl_t *ctl);

int hrctl_generate(hrctl_t *ctl);
int hrctl_watch(hrctl_t *ctl);
int hrctl_cancel(hrctl_t *ctl);
int hrctl_tasks(hrctl_t *ctl);

int hrctl_profiles_list(hrctl_t *ctl);
int hrctl_profiles_show(hrctl_t *ctl);
int hrctl_profiles_versions(hrctl_t *ctl);
int hrctl_profiles_diff(hrctl_t *ctl);
int hrctl_profiles_export(hrctl_t *ctl);
int hrctl_profiles_import(hrctl_t *ctl);
int hrctl_profiles_archive(hrctl_t *ctl);
int hrctl_profiles_restore(hrctl_t *ctl);

int hrctl_data_check(hrctl_t *ctl);
int hrctl_prompt_lint(hrctl_t *ctl);
int hrctl_prompt_preview(hrctl_t *ctl);

int hrctl_backup_create(hrctl_t *ctl);
int hrctl_backup_list(hrctl_t *ctl);
int hrctl_backup_verify(hrctl_t *ctl);
int hrctl_backup_restore(hrctl_t *ctl);

int hrctl_audit_list(hrctl_t *ctl);
int hrctl_audit_verify(hrctl_t *ctl);
int hrctl_audit_export(hrctl_t *ctl);

int hrctl_maintenance(hrctl_t *ctl);
int hrctl_cache_stats(hrctl_t *ctl);
int hrctl_health(hrctl_t *ctl);
int hrctl_bench(hrctl_t *ctl);


/* ---- hrctl_watch.c: tasks ---- */

typedef struct {
    char      id[64];
    char      status[24];
    char      step[256];        /* in words */
    char      profile_id[64];
    char      error[512];
    char      position[640];
    unsigned  progress;         /* percent */
    unsigned  queue;            /* place in the queue; 0: it runs */
    bool      ended;
    bool      completed;
} hrctl_task_t;

/* From a task object of the API; absent members stay as they are. */
void hrctl_task_read(hrctl_task_t *task, const cJSON *node);
/* One question; told when it fails. */
int hrctl_task_ask(hrctl_t *ctl, hrctl_task_t *task);
/* Shows the progress until the end; HRCTL_GENERATION: it failed or was cancelled. */
int hrctl_task_wait(hrctl_t *ctl, hrctl_task_t *task);
/* "[####------]  40%  text   0:12" on stderr, in place on a terminal. */
void hrctl_bar(const hrctl_t *ctl, unsigned percent, double seconds,
    const char *text);
void hrctl_bar_end(const hrctl_t *ctl);
double hrctl_clock(void);
/* Sleeps unless Ctrl-C is pressed. */
void hrctl_sleep(double seconds);

/* ---- hrctl_load.c: files of the company, without a server ---- */

typedef struct hr_gen_s  hrctl_gen_t;

/* The folder of an option, of $HRCTL_CONF, or of the installation. */
int hrctl_conf_dir(const hrctl_t *ctl, const char *option, const char *name,
    char out[4096]);
/*
 * Everything a generation needs; data NULL: only rules and prompts.  Says what
 * is wrong.  hr_gen_destroy() it.
 */
int hrctl_load(const char *company, const char *prompts, const char *data,
    bool unverified, hrctl_gen_t **gen);

/* hrctl_unit.c: generate --unit */
int hrctl_generate_unit(hrctl_t *ctl, const char *unit);
/* The body of POST /api/generation/start; malloc'ed. */
char *hrctl_generate_body(const hrctl_t *ctl, const char *department,
    const char *position);

#endif /* HRCTL_H */
