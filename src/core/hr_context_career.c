/*
 * Candidates for career steps, taken from the structure (improvements I-07):
 * titles of the same unit one rank up and down, heads above, heads of the child
 * units, peers in neighbouring units.
 */

#include "hr_context_org.h"
#include "hr_text.h"


#define HR_CONTEXT_TEXT_MAX  (256u * 1024)
#define HR_CAREER_GROUP_MAX  4          /* candidates of one direction */
#define HR_CAREER_POOL_MAX   64


typedef struct {
    uint32_t     slot;
    const char  *direction;
} hr_context_step_t;

typedef struct {
    const hr_org_t      *org;
    const hr_context_t  *c;
    hr_context_step_t    steps[HR_CAREER_POOL_MAX];
    size_t               count;
    size_t               max;
} hr_context_steps_t;


static void
hr_context_step(hr_context_steps_t *s, uint32_t slot, const char *direction)
{
    if (slot == HR_ORG_NONE || slot == s->c->resolved.slot
        || s->count == s->max)
    {
        return;
    }

    for (size_t i = 0; i < s->count; i++) {
        if (s->steps[i].slot == slot) {
            return;
        }
    }

    s->steps[s->count].slot = slot;
    s->steps[s->count++].direction = direction;
}


/*
 * Titles of the unit on the nearest rank that exists in the direction; a lower
 * number is a higher rank.
 */
static void
hr_context_steps_unit(hr_context_steps_t *s, bool up, const char *direction)
{
    int                  nearest = 0, rank = s->c->class.rank;
    size_t               taken = 0;
    hr_org_slot_t        slot;
    const hr_org_unit_t *unit = &s->c->unit;

    for (uint32_t i = 0; i < unit->slots; i++) {

        hr_org_slot(s->org, unit->first_slot + i, &slot);

        if (up ? slot.class.rank < rank && slot.class.rank > nearest
               : slot.class.rank > rank
                 && (nearest == 0 || slot.class.rank < nearest))
        {
            nearest = slot.class.rank;
        }
    }

    for (uint32_t i = 0;
         nearest != 0 && i < unit->slots && taken < HR_CAREER_GROUP_MAX;
         i++)
    {
        hr_org_slot(s->org, unit->first_slot + i, &slot);

        if (slot.class.rank == nearest) {
            hr_context_step(s, slot.index, direction);
            taken++;
        }
    }
}


/* Of a neighbouring unit the same title, else the first one of the same rank. */
static uint32_t
hr_context_peer(const hr_context_steps_t *s, const hr_org_unit_t *unit)
{
    uint32_t       slot;
    hr_org_slot_t  other;

    if (hr_org_find_slot(s->org, unit->index, s->c->title, &slot) == HR_OK) {
        return slot;
    }

    for (uint32_t i = 0; i < unit->slots; i++) {

        hr_org_slot(s->org, unit->first_slot + i, &other);

        if (other.class.rank == s->c->class.rank) {
            return other.index;
        }
    }

    return HR_ORG_NONE;
}


static void
hr_context_steps_siblings(hr_context_steps_t *s)
{
    hr_org_unit_t  unit;

    for (uint32_t i = hr_context_first_sibling(s->org, &s->c->unit);
         i != HR_ORG_NONE && s->count < s->max;
         i = unit.next_sibling)
    {
        hr_org_unit(s->org, i, &unit);

        if (i != s->c->unit.index) {
            hr_context_step(s, hr_context_peer(s, &unit), "в сторону");
        }
    }
}


static void
hr_context_steps_heads(hr_context_steps_t *s)
{
    uint32_t       index = s->c->unit.index;
    hr_org_unit_t  unit;

    for (int heads = 0; heads < 2 && index != HR_ORG_NONE; index = unit.parent) {

        hr_org_unit(s->org, index, &unit);

        if (unit.head != HR_ORG_NONE && unit.head != s->c->resolved.slot) {
            hr_context_step(s, unit.head, "вверх");
            heads++;
        }
    }
}


/* Heads of the child units are the predecessors of their manager. */
static void
hr_context_steps_children(hr_context_steps_t *s)
{
    size_t         taken = 0;
    hr_org_unit_t  unit;

    if (!s->c->span.head) {
        return;
    }

    for (uint32_t i = s->c->unit.first_child;
         i != HR_ORG_NONE && taken < HR_CAREER_GROUP_MAX;
         i = unit.next_sibling)
    {
        hr_org_unit(s->org, i, &unit);
        hr_context_step(s, unit.head, "откуда приходят");
        taken++;
    }
}


hr_str_t
hr_context_career(const hr_org_t *org, const hr_context_t *c, size_t max,
    hr_arena_t *arena)
{
    hr_buf_t            buf;
    hr_str_t            out = HR_STR_NULL;
    hr_org_slot_t       slot;
    hr_org_unit_t       unit;
    hr_context_steps_t  s = { .org = org, .c = c };

    s.max = max < HR_CAREER_POOL_MAX ? max : HR_CAREER_POOL_MAX;

    hr_context_steps_unit(&s, true, "вверх");
    hr_context_steps_heads(&s);
    hr_context_steps_unit(&s, false, "откуда приходят");
    hr_context_steps_children(&s);
    hr_context_steps_siblings(&s);

    hr_buf_init(&buf, HR_CONTEXT_TEXT_MAX);

    for (size_t i = 0; i < s.count; i++) {
        hr_org_slot(org, s.steps[i].slot, &slot);
        hr_org_unit(org, slot.unit, &unit);
        (void) hr_buf_printf(&buf, "%s- %s: %.*s — %.*s", i == 0 ? "" : "\n",
                             s.steps[i].direction, (int) slot.title.len,
                             slot.title.data, (int) unit.path.len,
                             unit.path.data);
    }

    if (buf.err == HR_OK) {
        out = s.count == 0 ? HR_STR("в структуре подходящих должностей нет")
                           : hr_arena_str(arena, hr_buf_view(&buf));
    }

    hr_buf_release(&buf);
    return out;
}
