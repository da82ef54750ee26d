/*
 * Document -> every format: whatever is a JSON object renders; the events are
 * well nested and their texts clean; Markdown has its eleven sections and no
 * HTML; a second rendering is the same.
 */

#include "hr_docx.h"
#include "hr_fuzz.h"
#include "hr_md.h"
#include "hr_text.h"
#include "hr_xlsx.h"


typedef struct {
    bool    table;
    size_t  ncells;
    size_t  sections;
} nesting_t;


static void
check_text(hr_str_t text)
{
    size_t  i;

    HR_FUZZ_CHECK(hr_utf8_valid(text));

    for (i = 0; i < text.len; i++) {
        HR_FUZZ_CHECK((unsigned char) text.data[i] >= 0x20 || text.data[i] == '\n'
                      || text.data[i] == '\t');
    }
}


static hr_rc_t
check_event(void *ctx, const hr_section_event_t *e)
{
    size_t      i;
    nesting_t  *n = ctx;

    check_text(e->text);
    check_text(e->label);

    switch (e->type) {

    case HR_SECTION_TABLE:
        HR_FUZZ_CHECK(!n->table && e->ncells >= 2 && e->ncells <= 3);
        n->table = true;
        n->ncells = e->ncells;
        break;

    case HR_SECTION_ROW:
        HR_FUZZ_CHECK(n->table && e->ncells == n->ncells);
        break;

    case HR_SECTION_TABLE_END:
        HR_FUZZ_CHECK(n->table);
        n->table = false;
        return HR_OK;

    default:
        HR_FUZZ_CHECK(!n->table && e->ncells == 0);
    }

    for (i = 0; i < e->ncells; i++) {
        check_text(e->cells[i]);
    }

    if (e->type == HR_SECTION_HEADING) {
        HR_FUZZ_CHECK(e->level >= 2 && e->level <= 4 && e->text.len != 0);
        n->sections += e->level == 2;
    }

    return HR_OK;
}


static void
check_markdown(const hr_section_input_t *in)
{
    size_t       sections;
    hr_buf_t     out;
    const char  *p;

    hr_buf_init(&out, 64 << 20);
    HR_FUZZ_CHECK(hr_md_render(in, hr_buf_sink(&out)) == HR_OK);
    HR_FUZZ_CHECK(hr_utf8_valid(hr_buf_view(&out)));
    HR_FUZZ_CHECK(memchr(out.data, '<', out.len) == NULL);
    HR_FUZZ_CHECK(strstr(out.data, "\n\n\n") == NULL);
    HR_FUZZ_CHECK(out.data[out.len - 1] == '*');

    for (sections = 0, p = out.data; (p = strstr(p, "\n## ")) != NULL; p++) {
        sections++;
    }

    HR_FUZZ_CHECK(sections == 11);
    hr_buf_release(&out);
}


static void
check_same(const hr_section_input_t *in, bool twice,
    hr_rc_t (*render)(const hr_section_input_t *in, hr_sink_t sink))
{
    hr_buf_t  one, two;

    hr_buf_init(&one, 64 << 20);
    hr_buf_init(&two, 64 << 20);
    HR_FUZZ_CHECK(render(in, hr_buf_sink(&one)) == HR_OK);

    if (twice) {
        HR_FUZZ_CHECK(render(in, hr_buf_sink(&two)) == HR_OK);
        HR_FUZZ_CHECK(hr_str_eq(hr_buf_view(&one), hr_buf_view(&two)));
    }

    hr_buf_release(&one);
    hr_buf_release(&two);
}


static hr_rc_t
render_xlsx(const hr_section_input_t *in, hr_sink_t sink)
{
    return hr_xlsx_render(in, NULL, sink);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hr_rc_t               rc;
    hr_json_t            *document;
    nesting_t             nesting = { .sections = 0 };
    hr_arena_t           *arena;
    hr_section_input_t    in;
    hr_section_visitor_t  visitor = { .event = check_event, .ctx = &nesting };

    if (size == 0) {
        return 0;
    }

    arena = hr_arena_create(64 << 20);
    if (arena == NULL) {
        return 0;
    }

    rc = hr_json_parse(arena, hr_str((const char *) data + 1, size - 1), NULL,
                       &document, NULL);

    if (rc == HR_OK && document->type == HR_JSON_OBJECT) {
        in = (hr_section_input_t) {
            .document = document,
            .generation = (data[0] & 1) ? document : NULL,
            .version = data[0] >> 4,
            .created_at = (int64_t) data[0] * 1000000000000,
            .draft = (data[0] & 2) != 0,
            .kpi = (data[0] & 4) ? HR_SECTION_KPI_GENERIC : HR_SECTION_KPI_AUTO
        };

        HR_FUZZ_CHECK(hr_section_walk(&in, &visitor, arena) == HR_OK);
        HR_FUZZ_CHECK(!nesting.table && nesting.sections == 11);

        check_markdown(&in);
        check_same(&in, (data[0] & 8) != 0, hr_docx_render);
        check_same(&in, (data[0] & 8) != 0, render_xlsx);
    }

    hr_arena_destroy(arena);

    return 0;
}
