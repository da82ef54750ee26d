/*
 * ngx_http_hr_module: a complete HR backend inside nginx.  Tables and hooks
 * only; the directives stand in src/http/ngx_http_hr_conf.c, the routes beside
 * their handlers in src/api/.
 */

#include "ngx_http_hr.h"
#include "ngx_http_hr_api.h"


static ngx_http_module_t  ngx_http_hr_module_ctx = {
    ngx_http_hr_add_variables,      /* preconfiguration */
    ngx_http_hr_postconfiguration,  /* postconfiguration */
    ngx_http_hr_create_main_conf,   /* create main configuration */
    ngx_http_hr_init_main_conf,     /* init main configuration */
    NULL,                           /* create server configuration */
    NULL,                           /* merge server configuration */
    ngx_http_hr_create_loc_conf,    /* create location configuration */
    ngx_http_hr_merge_loc_conf      /* merge location configuration */
};


ngx_module_t  ngx_http_hr_module = {
    NGX_MODULE_V1,
    &ngx_http_hr_module_ctx,        /* module context */
    ngx_http_hr_commands,           /* module directives */
    NGX_HTTP_MODULE,                /* module type */
    NULL,                           /* init master */
    ngx_http_hr_init_module,        /* init module */
    ngx_http_hr_init_process,       /* init process */
    NULL,                           /* init thread */
    NULL,                           /* exit thread */
    ngx_http_hr_exit_process,       /* exit process */
    NULL,                           /* exit master */
    NGX_MODULE_V1_PADDING
};
