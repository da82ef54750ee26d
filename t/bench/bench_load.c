/*
 * A load of several kinds of requests, with the latency of each kind:
 *
 *   bench_load PORT CONNECTIONS SECONDS RATE FILE [ID ...]
 *
 * FILE has a line for each kind of request, with tabs between:
 *
 *   class  weight  method  path  header-lines  body
 *
 * Header lines and body are unescaped (\n); "-" is none, "@NAME" the file of that
 * name, which each connection with an id reads once.  In path and body {id} is
 * one of the given ids at random (each connection's own, when there are as many as
 * connections) and {n} a number that is never repeated.  RATE is
 * requests a second of all connections together, 0: each sends as soon as it was
 * answered.  With a rate the time of a request begins when it was due, so that a
 * server that stands still is seen by all requests that it should have had.
 *
 * Prints for each class: name, requests, errors, p50, p99, p99.9, longest (us); then
 * "all" with requests a second.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>


#define KINDS    64
#define CLASSES  32
#define BUCKETS  (64 * 64)
#define HEAD     8192
#define REQUEST  (256 * 1024)

typedef struct {
    char      name[32];
    uint64_t  n, errors, longest;
    uint32_t  bucket[BUCKETS];      /* 64 to each power of two, microseconds */
} class_t;

typedef struct {
    class_t  *class;
    long      weight;
    char     *method, *path, *headers, *body;
} kind_t;

typedef struct {
    int       fd;
    kind_t   *kind;                 /* in flight; NULL: idle */
    char     *id;                   /* NULL: any */
    uint64_t  due;                  /* when the next one is to be sent */
    uint64_t  begin;
    char     *out;
    size_t    out_len, out_sent;
    char     *own;                  /* body from a file; one kind at most has such */
    char      head[HEAD];
    size_t    head_len;
    int       in_body, chunked, bad, closing;
    int64_t   body_left;
    char      tail[8];              /* end of a chunked body */
    size_t    tail_len;
} conn_t;

static class_t   classes[CLASSES];
static size_t    nclasses;
static kind_t    kinds[KINDS];
static size_t    nkinds;
static long      total_weight;
static char    **ids;
static int       nids, port, epoll;
static uint64_t  interval;          /* of one connection, microseconds; 0: none */
static uint64_t  number, state = 88172645463325252ull;


static void
die(const char *what)
{
    perror(what);
    exit(1);
}


static uint64_t
now_us(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}


static uint64_t
rnd(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;

    return state;
}


/* ---- times ---- */

static unsigned
bucket_of(uint64_t us)
{
    int  power;

    if (us < 64) {
        return (unsigned) us;
    }

    power = 63 - __builtin_clzll(us);

    return (unsigned) ((power - 5) * 64) + (unsigned) ((us >> (power - 6)) & 63);
}


static uint64_t
bucket_value(unsigned b)
{
    if (b < 64) {
        return b;
    }

    return (uint64_t) (64 + b % 64) << (b / 64 - 1);
}


static uint64_t
percentile(const class_t *c, double p)
{
    unsigned  i;
    uint64_t  want = (uint64_t) ((double) c->n * p), seen = 0;

    for (i = 0; i < BUCKETS; i++) {
        seen += c->bucket[i];
        if (seen > want) {
            return bucket_value(i);
        }
    }

    return c->longest;
}


/* ---- the file ---- */

static class_t *
class_named(const char *name)
{
    size_t  i;

    for (i = 0; i < nclasses; i++) {
        if (strcmp(classes[i].name, name) == 0) {
            return &classes[i];
        }
    }

    if (nclasses == CLASSES) {
        fprintf(stderr, "too many classes\n");
        exit(2);
    }

    snprintf(classes[nclasses].name, sizeof(classes[0].name), "%s", name);

    return &classes[nclasses++];
}


