/* Inside of the JSON library: numbers by value. */

#ifndef HR_JSON_NUMBER_H
#define HR_JSON_NUMBER_H

#include "hr_base.h"


/* 1, 1.0 and 10e-1 are equal; exact at any length. */
bool hr_json_number_equal(hr_str_t a, hr_str_t b);

#endif /* HR_JSON_NUMBER_H */
