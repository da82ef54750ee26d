/*
 * What the module itself reads of a request's head: path, query, If-Match, If-None-Match,
 * Accept-Language, Accept-Encoding, Authorization, Origin, X-Request-ID,
 * X-Forwarded-For.  Cookie and Range are nginx's own.
 *
 * The sources stand in this file, so that their static functions can be called; of
 * nginx there is only what they need.  Input: path, query, then header lines, each
 * ended by a line feed.
 */

#include "../../src/http/ngx_http_hr_answer.c"
#include "../../src/http/ngx_http_hr_guard.c"
#include "../../src/http/ngx_http_hr_headers.c"
#include "../../src/http/ngx_http_hr_input.c"
#include "../../src/http/ngx_http_hr_negotiate.c"
#include "../../src/http/ngx_http_hr_origin.c"
#include "../../src/http/ngx_http_hr_problems.c"
#include "../../src/http/ngx_http_hr_route.c"
#include "../../src/api/ngx_http_hr_profile.c"

#include "hr_fuzz.h"

#define FUZZ_BYTES    (256 * 1024)
#define FUZZ_HEADERS  16


/* ---- of nginx ---- */

static void   *fuzz_blocks[4096];
static size_t  fuzz_nblocks;


/* Each piece a block of its own, so that a byte too many is seen. */
void *
ngx_palloc(ngx_pool_t *pool, size_t size)
{
    void  *p;

    (void) pool;
    HR_FUZZ_CHECK(size <= FUZZ_BYTES);

    if (fuzz_nblocks == sizeof(fuzz_blocks) / sizeof(fuzz_blocks[0])) {
        return NULL;
    }

    p = malloc(size);
    HR_FUZZ_CHECK(p != NULL);
    fuzz_blocks[fuzz_nblocks++] = p;

    return p;
}


void *
ngx_pnalloc(ngx_pool_t *pool, size_t size)
{
    return ngx_palloc(pool, size);
}


static void
fuzz_free(void)
{
    while (fuzz_nblocks > 0) {
        free(fuzz_blocks[--fuzz_nblocks]);
    }
}


ngx_int_t
ngx_strncasecmp(u_char *a, u_char *b, size_t n)
{
    return strncasecmp((char *) a, (char *) b, n);
}


ngx_int_t
ngx_hextoi(u_char *p, size_t n)
{
    ngx_int_t  c, value;

    for (value = 0; n-- > 0; p++) {
        c = ngx_http_hr_hex(*p);
        if (c < 0) {
            return NGX_ERROR;
        }
        value = value * 16 + c;
    }

    return value;
}


/* Thousandths of "0.5"; what is no such number is -1. */
ngx_int_t
ngx_atofp(u_char *p, size_t n, size_t point)
{
    ngx_int_t   value;
    ngx_uint_t  dot;

    HR_FUZZ_CHECK(n > 0);

    for (value = 0, dot = 0; n-- > 0; p++) {
        if (point == 0 || value > 1000000) {
            return NGX_ERROR;
        }
        if (*p == '.') {
            if (dot++) {
                return NGX_ERROR;
            }
            continue;
        }
        if (*p < '0' || *p > '9') {
            return NGX_ERROR;
        }
        value = value * 10 + (*p - '0');
        point -= dot;
    }

    while (point-- > 0) {
        value *= 10;
    }

    return value;
}


/* The texts of problems are not looked at: an empty one will do. */
u_char *
ngx_snprintf(u_char *buf, size_t max, const char *format, ...)
{
    (void) format;
    HR_FUZZ_CHECK(max > 1);
    buf[0] = 'x';
    buf[1] = '\0';

    return buf + 1;
}


u_char *
ngx_slprintf(u_char *buf, u_char *last, const char *format, ...)
{
    return ngx_snprintf(buf, (size_t) (last - buf), format);
}


ngx_int_t
ngx_cidr_match(struct sockaddr *sa, ngx_array_t *cidrs)
{
    (void) sa;
    (void) cidrs;

    return NGX_OK;
}


hr_str_t
ngx_http_hr_work_str(ngx_http_hr_work_t *w, hr_str_t text)
{
    return hr_arena_str(w->arena, text);
}


hr_arena_t *
ngx_http_hr_arena(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    (void) r;

    return ctx->arena;
}


static const ngx_http_hr_route_t  fuzz_routes[] = {
    { "/", NGX_HTTP_GET, 0, 0, 0, NULL, "" },
    { "/api/profiles/", NGX_HTTP_GET, 0, 0, 0, NULL, "" },
    { "/api/profiles/{id}", NGX_HTTP_GET, 0, 0, 0, NULL, "" },
    { "/api/profiles/{id}", NGX_HTTP_PUT, 0, 0, 0, NULL, "" },
    { "/api/profiles/{id}/versions/{n}", NGX_HTTP_GET, 0, 0, 0, NULL, "" },
    { "/api/profiles/{id}/versions/compare", NGX_HTTP_GET, 0, 0, 0, NULL, "" },
    { "/api/{a}/{b}/{c}", NGX_HTTP_DELETE, 0, 0, 0, NULL, "" },
    NGX_HTTP_HR_ROUTES_END
};

