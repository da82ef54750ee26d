#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* memmem */
#endif

#include "hr_kpi_rules.h"
#include "hr_text.h"


#define HR_KPI_RULES_MAX  (256u * 1024)
#define HR_KPI_LIST_MAX   200           /* entries of a list of the rules */

typedef struct {
    hr_arena_t      *arena;
    hr_diag_t       *diag;
    const hr_json_t *root;
} hr_kpi_reader_t;

typedef struct {
    const char  *name;
    unsigned     value;
} hr_kpi_name_t;

static const hr_kpi_name_t  hr_kpi_field_names[] = {
    { "name", HR_KPI_FIELD_NAME },
    { "target", HR_KPI_FIELD_TARGET },
    { "unit", HR_KPI_FIELD_UNIT },
    { "direction", HR_KPI_FIELD_DIRECTION },
    { "min", HR_KPI_FIELD_MIN },
    { "max", HR_KPI_FIELD_MAX },
    { "method", HR_KPI_FIELD_METHOD },
    { "source", HR_KPI_FIELD_SOURCE },
    { "ignored", HR_KPI_FIELD_IGNORED },
    { NULL, 0 }
};

static const hr_kpi_name_t  hr_kpi_kind_names[] = {
    { "trigger", HR_KPI_ROW_TRIGGER },
    { "corporate", HR_KPI_ROW_CORPORATE },
    { "budget", HR_KPI_ROW_BUDGET },
    { "personal", HR_KPI_ROW_PERSONAL },
    { "total", HR_KPI_ROW_TOTAL },
    { NULL, 0 }
};


/* The list of that name and room for its entries; an absent list is empty. */
static hr_rc_t
hr_kpi_list(hr_kpi_reader_t *r, const char *name, size_t size,
    const hr_json_t **list, void **items)
{
    *list = hr_json_path(r->root, name);
    *items = NULL;

    if (*list == NULL) {
        return HR_OK;
    }

    if ((*list)->type != HR_JSON_ARRAY || (*list)->count > HR_KPI_LIST_MAX) {
        return hr_diag_set(r->diag, HR_INVALID,
                           "kpi.json: \"%s\" must be an array of at most %d "
                           "entries", name, HR_KPI_LIST_MAX);
    }

    *items = hr_arena_calloc(r->arena, ((*list)->count + 1) * size);

    return *items == NULL ? HR_NOMEM : HR_OK;
}


/* A text member of an entry that must be there. */
static hr_rc_t
hr_kpi_member(hr_kpi_reader_t *r, const hr_json_t *entry, const char *name,
    hr_str_t *out)
{
    *out = hr_json_text(hr_json_get(entry, name));

    return out->len > 0 ? HR_OK
           : hr_diag_set(r->diag, HR_INVALID,
                         "kpi.json: an entry has no text \"%s\"", name);
}


static hr_rc_t
hr_kpi_load_aliases(hr_kpi_reader_t *r, hr_kpi_rules_t *rules)
{
    void             *items;
    hr_rc_t           rc;
    hr_str_t          unit;
    hr_kpi_alias_t   *alias;
    const hr_json_t  *list;

    rc = hr_kpi_list(r, "files", sizeof(hr_kpi_alias_t), &list, &items);

    rules->aliases = items;
    alias = items;

    for (const hr_json_t *e = list == NULL ? NULL : list->first;
         e != NULL && rc == HR_OK;
         e = e->next, alias++)
    {
        rc = hr_kpi_member(r, e, "code", &alias->code);

        if (rc == HR_OK) {
            rc = hr_kpi_member(r, e, "unit", &unit);
        }

        if (rc == HR_OK) {
            alias->unit_key = hr_kpi_path_text_key(r->arena, unit);
            rc = alias->unit_key.data == NULL ? HR_NOMEM : HR_OK;
            rules->alias_count++;
        }
    }

    return rc;
}


static hr_rc_t
hr_kpi_load_words(hr_kpi_reader_t *r, const char *name, const char *member,
    const hr_kpi_name_t *names, const hr_kpi_word_t **out, size_t *count)
{
    void                 *items;
    hr_rc_t               rc;
    hr_str_t              title, value;
    hr_kpi_word_t        *word;
    const hr_json_t      *list;
    const hr_kpi_name_t  *known;

    rc = hr_kpi_list(r, name, sizeof(hr_kpi_word_t), &list, &items);
    if (rc != HR_OK) {
        return rc;
    }

    if (list == NULL || list->count == 0) {
        return hr_diag_set(r->diag, HR_INVALID,
                           "kpi.json: \"%s\" is required", name);
    }

    *out = word = items;

    for (const hr_json_t *e = list->first; e != NULL; e = e->next, word++) {

        rc = hr_kpi_member(r, e, "title", &title);
        if (rc != HR_OK) {
            return rc;
        }

        value = hr_json_text(hr_json_get(e, member));

        for (known = names; known->name != NULL; known++) {
            if (hr_str_eq(value, hr_str_from_c(known->name))) {
                break;
            }
        }

        if (known->name == NULL) {
            return hr_diag_set(r->diag, HR_INVALID,
                               "kpi.json: \"%s\": unknown %s \"%.*s\"", name,
                               member, (int) value.len,
                               value.data == NULL ? "" : value.data);
        }

        word->value = known->value;
        word->key = hr_match_key(r->arena, title);

        if (word->key.data == NULL) {
            return HR_NOMEM;
        }

        (*count)++;
    }

    return HR_OK;
}


