/*
 * What the tests of the renderers share: documents from files or texts, a
 * rendering in memory, parts of a package, texts of an XML part.
 */

#ifndef HR_TEST_RENDER_H
#define HR_TEST_RENDER_H

#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "hr_test_profile.h"

#include "hr_docx.h"
#include "hr_md.h"
#include "hr_xlsx.h"


#define HR_TEST_CREATED  1757342317123456LL     /* 2025-09-08T14:38:37.123456Z */

typedef enum { HR_TEST_MD = 0, HR_TEST_DOCX, HR_TEST_XLSX } hr_test_format_t;

static const char *const  hr_test_formats[] = { "md", "docx", "xlsx" };


static inline hr_json_t *
hr_test_parse(hr_arena_t *arena, const char *text, size_t len)
{
    hr_json_t       *node;
    hr_json_info_t   info;

    if (hr_json_parse(arena, hr_str(text, len), NULL, &node, &info) != HR_OK) {
        printf("Bail out! %s at %zu\n", info.text, info.offset);
        exit(1);
    }

    return node;
}


static inline hr_json_t *
hr_test_document(hr_arena_t *arena, const char *name)
{
    char        path[256], *data;
    size_t      len;
    hr_json_t  *node;

    snprintf(path, sizeof(path), "t/data/profiles/%s.json", name);
    data = hr_test_file(path, &len);
    node = hr_test_parse(arena, data, len);
    free(data);

    return node;
}


static inline hr_section_input_t
hr_test_input(const hr_json_t *document)
{
    return (hr_section_input_t) {
        .document = document,
        .version = 3,
        .created_at = HR_TEST_CREATED
    };
}


/* out is initialised here */
static inline hr_rc_t
hr_test_render(hr_test_format_t format, const hr_section_input_t *in,
    hr_buf_t *out)
{
    hr_buf_init(out, 256u << 20);

    switch (format) {

    case HR_TEST_MD:
        return hr_md_render(in, hr_buf_sink(out));

    case HR_TEST_DOCX:
        return hr_docx_render(in, hr_buf_sink(out));

    default:
        return hr_xlsx_render(in, NULL, hr_buf_sink(out));
    }
}


/* Appends the named entry of a package, or every entry with that prefix. */
static inline int
hr_test_unzip(const hr_buf_t *package, const char *prefix, hr_buf_t *out)
{
    int                    found;
    char                   chunk[4096];
    la_ssize_t             n;
    struct archive        *a;
    struct archive_entry  *entry;

    found = 0;
    a = archive_read_new();
    archive_read_support_format_zip(a);

    if (archive_read_open_memory(a, package->data, package->len) == ARCHIVE_OK) {
        while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
            if (strncmp(archive_entry_pathname(entry), prefix, strlen(prefix))
                != 0)
            {
                continue;
            }

            found++;
            while ((n = archive_read_data(a, chunk, sizeof(chunk))) > 0) {
                hr_buf_append(out, chunk, (size_t) n);
            }
        }
    }

    archive_read_free(a);

    return found;
}


/* The text of a rendering: Markdown as it is, otherwise what stands in <*:t>. */
static inline void
hr_test_texts(hr_test_format_t format, const hr_buf_t *rendered, hr_buf_t *text)
{
    bool      tag;
    size_t    i;
    hr_buf_t  xml;

    hr_buf_init(text, 256u << 20);

    if (format == HR_TEST_MD) {
        hr_buf_append(text, rendered->data, rendered->len);
        return;
    }

    hr_buf_init(&xml, 256u << 20);
    hr_test_unzip(rendered, format == HR_TEST_DOCX ? "word/document.xml"
                                                   : "xl/worksheets/", &xml);

    for (tag = false, i = 0; i < xml.len; i++) {
        if (xml.data[i] == '<') {
            tag = true;
            if (strncmp(xml.data + i, "</w:p>", 6) == 0
                || strncmp(xml.data + i, "</c>", 4) == 0
                || strncmp(xml.data + i, "<w:br/>", 7) == 0)
            {
                hr_buf_char(text, '\n');
            }

        } else if (xml.data[i] == '>') {
            tag = false;

        } else if (!tag) {
            hr_buf_char(text, xml.data[i]);
        }
    }

    hr_buf_release(&xml);
}


static inline int
hr_test_times(const hr_buf_t *text, const char *token)
{
    int          n;
    const char  *p;

    for (n = 0, p = text->data; p != NULL && (p = strstr(p, token)) != NULL; n++) {
        p += strlen(token);
    }

    return n;
}


/* Lets t/ooxml/check.pl look at a rendering; what it finds is kept. */
static inline bool
hr_test_check(const hr_buf_t *rendered, const char *name,
    hr_test_format_t format)
{
    char   path[300], command[400];
    bool   sound;
    FILE  *f;

    snprintf(path, sizeof(path), "build/render-%s-%ld.%s", name, (long) getpid(),
             hr_test_formats[format]);
    snprintf(command, sizeof(command), "perl t/ooxml/check.pl %s", path);

    f = fopen(path, "wb");
    if (f == NULL) {
        return false;
    }

    sound = fwrite(rendered->data, 1, rendered->len, f) == rendered->len;
    sound = fclose(f) == 0 && sound && system(command) == 0;

    if (sound) {
        remove(path);
    }

    return sound;
}

#endif /* HR_TEST_RENDER_H */
