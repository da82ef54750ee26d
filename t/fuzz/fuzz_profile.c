/*
 * Profile documents: "stored", 0xFF, "incoming".  For whatever opens:
 * sending back what was read changes nothing; what is stored for an edit can be
 * read and sent back again; scores stay in their range; a patch leads from one
 * document to the other.
 */

#include <string.h>

#include "hr_fuzz.h"

#include "hr_diff.h"
#include "hr_patch.h"
#include "hr_profile.h"
#include "hr_profile_check.h"
#include "hr_profile_meta.h"
#include "hr_score.h"


#define ARENA  (256u * 1024 * 1024)

static hr_vocabulary_t  *voc;
static hr_quality_t     *quality;


static void
load_file(const char *name, hr_buf_t *buf)
{
    char    path[256], chunk[4096];
    size_t  n;
    FILE   *f;

    snprintf(path, sizeof(path), "../../conf/company/%s", name);
    f = fopen(path, "rb");

    if (f == NULL) {
        snprintf(path, sizeof(path), "conf/company/%s", name);
        f = fopen(path, "rb");
    }

    HR_FUZZ_CHECK(f != NULL);
    hr_buf_init(buf, 1024 * 1024);

    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0) {
        hr_buf_append(buf, chunk, n);
    }

    fclose(f);
}


static void
load_rules(void)
{
    hr_buf_t  buf;

    load_file("document.json", &buf);
    HR_FUZZ_CHECK(hr_vocabulary_load(hr_buf_view(&buf), &voc, NULL) == HR_OK);
    hr_buf_release(&buf);

    load_file("quality.json", &buf);
    HR_FUZZ_CHECK(hr_quality_load(hr_buf_view(&buf), &quality, NULL) == HR_OK);
    hr_buf_release(&buf);
}


/* As it would come back from a client: through its text. */

static hr_json_t *
through_text(hr_arena_t *arena, const hr_json_t *node)
{
    hr_buf_t     buf;
    hr_json_t   *copy;
    hr_json_opts_t opts;

    memset(&opts, 0, sizeof(opts));
    opts.max_depth = 200;
    hr_buf_init(&buf, 64 * 1024 * 1024);
    HR_FUZZ_CHECK(hr_json_write(node, HR_JSON_COMPACT, &buf) == HR_OK);
    HR_FUZZ_CHECK(hr_json_parse(arena, hr_buf_view(&buf), &opts, &copy, NULL)
                  == HR_OK);
    hr_buf_release(&buf);

    return copy;
}


static void
merge(hr_arena_t *arena, const hr_profile_t *stored, const hr_json_t *incoming,
    unsigned view, hr_profile_merge_t *out)
{
    hr_profile_edit_t  edit;

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = view;
    edit.now = 1759312800000000;
    edit.layout = HR_TIME_WIRE_Z;

    HR_FUZZ_CHECK(hr_profile_merge(arena, stored, incoming, &edit, out) == HR_OK);
}


static void
check_round_trip(hr_arena_t *arena, const hr_profile_t *p)
{
    size_t               i;
    hr_json_t           *read;
    hr_profile_merge_t   m;

    static const unsigned  views[] = {
        HR_VIEW_STORED, HR_VIEW_ANSWER, HR_VIEW_ANSWER | HR_VIEW_VIEWER,
        HR_VIEW_ANSWER | HR_VIEW_REASONING
    };

    for (i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        read = hr_profile_view(arena, p, voc, views[i]);
        HR_FUZZ_CHECK(read != NULL);
        merge(arena, p, through_text(arena, read), views[i], &m);
        HR_FUZZ_CHECK(!m.changed && hr_json_equal(m.document, p->document));
    }
}


static void
check_scores(hr_arena_t *arena, const hr_json_t *document)
{
    hr_json_t          *meta;
    hr_findings_t       list;
    hr_completeness_t   c;
    hr_score_report_t   r;
    hr_profile_fault_t  fault;

    HR_FUZZ_CHECK(hr_score_completeness(arena, document, &c) == HR_OK);
    HR_FUZZ_CHECK(c.filled <= HR_SCORE_MEMBERS
                  && c.is_valid == (c.errors.total == 0));
    HR_FUZZ_CHECK(hr_score_quality(arena, quality, voc, document, NULL, &r)
                  == HR_OK);
    HR_FUZZ_CHECK(r.quality >= 0.0 && r.quality <= 10.0);
    meta = hr_json_new(arena, HR_JSON_OBJECT);
    HR_FUZZ_CHECK(hr_score_publish(arena, meta, &c, &r) == HR_OK);
    through_text(arena, hr_meta_answer(arena, meta, true));

    hr_findings_init(&list, arena);
    HR_FUZZ_CHECK(hr_profile_advise(voc, document, &list) == HR_OK);
    hr_profile_check(document, &fault);
}


static void
check_diff(hr_arena_t *arena, const hr_json_t *a, const hr_json_t *b)
{
    hr_diff_t   d;
    hr_json_t  *patch, *result;

    HR_FUZZ_CHECK(hr_diff(arena, a, b, &d) == HR_OK);
    through_text(arena, hr_diff_json(arena, &d, voc, HR_LANG_RU));
    through_text(arena, hr_diff_readable(arena, &d, voc, HR_LANG_EN));
    through_text(arena, hr_diff_summary(arena, &d, voc, HR_LANG_RU));

    HR_FUZZ_CHECK(hr_patch_make(arena, a, b, &patch) == HR_OK);
    HR_FUZZ_CHECK(hr_patch_apply(arena, a, through_text(arena, patch), &result,
                                 NULL) == HR_OK);
    HR_FUZZ_CHECK(hr_json_equal(result, b));
}


static void
check_edit(hr_arena_t *arena, const hr_profile_t *stored,
    const hr_json_t *incoming)
{
    hr_profile_t         next;
    hr_profile_merge_t   m;

    merge(arena, stored, incoming, HR_VIEW_ANSWER, &m);
    HR_FUZZ_CHECK(m.changed == !hr_json_equal(m.document, stored->document));

    if (hr_profile_from_tree(through_text(arena, m.document), &next) == HR_OK) {
        check_round_trip(arena, &next);

        /* the same request once more is no edit */

        merge(arena, &next, incoming, HR_VIEW_ANSWER, &m);
        HR_FUZZ_CHECK(!m.changed);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          n;
    hr_json_t      *incoming, *result;
    const char     *text, *split;
    hr_arena_t     *arena;
    hr_profile_t    p;

    if (voc == NULL) {
        load_rules();
    }

    text = (const char *) data;
    split = size == 0 ? NULL : memchr(text, 0xFF, size);
    n = split == NULL ? size : (size_t) (split - text);
    arena = hr_arena_create(ARENA);
    HR_FUZZ_CHECK(arena != NULL);

    if (hr_profile_open(arena, hr_str(text, n), &p, NULL) == HR_OK) {
        check_round_trip(arena, &p);
        check_scores(arena, p.document);

        if (split != NULL
            && hr_json_parse(arena, hr_str(split + 1, size - n - 1), NULL,
                             &incoming, NULL) == HR_OK)
        {
            check_diff(arena, p.root, incoming);
            hr_patch_apply(arena, p.root, incoming, &result, NULL);

            if (incoming->type == HR_JSON_OBJECT) {
                check_edit(arena, &p, incoming);
            }
        }
    }

    hr_arena_destroy(arena);

    return 0;
}
