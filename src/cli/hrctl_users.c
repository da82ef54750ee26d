#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "hrctl.h"


#define HRCTL_USERS_PAGE   100
#define HRCTL_USERS_PAGES  1000


/* A page of accounts; NULL: *rc says why. */
static cJSON *
hrctl_users_page(hrctl_t *ctl, unsigned page, int *rc)
{
    char             path[64];
    cJSON           *root;
    hrctl_answer_t   answer;

    (void) snprintf(path, sizeof(path), "/api/users?page=%u&limit=%d", page,
                    HRCTL_USERS_PAGE);

    *rc = hrctl_call(ctl, "GET", path, NULL, &answer);
    if (*rc != HRCTL_OK) {
        return NULL;
    }

    root = hrctl_parse(&answer);
    hrctl_answer_free(&answer);

    if (root == NULL) {
        *rc = HRCTL_FAILED;
    }

    return root;
}


/* Calls each for all accounts until it returns true. */
static int
hrctl_users_each(hrctl_t *ctl, bool (*each)(void *data, const cJSON *user),
    void *data)
{
    int           rc;
    cJSON        *root;
    unsigned      page, count;
    const cJSON  *user;

    for (page = 1; page <= HRCTL_USERS_PAGES; page++) {
        root = hrctl_users_page(ctl, page, &rc);
        if (root == NULL) {
            return rc;
        }

        count = 0;

        cJSON_ArrayForEach(user, hrctl_get(root, "data.users")) {
            count++;

            if (each(data, user)) {
                cJSON_Delete(root);
                return HRCTL_OK;
            }
        }

        cJSON_Delete(root);

        if (count < HRCTL_USERS_PAGE) {
            break;
        }
    }

    return HRCTL_OK;
}


static bool
hrctl_users_row(void *data, const cJSON *user)
{
    char            text[32];
    hrctl_table_t  *t = data;

    hrctl_cell(t, hrctl_text(user, "id"));
    hrctl_cell(t, hrctl_text(user, "username"));
    hrctl_cell(t, hrctl_text(user, "full_name"));
    hrctl_cell(t, hrctl_text(user, "role"));
    hrctl_cell(t, hrctl_text(user, "is_active"));
    hrctl_cell(t, hrctl_time(user, "last_login", text));

    return false;
}


static bool
hrctl_users_collect(void *data, const cJSON *user)
{
    (void) cJSON_AddItemToArray(data, cJSON_Duplicate(user, 1));

    return false;
}


int
hrctl_users_list(hrctl_t *ctl)
{
    int             rc;
    char           *text;
    cJSON          *all;
    hrctl_table_t  *t;

    if (ctl->json) {
        all = cJSON_CreateArray();
        rc = hrctl_users_each(ctl, hrctl_users_collect, all);
        text = hrctl_print(all);

        if (rc == HRCTL_OK && text != NULL) {
            (void) puts(text);
        }

        free(text);
        return rc;
    }

    t = hrctl_table("#ID|USER|NAME|ROLE|ACTIVE|LAST LOGIN");
    if (t == NULL) {
        return HRCTL_FAILED;
    }

    rc = hrctl_users_each(ctl, hrctl_users_row, t);

    if (rc != HRCTL_OK) {
        hrctl_table_free(t);
        return rc;
    }

    return hrctl_table_end(t);
}


/* ---- changes ---- */

typedef struct {
    const char  *name;
    long         id;
} hrctl_users_find_t;


static bool
hrctl_users_match(void *data, const cJSON *user)
{
    hrctl_users_find_t  *find = data;

    if (strcmp(hrctl_text(user, "username"), find->name) != 0) {
        return false;
    }

    find->id = (long) hrctl_number(user, "id", 0);

    return true;
}


/* The number of an account that is named by its number or its name. */
static int
hrctl_users_id(hrctl_t *ctl, const char *name, long *id)
{
    int                  rc;
    hrctl_users_find_t   find = { name, 0 };

    rc = hrctl_users_each(ctl, hrctl_users_match, &find);
    if (rc != HRCTL_OK) {
        return rc;
    }

    if (find.id == 0 && *name != '\0' && strspn(name, "0123456789") == strlen(name)) {
        find.id = strtol(name, NULL, 10);
    }

    *id = find.id;

    return find.id != 0 ? HRCTL_OK
           : hrctl_fail(HRCTL_NOT_FOUND, "there is no user \"%s\"", name);
}


static int
hrctl_user_show(hrctl_t *ctl, const cJSON *root)
{
    hrctl_note(ctl, "%s: user %s, id %s, role %s, active: %s",
               hrctl_text(root, "message"), hrctl_text(root, "data.username"),
               hrctl_text(root, "data.id"), hrctl_text(root, "data.role"),
               hrctl_text(root, "data.is_active"));

    return HRCTL_OK;
}


