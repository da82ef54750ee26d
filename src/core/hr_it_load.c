/* Reading the map of IT systems and the rules of conf/company/it-systems.json. */

#include "hr_it_map.h"
#include "hr_text.h"


#define HR_IT_RULES_MAX  (256u * 1024)


/* --- the map ---------------------------------------------------------------------- */

/* "### 3. Персонал и HR" */
static hr_rc_t
hr_it_group(hr_it_t *it, hr_arena_t *arena, hr_str_t line, size_t number,
    hr_diag_t *diag)
{
    size_t          i = 4;
    hr_it_group_t  *group;

    if (it->group_count == HR_IT_GROUPS_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "IT map, line %zu: more than %d "
                           "groups", number, HR_IT_GROUPS_MAX);
    }

    group = &it->groups[it->group_count++];
    group->heading = line;
    group->first = it->system_count;

    while (i < line.len && line.data[i] >= '0' && line.data[i] <= '9' && i < 8) {
        group->number = group->number * 10 + (line.data[i++] - '0');
    }

    if (i < line.len && line.data[i] == '.') {
        i++;
    }

    group->name = hr_trim(hr_str(line.data + i, line.len - i));
    group->folded = hr_fold(arena, group->name);

    return group->folded.data == NULL ? HR_NOMEM : HR_OK;
}


static hr_rc_t
hr_it_line(hr_it_t *it, hr_arena_t *arena, hr_str_t line, size_t number,
    hr_diag_t *diag)
{
    if (line.len > 4 && memcmp(line.data, "### ", 4) == 0) {
        return hr_it_group(it, arena, line, number, diag);
    }

    if (line.len < 2 || memcmp(line.data, "- ", 2) != 0) {
        return HR_OK;
    }

    if (it->group_count == 0) {
        return hr_diag_set(diag, HR_INVALID, "IT map, line %zu: a system "
                           "stands before the first group", number);
    }

    if (it->system_count == HR_IT_SYSTEMS_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "IT map, line %zu: more than %d "
                           "systems", number, HR_IT_SYSTEMS_MAX);
    }

    it->systems[it->system_count++] = line;
    it->groups[it->group_count - 1].count++;

    return HR_OK;
}


