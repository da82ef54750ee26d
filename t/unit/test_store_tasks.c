/* The queue of generation tasks, leases, batches and usage of the store. */

#include "hr_store_fixture.h"


static hr_store_task_t          task;
static hr_store_task_added_t    added;
static hr_store_run_limits_t    run = { 5, 3 };
static hr_store_failure_t       interrupted;


static hr_store_new_task_t
fresh(unsigned n, int64_t user, const char *unit, const char *position)
{
    hr_store_new_task_t  t;

    memset(&t, 0, sizeof(t));
    t.id = hr_fixture_id(n);
    t.slot.department = hr_str_from_c(unit);
    t.slot.position = hr_str_from_c(position);
    t.step = HR_STR("В очереди на обработку");
    t.user_id = user;
    t.estimated_seconds = 45;
    t.save_result = true;

    return t;
}


static hr_rc_t
add(unsigned n, int64_t user, const char *unit, const char *position,
    hr_instant_t now)
{
    hr_store_new_task_t  t = fresh(n, user, unit, position);

    return WRITE(hr_store_task_add(w, a, &t, NULL, now, &task, &added));
}


static hr_rc_t
claim(const char *owner, hr_instant_t now)
{
    return WRITE(hr_store_task_claim(w, a, hr_str_from_c(owner), &run, now,
                                     now + 60000000, &task));
}


static hr_store_lease_t
lease(void)
{
    hr_store_lease_t  l = { task.id, task.lease_owner, task.attempt };

    return l;
}


static hr_store_outcome_t
outcome(unsigned profile)
{
    hr_store_outcome_t  o;

    memset(&o, 0, sizeof(o));
    o.new_profile_id = hr_fixture_id(profile);
    o.content = hr_fixture_content("{\"generated\":true}");
    o.usage.model = HR_STR("model-a");
    o.usage.tokens_in = 1000;
    o.usage.tokens_out = 100;
    o.usage.cost_usd = 0.25;
    o.usage.seconds = 30;
    o.step = HR_STR("Завершено");

    return o;
}


static int64_t
count(const char *sql)
{
    char   command[400], line[64];
    FILE  *p;

    snprintf(command, sizeof(command), "sqlite3 '%s' \"%s\"", hr_fixture_path, sql);
    p = popen(command, "r");
    line[0] = '\0';
    if (p == NULL || fgets(line, sizeof(line), p) == NULL) {
        line[0] = '\0';
    }
    if (p != NULL) {
        pclose(p);
    }

    return atoll(line);
}


