#include <stdarg.h>
#include <stdio.h>

#include "hr_profile.h"
#include "hr_score_doc.h"


const hr_json_t *
hr_score_member(const hr_json_t *object, const char *name, const char *older)
{
    const hr_json_t  *value;

    value = hr_json_get(object, name);

    if ((value == NULL || value->type == HR_JSON_NULL) && older != NULL) {
        value = hr_json_get(object, older);
    }

    return value != NULL && value->type == HR_JSON_NULL ? NULL : value;
}


const hr_json_t *
hr_score_first(const hr_json_t *list)
{
    return hr_json_is(list, HR_JSON_ARRAY) ? list->first : list;
}


const hr_json_t *
hr_score_next(const hr_json_t *list, const hr_json_t *item)
{
    return hr_json_is(list, HR_JSON_ARRAY) ? item->next : NULL;
}


static bool
hr_score_fold(const hr_score_doc_t *doc, hr_str_t text, hr_score_text_t *out)
{
    out->text = text;
    out->folded = hr_fold(doc->arena, text);
    out->lists = hr_words_index_find(&doc->quality->index, out->folded);

    return out->folded.data != NULL;
}


bool
hr_score_text(const hr_score_doc_t *doc, const hr_json_t *node,
    hr_score_text_t *out)
{
    uint64_t          hash;
    hr_score_text_t  *known;

    /* of two nodes with one place the later one stays */

    hash = (uint64_t) (uintptr_t) node * 0x9e3779b97f4a7c15ull;
    known = &doc->known[hash >> (64 - HR_SCORE_KNOWN_BITS)];

    if (node == NULL || known->node != node) {
        known->node = node;

        if (!hr_score_fold(doc, hr_trim(hr_json_text(node)), known)) {
            known->node = NULL;
            return false;
        }
    }

    *out = *known;

    return true;
}


void
hr_score_find(const hr_score_doc_t *doc, hr_findings_t *list, const char *code,
    const hr_json_t *node, const char *format, ...)
{
    int               n;
    char              text[1024];
    va_list           args;
    hr_str_t          message;
    hr_path_t         path, inner;
    const hr_json_t  *top;

    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    message = hr_str_from_c(n < 0 ? "" : text);

    /* the buffer may have cut inside a character */

    if ((size_t) n >= sizeof(text)) {
        message = hr_utf8_cut_bytes(message, sizeof(text) - 5);
    }

    hr_path_of(&path, node, doc->root);

    for (top = node; top != NULL && top != doc->root; top = top->parent) {
        /* void */
    }

    /* a careerogram that is JSON in a text was parsed into a tree of its own */

    if (top == NULL && node != NULL) {
        inner = path;
        hr_path_reset(&path);
        hr_path_member(&path, HR_STR("careerogram"));
        hr_path_member(&path, hr_path_str(&inner));
    }

    hr_findings_add(list, code, hr_path_str(&path), "%.*s", (int) message.len,
                    message.data);
}


/* Room for one more entry; NULL: no memory or the limit is reached. */

static void *
hr_score_grow(hr_arena_t *arena, void *items, size_t count, size_t size,
    size_t max, hr_rc_t *rc)
{
    void    *more;
    size_t   capacity;

    /* capacities are powers of two, so that no field is needed for them */

    if (count >= max) {
        return NULL;
    }

    if (count != 0 && (count & (count - 1)) != 0) {
        return items;
    }

    capacity = count == 0 ? 1 : count * 2;
    more = hr_arena_alloc(arena, capacity * size);

    if (more == NULL) {
        *rc = HR_NOMEM;
        return NULL;
    }

    if (count != 0) {
        memcpy(more, items, count * size);
    }

    return more;
}


/* -- responsibility areas and tasks -- */

static hr_rc_t
hr_score_add_task(hr_score_doc_t *doc, const hr_json_t *node)
{
    void     *items;
    hr_rc_t   rc;

    rc = HR_OK;

    if (node->type != HR_JSON_STRING) {
        return HR_OK;
    }

    items = hr_score_grow(doc->arena, doc->tasks, doc->ntasks,
                          sizeof(hr_score_text_t), HR_SCORE_ITEMS_MAX, &rc);
    if (items == NULL) {
        return rc;
    }

    doc->tasks = items;

    return hr_score_text(doc, node, &doc->tasks[doc->ntasks++])
           ? HR_OK : HR_NOMEM;
}


