/* Files of profiles: out of the service and into it. */

#include <stdlib.h>
#include <string.h>

#include "hrctl.h"


#define HRCTL_DOCUMENT_MAX  (4u * 1024 * 1024)


static const char *const  hrctl_formats[] = { "md", "docx", "xlsx", "json" };


static bool
hrctl_format_known(const char *name, size_t len)
{
    size_t  i;

    for (i = 0; i < sizeof(hrctl_formats) / sizeof(hrctl_formats[0]); i++) {
        if (strlen(hrctl_formats[i]) == len
            && strncmp(hrctl_formats[i], name, len) == 0)
        {
            return true;
        }
    }

    return false;
}


static int
hrctl_export_one(hrctl_t *ctl, const char *format)
{
    int          rc;
    char         path[512], *id, *name;
    long         version;

    version = 0;
    name = NULL;

    rc = hrctl_option_int(ctl, "version", 1, 1000000000, &version);
    if (rc != HRCTL_OK) {
        return rc;
    }

    id = hrctl_encode(ctl->argv[0]);
    if (id == NULL) {
        return HRCTL_FAILED;
    }

    (void) snprintf(path, sizeof(path), "/api/profiles/%s/download/%s", id, format);
    free(id);

    if (version > 0) {
        (void) snprintf(path + strlen(path), sizeof(path) - strlen(path),
                        "?version=%ld", version);
    }

    rc = hrctl_download(ctl, "GET", path, NULL, hrctl_option(ctl, "output"), &name);

    if (rc == HRCTL_OK && name != NULL) {
        hrctl_note(ctl, "written: %s", name);
    }

    free(name);

    return rc;
}


/* "docx,md" as an array; NULL was told. */
static cJSON *
hrctl_export_formats(hrctl_t *ctl, const char *format)
{
    size_t       len;
    cJSON       *list;
    char         one[16];
    const char  *text;

    text = hrctl_option(ctl, "formats");
    text = text == NULL ? format : text;
    list = cJSON_CreateArray();

    for ( ; *text != '\0'; text += len + (text[len] == ',')) {
        len = strcspn(text, ",");

        if (!hrctl_format_known(text, len)) {
            (void) hrctl_usage(ctl, "%.*s: md, docx, xlsx or json is needed", (int) len,
                               text);
            cJSON_Delete(list);
            return NULL;
        }

        (void) snprintf(one, sizeof(one), "%.*s", (int) len, text);
        (void) cJSON_AddItemToArray(list, cJSON_CreateString(one));
    }

    return list;
}


static int
hrctl_export_zip(hrctl_t *ctl, const char *format)
{
    int        rc;
    char      *json, *name;
    cJSON     *body, *formats;
    unsigned   i;

    formats = hrctl_export_formats(ctl, format);
    if (formats == NULL) {
        return HRCTL_USAGE;
    }

    body = cJSON_CreateObject();
    (void) cJSON_AddItemToObject(body, "formats", formats);
    formats = cJSON_AddArrayToObject(body, "profile_ids");

    for (i = 0; i < ctl->argc; i++) {
        (void) cJSON_AddItemToArray(formats, cJSON_CreateString(ctl->argv[i]));
    }

    json = hrctl_print(body);
    if (json == NULL) {
        return hrctl_no_memory();
    }

    name = NULL;
    rc = hrctl_download(ctl, "POST", "/api/profiles/bulk-download", json,
                        hrctl_option(ctl, "output"), &name);
    free(json);

    if (rc == HRCTL_OK && name != NULL) {
        hrctl_note(ctl, "written: %s", name);
    }

    free(name);

    return rc;
}


int
hrctl_profiles_export(hrctl_t *ctl)
{
    const char  *format;

    format = hrctl_option(ctl, "format");
    format = format == NULL ? "md" : format;

    if (strcmp(format, "zip") == 0) {
        return hrctl_export_zip(ctl, "docx");
    }

    if (!hrctl_format_known(format, strlen(format))) {
        return hrctl_usage(ctl, "--format: md, docx, xlsx, json or zip is needed");
    }

    if (ctl->argc > 1 || hrctl_option(ctl, "zip") != NULL
        || hrctl_option(ctl, "formats") != NULL)
    {
        return hrctl_option(ctl, "version") == NULL ? hrctl_export_zip(ctl, format)
               : hrctl_usage(ctl, "--version: an archive has the current versions");
    }

    return hrctl_export_one(ctl, format);
}


/* The document of a file: as it is, or below "profile" of a downloaded one. */
static cJSON *
hrctl_import_document(const char *path, int *rc)
{
    char    *data;
    size_t   len;
    cJSON   *root, *document;

    *rc = hrctl_read_file(path, HRCTL_DOCUMENT_MAX, &data, &len);
    if (*rc != HRCTL_OK) {
        return NULL;
    }

    root = cJSON_ParseWithLength(data, len);
    free(data);

    if (!cJSON_IsObject(root)) {
        cJSON_Delete(root);
        *rc = hrctl_fail(HRCTL_REFUSED, "%s: a JSON object is needed", path);
        return NULL;
    }

    document = cJSON_GetObjectItemCaseSensitive(root, "profile");

    if (cJSON_IsObject(document)
        && cJSON_GetObjectItemCaseSensitive(root, "position_title") == NULL)
    {
        document = cJSON_DetachItemViaPointer(root, document);
        cJSON_Delete(root);
        return document;
    }

    return root;
}


static int
hrctl_import_show(hrctl_t *ctl, const cJSON *root)
{
    hrctl_note(ctl, "%s: version %s", hrctl_text(root, "message"),
               hrctl_text(root, "version_number"));

    return HRCTL_OK;
}


int
hrctl_profiles_import(hrctl_t *ctl)
{
    int              rc;
    char             path[512], *id, *json;
    long             base;
    cJSON           *body, *document;
    hrctl_answer_t   answer;

    base = 0;

    rc = hrctl_option_int(ctl, "base-version", 1, 1000000000, &base);
    if (rc != HRCTL_OK) {
        return rc;
    }

    document = hrctl_import_document(ctl->argv[1], &rc);
    if (document == NULL) {
        return rc;
    }

    body = cJSON_CreateObject();
    (void) cJSON_AddItemToObject(body, "profile_data", document);

    if (base > 0) {
        (void) cJSON_AddNumberToObject(body, "base_version", (double) base);
    }

    json = hrctl_print(body);
    id = hrctl_encode(ctl->argv[0]);

    if (json == NULL || id == NULL) {
        free(json);
        free(id);
        return hrctl_no_memory();
    }

    (void) snprintf(path, sizeof(path), "/api/profiles/%s/content", id);
    free(id);

    rc = hrctl_call(ctl, "PUT", path, json, &answer);
    free(json);

    return hrctl_show(ctl, rc, &answer, hrctl_import_show, NULL);
}
