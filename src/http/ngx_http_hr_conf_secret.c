#include "ngx_http_hr_conf.h"

#include <sys/stat.h>


/* hr_jwt_secret_file: the keys of tokens, read and judged at configuration time. */

#define NGX_HTTP_HR_SECRET_MIN   32
#define NGX_HTTP_HR_SECRET_MAX   1024

/* Keys that the old service shipped and that everybody knows (D-31). */
static const char *const  ngx_http_hr_known_secrets[] = {
    "a101-hr-profile-generator-secret-key-change-in-production",
    "dev-secret-key-change-in-production",
    "docker-dev-secret-key-a101hr-system",
};

/* Reads a key from its file: nobody but its owner (and a group) may read it. */
static char *
ngx_http_hr_conf_read_secret(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *out)
{
    size_t       i;
    ssize_t      n;
    ngx_fd_t     fd;
    struct stat  st;

    fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE || fstat(fd, &st) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "hr_jwt_secret_file: cannot read \"%V\"; make one with "
                           "\"openssl rand -hex 32 > %V; chmod 600 %V\"",
                           name, name, name);
        if (fd != NGX_INVALID_FILE) {
            (void) ngx_close_file(fd);
        }
        return NGX_CONF_ERROR;
    }

    if (st.st_size > NGX_HTTP_HR_SECRET_MAX) {
        (void) ngx_close_file(fd);
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "hr_jwt_secret_file: \"%V\" has more than %d bytes, this "
                           "is no key; make one with \"openssl rand -hex 32\"",
                           name, NGX_HTTP_HR_SECRET_MAX);
        return NGX_CONF_ERROR;
    }

    out->data = ngx_pcalloc(cf->pool, NGX_HTTP_HR_SECRET_MAX + 1);
    if (out->data == NULL) {
        (void) ngx_close_file(fd);
        return NGX_CONF_ERROR;
    }

    n = ngx_read_fd(fd, out->data, NGX_HTTP_HR_SECRET_MAX);
    (void) ngx_close_file(fd);

    if (st.st_mode & S_IRWXO) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "hr_jwt_secret_file: \"%V\" can be read by everybody; "
                           "run \"chmod 600 %V\"", name, name);
        return NGX_CONF_ERROR;
    }

    out->len = n < 0 ? 0 : (size_t) n;

    while (out->len && (out->data[out->len - 1] == '\n'
                        || out->data[out->len - 1] == '\r'
                        || out->data[out->len - 1] == ' '))
    {
        out->len--;
    }

    if (out->len < NGX_HTTP_HR_SECRET_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "hr_jwt_secret_file: the key in \"%V\" has %uz bytes, "
                           "%d are the minimum; make one with "
                           "\"openssl rand -hex 32\"", name, out->len,
                           NGX_HTTP_HR_SECRET_MIN);
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < sizeof(ngx_http_hr_known_secrets) / sizeof(char *); i++) {
        if (out->len == ngx_strlen(ngx_http_hr_known_secrets[i])
            && ngx_memcmp(out->data, ngx_http_hr_known_secrets[i], out->len) == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "hr_jwt_secret_file: the key in \"%V\" is a "
                               "published default that everybody knows; make one "
                               "with \"openssl rand -hex 32\"", name);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_hr_conf_secret(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                *value = cf->args->elts;
    ngx_http_hr_main_conf_t  *hmcf = conf;

    if (hmcf->secret.data) {
        return "is duplicate";
    }

    hmcf->secret_file = value[1];

    if (ngx_conf_full_name(cf->cycle, &hmcf->secret_file, 1) != NGX_OK
        || ngx_http_hr_conf_read_secret(cf, &hmcf->secret_file, &hmcf->secret)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 2) {
        return NGX_CONF_OK;
    }

    hmcf->old_secret_file = value[2];

    if (ngx_conf_full_name(cf->cycle, &hmcf->old_secret_file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_hr_conf_read_secret(cf, &hmcf->old_secret_file,
                                        &hmcf->old_secret);
}
