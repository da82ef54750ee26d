/*
 * Changes told to programs and to people.
 */

#include "hr_diff.h"
#include "hr_node.h"
#include "hr_text.h"


#define HR_DIFF_QUOTE   100         /* code points of a value in a description */
#define HR_DIFF_DEPTH   12
/* a value's text is built until it has so many bytes, then cut to characters */
#define HR_DIFF_ENOUGH  (4u * HR_DIFF_TEXT_MAX)
#define HR_DIFF_BYTES   (16u * HR_DIFF_ENOUGH)

/* Words of the descriptions; the order of hr_diff_kind_t where one is meant. */

static const char *const  hr_diff_types[] = {
    "added", "removed", "modified", "modified"
};

static const char *const  hr_diff_verbs[][HR_LANG_COUNT] = {
    { "добавлено", "added" },
    { "удалено", "removed" },
    { "изменено", "changed" },
    { "изменён порядок", "reordered" },
};

static const char *const  hr_diff_yes[HR_LANG_COUNT] = { "да", "yes" };
static const char *const  hr_diff_no[HR_LANG_COUNT] = { "нет", "no" };
static const char *const  hr_diff_empty[HR_LANG_COUNT] = { "пусто", "empty" };
static const char *const  hr_diff_more[HR_LANG_COUNT] = {
    "и ещё разделов: %zu", "and more sections: %zu"
};


typedef struct {
    const hr_vocabulary_t  *voc;
    hr_lang_t               lang;
    hr_buf_t                out;
} hr_diff_teller_t;


static void
hr_diff_tell(hr_diff_teller_t *t, hr_str_t labels, const hr_json_t *value,
    unsigned depth);


static hr_str_t
hr_diff_last_part(hr_str_t path)
{
    size_t  i;

    for (i = path.len; i > 0 && path.data[i - 1] != '.'; i--) {
        /* void */
    }

    return hr_str(path.data + i, path.len - i);
}


static void
hr_diff_tell_number(hr_diff_teller_t *t, hr_str_t labels, const hr_json_t *value)
{
    int64_t   level;
    hr_str_t  label;

    hr_buf_str(&t->out, value->text);

    if (!hr_str_eq(hr_diff_last_part(labels), HR_STR("proficiency_level"))
        || !hr_json_int(value, &level))
    {
        return;
    }

    label = hr_vocabulary_level_label(t->voc, level, t->lang);

    if (label.len != 0) {
        hr_buf_c(&t->out, " (");
        hr_buf_str(&t->out, label);
        hr_buf_char(&t->out, ')');
    }
}


/* "Label: value; Label: value", empty members left out. */

static void
hr_diff_tell_object(hr_diff_teller_t *t, hr_str_t labels, const hr_json_t *value,
    unsigned depth)
{
    bool              first;
    char              path[256];
    size_t            n;
    hr_str_t          inner;
    const hr_json_t  *member;

    first = true;

    for (member = value->first; member != NULL; member = member->next) {

        if (t->out.len > HR_DIFF_ENOUGH) {
            return;
        }

        if (hr_json_missing(member)) {
            continue;
        }

        /* the path of the member, for its label; too long: the name will do */

        inner = member->key;
        n = labels.len + 1 + member->key.len;

        if (labels.len != 0 && n <= sizeof(path)) {
            memcpy(path, labels.data, labels.len);
            path[labels.len] = '.';
            memcpy(path + labels.len + 1, member->key.data, member->key.len);
            inner = hr_str(path, n);
        }

        hr_buf_c(&t->out, first ? "" : "; ");
        inner = hr_utf8_cut_bytes(inner, sizeof(path));
        hr_buf_str(&t->out, hr_vocabulary_label(t->voc, t->lang, inner));
        hr_buf_c(&t->out, ": ");
        hr_diff_tell(t, inner, member, depth + 1);
        first = false;
    }
}


static void
hr_diff_tell_array(hr_diff_teller_t *t, hr_str_t labels, const hr_json_t *value,
    unsigned depth)
{
    bool              first;
    const hr_json_t  *item;

    first = true;

    for (item = value->first; item != NULL; item = item->next) {

        if (t->out.len > HR_DIFF_ENOUGH) {
            return;
        }

        if (hr_json_missing(item)) {
            continue;
        }

        hr_buf_c(&t->out, first ? "" : "; ");
        hr_diff_tell(t, labels, item, depth + 1);
        first = false;
    }
}


