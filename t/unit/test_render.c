/*
 * What holds for every format (I-01): each leaf of a document is there exactly
 * once, of whatever historical shape the document is; hostile texts break
 * nothing; the same version gives the same bytes.
 */

#include "hr_test_render.h"


#define TOKENS_MAX  4000

typedef struct {
    char   text[16];
    char   path[200];
    bool   hidden;          /* must not appear */
    bool   twice;           /* header and table: exports.md 2.1, 2.2 */
} token_t;

static token_t  tokens[TOKENS_MAX];
static size_t   ntokens;


/* Members that exports.md does not print, and those that nobody knows. */
static const char *const  hidden[] = {
    "reasoning", "quality_verification", "data_sources", "generated_by",
    "generation_method", "data_version", "last_updated", "x_unknown", "note",
    "basic_info", "approval_status", "approved_by", "last_review_date",
    "next_review_date", "mentor_growth"
};


static bool
is_hidden(const char *path)
{
    size_t  i;

    for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (strstr(path, hidden[i]) != NULL) {
            return true;
        }
    }

    return false;
}


static void
add_token(hr_arena_t *arena, hr_json_t *node, const char *path)
{
    token_t    *t;
    hr_json_t  *inner;
    hr_buf_t    text;

    if (node->text.len == 0 || ntokens == TOKENS_MAX) {
        return;
    }

    t = &tokens[ntokens];
    snprintf(t->path, sizeof(t->path), "%s", path);
    t->hidden = is_hidden(path);
    t->twice = strcmp(path, ".position_title") == 0
               || strcmp(path, ".department_specific") == 0;
    snprintf(t->text, sizeof(t->text), "TOK%04zuX", ntokens++);

    hr_buf_init(&text, 1 << 20);
    hr_buf_printf(&text, "\"%s\"", t->text);
    inner = hr_test_parse(arena, text.data, text.len);
    hr_buf_release(&text);

    node->text = inner->text;
}


/* Every string becomes a token, also in an object that stands in a string. */
static void
tokenize(hr_arena_t *arena, hr_json_t *node, const char *path)
{
    char        below[200];
    hr_buf_t    text;
    hr_json_t  *child, *inner;

    if (node->type == HR_JSON_STRING && node->text.len != 0
        && node->text.data[0] == '{')
    {
        inner = hr_test_parse(arena, node->text.data, node->text.len);
        tokenize(arena, inner, path);
        hr_buf_init(&text, 1 << 20);
        hr_json_write(inner, HR_JSON_COMPACT, &text);
        node->text = hr_arena_str(arena, hr_buf_view(&text));
        hr_buf_release(&text);
        return;
    }

    if (node->type == HR_JSON_STRING) {
        add_token(arena, node, path);
        return;
    }

    for (child = node->first; child != NULL; child = child->next) {
        snprintf(below, sizeof(below), "%s.%.*s", path, (int) child->key.len,
                 child->key.data == NULL ? "" : child->key.data);
        tokenize(arena, child, node->type == HR_JSON_OBJECT ? below : path);
    }
}


static void
check_tokens(const char *name, hr_json_t *document)
{
    int                 format, found, want, bad;
    char                title[120];
    size_t              i;
    hr_buf_t            out, text;
    hr_section_input_t  in;

    in = hr_test_input(document);

    for (format = HR_TEST_MD; format <= HR_TEST_XLSX; format++) {
        bad = hr_test_render(format, &in, &out) != HR_OK;
        hr_test_texts(format, &out, &text);

        for (i = 0; i < ntokens; i++) {
            found = hr_test_times(&text, tokens[i].text);
            want = tokens[i].hidden ? 0
                   : tokens[i].twice && format != HR_TEST_XLSX ? 2 : 1;

            if (found != want) {
                printf("# %s: %s is there %d times, want %d\n",
                       hr_test_formats[format], tokens[i].path, found, want);
                bad++;
            }
        }

        snprintf(title, sizeof(title), "%s as %s: all %zu leaves, each once",
                 name, hr_test_formats[format], ntokens);
        OK(bad == 0, title);

        if (format != HR_TEST_MD) {
            snprintf(title, sizeof(title), "%s as %s: a sound package", name,
                     hr_test_formats[format]);
            OK(hr_test_check(&out, name, format), title);
        }

        hr_buf_release(&out);
        hr_buf_release(&text);
    }
}


