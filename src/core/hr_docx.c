/*
 * DOCX visitor: writes the body paragraph by paragraph; the rest of the package
 * is in hr_docx_parts.c and hr_docx_styles.c.
 */

#include <stdio.h>
#include <string.h>

#include "hr_docx.h"
#include "hr_docx_marks.h"
#include "hr_docx_parts.h"
#include "hr_ooxml.h"
#include "hr_xml.h"


#define HR_DOCX_ARENA  (64u << 20)
#define HR_DOCX_CELLS  3u               /* columns of the widest table */
#define HR_DOCX_WHOLE  9u               /* rows that a page break does not part */

#define HR_DOCX_STEP_LABEL  "<w:i/><w:iCs/><w:color w:val=\"2F5597\"/>"

#define HR_DOCX_TYPE(name)                                                    \
    "application/vnd.openxmlformats-officedocument.wordprocessingml."         \
    name "+xml"


typedef struct {
    hr_buf_t              body;
    size_t                ncells;           /* of the open table */
    unsigned              twips[HR_DOCX_CELLS];     /* its column widths */
    hr_str_t              held[HR_DOCX_CELLS];      /* its last row, not written yet */
    size_t                nheld;
    unsigned              nrows;            /* without the header */
    bool                  after_table;      /* nothing came after a table */
} hr_docx_t;

static hr_rc_t hr_docx_event(void *ctx, const hr_section_event_t *event);
static const char *hr_docx_style(const hr_section_event_t *event);
static void hr_docx_paragraph(hr_docx_t *d, const hr_section_event_t *event);
static void hr_docx_table(hr_docx_t *d, const hr_section_event_t *event);
static void hr_docx_hold(hr_docx_t *d, const hr_section_event_t *event);
static void hr_docx_release(hr_docx_t *d, bool last);
static void hr_docx_row(hr_docx_t *d, const hr_str_t *cells, size_t n,
    bool header, bool keep);
static void hr_docx_cell(hr_docx_t *d, hr_str_t text, unsigned width,
    const char *props, const char *fill, bool bold);
static hr_rc_t hr_docx_package(const hr_section_input_t *in, hr_docx_t *d,
    hr_arena_t *arena, hr_sink_t sink);


hr_rc_t
hr_docx_render(const hr_section_input_t *in, hr_sink_t sink)
{
    hr_rc_t                rc;
    hr_docx_t              d = { .after_table = false };
    hr_arena_t            *arena;
    hr_section_visitor_t   visitor = {
        .event = hr_docx_event,
        .ctx = &d,
        .stamp_label = HR_STR("DOCX создан")
    };

    arena = hr_arena_create(HR_DOCX_ARENA);
    if (arena == NULL) {
        return HR_NOMEM;
    }

    hr_buf_init(&d.body, HR_OOXML_PART_MAX);
    hr_buf_c(&d.body, HR_XML_HEAD "<w:document " HR_DOCX_NS "><w:body>");

    rc = hr_section_walk(in, &visitor, arena);

    if (rc == HR_OK) {
        hr_docx_page(&d.body);
        hr_buf_c(&d.body, "</w:body></w:document>");
        rc = d.body.err;
    }

    if (rc == HR_OK) {
        rc = hr_docx_package(in, &d, arena, sink);
    }

    hr_buf_release(&d.body);
    hr_arena_destroy(arena);

    return rc;
}


static hr_rc_t
hr_docx_event(void *ctx, const hr_section_event_t *event)
{
    hr_docx_t  *d = ctx;

    switch (event->type) {

    case HR_SECTION_TABLE:
        if (d->after_table) {
            /* two tables in a row would be one */
            hr_buf_c(&d->body, "<w:p/>");
        }

        hr_docx_table(d, event);
        break;

    case HR_SECTION_ROW:
        hr_docx_release(d, false);
        hr_docx_hold(d, event);
        break;

    case HR_SECTION_TABLE_END:
        hr_docx_release(d, true);
        hr_buf_c(&d->body, "</w:tbl>");
        break;

    default:
        hr_docx_paragraph(d, event);
    }

    d->after_table = event->type == HR_SECTION_TABLE_END;

    return d->body.err;
}


static const char *
hr_docx_style(const hr_section_event_t *event)
{
    static const char *const  headings[] = {
        "Heading1", "Heading2", "Heading3", "Heading4"
    };

    switch (event->type) {

    case HR_SECTION_TITLE:
    case HR_SECTION_HEADING:
        return headings[event->level - 1];

    case HR_SECTION_SUBTITLE:
        return "Subtitle";

    case HR_SECTION_NOTICE:
        return "HRNotice";

    case HR_SECTION_RULE:
        return "HRRule";

    case HR_SECTION_FOOTER:
        return "HRFine";

    case HR_SECTION_MISSING:
        return "HRMissing";

    case HR_SECTION_LABEL:
        return event->level == 1 ? "HRStepLabel" : "IntenseQuote";

    case HR_SECTION_BULLET:
        return event->level == 1 ? "ListBullet2" : "ListBullet";

    case HR_SECTION_FIELD:
        return event->level == 1 ? "HRStepField" : "Normal";

    default:
        return event->strong ? "HRStep" : "Normal";
    }
}


