#include "ngx_http_hr_work.h"
#include "ngx_http_hr_api.h"

#include "hr_hash.h"

#include <sys/stat.h>


#define NGX_HTTP_HR_STRUCTURE_MAX   (32 * 1024 * 1024)
#define NGX_HTTP_HR_LEVELS_MAX      (256 * 1024)

/* One look at structure.json; runs in a pool thread. */
typedef struct {
    char          path[NGX_MAX_PATH];
    hr_str_t      levels;
    int64_t       mtime;
    int64_t       size;
    bool          force;

    bool          changed;
    hr_org_t     *image;            /* malloc'ed */
    size_t        image_size;
    char          sha256[65];
    hr_diag_t     diag;
} ngx_http_hr_look_t;


static hr_rc_t ngx_http_hr_data_look(ngx_http_hr_work_t *w, hr_store_conn_t *conn);
static ngx_int_t ngx_http_hr_data_looked(ngx_http_hr_work_t *w);
static void ngx_http_hr_data_watch(ngx_event_t *ev);


/* of this worker: what the last look has seen */
static int64_t            ngx_http_hr_data_mtime;
static int64_t            ngx_http_hr_data_size;
static ngx_uint_t         ngx_http_hr_data_looking;
static ngx_uint_t         ngx_http_hr_data_force;
static ngx_connection_t   ngx_http_hr_data_dummy;   /* debug logging reads its fd */


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

    return hr_sha256_hex(json, api->image_sha256) == HR_OK ? NGX_OK : NGX_ERROR;
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

    switch (ngx_http_hr_data_publish(api->image, api->image_size, &generation)) {

    case NGX_OK:
        ngx_http_hr_data_set_source(api->image_sha256);
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


static void
ngx_http_hr_data_watch(ngx_event_t *ev)
{
    ngx_http_hr_look_t       *look;
    ngx_http_hr_work_t       *w;
    ngx_http_hr_main_conf_t  *hmcf = ngx_http_hr_main_conf();

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_add_timer(ev, hmcf->watch_interval);

    /* one worker looks; after a reload two may, the second finds nothing new */
    if ((ngx_worker != 0 && !ngx_http_hr_data_force) || ngx_http_hr_data_looking) {
        return;
    }

    w = ngx_http_hr_work_detached(sizeof(ngx_http_hr_look_t), 0);
    if (w == NULL) {
        return;
    }

    look = w->in;
    (void) snprintf(look->path, sizeof(look->path), "%.*s/structure.json",
                    (int) hmcf->data_dir.len, hmcf->data_dir.data);
    look->levels = ((ngx_http_hr_api_t *) hmcf->api)->levels;
    look->mtime = ngx_http_hr_data_mtime;
    look->size = ngx_http_hr_data_size;
    look->force = ngx_http_hr_data_force;
    ngx_http_hr_data_force = 0;

    if (ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_CPU, ngx_http_hr_data_look,
                               ngx_http_hr_data_looked)
        == NGX_DONE)
    {
        ngx_http_hr_data_looking = 1;
    }
}


void
ngx_http_hr_data_reload_now(void)
{
    ngx_event_t  *ev = &ngx_http_hr_api()->watch_data;

    ngx_http_hr_data_force = 1;

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    ngx_add_timer(ev, 1);
}


static hr_rc_t
ngx_http_hr_data_look(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    char                *data;
    size_t               len;
    hr_rc_t              rc;
    struct stat          st;
    hr_org_opts_t        opts;
    ngx_http_hr_look_t  *look = w->in;

    if (stat(look->path, &st) != 0) {
        look->changed = true;
        return hr_diag_set(&look->diag, HR_NOT_FOUND,
                           "structure.json cannot be read");
    }

    if (!look->force && look->mtime == (int64_t) st.st_mtime
        && look->size == (int64_t) st.st_size)
    {
        return HR_OK;
    }

    look->mtime = (int64_t) st.st_mtime;
    look->size = (int64_t) st.st_size;
    look->changed = true;

    if (ngx_http_hr_read_file(look->path, NGX_HTTP_HR_STRUCTURE_MAX, &data, &len)
        != NGX_OK)
    {
        return hr_diag_set(&look->diag, HR_NOT_FOUND,
                           "structure.json cannot be read");
    }

    rc = hr_sha256_hex(hr_str(data, len), look->sha256);

    if (rc == HR_OK) {
        ngx_memzero(&opts, sizeof(opts));
        opts.levels = look->levels;
        rc = hr_org_build(hr_str(data, len), &opts, &look->diag, &look->image,
                          &look->image_size);
    }

    free(data);

    return rc;
}


static ngx_int_t
ngx_http_hr_data_looked(ngx_http_hr_work_t *w)
{
    char                 sha256[65];
    u_char               text[NGX_HTTP_HR_DATA_ERROR_MAX], *p;
    size_t               bytes;
    time_t               loaded;
    ngx_int_t            rc;
    ngx_uint_t           generation;
    ngx_http_hr_look_t  *look = w->in;

    ngx_http_hr_data_looking = 0;

    if (!look->changed) {
        return NGX_DONE;
    }

    if (w->rc != HR_OK) {
        /* the old generation stays; say so once per change of the file */
        if (look->mtime != ngx_http_hr_data_mtime
            || look->size != ngx_http_hr_data_size || look->force)
        {
            p = ngx_snprintf(text, sizeof(text),
                             "structure.json line %uz column %uz: %s",
                             look->diag.line, look->diag.column, look->diag.text);
            ngx_http_hr_data_set_error((char *) text, p - text);
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "hr: %*s; the old data stays in use",
                          (size_t) (p - text), text);
        }

        ngx_http_hr_data_mtime = look->mtime;
        ngx_http_hr_data_size = look->size;
        return NGX_DONE;
    }

    ngx_http_hr_data_describe(sha256, &loaded, &bytes);

    if (ngx_strcmp(sha256, look->sha256) == 0) {
        ngx_http_hr_data_set_error("", 0);
        rc = NGX_OK;

    } else {
        rc = ngx_http_hr_data_publish(look->image, look->image_size, &generation);

        if (rc == NGX_OK) {
            ngx_http_hr_data_set_source(look->sha256);
            ngx_http_hr_data_set_error("", 0);
            ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                          "hr: organisation reloaded, %uz bytes, generation %ui",
                          look->image_size, generation);

        } else if (rc == NGX_ERROR) {
            p = ngx_snprintf(text, sizeof(text), "no room for %uz bytes: enlarge "
                             "\"hr_zones data=\" and restart nginx",
                             look->image_size);
            ngx_http_hr_data_set_error((char *) text, p - text);
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "hr: %*s",
                          (size_t) (p - text), text);
        }
    }

    free(look->image);

    if (rc != NGX_BUSY) {           /* busy: the next look tries again */
        ngx_http_hr_data_mtime = look->mtime;
        ngx_http_hr_data_size = look->size;
    }

    return NGX_DONE;
}
