/*
 * The careerogram on its way back from the client's editor.
 */

#include "hr_profile_career.h"
#include "hr_text.h"


#define HR_CAREER_BUDGET  1000000


/* What hr_career_merge() works with; all but m may be NULL. */
typedef struct {
    hr_profile_merger_t  *m;
    const hr_json_t      *stored;       /* object, parsed when it was a text */
    const hr_json_t      *read;
    const hr_json_t      *incoming;
    const hr_json_t      *pathways;     /* incoming target_pathways, else stored */
    const hr_json_t      *detail;       /* incoming detail, else stored sources */
    bool                  own_targets;  /* target_positions are no derived texts */
    hr_career_labels_t    labels;
    size_t                budget;       /* comparisons left, against absurd input */
} hr_career_merger_t;


static bool
hr_career_same_texts(const hr_json_t *a, const hr_json_t *b)
{
    const hr_json_t  *x, *y;

    if (!hr_json_is(a, HR_JSON_ARRAY) || !hr_json_is(b, HR_JSON_ARRAY)) {
        return false;
    }

    x = a->first;
    y = b->first;

    for ( ;; ) {
        /* an empty row of the form is no text */
        while (x != NULL && x->type == HR_JSON_STRING && x->text.len == 0) {
            x = x->next;
        }

        if (x == NULL || y == NULL) {
            return x == NULL && y == NULL;
        }

        if (!hr_json_equal(x, y)) {
            return false;
        }

        x = x->next;
        y = y->next;
    }
}


static bool
hr_career_push(hr_career_merger_t *c, hr_json_t *array, const hr_json_t *value)
{
    hr_json_t  *copy;

    copy = hr_profile_copy(c->m, value);

    if (copy == NULL) {
        return false;
    }

    hr_node_append(array, HR_STR_NULL, copy);

    return true;
}


/* Finds the step that a text stands for, looking from *from onwards first. */

static hr_career_step_t *
hr_career_find_step(hr_career_merger_t *c, hr_career_steps_t *steps,
    hr_str_t text, size_t *from)
{
    size_t             i, k;
    hr_career_step_t  *step;

    for (k = 0; k < steps->count && c->budget > 0; k++) {
        c->budget--;
        i = (*from + k) % steps->count;
        step = &steps->items[i];

        if (!step->used
            && (hr_str_eq(step->text, text)
                || (step->raw.len != 0 && hr_str_eq(step->raw, text))))
        {
            step->used = true;
            *from = i + 1;
            return step;
        }
    }

    return NULL;
}


/*
 * Distributes the incoming texts over three lists: a text that was derived
 * stands for its step, any other one becomes a step that is a text, of the
 * growth type it names, else of the type of the step whose place it takes.
 */

static bool
hr_career_assign(hr_career_merger_t *c, const hr_json_t *texts,
    hr_career_steps_t *steps, hr_json_t *lists[HR_CAREER_GROWTHS])
{
    size_t             index, from, growth, named;
    const hr_json_t   *text;
    hr_career_step_t  *step;

    index = 0;
    from = 0;
    growth = 0;

    for (text = texts->first; text != NULL; text = text->next) {

        if (text->type == HR_JSON_NULL
            || (text->type == HR_JSON_STRING && text->text.len == 0))
        {
            continue;
        }

        step = hr_career_find_step(c, steps, hr_json_text(text), &from);

        if (step != NULL) {
            growth = step->growth;

        } else if (hr_career_named_growth(c->m->arena, &c->labels,
                                          hr_json_text(text), &named) != HR_OK)
        {
            c->m->rc = HR_NOMEM;
            return false;

        } else if (named < HR_CAREER_GROWTHS) {
            growth = named;

        } else if (index < steps->count) {
            growth = steps->items[index].growth;
        }

        index++;

        if (!hr_career_push(c, lists[growth], step == NULL ? text : step->step)) {
            return false;
        }
    }

    return true;
}


/* What is no text came back as it was, and is in the list already. */
static bool
hr_career_came_back(hr_career_merger_t *c, const hr_json_t *list,
    const hr_json_t *item)
{
    const hr_json_t  *member;

    for (member = list->first; member != NULL && c->budget > 0;
         member = member->next)
    {
        c->budget--;

        if (hr_json_equal(member, item)) {
            return true;
        }
    }

    return false;
}


/* Steps that have no text were not in the editor's hands: they stay. */

static bool
hr_career_keep_underived(hr_career_merger_t *c, const hr_json_t *pathways,
    const hr_career_steps_t *steps, size_t growth, hr_json_t *list)
{
    size_t            i;
    const hr_json_t  *stored, *item;

    stored = hr_json_get(pathways, hr_career_growth[growth]);

    for (i = 0; i < steps->count && steps->items[i].growth != growth; i++) {
        /* void */
    }

    for (item = hr_career_first(stored); item != NULL;
         item = hr_career_next(stored, item))
    {
        /* the derived steps are in the order of the list */

        if (i < steps->count && steps->items[i].step == item) {
            i++;

        } else if (item->type != HR_JSON_NULL
                   && !hr_career_came_back(c, list, item)
                   && !hr_career_push(c, list, item))
        {
            return false;
        }
    }

    return true;
}


