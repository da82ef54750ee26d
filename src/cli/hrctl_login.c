#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hrctl.h"


/* The name of the account: an argument, or typed, or the name of the system's user. */
static int
hrctl_login_name(hrctl_t *ctl, char *typed, size_t size, const char **name)
{
    char  *end;

    if (ctl->argc == 1) {
        *name = ctl->argv[0];
        return HRCTL_OK;
    }

    if (!isatty(STDIN_FILENO)) {
        return hrctl_usage(ctl, "who logs in?");
    }

    (void) fputs("User: ", stderr);

    if (fgets(typed, (int) size, stdin) == NULL) {
        return hrctl_stopped() ? HRCTL_STOPPED : hrctl_usage(ctl, "who logs in?");
    }

    end = strpbrk(typed, "\r\n");
    if (end != NULL) {
        *end = '\0';
    }

    *name = typed;

    return *typed == '\0' ? hrctl_usage(ctl, "who logs in?") : HRCTL_OK;
}


/* {"username":..., "password":..., "remember_me":...}; a secret. */
static char *
hrctl_login_body(const char *name, const char *password, bool remember)
{
    cJSON  *body;

    body = cJSON_CreateObject();
    (void) cJSON_AddStringToObject(body, "username", name);
    (void) cJSON_AddStringToObject(body, "password", password);
    (void) cJSON_AddBoolToObject(body, "remember_me", remember);

    return hrctl_print(body);
}


/* The answer is printed without its token. */
static int
hrctl_login_done(hrctl_t *ctl, const hrctl_answer_t *answer)
{
    int     rc;
    cJSON  *root;
    char   *text;

    root = hrctl_parse(answer);
    if (root == NULL) {
        return HRCTL_FAILED;
    }

    if (*hrctl_text(root, "access_token") == '\0') {
        cJSON_Delete(root);
        return hrctl_fail(HRCTL_FAILED, "the answer has no token");
    }

    rc = hrctl_token_save(ctl, hrctl_text(root, "access_token"));

    if (rc == HRCTL_OK && ctl->json) {
        text = cJSON_PrintUnformatted(cJSON_GetObjectItem(root, "user_info"));
        (void) puts(text == NULL ? "{}" : text);
        free(text);

    } else if (rc == HRCTL_OK) {
        hrctl_note(ctl, "logged in at %s as %s (%s); the token is in %s", ctl->url,
                   hrctl_text(root, "user_info.username"),
                   hrctl_text(root, "user_info.role"), ctl->token_file);
    }

    cJSON_Delete(root);

    return rc;
}


int
hrctl_login(hrctl_t *ctl)
{
    int              rc;
    char             typed[256];
    char            *password, *body;
    const char      *name;
    hrctl_answer_t   answer;

    rc = hrctl_connect(ctl);
    if (rc == HRCTL_OK) {
        rc = hrctl_login_name(ctl, typed, sizeof(typed), &name);
    }

    if (rc == HRCTL_OK) {
        rc = hrctl_password(ctl, hrctl_option(ctl, "password-file"), "Password",
                            &password);
    }

    if (rc != HRCTL_OK) {
        return rc;
    }

    body = hrctl_login_body(name, password, hrctl_option(ctl, "remember") != NULL);
    hrctl_secret_free(password);

    if (body == NULL) {
        return hrctl_no_memory();
    }

    rc = hrctl_request_anonymous(ctl, "POST", "/api/auth/login", body, &answer);
    hrctl_secret_free(body);

    if (rc == HRCTL_OK && answer.status == 401) {
        rc = hrctl_fail(HRCTL_LOGIN, "wrong user name or password");

    } else if (rc == HRCTL_OK) {
        rc = hrctl_status(&answer);
    }

    if (rc == HRCTL_OK) {
        rc = hrctl_login_done(ctl, &answer);
    }

    if (answer.body != NULL) {
        explicit_bzero(answer.body, answer.len);
    }

    hrctl_answer_free(&answer);

    return rc;
}


int
hrctl_logout(hrctl_t *ctl)
{
    int              rc;
    hrctl_answer_t   answer;

    rc = hrctl_request(ctl, "POST", "/api/auth/logout", NULL, &answer);
    if (rc != HRCTL_OK) {
        return rc;
    }

    /* a token that the server does not know any more is logged out as well */
    rc = answer.status == 401 ? HRCTL_OK : hrctl_status(&answer);

    if (rc == HRCTL_OK) {
        rc = hrctl_token_remove(ctl);
    }

    if (rc == HRCTL_OK && ctl->json) {
        rc = hrctl_put_json(&answer);

    } else if (rc == HRCTL_OK) {
        hrctl_note(ctl, "logged out");
    }

    hrctl_answer_free(&answer);

    return rc;
}


static int
hrctl_whoami_show(hrctl_t *ctl, const cJSON *root)
{
    char  text[32];

    hrctl_line("user", hrctl_text(root, "username"));
    hrctl_line("name", hrctl_text(root, "full_name"));
    hrctl_line("role", hrctl_text(root, "role"));
    hrctl_line("id", hrctl_text(root, "id"));
    hrctl_line("last login", hrctl_time(root, "last_login", text));
    hrctl_line("server", ctl->url);

    return HRCTL_OK;
}


int
hrctl_whoami(hrctl_t *ctl)
{
    int              rc;
    hrctl_answer_t   answer;

    rc = hrctl_call(ctl, "GET", "/api/auth/me", NULL, &answer);

    return hrctl_show(ctl, rc, &answer, hrctl_whoami_show, NULL);
}