/* Sends a body (which may hold a password) and tells the result. */
static int
hrctl_users_send(hrctl_t *ctl, const char *method, const char *path,
    cJSON *body)
{
    int              rc;
    char            *json;
    hrctl_answer_t   answer;

    json = hrctl_print(body);
    if (json == NULL) {
        return hrctl_no_memory();
    }

    rc = hrctl_call(ctl, method, path, json, &answer);
    hrctl_secret_free(json);

    return hrctl_show(ctl, rc, &answer, hrctl_user_show, NULL);
}


int
hrctl_users_create(hrctl_t *ctl)
{
    int          rc;
    char        *password;
    cJSON       *body;
    const char  *name;

    rc = hrctl_token(ctl);
    if (rc == HRCTL_OK) {
        rc = hrctl_password_new(ctl, hrctl_option(ctl, "password-file"), &password);
    }

    if (rc != HRCTL_OK) {
        return rc;
    }

    name = hrctl_option(ctl, "full-name");

    body = cJSON_CreateObject();
    (void) cJSON_AddStringToObject(body, "username", ctl->argv[0]);
    (void) cJSON_AddStringToObject(body, "full_name",
                                   name == NULL ? ctl->argv[0] : name);
    (void) cJSON_AddStringToObject(body, "password", password);

    if (hrctl_option(ctl, "role") != NULL) {
        (void) cJSON_AddStringToObject(body, "role", hrctl_option(ctl, "role"));
    }

    hrctl_secret_free(password);

    return hrctl_users_send(ctl, "POST", "/api/users", body);
}


int
hrctl_users_set(hrctl_t *ctl)
{
    int          rc;
    char         path[64];
    long         id;
    cJSON       *body;
    const char  *name, *role, *active;

    name = hrctl_option(ctl, "full-name");
    role = hrctl_option(ctl, "role");
    active = hrctl_option(ctl, "active");

    if (name == NULL && role == NULL && active == NULL) {
        return hrctl_usage(ctl, "nothing to change: --full-name, --role or --active");
    }

    if (active != NULL && strcmp(active, "yes") != 0 && strcmp(active, "no") != 0) {
        return hrctl_usage(ctl, "--active: yes or no is needed");
    }

    rc = hrctl_users_id(ctl, ctl->argv[0], &id);
    if (rc != HRCTL_OK) {
        return rc;
    }

    body = cJSON_CreateObject();

    if (name != NULL) {
        (void) cJSON_AddStringToObject(body, "full_name", name);
    }

    if (role != NULL) {
        (void) cJSON_AddStringToObject(body, "role", role);
    }

    if (active != NULL) {
        (void) cJSON_AddBoolToObject(body, "is_active", strcmp(active, "yes") == 0);
    }

    (void) snprintf(path, sizeof(path), "/api/users/%ld", id);

    return hrctl_users_send(ctl, "PUT", path, body);
}


/* The own one needs the current password as well. */
static int
hrctl_users_passwd_own(hrctl_t *ctl)
{
    int     rc;
    char   *current, *password;
    cJSON  *body;

    rc = hrctl_token(ctl);
    if (rc == HRCTL_OK) {
        rc = hrctl_password(ctl, hrctl_option(ctl, "current-file"),
                            "Current password", &current);
    }

    if (rc != HRCTL_OK) {
        return rc;
    }

    rc = hrctl_password_new(ctl, hrctl_option(ctl, "password-file"), &password);

    if (rc != HRCTL_OK) {
        hrctl_secret_free(current);
        return rc;
    }

    body = cJSON_CreateObject();
    (void) cJSON_AddStringToObject(body, "current_password", current);
    (void) cJSON_AddStringToObject(body, "password", password);
    hrctl_secret_free(current);
    hrctl_secret_free(password);

    return hrctl_users_send(ctl, "PUT", "/api/auth/password", body);
}


int
hrctl_users_passwd(hrctl_t *ctl)
{
    int     rc;
    char    path[64];
    char   *password;
    long    id;
    cJSON  *body;

    if (ctl->argc == 0) {
        return hrctl_users_passwd_own(ctl);
    }

    rc = hrctl_users_id(ctl, ctl->argv[0], &id);
    if (rc == HRCTL_OK) {
        rc = hrctl_password_new(ctl, hrctl_option(ctl, "password-file"), &password);
    }

    if (rc != HRCTL_OK) {
        return rc;
    }

    body = cJSON_CreateObject();
    (void) cJSON_AddStringToObject(body, "password", password);
    hrctl_secret_free(password);
    (void) snprintf(path, sizeof(path), "/api/users/%ld", id);

    return hrctl_users_send(ctl, "PUT", path, body);
}
