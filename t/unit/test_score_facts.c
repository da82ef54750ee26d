/* The scores of an unchanged document are computed anew from its own record (I-33). */

#include "hr_test_profile.h"

#include "hr_quality.h"


static hr_vocabulary_t  *voc;
static hr_quality_t     *quality;
static hr_arena_t       *arena;
static hr_profile_t      profile;


static void
publish(hr_json_t *meta, const hr_score_facts_t *facts, hr_score_report_t *report)
{
    hr_completeness_t  c;

    OK(hr_score_completeness(arena, profile.document, &c) == HR_OK
       && hr_score_quality(arena, quality, voc, profile.document, facts, report)
          == HR_OK
       && hr_score_publish(arena, meta, &c, report) == HR_OK, "published");
}


static void
is_found_again(bool in_tree, const char *remark)
{
    hr_json_t          *meta, *again;
    hr_score_facts_t    facts, known;
    hr_score_report_t   report;

    memset(&facts, 0, sizeof(facts));
    facts.schema_known = true;
    facts.schema_valid = true;
    facts.kpis_known = true;
    facts.kpis_matched = 0.75;
    facts.levels_known = true;
    facts.levels_right = 0.5;
    facts.manager_known = true;
    facts.manager_in_tree = in_tree;
    facts.manager_rank_known = true;

    meta = hr_json_new(arena, HR_JSON_OBJECT);
    publish(meta, &facts, &report);
    again = hr_json_clone(arena, meta);

    hr_score_facts(meta, &known);
    publish(again, &known, &report);
    OK(hr_findings_count(&report.remarks, remark) == 1 && hr_json_equal(meta, again),
       remark);

    publish(meta, NULL, &report);
    hr_score_facts(meta, &known);
    OK(!known.schema_known && !known.kpis_known && !known.levels_known
       && !known.manager_known, "an edited document has no such facts");
}


int
main(void)
{
    char              *data;
    size_t             len;
    hr_diag_t          diag;
    hr_score_facts_t   known;

    voc = hr_test_vocabulary();
    arena = hr_arena_create(64 * 1024 * 1024);
    data = hr_test_file("conf/company/quality.json", &len);

    if (hr_quality_load(hr_str(data, len), &quality, &diag) != HR_OK) {
        printf("Bail out! quality.json: %s\n", diag.text);
        return 1;
    }

    free(data);
    hr_test_open(arena, "perfect", &profile);

    is_found_again(true, "manager_rank");
    is_found_again(false, "manager_not_in_tree");

    hr_score_facts(NULL, &known);
    OK(!known.schema_known, "nor have absent metadata");
    hr_score_facts(hr_test_json(arena, "{'validation':{'quality':{'measures':"
                                       "{'schema_valid':'yes'}}}}"), &known);
    OK(!known.schema_known, "nor has a record of another form");

    hr_arena_destroy(arena);
    hr_quality_destroy(quality);
    hr_vocabulary_destroy(voc);

    return hr_test_done();
}
