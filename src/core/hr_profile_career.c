#include "hr_profile_career.h"
#include "hr_text.h"


const char *const  hr_career_growth[HR_CAREER_GROWTHS] = {
    "vertical_growth", "horizontal_growth", "expert_growth"
};

const char *const  hr_career_sources[HR_CAREER_SOURCES] = {
    "direct_predecessors", "cross_functional_entrants"
};

/* Older shapes: where the texts of an editor's array are found (2.4). */
static const char *const  hr_career_older_sources[] = {
    "career_entry_positions", "donor_positions"
};

static const char *const  hr_career_older_targets[] = {
    "career_growth_positions"
};


hr_rc_t
hr_career_labels(hr_arena_t *arena, const hr_vocabulary_t *voc,
    hr_career_labels_t *out)
{
    size_t     i;
    hr_str_t   path, label;
    hr_lang_t  lang;

    out->rationale = hr_vocabulary_constant(voc, "rationale");

    if (out->rationale.len == 0) {
        out->rationale = HR_STR("обоснование");
    }

    for (i = 0; i < HR_CAREER_GROWTHS; i++) {

        path = hr_arena_printf(arena, "careerogram.target_pathways.%s",
                               hr_career_growth[i]);
        if (path.data == NULL) {
            return HR_NOMEM;
        }

        out->label[i] = hr_vocabulary_label(voc, HR_LANG_RU, path);

        for (lang = 0; lang < HR_LANG_COUNT; lang++) {
            label = hr_vocabulary_label(voc, lang, path);
            out->folded[i][lang] = hr_fold(arena, label);

            if (out->folded[i][lang].data == NULL) {
                return HR_NOMEM;
            }
        }
    }

    return HR_OK;
}


hr_rc_t
hr_career_named_growth(hr_arena_t *arena, const hr_career_labels_t *labels,
    hr_str_t text, size_t *growth)
{
    size_t     i;
    hr_str_t   name;
    hr_lang_t  lang;

    *growth = HR_CAREER_GROWTHS;

    for (i = 0; i < text.len && text.data[i] != ':'; i++) {
        /* void */
    }

    if (i == text.len || i > HR_CAREER_NAME_MAX) {
        return HR_OK;
    }

    name = hr_fold(arena, hr_str(text.data, i));

    if (name.data == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < HR_CAREER_GROWTHS; i++) {
        for (lang = 0; lang < HR_LANG_COUNT; lang++) {

            if (name.len != 0 && hr_str_eq(name, labels->folded[i][lang])) {
                *growth = i;
                return HR_OK;
            }
        }
    }

    return HR_OK;
}


/* "Блок/Отдел" as "Блок → Отдел" */

static void
hr_career_put_path(hr_buf_t *buf, hr_str_t path)
{
    size_t    i, start;
    hr_str_t  part;

    for (start = i = 0; i <= path.len; i++) {

        if (i < path.len && path.data[i] != '/') {
            continue;
        }

        part = hr_trim(hr_str(path.data + start, i - start));
        start = i + 1;

        if (part.len != 0) {
            hr_buf_c(buf, buf->len == 0 ? "" : " → ");
            hr_buf_str(buf, part);
        }
    }
}


static hr_rc_t
hr_career_object_text(hr_arena_t *arena, const hr_career_labels_t *labels,
    hr_str_t label, const hr_json_t *step, hr_str_t *out)
{
    size_t    i;
    hr_rc_t   rc;
    hr_buf_t  buf, path;
    hr_str_t  part[3];

    static const char *const  members[] = {
        "target_position", "target_department", "rationale"
    };

    for (i = 0; i < 3; i++) {
        part[i] = hr_node_text(arena, hr_json_get(step, members[i]));

        if (part[i].data == NULL) {
            return HR_NOMEM;
        }

        part[i] = hr_trim(part[i]);
    }

    if (part[0].len + part[1].len + part[2].len == 0) {
        return HR_OK;
    }

    hr_buf_init(&buf, 2 * HR_PROFILE_BYTES_MAX);
    hr_buf_init(&path, 2 * HR_PROFILE_BYTES_MAX);

    hr_buf_str(&path, part[0]);
    hr_career_put_path(&path, part[1]);

    hr_buf_str(&buf, label);
    hr_buf_c(&buf, ": ");
    hr_buf_str(&buf, hr_buf_view(&path));

    if (part[2].len != 0) {
        hr_buf_c(&buf, path.len == 0 ? "" : "; ");
        hr_buf_str(&buf, labels->rationale);
        hr_buf_c(&buf, ": ");
        hr_buf_str(&buf, part[2]);
    }

    rc = path.err != HR_OK ? path.err : buf.err;

    if (rc == HR_OK) {
        *out = hr_arena_str(arena, hr_buf_view(&buf));
        rc = out->data == NULL ? HR_NOMEM : HR_OK;
    }

    hr_buf_release(&path);
    hr_buf_release(&buf);

    return rc;
}


