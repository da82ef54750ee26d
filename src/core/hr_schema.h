/*
 * Validator for the JSON Schema subset of the profile schema (generation.md
 * 7.3, 9): type, enum, required, properties, additionalProperties, items,
 * minItems, maxItems, minimum, maximum, minLength.  Any other keyword than
 * these and title/description/$schema is refused at load, so that a rule that
 * is written is a rule that is checked.
 *
 * "x-vocabulary": "<name>" stands for an enum whose values are data: the names
 * of document.json are filled in at load, "blocks" per organisation image.
 */

#ifndef HR_SCHEMA_H
#define HR_SCHEMA_H

#include "hr_finding.h"


#define HR_SCHEMA_DEPTH_MAX   16
#define HR_SCHEMA_REPAIR_MAX  50        /* places listed in a repair request */
#define HR_SCHEMA_BLOCKS      "blocks"

typedef struct hr_schema_s  hr_schema_t;

/* Values of a vocabulary; NULL: unknown name.  *count at most 256. */
typedef const hr_str_t *(*hr_schema_vocabulary_pt)(void *ctx, hr_str_t name,
    size_t *count);

/*
 * json is schema.json: {name, strict, version, schema}.  Everything is copied
 * into the arena, which must outlive the result; the result is immutable.
 * Errors: HR_INVALID with the place in diag, HR_LIMIT, HR_NOMEM.
 */
hr_rc_t hr_schema_load(hr_arena_t *arena, hr_str_t json,
    hr_schema_vocabulary_pt vocabulary, void *ctx, const hr_schema_t **out,
    hr_diag_t *diag);

hr_str_t hr_schema_name(const hr_schema_t *schema);
hr_str_t hr_schema_version(const hr_schema_t *schema);
/* SHA-256 of the bytes of the file, lower-case hex. */
hr_str_t hr_schema_hash(const hr_schema_t *schema);

/*
 * The value of "json_schema" for the request, compact, in two parts: the array
 * of block names (as JSON) belongs between them.  tail is empty in a schema
 * without blocks.  minLength is left out: one family of services refuses it.
 */
hr_str_t hr_schema_head(const hr_schema_t *schema);
hr_str_t hr_schema_tail(const hr_schema_t *schema);

/*
 * Checks a document; blocks are the values for x-vocabulary "blocks" (none:
 * any text is accepted there).  The list must be initialised; the code of a
 * finding is the keyword that was broken: "type", "enum", "required", ...
 * HR_NOMEM is the only failure.
 */
hr_rc_t hr_schema_check(const hr_schema_t *schema, const hr_str_t *blocks,
    size_t block_count, const hr_json_t *document, hr_findings_t *out);

/*
 * Calls visit for every value of the document that the schema describes, an
 * object or array before its children, and unknown members with type 0.  The
 * visitor may replace or unlink the value it is given.
 */
typedef enum {
    HR_SCHEMA_STRING = 1,
    HR_SCHEMA_INTEGER = 2,
    HR_SCHEMA_NUMBER = 4,
    HR_SCHEMA_BOOLEAN = 8,
    HR_SCHEMA_OBJECT = 16,
    HR_SCHEMA_ARRAY = 32
} hr_schema_type_t;

typedef hr_json_t *(*hr_schema_visit_pt)(void *ctx, hr_str_t path,
    unsigned type, hr_json_t *value);

/* visit returns the value to go on with, or NULL for "do not enter". */
void hr_schema_walk(const hr_schema_t *schema, hr_json_t *document,
    hr_schema_visit_pt visit, void *ctx);

/* Text that asks the model to correct exactly the listed places (7.2 step 7). */
hr_rc_t hr_schema_repair_text(const hr_findings_t *issues, hr_buf_t *out);

#endif /* HR_SCHEMA_H */
