/*
 * bench: the same request again and again on several connections for some seconds;
 * how many were answered, and how fast.
 */

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "hrctl.h"


#define HRCTL_BENCH_PATH         "/api/organization/positions"
#define HRCTL_BENCH_CONNECTIONS  200
#define HRCTL_BENCH_SECONDS      600
#define HRCTL_BENCH_TIMES        1000000    /* of the first answers */

typedef struct {
    hrctl_t            *ctl;
    char                url[8192];
    struct curl_slist  *headers;
    CURLM              *multi;
    CURL               *easy[HRCTL_BENCH_CONNECTIONS];
    long                connections;

    double              end;            /* hrctl_clock() */
    unsigned            running;
    double             *times;          /* seconds */
    size_t              count;          /* answers */
    size_t              classes[6];     /* by status / 100; [0]: none came */
    double              bytes;
} hrctl_bench_t;


static size_t
hrctl_bench_discard(char *bytes, size_t size, size_t count, void *data)
{
    (void) bytes;
    ((hrctl_bench_t *) data)->bytes += (double) (size * count);

    return size * count;
}


/* One connection's request; it is used again for each that follows. */
static CURL *
hrctl_bench_request(hrctl_bench_t *b)
{
    CURL  *c = curl_easy_init();

    if (c == NULL) {
        return NULL;
    }

    curl_easy_setopt(c, CURLOPT_URL, b->url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, b->headers);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "hrctl");
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long) b->ctl->timeout);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hrctl_bench_discard);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, b);

    if (b->ctl->cacert != NULL) {
        curl_easy_setopt(c, CURLOPT_CAINFO, b->ctl->cacert);
    }

    return c;
}


static int
hrctl_bench_open(hrctl_bench_t *b)
{
    int                 i;
    char                header[8300];
    struct curl_slist  *more;

    (void) snprintf(header, sizeof(header), "Authorization: Bearer %s", b->ctl->token);
    b->headers = curl_slist_append(NULL, header);

    /* as a browser asks; nobody unpacks it here */
    more = curl_slist_append(b->headers, "Accept-Encoding: gzip");
    if (more == NULL) {
        return hrctl_no_memory();
    }

    b->headers = more;
    b->multi = curl_multi_init();
    b->times = malloc(HRCTL_BENCH_TIMES * sizeof(double));

    if (b->headers == NULL || b->multi == NULL || b->times == NULL) {
        return hrctl_no_memory();
    }

    for (i = 0; i < b->connections; i++) {
        b->easy[i] = hrctl_bench_request(b);

        if (b->easy[i] == NULL
            || curl_multi_add_handle(b->multi, b->easy[i]) != CURLM_OK)
        {
            return hrctl_no_memory();
        }

        b->running++;
    }

    return HRCTL_OK;
}


static void
hrctl_bench_close(hrctl_bench_t *b)
{
    int  i;

    for (i = 0; i < b->connections; i++) {
        if (b->easy[i] != NULL) {
            (void) curl_multi_remove_handle(b->multi, b->easy[i]);
            curl_easy_cleanup(b->easy[i]);
        }
    }

    if (b->multi != NULL) {
        (void) curl_multi_cleanup(b->multi);
    }

    curl_slist_free_all(b->headers);
    free(b->times);
}


/* What an answer says, and the next request on its connection. */
static void
hrctl_bench_ended(hrctl_bench_t *b, CURL *c, CURLcode rc)
{
    long    status = 0;
    double  seconds = 0;

    if (rc == CURLE_OK) {
        (void) curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
        (void) curl_easy_getinfo(c, CURLINFO_TOTAL_TIME, &seconds);
    }

    if (b->count < HRCTL_BENCH_TIMES) {
        b->times[b->count] = seconds;
    }

    b->count++;
    b->classes[status >= 100 && status < 600 ? status / 100 : 0]++;
    (void) curl_multi_remove_handle(b->multi, c);

    /* a server that is away is not asked a thousand times a second */
    if (rc != CURLE_OK || hrctl_clock() >= b->end || hrctl_stopped()
        || curl_multi_add_handle(b->multi, c) != CURLM_OK)
    {
        b->running--;
    }
}


static void
hrctl_bench_run(hrctl_bench_t *b)
{
    int       left, busy;
    CURLMsg  *message;

    while (b->running != 0) {

        if (curl_multi_perform(b->multi, &busy) != CURLM_OK
            || curl_multi_poll(b->multi, NULL, 0, 200, NULL) != CURLM_OK)
        {
            return;
        }

        while ((message = curl_multi_info_read(b->multi, &left)) != NULL) {
            if (message->msg == CURLMSG_DONE) {
                hrctl_bench_ended(b, message->easy_handle, message->data.result);
            }
        }
    }
}


static int
hrctl_bench_compare(const void *one, const void *two)
{
    double  a = *(const double *) one, b = *(const double *) two;

    return (a > b) - (a < b);
}