static void
hr_diff_tell(hr_diff_teller_t *t, hr_str_t labels, const hr_json_t *value,
    unsigned depth)
{
    if (value == NULL || depth > HR_DIFF_DEPTH) {
        return;
    }

    switch (value->type) {

    case HR_JSON_STRING:
        hr_buf_str(&t->out, hr_utf8_cut(hr_trim(value->text),
                                        HR_DIFF_TEXT_MAX + 1));
        break;

    case HR_JSON_NUMBER:
        hr_diff_tell_number(t, labels, value);
        break;

    case HR_JSON_BOOL:
        hr_buf_c(&t->out, value->boolean ? hr_diff_yes[t->lang]
                                         : hr_diff_no[t->lang]);
        break;

    case HR_JSON_ARRAY:
        hr_diff_tell_array(t, labels, value, depth);
        break;

    case HR_JSON_OBJECT:
        hr_diff_tell_object(t, labels, value, depth);
        break;

    default:
        break;
    }
}


/*
 * A value in plain words, cut at max code points with an ellipsis.  {0, NULL}:
 * the arena is full.
 */

static hr_str_t
hr_diff_value_text(hr_arena_t *arena, const hr_vocabulary_t *voc, hr_lang_t lang,
    hr_str_t labels, const hr_json_t *value, size_t max)
{
    hr_str_t           text, cut;
    hr_diff_teller_t   t;

    t.voc = voc;
    t.lang = lang;
    hr_buf_init(&t.out, HR_DIFF_BYTES);
    hr_diff_tell(&t, labels, value, 0);

    if (t.out.err != HR_OK) {
        hr_buf_release(&t.out);
        return HR_STR_NULL;
    }

    text = t.out.len == 0 ? HR_STR("") : hr_buf_view(&t.out);
    cut = hr_utf8_cut(text, max);

    text = cut.len == text.len
           ? hr_arena_str(arena, cut)
           : hr_arena_printf(arena, "%.*s…", (int) cut.len, cut.data);

    hr_buf_release(&t.out);

    return text;
}


/* -- texts about a change -- */

/* "Section → Field", or the section alone. */

static hr_str_t
hr_diff_label(hr_arena_t *arena, const hr_vocabulary_t *voc, hr_lang_t lang,
    const hr_diff_change_t *change)
{
    hr_str_t  section, field;

    section = hr_vocabulary_label(voc, lang, change->section);

    if (hr_str_eq(change->section, change->labels)) {
        return section;
    }

    field = hr_vocabulary_label(voc, lang, change->labels);

    return hr_arena_printf(arena, "%.*s → %.*s", (int) section.len, section.data,
                           (int) field.len, field.data);
}


static hr_str_t
hr_diff_describe(hr_arena_t *arena, const hr_vocabulary_t *voc, hr_lang_t lang,
    const hr_diff_change_t *change)
{
    hr_str_t     label, before, after;
    const char  *verb;

    verb = hr_diff_verbs[change->kind][lang];
    label = hr_diff_label(arena, voc, lang, change);

    if (label.data == NULL) {
        return HR_STR_NULL;
    }

    if (change->kind == HR_DIFF_MOVED) {
        return hr_arena_printf(arena, "%.*s: %s", (int) label.len, label.data,
                               verb);
    }

    before = hr_diff_value_text(arena, voc, lang, change->labels,
                                change->old_value, HR_DIFF_QUOTE);
    after = hr_diff_value_text(arena, voc, lang, change->labels,
                               change->new_value, HR_DIFF_QUOTE);

    if (before.data == NULL || after.data == NULL) {
        return HR_STR_NULL;
    }

    before = before.len == 0 ? hr_str_from_c(hr_diff_empty[lang]) : before;
    after = after.len == 0 ? hr_str_from_c(hr_diff_empty[lang]) : after;

    if (change->kind == HR_DIFF_MODIFIED) {
        return hr_arena_printf(arena, "%.*s: «%.*s» → «%.*s»", (int) label.len,
                               label.data, (int) before.len, before.data,
                               (int) after.len, after.data);
    }

    after = change->kind == HR_DIFF_ADDED ? after : before;

    return hr_arena_printf(arena, "%.*s: %s «%.*s»", (int) label.len, label.data,
                           verb, (int) after.len, after.data);
}


static hr_rc_t
hr_diff_set_text(hr_arena_t *arena, hr_json_t *object, const char *name,
    hr_str_t text)
{
    if (text.data == NULL) {
        return HR_NOMEM;
    }

    return hr_json_set(arena, object, name, hr_json_new_str(arena, text));
}


