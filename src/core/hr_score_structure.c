/*
 * Completeness (profile-document.md 6.1) and the structural remarks (6.2).
 * The formula is a promise: users compare percentages.
 */

#include "hr_profile.h"
#include "hr_score.h"


/* Of a member: the canonical name and the one tried when it is absent or null. */

static const struct {
    const char  *name;
    const char  *older;
} hr_structure_members[HR_SCORE_MEMBERS] = {
    { "position_title", NULL },
    { "department_broad", NULL },
    { "department_specific", NULL },
    { "position_category", "category" },
    { "direct_manager", NULL },
    { "subordinates", NULL },
    { "primary_activity_type", "primary_activity" },
    { "responsibility_areas", NULL },
    { "professional_skills", NULL },
    { "corporate_competencies", NULL },
    { "personal_qualities", NULL },
    { "experience_and_education", "education" },
    { "careerogram", "career_path" },
    { "workplace_provisioning", "technical_requirements" },
    { "performance_metrics", NULL },
    { "additional_information", NULL },
    { "metadata", NULL },
};

typedef struct {
    hr_arena_t     *arena;
    hr_findings_t  *out;
    hr_path_t       path;
} hr_structure_t;


static bool
hr_structure_absent(const hr_json_t *value)
{
    return value == NULL || value->type == HR_JSON_NULL;
}


static const hr_json_t *
hr_structure_get(const hr_json_t *object, const char *name, const char *older)
{
    const hr_json_t  *value;

    value = hr_json_get(object, name);

    if (hr_structure_absent(value) && older != NULL) {
        value = hr_json_get(object, older);
    }

    return hr_structure_absent(value) ? NULL : value;
}


/* What Python calls false: "", [], {}, 0, false. */

static bool
hr_structure_falsy(const hr_json_t *value)
{
    double  number;

    switch (value->type) {

    case HR_JSON_BOOL:
        return !value->boolean;

    case HR_JSON_NUMBER:
        return hr_json_double(value, &number) && number == 0.0;

    default:
        return hr_json_missing(value);
    }
}


static void
hr_structure_say(hr_structure_t *s, const char *code, const char *text)
{
    hr_findings_add(s->out, code, hr_path_str(&s->path), "%s: %s", s->path.text,
                    text);
}


/* One remark for each member that is absent. */

static void
hr_structure_want(hr_structure_t *s, const char *code, const hr_json_t *object,
    const char *const *names)
{
    for ( ; *names != NULL; names++) {
        if (hr_structure_absent(hr_json_get(object, *names))) {
            hr_findings_add(s->out, code, hr_path_str(&s->path),
                            "%s: нет поля %s", s->path.text, *names);
        }
    }
}


static void
hr_structure_area(hr_structure_t *s, const hr_json_t *area)
{
    if (area->type != HR_JSON_OBJECT) {
        hr_structure_say(s, "structure_area", "должно быть объектом");
        return;
    }

    if (hr_structure_get(area, "area", "title") == NULL) {
        hr_structure_say(s, "structure_area", "нет поля area");
    }

    if (hr_structure_absent(hr_json_get(area, "tasks"))) {
        hr_structure_say(s, "structure_area", "нет поля tasks");
    }
}


static void
hr_structure_category(hr_structure_t *s, const hr_json_t *category)
{
    size_t            i, before, before_index;
    const hr_json_t  *skills, *skill;

    static const char *const  members[] = {
        "skill_name", "proficiency_level", "proficiency_description", NULL
    };

    if (category->type != HR_JSON_OBJECT) {
        hr_structure_say(s, "structure_skill", "должно быть объектом");
        return;
    }

    if (hr_structure_get(category, "skill_category", "category") == NULL) {
        hr_structure_say(s, "structure_skill", "нет поля skill_category");
    }

    skills = hr_structure_get(category, "specific_skills", "skills");

    if (hr_json_missing(skills)) {
        hr_structure_say(s, "structure_skill", "нет навыков");
        return;
    }

    if (skills->type != HR_JSON_ARRAY) {
        return;
    }

    before = hr_path_member(&s->path, skills->key);
    i = 0;

    for (skill = skills->first; skill != NULL; skill = skill->next) {
        before_index = hr_path_index(&s->path, i++);

        if (skill->type == HR_JSON_OBJECT) {
            hr_structure_want(s, "structure_skill", skill, members);
        }

        hr_path_cut(&s->path, before_index);
    }

    hr_path_cut(&s->path, before);
}


