/*
 * The reader is a small state machine in front of two buffers:
 *
 *     PADDING --first byte that is no white space--> PLAIN | EVENTS
 *
 * PLAIN keeps the body until the end.  EVENTS cuts lines, joins the data lines
 * of an event and folds every event into the answer at once, so that only the
 * message text grows.
 */

#include "hr_answer_reader.h"
#include "hr_text.h"

#include <stdlib.h>


hr_answer_reader_t *
hr_answer_reader_create(void)
{
    hr_answer_reader_t  *r = calloc(1, sizeof(hr_answer_reader_t));

    if (r == NULL) {
        return NULL;
    }

    hr_buf_init(&r->body, HR_ANSWER_BODY_MAX);
    hr_buf_init(&r->line, HR_ANSWER_EVENT_MAX);
    hr_buf_init(&r->event, HR_ANSWER_EVENT_MAX);
    hr_buf_init(&r->content, HR_ANSWER_CONTENT_MAX);
    hr_buf_init(&r->refusal, HR_ANSWER_MESSAGE_MAX * 4);
    hr_buf_init(&r->message, HR_ANSWER_EVENT_MAX);

    return r;
}


void
hr_answer_reader_destroy(hr_answer_reader_t *r)
{
    if (r == NULL) {
        return;
    }

    hr_buf_release(&r->body);
    hr_buf_release(&r->line);
    hr_buf_release(&r->event);
    hr_buf_release(&r->content);
    hr_buf_release(&r->refusal);
    hr_buf_release(&r->message);
    free(r);
}


size_t
hr_answer_reader_content(const hr_answer_reader_t *r)
{
    return r->content.len;
}


hr_str_t
hr_answer_reader_text(const hr_answer_reader_t *r)
{
    return hr_buf_view(&r->content);
}


bool
hr_answer_reader_usage(const hr_answer_reader_t *r, hr_usage_t *usage,
    hr_str_t *model)
{
    *usage = r->usage;
    *model = r->model.set ? hr_str(r->model.data, r->model.len) : HR_STR_NULL;

    return r->usage.known;
}


bool
hr_answer_reader_done(const hr_answer_reader_t *r)
{
    return r->done;
}


static void
hr_answer_dispatch(hr_answer_reader_t *r)
{
    hr_str_t  data;

    if (!r->event_open) {
        return;
    }

    data = hr_trim(hr_buf_view(&r->event));

    if (hr_str_eq(data, HR_STR("[DONE]"))) {
        r->done = true;

    } else if (data.len > 0 && !hr_answer_take_text(r, data)) {
        r->broken = true;
    }

    hr_buf_reset(&r->event);
    r->event_open = false;
}


/* One line of an event stream (WHATWG HTML 9.2.6), without its end. */
static hr_rc_t
hr_answer_line(hr_answer_reader_t *r, hr_str_t line)
{
    hr_rc_t  rc = HR_OK;

    if (line.len == 0) {
        hr_answer_dispatch(r);
        return r->err;
    }

    if (line.len < 5 || memcmp(line.data, "data:", 5) != 0) {
        return HR_OK;               /* comment, "event:", "id:", "retry:" */
    }

    line = hr_str(line.data + 5, line.len - 5);

    if (line.len > 0 && line.data[0] == ' ') {
        line = hr_str(line.data + 1, line.len - 1);
    }

    if (r->event_open) {
        rc = hr_buf_char(&r->event, '\n');
    }

    r->event_open = true;

    return rc != HR_OK ? rc : hr_buf_str(&r->event, line);
}


static hr_rc_t
hr_answer_events(hr_answer_reader_t *r, const char *data, size_t len)
{
    size_t   start = 0;
    hr_rc_t  rc;

    for (size_t i = 0; i < len; i++) {

        if (data[i] != '\n' && data[i] != '\r') {
            r->after_cr = false;
            continue;
        }

        if (data[i] == '\n' && r->after_cr && i == start) {
            r->after_cr = false;
            start = i + 1;
            continue;
        }

        rc = hr_buf_append(&r->line, data + start, i - start);

        if (rc == HR_OK) {
            rc = hr_answer_line(r, hr_buf_view(&r->line));
        }

        if (rc != HR_OK) {
            return rc;
        }

        hr_buf_reset(&r->line);
        r->after_cr = data[i] == '\r';
        start = i + 1;
    }

    return hr_buf_append(&r->line, data + start, len - start);
}


static bool
hr_answer_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}


/* The first byte tells the form: JSON, or a field name or comment of an event. */
static hr_answer_state_t
hr_answer_form(char c)
{
    return c == ':' || c == 'd' || c == 'e' || c == 'i' || c == 'r'
           ? HR_ANSWER_EVENTS : HR_ANSWER_PLAIN;
}


