/* What the service adds to the metadata of a document (generation.md 7.4). */

#include "hr_correct_run.h"

#include <stdio.h>


static hr_str_t
hr_correct_thousands(hr_arena_t *arena, int64_t value)
{
    char    digits[32];
    char    out[48];
    int     n;
    size_t  k = 0;

    n = snprintf(digits, sizeof(digits), "%lld", (long long) value);

    for (int i = 0; i < n; i++) {

        if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-') {
            out[k++] = ',';
        }

        out[k++] = digits[i];
    }

    return hr_arena_str(arena, hr_str(out, k));
}


/* Old documents carry basic_info; its two derived members (7.4). */
static void
hr_correct_basic_info(hr_correct_t *c)
{
    double      from, to;
    hr_str_t    low, high;
    hr_json_t  *info = hr_json_get(c->document, "basic_info");

    if (!hr_json_is(info, HR_JSON_OBJECT)) {
        return;
    }

    if (hr_json_missing(hr_json_get(info, "employment_type"))) {
        hr_correct_put(c, info, "employment_type",
            hr_json_new_str(c->arena,
                            hr_vocabulary_constant(c->in->vocabulary,
                                                   "employment_type")));
    }

    if (!hr_json_double(hr_json_get(info, "salary_from"), &from)
        || from < 0.0 || from > 1e12)
    {
        return;
    }

    if (!hr_json_double(hr_json_get(info, "salary_to"), &to) || to < 0.0
        || to > 1e12)
    {
        to = from * 1.3;
    }

    low = hr_correct_thousands(c->arena, (int64_t) from);
    high = hr_correct_thousands(c->arena, (int64_t) to);
    hr_correct_put(c, info, "salary_range",
        hr_json_new_str(c->arena,
                        hr_arena_printf(c->arena, "%.*s - %.*s руб.",
                                        (int) low.len, low.data,
                                        (int) high.len, high.data)));
}


hr_rc_t
hr_correct_stamp(const hr_correct_input_t *input, hr_json_t *document,
    hr_arena_t *arena)
{
    static const char  *constants[] = { "generated_by", "generation_method",
                                        "data_version" };

    hr_json_t     *metadata;
    hr_fixes_t     fixes;
    hr_correct_t   c = { input, arena, &fixes, NULL, document };

    hr_fixes_init(&fixes, arena);
    metadata = hr_json_get(document, "metadata");

    if (!hr_json_is(metadata, HR_JSON_OBJECT)) {

        metadata = hr_json_new(arena, HR_JSON_OBJECT);
        hr_correct_put(&c, document, "metadata", metadata);

        if (metadata == NULL) {
            return HR_NOMEM;
        }

        hr_correct_put(&c, metadata, "profile_author",
            hr_json_new_str(arena, hr_vocabulary_constant(input->vocabulary,
                                                          "profile_author")));
        hr_correct_put(&c, metadata, "creation_date",
                       hr_json_new_str(arena, input->date));
        hr_correct_put(&c, metadata, "data_sources",
                       hr_correct_list(&c, input->sources,
                                       input->source_count));
    }

    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        hr_correct_put(&c, metadata, constants[i],
            hr_json_new_str(arena, hr_vocabulary_constant(input->vocabulary,
                                                          constants[i])));
    }

    hr_correct_put(&c, metadata, "last_updated",
                   hr_json_new_str(arena, input->updated));
    hr_correct_basic_info(&c);

    return fixes.rc;
}
