#include "hr_kpi_report.h"
#include "hr_kpi_catalog.h"
#include "hr_text.h"


#define HR_KPI_REPORT_ARENA    (64u * 1024 * 1024)
#define HR_KPI_REPORT_SCRATCH  (8u * 1024 * 1024)   /* of one unit */

typedef struct {
    size_t  units;
    size_t  slots;
} hr_kpi_share_t;

typedef struct {
    const hr_kpi_t        *kpi;
    const hr_org_t        *org;
    hr_arena_t            *arena;
    hr_kpi_share_t         with, without;
    size_t                 classes[HR_KPI_MATCH_UNFILTERED + 1];
    hr_kpi_share_t        *aliases;         /* of each alias */
    hr_kpi_share_t        *templates;       /* of each template */
    bool                 **used;            /* of each file, by row */
    uint32_t              *missing;         /* units */
    const hr_kpi_template_t  **missing_template;
    size_t                 missing_count;
} hr_kpi_report_t;

/* The path of one unit with the heads above it. */
typedef struct {
    hr_str_t       names[HR_KPI_DEPTH_MAX];
    hr_str_t       heads[HR_KPI_DEPTH_MAX];
    hr_org_unit_t  unit;
} hr_kpi_place_t;


static hr_rc_t
hr_kpi_report_open(hr_kpi_report_t *r)
{
    size_t  units = hr_org_unit_count(r->org);

    r->aliases = hr_arena_calloc(r->arena, (r->kpi->rules.alias_count + 1)
                                           * sizeof(hr_kpi_share_t));
    r->templates = hr_arena_calloc(r->arena, (r->kpi->template_count + 1)
                                             * sizeof(hr_kpi_share_t));
    r->used = hr_arena_calloc(r->arena, (r->kpi->file_count + 1)
                                        * sizeof(bool *));
    r->missing = hr_arena_calloc(r->arena, (units + 1) * sizeof(uint32_t));
    r->missing_template = hr_arena_calloc(r->arena, (units + 1)
                                          * sizeof(r->missing_template[0]));

    if (r->aliases == NULL || r->templates == NULL || r->used == NULL
        || r->missing == NULL || r->missing_template == NULL)
    {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < r->kpi->file_count; i++) {

        if (r->kpi->files[i].table == NULL) {
            continue;
        }

        r->used[i] = hr_arena_calloc(r->arena,
                                     r->kpi->files[i].table->row_count + 1);
        if (r->used[i] == NULL) {
            return HR_NOMEM;
        }
    }

    return HR_OK;
}


static void
hr_kpi_report_place(const hr_org_t *org, uint32_t index, hr_kpi_place_t *place)
{
    hr_org_unit_t  up;
    hr_org_slot_t  head;

    hr_org_unit(org, index, &place->unit);

    for (uint32_t i = 0; i <= place->unit.level; i++) {

        hr_org_unit(org, hr_org_ancestor(org, index, i), &up);
        place->names[i] = up.name;
        place->heads[i] = HR_STR("");

        if (up.head != HR_ORG_NONE) {
            hr_org_slot(org, up.head, &head);
            place->heads[i] = head.title;
        }
    }
}


static size_t
hr_kpi_report_file(const hr_kpi_t *kpi, hr_str_t name)
{
    for (size_t i = 0; i < kpi->file_count; i++) {
        if (hr_str_eq(kpi->files[i].name, name)) {
            return i;
        }
    }

    return kpi->file_count;
}


/* Marks the rows that a position gets; an unfiltered choice chooses none. */
static void
hr_kpi_report_use(hr_kpi_report_t *r, const hr_kpi_selection_t *s)
{
    size_t                 file = hr_kpi_report_file(r->kpi, s->file);
    const hr_kpi_table_t  *table;

    if (file == r->kpi->file_count || s->match == HR_KPI_MATCH_UNFILTERED) {
        return;
    }

    table = r->kpi->files[file].table;

    for (size_t i = 0; i < s->count; i++) {
        for (size_t k = 0; k < table->row_count; k++) {
            if (table->rows[k].line == s->items[i].line) {
                r->used[file][k] = true;
            }
        }
    }
}


