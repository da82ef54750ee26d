/*
 * What the model would be asked for every position of the invented company of
 * scripts/demo-data, which has the statistics of the real one: how its KPIs were
 * found, how large the prompt is, how long it takes to build, and that nothing
 * leaves that must stay (names of persons in the KPI files).
 *
 *     make -C t/unit context
 *
 * Exit code 1: a position without a class, a sum that is wrong, a prompt above
 * 66,000 tokens, a name in a request.
 */

#define _GNU_SOURCE

#include "hr_gen_fixture.h"
#include "hr_text.h"

#include <malloc.h>
#include <time.h>


#define BENCH_TOKENS  66000
#define BENCH_ROWS    64
#define BENCH_NAMES   400

typedef struct {
    char      key[96];          /* file, or type of a template */
    unsigned  slots;
    unsigned  match[HR_KPI_MATCH_UNFILTERED + 1];
    double    rows, selected;
} bench_row_t;

static bench_row_t  specific[BENCH_ROWS], template[BENCH_ROWS];
static size_t       specifics, templates;
static hr_str_t     names[BENCH_NAMES];
static size_t       name_count;
static unsigned     bad;


static double
now_us(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec * 1e6 + (double) ts.tv_nsec / 1e3;
}


static bench_row_t *
row_of(bench_row_t *rows, size_t *count, hr_str_t key)
{
    char  name[96];

    snprintf(name, sizeof(name), "%.*s", (int) key.len, key.data);

    for (size_t i = 0; i < *count; i++) {
        if (strcmp(rows[i].key, name) == 0) {
            return &rows[i];
        }
    }

    if (*count == BENCH_ROWS) {
        printf("too many files\n");
        exit(1);
    }

    strcpy(rows[*count].key, name);

    return &rows[(*count)++];
}


/* Persons of a KPI file: the values of positions_map and responsible. */
static void
names_of(hr_str_t text)
{
    bool         map = false;
    size_t       len;
    const char  *p = text.data, *end = text.data + text.len, *nl, *colon;

    for ( /* void */ ; p < end; p = nl + 1) {

        nl = memchr(p, '\n', (size_t) (end - p));
        if (nl == NULL) {
            return;
        }

        len = (size_t) (nl - p);

        if (p > text.data + 3 && len >= 3 && memcmp(p, "---", 3) == 0) {
            return;
        }

        if (p[0] != ' ') {
            map = len >= 14 && memcmp(p, "positions_map:", 14) == 0;
        }

        for (colon = nl; colon > p && !(colon[-1] == ':' && *colon == ' '); colon--) {
            /* the last one of the line */
        }

        if ((map || (len > 12 && memcmp(p, "responsible:", 12) == 0)) && colon > p
            && nl - colon > 8 && name_count < BENCH_NAMES
            && memmem(colon, (size_t) (nl - colon), "Вакансия", 16) == NULL)
        {
            names[name_count++] = hr_trim(hr_str(colon, (size_t) (nl - colon)));
        }
    }
}


static void
scan(const hr_gen_body_t *body, hr_str_t position)
{
    char  *text = malloc(body->length + 1), *p = text;

    if (text == NULL) {
        exit(1);
    }

    for (size_t i = 0; i < body->count; i++) {
        memcpy(p, body->segments[i].data, body->segments[i].len);
        p += body->segments[i].len;
    }

    for (size_t i = 0; i < name_count; i++) {
        if (memmem(text, body->length, names[i].data, names[i].len) != NULL) {
            printf("NAME in the request for \"%.*s\": %.*s\n", (int) position.len,
                   position.data, (int) names[i].len, names[i].data);
            bad++;
        }
    }

    free(text);
}


static void
tally(const hr_gen_facts_t *facts)
{
    int64_t           rows = 0, selected = 0;
    hr_str_t          match, file;
    unsigned          m;
    bench_row_t      *row;
    const hr_json_t  *kpi = hr_json_get(facts->report, "kpi");

    match = hr_json_text(hr_json_get(kpi, "match"));
    file = hr_json_text(hr_json_get(kpi, "file"));
    (void) hr_json_int(hr_json_get(kpi, "rows"), &rows);
    (void) hr_json_int(hr_json_get(kpi, "selected"), &selected);

    if (!hr_str_eq(facts->kpi_source, HR_STR("specific"))) {
        row = row_of(template, &templates, facts->kpi_type);
        row->slots++;
        return;
    }

    row = row_of(specific, &specifics, file);
    row->slots++;
    row->rows += (double) rows;
    row->selected += (double) selected;

    for (m = HR_KPI_MATCH_EXACT; m <= HR_KPI_MATCH_UNFILTERED; m++) {
        if (hr_str_eq(match, hr_str_from_c(hr_kpi_match_name(m)))) {
            row->match[m]++;
            return;
        }
    }

    printf("NO CLASS: %.*s, %.*s\n", (int) facts->unit_path.len,
           facts->unit_path.data, (int) facts->position.len, facts->position.data);
    bad++;
}


static int
by_value(const void *a, const void *b)
{
    double  x = *(const double *) a, y = *(const double *) b;

    return x < y ? -1 : x > y;
}


static void
distribution(const char *name, double *values, size_t n, const char *unit)
{
    double  sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }

    qsort(values, n, sizeof(double), by_value);
    printf("%-24s %9.0f %9.0f %9.0f %9.0f %9.0f %9.0f  %s\n", name, values[0],
           values[n / 2], values[n * 95 / 100], values[n * 99 / 100], values[n - 1],
           sum / (double) n, unit);
}