/* -- for programs -- */

static hr_json_t *
hr_diff_item(hr_arena_t *arena, const hr_diff_change_t *change,
    const hr_vocabulary_t *voc, hr_lang_t lang)
{
    hr_json_t  *item;

    item = hr_json_new(arena, HR_JSON_OBJECT);

    if (item == NULL
        || hr_diff_set_text(arena, item, "type",
                            hr_str_from_c(hr_diff_types[change->kind])) != HR_OK
        || hr_diff_set_text(arena, item, "field", change->path) != HR_OK
        || hr_diff_set_text(arena, item, "description",
                            hr_diff_describe(arena, voc, lang, change)) != HR_OK)
    {
        return NULL;
    }

    if (change->kind == HR_DIFF_MOVED) {
        return item;
    }

    if (change->old_value != NULL
        && hr_json_set(arena, item, "old_value",
                       hr_json_clone(arena, change->old_value)) != HR_OK)
    {
        return NULL;
    }

    if (change->new_value != NULL
        && hr_json_set(arena, item, "new_value",
                       hr_json_clone(arena, change->new_value)) != HR_OK)
    {
        return NULL;
    }

    return item;
}


hr_json_t *
hr_diff_json(hr_arena_t *arena, const hr_diff_t *diff,
    const hr_vocabulary_t *voc, hr_lang_t lang)
{
    size_t      i;
    hr_json_t  *result, *lists[4], *summary;

    static const char *const  names[] = { "added", "removed", "modified" };

    lang = lang < HR_LANG_COUNT ? lang : HR_LANG_RU;
    result = hr_json_new(arena, HR_JSON_OBJECT);
    summary = hr_json_new(arena, HR_JSON_ARRAY);

    if (result == NULL || summary == NULL) {
        return NULL;
    }

    for (i = 0; i < 3; i++) {
        lists[i] = hr_json_new(arena, HR_JSON_ARRAY);

        if (hr_json_set(arena, result, names[i], lists[i]) != HR_OK) {
            return NULL;
        }
    }

    lists[HR_DIFF_MOVED] = lists[HR_DIFF_MODIFIED];

    for (i = 0; i < diff->count; i++) {
        if (hr_json_push(lists[diff->items[i].kind],
                         hr_json_new_str(arena, diff->items[i].path)) != HR_OK
            || hr_json_push(summary, hr_diff_item(arena, &diff->items[i], voc,
                                                  lang)) != HR_OK)
        {
            return NULL;
        }
    }

    return hr_json_set(arena, result, "summary", summary) == HR_OK ? result : NULL;
}


/* -- for people -- */

static hr_rc_t
hr_diff_set_value(hr_arena_t *arena, hr_json_t *object, const char *name,
    const hr_diff_change_t *change, const hr_json_t *value,
    const hr_vocabulary_t *voc, hr_lang_t lang)
{
    if (value == NULL) {
        return hr_json_set(arena, object, name, hr_json_new(arena, HR_JSON_NULL));
    }

    return hr_diff_set_text(arena, object, name,
                            hr_diff_value_text(arena, voc, lang, change->labels,
                                               value, HR_DIFF_TEXT_MAX));
}


static hr_json_t *
hr_diff_readable_change(hr_arena_t *arena, const hr_diff_change_t *change,
    const hr_vocabulary_t *voc, hr_lang_t lang)
{
    hr_json_t   *entry;
    const char  *type;

    type = change->kind == HR_DIFF_MOVED ? "moved" : hr_diff_types[change->kind];
    entry = hr_json_new(arena, HR_JSON_OBJECT);

    if (entry == NULL
        || hr_diff_set_text(arena, entry, "type", hr_str_from_c(type)) != HR_OK
        || hr_diff_set_text(arena, entry, "path", change->path) != HR_OK
        || hr_diff_set_text(arena, entry, "label",
                            hr_vocabulary_label(voc, lang, change->labels))
           != HR_OK
        || hr_diff_set_value(arena, entry, "old_text", change,
                             change->old_value, voc, lang) != HR_OK
        || hr_diff_set_value(arena, entry, "new_text", change,
                             change->new_value, voc, lang) != HR_OK)
    {
        return NULL;
    }

    return entry;
}


/*
 * The changes of a section stand together: the walk goes through the sections
 * of the new document one by one, then through those that were removed.
 */

