#include "ngx_http_hr_api.h"
#include "ngx_http_hr_links.h"
#include "ngx_http_hr_touch.h"
#include "ngx_http_hr_remote.h"
#include "ngx_http_hr_trace.h"
#include "ngx_http_hr_otlp.h"
#include "ngx_http_hr_job.h"
#include "ngx_http_hr_thread.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif


const ngx_http_hr_route_t *const  ngx_http_hr_route_tables[] = {
    ngx_http_hr_system_routes,
    ngx_http_hr_health_routes,
    ngx_http_hr_docs_routes,
    ngx_http_hr_metrics_routes,
    ngx_http_hr_auth_routes,
    ngx_http_hr_users_routes,
    ngx_http_hr_account_routes,
    ngx_http_hr_catalog_routes,
    ngx_http_hr_organization_routes,
    ngx_http_hr_dashboard_routes,
    ngx_http_hr_profile_routes,
    ngx_http_hr_content_routes,
    ngx_http_hr_quality_routes,
    ngx_http_hr_approval_routes,
    ngx_http_hr_version_routes,
    ngx_http_hr_export_routes,
    ngx_http_hr_generation_routes,
    ngx_http_hr_task_routes,
    ngx_http_hr_events_routes,
    ngx_http_hr_batch_start_routes,
    ngx_http_hr_batch_routes,
    ngx_http_hr_usage_routes,
    ngx_http_hr_preview_routes,
    ngx_http_hr_list_export_routes,
    ngx_http_hr_zip_routes,
    ngx_http_hr_bulk_routes,
    ngx_http_hr_admin_routes,
    ngx_http_hr_trail_routes,
    NULL
};


static ngx_http_hr_main_conf_t  *ngx_http_hr_current_conf;


ngx_http_hr_main_conf_t *
ngx_http_hr_main_conf(void)
{
    return ngx_http_hr_current_conf;
}


void
ngx_http_hr_main_conf_attach(ngx_http_hr_main_conf_t *hmcf)
{
    ngx_http_hr_current_conf = hmcf;
}


ngx_http_hr_api_t *
ngx_http_hr_api(void)
{
    return ngx_http_hr_current_conf->api;
}


/* ---- configuration ---- */


static ngx_int_t
ngx_http_hr_pool(ngx_conf_t *cf, ngx_str_t *name, const char *threads,
    ngx_thread_pool_t **pool)
{
    *pool = ngx_thread_pool_get(cf->cycle, name);

    if (*pool == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "thread pool \"%V\" is not declared: add \"thread_pool "
                           "%V %s;\" before the http block", name, name, threads);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* The only pool that may be missing: its work is then done in the cpu pool. */
static ngx_int_t
ngx_http_hr_slow_pool(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf,
    ngx_http_hr_api_t *api)
{
    ngx_str_t  name = ngx_string("hr_slow");

    if (hmcf->pool_slow.data != NULL) {
        return ngx_http_hr_pool(cf, &hmcf->pool_slow, "threads=2 max_queue=256",
                                &api->db.slow);
    }

    api->db.slow = ngx_thread_pool_get(cf->cycle, &name);

    if (api->db.slow == NULL) {
        api->db.slow = api->db.cpu;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_store_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf,
    ngx_http_hr_api_t *api)
{
    api->db.store.path = (char *) hmcf->database.data;
    api->db.store.busy_timeout_ms = (unsigned) hmcf->busy_timeout;
    api->db.store.admin_username = (char *) hmcf->admin_name.data;

    /*
     * Of each reading connection: pages come from the system's cache anyway, and
     * a big one of each thread only makes the worker bigger when many documents
     * are read once (an archive of all profiles).
     */
    api->db.store.cache_kib = 1024;

    api->db.batch = hmcf->write_batch;
    api->db.committed = ngx_http_hr_touched;
    api->db.queue = hmcf->write_queue;

    if (ngx_http_hr_pool(cf, &hmcf->pool_read, "threads=4 max_queue=4096",
                         &api->db.read) != NGX_OK
        || ngx_http_hr_pool(cf, &hmcf->pool_write, "threads=1 max_queue=4096",
                            &api->db.write) != NGX_OK
        || ngx_http_hr_pool(cf, &hmcf->pool_cpu, "threads=1 max_queue=256",
                            &api->db.cpu) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_hr_slow_pool(cf, hmcf, api);
}


ngx_int_t
ngx_http_hr_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_hr_api_t        *api;
    ngx_http_hr_main_conf_t  *hmcf;

    hmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_hr_module);

    if (!hmcf->enabled) {
        return NGX_OK;
    }

    api = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_api_t));
    if (api == NULL) {
        return NGX_ERROR;
    }

    hmcf->api = api;

    if (ngx_http_hr_stat_postconfiguration(cf) != NGX_OK
        || ngx_http_hr_routes_init(cf) != NGX_OK
        || ngx_http_hr_store_conf(cf, hmcf, api) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_hr_company_load_conf(cf, hmcf) != NGX_OK
        || ngx_http_hr_docs_load_conf(cf, hmcf) != NGX_OK
        || ngx_http_hr_data_load_conf(cf, hmcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_hr_job_postconfiguration(cf, hmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    /*
     * A reload that names another database is refused here, where nginx can
     * still go back to the old configuration; in init_module it could only exit.
     */
    if (!ngx_test_config && !ngx_is_init_cycle(cf->cycle->old_cycle)
        && ngx_http_hr_state() != NULL)
    {
        return ngx_http_hr_prepare_store(cf->cycle->old_cycle, hmcf, cf->log);
    }

    return NGX_OK;
}


/* ---- process ---- */


static ngx_http_hr_main_conf_t *
ngx_http_hr_cycle_conf(ngx_cycle_t *cycle)
{
    ngx_http_hr_main_conf_t  *hmcf;

    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == NULL) {
        return NULL;                /* no http block */
    }

    hmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_hr_module);

    return hmcf != NULL && hmcf->enabled ? hmcf : NULL;
}


