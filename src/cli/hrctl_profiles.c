#include <stdlib.h>
#include <string.h>

#include "hrctl.h"


/* Appends "&name=value", encoded; does nothing for an option that is not given. */
static int
hrctl_query_add(hrctl_t *ctl, hr_buf_t *path, const char *option, const char *name)
{
    char        *encoded;
    const char  *value;

    value = hrctl_option(ctl, option);
    if (value == NULL) {
        return HRCTL_OK;
    }

    encoded = hrctl_encode(value);
    if (encoded == NULL) {
        return HRCTL_FAILED;
    }

    (void) hr_buf_printf(path, "%s%s=%s", strchr(path->data, '?') ? "&" : "?", name,
                         encoded);
    free(encoded);

    return path->err == HR_OK ? HRCTL_OK : hrctl_no_memory();
}


/* Fetches "/api/profiles/<id><rest>" with the id encoded. */
static int
hrctl_profile_call(hrctl_t *ctl, const char *method, const char *id,
    const char *rest, const char *json, hrctl_answer_t *answer)
{
    char  path[1024], *encoded;

    encoded = hrctl_encode(id);
    if (encoded == NULL) {
        return HRCTL_FAILED;
    }

    (void) snprintf(path, sizeof(path), "/api/profiles/%s%s", encoded, rest);
    free(encoded);

    return hrctl_call(ctl, method, path, json, answer);
}


/* ---- list ---- */


static const char *
hrctl_percent(const cJSON *node, const char *name, char out[16])
{
    double  value;

    value = hrctl_number(node, name, -1);

    if (value < 0) {
        out[0] = '\0';
    } else {
        (void) snprintf(out, 16, "%.0f%%", value * 100);
    }

    return out;
}


static int
hrctl_profiles_table(hrctl_t *ctl, const cJSON *root)
{
    int             rc;
    char            text[32], score[16];
    const cJSON    *p;
    hrctl_table_t  *t;

    t = hrctl_table("=ID|POSITION|DEPARTMENT|STATUS|#SCORE|#VERSION|UPDATED");
    if (t == NULL) {
        return HRCTL_FAILED;
    }

    cJSON_ArrayForEach(p, hrctl_get(root, "profiles")) {
        hrctl_cell(t, hrctl_text(p, "profile_id"));
        hrctl_cell(t, hrctl_text(p, "position"));
        hrctl_cell(t, hrctl_text(p, "department"));
        hrctl_cell(t, hrctl_text(p, "status"));
        hrctl_cell(t, hrctl_percent(p, "validation_score", score));
        hrctl_cell(t, hrctl_text(p, "current_version"));
        hrctl_cell(t, hrctl_time(p, "updated_at", text));
    }

    rc = hrctl_table_end(t);
    hrctl_note(ctl, "page %s of %s, %s profiles", hrctl_text(root, "pagination.page"),
               hrctl_text(root, "pagination.total_pages"),
               hrctl_text(root, "pagination.total"));

    return rc;
}


int
hrctl_profiles_list(hrctl_t *ctl)
{
    static const struct {
        const char  *option, *name;
    } rows[] = {
        { "search", "search" }, { "department", "department" },
        { "position", "position" }, { "status", "status" }, { "sort", "sort_by" },
        { "limit", "limit" }, { "page", "page" },
    };

    int              rc;
    long             n;
    size_t           i;
    hr_buf_t         path;
    hrctl_answer_t   answer;

    rc = hrctl_option_int(ctl, "limit", 1, 100, &n);
    if (rc == HRCTL_OK) {
        rc = hrctl_option_int(ctl, "page", 1, 1000000, &n);
    }

    hr_buf_init(&path, 8000);
    (void) hr_buf_c(&path, "/api/profiles/");

    for (i = 0; rc == HRCTL_OK && i < sizeof(rows) / sizeof(rows[0]); i++) {
        rc = hrctl_query_add(ctl, &path, rows[i].option, rows[i].name);
    }

    if (rc == HRCTL_OK) {
        rc = hrctl_call(ctl, "GET", path.data, NULL, &answer);
    }

    hr_buf_release(&path);

    return hrctl_show(ctl, rc, &answer, hrctl_profiles_table, NULL);
}


