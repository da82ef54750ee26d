/* Who the position is: basic facts, duties, skills, qualities, education. */

#include <stdio.h>

#include "hr_section_walk.h"
#include "hr_text.h"


static void hr_section_basic_row(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t label, const hr_json_t *node);
static void hr_section_subordinates(hr_section_walk_t *w);
static void hr_section_area(hr_section_walk_t *w, const hr_json_t *area,
    unsigned number);
static hr_str_t hr_section_area_default(hr_section_walk_t *w, unsigned number);
static void hr_section_category(hr_section_walk_t *w, const hr_json_t *category);
static void hr_section_skill(hr_section_walk_t *w, const hr_json_t *skill);
static hr_str_t hr_section_single_blanks(hr_section_walk_t *w, hr_str_t text);
static hr_str_t hr_section_level(hr_section_walk_t *w, const hr_json_t *level);
static void hr_section_traits(hr_section_walk_t *w, const char *member,
    const char *name, hr_section_role_t role, hr_str_t mark, hr_str_t fallback);


void
hr_section_basic(hr_section_walk_t *w)
{
    const hr_json_t            *d = w->document;
    const hr_section_labels_t  *l = w->labels;

    hr_section_pairs(w, l->parameter, l->value);

    hr_section_basic_row(w, HR_ROLE_POSITION, l->position,
                         hr_json_get(d, "position_title"));
    hr_section_basic_row(w, HR_ROLE_BLOCK, l->block,
                         hr_json_get(d, "department_broad"));
    hr_section_basic_row(w, HR_ROLE_DEPARTMENT, l->department,
                         hr_json_get(d, "department_specific"));
    hr_section_basic_row(w, HR_ROLE_CATEGORY, l->category,
                         hr_section_first(d, "position_category", "category",
                                          NULL));
    hr_section_basic_row(w, HR_ROLE_MANAGER, l->manager,
                         hr_json_get(d, "direct_manager"));
    hr_section_basic_row(w, HR_ROLE_ACTIVITY, l->activity,
                         hr_section_first(d, "primary_activity_type",
                                          "primary_activity", NULL));
    hr_section_subordinates(w);

    hr_section_close_table(w);
}


static void
hr_section_basic_row(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t label, const hr_json_t *node)
{
    hr_str_t  text;

    text = hr_section_text(w, node);
    if (text.len == 0) {
        text = w->labels->unspecified;
    }

    hr_section_tell_row(w, role, label, text, NULL, 0);
}


static void
hr_section_subordinates(hr_section_walk_t *w)
{
    hr_str_t          parts[2], line[7];
    const hr_json_t  *node, *count[2];

    node = hr_json_get(w->document, "subordinates");

    if (hr_section_absent(node) || node->type != HR_JSON_OBJECT) {
        hr_section_basic_row(w, HR_ROLE_SUBORDINATES, w->labels->subordinates,
                             node);
        return;
    }

    count[0] = hr_section_first(node, "departments", NULL);
    count[1] = hr_section_first(node, "direct_reports", "people", NULL);

    parts[0] = count[0] == NULL ? HR_STR("0") : hr_section_text(w, count[0]);
    parts[1] = count[1] == NULL ? HR_STR("0") : hr_section_text(w, count[1]);

    line[0] = w->labels->departments;
    line[1] = HR_STR(": ");
    line[2] = parts[0];
    line[3] = HR_STR(", ");
    line[4] = w->labels->people;
    line[5] = HR_STR(": ");
    line[6] = parts[1];

    hr_section_tell_row(w, HR_ROLE_SUBORDINATES, w->labels->subordinates,
                        hr_section_concat(w, line, 7), parts, 2);
}


void
hr_section_areas(hr_section_walk_t *w)
{
    unsigned          number;
    const hr_json_t  *areas, *area;

    areas = hr_json_get(w->document, "responsibility_areas");
    if (hr_section_absent(areas)) {
        return;
    }

    if (areas->type != HR_JSON_ARRAY) {
        hr_section_area(w, areas, 1);
        return;
    }

    for (number = 0, area = areas->first; area != NULL; area = area->next) {
        if (!hr_section_absent(area)) {
            hr_section_area(w, area, ++number);
        }
    }
}


static void
hr_section_area(hr_section_walk_t *w, const hr_json_t *area, unsigned number)
{
    hr_str_t          name;
    const hr_json_t  *tasks;

    switch (area->type) {

    case HR_JSON_OBJECT:
        name = hr_section_text(w, hr_section_first(area, "area", "title", NULL));
        tasks = hr_json_get(area, "tasks");

        if (name.len == 0 && hr_section_absent(tasks)) {
            name = hr_section_text(w, area);
        }
        break;

    case HR_JSON_ARRAY:
        name = HR_STR("");
        tasks = area;
        break;

    default:
        name = hr_section_text(w, area);
        tasks = NULL;
    }

    if (name.len == 0) {
        name = hr_section_area_default(w, number);
    }

    hr_section_tell_heading(w, 3, number, HR_ROLE_AREA, name);
    hr_section_tell_bullets(w, 0, HR_ROLE_TASK, tasks);
}


