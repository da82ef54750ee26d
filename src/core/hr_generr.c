#include "hr_generr.h"

#include <stdio.h>


typedef struct {
    const char  *code;
    hr_retry_t   retry;
    bool         breaker;
    bool         unhealthy;
    bool         model;         /* the call of the model failed */
    const char  *ru;
    const char  *en;
} hr_generr_row_t;


static const hr_generr_row_t  hr_generr_rows[HR_GENERR_COUNT] = {

    [HR_GENERR_NONE] = { "", HR_RETRY_NEVER, false, false, false, "", "" },

    [HR_GENERR_NOT_CONFIGURED] = { "not_configured",
        HR_RETRY_NEVER, false, true, false,
        "Генерация не настроена: не задан доступ к языковой модели. "
        "Обратитесь к администратору.",
        "Generation is not configured: access to the language model is not "
        "set. Please contact the administrator." },

    [HR_GENERR_DATA_SOURCE_MISSING] = { "data_source_missing",
        HR_RETRY_NEVER, false, true, false,
        "Не хватает данных компании, без которых профиль составить нельзя. "
        "Обратитесь к администратору.",
        "Company data needed to write a profile is missing. Please contact "
        "the administrator." },

    [HR_GENERR_DEPARTMENT_NOT_FOUND] = { "department_not_found",
        HR_RETRY_NEVER, false, false, false,
        "Подразделение не найдено в организационной структуре.",
        "The department was not found in the organisation structure." },

    [HR_GENERR_PROMPT_UNAVAILABLE] = { "prompt_unavailable",
        HR_RETRY_NEVER, false, true, false,
        "Нет действующего текста задания для модели. Обратитесь к "
        "администратору.",
        "There is no valid prompt for the model. Please contact the "
        "administrator." },

    [HR_GENERR_AUTH] = { "auth", HR_RETRY_NEVER, false, true, true,
        "Сервис языковой модели не принял ключ доступа. Обратитесь к "
        "администратору.",
        "The language model service refused the access key. Please contact "
        "the administrator." },

    [HR_GENERR_NO_CREDIT] = { "no_credit", HR_RETRY_NEVER, false, true, true,
        "Исчерпан бюджет на обращения к языковой модели. Обратитесь к "
        "администратору.",
        "The budget for the language model is used up. Please contact the "
        "administrator." },

    [HR_GENERR_RATE_LIMITED] = { "rate_limited",
        HR_RETRY_BACKOFF, true, false, true,
        "Языковая модель перегружена запросами. Повторите попытку позже.",
        "The language model is receiving too many requests. Please try again "
        "later." },

    [HR_GENERR_UPSTREAM_TIMEOUT] = { "upstream_timeout",
        HR_RETRY_BACKOFF, true, false, true,
        "Языковая модель не ответила вовремя. Повторите попытку позже.",
        "The language model did not answer in time. Please try again later." },

    [HR_GENERR_UPSTREAM_CONNECT] = { "upstream_connect",
        HR_RETRY_BACKOFF, true, false, true,
        "Нет связи с сервисом языковой модели. Повторите попытку позже.",
        "The language model service cannot be reached. Please try again "
        "later." },

    [HR_GENERR_UPSTREAM_5XX] = { "upstream_5xx",
        HR_RETRY_BACKOFF, true, false, true,
        "Сервис языковой модели временно не работает. Повторите попытку "
        "позже.",
        "The language model service is temporarily unavailable. Please try "
        "again later." },

    [HR_GENERR_UPSTREAM_EMPTY] = { "upstream_empty",
        HR_RETRY_BACKOFF, true, false, true,
        "Языковая модель вернула пустой ответ. Повторите попытку.",
        "The language model returned an empty answer. Please try again." },

    [HR_GENERR_UPSTREAM_MALFORMED] = { "upstream_malformed",
        HR_RETRY_BACKOFF, true, false, true,
        "Ответ языковой модели получен не полностью. Повторите попытку.",
        "The answer of the language model arrived incomplete. Please try "
        "again." },

    [HR_GENERR_UPSTREAM_REJECTED] = { "upstream_rejected",
        HR_RETRY_NEVER, false, false, true,
        "Сервис языковой модели отклонил запрос. Обратитесь к "
        "администратору.",
        "The language model service rejected the request. Please contact the "
        "administrator." },

    [HR_GENERR_TRUNCATED] = { "truncated",
        HR_RETRY_ONCE_LARGER, false, false, true,
        "Ответ языковой модели оборвался на полуслове. Повторите попытку.",
        "The answer of the language model was cut off. Please try again." },

    [HR_GENERR_REFUSED] = { "refused", HR_RETRY_NEVER, false, false, true,
        "Языковая модель отказалась составить профиль по этим данным.",
        "The language model refused to write a profile from this data." },

    [HR_GENERR_INVALID_JSON] = { "invalid_json",
        HR_RETRY_ONCE_REPAIR, false, false, true,
        "Ответ языковой модели не удалось разобрать. Повторите попытку.",
        "The answer of the language model could not be read. Please try "
        "again." },

    [HR_GENERR_SCHEMA_INVALID] = { "schema_invalid",
        HR_RETRY_ONCE_REPAIR, false, false, false,
        "Профиль получен, но его структура непригодна. Повторите попытку.",
        "A profile was received, but its structure is unusable. Please try "
        "again." },

    [HR_GENERR_INCOMPLETE] = { "incomplete", HR_RETRY_NEVER, false, false, false,
        "Профиль получен неполным: заполнено менее 70 % разделов. Повторите "
        "попытку.",
        "The profile is incomplete: less than 70 % of its sections are "
        "filled. Please try again." },

    [HR_GENERR_STORAGE_FAILED] = { "storage_failed",
        HR_RETRY_NEVER, false, true, false,
        "Не удалось сохранить файлы профиля. Обратитесь к администратору.",
        "The files of the profile could not be saved. Please contact the "
        "administrator." },

    [HR_GENERR_DB_FAILED] = { "db_failed", HR_RETRY_NEVER, false, true, false,
        "Не удалось записать профиль в базу данных. Обратитесь к "
        "администратору.",
        "The profile could not be written to the database. Please contact "
        "the administrator." },

    [HR_GENERR_CANCELLED] = { "cancelled", HR_RETRY_NEVER, false, false, false,
        "Задача отменена пользователем",
        "The task was cancelled by the user" },

    [HR_GENERR_INTERRUPTED] = { "interrupted",
        HR_RETRY_NEVER, false, false, false,
        "Генерация прервана перезапуском сервиса. Запустите её ещё раз.",
        "Generation was interrupted by a restart of the service. Please "
        "start it again." },

    [HR_GENERR_QUEUE_FULL] = { "queue_full", HR_RETRY_NEVER, false, false, false,
        "Очередь генерации заполнена. Повторите попытку позже.",
        "The generation queue is full. Please try again later." },

    [HR_GENERR_CIRCUIT_OPEN] = { "circuit_open",
        HR_RETRY_NEVER, false, false, false,
        "Сервис языковой модели недоступен, новые запросы к нему временно "
        "приостановлены. Повторите попытку через минуту.",
        "The language model service is unavailable, and new requests to it "
        "are suspended. Please try again in a minute." },
};