ngx_int_t
ngx_http_hr_init_module(ngx_cycle_t *cycle)
{
    ngx_http_hr_main_conf_t  *hmcf;

    hmcf = ngx_http_hr_cycle_conf(cycle);

    if (hmcf == NULL || ngx_test_config) {
        return NGX_OK;
    }

    ngx_http_hr_main_conf_attach(hmcf);
    ngx_http_hr_state_attach(hmcf->state_shm);
    ngx_http_hr_session_attach(hmcf->session_shm);
    ngx_http_hr_data_attach(hmcf->data_shm);
    ngx_http_hr_jobs_attach(hmcf->jobs_shm);

    if (ngx_http_hr_data_publish_conf(cycle, hmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_hr_prepare_store(cycle, hmcf, cycle->log);
}


ngx_int_t
ngx_http_hr_init_process(ngx_cycle_t *cycle)
{
    ngx_pid_t                 dead;
    ngx_http_hr_api_t        *api;
    ngx_http_hr_main_conf_t  *hmcf;

    hmcf = ngx_http_hr_cycle_conf(cycle);

    if (hmcf == NULL
        || (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    api = hmcf->api;
    ngx_http_hr_main_conf_attach(hmcf);

    if (ngx_http_hr_worker_slot_take(&hmcf->worker_slot, &dead) != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "hr: no free worker slot of %d", NGX_HTTP_HR_WORKER_SLOTS);
        return NGX_ERROR;
    }

    if (dead != 0) {
        /* it may have committed what it had no time to tell the caches */
        ngx_http_hr_epoch_bump(NGX_HTTP_HR_EPOCH_ALL);
    }

    ngx_http_hr_thread_serves();
    ngx_http_hr_turn_init(cycle, hmcf->watchdog);
    ngx_http_hr_wait_init(cycle->log);
    ngx_http_hr_cache_init_worker(hmcf->cache, hmcf->worker_slot);
    ngx_http_hr_data_init_worker(hmcf->worker_slot);

    if (ngx_http_hr_db_init_process(&api->db, cycle->log) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_hr_session_init();
    ngx_http_hr_upkeep_start(cycle, api);
    ngx_http_hr_stat_init_process(cycle, hmcf);

    if (ngx_http_hr_job_init_process(cycle, hmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_hr_data_start_watch(cycle, hmcf);
}


#if defined(__SANITIZE_ADDRESS__)

/*
 * Leaks are looked for now and the destructors of libraries left out: with the modules
 * preloaded, that of p11-kit (of libcurl's TLS) can wait for the locale lock for ever.
 */
static void
ngx_http_hr_exit_sanitized(void)
{
    __lsan_do_leak_check();
    _exit(0);
}

#endif


void
ngx_http_hr_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_hr_main_conf_t  *hmcf;

    hmcf = ngx_http_hr_cycle_conf(cycle);

    if (hmcf == NULL
        || (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE))
    {
        return;
    }

    ngx_http_hr_remote_exit_process();
    ngx_http_hr_trace_exit_process();
    ngx_http_hr_otlp_exit_process();
    ngx_http_hr_upkeep_stop();
    ngx_http_hr_links_exit_process();
    ngx_http_hr_db_exit_process();
    ngx_http_hr_stat_exit_process();
    ngx_http_hr_worker_slot_release(hmcf->worker_slot);

#if defined(__SANITIZE_ADDRESS__)
    (void) atexit(ngx_http_hr_exit_sanitized);
#endif
}
