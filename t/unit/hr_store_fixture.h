/*
 * A fresh database in a directory of its own, with an administrator (id 1) and
 * an HR user (id 2), and short names for what store tests do all the time.
 */

#ifndef HR_STORE_FIXTURE_H
#define HR_STORE_FIXTURE_H

#include <stdlib.h>
#include <unistd.h>

#include "hr_store.h"
#include "hr_store_sqlite.h"
#include "hr_test.h"


#define AT(seconds)  ((hr_instant_t) 1767225600000000 \
                      + (hr_instant_t) (seconds) * 1000000)     /* 2026-01-01 */

static char               hr_fixture_dir[64];
static char               hr_fixture_path[96];
static hr_store_config_t  hr_fixture_config;
static hr_store_conn_t   *w;        /* the writer */
static hr_store_conn_t   *r;        /* a reader */
static hr_arena_t        *a;

static const hr_store_seed_t  hr_fixture_seeds[] = {
    { HR_STR_INIT("admin"), HR_STR_INIT("$2b$12$hash-of-admin"),
      HR_STR_INIT("Администратор"), HR_STORE_ROLE_ADMIN },
    { HR_STR_INIT("hr"), HR_STR_INIT("$2b$12$hash-of-hr"),
      HR_STR_INIT("Специалист"), HR_STORE_ROLE_HR }
};


static inline void
hr_fixture_init(void)
{
    strcpy(hr_fixture_dir, "/tmp/hr-store-XXXXXX");

    if (mkdtemp(hr_fixture_dir) == NULL) {
        perror("mkdtemp");
        exit(1);
    }

    snprintf(hr_fixture_path, sizeof(hr_fixture_path), "%s/profiles.db",
             hr_fixture_dir);

    memset(&hr_fixture_config, 0, sizeof(hr_fixture_config));
    hr_fixture_config.path = hr_fixture_path;
    hr_fixture_config.seeds = hr_fixture_seeds;
    hr_fixture_config.nseeds = 2;

    a = hr_arena_create(256 * 1024 * 1024);
}


static inline void
hr_fixture_open(void)
{
    hr_diag_t  diag;

    if (hr_store_prepare(&hr_fixture_config, NULL, &diag) != HR_OK
        || hr_store_open(&hr_fixture_config, HR_STORE_WRITER, &w, &diag) != HR_OK
        || hr_store_open(&hr_fixture_config, HR_STORE_READER, &r, &diag) != HR_OK)
    {
        printf("Bail out! %s\n", diag.text);
        exit(1);
    }
}


static inline void
hr_fixture_done(void)
{
    char  command[160];

    hr_store_close(w);
    hr_store_close(r);
    hr_arena_destroy(a);

    snprintf(command, sizeof(command), "rm -rf '%s'", hr_fixture_dir);

    if (system(command) != 0) {
        perror("rm");
    }
}


/* One write in a transaction of its own; rolled back unless it is HR_OK. */
#define WRITE(call)                                                           \
    ({                                                                        \
        hr_rc_t  rc_ = hr_store_begin(w);                                     \
        if (rc_ == HR_OK) {                                                   \
            (void) hr_store_savepoint(w);                                     \
            rc_ = (call);                                                     \
            if (rc_ == HR_OK) {                                               \
                (void) hr_store_release(w);                                   \
                rc_ = hr_store_commit(w);                                     \
            } else {                                                          \
                (void) hr_store_rollback_to(w);                               \
                hr_store_error_t  e_ = hr_store_error(w);                     \
                (void) hr_store_commit(w);                                    \
                hr_fixture_error = e_;                                        \
            }                                                                 \
        }                                                                     \
        rc_;                                                                  \
    })

static hr_store_error_t  hr_fixture_error;


/* A UUID that tells its number: 00000000-0000-4000-8000-00000000002a */
static inline hr_str_t
hr_fixture_id(unsigned n)
{
    return hr_arena_printf(a, "00000000-0000-4000-8000-%012x", n);
}


static inline hr_store_content_t
hr_fixture_content(const char *document)
{
    hr_store_content_t  c;

    memset(&c, 0, sizeof(c));

    c.document = hr_str_from_c(document);
    c.metadata = HR_STR("{\"llm\":{}}");
    c.validation_score = 0.8;
    c.completeness_score = 0.9;
    c.generation_seconds = 12.5;
    c.input_tokens = 100;
    c.output_tokens = 20;
    c.total_tokens = 120;
    c.user_id = 2;
    c.username = HR_STR("hr");
    c.edited_leaves = -1;

    return c;
}


static inline hr_rc_t
hr_fixture_profile(unsigned n, const char *department, const char *position,
    const char *employee, hr_instant_t now)
{
    hr_store_slot_t      slot;
    hr_store_content_t   c;

    memset(&slot, 0, sizeof(slot));
    slot.department = hr_str_from_c(department);
    slot.position = hr_str_from_c(position);
    slot.employee_name = hr_str_from_c(employee);

    c = hr_fixture_content("{\"position_title\":\"x\"}");

    return hr_store_profile_insert(w, hr_fixture_id(n), &slot, &c, now);
}


/*
 * Looks at the plan of every statement that the connection has prepared, counts
 * and shows those that walk a table that grows with use, without an index.
 */
static inline bool
hr_fixture_may_scan(const char *plan, const char *text)
{
    /* made by the statement itself; small or by its nature; upkeep */
    static const char *const  names[] = {
        "k", "wanted", "waiting", "(subquery", "search_terms", "search_people", "s",
        "users", "sqlite_sequence", "audit_log", "search_slots"
    };

    size_t  i, n;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        n = strlen(names[i]);

        if (strncmp(plan + 5, names[i], n) == 0
            && (plan[5 + n] == '\0' || plan[5 + n] == ' ' || plan[5 + n] == '-'))
        {
            return strcmp(names[i], "search_slots") != 0
                   || strncmp(text, "DELETE", 6) == 0;
        }
    }

    return strstr(plan, " USING ") != NULL || strstr(plan, "VIRTUAL TABLE") != NULL
           || strstr(plan, "CONSTANT ROW") != NULL;
}


static inline unsigned
hr_fixture_scans(hr_store_conn_t *conn)
{
    char            sql[20000];
    size_t          i;
    unsigned        bad = 0;
    const char     *text, *plan;
    sqlite3_stmt   *stmt;

    for (i = 0; i < HR_STORE_MAX_STATEMENTS + HR_STORE_MAX_VARIANTS; i++) {
        text = i < HR_STORE_MAX_STATEMENTS
               ? conn->statements[i].sql
               : conn->variants[i - HR_STORE_MAX_STATEMENTS].sql;

        if (text == NULL || strncmp(text, "PRAGMA", 6) == 0) {
            continue;
        }

        snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", text);

        if (sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL) != SQLITE_OK) {
            bad++;
            continue;
        }

        while (sqlite3_step(stmt) == SQLITE_ROW) {
            plan = (const char *) sqlite3_column_text(stmt, 3);

            if (strstr(plan, "AUTOMATIC") != NULL
                || (strncmp(plan, "SCAN ", 5) == 0
                    && !hr_fixture_may_scan(plan, text)))
            {
                printf("# %s\n#   in %.200s\n", plan, text);
                bad++;
            }
        }

        sqlite3_finalize(stmt);
    }

    return bad;
}

#endif /* HR_STORE_FIXTURE_H */
