/*
 * Profile as a spreadsheet (exports.md 6, I-77): the corporate form on the first
 * sheet, what the form has no room for on a sheet per area.  No value is
 * written twice.
 */

#ifndef HR_XLSX_H
#define HR_XLSX_H

#include "hr_section.h"


#define HR_XLSX_MIME                                                          \
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/*
 * Vocabularies for the check rows of the form (conf/): entries of the list are
 * printed ticked or not, entries of the document that the list lacks are added
 * ticked.  Without a list only the document's entries appear.
 */
typedef struct {
    const hr_str_t  *competencies;
    size_t           ncompetencies;
    const hr_str_t  *qualities;
    size_t           nqualities;
} hr_xlsx_vocabulary_t;

/*
 * Same input, same bytes.  Every text is a string cell, never a formula.
 * vocabulary may be NULL.  Errors as hr_docx_render().
 */
hr_rc_t hr_xlsx_render(const hr_section_input_t *in,
    const hr_xlsx_vocabulary_t *vocabulary, hr_sink_t sink);

#endif /* HR_XLSX_H */