/* ---- one profile ---- */


/* Text of several lines, each made safe for the terminal. */
static void
hrctl_put_lines(char *text)
{
    char  *line, *next;

    for (line = text; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }

        hrctl_put(stdout, line);
        (void) fputc('\n', stdout);

        if (next != NULL && *next == '\0') {
            break;
        }
    }
}


static int
hrctl_profile_markdown(hrctl_t *ctl, const char *id)
{
    int              rc;
    hrctl_answer_t   answer;

    rc = hrctl_profile_call(ctl, "GET", id, "/download/md", NULL, &answer);

    if (rc == HRCTL_OK) {
        hrctl_put_lines(answer.body);
        hrctl_answer_free(&answer);
    }

    return rc;
}


static void
hrctl_profile_summary(const cJSON *root)
{
    size_t        i;
    char          text[32], score[16];
    const cJSON  *warning;

    static const struct {
        const char  *label, *name;
    } rows[] = {
        { "id", "profile_id" },
        { "position", "position" },
        { "department", "department" },
        { "unit", "unit_path" },
        { "employee", "employee_name" },
        { "status", "status" },
        { "version", "current_version" },
        { "by", "created_by_username" },
        { "model", "metadata.llm.model" },
        { "prompt", "metadata.prompt_version" },
        { "KPI", "metadata.kpi_source" },
        { "tokens", "metadata.llm.tokens.total" },
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        hrctl_line(rows[i].label, hrctl_text(root, rows[i].name));
    }

    hrctl_line("quality", hrctl_percent(root, "validation_score", score));
    hrctl_line("completeness", hrctl_percent(root, "completeness_score", score));
    hrctl_line("created", hrctl_time(root, "created_at", text));
    hrctl_line("updated", hrctl_time(root, "updated_at", text));

    cJSON_ArrayForEach(warning, hrctl_get(root, "metadata.warnings")) {
        hrctl_line("warning", cJSON_IsString(warning) ? warning->valuestring
                                                      : hrctl_text(warning, "message"));
    }
}


static int
hrctl_profile_show(hrctl_t *ctl, const cJSON *root)
{
    hrctl_profile_summary(root);

    if (hrctl_option(ctl, "full") == NULL) {
        return HRCTL_OK;
    }

    (void) fputc('\n', stdout);

    return hrctl_profile_markdown(ctl, ctl->argv[0]);
}


int
hrctl_profiles_show(hrctl_t *ctl)
{
    int              rc;
    hrctl_answer_t   answer;

    rc = hrctl_profile_call(ctl, "GET", ctl->argv[0], "", NULL, &answer);

    return hrctl_show(ctl, rc, &answer, hrctl_profile_show, NULL);
}


static int
hrctl_versions_table(hrctl_t *ctl, const cJSON *root)
{
    char            text[32], score[16];
    const cJSON    *v;
    hrctl_table_t  *t;

    (void) ctl;

    t = hrctl_table("#VERSION|CURRENT|KIND|BY|#SCORE|CREATED|NOTE");
    if (t == NULL) {
        return HRCTL_FAILED;
    }

    cJSON_ArrayForEach(v, hrctl_get(root, "versions")) {
        hrctl_cell(t, hrctl_text(v, "version_number"));
        hrctl_cell(t, hrctl_true(v, "is_current") ? "*" : "");
        hrctl_cell(t, hrctl_text(v, "version_type"));
        hrctl_cell(t, hrctl_text(v, "created_by_username"));
        hrctl_cell(t, hrctl_percent(v, "validation_score", score));
        hrctl_cell(t, hrctl_time(v, "created_at", text));
        hrctl_cell(t, hrctl_text(v, "note"));
    }

    return hrctl_table_end(t);
}