static hr_rc_t
hr_kpi_report_slots(hr_kpi_report_t *r, const hr_kpi_place_t *place,
    hr_arena_t *arena)
{
    hr_rc_t              rc = HR_OK;
    hr_org_slot_t        slot;
    hr_findings_t        warnings;
    hr_kpi_query_t       query;
    hr_kpi_selection_t   s;

    query.units = place->names;
    query.heads = place->heads;
    query.depth = (size_t) place->unit.level + 1;

    for (uint32_t i = 0; i < place->unit.slots && rc == HR_OK; i++) {

        hr_org_slot(r->org, place->unit.first_slot + i, &slot);
        query.title = slot.title;
        query.manager = slot.class.manager;
        hr_findings_init(&warnings, arena);

        rc = hr_kpi_select(r->kpi, &query, arena, &s, &warnings);

        if (rc == HR_OK && s.source == HR_KPI_SPECIFIC) {
            r->classes[s.match]++;
            hr_kpi_report_use(r, &s);
        }
    }

    return rc;
}


static void
hr_kpi_report_add(hr_kpi_share_t *share, const hr_org_unit_t *unit)
{
    share->units++;
    share->slots += unit->slots;
}


static hr_rc_t
hr_kpi_report_unit(hr_kpi_report_t *r, uint32_t index)
{
    hr_rc_t                   rc = HR_OK;
    hr_str_t                  code;
    hr_arena_t               *arena;
    hr_kpi_place_t            place;
    const hr_kpi_template_t  *t;

    hr_kpi_report_place(r->org, index, &place);

    arena = hr_arena_create(HR_KPI_REPORT_SCRATCH);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    code = hr_kpi_code(r->kpi, place.names, (size_t) place.unit.level + 1,
                       arena);

    if (code.data != NULL) {
        hr_kpi_report_add(&r->with, &place.unit);

        for (size_t i = 0; i < r->kpi->rules.alias_count; i++) {
            if (hr_str_eq(r->kpi->rules.aliases[i].code, code)) {
                hr_kpi_report_add(&r->aliases[i], &place.unit);
            }
        }

        rc = hr_kpi_report_slots(r, &place, arena);

    } else {
        hr_kpi_report_add(&r->without, &place.unit);
        t = hr_kpi_template(r->kpi, place.names,
                            (size_t) place.unit.level + 1, arena);

        if (t != NULL) {
            hr_kpi_report_add(&r->templates[t - r->kpi->templates],
                              &place.unit);
        }

        r->missing[r->missing_count] = index;
        r->missing_template[r->missing_count++] = t;
    }

    if (rc == HR_OK && hr_arena_failed(arena)) {
        rc = HR_NOMEM;
    }

    hr_arena_destroy(arena);
    return rc;
}


/* --- writing ---------------------------------------------------------------------- */

static void
hr_kpi_report_share(hr_jw_t *w, const char *key, size_t total, size_t with,
    size_t without)
{
    hr_jw_key(w, key);
    hr_jw_object(w);
    hr_jw_kint(w, "total", (int64_t) total);
    hr_jw_kint(w, "with_file", (int64_t) with);
    hr_jw_kint(w, "without_file", (int64_t) without);
}


static void
hr_kpi_report_totals(const hr_kpi_report_t *r, hr_jw_t *w)
{
    hr_kpi_match_t  m;

    hr_kpi_report_share(w, "units", r->with.units + r->without.units,
                        r->with.units, r->without.units);
    hr_jw_end_object(w);

    hr_kpi_report_share(w, "positions", r->with.slots + r->without.slots,
                        r->with.slots, r->without.slots);
    hr_jw_key(w, "classes");
    hr_jw_object(w);

    for (m = HR_KPI_MATCH_EXACT; m <= HR_KPI_MATCH_UNFILTERED; m++) {
        hr_jw_kint(w, hr_kpi_match_name(m), (int64_t) r->classes[m]);
    }

    hr_jw_end_object(w);
    hr_jw_end_object(w);
}


