/*
 * Address and token come from the command line, the environment, and the token
 * file, in this order.  The file has the lines "url <address>" and "token
 * <token>", or only a token; nobody but its owner may read it.  A token is only
 * sent to the address that it was made for.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "hrctl.h"


#define HRCTL_TOKEN_MAX     8000
#define HRCTL_PASSWORD_MAX  1000


static char *
hrctl_token_path(void)
{
    char        *path;
    size_t       len;
    const char  *base, *below;

    base = getenv("HRCTL_TOKEN_FILE");
    below = "";

    if (base == NULL || *base == '\0') {
        base = getenv("XDG_CONFIG_HOME");
        below = "/hrctl/token";
    }

    if (base == NULL || *base == '\0') {
        base = getenv("HOME");
        below = "/.config/hrctl/token";
    }

    if (base == NULL || *base == '\0') {
        (void) hrctl_fail(HRCTL_FAILED, "neither HRCTL_TOKEN_FILE nor HOME is set");
        return NULL;
    }

    len = strlen(base) + strlen(below) + 1;
    path = malloc(len);

    if (path == NULL) {
        (void) hrctl_no_memory();
        return NULL;
    }

    (void) snprintf(path, len, "%s%s", base, below);

    return path;
}


/* A file that only its owner can read; the text is malloc'ed. */
static int
hrctl_secret_read(const char *path, size_t limit, char **text)
{
    int          fd;
    char        *data;
    ssize_t      n;
    struct stat  st;

    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return errno == ENOENT ? HRCTL_NOT_FOUND
               : hrctl_fail(HRCTL_FAILED, "%s: %s", path, strerror(errno));
    }

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
        (void) close(fd);
        return hrctl_fail(HRCTL_FAILED, "%s: others may read it: run \"chmod 600 %s\"",
                          path, path);
    }

    data = calloc(1, limit + 2);
    n = data == NULL ? -1 : read(fd, data, limit + 1);
    (void) close(fd);

    if (n < 0 || (size_t) n > limit) {
        free(data);
        return hrctl_fail(HRCTL_FAILED, "%s: cannot be read, or is too long", path);
    }

    *text = data;

    return HRCTL_OK;
}


/* Loads what the file has; a missing one is fine. */
static int
hrctl_token_load(hrctl_t *ctl, char **url)
{
    int    rc;
    char  *text, *line, *rest;

    *url = NULL;
    text = NULL;

    if (ctl->token_file == NULL) {
        ctl->token_file = hrctl_token_path();
        if (ctl->token_file == NULL) {
            return HRCTL_FAILED;
        }
    }

    rc = hrctl_secret_read(ctl->token_file, HRCTL_TOKEN_MAX, &text);
    if (rc != HRCTL_OK) {
        return rc == HRCTL_NOT_FOUND ? HRCTL_OK : rc;
    }

    for (line = strtok_r(text, "\r\n", &rest); line != NULL;
         line = strtok_r(NULL, "\r\n", &rest))
    {
        if (strncmp(line, "url ", 4) == 0) {
            free(*url);
            *url = strdup(line + 4);

        } else if (*line != '\0') {
            hrctl_secret_free(ctl->token);
            ctl->token = strdup(strncmp(line, "token ", 6) == 0 ? line + 6 : line);
        }
    }

    hrctl_secret_free(text);

    return HRCTL_OK;
}


/* localhost, [::1], or four numbers of which the first is 127; then a port or path. */
static bool
hrctl_is_loopback(const char *url)
{
    size_t       n;
    const char  *host;

    host = strstr(url, "://");
    host = host == NULL ? url : host + 3;
    n = 0;

    if (strncmp(host, "localhost", 9) == 0) {
        n = 9;

    } else if (strncmp(host, "[::1]", 5) == 0) {
        n = 5;

    } else if (strncmp(host, "127.", 4) == 0) {
        n = strspn(host, "0123456789.");
    }

    return n != 0 && (host[n] == '\0' || host[n] == ':' || host[n] == '/')
           && strchr(host, '@') == NULL;
}


int
hrctl_connect(hrctl_t *ctl)
{
    int          rc;
    char        *stored;
    size_t       len;
    const char  *url;

    if (ctl->url != NULL) {
        return HRCTL_OK;
    }

    rc = hrctl_token_load(ctl, &stored);
    if (rc != HRCTL_OK) {
        return rc;
    }

    url = ctl->url_option != NULL ? ctl->url_option
          : stored != NULL ? stored : HRCTL_URL;

    for (len = strlen(url); len > 0 && url[len - 1] == '/'; len--) { /* void */ }

    ctl->url = strndup(url, len);

    if (ctl->url == NULL) {
        free(stored);
        return hrctl_no_memory();
    }

    /* the token of another server is of no use here, and nobody's business */
    if (stored != NULL && strcmp(stored, ctl->url) != 0) {
        hrctl_secret_free(ctl->token);
        ctl->token = NULL;
    }

    free(stored);

    if (strncmp(ctl->url, "https://", 8) != 0 && strncmp(ctl->url, "http://", 7) != 0) {
        return hrctl_fail(HRCTL_USAGE, "%s: an address begins with http:// or https://",
                          ctl->url);
    }

    if (strncmp(ctl->url, "http://", 7) == 0 && !ctl->plain
        && !hrctl_is_loopback(ctl->url))
    {
        return hrctl_fail(HRCTL_USAGE, "%s: passwords and tokens would go over the "
                          "network unprotected: use https://, or --plain if the "
                          "network is protected otherwise", ctl->url);
    }

    return HRCTL_OK;
}


