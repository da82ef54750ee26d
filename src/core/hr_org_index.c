/*
 * Names and titles of an image, their key groups and their tables.  Grouping is
 * done by sorting numbers by their texts: it needs no table, and gives the order
 * in which lists are shown.
 */

#define _GNU_SOURCE     /* qsort_r */

#include <stdlib.h>

#include "hr_org_build.h"


/* --- grouping ----------------------------------------------------------------- */

typedef struct {
    uint32_t  *group_of;        /* group of each element */
    uint32_t  *first;           /* first element of each group, input order */
    uint32_t   groups;          /* numbered by the code point order of the texts */
} hr_org_groups_t;


static int
hr_org_by_text(const void *a, const void *b, void *ctx)
{
    uint32_t         x = *(const uint32_t *) a, y = *(const uint32_t *) b;
    const hr_str_t  *texts = ctx;
    int              rc = hr_org_compare(texts[x], texts[y]);

    if (rc != 0) {
        return rc;
    }

    return x < y ? -1 : x > y;
}


/* Numbers equal texts alike; a list of n texts may be empty. */
static hr_rc_t
hr_org_group(hr_arena_t *arena, hr_str_t *texts, uint32_t n,
    hr_org_groups_t *out)
{
    uint32_t   i, *order;

    out->groups = 0;
    order = hr_arena_alloc(arena, (n + 1) * sizeof(uint32_t));
    out->first = hr_arena_alloc(arena, (n + 1) * sizeof(uint32_t));
    out->group_of = hr_arena_alloc(arena, (n + 1) * sizeof(uint32_t));

    if (order == NULL || out->first == NULL || out->group_of == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < n; i++) {
        order[i] = i;
    }

    qsort_r(order, n, sizeof(uint32_t), hr_org_by_text, texts);

    for (i = 0; i < n; i++) {
        if (i == 0 || !hr_str_eq(texts[order[i - 1]], texts[order[i]])) {
            out->first[out->groups++] = order[i];
        }

        out->group_of[order[i]] = out->groups - 1;
    }

    return HR_OK;
}


/*
 * Lists of members per group, members in rising order.  first has groups + 1
 * elements: group g owns list[first[g]] .. list[first[g + 1] - 1].
 */
static uint32_t *
hr_org_postings(hr_org_builder_t *b, hr_org_section_t section,
    const uint32_t *group_of, uint32_t n, uint32_t groups)
{
    uint32_t   i, *list, *first, *next;

    list = hr_org_section_new(b, section, n);
    first = hr_arena_calloc(b->arena, (groups + 2) * sizeof(uint32_t));
    next = hr_arena_calloc(b->arena, (groups + 2) * sizeof(uint32_t));

    if (list == NULL || first == NULL || next == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        first[group_of[i] + 1]++;
    }

    for (i = 0; i < groups; i++) {
        first[i + 1] += first[i];
        next[i] = first[i];
    }

    for (i = 0; i < n; i++) {
        list[next[group_of[i]]++] = i;
    }

    return first;
}


/* Key groups of distinct texts, and the members that each of them stands for. */
static hr_rc_t
hr_org_index_keys(hr_org_builder_t *b, hr_str_t *distinct, uint32_t n,
    const uint32_t *text_of, uint32_t members, hr_org_section_t keys_section,
    hr_org_section_t list_section, hr_org_section_t table, uint32_t *key_of)
{
    uint32_t           i, *member_key, *first;
    hr_str_t          *keys;
    hr_org_groups_t    groups;
    hr_org_key_rec_t  *rec;

    keys = hr_arena_alloc(b->arena, (n + 1) * sizeof(hr_str_t));
    member_key = hr_arena_alloc(b->arena, (members + 1) * sizeof(uint32_t));

    if (keys == NULL || member_key == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < n; i++) {
        keys[i] = hr_match_key(b->arena, distinct[i]);

        if (keys[i].data == NULL) {
            return HR_NOMEM;
        }
    }

    if (hr_org_group(b->arena, keys, n, &groups) != HR_OK) {
        return HR_NOMEM;
    }

    for (i = 0; i < n; i++) {
        key_of[i] = groups.group_of[i];
    }

    for (i = 0; i < members; i++) {
        member_key[i] = key_of[text_of[i]];
    }

    rec = hr_org_section_new(b, keys_section, groups.groups);
    first = hr_org_postings(b, list_section, member_key, members, groups.groups);

    if (rec == NULL || first == NULL
        || hr_org_table_new(b, table, groups.groups) == NULL)
    {
        return HR_NOMEM;
    }

    for (i = 0; i < groups.groups; i++) {
        rec[i].key = hr_org_put(b, keys[groups.first[i]]);
        rec[i].first = first[i];
        rec[i].count = first[i + 1] - first[i];
        hr_org_table_put(b, table, hr_org_hash32(keys[groups.first[i]]), i);
    }

    return b->text.err;
}


/* --- names ---------------------------------------------------------------------- */

