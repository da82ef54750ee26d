#include "ngx_http_hr_api.h"


static ngx_int_t
ngx_http_hr_root(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    bool                   ru = ctx->answer.lang == HR_LANG_RU;
    hr_jw_t                w;
    ngx_http_hr_answer_t   a;

    ngx_http_hr_answer_init(&a, 4096);
    hr_jw_init(&w, &a.body);
    hr_jw_object(&w);
    hr_jw_kc(&w, "service", "HR Profile Generator API");
    hr_jw_kc(&w, "version", NGX_HTTP_HR_VERSION);
    hr_jw_kc(&w, "description",
             ru ? "Система создания профилей должностей"
                : "Generates and keeps profiles of positions");
    hr_jw_kc(&w, "docs", "/docs");
    hr_jw_kc(&w, "health", "/health");
    hr_jw_key(&w, "timestamp");
    hr_envelope_time(&w, &ctx->answer, hr_time_now());
    hr_jw_kc(&w, "message", ru ? "Добро пожаловать в HR Profile Generator API"
                               : "Welcome to the HR Profile Generator API");
    hr_jw_end_object(&w);

    return ngx_http_hr_answer(r, ctx, &a);
}


const ngx_http_hr_route_t  ngx_http_hr_system_routes[] = {

    { "/", NGX_HTTP_GET, NGX_HTTP_HR_PUBLIC, 0, 0, ngx_http_hr_root, "root" },

    NGX_HTTP_HR_ROUTES_END
};
