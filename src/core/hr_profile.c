#include "hr_node.h"
#include "hr_profile.h"
#include "hr_profile_career.h"
#include "hr_profile_internal.h"
#include "hr_text.h"


/* Members of deliberation (profile-document.md 4); none has content for people. */
static const hr_str_t  hr_profile_reasoning[] = {
    HR_STR_INIT("reasoning_context_analysis"),
    HR_STR_INIT("position_classification_reasoning"),
    HR_STR_INIT("responsibility_areas_reasoning"),
    HR_STR_INIT("professional_skills_reasoning"),
    HR_STR_INIT("careerogram_reasoning"),
    HR_STR_INIT("performance_metrics_reasoning"),
    HR_STR_INIT("quality_verification"),
};

/* Names under which an older document has the same thing (8). */
const hr_profile_alias_t  hr_profile_aliases[] = {
    { HR_STR_INIT("area"), HR_STR_INIT("title") },
    { HR_STR_INIT("skill_category"), HR_STR_INIT("category") },
    { HR_STR_INIT("specific_skills"), HR_STR_INIT("skills") },
};

const size_t  hr_profile_nalias = sizeof(hr_profile_aliases)
                                  / sizeof(hr_profile_aliases[0]);


bool
hr_profile_is_reasoning(hr_str_t member)
{
    size_t  i;

    for (i = 0; i < sizeof(hr_profile_reasoning) / sizeof(hr_str_t); i++) {
        if (hr_str_eq(hr_profile_reasoning[i], member)) {
            return true;
        }
    }

    return false;
}


hr_rc_t
hr_profile_from_tree(hr_json_t *root, hr_profile_t *out)
{
    hr_json_t  *inner, *metadata;

    memset(out, 0, sizeof(hr_profile_t));

    if (!hr_json_is(root, HR_JSON_OBJECT)) {
        return HR_INVALID;
    }

    out->root = root;
    out->document = root;

    /* a text named "profile" is an unknown member of a bare document */

    inner = hr_json_get(root, "profile");

    if (hr_json_is(inner, HR_JSON_OBJECT)) {
        metadata = hr_json_get(root, "metadata");
        out->metadata = hr_json_is(metadata, HR_JSON_OBJECT) ? metadata : NULL;
        out->wrapped = true;

        /* a wrapper that was wrapped once more: a document has no such member */
        do {
            out->document = inner;
            inner = hr_json_get(inner, "profile");
        } while (hr_json_is(inner, HR_JSON_OBJECT));
    }

    return HR_OK;
}


hr_rc_t
hr_profile_open(hr_arena_t *arena, hr_str_t json, hr_profile_t *out,
    hr_diag_t *diag)
{
    hr_rc_t         rc;
    hr_json_t      *root;
    hr_json_info_t  info;
    hr_json_opts_t  opts;

    memset(out, 0, sizeof(hr_profile_t));

    if (json.len > HR_PROFILE_BYTES_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "the document is larger than %u bytes",
                           HR_PROFILE_BYTES_MAX);
    }

    memset(&opts, 0, sizeof(opts));
    opts.max_depth = HR_PROFILE_DEPTH_MAX + 1;      /* a wrapper adds a level */
    opts.replace_surrogates = true;

    rc = hr_json_parse(arena, json, &opts, &root, &info);

    if (rc != HR_OK) {
        hr_diag_set(diag, rc, "%s", info.text);

        if (diag != NULL) {
            diag->line = info.line;
            diag->column = info.column;
            diag->offset = info.offset;
        }

        return rc;
    }

    rc = hr_profile_from_tree(root, out);

    if (rc != HR_OK) {
        return hr_diag_set(diag, rc, "the document is not a JSON object");
    }

    return HR_OK;
}


const hr_json_t *
hr_profile_career(hr_arena_t *arena, const hr_json_t *value)
{
    hr_rc_t         rc;
    hr_str_t        text;
    hr_json_t      *object;
    hr_json_opts_t  opts;

    text = hr_trim(hr_json_text(value));

    if (text.len == 0 || text.data[0] != '{') {
        return value;
    }

    memset(&opts, 0, sizeof(opts));
    opts.max_depth = HR_PROFILE_DEPTH_MAX;
    opts.replace_surrogates = true;

    rc = hr_json_parse(arena, text, &opts, &object, NULL);

    if (rc == HR_NOMEM) {
        return NULL;
    }

    return rc == HR_OK && object->type == HR_JSON_OBJECT ? object : value;
}


int
hr_profile_level_texts(hr_arena_t *arena, hr_json_t *skills,
    const hr_vocabulary_t *voc)
{
    int         n;
    int64_t     level;
    hr_str_t    text, standard;
    hr_json_t  *category, *list, *skill, *old;

    n = 0;

    if (!hr_json_is(skills, HR_JSON_ARRAY)) {
        return 0;
    }

    for (category = skills->first; category != NULL; category = category->next) {

        list = hr_json_get(category, "specific_skills");

        if (!hr_json_is(list, HR_JSON_ARRAY)) {
            continue;
        }

        for (skill = list->first; skill != NULL; skill = skill->next) {

            old = hr_json_get(skill, "proficiency_description");

            if (!hr_json_int(hr_json_get(skill, "proficiency_level"), &level)
                || (old != NULL && old->type != HR_JSON_STRING
                    && old->type != HR_JSON_NULL))
            {
                continue;
            }

            standard = hr_vocabulary_level_text(voc, level);
            text = hr_trim(hr_json_text(old));

            if (standard.len == 0 || hr_str_eq(standard, hr_json_text(old))
                || (text.len != 0
                    && hr_vocabulary_level_of_text(voc, text) == 0))
            {
                continue;
            }

            if (hr_json_set(arena, skill, "proficiency_description",
                            hr_json_new_str(arena, standard)) != HR_OK)
            {
                return -1;
            }

            n++;
        }
    }

    return n;
}
