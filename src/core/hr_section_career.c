/* Where people come from and go to: the careerogram in all its shapes. */

#include "hr_section_walk.h"


static void hr_section_entries(hr_section_walk_t *w,
    const hr_section_sources_t *s);
static void hr_section_pathways(hr_section_walk_t *w,
    const hr_section_sources_t *s);
static void hr_section_branch(hr_section_walk_t *w, hr_str_t heading,
    const hr_json_t *steps);
static bool hr_section_is_step(const hr_json_t *step);
static void hr_section_step(hr_section_walk_t *w, const hr_json_t *step);
static void hr_section_tracks(hr_section_walk_t *w,
    const hr_section_sources_t *s);
static void hr_section_track(hr_section_walk_t *w, const hr_json_t *track);
static void hr_section_growth(hr_section_walk_t *w,
    const hr_section_sources_t *s);


void
hr_section_career(hr_section_walk_t *w)
{
    const hr_json_t       *odd[2];
    hr_section_sources_t   s = { .count = 0 };

    odd[0] = hr_section_source(w, &s, hr_json_get(w->document, "careerogram"));
    odd[1] = hr_section_source(w, &s, hr_section_first(w->document,
                                                       "career_development",
                                                       "career_path", NULL));

    hr_section_tell_any(w, HR_ROLE_TARGET, odd[0]);
    hr_section_tell_any(w, HR_ROLE_TARGET, odd[1]);

    hr_section_entries(w, &s);
    hr_section_pathways(w, &s);
    hr_section_tracks(w, &s);
    hr_section_growth(w, &s);

    hr_section_tell_list(w, HR_ROLE_NONE, w->labels->priorities,
                         hr_section_pick(&s, "development_priorities", NULL));

    if (hr_section_pick(&s, "mentoring_opportunities", NULL) != NULL) {
        hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, w->labels->mentoring);
        hr_section_tell_any(w, HR_ROLE_NONE,
                            hr_section_pick(&s, "mentoring_opportunities", NULL));
    }

    hr_section_tell_list(w, HR_ROLE_NONE, w->labels->plan,
                         hr_section_pick(&s, "development_plan", NULL));
}


static void
hr_section_entries(hr_section_walk_t *w, const hr_section_sources_t *s)
{
    const hr_json_t  *from, *direct, *cross;

    from = hr_section_pick(s, "source_positions", NULL);

    if (from == NULL) {
        hr_section_tell_list(w, HR_ROLE_SOURCE, w->labels->entry,
                             hr_section_pick(s, "career_entry_positions",
                                             "donor_positions", NULL));
        return;
    }

    if (from->type != HR_JSON_OBJECT) {
        hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, w->labels->entry);
        hr_section_tell_labelled(w, 0, HR_ROLE_SOURCE, w->labels->predecessors,
                                 from);
        return;
    }

    direct = hr_section_first(from, "direct_predecessors", NULL);
    cross = hr_section_first(from, "cross_functional_entrants", NULL);

    if (direct != NULL || cross != NULL) {
        hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, w->labels->entry);
        hr_section_tell_labelled(w, 0, HR_ROLE_SOURCE, w->labels->direct, direct);
        hr_section_tell_labelled(w, 0, HR_ROLE_SOURCE, w->labels->cross, cross);
    }
}


static void
hr_section_pathways(hr_section_walk_t *w, const hr_section_sources_t *s)
{
    const hr_json_t  *to, *vertical, *horizontal, *expert;

    to = hr_section_pick(s, "target_pathways", NULL);
    if (to == NULL) {
        return;
    }

    if (to->type != HR_JSON_OBJECT) {
        hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, w->labels->pathways);
        hr_section_branch(w, HR_STR_NULL, to);
        return;
    }

    vertical = hr_section_first(to, "vertical_growth", NULL);
    horizontal = hr_section_first(to, "horizontal_growth", NULL);
    expert = hr_section_first(to, "expert_growth", NULL);

    if (vertical == NULL && horizontal == NULL && expert == NULL) {
        return;
    }

    hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, w->labels->pathways);
    hr_section_branch(w, w->labels->vertical, vertical);
    hr_section_branch(w, w->labels->horizontal, horizontal);
    hr_section_branch(w, w->labels->expert, expert);
}


/*
 * Text steps go first: behind the particulars of a step they would look like one
 * more of them.
 */
