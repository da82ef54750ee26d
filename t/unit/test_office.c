/* What is particular about DOCX (exports.md 3) and XLSX (exports.md 6). */

#include "hr_test_render.h"
#include "hr_emoji.h"


/* One part of a rendering of a document. */
static hr_buf_t
part(hr_test_format_t format, const char *json, bool draft, const char *name)
{
    hr_buf_t            out, xml;
    hr_arena_t         *arena;
    hr_section_input_t  in;

    arena = hr_arena_create(16 << 20);
    in = hr_test_input(hr_test_parse(arena, json, strlen(json)));
    in.draft = draft;
    in.product = HR_STR("Система & Ко");

    hr_buf_init(&xml, 16 << 20);
    OK(hr_test_render(format, &in, &out) == HR_OK && hr_test_check(&out, "part", format)
       && hr_test_unzip(&out, name, &xml) >= 1, name);

    hr_buf_release(&out);
    hr_arena_destroy(arena);

    return xml;
}


static void
has(hr_buf_t *xml, const char *what, const char *name)
{
    OK(xml->data != NULL && strstr(xml->data, what) != NULL, name);
}


static void
test_properties(void)
{
    hr_buf_t  xml;

    xml = part(HR_TEST_DOCX, "{\"position_title\": \"A <B>\"}", false,
               "docProps/core.xml");
    has(&xml, "<dc:title>A &lt;B&gt;</dc:title>", "the title is the position (X-13)");
    has(&xml, "<dc:creator>Система &amp; Ко</dc:creator>", "the creator is the product");
    has(&xml, ">2025-09-08T14:38:37Z</dcterms:created>", "created with the version");
    has(&xml, ">2025-09-08T14:38:37Z</dcterms:modified>", "and modified then");
    hr_buf_release(&xml);

    xml = part(HR_TEST_DOCX, "{}", false, "word/styles.xml");
    has(&xml, "<w:lang w:val=\"ru-RU\"", "the language is Russian (X-12)");
    has(&xml, "w:cs=\"Arial\"", "one font with Cyrillic");
    hr_buf_release(&xml);

    xml = part(HR_TEST_DOCX, "{}", true, "word/header1.xml");
    has(&xml, "ЧЕРНОВИК", "the draft mark stands on every page (I-39)");
    hr_buf_release(&xml);

    xml = part(HR_TEST_DOCX, "{}", false, "word/header1.xml");
    OK(strstr(xml.data, "ЧЕРНОВИК") == NULL, "only on drafts");
    hr_buf_release(&xml);

    xml = part(HR_TEST_DOCX, "{}", false, "word/footer1.xml");
    has(&xml, " PAGE ", "pages are numbered (X-11)");
    has(&xml, " NUMPAGES ", "and counted");
    has(&xml, " v3 · 2025-09-08", "the version stands on every page");
    hr_buf_release(&xml);
}


static void
test_body(void)
{
    hr_buf_t  xml;

    xml = part(HR_TEST_DOCX,
               "{\"position_title\": \"a\\nb\\tc\", \"personal_qualities\": [\"x\\ny\\tz\","
               "\"🦄\"]}",
               false, "word/document.xml");
    has(&xml, ">a</w:t><w:t xml:space=\"preserve\"> </w:t><w:t xml:space=\"preserve\">b<",
        "a heading is one line");
    has(&xml, ">X</w:t><w:br/><w:t xml:space=\"preserve\">y</w:t><w:tab/>",
        "line break and tab in a paragraph");
    has(&xml, "<w:pStyle w:val=\"HRMissing\"/></w:pPr><w:r><w:t xml:space=\"preserve\">"
              "Показатели эффективности не определены", "a missing section says so (X-14)");
    has(&xml, "w:cs=\"HR Marks\"/><w:b w:val=\"0\"/><w:bCs w:val=\"0\"/></w:rPr>"
              "<w:t xml:space=\"preserve\">🛠️</w:t>",
        "marks of headings are in the font that the document brings along");
    has(&xml, "w:cs=\"Segoe UI Emoji\"/><w:b w:val=\"0\"/><w:bCs w:val=\"0\"/></w:rPr>"
              "<w:t xml:space=\"preserve\">🦄</w:t>", "other emoji in one for emoji");
    has(&xml, "<w:pgSz w:w=\"11906\" w:h=\"16838\"/>", "A4");
    has(&xml, "w:left=\"1134\"", "margins of 2 cm");
    hr_buf_release(&xml);
}


