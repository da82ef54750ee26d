#include "hr_content.h"
#include "hr_text.h"

#include <stdio.h>


#define HR_CONTENT_NODES_MAX  50000


static const hr_json_opts_t  hr_content_opts = {
    .max_depth = HR_CONTENT_DEPTH_MAX,
    .max_nodes = HR_CONTENT_NODES_MAX,
    .replace_surrogates = true
};


/* True when the line at pos is a fence: blanks, three backticks, a tag. */
static bool
hr_content_is_fence(hr_str_t text, size_t pos, size_t end)
{
    while (pos < end && (text.data[pos] == ' ' || text.data[pos] == '\t')) {
        pos++;
    }

    if (end - pos < 3 || memcmp(text.data + pos, "```", 3) != 0) {
        return false;
    }

    /* a tag is one word; anything else behind the ticks is text */
    for (pos += 3; pos < end; pos++) {
        if (text.data[pos] == '{' || text.data[pos] == '"') {
            return false;
        }
    }

    return true;
}


static size_t
hr_content_line_end(hr_str_t text, size_t pos)
{
    const char  *nl;

    nl = pos < text.len ? memchr(text.data + pos, '\n', text.len - pos) : NULL;

    return nl == NULL ? text.len : (size_t) (nl - text.data);
}


/*
 * What lies between an opening fence line and the last fence line; without a
 * closing one everything behind the first.  False: no fence opens the text.
 */
static bool
hr_content_fenced(hr_str_t text, hr_str_t *inside)
{
    size_t  start, stop, pos, end;

    end = hr_content_line_end(text, 0);

    if (!hr_content_is_fence(text, 0, end) || end == text.len) {
        return false;
    }

    start = end + 1;
    stop = text.len;

    for (pos = start; pos < text.len; pos = end + 1) {
        end = hr_content_line_end(text, pos);

        if (hr_content_is_fence(text, pos, end)) {
            stop = pos;
        }
    }

    *inside = hr_trim(hr_str(text.data + start, stop - start));
    return true;
}


/*
 * From the first '{' to its matching '}', aware of strings and escapes.
 * HR_NOT_FOUND: no '{'; HR_LIMIT: it never closes.
 */
static hr_rc_t
hr_content_balanced(hr_str_t text, hr_str_t *inside)
{
    bool         quoted = false;
    size_t       depth = 0;
    const char  *open, *p, *end;

    open = text.len > 0 ? memchr(text.data, '{', text.len) : NULL;
    if (open == NULL) {
        return HR_NOT_FOUND;
    }

    end = text.data + text.len;

    for (p = open; p < end; p++) {

        if (quoted) {
            if (*p == '\\') {
                p++;

            } else if (*p == '"') {
                quoted = false;
            }

            continue;
        }

        if (*p == '"') {
            quoted = true;

        } else if (*p == '{' || *p == '[') {
            depth++;

        } else if ((*p == '}' || *p == ']') && --depth == 0) {
            *inside = hr_str(open, (size_t) (p + 1 - open));
            return HR_OK;
        }
    }

    return HR_LIMIT;
}


static hr_rc_t
hr_content_try(hr_arena_t *arena, hr_str_t text, hr_json_t **root,
    hr_json_info_t *info)
{
    return hr_json_parse(arena, text, &hr_content_opts, root, info);
}


/* {"error": reason} is the model's own refusal (7.2 step 6). */
static bool
hr_content_is_refusal(const hr_json_t *root, hr_str_t *reason)
{
    const hr_json_t  *error;

    if (root->count != 1) {
        return false;
    }

    error = hr_json_get(root, "error");
    if (error == NULL) {
        return false;
    }

    if (error->type == HR_JSON_OBJECT) {
        error = hr_json_get(error, "message");
    }

    *reason = hr_utf8_cut(hr_json_text(error), 500);
    return true;
}