static void
print_kpis(size_t slots)
{
    unsigned     sum = 0, covered = 0, classes[HR_KPI_MATCH_UNFILTERED + 1] = { 0 };
    bench_row_t  *r;

    printf("%-18s %6s %6s %6s %9s %9s %10s %6s %6s %5s\n", "KPI file", "slots",
           "exact", "fuzzy", "inherited", "ambiguous", "unfiltered", "rows", "sent",
           "less");

    for (size_t i = 0; i < specifics; i++) {
        r = &specific[i];
        printf("%-*s %6u %6u %6u %9u %9u %10u %6.1f %6.1f %4.0f%%\n",
               (int) (18 + strlen(r->key) - hr_utf8_count(hr_str_from_c(r->key))),
               r->key, r->slots, r->match[1], r->match[2], r->match[3], r->match[4],
               r->match[5], r->rows / r->slots, r->selected / r->slots,
               100.0 * (1.0 - r->selected / r->rows));
        covered += r->slots;

        for (int m = 1; m <= HR_KPI_MATCH_UNFILTERED; m++) {
            classes[m] += r->match[m];
        }
    }

    for (int m = 1; m <= HR_KPI_MATCH_UNFILTERED; m++) {
        sum += classes[m];
    }

    printf("%-18s %6u %6u %6u %9u %9u %10u   classes add up to %u\n\n", "all", covered,
           classes[1], classes[2], classes[3], classes[4], classes[5], sum);
    bad += sum != covered;

    printf("template            slots\n");
    sum = 0;

    for (size_t i = 0; i < templates; i++) {
        printf("%-18s %6u\n", template[i].key, template[i].slots);
        sum += template[i].slots;
    }

    printf("%-18s %6u   with the files %u of %zu positions\n\n", "all", sum,
           sum + covered, slots);
    bad += sum + covered != slots;
}


static void
prepare(const hr_gen_fixture_t *f, hr_str_t department, hr_str_t position,
    double *chars, double *tokens, double *bytes, double *us, double *held)
{
    double            begin;
    hr_gen_job_t     *job;
    hr_generr_t       error;
    hr_gen_body_t     body;
    hr_gen_attempt_t  attempt;
    hr_gen_request_t  r;
    struct mallinfo2  before, after;

    memset(&r, 0, sizeof(r));
    memset(&attempt, 0, sizeof(attempt));
    r.department = department;
    r.position = position;
    r.task_id = HR_STR("bench");
    r.stream = true;
    r.now = hr_time_now();

    begin = now_us();
    before = mallinfo2();

    if (hr_gen_prepare(f->gen, NULL, f->org, &r, &job, &error) != HR_OK
        || error != HR_GENERR_NONE || hr_gen_body(job, &attempt, &body) != HR_OK)
    {
        printf("NOT PREPARED: %.*s, %.*s\n", (int) department.len, department.data,
               (int) position.len, position.data);
        exit(1);
    }

    *us = now_us() - begin;
    after = mallinfo2();
    *held = (double) (after.uordblks + after.hblkhd - before.uordblks
                      - before.hblkhd);
    *chars = (double) hr_gen_job_facts(job)->prompt_chars;
    *tokens = (double) hr_gen_job_facts(job)->input_tokens;
    *bytes = (double) body.length;

    bad += *tokens > BENCH_TOKENS;
    tally(hr_gen_job_facts(job));
    scan(&body, position);
    hr_gen_job_destroy(job);
}


int
main(void)
{
    size_t              n;
    double             *chars, *tokens, *bytes, *us, *held;
    hr_org_slot_t       slot;
    hr_org_unit_t       unit;
    hr_org_info_t       info;
    hr_gen_fixture_t    f;

    hr_test_gen_demo(&f);
    hr_org_info(f.org, &info);
    n = info.slots;

    for (size_t i = 0; i < f.count; i++) {
        if (hr_contains(f.files[i].path, HR_STR("data/KPI/"))) {
            names_of(f.files[i].bytes);
        }
    }

    chars = calloc(n, sizeof(double));
    tokens = calloc(n, sizeof(double));
    bytes = calloc(n, sizeof(double));
    us = calloc(n, sizeof(double));
    held = calloc(n, sizeof(double));

    if (chars == NULL || tokens == NULL || bytes == NULL || us == NULL
        || held == NULL) {
        return 1;
    }

    for (size_t i = 0; i < n; i++) {
        hr_org_slot(f.org, (uint32_t) i, &slot);
        hr_org_unit(f.org, slot.unit, &unit);
        prepare(&f, unit.path, slot.title, &chars[i], &tokens[i], &bytes[i], &us[i],
                &held[i]);
    }

    print_kpis(n);

    printf("%-24s %9s %9s %9s %9s %9s %9s\n", "", "least", "p50", "p95", "p99",
           "most", "mean");
    distribution("prompt", chars, n, "characters");
    distribution("prompt, estimate", tokens, n, "tokens, target at most 66,000");
    distribution("request body", bytes, n, "bytes");
    distribution("held while it waits", held, n, "bytes");
    distribution("context and body", us, n, "microseconds");
    printf("\n%zu names of persons looked for in %zu requests: %u bad\n", name_count, n,
           bad);

    free(chars);
    free(tokens);
    free(bytes);
    free(us);
    free(held);
    hr_test_gen_free(&f);

    return bad == 0 && name_count > 0 ? 0 : 1;
}
