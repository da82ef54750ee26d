/*
 * Words of the profile document (profile-document.md 3): allowed values,
 * standard proficiency texts, labels, advisory bounds.  Data of the company,
 * conf/company/document.json, handed in as bytes.
 *
 * The handle is immutable after load and may be used by any number of threads.
 */

#ifndef HR_VOCABULARY_H
#define HR_VOCABULARY_H

#include "hr_json.h"
#include "hr_message.h"


#define HR_VOCABULARY_BYTES_MAX   (256u * 1024)
#define HR_VOCABULARY_VALUES_MAX  256           /* of one list */

typedef struct hr_vocabulary_s  hr_vocabulary_t;

/* HR_INVALID: diag names the member and what is wrong with it. */
hr_rc_t hr_vocabulary_load(hr_str_t json, hr_vocabulary_t **out, hr_diag_t *diag);
void hr_vocabulary_destroy(hr_vocabulary_t *voc);       /* NULL is allowed */

/* Revision text of the data file, for metadata and cache keys. */
hr_str_t hr_vocabulary_version(const hr_vocabulary_t *voc);

/*
 * Values of a list in their order; the list is named by the member it is for:
 * position_category, corporate_competencies, personal_qualities,
 * education_level, standard_package, evaluation_frequency, confidence_level,
 * proficiency_description.  Unknown name: NULL, *count 0.
 */
const hr_str_t *hr_vocabulary_values(const hr_vocabulary_t *voc, hr_str_t list,
    size_t *count);
/* The value is in the list, or accepted beside it (3.2, 3.6); match keys compared. */
bool hr_vocabulary_accepts(const hr_vocabulary_t *voc, const char *list,
    hr_str_t value);
/*
 * The list's spelling of a value whose match key is equal (case, quotes,
 * blanks, ё); {0, NULL} when it is not in the list.
 */
hr_str_t hr_vocabulary_canonical(const hr_vocabulary_t *voc, const char *list,
    hr_str_t value);

/* Marks of a value: position_category and corporate_competencies have them. */
typedef struct {
    bool     manager;       /* leads people; a competency only for those who do */
    bool     common;        /* belongs to everybody */
    int64_t  min_skills;    /* least skills in total (I-09), 0: no rule */
    size_t   rank;          /* place in the list, from 0 */
} hr_vocabulary_marks_t;

bool hr_vocabulary_marks(const hr_vocabulary_t *voc, const char *list,
    hr_str_t value, hr_vocabulary_marks_t *marks);

/* Levels 1..4; out of range: {0, NULL}. */
hr_str_t hr_vocabulary_level_text(const hr_vocabulary_t *voc, int64_t level);
hr_str_t hr_vocabulary_level_label(const hr_vocabulary_t *voc, int64_t level,
    hr_lang_t lang);
/* 1..4 when text is a standard text (blanks collapsed) or a label (any case); else 0. */
int hr_vocabulary_level_of_text(const hr_vocabulary_t *voc, hr_str_t text);
int hr_vocabulary_level_of_label(const hr_vocabulary_t *voc, hr_str_t text);

/*
 * Label of a member by its path without indexes
 * ("professional_skills.specific_skills.skill_name"); when the path has none,
 * the label of its last part, else that part itself.
 */
hr_str_t hr_vocabulary_label(const hr_vocabulary_t *voc, hr_lang_t lang,
    hr_str_t path);

/*
 * Fixed texts: skill_category_prefix, gap_text, profile_author, generated_by,
 * generation_method, data_version, employment_type, rationale.  {0, NULL}: absent.
 */
hr_str_t hr_vocabulary_constant(const hr_vocabulary_t *voc, const char *name);

/* Least number of entries of a careerogram list (I-06); 0: no rule. */
int64_t hr_vocabulary_career_minimum(const hr_vocabulary_t *voc, const char *list);


/* Advisory rules (profile-document.md 2, 7.4), for hr_profile_advise(). */
typedef struct {
    hr_str_t        path;       /* parts with "[]" stand for every element */
    bool            characters; /* length of a text; false: number of items */
    int64_t         min;        /* -1: none */
    int64_t         max;        /* -1: none */
    bool            unique;
} hr_vocabulary_bound_t;

typedef struct {
    hr_str_t        path;
    hr_str_t        list;
} hr_vocabulary_enum_t;

const hr_vocabulary_bound_t *hr_vocabulary_bounds(const hr_vocabulary_t *voc,
    size_t *count);
const hr_vocabulary_enum_t *hr_vocabulary_enums(const hr_vocabulary_t *voc,
    size_t *count);

#endif /* HR_VOCABULARY_H */
