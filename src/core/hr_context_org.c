#include "hr_context_org.h"
#include "hr_text.h"


#define HR_CONTEXT_TEXT_MAX  (1024u * 1024)


/* --- place ------------------------------------------------------------------------ */

static hr_str_t
hr_context_slot_title(const hr_org_t *org, uint32_t slot)
{
    hr_org_slot_t  s;

    if (slot == HR_ORG_NONE) {
        return HR_STR("");
    }

    hr_org_slot(org, slot, &s);
    return s.title;
}


/*
 * 4.2: the head of a unit leads its child units and everybody else in it; the
 * heads of the child units report to him.
 */
static void
hr_context_span(const hr_org_t *org, hr_context_t *c)
{
    uint32_t       heads = 0;
    hr_org_unit_t  child;

    c->span.head = c->resolved.slot != HR_ORG_NONE
                   && c->unit.head == c->resolved.slot;

    if (!c->span.head) {
        return;
    }

    for (uint32_t i = c->unit.first_child; i != HR_ORG_NONE;
         i = child.next_sibling)
    {
        hr_org_unit(org, i, &child);
        heads++;
    }

    c->span.departments = heads;
    c->span.reports = c->unit.slots - 1 + heads;
}


/* By the first word of the unit that has a rule, else by its depth. */
static size_t
hr_context_rank(const hr_context_rules_t *rules, const hr_context_t *c,
    hr_arena_t *arena)
{
    size_t    pos = 0, depth;
    hr_str_t  folded, word;

    folded = hr_fold(arena, c->unit.name);

    while (hr_word_next(folded, &pos, &word)) {
        for (size_t i = 0; i < rules->category_count; i++) {
            if (hr_words_match(&rules->categories[i].words, word)) {
                return rules->categories[i].rank;
            }
        }
    }

    depth = c->depth < rules->depth_count ? c->depth : rules->depth_count;

    return rules->category_by_depth[depth == 0 ? 0 : depth - 1];
}


static void
hr_context_category(const hr_context_sources_t *sources, hr_context_t *c,
    hr_arena_t *arena)
{
    size_t           count, rank = 0;
    const hr_str_t  *values;

    values = hr_vocabulary_values(sources->vocabulary,
                                  HR_STR("position_category"), &count);

    /*
     * A head has the category of his unit.  A leading title that the structure
     * does not have is taken for one below the head; nothing else is known.
     */
    if (c->class.manager) {

        if (c->span.head) {
            rank = hr_context_rank(sources->rules, c, arena);

        } else if (c->resolved.slot == HR_ORG_NONE) {
            rank = hr_context_rank(sources->rules, c, arena);
            rank = rank > 1 ? rank - 1 : rank;
        }
    }

    c->category = count == 0 ? HR_STR_NULL
                             : values[rank < count ? rank : count - 1];
}


/* The unit's head, for the head himself that of the nearest unit above. */
static void
hr_context_manager(const hr_org_t *org, hr_context_t *c)
{
    uint32_t       index = c->unit.index;
    hr_org_unit_t  unit;

    for ( ;; ) {
        hr_org_unit(org, index, &unit);

        if (unit.head != HR_ORG_NONE && unit.head != c->resolved.slot) {
            c->manager = hr_context_slot_title(org, unit.head);
            c->manager_unit = unit.name;
            return;
        }

        if (unit.parent == HR_ORG_NONE) {
            return;
        }

        index = unit.parent;
    }
}


void
hr_context_place(const hr_org_t *org, const hr_context_sources_t *sources,
    hr_context_t *c, hr_arena_t *arena)
{
    hr_org_unit_t  unit;

    c->depth = (size_t) c->unit.level + 1;

    for (size_t i = 0; i < c->depth && i < HR_ORG_MAX_DEPTH; i++) {
        hr_org_unit(org, hr_org_ancestor(org, c->unit.index, (uint32_t) i),
                    &unit);
        c->names[i] = unit.name;
        c->heads[i] = hr_context_slot_title(org, unit.head);
    }

    hr_context_span(org, c);
    hr_context_category(sources, c, arena);
    hr_context_manager(org, c);
}


/* --- branch ----------------------------------------------------------------------- */

static void
hr_context_put_titles(const hr_org_t *org, const hr_org_unit_t *unit,
    size_t max, hr_buf_t *buf)
{
    hr_org_slot_t  slot;

    for (uint32_t i = 0; i < unit->slots && i < max; i++) {
        hr_org_slot(org, unit->first_slot + i, &slot);
        (void) hr_buf_c(buf, i == 0 ? "" : "; ");
        (void) hr_buf_str(buf, slot.title);
    }

    if (unit->slots > max) {
        (void) hr_buf_printf(buf, "; и ещё %zu", unit->slots - max);
    }

    if (unit->slots == 0) {
        (void) hr_buf_c(buf, "нет");
    }
}


static void
hr_context_put_children(const hr_org_t *org, const hr_org_unit_t *unit,
    const hr_context_branch_t *limits, size_t depth, hr_buf_t *buf)
{
    hr_org_unit_t  child;

    if (depth == 0) {
        return;
    }

    for (uint32_t i = unit->first_child; i != HR_ORG_NONE;
         i = child.next_sibling)
    {
        hr_org_unit(org, i, &child);
        (void) hr_buf_printf(buf, "%*s- ", (int) (limits->depth - depth) * 2,
                             "");
        (void) hr_buf_str(buf, child.name);
        (void) hr_buf_c(buf, ": ");
        hr_context_put_titles(org, &child, limits->titles, buf);

        if (child.children > 0) {
            (void) hr_buf_printf(buf, " (подразделений внутри: %u, должностей: "
                                 "%u)", child.children,
                                 child.end_slot - child.first_slot);
        }

        (void) hr_buf_c(buf, "\n");
        hr_context_put_children(org, &child, limits, depth - 1, buf);
    }
}


