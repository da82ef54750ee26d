/* The files that a generation handle is made of, read from the three folders. */

#ifndef NGX_HTTP_HR_GEN_FILES_H
#define NGX_HTTP_HR_GEN_FILES_H

#include "ngx_http_hr.h"

#include "hr_generation.h"

typedef struct {
    const char     *company;        /* folders, NUL-terminated */
    const char     *prompts;
    const char     *data;
} ngx_http_hr_gen_dirs_t;

typedef struct {
    hr_arena_t     *arena;
    hr_gen_file_t  *items;          /* sorted by path inside of a pattern */
    size_t          count;
    uint64_t        fingerprint;    /* of names, sizes and times */
} ngx_http_hr_gen_files_t;

/*
 * May run in a pool thread.  read false: only names and the fingerprint; bytes
 * stay {0, NULL}.  HR_LIMIT: more than HR_GEN_FILES_MAX files.  An unreadable
 * file has data == NULL.  Free with ngx_http_hr_gen_files_free() in any case.
 */
hr_rc_t ngx_http_hr_gen_files(const ngx_http_hr_gen_dirs_t *dirs, bool read,
    ngx_http_hr_gen_files_t *out);
void ngx_http_hr_gen_files_free(ngx_http_hr_gen_files_t *files);

#endif /* NGX_HTTP_HR_GEN_FILES_H */
