/*
 * The read form: what an API answer carries instead of the stored document, so
 * that the web client can show and edit every historical shape.
 */

#include "hr_profile_career.h"
#include "hr_profile_internal.h"
#include "hr_text.h"


const char *const  hr_profile_basic_members[] = {
    "direct_manager", "primary_activity_type", "position_title", "department",
    NULL
};

const char *const  hr_profile_viewer_members[] = {
    "responsibilities", "skills", "competencies", "requirements", NULL
};


static void
hr_profile_drop_reasoning(hr_json_t *document)
{
    hr_json_t  *member, *next;

    for (member = document->first; member != NULL; member = next) {
        next = member->next;

        if (hr_profile_is_reasoning(member->key)) {
            hr_json_unlink(member);
        }
    }
}


static bool
hr_profile_absent(const hr_json_t *value)
{
    return value == NULL || value->type == HR_JSON_NULL;
}


/* -- basic_info (7.1) -- */

static hr_rc_t
hr_profile_add_basic_info(hr_arena_t *arena, hr_json_t *document)
{
    size_t       i, j;
    hr_rc_t      rc;
    hr_json_t   *overlay, *value;

    static const char *const  sources[][2] = {
        { "direct_manager", NULL },
        { "primary_activity_type", "primary_activity" },
        { "position_title", NULL },
        { "department_specific", NULL },
    };

    if (!hr_profile_absent(hr_json_get(document, "basic_info"))) {
        return HR_OK;
    }

    overlay = hr_json_new(arena, HR_JSON_OBJECT);
    if (overlay == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        value = NULL;

        for (j = 0; j < 2 && hr_profile_absent(value); j++) {
            if (sources[i][j] != NULL) {
                value = hr_json_get(document, sources[i][j]);
            }
        }

        if (hr_profile_absent(value)) {
            continue;
        }

        rc = hr_json_set(arena, overlay, hr_profile_basic_members[i],
                         hr_json_clone(arena, value));
        if (rc != HR_OK) {
            return rc;
        }
    }

    if (overlay->count == 0) {
        return HR_OK;
    }

    return hr_json_set(arena, document, "basic_info", overlay);
}


/* -- responsibility_areas[].area is an array of texts (2.1, 7.3) -- */

/* A scalar or an object in an array of one text; null and absent: empty. */

static hr_json_t *
hr_profile_text_array(hr_arena_t *arena, const hr_json_t *value)
{
    hr_str_t    text;
    hr_json_t  *array;

    array = hr_json_new(arena, HR_JSON_ARRAY);

    if (array == NULL || hr_profile_absent(value)) {
        return array;
    }

    text = hr_node_text(arena, value);

    if (text.data == NULL
        || hr_json_push(array, hr_json_new_str(arena, text)) != HR_OK)
    {
        return NULL;
    }

    return array;
}


