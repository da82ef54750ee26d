/*
 * generate --unit: every position of a unit.  A bounded number of tasks is out
 * at one time; each is started once, so that a run that was stopped can be
 * repeated: what exists by then is skipped.
 */

#include <stdlib.h>
#include <string.h>

#include "hr_text.h"
#include "hrctl.h"


#define HRCTL_UNIT_MAX    2000      /* positions of one run */
#define HRCTL_UNIT_PAUSE  0.5       /* seconds between two looks at all tasks */
#define HRCTL_UNIT_EACH   0.2       /* ... and for each: 300 questions a minute */

typedef enum {
    HRCTL_ITEM_WAITS = 0,
    HRCTL_ITEM_RUNS,
    HRCTL_ITEM_DONE,
    HRCTL_ITEM_FAILED,
    HRCTL_ITEM_EXISTS
} hrctl_item_state_t;

typedef struct {
    char                *unit;
    char                *position;
    hrctl_item_state_t   state;
    hrctl_task_t         task;
} hrctl_item_t;

typedef struct {
    hrctl_item_t  *items;
    size_t         count;
    size_t         waits, runs, done, failed, exists;
    double         begin;
    double         hold;            /* no start before; hrctl_clock() */
} hrctl_unit_t;


/* ---- positions ---- */


/* True when the key of a path ends with whole parts of the wanted one. */
static bool
hrctl_unit_is(hr_str_t path, hr_str_t wanted)
{
    return wanted.len != 0 && path.len >= wanted.len
           && memcmp(path.data + path.len - wanted.len, wanted.data, wanted.len) == 0
           && (path.len == wanted.len || path.data[path.len - wanted.len - 1] == '/');
}


static bool
hrctl_unit_below(const char *path, const char *unit)
{
    size_t  n = strlen(unit);

    return strncmp(path, unit, n) == 0 && path[n] == '/';
}


/*
 * The one unit that is meant by a path, its end, or its name; letter case,
 * quotes and kinds of blanks do not matter.  NULL: *rc says why.
 */
static const char *
hrctl_unit_find(const cJSON *items, const char *wanted, int *rc)
{
    hr_str_t      key;
    hr_arena_t   *arena;
    const char   *path, *found;
    const cJSON  *item;

    arena = hr_arena_create(64 * 1024 * 1024);
    if (arena == NULL) {
        *rc = hrctl_no_memory();
        return NULL;
    }

    found = NULL;
    key = hr_match_key(arena, hr_str_from_c(wanted));

    cJSON_ArrayForEach(item, items) {
        path = hrctl_text(item, "full_path");

        if (strcmp(path, wanted) == 0) {
            hr_arena_destroy(arena);
            return path;
        }

        if (!hrctl_unit_is(hr_match_key(arena, hr_str_from_c(path)), key)) {
            continue;
        }

        if (found != NULL && strcmp(found, path) != 0) {
            *rc = hrctl_fail(HRCTL_REFUSED, "several units are called so, give more "
                             "of the path: \"%s\", \"%s\"", found, path);
            hr_arena_destroy(arena);
            return NULL;
        }

        found = path;
    }

    hr_arena_destroy(arena);

    if (found == NULL) {
        *rc = hrctl_fail(HRCTL_NOT_FOUND, "there is no unit \"%s\"", wanted);
    }

    return found;
}


static int
hrctl_unit_add(hrctl_unit_t *u, const char *unit, const char *position, bool exists)
{
    hrctl_item_t  *item;

    if (u->count == HRCTL_UNIT_MAX) {
        return hrctl_fail(HRCTL_REFUSED, "more than %d positions: choose a smaller unit",
                          HRCTL_UNIT_MAX);
    }

    item = &u->items[u->count++];
    item->unit = strdup(unit);
    item->position = strdup(position);
    item->state = exists ? HRCTL_ITEM_EXISTS : HRCTL_ITEM_WAITS;
    u->exists += exists;
    u->waits += !exists;

    return item->unit == NULL || item->position == NULL ? hrctl_no_memory() : HRCTL_OK;
}


/* Fetches a list and hands its parsed body over; NULL: *rc says why. */
static cJSON *
hrctl_unit_fetch(hrctl_t *ctl, const char *path, int *rc)
{
    cJSON           *root;
    hrctl_answer_t   answer;

    *rc = hrctl_call(ctl, "GET", path, NULL, &answer);
    if (*rc != HRCTL_OK) {
        return NULL;
    }

    root = hrctl_parse(&answer);
    hrctl_answer_free(&answer);
    *rc = root == NULL ? HRCTL_FAILED : HRCTL_OK;

    return root;
}


