/*
 * hr_org_build(): structure.json and levels.json in, one image out.  The order
 * of the steps matters: names and titles get their sorted numbers first,
 * everything else refers to those numbers.
 */

#include "hr_org_build.h"
#include "hr_hash.h"

#include <stdlib.h>


#define HR_ORG_BUILD_ARENA  (1024u * 1024 * 1024)

const size_t  hr_org_element_size[HR_ORG_SECTIONS] = {
    [HR_ORG_TEXT]           = 1,
    [HR_ORG_UNITS]          = sizeof(hr_org_unit_rec_t),
    [HR_ORG_SLOTS]          = sizeof(hr_org_slot_rec_t),
    [HR_ORG_NAMES]          = sizeof(hr_org_name_rec_t),
    [HR_ORG_NAME_UNITS]     = sizeof(uint32_t),
    [HR_ORG_NAME_SLOTS]     = sizeof(uint32_t),
    [HR_ORG_NAME_KEYS]      = sizeof(hr_org_key_rec_t),
    [HR_ORG_KEY_UNITS]      = sizeof(uint32_t),
    [HR_ORG_TITLES]         = sizeof(hr_org_title_rec_t),
    [HR_ORG_TITLE_KEYS]     = sizeof(hr_org_key_rec_t),
    [HR_ORG_KEY_SLOTS]      = sizeof(uint32_t),
    [HR_ORG_ORDER]          = sizeof(uint32_t),
    [HR_ORG_RULES]          = sizeof(hr_org_rule_rec_t),
    [HR_ORG_HASH_NAME]      = sizeof(hr_org_cell_t),
    [HR_ORG_HASH_NAME_KEY]  = sizeof(hr_org_cell_t),
    [HR_ORG_HASH_PATH]      = sizeof(hr_org_cell_t),
    [HR_ORG_HASH_CHILD]     = sizeof(hr_org_cell_t),
    [HR_ORG_HASH_TITLE]     = sizeof(hr_org_cell_t),
    [HR_ORG_HASH_TITLE_KEY] = sizeof(hr_org_cell_t),
    [HR_ORG_HASH_POSITION]  = sizeof(hr_org_cell_t),
};


void *
hr_org_section_new(hr_org_builder_t *b, hr_org_section_t section, size_t count)
{
    /* an empty section still gets an address */
    b->data[section] = hr_arena_calloc(b->arena, (count == 0 ? 1 : count)
                                       * hr_org_element_size[section]);
    b->count[section] = count;

    return b->data[section];
}


hr_org_cell_t *
hr_org_table_new(hr_org_builder_t *b, hr_org_section_t section, size_t count)
{
    size_t          cells = 4;
    hr_org_cell_t  *table;

    while (cells < count * 2) {
        cells *= 2;
    }

    table = hr_org_section_new(b, section, cells);

    if (table != NULL) {
        memset(table, 0xff, cells * sizeof(hr_org_cell_t));
    }

    return table;
}


void
hr_org_table_put(hr_org_builder_t *b, hr_org_section_t section, uint32_t hash,
    uint32_t value)
{
    size_t          i, mask = b->count[section] - 1;
    hr_org_cell_t  *table = b->data[section];

    for (i = hash & mask; table[i].value != HR_ORG_NONE; i = (i + 1) & mask) {
        /* void */
    }

    table[i].hash = hash;
    table[i].value = value;
}


hr_org_ref_t
hr_org_since(const hr_org_builder_t *b, size_t start)
{
    return (hr_org_ref_t) { (uint32_t) start, (uint32_t) (b->text.len - start) };
}


hr_org_ref_t
hr_org_put(hr_org_builder_t *b, hr_str_t text)
{
    size_t  start = b->text.len;

    hr_buf_str(&b->text, text);

    return hr_org_since(b, start);
}


hr_str_t
hr_org_got(const hr_org_builder_t *b, hr_org_ref_t ref)
{
    if (b->text.err != HR_OK) {
        return HR_STR("");
    }

    return hr_str(b->text.data + ref.off, ref.len);
}


static hr_rc_t
hr_org_build_rules(hr_org_builder_t *b, hr_str_t levels)
{
    size_t              i, count;
    hr_rc_t             rc;
    hr_diag_t           diag;
    hr_org_rule_t      *rules;
    hr_org_rule_rec_t  *rec;

    memset(&diag, 0, sizeof(diag));
    rc = hr_org_rules_parse(b->arena, levels, &rules, &count, &diag);

    if (rc != HR_OK) {
        if (b->diag != NULL) {
            b->diag->line = diag.line;
            b->diag->column = diag.column;
            b->diag->offset = diag.offset;
        }

        return hr_diag_set(b->diag, rc, "level rules: %.*s", 480, diag.text);
    }

    rec = hr_org_section_new(b, HR_ORG_RULES, count);

    if (rec == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < count; i++) {
        rec[i].word = hr_org_put(b, rules[i].word);
        rec[i].name = hr_org_put(b, rules[i].name);
        rec[i].table = rules[i].table;
        rec[i].match = rules[i].match;
        rec[i].level = rules[i].level;
        rec[i].manager = rules[i].manager;
    }

    return b->text.err;
}


