#include "ngx_http_hr_conf.h"


#define NGX_HTTP_HR_CACHE_MIN     (1024 * 1024)
#define NGX_HTTP_HR_DATA_MIN      (8 * 1024 * 1024)
#define NGX_HTTP_HR_WATCH_MIN     100                   /* milliseconds */
#define NGX_HTTP_HR_BUSY_MAX      (10 * 60 * 1000)
#define NGX_HTTP_HR_LIFE_MIN      60                    /* seconds */
#define NGX_HTTP_HR_LIFE_MAX      (3650 * 86400)


/* What the module cannot do without; each message names its remedy. */
static char *
ngx_http_hr_conf_required(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    const struct {
        ngx_str_t    *field;
        const char   *text;
    } required[] = {
        { &hmcf->secret,
          "no \"hr_jwt_secret_file\": make a key with \"openssl rand -hex 32\" "
          "in a file of mode 600 and name it" },
        { &hmcf->database,
          "no \"hr_database\": name the SQLite file, for example "
          "\"hr_database /var/lib/nginx-hr/profiles.db;\"" },
        { &hmcf->data_dir,
          "no \"hr_data\": name the folder with structure.json" },
        { &hmcf->company_dir,
          "no \"hr_company\": name the folder with the company vocabularies "
          "(conf/company of this project)" },
    };

    ngx_uint_t  i;

    for (i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        if (required[i].field->data == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "hr_api needs more: %s",
                               required[i].text);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_conf_zones(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    if (hmcf->cache_shards & (hmcf->cache_shards - 1)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_cache\": shards=%ui is not a power of two",
                           hmcf->cache_shards);
        return NGX_CONF_ERROR;
    }

    if (hmcf->cache_size / hmcf->cache_shards < NGX_HTTP_HR_CACHE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_cache\": size=%uz is too small for %ui shards, "
                           "use at least size=%uim", hmcf->cache_size,
                           hmcf->cache_shards, hmcf->cache_shards);
        return NGX_CONF_ERROR;
    }

    if (hmcf->session_size < ngx_http_hr_session_min_size()) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_zones\": sessions=%uz is too small, use at "
                           "least sessions=%uzk", hmcf->session_size,
                           ngx_http_hr_session_min_size() / 1024 + 1);
        return NGX_CONF_ERROR;
    }

    if (hmcf->data_size < NGX_HTTP_HR_DATA_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_zones\": data=%uz is too small, use at least "
                           "data=8m", hmcf->data_size);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_hr_conf_times(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    if (hmcf->watch_interval < NGX_HTTP_HR_WATCH_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_data_watch\": %Mms is too often, use at least %dms",
                           hmcf->watch_interval, NGX_HTTP_HR_WATCH_MIN);
        return NGX_CONF_ERROR;
    }

    if (hmcf->busy_timeout > NGX_HTTP_HR_BUSY_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_database\": busy_timeout=%Mms is too long, use at "
                           "most 10m", hmcf->busy_timeout);
        return NGX_CONF_ERROR;
    }

    if (hmcf->token_ttl < NGX_HTTP_HR_LIFE_MIN
        || hmcf->token_ttl > NGX_HTTP_HR_LIFE_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"hr_token_lifetime\": %T seconds is not between one "
                           "minute and 3650 days", hmcf->token_ttl);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* A copy, because defaults are constants. */
