/*
 * A stored profile as a file: one function for downloads and archives.  For
 * pool threads; nothing here knows a request.
 */

#ifndef NGX_HTTP_HR_RENDER_H
#define NGX_HTTP_HR_RENDER_H

#include "ngx_http_hr_profile.h"

typedef enum {
    NGX_HTTP_HR_FILE_JSON = 0,
    NGX_HTTP_HR_FILE_MD,
    NGX_HTTP_HR_FILE_DOCX,
    NGX_HTTP_HR_FILE_XLSX,
    NGX_HTTP_HR_FILES
} ngx_http_hr_file_t;

typedef struct {
    const char           *ext;          /* "json": also the word in requests */
    const char           *folder;       /* in an archive of several formats */
    ngx_http_hr_type_t    type;
    bool                  compressed;   /* the bytes are a ZIP already */
} ngx_http_hr_file_format_t;

extern const ngx_http_hr_file_format_t
    ngx_http_hr_file_formats[NGX_HTTP_HR_FILES];

bool ngx_http_hr_file_parse(hr_str_t word, ngx_http_hr_file_t *file);

typedef struct {
    ngx_http_hr_file_t    file;
    hr_str_t              document;     /* as stored */
    hr_str_t              metadata;     /* as stored, or absent */
    int64_t               version;
    hr_instant_t          created_at;   /* of the version */
    hr_str_t              approval;     /* state, or absent: draft */
    bool                  wrapper;      /* JSON: {success, profile, metadata, ...} */
    hr_str_t              product;      /* or absent */
} ngx_http_hr_render_t;

/* Fill everything but file, wrapper and product. */
void ngx_http_hr_render_current(ngx_http_hr_render_t *in,
    const hr_store_profile_t *row);
void ngx_http_hr_render_version(ngx_http_hr_render_t *in,
    const hr_store_version_t *version, const hr_store_card_t *card);

/*
 * HR_INVALID: the stored document is no JSON object.  The arena takes the
 * tree and must be fresh enough for it (some 20 times the document).
 */
hr_rc_t ngx_http_hr_render(hr_arena_t *arena, const ngx_http_hr_render_t *in,
    hr_buf_t *out);

#endif /* NGX_HTTP_HR_RENDER_H */