static const hr_generr_row_t *
hr_generr_row(hr_generr_t error)
{
    unsigned  index = (unsigned) error;

    return &hr_generr_rows[index < HR_GENERR_COUNT ? index : 0];
}


const char *
hr_generr_code(hr_generr_t error)
{
    return hr_generr_row(error)->code;
}


hr_generr_t
hr_generr_from_code(hr_str_t code)
{
    for (unsigned i = 1; i < HR_GENERR_COUNT; i++) {
        if (hr_str_eq(hr_str_from_c(hr_generr_rows[i].code), code)) {
            return (hr_generr_t) i;
        }
    }

    return HR_GENERR_NONE;
}


hr_retry_t
hr_generr_retry(hr_generr_t error)
{
    return hr_generr_row(error)->retry;
}


bool
hr_generr_trips_breaker(hr_generr_t error)
{
    return hr_generr_row(error)->breaker;
}


bool
hr_generr_is_unhealthy(hr_generr_t error)
{
    return hr_generr_row(error)->unhealthy;
}


bool
hr_generr_is_model(hr_generr_t error)
{
    return hr_generr_row(error)->model;
}


const char *
hr_generr_text(hr_generr_t error, hr_lang_t language)
{
    const hr_generr_row_t  *row = hr_generr_row(error);

    return language == HR_LANG_EN ? row->en : row->ru;
}