static bool
hr_diff_same_section(const hr_diff_t *diff, size_t i)
{
    return i > 0 && hr_str_eq(diff->items[i].section, diff->items[i - 1].section);
}


hr_json_t *
hr_diff_readable(hr_arena_t *arena, const hr_diff_t *diff,
    const hr_vocabulary_t *voc, hr_lang_t lang)
{
    size_t                   i;
    hr_json_t               *result, *section, *changes;
    const hr_diff_change_t  *change;

    lang = lang < HR_LANG_COUNT ? lang : HR_LANG_RU;
    changes = NULL;
    result = hr_json_new(arena, HR_JSON_ARRAY);

    for (i = 0; i < diff->count && result != NULL; i++) {
        change = &diff->items[i];

        if (!hr_diff_same_section(diff, i)) {
            section = hr_json_new(arena, HR_JSON_OBJECT);
            changes = hr_json_new(arena, HR_JSON_ARRAY);

            if (section == NULL
                || hr_diff_set_text(arena, section, "section", change->section)
                   != HR_OK
                || hr_diff_set_text(arena, section, "label",
                       hr_vocabulary_label(voc, lang, change->section)) != HR_OK
                || hr_json_set(arena, section, "changes", changes) != HR_OK
                || hr_json_push(result, section) != HR_OK)
            {
                return NULL;
            }
        }

        if (hr_json_push(changes, hr_diff_readable_change(arena, change, voc,
                                                          lang)) != HR_OK)
        {
            return NULL;
        }
    }

    return result;
}


/* "Section: added 2, changed 1" */

static hr_str_t
hr_diff_section_line(hr_arena_t *arena, const hr_diff_t *diff, size_t first,
    size_t end, const hr_vocabulary_t *voc, hr_lang_t lang)
{
    bool      whole;
    size_t    i, counts[4];
    hr_buf_t  buf;
    hr_str_t  line;

    memset(counts, 0, sizeof(counts));
    hr_buf_init(&buf, 4096);
    hr_buf_str(&buf, hr_vocabulary_label(voc, lang, diff->items[first].section));

    whole = end == first + 1 && hr_str_eq(diff->items[first].labels,
                                          diff->items[first].section)
            && hr_str_eq(diff->items[first].path, diff->items[first].section);

    for (i = first; i < end; i++) {
        counts[diff->items[i].kind]++;
    }

    line = HR_STR(": ");

    for (i = 0; i < 4; i++) {

        if (counts[i] == 0) {
            continue;
        }

        hr_buf_str(&buf, line);
        hr_buf_c(&buf, hr_diff_verbs[i][lang]);

        if (!whole && i != HR_DIFF_MOVED) {
            hr_buf_printf(&buf, " %zu", counts[i]);
        }

        line = HR_STR(", ");
    }

    line = buf.err == HR_OK ? hr_arena_str(arena, hr_buf_view(&buf))
                            : HR_STR_NULL;
    hr_buf_release(&buf);

    return line;
}


/* The end of the section that begins at first. */

static size_t
hr_diff_section_end(const hr_diff_t *diff, size_t first)
{
    size_t  end;

    for (end = first + 1; end < diff->count && hr_diff_same_section(diff, end);
         end++)
    {
        /* void */
    }

    return end;
}


hr_json_t *
hr_diff_summary(hr_arena_t *arena, const hr_diff_t *diff,
    const hr_vocabulary_t *voc, hr_lang_t lang)
{
    size_t      i, end, sections, shown;
    hr_str_t    line;
    hr_json_t  *result;

    lang = lang < HR_LANG_COUNT ? lang : HR_LANG_RU;
    result = hr_json_new(arena, HR_JSON_ARRAY);
    sections = 0;

    for (i = 0; i < diff->count; i = hr_diff_section_end(diff, i)) {
        sections++;
    }

    shown = sections <= HR_DIFF_SUMMARY_MAX ? sections : HR_DIFF_SUMMARY_MAX - 1;

    for (i = 0; i < diff->count && result != NULL; i = end) {

        end = hr_diff_section_end(diff, i);
        line = result->count < shown
               ? hr_diff_section_line(arena, diff, i, end, voc, lang)
               : hr_arena_printf(arena, hr_diff_more[lang], sections - shown);

        if (line.data == NULL
            || hr_json_push(result, hr_json_new_str(arena, line)) != HR_OK)
        {
            return NULL;
        }

        if (result->count > shown) {
            break;
        }
    }

    return result;
}