int
hrctl_token(hrctl_t *ctl)
{
    int  rc;

    rc = hrctl_connect(ctl);
    if (rc != HRCTL_OK) {
        return rc;
    }

    if (ctl->token == NULL || *ctl->token == '\0') {
        return hrctl_fail(HRCTL_LOGIN, "not logged in at %s: run \"hrctl login\"",
                          ctl->url);
    }

    return HRCTL_OK;
}


/* The folders above the file, for the owner only. */
static void
hrctl_token_folders(const char *file)
{
    char    path[4096];
    size_t  i;

    (void) snprintf(path, sizeof(path), "%s", file);

    for (i = 1; path[i] != '\0'; i++) {
        if (path[i] == '/') {
            path[i] = '\0';
            (void) mkdir(path, 0700);
            path[i] = '/';
        }
    }
}


int
hrctl_token_save(hrctl_t *ctl, const char *token)
{
    int    fd, n;
    bool   ok;
    char   partial[4096];

    hrctl_token_folders(ctl->token_file);

    n = snprintf(partial, sizeof(partial), "%s.XXXXXX", ctl->token_file);
    fd = n < (int) sizeof(partial) ? mkstemp(partial) : -1;     /* mode 0600 */

    if (fd == -1) {
        return hrctl_fail(HRCTL_FAILED, "%s: %s", ctl->token_file, strerror(errno));
    }

    ok = dprintf(fd, "url %s\ntoken %s\n", ctl->url, token) > 0;
    ok = fsync(fd) == 0 && ok;
    ok = close(fd) == 0 && ok;

    if (!ok || rename(partial, ctl->token_file) != 0) {
        (void) unlink(partial);
        return hrctl_fail(HRCTL_FAILED, "%s: %s", ctl->token_file, strerror(errno));
    }

    return HRCTL_OK;
}


int
hrctl_token_remove(hrctl_t *ctl)
{
    if (unlink(ctl->token_file) != 0 && errno != ENOENT) {
        return hrctl_fail(HRCTL_FAILED, "%s: %s", ctl->token_file, strerror(errno));
    }

    return HRCTL_OK;
}


void
hrctl_secret_free(char *secret)
{
    if (secret != NULL) {
        explicit_bzero(secret, strlen(secret));
        free(secret);
    }
}


/* ---- passwords ---- */


/* The next line of fd without its end, byte by byte: the rest is for others. */
static int
hrctl_password_line(int fd, char **password)
{
    char     c, *text;
    size_t   len;
    ssize_t  n;

    text = calloc(1, HRCTL_PASSWORD_MAX + 1);
    if (text == NULL) {
        return hrctl_no_memory();
    }

    len = 0;

    while ((n = read(fd, &c, 1)) == 1 && c != '\n') {
        if (len == HRCTL_PASSWORD_MAX) {
            hrctl_secret_free(text);
            return hrctl_fail(HRCTL_REFUSED, "the password is too long");
        }

        text[len++] = c;
    }

    if (len > 0 && text[len - 1] == '\r') {
        text[--len] = '\0';
    }

    if (n < 0 && hrctl_stopped()) {
        hrctl_secret_free(text);
        return HRCTL_STOPPED;
    }

    if (len == 0) {
        free(text);
        return hrctl_fail(HRCTL_USAGE, "no password: type it, pipe it in, or name a "
                                       "file with --password-file");
    }

    *password = text;

    return HRCTL_OK;
}


static int
hrctl_password_typed(const char *prompt, char **password)
{
    int             rc;
    struct termios  before, silent;

    (void) fprintf(stderr, "%s: ", prompt);
    (void) fflush(stderr);

    if (tcgetattr(STDIN_FILENO, &before) != 0) {
        return hrctl_fail(HRCTL_FAILED, "the terminal cannot be read: %s",
                          strerror(errno));
    }

    silent = before;
    silent.c_lflag &= (tcflag_t) ~ECHO;

    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) != 0) {
        return hrctl_fail(HRCTL_FAILED, "the echo cannot be switched off: %s",
                          strerror(errno));
    }

    rc = hrctl_password_line(STDIN_FILENO, password);
    (void) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    (void) fputc('\n', stderr);

    return rc;
}


int
hrctl_password(hrctl_t *ctl, const char *file, const char *prompt,
    char **password)
{
    int    rc;
    char  *text, *end;

    (void) ctl;

    if (file == NULL) {
        return isatty(STDIN_FILENO) ? hrctl_password_typed(prompt, password)
                                    : hrctl_password_line(STDIN_FILENO, password);
    }

    rc = hrctl_secret_read(file, HRCTL_PASSWORD_MAX, &text);

    if (rc == HRCTL_NOT_FOUND) {
        return hrctl_fail(HRCTL_USAGE, "%s: no such file", file);
    }

    if (rc != HRCTL_OK) {
        return rc;
    }

    end = strpbrk(text, "\r\n");
    if (end != NULL) {
        *end = '\0';
    }

    if (*text == '\0') {
        free(text);
        return hrctl_fail(HRCTL_USAGE, "%s: the first line is empty", file);
    }

    *password = text;

    return HRCTL_OK;
}


int
hrctl_password_new(hrctl_t *ctl, const char *file, char **password)
{
    int    rc;
    bool   same;
    char  *again;

    rc = hrctl_password(ctl, file, "New password", password);

    if (rc != HRCTL_OK || file != NULL || !isatty(STDIN_FILENO)) {
        return rc;
    }

    rc = hrctl_password(ctl, NULL, "The same again", &again);

    if (rc == HRCTL_OK) {
        same = strcmp(*password, again) == 0;
        hrctl_secret_free(again);
        rc = same ? HRCTL_OK
                  : hrctl_fail(HRCTL_REFUSED, "the two passwords are not the same");
    }

    if (rc != HRCTL_OK) {
        hrctl_secret_free(*password);
        *password = NULL;
    }

    return rc;
}
