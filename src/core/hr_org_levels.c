/*
 * Level and category of job titles: the rule tables of levels.json
 * (api-core.md 1.14 for what the API shows, data-files.md 6.5 for the ranking
 * that prompt and checks use).
 *
 * The file is flattened into one list of (table, word) rules in the order of
 * trial, so that classifying is one loop, from the parsed list while the image
 * is built and from the image afterwards.
 */

#include "hr_org_image.h"
#include "hr_words.h"


#define HR_ORG_MAX_RULES       4000
#define HR_ORG_LEVELS_BYTES    (256u * 1024)
#define HR_ORG_LEVELS_ARENA    (16u * 1024 * 1024)
#define HR_ORG_TITLE_ARENA     (64u * 1024)

static const struct {
    const char  *path;
    const char  *value;         /* required member of every rule */
    const char  *list;          /* of its words */
} hr_org_rule_tables[HR_ORG_RULE_TABLES] = {
    { "legacy.levels",      "level",    "contains" },
    { "legacy.categories",  "category", "contains" },
    { "ranking.levels",     "level",    "words" },
    { "ranking.categories", "category", "words" },
};

typedef struct {
    hr_arena_t     *arena;
    hr_diag_t      *diag;
    hr_org_rule_t  *rules;
    size_t          count;
    hr_str_t        names[HR_ORG_MAX_CATEGORIES];
    size_t          name_count;
} hr_org_rules_t;


static hr_rc_t
hr_org_rule_fault(hr_org_rules_t *r, unsigned table, size_t number,
    const char *what)
{
    return hr_diag_set(r->diag, HR_INVALID, "%s, rule %zu: %s",
                       hr_org_rule_tables[table].path, number, what);
}


static hr_rc_t
hr_org_rule_add(hr_org_rules_t *r, const hr_org_rule_t *rule)
{
    if (r->count == HR_ORG_MAX_RULES) {
        return hr_diag_set(r->diag, HR_LIMIT, "more than %d words",
                           HR_ORG_MAX_RULES);
    }

    r->rules[r->count++] = *rule;

    return HR_OK;
}


/* The answers count categories in fixed room: there is a limit of them. */
static hr_rc_t
hr_org_rule_name(hr_org_rules_t *r, hr_str_t name)
{
    size_t  i;

    for (i = 0; i < r->name_count; i++) {
        if (hr_str_eq(r->names[i], name)) {
            return HR_OK;
        }
    }

    if (i == HR_ORG_MAX_CATEGORIES) {
        return hr_diag_set(r->diag, HR_LIMIT, "more than %d different categories",
                           HR_ORG_MAX_CATEGORIES);
    }

    r->names[r->name_count++] = name;

    return HR_OK;
}


/* Level, category and the manager flag; the words come after. */
static hr_rc_t
hr_org_rule_value(hr_org_rules_t *r, const hr_json_t *node, unsigned table,
    size_t number, hr_org_rule_t *rule)
{
    int64_t           level;
    const hr_json_t  *member;

    for (member = node->first; member != NULL; member = member->next) {
        if (!hr_str_eq(member->key, HR_STR("level"))
            && !hr_str_eq(member->key, HR_STR("category"))
            && !hr_str_eq(member->key, HR_STR("name"))
            && !hr_str_eq(member->key, HR_STR("manager"))
            && !hr_str_eq(member->key, HR_STR("about"))
            && !hr_str_eq(member->key,
                          hr_str_from_c(hr_org_rule_tables[table].list)))
        {
            return hr_org_rule_fault(r, table, number, "unknown member");
        }
    }

    member = hr_json_get(node, hr_org_rule_tables[table].value);

    if (table == HR_ORG_RULE_LEVEL || table == HR_ORG_RULE_RANK) {
        if (!hr_json_int(member, &level) || level < 1 || level > 9) {
            return hr_org_rule_fault(r, table, number,
                                     "level is not a number from 1 to 9");
        }

        rule->level = (uint8_t) level;
        member = hr_json_get(node, "name");
    }

    rule->name = hr_json_text(member);

    if (table != HR_ORG_RULE_LEVEL
        && (rule->name.len == 0 || rule->name.len > 64))
    {
        return hr_org_rule_fault(r, table, number,
                                 "its name is missing or longer than 64 bytes");
    }

    member = hr_json_get(node, "manager");

    if (member != NULL && member->type != HR_JSON_BOOL) {
        return hr_org_rule_fault(r, table, number, "manager is not a boolean");
    }

    rule->manager = member != NULL && member->boolean;

    return rule->name.len == 0 ? HR_OK : hr_org_rule_name(r, rule->name);
}


