/* Package and properties of the Office documents. */

#include "hr_ooxml.h"
#include "hr_text.h"
#include "hr_xml.h"
#include "hr_zip.h"


static void hr_ooxml_types(hr_buf_t *out, const hr_ooxml_part_t *parts, size_t n);


hr_rc_t
hr_ooxml_write(hr_sink_t sink, const hr_ooxml_part_t *parts, size_t n)
{
    size_t     i;
    hr_rc_t    rc;
    hr_buf_t   types;
    hr_zip_t  *zip;

    zip = hr_zip_open(sink);
    if (zip == NULL) {
        return HR_NOMEM;
    }

    hr_buf_init(&types, HR_OOXML_PART_MAX);
    hr_ooxml_types(&types, parts, n);

    rc = types.err;

    if (rc == HR_OK) {
        rc = hr_zip_add(zip, HR_STR("[Content_Types].xml"), HR_ZIP_NO_TIME,
                        HR_ZIP_DEFLATE, hr_buf_view(&types));
    }

    hr_buf_release(&types);

    for (i = 0; i < n && rc == HR_OK; i++) {
        rc = hr_zip_add(zip, hr_str_from_c(parts[i].name), HR_ZIP_NO_TIME,
                        HR_ZIP_DEFLATE, parts[i].data);
    }

    if (rc != HR_OK) {
        hr_zip_abort(zip);
        return rc;
    }

    return hr_zip_close(zip);
}


static void
hr_ooxml_types(hr_buf_t *out, const hr_ooxml_part_t *parts, size_t n)
{
    size_t  i;

    hr_buf_c(out, HR_XML_HEAD
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/"
        "content-types\">"
        "<Default Extension=\"rels\" ContentType=\"application/"
        "vnd.openxmlformats-package.relationships+xml\"/>"
        "<Default Extension=\"xml\" ContentType=\"application/xml\"/>");

    for (i = 0; i < n; i++) {
        if (parts[i].type != NULL) {
            hr_buf_printf(out, "<Override PartName=\"/%s\" ContentType=\"%s\"/>",
                          parts[i].name, parts[i].type);
        }
    }

    hr_buf_c(out, "</Types>");
}


void
hr_ooxml_root_rels(hr_buf_t *out, const char *main)
{
    hr_buf_printf(out, HR_XML_HEAD
        "<Relationships xmlns=\"" HR_OOXML_RELS_NS "\">"
        "<Relationship Id=\"rId1\" Type=\"" HR_OOXML_REL "officeDocument\""
        " Target=\"%s\"/>"
        "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/"
        "package/2006/relationships/metadata/core-properties\""
        " Target=\"docProps/core.xml\"/>"
        "<Relationship Id=\"rId3\" Type=\"" HR_OOXML_REL "extended-properties\""
        " Target=\"docProps/app.xml\"/>"
        "</Relationships>", main);
}


void
hr_ooxml_core(hr_buf_t *out, hr_str_t title, hr_str_t creator,
    hr_str_t language, hr_instant_t created_at)
{
    char          stamp[HR_TIME_MAX];
    hr_instant_t  second;

    /* W3CDTF as the Office programs read it has no fraction */
    second = created_at - (created_at % 1000000 + 1000000) % 1000000;
    (void) hr_time_format(second, HR_TIME_WIRE_Z, stamp);

    hr_buf_c(out, HR_XML_HEAD
        "<cp:coreProperties"
        " xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/"
        "core-properties\""
        " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
        " xmlns:dcterms=\"http://purl.org/dc/terms/\""
        " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
        "<dc:title>");
    hr_xml_escape(out, title);
    hr_buf_c(out, "</dc:title><dc:creator>");
    hr_xml_escape(out, creator);
    hr_buf_c(out, "</dc:creator><cp:lastModifiedBy>");
    hr_xml_escape(out, creator);
    hr_buf_c(out, "</cp:lastModifiedBy>");

    hr_buf_printf(out,
        "<dcterms:created xsi:type=\"dcterms:W3CDTF\">%s</dcterms:created>"
        "<dcterms:modified xsi:type=\"dcterms:W3CDTF\">%s</dcterms:modified>"
        "<dc:language>%.*s</dc:language>"
        "</cp:coreProperties>",
        stamp, stamp, (int) language.len, language.data);
}


void
hr_ooxml_app(hr_buf_t *out, hr_str_t application)
{
    hr_buf_c(out, HR_XML_HEAD
        "<Properties xmlns=\"http://schemas.openxmlformats.org/"
        "officeDocument/2006/extended-properties\"><Application>");
    hr_xml_escape(out, application);
    hr_buf_c(out, "</Application></Properties>");
}
