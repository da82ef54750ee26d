#include "ngx_http_hr_remote.h"
#include "ngx_http_hr_job_conf.h"

#include "hr_prompt_remote.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/stat.h>


#define NGX_HTTP_HR_REMOTE_TTL    300       /* seconds between two fetches */
#define NGX_HTTP_HR_REMOTE_RETRY  30        /* after a failed one */
#define NGX_HTTP_HR_REMOTE_LOOK   500       /* ms; the loop looks for news */
#define NGX_HTTP_HR_REMOTE_FILE   "langfuse-prompt.json"

/* One per process.  mutex guards body, len, seq and stopping. */
static struct {
    pthread_mutex_t           mutex;
    pthread_cond_t            cond;
    pthread_t                 thread;
    bool                      started;
    bool                      stopping;
    char                     *body;         /* answer of the registry; malloc'ed */
    size_t                    len;
    uint64_t                  seq;          /* grows with each new body */

    char                      url[900];
    char                      file[NGX_MAX_PATH];
    const char               *key;

    /* event loop only */
    uint64_t                  seen;
    ngx_uint_t                checking;
    ngx_http_hr_remote_t     *current;
    ngx_event_t               timer;
    ngx_connection_t          dummy;        /* debug logging reads its fd */
} ngx_http_hr_remote = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .cond = PTHREAD_COND_INITIALIZER
};

/* A body on its way through the checks. */
typedef struct {
    ngx_http_hr_db_op_t       op;
    ngx_http_hr_gen_t        *handle;
    char                     *body;
    size_t                    len;
    hr_prompt_t              *prompt;
    hr_diag_t                 diag;
} ngx_http_hr_remote_check_t;


static void *ngx_http_hr_remote_thread(void *data);
static void ngx_http_hr_remote_look(ngx_event_t *ev);


/* ---- fetching: no nginx call ---- */


static size_t
ngx_http_hr_remote_write(char *data, size_t size, size_t n, void *ctx)
{
    return hr_buf_append(ctx, data, size * n) == HR_OK ? size * n : 0;
}


static bool
ngx_http_hr_remote_get(hr_buf_t *out)
{
    bool   ok;
    long   status;
    CURL  *curl;

    curl = curl_easy_init();
    if (curl == NULL) {
        return false;
    }

    hr_buf_reset(out);
    status = 0;
    ok = curl_easy_setopt(curl, CURLOPT_URL, ngx_http_hr_remote.url) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_USERPWD, ngx_http_hr_remote.key) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ngx_http_hr_remote_write)
            == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_WRITEDATA, out) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 3L) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_TIMEOUT, 5L) == CURLE_OK
         && curl_easy_perform(curl) == CURLE_OK
         && curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK
         && status == 200;

    curl_easy_cleanup(curl);

    return ok;
}


/* Hands a body to the event loop; an unchanged one is no news. */
static void
ngx_http_hr_remote_offer(const char *data, size_t len)
{
    char  *copy;

    pthread_mutex_lock(&ngx_http_hr_remote.mutex);

    if (ngx_http_hr_remote.body == NULL || ngx_http_hr_remote.len != len
        || memcmp(ngx_http_hr_remote.body, data, len) != 0)
    {
        copy = malloc(len + 1);

        if (copy != NULL) {
            memcpy(copy, data, len);
            free(ngx_http_hr_remote.body);
            ngx_http_hr_remote.body = copy;
            ngx_http_hr_remote.len = len;
            ngx_http_hr_remote.seq++;
        }
    }

    pthread_mutex_unlock(&ngx_http_hr_remote.mutex);
}


/* What an earlier run has kept. */
static void
ngx_http_hr_remote_restore(hr_buf_t *buf)
{
    FILE    *f;
    size_t   n;
    char     part[8192];

    f = fopen(ngx_http_hr_remote.file, "re");
    if (f == NULL) {
        return;
    }

    hr_buf_reset(buf);

    while ((n = fread(part, 1, sizeof(part), f)) > 0) {
        if (hr_buf_append(buf, part, n) != HR_OK) {
            break;
        }
    }

    if (!ferror(f) && buf->err == HR_OK && buf->len != 0) {
        ngx_http_hr_remote_offer(buf->data, buf->len);
    }

    (void) fclose(f);
}


/* Waits; false: the end. */
static bool
ngx_http_hr_remote_wait(time_t seconds)
{
    int              rc;
    bool             running;
    struct timespec  until;

    (void) clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    rc = 0;

    pthread_mutex_lock(&ngx_http_hr_remote.mutex);

    while (!ngx_http_hr_remote.stopping && rc == 0) {
        rc = pthread_cond_timedwait(&ngx_http_hr_remote.cond,
                                    &ngx_http_hr_remote.mutex, &until);
    }

    running = !ngx_http_hr_remote.stopping;
    pthread_mutex_unlock(&ngx_http_hr_remote.mutex);

    return running;
}


