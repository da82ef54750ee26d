/*
 * Word patterns of data files.  A pattern is one or more words; a word that
 * ends in '*' stands for every word with that beginning:
 *
 *     "сп"            the word alone, not "специалист"
 *     "коммуникац*"   "коммуникация", "коммуникаций", not "телекоммуникации"
 *     "трудов* прав*" "трудовое право", "трудового права"
 *     "!командиров*"  an exception: what it matches is no hit of the list
 *
 * Case, ё and runs of blanks do not matter (hr_fold).  A word is a run of
 * letters and digits; a hit must begin and end at the border of one.
 */

#ifndef HR_WORDS_H
#define HR_WORDS_H

#include "hr_json.h"
#include "hr_text.h"


#define HR_WORDS_PATTERNS_MAX  1000     /* of one list */
#define HR_WORDS_PATTERN_MAX   200      /* bytes of one pattern */

typedef struct {
    hr_str_t    text;           /* folded, without "!" */
    bool        exception;
    uint32_t    head;           /* its first bytes up to four, */
    uint32_t    mask;           /* and which of the four they are */
} hr_word_pattern_t;

/* text is folded and stays the caller's. */
hr_word_pattern_t hr_word_pattern(hr_str_t text, bool exception);

typedef struct {
    const hr_word_pattern_t  *items;
    size_t                    count;
    uint64_t                  bit;          /* in its index; 0: in none */
    bool                      exceptions;   /* there are some */
} hr_words_t;

/* An array of pattern texts; diag names the bad entry. */
hr_rc_t hr_words_load(hr_arena_t *arena, const hr_json_t *array, hr_words_t *out,
    hr_diag_t *diag);

/* text must be folded (hr_fold). */
bool hr_words_match(const hr_words_t *words, hr_str_t text);
/* How many places match; overlapping patterns count one place once. */
size_t hr_words_count(const hr_words_t *words, hr_str_t text);
/* How many different patterns occur at least once. */
size_t hr_words_distinct(const hr_words_t *words, hr_str_t text);
/* The first hit at or after *pos: its place in text; *pos moves behind it. */
bool hr_words_next(const hr_words_t *words, hr_str_t text, size_t *pos,
    hr_str_t *hit);

/*
 * One pattern at a word's start in a folded text: the end of the hit, 0: none.
 * "*" takes the rest of the word, and a word without it must end there.
 */
size_t hr_words_match_at(hr_str_t pattern, hr_str_t text, size_t pos);

/* The first four bytes of a text, with zeros behind its end. */
static inline uint32_t
hr_words_head(const char *text, size_t len)
{
    uint32_t  head = 0;

    if (len >= sizeof(head)) {
        memcpy(&head, text, sizeof(head));

    } else if (len != 0) {
        memcpy(&head, text, len);
    }

    return head;
}

/* The words of a folded text one by one; false at the end. */
bool hr_word_next(hr_str_t text, size_t *pos, hr_str_t *word);

/* Equal when trimmed and with every run of blanks as one (profile-document.md 3.5). */
bool hr_words_same(hr_str_t a, hr_str_t b);
/* text, folded, is the folded text; needs no memory. */
bool hr_words_folds_to(hr_str_t text, hr_str_t folded);

#endif /* HR_WORDS_H */
