/*
 * At load every section gets the set of its word stems (the first five letters
 * of words of four or more, so that case endings do not matter) in one sorted
 * table stem -> section.  A selection then costs a few lookups for each word
 * of the unit names, not a search through the text.
 */

#include "hr_company_map.h"
#include "hr_text.h"
#include "hr_words.h"

#include <stdlib.h>


#define HR_COMPANY_RULES_MAX   (256u * 1024)
#define HR_COMPANY_WORD_MIN    4        /* letters of a word that counts */
#define HR_COMPANY_STEM        5        /* letters that are compared */
#define HR_COMPANY_LEVELS      6        /* of headings */
#define HR_COMPANY_INDEX_MAX   400000   /* entries of the stem table */


bool
hr_company_available(const hr_company_t *company)
{
    return company->map.len > 0;
}


size_t
hr_company_section_count(const hr_company_t *company)
{
    return company->section_count;
}


size_t
hr_company_budget(const hr_company_t *company)
{
    return company->budget;
}


/* --- stems ------------------------------------------------------------------------ */

bool
hr_company_next_stem(hr_str_t text, size_t *pos, hr_str_t *stem,
    hr_str_t *word)
{
    while (hr_word_next(text, pos, word)) {
        if (hr_utf8_count(*word) >= HR_COMPANY_WORD_MIN) {
            *stem = hr_utf8_cut(*word, HR_COMPANY_STEM);
            return true;
        }
    }

    return false;
}


static int
hr_company_compare(const void *a, const void *b)
{
    int                       rc;
    const hr_company_stem_t  *x = a, *y = b;

    rc = memcmp(x->stem.data, y->stem.data,
                x->stem.len < y->stem.len ? x->stem.len : y->stem.len);

    if (rc != 0) {
        return rc;
    }

    if (x->stem.len != y->stem.len) {
        return x->stem.len < y->stem.len ? -1 : 1;
    }

    return x->section < y->section ? -1 : x->section > y->section;
}


static hr_rc_t
hr_company_index(hr_company_t *c, hr_arena_t *arena)
{
    size_t              count = 0, kept = 0, pass;
    hr_str_t            folded, stem, word;
    hr_company_stem_t  *index = NULL;

    for (pass = 0; pass < 2; pass++) {

        count = 0;

        for (size_t i = 0; i < c->section_count; i++) {

            folded = hr_fold(arena, c->sections[i].text);
            if (folded.data == NULL) {
                return HR_NOMEM;
            }

            for (size_t pos = 0;
                 hr_company_next_stem(folded, &pos, &stem, &word);
                 count++)
            {
                if (pass == 1) {
                    index[count].stem = stem;
                    index[count].section = (uint32_t) i;
                }
            }
        }

        if (count > HR_COMPANY_INDEX_MAX) {
            return HR_LIMIT;
        }

        if (pass == 0) {
            index = hr_arena_alloc(arena, (count + 1)
                                          * sizeof(hr_company_stem_t));
            if (index == NULL) {
                return HR_NOMEM;
            }
        }
    }

    qsort(index, count, sizeof(index[0]), hr_company_compare);

    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || hr_company_compare(&index[kept - 1], &index[i]) != 0) {
            index[kept++] = index[i];
        }
    }

    c->index = index;
    c->index_count = kept;

    return HR_OK;
}


bool
hr_company_mentions(const hr_company_t *c, size_t section, hr_str_t stem)
{
    hr_company_stem_t  key = { stem, (uint32_t) section };

    return c->index_count > 0
           && bsearch(&key, c->index, c->index_count, sizeof(key),
                      hr_company_compare) != NULL;
}


/* --- loading ---------------------------------------------------------------------- */

static unsigned
hr_company_level(hr_str_t line)
{
    unsigned  level = 0;

    while (level < line.len && line.data[level] == '#') {
        level++;
    }

    return level >= 1 && level <= HR_COMPANY_LEVELS && level < line.len
           && line.data[level] == ' ' ? level : 0;
}


static size_t
hr_company_parent(const hr_company_t *c, unsigned level)
{
    for (size_t i = c->section_count; i-- > 0; /* void */ ) {
        if (c->sections[i].level < level) {
            return c->sections[i].level == 0 ? SIZE_MAX : i;
        }
    }

    return SIZE_MAX;
}


