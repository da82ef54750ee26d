/*
 * Layout of the organisation image, for the hr_org_*.c files only.
 *
 *   header | section | section | ...
 *
 * Every section starts at a multiple of 8 and is an array of one fixed-size
 * type; the first one is the pool of bytes that all texts live in.  References
 * are offsets into that pool and indexes into the other sections, so that the
 * image works at any address.
 *
 * Names and titles are kept once: a unit points to its distinct name, a slot to
 * its distinct title.  Both tables are sorted by code point, therefore an index
 * comparison is a text comparison.  Distinct names (titles) that are equal by
 * the match key of data-files.md 4.4 share a key group, and each group lists
 * its units (slots) in file order.  As a subtree is a range of slots, "is this
 * title in this unit, or anywhere below it?" is one binary search in the list
 * of the title's group.
 */

#ifndef HR_ORG_IMAGE_H
#define HR_ORG_IMAGE_H

#include "hr_org.h"
#include "hr_text.h"


#define HR_ORG_MAGIC    0x31474f5f52485f31ull
#define HR_ORG_LAYOUT   1u              /* raise with every change below */

/* the arrow of display paths, with its blanks: " → " */
#define HR_ORG_ARROW    " \xe2\x86\x92 "

typedef struct {
    uint32_t  off;                      /* in the text pool */
    uint32_t  len;
} hr_org_ref_t;

#define HR_ORG_MAX_CATEGORIES  64       /* distinct names in levels.json */
#define HR_ORG_REF_NULL  UINT32_MAX     /* off of a text that is null */


typedef enum {
    HR_ORG_TEXT = 0,                    /* char */
    HR_ORG_UNITS,                       /* hr_org_unit_rec_t, pre-order */
    HR_ORG_SLOTS,                       /* hr_org_slot_rec_t, pre-order */
    HR_ORG_NAMES,                       /* hr_org_name_rec_t, by text */
    HR_ORG_NAME_UNITS,                  /* uint32_t: units of each name, file order */
    HR_ORG_NAME_SLOTS,                  /* uint32_t: distinct titles, (level, title) */
    HR_ORG_NAME_KEYS,                   /* hr_org_key_rec_t */
    HR_ORG_KEY_UNITS,                   /* uint32_t: units of each key, file order */
    HR_ORG_TITLES,                      /* hr_org_title_rec_t, by text */
    HR_ORG_TITLE_KEYS,                  /* hr_org_key_rec_t */
    HR_ORG_KEY_SLOTS,                   /* uint32_t: slots of each key, file order */
    HR_ORG_ORDER,                       /* uint32_t: units by (level, name) */
    HR_ORG_RULES,                       /* hr_org_rule_rec_t, in order of trial */
    HR_ORG_HASH_NAME,                   /* hr_org_cell_t: text -> name */
    HR_ORG_HASH_NAME_KEY,               /* key -> name key */
    HR_ORG_HASH_PATH,                   /* path -> unit */
    HR_ORG_HASH_CHILD,                  /* (parent, name key) -> unit */
    HR_ORG_HASH_TITLE,                  /* text -> title */
    HR_ORG_HASH_TITLE_KEY,              /* key -> title key */
    HR_ORG_HASH_POSITION,               /* position_id -> slot */
    HR_ORG_SECTIONS
} hr_org_section_t;

typedef struct {
    uint64_t  off;                      /* from the start of the image */
    uint64_t  count;                    /* of elements */
} hr_org_span_t;

typedef struct {
    hr_org_ref_t  path;
    hr_org_ref_t  path_text;
    hr_org_ref_t  display;
    hr_org_ref_t  json;                 /* the raw node */
    hr_org_ref_t  item;                 /* ready members of a position item */
    hr_org_ref_t  source;
    hr_org_ref_t  department;
    int64_t       number;
    int64_t       headcount;
    uint32_t      name;
    uint32_t      level;
    uint32_t      parent;
    uint32_t      first_child;
    uint32_t      next_sibling;
    uint32_t      children;
    uint32_t      end;
    uint32_t      first_slot;
    uint32_t      slots;
    uint32_t      end_slot;
    uint32_t      head;
    uint32_t      flags;
} hr_org_unit_rec_t;

#define HR_ORG_HAS_NUMBER     1u
#define HR_ORG_HAS_HEADCOUNT  2u
#define HR_ORG_OWN_HEADCOUNT  4u

typedef struct {
    hr_org_ref_t  position_id;
    hr_org_ref_t  item;                 /* ready start of a position item */
    uint32_t      unit;
    uint32_t      title;
} hr_org_slot_rec_t;

