/*
 * The one catalogue of what the service says: machine codes of errors with
 * their HTTP status, and every text in Russian and English.  Contract:
 * api-core.md 1.4, 1.13, decisions.md 20.
 */

#ifndef HR_MESSAGE_H
#define HR_MESSAGE_H

#include "hr_base.h"

typedef enum {
    HR_LANG_RU = 0,
    HR_LANG_EN,
    HR_LANG_COUNT
} hr_lang_t;

/*
 * Kinds of errors.  One kind has one status, one code and one default text;
 * several kinds may share a code.  X(kind, status, code, ru, en)
 */
#define HR_ERROR_KINDS(X)                                                     \
    X(NONE, 200, "", "", "")                                                  \
    X(BAD_REQUEST, 400, "BAD_REQUEST",                                        \
      "Запрос составлен неверно", "The request is malformed")                 \
    X(VALUE, 400, "VALIDATION_ERROR",                                         \
      "Недопустимое значение", "The value is not allowed")                    \
    X(UNAUTHORIZED, 401, "UNAUTHORIZED",                                      \
      "Требуется вход в систему", "Authentication is required")               \
    X(TOKEN, 401, "UNAUTHORIZED",                                             \
      "Токен недействителен или истёк, войдите снова",                        \
      "The token is not valid or has expired, log in again")                  \
    X(CREDENTIALS, 401, "UNAUTHORIZED",                                       \
      "Неверное имя пользователя или пароль",                                 \
      "Wrong user name or password")                                          \
    X(FORBIDDEN, 403, "FORBIDDEN",                                            \
      "Недостаточно прав для этого действия",                                 \
      "You do not have the rights for this action")                           \
    X(NOT_FOUND, 404, "NOT_FOUND", "Не найдено", "Not Found")                 \
    X(METHOD, 405, "METHOD_NOT_ALLOWED",                                      \
      "Метод не поддерживается", "Method Not Allowed")                        \
    X(CONFLICT, 409, "CONFLICT",                                              \
      "Состояние уже изменилось, обновите данные",                            \
      "The state has changed meanwhile, reload the data")                     \
    X(PRECONDITION, 412, "PRECONDITION_FAILED",                               \
      "Данные изменены другим пользователем, обновите страницу",              \
      "Somebody else changed the data, reload it")                            \
    X(TOO_LARGE, 413, "PAYLOAD_TOO_LARGE",                                    \
      "Запрос слишком большой", "The request body is too large")              \
    X(URI_TOO_LONG, 414, "URI_TOO_LONG",                                      \
      "Адрес запроса слишком длинный", "The request address is too long")     \
    X(MEDIA_TYPE, 415, "UNSUPPORTED_MEDIA_TYPE",                              \
      "Тип содержимого не поддерживается, нужен application/json",            \
      "The content type is not supported, application/json is needed")        \
    X(TIMEOUT, 408, "HTTP_ERROR",                                             \
      "Запрос не был передан вовремя", "The request was not sent in time")    \
    X(RANGE, 416, "RANGE_NOT_SATISFIABLE",                                    \
      "Запрошенный диапазон недоступен", "The range is not satisfiable")      \
    X(VALIDATION, 422, "VALIDATION_ERROR",                                    \
      "Проверьте данные запроса", "The request data is not valid")            \
    X(GENERATION, 422, "GENERATION_ERROR",                                    \
      "Не удалось создать профиль", "The profile could not be generated")     \
    X(TOO_MANY, 429, "TOO_MANY_REQUESTS",                                     \
      "Слишком много запросов, повторите позже",                              \
      "Too many requests, try again later")                                   \
    X(HEADERS_TOO_LARGE, 431, "HEADERS_TOO_LARGE",                            \
      "Заголовки запроса слишком большие", "The request headers are too large") \
    X(INTERNAL, 500, "INTERNAL_SERVER_ERROR",                                 \
      "Внутренняя ошибка сервера, сообщите администратору номер запроса",     \
      "Internal error, give the request id to the administrator")             \
    X(DATABASE, 500, "DATABASE_ERROR",                                        \
      "Ошибка базы данных, повторите позже",                                  \
      "Database error, try again later")                                      \
    X(DB_BUSY, 503, "SERVICE_UNAVAILABLE",                                    \
      "База данных занята, повторите через несколько секунд",                 \
      "The database is busy, try again in a few seconds")                     \
    X(NOT_IMPLEMENTED, 501, "HTTP_ERROR",                                     \
      "Такой способ передачи не поддерживается",                              \
      "This way of transfer is not supported")                                \
    X(HTTP_VERSION, 505, "HTTP_ERROR",                                        \
      "Версия HTTP не поддерживается", "The HTTP version is not supported")   \
    X(GATEWAY_TIMEOUT, 504, "HTTP_ERROR",                                     \
      "Внешний сервис не ответил вовремя",                                    \
      "An upstream service did not answer in time")                           \
    X(BAD_GATEWAY, 502, "BAD_GATEWAY",                                        \
      "Внешний сервис ответил ошибкой", "An upstream service failed")         \
    X(UNAVAILABLE, 503, "SERVICE_UNAVAILABLE",                                \
      "Сервис временно недоступен", "The service is temporarily unavailable") \
    X(OVERLOAD, 503, "SERVICE_UNAVAILABLE",                                   \
      "Сервис перегружен, повторите через несколько секунд",                  \
      "The service is overloaded, try again in a few seconds")                \
    X(HOST, 400, "BAD_REQUEST",                                               \
      "Недопустимое имя узла в запросе", "Invalid host header")               \
    X(PREFLIGHT, 400, "BAD_REQUEST",                                          \
      "Предварительный запрос CORS отклонён", "Disallowed CORS request")

typedef enum {
#define HR_ERROR_ENUM(kind, status, code, ru, en)  HR_E_##kind,
    HR_ERROR_KINDS(HR_ERROR_ENUM)
#undef HR_ERROR_ENUM
    HR_E_COUNT
} hr_error_kind_t;

unsigned hr_error_status(hr_error_kind_t kind);
const char *hr_error_code(hr_error_kind_t kind);
const char *hr_error_text(hr_error_kind_t kind, hr_lang_t lang);
/* The kind for a status that nginx itself chose (413, 414, 494, ...). */
hr_error_kind_t hr_error_from_status(unsigned status);

/*
 * What a user reads about one problem of a request, by its machine code
 * (api-core.md 1.6): "missing" -> "a value is needed".  NULL: this code has no
 * text of its own, take the message of the problem.
 */
const char *hr_problem_text(const char *type, hr_lang_t lang);

#endif /* HR_MESSAGE_H */