static hr_rc_t
hr_company_open(hr_company_t *c, hr_str_t line, unsigned level,
    hr_diag_t *diag)
{
    size_t                 parent = hr_company_parent(c, level);
    hr_company_section_t  *section;

    if (c->section_count == HR_COMPANY_SECTIONS_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "company map: more than %d sections",
                           HR_COMPANY_SECTIONS_MAX);
    }

    section = &c->sections[c->section_count++];
    section->heading = level == 0 ? HR_STR("") : line;
    section->text = hr_str(line.data, 0);
    section->level = level;
    section->parent = level == 0 ? SIZE_MAX : parent;

    return HR_OK;
}


static hr_rc_t
hr_company_cut(hr_company_t *c, hr_diag_t *diag)
{
    bool         fenced = false;
    size_t       len;
    hr_rc_t      rc;
    unsigned     level;
    const char  *p, *end, *nl, *next;

    end = c->map.data + c->map.len;

    for (p = c->map.data; p < end; p = next) {

        nl = memchr(p, '\n', (size_t) (end - p));
        next = nl == NULL ? end : nl + 1;
        len = (size_t) ((nl == NULL ? end : nl) - p);

        if (len >= 3 && memcmp(p, "```", 3) == 0) {
            fenced = !fenced;
        }

        level = fenced ? 0 : hr_company_level(hr_str(p, len));

        if (level > 0 || c->section_count == 0) {
            rc = hr_company_open(c, hr_trim(hr_str(p, len)), level, diag);
            if (rc != HR_OK) {
                return rc;
            }

            c->sections[c->section_count - 1].text.data = p;
        }

        c->sections[c->section_count - 1].text.len =
            (size_t) (next - c->sections[c->section_count - 1].text.data);
    }

    return HR_OK;
}


/* Marks come from the own heading or from the headings above it. */
static hr_rc_t
hr_company_mark(hr_company_t *c, hr_arena_t *arena, const hr_words_t *always,
    const hr_words_t *never, const hr_words_t *by_unit)
{
    hr_str_t               folded;
    hr_company_section_t  *section, *parent;

    for (size_t i = 0; i < c->section_count; i++) {

        section = &c->sections[i];
        parent = section->parent == SIZE_MAX ? NULL
                                             : &c->sections[section->parent];
        folded = hr_fold(arena, section->heading);

        if (folded.data == NULL && section->heading.len > 0) {
            return HR_NOMEM;
        }

        section->text = hr_trim(section->text);
        section->chars = hr_utf8_count(section->text);
        section->always = hr_words_match(always, folded)
                          || (parent != NULL && parent->always);
        section->never = hr_words_match(never, folded)
                         || (parent != NULL && parent->never);
        section->by_unit = hr_words_match(by_unit, folded)
                           || (parent != NULL && parent->by_unit);
    }

    return HR_OK;
}


/* Bytes of the heading at the beginning of the section's text; 0: it has none. */
static size_t
hr_company_heading(const hr_company_section_t *s)
{
    hr_str_t  heading = hr_trim(s->heading);

    return heading.len <= s->text.len
           && memcmp(heading.data, s->text.data, heading.len) == 0
           ? heading.len : 0;
}


/*
 * All sections one after the other, as they are and escaped: neighbours that are
 * sent together are one piece of it.
 */
static hr_rc_t
hr_company_join(hr_company_t *c, hr_arena_t *arena)
{
    size_t                 at[2], i;
    hr_rc_t                rc = HR_OK;
    hr_buf_t               raw, escaped;
    hr_company_section_t  *s;

    hr_buf_init(&raw, HR_COMPANY_MAP_MAX * 2);
    hr_buf_init(&escaped, HR_COMPANY_MAP_MAX * 7);

    for (i = 0; i < c->section_count && rc == HR_OK; i++) {

        s = &c->sections[i];
        at[0] = raw.len;
        at[1] = escaped.len;

        s->top.text.len = hr_company_heading(s);
        (void) hr_json_escape(&escaped, hr_str(s->text.data, s->top.text.len),
                              HR_JSON_COMPACT);
        s->top.escaped.len = escaped.len - at[1];

        (void) hr_buf_str(&raw, s->text);
        (void) hr_buf_c(&raw, "\n\n");
        (void) hr_json_escape(&escaped, hr_str(s->text.data + s->top.text.len,
                                               s->text.len - s->top.text.len),
                              HR_JSON_COMPACT);
        (void) hr_buf_c(&escaped, "\\n\\n");

        s->whole.text.len = raw.len - at[0];
        s->whole.escaped.len = escaped.len - at[1];
        rc = raw.err != HR_OK ? raw.err : escaped.err;
    }

    if (rc == HR_OK && c->section_count > 0) {
        c->joined.text = hr_arena_str(arena, hr_buf_view(&raw));
        c->joined.escaped = hr_arena_str(arena, hr_buf_view(&escaped));
        rc = c->joined.text.data == NULL || c->joined.escaped.data == NULL
             ? HR_NOMEM : HR_OK;
    }

    at[0] = at[1] = 0;

    for (i = 0; i < c->section_count && rc == HR_OK; i++) {
        s = &c->sections[i];
        s->whole.text.data = s->top.text.data = c->joined.text.data + at[0];
        s->whole.escaped.data = s->top.escaped.data = c->joined.escaped.data + at[1];
        at[0] += s->whole.text.len;
        at[1] += s->whole.escaped.len;
    }

    hr_buf_release(&raw);
    hr_buf_release(&escaped);

    return rc;
}


