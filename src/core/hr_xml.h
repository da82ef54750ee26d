/* Escaping for the XML parts of the Office documents. */

#ifndef HR_XML_H
#define HR_XML_H

#include "hr_base.h"


#define HR_XML_HEAD                                                           \
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

/*
 * Appends text as character data or attribute value.  Characters that XML 1.0
 * forbids are dropped, broken UTF-8 becomes U+FFFD, tab and line break
 * stay as they are.
 */
void hr_xml_escape(hr_buf_t *out, hr_str_t text);

#endif /* HR_XML_H */
