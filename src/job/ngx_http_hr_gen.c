#include "ngx_http_hr_gen.h"
#include "ngx_http_hr_gen_files.h"
#include "ngx_http_hr_job_conf.h"


/* One look at the files; runs in a pool thread. */
typedef struct {
    ngx_http_hr_db_op_t     op;
    ngx_http_hr_gen_dirs_t  dirs;
    hr_gen_opts_t           opts;
    uint64_t                known;      /* fingerprint of the last look */

    hr_rc_t                 rc;
    uint64_t                fingerprint;
    hr_gen_t               *gen;        /* NULL: nothing changed, or rc */
    hr_diag_t               diag;
} ngx_http_hr_gen_look_t;


static void ngx_http_hr_gen_watch(ngx_event_t *ev);
static void ngx_http_hr_gen_look(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn);
static void ngx_http_hr_gen_looked(ngx_http_hr_db_op_t *op);


/* of this process */
static ngx_http_hr_gen_t    *ngx_http_hr_gen_current;
static uint64_t              ngx_http_hr_gen_seen;      /* also of bad files */
static char                  ngx_http_hr_gen_why[600];
static ngx_uint_t            ngx_http_hr_gen_looking;
static ngx_event_t           ngx_http_hr_gen_event;
static ngx_connection_t      ngx_http_hr_gen_dummy;     /* debug logging reads its fd */


static void
ngx_http_hr_gen_conf(ngx_http_hr_main_conf_t *hmcf, ngx_http_hr_gen_dirs_t *dirs,
    hr_gen_opts_t *opts)
{
    dirs->company = (char *) hmcf->company_dir.data;
    dirs->prompts = (char *) hmcf->prompts_dir.data;
    dirs->data = (char *) hmcf->data_dir.data;

    /* a changed bundle is used and reported, not refused (I-30) */
    opts->allow_unverified = true;
    opts->model = ngx_http_hr_str(&hmcf->llm_model);
}


/* Where in the files an error is, for people. */
static u_char *
ngx_http_hr_gen_where(u_char *buf, u_char *last, const hr_diag_t *diag)
{
    if (diag->line == 0) {
        return ngx_slprintf(buf, last, "%s", diag->text);
    }

    return ngx_slprintf(buf, last, "line %uz column %uz: %s", diag->line,
                        diag->column, diag->text);
}


static void
ngx_http_hr_gen_notes(ngx_log_t *log, const hr_gen_t *gen)
{
    size_t                i;
    const char           *fault = hr_gen_prompt_fault(gen);
    const hr_findings_t  *notes = hr_gen_notes(gen);

    if (fault != NULL) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "hr: %s; it is used, and /health is degraded until "
                      "\"hrctl prompt lint --seal\"", fault);
    }

    for (i = 0; i < notes->count; i++) {
        ngx_log_error(NGX_LOG_WARN, log, 0, "hr: %*s%s%*s",
                      notes->items[i].path.len, notes->items[i].path.data,
                      notes->items[i].path.len ? ": " : "",
                      notes->items[i].message.len, notes->items[i].message.data);
    }
}


static void
ngx_http_hr_gen_free(void *data)
{
    hr_gen_destroy(((ngx_http_hr_gen_t *) data)->gen);
}


ngx_int_t
ngx_http_hr_gen_load_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    u_char                    text[600], *p;
    hr_rc_t                   rc;
    hr_diag_t                 diag;
    hr_gen_opts_t             opts;
    ngx_http_hr_gen_t        *handle;
    ngx_pool_cleanup_t       *cln;
    ngx_http_hr_gen_dirs_t    dirs;
    ngx_http_hr_gen_files_t   files;

    if (hmcf->prompts_dir.data == NULL) {

        if (hmcf->llm_location.len != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"hr_llm location=%V\" needs \"hr_prompts\": name the "
                               "folder with the prompt bundles (conf/prompts of this "
                               "project)", &hmcf->llm_location);
            return NGX_ERROR;
        }

        return NGX_OK;
    }

    handle = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_gen_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (handle == NULL || cln == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&diag, sizeof(diag));
    ngx_http_hr_gen_conf(hmcf, &dirs, &opts);

    rc = ngx_http_hr_gen_files(&dirs, true, &files);

    if (rc == HR_OK) {
        rc = hr_gen_load(files.items, files.count, &opts, &handle->gen, &diag);

    } else {
        (void) hr_diag_set(&diag, rc, "the company's files cannot be read: more "
                           "than %d of them, or no memory", HR_GEN_FILES_MAX);
    }

    handle->fingerprint = files.fingerprint;
    handle->refs = 1;
    ngx_http_hr_gen_files_free(&files);

    if (rc != HR_OK) {
        p = ngx_http_hr_gen_where(text, text + sizeof(text), &diag);
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "hr: %*s (conf/company is \"%V\", conf/prompts is "
                           "\"%V\", data is \"%V\")", (size_t) (p - text), text,
                           &hmcf->company_dir, &hmcf->prompts_dir, &hmcf->data_dir);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_hr_gen_free;
    cln->data = handle;
    ngx_http_hr_job_conf(hmcf)->gen = handle;

    ngx_http_hr_gen_notes(cf->log, handle->gen);

    if (hmcf->llm_candidate != 0 && hr_gen_candidate(handle->gen) == NULL) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "hr: \"hr_llm candidate=%ui\" has no effect: there is no "
                           "bundle in \"%V/candidate\"", hmcf->llm_candidate,
                           &hmcf->prompts_dir);
    }

    return NGX_OK;
}


