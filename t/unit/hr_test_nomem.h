/*
 * Every allocation of src/core fails once, the first, the second and so on:
 * each function has to say so, keep what it had and leak nothing (the sanitizer
 * build sees leaks).  The Makefile wraps the allocator for test_*nomem.c.
 */

#ifndef HR_TEST_NOMEM_H
#define HR_TEST_NOMEM_H

#include "hr_test.h"
#include "hr_base.h"


void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static long  countdown = -1;        /* allocations until one fails; below 0: never */


static int
fails(void)
{
    return countdown >= 0 && countdown-- == 0;
}


void *
__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}


void *
__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}


void *
__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}


/* Runs a step with the first, second, ... allocation failing until it passes. */
static void
every_allocation(hr_rc_t (*step)(void), const char *name)
{
    long     i, bad;
    hr_rc_t  rc;

    bad = 0;

    for (i = 0; i < 10000; i++) {
        countdown = i;
        rc = step();
        if (countdown >= 0) {
            break;                  /* none was left to fail */
        }
        bad += rc != HR_NOMEM;
    }

    countdown = -1;
    OK(i > 0 && i < 10000 && bad == 0, name);
    printf("# %ld allocations\n", i);
}

#endif /* HR_TEST_NOMEM_H */