static void *
ngx_http_hr_remote_thread(void *data)
{
    bool      ok;
    hr_buf_t  body;

    hr_buf_init(&body, HR_PROMPT_REMOTE_MAX);
    ngx_http_hr_remote_restore(&body);

    do {
        ok = ngx_http_hr_remote_get(&body);

        if (ok) {
            ngx_http_hr_remote_offer(body.data, body.len);
        }

    } while (ngx_http_hr_remote_wait(ok ? NGX_HTTP_HR_REMOTE_TTL
                                        : NGX_HTTP_HR_REMOTE_RETRY));

    hr_buf_release(&body);

    return NULL;
}


/* ---- checking: in a pool thread ---- */


/* Under a temporary name, then renamed: never half a file. */
static void
ngx_http_hr_remote_keep(const ngx_http_hr_remote_check_t *c)
{
    int   fd;
    char  temp[NGX_MAX_PATH + 16];

    (void) snprintf(temp, sizeof(temp), "%s.%d", ngx_http_hr_remote.file,
                    (int) getpid());

    fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd == -1) {
        return;
    }

    if (write(fd, c->body, c->len) != (ssize_t) c->len || fsync(fd) != 0
        || close(fd) != 0 || rename(temp, ngx_http_hr_remote.file) != 0)
    {
        (void) unlink(temp);
    }
}


static void
ngx_http_hr_remote_check(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    hr_rc_t                      rc;
    hr_arena_t                  *arena;
    hr_prompt_source_t           source;
    ngx_http_hr_remote_check_t  *c = op->data;

    arena = hr_arena_create(16 * 1024 * 1024);
    if (arena == NULL) {
        op->rc = HR_NOMEM;
        return;
    }

    rc = hr_prompt_remote_parse(arena, hr_str(c->body, c->len), &source, &c->diag);

    if (rc == HR_OK) {
        rc = hr_prompt_load(&source, hr_gen_prompt_rules(c->handle->gen), &c->prompt,
                            &c->diag);
    }

    hr_arena_destroy(arena);

    if (rc == HR_OK) {
        ngx_http_hr_remote_keep(c);
    }

    op->rc = rc;
}


/* ---- event loop ---- */


static void
ngx_http_hr_remote_checked(ngx_http_hr_db_op_t *op)
{
    hr_prompt_info_t             info;
    ngx_http_hr_remote_t        *fresh;
    ngx_http_hr_remote_check_t  *c = op->data;

    ngx_http_hr_remote.checking = 0;
    fresh = NULL;

    if (op->rc == HR_OK) {
        fresh = ngx_calloc(sizeof(ngx_http_hr_remote_t), ngx_cycle->log);

    } else {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: the prompt of the registry is not used: %s", c->diag.text);
    }

    if (fresh != NULL) {
        fresh->prompt = c->prompt;
        fresh->handle = c->handle;
        fresh->refs = 1;
        ngx_http_hr_remote_release(ngx_http_hr_remote.current);
        ngx_http_hr_remote.current = fresh;

        hr_prompt_info(fresh->prompt, &info);
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "hr: prompt \"%*s\" version %*s of the registry is in use",
                      info.name.len, info.name.data, info.version.len,
                      info.version.data);
    } else {
        hr_prompt_destroy(c->prompt);
        ngx_http_hr_gen_release(c->handle);
    }

    free(c->body);
    ngx_free(c);
}


/* A new body, or a new handle with the known one. */
static void
ngx_http_hr_remote_start_check(void)
{
    uint64_t                     seq;
    ngx_http_hr_gen_t           *handle;
    ngx_http_hr_remote_check_t  *c;

    handle = ngx_http_hr_gen_acquire();
    if (handle == NULL) {
        return;
    }

    c = ngx_calloc(sizeof(ngx_http_hr_remote_check_t), ngx_cycle->log);

    pthread_mutex_lock(&ngx_http_hr_remote.mutex);
    seq = ngx_http_hr_remote.seq;

    if (c != NULL && seq != 0
        && (seq != ngx_http_hr_remote.seen
            || (ngx_http_hr_remote.current != NULL
                && ngx_http_hr_remote.current->handle != handle)))
    {
        c->body = malloc(ngx_http_hr_remote.len + 1);

        if (c->body != NULL) {
            memcpy(c->body, ngx_http_hr_remote.body, ngx_http_hr_remote.len);
            c->len = ngx_http_hr_remote.len;
        }
    }

    pthread_mutex_unlock(&ngx_http_hr_remote.mutex);

    if (c != NULL && c->body != NULL) {
        c->handle = handle;
        c->op.run = ngx_http_hr_remote_check;
        c->op.done = ngx_http_hr_remote_checked;
        c->op.data = c;

        if (ngx_http_hr_db_cpu(&c->op) == NGX_OK) {
            ngx_http_hr_remote.checking = 1;
            ngx_http_hr_remote.seen = seq;
            return;
        }

        free(c->body);
    }

    if (c != NULL) {
        ngx_free(c);
    }

    ngx_http_hr_gen_release(handle);
}


