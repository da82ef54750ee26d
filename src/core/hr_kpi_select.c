/*
 * Which KPIs a title gets (data-files.md 7.5).  Classes, best first:
 *
 *     exact       the title has a column
 *     fuzzy       a column is called nearly the same
 *     ambiguous   several columns are called so, the unit does not decide:
 *                 only rows that all of them have
 *     inherited   no column; that of the nearest enclosing unit's head
 *     unfiltered  not even that; the whole table
 */

#include "hr_kpi_catalog.h"
#include "hr_text.h"

#include <stdlib.h>


typedef struct {
    const hr_kpi_t        *kpi;
    const hr_kpi_query_t  *query;
    hr_arena_t            *arena;
    hr_kpi_selection_t    *out;
    hr_findings_t         *warnings;
    hr_str_t               path_key;
    size_t                 ends[HR_KPI_DEPTH_MAX];  /* of each level in path_key */
    size_t                 mapped;      /* levels of the unit the file belongs to */
} hr_kpi_choice_t;


double
hr_kpi_row_weight(const hr_kpi_row_t *row, const hr_kpi_pick_t *pick)
{
    double  least = 0.0, weight;

    for (size_t i = 0; i < pick->count; i++) {

        weight = row->weights[pick->index[i]];

        if (weight <= 0.0) {
            return 0.0;
        }

        least = i == 0 || weight < least ? weight : least;
    }

    return least;
}


/* --- the file -------------------------------------------------------------------- */

static hr_rc_t
hr_kpi_keys(hr_kpi_choice_t *c)
{
    size_t  level = 0;

    if (c->query->depth == 0 || c->query->depth > HR_KPI_DEPTH_MAX) {
        return HR_LIMIT;
    }

    c->path_key = hr_kpi_path_key(c->arena, c->query->units, c->query->depth);
    if (c->path_key.data == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i <= c->path_key.len && level < c->query->depth; i++) {
        if (i == c->path_key.len || c->path_key.data[i] == '/') {
            c->ends[level++] = i;
        }
    }

    return HR_OK;
}


/* The nearest mapped unit at or above the path wins. */
static const hr_kpi_alias_t *
hr_kpi_alias(hr_kpi_choice_t *c)
{
    hr_str_t  key;

    for (size_t depth = c->query->depth; depth > 0; depth--) {

        key = hr_str(c->path_key.data, c->ends[depth - 1]);

        for (size_t i = 0; i < c->kpi->rules.alias_count; i++) {
            if (hr_str_eq(c->kpi->rules.aliases[i].unit_key, key)) {
                c->mapped = depth;
                return &c->kpi->rules.aliases[i];
            }
        }
    }

    return NULL;
}


static const hr_kpi_file_t *
hr_kpi_file(const hr_kpi_choice_t *c, const hr_kpi_alias_t *alias)
{
    hr_str_t  key = hr_match_key(c->arena, alias->code);

    for (size_t i = 0; i < c->kpi->file_count; i++) {
        if (hr_str_eq(c->kpi->files[i].code_key, key)) {
            return &c->kpi->files[i];
        }
    }

    return NULL;
}


/* --- the column ------------------------------------------------------------------- */

/*
 * Of columns with the same title those of the unit; columns that name another
 * unit are out, columns that name none stay when no other one fits.
 */
static void
hr_kpi_pick_unit(const hr_kpi_table_t *table, hr_kpi_pick_t *pick,
    hr_str_t unit_key)
{
    size_t    fitting = 0, silent = 0, kept = 0;
    hr_str_t  key;

    for (size_t i = 0; i < pick->count; i++) {
        key = table->columns[pick->index[i]].unit_key;
        fitting += key.data != NULL && hr_str_eq(key, unit_key);
        silent += key.data == NULL;
    }

    if (silent == pick->count) {
        return;
    }

    for (size_t i = 0; i < pick->count; i++) {
        key = table->columns[pick->index[i]].unit_key;

        if (fitting > 0 ? key.data != NULL && hr_str_eq(key, unit_key)
                        : key.data == NULL)
        {
            pick->index[kept++] = pick->index[i];
        }
    }

    pick->count = kept;
}


