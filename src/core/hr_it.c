#include "hr_it.h"
#include "hr_text.h"
#include "hr_words.h"

#include <stdlib.h>


#define HR_IT_RULES_MAX      (256u * 1024)
#define HR_IT_FUNCTIONS_MAX  100
#define HR_IT_DEPTH_MAX      10
#define HR_IT_TEXT_MAX       (512u * 1024)

typedef struct {
    hr_str_t  name;             /* without its number */
    hr_str_t  folded;
    int64_t   number;
    hr_str_t  heading;          /* the line as written */
    hr_str_t  text;             /* lines of the systems */
    size_t    first, count;     /* systems in hr_it_s.systems */
} hr_it_group_t;

typedef struct {
    hr_words_t  units;
    hr_words_t  groups;
} hr_it_function_t;

struct hr_it_s {
    hr_str_t           map;             /* whole; len 0: not available */
    hr_str_t           head;            /* title and note */
    hr_it_group_t      groups[HR_IT_GROUPS_MAX];
    size_t             group_count;
    hr_str_t          *systems;         /* lines */
    size_t             system_count;
    hr_str_t          *it_units;        /* match keys of paths */
    size_t             it_unit_count;
    hr_words_t         it_titles;
    hr_words_t         business_titles;
    hr_words_t         support_titles;
    hr_words_t         business_groups;
    int64_t            always[HR_IT_GROUPS_MAX];
    size_t             always_count;
    hr_it_function_t   functions[HR_IT_FUNCTIONS_MAX];
    size_t             function_count;
    size_t             overview;        /* systems shown of a group */
    size_t             always_systems;
    size_t             text_max;        /* code points */
};


const char *
hr_it_type_name(hr_it_type_t type)
{
    static const char  *names[] = { "it_technical", "it_management",
                                    "business_technical", "business_general",
                                    "support" };

    return names[type];
}


bool
hr_it_available(const hr_it_t *it)
{
    return it->map.len > 0;
}


size_t
hr_it_group_count(const hr_it_t *it)
{
    return it->group_count;
}


size_t
hr_it_system_count(const hr_it_t *it)
{
    return it->system_count;
}


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


/* Match keys of the elements joined with "/"; the same for path and rule. */
static hr_str_t
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


/* --- selection -------------------------------------------------------------------- */

static bool
hr_it_in_it(const hr_it_t *it, const hr_it_query_t *query, hr_arena_t *arena)
{
    hr_str_t  key, unit;

    key = hr_it_path_key(arena, query->units, query->depth);

    for (size_t i = 0; i < it->it_unit_count && key.data != NULL; i++) {

        unit = it->it_units[i];

        if (key.len >= unit.len && memcmp(key.data, unit.data, unit.len) == 0
            && (key.len == unit.len || key.data[unit.len] == '/'))
        {
            return true;
        }
    }

    return false;
}


hr_it_type_t
hr_it_type(const hr_it_t *it, const hr_it_query_t *query, hr_arena_t *arena)
{
    hr_str_t  title = hr_fold(arena, query->title);

    if (hr_words_match(&it->support_titles, title)) {
        return HR_IT_SUPPORT;
    }

    if (hr_it_in_it(it, query, arena)
        || hr_words_match(&it->it_titles, title))
    {
        return query->manager ? HR_IT_MANAGEMENT : HR_IT_TECHNICAL;
    }

    return hr_words_match(&it->business_titles, title)
           ? HR_IT_BUSINESS_TECHNICAL : HR_IT_BUSINESS_GENERAL;
}


static bool
hr_it_is_always(const hr_it_t *it, const hr_it_group_t *group)
{
    for (size_t i = 0; i < it->always_count; i++) {
        if (it->always[i] == group->number) {
            return true;
        }
    }

    return false;
}