static void
ngx_http_hr_remote_look(ngx_event_t *ev)
{
    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_HR_REMOTE_LOOK);

    if (!ngx_http_hr_remote.checking) {
        ngx_http_hr_remote_start_check();
    }
}


ngx_http_hr_remote_t *
ngx_http_hr_remote_acquire(const ngx_http_hr_gen_t *handle)
{
    ngx_http_hr_remote_t  *remote = ngx_http_hr_remote.current;

    if (remote == NULL || remote->handle != handle) {
        return NULL;
    }

    remote->refs++;

    return remote;
}


const hr_prompt_t *
ngx_http_hr_remote_bundle(const ngx_http_hr_gen_t *handle,
    const ngx_http_hr_remote_t *remote, hr_str_t task_id)
{
    const hr_prompt_t  *candidate = hr_gen_candidate(handle->gen);

    if (candidate != NULL
        && hr_prompt_share(task_id,
                           (unsigned) ngx_http_hr_main_conf()->llm_candidate))
    {
        return candidate;
    }

    return remote != NULL ? remote->prompt : hr_gen_prompt(handle->gen);
}


void
ngx_http_hr_remote_release(ngx_http_hr_remote_t *remote)
{
    if (remote == NULL || --remote->refs != 0) {
        return;
    }

    hr_prompt_destroy(remote->prompt);
    ngx_http_hr_gen_release(remote->handle);
    ngx_free(remote);
}


ngx_int_t
ngx_http_hr_remote_init_process(ngx_http_hr_main_conf_t *hmcf, ngx_log_t *log)
{
    int           rc;
    char         *name;
    u_char       *slash;
    sigset_t      all, old;
    ngx_event_t  *ev = &ngx_http_hr_remote.timer;

    if (hmcf->langfuse_key.len == 0 || hmcf->langfuse_prompt.len == 0) {
        return NGX_OK;
    }

    name = curl_easy_escape(NULL, (char *) hmcf->langfuse_prompt.data,
                            (int) hmcf->langfuse_prompt.len);
    if (name == NULL) {
        return NGX_ERROR;
    }

    (void) snprintf(ngx_http_hr_remote.url, sizeof(ngx_http_hr_remote.url),
                    "%.*s/api/public/v2/prompts/%s?label=production",
                    (int) hmcf->langfuse_host.len, hmcf->langfuse_host.data, name);
    curl_free(name);

    slash = (u_char *) strrchr((char *) hmcf->database.data, '/');
    (void) snprintf(ngx_http_hr_remote.file, sizeof(ngx_http_hr_remote.file),
                    "%.*s/" NGX_HTTP_HR_REMOTE_FILE,
                    (int) (slash - hmcf->database.data), hmcf->database.data);
    ngx_http_hr_remote.key = (char *) hmcf->langfuse_key.data;

    /* signals are the event loop's */
    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_BLOCK, &all, &old);
    rc = pthread_create(&ngx_http_hr_remote.thread, NULL, ngx_http_hr_remote_thread,
                        NULL);
    (void) pthread_sigmask(SIG_SETMASK, &old, NULL);

    if (rc != 0) {
        ngx_log_error(NGX_LOG_ERR, log, rc,
                      "hr: no thread for the prompt registry, the local bundle is used");
        return NGX_OK;
    }

    ngx_http_hr_remote.started = true;
    ngx_http_hr_remote.dummy.fd = (ngx_socket_t) -1;
    ngx_memzero(ev, sizeof(ngx_event_t));
    ev->handler = ngx_http_hr_remote_look;
    ev->log = log;
    ev->data = &ngx_http_hr_remote.dummy;
    ev->cancelable = 1;
    ngx_add_timer(ev, NGX_HTTP_HR_REMOTE_LOOK);

    return NGX_OK;
}


void
ngx_http_hr_remote_exit_process(void)
{
    struct timespec  until;

    if (!ngx_http_hr_remote.started) {
        return;
    }

    pthread_mutex_lock(&ngx_http_hr_remote.mutex);
    ngx_http_hr_remote.stopping = true;
    pthread_cond_signal(&ngx_http_hr_remote.cond);
    pthread_mutex_unlock(&ngx_http_hr_remote.mutex);

    /* a fetch that hangs must not hold up the end of the worker */
    (void) clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    (void) pthread_timedjoin_np(ngx_http_hr_remote.thread, NULL, &until);

    ngx_http_hr_remote_release(ngx_http_hr_remote.current);
    ngx_http_hr_remote.current = NULL;
}
