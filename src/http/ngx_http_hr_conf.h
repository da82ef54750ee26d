/* Parts of the directives that stand in files of their own. */

#ifndef NGX_HTTP_HR_CONF_H
#define NGX_HTTP_HR_CONF_H

#include "ngx_http_hr.h"

/* Setter of hr_jwt_secret_file: reads the key, and the former one. */
char *ngx_http_hr_conf_secret(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* What is missing, contradicts itself or can never match; says how to mend it. */
char *ngx_http_hr_conf_check(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf);

#endif /* NGX_HTTP_HR_CONF_H */
