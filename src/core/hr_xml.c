/* Escaping for the XML parts of the Office documents. */

#include "hr_text.h"
#include "hr_xml.h"


/* Entity of a byte, "" for a byte to drop, NULL for one that stays. */
static const char *
hr_xml_instead(const unsigned char *p, size_t left, size_t *taken)
{
    *taken = 1;

    switch (p[0]) {

    case '&':
        return "&amp;";

    case '<':
        return "&lt;";

    case '>':
        return "&gt;";

    case '"':
        return "&quot;";

    case '\t':
    case '\n':
        return NULL;

    case 0xef:
        /* U+FFFE and U+FFFF */
        if (left >= 3 && p[1] == 0xbf && p[2] >= 0xbe) {
            *taken = 3;
            return "";
        }
        return NULL;

    default:
        return p[0] < 0x20 ? "" : NULL;
    }
}


static void
hr_xml_valid(hr_buf_t *out, hr_str_t text)
{
    size_t       i, from, taken;
    const char  *instead;

    for (i = 0, from = 0; i < text.len; i += taken) {

        instead = hr_xml_instead((const unsigned char *) text.data + i,
                                 text.len - i, &taken);
        if (instead == NULL) {
            continue;
        }

        hr_buf_append(out, text.data + from, i - from);
        hr_buf_c(out, instead);
        from = i + taken;
    }

    if (from != text.len) {
        hr_buf_append(out, text.data + from, text.len - from);
    }
}


void
hr_xml_escape(hr_buf_t *out, hr_str_t text)
{
    size_t    pos, start, from;
    uint32_t  cp;

    if (text.len == 0) {
        return;
    }

    if (hr_utf8_valid(text)) {
        hr_xml_valid(out, text);
        return;
    }

    for (pos = 0, from = 0; pos < text.len; ) {
        start = pos;
        cp = hr_utf8_next(text, &pos);

        if (cp == 0xfffd) {
            hr_xml_valid(out, hr_str(text.data + from, start - from));
            hr_utf8_append(out, cp);
            from = pos;
        }
    }

    hr_xml_valid(out, hr_str(text.data + from, text.len - from));
}