/* The name of an area: a text, or several joined by blanks. */

static bool
hr_score_area_name(const hr_score_doc_t *doc, const hr_json_t *area,
    hr_score_text_t *out)
{
    bool              folded;
    hr_buf_t          buf;
    hr_str_t          name;
    const hr_json_t  *part;

    if (!hr_json_is(area, HR_JSON_ARRAY)) {
        return hr_score_text(doc, area, out);
    }

    hr_buf_init(&buf, HR_PROFILE_BYTES_MAX);

    for (part = area->first; part != NULL; part = part->next) {
        hr_buf_str(&buf, hr_json_text(part));
        hr_buf_char(&buf, ' ');
    }

    out->node = area;
    name = hr_arena_str(doc->arena, hr_trim(hr_buf_view(&buf)));
    folded = hr_score_fold(doc, name, out);

    hr_buf_release(&buf);

    return name.data != NULL && folded;
}


static hr_rc_t
hr_score_add_area(hr_score_doc_t *doc, const hr_json_t *node)
{
    void              *items;
    hr_rc_t            rc;
    const hr_json_t   *tasks, *task;
    hr_score_group_t  *group;

    rc = HR_OK;

    items = hr_score_grow(doc->arena, doc->areas, doc->nareas,
                          sizeof(hr_score_group_t), HR_SCORE_ITEMS_MAX, &rc);
    if (items == NULL) {
        return rc;
    }

    doc->areas = items;
    group = &doc->areas[doc->nareas++];
    group->node = node;
    group->first = doc->ntasks;

    if (!hr_score_area_name(doc, hr_score_member(node, "area", "title"),
                            &group->name))
    {
        return HR_NOMEM;
    }

    tasks = hr_json_get(node, "tasks");

    for (task = hr_score_first(tasks); task != NULL && rc == HR_OK;
         task = hr_score_next(tasks, task))
    {
        rc = hr_score_add_task(doc, task);
    }

    group->count = doc->ntasks - group->first;

    return rc;
}


/* -- skills -- */

static hr_rc_t
hr_score_add_skill(hr_score_doc_t *doc, const hr_json_t *node)
{
    void              *items;
    hr_rc_t            rc;
    const hr_json_t   *name;
    hr_score_skill_t  *skill;

    rc = HR_OK;

    if (node->type != HR_JSON_OBJECT && node->type != HR_JSON_STRING) {
        return HR_OK;
    }

    items = hr_score_grow(doc->arena, doc->skills, doc->nskills,
                          sizeof(hr_score_skill_t), HR_SCORE_ITEMS_MAX, &rc);
    if (items == NULL) {
        return rc;
    }

    doc->skills = items;
    skill = &doc->skills[doc->nskills++];
    name = node->type == HR_JSON_STRING ? node : hr_json_get(node, "skill_name");

    if (!hr_score_text(doc, name, &skill->name)
        || !hr_score_text(doc,
                          hr_json_get(node, "proficiency_description"),
                          &skill->description))
    {
        return HR_NOMEM;
    }

    skill->name.node = node;
    skill->level = hr_json_get(node, "proficiency_level");
    skill->standard = hr_vocabulary_level_of_text(doc->voc,
                                                  skill->description.text);

    return HR_OK;
}


static hr_rc_t
hr_score_add_category(hr_score_doc_t *doc, const hr_json_t *node)
{
    void              *items;
    hr_rc_t            rc;
    const hr_json_t   *skills, *skill;
    hr_score_group_t  *group;

    rc = HR_OK;

    items = hr_score_grow(doc->arena, doc->categories, doc->ncategories,
                          sizeof(hr_score_group_t), HR_SCORE_ITEMS_MAX, &rc);
    if (items == NULL) {
        return rc;
    }

    doc->categories = items;
    group = &doc->categories[doc->ncategories++];
    group->node = node;
    group->first = doc->nskills;

    if (!hr_score_text(doc,
                       hr_score_member(node, "skill_category", "category"),
                       &group->name))
    {
        return HR_NOMEM;
    }

    skills = hr_score_member(node, "specific_skills", "skills");

    for (skill = hr_score_first(skills); skill != NULL && rc == HR_OK;
         skill = hr_score_next(skills, skill))
    {
        rc = hr_score_add_skill(doc, skill);
    }

    group->count = doc->nskills - group->first;

    return rc;
}