static void
hr_docx_paragraph(hr_docx_t *d, const hr_section_event_t *event)
{
    char      number[16];
    hr_buf_t  *out = &d->body;

    hr_buf_printf(out, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/>%s</w:pPr>",
                  hr_docx_style(event),
                  event->role == HR_ROLE_STEP_DEPARTMENT
                  || event->role == HR_ROLE_STEP_RATIONALE ? "<w:keepNext/>" : "");

    /* the marks of list items are for Markdown, which has no bullets to see */
    if (event->mark.len != 0 && event->type == HR_SECTION_TITLE) {
        hr_docx_runs(out, event->mark, false, "", true);
        hr_docx_runs(out, HR_STR(" "), false, "", true);
    }

    if (event->number != 0) {
        (void) snprintf(number, sizeof(number), "%u. ", event->number);
        hr_docx_runs(out, hr_str_from_c(number), false, "", true);
    }

    if (event->label.len != 0) {
        hr_docx_runs(out, event->label, event->level != 1,
                     event->level == 1 ? HR_DOCX_STEP_LABEL : "", true);
        hr_docx_runs(out, HR_STR(": "), event->level != 1, "", true);
    }

    hr_docx_runs(out, event->text, false, "", event->type == HR_SECTION_HEADING
                                           || event->type == HR_SECTION_TITLE);

    if (event->type == HR_SECTION_LABEL) {
        hr_docx_runs(out, HR_STR(":"), false, "", true);
    }

    hr_buf_c(out, "</w:p>");
}


static void
hr_docx_table(hr_docx_t *d, const hr_section_event_t *event)
{
    size_t     i;
    unsigned   left;
    hr_buf_t  *out = &d->body;

    d->ncells = event->ncells < HR_DOCX_CELLS ? event->ncells : HR_DOCX_CELLS;

    hr_buf_printf(out, "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/>"
                       "<w:tblW w:w=\"%d\" w:type=\"dxa\"/>"
                       "<w:tblLayout w:type=\"fixed\"/>"
                       "<w:tblLook w:val=\"0420\" w:firstRow=\"1\""
                       " w:lastRow=\"0\" w:firstColumn=\"0\""
                       " w:lastColumn=\"0\" w:noHBand=\"0\" w:noVBand=\"1\"/>"
                       "</w:tblPr><w:tblGrid>", HR_DOCX_WIDTH);

    for (left = HR_DOCX_WIDTH, i = 0; i < d->ncells; i++) {
        d->twips[i] = i + 1 == d->ncells
                      ? left : HR_DOCX_WIDTH * event->widths[i] / 100;
        left -= d->twips[i];

        hr_buf_printf(out, "<w:gridCol w:w=\"%u\"/>", d->twips[i]);
    }

    hr_buf_c(out, "</w:tblGrid>");

    hr_docx_row(d, event->cells, event->ncells, true, true);
    d->nheld = 0;
    d->nrows = 0;
}


/* The texts of a row live as long as the walk, the array of its cells does not. */
static void
hr_docx_hold(hr_docx_t *d, const hr_section_event_t *event)
{
    d->nheld = event->ncells < HR_DOCX_CELLS ? event->ncells : HR_DOCX_CELLS;
    memcpy(d->held, event->cells, d->nheld * sizeof(hr_str_t));
}


/*
 * Writes the row that was held.  A short table stays on one page: each of its
 * rows is kept with the next one, which is known when that has come.
 */
static void
hr_docx_release(hr_docx_t *d, bool last)
{
    if (d->nheld != 0) {
        d->nrows++;
        hr_docx_row(d, d->held, d->nheld, false, !last && d->nrows < HR_DOCX_WHOLE);
        d->nheld = 0;
    }
}


static void
hr_docx_row(hr_docx_t *d, const hr_str_t *cells, size_t n, bool header, bool keep)
{
    bool         label;
    size_t       i;
    const char  *props;

    props = header ? "<w:pStyle w:val=\"HRTableHead\"/>"
            : keep ? "<w:pStyle w:val=\"HRTableText\"/><w:keepNext/>"
                   : "<w:pStyle w:val=\"HRTableText\"/>";

    hr_buf_c(&d->body, "<w:tr><w:trPr><w:cantSplit/>");
    hr_buf_c(&d->body, header ? "<w:tblHeader/></w:trPr>" : "</w:trPr>");

    for (i = 0; i < d->ncells && i < n; i++) {
        label = !header && i == 0;

        hr_docx_cell(d, cells[i], d->twips[i], props,
                     header ? "DEE6F2" : label && d->ncells == 2 ? "F4F6FA" : "",
                     label);
    }

    hr_buf_c(&d->body, "</w:tr>");
}


