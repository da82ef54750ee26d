/*
 * Preloaded into the server by the fault laboratory: writes and syncs of the
 * database's files fail with the error that the control file names
 * ("ENOSPC", "EROFS", "EIO"; anything else: nothing fails).
 *
 * HR_FAULT_CONTROL is the path of the control file.  It is read at each call, so
 * that all processes change at once; only files named "profiles.db*" are concerned.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>


static char  hr_fault_control[512];


/* At once: nginx takes the environment away from its workers. */
__attribute__((constructor)) static void
hr_fault_init(void)
{
    const char  *name = getenv("HR_FAULT_CONTROL");

    if (name != NULL) {
        snprintf(hr_fault_control, sizeof(hr_fault_control), "%s", name);
    }
}


static int
hr_fault_of(int fd)
{
    int      control;
    char     link[64], path[512], word[16];
    ssize_t  n;

    if (hr_fault_control[0] == '\0') {
        return 0;
    }

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    if (n <= 0) {
        return 0;
    }

    path[n] = '\0';
    if (strstr(path, "/profiles.db") == NULL) {
        return 0;
    }

    control = open(hr_fault_control, O_RDONLY|O_CLOEXEC);
    if (control == -1) {
        return 0;
    }

    n = read(control, word, sizeof(word) - 1);
    close(control);
    word[n > 0 ? n : 0] = '\0';

    return strncmp(word, "ENOSPC", 6) == 0 ? ENOSPC
           : strncmp(word, "EROFS", 5) == 0 ? EROFS
           : strncmp(word, "EIO", 3) == 0 ? EIO : 0;
}


#define HR_FAULT_CALL(type, name, params, args)                               \
    type                                                                      \
    name params                                                               \
    {                                                                         \
        static type  (*next) params;                                          \
        int            e = hr_fault_of(fd);                                   \
                                                                              \
        if (e != 0) {                                                         \
            errno = e;                                                        \
            return -1;                                                        \
        }                                                                     \
                                                                              \
        if (next == NULL) {                                                   \
            *(void **) &next = dlsym(RTLD_NEXT, #name);                       \
        }                                                                     \
                                                                              \
        return next args;                                                     \
    }

HR_FAULT_CALL(ssize_t, pwrite, (int fd, const void *p, size_t n, off_t o),
              (fd, p, n, o))
HR_FAULT_CALL(ssize_t, pwrite64, (int fd, const void *p, size_t n, off64_t o),
              (fd, p, n, o))
HR_FAULT_CALL(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
HR_FAULT_CALL(int, fsync, (int fd), (fd))
HR_FAULT_CALL(int, fdatasync, (int fd), (fd))
HR_FAULT_CALL(int, ftruncate, (int fd, off_t n), (fd, n))
HR_FAULT_CALL(int, ftruncate64, (int fd, off64_t n), (fd, n))
