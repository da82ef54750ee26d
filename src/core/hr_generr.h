/*
 * Error classes of a generation (generation.md 10): stable codes, whether and
 * how a retry makes sense, texts for users.  Codes go to the task, the log, the
 * history and metadata.generation.error_code; details go to the log only.
 */

#ifndef HR_GENERR_H
#define HR_GENERR_H

#include "hr_base.h"
#include "hr_message.h"
#include "hr_time.h"


typedef enum {
    HR_GENERR_NONE = 0,
    HR_GENERR_NOT_CONFIGURED,
    HR_GENERR_DATA_SOURCE_MISSING,
    HR_GENERR_DEPARTMENT_NOT_FOUND,
    HR_GENERR_PROMPT_UNAVAILABLE,
    HR_GENERR_AUTH,
    HR_GENERR_NO_CREDIT,
    HR_GENERR_RATE_LIMITED,
    HR_GENERR_UPSTREAM_TIMEOUT,
    HR_GENERR_UPSTREAM_CONNECT,
    HR_GENERR_UPSTREAM_5XX,
    HR_GENERR_UPSTREAM_EMPTY,
    HR_GENERR_UPSTREAM_MALFORMED,
    HR_GENERR_UPSTREAM_REJECTED,
    HR_GENERR_TRUNCATED,
    HR_GENERR_REFUSED,
    HR_GENERR_INVALID_JSON,
    HR_GENERR_SCHEMA_INVALID,
    HR_GENERR_INCOMPLETE,
    HR_GENERR_STORAGE_FAILED,
    HR_GENERR_DB_FAILED,
    HR_GENERR_CANCELLED,
    HR_GENERR_INTERRUPTED,
    HR_GENERR_QUEUE_FULL,
    HR_GENERR_CIRCUIT_OPEN,
    HR_GENERR_COUNT
} hr_generr_t;

typedef enum {
    HR_RETRY_NEVER = 0,
    HR_RETRY_BACKOFF,       /* the same request again, after a pause */
    HR_RETRY_ONCE_LARGER,   /* once, with max_tokens x 1.5 */
    HR_RETRY_ONCE_REPAIR    /* once, with the list of errors appended */
} hr_retry_t;

/* Longest pause that a Retry-After of the upstream can ask for (6.3), seconds. */
#define HR_RETRY_AFTER_MAX  60

const char *hr_generr_code(hr_generr_t error);      /* "rate_limited"; NONE: "" */
/* Unknown text: HR_GENERR_NONE */
hr_generr_t hr_generr_from_code(hr_str_t code);
hr_retry_t hr_generr_retry(hr_generr_t error);
/* Counts for the circuit breaker: the upstream's fault, not ours or the user's. */
bool hr_generr_trips_breaker(hr_generr_t error);
/* Turns health unhealthy (auth, no_credit, not_configured, prompt_unavailable, ...). */
bool hr_generr_is_unhealthy(hr_generr_t error);
/* The call of the model failed, not what stands before or behind it (8.3). */
bool hr_generr_is_model(hr_generr_t error);
/* Plain sentence for the user; NONE: "". */
const char *hr_generr_text(hr_generr_t error, hr_lang_t language);

/*
 * HTTP status of the upstream, or the number in the "code" of an error object
 * inside 200, by the table of generation.md 6.3.  200..299: HR_GENERR_NONE.
 */
hr_generr_t hr_generr_from_status(int status);

/*
 * Value of a Retry-After header (RFC 9110 10.2.3): delay in seconds or an
 * HTTP date in any of its three forms.  Returns false when it is neither;
 * *seconds is 0..HR_RETRY_AFTER_MAX.
 */
bool hr_retry_after_parse(hr_str_t value, hr_instant_t now, unsigned *seconds);

#endif /* HR_GENERR_H */
