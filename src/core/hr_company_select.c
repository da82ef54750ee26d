/* Which sections of the company map a position gets, within a budget. */

#include "hr_company_map.h"
#include "hr_text.h"

#include <stdlib.h>


#define HR_COMPANY_STEMS_MAX  40        /* of one unit name */
#define HR_COMPANY_SCRATCH    (1024 * 1024)

typedef struct {
    hr_str_t  stems[HR_COMPANY_STEMS_MAX];
    size_t    count;
} hr_company_unit_t;

typedef struct {
    size_t  section;
    size_t  score;
} hr_company_wish_t;

typedef struct {
    bool    chosen[HR_COMPANY_SECTIONS_MAX];
    bool    headings[HR_COMPANY_SECTIONS_MAX];
} hr_company_choice_t;


/*
 * Stems that tell a unit from others; a name of generic words only ("Блок
 * операционного директора") is known by all its words together.
 */
static void
hr_company_unit(const hr_company_t *c, hr_str_t name, hr_arena_t *arena,
    hr_company_unit_t *unit)
{
    hr_str_t  folded, stem, word;

    folded = hr_fold(arena, name);

    for (int generic = 0; generic < 2; generic++) {

        unit->count = 0;

        for (size_t pos = 0;
             unit->count < HR_COMPANY_STEMS_MAX
             && hr_company_next_stem(folded, &pos, &stem, &word);
             /* void */ )
        {
            if (generic == 1 || !hr_words_match(&c->generic, word)) {
                unit->stems[unit->count++] = stem;
            }
        }

        if (unit->count > 0) {
            return;
        }
    }
}


static bool
hr_company_names_unit(const hr_company_t *c, size_t section,
    const hr_company_unit_t *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (!hr_company_mentions(c, section, unit->stems[i])) {
            return false;
        }
    }

    return unit->count > 0;
}


/* More units named, and deeper ones, come first; then file order. */
static int
hr_company_by_score(const void *a, const void *b)
{
    const hr_company_wish_t  *x = a, *y = b;

    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }

    return x->section < y->section ? -1 : x->section > y->section;
}


static size_t
hr_company_wishes(const hr_company_t *c, const hr_str_t *units, size_t depth,
    hr_arena_t *arena, hr_company_wish_t *wishes)
{
    size_t             count = 0, score;
    hr_company_unit_t  keys[16];

    depth = depth < 16 ? depth : 16;

    for (size_t k = 0; k < depth; k++) {
        hr_company_unit(c, units[k], arena, &keys[k]);
    }

    for (size_t i = 0; i < c->section_count; i++) {

        if (c->sections[i].never
            || (!c->sections[i].always && !c->sections[i].by_unit))
        {
            continue;
        }

        score = c->sections[i].always ? 1000000 : 0;

        for (size_t k = 0; k < depth && score < 1000000; k++) {
            score += hr_company_names_unit(c, i, &keys[k]) ? 10 + k : 0;
        }

        if (score > 0) {
            wishes[count].section = i;
            wishes[count++].score = score;
        }
    }

    qsort(wishes, count, sizeof(wishes[0]), hr_company_by_score);

    return count;
}


/* Characters that the section adds, with the headings above it. */
static size_t
hr_company_cost(const hr_company_t *c, size_t section, const bool *chosen,
    bool *headings)
{
    size_t  cost = c->sections[section].chars + 2, up;

    for (up = c->sections[section].parent;
         up != SIZE_MAX;
         up = c->sections[up].parent)
    {
        if (!chosen[up] && !headings[up]) {
            cost += hr_utf8_count(c->sections[up].heading) + 2;
        }
    }

    return cost;
}


/* The last piece goes on when this section follows it in the map. */
static void
hr_company_add(hr_company_part_t *out, hr_json_text_t *pieces,
    const hr_json_text_t *text)
{
    hr_json_text_t  *last = out->count > 0 ? &pieces[out->count - 1] : NULL;

    if (last != NULL && last->text.data + last->text.len == text->text.data) {
        last->text.len += text->text.len;
        last->escaped.len += text->escaped.len;
        return;
    }

    pieces[out->count++] = *text;
}


