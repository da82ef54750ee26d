#include "ngx_http_hr_trace.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/stat.h>


#define NGX_HTTP_HR_TRACE_QUEUE     1000            /* generations that may wait */
#define NGX_HTTP_HR_TRACE_BATCH     50              /* sent together */
#define NGX_HTTP_HR_TRACE_BYTES     (3 * 1024 * 1024)   /* Langfuse takes 3.5 MB */
#define NGX_HTTP_HR_TRACE_EVENT     (64 * 1024)     /* of one generation */
#define NGX_HTTP_HR_TRACE_FLUSH     5               /* seconds */
#define NGX_HTTP_HR_TRACE_TRIES     3
#define NGX_HTTP_HR_TRACE_STOP      3               /* seconds at the end */
#define NGX_HTTP_HR_TRACE_KEY_MAX   512

typedef struct ngx_http_hr_trace_item_s  ngx_http_hr_trace_item_t;

struct ngx_http_hr_trace_item_s {
    ngx_http_hr_trace_item_t  *next;
    size_t                     len;
    char                       data[1];
};

/* One per process; mutex guards everything but url and key, which never change. */
static struct {
    pthread_mutex_t             mutex;
    pthread_cond_t              cond;
    pthread_t                   thread;
    ngx_http_hr_trace_item_t   *head, *tail;
    size_t                      n;
    bool                        started;
    bool                        stopping;
    ngx_http_hr_trace_stat_t    stat;
    char                        url[600];
    const char                 *key;
} ngx_http_hr_trace = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .cond = PTHREAD_COND_INITIALIZER
};


static void *ngx_http_hr_trace_thread(void *data);


/* ---- configuration ---- */


static ngx_int_t
ngx_http_hr_trace_read_key(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    u_char       *key;
    ssize_t       n;
    ngx_fd_t      fd;
    struct stat   st;

    fd = ngx_open_file(hmcf->langfuse_key_file.data, NGX_FILE_RDONLY,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE || fstat(fd, &st) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "\"hr_langfuse\": cannot read the key file \"%V\"",
                           &hmcf->langfuse_key_file);
        if (fd != NGX_INVALID_FILE) {
            (void) ngx_close_file(fd);
        }
        return NGX_ERROR;
    }

    key = ngx_pcalloc(cf->pool, NGX_HTTP_HR_TRACE_KEY_MAX + 1);
    n = key == NULL ? -1 : ngx_read_fd(fd, key, NGX_HTTP_HR_TRACE_KEY_MAX);
    (void) ngx_close_file(fd);

    if (st.st_mode & S_IRWXO) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_langfuse\": the key file \"%V\" can be read by "
                           "everybody; run \"chmod 600 %V\"",
                           &hmcf->langfuse_key_file, &hmcf->langfuse_key_file);
        return NGX_ERROR;
    }

    while (n > 0 && (key[n - 1] == '\n' || key[n - 1] == '\r')) {
        key[--n] = '\0';
    }

    if (n <= 0 || ngx_strchr(key, ':') == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_langfuse\": the key file \"%V\" must hold one line "
                           "\"<public key>:<secret key>\"",
                           &hmcf->langfuse_key_file);
        return NGX_ERROR;
    }

    hmcf->langfuse_key.data = key;
    hmcf->langfuse_key.len = (size_t) n;

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_trace_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_str_t  *host = &hmcf->langfuse_host;

    if (host->len == 0 && hmcf->langfuse_key_file.len == 0) {
        return NGX_OK;
    }

    if (host->len == 0 || hmcf->langfuse_key_file.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_langfuse\" needs both host= and key_file=");
        return NGX_ERROR;
    }

    if ((ngx_strncmp(host->data, "https://", 8) != 0
         && ngx_strncmp(host->data, "http://", 7) != 0)
        || host->len > 500)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_langfuse\": host=%V must begin with https:// or "
                           "http://", host);
        return NGX_ERROR;
    }

    return ngx_http_hr_trace_read_key(cf, hmcf);
}


/* ---- process ---- */


