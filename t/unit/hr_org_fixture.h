/* Reading fixtures and building organisations in the tests of hr_org.h. */

#ifndef HR_ORG_FIXTURE_H
#define HR_ORG_FIXTURE_H

#include "hr_test.h"
#include "hr_org.h"


#define IS_TEXT(got, want, name)                                              \
    do {                                                                      \
        hr_str_t  s__ = (got);                                                \
        IS_STR(s__.data, s__.len, want, name);                                \
    } while (0)

/* A whole file; the test ends without it.  The caller free()s data. */
static inline hr_str_t
hr_test_file(const char *path)
{
    FILE    *f = fopen(path, "rb");
    char    *data = malloc(4 * 1024 * 1024);
    size_t   len;

    if (f == NULL || data == NULL) {
        printf("Bail out! %s cannot be read\n", path);
        exit(1);
    }

    len = fread(data, 1, 4 * 1024 * 1024, f);
    fclose(f);

    return hr_str(data, len);
}


static inline hr_rc_t
hr_test_try(hr_str_t json, hr_diag_t *diag, hr_org_t **org, size_t *size)
{
    hr_rc_t        rc;
    hr_org_opts_t  opts;

    memset(&opts, 0, sizeof(opts));
    opts.levels = hr_test_file("conf/company/levels.json");
    rc = hr_org_build(json, &opts, diag, org, size);
    free((char *) opts.levels.data);

    return rc;
}


/* The image of a text that must be accepted. */
static inline hr_org_t *
hr_test_org(hr_str_t json)
{
    size_t     size;
    hr_org_t  *org;
    hr_diag_t  diag;

    if (hr_test_try(json, &diag, &org, &size) != HR_OK) {
        printf("Bail out! %zu:%zu: %s\n", diag.line, diag.column, diag.text);
        exit(1);
    }

    return org;
}


static inline hr_org_t *
hr_test_sample(void)
{
    hr_str_t   json = hr_test_file("t/data/org/sample.json");
    hr_org_t  *org = hr_test_org(json);

    free((char *) json.data);

    return org;
}


/* Unit of a full path, HR_ORG_NONE without one. */
static inline uint32_t
hr_test_unit(const hr_org_t *org, const char *path)
{
    uint32_t  unit;

    (void) hr_org_find_path(org, hr_str_from_c(path), HR_ORG_PATH_FULL, &unit);

    return unit;
}

#endif /* HR_ORG_FIXTURE_H */
