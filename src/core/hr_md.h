/* Profile as Markdown (exports.md 2): UTF-8, LF, GitHub tables. */

#ifndef HR_MD_H
#define HR_MD_H

#include "hr_section.h"


#define HR_MD_MIME  "text/markdown; charset=utf-8"

/*
 * Same input, same bytes.  No newline at the end of the file.  Values are
 * escaped so that they can neither change the layout nor bring in HTML (X-10,
 * I-50).  Errors: those of hr_section_walk() and of the sink.
 */
hr_rc_t hr_md_render(const hr_section_input_t *in, hr_sink_t sink);

#endif /* HR_MD_H */
