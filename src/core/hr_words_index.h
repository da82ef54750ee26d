/*
 * Many lists of word patterns in one table: a single walk over a text tells
 * which of them can have a hit in it, so that a text is not searched for each
 * list again.
 */

#ifndef HR_WORDS_INDEX_H
#define HR_WORDS_INDEX_H

#include "hr_words.h"


#define HR_WORDS_INDEX_HEADS   4            /* lengths of a pattern's head */
#define HR_WORDS_INDEX_FILTER  4096         /* bits */

typedef struct {
    hr_str_t   text;            /* of a pattern that is no exception */
    uint64_t   bits;            /* of the lists that have it */
    uint64_t   begin;           /* its first bytes up to eight, */
    uint64_t   known;           /* and which of the eight they are */
    uint32_t   head;            /* the first four of them, which the table is by */
    uint32_t   mask;
} hr_words_index_item_t;

/* Made once, then read by any number of threads. */
typedef struct {
    const hr_words_index_item_t  *items;    /* those of one head together */
    size_t                        count;
    uint32_t                     *table;    /* number of a head's first item + 1 */
    unsigned                      shift;    /* of a hash, to a place of the table */
    uint32_t                      masks[HR_WORDS_INDEX_HEADS];
    size_t                        nmasks;
    uint64_t                      filter[HR_WORDS_INDEX_FILTER / 64];
} hr_words_index_t;

/*
 * Gives each list its bit; with more than 64 lists some share one.  The lists
 * and their patterns must live as long as the index.  HR_NOMEM is the only
 * failure.
 */
hr_rc_t hr_words_index(hr_arena_t *arena, hr_words_t *const *lists, size_t count,
    hr_words_index_t *out);

/* Bits of lists; one whose bit is not among them has no hit in the folded text. */
uint64_t hr_words_index_find(const hr_words_index_t *index, hr_str_t text);

#endif /* HR_WORDS_INDEX_H */
