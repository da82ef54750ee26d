/* Accounts and sessions of the store. */

#include "hr_store_fixture.h"


static hr_store_session_t
session(unsigned n, int64_t user, hr_instant_t expires)
{
    hr_store_session_t  s;

    memset(&s, 0, sizeof(s));
    s.id = hr_fixture_id(n);
    s.user_id = user;
    s.expires_at = expires;
    s.user_agent = HR_STR("agent");
    s.ip_address = HR_STR("127.0.0.1");

    return s;
}


/* As the login does it: the hash that is stored now was compared. */
static hr_rc_t
login(const hr_store_session_t *s, hr_str_t new_hash, hr_instant_t now)
{
    hr_store_user_t  user;

    IS_INT(hr_store_user_by_id(r, a, s->user_id, &user), HR_OK, "who logs in");

    return hr_store_login(w, s, user.password_hash, new_hash, now);
}


static void
users(void)
{
    int64_t                  id, ended;
    hr_store_user_t          user;
    hr_store_seed_t          add = hr_fixture_seeds[1];
    hr_store_users_t         list;
    hr_store_user_change_t   change;

    IS_INT(hr_store_user_by_name(r, a, HR_STR("admin"), &user), HR_OK,
           "the seeded administrator is found by name");
    IS_INT(user.id, 1, "and has id 1");
    IS_INT(user.role, HR_STORE_ROLE_ADMIN, "and the role");
    OK(user.active, "and is active");
    OK(user.created_at != HR_STORE_NO_TIME, "and has a creation time");
    OK(user.last_login == HR_STORE_NO_TIME, "and no login yet");

    IS_INT(hr_store_user_by_name(r, a, HR_STR("Admin"), &user), HR_NOT_FOUND,
           "names are case-sensitive");
    IS_INT(hr_store_error(r), HR_STORE_E_NO_USER, "with a reason");

    IS_INT(WRITE(hr_store_user_create(w, &add, AT(0), &id)), HR_CONFLICT,
           "a taken name is refused");
    IS_INT(hr_fixture_error, HR_STORE_E_NAME_TAKEN, "with a reason");

    add.username = HR_STR("head");
    add.role = HR_STORE_ROLE_HEAD;
    IS_INT(WRITE(hr_store_user_create(w, &add, AT(0), &id)), HR_OK,
           "a user is created");
    IS_INT(id, 3, "with the next id");

    add.username = HR_STR("");
    IS_INT(WRITE(hr_store_user_create(w, &add, AT(0), &id)), HR_INVALID,
           "an empty name is refused");

    IS_INT(hr_store_users_list(r, a, 1, 1, &list), HR_OK, "users are listed");
    IS_INT(list.total, 3, "with the total");
    OK(list.count == 1 && list.items[0].id == 2, "by page");

    memset(&change, 0, sizeof(change));
    change.fields = HR_STORE_USER_ROLE;
    change.role = HR_STORE_ROLE_VIEWER;
    IS_INT(WRITE(hr_store_user_update(w, 1, &change, HR_STR_NULL, &ended)),
           HR_CONFLICT, "the last administrator keeps the role");
    IS_INT(hr_fixture_error, HR_STORE_E_LAST_ADMIN, "with a reason");

    change.fields = HR_STORE_USER_ACTIVE;
    change.active = false;
    IS_INT(WRITE(hr_store_user_update(w, 1, &change, HR_STR_NULL, &ended)),
           HR_CONFLICT, "and stays active");
    IS_INT(hr_store_user_by_id(r, a, 1, &user), HR_OK, "he is there");
    OK(user.active && user.role == HR_STORE_ROLE_ADMIN, "and unchanged");

    change.fields = HR_STORE_USER_ROLE | HR_STORE_USER_NAME;
    change.role = HR_STORE_ROLE_ADMIN;
    change.full_name = HR_STR("Новое имя");
    IS_INT(WRITE(hr_store_user_update(w, 3, &change, HR_STR_NULL, &ended)),
           HR_OK, "another user becomes administrator");
    IS_INT(hr_store_user_by_id(r, a, 3, &user), HR_OK, "and is read back");
    IS_STR(user.full_name.data, user.full_name.len, "Новое имя", "with the name");

    change.fields = HR_STORE_USER_ACTIVE;
    IS_INT(WRITE(hr_store_user_update(w, 1, &change, HR_STR_NULL, &ended)),
           HR_OK, "now the first one may go");

    change.active = true;
    IS_INT(WRITE(hr_store_user_update(w, 1, &change, HR_STR_NULL, &ended)),
           HR_OK, "and come back");

    change.fields = 0;
    IS_INT(WRITE(hr_store_user_update(w, 1, &change, HR_STR_NULL, &ended)),
           HR_INVALID, "an empty change is refused");
    change.fields = HR_STORE_USER_ACTIVE;
    IS_INT(WRITE(hr_store_user_update(w, 99, &change, HR_STR_NULL, &ended)),
           HR_NOT_FOUND, "an unknown user is not found");
}


