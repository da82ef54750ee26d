#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hr_generation.h"
#include "hrctl.h"


#define HRCTL_CONF   "/etc/nginx-hr"
#define HRCTL_PATH   4096

typedef struct {
    hr_gen_file_t   files[HR_GEN_FILES_MAX];
    char           *names[HR_GEN_FILES_MAX];    /* malloc'ed, as the bytes */
    size_t          count;
} hrctl_files_t;


int
hrctl_conf_dir(const hrctl_t *ctl, const char *option, const char *name,
    char out[4096])
{
    struct stat   st;
    const char   *given, *conf;

    given = hrctl_option(ctl, option);
    conf = getenv("HRCTL_CONF");

    if (given != NULL) {
        (void) snprintf(out, HRCTL_PATH, "%s", given);
    } else {
        (void) snprintf(out, HRCTL_PATH, "%s/%s",
                        conf == NULL || *conf == '\0' ? HRCTL_CONF : conf, name);
    }

    if (stat(out, &st) == 0 && S_ISDIR(st.st_mode)) {
        return HRCTL_OK;
    }

    return hrctl_fail(HRCTL_USAGE, "%s: no such folder: name it with --%s, or the "
                      "folder above it with HRCTL_CONF", out, option);
}


/* One file; a missing one is no file. */
static int
hrctl_load_file(hrctl_files_t *f, const hr_gen_input_t *input,
    const char *prefix, const char *folder, const char *name)
{
    int          rc;
    char         path[HRCTL_PATH], *data;
    size_t       len;
    struct stat  st;

    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int) sizeof(path)
        || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
    {
        return HRCTL_OK;
    }

    if (f->count == HR_GEN_FILES_MAX) {
        return hrctl_fail(HRCTL_REFUSED, "%s: more than %d files", folder,
                          HR_GEN_FILES_MAX);
    }

    rc = hrctl_read_file(path, input->max, &data, &len);
    if (rc != HRCTL_OK) {
        return rc;
    }

    (void) snprintf(path, sizeof(path), "%s/%s", prefix, name);
    f->names[f->count] = strdup(path);
    f->files[f->count].path = hr_str_from_c(f->names[f->count]);
    f->files[f->count++].bytes = hr_str(data, len);

    return f->names[f->count - 1] == NULL ? hrctl_no_memory() : HRCTL_OK;
}


static int
hrctl_load_order(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}


/* Files of a folder whose names fit "before*after", in byte order. */
static int
hrctl_load_folder(hrctl_files_t *f, const hr_gen_input_t *input,
    const char *prefix, const char *folder, const char *pattern)
{
    int              i, n, rc;
    size_t           before, after, len;
    const char      *star;
    struct dirent  **list;

    star = strchr(pattern, '*');
    if (star == NULL) {
        return hrctl_load_file(f, input, prefix, folder, pattern);
    }

    before = (size_t) (star - pattern);
    after = strlen(star + 1);

    n = scandir(folder, &list, NULL, hrctl_load_order);
    if (n < 0) {
        return HRCTL_OK;
    }

    rc = HRCTL_OK;

    for (i = 0; i < n; i++) {
        len = strlen(list[i]->d_name);

        if (rc == HRCTL_OK && len >= before + after
            && strncmp(list[i]->d_name, pattern, before) == 0
            && strcmp(list[i]->d_name + len - after, star + 1) == 0)
        {
            rc = hrctl_load_file(f, input, prefix, folder, list[i]->d_name);
        }

        free(list[i]);
    }

    free(list);

    return rc;
}


/* The first part of a pattern below conf/ ("company", "prompts") names the folder. */
static int
hrctl_load_input(hrctl_files_t *f, const hr_gen_input_t *input,
    const char *company, const char *prompts, const char *data)
{
    char         folder[HRCTL_PATH], prefix[256];
    const char  *root, *below, *slash;

    (void) snprintf(prefix, sizeof(prefix), "%s/%s",
                    input->root == HR_GEN_ROOT_CONF ? "conf" : "data", input->pattern);
    *strrchr(prefix, '/') = '\0';

    root = data;
    below = input->pattern;

    if (input->root == HR_GEN_ROOT_CONF) {
        root = strncmp(below, "company/", 8) == 0 ? company : prompts;
        below = strchr(below, '/') + 1;
    }

    if (root == NULL) {
        return HRCTL_OK;
    }

    slash = strrchr(below, '/');
    (void) snprintf(folder, sizeof(folder), "%s%s%.*s", root, slash == NULL ? "" : "/",
                    slash == NULL ? 0 : (int) (slash - below), below);

    return hrctl_load_folder(f, input, prefix, folder,
                             slash == NULL ? below : slash + 1);
}


int
hrctl_load(const char *company, const char *prompts, const char *data,
    bool unverified, hrctl_gen_t **gen)
{
    int              rc;
    size_t           i;
    hr_rc_t          result;
    hr_diag_t        diag;
    hr_gen_opts_t    opts;
    hrctl_files_t   *f;

    *gen = NULL;

    f = calloc(1, sizeof(hrctl_files_t));
    if (f == NULL) {
        return hrctl_no_memory();
    }

    for (i = 0, rc = HRCTL_OK; i < hr_gen_input_count && rc == HRCTL_OK; i++) {
        rc = hrctl_load_input(f, &hr_gen_inputs[i], company, prompts, data);
    }

    if (rc == HRCTL_OK) {
        memset(&opts, 0, sizeof(opts));
        memset(&diag, 0, sizeof(diag));
        opts.allow_unverified = unverified;

        result = hr_gen_load(f->files, f->count, &opts, gen, &diag);

        if (result == HR_NOMEM) {
            rc = hrctl_no_memory();

        } else if (result != HR_OK) {
            rc = diag.line > 0
                 ? hrctl_fail(HRCTL_FINDINGS, "line %zu: %s", diag.line, diag.text)
                 : hrctl_fail(HRCTL_FINDINGS, "%s", diag.text);
        }
    }

    for (i = 0; i < f->count; i++) {
        free(f->names[i]);
        free((char *) f->files[i].bytes.data);
    }

    free(f);

    return rc;
}