const ngx_http_hr_route_t *const ngx_http_hr_route_tables[] = { fuzz_routes, NULL };


/* ---- the request ---- */

typedef struct {
    ngx_http_hr_in_str_t     search;
    ngx_http_hr_in_int_t     page;
    ngx_http_hr_in_bool_t    all;
    ngx_http_hr_in_double_t  score;
} fuzz_values_t;

static const ngx_http_hr_in_row_t  fuzz_rows[] = {
    { "search", NGX_HTTP_HR_IN_STR, 0, 2, 100, offsetof(fuzz_values_t, search) },
    { "page", NGX_HTTP_HR_IN_INT, 0, 1, 1000000, offsetof(fuzz_values_t, page) },
    { "all", NGX_HTTP_HR_IN_BOOL, 0, 0, 0, offsetof(fuzz_values_t, all) },
    { "score", NGX_HTTP_HR_IN_DOUBLE, NGX_HTTP_HR_IN_REQUIRED, 0, 1,
      offsetof(fuzz_values_t, score) },
    NGX_HTTP_HR_IN_END
};

typedef struct {
    ngx_http_request_t       r;
    ngx_connection_t         c;
    ngx_table_elt_t          h[FUZZ_HEADERS];
    void                    *main_conf[1];
    ngx_http_hr_main_conf_t  conf;
    ngx_http_hr_ctx_t        ctx;
    ngx_str_t                origins[2];
    ngx_str_t                hosts[2];
    ngx_array_t              origin_list;
    ngx_array_t              host_list;
} fuzz_request_t;

ngx_module_t  ngx_http_hr_module;


/* A line as a block of its own, with the NUL that nginx puts behind each. */
static ngx_str_t
fuzz_line(const uint8_t **data, size_t *size)
{
    size_t     n;
    ngx_str_t  line;

    for (n = 0; n < *size && (*data)[n] != '\n'; n++) { /* void */ }

    line.len = n;
    line.data = ngx_palloc(NULL, n + 1);
    memcpy(line.data, *data, n);
    line.data[n] = '\0';
    n += n < *size;
    *data += n;
    *size -= n;

    return line;
}


static void
fuzz_header(fuzz_request_t *f, ngx_table_elt_t *h)
{
    if (ngx_strncasecmp(h->key.data, (u_char *) "authorization", 14) == 0) {
        f->r.headers_in.authorization = h;
    } else if (ngx_strncasecmp(h->key.data, (u_char *) "accept-language", 16) == 0) {
        f->r.headers_in.accept_language = h;
    } else if (ngx_strncasecmp(h->key.data, (u_char *) "accept-encoding", 16) == 0) {
        f->r.headers_in.accept_encoding = h;
    } else if (ngx_strncasecmp(h->key.data, (u_char *) "host", 5) == 0) {
        f->r.headers_in.server = h->value;
    }
}


static void
fuzz_read(fuzz_request_t *f, const uint8_t *data, size_t size)
{
    u_char           *colon;
    ngx_str_t         line, name;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    f->r.unparsed_uri = fuzz_line(&data, &size);
    f->r.args = fuzz_line(&data, &size);
    f->r.method = size % 2 ? NGX_HTTP_GET : NGX_HTTP_PUT;
    f->r.connection = &f->c;
    f->r.main_conf = f->main_conf;
    f->main_conf[0] = &f->conf;
    f->ctx.conf = &f->conf;
    ngx_str_set(&f->c.addr_text, "192.0.2.1");
    f->conf.trusted_proxies = &f->host_list;

    part = &f->r.headers_in.headers.part;
    part->elts = f->h;

    while (size > 0 && part->nelts < FUZZ_HEADERS) {
        line = fuzz_line(&data, &size);
        colon = memchr(line.data, ':', line.len);
        if (colon == NULL) {
            continue;
        }

        h = &f->h[part->nelts++];
        name.len = (size_t) (colon - line.data);
        h->key = name;
        h->key.data = line.data;
        h->value.data = colon + 1 + (colon[1] == ' ');
        h->value.len = (size_t) (line.data + line.len - h->value.data);
        *colon = '\0';
        fuzz_header(f, h);
    }

    ngx_str_set(&f->origins[0], "http://localhost:5173");
    ngx_str_set(&f->hosts[0], "localhost");
    ngx_str_set(&f->hosts[1], "*.example.org");
    f->origin_list.elts = f->origins;
    f->origin_list.nelts = 1;
    f->host_list.elts = f->hosts;
    f->host_list.nelts = 2;
    f->conf.cors_origins = &f->origin_list;
    f->conf.trusted_hosts = &f->host_list;
}


/* ---- what must hold ---- */