/* Parts of titles, for the legacy tables. */
static hr_rc_t
hr_org_rule_parts(hr_org_rules_t *r, const hr_json_t *list, size_t number,
    hr_org_rule_t *rule)
{
    hr_rc_t           rc = HR_OK;
    const hr_json_t  *part;

    rule->match = HR_ORG_MATCH_CONTAINS;

    for (part = list->first; rc == HR_OK && part != NULL; part = part->next) {
        rule->word = hr_lower(r->arena, hr_json_text(part));

        if (rule->word.len == 0) {
            return hr_org_rule_fault(r, rule->table, number,
                                     "a word is empty or no string");
        }

        rc = hr_org_rule_add(r, rule);
    }

    return rc;
}


/* Word patterns (hr_words.h), for the ranking. */
static hr_rc_t
hr_org_rule_patterns(hr_org_rules_t *r, const hr_json_t *list, size_t number,
    hr_org_rule_t *rule)
{
    size_t      i;
    hr_rc_t     rc;
    hr_diag_t   diag;
    hr_words_t  words;

    memset(&diag, 0, sizeof(diag));
    rule->match = HR_ORG_MATCH_WORDS;
    rc = hr_words_load(r->arena, list, &words, &diag);

    if (rc != HR_OK) {
        return hr_org_rule_fault(r, rule->table, number, diag.text);
    }

    if (words.exceptions) {
        return hr_org_rule_fault(r, rule->table, number,
                                 "exceptions are not possible here");
    }

    for (i = 0; rc == HR_OK && i < words.count; i++) {
        rule->word = words.items[i].text;
        rc = hr_org_rule_add(r, rule);
    }

    return rc;
}


static hr_rc_t
hr_org_rule_read(hr_org_rules_t *r, const hr_json_t *node, unsigned table,
    size_t number)
{
    hr_rc_t           rc;
    hr_org_rule_t     rule;
    const hr_json_t  *list;

    if (node->type != HR_JSON_OBJECT) {
        return hr_org_rule_fault(r, table, number, "it is not an object");
    }

    memset(&rule, 0, sizeof(rule));
    rule.table = (uint8_t) table;

    rc = hr_org_rule_value(r, node, table, number, &rule);

    if (rc != HR_OK) {
        return rc;
    }

    list = hr_json_get(node, hr_org_rule_tables[table].list);

    if ((list == NULL) != (node->next == NULL)) {
        return hr_org_rule_fault(r, table, number,
                                 "the last rule of a table, and only the last, "
                                 "has no words");
    }

    if (list == NULL) {
        rule.match = HR_ORG_MATCH_ALWAYS;
        return hr_org_rule_add(r, &rule);
    }

    if (list->type != HR_JSON_ARRAY || list->count == 0) {
        return hr_org_rule_fault(r, table, number,
                                 "its words are no list, or an empty one");
    }

    return table < HR_ORG_RULE_RANK
           ? hr_org_rule_parts(r, list, number, &rule)
           : hr_org_rule_patterns(r, list, number, &rule);
}


hr_rc_t
hr_org_rules_parse(hr_arena_t *arena, hr_str_t json, hr_org_rule_t **rules,
    size_t *count, hr_diag_t *diag)
{
    size_t           number;
    hr_rc_t          rc;
    unsigned         table;
    hr_json_t       *root, *list, *node;
    hr_json_info_t   info;
    hr_org_rules_t   r;

    memset(&info, 0, sizeof(info));
    memset(&r, 0, sizeof(r));
    r.arena = arena;
    r.diag = diag;

    if (json.len > HR_ORG_LEVELS_BYTES) {
        return hr_diag_set(diag, HR_LIMIT, "the file is longer than %u bytes",
                           HR_ORG_LEVELS_BYTES);
    }

    rc = hr_json_parse(arena, json, NULL, &root, &info);

    if (rc != HR_OK) {
        hr_diag_set(diag, rc, "%s", info.text);

        if (diag != NULL) {
            diag->line = info.line;
            diag->column = info.column;
            diag->offset = info.offset;
        }

        return rc;
    }

    r.rules = hr_arena_alloc(arena, HR_ORG_MAX_RULES * sizeof(hr_org_rule_t));

    if (r.rules == NULL) {
        return HR_NOMEM;
    }

    for (table = 0; table < HR_ORG_RULE_TABLES; table++) {
        list = hr_json_path(root, hr_org_rule_tables[table].path);

        if (!hr_json_is(list, HR_JSON_ARRAY) || list->count == 0) {
            return hr_diag_set(diag, HR_INVALID, "%s is missing or no list",
                               hr_org_rule_tables[table].path);
        }

        number = 0;

        for (node = list->first; node != NULL; node = node->next) {
            rc = hr_org_rule_read(&r, node, table, ++number);

            if (rc != HR_OK) {
                return rc;
            }
        }
    }

    *rules = r.rules;
    *count = r.count;

    return HR_OK;
}


