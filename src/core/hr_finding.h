/*
 * Remarks about a document: a machine code, the place and a text for people.
 * Remarks never refuse a document; whoever collects them decides.
 */

#ifndef HR_FINDING_H
#define HR_FINDING_H

#include "hr_json.h"


#define HR_FINDINGS_MAX        200      /* kept; more are only counted */
#define HR_FINDING_TEXT_MAX    500      /* code points of a message */

typedef struct {
    const char  *code;      /* static, "[a-z0-9_]+" */
    hr_str_t     path;      /* "professional_skills[2].specific_skills[0]" */
    hr_str_t     message;   /* Russian */
} hr_finding_t;

/* Everything lives in the arena; a full arena makes rc sticky. */
typedef struct {
    hr_arena_t     *arena;
    hr_finding_t   *items;
    size_t          count;      /* kept */
    size_t          total;      /* found */
    size_t          capacity;
    hr_rc_t         rc;
} hr_findings_t;

void hr_findings_init(hr_findings_t *list, hr_arena_t *arena);
/* Formats the message; path is copied. */
void hr_findings_add(hr_findings_t *list, const char *code, hr_str_t path,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void hr_findings_append(hr_findings_t *list, const hr_findings_t *more);
size_t hr_findings_count(const hr_findings_t *list, const char *code);

/* [{"code","path","message"}] and, for members that are string[], the messages only. */
hr_json_t *hr_findings_json(hr_arena_t *arena, const hr_findings_t *list);
hr_json_t *hr_findings_messages(hr_arena_t *arena, const hr_findings_t *list);


/*
 * Path of a value while a document is walked: "a.b[3].c".  Long paths are cut
 * with their last parts missing; they serve people, not programs.
 */
typedef struct {
    char    text[512];
    size_t  len;
} hr_path_t;

void hr_path_reset(hr_path_t *path);
/* Both return the length to go back to with hr_path_cut(). */
size_t hr_path_member(hr_path_t *path, hr_str_t name);
size_t hr_path_index(hr_path_t *path, size_t index);
void hr_path_cut(hr_path_t *path, size_t len);
/* Path of a node of a tree, below root. */
void hr_path_of(hr_path_t *path, const hr_json_t *node, const hr_json_t *root);

static inline hr_str_t
hr_path_str(const hr_path_t *path)
{
    return (hr_str_t) { path->len, path->text };
}

#endif /* HR_FINDING_H */
