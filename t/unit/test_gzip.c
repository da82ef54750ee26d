/* gzip by parts: one member, the same bytes whatever is remembered. */

#include <pthread.h>
#include <zlib.h>

#include "hr_gzip.h"
#include "hr_test.h"


#define PARTS  12


typedef struct {
    hr_buf_t        body;
    hr_gzip_cuts_t  cuts;
} text_t;


/* Parts of some KB that resemble each other; part `changed` says `value`. */
static void
text_make(text_t *t, int parts, int changed, int value)
{
    int  i, k;

    hr_buf_init(&t->body, 10u << 20);
    memset(&t->cuts, 0, sizeof(t->cuts));
    (void) hr_buf_printf(&t->body, "{\"time\":%d,\"items\":[", value);

    for (i = 0; i < parts; i++) {
        t->cuts.at[t->cuts.n++] = t->body.len;

        for (k = 0; k < 300; k++) {
            (void) hr_buf_printf(&t->body, "{\"item\":%d,\"row\":%d,\"value\":%d},", i,
                                 (k * 7919 + i * 104729) % 1000,
                                 i == changed ? value : -1);
        }
    }

    t->cuts.at[t->cuts.n++] = t->body.len;
    (void) hr_buf_c(&t->body, "]}");
}


/* Decoded by the library: the body, and nothing behind the member? */
static bool
decodes(const hr_buf_t *gzip, const hr_buf_t *body)
{
    bool       same;
    char      *out;
    z_stream   z;

    out = malloc(body->len + 1);
    memset(&z, 0, sizeof(z));

    if (out == NULL || inflateInit2(&z, 15 + 16) != Z_OK) {
        free(out);
        return false;
    }

    z.next_in = (Bytef *) gzip->data;
    z.avail_in = (uInt) gzip->len;
    z.next_out = (Bytef *) out;
    z.avail_out = (uInt) body->len + 1;

    /* the end is only told when check sum and length fit */
    same = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0
           && z.total_out == body->len && memcmp(out, body->data, body->len) == 0;

    (void) inflateEnd(&z);
    free(out);

    return same;
}


static bool
equal(const hr_buf_t *a, const hr_buf_t *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}


static void
test_memory(void)
{
    text_t           t;
    size_t           i;
    hr_buf_t         with, without;
    hr_gzip_sum_t    sum, alone;
    hr_gzip_memo_t  *memo = hr_gzip_memo_create();

    /* parts, changed, value, how many had to be compressed */
    static const int  turns[][4] = {
        { PARTS, 0, 1, PARTS + 2 },     /* all, with head and end */
        { PARTS, 0, 1, 1 },             /* the head, always */
        { PARTS, 5, 2, 5 },             /* head, 0 (is as others now), 1, 5, 6 */
        { PARTS, 5, 3, 3 },             /* head, 5, 6 */
        { PARTS, PARTS - 1, 3, 5 },     /* head, 5, 6, the last one, the end */
        { 3, 2, 4, 3 },                 /* head, 2, the end, which follows it now */
        { PARTS, 2, 4, PARTS - 1 },     /* head, 3 and all behind it */
    };

    for (i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
        text_make(&t, turns[i][0], turns[i][1], turns[i][2]);
        hr_buf_init(&with, 10u << 20);
        hr_buf_init(&without, 10u << 20);

        IS_INT(hr_gzip_parts(memo, hr_buf_view(&t.body), &t.cuts, &with, &sum), HR_OK,
               "compressed");
        IS_INT(hr_gzip_parts(NULL, hr_buf_view(&t.body), &t.cuts, &without, &alone),
               HR_OK, "... and without a memory");
        IS_INT(hr_gzip_memo_bytes(memo), t.body.len, "the length is remembered");
        IS_INT(sum.fresh, turns[i][3], "only what changed and what follows it");
        IS_INT(alone.fresh, t.cuts.n + 1, "everything without a memory");
        OK(equal(&with, &without) && sum.hash == alone.hash && sum.crc == alone.crc,
           "what is remembered changes no byte and no sum");
        OK(decodes(&with, &t.body), "the library decodes it");
        IS_INT(sum.crc, crc32(0, (Bytef *) t.body.data, (uInt) t.body.len),
               "the check sum of the whole");

        hr_buf_release(&with);
        hr_buf_release(&without);
        hr_buf_release(&t.body);
    }

    hr_gzip_memo_destroy(memo);
}


/* A part looks back at the end of the one before it, no further. */
static void
test_tail(void)
{
    char            *p;
    text_t           t;
    hr_buf_t         out;
    hr_gzip_sum_t    sum;
    hr_gzip_memo_t  *memo = hr_gzip_memo_create();

    text_make(&t, PARTS, -1, 1);

    /* two parts of 30 KB, and the rest */
    t.cuts.n = 3;
    t.cuts.at[1] = t.cuts.at[0] + 30000;
    t.cuts.at[2] = t.cuts.at[0] + 60000;
    p = t.body.data + t.cuts.at[0];

    hr_buf_init(&out, 10u << 20);
    (void) hr_gzip_parts(memo, hr_buf_view(&t.body), &t.cuts, &out, &sum);

    p[30000 - 16385] = '!';
    hr_buf_reset(&out);
    (void) hr_gzip_parts(memo, hr_buf_view(&t.body), &t.cuts, &out, &sum);
    IS_INT(sum.fresh, 2, "a change far from the end: head and the part itself");
    OK(decodes(&out, &t.body), "decodes");

    p[30000 - 16384] = '!';
    hr_buf_reset(&out);
    (void) hr_gzip_parts(memo, hr_buf_view(&t.body), &t.cuts, &out, &sum);
    IS_INT(sum.fresh, 3, "a change in what the next part looks back at: that too");
    OK(decodes(&out, &t.body), "decodes");

    hr_buf_release(&out);
    hr_buf_release(&t.body);
    hr_gzip_memo_destroy(memo);
}