static hr_rc_t
hr_company_write(const hr_company_t *c, const bool *chosen,
    const bool *headings, hr_arena_t *arena, hr_company_part_t *out)
{
    size_t                       n;
    hr_json_text_t              *pieces, *last;
    const hr_company_section_t  *section;
    static const hr_json_text_t  between = {
        HR_STR_INIT("\n\n"), HR_STR_INIT("\\n\\n")
    };

    for (size_t i = n = 0; i < c->section_count; i++) {
        n += chosen[i] ? 1 : headings[i] ? 2 : 0;
    }

    if (n == 0) {
        return HR_OK;
    }

    pieces = hr_arena_alloc(arena, n * sizeof(hr_json_text_t));
    if (pieces == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < c->section_count; i++) {

        section = &c->sections[i];

        if (chosen[i]) {
            hr_company_add(out, pieces, &section->whole);
            out->chars += section->chars + between.text.len;

        } else if (headings[i]) {
            hr_company_add(out, pieces, &section->top);
            hr_company_add(out, pieces, &between);
            out->chars += hr_utf8_count(section->top.text) + between.text.len;
        }
    }

    /* nothing follows the last one */
    last = &pieces[out->count - 1];
    last->text.len -= between.text.len;
    last->escaped.len -= between.escaped.len;
    out->count -= last->text.len == 0;
    out->chars -= between.text.len;
    out->pieces = pieces;

    return HR_OK;
}


static hr_rc_t
hr_company_whole(const hr_company_t *c, hr_arena_t *arena, hr_company_part_t *out)
{
    hr_json_text_t  *piece;

    piece = hr_arena_alloc(arena, sizeof(hr_json_text_t));
    if (piece == NULL) {
        return HR_NOMEM;
    }

    piece->text = c->map;
    piece->escaped = c->map_escaped;

    out->pieces = piece;
    out->count = 1;
    out->chars = c->chars;
    out->sections = c->section_count;

    return HR_OK;
}


/* Scratch is for what is not needed when the choice is made. */
static hr_rc_t
hr_company_choose(const hr_company_t *c, const hr_str_t *units, size_t depth,
    size_t budget, hr_arena_t *scratch, hr_company_choice_t *choice,
    hr_company_part_t *out)
{
    bool               *chosen = choice->chosen, *headings = choice->headings;
    size_t              count, cost, used = 0, section;
    hr_company_wish_t  *wishes;

    wishes = hr_arena_alloc(scratch, (c->section_count + 1)
                                     * sizeof(hr_company_wish_t));
    if (wishes == NULL) {
        return HR_NOMEM;
    }

    count = hr_company_wishes(c, units, depth, scratch, wishes);

    for (size_t i = 0; i < count; i++) {

        section = wishes[i].section;
        cost = hr_company_cost(c, section, chosen, headings);

        if (used + cost > budget) {
            out->dropped++;
            continue;
        }

        used += cost;
        chosen[section] = true;
        out->sections++;

        for (size_t up = c->sections[section].parent;
             up != SIZE_MAX;
             up = c->sections[up].parent)
        {
            headings[up] = true;
        }
    }

    return HR_OK;
}


hr_rc_t
hr_company_select(const hr_company_t *c, const hr_str_t *units,
    size_t depth, size_t budget, hr_arena_t *arena, hr_company_part_t *out)
{
    hr_rc_t              rc;
    hr_arena_t          *scratch;
    hr_company_choice_t  choice = { .chosen = { false } };

    memset(out, 0, sizeof(*out));

    if (!hr_company_available(c)) {
        return HR_OK;
    }

    if (c->full && c->chars <= budget) {
        return hr_company_whole(c, arena, out);
    }

    scratch = hr_arena_create(HR_COMPANY_SCRATCH);
    if (scratch == NULL) {
        return HR_NOMEM;
    }

    rc = hr_company_choose(c, units, depth, budget, scratch, &choice, out);
    hr_arena_destroy(scratch);

    return rc == HR_OK
           ? hr_company_write(c, choice.chosen, choice.headings, arena, out) : rc;
}
