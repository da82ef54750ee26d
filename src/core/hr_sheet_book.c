/* The workbook around the sheets: styles, names, properties, package. */

#include <stdio.h>

#include "hr_ooxml.h"
#include "hr_sheet.h"
#include "hr_xml.h"


#define HR_SHEET_BOOK_MAX  8u               /* sheets of one workbook */
#define HR_SHEET_NS                                                           \
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define HR_SHEET_TYPE(name)                                                   \
    "application/vnd.openxmlformats-officedocument.spreadsheetml." name "+xml"

/* parts before the sheets */
#define HR_SHEET_PARTS  6u


/* One line per hr_cell_style_t: font, fill, border, alignment. */
typedef struct {
    unsigned     font, fill, border;
    const char  *alignment;
} hr_sheet_style_t;

#define HR_SHEET_TOP                                                          \
    "<alignment horizontal=\"left\" vertical=\"top\" wrapText=\"1\""            \
    " indent=\"1\"/>"
#define HR_SHEET_MIDDLE                                                       \
    "<alignment horizontal=\"center\" vertical=\"center\" wrapText=\"1\"/>"
#define HR_SHEET_LEFT                                                         \
    "<alignment horizontal=\"left\" vertical=\"center\" wrapText=\"1\""         \
    " indent=\"1\"/>"

static const hr_sheet_style_t  hr_sheet_styles[HR_CELL_STYLES] = {
    [HR_CELL_BODY] = { 0, 0, 1, HR_SHEET_TOP },
    [HR_CELL_LABEL] = { 1, 0, 1, HR_SHEET_TOP },
    [HR_CELL_HEAD] = { 1, 2, 1, HR_SHEET_LEFT },
    [HR_CELL_FORM_HEAD] = { 2, 2, 1, HR_SHEET_LEFT },
    [HR_CELL_TITLE] = { 3, 2, 1, HR_SHEET_MIDDLE },
    [HR_CELL_SECTION] = { 4, 3, 1, HR_SHEET_LEFT },
    [HR_CELL_NOTE] = { 5, 0, 1, HR_SHEET_TOP },
    [HR_CELL_NOTICE] = { 6, 4, 1, HR_SHEET_TOP },
    [HR_CELL_CHECK] = { 7, 0, 1, HR_SHEET_TOP },
    [HR_CELL_PLAIN] = { 0, 0, 0, "<alignment vertical=\"bottom\"/>" }
};

#define HR_SHEET_FACE(name, style, size, color)                               \
    "<font>" style "<sz val=\"" size "\"/><color rgb=\"FF" color "\"/>"       \
    "<name val=\"" name "\"/><family val=\"2\"/><charset val=\"204\"/></font>"
#define HR_SHEET_FONT(style, size, color)                                     \
    HR_SHEET_FACE("Arial", style, size, color)
#define HR_SHEET_FILL(color)                                                  \
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FF" color "\"/>" \
    "<bgColor indexed=\"64\"/></patternFill></fill>"
#define HR_SHEET_EDGE(side)                                                   \
    "<" side " style=\"thin\"><color rgb=\"FF808080\"/></" side ">"


static void hr_sheet_styles_part(hr_buf_t *out);
static void hr_sheet_book_part(hr_buf_t *out, const hr_sheet_t *sheets, size_t n);
static void hr_sheet_rels_part(hr_buf_t *out, size_t n);
static void hr_sheet_part(hr_buf_t *out, const hr_sheet_t *sheet, bool selected);
static void hr_sheet_view(hr_buf_t *out, const hr_sheet_t *sheet, bool selected);
static void hr_sheet_paper(hr_buf_t *out, const hr_sheet_t *sheet);
static void hr_sheet_last(hr_buf_t *out, const hr_sheet_t *sheet,
    const char *dollar);
static void hr_sheet_code(hr_buf_t *out, hr_str_t text);


