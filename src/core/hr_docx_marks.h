/* The font of the headings' emoji that a document brings along. */

#ifndef HR_DOCX_MARKS_H
#define HR_DOCX_MARKS_H

#include "hr_base.h"


#define HR_DOCX_MARKS_NAME  "HR Marks"
#define HR_DOCX_MARKS_KEY   "{6D1F3C52-8A40-4E7B-9B2A-5C7E90D4A1F8}"

/* The obfuscated font file, 9 KB. */
hr_rc_t hr_docx_marks_font(hr_buf_t *out);
/* Whether the font has all of an emoji sequence. */
bool hr_docx_marks_cover(hr_str_t emoji);

#endif /* HR_DOCX_MARKS_H */
