/*
 * The answer of GET /api/organization/positions (api-core.md 2.4).  It has
 * 2 MB and is made again after every change of a profile; therefore everything
 * that depends on the organisation alone stands ready in the image and is
 * copied, and only what depends on the profiles is written member by member.
 */

#include <math.h>

#include "hr_org_image.h"


/*
 * Items of one part of the compressed answer, some 40 KB: big enough to find their
 * like, few enough to be compressed again in half a millisecond.
 */
#define HR_ORG_RUN  32


static void
hr_org_item_text(hr_jw_t *w, const char *key, hr_str_t text)
{
    hr_buf_c(w->out, key);
    hr_json_escape(w->out, text, HR_JSON_COMPACT);
    hr_buf_char(w->out, '"');
}


static void
hr_org_item_profile(const hr_org_profile_t *p, hr_time_layout_t times,
    hr_jw_t *w)
{
    char          text[HR_TIME_MAX];
    size_t        len;
    hr_instant_t  created;

    hr_org_item_text(w, ",\"profile_exists\":true,\"profile_id\":\"", p->id);

    if (p->has_quality_score && isfinite(p->quality_score)) {
        hr_buf_c(w->out, ",\"quality_score\":");
        len = hr_double_format(p->quality_score, text);
        hr_buf_append(w->out, text, len);
    }

    if (p->created_at.data != NULL && hr_time_parse(p->created_at, &created)) {
        len = hr_time_format(created, times, text);
        hr_org_item_text(w, ",\"created_at\":\"", hr_str(text, len));
    }

    if (p->current_version > 0) {
        hr_buf_printf(w->out, ",\"current_version\":%d", (int) p->current_version);
    }

    if (p->version_count > 0) {
        hr_buf_printf(w->out, ",\"version_count\":%d", (int) p->version_count);
    }
}


static void
hr_org_item_task(const hr_org_task_t *task, hr_jw_t *w)
{
    hr_org_item_text(w, ",\"task_id\":\"", task->task_id);
    hr_org_item_text(w, ",\"task_status\":\"", task->status);

    if (task->progress >= 0) {
        hr_buf_printf(w->out, ",\"progress\":%d", task->progress);
    }

    if (task->current_step.data != NULL) {
        hr_org_item_text(w, ",\"current_step\":\"", task->current_step);
    }
}


static void
hr_org_item(const hr_org_t *org, uint32_t slot, const hr_org_positions_t *p,
    hr_jw_t *w)
{
    hr_org_link_t             link = { HR_ORG_NONE, HR_ORG_NONE };
    const hr_org_slot_rec_t  *rec = &hr_org_slots(org)[slot];

    if (p->links != NULL) {
        link = p->links[slot];
    }

    /* raw() puts the comma between the items, the rest continues the object */
    hr_jw_raw(w, hr_org_text(org, rec->item));
    hr_buf_str(w->out, hr_org_text(org, hr_org_units(org)[rec->unit].item));

    if (link.profile != HR_ORG_NONE) {
        hr_org_item_profile(&p->profiles[link.profile], p->times, w);

    } else {
        hr_buf_c(w->out, ",\"profile_exists\":false,\"profile_id\":null");

        if (link.archived != HR_ORG_NONE) {
            hr_org_item_text(w, ",\"archived\":true,\"archived_profile_id\":\"",
                             p->profiles[link.archived].id);
        }
    }

    if (p->task_of_slot != NULL && p->task_of_slot[slot] != HR_ORG_NONE) {
        hr_org_item_task(&p->tasks[p->task_of_slot[slot]], w);
    }

    hr_buf_char(w->out, '}');
}


/* Where the next run of items begins, and the end of the last one. */
static void
hr_org_cut(const hr_org_positions_t *positions, const hr_jw_t *w, uint32_t item,
    uint32_t total)
{
    uint32_t         step;
    hr_gzip_cuts_t  *cuts = positions->cuts;

    if (cuts == NULL) {
        return;
    }

    step = total / (HR_GZIP_CUTS - 1) + 1;
    step = step < HR_ORG_RUN ? HR_ORG_RUN : step;

    if ((item % step == 0 || item == total) && cuts->n < HR_GZIP_CUTS
        && (cuts->n == 0 || cuts->at[cuts->n - 1] < w->out->len))
    {
        cuts->at[cuts->n++] = w->out->len;
    }
}


hr_rc_t
hr_org_write_positions(const hr_org_t *org, const hr_org_positions_t *positions,
    hr_jw_t *w)
{
    uint32_t                  i, slot, item = 0, with = 0;
    uint32_t                  total = hr_org_slot_count(org);
    const uint32_t           *order = hr_org_list(org, HR_ORG_ORDER);
    hr_org_positions_t        none;
    const hr_org_unit_rec_t  *unit;

    if (positions == NULL) {
        memset(&none, 0, sizeof(none));
        positions = &none;
    }

    hr_jw_object(w);
    hr_jw_key(w, "items");
    hr_jw_array(w);

    for (i = 0; i < hr_org_unit_count(org) && w->out->err == HR_OK; i++) {
        unit = &hr_org_units(org)[order[i]];

        for (slot = unit->first_slot; slot < unit->first_slot + unit->slots;
             slot++)
        {
            hr_org_cut(positions, w, item++, total);
            hr_org_item(org, slot, positions, w);
            with += positions->links != NULL
                    && positions->links[slot].profile != HR_ORG_NONE;
        }
    }

    hr_org_cut(positions, w, total, total);
    hr_jw_end_array(w);
    hr_jw_kint(w, "total_count", total);
    hr_jw_kint(w, "positions_with_profiles", with);
    hr_jw_kdouble(w, "coverage_percentage", hr_org_percent(with, total));
    hr_jw_end_object(w);

    return w->out->err;
}