hr_rc_t
hr_sheet_write(hr_sink_t sink, hr_sheet_t *sheets, size_t n,
    const hr_sheet_props_t *props)
{
    enum { RELS, BOOK, BOOK_RELS, STYLES, CORE, APP };

    static const char *const  names[HR_SHEET_PARTS][2] = {
        [RELS] = { "_rels/.rels", NULL },
        [BOOK] = { "xl/workbook.xml", HR_SHEET_TYPE("sheet.main") },
        [BOOK_RELS] = { "xl/_rels/workbook.xml.rels", NULL },
        [STYLES] = { "xl/styles.xml", HR_SHEET_TYPE("styles") },
        [CORE] = { "docProps/core.xml", HR_OOXML_CORE_TYPE },
        [APP] = { "docProps/app.xml", HR_OOXML_APP_TYPE }
    };

    char              paths[HR_SHEET_BOOK_MAX][40];
    size_t            i;
    hr_rc_t           rc;
    hr_buf_t          bufs[HR_SHEET_PARTS + HR_SHEET_BOOK_MAX];
    hr_ooxml_part_t   parts[HR_SHEET_PARTS + HR_SHEET_BOOK_MAX];

    if (n == 0 || n > HR_SHEET_BOOK_MAX) {
        return HR_INVALID;
    }

    for (i = 0; i < HR_SHEET_PARTS; i++) {
        hr_buf_init(&bufs[i], HR_OOXML_PART_MAX);
        parts[i].name = names[i][0];
        parts[i].type = names[i][1];
    }

    hr_ooxml_root_rels(&bufs[RELS], "xl/workbook.xml");
    hr_sheet_book_part(&bufs[BOOK], sheets, n);
    hr_sheet_rels_part(&bufs[BOOK_RELS], n);
    hr_sheet_styles_part(&bufs[STYLES]);
    hr_ooxml_core(&bufs[CORE], props->title, props->creator, props->language,
                  props->created_at);
    hr_ooxml_app(&bufs[APP], props->creator);

    for (rc = HR_OK, i = 0; i < n; i++) {
        (void) snprintf(paths[i], sizeof(paths[i]), "xl/worksheets/sheet%u.xml",
                        (unsigned) i + 1);

        hr_buf_init(&bufs[HR_SHEET_PARTS + i], sheets[i].rows.limit
                                               + sheets[i].merges.limit + 65536);
        hr_sheet_part(&bufs[HR_SHEET_PARTS + i], &sheets[i], i == 0);

        parts[HR_SHEET_PARTS + i].name = paths[i];
        parts[HR_SHEET_PARTS + i].type = HR_SHEET_TYPE("worksheet");

        rc = rc == HR_OK ? sheets[i].rows.err : rc;
        rc = rc == HR_OK ? sheets[i].merges.err : rc;
    }

    for (i = 0; i < HR_SHEET_PARTS + n; i++) {
        parts[i].data = hr_buf_view(&bufs[i]);
        rc = rc == HR_OK ? bufs[i].err : rc;
    }

    if (rc == HR_OK) {
        rc = hr_ooxml_write(sink, parts, HR_SHEET_PARTS + n);
    }

    for (i = 0; i < HR_SHEET_PARTS + n; i++) {
        hr_buf_release(&bufs[i]);
    }

    return rc;
}


static void
hr_sheet_part(hr_buf_t *out, const hr_sheet_t *sheet, bool selected)
{
    size_t  i;

    hr_buf_c(out, HR_XML_HEAD "<worksheet xmlns=\"" HR_SHEET_NS "\">"
                  "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>"
                  "<dimension ref=\"A1:");
    hr_sheet_last(out, sheet, "");
    hr_buf_c(out, "\"/>");

    hr_sheet_view(out, sheet, selected);

    hr_buf_c(out, "<sheetFormatPr defaultRowHeight=\"15\"/><cols>");

    for (i = 0; i < sheet->ncolumns; i++) {
        hr_buf_printf(out, "<col min=\"%u\" max=\"%u\" width=\"%u.7109375\""
                           " customWidth=\"1\"/>",
                      (unsigned) i + 1, (unsigned) i + 1, sheet->widths[i]);
    }

    hr_buf_c(out, "</cols><sheetData>");
    hr_buf_str(out, hr_buf_view(&sheet->rows));
    hr_buf_c(out, "</sheetData>");

    if (sheet->kind == HR_SHEET_TABLE) {
        hr_buf_c(out, "<autoFilter ref=\"A1:");
        hr_sheet_last(out, sheet, "");
        hr_buf_c(out, "\"/>");
    }

    if (sheet->nmerges != 0) {
        hr_buf_printf(out, "<mergeCells count=\"%u\">", sheet->nmerges);
        hr_buf_str(out, hr_buf_view(&sheet->merges));
        hr_buf_c(out, "</mergeCells>");
    }

    hr_sheet_paper(out, sheet);
    hr_buf_c(out, "</worksheet>");
}