/* The time in ms within which that part of the requests was answered. */
static double
hrctl_bench_part(const hrctl_bench_t *b, double part)
{
    size_t  n = b->count < HRCTL_BENCH_TIMES ? b->count : HRCTL_BENCH_TIMES;

    return n == 0 ? 0.0 : b->times[(size_t) ((double) (n - 1) * part)] * 1e3;
}


static int
hrctl_bench_json(const hrctl_bench_t *b, double seconds)
{
    char   *text;
    cJSON  *root = cJSON_CreateObject();

    (void) cJSON_AddNumberToObject(root, "requests", (double) b->count);
    (void) cJSON_AddNumberToObject(root, "seconds", seconds);
    (void) cJSON_AddNumberToObject(root, "requests_per_second", (double) b->count / seconds);
    (void) cJSON_AddNumberToObject(root, "bytes", b->bytes);
    (void) cJSON_AddNumberToObject(root, "p50_ms", hrctl_bench_part(b, 0.5));
    (void) cJSON_AddNumberToObject(root, "p95_ms", hrctl_bench_part(b, 0.95));
    (void) cJSON_AddNumberToObject(root, "p99_ms", hrctl_bench_part(b, 0.99));
    (void) cJSON_AddNumberToObject(root, "max_ms", hrctl_bench_part(b, 1.0));
    (void) cJSON_AddNumberToObject(root, "succeeded", (double) b->classes[2]);
    (void) cJSON_AddNumberToObject(root, "unanswered", (double) b->classes[0]);

    text = hrctl_print(root);
    if (text == NULL) {
        return hrctl_no_memory();
    }

    (void) puts(text);
    free(text);

    return HRCTL_OK;
}


static void
hrctl_bench_tell(const hrctl_bench_t *b, double seconds)
{
    char      bytes[16];
    unsigned  i;

    hrctl_line("address", b->url);
    hrctl_line_printf("connections", "%ld", b->connections);
    hrctl_line_printf("requests", "%zu in %.1f s", b->count, seconds);
    hrctl_line_printf("a second", "%.0f", (double) b->count / seconds);
    hrctl_line_printf("received", "%s", hrctl_bytes(b->bytes, bytes));
    hrctl_line_printf("half within", "%.2f ms", hrctl_bench_part(b, 0.5));
    hrctl_line_printf("95 % within", "%.2f ms", hrctl_bench_part(b, 0.95));
    hrctl_line_printf("99 % within", "%.2f ms", hrctl_bench_part(b, 0.99));
    hrctl_line_printf("longest", "%.2f ms", hrctl_bench_part(b, 1.0));

    for (i = 1; i < 6; i++) {
        if (b->classes[i] != 0) {
            char  name[16];

            (void) snprintf(name, sizeof(name), "status %uxx", i);
            hrctl_line_printf(name, "%zu", b->classes[i]);
        }
    }

    if (b->classes[0] != 0) {
        hrctl_line_printf("no answer", "%zu", b->classes[0]);
    }
}


int
hrctl_bench(hrctl_t *ctl)
{
    int             rc;
    long            seconds = 5;
    double          began, took;
    const char     *path;
    hrctl_bench_t  *b;

    b = calloc(1, sizeof(hrctl_bench_t));
    if (b == NULL) {
        return hrctl_no_memory();
    }

    b->ctl = ctl;
    b->connections = 10;
    path = ctl->argc != 0 ? ctl->argv[0] : HRCTL_BENCH_PATH;

    rc = hrctl_option_int(ctl, "connections", 1, HRCTL_BENCH_CONNECTIONS,
                          &b->connections);

    if (rc == HRCTL_OK) {
        rc = hrctl_option_int(ctl, "seconds", 1, HRCTL_BENCH_SECONDS, &seconds);
    }

    if (rc == HRCTL_OK && path[0] != '/') {
        rc = hrctl_usage(ctl, "%s: PATH begins with /", path);
    }

    if (rc == HRCTL_OK) {
        rc = hrctl_token(ctl);
    }

    if (rc == HRCTL_OK) {
        rc = hrctl_http_init();
    }

    if (rc == HRCTL_OK) {
        (void) snprintf(b->url, sizeof(b->url), "%s%s", ctl->url, path);
        rc = hrctl_bench_open(b);
    }

    if (rc == HRCTL_OK) {
        began = hrctl_clock();
        b->end = began + (double) seconds;
        hrctl_bench_run(b);
        took = hrctl_clock() - began;
        qsort(b->times, b->count < HRCTL_BENCH_TIMES ? b->count : HRCTL_BENCH_TIMES,
              sizeof(double), hrctl_bench_compare);

        if (ctl->json) {
            rc = hrctl_bench_json(b, took);
        } else {
            hrctl_bench_tell(b, took);
        }

        if (rc == HRCTL_OK && b->classes[0] == b->count) {
            rc = hrctl_fail(HRCTL_NETWORK, "%s does not answer", ctl->url);

        } else if (rc == HRCTL_OK && b->classes[2] + b->classes[3] != b->count) {
            rc = HRCTL_FINDINGS;
        }
    }

    hrctl_bench_close(b);
    free(b);

    return rc;
}
