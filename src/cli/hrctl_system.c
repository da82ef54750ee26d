/* How the service is: health, cache, care of the database. */

#include <stdlib.h>
#include <string.h>

#include "hrctl.h"


#define HRCTL_LONG     3600         /* seconds that a check of all pages may take */
#define HRCTL_SHARDS   64
#define HRCTL_METRIC   "hr_cache_"


/* ---- health ---- */


/* The members of an object, as lines. */
static void
hrctl_health_part(const cJSON *root, const char *path)
{
    const cJSON  *item;

    cJSON_ArrayForEach(item, hrctl_get(root, path)) {
        if (cJSON_IsObject(item)) {
            hrctl_line_printf(item->string, "%s %s", hrctl_text(item, "status"),
                              hrctl_text(item, "message"));
        } else if (!cJSON_IsArray(item)) {
            hrctl_line(item->string, hrctl_text(item, ""));
        }
    }
}


int
hrctl_health(hrctl_t *ctl)
{
    int              rc;
    cJSON           *root;
    hrctl_answer_t   answer;

    rc = hrctl_request_anonymous(ctl, "GET", "/health", NULL, &answer);
    if (rc != HRCTL_OK) {
        return rc;
    }

    root = hrctl_parse(&answer);

    if (root == NULL) {
        hrctl_answer_free(&answer);
        return HRCTL_FAILED;
    }

    if (ctl->json) {
        (void) hrctl_put_json(&answer);

    } else {
        hrctl_line("status", hrctl_text(root, "status"));
        hrctl_line("version", hrctl_text(root, "version"));
        hrctl_line("uptime, seconds", hrctl_text(root, "uptime_seconds"));
        hrctl_line("environment", hrctl_text(root, "environment"));
        hrctl_health_part(root, "components");
        hrctl_health_part(root, "external_services");
        hrctl_health_part(root, "data");
    }

    rc = strcmp(hrctl_text(root, "status"), "healthy") == 0 ? HRCTL_OK : HRCTL_FINDINGS;
    cJSON_Delete(root);
    hrctl_answer_free(&answer);

    return rc;
}


/* ---- care ---- */


int
hrctl_maintenance(hrctl_t *ctl)
{
    int              rc;
    char            *json;
    cJSON           *body, *root;
    hrctl_answer_t   answer;

    ctl->timeout = ctl->timeout < HRCTL_LONG ? HRCTL_LONG : ctl->timeout;

    body = cJSON_CreateObject();
    (void) cJSON_AddStringToObject(body, "action", ctl->argv[0]);

    json = hrctl_print(body);
    if (json == NULL) {
        return hrctl_no_memory();
    }

    rc = hrctl_call(ctl, "POST", "/api/admin/maintenance", json, &answer);
    free(json);

    if (rc != HRCTL_OK) {
        return rc;
    }

    root = hrctl_parse(&answer);

    if (root == NULL) {
        rc = HRCTL_FAILED;

    } else if (ctl->json) {
        rc = hrctl_put_json(&answer);

    } else {
        hrctl_line("result", hrctl_text(root, "message"));
        hrctl_line("finding", hrctl_text(root, "data.finding"));
        hrctl_line_printf("seconds", "%.2f", hrctl_number(root, "data.seconds", 0));
    }

    if (rc == HRCTL_OK && !hrctl_true(root, "data.ok")) {
        rc = HRCTL_FINDINGS;
    }

    cJSON_Delete(root);
    hrctl_answer_free(&answer);

    return rc;
}
