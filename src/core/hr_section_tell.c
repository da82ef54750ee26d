/* One function per way of telling a value to the visitor. */

#include "hr_section_walk.h"


static const unsigned char  hr_section_pair_widths[] = { 35, 65 };


void
hr_section_tell(hr_section_walk_t *w, hr_section_event_t *event)
{
    if (w->rc != HR_OK) {
        return;
    }

    event->section = w->section;
    w->rc = w->visitor->event(w->visitor->ctx, event);
    w->told += event->type != HR_SECTION_NOTICE;
}


void
hr_section_tell_heading(hr_section_walk_t *w, unsigned level, unsigned number,
    hr_section_role_t role, hr_str_t text)
{
    hr_section_event_t  event = {
        .type = HR_SECTION_HEADING,
        .role = role,
        .level = level,
        .number = number,
        .text = text
    };

    hr_section_tell(w, &event);
}


void
hr_section_tell_label(hr_section_walk_t *w, unsigned level,
    hr_section_role_t role, hr_str_t text)
{
    hr_section_event_t  event = {
        .type = HR_SECTION_LABEL,
        .role = role,
        .level = level,
        .text = text
    };

    hr_section_tell(w, &event);
}


void
hr_section_tell_paragraph(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t text)
{
    hr_section_event_t  event = {
        .type = HR_SECTION_PARAGRAPH,
        .role = role,
        .text = text
    };

    if (text.len != 0) {
        hr_section_tell(w, &event);
    }
}


void
hr_section_tell_bullet(hr_section_walk_t *w, unsigned level,
    hr_section_role_t role, hr_str_t text)
{
    hr_section_event_t  event = {
        .type = HR_SECTION_BULLET,
        .role = role,
        .level = level,
        .text = text
    };

    if (text.len != 0) {
        hr_section_tell(w, &event);
    }
}


void
hr_section_tell_field(hr_section_walk_t *w, unsigned level, bool grouped,
    hr_section_role_t role, hr_str_t label, const hr_json_t *node)
{
    hr_section_event_t  event = {
        .type = HR_SECTION_FIELD,
        .role = role,
        .level = level,
        .grouped = grouped,
        .label = label
    };

    if (hr_section_absent(node)) {
        return;
    }

    event.text = hr_section_text(w, node);
    hr_section_tell(w, &event);
}


void
hr_section_tell_bullets(hr_section_walk_t *w, unsigned level,
    hr_section_role_t role, const hr_json_t *node)
{
    const hr_json_t  *child;

    if (hr_section_absent(node)) {
        return;
    }

    if (node->type != HR_JSON_ARRAY) {
        hr_section_tell_bullet(w, level, role, hr_section_text(w, node));
        return;
    }

    for (child = node->first; child != NULL; child = child->next) {
        hr_section_tell_bullet(w, level, role, hr_section_text(w, child));
    }
}


void
hr_section_tell_list(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t heading, const hr_json_t *node)
{
    if (!hr_section_absent(node)) {
        hr_section_tell_heading(w, 3, 0, HR_ROLE_NONE, heading);
        hr_section_tell_bullets(w, 0, role, node);
    }
}


void
hr_section_tell_labelled(hr_section_walk_t *w, unsigned level,
    hr_section_role_t role, hr_str_t label, const hr_json_t *node)
{
    if (!hr_section_absent(node)) {
        hr_section_tell_label(w, level, role, label);
        hr_section_tell_bullets(w, level, role, node);
    }
}


void
hr_section_tell_any(hr_section_walk_t *w, hr_section_role_t role,
    const hr_json_t *node)
{
    if (hr_section_absent(node)) {
        return;
    }

    if (node->type == HR_JSON_ARRAY) {
        hr_section_tell_bullets(w, 0, role, node);
        return;
    }

    hr_section_tell_paragraph(w, role, hr_section_text(w, node));
}


void
hr_section_pairs(hr_section_walk_t *w, hr_str_t first, hr_str_t second)
{
    w->columns[0] = first;
    w->columns[1] = second;
}


void
hr_section_tell_row(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t label, hr_str_t text, const hr_str_t *parts, size_t nparts)
{
    hr_str_t            cells[2] = { label, text };
    hr_section_event_t  table = {
        .type = HR_SECTION_TABLE,
        .cells = w->columns,
        .ncells = 2,
        .widths = hr_section_pair_widths
    };
    hr_section_event_t  row = {
        .type = HR_SECTION_ROW,
        .role = role,
        .cells = cells,
        .ncells = 2,
        .parts = parts,
        .nparts = nparts
    };

    if (!w->table) {
        w->table = true;
        hr_section_tell(w, &table);
    }

    hr_section_tell(w, &row);
}


void
hr_section_tell_pair(hr_section_walk_t *w, hr_section_role_t role,
    hr_str_t label, const hr_json_t *node)
{
    if (!hr_section_absent(node)) {
        hr_section_tell_row(w, role, label, hr_section_text(w, node), NULL, 0);
    }
}


void
hr_section_close_table(hr_section_walk_t *w)
{
    hr_section_event_t  event = { .type = HR_SECTION_TABLE_END };

    if (w->table) {
        w->table = false;
        hr_section_tell(w, &event);
    }
}
