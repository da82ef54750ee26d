#include <stdio.h>

#include "hr_node.h"
#include "hr_profile_check.h"
#include "hr_text.h"


#define HR_PROFILE_UNIQUE_MAX  200      /* elements compared with each other */

/* api-profiles.md 3.5, in its order */

static const char *const  hr_profile_required[] = {
    "position_title", "department_specific", "responsibility_areas",
    "professional_skills", "corporate_competencies", "personal_qualities",
    "experience_and_education"
};

static const struct {
    const char               *member;
    hr_profile_fault_kind_t   fault;
} hr_profile_types[] = {
    { "position_title", HR_PROFILE_EMPTY_TEXT },
    { "department_specific", HR_PROFILE_EMPTY_TEXT },
    { "responsibility_areas", HR_PROFILE_NO_ARRAY },
    { "professional_skills", HR_PROFILE_NO_ARRAY },
    { "corporate_competencies", HR_PROFILE_NO_ARRAY },
    { "personal_qualities", HR_PROFILE_NO_ARRAY },
    { "experience_and_education", HR_PROFILE_NO_OBJECT },
};

/* %s: the member; in the order of hr_profile_fault_kind_t. */

static const char *const  hr_profile_fault_texts[][HR_LANG_COUNT] = {
    { "%s", "%s" },
    { "Поле profile_data должно быть объектом%s",
      "profile_data must be an object%s" },
    { "В профиле нет обязательных полей: %s",
      "Required fields are missing in the profile: %s" },
    { "Поле %s должно быть непустой строкой",
      "%s must be a non-empty string" },
    { "Поле %s должно быть массивом", "%s must be an array" },
    { "Поле %s должно быть объектом", "%s must be an object" },
};


static bool
hr_profile_has_type(const hr_json_t *value, hr_profile_fault_kind_t fault)
{
    switch (fault) {

    case HR_PROFILE_EMPTY_TEXT:
        return hr_trim(hr_json_text(value)).len != 0;

    case HR_PROFILE_NO_ARRAY:
        return hr_json_is(value, HR_JSON_ARRAY);

    default:
        return hr_json_is(value, HR_JSON_OBJECT);
    }
}


static bool
hr_profile_fault_set(hr_profile_fault_t *fault, hr_profile_fault_kind_t kind,
    const char *member)
{
    fault->kind = kind;
    snprintf(fault->member, sizeof(fault->member), "%s", member);

    return false;
}


bool
hr_profile_check(const hr_json_t *document, hr_profile_fault_t *fault)
{
    int     n;
    char    missing[sizeof(fault->member)];
    size_t  i, len;

    memset(fault, 0, sizeof(hr_profile_fault_t));

    if (!hr_json_is(document, HR_JSON_OBJECT)) {
        return hr_profile_fault_set(fault, HR_PROFILE_NOT_OBJECT, "");
    }

    len = 0;
    missing[0] = '\0';

    for (i = 0; i < sizeof(hr_profile_required) / sizeof(char *); i++) {

        if (hr_json_get(document, hr_profile_required[i]) != NULL) {
            continue;
        }

        n = snprintf(missing + len, sizeof(missing) - len, "%s%s",
                     len == 0 ? "" : ", ", hr_profile_required[i]);

        /* all seven names together fit */
        len += (size_t) n;
    }

    if (len != 0) {
        return hr_profile_fault_set(fault, HR_PROFILE_MISSING, missing);
    }

    for (i = 0; i < sizeof(hr_profile_types) / sizeof(hr_profile_types[0]); i++)
    {
        if (!hr_profile_has_type(hr_json_get(document,
                                             hr_profile_types[i].member),
                                 hr_profile_types[i].fault))
        {
            return hr_profile_fault_set(fault, hr_profile_types[i].fault,
                                        hr_profile_types[i].member);
        }
    }

    return true;
}


