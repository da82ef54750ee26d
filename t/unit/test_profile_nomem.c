/* Failing allocations: the profile document, its rules, scores and comparison. */

#include "hr_test_nomem.h"
#include "hr_test_profile.h"

#include "hr_diff.h"
#include "hr_patch.h"
#include "hr_profile_check.h"
#include "hr_profile_meta.h"
#include "hr_score.h"


static hr_vocabulary_t  *voc;
static hr_quality_t     *quality;
static hr_profile_t      one, two;
static hr_str_t          text, words, rules;


static hr_rc_t
with_arena(hr_rc_t (*step)(hr_arena_t *arena))
{
    hr_rc_t      rc;
    hr_arena_t  *arena;

    arena = hr_arena_create(16 * 1024 * 1024);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    rc = step(arena);
    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
step_rules(void)
{
    hr_rc_t           rc;
    hr_quality_t     *q;
    hr_vocabulary_t  *v;

    rc = hr_vocabulary_load(words, &v, NULL);

    if (rc == HR_OK) {
        rc = hr_quality_load(rules, &q, NULL);
        hr_quality_destroy(q);
    }

    hr_vocabulary_destroy(v);

    return rc;
}


static hr_rc_t
do_views(hr_arena_t *arena)
{
    hr_rc_t       rc;
    hr_profile_t  p;

    rc = hr_profile_open(arena, text, &p, NULL);

    if (rc == HR_OK && (hr_profile_view(arena, &p, voc, HR_VIEW_ANSWER) == NULL
        || hr_profile_view(arena, &p, voc, HR_VIEW_VIEWER) == NULL))
    {
        rc = HR_NOMEM;
    }

    return rc;
}


static hr_rc_t
step_views(void)
{
    return with_arena(do_views);
}


static hr_rc_t
do_merge(hr_arena_t *arena)
{
    hr_rc_t              rc;
    hr_profile_edit_t    edit;
    hr_profile_merge_t   m;

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = HR_VIEW_ANSWER;
    edit.layout = HR_TIME_WIRE_Z;

    rc = hr_profile_merge(arena, &one, two.document, &edit, &m);

    return rc == HR_OK && m.document == NULL ? HR_ERROR : rc;
}


static hr_rc_t
step_merge(void)
{
    return with_arena(do_merge);
}


static hr_rc_t
do_scores(hr_arena_t *arena)
{
    hr_rc_t             rc;
    hr_json_t          *meta;
    hr_completeness_t   c;
    hr_score_report_t   r;

    rc = hr_score_completeness(arena, one.document, &c);

    if (rc == HR_OK) {
        rc = hr_score_quality(arena, quality, voc, one.document, NULL, &r);
    }

    if (rc != HR_OK) {
        return rc;
    }

    meta = hr_json_new(arena, HR_JSON_OBJECT);
    if (meta == NULL) {
        return HR_NOMEM;
    }

    rc = hr_score_publish(arena, meta, &c, &r);

    return rc == HR_OK && hr_meta_answer(arena, meta, true) == NULL ? HR_NOMEM
                                                                    : rc;
}


static hr_rc_t
step_scores(void)
{
    return with_arena(do_scores);
}


/* Tables that cannot be had make a comparison coarser, not wrong. */

static hr_rc_t
do_diff(hr_arena_t *arena)
{
    hr_rc_t     rc;
    hr_diff_t   d;

    rc = hr_diff(arena, one.document, two.document, &d);

    if (rc == HR_OK && (hr_diff_json(arena, &d, voc, HR_LANG_RU) == NULL
        || hr_diff_readable(arena, &d, voc, HR_LANG_RU) == NULL
        || hr_diff_summary(arena, &d, voc, HR_LANG_RU) == NULL))
    {
        rc = HR_NOMEM;
    }

    return rc == HR_OK && d.coarse ? HR_NOMEM : rc;
}


static hr_rc_t
step_diff(void)
{
    return with_arena(do_diff);
}


static hr_rc_t
do_patch(hr_arena_t *arena)
{
    hr_rc_t     rc;
    hr_json_t  *patch, *result;

    rc = hr_patch_make(arena, one.document, two.document, &patch);

    if (rc == HR_OK) {
        rc = hr_patch_apply(arena, one.document, patch, &result, NULL);
    }

    return rc == HR_OK && !hr_json_equal(result, two.document) ? HR_ERROR : rc;
}


static void
test_patch(void)
{
    long     i, bad;
    hr_rc_t  rc;

    bad = 0;

    for (i = 0; i < 10000; i++) {
        countdown = i;
        rc = with_arena(do_patch);
        if (countdown >= 0) {
            break;
        }
        bad += rc != HR_NOMEM && rc != HR_OK;
    }

    countdown = -1;
    OK(bad == 0, "patches: right or refused");
}


int
main(void)
{
    char        *files[3];
    hr_arena_t  *arena;

    voc = hr_test_vocabulary();
    arena = hr_arena_create(16 * 1024 * 1024);
    files[0] = hr_test_file("conf/company/document.json", &words.len);
    files[1] = hr_test_file("conf/company/quality.json", &rules.len);
    files[2] = hr_test_file("t/data/profiles/career_text.json", &text.len);
    words.data = files[0];
    rules.data = files[1];
    text.data = files[2];

    hr_test_open(arena, "production", &one);
    hr_test_open(arena, "career_text_steps", &two);
    OK(hr_quality_load(rules, &quality, NULL) == HR_OK, "the rules");

    every_allocation(step_rules, "loading the rules");
    every_allocation(step_views, "opening and reading");
    every_allocation(step_merge, "taking an edit");
    every_allocation(step_scores, "scores");
    every_allocation(step_diff, "comparison");
    test_patch();

    free(files[0]);
    free(files[1]);
    free(files[2]);
    hr_arena_destroy(arena);
    hr_quality_destroy(quality);
    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