void
ngx_http_hr_gen_start_watch(ngx_cycle_t *cycle, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_event_t        *ev = &ngx_http_hr_gen_event;
    ngx_http_hr_gen_t  *handle = ngx_http_hr_job_conf(hmcf)->gen;

    if (handle == NULL) {
        return;
    }

    handle->refs++;
    ngx_http_hr_gen_current = handle;
    ngx_http_hr_gen_seen = handle->fingerprint;

    ngx_memzero(ev, sizeof(ngx_event_t));
    ngx_http_hr_gen_dummy.fd = (ngx_socket_t) -1;
    ev->handler = ngx_http_hr_gen_watch;
    ev->log = cycle->log;
    ev->data = &ngx_http_hr_gen_dummy;
    ev->cancelable = 1;
    ngx_add_timer(ev, hmcf->watch_interval);
}


ngx_http_hr_gen_t *
ngx_http_hr_gen_acquire(void)
{
    if (ngx_http_hr_gen_current != NULL) {
        ngx_http_hr_gen_current->refs++;
    }

    return ngx_http_hr_gen_current;
}


void
ngx_http_hr_gen_release(ngx_http_hr_gen_t *handle)
{
    if (handle == NULL || --handle->refs > 0) {
        return;
    }

    /* the one of the configuration keeps a reference and ends with its pool */
    hr_gen_destroy(handle->gen);
    ngx_free(handle);
}


const char *
ngx_http_hr_gen_error(void)
{
    const char  *fault = NULL;

    if (ngx_http_hr_gen_why[0] == '\0' && ngx_http_hr_gen_current != NULL) {
        fault = hr_gen_prompt_fault(ngx_http_hr_gen_current->gen);
    }

    return fault != NULL ? fault : ngx_http_hr_gen_why;
}


/* ---- watching ---- */


static void
ngx_http_hr_gen_watch(ngx_event_t *ev)
{
    ngx_http_hr_gen_look_t   *look;
    ngx_http_hr_main_conf_t  *hmcf = ngx_http_hr_main_conf();

    ngx_http_hr_turn_note("watch of the rules");

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_add_timer(ev, hmcf->watch_interval);

    if (ngx_http_hr_gen_looking) {
        return;
    }

    look = ngx_calloc(sizeof(ngx_http_hr_gen_look_t), ev->log);
    if (look == NULL) {
        return;
    }

    ngx_http_hr_gen_conf(hmcf, &look->dirs, &look->opts);
    look->known = ngx_http_hr_gen_seen;
    look->op.run = ngx_http_hr_gen_look;
    look->op.done = ngx_http_hr_gen_looked;
    look->op.data = look;

    if (ngx_http_hr_db_cpu(&look->op) != NGX_OK) {
        ngx_free(look);
        return;
    }

    ngx_http_hr_gen_looking = 1;
}


static void
ngx_http_hr_gen_look(ngx_http_hr_db_op_t *op, hr_store_conn_t *conn)
{
    ngx_http_hr_gen_look_t   *look = op->data;
    ngx_http_hr_gen_files_t   files;

    look->rc = ngx_http_hr_gen_files(&look->dirs, false, &files);
    look->fingerprint = files.fingerprint;
    ngx_http_hr_gen_files_free(&files);

    if (look->rc != HR_OK || look->fingerprint == look->known) {
        return;
    }

    look->rc = ngx_http_hr_gen_files(&look->dirs, true, &files);
    look->fingerprint = files.fingerprint;

    if (look->rc == HR_OK) {
        look->rc = hr_gen_load(files.items, files.count, &look->opts, &look->gen,
                               &look->diag);
    }

    ngx_http_hr_gen_files_free(&files);
}


static void
ngx_http_hr_gen_looked(ngx_http_hr_db_op_t *op)
{
    u_char                  *p;
    hr_str_t                 version;
    ngx_http_hr_gen_t       *handle;
    ngx_http_hr_gen_look_t  *look = op->data;

    ngx_http_hr_gen_looking = 0;

    if (look->fingerprint == ngx_http_hr_gen_seen) {
        goto done;
    }

    if (look->rc != HR_OK) {
        /* once for each state of the files */
        p = ngx_http_hr_gen_where((u_char *) ngx_http_hr_gen_why,
                                  (u_char *) ngx_http_hr_gen_why
                                  + sizeof(ngx_http_hr_gen_why) - 1, &look->diag);
        *p = '\0';
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "hr: %s; the old rules stay in use", ngx_http_hr_gen_why);
        ngx_http_hr_gen_seen = look->fingerprint;
        goto done;
    }

    handle = ngx_calloc(sizeof(ngx_http_hr_gen_t), ngx_cycle->log);
    if (handle == NULL) {
        hr_gen_destroy(look->gen);
        goto done;
    }

    handle->gen = look->gen;
    handle->refs = 1;
    handle->fingerprint = look->fingerprint;

    ngx_http_hr_gen_release(ngx_http_hr_gen_current);
    ngx_http_hr_gen_current = handle;
    ngx_http_hr_gen_seen = look->fingerprint;
    ngx_http_hr_gen_why[0] = '\0';

    version = hr_gen_version(handle->gen);
    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "hr: rules and prompts reloaded, version %*s", version.len,
                  version.data);
    ngx_http_hr_gen_notes(ngx_cycle->log, handle->gen);

done:

    ngx_free(look);
}
