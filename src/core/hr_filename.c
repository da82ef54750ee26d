/* Names of downloads and of archive entries (exports.md 4, 5). */

#include <stdio.h>

#include "hr_filename.h"
#include "hr_text.h"


#define HR_FILENAME_BUCKETS  256u
#define HR_FILENAME_REPEATS  10000u

typedef struct hr_filename_entry_s  hr_filename_entry_t;

struct hr_filename_entry_s {
    hr_filename_entry_t  *next;
    hr_str_t              key;          /* lower case, with its folder */
};

struct hr_filename_set_s {
    hr_arena_t           *arena;
    hr_filename_entry_t  *buckets[HR_FILENAME_BUCKETS];
};


static const char  *const hr_filename_devices[] = {
    "con", "prn", "aux", "nul", "conin$", "conout$"
};

/* From U+0430 to U+045F; the common practical transliteration, all ASCII. */
static const char  hr_filename_cyrillic[][5] = {
    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o",
    "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "",
    "e", "yu", "ya",
    "e", "yo", "dj", "gj", "ye", "dz", "i", "yi", "j", "lj", "nj", "c", "kj",
    "i", "u", "dzh"
};


static hr_str_t hr_filename_clean(hr_arena_t *arena, hr_str_t part, bool cut);
static hr_str_t hr_filename_latin(hr_arena_t *arena, hr_str_t part, bool cut);
static bool hr_filename_forbidden(uint32_t cp);
static const char *hr_filename_letter(uint32_t cp, char out[6]);
static hr_str_t hr_filename_strip(hr_str_t text);
static bool hr_filename_device(hr_str_t name);
static hr_str_t hr_filename_guard(hr_arena_t *arena, hr_str_t name);
static hr_str_t hr_filename_join(hr_arena_t *arena, hr_str_t position,
    hr_str_t id, int64_t version, const char *ext);
static hr_str_t hr_filename_header(hr_arena_t *arena, hr_str_t ascii,
    hr_str_t name);
static uint32_t hr_filename_hash(hr_str_t key);
static hr_str_t hr_filename_candidate(hr_arena_t *arena, const char *folder,
    hr_str_t name, unsigned repeat);


hr_str_t
hr_filename_sanitize(hr_arena_t *arena, hr_str_t part)
{
    return hr_filename_clean(arena, part, true);
}


hr_str_t
hr_filename_ascii(hr_arena_t *arena, hr_str_t part)
{
    return hr_filename_latin(arena, part, true);
}


hr_str_t
hr_filename_profile(hr_arena_t *arena, hr_str_t position, hr_str_t id,
    int64_t version, const char *ext)
{
    hr_str_t  clean, id8;

    clean = hr_filename_clean(arena, position, true);
    id8 = hr_filename_latin(arena, hr_utf8_cut(id, 8), true);

    if (clean.data == NULL || id8.data == NULL) {
        return HR_STR_NULL;
    }

    return hr_filename_join(arena, clean, id8, version, ext);
}


hr_str_t
hr_filename_disposition(hr_arena_t *arena, hr_str_t position, hr_str_t id,
    int64_t version, const char *ext)
{
    hr_str_t  name, ascii, id8;

    name = hr_filename_profile(arena, position, id, version, ext);
    ascii = hr_filename_latin(arena, position, true);
    id8 = hr_filename_latin(arena, hr_utf8_cut(id, 8), true);

    if (name.data == NULL || ascii.data == NULL || id8.data == NULL) {
        return HR_STR_NULL;
    }

    ascii = hr_filename_join(arena, ascii, id8, version, ext);
    if (ascii.data == NULL) {
        return HR_STR_NULL;
    }

    return hr_filename_header(arena, ascii, name);
}


hr_str_t
hr_filename_disposition_name(hr_arena_t *arena, hr_str_t name)
{
    hr_str_t  clean, ascii;

    /* a cut could take the extension away; such names are the program's own */
    clean = hr_filename_clean(arena, name, false);
    ascii = hr_filename_latin(arena, name, false);

    if (clean.data == NULL || ascii.data == NULL) {
        return HR_STR_NULL;
    }

    return hr_filename_header(arena, ascii, clean);
}


hr_filename_set_t *
hr_filename_set_create(hr_arena_t *arena)
{
    hr_filename_set_t  *set;

    set = hr_arena_calloc(arena, sizeof(hr_filename_set_t));
    if (set == NULL) {
        return NULL;
    }

    set->arena = arena;

    return set;
}


