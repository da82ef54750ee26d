#include "hr_prompt_bundle.h"
#include "hr_hash.h"
#include "hr_text.h"

#include <stdlib.h>


#define HR_PROMPT_SHORT  200        /* bytes of a segment that is joined to its neighbours */


void
hr_prompt_info(const hr_prompt_t *prompt, hr_prompt_info_t *info)
{
    *info = prompt->info;
}


bool
hr_prompt_uses(const hr_prompt_t *prompt, size_t variable)
{
    for (size_t i = 0; i < prompt->piece_count; i++) {
        if (prompt->pieces[i].variable == variable) {
            return true;
        }
    }

    return false;
}


typedef struct {
    const hr_prompt_t       *prompt;
    const hr_prompt_call_t  *call;
    hr_arena_t              *arena;
    hr_str_t                *segments;
    size_t                   capacity;
    hr_prompt_body_t        *body;
    hr_rc_t                  rc;
} hr_prompt_writer_t;


static void
hr_prompt_add(hr_prompt_writer_t *w, hr_str_t text)
{
    if (w->rc != HR_OK || text.len == 0) {
        return;
    }

    if (w->body->count == w->capacity) {
        w->rc = HR_LIMIT;
        return;
    }

    w->segments[w->body->count++] = text;
    w->body->length += text.len;
}


static void
hr_prompt_add_escaped(hr_prompt_writer_t *w, hr_str_t text)
{
    hr_str_t  escaped;

    if (w->rc == HR_OK) {
        w->rc = hr_json_escaped(w->arena, text, &escaped);
        hr_prompt_add(w, escaped);
    }
}


/* The line at pos begins with a mark, blanks apart. */
static bool
hr_prompt_is_mark(const hr_prompt_t *prompt, hr_str_t text, size_t pos)
{
    while (pos < text.len && (text.data[pos] == ' ' || text.data[pos] == '\t')) {
        pos++;
    }

    for (size_t i = 0; i < prompt->mark_count; i++) {
        if (text.len - pos >= prompt->marks[i].len
            && memcmp(text.data + pos, prompt->marks[i].data,
                      prompt->marks[i].len) == 0)
        {
            return true;
        }
    }

    return false;
}


/* Quotes the lines that look like the end or the start of a section. */
static hr_str_t
hr_prompt_guard(hr_prompt_writer_t *w, hr_str_t text)
{
    size_t    start = 0, copied = 0;
    hr_buf_t  buf;
    hr_str_t  out = text;

    hr_buf_init(&buf, text.len * 3 + 16);

    while (start < text.len) {

        const char  *nl;

        if (hr_prompt_is_mark(w->prompt, text, start)) {
            (void) hr_buf_append(&buf, text.data + copied, start - copied);
            (void) hr_buf_c(&buf, "> ");
            copied = start;
        }

        nl = memchr(text.data + start, '\n', text.len - start);
        start = nl == NULL ? text.len : (size_t) (nl - text.data) + 1;
    }

    if (copied > 0 || buf.len > 0) {
        (void) hr_buf_append(&buf, text.data + copied, text.len - copied);
        out = buf.err == HR_OK ? hr_arena_str(w->arena, hr_buf_view(&buf))
                               : HR_STR_NULL;
    }

    hr_buf_release(&buf);
    return out;
}


/* A value that was escaped beforehand; a piece that needs quoting is not. */
static void
hr_prompt_add_parts(hr_prompt_writer_t *w)
{
    hr_str_t                 guarded;
    const hr_json_text_t    *part;
    const hr_prompt_call_t  *call = w->call;
    const bool               data = w->prompt->mark_count > 0
                                    && w->prompt->variables[call->parts_of].data;

    for (size_t i = 0; i < call->part_count && w->rc == HR_OK; i++) {

        part = &call->parts[i];
        guarded = data ? hr_prompt_guard(w, part->text) : part->text;

        if (guarded.data == NULL) {
            w->rc = HR_NOMEM;

        } else if (guarded.data == part->text.data) {
            hr_prompt_add(w, part->escaped);

        } else {
            hr_prompt_add_escaped(w, guarded);
        }
    }
}


