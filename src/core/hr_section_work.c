/* What the position works with and by: workplace, metrics, terms, metadata. */

#include <stdio.h>

#include "hr_section_walk.h"
#include "hr_text.h"


typedef struct {
    const char  *name;
    size_t       label;         /* offset in hr_section_labels_t */
    bool         heading;       /* list under a heading; else a field */
} hr_section_metric_t;

#define HR_SECTION_LABEL(name)  offsetof(hr_section_labels_t, name)

static const hr_section_metric_t  hr_section_metric_rows[] = {
    { "evaluation_methodology", HR_SECTION_LABEL(methodology), false },
    { "evaluation_frequency", HR_SECTION_LABEL(frequency), false },
    { "success_indicators", HR_SECTION_LABEL(success), true },
    { "quantitative_kpis", HR_SECTION_LABEL(quantitative), true },
    { "qualitative_indicators", HR_SECTION_LABEL(qualitative), true },
    { "development_plans", HR_SECTION_LABEL(plans), true }
};


static hr_str_t hr_section_label_at(const hr_section_walk_t *w, size_t offset);
static void hr_section_software(hr_section_walk_t *w,
    const hr_section_sources_t *s, const hr_json_t *both);
static void hr_section_hardware(hr_section_walk_t *w,
    const hr_section_sources_t *s, const hr_json_t *both);
static void hr_section_lists(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t heading, const hr_json_t *const *lists, size_t n);
static void hr_section_conditions(hr_section_walk_t *w, const hr_json_t *node);
static void hr_section_version(hr_section_walk_t *w, const hr_json_t *node);
static void hr_section_generation(hr_section_walk_t *w);
static void hr_section_tokens(hr_section_walk_t *w, const hr_json_t *node);
static void hr_section_figure(hr_section_walk_t *w, hr_str_t label,
    const hr_json_t *node, double factor, int decimals, hr_str_t unit);


void
hr_section_workplace(hr_section_walk_t *w)
{
    const hr_json_t       *odd[2], *both;
    hr_section_sources_t   s = { .count = 0 };

    odd[0] = hr_section_source(w, &s, hr_json_get(w->document,
                                                  "workplace_provisioning"));
    odd[1] = hr_section_source(w, &s, hr_json_get(w->document,
                                                  "technical_requirements"));

    hr_section_tell_any(w, HR_ROLE_SOFTWARE, odd[0]);
    hr_section_tell_any(w, HR_ROLE_SOFTWARE, odd[1]);

    /* the first schema has it at the top of the document */
    both = hr_section_pick(&s, "software_hardware", NULL);
    if (both == NULL) {
        both = hr_section_first(w->document, "software_hardware", NULL);
    }

    hr_section_software(w, &s, both);
    hr_section_hardware(w, &s, both);

    hr_section_tell_list(w, HR_ROLE_NONE, w->labels->access,
                         hr_section_pick(&s, "access_permissions", NULL));
}


/* Plain lists first: below a label they would look like part of its list. */
static void
hr_section_software(hr_section_walk_t *w, const hr_section_sources_t *s,
    const hr_json_t *both)
{
    bool                        heading;
    const hr_json_t            *software, *lists[4];
    const hr_section_labels_t  *l = w->labels;

    software = hr_section_pick(s, "software", NULL);

    lists[0] = hr_json_is(software, HR_JSON_OBJECT) ? NULL : software;
    lists[1] = hr_section_first(both, "software_systems", NULL);
    lists[2] = hr_section_pick(s, "software_systems", NULL);
    lists[3] = hr_section_pick(s, "systems", NULL);

    heading = lists[0] != NULL || lists[1] != NULL || lists[2] != NULL
              || lists[3] != NULL;

    hr_section_lists(w, HR_ROLE_SOFTWARE, l->software, lists, 4);

    lists[0] = hr_section_first(software, "standard_package", NULL);
    lists[1] = hr_section_first(software, "specialized_tools", NULL);

    if (!heading && (lists[0] != NULL || lists[1] != NULL)) {
        hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, l->software);
    }

    hr_section_tell_labelled(w, 0, HR_ROLE_NONE, l->standard_package, lists[0]);
    hr_section_tell_labelled(w, 0, HR_ROLE_SOFTWARE, l->specialized_tools,
                             lists[1]);
}