/* A column that no title of the unit's subtree is called like. */
static bool
hr_kpi_report_matched(hr_kpi_report_t *r, const hr_kpi_column_t *column,
    uint32_t unit, hr_arena_t *arena)
{
    hr_str_t       key;
    hr_org_slot_t  slot;
    hr_org_unit_t  u;

    hr_org_unit(r->org, unit, &u);

    for (uint32_t i = u.first_slot; i < u.end_slot; i++) {

        hr_org_slot(r->org, i, &slot);
        key = hr_kpi_title_key(&r->kpi->rules, arena, slot.title);

        if (hr_str_eq(key, column->key)
            || hr_similarity(key, column->key) >= r->kpi->rules.ratio)
        {
            return true;
        }
    }

    return false;
}


static hr_rc_t
hr_kpi_report_table(hr_kpi_report_t *r, size_t file, uint32_t unit, hr_jw_t *w)
{
    hr_rc_t                rc;
    hr_arena_t            *arena;
    const hr_kpi_table_t  *table = r->kpi->files[file].table;

    arena = hr_arena_create(HR_KPI_REPORT_SCRATCH);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    hr_jw_kint(w, "rows", (int64_t) table->row_count);
    hr_jw_kint(w, "columns", (int64_t) table->column_count);
    hr_jw_key(w, "unmatched_columns");
    hr_jw_array(w);

    for (size_t i = 0; i < table->column_count && unit != HR_ORG_NONE; i++) {
        if (!hr_kpi_report_matched(r, &table->columns[i], unit, arena)) {
            hr_jw_str(w, table->columns[i].title);
        }
    }

    hr_jw_end_array(w);
    hr_jw_key(w, "unused_kpis");
    hr_jw_array(w);

    for (size_t i = 0; i < table->row_count; i++) {
        if (!r->used[file][i]) {
            hr_jw_str(w, table->rows[i].cells[HR_KPI_FIELD_NAME]);
        }
    }

    hr_jw_end_array(w);

    rc = hr_arena_failed(arena) ? HR_NOMEM : HR_OK;
    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
hr_kpi_report_alias(hr_kpi_report_t *r, size_t index, hr_jw_t *w)
{
    size_t                  file;
    hr_rc_t                 rc = HR_OK;
    uint32_t                unit;
    hr_str_t                name;
    hr_org_unit_t           u;
    const hr_kpi_file_t    *f;
    const hr_kpi_alias_t   *alias = &r->kpi->rules.aliases[index];

    name = hr_arena_printf(r->arena, "KPI_%.*s.md", (int) alias->code.len,
                           alias->code.data);
    file = hr_kpi_report_file(r->kpi, name);
    f = file == r->kpi->file_count ? NULL : &r->kpi->files[file];

    if (hr_org_find_path(r->org, alias->unit_key, HR_ORG_PATH_FULL, &unit)
        != HR_OK)
    {
        unit = HR_ORG_NONE;
    }

    hr_jw_object(w);
    hr_jw_kstr(w, "code", alias->code);
    hr_jw_kstr(w, "file", name);
    hr_jw_kc(w, "state", f == NULL ? "missing" : f->unreadable ? "unreadable"
                         : f->table == NULL ? "malformed" : "ok");
    hr_jw_kstr(w, "reason", f == NULL ? HR_STR_NULL : f->reason);

    if (unit != HR_ORG_NONE) {
        hr_org_unit(r->org, unit, &u);
    }

    hr_jw_kstr(w, "unit_path", unit == HR_ORG_NONE ? alias->unit_key : u.path);
    hr_jw_kbool(w, "unit_known", unit != HR_ORG_NONE);
    hr_jw_kint(w, "units", (int64_t) r->aliases[index].units);
    hr_jw_kint(w, "positions", (int64_t) r->aliases[index].slots);

    if (f != NULL && f->table != NULL) {
        rc = hr_kpi_report_table(r, file, unit, w);
    }

    hr_jw_end_object(w);
    return rc;
}


static bool
hr_kpi_report_is_mapped(const hr_kpi_report_t *r, const hr_kpi_file_t *file)
{
    for (size_t i = 0; i < r->kpi->rules.alias_count; i++) {
        if (hr_str_eq(hr_match_key(r->arena, r->kpi->rules.aliases[i].code),
                      file->code_key))
        {
            return true;
        }
    }

    return false;
}


static void
hr_kpi_report_templates(const hr_kpi_report_t *r, hr_jw_t *w)
{
    hr_jw_key(w, "templates");
    hr_jw_array(w);

    for (size_t i = 0; i < r->kpi->template_count; i++) {

        if (r->templates[i].units == 0) {
            continue;
        }

        hr_jw_object(w);
        hr_jw_kstr(w, "type", r->kpi->templates[i].type);
        hr_jw_kint(w, "units", (int64_t) r->templates[i].units);
        hr_jw_kint(w, "positions", (int64_t) r->templates[i].slots);
        hr_jw_end_object(w);
    }

    hr_jw_end_array(w);
}


static void
hr_kpi_report_missing(const hr_kpi_report_t *r, hr_jw_t *w)
{
    hr_org_unit_t             unit;
    const hr_kpi_template_t  *t;

    hr_jw_key(w, "missing");
    hr_jw_array(w);

    for (size_t i = 0;
         i < r->missing_count && i < HR_KPI_REPORT_MISSING_MAX;
         i++)
    {
        t = r->missing_template[i];
        hr_org_unit(r->org, r->missing[i], &unit);
        hr_jw_object(w);
        hr_jw_kstr(w, "unit_path", unit.path);
        hr_jw_kint(w, "positions", unit.slots);
        hr_jw_kstr(w, "template", t == NULL ? HR_STR_NULL : t->type);
        hr_jw_end_object(w);
    }

    hr_jw_end_array(w);
}


static hr_rc_t
hr_kpi_report_all(hr_kpi_report_t *r, hr_jw_t *w)
{
    hr_rc_t  rc = HR_OK;

    hr_jw_object(w);
    hr_kpi_report_totals(r, w);
    hr_jw_key(w, "files");
    hr_jw_array(w);

    for (size_t i = 0; i < r->kpi->rules.alias_count && rc == HR_OK; i++) {
        rc = hr_kpi_report_alias(r, i, w);
    }

    hr_jw_end_array(w);
    hr_jw_key(w, "unmapped_files");
    hr_jw_array(w);

    for (size_t i = 0; i < r->kpi->file_count; i++) {
        if (!hr_kpi_report_is_mapped(r, &r->kpi->files[i])) {
            hr_jw_str(w, r->kpi->files[i].name);
        }
    }

    hr_jw_end_array(w);
    hr_kpi_report_templates(r, w);
    hr_kpi_report_missing(r, w);
    hr_jw_end_object(w);

    return rc != HR_OK ? rc : w->out->err;
}


hr_rc_t
hr_kpi_report_write(const hr_kpi_t *kpi, const hr_org_t *org, hr_jw_t *w)
{
    hr_rc_t          rc;
    hr_kpi_report_t  r = { .kpi = kpi, .org = org };

    r.arena = hr_arena_create(HR_KPI_REPORT_ARENA);
    if (r.arena == NULL) {
        return HR_NOMEM;
    }

    rc = hr_kpi_report_open(&r);

    for (uint32_t i = 0; i < hr_org_unit_count(org) && rc == HR_OK; i++) {
        rc = hr_kpi_report_unit(&r, i);
    }

    if (rc == HR_OK) {
        rc = hr_kpi_report_all(&r, w);
    }

    if (rc == HR_OK && hr_arena_failed(r.arena)) {
        rc = HR_NOMEM;
    }

    hr_arena_destroy(r.arena);
    return rc;
}
