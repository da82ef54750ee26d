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
