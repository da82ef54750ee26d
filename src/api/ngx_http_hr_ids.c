#include "ngx_http_hr_ids.h"


#define NGX_HTTP_HR_IDS_TEXT  (64 * 1024)


void
ngx_http_hr_ids_check(ngx_http_hr_problems_t *p, const hr_json_t *ids)
{
    char              id[37], message[160];
    const hr_json_t  *item;

    for (item = ids == NULL ? NULL : ids->first; item != NULL; item = item->next) {
        if (!hr_uuid_normalize(item->text, id)) {
            (void) ngx_snprintf((u_char *) message, sizeof(message),
                                "Value error, profile id \"%*s\" is not a UUID%Z",
                                ngx_min(item->text.len, 64), item->text.data);
            ngx_http_hr_problem_text(p, "body.profile_ids", message, "value_error",
                                     item->text);
            return;
        }
    }
}


/* Open addressing over the normalised texts; size is a power of two. */
static bool
ngx_http_hr_ids_new(hr_str_t *table, size_t size, hr_str_t id)
{
    size_t  i;

    i = (size_t) ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, id.data, id.len)
        & (size - 1);

    while (table[i].data != NULL) {
        if (hr_str_eq(table[i], id)) {
            return false;
        }

        i = (i + 1) & (size - 1);
    }

    table[i] = id;

    return true;
}


ngx_int_t
ngx_http_hr_ids_copy(ngx_http_hr_work_t *w, const hr_json_t *ids, hr_str_t **out,
    size_t *count)
{
    char              id[37];
    size_t            size;
    hr_str_t          text, *table;
    const hr_json_t  *item;

    for (size = 16; size < 2 * (size_t) ids->count; size *= 2) { /* void */ }

    *out = hr_arena_calloc(w->arena, ids->count * sizeof(hr_str_t));
    table = hr_arena_calloc(w->arena, size * sizeof(hr_str_t));
    *count = 0;

    if (*out == NULL || table == NULL) {
        return NGX_ERROR;
    }

    for (item = ids->first; item != NULL; item = item->next) {

        if (!hr_uuid_normalize(item->text, id)) {
            continue;
        }

        text = ngx_http_hr_work_str(w, hr_str(id, 36));
        if (text.data == NULL) {
            return NGX_ERROR;
        }

        if (ngx_http_hr_ids_new(table, size, text)) {
            (*out)[(*count)++] = text;
        }
    }

    return NGX_OK;
}


hr_rc_t
ngx_http_hr_ids_not_found(ngx_http_hr_work_t *w, const hr_str_t *ids,
    size_t count)
{
    size_t    i;
    hr_rc_t   rc;
    hr_buf_t  buf;

    hr_buf_init(&buf, NGX_HTTP_HR_IDS_TEXT);

    for (i = 0; i < count && buf.err == HR_OK; i++) {
        if (i != 0) {
            (void) hr_buf_char(&buf, ',');
        }

        (void) hr_buf_str(&buf, ids[i]);
    }

    rc = ngx_http_hr_work_not_found(w, "profiles", hr_buf_view(&buf));
    w->message = ngx_http_hr_work_text(w, "Ни один из профилей не найден",
                                       "None of the profiles was found");
    hr_buf_release(&buf);

    return rc;
}
