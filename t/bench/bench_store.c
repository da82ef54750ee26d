/*
 * Times of the store at size:   bench_store FILE ROWS [unique|fill]
 *
 * Makes FILE with ROWS synthetic profiles unless it has them (1,689 positions in
 * 567 units; "unique": every profile has an employee name of its own; "fill": the
 * same, and that is all), then
 * prints the median of several runs of each query, in milliseconds, with warm
 * caches.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "hr_store.h"


#define UNITS      567
#define POSITIONS  1689
#define RUNS       7

static hr_store_config_t  config;
static hr_store_conn_t   *conn;
static hr_arena_t        *arena;


static double
now_ms(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec * 1e3 + (double) ts.tv_nsec / 1e6;
}


static void
die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, conn == NULL ? "" : hr_store_error_text(conn));
    exit(1);
}


static void
fill(long rows, int unique)
{
    static const char  *words[] = {
        "Ведущий аналитик", "Менеджер", "Старший инженер", "Директор", "Специалист",
        "Главный архитектор", "Юрист", "Бухгалтер", "Координатор"
    };

    long                   i;
    int                    p;
    char                   id[37], unit[80], position[80], employee[80], path[160];
    double                 start = now_ms();
    hr_store_slot_t        slot;
    hr_store_content_t     c;
    hr_store_status_t      status;
    hr_instant_t           at;

    memset(&c, 0, sizeof(c));
    c.document = HR_STR("{\"position_title\":\"x\",\"note\":\"synthetic\"}");
    c.metadata = HR_STR("{}");
    c.user_id = 1;
    c.username = HR_STR("admin");
    c.edited_leaves = -1;

    for (i = 0; i < rows; i++) {
        if (i % 2000 == 0) {
            if (i > 0 && hr_store_commit(conn) != HR_OK) {
                die("commit");
            }
            if (hr_store_begin(conn) != HR_OK) {
                die("begin");
            }
        }

        p = (int) ((i * 7919) % POSITIONS);
        snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012lx", i);
        snprintf(unit, sizeof(unit), "Управление номер %d", p % UNITS);
        snprintf(path, sizeof(path), "Блок %d/Департамент %d/%s", p % 9, p % 60, unit);
        snprintf(position, sizeof(position), "%s %d", words[p % 9], p);
        snprintf(employee, sizeof(employee), "Сотрудник %06ld", i);

        memset(&slot, 0, sizeof(slot));
        slot.department = hr_str_from_c(unit);
        slot.position = hr_str_from_c(position);
        slot.unit_path = hr_str_from_c(path);
        if (unique) {
            slot.employee_name = hr_str_from_c(employee);
        }

        c.validation_score = (double) (i % 101) / 100;
        c.completeness_score = (double) (i % 51) / 50;
        at = (hr_instant_t) 1700000000000000 + (hr_instant_t) i * 61000000;

        if (hr_store_profile_insert(conn, hr_str(id, 36), &slot, &c, at) != HR_OK
            || (i % 50 == 0 && hr_store_profile_archive(conn, hr_str(id, 36), at,
                                                        &status) != HR_OK))
        {
            die("insert");
        }
    }

    if (hr_store_commit(conn) != HR_OK) {
        die("commit");
    }

    printf("%-52s %8.3f ms a row\n", "insert a profile (2,000 in a transaction)",
           (now_ms() - start) / (double) rows);
    hr_store_checkpoint(conn, true);
}


static int
compare(const void *a, const void *b)
{
    double  x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}


static hr_str_t
list(const char *name, hr_store_filter_t f)
{
    int               i;
    static char       cursor[4096];
    double            times[RUNS], start;
    hr_str_t          next;
    hr_store_list_t   l;

    for (i = 0; i < RUNS; i++) {
        start = now_ms();

        if (hr_store_profiles_list(conn, arena, &f, &l) != HR_OK) {
            die(name);
        }

        times[i] = now_ms() - start;
        next = l.next_cursor;

        if (i < RUNS - 1) {
            hr_arena_destroy(arena);
            arena = hr_arena_create(64 * 1024 * 1024);
        }
    }

    qsort(times, RUNS, sizeof(double), compare);
    printf("%-52s %8.2f ms  (%zu rows of %lld)\n", name, times[RUNS / 2], l.count,
           (long long) l.total);

    /* the arena of the last run is gone with the next call */
    snprintf(cursor, sizeof(cursor), "%.*s", (int) next.len, next.data);

    return next.data == NULL ? next : hr_str(cursor, next.len);
}


static hr_rc_t
ignore(void *ctx, const hr_store_link_t *link)
{
    (void) link;
    (*(long *) ctx)++;

    return HR_OK;
}


#define TIME(name, call)                                                      \
    do {                                                                      \
        double  s_ = now_ms();                                                \
        if ((call) != HR_OK) { die(name); }                                   \
        printf("%-52s %8.2f ms\n", name, now_ms() - s_);                      \
    } while (0)