static void
hr_structure_array(hr_structure_t *s, const hr_json_t *document,
    const char *name, void (*check)(hr_structure_t *, const hr_json_t *))
{
    size_t            i, before;
    const hr_json_t  *array, *item;

    array = hr_json_get(document, name);

    if (!hr_json_is(array, HR_JSON_ARRAY)) {
        return;
    }

    hr_path_reset(&s->path);
    hr_path_member(&s->path, hr_str_from_c(name));
    i = 0;

    for (item = array->first; item != NULL; item = item->next) {
        before = hr_path_index(&s->path, i++);
        check(s, item);
        hr_path_cut(&s->path, before);
    }
}


static void
hr_structure_steps(hr_structure_t *s, const hr_json_t *list)
{
    size_t            i, before;
    const hr_json_t  *step;

    static const char *const  members[] = {
        "target_position", "target_department", "rationale",
        "competency_bridge", NULL
    };
    static const char *const  bridge[] = {
        "strengthen_skills", "acquire_skills", NULL
    };

    if (!hr_json_is(list, HR_JSON_ARRAY)) {
        hr_structure_say(s, "structure_career", "должно быть массивом");
        return;
    }

    i = 0;

    for (step = list->first; step != NULL; step = step->next) {
        before = hr_path_index(&s->path, i++);

        /* a text step is what the editor stores (7.3) */

        if (step->type == HR_JSON_OBJECT) {
            hr_structure_want(s, "structure_career", step, members);

            if (hr_json_is(hr_json_get(step, "competency_bridge"),
                           HR_JSON_OBJECT))
            {
                hr_structure_want(s, "structure_career",
                                  hr_json_get(step, "competency_bridge"),
                                  bridge);
            }
        }

        hr_path_cut(&s->path, before);
    }
}


/* The production form (2.4). */

static void
hr_structure_pathways(hr_structure_t *s, const hr_json_t *career)
{
    size_t            before, before_list;
    const hr_json_t  *sources, *pathways, *list;
    const char *const  *name;

    static const char *const  lists[] = {
        "direct_predecessors", "cross_functional_entrants", NULL
    };
    static const char *const  growths[] = {
        "vertical_growth", "horizontal_growth", "expert_growth", NULL
    };

    sources = hr_json_get(career, "source_positions");
    before = hr_path_member(&s->path, HR_STR("source_positions"));

    if (hr_structure_absent(sources)) {
        hr_structure_say(s, "structure_career", "поле отсутствует");

    } else if (sources->type == HR_JSON_OBJECT) {
        hr_structure_want(s, "structure_career", sources, lists);
    }

    hr_path_cut(&s->path, before);

    pathways = hr_json_get(career, "target_pathways");
    before = hr_path_member(&s->path, HR_STR("target_pathways"));

    if (pathways->type != HR_JSON_OBJECT) {
        hr_structure_say(s, "structure_career", "должно быть объектом");

    } else {
        for (name = growths; *name != NULL; name++) {
            list = hr_json_get(pathways, *name);
            before_list = hr_path_member(&s->path, hr_str_from_c(*name));

            if (hr_structure_absent(list)) {
                hr_structure_say(s, "structure_career", "поле отсутствует");

            } else {
                hr_structure_steps(s, list);
            }

            hr_path_cut(&s->path, before_list);
        }
    }

    hr_path_cut(&s->path, before);
}


static void
hr_structure_older_pathway(hr_structure_t *s, const hr_json_t *pathway)
{
    static const char *const  members[] = {
        "pathway_type", "entry_positions", "advancement_positions", NULL
    };

    if (pathway->type != HR_JSON_OBJECT) {
        hr_structure_say(s, "structure_career", "должно быть объектом");
        return;
    }

    hr_structure_want(s, "structure_career", pathway, members);
}


