/*
 * Markdown visitor.  A block is separated from the one before it by a blank
 * line, save for the pairs that belong together: a heading and its list, a
 * label and its list, a career step and its particulars, a rule and the line
 * below it.
 */

#include "hr_md.h"
#include "hr_md_escape.h"
#include "hr_text.h"


#define HR_MD_MAX    (64u << 20)
#define HR_MD_ARENA  (64u << 20)


typedef struct {
    hr_buf_t           out;
    hr_section_type_t  before;      /* type of the last block ... */
    unsigned           level;       /* ... and its level */
    bool               step;        /* it is the name of a career step */
    bool               grouped;
    bool               any;
} hr_md_t;


static hr_rc_t hr_md_event(void *ctx, const hr_section_event_t *event);
static bool hr_md_attached(const hr_md_t *md, const hr_section_event_t *event);
static void hr_md_block(hr_md_t *md, const hr_section_event_t *event);
static void hr_md_heading(hr_md_t *md, const hr_section_event_t *event);
static void hr_md_bullet(hr_md_t *md, const hr_section_event_t *event);
static void hr_md_field(hr_md_t *md, const hr_section_event_t *event);
static void hr_md_table(hr_md_t *md, const hr_section_event_t *event);
static void hr_md_row(hr_md_t *md, const hr_section_event_t *event);
static void hr_md_wrapped(hr_md_t *md, const char *before, hr_str_t text,
    const char *after, unsigned indent);