hr_rc_t
hr_answer_reader_feed(hr_answer_reader_t *r, const char *data, size_t len)
{
    hr_rc_t  rc;

    if (r->err != HR_OK || len == 0) {
        return r->err;
    }

    r->bytes += len;

    if (r->state == HR_ANSWER_PADDING) {

        while (len > 0 && hr_answer_blank(*data)) {
            data++;
            len--;
            r->padding++;
        }

        if (len == 0) {
            return HR_OK;
        }

        r->state = hr_answer_form(*data);
    }

    rc = r->state == HR_ANSWER_PLAIN ? hr_buf_append(&r->body, data, len)
                                     : hr_answer_events(r, data, len);
    if (rc != HR_OK) {
        r->err = rc;
    }

    return r->err;
}


static void
hr_answer_end(hr_answer_reader_t *r)
{
    if (r->err != HR_OK) {
        return;
    }

    if (r->state == HR_ANSWER_PLAIN) {
        r->broken = !hr_answer_take_text(r, hr_buf_view(&r->body));
        return;
    }

    if (r->state == HR_ANSWER_EVENTS) {
        /* services that leave out the last empty line are common */
        r->err = hr_answer_line(r, hr_buf_view(&r->line));
        hr_buf_reset(&r->line);

        if (r->err == HR_OK) {
            hr_answer_dispatch(r);
        }
    }
}


static hr_str_t
hr_answer_copy(hr_arena_t *arena, const hr_answer_field_t *field)
{
    return field->set ? hr_arena_str(arena, hr_str(field->data, field->len))
                      : HR_STR_NULL;
}


static bool
hr_answer_finished(const hr_answer_reader_t *r, const char *reason)
{
    return r->finish_reason.set
           && hr_str_eq(hr_str(r->finish_reason.data, r->finish_reason.len),
                        hr_str_from_c(reason));
}


static hr_generr_t
hr_answer_judge(const hr_answer_reader_t *r, int status, int *code)
{
    hr_generr_t  error;

    *code = status;
    error = hr_generr_from_status(status);

    if (error != HR_GENERR_NONE) {
        return error;
    }

    if (r->has_error) {
        *code = r->code;
        return r->code == 0 ? HR_GENERR_UPSTREAM_5XX
                            : hr_generr_from_status(r->code);
    }

    *code = 0;

    if (r->state == HR_ANSWER_PADDING) {
        return HR_GENERR_UPSTREAM_EMPTY;
    }

    if (r->err != HR_OK || !r->choices
        || (r->broken && !r->finish_reason.set))
    {
        return HR_GENERR_UPSTREAM_MALFORMED;
    }

    if (hr_answer_finished(r, "length")) {
        return HR_GENERR_TRUNCATED;
    }

    if (r->refusal.len > 0 || hr_answer_finished(r, "content_filter")) {
        return HR_GENERR_REFUSED;
    }

    if (hr_answer_finished(r, "error")) {
        return HR_GENERR_UPSTREAM_5XX;
    }

    /* a stream that ends without saying so was cut */
    if (r->state == HR_ANSWER_EVENTS && !r->done && !r->finish_reason.set) {
        return HR_GENERR_UPSTREAM_MALFORMED;
    }

    return hr_trim(hr_buf_view(&r->content)).len == 0
           ? HR_GENERR_UPSTREAM_EMPTY : HR_GENERR_NONE;
}


hr_rc_t
hr_answer_reader_finish(hr_answer_reader_t *r, hr_arena_t *arena, int status,
    hr_answer_t *out)
{
    bool      rejected;
    hr_buf_t  *message;

    hr_answer_end(r);

    memset(out, 0, sizeof(*out));
    out->error = hr_answer_judge(r, status, &out->upstream_code);

    rejected = out->upstream_code == 400 || out->upstream_code == 404
               || out->upstream_code == 422;
    out->no_response_format = rejected && r->no_response_format;
    out->no_temperature = rejected && r->no_temperature;

    message = r->refusal.len > 0 ? &r->refusal : &r->message;

    out->message = hr_arena_str(arena, hr_buf_view(message));
    out->content = hr_arena_str(arena, hr_buf_view(&r->content));
    out->finish_reason = hr_answer_copy(arena, &r->finish_reason);
    out->id = hr_answer_copy(arena, &r->id);
    out->model = hr_answer_copy(arena, &r->model);
    out->provider = hr_answer_copy(arena, &r->provider);
    out->fingerprint = hr_answer_copy(arena, &r->fingerprint);
    out->created = r->created;
    out->index = r->index;
    out->usage = r->usage;
    out->streamed = r->state == HR_ANSWER_EVENTS;
    out->bytes = r->bytes;
    out->padding = r->padding;

    return r->err == HR_NOMEM || hr_arena_failed(arena) ? HR_NOMEM : HR_OK;
}


hr_rc_t
hr_answer_parse(hr_arena_t *arena, int status, hr_str_t body, hr_answer_t *out)
{
    hr_rc_t              rc;
    hr_answer_reader_t  *r;

    r = hr_answer_reader_create();
    if (r == NULL) {
        return HR_NOMEM;
    }

    (void) hr_answer_reader_feed(r, body.data, body.len);   /* kept in r->err */
    rc = hr_answer_reader_finish(r, arena, status, out);
    hr_answer_reader_destroy(r);

    return rc;
}