static hr_str_t
hr_section_area_default(hr_section_walk_t *w, unsigned number)
{
    char      digits[16];
    hr_str_t  line[3];

    line[0] = w->labels->area;
    line[1] = HR_STR(" ");
    line[2] = hr_str(digits, (size_t) snprintf(digits, sizeof(digits), "%u",
                                               number));

    return hr_section_concat(w, line, 3);
}


void
hr_section_skills(hr_section_walk_t *w)
{
    const hr_json_t  *skills, *category;

    skills = hr_json_get(w->document, "professional_skills");
    if (hr_section_absent(skills)) {
        return;
    }

    if (skills->type != HR_JSON_ARRAY) {
        hr_section_category(w, skills);
        return;
    }

    for (category = skills->first; category != NULL; category = category->next) {
        if (!hr_section_absent(category)) {
            hr_section_category(w, category);
        }
    }
}


/*
 * Decided per entry: objects share a table, texts are bullets between tables
 * (the original looked at the first entry only and failed on mixed lists).
 */
static void
hr_section_category(hr_section_walk_t *w, const hr_json_t *category)
{
    hr_str_t          name;
    const hr_json_t  *skills, *skill;

    skills = NULL;

    if (category->type == HR_JSON_OBJECT) {
        name = hr_section_text(w, hr_section_first(category, "skill_category",
                                                   "category", NULL));
        skills = hr_section_first(category, "specific_skills", "skills", NULL);

        if (name.len == 0) {
            name = w->labels->unknown_category;
        }

    } else if (category->type == HR_JSON_ARRAY) {
        name = w->labels->skills;
        skills = category;

    } else {
        name = hr_section_text(w, category);
    }

    hr_section_tell_heading(w, 3, 0, HR_ROLE_SKILL_CATEGORY, name);

    if (category->type == HR_JSON_OBJECT) {
        /* before September 2025 a category had one level for all its skills */
        hr_section_tell_field(w, 0, false, HR_ROLE_NONE, w->labels->level,
                              hr_section_first(category, "proficiency_level",
                                               "target_level", NULL));
        hr_section_tell_field(w, 0, false, HR_ROLE_NONE, w->labels->description,
                              hr_section_first(category,
                                               "proficiency_description", NULL));
    }

    if (skills != NULL && skills->type != HR_JSON_ARRAY) {
        hr_section_skill(w, skills);

    } else if (skills != NULL) {
        for (skill = skills->first; skill != NULL; skill = skill->next) {
            hr_section_skill(w, skill);
        }
    }

    hr_section_close_table(w);
}


static void
hr_section_skill(hr_section_walk_t *w, const hr_json_t *skill)
{
    static const unsigned char  widths[] = { 40, 15, 45 };

    int64_t             n;
    hr_str_t            header[3], cells[3], part;
    const hr_json_t    *level;
    hr_section_event_t  table = {
        .type = HR_SECTION_TABLE, .cells = header, .ncells = 3, .widths = widths
    };
    hr_section_event_t  row = {
        .type = HR_SECTION_ROW, .role = HR_ROLE_SKILL,
        .cells = cells, .ncells = 3, .parts = &part, .nparts = 1
    };

    if (hr_section_absent(skill)) {
        return;
    }

    if (skill->type != HR_JSON_OBJECT) {
        hr_section_close_table(w);
        hr_section_tell_bullet(w, 0, HR_ROLE_SKILL, hr_section_text(w, skill));
        return;
    }

    level = hr_section_first(skill, "proficiency_level", "target_level", NULL);
    part = hr_json_int(level, &n) ? hr_section_text(w, level) : HR_STR_NULL;

    cells[0] = hr_section_text(w, hr_section_first(skill, "skill_name", "skill",
                                                   "name", NULL));
    cells[1] = hr_section_level(w, level);
    cells[2] = hr_section_single_blanks(w, hr_section_text(w,
                   hr_section_first(skill, "proficiency_description",
                                    "description", NULL)));

    if (cells[0].len == 0) {
        cells[0] = level == NULL && cells[2].len == 0
                   ? hr_section_text(w, skill) : w->labels->unknown_skill;
    }

    if (cells[2].len == 0) {
        cells[2] = w->labels->no_description;
    }

    if (!w->table) {
        header[0] = w->labels->skill;
        header[1] = w->labels->level;
        header[2] = w->labels->description;

        w->table = true;
        hr_section_tell(w, &table);
    }

    hr_section_tell(w, &row);
}


/* A schema of before had two blanks in the text of level 2 (I-10). */
static hr_str_t
hr_section_single_blanks(hr_section_walk_t *w, hr_str_t text)
{
    char    *out;
    size_t   i, len;

    if (!hr_contains(text, HR_STR("  "))) {
        return text;
    }

    out = hr_arena_alloc(w->arena, text.len);
    if (out == NULL) {
        w->rc = w->rc == HR_OK ? HR_NOMEM : w->rc;
        return HR_STR("");
    }

    for (i = 0, len = 0; i < text.len; i++) {
        if (text.data[i] != ' ' || len == 0 || out[len - 1] != ' ') {
            out[len++] = text.data[i];
        }
    }

    return hr_str(out, len);
}


