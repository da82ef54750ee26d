/* A prepared job; inside of the generation. */

#ifndef HR_GEN_JOB_H
#define HR_GEN_JOB_H

#include "hr_gen_data.h"


/* What a request said. */
typedef struct {
    hr_str_t             model;
    bool                 has_temperature;
    double               temperature;
} hr_gen_sent_t;

/* A usable answer that breaks the schema, while a repair may better it (7.2). */
typedef struct {
    bool                 set;
    hr_answer_t          answer;                /* texts are the caller's */
    hr_gen_sent_t        sent;
    size_t               issues;
} hr_gen_kept_t;

struct hr_gen_job_s {
    hr_arena_t          *arena;
    const hr_gen_t      *gen;
    const hr_prompt_t   *bundle;        /* NULL: none */
    hr_prompt_info_t     prompt;
    hr_gen_request_t     request;       /* copies */
    hr_context_t         context;
    bool                 prepared;      /* the context is filled */
    hr_generr_t          error;         /* of the preparation */
    hr_gen_facts_t       facts;
    hr_prompt_format_t   format;
    bool                 model_temperature;     /* the model accepts it */
    hr_str_t             org_sha256;
    hr_gen_sent_t        sent;                  /* of the last attempt */
    hr_gen_kept_t        kept;
};

/* Copies into the job's arena; data NULL stays NULL. */
hr_rc_t hr_gen_copy(hr_gen_job_t *job, hr_str_t from, hr_str_t *to);

#endif /* HR_GEN_JOB_H */
