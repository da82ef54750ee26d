/*
 * Several profiles as a ZIP (api-profiles.md 3.10, exports.md 4), streamed.
 *
 * First the ids are counted in one query, because the headers tell how many
 * exist.  Then each step reads the next few profiles in one query, renders
 * and packs them until the piece is big enough; the pump hands it out.  What
 * stays in memory is one piece and the directory.
 */

#include "ngx_http_hr_api.h"
#include "ngx_http_hr_audit.h"
#include "ngx_http_hr_ids.h"
#include "ngx_http_hr_pump.h"
#include "ngx_http_hr_render.h"

#include "hr_filename.h"
#include "hr_zip.h"


#define NGX_HTTP_HR_ZIP_BODY      (128 * 1024)
#define NGX_HTTP_HR_ZIP_FILE      (64 * 1024 * 1024)    /* bytes of one file */
#define NGX_HTTP_HR_ZIP_GROUP     8                     /* profiles of one query */
#define NGX_HTTP_HR_ZIP_MORE      24        /* ,"more":<number>] and a comma */
#define NGX_HTTP_HR_ZIP_ARENA     (64 * 1024 * 1024)    /* of one rendering */

typedef enum {
    NGX_HTTP_HR_ZIP_GOOD = 0,
    NGX_HTTP_HR_ZIP_NOT_FOUND,
    NGX_HTTP_HR_ZIP_DAMAGED,
    NGX_HTTP_HR_ZIP_FAILED
} ngx_http_hr_zip_fate_t;

typedef struct {
    ngx_http_hr_pump_t       pump;

    hr_str_t                *ids;
    u_char                  *fate;          /* ngx_http_hr_zip_fate_t of each */
    size_t                   count;
    size_t                   found;
    size_t                   next;          /* first id that is not packed yet */
    ngx_http_hr_file_t       files[NGX_HTTP_HR_FILES];
    ngx_uint_t               nfiles;

    hr_zip_t                *zip;
    hr_rc_t                  broken;        /* the archive cannot go on */
    hr_filename_set_t       *names;
} ngx_http_hr_zip_t;


/* ---- in a pool thread ---- */


static hr_rc_t
ngx_http_hr_zip_seen(void *ctx, const hr_store_profile_t *profile)
{
    ngx_http_hr_zip_t  *z = ctx;

    /* rows come in the order of the ids */
    while (z->next < z->count && !hr_str_eq(z->ids[z->next], profile->card.id)) {
        z->next++;
    }

    if (z->next < z->count) {
        z->fate[z->next++] = NGX_HTTP_HR_ZIP_GOOD;
        z->found++;
    }

    return HR_OK;
}


static hr_rc_t
ngx_http_hr_zip_count(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    hr_rc_t             rc;
    ngx_http_hr_zip_t  *z = w->in;

    memset(z->fate, NGX_HTTP_HR_ZIP_NOT_FOUND, z->count);

    rc = hr_store_profiles_each(conn, z->ids, z->count, true, ngx_http_hr_zip_seen,
                                z);
    z->next = 0;

    if (rc != HR_OK) {
        return rc;
    }

    if (z->found == 0) {
        return ngx_http_hr_ids_not_found(w, z->ids, z->count);
    }

    z->zip = hr_zip_open(hr_buf_sink(&z->pump.piece));
    z->names = hr_filename_set_create(w->arena);

    return z->zip == NULL || z->names == NULL ? HR_NOMEM : HR_OK;
}


/* One file of one profile; what fails here concerns this file alone. */
static ngx_http_hr_zip_fate_t
ngx_http_hr_zip_render(ngx_http_hr_work_t *w, const hr_store_profile_t *profile,
    ngx_http_hr_file_t file, hr_buf_t *out)
{
    hr_rc_t                rc;
    hr_arena_t            *arena;
    ngx_http_hr_render_t   render;

    arena = hr_arena_create(NGX_HTTP_HR_ZIP_ARENA);
    if (arena == NULL) {
        return NGX_HTTP_HR_ZIP_FAILED;
    }

    ngx_memzero(&render, sizeof(render));
    ngx_http_hr_render_current(&render, profile);
    render.file = file;
    render.product = ngx_http_hr_str(&w->conf->product);

    rc = ngx_http_hr_render(arena, &render, out);
    hr_arena_destroy(arena);

    return rc == HR_OK ? NGX_HTTP_HR_ZIP_GOOD
           : rc == HR_INVALID ? NGX_HTTP_HR_ZIP_DAMAGED : NGX_HTTP_HR_ZIP_FAILED;
}


