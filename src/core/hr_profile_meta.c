#include "hr_node.h"
#include "hr_profile_meta.h"


hr_rc_t
hr_meta_open(hr_arena_t *arena, hr_str_t json, hr_json_t **out, hr_diag_t *diag)
{
    hr_rc_t         rc;
    hr_json_t      *root;
    hr_json_info_t  info;
    hr_json_opts_t  opts;

    *out = NULL;
    root = NULL;

    if (json.len > HR_META_BYTES_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "the metadata is larger than %u bytes",
                           HR_META_BYTES_MAX);
    }

    if (json.len != 0) {
        memset(&opts, 0, sizeof(opts));
        opts.replace_surrogates = true;

        rc = hr_json_parse(arena, json, &opts, &root, &info);

        if (rc != HR_OK) {
            return hr_diag_set(diag, rc, "%s", info.text);
        }
    }

    if (!hr_json_is(root, HR_JSON_OBJECT)) {
        root = hr_json_new(arena, HR_JSON_OBJECT);
    }

    *out = root;

    return root == NULL ? HR_NOMEM : HR_OK;
}


/* Server paths may be anywhere in what older releases wrote (P-25). */

static void
hr_meta_drop_paths(hr_json_t *node, unsigned depth)
{
    hr_json_t  *child, *next;

    if (depth == 0) {
        return;
    }

    for (child = node->first; child != NULL; child = next) {
        next = child->next;

        if (node->type == HR_JSON_OBJECT
            && hr_str_eq(child->key, HR_STR("saved_path")))
        {
            hr_json_unlink(child);

        } else {
            hr_meta_drop_paths(child, depth - 1);
        }
    }
}


static double
hr_meta_number(const hr_json_t *meta, const char *path)
{
    double  value;

    return hr_json_double(hr_json_path(meta, path), &value) ? value : 0.0;
}


static int64_t
hr_meta_count(const hr_json_t *meta, const char *path)
{
    int64_t  value;

    return hr_json_int(hr_json_path(meta, path), &value) && value > 0 ? value : 0;
}


void
hr_meta_facts(const hr_json_t *meta, hr_meta_facts_t *facts)
{
    const hr_json_t  *value;

    memset(facts, 0, sizeof(hr_meta_facts_t));

    facts->duration = hr_meta_number(meta, "generation.duration");
    facts->input_tokens = hr_meta_count(meta, "llm.tokens.input");
    facts->output_tokens = hr_meta_count(meta, "llm.tokens.output");
    facts->total_tokens = hr_meta_count(meta, "llm.tokens.total");

    if (facts->total_tokens == 0
        && facts->input_tokens <= INT64_MAX - facts->output_tokens)
    {
        facts->total_tokens = facts->input_tokens + facts->output_tokens;
    }

    if (!hr_json_double(hr_json_path(meta, "llm.temperature"),
                        &facts->temperature))
    {
        facts->temperature = hr_meta_number(meta, "generation.temperature");
    }

    facts->has_cost = hr_json_double(hr_json_path(meta, "llm.cost_usd"),
                                     &facts->cost_usd);

    facts->requested_model = hr_json_text(hr_json_path(meta, "llm.model"));
    facts->model = hr_json_text(hr_json_path(meta, "llm.actual_model"));

    if (facts->model.len == 0) {
        facts->model = facts->requested_model;
    }

    facts->kpi_source = hr_json_text(hr_json_path(meta,
                                                  "data_sources.kpi_source"));

    value = hr_json_path(meta, "llm.prompt_version");

    if (hr_json_is(value, HR_JSON_STRING) || hr_json_is(value, HR_JSON_NUMBER)) {
        facts->prompt_version = value->text;
    }
}


/* The flat members that the client's type declares (api-profiles.md 2.5). */

