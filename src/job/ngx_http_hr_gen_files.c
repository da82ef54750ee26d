#include "ngx_http_hr_gen_files.h"

#include <dirent.h>
#include <sys/stat.h>


#define NGX_HTTP_HR_GEN_BYTES_MAX  (192u * 1024 * 1024)

typedef struct {
    const hr_gen_input_t      *input;
    char                       folder[NGX_MAX_PATH];
    const char                *prefix;      /* of the paths in the handle */
    hr_str_t                   before;      /* name: before and after the "*" */
    hr_str_t                   after;
    bool                       read;
    ngx_http_hr_gen_files_t   *out;
} ngx_http_hr_gen_scan_t;


void
ngx_http_hr_gen_files_free(ngx_http_hr_gen_files_t *files)
{
    hr_arena_destroy(files->arena);
    ngx_memzero(files, sizeof(ngx_http_hr_gen_files_t));
}


/* One file whose name fits; a missing one is no file. */
static hr_rc_t
ngx_http_hr_gen_file(ngx_http_hr_gen_scan_t *scan, const char *name)
{
    char                      path[NGX_MAX_PATH], *data;
    size_t                    len;
    uint64_t                  facts[4];
    struct stat               st;
    hr_gen_file_t            *file;
    ngx_http_hr_gen_files_t  *out = scan->out;

    if (snprintf(path, sizeof(path), "%s/%s", scan->folder, name)
        >= (int) sizeof(path)
        || stat(path, &st) != 0 || S_ISDIR(st.st_mode))
    {
        return HR_OK;
    }

    if (out->count == HR_GEN_FILES_MAX) {
        return HR_LIMIT;
    }

    file = &out->items[out->count++];
    file->bytes = HR_STR_NULL;
    file->path = hr_arena_printf(out->arena, "%s/%s", scan->prefix, name);

    if (file->path.data == NULL) {
        return HR_NOMEM;
    }

    facts[0] = (uint64_t) st.st_size;
    facts[1] = (uint64_t) st.st_mtim.tv_sec;
    facts[2] = (uint64_t) st.st_mtim.tv_nsec;
    facts[3] = (uint64_t) st.st_ino;
    out->fingerprint = ngx_http_hr_hash(out->fingerprint, file->path.data,
                                        file->path.len);
    out->fingerprint = ngx_http_hr_hash(out->fingerprint, facts, sizeof(facts));

    if (!scan->read
        || ngx_http_hr_read_file(path, scan->input->max, &data, &len) != NGX_OK)
    {
        return HR_OK;
    }

    file->bytes = hr_arena_str(out->arena, hr_str(data, len));
    free(data);

    return file->bytes.data == NULL ? HR_NOMEM : HR_OK;
}


static bool
ngx_http_hr_gen_fits(const ngx_http_hr_gen_scan_t *scan, const char *name)
{
    size_t  len = ngx_strlen(name);

    return len >= scan->before.len + scan->after.len
           && ngx_strncmp(name, scan->before.data, scan->before.len) == 0
           && ngx_strcmp(name + len - scan->after.len, scan->after.data) == 0;
}


static int ngx_libc_cdecl
ngx_http_hr_gen_compare(const void *one, const void *two)
{
    return ngx_strcmp(*(char *const *) one, *(char *const *) two);
}


/* Names of a folder that fit, in byte order: the handle's version hashes them. */
static hr_rc_t
ngx_http_hr_gen_folder(ngx_http_hr_gen_scan_t *scan)
{
    char           **names;
    size_t           i, count;
    hr_rc_t          rc;
    DIR             *dir;
    struct dirent   *e;

    dir = opendir(scan->folder);
    if (dir == NULL) {
        return HR_OK;
    }

    rc = HR_OK;
    count = 0;
    names = hr_arena_alloc(scan->out->arena, HR_GEN_FILES_MAX * sizeof(char *));

    while (names != NULL && (e = readdir(dir)) != NULL) {

        if (!ngx_http_hr_gen_fits(scan, e->d_name)) {
            continue;
        }

        if (count == HR_GEN_FILES_MAX) {
            rc = HR_LIMIT;
            break;
        }

        names[count] = hr_arena_copy(scan->out->arena, e->d_name,
                                     ngx_strlen(e->d_name));
        if (names[count++] == NULL) {
            rc = HR_NOMEM;
            break;
        }
    }

    (void) closedir(dir);

    if (names == NULL || rc != HR_OK) {
        return rc == HR_OK ? HR_NOMEM : rc;
    }

    qsort(names, count, sizeof(char *), ngx_http_hr_gen_compare);

    for (i = 0; i < count && rc == HR_OK; i++) {
        rc = ngx_http_hr_gen_file(scan, names[i]);
    }

    return rc;
}


/* "company/x.json": the first part of a pattern below conf/ names the folder. */
static hr_rc_t
ngx_http_hr_gen_input(const ngx_http_hr_gen_dirs_t *dirs,
    ngx_http_hr_gen_scan_t *scan)
{
    char        pattern[256], prefix[256];
    char       *name, *star;
    const char *root, *below;

    root = dirs->data;
    below = scan->input->pattern;

    if (scan->input->root == HR_GEN_ROOT_CONF) {
        root = ngx_strncmp(below, "company/", 8) == 0 ? dirs->company
                                                      : dirs->prompts;
        below = ngx_strchr(below, '/') + 1;
    }

    (void) snprintf(prefix, sizeof(prefix), "%s/%s",
                    scan->input->root == HR_GEN_ROOT_CONF ? "conf" : "data",
                    scan->input->pattern);
    *strrchr(prefix, '/') = '\0';
    scan->prefix = prefix;

    (void) snprintf(pattern, sizeof(pattern), "/%s", below);
    name = strrchr(pattern, '/');
    *name++ = '\0';

    if (snprintf(scan->folder, sizeof(scan->folder), "%s%s", root, pattern)
        >= (int) sizeof(scan->folder))
    {
        return HR_LIMIT;
    }

    star = ngx_strchr(name, '*');

    if (star == NULL) {
        return ngx_http_hr_gen_file(scan, name);
    }

    *star = '\0';
    scan->before = hr_str_from_c(name);
    scan->after = hr_str_from_c(star + 1);

    return ngx_http_hr_gen_folder(scan);
}


hr_rc_t
ngx_http_hr_gen_files(const ngx_http_hr_gen_dirs_t *dirs, bool read,
    ngx_http_hr_gen_files_t *out)
{
    size_t                  i;
    hr_rc_t                 rc;
    ngx_http_hr_gen_scan_t  scan;

    ngx_memzero(out, sizeof(ngx_http_hr_gen_files_t));
    out->fingerprint = NGX_HTTP_HR_HASH_SEED;
    out->arena = hr_arena_create(NGX_HTTP_HR_GEN_BYTES_MAX);

    if (out->arena == NULL) {
        return HR_NOMEM;
    }

    out->items = hr_arena_alloc(out->arena,
                                HR_GEN_FILES_MAX * sizeof(hr_gen_file_t));
    rc = out->items == NULL ? HR_NOMEM : HR_OK;

    for (i = 0; i < hr_gen_input_count && rc == HR_OK; i++) {
        ngx_memzero(&scan, sizeof(scan));
        scan.input = &hr_gen_inputs[i];
        scan.read = read;
        scan.out = out;
        rc = ngx_http_hr_gen_input(dirs, &scan);
    }

    return rc;
}
