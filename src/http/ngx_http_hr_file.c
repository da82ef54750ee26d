#include "ngx_http_hr.h"

#include <sys/stat.h>


ngx_int_t
ngx_http_hr_read_file(const char *path, size_t limit, char **data, size_t *len)
{
    int          fd;
    char        *p;
    size_t       done;
    ssize_t      n;
    struct stat  st;

    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return NGX_ERROR;
    }

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (size_t) st.st_size > limit)
    {
        if (S_ISREG(st.st_mode)) {
            errno = EFBIG;
        }

        (void) close(fd);
        return NGX_ERROR;
    }

    p = malloc((size_t) st.st_size + 1);
    if (p == NULL) {
        (void) close(fd);
        return NGX_ERROR;
    }

    for (done = 0; done < (size_t) st.st_size; done += (size_t) n) {
        n = read(fd, p + done, (size_t) st.st_size - done);

        if (n == -1 && errno == EINTR) {
            n = 0;
            continue;
        }

        if (n <= 0) {
            break;
        }
    }

    (void) close(fd);
    p[done] = '\0';
    *data = p;
    *len = done;

    return NGX_OK;
}
