/* Escaping of values for hr_md.c. */

#ifndef HR_MD_ESCAPE_H
#define HR_MD_ESCAPE_H

#include "hr_base.h"


typedef enum {
    HR_MD_TEXT = 0,         /* paragraph or list item: line breaks are kept */
    HR_MD_HEADING,          /* one line */
    HR_MD_CELL              /* one line, '|' escaped */
} hr_md_place_t;

/*
 * Appends text so that it reads as itself (X-10, I-50).  start: the text begins
 * a line, where "-", "#", "1." mean a block.  indent: blanks in front of the
 * lines after a line break.
 */
void hr_md_escape(hr_buf_t *out, hr_str_t text, hr_md_place_t place, bool start,
    unsigned indent);

#endif /* HR_MD_ESCAPE_H */
