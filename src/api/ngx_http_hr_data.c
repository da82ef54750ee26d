#include "ngx_http_hr_work.h"
#include "ngx_http_hr_api.h"

#include "hr_hash.h"

#include <sys/stat.h>


#define NGX_HTTP_HR_STRUCTURE_MAX   (32 * 1024 * 1024)
#define NGX_HTTP_HR_LEVELS_MAX      (256 * 1024)

static void ngx_http_hr_data_watch(ngx_event_t *ev);


/* of this worker: what its last look has seen */
static ngx_http_hr_file_mark_t  ngx_http_hr_data_seen;
static char                     ngx_http_hr_data_sha256[65];    /* ... or has left in use */
static ngx_uint_t               ngx_http_hr_data_looking;
static ngx_connection_t         ngx_http_hr_data_dummy; /* debug logging reads its fd */


static void
ngx_http_hr_data_free(void *data)
{
    free(data);
}


ngx_int_t
ngx_http_hr_conf_file(ngx_conf_t *cf, const ngx_str_t *dir,
    const char *name, size_t limit, const char *remedy, hr_str_t *out)
{
    char                path[NGX_MAX_PATH];
    char               *data;
    size_t              len;
    ngx_pool_cleanup_t *cln;

    (void) snprintf(path, sizeof(path), "%.*s/%s", (int) dir->len, dir->data, name);

    if (ngx_http_hr_read_file(path, limit, &data, &len) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "hr: cannot read \"%s\": %s", path, remedy);
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        free(data);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_hr_data_free;
    cln->data = data;
    *out = hr_str(data, len);

    return NGX_OK;
}


/* Of everything that an image is made from: structure.json and levels.json. */
static hr_rc_t
ngx_http_hr_data_fingerprint(hr_str_t json, hr_str_t levels, char sha256[65])
{
    char     both[129];
    hr_rc_t  rc;

    rc = hr_sha256_hex(json, both);

    if (rc == HR_OK) {
        rc = hr_sha256_hex(levels, both + 64);
    }

    return rc == HR_OK ? hr_sha256_hex(hr_str(both, 128), sha256) : rc;
}


ngx_int_t
ngx_http_hr_data_load_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    hr_str_t             json;
    hr_diag_t            diag;
    hr_org_opts_t        opts;
    ngx_http_hr_api_t   *api = hmcf->api;
    ngx_pool_cleanup_t  *cln;

    if (ngx_http_hr_conf_file(cf, &hmcf->company_dir, "levels.json",
                              NGX_HTTP_HR_LEVELS_MAX,
                              "\"hr_company\" must name the folder with the "
                              "company vocabularies", &api->levels)
        != NGX_OK
        || ngx_http_hr_conf_file(cf, &hmcf->data_dir, "structure.json",
                                 NGX_HTTP_HR_STRUCTURE_MAX,
                                 "\"hr_data\" must name the folder with the "
                                 "company's structure.json", &json)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_memzero(&opts, sizeof(opts));
    ngx_memzero(&diag, sizeof(diag));
    opts.levels = api->levels;

    if (hr_org_build(json, &opts, &diag, &api->image, &api->image_size) != HR_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "hr: \"%V/structure.json\" line %uz column %uz: %s",
                           &hmcf->data_dir, diag.line, diag.column, diag.text);
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        free(api->image);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_hr_data_free;
    cln->data = api->image;

    if (api->image_size + 1024 * 1024 > hmcf->data_size / 3) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_zones\": data=%uz is too small: the organisation "
                           "takes %uz bytes and three generations must fit, use "
                           "data=%uzm", hmcf->data_size, api->image_size,
                           (api->image_size + 1024 * 1024) * 3 / 1048576 + 1);
        return NGX_ERROR;
    }

    return ngx_http_hr_data_fingerprint(json, api->levels, api->image_sha256)
           == HR_OK ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_hr_data_publish_conf(ngx_cycle_t *cycle, ngx_http_hr_main_conf_t *hmcf)
{
    char                sha256[65];
    size_t              bytes;
    time_t              loaded;
    ngx_uint_t          generation;
    ngx_http_hr_api_t  *api = hmcf->api;

    ngx_http_hr_data_describe(sha256, &loaded, &bytes);

    if (bytes == api->image_size && ngx_strcmp(sha256, api->image_sha256) == 0) {
        return NGX_OK;              /* a reload with the same file */
    }

    switch (ngx_http_hr_data_publish(api->image, api->image_size,
                                     api->image_sha256, &generation))
    {

    case NGX_OK:
        ngx_http_hr_data_set_error("", 0);
        ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                      "hr: organisation loaded, %uz bytes, generation %ui",
                      api->image_size, generation);
        return NGX_OK;

    case NGX_BUSY:
        /* the watcher of the new workers tries again */
        ngx_log_error(NGX_LOG_WARN, cycle->log, 0,
                      "hr: three generations of the organisation are in use, the "
                      "new one follows when one of them ends");
        return NGX_OK;

    default:
        if (!ngx_is_init_cycle(cycle->old_cycle)) {
            /* an error here would end the master: the old data stays instead */
            ngx_http_hr_data_set_error("no room for the new organisation: enlarge "
                                       "hr_zones data= and restart nginx", 73);
            ngx_log_error(NGX_LOG_ERR, cycle->log, 0,
                          "hr: no room for the organisation of %uz bytes, the old "
                          "one stays: enlarge \"hr_zones data=\" and restart nginx",
                          api->image_size);
            return NGX_OK;
        }

        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "hr: no room for the organisation of %uz bytes: enlarge "
                      "\"hr_zones data=\" and restart nginx", api->image_size);
        return NGX_ERROR;
    }
}


