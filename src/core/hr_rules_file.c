#include "hr_rules_file.h"


static hr_rc_t
hr_rules_file_parse(hr_rules_file_t *file, hr_str_t json, hr_diag_t *diag)
{
    hr_rc_t         rc;
    hr_json_info_t  info;

    rc = hr_json_parse(file->arena, json, NULL, &file->root, &info);

    if (rc != HR_OK) {
        (void) hr_diag_set(diag, rc, "%s", info.text);

        if (diag != NULL) {
            diag->line = info.line;
            diag->column = info.column;
            diag->offset = info.offset;
        }

        return rc;
    }

    return file->root->type == HR_JSON_OBJECT
           ? HR_OK : hr_diag_set(diag, HR_INVALID, "an object is expected");
}


hr_rc_t
hr_rules_file_open(hr_str_t json, size_t max, size_t memory, size_t size,
    hr_rules_file_t *out, hr_diag_t *diag)
{
    hr_rc_t  rc;

    memset(out, 0, sizeof(*out));

    if (json.len > max) {
        return hr_diag_set(diag, HR_LIMIT, "larger than %zu bytes", max);
    }

    out->arena = hr_arena_create(memory);
    if (out->arena == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    out->made = hr_arena_calloc(out->arena, size);
    rc = out->made == NULL ? hr_diag_set(diag, HR_NOMEM, "out of memory")
                           : hr_rules_file_parse(out, json, diag);

    if (rc != HR_OK) {
        hr_arena_destroy(out->arena);
        memset(out, 0, sizeof(*out));
    }

    return rc;
}