/* The deepest units say what the function is; the block says it for all. */
static bool
hr_it_is_relevant(const hr_it_t *it, const hr_it_group_t *group,
    const hr_str_t *folded, size_t depth)
{
    for (size_t i = 0; i < it->function_count; i++) {

        if (!hr_words_match(&it->functions[i].groups, group->folded)) {
            continue;
        }

        for (size_t k = 0; k < depth; k++) {
            if (hr_words_match(&it->functions[i].units, folded[k])) {
                return true;
            }
        }
    }

    return false;
}


static void
hr_it_put_group(const hr_it_t *it, const hr_it_group_t *group, size_t limit,
    hr_buf_t *buf)
{
    size_t  count = group->count < limit ? group->count : limit;

    (void) hr_buf_c(buf, "\n");
    (void) hr_buf_str(buf, group->heading);
    (void) hr_buf_c(buf, "\n");

    for (size_t i = 0; i < count; i++) {
        (void) hr_buf_str(buf, it->systems[group->first + i]);
        (void) hr_buf_c(buf, "\n");
    }

    if (count < group->count) {
        (void) hr_buf_printf(buf, "- и другие системы этой группы: %zu\n",
                             group->count - count);
    }
}


static void
hr_it_put_selected(const hr_it_t *it, const hr_it_query_t *query,
    hr_it_type_t type, hr_arena_t *arena, hr_buf_t *buf)
{
    bool                  rest = false, chosen[HR_IT_GROUPS_MAX];
    size_t                depth, limit;
    hr_str_t              folded[HR_IT_DEPTH_MAX];
    const hr_it_group_t  *group;

    depth = query->depth < HR_IT_DEPTH_MAX ? query->depth : HR_IT_DEPTH_MAX;

    for (size_t i = 0; i < depth; i++) {
        folded[i] = hr_fold(arena, query->units[i]);
    }

    for (size_t i = 0; i < it->group_count; i++) {

        group = &it->groups[i];
        limit = query->reduced ? it->overview : HR_IT_SYSTEMS_MAX;
        chosen[i] = type == HR_IT_MANAGEMENT
                    || hr_it_is_relevant(it, group, folded, depth)
                    || (type == HR_IT_BUSINESS_TECHNICAL
                        && hr_words_match(&it->business_groups, group->folded));

        if (type == HR_IT_MANAGEMENT) {
            limit = it->overview;

        } else if (!chosen[i] && hr_it_is_always(it, group)) {
            chosen[i] = true;
            limit = query->reduced ? it->overview : it->always_systems;
        }

        if (chosen[i]) {
            hr_it_put_group(it, group, limit, buf);
        }
    }

    for (size_t i = 0; i < it->group_count; i++) {

        if (chosen[i]) {
            continue;
        }

        (void) hr_buf_c(buf, rest ? "; " : "\nДругие группы систем: ");
        (void) hr_buf_str(buf, it->groups[i].name);
        rest = true;
    }

    (void) hr_buf_c(buf, rest ? ".\n" : "");
}


hr_rc_t
hr_it_select(const hr_it_t *it, const hr_it_query_t *query,
    hr_arena_t *arena, hr_it_type_t *type, hr_str_t *text)
{
    hr_rc_t   rc;
    hr_buf_t  buf;

    *type = hr_it_type(it, query, arena);
    *text = HR_STR("");

    if (!hr_it_available(it)) {
        return HR_OK;
    }

    if (*type == HR_IT_TECHNICAL && !query->reduced) {
        *text = it->map;
        return HR_OK;
    }

    hr_buf_init(&buf, HR_IT_TEXT_MAX);
    (void) hr_buf_str(&buf, it->head);
    (void) hr_buf_c(&buf, "\n");
    hr_it_put_selected(it, query, *type == HR_IT_TECHNICAL ? HR_IT_MANAGEMENT
                                                           : *type,
                       arena, &buf);

    rc = buf.err;

    if (rc == HR_OK) {
        *text = hr_arena_str(arena, hr_utf8_cut(hr_trim(hr_buf_view(&buf)),
                                                it->text_max));
        rc = text->data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&buf);
    return rc;
}
