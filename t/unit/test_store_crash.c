/*
 * Many writers at once, and writers that are killed in the middle: every
 * acknowledged write stays, no unfinished one shows, and the invariants of
 * profiles, versions, tasks and the search index hold.
 */

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "hr_store_fixture.h"


#define THREADS  50
#define EDITS    4

static unsigned  failures, stale;


/* Everything that must hold at any time. */
static void
invariants(const char *when)
{
    char               name[100];
    int64_t            n;
    hr_diag_t          diag;
    hr_store_stale_t   list;

    snprintf(name, sizeof(name), "%s: the file is sound", when);
    IS_INT(hr_store_check(r, &diag), HR_OK, name);

    snprintf(name, sizeof(name), "%s: each profile equals its current version", when);
    hr_store_int(r, &n, "SELECT count(*) FROM profiles p LEFT JOIN profile_versions v"
                        " ON v.profile_id = p.id AND v.version_number ="
                        " p.current_version WHERE v.profile_content IS NOT"
                        " p.profile_data OR v.validation_score IS NOT"
                        " p.validation_score", "");
    IS_INT(n, 0, name);

    snprintf(name, sizeof(name), "%s: a finished task has its profile", when);
    hr_store_int(r, &n, "SELECT count(*) FROM generation_tasks t WHERE t.status ="
                        " 'completed' AND NOT EXISTS (SELECT 1 FROM profile_versions v"
                        " WHERE v.profile_id = t.result_profile_id"
                        " AND v.version_number = t.result_version)", "");
    IS_INT(n, 0, name);

    snprintf(name, sizeof(name), "%s: a history row for each finished task", when);
    hr_store_int(r, &n, "SELECT count(*) FROM generation_tasks t WHERE t.status ="
                        " 'completed' AND (SELECT count(*) FROM generation_history h"
                        " WHERE h.task_id = t.id AND h.status = 'success') != 1", "");
    IS_INT(n, 0, name);

    snprintf(name, sizeof(name), "%s: the search index is right", when);
    hr_store_index_check(r, a, true, 10, &list);
    IS_INT(list.count, 0, name);

    snprintf(name, sizeof(name), "%s: and its counters", when);
    hr_store_int(r, &n, "SELECT count(*) FROM search_slots s WHERE s.n0 !="
                        " (SELECT count(*) FROM search_profiles x WHERE x.status = 0"
                        " AND (s.id = 0 OR x.slot = s.id))", "");
    IS_INT(n, 0, name);
}


static void *
editor(void *data)
{
    int                    done, i = (int) (intptr_t) data;
    char                   document[64];
    hr_rc_t                rc;
    hr_str_t               id = HR_STR("00000000-0000-4000-8000-000000000001");
    hr_store_conn_t       *conn;
    hr_store_config_t      config = hr_fixture_config;
    hr_store_content_t     c;
    hr_store_expect_t      expect;
    hr_store_profile_t     p;
    hr_store_appended_t    appended;
    hr_arena_t            *arena;

    config.busy_timeout_ms = 60000;

    if (hr_store_open(&config, HR_STORE_WRITER, &conn, NULL) != HR_OK) {
        __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
        return NULL;
    }

    for (done = 0; done < EDITS; ) {
        arena = hr_arena_create(100000);
        hr_store_profile_get(conn, arena, id, &p);

        snprintf(document, sizeof(document), "{\"by\":%d,\"n\":%d}", i, done);
        c = hr_fixture_content(document);
        c.validation_score = 0.5;

        memset(&expect, 0, sizeof(expect));
        expect.etag = hr_str(p.card.etag, 16);

        rc = hr_store_begin(conn);
        if (rc == HR_OK) {
            rc = hr_store_version_append(conn, id, HR_STORE_REGENERATED, &c, &expect,
                                         AT(done), &appended);
            if (rc == HR_OK) {
                rc = hr_store_commit(conn);
            } else {
                hr_store_rollback(conn);
            }
        }

        if (rc == HR_OK) {
            done++;
        } else if (rc == HR_CONFLICT) {
            __atomic_add_fetch(&stale, 1, __ATOMIC_RELAXED);
        } else {
            __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
            done++;
        }

        hr_arena_destroy(arena);
    }

    hr_store_close(conn);

    return NULL;
}


static void
many_editors(void)
{
    int                    i;
    pthread_t              threads[THREADS];
    hr_store_versions_t    list;

    hr_fixture_config.version_cap = 1000;
    WRITE(hr_fixture_profile(1, "Отдел", "Общая", NULL, AT(0)));

    for (i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, editor, (void *) (intptr_t) i);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }

    IS_INT(failures, 0, "fifty editors with tags: no error but a stale tag");
    printf("# %u stale tags\n", stale);
    hr_store_versions_list(r, a, hr_fixture_id(1), &list);
    OK(list.total == THREADS * EDITS + 1
       && list.items[0].number == THREADS * EDITS + 1,
       "every accepted edit is a version, none is lost, none is double");
    invariants("many editors");
}