static void
adding(void)
{
    hr_store_new_task_t       t;
    hr_store_task_counts_t    counts;
    hr_store_queue_limits_t   limits = { 3, 2 };

    IS_INT(add(1, 1, "Отдел", "Аналитик", AT(0)), HR_OK, "a task is queued");
    OK(added == HR_STORE_TASK_CREATED && task.status == HR_STORE_TASK_QUEUED
       && task.queue_position == 1 && task.created_at == AT(0), "as the first");
    IS_INT(count("SELECT count(*) FROM generation_tasks WHERE status = 'pending'"),
           1, "stored as pending");

    IS_INT(add(2, 2, "отдел", "АНАЛИТИК", AT(1)), HR_OK,
           "another user starts the same position");
    OK(added == HR_STORE_TASK_JOINED && hr_str_eq(task.id, hr_fixture_id(1)),
       "and joins the open task");
    OK(task.visible, "which he may see");
    IS_INT(hr_store_task_get(r, a, hr_fixture_id(1), 3, &task), HR_OK, "a third");
    OK(!task.visible, "may not");

    t = fresh(3, 1, "Отдел", "Аналитик");
    t.force = true;
    IS_INT(WRITE(hr_store_task_add(w, a, &t, NULL, AT(2), &task, &added)), HR_OK,
           "force makes a second task");
    OK(added == HR_STORE_TASK_CREATED && task.queue_position == 2, "behind it");

    t = fresh(4, 1, "Отдел", "Аналитик");
    t.exclusive = true;
    IS_INT(WRITE(hr_store_task_add(w, a, &t, NULL, AT(2), &task, &added)),
           HR_CONFLICT, "an exclusive one is refused");
    IS_INT(hr_fixture_error, HR_STORE_E_OPEN_TASK, "with a reason");

    t = fresh(5, 1, "Отдел", "Кассир");
    t.idempotency_key = HR_STR("k1");
    IS_INT(WRITE(hr_store_task_add(w, a, &t, &limits, AT(3), &task, &added)),
           HR_LIMIT, "the limit per user holds");
    IS_INT(hr_fixture_error, HR_STORE_E_USER_LIMIT, "with a reason");
    t.user_id = 2;
    IS_INT(WRITE(hr_store_task_add(w, a, &t, &limits, AT(3), &task, &added)),
           HR_OK, "another user is let in");
    t.id = hr_fixture_id(6);
    IS_INT(WRITE(hr_store_task_add(w, a, &t, &limits, AT(4), &task, &added)),
           HR_OK, "the same key again");
    OK(added == HR_STORE_TASK_REPEATED && hr_str_eq(task.id, hr_fixture_id(5)),
       "is the same task, without a limit");
    t = fresh(6, 2, "Отдел", "Кассир старший");
    t.idempotency_key = HR_STR("k1");
    IS_INT(WRITE(hr_store_task_add(w, a, &t, NULL, AT(4), &task, &added)),
           HR_INVALID, "the same key with another request is refused");
    IS_INT(hr_fixture_error, HR_STORE_E_KEY_REUSED, "with a reason");
    t = fresh(6, 2, "Отдел", "Юрист");
    IS_INT(WRITE(hr_store_task_add(w, a, &t, &limits, AT(4), &task, &added)),
           HR_LIMIT, "the queue has a limit");
    IS_INT(hr_fixture_error, HR_STORE_E_QUEUE_FULL, "with a reason");

    IS_INT(hr_store_task_counts(r, 1, &counts), HR_OK, "counts");
    OK(counts.queued == 3 && counts.processing == 0 && counts.total == 3
       && counts.user_open == 2, "are right");
}