/* target_pathways after an edit of the texts. */

static hr_json_t *
hr_career_merge_texts(hr_career_merger_t *c, const hr_json_t *texts)
{
    size_t             i;
    hr_json_t         *pathways, *lists[HR_CAREER_GROWTHS];
    hr_career_steps_t  steps;

    pathways = hr_profile_copy(c->m, c->pathways);

    if (pathways == NULL
        || hr_career_steps(c->m->arena, &c->labels, c->pathways, &steps) != HR_OK)
    {
        c->m->rc = HR_NOMEM;
        return NULL;
    }

    for (i = 0; i < HR_CAREER_GROWTHS; i++) {
        lists[i] = hr_json_new(c->m->arena, HR_JSON_ARRAY);

        if (lists[i] == NULL) {
            c->m->rc = HR_NOMEM;
            return NULL;
        }
    }

    if (!hr_career_assign(c, texts, &steps, lists)) {
        return NULL;
    }

    for (i = 0; i < HR_CAREER_GROWTHS; i++) {

        if (!hr_career_keep_underived(c, c->pathways, &steps, i, lists[i])) {
            return NULL;
        }

        if (lists[i]->count == 0
            && hr_json_get(pathways, hr_career_growth[i]) == NULL)
        {
            continue;
        }

        if (hr_json_set(c->m->arena, pathways, hr_career_growth[i], lists[i])
            != HR_OK)
        {
            c->m->rc = HR_NOMEM;
            return NULL;
        }
    }

    return pathways;
}


/*
 * A client that holds an object and the texts derived from it may have edited
 * either.  When the texts are those of what is stored, it edited the object -
 * unless the texts, put onto that object, give what is stored: then the request
 * is an earlier edit of the texts sent once more.
 */

static bool
hr_career_object_edited(const hr_json_t *object, const hr_json_t *stored,
    const hr_json_t *texts, const hr_json_t *read_texts,
    const hr_json_t *merged)
{
    return object != stored && !hr_json_equal(object, stored)
           && hr_career_same_texts(texts, read_texts)
           && !hr_json_equal(merged, stored);
}


static hr_json_t *
hr_career_merge_pathways(hr_career_merger_t *c)
{
    hr_json_t        *derived, *merged;
    const hr_json_t  *texts;

    texts = hr_json_get(c->incoming, "target_positions");

    if (!hr_json_is(texts, HR_JSON_ARRAY)) {
        return hr_profile_copy(c->m, c->pathways);
    }

    derived = hr_career_target_texts(c->m->arena, &c->labels, c->pathways);

    if (derived == NULL) {
        c->m->rc = HR_NOMEM;
        return NULL;
    }

    hr_node_trim(derived);

    if (hr_career_same_texts(texts, derived)) {
        return hr_profile_copy(c->m, c->pathways);
    }

    merged = hr_career_merge_texts(c, texts);

    if (merged != NULL
        && hr_career_object_edited(c->pathways,
                                   hr_json_get(c->stored, "target_pathways"),
                                   texts,
                                   hr_json_get(c->read, "target_positions"),
                                   merged))
    {
        return hr_profile_copy(c->m, c->pathways);
    }

    return merged;
}


/* Takes one unused text out of a list of sources; NULL: it is not there. */

static const hr_json_t *
hr_career_take(hr_career_merger_t *c, const hr_json_t *list, hr_str_t text,
    bool *used, size_t n)
{
    size_t            i;
    const hr_json_t  *item;

    i = 0;

    for (item = hr_career_first(list); item != NULL && i < n && c->budget > 0;
         item = hr_career_next(list, item), i++)
    {
        c->budget--;

        if (!used[i] && hr_str_eq(hr_trim(hr_json_text(item)), text)) {
            used[i] = true;
            return item;
        }
    }

    return NULL;
}


/*
 * Distributes the incoming source texts over the two stored lists; a new one
 * goes to the list of the text before it.
 */

