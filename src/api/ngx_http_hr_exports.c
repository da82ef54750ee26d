/*
 * Downloads of one profile (api-profiles.md 3.9, exports.md): rendered in a
 * pool thread from the row, no file is ever read or written (P-29, P-33).
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_render.h"

#include "hr_filename.h"
#include "hr_section.h"


typedef struct {
    char                     id[37];
    ngx_http_hr_file_t       file;
    int64_t                  version;       /* 0: the current one */
    hr_str_t                 none_match;    /* If-None-Match, or absent */
    hr_str_t                 disposition;
    bool                     sent;          /* rendered: worth a line in the trail */
} ngx_http_hr_download_t;


/* What the file depends on: the stored version, its form and the renderer. */
static void
ngx_http_hr_download_etag(const ngx_http_hr_download_t *in,
    const hr_store_card_t *card, const ngx_http_hr_main_conf_t *conf, char *etag)
{
    uint64_t  h;

    h = ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED, &in->version, sizeof(in->version));
    h = ngx_http_hr_hash(h, card->position.data, card->position.len);
    h = ngx_http_hr_hash(h, conf->product.data, conf->product.len);

    (void) ngx_snprintf((u_char *) etag, NGX_HTTP_HR_ETAG_MAX,
                        "\"%s%08xL-%d%s\"%Z", card->etag,
                        (int64_t) ((h ^ (h >> 32)) & 0xffffffff),
                        HR_RENDERER_REVISION,
                        ngx_http_hr_file_formats[in->file].ext);
}


/*
 * The current version is what the profile's row holds: programs of the old
 * service may have changed the document without a version.
 */
static hr_rc_t
ngx_http_hr_download_read(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_render_t *render, hr_store_card_t *card)
{
    hr_rc_t                  rc;
    hr_str_t                 id;
    hr_store_profile_t       row;
    hr_store_version_t       version;
    ngx_http_hr_download_t  *in = w->in;

    id = hr_str_from_c(in->id);

    if (in->version == 0) {
        rc = hr_store_profile_get(conn, w->arena, id, &row);
        if (rc == HR_OK) {
            ngx_http_hr_render_current(render, &row);
        }

    } else {
        rc = hr_store_version_get(conn, w->arena, id, in->version, &version, card);
        if (rc == HR_OK) {
            ngx_http_hr_render_version(render, &version, card);
        }
    }

    return rc == HR_OK ? HR_OK
           : ngx_http_hr_profile_failed(w, conn, rc, id, in->version);
}


/* Reads what is to be rendered; w->out.etag is set, render->document may stay absent. */
static hr_rc_t
ngx_http_hr_download_find(ngx_http_hr_work_t *w, hr_store_conn_t *conn,
    ngx_http_hr_render_t *render, hr_store_card_t *card)
{
    hr_rc_t                  rc;
    ngx_str_t                list, etag;
    ngx_http_hr_download_t  *in = w->in;

    rc = hr_store_profile_card(conn, w->arena, hr_str_from_c(in->id), card);
    if (rc != HR_OK) {
        return ngx_http_hr_profile_failed(w, conn, rc, hr_str_from_c(in->id), 0);
    }

    ngx_http_hr_download_etag(in, card, w->conf, w->out.etag);

    list.data = (u_char *) in->none_match.data;
    list.len = in->none_match.len;
    etag.data = (u_char *) w->out.etag;
    etag.len = ngx_strlen(w->out.etag);

    if (in->version == 0 && ngx_http_hr_tag_listed(&list, &etag)) {
        return HR_OK;
    }

    return ngx_http_hr_download_read(w, conn, render, card);
}