static hr_str_t
hr_section_level(hr_section_walk_t *w, const hr_json_t *level)
{
    int64_t   n;
    hr_str_t  line[3];

    if (hr_section_absent(level)) {
        return w->labels->level_unspecified;
    }

    if (level->type != HR_JSON_NUMBER) {
        return hr_section_text(w, level);
    }

    if (hr_json_int(level, &n) && n >= 1 && n <= 4) {
        return w->labels->levels[n - 1];
    }

    line[0] = w->labels->level_n;
    line[1] = HR_STR(" ");
    line[2] = hr_section_text(w, level);

    return hr_section_concat(w, line, 3);
}


void
hr_section_qualities(hr_section_walk_t *w)
{
    hr_section_traits(w, "personal_qualities", "quality", HR_ROLE_QUALITY,
                      w->labels->quality_mark, w->labels->quality);
}


void
hr_section_competencies(hr_section_walk_t *w)
{
    hr_section_traits(w, "corporate_competencies", "competency",
                      HR_ROLE_COMPETENCY, w->labels->competency_mark,
                      w->labels->competency);
}


static void
hr_section_traits(hr_section_walk_t *w, const char *member, const char *name,
    hr_section_role_t role, hr_str_t mark, hr_str_t fallback)
{
    const hr_json_t     *list, *entry, *next;
    hr_section_event_t   event = {
        .type = HR_SECTION_BULLET, .role = role, .strong = true, .mark = mark
    };

    list = hr_json_get(w->document, member);
    if (hr_section_absent(list)) {
        return;
    }

    entry = list->type == HR_JSON_ARRAY ? list->first : list;

    for ( /* void */ ; entry != NULL; entry = next) {
        next = entry == list ? NULL : entry->next;

        if (hr_section_absent(entry)) {
            continue;
        }

        if (entry->type == HR_JSON_OBJECT) {
            event.text = hr_section_text(w, hr_section_first(entry, name, "name",
                                                             NULL));
            if (event.text.len == 0) {
                event.text = fallback;
            }

        } else {
            event.text = hr_section_text(w, entry);
        }

        if (role == HR_ROLE_QUALITY) {
            event.text = hr_section_raise(w->arena, event.text);
        }

        if (event.text.len == 0) {
            w->rc = w->rc == HR_OK ? HR_NOMEM : w->rc;
            return;
        }

        hr_section_tell(w, &event);
    }
}


void
hr_section_education(hr_section_walk_t *w)
{
    static const char *const  extra[] = {
        "additional_certifications", "additional_education"
    };

    size_t                      i;
    const hr_json_t            *e, *node;
    const hr_section_labels_t  *l = w->labels;

    e = hr_section_first(w->document, "experience_and_education",
                         "education_requirements", "education", NULL);

    if (e == NULL || e->type != HR_JSON_OBJECT) {
        hr_section_tell_any(w, HR_ROLE_EDU_EXTRA, e);
        return;
    }

    for (i = 0; i < 2; i++) {
        node = hr_json_get(e, extra[i]);
        if (hr_json_is(node, HR_JSON_ARRAY)) {
            hr_section_tell_labelled(w, 0, HR_ROLE_EDU_EXTRA, l->certificates,
                                     node);
        }
    }

    hr_section_pairs(w, l->requirement, l->description);

    hr_section_tell_pair(w, HR_ROLE_EDU_LEVEL, l->edu_level,
                         hr_json_get(e, "education_level"));
    hr_section_tell_pair(w, HR_ROLE_EDU_FIELD, l->edu_field,
                         hr_json_get(e, "field_of_study"));
    hr_section_tell_pair(w, HR_ROLE_EDU_TOTAL, l->edu_total,
                         hr_section_first(e, "total_work_experience",
                                          "total_experience",
                                          "experience_total", NULL));
    hr_section_tell_pair(w, HR_ROLE_EDU_PREVIOUS, l->edu_previous,
                         hr_section_first(e, "previous_position_experience",
                                          "experience_position", NULL));
    hr_section_tell_pair(w, HR_ROLE_EDU_RELEVANT, l->edu_relevant,
                         hr_json_get(e, "relevant_experience"));
    hr_section_tell_pair(w, HR_ROLE_EDU_SPECIALTIES, l->edu_specialties,
                         hr_section_first(e, "preferred_specializations",
                                          "specialties", NULL));

    for (i = 0; i < 2; i++) {
        node = hr_json_get(e, extra[i]);
        if (!hr_json_is(node, HR_JSON_ARRAY)) {
            hr_section_tell_pair(w, HR_ROLE_EDU_EXTRA, l->edu_extra, node);
        }
    }

    hr_section_close_table(w);
}
