#include "hr_members.h"


const char *const  hr_members_names[HR_MEMBERS_COUNT] = {
    "reasoning_context_analysis", "position_title", "department_broad",
    "department_specific", "position_classification_reasoning",
    "position_category", "direct_manager", "subordinates",
    "primary_activity_type", "responsibility_areas_reasoning",
    "responsibility_areas", "professional_skills_reasoning",
    "professional_skills", "corporate_competencies", "personal_qualities",
    "experience_and_education", "careerogram_reasoning", "careerogram",
    "workplace_provisioning", "performance_metrics_reasoning",
    "performance_metrics", "additional_information", "quality_verification",
    "metadata"
};


static void
hr_members_name(hr_members_t *m)
{
    for (unsigned i = 0; i < HR_MEMBERS_COUNT; i++) {
        if (hr_str_eq(hr_str(m->name, m->length),
                      hr_str_from_c(hr_members_names[i])))
        {
            m->seen |= 1u << i;
            return;
        }
    }
}


static void
hr_members_in_string(hr_members_t *m, char c)
{
    if (m->escaped) {
        m->escaped = false;

    } else if (c == '\\') {
        m->escaped = true;

    } else if (c == '"') {
        m->in_string = false;

        if (m->is_key) {
            hr_members_name(m);
        }

        return;
    }

    if (m->length < sizeof(m->name)) {
        m->name[m->length++] = c;

    } else {
        m->is_key = false;              /* no member has such a name */
    }
}


void
hr_members_feed(hr_members_t *m, hr_str_t part)
{
    for (size_t i = 0; i < part.len; i++) {

        char  c = part.data[i];

        if (m->in_string) {
            hr_members_in_string(m, c);
            continue;
        }

        switch (c) {

        case '{':
        case '[':
            m->depth++;
            m->expect_key = c == '{' && m->depth == 1;
            break;

        case '}':
        case ']':
            m->depth -= m->depth > 0;
            m->expect_key = false;
            break;

        case ',':
            m->expect_key = m->depth == 1;
            break;

        case ':':
            m->expect_key = false;
            break;

        case '"':
            /* quotes in a sentence before the document are no strings */
            m->in_string = m->depth > 0;
            m->is_key = m->expect_key;
            m->length = 0;
            break;

        default:
            break;
        }
    }
}
