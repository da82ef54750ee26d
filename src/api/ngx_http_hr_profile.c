#include "ngx_http_hr_profile.h"
#include "ngx_http_hr_api.h"

#include "hr_profile_meta.h"
#include "hr_text.h"


#define NGX_HTTP_HR_TAG_LEN  16         /* of the store's tag */


const hr_vocabulary_t *
ngx_http_hr_vocabulary(void)
{
    return ngx_http_hr_api()->vocabulary;
}


unsigned
ngx_http_hr_detail_view(const ngx_http_hr_main_conf_t *conf)
{
    return conf->viewer_overlay ? HR_VIEW_ANSWER|HR_VIEW_VIEWER : HR_VIEW_ANSWER;
}


ngx_http_hr_status_word_t
ngx_http_hr_status_word(hr_str_t text, hr_store_status_t *status)
{
    static const struct {
        hr_str_t                    word;
        ngx_http_hr_status_word_t   kind;
        hr_store_status_t           status;
    } words[] = {
        { HR_STR_INIT(""), NGX_HTTP_HR_STATUS_ALL, 0 },
        { HR_STR_INIT("all"), NGX_HTTP_HR_STATUS_ALL, 0 },
        { HR_STR_INIT("not_generated"), NGX_HTTP_HR_STATUS_NOTHING, 0 },
        { HR_STR_INIT("in_progress"), NGX_HTTP_HR_STATUS_ONE, HR_STORE_PROCESSING },
        { HR_STR_INIT("generating"), NGX_HTTP_HR_STATUS_ONE, HR_STORE_PROCESSING },
        { HR_STR_INIT("generated"), NGX_HTTP_HR_STATUS_ONE, HR_STORE_COMPLETED },
    };

    ngx_uint_t  i;

    if (hr_store_status_parse(text, status)) {
        return NGX_HTTP_HR_STATUS_ONE;
    }

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (hr_str_eq(text, words[i].word)) {
            *status = words[i].status;
            return words[i].kind;
        }
    }

    return NGX_HTTP_HR_STATUS_UNKNOWN;
}


/* ---- telling ---- */


void
ngx_http_hr_write_instant(hr_jw_t *w, const hr_answer_ctx_t *answer,
    const char *key, hr_instant_t at, hr_str_t stored)
{
    hr_jw_key(w, key);

    if (at != HR_STORE_NO_TIME) {
        hr_envelope_time(w, answer, at);
    } else {
        hr_jw_str_or_null(w, stored);
    }
}


void
ngx_http_hr_write_actions(hr_jw_t *w, hr_str_t id)
{
    static const char *const  formats[] = { "json", "md", "docx", "xlsx" };

    char        key[32], path[128];
    ngx_uint_t  i;

    hr_jw_key(w, "actions");
    hr_jw_object(w);

    for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        (void) ngx_snprintf((u_char *) key, sizeof(key), "download_%s%Z",
                            formats[i]);
        (void) ngx_snprintf((u_char *) path, sizeof(path),
                            "/api/profiles/%*s/download/%s%Z",
                            (size_t) ngx_min(id.len, 64), id.data, formats[i]);
        hr_jw_kc(w, key, path);
    }

    hr_jw_end_object(w);
}


void
ngx_http_hr_write_approval(hr_jw_t *w, const hr_store_card_t *card)
{
    hr_store_stage_t  state;

    if (!hr_store_stage_parse(card->approval_state, &state)) {
        state = HR_STORE_DRAFT;
    }

    hr_jw_key(w, "approval");
    hr_jw_object(w);
    hr_jw_kc(w, "state", hr_store_stage_name(state));
    hr_jw_kbool(w, "needs_kpi_review", card->kpi_review);
    hr_jw_end_object(w);
}


void
ngx_http_hr_write_card(hr_jw_t *w, const hr_answer_ctx_t *answer,
    const hr_store_card_t *card)
{
    hr_jw_object(w);
    hr_jw_kstr(w, "profile_id", card->id);
    hr_jw_kstr(w, "department", card->department);
    hr_jw_kstr(w, "position", card->position);
    hr_jw_kstr(w, "employee_name", card->employee_name);
    hr_jw_kc(w, "status", hr_store_status_name(card->status));
    hr_jw_kdouble(w, "validation_score", card->validation_score);
    hr_jw_kdouble(w, "completeness_score", card->completeness_score);
    hr_jw_kint(w, "current_version", card->current_version);
    hr_jw_kint(w, "version_count", ngx_http_hr_version_count(card));

    /* a row without a creation time is as old as its last change (D-50) */
    ngx_http_hr_write_instant(w, answer, "created_at",
                              card->created_at != HR_STORE_NO_TIME
                              || card->created_at_text.data != NULL
                              ? card->created_at : card->updated_at,
                              card->created_at_text);
    ngx_http_hr_write_instant(w, answer, "updated_at", card->updated_at,
                              HR_STR_NULL);
    hr_jw_kstr(w, "created_by_username", card->created_by_username);
    hr_jw_kstr(w, "created_by_name", card->created_by_name);
    hr_jw_kstr(w, "unit_path", card->unit_path);
    ngx_http_hr_write_approval(w, card);
    ngx_http_hr_write_actions(w, card->id);
    hr_jw_end_object(w);
}


void
ngx_http_hr_profile_etag(const hr_store_card_t *card,
    char etag[NGX_HTTP_HR_ETAG_MAX])
{
    uint64_t  h;

    h = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, &card->version_count,
                         sizeof(card->version_count));
    h = ngx_http_hr_hash(h, card->created_by_username.data,
                         card->created_by_username.len);
    h = ngx_http_hr_hash(h, card->created_by_name.data, card->created_by_name.len);

    (void) ngx_snprintf((u_char *) etag, NGX_HTTP_HR_ETAG_MAX, "\"%s%08xL\"%Z",
                        card->etag, (int64_t) ((h ^ (h >> 32)) & 0xffffffff));
}