static void
hr_context_put_above(const hr_org_t *org, const hr_context_t *c,
    const hr_context_branch_t *limits, hr_buf_t *buf)
{
    hr_org_unit_t  unit;

    if (c->unit.level == 0) {
        return;
    }

    (void) hr_buf_c(buf, "Вышестоящие подразделения:\n");

    for (uint32_t level = 0; level < c->unit.level; level++) {
        hr_org_unit(org, hr_org_ancestor(org, c->unit.index, level), &unit);
        (void) hr_buf_c(buf, "- ");
        (void) hr_buf_str(buf, unit.name);
        (void) hr_buf_c(buf, ": ");
        hr_context_put_titles(org, &unit, limits->titles, buf);
        (void) hr_buf_c(buf, "\n");
    }
}


static void
hr_context_put_unit(const hr_org_t *org, const hr_context_t *c,
    const hr_context_branch_t *limits, hr_buf_t *buf)
{
    (void) hr_buf_c(buf, "Подразделение должности: ");
    (void) hr_buf_str(buf, c->unit.name);
    (void) hr_buf_c(buf, "\n- должности: ");
    hr_context_put_titles(org, &c->unit, limits->titles * 2, buf);
    (void) hr_buf_c(buf, "\n");

    if (c->unit.has_headcount && c->unit.headcount_own) {
        (void) hr_buf_printf(buf, "- численность: %lld\n",
                             (long long) c->unit.headcount);
    }

    if (c->unit.children > 0) {
        (void) hr_buf_printf(buf, "Подчинённые подразделения (%u):\n",
                             c->unit.children);
        hr_context_put_children(org, &c->unit, limits, limits->depth, buf);
    }
}


uint32_t
hr_context_first_sibling(const hr_org_t *org, const hr_org_unit_t *unit)
{
    hr_org_unit_t  parent;

    if (unit->parent == HR_ORG_NONE) {
        return 0;
    }

    hr_org_unit(org, unit->parent, &parent);
    return parent.first_child;
}


static void
hr_context_put_siblings(const hr_org_t *org, const hr_context_t *c,
    size_t max, hr_buf_t *buf)
{
    size_t         count = 0;
    hr_org_unit_t  unit;

    for (uint32_t i = hr_context_first_sibling(org, &c->unit);
         i != HR_ORG_NONE;
         i = unit.next_sibling)
    {
        hr_org_unit(org, i, &unit);

        if (i == c->unit.index) {
            continue;
        }

        if (count < max) {
            (void) hr_buf_c(buf, count == 0 ? "Соседние подразделения: " : "; ");
            (void) hr_buf_str(buf, unit.name);
        }

        count++;
    }

    if (max > 0 && count > max) {
        (void) hr_buf_printf(buf, "; и ещё %zu", count - max);
    }

    (void) hr_buf_c(buf, count > 0 && max > 0 ? "\n" : "");
}


hr_str_t
hr_context_branch(const hr_org_t *org, const hr_context_t *c,
    const hr_context_branch_t *limits, hr_arena_t *arena)
{
    hr_str_t  text, cut, out = HR_STR_NULL;
    hr_buf_t  buf;

    hr_buf_init(&buf, HR_CONTEXT_TEXT_MAX);
    hr_context_put_above(org, c, limits, &buf);
    hr_context_put_unit(org, c, limits, &buf);
    hr_context_put_siblings(org, c, limits->siblings, &buf);
    (void) hr_buf_printf(&buf, "Вся организация: подразделений %u, должностей "
                         "%u, блоков %zu.", hr_org_unit_count(org),
                         hr_org_slot_count(org), c->block_count);

    /* what is above the buffer's limit would be cut anyway */
    if (buf.err == HR_OK || buf.err == HR_LIMIT) {
        text = hr_utf8_cut_bytes(hr_buf_view(&buf), buf.len);
        cut = hr_utf8_cut(text, limits->chars);
        out = cut.len == text.len
              ? hr_arena_str(arena, text)
              : hr_arena_printf(arena, "%.*s…\n[сокращено]",
                                (int) hr_utf8_cut(cut, limits->chars - 13).len,
                                cut.data);
    }

    hr_buf_release(&buf);
    return out;
}


/* --- not ours ----------------------------------------------------------------------- */

void
hr_context_foreign(const hr_org_t *org, hr_context_t *c, size_t max)
{
    uint32_t       own = c->unit.index;
    hr_org_unit_t  level, unit;

    if (max > HR_CONTEXT_FOREIGN_MAX) {
        max = HR_CONTEXT_FOREIGN_MAX;
    }

    while (own != HR_ORG_NONE && c->foreign_count < max) {

        hr_org_unit(org, own, &level);

        for (uint32_t i = hr_context_first_sibling(org, &level);
             i != HR_ORG_NONE && c->foreign_count < max;
             i = unit.next_sibling)
        {
            hr_org_unit(org, i, &unit);

            if (i != own) {
                c->foreign[c->foreign_count++] = i;
            }
        }

        own = level.parent;
    }
}