hr_rc_t
hr_career_step_text(hr_arena_t *arena, const hr_career_labels_t *labels,
    size_t growth, const hr_json_t *step, hr_str_t *out)
{
    size_t    named;
    hr_rc_t   rc;
    hr_str_t  text, label;

    *out = HR_STR("");
    label = labels->label[growth];

    if (step->type == HR_JSON_OBJECT) {
        return hr_career_object_text(arena, labels, label, step, out);
    }

    text = hr_trim(hr_json_text(step));

    if (text.len == 0) {
        return HR_OK;
    }

    rc = hr_career_named_growth(arena, labels, text, &named);

    if (rc == HR_OK && named == growth) {
        *out = text;

    } else if (rc == HR_OK) {
        *out = hr_arena_printf(arena, "%.*s: %.*s", (int) label.len, label.data,
                               (int) text.len, text.data);
        rc = out->data == NULL ? HR_NOMEM : HR_OK;
    }

    return rc;
}


const hr_json_t *
hr_career_first(const hr_json_t *list)
{
    return hr_json_is(list, HR_JSON_ARRAY) ? list->first : list;
}


const hr_json_t *
hr_career_next(const hr_json_t *list, const hr_json_t *item)
{
    return hr_json_is(list, HR_JSON_ARRAY) ? item->next : NULL;
}


hr_rc_t
hr_career_steps(hr_arena_t *arena, const hr_career_labels_t *labels,
    const hr_json_t *pathways, hr_career_steps_t *out)
{
    size_t            growth, total;
    hr_rc_t           rc;
    hr_str_t          text;
    const hr_json_t  *list, *item;

    total = 0;
    memset(out, 0, sizeof(hr_career_steps_t));

    for (growth = 0; growth < HR_CAREER_GROWTHS; growth++) {
        list = hr_json_get(pathways, hr_career_growth[growth]);
        total += list == NULL ? 0 : list->type == HR_JSON_ARRAY ? list->count : 1;
    }

    if (total > HR_CAREER_STEPS_MAX) {
        total = HR_CAREER_STEPS_MAX;
    }

    if (total == 0) {
        return HR_OK;
    }

    out->items = hr_arena_calloc(arena, total * sizeof(hr_career_step_t));
    if (out->items == NULL) {
        return HR_NOMEM;
    }

    for (growth = 0; growth < HR_CAREER_GROWTHS; growth++) {
        list = hr_json_get(pathways, hr_career_growth[growth]);

        for (item = hr_career_first(list);
             item != NULL && out->count < total;
             item = hr_career_next(list, item))
        {
            rc = hr_career_step_text(arena, labels, growth, item, &text);

            if (rc != HR_OK) {
                return rc;
            }

            if (text.len != 0) {
                out->items[out->count].text = text;
                out->items[out->count].raw = hr_trim(hr_json_text(item));
                out->items[out->count].step = item;
                out->items[out->count++].growth = growth;
            }
        }
    }

    return HR_OK;
}


/* -- the read form -- */

static bool
hr_career_push_texts(hr_arena_t *arena, hr_json_t *array, const hr_json_t *list)
{
    hr_str_t          text;
    const hr_json_t  *item;

    for (item = hr_career_first(list); item != NULL;
         item = hr_career_next(list, item))
    {
        text = hr_trim(hr_json_text(item));

        if (text.len != 0
            && hr_json_push(array, hr_json_new_str(arena, text)) != HR_OK)
        {
            return false;
        }
    }

    return true;
}


hr_json_t *
hr_career_source_texts(hr_arena_t *arena, const hr_json_t *sources)
{
    size_t      i;
    hr_json_t  *array;

    array = hr_json_new(arena, HR_JSON_ARRAY);

    for (i = 0; array != NULL && i < HR_CAREER_SOURCES; i++) {
        if (!hr_career_push_texts(arena, array,
                                  hr_json_get(sources, hr_career_sources[i])))
        {
            return NULL;
        }
    }

    return array;
}


