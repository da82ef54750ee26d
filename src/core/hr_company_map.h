/* The cut and indexed company map, shared by its loader and its chooser. */

#ifndef HR_COMPANY_MAP_H
#define HR_COMPANY_MAP_H

#include "hr_company.h"
#include "hr_words.h"


typedef struct {
    hr_str_t  heading;          /* the line, "## Стратегия" */
    hr_str_t  text;             /* heading and own text, without subsections */
    hr_json_text_t  whole;      /* text and the empty line after it, in `joined` */
    hr_json_text_t  top;        /* its heading, a prefix of whole */
    size_t    chars;
    unsigned  level;            /* number of "#", 0: text before any heading */
    size_t    parent;           /* SIZE_MAX: none */
    bool      always;
    bool      never;
    bool      by_unit;
} hr_company_section_t;

typedef struct {
    hr_str_t  stem;
    uint32_t  section;
} hr_company_stem_t;

struct hr_company_s {
    hr_str_t               map;
    hr_str_t               map_escaped;     /* only when it is sent whole */
    hr_json_text_t         joined;          /* all sections, one after the other */
    size_t                 chars;
    hr_company_section_t   sections[HR_COMPANY_SECTIONS_MAX];
    size_t                 section_count;
    hr_company_stem_t     *index;
    size_t                 index_count;
    hr_words_t             generic;
    size_t                 budget;
    bool                   full;
};

/* The next stem of a folded text with its word; false at the end. */
bool hr_company_next_stem(hr_str_t text, size_t *pos, hr_str_t *stem,
    hr_str_t *word);
/* The section has a word with that stem. */
bool hr_company_mentions(const hr_company_t *c, size_t section, hr_str_t stem);

#endif /* HR_COMPANY_MAP_H */