static hr_rc_t
hr_kpi_load_phrases(hr_kpi_reader_t *r, const char *name, const char *member,
    const hr_kpi_phrase_t **out, size_t *count)
{
    void             *items;
    hr_rc_t           rc;
    hr_kpi_phrase_t  *phrase;
    const hr_json_t  *list;

    rc = hr_kpi_list(r, name, sizeof(hr_kpi_phrase_t), &list, &items);

    *out = phrase = items;

    for (const hr_json_t *e = list == NULL ? NULL : list->first;
         e != NULL && rc == HR_OK;
         e = e->next, phrase++)
    {
        rc = hr_kpi_member(r, e, member, &phrase->text);

        if (rc == HR_OK) {
            rc = hr_words_load(r->arena, hr_json_get(e, "words"),
                               &phrase->words, r->diag);
            (*count)++;
        }
    }

    return rc;
}


static hr_rc_t
hr_kpi_load_titles(hr_kpi_reader_t *r, hr_kpi_rules_t *rules)
{
    void             *items;
    hr_rc_t           rc;
    hr_str_t          shorter, longer;
    hr_kpi_pair_t    *pair;
    const hr_json_t  *list;

    rules->ratio = 0.80;

    if (hr_json_path(r->root, "title_match.ratio") != NULL
        && (!hr_json_double(hr_json_path(r->root, "title_match.ratio"),
                            &rules->ratio)
            || rules->ratio < 0.5 || rules->ratio > 1.0))
    {
        return hr_diag_set(r->diag, HR_INVALID,
                           "kpi.json: \"title_match.ratio\" must be 0.5..1");
    }

    rules->suffix = hr_match_key(r->arena,
                        hr_json_text(hr_json_path(r->root,
                                                  "title_match.suffix")));
    rules->vacancy = hr_match_key(r->arena,
                         hr_json_text(hr_json_get(r->root, "vacancy")));

    rc = hr_kpi_list(r, "title_match.abbreviations", sizeof(hr_kpi_pair_t),
                     &list, &items);

    rules->abbreviations = pair = items;

    for (const hr_json_t *e = list == NULL ? NULL : list->first;
         e != NULL && rc == HR_OK;
         e = e->next, pair++)
    {
        rc = hr_kpi_member(r, e, "short", &shorter);

        if (rc == HR_OK) {
            rc = hr_kpi_member(r, e, "long", &longer);
        }

        if (rc == HR_OK) {
            pair->text = hr_match_key(r->arena, shorter);
            pair->other = hr_match_key(r->arena, longer);
            rules->abbreviation_count++;

            if (pair->text.data == NULL || pair->other.data == NULL) {
                rc = HR_NOMEM;
            }
        }
    }

    return rc;
}


static hr_rc_t
hr_kpi_load_limits(hr_kpi_reader_t *r, hr_kpi_rules_t *rules)
{
    void             *items;
    hr_rc_t           rc;
    int64_t           depth, min, max;
    hr_kpi_limit_t   *limit;
    const hr_json_t  *list;

    rc = hr_kpi_list(r, "limits", sizeof(hr_kpi_limit_t), &list, &items);
    if (rc != HR_OK) {
        return rc;
    }

    rules->limits = limit = items;

    for (const hr_json_t *e = list == NULL ? NULL : list->first;
         e != NULL;
         e = e->next, limit++)
    {
        if (!hr_json_int(hr_json_get(e, "depth"), &depth) || depth < 1
            || depth > HR_KPI_DEPTH_MAX
            || !hr_json_int(hr_json_get(e, "min"), &min) || min < 0
            || !hr_json_int(hr_json_get(e, "max"), &max) || max < 1
            || max < min || max > 50)
        {
            return hr_diag_set(r->diag, HR_INVALID,
                               "kpi.json: \"limits\" needs depth 1..%d and "
                               "min, max with min <= max <= 50",
                               HR_KPI_DEPTH_MAX);
        }

        limit->depth = (size_t) depth;
        limit->min = (size_t) min;
        limit->max = (size_t) max;
        rules->limit_count++;
    }

    return rules->limit_count > 0 ? HR_OK
           : hr_diag_set(r->diag, HR_INVALID,
                         "kpi.json: \"limits\" is required");
}


