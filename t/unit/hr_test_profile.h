/* What the tests of the profile document share: files, the vocabulary, texts. */

#ifndef HR_TEST_PROFILE_H
#define HR_TEST_PROFILE_H

#include "hr_test.h"

#include "hr_profile.h"

/* Every document of t/data/profiles. */
static const char *const  hr_test_corpus[] = {
    "production", "sixteen", "universal", "first", "editor", "career_text",
    "career_text_steps", "career_pathways", "career_donors", "wrapped",
    "perfect", "tokens", "odd", "empty_parts", "empty"
};

#define HR_TEST_CORPUS  (sizeof(hr_test_corpus) / sizeof(hr_test_corpus[0]))


/* A whole file under the top of the tree; free() it. */

static inline char *
hr_test_file(const char *path, size_t *len)
{
    FILE  *f;
    long   size;
    char  *data;

    f = fopen(path, "rb");

    if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0
        || fseek(f, 0, SEEK_SET) != 0 || (data = malloc((size_t) size + 1)) == NULL
        || fread(data, 1, (size_t) size, f) != (size_t) size)
    {
        printf("Bail out! cannot read %s (run from the top folder)\n", path);
        exit(1);
    }

    fclose(f);
    data[size] = '\0';
    *len = (size_t) size;

    return data;
}


static inline hr_vocabulary_t *
hr_test_vocabulary(void)
{
    char             *data;
    size_t            len;
    hr_diag_t         diag;
    hr_vocabulary_t  *voc;

    data = hr_test_file("conf/company/document.json", &len);

    if (hr_vocabulary_load(hr_str(data, len), &voc, &diag) != HR_OK) {
        printf("Bail out! document.json: %s\n", diag.text);
        exit(1);
    }

    free(data);

    return voc;
}


static inline hr_rc_t
hr_test_open(hr_arena_t *arena, const char *name, hr_profile_t *out)
{
    char       path[256], *data;
    size_t     len;
    hr_rc_t    rc;
    hr_diag_t  diag;

    snprintf(path, sizeof(path), "t/data/profiles/%s.json", name);
    data = hr_test_file(path, &len);
    rc = hr_profile_open(arena, hr_str(data, len), out, &diag);

    if (rc != HR_OK) {
        printf("# %s: %s\n", name, diag.text);
    }

    free(data);

    return rc;
}


/* A tree of a JSON literal, with ' for ". */

static inline hr_json_t *
hr_test_json(hr_arena_t *arena, const char *text)
{
    char       *copy, *p;
    hr_json_t  *root;

    copy = hr_arena_copy(arena, text, strlen(text));

    for (p = copy; *p != '\0'; p++) {
        if (*p == '\'') {
            *p = '"';
        }
    }

    root = NULL;

    if (hr_json_parse(arena, hr_str(copy, strlen(copy)), NULL, &root, NULL)
        != HR_OK)
    {
        printf("# bad JSON in the test: %s\n", text);
    }

    return root;
}


/* Compact text of a tree in the arena. */

static inline const char *
hr_test_text(hr_arena_t *arena, const hr_json_t *node)
{
    hr_buf_t     buf;
    const char  *text;

    if (node == NULL) {
        return "(null)";
    }

    hr_buf_init(&buf, 4 * 1024 * 1024);
    hr_json_write(node, HR_JSON_COMPACT, &buf);
    text = hr_arena_copy(arena, buf.data, buf.len);
    hr_buf_release(&buf);

    return text;
}

#define IS_JSON(arena, node, want, name)                                      \
    do {                                                                      \
        const char  *t_ = hr_test_text(arena, node);                          \
        const char  *v_ = hr_test_text(arena, hr_test_json(arena, want));     \
        IS_STR(t_, strlen(t_), v_, name);                                     \
    } while (0)

#endif /* HR_TEST_PROFILE_H */
