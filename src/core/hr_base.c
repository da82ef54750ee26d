/*
 * Diagnostics, arenas and growable buffers.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "hr_base.h"

#if defined(__SANITIZE_ADDRESS__)
#define HR_ASAN  1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HR_ASAN  1
#endif
#endif

#ifdef HR_ASAN
#include <sanitizer/asan_interface.h>
#define HR_ARENA_RED_ZONE  16
#define hr_arena_hide(p, n)  ASAN_POISON_MEMORY_REGION(p, n)
#define hr_arena_show(p, n)  ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define HR_ARENA_RED_ZONE  0
#define hr_arena_hide(p, n)  ((void) (p))
#define hr_arena_show(p, n)  ((void) (p))
#endif

#define HR_ARENA_ALIGN      16
#define HR_ARENA_MIN_BLOCK  (4 * 1024)
#define HR_ARENA_LEAST_BLOCK  1024
#define HR_ARENA_MAX_BLOCK  (256 * 1024)
#define HR_BUF_MIN          256


/*
 * Blocks are chained, the newest first; only the newest one has room that is
 * still handed out.  An allocation too big for a block gets one of its own,
 * which is put behind the newest so that its room is not lost.
 */
typedef struct hr_arena_block_s  hr_arena_block_t;

struct hr_arena_block_s {
    hr_arena_block_t  *next;
    size_t             size;        /* of data */
    size_t             fill;
    size_t             padding;     /* keeps data on a 16-byte boundary */
    unsigned char      data[];
};

struct hr_arena_s {
    hr_arena_block_t  *blocks;
    size_t             limit;
    size_t             used;
    size_t             block_size;  /* of the next block */
    bool               fixed;       /* it does not grow */
    bool               failed;      /* something was refused */
};


hr_rc_t
hr_diag_set(hr_diag_t *diag, hr_rc_t rc, const char *format, ...)
{
    va_list  args;

    if (diag == NULL) {
        return rc;
    }

    va_start(args, format);
    if (vsnprintf(diag->text, sizeof(diag->text), format, args) < 0) {
        diag->text[0] = '\0';
    }
    va_end(args);

    return rc;
}


hr_arena_t *
hr_arena_create(size_t limit)
{
    hr_arena_t  *arena;

    arena = calloc(1, sizeof(hr_arena_t));
    if (arena == NULL) {
        return NULL;
    }

    arena->limit = limit;
    arena->block_size = HR_ARENA_MIN_BLOCK;
    arena->failed = false;

    return arena;
}


void
hr_arena_destroy(hr_arena_t *arena)
{
    hr_arena_block_t  *block, *next;

    if (arena == NULL) {
        return;
    }

    for (block = arena->blocks; block != NULL; block = next) {
        next = block->next;
        hr_arena_show(block->data, block->size);
        free(block);
    }

    free(arena);
}


void
hr_arena_blocks(hr_arena_t *arena, size_t size)
{
    arena->fixed = true;
    arena->block_size = size < HR_ARENA_LEAST_BLOCK ? HR_ARENA_LEAST_BLOCK : size;
}


static hr_arena_block_t *
hr_arena_block_add(hr_arena_t *arena, size_t size)
{
    bool               own;
    hr_arena_block_t  *block;

    own = size > arena->block_size / 4;

    if (!own) {
        size = arena->block_size - sizeof(hr_arena_block_t);
        if (!arena->fixed && arena->block_size < HR_ARENA_MAX_BLOCK) {
            arena->block_size *= 2;
        }
    }

    block = malloc(sizeof(hr_arena_block_t) + size);
    if (block == NULL) {
        return NULL;
    }

    block->size = size;
    block->fill = 0;
    hr_arena_hide(block->data, size);

    if (own && arena->blocks != NULL) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;

    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }

    return block;
}


void *
hr_arena_alloc(hr_arena_t *arena, size_t size)
{
    size_t             sum, room;
    unsigned char     *p;
    hr_arena_block_t  *block;

    if (size > SIZE_MAX / 2) {
        arena->failed = true;
        return NULL;
    }

    /* the limit counts what is taken, else many small texts would pass it */
    sum = (size + HR_ARENA_ALIGN - 1) & ~(size_t) (HR_ARENA_ALIGN - 1);
    if (sum == 0) {
        sum = HR_ARENA_ALIGN;
    }

    if (sum > arena->limit - arena->used) {
        arena->failed = true;
        return NULL;
    }

    room = sum + HR_ARENA_RED_ZONE;

    block = arena->blocks;
    if (block == NULL || room > block->size - block->fill) {
        block = hr_arena_block_add(arena, room);
        if (block == NULL) {
            arena->failed = true;
            return NULL;
        }
    }

    p = block->data + block->fill;
    block->fill += room;
    arena->used += sum;
    hr_arena_show(p, size);

    return p;
}


void *
hr_arena_calloc(hr_arena_t *arena, size_t size)
{
    void  *p;

    p = hr_arena_alloc(arena, size);
    if (p != NULL) {
        memset(p, 0, size);
    }

    return p;
}


size_t
hr_arena_used(const hr_arena_t *arena)
{
    return arena->used;
}


bool
hr_arena_failed(const hr_arena_t *arena)
{
    return arena->failed;
}


void
hr_arena_fail(hr_arena_t *arena)
{
    arena->failed = true;
}


