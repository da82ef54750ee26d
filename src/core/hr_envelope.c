#include "hr_envelope.h"


void
hr_envelope_time(hr_jw_t *w, const hr_answer_ctx_t *ctx, hr_instant_t at)
{
    char    text[HR_TIME_MAX];
    size_t  len;

    len = hr_time_format(at, ctx->naive ? HR_TIME_WIRE_NAIVE : HR_TIME_WIRE_Z,
                         text);
    hr_jw_str(w, hr_str(text, len));
}


void
hr_envelope_stored_time(hr_jw_t *w, const hr_answer_ctx_t *ctx, hr_str_t stored)
{
    hr_instant_t  at;

    if (stored.data == NULL) {
        hr_jw_null(w);
        return;
    }

    if (!hr_time_parse(stored, &at)) {
        hr_jw_str(w, stored);
        return;
    }

    hr_envelope_time(w, ctx, at);
}


void
hr_envelope_outcome(hr_jw_t *w, const hr_answer_ctx_t *ctx, bool success,
    hr_str_t message)
{
    hr_jw_object(w);
    hr_jw_kbool(w, "success", success);
    hr_jw_key(w, "timestamp");
    hr_envelope_time(w, ctx, hr_time_now());
    hr_jw_kstr(w, "message", message);
}


void
hr_envelope_begin(hr_jw_t *w, const hr_answer_ctx_t *ctx, hr_str_t message)
{
    hr_envelope_outcome(w, ctx, true, message);
}


void
hr_envelope_data(hr_jw_t *w, const hr_answer_ctx_t *ctx, hr_str_t message)
{
    hr_envelope_begin(w, ctx, message);
    hr_jw_key(w, "data");
}


void
hr_envelope_end(hr_jw_t *w)
{
    hr_jw_end_object(w);
}


hr_rc_t
hr_envelope_error(hr_buf_t *out, const hr_answer_ctx_t *ctx,
    hr_error_kind_t kind, hr_str_t message, hr_str_t detail, hr_str_t details)
{
    hr_instant_t  now;
    hr_jw_t       w;

    now = hr_time_now();

    if (message.data == NULL) {
        message = hr_str_from_c(hr_error_text(kind, ctx->lang));
    }

    if (detail.data == NULL) {
        detail = message;
    }

    hr_jw_init(&w, out);
    hr_jw_object(&w);
    hr_jw_kbool(&w, "success", false);

    hr_jw_key(&w, "error");
    hr_jw_object(&w);
    hr_jw_kc(&w, "code", hr_error_code(kind));
    hr_jw_kstr(&w, "message", message);
    hr_jw_key(&w, "details");
    hr_jw_raw(&w, details.data == NULL ? HR_STR("{}") : details);
    hr_jw_key(&w, "timestamp");
    hr_envelope_time(&w, ctx, now);
    hr_jw_kc(&w, "request_id", ctx->request_id);
    hr_jw_end_object(&w);

    hr_jw_kstr(&w, "detail", detail);
    hr_jw_kstr(&w, "message", message);
    hr_jw_key(&w, "timestamp");
    hr_envelope_time(&w, ctx, now);
    hr_jw_kstr(&w, "path", ctx->path.data == NULL ? HR_STR("") : ctx->path);
    hr_jw_end_object(&w);

    return out->err;
}
