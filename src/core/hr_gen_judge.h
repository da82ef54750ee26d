/* One judgement of an answer; inside of the generation. */

#ifndef HR_GEN_JUDGE_H
#define HR_GEN_JUDGE_H

#include "hr_content.h"
#include "hr_correct.h"
#include "hr_gen_job.h"
#include "hr_result.h"


/* Everything that one call of finish works on. */
typedef struct {
    hr_gen_job_t            *job;
    const hr_org_t          *org;
    const hr_answer_t       *answer;
    const hr_gen_timing_t   *timing;
    hr_gen_result_t         *result;
    hr_content_t             content;
    hr_correct_input_t       input;
    hr_fixes_t               fixes;
    hr_findings_t            remarks;       /* of corrections and checks */
    hr_findings_t            issues;        /* of the schema */
    hr_correct_checks_t      checks;
    hr_completeness_t        completeness;
    hr_score_report_t        score;
    double                   levels_right;
    hr_result_facts_t        facts;
    hr_repair_t              repair;
} hr_gen_judge_t;

/* An instant in the layout that the request asked for; data NULL: no memory. */
hr_str_t hr_gen_time(hr_gen_judge_t *j, hr_instant_t at);
/* Metadata, wrapper and figures of whatever was found out. */
hr_rc_t hr_gen_conclude(hr_gen_judge_t *j, hr_generr_t error,
    hr_json_t *document);

#endif /* HR_GEN_JUDGE_H */
