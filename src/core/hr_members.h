/*
 * Which members of a profile document have begun, while its text still arrives:
 * progress for people (improvements.md I-71).  Tolerates everything, says
 * nothing about validity.
 */

#ifndef HR_MEMBERS_H
#define HR_MEMBERS_H

#include "hr_base.h"


/* Members of a document in the order of its schema (generation.md 9). */
#define HR_MEMBERS_COUNT  24
extern const char *const  hr_members_names[HR_MEMBERS_COUNT];

typedef struct {
    uint32_t  seen;             /* bit per member of hr_members_names */
    unsigned  depth;
    bool      in_string;
    bool      escaped;
    bool      is_key;           /* the string began where a name stands */
    bool      expect_key;
    size_t    length;           /* of the name so far */
    char      name[48];
} hr_members_t;

/* Zero-initialised, then fed with the text, cut anywhere. */
void hr_members_feed(hr_members_t *m, hr_str_t part);

#endif /* HR_MEMBERS_H */
