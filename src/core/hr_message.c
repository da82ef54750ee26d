#include "hr_message.h"


typedef struct {
    unsigned     status;
    const char  *code;
    const char  *text[HR_LANG_COUNT];
} hr_error_row_t;

static const hr_error_row_t  hr_error_rows[HR_E_COUNT] = {
#define HR_ERROR_ROW(kind, status, code, ru, en)  { status, code, { ru, en } },
    HR_ERROR_KINDS(HR_ERROR_ROW)
#undef HR_ERROR_ROW
};


static const hr_error_row_t *
hr_error_row(hr_error_kind_t kind)
{
    if ((unsigned) kind >= HR_E_COUNT) {
        kind = HR_E_INTERNAL;
    }

    return &hr_error_rows[kind];
}


unsigned
hr_error_status(hr_error_kind_t kind)
{
    return hr_error_row(kind)->status;
}


const char *
hr_error_code(hr_error_kind_t kind)
{
    return hr_error_row(kind)->code;
}


const char *
hr_error_text(hr_error_kind_t kind, hr_lang_t lang)
{
    return hr_error_row(kind)->text[lang < HR_LANG_COUNT ? lang : HR_LANG_RU];
}


hr_error_kind_t
hr_error_from_status(unsigned status)
{
    unsigned  kind;

    for (kind = HR_E_NONE + 1; kind < HR_E_COUNT; kind++) {
        if (hr_error_rows[kind].status == status) {
            return (hr_error_kind_t) kind;
        }
    }

    /* nginx's own codes: 494 header too large, 497 plain HTTP to HTTPS port */
    if (status == 494) {
        return HR_E_HEADERS_TOO_LARGE;
    }

    return status >= 500 ? HR_E_INTERNAL : HR_E_BAD_REQUEST;
}


const char *
hr_problem_text(const char *type, hr_lang_t lang)
{
    static const struct {
        const char  *type;
        const char  *text[HR_LANG_COUNT];
    } rows[] = {
        { "missing", { "нужно указать значение", "a value is needed" } },
        { "json_invalid", { "это не JSON", "this is not JSON" } },
        { "model_attributes_type", { "нужен объект JSON",
                                     "a JSON object is needed" } },
        { "dict_type", { "нужен объект JSON", "a JSON object is needed" } },
        { "list_type", { "нужен список", "a list is needed" } },
        { "string_type", { "нужна строка", "a string is needed" } },
        { "string_too_short", { "слишком короткое значение",
                                "the value is too short" } },
        { "string_too_long", { "слишком длинное значение",
                               "the value is too long" } },
        { "bool_parsing", { "нужно true или false",
                            "true or false is needed" } },
        { "bool_type", { "нужно true или false", "true or false is needed" } },
        { "int_parsing", { "нужно целое число", "a whole number is needed" } },
        { "int_type", { "нужно целое число", "a whole number is needed" } },
        { "float_parsing", { "нужно число", "a number is needed" } },
        { "float_type", { "нужно число", "a number is needed" } },
        { "greater_than_equal", { "слишком малое число",
                                  "the number is too small" } },
        { "less_than_equal", { "слишком большое число",
                               "the number is too big" } },
        { "too_short", { "слишком мало элементов", "too few items" } },
        { "too_long", { "слишком много элементов", "too many items" } },
    };

    size_t  i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].type, type) == 0) {
            return rows[i].text[lang < HR_LANG_COUNT ? lang : HR_LANG_RU];
        }
    }

    return NULL;
}