/* ---- watching ---- */


ngx_int_t
ngx_http_hr_data_start_watch(ngx_cycle_t *cycle, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_event_t  *ev = &((ngx_http_hr_api_t *) hmcf->api)->watch_data;

    ngx_memzero(ev, sizeof(ngx_event_t));
    ngx_http_hr_data_dummy.fd = (ngx_socket_t) -1;
    ev->handler = ngx_http_hr_data_watch;
    ev->log = cycle->log;
    ev->data = &ngx_http_hr_data_dummy;
    ev->cancelable = 1;
    ngx_add_timer(ev, hmcf->watch_interval);

    return NGX_OK;
}


static hr_rc_t
ngx_http_hr_data_watch_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    return ngx_http_hr_data_look(w->in);
}


static ngx_int_t
ngx_http_hr_data_watch_done(ngx_http_hr_work_t *w)
{
    ngx_http_hr_data_looking = 0;
    (void) ngx_http_hr_data_take(w->in);

    return NGX_DONE;
}


static void
ngx_http_hr_data_watch(ngx_event_t *ev)
{
    char                      sha256[65];
    size_t                    bytes;
    time_t                    loaded;
    ngx_http_hr_work_t       *w;
    ngx_http_hr_main_conf_t  *hmcf = ngx_http_hr_main_conf();

    ngx_http_hr_turn_note("watch of the data files");

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_add_timer(ev, hmcf->watch_interval);

    /* one worker looks; after a reload two may, the second finds nothing new */
    if (ngx_worker != 0 || ngx_http_hr_data_looking) {
        return;
    }

    w = ngx_http_hr_work_detached(sizeof(ngx_http_hr_look_t), 0);
    if (w == NULL) {
        return;
    }

    /*
     * Another worker may have published what it read before this one read a
     * newer file: then the file is read again, whatever its mark.
     */
    ngx_http_hr_data_describe(sha256, &loaded, &bytes);
    ngx_http_hr_data_look_init(w->in, hmcf,
                               ngx_strcmp(sha256, ngx_http_hr_data_sha256) != 0);

    if (ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_CPU, ngx_http_hr_data_watch_run,
                               ngx_http_hr_data_watch_done)
        == NGX_DONE)
    {
        ngx_http_hr_data_looking = 1;
    }
}


/* ---- one look at structure.json ---- */


void
ngx_http_hr_data_look_init(ngx_http_hr_look_t *look,
    const ngx_http_hr_main_conf_t *hmcf, bool force)
{
    (void) snprintf(look->path, sizeof(look->path), "%.*s/structure.json",
                    (int) hmcf->data_dir.len, hmcf->data_dir.data);
    look->levels = ((ngx_http_hr_api_t *) hmcf->api)->levels;
    look->mark = ngx_http_hr_data_seen;
    look->force = force;
}


static hr_rc_t
ngx_http_hr_data_unreadable(ngx_http_hr_look_t *look)
{
    ngx_err_t  err = errno;

    look->changed = true;

    return hr_diag_set(&look->diag, HR_NOT_FOUND, "cannot be read: %s",
                       strerror(err));
}


