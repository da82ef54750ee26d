#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>

#include "hrctl_sink.h"


#define HRCTL_BODY_MAX      (128u * 1024 * 1024)
#define HRCTL_CONNECT_WAIT  10L


static CURL  *hrctl_curl;


int
hrctl_http_init(void)
{
    if (hrctl_curl != NULL) {
        return HRCTL_OK;
    }

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0
        || (hrctl_curl = curl_easy_init()) == NULL)
    {
        return hrctl_fail(HRCTL_FAILED, "libcurl cannot be started");
    }

    return HRCTL_OK;
}


void
hrctl_http_done(void)
{
    if (hrctl_curl != NULL) {
        curl_easy_cleanup(hrctl_curl);
        curl_global_cleanup();
        hrctl_curl = NULL;
    }
}


void
hrctl_answer_free(hrctl_answer_t *answer)
{
    free(answer->body);
    memset(answer, 0, sizeof(hrctl_answer_t));
}


/* ---- headers ---- */


/* The value of "Name: value\r\n" when the line is that header. */
static bool
hrctl_header(const char *line, size_t len, const char *name, char *out, size_t size)
{
    size_t  n = strlen(name);

    if (len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0) {
        return false;
    }

    for (n++; n < len && (line[n] == ' ' || line[n] == '\t'); n++) { /* void */ }

    while (len > n && isspace((unsigned char) line[len - 1])) {
        len--;
    }

    (void) snprintf(out, size, "%.*s", (int) (len - n), line + n);

    return true;
}


static size_t
hrctl_on_header(char *line, size_t size, size_t count, void *data)
{
    char           value[2048];
    char          *end;
    size_t         len = size * count;
    hrctl_sink_t  *sink = data;

    if (hrctl_header(line, len, "Content-Type", value, sizeof(value))) {
        end = strchr(value, ';');
        if (end != NULL) {
            *end = '\0';
        }
        (void) snprintf(sink->answer->type, sizeof(sink->answer->type), "%.*s",
                        (int) sizeof(sink->answer->type) - 1, value);
        sink->events = strcasecmp(sink->answer->type, "text/event-stream") == 0;

    } else if (hrctl_header(line, len, "Retry-After", value, sizeof(value))) {
        sink->answer->retry_after = strtol(value, NULL, 10);

    } else if (hrctl_header(line, len, "Content-Disposition", value, sizeof(value))) {
        hrctl_disposition(value, sink->answer->file);
    }

    return len;
}


/* ---- bodies ---- */


static size_t
hrctl_on_body(char *bytes, size_t size, size_t count, void *data)
{
    long           status;
    size_t         len = size * count;
    hrctl_sink_t  *sink = data;

    (void) curl_easy_getinfo(hrctl_curl, CURLINFO_RESPONSE_CODE, &status);

    if (sink->file != NULL && status >= 200 && status < 300) {
        sink->failed = fwrite(bytes, 1, len, sink->file) != len;
        return sink->failed ? 0 : len;
    }

    if (hr_buf_append(&sink->body, bytes, len) != HR_OK) {
        return 0;
    }

    if (sink->each != NULL && sink->events && status == 200) {
        return hrctl_on_events(sink) ? len : 0;
    }

    return len;
}


static int
hrctl_on_progress(void *data, curl_off_t dltotal, curl_off_t dlnow,
    curl_off_t ultotal, curl_off_t ulnow)
{
    (void) data, (void) dltotal, (void) dlnow, (void) ultotal, (void) ulnow;

    return hrctl_stopped();
}


/* ---- a request ---- */


static struct curl_slist *
hrctl_headers(hrctl_t *ctl, bool token, bool json, const char *last)
{
    char                header[8192];
    size_t              i;
    struct curl_slist  *list, *longer;

    const struct {
        bool         wanted;
        const char  *name, *value;
    } rows[] = {
        { true, "Accept-Language", ctl->russian ? "ru" : "en" },
        { json, "Content-Type", "application/json" },
        { token, "Authorization: Bearer", ctl->token },
        { last != NULL, "Last-Event-ID", last },
        { true, "Expect", "" },
    };

    list = NULL;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!rows[i].wanted) {
            continue;
        }

        (void) snprintf(header, sizeof(header), "%s%s %s", rows[i].name,
                        strchr(rows[i].name, ':') ? "" : ":", rows[i].value);
        longer = curl_slist_append(list, header);

        if (longer == NULL) {
            curl_slist_free_all(list);
            return NULL;
        }

        list = longer;
    }

    return list;
}


static void
hrctl_options(hrctl_t *ctl, const char *method, const char *url,
    const char *json, struct curl_slist *headers, hrctl_sink_t *sink)
{
    CURL  *c = hrctl_curl;

    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "hrctl");
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, HRCTL_CONNECT_WAIT);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long) ctl->timeout);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hrctl_on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, sink);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hrctl_on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, sink);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, hrctl_on_progress);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);

    if (ctl->cacert != NULL) {
        curl_easy_setopt(c, CURLOPT_CAINFO, ctl->cacert);
    }

    if (json != NULL) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, json);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long) strlen(json));

    } else if (strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, "");
    }
}


