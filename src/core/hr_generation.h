/*
 * The generation of a profile in three calls (generation.md):
 *
 *     hr_gen_load()      data files -> one immutable handle
 *     hr_gen_prepare()   handle + organisation + request -> a job: what to ask
 *     hr_gen_finish()    job + answer of the model -> document, metadata, scores
 *
 * and hr_gen_body() in between, which renders the request of one attempt.  All
 * are pure computation without I/O.  A handle serves any number of threads; a
 * job belongs to one thread at a time.
 *
 * Lifetimes: the handle, the prompt bundle and the organisation image must
 * outlive the jobs made from them.
 */

#ifndef HR_GENERATION_H
#define HR_GENERATION_H

#include "hr_answer.h"
#include "hr_finding.h"
#include "hr_generr.h"
#include "hr_json.h"
#include "hr_kpi.h"
#include "hr_models.h"
#include "hr_org.h"
#include "hr_prompt.h"
#include "hr_score.h"
#include "hr_time.h"
#include "hr_vocabulary.h"


#define HR_GEN_FILES_MAX     400

/* --- data files --------------------------------------------------------------- */

/*
 * path is relative and decides the role of a file; one that matches no row of
 * hr_gen_inputs is ignored.  bytes.data == NULL: there, but unreadable.
 */
typedef struct {
    hr_str_t  path;
    hr_str_t  bytes;
} hr_gen_file_t;

typedef enum {
    HR_GEN_ROOT_CONF = 0,       /* conf/ of the installation */
    HR_GEN_ROOT_DATA            /* data/ of the company */
} hr_gen_root_t;

/*
 * What to read: pattern may have one "*" in its last part.  Which of the data
 * files is which, generation.json says ("files").
 */
typedef struct {
    hr_gen_root_t  root;
    const char    *pattern;
    bool           required;
    size_t         max;         /* bytes */
} hr_gen_input_t;

extern const hr_gen_input_t  hr_gen_inputs[];
extern const size_t          hr_gen_input_count;

typedef struct hr_gen_s  hr_gen_t;

typedef struct {
    bool      allow_unverified; /* accept a bundle whose hash does not match */
    hr_str_t  model;            /* setting that wins over the bundle; len 0: none */
} hr_gen_opts_t;

/*
 * Paths begin with "conf/" or "data/" (the two roots).  Everything needed is
 * copied.  HR_INVALID, HR_NOT_FOUND (a required file), HR_LIMIT: diag says
 * which file and line.  Files that only weaken the result (a broken KPI file,
 * no company map) are notes, not errors.
 */
hr_rc_t hr_gen_load(const hr_gen_file_t *files, size_t count,
    const hr_gen_opts_t *opts, hr_gen_t **out, hr_diag_t *diag);
void hr_gen_destroy(hr_gen_t *gen);                     /* NULL is allowed */

/* Problems that did not stop the load, for health and the log. */
const hr_findings_t *hr_gen_notes(const hr_gen_t *gen);
/*
 * Why no generation can be started with these files (a missing map, no prompt);
 * HR_GENERR_NONE: ready.
 */
hr_generr_t hr_gen_ready(const hr_gen_t *gen);
const hr_models_t *hr_gen_models(const hr_gen_t *gen);
/* For hr_kpi_report_write(). */
const hr_kpi_t *hr_gen_kpi(const hr_gen_t *gen);
const hr_vocabulary_t *hr_gen_vocabulary(const hr_gen_t *gen);
const hr_quality_t *hr_gen_quality(const hr_gen_t *gen);
/* The local bundle; NULL: none, every start is prompt_unavailable. */
const hr_prompt_t *hr_gen_prompt(const hr_gen_t *gen);
/*
 * The bundle that is tried beside it (I-32), conf/prompts/candidate/; NULL: none.
 * Which generations take it: hr_prompt_share().
 */
const hr_prompt_t *hr_gen_candidate(const hr_gen_t *gen);
/*
 * Which bundle is not the one that its metadata.json states (I-30); NULL: none.
 * A bundle without a stated hash is not counted.
 */
const char *hr_gen_prompt_fault(const hr_gen_t *gen);
/* Rules that a bundle from elsewhere (Langfuse) is checked by: hr_prompt_load(). */
const hr_prompt_rules_t *hr_gen_prompt_rules(const hr_gen_t *gen);
/* First 12 hex digits of the hash over all inputs: identity of the generation. */
hr_str_t hr_gen_version(const hr_gen_t *gen);


/* --- a job ---------------------------------------------------------------------- */

typedef struct {
    hr_str_t      department;       /* as the client sent it, checked (1.1) */
    hr_str_t      position;
    hr_str_t      employee_name;    /* data NULL: none; never leaves the service */
    bool          has_temperature;  /* the client sent one */
    double        temperature;
    hr_str_t      model;            /* len 0: setting, bundle */
    hr_str_t      task_id;
    hr_str_t      trace_id;         /* data NULL: null */
    bool          stream;           /* ask for events */
    bool          naive_times;      /* timestamps without Z (design 7.5) */
    hr_instant_t  now;
} hr_gen_request_t;

