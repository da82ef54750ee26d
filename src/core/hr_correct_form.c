/*
 * The harmless deviations of form that models have (generation.md 7.2, 7.4
 * rule 5): one walk along the schema, every value put into the type that is
 * described for it where that loses nothing.
 */

#include "hr_correct.h"
#include "hr_correct_form.h"
#include "hr_node.h"
#include "hr_text.h"


typedef struct {
    hr_arena_t             *arena;
    const hr_vocabulary_t  *vocabulary;
    hr_fixes_t             *fixes;
} hr_form_t;


/* Runs of blanks, tabs and line ends become one blank; U+00A0 is part of names. */
static bool
hr_form_collapse(hr_form_t *f, hr_json_t *value)
{
    bool      blank = false;
    char     *out;
    size_t    n = 0;
    hr_str_t  text = hr_trim(value->text);

    out = hr_arena_alloc(f->arena, text.len + 1);
    if (out == NULL) {
        f->fixes->rc = HR_NOMEM;
        return false;
    }

    for (size_t i = 0; i < text.len; i++) {

        if (text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\n'
            || text.data[i] == '\r')
        {
            blank = true;
            continue;
        }

        if (blank) {
            out[n++] = ' ';
            blank = false;
        }

        out[n++] = text.data[i];
    }

    out[n] = '\0';

    if (n == value->text.len && memcmp(out, value->text.data, n) == 0) {
        return false;
    }

    value->text = hr_str(out, n);
    return true;
}


static void
hr_form_string(hr_form_t *f, hr_str_t path, hr_json_t *value)
{
    hr_str_t  before;

    /* ["text"] for a text, as one generation of the schema had it (2.1) */
    if (value->type == HR_JSON_ARRAY && value->count == 1
        && value->first->type == HR_JSON_STRING)
    {
        before = hr_fixes_value(f->fixes, value);
        value->type = HR_JSON_STRING;
        value->text = value->first->text;
        value->first = value->last = NULL;
        value->count = 0;
        hr_fixes_add(f->fixes, "list_to_text", path, before, value->text);
    }

    if (value->type == HR_JSON_STRING) {
        before = value->text;

        if (hr_form_collapse(f, value)) {
            hr_fixes_add(f->fixes, "blanks", path, before, value->text);
        }
    }
}


/* "3", " 3 ", 3.0 -> 3; a label of a level is its number. */
static void
hr_form_integer(hr_form_t *f, hr_str_t path, hr_json_t *value)
{
    int        level;
    int64_t    n;
    hr_str_t   before;
    hr_json_t  number;

    if (value->type == HR_JSON_NUMBER) {

        if (hr_json_is_integer_literal(value) || !hr_json_int(value, &n)) {
            return;
        }

    } else if (value->type == HR_JSON_STRING) {

        number = *value;
        number.type = HR_JSON_NUMBER;
        number.text = hr_trim(value->text);
        level = hr_vocabulary_level_of_label(f->vocabulary, value->text);

        if (level > 0) {
            n = level;

        } else if (number.text.len == 0 || number.text.len > 10
                   || strspn(number.text.data, "0123456789") < number.text.len
                   || !hr_json_int(&number, &n))
        {
            return;
        }

    } else {
        return;
    }

    before = hr_fixes_value(f->fixes, value);
    value->type = HR_JSON_NUMBER;
    value->text = hr_arena_printf(f->arena, "%lld", (long long) n);

    if (value->text.data == NULL) {
        f->fixes->rc = HR_NOMEM;
        return;
    }

    hr_fixes_add(f->fixes, "number", path, before, value->text);
}


/* Later items that say the same, and empty ones, go. */
static void
hr_form_items(hr_form_t *f, hr_str_t path, hr_json_t *list)
{
    hr_str_t    key;
    hr_json_t  *next;

    for (hr_json_t *item = list->first; item != NULL; item = next) {

        next = item->next;

        if (item->type != HR_JSON_STRING) {
            continue;
        }

        key = hr_match_key(f->arena, item->text);

        if (key.len == 0) {
            hr_fixes_add(f->fixes, "empty_item", path, HR_STR(""), HR_STR_NULL);
            hr_json_unlink(item);
            continue;
        }

        for (hr_json_t *other = list->first; other != item; other = other->next)
        {
            if (other->type == HR_JSON_STRING
                && hr_str_eq(hr_match_key(f->arena, other->text), key))
            {
                hr_fixes_add(f->fixes, "duplicate", path, item->text,
                             HR_STR_NULL);
                hr_json_unlink(item);
                break;
            }
        }
    }
}


static void
hr_form_array(hr_form_t *f, hr_str_t path, hr_json_t *value)
{
    hr_str_t    before;
    hr_json_t  *item;

    if (value->type == HR_JSON_STRING && hr_trim(value->text).len > 0) {

        item = hr_json_new_str(f->arena, value->text);
        if (item == NULL) {
            f->fixes->rc = HR_NOMEM;
            return;
        }

        before = value->text;
        value->type = HR_JSON_ARRAY;
        value->text = HR_STR_NULL;
        value->first = value->last = NULL;
        value->count = 0;
        (void) hr_json_push(value, item);
        hr_fixes_add(f->fixes, "text_to_list", path, before, before);
    }

    if (value->type == HR_JSON_ARRAY) {
        hr_form_items(f, path, value);
    }
}


/* An object that the model wrote as JSON text inside a string. */
static hr_json_t *
hr_form_object(hr_form_t *f, hr_str_t path, hr_json_t *value)
{
    static const hr_json_opts_t  opts = { .max_depth = 32, .max_nodes = 20000,
                                          .replace_surrogates = true };

    hr_json_t  *parsed;

    if (value->type != HR_JSON_STRING || value->parent == NULL
        || hr_json_parse(f->arena, value->text, &opts, &parsed, NULL) != HR_OK
        || parsed->type != HR_JSON_OBJECT)
    {
        return value;
    }

    hr_fixes_add(f->fixes, "text_to_object", path, value->text, HR_STR("{…}"));
    hr_node_replace(value, parsed);

    return parsed;
}


bool
hr_correct_is_stamp(hr_str_t path)
{
    static const char  *paths[] = {
        "metadata.generated_by", "metadata.generation_method",
        "metadata.data_version", "metadata.last_updated", "basic_info"
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (hr_str_eq(path, hr_str_from_c(paths[i]))) {
            return true;
        }
    }

    return false;
}


static hr_json_t *
hr_form_visit(void *ctx, hr_str_t path, unsigned type, hr_json_t *value)
{
    hr_form_t  *f = ctx;

    switch (type) {

    case 0:
        if (!hr_correct_is_stamp(path)) {
            hr_fixes_add(f->fixes, "unknown_member", path,
                         hr_fixes_value(f->fixes, value), HR_STR_NULL);
            hr_json_unlink(value);
        }

        return NULL;

    case HR_SCHEMA_STRING:
        hr_form_string(f, path, value);
        break;

    case HR_SCHEMA_INTEGER:
        hr_form_integer(f, path, value);
        break;

    case HR_SCHEMA_ARRAY:
        hr_form_array(f, path, value);
        break;

    case HR_SCHEMA_OBJECT:
        return hr_form_object(f, path, value);

    default:
        break;
    }

    return value;
}


void
hr_correct_form(const hr_schema_t *schema, const hr_vocabulary_t *vocabulary,
    hr_json_t *document, hr_arena_t *arena, hr_fixes_t *fixes)
{
    hr_form_t  f = { arena, vocabulary, fixes };

    hr_schema_walk(schema, document, hr_form_visit, &f);
}
