#include "ngx_http_hr_api.h"

#include "hr_password.h"

#include <grp.h>
#include <sys/stat.h>


/*
 * The store is created, migrated and checked before the first worker starts,
 * in a child process with the workers' rights: the master never holds an
 * SQLite handle over a fork, and files get the owner that writes them later.
 */

typedef struct {
    ngx_http_hr_main_conf_t  *hmcf;
    char                      why[512];     /* the first account could not be made */
} ngx_http_hr_seed_t;


/* The text of a password file without its line end; {0, NULL}: there is none. */
static hr_str_t
ngx_http_hr_seed_read(const ngx_str_t *path, hr_arena_t *arena)
{
    char      *data;
    size_t     len;
    hr_str_t   text;

    if (path->data == NULL
        || ngx_http_hr_read_file((char *) path->data, 1024, &data, &len) != NGX_OK)
    {
        return HR_STR_NULL;
    }

    while (len && (data[len - 1] == '\n' || data[len - 1] == '\r')) {
        len--;
    }

    text = len ? hr_arena_str(arena, hr_str(data, len)) : HR_STR_NULL;
    ngx_explicit_memzero(data, len);
    free(data);

    return text;
}


/* A random password goes to its file, readable by its owner only. */
static hr_rc_t
ngx_http_hr_seed_write(const ngx_str_t *path, const char *password)
{
    size_t    len;
    ngx_fd_t  fd;

    fd = ngx_open_file(path->data, NGX_FILE_WRONLY, NGX_FILE_TRUNCATE, 0600);
    if (fd == NGX_INVALID_FILE) {
        return HR_ERROR;
    }

    len = ngx_strlen(password);

    if (ngx_write_fd(fd, (void *) password, len) != (ssize_t) len
        || ngx_write_fd(fd, "\n", 1) != 1)
    {
        (void) ngx_close_file(fd);
        return HR_ERROR;
    }

    return ngx_close_file(fd) == NGX_FILE_ERROR ? HR_ERROR : HR_OK;
}


/* The first administrator (database.md 6, B-05): no default password anywhere. */
static hr_rc_t
ngx_http_hr_seed(void *ctx, hr_arena_t *arena, hr_store_seed_t *out, size_t *count)
{
    char                      random[HR_PASSWORD_RANDOM + 1];
    char                     *hash;
    hr_rc_t                   rc;
    hr_str_t                  password;
    hr_password_scheme_t      scheme;
    ngx_http_hr_seed_t       *seed = ctx;
    ngx_http_hr_main_conf_t  *hmcf = seed->hmcf;

    password = ngx_http_hr_seed_read(&hmcf->admin_password_file, arena);

    if (password.data == NULL) {
        if (hmcf->admin_password_file.data == NULL) {
            (void) snprintf(seed->why, sizeof(seed->why), "the first account needs "
                            "a place for its password: set \"hr_admin "
                            "password_file=...\"");
            return HR_INVALID;
        }

        rc = hr_password_random(random);
        if (rc == HR_OK) {
            rc = ngx_http_hr_seed_write(&hmcf->admin_password_file, random);
        }

        if (rc != HR_OK) {
            (void) snprintf(seed->why, sizeof(seed->why), "the password of the "
                            "first account cannot be written to \"%s\": %s",
                            hmcf->admin_password_file.data, strerror(errno));
            return rc;
        }

        password = hr_arena_str(arena, hr_str_from_c(random));
        ngx_explicit_memzero(random, sizeof(random));
    }

    hash = hr_arena_alloc(arena, HR_PASSWORD_HASH + 1);
    if (hash == NULL || password.data == NULL) {
        return HR_NOMEM;
    }

    scheme.cost = (unsigned) hmcf->bcrypt_cost;
    scheme.legacy = false;

    rc = hr_password_hash(&scheme, password, hash);
    if (rc != HR_OK) {
        return rc;
    }

    out[0].username = ngx_http_hr_str(&hmcf->admin_name);
    out[0].full_name = ngx_http_hr_str(&hmcf->admin_full_name);
    out[0].password_hash = hr_str(hash, HR_PASSWORD_HASH);
    out[0].role = HR_STORE_ROLE_ADMIN;
    *count = 1;

    return HR_OK;
}