static void
fuzz_path(fuzz_request_t *f)
{
    ngx_int_t   rc;
    ngx_str_t   allow;
    ngx_uint_t  i;

    rc = ngx_http_hr_route_match(&f->r, &f->ctx, &allow);
    HR_FUZZ_CHECK(rc == NGX_OK || rc == NGX_DECLINED || rc == NGX_ABORT);

    for (i = 0; rc == NGX_OK && i < NGX_HTTP_HR_PARAMS_MAX; i++) {
        if (f->ctx.params[i].data != NULL) {
            HR_FUZZ_CHECK(hr_utf8_valid(ngx_http_hr_str(&f->ctx.params[i])));
        }
    }
}


static void
fuzz_query(fuzz_request_t *f)
{
    fuzz_values_t           v;
    ngx_http_hr_problems_t  p;

    ngx_memzero(&v, sizeof(v));
    ngx_http_hr_problems_init(&p, &f->ctx);

    if (ngx_http_hr_read_query(&f->r, &f->ctx, fuzz_rows, &v, &p) == NGX_OK) {
        HR_FUZZ_CHECK(!v.search.set || hr_utf8_valid(v.search.v));
        HR_FUZZ_CHECK(!v.page.set || (v.page.v >= 1 && v.page.v <= 1000000));
        HR_FUZZ_CHECK(!v.score.set || (v.score.v >= 0.0 && v.score.v <= 1.0));
        HR_FUZZ_CHECK(v.score.set || p.n > 0);
        HR_FUZZ_CHECK(p.list.err == HR_OK);
    }

    ngx_http_hr_problems_release(&p);
}


static void
fuzz_tags(fuzz_request_t *f, hr_arena_t *arena)
{
    hr_str_t             list_with;
    ngx_str_t            list;
    ngx_str_t            tag = ngx_string("\"0123456789abcdef\"");
    ngx_http_hr_work_t   w;
    ngx_http_hr_match_t  match;

    list = ngx_http_hr_request_header(&f->r, "If-None-Match");
    if (list.len > 0) {
        (void) ngx_http_hr_tag_listed(&list, &tag);
    }

    ngx_memzero(&w, sizeof(w));
    ngx_memzero(&match, sizeof(match));
    w.arena = arena;

    if (ngx_http_hr_match_read(&f->r, &w, &match) == NGX_OK) {
        /* a list that holds the tag, in front of whatever was sent */
        if (match.tags.data != NULL) {
            (void) ngx_http_hr_match_tags(match.tags, "0123456789abcdef");
            list_with = hr_arena_printf(arena, "\"0123456789abcdef\", %.*s",
                                        (int) match.tags.len, match.tags.data);
            HR_FUZZ_CHECK(list_with.data == NULL
                          || ngx_http_hr_match_tags(list_with, "0123456789abcdef"));
        }
    }
}


static void
fuzz_rest(fuzz_request_t *f)
{
    size_t     n;
    ngx_str_t  token, address, origin;

    if (ngx_http_hr_bearer(&f->r, &token) == NGX_OK) {
        HR_FUZZ_CHECK(token.len > 0 && token.data[0] != ' ');
    }

    address = ngx_http_hr_client_address(&f->r);
    HR_FUZZ_CHECK(address.len > 0 && address.len <= NGX_SOCKADDR_STRLEN);
    (void) ngx_http_hr_is_tls(&f->r);

    (void) ngx_http_hr_language(&f->r, HR_LANG_RU);
    (void) ngx_http_hr_accepts_gzip(&f->r);

    ngx_http_hr_request_id(&f->r, &f->ctx);
    n = strlen(f->ctx.answer.request_id);
    HR_FUZZ_CHECK(n >= 8 && n <= 64);
    HR_FUZZ_CHECK(strspn(f->ctx.answer.request_id, "abcdefghijklmnopqrstuvwxyz"
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n);

    origin = ngx_http_hr_request_header(&f->r, "Origin");
    if (origin.len > 0 && ngx_http_hr_origin_allowed(&f->conf, &origin)) {
        HR_FUZZ_CHECK(origin.len == f->origins[0].len);
    }

    if (f->r.headers_in.server.len > 0) {
        (void) ngx_http_hr_host_exact(&f->conf, &f->r.headers_in.server);
        (void) ngx_http_hr_host_suffix(&f->conf, &f->r.headers_in.server);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_request_t  f;

    if (ngx_http_hr_nroutes == 0) {
        HR_FUZZ_CHECK(ngx_http_hr_routes_init(NULL) == NGX_OK);
    }

    memset(&f, 0, sizeof(f));
    fuzz_read(&f, data, size);

    f.ctx.arena = hr_arena_create(4 * 1024 * 1024);
    HR_FUZZ_CHECK(f.ctx.arena != NULL);

    fuzz_path(&f);
    fuzz_query(&f);
    fuzz_tags(&f, f.ctx.arena);
    fuzz_rest(&f);

    hr_arena_destroy(f.ctx.arena);
    fuzz_free();

    return 0;
}
