/*
 * Inside of the section walk: the running state, the value rules of exports.md
 * 1, and one function per way of telling a value.  For hr_section_*.c only.
 */

#ifndef HR_SECTION_WALK_H
#define HR_SECTION_WALK_H

#include "hr_section.h"
#include "hr_section_labels.h"


#define HR_SECTION_SOURCES  3

typedef struct {
    const hr_section_input_t    *in;
    const hr_section_visitor_t  *visitor;
    const hr_section_labels_t   *labels;
    hr_arena_t                  *arena;
    const hr_json_t             *document;
    const hr_json_t             *generation;    /* NULL: none */
    hr_section_id_t              section;
    hr_rc_t                      rc;            /* sticky: first failure */
    size_t                       told;          /* events since the section's heading */
    bool                         table;         /* a table is open */
    hr_str_t                     columns[2];    /* header of the next table of pairs */
} hr_section_walk_t;

/*
 * Objects that hold the members of one section, the winning one first: the
 * canonical member and its older namesakes (profile-document.md 8).
 */
typedef struct {
    const hr_json_t  *objects[HR_SECTION_SOURCES];
    size_t            count;
} hr_section_sources_t;


/* --- values ------------------------------------------------------------- */

/* Absent, null, blank, empty, or an array or object of nothing but such. */
bool hr_section_absent(const hr_json_t *node);
/*
 * Any value as text: strings cleaned, 1.0 as 1, arrays of scalars joined by
 * ", ", objects as compact JSON.  Empty when absent or out of memory (w->rc).
 */
hr_str_t hr_section_text(hr_section_walk_t *w, const hr_json_t *node);
/* Line breaks as \n, no characters that XML 1.0 forbids, trimmed. */
hr_str_t hr_section_clean(hr_section_walk_t *w, hr_str_t text);
/* Concatenation of n texts. */
hr_str_t hr_section_concat(hr_section_walk_t *w, const hr_str_t *texts, size_t n);

/* First of the named members (NULL ends the list) that is not absent. */
const hr_json_t *hr_section_first(const hr_json_t *object, ...)
    __attribute__((sentinel));
const hr_json_t *hr_section_pick(const hr_section_sources_t *sources, ...)
    __attribute__((sentinel));
/*
 * Adds a member's value to the sources when it is an object; an object that is
 * JSON inside a string counts (profile-document.md 2.4).  Returns a value of
 * another type, which is to be told as it is, or NULL.
 */
const hr_json_t *hr_section_source(hr_section_walk_t *w,
    hr_section_sources_t *sources, const hr_json_t *node);


/* --- telling ------------------------------------------------------------ */

void hr_section_tell(hr_section_walk_t *w, hr_section_event_t *event);
void hr_section_tell_heading(hr_section_walk_t *w, unsigned level,
    unsigned number, hr_section_role_t role, hr_str_t text);
void hr_section_tell_label(hr_section_walk_t *w, unsigned level,
    hr_section_role_t role, hr_str_t text);
void hr_section_tell_paragraph(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t text);
void hr_section_tell_bullet(hr_section_walk_t *w, unsigned level,
    hr_section_role_t role, hr_str_t text);

/* The following tell nothing when the value is absent. */
void hr_section_tell_field(hr_section_walk_t *w, unsigned level, bool grouped,
    hr_section_role_t role, hr_str_t label, const hr_json_t *node);
/* One bullet per element; a value that is no array counts as one element. */
void hr_section_tell_bullets(hr_section_walk_t *w, unsigned level,
    hr_section_role_t role, const hr_json_t *node);
/* The same under a heading of level 3, or under a label line. */
void hr_section_tell_list(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t heading, const hr_json_t *node);
void hr_section_tell_labelled(hr_section_walk_t *w, unsigned level,
    hr_section_role_t role, hr_str_t label, const hr_json_t *node);
/* A value whose type nobody expected here: text, or bullets for an array. */
void hr_section_tell_any(hr_section_walk_t *w, hr_section_role_t role,
    const hr_json_t *node);

/*
 * A table of pairs: its header is told with the first row, so that a table
 * without rows is not told at all.
 */
void hr_section_pairs(hr_section_walk_t *w, hr_str_t first, hr_str_t second);
void hr_section_tell_row(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t label, hr_str_t text, const hr_str_t *parts, size_t nparts);
void hr_section_tell_pair(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t label, const hr_json_t *node);     /* absent: nothing */
void hr_section_close_table(hr_section_walk_t *w);


/* I-04: the notice of template KPIs, where they are from a template. */
void hr_section_kpi_notice(hr_section_walk_t *w);


/* --- sections, each below its heading ------------------------------------ */

void hr_section_basic(hr_section_walk_t *w);
void hr_section_areas(hr_section_walk_t *w);
void hr_section_skills(hr_section_walk_t *w);
void hr_section_qualities(hr_section_walk_t *w);
void hr_section_competencies(hr_section_walk_t *w);
void hr_section_education(hr_section_walk_t *w);
void hr_section_career(hr_section_walk_t *w);
void hr_section_workplace(hr_section_walk_t *w);
void hr_section_metrics(hr_section_walk_t *w);
void hr_section_additional(hr_section_walk_t *w);
void hr_section_metadata(hr_section_walk_t *w);

#endif /* HR_SECTION_WALK_H */
