#include "ngx_http_hr_job.h"


hr_str_t
ngx_http_hr_job_params_write(hr_arena_t *arena,
    const ngx_http_hr_job_params_t *params)
{
    hr_jw_t   w;
    hr_buf_t  buf;
    hr_str_t  json;

    hr_buf_init(&buf, 8192);
    hr_jw_init(&w, &buf);
    hr_jw_object(&w);

    if (params->has_temperature) {
        hr_jw_kdouble(&w, "temperature", params->temperature);
    }

    if (params->model.len != 0) {
        hr_jw_kstr(&w, "model", params->model);
    }

    if (params->reason.len != 0) {
        hr_jw_kstr(&w, "reason", params->reason);
    }

    if (params->traceparent.len != 0) {
        hr_jw_kstr(&w, "traceparent", params->traceparent);
    }

    if (params->tracestate.len != 0) {
        hr_jw_kstr(&w, "tracestate", params->tracestate);
    }

    if (params->force) {
        hr_jw_kbool(&w, "force", true);
    }

    hr_jw_end_object(&w);

    json = buf.err == HR_OK ? hr_arena_str(arena, hr_buf_view(&buf)) : HR_STR_NULL;
    hr_buf_release(&buf);

    return json;
}


void
ngx_http_hr_job_params_read(hr_arena_t *arena, hr_str_t json,
    ngx_http_hr_job_params_t *params)
{
    hr_json_t  *root, *force;

    ngx_memzero(params, sizeof(ngx_http_hr_job_params_t));

    if (json.len == 0
        || hr_json_parse(arena, json, NULL, &root, NULL) != HR_OK)
    {
        return;
    }

    params->has_temperature = hr_json_double(hr_json_get(root, "temperature"),
                                             &params->temperature)
                              && params->temperature >= 0.0
                              && params->temperature <= 2.0;
    params->model = hr_json_text(hr_json_get(root, "model"));
    params->reason = hr_json_text(hr_json_get(root, "reason"));

    params->traceparent = hr_json_text(hr_json_get(root, "traceparent"));
    params->tracestate = hr_json_text(hr_json_get(root, "tracestate"));

    force = hr_json_get(root, "force");
    params->force = hr_json_is(force, HR_JSON_BOOL) && force->boolean;
}
