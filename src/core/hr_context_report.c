#include "hr_context.h"
#include "hr_text.h"


typedef struct {
    hr_arena_t  *arena;
    hr_rc_t      rc;            /* sticky: one failed member fails the report */
} hr_report_t;


static void
hr_report_set(hr_report_t *r, hr_json_t *object, const char *key,
    hr_json_t *value)
{
    hr_rc_t  rc;

    if (r->rc != HR_OK) {
        return;
    }

    rc = object == NULL || value == NULL
         ? HR_NOMEM : hr_json_set(r->arena, object, key, value);

    if (rc != HR_OK) {
        r->rc = rc;
    }
}


static void
hr_report_str(hr_report_t *r, hr_json_t *object, const char *key,
    hr_str_t text)
{
    hr_report_set(r, object, key,
                  text.data == NULL ? hr_json_new(r->arena, HR_JSON_NULL)
                                    : hr_json_new_str(r->arena, text));
}


static void
hr_report_int(hr_report_t *r, hr_json_t *object, const char *key, int64_t n)
{
    hr_report_set(r, object, key, hr_json_new_int(r->arena, n));
}


static void
hr_report_bool(hr_report_t *r, hr_json_t *object, const char *key, bool value)
{
    hr_report_set(r, object, key, hr_json_new_bool(r->arena, value));
}


static hr_json_t *
hr_report_object(hr_report_t *r, hr_json_t *parent, const char *key)
{
    hr_json_t  *object = hr_json_new(r->arena, HR_JSON_OBJECT);

    hr_report_set(r, parent, key, object);
    return object;
}


/* Why these KPIs: name, section, weight (I-17). */
static void
hr_report_kpi_items(hr_report_t *r, hr_json_t *kpi, const hr_context_t *c)
{
    hr_json_t            *list, *entry;
    const hr_kpi_item_t  *item;

    list = hr_json_new(r->arena, HR_JSON_ARRAY);
    hr_report_set(r, kpi, "items", list);

    for (size_t i = 0; i < c->kpi.count && r->rc == HR_OK; i++) {

        item = &c->kpi.items[i];
        entry = hr_json_new(r->arena, HR_JSON_OBJECT);

        if (entry == NULL || hr_json_push(list, entry) != HR_OK) {
            r->rc = HR_NOMEM;
            return;
        }

        hr_report_str(r, entry, "name", item->name);
        hr_report_str(r, entry, "section", item->section);
        hr_report_set(r, entry, "weight",
                      hr_json_new_double(r->arena, item->weight));
    }
}


static void
hr_report_kpi(hr_report_t *r, hr_json_t *root, const hr_context_t *c)
{
    hr_json_t  *kpi = hr_report_object(r, root, "kpi");

    hr_report_str(r, kpi, "source",
                  hr_str_from_c(hr_kpi_source_name(c->kpi.source)));
    hr_report_str(r, kpi, "type", c->kpi.type);
    hr_report_str(r, kpi, "match",
                  hr_str_from_c(hr_kpi_match_name(c->kpi.match)));
    hr_report_str(r, kpi, "file", c->kpi.file);
    hr_report_str(r, kpi, "column", c->kpi.column);
    hr_report_int(r, kpi, "rows", (int64_t) c->kpi.rows);
    hr_report_int(r, kpi, "selected", (int64_t) c->kpi.count);
    hr_report_bool(r, kpi, "needs_review",
                   c->kpi.source != HR_KPI_SPECIFIC);
    hr_report_kpi_items(r, kpi, c);
}


static void
hr_report_headcount(hr_report_t *r, hr_json_t *root, const hr_context_t *c)
{
    hr_json_t  *node = hr_report_object(r, root, "headcount");

    hr_report_str(r, node, "state",
                  !c->unit.has_headcount ? HR_STR("none")
                  : c->unit.headcount_own ? HR_STR("own")
                                          : HR_STR("inherited"));

    if (c->unit.has_headcount) {
        hr_report_int(r, node, "value", c->unit.headcount);
        hr_report_str(r, node, "department", c->unit.headcount_department);
    }
}


static void
hr_report_span(hr_report_t *r, hr_json_t *root, const hr_context_t *c)
{
    hr_json_t  *span = hr_report_object(r, root, "span_of_control");

    hr_report_int(r, span, "departments", c->span.departments);
    hr_report_int(r, span, "direct_reports", c->span.reports);
    hr_report_str(r, span, "rule", c->span.head ? HR_STR("unit_head")
                                                : HR_STR("not_head"));
    hr_report_bool(r, span, "estimated", true);
}


static int64_t
hr_report_chars(const hr_context_t *c, hr_context_var_t var)
{
    return c->values[var].data == NULL ? 0
           : (int64_t) hr_utf8_count(c->values[var]);
}


