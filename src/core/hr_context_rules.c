#include "hr_context_rules.h"


#define HR_CONTEXT_RULES_MAX  (256u * 1024)

typedef struct {
    hr_arena_t          *arena;
    hr_diag_t           *diag;
    hr_context_rules_t  *rules;
} hr_context_reader_t;


static hr_rc_t
hr_context_open(hr_context_reader_t *r, const char *file, hr_str_t json,
    hr_json_t **root)
{
    hr_rc_t         rc;
    hr_json_info_t  info;

    if (json.data == NULL || json.len > HR_CONTEXT_RULES_MAX) {
        return hr_diag_set(r->diag, HR_INVALID,
                           "%s is missing or larger than 256 KiB", file);
    }

    rc = hr_json_parse(r->arena, json, NULL, root, &info);

    return rc == HR_OK ? HR_OK
           : hr_diag_set(r->diag, rc, "%s: %s (line %zu, column %zu)", file,
                         info.text, info.line, info.column);
}


static hr_rc_t
hr_context_number(hr_context_reader_t *r, const hr_json_t *root,
    const char *path, size_t min, size_t max, size_t *out)
{
    int64_t           n;
    const hr_json_t  *node = hr_json_path(root, path);

    if (!hr_json_int(node, &n) || n < (int64_t) min || n > (int64_t) max) {
        return hr_diag_set(r->diag, HR_INVALID,
                           "generation.json: \"%s\" must be %zu..%zu", path,
                           min, max);
    }

    *out = (size_t) n;
    return HR_OK;
}


static hr_rc_t
hr_context_text(hr_context_reader_t *r, const hr_json_t *root,
    const char *path, hr_str_t *out)
{
    *out = hr_json_text(hr_json_path(root, path));

    return out->len > 0 ? HR_OK
           : hr_diag_set(r->diag, HR_INVALID,
                         "generation.json: \"%s\" must be a text", path);
}


/* A list of names of which the first is the proper one. */
static hr_rc_t
hr_context_names(hr_context_reader_t *r, const hr_json_t *root,
    const char *path, const hr_json_t **out)
{
    *out = hr_json_path(root, path);

    return hr_json_is(*out, HR_JSON_ARRAY) && (*out)->count > 0
           && hr_json_text((*out)->first).len > 0 ? HR_OK
           : hr_diag_set(r->diag, HR_INVALID,
                         "generation.json: \"%s\" must be a list of names",
                         path);
}


/* An absent list is an empty one. */
static hr_rc_t
hr_context_words(hr_context_reader_t *r, const hr_json_t *object,
    const char *name, hr_words_t *words)
{
    const hr_json_t  *list = hr_json_get(object, name);

    memset(words, 0, sizeof(*words));

    return list == NULL ? HR_OK : hr_words_load(r->arena, list, words, r->diag);
}


static hr_rc_t
hr_context_categories(hr_context_reader_t *r, const hr_json_t *root)
{
    hr_rc_t               rc;
    const hr_json_t      *list;
    hr_category_rule_t   *rule;
    hr_context_rules_t   *rules = r->rules;

    list = hr_json_get(root, "categories");

    for (const hr_json_t *c = list == NULL ? NULL : list->first;
         c != NULL;
         c = c->next)
    {
        if (rules->category_count == HR_CATEGORIES_MAX) {
            return hr_diag_set(r->diag, HR_LIMIT,
                               "generation.json: too many categories");
        }

        rule = &rules->categories[rules->category_count++];
        rc = hr_context_words(r, c, "words", &rule->words);

        if (rc == HR_OK) {
            rc = hr_context_number(r, c, "rank", 0, 20, &rule->rank);
        }

        if (rc != HR_OK) {
            return rc;
        }
    }

    list = hr_json_get(root, "category_by_depth");

    for (const hr_json_t *d = list == NULL ? NULL : list->first;
         d != NULL && rules->depth_count < 16;
         d = d->next)
    {
        int64_t  n;

        if (!hr_json_int(d, &n) || n < 0 || n > 20) {
            return hr_diag_set(r->diag, HR_INVALID, "generation.json: "
                               "category_by_depth must hold ranks");
        }

        rules->category_by_depth[rules->depth_count++] = (size_t) n;
    }

    return rules->depth_count > 0 ? HR_OK
           : hr_diag_set(r->diag, HR_INVALID,
                         "generation.json: category_by_depth is required");
}