ngx_int_t
ngx_http_hr_trace_init_process(ngx_http_hr_main_conf_t *hmcf, ngx_log_t *log)
{
    int       rc;
    sigset_t  all, old;

    if (hmcf->langfuse_key.len == 0) {
        return NGX_OK;
    }

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "hr: libcurl cannot be initialised, "
                      "no traces are sent");
        return NGX_OK;
    }

    (void) snprintf(ngx_http_hr_trace.url, sizeof(ngx_http_hr_trace.url),
                    "%.*s/api/public/ingestion",
                    (int) hmcf->langfuse_host.len, hmcf->langfuse_host.data);
    ngx_http_hr_trace.key = (char *) hmcf->langfuse_key.data;

    /* signals are the event loop's */
    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_BLOCK, &all, &old);
    rc = pthread_create(&ngx_http_hr_trace.thread, NULL, ngx_http_hr_trace_thread,
                        NULL);
    (void) pthread_sigmask(SIG_SETMASK, &old, NULL);

    if (rc != 0) {
        ngx_log_error(NGX_LOG_ERR, log, rc,
                      "hr: no thread for traces, none are sent");
        return NGX_OK;
    }

    ngx_http_hr_trace.started = true;

    return NGX_OK;
}


void
ngx_http_hr_trace_exit_process(void)
{
    struct timespec  until;

    if (!ngx_http_hr_trace.started) {
        return;
    }

    pthread_mutex_lock(&ngx_http_hr_trace.mutex);
    ngx_http_hr_trace.stopping = true;
    pthread_cond_signal(&ngx_http_hr_trace.cond);
    pthread_mutex_unlock(&ngx_http_hr_trace.mutex);

    (void) clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += NGX_HTTP_HR_TRACE_STOP;

    /* a service that hangs loses its events, not the worker its end */
    (void) pthread_timedjoin_np(ngx_http_hr_trace.thread, NULL, &until);
    ngx_http_hr_trace.started = false;
}


ngx_uint_t
ngx_http_hr_trace_enabled(void)
{
    return ngx_http_hr_trace.started;
}


void
ngx_http_hr_trace_id(hr_str_t task_id, char out[HR_TRACE_ID + 1])
{
    size_t  i, n;

    for (i = 0, n = 0; i < task_id.len && n < HR_TRACE_ID; i++) {
        if (task_id.data[i] != '-') {
            out[n++] = task_id.data[i];
        }
    }

    out[n] = '\0';
}


/* ---- the queue ---- */


/* Called with the mutex held. */
static ngx_http_hr_trace_item_t *
ngx_http_hr_trace_pop_locked(void)
{
    ngx_http_hr_trace_item_t  *item = ngx_http_hr_trace.head;

    if (item != NULL) {
        ngx_http_hr_trace.head = item->next;
        ngx_http_hr_trace.n--;

        if (ngx_http_hr_trace.head == NULL) {
            ngx_http_hr_trace.tail = NULL;
        }
    }

    return item;
}


void
ngx_http_hr_trace_push(const hr_trace_t *trace)
{
    hr_buf_t                   buf;
    ngx_http_hr_trace_item_t  *item, *oldest;

    if (!ngx_http_hr_trace.started) {
        return;
    }

    item = NULL;
    hr_buf_init(&buf, NGX_HTTP_HR_TRACE_EVENT);

    if (hr_trace_events(trace, &buf) == HR_OK) {
        item = malloc(sizeof(ngx_http_hr_trace_item_t) + buf.len);
    }

    if (item == NULL) {
        hr_buf_release(&buf);
        return;
    }

    item->next = NULL;
    item->len = buf.len;
    memcpy(item->data, buf.data, buf.len);
    hr_buf_release(&buf);

    pthread_mutex_lock(&ngx_http_hr_trace.mutex);

    oldest = NULL;

    if (ngx_http_hr_trace.n == NGX_HTTP_HR_TRACE_QUEUE) {
        oldest = ngx_http_hr_trace_pop_locked();
        ngx_http_hr_trace.stat.dropped++;
    }

    if (ngx_http_hr_trace.tail != NULL) {
        ngx_http_hr_trace.tail->next = item;
    } else {
        ngx_http_hr_trace.head = item;
    }

    ngx_http_hr_trace.tail = item;
    ngx_http_hr_trace.stat.queued++;

    if (++ngx_http_hr_trace.n >= NGX_HTTP_HR_TRACE_BATCH) {
        pthread_cond_signal(&ngx_http_hr_trace.cond);
    }

    pthread_mutex_unlock(&ngx_http_hr_trace.mutex);

    free(oldest);
}


ngx_http_hr_trace_stat_t
ngx_http_hr_trace_stat(void)
{
    ngx_http_hr_trace_stat_t  stat;

    pthread_mutex_lock(&ngx_http_hr_trace.mutex);
    stat = ngx_http_hr_trace.stat;
    pthread_mutex_unlock(&ngx_http_hr_trace.mutex);

    return stat;
}


/* ---- the thread: no nginx call from here on ---- */