static void
running(void)
{
    hr_instant_t         at;
    hr_store_lease_t     first, second;
    hr_store_stored_t    stored;
    hr_store_outcome_t   o;
    hr_store_profile_t   p;

    IS_INT(hr_store_task_next_at(r, &at), HR_OK, "something can be claimed");
    IS_INT(at, 0, "at once");

    IS_INT(claim("w0", AT(10)), HR_OK, "a task is claimed");
    OK(hr_str_eq(task.id, hr_fixture_id(1)) && task.attempt == 1
       && task.status == HR_STORE_TASK_PROCESSING && task.started_at == AT(10)
       && task.lease_until == AT(70), "the oldest, with a lease");
    first = lease();

    IS_INT(claim("w1", AT(11)), HR_OK, "the next claim");
    OK(hr_str_eq(task.id, hr_fixture_id(5)),
       "skips the position that runs already and goes to the other user");
    second = lease();
    IS_INT(claim("w1", AT(12)), HR_NOT_FOUND, "then there is nothing to do");

    IS_INT(WRITE(hr_store_task_progress(w, &first, 30, HR_STR("Генерация"),
                                        AT(90))), HR_OK, "progress is noted");
    hr_store_task_get(r, a, first.id, 0, &task);
    OK(task.progress == 30 && task.lease_until == AT(90), "and the lease renewed");
    IS_INT(WRITE(hr_store_task_progress(w, &first, 130, HR_STR_NULL, AT(90))),
           HR_INVALID, "101 percent do not exist");

    o = outcome(100);
    IS_INT(WRITE(hr_store_task_complete(w, a, &first, &o, AT(40), &stored)), HR_OK,
           "the task is completed");
    OK(stored.created && stored.version == 1
       && hr_str_eq(stored.profile_id, hr_fixture_id(100)), "with a new profile");
    hr_store_task_get(r, a, first.id, 0, &task);
    OK(task.status == HR_STORE_TASK_COMPLETED && task.progress == 100
       && task.completed_at == AT(40) && task.profile_version == 1
       && hr_str_eq(task.profile_id, hr_fixture_id(100)), "that the task names");
    IS_INT(hr_store_profile_get(r, a, hr_fixture_id(100), &p), HR_OK,
           "the profile is there");
    OK(p.card.created_at == AT(40), "with the same instant");

    IS_INT(WRITE(hr_store_task_complete(w, a, &first, &o, AT(41), &stored)),
           HR_CONFLICT, "a second report is refused");
    IS_INT(hr_fixture_error, HR_STORE_E_TERMINAL, "as terminal");

    IS_INT(claim("w0", AT(42)), HR_OK, "the forced task of that position runs now");
    OK(hr_str_eq(task.id, hr_fixture_id(3)), "it is");
    first = lease();
    o = outcome(101);
    IS_INT(WRITE(hr_store_task_complete(w, a, &first, &o, AT(50), &stored)), HR_OK,
           "and is completed");
    OK(!stored.created && stored.version == 2
       && hr_str_eq(stored.profile_id, hr_fixture_id(100)),
       "as version 2 of the same profile");

    IS_INT(WRITE(hr_store_task_cancel(w, a, second.id, HR_STR("Отменено"),
                                      HR_STR("Задача отменена"), AT(51), &task)),
           HR_OK, "a running task is cancelled");
    OK(task.status == HR_STORE_TASK_CANCELLED && task.completed_at == AT(51),
       "for good");
    IS_INT(WRITE(hr_store_task_complete(w, a, &second, &o, AT(52), &stored)),
           HR_CONFLICT, "its late result is refused");
    IS_INT(hr_fixture_error, HR_STORE_E_TERMINAL, "with a reason");
    IS_INT(hr_store_profile_get(r, a, hr_fixture_id(101), &p), HR_NOT_FOUND,
           "and not stored");
    IS_INT(WRITE(hr_store_task_cancel(w, a, second.id, HR_STR(""), HR_STR(""),
                                      AT(53), &task)), HR_CONFLICT,
           "it cannot be cancelled twice");
    IS_INT(count("SELECT count(*) FROM generation_history"), 3,
           "each attempt has a row of history");
}


/* The second task's attempt is known, no other's. */
static void
known(void *data, const hr_store_lease_t *l, hr_store_usage_t *usage)
{
    const hr_store_lease_t  *is = data;

    if (hr_str_eq(l->id, is->id) && l->attempt == is->attempt) {
        usage->tokens_in = 900;
        usage->cost_usd = 0.25;
        usage->estimated = true;
    }
}