static int
hrctl_unit_load(hrctl_t *ctl, const char *wanted, hrctl_unit_t *u)
{
    int           rc;
    bool          children, again;
    cJSON        *units, *positions;
    const char   *unit, *path;
    const cJSON  *item;

    units = hrctl_unit_fetch(ctl, "/api/organization/search-items", &rc);
    if (units == NULL) {
        return rc;
    }

    unit = hrctl_unit_find(hrctl_get(units, "data.items"), wanted, &rc);
    positions = unit == NULL ? NULL
                : hrctl_unit_fetch(ctl, "/api/organization/positions", &rc);

    if (positions == NULL) {
        cJSON_Delete(units);
        return rc;
    }

    children = hrctl_option(ctl, "children") != NULL;
    again = hrctl_option(ctl, "again") != NULL;

    cJSON_ArrayForEach(item, hrctl_get(positions, "data.items")) {
        path = hrctl_text(item, "business_unit_id");

        if (rc == HRCTL_OK
            && (strcmp(path, unit) == 0 || (children && hrctl_unit_below(path, unit))))
        {
            rc = hrctl_unit_add(u, path, hrctl_text(item, "position_name"),
                                !again && hrctl_true(item, "profile_exists"));
        }
    }

    if (rc == HRCTL_OK && u->count == 0) {
        rc = hrctl_fail(HRCTL_NOT_FOUND, "\"%s\" has no positions of its own%s", unit,
                        children ? "" : ", --children takes those of the units below");
    }

    cJSON_Delete(positions);
    cJSON_Delete(units);

    return rc;
}


/* ---- running ---- */


static void
hrctl_unit_ended(hrctl_unit_t *u, hrctl_item_t *item, bool ok)
{
    u->runs -= item->state == HRCTL_ITEM_RUNS;
    u->waits -= item->state == HRCTL_ITEM_WAITS;
    item->state = ok ? HRCTL_ITEM_DONE : HRCTL_ITEM_FAILED;
    u->done += ok;
    u->failed += !ok;
}


/* What can only be told of this one: the others go on. */
static void
hrctl_unit_refused(hrctl_unit_t *u, hrctl_item_t *item,
    const hrctl_answer_t *answer)
{
    cJSON  *root;

    root = cJSON_ParseWithLength(answer->body, answer->len);
    (void) snprintf(item->task.error, sizeof(item->task.error), "%s",
                    hrctl_text(root, "message"));
    (void) snprintf(item->task.status, sizeof(item->task.status), "refused");
    cJSON_Delete(root);
    hrctl_unit_ended(u, item, false);
}


static int
hrctl_unit_start(hrctl_t *ctl, hrctl_unit_t *u, hrctl_item_t *item)
{
    int              rc;
    char            *json;
    cJSON           *root;
    hrctl_answer_t   answer;

    json = hrctl_generate_body(ctl, item->unit, item->position);
    if (json == NULL) {
        return hrctl_no_memory();
    }

    rc = hrctl_request(ctl, "POST", "/api/generation/start", json, &answer);
    free(json);

    if (rc != HRCTL_OK) {
        return rc;
    }

    if (answer.status == 401 || answer.status == 403) {
        rc = hrctl_status(&answer);

    } else if ((answer.status == 429 || answer.status == 503)
               && answer.retry_after > 0)
    {
        u->hold = hrctl_clock() + (double) answer.retry_after;

    } else if (hrctl_status_code(answer.status) != HRCTL_OK) {
        hrctl_unit_refused(u, item, &answer);

    } else {
        root = hrctl_parse(&answer);
        hrctl_task_read(&item->task, root);
        cJSON_Delete(root);
        item->state = HRCTL_ITEM_RUNS;
        u->waits--;
        u->runs++;
    }

    hrctl_answer_free(&answer);

    return rc;
}


static void
hrctl_unit_show(const hrctl_t *ctl, const hrctl_unit_t *u)
{
    char      text[900];
    size_t    i, n, ended;
    double    sum;
    unsigned  best;

    sum = 0;
    best = 0;
    text[0] = '\0';
    ended = u->done + u->failed;
    n = ended + u->runs + u->waits;

    (void) snprintf(text, sizeof(text), "%zu of %zu, %zu failed%s", ended, n, u->failed,
                    u->hold > hrctl_clock() && u->waits > 0
                    ? ", the server asks to wait" : "");

    for (i = 0; i < u->count; i++) {
        if (u->items[i].state == HRCTL_ITEM_RUNS) {
            sum += u->items[i].task.progress / 100.0;

            if (u->items[i].task.progress >= best) {
                best = u->items[i].task.progress;
                (void) snprintf(text, sizeof(text), "%zu of %zu, %zu failed  %s (%u%%)",
                                ended, n, u->failed, u->items[i].position, best);
            }
        }
    }

    if (n > 0) {
        hrctl_bar(ctl, (unsigned) (((double) ended + sum) * 100 / (double) n),
                  hrctl_clock() - u->begin, text);
    }
}


