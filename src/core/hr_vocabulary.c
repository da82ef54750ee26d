#include "hr_text.h"
#include "hr_vocabulary_internal.h"
#include "hr_words.h"


const hr_vocabulary_list_t *
hr_vocabulary_list(const hr_vocabulary_t *voc, hr_str_t name)
{
    size_t  i;

    for (i = 0; i < voc->nlists; i++) {
        if (hr_str_eq(voc->lists[i].name, name)) {
            return &voc->lists[i];
        }
    }

    return NULL;
}


bool
hr_vocabulary_find(const hr_str_t *texts, size_t count, hr_str_t text,
    size_t *index)
{
    size_t  i;

    for (i = 0; i < count; i++) {
        if (hr_str_eq(texts[i], text)) {
            *index = i;
            return true;
        }
    }

    return false;
}


/*
 * Looks a value up: as it is spelt, then by match key in the list, then (only
 * when accepted is not NULL) by match key beside the list.
 */

static bool
hr_vocabulary_lookup(const hr_vocabulary_t *voc, const char *name,
    hr_str_t value, size_t *index, bool *accepted)
{
    bool                         found;
    size_t                       other;
    hr_str_t                     key;
    hr_arena_t                  *arena;
    const hr_vocabulary_list_t  *list;

    list = hr_vocabulary_list(voc, hr_str_from_c(name));

    if (list == NULL || value.data == NULL
        || value.len > HR_VOCABULARY_VALUE_MAX)
    {
        return false;
    }

    if (hr_vocabulary_find(list->values, list->count, value, index)) {
        return true;
    }

    arena = hr_arena_create(64 * 1024);
    if (arena == NULL) {
        return false;
    }

    key = hr_match_key(arena, value);
    found = key.data != NULL
            && hr_vocabulary_find(list->keys, list->count, key, index);

    if (accepted != NULL) {
        *accepted = !found && key.data != NULL
                    && hr_vocabulary_find(list->accepted, list->naccepted, key,
                                          &other);
    }

    hr_arena_destroy(arena);

    return found;
}


hr_str_t
hr_vocabulary_version(const hr_vocabulary_t *voc)
{
    return voc->version;
}


const hr_str_t *
hr_vocabulary_values(const hr_vocabulary_t *voc, hr_str_t name, size_t *count)
{
    const hr_vocabulary_list_t  *list;

    if (hr_str_eq(name, HR_STR("proficiency_description"))) {
        *count = HR_VOCABULARY_LEVELS;
        return voc->level_texts;
    }

    list = hr_vocabulary_list(voc, name);

    *count = list == NULL ? 0 : list->count;

    return list == NULL ? NULL : list->values;
}


bool
hr_vocabulary_accepts(const hr_vocabulary_t *voc, const char *list,
    hr_str_t value)
{
    bool    accepted;
    size_t  index;

    accepted = false;

    return hr_vocabulary_lookup(voc, list, value, &index, &accepted) || accepted;
}


hr_str_t
hr_vocabulary_canonical(const hr_vocabulary_t *voc, const char *list,
    hr_str_t value)
{
    size_t  index;

    if (!hr_vocabulary_lookup(voc, list, value, &index, NULL)) {
        return HR_STR_NULL;
    }

    return hr_vocabulary_list(voc, hr_str_from_c(list))->values[index];
}


bool
hr_vocabulary_marks(const hr_vocabulary_t *voc, const char *list,
    hr_str_t value, hr_vocabulary_marks_t *marks)
{
    size_t  index;

    if (!hr_vocabulary_lookup(voc, list, value, &index, NULL)) {
        return false;
    }

    *marks = hr_vocabulary_list(voc, hr_str_from_c(list))->marks[index];

    return true;
}


hr_str_t
hr_vocabulary_level_text(const hr_vocabulary_t *voc, int64_t level)
{
    if (level < 1 || level > HR_VOCABULARY_LEVELS) {
        return HR_STR_NULL;
    }

    return voc->levels[level - 1].text;
}


hr_str_t
hr_vocabulary_level_label(const hr_vocabulary_t *voc, int64_t level,
    hr_lang_t lang)
{
    if (level < 1 || level > HR_VOCABULARY_LEVELS) {
        return HR_STR_NULL;
    }

    return voc->levels[level - 1].label[lang < HR_LANG_COUNT ? lang : HR_LANG_RU];
}


int
hr_vocabulary_level_of_text(const hr_vocabulary_t *voc, hr_str_t text)
{
    int  i;

    for (i = 0; i < HR_VOCABULARY_LEVELS; i++) {
        if (hr_words_same(voc->levels[i].text, text)) {
            return i + 1;
        }
    }

    return 0;
}


int
hr_vocabulary_level_of_label(const hr_vocabulary_t *voc, hr_str_t text)
{
    int        i;
    hr_lang_t  lang;

    for (i = 0; i < HR_VOCABULARY_LEVELS && text.len != 0; i++) {
        for (lang = 0; lang < HR_LANG_COUNT; lang++) {
            if (hr_words_folds_to(text, voc->levels[i].folded[lang])) {
                return i + 1;
            }
        }
    }

    return 0;
}


hr_str_t
hr_vocabulary_label(const hr_vocabulary_t *voc, hr_lang_t lang, hr_str_t path)
{
    size_t    i;
    hr_str_t  last;

    lang = lang < HR_LANG_COUNT ? lang : HR_LANG_RU;
    last = path;

    for (i = path.len; i > 0; i--) {
        if (path.data[i - 1] == '.') {
            last = hr_str(path.data + i, path.len - i);
            break;
        }
    }

    for (i = 0; i < voc->nlabels; i++) {
        if (hr_str_eq(voc->labels[i].path, path)) {
            return voc->labels[i].text[lang];
        }
    }

    for (i = 0; i < voc->nlabels; i++) {
        if (hr_str_eq(voc->labels[i].path, last)) {
            return voc->labels[i].text[lang];
        }
    }

    return last;
}


hr_str_t
hr_vocabulary_constant(const hr_vocabulary_t *voc, const char *name)
{
    return hr_json_text(hr_json_get(hr_json_get(voc->root, "constants"), name));
}


int64_t
hr_vocabulary_career_minimum(const hr_vocabulary_t *voc, const char *list)
{
    int64_t  minimum;

    return hr_json_int(hr_json_get(hr_json_get(voc->root, "career_minima"), list),
                       &minimum)
           ? minimum : 0;
}


const hr_vocabulary_bound_t *
hr_vocabulary_bounds(const hr_vocabulary_t *voc, size_t *count)
{
    *count = voc->nbounds;
    return voc->bounds;
}


const hr_vocabulary_enum_t *
hr_vocabulary_enums(const hr_vocabulary_t *voc, size_t *count)
{
    *count = voc->nenums;
    return voc->enums;
}