static hr_rc_t
ngx_http_hr_zip_entry(ngx_http_hr_work_t *w, const hr_store_profile_t *profile,
    ngx_http_hr_file_t file, hr_str_t data)
{
    hr_str_t                           name;
    ngx_http_hr_zip_t                 *z = w->in;
    const ngx_http_hr_file_format_t   *format = &ngx_http_hr_file_formats[file];

    name = hr_filename_profile(w->arena, profile->card.position, profile->card.id, 0,
                               format->ext);
    if (name.data != NULL) {
        name = hr_filename_set_add(z->names, z->nfiles > 1 ? format->folder : NULL,
                                   name);
    }

    if (name.data == NULL) {
        return HR_NOMEM;
    }

    return hr_zip_add(z->zip, name, profile->version_at != HR_STORE_NO_TIME
                                    ? profile->version_at : HR_ZIP_NO_TIME,
                      format->compressed ? HR_ZIP_STORE : HR_ZIP_DEFLATE, data);
}


static hr_rc_t
ngx_http_hr_zip_pack(void *ctx, const hr_store_profile_t *profile)
{
    hr_buf_t                 out;
    ngx_uint_t               i;
    ngx_http_hr_work_t      *w = ctx;
    ngx_http_hr_zip_t       *z = w->in;
    ngx_http_hr_zip_fate_t   fate;

    while (z->next < z->count && !hr_str_eq(z->ids[z->next], profile->card.id)) {
        z->fate[z->next++] = NGX_HTTP_HR_ZIP_NOT_FOUND;
    }

    if (z->next == z->count) {
        return HR_OK;
    }

    hr_buf_init(&out, NGX_HTTP_HR_ZIP_FILE);

    for (i = 0; i < z->nfiles && z->broken == HR_OK; i++) {
        hr_buf_reset(&out);
        fate = ngx_http_hr_zip_render(w, profile, z->files[i], &out);

        if (fate == NGX_HTTP_HR_ZIP_GOOD) {
            z->broken = ngx_http_hr_zip_entry(w, profile, z->files[i],
                                              hr_buf_view(&out));
        } else {
            z->fate[z->next] = (u_char) fate;
        }
    }

    hr_buf_release(&out);
    z->next++;

    if (z->broken != HR_OK) {
        return z->broken;
    }

    /* enough for one piece, or nobody waits any more */
    return z->pump.piece.len >= NGX_HTTP_HR_PUMP_PIECE || ngx_http_hr_pump_cancelled(w)
           ? HR_ABORTED : HR_OK;
}


/* errors.json: which profiles are missing and why; only when there are such. */
static void
ngx_http_hr_zip_errors(ngx_http_hr_work_t *w)
{
    static const struct {
        const char  *code, *ru, *en;
    } words[] = {
        { NULL, NULL, NULL },
        { "not_found", "Профиль не найден", "The profile was not found" },
        { "damaged", "Сохранённый документ повреждён",
          "The stored document is damaged" },
        { "failed", "Файл не удалось создать", "The file could not be made" },
    };

    size_t              i, failed;
    hr_jw_t             jw;
    hr_buf_t            buf;
    ngx_http_hr_zip_t  *z = w->in;

    for (i = 0, failed = 0; i < z->count; i++) {
        failed += z->fate[i] != NGX_HTTP_HR_ZIP_GOOD;
    }

    if (failed == 0) {
        return;
    }

    hr_buf_init(&buf, 1024 * 1024);
    hr_jw_init(&jw, &buf);
    hr_jw_object(&jw);
    hr_jw_kint(&jw, "requested", (int64_t) z->count);
    hr_jw_kint(&jw, "failed", (int64_t) failed);
    hr_jw_key(&jw, "errors");
    hr_jw_array(&jw);

    for (i = 0; i < z->count; i++) {
        if (z->fate[i] == NGX_HTTP_HR_ZIP_GOOD) {
            continue;
        }

        hr_jw_object(&jw);
        hr_jw_kstr(&jw, "profile_id", z->ids[i]);
        hr_jw_kc(&jw, "code", words[z->fate[i]].code);
        hr_jw_kstr(&jw, "message", ngx_http_hr_work_text(w, words[z->fate[i]].ru,
                                                         words[z->fate[i]].en));
        hr_jw_end_object(&jw);
    }

    hr_jw_end_array(&jw);
    hr_jw_end_object(&jw);

    z->broken = buf.err != HR_OK ? buf.err
                : hr_zip_add(z->zip, HR_STR("errors.json"), w->now, HR_ZIP_DEFLATE,
                             hr_buf_view(&buf));
    hr_buf_release(&buf);
}


