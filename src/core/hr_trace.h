/*
 * One finished generation as events of Langfuse's ingestion interface
 * (generation.md 13): a trace, a generation, and four scores.  No employee name,
 * no prompt and no document leaves the service: the input is a summary with the
 * prompt's version, the output the outcome.
 */

#ifndef HR_TRACE_H
#define HR_TRACE_H

#include "hr_json.h"
#include "hr_time.h"
#include "hr_tracecontext.h"

typedef struct {
    hr_str_t          trace_id;         /* HR_TRACE_ID digits */
    hr_str_t          traceparent;      /* W3C, of the spans; len 0: none */
    int64_t           user_id;          /* of the account; 0: none */
    hr_str_t          session_id;       /* task or batch */
    hr_str_t          environment;
    hr_instant_t      started, ended;
    bool              success;
    hr_str_t          error_code;       /* of a failure */
    const hr_json_t  *metadata;         /* generation metadata, 8.1 or 8.3; may be NULL */
    double            completeness;
    bool              has_quality;
    double            quality;          /* 0..1, as validation_score */
    bool              schema_valid;
} hr_trace_t;

/*
 * Appends the events, separated by commas, without brackets.  HR_NOMEM,
 * HR_LIMIT, HR_INVALID for a trace id of another length.
 */
hr_rc_t hr_trace_events(const hr_trace_t *trace, hr_buf_t *out);

#endif /* HR_TRACE_H */