typedef hr_rc_t (*hr_score_add_pt)(hr_score_doc_t *doc, const hr_json_t *node);

/* Calls add for every object of a list. */

static hr_rc_t
hr_score_each_object(hr_score_doc_t *doc, const char *member,
    hr_score_add_pt add)
{
    hr_rc_t           rc;
    const hr_json_t  *list, *item;

    list = hr_json_get(doc->root, member);

    for (item = hr_score_first(list); item != NULL;
         item = hr_score_next(list, item))
    {
        if (item->type == HR_JSON_OBJECT) {
            rc = add(doc, item);
            if (rc != HR_OK) {
                return rc;
            }
        }
    }

    return HR_OK;
}


/* -- leaves -- */

static hr_rc_t
hr_score_add_leaves(hr_score_doc_t *doc, const hr_json_t *node,
    const hr_json_t *section, unsigned depth)
{
    void             *items;
    hr_rc_t           rc;
    const hr_json_t  *child;

    rc = HR_OK;

    if (depth > HR_PROFILE_DEPTH_MAX + 2) {
        return HR_OK;
    }

    if (node->type == HR_JSON_STRING && node->text.len != 0) {

        items = hr_score_grow(doc->arena, doc->leaves, doc->nleaves,
                              sizeof(hr_score_leaf_t), HR_SCORE_LEAVES_MAX, &rc);
        if (items == NULL) {
            return rc;
        }

        doc->leaves = items;
        doc->leaves[doc->nleaves].section = section;

        return hr_score_text(doc, node, &doc->leaves[doc->nleaves++].text)
               ? HR_OK : HR_NOMEM;
    }

    for (child = node->first; child != NULL && rc == HR_OK; child = child->next) {
        rc = hr_score_add_leaves(doc, child, section, depth + 1);
    }

    return rc;
}


/* -- who the position leads -- */

static hr_rc_t
hr_score_load_people(hr_score_doc_t *doc)
{
    int64_t           units, people;
    const hr_json_t  *subordinates;

    doc->category_known = hr_vocabulary_marks(doc->voc, "position_category",
        hr_json_text(hr_score_member(doc->root, "position_category", "category")),
        &doc->marks);

    subordinates = hr_json_get(doc->root, "subordinates");
    doc->reports = -1;

    if (hr_json_int(hr_score_member(subordinates, "direct_reports", "people"),
                    &people)
        && people >= 0)
    {
        if (!hr_json_int(hr_json_get(subordinates, "departments"), &units)
            || units < 0)
        {
            units = 0;
        }

        doc->reports = people > 100000 || units > 100000 ? 100000
                                                         : people + units;
    }

    doc->leads = doc->category_known ? doc->marks.manager : doc->reports > 0;

    if (!hr_score_text(doc, hr_json_get(doc->root, "department_specific"),
                       &doc->department))
    {
        return HR_NOMEM;
    }

    return HR_OK;
}


hr_rc_t
hr_score_doc_load(hr_arena_t *arena, const hr_quality_t *quality,
    const hr_vocabulary_t *voc, const hr_json_t *document, hr_score_doc_t *out)
{
    hr_rc_t           rc;
    const hr_json_t  *section;

    memset(out, 0, sizeof(hr_score_doc_t));
    out->arena = arena;
    out->quality = quality;
    out->voc = voc;
    out->root = document;
    out->known = hr_arena_calloc(arena, sizeof(hr_score_text_t)
                                        << HR_SCORE_KNOWN_BITS);
    if (out->known == NULL) {
        return HR_NOMEM;
    }

    rc = hr_score_each_object(out, "responsibility_areas", hr_score_add_area);

    if (rc == HR_OK) {
        rc = hr_score_each_object(out, "professional_skills",
                                  hr_score_add_category);
    }

    if (rc == HR_OK) {
        rc = hr_score_load_people(out);
    }

    for (section = document->first; section != NULL && rc == HR_OK;
         section = section->next)
    {
        if (!hr_profile_is_reasoning(section->key)) {
            rc = hr_score_add_leaves(out, section, section, 1);
        }
    }

    return rc;
}