int
hrctl_perform(hrctl_t *ctl, const char *method, const char *path,
    const char *json, bool token, const char *last, hrctl_sink_t *sink)
{
    char                url[8192];
    CURLcode            rc;
    struct curl_slist  *headers;

    if (hrctl_http_init() != HRCTL_OK) {
        return HRCTL_FAILED;
    }

    if (snprintf(url, sizeof(url), "%s%s", ctl->url, path) >= (int) sizeof(url)) {
        return hrctl_fail(HRCTL_USAGE, "the address is too long");
    }

    headers = hrctl_headers(ctl, token, json != NULL, last);
    if (headers == NULL) {
        return hrctl_no_memory();
    }

    hr_buf_init(&sink->body, HRCTL_BODY_MAX);
    hrctl_options(ctl, method, url, json, headers, sink);
    rc = curl_easy_perform(hrctl_curl);
    (void) curl_easy_getinfo(hrctl_curl, CURLINFO_RESPONSE_CODE,
                             &sink->answer->status);
    curl_slist_free_all(headers);

    /* a stream that each() has ended is complete */
    if (rc == CURLE_OK || (rc == CURLE_WRITE_ERROR && sink->ended)) {
        sink->answer->body = hr_buf_steal(&sink->body, &sink->answer->len);
        return sink->answer->body == NULL ? hrctl_no_memory() : HRCTL_OK;
    }

    hr_buf_release(&sink->body);

    if (hrctl_stopped()) {
        return HRCTL_STOPPED;
    }

    if (sink->each != NULL) {
        return HRCTL_NETWORK;       /* a cut stream is taken up again, in silence */
    }

    if (sink->failed) {
        return hrctl_fail(HRCTL_FAILED, "the file cannot be written: %s",
                          strerror(errno));
    }

    return hrctl_fail(HRCTL_NETWORK, "%s: %s", ctl->url, curl_easy_strerror(rc));
}


int
hrctl_request_anonymous(hrctl_t *ctl, const char *method, const char *path,
    const char *json, hrctl_answer_t *answer)
{
    int           rc;
    hrctl_sink_t  sink = { .answer = answer };

    memset(answer, 0, sizeof(hrctl_answer_t));

    rc = hrctl_connect(ctl);

    return rc == HRCTL_OK
           ? hrctl_perform(ctl, method, path, json, false, NULL, &sink) : rc;
}


int
hrctl_request(hrctl_t *ctl, const char *method, const char *path,
    const char *json, hrctl_answer_t *answer)
{
    int           rc;
    hrctl_sink_t  sink = { .answer = answer };

    memset(answer, 0, sizeof(hrctl_answer_t));

    rc = hrctl_token(ctl);

    return rc == HRCTL_OK
           ? hrctl_perform(ctl, method, path, json, true, NULL, &sink) : rc;
}


int
hrctl_status_code(long status)
{
    static const struct {
        long  status;
        int   code;
    } rows[] = {
        { 400, HRCTL_REFUSED },
        { 401, HRCTL_LOGIN },
        { 403, HRCTL_FORBIDDEN },
        { 404, HRCTL_NOT_FOUND },
        { 409, HRCTL_CONFLICT },
        { 412, HRCTL_CONFLICT },
        { 413, HRCTL_REFUSED },
        { 422, HRCTL_REFUSED },
    };

    size_t  i;

    if (status >= 200 && status < 300) {
        return HRCTL_OK;
    }

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].status == status) {
            return rows[i].code;
        }
    }

    return HRCTL_FAILED;
}


/* What the server refused, member by member. */
static void
hrctl_problems(const cJSON *root)
{
    const cJSON  *list, *item;

    list = hrctl_get(root, "error.details.validation_errors");

    cJSON_ArrayForEach(item, list) {
        (void) fputs("  ", stderr);
        hrctl_put(stderr, hrctl_text(item, "field"));
        (void) fputs(": ", stderr);
        hrctl_put(stderr, hrctl_text(item, "message"));
        (void) fputc('\n', stderr);
    }
}


int
hrctl_status(const hrctl_answer_t *answer)
{
    int          code;
    cJSON       *root;
    const char  *message;

    code = hrctl_status_code(answer->status);
    if (code == HRCTL_OK) {
        return code;
    }

    root = cJSON_ParseWithLength(answer->body, answer->len);
    message = hrctl_text(root, "message");

    (void) fputs("hrctl: ", stderr);
    hrctl_put(stderr, *message != '\0' ? message : "the server answered with an error");
    (void) fprintf(stderr, " (status %ld", answer->status);

    if (answer->status >= 500 && *hrctl_text(root, "error.request_id") != '\0') {
        (void) fputs(", request ", stderr);
        hrctl_put(stderr, hrctl_text(root, "error.request_id"));
    }

    (void) fputs(")\n", stderr);
    hrctl_problems(root);

    if (code == HRCTL_LOGIN) {
        (void) fputs("hrctl: log in with \"hrctl login\"\n", stderr);
    }

    cJSON_Delete(root);

    return code;
}


int
hrctl_call(hrctl_t *ctl, const char *method, const char *path,
    const char *json, hrctl_answer_t *answer)
{
    int  rc;

    rc = hrctl_request(ctl, method, path, json, answer);

    if (rc == HRCTL_OK) {
        rc = hrctl_status(answer);
    }

    if (rc != HRCTL_OK) {
        hrctl_answer_free(answer);
    }

    return rc;
}


char *
hrctl_encode(const char *text)
{
    char  *encoded, *copy;

    if (hrctl_http_init() != HRCTL_OK) {
        return NULL;
    }

    encoded = curl_easy_escape(hrctl_curl, text, 0);
    copy = encoded == NULL ? NULL : strdup(encoded);
    curl_free(encoded);

    if (copy == NULL) {
        (void) hrctl_no_memory();
    }

    return copy;
}
