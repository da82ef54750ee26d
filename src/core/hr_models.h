/*
 * Catalogue of language models (generation.md 3, 6.3, 12; improvements I-36):
 * what a model accepts and what it costs.  conf/prompts/models.json; immutable
 * after load.
 */

#ifndef HR_MODELS_H
#define HR_MODELS_H

#include "hr_answer.h"
#include "hr_prompt.h"


#define HR_MODELS_MAX  200

typedef struct {
    hr_str_t            id;
    bool                known;          /* false: the default row */
    bool                tested;
    bool                recommended;
    bool                temperature;    /* accepts the member */
    hr_prompt_format_t  format;         /* the most that it accepts */
    bool                priced;
    double              input;          /* US dollars for a million tokens */
    double              output;
} hr_model_t;

typedef struct hr_models_s  hr_models_t;

hr_rc_t hr_models_load(hr_arena_t *arena, hr_str_t json,
    const hr_models_t **out, hr_diag_t *diag);

/* Never fails: an unknown id gets the default row. */
void hr_models_find(const hr_models_t *models, hr_str_t id, hr_model_t *out);

/* Price of a call by the table; false: the model has no price. */
bool hr_models_cost(const hr_model_t *model, int64_t input_tokens,
    int64_t output_tokens, double *cost_usd);

/*
 * The cost of a usage that came without one: by the row of the model that
 * answered (len 0: unknown), else of the one that was asked.
 */
void hr_models_price(const hr_models_t *models, hr_str_t answered, hr_str_t asked,
    hr_usage_t *usage);

#endif /* HR_MODELS_H */