static void
spent(void)
{
    int64_t              requeued, failed;
    hr_store_lease_t     one, two;
    hr_store_usage_t     usage;
    hr_store_failure_t   failure;

    /* nothing of the tests before waits or runs */
    do {
        WRITE(hr_store_tasks_requeue(w, HR_STR("sweep"), 1, &interrupted, NULL, NULL,
                                     AT(100000), &requeued, &failed));
    } while (claim("sweep", AT(100000)) == HR_OK);

    add(240, 1, "Отдел", "Кассир первый", AT(200600));
    add(241, 2, "Отдел", "Кассир второй", AT(200601));
    claim("x", AT(200602));
    one = lease();
    claim("x", AT(200603));
    two = lease();

    memset(&failure, 0, sizeof(failure));
    failure.error_code = HR_STR("upstream_5xx");
    for (int64_t i = 1; i <= 4; i++) {
        one.attempt = i;
        IS_INT(WRITE(hr_store_task_attempt(w, &one, &failure, AT(200700), AT(200604))),
               HR_OK, "an attempt ends, the owner goes on");
    }
    IS_INT(one.attempt, 4, "the lease is the caller's");
    IS_INT(WRITE(hr_store_task_attempt(w, &one, &failure, AT(200700), AT(200605))),
           HR_CONFLICT, "an attempt cannot end twice");

    IS_INT(WRITE(hr_store_tasks_requeue(w, HR_STR("x"), 2, &interrupted, known, &two,
                                        AT(200606), &requeued, &failed)), HR_OK,
           "the owner dies");
    OK(requeued == 2 && failed == 0,
       "attempts at the model are no claims: the cap does not strike");
    IS_INT(count("SELECT sum(tokens_in) FROM generation_history WHERE error_code ="
                 " 'interrupted' AND cost_usd = 0.25"), 900,
           "what is known of an interrupted attempt is in its row");
    IS_INT(count("SELECT sum(cost_estimated) FROM generation_history"), 1,
           "with a mark when it is an estimate");
    IS_INT(count("SELECT count(*) FROM generation_history WHERE error_code ="
                 " 'interrupted' AND attempt = 5 AND tokens_in = 0"), 1,
           "what is not known is not made up");

    WRITE(hr_store_task_cancel(w, a, one.id, HR_STR(""), HR_STR(""), AT(200607), &task));
    WRITE(hr_store_task_cancel(w, a, two.id, HR_STR(""), HR_STR(""), AT(200607), &task));

    add(242, 1, "Отдел", "Кассир третий", AT(200608));
    claim("x", AT(200608));
    two = lease();
    WRITE(hr_store_task_cancel(w, a, two.id, HR_STR(""), HR_STR(""), AT(200609), &task));
    memset(&usage, 0, sizeof(usage));
    usage.tokens_in = 700;
    usage.tokens_out = 30;
    usage.cost_usd = 0.5;
    usage.model = HR_STR("m");
    usage.estimated = true;
    IS_INT(WRITE(hr_store_task_spent(w, &two, &usage, AT(200608))), HR_OK,
           "what the cancelled attempt has cost comes later");
    IS_INT(count("SELECT tokens_used FROM generation_history WHERE status ="
                 " 'cancelled' AND model = 'm' AND cost_usd = 0.5"
                 " AND cost_estimated = 1"), 730,
           "into its row");
    usage.tokens_in = 1;
    IS_INT(WRITE(hr_store_task_spent(w, &two, &usage, AT(200608))), HR_NOT_FOUND,
           "once");
    IS_INT(WRITE(hr_store_task_spent(w, &one, &usage, AT(200999))), HR_NOT_FOUND,
           "and not into a row of before");
}