static void
hr_structure_career(hr_structure_t *s, const hr_json_t *document)
{
    size_t            i, before;
    const hr_json_t  *value, *career, *older, *item;

    value = hr_structure_get(document, "careerogram", "career_path");
    career = hr_profile_career(s->arena, value);

    if (value != NULL && career == NULL) {
        s->out->rc = HR_NOMEM;
        return;
    }

    if (!hr_json_is(career, HR_JSON_OBJECT)) {
        return;
    }

    hr_path_reset(&s->path);
    hr_path_member(&s->path, value->key);

    if (!hr_structure_absent(hr_json_get(career, "target_pathways"))) {
        hr_structure_pathways(s, career);
        return;
    }

    older = hr_json_get(career, "career_pathways");

    if (hr_json_is(older, HR_JSON_ARRAY)) {
        hr_path_member(&s->path, older->key);
        i = 0;

        for (item = older->first; item != NULL; item = item->next) {
            before = hr_path_index(&s->path, i++);
            hr_structure_older_pathway(s, item);
            hr_path_cut(&s->path, before);
        }

        return;
    }

    if (hr_structure_get(career, "source_positions", "donor_positions") == NULL
        && hr_structure_absent(hr_json_get(career, "career_entry_positions")))
    {
        hr_structure_say(s, "structure_career", "нет поля source_positions");
    }

    if (hr_structure_get(career, "target_positions", "career_growth_positions")
        == NULL)
    {
        hr_structure_say(s, "structure_career", "нет поля target_pathways");
    }
}


static void
hr_structure_objects(hr_structure_t *s, const hr_json_t *document)
{
    const hr_json_t  *value;

    static const char *const  departments[] = { "departments", NULL };
    static const char *const  metrics[] = {
        "quantitative_kpis", "qualitative_indicators", "evaluation_frequency",
        NULL
    };

    value = hr_json_get(document, "subordinates");

    if (hr_json_is(value, HR_JSON_OBJECT)) {
        hr_path_reset(&s->path);
        hr_path_member(&s->path, value->key);
        hr_structure_want(s, "structure_subordinates", value, departments);

        if (hr_structure_get(value, "direct_reports", "people") == NULL) {
            hr_structure_say(s, "structure_subordinates",
                             "нет поля direct_reports");
        }
    }

    value = hr_json_get(document, "performance_metrics");

    if (hr_json_is(value, HR_JSON_OBJECT)) {
        hr_path_reset(&s->path);
        hr_path_member(&s->path, value->key);
        hr_structure_want(s, "structure_metrics", value, metrics);
    }
}


hr_rc_t
hr_score_completeness(hr_arena_t *arena, const hr_json_t *document,
    hr_completeness_t *out)
{
    size_t            i;
    const char       *name;
    hr_structure_t    s;
    const hr_json_t  *value;

    memset(out, 0, sizeof(hr_completeness_t));
    hr_findings_init(&out->errors, arena);
    hr_findings_init(&out->warnings, arena);

    for (i = 0; i < HR_SCORE_MEMBERS; i++) {

        name = hr_structure_members[i].name;
        value = hr_structure_get(document, name, hr_structure_members[i].older);

        if (value == NULL) {
            hr_findings_add(&out->errors, "missing_field", hr_str_from_c(name),
                            "Missing required field: %s", name);

        } else if (hr_structure_falsy(value)) {
            hr_findings_add(&out->warnings, "empty_field", hr_str_from_c(name),
                            "Empty required field: %s", name);

        } else {
            out->filled++;
        }
    }

    out->score = (double) out->filled / HR_SCORE_MEMBERS;
    out->is_valid = out->errors.total == 0;

    s.arena = arena;
    s.out = &out->warnings;

    hr_structure_array(&s, document, "responsibility_areas", hr_structure_area);
    hr_structure_array(&s, document, "professional_skills",
                       hr_structure_category);
    hr_structure_objects(&s, document);
    hr_structure_career(&s, document);

    return out->errors.rc != HR_OK ? out->errors.rc : out->warnings.rc;
}
