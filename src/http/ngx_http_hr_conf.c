#include "ngx_http_hr.h"
#include "ngx_http_hr_conf.h"


static char *ngx_http_hr_conf_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_hr_conf_path(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_hr_conf_params(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_hr_conf_list(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_hr_conf_proxies(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_hr_conf_timestamps(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_conf_enum_t  ngx_http_hr_languages[] = {
    { ngx_string("ru"), HR_LANG_RU },
    { ngx_string("en"), HR_LANG_EN },
    { ngx_null_string, 0 }
};

static ngx_conf_bitmask_t  ngx_http_hr_steps[] = {
    { ngx_string("none"), NGX_CONF_BITMASK_SET },
    { ngx_string("hr_review"), NGX_HTTP_HR_STEP_HR },
    { ngx_string("head_review"), NGX_HTTP_HR_STEP_HEAD },
    { ngx_string("legal_review"), NGX_HTTP_HR_STEP_LEGAL },
    { ngx_null_string, 0 }
};

static ngx_conf_num_bounds_t  ngx_http_hr_cost_bounds = {
    ngx_conf_check_num_bounds, 4, 16
};

static ngx_conf_num_bounds_t  ngx_http_hr_bulk_bounds = {
    ngx_conf_check_num_bounds, 1, 1000
};


/* ---- key=value parameters of one directive ---- */

typedef enum {
    NGX_HTTP_HR_P_SIZE = 0,
    NGX_HTTP_HR_P_NUM,
    NGX_HTTP_HR_P_MSEC,
    NGX_HTTP_HR_P_STR,
    NGX_HTTP_HR_P_PATH,
    NGX_HTTP_HR_P_FLAG
} ngx_http_hr_param_type_t;

typedef struct {
    ngx_str_t                  name;        /* with "=" */
    ngx_http_hr_param_type_t   type;
    ngx_uint_t                 min, max;    /* of NUM */
    ngx_uint_t                 offset;
} ngx_http_hr_param_t;

#define NGX_HTTP_HR_P(name, type, min, max, field)                            \
    { ngx_string(name "="), NGX_HTTP_HR_P_##type, min, max,                   \
      offsetof(ngx_http_hr_main_conf_t, field) }
#define NGX_HTTP_HR_P_END  { ngx_null_string, 0, 0, 0, 0 }

static ngx_http_hr_param_t  ngx_http_hr_cache_params[] = {
    NGX_HTTP_HR_P("size", SIZE, 0, 0, cache_size),
    NGX_HTTP_HR_P("shards", NUM, 1, NGX_HTTP_HR_CACHE_SHARDS_MAX, cache_shards),
    NGX_HTTP_HR_P("enabled", FLAG, 0, 0, cache_on),
    NGX_HTTP_HR_P_END
};

static ngx_http_hr_param_t  ngx_http_hr_zone_params[] = {
    NGX_HTTP_HR_P("sessions", SIZE, 0, 0, session_size),
    NGX_HTTP_HR_P("data", SIZE, 0, 0, data_size),
    NGX_HTTP_HR_P_END
};

static ngx_http_hr_param_t  ngx_http_hr_pool_params[] = {
    NGX_HTTP_HR_P("read", STR, 0, 0, pool_read),
    NGX_HTTP_HR_P("write", STR, 0, 0, pool_write),
    NGX_HTTP_HR_P("cpu", STR, 0, 0, pool_cpu),
    NGX_HTTP_HR_P("slow", STR, 0, 0, pool_slow),
    NGX_HTTP_HR_P("batch", NUM, 1, 256, write_batch),
    NGX_HTTP_HR_P("queue", NUM, 1, 100000, write_queue),
    NGX_HTTP_HR_P_END
};

static ngx_http_hr_param_t  ngx_http_hr_database_params[] = {
    NGX_HTTP_HR_P("busy_timeout", MSEC, 0, 0, busy_timeout),
    NGX_HTTP_HR_P("backups", PATH, 0, 0, backup_dir),
    NGX_HTTP_HR_P_END
};

static ngx_http_hr_param_t  ngx_http_hr_admin_params[] = {
    NGX_HTTP_HR_P("name", STR, 0, 0, admin_name),
    NGX_HTTP_HR_P("full_name", STR, 0, 0, admin_full_name),
    NGX_HTTP_HR_P("password_file", PATH, 0, 0, admin_password_file),
    NGX_HTTP_HR_P_END
};

static ngx_http_hr_param_t  ngx_http_hr_limit_params[] = {
    NGX_HTTP_HR_P("login", NUM, 0, 100000, limits.login_pair),
    NGX_HTTP_HR_P("login_address", NUM, 0, 100000, limits.login_address),
    NGX_HTTP_HR_P("login_account", NUM, 0, 100000, limits.login_account),
    NGX_HTTP_HR_P("api", NUM, 0, 10000000, limits.api),
    NGX_HTTP_HR_P("starts", NUM, 0, 1000000, limits.starts),
    NGX_HTTP_HR_P_END
};

static ngx_http_hr_param_t  ngx_http_hr_llm_params[] = {
    NGX_HTTP_HR_P("location", STR, 0, 0, llm_location),
    NGX_HTTP_HR_P("model", STR, 0, 0, llm_model),
    NGX_HTTP_HR_P("stream", FLAG, 0, 0, llm_stream),
    NGX_HTTP_HR_P("key_configured", FLAG, 0, 0, llm_key_configured),
    NGX_HTTP_HR_P("concurrency", NUM, 1, 10000, llm_concurrency),
    NGX_HTTP_HR_P("queue", NUM, 1, 1000000, llm_queue),
    NGX_HTTP_HR_P("user_tasks", NUM, 1, 1000000, llm_user_tasks),
    NGX_HTTP_HR_P("attempts", NUM, 1, 10, llm_attempts),
    NGX_HTTP_HR_P("timeout", MSEC, 0, 0, llm_timeout),
    NGX_HTTP_HR_P("total_timeout", MSEC, 0, 0, llm_total_timeout),
    NGX_HTTP_HR_P("breaker", MSEC, 0, 0, llm_breaker),
    NGX_HTTP_HR_P("retry", MSEC, 0, 0, llm_retry),
    NGX_HTTP_HR_P("answer_max", SIZE, 0, 0, llm_answer_max),
    NGX_HTTP_HR_P("budget", NUM, 0, 10000000, llm_budget),
    NGX_HTTP_HR_P("candidate", NUM, 0, 100, llm_candidate),
    NGX_HTTP_HR_P_END
};

static ngx_http_hr_param_t  ngx_http_hr_langfuse_params[] = {
    NGX_HTTP_HR_P("host", STR, 0, 0, langfuse_host),
    NGX_HTTP_HR_P("key_file", PATH, 0, 0, langfuse_key_file),
    NGX_HTTP_HR_P("prompt", STR, 0, 0, langfuse_prompt),
    NGX_HTTP_HR_P_END
};

static ngx_http_hr_param_t  ngx_http_hr_otlp_params[] = {
    NGX_HTTP_HR_P("endpoint", STR, 0, 0, otlp_endpoint),
    NGX_HTTP_HR_P("key_file", PATH, 0, 0, otlp_key_file),
    NGX_HTTP_HR_P("service", STR, 0, 0, otlp_service),
    NGX_HTTP_HR_P("sample", NUM, 0, 100, otlp_sample),
    NGX_HTTP_HR_P("queue", NUM, 16, 1000000, otlp_queue),
    NGX_HTTP_HR_P_END
};


#define NGX_HTTP_HR_MAIN(name, args, set, field, post)                        \
    { ngx_string(name), NGX_HTTP_MAIN_CONF|args, set,                         \
      NGX_HTTP_MAIN_CONF_OFFSET, field, post }
#define NGX_HTTP_HR_FIELD(f)  offsetof(ngx_http_hr_main_conf_t, f)

ngx_command_t  ngx_http_hr_commands[] = {

    { ngx_string("hr_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_hr_conf_api, NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_hr_loc_conf_t, api), NULL },

    { ngx_string("hr_error_page"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_hr_conf_api, NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_hr_loc_conf_t, error_page), NULL },

    { ngx_string("hr_metrics"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_hr_conf_api, NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_hr_loc_conf_t, metrics), NULL },

    /* files */
    NGX_HTTP_HR_MAIN("hr_data", NGX_CONF_TAKE1, ngx_http_hr_conf_path,
                     NGX_HTTP_HR_FIELD(data_dir), NULL),
    NGX_HTTP_HR_MAIN("hr_company", NGX_CONF_TAKE1, ngx_http_hr_conf_path,
                     NGX_HTTP_HR_FIELD(company_dir), NULL),
    NGX_HTTP_HR_MAIN("hr_prompts", NGX_CONF_TAKE1, ngx_http_hr_conf_path,
                     NGX_HTTP_HR_FIELD(prompts_dir), NULL),
    NGX_HTTP_HR_MAIN("hr_docs", NGX_CONF_TAKE1, ngx_http_hr_conf_path,
                     NGX_HTTP_HR_FIELD(docs_dir), NULL),
    NGX_HTTP_HR_MAIN("hr_data_watch", NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
                     NGX_HTTP_HR_FIELD(watch_interval), NULL),
    NGX_HTTP_HR_MAIN("hr_watchdog", NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
                     NGX_HTTP_HR_FIELD(watchdog), NULL),
    NGX_HTTP_HR_MAIN("hr_database", NGX_CONF_TAKE123, ngx_http_hr_conf_params,
                     NGX_HTTP_HR_FIELD(database), ngx_http_hr_database_params),

    /* accounts */
    NGX_HTTP_HR_MAIN("hr_jwt_secret_file", NGX_CONF_TAKE12,
                     ngx_http_hr_conf_secret, 0, NULL),
    NGX_HTTP_HR_MAIN("hr_token_lifetime", NGX_CONF_TAKE1, ngx_conf_set_sec_slot,
                     NGX_HTTP_HR_FIELD(token_ttl), NULL),
    NGX_HTTP_HR_MAIN("hr_admin", NGX_CONF_TAKE123, ngx_http_hr_conf_params,
                     0, ngx_http_hr_admin_params),
    NGX_HTTP_HR_MAIN("hr_bcrypt_cost", NGX_CONF_TAKE1, ngx_conf_set_num_slot,
                     NGX_HTTP_HR_FIELD(bcrypt_cost), &ngx_http_hr_cost_bounds),
    NGX_HTTP_HR_MAIN("hr_legacy_passwords", NGX_CONF_FLAG, ngx_conf_set_flag_slot,
                     NGX_HTTP_HR_FIELD(legacy_passwords), NULL),
    NGX_HTTP_HR_MAIN("hr_legacy_tokens", NGX_CONF_FLAG, ngx_conf_set_flag_slot,
                     NGX_HTTP_HR_FIELD(legacy_tokens), NULL),

    NGX_HTTP_HR_MAIN("hr_viewer_overlay", NGX_CONF_FLAG, ngx_conf_set_flag_slot,
                     NGX_HTTP_HR_FIELD(viewer_overlay), NULL),
    NGX_HTTP_HR_MAIN("hr_approval_steps", NGX_CONF_1MORE,
                     ngx_conf_set_bitmask_slot,
                     NGX_HTTP_HR_FIELD(approval_steps), &ngx_http_hr_steps),

    /* memory and threads */
    NGX_HTTP_HR_MAIN("hr_cache", NGX_CONF_TAKE123, ngx_http_hr_conf_params,
                     0, ngx_http_hr_cache_params),
    NGX_HTTP_HR_MAIN("hr_zones", NGX_CONF_TAKE12, ngx_http_hr_conf_params,
                     0, ngx_http_hr_zone_params),
    NGX_HTTP_HR_MAIN("hr_thread_pools", NGX_CONF_1MORE, ngx_http_hr_conf_params,
                     0, ngx_http_hr_pool_params),
    NGX_HTTP_HR_MAIN("hr_limits", NGX_CONF_1MORE, ngx_http_hr_conf_params,
                     0, ngx_http_hr_limit_params),

    /* answers */
    NGX_HTTP_HR_MAIN("hr_language", NGX_CONF_TAKE1, ngx_conf_set_enum_slot,
                     NGX_HTTP_HR_FIELD(language), &ngx_http_hr_languages),
    NGX_HTTP_HR_MAIN("hr_timestamps", NGX_CONF_TAKE1, ngx_http_hr_conf_timestamps,
                     0, NULL),
    NGX_HTTP_HR_MAIN("hr_environment", NGX_CONF_TAKE1, ngx_conf_set_str_slot,
                     NGX_HTTP_HR_FIELD(environment), NULL),
    NGX_HTTP_HR_MAIN("hr_product_name", NGX_CONF_TAKE1, ngx_conf_set_str_slot,
                     NGX_HTTP_HR_FIELD(product), NULL),
    NGX_HTTP_HR_MAIN("hr_cors_origins", NGX_CONF_1MORE, ngx_http_hr_conf_list,
                     NGX_HTTP_HR_FIELD(cors_origins), NULL),
    NGX_HTTP_HR_MAIN("hr_trusted_hosts", NGX_CONF_1MORE, ngx_http_hr_conf_list,
                     NGX_HTTP_HR_FIELD(trusted_hosts), NULL),
    NGX_HTTP_HR_MAIN("hr_trusted_proxies", NGX_CONF_1MORE,
                     ngx_http_hr_conf_proxies, 0, NULL),
    NGX_HTTP_HR_MAIN("hr_bulk_max", NGX_CONF_TAKE1, ngx_conf_set_num_slot,
                     NGX_HTTP_HR_FIELD(bulk_max), &ngx_http_hr_bulk_bounds),

    /* generation */
    NGX_HTTP_HR_MAIN("hr_llm", NGX_CONF_1MORE, ngx_http_hr_conf_params,
                     0, ngx_http_hr_llm_params),
    NGX_HTTP_HR_MAIN("hr_llm_fallback_models", NGX_CONF_1MORE,
                     ngx_http_hr_conf_list,
                     NGX_HTTP_HR_FIELD(llm_fallback_models), NULL),
    NGX_HTTP_HR_MAIN("hr_langfuse", NGX_CONF_TAKE123, ngx_http_hr_conf_params,
                     0, ngx_http_hr_langfuse_params),

    /* spans */
    NGX_HTTP_HR_MAIN("hr_otlp", NGX_CONF_1MORE, ngx_http_hr_conf_params,
                     0, ngx_http_hr_otlp_params),

    ngx_null_command
};


void *
ngx_http_hr_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_hr_main_conf_t  *hmcf;

    hmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_main_conf_t));
    if (hmcf == NULL) {
        return NULL;
    }

    /* set by ngx_pcalloc(): every string, array and pointer: empty */

    hmcf->busy_timeout = NGX_CONF_UNSET_MSEC;
    hmcf->watch_interval = NGX_CONF_UNSET_MSEC;
    hmcf->watchdog = NGX_CONF_UNSET_MSEC;
    hmcf->write_batch = NGX_CONF_UNSET_UINT;
    hmcf->write_queue = NGX_CONF_UNSET_UINT;
    hmcf->cache_size = NGX_CONF_UNSET_SIZE;
    hmcf->cache_shards = NGX_CONF_UNSET_UINT;
    hmcf->cache_on = NGX_CONF_UNSET;
    hmcf->session_size = NGX_CONF_UNSET_SIZE;
    hmcf->data_size = NGX_CONF_UNSET_SIZE;
    hmcf->token_ttl = NGX_CONF_UNSET;
    hmcf->bcrypt_cost = NGX_CONF_UNSET_UINT;
    hmcf->legacy_passwords = NGX_CONF_UNSET;
    hmcf->legacy_tokens = NGX_CONF_UNSET;
    hmcf->viewer_overlay = NGX_CONF_UNSET;
    hmcf->language = NGX_CONF_UNSET_UINT;
    hmcf->naive_times = NGX_CONF_UNSET;
    hmcf->limits.login_pair = NGX_CONF_UNSET_UINT;
    hmcf->limits.login_address = NGX_CONF_UNSET_UINT;
    hmcf->limits.login_account = NGX_CONF_UNSET_UINT;
    hmcf->limits.api = NGX_CONF_UNSET_UINT;
    hmcf->limits.starts = NGX_CONF_UNSET_UINT;
    hmcf->bulk_max = NGX_CONF_UNSET_UINT;
    hmcf->llm_stream = NGX_CONF_UNSET;
    hmcf->llm_key_configured = NGX_CONF_UNSET;
    hmcf->llm_concurrency = NGX_CONF_UNSET_UINT;
    hmcf->llm_queue = NGX_CONF_UNSET_UINT;
    hmcf->llm_user_tasks = NGX_CONF_UNSET_UINT;
    hmcf->llm_attempts = NGX_CONF_UNSET_UINT;
    hmcf->llm_timeout = NGX_CONF_UNSET_MSEC;
    hmcf->llm_total_timeout = NGX_CONF_UNSET_MSEC;
    hmcf->llm_breaker = NGX_CONF_UNSET_MSEC;
    hmcf->llm_retry = NGX_CONF_UNSET_MSEC;
    hmcf->llm_answer_max = NGX_CONF_UNSET_SIZE;
    hmcf->llm_budget = NGX_CONF_UNSET_UINT;
    hmcf->otlp_sample = NGX_CONF_UNSET_UINT;
    hmcf->otlp_queue = NGX_CONF_UNSET_UINT;
    hmcf->llm_candidate = NGX_CONF_UNSET_UINT;

    return hmcf;
}


void *
ngx_http_hr_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_hr_loc_conf_t  *hlcf;

    hlcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_loc_conf_t));
    if (hlcf == NULL) {
        return NULL;
    }

    hlcf->api = NGX_CONF_UNSET;
    hlcf->error_page = NGX_CONF_UNSET;
    hlcf->metrics = NGX_CONF_UNSET;

    return hlcf;
}


char *
ngx_http_hr_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_hr_loc_conf_t  *conf = child;

    /* not inherited: a nested location has its own handler */
    ngx_conf_init_value(conf->api, 0);
    ngx_conf_init_value(conf->error_page, 0);
    ngx_conf_init_value(conf->metrics, 0);

    return NGX_CONF_OK;
}


