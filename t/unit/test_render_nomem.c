/*
 * Every allocation of the renderers fails once: each says so, leaks nothing and
 * leaves no complete output (the Makefile wraps the allocator, as for
 * test_nomem).
 */

#include "hr_test_render.h"
#include "hr_list_export.h"
#include "hr_zip.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static long               countdown = -1;   /* allocations until one fails */
static const hr_json_t   *document;
static hr_test_format_t   format;


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


static hr_rc_t
drop(void *ctx, const char *data, size_t len)
{
    (void) ctx;
    (void) data;
    (void) len;

    return HR_OK;
}


static hr_rc_t
step_render(void)
{
    hr_sink_t           sink = { drop, NULL };
    hr_section_input_t  in = hr_test_input(document);

    switch (format) {

    case HR_TEST_MD:
        return hr_md_render(&in, sink);

    case HR_TEST_DOCX:
        return hr_docx_render(&in, sink);

    default:
        return hr_xlsx_render(&in, NULL, sink);
    }
}


static hr_rc_t
step_list(void)
{
    static const hr_list_column_t  columns[] = {
        { HR_STR_INIT("Должность"), HR_LIST_TEXT, 30 }
    };

    hr_str_t           cell = HR_STR("значение");
    hr_list_opts_t     opts = {
        .format = HR_LIST_XLSX, .columns = columns, .ncolumns = 1,
        .sheet = HR_STR("Лист"), .product = HR_STR("Продукт")
    };
    hr_list_export_t  *x;

    opts.format = format == HR_TEST_XLSX ? HR_LIST_XLSX : HR_LIST_CSV;

    x = hr_list_export_open(&opts, (hr_sink_t) { drop, NULL });
    if (x == NULL) {
        return HR_NOMEM;
    }

    (void) hr_list_export_row(x, &cell);

    return hr_list_export_close(x);
}


static void
every_allocation(hr_rc_t (*step)(void), const char *name)
{
    long     i, bad;
    hr_rc_t  rc;

    for (bad = 0, i = 0; i < 100000; i++) {
        countdown = i;
        rc = step();
        if (countdown >= 0) {
            bad += rc != HR_OK;
            break;                  /* none was left to fail */
        }
        bad += rc != HR_NOMEM;
    }

    countdown = -1;
    OK(i > 0 && i < 100000 && bad == 0, name);
    printf("# %ld allocations\n", i);
}


int
main(void)
{
    static const char *const  names[] = { "universal", "tokens", "first" };

    size_t       i;
    hr_arena_t  *arena;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        arena = hr_arena_create(16 << 20);
        document = hr_test_document(arena, names[i]);

        for (format = HR_TEST_MD; format <= HR_TEST_XLSX; format++) {
            every_allocation(step_render, hr_test_formats[format]);
        }

        hr_arena_destroy(arena);
    }

    format = HR_TEST_MD;
    every_allocation(step_list, "a list as CSV");
    format = HR_TEST_XLSX;
    every_allocation(step_list, "a list as XLSX");

    return hr_test_done();
}
