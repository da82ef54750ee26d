/*
 * A loaded generation handle and organisation for the tests: the shipped
 * configuration of conf/ and either the invented company of scripts/demo-data
 * or the small samples of t/data/gen.
 */

#ifndef HR_GEN_FIXTURE_H
#define HR_GEN_FIXTURE_H

#include "hr_org_fixture.h"
#include "hr_generation.h"

#include <dirent.h>
#include <unistd.h>


typedef struct {
    hr_gen_file_t  files[HR_GEN_FILES_MAX];
    size_t         count;
    hr_org_t      *org;
    hr_gen_t      *gen;
} hr_gen_fixture_t;


static hr_arena_t  *hr_test_texts;

static void
hr_test_texts_free(void)
{
    hr_arena_destroy(hr_test_texts);
}


/* A path or a command; lives until the program ends. */
static inline char *
hr_test_text(const char *format, const char *a, const char *b)
{
    char  text[1000];

    if (hr_test_texts == NULL) {
        hr_test_texts = hr_arena_create(4 * 1024 * 1024);
        (void) atexit(hr_test_texts_free);
    }

    snprintf(text, sizeof(text), format, a, b);

    return hr_arena_copy(hr_test_texts, text, strlen(text));
}


/* One pattern of hr_gen_inputs below a root; the paths get the prefix. */
static inline void
hr_test_inputs(hr_gen_fixture_t *f, const char *root, const char *prefix,
    const char *pattern)
{
    char           *folder, *name, *star;
    DIR            *dir;
    size_t          before, after;
    struct dirent  *e;

    folder = hr_test_text("%s/%s", root, pattern);
    name = strrchr(folder, '/');
    *name++ = '\0';
    star = strchr(name, '*');
    dir = opendir(folder);

    for (e = dir == NULL ? NULL : readdir(dir); e != NULL; e = readdir(dir)) {

        before = star == NULL ? strlen(name) : (size_t) (star - name);
        after = star == NULL ? 0 : strlen(star + 1);

        if (strlen(e->d_name) < before + after
            || strncmp(e->d_name, name, before) != 0
            || (star == NULL && strcmp(e->d_name, name) != 0)
            || (star != NULL && strcmp(e->d_name + strlen(e->d_name) - after,
                                       star + 1) != 0))
        {
            continue;
        }

        f->files[f->count].path = hr_str_from_c(
            hr_test_text("%s%s", prefix,
                         hr_test_text("%s/%s", folder, e->d_name)
                         + strlen(root) + 1));
        f->files[f->count++].bytes =
            hr_test_file(hr_test_text("%s/%s", folder, e->d_name));
    }

    if (dir != NULL) {
        closedir(dir);
    }
}


static inline void
hr_test_gen_files(hr_gen_fixture_t *f, const char *conf, const char *data)
{
    for (size_t i = 0; i < hr_gen_input_count; i++) {
        if (hr_gen_inputs[i].root == HR_GEN_ROOT_CONF) {
            hr_test_inputs(f, conf, "conf/", hr_gen_inputs[i].pattern);

        } else {
            hr_test_inputs(f, data, "data/", hr_gen_inputs[i].pattern);
        }
    }
}


static inline void
hr_test_gen_load(hr_gen_fixture_t *f)
{
    hr_diag_t  diag = { .line = 0 };

    if (hr_gen_load(f->files, f->count, NULL, &f->gen, &diag) != HR_OK) {
        printf("Bail out! %s\n", diag.text);
        exit(1);
    }
}


/* Everything of the invented company. */
static inline void
hr_test_gen_demo(hr_gen_fixture_t *f)
{
    static char  folder[] = "/tmp/hr-gen-demo-XXXXXX";

    hr_str_t  json;

    memset(f, 0, sizeof(*f));

    if (mkdtemp(folder) == NULL
        || system(hr_test_text("perl scripts/demo-data --quiet %s%s", folder,
                               "")) != 0)
    {
        printf("Bail out! no demo data\n");
        exit(1);
    }

    hr_test_gen_files(f, "conf", folder);
    json = hr_test_file(hr_test_text("%s/%s", folder, "structure.json"));
    f->org = hr_test_org(json);
    free((char *) json.data);
    hr_test_gen_load(f);

    if (system(hr_test_text("rm -rf %s%s", folder, "")) != 0) {
        printf("# %s is left\n", folder);
    }
}


/* The sample organisation of data-files.md 12 with its KPI file and maps. */
static inline void
hr_test_gen_sample(hr_gen_fixture_t *f)
{
    memset(f, 0, sizeof(*f));
    hr_test_gen_files(f, "conf", "t/data/gen/data");

    for (size_t i = 0; i < f->count; i++) {
        if (hr_str_eq(f->files[i].path, HR_STR("conf/company/kpi.json"))) {
            free((char *) f->files[i].bytes.data);
            f->files[i].bytes = hr_test_file("t/data/gen/kpi.json");
        }
    }

    f->org = hr_test_sample();
    hr_test_gen_load(f);
}


static inline void
hr_test_gen_free(hr_gen_fixture_t *f)
{
    hr_gen_destroy(f->gen);
    free(f->org);

    for (size_t i = 0; i < f->count; i++) {
        free((char *) f->files[i].bytes.data);
    }
}

#endif /* HR_GEN_FIXTURE_H */
