/*
 * W3C Trace Context: the headers "traceparent" and "tracestate"
 * (https://www.w3.org/TR/trace-context/).  Plain values: no ownership.
 */

#ifndef HR_TRACECONTEXT_H
#define HR_TRACECONTEXT_H

#include "hr_base.h"

#define HR_TRACE_ID        32       /* hex digits of a trace */
#define HR_SPAN_ID         16       /* ... of a span */
#define HR_TRACEPARENT     55       /* characters of the header */
#define HR_TRACESTATE_MAX  512      /* characters that are passed on */

typedef struct {
    char  trace_id[HR_TRACE_ID + 1];
    char  span_id[HR_SPAN_ID + 1];
    bool  sampled;
} hr_tracecontext_t;

/*
 * Version 00, and later ones as far as they begin like it (section 4.3).  false:
 * not a valid header (upper case, all zeros, version ff, another length); *out
 * is then empty.
 */
bool hr_traceparent_parse(hr_str_t header, hr_tracecontext_t *out);
/* "00-<trace>-<span>-01"; out holds HR_TRACEPARENT characters and a NUL. */
void hr_traceparent_format(const hr_tracecontext_t *c, char out[HR_TRACEPARENT + 1]);
/* May it be passed on: printable, at most HR_TRACESTATE_MAX long, not empty? */
bool hr_tracestate_valid(hr_str_t header);

/* HR_ERROR: no randomness. */
hr_rc_t hr_trace_id_make(char out[HR_TRACE_ID + 1]);
hr_rc_t hr_span_id_make(char out[HR_SPAN_ID + 1]);

#endif /* HR_TRACECONTEXT_H */
