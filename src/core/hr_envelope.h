/*
 * The envelopes of every answer (api-core.md 1.2, 1.4, D-03): written here and
 * nowhere else, from the event loop and from pool threads alike.
 */

#ifndef HR_ENVELOPE_H
#define HR_ENVELOPE_H

#include "hr_json.h"
#include "hr_message.h"
#include "hr_time.h"

/* What an envelope needs to know about its request; plain data, copyable. */
typedef struct {
    hr_lang_t     lang;
    bool          naive;            /* timestamps in the old layout, without Z */
    char          request_id[65];
    hr_str_t      path;             /* without the query; must outlive the call */
} hr_answer_ctx_t;

/* Opens {"success":true,"timestamp":...,"message":...; message data NULL: null. */
void hr_envelope_begin(hr_jw_t *w, const hr_answer_ctx_t *ctx, hr_str_t message);
/* The same for an answer that tells how something else ended. */
void hr_envelope_outcome(hr_jw_t *w, const hr_answer_ctx_t *ctx, bool success,
    hr_str_t message);
/* The same followed by "data":  - write one value, then hr_envelope_end(). */
void hr_envelope_data(hr_jw_t *w, const hr_answer_ctx_t *ctx, hr_str_t message);
void hr_envelope_end(hr_jw_t *w);

/* Writes now (or the given instant) in the wire layout of the request. */
void hr_envelope_time(hr_jw_t *w, const hr_answer_ctx_t *ctx, hr_instant_t at);
/* A stored timestamp in the wire layout; unparsable text is sent unchanged, data NULL: null. */
void hr_envelope_stored_time(hr_jw_t *w, const hr_answer_ctx_t *ctx, hr_str_t stored);

/*
 * The one error body.  message {0, NULL}: the catalogue's text.  detail
 * {0, NULL}: = message (the two delete-version cases differ).  details: a
 * ready JSON object, or {0, NULL} for {}.
 */
hr_rc_t hr_envelope_error(hr_buf_t *out, const hr_answer_ctx_t *ctx,
    hr_error_kind_t kind, hr_str_t message, hr_str_t detail, hr_str_t details);

#endif /* HR_ENVELOPE_H */