static void
test_sum(void)
{
    text_t           t, u;
    hr_buf_t         out;
    hr_gzip_sum_t    a, b, c;
    hr_gzip_memo_t  *memo = hr_gzip_memo_create();

    text_make(&t, PARTS, 4, 1);
    text_make(&u, PARTS, 4, 2);
    hr_buf_init(&out, 10u << 20);

    (void) hr_gzip_parts(memo, hr_buf_view(&t.body), &t.cuts, NULL, &a);
    (void) hr_gzip_parts(memo, hr_buf_view(&u.body), &u.cuts, NULL, &b);
    IS_INT(b.fresh, 2, "a sum alone looks at what changed: no part depends on another");
    OK(a.hash != b.hash && a.crc != b.crc, "another body, another sum");

    IS_INT(hr_gzip_parts(memo, hr_buf_view(&t.body), &t.cuts, &out, &c), HR_OK,
           "compressed after that");
    IS_INT(c.fresh, PARTS + 2, "a part that was only summed is compressed");
    OK(c.hash == a.hash && c.crc == a.crc, "the sum does not depend on compression");
    OK(decodes(&out, &t.body), "decodes");

    hr_buf_release(&out);
    hr_buf_release(&t.body);
    hr_buf_release(&u.body);
    hr_gzip_memo_destroy(memo);
}


static void
test_size(void)
{
    uLong          len;
    text_t         t;
    Bytef         *whole;
    hr_buf_t       out;
    hr_gzip_sum_t  sum;

    text_make(&t, 100, -1, 1);
    hr_buf_init(&out, 10u << 20);
    (void) hr_gzip_parts(NULL, hr_buf_view(&t.body), &t.cuts, &out, &sum);

    len = compressBound((uLong) t.body.len);
    whole = malloc(len);
    (void) compress2(whole, &len, (Bytef *) t.body.data, (uLong) t.body.len, 6);
    OK(out.len < len + len / 10, "at most a tenth more than in one piece");

    free(whole);
    hr_buf_release(&out);
    hr_buf_release(&t.body);
}


static void
test_refused(void)
{
    text_t         t;
    hr_buf_t       out;
    hr_gzip_sum_t  sum;

    text_make(&t, PARTS, -1, 1);

    hr_buf_init(&out, 2000);
    IS_INT(hr_gzip_parts(NULL, hr_buf_view(&t.body), &t.cuts, &out, &sum), HR_LIMIT,
           "a full buffer is told");
    hr_buf_release(&out);

    hr_buf_init(&out, 10u << 20);
    t.cuts.at[3] = t.cuts.at[2];
    IS_INT(hr_gzip_parts(NULL, hr_buf_view(&t.body), &t.cuts, &out, &sum), HR_INVALID,
           "two cuts at one place");
    t.cuts.at[3] = t.body.len + 1;
    IS_INT(hr_gzip_parts(NULL, hr_buf_view(&t.body), &t.cuts, &out, &sum), HR_INVALID,
           "a cut behind the end");
    t.cuts.n = HR_GZIP_CUTS + 1;
    IS_INT(hr_gzip_parts(NULL, hr_buf_view(&t.body), &t.cuts, &out, &sum), HR_INVALID,
           "too many cuts");
    hr_buf_release(&out);
    hr_buf_release(&t.body);
}


static hr_gzip_memo_t  *shared;


static void *
test_thread(void *data)
{
    int             i, bad = 0, *seed = data;
    text_t          t;
    hr_buf_t        out;
    hr_gzip_sum_t   sum;

    for (i = 0; i < 40; i++) {
        text_make(&t, PARTS, (i * 5 + *seed) % PARTS, i % 3);
        hr_buf_init(&out, 10u << 20);

        if (hr_gzip_parts(shared, hr_buf_view(&t.body), &t.cuts, &out, &sum) != HR_OK
            || !decodes(&out, &t.body))
        {
            bad++;
        }

        hr_buf_release(&out);
        hr_buf_release(&t.body);
    }

    *seed = bad;

    return NULL;
}


static void
test_threads(void)
{
    int        i, seed[4] = { 0, 1, 2, 3 };
    pthread_t  thread[4];

    shared = hr_gzip_memo_create();

    for (i = 0; i < 4; i++) {
        if (pthread_create(&thread[i], NULL, test_thread, &seed[i]) != 0) {
            OK(0, "a thread");
            return;
        }
    }

    for (i = 0; i < 4; i++) {
        (void) pthread_join(thread[i], NULL);
        IS_INT(seed[i], 0, "every answer of a thread decodes");
    }

    hr_gzip_memo_destroy(shared);
}


int
main(void)
{
    test_memory();
    test_tail();
    test_sum();
    test_size();
    test_refused();
    test_threads();
    hr_gzip_memo_destroy(NULL);

    return hr_test_done();
}
