#include "hr_rules_file.h"
#include "hr_text.h"
#include "hr_vocabulary_internal.h"


#define HR_VOCABULARY_ARENA       (2u * 1024 * 1024)
#define HR_VOCABULARY_LABELS_MAX  200
#define HR_VOCABULARY_RULES_MAX   100


typedef hr_rc_t (*hr_vocabulary_part_pt)(hr_vocabulary_t *voc,
    const hr_json_t *value, hr_diag_t *diag);

typedef struct {
    const char             *name;
    hr_json_type_t          type;
    bool                    required;
    hr_vocabulary_part_pt   load;
} hr_vocabulary_part_t;


static const char *const  hr_vocabulary_lang[] = { "ru", "en" };

_Static_assert(sizeof(hr_vocabulary_lang) / sizeof(char *) == HR_LANG_COUNT,
               "every language has its member name");


static hr_rc_t
hr_vocabulary_no_memory(hr_diag_t *diag)
{
    return hr_diag_set(diag, HR_NOMEM, "out of memory");
}


static hr_rc_t
hr_vocabulary_load_value(hr_vocabulary_t *voc, hr_vocabulary_list_t *list,
    const hr_json_t *entry, hr_diag_t *diag)
{
    size_t                  i;
    const hr_json_t        *text, *flag;
    hr_vocabulary_marks_t  *marks;

    i = list->count;
    marks = &list->marks[i];
    text = entry->type == HR_JSON_OBJECT ? hr_json_get(entry, "value") : entry;
    list->values[i] = hr_json_text(text);

    if (list->values[i].len == 0
        || list->values[i].len > HR_VOCABULARY_VALUE_MAX)
    {
        return hr_diag_set(diag, HR_INVALID,
                           "values.%.*s[%zu] must be a text or {\"value\": text}",
                           (int) list->name.len, list->name.data, i);
    }

    list->keys[i] = hr_match_key(voc->arena, list->values[i]);
    if (list->keys[i].data == NULL) {
        return hr_vocabulary_no_memory(diag);
    }

    if (hr_vocabulary_find(list->keys, i, list->keys[i], &marks->rank)) {
        return hr_diag_set(diag, HR_INVALID, "values.%.*s[%zu] is a duplicate",
                           (int) list->name.len, list->name.data, i);
    }

    marks->rank = i;

    flag = hr_json_get(entry, "manager");
    marks->manager = flag != NULL && flag->boolean;

    flag = hr_json_get(entry, "common");
    marks->common = flag != NULL && flag->boolean;

    if (!hr_json_int(hr_json_get(entry, "min_skills"), &marks->min_skills)) {
        marks->min_skills = 0;
    }

    list->count++;

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_load_list(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    size_t                 n;
    hr_rc_t                rc;
    const hr_json_t       *entry;
    hr_vocabulary_list_t  *list;

    if (value->type != HR_JSON_ARRAY || value->count == 0
        || value->count > HR_VOCABULARY_VALUES_MAX
        || voc->nlists == HR_VOCABULARY_LISTS_MAX)
    {
        return hr_diag_set(diag, HR_INVALID,
                           "values.%.*s must be an array of 1 to %d values, in "
                           "at most %d lists", (int) value->key.len,
                           value->key.data, HR_VOCABULARY_VALUES_MAX,
                           HR_VOCABULARY_LISTS_MAX);
    }

    list = &voc->lists[voc->nlists];
    list->name = value->key;
    n = value->count;
    list->values = hr_arena_calloc(voc->arena, n * sizeof(hr_str_t));
    list->keys = hr_arena_calloc(voc->arena, n * sizeof(hr_str_t));
    list->marks = hr_arena_calloc(voc->arena, n * sizeof(hr_vocabulary_marks_t));

    if (list->values == NULL || list->keys == NULL || list->marks == NULL) {
        return hr_vocabulary_no_memory(diag);
    }

    voc->nlists++;

    for (entry = value->first; entry != NULL; entry = entry->next) {

        rc = hr_vocabulary_load_value(voc, list, entry, diag);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_load_values(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    hr_rc_t           rc;
    const hr_json_t  *list;

    for (list = value->first; list != NULL; list = list->next) {

        rc = hr_vocabulary_load_list(voc, list, diag);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_load_accepted(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    const hr_json_t       *member, *entry;
    hr_vocabulary_list_t  *list;

    for (member = value->first; member != NULL; member = member->next) {

        list = (hr_vocabulary_list_t *) hr_vocabulary_list(voc, member->key);

        if (list == NULL || member->type != HR_JSON_ARRAY
            || member->count > HR_VOCABULARY_VALUES_MAX)
        {
            return hr_diag_set(diag, HR_INVALID,
                               "accepted.%.*s must be an array for a list of "
                               "\"values\"", (int) member->key.len,
                               member->key.data);
        }

        list->accepted = hr_arena_calloc(voc->arena, (member->count + 1)
                                                     * sizeof(hr_str_t));
        if (list->accepted == NULL) {
            return hr_vocabulary_no_memory(diag);
        }

        for (entry = member->first; entry != NULL; entry = entry->next) {

            if (hr_json_text(entry).len == 0) {
                return hr_diag_set(diag, HR_INVALID,
                                   "accepted.%.*s must hold texts",
                                   (int) member->key.len, member->key.data);
            }

            list->accepted[list->naccepted] = hr_match_key(voc->arena,
                                                           entry->text);
            if (list->accepted[list->naccepted++].data == NULL) {
                return hr_vocabulary_no_memory(diag);
            }
        }
    }

    return HR_OK;
}


static bool
hr_vocabulary_texts(const hr_json_t *object, hr_str_t text[HR_LANG_COUNT])
{
    hr_lang_t  lang;

    for (lang = 0; lang < HR_LANG_COUNT; lang++) {
        text[lang] = hr_json_text(hr_json_get(object, hr_vocabulary_lang[lang]));

        if (text[lang].len == 0) {
            return false;
        }
    }

    return true;
}


static hr_rc_t
hr_vocabulary_load_levels(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    size_t                  i;
    int64_t                 number;
    hr_lang_t               lang;
    const hr_json_t        *entry;
    hr_vocabulary_level_t  *level;

    if (value->count != HR_VOCABULARY_LEVELS) {
        return hr_diag_set(diag, HR_INVALID, "levels must have %d entries",
                           HR_VOCABULARY_LEVELS);
    }

    i = 0;

    for (entry = value->first; entry != NULL; entry = entry->next) {
        level = &voc->levels[i];
        level->text = hr_json_text(hr_json_get(entry, "text"));

        if (level->text.len == 0
            || !hr_json_int(hr_json_get(entry, "level"), &number)
            || number != (int64_t) i + 1
            || !hr_vocabulary_texts(hr_json_get(entry, "label"), level->label))
        {
            return hr_diag_set(diag, HR_INVALID,
                               "levels[%zu] must be {\"level\": %zu, \"label\": "
                               "{ru, en}, \"text\": text}", i, i + 1);
        }

        for (lang = 0; lang < HR_LANG_COUNT; lang++) {
            level->folded[lang] = hr_fold(voc->arena, level->label[lang]);

            if (level->folded[lang].data == NULL) {
                return hr_vocabulary_no_memory(diag);
            }
        }

        voc->level_texts[i++] = level->text;
    }

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_load_constants(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    const hr_json_t  *member;

    (void) voc;

    for (member = value->first; member != NULL; member = member->next) {
        if (member->type != HR_JSON_STRING) {
            return hr_diag_set(diag, HR_INVALID, "constants.%.*s must be a text",
                               (int) member->key.len, member->key.data);
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_load_minima(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    int64_t           minimum;
    const hr_json_t  *member;

    (void) voc;

    for (member = value->first; member != NULL; member = member->next) {
        if (!hr_json_int(member, &minimum) || minimum < 0 || minimum > 100) {
            return hr_diag_set(diag, HR_INVALID,
                               "career_minima.%.*s must be a number from 0 to "
                               "100", (int) member->key.len, member->key.data);
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_load_bounds(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    size_t                  i;
    hr_str_t                unit;
    const hr_json_t        *entry, *unique;
    hr_vocabulary_bound_t  *bound;

    if (value->count > HR_VOCABULARY_RULES_MAX) {
        return hr_diag_set(diag, HR_INVALID, "bounds: more than %d entries",
                           HR_VOCABULARY_RULES_MAX);
    }

    voc->bounds = hr_arena_calloc(voc->arena, (value->count + 1)
                                              * sizeof(hr_vocabulary_bound_t));
    if (voc->bounds == NULL) {
        return hr_vocabulary_no_memory(diag);
    }

    i = 0;

    for (entry = value->first; entry != NULL; entry = entry->next) {
        bound = &voc->bounds[i];
        bound->path = hr_json_text(hr_json_get(entry, "path"));
        unit = hr_json_text(hr_json_get(entry, "unit"));
        bound->characters = hr_str_eq(unit, HR_STR("characters"));

        if (!hr_json_int(hr_json_get(entry, "min"), &bound->min)) {
            bound->min = -1;
        }

        if (!hr_json_int(hr_json_get(entry, "max"), &bound->max)) {
            bound->max = -1;
        }

        unique = hr_json_get(entry, "unique");
        bound->unique = unique != NULL && unique->boolean;

        if (bound->path.len == 0
            || (!bound->characters && !hr_str_eq(unit, HR_STR("items")))
            || (bound->max >= 0 && bound->max < bound->min))
        {
            return hr_diag_set(diag, HR_INVALID,
                               "bounds[%zu] must be {\"path\", \"unit\": "
                               "\"items\" or \"characters\", \"min\", \"max\"}",
                               i);
        }

        voc->nbounds = ++i;
    }

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_load_enums(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    size_t                 i;
    const hr_json_t       *entry;
    hr_vocabulary_enum_t  *item;

    if (value->count > HR_VOCABULARY_RULES_MAX) {
        return hr_diag_set(diag, HR_INVALID, "enums: more than %d entries",
                           HR_VOCABULARY_RULES_MAX);
    }

    voc->enums = hr_arena_calloc(voc->arena, (value->count + 1)
                                             * sizeof(hr_vocabulary_enum_t));
    if (voc->enums == NULL) {
        return hr_vocabulary_no_memory(diag);
    }

    i = 0;

    for (entry = value->first; entry != NULL; entry = entry->next) {
        item = &voc->enums[i];
        item->path = hr_json_text(hr_json_get(entry, "path"));
        item->list = hr_json_text(hr_json_get(entry, "values"));

        if (item->path.len == 0 || hr_vocabulary_list(voc, item->list) == NULL) {
            return hr_diag_set(diag, HR_INVALID,
                               "enums[%zu] must be {\"path\", \"values\": name "
                               "of a list}", i);
        }

        voc->nenums = ++i;
    }

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_load_labels(hr_vocabulary_t *voc, const hr_json_t *value,
    hr_diag_t *diag)
{
    size_t                  i;
    const hr_json_t        *member;
    hr_vocabulary_label_t  *label;

    if (value->count > HR_VOCABULARY_LABELS_MAX) {
        return hr_diag_set(diag, HR_INVALID, "labels: more than %d entries",
                           HR_VOCABULARY_LABELS_MAX);
    }

    voc->labels = hr_arena_calloc(voc->arena, (value->count + 1)
                                              * sizeof(hr_vocabulary_label_t));
    if (voc->labels == NULL) {
        return hr_vocabulary_no_memory(diag);
    }

    i = 0;

    for (member = value->first; member != NULL; member = member->next) {
        label = &voc->labels[i];
        label->path = member->key;

        if (!hr_vocabulary_texts(member, label->text)) {
            return hr_diag_set(diag, HR_INVALID,
                               "labels.%.*s must be {\"ru\": text, \"en\": text}",
                               (int) member->key.len, member->key.data);
        }

        voc->nlabels = ++i;
    }

    return HR_OK;
}


/* In this order: later parts refer to earlier ones. */
static const hr_vocabulary_part_t  hr_vocabulary_parts[] = {
    { "values", HR_JSON_OBJECT, true, hr_vocabulary_load_values },
    { "accepted", HR_JSON_OBJECT, false, hr_vocabulary_load_accepted },
    { "levels", HR_JSON_ARRAY, true, hr_vocabulary_load_levels },
    { "constants", HR_JSON_OBJECT, false, hr_vocabulary_load_constants },
    { "career_minima", HR_JSON_OBJECT, false, hr_vocabulary_load_minima },
    { "bounds", HR_JSON_ARRAY, false, hr_vocabulary_load_bounds },
    { "enums", HR_JSON_ARRAY, false, hr_vocabulary_load_enums },
    { "labels", HR_JSON_OBJECT, true, hr_vocabulary_load_labels },
};


static hr_rc_t
hr_vocabulary_load_parts(hr_vocabulary_t *voc, hr_diag_t *diag)
{
    size_t                       i;
    hr_rc_t                      rc;
    const hr_json_t             *value;
    const hr_vocabulary_part_t  *part;

    for (i = 0; i < sizeof(hr_vocabulary_parts) / sizeof(hr_vocabulary_parts[0]);
         i++)
    {
        part = &hr_vocabulary_parts[i];
        value = hr_json_get(voc->root, part->name);

        if (value == NULL && !part->required) {
            continue;
        }

        if (!hr_json_is(value, part->type)) {
            return hr_diag_set(diag, HR_INVALID, "member \"%s\" must be an %s",
                               part->name,
                               part->type == HR_JSON_ARRAY ? "array" : "object");
        }

        rc = part->load(voc, value, diag);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_vocabulary_parse(hr_vocabulary_t *voc, hr_diag_t *diag)
{
    voc->version = hr_json_text(hr_json_get(voc->root, "version"));

    if (voc->version.len == 0 || voc->version.len > 64) {
        return hr_diag_set(diag, HR_INVALID,
                           "member \"version\" must be a text of 1 to 64 bytes");
    }

    return hr_vocabulary_load_parts(voc, diag);
}


hr_rc_t
hr_vocabulary_load(hr_str_t json, hr_vocabulary_t **out, hr_diag_t *diag)
{
    hr_rc_t            rc;
    hr_vocabulary_t   *voc;
    hr_rules_file_t    file;

    *out = NULL;

    rc = hr_rules_file_open(json, HR_VOCABULARY_BYTES_MAX, HR_VOCABULARY_ARENA,
                            sizeof(hr_vocabulary_t), &file, diag);
    if (rc != HR_OK) {
        return rc;
    }

    voc = file.made;
    voc->arena = file.arena;
    voc->root = file.root;

    rc = hr_vocabulary_parse(voc, diag);

    if (rc != HR_OK) {
        hr_arena_destroy(file.arena);
        return rc;
    }

    *out = voc;

    return HR_OK;
}


void
hr_vocabulary_destroy(hr_vocabulary_t *voc)
{
    if (voc != NULL) {
        hr_arena_destroy(voc->arena);
    }
}