static void
hr_section_hardware(hr_section_walk_t *w, const hr_section_sources_t *s,
    const hr_json_t *both)
{
    const hr_json_t            *hardware, *lists[2];
    const hr_section_labels_t  *l = w->labels;

    hardware = hr_section_pick(s, "hardware", NULL);

    /* a software_hardware that is no object is a mixed list */
    lists[0] = hr_json_is(hardware, HR_JSON_OBJECT) ? NULL : hardware;
    lists[1] = hr_json_is(both, HR_JSON_OBJECT)
               ? hr_section_first(both, "hardware_equipment", NULL) : both;

    hr_section_lists(w, HR_ROLE_EQUIPMENT, l->hardware, lists, 2);

    if (hr_section_first(hardware, "standard_workstation",
                         "specialized_equipment", NULL) != NULL)
    {
        if (lists[1] == NULL) {
            hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, l->hardware);
        }

        hr_section_tell_field(w, 0, false, HR_ROLE_NONE, l->workstation,
                              hr_json_get(hardware, "standard_workstation"));
        hr_section_tell_labelled(w, 0, HR_ROLE_EQUIPMENT, l->equipment,
                                 hr_json_get(hardware, "specialized_equipment"));
    }

    lists[0] = hr_section_pick(s, "equipment_tools", NULL);
    lists[1] = hr_section_pick(s, "equipment", NULL);

    hr_section_lists(w, HR_ROLE_EQUIPMENT, l->devices, lists, 2);
}


/* Several lists under one heading, which is told when any of them is there. */
static void
hr_section_lists(hr_section_walk_t *w, hr_section_role_t role, hr_str_t heading,
    const hr_json_t *const *lists, size_t n)
{
    bool    open;
    size_t  i;

    for (open = false, i = 0; i < n; i++) {
        if (lists[i] == NULL) {
            continue;
        }

        if (!open) {
            open = true;
            hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, heading);
        }

        hr_section_tell_bullets(w, 0, role, lists[i]);
    }
}


void
hr_section_metrics(hr_section_walk_t *w)
{
    size_t                      i;
    hr_str_t                    label;
    const hr_json_t            *metrics, *node;
    const hr_section_metric_t  *row;

    metrics = hr_json_get(w->document, "performance_metrics");

    if (hr_section_absent(metrics)) {
        return;
    }

    hr_section_kpi_notice(w);

    if (!hr_json_is(metrics, HR_JSON_OBJECT)) {
        hr_section_tell_any(w, HR_ROLE_NONE, metrics);
        return;
    }

    for (i = 0; i < sizeof(hr_section_metric_rows) / sizeof(*row); i++) {
        row = &hr_section_metric_rows[i];
        node = hr_json_get(metrics, row->name);
        label = hr_section_label_at(w, row->label);

        if (row->heading) {
            hr_section_tell_list(w, HR_ROLE_NONE, label, node);

        } else {
            hr_section_tell_field(w, 0, false, HR_ROLE_NONE, label, node);
        }
    }
}


void
hr_section_additional(hr_section_walk_t *w)
{
    const hr_json_t            *odd[2];
    hr_section_sources_t        s = { .count = 0 };
    const hr_section_labels_t  *l = w->labels;

    odd[0] = hr_section_source(w, &s, hr_json_get(w->document,
                                                  "additional_information"));
    odd[1] = hr_section_source(w, &s, hr_json_get(w->document,
                                                  "additional_info"));

    hr_section_tell_any(w, HR_ROLE_NONE, odd[0]);
    hr_section_tell_any(w, HR_ROLE_NONE, odd[1]);

    hr_section_conditions(w, hr_section_pick(&s, "working_conditions", NULL));

    hr_section_tell_list(w, HR_ROLE_NONE, l->risks,
                         hr_section_pick(&s, "risk_factors", NULL));
    hr_section_tell_list(w, HR_ROLE_NONE, l->special,
                         hr_section_pick(&s, "special_requirements", NULL));
    hr_section_tell_list(w, HR_ROLE_PROMOTION_TERMS, l->promotion_terms,
                         hr_section_pick(&s, "promotion_conditions", NULL));
    hr_section_tell_list(w, HR_ROLE_PROMOTION_DECISION, l->promotion_decision,
                         hr_section_pick(&s, "promotion_decision", NULL));
    hr_section_tell_list(w, HR_ROLE_NONE, l->kpi_metrics,
                         hr_section_pick(&s, "kpi_metrics", NULL));
}


static void
hr_section_conditions(hr_section_walk_t *w, const hr_json_t *node)
{
    const hr_section_labels_t  *l = w->labels;

    if (node == NULL) {
        return;
    }

    if (node->type != HR_JSON_OBJECT) {
        hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, l->conditions);
        hr_section_tell_any(w, HR_ROLE_NONE, node);
        return;
    }

    if (hr_section_first(node, "work_schedule", "remote_work_options",
                         "business_travel", NULL) == NULL)
    {
        return;
    }

    hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, l->conditions);
    hr_section_tell_field(w, 0, true, HR_ROLE_NONE, l->schedule,
                          hr_json_get(node, "work_schedule"));
    hr_section_tell_field(w, 0, true, HR_ROLE_NONE, l->remote,
                          hr_json_get(node, "remote_work_options"));
    hr_section_tell_field(w, 0, true, HR_ROLE_NONE, l->travel,
                          hr_json_get(node, "business_travel"));
}