static void
fencing(void)
{
    int64_t              requeued, failed;
    hr_store_lease_t     dead, alive;
    hr_store_stored_t    stored;
    hr_store_outcome_t   o = outcome(110);
    hr_store_failure_t   failure;

    add(10, 1, "Отдел", "Инженер", AT(100));
    IS_INT(claim("w0", AT(100)), HR_OK, "a task is claimed");
    dead = lease();

    IS_INT(WRITE(hr_store_tasks_requeue(w, HR_STR("w9"), 3, &interrupted, NULL, NULL, AT(159),
                                        &requeued, &failed)), HR_OK,
           "another owner's death");
    OK(requeued == 0 && failed == 0, "does not concern it");
    IS_INT(WRITE(hr_store_tasks_requeue(w, HR_STR_NULL, 3, &interrupted, NULL, NULL, AT(161),
                                        &requeued, &failed)), HR_OK,
           "a lease that ran out");
    OK(requeued == 1 && failed == 0, "puts it back into the queue");
    IS_INT(WRITE(hr_store_task_renew(w, &dead, AT(300))), HR_CONFLICT,
           "the late owner cannot renew");
    IS_INT(hr_fixture_error, HR_STORE_E_FENCED, "he is fenced off");

    IS_INT(claim("w1", AT(162)), HR_OK, "somebody else claims it");
    alive = lease();
    IS_INT(alive.attempt, 2, "as attempt 2");
    IS_INT(WRITE(hr_store_task_complete(w, a, &dead, &o, AT(163), &stored)),
           HR_CONFLICT, "the late result is refused");
    IS_INT(hr_fixture_error, HR_STORE_E_FENCED, "with a reason");

    IS_INT(WRITE(hr_store_tasks_requeue(w, HR_STR("w1"), 3, &interrupted, NULL, NULL, AT(164),
                                        &requeued, &failed)), HR_OK,
           "the death of the owner");
    IS_INT(requeued, 1, "gives the task back at once");
    claim("w2", AT(165));
    IS_INT(task.attempt, 3, "attempt 3");
    alive = lease();

    IS_INT(WRITE(hr_store_task_release(w, &alive, HR_STR_NULL, AT(166))), HR_OK,
           "a lease is given back unused");
    claim("w2", AT(167));
    IS_INT(task.attempt, 4, "the token still grows");
    IS_INT(WRITE(hr_store_tasks_requeue(w, HR_STR("w2"), 3, &interrupted, NULL, NULL, AT(168),
                                        &requeued, &failed)), HR_OK,
           "a third death");
    OK(requeued == 0 && failed == 1, "is the last");
    hr_store_task_get(r, a, hr_fixture_id(10), 0, &task);
    OK(task.status == HR_STORE_TASK_FAILED, "the task has failed");
    IS_STR(task.error_code.data, task.error_code.len, "interrupted", "with a code");

    add(11, 1, "Отдел", "Повтор", AT(200));
    claim("w0", AT(200));
    alive = lease();
    memset(&failure, 0, sizeof(failure));
    failure.error_code = HR_STR("rate_limited");
    failure.usage.tokens_in = 10;
    failure.step = HR_STR("В очереди на обработку");
    IS_INT(WRITE(hr_store_task_retry(w, &alive, &failure, AT(230), AT(201))),
           HR_OK, "a retry waits");
    IS_INT(claim("w0", AT(229)), HR_NOT_FOUND, "until its time");
    hr_instant_t  at;
    hr_store_task_next_at(r, &at);
    OK(at == AT(230), "which is known");
    IS_INT(claim("w0", AT(230)), HR_OK, "then it runs");
    alive = lease();
    failure.error_code = HR_STR("auth");
    failure.error_message = HR_STR("Ошибка");
    failure.progress = 100;
    failure.result = HR_STR("{\"success\":false}");
    IS_INT(WRITE(hr_store_task_fail(w, &alive, &failure, AT(240))), HR_OK,
           "and fails");
    hr_store_task_get(r, a, alive.id, 0, &task);
    OK(task.status == HR_STORE_TASK_FAILED && task.progress == 100, "for good");
    IS_STR(task.result.data, task.result.len, "{\"success\":false}",
           "with a result to show");

    hr_store_new_task_t  t = fresh(12, 1, "Отдел", "Без записи");
    t.save_result = false;
    WRITE(hr_store_task_add(w, a, &t, NULL, AT(250), &task, &added));
    claim("w0", AT(250));
    alive = lease();
    o = outcome(112);
    o.result = HR_STR("{\"success\":true}");
    IS_INT(WRITE(hr_store_task_complete(w, a, &alive, &o, AT(260), &stored)),
           HR_OK, "a task that is not to be saved");
    OK(stored.profile_id.data == NULL, "stores no profile");
    hr_store_task_get(r, a, alive.id, 0, &task);
    IS_STR(task.result.data, task.result.len, "{\"success\":true}",
           "but keeps its result");
}