/* tokens.json has its own tokens, and two numbers. */
static void
test_tokens(void)
{
    int                 i, format, bad;
    char                token[16];
    hr_buf_t            out, text;
    hr_arena_t         *arena;
    hr_section_input_t  in;

    arena = hr_arena_create(16 << 20);
    in = hr_test_input(hr_test_document(arena, "tokens"));

    for (format = HR_TEST_MD; format <= HR_TEST_XLSX; format++) {
        OK(hr_test_render(format, &in, &out) == HR_OK, hr_test_formats[format]);
        hr_test_texts(format, &out, &text);

        for (bad = 0, i = 1; i <= 102; i++) {
            snprintf(token, sizeof(token), "TOK%03d", i);
            bad += hr_test_times(&text, token)
                   != ((i == 1 || i == 3) && format != HR_TEST_XLSX ? 2 : 1);
        }

        IS_INT(bad, 0, "102 leaves, each once");
        IS_INT(hr_test_times(&text, "4711"), 1, "units below, once");
        IS_INT(hr_test_times(&text, "4712"), 1, "people below, once");
        IS_INT(hr_test_times(&text, "RSN"), 0, "no reasoning (I-31)");
        IS_INT(hr_test_times(&text, "HID"), 0, "no service members");

        hr_buf_release(&out);
        hr_buf_release(&text);
    }

    hr_arena_destroy(arena);
}


static void
test_shapes(void)
{
    size_t       i;
    hr_json_t   *document;
    hr_arena_t  *arena;

    for (i = 0; i < HR_TEST_CORPUS; i++) {
        arena = hr_arena_create(16 << 20);
        document = hr_test_document(arena, hr_test_corpus[i]);

        if (hr_json_is(hr_json_get(document, "profile"), HR_JSON_OBJECT)) {
            document = hr_json_get(document, "profile");
        }

        ntokens = 0;
        tokenize(arena, document, "");
        check_tokens(hr_test_corpus[i], document);

        hr_arena_destroy(arena);
    }
}


static const char *const  hostile[] = {
    "a | b \\| c", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "+1", "-1",
    "@SUM(A1)", "\x01\x02\x08\x0b\x0c\x1f text", "\xef\xbf\xbe\xef\xbf\xbf x",
    "\xe2\x80\xae gnp.exe", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd9\x85\xd8\xb1",
    "👩‍👩‍👧‍👦 👍🏽 🇷🇺 1️⃣ ☎️", "\n\n\n# heading\n\n- list\n> quote\n```\ncode",
    "![x](javascript:alert(1)) [y](http://z) `c` **b** _i_ ~~s~~ &lt; &#60;",
    "]]> <!-- --> <?xml?> &amp; & \" '", "_x0041_ _x000D_ _x005F_", "a\r\nb\rc\td",
    "1. one\n2) two\n+ three\n--- \n===\n|---|---|", "\xc2\x85 \xe2\x80\xa8 \xe2\x80\xa9 end",
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "%s%n%d", "\\", "*", "_", "|", "#", " ",
    "{\"not\": \"an object\"", "{\"a\":{\"b\":[1,2,{\"c\":null}]}}"
};


/* Puts one text into every string of the document. */
static void
poison(hr_json_t *node, hr_str_t text)
{
    hr_json_t  *child;

    if (node->type == HR_JSON_STRING) {
        node->text = text;
        return;
    }

    for (child = node->first; child != NULL; child = child->next) {
        poison(child, text);
    }
}


static bool
md_is_sound(const hr_buf_t *out)
{
    size_t       sections;
    const char  *p;

    for (sections = 0, p = out->data; (p = strstr(p, "\n## ")) != NULL; p++) {
        sections++;
    }

    return sections == 11 && strncmp(out->data, "# ", 2) == 0
           && strstr(out->data, "\n\n\n") == NULL
           && strstr(out->data, "<script") == NULL
           && strchr(out->data, '\r') == NULL
           && out->data[out->len - 1] == '*';
}


static void
test_hostile(void)
{
    int                 format;
    char                name[100];
    char               *word;
    size_t              i, n;
    hr_str_t            text;
    hr_buf_t            out;
    hr_json_t          *document;
    hr_arena_t         *arena;
    hr_section_input_t  in;

    n = sizeof(hostile) / sizeof(hostile[0]);
    word = malloc(40000);
    memset(word, 'w', 40000);

    for (i = 0; i < n + 2; i++) {
        arena = hr_arena_create(16 << 20);
        document = hr_test_document(arena, "tokens");
        text = i < n ? hr_str_from_c(hostile[i])
                     : hr_str(word, i == n ? 10000 : 40000);
        poison(document, text);
        in = hr_test_input(document);
        in.draft = true;
        in.status = text;
        in.product = text;

        for (format = HR_TEST_MD; format <= HR_TEST_XLSX; format++) {
            snprintf(name, sizeof(name), "hostile text %zu breaks no %s", i,
                     hr_test_formats[format]);
            OK(hr_test_render(format, &in, &out) == HR_OK
               && (format == HR_TEST_MD ? md_is_sound(&out)
                                        : hr_test_check(&out, "hostile", format)),
               name);
            hr_buf_release(&out);
        }

        hr_arena_destroy(arena);
    }

    free(word);
}


