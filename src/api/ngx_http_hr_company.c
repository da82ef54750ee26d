/*
 * The company's words and rules for profile documents, read once while the
 * configuration is read: a bad file is an error of nginx -t.  The handles are
 * immutable, workers and their pool threads share them by fork.
 */

#include "ngx_http_hr_api.h"


#define NGX_HTTP_HR_COMPANY_REMEDY                                            \
    "\"hr_company\" must name the folder with the company vocabularies"


static void
ngx_http_hr_company_free_vocabulary(void *data)
{
    hr_vocabulary_destroy(data);
}


static void
ngx_http_hr_company_free_quality(void *data)
{
    hr_quality_destroy(data);
}


static ngx_int_t
ngx_http_hr_company_refuse(ngx_conf_t *cf, const ngx_http_hr_main_conf_t *hmcf,
    const char *name, const hr_diag_t *diag)
{
    if (diag->line != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "hr: \"%V/%s\" line %uz column %uz: %s",
                           &hmcf->company_dir, name, diag->line, diag->column,
                           diag->text);
    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "hr: \"%V/%s\": %s",
                           &hmcf->company_dir, name, diag->text);
    }

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_hr_company_cleanup(ngx_conf_t *cf, void (*handler)(void *), void *data)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        handler(data);
        return NGX_ERROR;
    }

    cln->handler = handler;
    cln->data = data;

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_company_load_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    hr_str_t            json;
    hr_diag_t           diag;
    ngx_http_hr_api_t  *api = hmcf->api;

    ngx_memzero(&diag, sizeof(diag));

    if (ngx_http_hr_conf_file(cf, &hmcf->company_dir, "document.json",
                              HR_VOCABULARY_BYTES_MAX, NGX_HTTP_HR_COMPANY_REMEDY,
                              &json)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (hr_vocabulary_load(json, &api->vocabulary, &diag) != HR_OK) {
        return ngx_http_hr_company_refuse(cf, hmcf, "document.json", &diag);
    }

    if (ngx_http_hr_company_cleanup(cf, ngx_http_hr_company_free_vocabulary,
                                    api->vocabulary)
        != NGX_OK
        || ngx_http_hr_conf_file(cf, &hmcf->company_dir, "quality.json",
                                 HR_QUALITY_BYTES_MAX, NGX_HTTP_HR_COMPANY_REMEDY,
                                 &json)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_memzero(&diag, sizeof(diag));

    if (hr_quality_load(json, &api->quality, &diag) != HR_OK) {
        return ngx_http_hr_company_refuse(cf, hmcf, "quality.json", &diag);
    }

    api->xlsx.competencies = hr_vocabulary_values(api->vocabulary,
                                                  HR_STR("corporate_competencies"),
                                                  &api->xlsx.ncompetencies);
    api->xlsx.qualities = hr_vocabulary_values(api->vocabulary,
                                               HR_STR("personal_qualities"),
                                               &api->xlsx.nqualities);

    return ngx_http_hr_company_cleanup(cf, ngx_http_hr_company_free_quality,
                                       api->quality);
}
