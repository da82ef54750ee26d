/*
 * Why a profile has its scores (profile-document.md 6.4): the report behind
 * completeness and quality, made from the document as it is now.
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_profile.h"

#include "hr_score.h"


typedef struct {
    char  id[37];
} ngx_http_hr_quality_in_t;


static hr_rc_t
ngx_http_hr_quality_tell(ngx_http_hr_work_t *w, const hr_store_card_t *card,
    const hr_completeness_t *completeness, const hr_score_report_t *report)
{
    hr_jw_t     jw;
    hr_json_t  *quality, *errors, *warnings;

    quality = hr_score_json(w->arena, report);
    errors = hr_findings_json(w->arena, &completeness->errors);
    warnings = hr_findings_json(w->arena, &completeness->warnings);

    if (quality == NULL || errors == NULL || warnings == NULL) {
        return HR_NOMEM;
    }

    ngx_http_hr_work_json(w, &jw);
    hr_jw_object(&jw);
    hr_jw_kstr(&jw, "profile_id", card->id);
    hr_jw_kint(&jw, "version_number", card->current_version);
    hr_jw_key(&jw, "completeness");
    hr_jw_object(&jw);
    hr_jw_kdouble(&jw, "score", completeness->score);
    hr_jw_kint(&jw, "filled", completeness->filled);
    hr_jw_kint(&jw, "members", HR_SCORE_MEMBERS);
    hr_jw_kbool(&jw, "is_valid", completeness->is_valid);
    hr_jw_key(&jw, "errors");
    hr_jw_node(&jw, errors);
    hr_jw_key(&jw, "warnings");
    hr_jw_node(&jw, warnings);
    hr_jw_end_object(&jw);

    if (report->evaluated) {
        hr_jw_kdouble(&jw, "validation_score", report->validation);
    } else {
        hr_jw_knull(&jw, "validation_score");
    }

    hr_jw_key(&jw, "quality");
    hr_jw_node(&jw, quality);
    hr_jw_end_object(&jw);

    return w->out.body.err;
}


static hr_rc_t
ngx_http_hr_quality_query(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                    rc;
    hr_str_t                   id;
    hr_json_t                 *document;
    hr_profile_t               profile;
    hr_completeness_t          completeness;
    hr_score_report_t          report;
    hr_store_profile_t         row;
    ngx_http_hr_quality_in_t  *in = w->in;

    id = hr_str_from_c(in->id);

    rc = hr_store_profile_get(conn, w->arena, id, &row);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, id, 0);
    }

    rc = ngx_http_hr_profile_open(w, row.document, &profile);
    if (rc != HR_OK) {
        return rc;
    }

    document = hr_profile_view(w->arena, &profile, ngx_http_hr_vocabulary(),
                               HR_VIEW_STORED);
    if (document == NULL) {
        return HR_NOMEM;
    }

    rc = hr_score_completeness(w->arena, document, &completeness);

    if (rc == HR_OK) {
        rc = hr_score_quality(w->arena, ngx_http_hr_api()->quality,
                              ngx_http_hr_vocabulary(), document, NULL, &report);
    }

    return rc == HR_OK
           ? ngx_http_hr_quality_tell(w, &row.card, &completeness, &report) : rc;
}


static ngx_int_t
ngx_http_hr_quality(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    char                       id[37];
    ngx_int_t                  rc;
    ngx_http_hr_work_t        *w;

    if (ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_quality_in_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memcpy(((ngx_http_hr_quality_in_t *) w->in)->id, id, sizeof(id));
    w->gzip = true;
    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_quality_query, NULL);
}


const ngx_http_hr_route_t  ngx_http_hr_quality_routes[] = {

    { "/api/profiles/{profile_id}/quality", NGX_HTTP_GET, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_NO_STORE|NGX_HTTP_HR_CACHED|NGX_HTTP_HR_CACHE_PROFILE,
      0, ngx_http_hr_quality, "get_profile_quality" },

    NGX_HTTP_HR_ROUTES_END
};
