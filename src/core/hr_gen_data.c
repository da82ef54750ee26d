#include "hr_gen_data.h"
#include "hr_hash.h"
#include "hr_text.h"

#include <stdlib.h>


#define HR_GEN_ARENA_MAX  (256u * 1024 * 1024)

#define HR_GEN_CONF       "conf/"
#define HR_GEN_DATA       "data/"
#define HR_GEN_TEMPLATES  HR_GEN_CONF "company/kpi-templates/"
#define HR_GEN_KPI        HR_GEN_DATA "KPI/"
#define HR_GEN_PRODUCTION HR_GEN_CONF "prompts/production/"
#define HR_GEN_CANDIDATE  HR_GEN_CONF "prompts/candidate/"


const hr_gen_input_t  hr_gen_inputs[] = {
    { HR_GEN_ROOT_CONF, "company/document.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "company/quality.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "company/generation.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "company/role-rules.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "company/kpi.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "company/it-systems.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "company/company-map.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "company/kpi-templates/*.md", false, 64 * 1024 },
    { HR_GEN_ROOT_CONF, "prompts/schema.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "prompts/models.json", true, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "prompts/production/prompt.txt", false, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "prompts/production/config.json", false, 512 * 1024 },
    { HR_GEN_ROOT_CONF, "prompts/production/metadata.json", false, 64 * 1024 },
    { HR_GEN_ROOT_CONF, "prompts/candidate/prompt.txt", false, 256 * 1024 },
    { HR_GEN_ROOT_CONF, "prompts/candidate/config.json", false, 512 * 1024 },
    { HR_GEN_ROOT_CONF, "prompts/candidate/metadata.json", false, 64 * 1024 },
    { HR_GEN_ROOT_DATA, "KPI/KPI_*.md", false, 1024 * 1024 },
    { HR_GEN_ROOT_DATA, "*.md", false, 2 * 1024 * 1024 },
    { HR_GEN_ROOT_DATA, "it_legend.json", false, 512 * 1024 },
};

const size_t  hr_gen_input_count = sizeof(hr_gen_inputs)
                                   / sizeof(hr_gen_inputs[0]);

typedef struct {
    const hr_gen_file_t  *files;
    size_t                count;
    const hr_gen_opts_t  *opts;
    hr_gen_t             *gen;
    hr_diag_t            *diag;
} hr_gen_loader_t;


/* --- files ------------------------------------------------------------------------ */

static const hr_gen_file_t *
hr_gen_file(const hr_gen_loader_t *l, const char *path)
{
    for (size_t i = 0; i < l->count; i++) {
        if (hr_str_eq(l->files[i].path, hr_str_from_c(path))) {
            return &l->files[i];
        }
    }

    return NULL;
}


static hr_rc_t
hr_gen_require(const hr_gen_loader_t *l, const char *path, hr_str_t *bytes)
{
    const hr_gen_file_t  *file = hr_gen_file(l, path);

    if (file == NULL || file->bytes.data == NULL) {
        return hr_diag_set(l->diag, HR_NOT_FOUND, "%s is missing or not "
                           "readable", path);
    }

    *bytes = file->bytes;
    return HR_OK;
}


/* The file of the data folder with that name, however its letters are composed. */
static const hr_gen_file_t *
hr_gen_data_file(const hr_gen_loader_t *l, hr_str_t name)
{
    hr_str_t      path, key = hr_match_key(l->gen->arena, name);
    const size_t  skip = sizeof(HR_GEN_DATA) - 1;

    for (size_t i = 0; i < l->count; i++) {

        path = l->files[i].path;

        if (path.len > skip && memcmp(path.data, HR_GEN_DATA, skip) == 0
            && hr_str_eq(hr_match_key(l->gen->arena,
                                      hr_str(path.data + skip,
                                             path.len - skip)), key))
        {
            return &l->files[i];
        }
    }

    return NULL;
}


/* All files of a folder as inputs named without it. */
static hr_rc_t
hr_gen_folder(const hr_gen_loader_t *l, const char *folder,
    const hr_kpi_input_t **out, size_t *count)
{
    size_t           skip = strlen(folder);
    hr_str_t         path;
    hr_kpi_input_t  *inputs;

    inputs = hr_arena_calloc(l->gen->arena, (l->count + 1)
                                            * sizeof(hr_kpi_input_t));
    if (inputs == NULL) {
        return HR_NOMEM;
    }

    *out = inputs;
    *count = 0;

    for (size_t i = 0; i < l->count; i++) {

        path = l->files[i].path;

        if (path.len > skip && memcmp(path.data, folder, skip) == 0
            && memchr(path.data + skip, '/', path.len - skip) == NULL)
        {
            inputs[*count].name = hr_str(path.data + skip, path.len - skip);
            inputs[(*count)++].bytes = l->files[i].bytes;
        }
    }

    return HR_OK;
}


/* --- parts ------------------------------------------------------------------------ */

static const hr_str_t *
hr_gen_values(void *ctx, hr_str_t name, size_t *count)
{
    return hr_vocabulary_values(ctx, name, count);
}


static hr_rc_t
hr_gen_load_words(hr_gen_loader_t *l)
{
    hr_rc_t   rc;
    hr_str_t  bytes, roles;

    rc = hr_gen_require(l, HR_GEN_CONF "company/document.json", &bytes);

    if (rc == HR_OK) {
        rc = hr_vocabulary_load(bytes, &l->gen->vocabulary, l->diag);
    }

    if (rc == HR_OK) {
        rc = hr_gen_require(l, HR_GEN_CONF "company/quality.json", &bytes);
    }

    if (rc == HR_OK) {
        rc = hr_quality_load(bytes, &l->gen->quality, l->diag);
    }

    if (rc == HR_OK) {
        rc = hr_gen_require(l, HR_GEN_CONF "company/generation.json", &bytes);
    }

    if (rc == HR_OK) {
        rc = hr_gen_require(l, HR_GEN_CONF "company/role-rules.json", &roles);
    }

    l->gen->sources.vocabulary = l->gen->vocabulary;

    return rc == HR_OK ? hr_context_rules_load(l->gen->arena, bytes, roles,
                                               &l->gen->sources.rules, l->diag)
                       : rc;
}


static hr_rc_t
hr_gen_load_schema(hr_gen_loader_t *l)
{
    hr_rc_t   rc;
    hr_str_t  bytes;

    rc = hr_gen_require(l, HR_GEN_CONF "prompts/schema.json", &bytes);

    if (rc == HR_OK) {
        rc = hr_schema_load(l->gen->arena, bytes, hr_gen_values,
                            l->gen->vocabulary, &l->gen->sources.schema,
                            l->diag);
    }

    if (rc == HR_OK) {
        rc = hr_gen_require(l, HR_GEN_CONF "prompts/models.json", &bytes);
    }

    l->gen->prompt_rules.variables = hr_context_variables;
    l->gen->prompt_rules.variable_count = HR_VAR_COUNT;
    l->gen->prompt_rules.schema = l->gen->sources.schema;

    return rc == HR_OK ? hr_models_load(l->gen->arena, bytes, &l->gen->models,
                                        l->diag)
                       : rc;
}


static hr_rc_t
hr_gen_load_kpi(hr_gen_loader_t *l)
{
    hr_rc_t           rc;
    hr_kpi_sources_t  sources = { .file_count = 0 };

    rc = hr_gen_require(l, HR_GEN_CONF "company/kpi.json", &sources.rules);

    if (rc == HR_OK) {
        rc = hr_gen_folder(l, HR_GEN_KPI, &sources.files, &sources.file_count);
    }

    if (rc == HR_OK) {
        rc = hr_gen_folder(l, HR_GEN_TEMPLATES, &sources.templates,
                           &sources.template_count);
    }

    return rc == HR_OK ? hr_kpi_load(l->gen->arena, &sources,
                                     &l->gen->sources.kpi, &l->gen->notes,
                                     l->diag)
                       : rc;
}


/*
 * A map that is not there stops generations (data-files.md 11); one that is
 * there but unreadable or malformed is left out with a warning.
 */
static hr_str_t
hr_gen_map(hr_gen_loader_t *l, const hr_json_t *names, const char *missing,
    const char *unreadable)
{
    hr_str_t              name = names->first->text;
    const hr_gen_file_t  *file = NULL;

    for (const hr_json_t *n = names->first; n != NULL && file == NULL;
         n = n->next)
    {
        file = hr_gen_data_file(l, hr_json_text(n));
    }

    if (file == NULL) {
        l->gen->ready = HR_GENERR_DATA_SOURCE_MISSING;
        hr_findings_add(&l->gen->notes, missing, name, "Нет файла «%.*s»",
                        (int) name.len, name.data);
        return HR_STR_NULL;
    }

    if (file->bytes.data == NULL) {
        hr_findings_add(&l->gen->notes, unreadable, name,
                        "Файл «%.*s» не читается", (int) name.len, name.data);
    }

    return file->bytes;
}


static hr_rc_t
hr_gen_load_it(hr_gen_loader_t *l)
{
    hr_rc_t     rc;
    hr_str_t    rules, map;
    hr_diag_t   diag = { .line = 0 };
    hr_gen_t   *gen = l->gen;

    rc = hr_gen_require(l, HR_GEN_CONF "company/it-systems.json", &rules);
    if (rc != HR_OK) {
        return rc;
    }

    map = hr_gen_map(l, gen->sources.rules->files_it_systems,
                     "it_systems_missing", "it_systems_unavailable");

    rc = hr_it_load(gen->arena, rules, map, &gen->sources.it, &diag);

    if (rc == HR_INVALID && map.data != NULL) {
        /* is it the map or are it the rules? */
        rc = hr_it_load(gen->arena, rules, HR_STR_NULL, &gen->sources.it,
                        l->diag);
        if (rc == HR_OK) {
            hr_findings_add(&gen->notes, "it_systems_unavailable",
                            HR_STR(""), "%s",
                            diag.text);
        }

        return rc;
    }

    return rc == HR_OK ? rc : hr_diag_set(l->diag, rc, "%s", diag.text);
}


static hr_rc_t
hr_gen_load_company(hr_gen_loader_t *l)
{
    hr_rc_t     rc;
    hr_str_t    rules, map;
    hr_diag_t   diag = { .line = 0 };
    hr_gen_t   *gen = l->gen;

    rc = hr_gen_require(l, HR_GEN_CONF "company/company-map.json", &rules);
    if (rc != HR_OK) {
        return rc;
    }

    map = hr_gen_map(l, gen->sources.rules->files_company_map,
                     "company_map_missing", "company_map_unavailable");

    rc = hr_company_load(gen->arena, rules, map, &gen->sources.company, &diag);

    if (rc == HR_INVALID && map.data != NULL) {
        rc = hr_company_load(gen->arena, rules, HR_STR_NULL,
                             &gen->sources.company, l->diag);
        if (rc == HR_OK) {
            hr_findings_add(&gen->notes, "company_map_unavailable",
                            HR_STR(""), "%s",
                            diag.text);
        }

        return rc;
    }

    return rc == HR_OK ? rc : hr_diag_set(l->diag, rc, "%s", diag.text);
}


static hr_rc_t
hr_gen_load_legend(hr_gen_loader_t *l)
{
    const hr_gen_file_t  *file = hr_gen_file(l, HR_GEN_DATA "it_legend.json");

    if (file == NULL) {
        return HR_OK;
    }

    if (file->bytes.data == NULL) {
        return hr_diag_set(l->diag, HR_INVALID, "it_legend.json is not "
                           "readable");
    }

    return hr_legend_load(l->gen->arena, file->bytes, &l->gen->legend, l->diag);
}


/* A bundle that was fetched as messages was kept as messages. */
static bool
hr_gen_is_chat(const hr_gen_loader_t *l, hr_str_t metadata)
{
    hr_json_t  *root;

    return metadata.data != NULL
           && hr_json_parse(l->gen->arena, metadata, NULL, &root, NULL) == HR_OK
           && hr_str_eq(hr_json_text(hr_json_get(root, "type")),
                        HR_STR("chat"));
}


/* The bundle of a folder; *out stays NULL when it has no text. */
static hr_rc_t
hr_gen_load_bundle(hr_gen_loader_t *l, const char *const files[3],
    hr_prompt_t **out)
{
    hr_rc_t               rc;
    hr_diag_t             diag = { .line = 0 };
    hr_prompt_source_t    source = { .name = HR_STR("profile_generation") };
    const hr_gen_file_t  *text, *config, *metadata;

    text = hr_gen_file(l, files[0]);
    config = hr_gen_file(l, files[1]);
    metadata = hr_gen_file(l, files[2]);

    if (text == NULL || text->bytes.data == NULL) {
        return HR_OK;
    }

    source.text = text->bytes;
    source.config = config == NULL ? HR_STR_NULL : config->bytes;
    source.metadata = metadata == NULL ? HR_STR_NULL : metadata->bytes;
    source.allow_unverified = l->opts != NULL && l->opts->allow_unverified;
    source.chat = hr_gen_is_chat(l, source.metadata);

    rc = hr_prompt_load(&source, &l->gen->prompt_rules, out, &diag);

    if (rc != HR_OK && l->diag != NULL) {
        (void) hr_diag_set(l->diag, rc, "%s: %s", files[0], diag.text);
        l->diag->line = diag.line;
        l->diag->column = diag.column;
    }

    return rc;
}


static hr_rc_t
hr_gen_load_prompt(hr_gen_loader_t *l)
{
    static const char *const  production[] = {
        HR_GEN_PRODUCTION "prompt.txt", HR_GEN_PRODUCTION "config.json",
        HR_GEN_PRODUCTION "metadata.json"
    };
    static const char *const  candidate[] = {
        HR_GEN_CANDIDATE "prompt.txt", HR_GEN_CANDIDATE "config.json",
        HR_GEN_CANDIDATE "metadata.json"
    };

    hr_rc_t    rc;
    hr_gen_t  *gen = l->gen;

    rc = hr_gen_load_bundle(l, production, &gen->prompt);

    if (rc == HR_OK && gen->prompt == NULL) {
        hr_findings_add(&gen->notes, "prompt_unavailable",
                        HR_STR("prompt.txt"), "Нет файла prompt.txt");
    }

    return rc == HR_OK ? hr_gen_load_bundle(l, candidate, &gen->candidate) : rc;
}


/* Start-up warnings about the model that will be used (generation.md 3, I-36). */
static void
hr_gen_judge_model(hr_gen_t *gen)
{
    hr_str_t          id = gen->model;
    hr_model_t        model;
    hr_prompt_info_t  info;

    if (id.len == 0 && gen->prompt != NULL) {
        hr_prompt_info(gen->prompt, &info);
        id = info.model;
    }

    if (id.len == 0) {
        return;
    }

    hr_models_find(gen->models, id, &model);

    if (!model.known) {
        hr_findings_add(&gen->notes, "model_unknown", id,
                        "Модель «%.*s» не описана в models.json",
                        (int) id.len, id.data);

    } else if (!model.recommended) {
        hr_findings_add(&gen->notes, "model_not_recommended", id,
                        "Модель «%.*s» не рекомендована", (int) id.len,
                        id.data);
    }
}


static hr_rc_t
hr_gen_identify(hr_gen_loader_t *l)
{
    char      hex[HR_SHA256_HEX + 1];
    hr_rc_t   rc = HR_OK;
    hr_buf_t  buf;

    hr_buf_init(&buf, HR_GEN_FILES_MAX * 2048);

    for (size_t i = 0; i < l->count && rc == HR_OK; i++) {

        rc = hr_sha256_hex(l->files[i].bytes, hex);

        if (rc == HR_OK) {
            rc = hr_buf_printf(&buf, "%.*s %s\n", (int) l->files[i].path.len,
                               l->files[i].path.data, hex);
        }
    }

    if (rc == HR_OK) {
        rc = hr_sha256_hex(hr_buf_view(&buf), hex);
    }

    hr_buf_release(&buf);

    if (rc == HR_OK) {
        l->gen->version = hr_arena_str(l->gen->arena,
                                       hr_str(hex, HR_HASH_SHORT));
        rc = l->gen->version.data == NULL ? HR_NOMEM : HR_OK;
    }

    return rc;
}


hr_rc_t
hr_gen_load(const hr_gen_file_t *files, size_t count,
    const hr_gen_opts_t *opts, hr_gen_t **out, hr_diag_t *diag)
{
    static hr_rc_t  (*const steps[])(hr_gen_loader_t *) = {
        hr_gen_load_words,
        hr_gen_load_schema,
        hr_gen_load_kpi,
        hr_gen_load_it,
        hr_gen_load_company,
        hr_gen_load_legend,
        hr_gen_load_prompt,
        hr_gen_identify
    };

    hr_rc_t          rc = HR_OK;
    hr_gen_t        *gen;
    hr_arena_t      *arena;
    hr_gen_loader_t  l = { files, count, opts, NULL, diag };

    *out = NULL;

    if (count > HR_GEN_FILES_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "more than %d data files",
                           HR_GEN_FILES_MAX);
    }

    arena = hr_arena_create(HR_GEN_ARENA_MAX);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    l.gen = gen = hr_arena_calloc(arena, sizeof(hr_gen_t));

    if (gen == NULL) {
        hr_arena_destroy(arena);
        return HR_NOMEM;
    }

    gen->arena = arena;
    hr_findings_init(&gen->notes, arena);

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && rc == HR_OK; i++)
    {
        rc = steps[i](&l);
    }

    if (rc == HR_OK && opts != NULL && opts->model.len > 0) {
        gen->model = hr_arena_str(arena, opts->model);
        rc = gen->model.data == NULL ? HR_NOMEM : HR_OK;
    }

    if (rc == HR_OK) {
        hr_gen_judge_model(gen);
        rc = gen->notes.rc;
    }

    if (rc == HR_OK && hr_arena_failed(arena)) {
        rc = HR_NOMEM;              /* a key or a folded text is missing */
    }

    if (rc != HR_OK) {
        hr_gen_destroy(gen);
        return rc;
    }

    *out = gen;
    return HR_OK;
}