static void
hr_prompt_add_value(hr_prompt_writer_t *w, size_t variable)
{
    hr_str_t                 value;
    const hr_prompt_call_t  *call = w->call;

    if (variable >= call->value_count || call->values[variable].data == NULL) {
        w->body->unsubstituted++;
        hr_prompt_add(w, HR_STR(HR_PROMPT_NO_DATA));
        return;
    }

    value = call->values[variable];

    if (call->parts != NULL && variable == call->parts_of) {
        hr_prompt_add_parts(w);
        return;
    }

    if (w->prompt->mark_count > 0 && w->prompt->variables[variable].data) {
        value = hr_prompt_guard(w, value);

        if (value.data == NULL) {
            w->rc = HR_NOMEM;
            return;
        }
    }

    hr_prompt_add_escaped(w, value);
}


static void
hr_prompt_add_messages(hr_prompt_writer_t *w)
{
    const hr_prompt_piece_t    *piece;
    const hr_prompt_message_t  *message;

    for (size_t i = 0; i < w->prompt->message_count; i++) {

        message = &w->prompt->messages[i];

        if (i > 0) {
            hr_prompt_add(w, HR_STR(","));
        }

        hr_prompt_add(w, message->opening);

        for (size_t k = message->first; k < message->last; k++) {

            piece = &w->prompt->pieces[k];

            if (piece->variable == HR_PROMPT_STATIC) {
                hr_prompt_add(w, piece->escaped);

            } else {
                hr_prompt_add_value(w, piece->variable);
            }
        }

        hr_prompt_add(w, HR_STR("\"}"));
    }

    if (w->call->repair_text.len > 0) {
        hr_prompt_add(w, HR_STR(",{\"role\":\"assistant\",\"content\":\""));
        hr_prompt_add_escaped(w, w->call->repair_answer);
        hr_prompt_add(w, HR_STR("\"},{\"role\":\"user\",\"content\":\""));
        hr_prompt_add_escaped(w, w->call->repair_text);
        hr_prompt_add(w, HR_STR("\"}"));
    }
}


static void
hr_prompt_add_format(hr_prompt_writer_t *w)
{
    hr_str_t  blocks = w->call->blocks_json;

    switch (w->call->format) {

    case HR_FORMAT_SCHEMA:
        hr_prompt_add(w, HR_STR(",\"response_format\":{\"type\":\"json_schema\""
                                ",\"json_schema\":"));
        hr_prompt_add(w, hr_schema_head(w->prompt->schema));

        if (hr_schema_tail(w->prompt->schema).len > 0) {
            hr_prompt_add(w, blocks.len > 0 ? blocks : HR_STR("[]"));
            hr_prompt_add(w, hr_schema_tail(w->prompt->schema));
        }

        hr_prompt_add(w, HR_STR("}"));
        break;

    case HR_FORMAT_OBJECT:
        hr_prompt_add(w, HR_STR(",\"response_format\":"
                                "{\"type\":\"json_object\"}"));
        break;

    case HR_FORMAT_NONE:
        break;
    }
}


static void
hr_prompt_add_settings(hr_prompt_writer_t *w)
{
    char                     number[32];
    hr_str_t                 text;
    const hr_prompt_call_t  *call = w->call;

    if (!call->no_temperature) {
        (void) hr_double_format(call->temperature, number);
        text = hr_arena_printf(w->arena, ",\"temperature\":%s", number);

        if (text.data == NULL) {
            w->rc = HR_NOMEM;
        }

        hr_prompt_add(w, text);
    }

    text = hr_arena_printf(w->arena, ",\"max_tokens\":%lld",
                           (long long) call->max_tokens);
    if (text.data == NULL) {
        w->rc = HR_NOMEM;
    }

    hr_prompt_add(w, text);
    hr_prompt_add_format(w);

    if (call->stream) {
        hr_prompt_add(w, HR_STR(",\"stream\":true,\"stream_options\":"
                                "{\"include_usage\":true}"));
    }

    hr_prompt_add(w, HR_STR(",\"usage\":{\"include\":true}}"));
}


