/* How the service is: health, cache, care of the database. */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "hrctl.h"


#define HRCTL_LONG     3600         /* seconds that a check of all pages may take */
#define HRCTL_SHARDS   64
#define HRCTL_METRIC   "hr_cache_"


/* ---- health ---- */


/* The members of an object, as lines. */
static void
hrctl_health_part(const cJSON *root, const char *path)
{
    const cJSON  *item;

    cJSON_ArrayForEach(item, hrctl_get(root, path)) {
        if (cJSON_IsObject(item)) {
            hrctl_line_printf(item->string, "%s %s", hrctl_text(item, "status"),
                              hrctl_text(item, "message"));
        } else if (!cJSON_IsArray(item)) {
            hrctl_line(item->string, hrctl_text(item, ""));
        }
    }
}


int
hrctl_health(hrctl_t *ctl)
{
    int              rc;
    cJSON           *root;
    hrctl_answer_t   answer;

    rc = hrctl_request_anonymous(ctl, "GET", "/health", NULL, &answer);
    if (rc != HRCTL_OK) {
        return rc;
    }

    root = hrctl_parse(&answer);

    if (root == NULL) {
        hrctl_answer_free(&answer);
        return HRCTL_FAILED;
    }

    if (ctl->json) {
        (void) hrctl_put_json(&answer);

    } else {
        hrctl_line("status", hrctl_text(root, "status"));
        hrctl_line("version", hrctl_text(root, "version"));
        hrctl_line("uptime, seconds", hrctl_text(root, "uptime_seconds"));
        hrctl_line("environment", hrctl_text(root, "environment"));
        hrctl_health_part(root, "components");
        hrctl_health_part(root, "external_services");
        hrctl_health_part(root, "data");
    }

    rc = strcmp(hrctl_text(root, "status"), "healthy") == 0 ? HRCTL_OK : HRCTL_FINDINGS;
    cJSON_Delete(root);
    hrctl_answer_free(&answer);

    return rc;
}


/* ---- care ---- */


static int
hrctl_maintenance_show(hrctl_t *ctl, const cJSON *root)
{
    (void) ctl;

    hrctl_line("result", hrctl_text(root, "message"));
    hrctl_line("finding", hrctl_text(root, "data.finding"));
    hrctl_line_printf("seconds", "%.2f", hrctl_number(root, "data.seconds", 0));

    /* of rescore */
    if (hrctl_number(root, "data.profiles.looked_at", -1) >= 0) {
        hrctl_line_printf("looked at", "%.0f",
                          hrctl_number(root, "data.profiles.looked_at", 0));
        hrctl_line_printf("changed", "%.0f",
                          hrctl_number(root, "data.profiles.changed", 0));
        hrctl_line_printf("skipped", "%.0f",
                          hrctl_number(root, "data.profiles.skipped", 0));
    }

    return HRCTL_OK;
}


int
hrctl_maintenance(hrctl_t *ctl)
{
    int              rc;
    char            *json;
    cJSON           *body;
    hrctl_answer_t   answer;

    ctl->timeout = ctl->timeout < HRCTL_LONG ? HRCTL_LONG : ctl->timeout;

    body = cJSON_CreateObject();
    (void) cJSON_AddStringToObject(body, "action", ctl->argv[0]);

    json = hrctl_print(body);
    if (json == NULL) {
        return hrctl_no_memory();
    }

    rc = hrctl_call(ctl, "POST", "/api/admin/maintenance", json, &answer);
    free(json);

    return hrctl_show(ctl, rc, &answer, hrctl_maintenance_show, "data.ok");
}


/* ---- cache ---- */

/* Of one shard, or of all. */
typedef struct {
    double  hits, misses, stale, stores, evictions, entries, bytes, size, free;
} hrctl_shard_t;

static const struct {
    const char  *name;
    size_t       offset;
} hrctl_shard_rows[] = {
    { "hits", offsetof(hrctl_shard_t, hits) },
    { "misses", offsetof(hrctl_shard_t, misses) },
    { "stale", offsetof(hrctl_shard_t, stale) },
    { "stores", offsetof(hrctl_shard_t, stores) },
    { "evictions", offsetof(hrctl_shard_t, evictions) },
    { "entries", offsetof(hrctl_shard_t, entries) },
    { "bytes", offsetof(hrctl_shard_t, bytes) },
    { "size", offsetof(hrctl_shard_t, size) },
    { "free", offsetof(hrctl_shard_t, free) },
};


/*
 * hr_cache_hits_total{shard="0"} 12: the names of counters may end in _total,
 * those of sizes in _bytes.
 */
