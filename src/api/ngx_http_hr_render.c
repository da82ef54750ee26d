#include "ngx_http_hr_render.h"
#include "ngx_http_hr_api.h"

#include "hr_docx.h"
#include "hr_md.h"
#include "hr_profile_meta.h"
#include "hr_xlsx.h"


const ngx_http_hr_file_format_t  ngx_http_hr_file_formats[NGX_HTTP_HR_FILES] = {
    { "json", "json", NGX_HTTP_HR_TYPE_JSON, false },
    { "md", "markdown", NGX_HTTP_HR_TYPE_MARKDOWN, false },
    { "docx", "docx", NGX_HTTP_HR_TYPE_DOCX, true },
    { "xlsx", "xlsx", NGX_HTTP_HR_TYPE_XLSX, true },
};


bool
ngx_http_hr_file_parse(hr_str_t word, ngx_http_hr_file_t *file)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_HR_FILES; i++) {
        if (hr_str_eq(word, hr_str_from_c(ngx_http_hr_file_formats[i].ext))) {
            *file = (ngx_http_hr_file_t) i;
            return true;
        }
    }

    return false;
}


/* The state of an approval in words for the draft mark (I-39). */
static hr_str_t
ngx_http_hr_render_state(hr_str_t approval)
{
    static const struct {
        hr_str_t    state;
        hr_str_t    words;
    } states[] = {
        { HR_STR_INIT("hr_review"), HR_STR_INIT("на проверке в отделе кадров") },
        { HR_STR_INIT("head_review"),
          HR_STR_INIT("на согласовании у руководителя") },
        { HR_STR_INIT("legal_review"), HR_STR_INIT("на согласовании у юристов") },
        { HR_STR_INIT("rejected"), HR_STR_INIT("отклонён") },
        { HR_STR_INIT("former"), HR_STR_INIT("не текущая версия") },
    };

    ngx_uint_t  i;

    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (hr_str_eq(approval, states[i].state)) {
            return states[i].words;
        }
    }

    return HR_STR("");
}


/* The only clock of a rendering is a stored one, so that equal rows give equal bytes. */
static hr_instant_t
ngx_http_hr_render_time(hr_instant_t at, const hr_store_card_t *card)
{
    if (at != HR_STORE_NO_TIME) {
        return at;
    }

    return card->updated_at != HR_STORE_NO_TIME ? card->updated_at : 0;
}


void
ngx_http_hr_render_current(ngx_http_hr_render_t *in, const hr_store_profile_t *row)
{
    in->document = row->document;
    in->metadata = row->metadata;
    in->version = row->card.current_version;
    in->created_at = ngx_http_hr_render_time(row->version_at, &row->card);
    in->approval = row->card.approval_state;
}


void
ngx_http_hr_render_version(ngx_http_hr_render_t *in,
    const hr_store_version_t *version, const hr_store_card_t *card)
{
    in->document = version->document;
    in->metadata = version->metadata;
    in->version = version->number;
    in->created_at = ngx_http_hr_render_time(version->created_at, card);
    in->approval = version->is_current ? card->approval_state : HR_STR("former");
}


static hr_rc_t
ngx_http_hr_render_json(hr_arena_t *arena, const ngx_http_hr_render_t *in,
    hr_json_t *document, hr_json_t *meta, hr_buf_t *out)
{
    if (in->wrapper) {
        document = hr_meta_wrapper(arena, document, meta);
        if (document == NULL) {
            return HR_NOMEM;
        }
    }

    return hr_json_write(document, HR_JSON_INDENT, out);
}


hr_rc_t
ngx_http_hr_render(hr_arena_t *arena, const ngx_http_hr_render_t *in,
    hr_buf_t *out)
{
    hr_rc_t              rc;
    hr_diag_t            diag;
    hr_json_t           *document, *meta;
    hr_profile_t         profile;
    hr_section_input_t   input;

    rc = hr_profile_open(arena, in->document, &profile, &diag);
    if (rc != HR_OK) {
        return rc;
    }

    document = hr_profile_view(arena, &profile, ngx_http_hr_vocabulary(),
                               HR_VIEW_STORED);
    meta = ngx_http_hr_profile_meta(arena, in->metadata, &profile);

    if (document == NULL || meta == NULL) {
        return HR_NOMEM;
    }

    if (in->file == NGX_HTTP_HR_FILE_JSON) {
        return ngx_http_hr_render_json(arena, in, document, meta, out);
    }

    ngx_memzero(&input, sizeof(input));
    input.document = document;
    input.generation = meta;
    input.version = in->version;
    input.created_at = in->created_at;
    input.draft = !hr_str_eq(in->approval, HR_STR("approved"));
    input.status = ngx_http_hr_render_state(in->approval);
    input.product = in->product;

    switch (in->file) {

    case NGX_HTTP_HR_FILE_MD:
        return hr_md_render(&input, hr_buf_sink(out));

    case NGX_HTTP_HR_FILE_DOCX:
        return hr_docx_render(&input, hr_buf_sink(out));

    default:
        return hr_xlsx_render(&input, &ngx_http_hr_api()->xlsx, hr_buf_sink(out));
    }
}