static hr_rc_t
hr_kpi_pick(const hr_kpi_choice_t *c, const hr_kpi_table_t *table,
    hr_str_t title, size_t depth, hr_kpi_pick_t *pick)
{
    double    ratio;
    hr_str_t  key;

    memset(pick, 0, sizeof(*pick));

    key = hr_kpi_title_key(&c->kpi->rules, c->arena, title);
    if (key.data == NULL) {
        return HR_NOMEM;
    }

    if (key.len == 0) {
        return HR_OK;
    }

    for (size_t i = 0; i < table->column_count; i++) {

        ratio = hr_str_eq(key, table->columns[i].key)
                ? 1.0 : hr_similarity(key, table->columns[i].key);

        if (ratio < c->kpi->rules.ratio || ratio < pick->similarity) {
            continue;
        }

        if (ratio > pick->similarity) {
            pick->similarity = ratio;
            pick->count = 0;
        }

        pick->index[pick->count++] = i;
    }

    hr_kpi_pick_unit(table, pick,
                     hr_str(c->path_key.data, c->ends[depth - 1]));
    return HR_OK;
}


/* --- the rows --------------------------------------------------------------------- */

/* How many KPIs the level of the unit should have. */
static const hr_kpi_limit_t *
hr_kpi_limit(const hr_kpi_choice_t *c)
{
    const hr_kpi_rules_t  *rules = &c->kpi->rules;

    for (size_t i = 0; i < rules->limit_count; i++) {
        if (c->query->depth <= rules->limits[i].depth) {
            return &rules->limits[i];
        }
    }

    return &rules->limits[rules->limit_count - 1];
}


/*
 * Drops the lightest (of equal ones the later) until the most that the level
 * may have remain.  A weight below 0 is that of a condition: it stays and is
 * not counted.  Returns the indices of what is kept, ascending, in the arena;
 * NULL: no memory.
 */
static size_t *
hr_kpi_heaviest(hr_kpi_choice_t *c, const double *weights, size_t *count)
{
    size_t                 counted = 0, lightest, *index;
    const hr_kpi_limit_t  *limit = hr_kpi_limit(c);

    index = hr_arena_alloc(c->arena, (*count + 1) * sizeof(size_t));
    if (index == NULL) {
        return NULL;
    }

    for (size_t i = 0; i < *count; i++) {
        index[i] = i;
        counted += weights[i] >= 0.0;
    }

    c->out->few = counted < limit->min;

    for (/* void */; counted > limit->max; counted--) {

        lightest = *count;

        for (size_t i = 0; i < *count; i++) {
            if (weights[index[i]] >= 0.0
                && (lightest == *count
                    || weights[index[i]] <= weights[index[lightest]]))
            {
                lightest = i;
            }
        }

        memmove(&index[lightest], &index[lightest + 1],
                (*count - lightest - 1) * sizeof(size_t));
        (*count)--;
    }

    return index;
}


static hr_rc_t
hr_kpi_trim_rows(hr_kpi_choice_t *c, const hr_kpi_row_t **rows, size_t *count,
    const hr_kpi_pick_t *pick)
{
    size_t  *index;
    double  *weights;

    weights = hr_arena_alloc(c->arena, (*count + 1) * sizeof(double));
    if (weights == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < *count; i++) {
        weights[i] = rows[i]->section == HR_KPI_ROW_TRIGGER
                     ? -1.0 : hr_kpi_row_weight(rows[i], pick);
    }

    index = hr_kpi_heaviest(c, weights, count);
    if (index == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < *count; i++) {
        rows[i] = rows[index[i]];
    }

    return HR_OK;
}


static hr_rc_t
hr_kpi_items(const hr_kpi_choice_t *c, const hr_kpi_row_t *const *rows,
    size_t count, const hr_kpi_pick_t *pick)
{
    hr_kpi_item_t  *items;

    items = hr_arena_calloc(c->arena, (count + 1) * sizeof(hr_kpi_item_t));
    if (items == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < count; i++) {
        items[i].name = rows[i]->cells[HR_KPI_FIELD_NAME];
        items[i].target = rows[i]->cells[HR_KPI_FIELD_TARGET];
        items[i].unit = rows[i]->cells[HR_KPI_FIELD_UNIT];
        items[i].section = hr_str_from_c(hr_kpi_section_name(rows[i]->section));
        items[i].weight = pick == NULL ? 0.0 : hr_kpi_row_weight(rows[i], pick);
        items[i].line = rows[i]->line;
    }

    c->out->items = items;
    c->out->count = count;

    return HR_OK;
}