static hr_rc_t
ngx_http_hr_zip_fill(ngx_http_hr_work_t *w, hr_store_conn_t *conn)
{
    size_t              n, end;
    hr_rc_t             rc;
    ngx_http_hr_zip_t  *z = w->in;

    while (z->next < z->count && z->pump.piece.len < NGX_HTTP_HR_PUMP_PIECE) {

        n = ngx_min(z->count - z->next, NGX_HTTP_HR_ZIP_GROUP);
        end = z->next + n;

        rc = hr_store_profiles_each(conn, z->ids + z->next, n, false,
                                    ngx_http_hr_zip_pack, w);
        if (z->broken != HR_OK || ngx_http_hr_pump_cancelled(w)) {
            return z->broken != HR_OK ? z->broken : HR_ABORTED;
        }

        if (rc == HR_ABORTED) {
            return HR_OK;           /* the piece is big enough */
        }

        if (rc != HR_OK) {
            return rc;
        }

        /* those behind the last row have gone since they were counted */
        while (z->next < end) {
            z->fate[z->next++] = NGX_HTTP_HR_ZIP_NOT_FOUND;
        }
    }

    if (z->next == z->count) {
        ngx_http_hr_zip_errors(w);

        if (z->broken == HR_OK) {
            z->broken = hr_zip_close(z->zip);
            z->zip = NULL;
            z->pump.closed = true;
        }
    }

    return z->broken;
}


/* ---- on the event loop ---- */


/* Whose profiles they are: as many ids as the trail keeps, then how many more. */
static u_char *
ngx_http_hr_zip_names(const ngx_http_hr_zip_t *z, u_char *p, u_char *last)
{
    size_t      i, more;
    u_char     *first;

    p = ngx_slprintf(p, last, ",\"ids\":[");
    first = p;

    for (i = 0, more = 0; i < z->count; i++) {

        if (z->fate[i] != NGX_HTTP_HR_ZIP_GOOD) {
            continue;
        }

        if ((size_t) (last - p) < z->ids[i].len + NGX_HTTP_HR_ZIP_MORE) {
            more++;
            continue;
        }

        p = ngx_slprintf(p, last, "%s\"%*s\"", p == first ? "" : ",",
                         z->ids[i].len, z->ids[i].data);
    }

    p = ngx_slprintf(p, last, "]");

    return more ? ngx_slprintf(p, last, ",\"more\":%uz", more) : p;
}


/* A line in the trail for what was sent; nothing was when the ids are unknown. */
static void
ngx_http_hr_zip_end(ngx_http_hr_work_t *w, const char *result)
{
    u_char              text[HR_STORE_AUDIT_DETAIL], *p;
    ngx_uint_t          i;
    ngx_http_hr_zip_t  *z = w->in;

    hr_zip_abort(z->zip);
    z->zip = NULL;

    if (z->found == 0) {
        return;
    }

    p = ngx_snprintf(text, sizeof(text), "{\"requested\":%uz,\"found\":%uz,"
                     "\"formats\":\"", z->count, z->found);

    for (i = 0; i < z->nfiles; i++) {
        p = ngx_slprintf(p, text + sizeof(text), "%s%s", i ? "," : "",
                         ngx_http_hr_file_formats[z->files[i]].ext);
    }

    p = ngx_slprintf(p, text + sizeof(text), "\"");
    p = ngx_http_hr_zip_names(z, p, text + sizeof(text) - 1);
    p = ngx_slprintf(p, text + sizeof(text), "}");

    ngx_http_hr_audit_later_with(w, "profile.bulk_download", "profiles", result,
                                 hr_str((char *) text, (size_t) (p - text)));
}


