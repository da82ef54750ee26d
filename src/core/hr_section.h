/*
 * The one section model of a profile (exports.md 2): a walk over a stored
 * document of any historical shape that tells a visitor, in order, what there
 * is to print.  Markdown, DOCX and XLSX are visitors; none of them looks into
 * the document, so no format can miss a section or a member (I-01, X-16).
 *
 * Reasoning members (profile-document.md 4) and the service members of the
 * document's metadata that exports.md 2.12 does not list are never walked;
 * members that the model does not know are ignored.  Every other leaf is told
 * exactly once (title and unit a second time in the header, exports.md 2.1).
 */

#ifndef HR_SECTION_H
#define HR_SECTION_H

#include "hr_base.h"
#include "hr_json.h"
#include "hr_time.h"


/* Raised whenever the bytes of any renderer change: part of cache keys and ETags. */
#define HR_RENDERER_REVISION  2


typedef enum {
    HR_SECTION_HEADER = 0,
    HR_SECTION_BASIC,
    HR_SECTION_AREAS,
    HR_SECTION_SKILLS,
    HR_SECTION_QUALITIES,
    HR_SECTION_COMPETENCIES,
    HR_SECTION_EDUCATION,
    HR_SECTION_CAREER,
    HR_SECTION_WORKPLACE,
    HR_SECTION_METRICS,
    HR_SECTION_ADDITIONAL,
    HR_SECTION_METADATA,
    HR_SECTION_COUNT
} hr_section_id_t;


typedef enum {
    HR_SECTION_TITLE = 0,   /* text: position title (level 1) */
    HR_SECTION_SUBTITLE,    /* label, text: the unit */
    HR_SECTION_NOTICE,      /* text: draft mark or KPI warning, to be seen by everybody */
    HR_SECTION_RULE,        /* horizontal rule */
    HR_SECTION_HEADING,     /* level 2..4, number (0: none), text */
    HR_SECTION_LABEL,       /* text: one bold line that names the list after it */
    HR_SECTION_FIELD,       /* label, text: "Label: value" */
    HR_SECTION_PARAGRAPH,   /* text; strong for the name of a career step */
    HR_SECTION_BULLET,      /* text; mark: an emoji that only Markdown prints */
    HR_SECTION_TABLE,       /* cells: header texts; widths: per cent */
    HR_SECTION_ROW,         /* cells; the first one is bold */
    HR_SECTION_TABLE_END,
    HR_SECTION_MISSING,     /* text: "... не определены", in italics */
    HR_SECTION_FOOTER       /* text: rendered-at or product line, in italics */
} hr_section_type_t;


/*
 * What a value means, for visitors that place values themselves (the corporate
 * form of exports.md 6).  Visitors that print in order need not look at it.
 */
typedef enum {
    HR_ROLE_NONE = 0,
    HR_ROLE_POSITION,           /* row: position_title */
    HR_ROLE_BLOCK,              /* row: department_broad */
    HR_ROLE_DEPARTMENT,         /* row: department_specific */
    HR_ROLE_CATEGORY,
    HR_ROLE_MANAGER,
    HR_ROLE_SUBORDINATES,       /* row; parts: departments, people ({0,NULL}: as text) */
    HR_ROLE_ACTIVITY,
    HR_ROLE_AREA,               /* heading: name of an area; its tasks are bullets */
    HR_ROLE_TASK,
    HR_ROLE_SKILL_CATEGORY,     /* heading */
    HR_ROLE_SKILL,              /* row or bullet; parts[0]: numeric level or {0,NULL} */
    HR_ROLE_QUALITY,
    HR_ROLE_COMPETENCY,
    HR_ROLE_EDU_LEVEL,
    HR_ROLE_EDU_FIELD,
    HR_ROLE_EDU_TOTAL,
    HR_ROLE_EDU_PREVIOUS,
    HR_ROLE_EDU_RELEVANT,
    HR_ROLE_EDU_SPECIALTIES,
    HR_ROLE_EDU_EXTRA,          /* row, or bullets of certificates */
    HR_ROLE_SOURCE,             /* donor position (bullet) */
    HR_ROLE_TARGET,             /* plain target position (bullet) */
    HR_ROLE_BRANCH,             /* heading of one growth direction */
    HR_ROLE_STEP,               /* strong paragraph: target position of a step */
    HR_ROLE_STEP_DEPARTMENT,
    HR_ROLE_STEP_RATIONALE,
    HR_ROLE_STEP_STRENGTHEN,
    HR_ROLE_STEP_ACQUIRE,
    HR_ROLE_SOFTWARE,           /* specialised software */
    HR_ROLE_EQUIPMENT,          /* specialised equipment */
    HR_ROLE_PROMOTION_TERMS,
    HR_ROLE_PROMOTION_DECISION,
    HR_ROLE_TRACK,              /* heading: name of a pathway of the older schema */
    HR_ROLE_AUTHOR,
    HR_ROLE_CREATED,
    HR_ROLE_COUNT
} hr_section_role_t;


