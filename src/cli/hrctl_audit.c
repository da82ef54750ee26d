#include <stdlib.h>
#include <string.h>

#include "hrctl.h"


/* "path?name=value&..." from the options that are given. */
static int
hrctl_audit_path(hrctl_t *ctl, hr_buf_t *path)
{
    static const struct {
        const char  *option, *name;
    } rows[] = {
        { "user", "user_id" }, { "action", "action" }, { "object", "object_id" },
        { "from", "from" }, { "to", "to" }, { "limit", "limit" },
        { "cursor", "cursor" }, { "after", "after" },
    };

    char        *value;
    size_t       i;
    const char  *given;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        given = hrctl_option(ctl, rows[i].option);

        if (given == NULL && strcmp(rows[i].option, "limit") == 0
            && ctl->command->run == hrctl_audit_list)
        {
            given = "50";
        }

        if (given == NULL) {
            continue;
        }

        value = hrctl_encode(given);
        if (value == NULL) {
            return HRCTL_FAILED;
        }

        (void) hr_buf_printf(path, "%s%s=%s", strchr(path->data, '?') ? "&" : "?",
                             rows[i].name, value);
        free(value);
    }

    return path->err == HR_OK ? HRCTL_OK : hrctl_no_memory();
}


static int
hrctl_audit_table(hrctl_t *ctl, const cJSON *root)
{
    int             rc;
    char            text[32];
    const cJSON    *r;
    const char     *next;
    hrctl_table_t  *t;

    t = hrctl_table("#SEQ|TIME (UTC)|USER|ACTION|RESULT|=OBJECT|ADDRESS|DETAIL");
    if (t == NULL) {
        return HRCTL_FAILED;
    }

    cJSON_ArrayForEach(r, hrctl_get(root, "data.records")) {
        hrctl_cell(t, hrctl_text(r, "seq"));
        hrctl_cell(t, hrctl_time(r, "at", text));
        hrctl_cell(t, hrctl_text(r, "username"));
        hrctl_cell(t, hrctl_text(r, "action"));
        hrctl_cell(t, hrctl_text(r, "result"));
        hrctl_cell_printf(t, "%s%s%s", hrctl_text(r, "object_type"),
                          *hrctl_text(r, "object_id") ? " " : "",
                          hrctl_text(r, "object_id"));
        hrctl_cell(t, hrctl_text(r, "address"));
        hrctl_cell(t, hrctl_text(r, "detail"));
    }

    rc = hrctl_table_end(t);
    next = hrctl_text(root, "data.next_cursor");

    if (*next != '\0') {
        hrctl_note(ctl, "older ones: --cursor %s", next);
    }

    return rc;
}


int
hrctl_audit_list(hrctl_t *ctl)
{
    int              rc;
    hr_buf_t         path;
    hrctl_answer_t   answer;

    hr_buf_init(&path, 8000);
    (void) hr_buf_c(&path, "/api/admin/audit");

    rc = hrctl_audit_path(ctl, &path);
    if (rc == HRCTL_OK) {
        rc = hrctl_call(ctl, "GET", path.data, NULL, &answer);
    }

    hr_buf_release(&path);

    return hrctl_show(ctl, rc, &answer, hrctl_audit_table, NULL);
}


static int
hrctl_audit_result(hrctl_t *ctl, const cJSON *root)
{
    (void) ctl;

    hrctl_line("result", hrctl_text(root, "message"));
    hrctl_line("records", hrctl_text(root, "data.checked"));
    hrctl_line("first bad", hrctl_text(root, "data.first_bad_seq"));
    hrctl_line("last hash", hrctl_text(root, "data.last_hash"));

    return HRCTL_OK;
}


int
hrctl_audit_verify(hrctl_t *ctl)
{
    int              rc;
    hrctl_answer_t   answer;

    rc = hrctl_call(ctl, "GET", "/api/admin/audit/verify", NULL, &answer);

    return hrctl_show(ctl, rc, &answer, hrctl_audit_result, "data.valid");
}


int
hrctl_audit_export(hrctl_t *ctl)
{
    int        rc;
    char      *name;
    hr_buf_t   path;

    hr_buf_init(&path, 8000);
    (void) hr_buf_c(&path, "/api/admin/audit/export");
    name = NULL;

    rc = hrctl_audit_path(ctl, &path);
    if (rc == HRCTL_OK) {
        rc = hrctl_download(ctl, "GET", path.data, NULL, hrctl_option(ctl, "output"),
                            &name);
    }

    hr_buf_release(&path);

    if (rc == HRCTL_OK && name != NULL) {
        hrctl_note(ctl, "written: %s", name);
    }

    free(name);

    return rc;
}
