#include "hr_tracecontext.h"
#include "hr_time.h"


/* n lower-case hex digits, not all of them zero. */
static bool
hr_trace_hex(const char *p, size_t n, bool zero_ok)
{
    bool    zero = true;
    size_t  i;

    for (i = 0; i < n; i++) {

        if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f'))) {
            return false;
        }

        zero = zero && p[i] == '0';
    }

    return zero_ok || !zero;
}


bool
hr_traceparent_parse(hr_str_t header, hr_tracecontext_t *out)
{
    const char  *p = header.data;

    memset(out, 0, sizeof(*out));

    if (header.len < HR_TRACEPARENT
        || p[2] != '-' || p[35] != '-' || p[52] != '-'
        || !hr_trace_hex(p, 2, true)
        || !hr_trace_hex(p + 3, HR_TRACE_ID, false)
        || !hr_trace_hex(p + 36, HR_SPAN_ID, false)
        || !hr_trace_hex(p + 53, 2, true)
        || (p[0] == 'f' && p[1] == 'f'))
    {
        return false;
    }

    /* version 00 ends here; a later one may go on behind a hyphen */
    if (header.len > HR_TRACEPARENT
        && ((p[0] == '0' && p[1] == '0') || p[HR_TRACEPARENT] != '-'))
    {
        return false;
    }

    memcpy(out->trace_id, p + 3, HR_TRACE_ID);
    memcpy(out->span_id, p + 36, HR_SPAN_ID);

    out->sampled = ((p[54] >= 'a' ? p[54] - 'a' + 10 : p[54] - '0') & 1) != 0;

    return true;
}


void
hr_traceparent_format(const hr_tracecontext_t *c, char out[HR_TRACEPARENT + 1])
{
    memcpy(out, "00-", 3);
    memcpy(out + 3, c->trace_id, HR_TRACE_ID);
    out[35] = '-';
    memcpy(out + 36, c->span_id, HR_SPAN_ID);
    memcpy(out + 52, c->sampled ? "-01" : "-00", 4);
}


bool
hr_tracestate_valid(hr_str_t header)
{
    size_t  i;

    for (i = 0; i < header.len; i++) {
        if (header.data[i] < ' ' || header.data[i] > '~') {
            return false;
        }
    }

    return header.len != 0 && header.len <= HR_TRACESTATE_MAX;
}


hr_rc_t
hr_trace_id_make(char out[HR_TRACE_ID + 1])
{
    char    id[37];
    size_t  i, n;

    if (hr_uuid_make(id) != HR_OK) {
        return HR_ERROR;
    }

    for (i = 0, n = 0; n < HR_TRACE_ID; i++) {
        if (id[i] != '-') {
            out[n++] = id[i];
        }
    }

    out[HR_TRACE_ID] = '\0';

    return HR_OK;
}


hr_rc_t
hr_span_id_make(char out[HR_SPAN_ID + 1])
{
    char  id[HR_TRACE_ID + 1];

    do {
        if (hr_trace_id_make(id) != HR_OK) {
            return HR_ERROR;
        }

        /* the digits before and behind the fixed ones of a UUID */
        memcpy(out, id, 8);
        memcpy(out + 8, id + 24, 8);
        out[HR_SPAN_ID] = '\0';

    } while (!hr_trace_hex(out, HR_SPAN_ID, false));

    return HR_OK;
}