static void
fairness(void)
{
    char      position[16];
    unsigned  i;

    for (i = 0; i < 6; i++) {
        snprintf(position, sizeof(position), "Роль %u", i);
        add(30 + i, 1, "Пакет", position, AT(300 + i));
    }

    add(40, 2, "Пакет", "Одна", AT(310));
    add(41, 2, "Пакет", "Вторая", AT(311));

    hr_store_new_task_t  t = fresh(42, 1, "Пакет", "Срочная");
    t.priority = 5;
    WRITE(hr_store_task_add(w, a, &t, NULL, AT(312), &task, &added));

    claim("w0", AT(320));
    OK(hr_str_eq(task.id, hr_fixture_id(42)), "a greater priority goes first");
    claim("w0", AT(321));
    OK(hr_str_eq(task.id, hr_fixture_id(40)), "then the user with fewer running");
    claim("w0", AT(322));
    OK(hr_str_eq(task.id, hr_fixture_id(30)),
       "with equal numbers the one served longest ago");
    claim("w0", AT(323));
    OK(hr_str_eq(task.id, hr_fixture_id(41)), "and so on in turns");
    claim("w0", AT(324));
    OK(hr_str_eq(task.id, hr_fixture_id(31)), "in the order of each user");
    IS_INT(claim("w0", AT(325)), HR_NOT_FOUND, "five run: the global limit");
    run.max_running = 50;
    IS_INT(claim("w0", AT(326)), HR_NOT_FOUND, "three of one user: his limit");
    run.max_running_per_user = 0;
    IS_INT(claim("w0", AT(327)), HR_OK, "0 is no limit");

    hr_store_tasks_t  list;
    IS_INT(hr_store_tasks_of_user(r, a, 2, AT(0), 100, &list), HR_OK,
           "tasks of a user");
    OK(list.count == 4 && hr_str_eq(list.items[0].id, hr_fixture_id(1))
       && hr_str_eq(list.items[3].id, hr_fixture_id(41)),
       "own and joined ones, oldest first");
    IS_INT(hr_store_tasks_of_user(r, a, 1, AT(0), 100, &list), HR_OK,
           "tasks of the other");
    OK(list.items[list.count - 2].queue_position == 3
       && list.items[list.count - 1].queue_position == 0,
       "with the place of those that wait");
    IS_INT(hr_store_tasks_open(r, a, 100, &list), HR_OK, "all open tasks");
    IS_INT(list.count, 9, "are listed");

    int64_t  n, left;
    IS_INT(WRITE(hr_store_tasks_requeue(w, HR_STR("w0"), 9, &interrupted, NULL, NULL, AT(400),
                                        &n, &left)), HR_OK, "the worker dies");
    IS_INT(n, 6, "all its tasks go back");
    IS_INT(WRITE(hr_store_tasks_cleanup(w, AT(51), 0, 100, &n, &left)), HR_OK,
           "ended tasks are removed");
    OK(n == 2 && left == 13, "by their age");
    IS_INT(WRITE(hr_store_tasks_cleanup(w, AT(0), 1, 100, &n, &left)), HR_OK,
           "and by a cap");
    OK(n == 3 && left == 10, "the oldest first");
}