int
main(int argc, char **argv)
{
    long                 rows, links;
    size_t               n;
    hr_diag_t            diag;
    hr_store_seed_t      seed = { HR_STR_INIT("admin"), HR_STR_INIT("x"),
                                  HR_STR_INIT("Администратор"), HR_STORE_ROLE_ADMIN };
    hr_store_filter_t    f;
    hr_store_counts_t    counts;
    hr_store_card_t     *cards;
    hr_store_stale_t     stale;

    if (argc < 3) {
        fprintf(stderr, "usage: bench_store FILE ROWS [unique|fill]\n");
        return 2;
    }

    rows = strtol(argv[2], NULL, 10);
    config.path = argv[1];
    config.seeds = &seed;
    config.nseeds = 1;
    config.cache_kib = 64 * 1024;
    arena = hr_arena_create(64 * 1024 * 1024);

    double  start = now_ms();
    if (hr_store_prepare(&config, NULL, &diag) != HR_OK
        || hr_store_open(&config, HR_STORE_WRITER, &conn, &diag) != HR_OK)
    {
        fprintf(stderr, "%s\n", diag.text);
        return 1;
    }
    printf("%-52s %8.2f ms\n", "start (prepare and open)", now_ms() - start);

    if (hr_store_counts(conn, &counts) != HR_OK) {
        die("counts");
    }
    if (counts.rows_total < rows) {
        fill(rows, argc > 3);
    }

    if (argc > 3 && strcmp(argv[3], "fill") == 0) {
        hr_store_close(conn);
        return 0;
    }

    memset(&f, 0, sizeof(f));
    f.page = 1;
    f.limit = 20;

    list("page 1", f);
    f.page = 500;
    list("page 500", f);
    f.page = rows / 40;
    hr_str_t  cursor = list("page in the middle (offset)", f);
    f.cursor = cursor;
    list("the page after it (cursor)", f);

    f.cursor = HR_STR_NULL;
    f.page = 1;
    f.status_mask = HR_STORE_MASK(HR_STORE_COMPLETED);
    list("completed, page 1", f);
    f.page = 500;
    list("completed, page 500", f);
    f.page = 1;
    f.status_mask = HR_STORE_MASK(HR_STORE_ARCHIVED);
    list("archived, page 1", f);
    f.status_mask = 0;

    f.search = HR_STR("АНА");
    list("search of 3 letters, common", f);
    f.page = 500;
    list("search of 3 letters, common, page 500", f);
    f.page = 1;
    f.search = HR_STR("аналитик 99");
    list("search, rare", f);
    f.search = HR_STR("ан");
    list("search of 2 letters", f);
    f.search = HR_STR("сотрудник 0001");
    list("search of employees", f);
    f.search = HR_STR("сотрудник");
    list("search of employees, common", f);
    f.search = HR_STR("нет такого");
    list("search, nothing", f);
    f.search = HR_STR_NULL;

    f.department = HR_STR("управление номер 77");
    list("department", f);
    f.page = 50;
    list("department, page 50", f);
    f.page = 1;
    f.department = HR_STR("номер");
    list("department, all match", f);
    f.search = HR_STR("юрист");
    f.status_mask = HR_STORE_MASK(HR_STORE_COMPLETED);
    list("department, search and status", f);
    f.department = f.search = HR_STR_NULL;
    f.status_mask = 0;

    f.sort = HR_STORE_BY_DEPARTMENT;
    f.ascending = true;
    list("by department", f);
    f.sort = HR_STORE_BY_VALIDATION;
    f.ascending = false;
    list("by score", f);
    f.sort = HR_STORE_BY_UPDATED;
    list("by change", f);
    f.sort = HR_STORE_BY_CREATED;
    f.min_validation = 0.9;
    list("score at least 0.9", f);
    f.min_validation = 0;
    f.has_created_from = f.has_created_to = true;
    f.created_from = (hr_instant_t) 1700000000000000 + (hr_instant_t) rows / 2 * 61000000;
    f.created_to = f.created_from + (hr_instant_t) 86400 * 1000000;
    list("one day", f);

    links = 0;
    TIME("links of the position list",
         hr_store_links_each(conn, HR_STORE_MASK(HR_STORE_COMPLETED)
                                   | HR_STORE_MASK(HR_STORE_ARCHIVED), ignore, &links));
    printf("%-52s %8ld\n", "  rows", links);
    TIME("figures of the dashboard", hr_store_counts(conn, &counts));
    TIME("recent profiles", hr_store_recent(conn, arena, 10, &cards, &n));
    TIME("look for foreign changes, quick",
         hr_store_index_check(conn, arena, false, 100, &stale));
    TIME("look for foreign changes, full",
         hr_store_index_check(conn, arena, true, 100, &stale));

    hr_store_close(conn);
    hr_arena_destroy(arena);

    return 0;
}
