/*
 * The two searches of the catalogue (api-core.md 2.3, D-39; decisions 19): a
 * folded text is looked for as a substring.  All folded texts stand ready in
 * the image, so that a search is one pass over some hundred short texts.
 */

#include "hr_org_render.h"

#include <stdlib.h>


#define HR_ORG_QUERY_ARENA  (4u * 1024 * 1024)
#define HR_ORG_QUERY_BYTES  4096        /* longer than any text here */

/* How good a hit is, for the ranked order. */
typedef enum {
    HR_ORG_HIT_EXACT = 0,
    HR_ORG_HIT_PREFIX,
    HR_ORG_HIT_WORD,            /* start of a word */
    HR_ORG_HIT_PART,            /* inside a word */
    HR_ORG_HIT_ELSEWHERE,       /* another text of the entry */
    HR_ORG_HIT_NONE
} hr_org_hit_quality_t;

typedef struct {
    uint32_t  quality;
    uint32_t  place;            /* in the default order */
    uint32_t  name;
    uint32_t  slot;
} hr_org_hit_t;

typedef struct {
    hr_arena_t    *arena;
    hr_str_t       query;       /* folded */
    bool           never;       /* the query cannot occur anywhere */
    hr_org_hit_t  *hits;
    uint32_t       count;
} hr_org_search_t;


static hr_rc_t
hr_org_search_open(hr_org_search_t *s, hr_str_t query, uint32_t most)
{
    memset(s, 0, sizeof(hr_org_search_t));

    s->arena = hr_arena_create(HR_ORG_QUERY_ARENA);
    s->hits = malloc((most + 1) * sizeof(hr_org_hit_t));

    if (s->arena == NULL || s->hits == NULL) {
        return HR_NOMEM;
    }

    if (query.len > HR_ORG_QUERY_BYTES) {
        s->never = true;
        s->query = HR_STR("");
        return HR_OK;
    }

    s->query = hr_fold(s->arena, query);

    return s->query.data == NULL ? HR_NOMEM : HR_OK;
}


static void
hr_org_search_close(hr_org_search_t *s)
{
    hr_arena_destroy(s->arena);
    free(s->hits);
}


static hr_org_hit_quality_t
hr_org_hit_in(hr_str_t text, hr_str_t query)
{
    if (!hr_contains(text, query)) {
        return HR_ORG_HIT_NONE;
    }

    if (text.len == query.len) {
        return HR_ORG_HIT_EXACT;
    }

    if (memcmp(text.data, query.data, query.len) == 0) {
        return HR_ORG_HIT_PREFIX;
    }

    return hr_contains_word_start(text, query) ? HR_ORG_HIT_WORD
                                               : HR_ORG_HIT_PART;
}


static void
hr_org_hit_add(hr_org_search_t *s, hr_org_hit_quality_t quality, uint32_t name,
    uint32_t slot)
{
    hr_org_hit_t  *hit = &s->hits[s->count];

    hit->quality = (uint32_t) quality;
    hit->place = s->count++;
    hit->name = name;
    hit->slot = slot;
}


static int
hr_org_hit_order(const void *a, const void *b)
{
    const hr_org_hit_t  *x = a, *y = b;

    if (x->quality != y->quality) {
        return x->quality < y->quality ? -1 : 1;
    }

    return x->place < y->place ? -1 : x->place > y->place;
}


/* Sorts if wanted; returns how many hits are shown. */
static uint32_t
hr_org_search_finish(hr_org_search_t *s, const hr_org_view_t *view,
    size_t *total)
{
    if (view->ranked) {
        qsort(s->hits, s->count, sizeof(hr_org_hit_t), hr_org_hit_order);
    }

    if (total != NULL) {
        *total = s->count;
    }

    return view->limit > 0 && view->limit < s->count ? (uint32_t) view->limit
                                                     : s->count;
}


/* --- departments ------------------------------------------------------------------ */

static void
hr_org_search_names(const hr_org_t *org, hr_org_search_t *s)
{
    uint32_t                  i;
    hr_org_hit_quality_t      quality;
    const hr_org_name_rec_t  *name = hr_org_names(org);

    for (i = 0; !s->never && i < hr_org_count(org, HR_ORG_NAMES); i++, name++) {

        /* the name is one of the parts: most entries are done with here */
        if (!hr_contains(hr_org_text(org, name->search), s->query)) {
            continue;
        }

        quality = hr_org_hit_in(hr_org_text(org, name->folded), s->query);

        if (quality == HR_ORG_HIT_NONE) {
            quality = HR_ORG_HIT_ELSEWHERE;
        }

        hr_org_hit_add(s, quality, i, HR_ORG_NONE);
    }
}


hr_rc_t
hr_org_write_search(const hr_org_t *org, hr_str_t query,
    const hr_org_view_t *view, hr_jw_t *w, size_t *total)
{
    hr_rc_t              rc;
    uint32_t             i, shown;
    hr_org_search_t      s;
    hr_org_department_t  entry;

    rc = hr_org_search_open(&s, query, hr_org_count(org, HR_ORG_NAMES));

    if (rc != HR_OK) {
        hr_org_search_close(&s);
        return rc;
    }

    hr_org_search_names(org, &s);
    shown = hr_org_search_finish(&s, view, total);

    hr_jw_object(w);
    hr_jw_kstr(w, "query", query);
    hr_jw_key(w, "departments");
    hr_jw_array(w);

    for (i = 0; i < shown; i++) {
        entry = hr_org_entry_of(org, s.hits[i].name);
        hr_org_write_entry(org, &entry, hr_org_names(org)[entry.name].slots,
                           view, w);
    }

    hr_jw_end_array(w);
    hr_jw_knull(w, "positions");
    hr_jw_kint(w, "total_count", s.count);
    hr_jw_knull(w, "breakdown");
    hr_jw_knull(w, "department_filter");
    hr_jw_end_object(w);

    hr_org_search_close(&s);

    return w->out->err;
}