size_t
hr_profile_fault_text(const hr_profile_fault_t *fault, hr_lang_t lang,
    char *out, size_t size)
{
    hr_buf_t  buf;
    hr_str_t  text;

    if (size == 0) {
        return 0;
    }

    lang = lang < HR_LANG_COUNT ? lang : HR_LANG_RU;

    hr_buf_init(&buf, 1024);
    hr_buf_printf(&buf, hr_profile_fault_texts[fault->kind][lang],
                  fault->member);

    text = hr_utf8_cut_bytes(hr_buf_view(&buf), size - 1);

    if (text.len != 0) {
        memcpy(out, text.data, text.len);
    }

    out[text.len] = '\0';
    hr_buf_release(&buf);

    return text.len;
}


/* -- advisory remarks (profile-document.md 6.5) -- */

typedef struct {
    const hr_vocabulary_t  *voc;
    hr_findings_t          *out;
    hr_path_t               path;       /* with indexes */
    hr_str_t                labels;     /* the rule's path, for its label */
    hr_arena_t             *arena;
} hr_profile_adviser_t;

typedef void (*hr_profile_rule_pt)(hr_profile_adviser_t *a, const void *rule,
    const hr_json_t *value);


/* Calls a rule for every value that a path with "[]" leads to. */

static void
hr_profile_each(hr_profile_adviser_t *a, hr_str_t pattern,
    const hr_json_t *value, hr_profile_rule_pt call, const void *rule)
{
    size_t            i, before, n;
    hr_str_t          name;
    const hr_json_t  *item;

    if (value == NULL) {
        return;
    }

    if (pattern.len == 0) {
        call(a, rule, value);
        return;
    }

    if (pattern.len >= 2 && pattern.data[0] == '[') {

        if (value->type != HR_JSON_ARRAY) {
            return;
        }

        i = 0;

        for (item = value->first; item != NULL; item = item->next) {
            before = hr_path_index(&a->path, i++);
            hr_profile_each(a, hr_str(pattern.data + 2, pattern.len - 2), item,
                            call, rule);
            hr_path_cut(&a->path, before);
        }

        return;
    }

    n = pattern.data[0] == '.';

    for (i = n; i < pattern.len && pattern.data[i] != '.'
                && pattern.data[i] != '['; i++)
    {
        /* void */
    }

    name = hr_str(pattern.data + n, i - n);
    before = hr_path_member(&a->path, name);
    hr_profile_each(a, hr_str(pattern.data + i, pattern.len - i),
                    hr_json_get_str(value, name), call, rule);
    hr_path_cut(&a->path, before);
}


static hr_str_t
hr_profile_rule_label(hr_profile_adviser_t *a)
{
    return hr_vocabulary_label(a->voc, HR_LANG_RU, a->labels);
}


static void
hr_profile_check_unique(hr_profile_adviser_t *a, const hr_json_t *array)
{
    size_t            i, j;
    hr_str_t          label, text;
    const hr_json_t  *one, *two;

    label = hr_profile_rule_label(a);
    i = 0;

    for (one = array->first; one != NULL && i < HR_PROFILE_UNIQUE_MAX;
         one = one->next, i++)
    {
        j = i + 1;

        for (two = one->next; two != NULL && j < HR_PROFILE_UNIQUE_MAX;
             two = two->next, j++)
        {
            if (!hr_json_equal(one, two)) {
                continue;
            }

            text = hr_utf8_cut(hr_json_text(one), 100);
            hr_findings_add(a->out, "duplicate", hr_path_str(&a->path),
                            "%.*s: значение «%.*s» указано дважды",
                            (int) label.len, label.data,
                            (int) text.len, text.data);
            break;
        }
    }
}


static void
hr_profile_bound_text(const hr_vocabulary_bound_t *bound, char *out, size_t size)
{
    if (bound->min == bound->max) {
        snprintf(out, size, "ровно %lld", (long long) bound->min);

    } else if (bound->max < 0) {
        snprintf(out, size, "не меньше %lld", (long long) bound->min);

    } else if (bound->min < 0) {
        snprintf(out, size, "не больше %lld", (long long) bound->max);

    } else {
        snprintf(out, size, "от %lld до %lld", (long long) bound->min,
                 (long long) bound->max);
    }
}


