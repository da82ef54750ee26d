/*
 * word/styles.xml.  Arial is on every desktop (or a font of equal widths), has
 * Cyrillic, and is what Word and LibreOffice lay out alike.  The built-in names
 * ("heading 1", "List Bullet", ...) keep outline and navigation working.
 */

#include "hr_docx_parts.h"
#include "hr_xml.h"


#define HR_DOCX_DARK    "1F3864"
#define HR_DOCX_ACCENT  "2F5597"
#define HR_DOCX_GREY    "595959"
#define HR_DOCX_LINE    "BFBFBF"
#define HR_DOCX_FILL    "DEE6F2"
#define HR_DOCX_PALE    "F4F6FA"
#define HR_DOCX_RED     "C00000"

#define HR_DOCX_PARAGRAPH(id, name, base, props, run)                         \
    "<w:style w:type=\"paragraph\" w:styleId=\"" id "\">"                     \
    "<w:name w:val=\"" name "\"/><w:basedOn w:val=\"" base "\"/><w:qFormat/>" \
    "<w:pPr>" props "</w:pPr><w:rPr>" run "</w:rPr></w:style>"

#define HR_DOCX_HEADING(n, level, props, run)                                 \
    "<w:style w:type=\"paragraph\" w:styleId=\"Heading" n "\">"               \
    "<w:name w:val=\"heading " n "\"/><w:basedOn w:val=\"Normal\"/>"          \
    "<w:next w:val=\"Normal\"/><w:uiPriority w:val=\"9\"/><w:qFormat/>"       \
    "<w:pPr><w:keepNext/><w:keepLines/>" props                                \
    "<w:outlineLvl w:val=\"" level "\"/></w:pPr>"                             \
    "<w:rPr>" run "</w:rPr></w:style>"

#define HR_DOCX_SIZE(n)   "<w:sz w:val=\"" n "\"/><w:szCs w:val=\"" n "\"/>"
#define HR_DOCX_COLOR(c)  "<w:color w:val=\"" c "\"/>"
#define HR_DOCX_BOLD      "<w:b/><w:bCs/>"
#define HR_DOCX_ITALIC    "<w:i/><w:iCs/>"

#define HR_DOCX_EDGE(side, size, space, color)                                \
    "<w:" side " w:val=\"single\" w:sz=\"" size "\" w:space=\"" space "\""    \
    " w:color=\"" color "\"/>"