static hr_rc_t
hr_it_load_map(hr_it_t *it, hr_arena_t *arena, hr_str_t map, hr_diag_t *diag)
{
    size_t       number = 0, len;
    hr_rc_t      rc;
    const char  *p, *end, *nl;

    if (map.data == NULL || hr_trim(map).len == 0) {
        return HR_OK;
    }

    if (map.len > HR_IT_MAP_MAX) {
        return hr_diag_set(diag, HR_LIMIT, "IT map is larger than 512 KiB");
    }

    if (!hr_utf8_valid(map)) {
        return hr_diag_set(diag, HR_INVALID, "IT map is not valid UTF-8");
    }

    it->map = hr_arena_str(arena, hr_trim(map));
    it->systems = hr_arena_alloc(arena, HR_IT_SYSTEMS_MAX * sizeof(hr_str_t));

    if (it->map.data == NULL || it->systems == NULL) {
        return HR_NOMEM;
    }

    end = it->map.data + it->map.len;

    for (p = it->map.data; p < end; p = nl == NULL ? end : nl + 1) {

        nl = memchr(p, '\n', (size_t) (end - p));
        len = (size_t) ((nl == NULL ? end : nl) - p);
        number++;

        if (it->group_count == 0 && len > 1 && (*p == '#' || *p == '>')
            && !(len > 3 && memcmp(p, "###", 3) == 0))
        {
            it->head.data = it->map.data;
            it->head.len = (size_t) (p - it->map.data) + len;
        }

        rc = hr_it_line(it, arena, hr_trim(hr_str(p, len)), number, diag);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return it->group_count > 0 ? HR_OK
           : hr_diag_set(diag, HR_INVALID, "IT map has no group (\"### \")");
}


/* --- the rules -------------------------------------------------------------------- */

static hr_rc_t
hr_it_load_functions(hr_it_t *it, hr_arena_t *arena, const hr_json_t *list,
    hr_diag_t *diag)
{
    hr_rc_t            rc;
    hr_it_function_t  *function;

    for (const hr_json_t *f = list == NULL ? NULL : list->first;
         f != NULL;
         f = f->next)
    {
        if (it->function_count == HR_IT_FUNCTIONS_MAX) {
            return hr_diag_set(diag, HR_LIMIT,
                               "it-systems.json: too many functions");
        }

        function = &it->functions[it->function_count++];

        rc = hr_words_load(arena, hr_json_get(f, "units"), &function->units,
                           diag);
        if (rc == HR_OK) {
            rc = hr_words_load(arena, hr_json_get(f, "groups"),
                               &function->groups, diag);
        }

        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


hr_str_t
hr_it_path_key(hr_arena_t *arena, const hr_str_t *units, size_t depth)
{
    hr_str_t  key = HR_STR(""), part;

    for (size_t i = 0; i < depth; i++) {

        part = hr_match_key(arena, units[i]);
        key = hr_arena_printf(arena, "%.*s%s%.*s", (int) key.len, key.data,
                              i == 0 ? "" : "/", (int) part.len, part.data);

        if (key.data == NULL) {
            return key;
        }
    }

    return key;
}


static hr_rc_t
hr_it_load_units(hr_it_t *it, hr_arena_t *arena, const hr_json_t *list)
{
    size_t    depth, start;
    hr_str_t  path, units[HR_IT_DEPTH_MAX];

    if (list == NULL || list->type != HR_JSON_ARRAY) {
        return HR_OK;
    }

    it->it_units = hr_arena_calloc(arena, (list->count + 1) * sizeof(hr_str_t));
    if (it->it_units == NULL) {
        return HR_NOMEM;
    }

    for (const hr_json_t *u = list->first; u != NULL; u = u->next) {

        path = hr_json_text(u);
        depth = 0;
        start = 0;

        for (size_t i = 0; i <= path.len && depth < HR_IT_DEPTH_MAX; i++) {
            if (i == path.len || path.data[i] == '/') {
                units[depth++] = hr_str(path.data + start, i - start);
                start = i + 1;
            }
        }

        it->it_units[it->it_unit_count] = hr_it_path_key(arena, units, depth);

        if (it->it_units[it->it_unit_count++].data == NULL) {
            return HR_NOMEM;
        }
    }

    return HR_OK;
}


static size_t
hr_it_number(const hr_json_t *root, const char *name, size_t fallback,
    size_t max)
{
    int64_t  n;

    return hr_json_int(hr_json_get(root, name), &n) && n >= 0
           && (size_t) n <= max ? (size_t) n : fallback;
}


static hr_rc_t
hr_it_load_rules(hr_it_t *it, hr_arena_t *arena, hr_str_t json,
    hr_diag_t *diag)
{
    struct {
        const char  *name;
        hr_words_t  *words;
    } lists[] = {
        { "it_titles", &it->it_titles },
        { "business_technical_titles", &it->business_titles },
        { "support_titles", &it->support_titles },
        { "business_technical_groups", &it->business_groups },
    };

    hr_rc_t           rc;
    hr_json_t        *root;
    hr_json_info_t    info;
    const hr_json_t  *always;

    if (json.len > HR_IT_RULES_MAX) {
        return hr_diag_set(diag, HR_LIMIT,
                           "it-systems.json is larger than 256 KiB");
    }

    rc = hr_json_parse(arena, json, NULL, &root, &info);
    if (rc != HR_OK) {
        return hr_diag_set(diag, rc,
                           "it-systems.json: %s (line %zu, column %zu)",
                           info.text, info.line, info.column);
    }

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        rc = hr_words_load(arena, hr_json_get(root, lists[i].name),
                           lists[i].words, diag);
        if (rc != HR_OK) {
            return rc;
        }
    }

    always = hr_json_get(root, "always_groups");

    for (const hr_json_t *a = hr_json_is(always, HR_JSON_ARRAY) ? always->first
                                                                : NULL;
         a != NULL && it->always_count < HR_IT_GROUPS_MAX;
         a = a->next)
    {
        if (!hr_json_int(a, &it->always[it->always_count++])) {
            return hr_diag_set(diag, HR_INVALID, "it-systems.json: "
                               "always_groups must hold numbers of groups");
        }
    }

    it->overview = hr_it_number(root, "overview_systems", 3, 1000);
    it->always_systems = hr_it_number(root, "always_systems", 5, 1000);
    it->text_max = hr_it_number(root, "text_max", 15000, 100000);

    rc = hr_it_load_units(it, arena, hr_json_get(root, "it_units"));

    return rc != HR_OK ? rc
           : hr_it_load_functions(it, arena, hr_json_get(root, "functions"),
                                  diag);
}


hr_rc_t
hr_it_load(hr_arena_t *arena, hr_str_t rules, hr_str_t map,
    const hr_it_t **out, hr_diag_t *diag)
{
    hr_rc_t   rc;
    hr_it_t  *it;

    *out = NULL;

    it = hr_arena_calloc(arena, sizeof(hr_it_t));
    if (it == NULL) {
        return HR_NOMEM;
    }

    rc = hr_it_load_rules(it, arena, rules, diag);

    if (rc == HR_OK) {
        rc = hr_it_load_map(it, arena, map, diag);
    }

    if (rc == HR_OK) {
        *out = it;
    }

    return rc;
}