static void
hrctl_cache_line(const char *line, hrctl_shard_t *shards, unsigned *count)
{
    char         buf[64];
    size_t       i, n;
    double       value;
    unsigned     shard;
    const char  *name;

    if (strncmp(line, HRCTL_METRIC, strlen(HRCTL_METRIC)) != 0) {
        return;
    }

    line += strlen(HRCTL_METRIC);

    if (sscanf(line, "%63[a-z_]{shard=\"%u\"} %lf", buf, &shard, &value) != 3
        || shard >= HRCTL_SHARDS)
    {
        return;
    }

    /* body_bytes, used_bytes: of the bodies */
    name = strncmp(buf, "body_", 5) == 0 || strncmp(buf, "used_", 5) == 0 ? buf + 5
                                                                         : buf;

    for (i = 0; i < sizeof(hrctl_shard_rows) / sizeof(hrctl_shard_rows[0]); i++) {
        n = strlen(hrctl_shard_rows[i].name);

        if (strncmp(name, hrctl_shard_rows[i].name, n) == 0
            && (name[n] == '\0' || strcmp(name + n, "_total") == 0
                || strcmp(name + n, "_bytes") == 0))
        {
            *(double *) ((char *) &shards[shard] + hrctl_shard_rows[i].offset) = value;
            *count = shard + 1 > *count ? shard + 1 : *count;
            return;
        }
    }
}


static void
hrctl_cache_row(hrctl_table_t *t, const char *name, const hrctl_shard_t *s)
{
    char    size[16];
    double  asked;

    asked = s->hits + s->misses + s->stale;

    hrctl_cell(t, name);
    hrctl_cell_printf(t, "%.0f", s->hits);
    hrctl_cell_printf(t, "%.0f", s->misses);
    hrctl_cell_printf(t, "%.0f", s->stale);
    hrctl_cell_printf(t, asked > 0 ? "%.1f%%" : "-", s->hits * 100 / asked);
    hrctl_cell_printf(t, "%.0f", s->stores);
    hrctl_cell_printf(t, "%.0f", s->evictions);
    hrctl_cell_printf(t, "%.0f", s->entries);
    hrctl_cell(t, hrctl_bytes(s->bytes, size));
}


static int
hrctl_cache_table(const hrctl_shard_t *shards, unsigned count)
{
    char            name[16];
    size_t          k;
    unsigned        i;
    hrctl_shard_t   sum;
    hrctl_table_t  *t;

    t = hrctl_table("SHARD|#HITS|#MISSES|#STALE|#HIT RATE|#STORED|#EVICTED|#ENTRIES|#BYTES");
    if (t == NULL) {
        return HRCTL_FAILED;
    }

    memset(&sum, 0, sizeof(sum));

    for (i = 0; i < count; i++) {
        (void) snprintf(name, sizeof(name), "%u", i);
        hrctl_cache_row(t, name, &shards[i]);

        for (k = 0; k < sizeof(hrctl_shard_t) / sizeof(double); k++) {
            ((double *) &sum)[k] += ((const double *) &shards[i])[k];
        }
    }

    hrctl_cache_row(t, "all", &sum);

    return hrctl_table_end(t);
}


static int
hrctl_cache_json(const hrctl_shard_t *shards, unsigned count)
{
    char      *text;
    cJSON     *list, *node;
    size_t     k;
    unsigned   i;

    list = cJSON_CreateArray();

    for (i = 0; i < count; i++) {
        node = cJSON_CreateObject();
        (void) cJSON_AddNumberToObject(node, "shard", i);

        for (k = 0; k < sizeof(hrctl_shard_rows) / sizeof(hrctl_shard_rows[0]); k++) {
            (void) cJSON_AddNumberToObject(node, hrctl_shard_rows[k].name,
                *(const double *) ((const char *) &shards[i]
                                   + hrctl_shard_rows[k].offset));
        }

        (void) cJSON_AddItemToArray(list, node);
    }

    text = hrctl_print(list);
    if (text == NULL) {
        return hrctl_no_memory();
    }

    (void) puts(text);
    free(text);

    return HRCTL_OK;
}


int
hrctl_cache_stats(hrctl_t *ctl)
{
    int              rc;
    char            *line, *rest;
    unsigned         count;
    hrctl_shard_t    shards[HRCTL_SHARDS];
    hrctl_answer_t   answer;

    rc = hrctl_call(ctl, "GET", "/metrics", NULL, &answer);
    if (rc != HRCTL_OK) {
        return rc;
    }

    memset(shards, 0, sizeof(shards));
    count = 0;

    for (line = strtok_r(answer.body, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
    {
        hrctl_cache_line(line, shards, &count);
    }

    hrctl_answer_free(&answer);

    if (count == 0) {
        return hrctl_fail(HRCTL_NOT_FOUND, "the figures of the server have no cache");
    }

    return ctl->json ? hrctl_cache_json(shards, count) : hrctl_cache_table(shards, count);
}
