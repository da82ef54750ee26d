#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "hrctl.h"


#define HRCTL_BAR         24        /* columns */
#define HRCTL_POLL_FIRST  0.3       /* seconds between questions */
#define HRCTL_POLL_LAST   2.0
#define HRCTL_STREAMS     5         /* streams that break without an event */


double
hrctl_clock(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


void
hrctl_sleep(double seconds)
{
    struct timespec  ts;

    ts.tv_sec = (time_t) seconds;
    ts.tv_nsec = (long) ((seconds - (double) ts.tv_sec) * 1e9);

    /* a signal ends it */
    (void) nanosleep(&ts, NULL);
}


/* ---- the bar ---- */


void
hrctl_bar(const hrctl_t *ctl, unsigned percent, double seconds, const char *text)
{
    static char      last[512];

    char             cut[512];
    size_t           i, columns, full;
    struct winsize   size;

    if (ctl->quiet) {
        return;
    }

    percent = percent > 100 ? 100 : percent;

    if (!isatty(STDERR_FILENO)) {
        /* a log gets a line for each step, not for each percent */
        if (strcmp(last, text) != 0) {
            (void) snprintf(last, sizeof(last), "%s", text);
            (void) fprintf(stderr, "hrctl: %3u%%  ", percent);
            hrctl_put(stderr, text);
            (void) fputc('\n', stderr);
        }
        return;
    }

    columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
              ? size.ws_col : 80;
    full = (percent * HRCTL_BAR + 50) / 100;

    (void) fputs("\r[", stderr);
    for (i = 0; i < HRCTL_BAR; i++) {
        (void) fputc(i < full ? '#' : '-', stderr);
    }

    (void) fprintf(stderr, "] %3u%%  %u:%02u  ", percent, (unsigned) seconds / 60,
                   (unsigned) seconds % 60);

    /* what is left of the line */
    (void) snprintf(cut, sizeof(cut), "%s", text);
    columns = columns > HRCTL_BAR + 18 ? columns - HRCTL_BAR - 18 : 1;

    while (hrctl_width(cut) > columns) {
        cut[strlen(cut) - 1] = '\0';

        while (cut[0] != '\0' && ((unsigned char) cut[strlen(cut) - 1] & 0xc0) == 0x80) {
            cut[strlen(cut) - 1] = '\0';
        }
    }

    hrctl_put(stderr, cut);
    (void) fputs("\033[K", stderr);
    (void) fflush(stderr);
}


void
hrctl_bar_end(const hrctl_t *ctl)
{
    if (!ctl->quiet && isatty(STDERR_FILENO)) {
        (void) fputc('\n', stderr);
    }
}


/* ---- a task ---- */


static void
hrctl_task_text(char *out, size_t size, const cJSON *node, const char *name)
{
    const char  *text;

    text = hrctl_text(node, name);

    if (*text != '\0') {
        (void) snprintf(out, size, "%s", text);
    }
}


void
hrctl_task_read(hrctl_task_t *task, const cJSON *node)
{
    hrctl_task_text(task->id, sizeof(task->id), node, "task_id");
    hrctl_task_text(task->status, sizeof(task->status), node, "status");
    hrctl_task_text(task->step, sizeof(task->step), node, "current_step");
    hrctl_task_text(task->profile_id, sizeof(task->profile_id), node, "profile_id");
    hrctl_task_text(task->error, sizeof(task->error), node, "error_message");
    hrctl_task_text(task->position, sizeof(task->position), node, "position");

    task->progress = (unsigned) hrctl_number(node, "progress", task->progress);
    task->queue = (unsigned) hrctl_number(node, "queue_position", 0);
    task->completed = strcmp(task->status, "completed") == 0;
    task->ended = task->completed || strcmp(task->status, "failed") == 0
                  || strcmp(task->status, "cancelled") == 0;
}


int
hrctl_task_ask(hrctl_t *ctl, hrctl_task_t *task)
{
    int              rc;
    char             path[512];
    char            *id;
    cJSON           *root;
    hrctl_answer_t   answer;

    id = hrctl_encode(task->id);
    if (id == NULL) {
        return HRCTL_FAILED;
    }

    (void) snprintf(path, sizeof(path), "/api/generation/%s/status", id);
    free(id);

    rc = hrctl_request(ctl, "GET", path, NULL, &answer);

    if (rc == HRCTL_OK && answer.status == 429) {
        /* asked too often: nothing is wrong with the task */
        hrctl_sleep(answer.retry_after > 0 ? (double) answer.retry_after : 1);
        hrctl_answer_free(&answer);
        return HRCTL_OK;
    }

    if (rc == HRCTL_OK) {
        rc = hrctl_status(&answer);
    }

    if (rc != HRCTL_OK) {
        hrctl_answer_free(&answer);
        return rc;
    }

    root = hrctl_parse(&answer);
    rc = root == NULL ? HRCTL_FAILED : HRCTL_OK;
    hrctl_task_read(task, hrctl_get(root, "task"));
    cJSON_Delete(root);
    hrctl_answer_free(&answer);

    return rc;
}


/* ---- waiting ---- */

typedef struct {
    const hrctl_t  *ctl;
    hrctl_task_t   *task;
    double          begin;
    unsigned        events;
} hrctl_wait_t;


static void
hrctl_wait_show(const hrctl_wait_t *w)
{
    char                 text[512];
    const hrctl_task_t  *t = w->task;

    if (t->queue > 0 && strcmp(t->status, "queued") == 0) {
        (void) snprintf(text, sizeof(text), "in the queue, place %u", t->queue);
    } else {
        (void) snprintf(text, sizeof(text), "%s",
                        t->ended || t->step[0] == '\0' ? t->status : t->step);
    }

    hrctl_bar(w->ctl, t->progress, hrctl_clock() - w->begin, text);
}


static bool
hrctl_wait_event(void *data, const char *event, const char *text)
{
    cJSON         *node;
    hrctl_wait_t  *w = data;

    w->events++;

    if (strcmp(event, "bye") == 0) {
        return true;                /* that worker ends: another one goes on */
    }

    if (strcmp(event, "progress") != 0 && strcmp(event, "end") != 0) {
        return false;
    }

    node = cJSON_Parse(text);
    hrctl_task_read(w->task, node);
    cJSON_Delete(node);

    if (w->task->ended) {
        w->task->progress = w->task->completed ? 100 : w->task->progress;
    }

    hrctl_wait_show(w);

    return w->task->ended;
}


/* By server-sent events; HRCTL_NOT_FOUND: not here, poll. */
static int
hrctl_wait_stream(hrctl_t *ctl, hrctl_wait_t *w)
{
    int        rc;
    char       path[512], *id, *last;
    unsigned   broken;

    id = hrctl_encode(w->task->id);
    if (id == NULL) {
        return HRCTL_FAILED;
    }

    (void) snprintf(path, sizeof(path), "/api/generation/%s/events", id);
    free(id);
    last = NULL;
    rc = HRCTL_OK;

    for (broken = 0; broken < HRCTL_STREAMS && !w->task->ended; broken++) {
        w->events = 0;
        rc = hrctl_events(ctl, path, &last, hrctl_wait_event, w);

        if (hrctl_stopped() || (rc != HRCTL_OK && rc != HRCTL_NETWORK)) {
            break;
        }

        if (w->events > 0) {
            broken = 0;
        }

        if (!w->task->ended) {
            hrctl_sleep(0.3);
        }
    }

    free(last);

    return w->task->ended || hrctl_stopped() ? HRCTL_OK
           : rc == HRCTL_LOGIN ? rc : HRCTL_NOT_FOUND;
}


static int
hrctl_wait_poll(hrctl_t *ctl, hrctl_wait_t *w)
{
    int     rc;
    double  pause;

    pause = HRCTL_POLL_FIRST;

    while (!hrctl_stopped()) {
        rc = hrctl_task_ask(ctl, w->task);
        if (rc != HRCTL_OK) {
            return rc;
        }

        hrctl_wait_show(w);

        if (w->task->ended) {
            break;
        }

        hrctl_sleep(pause);
        pause = pause * 1.3 > HRCTL_POLL_LAST ? HRCTL_POLL_LAST : pause * 1.3;
    }

    return HRCTL_OK;
}


int
hrctl_task_wait(hrctl_t *ctl, hrctl_task_t *task)
{
    int           rc;
    hrctl_wait_t  w = { ctl, task, hrctl_clock(), 0 };

    rc = hrctl_wait_stream(ctl, &w);

    if (rc == HRCTL_NOT_FOUND) {
        rc = hrctl_wait_poll(ctl, &w);
    }

    if (rc != HRCTL_OK) {
        return rc;
    }

    hrctl_bar_end(ctl);

    if (hrctl_stopped()) {
        return hrctl_fail(HRCTL_STOPPED, "the task goes on: \"hrctl watch %s\" shows "
                          "it, \"hrctl cancel %s\" stops it", task->id, task->id);
    }

    if (task->completed) {
        return HRCTL_OK;
    }

    return hrctl_fail(HRCTL_GENERATION, "%s: %s", task->status,
                      task->error[0] != '\0' ? task->error : task->step);
}


/* ---- commands ---- */


int
hrctl_watch(hrctl_t *ctl)
{
    int            rc;
    char          *text;
    cJSON         *node;
    hrctl_task_t   task;

    memset(&task, 0, sizeof(task));
    (void) snprintf(task.id, sizeof(task.id), "%s", ctl->argv[0]);

    rc = hrctl_task_wait(ctl, &task);

    if (ctl->json && task.ended) {
        node = cJSON_CreateObject();
        (void) cJSON_AddStringToObject(node, "task_id", task.id);
        (void) cJSON_AddStringToObject(node, "status", task.status);
        (void) cJSON_AddStringToObject(node, "profile_id", task.profile_id);
        (void) cJSON_AddStringToObject(node, "error_message", task.error);
        text = hrctl_print(node);
        (void) puts(text == NULL ? "{}" : text);
        free(text);

    } else if (rc == HRCTL_OK) {
        (void) puts(task.profile_id);
    }

    return rc;
}


static int
hrctl_message_show(hrctl_t *ctl, const cJSON *root)
{
    hrctl_note(ctl, "%s", hrctl_text(root, "message"));

    return HRCTL_OK;
}


int
hrctl_cancel(hrctl_t *ctl)
{
    int              rc;
    char             path[512], *id;
    hrctl_answer_t   answer;

    id = hrctl_encode(ctl->argv[0]);
    if (id == NULL) {
        return HRCTL_FAILED;
    }

    (void) snprintf(path, sizeof(path), "/api/generation/%s", id);
    free(id);

    rc = hrctl_call(ctl, "DELETE", path, NULL, &answer);
    return hrctl_show(ctl, rc, &answer, hrctl_message_show, NULL);
}


static int
hrctl_tasks_table(hrctl_t *ctl, const cJSON *root)
{
    char            text[32];
    const cJSON    *task;
    hrctl_table_t  *t;

    (void) ctl;

    t = hrctl_table("=TASK|STATUS|#%|POSITION|DEPARTMENT|CREATED");
    if (t == NULL) {
        return HRCTL_FAILED;
    }

    cJSON_ArrayForEach(task, root) {
        hrctl_cell(t, hrctl_text(task, "task_id"));
        hrctl_cell(t, hrctl_text(task, "status"));
        hrctl_cell(t, hrctl_text(task, "progress"));
        hrctl_cell(t, hrctl_text(task, "position"));
        hrctl_cell(t, hrctl_text(task, "department"));
        hrctl_cell(t, hrctl_time(task, "created_at", text));
    }

    return hrctl_table_end(t);
}


int
hrctl_tasks(hrctl_t *ctl)
{
    int              rc;
    hrctl_answer_t   answer;

    rc = hrctl_call(ctl, "GET", "/api/generation/tasks/active", NULL, &answer);

    return hrctl_show(ctl, rc, &answer, hrctl_tasks_table, NULL);
}