static void
test_same_bytes(void)
{
    int                 format;
    hr_buf_t            one, two, other;
    hr_arena_t         *arena;
    hr_section_input_t  in;

    arena = hr_arena_create(16 << 20);
    in = hr_test_input(hr_test_document(arena, "production"));

    for (format = HR_TEST_MD; format <= HR_TEST_XLSX; format++) {
        hr_test_render(format, &in, &one);

        setenv("TZ", "Asia/Kamchatka", 1);
        tzset();
        hr_test_render(format, &in, &two);
        unsetenv("TZ");
        tzset();

        in.created_at++;
        in.version++;
        hr_test_render(format, &in, &other);
        in.created_at--;
        in.version--;

        OK(one.len == two.len && memcmp(one.data, two.data, one.len) == 0,
           "the same version gives the same bytes in every time zone (X-09)");
        OK(one.len != other.len || memcmp(one.data, other.data, one.len) != 0,
           "another version gives other bytes");

        hr_buf_release(&one);
        hr_buf_release(&two);
        hr_buf_release(&other);
    }

    hr_arena_destroy(arena);
}


static void
test_marks(void)
{
    int                 format;
    hr_buf_t            out, text;
    hr_arena_t         *arena;
    hr_section_input_t  in;

    arena = hr_arena_create(16 << 20);
    in = hr_test_input(hr_test_document(arena, "production"));

    for (format = HR_TEST_MD; format <= HR_TEST_XLSX; format++) {
        in.draft = true;
        in.kpi = HR_SECTION_KPI_GENERIC;
        in.status = HR_STR("на проверке HR");
        hr_test_render(format, &in, &out);
        hr_test_texts(format, &out, &text);
        OK(strstr(text.data, "ЧЕРНОВИК (на проверке HR)") != NULL,
           "an unapproved document says that it is a draft (I-39)");
        OK(strstr(text.data, "по типовому шаблону") != NULL,
           "template KPIs say so (I-04)");
        hr_buf_release(&out);
        hr_buf_release(&text);

        in.draft = false;
        in.kpi = HR_SECTION_KPI_SPECIFIC;
        hr_test_render(format, &in, &out);
        hr_test_texts(format, &out, &text);
        OK(strstr(text.data, "ЧЕРНОВИК") == NULL
           && strstr(text.data, "типовому") == NULL,
           "an approved document with its own KPIs has neither mark");
        hr_buf_release(&out);
        hr_buf_release(&text);
    }

    hr_arena_destroy(arena);
}


static hr_rc_t
refuse(void *ctx, const char *data, size_t len)
{
    (void) ctx;
    (void) data;
    (void) len;

    return HR_ABORTED;
}


static void
test_refusals(void)
{
    hr_sink_t           sink = { refuse, NULL };
    hr_buf_t            out;
    hr_arena_t         *arena;
    hr_section_input_t  in;

    arena = hr_arena_create(16 << 20);
    in = hr_test_input(hr_test_document(arena, "production"));

    IS_INT(hr_md_render(&in, sink), HR_ABORTED, "md: the sink's result comes back");
    IS_INT(hr_docx_render(&in, sink), HR_ABORTED, "docx: likewise");
    IS_INT(hr_xlsx_render(&in, NULL, sink), HR_ABORTED, "xlsx: likewise");

    in.document = hr_test_parse(arena, "[1]", 3);
    hr_buf_init(&out, 1 << 20);
    IS_INT(hr_md_render(&in, hr_buf_sink(&out)), HR_INVALID,
           "what is no object is refused");
    IS_INT(hr_docx_render(&in, hr_buf_sink(&out)), HR_INVALID, "docx: likewise");
    IS_INT(hr_xlsx_render(&in, NULL, hr_buf_sink(&out)), HR_INVALID,
           "xlsx: likewise");
    IS_INT(out.len, 0, "and nothing was written");

    hr_buf_release(&out);
    hr_arena_destroy(arena);
}


int
main(void)
{
    test_tokens();
    test_shapes();
    test_hostile();
    test_same_bytes();
    test_marks();
    test_refusals();

    return hr_test_done();
}
