/*
 * Reading the rules of the quality score.  Scalars and lists are filled by a
 * table of paths; the three lists of records by one function each.
 */

#include <stddef.h>

#include "hr_quality.h"
#include "hr_rules_file.h"


#define HR_QUALITY_ARENA  (4u * 1024 * 1024)

typedef enum {
    HR_QUALITY_WORDS = 0,
    HR_QUALITY_TEXTS,
    HR_QUALITY_COUNT,           /* whole number from 0 to 1,000 */
    HR_QUALITY_SHARE            /* number from 0 to 1 */
} hr_quality_kind_t;

typedef struct {
    const char         *path;
    hr_quality_kind_t   kind;
    size_t              offset;
} hr_quality_field_t;

#define HR_QUALITY_FIELD(path, kind, member)                                  \
    { path, HR_QUALITY_##kind, offsetof(struct hr_quality_s, member) }

static const hr_quality_field_t  hr_quality_fields[] = {
    HR_QUALITY_FIELD("tasks.min_elements", COUNT, tasks.min_elements),
    HR_QUALITY_FIELD("tasks.max_filler", SHARE, tasks.max_filler),
    HR_QUALITY_FIELD("tasks.min_total", COUNT, tasks.min_total),
    HR_QUALITY_FIELD("tasks.max_total", COUNT, tasks.max_total),
    HR_QUALITY_FIELD("tasks.connectives", TEXTS, tasks.connectives),
    HR_QUALITY_FIELD("tasks.filler_phrases", WORDS, tasks.filler_phrases),
    HR_QUALITY_FIELD("tasks.filler_words", WORDS, tasks.filler_words),
    HR_QUALITY_FIELD("tasks.norms", WORDS, tasks.norms),
    HR_QUALITY_FIELD("tasks.documents", WORDS, tasks.documents),
    HR_QUALITY_FIELD("tasks.systems", WORDS, tasks.systems),
    HR_QUALITY_FIELD("tasks.units", WORDS, tasks.units),
    HR_QUALITY_FIELD("tasks.action_nouns", WORDS, tasks.action_nouns),
    HR_QUALITY_FIELD("tasks.action_endings", TEXTS, tasks.action_endings),
    HR_QUALITY_FIELD("tasks.infinitive_endings", TEXTS, tasks.infinitive_endings),

    HR_QUALITY_FIELD("skills.min_categories", COUNT, skills.min_categories),
    HR_QUALITY_FIELD("skills.max_categories", COUNT, skills.max_categories),
    HR_QUALITY_FIELD("skills.min_per_category", COUNT, skills.min_per_category),
    HR_QUALITY_FIELD("skills.max_per_category", COUNT, skills.max_per_category),
    HR_QUALITY_FIELD("skills.lead_level", COUNT, skills.lead_level),
    HR_QUALITY_FIELD("skills.min_content_words", COUNT, skills.min_content_words),
    HR_QUALITY_FIELD("skills.soft", WORDS, skills.soft),
    HR_QUALITY_FIELD("skills.methods", WORDS, skills.methods),
    HR_QUALITY_FIELD("skills.vague", WORDS, skills.vague),

    HR_QUALITY_FIELD("markers", WORDS, markers),

    HR_QUALITY_FIELD("kpis.min", COUNT, kpis.min),
    HR_QUALITY_FIELD("kpis.max", COUNT, kpis.max),
    HR_QUALITY_FIELD("kpis.signs", TEXTS, kpis.signs),
    HR_QUALITY_FIELD("kpis.units", WORDS, kpis.units),
    HR_QUALITY_FIELD("kpis.periods", WORDS, kpis.periods),

    HR_QUALITY_FIELD("education.max_codes", COUNT, education.max_codes),
    HR_QUALITY_FIELD("education.specialist_max_years", COUNT,
                     education.specialist_max_years),
    HR_QUALITY_FIELD("education.manager_min_years", COUNT,
                     education.manager_min_years),
    HR_QUALITY_FIELD("education.manager_levels", WORDS, education.manager_levels),
    HR_QUALITY_FIELD("education.no_experience", WORDS, education.no_experience),

    HR_QUALITY_FIELD("wording.members", TEXTS, wording_members),
};


static hr_rc_t
hr_quality_no_memory(hr_diag_t *diag)
{
    return hr_diag_set(diag, HR_NOMEM, "out of memory");
}


/* Words of a member; the diagnostic begins with where it is. */

static hr_rc_t
hr_quality_words(hr_quality_t *q, const char *where, const hr_json_t *value,
    hr_words_t *out, hr_diag_t *diag)
{
    hr_rc_t    rc;
    hr_diag_t  inner;

    memset(&inner, 0, sizeof(inner));
    rc = hr_words_load(q->arena, value, out, &inner);

    if (rc != HR_OK) {
        return hr_diag_set(diag, rc, "%s: %s", where, inner.text);
    }

    if (q->nlists == HR_QUALITY_LISTS_MAX) {
        return hr_diag_set(diag, HR_INVALID, "%s: too many lists of words", where);
    }

    q->lists[q->nlists++] = out;

    return HR_OK;
}


static hr_rc_t
hr_quality_load_texts(hr_quality_t *q, const char *where,
    const hr_json_t *value, hr_quality_texts_t *out, hr_diag_t *diag)
{
    size_t            n;
    hr_str_t         *items;
    const hr_json_t  *entry;

    if (!hr_json_is(value, HR_JSON_ARRAY)
        || value->count > HR_QUALITY_TEXTS_MAX)
    {
        return hr_diag_set(diag, HR_INVALID,
                           "%s must be an array of at most %d texts", where,
                           HR_QUALITY_TEXTS_MAX);
    }

    items = hr_arena_calloc(q->arena, (value->count + 1) * sizeof(hr_str_t));
    if (items == NULL) {
        return hr_quality_no_memory(diag);
    }

    n = 0;

    for (entry = value->first; entry != NULL; entry = entry->next) {

        items[n] = hr_json_text(entry);

        if (items[n].len == 0) {
            return hr_diag_set(diag, HR_INVALID, "%s[%zu] must be a text", where,
                               n);
        }

        n++;
    }

    out->items = items;
    out->count = n;

    return HR_OK;
}


static hr_rc_t
hr_quality_load_field(hr_quality_t *q, const hr_quality_field_t *field,
    hr_diag_t *diag)
{
    void             *target;
    double            share;
    int64_t           count;
    const hr_json_t  *value;

    target = (char *) q + field->offset;
    value = hr_json_path(q->root, field->path);

    switch (field->kind) {

    case HR_QUALITY_WORDS:
        return hr_quality_words(q, field->path, value, target, diag);

    case HR_QUALITY_TEXTS:
        return hr_quality_load_texts(q, field->path, value, target, diag);

    case HR_QUALITY_COUNT:
        if (!hr_json_int(value, &count) || count < 0 || count > 1000) {
            return hr_diag_set(diag, HR_INVALID,
                               "%s must be a whole number from 0 to 1000",
                               field->path);
        }

        *(int64_t *) target = count;
        return HR_OK;

    default:
        if (!hr_json_double(value, &share) || share < 0.0 || share > 1.0) {
            return hr_diag_set(diag, HR_INVALID,
                               "%s must be a number from 0 to 1", field->path);
        }

        *(double *) target = share;
        return HR_OK;
    }
}


/*
 * Memory for the records of an array of 1..max objects; NULL after a
 * diagnostic.
 */

static void *
hr_quality_records(hr_quality_t *q, const char *where, const hr_json_t *value,
    size_t max, size_t size, hr_diag_t *diag)
{
    void             *records;
    const hr_json_t  *entry;

    if (!hr_json_is(value, HR_JSON_ARRAY) || value->count == 0
        || value->count > max)
    {
        hr_diag_set(diag, HR_INVALID, "%s must be an array of 1 to %zu objects",
                    where, max);
        return NULL;
    }

    for (entry = value->first; entry != NULL; entry = entry->next) {
        if (entry->type != HR_JSON_OBJECT) {
            hr_diag_set(diag, HR_INVALID, "%s must hold objects", where);
            return NULL;
        }
    }

    records = hr_arena_calloc(q->arena, value->count * size);

    if (records == NULL) {
        hr_quality_no_memory(diag);
    }

    return records;
}


static hr_rc_t
hr_quality_text(const char *where, const hr_json_t *entry, const char *name,
    hr_str_t *out, hr_diag_t *diag)
{
    *out = hr_json_text(hr_json_get(entry, name));

    if (out->len == 0 || out->len > 200) {
        return hr_diag_set(diag, HR_INVALID,
                           "%s: \"%s\" must be a text of 1 to 200 bytes", where,
                           name);
    }

    return HR_OK;
}


static hr_rc_t
hr_quality_load_domain(hr_quality_t *q, const hr_json_t *entry,
    hr_quality_domain_t *domain, hr_diag_t *diag)
{
    hr_rc_t                  rc;
    const hr_json_t         *list, *item;
    hr_quality_framework_t  *framework;

    list = hr_json_get(entry, "frameworks");
    domain->frameworks = hr_quality_records(q, "domains[].frameworks", list,
                                            HR_QUALITY_FRAMEWORKS_MAX,
                                            sizeof(hr_quality_framework_t),
                                            diag);
    if (domain->frameworks == NULL) {
        return HR_INVALID;
    }

    domain->labels = hr_arena_calloc(q->arena, list->count * sizeof(hr_str_t));
    if (domain->labels == NULL) {
        return hr_quality_no_memory(diag);
    }

    rc = hr_quality_text("domains[]", entry, "name", &domain->name, diag);

    if (rc == HR_OK) {
        rc = hr_quality_words(q, "domains[].department",
                              hr_json_get(entry, "department"),
                              &domain->department, diag);
    }

    for (item = list->first; item != NULL && rc == HR_OK; item = item->next) {

        framework = &domain->frameworks[domain->count];
        rc = hr_quality_text("domains[].frameworks[]", item, "label",
                             &framework->label, diag);

        if (rc == HR_OK) {
            rc = hr_quality_words(q, "domains[].frameworks[].words",
                                  hr_json_get(item, "words"), &framework->words,
                                  diag);
        }

        domain->labels[domain->count++] = framework->label;
    }

    return rc;
}


static hr_rc_t
hr_quality_load_domains(hr_quality_t *q, hr_diag_t *diag)
{
    hr_rc_t           rc;
    const hr_json_t  *list, *entry;

    list = hr_json_get(q->root, "domains");
    q->domains = hr_quality_records(q, "domains", list, HR_QUALITY_DOMAINS_MAX,
                                    sizeof(hr_quality_domain_t), diag);
    if (q->domains == NULL) {
        return HR_INVALID;
    }

    for (entry = list->first; entry != NULL; entry = entry->next) {

        rc = hr_quality_load_domain(q, entry, &q->domains[q->ndomains], diag);
        if (rc != HR_OK) {
            return rc;
        }

        q->ndomains++;
    }

    return HR_OK;
}


static hr_rc_t
hr_quality_load_wordings(hr_quality_t *q, hr_diag_t *diag)
{
    hr_rc_t                rc;
    const hr_json_t       *list, *entry;
    hr_quality_wording_t  *wording;

    list = hr_json_path(q->root, "wording.lists");
    q->wordings = hr_quality_records(q, "wording.lists", list,
                                     HR_QUALITY_WORDINGS_MAX,
                                     sizeof(hr_quality_wording_t), diag);
    if (q->wordings == NULL) {
        return HR_INVALID;
    }

    for (entry = list->first; entry != NULL; entry = entry->next) {

        wording = &q->wordings[q->nwordings++];
        rc = hr_quality_text("wording.lists[]", entry, "label", &wording->label,
                             diag);

        if (rc == HR_OK) {
            rc = hr_quality_text("wording.lists[]", entry, "severity",
                                 &wording->severity, diag);
        }

        if (rc == HR_OK) {
            rc = hr_quality_words(q, "wording.lists[].words",
                                  hr_json_get(entry, "words"), &wording->words,
                                  diag);
        }

        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_quality_load_boundaries(hr_quality_t *q, hr_diag_t *diag)
{
    hr_rc_t                 rc;
    const hr_json_t        *list, *entry;
    hr_quality_boundary_t  *boundary;

    list = hr_json_get(q->root, "boundaries");
    q->boundaries = hr_quality_records(q, "boundaries", list,
                                       HR_QUALITY_BOUNDARIES_MAX,
                                       sizeof(hr_quality_boundary_t), diag);
    if (q->boundaries == NULL) {
        return HR_INVALID;
    }

    for (entry = list->first; entry != NULL; entry = entry->next) {

        boundary = &q->boundaries[q->nboundaries++];
        rc = hr_quality_text("boundaries[]", entry, "label", &boundary->label,
                             diag);

        if (rc == HR_OK) {
            rc = hr_quality_words(q, "boundaries[].actions",
                                  hr_json_get(entry, "actions"),
                                  &boundary->actions, diag);
        }

        if (rc == HR_OK) {
            rc = hr_quality_words(q, "boundaries[].objects",
                                  hr_json_get(entry, "objects"),
                                  &boundary->objects, diag);
        }

        if (rc == HR_OK) {
            rc = hr_quality_words(q, "boundaries[].owners",
                                  hr_json_get(entry, "owners"),
                                  &boundary->owners, diag);
        }

        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_quality_parse(hr_quality_t *q, hr_diag_t *diag)
{
    size_t   i;
    hr_rc_t  rc;

    q->lists = hr_arena_alloc(q->arena, HR_QUALITY_LISTS_MAX * sizeof(hr_words_t *));
    if (q->lists == NULL) {
        return hr_quality_no_memory(diag);
    }

    rc = hr_quality_text("the file", q->root, "version", &q->version, diag);

    for (i = 0; i < sizeof(hr_quality_fields) / sizeof(hr_quality_fields[0])
                && rc == HR_OK; i++)
    {
        rc = hr_quality_load_field(q, &hr_quality_fields[i], diag);
    }

    if (rc == HR_OK) {
        rc = hr_quality_load_domains(q, diag);
    }

    if (rc == HR_OK) {
        rc = hr_quality_load_wordings(q, diag);
    }

    if (rc == HR_OK) {
        rc = hr_quality_load_boundaries(q, diag);
    }

    if (rc == HR_OK
        && hr_words_index(q->arena, q->lists, q->nlists, &q->index) != HR_OK)
    {
        rc = hr_quality_no_memory(diag);
    }

    return rc;
}


hr_rc_t
hr_quality_load(hr_str_t json, hr_quality_t **out, hr_diag_t *diag)
{
    hr_rc_t           rc;
    hr_quality_t     *q;
    hr_rules_file_t   file;

    *out = NULL;

    rc = hr_rules_file_open(json, HR_QUALITY_BYTES_MAX, HR_QUALITY_ARENA,
                            sizeof(hr_quality_t), &file, diag);
    if (rc != HR_OK) {
        return rc;
    }

    q = file.made;
    q->arena = file.arena;
    q->root = file.root;

    rc = hr_quality_parse(q, diag);

    if (rc != HR_OK) {
        hr_arena_destroy(file.arena);
        return rc;
    }

    *out = q;

    return HR_OK;
}


void
hr_quality_destroy(hr_quality_t *quality)
{
    if (quality != NULL) {
        hr_arena_destroy(quality->arena);
    }
}


hr_str_t
hr_quality_version(const hr_quality_t *quality)
{
    return quality->version;
}