/* Skills of one category: a table with as many rows. */
static hr_buf_t
table_of(unsigned rows)
{
    unsigned  i;
    hr_buf_t  json, xml;

    hr_buf_init(&json, 1 << 20);
    hr_buf_c(&json, "{\"professional_skills\": [{\"skill_category\": \"К\","
                    "\"specific_skills\": [");

    for (i = 0; i < rows; i++) {
        hr_buf_printf(&json, "%s{\"skill_name\": \"Н%u\", \"proficiency_level\": 2,"
                             "\"proficiency_description\": \"два  бланка\"}",
                      i == 0 ? "" : ", ", i);
    }

    hr_buf_c(&json, "]}]}");
    hr_buf_char(&json, '\0');
    xml = part(HR_TEST_DOCX, json.data, false, "word/document.xml");
    hr_buf_release(&json);

    return xml;
}


static void
test_tables(void)
{
    static const char  kept[] = "<w:pStyle w:val=\"HRTableText\"/><w:keepNext/>";

    hr_buf_t  xml;

    /* with seven rows of basic facts and one of metadata, which are two columns */
    xml = table_of(4);
    IS_INT(hr_test_times(&xml, kept), 6 * 2 + 3 * 3,
           "a short table stays on one page: all rows but the last are kept");
    IS_INT(hr_test_times(&xml, "два бланка"), 4, "a level's text has single blanks");
    hr_buf_release(&xml);

    xml = table_of(1);
    IS_INT(hr_test_times(&xml, kept), 6 * 2, "a single row is kept with its header");
    hr_buf_release(&xml);

    xml = table_of(40);
    IS_INT(hr_test_times(&xml, kept), 6 * 2 + 8 * 3, "a long one is parted");
    IS_INT(hr_test_times(&xml, "<w:cantSplit/>"), 1 + 7 + 1 + 40 + 1 + 1,
           "between rows, never inside of one");
    hr_buf_release(&xml);
}


/* The key of fontTable.xml undoes what the package format asks for. */
static void
test_font(void)
{
    static const unsigned char  key[] = {
        0xf8, 0xa1, 0xd4, 0x90, 0x7e, 0x5c, 0x2a, 0x9b,
        0x7b, 0x4e, 0x40, 0x8a, 0x52, 0x3c, 0x1f, 0x6d
    };

    size_t    i;
    hr_buf_t  font;

    font = part(HR_TEST_DOCX, "{}", false, "word/fonts/font1.odttf");

    for (i = 0; i < 32 && font.len > 32; i++) {
        font.data[i] = (char) (font.data[i] ^ key[i % 16]);
    }

    OK(font.len > 5000 && memcmp(font.data, "\0\1\0\0", 4) == 0
       && strncmp(font.data + 12, "OS/2", 4) == 0, "it is a TrueType font");
    hr_buf_release(&font);
}


static void
test_emoji(void)
{
    IS_INT(hr_emoji_len(HR_STR("🛠️ a"), 0), 7, "with a variation selector");
    IS_INT(hr_emoji_len(HR_STR("ℹ️"), 0), 6, "a letter with one");
    IS_INT(hr_emoji_len(HR_STR("→ a"), 0), 0, "an arrow without one is text");
    IS_INT(hr_emoji_len(HR_STR("👩‍👧"), 0), 11, "a joined family is one");
    IS_INT(hr_emoji_len(HR_STR("👩‍"), 0), 7, "a joiner at the end");
    IS_INT(hr_emoji_len(HR_STR("я"), 0), 0, "a letter is none");
    IS_INT(hr_emoji_len(HR_STR("✅❌!"), 0), 6, "neighbours are one run");
}


