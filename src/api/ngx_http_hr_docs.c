/*
 * The API description and its page (api-core.md 2.1, D-34): files of the folder
 * named by "hr_docs", read and compressed once while the configuration is read,
 * sent from memory.  Without the directive these addresses do not exist.
 */

#include "ngx_http_hr_api.h"


#define NGX_HTTP_HR_DOCS_FILE_MAX   (4 * 1024 * 1024)
#define NGX_HTTP_HR_DOCS_REMEDY                                               \
    "\"hr_docs\" must name the folder that scripts/build makes (build/docs)"


/* One for each route below, in the same order. */
static const struct {
    const char           *file;
    ngx_http_hr_type_t    type;
} ngx_http_hr_docs_files[NGX_HTTP_HR_DOCS] = {
    { "openapi.json", NGX_HTTP_HR_TYPE_JSON },
    { "index.html", NGX_HTTP_HR_TYPE_HTML },
    { "index.html", NGX_HTTP_HR_TYPE_HTML },
    { "oauth2-redirect.html", NGX_HTTP_HR_TYPE_HTML },
    { "page.js", NGX_HTTP_HR_TYPE_JS },
    { "page.css", NGX_HTTP_HR_TYPE_CSS },
};


static void
ngx_http_hr_docs_release(void *data)
{
    ngx_http_hr_answer_release(data);
}


static ngx_int_t
ngx_http_hr_docs_load(ngx_conf_t *cf, const ngx_str_t *dir, ngx_uint_t i,
    ngx_http_hr_answer_t *a)
{
    hr_str_t             text;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    ngx_http_hr_answer_init(a, NGX_HTTP_HR_DOCS_FILE_MAX);
    cln->handler = ngx_http_hr_docs_release;
    cln->data = a;

    if (ngx_http_hr_conf_file(cf, dir, ngx_http_hr_docs_files[i].file,
                              NGX_HTTP_HR_DOCS_FILE_MAX, NGX_HTTP_HR_DOCS_REMEDY,
                              &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    a->type = ngx_http_hr_docs_files[i].type;

    if (hr_buf_str(&a->body, text) != HR_OK) {
        return NGX_ERROR;
    }

    ngx_http_hr_answer_seal(a, true);

    return NGX_OK;
}


ngx_int_t
ngx_http_hr_docs_load_conf(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_uint_t          i;
    ngx_http_hr_api_t  *api = hmcf->api;

    if (hmcf->docs_dir.data == NULL) {
        return NGX_OK;
    }

    for (i = 0; i < NGX_HTTP_HR_DOCS; i++) {
        if (ngx_http_hr_docs_load(cf, &hmcf->docs_dir, i, &api->docs[i]) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_docs(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    if (ctx->conf->docs_dir.data == NULL) {
        return ngx_http_hr_error(r, ctx, HR_E_NOT_FOUND);
    }

    return ngx_http_hr_answer_constant(r, ctx,
               &ngx_http_hr_api()->docs[ctx->route - ngx_http_hr_docs_routes]);
}


#define NGX_HTTP_HR_DOCS_ROW(path, flags, name)                               \
    { path, NGX_HTTP_GET, NGX_HTTP_HR_PUBLIC, NGX_HTTP_HR_REVALIDATE|(flags), \
      0, ngx_http_hr_docs, name }

const ngx_http_hr_route_t  ngx_http_hr_docs_routes[] = {
    NGX_HTTP_HR_DOCS_ROW("/openapi.json", 0, "openapi"),
    NGX_HTTP_HR_DOCS_ROW("/docs", NGX_HTTP_HR_PAGE, "docs"),
    NGX_HTTP_HR_DOCS_ROW("/redoc", NGX_HTTP_HR_PAGE, "redoc"),
    NGX_HTTP_HR_DOCS_ROW("/docs/oauth2-redirect", NGX_HTTP_HR_PAGE,
                         "oauth2_redirect"),
    NGX_HTTP_HR_DOCS_ROW("/docs/page.js", NGX_HTTP_HR_PAGE, "docs_script"),
    NGX_HTTP_HR_DOCS_ROW("/docs/page.css", NGX_HTTP_HR_PAGE, "docs_style"),
    NGX_HTTP_HR_ROUTES_END
};