void
hr_section_metadata(hr_section_walk_t *w)
{
    const hr_json_t            *metadata;
    const hr_section_labels_t  *l = w->labels;

    metadata = hr_json_get(w->document, "metadata");

    hr_section_pairs(w, l->parameter, l->value);

    hr_section_tell_pair(w, HR_ROLE_CREATED, l->created,
                         hr_json_get(metadata, "creation_date"));
    hr_section_version(w, hr_json_get(metadata, "version"));
    hr_section_tell_pair(w, HR_ROLE_AUTHOR, l->author,
                         hr_section_first(metadata, "profile_author",
                                          "prepared_by", NULL));
    hr_section_generation(w);

    if (!hr_section_absent(metadata) && metadata->type != HR_JSON_OBJECT) {
        hr_section_tell_pair(w, HR_ROLE_NONE, l->description, metadata);
    }

    hr_section_close_table(w);
}


/* the number of the stored version; a number the document claims for
   itself is another thing. */
static void
hr_section_version(hr_section_walk_t *w, const hr_json_t *node)
{
    char      number[24];
    hr_str_t  text;

    if (w->in->version > 0) {
        text.len = (size_t) snprintf(number, sizeof(number), "v%lld",
                                     (long long) w->in->version);
        text.data = number;
        hr_section_tell_row(w, HR_ROLE_NONE, w->labels->version,
                            hr_section_concat(w, &text, 1), NULL, 0);
    }

    hr_section_tell_pair(w, HR_ROLE_NONE, w->in->version > 0
                                          ? w->labels->document_version
                                          : w->labels->version,
                         node);
}


static void
hr_section_generation(hr_section_walk_t *w)
{
    const hr_json_t            *g = w->generation, *node;
    const hr_section_labels_t  *l = w->labels;

    hr_section_tell_pair(w, HR_ROLE_NONE, l->generated,
                         hr_json_path(g, "generation.timestamp"));
    hr_section_figure(w, l->duration, hr_json_path(g, "generation.duration"),
                      1, 2, l->seconds);
    hr_section_tell_pair(w, HR_ROLE_NONE, l->model, hr_json_path(g, "llm.model"));
    hr_section_tokens(w, hr_json_path(g, "llm.tokens.total"));

    node = hr_json_path(g, "validation.is_valid");
    if (hr_json_is(node, HR_JSON_BOOL)) {
        hr_section_tell_row(w, HR_ROLE_NONE, l->validation,
                            node->boolean ? l->valid : l->invalid, NULL, 0);
    } else {
        hr_section_tell_pair(w, HR_ROLE_NONE, l->validation, node);
    }

    hr_section_figure(w, l->completeness,
                      hr_json_path(g, "validation.completeness_score"),
                      100, 0, HR_STR("%"));
}


/* 12345 as 12,345; what is no integer stays as it is. */
static void
hr_section_tokens(hr_section_walk_t *w, const hr_json_t *node)
{
    char      digits[32], text[48];
    int       i, n, first;
    size_t    len;
    int64_t   value;
    hr_str_t  total;

    if (!hr_json_is(node, HR_JSON_NUMBER) || !hr_json_int(node, &value)
        || value < 0)
    {
        hr_section_tell_pair(w, HR_ROLE_NONE, w->labels->tokens, node);
        return;
    }

    n = snprintf(digits, sizeof(digits), "%lld", (long long) value);
    first = n % 3;

    for (len = 0, i = 0; i < n; i++) {
        if (i != 0 && i % 3 == first) {
            text[len++] = ',';
        }
        text[len++] = digits[i];
    }

    total = hr_str(text, len);
    hr_section_tell_row(w, HR_ROLE_NONE, w->labels->tokens,
                        hr_section_concat(w, &total, 1), NULL, 0);
}


static void
hr_section_figure(hr_section_walk_t *w, hr_str_t label, const hr_json_t *node,
    double factor, int decimals, hr_str_t unit)
{
    char      text[64];
    double    value;
    hr_str_t  line[2];

    /* numbers of a sane size only: the text must fit */
    if (!hr_json_is(node, HR_JSON_NUMBER) || !hr_json_double(node, &value)
        || value < -1e12 || value > 1e12)
    {
        hr_section_tell_pair(w, HR_ROLE_NONE, label, node);
        return;
    }

    line[0] = hr_str(text, (size_t) snprintf(text, sizeof(text), "%.*f",
                                             decimals, value * factor));
    line[1] = unit;

    hr_section_tell_row(w, HR_ROLE_NONE, label, hr_section_concat(w, line, 2),
                        NULL, 0);
}


static hr_str_t
hr_section_label_at(const hr_section_walk_t *w, size_t offset)
{
    return *(const hr_str_t *) (const void *)
           ((const char *) w->labels + offset);
}
