/*
 * The module's tables and the content handler's first steps; see the header
 * for the whole.
 */

#include "ngx_http_hr_simulator.h"


typedef struct {
    ngx_flag_t  enable;
    ngx_msec_t  delay;
    ngx_str_t   words;
} ngx_http_hr_sim_loc_conf_t;


static ngx_int_t ngx_http_hr_sim_handler(ngx_http_request_t *r);
static void ngx_http_hr_sim_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_hr_sim_prepare(ngx_http_hr_sim_ctx_t *ctx);
static void ngx_http_hr_sim_cleanup(void *data);
static void *ngx_http_hr_sim_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_hr_sim_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_hr_sim_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_hr_sim_enable(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_hr_sim_delay(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_hr_sim_words(ngx_conf_t *cf, void *post, void *data);
static char *ngx_http_hr_sim_stats(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_conf_post_t  ngx_http_hr_sim_words_post = { ngx_http_hr_sim_words };


static ngx_command_t  ngx_http_hr_sim_commands[] = {

    /* syntax: hr_llm_simulator on | off; default: off; context: location */
    { ngx_string("hr_llm_simulator"),
      NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_http_hr_sim_enable,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_hr_sim_loc_conf_t, enable),
      NULL },

    /*
     * syntax: hr_llm_simulator_delay <time>; default: 1.5s; context: http,
     * server, location.  The time that a good answer takes.
     */
    { ngx_string("hr_llm_simulator_delay"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_hr_sim_delay,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_hr_sim_loc_conf_t, delay),
      NULL },

    /*
     * syntax: hr_llm_simulator_words <words>; context: location.  What goes wrong
     * with every request, so that the model may have the name of a real one.
     */
    { ngx_string("hr_llm_simulator_words"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_hr_sim_loc_conf_t, words),
      &ngx_http_hr_sim_words_post },

    /*
     * syntax: hr_llm_simulator_stats; context: location.  GET answers the
     * counters as JSON, POST sets them to zero and answers them.
     */
    { ngx_string("hr_llm_simulator_stats"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_hr_sim_stats,
      0,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_hr_simulator_module_ctx = {
    ngx_http_hr_sim_variables,             /* preconfiguration */
    NULL,                                  /* postconfiguration */

    ngx_http_hr_sim_create_main_conf,      /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_hr_sim_create_loc_conf,       /* create location configuration */
    ngx_http_hr_sim_merge_loc_conf         /* merge location configuration */
};


ngx_module_t  ngx_http_hr_simulator_module = {
    NGX_MODULE_V1,
    &ngx_http_hr_simulator_module_ctx,     /* module context */
    ngx_http_hr_sim_commands,              /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_hr_sim_stats_process,         /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_hr_sim_stats_exit,            /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_hr_sim_handler(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ngx_pool_cleanup_t     *cln;
    ngx_http_hr_sim_ctx_t  *ctx;

    if (r->method != NGX_HTTP_POST) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_hr_sim_ctx_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_hr_sim_ctx_t));

    ctx->request = r;
    ctx->plan.text.log = r->connection->log;
    ctx->plan.retry_after = -1;

    cln->handler = ngx_http_hr_sim_cleanup;
    ngx_http_hr_sim_stats_open();

    ngx_http_set_ctx(r, ctx, ngx_http_hr_simulator_module);

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, ngx_http_hr_sim_body);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
ngx_http_hr_sim_cleanup(void *data)
{
    ngx_http_hr_sim_ctx_t  *ctx = data;

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ctx->plan.text.data != NULL) {
        ngx_free(ctx->plan.text.data);
    }

    ngx_http_hr_sim_stats_close(ctx);
}


static void
ngx_http_hr_sim_body(ngx_http_request_t *r)
{
    ngx_http_hr_sim_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_hr_simulator_module);

    if (ngx_http_hr_sim_prepare(ctx) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_http_hr_sim_send(ctx);
}


/* The words of the request's X-Simulate header; empty: there is none. */
static ngx_str_t
ngx_http_hr_sim_header(ngx_http_request_t *r)
{
    static ngx_str_t  name = ngx_string("x-simulate");

    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == name.len
                && ngx_strncasecmp(h[i].key.data, name.data, name.len) == 0)
            {
                return h[i].value;
            }
        }
    }

    return (ngx_str_t) ngx_null_string;
}