hr_rc_t
hr_md_render(const hr_section_input_t *in, hr_sink_t sink)
{
    hr_md_t                md = { .any = false };
    hr_rc_t                rc;
    hr_arena_t            *arena;
    hr_section_visitor_t   visitor = {
        .event = hr_md_event,
        .ctx = &md,
        .stamp_label = HR_STR("MD документ сгенерирован")
    };

    arena = hr_arena_create(HR_MD_ARENA);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    hr_buf_init(&md.out, HR_MD_MAX);

    rc = hr_section_walk(in, &visitor, arena);

    if (rc == HR_OK) {
        rc = sink.write(sink.ctx, md.out.data, md.out.len);
    }

    hr_buf_release(&md.out);
    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
hr_md_event(void *ctx, const hr_section_event_t *event)
{
    hr_md_t  *md = ctx;

    if (event->type == HR_SECTION_TABLE_END) {
        md->before = event->type;
        return md->out.err;
    }

    if (md->any) {
        hr_buf_c(&md->out, hr_md_attached(md, event) ? "\n" : "\n\n");
    }

    hr_md_block(md, event);

    md->any = true;
    md->before = event->type;
    md->level = event->level;
    md->grouped = event->grouped;
    md->step = event->type == HR_SECTION_PARAGRAPH && event->strong;

    return md->out.err;
}


/* Whether the block goes right below the one before it. */
static bool
hr_md_attached(const hr_md_t *md, const hr_section_event_t *event)
{
    bool  list;

    /* lines of a list, whatever they say */
    list = md->before == HR_SECTION_BULLET
           || (md->before == HR_SECTION_FIELD && md->grouped)
           || (md->before == HR_SECTION_LABEL && md->level == 1);

    switch (event->type) {

    case HR_SECTION_ROW:
        return true;

    case HR_SECTION_FOOTER:
        return md->before == HR_SECTION_RULE;

    case HR_SECTION_BULLET:
        return list || md->before == HR_SECTION_LABEL
               || (md->before == HR_SECTION_HEADING && md->level > 2);

    case HR_SECTION_FIELD:
        return event->grouped
               && (list || md->step
                   || (md->before == HR_SECTION_HEADING && md->level > 2));

    case HR_SECTION_LABEL:
        return event->level == 1 && (list || md->step);

    case HR_SECTION_PARAGRAPH:
        return !event->strong && md->before == HR_SECTION_HEADING
               && md->level > 2;

    default:
        return false;
    }
}


static void
hr_md_block(hr_md_t *md, const hr_section_event_t *event)
{
    switch (event->type) {

    case HR_SECTION_TITLE:
    case HR_SECTION_HEADING:
        hr_md_heading(md, event);
        break;

    case HR_SECTION_SUBTITLE:
    case HR_SECTION_FIELD:
        hr_md_field(md, event);
        break;

    case HR_SECTION_NOTICE:
        hr_md_wrapped(md, "> ⚠️ **", event->text, "**", 0);
        break;

    case HR_SECTION_RULE:
        hr_buf_c(&md->out, "---");
        break;

    case HR_SECTION_LABEL:
        hr_md_wrapped(md, event->level == 1 ? "- *" : "**", event->text,
                      event->level == 1 ? ":*" : ":**", 2);
        break;

    case HR_SECTION_PARAGRAPH:
        if (event->strong) {
            hr_md_wrapped(md, "**", event->text, "**", 0);

        } else {
            hr_md_escape(&md->out, event->text, HR_MD_TEXT, true, 0);
        }
        break;

    case HR_SECTION_BULLET:
        hr_md_bullet(md, event);
        break;

    case HR_SECTION_TABLE:
        hr_md_table(md, event);
        break;

    case HR_SECTION_ROW:
        hr_md_row(md, event);
        break;

    case HR_SECTION_MISSING:
    case HR_SECTION_FOOTER:
        hr_md_wrapped(md, "*", event->text, "*", 0);
        break;

    case HR_SECTION_TABLE_END:
        break;
    }
}


static void
hr_md_heading(hr_md_t *md, const hr_section_event_t *event)
{
    hr_buf_append(&md->out, "####", event->level);
    hr_buf_char(&md->out, ' ');

    if (event->mark.len != 0) {
        hr_buf_str(&md->out, event->mark);
        hr_buf_char(&md->out, ' ');
    }

    if (event->number != 0) {
        hr_buf_printf(&md->out, "%u. ", event->number);
    }

    hr_md_escape(&md->out, event->text, HR_MD_HEADING, false, 0);
}


static void
hr_md_bullet(hr_md_t *md, const hr_section_event_t *event)
{
    hr_buf_c(&md->out, event->level == 1 ? "  - " : "- ");

    if (event->mark.len != 0) {
        hr_buf_str(&md->out, event->mark);
        hr_buf_char(&md->out, ' ');
    }

    if (event->strong) {
        hr_md_wrapped(md, "**", event->text, "**", 2);

    } else {
        hr_md_escape(&md->out, event->text, HR_MD_TEXT, true,
                     2 + 2 * event->level);
    }
}


/*
 * Grouped fields are bullets: lines of one paragraph would run into each other
 * in every viewer.
 */
static void
hr_md_field(hr_md_t *md, const hr_section_event_t *event)
{
    hr_buf_c(&md->out, event->grouped ? "- " : "");
    hr_md_wrapped(md, event->level == 1 ? "*" : "**", event->label,
                  event->level == 1 ? ":* " : ":** ", 0);
    hr_md_escape(&md->out, event->text, HR_MD_TEXT, false, 2);
}


static void
hr_md_table(hr_md_t *md, const hr_section_event_t *event)
{
    size_t  i, n;

    for (i = 0; i < event->ncells; i++) {
        hr_buf_c(&md->out, "| ");
        hr_md_escape(&md->out, event->cells[i], HR_MD_CELL, false, 0);
        hr_buf_char(&md->out, ' ');
    }

    hr_buf_c(&md->out, "|\n|");

    for (i = 0; i < event->ncells; i++) {
        for (n = hr_utf8_count(event->cells[i]) + 2; n != 0; n--) {
            hr_buf_char(&md->out, '-');
        }
        hr_buf_char(&md->out, '|');
    }
}


static void
hr_md_row(hr_md_t *md, const hr_section_event_t *event)
{
    size_t  i;

    for (i = 0; i < event->ncells; i++) {
        hr_buf_c(&md->out, i == 0 ? "| **" : "| ");
        hr_md_escape(&md->out, event->cells[i], HR_MD_CELL, false, 0);
        hr_buf_c(&md->out, i == 0 ? "** " : " ");
    }

    hr_buf_char(&md->out, '|');
}


static void
hr_md_wrapped(hr_md_t *md, const char *before, hr_str_t text, const char *after,
    unsigned indent)
{
    hr_buf_c(&md->out, before);
    hr_md_escape(&md->out, text, HR_MD_TEXT, false, indent);
    hr_buf_c(&md->out, after);
}