static void
hr_profile_check_bound(hr_profile_adviser_t *a, const void *rule,
    const hr_json_t *value)
{
    char                          wanted[96];
    int64_t                       n;
    hr_str_t                      label;
    const hr_vocabulary_bound_t  *bound;

    bound = rule;
    label = hr_profile_rule_label(a);

    if (value->type != (bound->characters ? HR_JSON_STRING : HR_JSON_ARRAY)) {
        hr_findings_add(a->out, "type", hr_path_str(&a->path),
                        "%.*s: ожидается %s", (int) label.len, label.data,
                        bound->characters ? "текст" : "список");
        return;
    }

    n = bound->characters ? (int64_t) hr_utf8_count(hr_trim(value->text))
                          : (int64_t) value->count;

    if ((bound->min >= 0 && n < bound->min) || (bound->max >= 0 && n > bound->max))
    {
        hr_profile_bound_text(bound, wanted, sizeof(wanted));
        hr_findings_add(a->out, "bounds", hr_path_str(&a->path),
                        "%.*s: %s — %lld, рекомендуется %s", (int) label.len,
                        label.data, bound->characters ? "знаков" : "элементов",
                        (long long) n, wanted);
    }

    if (bound->unique) {
        hr_profile_check_unique(a, value);
    }
}


static void
hr_profile_check_enum(hr_profile_adviser_t *a, const void *rule,
    const hr_json_t *value)
{
    char                         list[64];
    hr_str_t                     label, text;
    const hr_vocabulary_enum_t  *item;

    item = rule;
    label = hr_profile_rule_label(a);
    snprintf(list, sizeof(list), "%.*s", (int) item->list.len, item->list.data);

    /* an empty text is the completeness score's matter */

    if (value->type == HR_JSON_STRING
        && (value->text.len == 0
            || hr_vocabulary_accepts(a->voc, list, value->text)))
    {
        return;
    }

    text = hr_utf8_cut(hr_json_text(value), 100);

    hr_findings_add(a->out, "enum", hr_path_str(&a->path),
                    "%.*s: значения «%.*s» нет в справочнике", (int) label.len,
                    label.data, (int) text.len, text.data);
}


/* "a.b[].c[]" as "a.b.c" */

static hr_str_t
hr_profile_without_indexes(hr_str_t path, char *out, size_t size)
{
    size_t  i, n;

    for (n = i = 0; i < path.len && n < size; i++) {
        if (path.data[i] != '[' && path.data[i] != ']') {
            out[n++] = path.data[i];
        }
    }

    return hr_str(out, n);
}


hr_rc_t
hr_profile_advise(const hr_vocabulary_t *voc, const hr_json_t *document,
    hr_findings_t *out)
{
    char                          labels[256];
    size_t                        i, n;
    hr_profile_adviser_t          a;
    const hr_vocabulary_enum_t   *enums;
    const hr_vocabulary_bound_t  *bounds;

    memset(&a, 0, sizeof(a));
    a.voc = voc;
    a.out = out;

    bounds = hr_vocabulary_bounds(voc, &n);

    for (i = 0; i < n; i++) {
        a.labels = hr_profile_without_indexes(bounds[i].path, labels,
                                              sizeof(labels));
        hr_path_reset(&a.path);
        hr_profile_each(&a, bounds[i].path, document, hr_profile_check_bound,
                        &bounds[i]);
    }

    enums = hr_vocabulary_enums(voc, &n);

    for (i = 0; i < n; i++) {
        a.labels = hr_profile_without_indexes(enums[i].path, labels,
                                              sizeof(labels));
        hr_path_reset(&a.path);
        hr_profile_each(&a, enums[i].path, document, hr_profile_check_enum,
                        &enums[i]);
    }

    return out->rc;
}