static unsigned
hr_content_hex4(hr_str_t text, size_t pos)
{
    unsigned  value = 0;

    if (text.len - pos < 6 || text.data[pos] != '\\' || text.data[pos + 1] != 'u')
    {
        return 0;
    }

    for (size_t i = pos + 2; i < pos + 6; i++) {
        char  c = text.data[i];

        value = value * 16 + (unsigned) (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }

    return value & 0xffff;
}


/* text was parsed, so that every escape in it is well formed */
static bool
hr_content_lone_surrogate(hr_str_t text)
{
    unsigned  first, second;

    for (size_t i = 0; i + 1 < text.len; i++) {

        if (text.data[i] != '\\') {
            continue;
        }

        first = hr_content_hex4(text, i);

        if ((first & 0xf800) != 0xd800) {
            i++;
            continue;
        }

        second = i + 6 <= text.len ? hr_content_hex4(text, i + 6) : 0;

        if ((first & 0xfc00) != 0xd800 || (second & 0xfc00) != 0xdc00) {
            return true;
        }

        i += 11;
    }

    return false;
}


static void
hr_content_fail(hr_content_t *out, hr_generr_t error,
    const hr_json_info_t *info, const char *text)
{
    out->error = error;
    out->diag.line = info->line;
    out->diag.column = info->column;
    out->diag.offset = info->offset;
    (void) snprintf(out->diag.text, sizeof(out->diag.text), "%s", text);
}


static hr_rc_t
hr_content_accept(hr_arena_t *arena, hr_json_t *root, hr_json_info_t *info,
    hr_str_t text, hr_str_t inside, hr_content_t *out)
{
    hr_str_t  reason = HR_STR_NULL;

    if (root->type != HR_JSON_OBJECT) {
        hr_json_place(inside, info->offset, info);
        hr_content_fail(out, HR_GENERR_INVALID_JSON, info,
                        "the answer is JSON, but not an object");
        return HR_OK;
    }

    if (hr_content_is_refusal(root, &reason)) {
        out->error = HR_GENERR_REFUSED;
        out->reason = hr_arena_str(arena, reason);
        return out->reason.data == NULL && reason.len > 0 ? HR_NOMEM : HR_OK;
    }

    out->document = root;
    out->duplicates = info->duplicates;
    out->surrogates = hr_content_lone_surrogate(text);

    return HR_OK;
}


hr_rc_t
hr_content_parse(hr_arena_t *arena, hr_str_t text, hr_content_t *out)
{
    hr_rc_t         rc;
    hr_str_t        inside;
    hr_json_t      *root;
    hr_json_info_t  info;

    memset(out, 0, sizeof(*out));
    memset(&info, 0, sizeof(info));

    if (text.len > HR_CONTENT_MAX) {
        hr_content_fail(out, HR_GENERR_INVALID_JSON, &info,
                        "the answer is longer than 2 MiB");
        return HR_OK;
    }

    if (!hr_utf8_valid(text)) {
        hr_content_fail(out, HR_GENERR_INVALID_JSON, &info,
                        "the answer is not valid UTF-8");
        return HR_OK;
    }

    if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) {
        text = hr_str(text.data + 3, text.len - 3);
    }

    text = hr_trim(text);
    inside = text;
    rc = hr_content_try(arena, text, &root, &info);

    if (rc == HR_INVALID) {

        if (!hr_content_fenced(text, &inside)) {
            rc = hr_content_balanced(text, &inside);

            if (rc == HR_LIMIT) {
                hr_content_fail(out, HR_GENERR_TRUNCATED, &info,
                                "the object is not closed");
                return HR_OK;
            }
        }

        out->framed = inside.len < text.len;
        rc = hr_content_try(arena, inside, &root, &info);

        if (rc == HR_INVALID && hr_content_balanced(inside, &inside) == HR_LIMIT)
        {
            hr_content_fail(out, HR_GENERR_TRUNCATED, &info,
                            "the object is not closed");
            return HR_OK;
        }
    }

    if (rc == HR_NOMEM) {
        return rc;
    }

    if (rc != HR_OK) {
        hr_content_fail(out, HR_GENERR_INVALID_JSON, &info, info.text);
        return HR_OK;
    }

    return hr_content_accept(arena, root, &info, text, inside, out);
}