static void
batches(void)
{
    size_t                   n;
    int64_t                  changed;
    hr_str_t                 id = hr_fixture_id(1000);
    hr_store_batch_t         batch, *list;
    hr_store_batch_item_t    item;
    hr_store_batch_items_t   items;
    hr_store_new_task_t      t;
    hr_store_outcome_t       o = outcome(120);
    hr_store_stored_t        stored;
    hr_store_lease_t         l;

    hr_store_tasks_t         open;

    /* empty the queue of the tests before */
    while (hr_store_tasks_open(r, a, 1, &open) == HR_OK && open.count != 0) {
        WRITE(hr_store_task_cancel(w, a, open.items[0].id, HR_STR("x"),
                                   HR_STR("x"), AT(500), &task));
    }

    IS_INT(WRITE(hr_store_batch_create(w, id, 1, HR_STR("{\"unit\":\"x\"}"),
                                       AT(600))), HR_OK, "a batch is made");

    memset(&item, 0, sizeof(item));
    item.slot.department = HR_STR("Цех");
    item.slot.position = HR_STR("Сварщик");
    t = fresh(1001, 1, "Цех", "Сварщик");
    t.batch_id = id;
    IS_INT(WRITE(hr_store_batch_add(w, a, id, &t, NULL, &item, AT(600), &added)),
           HR_OK, "with a task");
    item.slot.position = HR_STR("Слесарь");
    t = fresh(1002, 1, "Цех", "Слесарь");
    t.batch_id = id;
    WRITE(hr_store_batch_add(w, a, id, &t, NULL, &item, AT(601), &added));
    item.slot.position = HR_STR("Токарь");
    item.state = HR_STR("skipped");
    item.profile_id = hr_fixture_id(100);
    IS_INT(WRITE(hr_store_batch_add(w, a, id, NULL, NULL, &item, AT(602), &added)),
           HR_OK, "and a position that has a profile");
    IS_INT(WRITE(hr_store_batch_add(w, a, hr_fixture_id(9), NULL, NULL, &item,
                                    AT(602), &added)), HR_NOT_FOUND,
           "not to an unknown batch");

    IS_INT(hr_store_batch_get(r, a, id, &batch), HR_OK, "the batch is read");
    OK(batch.total == 3 && batch.queued == 2 && batch.skipped == 1
       && batch.status == HR_STORE_BATCH_ACTIVE, "with its counts");

    IS_INT(WRITE(hr_store_batch_set_status(w, id, HR_STORE_BATCH_PAUSED,
                                           HR_STR_NULL, HR_STR_NULL, AT(603),
                                           &changed)), HR_OK, "it is paused");
    IS_INT(claim("w0", AT(604)), HR_NOT_FOUND, "nothing of it starts");
    IS_INT(WRITE(hr_store_batch_set_status(w, id, HR_STORE_BATCH_PAUSED,
                                           HR_STR_NULL, HR_STR_NULL, AT(603),
                                           &changed)), HR_CONFLICT, "once");
    IS_INT(WRITE(hr_store_batch_set_status(w, id, HR_STORE_BATCH_ACTIVE,
                                           HR_STR_NULL, HR_STR_NULL, AT(605),
                                           &changed)), HR_OK, "it goes on");
    IS_INT(claim("w0", AT(606)), HR_OK, "a task starts");
    hr_store_batch_get(r, a, id, &batch);
    OK(batch.processing == 1 && batch.queued == 1, "the batch knows");
    l = lease();
    o.content.user_id = 1;
    IS_INT(WRITE(hr_store_task_complete(w, a, &l, &o, AT(610), &stored)), HR_OK,
           "it ends");

    IS_INT(WRITE(hr_store_batch_set_status(w, id, HR_STORE_BATCH_CANCELLED,
                                           HR_STR("Отменено"), HR_STR("Отменено"),
                                           AT(611), &changed)), HR_OK,
           "the rest is cancelled");
    IS_INT(changed, 1, "one task");
    hr_store_batch_get(r, a, id, &batch);
    OK(batch.completed == 1 && batch.cancelled == 1
       && batch.status == HR_STORE_BATCH_CANCELLED, "the batch says so");

    IS_INT(WRITE(hr_store_batch_retry(w, id, HR_STR("В очереди"), AT(620),
                                      &changed)), HR_OK, "and may go on again");
    IS_INT(changed, 1, "with what did not succeed");
    IS_INT(hr_store_batch_items(r, a, id, 0, 10, &items), HR_OK, "items");
    OK(items.count == 3 && items.total == 3, "are listed");
    IS_STR(items.items[0].state.data, items.items[0].state.len, "completed", "one");
    OK(hr_str_eq(items.items[0].profile_id, hr_fixture_id(120)), "with a profile");
    IS_STR(items.items[1].state.data, items.items[1].state.len, "queued", "two");
    OK(!hr_str_eq(items.items[1].task_id, hr_fixture_id(1002)), "with a new task");
    IS_STR(items.items[2].state.data, items.items[2].state.len, "skipped", "three");

    IS_INT(claim("w0", AT(630)), HR_OK, "the new task starts");
    l = lease();
    o = outcome(121);
    WRITE(hr_store_task_complete(w, a, &l, &o, AT(640), &stored));
    hr_store_batch_get(r, a, id, &batch);
    OK(batch.status == HR_STORE_BATCH_FINISHED && batch.completed == 2
       && batch.completed_at == AT(640), "the batch is finished");
    IS_INT(hr_store_batches_list(r, a, 1, 10, &list, &n), HR_OK, "list of batches");
    OK(n == 1 && list[0].total == 3, "one");
    hr_store_batches_list(r, a, 2, 10, &list, &n);
    IS_INT(n, 0, "none of another user");
}