static ngx_int_t
ngx_http_hr_conf_lower(ngx_conf_t *cf, ngx_str_t *text)
{
    u_char  *p;

    p = ngx_pnalloc(cf->pool, text->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_strlow(p, text->data, text->len);
    p[text->len] = '\0';
    text->data = p;

    return NGX_OK;
}


/* "[::1]" for "::1": as it stands in a Host header. */
static ngx_int_t
ngx_http_hr_conf_bracket(ngx_conf_t *cf, ngx_str_t *name)
{
    u_char  *p, address[16];

    if (name->len == 0 || name->data[0] == '['
        || ngx_inet6_addr(name->data, name->len, address) != NGX_OK)
    {
        return NGX_OK;
    }

    p = ngx_pnalloc(cf->pool, name->len + 3);
    if (p == NULL) {
        return NGX_ERROR;
    }

    name->len = ngx_sprintf(p, "[%V]%Z", name) - p - 1;
    name->data = p;

    return NGX_OK;
}


/* Why a name of hr_trusted_hosts can never equal a Host header; NULL: it can. */
static const char *
ngx_http_hr_conf_host_fault(const ngx_str_t *name)
{
    u_char  *p, *end;

    p = name->data;
    end = p + name->len;

    if (name->len == 0) {
        return "is empty";
    }

    if (ngx_strlchr(p, end, ',') != NULL) {
        return "has a comma: put blanks between the names";
    }

    if (ngx_strlchr(p, end, '/') != NULL) {
        return "is an address: only the name is needed, as \"hr.example.com\"";
    }

    if (*p == '[') {
        return end[-1] == ']' ? NULL : "has a port: the port does not count";
    }

    if (ngx_strlchr(p, end, ':') != NULL) {
        return "has a port: the port does not count";
    }

    if (*p == '*' && name->len > 1 && (p[1] != '.' || name->len < 3)) {
        return "is not \"*\", \"*.suffix\" or a name";
    }

    return ngx_strlchr(p + 1, end, '*') == NULL
           ? NULL : "is not \"*\", \"*.suffix\" or a name";
}


static char *
ngx_http_hr_conf_hosts(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_str_t   *name;
    ngx_uint_t   i;
    const char  *fault;

    name = hmcf->trusted_hosts->elts;

    for (i = 0; i < hmcf->trusted_hosts->nelts; i++) {
        if (ngx_http_hr_conf_bracket(cf, &name[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        fault = ngx_http_hr_conf_host_fault(&name[i]);

        if (fault != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"hr_trusted_hosts\": \"%V\" %s", &name[i], fault);
            return NGX_CONF_ERROR;
        }

        if (ngx_http_hr_conf_lower(cf, &name[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        hmcf->trust_any_host |= name[i].len == 1 && name[i].data[0] == '*';
    }

    return NGX_CONF_OK;
}


/* An origin is scheme://host[:port] and nothing behind it (RFC 6454). */
static ngx_uint_t
ngx_http_hr_conf_is_origin(const ngx_str_t *text)
{
    u_char  *p, *end;

    p = text->data;
    end = p + text->len;

    while (p < end && (ngx_tolower(*p) >= 'a' && ngx_tolower(*p) <= 'z')) {
        p++;
    }

    if (p == text->data || end - p < 4 || ngx_strncmp(p, "://", 3) != 0) {
        return 0;
    }

    for (p += 3; p < end; p++) {
        if (*p == '/' || *p == ',' || *p == '*' || *p == '?' || *p == '#'
            || *p == '@')
        {
            return 0;
        }
    }

    return 1;
}


static char *
ngx_http_hr_conf_origins(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    ngx_str_t   *origin;
    ngx_uint_t   i;

    origin = hmcf->cors_origins->elts;

    for (i = 0; i < hmcf->cors_origins->nelts; i++) {
        if (origin[i].len == 1 && origin[i].data[0] == '*') {
            hmcf->cors_any = 1;
            continue;
        }

        if (!ngx_http_hr_conf_is_origin(&origin[i])) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"hr_cors_origins\": \"%V\" is not an origin such "
                               "as \"https://hr.example.com\" (no path, no blanks "
                               "or commas inside) and not \"*\"", &origin[i]);
            return NGX_CONF_ERROR;
        }

        /* browsers send it so */
        if (ngx_http_hr_conf_lower(cf, &origin[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_hr_conf_check(ngx_conf_t *cf, ngx_http_hr_main_conf_t *hmcf)
{
    if (ngx_http_hr_conf_required(cf, hmcf) != NGX_CONF_OK
        || ngx_http_hr_conf_zones(cf, hmcf) != NGX_CONF_OK
        || ngx_http_hr_conf_times(cf, hmcf) != NGX_CONF_OK
        || ngx_http_hr_conf_hosts(cf, hmcf) != NGX_CONF_OK
        || ngx_http_hr_conf_origins(cf, hmcf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