/* ---- what the client believes ---- */


ngx_int_t
ngx_http_hr_match_read(ngx_http_request_t *r, ngx_http_hr_work_t *w,
    ngx_http_hr_match_t *match)
{
    ngx_str_t  header;

    header = ngx_http_hr_request_header(r, "If-Match");
    if (header.data == NULL) {
        return NGX_OK;
    }

    match->tags = ngx_http_hr_work_str(w, ngx_http_hr_str(&header));

    return match->tags.data == NULL ? NGX_ERROR : NGX_OK;
}


/* Is the store's tag in the list?  A weak one never matches (RFC 9110 13.1.1). */
static bool
ngx_http_hr_match_tags(hr_str_t tags, const char *etag)
{
    hr_str_t     tag;
    const char  *p, *end, *comma;

    end = tags.data + tags.len;

    for (p = tags.data; p < end; p = comma + 1) {
        comma = memchr(p, ',', (size_t) (end - p));
        comma = comma == NULL ? end : comma;
        tag = hr_trim(hr_str(p, (size_t) (comma - p)));

        if (hr_str_eq(tag, HR_STR("*"))
            || (tag.len >= NGX_HTTP_HR_TAG_LEN + 2 && tag.data[0] == '"'
                && tag.data[tag.len - 1] == '"'
                && ngx_memcmp(tag.data + 1, etag, NGX_HTTP_HR_TAG_LEN) == 0))
        {
            return true;
        }
    }

    return false;
}


static hr_rc_t
ngx_http_hr_match_stale(ngx_http_hr_work_t *w, const ngx_http_hr_match_t *match,
    const hr_store_card_t *card, hr_error_kind_t kind)
{
    hr_str_t  details;

    details = kind == HR_E_CONFLICT
              ? hr_arena_printf(w->arena,
                                "{\"current_version\":%lld,\"base_version\":%lld}",
                                (long long) card->current_version,
                                (long long) match->base_version)
              : hr_arena_printf(w->arena, "{\"current_version\":%lld}",
                                (long long) card->current_version);

    return ngx_http_hr_work_error_with(w, kind, HR_CONFLICT,
        "Профиль изменён другим пользователем, обновите его и повторите",
        "Somebody else changed the profile, reload it and try again", details);
}


hr_rc_t
ngx_http_hr_match_card(ngx_http_hr_work_t *w, const ngx_http_hr_match_t *match,
    const hr_store_card_t *card)
{
    if (match->tags.data != NULL
        && !ngx_http_hr_match_tags(match->tags, card->etag))
    {
        return ngx_http_hr_match_stale(w, match, card, HR_E_PRECONDITION);
    }

    if (match->base_version > 0 && match->base_version != card->current_version) {
        return ngx_http_hr_match_stale(w, match, card, HR_E_CONFLICT);
    }

    return HR_OK;
}


hr_rc_t
ngx_http_hr_match_check(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_str_t id, const ngx_http_hr_match_t *match, hr_store_card_t *card)
{
    hr_rc_t  rc;

    rc = hr_store_profile_card(conn, w->arena, id, card);

    return rc != HR_OK ? ngx_http_hr_profile_failed(w, conn, rc, id, 0)
                       : ngx_http_hr_match_card(w, match, card);
}


hr_rc_t
ngx_http_hr_profile_failed(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_rc_t rc, hr_str_t id, int64_t version)
{
    switch (hr_store_error(conn)) {

    case HR_STORE_E_NO_PROFILE:
        w->message = ngx_http_hr_work_text(w, "Профиль не найден",
                                           "The profile was not found");
        return ngx_http_hr_work_not_found(w, "profile", id);

    case HR_STORE_E_NO_VERSION:
        w->message = ngx_http_hr_work_text(w, "Версия профиля не найдена",
                                           "The version was not found");
        return ngx_http_hr_work_not_found(w, "profile_version",
            hr_arena_printf(w->arena, "%.*s/%lld", (int) id.len, id.data,
                            (long long) version));

    default:
        return rc;
    }
}


/* ---- stored documents ---- */


hr_rc_t
ngx_http_hr_profile_damaged(ngx_http_hr_work_t *w)
{
    return ngx_http_hr_work_error_with(w, HR_E_DATABASE, HR_INVALID,
        "Сохранённый документ профиля повреждён, обратитесь к администратору",
        "The stored document of the profile is damaged",
        HR_STR("{\"operation\":\"read\",\"table\":\"profiles\"}"));
}


hr_rc_t
ngx_http_hr_profile_open(ngx_http_hr_work_t *w, hr_str_t stored,
    hr_profile_t *out)
{
    hr_rc_t    rc;
    hr_diag_t  diag;

    rc = hr_profile_open(w->arena, stored, out, &diag);

    return rc == HR_INVALID ? ngx_http_hr_profile_damaged(w) : rc;
}


hr_json_t *
ngx_http_hr_profile_meta(hr_arena_t *arena, hr_str_t stored,
    const hr_profile_t *profile)
{
    hr_diag_t   diag;
    hr_json_t  *meta;

    switch (hr_meta_open(arena, stored, &meta, &diag)) {

    case HR_OK:
        break;

    case HR_NOMEM:
        return NULL;

    default:
        meta = hr_json_new(arena, HR_JSON_OBJECT);
        if (meta == NULL) {
            return NULL;
        }
    }

    if (meta->count == 0 && hr_json_is(profile->metadata, HR_JSON_OBJECT)) {
        return profile->metadata;
    }

    return meta;
}