static bool
hr_career_assign_sources(hr_career_merger_t *c, const hr_json_t *texts,
    const hr_json_t *stored[HR_CAREER_SOURCES],
    hr_json_t *lists[HR_CAREER_SOURCES])
{
    bool             *used[HR_CAREER_SOURCES];
    size_t            i, n[HR_CAREER_SOURCES], current;
    const hr_json_t  *text, *item;

    for (i = 0; i < HR_CAREER_SOURCES; i++) {
        n[i] = stored[i] == NULL ? 0
               : stored[i]->type == HR_JSON_ARRAY ? stored[i]->count : 1;

        if (n[i] > HR_CAREER_STEPS_MAX) {
            n[i] = HR_CAREER_STEPS_MAX;
        }

        used[i] = hr_arena_calloc(c->m->arena, n[i] + 1);

        if (used[i] == NULL) {
            c->m->rc = HR_NOMEM;
            return false;
        }
    }

    current = 0;

    for (text = texts->first; text != NULL; text = text->next) {

        if (hr_json_missing(text)) {
            continue;
        }

        item = NULL;

        for (i = 0; i < HR_CAREER_SOURCES && item == NULL; i++) {
            item = hr_career_take(c, stored[i], hr_json_text(text), used[i],
                                  n[i]);

            if (item != NULL) {
                current = i;
            }
        }

        if (!hr_career_push(c, lists[current], item == NULL ? text : item)) {
            return false;
        }
    }

    /* what was never shown as a text stays */

    for (i = 0; i < HR_CAREER_SOURCES; i++) {
        for (item = hr_career_first(stored[i]); item != NULL;
             item = hr_career_next(stored[i], item))
        {
            if (item->type != HR_JSON_STRING && item->type != HR_JSON_NULL
                && !hr_career_push(c, lists[i], item))
            {
                return false;
            }
        }
    }

    return true;
}


static hr_json_t *
hr_career_put_sources(hr_career_merger_t *c, const hr_json_t *texts)
{
    size_t            i;
    hr_json_t        *sources, *lists[HR_CAREER_SOURCES];
    const hr_json_t  *stored[HR_CAREER_SOURCES];

    sources = hr_profile_copy(c->m, c->detail);

    if (sources == NULL) {
        return NULL;
    }

    for (i = 0; i < HR_CAREER_SOURCES; i++) {
        stored[i] = hr_json_get(c->detail, hr_career_sources[i]);
        lists[i] = hr_json_new(c->m->arena, HR_JSON_ARRAY);

        if (lists[i] == NULL) {
            c->m->rc = HR_NOMEM;
            return NULL;
        }
    }

    if (!hr_career_assign_sources(c, texts, stored, lists)) {
        return NULL;
    }

    for (i = 0; i < HR_CAREER_SOURCES; i++) {
        if ((lists[i]->count != 0 || stored[i] != NULL)
            && hr_json_set(c->m->arena, sources, hr_career_sources[i], lists[i])
               != HR_OK)
        {
            c->m->rc = HR_NOMEM;
            return NULL;
        }
    }

    return sources;
}


static hr_json_t *
hr_career_merge_sources(hr_career_merger_t *c, const hr_json_t *texts)
{
    hr_json_t  *derived, *merged;

    derived = hr_career_source_texts(c->m->arena, c->detail);

    if (derived == NULL) {
        c->m->rc = HR_NOMEM;
        return NULL;
    }

    if (hr_career_same_texts(texts, derived)) {
        return hr_profile_copy(c->m, c->detail);
    }

    merged = hr_career_put_sources(c, texts);

    if (merged != NULL
        && hr_career_object_edited(c->detail,
                                   hr_json_get(c->stored, "source_positions"),
                                   texts,
                                   hr_json_get(c->read, "source_positions"),
                                   merged))
    {
        return hr_profile_copy(c->m, c->detail);
    }

    return merged;
}


/* An array derived from an older shape goes when its source came back too. */

static bool
hr_career_older_overlay(const hr_career_merger_t *c, const hr_json_t *member)
{
    size_t  i;

    static const char *const  sources[] = {
        "career_pathways", "career_entry_positions", "donor_positions",
        "career_growth_positions"
    };

    if (!hr_json_missing(hr_json_get_str(c->stored, member->key))
        || !hr_json_equal(member, hr_json_get_str(c->read, member->key)))
    {
        return false;
    }

    if (member->count == 0) {
        return true;
    }

    for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (hr_json_get(c->incoming, sources[i]) != NULL) {
            return true;
        }
    }

    return false;
}


/* A derived member goes; an empty one that is stored under its name stays. */

static hr_json_t *
hr_career_keep_stored(hr_career_merger_t *c, hr_str_t key)
{
    const hr_json_t  *stored;

    stored = hr_json_get_str(c->stored, key);

    return stored != NULL && hr_json_missing(stored)
           ? hr_profile_copy(c->m, stored) : NULL;
}


static hr_json_t *
hr_career_generic(hr_career_merger_t *c, const hr_json_t *member)
{
    const hr_json_t  *stored;

    stored = hr_json_get_str(c->stored, member->key);

    if (hr_career_older_overlay(c, member)) {
        return hr_career_keep_stored(c, member->key);
    }

    if (stored == NULL) {
        return hr_profile_copy(c->m, member);
    }

    return hr_profile_merge_value(c->m, stored,
                                  hr_json_get_str(c->read, member->key), member,
                                  1);
}