static hr_rc_t
hr_org_build_all(hr_org_builder_t *b, const hr_org_opts_t *opts)
{
    hr_rc_t  rc;

    rc = hr_org_build_rules(b, opts->levels);

    if (rc == HR_OK) {
        rc = hr_org_tree_parse(b->arena, b->json, opts, &b->tree, b->diag);
    }

    if (rc != HR_OK) {
        return rc;
    }

    b->unit_count = b->tree.unit_count;
    b->slot_count = b->tree.slot_count;
    b->units = hr_org_section_new(b, HR_ORG_UNITS, b->unit_count);
    b->slots = hr_org_section_new(b, HR_ORG_SLOTS, b->slot_count);

    if (b->units == NULL || b->slots == NULL) {
        return HR_NOMEM;
    }

    if ((rc = hr_org_index_names(b)) != HR_OK
        || (rc = hr_org_index_titles(b, b->data[HR_ORG_RULES],
                                     b->count[HR_ORG_RULES])) != HR_OK
        || (rc = hr_org_index_children(b)) != HR_OK
        || (rc = hr_org_fill_units(b)) != HR_OK
        || (rc = hr_org_fill_json(b)) != HR_OK
        || (rc = hr_org_fill_slots(b)) != HR_OK
        || (rc = hr_org_index_paths(b)) != HR_OK
        || (rc = hr_org_index_lists(b)) != HR_OK
        || (rc = hr_org_fill_info(b)) != HR_OK
        || (rc = hr_sha256_hex(b->json, b->info.sha256)) != HR_OK)
    {
        return rc;
    }

    b->data[HR_ORG_TEXT] = b->text.data;
    b->count[HR_ORG_TEXT] = b->text.len;

    return b->text.err;
}


static hr_rc_t
hr_org_assemble(hr_org_builder_t *b, hr_org_t **image, size_t *size)
{
    size_t     off, bytes;
    hr_org_t  *org;
    unsigned   i;

    off = sizeof(hr_org_t);

    for (i = 0; i < HR_ORG_SECTIONS; i++) {
        off = (off + 7) & ~(size_t) 7;
        off += b->count[i] * hr_org_element_size[i];
    }

    if (off > HR_ORG_MAX_IMAGE) {
        return hr_diag_set(b->diag, HR_LIMIT, "the organisation is too large");
    }

    org = calloc(1, off);

    if (org == NULL) {
        return HR_NOMEM;
    }

    org->magic = HR_ORG_MAGIC;
    org->layout = HR_ORG_LAYOUT;
    org->header = sizeof(hr_org_t);
    org->size = off;
    org->info = b->info;
    org->info.bytes = off;

    off = sizeof(hr_org_t);

    for (i = 0; i < HR_ORG_SECTIONS; i++) {
        off = (off + 7) & ~(size_t) 7;
        bytes = b->count[i] * hr_org_element_size[i];
        org->sections[i].off = off;
        org->sections[i].count = b->count[i];

        if (bytes > 0) {
            memcpy((char *) org + off, b->data[i], bytes);
        }

        off += bytes;
    }

    org->checksum = hr_org_checksum(org);

    *image = org;
    *size = off;

    return HR_OK;
}


hr_rc_t
hr_org_build(hr_str_t json, const hr_org_opts_t *opts, hr_diag_t *diag,
    hr_org_t **image, size_t *size)
{
    hr_rc_t           rc;
    hr_org_builder_t  b;

    *image = NULL;
    *size = 0;

    if (diag != NULL) {
        memset(diag, 0, sizeof(hr_diag_t));
    }

    memset(&b, 0, sizeof(b));
    b.diag = diag;
    b.json = json;
    b.arena = hr_arena_create(HR_ORG_BUILD_ARENA);

    if (b.arena == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    hr_buf_init(&b.text, HR_ORG_MAX_IMAGE);

    rc = hr_org_build_all(&b, opts);

    if (rc == HR_OK) {
        rc = hr_org_assemble(&b, image, size);
    }

    if (rc != HR_OK && diag != NULL && diag->text[0] == '\0') {
        hr_diag_set(diag, rc, rc == HR_LIMIT ? "the organisation is too large"
                                             : "out of memory");
    }

    hr_buf_release(&b.text);
    hr_arena_destroy(b.arena);

    return rc;
}
