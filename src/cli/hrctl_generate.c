#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hrctl.h"


#define HRCTL_BUSY_TRIES  20        /* starts that are told to wait */


char *
hrctl_generate_body(const hrctl_t *ctl, const char *department,
    const char *position)
{
    cJSON       *body;
    const char  *employee, *model;

    employee = hrctl_option(ctl, "employee");
    model = hrctl_option(ctl, "model");

    body = cJSON_CreateObject();
    (void) cJSON_AddStringToObject(body, "department", department);
    (void) cJSON_AddStringToObject(body, "position", position);

    if (employee != NULL) {
        (void) cJSON_AddStringToObject(body, "employee_name", employee);
    }

    if (model != NULL) {
        (void) cJSON_AddStringToObject(body, "model", model);
    }

    return hrctl_print(body);
}


/* Starts a task; waits where the server says so (rate limit, full queue). */
static int
hrctl_generate_start(hrctl_t *ctl, const char *json, hrctl_answer_t *answer)
{
    int       rc;
    unsigned  tries;

    for (tries = 0; ; tries++) {
        rc = hrctl_request(ctl, "POST", "/api/generation/start", json, answer);
        if (rc != HRCTL_OK) {
            return rc;
        }

        if ((answer->status != 429 && answer->status != 503)
            || answer->retry_after == 0 || tries == HRCTL_BUSY_TRIES)
        {
            break;
        }

        hrctl_note(ctl, "the server asks to wait %ld s", answer->retry_after);
        hrctl_sleep((double) answer->retry_after);

        if (hrctl_stopped()) {
            return HRCTL_STOPPED;
        }

        hrctl_answer_free(answer);
    }

    return hrctl_status(answer);
}


static void
hrctl_generate_warnings(const hrctl_t *ctl, const cJSON *root)
{
    const cJSON  *warning;

    cJSON_ArrayForEach(warning, hrctl_get(root, "warnings")) {
        hrctl_note(ctl, "warning: %s", hrctl_text(warning, "message"));
    }
}


/* The format that a file name asks for; NULL: none is known. */
static const char *
hrctl_generate_format(const char *file)
{
    size_t       i;
    const char  *dot;

    static const char *const  formats[] = { "md", "docx", "xlsx", "json" };

    dot = strrchr(file, '.');

    for (i = 0; dot != NULL && i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcasecmp(dot + 1, formats[i]) == 0) {
            return formats[i];
        }
    }

    return NULL;
}


static int
hrctl_generate_file(hrctl_t *ctl, const hrctl_task_t *task, const char *file)
{
    int   rc;
    char  path[256];

    (void) snprintf(path, sizeof(path), "/api/profiles/%s/download/%s",
                    task->profile_id, hrctl_generate_format(file));

    rc = hrctl_download(ctl, "GET", path, NULL, file, NULL);

    if (rc == HRCTL_OK) {
        hrctl_note(ctl, "written: %s", file);
    }

    return rc;
}


/* What a program wants to know, once the task has ended. */
static int
hrctl_generate_json(hrctl_t *ctl, const hrctl_task_t *task)
{
    int              rc;
    char             path[256];
    hrctl_answer_t   answer;

    (void) snprintf(path, sizeof(path), "/api/generation/%s/status", task->id);

    rc = hrctl_call(ctl, "GET", path, NULL, &answer);

    if (rc == HRCTL_OK) {
        rc = hrctl_put_json(&answer);
        hrctl_answer_free(&answer);
    }

    return rc;
}


static int
hrctl_generate_follow(hrctl_t *ctl, hrctl_task_t *task)
{
    int          rc, shown;
    const char  *file;

    rc = hrctl_task_wait(ctl, task);

    if (ctl->json && task->ended) {
        shown = hrctl_generate_json(ctl, task);
        rc = rc == HRCTL_OK ? shown : rc;

    } else if (rc == HRCTL_OK) {
        (void) puts(task->profile_id);
    }

    file = hrctl_option(ctl, "output");

    return rc == HRCTL_OK && file != NULL ? hrctl_generate_file(ctl, task, file) : rc;
}


int
hrctl_generate(hrctl_t *ctl)
{
    int              rc;
    char            *json;
    cJSON           *root;
    const char      *file;
    hrctl_task_t     task;
    hrctl_answer_t   answer;

    if (hrctl_option(ctl, "unit") != NULL) {
        return ctl->argc == 0 ? hrctl_generate_unit(ctl, hrctl_option(ctl, "unit"))
               : hrctl_usage(ctl, "either --unit or a department and a position");
    }

    if (ctl->argc != 2) {
        return hrctl_usage(ctl, "a department and a position are needed, or --unit");
    }

    file = hrctl_option(ctl, "output");

    if (file != NULL && hrctl_generate_format(file) == NULL) {
        return hrctl_usage(ctl, "--output: the name must end in .md, .docx, .xlsx or "
                                ".json");
    }

    json = hrctl_generate_body(ctl, ctl->argv[0], ctl->argv[1]);
    if (json == NULL) {
        return hrctl_no_memory();
    }

    rc = hrctl_generate_start(ctl, json, &answer);
    free(json);

    if (rc != HRCTL_OK) {
        hrctl_answer_free(&answer);
        return rc;
    }

    memset(&task, 0, sizeof(task));
    root = hrctl_parse(&answer);
    hrctl_task_read(&task, root);
    hrctl_generate_warnings(ctl, root);
    cJSON_Delete(root);

    if (task.id[0] == '\0') {
        rc = hrctl_fail(HRCTL_FAILED, "the answer has no task");

    } else if (hrctl_option(ctl, "no-wait") == NULL) {
        rc = hrctl_generate_follow(ctl, &task);

    } else if (ctl->json) {
        rc = hrctl_put_json(&answer);

    } else {
        (void) puts(task.id);
    }

    hrctl_answer_free(&answer);

    return rc;
}
