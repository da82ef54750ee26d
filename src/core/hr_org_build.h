/*
 * The work bench of hr_org_build(): sections grow in an arena and are copied
 * into the image at the end.  For hr_org_build.c, hr_org_index.c,
 * hr_org_lists.c and hr_org_fill.c only.
 */

#ifndef HR_ORG_BUILD_H
#define HR_ORG_BUILD_H

#include "hr_org_image.h"


#define HR_ORG_MAX_IMAGE  (256u * 1024 * 1024)

typedef struct {
    hr_arena_t          *arena;
    hr_diag_t           *diag;
    hr_str_t             json;
    hr_org_tree_t        tree;
    hr_buf_t             text;          /* section HR_ORG_TEXT */

    void                *data[HR_ORG_SECTIONS];         /* arena, zeroed */
    size_t               count[HR_ORG_SECTIONS];

    hr_org_unit_rec_t   *units;         /* the same memory by its type */
    hr_org_slot_rec_t   *slots;
    hr_org_name_rec_t   *names;
    hr_org_title_rec_t  *titles;
    uint32_t             unit_count;
    uint32_t             slot_count;
    uint32_t             name_count;
    uint32_t             title_count;
    hr_org_info_t        info;
} hr_org_builder_t;

/* A zeroed section of count elements; NULL on a full arena. */
void *hr_org_section_new(hr_org_builder_t *b, hr_org_section_t section,
    size_t count);
/* A free table for count entries, which may then be put into it. */
hr_org_cell_t *hr_org_table_new(hr_org_builder_t *b, hr_org_section_t section,
    size_t count);
void hr_org_table_put(hr_org_builder_t *b, hr_org_section_t section,
    uint32_t hash, uint32_t value);

/* Text pool; errors are sticky in b->text. */
hr_org_ref_t hr_org_put(hr_org_builder_t *b, hr_str_t text);
/* Reference to what was appended to b->text since it had start bytes. */
hr_org_ref_t hr_org_since(const hr_org_builder_t *b, size_t start);
/* Valid until the next append. */
hr_str_t hr_org_got(const hr_org_builder_t *b, hr_org_ref_t ref);

/* hr_org_index.c: names, titles, key groups */
hr_rc_t hr_org_index_names(hr_org_builder_t *b);
hr_rc_t hr_org_index_titles(hr_org_builder_t *b, const hr_org_rule_rec_t *rules,
    size_t rule_count);

/* hr_org_lists.c: links between units, tables, lists */
hr_rc_t hr_org_index_children(hr_org_builder_t *b);
hr_rc_t hr_org_index_paths(hr_org_builder_t *b);
hr_rc_t hr_org_index_lists(hr_org_builder_t *b);

/* hr_org_fill.c: the texts and figures of units and slots */
hr_rc_t hr_org_fill_units(hr_org_builder_t *b);
hr_rc_t hr_org_fill_json(hr_org_builder_t *b);
hr_rc_t hr_org_fill_slots(hr_org_builder_t *b);
hr_rc_t hr_org_fill_info(hr_org_builder_t *b);

#endif /* HR_ORG_BUILD_H */
