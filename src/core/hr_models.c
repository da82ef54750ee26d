#include "hr_models.h"


#define HR_MODELS_BYTES_MAX  (256u * 1024)

struct hr_models_s {
    hr_model_t   fallback;
    hr_model_t  *items;
    size_t       count;
};


static hr_rc_t
hr_models_format(const hr_json_t *node, hr_prompt_format_t *format,
    hr_diag_t *diag)
{
    hr_str_t  text = hr_json_text(node);

    if (node == NULL) {
        return HR_OK;
    }

    if (hr_str_eq(text, HR_STR("json_schema"))) {
        *format = HR_FORMAT_SCHEMA;

    } else if (hr_str_eq(text, HR_STR("json_object"))) {
        *format = HR_FORMAT_OBJECT;

    } else if (hr_str_eq(text, HR_STR("none"))) {
        *format = HR_FORMAT_NONE;

    } else {
        return hr_diag_set(diag, HR_INVALID, "models.json: response_format "
                           "must be json_schema, json_object or none");
    }

    return HR_OK;
}


static void
hr_models_flag(const hr_json_t *row, const char *name, bool *flag)
{
    const hr_json_t  *node = hr_json_get(row, name);

    if (hr_json_is(node, HR_JSON_BOOL)) {
        *flag = node->boolean;
    }
}


static hr_rc_t
hr_models_row(const hr_json_t *row, hr_model_t *model, hr_diag_t *diag)
{
    bool  input, output;

    hr_models_flag(row, "tested", &model->tested);
    hr_models_flag(row, "recommended", &model->recommended);
    hr_models_flag(row, "temperature", &model->temperature);

    input = hr_json_double(hr_json_get(row, "input"), &model->input);
    output = hr_json_double(hr_json_get(row, "output"), &model->output);
    model->priced = input && output;

    if (input != output || model->input < 0.0 || model->output < 0.0) {
        return hr_diag_set(diag, HR_INVALID, "models.json: a price needs "
                           "\"input\" and \"output\", neither below 0");
    }

    return hr_models_format(hr_json_get(row, "response_format"),
                            &model->format, diag);
}


hr_rc_t
hr_models_load(hr_arena_t *arena, hr_str_t json, const hr_models_t **out,
    hr_diag_t *diag)
{
    hr_rc_t           rc;
    hr_json_t        *root;
    hr_model_t       *model;
    hr_models_t      *models;
    hr_json_info_t    info;
    const hr_json_t  *list;

    *out = NULL;

    if (json.data == NULL || json.len > HR_MODELS_BYTES_MAX) {
        return hr_diag_set(diag, HR_INVALID,
                           "models.json is missing or larger than 256 KiB");
    }

    rc = hr_json_parse(arena, json, NULL, &root, &info);
    if (rc != HR_OK) {
        return hr_diag_set(diag, rc, "models.json: %s (line %zu, column %zu)",
                           info.text, info.line, info.column);
    }

    list = hr_json_get(root, "models");

    if (!hr_json_is(list, HR_JSON_ARRAY) || list->count > HR_MODELS_MAX) {
        return hr_diag_set(diag, HR_INVALID, "models.json: \"models\" must be "
                           "an array of at most %d rows", HR_MODELS_MAX);
    }

    models = hr_arena_calloc(arena, sizeof(hr_models_t));
    if (models == NULL) {
        return HR_NOMEM;
    }

    models->items = hr_arena_calloc(arena, (list->count + 1)
                                           * sizeof(hr_model_t));
    if (models->items == NULL) {
        return HR_NOMEM;
    }

    models->fallback.temperature = true;
    rc = hr_models_row(hr_json_get(root, "default"), &models->fallback, diag);

    for (const hr_json_t *row = list->first;
         row != NULL && rc == HR_OK;
         row = row->next)
    {
        model = &models->items[models->count++];
        *model = models->fallback;
        model->known = true;
        model->id = hr_json_text(hr_json_get(row, "id"));

        rc = model->id.len > 0 ? hr_models_row(row, model, diag)
             : hr_diag_set(diag, HR_INVALID, "models.json: a row has no id");
    }

    if (rc == HR_OK) {
        *out = models;
    }

    return rc;
}


void
hr_models_find(const hr_models_t *models, hr_str_t id, hr_model_t *out)
{
    for (size_t i = 0; i < models->count; i++) {
        if (hr_str_eq(models->items[i].id, id)) {
            *out = models->items[i];
            return;
        }
    }

    *out = models->fallback;
    out->id = id;
}


bool
hr_models_cost(const hr_model_t *model, int64_t input_tokens,
    int64_t output_tokens, double *cost_usd)
{
    if (!model->priced) {
        return false;
    }

    *cost_usd = ((double) input_tokens * model->input
                 + (double) output_tokens * model->output) / 1e6;
    return true;
}


void
hr_models_price(const hr_models_t *models, hr_str_t answered, hr_str_t asked,
    hr_usage_t *usage)
{
    double      price;
    hr_model_t  model;

    hr_models_find(models, answered.len > 0 ? answered : asked, &model);

    if (!model.known) {
        hr_models_find(models, asked, &model);
    }

    if (usage->known && !usage->has_cost
        && hr_models_cost(&model, usage->input, usage->output, &price))
    {
        usage->has_cost = true;
        usage->cost = price;
    }
}