typedef struct {
    hr_org_ref_t  text;
    hr_org_ref_t  folded;
    hr_org_ref_t  search;               /* folded path parts, "\n" between them */
    uint32_t      key;
    uint32_t      first_unit;           /* in NAME_UNITS */
    uint32_t      units;
    uint32_t      first_slot;           /* in NAME_SLOTS */
    uint32_t      slots;                /* distinct titles */
    uint32_t      reserved;
} hr_org_name_rec_t;

typedef struct {
    hr_org_ref_t  text;
    hr_org_ref_t  folded;
    hr_org_ref_t  category;
    hr_org_ref_t  rank_name;
    hr_org_ref_t  rank_category;
    uint32_t      key;
    uint16_t      level;
    uint8_t       rank;
    uint8_t       manager;
} hr_org_title_rec_t;

typedef struct {
    hr_org_ref_t  key;
    uint32_t      first;                /* in KEY_UNITS or KEY_SLOTS */
    uint32_t      count;
} hr_org_key_rec_t;

/* Open addressing, linear probing, a power of two of cells, at most half full. */
typedef struct {
    uint32_t  hash;
    uint32_t  value;                    /* HR_ORG_NONE: free */
} hr_org_cell_t;


/* The four tables of levels.json, and how a word of a rule is looked for. */
typedef enum {
    HR_ORG_RULE_LEVEL = 0,              /* legacy: plain lower case */
    HR_ORG_RULE_CATEGORY,
    HR_ORG_RULE_RANK,                   /* new: folded */
    HR_ORG_RULE_RANK_CATEGORY,
    HR_ORG_RULE_TABLES
} hr_org_rule_table_t;

typedef enum {
    HR_ORG_MATCH_ALWAYS = 0,            /* the default, last rule of a table */
    HR_ORG_MATCH_CONTAINS,              /* anywhere */
    HR_ORG_MATCH_WORDS                  /* a pattern of hr_words.h */
} hr_org_rule_match_t;

typedef struct {
    hr_org_ref_t  word;
    hr_org_ref_t  name;                 /* category, or name of the level */
    uint8_t       table;
    uint8_t       match;
    uint8_t       level;
    uint8_t       manager;
} hr_org_rule_rec_t;


struct hr_org_s {
    uint64_t        magic;
    uint32_t        layout;
    uint32_t        header;             /* sizeof(hr_org_t), catches other ABIs */
    uint64_t        size;
    uint64_t        checksum;           /* of everything behind this field */
    hr_org_span_t   sections[HR_ORG_SECTIONS];
    hr_org_info_t   info;
};


static inline const void *
hr_org_at(const hr_org_t *org, hr_org_section_t section)
{
    return (const char *) org + org->sections[section].off;
}

static inline uint32_t
hr_org_count(const hr_org_t *org, hr_org_section_t section)
{
    return (uint32_t) org->sections[section].count;
}

static inline const hr_org_unit_rec_t *
hr_org_units(const hr_org_t *org)
{
    return hr_org_at(org, HR_ORG_UNITS);
}

static inline const hr_org_slot_rec_t *
hr_org_slots(const hr_org_t *org)
{
    return hr_org_at(org, HR_ORG_SLOTS);
}

static inline const hr_org_name_rec_t *
hr_org_names(const hr_org_t *org)
{
    return hr_org_at(org, HR_ORG_NAMES);
}

static inline const hr_org_title_rec_t *
hr_org_titles(const hr_org_t *org)
{
    return hr_org_at(org, HR_ORG_TITLES);
}

static inline const uint32_t *
hr_org_list(const hr_org_t *org, hr_org_section_t section)
{
    return hr_org_at(org, section);
}

static inline hr_str_t
hr_org_text(const hr_org_t *org, hr_org_ref_t ref)
{
    if (ref.off == HR_ORG_REF_NULL) {
        return HR_STR_NULL;
    }

    return hr_str((const char *) hr_org_at(org, HR_ORG_TEXT) + ref.off,
                  ref.len);
}

static inline hr_str_t
hr_org_unit_name(const hr_org_t *org, uint32_t unit)
{
    return hr_org_text(org, hr_org_names(org)[hr_org_units(org)[unit].name].text);
}

static inline const hr_org_title_rec_t *
hr_org_slot_title(const hr_org_t *org, uint32_t slot)
{
    return &hr_org_titles(org)[hr_org_slots(org)[slot].title];
}


/* Bytes of one element of each section. */
extern const size_t  hr_org_element_size[HR_ORG_SECTIONS];

/* 64-bit mixing hash of bytes; the checksum and the tables are made with it. */
uint64_t hr_org_hash(const void *data, size_t len, uint64_t seed);