static const char  hr_docx_paragraphs[] =
    HR_DOCX_HEADING("1", "0",
        "<w:spacing w:before=\"0\" w:after=\"80\" w:line=\"240\""
        " w:lineRule=\"auto\"/><w:jc w:val=\"center\"/>",
        HR_DOCX_BOLD HR_DOCX_COLOR(HR_DOCX_DARK) HR_DOCX_SIZE("36"))
    HR_DOCX_HEADING("2", "1",
        "<w:pBdr>" HR_DOCX_EDGE("bottom", "6", "3", HR_DOCX_ACCENT) "</w:pBdr>"
        "<w:spacing w:before=\"320\" w:after=\"120\"/>",
        HR_DOCX_BOLD HR_DOCX_COLOR(HR_DOCX_ACCENT) HR_DOCX_SIZE("27"))
    HR_DOCX_HEADING("3", "2",
        "<w:spacing w:before=\"200\" w:after=\"80\"/>",
        HR_DOCX_BOLD HR_DOCX_COLOR(HR_DOCX_DARK) HR_DOCX_SIZE("22"))
    HR_DOCX_HEADING("4", "3",
        "<w:spacing w:before=\"160\" w:after=\"60\"/>",
        HR_DOCX_BOLD HR_DOCX_COLOR(HR_DOCX_ACCENT) HR_DOCX_SIZE("20"))

    HR_DOCX_PARAGRAPH("Subtitle", "Subtitle", "Normal",
        "<w:spacing w:after=\"120\"/><w:jc w:val=\"center\"/>",
        HR_DOCX_COLOR(HR_DOCX_GREY) HR_DOCX_SIZE("21"))
    HR_DOCX_PARAGRAPH("HRRule", "HR Rule", "Normal",
        "<w:pBdr>" HR_DOCX_EDGE("bottom", "8", "1", HR_DOCX_DARK) "</w:pBdr>"
        "<w:spacing w:before=\"60\" w:after=\"60\" w:line=\"120\""
        " w:lineRule=\"exact\"/>",
        HR_DOCX_SIZE("4"))
    HR_DOCX_PARAGRAPH("HRFine", "HR Fine Print", "Normal",
        "<w:spacing w:after=\"60\"/><w:jc w:val=\"center\"/>",
        HR_DOCX_ITALIC HR_DOCX_COLOR(HR_DOCX_GREY) HR_DOCX_SIZE("17"))
    HR_DOCX_PARAGRAPH("HRNotice", "HR Notice", "Normal",
        "<w:keepLines/><w:pBdr>"
        HR_DOCX_EDGE("top", "8", "4", HR_DOCX_RED)
        HR_DOCX_EDGE("left", "8", "4", HR_DOCX_RED)
        HR_DOCX_EDGE("bottom", "8", "4", HR_DOCX_RED)
        HR_DOCX_EDGE("right", "8", "4", HR_DOCX_RED)
        "</w:pBdr><w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"FDF1F0\"/>"
        "<w:spacing w:before=\"120\" w:after=\"120\"/>"
        "<w:ind w:left=\"113\" w:right=\"113\"/>",
        HR_DOCX_BOLD HR_DOCX_COLOR(HR_DOCX_RED))
    HR_DOCX_PARAGRAPH("HRMissing", "HR Missing", "Normal",
        "<w:spacing w:after=\"80\"/>",
        HR_DOCX_ITALIC HR_DOCX_COLOR(HR_DOCX_GREY))

    HR_DOCX_PARAGRAPH("ListBullet", "List Bullet", "Normal",
        "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>"
        "<w:spacing w:after=\"40\"/>"
        "<w:ind w:left=\"397\" w:hanging=\"284\"/>", "")
    HR_DOCX_PARAGRAPH("ListBullet2", "List Bullet 2", "Normal",
        "<w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"1\"/></w:numPr>"
        "<w:spacing w:after=\"30\"/>"
        "<w:ind w:left=\"794\" w:hanging=\"227\"/>", "")
    HR_DOCX_PARAGRAPH("IntenseQuote", "Intense Quote", "Normal",
        "<w:keepNext/><w:keepLines/><w:spacing w:before=\"120\" w:after=\"50\"/>",
        HR_DOCX_BOLD HR_DOCX_ITALIC HR_DOCX_COLOR(HR_DOCX_ACCENT))

    HR_DOCX_PARAGRAPH("HRStep", "HR Career Step", "Normal",
        "<w:keepNext/><w:keepLines/><w:pBdr>"
        HR_DOCX_EDGE("left", "24", "6", HR_DOCX_ACCENT)
        "</w:pBdr><w:shd w:val=\"clear\" w:color=\"auto\""
        " w:fill=\"" HR_DOCX_PALE "\"/>"
        "<w:spacing w:before=\"140\" w:after=\"60\"/><w:ind w:left=\"170\"/>",
        HR_DOCX_BOLD)
    HR_DOCX_PARAGRAPH("HRStepField", "HR Step Field", "Normal",
        "<w:spacing w:after=\"40\"/><w:ind w:left=\"340\"/>", "")
    HR_DOCX_PARAGRAPH("HRStepLabel", "HR Step Label", "HRStepField",
        "<w:keepNext/>", HR_DOCX_ITALIC HR_DOCX_COLOR(HR_DOCX_ACCENT))

    HR_DOCX_PARAGRAPH("HRTableText", "HR Table Text", "Normal",
        "<w:spacing w:before=\"30\" w:after=\"30\" w:line=\"252\""
        " w:lineRule=\"auto\"/>", HR_DOCX_SIZE("19"))
    HR_DOCX_PARAGRAPH("HRTableHead", "HR Table Head", "HRTableText",
        "<w:keepNext/>", HR_DOCX_BOLD HR_DOCX_COLOR(HR_DOCX_DARK))

    HR_DOCX_PARAGRAPH("Header", "header", "Normal",
        "<w:tabs><w:tab w:val=\"right\" w:pos=\"9638\"/></w:tabs>"
        "<w:spacing w:after=\"0\"/>",
        HR_DOCX_COLOR(HR_DOCX_GREY) HR_DOCX_SIZE("16"))
    HR_DOCX_PARAGRAPH("Footer", "footer", "Normal",
        "<w:pBdr>" HR_DOCX_EDGE("top", "4", "4", HR_DOCX_LINE) "</w:pBdr>"
        "<w:tabs><w:tab w:val=\"right\" w:pos=\"9638\"/></w:tabs>"
        "<w:spacing w:after=\"0\"/>",
        HR_DOCX_COLOR(HR_DOCX_GREY) HR_DOCX_SIZE("16"));

