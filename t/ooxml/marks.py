#!/usr/bin/python3
"""Makes src/core/hr_docx_marks.c: the marks of the headings as a font.

The headings of a profile carry emoji (exports.md 2).  A desktop without an emoji font
shows boxes, and LibreOffice before 7.5 leaves colour emoji out of a PDF.  So the document
brings the two dozen glyphs along: a subset of Symbola, whose licence allows any use.

    apt-get install python3-fonttools fonts-symbola
    python3 t/ooxml/marks.py > src/core/hr_docx_marks.c
"""

import base64
import io

from fontTools import subset
from fontTools.ttLib import TTFont

SYMBOLA = '/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf'
FAMILY = 'HR Marks'
GUID = '6D1F3C52-8A40-4E7B-9B2A-5C7E90D4A1F8'

MARKS = [
    0x2139, 0x2194, 0x26A0, 0x2705, 0x274C, 0x2B06, 0xFE0F, 0x1F393, 0x1F3AF, 0x1F3E2,
    0x1F464, 0x1F465, 0x1F4BB, 0x1F4C8, 0x1F4CA, 0x1F4CB, 0x1F4F1, 0x1F510, 0x1F539,
    0x1F5A5, 0x1F680, 0x1F6AA, 0x1F6E0, 0x1F6E4,
]


def font():
    ttf = TTFont(SYMBOLA, recalcTimestamp=False)

    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [1, 2, 4, 6]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ['GDEF', 'GPOS', 'GSUB']

    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=MARKS + [0x20])
    subsetter.subset(ttf)

    ttf['name'].names = []
    for number, text in ((1, FAMILY), (2, 'Regular'), (4, FAMILY),
                         (6, FAMILY.replace(' ', ''))):
        ttf['name'].setName(text, number, 3, 1, 0x409)

    out = io.BytesIO()
    ttf.save(out)
    return bytearray(out.getvalue())


def obfuscated(data):
    """ECMA-376 part 4: the first 32 bytes are XORed with the GUID, backwards."""
    key = bytes.fromhex(GUID.replace('-', ''))[::-1]
    for i in range(32):
        data[i] ^= key[i % 16]
    return bytes(data)


def main():
    text = base64.urlsafe_b64encode(obfuscated(font())).decode().rstrip('=')
    lines = [text[i:i + 70] for i in range(0, len(text), 70)]
    marks = ['0x%04x' % mark for mark in MARKS]
    rows = [', '.join(marks[i:i + 8]) for i in range(0, len(marks), 8)]

    print('''/*
 * Made by t/ooxml/marks.py: glyphs of the headings' emoji as a font that the
 * document brings along.  A subset of Symbola by George Douros, "free for any
 * use"; obfuscated as the package format asks for, in base64url.
 */

#include "hr_base64.h"
#include "hr_docx_marks.h"
#include "hr_text.h"


static const uint32_t  hr_docx_marks[] = {
    %s
};

static const char  hr_docx_marks_data[] =
    %s;


hr_rc_t
hr_docx_marks_font(hr_buf_t *out)
{
    return hr_base64url_decode(out, HR_STR(hr_docx_marks_data));
}


bool
hr_docx_marks_cover(hr_str_t emoji)
{
    size_t    pos, i, n;
    uint32_t  cp;

    n = sizeof(hr_docx_marks) / sizeof(hr_docx_marks[0]);

    for (pos = 0; pos < emoji.len; ) {
        cp = hr_utf8_next(emoji, &pos);

        for (i = 0; i < n && hr_docx_marks[i] != cp; i++) {
            /* void */
        }

        if (i == n) {
            return false;
        }
    }

    return true;
}''' % (',\n    '.join(rows), '\n    '.join('"%s"' % line for line in lines)))


main()