static void
hr_report_size(hr_report_t *r, hr_json_t *root, const hr_context_t *c)
{
    hr_json_t  *size = hr_report_object(r, root, "size");

    hr_report_int(r, size, "prompt_chars", (int64_t) c->prompt_chars);
    hr_report_int(r, size, "estimated_input_tokens",
                  hr_prompt_tokens(c->prompt_chars));
    hr_report_int(r, size, "org_structure_chars",
                  hr_report_chars(c, HR_VAR_ORG_STRUCTURE));
    hr_report_int(r, size, "company_map_chars", (int64_t) c->company.chars);
    hr_report_int(r, size, "kpi_chars", hr_report_chars(c, HR_VAR_KPI_DATA));
    hr_report_int(r, size, "it_systems_chars",
                  hr_report_chars(c, HR_VAR_IT_SYSTEMS));
}


static void
hr_report_trims(hr_report_t *r, hr_json_t *root, const hr_context_t *c)
{
    hr_json_t  *list, *trim;

    list = hr_json_new(r->arena, HR_JSON_ARRAY);
    hr_report_set(r, root, "context_trimmed", list);

    for (size_t i = 0; i < c->trim_count && r->rc == HR_OK; i++) {

        trim = hr_json_new(r->arena, HR_JSON_OBJECT);

        if (trim == NULL || hr_json_push(list, trim) != HR_OK) {
            r->rc = HR_NOMEM;
            return;
        }

        hr_report_str(r, trim, "what", hr_str_from_c(c->trims[i].what));
        hr_report_int(r, trim, "before_chars", (int64_t) c->trims[i].before);
        hr_report_int(r, trim, "after_chars", (int64_t) c->trims[i].after);
    }
}


typedef struct {
    bool         set;
    const char  *code;
    const char  *text;
} hr_report_flag_t;


/* Codes for programs, sentences for people; an empty list is a good sign. */
static void
hr_report_flags(hr_report_t *r, hr_json_t *root, const hr_context_t *c,
    const hr_context_sources_t *sources)
{
    const hr_report_flag_t  flags[] = {
        { c->kpi.source != HR_KPI_SPECIFIC, "kpi_not_specific",
          "У подразделения нет своего файла КПЭ: показатели типовые и требуют "
          "проверки" },
        { c->kpi.match == HR_KPI_MATCH_INHERITED, "kpi_inherited",
          "Столбца для должности в файле КПЭ нет: взяты показатели "
          "вышестоящего руководителя" },
        { c->kpi.match == HR_KPI_MATCH_AMBIGUOUS, "kpi_ambiguous",
          "Должностей с таким названием в файле КПЭ несколько: взяты только "
          "общие показатели" },
        { c->kpi.match == HR_KPI_MATCH_UNFILTERED, "kpi_unfiltered",
          "Показатели для должности отобрать не удалось: переданы все "
          "показатели подразделения" },
        { c->kpi.few, "kpi_few",
          "Показателей меньше, чем принято для этого уровня" },
        { !c->unit.has_headcount, "headcount_missing",
          "Численность подразделения неизвестна" },
        { c->unit.has_headcount && !c->unit.headcount_own,
          "headcount_inherited",
          "Численность указана по вышестоящему подразделению и не "
          "использовалась" },
        { c->resolved.position_not_in_structure, "title_not_in_structure",
          "Должности нет в структуре подразделения" },
        { c->resolved.ambiguous_department, "department_ambiguous",
          "Название подразделения неоднозначно" },
        { !hr_company_available(sources->company), "company_map_unavailable",
          "Карта компании недоступна" },
        { !hr_it_available(sources->it), "it_systems_unavailable",
          "Карта ИТ-систем недоступна" },
        { c->trim_count > 0, "context_trimmed",
          "Часть данных не поместилась и сокращена" },
    };

    hr_json_t  *list, *flag;

    list = hr_json_new(r->arena, HR_JSON_ARRAY);
    hr_report_set(r, root, "flags", list);

    for (size_t i = 0;
         i < sizeof(flags) / sizeof(flags[0]) && r->rc == HR_OK;
         i++)
    {
        if (!flags[i].set) {
            continue;
        }

        flag = hr_json_new(r->arena, HR_JSON_OBJECT);

        if (flag == NULL || hr_json_push(list, flag) != HR_OK) {
            r->rc = HR_NOMEM;
            return;
        }

        hr_report_str(r, flag, "code", hr_str_from_c(flags[i].code));
        hr_report_str(r, flag, "message", hr_str_from_c(flags[i].text));
    }
}


hr_json_t *
hr_context_report(const hr_context_sources_t *sources, const hr_context_t *c,
    hr_arena_t *arena)
{
    hr_json_t    *root;
    hr_report_t   r = { arena, HR_OK };

    root = hr_json_new(arena, HR_JSON_OBJECT);

    hr_report_str(&r, root, "unit_path", c->unit.path);
    hr_report_str(&r, root, "position", c->title);
    hr_report_bool(&r, root, "title_known",
                   c->resolved.slot != HR_ORG_NONE);
    hr_report_str(&r, root, "position_category", c->category);
    hr_report_kpi(&r, root, c);
    hr_report_headcount(&r, root, c);
    hr_report_span(&r, root, c);
    hr_report_str(&r, root, "it_detail_level",
                  hr_str_from_c(hr_it_type_name(c->it_type)));
    hr_report_size(&r, root, c);
    hr_report_trims(&r, root, c);
    hr_report_flags(&r, root, c, sources);

    return r.rc == HR_OK ? root : NULL;
}