static hr_rc_t
ngx_http_hr_download_run(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t                  rc;
    hr_store_card_t          card;
    ngx_http_hr_render_t     render;
    ngx_http_hr_download_t  *in = w->in;

    ngx_memzero(&render, sizeof(render));
    render.file = in->file;
    render.product = ngx_http_hr_str(&w->conf->product);
    w->out.type = ngx_http_hr_file_formats[in->file].type;

    rc = hr_store_snapshot(conn);
    if (rc != HR_OK) {
        return rc;
    }

    rc = ngx_http_hr_download_find(w, conn, &render, &card);
    hr_store_snapshot_end(conn);

    if (rc != HR_OK || render.document.data == NULL) {
        return rc;                  /* nothing to render: the writer sends 304 */
    }

    render.wrapper = in->version == 0;

    in->disposition = hr_filename_disposition(w->arena, card.position, card.id,
                          in->version, ngx_http_hr_file_formats[in->file].ext);
    if (in->disposition.data == NULL) {
        return HR_NOMEM;
    }

    rc = ngx_http_hr_render(w->arena, &render, &w->out.body);

    if (rc == HR_INVALID) {
        return ngx_http_hr_profile_damaged(w);
    }

    in->sent = rc == HR_OK;

    return rc;
}


static ngx_int_t
ngx_http_hr_download_done(ngx_http_hr_work_t *w)
{
    ngx_http_hr_download_t  *in = w->in;

    if (w->rc != HR_OK || w->r == NULL || !in->sent) {
        return NGX_OK;
    }

    w->out.disposition.data = ngx_pnalloc(w->r->pool, in->disposition.len);
    if (w->out.disposition.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memcpy(w->out.disposition.data, in->disposition.data, in->disposition.len);
    w->out.disposition.len = in->disposition.len;
    w->r->allow_ranges = 1;

    if (w->r->method == NGX_HTTP_GET) {
        ngx_http_hr_audit_later(w, "profile.download", "profile",
                                hr_str_from_c(in->id), HR_STR_NULL, "ok");
    }

    return NGX_OK;
}


/* The last part of the route's pattern is the format. */
static ngx_int_t
ngx_http_hr_download(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    typedef struct {
        ngx_http_hr_in_int_t  version;
    } query_t;

    static const ngx_http_hr_in_row_t  rows[] = {
        { "version", NGX_HTTP_HR_IN_INT, 0, 1, 0, offsetof(query_t, version) },
        NGX_HTTP_HR_IN_END
    };

    char                     id[37];
    query_t                  query;
    ngx_int_t                rc;
    ngx_http_hr_work_t      *w;
    ngx_http_hr_download_t  *in;

    ngx_memzero(&query, sizeof(query));

    if (ngx_http_hr_read(r, ctx, rows, NULL, &query, &rc) != NGX_OK
        || ngx_http_hr_param_uuid(r, ctx, 0, "profile_id", id, &rc) != NGX_OK)
    {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_download_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    in = w->in;
    ngx_memcpy(in->id, id, sizeof(id));
    in->version = query.version.v;
    (void) ngx_http_hr_file_parse(hr_str_from_c(strrchr(ctx->route->pattern, '/')
                                                + 1), &in->file);

    if (r->headers_in.if_none_match != NULL) {
        in->none_match = ngx_http_hr_work_str(w,
                         ngx_http_hr_str(&r->headers_in.if_none_match->value));
    }

    w->gzip = !ngx_http_hr_file_formats[in->file].compressed;
    w->etag = true;

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ,
                                  ngx_http_hr_download_run,
                                  ngx_http_hr_download_done);
}


#define NGX_HTTP_HR_DOWNLOAD(format)                                          \
    { "/api/profiles/{profile_id}/download/" format, NGX_HTTP_GET,            \
      NGX_HTTP_HR_VIEWER, NGX_HTTP_HR_COOKIE_OK|NGX_HTTP_HR_REVALIDATE, 0,    \
      ngx_http_hr_download, "download_" format }

const ngx_http_hr_route_t  ngx_http_hr_export_routes[] = {
    NGX_HTTP_HR_DOWNLOAD("json"),
    NGX_HTTP_HR_DOWNLOAD("md"),
    NGX_HTTP_HR_DOWNLOAD("docx"),
    NGX_HTTP_HR_DOWNLOAD("xlsx"),
    NGX_HTTP_HR_ROUTES_END
};