typedef struct {
    hr_section_type_t     type;
    hr_section_id_t       section;
    hr_section_role_t     role;
    unsigned              level;    /* HEADING: 2..4; BULLET, FIELD, LABEL: 0, or 1 inside a step */
    unsigned              number;   /* HEADING: the "3." before the text, 0: none */
    bool                  strong;   /* BULLET, PARAGRAPH: bold */
    bool                  grouped;  /* FIELD: one line of a group, not a paragraph of its own */
    hr_str_t              label;
    hr_str_t              text;
    hr_str_t              mark;
    const hr_str_t       *cells;
    size_t                ncells;   /* 2 or 3 */
    const unsigned char  *widths;   /* TABLE: per cent, ncells of them, sum 100 */
    const hr_str_t       *parts;    /* as the role says; NULL: none */
    size_t                nparts;
} hr_section_event_t;

/*
 * Texts are valid UTF-8 with their line breaks as \n, without other characters
 * that XML 1.0 forbids, trimmed, and live as long as the walk's arena.
 */
typedef struct {
    hr_rc_t   (*event)(void *ctx, const hr_section_event_t *event);
    void       *ctx;
    hr_str_t    stamp_label;    /* what the last line calls this format's rendering time */
} hr_section_visitor_t;


/* Every text that is not the document's; see hr_section_labels.c. */
typedef struct hr_section_labels_s  hr_section_labels_t;

extern const hr_section_labels_t  hr_section_labels_ru;


typedef struct {
    /* Stored document, or a wrapper {profile, metadata}; must be an object. */
    const hr_json_t            *document;
    /* Generation metadata of the version (profile-document.md 5.2) or NULL. */
    const hr_json_t            *generation;
    int64_t                     version;        /* 0: unknown */
    hr_instant_t                created_at;     /* of the version: the only clock of a rendering */
    bool                        draft;          /* not approved: draft mark on every page (I-39) */
    hr_str_t                    status;         /* state in plain words for the mark, or empty */
    /*
     * Whether the KPIs come from a template (I-04).  HR_SECTION_KPI_AUTO reads kpi_source
     * from the generation metadata: template, none and fallback give the notice.
     */
    enum {
        HR_SECTION_KPI_AUTO = 0,
        HR_SECTION_KPI_SPECIFIC,
        HR_SECTION_KPI_GENERIC
    }  kpi;
    hr_str_t                    product;        /* {0, NULL}: the label's default */
    const hr_section_labels_t  *labels;         /* NULL: hr_section_labels_ru */
} hr_section_input_t;

/*
 * Walks the document.  The arena takes converted texts (about the document's
 * size).  Whatever the document holds, the walk succeeds: HR_INVALID only for a
 * NULL or non-object document, HR_NOMEM for a full arena, or the first
 * result of the visitor that is not HR_OK.
 */
hr_rc_t hr_section_walk(const hr_section_input_t *in,
    const hr_section_visitor_t *visitor, hr_arena_t *arena);

/* The title a document is printed under (position_title or the label for none). */
hr_str_t hr_section_title(const hr_section_input_t *in, hr_arena_t *arena);

/* First letter raised, the others left alone; {0, NULL} on a full arena. */
hr_str_t hr_section_raise(hr_arena_t *arena, hr_str_t text);

/* True when the document carries the KPI notice (I-04: list filter, approval). */
bool hr_section_kpi_generic(const hr_section_input_t *in);

#endif /* HR_SECTION_H */