static hr_rc_t
hr_context_load_generation(hr_context_reader_t *r, hr_str_t json)
{
    hr_context_rules_t  *rules = r->rules;

    struct {
        const char  *path;
        size_t       min, max;
        size_t      *out;
    } numbers[] = {
        { "budget.total_chars", 20000, 2000000, &rules->total_chars },
        { "budget.org_chars", 1000, 200000, &rules->org_chars },
        { "branch.depth", 0, 10, &rules->branch_depth },
        { "branch.siblings", 0, 100, &rules->siblings },
        { "branch.titles", 1, 200, &rules->titles },
        { "career_candidates", 0, 50, &rules->career_candidates },
        { "foreign_units", 0, 50, &rules->foreign_units },
    };

    struct {
        const char  *path;
        hr_str_t    *out;
    } texts[] = {
        { "data_sources.organization", &rules->source_organization },
        { "data_sources.company_map", &rules->source_company_map },
        { "data_sources.it_systems", &rules->source_it_systems },
        { "data_sources.kpi_file", &rules->source_kpi_file },
        { "data_sources.kpi_template", &rules->source_kpi_template },
    };

    hr_rc_t     rc;
    hr_json_t  *root;

    rc = hr_context_open(r, "generation.json", json, &root);

    for (size_t i = 0;
         i < sizeof(numbers) / sizeof(numbers[0]) && rc == HR_OK;
         i++)
    {
        rc = hr_context_number(r, root, numbers[i].path, numbers[i].min,
                               numbers[i].max, numbers[i].out);
    }

    for (size_t i = 0;
         i < sizeof(texts) / sizeof(texts[0]) && rc == HR_OK;
         i++)
    {
        rc = hr_context_text(r, root, texts[i].path, texts[i].out);
    }

    if (rc == HR_OK) {
        rc = hr_context_names(r, root, "files.company_map",
                              &rules->files_company_map);
    }

    if (rc == HR_OK) {
        rc = hr_context_names(r, root, "files.it_systems",
                              &rules->files_it_systems);
    }

    if (rc == HR_OK) {
        rc = hr_context_words(r, root, "unit_words", &rules->unit_words);
    }

    return rc == HR_OK ? hr_context_categories(r, root) : rc;
}


static hr_rc_t
hr_context_load_topics(hr_context_reader_t *r, const hr_json_t *list,
    hr_role_t *role)
{
    hr_rc_t      rc;
    hr_topic_t  *topic;

    if (!hr_json_is(list, HR_JSON_ARRAY) || list->count > HR_TOPICS_MAX) {
        return hr_diag_set(r->diag, HR_INVALID,
                           "role-rules.json: \"topics\" must be an array of at "
                           "most %d entries", HR_TOPICS_MAX);
    }

    role->topics = hr_arena_calloc(r->arena, (list->count + 1)
                                             * sizeof(hr_topic_t));
    if (role->topics == NULL) {
        return HR_NOMEM;
    }

    for (const hr_json_t *t = list->first; t != NULL; t = t->next) {

        topic = &role->topics[role->topic_count++];
        topic->name = hr_json_text(hr_json_get(t, "name"));
        rc = hr_context_words(r, t, "words", &topic->words);

        if (rc == HR_OK && (topic->name.len == 0 || topic->words.count == 0)) {
            rc = hr_diag_set(r->diag, HR_INVALID, "role-rules.json: a topic "
                             "needs a name and words");
        }

        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static bool
hr_context_flag(const hr_json_t *object, const char *name)
{
    const hr_json_t  *node = hr_json_get(object, name);

    return hr_json_is(node, HR_JSON_BOOL) && node->boolean;
}


static hr_rc_t
hr_context_load_roles(hr_context_reader_t *r, hr_str_t json)
{
    hr_rc_t           rc;
    hr_role_t        *role;
    hr_json_t        *root;
    const hr_json_t  *list;

    rc = hr_context_open(r, "role-rules.json", json, &root);
    if (rc != HR_OK) {
        return rc;
    }

    rc = hr_context_words(r, root, "cooperation_words", &r->rules->cooperation);
    if (rc != HR_OK) {
        return rc;
    }

    list = hr_json_get(root, "rules");

    if (!hr_json_is(list, HR_JSON_ARRAY) || list->count > HR_ROLES_MAX) {
        return hr_diag_set(r->diag, HR_INVALID,
                           "role-rules.json: \"rules\" must be an array of at "
                           "most %d entries", HR_ROLES_MAX);
    }

    r->rules->soft_skill_text = hr_json_text(hr_json_get(root,
                                                         "soft_skill_text"));
    r->rules->roles = hr_arena_calloc(r->arena, (list->count + 1)
                                                * sizeof(hr_role_t));
    if (r->rules->roles == NULL) {
        return HR_NOMEM;
    }

    for (const hr_json_t *e = list->first; e != NULL && rc == HR_OK; e = e->next)
    {
        role = &r->rules->roles[r->rules->role_count++];
        role->name = hr_json_text(hr_json_get(e, "name"));
        role->managers = hr_context_flag(e, "managers");
        role->soft_skill_methods = hr_context_flag(e, "soft_skill_methods");

        rc = hr_context_words(r, e, "units", &role->units);

        if (rc == HR_OK) {
            rc = hr_context_words(r, e, "titles", &role->titles);
        }

        if (rc == HR_OK) {
            rc = hr_context_load_topics(r, hr_json_get(e, "topics"), role);
        }
    }

    return rc;
}


hr_rc_t
hr_context_rules_load(hr_arena_t *arena, hr_str_t generation,
    hr_str_t roles, const hr_context_rules_t **out, hr_diag_t *diag)
{
    hr_rc_t              rc;
    hr_context_reader_t  r;

    *out = NULL;

    r.arena = arena;
    r.diag = diag;
    r.rules = hr_arena_calloc(arena, sizeof(hr_context_rules_t));

    if (r.rules == NULL) {
        return HR_NOMEM;
    }

    rc = hr_context_load_generation(&r, generation);

    if (rc == HR_OK) {
        rc = hr_context_load_roles(&r, roles);
    }

    if (rc == HR_OK) {
        *out = r.rules;
    }

    return rc;
}