/* Works on until it is killed; tells each committed step through the pipe. */
static void
worker(int round, int out)
{
    unsigned               n;
    hr_store_conn_t       *conn;
    hr_store_task_t        task;
    hr_store_new_task_t    add;
    hr_store_outcome_t     o;
    hr_store_stored_t      stored;
    hr_store_appended_t    appended;
    hr_store_run_limits_t  limits = { 0, 0 };
    hr_store_task_added_t  added;
    hr_store_queue_limits_t  none = { 0, 0 };
    hr_store_lease_t       lease;
    char                   position[32];

    if (hr_store_open(&hr_fixture_config, HR_STORE_WRITER, &conn, NULL) != HR_OK) {
        _exit(1);
    }

    for (n = 0; ; n++) {
        unsigned  id = 0x10000u * (unsigned) (round + 1) + n;

        snprintf(position, sizeof(position), "Роль %d-%u", round, n);
        memset(&add, 0, sizeof(add));
        add.id = hr_fixture_id(id);
        add.slot.department = HR_STR("Отдел");
        add.slot.position = hr_str_from_c(position);
        add.user_id = 1;
        add.save_result = true;
        add.step = HR_STR("s");

        /* a group of operations in one transaction, as the bridge does it */
        hr_store_begin(conn);
        hr_store_savepoint(conn);
        hr_store_task_add(conn, a, &add, &none, AT(n), &task, &added);
        hr_store_release(conn);
        hr_store_savepoint(conn);
        hr_store_task_claim(conn, a, HR_STR("w"), &limits, AT(n), AT(n + 60), &task);
        hr_store_release(conn);
        if (hr_store_commit(conn) != HR_OK) {
            _exit(2);
        }

        memset(&o, 0, sizeof(o));
        o.new_profile_id = hr_fixture_id(id);
        o.content = hr_fixture_content("{\"g\":1}");
        lease = (hr_store_lease_t) { task.id, task.lease_owner, task.attempt };

        hr_store_begin(conn);
        hr_store_savepoint(conn);
        if (hr_store_task_complete(conn, a, &lease, &o, AT(n), &stored) != HR_OK) {
            _exit(3);
        }
        hr_store_release(conn);
        hr_store_savepoint(conn);
        o.content.document = HR_STR("{\"e\":1}");
        hr_store_version_append(conn, stored.profile_id, HR_STORE_EDITED, &o.content,
                                NULL, AT(n), &appended);
        if (n % 3 == 0) {
            hr_store_rollback_to(conn);
        } else {
            hr_store_release(conn);
        }
        if (hr_store_commit(conn) != HR_OK || write(out, &id, sizeof(id)) < 0) {
            _exit(4);
        }
    }
}


static void
killed(void)
{
    int                i, round, pipes[2], status;
    pid_t              pid;
    unsigned           id, acknowledged, lost;
    hr_store_card_t    card;

    acknowledged = lost = 0;

    for (round = 0; round < 12; round++) {
        if (pipe(pipes) != 0) {
            OK(0, "pipe");
            return;
        }

        /* no connection crosses a fork */
        hr_store_close(w);
        hr_store_close(r);
        w = r = NULL;

        pid = fork();
        if (pid == 0) {
            close(pipes[0]);
            worker(round, pipes[1]);
            _exit(0);
        }

        close(pipes[1]);
        usleep(40000 + (unsigned) round * 7919);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);

        OK(WIFSIGNALED(status), "a writer is killed in the middle");
        hr_fixture_open();

        while (read(pipes[0], &id, sizeof(id)) == sizeof(id)) {
            acknowledged++;
            if (hr_store_profile_card(r, a, hr_fixture_id(id), &card) != HR_OK) {
                lost++;
            }
        }
        close(pipes[0]);

        int64_t  requeued, failed;
        hr_store_failure_t  f;
        memset(&f, 0, sizeof(f));
        f.error_code = HR_STR("interrupted");
        i = WRITE(hr_store_tasks_requeue(w, HR_STR("w"), 9, &f, NULL, NULL, AT(9999), &requeued,
                                         &failed));
        OK(i == HR_OK && requeued <= 1, "at most its one running task goes back");
    }

    printf("# %u acknowledged steps\n", acknowledged);
    OK(acknowledged > 12, "it had done something");
    IS_INT(lost, 0, "no acknowledged step is lost");
    invariants("after twelve kills");
}


int
main(void)
{
    hr_fixture_init();
    hr_fixture_open();

    many_editors();
    killed();

    hr_fixture_done();

    return hr_test_done();
}