static void
hr_section_branch(hr_section_walk_t *w, hr_str_t heading, const hr_json_t *steps)
{
    const hr_json_t  *step;

    if (hr_section_absent(steps)) {
        return;
    }

    if (heading.data != NULL) {
        hr_section_tell_heading(w, 4, 0, HR_ROLE_BRANCH, heading);
    }

    if (steps->type != HR_JSON_ARRAY) {
        if (hr_section_is_step(steps)) {
            hr_section_step(w, steps);

        } else {
            hr_section_tell_bullets(w, 0, HR_ROLE_TARGET, steps);
        }

        return;
    }

    for (step = steps->first; step != NULL; step = step->next) {
        if (!hr_section_is_step(step)) {
            hr_section_tell_bullet(w, 0, HR_ROLE_TARGET,
                                   hr_section_text(w, step));
        }
    }

    for (step = steps->first; step != NULL; step = step->next) {
        if (hr_section_is_step(step)) {
            hr_section_step(w, step);
        }
    }
}


static bool
hr_section_is_step(const hr_json_t *step)
{
    return hr_section_first(step, "target_position", "target_department",
                            "rationale", "competency_bridge", NULL) != NULL;
}


static void
hr_section_step(hr_section_walk_t *w, const hr_json_t *step)
{
    const hr_json_t            *position, *bridge, *strengthen, *acquire;
    const hr_section_labels_t  *l = w->labels;
    hr_section_event_t          name = {
        .type = HR_SECTION_PARAGRAPH, .role = HR_ROLE_STEP, .strong = true
    };

    position = hr_section_first(step, "target_position", NULL);

    name.text = position == NULL ? l->unspecified : hr_section_text(w, position);
    hr_section_tell(w, &name);

    hr_section_tell_field(w, 1, true, HR_ROLE_STEP_DEPARTMENT,
                          l->step_department,
                          hr_json_get(step, "target_department"));
    hr_section_tell_field(w, 1, true, HR_ROLE_STEP_RATIONALE,
                          l->step_rationale, hr_json_get(step, "rationale"));

    bridge = hr_section_first(step, "competency_bridge", NULL);
    strengthen = hr_section_first(bridge, "strengthen_skills", NULL);
    acquire = hr_section_first(bridge, "acquire_skills", NULL);

    if (bridge != NULL && bridge->type != HR_JSON_OBJECT) {
        strengthen = bridge;
    }

    hr_section_tell_labelled(w, 1, HR_ROLE_STEP_STRENGTHEN, l->step_strengthen,
                             strengthen);
    hr_section_tell_labelled(w, 1, HR_ROLE_STEP_ACQUIRE, l->step_acquire,
                             acquire);
}


/* Older schema: one heading per pathway with both ends below it. */
static void
hr_section_tracks(hr_section_walk_t *w, const hr_section_sources_t *s)
{
    const hr_json_t  *tracks, *track;

    tracks = hr_section_pick(s, "career_pathways", NULL);
    if (tracks == NULL) {
        return;
    }

    if (tracks->type != HR_JSON_ARRAY) {
        hr_section_track(w, tracks);
        return;
    }

    for (track = tracks->first; track != NULL; track = track->next) {
        hr_section_track(w, track);
    }
}


static void
hr_section_track(hr_section_walk_t *w, const hr_json_t *track)
{
    hr_str_t          line[3];
    const hr_json_t  *type, *from, *to;

    if (hr_section_absent(track)) {
        return;
    }

    type = hr_section_first(track, "pathway_type", NULL);
    from = hr_section_first(track, "entry_positions", NULL);
    to = hr_section_first(track, "advancement_positions", NULL);

    if (type == NULL && from == NULL && to == NULL) {
        hr_section_tell_bullet(w, 0, HR_ROLE_TARGET, hr_section_text(w, track));
        return;
    }

    line[0] = w->labels->pathway_mark;
    line[1] = HR_STR(" ");
    line[2] = type == NULL ? w->labels->pathway : hr_section_text(w, type);

    hr_section_tell_heading(w, 3, 0, HR_ROLE_TRACK, hr_section_concat(w, line, 3));
    hr_section_tell_labelled(w, 0, HR_ROLE_NONE, w->labels->pathway_entry, from);
    hr_section_tell_labelled(w, 0, HR_ROLE_NONE, w->labels->pathway_advance, to);
}


/*
 * plain targets are told whatever else there is.  Text steps of the
 * client's editor may be objects here as well.
 */
static void
hr_section_growth(hr_section_walk_t *w, const hr_section_sources_t *s)
{
    const hr_json_t  *to;

    to = hr_section_pick(s, "career_growth_positions", "target_positions", NULL);

    if (to != NULL) {
        hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, w->labels->growth);
        hr_section_branch(w, HR_STR_NULL, to);
    }
}
