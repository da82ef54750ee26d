/*
 * Streaming JSON writer.
 */

#include "hr_json.h"

#define HR_JW_MAX_DEPTH  63         /* bits of hr_jw_t.more */


void
hr_jw_init(hr_jw_t *w, hr_buf_t *out)
{
    memset(w, 0, sizeof(hr_jw_t));
    w->out = out;
}


/* A comma where one is due. */
static void
hr_jw_next(hr_jw_t *w)
{
    uint64_t  bit;

    if (w->after_key) {
        w->after_key = false;
        return;
    }

    bit = (uint64_t) 1 << w->depth;
    if (w->more & bit) {
        hr_buf_char(w->out, ',');
    }
    w->more |= bit;
}


static void
hr_jw_open(hr_jw_t *w, char bracket)
{
    hr_jw_next(w);

    if (w->depth == HR_JW_MAX_DEPTH) {
        w->out->err = HR_LIMIT;
        return;
    }

    w->depth++;
    w->more &= ~((uint64_t) 1 << w->depth);
    hr_buf_char(w->out, bracket);
}


static void
hr_jw_close(hr_jw_t *w, char bracket)
{
    if (w->depth == 0 || w->after_key) {
        if (w->out->err == HR_OK) {
            w->out->err = HR_ERROR;
        }
        return;
    }

    w->depth--;
    hr_buf_char(w->out, bracket);
}


void
hr_jw_object(hr_jw_t *w)
{
    hr_jw_open(w, '{');
}


void
hr_jw_end_object(hr_jw_t *w)
{
    hr_jw_close(w, '}');
}


void
hr_jw_array(hr_jw_t *w)
{
    hr_jw_open(w, '[');
}


void
hr_jw_end_array(hr_jw_t *w)
{
    hr_jw_close(w, ']');
}


void
hr_jw_key_str(hr_jw_t *w, hr_str_t key)
{
    hr_jw_next(w);
    hr_json_quote(w->out, key, HR_JSON_COMPACT);
    hr_buf_char(w->out, ':');
    w->after_key = true;
}


void
hr_jw_key(hr_jw_t *w, const char *key)
{
    hr_jw_key_str(w, hr_str_from_c(key));
}


void
hr_jw_raw(hr_jw_t *w, hr_str_t json)
{
    hr_jw_next(w);
    hr_buf_str(w->out, json);
}


void
hr_jw_null(hr_jw_t *w)
{
    hr_jw_raw(w, HR_STR("null"));
}


void
hr_jw_bool(hr_jw_t *w, bool value)
{
    hr_jw_raw(w, value ? HR_STR("true") : HR_STR("false"));
}


void
hr_jw_str(hr_jw_t *w, hr_str_t text)
{
    hr_jw_next(w);
    hr_json_quote(w->out, text, HR_JSON_COMPACT);
}


void
hr_jw_str_or_null(hr_jw_t *w, hr_str_t text)
{
    if (text.data == NULL) {
        hr_jw_null(w);
    } else {
        hr_jw_str(w, text);
    }
}


void
hr_jw_c(hr_jw_t *w, const char *text)
{
    hr_jw_str_or_null(w, hr_str_from_c(text));
}


void
hr_jw_int(hr_jw_t *w, int64_t value)
{
    int       i;
    char      text[24];
    uint64_t  v;

    i = sizeof(text);
    v = value < 0 ? 0 - (uint64_t) value : (uint64_t) value;

    do {
        text[--i] = (char) ('0' + v % 10);
        v /= 10;
    } while (v > 0);

    if (value < 0) {
        text[--i] = '-';
    }

    hr_jw_raw(w, hr_str(text + i, sizeof(text) - (size_t) i));
}


void
hr_jw_double(hr_jw_t *w, double value)
{
    size_t  len;
    char    text[32];

    len = hr_double_format(value, text);
    hr_jw_raw(w, hr_str(text, len));
}


void
hr_jw_node(hr_jw_t *w, const hr_json_t *node)
{
    if (node == NULL) {
        hr_jw_null(w);
        return;
    }

    hr_jw_next(w);
    hr_json_write(node, HR_JSON_COMPACT, w->out);
}


void
hr_jw_kstr(hr_jw_t *w, const char *key, hr_str_t text)
{
    hr_jw_key(w, key);
    hr_jw_str_or_null(w, text);
}


void
hr_jw_kc(hr_jw_t *w, const char *key, const char *text)
{
    hr_jw_key(w, key);
    hr_jw_c(w, text);
}


void
hr_jw_kint(hr_jw_t *w, const char *key, int64_t value)
{
    hr_jw_key(w, key);
    hr_jw_int(w, value);
}


void
hr_jw_kdouble(hr_jw_t *w, const char *key, double value)
{
    hr_jw_key(w, key);
    hr_jw_double(w, value);
}


void
hr_jw_kbool(hr_jw_t *w, const char *key, bool value)
{
    hr_jw_key(w, key);
    hr_jw_bool(w, value);
}


void
hr_jw_knull(hr_jw_t *w, const char *key)
{
    hr_jw_key(w, key);
    hr_jw_null(w);
}
