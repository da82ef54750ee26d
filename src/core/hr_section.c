/*
 * Walk over a document: header, the sections in their fixed order, footer.
 * Every section is told whatever the document holds; one that has nothing to
 * say tells that.
 */

#include "hr_section_walk.h"


typedef struct {
    hr_section_id_t   id;
    void            (*tell)(hr_section_walk_t *w);
} hr_section_row_t;

static const hr_section_row_t  hr_section_rows[] = {
    { HR_SECTION_BASIC, hr_section_basic },
    { HR_SECTION_AREAS, hr_section_areas },
    { HR_SECTION_SKILLS, hr_section_skills },
    { HR_SECTION_QUALITIES, hr_section_qualities },
    { HR_SECTION_COMPETENCIES, hr_section_competencies },
    { HR_SECTION_EDUCATION, hr_section_education },
    { HR_SECTION_CAREER, hr_section_career },
    { HR_SECTION_WORKPLACE, hr_section_workplace },
    { HR_SECTION_METRICS, hr_section_metrics },
    { HR_SECTION_ADDITIONAL, hr_section_additional },
    { HR_SECTION_METADATA, hr_section_metadata }
};


static hr_rc_t hr_section_begin(hr_section_walk_t *w,
    const hr_section_input_t *in, hr_arena_t *arena);
static void hr_section_header(hr_section_walk_t *w);
static void hr_section_notices(hr_section_walk_t *w);
static void hr_section_line(hr_section_walk_t *w, hr_section_type_t type,
    hr_str_t text);
static void hr_section_body(hr_section_walk_t *w, const hr_section_row_t *row);
static void hr_section_end(hr_section_walk_t *w);


hr_rc_t
hr_section_walk(const hr_section_input_t *in, const hr_section_visitor_t *visitor,
    hr_arena_t *arena)
{
    size_t             i;
    hr_rc_t            rc;
    hr_section_walk_t  w;

    rc = hr_section_begin(&w, in, arena);
    if (rc != HR_OK) {
        return rc;
    }

    w.visitor = visitor;

    hr_section_header(&w);

    for (i = 0; i < sizeof(hr_section_rows) / sizeof(hr_section_row_t); i++) {
        hr_section_body(&w, &hr_section_rows[i]);
    }

    hr_section_end(&w);

    return w.rc;
}


hr_str_t
hr_section_title(const hr_section_input_t *in, hr_arena_t *arena)
{
    hr_str_t           text;
    hr_section_walk_t  w;

    if (hr_section_begin(&w, in, arena) != HR_OK) {
        return in->labels == NULL ? hr_section_labels_ru.no_position
                                  : in->labels->no_position;
    }

    text = hr_section_text(&w, hr_json_get(w.document, "position_title"));

    return text.len == 0 ? w.labels->no_position : text;
}


bool
hr_section_kpi_generic(const hr_section_input_t *in)
{
    hr_str_t          source;
    const hr_json_t  *gen;

    if (in->kpi != HR_SECTION_KPI_AUTO) {
        return in->kpi == HR_SECTION_KPI_GENERIC;
    }

    gen = in->generation;
    if (gen == NULL && hr_json_is(hr_json_get(in->document, "profile"),
                                  HR_JSON_OBJECT))
    {
        gen = hr_json_get(in->document, "metadata");
    }

    /* generation.md 8.1; older rows have an integer there and no such facts */
    source = hr_json_text(hr_json_path(gen, "data_sources.kpi_source"));
    if (source.len == 0) {
        source = hr_json_text(hr_json_get(gen, "kpi_source"));
    }

    return source.len != 0 && !hr_str_eq(source, HR_STR("specific"));
}


static hr_rc_t
hr_section_begin(hr_section_walk_t *w, const hr_section_input_t *in,
    hr_arena_t *arena)
{
    const hr_json_t  *profile;

    if (!hr_json_is(in->document, HR_JSON_OBJECT)) {
        return HR_INVALID;
    }

    *w = (hr_section_walk_t) {
        .in = in,
        .labels = in->labels == NULL ? &hr_section_labels_ru : in->labels,
        .arena = arena,
        .document = in->document,
        .generation = in->generation,
        .rc = HR_OK
    };

    profile = hr_json_get(in->document, "profile");

    if (hr_json_is(profile, HR_JSON_OBJECT)) {
        w->document = profile;

        if (w->generation == NULL) {
            w->generation = hr_json_get(in->document, "metadata");
        }
    }

    return HR_OK;
}


static void
hr_section_header(hr_section_walk_t *w)
{
    hr_str_t            unit, product, line[4];
    hr_section_event_t  title = {
        .type = HR_SECTION_TITLE,
        .level = 1,
        .mark = w->labels->title_mark
    };
    hr_section_event_t  subtitle = {
        .type = HR_SECTION_SUBTITLE,
        .label = w->labels->unit
    };

    w->section = HR_SECTION_HEADER;

    title.text = hr_section_title(w->in, w->arena);
    hr_section_tell(w, &title);

    unit = hr_section_text(w, hr_json_get(w->document, "department_specific"));
    if (unit.len != 0) {
        subtitle.text = unit;
        hr_section_tell(w, &subtitle);
    }

    hr_section_notices(w);
    hr_section_line(w, HR_SECTION_RULE, HR_STR(""));

    product = hr_section_clean(w, w->in->product);

    line[0] = w->labels->made_by;
    line[1] = HR_STR(" ");
    line[2] = product.len == 0 ? w->labels->product : product;
    hr_section_line(w, HR_SECTION_FOOTER, hr_section_concat(w, line, 3));
}


static void
hr_section_notices(hr_section_walk_t *w)
{
    size_t    n;
    hr_str_t  status, line[6];

    if (w->in->draft) {
        status = hr_section_clean(w, w->in->status);
        n = 0;

        line[n++] = w->labels->draft;
        if (status.len != 0) {
            line[n++] = HR_STR(" (");
            line[n++] = status;
            line[n++] = HR_STR(")");
        }
        line[n++] = HR_STR(". ");
        line[n++] = w->labels->draft_text;

        hr_section_line(w, HR_SECTION_NOTICE, hr_section_concat(w, line, n));
    }

    hr_section_kpi_notice(w);
}


void
hr_section_kpi_notice(hr_section_walk_t *w)
{
    if (hr_section_kpi_generic(w->in)) {
        hr_section_line(w, HR_SECTION_NOTICE, w->labels->kpi_notice);
    }
}


static void
hr_section_line(hr_section_walk_t *w, hr_section_type_t type, hr_str_t text)
{
    hr_section_event_t  event = { .type = type, .text = text };

    hr_section_tell(w, &event);
}


static void
hr_section_body(hr_section_walk_t *w, const hr_section_row_t *row)
{
    w->section = row->id;

    hr_section_tell_heading(w, 2, 0, HR_ROLE_NONE, w->labels->heading[row->id]);

    w->told = 0;        /* the heading does not count */
    row->tell(w);

    if (w->told == 0) {
        hr_section_line(w, HR_SECTION_MISSING, w->labels->missing[row->id]);
    }
}


/* the version's own time, so that every rendering of it is the same. */
static void
hr_section_end(hr_section_walk_t *w)
{
    char      stamp[HR_TIME_MAX];
    hr_str_t  line[3];

    hr_section_line(w, HR_SECTION_RULE, HR_STR(""));

    line[0] = w->visitor->stamp_label;
    line[1] = HR_STR(": ");
    line[2] = hr_str(stamp, hr_time_format(w->in->created_at, HR_TIME_T1, stamp));

    hr_section_line(w, HR_SECTION_FOOTER, hr_section_concat(w, line, 3));
}