/* Tab-separated field with \n and \\ unescaped; "-" is the empty text. */
static char *
field(char **p)
{
    char  *start = *p, *in, *out;

    if (start == NULL) {
        fprintf(stderr, "a line has too few fields\n");
        exit(2);
    }

    in = strchr(start, '\t');
    *p = in == NULL ? NULL : in + 1;
    if (in != NULL) {
        *in = '\0';
    }

    if (strcmp(start, "-") == 0) {
        *start = '\0';
    }

    for (in = out = start; *in != '\0'; in++) {
        if (in[0] == '\\' && (in[1] == 'n' || in[1] == '\\')) {
            *out++ = *++in == 'n' ? '\n' : '\\';
            continue;
        }
        *out++ = *in;
    }

    *out = '\0';

    return start;
}


static void
read_kinds(const char *path)
{
    char    *line = NULL, *p;
    size_t   size = 0;
    ssize_t  n;
    FILE    *f = fopen(path, "r");

    if (f == NULL) {
        die(path);
    }

    while ((n = getline(&line, &size, f)) > 0) {
        if (nkinds == KINDS) {
            break;
        }

        if (line[n - 1] == '\n') {
            line[n - 1] = '\0';
        }

        p = strdup(line);
        kinds[nkinds].class = class_named(field(&p));
        kinds[nkinds].weight = strtol(field(&p), NULL, 10);
        kinds[nkinds].method = field(&p);
        kinds[nkinds].path = field(&p);
        kinds[nkinds].headers = field(&p);
        kinds[nkinds].body = field(&p);
        total_weight += kinds[nkinds++].weight;
    }

    free(line);
    fclose(f);
}


static char *
read_whole(const char *path)
{
    char   *text = malloc(REQUEST);
    size_t  n;
    FILE   *f = fopen(path, "r");

    if (f == NULL || text == NULL) {
        die(path);
    }

    n = fread(text, 1, REQUEST - 1, f);
    text[n] = '\0';
    fclose(f);

    return text;
}


static size_t
fill(char *out, size_t room, const char *text, const char *id)
{
    size_t  n = 0;

    while (*text != '\0' && n + 64 < room) {
        if (strncmp(text, "{id}", 4) == 0) {
            n += (size_t) snprintf(out + n, room - n, "%s", id);
            text += 4;
        } else if (strncmp(text, "{n}", 3) == 0) {
            n += (size_t) snprintf(out + n, room - n, "%llu",
                                   (unsigned long long) ++number);
            text += 3;
        } else {
            out[n++] = *text++;
        }
    }

    out[n] = '\0';

    return n;
}


/* ---- connections ---- */

static void
watch(conn_t *c, int add, uint32_t events)
{
    struct epoll_event  ev = { .events = events, .data.ptr = c };

    if (epoll_ctl(epoll, add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, c->fd, &ev) != 0) {
        die("epoll_ctl");
    }
}