static void
sessions(void)
{
    int64_t                  n;
    hr_store_user_t          user;
    hr_store_session_t       s, got;
    hr_store_sessions_t      list;
    hr_store_user_change_t   change;

    s = session(1, 2, AT(3600));
    s.remember = true;
    IS_INT(WRITE(login(&s, HR_STR("$2b$12$new"), AT(0))), HR_OK,
           "a login is stored");
    IS_INT(hr_store_session_live(r, a, s.id, AT(10), &got, &user), HR_OK,
           "its session is live");
    OK(got.expires_at == AT(3600) && got.remember && got.active,
       "with its properties");
    IS_INT(user.id, 2, "and its user");
    IS_STR(user.password_hash.data, user.password_hash.len, "$2b$12$new",
           "whose hash was migrated");
    OK(user.last_login == AT(0), "and whose last login is now");

    IS_INT(hr_store_session_live(r, a, s.id, AT(3600), &got, &user),
           HR_NOT_FOUND, "a session ends at the second of its expiry");
    IS_INT(hr_store_session_live(r, a, s.id, AT(3599), &got, &user), HR_OK,
           "and lives the second before");
    IS_INT(hr_store_session_legacy(r, a, 2, AT(10), &user), HR_OK,
           "the old rule finds any session of the user");
    IS_INT(hr_store_session_legacy(r, a, 1, AT(10), &user), HR_NOT_FOUND,
           "and none of a user without one");

    IS_INT(WRITE(hr_store_session_extend(w, s.id, AT(7200), AT(20))), HR_OK,
           "a session is extended");
    IS_INT(hr_store_session_live(r, a, s.id, AT(7000), &got, &user), HR_OK,
           "and lives longer");
    OK(got.last_seen == AT(20), "and was seen");
    IS_INT(WRITE(hr_store_session_extend(w, s.id, AT(9000), AT(7200))),
           HR_NOT_FOUND, "an expired one is not");

    s = session(2, 2, AT(7200));
    IS_INT(WRITE(login(&s, HR_STR_NULL, AT(5))), HR_OK,
           "a second login");
    IS_INT(hr_store_sessions_of_user(r, a, 2, AT(30), 10, &list), HR_OK,
           "sessions of a user are listed");
    OK(list.count == 2 && hr_str_eq(list.items[0].id, s.id), "newest first");

    memset(&change, 0, sizeof(change));
    change.fields = HR_STORE_USER_PASSWORD;
    change.password_hash = HR_STR("$2b$12$other");
    IS_INT(WRITE(hr_store_user_update(w, 2, &change, s.id, &n)), HR_OK,
           "a new password");
    IS_INT(n, 1, "ends the other sessions");
    IS_INT(hr_store_session_live(r, a, s.id, AT(30), NULL, &user), HR_OK,
           "and keeps the one it came from");

    s = session(4, 2, AT(7200));
    IS_INT(WRITE(hr_store_login(w, &s, HR_STR("$2b$12$new"),
                                HR_STR("$2b$12$migrated"), AT(31))),
           HR_NOT_FOUND, "a login whose password was compared before the change");
    IS_INT(hr_fixture_error, HR_STORE_E_NO_USER, "is refused");
    IS_INT(hr_store_user_by_id(r, a, 2, &user), HR_OK, "its account");
    IS_STR(user.password_hash.data, user.password_hash.len, "$2b$12$other",
           "keeps the new password");
    IS_INT(hr_store_session_live(r, a, s.id, AT(32), NULL, &user), HR_NOT_FOUND,
           "and there is no session");

    s = session(2, 2, AT(7200));
    IS_INT(WRITE(hr_store_session_end(w, s.id)), HR_OK, "a session is ended");
    IS_INT(WRITE(hr_store_session_end(w, s.id)), HR_NOT_FOUND, "once");
    IS_INT(hr_store_session_live(r, a, s.id, AT(30), NULL, &user),
           HR_NOT_FOUND, "and is dead");

    s = session(3, 2, AT(7200));
    IS_INT(WRITE(login(&s, HR_STR_NULL, AT(40))), HR_OK,
           "a third login");
    change.fields = HR_STORE_USER_ACTIVE;
    change.active = false;
    IS_INT(WRITE(hr_store_user_update(w, 2, &change, s.id, &n)), HR_OK,
           "a deactivation");
    IS_INT(n, 1, "ends all sessions");
    IS_INT(WRITE(login(&s, HR_STR_NULL, AT(50))), HR_NOT_FOUND,
           "and an inactive user cannot log in");

    IS_INT(WRITE(hr_store_sessions_cleanup(w, AT(7201), 100, &n)), HR_OK,
           "old sessions are removed");
    IS_INT(n, 3, "all that expired before");
}


