#include <stdlib.h>

#include "hr_words_index.h"


static uint32_t
hr_words_index_hash(uint32_t head, uint32_t mask)
{
    return (head ^ (mask >> 7)) * 2654435761u;
}


/* The first eight bytes of a text, with zeros behind its end. */
static uint64_t
hr_words_index_eight(const char *text, size_t len)
{
    uint64_t  eight = 0;

    if (len >= sizeof(eight)) {
        memcpy(&eight, text, sizeof(eight));

    } else if (len != 0) {
        memcpy(&eight, text, len);
    }

    return eight;
}


static void
hr_words_index_begin(hr_words_index_item_t *item)
{
    size_t             n;
    static const char  ones[sizeof(uint64_t)] = { -1, -1, -1, -1, -1, -1, -1, -1 };

    for (n = 0; n < item->text.len && n < sizeof(uint64_t)
                && item->text.data[n] != '*'; n++)
    {
        /* void */
    }

    item->begin = hr_words_index_eight(item->text.data, n);
    item->known = hr_words_index_eight(ones, n);
}


static int
hr_words_index_compare_texts(hr_str_t a, hr_str_t b)
{
    int  order;

    order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}


static int
hr_words_index_compare(const void *one, const void *two)
{
    const hr_words_index_item_t  *a = one, *b = two;

    if (a->mask != b->mask) {
        return a->mask < b->mask ? -1 : 1;
    }

    if (a->head != b->head) {
        return a->head < b->head ? -1 : 1;
    }

    return hr_words_index_compare_texts(a->text, b->text);
}


/* Several lists may have the same pattern. */
static size_t
hr_words_index_unite(hr_words_index_item_t *items, size_t count)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < count; i++) {
        if (n > 0 && hr_words_index_compare(&items[i], &items[n - 1]) == 0) {
            items[n - 1].bits |= items[i].bits;

        } else {
            items[n++] = items[i];
        }
    }

    return n;
}


static size_t
hr_words_index_collect(hr_words_t *const *lists, size_t count,
    hr_words_index_item_t *items)
{
    size_t                    i, k, n;
    const hr_word_pattern_t  *pattern;

    n = 0;

    for (i = 0; i < count; i++) {
        lists[i]->bit = 1ull << (i % 64);

        for (k = 0; k < lists[i]->count; k++) {
            pattern = &lists[i]->items[k];

            /* an exception makes no hit */
            if (!pattern->exception) {
                items[n].text = pattern->text;
                items[n].bits = lists[i]->bit;
                items[n].head = pattern->head;
                items[n].mask = pattern->mask;
                hr_words_index_begin(&items[n++]);
            }
        }
    }

    qsort(items, n, sizeof(hr_words_index_item_t), hr_words_index_compare);

    return hr_words_index_unite(items, n);
}


static void
hr_words_index_enter(hr_words_index_t *index, size_t i)
{
    size_t                        at;
    uint32_t                      hash;
    const hr_words_index_item_t  *item;

    item = &index->items[i];
    hash = hr_words_index_hash(item->head, item->mask);
    index->filter[(hash >> 20) / 64] |= 1ull << ((hash >> 20) % 64);

    if (index->nmasks == 0 || index->masks[index->nmasks - 1] != item->mask) {
        index->masks[index->nmasks++] = item->mask;
    }

    for (at = hash >> index->shift; index->table[at] != 0;
         at = (at + 1) & ((1u << (32 - index->shift)) - 1))
    {
        /* void */
    }

    index->table[at] = (uint32_t) i + 1;
}


hr_rc_t
hr_words_index(hr_arena_t *arena, hr_words_t *const *lists, size_t count,
    hr_words_index_t *out)
{
    size_t                  i, n;
    hr_words_index_item_t  *items;

    memset(out, 0, sizeof(hr_words_index_t));

    for (n = 1, i = 0; i < count; i++) {
        n += lists[i]->count;
    }

    /* at least half of the table is free */
    for (out->shift = 31; (1u << (32 - out->shift)) < 2 * n; out->shift--) {
        /* void */
    }

    items = hr_arena_calloc(arena, n * sizeof(hr_words_index_item_t));
    out->table = hr_arena_calloc(arena, (1u << (32 - out->shift))
                                        * sizeof(uint32_t));
    if (items == NULL || out->table == NULL) {
        return HR_NOMEM;
    }

    out->items = items;
    out->count = hr_words_index_collect(lists, count, items);

    for (i = 0; i < out->count; i++) {
        if (i == 0 || items[i].head != items[i - 1].head
            || items[i].mask != items[i - 1].mask)
        {
            hr_words_index_enter(out, i);
        }
    }

    return HR_OK;
}


/* The patterns with one head, tried at a word's start. */
static uint64_t
hr_words_index_at(const hr_words_index_t *index, hr_str_t text, size_t pos,
    uint64_t begin, uint32_t head, uint32_t mask, uint64_t found)
{
    size_t                        at, i;
    uint32_t                      hash;
    const hr_words_index_item_t  *item;

    hash = hr_words_index_hash(head, mask);

    if ((index->filter[(hash >> 20) / 64] >> ((hash >> 20) % 64) & 1) == 0) {
        return 0;
    }

    for (at = hash >> index->shift; index->table[at] != 0;
         at = (at + 1) & ((1u << (32 - index->shift)) - 1))
    {
        item = &index->items[index->table[at] - 1];

        if (item->head != head || item->mask != mask) {
            continue;
        }

        for (i = index->table[at] - 1; i < index->count && item->head == head
                                       && item->mask == mask; item++, i++)
        {
            if (((begin ^ item->begin) & item->known) == 0
                && (item->bits & ~found) != 0
                && hr_words_match_at(item->text, text, pos) != 0)
            {
                found |= item->bits;
            }
        }

        break;
    }

    return found;
}


uint64_t
hr_words_index_find(const hr_words_index_t *index, hr_str_t text)
{
    size_t    i, pos, start;
    uint32_t  head;
    uint64_t  begin, found;
    hr_str_t  word;

    pos = 0;
    found = 0;

    while (hr_word_next(text, &pos, &word)) {
        start = (size_t) (word.data - text.data);
        begin = hr_words_index_eight(word.data, text.len - start);
        head = hr_words_head(word.data, text.len - start);

        for (i = 0; i < index->nmasks; i++) {
            found |= hr_words_index_at(index, text, start, begin,
                                       head & index->masks[i], index->masks[i],
                                       found);
        }
    }

    return found;
}