static const char  hr_docx_tables[] =
    "<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\">"
    "<w:name w:val=\"Normal Table\"/><w:uiPriority w:val=\"99\"/>"
    "<w:semiHidden/><w:unhideWhenUsed/>"
    "<w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblCellMar>"
    "<w:top w:w=\"0\" w:type=\"dxa\"/><w:left w:w=\"108\" w:type=\"dxa\"/>"
    "<w:bottom w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"108\" w:type=\"dxa\"/>"
    "</w:tblCellMar></w:tblPr></w:style>"
    "<w:style w:type=\"numbering\" w:default=\"1\" w:styleId=\"NoList\">"
    "<w:name w:val=\"No List\"/><w:uiPriority w:val=\"99\"/><w:semiHidden/>"
    "<w:unhideWhenUsed/></w:style>"
    "<w:style w:type=\"table\" w:styleId=\"TableGrid\">"
    "<w:name w:val=\"Table Grid\"/><w:basedOn w:val=\"TableNormal\"/>"
    "<w:uiPriority w:val=\"39\"/><w:tblPr><w:tblBorders>"
    HR_DOCX_EDGE("top", "4", "0", HR_DOCX_LINE)
    HR_DOCX_EDGE("left", "4", "0", HR_DOCX_LINE)
    HR_DOCX_EDGE("bottom", "4", "0", HR_DOCX_LINE)
    HR_DOCX_EDGE("right", "4", "0", HR_DOCX_LINE)
    HR_DOCX_EDGE("insideH", "4", "0", HR_DOCX_LINE)
    HR_DOCX_EDGE("insideV", "4", "0", HR_DOCX_LINE)
    "</w:tblBorders></w:tblPr></w:style>";


void
hr_docx_styles(hr_buf_t *out, hr_str_t language)
{
    hr_buf_c(out, HR_XML_HEAD "<w:styles " HR_DOCX_NS ">"
        "<w:docDefaults><w:rPrDefault><w:rPr>"
        "<w:rFonts w:ascii=\"Arial\" w:hAnsi=\"Arial\" w:eastAsia=\"Arial\""
        " w:cs=\"Arial\"/>"
        HR_DOCX_SIZE("20") "<w:lang w:val=\"");
    hr_xml_escape(out, language);
    hr_buf_c(out, "\" w:eastAsia=\"");
    hr_xml_escape(out, language);
    hr_buf_c(out, "\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault>"
        "<w:pPrDefault><w:pPr><w:widowControl/><w:spacing w:after=\"100\""
        " w:line=\"264\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault>"
        "</w:docDefaults>"
        "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\">"
        "<w:name w:val=\"Normal\"/><w:qFormat/></w:style>"
        "<w:style w:type=\"character\" w:default=\"1\""
        " w:styleId=\"DefaultParagraphFont\">"
        "<w:name w:val=\"Default Paragraph Font\"/><w:uiPriority w:val=\"1\"/>"
        "<w:semiHidden/><w:unhideWhenUsed/></w:style>");

    hr_buf_c(out, hr_docx_paragraphs);
    hr_buf_c(out, hr_docx_tables);
    hr_buf_c(out, "</w:styles>");
}