int
hrctl_profiles_versions(hrctl_t *ctl)
{
    int              rc;
    hrctl_answer_t   answer;

    rc = hrctl_profile_call(ctl, "GET", ctl->argv[0], "/versions", NULL, &answer);

    return hrctl_show(ctl, rc, &answer, hrctl_versions_table, NULL);
}


/* ---- differences ---- */


static void
hrctl_diff_line(const char *mark, const char *text)
{
    if (*text != '\0') {
        (void) printf("    %s ", mark);
        hrctl_put(stdout, text);
        (void) fputc('\n', stdout);
    }
}


/* One entry for each changed section, with its changes in words. */
static void
hrctl_diff_put(const cJSON *sections)
{
    const char   *type, *path;
    const cJSON  *section, *change;

    cJSON_ArrayForEach(section, sections) {
        hrctl_put(stdout, hrctl_text(section, "label"));
        (void) fputc('\n', stdout);

        cJSON_ArrayForEach(change, hrctl_get(section, "changes")) {
            type = hrctl_text(change, "type");
            path = hrctl_text(change, "label");

            (void) fputs("  ", stdout);
            hrctl_put(stdout, *path != '\0' ? path : hrctl_text(change, "path"));
            (void) fputs(strcmp(type, "moved") == 0 ? " (order)\n" : "\n", stdout);
            hrctl_diff_line("-", hrctl_text(change, "old_text"));
            hrctl_diff_line("+", hrctl_text(change, "new_text"));
        }
    }
}


static int
hrctl_diff_show(hrctl_t *ctl, const cJSON *root)
{
    hrctl_diff_put(hrctl_get(root, "readable"));

    if (cJSON_GetArraySize(hrctl_get(root, "readable")) == 0) {
        hrctl_note(ctl, "the two versions are equal");
    }

    return HRCTL_OK;
}


int
hrctl_profiles_diff(hrctl_t *ctl)
{
    int              rc, n;
    bool             patch;
    char             rest[128];
    hrctl_answer_t   answer;

    for (n = 1; n < 3; n++) {
        if (ctl->argv[n][0] == '\0'
            || strspn(ctl->argv[n], "0123456789") != strlen(ctl->argv[n])
            || strlen(ctl->argv[n]) > 9)
        {
            return hrctl_usage(ctl, "%s: a version is a number", ctl->argv[n]);
        }
    }

    patch = hrctl_option(ctl, "patch") != NULL;
    (void) snprintf(rest, sizeof(rest), "/versions/compare?v1=%s&v2=%s%s", ctl->argv[1],
                    ctl->argv[2], patch ? "&format=patch" : "");

    rc = hrctl_profile_call(ctl, "GET", ctl->argv[0], rest, NULL, &answer);
    if (rc == HRCTL_OK && patch) {
        rc = hrctl_put_json(&answer);
        hrctl_answer_free(&answer);
        return rc;
    }

    return hrctl_show(ctl, rc, &answer, hrctl_diff_show, NULL);
}


/* ---- archive ---- */


/* The same for each id; the worst result counts. */
static int
hrctl_profiles_each(hrctl_t *ctl, const char *method, const char *rest,
    const char *done)
{
    int              rc, worst;
    unsigned         i;
    hrctl_answer_t   answer;

    worst = HRCTL_OK;

    for (i = 0; i < ctl->argc && !hrctl_stopped(); i++) {
        rc = hrctl_profile_call(ctl, method, ctl->argv[i], rest, NULL, &answer);

        if (rc != HRCTL_OK) {
            worst = rc;
            continue;
        }

        if (ctl->json) {
            (void) hrctl_put_json(&answer);
        } else {
            hrctl_note(ctl, "%s: %s", ctl->argv[i], done);
        }

        hrctl_answer_free(&answer);
    }

    return worst;
}


int
hrctl_profiles_archive(hrctl_t *ctl)
{
    return hrctl_profiles_each(ctl, "DELETE", "", "archived");
}


int
hrctl_profiles_restore(hrctl_t *ctl)
{
    return hrctl_profiles_each(ctl, "POST", "/restore", "restored");
}