static void
hr_docx_cell(hr_docx_t *d, hr_str_t text, unsigned width, const char *props,
    const char *fill, bool bold)
{
    hr_buf_t  *out = &d->body;

    hr_buf_printf(out, "<w:tc><w:tcPr><w:tcW w:w=\"%u\" w:type=\"dxa\"/>",
                  width);

    if (fill[0] != '\0') {
        hr_buf_printf(out, "<w:shd w:val=\"clear\" w:color=\"auto\""
                           " w:fill=\"%s\"/>", fill);
    }

    hr_buf_printf(out, "</w:tcPr><w:p><w:pPr>%s</w:pPr>", props);
    hr_docx_runs(out, text, bold, "", true);
    hr_buf_c(out, "</w:p></w:tc>");
}


static hr_rc_t
hr_docx_package(const hr_section_input_t *in, hr_docx_t *d, hr_arena_t *arena,
    hr_sink_t sink)
{
    enum {
        RELS, DOCUMENT, DOCUMENT_RELS, STYLES, NUMBERING, SETTINGS, FONTS,
        FONT_RELS, MARKS, HEADER, FOOTER, CORE, APP, COUNT
    };

    static const char *const  names[COUNT][2] = {
        [RELS] = { "_rels/.rels", NULL },
        [DOCUMENT] = { "word/document.xml", HR_DOCX_TYPE("document.main") },
        [DOCUMENT_RELS] = { "word/_rels/document.xml.rels", NULL },
        [STYLES] = { "word/styles.xml", HR_DOCX_TYPE("styles") },
        [NUMBERING] = { "word/numbering.xml", HR_DOCX_TYPE("numbering") },
        [SETTINGS] = { "word/settings.xml", HR_DOCX_TYPE("settings") },
        [FONTS] = { "word/fontTable.xml", HR_DOCX_TYPE("fontTable") },
        [FONT_RELS] = { "word/_rels/fontTable.xml.rels", NULL },
        [MARKS] = { "word/fonts/font1.odttf",
            "application/vnd.openxmlformats-officedocument.obfuscatedFont" },
        [HEADER] = { "word/header1.xml", HR_DOCX_TYPE("header") },
        [FOOTER] = { "word/footer1.xml", HR_DOCX_TYPE("footer") },
        [CORE] = { "docProps/core.xml", HR_OOXML_CORE_TYPE },
        [APP] = { "docProps/app.xml", HR_OOXML_APP_TYPE }
    };

    size_t           i;
    hr_rc_t          rc;
    hr_buf_t         bufs[COUNT];
    hr_docx_page_t   page;
    hr_ooxml_part_t  parts[COUNT];

    page = (hr_docx_page_t) {
        .labels = in->labels == NULL ? &hr_section_labels_ru : in->labels,
        .draft = in->draft,
        .version = in->version,
        .created_at = in->created_at
    };
    page.product = in->product.len == 0 ? page.labels->product : in->product;

    for (i = 0; i < COUNT; i++) {
        hr_buf_init(&bufs[i], HR_OOXML_PART_MAX);
    }

    hr_ooxml_root_rels(&bufs[RELS], "word/document.xml");
    hr_docx_rels(&bufs[DOCUMENT_RELS]);
    hr_docx_styles(&bufs[STYLES], page.labels->language);
    hr_docx_numbering(&bufs[NUMBERING]);
    hr_docx_settings(&bufs[SETTINGS], page.labels->language);
    hr_docx_fonts(&bufs[FONTS]);
    hr_docx_font_rels(&bufs[FONT_RELS]);
    (void) hr_docx_marks_font(&bufs[MARKS]);
    hr_docx_header(&bufs[HEADER], &page);
    hr_docx_footer(&bufs[FOOTER], &page);
    hr_ooxml_core(&bufs[CORE], hr_section_title(in, arena), page.product,
                  page.labels->language, in->created_at);
    hr_ooxml_app(&bufs[APP], page.product);

    for (rc = HR_OK, i = 0; i < COUNT; i++) {
        parts[i].name = names[i][0];
        parts[i].type = names[i][1];
        parts[i].data = hr_buf_view(i == DOCUMENT ? &d->body : &bufs[i]);

        if (rc == HR_OK) {
            rc = bufs[i].err;
        }
    }

    if (rc == HR_OK) {
        rc = hr_ooxml_write(sink, parts, COUNT);
    }

    for (i = 0; i < COUNT; i++) {
        hr_buf_release(&bufs[i]);
    }

    return rc;
}
