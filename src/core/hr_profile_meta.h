/*
 * Generation metadata (profile-document.md 5.2): opening what is stored, the
 * form in answers, and the parts that others are fed from.
 */

#ifndef HR_PROFILE_META_H
#define HR_PROFILE_META_H

#include "hr_json.h"
#include "hr_time.h"


#define HR_META_BYTES_MAX  (256u * 1024)

/*
 * Parses stored metadata.  Absent text, JSON null and any other value that is
 * no object give {}; HR_INVALID only for text that is not JSON.
 */
hr_rc_t hr_meta_open(hr_arena_t *arena, hr_str_t json, hr_json_t **out,
    hr_diag_t *diag);

/*
 * The metadata as answers carry it: without server paths (P-25), never null.
 * flat adds generation_time_seconds, input_tokens, output_tokens,
 * total_tokens, model_name, temperature (api-profiles.md 2.5).
 * meta may be NULL.  NULL result: the arena is full.
 */
hr_json_t *hr_meta_answer(hr_arena_t *arena, const hr_json_t *meta, bool flat);

/*
 * string[] for answers: validation.errors; validation.warnings followed by the
 * messages of warnings[] (decision 25).  Entries that are objects give their
 * message.
 */
hr_json_t *hr_meta_errors(hr_arena_t *arena, const hr_json_t *meta);
hr_json_t *hr_meta_warnings(hr_arena_t *arena, const hr_json_t *meta);

/*
 * The wrapper of a JSON download (5.1): {success, profile, metadata, errors,
 * warnings}.  Give the document in the form HR_VIEW_STORED.
 */
hr_json_t *hr_meta_wrapper(hr_arena_t *arena, const hr_json_t *document,
    const hr_json_t *meta);

/* Facts that columns and statistics are filled from; absent numbers are 0. */
typedef struct {
    double    duration;             /* seconds, generation.duration */
    int64_t   input_tokens;
    int64_t   output_tokens;
    int64_t   total_tokens;         /* input + output when it is absent */
    double    temperature;          /* llm.temperature, else generation.temperature */
    double    cost_usd;             /* llm.cost_usd */
    hr_str_t  model;                /* llm.actual_model, else llm.model */
    hr_str_t  requested_model;      /* llm.model; {0, NULL}: unknown */
    hr_str_t  kpi_source;           /* data_sources.kpi_source */
    hr_str_t  prompt_version;       /* number or text, as text */
    bool      has_cost;
} hr_meta_facts_t;

/* Texts point into meta. */
void hr_meta_facts(const hr_json_t *meta, hr_meta_facts_t *facts);

/*
 * Metadata of an edited version: the base version's, with
 * edit: {user, timestamp, based_on_version} (5.2).
 */
hr_json_t *hr_meta_edit(hr_arena_t *arena, const hr_json_t *base, hr_str_t user,
    hr_instant_t at, hr_time_layout_t layout, int64_t based_on_version);

#endif /* HR_PROFILE_META_H */