char *
hr_arena_copy(hr_arena_t *arena, const char *data, size_t len)
{
    char  *p;

    if (len == SIZE_MAX) {
        return NULL;
    }

    p = hr_arena_alloc(arena, len + 1);
    if (p == NULL) {
        return NULL;
    }

    if (len > 0) {
        memcpy(p, data, len);
    }
    p[len] = '\0';

    return p;
}


hr_str_t
hr_arena_str(hr_arena_t *arena, hr_str_t text)
{
    char  *p;

    p = hr_arena_copy(arena, text.data, text.len);
    if (p == NULL) {
        return HR_STR_NULL;
    }

    return hr_str(p, text.len);
}


hr_str_t
hr_arena_printf(hr_arena_t *arena, const char *format, ...)
{
    int      len;
    char    *p, small[256];
    va_list  args;

    va_start(args, format);
    len = vsnprintf(small, sizeof(small), format, args);
    va_end(args);

    if (len < 0) {
        return HR_STR_NULL;
    }

    if ((size_t) len < sizeof(small)) {
        return hr_arena_str(arena, hr_str(small, (size_t) len));
    }

    p = hr_arena_alloc(arena, (size_t) len + 1);
    if (p == NULL) {
        return HR_STR_NULL;
    }

    va_start(args, format);
    vsnprintf(p, (size_t) len + 1, format, args);
    va_end(args);

    return hr_str(p, (size_t) len);
}


void
hr_buf_init(hr_buf_t *buf, size_t limit)
{
    memset(buf, 0, sizeof(hr_buf_t));
    /* one byte more must be countable for the NUL */
    buf->limit = limit < SIZE_MAX / 2 ? limit : SIZE_MAX / 2;
}


void
hr_buf_release(hr_buf_t *buf)
{
    free(buf->data);
    hr_buf_init(buf, buf->limit);
}


void
hr_buf_reset(hr_buf_t *buf)
{
    buf->len = 0;
    buf->err = HR_OK;

    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}


hr_rc_t
hr_buf_reserve(hr_buf_t *buf, size_t more)
{
    char    *data;
    size_t   need, capacity;

    if (buf->err != HR_OK) {
        return buf->err;
    }

    if (more > buf->limit - buf->len) {
        buf->err = HR_LIMIT;
        return buf->err;
    }

    need = buf->len + more + 1;
    if (buf->data != NULL && need <= buf->capacity) {
        return HR_OK;
    }

    capacity = buf->capacity < HR_BUF_MIN ? HR_BUF_MIN : buf->capacity * 2;
    if (capacity < need) {
        capacity = need;
    }
    if (capacity > buf->limit + 1) {
        capacity = buf->limit + 1;
    }

    data = realloc(buf->data, capacity);
    if (data == NULL) {
        buf->err = HR_NOMEM;
        return buf->err;
    }

    data[buf->len] = '\0';
    buf->data = data;
    buf->capacity = capacity;

    return HR_OK;
}


hr_rc_t
hr_buf_append(hr_buf_t *buf, const char *data, size_t len)
{
    /* there is room in most cases; the capacity is never above the limit */
    if ((buf->data == NULL || buf->err != HR_OK || len >= buf->capacity - buf->len)
        && hr_buf_reserve(buf, len) != HR_OK)
    {
        return buf->err;
    }

    if (len > 0) {
        memcpy(buf->data + buf->len, data, len);
        buf->len += len;
        buf->data[buf->len] = '\0';
    }

    return HR_OK;
}


hr_rc_t
hr_buf_str(hr_buf_t *buf, hr_str_t text)
{
    return hr_buf_append(buf, text.data, text.len);
}


hr_rc_t
hr_buf_c(hr_buf_t *buf, const char *text)
{
    return hr_buf_append(buf, text, strlen(text));
}


hr_rc_t
hr_buf_char(hr_buf_t *buf, char c)
{
    return hr_buf_append(buf, &c, 1);
}


hr_rc_t
hr_buf_printf(hr_buf_t *buf, const char *format, ...)
{
    int      len;
    char     small[256];
    va_list  args;

    if (buf->err != HR_OK) {
        return buf->err;
    }

    va_start(args, format);
    len = vsnprintf(small, sizeof(small), format, args);
    va_end(args);

    if (len < 0) {
        buf->err = HR_ERROR;
        return buf->err;
    }

    if ((size_t) len < sizeof(small)) {
        return hr_buf_append(buf, small, (size_t) len);
    }

    if (hr_buf_reserve(buf, (size_t) len) != HR_OK) {
        return buf->err;
    }

    va_start(args, format);
    vsnprintf(buf->data + buf->len, (size_t) len + 1, format, args);
    va_end(args);
    buf->len += (size_t) len;

    return HR_OK;
}


static hr_rc_t
hr_buf_write(void *ctx, const char *data, size_t len)
{
    return hr_buf_append(ctx, data, len);
}


hr_sink_t
hr_buf_sink(hr_buf_t *buf)
{
    return (hr_sink_t) { hr_buf_write, buf };
}


char *
hr_buf_steal(hr_buf_t *buf, size_t *len)
{
    char  *data;

    if (hr_buf_reserve(buf, 0) != HR_OK) {
        hr_buf_release(buf);
        if (len != NULL) {
            *len = 0;
        }
        return NULL;
    }

    data = buf->data;
    if (len != NULL) {
        *len = buf->len;
    }

    hr_buf_init(buf, buf->limit);

    return data;
}
