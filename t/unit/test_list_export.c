/* Lists as CSV and XLSX. */

#include "hr_test_render.h"
#include "hr_list_export.h"


static const hr_list_column_t  columns[] = {
    { HR_STR_INIT("Должность"), HR_LIST_TEXT, 30 },
    { HR_STR_INIT("Версия"), HR_LIST_NUMBER, 10 },
    { HR_STR_INIT("Автор"), HR_LIST_TEXT, 0 }
};


static hr_rc_t
export_rows(hr_list_format_t format, char separator, const hr_str_t rows[][3],
    size_t n, hr_buf_t *out)
{
    size_t             i;
    hr_list_opts_t     opts = {
        .format = format,
        .columns = columns,
        .ncolumns = 3,
        .sheet = HR_STR("Профили/[2025]: всё"),
        .product = HR_STR("Синтетический продукт"),
        .created_at = HR_TEST_CREATED,
        .separator = separator
    };
    hr_list_export_t  *x;

    hr_buf_init(out, 64u << 20);

    x = hr_list_export_open(&opts, hr_buf_sink(out));
    if (x == NULL) {
        return HR_NOMEM;
    }

    for (i = 0; i < n; i++) {
        (void) hr_list_export_row(x, rows[i]);
    }

    return hr_list_export_close(x);
}


static void
test_csv(void)
{
    static const hr_str_t  rows[][3] = {
        { HR_STR_INIT("Бухгалтер"), HR_STR_INIT("3"), HR_STR_INIT("a, \"b\"") },
        { HR_STR_INIT("=1+1"), HR_STR_INIT("-1.5"), HR_STR_INIT("x\ny") },
        { HR_STR_INIT("+7 900"), HR_STR_INIT("=2"), { 0, NULL } },
        { HR_STR_INIT("@a"), HR_STR_INIT(""), HR_STR_INIT("-") },
        { HR_STR_INIT("\tb\xff"), HR_STR_INIT("1e5"), HR_STR_INIT("c;d") }
    };

    hr_buf_t  out;

    OK(export_rows(HR_LIST_CSV, 0, rows, 5, &out) == HR_OK, "written");
    IS_STR(out.data, out.len,
           "\xef\xbb\xbf" "Должность,Версия,Автор\r\n"
           "Бухгалтер,3,\"a, \"\"b\"\"\"\r\n"
           "'=1+1,-1.5,\"x\ny\"\r\n"
           "\"'+7 900\",'=2,\r\n"
           "'@a,,'-\r\n"
           "\"'\tb\xef\xbf\xbd\",1e5,c;d\r\n",
           "RFC 4180 with a BOM; no text is a formula, a number is a number");
    hr_buf_release(&out);

    export_rows(HR_LIST_CSV, ';', rows, 1, &out);
    OK(strstr(out.data, "Бухгалтер;3;\"a, \"\"b\"\"\"\r\n") != NULL,
       "another separator");
    hr_buf_release(&out);
}


static void
test_xlsx(void)
{
    static const hr_str_t  rows[][3] = {
        { HR_STR_INIT("=cmd|'/C calc'!A0"), HR_STR_INIT("3"), HR_STR_INIT("_x0041_") },
        { HR_STR_INIT("a\xff\x01\nb"), HR_STR_INIT("12345678901234567890"),
          HR_STR_INIT("") }
    };

    hr_buf_t  out, two, xml;

    OK(export_rows(HR_LIST_XLSX, 0, rows, 2, &out) == HR_OK, "written");
    OK(hr_test_check(&out, "list", HR_TEST_XLSX), "a sound package");

    hr_buf_init(&xml, 1 << 20);
    hr_test_unzip(&out, "xl/worksheets/", &xml);
    OK(strstr(xml.data, "<f>") == NULL, "no formula");
    OK(strstr(xml.data, "<v>3</v>") != NULL, "a number is a number");
    OK(strstr(xml.data, ">12345678901234567890<") != NULL
       && strstr(xml.data, "<v>1234") == NULL, "one that would be rounded is text");
    OK(strstr(xml.data, "_x005F_x0041_") != NULL, "an escape is no escape");
    OK(strstr(xml.data, "state=\"frozen\"") != NULL
       && strstr(xml.data, "<autoFilter ref=\"A1:C3\"/>") != NULL,
       "the header row is frozen and filters");
    hr_buf_release(&xml);

    export_rows(HR_LIST_XLSX, 0, rows, 2, &two);
    OK(out.len == two.len && memcmp(out.data, two.data, out.len) == 0,
       "same rows, same bytes");

    hr_buf_release(&two);
    hr_buf_release(&out);
}


static void
test_options(void)
{
    hr_buf_t        out;
    hr_list_opts_t  opts = { .columns = columns, .ncolumns = 0 };

    hr_buf_init(&out, 10);
    OK(hr_list_export_open(&opts, hr_buf_sink(&out)) == NULL, "no columns, no list");
    opts.ncolumns = 65;
    OK(hr_list_export_open(&opts, hr_buf_sink(&out)) == NULL, "too many columns");
    opts.ncolumns = 3;
    OK(hr_list_export_open(&opts, hr_buf_sink(&out)) == NULL,
       "a sink that is full at once");
    hr_buf_release(&out);
    hr_list_export_abort(NULL);
}


int
main(void)
{
    test_csv();
    test_xlsx();
    test_options();

    return hr_test_done();
}
