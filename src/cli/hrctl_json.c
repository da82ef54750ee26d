#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hrctl.h"


#define HRCTL_NUMBERS  8        /* texts of numbers that live at the same time */


cJSON *
hrctl_parse(const hrctl_answer_t *answer)
{
    cJSON  *root;

    root = cJSON_ParseWithLength(answer->body, answer->len);

    if (root == NULL) {
        (void) hrctl_fail(HRCTL_FAILED, "the answer is not JSON: is this the right "
                          "address? (status %ld, %s)", answer->status, answer->type);
    }

    return root;
}


int
hrctl_show(hrctl_t *ctl, int rc, hrctl_answer_t *answer,
    int (*show)(hrctl_t *ctl, const cJSON *root), const char *good)
{
    cJSON  *root;

    if (rc != HRCTL_OK) {
        return rc;
    }

    root = hrctl_parse(answer);

    if (root == NULL) {
        rc = HRCTL_FAILED;
    } else {
        rc = ctl->json ? hrctl_put_json(answer) : show(ctl, root);
    }

    if (rc == HRCTL_OK && good != NULL && !hrctl_true(root, good)) {
        rc = HRCTL_FINDINGS;
    }

    cJSON_Delete(root);
    hrctl_answer_free(answer);

    return rc;
}


const cJSON *
hrctl_get(const cJSON *node, const char *path)
{
    char         name[64];
    size_t       len;
    const char  *dot;

    while (node != NULL && *path != '\0') {
        dot = strchr(path, '.');
        len = dot == NULL ? strlen(path) : (size_t) (dot - path);

        if (len >= sizeof(name)) {
            return NULL;
        }

        memcpy(name, path, len);
        name[len] = '\0';

        node = cJSON_GetObjectItemCaseSensitive(node, name);
        path += len + (dot != NULL);
    }

    return node;
}


const char *
hrctl_text(const cJSON *node, const char *path)
{
    static char      numbers[HRCTL_NUMBERS][32];
    static unsigned  next;

    char         *out;
    const cJSON  *found;

    found = hrctl_get(node, path);

    if (cJSON_IsString(found)) {
        return found->valuestring;
    }

    if (cJSON_IsBool(found)) {
        return cJSON_IsTrue(found) ? "yes" : "no";
    }

    if (!cJSON_IsNumber(found)) {
        return "";
    }

    out = numbers[next++ % HRCTL_NUMBERS];
    (void) snprintf(out, 32, "%.15g", found->valuedouble);

    return out;
}


double
hrctl_number(const cJSON *node, const char *path, double absent)
{
    const cJSON  *found;

    found = hrctl_get(node, path);

    return cJSON_IsNumber(found) ? found->valuedouble : absent;
}


bool
hrctl_true(const cJSON *node, const char *path)
{
    return cJSON_IsTrue(hrctl_get(node, path));
}


const char *
hrctl_time(const cJSON *node, const char *path, char out[32])
{
    const char  *text;

    text = hrctl_text(node, path);
    (void) snprintf(out, 32, "%.19s", text);

    if (strlen(out) == 19 && out[10] == 'T') {
        out[10] = ' ';
    }

    return out;
}


char *
hrctl_print(cJSON *node)
{
    char  *text;

    text = node == NULL ? NULL : cJSON_PrintUnformatted(node);
    cJSON_Delete(node);

    return text;
}


int
hrctl_read_file(const char *path, size_t limit, char **data, size_t *len)
{
    FILE    *in;
    size_t   n, capacity;
    char    *grown;

    *data = NULL;
    *len = 0;

    in = fopen(path, "rb");
    if (in == NULL) {
        return hrctl_fail(HRCTL_FAILED, "%s: %s", path, strerror(errno));
    }

    capacity = 0;

    do {
        if (*len + 1 >= capacity) {
            capacity = capacity == 0 ? 64 * 1024 : capacity * 2;
            grown = realloc(*data, capacity);

            if (grown == NULL) {
                break;
            }

            *data = grown;
        }

        n = fread(*data + *len, 1, capacity - *len - 1, in);
        *len += n;

    } while (n != 0 && *len <= limit);

    if (ferror(in) || *data == NULL || *len > limit || !feof(in)) {
        n = *len;
        (void) fclose(in);
        free(*data);
        *data = NULL;
        return n > limit
               ? hrctl_fail(HRCTL_REFUSED, "%s: larger than %zu bytes", path, limit)
               : hrctl_fail(HRCTL_FAILED, "%s: cannot be read", path);
    }

    (void) fclose(in);
    (*data)[*len] = '\0';

    return HRCTL_OK;
}
