/*
 * The chat-completions request: what the simulator looks at, and the checks
 * that a real service would make.
 */

#include "ngx_http_hr_simulator.h"


#define NGX_HTTP_HR_SIM_MESSAGES_MAX  64


static ngx_int_t ngx_http_hr_sim_request_file(ngx_http_request_t *r,
    ngx_buf_t *b, u_char *to);


ngx_int_t
ngx_http_hr_sim_request_body(ngx_http_request_t *r, ngx_str_t *body)
{
    size_t        len = 0;
    u_char       *p;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    ngx_str_null(body);

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    for (cl = r->request_body->bufs; cl != NULL; cl = cl->next) {
        len += (size_t) ngx_buf_size(cl->buf);
    }

    if (len > NGX_HTTP_HR_SIM_BODY_MAX) {
        return NGX_DECLINED;
    }

    b = r->request_body->bufs->buf;

    if (r->request_body->bufs->next == NULL && !b->in_file) {
        body->data = b->pos;
        body->len = len;
        return NGX_OK;
    }

    p = ngx_palloc(r->pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = p;
    body->len = len;

    for (cl = r->request_body->bufs; cl != NULL; cl = cl->next) {
        b = cl->buf;

        if (!b->in_file) {
            p = ngx_cpymem(p, b->pos, b->last - b->pos);
            continue;
        }

        if (ngx_http_hr_sim_request_file(r, b, p) != NGX_OK) {
            return NGX_ERROR;
        }

        p += ngx_buf_size(b);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_hr_sim_request_file(ngx_http_request_t *r, ngx_buf_t *b, u_char *to)
{
    size_t   size = (size_t) (b->file_last - b->file_pos);
    ssize_t  n;

    n = ngx_read_file(b->file, to, size, b->file_pos);

    if (n == NGX_ERROR || (size_t) n != size) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "simulator: could not read the request body");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* A message's text: a string, or a list of parts of type text. */
static size_t
ngx_http_hr_sim_message_text(const cJSON *message, u_char *to)
{
    size_t        len = 0, n;
    const cJSON  *content, *part, *text;

    content = cJSON_GetObjectItemCaseSensitive(message, "content");

    if (cJSON_IsString(content)) {
        n = ngx_strlen(content->valuestring);

        if (to != NULL) {
            ngx_memcpy(to, content->valuestring, n);
            to[n] = '\n';
        }

        return n + 1;
    }

    cJSON_ArrayForEach(part, content) {
        text = cJSON_GetObjectItemCaseSensitive(part, "text");

        if (cJSON_IsString(text)) {
            n = ngx_strlen(text->valuestring);

            if (to != NULL) {
                ngx_memcpy(to + len, text->valuestring, n);
                to[len + n] = '\n';
            }

            len += n + 1;
        }
    }

    return len;
}


static ngx_int_t
ngx_http_hr_sim_request_prompt(ngx_pool_t *pool, const cJSON *messages,
    ngx_http_hr_sim_request_t *out)
{
    size_t        len = 0;
    u_char       *p;
    const cJSON  *message;

    cJSON_ArrayForEach(message, messages) {
        len += ngx_http_hr_sim_message_text(message, NULL);
    }

    p = ngx_palloc(pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    out->prompt.data = p;
    out->prompt.len = len;

    cJSON_ArrayForEach(message, messages) {
        p += ngx_http_hr_sim_message_text(message, p);
    }

    return NGX_OK;
}


/* "vendor/model/sim/slow:5" or "sim/slow:5" -> model and words. */
static void
ngx_http_hr_sim_request_model(char *name, ngx_http_hr_sim_request_t *out)
{
    u_char  *p;
    size_t   n;

    out->model.data = (u_char *) name;
    out->model.len = ngx_strlen(name);

    p = (u_char *) ngx_strstr(name, "sim/");

    if (p == NULL || (p > (u_char *) name && p[-1] != '/')) {
        return;
    }

    n = p - (u_char *) name;
    out->words.data = p + 4;
    out->words.len = out->model.len - n - 4;
    out->model.len = n > 0 ? n - 1 : 3;         /* "sim" alone is a name, too */
}


static ngx_uint_t
ngx_http_hr_sim_request_flag(const cJSON *object, const char *outer,
    const char *inner)
{
    const cJSON  *item;

    item = cJSON_GetObjectItemCaseSensitive(object, outer);

    if (inner != NULL) {
        item = cJSON_GetObjectItemCaseSensitive(item, inner);
    }

    return cJSON_IsTrue(item);
}


static ngx_uint_t
ngx_http_hr_sim_request_given(const cJSON *object, const char *name)
{
    const cJSON  *item;

    item = cJSON_GetObjectItemCaseSensitive(object, name);

    return item != NULL && !cJSON_IsNull(item);
}


ngx_int_t
ngx_http_hr_sim_request_parse(ngx_pool_t *pool, ngx_str_t *body,
    ngx_http_hr_sim_request_t *out, const char **message)
{
    uint32_t      seed;
    const cJSON  *model, *messages, *max;

    out->root = cJSON_ParseWithLength((const char *) body->data, body->len);

    if (!cJSON_IsObject(out->root)) {
        *message = "the body is not a JSON object";
        return NGX_DECLINED;
    }

    model = cJSON_GetObjectItemCaseSensitive(out->root, "model");

    if (!cJSON_IsString(model) || model->valuestring[0] == '\0') {
        *message = "model is missing";
        return NGX_DECLINED;
    }

    messages = cJSON_GetObjectItemCaseSensitive(out->root, "messages");

    if (!cJSON_IsArray(messages) || messages->child == NULL
        || cJSON_GetArraySize(messages) > NGX_HTTP_HR_SIM_MESSAGES_MAX)
    {
        *message = "messages must be a list of 1 to 64";
        return NGX_DECLINED;
    }

    ngx_http_hr_sim_request_model(model->valuestring, out);

    if (ngx_http_hr_sim_request_prompt(pool, messages, out) != NGX_OK) {
        return NGX_ERROR;
    }

    max = cJSON_GetObjectItemCaseSensitive(out->root, "max_tokens");

    if (cJSON_IsNumber(max) && max->valuedouble >= 1
        && max->valuedouble <= 100000000)
    {
        out->max_tokens = (ngx_int_t) max->valuedouble;
    }

    out->stream = ngx_http_hr_sim_request_flag(out->root, "stream", NULL) != 0;
    out->include_cost = ngx_http_hr_sim_request_flag(out->root, "usage",
                                                     "include") != 0;
    out->include_usage = out->include_cost
                         || ngx_http_hr_sim_request_flag(out->root,
                                          "stream_options", "include_usage");
    out->temperature = ngx_http_hr_sim_request_given(out->root, "temperature") != 0;
    out->response_format = ngx_http_hr_sim_request_given(out->root,
                                                         "response_format") != 0;

    seed = ngx_murmur_hash2(out->model.data, out->model.len);
    out->hash = ngx_murmur_hash2(out->prompt.data, out->prompt.len) ^ seed;

    return NGX_OK;
}
