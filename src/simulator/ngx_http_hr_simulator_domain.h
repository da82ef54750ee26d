/* What the documents are made of, by the field of work. */

#ifndef NGX_HTTP_HR_SIMULATOR_DOMAIN_H
#define NGX_HTTP_HR_SIMULATOR_DOMAIN_H

#include "ngx_http_hr_simulator.h"


#define NGX_HTTP_HR_SIM_AREAS    4
#define NGX_HTTP_HR_SIM_OBJECTS  8
#define NGX_HTTP_HR_SIM_SKILLS   12     /* three categories of four */

typedef struct {
    const char  *words;                 /* stems in position or path, '|' */
    const char  *areas[NGX_HTTP_HR_SIM_AREAS];
    const char  *objects[NGX_HTTP_HR_SIM_OBJECTS];      /* genitive */
    const char  *categories[3];
    const char  *skills[NGX_HTTP_HR_SIM_SKILLS];
    const char  *tools[3];
    const char  *study;
    const char  *kpis[3];
} ngx_http_hr_sim_domain_t;

/* The field that position and path speak of; one always fits. */
const ngx_http_hr_sim_domain_t *ngx_http_hr_sim_domain(
    const ngx_http_hr_sim_facts_t *facts);
/* True when the text contains one of the stems, whatever its case. */
ngx_uint_t ngx_http_hr_sim_mentions(const ngx_str_t *text, const char *stems);

#endif /* NGX_HTTP_HR_SIMULATOR_DOMAIN_H */
