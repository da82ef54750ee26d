#include "hr_prompt_remote.h"
#include "hr_text.h"


static hr_rc_t
hr_prompt_remote_json(hr_arena_t *arena, const hr_json_t *node, hr_str_t *out)
{
    hr_rc_t   rc;
    hr_buf_t  buf;

    hr_buf_init(&buf, HR_PROMPT_REMOTE_MAX * 2);
    rc = hr_json_write(node, HR_JSON_INDENT, &buf);

    if (rc == HR_OK) {
        *out = hr_arena_str(arena, hr_buf_view(&buf));
        rc = out->data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&buf);
    return rc;
}


static hr_rc_t
hr_prompt_remote_text(hr_arena_t *arena, const hr_json_t *prompt,
    hr_prompt_source_t *out, hr_diag_t *diag)
{
    if (hr_json_is(prompt, HR_JSON_STRING)) {
        out->text = prompt->text;
        return HR_OK;
    }

    if (hr_json_is(prompt, HR_JSON_ARRAY)) {
        out->chat = true;
        return hr_prompt_remote_json(arena, prompt, &out->text);
    }

    return hr_diag_set(diag, HR_INVALID, "remote prompt: \"prompt\" must be a "
                       "text or a list of messages");
}


hr_rc_t
hr_prompt_remote_parse(hr_arena_t *arena, hr_str_t body,
    hr_prompt_source_t *out, hr_diag_t *diag)
{
    hr_rc_t           rc;
    int64_t           version;
    hr_json_t        *root;
    hr_json_info_t    info;
    const hr_json_t  *config;

    memset(out, 0, sizeof(*out));

    if (body.len > HR_PROMPT_REMOTE_MAX) {
        return hr_diag_set(diag, HR_LIMIT,
                           "remote prompt: larger than 1 MiB");
    }

    rc = hr_json_parse(arena, body, NULL, &root, &info);
    if (rc != HR_OK) {
        return hr_diag_set(diag, rc, "remote prompt: %s (line %zu, column %zu)",
                           info.text, info.line, info.column);
    }

    out->remote = true;
    out->name = hr_json_text(hr_json_get(root, "name"));
    config = hr_json_get(root, "config");

    if (out->name.len == 0
        || !hr_json_int(hr_json_get(root, "version"), &version) || version < 1
        || version > 999999999 || !hr_json_is(config, HR_JSON_OBJECT))
    {
        return hr_diag_set(diag, HR_INVALID, "remote prompt: \"name\", "
                           "\"version\" and \"config\" are required");
    }

    out->version = hr_arena_printf(arena, "%lld", (long long) version);
    rc = hr_prompt_remote_json(arena, config, &out->config);

    if (rc == HR_OK && out->version.data == NULL) {
        rc = HR_NOMEM;
    }

    return rc == HR_OK ? hr_prompt_remote_text(arena,
                                               hr_json_get(root, "prompt"),
                                               out, diag)
                       : rc;
}


static size_t
hr_prompt_remote_lines(hr_str_t text)
{
    size_t  lines = 0;

    for (size_t i = 0; i < text.len; i++) {
        lines += text.data[i] == '\n';
    }

    return lines;
}


hr_rc_t
hr_prompt_remote_files(hr_arena_t *arena, const hr_prompt_source_t *source,
    const hr_schema_t *schema, hr_str_t environment, hr_instant_t saved,
    hr_prompt_files_t *out)
{
    char      hex[HR_SHA256_HEX + 1], time[HR_TIME_MAX];
    size_t    len;
    hr_rc_t   rc;
    hr_jw_t   w;
    hr_buf_t  buf;

    out->text = source->text;
    out->config = source->config;

    rc = hr_prompt_hash(source, schema, hex);
    if (rc != HR_OK) {
        return rc;
    }

    len = hr_time_format(saved, HR_TIME_WIRE_Z, time);

    hr_buf_init(&buf, 64 * 1024);
    hr_jw_init(&w, &buf);
    hr_jw_object(&w);
    hr_jw_kstr(&w, "prompt_name", source->name);
    hr_jw_kstr(&w, "environment", environment);
    hr_jw_kstr(&w, "saved_at", hr_str(time, len));
    hr_jw_key(&w, "version");
    hr_jw_raw(&w, source->version.len == 0 ? HR_STR("0") : source->version);
    hr_jw_kstr(&w, "hash", hr_str(hex, HR_SHA256_HEX));
    hr_jw_kint(&w, "character_count", (int64_t) hr_utf8_count(source->text));
    hr_jw_kint(&w, "line_count",
               (int64_t) hr_prompt_remote_lines(source->text));
    hr_jw_kc(&w, "type", source->chat ? "chat" : "text");
    hr_jw_key(&w, "labels");
    hr_jw_array(&w);
    hr_jw_str(&w, environment);
    hr_jw_end_array(&w);
    hr_jw_end_object(&w);

    rc = buf.err;

    if (rc == HR_OK) {
        out->metadata = hr_arena_str(arena, hr_buf_view(&buf));
        rc = out->metadata.data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&buf);
    return rc;
}