static void
hr_sheet_view(hr_buf_t *out, const hr_sheet_t *sheet, bool selected)
{
    hr_buf_printf(out, "<sheetViews><sheetView%s%s workbookViewId=\"0\">"
                       "<pane ySplit=\"1\" topLeftCell=\"A2\""
                       " activePane=\"bottomLeft\" state=\"frozen\"/>"
                       "<selection pane=\"bottomLeft\" activeCell=\"A2\""
                       " sqref=\"A2\"/></sheetView></sheetViews>",
                  sheet->kind == HR_SHEET_FORM ? " showGridLines=\"0\"" : "",
                  selected ? " tabSelected=\"1\"" : "");
}


static void
hr_sheet_paper(hr_buf_t *out, const hr_sheet_t *sheet)
{
    hr_buf_printf(out, "<pageMargins left=\"0.6\" right=\"0.6\" top=\"0.75\""
                       " bottom=\"0.75\" header=\"0.3\" footer=\"0.3\"/>"
                       "<pageSetup paperSize=\"9\" orientation=\"%s\""
                       " fitToHeight=\"0\"/><headerFooter>",
                  sheet->kind == HR_SHEET_FORM ? "portrait" : "landscape");

    if (sheet->mark.len != 0) {
        hr_buf_c(out, "<oddHeader>&amp;R&amp;\"-,Bold\"&amp;KC00000");
        hr_sheet_code(out, sheet->mark);
        hr_buf_c(out, "</oddHeader>");
    }

    hr_buf_c(out, "<oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter>"
                  "</headerFooter>");
}


/* In page heads '&' starts a code; "&&" is the letter. */
static void
hr_sheet_code(hr_buf_t *out, hr_str_t text)
{
    size_t  i, from;

    for (i = 0, from = 0; i < text.len; i++) {
        if (text.data[i] == '&') {
            hr_xml_escape(out, hr_str(text.data + from, i + 1 - from));
            from = i;
        }
    }

    hr_xml_escape(out, hr_str(text.data + from, text.len - from));
}


/* The last cell of the sheet: "C12" or "$C$12". */
static void
hr_sheet_last(hr_buf_t *out, const hr_sheet_t *sheet, const char *dollar)
{
    unsigned  column;

    column = (unsigned) sheet->ncolumns - 1;
    hr_buf_c(out, dollar);

    if (column >= 26) {
        hr_buf_char(out, (char) ('A' + column / 26 - 1));
    }

    hr_buf_printf(out, "%c%s%u", 'A' + column % 26, dollar,
                  sheet->nrows == 0 ? 1 : sheet->nrows);
}


static void
hr_sheet_book_part(hr_buf_t *out, const hr_sheet_t *sheets, size_t n)
{
    size_t  i;

    hr_buf_c(out, HR_XML_HEAD "<workbook xmlns=\"" HR_SHEET_NS "\""
        " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/"
        "relationships\"><workbookPr defaultThemeVersion=\"124226\"/>"
        "<bookViews><workbookView xWindow=\"240\" yWindow=\"15\""
        " windowWidth=\"16095\" windowHeight=\"9660\"/></bookViews><sheets>");

    for (i = 0; i < n; i++) {
        hr_buf_c(out, "<sheet name=\"");
        hr_xml_escape(out, sheets[i].name);
        hr_buf_printf(out, "\" sheetId=\"%u\" r:id=\"rId%u\"/>",
                      (unsigned) i + 1, (unsigned) i + 1);
    }

    /* in the order of names, as the programs keep them */
    hr_buf_c(out, "</sheets><definedNames>");

    for (i = 0; i < n; i++) {
        if (sheets[i].kind == HR_SHEET_TABLE) {
            hr_buf_printf(out, "<definedName name=\"_xlnm._FilterDatabase\""
                               " localSheetId=\"%u\" hidden=\"1\">'",
                          (unsigned) i);
            hr_xml_escape(out, sheets[i].name);
            hr_buf_c(out, "'!$A$1:");
            hr_sheet_last(out, &sheets[i], "$");
            hr_buf_c(out, "</definedName>");
        }
    }

    for (i = 0; i < n; i++) {
        hr_buf_printf(out, "<definedName name=\"_xlnm.Print_Titles\""
                           " localSheetId=\"%u\">'", (unsigned) i);
        hr_xml_escape(out, sheets[i].name);
        hr_buf_c(out, "'!$1:$1</definedName>");
    }

    hr_buf_c(out, "</definedNames></workbook>");
}