hr_rc_t
hr_org_index_names(hr_org_builder_t *b)
{
    hr_rc_t           rc;
    uint32_t          i, *key_of, *first;
    hr_str_t         *texts, *distinct, folded;
    hr_org_groups_t   groups;

    texts = hr_arena_alloc(b->arena, b->unit_count * sizeof(hr_str_t));

    if (texts == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < b->unit_count; i++) {
        texts[i] = b->tree.units[i].node->key;
    }

    if (hr_org_group(b->arena, texts, b->unit_count, &groups) != HR_OK) {
        return HR_NOMEM;
    }

    b->name_count = groups.groups;
    b->names = hr_org_section_new(b, HR_ORG_NAMES, groups.groups);
    distinct = hr_arena_alloc(b->arena, groups.groups * sizeof(hr_str_t));
    key_of = hr_arena_alloc(b->arena, groups.groups * sizeof(uint32_t));
    first = hr_org_postings(b, HR_ORG_NAME_UNITS, groups.group_of,
                            b->unit_count, groups.groups);

    if (b->names == NULL || distinct == NULL || key_of == NULL || first == NULL
        || hr_org_table_new(b, HR_ORG_HASH_NAME, groups.groups) == NULL)
    {
        return HR_NOMEM;
    }

    for (i = 0; i < groups.groups; i++) {
        distinct[i] = texts[groups.first[i]];
        folded = hr_fold(b->arena, distinct[i]);

        if (folded.data == NULL) {
            return HR_NOMEM;
        }

        b->names[i].text = hr_org_put(b, distinct[i]);
        b->names[i].folded = hr_org_put(b, folded);
        b->names[i].first_unit = first[i];
        b->names[i].units = first[i + 1] - first[i];
        hr_org_table_put(b, HR_ORG_HASH_NAME, hr_org_hash32(distinct[i]), i);
    }

    for (i = 0; i < b->unit_count; i++) {
        b->units[i].name = groups.group_of[i];
    }

    rc = hr_org_index_keys(b, distinct, groups.groups, groups.group_of,
                           b->unit_count, HR_ORG_NAME_KEYS, HR_ORG_KEY_UNITS,
                           HR_ORG_HASH_NAME_KEY, key_of);

    for (i = 0; rc == HR_OK && i < groups.groups; i++) {
        b->names[i].key = key_of[i];
    }

    return rc;
}


/* --- titles --------------------------------------------------------------------- */

static hr_rc_t
hr_org_index_title(hr_org_builder_t *b, hr_org_title_rec_t *rec, hr_str_t text,
    const hr_org_rule_rec_t *rules, size_t rule_count)
{
    hr_str_t  lower, folded;
    uint32_t  hit[HR_ORG_RULE_TABLES];

    lower = hr_lower(b->arena, text);
    folded = hr_fold(b->arena, text);

    if (lower.data == NULL || folded.data == NULL) {
        return HR_NOMEM;
    }

    rec->text = hr_org_put(b, text);
    rec->folded = hr_org_put(b, folded);

    if (b->text.err != HR_OK) {
        return b->text.err;
    }

    hr_org_rules_apply(rules, (uint32_t) rule_count, b->text.data, lower,
                       folded, hit);

    rec->level = rules[hit[HR_ORG_RULE_LEVEL]].level;
    rec->category = rules[hit[HR_ORG_RULE_CATEGORY]].name;
    rec->rank = rules[hit[HR_ORG_RULE_RANK]].level;
    rec->rank_name = rules[hit[HR_ORG_RULE_RANK]].name;
    rec->rank_category = rules[hit[HR_ORG_RULE_RANK_CATEGORY]].name;
    rec->manager = rules[hit[HR_ORG_RULE_RANK_CATEGORY]].manager;

    return HR_OK;
}


static hr_str_t *
hr_org_slot_texts(hr_org_builder_t *b)
{
    uint32_t          i, slot = 0;
    hr_str_t         *texts;
    const hr_json_t  *title;

    texts = hr_arena_alloc(b->arena, (b->slot_count + 1) * sizeof(hr_str_t));

    if (texts == NULL) {
        return NULL;
    }

    for (i = 0; i < b->unit_count; i++) {
        b->units[i].first_slot = slot;
        b->units[i].slots = b->tree.units[i].slots;

        if (b->units[i].slots == 0) {
            continue;
        }

        title = hr_json_get(b->tree.units[i].node, "positions")->first;

        for ( /* void */ ; title != NULL; title = title->next) {
            b->slots[slot].unit = i;
            texts[slot++] = title->text;
        }
    }

    return texts;
}


hr_rc_t
hr_org_index_titles(hr_org_builder_t *b, const hr_org_rule_rec_t *rules,
    size_t rule_count)
{
    hr_rc_t          rc;
    uint32_t         i, *key_of;
    hr_str_t        *texts, *distinct;
    hr_org_groups_t  groups;

    texts = hr_org_slot_texts(b);

    if (texts == NULL
        || hr_org_group(b->arena, texts, b->slot_count, &groups) != HR_OK)
    {
        return HR_NOMEM;
    }

    b->title_count = groups.groups;
    b->titles = hr_org_section_new(b, HR_ORG_TITLES, groups.groups);
    distinct = hr_arena_alloc(b->arena, (groups.groups + 1) * sizeof(hr_str_t));
    key_of = hr_arena_alloc(b->arena, (groups.groups + 1) * sizeof(uint32_t));

    if (b->titles == NULL || distinct == NULL || key_of == NULL
        || hr_org_table_new(b, HR_ORG_HASH_TITLE, groups.groups) == NULL)
    {
        return HR_NOMEM;
    }

    for (i = 0; i < groups.groups; i++) {
        distinct[i] = texts[groups.first[i]];
        hr_org_table_put(b, HR_ORG_HASH_TITLE, hr_org_hash32(distinct[i]), i);

        rc = hr_org_index_title(b, &b->titles[i], distinct[i], rules, rule_count);

        if (rc != HR_OK) {
            return rc;
        }
    }

    for (i = 0; i < b->slot_count; i++) {
        b->slots[i].title = groups.group_of[i];
    }

    rc = hr_org_index_keys(b, distinct, groups.groups, groups.group_of,
                           b->slot_count, HR_ORG_TITLE_KEYS, HR_ORG_KEY_SLOTS,
                           HR_ORG_HASH_TITLE_KEY, key_of);

    for (i = 0; rc == HR_OK && i < groups.groups; i++) {
        b->titles[i].key = key_of[i];
    }

    return rc;
}