/* Reads the request and fills ctx->plan; NGX_ERROR: no memory. */
static ngx_int_t
ngx_http_hr_sim_prepare(ngx_http_hr_sim_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_str_t                     body, words, bad = ngx_null_string;
    const char                   *message = NULL;
    ngx_http_request_t           *r = ctx->request;
    ngx_http_hr_sim_plan_t       *plan = &ctx->plan;
    ngx_http_hr_sim_facts_t       facts;
    ngx_http_hr_sim_request_t     request;
    ngx_http_hr_sim_loc_conf_t   *conf;
    ngx_http_hr_sim_behaviour_t   behaviour;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_hr_simulator_module);
    ngx_memzero(&behaviour, sizeof(ngx_http_hr_sim_behaviour_t));
    ngx_memzero(&request, sizeof(ngx_http_hr_sim_request_t));

    rc = ngx_http_hr_sim_request_body(r, &body);

    if (rc == NGX_DECLINED) {
        ngx_http_hr_sim_plan_error(plan, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                   "the request is too large", NULL);
        return plan->text.err ? NGX_ERROR : NGX_OK;
    }

    if (rc == NGX_OK) {
        rc = ngx_http_hr_sim_request_parse(r->pool, &body, &request, &message);
    }

    if (rc == NGX_OK) {
        words = ngx_http_hr_sim_header(r);
        (void) ngx_http_hr_sim_behaviour_parse(&conf->words, &behaviour, &bad);
        rc = ngx_http_hr_sim_behaviour_parse(&words, &behaviour, &bad);

        if (rc == NGX_OK) {
            rc = ngx_http_hr_sim_behaviour_parse(&request.words, &behaviour,
                                                 &bad);
        }

        message = "unknown behaviour";
    }

    if (rc == NGX_DECLINED) {
        ngx_http_hr_sim_plan_error(plan, NGX_HTTP_BAD_REQUEST, message, &bad);
        rc = plan->text.err ? NGX_ERROR : NGX_OK;

    } else if (rc == NGX_OK) {
        ngx_http_hr_sim_behaviour_draw(&behaviour);
        ctx->words = behaviour.set;
        ngx_http_hr_sim_stats_behaviour(&behaviour);

        rc = ngx_http_hr_sim_facts_read(r->pool, &request.prompt, &facts);

        if (rc == NGX_OK) {
            rc = ngx_http_hr_sim_plan(&request, &facts, &behaviour, conf->delay,
                                      plan);
        }
    }

    cJSON_Delete(request.root);

    return rc;
}


static void *
ngx_http_hr_sim_create_main_conf(ngx_conf_t *cf)
{
    /* zone = NULL */
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_sim_main_conf_t));
}


static void *
ngx_http_hr_sim_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_hr_sim_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_hr_sim_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->enable = NGX_CONF_UNSET;
    conf->delay = NGX_CONF_UNSET_MSEC;

    return conf;
}


static char *
ngx_http_hr_sim_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_hr_sim_loc_conf_t  *prev = parent;
    ngx_http_hr_sim_loc_conf_t  *conf = child;

    /* The content handler is not inherited by nested locations either. */
    ngx_conf_init_value(conf->enable, 0);
    ngx_conf_merge_msec_value(conf->delay, prev->delay, 1500);

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_sim_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                        *rv;
    ngx_http_core_loc_conf_t    *clcf;
    ngx_http_hr_sim_loc_conf_t  *lcf = conf;

    rv = ngx_conf_set_flag_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK || !lcf->enable) {
        return rv;
    }

    if (ngx_http_hr_sim_zone(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_hr_sim_handler;

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_sim_delay(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_int_t                    ms;
    ngx_str_t                   *value = cf->args->elts;
    ngx_http_hr_sim_loc_conf_t  *lcf = conf;

    if (lcf->delay != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    ms = ngx_http_hr_sim_parse_time(&value[1]);
    if (ms == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\", at most 600s", &value[1]);
        return NGX_CONF_ERROR;
    }

    lcf->delay = (ngx_msec_t) ms;

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_sim_words(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t                     bad;
    ngx_http_hr_sim_behaviour_t   behaviour;

    ngx_memzero(&behaviour, sizeof(ngx_http_hr_sim_behaviour_t));

    if (ngx_http_hr_sim_behaviour_parse(data, &behaviour, &bad) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "unknown behaviour \"%V\"", &bad);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_sim_stats(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    if (ngx_http_hr_sim_zone(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_hr_sim_stats_handler;

    return NGX_CONF_OK;
}
