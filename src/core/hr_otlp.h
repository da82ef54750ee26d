/*
 * Spans as OTLP/HTTP takes them in its JSON encoding
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
 */

#ifndef HR_OTLP_H
#define HR_OTLP_H

#include "hr_json.h"
#include "hr_time.h"
#include "hr_tracecontext.h"

typedef enum {
    HR_SPAN_INTERNAL = 1,           /* the numbers of the protocol */
    HR_SPAN_SERVER = 2,
    HR_SPAN_CLIENT = 3,
    HR_SPAN_CONSUMER = 5
} hr_span_kind_t;

typedef enum {
    HR_ATTR_STR = 0,
    HR_ATTR_INT,
    HR_ATTR_DOUBLE
} hr_attr_type_t;

/* One attribute; an empty text is left out. */
typedef struct {
    const char      *key;           /* names of the semantic conventions, or hr.* */
    hr_attr_type_t   type;
    hr_str_t         text;
    int64_t          number;
    double           real;
} hr_attr_t;

typedef struct {
    hr_str_t          name;
    hr_span_kind_t    kind;
    hr_tracecontext_t context;      /* of the span itself */
    hr_str_t          parent;       /* HR_SPAN_ID digits; len 0: a root */
    hr_str_t          tracestate;   /* len 0: none */
    hr_instant_t      started, ended;
    const hr_attr_t  *attrs;
    size_t            count;
    bool              failed;       /* status ERROR */
    hr_str_t          message;      /* of a failure; a code, never user text */
} hr_span_t;

/* Appends one span as a JSON object.  HR_NOMEM, HR_LIMIT. */
hr_rc_t hr_otlp_span(const hr_span_t *span, hr_buf_t *out);

/* What goes before and behind the spans of a batch, which commas separate. */
hr_rc_t hr_otlp_open(hr_str_t service, hr_str_t version, hr_str_t environment,
    hr_buf_t *out);
#define HR_OTLP_CLOSE  "]}]}]}"

#endif /* HR_OTLP_H */
