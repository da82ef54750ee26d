/* Failing allocations: loading, preparing, rendering, judging. */

#include "hr_test_nomem.h"
#include "hr_gen_fixture.h"

static hr_gen_fixture_t  f;
static hr_str_t          document;

#define GROUP  "Блок Альфа/Департамент Берёза/Группа №1"


static hr_rc_t
step_load(void)
{
    hr_rc_t     rc;
    hr_gen_t   *gen;
    hr_diag_t   diag;

    rc = hr_gen_load(f.files, f.count, NULL, &gen, &diag);

    if (rc == HR_OK) {
        hr_gen_destroy(gen);
    }

    return rc;
}


static hr_rc_t
step_request(void)
{
    hr_rc_t            rc;
    hr_generr_t        error;
    hr_gen_job_t      *job;
    hr_gen_body_t      body;
    hr_gen_attempt_t   attempt = { .max_tokens = 0 };
    hr_gen_request_t   r;

    memset(&r, 0, sizeof(r));
    r.department = HR_STR(GROUP);
    r.position = HR_STR("Руководитель группы");

    rc = hr_gen_prepare(f.gen, NULL, f.org, &r, &job, &error);

    if (rc == HR_OK) {
        rc = hr_gen_body(job, &attempt, &body);
        hr_gen_job_destroy(job);
    }

    return rc;
}


static hr_gen_job_t  *prepared;

static hr_rc_t
step_finish(void)
{
    hr_rc_t            rc;
    long               left = countdown;
    hr_generr_t        error;
    hr_answer_t        a;
    hr_gen_result_t    result;
    hr_gen_timing_t    timing = { .at = 1900000000000000 };
    hr_gen_request_t   r;

    /* the job itself is made without a failure */
    countdown = -1;
    memset(&r, 0, sizeof(r));
    r.department = HR_STR(GROUP);
    r.position = HR_STR("Руководитель группы");

    if (hr_gen_prepare(f.gen, NULL, f.org, &r, &prepared, &error) != HR_OK) {
        return HR_ERROR;
    }

    memset(&a, 0, sizeof(a));
    a.content = document;
    countdown = left;

    rc = hr_gen_finish(prepared, f.org, &a, &timing, true, &result);

    if (rc == HR_OK && !result.success) {
        rc = HR_ERROR;
    }

    left = countdown;
    countdown = -1;
    hr_gen_job_destroy(prepared);
    countdown = left;

    return rc;
}


static hr_rc_t
step_answer(void)
{
    static const char  body[] =
        "{\"id\":\"g\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":"
        "{\"content\":\"{}\"}}],\"usage\":{\"prompt_tokens\":1}}";

    hr_rc_t       rc;
    hr_answer_t   a;
    hr_arena_t   *arena = hr_arena_create(1 << 20);

    if (arena == NULL) {
        return HR_NOMEM;
    }

    rc = hr_answer_parse(arena, 200, HR_STR(body), &a);

    if (rc == HR_OK && a.error != HR_GENERR_NONE) {
        rc = HR_ERROR;
    }

    hr_arena_destroy(arena);
    return rc;
}


int
main(void)
{
    hr_test_gen_sample(&f);
    document = hr_test_file("t/data/profiles/production.json");

    every_allocation(step_answer, "reading an answer");
    every_allocation(step_request, "preparing and rendering a request");
    every_allocation(step_finish, "judging an answer");
    every_allocation(step_load, "loading");

    free((char *) document.data);
    hr_test_gen_free(&f);
    return hr_test_done();
}
