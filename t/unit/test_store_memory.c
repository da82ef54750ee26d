/*
 * No memory for the engine: a transaction or a snapshot that cannot go on is still
 * given up, so that the connection neither keeps the write lock nor an old state.
 */

#include <sqlite3.h>

#include "hr_store_fixture.h"
#include "hr_store_admin.h"


static hr_rc_t
commit_something(void)
{
    hr_rc_t           rc;
    hr_store_audit_t  event;

    memset(&event, 0, sizeof(event));
    event.action = HR_STR("login");
    event.result = HR_STR("ok");
    event.at = AT(1);

    rc = hr_store_begin(w);
    if (rc == HR_OK) {
        rc = hr_store_audit_append(w, &event);
    }

    if (rc != HR_OK) {
        hr_store_rollback(w);
        return rc;
    }

    rc = hr_store_commit(w);
    hr_fixture_error = hr_store_error(w);

    return rc;
}


/* The engine gets nothing more than it has. */
static void
starve(bool yes)
{
    (void) sqlite3_hard_heap_limit64(yes ? 1 : 0);
}


int
main(void)
{
    int64_t  before, after;

    hr_fixture_init();
    hr_fixture_open();

    IS_INT(commit_something(), HR_OK, "a write with memory");

    IS_INT(hr_store_begin(w), HR_OK, "begun with memory");
    starve(true);
    hr_store_rollback(w);
    starve(false);
    OK(sqlite3_get_autocommit(w->db), "without memory it is rolled back");
    IS_INT(commit_something(), HR_OK, "the next one works");

    starve(true);
    OK(commit_something() != HR_OK, "a write that gets no memory fails");
    starve(false);
    IS_INT(commit_something(), HR_OK, "the next one works");

    IS_INT(hr_store_snapshot(r), HR_OK, "a snapshot");
    starve(true);
    hr_store_snapshot_end(r);
    starve(false);
    OK(sqlite3_get_autocommit(r->db), "ends without memory");

    IS_INT(hr_store_int(r, &before, "SELECT count(*) FROM audit_log", ""), HR_OK, "rows");
    IS_INT(commit_something(), HR_OK, "one more");
    IS_INT(hr_store_int(r, &after, "SELECT count(*) FROM audit_log", ""), HR_OK, "again");
    IS_INT(after, before + 1, "and what others write is seen");

    hr_fixture_done();

    return hr_test_done();
}