/* Sets the selection from the columns; *done stays false when no row is left. */
static hr_rc_t
hr_kpi_take_columns(hr_kpi_choice_t *c, const hr_kpi_table_t *table,
    const hr_kpi_pick_t *pick, hr_kpi_match_t match, bool *done)
{
    bool                  inherited = match == HR_KPI_MATCH_INHERITED;
    size_t                count = 0;
    hr_rc_t               rc;
    const hr_kpi_row_t   *row;
    const hr_kpi_row_t  **rows;

    rows = hr_arena_alloc(c->arena, (table->row_count + 1) * sizeof(rows[0]));
    if (rows == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < table->row_count; i++) {

        row = &table->rows[i];

        if (hr_kpi_row_weight(row, pick) <= 0.0
            || (inherited && !c->query->manager
                && (row->section == HR_KPI_ROW_CORPORATE
                    || row->section == HR_KPI_ROW_TRIGGER)))
        {
            continue;
        }

        rows[count++] = row;
    }

    if (count == 0) {
        return HR_OK;
    }

    rc = hr_kpi_trim_rows(c, rows, &count, pick);

    if (rc == HR_OK) {
        rc = hr_kpi_items(c, rows, count, pick);
    }

    if (rc == HR_OK) {
        *done = true;
        c->out->match = match;
        c->out->similarity = pick->similarity;
        c->out->column = table->columns[pick->index[0]].title;
        c->out->text = hr_kpi_text_rows(c->kpi, table, rows, count, pick,
                                        match, c->arena);
    }

    return rc == HR_OK && c->out->text.data == NULL ? HR_NOMEM : rc;
}


static hr_rc_t
hr_kpi_take_all(const hr_kpi_choice_t *c, const hr_kpi_table_t *table)
{
    hr_rc_t               rc;
    const hr_kpi_row_t  **rows;

    rows = hr_arena_alloc(c->arena, (table->row_count + 1) * sizeof(rows[0]));
    if (rows == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < table->row_count; i++) {
        rows[i] = &table->rows[i];
    }

    rc = hr_kpi_items(c, rows, table->row_count, NULL);
    c->out->match = HR_KPI_MATCH_UNFILTERED;
    c->out->text = hr_kpi_text_all(c->kpi, table, c->arena);

    return rc == HR_OK && c->out->text.data == NULL ? HR_NOMEM : rc;
}


/* The column of the title itself. */
static hr_rc_t
hr_kpi_take_own(hr_kpi_choice_t *c, const hr_kpi_table_t *table, bool *done)
{
    hr_rc_t         rc;
    hr_kpi_pick_t   pick;
    hr_kpi_match_t  match;

    rc = hr_kpi_pick(c, table, c->query->title, c->query->depth, &pick);

    if (rc != HR_OK || pick.count == 0) {
        return rc;
    }

    match = pick.count > 1 ? HR_KPI_MATCH_AMBIGUOUS
            : pick.similarity >= 1.0 ? HR_KPI_MATCH_EXACT
                                     : HR_KPI_MATCH_FUZZY;

    return hr_kpi_take_columns(c, table, &pick, match, done);
}


