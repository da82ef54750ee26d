/* JSON reader, tree and writers. */

#include <math.h>

#include "hr_test.h"
#include "hr_json.h"

static hr_arena_t      *arena;
static hr_json_info_t   info;


static hr_json_t *
parse(const char *text)
{
    hr_json_t  *node;

    hr_json_parse(arena, hr_str_from_c(text), NULL, &node, &info);

    return node;
}


static void
is_written(const hr_json_t *node, unsigned flags, const char *want,
    const char *name)
{
    hr_buf_t  out;

    hr_buf_init(&out, 1 << 20);
    hr_json_write(node, flags, &out);
    IS_STR(out.data, out.len, want, name);
    hr_buf_release(&out);
}


static void
test_round_trip(void)
{
    size_t  i;
    static const char  *texts[] = {
        "null", "true", "false", "0", "-0", "1.0", "12345678901234567890123",
        "1e5", "-1.5E-10", "\"\"", "\"а\\u0000б\"", "[]", "{}",
        "[1,[2,[3,[]]],{}]", "{\"a\":{\"b\":[true,null]},\"c\":\"\"}",
        "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7f\"", "\"😀 — ё\""
    };

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        is_written(parse(texts[i]), HR_JSON_COMPACT, texts[i],
                   "what was read is written the same");
    }

    is_written(parse(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n"), 0, "{\"a\":[1,2]}",
               "white space is left out");
    is_written(parse("\xef\xbb\xbf[1]"), 0, "[1]", "a BOM is accepted");
    is_written(parse("\"\\u0041\\/\\ud83d\\ude00\\u00e9\""), 0, "\"A/😀é\"",
               "escapes are decoded");
}


static void
test_errors(void)
{
    size_t  i;
    static const struct {
        const char  *text;
        size_t       offset;
        bool         truncated;
        const char  *message;
    } cases[] = {
        { "", 0, false, "Expecting value" },
        { "  ", 2, false, "Expecting value" },
        { "{", 1, true, "Expecting property name enclosed in double quotes" },
        { "{\"a", 1, true, "Unterminated string starting at" },
        { "{\"a\"", 4, true, "Expecting ':' delimiter" },
        { "{\"a\":", 5, true, "Expecting value" },
        { "{\"a\":1", 6, true, "Expecting ',' delimiter" },
        { "{\"a\":1,", 7, true,
          "Expecting property name enclosed in double quotes" },
        { "[1,", 3, true, "Expecting value" },
        { "[tru", 1, true, "Expecting value" },
        { "[-", 1, true, "Expecting value" },
        { "[1.", 2, true, "Expecting ',' delimiter" },
        { "[1e+", 2, true, "Expecting ',' delimiter" },
        { "\"\\u12", 2, true, "Invalid \\uXXXX escape" },
        { "\"\\u1234", 2, true, "Invalid \\uXXXX escape" },
        { "\"\\ud83d\\ude00", 8, true, "Invalid \\uXXXX escape" },
        { "\"\\ud83d\\ud", 8, true, "Invalid \\uXXXX escape" },
        { "\"\\ud83d\\", 0, true, "Unterminated string starting at" },
        { "\"\\", 0, true, "Unterminated string starting at" },
        { "{a:1}", 1, false,
          "Expecting property name enclosed in double quotes" },
        { "{\"a\" 1}", 5, false, "Expecting ':' delimiter" },
        { "{\"a\":1 \"b\"", 7, false, "Expecting ',' delimiter" },
        { "{\"a\":1,}", 7, false,
          "Expecting property name enclosed in double quotes" },
        { "[1,]", 3, false, "Expecting value" },
        { "[1 2]", 3, false, "Expecting ',' delimiter" },
        { "[01]", 2, false, "Expecting ',' delimiter" },
        { "[1.x]", 2, false, "Expecting ',' delimiter" },
        { "[+1]", 1, false, "Expecting value" },
        { "[NaN]", 1, false, "Expecting value" },
        { "[-Infinity]", 1, false, "Expecting value" },
        { "truE", 0, false, "Expecting value" },
        { "1 x", 2, false, "Extra data" },
        { "{}]", 2, false, "Extra data" },
        { "\"a\nb\"", 2, false, "Invalid control character at" },
        { "\"\\x\"", 1, false, "Invalid \\escape" },
        { "\"\\u12g4\"", 2, false, "Invalid \\uXXXX escape" },
        { "\"\\ud800\"", 1, false, "Lone surrogate escape" },
        { "\"\\udc00\"", 1, false, "Lone surrogate escape" },
        { "\"\\ud800\\u0041\"", 1, false, "Lone surrogate escape" },
        { "[}", 1, false, "Expecting value" },
        { "{]", 1, false,
          "Expecting property name enclosed in double quotes" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        OK(parse(cases[i].text) == NULL, cases[i].text);
        IS_INT(info.offset, cases[i].offset, "offset of the error");
        IS_INT(info.truncated, cases[i].truncated, "truncated or wrong");
        IS_STR(info.text, strlen(info.text), cases[i].message, "message");
    }
}


static void
test_positions(void)
{
    parse("\xef\xbb\xbf{\"ё\":1,\n  \"я\" 2}");
    IS_INT(info.offset, 19, "bytes count from the start of the text");
    IS_INT(info.char_offset, 14, "characters from behind the BOM");
    IS_INT(info.line, 2, "line");
    IS_INT(info.column, 7, "column in characters");

    parse("\"a\xff\"");
    OK(info.bad_utf8 && !info.truncated, "broken UTF-8 is told apart");
    IS_INT(info.offset, 2, "and located");
    parse("\"a\xd0");
    OK(info.bad_utf8 && info.truncated, "half a character at the end is a cut");
    parse("\"\xed\xa0\x80\"");
    OK(info.bad_utf8, "an encoded surrogate is broken UTF-8");
}


static void
test_duplicates(void)
{
    size_t      i;
    hr_buf_t    text;
    hr_json_t  *node;

    is_written(parse("{\"a\":1,\"b\":2,\"a\":{\"x\":[1]},\"c\":3,\"a\":[4,{}]}"),
               0, "{\"a\":[4,{}],\"b\":2,\"c\":3}",
               "the last member wins at the place of the first");
    IS_INT(info.duplicates, 2, "and is counted");
    node = parse("{\"a\":1,\"a\":[2]}");
    OK(hr_json_get(node, "a")->first->parent == hr_json_get(node, "a")
       && node->last == node->first && node->count == 1, "links are right");

    hr_buf_init(&text, 1 << 20);
    hr_buf_char(&text, '{');
    for (i = 0; i < 20000; i++) {
        hr_buf_printf(&text, "\"key%zu\":%zu,", i % 10000, i);
    }
    hr_buf_c(&text, "\"\":null}");
    IS_INT(hr_json_parse(arena, hr_buf_view(&text), NULL, &node, &info), HR_OK,
           "many members");
    IS_INT(node->count, 10001, "of which the repeated ones went");
    IS_INT(info.duplicates, 10000, "are counted");
    IS_STR(node->first->text.data, node->first->text.len, "10000",
           "and the last value won");
    IS_STR(node->last->key.data, node->last->key.len, "", "the last is last");
    hr_buf_release(&text);
}


static void
test_limits(void)
{
    char             deep[200001];
    hr_json_t       *node;
    hr_json_opts_t   opts = { .max_depth = 2 };

    IS_INT(hr_json_parse(arena, HR_STR("[[1]]"), &opts, &node, &info), HR_OK,
           "the depth itself is accepted");
    IS_INT(hr_json_parse(arena, HR_STR("[[[1]]]"), &opts, &node, &info),
           HR_LIMIT, "one level more is not");
    OK(info.too_deep && info.offset == 2 && node == NULL, "and says where");

    memset(deep, '[', 100000);
    memset(deep + 100000, ']', 100000);
    deep[200000] = '\0';
    opts.max_depth = 100000;
    IS_INT(hr_json_parse(arena, hr_str(deep, 200000), &opts, &node, &info),
           HR_OK, "depth costs no stack");
    is_written(node, 0, deep, "nor does writing it");
    OK(hr_json_clone(arena, node) != NULL, "nor copying it");
    OK(!hr_json_equal(node, node), "equality gives up on absurd depth");

    opts.max_depth = 0;
    opts.max_nodes = 3;
    IS_INT(hr_json_parse(arena, HR_STR("[1,2]"), &opts, &node, &info), HR_OK,
           "as many values as allowed");
    IS_INT(hr_json_parse(arena, HR_STR("[1,2,3]"), &opts, &node, &info),
           HR_LIMIT, "and one more");
    hr_json_parse(arena, HR_STR("[1,2,3."), &opts, &node, &info);
    OK(!info.truncated, "a limit is no cut");

    opts.max_nodes = 0;
    opts.replace_surrogates = true;
    IS_INT(hr_json_parse(arena, HR_STR("\"\\ud800x\\udc00\\ud801\\ud83d\\ude00\""),
                         &opts, &node, &info), HR_OK,
           "lone surrogates can be replaced");
    IS_STR(node->text.data, node->text.len, "\xef\xbf\xbdx\xef\xbf\xbd"
           "\xef\xbf\xbd😀", "by U+FFFD");
    IS_INT(info.replaced, 3, "and are counted");
}


static void
test_no_memory(void)
{
    size_t       limit;
    hr_rc_t      rc;
    hr_json_t   *node;
    hr_arena_t  *small;

    for (limit = 0; limit < 4096; limit += 16) {
        small = hr_arena_create(limit);
        rc = hr_json_parse(small, HR_STR("{\"a\":[1,2,{\"b\":\"\\n\"}],\"c\":1}"),
                           NULL, &node, &info);
        if (rc == HR_OK) {
            hr_arena_destroy(small);
            break;
        }
        if (rc != HR_NOMEM || node != NULL) {
            OK(0, "a full arena is HR_NOMEM");
        }
        hr_arena_destroy(small);
    }
    OK(limit > 0 && limit < 4096, "a full arena is refused at every step");
}


static void
test_lookup(void)
{
    int64_t     n;
    double      d;
    hr_json_t  *node;

    node = parse("{\"llm\":{\"tokens\":{\"total\":42}},\"list\":[1,\"x\",null]}");

    OK(hr_json_int(hr_json_path(node, "llm.tokens.total"), &n) && n == 42,
       "a dotted path finds");
    OK(hr_json_path(node, "llm.nope.total") == NULL
       && hr_json_path(node, "list.x") == NULL
       && hr_json_path(NULL, "a") == NULL, "or does not");
    IS_STR(hr_json_text(hr_json_at(hr_json_get(node, "list"), 1)).data, 1, "x",
           "an element by index");
    OK(hr_json_at(hr_json_get(node, "list"), 3) == NULL
       && hr_json_at(node, 0) == NULL, "no element");
    OK(hr_json_text(node).data == NULL, "only strings have a text");

    OK(hr_json_double(parse("1.5e2"), &d) && d == 150, "a double");
    OK(!hr_json_double(parse("1e999"), &d), "too big for a double");
    OK(!hr_json_double(parse("\"1\""), &d), "a string is no number");
}


static void
test_integers(void)
{
    size_t   i;
    int64_t  n;
    static const struct { const char *text; bool ok; int64_t value; } cases[] = {
        { "0", true, 0 }, { "-0", true, 0 }, { "0.000", true, 0 },
        { "0e999999999999999999999", true, 0 }, { "1", true, 1 },
        { "1.0", true, 1 }, { "1e2", true, 100 }, { "1.50e1", true, 15 },
        { "100e-2", true, 1 }, { "0.001e3", true, 1 }, { "-12", true, -12 },
        { "1.5", false, 0 }, { "1e-1", false, 0 }, { "123e-3", false, 0 },
        { "9223372036854775807", true, INT64_MAX },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775808", true, INT64_MIN },
        { "-9223372036854775809", false, 0 },
        { "9223372036854775807.0", true, INT64_MAX },
        { "1e18", true, 1000000000000000000 }, { "1e19", false, 0 },
        { "1e999999999999999999999", false, 0 },
        { "1e-999999999999999999999", false, 0 },
        { "0.00000000000000000000000000001e29", true, 1 },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n = 0;
        OK(hr_json_int(parse(cases[i].text), &n) == cases[i].ok
           && n == cases[i].value, cases[i].text);
    }

    OK(hr_json_is_integer_literal(parse("-12"))
       && !hr_json_is_integer_literal(parse("1.0"))
       && !hr_json_is_integer_literal(parse("1e2"))
       && !hr_json_is_integer_literal(parse("\"1\"")), "integer literals");
}


static void
test_missing(void)
{
    OK(hr_json_missing(NULL) && hr_json_missing(parse("null"))
       && hr_json_missing(parse("\"\"")) && hr_json_missing(parse("[]"))
       && hr_json_missing(parse("{}")), "missing values");
    OK(!hr_json_missing(parse("0")) && !hr_json_missing(parse("false"))
       && !hr_json_missing(parse("\" \"")) && !hr_json_missing(parse("[null]")),
       "values that are there");
}


static void
test_equal(void)
{
    size_t      i;
    hr_buf_t    a, b;
    hr_json_t  *x, *y;
    static const struct { const char *a, *b; bool equal; } cases[] = {
        { "1", "1.0", true }, { "10", "1e1", true }, { "0", "-0.0", true },
        { "0.1", "1e-1", true }, { "1", "2", false }, { "1", "-1", false },
        { "1", "10", false }, { "1.10", "1.1", true }, { "11", "1.1", false },
        { "12345678901234567890", "12345678901234567891", false },
        { "12345678901234567890", "1234567890123456789e1", true },
        { "\"a\"", "\"\\u0061\"", true }, { "\"a\"", "\"b\"", false },
        { "null", "false", false }, { "true", "false", false },
        { "[1,2]", "[1,2]", true }, { "[1,2]", "[2,1]", false },
        { "[1]", "[1,1]", false }, { "[]", "{}", false },
        { "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true },
        { "{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false },
        { "{\"a\":{\"x\":[1]}}", "{\"a\":{\"x\":[2]}}", false },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        x = parse(cases[i].a);
        y = parse(cases[i].b);
        OK(hr_json_equal(x, y) == cases[i].equal
           && hr_json_equal(y, x) == cases[i].equal, cases[i].a);
    }

    hr_buf_init(&a, 1 << 20);
    hr_buf_init(&b, 1 << 20);
    for (i = 0; i < 10000; i++) {
        hr_buf_printf(&a, "%s\"%zu\":[%zu]", i ? "," : "{", i, i);
        hr_buf_printf(&b, "%s\"%zu\":[%zu.0]", i ? "," : "{", 9999 - i, 9999 - i);
    }
    hr_buf_char(&a, '}');
    hr_buf_char(&b, '}');
    x = parse(a.data);
    y = parse(b.data);
    OK(hr_json_equal(x, y), "10,000 members in the other order");
    hr_json_set(arena, y, "77", hr_json_new_int(arena, 1));
    OK(!hr_json_equal(x, y), "one of which differs");
    hr_buf_release(&a);
    hr_buf_release(&b);

    OK(hr_json_equal(NULL, NULL) && !hr_json_equal(NULL, x), "NULL");
}


static void
test_build(void)
{
    hr_json_t  *root, *list, *copy;

    root = hr_json_new(arena, HR_JSON_OBJECT);
    list = hr_json_new(arena, HR_JSON_ARRAY);
    hr_json_push(list, hr_json_new_int(arena, -5));
    hr_json_push(list, hr_json_new_double(arena, 2));
    hr_json_push(list, hr_json_new_bool(arena, true));
    hr_json_push(list, hr_json_new(arena, HR_JSON_NULL));
    hr_json_push(list, hr_json_new_double(arena, NAN));
    hr_json_set(arena, root, "name", hr_json_new_str(arena, HR_STR("я")));
    hr_json_set(arena, root, "list", list);
    hr_json_set(arena, root, "end", hr_json_new(arena, HR_JSON_OBJECT));
    is_written(root, 0, "{\"name\":\"я\",\"list\":[-5,2.0,true,null,null],"
               "\"end\":{}}", "builders");

    IS_INT(hr_json_push(list, list), HR_INVALID, "no value inside itself");
    IS_INT(hr_json_push(list, root), HR_INVALID, "nor what is above it");
    IS_INT(hr_json_push(root, hr_json_new(arena, HR_JSON_NULL)), HR_INVALID,
           "an object takes no elements");
    IS_INT(hr_json_set(arena, root, "again", list), HR_INVALID,
           "a value has one place");
    IS_INT(hr_json_push(list, NULL), HR_NOMEM, "a failed builder is passed on");

    copy = hr_json_clone(arena, root);
    OK(hr_json_equal(copy, root), "a clone is equal");
    copy = hr_json_clone(arena, list);
    OK(copy->parent == NULL && copy->key.data == NULL && hr_json_equal(copy, list),
       "a clone of a member stands by itself");

    hr_json_set(arena, root, "name", hr_json_new_int(arena, 1));
    hr_json_set(arena, root, "end", hr_json_new_int(arena, 2));
    hr_json_set(arena, root, "after", hr_json_new_int(arena, 3));
    is_written(root, 0, "{\"name\":1,\"list\":[-5,2.0,true,null,null],"
               "\"end\":2,\"after\":3}", "a replaced member keeps its place");

    hr_json_remove(root, "after");
    hr_json_remove(root, "name");
    hr_json_remove(root, "nope");
    hr_json_unlink(list->first->next);
    is_written(root, 0, "{\"list\":[-5,true,null,null],\"end\":2}",
               "removing at both ends and in the middle");
    hr_json_set(arena, root, "z", hr_json_new_int(arena, 4));
    IS_INT(root->count, 3, "the count follows");
}


static void
test_write(void)
{
    hr_json_t  *node;

    node = parse("{\"a\":[],\"b\":{},\"c\":[1,{\"d\":\"ё\"}]}");
    is_written(node, HR_JSON_INDENT,
               "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n"
               "      \"d\": \"ё\"\n    }\n  ]\n}", "indented as Python does");
    is_written(hr_json_get(node, "c"), HR_JSON_ASCII,
               "[1,{\"d\":\"\\u0451\"}]", "a part, in ASCII");
    is_written(parse("\"😀\x7f\\u0001~\""), HR_JSON_ASCII,
               "\"\\ud83d\\ude00\\u007f\\u0001~\"", "ASCII escapes");
}


static void
test_escape(void)
{
    size_t    n;
    char      text[64];
    hr_buf_t  out;

    hr_buf_init(&out, 1000);
    hr_json_escape(&out, HR_STR("a\"\\/\b\f\n\r\t\x01\x1f\x7fя\xff\xd0z\xe2\x82"), 0);
    IS_STR(out.data, out.len, "a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7fя"
           "\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd", "escape rules");

    hr_buf_reset(&out);
    hr_json_escape(&out, HR_STR("\xff\xed\xa0\x80"), HR_JSON_ASCII);
    IS_STR(out.data, out.len, "\\ufffd\\ufffd\\ufffd\\ufffd",
           "broken UTF-8 in ASCII");

    /* the special byte at every place of the 8-byte steps */
    for (n = 0; n < 40; n++) {
        memset(text, 'x', sizeof(text));
        text[n] = '"';
        hr_buf_reset(&out);
        hr_json_escape(&out, hr_str(text, 40), 0);
        if (out.len != 41 || out.data[n] != '\\' || out.data[n + 1] != '"') {
            break;
        }
    }
    IS_INT(n, 40, "an escape at any place of a run");

    hr_buf_reset(&out);
    IS_INT(hr_json_escape(&out, HR_STR_NULL, 0), HR_OK, "nothing");
    hr_buf_release(&out);
}


static void
test_stream(void)
{
    int       i;
    hr_jw_t   w;
    hr_buf_t  out;

    hr_buf_init(&out, 10000);
    hr_jw_init(&w, &out);

    hr_jw_object(&w);
    hr_jw_kbool(&w, "success", true);
    hr_jw_kstr(&w, "none", HR_STR_NULL);
    hr_jw_kc(&w, "c", "x\"y");
    hr_jw_kc(&w, "cn", NULL);
    hr_jw_kint(&w, "min", INT64_MIN);
    hr_jw_kdouble(&w, "d", 3.31);
    hr_jw_kdouble(&w, "nan", NAN);
    hr_jw_knull(&w, "n\n");
    hr_jw_key(&w, "list");
    hr_jw_array(&w);
    hr_jw_int(&w, 0);
    hr_jw_str(&w, HR_STR("\xff"));
    hr_jw_array(&w);
    hr_jw_end_array(&w);
    hr_jw_object(&w);
    hr_jw_end_object(&w);
    hr_jw_node(&w, parse("{\"a\":[1]}"));
    hr_jw_node(&w, NULL);
    hr_jw_raw(&w, HR_STR("[2]"));
    hr_jw_end_array(&w);
    hr_jw_end_object(&w);

    IS_STR(out.data, out.len, "{\"success\":true,\"none\":null,\"c\":\"x\\\"y\","
           "\"cn\":null,\"min\":-9223372036854775808,\"d\":3.31,\"nan\":null,"
           "\"n\\n\":null,\"list\":[0,\"\xef\xbf\xbd\",[],{},{\"a\":[1]},null,"
           "[2]]}", "streaming writer");
    IS_INT(out.err, HR_OK, "without an error");

    hr_jw_end_object(&w);
    IS_INT(out.err, HR_ERROR, "one end too many is an error");

    hr_buf_reset(&out);
    hr_jw_init(&w, &out);
    for (i = 0; i < 63; i++) {
        hr_jw_array(&w);
    }
    IS_INT(out.err, HR_OK, "63 levels");
    hr_jw_array(&w);
    IS_INT(out.err, HR_LIMIT, "64 are too many");
    hr_buf_release(&out);
}


static void
test_doubles(void)
{
    size_t  i, len;
    char    text[32];
    static const struct { double value; const char *text; } cases[] = {
        { 0, "0.0" }, { -0.0, "-0.0" }, { 1, "1.0" }, { 3.31, "3.31" },
        { 0.1, "0.1" }, { 0.1 + 0.2, "0.30000000000000004" },
        { 9.5e-05, "9.5e-05" }, { 0.0001, "0.0001" }, { 1e16, "1e+16" },
        { 1e15, "1000000000000000.0" }, { 123456789012345680.0,
          "1.2345678901234568e+17" }, { 9999999999999998.0,
          "9999999999999998.0" }, { -2.5, "-2.5" }, { 1e100, "1e+100" },
        { 5e-324, "5e-324" }, { 2.2250738585072014e-308,
          "2.2250738585072014e-308" }, { 1.7976931348623157e308,
          "1.7976931348623157e+308" }, { 0x1p-44, "5.684341886080802e-14" },
        { 0x1p-1022, "2.2250738585072014e-308" }, { 0.0034182, "0.0034182" },
        { 100, "100.0" }, { 1234.5, "1234.5" }, { NAN, "null" },
        { INFINITY, "null" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        len = hr_double_format(cases[i].value, text);
        IS_STR(text, len, cases[i].text, "shortest double");
        IS_INT(text[len], 0, "with a NUL");
    }
}


static void
test_round(void)
{
    OK(hr_round(2.5, 0) == 2 && hr_round(3.5, 0) == 4, "ties to even");
    OK(hr_round(0.125, 2) == 0.12 && hr_round(0.375, 2) == 0.38,
       "exact ties at decimals");
    OK(hr_round(2.675, 2) == 2.67 && hr_round(1.005, 2) == 1.0,
       "on the binary value, not on its text");
    OK(hr_round(1689.0 / 567, 2) == 2.98, "2.98");
    OK(hr_round(-2.5, 0) == -2 && hr_round(1e300, 2) == 1e300
       && isnan(hr_round(NAN, 1)), "signs and extremes");
    OK(hr_round(12.34, -1) == 12 && hr_round(0.1, 99) == 0.1,
       "decimals are clamped");
}


int
main(void)
{
    arena = hr_arena_create(256 << 20);

    test_round_trip();
    test_errors();
    test_positions();
    test_duplicates();
    test_limits();
    test_no_memory();
    test_lookup();
    test_integers();
    test_missing();
    test_equal();
    test_build();
    test_write();
    test_escape();
    test_stream();
    test_doubles();
    test_round();

    hr_arena_destroy(arena);

    return hr_test_done();
}