hr_rc_t
hr_org_check_levels(hr_str_t levels, hr_diag_t *diag)
{
    size_t          count;
    hr_rc_t         rc;
    hr_arena_t     *arena;
    hr_org_rule_t  *rules;

    if (diag != NULL) {
        memset(diag, 0, sizeof(hr_diag_t));
    }

    arena = hr_arena_create(HR_ORG_LEVELS_ARENA);

    if (arena == NULL) {
        return HR_NOMEM;
    }

    rc = hr_org_rules_parse(arena, levels, &rules, &count, diag);
    hr_arena_destroy(arena);

    return rc;
}


static bool
hr_org_rule_hit(hr_org_rule_match_t match, hr_str_t word, hr_str_t title)
{
    hr_words_t         words;
    hr_word_pattern_t  pattern;

    switch (match) {

    case HR_ORG_MATCH_ALWAYS:
        return true;

    case HR_ORG_MATCH_CONTAINS:
        return hr_contains(title, word);

    case HR_ORG_MATCH_WORDS:
        pattern = hr_word_pattern(word, false);
        words.items = &pattern;
        words.count = 1;
        words.exceptions = false;
        return hr_words_match(&words, title);
    }

    return false;
}


void
hr_org_rules_apply(const hr_org_rule_rec_t *rules, uint32_t count,
    const char *pool, hr_str_t lower, hr_str_t folded,
    uint32_t hit[HR_ORG_RULE_TABLES])
{
    uint32_t                  i;
    const hr_org_rule_rec_t  *rule;

    for (i = 0; i < HR_ORG_RULE_TABLES; i++) {
        hit[i] = HR_ORG_NONE;
    }

    for (i = 0; i < count; i++) {
        rule = &rules[i];

        if (hit[rule->table] == HR_ORG_NONE
            && hr_org_rule_hit(rule->match,
                               hr_str(pool + rule->word.off, rule->word.len),
                               rule->table < HR_ORG_RULE_RANK ? lower : folded))
        {
            hit[rule->table] = i;
        }
    }
}


hr_rc_t
hr_org_classify(const hr_org_t *org, hr_str_t title, hr_org_class_t *class)
{
    uint32_t                  hit[HR_ORG_RULE_TABLES];
    hr_str_t                  lower, folded;
    hr_arena_t               *arena;
    const hr_org_rule_rec_t  *rules = hr_org_at(org, HR_ORG_RULES);

    memset(class, 0, sizeof(hr_org_class_t));

    title = hr_utf8_cut_bytes(title, HR_ORG_MAX_NAME * 4);
    arena = hr_arena_create(HR_ORG_TITLE_ARENA);

    if (arena == NULL) {
        return HR_NOMEM;
    }

    lower = hr_lower(arena, title);
    folded = hr_fold(arena, title);

    if (lower.data == NULL || folded.data == NULL) {
        hr_arena_destroy(arena);
        return HR_NOMEM;
    }

    hr_org_rules_apply(rules, hr_org_count(org, HR_ORG_RULES),
                       hr_org_at(org, HR_ORG_TEXT), lower, folded, hit);
    hr_arena_destroy(arena);

    class->level = rules[hit[HR_ORG_RULE_LEVEL]].level;
    class->category = hr_org_text(org, rules[hit[HR_ORG_RULE_CATEGORY]].name);
    class->rank = rules[hit[HR_ORG_RULE_RANK]].level;
    class->rank_name = hr_org_text(org, rules[hit[HR_ORG_RULE_RANK]].name);
    class->rank_category
        = hr_org_text(org, rules[hit[HR_ORG_RULE_RANK_CATEGORY]].name);
    class->manager = rules[hit[HR_ORG_RULE_RANK_CATEGORY]].manager;

    return HR_OK;
}