static hr_rc_t
hr_company_load_rules(hr_company_t *c, hr_arena_t *arena, hr_str_t json,
    hr_words_t words[3], hr_diag_t *diag)
{
    static const char  *names[] = { "always", "never", "by_unit" };

    hr_rc_t           rc;
    int64_t           budget = 40000;
    hr_json_t        *root;
    hr_json_info_t    info;
    const hr_json_t  *full;

    if (json.len > HR_COMPANY_RULES_MAX) {
        return hr_diag_set(diag, HR_LIMIT,
                           "company-map.json is larger than 256 KiB");
    }

    rc = hr_json_parse(arena, json, NULL, &root, &info);
    if (rc != HR_OK) {
        return hr_diag_set(diag, rc,
                           "company-map.json: %s (line %zu, column %zu)",
                           info.text, info.line, info.column);
    }

    for (size_t i = 0; i < 3; i++) {
        rc = hr_words_load(arena, hr_json_get(root, names[i]), &words[i], diag);
        if (rc != HR_OK) {
            return rc;
        }
    }

    rc = hr_words_load(arena, hr_json_get(root, "generic_words"), &c->generic,
                       diag);
    if (rc != HR_OK) {
        return rc;
    }

    if (hr_json_get(root, "budget_chars") != NULL
        && (!hr_json_int(hr_json_get(root, "budget_chars"), &budget)
            || budget < 1000 || budget > 1000000))
    {
        return hr_diag_set(diag, HR_INVALID, "company-map.json: budget_chars "
                           "must be 1000..1000000");
    }

    c->budget = (size_t) budget;
    full = hr_json_get(root, "full");
    c->full = hr_json_is(full, HR_JSON_BOOL) && full->boolean;

    return HR_OK;
}


hr_rc_t
hr_company_load(hr_arena_t *arena, hr_str_t rules, hr_str_t map,
    const hr_company_t **out, hr_diag_t *diag)
{
    hr_rc_t        rc;
    hr_words_t     words[3];
    hr_company_t  *c;

    *out = NULL;

    c = hr_arena_calloc(arena, sizeof(hr_company_t));
    if (c == NULL) {
        return HR_NOMEM;
    }

    rc = hr_company_load_rules(c, arena, rules, words, diag);
    if (rc != HR_OK) {
        return rc;
    }

    if (map.data != NULL && hr_trim(map).len > 0) {

        if (map.len > HR_COMPANY_MAP_MAX) {
            return hr_diag_set(diag, HR_LIMIT,
                               "company map is larger than 2 MiB");
        }

        if (!hr_utf8_valid(map)) {
            return hr_diag_set(diag, HR_INVALID,
                               "company map is not valid UTF-8");
        }

        c->map = hr_arena_str(arena, hr_trim(map));
        if (c->map.data == NULL) {
            return HR_NOMEM;
        }

        c->chars = hr_utf8_count(c->map);
        rc = c->full ? hr_json_escaped(arena, c->map, &c->map_escaped) : HR_OK;

        if (rc == HR_OK) {
            rc = hr_company_cut(c, diag);
        }

        if (rc == HR_OK) {
            rc = hr_company_mark(c, arena, &words[0], &words[1], &words[2]);
        }

        if (rc == HR_OK) {
            rc = hr_company_join(c, arena);
        }

        if (rc == HR_OK) {
            rc = hr_company_index(c, arena);
        }
    }

    if (rc == HR_OK) {
        *out = c;
    }

    return rc;
}
