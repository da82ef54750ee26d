#include "ngx_http_hr_courier.h"

#include <curl/curl.h>
#include <sys/stat.h>


#define NGX_HTTP_HR_COURIER_TRIES  3
#define NGX_HTTP_HR_COURIER_STOP   3            /* seconds at the end */

struct ngx_http_hr_courier_item_s {
    ngx_http_hr_courier_item_t  *next;
    size_t                       len;
    char                         data[1];
};


static void *ngx_http_hr_courier_thread(void *data);


/* ---- configuration ---- */


ngx_int_t
ngx_http_hr_courier_address(ngx_conf_t *cf, const char *directive, const char *param,
    const ngx_str_t *url)
{
    if ((ngx_strncmp(url->data, "https://", 8) != 0
         && ngx_strncmp(url->data, "http://", 7) != 0)
        || url->len > 500)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%s\": %s=%V must begin with https:// or http://",
                           directive, param, url);
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_courier_secret(ngx_conf_t *cf, const char *directive, ngx_str_t *file,
    size_t limit, ngx_str_t *out)
{
    u_char       *text;
    ssize_t       n;
    ngx_fd_t      fd;
    struct stat   st;

    fd = ngx_open_file(file->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE || fstat(fd, &st) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "\"%s\": cannot read the key file \"%V\"", directive, file);
        if (fd != NGX_INVALID_FILE) {
            (void) ngx_close_file(fd);
        }
        return NGX_ERROR;
    }

    text = ngx_pcalloc(cf->pool, limit + 1);
    n = text == NULL ? -1 : ngx_read_fd(fd, text, limit);
    (void) ngx_close_file(fd);

    if (st.st_mode & S_IRWXO) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%s\": the key file \"%V\" can be read by everybody; "
                           "run \"chmod 600 %V\"", directive, file, file);
        return NGX_ERROR;
    }

    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r')) {
        text[--n] = '\0';
    }

    out->data = text;
    out->len = n > 0 ? (size_t) n : 0;

    return text == NULL ? NGX_ERROR : NGX_OK;
}


/* ---- process ---- */


void
ngx_http_hr_courier_start(ngx_http_hr_courier_t *c, const char *what, ngx_log_t *log)
{
    int       rc;
    sigset_t  all, old;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "hr: libcurl cannot be initialised, no %s are sent", what);
        return;
    }

    /* signals are the event loop's */
    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_BLOCK, &all, &old);
    rc = pthread_create(&c->thread, NULL, ngx_http_hr_courier_thread, c);
    (void) pthread_sigmask(SIG_SETMASK, &old, NULL);

    if (rc != 0) {
        ngx_log_error(NGX_LOG_ERR, log, rc, "hr: no thread for %s, none are sent",
                      what);
        return;
    }

    c->started = true;
}


void
ngx_http_hr_courier_stop(ngx_http_hr_courier_t *c)
{
    struct timespec  until;

    if (!c->started) {
        return;
    }

    pthread_mutex_lock(&c->mutex);
    c->stopping = true;
    pthread_cond_signal(&c->cond);
    pthread_mutex_unlock(&c->mutex);

    (void) clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += NGX_HTTP_HR_COURIER_STOP;

    /* a service that hangs loses its texts, not the worker its end */
    (void) pthread_timedjoin_np(c->thread, NULL, &until);
    c->started = false;
}


ngx_http_hr_courier_stat_t
ngx_http_hr_courier_stat(ngx_http_hr_courier_t *c)
{
    ngx_http_hr_courier_stat_t  stat;

    pthread_mutex_lock(&c->mutex);
    stat = c->stat;
    pthread_mutex_unlock(&c->mutex);

    return stat;
}


/* ---- the queue ---- */


/* Called with the mutex held. */
static ngx_http_hr_courier_item_t *
ngx_http_hr_courier_pop_locked(ngx_http_hr_courier_t *c)
{
    ngx_http_hr_courier_item_t  *item = c->head;

    if (item != NULL) {
        c->head = item->next;
        c->n--;

        if (c->head == NULL) {
            c->tail = NULL;
        }
    }

    return item;
}


void
ngx_http_hr_courier_push(ngx_http_hr_courier_t *c, hr_str_t text)
{
    ngx_http_hr_courier_item_t  *item, *oldest;

    if (!c->started) {
        return;
    }

    item = malloc(sizeof(ngx_http_hr_courier_item_t) + text.len);

    if (item != NULL) {
        item->next = NULL;
        item->len = text.len;
        memcpy(item->data, text.data, text.len);
    }

    oldest = NULL;
    pthread_mutex_lock(&c->mutex);

    if (item == NULL) {
        c->stat.dropped++;
        pthread_mutex_unlock(&c->mutex);
        return;
    }

    if (c->n == c->queue) {
        oldest = ngx_http_hr_courier_pop_locked(c);
        c->stat.dropped++;
    }

    if (c->tail != NULL) {
        c->tail->next = item;
    } else {
        c->head = item;
    }

    c->tail = item;
    c->stat.queued++;

    if (++c->n >= c->batch) {
        pthread_cond_signal(&c->cond);
    }

    pthread_mutex_unlock(&c->mutex);

    free(oldest);
}