hr_str_t
hr_filename_set_add(hr_filename_set_t *set, const char *folder, hr_str_t name)
{
    unsigned              repeat;
    hr_str_t              full, key;
    hr_filename_entry_t  *entry, **bucket;

    for (repeat = 1; repeat <= HR_FILENAME_REPEATS; repeat++) {

        full = hr_filename_candidate(set->arena, folder, name, repeat);
        if (full.data == NULL) {
            break;
        }

        key = hr_lower(set->arena, full);
        if (key.data == NULL) {
            break;
        }

        bucket = &set->buckets[hr_filename_hash(key) % HR_FILENAME_BUCKETS];

        for (entry = *bucket; entry != NULL; entry = entry->next) {
            if (hr_str_eq(entry->key, key)) {
                break;
            }
        }

        if (entry != NULL) {
            continue;
        }

        entry = hr_arena_alloc(set->arena, sizeof(hr_filename_entry_t));
        if (entry == NULL) {
            break;
        }

        entry->key = key;
        entry->next = *bucket;
        *bucket = entry;

        return full;
    }

    return HR_STR_NULL;
}


static hr_str_t
hr_filename_clean(hr_arena_t *arena, hr_str_t part, bool cut)
{
    char      *out;
    size_t     pos, start, len;
    uint32_t   cp;
    hr_str_t   text;

    text = hr_utf8_repair(arena, part);
    if (text.data == NULL) {
        if (part.len != 0) {
            return HR_STR_NULL;
        }
        text = HR_STR("");
    }

    out = hr_arena_alloc(arena, text.len + 1);
    if (out == NULL) {
        return HR_STR_NULL;
    }

    for (pos = 0, len = 0; pos < text.len; ) {
        start = pos;
        cp = hr_utf8_next(text, &pos);

        if (hr_filename_forbidden(cp) || cp == '_') {
            if (len == 0 || out[len - 1] != '_') {
                out[len++] = '_';
            }
            continue;
        }

        memcpy(out + len, text.data + start, pos - start);
        len += pos - start;
    }

    text = hr_filename_strip(hr_str(out, len));

    if (cut) {
        text = hr_utf8_cut(text, HR_FILENAME_CHARS_MAX);
        text = hr_utf8_cut_bytes(text, HR_FILENAME_BYTES_MAX);
        text = hr_filename_strip(text);
    }

    return hr_filename_guard(arena, text);
}


static hr_str_t
hr_filename_latin(hr_arena_t *arena, hr_str_t part, bool cut)
{
    char        *out, buf[6];
    size_t       pos, len, n;
    hr_str_t     text;
    const char  *letter;

    /* a code point of k bytes gives at most 4 letters; k is 2 where it gives 4 */
    out = hr_arena_alloc(arena, 2 * part.len + 1);
    if (out == NULL) {
        return HR_STR_NULL;
    }

    for (pos = 0, len = 0; pos < part.len; ) {
        letter = hr_filename_letter(hr_utf8_next(part, &pos), buf);

        if (letter[0] == '_' && len != 0 && out[len - 1] == '_') {
            continue;
        }

        n = strlen(letter);
        memcpy(out + len, letter, n);
        len += n;
    }

    text = hr_filename_strip(hr_str(out, len));

    if (cut && text.len > HR_FILENAME_CHARS_MAX) {
        text.len = HR_FILENAME_CHARS_MAX;
        text = hr_filename_strip(text);
    }

    return hr_filename_guard(arena, text);
}


/*
 * Beside the characters that Windows forbids: everything that makes a name look
 * like another one (controls, line separators, direction marks).
 */
static bool
hr_filename_forbidden(uint32_t cp)
{
    if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f)) {
        return true;
    }

    if (cp < 0x80) {
        return strchr("/\\:*?\"<>|", (int) cp) != NULL;
    }

    return (cp >= 0x200b && cp <= 0x200f && cp != 0x200d)
           || (cp >= 0x2028 && cp <= 0x202e)
           || (cp >= 0x2060 && cp <= 0x206f)
           || cp == 0x061c || cp == 0xfeff || cp >= 0xfffe;
}


/* What one code point becomes in an ASCII name: letters, or "_", or nothing. */
static const char *
hr_filename_letter(uint32_t cp, char out[6])
{
    uint32_t  lower;

    if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z')
        || (cp >= '0' && cp <= '9') || cp == '.' || cp == '-')
    {
        out[0] = (char) cp;
        out[1] = '\0';
        return out;
    }

    if (cp >= 0x0400 && cp <= 0x045f) {
        lower = cp < 0x0410 ? cp + 0x50 : cp < 0x0430 ? cp + 0x20 : cp;

        memcpy(out, hr_filename_cyrillic[lower - 0x0430],
               sizeof(hr_filename_cyrillic[0]));

        if (lower != cp && out[0] != '\0') {
            out[0] = (char) (out[0] - 'a' + 'A');
        }

        return out;
    }

    if (cp == 0x0490 || cp == 0x0491) {
        return cp == 0x0490 ? "G" : "g";
    }

    return "_";
}