hr_generr_t
hr_generr_from_status(int status)
{
    switch (status) {

    case 401:
    case 403:
        return HR_GENERR_AUTH;

    case 402:
        return HR_GENERR_NO_CREDIT;

    case 408:
        return HR_GENERR_UPSTREAM_TIMEOUT;

    case 425:
    case 429:
        return HR_GENERR_RATE_LIMITED;

    case 409:                   /* the gateway's own conflict: try again */
        return HR_GENERR_UPSTREAM_5XX;
    }

    if (status >= 200 && status < 300) {
        return HR_GENERR_NONE;
    }

    if (status >= 500 && status < 600) {
        return HR_GENERR_UPSTREAM_5XX;
    }

    /* 3xx and every other 4xx: sending the same request again cannot help */
    return HR_GENERR_UPSTREAM_REJECTED;
}


static bool
hr_generr_digits(hr_str_t text, unsigned *value)
{
    unsigned  n = 0;

    if (text.len == 0) {
        return false;
    }

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }

        if (n <= 100000) {          /* far above every cap, cannot overflow */
            n = n * 10 + (unsigned) (text.data[i] - '0');
        }
    }

    *value = n;
    return true;
}


static int64_t
hr_generr_days(int year, unsigned month, unsigned day)
{
    int64_t  y = year - (month <= 2 ? 1 : 0);
    int64_t  era = y / 400;
    int64_t  yoe = y - era * 400;
    int64_t  doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}


/*
 * IMF-fixdate, RFC 850 and asctime forms of RFC 9110 5.6.7.  Two-digit years
 * below 70 belong to this century.
 */
static bool
hr_generr_http_date(const char *text, int64_t *seconds)
{
    static const char  months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    int          year, day, hour, minute, second;
    char         name[4];
    const char  *at, *comma;

    comma = strchr(text, ',');

    if (comma != NULL
        && sscanf(comma + 1, " %2d%*1[ -]%3[A-Za-z]%*1[ -]%4d %2d:%2d:%2d",
                  &day, name, &year, &hour, &minute, &second) == 6)
    {
        if (year < 100) {
            year += year < 70 ? 2000 : 1900;
        }

    } else if (sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d",
                      name, &day, &hour, &minute, &second, &year) != 6)
    {
        return false;
    }

    at = strlen(name) == 3 ? strstr(months, name) : NULL;

    if (at == NULL || (at - months) % 3 != 0 || day < 1 || day > 31
        || year < 1970 || year > 9999 || hour < 0 || hour > 23
        || minute < 0 || minute > 59 || second < 0 || second > 60)
    {
        return false;
    }

    *seconds = hr_generr_days(year, (unsigned) (at - months) / 3 + 1,
                              (unsigned) day) * 86400
               + hour * 3600 + minute * 60 + second;
    return true;
}


bool
hr_retry_after_parse(hr_str_t value, hr_instant_t now, unsigned *seconds)
{
    char     text[64];
    int64_t  at, wait;

    while (value.len > 0 && (value.data[0] == ' ' || value.data[0] == '\t')) {
        value = hr_str(value.data + 1, value.len - 1);
    }

    while (value.len > 0 && (value.data[value.len - 1] == ' '
                             || value.data[value.len - 1] == '\t'))
    {
        value.len--;
    }

    if (!hr_generr_digits(value, seconds)) {

        if (value.len == 0 || value.len >= sizeof(text)) {
            return false;
        }

        memcpy(text, value.data, value.len);
        text[value.len] = '\0';

        if (!hr_generr_http_date(text, &at)) {
            return false;
        }

        wait = at - now / 1000000;
        *seconds = wait <= 0 ? 0
                   : wait > HR_RETRY_AFTER_MAX ? HR_RETRY_AFTER_MAX
                   : (unsigned) wait;
    }

    if (*seconds > HR_RETRY_AFTER_MAX) {
        *seconds = HR_RETRY_AFTER_MAX;
    }

    return true;
}
