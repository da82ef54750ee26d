/*
 * Inside of the vocabulary, shared by its loader and its lookups.
 *
 * Everything is in one arena that the handle owns.  Values keep the spelling
 * of the file; their match keys stand beside them, so that a lookup of a
 * well-spelt value costs no folding.
 */

#ifndef HR_VOCABULARY_INTERNAL_H
#define HR_VOCABULARY_INTERNAL_H

#include "hr_vocabulary.h"


#define HR_VOCABULARY_LISTS_MAX  16
#define HR_VOCABULARY_LEVELS     4
/* a value is folded in memory of this size; longer ones are unknown */
#define HR_VOCABULARY_VALUE_MAX  1000


typedef struct {
    hr_str_t               name;
    hr_str_t              *values;
    hr_str_t              *keys;        /* match keys of the values */
    hr_vocabulary_marks_t *marks;
    size_t                 count;
    hr_str_t              *accepted;    /* match keys */
    size_t                 naccepted;
} hr_vocabulary_list_t;

typedef struct {
    hr_str_t   path;
    hr_str_t   text[HR_LANG_COUNT];
} hr_vocabulary_label_t;

typedef struct {
    hr_str_t   text;
    hr_str_t   label[HR_LANG_COUNT];
    hr_str_t   folded[HR_LANG_COUNT];   /* labels */
} hr_vocabulary_level_t;

struct hr_vocabulary_s {
    hr_arena_t             *arena;
    hr_json_t              *root;
    hr_str_t                version;
    hr_vocabulary_list_t    lists[HR_VOCABULARY_LISTS_MAX];
    size_t                  nlists;
    hr_vocabulary_level_t   levels[HR_VOCABULARY_LEVELS];
    hr_str_t                level_texts[HR_VOCABULARY_LEVELS];
    hr_vocabulary_label_t  *labels;
    size_t                  nlabels;
    hr_vocabulary_bound_t  *bounds;
    size_t                  nbounds;
    hr_vocabulary_enum_t   *enums;
    size_t                  nenums;
};


const hr_vocabulary_list_t *hr_vocabulary_list(const hr_vocabulary_t *voc,
    hr_str_t name);
bool hr_vocabulary_find(const hr_str_t *texts, size_t count, hr_str_t text,
    size_t *index);

#endif /* HR_VOCABULARY_INTERNAL_H */