static hr_str_t
hr_filename_strip(hr_str_t text)
{
    size_t  before;

    do {
        before = text.len;
        text = hr_trim(text);

        while (text.len != 0
               && (text.data[0] == '.' || text.data[0] == '_'))
        {
            text.data++;
            text.len--;
        }

        while (text.len != 0
               && (text.data[text.len - 1] == '.'
                   || text.data[text.len - 1] == '_'))
        {
            text.len--;
        }

    } while (text.len != before);

    return text;
}


/* Windows takes "con", "con.txt" and "com1.a.b" for devices. */
static bool
hr_filename_device(hr_str_t name)
{
    char    base[8];
    size_t  i, n;

    for (n = 0; n < name.len && name.data[n] != '.'; n++) {
        if (n == sizeof(base) - 1) {
            return false;
        }

        base[n] = name.data[n];
        if (base[n] >= 'A' && base[n] <= 'Z') {
            base[n] = (char) (base[n] - 'A' + 'a');
        }
    }

    while (n != 0 && base[n - 1] == ' ') {
        n--;
    }

    for (i = 0; i < sizeof(hr_filename_devices) / sizeof(char *); i++) {
        if (hr_str_eq(hr_str(base, n),
                      hr_str_from_c(hr_filename_devices[i])))
        {
            return true;
        }
    }

    if (n < 4 || (memcmp(base, "com", 3) != 0 && memcmp(base, "lpt", 3) != 0)) {
        return false;
    }

    /* the superscripts 1, 2, 3 count as digits there */
    return (n == 4 && base[3] >= '0' && base[3] <= '9')
           || (n == 5 && base[3] == '\xc2'
               && (base[4] == '\xb9' || base[4] == '\xb2' || base[4] == '\xb3'));
}


static hr_str_t
hr_filename_guard(hr_arena_t *arena, hr_str_t name)
{
    if (name.len == 0) {
        return HR_STR("unnamed");
    }

    if (hr_filename_device(name)) {
        return hr_arena_printf(arena, "_%.*s", (int) name.len, name.data);
    }

    return name;
}


static hr_str_t
hr_filename_join(hr_arena_t *arena, hr_str_t position, hr_str_t id,
    int64_t version, const char *ext)
{
    char  number[24];

    number[0] = '\0';
    if (version > 0) {
        (void) snprintf(number, sizeof(number), "_v%lld", (long long) version);
    }

    return hr_arena_printf(arena, "profile_%.*s_%.*s%s.%s",
                           (int) position.len, position.data,
                           (int) id.len, id.data, number, ext);
}


static hr_str_t
hr_filename_header(hr_arena_t *arena, hr_str_t ascii, hr_str_t name)
{
    static const char  hex[] = "0123456789ABCDEF";
    static const char  before[] = "attachment; filename=\"";
    static const char  between[] = "\"; filename*=UTF-8''";

    char           *out, *p;
    size_t          i;
    unsigned char   c;

    out = hr_arena_alloc(arena, sizeof(before) + ascii.len + sizeof(between)
                                + 3 * name.len);
    if (out == NULL) {
        return HR_STR_NULL;
    }

    p = out;
    memcpy(p, before, sizeof(before) - 1);
    p += sizeof(before) - 1;
    memcpy(p, ascii.data, ascii.len);
    p += ascii.len;
    memcpy(p, between, sizeof(between) - 1);
    p += sizeof(between) - 1;

    for (i = 0; i < name.len; i++) {
        c = (unsigned char) name.data[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9')
            || (c != '\0' && strchr("!#$&+-.^_`|~", c) != NULL))
        {
            *p++ = (char) c;
            continue;
        }

        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 15];
    }

    *p = '\0';

    return hr_str(out, (size_t) (p - out));
}


static uint32_t
hr_filename_hash(hr_str_t key)
{
    size_t    i;
    uint32_t  hash;

    for (hash = 2166136261u, i = 0; i < key.len; i++) {
        hash = (hash ^ (unsigned char) key.data[i]) * 16777619u;
    }

    return hash;
}


/* The name itself, then "stem (2).ext", "stem (3).ext", ... */
static hr_str_t
hr_filename_candidate(hr_arena_t *arena, const char *folder, hr_str_t name,
    unsigned repeat)
{
    size_t       stem;
    const char  *slash;

    slash = folder == NULL ? "" : "/";
    folder = folder == NULL ? "" : folder;

    if (repeat == 1) {
        return hr_arena_printf(arena, "%s%s%.*s", folder, slash,
                               (int) name.len, name.data);
    }

    for (stem = name.len; stem > 0 && name.data[stem - 1] != '.'; stem--) {
        /* void */
    }

    stem = stem > 1 ? stem - 1 : name.len;

    return hr_arena_printf(arena, "%s%s%.*s (%u)%.*s", folder, slash,
                           (int) stem, name.data, repeat,
                           (int) (name.len - stem), name.data + stem);
}
