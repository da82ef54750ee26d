/*
 * What an Office Open XML document and spreadsheet have in common: the package
 * (ECMA-376 part 2) and its properties.
 */

#ifndef HR_OOXML_H
#define HR_OOXML_H

#include "hr_base.h"
#include "hr_time.h"


#define HR_OOXML_PART_MAX  (64u << 20)      /* bytes of one part */

typedef struct {
    const char  *name;          /* "word/document.xml": no slash in front */
    const char  *type;          /* content type; NULL: by extension (rels, xml) */
    hr_str_t     data;
} hr_ooxml_part_t;

#define HR_OOXML_CORE_TYPE                                                    \
    "application/vnd.openxmlformats-package.core-properties+xml"
#define HR_OOXML_APP_TYPE                                                     \
    "application/vnd.openxmlformats-officedocument.extended-properties+xml"

/* Relationship types below the two common roots. */
#define HR_OOXML_REL                                                          \
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define HR_OOXML_RELS_NS                                                      \
    "http://schemas.openxmlformats.org/package/2006/relationships"

/*
 * Writes the package: [Content_Types].xml first, then the parts in order.  The
 * entries have no time (1980-01-01), so that the bytes depend on nothing but
 * the parts; the document's time stands in its properties.
 */
hr_rc_t hr_ooxml_write(hr_sink_t sink, const hr_ooxml_part_t *parts, size_t n);

/* _rels/.rels of a package whose main part is main ("word/document.xml"). */
void hr_ooxml_root_rels(hr_buf_t *out, const char *main);
/* docProps/core.xml: X-13, both times are created_at. */
void hr_ooxml_core(hr_buf_t *out, hr_str_t title, hr_str_t creator,
    hr_str_t language, hr_instant_t created_at);
/* docProps/app.xml */
void hr_ooxml_app(hr_buf_t *out, hr_str_t application);

#endif /* HR_OOXML_H */
