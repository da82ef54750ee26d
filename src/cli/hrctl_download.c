/* Bodies that become files. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hrctl_sink.h"


static int
hrctl_hex(char c)
{
    return isdigit((unsigned char) c) ? c - '0'
           : isxdigit((unsigned char) c) ? tolower((unsigned char) c) - 'a' + 10 : -1;
}


/*
 * RFC 6266: filename*=UTF-8''... wins over filename="...".  What comes out is a
 * plain name: no folder, no leading dot, no control character.
 */
void
hrctl_disposition(const char *value, char out[256])
{
    size_t       n;
    const char  *p, *end;

    p = strstr(value, "filename*=UTF-8''");
    n = 0;

    if (p != NULL) {
        for (p += 17; *p != '\0' && *p != ';' && n < 250; p++) {
            if (*p == '%' && hrctl_hex(p[1]) >= 0 && hrctl_hex(p[2]) >= 0) {
                out[n++] = (char) (hrctl_hex(p[1]) << 4 | hrctl_hex(p[2]));
                p += 2;
            } else {
                out[n++] = *p;
            }
        }

    } else if ((p = strstr(value, "filename=\"")) != NULL) {
        p += 10;
        end = strchr(p, '"');
        n = end == NULL ? 0 : (size_t) (end - p);
        n = n > 250 ? 250 : n;
        memcpy(out, p, n);
    }

    out[n] = '\0';

    for (n = 0; out[n] != '\0'; n++) {
        if (out[n] == '/' || (unsigned char) out[n] < 0x20 || out[n] == 0x7f
            || (out[n] == '.' && n == 0))
        {
            out[n] = '_';
        }
    }
}


/* The finished temporary file gets its name. */
static int
hrctl_download_place(FILE *out, const char *partial, const char *file)
{
    if (fflush(out) != 0 || fsync(fileno(out)) != 0 || fclose(out) != 0) {
        (void) unlink(partial);
        return hrctl_fail(HRCTL_FAILED, "%s: %s", file, strerror(errno));
    }

    if (rename(partial, file) != 0) {
        (void) unlink(partial);
        return hrctl_fail(HRCTL_FAILED, "%s: %s", file, strerror(errno));
    }

    return HRCTL_OK;
}


int
hrctl_download(hrctl_t *ctl, const char *method, const char *path,
    const char *json, const char *file, char **name)
{
    int              rc, fd;
    bool             out;
    char             partial[4096];
    hrctl_sink_t     sink;
    hrctl_answer_t   answer;

    memset(&sink, 0, sizeof(sink));
    memset(&answer, 0, sizeof(answer));
    sink.answer = &answer;

    rc = hrctl_token(ctl);
    if (rc != HRCTL_OK) {
        return rc;
    }

    out = file != NULL && strcmp(file, "-") == 0;
    sink.file = stdout;

    if (!out) {
        (void) snprintf(partial, sizeof(partial), "%s.partial-XXXXXX",
                        file == NULL ? "hrctl" : file);
        fd = mkstemp(partial);
        sink.file = fd == -1 ? NULL : fdopen(fd, "wb");

        if (sink.file == NULL) {
            return hrctl_fail(HRCTL_FAILED, "%s: %s", partial, strerror(errno));
        }
    }

    rc = hrctl_perform(ctl, method, path, json, true, NULL, &sink);
    if (rc == HRCTL_OK) {
        rc = hrctl_status(&answer);
    }

    if (out) {
        hrctl_answer_free(&answer);
        return rc == HRCTL_OK && fflush(stdout) != 0
               ? hrctl_fail(HRCTL_FAILED, "stdout: %s", strerror(errno)) : rc;
    }

    if (rc != HRCTL_OK) {
        (void) fclose(sink.file);
        (void) unlink(partial);
        hrctl_answer_free(&answer);
        return rc;
    }

    if (file == NULL) {
        file = answer.file[0] != '\0' ? answer.file : "download";
    }

    rc = hrctl_download_place(sink.file, partial, file);

    if (rc == HRCTL_OK && name != NULL) {
        *name = strdup(file);
    }

    hrctl_answer_free(&answer);

    return rc;
}
