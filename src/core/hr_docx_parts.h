/* Fixed and nearly fixed parts of the document package, for hr_docx.c. */

#ifndef HR_DOCX_PARTS_H
#define HR_DOCX_PARTS_H

#include "hr_section_labels.h"


#define HR_DOCX_NS                                                            \
    "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"" \
    " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/"       \
    "relationships\""

#define HR_DOCX_WIDTH  9638     /* of the text, twips: A4 less 2 cm on each side */

/* What header and footer say. */
typedef struct {
    const hr_section_labels_t  *labels;
    hr_str_t                    product;
    bool                        draft;
    int64_t                     version;        /* 0: unknown */
    hr_instant_t                created_at;
} hr_docx_page_t;

void hr_docx_styles(hr_buf_t *out, hr_str_t language);
void hr_docx_numbering(hr_buf_t *out);
void hr_docx_settings(hr_buf_t *out, hr_str_t language);
void hr_docx_fonts(hr_buf_t *out);
void hr_docx_font_rels(hr_buf_t *out);
void hr_docx_rels(hr_buf_t *out);
void hr_docx_header(hr_buf_t *out, const hr_docx_page_t *page);
void hr_docx_footer(hr_buf_t *out, const hr_docx_page_t *page);
/* The page: A4, margins of 2 cm, header and footer by their relationships. */
void hr_docx_page(hr_buf_t *out);

/*
 * Runs of one text: emoji in a font that has them, line breaks and tabs as
 * elements, or as blanks when flat.  bold: beyond what the style says;
 * properties: more of w:rPr, in the order of the schema, after w:b.
 */
void hr_docx_runs(hr_buf_t *out, hr_str_t text, bool bold,
    const char *properties, bool flat);

#endif /* HR_DOCX_PARTS_H */