static hr_json_t *
hr_career_member(hr_career_merger_t *c, const hr_json_t *member, hr_str_t *key)
{
    bool  detail;

    detail = hr_json_get(c->stored, "source_positions_detail") == NULL
             && c->detail != NULL;

    *key = member->key;

    if (hr_str_eq(*key, HR_STR("source_positions"))
        && c->detail != NULL && member->type == HR_JSON_ARRAY)
    {
        return hr_career_merge_sources(c, member);
    }

    if (hr_str_eq(*key, HR_STR("source_positions_detail")) && detail) {

        if (hr_json_get(c->incoming, "source_positions") != NULL) {
            return NULL;
        }

        *key = HR_STR("source_positions");
        return hr_profile_copy(c->m, c->detail);
    }

    if (hr_str_eq(*key, HR_STR("target_pathways")) && c->pathways != NULL
        && !c->own_targets)
    {
        return hr_career_merge_pathways(c);
    }

    if (hr_str_eq(*key, HR_STR("target_positions")) && c->pathways != NULL
        && !c->own_targets)
    {
        if (hr_json_get(c->incoming, "target_pathways") != NULL) {
            return hr_career_keep_stored(c, member->key);
        }

        *key = HR_STR("target_pathways");
        return hr_career_merge_pathways(c);
    }

    return hr_career_generic(c, member);
}


static void
hr_career_find_sources(hr_career_merger_t *c)
{
    const hr_json_t  *value;

    value = hr_json_get(c->incoming, "target_pathways");

    if (value == NULL || value->type == HR_JSON_NULL) {
        value = hr_json_get(c->stored, "target_pathways");
    }

    c->pathways = hr_json_is(value, HR_JSON_OBJECT) ? value : NULL;

    value = hr_json_get(c->incoming, "source_positions_detail");

    if (!hr_json_is(value, HR_JSON_OBJECT)
        || hr_json_get(c->stored, "source_positions_detail") != NULL)
    {
        value = hr_json_get(c->stored, "source_positions");
    }

    c->detail = hr_json_is(value, HR_JSON_OBJECT) ? value : NULL;
}


/*
 * A stored document that has target_positions itself was not given derived
 * ones; but what comes in may be the answer of another version, whose texts
 * are those of the steps beside them.
 */

static bool
hr_career_owns_targets(hr_career_merger_t *c)
{
    hr_json_t        *derived;
    const hr_json_t  *stored, *texts, *pathways;

    stored = hr_json_get(c->stored, "target_positions");
    texts = hr_json_get(c->incoming, "target_positions");
    pathways = hr_json_get(c->incoming, "target_pathways");

    if (hr_json_missing(stored)) {
        return false;
    }

    if (!hr_json_is(pathways, HR_JSON_OBJECT) || hr_json_equal(stored, texts)) {
        return true;
    }

    derived = hr_career_target_texts(c->m->arena, &c->labels, pathways);

    if (derived == NULL) {
        c->m->rc = HR_NOMEM;
        return true;
    }

    hr_node_trim(derived);

    return !hr_career_same_texts(texts, derived);
}


hr_json_t *
hr_career_merge(hr_profile_merger_t *m, const hr_json_t *stored,
    const hr_json_t *read, const hr_json_t *incoming)
{
    hr_str_t             key;
    hr_json_t           *result, *value;
    const hr_json_t     *member;
    hr_career_merger_t   c;

    c.m = m;
    c.stored = stored == NULL ? NULL : hr_profile_career(m->arena, stored);
    c.read = read;
    c.incoming = incoming;

    if (stored != NULL && c.stored == NULL) {
        m->rc = HR_NOMEM;
        return NULL;
    }

    if (hr_json_equal(incoming, read) || hr_json_equal(incoming, stored)) {
        return hr_profile_copy(m, stored);
    }

    if (incoming->type != HR_JSON_OBJECT) {
        return hr_profile_copy(m, incoming);
    }

    c.budget = HR_CAREER_BUDGET;
    hr_career_find_sources(&c);

    m->rc = hr_career_labels(m->arena, m->voc, &c.labels);
    if (m->rc != HR_OK) {
        return NULL;
    }

    c.own_targets = hr_career_owns_targets(&c);

    result = hr_json_new(m->arena, HR_JSON_OBJECT);
    if (result == NULL) {
        m->rc = HR_NOMEM;
        return NULL;
    }

    for (member = incoming->first; member != NULL; member = member->next) {

        value = hr_career_member(&c, member, &key);

        if (m->rc != HR_OK) {
            return NULL;
        }

        if (value != NULL) {
            hr_node_append(result, key, value);
        }
    }

    return hr_json_equal(result, c.stored) ? hr_profile_copy(m, stored) : result;
}