hr_json_t *
hr_career_target_texts(hr_arena_t *arena, const hr_career_labels_t *labels,
    const hr_json_t *pathways)
{
    size_t             i;
    hr_json_t         *array;
    hr_career_steps_t  steps;

    array = hr_json_new(arena, HR_JSON_ARRAY);

    if (array == NULL
        || hr_career_steps(arena, labels, pathways, &steps) != HR_OK)
    {
        return NULL;
    }

    for (i = 0; i < steps.count; i++) {
        if (hr_json_push(array, hr_json_new_str(arena, steps.items[i].text))
            != HR_OK)
        {
            return NULL;
        }
    }

    return array;
}


/* Texts of an older shape: named lists, then one list of each pathway. */

static hr_json_t *
hr_career_older_texts(hr_arena_t *arena, const hr_json_t *career,
    const char *const *names, size_t n, const char *pathway_list)
{
    size_t            i;
    hr_json_t        *array;
    const hr_json_t  *pathways, *item;

    array = hr_json_new(arena, HR_JSON_ARRAY);

    for (i = 0; array != NULL && i < n; i++) {
        if (!hr_career_push_texts(arena, array, hr_json_get(career, names[i]))) {
            return NULL;
        }
    }

    pathways = hr_json_get(career, "career_pathways");

    if (array == NULL || !hr_json_is(pathways, HR_JSON_ARRAY)) {
        return array;
    }

    for (item = pathways->first; item != NULL; item = item->next) {
        if (!hr_career_push_texts(arena, array, hr_json_get(item, pathway_list)))
        {
            return NULL;
        }
    }

    return array;
}


static hr_rc_t
hr_career_read_sources(hr_arena_t *arena, hr_json_t *career)
{
    hr_rc_t     rc;
    hr_json_t  *sources, *array;

    sources = hr_json_get(career, "source_positions");

    if (hr_json_is(sources, HR_JSON_ARRAY)) {
        return HR_OK;
    }

    if (hr_json_is(sources, HR_JSON_OBJECT)) {
        array = hr_career_source_texts(arena, sources);
        if (array == NULL) {
            return HR_NOMEM;
        }

        hr_node_replace(sources, array);

        if (hr_json_get(career, "source_positions_detail") != NULL) {
            return HR_OK;
        }

        return hr_json_set(arena, career, "source_positions_detail", sources);
    }

    if (hr_json_missing(sources)) {
        array = hr_career_older_texts(arena, career, hr_career_older_sources, 2,
                                      "entry_positions");

    } else {
        array = hr_json_new(arena, HR_JSON_ARRAY);

        rc = hr_json_push(array, hr_json_new_str(arena,
                                                 hr_node_text(arena, sources)));
        if (rc != HR_OK) {
            return rc;
        }
    }

    return hr_json_set(arena, career, "source_positions", array);
}


static hr_rc_t
hr_career_read_targets(hr_arena_t *arena, hr_json_t *career,
    const hr_vocabulary_t *voc)
{
    hr_rc_t              rc;
    hr_json_t           *array;
    const hr_json_t     *targets, *pathways;
    hr_career_labels_t   labels;

    targets = hr_json_get(career, "target_positions");

    if (!hr_json_missing(targets)) {
        return HR_OK;
    }

    pathways = hr_json_get(career, "target_pathways");

    if (hr_json_is(pathways, HR_JSON_OBJECT)) {
        rc = hr_career_labels(arena, voc, &labels);
        if (rc != HR_OK) {
            return rc;
        }

        array = hr_career_target_texts(arena, &labels, pathways);

    } else {
        array = hr_career_older_texts(arena, career, hr_career_older_targets, 1,
                                      "advancement_positions");
    }

    return hr_json_set(arena, career, "target_positions", array);
}


hr_rc_t
hr_career_read(hr_arena_t *arena, hr_json_t *document,
    const hr_vocabulary_t *voc)
{
    hr_rc_t           rc;
    hr_json_t        *career;
    const hr_json_t  *value, *object;

    value = hr_json_get(document, "careerogram");
    object = hr_profile_career(arena, value);

    if (value == NULL) {
        return HR_OK;
    }

    if (object == NULL) {
        return HR_NOMEM;
    }

    if (object->type != HR_JSON_OBJECT) {
        return HR_OK;
    }

    if (object != value) {
        rc = hr_json_set(arena, document, "careerogram",
                         hr_json_clone(arena, object));
        if (rc != HR_OK) {
            return rc;
        }
    }

    career = hr_json_get(document, "careerogram");

    rc = hr_career_read_sources(arena, career);

    return rc == HR_OK ? hr_career_read_targets(arena, career, voc) : rc;
}
