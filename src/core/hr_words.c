#include "hr_unicode.h"
#include "hr_words.h"


hr_word_pattern_t
hr_word_pattern(hr_str_t text, bool exception)
{
    size_t             n;
    static const char  ones[sizeof(uint32_t)] = { -1, -1, -1, -1 };
    hr_word_pattern_t  pattern;

    for (n = 0; n < text.len && n < sizeof(uint32_t) && text.data[n] != '*'; n++) {
        /* void */
    }

    pattern.text = text;
    pattern.exception = exception;
    pattern.head = hr_words_head(text.data, n);
    pattern.mask = hr_words_head(ones, n);

    return pattern;
}


static size_t
hr_words_skip_letters(hr_str_t text, size_t pos)
{
    size_t                next;
    const unsigned char  *p = (const unsigned char *) text.data;

    for ( ;; ) {

        /* U+0400 to U+047F are letters all of them */
        while (pos + 1 < text.len && (p[pos] | 1) == 0xd1
               && (p[pos + 1] & 0xc0) == 0x80)
        {
            pos += 2;
        }

        if (pos == text.len) {
            return pos;
        }

        next = pos;

        if (!hr_unicode_is_word(hr_utf8_next(text, &next))) {
            return pos;
        }

        pos = next;
    }
}


bool
hr_word_next(hr_str_t text, size_t *pos, hr_str_t *word)
{
    size_t  start, next, end;

    for (start = next = *pos; start < text.len; start = next) {

        if (hr_unicode_is_word(hr_utf8_next(text, &next))) {
            end = hr_words_skip_letters(text, start);
            *word = hr_str(text.data + start, end - start);
            *pos = end;
            return true;
        }
    }

    *pos = text.len;

    return false;
}


size_t
hr_words_match_at(hr_str_t pattern, hr_str_t text, size_t pos)
{
    size_t  i, end;

    for (i = 0; i < pattern.len; i++) {

        if (pattern.data[i] == '*') {
            pos = hr_words_skip_letters(text, pos);
            continue;
        }

        if (pos == text.len || text.data[pos] != pattern.data[i]) {
            return 0;
        }

        pos++;
    }

    end = hr_words_skip_letters(text, pos);

    /* a pattern may end in a sign ("c++"), then what follows is another word */

    if (end != pos && pattern.data[pattern.len - 1] != '*') {
        size_t  last = pattern.len - 1;

        while (last > 0 && ((unsigned char) pattern.data[last] & 0xC0) == 0x80) {
            last--;
        }

        if (hr_unicode_is_word(hr_utf8_next(pattern, &last))) {
            return 0;
        }
    }

    return pos;
}


static size_t
hr_words_best_at(const hr_words_t *words, hr_str_t text, size_t pos,
    bool exception)
{
    size_t    i, end, best;
    uint32_t  head;

    best = 0;
    head = hr_words_head(text.data + pos, text.len - pos);

    for (i = 0; i < words->count; i++) {

        /* tells nearly all of them apart at once */
        if (((head ^ words->items[i].head) & words->items[i].mask) != 0
            || words->items[i].exception != exception)
        {
            continue;
        }

        end = hr_words_match_at(words->items[i].text, text, pos);
        if (end > best) {
            best = end;
        }
    }

    return best;
}


bool
hr_words_next(const hr_words_t *words, hr_str_t text, size_t *pos, hr_str_t *hit)
{
    size_t    start, end;
    hr_str_t  word;

    while (hr_word_next(text, pos, &word)) {
        start = (size_t) (word.data - text.data);

        if (words->exceptions) {
            end = hr_words_best_at(words, text, start, true);

            if (end != 0) {
                *pos = end;
                continue;
            }
        }

        end = hr_words_best_at(words, text, start, false);

        if (end != 0) {
            *hit = hr_str(text.data + start, end - start);
            *pos = end;
            return true;
        }
    }

    return false;
}


bool
hr_words_match(const hr_words_t *words, hr_str_t text)
{
    size_t    pos;
    hr_str_t  hit;

    pos = 0;

    return hr_words_next(words, text, &pos, &hit);
}


size_t
hr_words_count(const hr_words_t *words, hr_str_t text)
{
    size_t    pos, n;
    hr_str_t  hit;

    pos = 0;

    for (n = 0; hr_words_next(words, text, &pos, &hit); n++) {
        /* void */
    }

    return n;
}


size_t
hr_words_distinct(const hr_words_t *words, hr_str_t text)
{
    size_t             i, n;
    hr_words_t         one;
    hr_word_pattern_t  items[1];

    n = 0;
    one.items = items;
    one.count = 1;
    one.bit = 0;
    one.exceptions = false;

    for (i = 0; i < words->count; i++) {

        if (words->items[i].exception) {
            continue;
        }

        items[0] = words->items[i];
        n += hr_words_match(&one, text);
    }

    return n;
}