static ngx_int_t
ngx_http_hr_zip_counts(ngx_http_request_t *r, const ngx_http_hr_zip_t *z)
{
    ngx_str_t   value;
    ngx_uint_t  i;

    const struct {
        const char  *name;
        size_t       n;
    } counts[] = {
        { "X-Successful-Count", z->found },
        { "X-Failed-Count", z->count - z->found },
    };

    for (i = 0; i < 2; i++) {
        value.data = ngx_pnalloc(r->pool, NGX_SIZE_T_LEN);
        if (value.data == NULL) {
            return NGX_ERROR;
        }

        value.len = ngx_sprintf(value.data, "%uz", counts[i].n) - value.data;

        if (ngx_http_hr_header(r, counts[i].name, value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* The ids are known: the head goes out before the first file is made. */
static ngx_int_t
ngx_http_hr_zip_counted(ngx_http_hr_work_t *w)
{
    hr_str_t            name;
    ngx_http_hr_zip_t  *z = w->in;

    if (w->r != NULL && w->rc == HR_OK
        && ngx_http_hr_zip_counts(w->r, z) != NGX_OK)
    {
        w->rc = HR_NOMEM;
    }

    name = hr_arena_printf(w->arena, "profiles_%zu.zip", z->found);

    return ngx_http_hr_pump_start(w, NGX_HTTP_HR_TYPE_ZIP,
                                  hr_filename_disposition_name(w->arena, name));
}


/* ---- request ---- */

typedef struct {
    ngx_http_hr_in_node_t    ids;
    ngx_http_hr_in_str_t     format;
    ngx_http_hr_in_node_t    formats;
} ngx_http_hr_zip_body_t;


/* "format", or "formats" for several; each once.  False: a word that is none. */
static bool
ngx_http_hr_zip_formats(const ngx_http_hr_zip_body_t *body,
    ngx_http_hr_file_t *files, ngx_uint_t *n, hr_str_t *bad)
{
    ngx_uint_t           i;
    const hr_json_t     *item;
    ngx_http_hr_file_t   file;

    *n = 0;

    if (!body->formats.set) {
        *bad = body->format.set ? body->format.v : HR_STR("docx");
        *n = 1;
        return ngx_http_hr_file_parse(*bad, &files[0]);
    }

    for (item = body->formats.v->first; item != NULL; item = item->next) {
        *bad = item->text;

        if (!ngx_http_hr_file_parse(item->text, &file)) {
            return false;
        }

        for (i = 0; i < *n && files[i] != file; i++) { /* void */ }

        if (i == *n) {
            files[(*n)++] = file;
        }
    }

    return true;
}


static ngx_int_t
ngx_http_hr_zip_post(ngx_http_request_t *r, ngx_http_hr_ctx_t *ctx)
{
    const ngx_http_hr_in_row_t  rows[] = {
        { "profile_ids", NGX_HTTP_HR_IN_STRINGS, NGX_HTTP_HR_IN_REQUIRED, 1,
          (int64_t) ctx->conf->bulk_max, offsetof(ngx_http_hr_zip_body_t, ids) },
        { "format", NGX_HTTP_HR_IN_STR, 0, 0, 0,
          offsetof(ngx_http_hr_zip_body_t, format) },
        { "formats", NGX_HTTP_HR_IN_STRINGS, NGX_HTTP_HR_IN_NULLABLE, 1, 8,
          offsetof(ngx_http_hr_zip_body_t, formats) },
        NGX_HTTP_HR_IN_END
    };

    hr_str_t                 bad;
    ngx_int_t                rc;
    ngx_uint_t               n;
    ngx_http_hr_zip_t       *z;
    ngx_http_hr_file_t       files[NGX_HTTP_HR_FILES];
    ngx_http_hr_work_t      *w;
    ngx_http_hr_zip_body_t   body;
    ngx_http_hr_problems_t   p;

    ngx_memzero(&body, sizeof(body));
    ngx_http_hr_problems_init(&p, ctx);

    if (ngx_http_hr_read_body(r, ctx, rows, &body, &p) != NGX_OK) {
        ngx_http_hr_problems_release(&p);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_hr_ids_check(&p, body.ids.set ? body.ids.v : NULL);

    if (!ngx_http_hr_zip_formats(&body, files, &n, &bad)) {
        ngx_http_hr_problem_text(&p, body.formats.set ? "body.formats"
                                                      : "body.format",
                                 "Value error, format must be one of: json, md, "
                                 "docx, xlsx", "value_error", bad);
    }

    if (ngx_http_hr_problems_end(r, ctx, &p, &rc) != NGX_OK) {
        return rc;
    }

    w = ngx_http_hr_work_create(r, ctx, sizeof(ngx_http_hr_zip_t), 0);
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    z = w->in;
    ngx_http_hr_pump_init(&z->pump, ngx_http_hr_zip_fill, ngx_http_hr_zip_end);
    z->nfiles = n;
    ngx_memcpy(z->files, files, n * sizeof(ngx_http_hr_file_t));
    rc = ngx_http_hr_ids_copy(w, body.ids.v, &z->ids, &z->count);
    z->fate = rc == NGX_OK ? hr_arena_calloc(w->arena, z->count) : NULL;

    if (z->fate == NULL) {
        ngx_http_hr_work_free(w);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_hr_work_start(w, NGX_HTTP_HR_WORK_READ, ngx_http_hr_zip_count,
                                  ngx_http_hr_zip_counted);
}


const ngx_http_hr_route_t  ngx_http_hr_zip_routes[] = {

    { "/api/profiles/bulk-download", NGX_HTTP_POST, NGX_HTTP_HR_VIEWER,
      NGX_HTTP_HR_BODY_JSON|NGX_HTTP_HR_NO_STORE, NGX_HTTP_HR_ZIP_BODY,
      ngx_http_hr_zip_post, "bulk_download" },

    NGX_HTTP_HR_ROUTES_END
};