typedef struct hr_gen_job_s  hr_gen_job_t;

/*
 * bundle NULL: the local one.  *out also exists when *error says why there can
 * be no request (department_not_found, prompt_unavailable, not_configured), so
 * that its failure result can be made.  Return value other than HR_OK: HR_NOMEM
 * or HR_LIMIT, no job.
 */
hr_rc_t hr_gen_prepare(const hr_gen_t *gen, const hr_prompt_t *bundle,
    const hr_org_t *org, const hr_gen_request_t *request, hr_gen_job_t **out,
    hr_generr_t *error);
void hr_gen_job_destroy(hr_gen_job_t *job);             /* NULL is allowed */

/* Facts of a prepared job; texts live as long as the job. */
typedef struct {
    hr_str_t                 unit_path;     /* canonical, of the position unit */
    hr_str_t                 position;      /* canonical title */
    uint32_t                 unit;          /* index in the image */
    uint32_t                 slot;          /* HR_ORG_NONE: not in the structure */
    hr_str_t                 model;         /* that will be asked */
    double                   temperature;   /* that will be sent */
    int64_t                  max_tokens;
    hr_str_t                 prompt_version;/* "local:..." or a number */
    size_t                   prompt_chars;  /* rendered, code points */
    int64_t                  input_tokens;  /* estimate, chars / 3.5 */
    hr_str_t                 kpi_source;    /* "specific", "template", ... (I-04) */
    hr_str_t                 kpi_type;
    const hr_org_resolved_t *resolved;      /* candidates, suggestions */
    const hr_findings_t     *warnings;      /* decision 25: code and message */
    const hr_json_t         *report;        /* advisory context report (I-20) */
} hr_gen_facts_t;

const hr_gen_facts_t *hr_gen_job_facts(const hr_gen_job_t *job);

/* One attempt; zero-initialised it is the first one. */
typedef struct {
    hr_str_t  model;                /* fallback model; len 0: the job's */
    int64_t   max_tokens;           /* 0: the job's */
    bool      no_temperature;
    bool      no_response_format;
    bool      no_stream;
    hr_str_t  repair_answer;        /* text of the answer to repair; len 0: none */
    hr_str_t  repair_text;          /* what is wrong with it (hr_gen_result_t) */
} hr_gen_attempt_t;

typedef struct {
    const hr_str_t  *segments;      /* in order; static ones belong to the handle */
    size_t           count;
    size_t           length;        /* bytes of the whole body */
} hr_gen_body_t;

/*
 * The JSON body of an attempt as a chain; valid as long as the job.  A repair
 * attempt is sent at temperature 0 (7.2 step 7).  HR_NOMEM, HR_LIMIT.
 */
hr_rc_t hr_gen_body(hr_gen_job_t *job, const hr_gen_attempt_t *attempt,
    hr_gen_body_t *body);


/* --- the result ------------------------------------------------------------------- */

typedef struct {
    double        duration;         /* seconds, whole pipeline */
    double        model_time;       /* seconds, model calls */
    unsigned      attempts;
    hr_usage_t    earlier;          /* tokens and cost of the attempts before the last */
    hr_instant_t  at;               /* one instant for document, files and rows */
} hr_gen_timing_t;

typedef struct {
    bool                success;
    hr_generr_t         error;          /* why not */
    bool                repair;         /* one more attempt with repair_text is worth it */
    hr_str_t            repair_text;
    hr_str_t            document;       /* compact JSON; data NULL without success */
    hr_str_t            metadata;       /* compact JSON, always */
    hr_str_t            result;         /* wrapper {success, profile, metadata, errors,
                                           warnings} of 8.1 and 8.3 */
    hr_str_t            error_message;  /* for the task: Russian, errors joined by "; " */
    const hr_json_t    *document_tree;  /* the same as trees, in the job */
    const hr_json_t    *metadata_tree;
    double              completeness;   /* 0..1 */
    bool                has_validation;
    double              validation;     /* 0..1, column validation_score */
    bool                schema_valid;
    int64_t             input_tokens, output_tokens, total_tokens;
    bool                has_cost;
    double              cost_usd;
} hr_gen_result_t;

/*
 * Judges an answer.  answer->error != NONE gives the failure result.  With
 * may_repair a structure that breaks the schema (I-06: also a document that is
 * complete, but too short somewhere), or text that is no JSON, sets repair;
 * calling again with the next answer and may_repair false gives the final word.
 * When the first answer was usable and the next one fails or breaks the schema
 * in more places, that is the first one, with the tokens and costs of both; its
 * texts must live until then.  Texts of the result live as long as the job.
 * HR_NOMEM, HR_LIMIT.
 */
hr_rc_t hr_gen_finish(hr_gen_job_t *job, const hr_org_t *org,
    const hr_answer_t *answer, const hr_gen_timing_t *timing, bool may_repair,
    hr_gen_result_t *result);

/* The failure result of 8.3 for an error without an answer (cancelled, ...). */
hr_rc_t hr_gen_fail(hr_gen_job_t *job, hr_generr_t error,
    const hr_gen_timing_t *timing, hr_gen_result_t *result);

#endif /* HR_GENERATION_H */