hr_rc_t
ngx_http_hr_data_look(ngx_http_hr_look_t *look)
{
    char                     *data;
    size_t                    len;
    hr_rc_t                   rc;
    struct stat               st;
    hr_org_opts_t             opts;
    ngx_http_hr_file_mark_t   mark;

    ngx_memzero(&mark, sizeof(mark));

    if (stat(look->path, &st) != 0) {
        look->mark = mark;          /* so that it is noticed when it comes back */
        return ngx_http_hr_data_unreadable(look);
    }

    mark.mtime = (int64_t) st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    mark.size = (int64_t) st.st_size;
    mark.inode = (uint64_t) st.st_ino;

    if (!look->force && memcmp(&mark, &look->mark, sizeof(mark)) == 0) {
        return HR_OK;
    }

    look->mark = mark;
    look->changed = true;

    if (ngx_http_hr_read_file(look->path, NGX_HTTP_HR_STRUCTURE_MAX, &data, &len)
        != NGX_OK)
    {
        return ngx_http_hr_data_unreadable(look);
    }

    rc = ngx_http_hr_data_fingerprint(hr_str(data, len), look->levels,
                                      look->sha256);

    if (rc == HR_OK) {
        ngx_memzero(&opts, sizeof(opts));
        opts.levels = look->levels;
        rc = hr_org_build(hr_str(data, len), &opts, &look->diag, &look->image,
                          &look->image_size);
    }

    free(data);
    look->rc = rc;

    return rc;
}


/* The old generation stays; said in the log and by /health, once for each change. */
static void
ngx_http_hr_data_refuse(const ngx_http_hr_look_t *look)
{
    char    text[NGX_HTTP_HR_DATA_ERROR_MAX + 128];
    char    old[NGX_HTTP_HR_DATA_ERROR_MAX];
    size_t  len, old_len;
    time_t  at;

    if (look->diag.line) {
        (void) snprintf(text, sizeof(text), "structure.json line %zu column %zu: %s",
                        look->diag.line, look->diag.column, look->diag.text);
    } else {
        (void) snprintf(text, sizeof(text), "structure.json %s",
                        look->diag.text[0] ? look->diag.text
                                           : "is not understood: no memory");
    }

    len = ngx_min(ngx_strlen(text), NGX_HTTP_HR_DATA_ERROR_MAX);
    old_len = ngx_http_hr_data_error(old, &at);

    /* a file that is missing looks new each time */
    if (look->mark.inode == 0 && len == old_len && ngx_memcmp(old, text, len) == 0)
    {
        return;
    }

    ngx_http_hr_data_set_error(text, len);
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "hr: %s; the old data stays in use", text);
}


static ngx_int_t
ngx_http_hr_data_replace(const ngx_http_hr_look_t *look)
{
    char        text[NGX_HTTP_HR_DATA_ERROR_MAX];
    ngx_int_t   rc;
    ngx_uint_t  generation;

    rc = ngx_http_hr_data_publish(look->image, look->image_size, look->sha256,
                                  &generation);

    if (rc == NGX_OK) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "hr: organisation reloaded, %uz bytes, generation %ui",
                      look->image_size, generation);

    } else if (rc == NGX_ERROR) {
        (void) snprintf(text, sizeof(text), "no room for %zu bytes: enlarge "
                        "\"hr_zones data=\" and restart nginx", look->image_size);
        ngx_http_hr_data_set_error(text, ngx_strlen(text));
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "hr: %s", text);
    }

    return rc;
}


ngx_int_t
ngx_http_hr_data_take(ngx_http_hr_look_t *look)
{
    char       sha256[65];
    size_t     bytes;
    time_t     loaded;
    ngx_int_t  rc;

    if (!look->changed) {
        return NGX_OK;
    }

    ngx_http_hr_data_describe(sha256, &loaded, &bytes);

    if (look->image == NULL) {
        ngx_http_hr_data_refuse(look);
        ngx_http_hr_data_seen = look->mark;
        /* read again when the file changes, or when another worker replaces the data */
        ngx_memcpy(ngx_http_hr_data_sha256, sha256, 65);
        return NGX_ERROR;
    }

    if (ngx_strcmp(sha256, look->sha256) == 0) {
        rc = NGX_OK;
    } else {
        rc = ngx_http_hr_data_replace(look);
    }

    free(look->image);
    look->image = NULL;

    if (rc == NGX_OK) {
        ngx_http_hr_data_set_error("", 0);
    }

    if (rc != NGX_BUSY) {           /* busy: the next look tries again */
        ngx_http_hr_data_seen = look->mark;
        ngx_memcpy(ngx_http_hr_data_sha256, look->sha256, 65);
    }

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}