/* ---- setters ---- */


static char *
ngx_http_hr_conf_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_flag_t                *flag = (ngx_flag_t *) ((char *) conf + cmd->offset);
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_hr_main_conf_t   *hmcf;

    if (*flag != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    *flag = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    switch (cmd->offset) {

    case offsetof(ngx_http_hr_loc_conf_t, api):
        clcf->handler = ngx_http_hr_handler;
        break;

    case offsetof(ngx_http_hr_loc_conf_t, metrics):
        clcf->handler = ngx_http_hr_metrics_handler;
        break;

    default:
        clcf->handler = ngx_http_hr_error_page_handler;
    }

    if (cmd->offset == offsetof(ngx_http_hr_loc_conf_t, error_page)) {
        /* else the answer to a body that is too large is refused for its body, too */
        clcf->client_max_body_size = 0;
    }


    hmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_hr_module);
    hmcf->enabled = 1;

    if (hmcf->server == NULL) {
        hmcf->server = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_conf_path(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *field = (ngx_str_t *) ((char *) conf + cmd->offset);
    ngx_str_t  *value = cf->args->elts;

    if (field->data) {
        return "is duplicate";
    }

    *field = value[1];

    if (ngx_conf_full_name(cf->cycle, field, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (access((char *) field->data, R_OK | X_OK) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "\"%V\": cannot read the directory \"%V\", create it "
                           "or correct the path", &value[0], field);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_hr_conf_param_set(const ngx_http_hr_param_t *p, const void *field)
{
    switch (p->type) {

    case NGX_HTTP_HR_P_SIZE:
        return *(const size_t *) field != NGX_CONF_UNSET_SIZE;

    case NGX_HTTP_HR_P_NUM:
        return *(const ngx_uint_t *) field != NGX_CONF_UNSET_UINT;

    case NGX_HTTP_HR_P_MSEC:
        return *(const ngx_msec_t *) field != NGX_CONF_UNSET_MSEC;

    case NGX_HTTP_HR_P_STR:
    case NGX_HTTP_HR_P_PATH:
        return ((const ngx_str_t *) field)->data != NULL;

    default: /* NGX_HTTP_HR_P_FLAG */
        return *(const ngx_flag_t *) field != NGX_CONF_UNSET;
    }
}


static const char  ngx_http_hr_conf_range[] = "is not a number in the allowed range";


/* One key=value; the reason why it is wrong, or NULL. */
static const char *
ngx_http_hr_conf_param(ngx_conf_t *cf, const ngx_http_hr_param_t *p,
    ngx_str_t *text, void *conf)
{
    void       *field = (char *) conf + p->offset;
    ssize_t     size;
    ngx_int_t   n;

    if (ngx_http_hr_conf_param_set(p, field)) {
        return "is duplicate";
    }

    switch (p->type) {

    case NGX_HTTP_HR_P_SIZE:
        size = ngx_parse_size(text);
        if (size == NGX_ERROR) {
            return "is not a size such as 64m";
        }

        *(size_t *) field = (size_t) size;
        return NULL;

    case NGX_HTTP_HR_P_NUM:
        n = ngx_atoi(text->data, text->len);
        if (n == NGX_ERROR || (ngx_uint_t) n < p->min || (ngx_uint_t) n > p->max)
        {
            return ngx_http_hr_conf_range;
        }

        *(ngx_uint_t *) field = (ngx_uint_t) n;
        return NULL;

    case NGX_HTTP_HR_P_MSEC:
        n = ngx_parse_time(text, 0);
        if (n == NGX_ERROR || n == 0) {
            return "is not a time such as 500ms or 5s";
        }

        *(ngx_msec_t *) field = (ngx_msec_t) n;
        return NULL;

    case NGX_HTTP_HR_P_STR:
        if (text->len == 0) {
            return "is empty";
        }

        *(ngx_str_t *) field = *text;
        return NULL;

    case NGX_HTTP_HR_P_PATH:
        if (text->len == 0) {
            return "is empty";
        }

        *(ngx_str_t *) field = *text;
        return ngx_conf_full_name(cf->cycle, field, 1) == NGX_OK ? NULL
                                                            : "is too long";

    default: /* NGX_HTTP_HR_P_FLAG */
        if (ngx_strcasecmp(text->data, (u_char *) "on") == 0) {
            *(ngx_flag_t *) field = 1;
            return NULL;
        }

        if (ngx_strcasecmp(text->data, (u_char *) "off") == 0) {
            *(ngx_flag_t *) field = 0;
            return NULL;
        }

        return "must be \"on\" or \"off\"";
    }
}


/* "hr_x [value] key=value ...": a table of keys, an optional leading value. */
static char *
ngx_http_hr_conf_params(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                   text, *value = cf->args->elts;
    ngx_str_t                  *lead;
    ngx_uint_t                  i;
    const char                 *why;
    const ngx_http_hr_param_t  *p;

    i = 1;

    if (cmd->offset) {
        lead = (ngx_str_t *) ((char *) conf + cmd->offset);
        if (lead->data) {
            return "is duplicate";
        }

        *lead = value[i++];

        if (ngx_conf_full_name(cf->cycle, lead, 1) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    for ( ; i < cf->args->nelts; i++) {

        for (p = cmd->post; p->name.len; p++) {
            if (value[i].len >= p->name.len
                && ngx_strncmp(value[i].data, p->name.data, p->name.len) == 0)
            {
                break;
            }
        }

        if (p->name.len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\": unknown parameter \"%V\"", &value[0],
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        text.data = value[i].data + p->name.len;
        text.len = value[i].len - p->name.len;

        why = ngx_http_hr_conf_param(cf, p, &text, conf);

        if (why != NULL) {
            if (why == ngx_http_hr_conf_range) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "\"%V\": parameter \"%V\" %s (%ui to %ui)",
                                   &value[0], &value[i], why, p->min, p->max);
            } else {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "\"%V\": parameter \"%V\" %s", &value[0],
                                   &value[i], why);
            }

            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_conf_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t     *item, *value = cf->args->elts;
    ngx_uint_t     i;
    ngx_array_t  **list = (ngx_array_t **) ((char *) conf + cmd->offset);

    if (*list == NULL) {
        *list = ngx_array_create(cf->pool, cf->args->nelts, sizeof(ngx_str_t));
        if (*list == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 1; i < cf->args->nelts; i++) {
        item = ngx_array_push(*list);
        if (item == NULL) {
            return NGX_CONF_ERROR;
        }

        *item = value[i];
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_conf_proxies(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_int_t                 rc;
    ngx_str_t                *value = cf->args->elts;
    ngx_cidr_t               *cidr;
    ngx_uint_t                i;
    ngx_http_hr_main_conf_t  *hmcf = conf;

    if (hmcf->trusted_proxies == NULL) {
        hmcf->trusted_proxies = ngx_array_create(cf->pool, 4, sizeof(ngx_cidr_t));
        if (hmcf->trusted_proxies == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 1; i < cf->args->nelts; i++) {
        cidr = ngx_array_push(hmcf->trusted_proxies);
        if (cidr == NULL) {
            return NGX_CONF_ERROR;
        }

        rc = ngx_ptocidr(&value[i], cidr);

        if (rc == NGX_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\": \"%V\" is not an address or a network "
                               "such as 10.0.0.0/8", &value[0], &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_conf_timestamps(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                *value = cf->args->elts;
    ngx_http_hr_main_conf_t  *hmcf = conf;

    if (hmcf->naive_times != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    if (ngx_strcmp(value[1].data, "naive") == 0) {
        hmcf->naive_times = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "utc") == 0) {
        hmcf->naive_times = 0;
        return NGX_CONF_OK;
    }

    return "must be \"utc\" or \"naive\"";
}


/* ---- defaults and contradictions ---- */


static ngx_int_t
ngx_http_hr_conf_defaults(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    static ngx_str_t  origins[] = {
        ngx_string("http://localhost:5173"), ngx_string("http://127.0.0.1:5173"),
        ngx_string("http://localhost:8080"), ngx_string("http://127.0.0.1:8080"),
    };
    static ngx_str_t  hosts[] = {
        ngx_string("localhost"), ngx_string("127.0.0.1"), ngx_string("[::1]"),
    };

    ngx_str_t   *item;
    ngx_uint_t   i;

    if (hmcf->cors_origins == NULL) {
        hmcf->cors_origins = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
        if (hmcf->cors_origins == NULL) {
            return NGX_ERROR;
        }

        for (i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
            item = ngx_array_push(hmcf->cors_origins);
            if (item == NULL) {
                return NGX_ERROR;
            }
            *item = origins[i];
        }
    }

    if (hmcf->trusted_hosts == NULL) {
        hmcf->trusted_hosts = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
        if (hmcf->trusted_hosts == NULL) {
            return NGX_ERROR;
        }

        for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
            item = ngx_array_push(hmcf->trusted_hosts);
            if (item == NULL) {
                return NGX_ERROR;
            }
            *item = hosts[i];
        }
    }

    return NGX_OK;
}


static void
ngx_http_hr_conf_values(ngx_http_hr_main_conf_t *hmcf)
{
    ngx_conf_init_msec_value(hmcf->busy_timeout, 5000);
    ngx_conf_init_msec_value(hmcf->watch_interval, 2000);
    ngx_conf_init_msec_value(hmcf->watchdog, 0);
    ngx_conf_init_uint_value(hmcf->write_batch, 64);
    ngx_conf_init_uint_value(hmcf->write_queue, 4096);
    ngx_conf_init_size_value(hmcf->cache_size, 64 * 1024 * 1024);
    ngx_conf_init_uint_value(hmcf->cache_shards, 4);
    ngx_conf_init_value(hmcf->cache_on, 1);
    ngx_conf_init_size_value(hmcf->session_size, 8 * 1024 * 1024);
    ngx_conf_init_size_value(hmcf->data_size, 32 * 1024 * 1024);
    ngx_conf_init_value(hmcf->token_ttl, 1440 * 60);
    ngx_conf_init_uint_value(hmcf->bcrypt_cost, 12);
    ngx_conf_init_value(hmcf->legacy_passwords, 1);
    ngx_conf_init_value(hmcf->legacy_tokens, 1);
    ngx_conf_init_value(hmcf->viewer_overlay, 0);

    if (hmcf->approval_steps == 0) {
        hmcf->approval_steps = NGX_HTTP_HR_STEP_HR|NGX_HTTP_HR_STEP_HEAD
                               |NGX_HTTP_HR_STEP_LEGAL;
    }

    ngx_conf_init_uint_value(hmcf->language, HR_LANG_RU);
    ngx_conf_init_value(hmcf->naive_times, 0);
    ngx_conf_init_uint_value(hmcf->limits.login_pair, 5);
    ngx_conf_init_uint_value(hmcf->limits.login_address, 30);
    ngx_conf_init_uint_value(hmcf->limits.login_account, 20);
    ngx_conf_init_uint_value(hmcf->limits.api, 600);
    ngx_conf_init_uint_value(hmcf->limits.starts, 10);
    ngx_conf_init_uint_value(hmcf->bulk_max, 100);
    ngx_conf_init_value(hmcf->llm_stream, 1);
    ngx_conf_init_value(hmcf->llm_key_configured, 0);
    ngx_conf_init_uint_value(hmcf->llm_concurrency, 5);
    ngx_conf_init_uint_value(hmcf->llm_queue, 1000);
    ngx_conf_init_uint_value(hmcf->llm_user_tasks, 100);
    ngx_conf_init_uint_value(hmcf->llm_attempts, 3);
    ngx_conf_init_msec_value(hmcf->llm_timeout, 180 * 1000);
    ngx_conf_init_msec_value(hmcf->llm_total_timeout, 300 * 1000);
    ngx_conf_init_msec_value(hmcf->llm_breaker, 60 * 1000);
    ngx_conf_init_msec_value(hmcf->llm_retry, 1000);
    ngx_conf_init_size_value(hmcf->llm_answer_max, 16 * 1024 * 1024);
    ngx_conf_init_uint_value(hmcf->llm_budget, 0);
    ngx_conf_init_uint_value(hmcf->otlp_sample, 100);
    ngx_conf_init_uint_value(hmcf->otlp_queue, 2048);

    if (hmcf->otlp_service.data == NULL) {
        ngx_str_set(&hmcf->otlp_service, "nginx-hr");
    }
    ngx_conf_init_uint_value(hmcf->llm_candidate, 0);

    if (hmcf->pool_read.data == NULL) {
        ngx_str_set(&hmcf->pool_read, "hr_read");
    }

    if (hmcf->pool_write.data == NULL) {
        ngx_str_set(&hmcf->pool_write, "hr_write");
    }

    if (hmcf->pool_cpu.data == NULL) {
        ngx_str_set(&hmcf->pool_cpu, "hr_cpu");
    }

    if (hmcf->environment.data == NULL) {
        ngx_str_set(&hmcf->environment, "production");
    }

    if (hmcf->product.data == NULL) {
        ngx_str_set(&hmcf->product, "HR Profile Generator");
    }

    if (hmcf->admin_name.data == NULL) {
        ngx_str_set(&hmcf->admin_name, "admin");
    }

    if (hmcf->admin_full_name.data == NULL) {
        ngx_str_set(&hmcf->admin_full_name, "Системный администратор");
    }
}


char *
ngx_http_hr_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_str_t                 name = ngx_string("hr_cache");
    ngx_http_hr_main_conf_t  *hmcf = conf;

    ngx_http_hr_conf_values(hmcf);

    if (!hmcf->enabled) {
        return NGX_CONF_OK;
    }

    if (ngx_http_hr_conf_defaults(cf, hmcf) != NGX_OK
        || ngx_http_hr_conf_check(cf, hmcf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    hmcf->state_shm = ngx_http_hr_state_add(cf, &ngx_http_hr_module);
    hmcf->session_shm = ngx_http_hr_session_add(cf, hmcf->session_size,
                                                &ngx_http_hr_module);
    hmcf->data_shm = ngx_http_hr_data_add(cf, hmcf->data_size,
                                          &ngx_http_hr_module);
    hmcf->jobs_shm = ngx_http_hr_jobs_add(cf, &ngx_http_hr_module);
    hmcf->cache = ngx_http_hr_cache_add(cf, &name, hmcf->cache_size,
                                        hmcf->cache_shards, &ngx_http_hr_module);

    if (hmcf->state_shm == NULL || hmcf->session_shm == NULL
        || hmcf->data_shm == NULL || hmcf->jobs_shm == NULL
        || hmcf->cache == NULL)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