static hr_rc_t
hr_profile_read_areas(hr_arena_t *arena, hr_json_t *document)
{
    hr_rc_t           rc;
    hr_json_t        *areas, *item;
    const hr_json_t  *area;

    areas = hr_json_get(document, "responsibility_areas");

    if (!hr_json_is(areas, HR_JSON_ARRAY)) {
        return HR_OK;
    }

    for (item = areas->first; item != NULL; item = item->next) {

        if (item->type != HR_JSON_OBJECT) {
            continue;
        }

        area = hr_json_get(item, "area");

        if (hr_json_is(area, HR_JSON_ARRAY)) {
            continue;
        }

        if (hr_profile_absent(area)) {
            area = hr_json_get(item, "title");
        }

        rc = hr_json_set(arena, item, "area", hr_profile_text_array(arena, area));
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


/* -- professional_skills[] (7.3, 8) -- */

/* An older category has skills as texts and one level text for all of them. */

static hr_json_t *
hr_profile_older_skill(hr_arena_t *arena, const hr_json_t *entry, int level)
{
    hr_json_t  *skill;

    if (entry->type != HR_JSON_STRING) {
        return hr_json_clone(arena, entry);
    }

    skill = hr_json_new(arena, HR_JSON_OBJECT);

    if (skill == NULL
        || hr_json_set(arena, skill, "skill_name",
                       hr_json_clone(arena, entry)) != HR_OK)
    {
        return NULL;
    }

    if (level != 0
        && hr_json_set(arena, skill, "proficiency_level",
                       hr_json_new_int(arena, level)) != HR_OK)
    {
        return NULL;
    }

    return skill;
}


static hr_json_t *
hr_profile_older_skills(hr_arena_t *arena, const hr_json_t *category,
    const hr_vocabulary_t *voc)
{
    int               level;
    hr_json_t        *array, *skill;
    const hr_json_t  *older, *entry, *text;

    array = hr_json_new(arena, HR_JSON_ARRAY);
    older = hr_json_get(category, "skills");

    if (array == NULL || !hr_json_is(older, HR_JSON_ARRAY)) {
        return array;
    }

    text = hr_json_get(category, "proficiency_level");

    if (hr_profile_absent(text)) {
        text = hr_json_get(category, "target_level");
    }

    level = hr_vocabulary_level_of_label(voc, hr_json_text(text));

    for (entry = older->first; entry != NULL; entry = entry->next) {

        skill = hr_profile_older_skill(arena, entry, level);

        if (skill == NULL || hr_json_push(array, skill) != HR_OK) {
            return NULL;
        }
    }

    return array;
}


static hr_rc_t
hr_profile_read_skills(hr_arena_t *arena, hr_json_t *document,
    const hr_vocabulary_t *voc)
{
    hr_rc_t           rc;
    hr_json_t        *skills, *item;
    const hr_json_t  *name;

    skills = hr_json_get(document, "professional_skills");

    if (!hr_json_is(skills, HR_JSON_ARRAY)) {
        return HR_OK;
    }

    for (item = skills->first; item != NULL; item = item->next) {

        if (item->type != HR_JSON_OBJECT) {
            continue;
        }

        name = hr_json_get(item, "category");

        if (hr_profile_absent(hr_json_get(item, "skill_category"))
            && !hr_profile_absent(name))
        {
            rc = hr_json_set(arena, item, "skill_category",
                             hr_json_clone(arena, name));
            if (rc != HR_OK) {
                return rc;
            }
        }

        if (hr_profile_absent(hr_json_get(item, "specific_skills"))) {
            rc = hr_json_set(arena, item, "specific_skills",
                             hr_profile_older_skills(arena, item, voc));
            if (rc != HR_OK) {
                return rc;
            }
        }
    }

    return HR_OK;
}


/* -- the viewer's members (7.2): plain text made of what the editor sees -- */

/* Texts of an array joined; a scalar is its own text. */

static hr_str_t
hr_profile_join(hr_arena_t *arena, const hr_json_t *value, const char *separator)
{
    hr_buf_t          buf;
    hr_str_t          text;
    const hr_json_t  *entry;

    if (!hr_json_is(value, HR_JSON_ARRAY)) {
        return hr_node_text(arena, value);
    }

    hr_buf_init(&buf, HR_PROFILE_BYTES_MAX);

    for (entry = value->first; entry != NULL; entry = entry->next) {

        text = hr_node_text(arena, entry);

        if (text.data == NULL) {
            buf.err = HR_NOMEM;
            break;
        }

        if (text.len != 0) {
            if (buf.len != 0) {
                hr_buf_c(&buf, separator);
            }

            hr_buf_str(&buf, text);
        }
    }

    text = buf.err == HR_OK && buf.len == 0 ? HR_STR("")
           : buf.err == HR_OK ? hr_arena_str(arena, hr_buf_view(&buf))
           : HR_STR_NULL;

    hr_buf_release(&buf);

    return text;
}


static hr_rc_t
hr_profile_set_text(hr_arena_t *arena, hr_json_t *object, const char *key,
    hr_str_t text)
{
    if (text.data == NULL) {
        return HR_NOMEM;
    }

    return hr_json_set(arena, object, key, hr_json_new_str(arena, text));
}


static hr_json_t *
hr_profile_view_responsibilities(hr_arena_t *arena, const hr_json_t *document,
    const hr_vocabulary_t *voc)
{
    hr_json_t        *list, *entry;
    const hr_json_t  *areas, *item;

    (void) voc;

    list = hr_json_new(arena, HR_JSON_ARRAY);
    areas = hr_json_get(document, "responsibility_areas");

    if (list == NULL || !hr_json_is(areas, HR_JSON_ARRAY)) {
        return list;
    }

    for (item = areas->first; item != NULL; item = item->next) {

        if (item->type != HR_JSON_OBJECT) {
            continue;
        }

        entry = hr_json_new(arena, HR_JSON_OBJECT);

        if (entry == NULL
            || hr_profile_set_text(arena, entry, "title",
                   hr_profile_join(arena, hr_json_get(item, "area"), ", "))
               != HR_OK
            || hr_profile_set_text(arena, entry, "description",
                   hr_profile_join(arena, hr_json_get(item, "tasks"), "; "))
               != HR_OK
            || hr_json_push(list, entry) != HR_OK)
        {
            return NULL;
        }
    }

    return list;
}


static hr_json_t *
hr_profile_view_skill(hr_arena_t *arena, const hr_json_t *skill,
    const hr_vocabulary_t *voc)
{
    int64_t           level;
    hr_str_t          name, label;
    const hr_json_t  *value;

    if (skill->type != HR_JSON_OBJECT) {
        return hr_json_new_str(arena, hr_node_text(arena, skill));
    }

    name = hr_node_text(arena, hr_json_get(skill, "skill_name"));
    value = hr_json_get(skill, "proficiency_level");

    if (hr_json_int(value, &level)) {
        label = hr_vocabulary_level_label(voc, level, HR_LANG_RU);

        if (label.len == 0) {
            label = value->text;
        }

    } else {
        label = hr_json_text(value);
    }

    if (name.data == NULL) {
        return NULL;
    }

    if (label.len != 0) {
        name = hr_arena_printf(arena, "%.*s — %.*s", (int) name.len, name.data,
                               (int) label.len, label.data);
        if (name.data == NULL) {
            return NULL;
        }
    }

    return hr_json_new_str(arena, name);
}


static hr_json_t *
hr_profile_view_skills(hr_arena_t *arena, const hr_json_t *document,
    const hr_vocabulary_t *voc)
{
    hr_json_t        *list;
    const hr_json_t  *skills, *item, *names, *skill;

    list = hr_json_new(arena, HR_JSON_ARRAY);
    skills = hr_json_get(document, "professional_skills");

    if (list == NULL || !hr_json_is(skills, HR_JSON_ARRAY)) {
        return list;
    }

    for (item = skills->first; item != NULL; item = item->next) {

        names = hr_json_get(item, "specific_skills");

        if (!hr_json_is(names, HR_JSON_ARRAY)) {
            continue;
        }

        for (skill = names->first; skill != NULL; skill = skill->next) {
            if (hr_json_push(list, hr_profile_view_skill(arena, skill, voc))
                != HR_OK)
            {
                return NULL;
            }
        }
    }

    return list;
}


/* Sets a group of texts, unless there is nothing in it. */

static hr_rc_t
hr_profile_view_group(hr_arena_t *arena, hr_json_t *groups, hr_str_t label,
    const hr_json_t *value)
{
    hr_str_t          text;
    hr_json_t        *list;
    const hr_json_t  *entry;

    if (hr_json_missing(value)) {
        return HR_OK;
    }

    if (value->type != HR_JSON_ARRAY) {
        list = hr_profile_text_array(arena, value);
        return hr_json_set_str(arena, groups, label, list);
    }

    list = hr_json_new(arena, HR_JSON_ARRAY);
    if (list == NULL) {
        return HR_NOMEM;
    }

    for (entry = value->first; entry != NULL; entry = entry->next) {

        text = hr_node_text(arena, entry);

        if (text.data == NULL
            || hr_json_push(list, hr_json_new_str(arena, text)) != HR_OK)
        {
            return HR_NOMEM;
        }
    }

    return hr_json_set_str(arena, groups, label, list);
}


static hr_json_t *
hr_profile_view_competencies(hr_arena_t *arena, const hr_json_t *document,
    const hr_vocabulary_t *voc)
{
    size_t      i;
    hr_json_t  *groups;

    static const char *const  members[] = {
        "corporate_competencies", "personal_qualities"
    };

    groups = hr_json_new(arena, HR_JSON_OBJECT);
    if (groups == NULL) {
        return NULL;
    }

    for (i = 0; i < 2; i++) {
        if (hr_profile_view_group(arena, groups,
                hr_vocabulary_label(voc, HR_LANG_RU, hr_str_from_c(members[i])),
                hr_json_get(document, members[i])) != HR_OK)
        {
            return NULL;
        }
    }

    return groups;
}


static hr_json_t *
hr_profile_view_requirements(hr_arena_t *arena, const hr_json_t *document,
    const hr_vocabulary_t *voc)
{
    hr_str_t          path;
    hr_json_t        *groups;
    const hr_json_t  *section, *member;

    groups = hr_json_new(arena, HR_JSON_OBJECT);
    section = hr_json_get(document, "experience_and_education");

    if (groups == NULL || !hr_json_is(section, HR_JSON_OBJECT)) {
        return groups;
    }

    for (member = section->first; member != NULL; member = member->next) {

        path = hr_arena_printf(arena, "experience_and_education.%.*s",
                               (int) member->key.len, member->key.data);

        if (path.data == NULL
            || hr_profile_view_group(arena, groups,
                                     hr_vocabulary_label(voc, HR_LANG_RU, path),
                                     member) != HR_OK)
        {
            return NULL;
        }
    }

    return groups;
}


typedef hr_json_t *(*hr_profile_viewer_pt)(hr_arena_t *arena,
    const hr_json_t *document, const hr_vocabulary_t *voc);

/* In the order of hr_profile_viewer_members. */
static const hr_profile_viewer_pt  hr_profile_viewers[] = {
    hr_profile_view_responsibilities,
    hr_profile_view_skills,
    hr_profile_view_competencies,
    hr_profile_view_requirements,
};


static hr_rc_t
hr_profile_add_viewer(hr_arena_t *arena, hr_json_t *document,
    const hr_vocabulary_t *voc)
{
    size_t      i;
    hr_rc_t     rc;
    hr_json_t  *value;

    for (i = 0; hr_profile_viewer_members[i] != NULL; i++) {

        if (!hr_profile_absent(hr_json_get(document,
                                           hr_profile_viewer_members[i])))
        {
            continue;
        }

        value = hr_profile_viewers[i](arena, document, voc);

        rc = hr_json_set(arena, document, hr_profile_viewer_members[i], value);
        if (rc != HR_OK) {
            return rc;
        }
    }

    return HR_OK;
}


hr_rc_t
hr_profile_read(hr_arena_t *arena, hr_json_t *document,
    const hr_vocabulary_t *voc, unsigned view)
{
    hr_rc_t  rc;

    if (!(view & HR_VIEW_REASONING)) {
        hr_profile_drop_reasoning(document);
    }

    rc = HR_OK;

    if (view & HR_VIEW_EDITOR) {
        rc = hr_profile_read_areas(arena, document);

        if (rc == HR_OK) {
            rc = hr_profile_read_skills(arena, document, voc);
        }

        if (rc == HR_OK) {
            rc = hr_career_read(arena, document, voc);
        }

        if (rc == HR_OK) {
            rc = hr_profile_add_basic_info(arena, document);
        }
    }

    if (rc == HR_OK && (view & HR_VIEW_VIEWER)) {
        rc = hr_profile_add_viewer(arena, document, voc);
    }

    return rc;
}


hr_json_t *
hr_profile_view(hr_arena_t *arena, const hr_profile_t *profile,
    const hr_vocabulary_t *voc, unsigned view)
{
    hr_json_t     *root, *metadata;
    hr_profile_t   copy;

    if ((view & HR_VIEW_WRAPPER) && profile->wrapped) {
        root = hr_json_clone(arena, profile->root);

        if (root == NULL || hr_profile_from_tree(root, &copy) != HR_OK) {
            return NULL;
        }

        metadata = hr_json_get(root, "metadata");

        if (hr_json_is(metadata, HR_JSON_OBJECT)) {
            hr_json_remove(metadata, "saved_path");
        }

    } else {
        root = hr_json_clone(arena, profile->document);

        if (root == NULL) {
            return NULL;
        }

        /* the copy stands for itself, not for the wrapper's member */
        root->key = HR_STR_NULL;
        copy.document = root;
    }

    if (hr_profile_read(arena, copy.document, voc, view) != HR_OK) {
        return NULL;
    }

    return root;
}