hr_rc_t
hr_kpi_rules_load(hr_arena_t *arena, hr_str_t json, hr_kpi_rules_t *rules,
    hr_diag_t *diag)
{
    hr_rc_t          rc;
    int64_t          max = 45000;
    hr_json_t       *root;
    hr_json_info_t   info;
    hr_kpi_reader_t  r;

    memset(rules, 0, sizeof(*rules));

    if (json.len > HR_KPI_RULES_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "kpi.json is larger than 256 KiB");
    }

    rc = hr_json_parse(arena, json, NULL, &root, &info);
    if (rc != HR_OK) {
        return hr_diag_set(diag, rc, "kpi.json: %s (line %zu, column %zu)",
                           info.text, info.line, info.column);
    }

    if (hr_json_get(root, "text_max") != NULL
        && (!hr_json_int(hr_json_get(root, "text_max"), &max) || max < 1000
            || max > 100000))
    {
        return hr_diag_set(diag, HR_INVALID,
                           "kpi.json: \"text_max\" must be 1000..100000");
    }

    rules->text_max = (size_t) max;

    r.arena = arena;
    r.diag = diag;
    r.root = root;

    rc = hr_kpi_load_aliases(&r, rules);

    if (rc == HR_OK) {
        rc = hr_kpi_load_words(&r, "columns", "field", hr_kpi_field_names,
                               &rules->columns, &rules->column_count);
    }

    if (rc == HR_OK) {
        rc = hr_kpi_load_words(&r, "sections", "kind", hr_kpi_kind_names,
                               &rules->sections, &rules->section_count);
    }

    if (rc == HR_OK) {
        rc = hr_kpi_load_phrases(&r, "directions", "text", &rules->directions,
                                 &rules->direction_count);
    }

    if (rc == HR_OK) {
        rc = hr_kpi_load_phrases(&r, "templates", "type", &rules->templates,
                                 &rules->template_count);
    }

    if (rc == HR_OK) {
        rc = hr_kpi_load_titles(&r, rules);
    }

    return rc == HR_OK ? hr_kpi_load_limits(&r, rules) : rc;
}


hr_str_t
hr_kpi_path_key(hr_arena_t *arena, const hr_str_t *units, size_t depth)
{
    char      *out;
    size_t     len = 0;
    hr_str_t   keys[HR_KPI_DEPTH_MAX];

    if (depth > HR_KPI_DEPTH_MAX) {
        return HR_STR_NULL;
    }

    for (size_t i = 0; i < depth; i++) {
        keys[i] = hr_match_key(arena, units[i]);

        if (keys[i].data == NULL) {
            return HR_STR_NULL;
        }

        len += keys[i].len + 1;
    }

    out = hr_arena_alloc(arena, len + 1);
    if (out == NULL) {
        return HR_STR_NULL;
    }

    len = 0;

    for (size_t i = 0; i < depth; i++) {

        if (i > 0) {
            out[len++] = '/';
        }

        memcpy(out + len, keys[i].data, keys[i].len);
        len += keys[i].len;
    }

    out[len] = '\0';
    return hr_str(out, len);
}


hr_str_t
hr_kpi_path_text_key(hr_arena_t *arena, hr_str_t path)
{
    size_t    depth = 0, start = 0;
    hr_str_t  units[HR_KPI_DEPTH_MAX];

    for (size_t i = 0; i <= path.len; i++) {

        if (i < path.len && path.data[i] != '/') {
            continue;
        }

        if (i > start) {

            if (depth == HR_KPI_DEPTH_MAX) {
                return HR_STR("");          /* matches no path */
            }

            units[depth++] = hr_str(path.data + start, i - start);
        }

        start = i + 1;
    }

    return hr_kpi_path_key(arena, units, depth);
}


hr_str_t
hr_kpi_title_key(const hr_kpi_rules_t *rules, hr_arena_t *arena,
    hr_str_t title)
{
    size_t                i;
    hr_buf_t              buf;
    hr_str_t              key, out;
    const char           *at;
    const hr_kpi_pair_t  *pair;

    key = hr_match_key(arena, title);
    if (key.data == NULL) {
        return HR_STR_NULL;
    }

    if (rules->suffix.len > 0) {
        at = memmem(key.data, key.len, rules->suffix.data, rules->suffix.len);

        if (at != NULL) {
            key = hr_trim(hr_str(key.data, (size_t) (at - key.data)));
        }
    }

    hr_buf_init(&buf, key.len * 8 + 64);

    for (i = 0; i < key.len && buf.err == HR_OK; /* void */ ) {

        pair = NULL;

        for (size_t k = 0;
             k < rules->abbreviation_count && (i == 0 || key.data[i - 1] == ' ');
             k++)
        {
            if (rules->abbreviations[k].text.len <= key.len - i
                && memcmp(key.data + i, rules->abbreviations[k].text.data,
                          rules->abbreviations[k].text.len) == 0)
            {
                pair = &rules->abbreviations[k];
                break;
            }
        }

        if (pair == NULL) {
            (void) hr_buf_char(&buf, key.data[i++]);
            continue;
        }

        (void) hr_buf_str(&buf, pair->other);
        i += pair->text.len;

        if (i < key.len && key.data[i] != ' ') {
            (void) hr_buf_char(&buf, ' ');      /* "рук.отдела" */
        }
    }

    out = buf.err == HR_OK ? hr_arena_str(arena, hr_buf_view(&buf))
                           : HR_STR_NULL;
    hr_buf_release(&buf);

    return out.data == NULL && key.len == 0 ? HR_STR("") : out;
}
