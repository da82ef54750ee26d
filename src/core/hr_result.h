/*
 * Result and metadata of a generation as JSON (generation.md 8;
 * profile-document.md 5).  The old members stay; the new ones are additions.
 */

#ifndef HR_RESULT_H
#define HR_RESULT_H

#include "hr_answer.h"
#include "hr_correct.h"
#include "hr_prompt.h"
#include "hr_score.h"


/* What became of the one attempt to repair an answer (7.2 step 7). */
typedef enum {
    HR_REPAIR_NONE = 0,         /* there was none */
    HR_REPAIR_TAKEN,            /* the document is the repaired one */
    HR_REPAIR_REJECTED          /* it was no better: the document is the first one */
} hr_repair_t;

/* Everything that is known about a generation; NULL: it did not get that far. */
typedef struct {
    hr_str_t                    department;     /* as requested */
    hr_str_t                    position;
    hr_str_t                    employee_name;  /* data NULL: null */
    hr_str_t                    timestamp;      /* start of the pipeline, text */
    hr_str_t                    answered;       /* of the answer, text */
    double                      duration;       /* seconds */
    double                      model_time;     /* seconds */
    unsigned                    attempts;
    bool                        requested_temperature;
    double                      requested;      /* the client's value */
    bool                        sent_temperature;
    double                      sent;           /* the value in the request */
    hr_str_t                    model;          /* asked; len 0: unknown */
    hr_str_t                    trace_id;       /* data NULL: null */
    hr_str_t                    org_sha256;
    hr_str_t                    schema_version;
    const hr_prompt_info_t     *prompt;
    const hr_context_t         *context;
    const hr_json_t            *report;
    const hr_answer_t          *answer;
    bool                        has_cost;
    double                      cost_usd;
    const hr_completeness_t    *completeness;
    const hr_score_report_t    *score;
    const hr_correct_checks_t  *checks;
    const hr_fixes_t           *fixes;
    bool                        schema_valid;
    const hr_findings_t        *schema_issues;
    hr_repair_t                 repair;
    hr_generr_t                 error;          /* NONE: success */
    const char                 *error_text;     /* for users */
} hr_result_facts_t;

/* metadata_json of profile and version; NULL: no memory. */
hr_json_t *hr_result_metadata(const hr_result_facts_t *facts,
    hr_arena_t *arena);

/* {success, profile, metadata, errors, warnings}; document NULL: null. */
hr_json_t *hr_result_wrapper(const hr_result_facts_t *facts,
    const hr_json_t *document, const hr_json_t *metadata, hr_arena_t *arena);

#endif /* HR_RESULT_H */