static void
open_conn(conn_t *c)
{
    int                 one = 1;
    struct sockaddr_in  to = { .sin_family = AF_INET,
                               .sin_port = htons((uint16_t) port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    c->fd = socket(AF_INET, SOCK_STREAM, 0);

    if (c->fd == -1 || connect(c->fd, (struct sockaddr *) &to, sizeof(to)) != 0) {
        die("connect");
    }

    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    watch(c, 1, EPOLLIN);
}


static void
push(conn_t *c)
{
    ssize_t  n;

    while (c->out_sent < c->out_len) {
        n = write(c->fd, c->out + c->out_sent, c->out_len - c->out_sent);

        if (n < 0) {
            if (errno == EAGAIN) {
                watch(c, 0, EPOLLIN | EPOLLOUT);
                return;
            }
            c->closing = 1;
            return;
        }

        c->out_sent += (size_t) n;
    }

    watch(c, 0, EPOLLIN);
}


static void
send_next(conn_t *c, uint64_t now)
{
    long         pick = (long) (rnd() % (uint64_t) total_weight);
    size_t       i, n, len;
    const char  *id = c->id ? c->id : nids ? ids[rnd() % (uint64_t) nids] : "";
    const char  *text;
    static char  body[REQUEST], path[4096];

    for (i = 0; pick >= kinds[i].weight; i++) {
        pick -= kinds[i].weight;
    }

    c->kind = &kinds[i];
    text = c->kind->body;
    if (text[0] == '@') {
        if (c->own == NULL) {
            fill(path, sizeof(path), text + 1, id);
            c->own = read_whole(path);
        }
        text = c->own;
    }

    fill(path, sizeof(path), c->kind->path, id);
    len = fill(body, sizeof(body), text, id);

    n = (size_t) snprintf(c->out, REQUEST + 8192, "%s %s HTTP/1.1\nHost: localhost\n%s"
                          "Content-Length: %zu\n\n", c->kind->method, path,
                          c->kind->headers, len);
    memcpy(c->out + n, body, len);

    c->out_len = n + len;
    c->out_sent = 0;
    c->begin = interval ? c->due : now;
    c->due = interval ? c->due + interval : 0;
    c->head_len = 0;
    c->in_body = c->chunked = c->bad = c->closing = 0;
    c->tail_len = 0;
    push(c);
}


static void
answered(conn_t *c, uint64_t now)
{
    uint64_t  us = now - c->begin;
    class_t  *class = c->kind->class;

    class->n++;
    class->errors += (uint64_t) c->bad;
    class->bucket[bucket_of(us)]++;
    if (us > class->longest) {
        class->longest = us;
    }

    c->kind = NULL;
}


static const char *
header(const char *head, const char *name)
{
    size_t       len = strlen(name);
    const char  *p;

    for (p = strchr(head, '\n'); p != NULL; p = strchr(p + 1, '\n')) {
        if (strncasecmp(p + 1, name, len) == 0 && p[1 + len] == ':') {
            return p + 2 + len;
        }
    }

    return NULL;
}


/* What follows the head; returns 1 at the end of the answer. */
static int
take_body(conn_t *c, const char *p, size_t n)
{
    size_t  keep;

    if (!c->chunked) {
        c->body_left -= (int64_t) n;
        return c->body_left <= 0;
    }

    /* the bodies asked for here never contain this themselves */
    for (; n > 0; n--, p++) {
        if (c->tail_len == sizeof(c->tail) - 1) {
            keep = c->tail_len - 1;
            memmove(c->tail, c->tail + 1, keep);
            c->tail_len = keep;
        }
        c->tail[c->tail_len++] = *p;
    }

    return c->tail_len >= 7 && memcmp(c->tail, "\r\n0\r\n\r\n", 7) == 0;
}


static int
take(conn_t *c, char *p, size_t n)
{
    char        *end;
    size_t       m;
    const char  *v;

    if (c->in_body) {
        return take_body(c, p, n);
    }

    m = n < HEAD - 1 - c->head_len ? n : HEAD - 1 - c->head_len;
    memcpy(c->head + c->head_len, p, m);
    c->head_len += m;
    c->head[c->head_len] = '\0';
    end = strstr(c->head, "\r\n\r\n");

    if (end == NULL) {
        return 0;
    }

    *end = '\0';
    c->in_body = 1;
    c->bad = c->head[9] != '2' && c->head[9] != '3';
    c->chunked = header(c->head, "Transfer-Encoding") != NULL;
    v = header(c->head, "Content-Length");
    c->body_left = v ? strtoll(v, NULL, 10) : 0;

    m = c->head_len - (size_t) (end + 4 - c->head);

    /* bytes of this read that are behind the head */
    return take_body(c, p + n - m, m);
}


static void
readable(conn_t *c)
{
    int          done = 0;
    ssize_t      n;
    static char  in[256 * 1024];

    for ( ;; ) {
        n = read(c->fd, in, HEAD - 1 > c->head_len && !c->in_body
                            ? HEAD - 1 - c->head_len : sizeof(in));

        if (n < 0 && errno == EAGAIN) {
            return;
        }

        if (n <= 0) {
            break;
        }

        if (c->kind != NULL) {
            done = take(c, in, (size_t) n);
        }

        if (done) {
            answered(c, now_us());
            return;
        }
    }

    /* closed: in the middle it is an error, after keepalive_requests it is not */
    if (c->kind != NULL) {
        c->bad = 1;
        answered(c, now_us());
    }

    close(c->fd);
    open_conn(c);
}


static void
report(uint64_t us)
{
    size_t    i;
    uint64_t  n = 0, errors = 0;
    class_t  *c;

    for (i = 0; i < nclasses; i++) {
        c = &classes[i];
        n += c->n;
        errors += c->errors;
        printf("%s %llu %llu %llu %llu %llu %llu\n", c->name,
               (unsigned long long) c->n, (unsigned long long) c->errors,
               (unsigned long long) percentile(c, 0.5),
               (unsigned long long) percentile(c, 0.99),
               (unsigned long long) percentile(c, 0.999),
               (unsigned long long) c->longest);
    }

    printf("all %.0f %llu\n", (double) n * 1e6 / (double) us,
           (unsigned long long) errors);
}


/*
 * Times of requests are taken here: this process must not wait for a processor
 * when an answer has come.  Linux before 6.12 ignores the short slice.
 */
static void
hurry(void)
{
    struct {
        uint32_t  size, policy;
        uint64_t  flags;
        int32_t   nice;
        uint32_t  priority;
        uint64_t  runtime, deadline, period;
    } attr = { .size = sizeof(attr), .nice = getpriority(PRIO_PROCESS, 0),
               .policy = SCHED_OTHER, .runtime = 200000 };

    (void) syscall(SYS_sched_setattr, 0, &attr, 0);
}


int
main(int argc, char **argv)
{
    int                  i, n, nconns;
    double               seconds, rate;
    conn_t              *conns;
    uint64_t             begin, end, now, next;
    struct timespec      wait;
    struct epoll_event   ev[256];

    if (argc < 6) {
        fprintf(stderr, "usage: bench_load PORT CONNECTIONS SECONDS RATE FILE [ID ...]\n");
        return 2;
    }

    signal(SIGPIPE, SIG_IGN);
    hurry();
    port = (int) strtol(argv[1], NULL, 10);
    nconns = (int) strtol(argv[2], NULL, 10);
    seconds = strtod(argv[3], NULL);
    rate = strtod(argv[4], NULL);
    read_kinds(argv[5]);
    ids = argv + 6;
    nids = argc - 6;
    interval = rate > 0 ? (uint64_t) (1e6 * nconns / rate) : 0;
    number = now_us();

    conns = calloc((size_t) nconns, sizeof(conn_t));
    epoll = epoll_create1(0);
    begin = now_us();
    end = begin + (uint64_t) (seconds * 1e6);

    for (i = 0; i < nconns; i++) {
        conns[i].out = malloc(REQUEST + 8192);
        conns[i].id = nids == nconns ? ids[i] : NULL;
        conns[i].due = begin + interval * (uint64_t) i / (uint64_t) nconns;
        open_conn(&conns[i]);
    }

    while ((now = now_us()) < end) {
        next = now + 100000;

        for (i = 0; i < nconns; i++) {
            if (conns[i].kind != NULL) {
                continue;
            }
            if (conns[i].due <= now) {
                send_next(&conns[i], now);
            } else if (conns[i].due < next) {
                next = conns[i].due;
            }
        }

        wait.tv_sec = 0;
        wait.tv_nsec = next > now ? (long) (next - now) * 1000 : 0;
        n = epoll_pwait2(epoll, ev, 256, &wait, NULL);

        for (i = 0; i < n; i++) {
            if (ev[i].events & EPOLLOUT) {
                push(ev[i].data.ptr);
            }
            if (ev[i].events & ~(uint32_t) EPOLLOUT) {
                readable(ev[i].data.ptr);
            }
        }
    }

    report(now_us() - begin);

    return 0;
}
