/* Profile as an Office Open XML document (exports.md 3). */

#ifndef HR_DOCX_H
#define HR_DOCX_H

#include "hr_section.h"


#define HR_DOCX_MIME                                                          \
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

/*
 * Same input, same bytes.  Built in memory; the sink gets the package in pieces.
 * Errors: those of hr_section_walk() and of the sink; HR_LIMIT for a document
 * whose XML would exceed 64 MiB.
 */
hr_rc_t hr_docx_render(const hr_section_input_t *in, hr_sink_t sink);

#endif /* HR_DOCX_H */
