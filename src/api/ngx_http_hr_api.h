/*
 * The top layer: route tables of all resources, and the life of the module in
 * a process (start, timers, stop).
 */

#ifndef NGX_HTTP_HR_API_H
#define NGX_HTTP_HR_API_H

#include "ngx_http_hr.h"
#include "ngx_http_hr_db.h"

#include "hr_org.h"
#include "hr_score.h"
#include "hr_xlsx.h"

#define NGX_HTTP_HR_DOCS  6         /* addresses of the API description */

/* What hmcf->api points to. */
typedef struct {
    ngx_http_hr_db_conf_t     db;
    hr_str_t                  levels;           /* bytes of levels.json */
    hr_vocabulary_t          *vocabulary;       /* document.json; immutable, any thread */
    hr_quality_t             *quality;          /* quality.json; the same */
    hr_xlsx_vocabulary_t      xlsx;             /* lists of the vocabulary */
    ngx_http_hr_answer_t      docs[NGX_HTTP_HR_DOCS];   /* constant; with "hr_docs" */

    /* made at configuration time, copied into shared memory by init_module */
    hr_org_t                 *image;
    size_t                    image_size;
    char                      image_sha256[65];

    ngx_event_t               watch_db;         /* foreign writers */
    ngx_event_t               watch_data;       /* structure.json */
    ngx_event_t               housekeeping;     /* expired sessions, old tasks */
} ngx_http_hr_api_t;

ngx_http_hr_api_t *ngx_http_hr_api(void);

ngx_int_t ngx_http_hr_postconfiguration(ngx_conf_t *cf);
ngx_int_t ngx_http_hr_init_module(ngx_cycle_t *cycle);
ngx_int_t ngx_http_hr_init_process(ngx_cycle_t *cycle);
void ngx_http_hr_exit_process(ngx_cycle_t *cycle);

/*
 * start.c: the store is created and checked once, before any worker serves.
 * cycle: whose user the workers are.
 */
ngx_int_t ngx_http_hr_prepare_store(ngx_cycle_t *cycle,
    ngx_http_hr_main_conf_t *hmcf, ngx_log_t *log);

/* data.c: reads, checks and publishes the company's files */
ngx_int_t ngx_http_hr_data_load_conf(ngx_conf_t *cf,
    ngx_http_hr_main_conf_t *hmcf);
ngx_int_t ngx_http_hr_data_publish_conf(ngx_cycle_t *cycle,
    ngx_http_hr_main_conf_t *hmcf);
ngx_int_t ngx_http_hr_data_start_watch(ngx_cycle_t *cycle,
    ngx_http_hr_main_conf_t *hmcf);

/* What tells a file that was changed; all zero: there was none. */
typedef struct {
    int64_t                   mtime;            /* nanoseconds */
    int64_t                   size;
    uint64_t                  inode;
} ngx_http_hr_file_mark_t;

/* One look at structure.json; zeroed before the start. */
typedef struct {
    char                      path[NGX_MAX_PATH];
    hr_str_t                  levels;
    ngx_http_hr_file_mark_t   mark;             /* in: of the last look */
    bool                      force;

    bool                      changed;
    hr_rc_t                   rc;
    hr_org_t                 *image;            /* malloc'ed; NULL: not usable */
    size_t                    image_size;
    char                      sha256[65];
    hr_diag_t                 diag;
} ngx_http_hr_look_t;

/*
 * Event loop, pool thread, event loop.  force: the file is read whatever its
 * mark.  take() publishes what is new and good, else it tells the log and
 * /health (NGX_ERROR) and the old data stays; it must be called after look().
 */
void ngx_http_hr_data_look_init(ngx_http_hr_look_t *look,
    const ngx_http_hr_main_conf_t *hmcf, bool force);
hr_rc_t ngx_http_hr_data_look(ngx_http_hr_look_t *look);
ngx_int_t ngx_http_hr_data_take(ngx_http_hr_look_t *look);

/* docs.c: the API description and its page */
ngx_int_t ngx_http_hr_docs_load_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf);

/* company.c: words and rules of profile documents */
ngx_int_t ngx_http_hr_company_load_conf(ngx_conf_t *cf,
    ngx_http_hr_main_conf_t *hmcf);

/*
 * A file of the configuration, read whole; ends with the configuration's pool.
 * remedy says what to do when it cannot be read.
 */
ngx_int_t ngx_http_hr_conf_file(ngx_conf_t *cf, const ngx_str_t *dir,
    const char *name, size_t limit, const char *remedy, hr_str_t *out);

/* stat.c: requests, turns of the event loop, work in hand; told to all workers */
ngx_int_t ngx_http_hr_stat_postconfiguration(ngx_conf_t *cf);
void ngx_http_hr_stat_init_process(ngx_cycle_t *cycle, ngx_http_hr_main_conf_t *hmcf);
void ngx_http_hr_stat_exit_process(void);

/* spans.c: the span of a request that took so many microseconds */
void ngx_http_hr_span(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx, uint64_t took);

/* variables.c: what the access log may say */
ngx_int_t ngx_http_hr_add_variables(ngx_conf_t *cf);
/* "HIT", "MISS" or "-" of a routed request */
const char *ngx_http_hr_cache_word(const ngx_http_hr_ctx_t *ctx);

/* upkeep.c: foreign writers, old sessions and tasks */
void ngx_http_hr_upkeep_start(ngx_cycle_t *cycle, ngx_http_hr_api_t *api);
void ngx_http_hr_upkeep_stop(void);         /* when the threads have ended */

/* session.c */
void ngx_http_hr_session_init(void);

/* route tables */
extern const ngx_http_hr_route_t  ngx_http_hr_system_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_health_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_docs_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_metrics_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_auth_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_users_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_account_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_catalog_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_organization_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_dashboard_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_profile_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_content_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_quality_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_approval_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_version_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_export_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_generation_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_task_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_events_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_batch_start_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_batch_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_usage_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_preview_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_list_export_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_zip_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_bulk_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_admin_routes[];
extern const ngx_http_hr_route_t  ngx_http_hr_trail_routes[];

#endif /* NGX_HTTP_HR_API_H */
