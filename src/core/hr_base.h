/*
 * Base types of the HR domain library: strings, results, diagnostics, sinks,
 * arenas and growable buffers.  Nothing here knows nginx or does I/O.
 */

#ifndef HR_BASE_H
#define HR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>


/* A run of bytes that is not NUL-terminated; the owner is somebody else. */
typedef struct {
    size_t       len;
    const char  *data;
} hr_str_t;

#define HR_STR(literal)     ((hr_str_t) { sizeof(literal) - 1, literal })
#define HR_STR_INIT(literal)  { sizeof(literal) - 1, literal }
#define HR_STR_NULL         ((hr_str_t) { 0, NULL })

static inline hr_str_t
hr_str(const char *data, size_t len)
{
    return (hr_str_t) { len, data };
}

static inline hr_str_t
hr_str_from_c(const char *text)
{
    return (hr_str_t) { text == NULL ? 0 : strlen(text), text };
}

static inline bool
hr_str_eq(hr_str_t a, hr_str_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


/* Result of every fallible function of the library. */
typedef enum {
    HR_OK = 0,
    HR_ERROR = -1,          /* a failure that has no better name */
    HR_NOMEM = -2,          /* the heap or an arena is exhausted */
    HR_INVALID = -3,        /* the input breaks a rule; the diagnostic says which */
    HR_LIMIT = -4,          /* a size, depth or count limit was hit */
    HR_NOT_FOUND = -5,
    HR_CONFLICT = -6,       /* the state does not allow the operation */
    HR_BUSY = -7,           /* a lock or a queue did not become free in time */
    HR_ABORTED = -8         /* the caller's sink or cancel flag said stop */
} hr_rc_t;


/*
 * Why something was refused, for a person: plain text, no secret, no path of
 * the server.  line and column start at 1 and are 0 where they mean nothing;
 * offset counts bytes from 0.
 */
typedef struct {
    char      text[512];
    size_t    line;
    size_t    column;
    size_t    offset;
} hr_diag_t;

/*
 * Formats into diag->text (cut, never overflows) and leaves line, column and
 * offset alone; diag may be NULL.  Returns rc.
 */
hr_rc_t hr_diag_set(hr_diag_t *diag, hr_rc_t rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));


/* Where a renderer's bytes go.  write() returns HR_OK or stops the renderer. */
typedef struct {
    hr_rc_t  (*write)(void *ctx, const char *data, size_t len);
    void      *ctx;
} hr_sink_t;


/*
 * Arena: memory that is freed together.  limit is the most that all
 * allocations, each rounded up to 16 bytes, may sum up to; a hit limit returns
 * NULL like an empty heap.
 * Not thread-safe; one arena belongs to one job.
 */
typedef struct hr_arena_s  hr_arena_t;

hr_arena_t *hr_arena_create(size_t limit);
void hr_arena_destroy(hr_arena_t *arena);               /* NULL is allowed */
void *hr_arena_alloc(hr_arena_t *arena, size_t size);   /* aligned to 16 */
void *hr_arena_calloc(hr_arena_t *arena, size_t size);
size_t hr_arena_used(const hr_arena_t *arena);
/*
 * Blocks from now on have this size (bytes, at least 1,024) instead of growing:
 * small for what is kept for long, large before much work.
 */
void hr_arena_blocks(hr_arena_t *arena, size_t size);
/*
 * True when some allocation was refused since the arena was made: a caller of
 * many small steps looks once at the end instead of after each of them.
 * hr_arena_fail() says so for memory that was taken elsewhere.
 */
bool hr_arena_failed(const hr_arena_t *arena);
void hr_arena_fail(hr_arena_t *arena);

/* Copies end in NUL (not counted), so that they may be handed to C strings. */
char *hr_arena_copy(hr_arena_t *arena, const char *data, size_t len);
/* {0, NULL} on failure */
hr_str_t hr_arena_str(hr_arena_t *arena, hr_str_t text);
hr_str_t hr_arena_printf(hr_arena_t *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));


/*
 * Growable byte buffer with a mandatory maximum.  Errors are sticky: append
 * freely, look at err once at the end.  data is malloc'ed and, whenever it is
 * not NULL, followed by a NUL that len does not count.
 */
typedef struct {
    char     *data;
    size_t    len;
    size_t    capacity;
    size_t    limit;
    hr_rc_t   err;
} hr_buf_t;

void hr_buf_init(hr_buf_t *buf, size_t limit);
void hr_buf_release(hr_buf_t *buf);             /* frees, leaves it empty and usable */
void hr_buf_reset(hr_buf_t *buf);               /* len = 0, err = HR_OK, keeps memory */
hr_rc_t hr_buf_reserve(hr_buf_t *buf, size_t more);
hr_rc_t hr_buf_append(hr_buf_t *buf, const char *data, size_t len);
hr_rc_t hr_buf_str(hr_buf_t *buf, hr_str_t text);
hr_rc_t hr_buf_c(hr_buf_t *buf, const char *text);
hr_rc_t hr_buf_char(hr_buf_t *buf, char c);
hr_rc_t hr_buf_printf(hr_buf_t *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
hr_sink_t hr_buf_sink(hr_buf_t *buf);
/*
 * Hands the memory to the caller (free() it) and leaves the buffer empty.
 * NULL only after an error: an empty buffer gives an allocated "".  len may be
 * NULL.
 */
char *hr_buf_steal(hr_buf_t *buf, size_t *len);

static inline hr_str_t
hr_buf_view(const hr_buf_t *buf)
{
    return (hr_str_t) { buf->len, buf->data };
}

#endif /* HR_BASE_H */
