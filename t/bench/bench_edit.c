/*
 * What an edit of a document costs, part by part, without server and database:
 *
 *   bench_edit ROUNDS STORED METADATA INCOMING [NAME]
 *
 * STORED and METADATA are files with the columns of a profile, INCOMING is the
 * document that a client sends.  Prints microseconds of each part and a hash of
 * everything that was made, so that two builds can be compared.  With NAME only
 * that part repeats, for callgrind.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hr_diff.h"
#include "hr_profile.h"
#include "hr_profile_check.h"
#include "hr_profile_meta.h"
#include "hr_score.h"


#define ARENA  (64u * 1024 * 1024)

typedef struct {
    hr_arena_t         *arena;
    hr_profile_t        stored, after;
    hr_json_t          *incoming, *view, *old, *new, *meta;
    hr_profile_merge_t  merge;
    hr_completeness_t   completeness;
    hr_score_report_t   report;
    hr_diff_t           diff;
    hr_findings_t       warnings;
    hr_buf_t            out;
    uint64_t            hash;
} edit_t;

static hr_vocabulary_t  *voc;
static hr_quality_t     *quality;
static hr_str_t          stored_text, meta_text, incoming_text;


static hr_str_t
slurp(const char *path)
{
    long   n;
    char  *text;
    FILE  *f = fopen(path, "rb");

    if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0
        || (text = malloc((size_t) n + 1)) == NULL)
    {
        perror(path);
        exit(1);
    }

    rewind(f);
    n = (long) fread(text, 1, (size_t) n, f);
    fclose(f);

    return hr_str(text, (size_t) n);
}


static void
must(hr_rc_t rc, const char *what)
{
    if (rc != HR_OK) {
        fprintf(stderr, "%s: %d\n", what, (int) rc);
        exit(1);
    }
}


static void
take(edit_t *e, hr_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        e->hash = (e->hash ^ (unsigned char) text.data[i]) * 0x100000001b3ull;
    }
}


static void
put(edit_t *e, const hr_json_t *node, unsigned flags)
{
    hr_buf_init(&e->out, 4u * 1024 * 1024);
    must(hr_json_write(node, flags, &e->out), "write");
    take(e, hr_buf_view(&e->out));
    hr_buf_release(&e->out);
}


static void
part_incoming(edit_t *e)
{
    hr_json_info_t  info;

    must(hr_json_parse(e->arena, incoming_text, NULL, &e->incoming, &info), "incoming");
}


static void
part_open(edit_t *e)
{
    hr_diag_t  diag;

    must(hr_profile_open(e->arena, stored_text, &e->stored, &diag), "stored");
}


static void
part_merge(edit_t *e)
{
    hr_profile_edit_t  edit;

    memset(&edit, 0, sizeof(edit));
    edit.vocabulary = voc;
    edit.view = HR_VIEW_ANSWER;
    edit.layout = HR_TIME_WIRE_Z;
    must(hr_profile_merge(e->arena, &e->stored, e->incoming, &edit, &e->merge), "merge");
    must(hr_profile_from_tree(e->merge.document, &e->after), "after");
}


static void
part_meta(edit_t *e)
{
    hr_diag_t   diag;
    hr_json_t  *meta;

    must(hr_meta_open(e->arena, meta_text, &meta, &diag), "metadata");
    e->meta = hr_meta_edit(e->arena, meta, HR_STR("admin"), 0, HR_TIME_WIRE_Z, 1);
}


static void
part_document(edit_t *e)
{
    put(e, e->merge.document, HR_JSON_INDENT);
}


static void
part_view(edit_t *e)
{
    e->view = hr_profile_view(e->arena, &e->after, voc, HR_VIEW_STORED);
}


static void
part_complete(edit_t *e)
{
    must(hr_score_completeness(e->arena, e->view, &e->completeness), "completeness");
}


static void
part_quality(edit_t *e)
{
    must(hr_score_quality(e->arena, quality, voc, e->view, NULL, &e->report), "quality");
}


static void
part_publish(edit_t *e)
{
    must(hr_score_publish(e->arena, e->meta, &e->completeness, &e->report), "publish");
    put(e, e->meta, HR_JSON_COMPACT);
}


static void
part_advise(edit_t *e)
{
    hr_findings_init(&e->warnings, e->arena);
    must(hr_profile_advise(voc, e->view, &e->warnings), "advise");
    put(e, hr_findings_json(e->arena, &e->warnings), HR_JSON_COMPACT);
}


static void
part_views(edit_t *e)
{
    e->old = hr_profile_view(e->arena, &e->stored, voc, HR_VIEW_STORED);
    e->new = hr_profile_view(e->arena, &e->after, voc, HR_VIEW_STORED);
}


static void
part_diff(edit_t *e)
{
    must(hr_diff(e->arena, e->old, e->new, &e->diff), "diff");
    put(e, hr_diff_summary(e->arena, &e->diff, voc, HR_LANG_RU), HR_JSON_COMPACT);
}


static void
part_report(edit_t *e)
{
    put(e, hr_score_json(e->arena, &e->report), HR_JSON_COMPACT);
    put(e, hr_diff_json(e->arena, &e->diff, voc, HR_LANG_RU), HR_JSON_COMPACT);
}


static const struct {
    const char  *name;
    void       (*run)(edit_t *e);
} parts[] = {
    { "parse incoming", part_incoming },
    { "open stored", part_open },
    { "merge", part_merge },
    { "metadata", part_meta },
    { "write document", part_document },
    { "view", part_view },
    { "completeness", part_complete },
    { "quality", part_quality },
    { "publish", part_publish },
    { "advise", part_advise },
    { "views of both", part_views },
    { "diff", part_diff },
    { "(reports)", part_report },           /* no part of an edit; for the hash */
};

#define PARTS  (sizeof(parts) / sizeof(parts[0]))


static double
now_us(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec * 1e6 + (double) ts.tv_nsec / 1e3;
}


int
main(int argc, char **argv)
{
    long       i, rounds;
    size_t     k;
    double     spent[PARTS] = { 0 }, begin, total = 0;
    edit_t     e;
    hr_diag_t  diag;

    if (argc < 5) {
        fprintf(stderr, "usage: bench_edit ROUNDS STORED METADATA INCOMING [NAME]\n");
        return 2;
    }

    rounds = strtol(argv[1], NULL, 10);
    stored_text = slurp(argv[2]);
    meta_text = slurp(argv[3]);
    incoming_text = slurp(argv[4]);
    must(hr_vocabulary_load(slurp("conf/company/document.json"), &voc, &diag), "vocabulary");
    must(hr_quality_load(slurp("conf/company/quality.json"), &quality, &diag), "rules");

    memset(&e, 0, sizeof(e));
    for (i = 0; i < rounds; i++) {
        e.hash = 0xcbf29ce484222325ull;
        e.arena = hr_arena_create(ARENA);

        for (k = 0; k < PARTS; k++) {
            begin = now_us();
            parts[k].run(&e);
            while (argc > 5 && strcmp(argv[5], parts[k].name) == 0 && ++i < rounds) {
                parts[k].run(&e);
            }
            spent[k] += now_us() - begin;
        }

        hr_arena_destroy(e.arena);
    }

    for (k = 0; k < PARTS; k++) {
        printf("%-16s %8.1f us\n", parts[k].name, spent[k] / (double) rounds);
        total += k == PARTS - 1 ? 0 : spent[k] / (double) rounds;
    }

    printf("%-16s %8.1f us\nhash %016llx\n", "edit", total, (unsigned long long) e.hash);
    hr_quality_destroy(quality);
    hr_vocabulary_destroy(voc);

    return 0;
}