/* ---- the thread: no nginx call from here on ---- */


/* Up to a batch of waiting texts between open and close; returns their number. */
static size_t
ngx_http_hr_courier_collect(ngx_http_hr_courier_t *c, hr_buf_t *out)
{
    size_t                       n;
    ngx_http_hr_courier_item_t  *item;

    hr_buf_reset(out);
    (void) hr_buf_str(out, c->open);

    for (n = 0; n < c->batch; n++) {

        pthread_mutex_lock(&c->mutex);
        item = NULL;

        if (c->head != NULL
            && (n == 0 || out->len + c->head->len + c->close.len + 1 <= c->bytes))
        {
            item = ngx_http_hr_courier_pop_locked(c);
        }

        pthread_mutex_unlock(&c->mutex);

        if (item == NULL) {
            break;
        }

        if (n != 0) {
            (void) hr_buf_char(out, ',');
        }

        (void) hr_buf_append(out, item->data, item->len);
        free(item);
    }

    (void) hr_buf_str(out, c->close);

    return n;
}


static size_t
ngx_http_hr_courier_discard(char *data, size_t size, size_t n, void *ctx)
{
    return size * n;
}


static struct curl_slist *
ngx_http_hr_courier_headers(const ngx_http_hr_courier_t *c)
{
    size_t              i;
    struct curl_slist  *list, *more;

    list = curl_slist_append(NULL, "Content-Type: application/json");

    for (i = 0; list != NULL && c->headers[i] != NULL; i++) {
        more = curl_slist_append(list, c->headers[i]);

        if (more == NULL) {
            curl_slist_free_all(list);
        }

        list = more;
    }

    return list;
}


/* The status of the answer; 0: there was none. */
static long
ngx_http_hr_courier_post(const ngx_http_hr_courier_t *c, const hr_buf_t *body,
    long timeout)
{
    bool                ok;
    long                status;
    CURL               *curl;
    struct curl_slist  *headers;

    curl = curl_easy_init();
    headers = ngx_http_hr_courier_headers(c);

    if (curl == NULL || headers == NULL) {
        curl_slist_free_all(headers);
        curl_easy_cleanup(curl);
        return 0;
    }

    status = 0;
    ok = curl_easy_setopt(curl, CURLOPT_URL, c->url) == CURLE_OK
         && (c->userpwd == NULL
             || curl_easy_setopt(curl, CURLOPT_USERPWD, c->userpwd) == CURLE_OK)
         && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long) body->len) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ngx_http_hr_courier_discard)
            == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 3L) == CURLE_OK
         && curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout) == CURLE_OK
         && curl_easy_perform(curl) == CURLE_OK
         && curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK;

    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);

    return ok ? status : 0;
}


/* Waits for a batch, the flush time or the end; false: the end. */
static bool
ngx_http_hr_courier_wait(ngx_http_hr_courier_t *c, time_t seconds, bool for_batch)
{
    int              rc;
    bool             stopping;
    struct timespec  until;

    (void) clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    rc = 0;

    pthread_mutex_lock(&c->mutex);

    while (!c->stopping && rc == 0 && (!for_batch || c->n < c->batch)) {
        rc = pthread_cond_timedwait(&c->cond, &c->mutex, &until);
    }

    stopping = c->stopping;
    pthread_mutex_unlock(&c->mutex);

    return !stopping;
}


static void
ngx_http_hr_courier_send(ngx_http_hr_courier_t *c, const hr_buf_t *body, size_t n,
    bool last)
{
    long      status;
    bool      sent;
    unsigned  try;

    sent = false;

    for (try = 0; try < NGX_HTTP_HR_COURIER_TRIES && !sent; try++) {

        /* 1 s, 2 s between tries; at the end there is time for one */
        if (try > 0 && !ngx_http_hr_courier_wait(c, (time_t) try, false)) {
            last = true;
        }

        status = body->err == HR_OK
                 ? ngx_http_hr_courier_post(c, body, last ? 2 : 10) : 400;
        sent = status >= 200 && status < 300;

        /* what the service does not want it will not want again */
        if (last || (status >= 400 && status < 500 && status != 408 && status != 429)) {
            break;
        }
    }

    pthread_mutex_lock(&c->mutex);

    if (sent) {
        c->stat.sent += n;
        c->stat.failing = 0;
    } else {
        c->stat.failed++;
        c->stat.failing++;
        c->stat.dropped += n;
    }

    pthread_mutex_unlock(&c->mutex);
}


static void *
ngx_http_hr_courier_thread(void *data)
{
    bool                    running;
    size_t                  n;
    hr_buf_t                body;
    ngx_http_hr_courier_t  *c = data;

    hr_buf_init(&body, c->bytes + c->open.len + c->close.len + 64 * 1024);

    do {
        running = ngx_http_hr_courier_wait(c, c->flush, true);

        while ((n = ngx_http_hr_courier_collect(c, &body)) != 0) {
            ngx_http_hr_courier_send(c, &body, n, !running);

            if (!running && n < c->batch) {
                break;
            }
        }

    } while (running);

    hr_buf_release(&body);

    return NULL;
}