/*
 * Neighbours that are short become one segment: in the sender each costs more
 * memory than such a copy.  The segments move from the heap into the arena.
 */
static hr_rc_t
hr_prompt_join(hr_prompt_writer_t *w)
{
    char      *p;
    size_t     i, run, len, count = 0;
    hr_str_t  *from = w->segments, *out;

    for (i = 0; i < w->body->count; i += run) {

        len = 0;

        for (run = 0;
             i + run < w->body->count && from[i + run].len <= HR_PROMPT_SHORT;
             run++)
        {
            len += from[i + run].len;
        }

        if (run < 2) {
            from[count++] = from[i];
            run = 1;
            continue;
        }

        p = hr_arena_alloc(w->arena, len);
        if (p == NULL) {
            return HR_NOMEM;
        }

        len = 0;

        for (size_t k = 0; k < run; k++) {
            memcpy(p + len, from[i + k].data, from[i + k].len);
            len += from[i + k].len;
        }

        from[count++] = hr_str(p, len);
    }

    out = hr_arena_alloc(w->arena, count * sizeof(hr_str_t));
    if (out == NULL) {
        return HR_NOMEM;
    }

    memcpy(out, from, count * sizeof(hr_str_t));
    w->body->segments = out;
    w->body->count = count;

    return HR_OK;
}


hr_rc_t
hr_prompt_body(const hr_prompt_t *prompt, const hr_prompt_call_t *call,
    hr_arena_t *arena, hr_prompt_body_t *body)
{
    hr_prompt_writer_t  w;

    memset(body, 0, sizeof(*body));
    memset(&w, 0, sizeof(w));

    w.prompt = prompt;
    w.call = call;
    w.arena = arena;
    w.body = body;
    w.capacity = prompt->piece_count + prompt->message_count * 3 + 24
                 + call->part_count;
    w.segments = malloc(w.capacity * sizeof(hr_str_t));

    if (w.segments == NULL) {
        return HR_NOMEM;
    }

    hr_prompt_add(&w, HR_STR("{\"model\":\""));
    hr_prompt_add_escaped(&w, call->model);
    hr_prompt_add(&w, HR_STR("\",\"messages\":["));
    hr_prompt_add_messages(&w);
    hr_prompt_add(&w, HR_STR("]"));
    hr_prompt_add_settings(&w);

    if (w.rc == HR_OK) {
        w.rc = hr_prompt_join(&w);
    }

    free(w.segments);
    return w.rc;
}


size_t
hr_prompt_chars(const hr_prompt_t *prompt, const hr_str_t *values,
    size_t value_count)
{
    size_t                    chars = 0;
    const hr_prompt_piece_t  *piece;

    for (size_t i = 0; i < prompt->piece_count; i++) {

        piece = &prompt->pieces[i];

        if (piece->variable == HR_PROMPT_STATIC) {
            chars += piece->chars;

        } else if (piece->variable < value_count
                   && values[piece->variable].data != NULL)
        {
            chars += hr_utf8_count(values[piece->variable]);

        } else {
            chars += hr_utf8_count(HR_STR(HR_PROMPT_NO_DATA));
        }
    }

    return chars;
}


int64_t
hr_prompt_tokens(size_t chars)
{
    return (int64_t) ((double) chars / 3.5);
}


bool
hr_prompt_share(hr_str_t task_id, unsigned percent)
{
    return hr_hash32(task_id) % 10000 < percent * 100u;
}