static hr_rc_t
hr_meta_add_flat(hr_arena_t *arena, hr_json_t *answer, const hr_json_t *meta)
{
    size_t           i;
    hr_rc_t          rc;
    hr_str_t         model;
    hr_meta_facts_t  facts;

    hr_meta_facts(meta, &facts);
    model = facts.model.data == NULL ? HR_STR("") : facts.model;

    struct {
        const char  *name;
        hr_json_t   *value;
    } members[] = {
        { "generation_time_seconds", hr_json_new_double(arena, facts.duration) },
        { "input_tokens", hr_json_new_int(arena, facts.input_tokens) },
        { "output_tokens", hr_json_new_int(arena, facts.output_tokens) },
        { "total_tokens", hr_json_new_int(arena, facts.total_tokens) },
        { "model_name", hr_json_new_str(arena, model) },
        { "temperature", hr_json_new_double(arena, facts.temperature) },
    };

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        rc = hr_json_set(arena, answer, members[i].name, members[i].value);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


hr_json_t *
hr_meta_answer(hr_arena_t *arena, const hr_json_t *meta, bool flat)
{
    hr_json_t  *answer;

    answer = hr_json_is(meta, HR_JSON_OBJECT) ? hr_json_clone(arena, meta)
                                              : hr_json_new(arena, HR_JSON_OBJECT);
    if (answer == NULL) {
        return NULL;
    }

    answer->key = HR_STR_NULL;
    hr_meta_drop_paths(answer, HR_NODE_DEPTH_MAX);

    if (flat && hr_meta_add_flat(arena, answer, meta) != HR_OK) {
        return NULL;
    }

    return answer;
}


/* Adds texts of a list; an entry {code, message} gives its message. */

static bool
hr_meta_push_texts(hr_arena_t *arena, hr_json_t *array, const hr_json_t *list)
{
    hr_str_t          text;
    const hr_json_t  *item;

    if (!hr_json_is(list, HR_JSON_ARRAY)) {
        return true;
    }

    for (item = list->first; item != NULL; item = item->next) {

        text = hr_json_text(item->type == HR_JSON_OBJECT
                            ? hr_json_get(item, "message") : item);

        if (text.data != NULL
            && hr_json_push(array, hr_json_new_str(arena, text)) != HR_OK)
        {
            return false;
        }
    }

    return true;
}


static hr_json_t *
hr_meta_texts(hr_arena_t *arena, const hr_json_t *meta, const char *first,
    const char *second)
{
    hr_json_t  *array;

    array = hr_json_new(arena, HR_JSON_ARRAY);

    if (array == NULL
        || !hr_meta_push_texts(arena, array, hr_json_path(meta, first))
        || (second != NULL
            && !hr_meta_push_texts(arena, array, hr_json_path(meta, second))))
    {
        return NULL;
    }

    return array;
}


hr_json_t *
hr_meta_errors(hr_arena_t *arena, const hr_json_t *meta)
{
    return hr_meta_texts(arena, meta, "validation.errors", NULL);
}


hr_json_t *
hr_meta_warnings(hr_arena_t *arena, const hr_json_t *meta)
{
    return hr_meta_texts(arena, meta, "validation.warnings", "warnings");
}


hr_json_t *
hr_meta_wrapper(hr_arena_t *arena, const hr_json_t *document,
    const hr_json_t *meta)
{
    hr_json_t  *wrapper;

    wrapper = hr_json_new(arena, HR_JSON_OBJECT);

    if (wrapper == NULL
        || hr_json_set(arena, wrapper, "success", hr_json_new_bool(arena, true))
           != HR_OK
        || hr_json_set(arena, wrapper, "profile", hr_json_clone(arena, document))
           != HR_OK
        || hr_json_set(arena, wrapper, "metadata",
                       hr_meta_answer(arena, meta, false)) != HR_OK
        || hr_json_set(arena, wrapper, "errors", hr_meta_errors(arena, meta))
           != HR_OK
        || hr_json_set(arena, wrapper, "warnings",
                       hr_meta_warnings(arena, meta)) != HR_OK)
    {
        return NULL;
    }

    return wrapper;
}


hr_json_t *
hr_meta_edit(hr_arena_t *arena, const hr_json_t *base, hr_str_t user,
    hr_instant_t at, hr_time_layout_t layout, int64_t based_on_version)
{
    char        text[HR_TIME_MAX];
    size_t      len;
    hr_json_t  *meta, *edit;

    meta = hr_json_is(base, HR_JSON_OBJECT) ? hr_json_clone(arena, base)
                                            : hr_json_new(arena, HR_JSON_OBJECT);
    edit = hr_json_new(arena, HR_JSON_OBJECT);
    len = hr_time_format(at, layout, text);

    if (meta == NULL || edit == NULL
        || hr_json_set(arena, edit, "user", hr_json_new_str(arena, user)) != HR_OK
        || hr_json_set(arena, edit, "timestamp",
                       hr_json_new_str(arena, hr_str(text, len))) != HR_OK
        || hr_json_set(arena, edit, "based_on_version",
                       hr_json_new_int(arena, based_on_version)) != HR_OK
        || hr_json_set(arena, meta, "edit", edit) != HR_OK)
    {
        return NULL;
    }

    meta->key = HR_STR_NULL;

    return meta;
}