/* --- positions -------------------------------------------------------------------- */

static hr_rc_t
hr_org_search_entry(const hr_org_t *org, hr_org_search_t *s,
    const hr_org_department_t *entry)
{
    bool                       by_name;
    hr_rc_t                    rc;
    uint32_t                   i, name, count, *owned;
    const uint32_t            *list;
    hr_org_hit_quality_t       quality;
    const hr_org_title_rec_t  *title;

    rc = hr_org_department_slots(org, entry, &list, &count, &owned);

    if (rc != HR_OK) {
        return rc;
    }

    name = hr_org_units(org)[entry->unit].name;
    by_name = hr_contains(hr_org_text(org, hr_org_names(org)[name].folded),
                          s->query);

    for (i = 0; i < count; i++) {
        title = hr_org_slot_title(org, list[i]);
        quality = hr_org_hit_in(hr_org_text(org, title->folded), s->query);

        if (quality == HR_ORG_HIT_NONE
            && (by_name
                || (s->query.len == 1
                    && s->query.data[0] == (char) ('0' + title->level))
                || hr_contains(hr_org_text(org, title->category), s->query)))
        {
            quality = HR_ORG_HIT_ELSEWHERE;
        }

        if (quality != HR_ORG_HIT_NONE) {
            hr_org_hit_add(s, quality, name, list[i]);
        }
    }

    free(owned);

    return HR_OK;
}


/* Entries that the filter lets through, by name. */
static hr_rc_t
hr_org_search_positions(const hr_org_t *org, hr_org_search_t *s,
    hr_str_t filter)
{
    hr_rc_t              rc = HR_OK;
    uint32_t             i;
    hr_str_t             folded;
    hr_org_department_t  entry;

    if (s->never || filter.len > HR_ORG_QUERY_BYTES) {
        return HR_OK;
    }

    if (hr_org_is_path(filter)) {
        rc = hr_org_find_department(org, filter, &entry);

        if (rc == HR_NOT_FOUND) {
            return HR_OK;
        }

        return rc != HR_OK ? rc : hr_org_search_entry(org, s, &entry);
    }

    folded = hr_fold(s->arena, filter);

    if (folded.data == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; rc == HR_OK && i < hr_org_count(org, HR_ORG_NAMES); i++) {
        if (hr_contains(hr_org_text(org, hr_org_names(org)[i].folded), folded)) {
            entry = hr_org_entry_of(org, i);
            rc = hr_org_search_entry(org, s, &entry);
        }
    }

    return rc;
}


/* Counts of all hits, also of those that the limit hides. */
static hr_rc_t
hr_org_write_breakdown(const hr_org_t *org, const hr_org_search_t *s,
    hr_jw_t *w)
{
    uint32_t          i, name, n = 0, *order, *number;
    hr_org_tallies_t  tallies;

    memset(&tallies, 0, sizeof(tallies));
    order = hr_arena_alloc(s->arena, (s->count + 1) * sizeof(uint32_t));
    number = hr_arena_calloc(s->arena, hr_org_count(org, HR_ORG_NAMES)
                                       * sizeof(uint32_t));

    if (order == NULL || number == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < s->count; i++) {
        name = s->hits[i].name;

        if (number[name]++ == 0) {
            order[n++] = name;
        }

        hr_org_tally_title(org, hr_org_slot_title(org, s->hits[i].slot),
                           &tallies);
    }

    hr_jw_key(w, "breakdown");
    hr_jw_object(w);
    hr_jw_key(w, "departments");
    hr_jw_object(w);

    for (i = 0; i < n; i++) {
        hr_jw_key_str(w, hr_org_text(org, hr_org_names(org)[order[i]].text));
        hr_jw_int(w, number[order[i]]);
    }

    hr_jw_end_object(w);
    hr_org_write_tally(w, "levels", &tallies.levels);
    hr_org_write_tally(w, "categories", &tallies.categories);
    hr_jw_end_object(w);

    return HR_OK;
}


hr_rc_t
hr_org_write_search_positions(const hr_org_t *org, hr_str_t query,
    hr_str_t filter, const hr_org_view_t *view, hr_jw_t *w, size_t *total)
{
    hr_rc_t          rc;
    uint32_t         i, shown;
    hr_org_search_t  s;

    rc = hr_org_search_open(&s, query, hr_org_slot_count(org));

    if (rc == HR_OK) {
        rc = hr_org_search_positions(org, &s, filter);
    }

    if (rc != HR_OK) {
        hr_org_search_close(&s);
        return rc;
    }

    shown = hr_org_search_finish(&s, view, total);

    hr_jw_object(w);
    hr_jw_kstr(w, "query", query);
    hr_jw_knull(w, "departments");
    hr_jw_key(w, "positions");
    hr_jw_array(w);

    for (i = 0; i < shown; i++) {
        hr_org_write_position(org, s.hits[i].slot, view, w);
    }

    hr_jw_end_array(w);
    hr_jw_kint(w, "total_count", s.count);
    rc = hr_org_write_breakdown(org, &s, w);
    hr_jw_kstr(w, "department_filter", filter);
    hr_jw_end_object(w);

    hr_org_search_close(&s);

    return rc != HR_OK ? rc : w->out->err;
}
