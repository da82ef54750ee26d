/* What the fuzz targets share: an assertion that stays on. */

#ifndef HR_FUZZ_H
#define HR_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define HR_FUZZ_CHECK(cond)                                                   \
    do {                                                                      \
        if (!(cond)) {                                                        \
            fprintf(stderr, "%s:%d: ERROR: not true: %s\n", __FILE__,         \
                    __LINE__, #cond);                                         \
            abort();                                                          \
        }                                                                     \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* HR_FUZZ_H */