/* In the child: never returns. */
static void
ngx_http_hr_prepare_child(const ngx_core_conf_t *ccf,
    ngx_http_hr_main_conf_t *hmcf, int fd)
{
    char                 line[1024];
    size_t               n;
    hr_rc_t              rc;
    hr_diag_t            diag;
    hr_store_config_t    config;
    hr_store_report_t    report;
    ngx_http_hr_seed_t   seed;

    if (geteuid() == 0 && ccf->user != (uid_t) NGX_CONF_UNSET_UINT) {
        if (setgid(ccf->group) != 0 || initgroups(ccf->username, ccf->group) != 0
            || setuid(ccf->user) != 0)
        {
            n = (size_t) snprintf(line, sizeof(line), "1cannot become user %s",
                                  ccf->username);
            (void) !write(fd, line, n);
            _exit(1);
        }
    }

    ngx_memzero(&seed, sizeof(seed));
    seed.hmcf = hmcf;
    config = ((ngx_http_hr_api_t *) hmcf->api)->db.store;
    config.seed = ngx_http_hr_seed;
    config.seed_ctx = &seed;

    ngx_memzero(&diag, sizeof(diag));
    ngx_memzero(&report, sizeof(report));
    rc = hr_store_prepare(&config, &report, &diag);

    if (rc != HR_OK) {
        n = (size_t) snprintf(line, sizeof(line), "1%s",
                              seed.why[0] ? seed.why
                              : diag.text[0] ? diag.text : "cannot be opened");
    } else {
        n = (size_t) snprintf(line, sizeof(line),
                              "0%s%u migrations, %u users, %u versions added, "
                              "%u rows indexed",
                              report.created ? "created, " : "",
                              report.migrations, report.seeded,
                              report.versions_added, report.rows_indexed);
    }

    (void) !write(fd, line, n < sizeof(line) ? n : sizeof(line) - 1);
    _exit(0);
}


ngx_int_t
ngx_http_hr_prepare_store(ngx_cycle_t *cycle, ngx_http_hr_main_conf_t *hmcf,
    ngx_log_t *log)
{
    int                    pipefd[2];
    char                   line[1024];
    size_t                 len;
    ssize_t                n;
    ngx_pid_t              pid;
    ngx_atomic_uint_t      key;
    ngx_http_hr_state_t   *state = ngx_http_hr_state();

    key = (ngx_atomic_uint_t) ngx_http_hr_hash(NGX_HTTP_HR_HASH_SEED,
                                               hmcf->database.data,
                                               hmcf->database.len) | 1;
    if (state->prepared == key) {
        return NGX_OK;              /* a reload with the same database */
    }

    if (pipe(pipefd) != 0) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno, "hr: pipe() failed");
        return NGX_ERROR;
    }

    pid = fork();

    if (pid == 0) {
        (void) close(pipefd[0]);
        ngx_http_hr_prepare_child((ngx_core_conf_t *)
                                      ngx_get_conf(cycle->conf_ctx,
                                                   ngx_core_module),
                                  hmcf, pipefd[1]);
    }

    (void) close(pipefd[1]);

    if (pid == -1) {
        (void) close(pipefd[0]);
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno, "hr: fork() failed");
        return NGX_ERROR;
    }

    /* the pipe, not the exit code: on a reload nginx's own SIGCHLD handler reaps */
    len = 0;

    while (len < sizeof(line) - 1) {
        n = read(pipefd[0], line + len, sizeof(line) - 1 - len);

        if (n == -1 && ngx_errno == NGX_EINTR) {
            continue;
        }

        if (n <= 0) {
            break;
        }

        len += (size_t) n;
    }

    line[len] = '\0';
    (void) close(pipefd[0]);
    (void) waitpid(pid, NULL, 0);

    if (len == 0 || line[0] != '0') {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "hr: database \"%V\": %s",
                      &hmcf->database, len ? line + 1 : "the check crashed");
        return NGX_ERROR;
    }

    ngx_log_error(NGX_LOG_NOTICE, log, 0, "hr: database \"%V\": %s",
                  &hmcf->database, line + 1);

    state->prepared = key;

    return NGX_OK;
}