static int
hrctl_unit_run(hrctl_t *ctl, hrctl_unit_t *u, size_t parallel)
{
    int            rc;
    size_t         i;
    hrctl_item_t  *item;

    u->begin = hrctl_clock();

    while (u->waits + u->runs > 0 && !hrctl_stopped()) {

        for (i = 0; i < u->count; i++) {
            item = &u->items[i];
            rc = HRCTL_OK;

            if (item->state == HRCTL_ITEM_WAITS && u->runs < parallel
                && hrctl_clock() >= u->hold)
            {
                rc = hrctl_unit_start(ctl, u, item);

            } else if (item->state == HRCTL_ITEM_RUNS) {
                rc = hrctl_task_ask(ctl, &item->task);

                if (rc == HRCTL_OK && item->task.ended) {
                    hrctl_unit_ended(u, item, item->task.completed);
                }
            }

            if (rc != HRCTL_OK || hrctl_stopped()) {
                hrctl_bar_end(ctl);
                return rc;
            }
        }

        hrctl_unit_show(ctl, u);

        if (u->waits + u->runs > 0) {
            hrctl_sleep((double) u->runs * HRCTL_UNIT_EACH > HRCTL_UNIT_PAUSE
                        ? (double) u->runs * HRCTL_UNIT_EACH : HRCTL_UNIT_PAUSE);
        }
    }

    hrctl_bar_end(ctl);

    return HRCTL_OK;
}


/* ---- the result ---- */


static const char *const  hrctl_item_words[] = {
    "to do", "running", "done", "failed", "exists"
};


static int
hrctl_unit_json(const hrctl_unit_t *u)
{
    char                *text;
    size_t               i;
    cJSON               *list, *node;
    const hrctl_item_t  *item;

    list = cJSON_CreateArray();

    for (i = 0; i < u->count; i++) {
        item = &u->items[i];
        node = cJSON_CreateObject();
        (void) cJSON_AddStringToObject(node, "unit_path", item->unit);
        (void) cJSON_AddStringToObject(node, "position", item->position);
        (void) cJSON_AddStringToObject(node, "state", hrctl_item_words[item->state]);
        (void) cJSON_AddStringToObject(node, "task_id", item->task.id);
        (void) cJSON_AddStringToObject(node, "profile_id", item->task.profile_id);
        (void) cJSON_AddStringToObject(node, "error_message", item->task.error);
        (void) cJSON_AddItemToArray(list, node);
    }

    text = hrctl_print(list);
    if (text == NULL) {
        return hrctl_no_memory();
    }

    (void) puts(text);
    free(text);

    return HRCTL_OK;
}


static int
hrctl_unit_table(const hrctl_unit_t *u)
{
    size_t               i;
    hrctl_table_t       *t;
    const hrctl_item_t  *item;

    t = hrctl_table("STATE|POSITION|UNIT|=PROFILE");
    if (t == NULL) {
        return HRCTL_FAILED;
    }

    for (i = 0; i < u->count; i++) {
        item = &u->items[i];
        hrctl_cell(t, hrctl_item_words[item->state]);
        hrctl_cell(t, item->position);
        hrctl_cell(t, item->unit);
        hrctl_cell(t, item->state == HRCTL_ITEM_FAILED ? item->task.error
                                                       : item->task.profile_id);
    }

    return hrctl_table_end(t);
}


int
hrctl_generate_unit(hrctl_t *ctl, const char *wanted)
{
    int            rc, shown;
    long           parallel;
    size_t         i;
    hrctl_unit_t   u;

    memset(&u, 0, sizeof(u));
    parallel = 10;

    rc = hrctl_option_int(ctl, "parallel", 1, 50, &parallel);
    if (rc != HRCTL_OK) {
        return rc;
    }

    u.items = calloc(HRCTL_UNIT_MAX, sizeof(hrctl_item_t));
    if (u.items == NULL) {
        return hrctl_no_memory();
    }

    rc = hrctl_unit_load(ctl, wanted, &u);

    if (rc == HRCTL_OK) {
        hrctl_note(ctl, "%zu positions: %zu to do, %zu exist", u.count, u.waits,
                   u.exists);

        if (hrctl_option(ctl, "dry-run") == NULL) {
            rc = hrctl_unit_run(ctl, &u, (size_t) parallel);
        }

        shown = ctl->json ? hrctl_unit_json(&u) : hrctl_unit_table(&u);
        rc = rc != HRCTL_OK ? rc : shown;

        if (rc == HRCTL_OK && u.failed > 0) {
            rc = hrctl_fail(HRCTL_GENERATION, "%zu of %zu failed", u.failed,
                            u.done + u.failed);
        }
    }

    for (i = 0; i < u.count; i++) {
        free(u.items[i].unit);
        free(u.items[i].position);
    }

    free(u.items);

    return rc;
}
