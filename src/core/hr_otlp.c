#include "hr_otlp.h"

#include <stdio.h>


#define HR_OTLP_ERROR  2            /* STATUS_CODE_ERROR */


/* "key": "<nanoseconds>": 64-bit numbers are strings in this encoding */
static void
hr_otlp_time(hr_jw_t *w, const char *key, hr_instant_t at)
{
    char  text[32];

    (void) snprintf(text, sizeof(text), "%lld000", (long long) at);
    hr_jw_kc(w, key, text);
}


static void
hr_otlp_attr(hr_jw_t *w, const hr_attr_t *attr)
{
    char  text[24];

    if (attr->type == HR_ATTR_STR && attr->text.len == 0) {
        return;
    }

    hr_jw_object(w);
    hr_jw_kc(w, "key", attr->key);
    hr_jw_key(w, "value");
    hr_jw_object(w);

    switch (attr->type) {

    case HR_ATTR_INT:
        (void) snprintf(text, sizeof(text), "%lld", (long long) attr->number);
        hr_jw_kc(w, "intValue", text);
        break;

    case HR_ATTR_DOUBLE:
        hr_jw_kdouble(w, "doubleValue", attr->real);
        break;

    default: /* HR_ATTR_STR */
        hr_jw_kstr(w, "stringValue", attr->text);
    }

    hr_jw_end_object(w);
    hr_jw_end_object(w);
}


static void
hr_otlp_attrs(hr_jw_t *w, const hr_attr_t *attrs, size_t count)
{
    size_t  i;

    hr_jw_key(w, "attributes");
    hr_jw_array(w);

    for (i = 0; i < count; i++) {
        hr_otlp_attr(w, &attrs[i]);
    }

    hr_jw_end_array(w);
}


hr_rc_t
hr_otlp_span(const hr_span_t *span, hr_buf_t *out)
{
    hr_jw_t  w;

    hr_jw_init(&w, out);
    hr_jw_object(&w);
    hr_jw_kc(&w, "traceId", span->context.trace_id);
    hr_jw_kc(&w, "spanId", span->context.span_id);

    if (span->parent.len != 0) {
        hr_jw_kstr(&w, "parentSpanId", span->parent);
    }

    if (span->tracestate.len != 0) {
        hr_jw_kstr(&w, "traceState", span->tracestate);
    }

    hr_jw_kstr(&w, "name", span->name);
    hr_jw_kint(&w, "kind", span->kind);
    hr_otlp_time(&w, "startTimeUnixNano", span->started);
    hr_otlp_time(&w, "endTimeUnixNano",
                 span->ended > span->started ? span->ended : span->started);
    hr_otlp_attrs(&w, span->attrs, span->count);

    hr_jw_key(&w, "status");
    hr_jw_object(&w);

    if (span->failed) {
        hr_jw_kint(&w, "code", HR_OTLP_ERROR);

        if (span->message.len != 0) {
            hr_jw_kstr(&w, "message", span->message);
        }
    }

    hr_jw_end_object(&w);
    hr_jw_end_object(&w);

    return out->err;
}


hr_rc_t
hr_otlp_open(hr_str_t service, hr_str_t version, hr_str_t environment, hr_buf_t *out)
{
    hr_jw_t  w;

    const hr_attr_t  attrs[] = {
        { "service.name", HR_ATTR_STR, service, 0, 0.0 },
        { "service.version", HR_ATTR_STR, version, 0, 0.0 },
        { "deployment.environment.name", HR_ATTR_STR, environment, 0, 0.0 },
    };

    (void) hr_buf_c(out, "{\"resourceSpans\":[{\"resource\":");
    hr_jw_init(&w, out);
    hr_jw_object(&w);
    hr_otlp_attrs(&w, attrs, sizeof(attrs) / sizeof(attrs[0]));
    hr_jw_end_object(&w);
    (void) hr_buf_c(out, ",\"scopeSpans\":[{\"scope\":{\"name\":\"ngx_http_hr_module\"},"
                         "\"spans\":[");

    return out->err;
}