static void
transactions(void)
{
    int64_t              version, other;
    unsigned             events;
    hr_store_watch_t     watch;
    hr_store_session_t   s;

    s = session(10, 1, AT(100));
    IS_INT(login(&s, HR_STR_NULL, AT(0)), HR_ERROR,
           "a write outside a transaction is refused");
    IS_INT(hr_store_error(w), HR_STORE_E_NOT_IN_TRANSACTION, "with a reason");
    IS_INT(hr_store_begin(r), HR_ERROR, "a reader cannot begin");

    memset(&watch, 0, sizeof(watch));
    IS_INT(hr_store_watch(r, &watch, &events), HR_OK, "the first look");
    IS_INT(events, 0, "sees nothing");
    hr_store_data_version(r, &version);

    IS_INT(hr_store_begin(w), HR_OK, "begin");
    IS_INT(hr_store_savepoint(w), HR_OK, "savepoint");
    IS_INT(login(&s, HR_STR_NULL, AT(0)), HR_OK, "a write");
    IS_INT(hr_store_release(w), HR_OK, "release");
    IS_INT(hr_store_touched(w), HR_STORE_T_LOGINS | HR_STORE_T_SESSIONS,
           "touched tells what changed");
    IS_INT(hr_store_savepoint(w), HR_OK, "another savepoint");
    IS_INT(hr_store_savepoint(w), HR_ERROR, "there is one level only");
    IS_INT(WRITE(HR_OK), HR_ERROR, "a transaction does not nest");
    s = session(11, 1, AT(100));
    IS_INT(login(&s, HR_STR_NULL, AT(0)), HR_OK, "a second write");
    IS_INT(hr_store_rollback_to(w), HR_OK, "that is taken back");
    IS_INT(hr_store_commit(w), HR_OK, "commit");

    hr_store_user_t  user;
    IS_INT(hr_store_session_live(r, a, hr_fixture_id(10), AT(1), NULL, &user),
           HR_OK, "the first write stays");
    IS_INT(hr_store_session_live(r, a, hr_fixture_id(11), AT(1), NULL, &user),
           HR_NOT_FOUND, "the second is gone");

    hr_store_data_version(r, &other);
    OK(version != other, "the data version shows the commit");
    IS_INT(hr_store_watch(r, &watch, &events), HR_OK, "a look");
    IS_INT(events, HR_STORE_CHANGED | HR_STORE_MAYBE_FOREIGN,
           "knows it for one of this service");

    char  command[256];
    snprintf(command, sizeof(command), "sqlite3 '%s' \"UPDATE users SET"
             " full_name = 'x' WHERE id = 2\"", hr_fixture_path);
    IS_INT(system(command), 0, "a shell writes");
    hr_store_watch(r, &watch, &events);
    IS_INT(events, HR_STORE_CHANGED | HR_STORE_FOREIGN,
           "and is known for a foreigner");
    hr_store_watch(r, &watch, &events);
    IS_INT(events, 0, "once");
}


int
main(void)
{
    hr_fixture_init();
    hr_fixture_open();

    users();
    sessions();
    transactions();

    IS_INT(hr_fixture_scans(r) + hr_fixture_scans(w), 0,
           "no statement walks a table that grows");

    hr_fixture_done();

    return hr_test_done();
}
