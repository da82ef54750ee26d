/* What others may ask a loaded handle. */

#include "hr_gen_data.h"


void
hr_gen_destroy(hr_gen_t *gen)
{
    if (gen == NULL) {
        return;
    }

    hr_prompt_destroy(gen->prompt);
    hr_prompt_destroy(gen->candidate);
    hr_quality_destroy(gen->quality);
    hr_vocabulary_destroy(gen->vocabulary);
    hr_arena_destroy(gen->arena);
}


const hr_findings_t *
hr_gen_notes(const hr_gen_t *gen)
{
    return &gen->notes;
}


hr_generr_t
hr_gen_ready(const hr_gen_t *gen)
{
    return gen->ready != HR_GENERR_NONE ? gen->ready
           : gen->prompt == NULL ? HR_GENERR_PROMPT_UNAVAILABLE
                                 : HR_GENERR_NONE;
}


const hr_models_t *
hr_gen_models(const hr_gen_t *gen)
{
    return gen->models;
}


const hr_kpi_t *
hr_gen_kpi(const hr_gen_t *gen)
{
    return gen->sources.kpi;
}


const hr_vocabulary_t *
hr_gen_vocabulary(const hr_gen_t *gen)
{
    return gen->vocabulary;
}


const hr_quality_t *
hr_gen_quality(const hr_gen_t *gen)
{
    return gen->quality;
}


const hr_prompt_t *
hr_gen_prompt(const hr_gen_t *gen)
{
    return gen->prompt;
}


const hr_prompt_t *
hr_gen_candidate(const hr_gen_t *gen)
{
    return gen->candidate;
}


static bool
hr_gen_prompt_mismatch(const hr_prompt_t *prompt)
{
    hr_prompt_info_t  info;

    if (prompt == NULL) {
        return false;
    }

    hr_prompt_info(prompt, &info);

    return info.mismatch;
}


#define HR_GEN_MISMATCH                                                       \
    "/metadata.json states another hash than that of prompt.txt, "            \
    "config.json and schema.json"

const char *
hr_gen_prompt_fault(const hr_gen_t *gen)
{
    return hr_gen_prompt_mismatch(gen->prompt)
           ? "conf/prompts/production" HR_GEN_MISMATCH
           : hr_gen_prompt_mismatch(gen->candidate)
             ? "conf/prompts/candidate" HR_GEN_MISMATCH : NULL;
}


const hr_prompt_rules_t *
hr_gen_prompt_rules(const hr_gen_t *gen)
{
    return &gen->prompt_rules;
}


hr_str_t
hr_gen_version(const hr_gen_t *gen)
{
    return gen->version;
}
