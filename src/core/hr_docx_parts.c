/* Numbering, settings, fonts, header and footer; runs of text. */

#include <stdio.h>

#include "hr_docx_marks.h"
#include "hr_docx_parts.h"
#include "hr_emoji.h"
#include "hr_ooxml.h"
#include "hr_xml.h"


#define HR_DOCX_FONT(name)                                                    \
    "<w:rFonts w:ascii=\"" name "\" w:hAnsi=\"" name "\""                     \
    " w:eastAsia=\"" name "\" w:cs=\"" name "\"/>"                            \
    "<w:b w:val=\"0\"/><w:bCs w:val=\"0\"/>"

/* What the runs of a text start their properties with. */
#define HR_DOCX_FONT_MARKS  HR_DOCX_FONT(HR_DOCX_MARKS_NAME)
#define HR_DOCX_FONT_EMOJI  HR_DOCX_FONT("Segoe UI Emoji")
#define HR_DOCX_BOLD        "<w:b/><w:bCs/>"


static void hr_docx_run(hr_buf_t *out, hr_str_t text, const char *font,
    const char *properties, bool flat);
static void hr_docx_field(hr_buf_t *out, const char *name);


void
hr_docx_runs(hr_buf_t *out, hr_str_t text, bool bold, const char *properties,
    bool flat)
{
    size_t       i, from, n;
    hr_str_t     emoji;
    const char  *plain;

    if (text.len == 0) {
        return;
    }

    plain = bold ? HR_DOCX_BOLD : "";

    for (i = 0, from = 0; i < text.len; i += n) {

        n = hr_emoji_len(text, i);
        if (n == 0) {
            n = 1;
            continue;
        }

        emoji = hr_str(text.data + i, n);

        hr_docx_run(out, hr_str(text.data + from, i - from), plain, properties,
                    flat);
        hr_docx_run(out, emoji, hr_docx_marks_cover(emoji) ? HR_DOCX_FONT_MARKS
                                                           : HR_DOCX_FONT_EMOJI,
                    properties, flat);
        from = i + n;
    }

    hr_docx_run(out, hr_str(text.data + from, text.len - from), plain,
                properties, flat);
}


static void
hr_docx_run(hr_buf_t *out, hr_str_t text, const char *font,
    const char *properties, bool flat)
{
    size_t  end;

    if (text.len == 0) {
        return;
    }

    hr_buf_c(out, "<w:r>");

    if (font[0] != '\0' || properties[0] != '\0') {
        hr_buf_c(out, "<w:rPr>");
        hr_buf_c(out, font);
        hr_buf_c(out, properties);
        hr_buf_c(out, "</w:rPr>");
    }

    while (text.len != 0) {

        for (end = 0; end < text.len && text.data[end] != '\n'
                      && text.data[end] != '\t'; end++)
        {
            /* void */
        }

        if (end != 0) {
            hr_buf_c(out, "<w:t xml:space=\"preserve\">");
            hr_xml_escape(out, hr_str(text.data, end));
            hr_buf_c(out, "</w:t>");
        }

        if (end != text.len) {
            hr_buf_c(out, flat ? "<w:t xml:space=\"preserve\"> </w:t>"
                               : text.data[end] == '\n' ? "<w:br/>"
                                                        : "<w:tab/>");
            end++;
        }

        text.data += end;
        text.len -= end;
    }

    hr_buf_c(out, "</w:r>");
}


void
hr_docx_numbering(hr_buf_t *out)
{
    hr_buf_c(out, HR_XML_HEAD "<w:numbering " HR_DOCX_NS ">"
        "<w:abstractNum w:abstractNumId=\"0\">"
        "<w:multiLevelType w:val=\"hybridMultilevel\"/>"
        "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"bullet\"/>"
        "<w:pStyle w:val=\"ListBullet\"/><w:lvlText w:val=\"•\"/>"
        "<w:lvlJc w:val=\"left\"/>"
        "<w:pPr><w:ind w:left=\"397\" w:hanging=\"284\"/></w:pPr></w:lvl>"
        "<w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"bullet\"/>"
        "<w:pStyle w:val=\"ListBullet2\"/><w:lvlText w:val=\"–\"/>"
        "<w:lvlJc w:val=\"left\"/>"
        "<w:pPr><w:ind w:left=\"794\" w:hanging=\"227\"/></w:pPr></w:lvl>"
        "</w:abstractNum>"
        "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"
        "</w:numbering>");
}


void
hr_docx_settings(hr_buf_t *out, hr_str_t language)
{
    hr_buf_c(out, HR_XML_HEAD "<w:settings " HR_DOCX_NS ">"
        "<w:zoom w:percent=\"100\"/>"
        "<w:defaultTabStop w:val=\"709\"/>"
        "<w:characterSpacingControl w:val=\"doNotCompress\"/>"
        "<w:compat>"
        "<w:compatSetting w:name=\"compatibilityMode\""
        " w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/>"
        "</w:compat>"
        "<w:themeFontLang w:val=\"");
    hr_xml_escape(out, language);
    hr_buf_c(out, "\"/><w:decimalSymbol w:val=\",\"/>"
        "<w:listSeparator w:val=\";\"/></w:settings>");
}


