/* What the job layer keeps in the configuration: hmcf->job points to it. */

#ifndef NGX_HTTP_HR_JOB_CONF_H
#define NGX_HTTP_HR_JOB_CONF_H

#include "ngx_http_hr_gen.h"
#include "ngx_http_hr_db.h"

typedef struct {
    ngx_http_hr_gen_t        *gen;      /* NULL: no generation */
} ngx_http_hr_job_conf_t;

static ngx_inline ngx_http_hr_job_conf_t *
ngx_http_hr_job_conf(const ngx_http_hr_main_conf_t *hmcf)
{
    return hmcf->job;
}

#endif /* NGX_HTTP_HR_JOB_CONF_H */
