/* The loaded handle; inside of the generation. */

#ifndef HR_GEN_DATA_H
#define HR_GEN_DATA_H

#include "hr_context.h"
#include "hr_generation.h"
#include "hr_legend.h"


struct hr_gen_s {
    hr_arena_t               *arena;
    hr_vocabulary_t          *vocabulary;
    hr_quality_t             *quality;
    hr_prompt_t              *prompt;           /* NULL: none */
    hr_prompt_t              *candidate;        /* NULL: none */
    const hr_models_t        *models;
    const hr_legend_t        *legend;           /* NULL: none */
    hr_context_sources_t      sources;
    hr_prompt_rules_t         prompt_rules;
    hr_findings_t             notes;
    hr_generr_t               ready;
    hr_str_t                  model;            /* setting; len 0: none */
    hr_str_t                  version;
};

#endif /* HR_GEN_DATA_H */