void
hr_docx_fonts(hr_buf_t *out)
{
    hr_buf_c(out, HR_XML_HEAD "<w:fonts " HR_DOCX_NS ">"
        "<w:font w:name=\"Arial\"><w:altName w:val=\"Liberation Sans\"/>"
        "<w:panose1 w:val=\"020B0604020202020204\"/><w:charset w:val=\"CC\"/>"
        "<w:family w:val=\"swiss\"/><w:pitch w:val=\"variable\"/></w:font>"
        "<w:font w:name=\"" HR_DOCX_MARKS_NAME "\">"
        "<w:altName w:val=\"Segoe UI Emoji\"/><w:charset w:val=\"00\"/>"
        "<w:family w:val=\"auto\"/><w:pitch w:val=\"variable\"/>"
        "<w:embedRegular r:id=\"rId1\" w:fontKey=\"" HR_DOCX_MARKS_KEY "\"/>"
        "</w:font><w:font w:name=\"Segoe UI Emoji\">"
        "<w:altName w:val=\"Noto Color Emoji\"/>"
        "<w:panose1 w:val=\"020B0502040204020203\"/><w:charset w:val=\"00\"/>"
        "<w:family w:val=\"swiss\"/><w:pitch w:val=\"variable\"/></w:font>"
        "</w:fonts>");
}


void
hr_docx_font_rels(hr_buf_t *out)
{
    hr_buf_c(out, HR_XML_HEAD "<Relationships xmlns=\"" HR_OOXML_RELS_NS "\">"
        "<Relationship Id=\"rId1\" Type=\"" HR_OOXML_REL "font\""
        " Target=\"fonts/font1.odttf\"/></Relationships>");
}


void
hr_docx_rels(hr_buf_t *out)
{
    static const char *const  rows[][2] = {
        { "styles", "styles.xml" },
        { "numbering", "numbering.xml" },
        { "settings", "settings.xml" },
        { "fontTable", "fontTable.xml" },
        { "header", "header1.xml" },
        { "footer", "footer1.xml" }
    };

    size_t  i;

    hr_buf_c(out, HR_XML_HEAD "<Relationships xmlns=\"" HR_OOXML_RELS_NS "\">");

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        hr_buf_printf(out, "<Relationship Id=\"rId%u\" Type=\"" HR_OOXML_REL
                           "%s\" Target=\"%s\"/>",
                      (unsigned) i + 1, rows[i][0], rows[i][1]);
    }

    hr_buf_c(out, "</Relationships>");
}


void
hr_docx_page(hr_buf_t *out)
{
    hr_buf_c(out, "<w:sectPr>"
        "<w:headerReference w:type=\"default\" r:id=\"rId5\"/>"
        "<w:footerReference w:type=\"default\" r:id=\"rId6\"/>"
        "<w:pgSz w:w=\"11906\" w:h=\"16838\"/>"
        "<w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\""
        " w:left=\"1134\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>"
        "<w:cols w:space=\"708\"/></w:sectPr>");
}


void
hr_docx_header(hr_buf_t *out, const hr_docx_page_t *page)
{
    hr_buf_c(out, HR_XML_HEAD "<w:hdr " HR_DOCX_NS ">"
        "<w:p><w:pPr><w:pStyle w:val=\"Header\"/></w:pPr>");
    hr_docx_runs(out, page->product, false, "", true);

    if (page->draft) {
        hr_buf_c(out, "<w:r><w:tab/></w:r>");
        hr_docx_runs(out, page->labels->page_draft, true,
                     "<w:color w:val=\"C00000\"/>", true);
    }

    hr_buf_c(out, "</w:p></w:hdr>");
}


void
hr_docx_footer(hr_buf_t *out, const hr_docx_page_t *page)
{
    char                        stamp[HR_TIME_MAX], left[64];
    const hr_section_labels_t  *l = page->labels;

    hr_buf_c(out, HR_XML_HEAD "<w:ftr " HR_DOCX_NS ">"
        "<w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr>");

    if (page->version > 0) {
        /* the day alone: the exact time stands at the end of the document */
        (void) hr_time_format(page->created_at, HR_TIME_T1, stamp);
        (void) snprintf(left, sizeof(left), " v%lld · %.10s",
                        (long long) page->version, stamp);

        hr_docx_runs(out, l->revision, false, "", true);
        hr_docx_runs(out, hr_str_from_c(left), false, "", true);
    }

    hr_buf_c(out, "<w:r><w:tab/></w:r>");
    hr_docx_runs(out, l->page, false, "", true);
    hr_docx_runs(out, HR_STR(" "), false, "", true);
    hr_docx_field(out, "PAGE");
    hr_docx_runs(out, HR_STR(" "), false, "", true);
    hr_docx_runs(out, l->of_pages, false, "", true);
    hr_docx_runs(out, HR_STR(" "), false, "", true);
    hr_docx_field(out, "NUMPAGES");
    hr_buf_c(out, "</w:p></w:ftr>");
}


static void
hr_docx_field(hr_buf_t *out, const char *name)
{
    hr_buf_printf(out, "<w:fldSimple w:instr=\" %s \"><w:r><w:rPr><w:noProof/>"
                       "</w:rPr><w:t>1</w:t></w:r></w:fldSimple>", name);
}
