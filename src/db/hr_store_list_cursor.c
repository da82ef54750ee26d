/*
 * Cursors of the list: "<sort>.<a|d>.<key>.<created>.<seq>".
 *
 * Numbers in hexadecimal, a text key as the hexadecimal of its bytes.  What a
 * client changes in it shifts the place where the list goes on and nothing
 * else.
 */

#include "hr_store_list.h"


hr_rc_t
hr_store_cursor_write(hr_store_query_t *q, const hr_store_key_t *key,
    hr_str_t *out)
{
    size_t    i;
    uint64_t  bits;
    hr_buf_t  text;

    hr_buf_init(&text, 4096);
    (void) hr_buf_printf(&text, "%u.%c.", (unsigned) q->filter->sort,
                         q->filter->ascending ? 'a' : 'd');

    switch (q->order->type) {
    case HR_STORE_KEY_INT:
        (void) hr_buf_printf(&text, "%llx", (unsigned long long) key->number);
        break;
    case HR_STORE_KEY_REAL:
        memcpy(&bits, &key->real, sizeof(bits));
        (void) hr_buf_printf(&text, "%llx", (unsigned long long) bits);
        break;
    case HR_STORE_KEY_TEXT:
        for (i = 0; i < key->text.len; i++) {
            (void) hr_buf_printf(&text, "%02x",
                                 (unsigned char) key->text.data[i]);
        }
        break;
    }

    (void) hr_buf_printf(&text, ".%llx.%llx", (unsigned long long) key->created,
                         (unsigned long long) key->seq);

    /* a name of thousands of letters has no cursor; pages still work */
    if (text.err == HR_LIMIT) {
        hr_buf_release(&text);
        return HR_OK;
    }

    *out = text.err == HR_OK ? hr_arena_str(q->arena, hr_buf_view(&text))
                             : HR_STR_NULL;
    hr_buf_release(&text);

    return out->data != NULL ? HR_OK
           : hr_store_refuse(q->conn, HR_NOMEM, HR_STORE_E_NOMEM);
}


static bool
hr_store_hex(hr_str_t *text, size_t digits, uint64_t *value)
{
    int     d;
    char    c;
    size_t  n;

    *value = 0;

    for (n = 0; n < digits && text->len > 0; n++, text->data++, text->len--) {
        c = *text->data;

        d = c >= '0' && c <= '9' ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (d < 0) {
            break;
        }

        *value = *value << 4 | (uint64_t) d;
    }

    return n > 0;
}


static bool
hr_store_cursor_skip(hr_str_t *text, char c)
{
    if (text->len == 0 || *text->data != c) {
        return false;
    }

    text->data++;
    text->len--;

    return true;
}


static bool
hr_store_cursor_text(hr_store_query_t *q, hr_str_t *text)
{
    char      *key;
    size_t     n;
    uint64_t   byte;

    key = hr_arena_alloc(q->arena, text->len / 2 + 1);
    if (key == NULL) {
        return false;
    }

    for (n = 0; text->len >= 2 && *text->data != '.'; n++) {
        if (!hr_store_hex(text, 2, &byte)) {
            return false;
        }

        key[n] = (char) byte;
    }

    q->cursor.text = hr_str(key, n);

    return hr_utf8_valid(q->cursor.text);
}


static bool
hr_store_cursor_parse(hr_store_query_t *q, hr_str_t text)
{
    bool      ok;
    uint64_t  sort, number, created, seq;

    if (!hr_store_hex(&text, 1, &sort) || sort != (uint64_t) q->filter->sort
        || !hr_store_cursor_skip(&text, '.')
        || !hr_store_cursor_skip(&text, q->filter->ascending ? 'a' : 'd')
        || !hr_store_cursor_skip(&text, '.'))
    {
        return false;
    }

    number = 0;

    if (q->order->type == HR_STORE_KEY_TEXT) {
        ok = hr_store_cursor_text(q, &text);
    } else {
        ok = hr_store_hex(&text, 16, &number);
    }

    if (!ok || !hr_store_cursor_skip(&text, '.')
        || !hr_store_hex(&text, 16, &created)
        || !hr_store_cursor_skip(&text, '.')
        || !hr_store_hex(&text, 16, &seq) || text.len != 0)
    {
        return false;
    }

    q->cursor.number = (int64_t) number;
    memcpy(&q->cursor.real, &number, sizeof(number));
    q->cursor.created = (int64_t) created;
    q->cursor.seq = (int64_t) seq;

    return true;
}


hr_rc_t
hr_store_cursor_read(hr_store_query_t *q)
{
    if (q->filter->cursor.data == NULL) {
        return HR_OK;
    }

    if (q->filter->cursor.len > 4096
        || !hr_store_cursor_parse(q, q->filter->cursor))
    {
        return hr_store_refuse(q->conn, HR_INVALID, HR_STORE_E_BAD_CURSOR);
    }

    q->has_cursor = true;

    return HR_OK;
}