/* Up to a batch of waiting items as {"batch":[...]}; returns their number. */
static size_t
ngx_http_hr_trace_collect(hr_buf_t *out)
{
    size_t                     n;
    ngx_http_hr_trace_item_t  *item;

    hr_buf_reset(out);
    (void) hr_buf_c(out, "{\"batch\":[");

    for (n = 0; n < NGX_HTTP_HR_TRACE_BATCH; n++) {

        pthread_mutex_lock(&ngx_http_hr_trace.mutex);
        item = NULL;

        if (ngx_http_hr_trace.head != NULL
            && out->len + ngx_http_hr_trace.head->len + 16
               <= NGX_HTTP_HR_TRACE_BYTES)
        {
            item = ngx_http_hr_trace_pop_locked();
        }

        pthread_mutex_unlock(&ngx_http_hr_trace.mutex);

        if (item == NULL) {
            break;
        }

        if (n != 0) {
            (void) hr_buf_char(out, ',');
        }

        (void) hr_buf_append(out, item->data, item->len);
        free(item);
    }

    (void) hr_buf_c(out, "]}");

    return out->err == HR_OK ? n : 0;
}


static size_t
ngx_http_hr_trace_discard(char *data, size_t size, size_t n, void *ctx)
{
    return size * n;
}


static bool
ngx_http_hr_trace_post(const hr_buf_t *body, long timeout)
{
    bool                ok;
    long                status;
    CURL               *curl;
    struct curl_slist  *headers;

    curl = curl_easy_init();
    headers = curl_slist_append(NULL, "Content-Type: application/json");

    if (curl == NULL || headers == NULL) {
        curl_slist_free_all(headers);
        curl_easy_cleanup(curl);
        return false;
    }

    status = 0;
    ok = curl_easy_setopt(curl, CURLOPT_URL, ngx_http_hr_trace.url) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_USERPWD, ngx_http_hr_trace.key) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long) body->len) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ngx_http_hr_trace_discard)
            == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 3L) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout) == CURLE_OK
         && curl_easy_perform(curl) == CURLE_OK
         && curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK
         && status >= 200 && status < 300;

    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);

    return ok;
}


/* Waits for a batch, the flush time or the end; false: the end. */
static bool
ngx_http_hr_trace_wait(time_t seconds, bool for_batch)
{
    int              rc;
    bool             stopping;
    struct timespec  until;

    (void) clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    rc = 0;

    pthread_mutex_lock(&ngx_http_hr_trace.mutex);

    while (!ngx_http_hr_trace.stopping && rc == 0
           && (!for_batch || ngx_http_hr_trace.n < NGX_HTTP_HR_TRACE_BATCH))
    {
        rc = pthread_cond_timedwait(&ngx_http_hr_trace.cond,
                                    &ngx_http_hr_trace.mutex, &until);
    }

    stopping = ngx_http_hr_trace.stopping;
    pthread_mutex_unlock(&ngx_http_hr_trace.mutex);

    return !stopping;
}


static void
ngx_http_hr_trace_send(const hr_buf_t *body, size_t n, bool last)
{
    unsigned  try;
    bool      sent;

    sent = false;

    for (try = 0; try < NGX_HTTP_HR_TRACE_TRIES && !sent; try++) {

        /* 1 s, 2 s between tries; at the end there is time for one */
        if (try > 0 && !ngx_http_hr_trace_wait((time_t) try, false)) {
            last = true;
        }

        sent = ngx_http_hr_trace_post(body, last ? 2 : 10);

        if (last) {
            break;
        }
    }

    pthread_mutex_lock(&ngx_http_hr_trace.mutex);

    if (sent) {
        ngx_http_hr_trace.stat.sent += n;
        ngx_http_hr_trace.stat.failing = 0;
    } else {
        ngx_http_hr_trace.stat.failed++;
        ngx_http_hr_trace.stat.failing++;
        ngx_http_hr_trace.stat.dropped += n;
    }

    pthread_mutex_unlock(&ngx_http_hr_trace.mutex);
}


static void *
ngx_http_hr_trace_thread(void *data)
{
    bool      running;
    size_t    n;
    hr_buf_t  body;

    hr_buf_init(&body, NGX_HTTP_HR_TRACE_BYTES + 1024);

    do {
        running = ngx_http_hr_trace_wait(NGX_HTTP_HR_TRACE_FLUSH, true);

        while ((n = ngx_http_hr_trace_collect(&body)) != 0) {
            ngx_http_hr_trace_send(&body, n, !running);

            if (!running && n < NGX_HTTP_HR_TRACE_BATCH) {
                break;
            }
        }

    } while (running);

    hr_buf_release(&body);

    return NULL;
}