static void
test_form(void)
{
    static const hr_str_t  known[] = {
        HR_STR_INIT("Лидерство"), HR_STR_INIT("работа  в команде")
    };

    hr_buf_t              out, text;
    hr_arena_t           *arena;
    hr_section_input_t    in;
    hr_xlsx_vocabulary_t  vocabulary = { known, 2, known, 2 };

    static const char  json[] =
        "{\"corporate_competencies\": [\"Работа в команде\", \"Своя\"],"
        "\"personal_qualities\": [\"лидерство\", \"а\", \"б\"],"
        "\"subordinates\": {\"departments\": 2, \"direct_reports\": 9},"
        "\"careerogram\": {\"target_pathways\": {\"vertical_growth\": [\"Текст\", {"
        "\"target_position\": \"П\"}]}}}";

    arena = hr_arena_create(16 << 20);
    in = hr_test_input(hr_test_parse(arena, json, sizeof(json) - 1));

    hr_buf_init(&out, 16 << 20);
    OK(hr_xlsx_render(&in, &vocabulary, hr_buf_sink(&out)) == HR_OK
       && hr_test_check(&out, "form", HR_TEST_XLSX), "the form with vocabularies");

    hr_test_texts(HR_TEST_XLSX, &out, &text);
    has(&text, "☐ Лидерство\n☑ Работа в команде\n☑ Своя\n",
        "check rows: the vocabulary, ticked or not, then what it lacks");
    has(&text, "☑ Лидерство\n☐ Работа  в команде\n☑ А\n☑ Б\n",
        "two qualities in a row");
    has(&text, "Количество подразделений в подчинении\n2\n", "units below");
    has(&text, "Количество человек в прямом подчинении\n9\n", "people below");
    has(&text, "Целевые позиции карьерного роста\n– Текст\n– см. лист «Карьерограмма»",
        "steps stand on their sheet, and the form says where");
    has(&text, "Вертикальный рост\nП\n", "a step is a row there");

    hr_buf_release(&text);
    hr_buf_release(&out);
    hr_arena_destroy(arena);
}


/* A text longer than a cell holds goes on below; nothing is lost. */
static void
test_long_cells(void)
{
    size_t              i;
    hr_buf_t            json, out, text;
    hr_arena_t         *arena;
    hr_section_input_t  in;

    hr_buf_init(&json, 16 << 20);
    hr_buf_c(&json, "{\"position_title\": \"");
    for (i = 0; i < 20000; i++) {
        hr_buf_printf(&json, "w%zu ", i);
    }
    hr_buf_c(&json, "\", \"performance_metrics\": [\"");
    for (i = 0; i < 20000; i++) {
        hr_buf_printf(&json, "k%zu🎯", i);
    }
    hr_buf_c(&json, "\"]}");

    arena = hr_arena_create(64 << 20);
    in = hr_test_input(hr_test_parse(arena, json.data, json.len));
    OK(hr_test_render(HR_TEST_XLSX, &in, &out) == HR_OK
       && hr_test_check(&out, "long", HR_TEST_XLSX), "a text beyond the limits of a cell");

    hr_test_texts(HR_TEST_XLSX, &out, &text);
    OK(strstr(text.data, "w9999 ") != NULL || strstr(text.data, "w9999\n") != NULL,
       "the middle of it");
    has(&text, "w19999", "the end of it");
    IS_INT(hr_test_times(&text, "🎯") , 20000, "also without blanks");

    hr_buf_release(&text);
    hr_buf_release(&out);
    hr_buf_release(&json);
    hr_arena_destroy(arena);
}


int
main(void)
{
    test_properties();
    test_body();
    test_tables();
    test_font();
    test_emoji();
    test_form();
    test_long_cells();

    return hr_test_done();
}
