/* The loaded map of IT systems, shared by its loader and its chooser. */

#ifndef HR_IT_MAP_H
#define HR_IT_MAP_H

#include "hr_it.h"
#include "hr_words.h"


#define HR_IT_FUNCTIONS_MAX  100
#define HR_IT_DEPTH_MAX      10

typedef struct {
    hr_str_t  name;             /* without its number */
    hr_str_t  folded;
    int64_t   number;
    hr_str_t  heading;          /* the line as written */
    hr_str_t  text;             /* lines of the systems */
    size_t    first, count;     /* systems in hr_it_s.systems */
} hr_it_group_t;

typedef struct {
    hr_words_t  units;
    hr_words_t  groups;
} hr_it_function_t;

struct hr_it_s {
    hr_str_t           map;             /* whole; len 0: not available */
    hr_str_t           head;            /* title and note */
    hr_it_group_t      groups[HR_IT_GROUPS_MAX];
    size_t             group_count;
    hr_str_t          *systems;         /* lines */
    size_t             system_count;
    hr_str_t          *it_units;        /* match keys of paths */
    size_t             it_unit_count;
    hr_words_t         it_titles;
    hr_words_t         business_titles;
    hr_words_t         support_titles;
    hr_words_t         business_groups;
    int64_t            always[HR_IT_GROUPS_MAX];
    size_t             always_count;
    hr_it_function_t   functions[HR_IT_FUNCTIONS_MAX];
    size_t             function_count;
    size_t             overview;        /* systems shown of a group */
    size_t             always_systems;
    size_t             text_max;        /* code points */
};

/* Match keys of the elements joined with "/"; the same for path and rule. */
hr_str_t hr_it_path_key(hr_arena_t *arena, const hr_str_t *units,
    size_t depth);

#endif /* HR_IT_MAP_H */
