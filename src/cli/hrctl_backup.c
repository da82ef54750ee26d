/* Copies of the database: on the server by calls, here without one. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hr_store.h"
#include "hrctl.h"


#define HRCTL_LONG  3600            /* seconds that a large database may take */


static void
hrctl_backup_rows(const hr_store_backup_t *info)
{
    char  size[16];

    hrctl_line("size", hrctl_bytes((double) info->bytes, size));
    hrctl_line_printf("users", "%lld", (long long) info->users);
    hrctl_line_printf("profiles", "%lld", (long long) info->profiles);
    hrctl_line_printf("versions", "%lld", (long long) info->versions);
    hrctl_line_printf("tasks", "%lld", (long long) info->tasks);
}


static void
hrctl_backup_json(const char *file, const char *kept,
    const hr_store_backup_t *info)
{
    char   *text;
    cJSON  *node, *rows;

    node = cJSON_CreateObject();
    (void) cJSON_AddStringToObject(node, "file", file);
    (void) cJSON_AddBoolToObject(node, "valid", true);
    (void) cJSON_AddNumberToObject(node, "bytes", (double) info->bytes);

    if (kept != NULL) {
        (void) cJSON_AddStringToObject(node, "kept", kept);
    }

    rows = cJSON_AddObjectToObject(node, "rows");
    (void) cJSON_AddNumberToObject(rows, "users", (double) info->users);
    (void) cJSON_AddNumberToObject(rows, "profiles", (double) info->profiles);
    (void) cJSON_AddNumberToObject(rows, "versions", (double) info->versions);
    (void) cJSON_AddNumberToObject(rows, "tasks", (double) info->tasks);

    text = hrctl_print(node);
    (void) puts(text == NULL ? "{}" : text);
    free(text);
}


/* ---- on the server ---- */


static int
hrctl_backup_show(hrctl_t *ctl, const cJSON *root)
{
    char  size[16];

    (void) ctl;

    hrctl_line("backup", hrctl_text(root, "data.name"));
    hrctl_line("size", hrctl_bytes(hrctl_number(root, "data.bytes", 0), size));
    hrctl_line("users", hrctl_text(root, "data.rows.users"));
    hrctl_line("profiles", hrctl_text(root, "data.rows.profiles"));
    hrctl_line("versions", hrctl_text(root, "data.rows.versions"));
    hrctl_line("tasks", hrctl_text(root, "data.rows.tasks"));
    hrctl_line("older removed", hrctl_text(root, "data.removed"));
    hrctl_line_printf("seconds", "%.2f", hrctl_number(root, "data.seconds", 0));

    return HRCTL_OK;
}


int
hrctl_backup_create(hrctl_t *ctl)
{
    int              rc;
    hrctl_answer_t   answer;

    ctl->timeout = ctl->timeout < HRCTL_LONG ? HRCTL_LONG : ctl->timeout;

    rc = hrctl_call(ctl, "POST", "/api/admin/backup", NULL, &answer);

    return hrctl_show(ctl, rc, &answer, hrctl_backup_show, NULL);
}


static int
hrctl_backup_table(hrctl_t *ctl, const cJSON *root)
{
    char            text[32], size[16];
    const cJSON    *copy;
    hrctl_table_t  *t;

    (void) ctl;

    t = hrctl_table("=BACKUP|CREATED (UTC)|#SIZE");
    if (t == NULL) {
        return HRCTL_FAILED;
    }

    cJSON_ArrayForEach(copy, hrctl_get(root, "data.backups")) {
        hrctl_cell(t, hrctl_text(copy, "name"));
        hrctl_cell(t, hrctl_time(copy, "created_at", text));
        hrctl_cell(t, hrctl_bytes(hrctl_number(copy, "bytes", 0), size));
    }

    return hrctl_table_end(t);
}


int
hrctl_backup_list(hrctl_t *ctl)
{
    int              rc;
    hrctl_answer_t   answer;

    rc = hrctl_call(ctl, "GET", "/api/admin/backups", NULL, &answer);

    return hrctl_show(ctl, rc, &answer, hrctl_backup_table, NULL);
}


/* ---- here ---- */


int
hrctl_backup_verify(hrctl_t *ctl)
{
    hr_diag_t           diag;
    hr_store_backup_t   info;

    memset(&diag, 0, sizeof(diag));

    if (hr_store_backup_verify(ctl->argv[0], &info, &diag) != HR_OK) {
        return hrctl_fail(HRCTL_FINDINGS, "%s: %s", ctl->argv[0], diag.text);
    }

    if (ctl->json) {
        hrctl_backup_json(ctl->argv[0], NULL, &info);
    } else {
        hrctl_line("valid", ctl->argv[0]);
        hrctl_backup_rows(&info);
    }

    return HRCTL_OK;
}


static bool
hrctl_restore_agreed(const hrctl_t *ctl, const char *database)
{
    char  answer[16];

    if (hrctl_option(ctl, "yes") != NULL) {
        return true;
    }

    if (!isatty(STDIN_FILENO)) {
        (void) hrctl_usage(ctl, "nobody can be asked: say --yes");
        return false;
    }

    (void) fputs("Replace ", stderr);
    hrctl_put(stderr, database);
    (void) fputs(" by this copy? The old file is kept. [y/N] ", stderr);

    return fgets(answer, sizeof(answer), stdin) != NULL
           && (answer[0] == 'y' || answer[0] == 'Y');
}


int
hrctl_backup_restore(hrctl_t *ctl)
{
    char                kept[HR_STORE_RESTORE_PATH];
    hr_rc_t             rc;
    hr_diag_t           diag;
    const char         *database;
    hr_store_backup_t   info;

    database = hrctl_option(ctl, "database");

    if (database == NULL) {
        return hrctl_usage(ctl, "--database: the file that hr_database names is needed");
    }

    if (!hrctl_restore_agreed(ctl, database)) {
        return HRCTL_USAGE;
    }

    memset(&diag, 0, sizeof(diag));
    rc = hr_store_restore(ctl->argv[0], database, hr_time_now(), kept, &info, &diag);

    if (rc != HR_OK) {
        return hrctl_fail(rc == HR_BUSY ? HRCTL_CONFLICT : HRCTL_FAILED, "%s",
                          diag.text);
    }

    if (ctl->json) {
        hrctl_backup_json(database, kept, &info);
        return HRCTL_OK;
    }

    hrctl_line("restored", database);
    hrctl_backup_rows(&info);
    hrctl_line("the old file", kept);

    return HRCTL_OK;
}