static inline uint32_t
hr_org_hash32(hr_str_t text)
{
    uint64_t  h = hr_org_hash(text.data, text.len, 0);

    return (uint32_t) (h ^ (h >> 32));
}

static inline uint32_t
hr_org_hash_pair(uint32_t a, uint32_t b)
{
    uint64_t  h = (((uint64_t) a << 32) | b) * 0x9e3779b97f4a7c15ull;

    return (uint32_t) (h ^ (h >> 29) ^ (h >> 47));
}

/* Of everything behind the checksum field. */
uint64_t hr_org_checksum(const hr_org_t *org);

/* Byte order, which for UTF-8 is code point order. */
int hr_org_compare(hr_str_t a, hr_str_t b);


/* --- lookups shared by several files --------------------------------------- */

/* The unit with exactly this path, or NONE. */
uint32_t hr_org_path_exact(const hr_org_t *org, hr_str_t path);
/*
 * Key group of a text: by the exact text, else by its match key, which takes
 * memory.  HR_OK, HR_NOT_FOUND or HR_NOMEM; *key is HR_ORG_NONE unless found.
 */
hr_rc_t hr_org_name_key(const hr_org_t *org, hr_str_t name, uint32_t *key);
hr_rc_t hr_org_title_key(const hr_org_t *org, hr_str_t title, uint32_t *key);
uint32_t hr_org_child(const hr_org_t *org, uint32_t parent, uint32_t name_key);
/* First slot of the title's group in from..to-1, or NONE. */
uint32_t hr_org_slot_in(const hr_org_t *org, uint32_t title_key,
    uint32_t from, uint32_t to);

/* Elements of a reference, trimmed, empty ones dropped. */
typedef struct {
    hr_str_t  part[HR_ORG_MAX_DEPTH];
    size_t    count;
    bool      too_many;
} hr_org_parts_t;

bool hr_org_is_path(hr_str_t reference);        /* holds "/" or " → " */
void hr_org_split(hr_str_t reference, hr_org_parts_t *parts);

/* Units that a bare name and a title may mean (data-files.md 4.4 rule 3). */
typedef struct {
    const uint32_t  *units;     /* of the name, file order */
    uint32_t         total;
    uint32_t         first;     /* the first one that qualifies */
    uint32_t         qualified; /* how many do */
    bool             direct;    /* they hold the title themselves */
    bool             below;     /* it is in their subtrees */
} hr_org_choice_t;

void hr_org_choose(const hr_org_t *org, uint32_t name_key, uint32_t title_key,
    hr_org_choice_t *choice);


/* --- levels.json ------------------------------------------------------------ */

typedef struct {
    hr_str_t  word;
    hr_str_t  name;
    uint8_t   table;
    uint8_t   match;
    uint8_t   level;
    uint8_t   manager;
} hr_org_rule_t;

/* Parses levels.json; the rules and their texts belong to the arena. */
hr_rc_t hr_org_rules_parse(hr_arena_t *arena, hr_str_t json,
    hr_org_rule_t **rules, size_t *count, hr_diag_t *diag);
/*
 * For each table the index of the first rule that fits a title given in lower
 * case (legacy tables) and folded (ranking).  Every table has a default.
 */
void hr_org_rules_apply(const hr_org_rule_rec_t *rules, uint32_t count,
    const char *pool, hr_str_t lower, hr_str_t folded,
    uint32_t hit[HR_ORG_RULE_TABLES]);


/* --- structure.json --------------------------------------------------------- */

typedef struct {
    hr_json_t  *node;           /* the unit; its key is the name */
    uint32_t    level;
    uint32_t    parent;
    uint32_t    slots;
} hr_org_node_t;

typedef struct {
    hr_json_t      *map;        /* the top unit map */
    hr_org_node_t  *units;      /* pre-order */
    uint32_t        unit_count;
    uint32_t        slot_count;
} hr_org_tree_t;

hr_rc_t hr_org_tree_parse(hr_arena_t *arena, hr_str_t json,
    const hr_org_opts_t *opts, hr_org_tree_t *tree, hr_diag_t *diag);
/* Sets a diagnostic that ends with the path of the node, and its place. */
hr_rc_t hr_org_tree_error(hr_str_t json, const hr_json_t *node, bool at_key,
    hr_diag_t *diag, const char *what);

/* Line, column and offset of a node of well-formed text without duplicates. */
void hr_org_locate(hr_str_t json, const hr_json_t *node, bool at_key,
    hr_diag_t *diag);
/* The first repeated member name of well-formed text; false without one. */
bool hr_org_locate_duplicate(hr_arena_t *arena, hr_str_t json, hr_str_t *key,
    hr_diag_t *diag);

#endif /* HR_ORG_IMAGE_H */