/* That of the nearest enclosing unit's head that gives a row. */
static hr_rc_t
hr_kpi_take_inherited(hr_kpi_choice_t *c, const hr_kpi_table_t *table,
    bool *done)
{
    hr_rc_t        rc;
    hr_kpi_pick_t  pick;

    for (size_t depth = c->query->depth;
         depth >= c->mapped && depth > 0 && !*done;
         depth--)
    {
        rc = hr_kpi_pick(c, table, c->query->heads[depth - 1], depth, &pick);

        if (rc == HR_OK && pick.count > 0) {
            rc = hr_kpi_take_columns(c, table, &pick, HR_KPI_MATCH_INHERITED,
                                     done);
        }

        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


static hr_rc_t
hr_kpi_from_table(hr_kpi_choice_t *c, const hr_kpi_table_t *table)
{
    bool     done = false;
    hr_rc_t  rc;

    c->out->source = HR_KPI_SPECIFIC;
    c->out->type = HR_STR("N/A");
    c->out->file = table->file;
    c->out->rows = table->row_count;

    rc = hr_kpi_take_own(c, table, &done);

    if (rc == HR_OK && !done) {
        rc = hr_kpi_take_inherited(c, table, &done);
    }

    return rc == HR_OK && !done ? hr_kpi_take_all(c, table) : rc;
}


/* --- no file ---------------------------------------------------------------------- */

/*
 * A template is written for every level: its heaviest KPIs, as many as the
 * level may have (improvements.md 11).  The weights stay the template's.
 */
static hr_rc_t
hr_kpi_take_template(hr_kpi_choice_t *c, const hr_kpi_template_t *t)
{
    size_t          count = t->count, *index;
    double         *weights;
    hr_kpi_item_t  *items;

    weights = hr_arena_alloc(c->arena, (count + 1) * sizeof(double));
    items = hr_arena_calloc(c->arena, (count + 1) * sizeof(hr_kpi_item_t));

    if (weights == NULL || items == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < count; i++) {
        weights[i] = t->items[i].weight;
    }

    index = hr_kpi_heaviest(c, weights, &count);
    if (index == NULL) {
        return HR_NOMEM;
    }

    for (size_t i = 0; i < count; i++) {
        items[i] = t->items[index[i]];
    }

    c->out->items = items;
    c->out->count = count;
    c->out->rows = t->count;
    c->out->text = hr_kpi_text_template(t, items, count, c->arena);

    return c->out->text.data == NULL ? HR_NOMEM : HR_OK;
}


static hr_rc_t
hr_kpi_from_template(hr_kpi_choice_t *c, bool file_expected)
{
    const hr_kpi_template_t  *t;

    t = hr_kpi_template(c->kpi, c->query->units, c->query->depth, c->arena);

    if (t == NULL) {
        c->out->source = file_expected ? HR_KPI_FALLBACK : HR_KPI_NONE;
        c->out->type = file_expected ? HR_STR("GENERIC") : HR_STR("N/A");
        c->out->text = hr_kpi_text_builtin();
        return HR_OK;
    }

    c->out->source = HR_KPI_TEMPLATE;
    c->out->type = t->type;
    c->out->file = t->file;

    return hr_kpi_take_template(c, t);
}


static void
hr_kpi_warn(hr_kpi_choice_t *c, const hr_kpi_alias_t *alias,
    const hr_kpi_file_t *file)
{
    if (file != NULL && !file->unreadable) {
        hr_findings_add(c->warnings, "kpi_parse_error", file->name,
                        "Файл КПЭ не разобран, использован типовой шаблон: "
                        "%.*s", (int) file->reason.len, file->reason.data);
        return;
    }

    hr_findings_add(c->warnings, "kpi_file_unreadable", alias->code,
                    "Файл КПЭ «%.*s» не читается, использован типовой шаблон",
                    (int) alias->code.len, alias->code.data);
}


hr_rc_t
hr_kpi_select(const hr_kpi_t *kpi, const hr_kpi_query_t *query,
    hr_arena_t *arena, hr_kpi_selection_t *out, hr_findings_t *warnings)
{
    hr_rc_t                rc;
    hr_kpi_choice_t        c;
    const hr_kpi_file_t   *file;
    const hr_kpi_alias_t  *alias;

    memset(out, 0, sizeof(*out));
    memset(&c, 0, sizeof(c));

    c.kpi = kpi;
    c.query = query;
    c.arena = arena;
    c.out = out;
    c.warnings = warnings;

    rc = hr_kpi_keys(&c);
    if (rc != HR_OK) {
        return rc;
    }

    alias = hr_kpi_alias(&c);

    if (alias == NULL) {
        return hr_kpi_from_template(&c, false);
    }

    file = hr_kpi_file(&c, alias);

    if (file == NULL || file->table == NULL) {
        hr_kpi_warn(&c, alias, file);
        return hr_kpi_from_template(&c, true);
    }

    return hr_kpi_from_table(&c, file->table);
}


hr_str_t
hr_kpi_code(const hr_kpi_t *kpi, const hr_str_t *units, size_t depth,
    hr_arena_t *arena)
{
    hr_kpi_query_t         query = { .units = units, .depth = depth };
    hr_kpi_choice_t        c = { .kpi = kpi, .query = &query, .arena = arena };
    const hr_kpi_alias_t  *alias;

    if (hr_kpi_keys(&c) != HR_OK) {
        return HR_STR_NULL;
    }

    alias = hr_kpi_alias(&c);

    return alias == NULL ? HR_STR_NULL : alias->code;
}