static void
hr_sheet_rels_part(hr_buf_t *out, size_t n)
{
    size_t  i;

    hr_buf_c(out, HR_XML_HEAD "<Relationships xmlns=\"" HR_OOXML_RELS_NS "\">");

    for (i = 0; i < n; i++) {
        hr_buf_printf(out, "<Relationship Id=\"rId%u\" Type=\"" HR_OOXML_REL
                           "worksheet\" Target=\"worksheets/sheet%u.xml\"/>",
                      (unsigned) i + 1, (unsigned) i + 1);
    }

    hr_buf_printf(out, "<Relationship Id=\"rId%u\" Type=\"" HR_OOXML_REL
                       "styles\" Target=\"styles.xml\"/></Relationships>",
                  (unsigned) n + 1);
}


static void
hr_sheet_styles_part(hr_buf_t *out)
{
    unsigned                 i;
    const hr_sheet_style_t  *style;

    hr_buf_c(out, HR_XML_HEAD "<styleSheet xmlns=\"" HR_SHEET_NS "\">"
        "<fonts count=\"8\">"
        HR_SHEET_FONT("", "10", "000000")
        HR_SHEET_FONT("<b/>", "10", "000000")
        HR_SHEET_FONT("<b/>", "12", "000000")
        HR_SHEET_FONT("<b/>", "14", "000000")
        HR_SHEET_FONT("<b/>", "11", "FFFFFF")
        HR_SHEET_FONT("<i/>", "10", "595959")
        HR_SHEET_FONT("<b/>", "10", "C00000")
        /* Arial has no check boxes, and one of them would come from an emoji font,
         * which paper and PDF leave blank */
        HR_SHEET_FACE("DejaVu Sans", "", "10", "000000")
        "</fonts><fills count=\"5\">"
        "<fill><patternFill patternType=\"none\"/></fill>"
        "<fill><patternFill patternType=\"gray125\"/></fill>"
        HR_SHEET_FILL("D9E2F3") HR_SHEET_FILL("366092") HR_SHEET_FILL("FDF1F0")
        "</fills><borders count=\"2\">"
        "<border><left/><right/><top/><bottom/><diagonal/></border>"
        "<border>" HR_SHEET_EDGE("left") HR_SHEET_EDGE("right")
        HR_SHEET_EDGE("top") HR_SHEET_EDGE("bottom") "<diagonal/></border>"
        "</borders><cellStyleXfs count=\"1\">"
        "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
        "</cellStyleXfs>");

    hr_buf_printf(out, "<cellXfs count=\"%u\">", 2u * HR_CELL_STYLES);

    for (i = 0; i < 2 * HR_CELL_STYLES; i++) {
        style = &hr_sheet_styles[i % HR_CELL_STYLES];

        hr_buf_printf(out, "<xf numFmtId=\"0\" fontId=\"%u\" fillId=\"%u\""
                           " borderId=\"%u\" xfId=\"0\"%s applyFont=\"1\""
                           " applyFill=\"1\" applyBorder=\"1\""
                           " applyAlignment=\"1\">%s</xf>",
                      style->font, style->fill, style->border,
                      i < HR_CELL_STYLES ? "" : " quotePrefix=\"1\"",
                      style->alignment);
    }

    hr_buf_c(out, "</cellXfs><cellStyles count=\"1\">"
                  "<cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/>"
                  "</cellStyles></styleSheet>");
}
