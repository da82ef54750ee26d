/*
 * What the endpoints under /api/profiles share: how a profile is told, its
 * words for a status, what a client believes to be current.
 */

#ifndef NGX_HTTP_HR_PROFILE_H
#define NGX_HTTP_HR_PROFILE_H

#include "ngx_http_hr_work.h"

#include "hr_profile.h"


/* What a word of a filter or of a body means (api-profiles.md 3.1, decisions.md 26). */
typedef enum {
    NGX_HTTP_HR_STATUS_ONE = 0,     /* *status is set */
    NGX_HTTP_HR_STATUS_ALL,         /* "", "all": no condition */
    NGX_HTTP_HR_STATUS_NOTHING,     /* "not_generated": no profile can have it */
    NGX_HTTP_HR_STATUS_UNKNOWN
} ngx_http_hr_status_word_t;

ngx_http_hr_status_word_t ngx_http_hr_status_word(hr_str_t text,
    hr_store_status_t *status);

/* A row that another program made without a version gets its first one at the next start. */
static inline int64_t
ngx_http_hr_version_count(const hr_store_card_t *card)
{
    return card->version_count > 0 ? card->version_count : 1;
}

/* The item of the list (3.2). */
void ngx_http_hr_write_card(hr_jw_t *w, const hr_answer_ctx_t *answer,
    const hr_store_card_t *card);
/* "approval": {...} (I-39, I-04) */
void ngx_http_hr_write_approval(hr_jw_t *w, const hr_store_card_t *card);
/* "actions": {...} */
void ngx_http_hr_write_actions(hr_jw_t *w, hr_str_t id);
/* An instant of a row; HR_STORE_NO_TIME: the text as stored, or null. */
void ngx_http_hr_write_instant(hr_jw_t *w, const hr_answer_ctx_t *answer,
    const char *key, hr_instant_t at, hr_str_t stored);

/*
 * The tag of a profile: 16 digits stand for the stored version (decisions.md
 * 6) and are all that If-Match looks at; the rest changes with what else the
 * detail shows, so that a 304 is never wrong.
 */
void ngx_http_hr_profile_etag(const hr_store_card_t *card,
    char etag[NGX_HTTP_HR_ETAG_MAX]);


/* If-Match and base_version of a change. */
typedef struct {
    hr_str_t    tags;               /* If-Match, as sent; data NULL: it was not */
    int64_t     base_version;       /* 0: not given */
} ngx_http_hr_match_t;

/* Copies If-Match into the work. */
ngx_int_t ngx_http_hr_match_read(ngx_http_request_t *r, ngx_http_hr_work_t *w,
    ngx_http_hr_match_t *match);

/* Is the profile what the client believes?  412, or 409 for base_version. */
hr_rc_t ngx_http_hr_match_card(ngx_http_hr_work_t *w,
    const ngx_http_hr_match_t *match, const hr_store_card_t *card);

/*
 * In run() of a write, before the change: the profile exists (else 404) and is
 * what the client believes (else 412, or 409 for base_version).  The write
 * lock is held, so nothing comes in between.
 */
hr_rc_t ngx_http_hr_match_check(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_str_t id, const ngx_http_hr_match_t *match, hr_store_card_t *card);

/* Turns the store's NO_PROFILE and NO_VERSION into 404 with their details. */
hr_rc_t ngx_http_hr_profile_failed(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    hr_rc_t rc, hr_str_t id, int64_t version);

/* Opens a stored document; a broken one is 500 with a text that says so. */
hr_rc_t ngx_http_hr_profile_open(ngx_http_hr_work_t *w, hr_str_t stored,
    hr_profile_t *out);
hr_rc_t ngx_http_hr_profile_damaged(ngx_http_hr_work_t *w);
/* Stored metadata, or that of the wrapper; {} when there is none or it is broken. */
hr_json_t *ngx_http_hr_profile_meta(hr_arena_t *arena, hr_str_t stored,
    const hr_profile_t *profile);

/* The form of a document in the detail, and so in what an editor sends back (7.1, 7.2). */
unsigned ngx_http_hr_detail_view(const ngx_http_hr_main_conf_t *conf);

/* Company words, for pool threads too. */
const hr_vocabulary_t *ngx_http_hr_vocabulary(void);

#endif /* NGX_HTTP_HR_PROFILE_H */