static void
usage(void)
{
    size_t                 n;
    double                 cost, seconds;
    hr_store_usage_row_t  *rows;

    IS_INT(hr_store_usage(r, a, HR_STORE_USAGE_TOTAL, AT(0), AT(86400), 10, &rows,
                          &n), HR_OK, "usage of a day");
    OK(n == 1 && rows[0].succeeded == 5 && rows[0].tokens_in == 5020
       && rows[0].tokens_out == 500 && rows[0].cost_usd == 1.25, "adds up");
    OK(rows[0].attempts == rows[0].succeeded + rows[0].failed + rows[0].cancelled,
       "every attempt once");
    hr_store_usage(r, a, HR_STORE_USAGE_BY_DAY, AT(0), AT(86400), 10, &rows, &n);
    OK(n == 1, "one day");
    IS_STR(rows[0].key.data, rows[0].key.len, "2026-01-01", "by its date");
    hr_store_usage(r, a, HR_STORE_USAGE_BY_USER, AT(0), AT(86400), 10, &rows, &n);
    IS_INT(n, 2, "by user");
    hr_store_usage(r, a, HR_STORE_USAGE_BY_MODEL, AT(0), AT(86400), 10, &rows, &n);
    OK(n == 2 && rows[0].key.data == NULL, "by model, the unknown one first");
    hr_store_usage(r, a, HR_STORE_USAGE_BY_UNIT, AT(0), AT(86400), 10, &rows, &n);
    IS_INT(n, 3, "by unit");
    hr_store_usage(r, a, HR_STORE_USAGE_TOTAL, AT(86400), AT(99999), 10, &rows, &n);
    OK(n == 1 && rows[0].attempts == 0, "an empty range is zero");

    IS_INT(hr_store_cost_since(r, AT(0), 0, &cost), HR_OK, "money spent");
    OK(cost == 1.25, "in all");
    hr_store_cost_since(r, AT(600), 1, &cost);
    OK(cost == 0.5, "since an instant, of a user");
    IS_INT(hr_store_estimate(r, HR_STR("model-a"), &seconds), HR_OK, "median");
    OK(seconds == 30, "of the runs");
    IS_INT(hr_store_estimate(r, HR_STR("model-b"), &seconds), HR_NOT_FOUND,
           "of an unknown model there is none");
}


int
main(void)
{
    hr_fixture_init();
    hr_fixture_open();

    interrupted.error_code = HR_STR("interrupted");
    interrupted.error_message = HR_STR("Прервано");
    interrupted.step = HR_STR("Прервано");

    adding();
    running();
    fencing();
    fairness();
    batches();
    usage();
    spent();

    IS_INT(hr_fixture_scans(r) + hr_fixture_scans(w), 0,
           "no statement walks a table that grows");

    hr_fixture_done();

    return hr_test_done();
}