static hr_rc_t
hr_words_load_one(hr_arena_t *arena, const hr_json_t *entry, size_t index,
    hr_word_pattern_t *out, hr_diag_t *diag)
{
    size_t    pos;
    bool      exception;
    hr_str_t  text;

    text = hr_json_text(entry);

    if (text.len == 0 || text.len > HR_WORDS_PATTERN_MAX) {
        return hr_diag_set(diag, HR_INVALID,
                           "word pattern %zu must be a text of 1 to %d bytes",
                           index, HR_WORDS_PATTERN_MAX);
    }

    exception = text.data[0] == '!';

    if (exception) {
        text.data++;
        text.len--;
    }

    text = hr_fold(arena, text);
    if (text.data == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    pos = 0;

    if (text.len == 0
        || !hr_unicode_is_word(hr_utf8_next(text, &pos)))
    {
        return hr_diag_set(diag, HR_INVALID,
                           "word pattern %zu must begin with a letter or digit",
                           index);
    }

    /* "*" only at the end of a word: elsewhere it would never match */

    for (pos = 0; pos < text.len; pos++) {
        if (text.data[pos] == '*' && pos + 1 < text.len
            && text.data[pos + 1] != ' ')
        {
            return hr_diag_set(diag, HR_INVALID,
                               "word pattern %zu: \"*\" belongs at the end of a "
                               "word", index);
        }
    }

    *out = hr_word_pattern(text, exception);

    return HR_OK;
}


hr_rc_t
hr_words_load(hr_arena_t *arena, const hr_json_t *array, hr_words_t *out,
    hr_diag_t *diag)
{
    size_t              i;
    hr_rc_t             rc;
    const hr_json_t    *entry;
    hr_word_pattern_t  *items;

    memset(out, 0, sizeof(hr_words_t));

    if (!hr_json_is(array, HR_JSON_ARRAY)
        || array->count > HR_WORDS_PATTERNS_MAX)
    {
        return hr_diag_set(diag, HR_INVALID,
                           "a list of at most %d word patterns is expected",
                           HR_WORDS_PATTERNS_MAX);
    }

    if (array->count == 0) {
        return HR_OK;
    }

    items = hr_arena_calloc(arena, array->count * sizeof(hr_word_pattern_t));
    if (items == NULL) {
        return hr_diag_set(diag, HR_NOMEM, "out of memory");
    }

    i = 0;

    for (entry = array->first; entry != NULL; entry = entry->next) {

        rc = hr_words_load_one(arena, entry, i, &items[i], diag);
        if (rc != HR_OK) {
            return rc;
        }

        out->exceptions |= items[i].exception;
        i++;
    }

    out->items = items;
    out->count = i;

    return HR_OK;
}


/* The next code point with every run of blanks as one; false at the end. */

static bool
hr_words_next_collapsed(hr_str_t text, size_t *pos, uint32_t *cp)
{
    size_t  next;

    if (*pos == text.len) {
        return false;
    }

    *cp = hr_utf8_next(text, pos);

    if (!hr_unicode_is_space(*cp)) {
        return true;
    }

    *cp = ' ';

    for (next = *pos; *pos < text.len; *pos = next) {
        if (!hr_unicode_is_space(hr_utf8_next(text, &next))) {
            break;
        }
    }

    return true;
}


/*
 * Two trimmed texts that differ in bytes: true when they surely differ, because
 * the first characters that are not the same are both sound and no blanks.
 */
static bool
hr_words_surely_differ(hr_str_t a, hr_str_t b)
{
    size_t    i, j, n;
    uint32_t  x, y;

    n = a.len < b.len ? a.len : b.len;

    for (i = 0; i < n && a.data[i] == b.data[i]; i++) {
        /* void */
    }

    if (i == n) {
        return false;
    }

    /* to the beginning of both characters */
    while (i > 0 && (((unsigned char) a.data[i] & 0xc0) == 0x80
                     || ((unsigned char) b.data[i] & 0xc0) == 0x80))
    {
        i--;
    }

    j = i;
    x = hr_utf8_next(a, &i);
    y = hr_utf8_next(b, &j);

    return x != y && x != 0xfffd && y != 0xfffd && !hr_unicode_is_space(x)
           && !hr_unicode_is_space(y);
}


bool
hr_words_same(hr_str_t a, hr_str_t b)
{
    bool      more_a, more_b;
    size_t    i, j;
    uint32_t  x, y;

    a = hr_trim(a);
    b = hr_trim(b);

    if (hr_str_eq(a, b)) {
        return true;
    }

    if (hr_words_surely_differ(a, b)) {
        return false;
    }

    i = 0;
    j = 0;
    x = 0;
    y = 0;

    do {
        more_a = hr_words_next_collapsed(a, &i, &x);
        more_b = hr_words_next_collapsed(b, &j, &y);

        if (more_a != more_b || (more_a && x != y)) {
            return false;
        }

    } while (more_a);

    return true;
}


bool
hr_words_folds_to(hr_str_t text, hr_str_t folded)
{
    size_t    i, j;
    uint32_t  x, y;

    text = hr_trim(text);
    i = 0;
    j = 0;
    x = 0;

    while (hr_words_next_collapsed(text, &i, &x)) {

        if (j == folded.len) {
            return false;
        }

        x = hr_unicode_lower(x);
        x = x == 0x451 ? 0x435 : x;             /* ё as е */
        y = hr_utf8_next(folded, &j);

        if (x != y) {
            return false;
        }
    }

    return j == folded.len;
}
